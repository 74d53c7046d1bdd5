"""The command `what-if`: the answer in words and tables, as JSON and as a page; the same search found again; slips."""

from __future__ import annotations

import json

import pytest

from tests.planted import planted
from tests.wished import NORMAL

SHORT = ("--workers", 1, "--engine", "batch", "--quiet", "-n", 40)  # on a slow machine progress would be told
LEVERS = {"dial": {"path": "parameters.dial.number", "label": "Dial", "who": "one", "range": [0, 2]}}


@pytest.fixture
def case(place):
    numbers = {"x": NORMAL, "dial": 0.5, "idle": 0}
    scenario = planted(numbers, "normal_cdf(-1 + x + 0 * dial)", uncertainties=["parameters.x.number"], levers=LEVERS)
    (place / "case.json").write_text(json.dumps(scenario), encoding="utf-8")
    return "case.json"


def test_the_answer_comes_first_then_a_table(call, place, case):
    answer = call("what-if", case, "--target", "share(war) >= 0.4", *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Planted * The smallest change found that brings “War” to at least 40%: “X” up by ")
    assert "fresh histories" in text and "Does not reach it alone" in text and "Dial" in text
    (directory,) = (place / "reports").iterdir()
    assert directory.name.startswith("what-if-planted-")
    assert f"results    reports/{directory.name}\nreport     reports/{directory.name}/report.html\n" in answer.out
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report")))


def test_the_same_command_finds_its_search_and_keeps_its_answer(call, place, case):
    words = ("what-if", case, "--target", "war >= 40%", "--at-most", 1, "--json", "--no-report", "--out", "mine", *SHORT)
    first, again = (json.loads(call(*words).out) for _ in range(2))
    assert first["computed"] == first["histories"] > 0 and again["computed"] == 0
    assert {**first, "computed": 0} == again and first["schema"] == 1 and "report" not in first
    assert first["answer"]["parts"][0]["path"] == "parameters.x.number" and first["reached"] and first["joint"] is None
    record = json.loads((place / "mine" / "what-if.json").read_text("utf-8"))
    assert record["result"]["answer"] == first["answer"] and record["result"]["findings"] == first["findings"]
    refused = call("what-if", case, "--target", "war >= 50%", "--out", "mine", *SHORT)
    assert refused.code == 2 and "holds another search" in refused.err
    assert call("digest", "mine/test-1").code == 0, "each stage is an ordinary run"


def test_levers_alone_that_do_nothing_reach_nothing(call, case):
    answer = call("what-if", case, "--target", "war >= 0.6", "--levers", "--no-report", *SHORT)
    assert answer.code == 0 and "Nothing within reach brings “War” to at least 60%: not the one number" in " ".join(answer.out.split())


@pytest.mark.parametrize(
    "words, message",
    [
        (("--target", "warr >= 0.4"), "did you mean 'war'?"),
        (("--target", "war"), "--target: expected an output, >= or <=, and a number, found 'war'"),
        (("--target", "war >= 0.4", "--change", "parameters.xx"), "did you mean"),
        (("--target", "war >= 0.4", "--change", "parameters.idle"), "is 0 and has no range"),
        (("--target", "war >= 0.4", "--change", ","), "--change: expected paths with commas between them, found nothing"),
        (("--target", "war >= 0.4", "--most", 0), "--most: expected standard deviations above 0"),
        (("--target", "war >= 0.4", "--at-most", 0), "--at-most: expected a whole number from 1, found 0"),
        (("--target", "war >= 0.4", "-n", 5), "-n 5: expected at least 20 histories at each change"),
    ],
)
def test_a_slip_is_told_before_anything_is_played(call, place, case, words, message):
    answer = call("what-if", case, *words, "--workers", 1, "--quiet")
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert not (place / "reports").exists()


def test_a_target_that_is_met_is_told_with_what_would_do(call, case):
    answer = call("what-if", case, "--target", "war <= 0.4", *SHORT)
    assert answer.code == 2
    assert "is already met without any change" in " ".join(answer.err.split()) and "set a target below" in " ".join(answer.err.split())
