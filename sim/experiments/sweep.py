"""What a sweep plays: a scenario in which some numbers vary, and the design over them.

``grid``
    every combination of values, each played with the same draws, so that points differ by the values and not by luck
a table of points
    the same, for a list of combinations
``lhs``, ``sobol``
    points that fill the ranges evenly, and with them all that is uncertain; a history each

Levers, uncertainties, private numbers of actors, judgements: whatever is a number. Every row has all levers that are numbers and all
declared uncertainties in its columns ``input:PATH``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UsageError
from sim.experiments.design import HYPERCUBE, SOBOL, Design, named_design
from sim.experiments.evidence import refuse_evidence
from sim.experiments.varied import even_values, fixed_path, path_of, range_of, value_grid, value_table, varied
from sim.model.paths import covers, split, value_at

GRID = "grid"
DESIGNS = (GRID, HYPERCUBE, SOBOL)
POINTS = 11  # of a factor of a grid that names none
POINTS_OF_TWO = 7  # where there are several
MOST_POINTS = 10_000
EACH = 1000  # histories at each point of a grid or table
IN_ALL = 10_000  # histories of a design that fills ranges
FEWEST = 20  # histories at a point with which an interval says anything
HINT = "write it as in --over parameters.p=0:1, 0:1:11 for 11 values, or 0,.2,.7 for these"


@dataclass(frozen=True)
class Asked:
    """A factor as it is asked for: a path or the name of a lever, with its values, its range, or neither.

    Attributes
    ----------
    values : these and no others
    bounds : low and high end, where values are not listed
    number : how many values of a grid between them
    """

    name: str
    values: tuple[float, ...] = ()
    bounds: tuple[float, float] | None = None
    number: int | None = None


@dataclass(frozen=True)
class Sweep:
    """A scenario that is ready to be played, its design, and how many histories.

    Attributes
    ----------
    paths : of the factors, as columns and axes have them
    """

    scenario: dict[str, Any]
    design: Design
    replications: int
    paths: tuple[str, ...]


def asked_of(text: str) -> Asked:
    """What ``PATH=LOW:HIGH``, ``PATH=LOW:HIGH:NUMBER``, ``PATH=A,B,...`` or ``PATH`` asks for.

    Raises
    ------
    UsageError
        Anything else: no numbers, a low end that is not below the high end, fewer than two values.
    """
    name, sign, span = (part.strip() for part in text.partition("="))
    if not name or (sign and not span):
        raise UsageError(f"--over: expected a path or lever with its values, found '{text}'", hint=HINT)
    if not sign:
        return Asked(name)
    if ":" not in span:
        values = tuple(_number(part, span) for part in span.split(","))
        if len(set(values)) < 2:
            raise UsageError(f"--over {name}: expected at least two different values, found '{span}'", hint=HINT)
        return Asked(name, tuple(sorted(set(values))))
    parts = span.split(":")
    if len(parts) not in (2, 3):
        raise UsageError(f"--over {name}: expected low:high or low:high:number, found '{span}'", hint=HINT)
    low, high = _number(parts[0], span), _number(parts[1], span)
    if not low < high:
        raise UsageError(f"--over {name}: expected a low end below the high end, found {parts[0]}:{parts[1]}", hint=HINT)
    if len(parts) == 2:
        return Asked(name, bounds=(low, high))
    if not parts[2].strip().isdecimal() or int(parts[2]) < 2:
        raise UsageError(f"--over {name}: expected a number of values from 2 on after the second colon, found '{parts[2]}'", hint=HINT)
    return Asked(name, bounds=(low, high), number=int(parts[2]))


def _number(text: str, span: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(f"--over: expected numbers, found '{text.strip()}' in '{span}'", hint=HINT)
    return found


def sweep_of(scenario: Mapping[str, Any], over: Sequence[str], design: str = GRID, histories: int | None = None) -> Sweep:
    """The sweep that is asked for.

    Parameters
    ----------
    scenario : a completed one
    over : a factor each, as `asked_of` reads them; none with a table, which names its own
    design : ``grid``, ``lhs``, ``sobol`` or the file of a table of points (CSV)
    histories : at each point of a grid or table, by default `EACH`; in all of the others, by default `IN_ALL`

    Raises
    ------
    UsageError
        No such design or factor; a factor named twice; no range where one is needed; too many points; too few histories.
    """
    refuse_evidence(
        scenario, "a sweep plays the same histories at every point, also those that do not fit what is given"
    )
    check_design(over, design)
    if design not in DESIGNS:
        names, points = read_points(design)
        number = histories_of(histories, EACH, "at each point")
        names = [lever_or_path(scenario, name) for name in names]
        check_names([path_of(scenario, name) for name in names])
        played, table = value_table(scenario, [dict(zip(names, point, strict=True)) for point in points], number)
        return Sweep(played, table, table.num_rows, table.paths)
    asked = [asked_of(text) for text in over]
    names = [lever_or_path(scenario, item.name) for item in asked]
    paths = [path_of(scenario, name) for name in names]
    check_names(paths)
    if design == GRID:
        values = {path: factor_values(scenario, item, path, len(asked)) for item, path in zip(asked, paths, strict=True)}
        size = math.prod(len(some) for some in values.values())
        if size > MOST_POINTS:
            raise UsageError(
                f"--over: {size:,} points are more than {MOST_POINTS:,}", hint=f"take fewer values, or --design {HYPERCUBE} or {SOBOL}"
            )
        played, grid = value_grid(scenario, values, histories_of(histories, EACH, "at each point"))
        return Sweep(played, grid, grid.num_rows, tuple(values))
    number = histories_of(histories, IN_ALL, "in all")
    ranges = {path: _range(item, design) for item, path in zip(asked, paths, strict=True)}
    return Sweep(varied(scenario, ranges), named_design(design, number), number, tuple(paths))


def check_design(over: Sequence[str], design: str) -> None:
    """Raise ``UsageError`` where factors are named beside a table of points, or nowhere, or there is no such design."""
    if design in DESIGNS and not over:
        raise UsageError("--over: expected a lever, an uncertainty or the path of another number", hint=HINT)
    if design not in DESIGNS and over:
        read_points(design)  # the name of a design that there is not is told first
        raise UsageError(f"--over beside --design {design}: a table of points names its own factors", hint="leave --over out")


def lever_or_path(scenario: Mapping[str, Any], name: str) -> str:
    """A name as `sim.experiments.varied` takes it: a lever may also be called ``levers.NAME``."""
    short = name.removeprefix("levers.").removesuffix(".path")
    return short if name.startswith("levers.") and short in (scenario.get("levers") or {}) else name


def check_names(paths: Sequence[str]) -> None:
    """Raise ``UsageError`` where two names mean the same number."""
    parts = [split(path) for path in paths]
    twice = next((path for n, path in enumerate(paths) if any(covers(parts[n], other) for other in parts[:n])), None)
    if twice is not None:
        raise UsageError(f"'{twice}' is swept twice", hint="keep one of them")


def histories_of(asked: int | None, usual: int, where: str) -> int:
    """How many histories are played; ``UsageError`` for too few."""
    number = usual if asked is None else asked
    if number < FEWEST:
        raise UsageError(f"-n {number}: expected at least {FEWEST} histories {where}, for intervals", hint=f"{usual:,} is a beginning")
    return number


def factor_values(scenario: Mapping[str, Any], item: Asked, path: str, factors: int) -> list[float]:
    """Values of a factor of a grid, ascending: those that are asked for, or evenly over its range; whole ones where the scenario has a
    whole number that is fixed for a run."""
    if item.values:
        return list(item.values)
    low, high = item.bounds or range_of(scenario, path)
    number = item.number or (POINTS if factors == 1 else POINTS_OF_TWO)
    if fixed_path(scenario, path) is not None and isinstance(value_at(scenario, split(path)), int):
        first, last = math.ceil(low), math.floor(high)
        if not first < last:
            raise UsageError(f"--over {item.name}: there are no two whole numbers between {low:g} and {high:g}", hint="write a wider range")
        return sorted({float(round(x)) for x in even_values(first, last, min(number, last - first + 1))})
    values = sorted(set(even_values(low, high, number)))
    if len(values) < 2:
        raise UsageError(f"--over {item.name}: {low!r} and {high!r} are too near to each other", hint="write a wider range")
    return values


def _range(item: Asked, design: str) -> tuple[float, float] | None:
    if item.values or item.number:
        raise UsageError(
            f"--over {item.name}: --design {design} spreads points over a range, and takes no single values", hint="write low:high"
        )
    return item.bounds


def read_points(path: str) -> tuple[list[str], list[list[float]]]:
    """Names and points of a table in CSV: paths or levers in the first line, a point in each other.

    Raises
    ------
    UsageError
        There is no such file (or design), it holds no points, or a cell is no number; with its line.
    """
    from sim.model.diagnostics import did_you_mean

    if not Path(path).is_file():
        near = did_you_mean(path, list(DESIGNS), "designs")
        raise UsageError(f"--design {path}: expected {', '.join(DESIGNS)} or the file of a table of points (CSV)", hint=near)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = [(reader.line_num, cells) for reader in [csv.reader(file)] for cells in reader if any(cell.strip() for cell in cells)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read as CSV: {error}") from None
    if len(lines) < 2:
        raise UsageError(f"{path}: expected names of levers or paths in the first line and a point in each other, found {len(lines)} lines")
    names = [cell.strip() for cell in lines[0][1]]
    if not all(names) or len(set(names)) < len(names):
        raise UsageError(f"{path}, line {lines[0][0]}: expected a name for each column, each once; found {', '.join(names)}")
    points = []
    for number, cells in lines[1:]:
        if len(cells) != len(names):
            raise UsageError(f"{path}, line {number}: expected {len(names)} cells, found {len(cells)}")
        points.append([_cell(cell, f"{path}, line {number}, column '{name}'") for name, cell in zip(names, cells, strict=True)])
    if len(points) > MOST_POINTS:
        raise UsageError(f"{path}: {len(points):,} points are more than {MOST_POINTS:,}")
    return names, points


def _cell(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(
            f"{where}: expected a number, found '{text.strip()}'", hint="switches and words are compared as policies: `sim compare`"
        )
    return found
