"""Comparisons with several histories at each draw of the inputs: splits with known shares, duels by points, honest intervals."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.compared_measures import Goal, Measure
from sim.analysis.inputs_and_chance import as_data, inputs_and_chance
from sim.analysis.paired_differences import difference

X = Measure("metric:x", "x", "metrics", "number", "metric:x")
POINTS, DRAWS = 400, 4


def rows(seed: int = 3) -> dict[str, dict[str, np.ndarray]]:
    """The base is half inputs, half chance; `up` adds what depends on the inputs alone, `luck` what is chance alone."""
    drawn = np.random.default_rng(seed)
    inputs, chance = np.repeat(drawn.normal(size=POINTS), DRAWS), drawn.normal(size=POINTS * DRAWS)
    luck = drawn.normal(size=POINTS * DRAWS)
    base = inputs + chance
    return {"base": {X.column: base}, "up": {X.column: base + 0.5 + inputs}, "luck": {X.column: base + luck}}


def test_shares_of_the_inputs_are_those_planted():
    found = inputs_and_chance(rows(), ["base", "up", "luck"], "base", [X], Goal("x", "more x", measure=X), DRAWS)
    assert (found.points, found.draws) == (POINTS, DRAWS)
    base = found.of("base", X.id)
    assert base.value.low < 0.5 < base.value.high and base.difference is None
    assert found.of("up", X.id).difference.inputs == pytest.approx(1.0)
    luck = found.of("luck", X.id).difference
    assert luck.low <= 0.0 + 1e-9 and luck.inputs < 0.1
    duel = next(item for item in found.duels if (item.arm, item.other) == ("up", "base"))
    assert duel.better.low < 0.6915 < duel.better.high and duel.tied.count == 0  # P(inputs > -.5)
    assert as_data(found)["splits"][0]["difference"] is None


def test_pairs_at_one_point_are_not_counted_as_independent():
    """Over repetitions the interval by points covers, that of as many independent pairs does not."""
    drawn = np.random.default_rng(8)
    covered = {1: 0, 4: 0}
    for _ in range(400):
        values = (drawn.normal(size=(60, 1)) + drawn.normal(size=(60, 4)) + 0.3).ravel()
        for draws in covered:
            item = difference(X, "a", "b", values, np.zeros(240), draws)
            covered[draws] += item.low <= 0.3 <= item.high
    assert 0.92 * 400 <= covered[4] <= 0.98 * 400
    assert covered[1] < 0.88 * 400
