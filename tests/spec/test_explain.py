"""`explain` names value, range, ground and readers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.model.explain import READERS, claims_of, explain, unsourced, value_text
from sim.model.load import load_scenario
from sim.model.spec.base import Quantity

VALID = Path(__file__).parent / "valid"


@pytest.fixture(scope="module")
def summit():
    return load_scenario("summit")


def test_a_red_line_with_claim_and_users(summit):
    entries = {entry.path: entry for entry in explain(summit, "actors.PRK.red_lines", claims_of("rp-2018-03"))}
    entry = entries["actors.PRK.red_lines.arsenal.probability"]
    assert entry.value == "0.93"
    assert entry.range == "0.7 to 1"
    assert entry.claims[0][0] == "bomb-not-for-sale" and entry.claims[0][1]
    assert entry.confidence == "medium"
    assert entry.used_by and entry.is_grounded


def test_a_parameter_is_found_in_the_expressions_that_name_it(summit):
    entry = next(entry for entry in explain(summit, "parameters.nu0") if entry.path.endswith("number"))
    assert "named in derived.dhat.value" in entry.used_by


def test_levers_policies_and_variants_are_users(summit):
    entry = explain(summit, "mechanisms.expectation.hype")[0]
    assert "lever managed_expectation" in entry.used_by
    assert "policy managed-expectations" in entry.used_by
    assert "variant high-expectations" in entry.used_by


def test_a_source_is_spelled_out(summit):
    entry = explain(summit, "actors.USA.audience_cost")[0]
    assert "Judgement of the authors" in entry.source and "Fearon" in entry.form


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("actors.USA.role", "readers of the file; no rule"),
        ("actors.CHN.audience_cost", "no rule: CHN is no side of mechanisms.ladder"),
        ("actors.USA.audience_cost", "cost of conceding in a crisis (rules/ladder)"),
        ("actors.PRK.overconfidence", "no rule: mechanisms.expectation is not that of PRK"),
        ("actors.USA.overconfidence", "perceived acceptance of maximal packages (rules/tactics)"),
        ("mechanisms.agreements.signed_effects.tension", "the world when the event happens"),
        ("mechanisms.ladder.strike_effects.tension", "the world when the event happens"),
        ("hazards.spoiler.effects.tension", "the world when the event happens"),
        ("mechanisms.agreements.treaty_cap", "terms that need a treaty, and the vote on it (rules/consent)"),
        ("sampling", "which inputs are drawn, and from what, once a history"),
    ],
)
def test_the_reader_named_first_is_the_one_that_reads_it(summit, path, reader):
    assert explain(summit, path)[0].used_by[0] == reader


def test_the_role_of_an_actor_is_told_once_and_no_rule_reads_it(summit):
    """Were one to read it, this would have to be said anew."""
    (entry,) = explain(summit, "actors.USA.role")
    assert entry.used_by == ("readers of the file; no rule",) and "no rule reads it" in entry.meaning
    folder = Path(sim.__file__).parent
    assert not [path for path in folder.rglob("*.py") if re.search(r"\w\.role\b", path.read_text("utf-8"))]


def test_what_is_switched_off_has_no_reader():
    off = load_scenario("summit", "no-summit")
    (entry,) = explain(off, "tracks.summit.delay")
    assert entry.used_by[0] == "no rule at present: tracks.summit is switched off"
    assert explain(off, "tracks.summit.enabled")[0].used_by[0] == "the track's process in the engine"
    assert explain(off, "actors.USA.tactics.summit.family")[0].used_by[0].endswith("tracks.summit is switched off")
    assert "named in applied" not in str(entry)


def test_what_names_an_issue_is_not_said_to_name_one_of_its_labels(summit):
    label = next(entry for entry in explain(summit, "issues.denuc.levels") if entry.path.endswith("levels.0"))
    assert "issues.denuc is named in derived.dhat.value" in label.used_by


def test_an_unknown_path_names_the_nearest(summit):
    with pytest.raises(ScenarioError) as caught:
        explain(summit, "actors.PRK.red_line")
    assert caught.value.diagnostics[0].hint == "did you mean 'actors.PRK.red_lines'?"


@pytest.mark.parametrize("path", ["correlations", "applied", "veto_players.usa_hawks.prior"])
def test_a_key_that_the_file_leaves_out_is_explained_too(summit, path):
    (entry,) = explain(summit, path)
    assert entry.value == "not given"
    assert entry.meaning.endswith(".")


def test_the_whole_scenario_is_explained_and_somebody_reads_every_number(summit):
    entries = explain(summit, "")
    assert len(entries) > 500
    numbers = [entry for entry in entries if entry.value[:1].isdigit() and entry.path.startswith("mechanisms")]
    assert all(entry.used_by for entry in numbers)


def test_every_number_of_the_summit_is_grounded(summit):
    assert unsourced(summit) == []


def test_unsourced_numbers_are_listed():
    paths = unsourced(load_scenario(VALID / "six_party_unanimity.yaml"))
    assert "actors.aster.utility.issues.quota.weight" in paths
    assert all("confidence" not in path for path in paths)


def test_values_in_words():
    assert value_text(Quantity(dist="lognormal", median=0.75, sd=0.35)) == "lognormal, median 0.75, sd 0.35"
    assert value_text(Quantity(value=20.0)) == "20"


def test_patterns_begin_with_parts_of_a_scenario():
    from sim.model.spec.scenario import ScenarioSpec

    parts = set(ScenarioSpec.model_fields)
    assert all(pattern.partition(".")[0].rstrip("*") in parts for pattern, _ in READERS)


HOPES_OF_THE_OTHER = {
    "mechanisms.expectation.holder": "PRK",
    "mechanisms.expectation.counterpart": "USA",
    "mechanisms.expectation.triumph": "dprk_hanoi_ask",
}


@pytest.mark.parametrize(
    ("changes", "actor", "why"),
    [
        (HOPES_OF_THE_OTHER, "USA", "mechanisms.expectation is not that of USA"),
        (HOPES_OF_THE_OTHER, "PRK", "only the first side, USA, makes maximal demands"),
        ({"maximal_package": None}, "USA", "maximal_package is not given"),
    ],
)
def test_why_no_rule_reads_overconfidence(changes, actor, why):
    (entry,) = explain(load_scenario("summit", overrides=changes), f"actors.{actor}.overconfidence")
    assert entry.used_by[0].startswith("no rule") and entry.used_by[0].endswith(why)
