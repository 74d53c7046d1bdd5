"""What one move does in a history: who learns what, what is paid and how it counts, which row of a table applies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.played import columns_of, game_scenario
from tests.statistics_helpers import assert_rate

FEW = 60
KIND = {"kind": {"of": "A", "classes": {"weak": ".9", "tough": ".1"}}}
TELL = {"kind": "number", "by": "B"}


def played(game: dict[str, Any], *names: str, histories: int = FEW) -> list[np.ndarray]:
    return columns_of(game_scenario(game), histories, *names)


def values(column: np.ndarray) -> set[float]:
    return {round(float(value), 9) for value in column}


# Beliefs


def test_before_any_move_others_believe_what_is_drawn_by():
    (told,) = played({"types": KIND, "first": "tell", "moves": {"tell": TELL}, "strategies": {"tell": "belief.kind.tough"}}, "move:tell")
    assert values(told) == {0.1}


@pytest.mark.parametrize(("demand", "believed"), [("if(type.kind.tough, .8, .2)", {0.0, 1.0}), (".5", {0.1})])
def test_a_number_tells_of_the_type_that_would_have_named_it(demand, believed):
    game = {
        "types": {"kind": {"of": "A", "classes": {"weak": ".9", "tough": ".1"}}}, "first": "demand",
        "moves": {"demand": {"kind": "number", "by": "A", "then": "tell"}, "tell": TELL},
        "strategies": {"demand": demand, "tell": "belief.kind.tough"},
    }  # fmt: skip
    told, kind = played(game, "move:tell", "type:kind")
    assert values(told) == believed
    if len(believed) > 1:
        assert np.array_equal(told == 1.0, kind == "tough")


def test_choices_made_at_once_tell_of_types_too():
    stage = {
        "kind": "simultaneous", "by": ["B", "A"], "options": {"A": ["u", "d"], "B": ["l", "r"]},
        "payoffs": {"A": [[0, 0], [0, 0]], "B": [[0, 0], [0, 0]]}, "then": "tell",
    }  # fmt: skip
    game = {
        "types": {"kind": {"of": "A", "classes": {"weak": ".5", "tough": ".5"}}}, "first": "stage", "moves": {"stage": stage, "tell": TELL},
        "strategies": {"stage": {"A": {"u": "if(type.kind.tough, 1, 0)"}, "B": {"l": 1}}, "tell": "belief.kind.tough"},
    }  # fmt: skip
    told, kind = played(game, "move:tell", "type:kind")
    assert np.array_equal(told == 1.0, kind == "tough") and values(told) == {0.0, 1.0}


def test_classes_are_drawn_by_their_chances():
    types = {"kind": {"of": "A", "classes": {"one": ".2", "two": ".3", "three": ".5"}}}
    (kind,) = played({"types": types, "first": "tell", "moves": {"tell": TELL}, "strategies": {"tell": "0"}}, "type:kind", histories=400)
    for name, chance in (("one", 0.2), ("two", 0.3), ("three", 0.5)):
        assert_rate(int((kind == name).sum()), 400, chance)


# Payments


def test_payoffs_of_one_move_do_not_read_one_another():
    pay = {"kind": "chance", "options": {"x": {"payoffs": {"A": "1 + payoff.B", "B": "1 + payoff.A"}}}}
    assert [values(column) for column in played({"first": "pay", "moves": {"pay": pay}}, "payoff:A", "payoff:B")] == [{1.0}, {1.0}]


def test_every_period_that_passes_is_discounted():
    moves = {
        "one": {"kind": "chance", "options": {"x": {"takes": 1, "then": "two"}}},
        "two": {"kind": "chance", "options": {"x": {"takes": 2, "then": "pay"}}},
        "pay": {"kind": "chance", "options": {"x": {"payoffs": {"A": 1, "B": 1}}}},
    }
    game = {"players": {"A": {"discount": ".9"}, "B": {"discount": ".5"}}, "first": "one", "moves": moves}
    assert [values(column) for column in played(game, "payoff:A", "payoff:B")] == [{0.729}, {0.125}]


def test_shares_of_a_later_division_count_less():
    """All say no the first time; a round later the proposer keeps .6 and two partners have .2 each, at a half."""
    split = {"kind": "division", "by": "C", "rule": "majority", "fails": {"takes": 1, "then": "split"}}
    game = {
        "players": {"C": {"members": "5", "discount": ".5"}}, "first": "split", "moves": {"split": split},
        "strategies": {"split": {"share": ".2", "accept": "times.split > 0"}},
    }  # fmt: skip
    assert values(played(game, "payoff:C")[0]) == {0.0, 0.1, 0.3}


def test_partners_are_offered_no_more_than_there_is():
    split = {"kind": "division", "by": "C", "rule": "unanimity", "pie": "3"}
    game = {"players": {"C": {"members": "4"}}, "first": "split", "moves": {"split": split},
            "strategies": {"split": {"share": "2", "accept": "1"}}}  # fmt: skip
    share, paid = played(game, "move:split", "payoff:C")
    assert values(share) == {1.0} and values(paid) == {0.0, 1.0}


def test_cells_of_a_stage_are_those_of_the_players_in_order():
    stage = {
        "kind": "simultaneous", "by": ["A", "B"], "options": {"A": ["u", "d"], "B": ["l", "m", "r"]},
        "payoffs": {"A": [[1, 2, 3], [4, 5, 6]], "B": [[0, 0, 0], [0, 0, 0]]},
    }  # fmt: skip
    strategies = {"stage": {"A": {"u": ".5"}, "B": {"l": ".3", "m": ".3"}}}
    paid, one, other = played({"first": "stage", "moves": {"stage": stage}, "strategies": strategies}, "payoff:A", "option:stage.A",
                              "option:stage.B")  # fmt: skip
    assert [float(x) for x in paid] == [1 + 3 * "ud".index(a) + "lmr".index(b) for a, b in zip(one, other, strict=True)]
    assert len(set(paid)) == 6


# Numbers and votes


@pytest.mark.parametrize(("named", "kept"), [("-1", 0.25), (".5", 0.5), ("2", 0.75)])
def test_a_number_is_kept_within_both_bounds(named, kept):
    game = {"first": "tell", "moves": {"tell": {**TELL, "between": [".25", ".75"]}}, "strategies": {"tell": named}}
    assert values(played(game, "move:tell")[0]) == {kept}


@pytest.mark.parametrize(("already", "taken"), [("0", "fails"), ("2", "fails"), ("3", "passes")])
def test_votes_that_are_certain_count(already, taken):
    vote = {"kind": "vote", "by": "C", "rule": "3", "already": already}
    game = {"players": {"C": {"members": "5"}}, "first": "vote", "moves": {"vote": vote}, "strategies": {"vote": "0"}}
    assert set(played(game, "option:vote")[0]) == {taken}


def test_a_vote_passes_with_as_many_as_are_needed():
    game = {"players": {"C": {"members": "3"}}, "first": "vote", "moves": {"vote": {"kind": "vote", "by": "C", "rule": "unanimity"}},
            "strategies": {"vote": "1"}}  # fmt: skip
    assert set(played(game, "option:vote")[0]) == {"passes"}


# Tables of play


def test_the_row_of_a_table_is_that_of_all_that_was_seen():
    """B knows its type and has seen a number; it takes what pays, which for each pair of them is something else."""
    moves = {
        "name": {"kind": "chance", "options": {"a": {"probability": ".5", "then": "pick"}, "b": {"probability": ".3", "then": "pick"},
                                               "c": {"then": "pick"}}},
        "pick": {"kind": "choice", "by": "B", "options": {
            "x": {"payoffs": {"B": "if((move.name.a and type.t.u) or (move.name.c and type.t.v), 1, 0)"}}, "y": {"payoffs": {"B": ".5"}},
        }},
    }  # fmt: skip
    game = {"types": {"t": {"of": "B", "classes": {"u": ".4", "v": ".6"}}}, "first": "name", "moves": moves}
    name, kind, pick = played(game, "option:name", "type:t", "option:pick", histories=200)
    wanted = ((name == "a") & (kind == "u")) | ((name == "c") & (kind == "v"))
    assert np.array_equal(pick == "x", wanted) and 20 < wanted.sum() < 180


def test_types_stand_in_the_middle_of_equal_parts_where_a_game_is_solved():
    game = {"types": {"t": {"of": "B", "dist": "uniform", "low": 0, "high": 1}}, "points": 5, "first": "pick",
            "moves": {"pick": {"kind": "choice", "by": "B", "options": {"x": {"payoffs": {"B": "type.t"}}, "y": {}}}}}  # fmt: skip
    assert values(played(game, "type:t", histories=200)[0]) == {0.1, 0.3, 0.5, 0.7, 0.9}
