"""Commands on scenario files."""

from __future__ import annotations

import hashlib
import json

import pytest

from sim import resources
from tests.unit.cli.conftest import STRAIT, VALID

INVALID = VALID.parent / "invalid" / "shares_do_not_sum.yaml"


def test_validate_names_each_valid_file_with_its_hash(call):
    answer = call("validate", STRAIT, VALID / "mediator_single_text.yaml")
    assert answer.code == 0
    first, second = answer.out.splitlines()
    assert first.startswith(f"{STRAIT}: valid, crisis-13-days, ") and len(first.split()[-1]) == 64
    assert "mediator" in second
    assert answer.err == "2 of 2 files are valid\n"


def test_validate_shows_every_fault_at_its_place(call):
    answer = call("validate", STRAIT, INVALID)
    assert answer.code == 2
    assert answer.out.count("\n") == 1
    assert f"--> {INVALID}:" in answer.err and "^" in answer.err and "help: " in answer.err
    assert "1 of 2 files are valid" in answer.err


def test_validate_as_json(call):
    answer = call("validate", "--json", STRAIT, INVALID, "no-such-scenario")
    assert answer.code == 2 and answer.err == ""
    found = json.loads(answer.out)
    assert (found["schema"], found["valid"]) == (1, False)
    good, bad, missing = found["files"]
    assert good["valid"] and good["errors"] == []
    assert bad["errors"][0]["where"] == "mechanisms.sanctions.enforcers" and bad["errors"][0]["line"] > 0
    assert "unknown scenario" in missing["errors"][0]["message"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\x00\x01\x02", ""), (b"a: [1", ""), (b"- 1\n- 2\n", ""), ("größe: 1\n".encode("latin-1"), "")],
)
def test_a_broken_file_is_one_message_and_code_2(call, place, content, message):
    (place / "broken.yaml").write_bytes(content)
    for command in ("validate", "complete", "run"):
        answer = call(command, "broken.yaml")
        assert answer.code == 2 and answer.out == ""
        assert "broken.yaml" in answer.err and message in answer.err and "Traceback" not in answer.err


def test_a_folder_is_no_scenario(call, place):
    answer = call("validate", place)
    assert answer.code == 2 and "directory" in answer.err


def test_complete_prints_a_scenario_that_completes_to_itself(call, place):
    answer = call("complete", STRAIT)
    assert answer.code == 0
    (place / "completed.yaml").write_text(answer.out, encoding="utf-8")
    assert call("complete", "completed.yaml").out == answer.out
    digest = answer.out.splitlines()[1].split()[-1]
    found = json.loads(call("complete", "completed.yaml", "--json").out)
    text = json.dumps(found["scenario"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert found["hash"] == digest == hashlib.sha256(text.encode()).hexdigest()


def test_complete_applies_changes(call):
    before, after = call("complete", STRAIT), call("complete", STRAIT, "--set", "choice.leaders=9")
    assert before.out != after.out and "leaders: " in after.out
    refused = call("complete", STRAIT, "--set", "choice.leders=9")
    assert refused.code == 2 and "did you mean 'choice.leaders'?" in refused.err and refused.out == ""


def test_explain_tells_value_and_users(call):
    answer = call("explain", STRAIT, "choice.leaders")
    assert answer.code == 0 and answer.out.startswith("choice.leaders = 12\n") and "used by" in answer.out
    found = json.loads(call("explain", STRAIT, "choice.leaders", "--json").out)
    assert [entry["path"] for entry in found["entries"]] == ["choice.leaders"]


def test_explain_knows_the_claims_of_a_shipped_scenario(call):
    answer = call("explain", "summit")
    assert answer.code == 0 and answer.err == "" and "  claim" in answer.out


def test_explain_of_a_wrong_path_has_the_nearest_one(call):
    answer = call("explain", STRAIT, "choice.leders")
    assert answer.code == 2 and "choice.leaders" in answer.err


def test_schema_is_json(call):
    assert json.loads(call("schema").out)["title"] == "Scenario"


def test_list_names_the_shipped_scenarios(call):
    answer = call("list")
    assert answer.code == 0
    worlds, models, cases, *_ = answer.out.split("\n\n")
    named = [line.split(":")[0] for line in worlds.splitlines() if line[0] != " "]
    for shelf, group in (("theory", models), ("history", cases)):
        named += [f"{shelf}/{line.split()[0]}" for line in group.splitlines()[1:]]
    assert sorted(named) == sorted(resources.list_scenarios())
    assert [entry["name"] for entry in json.loads(call("list", "--json").out)["scenarios"]] == resources.list_scenarios()


def test_new_writes_a_scenario_that_runs_and_never_overwrites(call, place):
    assert call("new", "border-crisis").out == "border-crisis.yaml\n"
    text = (place / "border-crisis.yaml").read_text("utf-8")
    assert "#" in text
    assert call("validate", "border-crisis.yaml").code == 0
    assert call("run", "border-crisis.yaml", "-n", "3", "--workers", "1", "--no-report").code == 0
    again = call("new", "border-crisis.yaml")
    assert again.code == 2 and "exists already" in again.err
    assert (place / "border-crisis.yaml").read_text("utf-8") == text


@pytest.mark.parametrize("name", ["Border", "../x", "a b", "", "-x", "ä"])
def test_new_refuses_names_that_are_none(call, place, name):
    answer = call("new", "--", name)
    assert answer.code == 2 and "lower-case letters" in answer.err
    assert list(place.iterdir()) == []
