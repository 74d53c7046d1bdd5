"""A spatial table from CSV: one actor a line, under headings that people commonly write, or in the form of KTAB.

The plain form has a line of headings (actor, capability, position and salience, or the last two once a dimension, as in
``position_tax, salience_tax``). KTAB's has a line before it: name, description, number of actors, number of dimensions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.model.delimited import Cell, Faulty, cells_of, number_in
from sim.model.diagnostics import nearest
from sim.model.spatial.raw_table import RawActor, RawTable, check_rows

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
WORDS = {
    "actor": ("actor", "actors", "name", "player", "stakeholder", "country", "state", "party", "agent", "member"),
    "description": ("description", "desc", "comment", "note", "notes", "label"),
    "capability": (
        "capability", "capabilities", "cap", "power", "influence", "resources", "resource", "weight", "clout", "strength",
    ),
    "position": ("position", "positions", "pos", "pstn", "stance", "preference", "ideal"),
    "salience": ("salience", "saliences", "sal", "priority", "importance", "saliency"),
}  # fmt: skip
_HEADING_OF = {word: meaning for meaning, words in WORDS.items() for word in words}


@dataclass
class _Heading:
    meaning: str
    dimension: str  # the other words of the heading
    cell: Cell
    place: int


def read_csv(text: str, name: str) -> RawTable:
    """The table of a CSV text.

    Raises
    ------
    ScenarioError
        With every fault, at its line and column.
    """
    lines = tuple(re.split(r"\r\n|\r|\n", text))
    faults = Faulty(name, lines)
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        faults.add(
            Cell("", 1, 1, 2), "the file is empty", hint="begin with the headings actor, capability, position, salience"
        )
        faults.raise_if_any()
    delimiter = max(DELIMITERS, key=lambda sign: numbered[min(1, len(numbered) - 1)][1].count(sign))
    rows = [cells_of(line, number, delimiter, faults) for number, line in numbered]
    faults.raise_if_any()
    table = RawTable(title="", description="", dimensions=[], actors=[])
    if delimiter != ",":
        table.remarks.append(
            f"cells are parted by {DELIMITERS[delimiter]}" + (", decimals may have commas" if delimiter == ";" else "")
        )
    counts = _ktab_counts(rows)
    if counts is not None:
        first = rows.pop(0)
        table.title, table.description, table.percent = first[0].text.strip(), first[1].text.strip(), True
        table.remarks.append("the form is KTAB's: positions and saliences from 0 to 100")
    headings = _headings(rows[0], faults, table)
    pairs = _paired(headings, rows[0], faults, table)
    columns = max(place for place, cell in enumerate(rows[0], 1) if cell.text)
    for row in rows[1:]:
        _read_row(row, columns, headings, pairs, table, faults, delimiter == ";")
    if counts is not None:
        _check_counts(counts, table, faults)
    check_rows(table, faults)
    faults.raise_if_any()
    return table


def _ktab_counts(rows: list[list[Cell]]) -> tuple[Cell, Cell] | None:
    """The numbers of actors and of dimensions in the first line of KTAB's form."""
    if (
        len(rows) < 2
        or len(rows[0]) < 4
        or _read_heading(rows[1][0].text)[0] != "actor"
        or _read_heading(rows[0][0].text)[0] == "actor"
    ):
        return None
    actors, dimensions = rows[0][2], rows[0][3]
    return (actors, dimensions) if actors.text.isdigit() and dimensions.text.isdigit() else None


def _check_counts(counts: tuple[Cell, Cell], table: RawTable, faults: Faulty) -> None:
    for cell, found, what in (
        (counts[0], len(table.actors), "actors"),
        (counts[1], len(table.dimensions), "dimensions"),
    ):
        if int(cell.text) != found:
            faults.add(cell, f"number of {what}", expected=f"{cell.text} {what}, as the first line says", found=str(found),
                       hint="correct the first line, or the table below it")  # fmt: skip


def _read_heading(text: str) -> tuple[str, str]:
    """What a heading means, and the words of it that name a dimension."""
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[^\W\d_]+", text)
    for number, part in enumerate(parts):
        meaning = _HEADING_OF.get(part.casefold())
        if meaning is not None:
            return meaning, " ".join(parts[:number] + parts[number + 1 :])
    return "", ""


