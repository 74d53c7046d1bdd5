"""Graph models and what is made of options."""

from __future__ import annotations

import pytest

from sim.errors import ParameterError
from sim.games.stability.concepts import analyse, coalition_improvements, coalitions
from sim.games.stability.graph import GraphModel, from_lists, set_of, states_in
from sim.games.stability.joint import reachable
from sim.games.stability.options import (
    MAX_OPTIONS,
    feasible_states,
    option_moves,
    ordered,
    ranks_by_statements,
)
from sim.games.stability.paths import improving_paths


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, ((),), ((),)), "needs a state"),
        ((1, (), ()), "at least one"),
        ((1, ((0,),), ()), "as many rankings"),
        ((2, ((0,),), ((0, 0),)), "expected 2 entries"),
        ((1, ((0,),), ((-1,),)), "ranks begin at 0"),
        ((2, ((1, 0),), ((0, 0),)), "leads to itself"),
        ((2, ((4, 0),), ((0, 0),)), "leads to itself or nowhere"),
    ],
)
def test_a_model_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        GraphModel(*arguments)


def test_sets_of_states_go_both_ways():
    assert list(states_in(set_of([5, 0, 70]))) == [0, 5, 70]


def test_nobody_moves_twice_in_succession():
    """0 goes 0 -> 1 -> 2 alone, which is no legal sequence; another between them makes it one."""
    alone = from_lists([[[1], [2], [], []], [[], [], [], []]], [[0] * 4] * 2)
    assert list(states_in(reachable(alone, (0, 1), 0))) == [1]
    relayed = from_lists([[[1], [], [], [2]], [[], [3], [], []]], [[0] * 4] * 2)
    assert list(states_in(reachable(relayed, (0, 1), 0))) == [1, 2, 3]


def test_several_opponents_deter_only_together():
    """From the improvement, one opponent alone leads to something better still; then the other makes it worse."""
    moves = [[[1], [], [], []], [[], [2], [], []], [[], [], [3], []]]
    ranks = [[2, 1, 0, 3], [0, 0, 0, 0], [0, 0, 0, 0]]
    found = analyse(from_lists(moves, ranks))
    assert [found.holds(concept, 0, 0) for concept in ("Nash", "GMR", "SMR", "SEQ")] == [False, True, True, False]


def test_indifference_deters_and_is_no_improvement():
    """An answer that leads back to an equally good state is enough; a move to one is none to make."""
    found = analyse(from_lists([[[1], []], [[], [0]]], [[1, 0], [0, 0]]))
    assert [found.holds(concept, 0, 0) for concept in ("Nash", "GMR", "SMR", "SEQ")] == [False, True, False, False]
    assert found.holds("Nash", 1, 1)


def test_coalitions_are_those_of_two_and_more():
    assert coalitions(3) == ((0, 1), (0, 2), (1, 2), (0, 1, 2))


def test_a_coalition_moves_only_where_every_member_gains():
    model = from_lists([[[1], [], []], [[], [2], []]], [[1, 2, 0], [1, 2, 0]])
    assert list(states_in(coalition_improvements(model, (0, 1), 0))) == [2]
    grudging = from_lists([[[1], [], []], [[], [2], []]], [[1, 2, 0], [1, 2, 1]])
    assert coalition_improvements(grudging, (0, 1), 0) == 0


def test_paths_are_shortest_and_of_improvements_alone():
    model = from_lists([[[1], [], [], []], [[3], [2], [], []]], [[3, 2, 0, 0], [2, 2, 1, 3]])
    assert {state: [tuple(step) for step in steps] for state, steps in improving_paths(model, 0).items()} == {
        1: [(0, 1)],
        2: [(0, 1), (1, 2)],
    }


# --- options ---


def test_states_are_numbered_by_their_combinations_and_merged_ones_come_last():
    states = feasible_states(3, lambda c: c == 0b011, [lambda c: bool(c & 0b100)])
    assert [state.combinations for state in states] == [(0,), (1,), (2,), (4, 5, 6, 7)]
    assert states[-1].values == (None, None, True)
    assert states[-1].taken == 0b100


def test_a_combination_belongs_to_the_first_condition_that_merges_it():
    states = feasible_states(2, lambda c: False, [lambda c: bool(c & 1), lambda c: bool(c & 2)])
    assert [state.combinations for state in states] == [(0,), (1, 3), (2,)]


def test_too_much_or_nothing_is_refused_with_what_would_work():
    with pytest.raises(ParameterError, match="17 options make 131,072") as error:
        feasible_states(MAX_OPTIONS + 1, lambda c: False)
    assert "at most 16" in error.value.hint
    with pytest.raises(ParameterError, match="no combination"):
        feasible_states(3, lambda c: True)
    with pytest.raises(ParameterError, match="4,096 states") as error:
        feasible_states(12, lambda c: False)
    assert "merged" in error.value.hint


def test_moves_change_own_options_alone_and_any_number_at_once():
    states = feasible_states(3, lambda c: False)
    assert list(states_in(option_moves(states, (0, 1))[0b100])) == [0b101, 0b110, 0b111]


def test_one_way_options():
    states = feasible_states(2, lambda c: False)
    taken = option_moves(states, (0, 1), stays_taken=0b01)
    assert [list(states_in(targets)) for targets in taken] == [[1, 2, 3], [3], [0, 1, 3], [1]]
    dropped = option_moves(states, (0, 1), stays_dropped=0b01)
    assert [list(states_in(targets)) for targets in dropped] == [[2], [0, 2, 3], [0], [0, 1, 2]]


def test_the_first_statement_outweighs_all_others_and_equal_states_tie():
    states = feasible_states(3, lambda c: False)
    ranks = ranks_by_statements(states, [lambda c: bool(c & 4), lambda c: bool(c & 1)])
    assert ordered(ranks) == ((5, 7), (4, 6), (1, 3), (0, 2))
