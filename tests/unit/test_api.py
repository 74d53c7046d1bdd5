"""The verbs of the package from Python."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import ParameterError, ScenarioError, SimError, UsageError

VALID = Path(__file__).resolve().parents[1] / "spec" / "valid"
STRAIT = VALID / "crisis_13_days.yaml"
NUM_HISTORIES = 26


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> sim.api.Run:
    reports = tmp_path_factory.mktemp("reports")
    return sim.run(sim.load_scenario(STRAIT), NUM_HISTORIES, 5, workers=1, reports=reports)


def test_a_run_has_tidy_tables(found):
    assert len(found) == NUM_HISTORIES == len(found.results["outcome"])
    assert {len(column) for column in found.results.values()} == {NUM_HISTORIES}
    assert found.results["replication"].tolist() == list(range(NUM_HISTORIES))
    days = len(set(found.paths["day"].tolist()))
    assert len(found.paths["tension"]) == NUM_HISTORIES * days


def test_tables_become_pandas_and_arrow(found):
    assert found.query("select count(*) as n from results")["n"].tolist() == [NUM_HISTORIES]
    frame, table = found.to_pandas(), found.to_arrow()
    assert frame.shape == (NUM_HISTORIES, len(found.results))
    assert frame["outcome"].tolist() == found.results["outcome"].tolist() == table["outcome"].to_pylist()
    assert found.to_pandas("paths").columns[:2].tolist() == ["replication", "day"]


def test_the_same_scenario_by_file_text_and_completed_form_is_the_same_run(found):
    reports = found.directory.parent
    for scenario in (STRAIT, str(STRAIT), found.scenario):
        again = sim.run(scenario, NUM_HISTORIES, 5, reports=reports)
        assert again.directory == found.directory and again.digest == found.digest


def test_a_fresh_run_lies_beside_the_first_and_equals_it(found):
    calls = []
    again = sim.run(
        STRAIT, NUM_HISTORIES, 5, 1, reports=found.directory.parent, fresh=True,
        progress=lambda done, total, rate: calls.append((done, total)),
    )  # fmt: skip
    assert again.directory != found.directory
    assert again.digest == found.digest
    assert calls[0] == (0, NUM_HISTORIES) and calls[-1] == (NUM_HISTORIES, NUM_HISTORIES)


def test_summarise_takes_a_run_or_its_directory(found):
    summary = sim.summarise(found)
    assert sum(item.count for item in summary.shares) == NUM_HISTORIES
    for other in (found.stored, found.directory, str(found.directory)):
        assert sim.summarise(other).shares == summary.shares
    assert sim.open_run(found.directory).seed == 5


def test_runs_show_themselves_in_notebooks(found):
    html = found._repr_html_()
    assert "Thirteen days at the strait" in html and html.count("<tr>") == 1 + len(found.summary.classes)
    assert str(found.directory) in html
    assert "crisis-13-days" in repr(found) and len(repr(found)) < 300 + len(str(found.directory))
    assert sim.summarise(found)._repr_html_().count("<tr>") == html.count("<tr>")
    assert len(repr(found.summary)) < 200


def test_text_of_a_scenario_stays_text_in_notebooks(tmp_path):
    text = STRAIT.read_text("utf-8").replace("title: Thirteen days at the strait", "title: <script>alert(1)</script>")
    (tmp_path / "evil.yaml").write_text(text, encoding="utf-8")
    html = sim.run(tmp_path / "evil.yaml", 2, workers=1, reports=tmp_path / "reports")._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_the_report_is_written_once(found):
    path = found.write_report()
    assert path == found.report_path and path.parent == found.directory
    before = path.stat().st_mtime_ns
    assert found.write_report() == path and path.stat().st_mtime_ns == before
    assert "Thirteen days at the strait" in path.read_text("utf-8")


def test_variants_policies_and_overrides():
    spec = sim.load_scenario(STRAIT, overrides={"choice.leaders": 9, "horizon": "10 days"})
    assert (spec.choice.leaders.value, spec.horizon) == (9.0, 240.0)
    with pytest.raises(ScenarioError, match="unknown variant 'calm'"):
        sim.load_scenario(STRAIT, variant="calm")


def test_bad_numbers_are_refused(tmp_path):
    with pytest.raises(UsageError, match="replications"):
        sim.run(STRAIT, 0, reports=tmp_path)
    with pytest.raises(UsageError, match="seed"):
        sim.run(STRAIT, 1, -1, reports=tmp_path)
    with pytest.raises(ScenarioError, match="no such file"):
        sim.run(tmp_path / "nothing.yaml", 1, reports=tmp_path)


# One history as a function


def test_simulate_gives_the_row_of_the_run(found):
    for replication in (0, 7):
        row = sim.simulate({}, 5, scenario=STRAIT, replication=replication)
        for name, column in found.results.items():
            expected = column[replication]
            assert row[name] == expected or (math.isnan(row[name]) and np.isnan(expected)), name
        assert all(isinstance(value, (float, int, str)) for value in row.values())


def test_simulate_takes_values_by_path_from_tools_of_all_kinds():
    plain = sim.simulate({"choice.leaders": 3.0}, 2, scenario=STRAIT)
    assert sim.simulate({"choice.leaders": np.float64(3.0), "scenario": str(STRAIT)}, 2) == pytest.approx(plain, nan_ok=True)
    spec = sim.load_scenario(STRAIT)
    assert sim.simulate({"choice.leaders": 3}, 2, scenario=spec) == pytest.approx(plain, nan_ok=True)
    row = sim.simulate({"actors.northreach.types.war_cost": 0.25}, 2, scenario=STRAIT)
    assert row["input:actors.northreach.types.war_cost"] == 0.25


def test_simulate_notices_an_edited_file(tmp_path):
    path = tmp_path / "edited.yaml"
    text = STRAIT.read_text("utf-8")
    path.write_text(text, encoding="utf-8")
    first = sim.simulate({}, 1, scenario=path)
    path.write_text(text.replace("horizon: 13 days", "horizon: 12 days"), encoding="utf-8")
    assert set(sim.simulate({}, 1, scenario=path)) != set(first)


def test_simulate_refuses_what_it_does_not_know(monkeypatch):
    with pytest.raises(ScenarioError, match=r"choice\.leders"):
        sim.simulate({"choice.leders": 3}, 1, scenario=STRAIT)
    with pytest.raises(ParameterError, match="seed: expected a whole number"):
        sim.simulate({}, -1, scenario=STRAIT)
    with pytest.raises(ParameterError, match="replication: expected a whole number"):
        sim.simulate({}, 1, scenario=STRAIT, replication=-1)
    with pytest.raises(ParameterError, match="params: expected numbers"):
        sim.simulate({"choice.leaders": {1, 2}}, 1, scenario=STRAIT)
    monkeypatch.setattr("sim.resources.list_scenarios", lambda: ["one", "two"])
    with pytest.raises(ParameterError, match=r"which scenario.*one, two"):
        sim.simulate({}, 1)


def test_a_script_without_a_main_guard_may_use_workers(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"from sim import run, summarise\nfound = run({str(STRAIT)!r}, 26, 5, workers=2)\n"
        "print(found.digest, len(summarise(found).shares))\n",
        encoding="utf-8",
    )
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env={"PYTHONPATH": root, "PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()[0]) == 64


NOT_WHAT_IS_MEANT = [
    (lambda: sim.load_scenario(None), "path: expected a file or the name of a shipped scenario, found None"),
    (lambda: sim.load_scenario("sumit"), "unknown scenario 'sumit'"),
    (lambda: sim.load_scenario(STRAIT, variant=5), "variant: expected a name, found 5"),
    (lambda: sim.load_scenario(STRAIT, overrides="horizon=2 days"), "overrides: expected a mapping of paths to values"),
    (lambda: sim.load_scenario(STRAIT, overrides=5), "overrides: expected a mapping of paths to values"),
    (lambda: sim.run(None, 5), "scenario: expected a file, a name or what load_scenario returns, found None"),
    (lambda: sim.run({}, 5), "schema_version"),
    (lambda: sim.run({"schema_version": object()}, 5), "scenario: expected plain data"),
    (lambda: sim.run(STRAIT, "10"), "replications: expected a whole number"),
    (lambda: sim.run(STRAIT, 5, until_se="small"), "until-se: expected a standard error above 0 and up to 0.5, found 'small'"),
    (lambda: sim.run(STRAIT, 5, reports=None), "reports: expected a folder, found None"),
    (lambda: sim.run(STRAIT, 5, directory=5), "directory: expected a folder, found 5"),
    (lambda: sim.run(STRAIT, 5, progress=5), r"progress: expected a function of \(done, total, rate\), found 5"),
    (lambda: sim.summarise(None), "expected a run or its result directory, found None"),
    (lambda: sim.simulate([1], scenario=STRAIT), "params: expected a mapping of paths to values"),
    (lambda: sim.simulate(seed=1.5, scenario=STRAIT), "seed: expected a whole number"),
    (lambda: sim.simulate(seed="a", scenario=STRAIT), "seed: expected a whole number"),
    (lambda: sim.simulate(seed=True, scenario=STRAIT), "seed: expected a whole number"),
    (lambda: sim.simulate(replication=1.0, scenario=STRAIT), "replication: expected a whole number"),
    (lambda: sim.simulate({"choice.leaders": np.array([1.0, 2.0])}, scenario=STRAIT), "expected one number, found an array of 2"),
    (lambda: sim.simulate(scenario=5), "scenario: expected a file, a name or what load_scenario returns, found 5"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "message"), NOT_WHAT_IS_MEANT, ids=range(len(NOT_WHAT_IS_MEANT)))
def test_other_types_than_those_meant_are_one_clear_error(ask, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SimError, match=message):
        ask()
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_not_there(found):
    with pytest.raises(SimError, match="table 'rows': expected one of results, paths"):
        found.to_pandas("rows")


def test_an_edited_completed_form_is_checked(found):
    edited = {**found.scenario, "sides": ["nobody", "northreach"]}
    with pytest.raises(ScenarioError, match="nobody"):
        sim.run(edited, 5)
