"""The command on empirical games."""

from __future__ import annotations

import json

import pytest

from sim.games.files.nfg import read_nfg
from tests import two_by_two

SHORT = ("--pilot", 100, "--budget", 1_000, "--workers", 1)


@pytest.fixture
def dilemma(place):
    (place / "dilemma.yaml").write_text(two_by_two.DILEMMA, encoding="utf-8")
    return "dilemma.yaml"


def test_sentences_come_first_then_payoffs_equilibria_and_endings(call, dilemma, place):
    answer = call("equilibrium", dilemma, *SHORT)
    assert (answer.code, answer.err) == (0, "")
    text = " ".join(answer.out.split())
    assert text.startswith("A stage game with noise * Settled: the answer, with no other equilibrium, comes out in 100% of 400 bootstrap")
    assert "* The equilibrium, in pure strategies: Anna plays d, Bert r. It comes out in 100% of the bootstrap samples." in text
    assert "Payoffs: A (rows), B (columns) l r u 1.9" in text and "Players who err (logit, precision 40" in text
    assert "Equilibria survives payoffs 1. 100% A 1.0" in text and "Anna plays d, Bert r How histories end" in text
    assert "agreed 100.0% (97.5 to 100.0) 0.0% (0.0 to 3.7)" in text
    (directory,) = (place / "reports").iterdir()
    assert answer.out.endswith(f"Report    reports/{directory.name}/report.html\n")
    assert {path.name for path in directory.iterdir()} == {"report.html", "record.json", "samples.npz"}


def test_everything_as_json_and_the_game_for_gambit(call, dilemma, place):
    answer = call("equilibrium", dilemma, *SHORT, "--json", "--no-report", "--nfg", "game.nfg", "--out", "mine", "--precision", 2)
    found = json.loads(answer.out)
    assert (answer.err, found["schema"], found["scenario"], found["stands"], found["directory"]) == ("", 1, "stage", True, "mine")
    (one,) = found["equilibria"]
    assert one["strategies"] == {"A": {"d": 1.0}, "B": {"r": 1.0}} and one["survival"] == 1.0
    assert one["outcomes"]["open"]["share"] == 1.0 and found["default_outcomes"]["agreed"]["share"] == 1.0
    assert found["logit"]["precision"] == 2 and found["is_degenerate"] is False and found["near_ties"] == []
    game = read_nfg(place / "game.nfg")
    assert (game.players, game.strategies) == (("A", "B"), (("u", "d"), ("l", "r")))
    for profile in found["profiles"]:
        place_of = tuple(names.index(name) for names, name in zip(game.strategies, profile["strategies"], strict=True))
        assert profile["payoffs"] == [game.payoffs[(player, *place_of)] for player in (0, 1)]
    assert json.loads((place / "mine" / "record.json").read_text())["result"]["share"] == found["share"]


def test_what_was_played_is_found_again(call, dilemma):
    first, second = (call("equilibrium", dilemma, *SHORT, "--no-report") for _ in range(2))
    assert "; all played now)" in first.out
    assert second.out == first.out.replace("all played now", "0 played now")


def test_three_players_have_a_list_by_regret(call, place):
    third = "  C: {role: broker}\n"
    menu = "  C:\n    idle: {}\n    busy: {set: {parameters.unread: 1}}\n"
    text = two_by_two.DILEMMA.replace("parameters:\n", f"{third}parameters:\n", 1) + menu
    (place / "three.yaml").write_text(text, encoding="utf-8")
    answer = call("equilibrium", "three.yaml", *SHORT, "--no-report", "--payoff", "C=utility:C")
    text = " ".join(answer.out.split())
    assert (answer.code, answer.err) == (0, "")
    assert "Profiles by regret regret histories A B C A, B, C 0 " in text
    assert "Exact tie: C could use busy as well" in text and "payoffs 1. 100%" in text


def test_an_answer_that_does_not_stand_says_so_first(call, place):
    (place / "near.yaml").write_text(two_by_two.NEAR, encoding="utf-8")
    answer = call("equilibrium", "near.yaml", "--budget", 500, "--workers", 1, "--no-report")
    text = " ".join(answer.out.split())
    assert "* Not settled: the answer" in text and text.index("Not settled") < text.index(" at the estimated payoffs, in ")
    assert "and the budget of 500 histories has ended" in text


def test_a_small_budget_begins_with_fewer_histories(call, dilemma):
    """Four profiles: 100 histories of each fit into 500, and at least 50 of each are played."""
    answer = call("equilibrium", dilemma, "--budget", 500, "--workers", 1, "--no-report")
    assert answer.code == 0 and "the budget allows 100 histories of each of the 4 profiles" in answer.err
    assert call("equilibrium", dilemma, "--budget", 200, "--workers", 1, "--no-report", "--quiet").err == ""
    answer = call("equilibrium", dilemma, "--budget", 199, "--workers", 1, "--no-report")
    assert answer.code == 2 and "--budget 200 is the least" in answer.err
    answer = call("equilibrium", dilemma, "--budget", 300, "--pilot", 100, "--workers", 1, "--no-report")
    assert answer.code == 2 and "--budget 400 is the least with --pilot 100, 200 with --pilot 50" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--players", "A,C"), "--players: unknown actor 'C'"),
        (("--budget", 100), "--budget: 100 histories do not last for 4 profiles with 100 each to begin with"),
        (("--payoff", "time:deal"), "profile (u, l), replication 0: the payoff time:deal is nan"),
        (("--confidence", 2), "--confidence: expected a share between 0 and 1, found 2"),
        (("--precision", -1), "--precision: expected a finite number from 0"),
        (("--set", "strategies.A.d=1"), "'strategies' cannot be changed by path"),
    ],
)
def test_bad_input_gets_one_message(call, dilemma, words, message):
    answer = call("equilibrium", dilemma, "--pilot", 100, "--workers", 1, *words)
    assert answer.code == 2 and message in answer.err and "Traceback" not in answer.err
