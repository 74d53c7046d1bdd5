"""Room for what a history puts off and draws: its records are of fixed length, and one that needs more is played again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sim.errors import EngineError

T = TypeVar("T")

LARGEST_ROOM = 256  # times the usual, after which a history that runs out of room is a defect


class Full(Exception):
    """A history has put off more, or drawn from more addresses, than there is room for: it is played again with more."""


def with_room_enough(play: Callable[[int], T], replication: int) -> T:
    """What ``play(room)`` gives, with more and more room until there is enough.

    Raises
    ------
    EngineError
        Not even `LARGEST_ROOM` is enough.
    """
    room = 1
    while room <= LARGEST_ROOM:
        try:
            return play(room)
        except Full:
            room *= 4
    raise EngineError(f"replication {replication} puts off more than there is room for")
