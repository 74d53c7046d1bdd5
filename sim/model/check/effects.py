"""What an event does to the world: rungs, signals, meetings and hazards that it names. Tracks, agreements and hazards have effects."""

from __future__ import annotations

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.spec.effects import Effects


def check_effects(checker: Checker, path: Path, effects: Effects) -> None:
    ladder = checker.spec.mechanisms.ladder
    top = len(ladder.rungs) - 1 if ladder is not None else -1
    for name in ("rung", "crisis_at"):
        rung = getattr(effects, name)
        if rung is None:
            continue
        if ladder is None:
            checker.add((*path, name), "the scenario has no ladder", hint="add `mechanisms.ladder` or leave it out")
        elif rung > top:
            checker.add((*path, name), f"there is no rung {rung}", expected=f"at most {top}", hint="count from 0")
    if effects.crisis and ladder is None:
        checker.add((*path, "crisis"), "the scenario has no ladder", hint="add `mechanisms.ladder` or leave it out")
    if effects.signal is not None:
        checker.name((*path, "signal"), effects.signal, checker.spec.signals, "signal")
    if effects.cancels is not None:
        checker.meeting((*path, "cancels"), effects.cancels)
    if effects.also_counts_as is not None:
        checker.name((*path, "also_counts_as"), effects.also_counts_as, checker.spec.hazards, "hazard")
    for issue in effects.violates:
        checker.name((*path, "violates", issue), issue, checker.spec.issues, "issue", at_key=True)
    if effects.leader is not None:
        checker.actor_name((*path, "leader", "actor"), effects.leader.actor)
