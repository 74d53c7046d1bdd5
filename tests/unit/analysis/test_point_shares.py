"""Shares of points at which a mean meets a level, or is the largest: intervals that allow for noisy means."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.point_shares import domain, satisficing
from tests.counts import sample_size
from tests.unit.analysis.test_regret import histories


def test_intervals_hold_the_true_shares():
    """Of the planted case: war in at most 40 % of histories at 40, 50 and all of the draws; best at 36, 45 and 19 %."""
    repetitions = sample_size("robust_coverage")
    held = np.zeros((2, 3))
    for seed in range(repetitions):
        values = histories(seed)
        for a, (meets, best) in enumerate(zip((0.4, 0.5, 1.0), (0.36, 0.45, 0.19), strict=True)):
            one, two = satisficing(values[a], -0.4), domain(values)[a]
            held[0, a] += one.low <= meets <= one.high
            held[1, a] += two.low <= best <= two.high
            assert one.low <= one.share <= one.high and two.low <= two.share <= two.high
    assert held.min() / repetitions >= 0.95 - 4.1 * np.sqrt(0.05 * 0.95 / repetitions)


def test_far_from_the_line_the_interval_is_narrow():
    """Half of the points never, half nearly always: ten histories tell them apart."""
    random = np.random.default_rng(5)
    risks = np.repeat([0.02, 0.95], 200)
    values = (random.random((400, 20)) < risks[:, None]).astype(float)
    found = satisficing(values, 0.5)
    assert found.share == pytest.approx(0.5) and 0.4 < found.low < 0.5 < found.high < 0.6
    both = domain(np.stack([values, 0.5 + np.zeros_like(values)]))
    assert both[0].low > 0.35 and both[0].high < 0.65 and both[0].share == pytest.approx(0.5)


def test_near_the_line_little_can_be_told_and_is_not():
    random = np.random.default_rng(5)
    values = (random.random((400, 10)) < 0.42).astype(float)  # all of them meet .4, by a little
    found = satisficing(values, 0.4)
    assert found.share < 0.7 and found.high == 1.0


def test_without_chance_shares_are_exact_up_to_the_number_of_points():
    means = np.linspace(0.0, 1.0, 200)
    values = np.repeat(means[:, None], 4, axis=1)
    found = satisficing(values, 0.75)
    assert found.share == pytest.approx(0.25) and found.high - found.low < 0.2
    first, second = domain(np.stack([values, 1.0 - values]))
    assert (first.share, second.share) == (0.5, 0.5) and first.high - first.low < 0.2


def test_arms_that_are_the_same_are_not_held_against_each_other():
    values = np.repeat(np.linspace(0.0, 1.0, 100)[:, None], 3, axis=1)
    three = np.stack([values, values, values - 1.0])
    found = domain(three, ((1, 0),))
    assert [item.share for item in found] == [0.5, 0.5, 0.0]
    assert found[0].low > 0.4 and found[2].high < 0.15
    both = domain(np.stack([values, values]), ((1, 0),))
    assert [(item.share, item.high) for item in both] == [(0.5, 1.0), (0.5, 1.0)]
