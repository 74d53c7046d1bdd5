"""Events that nobody schedules: hazards, their candidates, fixed dates, and everything else that arrives by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.arrivals import arm, excite, hazard_rate, read_signal
from sim.acts.beliefs import observe_act, observe_signal
from sim.acts.clocks import set_clock, stop_clock
from sim.acts.codes import (
    ARRIVAL_CANCELLATION,
    ARRIVAL_CONTACT,
    ARRIVAL_COOLING,
    ARRIVAL_DEAL_COLLAPSE,
    ARRIVAL_HAZARD,
    ARRIVAL_STANDING_COLLAPSE,
    COMMITMENT,
    K_CONTACTS,
    SELF_EXCITING,
    SHOCK,
    TIMING,
)
from sim.acts.councils import text_collapses
from sim.acts.counting import arrived, count, count_track, first
from sim.acts.crises import cool
from sim.acts.deals import COLLAPSES, end_deal
from sim.acts.draws import draw
from sim.acts.effects import apply, cancel_meeting, provoke
from sim.acts.quantities import holds
from sim.acts.slow import advance
from sim.acts.telling import tell
from sim.acts.updating import end_standing, settle
from sim.rule import act, rule
from sim.rules.hazards import accepts_candidate

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def arrival_due(w: World, c: Tables, a: int) -> None:
    """An arrival happens now; of a self-exciting hazard a candidate, kept with probability rate / bound."""
    kind = c.arrival_kind[a]
    one = c.arrival_one[a]
    if kind == ARRIVAL_CONTACT:
        # Commits nobody and moves nothing: no update is due.
        arm(w, c, a)
        count_track(w, c, one, K_CONTACTS)
        tell(w, c, "contact", one)
        return
    if kind == ARRIVAL_HAZARD and c.hazard_kind[one] == SELF_EXCITING:
        _candidate_due(w, c, a, one)
        return
    advance(w, c)
    arm(w, c, a)
    if kind == ARRIVAL_HAZARD:
        occur(w, c, one)
    elif kind == ARRIVAL_CANCELLATION:
        cancel_meeting(w, c, one)
    elif kind == ARRIVAL_COOLING:
        cool(w, c)
    elif kind == ARRIVAL_DEAL_COLLAPSE:
        end_deal(w, c, COLLAPSES)
    elif kind == ARRIVAL_STANDING_COLLAPSE:
        end_standing(w, c, one)
    else:
        text_collapses(w, c, one)
    settle(w, c)


@rule
def _candidate_due(w: World, c: Tables, a: int, h: int) -> None:
    bound = w.rate[a]
    advance(w, c)
    rate = hazard_rate(w, c, h)
    accepted = accepts_candidate(draw(w, c, c.arrival_stream[a], c.arrival_key[a], 1), rate, bound)
    w.rate[a] = rate
    if accepted:
        excite(w, c, h)
        w.rate[a] = hazard_rate(w, c, h)
    arm(w, c, a)
    if accepted:
        occur(w, c, h)
    settle(w, c)


@act
def occur(w: World, c: Tables, h: int) -> None:
    """The event of a hazard happens."""
    arrived(w, c, h)
    mark = -1
    first_mark = c.mark_start[h]
    last_mark = c.mark_start[h + 1]
    if last_mark > first_mark:
        u = draw(w, c, SHOCK, c.hazard_key[h], 0)
        cumulative = 0.0
        for n in range(first_mark, last_mark):
            mark = n
            cumulative += w.p[c.mark_probability[n]]
            if u < cumulative:
                break
    tell(w, c, "event", h, mark)
    if mark >= 0:
        count(w, c.mark_count[mark], 1.0)
        first(w, c.mark_time[mark])
    _tell_types_apart(w, c, h)
    actor = c.hazard_actor[h]
    severity = apply(w, c, c.hazard_effects[h], actor, c.hazard_key[h], 0, 0)
    if mark >= 0 and c.mark_effects[mark] >= 0:
        severity = max(severity, apply(w, c, c.mark_effects[mark], actor, c.hazard_key[h], 0, 0))
    other = c.hazard_alternative[h]
    if other >= 0:
        arrived(w, c, other)
        more = apply(w, c, c.hazard_effects[other], c.hazard_actor[other], c.hazard_key[other], 0, 0)
        severity = max(severity, more)
    provoke(w, c, severity)


@rule
def _tell_types_apart(w: World, c: Tables, h: int) -> None:
    """Others learn from an event that some types cause more often; nobody learns from silence."""
    signal = c.hazard_by_type[h]
    # There may be nothing to learn from, or the effects carry the signal themselves.
    if signal >= 0 and signal != c.effect_signal[c.hazard_effects[h]]:
        if c.hazard_type_when[h] < 0 or holds(w, c, c.hazard_type_when[h]):
            observe_signal(w, c, signal)


# Fixed dates


@rule
def set_next_date(w: World, c: Tables, h: int) -> None:
    """The next of a hazard's dates that is not past: the given ones, then every period."""
    first_date = c.date_start[h]
    count_dates = c.date_start[h + 1] - first_date
    while True:
        n = w.next_date[h]
        if n < count_dates:
            date = c.date[first_date + n]
        elif c.hazard_every[h] > 0.0 and count_dates > 0:
            date = c.date[first_date + count_dates - 1] + (n - count_dates + 1) * c.hazard_every[h]
        else:
            stop_clock(w, c.clock_hazard[h])
            return
        w.next_date[h] = n + 1
        if date >= w.now:
            set_clock(w, c.clock_hazard[h], date)
            return


@act
def calendar_due(w: World, c: Tables, h: int) -> None:
    """A date of a hazard has come: it happens, unless it is called off."""
    advance(w, c)
    u = draw(w, c, TIMING, c.hazard_key[h], 32)  # lanes below are those of tracks, which may share the key
    if c.hazard_when[h] < 0 or holds(w, c, c.hazard_when[h]):
        off = False
        if c.hazard_suspended[h] >= 0:
            if holds(w, c, c.hazard_suspended[h]):
                off = _called_off(w, c, h, u)
            w.exercise_suspended = 1 if off else 0
        if off:
            count(w, c.suspended_count[h], 1.0)
            tell(w, c, "called off", h)
        else:
            occur(w, c, h)
        settle(w, c)
    set_next_date(w, c, h)


@act
def _called_off(w: World, c: Tables, h: int, u: float) -> bool:
    """Whether an event that may be called off is; both tell about the class of the actor who decides, if it matters."""
    chance = w.p[c.suspended_probability[h]]
    signal = c.suspended_by_type[h]
    if signal < 0:
        return u < chance
    read_signal(w, c, h, signal)
    actor = c.signal_about[signal]
    size = c.signal_size[signal]
    off = u < min(1.0, chance * w.type_factor[c.hazard_classes[h] + w.commitment[actor]])
    for n in range(size):
        called = min(1.0, chance * w.type_factor[c.hazard_classes[h] + n])
        w.likelihoods[n] = called if off else 1.0 - called
    observe_act(w, c, actor, COMMITMENT, w.likelihoods, 2.0)
    w.all_stale = 1
    return off
