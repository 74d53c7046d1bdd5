"""Scenarios at the edge of the language: parts left out, extreme times and precisions, rungs at either end."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines import event_engine
from tests.played import SEED, YEAR, bare_scenario, case_from, case_of

SUMMIT = case_of("summit").spec
PRECISIONS = [f"choice.{name}" for name in (
    "officials", "leaders", "milestones", "crisis", "brink", "aftermath", "aftermath_reference")]  # fmt: skip
NO_TRACKS = {f"tracks.{name}.enabled": False for name in SUMMIT.tracks}
NO_HAZARDS = {f"hazards.{name}.enabled": False for name in SUMMIT.hazards}
NO_LADDER = {"mechanisms.ladder.enabled": False}
EDGES = {
    "no tracks": NO_TRACKS,
    "no hazards": NO_HAZARDS,
    "no ladder": NO_LADDER,
    "nothing": {**NO_TRACKS, **NO_HAZARDS, **NO_LADDER},
    "an hour": {"horizon": "1 hour"},
    "a century": {"horizon": "100 years", "readings": ["100 years"]},
    "dice": dict.fromkeys(PRECISIONS, 0),
    "best replies": dict.fromkeys(PRECISIONS, 10_000),
    "war for free": {"actors.USA.types.war_cost": 0, "actors.PRK.types.war_cost": 0},
    "war unthinkable": {"actors.USA.types.war_cost": 1e12, "actors.PRK.types.war_cost": 1e12},
    "at the brink": {"mechanisms.ladder.initial": 7},
    "one enforcer": {
        "mechanisms.sanctions.enforcers.CHN.share": 1,
        **{f"mechanisms.sanctions.enforcers.{name}.share": 0 for name in ("RUS", "ROK", "others")},
    },
    "no second thoughts": {"mechanisms.learning.noise": 0, "mechanisms.learning.kappa": 10},
    "tastes all over": {"mechanisms.tastes.weights": 1, "mechanisms.tastes.ideals": 1, "mechanisms.tastes.exponents": 3},
}


@pytest.mark.parametrize("edge", EDGES)
def test_the_summit_is_played_at_its_edges(edge):
    """Every figure is finite or missing, and the outcome is one of the scenario's."""
    case = case_of("summit", EDGES[edge])
    results = event_engine.run_block(case, range(1 if edge == "a century" else 3), SEED)["results"]
    assert set(results["outcome"]) <= {outcome.id for outcome in case.spec.outcomes}
    for name, column in results.items():
        if column.dtype != object:
            assert not np.isinf(column).any(), name


def test_nothing_happens_where_there_is_nothing():
    results = event_engine.run_block(case_from(bare_scenario()), range(3), SEED)["results"]
    assert set(results["outcome"]) == {"late"}
    counts = {name: column.sum() for name, column in results.items() if name.startswith("count:")}
    assert 0.0 < counts.pop("count:talks_days") < results["days"].sum()  # they sit together until talks lapse
    assert not any(counts.values())


def test_a_signal_that_no_possible_type_gives_never_comes():
    """The prior leaves one class, which does not give it."""
    classes = "actors.PRK.types.commitment"
    only = {f"{classes}.dealer.prior": 1, f"{classes}.hedger.prior": 0, f"{classes}.deceiver.prior": 0}
    changes = {**YEAR, **only, "signals.covert_facility.likelihood.dealer": 0, "hazards.covert_exposure.rate": 50}
    results = event_engine.run_block(case_of("summit", changes), range(3), SEED)["results"]
    assert results["count:events.covert_exposure"].sum() == 0.0


# The ends of the ladder

RUNGS = {
    "sides": ["one", "two"],
    "rungs": [{"label": label} for label in ("calm", "threats", "crisis", "brink", "strike", "war")],
    "concession_rung": 0,
    "calm_rung": 1,
    "crisis_rung": 2,
    "incident_rung": 3,
    "brink": 3,
    "fade": 0,
}
BY_RUNG = [
    {"class": "war", "when": "max_rung >= 5"},
    {"class": "strike", "when": "max_rung >= 4"},
    {"class": "peace", "when": True},
]


def ladder_case(effects: dict | None = None, **ladder):
    hazards = {"day_ten": {"kind": "calendar", "at": ["10 days"], "effects": effects}} if effects else {}
    return case_from(
        bare_scenario(mechanisms={"ladder": {**RUNGS, **ladder}}, hazards=hazards, outcomes=BY_RUNG, horizon="100 days")
    )


@pytest.mark.parametrize("effects", [{"rung": 5}, {"crisis": True, "crisis_at": 5}])
def test_an_event_that_reaches_the_last_rung_is_major_war(effects):
    row = event_engine.play(ladder_case(effects), 0, SEED)[0]
    assert row["outcome"] == "war"
    assert row["time:major_war"] == 10.0


@pytest.mark.parametrize(("initial", "crises"), [(0, 0.0), (2, 0.0), (3, 1.0), (4, 1.0)])
def test_a_world_that_starts_at_the_brink_is_in_a_crisis(initial, crises):
    h = event_engine.build(ladder_case(initial=initial), 0, SEED)
    h.run_until(0.5)
    assert h.count_of("crises") == crises
    assert h.w.crisis == int(crises)


def test_days_of_a_crisis_that_goes_on_are_counted():
    """Nobody moves within 100 days: a crisis from day ten on lasts ninety."""
    row = event_engine.play(ladder_case({"crisis": True, "crisis_at": 2}, tick="200 days"), 0, SEED)[0]
    assert row["count:crises"] == 1.0
    assert row["count:crisis_days"] == 90.0


def test_where_nothing_is_at_stake_nothing_is_demanded():
    for stake, demands in ((0.06, 1.0), (0.0, 0.0)):
        row = event_engine.play(ladder_case({"crisis": True, "crisis_at": 2}, demands=True, stake=stake), 0, SEED)[0]
        assert row["count:demands"] == demands
