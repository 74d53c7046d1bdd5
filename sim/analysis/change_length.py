"""How far a change must go in one direction: a curve through what was played at several lengths, and where it passes the target.

The curve is a parabola in the score (log odds of a share), near the target; intervals are by resampling the draws, which all lengths share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.resampling import bootstrap_counts
from sim.analysis.what_if_target import Target

RESAMPLES = 400
SURE = 0.9  # of the curves that must have passed the target at the length that is put to the test
_GRID = 400
_OWNER = "what-if"


@dataclass(frozen=True)
class Length:
    """Where a direction passes the target.

    Attributes
    ----------
    value, low, high : the length with its 95% interval; inf where it never does
    safe : the length at which `SURE` of the curves have passed it; inf where there is none
    best : of the lengths played, that at which most was reached
    """

    value: float
    low: float
    high: float
    safe: float
    best: float


def length_of(target: Target, lengths: np.ndarray, values: np.ndarray, root_seed: int) -> Length:
    """Where the curve passes the target between the first and the last of the lengths.

    Parameters
    ----------
    lengths : ascending, shape (lengths,)
    values : of each history, shape (draws, lengths)
    """
    draws = len(values)
    grid = np.linspace(lengths[0], lengths[-1], _GRID)
    scores = target.score(values.mean(axis=0), draws)
    fit = _fit(lengths, grid, _weights(target, values))
    curve = fit @ scores
    passed = np.zeros(_GRID)
    crossings = []
    for counts in bootstrap_counts(draws, RESAMPLES, root_seed, _OWNER):
        resampled = target.score(counts @ values / draws, draws) @ fit.T
        met = resampled >= target.wanted_score
        passed += met.sum(axis=0)
        crossings += [float(grid[np.argmax(row)]) if row.any() else np.inf for row in met]
    met = curve >= target.wanted_score
    sure = met & (passed >= SURE * RESAMPLES)
    low, high = np.quantile(crossings, [0.025, 0.975], method="inverted_cdf")
    first = float(grid[np.argmax(met)]) if met.any() else np.inf
    safe = float(grid[np.argmax(sure)]) if sure.any() else np.inf
    return Length(first, min(float(low), first), max(float(high), first), safe, float(lengths[int(np.argmax(scores))]))


def _weights(target: Target, values: np.ndarray) -> np.ndarray:
    if not target.output.is_share:
        return np.ones(values.shape[1])
    draws = len(values)
    share = (values.sum(axis=0) + 0.5) / (draws + 1.0)
    return share * (1.0 - share)


def _fit(lengths: np.ndarray, grid: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The matrix that makes the curve on the grid of the scores at the lengths."""
    degree = min(2, len(lengths) - 1)
    middle, scale = float(lengths.mean()), max(float(np.ptp(lengths)), 1e-12)
    rows, there = (np.vander((some - middle) / scale, degree + 1) for some in (lengths, grid))
    root = np.sqrt(weights)[:, None]
    return there @ np.linalg.pinv(rows * root) * root.T


__all__ = ["Length", "length_of"]
