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
import enum
import re
import types
import typing
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

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
    quoted = left + visible(source[first:]) + right
    before = cells(left) + cells(visible(source[first:start]))
    width = cells(visible(source[start:stop]))
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

    def add_error(self, path: Path, error: ScenarioError) -> None:
        """Note what an expression, a duration or a date at ``path`` was refused for, at its column where it has one."""
        item, column = _from_error(error)
        item = replace(item, path=path)
        self.extend([locate(item, self.document, column=column) if self.document else item])

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


def _from_error(error: Exception) -> tuple[Diagnostic, int | None]:
    """A refusal as a fault without a place, and the column inside the refused text if it is known."""
    hint = getattr(error, "hint", "")
    if hasattr(error, "expected"):
        return Diagnostic(expected=error.expected, found=getattr(error, "found", ""), hint=hint), None
    column = getattr(error, "column", None)
    return Diagnostic(message=getattr(error, "message", "") or str(error), hint=hint), column


# What pydantic finds wrong, in the words of people


def from_validation_error(
    error: ValidationError, document: Document, model: type[BaseModel] | None = None
) -> tuple[Diagnostic, ...]:
    """The faults pydantic found in the data of a document, in file order.

    With the ``model`` that was validated, unknown keys come with the nearest known one, numbers with their whole range,
    and the names that pydantic gives to the members of a union are told apart from keys of the file. Where a value
    fits no member of a union, the faults of the member it resembles are kept, or one fault that names all members.
    """
    faults = [_follow(item, document.data, model) for item in error.errors(include_url=False)]
    return in_file_order(_explained(fault, document) for fault in _without_rivals(faults))


@dataclass(slots=True)
class _Fault:
    """One error of pydantic with its place in the file and in the model."""

    error: Mapping[str, Any]
    path: Path
    value: Any  # in the file, at the path
    annotation: Any  # of the model, there; None where it is not known
    limits: list[Any]  # metadata of the annotation
    owner: Any  # annotation of the enclosing mapping
    unions: list[tuple[Path, str]]  # where the loc named a member of a union, and which
    expected: str = ""  # set when several members were merged into one fault


def _follow(error: Mapping[str, Any], data: Any, model: Any) -> _Fault:
    """The place of an error: its loc less the parts that are not keys or indices of the file."""
    path: Path = ()
    unions: list[tuple[Path, str]] = []
    annotation, limits = _peeled(model)
    owner, inside = annotation, True
    loc = error["loc"]
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        members = _members(annotation)
        if len(members) > 1 and isinstance(part, str):
            unions.append((path, part))
            annotation, more = _peeled(_member(members, part))
            limits = limits + more
            continue
        if part == "[key]":
            continue
        owner = annotation
        known = annotation is not None
        annotation, limits = _child(annotation, part)
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if in_list or (isinstance(data, dict) and part in data):
            data, path = data[part], (*path, part)
        elif last and error["type"] == "missing" and inside:
            path, data = (*path, part), None
        elif known:
            # A short form: the model sees a mapping where the file has a single value, the nearest place there is.
            inside = False
        elif isinstance(part, str):
            unions.append((path, part))
    return _Fault(error, path, data, annotation, limits, owner, unions)


def _peeled(annotation: Any) -> tuple[Any, list[Any]]:
    """The annotation without ``Annotated``, aliases and ``None``, and the metadata found on the way."""
    limits: list[Any] = []
    while annotation is not None:
        if hasattr(annotation, "__metadata__"):
            for item in annotation.__metadata__:
                limits += getattr(item, "metadata", None) or [item]
            annotation = annotation.__origin__
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            members = _members(annotation)
            if len(members) != 1 or members[0] is annotation:
                break
            annotation = members[0]
    return annotation, limits


