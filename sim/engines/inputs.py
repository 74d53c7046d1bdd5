"""What nature draws for a replication, without playing it: inputs, private types, red lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.acts.beginning import begin
from sim.acts.inputs import draw_inputs
from sim.engines.history import plain
from sim.engines.tables.whole import setup_of
from sim.model.compile import Case
from sim.world.records import PlainWorld


def inputs_of(
    case: Case, replication: int, root_seed: int, branch: int = 0, point: Sequence[float] | None = None
) -> list[float]:
    """The flat input list of a replication: point values with the drawn ones replaced.

    They are drawn from ``point`` (`sim.engines.tables.inputs.axes_of`), or from their addresses without it.
    """
    w, c = _blank(case, replication, root_seed, branch, point)
    draw_inputs(w, c)
    return w.p


def types_of(
    case: Case, replication: int, root_seed: int, point: Sequence[float] | None = None
) -> dict[str, float | str]:
    """The private types that nature chose, by path: a class of commitment by name, a red line as 1 or 0."""
    w, c = _blank(case, replication, root_seed, 0, point)
    begin(w, c)
    found: dict[str, float | str] = {}
    for actor, identifier in enumerate(case.actor_ids):
        classes = case.spec.actors[identifier].types.commitment
        if classes:
            found[f"actors.{identifier}.types.commitment"] = sorted(classes)[w.first_commitment[actor]]
    for line, (identifier, name) in enumerate(setup_of(case).line_ids):
        found[f"actors.{identifier}.red_lines.{name}"] = 1.0 if w.line_present[line] else 0.0
    return found


def _blank(
    case: Case, replication: int, root_seed: int, branch: int, point: Sequence[float] | None
) -> tuple[Any, Any]:
    setup = setup_of(case)
    return PlainWorld(setup.sizes, root_seed, replication, branch, point=point), plain(setup)
