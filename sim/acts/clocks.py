"""Clocks: when each process of a history acts next. The order of clocks decides events of one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.codes import CLOCK_RATIFICATION
from sim.rule import rule
from sim.world.fields import INFINITY

if TYPE_CHECKING:
    from sim.world.fields import Tables, World



@rule
def set_due(w: World, clock: int, time: float) -> None:
    """When a clock is due. Tests force ties: then times are rounded up to a grid."""
    if w.grid > 0.0 and time < INFINITY:
        steps = int(time / w.grid)
        if steps * w.grid < time:
            steps += 1
        time = steps * w.grid
    w.due[clock] = time


@rule
def set_clock(w: World, clock: int, time: float) -> None:
    """The process of a clock acts at a time; ``INFINITY`` stops it. A time that has passed is now."""
    set_due(w, clock, time if time > w.now else w.now)


@rule
def wait(w: World, clock: int, delay: float) -> None:
    """The process of a clock acts after a delay."""
    set_due(w, clock, w.now + (delay if delay > 0.0 else 0.0))


@rule
def stop_clock(w: World, clock: int) -> None:
    """The process of a clock acts no more until it is set again."""
    w.due[clock] = INFINITY


@rule
def defer(w: World, c: Tables, kind: int, delay: float, one: int, two: int, x: float, y: float) -> None:
    """Something will happen once, after a delay; the numbers say what. Without a free clock the history is played again."""
    first = c.first_ratification if kind == CLOCK_RATIFICATION else c.first_deferred
    last = c.last_ratification if kind == CLOCK_RATIFICATION else c.last_deferred
    for clock in range(first, last):
        d = clock - c.first_ratification
        if w.deferred_kind[d] == 0:
            w.deferred_kind[d] = kind
            w.deferred_one[d] = one
            w.deferred_two[d] = two
            w.deferred_x[d] = x
            w.deferred_y[d] = y
            wait(w, clock, delay)
            if clock >= w.clocks_used:
                w.clocks_used = clock + 1
            return
    w.full = 1
