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
