"""Histories event by event: when, whose clock, which option, and the whole state after it, as whole words.

Two engines give the same history if they give the same trace. Words are compared bit by bit; a checksum of them stands in
files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from operator import attrgetter
from struct import Struct
from typing import Any, NamedTuple

import numpy as np

from sim.acts import codes
from sim.acts.codes import CLOCKS
from sim.engines.history import History
from sim.engines.room import with_room_enough
from sim.engines.tables.whole import Setup, setup_of
from sim.model.compile import Case
from sim.world.fields import STATE


class Event(NamedTuple):
    """One event of a history."""

    time: float
    clock: int
    choice: int  # option chosen last in it, -1 for none
    words: np.ndarray  # the state after it


_FLOATS, _WHOLE, _FLOAT_LISTS, _WHOLE_LISTS = (
    attrgetter(*(field.name for field in STATE if field.kind == kind)) for kind in ("f", "i", "f[]", "i[]")
)


@cache
def _packing(floats: int, whole: int, listed_floats: int, listed_whole: int) -> Callable[..., bytes]:
    """Numbers as words, so many of each kind: the fastest way there is from numbers of plain Python."""
    return Struct(f"{floats}d{whole}q{listed_floats}d{listed_whole}q").pack


def words_of(w: Any) -> np.ndarray:
    """The whole state of a plain history as 64-bit words, in the order of compiled records: numbers, then lists."""
    floats, whole = _FLOATS(w), _WHOLE(w)
    listed_floats, listed_whole = [*chain.from_iterable(_FLOAT_LISTS(w))], [*chain.from_iterable(_WHOLE_LISTS(w))]
    pack = _packing(len(floats), len(whole), len(listed_floats), len(listed_whole))
    return np.frombuffer(pack(*floats, *whole, *listed_floats, *listed_whole), dtype=np.int64)


def checksum(words: np.ndarray) -> str:
    """A short hash of a state, of every bit of it."""
    return hashlib.blake2b(words.tobytes(), digest_size=8).hexdigest()


def events_of(case: Case, replication: int, root_seed: int, grid: float = 0.0) -> list[Event]:
    """All events of a history in the SimPy engine, in plain Python; times on a grid force ties.

    Raises
    ------
    EngineError
        A history that puts off more than there is room for.
    """

    def attempt(room: int) -> list[Event]:
        found: list[Event] = []
        history = History(case, replication, root_seed, room=room, grid=grid)
        history.trace = lambda h, clock: found.append(Event(h.w.now, clock, h.w.last_choice, words_of(h.w)))
        history.run()
        return found

    return with_room_enough(attempt, replication)


def process_of(case: Case, clock: int) -> str:
    """The process that a clock belongs to, in words."""
    setup = setup_of(case)
    kind, one = setup.tables["clock_kind"][clock], setup.tables["clock_of"][clock]
    if kind == codes.CLOCK_ARRIVAL:
        return _arrival(setup, one)
    if kind == codes.CLOCK_CALENDAR:
        return f"calendar {setup.hazard_ids[one]}"
    of_a_track = {
        codes.CLOCK_CANCELLED, codes.CLOCK_TURNED, codes.CLOCK_MEETING, codes.CLOCK_INVITATION, codes.CLOCK_ROUND,
        codes.CLOCK_BUNDLE, codes.CLOCK_COUNCIL, codes.CLOCK_REVIVAL,
    }  # fmt: skip
    return f"{CLOCKS[kind]} {setup.track_ids[one]}" if kind in of_a_track else CLOCKS[kind]


def _arrival(setup: Setup, number: int) -> str:
    kind, one = setup.tables["arrival_kind"][number], setup.tables["arrival_one"][number]
    if kind == codes.ARRIVAL_HAZARD:
        return f"hazard {setup.hazard_ids[one]}"
    words = {
        codes.ARRIVAL_CANCELLATION: "cancellation", codes.ARRIVAL_STANDING_COLLAPSE: "end of the agreement on",
        codes.ARRIVAL_TREATY_COLLAPSE: "collapse of", codes.ARRIVAL_CONTACT: "contact",
    }.get(kind)  # fmt: skip
    if words is not None:
        return f"{words} {setup.track_ids[one]}"
    return "cooling" if kind == codes.ARRIVAL_COOLING else "collapse of the deal"


def compiled_events(acts: Any, setup: Any, replication: int, root_seed: int, grid: float = 0.0) -> Iterator[Event]:
    """The events of a history in compiled code."""
    from sim.compiled.memory import state_words

    w, c = acts.records(setup, root_seed, replication, 0, None)
    w.grid = grid
    acts.begin(w, c)
    numbers, lists = state_words(w)
    while not (w.over or w.full):
        clock = acts.next_clock(w, c)
        acts.happen(w, c, clock)
        yield Event(w.now, clock, w.last_choice, np.concatenate([numbers, lists]))
