"""The SimPy engine as a set of processes: interrupts, races, the end of a history, one process a track and hazard."""

from __future__ import annotations

from statistics import median

import numpy as np
import pytest
import simpy

from sim.engines import event_engine
from sim.engines.clock import Priority, Wakeup
from sim.engines.log import Log
from sim.model.world import NEVER
from tests.counts import sample_size
from tests.played import (
    FIXTURES,
    SEED,
    THREE_YEARS,
    YEAR,
    bare_scenario,
    case_from,
    case_of,
    digest_of,
    play_block,
    play_logged,
    same,
)

QUIET = {  # nothing but the announced meeting, for tests of what happens to it
    **YEAR,
    "tracks.working.enabled": False,
    "tracks.inter_korean.enabled": False,
    "tracks.pact.enabled": False,
    "tracks.summit.cancellation.rate": 0,
    **{f"hazards.{name}.enabled": False for name in ("incident", "crisis", "icbm_or_nuclear", "launch")},
}


# Cancellation


@pytest.mark.parametrize("revival", [0, 1])
def test_a_cancellation_interrupts_the_process_that_waits_for_the_meeting(revival):
    """Cancelled for good, nobody meets and talks end; revived in time, the leaders meet on the date first agreed."""
    changes = {"tracks.summit.cancellation.revival": revival, "tracks.summit.cancellation.revival_delay": "1 day"}
    h = event_engine.build(case_of("summit", {**QUIET, **changes}), 0, SEED)
    meeting = h.meetings["summit"]
    caught = []
    revive = meeting._revival

    def spy():
        caught.append(h.env.now)
        yield from revive()

    meeting._revival = spy
    h.env.run(until=20.5)
    date = meeting.date
    assert 55.0 < date
    assert isinstance(meeting.process.target, Wakeup)
    meeting.cancel()
    assert meeting.date == NEVER
    h.env.run(until=20.75)
    assert caught == [20.5]
    assert meeting.process.is_alive
    h.env.run(until=date + 1e-6)
    assert h.counts.get("meetings", 0.0) == revival
    assert h.times.get("meeting", -1.0) == pytest.approx(date if revival else -1.0, abs=1e-9)
    assert h.w.talks_on == revival


def test_nobody_agrees_a_meeting_anew_while_one_is_about_to_be_revived():
    """Else a cancellation of the new date would reach a process that no longer waits for any: it ended the run."""
    often = {
        **YEAR,
        "tracks.summit.cancellation.rate": 40,
        "tracks.summit.cancellation.revival": 1,
        "tracks.summit.cancellation.rate_after_revival": 1,
        "tracks.summit.cancellation.revival_delay": "30 days",
        "tracks.working.gap": "2 days",
        "tracks.working.pauses_before": "0 days",
        "tracks.working.pauses_after": "0 days",
        "choice.officials": 0,
        "choice.leaders": 0,
    }
    results = play_block("summit", sample_size("stress_histories"), often)["results"]
    assert results["count:revivals.summit"].mean() > 2.0


# Agreements


def with_deal() -> event_engine.History:
    h = event_engine.build(case_of("summit", {**QUIET, "tracks.summit.enabled": False}), 0, SEED)
    h.env.run(until=1.0)
    h.agreement.enter_into_force(h.case.named["interim_yongbyon"])
    h.env.run(until=1.5)
    return h


def test_a_milestone_and_a_violation_race():
    """The life of a deal waits for whichever comes first."""
    h = with_deal()
    race = h.agreement.process.target
    assert isinstance(race, simpy.events.Condition)
    assert len(race._events) == 2
    h.env.run(until=90.9)
    assert (h.w.deal_milestones, h.w.deal_disputed) == (0, 0)
    h.env.run(until=91.1)
    assert h.w.deal_milestones == 1


def test_a_violation_that_comes_first_opens_a_dispute_and_stops_the_milestones():
    h = with_deal()
    h.env.run(until=40.0)
    h.agreement.breach()
    h.agreement.breach()  # a second allegation in the same dispute changes nothing
    h.env.run(until=40.1)
    assert h.w.deal_disputed == 1
    assert h.counts["disputes"] == 1.0
    while h.w.deal_disputed:
        h.env.step()
        assert h.w.deal_milestones == 0
    assert h.w.deal < 0 or h.counts["repairs"] == 1.0


def test_deals_collapse_and_do_not_end_a_history():
    """Only major war and the last date do (clarification 1.2)."""
    fragile = {**THREE_YEARS, "mechanisms.agreements.collapse.base": 3}
    case = case_of("summit", fragile)
    collapsed = again = 0
    for replication in range(sample_size("engine_histories")):
        row, _, h = event_engine.play(case, replication, SEED)
        assert h.env.now == (row["time:major_war"] if row["outcome"] == "war" else 1095.0)
        collapsed += row["count:collapses"] > 0
        again += row["count:deals"] > 1 and row["count:collapses"] > 0
    assert collapsed > 0
    assert again > 0


