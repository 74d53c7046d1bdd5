"""A threshold from the steps of a search as they are played and stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.estimates import number_or_none
from sim.analysis.sweep import interval
from sim.analysis.threshold import Step, Target, Threshold, search
from sim.experiments.steps import Steps


def threshold_of(steps: Steps, target: Target, values: Sequence[float] = (), histories: int = 0) -> Threshold:
    """The threshold that a search finds; its steps are played, or found where they lie.

    Parameters
    ----------
    values : of the scan, as for `sim.analysis.threshold.search`
    """

    def play(name: str, places: Sequence[float], first: int, repeats: int) -> np.ndarray:
        rows = steps.play(name, places, first, repeats).results
        return target.output.values(rows).reshape(repeats, len(places))

    return search(play, target, steps.low, steps.high, values, histories)


def as_data(found: Threshold) -> dict[str, Any]:
    """All of it as JSON has it."""
    at = found.crossing
    place = None if at is None else {"value": at.at, "low": at.low, "high": at.high, "open": list(at.is_open), "slope": at.slope}
    return {
        "target": found.target.text,
        "output": found.target.output.name,
        "level": found.target.level,
        "verdict": found.kind,
        "threshold": place,
        "met": None if at is None else "above" if found.is_met_above else "below",
        "monotone": found.is_monotone,
        "sure": found.is_sure,
        "between": [{"low": item.low, "high": item.high, "met": "above" if item.is_met_above else "below"} for item in found.stretches],
        "histories": found.histories,
        "steps": [_step(step) for step in found.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    points = [
        {"at": number_or_none(value), **interval(mean), "histories": draws}
        for value, mean, draws in zip(step.values, step.means, step.draws, strict=True)
    ]
    return {"name": step.name, "first_draw": step.first, "points": points}
