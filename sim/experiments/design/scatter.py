"""Points one by one, each played several times, every row with draws of its own.

Unlike the points of a table, which share draws so that they can be compared, these are independent of one another: what one
misses by chance the next one does not. Row r has point r // repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.engines.given import Given
from sim.experiments.design.table import Table

if TYPE_CHECKING:
    from sim.model.compile import Case


@dataclass(frozen=True)
class Scatter(Table):
    """Points one by one with independent draws; attributes as for `Table`."""

    name = "scatter"

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        points = np.array(self.points, dtype=np.float64)
        return _Rows(axes, points[:, [self.paths.index(path) for path in axes]], self.repeats)


@dataclass(frozen=True)
class _Rows:
    axes: tuple[str, ...]
    points: np.ndarray
    repeats: int

    def block(self, start: int, stop: int) -> Given:
        return Given(self.points[np.arange(start, stop) // self.repeats], self.axes)

