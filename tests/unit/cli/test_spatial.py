"""Commands on spatial tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import spatial_result
from sim.experiments.spatial import FORECASTS, forecast
from sim.model.diagnostics import cells
from sim.model.spatial.load import load_table
from sim.resources import table_path

EMISSIONS = str(table_path("ec-emissions"))
CSV = "actor,capability,position,salience\nUp,2,10,0.5\nDown,1,4,0.25\n"


def test_all_models_stand_side_by_side(call, place):
    answer = call("spatial", EMISSIONS)
    assert answer.code == 0 and answer.err == ""
    for words in (
        "Weighted mean", "Weighted median", "Nash point", "Challenge model, one round", "Challenge model, unsettled",
        "Challenge (nearest), unsettled", "Spatial model (KTAB), mean", "Spatial model (KTAB), likeliest", "What came of it",
    ):  # fmt: skip
        assert words in answer.out
    assert "Belgium compromises with France, 7 to 8.416" in answer.out
    assert "not settled after 10 rounds" in answer.out and "--jitter .05" in answer.out
    report = place / answer.out.splitlines()[-1].split()[1]
    assert report.is_file() and (report.parent / "result.json").is_file()


def test_only_rounds_that_have_settled_are_called_so(call):
    """On the emission standard positions jump about for as long as one looks; a table of two towns comes to rest."""
    assert ", settled" not in call("spatial", EMISSIONS, "--no-report").out
    out = call("spatial", "ktab-five-actors", "--no-report").out
    assert "Challenge model, settled" in out and "Challenge (nearest), settled" in out
    swapped = call("spatial", EMISSIONS, "--set", "spatial.challenge.compromise=least_move", "--no-report").out
    assert "Challenge (published), unsettled" in swapped


def test_one_actor_alone_is_refused(call, place):
    (place / "one.csv").write_text(CSV.replace("Down,1,4,0.25\n", ""), "utf-8")
    answer = call("import", "one.csv")
    assert answer.code == 2 and "one actor alone has nobody to bargain with" in answer.err and not (place / "one.yaml").exists()
    text = table_path("ec-emissions").read_text("utf-8")
    head, _, rest = text.partition("actors:\n")
    first = rest.splitlines()[0]
    (place / "one.yaml").write_text(f"{head}actors:\n{first}\n", "utf-8")
    answer = call("spatial", "one.yaml")
    assert answer.code == 2 and "actors: expected at least 2 entries" in answer.err and "1 error" in answer.err


def test_json_is_one_object_with_every_quantity(call):
    answer = call("spatial", "ec-emissions", "--json", "--jitter", ".05", "-n", "40")
    found = json.loads(answer.out)
    assert (found["schema"], found["replications"], found["seed"], len(found["varying"])) == (1, 40, 1, 30)
    assert list(found["dimensions"]["delay"]["forecasts"]) == list(FORECASTS)
    challenge = found["dimensions"]["delay"]["challenge"]
    assert len(challenge["median"]) == 11 and len(challenge["moves"]) == 10
    assert challenge["moves"][0][0] == {
        "actor": "BE", "kind": "compromises with", "partner": "FR", "before": 7.0, "after": pytest.approx(8.4159, abs=5e-5),
    }  # fmt: skip
    turn = found["first_turn"]
    assert {"distance", "value", "utility", "votes", "coalition", "victory", "probability", "risk"} <= set(turn)
    assert len(turn["votes"]) == len(turn["votes"][0]) == len(turn["votes"][0][0]) == 10
    stored = json.loads((Path(found["report"]).parent / "result.json").read_text("utf-8"))
    assert stored == {key: value for key, value in found.items() if key != "report"}


def test_the_same_command_gives_the_same_bytes(call, place):
    def made(name: str) -> bytes:
        assert call("spatial", EMISSIONS, "--jitter", ".1", "-n", "30", "--seed", "5", "--out", name).code == 0
        return (place / name / "report.html").read_bytes()

    assert made("one") == made("two")


def test_intervals_are_shown_where_numbers_vary(call):
    answer = call("spatial", EMISSIONS, "--jitter", ".05", "-n", "50", "--no-report")
    assert "middle 90 %" in answer.out and "50, seed 1; 30 of 30 numbers vary" in answer.out and " to " in answer.out


def test_more_draws_of_what_does_not_vary_change_nothing_and_are_told(call):
    answer = call("spatial", EMISSIONS, "-n", "50", "--no-report")
    assert answer.code == 0 and answer.err == "--replications changes nothing: no number of the table varies\n"


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("name", ["ec-emissions", "ktab-seven-actors"])
def test_lines_keep_within_their_width(width, blocks, name):
    result = forecast(load_table(table_path(name)).spec, replications=20, jitter=0.1)
    lines = [line.plain for line in spatial_result.as_lines(result, None, width, blocks)]
    assert [line for line in lines if cells(line) > width] == []
    assert blocks or all(line.isascii() for line in lines)


def test_a_narrow_terminal_has_whole_names_and_intervals_below_them():
    result = forecast(load_table(table_path("ec-emissions")).spec, replications=20, jitter=0.1)
    lines = [line.plain for line in spatial_result.as_lines(result, None, 50, True)]
    place = next(number for number, line in enumerate(lines) if "Challenge model, unsettled" in line)
    assert " to " in lines[place + 1] and lines[place + 1].startswith("    ")


def test_an_imported_table_can_be_computed_and_is_never_overwritten(call, place):
    (place / "towns.csv").write_text(CSV, "utf-8")
    answer = call("import", "towns.csv")
    assert (answer.code, answer.out) == (0, "towns.yaml\n")
    assert "2 actors, 1 dimension; assumed:" in answer.err and "saliences count from 0 to 1" in answer.err
    assert call("spatial", "towns.yaml", "--no-report").code == 0
    assert call("validate", "towns.yaml").code == 0
    before = (place / "towns.yaml").read_bytes()
    answer = call("import", "towns.csv")
    assert answer.code == 2 and "nothing is overwritten" in answer.err
    assert (place / "towns.yaml").read_bytes() == before
    answer = call("import", "towns.csv", "--out", "deep/other.yaml", "--scale", "0,20", "--json")
    assert json.loads(answer.out)["file"] == "deep/other.yaml" and "scale: [0, 20]" in (
        place / "deep/other.yaml"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("spatial", "summit"), "a scenario to play, not a spatial table"),
        (("run", EMISSIONS), "a spatial table, not a scenario to play"),
        (("run", "ec-emissions"), "`sim spatial ec-emissions` reads it"),
        (("spatial", "ec-emisions"), "did you mean 'ec-emissions'?"),
        (("spatial", "towns.csv"), "`sim import towns.csv` makes a spatial table of it"),
        (("spatial", "none.yaml"), "none.yaml"),
        (("import", "none.csv"), "there is no such file"),
        (("import", "towns.csv", "--scale", "1"), "--scale: expected two numbers, as in 0,100, found '1'"),
        (("import", "towns.csv", "--scale", "9,1"), "the lower end first"),
        (("import", "towns.csv", "--scale", "nan,1"), "the lower end first"),
        (("import", "towns.csv", "--scale", "5,20"), "line 3, column 8: the position 4 lies beyond --scale 5,20"),
        (("spatial", EMISSIONS, "--jitter", "2"), "--jitter: expected a share from 0 to 0.5, found 2"),
        (("spatial", EMISSIONS, "--jitter", "nan"), "--jitter: expected a share"),
        (("spatial", EMISSIONS, "--replications", "0"), "--replications: expected a whole number from 1"),
        (("spatial", EMISSIONS, "--seed", "-1"), "--seed: expected a whole number"),
        (("spatial", EMISSIONS, "--set", "actors.NL.salience=8"), "actors.NL.salience: expected a number in [0, 1], found 8"),
        (("spatial", EMISSIONS, "--set", "spatial.challenge.round=3"), "did you mean 'spatial.challenge.rounds'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_message(call, place, words, message):
    (place / "towns.csv").write_text(CSV, "utf-8")
    answer = call(*words)
    assert answer.code == 2 and answer.out == "" and "Traceback" not in answer.err
    assert message in answer.err


def test_a_folder_that_cannot_be_written_is_told(call, place):
    (place / "file").write_text("", "utf-8")
    answer = call("spatial", EMISSIONS, "--out", "file/below")
    assert answer.code == 2 and "cannot be written" in answer.err and "Traceback" not in answer.err
