"""From the numbers that acts write to the tables of a run: results, a row a history, and paths, a row a grid point."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.acts.readings import PATH_SIZE, PATHS
from sim.engines.given import NOTHING, Given
from sim.engines.tables.inputs import axes_of
from sim.engines.tables.whole import Setup
from sim.model.compile import Case

Tables = dict[str, dict[str, np.ndarray]]
POINT = "point:"  # what columns of coordinates begin with; then the path of the input
DRAWS = "draws"  # the column of whose draws a history has, where a design says so


def empty_rows(case: Case, setup: Setup, number: int, paths: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Rows and paths of so many histories, to be filled and handed to `tables_of`; paths of the first ``paths``, or all."""
    kept = number if paths is None else min(paths, number)
    return np.empty((number, len(setup.columns))), np.empty((kept, len(case.grid_times), PATH_SIZE))


def given_columns(case: Case, point: Sequence[float] | None, draws: int | None) -> dict[str, float | int]:
    """The columns of what one history was given: the coordinates of its point, and whose draws it has."""
    found: dict[str, float | int] = {}
    if point is not None:
        found = {POINT + path: float(x) for path, x in zip(axes_of(case), point, strict=True) if x > 0.0}
    return found if draws is None else found | {DRAWS: draws}


def point_in(case: Case, axes: Sequence[str], row: Mapping[str, Any]) -> list[float] | None:
    """The point of a row of results, as it was played, nan on axes that are not among ``axes``; none where a column is missing."""
    if not all(POINT + path in row for path in axes):
        return None
    return [float(row[POINT + path]) if path in axes else math.nan for path in axes_of(case)]


def tables_of(
    case: Case,
    setup: Setup,
    replications: Iterable[int],
    rows: np.ndarray,
    paths: np.ndarray,
    given: Given = NOTHING,
) -> Tables:
    """Tables of some histories.

    Parameters
    ----------
    replications : whole numbers, shape (n,)
    rows : float64, shape (n, columns)
        As `sim.acts.readings.write_row` writes them.
    paths : float64, shape (m, grid points, PATH_SIZE)
        Of the first m histories, as `sim.acts.readings.read` enters them.
    given : Given
        What a design gave them; columns of results of their own, after all others.

    Returns
    -------
    dict
        ``results`` and ``paths``, columns by name: int64 for ``replication``, text as objects, all else float64.
    """
    numbers = np.fromiter(replications, dtype=np.int64)
    results: dict[str, np.ndarray] = {"replication": numbers}
    for n, column in enumerate(setup.columns):
        values = np.ascontiguousarray(rows[:, n])
        results[column.name] = values if column.words is None else _words(values, column.words)
    if given.points is not None:
        axes = axes_of(case) if given.axes is None else given.axes
        results.update((POINT + path, np.array(given.points[:, n], dtype=np.float64)) for n, path in enumerate(axes))
    if given.draws is not None:
        results[DRAWS] = np.array(given.draws, dtype=np.int64)
    size, times = len(paths), len(case.grid_times)
    days = np.array([time / case.per_day for time in case.grid_times])
    found: dict[str, np.ndarray] = {
        "replication": np.repeat(numbers[:size], times),
        "day": np.tile(days, size),
        "outcome": _words(paths[:, :, 0].reshape(-1), setup.columns[0].words or ()),
    }
    for n, name in enumerate(PATHS):
        found[name] = np.ascontiguousarray(paths[:, :, n + 1].reshape(-1))
    return {"results": results, "paths": found}


def _words(codes: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    """Numbers as the words that they stand for; -1 stands for the last one."""
    return np.array(words, dtype=object)[codes.astype(np.int64)]


def row_of(setup: Setup, replication: int, numbers: Any) -> dict[str, Any]:
    """One history's row of results by column name."""
    row: dict[str, Any] = {"replication": replication}
    for column, number in zip(setup.columns, numbers, strict=True):
        row[column.name] = float(number) if column.words is None else column.words[int(number)]
    return row


def path_rows(case: Case, setup: Setup, replication: int, path: Any) -> list[dict[str, Any]]:
    """One history's rows of paths by column name."""
    words = setup.columns[0].words or ()
    found = []
    for n, time in enumerate(case.grid_times):
        at = n * PATH_SIZE
        row: dict[str, Any] = {"replication": replication, "day": time / case.per_day, "outcome": words[int(path[at])]}
        row.update((name, float(path[at + 1 + k])) for k, name in enumerate(PATHS))
        found.append(row)
    return found
