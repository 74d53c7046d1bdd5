"""Games on the command line: run, replay, explain, list."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

EVERY = Path(__file__).resolve().parents[2] / "spec" / "games" / "every_move.yaml"
HOSTILE = "red\u202e<b>&{0}%{y}"  # an override of the direction of writing, markup of pages and of figures; controls are refused


@pytest.fixture
def run(call):
    """A small run of the game, as text and as JSON."""
    words = ("run", EVERY, "-n", 60, "--workers", 1, "--no-report", "--quiet", "--engine", "simpy")
    return call(*words), json.loads(call(*words, "--json").out)


def test_run_tells_the_game_after_the_outcomes(run):
    answer, data = run
    assert answer.code == 0
    parts = ["Outcome ", "Payoffs", "Numbers named", "Choices, the last time", "Length of the game", "Beside theory", "What moved"]
    parts.append("In words")
    places = [answer.out.index(part) for part in parts]
    assert places == sorted(places)
    assert "Over time" not in answer.out and "When it first" not in answer.out
    game = data["game"]
    assert set(game) == {"payoffs", "numbers", "choices", "length", "unfinished", "measures"}
    assert game["numbers"]["split"]["constant"] and "the share of the spoils (the council)" in answer.out
    row = next(line for line in answer.out.splitlines() if "the besieger" in line and "to" in line)
    assert f"{game['payoffs']['besieger']['mean']:.3f}" in row
    assert game["choices"]["answer"]["options"]["pay"]["label"] == "it pays"
    assert game["measures"]["storm"]["exact"] == 0.1


@pytest.mark.parametrize("columns", [30, 48, 100])
def test_lines_keep_to_the_width(call, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    out = call("run", EVERY, "-n", 20, "--workers", 1, "--no-report", "--quiet", "--engine", "simpy").out
    section = out[out.index("Payoffs") : out.index("In words")]
    assert max(map(len, section.splitlines())) <= max(columns, 40)


def test_a_scenario_without_a_game_has_none(call, stored):
    assert json.loads(call("show", stored, "--json").out)["game"] is None


def test_replay_holds_every_move_as_data(call):
    game = json.loads(call("replay", EVERY, "--replication", 1, "--json").out)["game"]
    assert set(game) == {"types", "moves", "ends"}
    assert [move["move"] for move in game["moves"]] == ["storm", "plan", "demand", "answer", "split", "ballot", "treaty"]
    answer = game["moves"][3]
    assert answer["choices"][0]["chances"] == pytest.approx({"pay": 0.7, "refuse": 0.3})
    assert answer["beliefs"]["resolve"]["after"]["weak"] == pytest.approx(0.84)
    assert len(game["types"][0]["drawn"]["reserve"]) == 3


def test_labels_cannot_reach_the_terminal_or_the_page(call, tmp_path):
    text = EVERY.read_text("utf-8")
    for label in ("it pays", "the answer of the city", "the besieger", "resolve", "a storm breaks"):
        text = text.replace(f"label: {label}", f"label: {json.dumps(label + HOSTILE, ensure_ascii=False)}")
    path = tmp_path / "hostile.yaml"
    path.write_text(text, "utf-8")
    run = ("run", path, "-n", 20, "--workers", 1, "--quiet", "--out", "made")
    for words in (run, ("replay", path, "--replication", 1), ("explain", path, "game")):
        answer = call(*words)
        assert answer.code == 0, answer.err
        assert "red" in answer.out and "\u202e" not in answer.out
    for page in (tmp_path / "made" / "report.html", *tmp_path.glob("reports/*.html")):
        shown = page.read_text("utf-8")
        assert "red&lt;b&gt;" in shown and "red<b>" not in shown and "\u202e" not in shown
        charts = "".join(re.findall(r'application/json" id="chart-game[^>]*>(.*?)</script>', shown))
        assert "%{y}" not in charts and ("%\\u0026#123;y}" in charts) == (page.name == "report.html")


def test_explain_tells_a_game_as_a_page(call):
    out = call("explain", EVERY, "game").out
    for words in (
        "Players",
        "council     the council, a group of 3 members",
        "discount factor 0.9 a period",
        "resolve     resolve: weak with 0.6, firm with 0.4; only the city knows it",
        "Moves, of which storm is the first",
        "chance      0.9",
        "besieger march, city rest: pays besieger 0.1, city 0",
        "unseen by   the city",
        "then        assault after 1 period",
        "played      pay: if(type.resolve.firm, .2, .7)",
        "Nash solution for border from 0 to 1",
        "cost        0.2: cost of an assault",
    ):
        assert words in out, words
    assert "source     none" not in out


def test_explain_tells_theory_as_a_page(call):
    out = call("explain", EVERY, "theory").out
    assert "  plan: the plan on a calm day\n    played    move.plan, where move.storm.calm\n    exact     0.5" in out


def test_explain_below_a_game_leaves_out_what_the_file_does_not_write(call):
    out = call("explain", EVERY, "game.moves.answer").out
    assert "game.moves.answer.options.refuse.takes = 1" in out and "options.pay.takes" not in out and "unseen_by" not in out
    assert "game.moves.answer.unseen_by" in call("explain", EVERY, "game.moves.answer.unseen_by").out


def test_list_has_a_line_for_each_model_and_its_variants_when_asked(call):
    short, long = call("list").out, call("list", "--all").out
    models = short.partition("\n\n")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(models) > 1 and all(line.startswith("  ") and not line.startswith("   ") and "variants" not in line for line in models)
    assert all(line in long for line in models)
