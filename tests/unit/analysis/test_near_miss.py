"""Why a deal in force is no outcome of the kind for deals: the reason is the part of the predicate that failed."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace

import pytest

from sim import resources
from sim.analysis.near_miss import near_miss
from sim.analysis.story import tell
from sim.experiments.replay import replay
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

SUMMIT = resources.scenario_path("summit")
SEED = 1


@cache
def summit(number: int):
    return replay(compile_case(complete(load_scenario(SUMMIT))), number, SEED)


@cache
def with_predicate(when: str):
    """History 0, which ends with an interim deal, where that class asks for something more."""
    outcomes = load_scenario(SUMMIT).outcomes
    place = next(n for n, item in enumerate(outcomes) if item.id == "interim_deal")
    changed = load_scenario(SUMMIT, overrides=[f"outcomes.{place}.when=({outcomes[place].when}) and {when}"])
    return replay(compile_case(complete(changed)), 0, SEED)


def test_the_reasons_are_the_parts_that_failed():
    again = summit(12)
    missed = near_miss(again)
    assert missed is not None
    at = {name: again.standing[again.case.spec.horizon][n] for name, n in again.case.names.items()}
    assert at["deal.in_force"] == 1.0 and at["deal.age"] >= 90.0
    assert at["deal.disputed"] == 1.0
    assert missed.reasons[0] == "the deal is in dispute"
    assert not any("age" in reason for reason in missed.reasons)
    said = [float(x) for reason in missed.reasons for x in re.findall(r" is ([\d.]+) \(at least", reason)]
    assert said == [pytest.approx(at["level.denuc"], abs=0.005), pytest.approx(at["level.verif"], abs=0.005)]


def test_nothing_is_said_where_there_is_nothing_to_wonder_at():
    reached = [n for n in range(12) if summit(n).row["outcome"] == "interim_deal"]
    without = [n for n in range(12) if summit(n).standing.get(summit(n).case.spec.horizon) is not None
               and not summit(n).standing[summit(n).case.spec.horizon][summit(n).case.names["deal.in_force"]]]  # fmt: skip
    assert reached and without
    assert all(near_miss(summit(n)) is None for n in [*reached, *without])


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("deal.age >= 1090 days", r"the age of the deal is 2\.\d years \(at least 3\.0 years is asked\)"),
        ("1090 days <= deal.age", r"the age of the deal is 2\.\d years \(at least 3\.0 years is asked\)"),
        ("not crisis_active", r"there is a crisis"),
        ("not deal.exists", r"\u201cdeal exists\u201d holds"),
        ("pact.in_force", r"\u201cRegional non-aggression pact\u201d is not in force"),
        ("tension > .99", r"\u201ctension\u201d is 0\.\d+ \(more than 0.99 is asked\)"),
        ("held(deal.in_force, 1090 days)", r"\u201cdeal.in_force\u201d has held for 2\.\d years \(3\.0 years are asked\)"),
        ("held(tension > .99, 90 days)", r"\u201ctension > 0.99\u201d does not hold \(90 days are asked\)"),
        ("(tension > .99 or (tension < .001 and pressure > .99))", r"\u201ctension\u201d is 0\.\d+ \(more than 0.99 is asked\)"),
        ("max(tension, 0) > .99", r"\u201cmax\(tension, 0\) > 0.99\u201d does not hold"),
    ],
)
def test_each_kind_of_condition_has_its_words(when, reason):
    again = with_predicate(when)
    missed = near_miss(again)
    assert missed is not None
    assert len(missed.reasons) == 1
    assert re.fullmatch(reason, missed.reasons[0])
    assert missed.reasons[0] in tell(again).lines[-1].text


def test_of_two_classes_for_deals_the_nearer_one_is_named():
    outcomes = load_scenario(SUMMIT).outcomes
    place = next(n for n, item in enumerate(outcomes) if item.id == "multilateral_pact")
    far = f"outcomes.{place}.when=deal.in_force and tension > .98 and tension > .99"
    case = compile_case(complete(load_scenario(SUMMIT, overrides=[far])))
    missed = near_miss(replay(case, 12, SEED))
    assert missed is not None
    assert missed.outcome == "interim_deal"
    assert near_miss(replay(case, 0, SEED)) is None  # an interim deal, which is a class for deals itself


def test_asking_changes_nothing_of_the_case():
    again = with_predicate("held(deal.in_force, 800 days)")
    before = dict(again.case.names), len(again.case.held)
    near_miss(again)
    assert (dict(again.case.names), len(again.case.held)) == before


def test_a_history_that_ended_before_its_horizon_has_no_reading():
    war = next(n for n in range(60) if summit(n).row["outcome"] == "war")
    assert near_miss(summit(war)) is None
    assert near_miss(SimpleNamespace(case=summit(0).case, standing={}, row={"outcome": "x"})) is None
