"""The words of Gambit's file formats: tokens with their lines, numbers, and labels that Gambit accepts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from sim.errors import ParameterError

_TOKEN = re.compile(r'\s+|(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{},])|(?P<word>[^\s{},"]+)', re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+(/\d+)?|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)")


ROUNDING = Fraction(1, 2**51)  # of a probability that was reckoned from others, as 1 - .9 is


class Tokens:
    """The tokens of a file, one after the other; messages say file, line, what was expected and what was found."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._tokens: list[tuple[str, str, int]] = []  # kind, content, line
        at, line = 0, 1
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ParameterError(f'{name}:{line}: expected a closing ", found the end of the file')
            if match.lastgroup:
                self._tokens.append((match.lastgroup, match[0], line))
            line += match[0].count("\n")
            at = match.end()
        self._end = line
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at >= len(self._tokens)

    def peek(self) -> tuple[str, str]:
        """Kind (``text``, ``mark``, ``word``; ``end`` at the end) and content of the next token."""
        return self._tokens[self._at][:2] if not self.is_done else ("end", "the end of the file")

    def fail(self, expected: str) -> NoReturn:
        """Raise ``ParameterError`` about the next token."""
        line = self._tokens[self._at][2] if not self.is_done else self._end
        raise ParameterError(f"{self.name}:{line}: expected {expected}, found {self.peek()[1]}")

    def is_mark(self, mark: str) -> bool:
        return self.peek() == ("mark", mark)

    def is_text(self) -> bool:
        return self.peek()[0] == "text"

    def mark(self, mark: str, why: str = "") -> None:
        if not self.is_mark(mark):
            self.fail(f"{mark}{f' ({why})' if why else ''}")
        self._at += 1

    def skip(self, mark: str) -> None:
        """Go past the mark if it comes next."""
        if self.is_mark(mark):
            self._at += 1

    def word(self, *allowed: str) -> str:
        kind, content = self.peek()
        if kind != "word" or content not in allowed:
            self.fail(" or ".join(allowed))
        self._at += 1
        return content

    def text(self, what: str) -> str:
        """The next token, which is a text in quotes, without them."""
        if not self.is_text():
            self.fail(f"{what} in quotes")
        self._at += 1
        return self._tokens[self._at - 1][1][1:-1].replace('\\"', '"')

    def number(self, what: str) -> Fraction:
        kind, content = self.peek()
        if kind != "word" or not _NUMBER.fullmatch(content):
            self.fail(f"a number ({what})")
        try:
            value = Fraction(content)
        except ZeroDivisionError:
            self.fail(f"a number ({what})")
        self._at += 1
        return value

    def is_number(self) -> bool:
        kind, content = self.peek()
        return kind == "word" and _NUMBER.fullmatch(content) is not None

    def count(self, what: str, least: int = 1) -> int:
        """A whole number of at least ``least``."""
        if not self.is_number() or not self.peek()[1].lstrip("+").isdigit() or int(self.peek()[1]) < least:
            self.fail(f"a whole number of at least {least} ({what})")
        self._at += 1
        return int(self._tokens[self._at - 1][1])


def number_text(value: float) -> str:
    """The shortest decimal that reads back as the same float, without exponent."""
    decimal = Decimal(repr(float(value)))
    return format(
        decimal.quantize(1) if decimal == decimal.to_integral_value() and abs(decimal) < 1e15 else decimal, "f"
    )


def chance_texts(probabilities: Sequence[float]) -> list[str]:
    """Probabilities as fractions that add up to exactly one, as Gambit wants; simple ones where they are the same floats."""
    exact = [_simple(value) for value in probabilities]
    largest = max(range(len(exact)), key=exact.__getitem__)
    exact[largest] += 1 - sum(exact)
    return [str(value) for value in exact]


def _simple(value: float) -> Fraction:
    """The simple fraction that a float stands for: the same float, or off by no more than the last bits of a sum or difference."""
    written = Fraction(repr(float(value)))
    simple = written.limit_denominator(10_000)
    return simple if abs(simple - written) <= ROUNDING else written


def quoted(text: str) -> str:
    """A text in quotes, in the signs that the files may have: no backslash, line break or sign beyond ASCII."""
    return '"' + plain(text).replace('"', '\\"') + '"'


def plain(text: str) -> str:
    """The text in printable ASCII, single spaces, none at the ends: accents go, other signs become ``?``."""
    for sign, plain_sign in (("\\", "/"), ("–", "-"), ("—", "-"), ("−", "-"), ("’", "'"), ("ß", "ss")):
        text = text.replace(sign, plain_sign)
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = "".join(sign if " " <= sign <= "~" else " " if sign.isspace() else "?" for sign in text)
    return " ".join(text.split())


def plain_labels(labels: Sequence[str]) -> list[str]:
    """Labels that Gambit accepts, all different: a number is added to those that come out alike or empty."""
    all_plain = [plain(label) for label in labels]
    as_they_are, taken, last = set(all_plain), set(), dict.fromkeys(all_plain, 1)
    found: list[str] = []
    for base in all_plain:
        candidate, number = base, last[base]
        while not candidate or candidate in taken or (number > 1 and candidate in as_they_are):
            number += 1
            candidate = f"{base}_{number}"
        last[base] = max(number - 1, 1)  # all numbers below are taken
        taken.add(candidate)
        found.append(candidate)
    return found
