"""How the two sides stand to each other: talks, recognition, restraint, what agreements have brought and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.clocks import set_clock, stop_clock, wait
from sim.acts.codes import (
    LISTENING,
    N_BROKER_REPORTS,
    N_TALKS_DAYS,
    N_TALKS_RESUMED,
    PLAIN,
    REOPENING,
    T_TALKS_ENDED,
    T_TALKS_RESUMED,
)
from sim.acts.counting import count, first
from sim.acts.draws import mean_duration
from sim.acts.telling import tell
from sim.rule import act, rule
from sim.rules import expectation
from sim.world.fields import INFINITY, NEVER

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


@rule
def session(w: World) -> None:
    """The two sides have met or agreed a date."""
    w.last_session = w.now


@act
def begin_talks(w: World, c: Tables, why: int) -> None:
    """Talks between the two sides are on."""
    session(w)
    if not c.talks_used or w.talks_on:
        return
    w.touched = 1
    w.talks_on = 1
    w.pause_broken = 0
    w.talks_since = w.now
    first(w, T_TALKS_RESUMED)
    count(w, N_TALKS_RESUMED, 1.0)
    w.moratorium_until = NEVER
    tell(w, c, "talks open", why)
    _wake_listeners(w, c)
    if w.rung > 1:
        w.rung = 1
    if w.recognised and c.recognition_issue >= 0:
        k = c.recognition_issue
        w.level[k] = max(w.level[k], c.recognition_during_talks)
        w.seen[k] = max(w.seen[k], w.level[k])


@rule
def _wake_listeners(w: World, c: Tables) -> None:
    """Tables and invitations that waited for talks to open: their next date is set."""
    for t in range(c.num_tracks):
        if w.table_phase[t] == LISTENING:
            w.table_phase[t] = REOPENING
            wait(w, c.clock_table[t], mean_duration(w, c, c.track_gap[t]))
        if w.invitation_phase[t] == LISTENING:
            w.invitation_phase[t] = PLAIN
            w.last_invited[t] = w.now
            set_clock(w, c.clock_invitation[t], w.now + next_invitation(w, c, t))


@rule
def next_invitation(w: World, c: Tables, t: int) -> float:
    """Time until the next invitation to a meeting on a track."""
    last = max(w.last_held[t], w.last_invited[t])
    return last + c.invitation_every[t] - w.now if last != NEVER else 0.0


@act
def end_talks(w: World, c: Tables, why: int) -> None:
    """Talks between the two sides are over."""
    if not w.talks_on or not c.talks_used:
        return
    w.touched = 1
    w.talks_on = 0
    w.talks_ended = w.now
    count(w, N_TALKS_DAYS, (w.talks_ended - w.talks_since) / c.day)
    if c.restraint_on:
        if not w.pause_broken:
            w.pause_until = w.now + c.pause_after_talks
        if w.moratorium and w.moratorium_until == NEVER and not restraint_promised(w, c):
            w.moratorium_until = w.now + c.restraint_deadline
    if c.recognition_issue >= 0:
        _fall_back_to_floor(w, c)
    first(w, T_TALKS_ENDED)
    tell(w, c, "talks end", why)
    if w.offers_phase == LISTENING:
        w.offers_phase = PLAIN
        wait(w, c.clock_offers, c.contact_every)


@rule
def _fall_back_to_floor(w: World, c: Tables) -> None:
    k = c.recognition_issue
    floor = recognition_floor(w, c) if w.recognised else c.start[k]
    if w.deal < 0:
        w.level[k] = floor
        w.seen[k] = floor
        hold_to_treaties(w, c)


@rule
def recognition_floor(w: World, c: Tables) -> float:
    """Level of recognition that a failure does not undo."""
    return c.start[c.recognition_issue] + w.p[c.recognition_transfer] * w.p[c.recognition_irreversible]


@act
def withdraw_gestures(w: World, c: Tables) -> None:
    """What has been granted on some issues without an agreement is taken back; a deal or treaty still binds."""
    if w.deal >= 0:
        return
    w.touched = 1
    for n in range(len(c.withdrawn_issue)):
        k = c.withdrawn_issue[n]
        level = min(w.level[k], c.start[k])
        w.level[k] = level
        w.seen[k] = level
        w.pledged[k] = 0.0
        w.local[k] = 0.0
    hold_to_treaties(w, c)


@act
def take_back(w: World, c: Tables, brought: Floats, at: int) -> None:
    """What an agreement brought is undone, and only that; treaties in force and recognition keep their levels."""
    w.touched = 1
    for k in range(c.num_issues):
        change = brought[at + k]
        if change != 0.0:
            level = min(1.0, max(0.0, w.level[k] - change))
            w.level[k] = level
            w.seen[k] = level
            brought[at + k] = 0.0
    hold_to_treaties(w, c)


@act
def hold_to_treaties(w: World, c: Tables) -> None:
    """Levels that treaties in force bind are at least those of the treaties."""
    w.touched = 1
    if w.num_treaties == 0:
        return
    for t in range(c.num_tracks):
        if w.treaty[t] < 0:
            continue
        for k in range(c.num_issues):
            level = c.levels[w.treaty[t] * c.num_issues + k]
            if w.level[k] < level:
                w.level[k] = level
            if w.seen[k] < level:
                w.seen[k] = level


@rule
def broker_report(w: World, c: Tables) -> None:
    """A broker's report raises the expectation of a pending meeting."""
    if not c.expectation_on:
        return
    push = w.p[c.oversell]
    if c.oversell_discount:
        push = expectation.discounted_report(push, w.p[c.bias_belief])
    w.expectation = expectation.drift_toward(w.expectation, 1.0, push)
    count(w, N_BROKER_REPORTS, 1.0)


