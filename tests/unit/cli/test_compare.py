"""The command `compare`, and `replay --pair` on what it made."""

from __future__ import annotations

import json

import pytest

from sim.experiments.store import open_run

GAME = "theory/ultimatum"
LOW, SAME = "low: game.strategies.offer=.3", "same: parameters.low=0"
SHORT = ("--workers", 1, "--engine", "simpy", "--quiet")  # on a slow machine progress would be told


def test_the_answer_comes_first_then_differences_ranking_and_why(call, place):
    answer = call("compare", GAME, "--policy", LOW, "-n", 300, "--pairs", 4, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("Take it or leave it * By how good the end is, \u201cbase\u201d comes first of 2 arms, with a probability of")
    assert "\u201clow\u201d against \u201cbase\u201d: \u201cthe offer is accepted\u201d" in text and "points less often" in text
    assert "Where histories part" in text and "they part first at \u201cThe proposer offers a share: another choice\u201d (4)" in text
    (directory,) = (place / "reports").iterdir()
    assert {path.name for path in directory.iterdir()} == {"base", "low", "comparison.json", "report.html"}
    assert f"results    reports/{directory.name}\nreport     reports/{directory.name}/report.html\n" in answer.out
    assert "histories  600, 300 of each of 2 arms, seed 1; all played now" in answer.out
    assert all(len(line) <= 80 for line in answer.out.splitlines() if not line.startswith(("results", "report")))


def test_everything_as_json_and_in_the_record(call, place):
    words = ("--policy", LOW, "--policy", SAME, "-n", 250, "--pairs", 0, "--json", "--no-report", "--out", "mine")
    answer = call("compare", GAME, *words, *SHORT)
    found = json.loads(answer.out)
    assert (answer.err, found["schema"], found["replications"], found["reference"], found["directory"]) == ("", 1, 250, "base", "mine")
    by_place = {(item["arm"], item["measure"]): item for item in found["differences"]}
    agreement = by_place["low", "outcome=agreement"]
    assert agreement["low"] <= -0.2 <= agreement["high"] and agreement["verdict"] == "less" and agreement["holds_among_all"]
    assert agreement["difference"] == pytest.approx(agreement["value"] - agreement["reference"])
    gain = by_place["low", "payoff:proposer"]
    assert gain["low"] <= 0.7 * 0.3 - 0.5 * 0.5 <= gain["high"]
    wanted = ("same", "low", "outcome=agreement")
    pair = next(item for item in found["all_pairs"] if (item["arm"], item["against"], item["measure"]) == wanted)
    assert pair["difference"] == -agreement["difference"]
    assert [item["arm"] for item in found["ranking"]["arms"]] == ["base", "same", "low"]
    assert json.loads((place / "mine" / "comparison.json").read_text())["result"]["differences"] == found["differences"]


def test_a_policy_that_changes_nothing_differs_by_nothing_in_every_history(call):
    """One equal to the base, and a lever that no rule reads."""
    unread = "unread: parameters.reservation=.4"  # of the variant in which the reservation value is known
    answer = call("compare", GAME, "--policy", SAME, "--policy", unread, "-n", 200, "--json", "--no-report", *SHORT)
    found = json.loads(answer.out)
    assert {arm["name"]: arm["same_as"] for arm in found["arms"]} == {"base": None, "same": "base", "unread": "base"}
    assert len({arm["digest"] for arm in found["arms"]}) == 1
    for item in found["differences"]:
        assert (item["difference"], item["differing_pairs"], item["verdict"]) == (0.0, 0, "same")
    text = " ".join(found["findings"])
    same = "\u201c{}\u201d and \u201cbase\u201d are the same in every history: "
    assert same.format("same") + "their scenarios are the same in everything that is played" in text
    assert same.format("unread") + "what \u201cunread\u201d sets is as it was, or nothing here reads it" in text


def test_what_was_played_is_found_again_and_more_is_added(call):
    words = ("compare", GAME, "--policy", LOW, "--no-report", "--pairs", 0, *SHORT)
    first, second, more = call(*words, "-n", 60), call(*words, "-n", 60), call(*words, "-n", 120)
    assert "all played now" in first.out
    assert second.out == first.out.replace("all played now", "0 played now")
    assert "histories  240, 120 of each of 2 arms" in more.out and " played now" in more.out and "all played" not in more.out


def test_histories_are_added_until_the_error_is_small_enough(call, place):
    words = ("compare", GAME, "--policy", LOW, "--json", "--no-report", "--pairs", 0, *SHORT)
    found = json.loads(call(*words, "--until-se", 0.014).out)
    assert 500 < found["replications"] < 2000 and found["until_se"]["largest_se"] <= 0.014
    assert len(open_run(place / found["directory"] / "low").results["outcome"]) == found["replications"]
    missed = json.loads(call(*words, "--until-se", 0.001, "--budget", 1400, "--out", "short").out)
    assert missed["replications"] == 700 and "is still" in " ".join(missed["findings"])


def test_by_what_one_end_is_better_can_be_said(call, place):
    words = ("compare", GAME, "--policy", LOW, "-n", 120, "--no-report", "--pairs", 0, "--json", *SHORT)
    for by, first in (("payoff:proposer", "base"), ("-payoff:responder", "low"), ("outcome=refusal", "low"), ("-time:deal", None)):
        answer = call(*words, "--by", by)
        if first is None:
            assert answer.code == 2 and "in no history is it known of all arms" in answer.err
        else:
            ranked = json.loads(answer.out)["ranking"]
            assert (ranked["arms"][0]["arm"], ranked["by"]) == (first, by)
    nearest = call(*words, "--by", "payoff:proposr", "--out", "never")
    assert nearest.code == 2 and "did you mean 'payoff:proposer'?" in nearest.err
    assert not (place / "never").exists(), "a slip is told before anything is played"
    assert "holds words" in call(*words, "--by", "outcome@1").err


def test_a_column_can_be_compared_besides(call):
    """Over the histories in which both arms have it, and told whether or not it differs."""
    words = ("compare", GAME, "--policy", LOW, "-n", 60, "--no-report", "--pairs", 0, *SHORT)
    answer = call(*words, "--also", "type:reservation,payoff:proposer", "--json")
    found = {item["measure"]: item for item in json.loads(answer.out)["differences"]}
    assert found["type:reservation"]["difference"] == 0.0 and found["type:reservation"]["pairs"] == 60
    groups = {item["id"]: item["group"] for item in json.loads(answer.out)["measures"]}
    assert (groups["type:reservation"], groups["payoff:proposer"]) == ("also", "payoffs")
    assert "type reservation" in call(*words, "--also", "type:reservation").out
    nearest = call(*words, "--also", "type:reservatin", "--out", "never")
    assert nearest.code == 2 and "did you mean 'type:reservation'?" in nearest.err
    assert "holds words" in call(*words, "--also", "outcome@1").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "there is nothing to compare"),
        (("--policies", ","), "--policies: expected names"),
        (("--policies", "all"), "the file has no `policies:`"),
        (("--policies", "slow"), "unknown policy 'slow'"),
        (("--policy", "low:"), "--policy 'low' sets nothing"),
        (("--policy", LOW, "--policy", LOW), "'low' is named twice"),
        (("--policy", LOW, "--against", "lo"), "--against lo: no arm of this name"),
        (("--policy", LOW, "--budget", 3), "expected at least 4, two histories of each of 2 arms"),
        (("--policy", LOW, "--pairs", -1), "--pairs: expected a whole number from 0"),
        (("--policy", LOW, "-n", 0), "replications: expected a whole number from 1"),
        (("--policy", LOW, "--until-se", 2), "until-se: expected a standard error"),
    ],
)
def test_bad_input_is_refused_in_one_message(call, words, message):
    answer = call("compare", GAME, *words)
    assert answer.code == 2 and message in answer.err and answer.out == "" and "Traceback" not in answer.err


