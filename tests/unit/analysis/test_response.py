"""Curves and tables over inputs against closed forms, and when a curve is said to bend."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.estimates import share
from sim.analysis.response import each_point, grid_curve, grid_surface, paired, sliced_curve, sliced_surface


def events(chances, draws=400, seed=5):
    """Events with the same luck at each chance, shape (draws, ...)."""
    luck = np.random.default_rng(seed).random((draws, *[1] * np.ndim(chances)))
    return (luck < np.asarray(chances)[None]).astype(float)


def test_points_of_a_single_factor_have_wilson_intervals_and_a_paired_difference():
    rows = events([0.1, 0.2, 0.4])
    curve = grid_curve(rows, (0.0, 1.0, 2.0), 0, True)
    for k, point in enumerate(curve.points):
        known = share(int(rows[:, k].sum()), 400)
        assert (point.mean.value, point.mean.low, point.mean.high) == pytest.approx((known.share, known.low, known.high))
    assert curve.across == paired(rows[:, 2], rows[:, 0], True)
    free = share(int(rows[:, 2].sum()), 400)
    assert curve.across.is_clear and curve.across.high - curve.across.low < free.high - free.low + 0.03
    assert curve.bend is None and curve.highest.at == 2.0 and curve.lowest.at == 0.0


def test_of_two_factors_a_curve_averages_over_the_other_by_draws():
    rows = events([[0.1, 0.3], [0.2, 0.6]])
    curve = grid_curve(rows, (0.0, 1.0), 1, True)
    by_draw = rows.mean(axis=1)
    assert [point.mean.value for point in curve.points] == pytest.approx(by_draw.mean(axis=0))
    error = by_draw.std(axis=0, ddof=1) / 20.0
    assert [point.mean.high - point.mean.value for point in curve.points] == pytest.approx(1.959964 * error)
    assert [point.histories for point in curve.points] == [800, 800]
    face = grid_surface(rows, ((0.0, 1.0), (0.0, 1.0)), True)
    assert face.means == pytest.approx(rows.mean(axis=0)) and (face.low < face.means).all() and (face.means < face.high).all()


def test_a_bend_is_told_where_it_is_sure_and_only_there():
    hill = grid_curve(events([0.2, 0.6, 0.2]), (0.0, 1.0, 2.0), 0, True)
    assert hill.bend is not None and hill.bend[0] == 1 and hill.bend[1].low > 0.3
    dip = grid_curve(events([0.5, 0.1, 0.6]), (0.0, 1.0, 2.0), 0, True)
    assert dip.bend is not None and dip.bend[0] == 1 and dip.bend[1].high < -0.2
    rng = np.random.default_rng(3)
    flat = grid_curve((rng.random((400, 9)) < 0.3).astype(float), tuple(range(9)), 0, True)
    assert flat.bend is None


def test_histories_that_are_points_are_cut_into_slices():
    rng = np.random.default_rng(7)
    x, y = rng.random(4_000), rng.random(4_000)
    curve = sliced_curve(3 * x + y, x, False)
    assert len(curve.points) == 20 and all(point.histories == 200 for point in curve.points)
    truth = [3 * point.at + 0.5 for point in curve.points]
    assert [point.mean.value for point in curve.points] == pytest.approx(truth, abs=0.08)
    assert all(a.ends[1] == b.ends[0] for a, b in zip(curve.points, curve.points[1:], strict=False))
    assert curve.across.value == pytest.approx(2.85, abs=0.1)
    face = sliced_surface((rng.random(4_000) < x * y).astype(float), x, y, True)
    assert face.means.shape == (8, 8) and face.histories.sum() == 4_000
    expected = np.outer(face.first, face.second)
    assert np.mean((face.low <= expected) & (expected <= face.high)) > 0.85


def test_a_share_that_was_never_seen_keeps_the_interval_of_so_many_histories():
    (item,) = each_point(np.zeros((100, 1)), True)
    assert (item.value, item.low) == (0.0, 0.0) and item.high == pytest.approx(share(0, 100).high)
