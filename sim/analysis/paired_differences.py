"""Differences between arms over the same histories, each with its interval, and what reading many of them at once asks for.

Interval of a share's difference: that of the score test for pairs; of a mean's: Student's, of the differences within pairs. Read one by
one, 95 % of such intervals hold the true difference. Of all differences of one table together, the wider ones hold it with 95 %: their
quantile is that of the largest of so many standardised errors, with the correlations found between them. Tests are corrected after Holm.

Sources: `sim.analysis.paired_shares`; Hothorn, Bretz and Westfall (2008), Biometrical Journal 50(3), 346-363 (one quantile for many
contrasts); Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from sim.analysis.compared_measures import Measure
from sim.analysis.estimates import Z95, Columns
from sim.analysis.normal_draws import normal_draws
from sim.analysis.paired_shares import equality_test, pairs_to_settle, score_interval

SAMPLES = 4000  # of the largest error, from which its quantile is read
MOST_CORRELATED = 20_000  # pairs from which correlations between differences are estimated, the first ones
FEWEST = 10  # pairs below which a mean's interval is not told

Verdict = Literal["more", "less", "undecided", "same", "unknown"]


@dataclass(frozen=True)
class Difference:
    """A measure in an arm less the same in another, over pairs of histories with the same draws."""

    measure: Measure
    arm: str
    other: str
    value: float  # in the arm
    other_value: float
    difference: float
    low: float  # of the 95 % interval, read alone
    high: float
    standard_error: float
    pairs: int  # in which both are known
    differing: int  # of them
    up: int  # of them with more in the arm
    p_value: float
    variance: float  # of the difference within a pair
    independent: float  # of the difference of two histories with draws of their own
    joint_low: float = math.nan  # of the interval that holds with all others of its table
    joint_high: float = math.nan
    p_holm: float = math.nan

    @property
    def verdict(self) -> Verdict:
        """What its own interval says of it."""
        if self.pairs < FEWEST:
            return "unknown"
        if self.differing == 0:
            return "same"
        return "more" if self.low > 0.0 else "less" if self.high < 0.0 else "undecided"

    @property
    def holds_among_all(self) -> bool:
        """Whether it is told from nothing also as one of all of its table."""
        return self.differing > 0 and (self.joint_low > 0.0 or self.joint_high < 0.0)

    @property
    def variance_ratio(self) -> float:
        """How many histories with draws of their own one pair is worth; infinite where no pair differs, nan where nothing varies."""
        if self.variance > 0.0:
            return self.independent / self.variance
        return math.inf if self.independent > 0.0 else math.nan

    @property
    def pairs_to_settle(self) -> float | None:
        """Pairs that would settle an undecided difference of the size found (80 % power); none where it is not undecided."""
        if self.verdict != "undecided":
            return None
        return max(pairs_to_settle(self.difference, self.variance), float(self.pairs + 1))


def difference(
    measure: Measure, arm: str, other: str, one: np.ndarray, two: np.ndarray, draws: int = 1
) -> Difference:
    """The difference of a measure between two arms, whose values are given in order of replication.

    ``draws`` histories in a row share a point of the inputs: they are no independent pairs, and the error is that between points.
    """
    points = np.arange(len(one)) // draws
    known = np.isfinite(one) & np.isfinite(two)
    if not known.all():
        one, two, points = one[known], two[known], points[known]
    n = len(one)
    apart = one - two
    up, down = int(np.count_nonzero(apart > 0.0)), int(np.count_nonzero(apart < 0.0))
    if n == 0:
        nothing = math.nan
        return Difference(measure, arm, other, nothing, nothing, nothing, nothing, nothing, nothing, 0, 0, 0, 1.0, nothing, nothing)
    value, other_value = float(one.mean()), float(two.mean())
    mean = float(apart.mean()) if up + down else 0.0
    variance = float(apart.var(ddof=1)) if n > 1 and up + down else 0.0
    independent = float(one.var(ddof=1) + two.var(ddof=1)) if n > 1 else math.nan
    error = math.sqrt(variance / n) if n > 1 else math.inf
    if draws > 1 and up + down:
        error, number = _error_between(apart - mean, points)
        worth = n * error**2 / variance  # independent pairs a pair of these is worth, inverted; of single histories it is taken the same
        variance, independent = worth * variance, worth * independent
        low, high, p = _student(mean, error, number)
    elif measure.form == "share":
        ends = score_interval(np.array(up), np.array(down), n)
        low, high, p = float(ends[0]), float(ends[1]), float(equality_test(np.array(up), np.array(down)))
    else:
        low, high, p = _student(mean, error, n)
    return Difference(measure, arm, other, value, other_value, mean, low, high, error, n, up + down, up, p, variance, independent)


def _error_between(residuals: np.ndarray, points: np.ndarray) -> tuple[float, int]:
    """Standard error of a mean whose pairs come in points, from the sums of residuals at each; and the number of points."""
    sums = np.bincount(points, weights=residuals)[np.bincount(points) > 0]
    number = len(sums)
    if number < 2:
        return math.inf, number
    return math.sqrt(number / (number - 1) * float(sums @ sums)) / len(residuals), number


def _student(mean: float, error: float, n: int) -> tuple[float, float, float]:
    """Interval and p value of a mean by its standard error."""
    from scipy.special import stdtr, stdtrit

    if n < 2:
        return -math.inf, math.inf, 1.0
    if error == 0.0:
        return mean, mean, 1.0 if mean == 0.0 else 0.0
    reach = float(stdtrit(n - 1, 0.975)) * error
    return mean - reach, mean + reach, float(2.0 * stdtr(n - 1, -abs(mean) / error))


# Many at once --------------------------------------------------------------------------------------------------------


def against(
    rows: Mapping[str, Columns], measures: Sequence[Measure], arms: Sequence[str], reference: str, root_seed: int, draws: int = 1
) -> list[Difference]:
    """Every measure of every other arm less that of the reference; those of one group of measures count as read together."""
    found: list[Difference] = []
    groups: dict[str, list[Measure]] = {}
    for measure in measures:
        groups.setdefault(measure.group, []).append(measure)
    for group, members in groups.items():
        table, errors = [], []
        for measure in members:
            base = measure.of(rows[reference])
            for arm in arms:
                if arm != reference:
                    values = measure.of(rows[arm])
                    table.append(difference(measure, arm, reference, values, base, draws))
                    errors.append(_standardised(values, base))
        found += corrected(table, _largest_error(errors, f"largest error {group}", root_seed), draws)
    return found


def corrected(table: Sequence[Difference], quantile: float, draws: int = 1) -> list[Difference]:
    """Differences that are read together: joint intervals at the given quantile, and p values after Holm."""
    adjusted = holm([item.p_value for item in table])
    return [
        replace(item, joint_low=low, joint_high=high, p_holm=p)
        for item, p, (low, high) in zip(table, adjusted, _joint(table, quantile, draws), strict=True)
    ]


def _joint(table: Sequence[Difference], quantile: float, draws: int) -> list[tuple[float, float]]:
    """Intervals at the given quantile: by the score test those of shares, all at once, and the widened ones of the others."""
    found = [_widened(item, quantile) for item in table]
    shares = [
        n for n, item in enumerate(table)
        if item.measure.form == "share" and item.pairs and (draws == 1 or not item.differing)
    ]  # fmt: skip
    up, differing, pairs = (np.array([getattr(table[n], name) for n in shares]) for name in ("up", "differing", "pairs"))
    for n, low, high in zip(shares, *score_interval(up, differing - up, pairs, quantile), strict=True):
        found[n] = (float(low), float(high))
    return found


def _widened(item: Difference, quantile: float) -> tuple[float, float]:
    if not math.isfinite(item.standard_error) or item.standard_error == 0.0:
        return item.low, item.high
    scale = quantile / Z95  # Student's interval, widened
    return item.difference - scale * (item.difference - item.low), item.difference + scale * (item.high - item.difference)


def holm(p_values: Sequence[float]) -> list[float]:
    """P values corrected so that among all of them one is below 5 % by chance in at most one case of twenty."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    found, largest = [1.0] * len(p_values), 0.0
    for rank, n in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[n]))
        found[n] = largest
    return found


