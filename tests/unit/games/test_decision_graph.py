"""Graphs of decisions: values, reach, logit players, gains, and games that return to an earlier position."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.errors import ParameterError
from sim.games.decision_graph import DecisionGraph

SIX_DIGITS = 5.001e-7


def graph(players, sets, edges, roots):
    """A graph from edges (node, child, set, option, chance, payoffs, discounts); ``sets`` are (player, number of options)."""
    starts = np.concatenate([[0], np.cumsum([size for _, size in sets])]).astype(np.int64)
    node, child, group, option, chance, paid, later = zip(*edges, strict=True)
    return DecisionGraph(
        players=players,
        set_player=np.array([player for player, _ in sets], dtype=np.int64),
        set_start=starts,
        edge_node=np.array(node),
        edge_child=np.array(child),
        edge_choice=np.array([-1 if s < 0 else starts[s] + o for s, o in zip(group, option, strict=True)]),
        edge_chance=np.array(chance, dtype=float),
        edge_payoff=np.array(paid, dtype=float),
        edge_discount=np.array(later, dtype=float),
        roots=np.array(roots, dtype=float),
    )


def simultaneous(one, two):
    """Two players with two options each, the second not seeing what the first does."""
    edges = [(0, 1 + a, 0, a, math.nan, (0, 0), (1, 1)) for a in (0, 1)]
    edges += [(1 + a, -1, 1, b, math.nan, (one[a][b], two[a][b]), (1, 1)) for a in (0, 1) for b in (0, 1)]
    return graph(("A", "B"), [(0, 2), (1, 2)], edges, [1, 0, 0])


CHICKEN = simultaneous([[0, -1], [1, -10]], [[0, 1], [-1, -10]])
STAY_OR_LEAVE = graph(
    ("A",), [(0, 2)], [(0, 0, 0, 0, math.nan, (1.0,), (0.9,)), (0, -1, 0, 1, math.nan, (5.0,), (1.0,))], [1]
)


def test_logit_players_of_chicken_stand_as_often_as_the_table_says():
    """verification.md T13: .224159, where plain repeated replies leave the symmetric branch for good."""
    strategy = CHICKEN.logit(np.array([1.0, 1.0]))
    assert strategy[[1, 3]] == pytest.approx([0.224159] * 2, abs=SIX_DIGITS)


def test_a_player_who_hardly_errs_is_near_the_mixed_equilibrium_and_gains_nothing():
    strategy = CHICKEN.logit(np.array([500.0, 500.0]))
    assert strategy[[1, 3]] == pytest.approx([0.1, 0.1], abs=2e-3)
    assert CHICKEN.gains(np.array([0.9, 0.1, 0.9, 0.1])) == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_gain_is_what_the_better_option_brings():
    assert CHICKEN.gains(np.array([1.0, 0.0, 1.0, 0.0])) == pytest.approx([1.0, 1.0])


def test_precisions_differ_by_information_set():
    """A replies best to a B who mixes evenly: standing brings -4.5, giving way -.5."""
    strategy = CHICKEN.logit(np.array([math.inf, 0.0]))
    assert strategy == pytest.approx([1.0, 0.0, 0.5, 0.5])


def test_values_of_a_game_that_returns_are_those_of_the_geometric_series():
    stays = np.array([1.0, 0.0])
    assert STAY_OR_LEAVE.levels is None
    assert STAY_OR_LEAVE.values(stays)[0, 0] == pytest.approx(10.0)
    assert STAY_OR_LEAVE.values(np.array([0.5, 0.5]))[0, 0] == pytest.approx((0.5 + 2.5) / (1.0 - 0.45))
    assert STAY_OR_LEAVE.reach(np.array([0.5, 0.5]))[0] == pytest.approx(2.0)
    assert STAY_OR_LEAVE.logit(np.array([math.inf])) == pytest.approx([1.0, 0.0])


def test_play_without_end_and_discount_is_refused():
    forever = graph(("A",), [(0, 1)], [(0, 0, 0, 0, math.nan, (1.0,), (1.0,))], [1])
    with pytest.raises(ParameterError, match="for ever"):
        forever.values(np.array([1.0]))


def test_what_is_hidden_is_weighed_by_how_often_it_is_the_case():
    """Nature draws a good (3 of 4) or a bad case; the player buys for 1 without seeing which: 2 if good, 0 if bad."""
    edges = [(0, 1, -1, 0, 0.75, (0,), (1,)), (0, 2, -1, 0, 0.25, (0,), (1,))]
    edges += [(n, -1, 0, option, math.nan, (pay,), (1,)) for n, good in ((1, 2), (2, 0)) for option, pay in ((0, good - 1), (1, 0))]
    found = graph(("A",), [(0, 2)], edges, [1, 0, 0])
    assert not found.knows_position
    assert found.option_values(found.uniform()) == pytest.approx([0.5, 0.0])


def test_means_at_ends_are_weighed_by_how_often_they_are_reached():
    crash = np.zeros(len(CHICKEN.edge_node))
    crash[-1] = 1.0
    assert CHICKEN.expected(np.array([0.9, 0.1, 0.9, 0.1]), crash) == pytest.approx(0.01)


# A may stop, or be paid 1 and let B choose a period later, which then counts half to A and a quarter to B.
TWO_STAGES = graph(
    ("A", "B"),
    [(0, 2), (1, 2)],
    [
        (0, -1, 0, 0, math.nan, (0, 0), (1, 1)),
        (0, 1, 0, 1, math.nan, (1, 0), (0.5, 0.25)),
        (1, -1, 1, 0, math.nan, (2, 8), (1, 1)),
        (1, -1, 1, 1, math.nan, (4, 4), (1, 1)),
    ],
    [1, 0],
)
MIXED = np.array([0.2, 0.8, 0.25, 0.75])


def test_later_payoffs_count_by_the_discount_of_each_player():
    assert TWO_STAGES.values(MIXED) == pytest.approx(np.array([[2.2, 1.0], [3.5, 5.0]]))
    assert TWO_STAGES.option_values(MIXED) == pytest.approx([0.0, 2.75, 8.0, 4.0])


def test_a_position_is_reached_as_often_as_play_leads_there():
    """For a player each visit counts as its payoffs then do."""
    assert TWO_STAGES.reach(MIXED) == pytest.approx([1.0, 0.8])
    assert TWO_STAGES.reach(MIXED, 0) == pytest.approx([1.0, 0.4])
    assert TWO_STAGES.reach(MIXED, 1) == pytest.approx([1.0, 0.2])
    assert STAY_OR_LEAVE.reach(np.array([0.5, 0.5]), 0) == pytest.approx([1.0 / (1.0 - 0.45)])


def test_a_gain_seen_from_the_start_is_that_where_it_is_made_times_reach_and_discount():
    assert TWO_STAGES.gains(MIXED) == pytest.approx([0.55, 3.0])
    assert TWO_STAGES.expected_gains(MIXED) == pytest.approx([0.55, 0.2 * 3.0])


def test_what_is_never_reached_is_worth_nothing_from_the_start():
    stops = np.array([1.0, 0.0, 0.25, 0.75])
    assert TWO_STAGES.gains(stops) == pytest.approx([2.75, 3.0])
    assert TWO_STAGES.expected_gains(stops) == pytest.approx([2.75, 0.0])


def test_best_replies_go_backwards_through_discounts():
    assert TWO_STAGES.logit(np.array([math.inf, math.inf])).tolist() == [0.0, 1.0, 1.0, 0.0]


def test_logit_replies_go_backwards_through_discounts():
    """B takes 8 rather than 4 with logistic(4 x); what A expects of it follows, halved."""
    chance = 1.0 / (1.0 + math.exp(-4.0 * 0.1))
    worth = 1.0 + 0.5 * (2.0 * chance + 4.0 * (1.0 - chance))
    go = 1.0 / (1.0 + math.exp(-0.3 * worth))
    assert TWO_STAGES.logit(np.array([0.3, 0.1])) == pytest.approx([1.0 - go, go, chance, 1.0 - chance])


def test_of_equal_options_a_best_reply_takes_the_first():
    tie = graph(("A",), [(0, 3)], [(0, -1, 0, n, math.nan, (pay,), (1,)) for n, pay in enumerate((1.0, 2.0, 2.0))], [1])
    assert tie.logit(np.array([math.inf])).tolist() == [0.0, 1.0, 0.0]


def test_one_who_errs_replies_to_one_who_does_not():
    """A gives way to a B who stands with logistic(2), which is what standing is worth to B at precision 2."""
    stand = 1.0 / (1.0 + math.exp(-2.0))
    assert CHICKEN.logit(np.array([math.inf, 2.0])) == pytest.approx([1.0, 0.0, 1.0 - stand, stand], abs=1e-9)


def test_play_at_once_without_end_is_weighed_by_what_counts():
    """A dilemma for ever: 3 each round, 1 once somebody has defected; at .5 a round 6, where defecting brings 5 and then 1."""
    edges = []
    for first, paid in ((0, ((3.0, 3.0), (0.0, 5.0), (5.0, 0.0), (1.0, 1.0))), (3, ((3.0, 3.0), (0.0, 5.0), (5.0, 0.0), (1.0, 1.0)))):
        grim = first == 3
        for a in (0, 1):
            edges.append((first, first + 1 + a, 2 * grim, a, math.nan, (0, 0), (1, 1)))
        for a in (0, 1):
            for b in (0, 1):
                after = 0 if not grim and a == b == 0 else 3
                edges.append((first + 1 + a, after, 2 * grim + 1, b, math.nan, paid[2 * a + b], (0.5, 0.5)))
    found = graph(("A", "B"), [(0, 2), (1, 2), (0, 2), (1, 2)], edges, [1, 0, 0, 0, 0, 0])
    trigger = np.array([1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    assert found.values(trigger)[0] == pytest.approx([6.0, 6.0])
    assert found.option_values(trigger)[:4] == pytest.approx([6.0, 6.0, 6.0, 6.0])  # the temptation just does not pay
    assert found.expected_gains(trigger) == pytest.approx([0.0] * 4, abs=1e-12)
    answer = found.logit(np.full(4, 0.7))
    worth = found.option_values(answer)
    assert answer[0::2] == pytest.approx(1.0 / (1.0 + np.exp(0.7 * (worth[1::2] - worth[0::2]))), abs=1e-8)


def test_of_play_without_end_each_visit_counts_as_payoffs_of_the_mover_then_do():
    """A first position and all later ones look alike to A: at a half each period they weigh the same, to B one to nine."""
    edges = [
        (n, 1, 0, option, math.nan, (0.0, paid), (0.9, 0.5))
        for n, option, paid in ((0, 0, 4.0), (0, 1, 0.0), (1, 0, 0.0), (1, 1, 1.0))
    ]  # fmt: skip
    found = graph(("B", "A"), [(1, 2)], edges, [1, 0])
    assert found.values(found.uniform())[:, 1] == pytest.approx([2.5, 1.0])
    assert found.option_values(found.uniform()) == pytest.approx([2.5, 1.0])


def test_play_that_returns_is_followed_until_values_settle():
    """5 for certain, or 1 a period for ever, worth 10: which is more shows only after some rounds."""
    edges = [(0, -1, 0, 0, math.nan, (5.0,), (1.0,)), (0, 1, 0, 1, math.nan, (0.0,), (1.0,)), (1, 1, -1, 0, 1.0, (1.0,), (0.9,))]
    assert graph(("A",), [(0, 2)], edges, [1, 0]).logit(np.array([math.inf])).tolist() == [0.0, 1.0]
