"""The command `pareto`."""

from __future__ import annotations

import json

import pytest

from tests.pareto_case import OBJECTIVES, TEXT

SHORT = ("--points", 8, "--steps", 1, "-n", 40, "--fresh", 80, "--workers", 1, "--quiet")
WANTED = ("--objective", OBJECTIVES[0], "--objective", OBJECTIVES[1])


@pytest.fixture
def case(place):
    (place / "planted.yaml").write_text(TEXT, encoding="utf-8")
    return "planted.yaml"


def test_the_answer_comes_first_then_the_settings(call, place, case):
    answer = call("pareto", case, "--levers", "push,noise", *WANTED, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    lead = "Of 12 settings of \u201cPressure\u201d and \u201cNoise\u201d tried for more \u201cA deal\u201d and less \u201cWar\u201d"
    assert text.startswith(f"Pressure and noise * {lead}")
    assert "luck" in text and "as is 0.5 0.9" in text
    (directory,) = (place / "reports").iterdir()
    names = {"search-0", "search-1", "fresh", "as-described-search", "as-described-fresh", "pareto.json", "pareto.html"}
    assert {path.name for path in directory.iterdir()} == names
    assert "all played now" in answer.out
    again = call("pareto", case, "--levers", "push,noise", *WANTED, *SHORT)
    assert again.out == answer.out.replace("all played now", "0 played now")


def test_a_lever_that_moves_no_objective_is_no_trade(call, case):
    text = " ".join(call("pareto", case, "--levers", "nothing", *WANTED, *SHORT, "--no-report").out.split())
    assert "all are level: no objective differs between them, neither in the search nor on fresh draws." in text
    assert "must give up another" not in text and "has its price" not in text


def test_everything_as_json_and_in_the_record(call, place, case):
    answer = call("pareto", case, "--levers", "push", *WANTED, *SHORT, "--json", "--out", "mine")
    found = json.loads(answer.out)
    assert (found["schema"], found["tried"], found["directory"], found["report"]) == (1, 12, "mine", "mine/pareto.html")
    kept = json.loads((place / "mine" / "pareto.json").read_text("utf-8"))
    assert kept["result"]["settings"] == found["settings"] and kept["asked"]["points"] == 8
    other = call("pareto", case, "--levers", "noise", *WANTED, *SHORT, "--out", "mine")
    assert other.code == 2 and "holds another search, and nothing is overwritten" in other.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--levers", "pushh", *WANTED), "pushh"),
        (("--levers", ",", *WANTED), "--levers: expected names"),
        (("--levers", "push", *WANTED[:2]), "expected at least two objectives"),
        (("--levers", "push", *WANTED[:2], "--objective", "min share(wra)"), "did you mean 'war'"),
        (("--levers", "push", *WANTED, "--points", 3), "--points: expected a whole number from 4, found 3"),
    ],
)
def test_bad_input_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("pareto", case, *words, "--workers", 1, "--quiet")
    assert answer.code == 2 and message in " ".join(answer.err.split()) and answer.out == ""
    assert not (place / "reports").exists()
