"""Red lines of the actors of one history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.model.compile import Condition


class Line:
    """A red line of one actor in one history."""

    __slots__ = ("beyond", "beyond_set", "issue", "label", "low", "high", "name", "present", "prior", "unless")

    def __init__(self, name: str, issue: int, low: float, high: float, prior: float, unless: Condition | None) -> None:
        self.name = name
        self.issue = issue
        self.low = low
        self.high = high
        self.prior = prior
        self.unless = unless
        self.present = False
        self.beyond: tuple[int, ...] = ()
        self.beyond_set: frozenset[int] = frozenset()

    def crossed(self, package: int) -> bool:
        """Whether the package lies beyond the line."""
        return package in self.beyond_set
