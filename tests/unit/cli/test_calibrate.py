"""The command `calibrate`: the answer in words and tables, as JSON and as a page; a variant printed or written; slips."""

from __future__ import annotations

import json

import pytest

from tests import calibrated

SHORT = ("--fit", "parameters.x,parameters.y", "--waves", 2, "--points", 60, "-n", 40, "--workers", 1, "--engine", "batch", "--quiet")
WORDS = ("calibrate", "case.json", *SHORT)


@pytest.fixture
def case(place):
    (place / "case.json").write_text(json.dumps(calibrated.case()), encoding="utf-8")
    return place / "case.json"


def test_the_answer_comes_first_then_tables_and_the_variant_goes_into_a_new_file(call, place, case):
    before = case.read_text("utf-8")
    answer = call(*WORDS, "--before", "2030-01-01", "--write-variant", "mine", "--to", "new.json")
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Planted * As the scenario stands, ")
    assert "Not used, because not dated before 2030-01-01: \u201cNever\u201d (it is of 2030-06-01). Of these 1 of 1 hold" in text
    assert "Never: at most 10% (not used)" in text and "histories 7,600, seed 1; all played now" in text
    assert "variant new.json; play it with `sim run new.json --variant mine`" in text
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report", "variant")))
    assert case.read_text("utf-8") == before
    fitted = json.loads((place / "new.json").read_text("utf-8"))["variants"]["mine"]["fitted"]
    assert fitted["before"] == "2030-01-01" and fitted["targets"] == ["share:outcome=war", "share:metric:both>=1"]
    assert call("validate", "new.json").code == 0
    page = (place / "reports").glob("*/calibration.html")
    assert "fitted to its targets" in next(page).read_text("utf-8")

    # The same again finds all of it, and prints the variant.
    found = call(*WORDS, "--before", "2030-01-01", "--write-variant", "mine", "--json", "--no-report")
    data = json.loads(found.out)
    assert data["computed"] == 0 and data["before"] == "2030-01-01" and "report" not in data
    assert data["variant"]["name"] == "mine" and data["variant"]["fitted"] == fitted
    assert [item["used"] for item in data["targets"]] == [True, True, False]
    assert data["parameters"][0]["width"] < 0.8 and len(data["correlations"]) == 2
    assert "Under `variants:` of a scenario file:" in call(*WORDS, "--before", "2030-01-01", "--write-variant", "mine", "--no-report").out
    again = call(*WORDS, "--write-variant", "mine", "--to", "new.json")
    assert again.code == 2 and "nothing is overwritten" in again.err


def test_no_accepted_parameters_say_which_targets_stand_in_the_way(call, place):
    targets = [{"figure": "share:outcome=war", "low": 0.9, "high": 0.95, "tolerance": 0.01, "label": "War"}]
    (place / "case.json").write_text(json.dumps(calibrated.case(targets=targets)), encoding="utf-8")
    answer = call(*WORDS)
    text = " ".join(answer.err.split())
    assert answer.code == 2 and "no parameters come near all 1 targets, so none could be accepted" in text
    assert "No values of the parameters bring \u201cWar\u201d (nearest" in text
    assert "leave out or widen a target (`tolerance:`), or fit other parameters (--fit)" in text
    assert "what was played is kept in reports/calibrate-planted-" in text


@pytest.mark.parametrize(
    "words, message",
    [
        (("--before", "2018-13-01"), "--before 2018-13-01: expected a month from 01 to 12"),
        (("--before", "1999-01-01"), "no target is dated before that day; they are of 2029-03-01 to 2030-06-01"),
        (("--fit", "parameters.xx"), "did you mean"),
        (("--fit", ","), "--fit: expected names with commas between them, found nothing"),
        (("--points", 3), "--points 3: expected from 40 to 100,000"),
        (("--to", "new.json"), "--to needs a name for the variant"),
        (("--write-variant", "Mine"), "expected lower-case letters, digits, dots and dashes"),
        (("--write-variant", "mine", "--to", "case.json"), "there is such a file, and nothing is overwritten"),
    ],
)
def test_a_slip_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("calibrate", "case.json", *words, "--quiet")
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert not (place / "reports").exists()
