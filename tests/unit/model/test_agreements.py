"""Bargaining solutions found by narrowing a grid, against their closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from sim.errors import ParameterError
from sim.model.game.agreements import agreed_numbers
from sim.model.spec.game import AgreementMove

Number = Callable[[Sequence[float]], float]


def agreed(concept: str, one: Number, other: Number, disagreement=(0.0, 0.0), weight=0.5, bounds=((0.0, 1.0),)) -> list[float]:
    names = "xyz"[: len(bounds)]
    move = AgreementMove(by=["A", "B"], concept=concept, numbers=dict.fromkeys(names, ("0", "1")), payoffs={"A": "0", "B": "0"})
    found = agreed_numbers(move, lambda point: (one(point), other(point)), bounds, disagreement, weight)
    assert list(found) == list(names)
    return list(found.values())


def share(point):
    return point[0]


def rest(point):
    return 1.0 - point[0]


def test_the_weight_is_that_of_the_first():
    assert agreed("nash", share, rest, weight=0.3) == pytest.approx([0.3], abs=1e-10)


@pytest.mark.parametrize("concept", ["nash", "kalai_smorodinsky", "egalitarian"])
def test_what_is_divided_is_what_exceeds_disagreement(concept):
    assert agreed(concept, share, rest, disagreement=(0.2, 0.1)) == pytest.approx([0.55], abs=1e-11)


def test_the_most_that_one_may_hope_for_leaves_the_other_no_worse_off():
    """With u = (x, 1 - x^2) and (0, .5) without agreement the ideal is (sqrt .5, .5), and x / sqrt .5 = 1 - 2 x^2."""
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    found = agreed("kalai_smorodinsky", share, lambda p: 1.0 - p[0] ** 2, disagreement=(0.0, 0.5))
    assert found == pytest.approx([golden * math.sqrt(0.5)], abs=1e-10)


def test_the_largest_sum_leaves_nobody_worse_off_than_without():
    assert agreed("utilitarian", lambda p: 2.0 * p[0], rest) == [1.0]
    assert agreed("utilitarian", lambda p: 2.0 * p[0], rest, disagreement=(0.0, 0.5)) == pytest.approx([0.5], abs=1e-11)


def test_several_numbers_are_found_together():
    """A peak whose ridge runs across the axes: to climb along one axis alone does not reach it."""
    def hill(point):
        u, v = point[0] - 1.0 / 3.0, point[1] - math.sqrt(0.5)
        return 2.0 - u * u - v * v - 1.8 * u * v

    assert agreed("utilitarian", hill, hill, bounds=((0.0, 1.0), (0.0, 1.0))) == pytest.approx([1.0 / 3.0, math.sqrt(0.5)], abs=1e-11)


def test_a_log_roll_gives_each_what_it_cares_for():
    """Weights 3 to 1 and 1 to 3 on two numbers: the Nash solution is at the corner that both prefer to halves."""
    found = agreed("nash", lambda p: 3.0 * p[0] + p[1], lambda p: (1.0 - p[0]) + 3.0 * (1.0 - p[1]), bounds=((0.0, 1.0), (0.0, 1.0)))
    assert found == [1.0, 0.0]


def test_numbers_stay_within_their_bounds():
    assert agreed("nash", share, rest, bounds=((0.6, 0.9),)) == [0.6]
    assert agreed("nash", share, rest, bounds=((-3.0, 0.1),)) == [0.1]


@pytest.mark.parametrize("concept", ["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"])
def test_no_agreement_is_found_where_none_is_better_for_both(concept):
    with pytest.raises(ParameterError, match="no agreement gives both players more"):
        agreed(concept, share, rest, disagreement=(0.7, 0.7))


@pytest.mark.parametrize("concept", ["nash", "kalai_smorodinsky"])
def test_an_agreement_that_gives_nothing_is_none(concept):
    """At x = 0 both are as without agreement, and nowhere else are both no worse off."""
    with pytest.raises(ParameterError, match="no agreement gives both players more"):
        agreed(concept, share, lambda p: -p[0])
    assert agreed("egalitarian", share, lambda p: -p[0]) == [0.0]


def test_a_payoff_that_is_no_number_is_told_with_the_place():
    with pytest.raises(ParameterError, match="not finite at 0"):
        agreed("nash", lambda p: math.log(p[0]) if p[0] > 0.0 else -math.inf, rest)
