"""Bargaining points: ties, disagreement, weights, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games import bargaining

POINTS = [(1.0, 9.0), (4.0, 6.0), (6.0, 4.0), (7.0, 1.0), (3.0, 3.0)]


def test_each_rule_picks_its_own_point():
    points = [(0.0, 10.0), (2.0, 9.0), (4.0, 5.0), (5.0, 1.0)]
    found = {rule: bargaining.solve(points, (0, 0), rule).index for rule in bargaining.RULES}
    assert found == {"nash": 2, "kalai-smorodinsky": 2, "egalitarian": 2, "utilitarian": 1}


def test_ties_are_told_and_go_to_the_first():
    found = bargaining.solve(POINTS, (0, 0))
    assert (found.index, found.ties, found.value) == (1, (2,), 24.0)


def test_points_below_disagreement_are_left_out():
    found = bargaining.solve(POINTS, (5, 0), "utilitarian")
    assert (found.index, found.ties) == (2, ())
    with pytest.raises(ParameterError, match="no payoff vector gives everybody at least the disagreement point"):
        bargaining.solve(POINTS, (8, 8))


def test_weights_move_the_point_towards_the_stronger():
    assert bargaining.solve(POINTS, (0, 0), weights=(4.0, 1.0)).index == 2
    assert bargaining.solve(POINTS, (0, 0), weights=(1.0, 4.0)).index == 0
    assert bargaining.solve(POINTS, (0, 0), "utilitarian", weights=(2.0, 1.0)).index == 2


def test_least_gains_that_tie_are_told_apart_by_the_next():
    """Two points whose worse side gets 3: the one that gives the other more is chosen, wherever it stands."""
    assert bargaining.solve([(3.0, 3.0), (3.0, 5.0)], (0, 0), "egalitarian").index == 1
    assert bargaining.solve([(5.0, 3.0), (3.0, 3.0)], (0, 0), "egalitarian").index == 0


def test_three_players_share_by_the_product_of_their_gains():
    points = [(3, 3, 3), (9, 2, 1), (5, 5, 1)]
    assert bargaining.solve(points, (0, 0, 0)).index == 0
    assert bargaining.solve(points, (0, 0, 0), "utilitarian").index == 1


def test_pareto_set_keeps_equal_points_and_drops_dominated_ones():
    assert bargaining.pareto_set([*POINTS, (4.0, 6.0), (4.0, 5.0)]) == (0, 1, 2, 3, 5)
    rng = np.random.default_rng(2)
    points = rng.integers(0, 6, (60, 3))
    by_hand = [k for k, p in enumerate(points) if not any((q >= p).all() and (q > p).any() for q in points)]
    assert list(bargaining.pareto_set(points)) == by_hand


def test_a_frontier_may_fall_in_the_first_payoff():
    rising = bargaining.solve_frontier(lambda x: x, lambda x: 1 - x * x, (0, 1))
    falling = bargaining.solve_frontier(lambda x: 1 - x * x, lambda x: x, (0, 1))
    assert falling.at == pytest.approx(rising.at, abs=1e-9)


def test_disagreement_cuts_the_frontier_that_kalai_and_smorodinsky_look_at():
    """From (1/2, 0) the most are 1/2 and 1/2 of what is left of u2 = 1 - u1: (3/4, 1/4)."""
    found = bargaining.solve_frontier(lambda x: x, lambda x: 1 - x, (0, 1), (0.5, 0.0), "kalai-smorodinsky")
    assert found.payoffs == pytest.approx((0.75, 0.25), abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bargaining.solve([], (0, 0)), "expected a table of points and players"),
        (lambda: bargaining.solve(POINTS, (0, 0, 0)), "disagreement point: expected 2 payoffs, found 3"),
        (lambda: bargaining.solve([(0.0, float("nan"))], (0, 0)), "expected finite numbers"),
        (lambda: bargaining.solve(POINTS, (0, 0), "fair"), "rule: expected one of nash, .* found 'fair'"),
        (lambda: bargaining.solve(POINTS, (0, 0), weights=(1.0, 0.0)), "weights: expected 2 positive numbers"),
        (
            lambda: bargaining.solve_frontier(lambda x: x, lambda x: 1 - x, (1, 0)),
            "expected two finite numbers in order",
        ),
        (lambda: bargaining.solve_frontier(lambda x: x, lambda x: 1 - x, (0, 1), (2, 2)), "no point at which both get"),
        (lambda: bargaining.solve_frontier(lambda x: float("inf"), lambda x: 1 - x, (0, 1)), "expected finite payoffs"),
        (lambda: bargaining.solve_frontier(lambda x: x, lambda x: x, (0, 1), rule="fair"), "found 'fair'"),
    ],
)
def test_what_cannot_be_bargained_over_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
