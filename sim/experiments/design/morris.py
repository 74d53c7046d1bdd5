"""Morris's design: trajectories that change one factor at a time, on a grid of few levels.

On each axis there are p equally likely levels, at (l + 1/2) / p: middles of cells, so that distributions without an end have no
infinite level. A trajectory starts at random levels and takes one step a factor, in random order, of half the levels up or down,
whichever stays on the grid; all rows of it have the same draws. One last step changes the draws alone: chance is the last factor.
Trajectory t has the draws of replication 2t, after the last step those of 2t + 1; its levels are those of replication t.

Sources: Morris (1991), Technometrics 33(2), 161-174; Campolongo, Cariboni and Saltelli (2007), Environmental Modelling and Software
22(10), 1509-1518 (absolute effects, and groups of factors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.addressed import design_uniforms, points_of
from sim.experiments.design.base import Design
from sim.experiments.design.factors import Factor, as_data, check, from_data
from sim.experiments.design.table import known_axes

if TYPE_CHECKING:
    from sim.model.compile import Case

STEP = 0.5  # of a coordinate, in a step of half the levels
_ORDER = 1  # lane of the draws of the order of the steps


@dataclass(frozen=True)
class Morris(Design):
    """So many trajectories over some factors and chance."""

    trajectories: int
    factors: tuple[Factor, ...]
    levels: int = 4
    name = "morris"

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", from_data(self.factors))
        check(self.factors)
        if self.trajectories < 2:
            raise UsageError(f"a Morris design needs at least two trajectories, found {self.trajectories}")
        if self.levels < 2 or self.levels % 2:
            raise UsageError(f"a Morris design needs an even number of levels, found {self.levels}", hint="4 is usual")

    @property
    def rows_of_trajectory(self) -> int:
        """Histories of a trajectory: its start, a step a factor, and that of chance."""
        return len(self.factors) + 2

    @property
    def num_rows(self) -> int:
        return self.trajectories * self.rows_of_trajectory

    def settings(self) -> dict[str, Any]:
        return {"trajectories": self.trajectories, "factors": as_data(self.factors), "levels": self.levels}

    def axes(self, case: Case) -> tuple[str, ...]:
        return known_axes(self.name, case, [path for factor in self.factors for path in factor.paths])

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        owner = {path: n for n, factor in enumerate(self.factors) for path in factor.paths}
        return _Rows(self, case, root_seed, axes, np.array([owner[path] for path in axes]))

    def steps(self, root_seed: int, first: int, last: int) -> np.ndarray:
        """By trajectory and factor, at which of its steps the factor changes, counted from 0."""
        uniforms = design_uniforms(root_seed, _ORDER, np.arange(first, last), np.arange(len(self.factors)))
        return np.argsort(np.argsort(uniforms, axis=1, kind="stable"), axis=1, kind="stable")


@dataclass(frozen=True)
class _Rows:
    design: Morris
    case: Case
    root_seed: int
    axes: tuple[str, ...]
    owner: np.ndarray  # the factor of each axis

    def block(self, start: int, stop: int) -> Given:
        size, levels = self.design.rows_of_trajectory, self.design.levels
        first, last = start // size, -(-stop // size)
        points = points_of(self.case, self.axes, self.root_seed, np.arange(first, last))
        begun = np.floor(points * levels)
        moved = np.where(begun < levels // 2, begun + levels // 2, begun - levels // 2)
        steps = self.design.steps(self.root_seed, first, last)[:, self.owner]  # (trajectories, axes)
        has_moved = steps[:, None, :] < np.arange(size)[None, :, None]
        rows = (np.where(has_moved, moved[:, None, :], begun[:, None, :]) + 0.5) / levels
        draws = np.repeat(2 * np.arange(first, last)[:, None], size, axis=1)
        draws[:, -1] += 1
        part = slice(start - first * size, stop - first * size)
        return Given(rows.reshape((last - first) * size, -1)[part], self.axes, draws.reshape(-1)[part])
