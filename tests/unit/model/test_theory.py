"""A theorem's symbols from a scenario: parameters, what `given:` says, defaults; and its numbers for expressions."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

from sim.model import theory
from sim.model.load import load_scenario
from sim.model.theory import over_parameters, quantity_at, solution_of, symbols_of
from tests.played import case_from, game_scenario

TOSS = {"players": {}, "first": "toss", "moves": {"toss": {"kind": "chance", "options": {"head": {}}}}, "points": 7}


def spec_with(**parameters):
    return case_from(game_scenario(TOSS, parameters)).spec


def test_what_is_given_counts_before_a_parameter_of_the_same_name():
    spec = load_scenario("theory/crisis-bargaining", overrides={"theory.given": {"p": ".2 + cost_a", "low": "low"}})
    plain = {name: item.number.value for name, item in spec.parameters.items()}
    found = symbols_of(spec)
    assert found["p"] == pytest.approx(0.2 + plain["cost_a"])
    assert (found["cost_a"], found["high"]) == (plain["cost_a"], plain["high"])


def test_what_the_theorem_leaves_open_is_not_named():
    spec = load_scenario("theory/crisis-bargaining")
    assert "nothing" not in symbols_of(spec) and set(symbols_of(spec)) <= {s.name for s in theory.theorem_of(spec).symbols}
    assert symbols_of(spec_with()) == solution_of(spec_with()) == {}


def test_numbers_without_a_value_are_left_out(monkeypatch):
    values = {"share": 0.5, "war": math.nan, "time": math.inf}
    monkeypatch.setattr(theory, "solve_theorem", lambda spec: SimpleNamespace(values=values))
    assert solution_of(spec_with()) == {"share": 0.5}


def test_numbers_of_the_file_are_read_by_path():
    spec = spec_with(p=0.25)
    assert quantity_at(spec, "parameters.p.number").value == 0.25
    assert quantity_at(spec, "game.points").value == 7.0
    assert over_parameters(spec, "game.points * p") == 1.75
    for path in ("game.nothing", "game.points.low", "game.moves", "game.enabled", "title"):
        assert quantity_at(spec, path) is None


def test_a_parameter_counts_before_a_number_of_the_file_of_the_same_name():
    assert over_parameters(spec_with(grid=0.25), "grid") == 0.25


def test_expressions_stand_at_point_values():
    spec = case_from(game_scenario(TOSS) | {"parameters": {"p": {"number": {"dist": "uniform", "low": 0, "high": 1}}}}).spec
    assert over_parameters(spec, "p + 1") == 1.5
