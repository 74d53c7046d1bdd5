"""Lists and grids of points, each played with the same draws: point by point the histories differ by the point alone.

A table sets coordinates on some axes; inputs and private types on the others are drawn from the addresses of the row's draws, as all
chance is. With g points row r has point r % g and the draws of replication r // g, so that a run with more repeats begins as one with
fewer. A table may begin at a later replication, to add draws to those of another run.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.base import Design

if TYPE_CHECKING:
    from sim.model.compile import Case

_Coordinates = tuple[float, ...]


@dataclass(frozen=True)
class Table(Design):
    """Points one by one.

    Attributes
    ----------
    paths : axes on which coordinates are set
    points : a coordinate in (0, 1) for each of them, for every point
    repeats : histories at each point
    first : the replication whose draws come first
    """

    paths: tuple[str, ...]
    points: tuple[_Coordinates, ...]
    repeats: int = 1
    first: int = 0
    name = "table"

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(self.paths))
        object.__setattr__(self, "points", tuple(tuple(float(x) for x in point) for point in self.points))
        _check(self.name, self.paths, self.repeats)
        if not self.points or any(len(point) != len(self.paths) for point in self.points):
            raise UsageError(f"a table of points needs {len(self.paths)} coordinates in each of its points, and at least one point")
        _check_coordinates(self.name, (x for point in self.points for x in point))
        if self.first < 0:
            raise UsageError(f"a table of points: expected draws from a replication from 0 on, found {self.first}")

    @property
    def num_rows(self) -> int:
        return len(self.points) * self.repeats

    def settings(self) -> dict[str, Any]:
        later = {"first": self.first} if self.first else {}  # without it as records of earlier versions
        return {"paths": list(self.paths), "points": [list(point) for point in self.points], "repeats": self.repeats, **later}

    def axes(self, case: Case) -> tuple[str, ...]:
        return known_axes(self.name, case, self.paths)

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        points = np.array(self.points, dtype=np.float64)
        return _Rows(axes, points[:, [self.paths.index(path) for path in axes]], self.first)


@dataclass(frozen=True)
class Grid(Design):
    """Every combination of some coordinates on each axis; the last axis changes fastest.

    Attributes
    ----------
    levels : by axis, coordinates in (0, 1)
    repeats : histories at each point
    """

    levels: tuple[tuple[str, _Coordinates], ...]
    repeats: int = 1
    name = "grid"

    def __post_init__(self) -> None:
        levels = self.levels.items() if isinstance(self.levels, Mapping) else self.levels
        object.__setattr__(self, "levels", tuple((path, tuple(float(x) for x in some)) for path, some in levels))
        _check(self.name, [path for path, _ in self.levels], self.repeats)
        if any(not some for _, some in self.levels):
            raise UsageError("a grid needs at least one coordinate on each axis")
        _check_coordinates(self.name, (x for _, some in self.levels for x in some))

    @property
    def points(self) -> tuple[_Coordinates, ...]:
        """All points, in the order of the rows."""
        return tuple(itertools.product(*(some for _, some in self.levels)))

    @property
    def num_rows(self) -> int:
        return int(np.prod([len(some) for _, some in self.levels])) * self.repeats

    def settings(self) -> dict[str, Any]:
        return {"levels": [[path, list(some)] for path, some in self.levels], "repeats": self.repeats}

    def axes(self, case: Case) -> tuple[str, ...]:
        return known_axes(self.name, case, [path for path, _ in self.levels])

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        paths = [path for path, _ in self.levels]
        points = np.array(self.points, dtype=np.float64)
        return _Rows(axes, points[:, [paths.index(path) for path in axes]])


@dataclass(frozen=True)
class _Rows:
    axes: tuple[str, ...]
    points: np.ndarray
    first: int = 0

    def block(self, start: int, stop: int) -> Given:
        numbers = np.arange(start, stop)
        return Given(self.points[numbers % len(self.points)], self.axes, self.first + numbers // len(self.points))


def _check(name: str, paths: Sequence[str], repeats: int) -> None:
    if not paths or len(set(paths)) < len(paths):
        raise UsageError(f"a {name} of points needs axes, each of them once; found {list(paths)}")
    if repeats < 1:
        raise UsageError(f"a {name} of points needs at least one history at each point, found {repeats}")


def _check_coordinates(name: str, coordinates: Any) -> None:
    wrong = next((x for x in coordinates if not 0.0 < x < 1.0), None)
    if wrong is not None:
        raise UsageError(f"a {name} of points: expected coordinates inside (0, 1), found {wrong:g}")


def known_axes(name: str, case: Case, paths: Sequence[str]) -> tuple[str, ...]:
    """The axes in the order of a point's coordinates."""
    from sim.engines.tables.inputs import axes_of
    from sim.model.diagnostics import did_you_mean

    known = axes_of(case)
    for path in paths:
        if path not in known:
            raise UsageError(
                f"a {name} of points: '{path}' is not drawn once a history", hint=did_you_mean(path, list(known), "drawn inputs")
            )
    return tuple(path for path in known if path in paths)
