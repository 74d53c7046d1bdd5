"""The command `robust`."""

from __future__ import annotations

import json

import pytest

from tests.robust_case import TEXT

SHORT = ("--workers", 1, "--quiet")
FEW = ("-n", 400, "--repeats", 5)


@pytest.fixture
def case(place):
    (place / "planted.yaml").write_text(TEXT, encoding="utf-8")
    return "planted.yaml"


def test_the_answer_comes_first_then_a_row_for_each_arm(call, place, case):
    answer = call("robust", case, "--policies", "all", "--at-most", 0.4, *FEW, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Two policies and a middle way * By fewer bad ends, ")
    assert "Arm, least regret first" in text and "best at meets" in text
    (directory,) = (place / "reports").iterdir()
    assert {path.name for path in directory.iterdir()} == {"base", "patient", "middle", "comparison.json", "robust.html", "robust.json"}
    assert "histories  1,200: 80 draws of the uncertainties with 5 each for 3 arms, seed 1; all played now" in answer.out
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report", "histories")))


def test_histories_are_those_of_a_comparison_with_repeats(call, case):
    """Either command finds what the other one played, and leaves its result alone."""
    words = (case, "--policies", "middle", *FEW, *SHORT, "--no-report", "--json")
    first = json.loads(call("robust", *words).out)
    compared = json.loads(call("compare", *words, "--pairs", 0).out)
    again = json.loads(call("robust", *words).out)
    assert (first["computed"], compared["computed"], again["computed"]) == (800, 0, 0)
    assert {**again, "computed": 800} == first and first["directory"] == compared["directory"]
    assert {item["arm"]: item["digest"] for item in first["arms"]} == {item["name"]: item["digest"] for item in compared["arms"]}


def test_everything_as_json_and_in_the_record(call, place, case):
    answer = call("robust", case, "--policies", "patient", "--by", "-metric:risk", *FEW, *SHORT, "--json", "--out", "mine")
    found = json.loads(answer.out)
    assert (found["schema"], found["by"], found["directory"], found["report"]) == (1, "-metric:risk", "mine", "mine/robust.html")
    kept = json.loads((place / "mine" / "robust.json").read_text("utf-8"))
    assert kept["arms"] == found["arms"] and kept["findings"] == found["findings"]
    assert found["arms"][0]["regret"]["mean"]["value"] == pytest.approx(found["arms"][0]["regret"]["mean"]["uncorrected"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "there is nothing to compare"),
        (("--policies", "midle"), "did you mean 'middle'?"),
        (("--policies", "middle", "--repeats", 1), "--repeats: expected a whole number from 2, found 1"),
        (("--policies", "middle", "-n", 30, "--repeats", 20), "are not two draws of the uncertainties"),
        (("--policies", "middle", "--by", "outcome"), "the tone of ends says only which is better"),
        (("--policies", "middle", "--at-least", 0.4), "use --at-most"),
        (("--policies", "middle", "--at-most", 4), "a share between 0 and 1"),
    ],
)
def test_bad_input_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("robust", case, *words, *SHORT)
    assert answer.code == 2 and message in " ".join(answer.err.split()) and answer.out == ""
    assert not (place / "reports").exists()


def test_arms_that_are_level_in_what_is_judged_are_not_called_the_same(call, case):
    """Their wars are the same, their weather is not: who chooses by wars may take either, and neither is a lever that nothing reads."""
    words = ("--policy", "windy: parameters.weather.number=0.7", "--by", "-outcome=war", *FEW, *SHORT, "--no-report")
    text = " ".join(call("robust", case, *words).out.split())
    assert "it does not matter which arm is chosen: at no draw of the uncertainties do they differ" in text
    assert "the same in every history" not in text and "All criteria" not in text
    found = json.loads(call("robust", case, *words, "--json").out)
    assert found["same"] == [] and [set(pair) for pair in found["level_in_every_history"]] == [{"base", "windy"}]
    twin = ("--policy", "twin: parameters.slope.number=0.5", *words[2:])
    assert "\u201cbase\u201d and \u201ctwin\u201d are the same in every history." in " ".join(call("robust", case, *twin).out.split())


def test_a_case_in_which_nothing_is_uncertain_has_no_draws(call, place):
    """No input is drawn: there is nothing to be robust against."""
    (place / "sure.yaml").write_text(
        TEXT.replace("{dist: uniform, low: 0, high: 1, source: invented}", "0.5").replace(
            "uncertainties:\n  - parameters.need.number\n  - parameters.weather.number\n", ""
        ),
        encoding="utf-8",
    )
    answer = call("robust", "sure.yaml", "--policies", "middle", *FEW, *SHORT)
    assert answer.code == 2 and "nothing" in answer.err


def test_arms_that_are_the_same_share_the_first_place(call, case):
    words = ("--policy", "twin: parameters.slope.number=0.5", "--policies", "middle", "--by", "-outcome=war", *FEW, *SHORT, "--no-report")
    text = " ".join(call("robust", case, *words).out.split())
    first = text.split(" * ")[1]
    alike = "\u201cbase\u201d and \u201ctwin\u201d, level in every history,"
    assert alike in first or "\u201cmiddle\u201d is the robust choice" in first or "\u201cmiddle\u201d has the least regret" in first
    assert "\u201cbase\u201d with" not in first, "its chance is not split between two names"
