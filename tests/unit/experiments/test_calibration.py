"""What a calibration fits and to what, how it is played and kept, and the variant that it makes."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
import yaml

from sim.analysis.targets import measured_of
from sim.errors import ScenarioError, StoreError, UsageError
from sim.experiments.calibration import study_of
from sim.experiments.calibration_run import Campaign, Size, identity, seed_of
from sim.experiments.design.scatter import Scatter
from sim.experiments.fitted_variant import into_scenario, snippet, variant_of
from sim.experiments.replicate import run_scenario
from sim.model.complete import complete, to_yaml
from sim.model.load import load_document
from sim.model.reader import read_text
from tests import calibrated


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return calibrated.fitted(tmp_path_factory.mktemp("fit"), before=dt.date(2030, 1, 1))


def refused(scenario, *asked, **more):
    with pytest.raises(UsageError) as caught:
        study_of(scenario, *asked, **more)
    return f"{caught.value} | {caught.value.hint}"


def with_targets(*targets):
    return calibrated.completed(targets=list(targets))


WAR = "share:outcome=war"


def test_parameters_have_the_priors_of_the_file():
    study = study_of(calibrated.completed(), ["parameters.x", "parameters.y"])
    assert study.paths == ("parameters.x.number", "parameters.y.number")
    assert study.parameters[1].values(np.array([0.0001, 0.25, 0.75])) == pytest.approx([0.0001, 0.25, 0.75])
    assert study_of(calibrated.completed()).paths == ("parameters.x.number", "parameters.z.number")


def test_bands_have_the_tolerance_of_the_file_or_a_quarter_of_their_width():
    aims = study_of(calibrated.completed()).aims
    assert [aim.tolerance for aim in aims] == pytest.approx([0.05, 0.06, 0.025])
    assert [(aim.low, aim.high) for aim in aims] == [(0.2, 0.4), (0.3, 0.5), (0.0, 0.1)]
    assert aims[0].source == "An invented case for tests"


def test_only_targets_dated_before_the_day_are_used():
    study = study_of(calibrated.completed(), before=dt.date(2029, 6, 1))
    assert [aim.is_used for aim in study.aims] == [True, False, False]
    assert study.aims[1].left_out == "it is of 2029-06-01"
    undated = with_targets({"figure": WAR, "low": 0.1, "high": 0.2}, calibrated.TARGETS[0])
    assert [aim.left_out for aim in study_of(undated, before=dt.date(2030, 1, 1)).aims] == ["it has no date", ""]


@pytest.mark.parametrize(
    "targets, message",
    [
        ([], "declares no targets, so there is nothing to fit to | declare some"),
        ([{"figure": WAR}], "no target has a band"),
        ([{"figure": WAR, "low": 0.2, "high": 0.2}], "has a band without width, and no tolerance | write `tolerance:`"),
        ([{"figure": WAR, "high": 0.0}], "has a band without width"),
        ([{"figure": WAR, "high": 0.1}, {"figure": WAR, "low": 0.5, "high": 0.6}], "are the same figure, share:outcome=war, and"),
        ([{"figure": WAR, "low": 0.7, "high": 0.8}, {"figure": "share:outcome=peace", "low": 0.6, "high": 0.8}], "add up to 130%"),
        ([{"figure": WAR, "high": 0.2}, {"figure": "share:outcome=peace", "low": 0.2, "high": 0.3}], "upper ends add up to 50%"),
    ],
)  # fmt: skip
def test_targets_that_cannot_be_met_are_refused_before_anything_is_played(targets, message):
    assert message in refused(with_targets(*targets))


@pytest.mark.parametrize(
    "day, message",
    [
        (dt.date(2029, 3, 1), "dated before that day; they are of 2029-03-01 to 2030-06-01 | --before 2029-03-02 has the earliest"),
        (dt.date(2000, 1, 1), "no target is dated before that day"),
    ],
)
def test_a_day_before_all_targets_is_refused(day, message):
    assert message in refused(calibrated.completed(), before=day)
    undated = with_targets({"figure": WAR, "low": 0.1, "high": 0.2})
    assert "no target of the scenario has a date, so none is known to be earlier" in refused(undated, before=day)


@pytest.mark.parametrize(
    "fit, message",
    [
        (["parameters.xx"], "did you mean"),
        (["parameters.x", "parameters.x.number"], "is there twice, under another name too"),
        (["horizon"], "is fixed for a run"),
    ],
)
def test_what_cannot_be_fitted_is_refused(fit, message):
    assert message in refused(calibrated.completed(), fit)


def test_numbers_that_are_drawn_together_are_not_fitted_alone():
    paths = ["parameters.x.number", "parameters.z.number"]
    scenario = calibrated.completed(correlations={"both": {"members": paths, "correlation": 0.5}})
    assert "it is drawn together with others (`correlations`)" in refused(scenario, ["parameters.x"])
    assert "declares no uncertainty that is a number" in refused(scenario)


def test_points_are_played_so_many_times_with_draws_of_their_own(tmp_path):
    design = Scatter(("parameters.x.number",), ((0.25,), (0.75,)), 3)
    rows = run_scenario(calibrated.completed(), design=design, reports=tmp_path, workers=1, engine="simpy").stored.results
    assert np.asarray(rows["input:parameters.x.number"]) == pytest.approx([0.25] * 3 + [0.75] * 3)
    assert len(set(np.asarray(rows["input:parameters.z.number"]))) == 6


def test_figures_are_those_of_the_rows_at_each_point(fit):
    wave = fit.waves[0]
    wars = (np.asarray(wave.stored.results["outcome"]) == "war").reshape(60, 40).mean(axis=1)
    assert wave.figures[:, 0] == pytest.approx(wars)
    x = np.asarray(wave.stored.results["input:parameters.x.number"]).reshape(60, 40)
    assert x == pytest.approx(np.repeat(wave.points[:, :1], 40, axis=1))
    measured = measured_of(*fit.counts[0], WAR)
    assert measured is not None and measured.low < 0.4 < measured.high


def test_what_was_played_is_found_again_and_goes_on(tmp_path):
    study = study_of(calibrated.completed(), ["parameters.x"])
    whole = Campaign(study, Size(1, 40, 20), 3, tmp_path / "a", engine="batch", workers=1)
    first = whole.play()
    assert whole.num_computed == first.num_histories == 400 + 40 * 20 + (0 if first.check is None else 40 * 20)
    again = Campaign(study, Size(1, 40, 20), 3, tmp_path / "a", engine="batch", workers=1)
    second = again.play()
    assert again.num_computed == 0 and np.array_equal(first.figures, second.figures)
    with pytest.raises(StoreError, match="holds another calibration"):
        Campaign(study, Size(1, 40, 20), 4, tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(StoreError, match="holds other things already"):
        Campaign(study, Size(1, 40, 20), 3, tmp_path / "b")


def test_parts_have_draws_of_their_own_and_the_identity_is_of_all_that_counts():
    assert len({seed_of(1, "wave-1"), seed_of(1, "wave-2"), seed_of(2, "wave-1")}) == 3
    study = study_of(calibrated.completed(), ["parameters.x"])
    other = study_of(calibrated.completed(), ["parameters.x"], dt.date(2029, 6, 1))
    assert identity(study, Size(), 1) == identity(study, Size(), 1) != identity(other, Size(), 1)


@pytest.mark.parametrize("size", [(0, 100, 100), (2, 10, 100), (2, 100, 3)])
def test_too_little_is_refused(size):
    with pytest.raises(UsageError, match="expected from"):
        Size(*size)


def test_a_target_that_is_hardly_ever_read_is_refused(tmp_path):
    scenario = with_targets({"figure": f"{WAR}|metric:both>=2", "low": 0.1, "high": 0.2})
    with pytest.raises(UsageError, match="can be read at 0 of 40 points only") as caught:
        Campaign(study_of(scenario, ["parameters.x"]), Size(1, 40, 20), 1, tmp_path / "c", engine="batch", workers=1).play()
    assert "--histories" in caught.value.hint


# The variant


def test_the_variant_says_what_it_was_fitted_to_and_is_played(fit):
    variant = variant_of(fit)
    assert variant["fitted"] == {
        "before": "2030-01-01", "targets": ["share:outcome=war", "share:metric:both>=1"],
        "paths": ["parameters.x.number", "parameters.y.number"], "seed": 1,
    }  # fmt: skip
    text = into_scenario(to_yaml(calibrated.case(), header=False), "mine", variant, "case.yaml")
    spec = load_document(read_text(text, "case.yaml"), "mine").spec
    assert spec.variants["mine"].fitted.before == dt.date(2030, 1, 1)
    number = complete(spec)["parameters"]["x"]["number"]
    assert number["dist"] == "choice" and sum(number["probabilities"]) == pytest.approx(1.0)
    middle = float(np.dot(number["values"], number["probabilities"]))
    assert middle == pytest.approx(float(fit.posterior.weights @ fit.posterior.points[:, 0]), abs=0.03)


def test_the_variant_goes_below_the_others_and_leaves_the_rest_of_the_file(fit):
    other = "variants:  # by name\n  wide:\n    set: {parameters.x.number: .5}\n"
    text = to_yaml(calibrated.case(), header=False) + other
    changed = into_scenario(text, "mine", variant_of(fit), "case.yaml")
    part = snippet("mine", variant_of(fit))
    assert changed == text.replace("# by name\n", f"# by name\n{part}")
    assert set(yaml.safe_load(changed)["variants"]) == {"mine", "wide"}
    with pytest.raises(UsageError, match="stand in one line"):
        into_scenario(text.replace(other, "variants: {}\n"), "mine", variant_of(fit), "case.yaml")
    assert "mine" in json.loads(into_scenario(json.dumps(calibrated.case()), "mine", variant_of(fit), "case.json"))["variants"]


def test_a_variant_that_was_fitted_to_a_later_target_is_refused(fit):
    variant = variant_of(fit)
    variant["fitted"] |= {"before": "2029-04-01"}
    with pytest.raises(ScenarioError, match="fitted to a target that it may not know"):
        into_scenario(to_yaml(calibrated.case(), header=False), "mine", variant, "case.yaml")


def test_a_variant_that_was_fitted_to_a_target_of_no_known_day_is_refused(fit):
    """One that is gone from the file may have been of any day."""
    others = [item for item in calibrated.TARGETS if item["figure"] != fit.study.used[0].figure]
    with pytest.raises(ScenarioError, match="which is no target of this file"):
        into_scenario(to_yaml(calibrated.case(targets=others), header=False), "mine", variant_of(fit), "case.yaml")


def test_a_scenario_may_have_any_sign_in_its_words():
    assert study_of(calibrated.completed("\U0001f4a5"), ["parameters.x"]).parameters[0].path == "parameters.x.number"
