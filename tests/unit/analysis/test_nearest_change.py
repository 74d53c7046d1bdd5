"""The nearest point beyond a target of a straight response, its bounds, and which numbers are left out."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.nearest_change import Response, fitted_mean, fitted_share, nearest, sparing

FREE = np.full(2, 9.0)


def test_the_nearest_point_of_a_half_plane_lies_along_the_slopes():
    """The distance of a plane a + b x = t from 0 is (t - a) / |b|."""
    found, reached = nearest(Response(-1.0, np.array([3.0, -4.0])), 4.0, -FREE, FREE)
    assert reached and found == pytest.approx([0.6, -0.8])


def test_what_is_bound_goes_to_its_end_and_the_others_further():
    found, reached = nearest(Response(0.0, np.array([1.0, 1.0])), 3.0, -FREE, np.array([1.0, 9.0]))
    assert reached and found == pytest.approx([1.0, 2.0])


def test_out_of_reach_is_told_with_the_corner_that_comes_nearest():
    found, reached = nearest(Response(0.0, np.array([1.0, -1.0])), 30.0, -FREE, FREE)
    assert not reached and found.tolist() == [9.0, -9.0]


def test_a_target_that_is_met_needs_no_change():
    assert nearest(Response(1.0, np.ones(2)), 0.5, -FREE, FREE)[0].tolist() == [0.0, 0.0]


def test_a_number_that_adds_little_is_left_out_and_one_that_adds_much_is_not():
    response = Response(0.0, np.array([1.0, 0.2]))
    found, _ = sparing(response, 1.0, -FREE, FREE, at_most=2, slack=0.1)
    assert found == pytest.approx([1.0, 0.0])
    both, _ = sparing(Response(0.0, np.array([1.0, 0.8])), 1.0, -FREE, FREE, at_most=2, slack=0.1)
    assert np.count_nonzero(both) == 2


def test_no_more_numbers_change_than_are_allowed_unless_fewer_do_not_reach_it():
    alike = Response(0.0, np.ones(4))
    bounds = np.full(4, 2.0)
    assert np.count_nonzero(sparing(alike, 3.0, -bounds, bounds, at_most=2, slack=0.0)[0]) == 2
    assert np.count_nonzero(sparing(alike, 5.0, -bounds, bounds, at_most=2, slack=0.0)[0]) == 3


def test_out_of_reach_numbers_that_add_nothing_stay():
    found, reached = sparing(Response(0.0, np.array([1.0, 0.001])), 30.0, -FREE, FREE, at_most=2, slack=0.1)
    assert not reached and found.tolist() == [9.0, 0.0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_logistic_response_is_found_again(sign):
    """Counts that are the expected ones have their likelihood's maximum at the truth."""
    points = np.array([[x, y] for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0)])
    histories = np.full(9, 1e6)
    chance = 1.0 / (1.0 + np.exp(-(-1.0 + points @ [0.7, -0.3])))
    found = fitted_share(points, chance * histories, histories, np.ones(9), sign)
    assert (sign * found.level, *(sign * found.slopes)) == pytest.approx((-1.0, 0.7, -0.3), abs=1e-4)


def test_slopes_stay_finite_where_none_has_the_outcome():
    found = fitted_share(np.array([[0.0], [1.0]]), np.zeros(2), np.full(2, 50.0), np.ones(2), 1.0)
    assert np.isfinite([found.level, *found.slopes]).all() and found.level < -3.0


def test_a_straight_mean_is_found_again():
    points = np.array([[0.0], [1.0], [2.0]])
    found = fitted_mean(points, 1.0 + 2.0 * points[:, 0], np.ones(3), -1.0)
    assert (found.level, found.slopes[0]) == pytest.approx((-1.0, -2.0))