def _members(annotation: Any) -> list[Any]:
    """The members of a union but ``None``; of anything else, itself."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [member for member in typing.get_args(annotation) if member is not type(None)]
    return [annotation]


def _member(members: list[Any], tag: str) -> Any:
    """The member of a union that pydantic calls ``tag``: by class, by discriminator, by beginning."""
    for member in members:
        bare = _peeled(member)[0]
        name = getattr(bare, "__name__", str(bare))
        if tag in (name, str(bare)) or tag.startswith(f"{name}[") or (len(name) > 3 and f"{name}]" in tag):
            return member
        for field_ in getattr(bare, "model_fields", {}).values():
            if tag in map(_tag_text, typing.get_args(_peeled(field_.annotation)[0])):
                return member
    return None


def _tag_text(value: Any) -> str:
    return str(value.value if isinstance(value, enum.Enum) else value)


def _child(annotation: Any, part: str | int) -> tuple[Any, list[Any]]:
    """What the annotation says of one of its keys or entries."""
    if (fields := getattr(annotation, "model_fields", None)) is not None:
        for name, item in fields.items():
            if part in (name, item.alias, item.validation_alias):
                child, limits = _peeled(item.annotation)
                return child, [*item.metadata, *limits]
        return None, []
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(origin, type) and arguments:
        if issubclass(origin, Mapping):
            return _peeled(arguments[-1])
        if issubclass(origin, tuple) and isinstance(part, int) and Ellipsis not in arguments:
            return _peeled(arguments[part]) if part < len(arguments) else (None, [])
        return _peeled(arguments[0])
    return None, []


_SHAPE_ERRORS = frozenset(("literal_error", "enum", "is_instance_of", "int_from_float"))


def _is_wrong_shape(fault: _Fault, union: Path) -> bool:
    kind = fault.error["type"]
    return fault.path == union and (kind.endswith(("_type", "_parsing")) or kind in _SHAPE_ERRORS)


def _without_rivals(faults: list[_Fault]) -> list[_Fault]:
    """The faults, those of rival members of one union reduced to the member that was meant."""
    groups: dict[Path, dict[str, list[_Fault]]] = {}
    kept: list[_Fault] = []
    for fault in faults:
        if not fault.unions:
            kept.append(fault)
            continue
        union, tag = fault.unions[0]
        fault.unions = fault.unions[1:]
        groups.setdefault(union, {}).setdefault(tag, []).append(fault)
    for union, members in groups.items():
        reduced = [_without_rivals(member) for member in members.values()]
        meant = [member for member in reduced if not any(_is_wrong_shape(fault, union) for fault in member)]
        if len(reduced) == 1:
            kept += reduced[0]
        elif meant:
            kept += min(meant, key=len)
        else:
            every = [fault for member in reduced for fault in member if _is_wrong_shape(fault, union)]
            # The member with a choice of words can tell the nearest one.
            first = next((fault for fault in every if fault.error["type"] in ("literal_error", "enum")), every[0])
            first.expected = " or ".join(dict.fromkeys(_expected(fault) for fault in every))
            kept.append(first)
    return kept


_EXPECTED = {
    "float": "a number",
    "int": "a whole number",
    "string": "a text",
    "bool": "true or false",
    "dict": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "mapping": "a mapping",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "iterable": "a list",
    "date": "a date such as 2018-03-09",
    "date_from_datetime": "a date such as 2018-03-09",
    "datetime": "a date and time",
    "time_delta": "a duration",
    "none_required": "nothing",
}
_COMPARISONS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def _expected(fault: _Fault) -> str:
    """What a value of the wrong kind should have been."""
    kind, context = fault.error["type"], fault.error.get("ctx", {})
    if fault.expected:
        return fault.expected
    if kind in ("literal_error", "enum"):
        choices = _choices(str(context.get("expected", "")))
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    if kind == "int_from_float":
        return "a whole number"
    stem = re.sub(r"_(type|parsing|from_datetime_parsing|from_datetime_inexact)\Z", "", kind)
    wanted = _EXPECTED.get(stem, "")
    if wanted in ("a number", "a whole number") and (limits := _limits(fault)):
        return _range_text(wanted, limits)
    return wanted


def _choices(text: str) -> list[str]:
    """The members of pydantic's ``'a', 'b' or 3``."""
    return [quoted or bare for quoted, bare in re.findall(r"'((?:[^'\\]|\\.)*)'|([^\s,']+)", text) if bare != "or"]


