"""Hazards: their conditions, rates, dates, marks and effects."""

from __future__ import annotations

from sim.model.check.checker import MAX_RATE, Checker
from sim.model.check.effects import check_effects
from sim.model.diagnostics import Path
from sim.model.spec.effects import CalendarHazard, Hazard, PoissonHazard, SelfExcitingHazard


def check_hazard(checker: Checker, name: str, hazard: Hazard) -> None:
    path: Path = ("hazards", name)
    if hazard.actor is not None:
        checker.actor_name((*path, "actor"), hazard.actor)
    checker.condition((*path, "when"), hazard.when)
    if hazard.by_type is not None:
        checker.name((*path, "by_type"), hazard.by_type, checker.spec.signals, "signal")
    checker.condition((*path, "by_type_when"), hazard.by_type_when)
    if hazard.alternative is not None:
        checker.name((*path, "alternative"), hazard.alternative, checker.spec.hazards, "hazard")
    check_effects(checker, (*path, "effects"), hazard.effects)
    checker.sums_to_one((*path, "split"), hazard.split, "the probabilities")
    for mark, effects in hazard.mark_effects.items():
        checker.name((*path, "mark_effects", mark), mark, hazard.split, "mark", at_key=True)
        check_effects(checker, (*path, "mark_effects", mark), effects)
    if isinstance(hazard, PoissonHazard):
        checker.factor((*path, "factor"), hazard.factor)
        checker.at_most((*path, "rate"), hazard.rate, MAX_RATE, "rate")
    if isinstance(hazard, SelfExcitingHazard):
        checker.factor((*path, "factor"), hazard.factor)
        checker.condition((*path, "paused"), hazard.paused)
        checker.at_most((*path, "baseline"), hazard.baseline, MAX_RATE, "rate")
        if hazard.branching.support()[1] >= 1.0:
            checker.add((*path, "branching"), "every event triggers at least one more: the count explodes",
                        expected="below 1", found=f"{hazard.branching.support()[1]:g}", hint="lower it")  # fmt: skip
    if isinstance(hazard, CalendarHazard):
        checker.condition((*path, "suspended_when"), hazard.suspended_when)
        if hazard.suspended_by_type is not None:
            checker.name((*path, "suspended_by_type"), hazard.suspended_by_type, checker.spec.signals, "signal")
        if not hazard.at:
            checker.add((*path, "at") if "at" in checker.data["hazards"][name] else path, "no date is given",
                        hint="add `at: [2018-04-01]`")  # fmt: skip
        for number, (one, other) in enumerate(zip(hazard.at, hazard.at[1:], strict=False)):
            if one >= other:
                checker.add((*path, "at", number + 1), "the dates are not in order", hint="sort them")
