"""The score interval and test of a difference of shares over the same histories."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from sim.analysis.estimates import Z95
from sim.analysis.paired_shares import equality_test, pairs_to_settle, score_interval


def likeliest_score(up: int, down: int, n: int, difference: float) -> float:
    """The score at a supposed difference, with the other share found by search instead of the closed form."""
    rest = n - up - down

    def loss(second: float) -> float:
        first, none = second + difference, 1.0 - 2.0 * second - difference
        if min(first, second, none) <= 0.0:
            return math.inf
        return -(up * math.log(first) + down * math.log(second) + rest * math.log(none))

    low, high = max(0.0, -difference) + 1e-12, (1.0 - difference) / 2.0 - 1e-12
    second = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (up - down - n * difference) / math.sqrt(n * (2.0 * second + difference * (1.0 - difference)))


@pytest.mark.parametrize(("up", "down", "n"), [(9, 1, 50), (1, 12, 40), (30, 25, 200), (3, 3, 100)])
def test_ends_are_the_differences_that_a_score_test_just_refuses(up, down, n):
    low, high = score_interval(np.array(up), np.array(down), n)
    assert likeliest_score(up, down, n, float(low)) == pytest.approx(Z95, abs=1e-4)
    assert likeliest_score(up, down, n, float(high)) == pytest.approx(-Z95, abs=1e-4)


def test_without_a_pair_that_differs_the_interval_says_what_could_have_been_missed():
    """At the end of the interval the score is d n / sqrt(n d (1 - d)) up to its sign: d = z2 / (n + z2)."""
    low, high = score_interval(np.array(0), np.array(0), 1000)
    assert float(high) == pytest.approx(Z95**2 / (1000 + Z95**2)) == pytest.approx(-float(low))
    assert float(equality_test(np.array(0), np.array(0))) == 1.0


def test_exchanging_the_arms_turns_the_interval_round():
    up, down = np.array([5, 0, 17]), np.array([2, 4, 17])
    low, high = score_interval(up, down, 60)
    again = score_interval(down, up, 60)
    np.testing.assert_allclose(low, -again[1], atol=1e-12)
    np.testing.assert_allclose(high, -again[0], atol=1e-12)


def test_the_test_refuses_just_where_the_interval_leaves_out_nothing():
    ups, downs = np.meshgrid(np.arange(40), np.arange(40))
    low, high = score_interval(ups, downs, 400)
    refused = equality_test(ups, downs) < 0.05
    np.testing.assert_array_equal(refused, (low > 0.0) | (high < 0.0))


@pytest.mark.parametrize(("up", "down", "n"), [(0.005, 0.0, 200), (0.01, 0.003, 300), (0.1, 0.08, 400)])
def test_coverage_is_nominal_also_where_few_pairs_differ(up, down, n):
    """At rare events a normal interval holds the truth in three of four cases only."""
    drawn = np.random.default_rng(3).multinomial(n, [up, down, 1.0 - up - down], size=4000)
    low, high = score_interval(drawn[:, 0], drawn[:, 1], n)
    covered = float(((low <= up - down) & (up - down <= high)).mean())
    assert covered >= 0.93 and (up < 0.01 or covered <= 0.98)
    if down == 0.0:
        share = drawn[:, 0] / n
        reach = Z95 * np.sqrt(share * (1.0 - share) / n)
        assert float((np.abs(share - up) <= reach).mean()) < 0.85


def test_pairs_that_settle_a_difference_are_those_of_the_textbook():
    """(1.96 + 0.84)2 variance / difference2."""
    assert pairs_to_settle(0.1, 0.5) == pytest.approx(7.8489 * 0.5 / 0.01, rel=1e-4)
    assert pairs_to_settle(0.0, 0.5) == math.inf
