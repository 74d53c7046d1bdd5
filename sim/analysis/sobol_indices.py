"""First and total order of factors from a Saltelli design: how much of a variance each explains alone, and with others.

Of sample j there are the values f(A), f(B) of two independent histories, and for every factor i that of a hybrid, A with that factor
of B, f(A_i). A and the hybrid share all but the factor; B and the hybrid share the factor alone. So

    first order  S_i = (cov(f(B), f(A_i)) - c r) / V        total order  T_i = (mean((f(A) - f(A_i))^2) / 2 + d r) / V

with V the variance of the two values that are held against each other. As A and B are independent, r = cov(f(A), f(B)) is 0 but for
chance, and c and d may be anything. With c = 0 the first order is that of Sobol with the normalisation of Janon et al., good for large
indices; with c = 1 that of Saltelli et al. (2010), whose error vanishes with the index. With d = 0 the total order is that of Jansen. c
and d are taken by regression of the errors on f(A) f(B), so the estimators are as good as the better ones of these.

Intervals are 95 %, by the bootstrap over samples, BCa. Of 0/1 values only pairs count that differ, or that are both the rarer one; where
those are few the bootstrap sees too little (nothing, where there are none), and the interval is as wide as Jeffreys' of their share: no
change in 500 pairs is no proof of none.

Sources: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Computer Physics Communications 181(2), 259-270; Jansen
(1999), Computer Physics Communications 117, 35-43; Janon, Klein, Lagnoux, Nodet and Prieur (2014), ESAIM: Probability and
Statistics 18, 342-364; Archer, Saltelli and Sobol (1997), Journal of Statistical Computation and Simulation 58(2), 99-120 (bootstrap);
Efron (1987), Journal of the American Statistical Association 82, 171-185 (BCa).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.analysis.resampling import bootstrap_counts

RESAMPLES = 1000
FEW = 10  # pairs of 0/1 values below which a binomial interval stands beside the bootstrap's
_QUANTILE = 1.959963985  # normal, of 95 %
_OWNER = "sensitivity"  # of the draws


@dataclass(frozen=True)
class Index:
    """A share of a variance with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SobolIndices:
    """Indices of all factors, in the order of the design; chance, if it is one, is the last.

    Attributes
    ----------
    mean, deviation : of single histories
    first, total : alone, and alone or together with others
    samples : base samples they rest on
    """

    mean: float
    deviation: float
    first: tuple[Index, ...]
    total: tuple[Index, ...]
    samples: int


def sobol_indices(values: np.ndarray, root_seed: int, resamples: int = RESAMPLES) -> SobolIndices:
    """The indices.

    Parameters
    ----------
    values : float64, shape (samples, 2 + factors): f(A), f(B), and the hybrids; at least two samples
    """
    samples = len(values)
    both = values[:, :2]
    mean, deviation = float(both.mean()), float(both.std())
    apart = values - mean  # the same indices, and no cancellation
    control = _controls(apart)
    found = _indices(np.ones((1, samples)), apart, control)
    drawn = [_indices(counts, apart, control) for counts in bootstrap_counts(samples, resamples, root_seed, _OWNER)]
    influence = _influences(apart, control, found)
    orders = []
    for k in (0, 1):
        every = np.concatenate([part[k] for part in drawn])
        orders.append([_index(float(found[k][0, i]), every[:, i], influence[k][:, i]) for i in range(every.shape[1])])
    first, total = orders
    if np.isin(values, (0.0, 1.0)).all():
        for i in range(len(first)):
            first[i], total[i] = _of_a_share(values[:, [0, 1, 2 + i]], first[i], total[i])
    return SobolIndices(mean, deviation, tuple(first), tuple(total), samples)


class _Controls(NamedTuple):
    """Coefficients of cov(f(A), f(B)) by factor: c of the first order, d of the total."""

    first: np.ndarray
    total: np.ndarray


def _controls(apart: np.ndarray) -> _Controls:
    """The coefficients with which indices vary least, within [0, 1]; those with which a factor that moves nothing has exactly 0."""
    none = np.zeros(apart.shape[1] - 2)
    raw = _Controls(none, none)
    first, total = _influences(apart, raw, _indices(np.ones((1, len(apart))), apart, raw))
    known = 2.0 * apart[:, 0] * apart[:, 1]
    known = known - known.mean()
    scale = float(known @ known)
    if scale == 0.0:
        return _Controls(none + 1.0, none)
    never_moves = (apart[:, :1] == apart[:, 2:]).all(axis=0)
    one, two = (np.clip(known @ part / scale, 0.0, 1.0) for part in (first, -total))
    return _Controls(np.where(never_moves, 1.0, one), np.where(never_moves, 0.0, two))


