"""Conditions on options: patterns as published tables have them, and statements in a small logic.

A pattern has one sign an option, in the order of the file: ``Y`` taken, ``N`` not taken, ``-`` either. A statement joins
options by ``not and or if iff`` and brackets, loosest last; ``a if b`` says that b is never without a. An option stands by
its name or, as in published lists, by its number from 1; ``-``, ``&`` and ``|`` stand for not, and, or.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.model.diagnostics import did_you_mean
from sim.model.expressions.errors import ExpressionError

Test = Callable[[int], bool]  # of a combination of options, with one bit an option

WORDS = ("not", "and", "or", "if", "iff")
RESERVED = frozenset((*WORDS, "y", "n"))
MAX_LENGTH = 500
MAX_NESTING = 50

_PATTERN = re.compile(r"[YNyn-](?:\s*[YNyn-])*\Z")
_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<number>[0-9]+)|(?P<sign>[-&|()]))")
_SIGNS = {"-": "not", "&": "and", "|": "or"}
_HABITS = {
    "!": "not", "~": "not", "¬": "not", "−": "not", "–": "not", "=": "iff", "<": "iff", "→": "if", "∧": "and",
    "∨": "or", "+": "or", ",": "and",
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """What combinations of options are meant, with the text that says so."""

    text: str
    holds: Test


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern rather than a statement: only the signs Y, N and -."""
    return bool(_PATTERN.match(text.strip()))


def condition(text: str, options: Sequence[str]) -> Condition:
    """The condition that a pattern or a statement stands for.

    Raises
    ------
    ExpressionError
        With the column of the fault: a pattern of another length, a name that is no option, or no statement at all.
    """
    return _pattern(text, options) if is_pattern(text) else statement(text, options)


def _pattern(text: str, options: Sequence[str]) -> Condition:
    signs = [sign.upper() for sign in text if not sign.isspace()]
    if len(signs) != len(options):
        raise ExpressionError(
            f"expected a sign for each of the {len(options)} options, found {len(signs)}", 1,
            f"their order is {', '.join(options)}", text,
        )  # fmt: skip
    care = sum(1 << place for place, sign in enumerate(signs) if sign != "-")
    taken = sum(1 << place for place, sign in enumerate(signs) if sign == "Y")
    return Condition(text, lambda combination: combination & care == taken)


def statement(text: str, options: Sequence[str]) -> Condition:
    """The condition that a statement stands for; errors as `condition`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the statement is too long: at most {MAX_LENGTH} characters, found {len(text)}", MAX_LENGTH + 1,
            "split it into several statements", text,
        )  # fmt: skip
    return Condition(text, _Parser(text, options).whole())


class _Token(NamedTuple):
    kind: str  # word (an operator), option, sign, end
    text: str
    column: int


class _Parser:
    """Precedence climbing over four levels: if and iff, or, and, not."""

    def __init__(self, text: str, options: Sequence[str]) -> None:
        self.text = text
        self.places: Mapping[str, int] = {name: place for place, name in enumerate(options)}
        self.tokens = self._tokens()
        self.place = 0
        self.nesting = 0

    def _fail(self, message: str, column: int, hint: str = "") -> ExpressionError:
        return ExpressionError(message, column, hint, self.text)

    def _tokens(self) -> list[_Token]:
        found = []
        place = 0
        end = len(self.text.rstrip())
        while place < end:
            match = _TOKEN.match(self.text, place)
            if match is None:
                column = place + len(self.text[place:]) - len(self.text[place:].lstrip()) + 1
                sign = self.text[column - 1]
                meant = _HABITS.get(sign)
                raise self._fail(
                    f"'{sign}' is not part of a statement", column,
                    f"write '{meant}'" if meant else f"statements are options joined by {' '.join(WORDS)}",
                )  # fmt: skip
            kind = match.lastgroup or ""
            text, column = match[kind], match.start(kind) + 1
            if kind == "sign":
                found.append(_Token("word" if text in _SIGNS else "sign", _SIGNS.get(text, text), column))
            elif kind == "word" and text not in self.places and text.casefold() in WORDS:
                found.append(_Token("word", text.casefold(), column))
            else:
                found.append(_Token("option", text, column))
            place = match.end()
        found.append(_Token("end", "", end + 1))
        return found

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def whole(self) -> Test:
        if self.token.kind == "end":
            raise self._fail(
                "the statement is empty", 1, "write an option, as in 'not " + next(iter(self.places), "a") + "'"
            )
        test = self._conditional()
        token = self.token
        if token.kind != "end":
            if token.text == ")":
                raise self._fail("')' closes nothing", token.column, "delete it, or open the bracket it belongs to")
            raise self._fail(
                f"expected an operator before '{token.text}'", token.column, "write and, or, if or iff there"
            )
        return test

    def _conditional(self) -> Test:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self._fail(
                f"nested more than {MAX_NESTING} deep", self.token.column, "split it into several statements"
            )
        left = self._either()
        while self.token.text in ("if", "iff") and self.token.kind == "word":
            word = self.token.text
            self.place += 1
            left = (_if if word == "if" else _iff)(left, self._either())
        self.nesting -= 1
        return left

    def _either(self) -> Test:
        left = self._both()
        while self.token == ("word", "or", self.token.column):
            self.place += 1
            left = _or(left, self._both())
        return left

    def _both(self) -> Test:
        left = self._operand()
        while self.token == ("word", "and", self.token.column):
            self.place += 1
            left = _and(left, self._operand())
        return left

    def _operand(self) -> Test:
        denied = False
        while self.token == ("word", "not", self.token.column):
            denied = not denied
            self.place += 1
        token = self.token
        self.place += token.kind != "end"
        if token.kind == "option":
            test = _taken(self._option(token))
        elif token.text == "(":
            test = self._conditional()
            if self.token.text != ")":
                raise self._fail("a bracket is not closed", token.column, "write ')'")
            self.place += 1
        elif token.kind == "end":
            raise self._fail("the statement ends where an option is expected", token.column, "complete it")
        else:
            raise self._fail(
                f"expected an option before '{token.text}'", token.column, "write the name of an option there"
            )
        return _not(test) if denied else test

    def _option(self, token: _Token) -> int:
        if token.text.isdigit():
            number = int(token.text[:6])
            if not 1 <= number <= len(self.places):
                raise self._fail(
                    f"there is no option {token.text[:6]}",
                    token.column,
                    f"options are numbered from 1 to {len(self.places)}",
                )
            return number - 1
        if token.text not in self.places:
            raise self._fail(
                f"unknown option '{token.text}'",
                token.column,
                did_you_mean(token.text, (*self.places, *WORDS), "options"),
            )
        return self.places[token.text]


def _taken(place: int) -> Test:
    return lambda combination: bool(combination >> place & 1)


def _not(one: Test) -> Test:
    return lambda combination: not one(combination)


def _and(one: Test, other: Test) -> Test:
    return lambda combination: one(combination) and other(combination)


def _or(one: Test, other: Test) -> Test:
    return lambda combination: one(combination) or other(combination)


def _if(one: Test, other: Test) -> Test:
    return lambda combination: one(combination) or not other(combination)


def _iff(one: Test, other: Test) -> Test:
    return lambda combination: one(combination) == other(combination)
