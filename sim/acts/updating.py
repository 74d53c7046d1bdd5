"""After an event: pressure, what watches the ladder, named quantities and rates are brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.arrivals import refresh
from sim.acts.clocks import set_clock
from sim.acts.codes import ARRIVAL_HAZARD, BUNDLES, K_BROKEN_OFF, K_STANDING_ENDED, STAGED_CONSENT, WAITING
from sim.acts.counting import count_track
from sim.acts.quantities import follow_held, glance, remember_untouched
from sim.acts.relations import take_back
from sim.acts.slow import pressure_now
from sim.acts.telling import tell
from sim.rule import act, rule

if TYPE_CHECKING:
    from sim.world.fields import Tables, World

BROKEN_BY_CRISIS = 0  # why a text under negotiation is given up
BROKEN_BY_TIME = 1


@act
def settle(w: World, c: Tables) -> None:
    """Bring pressure, watched conditions, named quantities and rates up to date."""
    if w.over:
        return
    w.touched = 0
    w.num_events += 1.0
    if c.sanctions_on:
        w.pressure = pressure_now(w, c)
    for n in range(len(c.watching)):
        _watch(w, c, c.watching[n])
    glance(w, c)
    if w.all_stale:
        w.all_stale = 0
        w.follow = 0
        follow_held(w, c)
        for a in range(c.num_arrivals):
            w.stale[a] = 0
            refresh(w, c, a)
        tell(w, c, "settled")
        return
    if w.follow:
        w.follow = 0
        follow_held(w, c)
    for a in range(c.num_arrivals):
        # Excitation fades by itself; without any, or in a pause, the rate moves with what it reads alone.
        fades = c.arrival_kind[a] == ARRIVAL_HAZARD and w.fading[c.arrival_one[a]]
        if w.stale[a] or fades:
            w.stale[a] = 0
            refresh(w, c, a)
    tell(w, c, "settled")


@act
def settle_if_touched(w: World, c: Tables) -> None:
    """`settle` if the event has moved anything that rates read; else they stay until the next update."""
    if w.touched:
        settle(w, c)
    else:
        w.num_events += 1.0
        remember_untouched(w, c)
        tell(w, c, "settled")


@rule
def _watch(w: World, c: Tables, t: int) -> None:
    """What has just happened may end a standing agreement or a text under negotiation, or let a waiting vote be held."""
    if c.track_protocol[t] == BUNDLES:
        if w.standing[t] and w.rung >= c.standing_ends_at[t]:
            end_standing(w, c, t)
    elif c.track_protocol[t] == STAGED_CONSENT and w.watching[t] and not w.turned[t]:
        if w.rung >= c.council_ends_at[t]:
            break_off(w, c, t, BROKEN_BY_CRISIS)
        elif w.council_phase[t] != WAITING or halted(w, c, t):
            return
        w.turned[t] = 1
        set_clock(w, c.clock_turned[t], w.now)


@act
def end_standing(w: World, c: Tables, t: int) -> None:
    """A standing agreement ends."""
    if not w.standing[t]:
        return
    w.standing[t] = 0
    count_track(w, c, t, K_STANDING_ENDED)
    tell(w, c, "standing ends", t)
    take_back(w, c, w.local, 0)


@act
def break_off(w: World, c: Tables, t: int, why: int) -> None:
    """A text is given up; a new one may be opened once that is possible again."""
    w.broken_off[t] = 1
    count_track(w, c, t, K_BROKEN_OFF)
    tell(w, c, "broken off", t, why)


@rule
def halted(w: World, c: Tables, t: int) -> bool:
    """Whether the members of a council do not meet at present."""
    if c.needs_calm[t] and w.crisis:
        return True
    return c.needs_talks[t] != 0 and not w.talks_on
