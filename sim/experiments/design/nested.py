"""A nested design: points of ordinary replications, each played with several draws of its own.

What varies between points is our not knowing the inputs, what varies within them is the world's chance
(`sim.analysis.variance_split`). Row r has point r // draws, and its own draws; the rows of a point lie together, so that a run with
more points begins as one with fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.addressed import points_of
from sim.experiments.design.base import Design
from sim.experiments.design.hypercube import nothing_drawn

if TYPE_CHECKING:
    from sim.model.compile import Case


@dataclass(frozen=True)
class Nested(Design):
    """So many points, each with so many draws; at least two of both."""

    points: int
    draws: int
    name = "nested"

    def __post_init__(self) -> None:
        if self.points < 2 or self.draws < 2:
            raise UsageError(
                f"a nested design needs two points with two draws each, at least; found {self.points} with {self.draws}",
                hint="the variance within a point shows between its draws, that of the inputs between points",
            )

    @property
    def num_rows(self) -> int:
        return self.points * self.draws

    def settings(self) -> dict[str, Any]:
        return {"points": self.points, "draws": self.draws}

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        if not axes:
            raise nothing_drawn(self.name, case)
        return _Rows(self, case, root_seed, axes)


@dataclass(frozen=True)
class _Rows:
    design: Nested
    case: Case
    root_seed: int
    axes: tuple[str, ...]

    def block(self, start: int, stop: int) -> Given:
        which = np.arange(start, stop) // self.design.draws
        first, last = start // self.design.draws, (stop - 1) // self.design.draws
        points = points_of(self.case, self.axes, self.root_seed, np.arange(first, last + 1))
        return Given(points[which - first], self.axes)
