"""The regular update of slow quantities, and what ends because nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.clocks import stop_clock, wait
from sim.acts.quantities import mark_reading_more, meeting_ahead
from sim.acts.relations import end_talks
from sim.acts.slow import advance
from sim.acts.telling import WHY_NO_SESSION, tell
from sim.acts.updating import settle
from sim.rule import act, rule
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def pulse_due(w: World, c: Tables) -> None:
    """Slow quantities are brought up to date at least this often."""
    mark_reading_more(w, c)
    advance(w, c)
    _lapse(w, c)
    settle(w, c)
    wait(w, c.clock_pulse, c.pulse)


@rule
def _lapse(w: World, c: Tables) -> None:
    """Talks lapse without a session or a date; deadlines of restraint pass."""
    if w.talks_on and c.talks_used and not meeting_ahead(w, c) and w.deal < 0:
        if w.now - w.last_session > c.talks_lapse:
            end_talks(w, c, WHY_NO_SESSION)
    if w.moratorium and w.moratorium_until != NEVER and w.now >= w.moratorium_until:
        w.moratorium = 0
        w.moratorium_until = NEVER
        tell(w, c, "moratorium passes")


@act
def promise_due(w: World, c: Tables) -> None:
    """A unilateral moratorium on a given date, if talks are on then."""
    stop_clock(w, c.clock_promise)
    if w.talks_on:
        advance(w, c)
        w.moratorium = 1
        tell(w, c, "moratorium declared")
        settle(w, c)