def test_two_histories_are_told_to_where_they_part(call, place):
    call("compare", GAME, "--policy", LOW, "-n", 40, "--no-report", "--pairs", 0, "--out", "mine", *SHORT)
    answer = call("replay", "mine", "--pair", "low,base")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "\u201clow\u201d and \u201cbase\u201d, with the same draws" in text
    assert "Where they part start: under \u201clow\u201d the proposer offers a share: 0.3; under \u201cbase\u201d" in text
    assert "From there on under \u201clow\u201d, which ends as \u201cthe offer is refused\u201d" in text
    assert call("replay", "--pair", "mine/low,mine/base").out == answer.out == call("replay", "--pair", "mine/low", "mine/base").out
    data = json.loads(call("replay", "mine", "--pair", "low,base", "--json").out)
    assert [arm["outcome"] for arm in data["arms"]] == ["refusal", "agreement"]
    assert data["first_difference"]["label"] == "The proposer offers a share: another choice"
    assert "the same happens in both" in " ".join(call("replay", "--pair", "mine/base,./mine/base", "-r", 1).out.split())


def test_a_pair_that_is_none_is_refused(call):
    for seed, out in ((1, "mine"), (2, "other")):
        call("compare", GAME, "--policy", LOW, "-n", 20, "--seed", seed, "--no-report", "--pairs", 0, "--out", out, *SHORT)
    for words, message in (
        (("mine", "--pair", "low,bse"), "mine has no arm 'bse'"),
        (("mine", "--pair", "low"), "expected two different arms"),
        (("--pair", "mine/low,mine/low"), "expected two different arms"),
        (("mine", "--pair", "low,base", "--seed", 2), "--seed cannot stand beside --pair"),
        (("mine", "--pair", "low,base", "-r", 20), "holds 20 replications"),
        (("--pair", "mine/low,other/low"), "have different seeds, 1 and 2"),
    ):
        answer = call("replay", *words)
        assert answer.code == 2 and message in answer.err, words


