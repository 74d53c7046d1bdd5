"""Histories that fit what is known to have happened (`given` in a scenario): the others are set aside, not played anew.

Rejection sampling: each history that fits is a draw from the distribution of histories given the evidence, all with the same weight,
so the effective sample size is their number. What is stored stays whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.engines.tables.results import GIVEN
from sim.errors import UsageError
from sim.experiments.columns import KEY, Table, num_rows, rows_at

FEWEST = 30  # histories that fit, below which shares say nothing: a share's 95 % interval is then some 35 points wide
INSTEAD = "`sim run --given ...` tells of a case among the histories that fit"  # where something needs all histories


class Fitting(Mapping[str, np.ndarray]):
    """The rows of a table at ascending positions, columns by name; as large tables, fetched when asked for."""

    def __init__(self, table: Mapping[str, np.ndarray], positions: np.ndarray):
        self.num_rows = len(positions)
        self._table = table
        self._positions = positions

    def __getitem__(self, column: str) -> np.ndarray:
        return np.asarray(self._table[column])[self._positions]

    def __contains__(self, column: object) -> bool:
        return column in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def take(self, positions: np.ndarray, names: Sequence[str] | None = None) -> Table:
        """The rows at ascending positions among these, of all columns or of those named."""
        return rows_at(self._table, self._positions[positions], names)


def evidence_in(scenario: Mapping[str, Any]) -> list[str]:
    """What a completed scenario says is known to have happened."""
    return list(scenario.get("given") or ())


def refuse_evidence(scenario: Mapping[str, Any], why: str, instead: str = INSTEAD) -> None:
    """Raise ``UsageError`` where something is given, for what needs all histories; ``why`` continues `CONDITION: ...`."""
    known = evidence_in(scenario)
    if known:
        raise UsageError(f"given: {known[0]}: {why}", hint=instead)


def fitting(results: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """The results of the histories that fit; all where nothing is given."""
    return Fitting(results, fitting_rows(results)) if GIVEN in results else results


def fitting_rows(results: Mapping[str, np.ndarray]) -> np.ndarray:
    """Positions of the histories that fit, ascending; of all where nothing is given."""
    if GIVEN not in results:
        return np.arange(num_rows(results), dtype=np.int64)
    return np.flatnonzero(np.asarray(results[GIVEN]) != 0.0)


def fitting_paths(paths: Mapping[str, np.ndarray], results: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """The paths of the histories that fit; ``results`` are those of all."""
    if GIVEN not in results:
        return paths
    fit = np.asarray(results[KEY])[np.asarray(results[GIVEN]) != 0.0]
    return Fitting(paths, np.flatnonzero(np.isin(np.asarray(paths[KEY]), fit)))


def num_fitting(results: Mapping[str, np.ndarray]) -> int:
    """How many histories fit."""
    return num_rows(fitting(results))
