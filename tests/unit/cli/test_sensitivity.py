"""The command `sensitivity`: the answer in words and tables, as JSON and as a page; the same run found again; slips."""

from __future__ import annotations

import json

import pytest

from sim.experiments.store import open_run
from tests.planted import UNIFORM, planted

SHORT = ("--workers", 1, "--engine", "simpy", "--quiet")  # on a slow machine progress would be told


@pytest.fixture
def case(place):
    scenario = planted({"x": UNIFORM, "y": UNIFORM}, "0.8 * x", {"line": "3 * x + y"}, uncertainties=["parameters.x.number"])
    (place / "case.json").write_text(json.dumps(scenario), encoding="utf-8")
    return "case.json"


def test_the_answer_comes_first_then_a_table(call, place, case):
    answer = call("sensitivity", case, "-n", 50, "--of", "war", *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Planted * Of the spread of \u201cWar\u201d (")
    assert "Of the inputs most hangs on \u201cX\u201d: " in text and "All 1 other inputs together" in text
    (directory,) = (place / "reports").iterdir()
    assert f"results    reports/{directory.name}\nreport     reports/{directory.name}/sensitivity.html\n" in answer.out
    assert "histories  250: 50 base samples of 5, seed 1; all played now" in answer.out
    assert open_run(directory).manifest["design"] == "saltelli"
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report")))


def test_the_same_command_finds_its_run_and_a_finished_run_tells_of_other_outputs(call, case):
    words = ("-n", 40, "--json", "--no-report", "--out", "mine", *SHORT)
    first = json.loads(call("sensitivity", case, *words).out)
    again = json.loads(call("sensitivity", case, *words).out)
    assert (first["computed"], again["computed"]) == (200, 0)
    assert {**first, "computed": 0} == again and first["schema"] == 1 and "report" not in first
    other = json.loads(call("sensitivity", "mine", "--of", "metric:line", "--json", "--no-report").out)
    assert [item["output"] for item in other["outputs"]] == ["metric:line"]
    assert other["factors"] == first["factors"]
    refused = call("sensitivity", "mine", "-n", 50)
    assert refused.code == 2 and "--samples: a result directory is played already" in refused.err


def test_effects_by_screening(call, case):
    words = ("--method", "morris", "-n", 10, "--of", "metric:line", "--inputs", "parameters.x,parameters.y.number", "--json", "--no-report")
    answer = call("sensitivity", case, *words, *SHORT)
    (output,) = json.loads(answer.out)["outputs"]
    assert [item["mu_star"]["value"] for item in output["factors"]] == pytest.approx([1.5, 0.5, 0.0])


@pytest.mark.parametrize(
    "words, message",
    [
        (("--of", "warr", "-n", 40), "did you mean 'war'?"),
        (("--of", ",", "-n", 40), "--of: expected names with commas between them, found nothing"),
        (("--inputs", "parameters.yy.number", "-n", 40), "did you mean 'parameters.y"),
        (("-n", 5), "-n 5: expected at least 32 base samples, for first and total order with intervals"),
        (("--method", "fast"), "--method fast: expected sobol or morris"),
    ],
)
def test_a_slip_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("sensitivity", case, *words, *SHORT)
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert not (place / "reports").exists()


def test_a_run_of_another_design_is_refused(call, case):
    call("run", case, "-n", 20, "--out", "plain", "--no-report", *SHORT)
    answer = call("sensitivity", "plain")
    assert answer.code == 2 and "the run's is 'random'" in " ".join(answer.err.split())
