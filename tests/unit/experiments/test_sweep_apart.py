"""Sweeps over numbers that are fixed for a run: a run for each point, all with the same draws; curves of known truth; what is refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from sim import resources
from sim.analysis.sweep import as_data, swept_apart
from sim.errors import ScenarioError, UsageError
from sim.experiments.comparison import Campaign
from sim.experiments.replicate import run_scenario
from sim.experiments.sweep import sweep_of
from sim.experiments.sweep_apart import MOST_RUNS, Apart, has_fixed, sweep_apart
from sim.model.complete import complete
from sim.model.load import load, load_document
from sim.model.reader import read_text
from tests.counts import sample_size
from tests.planted import planted
from tests.statistics_helpers import SIGMAS

RATE = "hazards.war.rate"
DAYS = 365.0


def scenario(**parts):
    """A war that breaks out once, at two a year: the share that has seen it grows with the horizon, a number of the whole run."""
    case = planted(
        {"taste": {"value": 0.5, "range": [0, 1]}}, "0.5", {"twice": "2 * taste"}, horizon="180 days", pulse="720 days",
        hazards={"war": {"kind": "poisson", "rate": {"value": 2, "range": [1, 4]}, "when": "count.war < 1"}},
        outcomes=[{"class": "war", "when": "count.war > 0", "label": "War"}, {"class": "peace", "when": True, "label": "Peace"}],
        levers={"term": {"label": "Term", "path": "horizon", "range": [90, 720]}, "danger": {"path": RATE, "range": [1, 4]}},
        policies={"long": {"set": {"horizon": "360 days"}}, "wild": {"set": {RATE: 4}}},
        **parts,
    )  # fmt: skip
    return read_text(json.dumps(case), "case.json")


def asked_for(over, design="grid", histories=20, **applied) -> Apart:
    loaded = load_document(scenario(), applied.get("variant"), applied.get("policy"), applied.get("changes", ()))
    return sweep_apart(loaded, over, design, histories, source="case.json", **applied)


def played(folder, asked, seed=1):
    return Campaign(asked.arms, seed, folder, workers=1, engine="simpy").play(asked.design.repeats)


def test_only_what_is_the_same_in_all_histories_is_played_apart(tmp_path):
    case = complete(load_document(scenario()).spec)
    assert has_fixed(case, ["horizon=90,180"]) and has_fixed(case, ["term"]) and has_fixed(case, ["levers.danger", "levers.term=90,180"])
    assert not has_fixed(case, [f"{RATE}=1:4"]) and not has_fixed(case, ["danger"]) and not has_fixed(case, ["nothing.of.the.kind"])
    assert not has_fixed(case, [f"{RATE}.value"]) and not has_fixed(case, ["version=1,2"]) and not has_fixed(case, ["levers.term.range.0"])
    table = tmp_path / "points.csv"
    table.write_text("term,danger\n90,1\n180,2\n", encoding="utf-8")
    assert has_fixed(case, [], str(table))


def test_the_curve_over_the_horizon_is_that_of_the_hazard(tmp_path):
    """P(war by h) = 1 - exp(-2 h / 365); nested from one horizon to the next, since the draws are the same."""
    number = sample_size("fixture_histories")
    asked = asked_for(["horizon=90,180,360,720"], histories=number)
    found = swept_apart(runs := played(tmp_path, asked), asked, ["war", "share(time:events.war)"])
    (curve,), (same,) = (answer.curves for answer in found.answers)
    for point, other in zip(curve.points, same.points, strict=True):
        truth = 1.0 - math.exp(-2.0 * point.at / DAYS)
        assert abs(point.mean.value - truth) < SIGMAS * math.sqrt(truth * (1.0 - truth) / number)
        assert point.mean == other.mean  # the horizon of each run is its own
    wars = np.stack([run.results["outcome"] == "war" for run in runs.runs.values()])
    assert (wars[:-1] <= wars[1:]).all() and wars[0].sum() < wars[-1].sum()
    assert found.is_paired and (found.num_points, found.ran.histories) == (4, 4 * number)
    assert as_data(found)["factors"][0]["label"] == "Term"


def test_points_are_ordinary_runs_and_rows_have_all_levers(tmp_path):
    asked = asked_for(["horizon=90,180", f"{RATE}=1,4"])
    assert asked.points == ((90.0, 1.0), (90.0, 4.0), (180.0, 1.0), (180.0, 4.0))
    runs = played(tmp_path, asked)
    third = runs.runs["point-3"].results
    assert (np.asarray(third[f"input:{RATE}"]) == 1.0).all()
    found = swept_apart(runs, asked, ["war"])
    surface = found.answers[0].surface
    assert surface.means.shape == (2, 2)
    for n, point in enumerate(asked.points):
        alone = complete(load_document(scenario(), overrides=[f"horizon={point[0]}", f"{RATE}={point[1]}"]).spec)
        rows = run_scenario(alone, seed=1, replications=20, directory=tmp_path / f"alone-{n}", workers=1, engine="simpy").stored.results
        assert surface.means[divmod(n, 2)] == np.mean(rows["outcome"] == "war")


def test_what_can_differ_varies_as_in_any_sweep(tmp_path):
    """At the horizon of the file, value by value the histories of a sweep in one run: what is set is an input, others believe the same."""
    over = [f"{RATE}=1,2,4", "parameters.taste=.2,.7"]
    asked = asked_for(["horizon=180,360", *over])
    found = swept_apart(runs := played(tmp_path / "apart", asked), asked, ["war", "metric:twice"])
    within = sweep_of(complete(load_document(scenario()).spec), over, "grid", 20)
    stored = run_scenario(
        within.scenario, design=within.design, replications=within.replications, directory=tmp_path / "one", workers=1, engine="simpy"
    ).stored  # fmt: skip
    for n in range(6):
        mine, theirs = runs.runs[f"point-{n + 1}"].results, stored.results
        for name in ("outcome", "time:events.war", f"input:{RATE}", "input:parameters.taste.number", "metric:twice", "draws"):
            assert np.array_equal(mine[name], theirs[name][n::6], equal_nan=mine[name].dtype.kind == "f"), name
    assert [point.mean.value for point in found.answers[1].curves[2].points] == pytest.approx([0.4, 1.4])
    manifest = runs.runs["point-1"].manifest
    assert manifest["design"] == "table" and manifest["scenario"]["hazards"]["war"]["rate"]["dist"] == "choice"


def test_a_table_of_points_is_played_in_its_order(tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("term,danger\n720,4\n90,1\n720,1\n", encoding="utf-8")
    asked = asked_for([], str(table))
    found = swept_apart(played(tmp_path / "runs", asked), asked, ["war"])
    assert found.points.tolist() == [[720.0, 4.0], [90.0, 1.0], [720.0, 1.0]] and not found.answers[0].curves
    means = [item.value for item in found.answers[0].points]
    assert means[0] >= means[2] >= means[1] and means[0] > means[1]


def test_the_same_sweep_finds_its_runs_and_goes_on_with_more(tmp_path):
    asked = asked_for(["horizon=90,180"])
    first, again, more = (Campaign(asked.arms, 1, tmp_path, workers=1, engine="simpy", growing=True) for _ in range(3))
    first.play(20)
    assert (again.play(20).replications, again.num_computed, first.num_computed) == (20, 0, 40)
    more.play(30)
    assert (more.num_computed, first.play(30).replications, first.num_computed) == (60, 30, 40)  # a started block is played whole
    fewer = swept_apart(more.play(20), asked, ["war"])  # of more that are there, those that are asked for
    assert fewer.ran.histories == 40 and fewer.answers[0].curves[0].points[0].histories == 20


def test_values_of_a_range_are_its_levers_and_whole_where_the_number_is():
    assert [point[0] for point in asked_for(["term=90:720:3"]).points] == [90.0, 405.0, 720.0]
    assert [point[0] for point in asked_for(["term"]).points][::5] == [90.0, 405.0, 720.0]
    assert [point[0] for point in asked_for(["grid=2.5:6.5:9"]).points] == [3.0, 4.0, 5.0, 6.0]
    summit = load(str(resources.scenario_path("summit")))  # a wait that is drawn anew each time has a range of its own
    asked = sweep_apart(summit, ["tracks.inter_korean.gap"], histories=20, source="summit")
    assert asked.values("tracks.inter_korean.gap") == pytest.approx(np.linspace(15, 90, 11))
    assert [arm.completed["tracks"]["inter_korean"]["gap"] for arm in asked.arms.arms[:2]] == [15, 22.5]


def test_what_is_applied_holds_at_every_point_but_for_what_is_swept():
    asked = asked_for(["term=90,720"], policy="wild", changes=["horizon=360", "pulse=90", "parameters.taste=.1"])
    for arm, horizon in zip(asked.arms.arms, (90, 720), strict=True):
        assert (arm.completed["horizon"], arm.completed["pulse"], arm.completed["hazards"]["war"]["rate"]) == (horizon, 90, 4)
        told = ("--policy", "wild", "--set", "pulse=90", "--set", "parameters.taste=.1", "--set", f"horizon={horizon}")
        assert (arm.options, arm.source) == (told, "case.json")
    assert [arm.completed["horizon"] for arm in asked_for(["term=90,720"], policy="long").arms.arms] == [90, 720]


def test_a_point_that_the_scenario_does_not_bear_is_named():
    with pytest.raises(ScenarioError) as told:
        asked_for(["pulse=1,2", "horizon=-5,90"])
    (fault,) = told.value.diagnostics
    assert fault.file == "--over" and fault.text.startswith("at the point pulse=1, horizon=-5")
    summit = load(str(resources.scenario_path("summit")))
    with pytest.raises(ScenarioError) as told:  # a fault of the whole, at a line of the file
        sweep_apart(summit, ["least_arms=0,.63"], histories=20)
    (fault,) = told.value.diagnostics
    assert fault.text.startswith("at the point tracks.working.mandate.denuc.min=0.63: the bounds contradict each other")
    assert fault.file.endswith("summit.yaml") and "--design points.csv" in fault.hint


@pytest.mark.parametrize(
    "over, design, histories, message, hint",
    [
        (["term=90,180"], "lhs", 20, "--design lhs: 'term' has one value in all histories", "--over term=LOW:HIGH:7"),
        (["term=90,180", "horizon=90,180"], "grid", 20, "'horizon' is swept twice", "keep one"),
        (["term=90,180"], "grid", 3, "-n 3: expected at least 20 histories", "beginning"),
        ([f"term=90:720:{MOST_RUNS + 1}"], "grid", 20, f"{MOST_RUNS + 1} points are more than {MOST_RUNS}", "fewer values"),
        (["pulse"], "grid", 20, "'pulse' is a constant without a range", "give one: low and high"),
        (["term=90,180", "dangr=1,2"], "grid", 20, "dangr", "did you mean 'danger'?"),
        (["term=90:720:100000", "pulse=1:9:100000"], "grid", 20, "10,000,000,000 points are more than", "fewer values"),
        (["grid=2.2:2.8"], "grid", 20, "no two whole numbers between 2.2 and 2.8", "wider"),
        (["term=90:90.0000000000001:3"], "grid", 20, "too near to each other", "wider"),
        (["term=90,180", f"{RATE}=1,2", f"{RATE}.value=1,2"], "grid", 20, "is a part of a number", f"'{RATE}'"),
        (["term=90,180", "version=1,2"], "grid", 20, "'version' is nothing that histories depend on", "lever"),
        (["term=90,180"], "points.csv", 20, "expected grid, lhs, sobol or the file of a table", ""),
        ([], "grid", 20, "--over: expected a lever", "--over"),
    ],
)
def test_what_cannot_be_played_is_told_before(over, design, histories, message, hint):
    with pytest.raises(UsageError) as told:
        asked_for(over, design, histories)
    assert message in str(told.value) and hint in str(told.value.hint)