def _limits(fault: _Fault) -> dict[str, Any]:
    context = fault.error.get("ctx", {})
    limits = {name: context[name] for name in _SIGNS if name in context}
    for item in fault.limits:
        limits.update({name: value for name in _SIGNS if (value := getattr(item, name, None)) is not None})
    return limits


def _range_text(noun: str, limits: Mapping[str, Any]) -> str:
    """``a number in [0, 1]``, ``a whole number >= 1``."""
    low = next((name for name in ("gt", "ge") if name in limits), None)
    high = next((name for name in ("lt", "le") if name in limits), None)
    if low and high:
        opening, closing = "(" if low == "gt" else "[", ")" if high == "lt" else "]"
        return f"{noun} in {opening}{_number(limits[low])}, {_number(limits[high])}{closing}"
    return noun + "".join(f" {_SIGNS[name]} {_number(limits[name])}" for name in (low, high) if name)


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and value == int(value) and abs(value) < 1e6 else str(value)


def _explained(fault: _Fault, document: Document) -> Diagnostic:
    """The fault in words, at its place in the document."""
    kind, context, value = fault.error["type"], fault.error.get("ctx", {}), fault.error["input"]
    name = str(fault.path[-1]) if fault.path else ""
    column, at_key = None, False
    if kind == "missing" and isinstance(fault.error["loc"][-1], int):
        item = Diagnostic(message="the list is too short", hint="add the missing entries")
    elif kind == "missing":
        item = Diagnostic(message=f"missing key '{fault.error['loc'][-1]}'", hint=_missing_hint(fault))
    elif kind == "extra_forbidden":
        at_key = True
        item = Diagnostic(
            message=f"unknown key '{_clip(name)}'", hint=did_you_mean(name, _known_keys(fault.owner), "known keys")
        )
    elif kind == "invalid_key":
        item, at_key = Diagnostic(message=f"'{_clip(name)}' cannot be a key here"), True
    elif kind in ("value_error", "assertion_error"):
        item, column = (
            _from_error(context["error"]) if "error" in context else (Diagnostic(message=_plain(fault)), None)
        )
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        return _explained_tag(fault, document)
    elif kind in _COMPARISONS:
        noun = "a whole number" if fault.annotation is int else "a number"
        limits = _limits(fault)
        item = Diagnostic(expected=_range_text(noun, limits), found=describe(value), hint=_range_hint(value, limits))
    elif fault.expected or (expected := _expected(fault)):
        expected = fault.expected or expected
        item = Diagnostic(expected=expected, found=describe(value), hint=_shape_hint(fault, expected))
    else:
        item, at_key = _explained_measure(fault), fault.error["loc"][-1:] == ("[key]",)
    return locate(replace(item, path=fault.path), document, at_key=at_key, column=column)


