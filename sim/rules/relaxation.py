"""Relaxation: a quantity drifts back to its resting value and is pushed away by events.

Between two updates the resting value and the rate count as constant, so the step is exact and does not depend
on how often it is taken. Times and rates must be in matching units (days and per day, or years and per year).
"""

from __future__ import annotations

from sim.arithmetic import exp
from sim.rule import rule

LN2 = 0.6931471805599453  # natural logarithm of 2


@rule
def rate_from_half_life(half_life: float) -> float:
    """Rate per unit of time at which a distance from rest is halved in ``half_life`` > 0."""
    return LN2 / half_life


@rule
def decay_factor(rate: float, elapsed: float) -> float:
    """Share ``exp(-rate * elapsed)`` of a distance from rest that is left; compute once for a regular pulse."""
    return exp(-rate * elapsed)


@rule
def relaxed(value: float, rest: float, rate: float, elapsed: float) -> float:
    """The value after ``elapsed``: ``rest + (value - rest) * exp(-rate * elapsed)``, exact while rest is constant."""
    return rest + (value - rest) * exp(-rate * elapsed)


@rule
def relaxed_by(value: float, rest: float, factor: float) -> float:
    """The value when the share ``factor`` of its distance from rest is left (see ``decay_factor``)."""
    return rest + (value - rest) * factor


@rule
def pushed_up(value: float, size: float) -> float:
    """The value moved towards one by the share ``size``: ``value + size * (1 - value)``; stays in [0, 1]."""
    return value + size * (1.0 - value)


@rule
def scaled(value: float, factor: float) -> float:
    """The value eased by a factor in [0, 1]."""
    return factor * value
