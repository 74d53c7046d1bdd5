"""Counters and first dates of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.codes import NUM_TRACK_COUNTS, NUM_TRACK_TIMES
from sim.rule import rule

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@rule
def count(w: World, counter: int, by: float) -> None:
    """Add to a counter of the results."""
    w.counts[counter] += by


@rule
def first(w: World, date: int) -> None:
    """Record the first time something happens."""
    if w.times[date] != w.times[date]:
        w.times[date] = w.now


@rule
def count_track(w: World, c: Tables, track: int, kind: int) -> None:
    """Add one to a counter of a track."""
    w.counts[c.track_count[track * NUM_TRACK_COUNTS + kind]] += 1.0


@rule
def first_on_track(w: World, c: Tables, track: int, kind: int) -> None:
    """Record the first time something happens on a track."""
    first(w, c.track_time[track * NUM_TRACK_TIMES + kind])


@rule
def arrived(w: World, c: Tables, hazard: int) -> None:
    """An event of a hazard: counted, also apart for talks, and the first one dated."""
    count(w, c.hazard_count[hazard], 1.0)
    first(w, c.hazard_time[hazard])
    if w.talks_on:
        count(w, c.hazard_in_talks[hazard], 1.0)
