"""Scenarios that must load, complete to a fixed point, and keep their meaning when reordered."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim import resources
from sim.model.complete import complete, content_hash, spec_of, to_yaml
from sim.model.load import load, load_document, load_scenario
from sim.model.reader import read, read_text
from tests.played import shuffled

FIXTURES = sorted((Path(__file__).parent / "valid").glob("*.yaml"))
SCENARIOS = [*FIXTURES, *(resources.scenario_path(name) for name in resources.list_scenarios())]


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def path(request) -> Path:
    """Each scenario file in turn."""
    return request.param


def test_the_language_is_proved_on_four_fixtures():
    assert len(FIXTURES) == 4


def test_loads_without_remarks(path):
    assert load(path).warnings == ()


def test_completing_twice_changes_nothing(path):
    completed = complete(load_scenario(path))
    assert complete(spec_of(completed)) == completed
    again = load_document(read_text(to_yaml(completed), path.name)).spec
    assert complete(again) == completed
    assert content_hash(complete(again)) == content_hash(completed)


def test_every_variant_and_policy_loads(path):
    spec = load_scenario(path)
    plain = content_hash(complete(spec))
    for name in spec.variants:
        completed = complete(load_scenario(path, variant=name))
        assert completed["applied"]["variant"] == name
        assert "variants" not in completed
        assert content_hash(completed) != plain
    for name in spec.policies:
        assert complete(load_scenario(path, policy=name))["applied"]["policy"] == name


def test_the_order_of_mappings_does_not_enter_the_hash(path):
    document = read(path)
    order = random.Random(5)
    reordered = shuffled(document.data, order)
    completed = complete(load(path).spec)
    text = to_yaml({"id": document.data["id"], **reordered}, header=False)
    assert content_hash(complete(load_document(read_text(text, str(path))).spec)) == content_hash(completed)


def test_every_package_names_every_issue(path):
    completed = complete(load_scenario(path))
    for package in completed["packages"].values():
        assert set(package["levels"]) == set(completed["issues"])


def test_a_shipped_scenario_is_found_by_name():
    name = resources.list_scenarios()[0]
    assert load_scenario(name).id == load_scenario(resources.scenario_path(name)).id


def test_changes_apply_in_order():
    fixture = next(path for path in FIXTURES if "parliament" in path.stem)
    spec = load_scenario(fixture, variant="one-vote", overrides={"veto_players.parliament.votes": 4})
    assert spec.veto_players["parliament"].votes == 4
    assert complete(spec)["applied"] == {"variant": "one-vote", "set": {"veto_players.parliament.votes": 4}}


def test_a_bare_number_takes_the_long_form_when_a_part_of_it_is_set():
    fixture = next(path for path in FIXTURES if "parliament" in path.stem)
    spec = load_scenario(fixture, overrides=["actors.island.patience.value=.7"])
    assert spec.actors["island"].patience.value == 0.7


def test_the_uncertainties_fit_into_a_row(path):
    assert len(load_scenario(path).uncertainties) <= 40
