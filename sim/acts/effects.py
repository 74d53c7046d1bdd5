"""What events do to the situation; see `sim.model.spec.effects.Effects` for the meaning of each entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.arrivals import excite, refresh
from sim.acts.beliefs import observe_signal
from sim.acts.clocks import defer, set_clock
from sim.acts.codes import (
    BUNDLES,
    CLOCK_RESOLUTION,
    K_CANCELLATIONS,
    RESOLUTIONS,
    SELF_EXCITING,
    T_CANCELLATION,
    T_MAJOR,
    TIMING,
)
from sim.acts.counting import arrived, count_track, first
from sim.acts.draws import duration
from sim.acts.ladder import begin_crisis, reach_rung
from sim.acts.leaders import change_leader
from sim.acts.relations import breach, openly_violated
from sim.acts.telling import tell
from sim.acts.updating import end_standing
from sim.rule import act, rule
from sim.rules import expectation, hazards, relaxation
from sim.rules.pressure import rivalry_after_shock
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def apply(w: World, c: Tables, e: int, actor: int, key: int, lane: int, votes: int) -> float:
    """Effects number ``e`` of an event that an actor caused (-1: nobody); ``key`` and ``lane`` say where draws are.

    Returns the event's severity as a provocation, which comes to a vote here only with ``votes``.
    """
    w.touched = 1
    if c.effect_none[e]:
        return 0.0
    _strain(w, c, e)
    if c.effect_rung[e] >= 0 and c.ladder_on:
        reach_rung(w, c, c.effect_rung[e])
    if c.effect_major[e]:
        w.last_major = w.now
        first(w, T_MAJOR)
    _move_prospects(w, c, e)
    _disturb_talks(w, c, e)
    if c.effect_signal[e] >= 0:
        observe_signal(w, c, c.effect_signal[e])
    if c.effect_counts_as[e] >= 0:
        arrives_too(w, c, c.effect_counts_as[e])
    if c.effect_cancels[e] >= 0:
        cancel_meeting(w, c, c.effect_cancels[e])
    if c.agreements_on:
        if c.effect_breaches[e]:
            breach(w, c)
        if c.violation_start[e + 1] > c.violation_start[e]:
            openly_violated(w, c, actor, c.violation_start[e], c.violation_start[e + 1])
    extra = w.p[c.effect_hostile[e]]
    if extra != 0.0:
        w.hostile_extra += extra
        w.all_stale = 1
    if c.effect_leader[e] >= 0:
        change_leader(w, c, c.effect_leader[e], key, lane)
    if c.effect_incident[e]:
        for t in range(c.num_tracks):
            if c.track_protocol[t] == BUNDLES and c.track_on[t]:
                end_standing(w, c, t)
    if c.effect_crisis[e] and c.ladder_on and not w.crisis:
        # The challenger, who moves first, is the side that did not cause it.
        challenger = -1
        if actor >= 0:
            challenger = c.crisis_two if actor == c.crisis_one else c.crisis_one
        begin_crisis(w, c, c.effect_crisis_at[e], challenger)
    severity = w.p[c.effect_severity[e]]
    if votes:
        provoke(w, c, severity)
    return severity


@rule
def _strain(w: World, c: Tables, e: int) -> None:
    """Tension and provocation, each where its mechanism is on."""
    if c.tension_on:
        jump = w.p[c.effect_tension[e]]
        if jump != 0.0:
            w.tension = relaxation.pushed_up(w.tension, jump)
        factor = w.p[c.effect_tension_factor[e]]
        if factor != 1.0:
            w.tension = relaxation.scaled(w.tension, factor)
    provocation = w.p[c.effect_provocation[e]]
    if provocation != 0.0 and w.provocation_rate > 0.0:
        w.provocation += provocation


@rule
def _move_prospects(w: World, c: Tables, e: int) -> None:
    """Capability, expectation and rivalry, each where its mechanism is on."""
    capability = w.p[c.effect_capability[e]]
    if capability != 0.0 and c.capability_on:
        w.capability = hazards.capability_with_trial(w.capability, capability)
    if c.expectation_on:
        shift = w.p[c.effect_expectation[e]]
        if shift != 0.0:
            w.expectation = expectation.within_unit(w.expectation + shift)
        push = w.p[c.effect_raises_expectation[e]]
        if push != 0.0 and _some_meeting_has_a_date(w, c):
            w.expectation = expectation.drift_toward(w.expectation, 1.0, push)
    rivalry = w.p[c.effect_rivalry[e]]
    if rivalry != 0.0 and w.rivalry_rate > 0.0:
        w.rivalry = rivalry_after_shock(w.rivalry, rivalry)


@rule
def _some_meeting_has_a_date(w: World, c: Tables) -> bool:
    for t in range(c.num_tracks):
        if w.pending[t] != NEVER:
            return True
    return False


@rule
def _disturb_talks(w: World, c: Tables, e: int) -> None:
    """Rounds at every table put off, and made likelier to fail."""
    fails = w.p[c.effect_fails_round[e]]
    for t in range(c.num_tracks):
        if c.is_table[t]:
            if c.effect_delays_rounds[e] > 0.0:
                w.postponed[t] += c.effect_delays_rounds[e]
            if fails > 0.0:
                w.failing[t] = fails


@act
def arrives_too(w: World, c: Tables, h: int) -> None:
    """An event of another hazard counts as one of this: in its counter and, if it is self-exciting, in its rate."""
    arrived(w, c, h)
    if c.hazard_kind[h] == SELF_EXCITING:
        excite(w, c, h)
        refresh(w, c, c.hazard_arrival[h])


@rule
def cancel_meeting(w: World, c: Tables, t: int) -> None:
    """The pending meeting of a track, if there is one, is cancelled; whether it will be revived is decided next."""
    if w.pending[t] == NEVER:
        return
    first(w, T_CANCELLATION)
    count_track(w, c, t, K_CANCELLATIONS)
    tell(w, c, "cancellation", t)
    w.original_date[t] = w.pending[t]
    w.pending[t] = NEVER
    set_clock(w, c.clock_meeting[t], float("inf"))
    set_clock(w, c.clock_cancelled[t], w.now)


@act
def provoke(w: World, c: Tables, severity: float) -> None:
    """A provocation may come to a vote on tighter sanctions: one vote an event."""
    if severity <= 0.0 or not c.sanctions_given:
        return
    for t in range(c.num_tracks):
        if c.track_protocol[t] == RESOLUTIONS and c.track_on[t]:
            threshold = w.p[c.threshold_in_talks[t] if w.talks_on else c.threshold[t]]
            if severity >= threshold:
                delay = duration(w, c, c.resolution_delay[t], TIMING, c.track_key[t], 0)
                defer(w, c, CLOCK_RESOLUTION, delay, t, 0, severity, 0.0)