def test_agreements_switched_off_have_no_after_life():
    """What is signed is done at once: no milestones, disputes or collapses."""
    n = sample_size("engine_histories")
    on = play_block("summit", n, YEAR)
    off = play_block("summit", n, {**YEAR, "mechanisms.agreements.enabled": False})
    assert digest_of(on) != digest_of(off)
    for column in ("milestones", "disputes", "cheats", "slips", "collapses", "repairs"):
        assert off["results"][f"count:{column}"].max() == 0.0
    assert off["results"]["count:deals"].max() > 0.0


# The end


def test_war_ends_a_history_before_anything_else_of_that_instant():
    case = case_of("summit", YEAR)
    h = event_engine.build(case, 0, SEED)
    seen = []

    def slide():
        yield h.wait(50.0, Priority.TICK)
        h.advance()
        h.reach_rung(h.crisis.last - 1)
        h.crisis.step_up("for the test")
        h.settle()

    h.env.process(slide())
    for priority in (Priority.MILESTONE, Priority.HAZARD, Priority.DEFERRED):
        Wakeup(h.env, 50.0, priority).callbacks.append(lambda _, priority=priority: seen.append(priority))
    h.env.run(until=h.finished)
    row = h.recorder.finish()
    assert h.env.now == 50.0
    assert seen == [Priority.MILESTONE]
    assert row["time:major_war"] == 50.0
    assert row["outcome"] == row["outcome@365"] == "war"


def test_war_stays_the_outcome_at_later_dates():
    dangerous = {"horizon": "1 year", "readings": ["1 year", "2 years"], "hazards.incident.rate": 12, "grid": 8}
    case = case_of("summit", dangerous)
    wars = 0
    for replication in range(sample_size("engine_histories")):
        row, paths, h = event_engine.play(case, replication, SEED, Log())
        if not row["time:major_war"] < 365.0:
            continue
        wars += 1
        assert row["outcome"] == row["outcome@730"] == "war"
        assert h.env.now == row["time:major_war"]
        assert all(entry.time <= row["time:major_war"] for entry in h.log.entries)
        assert len(paths) == 9
        after = [path for path in paths if path["day"] > row["time:major_war"]]
        assert {(path["outcome"], path["rung"]) for path in after} == {("war", 9.0)}
    assert wars > 0


# How many


def test_every_active_track_and_hazard_runs_a_process(monkeypatch):
    """Owners of all SimPy processes of a few histories; a council that votes on provocations has one a vote."""
    owners: set[str] = set()
    made = []

    def process(env, generator):
        owner = generator.gi_frame.f_locals.get("self")
        owners.add(getattr(owner, "name", type(owner).__name__))
        made.append(owner)
        return simpy.Process(env, generator)

    monkeypatch.setattr(simpy.Environment, "process", process)
    case = case_of("summit", YEAR)
    for replication in range(6):
        before = len(made)
        h = event_engine.build(case, replication, SEED)
        assert len(made) - before >= len(h.meetings) + len(h.tables) + len(h.councils) - 1 + len(h.hazards)
        h.env.run(until=h.finished)
    expected = {*case.spec.tracks, *case.spec.hazards}
    assert expected - owners == set()
    assert {"Crisis", "Recorder", "OffersToTalk", "History"} <= owners


def test_the_summit_is_made_of_hundreds_of_events():
    """Median over histories of five years; also printed by ``benchmarks/event_engine.py``."""
    case = case_of("summit")
    counts = [event_engine.play(case, replication, SEED)[0]["events"] for replication in range(8)]
    assert 200 < median(counts) < 3_000
    assert event_engine.events_in(case, SEED, range(8)) in counts


@pytest.mark.parametrize("name", FIXTURES)
def test_each_fixture_runs_and_reaches_two_classes(name):
    results = play_block(name, sample_size("fixture_histories"))["results"]
    classes = {outcome.id for outcome in case_of(name).spec.outcomes}
    found = set(results["outcome"])
    assert len(found) >= 2
    assert found <= classes


# Addresses


def test_a_track_and_a_hazard_of_one_name_do_not_share_draws():
    """Names of different kinds may be equal, and then their keys are: lanes keep the draws apart.

    Shared draws would be counted together, so that each event of one would move all later events of the other.
    """
    rates = {"protocol": "contacts", "participants": ["one", "two"], "rate": 40}
    times = []
    for enabled in (True, False):
        hazard = {"kind": "poisson", "rate": 40, "enabled": enabled}
        case = case_from(bare_scenario(tracks={"line": rates}, hazards={"line": hazard}))
        _, _, log = play_logged(case, 0)
        times.append([entry.time for entry in log.happenings if entry.kind == "contact"])
        assert (len([entry for entry in log.happenings if entry.kind == "event"]) > 20) == enabled
    assert len(times[0]) > 20
    assert times[0] == times[1]


FAMILIES = ("time", "behaviour", "resource", "zeuthen", "rational", "maximalist")


def test_every_family_of_tactics_is_played_and_differs():
    """The same talks with another way to concede: offers follow, and no two families tell the same story."""
    n = sample_size("engine_histories")
    digests = {
        family: digest_of(
            play_block(
                "six_party_unanimity",
                n,
                {f"actors.{name}.tactics": {"table": {"family": family}} for name in ("aster", "birch")}
                | {"tracks.table.participants": ["aster", "birch"]},
            )
        )
        for family in FAMILIES
    }
    assert len({digests[family] for family in ("time", "behaviour", "zeuthen", "maximalist")}) == 4


