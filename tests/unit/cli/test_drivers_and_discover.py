"""The two commands that ask a finished run what it hung on: what they print, write and refuse."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.experiments.store import open_run
from tests import planted_box as planted

HISTORIES = 1_500


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the scenario with a planted truth."""
    place = tmp_path_factory.mktemp("planted")
    (place / "planted.yaml").write_text(planted.TEXT, "utf-8")
    with contextlib.chdir(place):
        assert main(["run", "planted.yaml", "-n", str(HISTORIES), "--workers", "1", "--out", "run", "--quiet", "--no-report"]) == 0
    return place / "run"


def test_drivers_finds_the_planted_inputs_and_says_how_far_they_move_it(call, run):
    """By the scenario's numbers: .3 (.304 - .1192) + .7 (.1192 - .04) = .111 for need, .4 x .1188 + .6 x .0792 = .095 for fear."""
    answer = call("drivers", run, "--outcome", "force", "--json")
    assert answer.code == 0 and answer.err == ""
    found = json.loads(answer.out)
    assert found["schema"] == 1 and found["digest"] == open_run(run).digest()
    assert found["asked"] == {"name": "outcome=force", "label": "\u201cUse of force\u201d", "kind": "event"}
    by_path = {item["path"]: item for item in found["inputs"]}
    assert [item["path"] for item in found["inputs"][:2]] == ["parameters.need.number", "parameters.fear.number"]
    assert by_path["parameters.need.number"]["low"] < 0.111 < by_path["parameters.need.number"]["high"]
    assert by_path["parameters.fear.number"]["low"] < 0.095 < by_path["parameters.fear.number"]["high"]
    assert by_path["parameters.need.number"]["direction"] == "higher: less likely"
    assert {path for path, item in by_path.items() if item["distinguishable"]} == {"parameters.need.number", "parameters.fear.number"}
    assert Path(found["report"]) == run / "drivers-outcome-force.html"
    assert "<code>sim drivers run --outcome force</code>" in (run / "drivers-outcome-force.html").read_text("utf-8")


def test_drivers_prints_sentences_then_bars_with_intervals_and_the_floor(call, run):
    answer = call("drivers", run, "--of", "payoff:A", "--no-report", "--top", "2")
    assert answer.code == 0
    assert answer.out.startswith("A quarrel with a planted cause\n* Payoff of Anna hangs most on Stake (higher: larger).")
    assert "What moves payoff of Anna" in answer.out and "a dummy input reaches" in " ".join(answer.out.split())
    assert "3 more inputs: --top, --json and the page have them" in answer.out
    assert "report " not in answer.out
    assert all(len(line) <= 80 for line in answer.out.splitlines())


def test_the_report_of_a_run_shows_what_the_command_shows(call, run):
    shown = json.loads(call("show", run, "--no-report", "--json").out)["drivers"]
    asked = json.loads(call("drivers", run, "--no-report", "--json").out)
    for item in asked["inputs"]:
        item.pop("direction")
    assert shown["inputs"] == asked["inputs"] and shown["noise_floor"] == asked["noise_floor"]


def test_discover_finds_the_planted_box_and_tells_it_in_a_sentence(call, run):
    answer = call("discover", run, "--outcome", "force", "--json")
    assert answer.code == 0 and answer.err == ""
    found = json.loads(answer.out)
    first = found["boxes"][0]
    limits = {limit["path"]: limit for limit in first["limits"]}
    assert set(limits) == {"parameters.need.number", "parameters.fear.number"}
    assert limits["parameters.need.number"]["below"] == pytest.approx(planted.BELOW, abs=0.05)
    assert limits["parameters.fear.number"]["above"] == pytest.approx(planted.ABOVE, abs=0.05)
    assert first["held"]["density"]["low"] < 0.75 and first["held"]["density"]["high"] > 0.6
    assert len(found["boxes"]) == 1 and len(first["trajectory"]) > 10
    assert found["findings"][0].startswith("\u201cUse of force\u201d came in ")
    assert "Anna's need is below 0." in found["findings"][0] and "Bert's fear is above 0." in found["findings"][0]
    assert found["tree"]["parts"]
    assert "<code>sim discover run --outcome force</code>" in (run / "discover-outcome-force.html").read_text("utf-8")