def _headings(row: list[Cell], faults: Faulty, table: RawTable) -> list[_Heading]:
    found: list[_Heading] = []
    ignored = []
    for place, cell in enumerate(row):
        if not cell.text:
            continue
        meaning, dimension = _read_heading(cell.text)
        if meaning in ("actor", "description", "capability") and any(item.meaning == meaning for item in found):
            ignored.append(cell.text)
        elif meaning:
            found.append(_Heading(meaning, dimension, cell, place))
        else:
            ignored.append(cell.text)
    for meaning in ("actor", "capability", "position", "salience"):
        if any(item.meaning == meaning for item in found):
            continue
        there = ", ".join(cell.text for cell in row if cell.text) or "none"
        close = nearest(meaning, [text.split("_")[0] for text in ignored])
        hint = (
            f"is it '{close}'? Name it {meaning}"
            if close
            else f"name a column {meaning}; also understood: {', '.join(WORDS[meaning][1:5])}"
        )
        faults.add(
            row[0], f"there is no column for {meaning}", expected=f"a heading such as {meaning}", found=there, hint=hint
        )
    faults.raise_if_any()
    if ignored:
        table.remarks.append(f"columns that are not read: {', '.join(ignored)}")
    return found


def _paired(
    headings: list[_Heading], row: list[Cell], faults: Faulty, table: RawTable
) -> list[tuple[_Heading, _Heading]]:
    """Each position with its salience: by the dimension's name, or in order."""
    positions = [item for item in headings if item.meaning == "position"]
    saliences = [item for item in headings if item.meaning == "salience"]
    by_name = {item.dimension.casefold(): item for item in saliences}
    if len(positions) != len(saliences):
        lacking, more = ("salience", positions) if len(positions) > len(saliences) else ("position", saliences)
        names = {item.dimension.casefold() for item in (saliences if lacking == "salience" else positions)}
        alone = next((item for item in more if item.dimension.casefold() not in names), more[-1])
        faults.add(
            alone.cell,
            expected=f"a column of {lacking} for '{alone.cell.text}'",
            found="none",
            hint="add it, once a dimension",
        )
        faults.raise_if_any()
    names = [item.dimension.casefold() for item in positions]
    if len(set(names)) == len(names) and set(names) == set(by_name):
        pairs = [(item, by_name[item.dimension.casefold()]) for item in positions]
    else:
        pairs = list(zip(positions, saliences, strict=True))
        if len(pairs) > 1:
            told = ", ".join(f"{one.cell.text} with {other.cell.text}" for one, other in pairs)
            table.remarks.append(f"positions and saliences are paired in order: {told}")
    for one, other in pairs:
        name = one.dimension or other.dimension
        table.dimensions.append(one.cell.text if name.isdigit() else name or "position")
    return pairs


def _read_row(
    row: list[Cell],
    columns: int,
    headings: list[_Heading],
    pairs: list[tuple[_Heading, _Heading]],
    table: RawTable,
    faults: Faulty,
    decimal_comma: bool,
) -> None:
    line = row[-1].line
    after = row[-1].end

    def cell(heading: _Heading) -> Cell:
        return row[heading.place] if heading.place < len(row) else Cell("", line, after, after + 1)

    by_meaning = {item.meaning: item for item in headings if item.meaning in ("actor", "description", "capability")}
    extra = next((item for item in row[columns:] if item.text), None)
    if extra is not None:
        faults.add(extra, "a cell beyond the last heading", expected=f"{columns} cells", found=f"'{extra.text}'",
                   hint="a text with commas stands in quotation marks")  # fmt: skip
    cells: dict[tuple[str, int], Cell] = {("capability", 0): cell(by_meaning["capability"])}
    for number, (position, salience) in enumerate(pairs):
        cells["position", number] = cell(position)
        cells["salience", number] = cell(salience)

    def told(what: str, number: int) -> str:
        heading = by_meaning["capability"] if what == "capability" else pairs[number][0 if what == "position" else 1]
        return heading.cell.text

    values = {key: number_in(item, told(*key), faults, decimal_comma) for key, item in cells.items()}
    table.actors.append(
        RawActor(
            name=cell(by_meaning["actor"]),
            description=cell(by_meaning["description"]).text if "description" in by_meaning else "",
            capability=values["capability", 0],
            positions=[values["position", number] for number in range(len(pairs))],
            salience=[values["salience", number] for number in range(len(pairs))],
            cells=cells,
        )
    )
