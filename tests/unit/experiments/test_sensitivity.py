"""What a sensitivity analysis plays: which inputs are factors, and what is refused."""

from __future__ import annotations

import pytest

from sim.errors import UsageError
from sim.experiments.design.factors import REST
from sim.experiments.sensitivity import study_of
from sim.model.complete import complete
from sim.model.load import load_scenario
from tests.planted import UNIFORM, planted_scenario


@pytest.fixture(scope="module")
def summit():
    return complete(load_scenario("summit"))


def test_by_default_uncertainties_types_and_numeric_levers_are_factors_and_the_rest_is_one(summit):
    study = study_of(summit, "sobol")
    names = [factor.name for factor in study.factors]
    covered = {path for factor in study.factors if factor.name != REST for path in factor.paths}
    assert set(summit["uncertainties"]) <= covered
    assert {"mechanisms.expectation.hype", "tracks.summit.delay", "actors.PRK.types.commitment"} <= set(names)
    assert "tracks.summit.enabled" not in covered, "a switch is no number"
    assert names[-1] == REST and study.design.samples == 1000


def test_named_inputs_and_levers_are_the_factors(summit):
    study = study_of(summit, "morris", 12, ["managed_expectation", "actors.PRK.types.credibility"])
    assert [factor.name for factor in study.factors] == ["mechanisms.expectation.hype", "actors.PRK.types.credibility", REST]


def test_values_of_judgement_vary_within_their_ranges():
    scenario = planted_scenario({"x": UNIFORM, "y": {"value": 0.5, "range": [0.2, 0.8]}}, "x * y")
    assert [factor.name for factor in study_of(scenario, "sobol", 40).factors] == ["parameters.x.number"]
    names = {factor.name for factor in study_of(scenario, "sobol", 40, ranges=True).factors}
    assert names == {"parameters.x.number", "parameters.y.number"}


@pytest.mark.parametrize(
    "arguments, message, hint",
    [
        (("sobool",), "--method sobool: expected sobol or morris", "did you mean 'sobol'"),
        (("sobol", 31), "-n 31: expected at least 32 base samples", "1,000 is a beginning"),
        (("morris", 9), "-n 9: expected at least 10 trajectories", "100 is a beginning"),
        (("sobol", 40, ["parameters.z"]), "there is no 'z' in parameters", "did you mean 'parameters."),
        (("sobol", 40, ["parameters.k.number"]), "'parameters.k.number' is a constant without a range", "low and high"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message, hint):
    with pytest.raises(UsageError, match=message) as caught:
        study_of(planted_scenario({"x": UNIFORM, "k": 0.5}, "x * k"), *arguments)
    assert hint in caught.value.hint


def test_a_scenario_in_which_nothing_is_drawn_is_refused():
    for parts in ({}, {"sampling": "off"}):
        with pytest.raises(UsageError, match="no uncertain inputs"):
            study_of(planted_scenario({"k": 0.5}, "k", **parts), "sobol", 40)


def test_histories_that_have_to_fit_something_are_refused_with_what_to_do_instead():
    scenario = {**planted_scenario({"x": UNIFORM}, "0.8 * x"), "given": ["move.lot.war"]}
    with pytest.raises(UsageError, match=r"given: move\.lot\.war: .* needs all histories") as found:
        study_of(scenario, "sobol", 64)
    assert "sim drivers" in found.value.hint
