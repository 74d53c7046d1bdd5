"""Each piece of the spatial models by itself: closed forms and edges."""

from __future__ import annotations

import numpy as np
import pytest

from sim.games.spatial.averages import weighted_mean, weighted_median
from sim.games.spatial.challenge import (
    CAPITULATES,
    COMPROMISES,
    CONFRONTED,
    STAYS,
    _moves,
    play_round,
    win_probabilities,
)
from sim.games.spatial.distance import distances, utility
from sim.games.spatial.first_turn import first_turn
from sim.games.spatial.nash import nash_point
from sim.games.spatial.position_probabilities import conditional, first_holders, markov_incentive, markov_uniform
from sim.games.spatial.risk import exponent_of_risk, risk_from_danger, risk_from_probability
from sim.games.spatial.rounds import play_rounds
from sim.games.spatial.voting import RESPONSES, coalitions, victory_probabilities, votes


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_median_lies_where_half_of_the_weight_is_reached():
    assert weighted_median(np.array([1.0, 2.0, 9.0]), np.array([1.0, 1.0, 1.5])) == 2.0
    assert weighted_median(np.array([9.0, 2.0, 1.0]), np.array([3.0, 1.0, 1.0])) == 9.0


def test_median_of_an_even_split_is_the_midpoint_and_weightless_actors_do_not_count():
    assert weighted_median(np.array([4.0, 5.0, 10.0]), np.array([1.0, 0.0, 1.0])) == 7.0
    assert weighted_mean(np.array([4.0, 5.0, 10.0]), np.array([1.0, 0.0, 3.0])) == 8.5


def test_distance_is_weighed_by_salience_and_is_nothing_to_who_does_not_care():
    places = np.array([[0.0, 0.0], [1.0, 0.5]])
    found = distances(places, np.array([[0.3, 0.4], [0.0, 0.0]]))
    assert found[0, 1] == pytest.approx(np.sqrt((0.09 * 1.0 + 0.16 * 0.25) / 0.25))
    assert found[1].tolist() == [0.0, 0.0]


def test_utility_bends_with_the_attitude_to_risk():
    assert utility(np.array([[0.5]]), np.array([1.0]))[0, 0] == 0.75
    assert utility(np.array([[0.5]]), np.array([-0.5]))[0, 0] == 0.375
    assert utility(np.array([[0.0, 1.0]]), np.array([0.7])).tolist() == [[1.0, 0.0]]


def test_nash_point_of_two_is_the_maximum_of_their_product():
    """At the ends of a scale with weights w and 1 - w: the root of w x / (1 - x^2) = (1 - w)(1 - x) / (1 - (1 - x)^2)."""
    weight = 0.3
    found = nash_point(column(0.0, 1.0), column(1.0, 1.0), np.array([weight, 1.0 - weight]))[0]
    grid = np.linspace(1e-6, 1.0 - 1e-6, 200_001)
    product = weight * np.log(1.0 - grid**2) + (1.0 - weight) * np.log(1.0 - (1.0 - grid) ** 2)
    assert found == pytest.approx(grid[product.argmax()], abs=6e-6)
    slope = -weight * 2 * found / (1 - found**2) + (1 - weight) * 2 * (1 - found) / (1 - (1 - found) ** 2)
    assert slope == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("level", [-0.5, -3.0])
def test_nash_point_of_two_with_a_worse_disagreement_solves_its_first_order_condition(level):
    weight, places = 0.3, column(0.0, 1.0)
    found = nash_point(places, column(1.0, 1.0), np.array([weight, 1.0 - weight]), level)[0]
    gains = 1.0 - level - found**2, 1.0 - level - (1.0 - found) ** 2
    assert weight * found / gains[0] == pytest.approx((1.0 - weight) * (1.0 - found) / gains[1], rel=1e-8)


def test_nash_point_beats_its_neighbours_in_three_dimensions():
    rng = np.random.default_rng(5)
    places, salient, strong = rng.random((6, 3)), rng.random((6, 3)), rng.random(6)

    def product(point: np.ndarray) -> float:
        apart = distances(places, salient, point[None, :])[:, 0]
        return float((strong * salient.sum(axis=1) * np.log(1.0 - apart**2)).sum())

    point = nash_point(places, salient, strong)
    best = product(point)
    assert all(
        product(point + 1e-3 * step) < best for step in np.vstack([np.eye(3), -np.eye(3), rng.normal(size=(20, 3))])
    )


def test_nash_point_nears_the_mean_as_disagreement_gets_worse():
    places, salient, strong = column(0.1, 0.4, 0.9), column(0.5, 1.0, 0.2), np.array([1.0, 2.0, 3.0])
    mean = weighted_mean(places[:, 0], strong * salient[:, 0])
    near = [abs(nash_point(places, salient, strong, level)[0] - mean) for level in (0.0, -10.0, -1e5)]
    assert near[0] > near[1] > near[2] and near[2] < 1e-5


