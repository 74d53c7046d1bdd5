"""Comparative statics: the values of a range, outputs at each, what moves, and where there is no solution."""

from __future__ import annotations

import math

import pytest

from sim import resources
from sim.analysis.statics import MOST_POINTS, POINTS, Course, comparative, parse_range
from sim.errors import UsageError
from sim.model.complete import to_yaml
from sim.model.reader import read, read_text
from tests.played import game_scenario

CRISIS = read(resources.scenario_path("theory/crisis-bargaining"))
COST = "parameters.cost_a"


def statics(*values: float, changes=(), show=()):
    return comparative(CRISIS, None, changes, COST, values, show)


def courses(found) -> dict[str, list[float]]:
    return {course.name: list(course.values) for course in found.courses}


def test_a_range_has_both_ends_and_even_steps():
    assert parse_range("a.b=0:1:5") == ("a.b", [0.0, 0.25, 0.5, 0.75, 1.0])
    path, values = parse_range(" a = -1:.1")
    assert (path, len(values), values[0], values[-1]) == ("a", POINTS, -1.0, 0.1)


@pytest.mark.parametrize(
    "text", ["a", "=0:1", "a=0", "a=0:1:2:3", "a=x:1", "a=0:nan", "a=1:1", "a=0:1:1", f"a=0:1:{MOST_POINTS + 1}", "a=0:1:2.5"]
)
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UsageError, match="--over") as caught:
        parse_range(text)
    assert caught.value.hint or "points" in str(caught.value)


def test_the_fewest_and_the_most_points():
    assert len(parse_range("a=0:1:2")[1]) == 2 and len(parse_range(f"a=0:1:{MOST_POINTS}")[1]) == MOST_POINTS


def test_outputs_at_each_value_and_only_those_that_move():
    """verification.md T04: the demand falls from .7 by half of the own cost; the highest cost of the other stays."""
    found = statics(0.0, 0.2)
    assert courses(found)["demand"] == pytest.approx([0.7, 0.6])
    assert "payoff_a" in courses(found) and all(course.moves for course in found.courses)
    assert found.now == CRISIS.data["parameters"]["cost_a"]["number"]
    assert found.label == CRISIS.data["parameters"]["cost_a"]["label"]
    assert list(courses(statics(0.0, 0.2, show=["demand"]))) == ["demand"]
    assert list(courses(statics(0.2, 0.2, show=["demand"]))) == ["demand"]  # asked for, it need not move
    assert courses(statics(0.2, 0.2)) == {}


def test_other_changes_stay_while_one_number_moves():
    plain, changed = (courses(statics(0.0, 0.1, changes=changes))["demand"] for changes in ((), ["parameters.p=.4"]))
    assert changed == pytest.approx([demand - 0.1 for demand in plain])


def test_values_without_a_solution_leave_a_gap_and_say_why():
    found = comparative(CRISIS, None, (), "parameters.low", (0.0, 0.9, 0.1), ["demand"])
    (course,) = found.courses
    assert [math.isnan(value) for value in course.values] == [False, True, False]
    assert [value for value, _ in found.refused] == [0.9] and "above `low`" in found.refused[0][1]
    assert found.as_record()["outputs"]["demand"][1] is None and found.as_record()["refused"][0]["value"] == 0.9


def test_no_solution_anywhere_or_nothing_to_solve_is_told():
    with pytest.raises(UsageError, match=r"no solution at any value of parameters\.low: .*above `low`"):
        comparative(CRISIS, None, (), "parameters.low", (0.8, 0.9))
    with pytest.raises(UsageError, match="unknown output 'demnd'"):
        statics(0.0, show=["demnd"])
    moves = {"toss": {"kind": "chance", "options": {"x": {"probability": "p"}, "y": {}}}}
    chance_alone = game_scenario({"players": {}, "first": "toss", "moves": moves, "enabled": False}, {"p": 0.5})
    with pytest.raises(UsageError, match="there is nothing to solve"):
        comparative(read_text(to_yaml(chance_alone, header=False), "toss.yaml"), None, (), "parameters.p", (0.1, 0.2))


def test_a_path_to_what_is_no_parameter_is_named_as_it_is():
    found = comparative(CRISIS, None, (), "game.points", (5, 7))
    assert (found.label, found.now) == ("game.points", None)


def test_rounding_is_no_move():
    assert not Course("x", "x", (1.0, 1.0 + 1e-15, math.nan)).moves
    assert Course("x", "x", (1.0, 1.0 + 1e-9)).moves
    assert not Course("x", "x", (math.nan, math.nan)).moves
    assert not Course("x", "x", (1e6, 1e6 + 1e-9)).moves


def test_a_solved_game_moves_with_its_payoffs():
    """Who may take x or .5 takes the larger."""
    options = {"x": {"payoffs": {"A": "x", "B": "0"}}, "half": {"payoffs": {"A": ".5"}}}
    theory = {"measures": {"took": {"value": "move.take.x", "exact": "0", "label": "took x"}}}
    game = {"first": "take", "moves": {"take": {"kind": "choice", "by": "A", "options": options}}}
    document = read_text(to_yaml(game_scenario(game, {"x": 0.2}, theory=theory), header=False), "take.yaml")
    found = comparative(document, None, (), "parameters.x", (0.2, 0.8))
    assert courses(found) == {"payoff_A": pytest.approx([0.5, 0.8]), "took": pytest.approx([0.0, 1.0])}
    assert [course.meaning for course in found.courses] == ["payoff of A", "took x"]


ALONE = game_scenario(
    {
                "first": "stage",
        "moves": {
            "stage": {
                "kind": "simultaneous",
                "by": ["A", "B"],
                "options": {"A": ["U", "D"], "B": ["L", "R"]},
                "payoffs": {"A": [["gain", 0], [0, 1]], "B": [["gain", 0], [0, 1]]},
            }
        },
    },
    parameters={"gain": 2.0},
)


def test_values_with_other_equilibria_are_marked_and_the_choice_among_them_is_told():
    """A game of coordination has three equilibria while agreeing on U and L pays, and one where it costs; at 0 many are joined."""
    found = comparative(read_text(to_yaml(ALONE)), None, (), "parameters.gain", (-1.0, 0.0, 1.0, 2.0))
    assert [item and item.kind for item in found.beside] == [None, "several", "several", "several"]
    record = found.as_record()
    assert record["multiplicity"] == [None, "several", "several", "several"]
    (words,) = record["selection"]
    assert words.startswith("At 3 of 4 values, between 0 and 2, there are several equilibria. Played is the one nearest to logit")
