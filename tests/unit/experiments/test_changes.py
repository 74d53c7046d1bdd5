"""What may be changed, and that a change is what it says: draws shifted by standard deviations, levers set, fresh draws at each stage."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.batch_engine import run_block
from sim.errors import StoreError, UsageError
from sim.experiments.changes import OWN_SCALE, Changes, candidates_of
from sim.experiments.design import Plan, settings_of
from sim.experiments.design.shifts import Shifts, shifted
from sim.experiments.store import open_run
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.planted import UNIFORM, planted_scenario
from tests.wished import NORMAL, two_inputs

GROUP = {"pair": {"members": ["parameters.x.number", "parameters.y.number"], "correlation": 0.6}}


def changes_of(folder, scenario, **wishes):
    return Changes(scenario, candidates_of(scenario, **wishes), 1, folder, {}, engine="simpy", workers=1)


def rows(scenario, design, seed=1):
    case = compile_case(scenario)
    return run_block(case, range(design.num_rows), seed, 0, Plan(design, case, seed).block(0, design.num_rows))["results"]


@pytest.fixture(scope="module")
def summit():
    return complete(load_scenario("summit"))


def test_by_default_levers_uncertainties_and_types_may_change_and_nothing_else(summit):
    found = {item.path: item for item in candidates_of(summit)}
    assert set(summit["uncertainties"]) < set(found)
    assert found["mechanisms.expectation.hype"].kind == "lever" and found["actors.PRK.types.commitment"].kind == "type"
    assert {item.kind for item in found.values()} == {"lever", "uncertainty", "type"}
    only = candidates_of(summit, levers=True)
    assert only and all(item.kind == "lever" for item in only)


def test_a_lever_may_go_to_the_ends_of_its_range_in_units_of_an_even_spread(summit):
    (hype,) = candidates_of(summit, only=["managed_expectation"])
    assert (hype.value, hype.scale) == (0.0, pytest.approx(0.5 / np.sqrt(12)))
    assert (hype.at(hype.low), hype.at(0.0), hype.at(hype.high)) == (-0.25, 0.0, 0.25)
    assert candidates_of(summit, only=["managed_expectation"], most=1)[0].high == 1.0


def test_a_part_of_the_file_stands_for_all_that_is_drawn_in_it(summit):
    found = candidates_of(summit, only=["actors.PRK.utility"])
    assert len(found) > 3 and all(item.path.startswith("actors.PRK.utility.") for item in found)


def test_a_constant_without_a_range_has_a_share_of_its_value_and_stays_within_what_the_language_bears(summit):
    (item,) = candidates_of(planted_scenario({"x": 0.8}, "x / 2"), only=["parameters.x"])
    assert item.is_assumed and item.kind == "judgement" and item.scale == pytest.approx(OWN_SCALE * 0.8)
    (decided,) = candidates_of(
        planted_scenario({"x": UNIFORM}, "x", tracks={}), only=["parameters.x.number"]
    )
    assert not decided.is_assumed and decided.value is None


@pytest.mark.parametrize(
    "names, message",
    [
        (["actors.PRK.types.war_kost"], "did you mean 'actors.PRK.types.war_cost'"),
        (["announced_meeting"], "no number that can vary"),
        (["first_working_round"], "drawn at each occurrence"),
    ],
)
def test_what_cannot_change_is_refused(summit, names, message):
    with pytest.raises(UsageError) as error:
        candidates_of(summit, only=names)
    assert message in f"{error.value} {error.value.hint}"


def test_nothing_that_may_change_is_refused():
    with pytest.raises(UsageError, match="nothing to change"):
        candidates_of(planted_scenario({"x": 0.5}, "x"))
    with pytest.raises(UsageError, match="is 0 and has no range"):
        candidates_of(planted_scenario({"x": 0.0}, "x"), only=["parameters.x"])


def test_without_a_shift_a_history_is_that_of_the_case_as_it_is():
    scenario = two_inputs()
    design = Shifts(("parameters.x.number", "parameters.y.number"), (), ((0.0, 0.0), (0.0, 1.0)), 30, 7)
    found = rows(scenario, design)
    plain = run_block(compile_case(scenario), range(37), 1, 0)["results"]
    assert found["draws"][::2].tolist() == list(range(7, 37))
    for column in ("outcome", "metric:line"):
        assert found[column][::2].tolist() == plain[column][7:].tolist()


def test_draws_of_a_normal_input_all_move_by_its_standard_deviation():
    scenario = {**planted_scenario({"x": {**NORMAL, "mean": 3, "sd": 0.5}}, "0.5"), "uncertainties": ["parameters.x.number"]}
    found = rows(scenario, Shifts(("parameters.x.number",), (), ((0.0,), (1.5,)), 20))["input:parameters.x.number"]
    assert found[1::2] - found[::2] == pytest.approx(np.full(20, 0.75))


def test_shifted_coordinates_stay_inside_and_in_order():
    there = np.linspace(0.001, 0.999, 50)
    moved = shifted(there, 2.0)
    assert np.all(np.diff(moved) > 0.0) and np.all((moved > there) & (moved < 1.0))
    assert np.all((shifted(there, 60.0) < 1.0) & (shifted(there, -60.0) > 0.0))


def test_of_correlated_inputs_one_is_shifted_alone():
    scenario = planted_scenario({"x": NORMAL, "y": NORMAL}, "0.5", correlations=GROUP)
    scenario["uncertainties"] = ["parameters.x.number", "parameters.y.number"]
    for n, path in enumerate(scenario["uncertainties"]):
        found = rows(scenario, Shifts((path,), (), ((0.0,), (1.0,)), 20))
        for m, other in enumerate(scenario["uncertainties"]):
            column = found[f"input:{other}"]
            assert column[1::2] - column[::2] == pytest.approx(np.full(20, float(n == m)), abs=1e-9)


def test_a_stage_has_draws_that_no_other_has_and_is_rebuilt_from_its_record(tmp_path):
    changes = changes_of(tmp_path / "x", two_inputs())
    changes.base(12)
    stages = [changes.play(name, np.array([[0.0, 0, 0], [1.0, 0.5, 0]]), 5) for name in ("one", "two")]
    draws = [stage.column("draws")[:, 0].tolist() for stage in stages]
    assert draws == [list(range(12, 17)), list(range(17, 22))]
    stored = open_run(tmp_path / "x" / "two")
    assert isinstance(settings_of(stored.manifest), Shifts) and stored.manifest["design"] == "shifts"


def test_the_values_of_a_lever_are_those_that_are_set(tmp_path, summit):
    changes = changes_of(tmp_path / "x", summit, only=["managed_expectation"])
    scenario, design = changes.designed(np.array([[0.0], [0.5], [changes.candidates[0].high]]), 2)
    values = rows(scenario, design)["input:mechanisms.expectation.hype"]
    assert values[:3].tolist() == [0.0, changes.candidates[0].at(0.5), 0.25]


def test_a_directory_of_another_search_is_left_alone(tmp_path):
    changes_of(tmp_path / "x", two_inputs())
    changes_of(tmp_path / "x", two_inputs())
    with pytest.raises(StoreError, match="holds another search"):
        changes_of(tmp_path / "x", two_inputs(), most=2)


@pytest.mark.parametrize(
    "settings, message",
    [
        (((), (), ((),)), "need axes"),
        ((("a", "a"), (), ((0.0, 0.0),)), "each of them once"),
        ((("a",), ("b",), ((0.0,),)), "expected 2 numbers"),
        ((("a",), ("b",), ((0.0, 1.0),)), "inside"),
        ((("a",), (), ((0.0,),), 0), "histories at each"),
    ],
)
def test_a_design_that_is_none_is_refused(settings, message):
    with pytest.raises(UsageError, match=message):
        Shifts(*settings)