def test_votes_follow_their_rule():
    gains = np.array([0.5, -0.5, 0.0])
    expected = {
        "binary": [1, -1, 0], "prop_binary": [0.6, -0.6, 0], "prop": [0.5, -0.5, 0], "prop_cubic": [0.3125, -0.3125, 0],
        "cubic": [0.125, -0.125, 0], "asymmetric": [1 / 3, -0.5, 0],
    }  # fmt: skip
    assert {name: RESPONSES[name](gains).tolist() for name in RESPONSES} == {
        name: pytest.approx(values) for name, values in expected.items()
    }


def test_coalitions_are_the_sums_of_positive_votes_and_victory_their_share():
    strong, worth = np.array([2.0, 1.0]), np.array([[1.0, 0.5], [0.2, 1.0]])
    cast = votes(strong, worth, "prop")
    assert cast[:, 0, 1].tolist() == pytest.approx([1.0, -0.8])
    strength = coalitions(strong, worth, "prop")
    assert strength[0, 1] == pytest.approx(1.0) and strength[1, 0] == pytest.approx(0.8)
    assert victory_probabilities(strength)[0, 1] == pytest.approx(1 / 1.8)
    assert victory_probabilities(strength, 2.0)[1, 0] == pytest.approx(0.64 / 1.64)
    assert np.diag(victory_probabilities(strength, 8.0)).tolist() == [0.5, 0.5]


def test_conditional_probability_is_the_product_of_victories():
    victory = np.array([[0.5, 0.8, 0.6], [0.2, 0.5, 0.5], [0.4, 0.5, 0.5]])
    products = np.array([0.48, 0.1, 0.2])
    assert conditional(victory, np.ones(3, bool)).tolist() == pytest.approx((products / products.sum()).tolist())
    assert conditional(victory, np.array([True, False, True]))[1] == 0.0


@pytest.mark.parametrize("chain", [markov_incentive, markov_uniform])
def test_a_chain_of_two_positions_rests_on_the_odds_of_victory(chain):
    """Of two the favourite changes with chance (challenge by i) x (victory of i); the stationary odds follow."""
    strength = np.array([[1e-12, 3.0], [1.0, 1e-12]])
    victory = victory_probabilities(strength)
    found = chain(strength, victory, np.ones(2, bool))
    challenge = (1.0, 1.0) if chain is markov_incentive else (0.5, 0.5)
    odds = (challenge[0] * victory[0, 1]) / (challenge[1] * victory[1, 0])
    assert found[0] / found[1] == pytest.approx(odds, rel=1e-9) and found.sum() == pytest.approx(1.0)


def test_equal_positions_count_once():
    places = np.array([[0.2, 0.2], [0.5, 0.5], [0.2, 0.2004], [0.2, 0.203]])
    assert first_holders(places).tolist() == [0, 1, 0, 3]
    turn = first_turn(column(0.1, 0.1, 0.8), column(1.0, 1.0, 1.0), np.array([1.0, 1.0, 1.0]))
    assert turn.probability[0] == turn.probability[1] and turn.of_positions.sum() == pytest.approx(1.0)
    assert turn.of_positions[1] == 0.0


