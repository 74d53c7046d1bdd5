"""`explain` names value, range, ground and readers."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    assert "Fearon" in explain(summit, "actors.USA.audience_cost")[0].source


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
