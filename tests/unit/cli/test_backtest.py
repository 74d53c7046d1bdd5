"""The command `backtest`."""

from __future__ import annotations

import json

import pytest

from tests import backtested

SHORT = ("--workers", 1, "--engine", "simpy", "--quiet")


@pytest.fixture
def folder(place):
    return backtested.folder_of_cases(place / "cases")


def test_the_answer_comes_first_then_scores_and_where_it_was_wrong(call, folder, place):
    answer = call("backtest", "cases", "-n", 60, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert "a coin: on 4 events of 2 cases, seen from the day on which each case begins, the model's chances score ." in text
    assert "Case, look date fit events Brier log dates RPS planted 2030-01-01 60 1 ." in text
    assert "On the wrong side given came" in text and "planted: The lot brings war" in text
    assert "histories 120, 60 of each of 2 cases, seed 1; all played now" in text
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report")))
    (directory,) = (place / "reports").iterdir()
    assert {path.name for path in directory.iterdir()} == {"planted", "crisis-13-days", "backtest.json", "report.html"}
    again = call("backtest", "cases", "-n", 60, *SHORT)
    assert again.out == answer.out.replace("all played now", "0 played now")


def test_everything_as_json_and_in_the_record(call, folder, place):
    answer = call("backtest", "cases/planted.yaml", "cases/crisis-13-days.yaml", "-n", 60, "--json", "--no-report", "--out", "mine", *SHORT)
    found = json.loads(answer.out)
    assert (answer.err, found["schema"], found["histories"], found["seed"], found["directory"], found["computed"]) == (
        "", 1, 60, 1, "mine", 120,
    )  # fmt: skip
    assert 0 < found["scores"]["brier"]["value"] < 1 and len(found["findings"]) > 3 and "report" not in found
    record = json.loads((place / "mine" / "backtest.json").read_text())
    assert record["result"]["scores"] == found["scores"] and "sim backtest" in record["command"]
    assert call("show", "mine/planted").code == 0  # an ordinary run


def test_the_page_says_where_the_model_was_wrong(call, folder, place):
    call("backtest", "cases", "-n", 60, "--out", "mine", *SHORT)
    page = (place / "mine" / "report.html").read_text("utf-8")
    before, after = page.index("Where it was wrong</h2>"), page.index("Case by case</h2>")
    assert page.index("a coin: on 4 events") < before < page.index("The lot brings war", before) < after
    assert "chart-reliability" in page and "After three days of talks" in page
    assert "sim backtest cases --replications 60 --seed 1" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backtest", "nowhere"), "there is no such folder or file"),
        (("backtest", "cases/expected"), "cases/expected"),
        (("backtest", "cases", "-n", 0), "0"),
        (("backtest", "cases", "--engine", "steam"), "steam"),
    ],
)
def test_bad_input_gets_one_message_and_nothing_is_played(call, folder, place, words, told):
    answer = call(*words, *SHORT[-1:])
    assert answer.code == 2 and told in answer.err and "Traceback" not in answer.err and not answer.out
    assert not list(place.glob("reports/*/*/manifest.json"))


def test_a_base_rate_that_is_not_there_is_told_before_anything_is_played(call, folder, place):
    record = folder / "expected" / "crisis-13-days.yaml"
    record.write_text(record.read_text("utf-8").replace("ended by formal agreement", "ended by magic"), "utf-8")
    answer = call("backtest", "cases", *SHORT)
    assert answer.code == 2 and "no event 'ended by magic'" in answer.err and "Settled in the end" in answer.err
    assert not (place / "reports").exists()


def test_a_single_case_has_no_others_and_few_histories_are_refused(call, folder, place):
    few = call("backtest", "cases", "-n", 29, *SHORT)
    assert few.code == 2 and "-n 29: expected at least 30 histories of each case" in few.err
    alone = json.loads(call("backtest", "cases/planted.yaml", "-n", 60, "--json", "--no-report", *SHORT).out)
    assert "other cases" not in {item["forecaster"] if "forecaster" in item else item["name"] for item in alone["against"]}
    assert not any("other cases" in text for text in alone["findings"])