def test_histories_that_share_their_inputs_tell_inputs_from_chance(call):
    """All that varies here is what the responder holds out for, an input; both arms have the same points."""
    words = ("compare", GAME, "--policy", LOW, "--no-report", "--pairs", 0, "--json", *SHORT)
    found = json.loads(call(*words, "-n", 83, "--repeats", 4).out)
    assert found["replications"] == 80 and found["inputs_and_chance"]["points"] == 20
    split = next(item for item in found["inputs_and_chance"]["splits"] if (item["arm"], item["measure"]) == ("low", "outcome=agreement"))
    assert split["value"]["inputs"] == split["difference"]["inputs"] == 1.0
    duel = next(item for item in found["inputs_and_chance"]["pairs"] if item["arm"] == "base")
    assert duel["better"]["count"] > 0 == duel["worse"]["count"]
    refused = call(*words, "-n", 7, "--repeats", 4)
    assert refused.code == 2 and "7 histories are not two draws of the uncertainties with 4 each" in refused.err
    assert "cannot stand together" in call(*words, "--until-se", 0.1, "--repeats", 4).err


def test_base_rates_and_grounds_stand_below_the_shares(call, place):
    """In at most two lines, and in the answer of the page."""
    answer = call("compare", "summit", "--variants", "no-summit", "--replications", "20", "--pairs", "0", "--workers", "1")
    told = [line for line in answer.out.splitlines() if "Base rate" in line or "judgement or defaults" in line]
    assert len(told) == 2 and "0 in 13 Korean crises" in told[0]
    page = next((place / "reports").glob("compare-*/report.html")).read_text("utf-8")
    assert "0 in 13 Korean crises" in page and 'id="limits"' in page


def test_too_few_histories_put_no_arm_first(call, place):
    refused = call("compare", GAME, "--policy", LOW, "-n", 1, *SHORT)
    assert refused.code == 2 and "-n 1: expected at least 2 histories of each arm" in refused.err
    text = " ".join(call("compare", GAME, "--policy", LOW, "-n", 8, "--pairs", 0, "--no-report", *SHORT).out.split())
    assert "too few histories differ to say which arm comes first" in text
    assert "alone it would count as one" not in text, "whose interval holds nothing"
