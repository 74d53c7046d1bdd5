"""Regret across the uncertainties: what an arm gives away, at each draw of them, against the best arm there.

Each of several points of the inputs is played with several histories, the same draws in all arms. The means at a point are noisy, and
of noisy means the largest is too large: the plain regret errs upwards. So it is also *cross-fitted*: the histories at a point are
dealt into parts, the best arm is chosen by the other parts and valued by this one, in turn. Whoever is chosen can only be as good
as the best, so that the cross-fitted regret errs downwards. The interval reaches from the lower end of the interval of the
cross-fitted one to the upper end of that of the plain one, and so allows for both.

The largest regret over all points is mostly noise. In its place stands the mean over the worst tenth of the points (the points, too, are
chosen by the other parts); the largest itself is given between bounds.

Sources: Savage (1951), Journal of the American Statistical Association 46, 55-67 (minimax regret); van Hasselt (2010), Advances in Neural
Information Processing Systems 23 (choice and value of a maximum from different samples); Rockafellar and Uryasev (2000), Journal of
Risk 2(3), 21-41 (mean of the worst part).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.resampling import bootstrap_counts

PARTS = 5  # into which the histories at a point are dealt, at most
TAIL = 0.1  # of the points: the worst tenth
SAMPLES = 1000  # bootstrap samples of the points
Z95 = 1.959964
_OWNER = "robust"  # owner of the draws


@dataclass(frozen=True)
class Bracketed:
    """A figure that one estimator finds too low and another too high, on average, with an interval that allows for both.

    Attributes
    ----------
    value : cross-fitted; errs downwards
    plain : of the means as they are; errs upwards
    low, high : 95 % or more of such intervals hold the true value
    """

    value: float
    plain: float
    low: float
    high: float


@dataclass(frozen=True)
class Regret:
    """What one arm gives away against the best arm at each point."""

    mean: Bracketed  # over all points
    tail: Bracketed  # over the tenth of the points that is worst for the arm
    largest: Bracketed  # over the points played
    first: float  # probability that the arm has the smallest regret in its worst tenth, by bootstrap
    at_points: np.ndarray  # cross-fitted, shape (points,)
    plain_at_points: np.ndarray


def parts_of(histories: int) -> np.ndarray:
    """To which part each history of a point belongs."""
    return np.arange(histories) % min(PARTS, histories)


def chosen_values(values: np.ndarray) -> np.ndarray:
    """In each part the value of the arms that are best by the other parts; arms that are level are averaged.

    Parameters
    ----------
    values : float64, shape (arms, points, histories), the larger the better

    Returns
    -------
    float64, shape (points, parts)
    """
    part = parts_of(values.shape[2])
    total = values.sum(axis=2)
    found = np.empty((values.shape[1], part.max() + 1))
    for number in range(found.shape[1]):
        inside = values[:, :, part == number]
        others = total - inside.sum(axis=2)
        best = others >= others.max(axis=0) - _tolerance(others)
        found[:, number] = (inside.mean(axis=2) * best).sum(axis=0) / best.sum(axis=0)
    return found


def regrets(values: np.ndarray, root_seed: int, tail: float = TAIL) -> list[Regret]:
    """The regret of every arm.

    Parameters
    ----------
    values : float64, shape (arms, points, histories), the larger the better; at least two points, two histories each
    tail : which part of the points counts as the worst
    """
    arms, points, histories = values.shape
    means = values.mean(axis=2)
    plain = means.max(axis=0) - means  # (arms, points)
    part = parts_of(histories)
    sizes = np.bincount(part)
    chosen = chosen_values(values)
    own = np.stack([values[:, :, part == number].mean(axis=2) for number in range(len(sizes))], axis=2)
    fitted = chosen[None] - own  # (arms, points, parts)
    at_points = (fitted * sizes).sum(axis=2) / histories
    scores = _scores(values, part, len(sizes))
    weights = np.concatenate([np.ones((1, points)), *bootstrap_counts(points, SAMPLES, root_seed, _OWNER)])
    tails = np.stack([_fitted_tail(scores[a], fitted[a], sizes, weights, tail) for a in range(arms)])
    plain_tails = np.stack([tail_means(plain[a], plain[a], weights, tail) for a in range(arms)])
    first = _first(tails[:, 1:])
    best, reach = means.argmax(axis=0), max(float(np.ptp(values)), float(plain.max()))  # no mean differs by more than single histories
    found = []
    for a in range(arms):
        mean = _bracketed(at_points[a].mean(), _error(at_points[a]), plain[a].mean(), _error(plain[a]))
        worst = _bracketed(tails[a, 0], tails[a, 1:].std(), plain_tails[a, 0], plain_tails[a, 1:].std())
        apart = np.take_along_axis(values, best[None, :, None], axis=0)[0] - values[a]
        noise = float(apart.std(axis=1, ddof=1).max()) / math.sqrt(histories)
        top = float(plain[a].max())
        value = min(top, max(worst.value, _largest(scores[a], fitted[a], sizes)))
        largest = Bracketed(value, top, worst.low, min(top + Z95 * noise, reach))
        found.append(Regret(mean, worst, largest, float(first[a]), at_points[a], plain[a]))
    return found


def tail_means(scores: np.ndarray, values: np.ndarray, weights: np.ndarray, tail: float) -> np.ndarray:
    """The mean value over the part of the points with the largest scores, in each row of weights: shape (rows,)."""
    order = np.argsort(-scores, kind="stable")
    ordered = weights[:, order]
    room = tail * ordered.sum(axis=1, keepdims=True)
    before = np.cumsum(ordered, axis=1) - ordered
    taken = np.clip(room - before, 0.0, ordered)
    return (taken @ values[order]) / room[:, 0]


def _scores(values: np.ndarray, part: np.ndarray, number: int) -> np.ndarray:
    """Regret by the other parts, for each part: what the worst points are chosen by; shape (arms, points, parts)."""
    total = values.sum(axis=2)
    found = np.empty((*total.shape, number))
    for one in range(number):
        others = total - values[:, :, part == one].sum(axis=2)
        found[:, :, one] = others.max(axis=0) - others
    return found


def _fitted_tail(scores: np.ndarray, fitted: np.ndarray, sizes: np.ndarray, weights: np.ndarray, tail: float) -> np.ndarray:
    return sum(sizes[n] * tail_means(scores[:, n], fitted[:, n], weights, tail) for n in range(len(sizes))) / sizes.sum()


def _largest(scores: np.ndarray, fitted: np.ndarray, sizes: np.ndarray) -> float:
    """The regret at the point that is worst by the other parts."""
    worst = scores.argmax(axis=0)
    return float(fitted[worst, np.arange(len(sizes))] @ sizes / sizes.sum())


def _bracketed(value: float, error: float, plain: float, plain_error: float) -> Bracketed:
    low, high = max(0.0, value - Z95 * error), max(plain + Z95 * plain_error, value)
    return Bracketed(max(0.0, float(value)), float(plain), float(low), float(high))


def _error(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values))


def _first(tails: np.ndarray) -> np.ndarray:
    """Share of the samples in which each arm has the smallest; arms that are level share."""
    tails = np.round(tails, 12)
    level = tails == tails.min(axis=0)
    return (level / level.sum(axis=0)).mean(axis=1)


def _tolerance(values: np.ndarray) -> float:
    return 1e-12 * max(1.0, float(np.abs(values).max()))


__all__ = ["PARTS", "SAMPLES", "TAIL", "Bracketed", "Regret", "chosen_values", "parts_of", "regrets", "tail_means"]
