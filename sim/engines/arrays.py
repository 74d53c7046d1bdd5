"""Rules on a whole menu at once: numpy twins of a few rules, for the tables that cost most.

The rules stay the only statement of what is meant. A twin does the same operations on the same numbers in the same
order, element by element, so it gives the same bits; a test compares each with its rule. numpy's own `exp` would not
do: its last bit differs between machines.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim import arithmetic
from sim.rules.choice import INFINITE_PRECISION

_POWERS = np.array(arithmetic._POWERS)


def logistic(x: np.ndarray) -> np.ndarray:
    """`sim.arithmetic.logistic` of every element; the exponential is that of `sim.arithmetic.exp`."""
    x = -np.minimum(np.maximum(x, -arithmetic.LOGISTIC_CLIP), arithmetic.LOGISTIC_CLIP)
    n = (x * arithmetic._STEPS_PER_UNIT + 131072.5).astype(np.int64) - 131072
    r = (x - n * arithmetic._STEP_HIGH) - n * arithmetic._STEP_LOW
    power = _POWERS[n & 127]
    series = r + r * r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0))))
    return 1.0 / (1.0 + np.ldexp(power + power * series, (n >> 7).astype(np.intc)))


def consent(gains: np.ndarray, spread: float) -> np.ndarray:
    """`sim.rules.consent.consent` of every gain."""
    return logistic(gains / spread)


def ratification(prior: float, gains: np.ndarray, reference_gain: float, spread: float) -> np.ndarray:
    """`sim.rules.consent.ratification` of every gain."""
    return logistic(arithmetic.log(prior / (1.0 - prior)) + (gains - reference_gain) / spread)


class Acceptances:
    """`sim.rules.choice.expected_acceptance` of every package, for as many beliefs about the other's type as wanted."""

    def __init__(self, gains: np.ndarray, slopes: np.ndarray, points: Sequence[float], precision: float) -> None:
        self.flat = slopes == 0.0  # where the type makes no difference
        column = np.array(points).reshape(-1, 1)
        advantages = np.vstack((gains, gains + slopes * column))
        if precision >= INFINITE_PRECISION:
            chances = (advantages >= 0.0).astype(float)
        else:
            chances = logistic(precision * advantages)
        self.without_type, self.by_type = chances[0], chances[1:]

    def averaged(self, beliefs: Sequence[float], start: int) -> np.ndarray:
        """Chances of acceptance, averaged over the belief that begins at `start`."""
        mass = 0.0
        total = np.zeros(len(self.flat))
        for t, chances in enumerate(self.by_type):
            belief = beliefs[start + t]
            mass += belief
            if belief > 0.0:
                total = total + belief * chances
        return np.where(self.flat, mass * self.without_type, total)
