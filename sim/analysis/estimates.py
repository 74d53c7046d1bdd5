"""Estimates with honest errors: shares with Wilson intervals, quantiles, times to events, incidence over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Z95 = 1.959963984540054  # normal quantile of 0.975

Columns = Mapping[str, np.ndarray]


def number_or_none(value: float) -> float | None:
    """The number, or nothing where JSON has none."""
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class Share:
    """A share of replications with its 95 % Wilson interval and standard error."""

    count: int
    trials: int
    share: float
    low: float
    high: float

    @property
    def standard_error(self) -> float:
        """Binomial standard error of the share; nan without trials."""
        if self.trials == 0:
            return math.nan
        return math.sqrt(self.share * (1.0 - self.share) / self.trials)


def share(count: int, trials: int) -> Share:
    """Share and Wilson interval of `count` in `trials`; (0, 1) and nan without trials.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if trials == 0:
        return Share(0, 0, math.nan, 0.0, 1.0)
    p = count / trials
    z2 = Z95 * Z95
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z95 * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == trials else min(1.0, centre + half)
    return Share(int(count), int(trials), p, low, high)


def difference_of_shares(one: Share, two: Share) -> tuple[float, float, float]:
    """Difference of the shares of two groups without common members, with its 95 % interval from both Wilson intervals.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    gap = one.share - two.share
    low = gap - math.hypot(one.share - one.low, two.high - two.share)
    high = gap + math.hypot(one.high - one.share, two.share - two.low)
    return gap, low, high


def outcome_shares(outcomes: np.ndarray, classes: Sequence[str], where: np.ndarray | None = None) -> list[Share]:
    """Share of every class, in the given order; among the rows of `where` if given."""
    values = outcomes if where is None else outcomes[where]
    return [share(int(np.count_nonzero(values == name)), len(values)) for name in classes]


@dataclass(frozen=True)
class Timing:
    """When something first happened: how often it did, and quartiles in days among those histories."""

    happened: Share
    q25: float | None
    median: float | None
    q75: float | None


def timing(days: np.ndarray) -> Timing:
    """Timing of an event whose column holds days and nan for never."""
    came = days[np.isfinite(days)]
    happened = share(len(came), len(days))
    if len(came) == 0:
        return Timing(happened, None, None, None)
    low, middle, high = np.quantile(came, [0.25, 0.5, 0.75])
    return Timing(happened, float(low), float(middle), float(high))


def by_time(paths: Columns, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Grid days, and the column as a matrix (replications, grid points)."""
    days = np.unique(paths["day"])
    return days, paths[column].reshape(-1, len(days))


def quantile_bands(values: np.ndarray, levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> list[np.ndarray]:
    """Pointwise quantiles over replications, one array a level."""
    return [np.quantile(values, level, axis=0) for level in levels]


def mean_with_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95 % normal interval of the finite values; nan without any."""
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return math.nan, math.nan, math.nan
    mean = float(finite.mean())
    error = float(finite.std(ddof=1) / math.sqrt(len(finite))) if len(finite) > 1 else math.inf
    return mean, mean - Z95 * error, mean + Z95 * error


def entropy_bits(shares: Sequence[Share]) -> float:
    """Entropy of a distribution over classes, in bits."""
    return -sum(s.share * math.log2(s.share) for s in shares if s.share > 0.0)


def finite(values: Any) -> np.ndarray:
    """The finite values as floats."""
    array = np.asarray(values, dtype=float)
    return array[np.isfinite(array)]
