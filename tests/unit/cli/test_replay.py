"""The command `replay`."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.unit.cli.conftest import NUM_HISTORIES, STRAIT, Call


def test_a_history_is_told_and_drawn(call: Call, place: Path):
    answer = call("replay", STRAIT, "--replication", 2)
    assert answer.code == 0
    assert "Thirteen days at the strait" in answer.out
    assert "replication 2, seed 1" in answer.out
    assert "day 1, 02:00  Fleets meet" in answer.out
    assert f"sim replay {shlex.quote(str(STRAIT))} --replication 2 --seed 1" in answer.out
    path = place / answer.out.rstrip().rpartition("timeline: ")[2]
    assert path.parent == place / "reports"
    page = path.read_text("utf-8")
    assert "<!doctype html>" in page
    assert str(Path(STRAIT).parent) not in page
    assert "\x1b[" not in answer.out


def test_the_same_again(call: Call, place: Path):
    first = call("replay", STRAIT, "-r", 1)
    path = place / first.out.rstrip().rpartition("timeline: ")[2]
    page = path.read_bytes()
    assert call("replay", STRAIT, "-r", 1) == first
    assert path.read_bytes() == page


def test_one_picked_from_a_run(call: Call, place: Path, stored: Path):
    run = Path(shutil.copytree(stored, place / "run"))
    answer = call("replay", "--from", "run", "--outcome", "war", "--json")
    assert answer.code == 0
    data = json.loads(answer.out)
    assert (data["schema"], data["outcome"]) == (1, "war")
    assert data["timeline"] == f"run/replay-r{data['replication']}.html"
    assert (run / Path(data["timeline"]).name).is_file()
    assert data["row"]["replication"] == data["replication"]
    assert data["story"][-1]["text"].startswith("The outcome")
    alone = json.loads(call("replay", STRAIT, "-r", data["replication"], "--json").out)
    assert alone["row"] == data["row"]
    assert alone["story"] == data["story"]


def test_the_command_finds_what_it_names(call: Call, place: Path, stored: Path):
    """A record has no path of the machine, so a scenario from elsewhere is named by the run."""
    answer = call("replay", "--from", stored, "-r", 3)
    assert f"again:    sim replay --from {shlex.quote(str(stored))} --replication 3\n" in answer.out
    data = json.loads(call("replay", "--from", stored, "-r", 3, "--json").out)
    again = call(*shlex.split(data["command"])[1:], "--json")
    assert again.code == 0 and json.loads(again.out)["row"] == data["row"]
    shutil.copy(STRAIT, place / "here.yaml")
    call("run", "here.yaml", "-n", 4, "--workers", 1, "--out", "own", "--no-report")
    assert "again:    sim replay here.yaml --replication 3 --seed 1\n" in call("replay", "--from", "own", "-r", 3).out


def test_changes_reach_the_history_and_its_command(call: Call):
    answer = call("replay", STRAIT, "--variant", "no-talks", "--set", "horizon=5 days", "--json")
    assert answer.code == 0
    data = json.loads(answer.out)
    assert "--variant no-talks" in data["command"]
    assert "--set" in data["command"]
    assert data["row"]["count:offers"] == 0


def test_all_decisions_and_everything(call: Call):
    short, full = call("replay", STRAIT), call("replay", STRAIT, "--full", "--decisions")
    assert len(full.out) > len(short.out)
    assert "Northreach, move in the crisis" in full.out
    assert "%" in full.out
    data = json.loads(call("replay", STRAIT, "--decisions", "--json").out)
    assert all(sum(option["chosen"] for option in decision["options"]) == 1 for decision in data["decisions"])


def test_a_page_of_ones_own(call: Call, place: Path):
    assert call("replay", STRAIT, "--html", "mine.html").code == 0
    assert (place / "mine.html").is_file()
    answer = call("replay", STRAIT, "--html", "mine.html")
    assert answer.code == 2
    assert "nothing is overwritten" in answer.err


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["replay"], "which history?", "sim replay"),
        (["replay", STRAIT, "-r", "-1"], "--replication -1: expected a whole number", ""),
        (["replay", STRAIT, "--seed", "-4"], "--seed -4: expected a whole number", ""),
        (["replay", STRAIT, "--outcome", "war"], "--outcome picks from a stored run", "--from DIR"),
        (["replay", "sumit"], "unknown scenario 'sumit'", "did you mean 'summit'"),
        (["replay", STRAIT, "--variant", "no-tals"], "unknown variant", "did you mean 'no-talks'"),
        (["replay", "--from", "nowhere"], "not a result directory", "sim show"),
        (["replay", "--from", "RUN", "--seed", "2"], "--seed cannot stand beside --from", "leave"),
        (["replay", STRAIT, "--from", "RUN"], "a scenario cannot stand beside --from", "leave"),
        (["replay", "--from", "RUN", "--outcome", "wra"], "unknown class of outcome 'wra'", "did you mean 'war'"),
        (["replay", "--from", "RUN", "-r", "400"], f"holds {NUM_HISTORIES} replications", "numbers start at 0"),
    ],
)
def test_what_cannot_be_done_is_said(call: Call, stored: Path, words, message, hint):
    answer = call(*[str(stored) if word == "RUN" else word for word in words])
    assert answer.code == 2
    assert answer.out == ""
    assert message in answer.err
    assert hint in answer.err


def test_a_row_that_was_tampered_with_is_refused(call: Call, place: Path, stored: Path):
    run = Path(shutil.copytree(stored, place / "run"))
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    manifest["seed"] += 1
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    answer = call("replay", "--from", "run", "-r", "3")
    assert answer.code == 2
    assert "comes out differently from what is stored" in answer.err
