"""Changed points: some inputs shifted by standard deviations of what they are drawn from, others set, all with the same draws.

A shift acts on the normal score of an input's own coordinate, u -> Phi(Phi^-1(u) + z): of a normal input that adds z standard
deviations to every draw, any other stays within its distribution and keeps the order of its draws. A shift of 0 leaves the history as it
is without a design. Where inputs are correlated, the scores are shifted before they are mixed by as much as moves the one input alone.

With g points row r has point r % g and the draws of replication first + r // g, so that further rows go on with further draws, and runs
with other first draws are independent of one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.addressed import points_of
from sim.experiments.design.base import SHIFTS, Design
from sim.experiments.design.table import known_axes

if TYPE_CHECKING:
    from sim.model.compile import Case

_EDGE = 2.0**-53  # of the interval in which coordinates lie


@dataclass(frozen=True)
class Shifts(Design):
    """Points one by one.

    Attributes
    ----------
    shifted : axes of which each point has a shift, in standard deviations
    placed : axes of which each point has a coordinate in (0, 1)
    points : a shift for each of the first and a coordinate for each of the second, for every point
    repeats : histories at each point
    first : number of the replication whose draws the first row has
    """

    shifted: tuple[str, ...]
    placed: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    repeats: int = 1
    first: int = 0
    name = SHIFTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "shifted", tuple(self.shifted))
        object.__setattr__(self, "placed", tuple(self.placed))
        object.__setattr__(self, "points", tuple(tuple(float(x) for x in point) for point in self.points))
        width = len(self.shifted) + len(self.placed)
        if not width or len({*self.shifted, *self.placed}) < width:
            raise UsageError(f"changed points need axes, each of them once; found {[*self.shifted, *self.placed]}")
        if not self.points or any(len(point) != width for point in self.points):
            raise UsageError(f"changed points: expected {width} numbers in each of the points, and at least one point")
        if self.repeats < 1 or self.first < 0:
            raise UsageError(f"changed points: expected histories at each and draws from 0, found {self.repeats} and {self.first}")
        there = np.array(self.points)
        placed = there[:, len(self.shifted) :]
        if not np.isfinite(there).all() or not ((placed > 0.0) & (placed < 1.0)).all():
            raise UsageError("changed points: expected finite shifts, and coordinates inside (0, 1)")

    @property
    def num_rows(self) -> int:
        return len(self.points) * self.repeats

    def settings(self) -> dict[str, Any]:
        return {
            "shifted": list(self.shifted),
            "placed": list(self.placed),
            "points": [list(point) for point in self.points],
            "repeats": self.repeats,
            "first": self.first,
        }

    def axes(self, case: Case) -> tuple[str, ...]:
        own = known_axes(self.name, case, [*self.shifted, *self.placed])
        partners = {path for group in _groups(case) if set(group) & set(self.shifted) for path in group}
        return known_axes(self.name, case, [*own, *(path for path in partners if path not in own)])

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        points = np.array(self.points)
        shifts = np.zeros((len(points), len(axes)))
        places = np.full((len(points), len(axes)), np.nan)
        for n, path in enumerate(self.shifted):
            shifts[:, axes.index(path)] = points[:, n]
        for n, path in enumerate(self.placed):
            places[:, axes.index(path)] = points[:, len(self.shifted) + n]
        for group, members in zip(case.copulas, _groups(case), strict=True):
            if not set(members) & set(self.shifted):
                continue
            columns = [axes.index(path) for path in members]
            factor = np.array(group.factor).reshape(len(members), len(members))
            shifts[:, columns] = np.linalg.solve(factor, shifts[:, columns].T).T
        return _Rows(self, case, root_seed, axes, shifts, places)


def _groups(case: Case) -> list[list[str]]:
    """Paths of the inputs of each correlated group."""
    return [[case.inputs[member].path for member in group.members] for group in case.copulas]


@dataclass(frozen=True)
class _Rows:
    design: Shifts
    case: Case
    root_seed: int
    axes: tuple[str, ...]
    shifts: np.ndarray
    places: np.ndarray

    def block(self, start: int, stop: int) -> Given:
        numbers = np.arange(start, stop)
        point, draws = numbers % len(self.shifts), self.design.first + numbers // len(self.shifts)
        first, last = int(draws[0]), int(draws[-1])
        own = points_of(self.case, self.axes, self.root_seed, np.arange(first, last + 1))
        coordinates = shifted(own[draws - first], self.shifts[point])
        places = self.places[point]
        return Given(np.where(np.isnan(places), coordinates, places), self.axes, draws)


def shifted(coordinates: np.ndarray, shifts: np.ndarray | float) -> np.ndarray:
    """Coordinates whose normal scores are shifted; where the shift is 0, with the same bits."""
    from scipy.special import ndtr, ndtri

    moved = np.clip(ndtr(ndtri(coordinates) + shifts), _EDGE, 1.0 - _EDGE)
    return np.where(np.asarray(shifts) == 0.0, coordinates, moved)


__all__: Sequence[str] = ("Shifts", "shifted")
