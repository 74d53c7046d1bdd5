"""Scores of probability forecasts: closed forms, cases worked by hand, and that telling the truth pays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.analysis import scores
from sim.errors import ParameterError


def test_worked_by_hand():
    assert scores.brier([0.9, 0.9, 0.5, 0.0], [True, False, True, False]).tolist() == pytest.approx([0.01, 0.81, 0.25, 0.0])
    assert scores.log_score([0.9, 0.9, 0.5, 1.0], [True, False, True, True]).tolist() == pytest.approx(
        [-math.log(0.9), -math.log(0.1), math.log(2), 0.0]
    )
    assert math.isinf(scores.log_score(0.0, True)) and scores.log_score(0.0, False) == 0.0
    # Of four classes in order, the third came: (.1 - 0)**2 + (.3 - 0)**2 + (.7 - 1)**2, over three steps.
    assert scores.ranked_probability([0.1, 0.2, 0.4, 0.3], 2) == pytest.approx((0.01 + 0.09 + 0.09) / 3)
    assert scores.ranked_probability([1.0, 0.0, 0.0], 2) == 1.0 and scores.ranked_probability([0.0, 0.0, 1.0], 2) == 0.0
    assert scores.log_score_of_classes([0.1, 0.2, 0.7], 1) == pytest.approx(-math.log(0.2))


def test_a_near_miss_is_better_than_a_far_one():
    """What ranks add: the Brier score of classes does not know that the middle lies nearer to the end than the beginning does."""
    near, far = scores.ranked_probability([0.0, 1.0, 0.0], 2), scores.ranked_probability([1.0, 0.0, 0.0], 2)
    assert near == 0.5 < far == 1.0


@given(some.floats(0, 1))
def test_of_two_classes_the_ranked_score_is_that_of_brier(p):
    assert scores.ranked_probability([1 - p, p], 1) == pytest.approx(float(scores.brier(p, True)))
    assert scores.ranked_probability([1 - p, p], 0) == pytest.approx(float(scores.brier(p, False)))


@given(some.floats(0.01, 0.99), some.floats(0.01, 0.99))
def test_the_true_probability_minimises_the_expected_score(true, said):
    for score in (scores.brier, scores.log_score):

        def expected(p, score=score):
            return true * float(score(p, True)) + (1 - true) * float(score(p, False))

        assert expected(true) <= expected(said) + 1e-12
        if abs(said - true) > 0.01:
            assert expected(true) < expected(said)


@given(some.lists(some.integers(1, 100), min_size=3, max_size=3), some.lists(some.integers(1, 100), min_size=3, max_size=3))
def test_true_probabilities_of_classes_minimise_the_expected_score(true, said):
    p, q = np.array(true) / sum(true), np.array(said) / sum(said)
    for score in (scores.ranked_probability, scores.log_score_of_classes):

        def expected(forecast, score=score):
            return sum(p[k] * float(score(forecast, k)) for k in range(3))

        assert expected(p) <= expected(q) + 1e-12
        if np.abs(p - q).max() > 0.01:
            assert expected(p) < expected(q)


def test_the_same_as_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    p, came = rng.uniform(0.01, 0.99, 200), rng.uniform(size=200) < 0.4
    assert scores.brier(p, came).mean() == pytest.approx(metrics.brier_score_loss(came, p))
    assert scores.log_score(p, came).mean() == pytest.approx(metrics.log_loss(came, p))


def test_smoothed_counts_are_never_certain_and_sum_to_one():
    assert scores.smoothed(0, 9) == pytest.approx(0.05) and scores.smoothed(9, 9) == pytest.approx(0.95)
    assert scores.smoothed([0, 2, 8], 10, 3).sum() == pytest.approx(1.0)


def test_bins_hold_every_forecast_once():
    found = scores.reliability([0.0, 0.1, 0.2, 0.5, 1.0], [False, True, False, True, True])
    assert [item.came.trials for item in found] == [2, 1, 1, 0, 1]
    assert [item.came.count for item in found] == [1, 0, 1, 0, 1]
    assert found[0].mean == pytest.approx(0.05) and math.isnan(found[3].mean)
    assert (found[0].came.low, found[0].came.high) == pytest.approx((0.0945, 0.9055), abs=5e-4)  # Wilson, 1 of 2


def test_the_best_weight_is_that_of_the_least_score():
    rng = np.random.default_rng(7)
    truth = rng.uniform(size=60)
    came = rng.uniform(size=60) < truth
    first, second = np.clip(truth + rng.normal(0, 0.3, 60), 0, 1), np.full(60, 0.5)
    weight = scores.best_weight(first, second, came)
    grid = np.linspace(0, 1, 1001)
    best = grid[np.argmin([scores.brier(w * first + (1 - w) * second, came).mean() for w in grid])]
    assert 0.1 < weight < 0.95 and weight == pytest.approx(best, abs=1e-3)
    assert scores.best_weight([0.0, 1.0], [0.5, 0.5], [True, False]) == 0.0
    assert scores.best_weight([0.5], [0.5], [True]) == 1.0


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: scores.brier([0.2, 1.2], [True, True]), "from 0 to 1, found 1.2"),
        (lambda: scores.log_score(math.nan, True), "from 0 to 1, found nan"),
        (lambda: scores.ranked_probability([0.5, 0.4], 0), "sum to 1, found a sum of 0.9"),
        (lambda: scores.ranked_probability([1.0], 0), "at least two classes"),
    ],
)
def test_what_is_no_probability_is_refused(call, told):
    with pytest.raises(ParameterError, match=told):
        call()
