"""The rows of a table in CSV, checked against the description of its columns."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sim.model.datasets.dataset import Row
from sim.model.datasets.spec import DataColumn, DatasetSpec
from sim.model.delimited import Cell, Faulty, cells_of, number_in
from sim.model.diagnostics import describe, did_you_mean, nearest
from sim.model.quantities import QuantityError, parse_date

MAX_ROWS = 100_000
SEPARATOR = ";"  # between the names of one cell


class Rows:
    """Reads a table; all that is wrong with it is told at once."""

    def __init__(self, spec: DatasetSpec, text: str, name: str) -> None:
        self.spec = spec
        self.lines = tuple(re.split(r"\r\n|\r|\n", text))
        self.faults = Faulty(name, self.lines)

    def checked(self) -> tuple[Row, ...]:
        """The rows with typed values. Raises `ScenarioError` with a diagnostic for every fault."""
        numbered = [(number, line) for number, line in enumerate(self.lines, 1) if line.strip()]
        if not numbered:
            self._stop(
                Cell("", 1, 1, 2), "the table is empty", f"begin with the headings {', '.join(self.spec.columns)}"
            )
        header, *body = [cells_of(line, number, ",", self.faults) for number, line in numbered[: MAX_ROWS + 1]]
        self.faults.raise_if_any()
        self._check_header(header)
        if not body:
            self._stop(header[-1], "the table has headings and no rows", "add the rows below the headings")
        if len(numbered) > MAX_ROWS + 1:
            self._stop(
                Cell("", numbered[MAX_ROWS + 1][0], 1, 2), f"a table has at most {MAX_ROWS:,} rows", "leave some out"
            )
        names = [cell.text for cell in header]
        placed = [self._row(cells, names) for cells in body]
        self.faults.raise_if_any()  # what follows compares values, and a value at fault has none
        self._compare([places for places, _ in placed], [row for _, row in placed])
        self.faults.raise_if_any()
        return tuple(row for _, row in placed)

    def _stop(self, cell: Cell, message: str, hint: str) -> None:
        self.faults.add(cell, message, hint=hint)
        self.faults.raise_if_any()

    def _check_header(self, header: list[Cell]) -> None:
        names = [cell.text for cell in header]
        missing = [name for name in self.spec.columns if name not in names]
        for place, cell in enumerate(header):
            if cell.text in names[:place]:
                self.faults.add(cell, f"the column '{cell.text}' stands here twice", hint="keep one of them")
            elif cell.text not in self.spec.columns:
                close = nearest(cell.text, missing)
                hint = f"did you mean '{close}'?" if close else f"columns: {', '.join(self.spec.columns)}"
                missing = [name for name in missing if name != close]  # told by this fault
                self.faults.add(cell, f"unknown column {describe(cell.text)}", hint=hint)
        for name in missing:
            found = ", ".join(word for word in names if word) or "none"
            self.faults.add(header[0], f"the column '{name}' is missing", expected=f"a heading {name}", found=found,
                            hint="add the column")  # fmt: skip
        self.faults.raise_if_any()

    def _row(self, cells: list[Cell], names: list[str]) -> tuple[dict[str, Cell], Row]:
        if len(cells) != len(names):
            last = cells[min(len(cells), len(names)) - 1] if len(cells) < len(names) else cells[len(names)]
            self.faults.add(last, expected=f"{len(names)} cells, one a heading", found=str(len(cells)),
                            hint="a text with commas stands in quotation marks")  # fmt: skip
            return {}, {}
        places = dict(zip(names, cells, strict=True))
        return places, {name: self._value(name, column, places[name]) for name, column in self.spec.columns.items()}

    def _value(self, name: str, column: DataColumn, cell: Cell) -> Any:
        if not cell.text:
            if not column.may_be_empty:
                self.faults.add(cell, name, expected=_wanted(column), found="nothing", hint="fill the cell in")
            return () if column.type == "names" else None
        match column.type:
            case "date":
                return self._date(name, cell)
            case "number" | "count" | "probability":
                return self._number(name, column, cell)
            case "name":
                return self._name(name, column, cell, cell.text)
            case "names":
                parts = [part.strip() for part in cell.text.split(SEPARATOR)]
                return tuple(self._name(name, column, cell, part) for part in parts)
            case "source":
                if cell.text not in self.spec.sources:
                    hint = did_you_mean(cell.text, self.spec.sources, "sources")
                    self.faults.add(cell, f"unknown source '{cell.text}'", hint=hint)
                return cell.text
        return cell.text

    def _date(self, name: str, cell: Cell) -> dt.date | None:
        try:
            return parse_date(cell.text)
        except QuantityError as error:
            self.faults.add(cell, name, expected=error.expected, found=error.found, hint=error.hint)
            return None

    def _number(self, name: str, column: DataColumn, cell: Cell) -> float | int:
        already = len(self.faults.items)
        value = number_in(cell, name, self.faults)
        if len(self.faults.items) > already:
            return 0
        if column.type == "probability" and not 0.0 <= value <= 1.0:
            hint = (
                f"is it in percent? Write {value / 100:g}" if 1.0 < value <= 100.0 else "write a number between 0 and 1"
            )
            self.faults.add(cell, name, expected="a probability from 0 to 1", found=cell.text, hint=hint)
        if column.type == "count" and (value < 0 or value != int(value)):
            self.faults.add(
                cell, name, expected="a whole number from 0", found=cell.text, hint="write how many there were"
            )
            return 0
        for limit, is_beyond, words in (
            (column.low, lambda bound: value < bound, "from"), (column.high, lambda bound: value > bound, "up to"),
        ):  # fmt: skip
            if limit is not None and is_beyond(limit):
                self.faults.add(
                    cell, name, expected=f"a number {words} {limit:g}", found=cell.text, hint="correct it, or its bound"
                )
        return int(value) if column.type == "count" else value

    def _name(self, name: str, column: DataColumn, cell: Cell, text: str) -> str:
        if column.values is not None and text not in column.values:
            self.faults.add(cell, f"unknown {name} {describe(text)}", hint=did_you_mean(text, column.values, "known"))
        return text

    # What rows say about one another

    def _compare(self, places: list[dict[str, Cell]], rows: list[Row]) -> None:
        seen: dict[tuple[Any, ...], int] = {}
        last: tuple[dt.date, int] | None = None
        for cells, row in zip(places, rows, strict=True):
            line = next(iter(cells.values())).line
            key = tuple(row[name] for name in self.spec.unique)
            if key in seen:
                self.faults.add(cells[self.spec.unique[0]], f"the row of line {seen[key]} again: the same {', '.join(self.spec.unique)}",
                                hint="keep one of them")  # fmt: skip
            seen.setdefault(key, line)
            if self.spec.order is not None and (date := row[self.spec.order]) is not None:
                if last is not None and date < last[0]:
                    expected = f"a date from {last[0]} on, that of line {last[1]}"
                    self.faults.add(cells[self.spec.order], "dates are out of order", expected=expected, found=str(date),
                                    hint="sort the rows by date, or correct the year")  # fmt: skip
                last = (date, line)
            self._compare_dates(cells, row)

    def _compare_dates(self, cells: dict[str, Cell], row: Row) -> None:
        start, end = self.spec.covers
        known = self.spec.known
        if not start <= row[known] < end and self.spec.kind in ("events", "spells"):
            self.faults.add(cells[known], known, expected=f"a date that the data set covers, from {start} to before {end}",
                            found=str(row[known]), hint="correct it, or `covers:` of the description")  # fmt: skip
        for name, column in self.spec.columns.items():
            other = row[column.not_before] if column.not_before is not None else None
            if other is not None and row[name] is not None and row[name] < other:
                self.faults.add(cells[name], name, expected=f"a date from {other} on, that of '{column.not_before}'", found=str(row[name]),
                                hint="exchange the two, or correct the year")  # fmt: skip
            if column.known is not None and row[column.known] is None and row[name] not in (None, ()):
                self.faults.add(cells[name], f"'{name}' has a value, but not '{column.known}', which says since when it is known",
                                hint="fill in the date, or leave both empty")  # fmt: skip


def _wanted(column: DataColumn) -> str:
    words = {"date": "a date, as in 2018-03-09", "number": "a number", "count": "a whole number", "probability": "a probability",
             "text": "a text", "name": "a name", "names": "names", "source": "a source"}  # fmt: skip
    return words[column.type]
