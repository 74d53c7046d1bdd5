"""Numbers that vary by a range of their own: what is recorded, what is refused, and that a value varied is the value set."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.batch_engine import run_block
from sim.engines.tables.inputs import axes_of
from sim.errors import ScenarioError, UsageError
from sim.experiments.design import Plan
from sim.experiments.varied import path_of, value_grid, value_table, varied
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.planted import planted_scenario

HYPE = "mechanisms.expectation.hype"
LEVEL = "mechanisms.sanctions.level"


@pytest.fixture(scope="module")
def summit():
    return complete(load_scenario("summit"))


def rows_of(scenario, design, seed=1):
    case = compile_case(scenario)
    return run_block(case, range(design.num_rows), seed, 0, Plan(design, case, seed).block(0, design.num_rows))["results"]


def test_every_row_has_all_uncertainties_and_all_levers_that_are_numbers(summit):
    found = varied(summit, {"managed_expectation": (-0.2, 0.2)})
    case = compile_case(found)
    columns = run_block(case, range(2), 1, 0)["results"]
    levers = [lever["path"] for lever in summit["levers"].values()]
    numbers = [path for path in levers if path in case.slot_of]
    assert len(numbers) >= 8 and HYPE in numbers
    for path in [*summit["uncertainties"], *numbers]:
        assert f"input:{path}" in columns, path
    assert set(axes_of(case)) - set(axes_of(compile_case(summit))) == {HYPE}


def test_a_value_that_varies_is_the_value_that_is_set(summit):
    """Row for row to the last bit, for the levers of the summit that are numbers and not drawn at each occurrence."""
    levers = {name: lever for name, lever in summit["levers"].items() if name not in ("announced_meeting",)}
    tried = 0
    for name, lever in levers.items():
        try:
            scenario, design = value_grid(summit, {name: lever["range"]}, 6)
        except (UsageError, KeyError):
            continue
        tried += 1
        rows = rows_of(scenario, design)
        for position, value in enumerate(lever["range"]):
            plain = run_block(
                compile_case(complete(load_scenario("summit", overrides={lever["path"]: value}))), range(6), 1, 0
            )["results"]
            for column in plain:
                if column != "replication":
                    assert repr(rows[column][position::2].tolist()) == repr(plain[column].tolist()), (name, column)
    assert tried >= 8


def test_rows_of_a_grid_have_its_values_and_share_their_draws(summit):
    scenario, design = value_grid(summit, {"managed_expectation": [0.2, -0.2, 0], LEVEL: [1, 0.5]}, 3)
    rows = rows_of(scenario, design)
    assert rows[f"input:{HYPE}"].tolist() == 3 * [-0.2, -0.2, 0, 0, 0.2, 0.2]
    assert rows[f"input:{LEVEL}"].tolist() == 9 * [0.5, 1.0]
    assert rows["draws"].tolist() == [0] * 6 + [1] * 6 + [2] * 6
    for path in summit["uncertainties"]:
        assert all(len(set(part)) == 1 for part in np.split(rows[f"input:{path}"], 3)), "the rest is common to a repeat"


def test_rows_of_a_table_are_its_points_in_order(summit):
    points = [{"managed_expectation": 0.1, LEVEL: 0.75}, {"managed_expectation": -0.1, LEVEL: 0.6}]
    scenario, design = value_table(summit, points, 2)
    rows = rows_of(scenario, design)
    assert rows[f"input:{HYPE}"].tolist() == [0.1, -0.1, 0.1, -0.1]
    assert rows[f"input:{LEVEL}"].tolist() == [0.75, 0.6, 0.75, 0.6]


def test_a_range_is_uniform_and_a_distribution_is_taken_as_it_is(summit):
    found = varied(summit, {HYPE: (-0.2, 0.1), LEVEL: {"dist": "triangular", "low": 0.5, "mode": 0.9, "high": 1}})
    drawn = {item.path: item.distribution for item in compile_case(found).inputs}
    assert str(drawn[HYPE]) == "uniform(low=-0.2, high=0.1)"
    assert str(drawn[LEVEL]) == "triangular(low=0.5, mode=0.9, high=1)"


def test_without_a_range_a_number_has_the_one_of_the_file(summit):
    war_cost = "actors.USA.types.war_cost"
    found = varied(summit, {"managed_expectation": None, war_cost: None})
    drawn = {item.path: item.distribution for item in compile_case(found).inputs}
    before = {item.path: item.distribution for item in compile_case(summit).inputs}
    assert str(drawn[HYPE]) == "uniform(low=-0.25, high=0.25)", "of the lever"
    assert drawn[war_cost] == before[war_cost], "it is drawn already"
    kappa = varied(summit, {"mechanisms.learning.kappa": None})
    assert kappa["mechanisms"]["learning"]["kappa"]["dist"] == "uniform", "the range of a judgement"


def test_varying_again_goes_on_from_there(summit):
    twice = varied(varied(summit, {HYPE: (-0.2, 0.2)}), {LEVEL: (0.5, 1.0)})
    assert twice["uncertainties"] == varied(summit, {HYPE: (-0.2, 0.2), LEVEL: (0.5, 1.0)})["uncertainties"]
    assert {HYPE, LEVEL} <= set(axes_of(compile_case(twice)))


def test_a_parameter_is_meant_for_its_number():
    scenario = complete(load_scenario("theory/crisis-bargaining"))
    assert path_of(scenario, "parameters.low") == "parameters.low.number"


@pytest.mark.parametrize(
    "ranges, message, hint",
    [
        ({"mechanisms.expectation.hyp": (0, 1)}, "there is no 'hyp'", "mechanisms.expectation.hype"),
        ({"chinese_enforcment": None}, "there is no 'chinese_enforcment'", "chinese_enforcement"),
        ({"announced_meeting": (0, 1)}, "no number that can vary", "sim compare"),
        ({"steps": None}, "fixed for a run", "sim compare"),
        ({"first_working_round": None}, "drawn at each occurrence", "sim compare"),
        ({LEVEL: (1, 0.5)}, "with low < high", ""),
        ({LEVEL: []}, "at least one value", ""),
        ({LEVEL: [float("nan")]}, "finite", ""),
        ({"managed_expectation": (0, 0.1), HYPE: (0, 0.1)}, "varies twice", "keep one"),
    ],
)
def test_what_cannot_vary_is_refused_with_what_would_do(summit, ranges, message, hint):
    with pytest.raises(UsageError, match=message) as error:
        varied(summit, ranges)
    assert hint in str(error.value.hint)


def test_a_constant_without_a_range_needs_one():
    with pytest.raises(UsageError, match="a constant without a range"):
        varied(planted_scenario({"x": 0.5}, "x"), {"parameters.x": None})


def test_values_that_the_scenario_does_not_bear_are_refused_as_any_change(summit):
    with pytest.raises(ScenarioError, match=r"expected a number in \[0, 1\]"):
        varied(summit, {LEVEL: (0.5, 9)})
    off = complete(load_scenario("summit", overrides={"sampling": "off"}))
    with pytest.raises(UsageError, match="`sampling: off`"):
        varied(off, {LEVEL: (0.5, 1)})