def _standardised(one: np.ndarray, two: np.ndarray) -> np.ndarray | None:
    """Differences of the first pairs, of mean 0 and length 1; none where they do not vary. An unknown one counts as the mean."""
    apart = (one - two)[:MOST_CORRELATED]
    apart = np.where(np.isfinite(apart), apart, np.nan)
    known = np.isfinite(apart)
    if not known.any():
        return None
    apart = np.where(known, apart - apart[known].mean(), 0.0)
    length = math.sqrt(float(apart @ apart))
    return apart / length if length > 0.0 else None


def _largest_error(errors: Sequence[np.ndarray | None], purpose: str, root_seed: int) -> float:
    """The 95 % quantile of the largest of these standardised errors, which are nearly normal; never below that of one alone."""
    columns = [item for item in errors if item is not None]
    if len(columns) < 2:
        return Z95
    matrix = np.stack(columns, axis=1)
    correlations = matrix.T @ matrix
    values, vectors = np.linalg.eigh(correlations)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = normal_draws(purpose, SAMPLES, len(columns), root_seed) @ root.T
    return max(Z95, float(np.quantile(np.abs(drawn).max(axis=1), 0.95)))


# For programs --------------------------------------------------------------------------------------------------------


def as_data(item: Difference) -> dict[str, Any]:
    """A difference as plain data; what is not finite is left out as null."""

    def number(value: float | None) -> float | None:
        return float(value) if value is not None and math.isfinite(value) else None

    settle = item.pairs_to_settle
    return {
        "measure": item.measure.id,
        "arm": item.arm,
        "against": item.other,
        "value": number(item.value),
        "reference": number(item.other_value),
        "difference": number(item.difference),
        "low": number(item.low),
        "high": number(item.high),
        "standard_error": number(item.standard_error),
        "joint_low": number(item.joint_low),
        "joint_high": number(item.joint_high),
        "p": number(item.p_value),
        "p_holm": number(item.p_holm),
        "verdict": item.verdict,
        "holds_among_all": bool(item.holds_among_all),
        "pairs": item.pairs,
        "differing_pairs": item.differing,
        "variance_ratio": number(item.variance_ratio),
        "pairs_to_settle": number(settle),
    }


__all__ = ["Difference", "against", "as_data", "corrected", "difference", "holm"]
