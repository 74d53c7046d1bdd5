"""The SimPy engine as a set of processes: interrupts, races, the end of a history, one process a track and hazard."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest
import simpy

from sim.acts import arrivals, crises, deals, loop, relations, updating
from sim.acts.clocks import set_clock, stop_clock
from sim.acts.codes import (
    ARRIVAL_CONTACT,
    ARRIVAL_HAZARD,
    CLOCK_ARRIVAL,
    CLOCK_BUNDLE,
    CLOCK_CALENDAR,
    CLOCK_CANCELLED,
    CLOCK_COUNCIL,
    CLOCK_MEETING,
    CLOCK_MILESTONE,
    CLOCK_OFFER_TO_TALK,
    CLOCK_PULSE,
    CLOCK_READING,
    CLOCK_RESOLUTION,
    CLOCK_ROUND,
    CLOCK_TICK,
)
from sim.acts.effects import cancel_meeting, provoke
from sim.acts.ladder import reach_rung
from sim.acts.quantities import look
from sim.acts.slow import advance
from sim.acts.telling import WHY_BREAKDOWN
from sim.engines import event_engine
from sim.engines.history import Wakeup
from sim.engines.log import Log
from sim.world.fields import NEVER
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
    row_of,
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
    meeting = h.track("summit")
    process = h._processes[h.c.clock_meeting[meeting]]
    caught = []
    h.trace = lambda h, clock: caught.append(h.now) if h.c.clock_kind[clock] == CLOCK_CANCELLED else None
    h.run_until(20.5)
    date = h.w.pending[meeting]
    assert 55.0 < date
    waited_for = process.target
    assert isinstance(waited_for, Wakeup)
    h(cancel_meeting, meeting)
    assert h.w.pending[meeting] == NEVER
    h.run_until(20.75)
    assert caught == [20.5]
    assert process.is_alive
    assert process.target is not waited_for
    h.run_until(date + 1e-6)
    assert h.count_of("meetings") == revival
    assert h.time_of("meeting") == pytest.approx(date if revival else math.nan, abs=1e-9, nan_ok=True)
    assert h.w.talks_on == revival


def move_clock(w, c, clock: int, time: float) -> None:
    """An act that does nothing else."""
    set_clock(w, clock, time)


def test_an_act_that_moves_a_clock_wakes_its_process():
    """Earlier, later or never: a process follows its clock, whoever moves it, and acts when that is due."""
    h = event_engine.build(case_of("summit", QUIET), 0, SEED)
    clock = h.c.clock_meeting[h.track("summit")]
    met = []
    h.trace = lambda h, acting: met.append(h.now) if acting == clock else None
    h.run_until(10.0)
    h(move_clock, clock, 10.0625)
    h.run_until(10.125)
    assert met == [10.0625]  # although nothing else has happened in between
    met.clear()
    h(move_clock, clock, 30.0)
    h.run_until(20.0)
    h(move_clock, clock, 40.25)
    h.run_until(40.5)
    assert met == [40.25]
    h(move_clock, clock, 50.0)
    h(move_clock, clock, math.inf)
    h.run_until(60.0)
    assert met == [40.25]


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
    h.run_until(1.0)
    h(deals.enter_into_force, h.package("interim_yongbyon"))
    h.run_until(1.5)
    return h


def test_a_milestone_and_a_violation_race():
    """The life of a deal waits for whichever comes first: one has a date, the other may come at any time."""
    h = with_deal()
    milestone, dispute = (h._processes[clock].target for clock in (h.c.clock_milestone, h.c.clock_dispute))
    assert isinstance(milestone, Wakeup)
    assert not isinstance(dispute, Wakeup)
    assert not dispute.triggered
    h.run_until(90.9)
    assert (h.w.deal_milestones, h.w.deal_disputed) == (0, 0)
    h.run_until(91.1)
    assert h.w.deal_milestones == 1


def test_a_violation_that_comes_first_opens_a_dispute_and_stops_the_milestones():
    h = with_deal()
    h.run_until(40.0)
    h(relations.breach)
    h(relations.breach)  # a second allegation in the same dispute changes nothing
    h.run_until(40.1)
    assert h.w.deal_disputed == 1
    assert h.count_of("disputes") == 1.0
    while h.w.deal_disputed:
        h.env.step()
        assert h.w.deal_milestones == 0
    assert h.w.deal < 0 or h.count_of("repairs") == 1.0


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


def test_war_ends_a_history_before_anything_else_of_that_instant(monkeypatch):
    """A tick brings war; what is due at the same time and comes after ticks in the order of clocks does not happen."""
    h = event_engine.build(case_of("summit", YEAR), 0, SEED)

    def slide(w, c):
        stop_clock(w, c.clock_tick)
        advance(w, c)
        reach_rung(w, c, c.last_rung - 1)
        crises.step_up(w, c, crises.RUN_OUT_OF_CONTROL, -1)
        updating.settle(w, c)

    monkeypatch.setattr(loop, "tick_due", slide)
    seen = []
    h.trace = lambda h, clock: seen.append(h.c.clock_kind[clock]) if h.now == 50.0 else None
    h.run_until(1.0)
    for clock in (h.c.clock_tick, h.c.clock_milestone, h.c.clock_arrival, h.c.first_deferred):
        h(move_clock, clock, 50.0)
    h.run()
    row = row_of(h)
    assert h.env.now == h.now == 50.0
    assert seen == [CLOCK_MILESTONE, CLOCK_TICK]
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
    """A SimPy process for each clock, and a clock for each track and hazard; one for votes on provocations is lent."""
    made = []

    def process(env, generator):
        made.append(generator)
        return simpy.Process(env, generator)

    monkeypatch.setattr(simpy.Environment, "process", process)
    h = event_engine.build(case_of("summit", YEAR), 0, SEED)
    c = h.c
    assert [generator.gi_frame.f_locals["clock"] for generator in made] == list(range(c.num_clocks))
    owners = set()
    for kind, one in zip(c.clock_kind, c.clock_of, strict=True):
        if kind in (CLOCK_MEETING, CLOCK_ROUND, CLOCK_BUNDLE, CLOCK_COUNCIL):
            owners.add(h.setup.track_ids[one])
        elif kind == CLOCK_CALENDAR:
            owners.add(h.setup.hazard_ids[one])
        elif kind == CLOCK_ARRIVAL and c.arrival_kind[one] == ARRIVAL_HAZARD:
            owners.add(h.setup.hazard_ids[c.arrival_one[one]])
        elif kind == CLOCK_ARRIVAL and c.arrival_kind[one] == ARRIVAL_CONTACT:
            owners.add(h.setup.track_ids[c.arrival_one[one]])
    voting = {t for t, track in h.case.spec.tracks.items() if track.protocol == "resolutions"}
    assert owners == {*h.case.spec.tracks, *h.case.spec.hazards} - voting
    h.run_until(1.0)
    h(provoke, 1.0)
    lent = [h.c.first_ratification + d for d, kind in enumerate(h.w.deferred_kind) if kind == CLOCK_RESOLUTION]
    assert len(lent) == len(voting) == 1
    assert 1.0 < h.w.due[lent[0]] < math.inf
    assert {CLOCK_READING, CLOCK_PULSE, CLOCK_TICK, CLOCK_OFFER_TO_TALK} <= set(c.clock_kind)


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
    launch, actor = h.hazard("launch"), h.actor("PRK")
    rates = {}
    for position, name in enumerate(sorted(h.case.spec.actors["PRK"].types.commitment)):
        h.w.commitment[actor] = position
        rates[name] = h(arrivals.hazard_rate, launch) * 365.0 / 0.08
    assert rates == pytest.approx({"dealer": 0.05 / 0.14, "hedger": 0.15 / 0.14, "deceiver": 0.20 / 0.14})
    h(relations.end_talks, WHY_BREAKDOWN)
    h(look)
    assert h(arrivals.hazard_rate, launch) * 365.0 == pytest.approx(0.08)


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
