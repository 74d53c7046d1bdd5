"""Histories go where they decide."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.allocation import Gap, further_histories, weight
from sim.analysis.paired_means import PairedMeans, paired_means


def known(means: list[float], spread: list[list[float]], counts: list[int]) -> PairedMeans:
    """Estimates of one player's payoffs with exactly these means and covariances."""
    draw = np.random.default_rng(3).normal(size=(max(counts), len(means)))
    draw -= draw.mean(axis=0)
    draw = draw @ np.linalg.inv(np.linalg.cholesky(np.cov(draw.T)).T) @ np.linalg.cholesky(np.array(spread)).T
    return paired_means([(draw[:count, k : k + 1] + mean) for k, (mean, count) in enumerate(zip(means, counts, strict=True))])


def gap(one: int, other: int, columns: int = 4) -> Gap:
    weights = np.zeros(columns)
    weights[one], weights[other] = -1.0, 1.0
    return Gap(0, weights)


ALONE = [[k] for k in range(4)]
INDEPENDENT = np.eye(4).tolist()


def test_a_gap_weighs_as_much_as_its_sign_is_in_doubt():
    assert weight(0.0, 1.0) == 1.0 and weight(1.0, 0.0) == 0.0
    assert weight(1.96, 1.0) == pytest.approx(0.05, abs=1e-3) and weight(-1.96, 1.0) == weight(1.96, 1.0)


def test_decided_gaps_get_nothing():
    estimates = known([0.0, 0.01, 0.0, 1.0], INDEPENDENT, [100] * 4)
    more = further_histories(estimates, [gap(0, 1), gap(2, 3)], ALONE, 400, 50)
    assert more.sum() == 400 and more[2:].tolist() == [0, 0]
    assert abs(more[0] - more[1]) <= 50


def test_the_noisier_end_of_a_gap_gets_more():
    spread = np.diag([16.0, 1.0, 1.0, 1.0]).tolist()
    more = further_histories(known([0.0] * 4, spread, [100] * 4), [gap(0, 1)], ALONE, 400, 50)
    assert more[0] >= 350 and more.sum() == 400


def test_the_end_that_is_behind_is_brought_up_where_histories_are_paired():
    spread = (0.05 * np.eye(4) + 0.95).tolist()
    more = further_histories(known([0.0] * 4, spread, [400, 100, 100, 100]), [gap(0, 1)], ALONE, 300, 50)
    assert more[1] >= 250


def test_twins_get_their_histories_together_and_no_more_are_given_than_there_are():
    estimates = known([0.0] * 4, INDEPENDENT, [100] * 4)
    more = further_histories(estimates, [gap(0, 1), gap(0, 2)], [[0], [1, 2], [3]], 300, 50)
    assert more[1] == more[2] > 0 and more.sum() <= 300 and not (more % 50).any()
    assert not further_histories(estimates, [gap(0, 1)], ALONE, 49, 50).any()


def test_where_nothing_is_in_doubt_those_with_the_fewest_histories_come_first():
    estimates = known([0.0, 9.0, 9.0, 9.0], INDEPENDENT, [200, 100, 200, 200])
    assert further_histories(estimates, [gap(0, 1)], ALONE, 50, 50).tolist() == [0, 50, 0, 0]
