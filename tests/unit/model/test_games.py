"""Games in scenarios: how they are played, what players know, how they are solved on a grid."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engines import batch_engine, event_engine
from sim.errors import ParameterError, ScenarioError
from sim.model.game.form import form_of
from sim.model.game.solving import written_game
from tests.counts import sample_size
from tests.played import SEED, case_from, columns_of, game_scenario
from tests.statistics_helpers import assert_mean, assert_rate

DEMAND = {
    "types": {"cost": {"of": "B", "dist": "uniform", "low": 0, "high": "high"}},
    "first": "demand",
    "moves": {
        "demand": {"kind": "number", "by": "A", "then": "answer"},
        "answer": {
            "kind": "choice",
            "by": "B",
            "options": {
                "accept": {"payoffs": {"A": "move.demand", "B": "1 - move.demand"}},
                "fight": {"payoffs": {"A": ".4", "B": ".5 - type.cost"}},
            },
        },
    },
    "strategies": {"demand": ".65", "answer": {"accept": "move.demand <= .5 + type.cost"}},
}
STAGE = {
    "first": "stage",
    "moves": {
        "stage": {
            "kind": "simultaneous",
            "by": ["A", "B"],
            "options": {"A": ["give", "stand"], "B": ["give", "stand"]},
            "payoffs": {"A": [["0", "-1"], ["1", "-10"]], "B": [["0", "1"], ["-1", "-10"]]},
        }
    },
}


def trials() -> int:
    return sample_size("games_played")


def test_a_demand_meets_types_that_accept_or_fight():
    fought, paid = columns_of(game_scenario(DEMAND, {"high": 0.4}), trials(), "option:answer", "payoff:A")
    assert_rate(int((fought == "fight").sum()), trials(), 0.375)
    assert_mean(list(paid), 0.65 * 0.625 + 0.4 * 0.375)


def test_both_engines_play_a_game_alike():
    case = case_from(game_scenario(DEMAND, {"high": 0.4}))
    one, other = (engine.run_block(case, range(40), SEED)["results"] for engine in (batch_engine, event_engine))
    assert all(np.array_equal(one[name], other[name], equal_nan=one[name].dtype != object) for name in one)


def test_a_later_payoff_counts_less_by_the_discount_of_each_player():
    moves = {
        "wait": {"kind": "choice", "by": "A", "options": {"on": {"takes": 2, "then": "pay"}, "off": {"then": "pay"}}},
        "pay": {"kind": "chance", "options": {"now": {"payoffs": {"A": 1, "B": 1}}}},
    }
    game = {"players": {"A": {"discount": 0.9}, "B": {"discount": 0.5}}, "first": "wait", "moves": moves, "strategies": {"wait": {"on": 1}}}
    a, b, periods = columns_of(game_scenario(game), 3, "payoff:A", "payoff:B", "game:periods")
    assert (a[0], b[0], periods[0]) == pytest.approx((0.81, 0.25, 2.0))


def test_periods_pass_on_the_scenarios_clock():
    moves = {"wait": {"kind": "chance", "options": {"long": {"takes": 3, "then": "end"}}}, "end": {"kind": "chance", "options": {"x": {}}}}
    over = [{"class": "before", "when": "not game.over"}, {"class": "after", "when": True}]
    data = game_scenario({"period": "10 days", "first": "wait", "moves": moves}, horizon="40 days", readings=["29 days"], outcomes=over)
    early, late = columns_of(data, 2, "outcome@29", "outcome@40")
    assert (early[0], late[0]) == ("before", "after")


def test_players_who_choose_at_once_do_not_see_each_other():
    """Where the stage comes again a strategy reads what was chosen the time before; at first nobody has stood yet."""
    stage = {**STAGE["moves"]["stage"], "then": "stage", "until": "times.stage >= 1"}
    strategies = {"stage": {"A": {"stand": ".3"}, "B": {"stand": "if(move.stage.A.stand, 1, 0)"}}}
    game = {"first": "stage", "moves": {"stage": stage}, "strategies": strategies}
    one, other = columns_of(game_scenario(game), trials(), "option:stage.A", "option:stage.B")
    assert set(other) == {"give"}
    assert_rate(int((one == "stand").sum()), trials(), 0.3)


def test_a_repeated_stage_remembers_what_was_chosen_last():
    """Tit for tat against one who always stands: stands from the second round on."""
    stage = {**STAGE["moves"]["stage"], "then": "stage", "until": "times.stage >= 5"}
    game = {
        "first": "stage",
        "moves": {"stage": stage},
        "strategies": {"stage": {"A": {"stand": 1}, "B": {"stand": "if(times.stage > 0 and move.stage.A.stand, 1, 0)"}}},
    }
    data = game_scenario(game, theory={"measures": {"stood": {"value": "times.stage.B.stand", "exact": 4}}})
    assert set(columns_of(data, 3, "measure:stood")[0]) == {4.0}


def test_a_number_is_kept_within_its_bounds_and_may_be_mixed():
    moves = {"name": {"kind": "number", "by": "A", "between": [0, ".5"]}}
    game = {"first": "name", "moves": moves, "strategies": {"name": "uniform"}}
    (named,) = columns_of(game_scenario(game), trials(), "move:name")
    assert named.max() == 0.5
    assert_rate(int((named == 0.5).sum()), trials(), 0.5)


def test_everybody_learns_from_a_choice_by_bayes_rule():
    """A weak type bluffs in one case of three: a bluff is weak with .9 / 3 of .9 / 3 + .1."""
    game = {
        "types": {"kind": {"of": "A", "classes": {"weak": ".9", "tough": ".1"}}},
        "first": "bluff",
        "moves": {
            "bluff": {"kind": "choice", "by": "A", "options": {"yes": {"then": "reply"}, "no": {"then": "reply"}}},
            "reply": {"kind": "number", "by": "B"},
        },
        "strategies": {"bluff": {"yes": "if(type.kind.tough, 1, 1 / 3)"}, "reply": "belief.kind.tough"},
    }
    bluffed, believed, kind = columns_of(game_scenario(game), trials(), "option:bluff", "move:reply", "type:kind")
    assert set(np.round(believed[bluffed == "yes"], 12)) == {0.25}
    assert set(believed[bluffed == "no"]) == {0.0}
    assert_rate(int((kind[bluffed == "yes"] == "tough").sum()), int((bluffed == "yes").sum()), 0.25)


def test_a_signal_is_a_type_that_rests_on_another():
    game = {
        "types": {
            "state": {"dist": "uniform", "low": 0, "high": 10},
            "seen": {"of": "A", "dist": "normal", "mean": "type.state", "sd": ".001"},
        },
        "first": "tell",
        "moves": {"tell": {"kind": "number", "by": "A", "between": [0, 10]}},
        "strategies": {"tell": "type.seen"},
    }
    told, state = columns_of(game_scenario(game), 200, "move:tell", "type:state")
    assert np.abs(told - state).max() < 0.01


def test_a_vote_counts_members_who_each_have_a_type_of_their_own():
    """Three members with reservations of U[0, 1] vote on .8: all say yes with .512, two or more with .896."""
    game = {
        "players": {"A": {}, "C": {"members": "3"}},
        "types": {"reservation": {"of": "C", "dist": "uniform", "low": 0, "high": 1}},
        "first": "offer",
        "moves": {"offer": {"kind": "number", "by": "A", "then": "vote"}, "vote": {"kind": "vote", "by": "C", "rule": "unanimity"}},
        "strategies": {"offer": ".8", "vote": "move.offer >= member.reservation"},
    }
    (all_three,) = columns_of(game_scenario(game), trials(), "option:vote")
    game["moves"]["vote"]["rule"] = "majority"
    (two,) = columns_of(game_scenario(game), trials(), "option:vote")
    assert_rate(int((all_three == "passes").sum()), trials(), 0.512)
    assert_rate(int((two == "passes").sum()), trials(), 0.896)


def test_in_a_division_each_member_has_an_equal_chance_of_everything():
    game = {
        "players": {"C": {"members": "5"}},
        "first": "split",
        "moves": {"split": {"kind": "division", "by": "C", "rule": "majority"}},
        "strategies": {"split": {"share": ".2", "accept": "move.split >= .2"}},
    }
    (paid,) = columns_of(game_scenario(game), trials(), "payoff:C")
    assert set(np.round(np.unique(paid), 12)) == {0.0, 0.2, 0.6}
    assert_rate(int((paid > 0.5).sum()), trials(), 0.2)
    assert_rate(int((np.round(paid, 12) == 0.2).sum()), trials(), 0.4)


@pytest.mark.parametrize(
    ("concept", "share"),
    [("nash", 1 / 3), ("kalai_smorodinsky", (3 - math.sqrt(5)) / 2), ("egalitarian", (3 - math.sqrt(5)) / 2), ("utilitarian", 0.25)],
)
def test_agreements_are_the_bargaining_solutions(concept, share):
    """verification.md T09: u1 = x^.5, u2 = 1 - x."""
    deal = {
        "kind": "agreement", "by": ["A", "B"], "concept": concept, "numbers": {"x": [0, 1]},
        "payoffs": {"A": "power(move.deal.x, .5)", "B": "1 - move.deal.x"},
    }  # fmt: skip
    case = case_from(game_scenario({"first": "deal", "moves": {"deal": deal}}))
    assert case.agreed["deal"]["x"] == pytest.approx(share, abs=1e-10)


def test_a_game_stops_after_its_most_moves():
    moves = {"again": {"kind": "chance", "options": {"x": {"then": "again"}}}}
    data = game_scenario({"first": "again", "moves": moves, "most_moves": 50})
    made, outcome = columns_of(data, 2, "game:moves", "outcome")
    assert (made[0], outcome[0]) == (50.0, "open")


def test_what_a_move_does_reaches_the_rest_of_the_situation():
    moves = {"strike": {"kind": "chance", "options": {"x": {"effects": {"tension": 0.5}}}}}
    tension = {"initial": 0.2, "half_life": "1000 days", "rest": 0.2, "rest_in_talks": 0.2}
    data = game_scenario({"first": "strike", "moves": moves}, mechanisms={"tension": tension}, metrics={"heat": "tension"}, horizon="1 day")
    assert columns_of(data, 1, "metric:heat")[0][0] == pytest.approx(0.6, abs=1e-3)


# Solving


def judged(game, parameters=None, points=21):
    case = case_from(game_scenario(game, parameters))
    form = form_of(case.spec.game, case.constant, case.agreed, {})
    return written_game(form, case.parameter_values, case.read, case.measures, points)


def test_a_written_equilibrium_gains_nothing_and_another_strategy_does():
    right = judged(DEMAND, {"high": 0.4}, points=81)
    wrong = judged({**DEMAND, "strategies": {**DEMAND["strategies"], "demand": ".8"}}, {"high": 0.4}, points=81)
    assert right.gain < 0.005
    assert wrong.gain == pytest.approx(0.55625 - (0.8 * 0.25 + 0.4 * 0.75), abs=0.005)
    assert wrong.gain_at.unit.move == "demand"


def test_the_grid_agrees_with_the_closed_form_where_it_grows_fine():
    assert judged(DEMAND, {"high": 0.4}, points=201).payoffs["A"] == pytest.approx(0.55625, abs=1e-3)


def test_a_game_without_strategies_is_solved_and_played_so():
    data = game_scenario(STAGE, theory={"measures": {"stood": {"value": "move.stage.A.stand", "exact": 0.1}}})
    case = case_from(data)
    assert case.is_solved
    assert len(case.solved_game.solutions.equilibria) == 3
    assert case.solved_game.exact["stood"] == pytest.approx(0.1)
    (stood,) = columns_of(data, trials(), "measure:stood")
    assert_rate(int(stood.sum()), trials(), 0.1)


def test_logit_players_are_played_as_they_are_solved():
    """verification.md T13: chicken at precision 1."""
    data = game_scenario({**STAGE, "play": "logit", "precision": 1})
    (stood,) = columns_of(data, trials(), "option:stage.B")
    assert_rate(int((stood == "stand").sum()), trials(), 0.224159)


def test_logit_players_with_types_are_played_on_the_grid_on_which_they_are_solved():
    theory = {"measures": {"war": {"value": "move.answer.fight", "exact": 0}, "asked": {"value": "move.demand", "exact": 0}}}
    data = game_scenario({**DEMAND, "play": "logit", "precision": 10, "points": 9}, {"high": 0.4}, theory=theory)
    case = case_from(data)
    war, asked = columns_of(data, trials(), "measure:war", "measure:asked")
    assert_rate(int(war.sum()), trials(), case.solved_game.exact["war"])
    assert_mean(list(asked), case.solved_game.exact["asked"])


def test_a_player_may_reply_best_to_one_who_errs():
    """verification.md T02: the best offer to a logit responder with outside value .2 and precision 10 is accepted with .841952."""
    game = {
        "players": {"A": {"precision": "1e6"}, "B": {"precision": "10"}},
        "play": "logit",
        "points": 401,
        "first": "offer",
        "moves": {
            "offer": {"kind": "number", "by": "A", "then": "reply"},
            "reply": {
                "kind": "choice", "by": "B",
                "options": {"yes": {"payoffs": {"A": "1 - move.offer", "B": "move.offer"}}, "no": {"payoffs": {"B": ".2"}}},
            },
        },
    }  # fmt: skip
    case = case_from(game_scenario(game, theory={"measures": {"offer": {"value": "move.offer", "exact": 0}}}))
    assert case.solved_game.exact["offer"] == pytest.approx(0.367282, abs=1 / 800)
    assert case.solved_game.payoffs["A"] == pytest.approx(0.532718, abs=1e-5)


def test_alternating_offers_return_to_their_first_position():
    """verification.md T01: with discount factors .9 and .8 the first to offer has .714286; a grid of shares of .0125 comes near."""
    game = {
        "players": {"A": {"discount": ".9"}, "B": {"discount": ".8"}},
        "points": 81,
        "first": "offer_a",
        "moves": {
            "offer_a": {"kind": "number", "by": "A", "then": "answer_b"},
            "answer_b": {
                "kind": "choice", "by": "B",
                "options": {
                    "yes": {"payoffs": {"A": "move.offer_a", "B": "1 - move.offer_a"}},
                    "no": {"takes": 1, "then": "offer_b"},
                },
            },
            "offer_b": {"kind": "number", "by": "B", "then": "answer_a"},
            "answer_a": {
                "kind": "choice", "by": "A",
                "options": {
                    "yes": {"payoffs": {"A": "move.offer_b", "B": "1 - move.offer_b"}},
                    "no": {"takes": 1, "then": "offer_a"},
                },
            },
        },
    }  # fmt: skip
    case = case_from(game_scenario(game))
    assert case.solved_game.graph.graph.levels is None
    assert case.solved_game.payoffs["A"] == pytest.approx(0.714286, abs=0.03)
    assert case.solved_game.gain <= 1e-9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": 401, "types": {n: {"of": "B", "dist": "uniform", "low": 0, "high": 1} for n in ("cost", "other")}}, "use fewer"),
        ({"moves": {**DEMAND["moves"], "demand": {**DEMAND["moves"]["demand"], "between": ["tension", "1"]}}}, "'tension' is not part"),
    ],
)
def test_what_no_algorithm_can_solve_says_why(change, message):
    case = case_from(game_scenario({**DEMAND, "play": "logit", **change}, {"high": 0.4}))
    with pytest.raises(ParameterError) as caught:
        _ = case.solved_game
    assert message in f"{caught.value} {caught.value.hint}"


# Refused


def test_a_strategy_may_not_read_what_its_player_does_not_know():
    game = {**DEMAND, "strategies": {**DEMAND["strategies"], "demand": "type.cost"}}
    with pytest.raises(ScenarioError, match=r"A cannot know 'type\.cost': only B knows it"):
        case_from(game_scenario(game, {"high": 0.4}))


def test_a_choice_that_is_unseen_is_not_known():
    moves = {**DEMAND["moves"], "demand": {**DEMAND["moves"]["demand"], "unseen_by": ["B"]}}
    with pytest.raises(ScenarioError, match=r"B cannot know 'move\.demand': B does not see what is chosen at 'demand'"):
        case_from(game_scenario({**DEMAND, "moves": moves}, {"high": 0.4}))
