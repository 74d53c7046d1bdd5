"""Regret from noisy means: known truths, bias on both sides, and none without noise."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis import regret
from sim.analysis.regret import regrets, tail_means
from tests.counts import sample_size
from tests.robust_case import LINES, true_regrets


def histories(seed: int, points: int = 150, repeats: int = 12) -> np.ndarray:
    """War or none (-1, 0) of the arms of the planted case, with draws of their own."""
    random = np.random.default_rng(seed)
    need = random.random(points)
    risks = np.stack([start + slope * need for start, slope in LINES.values()])
    return -(random.random((len(LINES), points, repeats)) < risks[:, :, None]).astype(float)


def test_intervals_cover_known_regrets_and_the_two_estimators_err_on_either_side(monkeypatch):
    monkeypatch.setattr(regret, "SAMPLES", 150)  # enough for a standard error
    repetitions = sample_size("robust_coverage")
    truth = np.array(list(true_regrets().values())).T  # mean, tail, largest
    held = np.zeros((3, 3))
    fitted, plain = np.zeros((3, 3)), np.zeros((3, 3))
    for seed in range(repetitions):
        for a, item in enumerate(regrets(histories(seed), seed)):
            for k, one in enumerate((item.mean, item.tail, item.largest)):
                held[k, a] += one.low <= truth[k, a] <= one.high
                fitted[k, a] += one.value / repetitions
                plain[k, a] += one.plain / repetitions
    spare = 4.1 * np.sqrt(0.05 * 0.95 / repetitions)
    assert held.min() / repetitions >= 0.95 - spare
    assert (fitted[0] < truth[0]).all() and (fitted[0] > truth[0] - 0.05).all()
    assert (plain[:2] > truth[:2] - 0.002).all() and (plain[1] > truth[1] + 0.03).all()
    assert (np.abs(fitted[1] - truth[1]) < np.abs(plain[1] - truth[1])).sum() >= 2


def test_arms_that_are_equally_good_have_no_regret_though_their_means_differ():
    random = np.random.default_rng(3)
    values = (random.random((4, 300, 10)) < 0.4).astype(float)
    for item in regrets(values, 1):
        assert item.mean.low == 0.0 and item.mean.value < 0.02 < 0.1 < item.mean.plain
        assert item.tail.low < 0.05 and item.tail.plain > 0.3
        assert item.first < 0.95


def test_without_chance_the_regret_is_known():
    need = np.linspace(0.0, 1.0, 101)
    risks = np.stack([start + slope * need for start, slope in LINES.values()])
    values = np.repeat(-risks[:, :, None], 3, axis=2)
    expected = risks - risks.min(axis=0)
    for a, item in enumerate(regrets(values, 1)):
        assert item.at_points == pytest.approx(expected[a], abs=1e-12)
        assert (item.mean.value, item.mean.plain) == pytest.approx((expected[a].mean(), expected[a].mean()))
        assert (item.tail.value, item.tail.plain) == pytest.approx((item.tail.plain, item.tail.plain))
        assert (item.largest.value, item.largest.high) == pytest.approx((expected[a].max(), expected[a].max()))
    assert [item.first > 0.99 for item in regrets(values, 1)] == [False, False, True]


def test_no_history_values_an_arm_that_it_helped_to_choose():
    """One lucky history of the second arm: the part it lies in values the first one, the others the second."""
    values = np.zeros((2, 2, 5))
    values[1, 0, 0] = 1.0
    chosen = regret.chosen_values(values)
    assert chosen[0].tolist() == [0.5, 0.0, 0.0, 0.0, 0.0], "without that history both are level and share the value"
    assert regret.parts_of(12).tolist() == [0, 1, 2, 3, 4] * 2 + [0, 1]


def test_the_worst_part_takes_a_share_of_a_point_where_it_does_not_come_out_even():
    scores = np.array([1.0, 3.0, 2.0])
    assert tail_means(scores, scores, np.ones((1, 3)), 0.5)[0] == pytest.approx((3.0 + 0.5 * 2.0) / 1.5)
    assert tail_means(scores, np.array([9.0, 0.0, 0.0]), np.array([[1.0, 0.0, 0.0]]), 0.1)[0] == pytest.approx(9.0)
