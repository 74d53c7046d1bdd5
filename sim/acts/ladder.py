"""The escalation ladder: rungs are reached, a crisis begins and ends, force ends what talks had brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.clocks import set_clock
from sim.acts.codes import N_CRISES, N_CRISIS_DAYS, T_CRISIS, T_MAJOR_WAR
from sim.acts.counting import count, first
from sim.acts.telling import tell
from sim.rule import act, rule
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@rule
def major_war(w: World, c: Tables) -> None:
    """Major war: the history ends here, before anything else at this instant."""
    if not w.over:
        w.over = 1
        first(w, T_MAJOR_WAR)
        tell(w, c, "major war")


@act
def reach_rung(w: World, c: Tables, rung: int) -> None:
    """Raise the rung to at least the given one; without a ladder there is none to climb."""
    if not c.ladder_on:
        return
    _climb(w, c, rung)
    if w.rung < c.incident_rung:
        return
    starts = w.rung >= c.brink and not w.crisis
    if starts:
        w.crisis = 1
    if w.rung >= c.last_rung:
        w.last_major = w.now
        major_war(w, c)
    if starts:
        _start(w, c, -1)
        _note_strike(w, c)


@rule
def _climb(w: World, c: Tables, rung: int) -> None:
    w.touched = 1
    if rung > w.rung:
        w.rung = rung
    if w.rung > w.max_rung:
        w.max_rung = w.rung
    if w.rung >= c.incident_rung:
        w.declaration = 0


@act
def begin_crisis(w: World, c: Tables, rung: int, challenger: int) -> None:
    """A crisis begins unless one is active; the challenger, an actor, moves first."""
    starts = not w.crisis
    w.crisis = 1
    reach_rung(w, c, rung)
    if starts:
        _start(w, c, challenger)
    _note_strike(w, c)


@rule
def _note_strike(w: World, c: Tables) -> None:
    """Since when force has been in use, from the strike rung on."""
    if w.rung >= c.strike_rung and w.struck_at == NEVER:
        w.struck_at = w.now


@rule
def _start(w: World, c: Tables, challenger: int) -> None:
    w.crisis_since = w.now
    w.crisis_mover = 1 if challenger >= 0 and challenger == c.crisis_two else 0
    w.challenger = w.crisis_mover
    w.demand_due = 1 if c.demands and w.p[c.stake] > 0.0 else 0
    first(w, T_CRISIS)
    count(w, N_CRISES, 1.0)
    tell(w, c, "crisis begins")
    set_clock(w, c.clock_started, w.now)


@act
def end_crisis(w: World, c: Tables, why: int) -> None:
    """The crisis is over."""
    w.touched = 1
    w.crisis = 0
    w.struck_at = NEVER
    count(w, N_CRISIS_DAYS, (w.now - w.crisis_since) / c.day)
    tell(w, c, "crisis ends", why)
