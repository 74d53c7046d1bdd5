"""Published conflicts and the games of the textbooks, by the graph model.

Elmira: decision makers, options, nine states, their order and equilibria as in Hipel, Fang, Kilgour and Haight (1993) and
Kilgour, Hipel, Fang and Peng (2001). Missiles: options, preference vectors and the two equilibria of Fraser and Hipel
(1982), where outcomes carry the number that their options make in binary; ours is that number and one. All of it is from
memory of these publications; none of their text was at hand.
"""

from __future__ import annotations

import pytest

from sim import resources
from sim.games.stability.concepts import CONCEPTS, analyse, coalition_improvements
from sim.games.stability.graph import from_lists, states_in
from sim.games.stability.options import ordered
from sim.model.stability.load import load_conflict


@pytest.fixture(scope="module")
def elmira():
    return load_conflict(resources.conflict_path("elmira")).conflict


@pytest.fixture(scope="module")
def missiles():
    return load_conflict(resources.conflict_path("missiles")).conflict


def numbers(states):
    return [state + 1 for state in states_in(states)]


def orders(conflict):
    return [[[state + 1 for state in group] for group in ordered(ranks)] for ranks in conflict.model.ranks]


def strictly(*numbers_in_order):
    return [[number] for number in numbers_in_order]


def test_elmira_has_its_nine_states_in_the_published_order(elmira):
    signs = [elmira.signs(state) for state in range(len(elmira.states))]
    assert signs == ["NYNNN", "YYNNN", "NNYNN", "YNYNN", "NYNNY", "YYNNY", "NNYNY", "YNYNY", "---Y-"]


def test_statements_of_elmira_give_the_published_rankings(elmira):
    ministry, uniroyal, local = orders(elmira)
    assert ministry == strictly(7, 3, 4, 8, 5, 1, 2, 6, 9)
    assert uniroyal == strictly(1, 4, 8, 5, 9, 3, 7, 2, 6)
    assert local == strictly(7, 3, 5, 1, 8, 6, 4, 2, 9)


def test_moves_of_elmira(elmira):
    """The order once modified stays so, and so does an accepted one; nothing leaves abandoned works."""
    ministry, uniroyal, local = ([numbers(targets) for targets in table] for table in elmira.model.moves)
    assert ministry == [[2], [], [4], [], [6], [], [8], [], []]
    assert uniroyal == [[3, 9], [4, 9], [9], [9], [7, 9], [8, 9], [9], [9], []]
    assert local == [[5], [6], [7], [8], [1], [2], [3], [4], []]


def test_equilibria_of_elmira(elmira):
    equilibria = analyse(elmira.model).equilibria
    assert {concept: numbers(equilibria[concept]) for concept in CONCEPTS} == {
        "Nash": [5, 8, 9],
        "GMR": [1, 4, 5, 8, 9],
        "SMR": [1, 4, 5, 8, 9],
        "SEQ": [5, 8, 9],
    }


def test_elmira_jumps_from_one_equilibrium_to_another_when_two_act_together(elmira):
    """What happened in 1991: the ministry modified the order and Uniroyal accepted it."""
    model = elmira.model
    assert numbers(coalition_improvements(model, (0, 1), 4)) == [8]
    assert [coalition_improvements(model, group, 7) for group in ((0, 1), (0, 2), (1, 2), (0, 1, 2))] == [0, 0, 0, 0]


def test_equilibria_of_the_missile_crisis_are_the_withdrawals(missiles):
    """Outcomes 4 (the missiles are withdrawn) and 6 (under a blockade)."""
    equilibria = analyse(missiles.model).equilibria
    assert [state - 1 for state in numbers(equilibria["SEQ"])] == [4, 6]
    assert equilibria["Nash"] == 0


def test_stability_of_the_missile_crisis_by_government(missiles):
    """r, s and u of the published tableau: rational, sequentially sanctioned, unstable."""
    found = analyse(missiles.model)

    def letters(player, outcomes):
        return "".join(
            "r" if found.holds("Nash", player, state) else "s" if found.holds("SEQ", player, state) else "u"
            for state in outcomes
        )

    assert letters(0, [4, 6, 5, 7, 2, 1, 3, 0, 11, 9, 10, 8]) == "rsuuruuuruuu"
    assert letters(1, [0, 4, 6, 2, 5, 1, 7, 3, 11, 9, 10, 8]) == "rsrururuuuuu"


# Two by two games: state 0 both give in, 1 the row player holds out, 2 the column player, 3 both.
MOVES = ([[1], [0], [3], [2]], [[2], [3], [0], [1]])


def two_by_two(row, column):
    """The model of a game in which both payoffs are given by state."""
    return from_lists(MOVES, [[-value + 4 for value in row], [-value + 4 for value in column]])


def test_prisoners_dilemma():
    """Mutual defection alone is Nash; cooperation is held by GMR, SMR and SEQ. As Fang, Hipel and Kilgour (1993) have it."""
    equilibria = analyse(two_by_two([3, 4, 1, 2], [3, 1, 4, 2])).equilibria
    assert {concept: list(states_in(equilibria[concept])) for concept in CONCEPTS} == {
        "Nash": [3],
        "GMR": [0, 3],
        "SMR": [0, 3],
        "SEQ": [0, 3],
    }


def test_chicken():
    """One gives in: Nash. Both give in: held by the threat of a crash, which nobody would gain by."""
    equilibria = analyse(two_by_two([3, 4, 2, 1], [3, 2, 4, 1])).equilibria
    assert {concept: list(states_in(equilibria[concept])) for concept in CONCEPTS} == {
        "Nash": [1, 2],
        "GMR": [0, 1, 2],
        "SMR": [0, 1, 2],
        "SEQ": [1, 2],
    }
