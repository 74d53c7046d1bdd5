"""At what share of the draws of the uncertainties something holds of a mean, though each mean is known from a few histories only.

Two questions. At how many points does an arm meet a level (satisficing)? At how many is no other arm better (the domain criterion)?
Counted plainly, points near the line fall on either side by chance. The interval allows for that and assumes nothing about how
the means are spread over the points. A test that takes a point at which it does not hold for one at which it does with a
probability of at most a, passes at a share of points P <= S + a (1 - S); so S >= (P - a) / (1 - a), and likewise from above by the opposite
test. Several a are tried, with Wilson's bound of P at a level divided by their number.

Means of zeros and ones are tested exactly (binomial; the sign test for pairs), others by Student's t.

Sources: Simon (1956), Psychological Review 63(2), 129-138 (satisficing); Starr (1963), Product Design and Decision Theory, and
Schneller and Sphicas (1983), Theory and Decision 15, 321-336 (domain criterion); Wilson (1927), Journal of the American Statistical
Association 22, 209-212.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

TRIED = (0.05, 0.2, 0.5)  # probabilities of a wrong pass
_SIDE = 0.025  # of the interval, on each side

Test = Callable[[float], tuple[np.ndarray, float]]
"""From the probability of a wrong pass that is allowed to the points that pass, and the probability that the test has."""


@dataclass(frozen=True)
class PointShare:
    """A share of points: counted plainly, and the interval that allows for the noise of each point's mean."""

    share: float
    low: float
    high: float


def satisficing(values: np.ndarray, level: float) -> PointShare:
    """At what share of the points the mean is at least ``level``.

    Parameters
    ----------
    values : float64, shape (points, histories)
    """
    holds = values.mean(axis=1) >= level - 1e-12
    return _bounded(float(holds.mean()), _above(values, level), _above(-values, -level))


def domain(values: np.ndarray, skipped: tuple[tuple[int, int], ...] = ()) -> list[PointShare]:
    """At what share of the points each arm is the best; arms that are level share a point.

    The interval is that of the share of points at which no other arm is better.

    Parameters
    ----------
    values : float64, shape (arms, points, histories)
    skipped : pairs of arms that are not held against each other, being the same
    """
    means = np.round(values.mean(axis=2), 12)
    first = means == means.max(axis=0)
    shares = (first / first.sum(axis=0)).mean(axis=1)
    found = []
    for a in range(len(values)):
        others = [b for b in range(len(values)) if b != a and (a, b) not in skipped and (b, a) not in skipped]
        if not others:  # all are the same
            found.append(PointShare(float(shares[a]), float(shares[a]), 1.0))
            continue
        apart = [values[a] - values[b] for b in others]
        found.append(_bounded(float(shares[a]), _all_above(apart), _any_below(apart)))
    return found


def _all_above(apart: list[np.ndarray]) -> Test:
    """Every difference is told from 0: an arm that is not the best passes only if it passes against the one that beats it."""
    checks = [_above(item, 0.0) for item in apart]

    def passes(allowed: float) -> tuple[np.ndarray, float]:
        found = [test(allowed) for test in checks]
        return np.all([one for one, _ in found], axis=0), max((chance for _, chance in found), default=0.0)

    return passes


def _any_below(apart: list[np.ndarray]) -> Test:
    """Some difference is told from 0 in the other direction, among as many as there are."""
    checks = [_above(-item, 0.0) for item in apart]

    def passes(allowed: float) -> tuple[np.ndarray, float]:
        found = [test(allowed / len(checks)) for test in checks]
        return np.any([one for one, _ in found], axis=0), min(1.0, sum(chance for _, chance in found))

    return passes


def _above(values: np.ndarray, level: float) -> Test:
    """Points whose mean is told to be above a level: by the exact test for two values, by the sign test for three, else by t."""
    kinds = np.unique(values)
    if len(kinds) == 2 and kinds[0] < level <= kinds[1]:
        return _binomial(values == kinds[1], (level - kinds[0]) / (kinds[1] - kinds[0]))
    if level == 0.0 and set(kinds.tolist()) <= {-1.0, 0.0, 1.0}:
        return _signs(values)
    return _student(values, level)


def _binomial(ones: np.ndarray, share: float) -> Test:
    from scipy.stats import binom

    number = ones.shape[1]
    counts = ones.sum(axis=1)
    least = np.arange(number + 2)
    chances = binom.sf(least - 1, number, share)

    def passes(allowed: float) -> tuple[np.ndarray, float]:
        fit = np.flatnonzero(chances <= allowed)
        which = int(fit[0]) if chances[fit[0]] > 0.0 else number  # where none is rare enough, the rarest that can be
        return counts >= which, float(chances[which])

    return passes


def _signs(values: np.ndarray) -> Test:
    from scipy.stats import binom

    up, down = (values > 0.0).sum(axis=1), (values < 0.0).sum(axis=1)
    p_values = binom.sf(up - 1, up + down, 0.5)

    def passes(allowed: float) -> tuple[np.ndarray, float]:
        return (p_values <= allowed) & (up > down), allowed

    return passes


def _student(values: np.ndarray, level: float) -> Test:
    from scipy.special import stdtrit

    number = values.shape[1]
    means, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
    if not spread.max() > 1e-12:  # no chance at all: the means are known
        return lambda allowed: (means > level + 1e-12, 0.0)
    spread = np.where(spread > 0.0, spread, np.sqrt((spread**2).mean()))  # a point where nothing happened to differ is not known the better

    def passes(allowed: float) -> tuple[np.ndarray, float]:
        return means - level > float(stdtrit(number - 1, 1.0 - allowed)) * spread / np.sqrt(number), allowed

    return passes


def _bounded(share: float, holds: Test, fails: Test) -> PointShare:
    return PointShare(share, min(_least(holds), share), max(1.0 - _least(fails), share))


def _least(test: Test) -> float:
    """The least share of points at which it holds, by the points that pass."""
    return max(_one(*test(allowed)) for allowed in TRIED)


def _one(passed: np.ndarray, chance: float) -> float:
    if chance >= 1.0:
        return 0.0
    return max(0.0, (_wilson_low(int(passed.sum()), len(passed)) - chance) / (1.0 - chance))


def _wilson_low(count: int, trials: int) -> float:
    from scipy.special import ndtri

    z = float(ndtri(1.0 - _SIDE / len(TRIED)))
    share = count / trials
    centre = share + z * z / (2 * trials)
    half = z * float(np.sqrt(share * (1.0 - share) / trials + z * z / (4 * trials * trials)))
    return max(0.0, (centre - half) / (1.0 + z * z / trials))


__all__ = ["PointShare", "domain", "satisficing"]
