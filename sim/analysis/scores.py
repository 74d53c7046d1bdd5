"""Scores of probability forecasts, of which smaller is better, and how forecasts and frequencies go together.

All are proper: on average nobody scores better than by saying what one thinks. Arrays broadcast; probabilities are in [0, 1].

Sources: Brier (1950), Monthly Weather Review 78, 1-3; Good (1952), Journal of the Royal Statistical Society B 14, 107-114; Epstein
(1969), Journal of Applied Meteorology 8, 985-987; Gneiting and Raftery (2007), Journal of the American Statistical Association 102.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import Share, share
from sim.errors import ParameterError

BINS = 5  # of a reliability diagram; with some fifty events, more would hold a handful each


def brier(probability: Any, came: Any) -> np.ndarray:
    """(p - o)**2 of an event with probability p, where o is 1 if it came and 0 if not: 0 at best, 1 at worst, .25 for a half."""
    p, o = _checked(probability), np.asarray(came, dtype=float)
    return (p - o) ** 2


def log_score(probability: Any, came: Any) -> np.ndarray:
    """-ln of the probability of what came about: 0 at best, ln 2 = .693 for a half, infinite for what was called impossible."""
    p = _checked(probability)
    with np.errstate(divide="ignore"):
        return 0.0 - np.log(np.where(np.asarray(came, dtype=bool), p, 1.0 - p))  # 0, and not -0, at best


def log_score_of_classes(probabilities: Any, observed: int) -> np.ndarray:
    """-ln of the probability of the class that was observed; probabilities along the last axis."""
    return log_score(_distribution(probabilities)[..., observed], True)


def ranked_probability(probabilities: Any, observed: int) -> np.ndarray:
    """Of ordered classes, the mean squared difference between the distribution function and that of what was observed.

    Parameters
    ----------
    probabilities : float array, shape (..., classes)
        They sum to 1 along the last axis; at least two classes, in order.
    observed : int
        Place of the class that came.

    Returns
    -------
    float array, shape (...)
        In [0, 1]: the sum over the steps between classes, divided by their number. With two classes it is the Brier score.
    """
    p = _distribution(probabilities)
    reached = (np.arange(p.shape[-1]) >= observed).astype(float)
    return ((np.cumsum(p, axis=-1) - reached)[..., :-1] ** 2).sum(axis=-1) / (p.shape[-1] - 1)


def smoothed(counts: Any, trials: Any, classes: int = 2) -> np.ndarray:
    """Probabilities of classes from counts of histories, (k + 1/2) / (n + K/2): what was never simulated is rare, not impossible.

    The mean under the prior of Jeffreys; without it one event outside the sample makes a logarithmic score infinite.
    """
    return (np.asarray(counts, dtype=float) + 0.5) / (np.asarray(trials, dtype=float) + classes / 2.0)


@dataclass(frozen=True)
class Bin:
    """Forecasts of about the same probability: how many, their mean, and in which share the event came."""

    low: float
    high: float
    mean: float  # nan without any
    came: Share


def reliability(probabilities: Sequence[float], came: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Forecasts in bins of equal width, the last closed; an interval of a bin is that of independent events (Wilson)."""
    p, o = _checked(probabilities), np.asarray(came, dtype=bool)
    place = np.minimum((p * bins).astype(int), bins - 1)
    found = []
    for n in range(bins):
        inside = place == n
        mean = float(p[inside].mean()) if inside.any() else float("nan")
        found.append(Bin(n / bins, (n + 1) / bins, mean, share(int(o[inside].sum()), int(inside.sum()))))
    return found


def best_weight(first: Sequence[float], second: Sequence[float], came: Sequence[bool]) -> float:
    """The weight of the first of two forecasters in the mixture with the least Brier score, in [0, 1]; 1 where they never differ.

    Of w p + (1 - w) q it is the projection sum((p - q)(o - q)) / sum((p - q)**2), cut off at both ends.
    """
    p, q, o = _checked(first), _checked(second), np.asarray(came, dtype=float)
    apart = float(((p - q) ** 2).sum())
    if apart == 0.0:
        return 1.0
    return min(1.0, max(0.0, float(((p - q) * (o - q)).sum()) / apart))


def _checked(probability: Any) -> np.ndarray:
    p = np.asarray(probability, dtype=float)
    if not ((p >= 0.0) & (p <= 1.0)).all():
        raise ParameterError(f"expected probabilities from 0 to 1, found {p[~((p >= 0.0) & (p <= 1.0))].ravel()[0]:g}")
    return p


def _distribution(probabilities: Any) -> np.ndarray:
    p = _checked(probabilities)
    if p.ndim < 1 or p.shape[-1] < 2:
        raise ParameterError("expected the probabilities of at least two classes")
    if not np.allclose(p.sum(axis=-1), 1.0, rtol=0.0, atol=1e-9):
        raise ParameterError(f"expected probabilities that sum to 1, found a sum of {p.sum(axis=-1).ravel()[0]:g}")
    return p