def _plain(fault: _Fault) -> str:
    """Pydantic's own sentence, begun in lower case."""
    message = str(fault.error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message[:1].lower() + message[1:] if message[1:2].islower() else message


def _known_keys(annotation: Any) -> list[str]:
    keys: dict[str, None] = {}
    for member in _members(annotation):
        for name, item in getattr(_peeled(member)[0], "model_fields", {}).items():
            keys[item.alias or name] = None
    return list(keys)


def _missing_hint(fault: _Fault) -> str:
    field_ = getattr(fault.owner, "model_fields", {}).get(fault.error["loc"][-1])
    about = getattr(field_, "description", None)
    return f"add it: {about}" if about else "add it"


def _explained_tag(fault: _Fault, document: Document) -> Diagnostic:
    """A union told apart by one of its keys, where that key is absent or says something unknown."""
    context = fault.error["ctx"]
    key = str(context["discriminator"]).strip("'")
    choices = _choices(str(context.get("expected_tags", "")))
    if fault.error["type"] == "union_tag_not_found":
        tags = {
            _tag_text(value): None
            for member in _members(fault.annotation)
            for value in typing.get_args(_peeled(_child(_peeled(member)[0], key)[0])[0])
        }
        hint = f"add it: one of {', '.join(tags)}" if tags else "add it; it says what kind of thing this is"
        return locate(Diagnostic((*fault.path, key), f"missing key '{key}'", hint=hint), document)
    item = Diagnostic(
        (*fault.path, key),
        expected=f"one of {', '.join(choices[:MAX_LISTED])}",
        found=describe(context.get("tag")),
        hint=_nearest_hint(str(context.get("tag")), choices),
    )
    return locate(item, document)


def _nearest_hint(name: str, choices: Sequence[str]) -> str:
    close = nearest(name, choices)
    return f"did you mean '{close}'?" if close else ""


def _range_hint(value: Any, limits: Mapping[str, Any]) -> str:
    is_share = limits.get("ge", limits.get("gt")) == 0 and limits.get("le", limits.get("lt")) == 1
    if is_share and isinstance(value, int | float) and 1 < value <= 100:
        return f"if you meant a percentage, write {value / 100:g}"
    return ""


def _shape_hint(fault: _Fault, expected: str) -> str:
    """What to write instead of a value of the wrong kind."""
    value = fault.error["input"]
    if fault.error["type"] in ("literal_error", "enum"):
        choices = _choices(str(fault.error.get("ctx", {}).get("expected", "")))
        if isinstance(value, bool | int | float) and describe(value) in choices:
            return f"put it in quotes: '{describe(value)}'"
        return _nearest_hint(value, choices) if isinstance(value, str) else ""
    if isinstance(value, str):
        return _text_hint(value.strip(), expected)
    if expected == "a text" and isinstance(value, bool | int | float):
        return f"put it in quotes: '{describe(value)}'"
    if expected == "a list" and not isinstance(value, dict):
        return f"write [{describe(value)}]"
    return ""


def _text_hint(text: str, expected: str) -> str:
    if "number" in expected:
        bare = text.replace("_", "").replace(" ", "")
        if "whole" not in expected and re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?%", bare):
            return f"write {float(bare[:-1]) / 100:g}"
        if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", bare):
            return f"write {bare.replace(',', '')}"
        if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", bare):
            return f"write {bare.replace(',', '.')}"
        if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?", bare):
            shorter = re.sub(r"\A([-+]?)0+(?=[0-9])", r"\1", bare)
            return f"write {shorter}, without quotes"
    if expected == "true or false":
        if text.lower() in ("true", "yes", "on", "y"):
            return "write true"
        if text.lower() in ("false", "no", "off", "n"):
            return "write false"
    if expected == "a list":
        return f"write [{_clip(text, 40)}]"
    return ""


def _explained_measure(fault: _Fault) -> Diagnostic:
    """Lengths, patterns and whatever else has no words of its own here."""
    kind, context, value = fault.error["type"], fault.error.get("ctx", {}), fault.error["input"]
    is_text = kind.startswith("string")
    noun = "character" if is_text else "entry"
    number = context.get("min_length", context.get("max_length", 0))
    plural = noun if number == 1 else "characters" if is_text else "entries"
    if kind in ("too_short", "string_too_short"):
        return Diagnostic(expected=f"at least {number} {plural}", found=describe(value))
    if kind in ("too_long", "string_too_long"):
        found = f"{len(value)}" if isinstance(value, str | list | dict) else describe(value)
        return Diagnostic(expected=f"at most {number} {plural}", found=found)
    if kind == "string_pattern_mismatch":
        return Diagnostic(
            expected="a name in the accepted form", found=describe(value), hint=f"it must match {context['pattern']}"
        )
    if kind == "finite_number":
        return Diagnostic(expected="a finite number", found=describe(value))
    if kind == "multiple_of":
        return Diagnostic(expected=f"a multiple of {_number(context['multiple_of'])}", found=describe(value))
    hint = context.get("hint", "")
    return Diagnostic(message=_plain(fault), hint=hint if isinstance(hint, str) else "")
