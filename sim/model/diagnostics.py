"""What is wrong with a scenario file: every fault, where it is, what was expected, what to do.

A fault is one `Diagnostic`. `Problems` collects those of one file, so that an author sees all of them at once and in
file order. ``render`` gives the text that people read::

    error: actors.1.stratgy: unknown key 'stratgy'
      --> bad.yaml:5:18
          5 |   - {name: DPRK, stratgy: tit-for-tat}
            |                  ^^^^^^^
       help: did you mean 'strategy'?

Text from files and from the command line is hostile until shown otherwise: whatever a terminal could obey (escape
sequences, carriage returns, marks that reverse the direction of writing) is shown as a visible code such as ``\\x1b``.

Lines and columns count from 1; a column counts characters, a cell is the width of one Latin letter on a terminal.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from sim.model.reader import Document

Path = tuple[str | int, ...]

MAX_QUOTED_CELLS = 100  # a longer line is cut to a window around the fault
MAX_SHOWN_CHARACTERS = 80  # of a value repeated in a message
MAX_LISTED = 12  # names in a "known keys" list
TAB = "    "

_PLAIN_KEY = re.compile(r"[\w-]+\Z")
# Bidirectional controls and invisible operators: harmless to a program, misleading to a reader.
_MISLEADING = frozenset(
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def visible(text: str) -> str:
    """The text with tabs widened and everything a terminal could obey replaced by a visible code."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character == "\t":
        return TAB
    if character in _MISLEADING or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def cells(text: str) -> int:
    """Width of visible text on a terminal, in cells: 2 for wide characters, 0 for combining marks."""
    if text.isascii():
        return len(text)
    return sum(map(_character_cells, text))


def _character_cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def comma_hint(written: str) -> str:
    """What to write for digits with one comma: a decimal, or, where it may stand between thousands, either reading."""
    whole, _, rest = written.lstrip("+-").partition(",")
    point = written.replace(",", ".")
    if len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        return f"write {written.replace(',', '')} if thousands are meant, {point} if decimals are"
    return f"write {point}"


def path_text(path: Path) -> str:
    """A path as it is written in messages: ``actors.1.name``; unusual keys are in quotes."""
    return ".".join(
        str(part) if isinstance(part, int) or _PLAIN_KEY.match(part) else f'"{visible(_clip(part))}"' for part in path
    )


def _clip(text: str, limit: int = MAX_SHOWN_CHARACTERS) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault. Only the message (or what was expected) is required; line 0 means that the fault has no line."""

    path: Path = ()
    message: str = ""
    expected: str = ""
    found: str = ""
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    end: int = 0  # column after the last character at fault
    source_line: str = ""

    @property
    def text(self) -> str:
        """The message with what was expected and found, safe to print, on one line."""
        parts = [self.message] if self.message else []
        if self.expected:
            parts.append(f"expected {self.expected}" + (f", found {self.found}" if self.found else ""))
        elif self.found:
            parts.append(f"found {self.found}")
        return visible(": ".join(parts).replace("\n", " "))

    @property
    def place(self) -> str:
        """``file:line:column``, as far as it is known."""
        parts = [visible(self.file)] if self.file else []
        if self.line:
            parts += [str(self.line), str(self.column)] if self.column else [str(self.line)]
        return ":".join(parts)

    def __str__(self) -> str:
        parts = [part for part in (self.place, path_text(self.path), self.text) if part]
        return ": ".join(parts) + (f" ({visible(self.hint)})" if self.hint else "")

    def as_json(self) -> dict[str, Any]:
        """The fault as plain data: ``path`` is a list, absent texts are empty, absent numbers are 0."""
        return {
            "path": list(self.path),
            "where": path_text(self.path),
            "message": self.text,
            "expected": visible(self.expected),
            "found": visible(self.found),
            "hint": visible(self.hint),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end": self.end,
        }


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """The faults in file order as plain data."""
    return [item.as_json() for item in in_file_order(diagnostics)]


def in_file_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The faults sorted by place, those without a line first; exact repetitions are dropped."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda item: (item.file, item.line, item.column)))


def render(diagnostics: Iterable[Diagnostic], *, markup: bool = False) -> str:
    """All faults in file order as text for people, without a final line break.

    With ``markup`` the text carries rich's colour marks and everything quoted is escaped, so that ``[US, DPRK]``
    survives; print it with ``emoji=False, highlight=False, soft_wrap=True``.
    """
    return "\n".join(_render(item, markup) for item in in_file_order(diagnostics))


def _render(item: Diagnostic, markup: bool) -> str:
    plain = _escape if markup else str

    def style(mark: str, text: str) -> str:
        return f"[{mark}]{plain(text)}[/]" if markup else text

    where = path_text(item.path)
    lines = [style("bold red", "error") + plain(f": {where}: {item.text}" if where else f": {item.text}")]
    if item.place:
        lines.append("  " + style("blue", "-->") + plain(f" {item.place}"))
    if item.line and item.source_line:
        quoted, before, width = _window(item)
        number = f"{item.line:>7}"
        lines.append(style("blue", f"{number} | ") + plain(quoted))
        lines.append(style("blue", " " * len(number) + " | ") + " " * before + style("bold red", "^" * width))
    if item.hint:
        lines.append("   " + style("green", "help") + plain(f": {visible(item.hint)}"))
    return "\n".join(line.rstrip() for line in lines)


def _escape(text: str) -> str:
    """The text with what rich would take for a mark escaped; as rich's own, but a final backslash stays single."""
    return re.sub(r"(\\*)(\[[a-z#/@][^[]*?])", r"\1\1\\\2", text)


