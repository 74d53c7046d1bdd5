"""Scenario text to plain Python data, with the position of every key and every value.

Built on PyYAML's C event stream by an iterative builder, so depth cannot crash it. What a scenario may contain is less
than YAML allows and is read as people mean it:

* ``true`` and ``false`` are booleans, nothing else is: ``NO`` stays Norway, ``on`` stays a word.
* ``7``, ``-3``, ``+5`` are integers; ``.20``, ``5.``, ``1e3`` are numbers.
* ``012`` stays text, because a leading zero belongs to a code (country 002) and not to a quantity; so do ``12:30``,
  ``2018-03-09``, ``1_000``, ``0x1F`` and ``5%``. Quoted and block scalars are always text, keys are always text.
* Nothing is refused: ``null``, ``~`` and a key without a value are faults. So are ``.nan``, ``.inf``, duplicate keys,
  anchors and aliases, tags, directives, a second document, and files beyond the limits below.

Faults that leave the rest readable (duplicate keys, empty values, numbers out of range) are collected and reported
together; a fault of syntax or a limit ends the reading.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from sim import resources
from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, Path, comma_hint, in_file_order, nearest

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_VALUES = 50_000  # twenty times the largest shipped scenario
MAX_FAULTS = 100  # after which reading ends: the file is not what its author thinks it is
MAX_DIGITS = 20  # of an integer; the largest seed, 2**64 - 1, has 20


class Span(NamedTuple):
    """A stretch of one line; ``end`` is the column after its last character. Counted from 1."""

    line: int
    column: int
    end: int


class Position(NamedTuple):
    """Where a key and its value stand. An entry of a list and the whole document have no key."""

    key: Span | None
    value: Span


_START = Position(None, Span(1, 1, 1))


@dataclass(frozen=True, slots=True)
class Document:
    """A scenario file as plain data.

    ``positions`` has an entry for every path: a tuple of keys (text) and list indices, ``()`` for the whole.
    """

    data: Any
    positions: Mapping[Path, Position]
    lines: tuple[str, ...]
    name: str

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; empty where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def span(self, path: Path, *, at_key: bool = False) -> Span:
        """Where the value (or the key) at ``path`` stands; the nearest enclosing key if the path is not in the file."""
        position = self.positions.get(path)
        if position is not None:
            key_is_better = position.key is not None and (at_key or self._is_block(path, position))
            return position.key if key_is_better else position.value
        while path:
            path = path[:-1]
            position = self.positions.get(path)
            if position is not None:
                return position.key or position.value
        return _START.value

    def _is_block(self, path: Path, position: Position) -> bool:
        """Whether the value is a mapping or list on the lines below its key, where the key shows the place better."""
        if position.key is None or position.value.line == position.key.line:
            return False
        return isinstance(self.value(path), dict | list)

    def inside(self, path: Path, column: int) -> Span | None:
        """The place of one character (``column`` from 1) of the text at ``path``.

        None where that cannot be told: in a text of several lines, with escapes, or that ends before.
        """
        position = self.positions.get(path)
        if position is None:
            return None
        span = position.value
        written = self.line(span.line)[span.column - 1 : span.end - 1]
        opening = 1 if written[:1] in ("'", '"') else 0
        text = self.value(path)
        if written[opening : len(written) - opening] != text or not 1 <= column <= len(text) + 1:
            return None
        start = span.column + opening + column - 1
        return Span(span.line, start, start + 1)

    def value(self, path: Path) -> Any:
        """The value at a path that has a position."""
        value = self.data
        for part in path:
            value = value[part]
        return value


def read(path: str | os.PathLike[str], *, max_bytes: int = MAX_BYTES) -> Document:
    """The document in a file.

    Raises
    ------
    ScenarioError
        The file cannot be read, is no text in UTF-8, is larger than ``max_bytes`` (decided before reading), or holds
        what a scenario may not hold; one diagnostic a fault.
    """
    name = os.fspath(path)
    if not name:
        raise _refusal("", "no file is named", "name a scenario file (.yaml)")
    return document_in(file_content(FilePath(path), name, max_bytes), name)


def read_text(text: str, name: str = "<text>") -> Document:
    """The document in a text; ``name`` stands for the file in messages. Raises `ScenarioError` as `read` does."""
    if len(text) > MAX_BYTES:
        raise _refusal(name, f"the text is larger than {MAX_BYTES / 1e6:g} MB", "split the scenario into variants")
    return _Builder(text.removeprefix("\ufeff"), name).document()


def _refusal(name: str, message: str, hint: str = "", **place: Any) -> ScenarioError:
    return ScenarioError([Diagnostic(message=message, hint=hint, file=name, **place)])


def file_content(path: FilePath, name: str, max_bytes: int) -> bytes:
    """What a scenario file or one beside it holds; raises `ScenarioError` where it cannot be read or is too large."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            scenarios = sorted(entry.name for entry in path.iterdir() if entry.suffix in (".yaml", ".yml"))[:3]
            hint = f"name a file in it, such as {', '.join(scenarios)}" if scenarios else "name a scenario file"
            raise _refusal(name, "this is a directory, not a scenario file", hint)
        if not stat.S_ISREG(facts.st_mode):
            raise _refusal(name, "this is not a regular file", "name a scenario file (.yaml)")
        if facts.st_size > max_bytes:
            size = f"{facts.st_size / 1e6:,.1f} MB"
            raise _refusal(
                name,
                f"the file is too large: at most {max_bytes / 1e6:g} MB, found {size}",
                "a scenario is a short text; is this a file of results?",
            )
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise _refusal(name, "there is no such file", _missing_file_hint(path)) from None
    except PermissionError:
        raise _refusal(name, "the file may not be read", "ask for read permission on it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            reason = "the name is too long"
        raise _refusal(name, f"the file cannot be read: {reason}", "check the name and the disk") from None
    if len(content) > max_bytes:
        raise _refusal(name, f"the file grew beyond {max_bytes / 1e6:g} MB while being read", "wait until it is there")
    return content


def _missing_file_hint(path: FilePath) -> str:
    near = _near_file(path)
    if near:
        return f"did you mean '{near}'?"
    if path.parent.as_posix() in resources.SHELVES and not path.parent.is_dir():
        shelf = f"{path.parent.as_posix()}/"
        meant = nearest(path.stem, [name.removeprefix(shelf) for name in resources.list_scenarios() if name.startswith(shelf)])
        return "no shipped scenario has this name; " + (f"did you mean '{shelf}{meant}'?" if meant else "`sim list` names them")
    hints = [] if path.parent.is_dir() else [f"there is no folder '{path.parent}' either"]
    shipped = nearest(path.stem, resources.list_scenarios()) if path.suffix in (".yaml", ".yml") else None
    if shipped is not None:
        hints.append(f"the shipped scenario is found from any folder by its name alone, '{shipped}'")
    return "; ".join(hints) or "check the name and the folder"


def _near_file(path: FilePath) -> FilePath | None:
    """The scenario file in the same folder that was probably meant."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for _, entry in zip(range(5000), entries, strict=False) if not entry.is_dir()]
    except OSError:
        return None
    for suffix in (".yaml", ".yml"):
        if path.name + suffix in names:
            return path.parent / (path.name + suffix)
    close = nearest(path.name, names)
    if close is None:
        stems = {FilePath(entry).stem: entry for entry in names if entry.endswith((".yaml", ".yml"))}
        close = stems.get(nearest(path.stem, stems) or "")
    return path.parent / close if close else None


def document_in(content: bytes, name: str) -> Document:
    """The document of a file's content, told by ``name`` in faults; raises `ScenarioError` as `read` does."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(name, "the file is in UTF-16", "save it as UTF-8")
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        message = f"this is not a text file: it holds a NUL byte (line {line})"
        raise _refusal(name, message, "name a scenario file (.yaml)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = content.rfind(b"\n", 0, error.start) + 1
        stop = content.find(b"\n", error.start)
        before = content[start : error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        raise _refusal(
            name,
            f"the file is not in UTF-8: byte 0x{content[error.start]:02x} cannot be read",
            "save it as UTF-8 (in Windows editors: 'UTF-8', not 'ANSI')",
            line=content.count(b"\n", 0, error.start) + 1,
            column=len(before) + 1,
            end=len(before) + 2,
            source_line=content[start : stop if stop >= 0 else None].decode("utf-8", "replace").strip("\r\ufeff"),
        ) from None
    return _Builder(text, name).document()


# YAML itself breaks lines at the last three; in a scenario they are debris of copying from elsewhere.
_ODD_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufeff\ufffe\uffff\u2028\u2029]")
_ODD_BLANK = re.compile("[ \t]*[\u00a0\u2000-\u200b\u202f\u205f\u3000]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
_NUMBER = re.compile(r"[-+]?(?:(0|[1-9][0-9]*)|(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?)\Z")
_NOT_FINITE = frozenset(sign + word for sign in ("", "-", "+") for word in (".inf", ".Inf", ".INF")) | frozenset(
    (".nan", ".NaN", ".NAN")
)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "false": False}

_TAB = "a tab is used for indentation"
_SPACES = "indent with spaces; tabs are shown as \\t"

# libyaml's words -> ours, and what to do about it.
_SYNTAX = (
    ("mapping values are not allowed", "a ':' is out of place",
     "check the indentation of this line and the one above, and put a text that contains ': ' in quotes"),
    ("could not find expected ':'", "a key without ':' ends here",
     "write 'key: value'; put a text of several lines after '|'"),
    ("did not find expected ',' or ']'", "a list opened with '[' is not closed", "close it with ']'"),
    ("did not find expected ',' or '}'", "a mapping opened with '{' is not closed", "close it with '}'"),
    ("did not find expected node content", "a value is missing here", "write it, or delete the comma before it"),
    ("tab character", _TAB, _SPACES),
    ("unexpected end of stream", "a quoted text is not closed", "close it with the same quotation mark"),
    ("invalid Unicode character", "a backslash code stands for no character", "write the character itself"),
    ("unknown escape character", "a backslash code in a quoted text is unknown", "use single quotes, or write \\\\"),
    ("cannot start any token", "a text cannot begin with this character", "put the text in quotes"),
    ("did not find expected '-' indicator", "the list ends here although the indentation goes on",
     "begin each entry with '- ' in the same column"),
    ("did not find expected key", "a key is expected here",
     "check the indentation; put a text that begins with a quotation mark or bracket wholly in quotes"),
    ("expected <document start>", "the scenario ended before this line",
     "check the indentation and the closing brackets"),
)  # fmt: skip


class _Builder:
    """One pass over the events of a text. Its stack holds [container, path, pending key, span of the pending key]."""

    def __init__(self, text: str, name: str):
        self.text = text
        self.name = name
        self.lines = tuple(re.split(r"\r\n|\r|\n", text))
        self.faults: list[Diagnostic] = []
        self.lost_indent: tuple[Path, int] | None = None  # key without a value, and its line, that may have lost its lines

    def document(self) -> Document:
        odd = _ODD_CHARACTER.search(self.text)
        if odd:
            before = re.split(r"\r\n|\r|\n", self.text[: odd.start()])
            self._fault(
                (), Span(len(before), len(before[-1]) + 1, len(before[-1]) + 2),
                f"character U+{ord(odd[0]):04X} does not belong in a text file", "delete it",
            )  # fmt: skip
            raise ScenarioError(self.faults)
        if not any(line and not line.isspace() and not line.lstrip().startswith("#") for line in self.lines):
            raise _refusal(self.name, "the file is empty", "begin with 'schema_version:', 'id:' and 'description:'")
        try:
            data, positions = self._build()
        except _Stop:
            data, positions = None, {}
        if self.faults:
            raise ScenarioError(in_file_order(self.faults))
        return Document(data, positions, self.lines, self.name)

    def _fault(self, path: Path, span: Span, message: str, hint: str = "") -> None:
        line = self.lines[span.line - 1] if span.line <= len(self.lines) else ""
        self.faults.append(Diagnostic(path, message, "", "", hint, self.name, span.line, span.column, span.end, line))
        if len(self.faults) >= MAX_FAULTS:
            raise _Stop

    def _stop(self, path: Path, span: Span, message: str, hint: str = "") -> _Stop:
        self._fault(path, span, message, hint)
        return _Stop()

    def _build(self) -> tuple[Any, dict[Path, Position]]:
        import yaml  # 20 ms that `sim --help` need not pay
        from yaml import events as kinds

        scalar, mapping, sequence, alias = (
            kinds.ScalarEvent, kinds.MappingStartEvent, kinds.SequenceStartEvent, kinds.AliasEvent,
        )  # fmt: skip
        ends = (kinds.MappingEndEvent, kinds.SequenceEndEvent)
        parser = _parser(self.text)
        positions: dict[Path, Position] = {}
        stack: list[list[Any]] = []
        root: Any = None
        documents = 0
        top: list[Any] | None = None
        try:
            while True:
                event = parser.get_event()
                kind = type(event)
                if kind is scalar:
                    start, stop = event.start_mark, event.end_mark
                    line = start.line
                    column = start.column
                    ending = stop.column if stop.line == line else len(self.lines[line])
                    span = Span(line + 1, column + 1, ending + 1)
                    value: Any = event.value
                elif kind in ends:
                    stack.pop()
                    top = stack[-1] if stack else None
                    continue
                elif kind is mapping or kind is sequence:
                    start, stop = event.start_mark, event.end_mark
                    span = Span(start.line + 1, start.column + 1, max(start.column + 2, stop.column + 1))
                    value = {} if kind is mapping else []
                elif kind is alias:
                    where = self._span(event)
                    raise self._stop(_path(top), where, "aliases (*name) are not allowed", _QUOTE_OR_WRITE_OUT)
                elif kind is kinds.DocumentStartEvent:
                    documents += 1
                    if documents > 1:
                        raise self._stop((), self._span(event), "a second document begins here",
                                         "keep one scenario a file")  # fmt: skip
                    if event.version or event.tags:
                        where = Span(1, 1, 2)
                        raise self._stop((), where, "directives (%YAML, %TAG) are not allowed", "delete the line")
                    continue
                elif kind is kinds.StreamEndEvent or event is None:
                    break
                else:
                    continue

                if event.anchor is not None:
                    raise self._stop(_path(top), span, "anchors (&name) are not allowed", _QUOTE_OR_WRITE_OUT)
                if event.tag is not None:
                    hint = "delete it; put a text that begins with ! in quotes"
                    raise self._stop(_path(top), span, "tags (!name) are not allowed", hint)

                if top is None:
                    path: Path = ()
                    key_span = None
                elif top[2] is None:
                    box = top[0]
                    if type(box) is dict:
                        top[2] = self._key(event, kind is scalar, value, span, top)
                        top[3] = span
                        continue
                    path = (*top[1], len(box))
                    key_span = None
                else:
                    path = (*top[1], top[2])
                    key_span = top[3]

                if kind is scalar:
                    if event.implicit[0]:
                        value = self._plain(value, path, key_span, span)
                    elif _CONTROL.search(value):
                        self._fault(path, span, "the text holds a control character", "delete the backslash code")
                if top is None:
                    root = value
                elif key_span is None:
                    top[0].append(value)
                else:
                    top[0][top[2]] = value
                    top[2] = None
                if len(positions) >= MAX_VALUES:
                    raise self._stop(path, span, f"the file holds too many values, more than {MAX_VALUES:,}",
                                     "a scenario is a short text; is this a file of results?")  # fmt: skip
                positions[path] = Position(key_span, span)
                if kind is not scalar:
                    if len(stack) >= MAX_DEPTH:
                        raise self._stop(path[:3], span, f"values are nested too deeply, more than {MAX_DEPTH} levels",
                                         "count the opening brackets")  # fmt: skip
                    top = [value, path, None, None]
                    stack.append(top)
        except yaml.MarkedYAMLError as error:
            self._syntax(error, _path(top))
        except yaml.YAMLError as error:
            self._fault((), _START.value, f"the text cannot be read: {error}")
        finally:
            parser.dispose()
        return root, positions

    def _span(self, event: Any) -> Span:
        start = event.start_mark
        return Span(start.line + 1, start.column + 1, start.column + 2)

    def _key(self, event: Any, is_scalar: bool, value: Any, span: Span, top: list[Any]) -> str:
        """The key as text; a fault is noted where it is empty or not the first of its name."""
        path = top[1]
        if not is_scalar:
            raise self._stop(path, span, "a key must be a short text", "write 'key: value'")
        if event.implicit[0]:
            if value in _NULLS:
                self._fault(path, span, "a key is empty", "write the key before ':', in quotes if it is really 'null'")
            elif value == "<<":
                self._fault(path, span, "merge keys (<<) are not allowed", "write the values out")
        elif _CONTROL.search(value):
            self._fault(path, span, "the key holds a control character", "delete the backslash code")
        if value in top[0]:
            self._fault((*path, value), span, f"key '{value}' is given twice", "keep one of them")
        return value

    def _plain(self, text: str, path: Path, key_span: Span | None, span: Span) -> Any:
        """The value of an unquoted scalar."""
        first = text[:1]
        if first.isdigit() or first in "+-.":
            match = _NUMBER.match(text)
            if match is None:
                if text in _NOT_FINITE:
                    self._fault(path, span, f"expected a finite number, found {text}", "write a number")
                return text if text else self._nothing(text, path, key_span, span)
            if match[1] is not None:
                if len(text) > MAX_DIGITS + 1:
                    message = f"the integer has more than {MAX_DIGITS} digits"
                    self._fault(path, span, message, "put it in quotes if it is a text")
                    return 0
                return int(text)
            value = float(text)
            if value in (float("inf"), float("-inf")):
                self._fault(path, span, f"the number {text[:40]} is too large", "numbers end at 1.8e308")
                return 0.0
            return value
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        return self._nothing(text, path, key_span, span) if text in _NULLS else text

    def _nothing(self, text: str, path: Path, key_span: Span | None, span: Span) -> str:
        where = span if text or key_span is None else key_span
        if not text and key_span is not None and (comma := self._decimal_comma(key_span)) is not None:
            written, place = comma
            self._fault(path[:-1], place, f"expected a number, found '{written}'", comma_hint(written))
            return ""
        name = f"'{path[-1]}'" if path else "the document"
        if text:
            message = f"{text} is not allowed: every value given must say something"
            hint = "leave the key out to use its default, or put the word in quotes if it is a text"
        else:
            message = f"{name if isinstance(path[-1] if path else '', str) else 'the entry'} has no value"
            hint = "write a value, or leave the key out to use its default"
            if key_span is not None and self._goes_on_beside(key_span):
                self.lost_indent = (path, where.line)
                hint = f"if the lines below belong to it, indent them further than '{path[-1]}'; else write a value"
        self._fault(path, where, message, hint)
        return ""

    def _decimal_comma(self, key: Span) -> tuple[str, Span] | None:
        """The number that was cut in two at its comma, where a key of digits follows digits and a comma."""
        line = self.lines[key.line - 1]
        digits = line[key.column - 1 : key.end - 1]
        before = re.search(r"[-+]?[0-9]+,\Z", line[: key.column - 1])
        if before is None or not digits.isdigit():
            return None
        return before[0] + digits, Span(key.line, before.start() + 1, key.end)

    def _uneven(self, number: int) -> str:
        """The help where a line is indented further than the one above, which has its value already."""
        above = next((n for n in range(number - 1, -1, -1) if self.lines[n].strip()), None)
        if above is None or not re.match(r"\s*[^\s#:]+:\s+[^\s|>#]", self.lines[above]):
            return ""
        one, other = (len(self.lines[n]) - len(self.lines[n].lstrip()) + 1 for n in (above, number))
        if one >= other:
            return ""
        return f"keys of one mapping begin in one column: line {above + 1} begins in column {one}, this one in {other}"

    def _goes_on_beside(self, key: Span) -> bool:
        """Whether the next line with content begins in the column of the key: perhaps what belongs below it."""
        below = self.lines[key.line :]
        if key.column > 1:  # sections of a file are often apart, and an empty one is no slip of indentation
            below = [line for line in below if line.strip() and not line.lstrip().startswith("#")]
        line = below[0] if below else ""
        return bool(line.strip()) and line[:1] != "#" and len(line) - len(line.lstrip()) == key.column - 1

    def _syntax(self, error: Any, path: Path) -> None:
        problem = error.problem or "the text is not YAML"
        mark = error.problem_mark or error.context_mark
        if re.search("anchor|alias", f"{problem} {error.context}"):
            message, hint = "anchors and aliases (&name, *name) are not allowed", _QUOTE_OR_WRITE_OUT
        else:
            message, hint = next(
                ((ours, help_) for theirs, ours, help_ in _SYNTAX if theirs in problem),
                (f"the text is not YAML: {problem}", ""),
            )
        if any(word in problem for word in ("',' or", "end of stream")) and error.context_mark is not None:
            mark = error.context_mark  # where it was opened says more than where the file ended
        if mark is None:
            self._fault((), _START.value, message, hint)
            return
        odd = next((n for n, text in enumerate(self.lines[: mark.line + 1]) if _ODD_BLANK.match(text)), None)
        if odd is not None:
            # It is no indentation to YAML but looks like one, so the faults it leads to would puzzle.
            width = len(self.lines[odd]) - len(self.lines[odd].lstrip())
            self.faults.clear()
            self._fault(path, Span(odd + 1, 1, width + 1), "a line begins with blanks that are not spaces",
                        "indent with ordinary spaces (these were copied from a page or a text processor)")  # fmt: skip
            return
        if self.lost_indent is not None and self.lost_indent[0][:-1] == path[: len(self.lost_indent[0]) - 1]:
            return  # what stands where it does not belong has been told, at the place to mend
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        if "cannot start any token" in problem and line[mark.column : mark.column + 1] == "\t":
            message, hint = _TAB, _SPACES
        elif re.search("mapping values are not allowed|did not find expected key", problem):
            hint = self._uneven(mark.line) or hint
        self._fault(path, Span(mark.line + 1, mark.column + 1, mark.column + 2), message, hint)


_QUOTE_OR_WRITE_OUT = "write the values out; put a text that begins with & or * in quotes"


class _Stop(Exception):
    """Reading cannot go on; the fault has been noted."""


def _path(top: list[Any] | None) -> Path:
    """The path of the value that would come next."""
    if top is None:
        return ()
    if isinstance(top[0], list):
        return (*top[1], len(top[0]))
    return top[1] if top[2] is None else (*top[1], top[2])


def _parser(text: str) -> Any:
    """A source of events: libyaml's where PyYAML was built with it, else the slower one in Python."""
    import yaml

    return yaml.CSafeLoader(text) if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader(text)


__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_VALUES", "Document", "Position", "Span", "read", "read_text"]
