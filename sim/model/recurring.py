"""Durations that are drawn anew at each occurrence, and so have no single value in a history."""

from __future__ import annotations

from sim.model.spec.scenario import ScenarioSpec

_FIELDS = (
    "gap", "first_round", "delay", "stage_duration", "duration", "treaty_delay", "vote_gap", "revival_delay",
)  # fmt: skip


def drawn_in_history(spec: ScenarioSpec, path: str) -> bool:
    """Whether the number at a written path, if it has a distribution, is drawn at each occurrence."""
    parts = path.split(".")
    if parts[-1] not in _FIELDS:
        return False
    # The delay of an announced meeting is an input of the replication; that of later ones recurs.
    announced = parts[0] == "tracks" and len(parts) == 3 and spec.tracks[parts[1]].protocol == "final_offer"
    return not (announced and parts[-1] == "delay")
