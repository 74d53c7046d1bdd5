"""What a sweep plays where a number has one value in all histories of a run: a run for each point, all with the same draws.

Menus and calendar of a run are made of such numbers (milestones, mandates, the rhythm of a track), and no compiled case serves several of
their values. Every point is then an arm of a comparison (`sim.experiments.comparison`) whose scenario has the values written into it::

    reports/sweep-summit-1a2b3c4d-s7/
      point-1/ point-2/ ...    a result directory each
      comparison.json          which values each point has
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import ScenarioError, UsageError
from sim.experiments.arms import Arm, Arms
from sim.experiments.comparison import identity
from sim.experiments.design.table import Grid, Table
from sim.experiments.evidence import refuse_evidence
from sim.experiments.store import slug
from sim.experiments.sweep import (
    DESIGNS,
    EACH,
    GRID,
    POINTS,
    POINTS_OF_TWO,
    Asked,
    asked_of,
    check_names,
    histories_of,
    lever_or_path,
    read_points,
)
from sim.experiments.varied import even_values, fixed_path, middles, path_of, range_of, varied
from sim.model.complete import complete
from sim.model.diagnostics import Diagnostic
from sim.model.load import Loaded
from sim.model.paths import split, value_at

MOST_RUNS = 400  # points, each of which has a run and a directory of its own
Reload = Callable[[Sequence[str]], Loaded]  # the scenario with some more changes, each ``path=value``


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
    points: tuple[tuple[float, ...], ...]
    design: Grid | Table
    arms: Arms

    def directory_name(self, seed: int) -> str:
        """``sweep-<scenario>-<hash8>-s<seed>``; the hash is of all points."""
        return f"sweep-{slug(str(self.arms.arms[0].completed['id']))}-{identity(self.arms, seed)[:8]}-s{seed}"


def has_fixed(scenario: Mapping[str, Any], over: Sequence[str], design: str = GRID) -> bool:
    """Whether a factor that is asked for, or that a table of points names, has one value in all histories of a run."""
    names = [text.partition("=")[0].strip() for text in over] if design in DESIGNS or over else read_points(design)[0]
    return any(fixed_path(scenario, lever_or_path(scenario, name)) is not None for name in names)


def sweep_apart(
    scenario: Mapping[str, Any],
    reload: Reload,
    over: Sequence[str],
    design: str = GRID,
    histories: int | None = None,
    source: str = "",
    options: Sequence[str] = (),
) -> Apart:
    """The sweep that is asked for, some factors of which have one value in all histories of a run.

    Parameters
    ----------
    scenario : a completed one
    reload : reads it again with changes
    over, design, histories : as for `sim.experiments.sweep.sweep_of`
    source, options : the file, and the words that `sim run` needs after it to play the scenario without the changes

    Raises
    ------
    UsageError
        As for `sweep_of`; a design that fills ranges; more points than runs can be kept of.
    ScenarioError
        The scenario does not bear one of the values.
    """
    refuse_evidence(scenario, "a sweep plays the same histories at every point, also those that do not fit what is given")
    if design in DESIGNS and design != GRID:
        name = next(text for text in over if has_fixed(scenario, [text])).partition("=")[0].strip()
        raise UsageError(
            f"--design {design}: '{name}' has one value in all histories of a run, so that a history cannot be a point of its own",
            hint=f"sweep it on a grid, as in --over {name}=LOW:HIGH:{POINTS_OF_TWO}",
        )
    if design == GRID:
        asked = [asked_of(text) for text in over]
        paths = [_path(scenario, item.name) for item in asked]
        check_names(paths)
        levels = [_values(scenario, item, path, len(asked)) for item, path in zip(asked, paths, strict=True)]
        points = list(itertools.product(*levels))
    else:
        names, listed = read_points(design)
        paths = [_path(scenario, name) for name in names]
        check_names(paths)
        points = [tuple(point) for point in listed]
        levels = [sorted(set(column)) for column in zip(*points, strict=True)]
    if len(points) > MOST_RUNS:
        raise UsageError(
            f"{len(points):,} points are more than {MOST_RUNS}: each is a run of its own, since a factor has one value in all "
            "histories of a run",
            hint="take fewer values",
        )
    each = histories_of(histories, EACH, "at each point")
    places = [dict(zip(some, middles(len(some)), strict=True)) for some in levels]
    made: Grid | Table
    if design == GRID:
        made = Grid(tuple(zip(paths, (tuple(place.values()) for place in places), strict=True)), each)
    else:
        made = Table(tuple(paths), tuple(tuple(p[x] for p, x in zip(places, point, strict=True)) for point in points), each)
    made_of = [_arm(n, paths, point, reload, source, options) for n, point in enumerate(points)]
    arms, remarks = zip(*made_of, strict=True)
    found = Arms(arms, arms[0].name, tuple(dict.fromkeys(item for some in remarks for item in some)))
    return Apart(scenario, tuple(paths), tuple(points), made, found)


def _path(scenario: Mapping[str, Any], name: str) -> str:
    name = lever_or_path(scenario, name)
    return fixed_path(scenario, name) or path_of(scenario, name)


def _values(scenario: Mapping[str, Any], item: Asked, path: str, factors: int) -> list[float]:
    """Values of a grid, ascending; whole ones where the scenario has a whole number."""
    if item.values:
        return list(item.values)
    fixed = fixed_path(scenario, path) is not None
    low, high = item.bounds or (_lever_range(scenario, item.name, path) if fixed else range_of(scenario, path))
    number = item.number or (POINTS if factors == 1 else POINTS_OF_TWO)
    if fixed and isinstance(value_at(scenario, split(path)), int):
        low, high = math.ceil(low), math.floor(high)
        return sorted({float(round(x)) for x in even_values(low, high, min(number, high - low + 1))}) if low < high else [float(low)]
    return even_values(low, high, number)


def _lever_range(scenario: Mapping[str, Any], name: str, path: str) -> tuple[float, float]:
    for lever in (scenario.get("levers") or {}).values():
        if str(lever["path"]) == path and lever.get("range") is not None:
            return float(lever["range"][0]), float(lever["range"][1])
    raise UsageError(f"'{name}' has no range in the file", hint=f"give one: --over {name}=LOW:HIGH")


def _arm(
    number: int, paths: Sequence[str], point: Sequence[float], reload: Reload, source: str, options: Sequence[str]
) -> tuple[Arm, tuple[Diagnostic, ...]]:
    """The scenario of a point, and remarks on it; faults are shown at the values that made them."""
    sets = {path: int(x) if x == int(x) else x for path, x in zip(paths, point, strict=True)}
    changes = [f"{path}={x!r}" for path, x in sets.items()]
    try:
        loaded = reload(changes)
    except ScenarioError as error:
        found = [replace(item, file="--over") for item in error.diagnostics if isinstance(item, Diagnostic)]
        raise ScenarioError(found or str(error), hint=error.hint) from None
    words = [word for change in changes for word in ("--set", change)]
    completed = varied(complete(loaded.spec), {})  # every row has all levers that are numbers, beyond those of `sim run`
    return Arm(f"point-{number + 1}", "ad hoc", completed, ", ".join(changes), "", sets, (*options, *words), source), loaded.warnings
