"""A table of others -> the text of a scenario file, and what was assumed on the way."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError, UsageError
from sim.model.diagnostics import visible
from sim.model.kinds import SCENARIO, kind_named, kind_of
from sim.model.reader import MAX_BYTES, read, read_text
from sim.model.spatial.csv_table import read_csv
from sim.model.spatial.load import table_of
from sim.model.spatial.raw_table import RawTable, identifiers
from sim.model.spatial.xml_table import read_xml
from sim.randomness import NUM_KEYS, key_of

FORMS = (".csv", ".txt", ".tsv", ".xml")
TO_BE_FILLED_IN = "To be filled in: who compiled it, when, from what."
_STOPS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True)
class Imported:
    """The text of a scenario file, how large the table is, and what was assumed."""

    text: str
    num_actors: int
    dimensions: tuple[str, ...]
    remarks: tuple[str, ...]


def import_table(path: str | os.PathLike[str], scale: tuple[float, float] | None = None) -> Imported:
    """The scenario file for a table in CSV or in KTAB's XML.

    Parameters
    ----------
    path : str or path
    scale : two floats, optional
        Ends of every dimension's scale; seen from the table where left out.

    Raises
    ------
    ScenarioError
        Every fault of the table, with line and column.
    UsageError
        The file cannot be read or is of no known form.
    """
    name = os.fspath(path)
    content = _content(Path(name), name)
    stem = Path(name).stem
    remarks: list[str] = []
    if _looks_like_xml(content):
        table = read_xml(content, name)
    else:
        table = read_csv(_decoded(content, remarks), name)
    table.remarks[:0] = remarks
    text = _scenario(table, stem, Path(name).name, scale)
    table_of(read_text(text, f"the scenario made of {name}"))  # what is written can be read
    return Imported(text, len(table.actors), tuple(table.dimensions), tuple(table.remarks))


def _content(path: Path, name: str) -> bytes:
    if not name:
        raise UsageError("no file is named", hint="name a table in CSV or XML")
    _refuse_what_is_no_raw_table(path, name)
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise UsageError(f"{name}: spreadsheets are not read", hint="save the sheet as CSV")
    if path.is_dir():
        raise UsageError(f"{name}: this is a directory", hint="name a table in CSV or XML")
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{name}: larger than {MAX_BYTES:,} bytes", hint="is this a table of positions?")
        content = path.read_bytes() if path.is_file() or not path.exists() else b""
    except FileNotFoundError:
        raise UsageError(f"{name}: there is no such file", hint="name a table in CSV or XML") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror or error}") from None
    if b"\0" in content[:1000]:
        raise UsageError(f"{name}: this is no text", hint="save the table as CSV in UTF-8")
    return content


def _refuse_what_is_no_raw_table(path: Path, name: str) -> None:
    """Raise ``UsageError`` with the command that takes a file of another kind, or a shipped one that is named."""
    kind = kind_named(name)
    if name not in kind.names() or path.exists():
        if path.suffix.lower() not in (".yaml", ".yml"):
            return
        try:
            kind = kind_of(read(path).data) or SCENARIO
        except ScenarioError:
            raise UsageError(f"{name}: expected a table to import", hint="name a table in CSV or XML") from None
    raise UsageError(f"{name}: this is {kind.what} already, not a table to import", hint=kind.hint(name))


def _looks_like_xml(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _decoded(content: bytes, remarks: list[str]) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.append("the text is not UTF-8; it was read as Windows-1252: check the names")
        return content.decode("cp1252", "replace")


# ---- the text of the scenario file ---------------------------------------------------------------------------------


def _scenario(table: RawTable, stem: str, file: str, scale: tuple[float, float] | None) -> str:
    percent = _salience_in_percent(table)
    if len(table.dimensions) == 1 and table.dimensions[0] == "position":
        table.remarks.append("the dimension has no name in the table: it is called 'position'")
    ids = identifiers(table.dimensions, "dimension")
    actors = identifiers([actor.name.text for actor in table.actors], "actor")
    scales = [_scale(table, number, percent, scale) for number in range(len(ids))]
    title = table.title or stem.replace("_", " ").replace("-", " ")
    table.remarks.append("capability is taken as it stands; only its proportions count")
    table.remarks.append("where the numbers come from is not in the table: fill in `sources:`")
    lines = [f"# Imported from {_plain(file)}. Assumed:"]
    lines += [f"# - {_plain(remark)}" for remark in table.remarks]
    lines += [
        "schema_version: 1",
        f"id: {_slug(stem)}",
        f"title: {_quoted(title)}",
        f"description: {_quoted(table.description or f'A spatial table, imported from {file}.')}",
        "",
        "sources:",
        f"  table: {{title: {_quoted(f'Table {file}')}, kind: data, reference: {_quoted(TO_BE_FILLED_IN)}}}",
        "",
        *_options(table.options),
        "",
        "dimensions:",
    ]
    for identifier, name, (low, high) in zip(ids, table.dimensions, scales, strict=True):
        label = f"label: {_quoted(name)}, " if name != identifier else ""
        lines.append(f"  {identifier}: {{{label}scale: [{_number(low)}, {_number(high)}]}}")
    lines += ["", "actors:"]
    taken: set[int] = set()
    for identifier, actor in zip(actors, table.actors, strict=True):
        key = key_of(identifier)
        while key in taken:  # two names of a few hundred have the same address of draws by chance
            key = (key + 1) % NUM_KEYS
        taken.add(key)
        salience = [value / 100.0 if percent else value for value in actor.salience]
        parts = [f"label: {_quoted(actor.name.text)}"] if actor.name.text != identifier else []
        if actor.description and actor.description != actor.name.text:
            parts.append(f"description: {_quoted(actor.description)}")
        if key != key_of(identifier):
            parts.append(f"key: {key}")
        parts += [
            f"capability: {_number(actor.capability)}",
            f"position: {_each(ids, actor.positions)}",
            f"salience: {_each(ids, salience)}",
            "source: table",
        ]
        lines.append(f"  {identifier}: {{{', '.join(parts)}}}")
    return "\n".join(lines) + "\n"


def _salience_in_percent(table: RawTable) -> bool:
    most = max((value for actor in table.actors for value in actor.salience), default=0.0)
    if table.percent or most > 1.0:
        table.remarks.append(f"saliences count from 0 to 100 (the largest is {most:g}) and are divided by 100")
        return True
    table.remarks.append(f"saliences count from 0 to 1 (the largest is {most:g})")
    return False


def _scale(table: RawTable, dimension: int, percent: bool, asked: tuple[float, float] | None) -> tuple[float, float]:
    """Ends of the scale: as asked, as the form says, else the unit of the saliences where positions fit, else their range."""
    values = [actor.positions[dimension] for actor in table.actors]
    cells = [actor.cells["position", dimension] for actor in table.actors]
    low, high = min(values), max(values)
    name = table.dimensions[dimension]
    if asked is not None:
        if low < asked[0] or high > asked[1]:
            far = cells[values.index(low if low < asked[0] else high)]
            raise UsageError(
                f"line {far.line}, column {far.column}: the position {far.text} lies beyond --scale {asked[0]:g},{asked[1]:g}"
            )
        return asked
    if table.percent:
        return 0.0, 100.0
    unit = 100.0 if percent else 1.0
    if 0.0 <= low and high <= unit and (percent or high <= 1.0):
        table.remarks.append(
            f"the scale of '{name}' runs from 0 to {unit:g}, as its positions fit in; --scale LOW,HIGH says otherwise"
        )
        return 0.0, unit
    if low == high:
        low, high = low - 0.5, high + 0.5
    table.remarks.append(
        f"the scale of '{name}' runs from {low:g} to {high:g}, its lowest and highest position; --scale LOW,HIGH says otherwise"
    )
    return low, high


def _options(options: dict[str, dict[str, Any]]) -> list[str]:
    if not options:
        return ["spatial: {}"]
    lines = ["spatial:"]
    for group, values in options.items():
        lines.append(f"  {group}: {{{', '.join(f'{name}: {value}' for name, value in values.items())}}}")
    return lines


def _each(ids: list[str], values: list[float]) -> str:
    if len(ids) == 1:
        return _number(values[0])
    return "{" + ", ".join(f"{name}: {_number(value)}" for name, value in zip(ids, values, strict=True)) + "}"


def _number(value: float) -> str:
    """The shortest text that reads back as the number, without the noise of a division by 100."""
    rounded = float(f"{value:.12g}")
    text = repr(rounded)
    return text.removesuffix(".0")


def _quoted(text: str) -> str:
    """The text in double quotation marks, without what the reader of scenarios refuses."""
    return json.dumps(_STOPS.sub("", " ".join(text.split()))[:2_000] or "-", ensure_ascii=False)


def _plain(text: str) -> str:
    return visible(_STOPS.sub("", " ".join(text.split())))


def _slug(stem: str) -> str:
    word = re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-._")
    return word[:60] or "table"


__all__ = ["FORMS", "Imported", "ScenarioError", "import_table"]