def test_a_hazard_that_counts_as_another_adds_to_its_counter_and_its_excitation():
    """A test of a long-range missile is a launch as well (clarification 11.4)."""
    only_tests = {
        **YEAR,
        "mechanisms.restraint.enabled": False,
        "hazards.launch.baseline": 0,
        "hazards.launch.paused": "false",
        "hazards.icbm_or_nuclear.rate": 12,
    }
    n = sample_size("engine_histories")
    plain = play_block("summit", n, {**only_tests, "hazards.launch.branching": 0})["results"]
    assert same(plain["count:events.launch"], plain["count:events.icbm_or_nuclear.icbm"])
    assert plain["count:events.launch"].sum() > 10.0
    excited = play_block("summit", n, {**only_tests, "hazards.launch.branching": 0.75})["results"]
    assert excited["count:events.launch"].sum() > 1.2 * excited["count:events.icbm_or_nuclear.icbm"].sum()


def test_the_true_type_moves_the_rate_of_self_exciting_hazards():
    """.36 / 1.07 / 1.43 of the prior mean for the three classes, in talks only (clarification 5.6)."""
    h = event_engine.build(case_of("summit", YEAR), 0, SEED)
    launch, actor = h.hazards["launch"], h.case.actor("PRK")
    rates = {}
    for position, name in enumerate(sorted(h.spec.actors["PRK"].types.commitment)):
        h.w.commitment[actor] = position
        rates[name] = launch._level()[2] * 365.0 / 0.08
    assert rates == pytest.approx({"dealer": 0.05 / 0.14, "hedger": 0.15 / 0.14, "deceiver": 0.20 / 0.14})
    h.end_talks("for the test")
    h.look()
    assert launch._level()[2] * 365.0 == pytest.approx(0.08)


# The log

NODES = {
    "N1": ("offer",),
    "N2": ("reply",),
    "N3": ("proposal",),
    "N4": ("answer",),
    "N5": ("last_word",),
    "N6": ("declaration",),
    "N7": ("response",),
    "N8": ("milestone",),
    "N9": ("crisis",),
    "N10": ("bundle", "bundle_reply"),
    "N11": ("stage_vote",),
    "N12": ("resolution_vote",),
    "N13": ("offer_talks", "answer_to_talks", "invite", "invitation", "open"),
    "N14": ("repair",),
    "N15": ("after_failure",),
}
CHANCE = {"treaty_vote"}  # votes at home are chance moves: logged where they happen, no node of the list
LEARNING = {"reply", "answer", "crisis"}  # others learn from these acts


def test_every_decision_node_occurs_and_is_logged_in_full():
    """The closed list of clarification 0.4, in as many histories of the summit as it takes."""
    case = case_of("summit", THREE_YEARS)
    wanted = {node for nodes in NODES.values() for node in nodes}
    missing = set(wanted)
    learned = set()
    for replication in range(sample_size("node_histories")):
        if not missing and learned >= LEARNING:
            break
        _, _, log = play_logged(case, replication)
        for decision in log.decisions:
            assert decision.node in wanted | CHANCE
            missing.discard(decision.node)
            assert decision.actor in case.actor_ids
            assert len(decision.options) == len(decision.values) == len(decision.probabilities) > 0
            assert sum(decision.probabilities) == pytest.approx(1.0, abs=1e-9)
            assert decision.choice in decision.options or decision.choice == "nothing allowed"
            assert np.isfinite(decision.values).all()
            assert set(decision.removed) <= set(decision.options) | {"nothing allowed"} or decision.node == "offer"
            assert "USA about PRK.commitment" in decision.beliefs_before
            assert set(decision.beliefs_after) == set(decision.beliefs_before)
            if decision.beliefs_after != decision.beliefs_before:
                learned.add(decision.node)
    assert missing == set()
    assert learned >= LEARNING


def test_a_leader_who_may_fall_over_a_meeting_has_a_draw_of_its_own():
    """Whether one meeting costs a leader the office does not depend on what a signature may cost it."""
    fall = {"actor": "USA", "probability": 0.5}
    changes = {**YEAR, "tracks.summit.held_effects.leader": fall}
    alone = play_block("summit", 12, changes)["results"]
    both = {**changes, "mechanisms.agreements.signed_effects.leader": {**fall, "probability": 0}}
    assert digest_of(play_block("summit", 12, both)) == digest_of({**play_block("summit", 12, changes)})
    assert 0 < alone["count:leader_changes.USA"].sum() < 12 + alone["count:meetings"].sum()


def test_a_leader_change_that_no_hazard_brings_has_a_column():
    changes = {**YEAR, "tracks.summit.held_effects.leader": {"actor": "ROK", "probability": 1}}
    results = play_block("summit", 6, changes)["results"]
    assert same(results["count:leader_changes.ROK"], results["count:meetings"])
