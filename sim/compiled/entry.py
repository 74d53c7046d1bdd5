"""Whole blocks of histories, for compiled code alone: each begins with a copy of what is blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.loop import play
from sim.acts.readings import write_row
from sim.rule import act

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def renew(w: World, c: Tables) -> None:
    """The situation becomes blank, but for who the history is."""
    for n in range(len(c.blank_words)):
        w.all_words[n] = c.blank_words[n]
    for n in range(len(c.blank_memory)):
        w.all_memory[n] = c.blank_memory[n]


@act
def play_block(w: World, c: Tables, paths: int) -> int:
    """Histories, each with the draws of its number in ``w.draws``: rows of results into ``w.rows``, of the first so many paths too.

    Where the inputs are designed, ``w.point`` holds the points of all of them. Returns how many were played: fewer where
    one has run out of room.
    """
    count = len(w.draws)
    for n in range(count):
        renew(w, c)
        w.replication = w.draws[n]
        w.point_from = n * (len(w.point) // count)
        play(w, c)
        if w.full:
            return n
        write_row(w, c, w.rows, n * len(c.column_from))
        if n < paths:
            size = len(w.path)
            for m in range(size):
                w.path_rows[n * size + m] = w.path[m]
    return count
