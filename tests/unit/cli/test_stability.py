"""The command on conflicts in option form."""

from __future__ import annotations

import json

import pytest

from sim import resources

ELMIRA = resources.conflict_path("elmira")


def test_equilibria_come_first_then_options_states_and_preferences(call):
    answer = call("stability", ELMIRA, "--no-report")
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("The Elmira groundwater dispute of 1991 * State 5 (order upheld, delay goes on), state 8")
    assert "are equilibria by all four concepts: nobody gains by moving alone." in text
    assert "Ministry and Uniroyal could together leave state 5 for state 8" in text
    assert "1* N Y N N N NGSQ NGSQ ·GS· ·GS· appeal pending" in text
    assert "9 - - - Y - NGSQ NGSQ NGSQ NGSQ works abandoned" in text
    assert "Uniroyal: 1 > 4 > 8 > 5 > 9 > 3 > 7 > 2 > 6" in text


def test_a_report_is_written_and_named(call, place):
    answer = call("stability", ELMIRA)
    assert answer.out.endswith("\nReport: reports/stability-elmira/report.html\n")
    assert (place / "reports" / "stability-elmira" / "report.html").stat().st_size > 100_000
    answer = call("stability", ELMIRA, "--out", "mine")
    assert answer.out.endswith("Report: mine/report.html\n")


def test_a_shipped_conflict_goes_by_its_name(call):
    by_name, by_file = call("stability", "elmira", "--no-report"), call("stability", ELMIRA, "--no-report")
    assert by_name == by_file
    wrong = call("stability", "elmra")
    assert wrong.code == 2 and "did you mean 'elmira'?" in wrong.err


def test_one_state_is_explained(call):
    answer = call("stability", ELMIRA, "--state", 1)
    text = " ".join(answer.out.split())
    assert text.startswith("State 1 (appeal pending): an equilibrium by GMR and SMR.")
    assert "Y Uniroyal: Delay the appeal" in text
    assert (
        "Local government It would gain by moving to state 5 (order upheld, delay goes on). But if Ministry moves to 6, it is no better "
        "off than at 1 (GMR deters). From 6 it has no way to anything better than 1 (SMR deters). The threat is not credible: Ministry "
        "prefers 5 to 6, and no other answer is made of improvements (SEQ does not deter)."
    ) in text
    assert "So the state is stable for it by GMR and SMR, not by Nash or SEQ." in text
    assert "Ministry It can move to state 2, which it likes less" in text


def test_where_improvements_lead_from_the_status_quo(call):
    answer = call("stability", "missiles", "--from-status-quo")
    text = " ".join(answer.out.split())
    assert "state 7 (blockade and withdrawal): United States moves to 3, then Soviet Union to 7; an equilibrium by GMR, SMR and SEQ" in text


def test_everything_as_json(call):
    answer = call("stability", ELMIRA, "--json", "--no-report")
    found = json.loads(answer.out)
    assert (answer.err, found["schema"], found["id"], found["status_quo"]) == ("", 1, "elmira", 1)
    assert found["equilibria"] == {"Nash": [5, 8, 9], "GMR": [1, 4, 5, 8, 9], "SMR": [1, 4, 5, 8, 9], "SEQ": [5, 8, 9]}
    assert found["decision_makers"][0]["ranking"] == [[7], [3], [4], [8], [5], [1], [2], [6], [9]]
    first = found["states"][0]["decision_makers"]["LG"]
    assert first["stable"] == ["GMR", "SMR"] and first["moves"] == [5]
    (improvement,) = first["improvements"]
    assert improvement["GMR"] == improvement["SMR"] == [{"by": "MoE", "to": 6}] and improvement["SEQ"] == []
    assert improvement["unwilling"] == {"from": 5, "by": "MoE", "to": 6}
    assert found["states"][4]["coalitions"] == [{"members": ["MoE", "Uniroyal"], "to": 8}]


def test_parts_as_json(call):
    state = json.loads(call("stability", ELMIRA, "--state", 9, "--json").out)
    assert (state["schema"], state["number"], state["options"]) == (1, 9, "---Y-")
    paths = json.loads(call("stability", ELMIRA, "--from-status-quo", "--json").out)
    assert paths["paths"] == [{"state": 5, "steps": [{"by": "LG", "to": 5}], "equilibrium": ["Nash", "GMR", "SMR", "SEQ"]}]


@pytest.mark.parametrize(
    ("words", "message", "help_"),
    [
        (("--state", 10), "there is no state 10", "numbered from 1 to 9"),
        (("--state", 0), "there is no state 0", "numbered from 1 to 9"),
        (("--state", 1, "--from-status-quo"), "cannot stand together", "ask for one"),
        (("--state", 1, "--out", "x"), "--out cannot stand beside --state", "leave one"),
    ],
)
def test_wrong_use_is_told(call, words, message, help_):
    answer = call("stability", ELMIRA, *words)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err and help_ in answer.err and "Traceback" not in answer.err


def test_without_a_status_quo_there_are_no_ways_from_it(call, place):
    text = ELMIRA.read_text("utf-8").replace('status_quo: "N Y N N N"\n', "")
    (place / "c.yaml").write_text(text, "utf-8")
    answer = call("stability", "c.yaml", "--from-status-quo")
    assert answer.code == 2 and "names no status quo" in answer.err and "`status_quo:`" in answer.err


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a: [1", b"- 1\n", b"id: 1\n", b"decision_makers: 3\n"])
def test_a_broken_file_is_told_and_code_2(call, place, content):
    (place / "broken.yaml").write_bytes(content)
    answer = call("stability", "broken.yaml")
    assert (answer.code, answer.out) == (2, "")
    assert "broken.yaml" in answer.err and "Traceback" not in answer.err


def test_each_command_names_the_other_for_the_others_file(call):
    answer = call("run", ELMIRA)
    assert answer.code == 2 and "conflict in option form" in answer.err and f"`sim stability {ELMIRA}`" in answer.err
    answer = call("stability", "summit")
    assert answer.code == 2 and "a scenario to play" in answer.err and "`sim run summit`" in answer.err


def test_a_large_conflict_shows_its_equilibria_alone(call, place):
    options = [f"o{number}" for number in range(8)]
    makers = "".join(
        f"  D{half}: {{options: {{{', '.join(f'{name}: {{}}' for name in options[half::2])}}}, prefers: {options[half::2]}}}\n"
        for half in (0, 1)
    )
    text = f"schema_version: 1\nid: large\ntitle: Large\ndescription: L\nsources: {{}}\ndecision_makers:\n{makers}"
    (place / "large.yaml").write_text(text, "utf-8")
    answer = call("stability", "large.yaml")
    text = " ".join(answer.out.split())
    assert "State 256" in text and "Of 256 states those are shown that are equilibria or the status quo" in text
    page = (place / "reports" / "stability-large" / "report.html").read_text("utf-8")
    assert "A graph of 256 states would be a tangle" in page and "255 states that are no equilibrium are left out" in page
