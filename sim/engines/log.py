"""What a logged history keeps: decisions with their reasons, events, how things stood after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Decision:
    """One decision of a history, as the log keeps it."""

    time: float
    actor: str
    node: str
    options: tuple[str, ...]
    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    choice: str
    removed: dict[str, str]  # option -> the constraint that removed it
    beliefs_before: dict[str, list[float]]
    beliefs_after: dict[str, list[float]] = field(default_factory=dict)  # the same where nobody learned from it
    packages: tuple[int | None, ...] = ()  # row of the package an option is about, where it is about one
    track: str = ""


@dataclass(frozen=True)
class Happening:
    """One event of a history, as the log keeps it."""

    time: float
    kind: str
    who: str
    what: str
    details: dict[str, Any] = field(default_factory=dict)  # numbers, and ids of what the event is about


class Sample(NamedTuple):
    """How things stood after an event."""

    time: float
    tension: float
    rung: float
    pressure: float
    expectation: float
    belief_talks: float
    belief_pressure: float
    talks_on: float
    trust: float
    beliefs: tuple[float, ...]  # the whole store; `Minds.beliefs` says which is whose


class Log:
    """What happened in one history, in order, and how things stood after each event."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.happenings: list[Happening] = []
        self.entries: list[Decision | Happening] = []
        self.samples: list[Sample] = []
        self.standing: dict[float, tuple[float, ...]] = {}  # at each reading, the quantities by `Case.names`

    def take(self, other: Log) -> None:
        """Take over what another log has kept."""
        self.__dict__.update(other.__dict__)
