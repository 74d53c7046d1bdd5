"""Draws of a history: the same address gives the same number, whatever else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.randomness import uniform, uniform_pair
from sim.rule import act, rule
from sim.rules.distributions import quantile

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


FIRST_OPTION = 1.0e-9


@rule
def occurrence(w: World, word: int) -> int:
    """How often a stream, entity and lane (in one word) have drawn before; this draw is counted.

    Counts stand in an open hash table; one that is getting full is told in ``w.full``, for the history to be played
    again with more room.
    """
    size = len(w.drawn_word)
    slot = (word ^ (word >> 8) ^ (word >> 16)) & (size - 1)
    while w.drawn_word[slot] != word:
        if w.drawn_word[slot] < 0:
            if 2 * w.num_drawn >= size:
                w.full = 1  # and nothing is entered: a search always comes to a free place
                return 0
            w.drawn_word[slot] = word
            w.num_drawn += 1
            break
        slot = (slot + 1) & (size - 1)
    count = w.drawn_count[slot]
    w.drawn_count[slot] = count + 1
    return count


@act
def draw(w: World, c: Tables, stream: int, key: int, lane: int) -> float:
    """The next uniform of a stream, entity and lane; close to 0 in a history that asks what comes of first options."""
    if w.supposed:
        return FIRST_OPTION
    count = occurrence(w, (stream << 24) | (key << 8) | lane)
    return uniform(w.seed, w.replication, w.branch, stream, key, lane, count)


@act
def draw_pair(w: World, c: Tables, stream: int, key: int, lane: int) -> tuple[float, float]:
    """Both uniforms of the next block of a stream, entity and lane."""
    count = occurrence(w, (stream << 24) | (key << 8) | lane)
    return uniform_pair(w.seed, w.replication, w.branch, stream, key, lane, count)


@act
def draw_at(w: World, c: Tables, stream: int, key: int, lane: int, count: int) -> float:
    """The uniform of a given occurrence: what is drawn only now and then keeps its place."""
    return uniform(w.seed, w.replication, w.branch, stream, key, lane, count)


@act
def duration(w: World, c: Tables, slot: int, stream: int, key: int, lane: int) -> float:
    """A duration: drawn anew where the scenario gives a distribution, else its value."""
    d = c.recurring[slot]
    if d < 0:
        return w.p[slot]
    return quantile(c.recurring_kind[d], c.recurring_numbers, c.recurring_first[d], draw(w, c, stream, key, lane))


@rule
def mean_duration(w: World, c: Tables, slot: int) -> float:
    """The mean of a duration."""
    d = c.recurring[slot]
    return w.p[slot] if d < 0 else c.recurring_mean[d]
