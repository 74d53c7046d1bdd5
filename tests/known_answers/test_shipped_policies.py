"""The policies of the shipped summit: what people argued for in 2018 and 2019, each with its source, as settings of levers."""

from __future__ import annotations

import pytest

from sim import resources
from sim.experiments.arms import Arms, arms_of
from sim.model.load import load
from sim.model.seed import load_seed

ARGUED_FOR = {  # as the issue of the comparison lists them
    "maximum-pressure": "pressure_2017",
    "phased-deal": "action_for_action_2005",
    "big-deal": "big_deal_2019",
    "managed-expectations": "commentary",
    "freeze-for-freeze": "freeze_for_freeze_2017",
    "regional-first": "commentary",
    "guarantee-first": "guarantee_first_2018",
    "enforcement-relaxed": "eased_sanctions_2019",
}


@pytest.fixture(scope="module")
def spec():
    return load("summit").spec


@pytest.fixture(scope="module")
def arms(spec) -> Arms:
    return arms_of([("summit", str(resources.scenario_path("summit")))], policies=list(spec.policies))


def test_what_was_argued_for_is_there_with_who_argued_for_it(spec):
    assert {name: spec.policies[name].source for name in ARGUED_FOR} == ARGUED_FOR
    claims = {claim.id for claim in load_seed(resources.seed_path("rp-2018-03")).seed.claims}
    for name, policy in spec.policies.items():
        cited = [policy.claim] if isinstance(policy.claim, str) else policy.claim
        assert policy.source in spec.sources and policy.source != "judgement", name
        assert cited and set(cited) <= claims, name


def test_every_policy_changes_something_and_no_two_are_the_same(arms):
    assert arms.twins() == [] and arms.warnings == ()


def test_a_policy_sets_levers_alone(spec):
    paths = [lever.path for lever in spec.levers.values()]
    for name, policy in spec.policies.items():
        assert set(policy.set) <= set(paths), name