def test_discover_prints_boxes_and_the_tree(call, run):
    answer = call("discover", run, "--where", "\"payoff:A\" < 0 and outcome = 'force'", "--no-report")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "Box 1 Anna's need is below 0." in text and "without this limit)" in text
    assert "density: it comes in the box" in text and "The tree, counted in the half that was not searched" in text
    assert all(len(line) <= 80 for line in answer.out.splitlines())


def test_discover_says_that_there_is_nothing_where_there_is_nothing(call, run):
    """Whether the number of the history is even has nothing to do with it."""
    answer = call("discover", run, "--where", "replication % 2 = 0", "--no-report")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "* Nothing was found: no box on the 5 recorded inputs" in text and "* No tree is shown: " in text


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("drivers", "RUN", "--outcome", "forse"), "no class of outcome 'forse'", "did you mean 'force'?"),
        (("discover", "RUN", "--outcome", "never"), "\u201cA miracle\u201d came in none of the 1,500 histories", "more histories"),
        (("discover", "RUN"), "which histories are looked for?", "lists the classes of outcome"),
        (("discover", "RUN", "--outcome", "force", "--where", "true"), "exclude each other", "keep one"),
        (("discover", "RUN", "--outcome", "force", "--coverage", "2"), "--coverage: expected a share between 0 and 1, found 2", ".8"),
        (("drivers", "nowhere"), "not a result directory: no such directory", "sim show --all"),
        (("discover", "nowhere", "--outcome", "x"), "not a result directory: no such directory", "sim show --all"),
        (("drivers", "PARENT"), "not a result directory, but it holds some", "run"),
        (("drivers", "RUN", "--where", "need > 1"), "no column 'need'", "double quotes"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_message(call, run, words, message, hint):
    answer = call(*(str(run) if word == "RUN" else str(run.parent) if word == "PARENT" else word for word in words))
    assert answer.code == 2 and answer.out == ""
    first, *others = answer.err.splitlines()
    assert first.startswith("error: ") and message in first
    assert hint in " ".join(others)


@pytest.mark.parametrize("command", ["drivers", "discover"])
def test_a_run_without_drawn_inputs_says_what_to_do(call, place, command):
    text = planted.TEXT[: planted.TEXT.index("uncertainties:")] + planted.TEXT[planted.TEXT.index("game:") :]
    (place / "bare.yaml").write_text(text, "utf-8")
    assert call("run", "bare.yaml", "-n", "300", "--workers", "1", "--out", "bare", "--quiet", "--no-report").code == 0
    answer = call(command, "bare", *(("--outcome", "force") if command == "discover" else ()))
    assert answer.code == 2
    assert "no inputs are recorded: the scenario lists none under `uncertainties:`" in answer.err
    assert " help: " in answer.err


def test_an_unfinished_run_is_refused_with_the_command_that_continues_it(call, run, place):
    import shutil

    copy = shutil.copytree(run, place / "copy")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["state"] = "interrupted"
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    answer = call("drivers", copy)
    assert answer.code == 2 and "not finished" in answer.err and "sim run --resume" in answer.err


def test_pages_are_the_same_bytes_and_a_question_has_a_page_of_its_own(call, run):
    from sim.cli.drivers import page_name

    assert call("drivers", run).code == 0
    page = (run / "drivers.html").read_bytes()
    assert call("drivers", run).code == 0 and (run / "drivers.html").read_bytes() == page
    asked = ("outcome=war", "time:deal", "a < 1", "a > 1", "x" * 90, "x" * 91)
    names = [page_name("drivers", name, False) for name in asked]
    assert names[:2] == ["drivers-outcome-war.html", "drivers-time-deal.html"]
    assert len(set(names)) == len(names)