def test_attitudes_to_risk_span_their_range_and_are_neutral_in_a_tie():
    assert risk_from_danger(np.array([1.0, 2.0, 5.0])).tolist() == [-1.0, -0.5, 1.0]
    assert risk_from_danger(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
    shares = np.array([0.1, 0.2, 0.7])
    middle = ((3 * shares - (0.7 + 0.2)) / (2 * 0.6)).tolist()
    assert risk_from_probability(shares, "mid").tolist() == pytest.approx(middle)
    assert risk_from_probability(shares, "min").tolist() == pytest.approx([0, 1 / 6, 1])
    assert risk_from_probability(shares, "max").tolist() == pytest.approx([-1, -2 / 3, 1])
    assert exponent_of_risk(np.array([-1.0, 0.0, 1.0])).tolist() == pytest.approx([2.0, 1.0, 0.5])


def test_chances_of_the_challenge_model_share_all_votes_on_all_pairs():
    places, weights = np.array([0.0, 1.0]), np.array([0.6, 0.4])
    found = win_probabilities(places, weights, np.ones(2), np.array(1.0))
    assert found.tolist() == [[0.0, 0.3], [0.2, 0.0]]  # the votes .6 and .4 over twice their sum


def moved(attack: float, threat: float, compromise: str = "published"):
    """Where the actor at 0 goes that sees these gains between itself and the one at 1, and how."""
    gains = np.array([[0.0, attack], [-1.0, 0.0]]), np.array([[0.0, threat], [-1.0, 0.0]])
    found = _moves(np.array([0.0, 1.0]), np.array(1.0), *gains, np.zeros(2), np.zeros(2), compromise)
    return int(found.kind[0]), float(found.positions[0])


@pytest.mark.parametrize(
    ("attack", "threat", "expected"),
    [
        (0.2, 0.3, (CONFRONTED, 1.0)),
        (0.3, 0.2, (STAYS, 0.0)),
        (-0.1, 0.4, (COMPROMISES, 0.25)),
        (-0.4, 0.1, (CAPITULATES, 1.0)),
        (-0.4, -0.1, (STAYS, 0.0)),
        (0.0, 0.3, (STAYS, 0.0)),
        (0.3, 0.3, (STAYS, 0.0)),
    ],
)
def test_what_an_actor_is_made_to_do_follows_from_the_two_gains(attack, threat, expected):
    assert moved(attack, threat) == expected


def test_of_several_compromises_the_published_rule_takes_the_lowest_average_and_the_other_the_nearest():
    attack = np.array([[0, -0.3, -0.2], [0, 0, 0], [0, 0, 0]], float)
    threat = np.array([[0, 0.6, 0.4], [0, 0, 0], [0, 0, 0]], float)
    places = np.array([5.0, 0.0, 6.0])
    for rule, target in (("published", 2.5), ("least_move", 5.5)):
        found = _moves(places, np.array(6.0), attack, threat, np.zeros(3), np.zeros(3), rule)
        assert found.positions[0] == target


def test_of_equally_near_offers_the_more_pressing_one_counts_whatever_the_order():
    places, unit, none = np.array([5.0, 2.0, 8.0]), np.array(6.0), np.zeros(3)
    for lower, upper, target in ((0.2, 0.3, 8.0), (0.3, 0.2, 2.0), (0.2, 0.2, 2.0)):
        attack = np.array([[0, 0.1, 0.1], [0, 0, 0], [0, 0, 0]], float)
        threat = np.array([[0, lower, upper], [0, 0, 0], [0, 0, 0]], float)
        assert _moves(places, unit, attack, threat, none, none, "published").positions[0] == target
        order = [0, 2, 1]
        other = _moves(places[order], unit, attack, threat[:, order], none, none, "published")
        assert other.positions[0] == target


def test_after_the_end_nobody_moves_though_rounds_are_left():
    """A rule that is content with any move ends after the first round."""
    rng = np.random.default_rng(4)
    rounds = play_rounds(rng.random(6), rng.random(6), rng.random(6), most=5, settled=1.0)
    assert (int(rounds.played), bool(rounds.settled)) == (1, True)
    assert (rounds.positions[1] != rounds.positions[0]).any() and (rounds.positions[1:] == rounds.positions[1]).all()
    assert (rounds.kind[1:] == STAYS).all()


def test_nobody_moves_where_all_agree():
    places = np.full(4, 3.0)
    found = play_round(places, np.ones(4), np.full(4, 0.5), np.array(0.0))
    assert found.positions.tolist() == places.tolist() and set(found.kind.tolist()) == {STAYS}
    rounds = play_rounds(places, np.ones(4), np.full(4, 0.5))
    assert (int(rounds.played), bool(rounds.settled)) == (1, True)


def test_a_single_actor_gets_its_way():
    one = np.array([[0.3]])
    assert play_rounds(one[:, 0], np.ones(1), np.ones(1)).median.tolist() == pytest.approx([0.3] * 11)
    assert nash_point(one, np.ones((1, 1)), np.ones(1)).tolist() == [0.3]
    turn = first_turn(one, np.ones((1, 1)), np.ones(1))
    assert turn.probability.tolist() == [1.0] and turn.risk.tolist() == [0.0]


def test_rounds_end_when_nobody_moves_and_then_stay():
    """The second dimension of KTAB's seven actors."""
    places = np.array([6.37, 73.5, 90.89, 50.82, 45.77, 33.7, 33.46])
    strong = np.array([102.543, 53.393, 129.643, 75.92, 63.224, 120.048, 54.178])
    salient = np.array([0.0591, 0.2122, 0.1355, 0.3924, 0.2543, 0.3935, 0.2793])
    rounds = play_rounds(places, strong, salient, most=30)
    assert bool(rounds.settled) and rounds.played < 30
    last = int(rounds.played)
    assert (rounds.positions[last:] == rounds.positions[last]).all()


def test_more_rounds_do_not_change_the_first_ones():
    rng = np.random.default_rng(2)
    table = rng.random(6), rng.random(6), rng.random(6)
    short, long = (play_rounds(*table, most=number) for number in (3, 12))
    assert long.positions[:4].tolist() == short.positions.tolist()


def test_draws_side_by_side_are_draws_one_by_one():
    """Every function may have leading axes; a block of tables gives what each gives alone."""
    rng = np.random.default_rng(9)
    places, salient, strong = rng.random((5, 7, 2)), rng.random((5, 7, 2)), rng.random((5, 7))
    together = first_turn(places, salient, strong, "prop_cubic", 1.0, "markov_incentive")
    points = nash_point(places, salient, strong)
    rounds = play_rounds(places[..., 0], strong, salient[..., 0])
    for number in range(5):
        alone = first_turn(places[number], salient[number], strong[number], "prop_cubic", 1.0, "markov_incentive")
        assert together.probability[number] == pytest.approx(alone.probability, abs=1e-12)
        assert points[number] == pytest.approx(nash_point(places[number], salient[number], strong[number]), abs=1e-9)
        single = play_rounds(places[number, :, 0], strong[number], salient[number, :, 0])
        assert rounds.positions[number] == pytest.approx(single.positions, abs=1e-9)
