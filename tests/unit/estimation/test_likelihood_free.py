"""Bands, emulators, waves and weights, on figures whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.estimation.likelihood_free.bands import Bands
from sim.estimation.likelihood_free.conflicts import conflicts
from sim.estimation.likelihood_free.emulator import degree_for, fitted
from sim.estimation.likelihood_free.history_matching import Region, implausibility, sampled
from sim.estimation.likelihood_free.rejection import (
    adjusted,
    correlations,
    density_weights,
    effective,
    kernel,
    posterior,
    weighted_quantiles,
)

INF = np.inf


def bands(*rows):
    return Bands(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def test_a_figure_is_so_many_tolerances_beyond_the_nearer_end():
    found = bands((0.1, 0.2, 0.05), (10, INF, 2))
    figures = np.array([[0.15, 12], [0.05, 4], [0.3, np.nan]])
    assert found.distances(figures) == pytest.approx(np.array([[0, 0], [1, 3], [2, INF]]))
    assert found.beyond(figures[:2]) == pytest.approx(np.array([[0, 0], [-0.05, -6]]))


@pytest.mark.parametrize("row", [(0.3, 0.2, 0.1), (0.1, 0.2, 0.0), (0.1, 0.2, -1.0)])
def test_bands_that_are_none_are_refused(row):
    with pytest.raises(ParameterError):
        bands(row)


def test_bands_stated_by_somebody_who_knows_a_figure_hold_it_as_often_as_the_weights_say():
    """Of a band of width 2 with tolerance 1 the band itself weighs 2 of 2 + sqrt(2 pi)."""
    number = 20_000
    rng = np.random.default_rng(3)
    band = Bands(np.zeros(number), np.full(number, 2.0), np.ones(number))
    stated = band.shifted(np.full(number, 7.0), rng.random(number), rng.standard_normal(number))
    assert stated.high - stated.low == pytest.approx(np.full(number, 2.0))
    away = stated.beyond(np.full(number, 7.0))
    inside = 2.0 / (2.0 + np.sqrt(2.0 * np.pi))
    assert np.mean(away == 0.0) == pytest.approx(inside, abs=4 * np.sqrt(inside * (1 - inside) / number))
    assert np.mean(away > 0.0) == pytest.approx((1 - inside) / 2, abs=0.015)
    assert np.std(away[away != 0.0]) == pytest.approx(1.0, abs=0.03)


def test_an_emulator_finds_a_polynomial_and_says_what_it_misses():
    rng = np.random.default_rng(1)
    points = rng.random((200, 2))
    smooth = 1.0 + points[:, 0] - 2.0 * points[:, 1] ** 2 + points[:, 0] * points[:, 1]
    found = fitted(points, np.column_stack([smooth, smooth + rng.normal(0, 0.2, 200), np.full(200, np.nan)]))
    assert found.degree == 3 and found.spread[0] < 1e-9 and found.spread[1] == pytest.approx(0.2, rel=0.2)
    assert np.isinf(found.spread[2])
    assert found.predict(np.array([[0.5, 0.5]]))[0, 0] == pytest.approx(1.25)


def test_the_polynomial_is_as_rich_as_the_points_bear():
    assert [degree_for(number, 4) for number in (10, 30, 60)] == [1, 2, 3]


def test_a_figure_that_no_emulator_knows_rules_nothing_out():
    rng = np.random.default_rng(1)
    points = rng.random((60, 1))
    emulator = fitted(points, np.column_stack([points[:, 0], np.full(60, np.nan)]))
    away = implausibility(emulator, bands((0.0, 0.2, 0.01), (0.0, 0.2, 0.01)), np.array([[0.1], [0.9]]))
    assert away[0] < 1.0 and away[1] > 10.0


def test_waves_shrink_to_where_the_bands_can_be_met():
    rng = np.random.default_rng(1)
    points = rng.random((100, 2))
    band = bands((0.4, 0.5, 0.01))
    emulator = fitted(points, points[:, :1] + rng.normal(0, 0.01, (100, 1)))
    region, found = sampled(Region((emulator,), band), 500, lambda low, high: np.random.default_rng(low).random((high - low, 2)))
    reach = 3.0 * np.hypot(0.01, emulator.spread[0])
    assert region.volume == pytest.approx(0.1 + 2 * reach, abs=0.02)
    assert len(found) == 500 and 0.4 - 1.5 * reach < found[:, 0].min() < 0.4 < 0.5 < found[:, 0].max() < 0.5 + 1.5 * reach
    assert found[:, 1].min() < 0.05 and found[:, 1].max() > 0.95


def test_points_of_all_waves_together_stand_for_the_prior():
    """A second wave in half of the prior: its points count less, so that each half weighs a half."""
    rng = np.random.default_rng(1)
    first = rng.random((400, 1))
    emulator = fitted(first, first)
    half = Region((emulator,), bands((0.0, 0.5, 1e-6)), 0.5)
    second = 0.5 * rng.random((400, 1))
    points = np.concatenate([first, second])
    weights = density_weights(points, [(Region((), half.bands), 400), (half, 400)])
    assert np.sum(weights[points[:, 0] <= 0.5]) / np.sum(weights) == pytest.approx(0.5, abs=0.05)


def test_the_posterior_is_that_of_the_bands():
    """A figure that is the parameter itself: a posterior even on the band, with normal tails."""
    rng = np.random.default_rng(2)
    points = rng.random((20_000, 1))
    found = posterior(points, points, bands((0.4, 0.6, 0.02)), np.ones(len(points)))
    assert found is not None and found.widened == 1.0
    tails = 0.02 * np.sqrt(2 * np.pi)
    inside = 0.2 / (0.2 + tails)
    assert np.sum(found.weights[(points[:, 0] >= 0.4) & (points[:, 0] <= 0.6)]) == pytest.approx(inside, abs=0.01)
    assert found.quantiles([0.5])[0, 0] == pytest.approx(0.5, abs=0.01)


def test_a_widened_posterior_is_brought_back_by_regression():
    """Few points in a narrow band: unadjusted they spread over the widened one."""
    rng = np.random.default_rng(4)
    points = rng.random((300, 2))
    figures = points[:, :1] + rng.normal(0, 0.002, (300, 1))
    band = bands((0.46, 0.54, 0.03))
    found = posterior(points, figures, band, np.ones(300), fewest=80)
    assert found is not None and found.widened > 1.5
    raw = found.weights @ (points[:, 0] - found.weights @ points[:, 0]) ** 2
    moved = found.weights @ (found.points[:, 0] - found.weights @ found.points[:, 0]) ** 2
    exact = posterior(np.linspace(0, 1, 20_001)[:, None], np.linspace(0, 1, 20_001)[:, None], band, np.ones(20_001))
    assert exact is not None
    truth = np.sqrt(exact.weights @ (exact.points[:, 0] - 0.5) ** 2)
    assert np.sqrt(raw) > 1.25 * truth and np.sqrt(moved) == pytest.approx(truth, rel=0.15)


def test_nothing_is_moved_towards_a_band_that_no_point_reaches():
    """The nearest figures lie two tolerances off: a line through them says nothing of what lies beyond them."""
    rng = np.random.default_rng(4)
    points = rng.random((400, 1))
    found = posterior(points, 0.5 + 0.5 * points, bands((0.0, 0.4, 0.05)), np.ones(400))
    assert found is not None and found.widened > 1.0
    assert np.array_equal(found.points, points) and not found.is_adjusted


def test_no_posterior_where_nothing_comes_near():
    """Also where all points are equally far away, so that none of them would weigh more than another."""
    points = np.random.default_rng(1).random((200, 1))
    assert posterior(points, points, bands((2.0, 3.0, 0.01)), np.ones(200)) is None
    assert posterior(points, np.ones((200, 1)), bands((2.0, 3.0, 0.1)), np.ones(200)) is None


def test_nothing_is_adjusted_at_the_tolerances_of_the_bands():
    points = np.random.default_rng(1).random((50, 1))
    assert np.array_equal(adjusted(points, points, np.full(50, 0.02), 1.0), points)


def test_quantiles_and_effective_numbers_of_weights():
    assert effective(np.ones(7)) == pytest.approx(7.0) and effective(np.zeros(3)) == 0.0
    values = np.arange(1.0, 100.0)
    assert weighted_quantiles(values, np.ones(99), [0.05, 0.5]) == pytest.approx([5.0, 50.0])
    assert weighted_quantiles(values, np.where(values > 90, 1.0, 1e-12), [0.5])[0] == pytest.approx(95.0, abs=0.1)
    assert kernel(np.array([[0.0, 0.0], [1.0, 1.0]])) == pytest.approx([1.0, np.exp(-1.0)])


def test_rank_correlations_heed_the_weights():
    rng = np.random.default_rng(1)
    x = rng.random(2_000)
    points = np.column_stack([x, x**3, rng.random(2_000)])
    assert correlations(points, np.full(2_000, 1 / 2_000)) == pytest.approx(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]), abs=0.06)
    both = np.concatenate([points, 1.0 - points[:, [0, 1, 2]] * [1, -1, 1]])
    weights = np.repeat([1.0, 1e-9], 2_000)
    assert correlations(both, weights / weights.sum())[0, 1] == pytest.approx(1.0, abs=1e-3)


def test_conflicts_name_the_pair_and_what_could_be_left_out():
    """Figures x, 1 - x and y: the first two cannot both be high."""
    x = np.linspace(0, 1, 101)
    distances = bands((0.8, 1, 0.05), (0.8, 1, 0.05), (0.4, 0.6, 0.05)).distances(np.column_stack([x, 1 - x, np.full(101, 0.5)]))
    found = conflicts(distances)
    assert found.unreached == [] and found.together == pytest.approx(6.0)
    assert [(i, j) for i, j, _ in found.pairs] == [(0, 1)] and [k for k, _ in found.without] == [0, 1]
    alone = conflicts(bands((2, 3, 0.05), (0.4, 0.6, 0.05)).distances(np.column_stack([x, x])))
    assert alone.unreached == [0] and alone.pairs == () and [k for k, _ in alone.without] == [0]
