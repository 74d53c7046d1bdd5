"""One event after another: which clock is next, and what its process does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beginning import begin
from sim.acts.codes import (
    CLOCK_ARRIVAL,
    CLOCK_BUNDLE,
    CLOCK_CALENDAR,
    CLOCK_CANCELLED,
    CLOCK_COUNCIL,
    CLOCK_DISPUTE,
    CLOCK_INVITATION,
    CLOCK_LEADER,
    CLOCK_MEETING,
    CLOCK_MILESTONE,
    CLOCK_MOVE,
    CLOCK_OFFER_TO_TALK,
    CLOCK_PROMISE,
    CLOCK_PULSE,
    CLOCK_RATIFICATION,
    CLOCK_READING,
    CLOCK_REPAIR,
    CLOCK_RESOLUTION,
    CLOCK_REVIVAL,
    CLOCK_ROUND,
    CLOCK_STARTED,
    CLOCK_TICK,
    CLOCK_TREATY,
    CLOCK_TURNED,
)
from sim.acts.councils import bundle_due, council_due, council_turned, resolution_vote
from sim.acts.crises import crisis_started, tick_due
from sim.acts.deals import (
    end_dispute,
    milestone_due,
    open_dispute,
    ratification_vote,
    treaty_vote,
    withdraw_relief,
)
from sim.acts.games import move_due
from sim.acts.happenings import arrival_due, calendar_due
from sim.acts.invitations import invitation_due, revival_decided, revive
from sim.acts.leaders import new_leader
from sim.acts.meetings import meeting_due, offer_to_talk_due
from sim.acts.pulse import promise_due, pulse_due
from sim.acts.readings import finish, reading_due
from sim.acts.slow import advance
from sim.acts.talks import round_due
from sim.acts.updating import settle
from sim.rule import act, rule
from sim.world.fields import INFINITY

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def next_clock(w: World, c: Tables) -> int:
    """The clock that is due first; of those due at one instant the first in order."""
    best = 0
    earliest = INFINITY
    for clock in range(w.clocks_used):
        if w.due[clock] < earliest:
            earliest = w.due[clock]
            best = clock
    return best


@act
def happen(w: World, c: Tables, clock: int) -> None:
    """The process of a clock acts; the present is when it was due."""
    w.now = w.due[clock]
    w.last_choice = -1
    kind = c.clock_kind[clock]
    one = c.clock_of[clock]
    if kind == CLOCK_ARRIVAL:
        arrival_due(w, c, one)
    elif kind == CLOCK_PULSE:
        pulse_due(w, c)
    elif kind == CLOCK_ROUND:
        round_due(w, c, one)
    elif kind == CLOCK_READING:
        reading_due(w, c)
    elif kind == CLOCK_TICK:
        tick_due(w, c)
    elif kind == CLOCK_MOVE:
        move_due(w, c)
    elif kind >= CLOCK_TREATY or kind == CLOCK_RATIFICATION:
        _deferred_due(w, c, clock)
    elif kind == CLOCK_BUNDLE:
        bundle_due(w, c, one)
    elif kind == CLOCK_COUNCIL:
        council_due(w, c, one)
    elif kind == CLOCK_CALENDAR:
        calendar_due(w, c, one)
    elif kind == CLOCK_MEETING:
        meeting_due(w, c, one)
    elif kind == CLOCK_OFFER_TO_TALK:
        offer_to_talk_due(w, c)
    else:
        _seldom(w, c, kind, one)


@act
def _seldom(w: World, c: Tables, kind: int, one: int) -> None:
    """Clocks that are seldom due."""
    if kind == CLOCK_INVITATION:
        invitation_due(w, c, one)
    elif kind == CLOCK_CANCELLED:
        revival_decided(w, c, one)
    elif kind == CLOCK_REVIVAL:
        revive(w, c, one)
    elif kind == CLOCK_STARTED:
        crisis_started(w, c)
    elif kind == CLOCK_MILESTONE:
        milestone_due(w, c)
    elif kind == CLOCK_DISPUTE:
        open_dispute(w, c)
    elif kind == CLOCK_REPAIR:
        end_dispute(w, c)
    elif kind == CLOCK_TURNED:
        council_turned(w, c, one)
    elif kind == CLOCK_PROMISE:
        promise_due(w, c)


@act
def _deferred_due(w: World, c: Tables, clock: int) -> None:
    """Something that was put off happens, and its clock is free again."""
    d = clock - c.first_ratification
    kind = w.deferred_kind[d]
    one = w.deferred_one[d]
    two = w.deferred_two[d]
    x = w.deferred_x[d]
    y = w.deferred_y[d]
    w.deferred_kind[d] = 0
    w.due[clock] = INFINITY
    if kind == CLOCK_RATIFICATION:
        ratification_vote(w, c, one, two // 64, two % 64, int(x))
    elif kind == CLOCK_TREATY:
        treaty_vote(w, c, one, x, y)
    elif kind == CLOCK_LEADER:
        advance(w, c)
        new_leader(w, c, one, x)
        settle(w, c)
    elif kind == CLOCK_RESOLUTION:
        resolution_vote(w, c, one, x)
    else:
        withdraw_relief(w, c, x, y)


@rule
def is_over(w: World) -> bool:
    """Whether a history has come to its end, or has to be played again with more room."""
    return w.over != 0 or w.full != 0


@act
def play(w: World, c: Tables) -> None:
    """A whole history, one event after another."""
    begin(w, c)
    while not is_over(w):
        happen(w, c, next_clock(w, c))
    finish(w, c)
