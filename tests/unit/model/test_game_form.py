"""A game as flat lists, and which of its quantities a player knows."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.model.game.form import cells, results_of, types_in_order, units_of, votes_needed, whole
from sim.model.game.names import has_belief, hidden_from
from sim.model.spec.game import Game, SimultaneousMove, VoteMove
from tests.played import case_from, game_scenario


def vote(rule: str) -> VoteMove:
    return VoteMove(by="C", rule=rule)


@pytest.mark.parametrize(("rule", "size", "needed"), [
    ("unanimity", 5, 5), ("unanimity", 1, 1), ("majority", 5, 3), ("majority", 6, 4), ("majority", 1, 1), ("2", 5, 2), ("5", 5, 5),
])  # fmt: skip
def test_votes_that_are_needed(rule, size, needed):
    """A majority is more than half: of an even group one more than half of it."""
    assert votes_needed("poll", vote(rule), {"C": size}, float) == needed


@pytest.mark.parametrize("rule", ["0", "6", "2.5"])
def test_a_rule_that_no_vote_can_meet_is_refused(rule):
    with pytest.raises(ScenarioError, match=r"game\.moves\.poll\.rule: expected a whole number from 1 to 5"):
        votes_needed("poll", vote(rule), {"C": 5}, float)


def test_whole_numbers():
    assert (whole(1.0, "x", 3), whole(3.0, "x", 3)) == (1, 3)
    for wrong in (0.0, 4.0, 1.5, float("nan")):
        with pytest.raises(ScenarioError):
            whole(wrong, "x", 3)


def test_cells_go_through_the_options_of_the_last_player_first():
    assert cells([2, 3]) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    tables = {"A": [["a", "b", "c"], ["d", "e", "f"]]}
    move = SimultaneousMove(by=["A", "B"], options={"A": ["u", "d"], "B": ["l", "m", "r"]}, payoffs=tables)
    assert [result.payoffs["A"] for result in results_of("stage", move)] == list("abcdef")


# What is known


def game(**parts) -> Game:
    moves = {
        "show": {"kind": "choice", "by": "A", "options": {"x": {}, "y": {}}},
        "deal": {"kind": "agreement", "by": ["A", "B"], "numbers": {"z": [0, 1]}, "payoffs": {"A": "0", "B": "0"}},
        "poll": {"kind": "vote", "by": "C"},
        "name": {"kind": "number", "by": "A"},
    }
    hidden = parts.pop("hidden", [])
    moves = {name: {**move, **({"unseen_by": ["B"]} if name in hidden else {})} for name, move in moves.items()}
    return Game.model_validate({"players": {"A": {}, "B": {}, "C": {"members": 3}}, "first": "show", "moves": moves, **parts})


def test_a_type_is_known_to_whom_it_is_of():
    found = game(types={"own": {"of": "A", "classes": {"u": 1, "v": 0}}, "luck": {"dist": "uniform", "low": 0, "high": 1}})
    assert {"type.own", "type.own.u", "type.own.v", "member.own"} <= set(hidden_from(found, "B"))
    assert "type.own" not in hidden_from(found, "A")
    for player in ("A", "B", None):
        assert hidden_from(found, player)["type.luck"] == "nobody knows it"
    assert "only A knows it" in hidden_from(found, None)["type.own.u"]


@pytest.mark.parametrize(("move", "names"), [
    ("show", {"times.show", "times.show.x", "move.show.x", "move.show.y"}),
    ("name", {"move.name", "times.name"}),
    ("poll", {"votes.poll", "move.poll.passes", "times.poll.fails"}),
    ("deal", {"move.deal.z"}),
])  # fmt: skip
def test_nothing_is_known_of_a_move_that_is_unseen(move, names):
    assert names <= set(hidden_from(game(hidden=[move]), "B"))
    assert not names & set(hidden_from(game(hidden=[move]), "A"))


def test_payoffs_of_others_are_hidden_where_there_are_types():
    """They might tell what others know."""
    types = {"own": {"of": "A", "classes": {"u": 1, "v": 0}}}
    assert {"payoff.A", "payoff.C"} <= set(hidden_from(game(types=types), "B"))
    assert "payoff.B" not in hidden_from(game(types=types), "B") and not hidden_from(game(), "B")
    assert "payoff.B" not in hidden_from(game(types=types), "A")  # the only type is its own


@pytest.mark.parametrize(("types", "expected"), [
    ({"t": {"of": "A", "classes": {"u": ".5", "v": ".5"}}}, True),
    ({"t": {"classes": {"u": ".5", "v": ".5"}}}, True),
    ({"t": {"of": "A", "dist": "uniform", "low": 0, "high": 1}}, False),
    ({"t": {"of": "A", "classes": {"u": ".5", "v": ".5"}}, "s": {"of": "A", "dist": "uniform", "low": 0, "high": 1}}, False),
    ({"t": {"of": "A", "classes": {"u": "type.s", "v": "1 - type.s"}}, "s": {"dist": "uniform", "low": 0, "high": 1}}, False),
    ({"t": {"of": "C", "classes": {"u": ".5", "v": ".5"}}}, False),
])  # fmt: skip
def test_all_share_a_belief_about_the_only_type_of_a_single_player(types, expected):
    assert has_belief(game(types=types), "t") is expected


def test_types_come_after_those_on_which_they_rest():
    def resting_on(low: str) -> dict:
        return {"dist": "uniform", "low": low, "high": "9"}

    types = {"a": resting_on("type.b"), "b": resting_on("type.c"), "c": resting_on("0"), "d": resting_on("type.a")}
    order = types_in_order(game(types=types), {"a": 1, "b": 2, "c": 3, "d": 0})
    assert order == ["c", "b", "a", "d"]


def test_a_choice_tells_of_the_type_about_which_there_is_a_belief():
    told = {"of": "A", "classes": {"u": ".5", "v": ".5"}}
    for types, expected in (({"t": told}, "t"), ({"t": told, "s": {"of": "A", "dist": "uniform", "low": 0, "high": 1}}, None)):
        case = case_from(game_scenario({
            "types": types, "first": "show", "moves": {"show": {"kind": "choice", "by": "A", "options": {"x": {}, "y": {}}}},
            "strategies": {"show": {"x": 1}},
        }))  # fmt: skip
        (unit,) = units_of(case.game, "show", case.spec.game.moves["show"])
        assert unit.reveals == expected
