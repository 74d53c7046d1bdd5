"""What becomes of a multilateral text when the two sides fall out: each test fails where its stages take no notice."""

from __future__ import annotations

import pytest

from sim.acts import relations
from sim.acts.ladder import reach_rung
from sim.acts.telling import WHY_BREAKDOWN, WHY_MEETING
from sim.acts.updating import settle
from sim.engines import event_engine
from sim.engines.history import History
from sim.model.reader import read
from sim.resources import scenario_path
from tests.played import SEED, case_of

FIRST_VOTE = 40.0  # opened on day 10, stages of 30 days
# Nothing happens but the pact, and everybody is for it: what a test does to the world is all that can stop it.
ALONE = {
    **{f"hazards.{name}.enabled": False for name in read(scenario_path("summit")).data["hazards"]},
    **{f"tracks.{name}.enabled": False for name in ("summit", "inter_korean", "back_channel", "un")},
    "tracks.working.first_round": "900 days",
    "mechanisms.talks.lapse": "900 days",
    "mechanisms.talks.contact_every": "2000 days",
    "tracks.pact.eligible": "talks_on",
    "tracks.pact.first_round": "10 days",
    "tracks.pact.stage_duration": "30 days",
}


def opened(changes: dict | None = None) -> History:
    """A history on day 20, the pact under negotiation; every decision takes its first option."""
    h = event_engine.build(case_of("summit", {**ALONE, **(changes or {})}), 0, SEED)
    h.w.supposed = 1
    h.run_until(20.0)
    assert h.count_of("opened.pact") == 1
    return h


def votes(h: History, day: float) -> float:
    """Votes held up to a day."""
    h.run_until(day)
    return h.count_of("votes.pact")


def end_talks(h: History) -> None:
    h(relations.end_talks, WHY_BREAKDOWN)
    h(settle)


def test_an_undisturbed_text_passes_all_stages():
    h = opened()
    assert votes(h, FIRST_VOTE + 0.5) == 1
    assert votes(h, FIRST_VOTE + 3 * 30.0 + 0.5) == 4
    assert h.time_of("in_force.pact") == pytest.approx(FIRST_VOTE + 3 * 30.0)


def test_no_vote_while_talks_are_off_and_one_as_soon_as_they_are_on():
    h = opened()
    end_talks(h)
    assert votes(h, FIRST_VOTE + 60.0) == 0
    assert h.count_of("postponed.pact") == 1
    h(relations.begin_talks, WHY_MEETING)
    h(settle)
    assert votes(h, FIRST_VOTE + 60.5) == 1
    assert votes(h, FIRST_VOTE + 90.5) == 2  # the next stage takes its full time


def test_talks_that_are_on_again_in_time_delay_nothing():
    """Ministries go on drafting: a stage is as long as it is, only its vote needs the two sides."""
    h = opened()
    end_talks(h)
    h.run_until(FIRST_VOTE - 5.0)
    h(relations.begin_talks, WHY_MEETING)
    h(settle)
    assert votes(h, FIRST_VOTE + 0.5) == 1
    assert h.count_of("postponed.pact") == 0


def test_no_vote_and_no_opening_in_a_crisis():
    h = opened()
    h.w.crisis = 1
    h(settle)
    assert votes(h, FIRST_VOTE + 30.0) == 0
    h.w.crisis = 0
    h.w.touched = 1
    h(settle)
    assert votes(h, FIRST_VOTE + 30.5) == 1
    h = event_engine.build(case_of("summit", ALONE), 0, SEED)
    h.w.supposed = 1
    h.run_until(5.0)
    h.w.crisis = 1
    h.run_until(20.0)
    assert h.count_of("opened.pact") == 0


def test_a_vote_that_waits_too_long_is_never_held():
    h = opened({"tracks.pact.lapses_after": "100 days"})
    end_talks(h)
    assert votes(h, FIRST_VOTE + 99.0) == 0
    assert h.count_of("broken_off.pact") == 0
    assert votes(h, FIRST_VOTE + 101.0) == 0
    assert h.count_of("broken_off.pact") == 1
    h(relations.begin_talks, WHY_MEETING)
    h(settle)
    h.run_until(FIRST_VOTE + 100.0 + 181.0)
    assert h.count_of("opened.pact") == 2  # given up, not dead: a new one at the next occasion


def test_the_rung_of_incidents_ends_a_text_under_negotiation():
    h = opened()
    h(reach_rung, h.c.incident_rung - 1)
    h(settle)
    assert h.count_of("broken_off.pact") == 0
    h(reach_rung, h.c.incident_rung)
    h(settle)
    assert h.count_of("broken_off.pact") == 1
    assert votes(h, FIRST_VOTE + 60.0) == 0


def test_a_pact_in_force_survives_what_ends_a_text_under_negotiation():
    """It has an end of its own: a collapse rate."""
    h = opened()
    h.run_until(FIRST_VOTE + 100.0)
    assert h.w.standing[h.track("pact")]
    h(reach_rung, h.c.incident_rung)
    end_talks(h)
    assert h.w.standing[h.track("pact")]
    assert h.count_of("broken_off.pact") == 0


@pytest.mark.parametrize("disturb", ["talks", "crisis", "rung"])
def test_a_scenario_may_have_its_council_take_no_notice(disturb):
    h = opened({"tracks.pact.suspended_by": [], "tracks.pact.ends_at_rung": 99})
    if disturb == "talks":
        end_talks(h)
    elif disturb == "crisis":
        h.w.crisis = 1
    else:
        h(reach_rung, 6)
    h(settle)
    assert votes(h, FIRST_VOTE + 0.5) == 1
