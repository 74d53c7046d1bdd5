"""Games on their graph: what positions remember, payoffs and measures of written strategies, trees, tables of play."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.games.equilibrium import Equilibrium, Mixture
from sim.model.game.form import Unit, form_of
from sim.model.game.graph import InformationSet, graph_of
from sim.model.game.solving import SolvedGame, written_game
from sim.model.game.trees import set_labels, strategy_of, tree_of
from tests.played import case_from, columns_of, game_scenario


def measures(**values: Any) -> dict[str, Any]:
    """A theory with measures by name: an expression, or one with the condition under which it counts."""
    pairs = {name: value if isinstance(value, tuple) else (value, "true") for name, value in values.items()}
    return {"measures": {name: {"value": value, "given": given, "exact": 0} for name, (value, given) in pairs.items()}}


def judged(game: dict[str, Any], points: int = 21, **values: Any) -> SolvedGame:
    """The strategies as written, with the means of measures."""
    case = case_from(game_scenario(game, theory=measures(**values)))
    return written_game(form_of(case.spec.game, case.constant, case.agreed, {}), case.parameter_values, case.read, case.measures, points)


def chance(**options: Any) -> dict[str, Any]:
    return {"kind": "chance", "options": options}


def choice(by: str, **options: Any) -> dict[str, Any]:
    return {"kind": "choice", "by": by, "options": options}


def alone(moves: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"first": next(iter(moves)), "moves": moves, **parts}


# Payoffs and time


def test_payoffs_are_discounted_by_all_periods_before():
    """Two periods, then one more: .9^2 and .9^3; what is paid at once counts in full."""
    moves = {
        "go": choice("A", on={"takes": 2, "then": "pay", "payoffs": {"A": 1}}, off={}),
        "pay": chance(x={"takes": 1, "then": "last", "payoffs": {"A": 10}}),
        "last": chance(x={"payoffs": {"A": 100, "B": 100}}),
    }
    game = alone(moves, players={"A": {"discount": ".9"}, "B": {"discount": ".5"}}, strategies={"go": {"on": "1"}})
    found = judged(game, of_a="payoff.A", of_b="payoff.B", periods="game.periods", moves="game.moves")
    assert found.payoffs == pytest.approx({"A": 1 + 8.1 + 72.9, "B": 12.5})
    assert found.exact == pytest.approx({"of_a": 82.0, "of_b": 12.5, "periods": 3.0, "moves": 3.0})


def test_a_game_without_end_whose_periods_are_counted_is_followed_until_nothing_is_left():
    """1 a period for ever at a discount factor of .5 is worth 2."""
    game = alone({"again": choice("A", on={"payoffs": {"A": "if(game.periods >= 0, 1, 0)"}, "takes": 1, "then": "again"}, off={})},
                 players={"A": {"discount": ".5"}, "B": {"discount": ".5"}}, strategies={"again": {"on": "1"}})  # fmt: skip
    assert judged(game).payoffs["A"] == pytest.approx(2.0, abs=1e-6)


def test_a_game_is_over_where_its_condition_holds():
    game = alone({"again": choice("A", on={"payoffs": {"A": 1}, "then": "again", "until": "times.again >= 3"}, off={})},
                 strategies={"again": {"on": "if(times.again < 2, 1, .5)"}})  # fmt: skip
    found = judged(game, made="times.again", taken="times.again.on")
    assert found.payoffs["A"] == pytest.approx(2.5)
    assert found.exact == pytest.approx({"made": 3.0, "taken": 2.5})


# Memory


def test_a_number_is_remembered_across_moves_that_do_not_read_it():
    moves = {
        "name": {"kind": "number", "by": "A", "then": "wait"},
        "wait": chance(x={"then": "wait_more"}),
        "wait_more": chance(x={"then": "reply"}),
        "reply": choice("B", yes={"payoffs": {"A": "move.name", "B": "1"}}, no={}),
    }
    game = alone(moves, strategies={"name": "uniform", "reply": {"yes": "move.name > .5"}})
    assert judged(game).payoffs["A"] == pytest.approx(sum(n + 0.5 for n in range(11, 21)) / 21 / 21)


def test_a_choice_tells_of_a_type_even_where_nothing_reads_it():
    """Each type does what suits it; who sees that knows the type, and is paid for guessing it."""
    moves = {
        "show": choice("A", left={"payoffs": {"A": "if(type.kind.weak, 1, 0)"}, "then": "guess"},
                       right={"payoffs": {"A": "if(type.kind.weak, 0, 1)"}, "then": "guess"}),
        "guess": choice("B", weak={"payoffs": {"B": "if(type.kind.weak, 1, 0)"}}, tough={"payoffs": {"B": "if(type.kind.tough, 1, 0)"}}),
    }  # fmt: skip
    game = alone(moves, types={"kind": {"of": "A", "classes": {"weak": ".6", "tough": ".4"}}})
    assert case_from(game_scenario(game)).solved_game.payoffs == pytest.approx({"A": 1.0, "B": 1.0})


def test_what_is_unseen_cannot_be_acted_on():
    """The same, but the guess is made without having seen: the likelier type is guessed."""
    moves = {
        "show": {**choice("A", left={"payoffs": {"A": "if(type.kind.weak, 1, 0)"}, "then": "guess"},
                          right={"payoffs": {"A": "if(type.kind.weak, 0, 1)"}, "then": "guess"}), "unseen_by": ["B"]},
        "guess": choice("B", weak={"payoffs": {"B": "if(type.kind.weak, 1, 0)"}}, tough={"payoffs": {"B": "if(type.kind.tough, 1, 0)"}}),
    }  # fmt: skip
    game = alone(moves, types={"kind": {"of": "A", "classes": {"weak": ".6", "tough": ".4"}}})
    assert case_from(game_scenario(game)).solved_game.payoffs == pytest.approx({"A": 1.0, "B": 0.6})


# Play


def test_an_option_without_a_strategy_has_the_rest():
    game = alone({"pick": choice("A", x={"payoffs": {"A": 1}}, y={"payoffs": {"A": 10}}, z={"payoffs": {"A": 100}})},
                 strategies={"pick": {"x": ".3", "y": ".2"}})  # fmt: skip
    assert judged(game).payoffs["A"] == pytest.approx(0.3 + 2.0 + 50.0)


def test_chances_that_exceed_one_are_scaled():
    game = alone({"pick": choice("A", x={"payoffs": {"A": 1}}, y={"payoffs": {"A": 10}})},
                 strategies={"pick": {"x": "if(game.moves < 1, .9, 0)", "y": "if(game.moves < 1, .9, 0)"}})  # fmt: skip
    assert judged(game).payoffs["A"] == pytest.approx(5.5)


def test_a_mixed_number_is_mixed_evenly_and_kept_within_its_bounds():
    """Uniform in (0, 1), cut off at .5: .125 from below and a half of .5."""
    move = {"kind": "number", "by": "A", "between": [0, ".5"], "payoffs": {"A": "move.name"}}
    game = alone({"name": move}, strategies={"name": "uniform"})
    assert judged(game, points=20).payoffs["A"] == pytest.approx(0.375)


def test_cells_of_a_stage_are_those_of_the_players_in_order():
    stage = {
        "kind": "simultaneous", "by": ["A", "B"], "options": {"A": ["u", "d"], "B": ["l", "m", "r"]},
        "payoffs": {"A": [[1, 2, 3], [4, 5, 6]], "B": [[0, 0, 0], [0, 0, 0]]},
    }  # fmt: skip
    for row, option in enumerate("ud"):
        for column, other in enumerate("lmr"):
            game = alone({"stage": stage}, strategies={"stage": {"A": {option: "1"}, "B": {other: "1", "lmr".replace(other, "")[0]: "0"}}})
            found = judged(game, first=f"move.stage.A.{option}", second=f"times.stage.B.{other}")
            assert found.payoffs["A"] == 1 + 3 * row + column
            assert found.exact == {"first": 1.0, "second": 1.0}


def test_beliefs_follow_bayes_rule_step_by_step():
    """A weak type does it with .5 each time, a tough one always: after two, tough is 1 / (1 + .25)."""
    moves = {
        "show": choice("A", yes={"then": "show", "until": "times.show >= 2"}, no={}),
    }
    game = alone(moves, types={"kind": {"of": "A", "classes": {"weak": ".5", "tough": ".5"}}},
                 strategies={"show": {"yes": "if(type.kind.tough, 1, .5)"}})  # fmt: skip
    found = judged(game, twice=("belief.kind.tough", "times.show.yes == 2"), caught=("belief.kind.tough", "move.show.no"))
    assert found.exact == pytest.approx({"twice": 0.8, "caught": 0.0})


def test_a_measure_counts_where_its_condition_holds():
    game = alone({"toss": chance(head={"probability": ".25", "then": "roll"}, tail={}),
                  "roll": chance(x={"probability": ".1"}, y={})}, players={"A": {}})  # fmt: skip
    found = judged({**game, "players": {}}, plain="move.roll.x", given=("move.roll.x", "move.toss.head"))
    assert found.exact == pytest.approx({"plain": 0.025, "given": 0.1})


# Groups


@pytest.mark.parametrize(("rule", "already", "expected"), [
    ("unanimity", 0, 0.8**3), ("majority", 0, 3 * 0.8**2 * 0.2 + 0.8**3), ("majority", 1, 1 - 0.2**3), ("1", 1, 1.0),
])  # fmt: skip
def test_a_vote_passes_as_often_as_its_members_say_yes(rule, already, expected):
    players = {"A": {}, "C": {"members": "3"}}
    vote = {"kind": "vote", "by": "C", "rule": rule, "already": already, "passes": {"payoffs": {"A": 1}}}
    mood, price = {"of": "C", "classes": {"well": ".6", "ill": ".4"}}, {"of": "C", "dist": "uniform", "low": 0, "high": 1}
    game = alone({"ask": choice("A", yes={"then": "vote"}, no={}), "vote": vote}, players=players, types={"mood": mood, "price": price},
                 strategies={"ask": {"yes": 1}, "vote": "if(member.mood == 0, member.price < 2, member.price <= .5)"})  # fmt: skip
    assert judged(game).payoffs["A"] == pytest.approx(expected, abs=1e-3)


# Types on their grid, and the tables that are played


@pytest.mark.parametrize("kind", [
    {"dist": "exponential", "mean": ".5"}, {"dist": "uniform", "low": "0", "high": "1"}, {"dist": "normal", "mean": ".45", "sd": ".3"},
])  # fmt: skip
def test_who_knows_its_type_plays_by_it_on_the_grid(kind):
    """Best replies to the type: whoever has a cost below .4 fights, in every history."""
    game = alone({"act": choice("B", fight={"payoffs": {"B": ".4 - type.cost", "A": 0}}, rest={"payoffs": {"B": 0}})},
                 types={"cost": {"of": "B", **kind}}, points=9)  # fmt: skip
    acted, cost = columns_of(game_scenario(game), 300, "option:act", "type:cost")
    assert 0 < np.count_nonzero(acted == "fight") < 300
    assert np.array_equal(acted == "fight", cost < 0.4)


def test_a_second_round_is_played_by_what_was_chosen_in_the_first():
    """Who has taken its chance must pass the second time, and before there is no choice to look at."""
    taken = "if(times.pick == 2 and times.pick.take == 2, -9, 1)"
    pick = choice("A", take={"payoffs": {"A": taken, "B": 0}, "then": "pick", "until": "times.pick >= 2"},
                  wait={"payoffs": {"A": "if(times.pick == 1, 2, 0)", "B": 0}, "then": "pick", "until": "times.pick >= 2"})  # fmt: skip
    data = game_scenario(alone({"pick": pick}), theory=measures(last="move.pick.take", takes="times.pick.take"))
    last, takes = columns_of(data, 20, "measure:last", "measure:takes")
    assert set(last) == {1.0} and set(takes) == {1.0}
    assert case_from(data).solved_game.payoffs["A"] == pytest.approx(3.0)


def test_a_reply_looks_up_the_first_option_apart_from_none_at_all():
    """B moves twice: before A has chosen, and after. Only after the first option is there something to gain."""
    moves = {
        "start": chance(early={"probability": ".5", "then": "reply"}, late={"then": "pick"}),
        "pick": choice("A", first={"payoffs": {"A": 1}, "then": "reply"}, second={"then": "reply"}),
        "reply": choice("B", act={"payoffs": {"B": "if(move.pick.first, 1, -1)"}}, rest={"payoffs": {"B": 0}}),
    }
    start, reply = columns_of(game_scenario(alone(moves)), 200, "option:start", "option:reply")
    assert np.array_equal(start == "late", reply == "act") and len(set(start)) == 2


def test_a_player_of_great_precision_replies_best_and_takes_the_first_of_equals():
    game = alone({"pick": choice("A", low={"payoffs": {"A": 0}}, one={"payoffs": {"A": 1}}, same={"payoffs": {"A": 1, "B": 0}})},
                 play="logit", precision="1e6")  # fmt: skip
    assert case_from(game_scenario(game)).solved_game.strategy.tolist() == [0.0, 1.0, 0.0]


def test_a_gain_is_told_with_where_it_is_made():
    moves = {"first": choice("A", x={"payoffs": {"A": 1}, "then": "second"}, y={"payoffs": {"A": 2}, "then": "second"}),
             "second": choice("B", x={"payoffs": {"B": 5}}, y={"payoffs": {"B": 0}})}  # fmt: skip
    found = judged(alone(moves, strategies={"first": {"x": "1"}, "second": {"x": ".5"}}))
    assert (found.gain, found.gain_at.unit.move) == (pytest.approx(2.5), "second")


# Trees


def small_tree():
    """A may end the game at once, or go on at a cost; B then divides what counts half by then."""
    moves = {
        "go": choice("A", stop={"payoffs": {"A": 3, "B": 0}}, on={"payoffs": {"A": -1}, "takes": 1, "then": "split"}),
        "split": choice("B", fair={"payoffs": {"A": 6, "B": 6}}, foul={"payoffs": {"A": 0, "B": 8}}),
    }
    case = case_from(game_scenario(alone(moves, players={"A": {"discount": ".5"}, "B": {"discount": ".25"}})))
    form = form_of(case.spec.game, case.constant, case.agreed, {})
    return graph_of(form, case.parameter_values, case.read, 3, as_written=False)


def test_ends_of_a_tree_hold_all_that_was_paid_on_the_way_as_it_counts_at_the_start():
    top = tree_of(small_tree()).root
    assert (top.player, top.actions) == ("A", ("stop", "on"))
    assert top.children[0].payoffs == (3.0, 0.0)
    assert [end.payoffs for end in top.children[1].children] == [(2.0, 1.5), (-1.0, 2.0)]


def test_a_strategy_of_the_tree_is_one_of_the_graph_and_even_where_it_says_nothing():
    found = small_tree()
    mixture = Mixture("A", ("stop", "on"), (0.25, 0.75), at=tree_of(found).root.info_set)
    behaviour = Equilibrium(("A", "B"), (mixture,), (0.0, 0.0), (0.0, 0.0), "behaviour")
    assert strategy_of(found, behaviour).tolist() == [0.25, 0.75, 0.5, 0.5]


def test_information_sets_have_labels_of_their_own():
    """Places on a grid are counted from one; what rounds to the same words is numbered."""
    unit = Unit("go", "A", ("x", "y"), (None, None))
    known = [("type", "cost"), 0.0], [("number", "offer"), 0.1234567], [("number", "offer"), 0.12345671]
    first, *others = set_labels([InformationSet(unit, (tuple(item),), (0.0, 1.0)) for item in known])
    assert "cost #1" in first and len({first, *others}) == 3
