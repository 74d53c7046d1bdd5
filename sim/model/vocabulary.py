"""The quantities that expressions of a scenario may name: their kinds and the bounds they keep.

There are two places to look from. ``situation`` is the simulated world at a moment: conditions, factors, outcome classes,
metrics. ``package`` is a bundle of levels under discussion: derived quantities and the utilities of veto players.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.model.expressions.kinds import Kind
from sim.model.expressions.ranges import Bounds
from sim.model.game import names as game_names
from sim.model.spec.scenario import ScenarioSpec
from sim.model.spec.tracks import Bundles, LeadersMeeting, StagedConsent

LONG_AGO = 1e9  # stands for "never" in times since an event

_UNIT: Bounds = (0.0, 1.0)
_COUNT: Bounds = (0.0, math.inf)


class Quantities(NamedTuple):
    """Kinds and bounds by name, in order of the names' meaning."""

    kinds: dict[str, Kind]
    bounds: dict[str, Bounds]


def situation(spec: ScenarioSpec) -> Quantities:
    """Quantities of the simulated world."""
    mechanisms = spec.mechanisms
    end = max([spec.horizon, *spec.readings])
    top = float(len(mechanisms.ladder.rungs) - 1) if mechanisms.ladder is not None else 0.0
    sanctioned = _UNIT if mechanisms.sanctions is not None else (0.0, 0.0)
    numbers: dict[str, Bounds] = {
        "tension": _UNIT if mechanisms.tension is not None else (0.0, 0.0),
        "rung": (0.0, top),
        "max_rung": (0.0, top),
        "time": (0.0, end),
        "days_since_meeting": (0.0, LONG_AGO),
        "days_since_major": (0.0, LONG_AGO),
        "pressure": sanctioned,
        "stress": sanctioned,
        "sanctions_level": sanctioned,
        "rivalry": _UNIT if mechanisms.rivalry is not None else (0.0, 0.0),
        "provocation": _UNIT if mechanisms.provocation is not None else (0.0, 0.0),
        "expectation": _UNIT if mechanisms.expectation is not None else (0.0, 0.0),
        "capability": _COUNT if mechanisms.capability is not None else (0.0, 0.0),
        "belief_talks": _UNIT if mechanisms.aftermath is not None else (0.0, 0.0),
        "belief_pressure": _UNIT if mechanisms.aftermath is not None else (0.0, 0.0),
        "deal.age": (0.0, end),
        "deal.milestones": _COUNT,
    }
    conditions = [
        "talks_on", "talks_recent", "major_recent", "declaration", "moratorium", "launch_pause", "unheard",
        "meeting_pending", "exercise_suspended", "crisis_active", "deal.in_force", "deal.disputed", "deal.exists",
    ]  # fmt: skip
    numbers |= {f"derived.{name}": (-math.inf, math.inf) for name in spec.derived}
    for issue in spec.issues:
        for name in ("level", "seen", "pledged", "deal.level"):
            numbers[f"{name}.{issue}"] = _UNIT
    for actor, what in spec.actors.items():
        numbers[f"trust.{actor}"] = _UNIT
        if what.types.credibility is not None:
            numbers[f"credibility.{actor}"] = _UNIT
        if what.types.war_cost is not None:
            numbers[f"war_cost.{actor}"] = _COUNT
        conditions += [f"type.{actor}.{name}" for name in what.types.commitment or ()]
    if mechanisms.sanctions is not None:
        for enforcer in mechanisms.sanctions.enforcers:
            if enforcer in spec.actors:
                numbers[f"enforcement.{enforcer}"] = _UNIT
    if mechanisms.learning is not None:
        for observer, observed in mechanisms.learning.observers.items():
            for actor in observed:
                classes = (spec.actors[actor].types.commitment or {}) if actor in spec.actors else {}
                for name in classes:
                    numbers[f"belief.{observer}.{actor}.{name}"] = _UNIT
    for hazard in spec.hazards:
        numbers[f"count.{hazard}"] = _COUNT
        numbers[f"first.{hazard}"] = (0.0, LONG_AGO)
    for track, how in spec.tracks.items():
        if isinstance(how, StagedConsent):
            conditions.append(f"{track}.in_force")
            numbers[f"{track}.age"] = (0.0, end)
        if isinstance(how, Bundles):
            conditions.append(f"{track}.standing")
        if isinstance(how, LeadersMeeting):
            conditions.append(f"{track}.cancelled")
        conditions.append(f"{track}.pending")
        numbers[f"{track}.held"] = _COUNT
        numbers[f"{track}.walked_out"] = _COUNT
    if spec.game is not None:
        numbers |= game_names.numbers(spec.game)
        conditions += game_names.conditions(spec.game)
    numbers |= solution(spec)
    numbers.update(_parameters(spec))
    kinds = dict.fromkeys(numbers, Kind.NUMBER) | dict.fromkeys(conditions, Kind.BOOLEAN)
    return Quantities(kinds, numbers | dict.fromkeys(conditions, _UNIT))


def package(spec: ScenarioSpec, *, parent: bool = False) -> Quantities:
    """Quantities of a bundle of levels; with ``parent`` also the utility of the actor that a veto player constrains."""
    bounds: dict[str, Bounds] = dict.fromkeys(spec.issues, _UNIT)
    bounds |= dict.fromkeys(spec.derived, (-math.inf, math.inf))
    bounds |= _parameters(spec)
    if parent:
        bounds["parent"] = _UNIT
    return Quantities(dict.fromkeys(bounds, Kind.NUMBER), bounds)


def solution(spec: ScenarioSpec) -> dict[str, Bounds]:
    """What the scenario's theorem gives."""
    if spec.theory is None or spec.theory.theorem is None:
        return {}
    from sim.games.theorems.theorem import theorems

    known = theorems().get(spec.theory.theorem)
    return {f"solution.{output.name}": (-math.inf, math.inf) for output in known.outputs} if known is not None else {}


def parameters(spec: ScenarioSpec) -> Quantities:
    """The parameters alone."""
    bounds = _parameters(spec)
    return Quantities(dict.fromkeys(bounds, Kind.NUMBER), bounds)


def _parameters(spec: ScenarioSpec) -> dict[str, Bounds]:
    found = {}
    for name, parameter in spec.parameters.items():
        low, high = parameter.number.support()
        if parameter.number.range is not None:
            low, high = min(low, parameter.number.range[0]), max(high, parameter.number.range[1])
        found[name] = (low, high)
    return found
