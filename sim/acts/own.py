"""Tactics of the user's own: called here as plain Python, and by address where code is compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables


def own_target(
    c: Tables, number: int, elapsed: float, period: float, beta: float, low: float, high: float, last: float,
    received: Floats, count: int, stress: float,
) -> float:  # fmt: skip
    """Utility that a registered tactic aims at. Compiled code has a call of its own in the place of this one."""
    return float(c.own_tactics[number](elapsed, period, beta, low, high, last, received, count, stress))
