"""Points that are dominated by none."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.pareto_front import chance_unbeaten, thinned, unbeaten


def test_a_point_is_beaten_by_one_as_good_in_everything_and_better_in_one():
    values = np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0], [2.0, 1.0], [0.0, 3.0], [2.0, 2.0]])
    assert unbeaten(values).tolist() == [True, True, True, False, False, True], "points that are level do not beat each other"
    assert unbeaten(np.stack([values, -values])).shape == (2, 6)


def test_of_many_points_those_that_lie_apart_are_kept_the_ends_among_them():
    across = np.linspace(0.0, 1.0, 101)
    kept = thinned(np.stack([across, 1.0 - across], axis=1), 5)
    assert kept.tolist() == sorted(kept.tolist()) and {0, 100} <= set(kept.tolist())
    assert np.diff(kept).min() >= 20
    assert thinned(np.zeros((3, 2)), 5).tolist() == [0, 1, 2]


def test_the_chance_of_being_unbeaten_is_certain_where_histories_agree_and_open_where_they_do_not():
    clear = np.stack([np.full((2, 50), 1.0), np.full((2, 50), 0.0)])
    weights = [np.ones((4, 50))]
    assert chance_unbeaten(clear, weights).tolist() == [1.0, 0.0]
    open_question = np.zeros((2, 2, 50))
    open_question[0, :, :25], open_question[1, :, 25:] = 1.0, 1.0
    first, second = np.zeros((1, 50)), np.zeros((1, 50))
    first[0, :25], second[0, 25:] = 2.0, 2.0
    assert chance_unbeaten(open_question, [first, second]) == pytest.approx([0.5, 0.5])
