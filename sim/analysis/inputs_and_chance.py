"""Arms compared at the same draws of the uncertainties, several histories at each: how much of what varies is not knowing the inputs.

A point is one draw of all inputs and private types; its histories differ by chance alone. Two questions: at how many points an arm does
better more often than worse, and how the variance of a figure, or of its difference within a pair, splits between points and chance
(`sim.analysis.variance_split`). With few histories at a point chance decides some points too: the split says how much to make of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.compared_measures import Goal, Measure
from sim.analysis.estimates import Columns, Share, share
from sim.analysis.variance_split import VarianceSplit, variance_split


@dataclass(frozen=True)
class PointDuel:
    """An arm and another one at the same points: at how many it does better more often than worse, the reverse, and neither."""

    arm: str
    other: str
    better: Share
    worse: Share
    tied: Share
    split: VarianceSplit  # of who does better in a pair: 1, 0, a half for neither


@dataclass(frozen=True)
class MeasureSplit:
    """The split of a measure in an arm, and of its difference from the reference; none for the reference itself."""

    measure: Measure
    arm: str
    value: VarianceSplit
    difference: VarianceSplit | None


@dataclass(frozen=True)
class InputsAndChance:
    """What a comparison with several histories at each draw of the inputs says of inputs and chance."""

    points: int
    draws: int
    duels: tuple[PointDuel, ...]  # every arm against every other one; none where nothing says what is better
    splits: tuple[MeasureSplit, ...]

    def of(self, arm: str, measure: str) -> MeasureSplit:
        """The split of a measure in an arm."""
        return next(item for item in self.splits if (item.arm, item.measure.id) == (arm, measure))


def inputs_and_chance(
    rows: Mapping[str, Columns], arms: Sequence[str], reference: str, measures: Sequence[Measure], goal: Goal | None, draws: int
) -> InputsAndChance:
    """The splits of all measures that are known in every history, and the duels by points.

    Parameters
    ----------
    rows : by arm, in the order of a nested design: the histories of a point lie together
    draws : histories at each point, at least two; there are two points or more
    """
    values = {
        (arm, item.id): found
        for arm in arms
        for item in measures
        if np.isfinite(found := item.of(rows[arm])).all()
    }
    splits = []
    for item in measures:
        for arm in arms:
            if all((name, item.id) in values for name in (arm, reference)):
                own, base = values[arm, item.id], values[reference, item.id]
                apart = None if arm == reference else _split(own - base, draws)
                splits.append(MeasureSplit(item, arm, _split(own, draws), apart))
    goals = {} if goal is None else {arm: goal.of(rows[arm]) for arm in arms}
    duels = [
        _duel(one, two, goals[one], goals[two], draws)
        for one in goals
        for two in goals
        if one != two and np.isfinite(goals[one]).all() and np.isfinite(goals[two]).all()
    ]
    number = len(next(iter(rows[reference].values()))) // draws
    return InputsAndChance(number, draws, tuple(duels), tuple(splits))


def _split(values: np.ndarray, draws: int) -> VarianceSplit:
    return variance_split(np.asarray(values, dtype=float).reshape(-1, draws))


def _duel(one: str, two: str, first: np.ndarray, second: np.ndarray, draws: int) -> PointDuel:
    wins = 0.5 * (np.sign(first - second) + 1.0)
    lead = wins.reshape(-1, draws).mean(axis=1) - 0.5
    better, worse, n = int((lead > 0.0).sum()), int((lead < 0.0).sum()), len(lead)
    return PointDuel(one, two, share(better, n), share(worse, n), share(n - better - worse, n), _split(wins, draws))


def as_data(found: InputsAndChance) -> dict[str, Any]:
    """Everything as plain data; a split of what does not vary is null."""

    def number(item: Share) -> dict[str, float]:
        return {"share": item.share, "low": item.low, "high": item.high, "count": item.count}

    def told(item: VarianceSplit | None) -> dict[str, float] | None:
        if item is None or not item.varies or not math.isfinite(item.low):
            return None
        return {"inputs": item.inputs, "low": item.low, "high": item.high, "chance": item.chance, "deviation": item.deviation}

    return {
        "points": found.points,
        "histories_at_each": found.draws,
        "pairs": [
            {
                "arm": duel.arm, "against": duel.other, "better": number(duel.better), "worse": number(duel.worse),
                "tied": number(duel.tied), "who_does_better": told(duel.split),
            }
            for duel in found.duels
        ],
        "splits": [
            {"measure": item.measure.id, "arm": item.arm, "value": told(item.value), "difference": told(item.difference)}
            for item in found.splits
        ],
    }  # fmt: skip


__all__ = ["InputsAndChance", "MeasureSplit", "PointDuel", "as_data", "inputs_and_chance"]
