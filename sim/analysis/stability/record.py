"""The analysis as plain data, for `--json` and for programs. States and steps are numbered from 1, as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.stability import words
from sim.analysis.stability.verdicts import Improvement, StabilityResult, Verdict
from sim.games.stability.concepts import CONCEPTS
from sim.games.stability.graph import states_in
from sim.games.stability.joint import Move
from sim.games.stability.options import ordered


def record(result: StabilityResult, states: Sequence[int] | None = None) -> dict[str, Any]:
    """The whole analysis; ``states`` are those whose reasons are told, by default all."""
    conflict = result.conflict
    told = range(len(conflict.states)) if states is None else states
    keys = list(conflict.spec.decision_makers)
    return {
        "id": conflict.spec.id,
        "title": conflict.spec.title,
        "options": [
            {"id": key, "label": label, "decision_maker": keys[owner], "irreversible": option.irreversible}
            for (owner, key, option), label in zip(conflict.options, conflict.option_labels, strict=True)
        ],
        "decision_makers": [
            {
                "id": key,
                "label": conflict.players[player],
                "ranking": [[state + 1 for state in group] for group in ordered(conflict.model.ranks[player])],
            }
            for player, key in enumerate(keys)
        ],
        "status_quo": None if conflict.status_quo is None else conflict.status_quo + 1,
        "equilibria": {concept: [state + 1 for state in result.equilibria(concept)] for concept in CONCEPTS},
        "findings": words.findings(result),
        "states": [state_record(result, state) for state in told],
    }


def state_record(result: StabilityResult, state: int) -> dict[str, Any]:
    """One state with what it is to each decision maker, and why."""
    conflict = result.conflict
    keys = list(conflict.spec.decision_makers)
    return {
        "number": state + 1,
        "options": conflict.signs(state),
        "name": words.state_name(conflict, state),
        "equilibrium": list(result.concepts_of(state)),
        "decision_makers": {key: _verdict(result, result.verdict(player, state)) for player, key in enumerate(keys)},
        "coalitions": [
            {"members": [keys[player] for player in jump.coalition], "to": jump.target + 1}
            for jump in result.jumps(state)
        ],
    }


def _verdict(result: StabilityResult, verdict: Verdict) -> dict[str, Any]:
    return {
        "stable": [concept for concept in CONCEPTS if verdict.holds[concept]],
        "moves": [state + 1 for state in states_in(verdict.moves)],
        "improvements": [_improvement(result, item) for item in verdict.improvements],
        "why": words.reasons(result, verdict),
    }


def _improvement(result: StabilityResult, item: Improvement) -> dict[str, Any]:
    found: dict[str, Any] = {"to": item.target + 1}
    for concept in CONCEPTS[1:]:
        found[concept] = _steps(result, item.answers[concept])
    if item.escape is not None:
        found["escape"] = item.escape + 1
    if item.unwilling is not None:
        origin, step = item.unwilling
        found["unwilling"] = {"from": origin + 1, **_steps(result, (step,))[0]}
    return found


def _steps(result: StabilityResult, steps: Sequence[Move]) -> list[dict[str, Any]]:
    keys = list(result.conflict.spec.decision_makers)
    return [{"by": keys[step.player], "to": step.state + 1} for step in steps]


def paths_record(result: StabilityResult, start: int) -> list[dict[str, Any]]:
    """States that improvements reach from a state, each with a shortest sequence."""
    return [
        {"state": state + 1, "steps": _steps(result, steps), "equilibrium": list(result.concepts_of(state))}
        for state, steps in result.paths(start).items()
    ]