def _window(item: Diagnostic) -> tuple[str, int, int]:
    """The quoted line, the cells before the caret, and the caret's width in cells."""
    source, start = item.source_line, max(item.column - 1, 0)
    stop = max(item.end - 1, start + 1)
    first = 0
    if cells(visible(source)) > MAX_QUOTED_CELLS:
        first = max(0, start - MAX_QUOTED_CELLS // 2)
        # A wide character takes two cells, so half as many characters always fit.
        source = source[: first + MAX_QUOTED_CELLS]
    left, right = "…" if first else "", "…" if len(source) < len(item.source_line) else ""
    # A tab in the indentation is the fault itself, and would look like the spaces that are asked for.
    indent = len(source) - len(source.lstrip())
    shown = ["\\t" if letter == "\t" and place < indent else visible(letter) for place, letter in enumerate(source)]
    quoted = left + "".join(shown[first:]) + right
    before = cells(left) + cells("".join(shown[first:start]))
    width = cells("".join(shown[start:stop]))
    return quoted.rstrip(), before, max(width, 1)


class Problems:
    """The faults of one file while they are being found; positions come from its document."""

    def __init__(self, document: Document | None = None):
        self.document = document
        self._items: list[Diagnostic] = []

    def add(
        self,
        path: Path,
        message: str = "",
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
        at_key: bool = False,
        column: int | None = None,
    ) -> None:
        """Note a fault at the value of ``path``, at its key, or at a column (from 1) inside its text."""
        item = Diagnostic(path, message, expected, found, hint)
        self.extend([locate(item, self.document, at_key=at_key, column=column) if self.document else item])

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take over faults found elsewhere."""
        self._items.extend(diagnostics)

    def __len__(self) -> int:
        return len(self._items)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """The faults in file order."""
        return in_file_order(self._items)

    def raise_if_any(self) -> None:
        """Raise `ScenarioError` with all faults, if there are any."""
        if self._items:
            raise ScenarioError(self.sorted())


def locate(item: Diagnostic, document: Document, *, at_key: bool = False, column: int | None = None) -> Diagnostic:
    """The fault with the file, line and quoted line of its path, or of the nearest enclosing value that has one."""
    span = (document.inside(item.path, column) if column else None) or document.span(item.path, at_key=at_key)
    line, start, end = span
    return replace(item, file=document.name, line=line, column=start, end=end, source_line=document.line(line))


# Names that were nearly right


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant, or None.

    Same letters apart from case, spaces, hyphens and underscores come first, then the smallest number of typing
    slips (one for short names, a third of the length for long ones), then the greatest share of common letters.
    Equal candidates are decided by the order of the alphabet.
    """
    names = sorted({str(candidate) for candidate in candidates})
    wanted = name[:64]
    folded = _folded(wanted)
    same = [candidate for candidate in names if _folded(candidate) == folded]
    if same:
        return same[0]
    limit = max(1, len(folded) // 3)
    scored = [
        (slips, candidate)
        for candidate in names
        if abs(len(candidate) - len(wanted)) <= limit and (slips := _slips(folded, _folded(candidate))) <= limit
    ]
    # One slip turns any one-letter name into any other: no evidence of what was meant.
    scored = [(slips, candidate) for slips, candidate in scored if slips < max(len(folded), len(_folded(candidate)))]
    if scored:
        return min(scored)[1]
    close = difflib.get_close_matches(wanted.casefold(), [candidate.casefold() for candidate in names], 1, 0.7)
    return next((candidate for candidate in names if candidate.casefold() == close[0]), None) if close else None


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


def _slips(one: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one text into the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, match in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != match))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == match:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]


def did_you_mean(name: str, candidates: Iterable[str], kind: str = "known names") -> str:
    """The help line for an unknown name: the nearest candidate, else the list of them, else nothing."""
    names = list(candidates)
    close = nearest(name, names)
    if close is not None:
        return f"did you mean '{close}'?"
    if not names:
        return ""
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return f"{kind}: {', '.join(map(str, names[:MAX_LISTED]))}{more}"


def describe(value: object) -> str:
    """A value as a person would name it in "found ...": ``the text 'high'``, ``a list of 3 entries``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _clip(repr(value))
    if isinstance(value, str):
        return f"the text '{_clip(value)}'" if value else "an empty text"
    if isinstance(value, Mapping):
        keys = ", ".join(_clip(str(key), 24) for key in list(value)[:4])
        return f"a mapping with the keys {keys}{', ...' if len(value) > 4 else ''}" if value else "an empty mapping"
    if isinstance(value, Sequence):
        return f"a list of {len(value)} {'entry' if len(value) == 1 else 'entries'}" if value else "an empty list"
    return f"a {type(value).__name__}"
