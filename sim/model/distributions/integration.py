"""Gauss-Legendre integration, and means over part of a distribution: for tables, clipped means and bins."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from sim.arithmetic import exp, normal_cdf, normal_quantile, sqrt
from sim.model.distributions.base import Distribution, clip, require

# Gauss-Legendre on [-1, 1] with five nodes: exact up to degree nine.
_INNER = sqrt(5.0 - 2.0 * sqrt(10.0 / 7.0)) / 3.0
_OUTER = sqrt(5.0 + 2.0 * sqrt(10.0 / 7.0)) / 3.0
_INNER_WEIGHT = (322.0 + 13.0 * sqrt(70.0)) / 900.0
_OUTER_WEIGHT = (322.0 - 13.0 * sqrt(70.0)) / 900.0
NODES = (
    (-_OUTER, _OUTER_WEIGHT),
    (-_INNER, _INNER_WEIGHT),
    (0.0, 128.0 / 225.0),
    (_INNER, _INNER_WEIGHT),
    (_OUTER, _OUTER_WEIGHT),
)


def mean_between(distribution: Distribution, low: float, high: float) -> float:
    """The mean of the draws whose ``u`` lies in (low, high), by Gauss-Legendre in standard normal units."""
    edges = [low, *sorted(u for u in set(distribution.breaks()) if low < u < high), high]
    # Beyond 8.2 lies less than half the distance between uniforms.
    z = [clip(normal_quantile(u), -8.2, 8.2) for u in edges]
    total = mass = 0.0
    for start, end in pairwise(z):
        panels = int((end - start) * 4.0) + 1
        half = 0.5 * (end - start) / panels
        for k in range(panels):
            for node, weight in NODES:
                x = start + half * (2 * k + 1 + node)
                weight = weight * half * exp(-0.5 * x * x)
                mass += weight
                total += weight * distribution.quantile(normal_cdf(x))
    return total / mass


@lru_cache(maxsize=1024)
def conditional_mean_bins(distribution: Distribution, bins: int) -> tuple[float, ...]:
    """``bins`` values of equal probability: the distribution's mean within each of its quantile bins.

    Parameters
    ----------
    distribution : Distribution
    bins : int
        At least 1.

    Returns
    -------
    tuple of float, ascending
        Their plain average is the distribution's mean (up to 1e-6 of its spread), which mid-quantiles miss.

    Raises
    ------
    ParameterError
        Fewer than one bin.
    """
    require(bins >= 1, "bins", "at least 1", f"{bins}")
    return tuple(mean_between(distribution, k / bins, (k + 1) / bins) for k in range(bins))