def _indices(counts: np.ndarray, apart: np.ndarray, control: _Controls) -> tuple[np.ndarray, np.ndarray]:
    """First and total order in samples that have each unit so often: arrays of shape (resamples, factors)."""
    units = len(apart)
    one, two, hybrids = apart[:, :1], apart[:, 1:2], apart[:, 2:]
    weights = counts / units
    means, squares = weights @ apart, weights @ apart**2
    variances = squares - means**2
    beyond = hybrids - control.first * one  # exactly 0 for a factor that moves nothing
    shared = weights @ (two * beyond) - means[:, 1:2] * (weights @ beyond)
    moved = weights @ (one - hybrids) ** 2 * ((units - 1.0) / units)
    cross = weights @ (two * one) - means[:, :1] * means[:, 1:2]
    first = _over(2.0 * shared, variances[:, 1:2] + variances[:, 2:])
    return first, _over(moved + 2.0 * control.total * cross, variances[:, :1] + variances[:, 2:])


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0.0)


def _influences(apart: np.ndarray, control: _Controls, found: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """What each sample contributes to the error of first and total order, up to a factor: shape (samples, factors)."""
    inside = apart - apart.mean(axis=0)
    one, two, hybrids = inside[:, :1], inside[:, 1:2], inside[:, 2:]
    known = 2.0 * one * two
    first = 2.0 * two * hybrids - control.first * known - found[0] * (two**2 + hybrids**2)
    moved = (apart[:, :1] - apart[:, 2:]) ** 2
    return first, moved + control.total * known - found[1] * (one**2 + hybrids**2)


def _index(value: float, drawn: np.ndarray, influence: np.ndarray) -> Index:
    """Estimate and BCa interval, kept within [0, 1]: what lies beyond is noise."""
    known = np.sort(drawn[np.isfinite(drawn)])
    if not math.isfinite(value) or not len(known):
        return Index(math.nan, 0.0, 1.0)
    low, high = np.quantile(known, _levels(value, known, influence))
    # An estimate beyond an end stands for that end; its error keeps its size.
    low, high = min(low, 1.0 - (value - low)), max(high, high - value)
    return Index(*(float(min(1.0, max(0.0, x))) for x in (value, low, high)))


def _levels(value: float, drawn: np.ndarray, influence: np.ndarray) -> tuple[float, float]:
    """The shares of resamples between which the interval lies: corrected for bias and for an error that grows with the value."""
    from scipy.special import ndtr, ndtri

    if drawn[0] == drawn[-1]:
        return 0.025, 0.975
    below = (np.count_nonzero(drawn < value) + np.count_nonzero(drawn <= value)) / (2.0 * len(drawn))
    bias = float(ndtri(min(max(below, 1.0 / len(drawn)), 1.0 - 1.0 / len(drawn))))
    spread = float((influence**2).sum())
    growth = float((influence**3).sum()) / (6.0 * spread**1.5) if spread > 0.0 else 0.0
    ends = []
    for quantile in (-_QUANTILE, _QUANTILE):
        moved = bias + quantile
        ends.append(float(ndtr(bias + moved / max(1.0 - growth * moved, 0.1))))
    return ends[0], ends[1]


def _of_a_share(values: np.ndarray, first: Index, total: Index) -> tuple[Index, Index]:
    """Intervals of a 0/1 value no narrower than the few pairs allow in which A, or B, and the hybrid say something.

    ``values`` : f(A), f(B) and the hybrids of one factor. With p the share of ones, the total order is the share of pairs A and hybrid
    that differ over 2 p (1 - p), and one less the excess of pairs that are both one; the first order is that excess with B.
    """
    rarer = values if values.mean() <= 0.5 else 1.0 - values
    number, share = len(values), float(rarer.mean())
    variance = share * (1.0 - share)
    if variance == 0.0:
        return first, total  # not known, and told so
    one, two, hybrid = rarer.T
    differing, with_one, with_two = (int(np.count_nonzero(x)) for x in (one != hybrid, one * hybrid, two * hybrid))
    if differing < FEW:
        total = _widened(total, *(end / (2.0 * variance) for end in share_ends(differing, number)))
        if first.high > total.high or differing == 0:
            first = Index(min(first.value, total.high), 0.0, total.high)  # never more than the total
    if with_one < FEW:
        low, high = ((end - share**2) / variance for end in share_ends(with_one, number))
        total = _widened(total, 1.0 - high, 1.0 - low)
    if with_two < FEW:
        low, high = ((end - share**2) / variance for end in share_ends(with_two, number))
        first = _widened(first, low, min(high, total.high))
    return first, total


def _widened(index: Index, low: float, high: float) -> Index:
    return Index(index.value, max(0.0, min(index.low, low)), min(1.0, max(index.high, high)))


def share_ends(count: int, number: int) -> tuple[float, float]:
    """The Jeffreys interval of a share; from 0 where nothing was counted."""
    from scipy.special import betaincinv

    low, high = betaincinv(count + 0.5, number - count + 0.5, (0.025, 0.975))
    return (0.0 if count == 0 else float(low)), float(high)
