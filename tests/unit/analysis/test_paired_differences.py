"""Differences from pairs, and what many of them read at once ask for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.compared_measures import Measure
from sim.analysis.estimates import Z95
from sim.analysis.normal_draws import normal_draws
from sim.analysis.paired_differences import against, as_data, difference, holm

NUMBER = Measure("metric:x", "x", "metrics", "number", "metric:x")
SHARE = Measure("outcome=war", "war", "outcomes", "share", "outcome", "war")


def test_a_mean_has_students_interval_of_the_differences_within_pairs():
    one, two = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 2.0, 2.0, 4.0, 1.0, 6.0]), np.arange(10) / 10.0
    found = difference(NUMBER, "a", "b", one, two)
    apart = one - two
    error = apart.std(ddof=1) / math.sqrt(10)
    assert found.difference == pytest.approx(apart.mean())
    assert found.low == pytest.approx(apart.mean() - 2.262157 * error, rel=1e-6)  # Student's quantile with 9 degrees of freedom
    assert found.variance_ratio == pytest.approx((one.var(ddof=1) + two.var(ddof=1)) / apart.var(ddof=1))
    assert found.verdict == "more"


def test_pairs_in_which_a_number_is_not_known_are_left_out():
    one = np.append(np.arange(20.0), [np.nan, 3.0])
    two = np.append(np.arange(20.0) - 1.0, [2.0, np.nan])
    found = difference(NUMBER, "a", "b", one, two)
    assert (found.pairs, found.difference, found.differing) == (20, 1.0, 20)
    assert difference(NUMBER, "a", "b", np.full(3, np.nan), np.zeros(3)).verdict == "unknown"


def test_what_is_the_same_in_every_pair_differs_by_nothing_at_all():
    values = np.random.default_rng(1).normal(size=50)
    found = difference(NUMBER, "a", "b", values, values.copy())
    assert (found.difference, found.low, found.high, found.differing, found.verdict) == (0.0, 0.0, 0.0, 0, "same")
    assert found.variance_ratio == math.inf and not found.holds_among_all
    assert as_data(found)["variance_ratio"] is None


def test_an_undecided_difference_says_how_many_pairs_would_settle_it():
    one, two = np.zeros(400), np.zeros(400)
    one[:12], two[12:20] = 1.0, 1.0
    found = difference(SHARE, "a", "b", one, two)
    assert found.verdict == "undecided" and found.difference == 0.01
    assert found.pairs_to_settle == pytest.approx(7.8489 * found.variance / 1e-4, rel=1e-3)
    sure = difference(SHARE, "a", "b", np.ones(400), np.zeros(400))
    assert sure.verdict == "more" and sure.pairs_to_settle is None


def test_holm_corrects_from_the_smallest_on():
    """The example of four tests: 0.005 x 4, 0.01 x 3, then never below the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def rows_of(*columns: np.ndarray) -> dict[str, np.ndarray]:
    return {f"metric:{n}": column for n, column in enumerate(columns)}


def measures(number: int) -> list[Measure]:
    return [Measure(f"metric:{n}", str(n), "metrics", "number", f"metric:{n}") for n in range(number)]


def reach(item) -> float:
    """How much wider the joint interval is."""
    return Z95 * (item.joint_high - item.difference) / (item.high - item.difference)


def test_joint_intervals_of_independent_differences_have_the_quantile_of_their_largest():
    """Of 10 independent ones: the normal quantile of 0.95 ** (1 / 10), 2.80."""
    drawn = np.random.default_rng(5).normal(size=(10, 4000))
    found = against({"a": rows_of(*drawn), "b": rows_of(*np.zeros((10, 4000)))}, measures(10), ["b", "a"], "b", 1)
    assert {item.arm for item in found} == {"a"}
    assert reach(found[0]) == pytest.approx(2.80, abs=0.06)


def test_differences_that_say_the_same_need_no_wider_intervals():
    one = np.random.default_rng(5).normal(size=3000)
    found = against({"a": rows_of(one, 2.0 * one), "b": rows_of(np.zeros(3000), np.zeros(3000))}, measures(2), ["b", "a"], "b", 1)
    assert [reach(item) for item in found] == pytest.approx([Z95, Z95], abs=0.03)


def test_groups_of_measures_are_corrected_by_themselves():
    drawn = np.random.default_rng(5).normal(size=(2, 2000))
    two = [measures(1)[0], Measure("utility:1", "1", "utilities", "number", "metric:1")]
    found = against({"a": rows_of(*drawn), "b": rows_of(*np.zeros((2, 2000)))}, two, ["b", "a"], "b", 1)
    assert [item.p_holm for item in found] == [item.p_value for item in found]


def test_normal_draws_are_normal_and_the_same_by_address():
    drawn = normal_draws("test", 2000, 7, 3)
    assert drawn.shape == (2000, 7) and abs(drawn.mean()) < 4.1 / math.sqrt(drawn.size) and drawn.std() == pytest.approx(1.0, abs=0.03)
    np.testing.assert_array_equal(drawn[5, :3], normal_draws("test", 10, 3, 3)[5])
    assert not np.array_equal(drawn, normal_draws("another", 2000, 7, 3))
    assert np.abs(np.corrcoef(drawn, rowvar=False) - np.eye(7)).max() < 0.1
