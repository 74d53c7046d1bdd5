"""What an import has read, before it becomes a scenario file, and what it had to assume."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sim.model.delimited import Cell, Faulty
from sim.model.spatial.spec import MOST_ACTORS, MOST_DIMENSIONS


@dataclass
class RawActor:
    """A row: its name, what is told of it, and its numbers."""

    name: Cell
    description: str
    capability: float
    positions: list[float]
    salience: list[float]
    cells: dict[tuple[str, int], Cell] = field(default_factory=dict)  # (field, dimension) -> where it stands


@dataclass
class RawTable:
    """A table as read; saliences in the unit of the file."""

    title: str
    description: str
    dimensions: list[str]
    actors: list[RawActor]
    percent: bool | None = None  # whether the form counts positions and saliences from 0 to 100; None: to be seen
    options: dict[str, dict[str, Any]] = field(default_factory=dict)  # of `spatial:`
    remarks: list[str] = field(default_factory=list)


def identifiers(names: Iterable[str], stem: str) -> list[str]:
    """Names of the scenario language for names of people: letters, digits, underscores, all different."""
    found: list[str] = []
    for number, name in enumerate(names, 1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
        word = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:56].rstrip("_")
        if not word or not word[0].isalpha():
            word = f"{stem}_{word}" if word else f"{stem}_{number}"
        once, again = word, 2
        while word in found:
            word, again = f"{once}_{again}", again + 1
        found.append(word)
    return found


def check_rows(table: RawTable, faults: Faulty) -> None:
    """Names are there and different, numbers are in their ranges, there are not too many of anything."""
    first: dict[str, Cell] = {}
    for actor in table.actors:
        name = actor.name.text.strip()
        if not name:
            faults.add(actor.name, "actor", expected="a name", found="nothing", hint="name it")
        elif name.casefold() in first:
            faults.add(actor.name, f"'{name}' stands in line {first[name.casefold()].line} already",
                       hint="give each actor a name of its own")  # fmt: skip
        first.setdefault(name.casefold(), actor.name)
        for (what, dimension), cell in actor.cells.items():
            value = actor.capability if what == "capability" else (
                actor.positions if what == "position" else actor.salience
            )[dimension]  # fmt: skip
            if what != "position" and value < 0.0:
                hint = f"write 0 for an actor without any, or {cell.text.strip().lstrip('-')} if the minus sign is a slip"
                faults.add(cell, what, expected="a number >= 0", found=cell.text.strip(), hint=hint)
            elif what == "salience" and value > 100.0:
                faults.add(
                    cell,
                    what,
                    expected="a number from 0 to 1, or from 0 to 100",
                    found=cell.text.strip(),
                    hint="rescale the column",
                )
            elif what == "position" and table.percent and not 0.0 <= value <= 100.0:
                faults.add(
                    cell,
                    what,
                    expected="a number from 0 to 100, as this form has them",
                    found=cell.text.strip(),
                    hint="rescale it",
                )
    _check_unit_of_salience(table, faults)
    if not table.actors:
        faults.add(Cell("", len(faults.lines), 1, 2), "the table has no actors", hint="write one a line")
    elif len(table.actors) == 1:
        faults.add(table.actors[0].name, "one actor alone has nobody to bargain with", hint="a table needs two actors and more")
    elif len(table.actors) > MOST_ACTORS:
        faults.add(table.actors[MOST_ACTORS].name, f"more than {MOST_ACTORS} actors", hint="group the small ones")
    if len(table.dimensions) > MOST_DIMENSIONS:
        faults.add(Cell("", 1, 1, 2), f"more than {MOST_DIMENSIONS} dimensions", hint="leave some out")


SMALL = 10.0  # largest salience above 1 that is rather a slip in a table of 0 to 1, or a scale of 0 to 10, than one of 0 to 100


def _check_unit_of_salience(table: RawTable, faults: Faulty) -> None:
    if table.percent:
        return
    values = [
        (value, actor.cells.get(("salience", n))) for actor in table.actors for n, value in enumerate(actor.salience)
    ]
    most, cell = max(values, key=lambda pair: pair[0], default=(0.0, None))
    if 1.0 < most <= SMALL and cell is not None:
        faults.add(cell, "salience", expected="numbers from 0 to 1, or from 0 to 100", found=f"{most:g} as the largest of the table",
                   hint="rescale the column: it is not clear which of the two is meant")  # fmt: skip
