"""What the processes of all tracks have in common: where their description, inputs and draws are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.engines.history import History


class Track:
    """A track of the scenario in one history; each protocol has a class of its own."""

    def __init__(self, history: History, name: str) -> None:
        self.h = history
        self.name = name
        self.spec = history.spec.tracks[name]
        self.slots = history.slots.tracks[name]
        self.key = history.case.keys["tracks"][name]
        self.index = history.track_index[name]
