"""The command `sweep`: curves, tables and thresholds in words, as JSON and as pages; the same runs found again; slips."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest

from sim.experiments.store import open_run
from tests.planted import planted
from tests.swept import RANGE, X

SHORT = ("--workers", 1, "--engine", "simpy", "--quiet")  # on a slow machine progress would be told


@pytest.fixture
def case(place):
    levers = {"hype": {"path": X, "range": [0, 1]}}
    scenario = planted({"x": RANGE, "y": RANGE}, "0.8 * x", {"line": "3 * x + y"}, levers=levers)
    (place / "case.json").write_text(json.dumps(scenario), encoding="utf-8")
    return "case.json"


def test_the_answer_comes_first_then_the_curve(call, place, case):
    answer = call("sweep", case, "--over", "levers.hype=0:1:3", "--of", "war", "-n", 50, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Planted * “War” by “X”: 0.0% (0.0 to 7.1) at 0, ")
    assert "histories  150: 50 at each of 3 points, seed 1; all played now" in answer.out
    (directory,) = (place / "reports").iterdir()
    assert f"report     reports/{directory.name}/sweep.html\n" in answer.out
    stored = open_run(directory)
    assert stored.manifest["design"] == "grid" and stored.manifest["command"].startswith("sim sweep case.json --over")
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report")))


def test_the_same_command_finds_its_run_and_any_row_replays(call, case):
    words = ("--over", f"{X}=0,.5,1", "--over", "parameters.y=0:1:2", "-n", 20, "--json", "--no-report", "--out", "mine", *SHORT)
    first = json.loads(call("sweep", case, *words).out)
    again = json.loads(call("sweep", case, *words).out)
    assert (first["computed"], again["computed"]) == (120, 0) and {**first, "computed": 0} == again
    war = next(item for item in first["outputs"] if item["output"] == "war")
    assert len(war["table"]["values"]) == 3 and len(war["table"]["values"][0]) == 2
    row = json.loads(call("replay", "--from", "mine", "--replication", 77, "--json").out)["row"]
    assert row["draws"] == 12 and row[f"input:{X}"] == 1.0


def test_ranges_and_tables_of_points(call, place, case):
    spread = json.loads(call("sweep", case, "--over", "hype", "--design", "lhs", "-n", 400, "--of", "metric:line", "--json",
                             "--no-report", *SHORT).out)  # fmt: skip
    (line,) = spread["outputs"]
    assert spread["design"] == "lhs" and line["curves"][0]["points"][0]["value"] == pytest.approx(1.25, abs=0.05)
    (place / "points.csv").write_text("hype,parameters.y\n.2,1\n.8,0\n", encoding="utf-8")
    listed = json.loads(call("sweep", case, "--design", "points.csv", "-n", 20, "--of", "metric:line", "--json", "--no-report", *SHORT).out)
    assert [point["value"] for point in listed["outputs"][0]["points"]] == pytest.approx([1.6, 2.4])


def test_a_threshold_is_found_and_its_steps_are_runs(call, place, case):
    words = ("sweep", case, "--over", "hype", "--threshold", "share(war) >= 40%", "-n", 2_000, *SHORT)
    answer = call(*words)
    assert (answer.code, answer.err) == (0, "")
    assert " ".join(answer.out.split()).startswith("Planted * The share of “War” is at least 40% from 0.")
    (directory,) = (place / "reports").iterdir()
    assert directory.name.startswith("threshold-planted-") and (directory / "report.html").is_file()
    assert open_run(directory / "there").manifest["design_settings"]["first"] > 0
    told = json.loads(call(*words, "--json").out)
    assert told["computed"] == 0 and told["verdict"] == "crossed" and told["met"] == "above"
    assert told["threshold"]["low"] <= 0.5 <= told["threshold"]["high"]
    record = json.loads((directory / "threshold.json").read_text("utf-8"))
    assert record["result"]["threshold"] == told["threshold"]


@pytest.mark.parametrize(
    "words, message",
    [
        (("--over", "hyp=0:1"), "did you mean 'hype'?"),
        ((), "--over: expected a lever, an uncertainty or the path of another number"),
        (("--over", "hype", "--of", "warr"), "did you mean 'war'?"),
        (("--over", "hype", "-n", 3), "-n 3: expected at least 20 histories at each point"),
        (("--threshold", "share(war) >= .1"), "--threshold: expected one --over, found 0"),
        (("--over", "hype", "--threshold", "share(war) >= 2"), "can never be"),
        (("--over", "hype", "--threshold", "share(war) >= .1", "-n", 100), "expected at least 1,000 histories for a search"),
        (("--over", "hype", "--threshold", "share(war) >= .1", "--of", "war"), "--of beside --threshold"),
    ],
)
def test_a_slip_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("sweep", case, *words, *SHORT)
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert not (place / "reports").exists()


def test_a_directory_with_another_search_is_not_overwritten(call, case):
    words = ("sweep", case, "--over", "hype", "--out", "there", "--no-report", *SHORT)
    call(*words, "--threshold", "share(war) >= .4", "-n", 1_000)
    answer = call(*words, "--threshold", "share(war) >= .3", "-n", 1_000)
    assert answer.code == 2 and "holds another search, and nothing is overwritten" in " ".join(answer.err.split())


def test_values_beyond_the_range_of_a_lever_are_told_and_played(call, case):
    words = ("--of", "war", "-n", 50, "--workers", 1, "--engine", "simpy", "--no-report")
    beyond = call("sweep", case, "--over", "hype=0:2:3", *words)
    assert beyond.code == 0 and "hype: 0 to 2 goes beyond the range that the file gives this lever, 0 to 1" in beyond.err
    assert "goes beyond" not in call("sweep", case, "--over", "hype=0:1:3", *words).err


def test_a_number_that_is_fixed_for_a_run_has_a_run_for_each_value(call, place, case):
    """Menus or calendar of all its histories are made of it, so that no design can vary it within a run."""
    words = ("sweep", case, "--over", "horizon=1,2", "--over", "hype=0,1", "--of", "metric:line", "-n", 20, *SHORT)
    answer = call(*words)
    assert (answer.code, answer.err) == (0, "")
    assert "histories  80: 20 at each of 4 points, seed 1; all played now" in answer.out
    (directory,) = (place / "reports").iterdir()
    assert directory.name.startswith("sweep-planted-")
    assert sorted(path.name for path in directory.iterdir() if path.is_dir()) == [f"point-{n}" for n in (1, 2, 3, 4)]
    assert "point-1" in (directory / "sweep.html").read_text("utf-8")
    told = json.loads(call(*words, "--json").out)
    assert told["computed"] == 0 and told["outputs"][0]["table"]["values"] == [[0.5, 3.5], [0.5, 3.5]]
    assert [factor["values"] for factor in told["factors"]] == [[1, 2], [0, 1]]
    row = call("replay", "--from", directory / "point-4", "--replication", 3, "--json")
    assert json.loads(row.out)["row"][f"input:{X}"] == 1.0
    assert open_run(directory / "point-4").manifest["command"].startswith("sim sweep case.json --over horizon=1,2 --over hype=0,1")


def test_the_run_of_a_value_is_one_that_can_be_played_alone(call, place, case):
    words = ("sweep", case, "--over", "horizon=1,2", "--of", "war", "-n", 20, "--out", "there", *SHORT)
    assert call(*words).code == 0
    again = open_run(place / "there" / "point-2").manifest["command"]
    assert again == "sim run case.json --set horizon=2 --seed 1"
    assert call(*shlex.split(again)[1:], "-n", 20, *SHORT, "--no-report", "--out", "alone").code == 0
    mine, alone = open_run(place / "there" / "point-2").results, open_run("alone").results
    assert all(np.array_equal(alone[name], mine[name], equal_nan=alone[name].dtype.kind == "f") for name in alone)
    other = call(*words[:3], "horizon=1,3", *words[4:])
    assert other.code == 2 and "holds another sweep" in other.err


def test_values_beyond_a_levers_range_are_told_once_also_where_each_has_a_run(call, place):
    levers = {"term": {"path": "horizon", "range": [1, 2]}}
    (place / "term.json").write_text(json.dumps(planted({}, "0.5", levers=levers)), encoding="utf-8")
    answer = call("sweep", "term.json", "--over", "term=1:4:4", "-n", 20, "--workers", 1, "--engine", "simpy", "--no-report")
    assert answer.code == 0 and answer.err.count("beyond") == 1
    assert "term: 1 to 4 goes beyond the range that the file gives this lever, 1 to 2" in answer.err


def test_a_value_that_the_scenario_does_not_bear_is_shown(call, place):
    refused = call("sweep", "summit", "--over", "steps=0,3", *SHORT)
    assert refused.code == 2 and "expected a number >= 1, found 0" in refused.err and "--> --over:1:" in refused.err
    assert not (place / "reports").exists()


def test_a_number_that_is_fixed_for_a_run_is_called_so_where_a_design_cannot_vary_it(call):
    refused = call("sweep", "summit", "--over", "steps=2:12", "--threshold", "share(war) >= .1", *SHORT)
    assert refused.code == 2 and "'steps' is fixed for a run" in refused.err
    assert "sim sweep FILE --over mechanisms.agreements.milestones=LOW:HIGH:7" in refused.err
    refused = call("sweep", "summit", "--over", "steps=2:12", "--design", "lhs", *SHORT)
    assert refused.code == 2 and "cannot be a point of its own" in refused.err
    parts = call("sweep", "summit", "--over", "actors.PRK.red_lines.arsenal=0:1:3", *SHORT)
    assert parts.code == 2 and "no one number that can vary: it has parts" in parts.err


def test_a_design_that_there_is_not_is_told_before_what_it_leaves_out(call, case):
    refused = call("sweep", case, "--over", "hype", "--design", "halton", *SHORT)
    assert refused.code == 2 and "halton" in refused.err and "leave --over out" not in refused.err
