"""What a sweep plays where a number has one value in all histories of a run: a run for each point, all with the same draws.

Menus and calendar of a run are made of such numbers (milestones, mandates, the rhythm of a track), and no compiled case serves several of
their values. Every point is then an arm of a comparison (`sim.experiments.comparison`) whose scenario has the values written into it::

    reports/sweep-summit-1a2b3c4d-s7/
      point-1/ point-2/ ...    a result directory each
      comparison.json          which values each point has

Factors that can differ from history to history vary in each of these runs as in any sweep: an input over all their values, set by a design.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import ScenarioError, UsageError
from sim.experiments.arms import Arm, Arms
from sim.experiments.comparison import identity
from sim.experiments.design import RANDOM, Design
from sim.experiments.design.table import Grid, Table
from sim.experiments.evidence import refuse_evidence
from sim.experiments.store import slug
from sim.experiments.sweep import (
    DESIGNS,
    EACH,
    GRID,
    POINTS_OF_TWO,
    asked_of,
    check_design,
    check_names,
    factor_values,
    histories_of,
    lever_or_path,
    read_points,
)
from sim.experiments.varied import fixed_path, middles, path_of, varied
from sim.model.complete import complete
from sim.model.diagnostics import Diagnostic
from sim.model.load import Loaded, load_document
from sim.model.paths import covers, split

MOST_RUNS = 400  # points, each of which has a run and a directory of its own

_Point = tuple[float, ...]


@dataclass(frozen=True)
class Apart:
    """A sweep whose points are played as runs of their own.

    Attributes
    ----------
    scenario : the case before any point sets its values
    paths : of the factors
    points : values of the factors at each point
    design : how the points stand to each other, with how many histories each has
    arms : the scenarios to play, in the order of the points
    """

    scenario: Mapping[str, Any]
    paths: tuple[str, ...]
    points: tuple[_Point, ...]
    design: Grid | Table
    arms: Arms

    def directory_name(self, seed: int) -> str:
        """``sweep-<scenario>-<hash8>-s<seed>``; the hash is of all points."""
        return f"sweep-{slug(str(self.scenario['id']))}-{identity(self.arms, seed)[:8]}-s{seed}"

    def values(self, path: str) -> list[float]:
        """The values of a factor, ascending."""
        place = self.paths.index(path)
        return sorted({point[place] for point in self.points})


def has_fixed(scenario: Mapping[str, Any], over: Sequence[str], design: str = GRID) -> bool:
    """Whether a factor that is asked for, or that a table of points names, has one value in all histories of a run; errors of the design
    as for `sim.experiments.sweep.sweep_of`."""
    check_design(over, design)
    names = [text.partition("=")[0].strip() for text in over] if design in DESIGNS else read_points(design)[0]
    return any(_fixed(scenario, name) is not None for name in names)


def sweep_apart(
    loaded: Loaded,
    over: Sequence[str],
    design: str = GRID,
    histories: int | None = None,
    *,
    source: str = "",
    variant: str | None = None,
    policy: str | None = None,
    changes: Sequence[str] = (),
) -> Apart:
    """The sweep that is asked for, some factors of which have one value in all histories of a run.

    Parameters
    ----------
    loaded : the scenario with its file, read with what follows
    over, design, histories : as for `sim.experiments.sweep.sweep_of`
    source : the file, as it was named
    variant, policy, changes : what was applied; a change of what is swept is left out

    Raises
    ------
    UsageError
        As for `sweep_of`; a design that fills ranges; more points than runs can be kept of.
    ScenarioError
        The scenario does not bear one of the points.
    """
    check_design(over, design)
    scenario = complete(loaded.spec)
    refuse_evidence(scenario, "a sweep plays the same histories at every point, also those that do not fit what is given")
    paths, levels, points = _listed(scenario, design) if design not in DESIGNS else _gridded(scenario, over, design)
    each = histories_of(histories, EACH, "at each point")
    apart = _Apart(loaded, scenario, paths, levels, each, source, variant, policy, changes)
    arms = [apart.arm(number, point) for number, point in enumerate(points, 1)]
    return Apart(scenario, paths, points, _design(design, paths, levels, points, each), Arms(tuple(arms), arms[0].name))


def _fixed(scenario: Mapping[str, Any], name: str) -> str | None:
    return fixed_path(scenario, lever_or_path(scenario, name))


def _path(scenario: Mapping[str, Any], name: str) -> str:
    return _fixed(scenario, name) or path_of(scenario, lever_or_path(scenario, name))


def _gridded(
    scenario: Mapping[str, Any], over: Sequence[str], design: str
) -> tuple[tuple[str, ...], list[list[float]], tuple[_Point, ...]]:
    """Paths, the values of each, and every combination of them."""
    asked = [asked_of(text) for text in over]
    if design != GRID:
        name = next(item.name for item in asked if _fixed(scenario, item.name) is not None)
        raise UsageError(
            f"--design {design}: '{name}' has one value in all histories of a run, so that a history cannot be a point of its own",
            hint=f"sweep it on a grid, as in --over {name}=LOW:HIGH:{POINTS_OF_TWO}",
        )
    paths = tuple(_path(scenario, item.name) for item in asked)
    check_names(paths)
    levels = [factor_values(scenario, item, path, len(asked)) for item, path in zip(asked, paths, strict=True)]
    _check_number(math.prod(len(some) for some in levels))
    return paths, levels, tuple(itertools.product(*levels))


def _listed(scenario: Mapping[str, Any], design: str) -> tuple[tuple[str, ...], list[list[float]], tuple[_Point, ...]]:
    """Paths, the values of each, and the points of a table."""
    names, points = read_points(design)
    paths = tuple(_path(scenario, name) for name in names)
    check_names(paths)
    _check_number(len(points))
    return paths, [sorted(set(column)) for column in zip(*points, strict=True)], tuple(tuple(point) for point in points)


def _check_number(number: int) -> None:
    if number > MOST_RUNS:
        raise UsageError(
            f"{number:,} points are more than {MOST_RUNS}: each is a run of its own, since a factor has one value in all "
            "histories of a run",
            hint="take fewer values",
        )


def _design(
    design: str, paths: Sequence[str], levels: Sequence[Sequence[float]], points: Sequence[_Point], each: int
) -> Grid | Table:
    if design == GRID:
        return Grid(tuple((path, middles(len(some))) for path, some in zip(paths, levels, strict=True)), each)
    places = [tuple(_coordinate(some, x) for some, x in zip(levels, point, strict=True)) for point in points]
    return Table(tuple(paths), tuple(places), each)


class _Apart:
    """Makes the arms: the file with the values of a point written into it, and an input over all values of what can differ."""

    def __init__(
        self,
        loaded: Loaded,
        scenario: Mapping[str, Any],
        paths: Sequence[str],
        levels: Sequence[Sequence[float]],
        each: int,
        source: str,
        variant: str | None,
        policy: str | None,
        changes: Sequence[str],
    ):
        self.document, self.variant, self.policy, self.source, self.each = loaded.document, variant, policy, source, each
        self.paths, self.levels = tuple(paths), dict(zip(paths, levels, strict=True))
        self.drawn = [path for path in paths if fixed_path(scenario, path) is None]
        fixed = [split(path) for path in paths if path not in self.drawn]
        self.kept = [text for text in changes if not any(covers(_place(scenario, text), path) for path in fixed)]

    def arm(self, number: int, point: _Point) -> Arm:
        """The scenario of a point, and the draws of its histories."""
        sets = {path: int(x) if x == int(x) else x for path, x in zip(self.paths, point, strict=True)}
        own = [f"{path}={x!r}" for path, x in sets.items() if path not in self.drawn]
        completed = varied(complete(self._load(own, sets)), {path: self.levels[path] for path in self.drawn})
        words = ["--variant", self.variant] if self.variant is not None else []
        words += ["--policy", self.policy] if self.policy is not None else []
        words += [word for change in (*self.kept, *own) for word in ("--set", change)]
        design: Design = RANDOM
        if self.drawn:
            here = tuple(_coordinate(self.levels[path], sets[path]) for path in self.drawn)
            design = Table(tuple(self.drawn), (here,), self.each)
        label = ", ".join(f"{path}={x!r}" for path, x in sets.items())
        return Arm(f"point-{number}", "ad hoc", completed, label, "", sets, tuple(words), self.source, design)

    def _load(self, own: Sequence[str], sets: Mapping[str, Any]) -> Any:
        """The scenario of a point; faults name it."""
        try:
            return load_document(self.document, self.variant, self.policy, [*self.kept, *own]).spec
        except ScenarioError as error:
            told = ", ".join(f"{path}={x!r}" for path, x in sets.items())
            found = [_at_point(item, told) for item in error.diagnostics if isinstance(item, Diagnostic)]
            raise ScenarioError(found or f"at the point {told}: {error}", hint=error.hint) from None


def _coordinate(levels: Sequence[float], value: float) -> float:
    """Where a value lies in an input that has each of these, ascending, with the same probability."""
    return middles(len(levels))[list(levels).index(value)]


def _place(scenario: Mapping[str, Any], change: str) -> tuple[str, ...]:
    name = change.partition("=")[0].strip()
    return tuple(str(part) for part in split(_fixed(scenario, name) or name))


def _at_point(fault: Diagnostic, told: str) -> Diagnostic:
    fault = replace(fault, message=f"at the point {told}: {fault.message}" if fault.message else f"at the point {told}")
    if fault.file == "--set":
        return replace(fault, file="--over")
    return replace(fault, hint="every point must be playable: a table of points (--design points.csv) can leave others out")
