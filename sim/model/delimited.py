"""Text whose cells are parted by a sign, as in CSV: the cells of a line with their places, and faults at cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, comma_hint, describe, in_file_order

MAX_FAULTS = 100
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True)
class Cell:
    """A text with its place in the file; line and column count from 1, ``end`` is the column after it."""

    text: str
    line: int
    column: int
    end: int


class Faulty:
    """Collects what is wrong with a file that is imported."""

    def __init__(self, name: str, lines: tuple[str, ...]) -> None:
        self.name, self.lines = name, lines
        self.items: list[Diagnostic] = []

    def add(self, cell: Cell, message: str = "", *, expected: str = "", found: str = "", hint: str = "") -> None:
        """Note a fault at a cell; raises at the limit."""
        line = self.lines[cell.line - 1] if 0 < cell.line <= len(self.lines) else ""
        self.items.append(
            Diagnostic(
                (),
                message,
                expected,
                found,
                hint,
                self.name,
                cell.line,
                cell.column,
                max(cell.end, cell.column + 1),
                line,
            )
        )
        if len(self.items) >= MAX_FAULTS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Raise `ScenarioError` with all faults, if there are any."""
        if self.items:
            raise ScenarioError(in_file_order(self.items))


def cells_of(line: str, number: int, delimiter: str, faults: Faulty) -> list[Cell]:
    """The cells of a line with their places; quotation marks may enclose a cell and are doubled inside."""
    found, place = [], 0
    while True:
        start = place
        while place < len(line) and line[place] == " ":
            place += 1
        if place < len(line) and line[place] == '"':
            text, place = "", place + 1
            while place < len(line):
                if line.startswith('""', place):
                    text, place = text + '"', place + 2
                elif line[place] == '"':
                    break
                else:
                    text, place = text + line[place], place + 1
            if place >= len(line):
                faults.add(
                    Cell("", number, start + 1, start + 2),
                    "a quotation mark is not closed on its line",
                    hint="close it, or double it",
                )
                return found
            end = line.find(delimiter, place)
            end = len(line) if end < 0 else end
        else:
            end = line.find(delimiter, start)
            end = len(line) if end < 0 else end
            text = line[start:end]
        lead = len(line[start:end]) - len(line[start:end].lstrip())
        found.append(
            Cell(
                text.strip(), number, start + lead + 1, max(start + lead + 2, start + len(line[start:end].rstrip()) + 1)
            )
        )
        place = end + 1
        if place > len(line):
            return found


def number_in(cell: Cell, what: str, faults: Faulty, decimal_comma: bool = False) -> float:
    """The number of a cell; 0 with a fault noted where there is none."""
    text = cell.text.strip()
    written = text.replace(",", ".") if decimal_comma and text.count(",") == 1 and "." not in text else text
    if not text:
        faults.add(cell, what, expected="a number", found="nothing", hint="write it into the table")
        return 0.0
    if not _NUMBER.match(written):
        hint = "write a number"
        if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
            hint = comma_hint(text)
        elif re.fullmatch(r"[-+]?[0-9.]+ ?%", text):
            hint = f"write {text.rstrip('% ')}, without the percent sign"
        elif text.lower().lstrip("+-") in ("nan", "inf", "infinity", "na", "n/a", "-", "null", "none"):
            hint = "write a finite number; a row without one has to be left out or estimated"
        faults.add(cell, what, expected="a number", found=describe(text), hint=hint)
        return 0.0
    value = float(written)
    if not abs(value) <= 1e12:
        faults.add(cell, what, expected="a number within 1e12", found=text, hint="choose a larger unit")
        return 0.0
    return value
