"""Why a deal in force is no outcome of the kind for deals: the reason is the part of the predicate that failed."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace

import pytest

from sim import resources
from sim.analysis.near_miss import _apart, _Words, near_miss
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
    again = summit(52)
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
        ("deal.age >= 1090 days", r"the age of the deal is 9\d\d days \(at least 1,090 days is asked\)"),
        ("1090 days <= deal.age", r"the age of the deal is 9\d\d days \(at least 1,090 days is asked\)"),
        ("deal.age >= 3 years", r"the age of the deal is 2\.\d years \(at least 3 years is asked\)"),
        ("crisis_active", r"there is no crisis"),
        ("not deal.exists", r"\u201cdeal exists\u201d holds"),
        ("pact.in_force", r"\u201cRegional non-aggression pact\u201d is not in force"),
        ("tension > .99", r"\u201ctension\u201d is 0\.\d+ \(more than 0.99 is asked\)"),
        ("held(deal.in_force, 1090 days)", r"\u201cdeal.in_force\u201d has held for 9\d\d days \(1,090 days are asked\)"),
        ("not held(deal.in_force, 1 days)", r"\u201cnot held\(deal.in_force, 1 days\)\u201d does not hold"),
        (
            "held(held(deal.in_force, 1 days) and tension < 2, 1090 days)",
            r"\u201cheld\(deal.in_force, 1 days\) and tension < 2\u201d has held for 9\d\d days \(1,090 days are asked\)",
        ),
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
    missed = near_miss(replay(case, 52, SEED))
    assert missed is not None
    assert missed.outcome == "interim_deal"
    assert near_miss(replay(case, 0, SEED)) is None  # an interim deal, which is a class for deals itself


@pytest.mark.parametrize(
    ("first", "asks"),
    [
        ("not deal.in_force and tension > .99", False),
        ("not deal.disputed and tension > .99", False),
        ("held(deal.in_force, 1090 days)", True),
        ("(deal.in_force or deal.exists) and tension > .99", True),
        ("(deal.in_force or tension < .99) and tension > .98", False),
    ],
)
def test_a_class_asks_for_a_deal_if_it_takes_one_to_hold(first, asks):
    """Class 0 of the summit is asked first of all; one that mentions a deal need not want one."""
    outcomes = [{"class": "planted", "when": first}]
    outcomes += [{"class": item.id, "when": item.when} for item in load_scenario(SUMMIT).outcomes if item.id == "frozen_stalemate"]
    changed = load_scenario(SUMMIT, overrides={"outcomes": outcomes, "targets": [], "base_rates": {}})
    again = replay(compile_case(complete(changed)), 0, SEED)
    missed = near_miss(again)
    assert (missed is not None and missed.outcome == "planted") is asks


def test_numbers_that_would_read_alike_are_told_apart():
    assert _apart(0.396, 0.4) == ("0.396", "0.4")
    assert _apart(0.2, 0.4) == ("0.2", "0.4")
    words = _Words(summit(0).case, None, {})
    assert words.times(89.6, 90.0) == ("89.6 days", "90 days")
    assert words.times(12.0, 90.0) == ("12 days", "90 days")
    assert words.times(360.0, 365.0) == ("0.99 years", "1 year")


def test_asking_changes_nothing_of_the_case():
    again = with_predicate("held(deal.in_force, 800 days)")
    before = dict(again.case.names), len(again.case.lasting)
    near_miss(again)
    assert (dict(again.case.names), len(again.case.lasting)) == before


def test_a_history_that_ended_before_its_horizon_has_no_reading():
    war = next(n for n in range(60) if summit(n).row["outcome"] == "war")
    assert near_miss(summit(war)) is None
    assert near_miss(SimpleNamespace(case=summit(0).case, standing={}, row={"outcome": "x"})) is None
