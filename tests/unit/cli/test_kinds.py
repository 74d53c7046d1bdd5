"""Files of another kind than a command takes, and names that are nearly right: one message, with the command or name that fits."""

from __future__ import annotations

import json

import pytest

from sim.resources import conflict_path, list_conflicts, list_tables, scenario_path, table_path

PLAYED = ("run", "solve", "verify", "complete", "explain", "replay", "equilibrium", "claims", "bench")
FILES = {
    "sim run": ("theory/chicken", str(scenario_path("theory/chicken"))),
    "sim stability": ("elmira", str(conflict_path("elmira"))),
    "sim spatial": ("ec-emissions", str(table_path("ec-emissions"))),
    "sim import": ("positions.csv",),
    "sim solve": ("game.nfg", "game.efg"),
}
COMMANDS = {**dict.fromkeys(PLAYED, "sim run"), "stability": "sim stability", "spatial": "sim spatial", "import": "sim import"}
WRONG = [
    (command, file, fits)
    for command, own in COMMANDS.items()
    for fits, files in FILES.items()
    if fits != own and (command, fits) != ("solve", "sim solve") and (command, fits) != ("import", "sim solve")
    for file in files
]


@pytest.mark.parametrize(("command", "file", "fits"), WRONG, ids=lambda value: value.rsplit("/", 1)[-1])
def test_a_file_of_another_kind_is_told_with_its_command(call, command, file, fits):
    answer = call(command, file)
    assert answer.code == 2 and "Traceback" not in answer.err
    assert "this is a " in answer.err and f"`{fits} {file}` " in answer.err


@pytest.mark.parametrize("command", PLAYED)
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("theory/chiken", "theory/chicken"),
        ("chiken", "theory/chicken"),
        ("chicken", "theory/chicken"),
        ("rubinstien", "theory/rubinstein"),
        ("sumit", "summit"),
    ],
)
def test_a_slip_in_a_name_is_answered_with_the_nearest(call, command, typed, meant):
    answer = call(command, typed)
    assert answer.code == 2 and f"unknown scenario '{typed}'" in answer.err and f"did you mean '{meant}'?" in answer.err


def test_a_slip_in_the_name_of_another_kind_is_answered_too(call):
    assert "did you mean 'elmira'? It is a conflict in option form, for `sim stability`" in call("run", "elmirra").err
    assert "did you mean 'theory/chicken'? It is a scenario to play, for `sim run`" in call("spatial", "chiken").err
    assert "shipped scenarios: summit; `sim list` has all" in call("run", "xyz").err


@pytest.mark.parametrize("name", [*list_conflicts(), *list_tables()])
def test_validate_takes_every_kind_by_name(call, name):
    answer = call("validate", name)
    assert answer.code == 0 and f"{name}: valid, {name}, " in answer.out


def test_validate_shows_the_faults_of_a_conflict(call, place):
    text = conflict_path("elmira").read_text("utf-8")
    (place / "c.yaml").write_text(text.replace("decision_makers:", "decision_makers:\n  Nobody: {}", 1), encoding="utf-8")
    answer = call("validate", "c.yaml")
    assert answer.code == 2 and "Nobody" in answer.err


def test_list_has_a_group_for_every_kind(call):
    out = call("list").out
    assert "named as in `sim stability elmira`:\n  elmira    The Elmira groundwater dispute" in out
    assert "named as in `sim spatial ec-emissions`:\n  ec-emissions " in out
    found = json.loads(call("list", "--json").out)
    assert [item["name"] for item in found["conflicts"]] == list_conflicts()
    assert [item["name"] for item in found["tables"]] == list_tables()
    assert all(item["title"] for item in found["conflicts"] + found["tables"])
