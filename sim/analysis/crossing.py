"""Where the mean of an output passes a level, from its means at a few values of one input that share draws.

The curve through three values is a parabola of their means; whatever value of the input the curve does not surely keep off the level is
in the interval (Fieller 1954): its ends are no standard errors of a root, and it is as long as the data leave it, on either side. Values
may have unequally many histories; `sim.analysis.paired_means` then lets the longer ones correct the shorter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import Z95
from sim.analysis.paired_means import paired_means

_GRID = 1001  # values at which the curve is held against the level


@dataclass(frozen=True)
class Crossing:
    """Where the curve passes the level.

    Attributes
    ----------
    at, low, high : with the 95 % interval
    is_open : whether the interval ends where the search did, at the low and at the high end
    slope : of the curve there
    error : standard error of the curve there
    """

    at: float
    low: float
    high: float
    is_open: tuple[bool, bool]
    slope: float
    error: float

    @property
    def spread(self) -> float:
        """Standard error of the place, roughly: that of the curve by its slope; infinite where the curve is flat."""
        return math.inf if self.slope == 0.0 else self.error / abs(self.slope)


def crossing(
    values: Sequence[float], samples: Sequence[np.ndarray], level: float, limits: tuple[float, float]
) -> Crossing | None:
    """Where the curve passes a level within limits; None where it does not come near it.

    Parameters
    ----------
    values : of the input, at least three
    samples : at each of them the output of histories, float arrays; number r has the same draws in all
    """
    known = paired_means([np.asarray(some, dtype=np.float64)[:, None] for some in samples])
    means, covariance = known.means[0], known.covariances[0]
    low, high = limits
    grid = np.linspace(low, high, _GRID)
    centre, scale = float(np.mean(values)), float(np.ptp(values)) / 2.0
    linear = _weights((np.asarray(values) - centre) / scale, (grid - centre) / scale)
    curve = linear @ means - level
    errors = np.sqrt(np.clip(((linear @ covariance) * linear).sum(axis=1), 0.0, None))
    # A mean of which all histories are alike still may be off by what so many could have missed.
    errors = np.maximum(errors, 0.5 / max(known.counts) * (float(errors.max()) == 0.0))
    inside = np.abs(curve) <= Z95 * errors
    place = _nearest_root(curve, float(np.median(values)), grid)
    if place is None:
        if not inside.any():
            return None
        place = int(np.argmin(np.where(inside, np.abs(curve) / np.maximum(errors, 1e-300), np.inf)))
        at = float(grid[place])
    else:
        step = curve[place] - curve[place + 1]
        at = float(grid[place] + (grid[1] - grid[0]) * (curve[place] / step if step else 0.5))
    beyond = np.abs(curve) - Z95 * errors  # above 0 outside
    first, last = _end(grid, beyond, place, -1), _end(grid, beyond, min(place + (at > grid[place]), len(grid) - 1), 1)
    slope = float((curve[min(place + 1, len(grid) - 1)] - curve[max(place - 1, 0)])
                  / (grid[min(place + 1, len(grid) - 1)] - grid[max(place - 1, 0)]))  # fmt: skip
    is_open = (first == low and bool(inside[0]), last == high and bool(inside[-1]))
    return Crossing(at, min(at, first), max(at, last), is_open, slope, float(errors[place]))


def _end(grid: np.ndarray, beyond: np.ndarray, place: int, step: int) -> float:
    """Where the curve surely leaves the level, going from a place in one direction; the last place where it does not."""
    while 0 <= place + step < len(grid) and beyond[place + step] <= 0.0:
        place += step
    if not 0 <= place + step < len(grid) or beyond[place] > 0.0:
        return float(grid[place])
    part = beyond[place] / (beyond[place] - beyond[place + step])
    return float(grid[place] + part * (grid[place + step] - grid[place]))


def _weights(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """What the means weigh in the curve at each place, shape (places, values): a parabola by least squares, through three values exact."""
    powers = np.arange(3)
    return (grid[:, None] ** powers) @ np.linalg.pinv(values[:, None] ** powers)


def _nearest_root(curve: np.ndarray, near: float, grid: np.ndarray) -> int | None:
    changes = np.flatnonzero((curve[:-1] >= 0.0) != (curve[1:] >= 0.0))
    if not len(changes):
        return None
    return int(changes[np.argmin(np.abs(grid[changes] - near))])


__all__ = ["Crossing", "crossing"]
