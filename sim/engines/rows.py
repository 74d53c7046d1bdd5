"""From the numbers that acts write to the tables of a run: results, a row a history, and paths, a row a grid point."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.acts.readings import PATH_SIZE, PATHS
from sim.engines.tables.whole import Setup
from sim.model.compile import Case

Tables = dict[str, dict[str, np.ndarray]]


def empty_rows(case: Case, setup: Setup, number: int, paths: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Rows and paths of so many histories, to be filled and handed to `tables_of`; paths of the first ``paths``, or all."""
    kept = number if paths is None else min(paths, number)
    return np.empty((number, len(setup.columns))), np.empty((kept, len(case.grid_times), PATH_SIZE))


def tables_of(case: Case, setup: Setup, replications: Iterable[int], rows: np.ndarray, paths: np.ndarray) -> Tables:
    """Tables of some histories.

    Parameters
    ----------
    replications : whole numbers, shape (n,)
    rows : float64, shape (n, columns)
        As `sim.acts.readings.write_row` writes them.
    paths : float64, shape (m, grid points, PATH_SIZE)
        Of the first m histories, as `sim.acts.readings.read` enters them.

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
    size, points = len(paths), len(case.grid_times)
    days = np.array([time / case.per_day for time in case.grid_times])
    found: dict[str, np.ndarray] = {
        "replication": np.repeat(numbers[:size], points),
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