@rule
def pledge_restraint(w: World, c: Tables) -> None:
    """A pledged level of restraint makes the moratorium hold."""
    if c.restraint_on and w.pledged[c.restraint_issue] >= c.restraint_level:
        w.moratorium = 1
        w.pause_broken = 0
        w.moratorium_until = NEVER


@rule
def restraint_promised(w: World, c: Tables) -> bool:
    """Whether a deal in force promises restraint: then it lasts as long as the deal, whether talks go on or not."""
    return c.restraint_on != 0 and w.deal >= 0 and w.pledged[c.restraint_issue] >= c.restraint_level


@act
def after_force(w: World, c: Tables, why: int) -> None:
    """Force has been used: talks, restraint and a declaration are over."""
    end_talks(w, c, why)
    w.moratorium = 0
    w.pause_until = NEVER
    w.declaration = 0
    w.last_major = w.now


# Violations of a deal


@rule
def breach(w: World, c: Tables) -> None:
    """A violation has become known or is alleged: a dispute will open, unless one is open."""
    if w.deal >= 0 and not w.deal_disputed and w.due[c.clock_dispute] == INFINITY:
        set_clock(w, c.clock_dispute, w.now)


@rule
def accuse(w: World, actor: int) -> None:
    """A party stands accused; one may be accused of more than one violation."""
    if w.num_accused < len(w.accused):
        w.accused[w.num_accused] = actor
        w.num_accused += 1


@act
def openly_violated(w: World, c: Tables, actor: int, first_promise: int, last_promise: int) -> None:
    """An event that a deal with such promises forbids; whose event it is stands accused."""
    if w.deal < 0 or w.deal_disputed:
        return
    broken = False
    for n in range(first_promise, last_promise):
        if w.promised[c.violated_issue[n]] >= w.p[c.violated_level[n]]:
            broken = True
    if not broken:
        return
    known = False
    for n in range(w.num_accused):
        if w.accused[n] == actor:
            known = True
    if not known and (actor == c.deal_one or actor == c.deal_two):
        accuse(w, actor)
    breach(w, c)


@rule
def forget_violations(w: World, c: Tables) -> None:
    """What is known or alleged of a deal that has ended or been replaced is not held against the next one."""
    w.num_accused = 0
    stop_clock(w, c.clock_dispute)
