"""What has happened is given: what is told is of the histories that fit, and refused where they are too few."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.analysis.questions import ask_drivers
from sim.analysis.summary import summary_of
from sim.api import Run
from sim.errors import ScenarioError, UsageError
from sim.experiments.evidence import FEWEST, fitting, fitting_paths
from sim.experiments.replay import choose, typical, worst
from sim.experiments.replicate import run_scenario
from sim.model.complete import complete
from sim.model.load import load_scenario

POINTS = 37  # of the grid on which paths are recorded
MET = "summit.held >= 1 by 2018-06-15"


def completed(*given, **changes):
    overrides = {**changes, **({"given": list(given)} if given else {})}
    return complete(load_scenario("summit", overrides=overrides))


def played(reports, *given):
    """400 histories, stored."""
    return run_scenario(completed(*given), replications=400, seed=3, workers=1, engine="batch", reports=reports).stored


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return played(tmp_path_factory.mktemp("given"), MET, "not crisis_active at 2018-06-15")


def test_shares_are_those_of_the_histories_that_fit(stored):
    summary = Run(stored).summary
    results = stored.results
    fit = results["given"] == 1.0
    assert FEWEST < fit.sum() < 400 and (results["time:meeting"][fit] < 99.0).all()
    assert summary.num_replications == summary.evidence.fitting.count == fit.sum()
    assert summary.evidence.fitting.trials == 400
    for item, share in zip(summary.classes, summary.shares, strict=True):
        assert share.count == np.count_nonzero(results["outcome"][fit] == item.id)
    (meeting,) = [timing for name, _, timing in summary.times if name == "meeting"]
    assert meeting.happened.share == 1.0


def test_drivers_are_of_the_histories_that_fit(stored):
    table, asked, data = ask_drivers(stored)
    fit = np.flatnonzero(stored.results["given"] == 1.0)
    assert np.array_equal(data.rows, fit) and table.num_rows == table.of_rows == len(fit)
    assert np.array_equal(asked.values, stored.results["outcome"][fit])
    assert table.sample == f"from {len(fit)} histories that fit what is given; {400 - len(fit)} do not fit"


def test_a_condition_alone_is_weaker_than_two(stored):
    one = played(stored.directory.parent, MET).results["given"]
    assert (one >= stored.results["given"]).all() and one.sum() > stored.results["given"].sum()


def test_what_is_given_changes_no_history(stored):
    plain = played(stored.directory.parent).results
    assert "given" not in plain
    assert all(np.array_equal(values.astype(str), stored.results[name].astype(str)) for name, values in plain.items())


def test_bands_and_single_histories_are_of_those_that_fit(stored):
    fit = set(stored.results["replication"][stored.results["given"] == 1.0].tolist())
    paths = fitting_paths(stored.paths, stored.results)
    assert set(paths["replication"].tolist()) == fit and len(paths["day"]) == len(fit) * POINTS
    chosen = [*typical(stored), worst(stored)]
    assert {item.replication for item in chosen} <= fit
    assert sum(item.share for item in typical(stored, 20)) == pytest.approx(1.0)
    assert choose(stored) in fit


def test_rows_that_fit_are_found_again_by_position(stored):
    kept = fitting(stored.results)
    some = np.array([0, 2, kept.num_rows - 1])
    assert kept.take(some, ["time:meeting"])["time:meeting"].tolist() == kept["time:meeting"][some].tolist()


def test_too_few_are_refused_with_a_number_that_would_do(stored):
    results = {name: values[:60] for name, values in stored.results.items()}
    results["given"] = np.where(np.arange(60) < FEWEST - 1, 1.0, 0.0)
    with pytest.raises(UsageError, match=rf"only {FEWEST - 1} of 60 histories fit what is given") as caught:
        summary_of(stored.manifest, results, stored.paths)
    assert caught.value.hint == "--replications 1000 would give about 483, in another directory"
    results["given"][FEWEST - 1] = 1.0
    paths = {name: values[: 60 * POINTS] for name, values in stored.paths.items()}
    assert summary_of(stored.manifest, results, paths).num_replications == FEWEST


def test_none_at_all_is_refused_without_a_number(stored):
    results = {**{name: values[:60] for name, values in stored.results.items()}, "given": np.zeros(60)}
    with pytest.raises(UsageError, match="none of 60 histories") as caught:
        summary_of(stored.manifest, results, stored.paths)
    assert "--replications" not in caught.value.hint


def test_a_precise_share_is_one_among_those_that_fit(tmp_path):
    stored = run_scenario(completed(MET), until_se=0.04, replications=2000, seed=3, workers=1, engine="batch", reports=tmp_path).stored
    summary = Run(stored).summary
    assert max(share.standard_error for share in summary.shares) <= 0.04
    assert summary.num_replications < stored.num_replications


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("rung > 12", "can never be true"),
        ("tension", "expected a condition"),
        ("crisis_active by 2021-03-09", "lies after the end: expected a date from 2018-03-09 to 2021-03-07"),
        ("crisis_active at 2018-03-08", "lies before the scenario begins"),
    ],
)
def test_evidence_that_cannot_be_is_refused_at_once(given, message):
    with pytest.raises(ScenarioError, match=message):
        completed(given)


def test_the_printed_answer_says_of_which_histories_it_is(stored):
    from sim.cli.result import as_data, as_lines

    run = Run(stored)
    shown = "\n".join(line.plain for line in as_lines(run, None, 200, True))
    count = run.summary.num_replications
    assert f"“{MET}” and “not crisis_active at 2018-06-15”: {count} of 400 histories fit" in shown
    assert "histories  400, seed 3" in shown
    data = json.loads(json.dumps(as_data(run, None, {})))
    assert data["replications"] == 400 and data["given"]["effective_sample_size"] == count
