"""The difference of two shares over the same histories: its score interval and test.

Of n pairs, ``up`` have the event in the first arm only and ``down`` in the second only; the others say nothing about the difference but
that they are there. The interval holds those differences that a score test does not refuse, so it stays honest where few pairs differ,
and even where none does: it then still says how large a difference could have been missed.

Source: Tango (1998), Statistics in Medicine 17(8), 891-908; without a difference the test is that of McNemar (1947), Psychometrika
12(2), 153-157.
"""

from __future__ import annotations

import math

import numpy as np

from sim.analysis.estimates import Z95

_HALVINGS = 55  # of [-1, 1]; beyond the last bit


def score_interval(
    up: np.ndarray, down: np.ndarray, pairs: int | np.ndarray, z: float | np.ndarray = Z95
) -> tuple[np.ndarray, np.ndarray]:
    """Low and high end of the interval of the differences (up - down) / pairs, arrays of one shape.

    ``z`` is the normal quantile: ``Z95`` for 95 %, larger where many are read at once.
    """
    up, down, pairs, z = np.broadcast_arrays(*(np.asarray(item, dtype=float) for item in (up, down, pairs, z)))
    found = (up - down) / pairs
    low, high = np.stack([np.full_like(found, -1.0), found]), np.stack([found, np.full_like(found, 1.0)])
    ends = _crossing(up, down, pairs, low, high, np.stack([z, -z]))
    return np.minimum(ends[0], found), np.maximum(ends[1], found)


def _crossing(
    up: np.ndarray, down: np.ndarray, pairs: np.ndarray, low: np.ndarray, high: np.ndarray, level: np.ndarray
) -> np.ndarray:
    """Where the score, which falls with the difference that is supposed, passes a level."""
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = _score(up, down, pairs, middle) > level
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)


def _score(up: np.ndarray, down: np.ndarray, n: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """How many standard errors the found difference lies above a supposed one, the rest being likeliest given that one."""
    b = (2.0 * n - up + down) * difference - up - down
    c = -down * difference * (1.0 - difference)
    only_second = (np.sqrt(np.maximum(0.0, b * b - 8.0 * n * c)) - b) / (4.0 * n)
    variance = n * (2.0 * only_second + difference * (1.0 - difference))
    apart = up - down - n * difference
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(apart == 0.0, 0.0, apart / np.sqrt(np.maximum(variance, 0.0)))


def equality_test(up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Two-sided p values of no difference; 1 where no pair differs. Below 5 % just where the 95 % interval leaves out 0."""
    from scipy.special import ndtr

    up, down = np.asarray(up, dtype=float), np.asarray(down, dtype=float)
    z = np.abs(up - down) / np.sqrt(np.maximum(up + down, 1.0))
    return 2.0 * ndtr(-z)


def pairs_to_settle(difference: float, variance: float, power: float = 0.8) -> float:
    """Pairs after which a test of 5 % sees a difference of this size with this probability, given the variance within pairs.

    Infinite for no difference; 80 % is the usual power.
    """
    from scipy.special import ndtri

    if difference == 0.0:
        return math.inf
    return (Z95 + float(ndtri(power))) ** 2 * variance / difference**2


__all__ = ["equality_test", "pairs_to_settle", "score_interval"]
