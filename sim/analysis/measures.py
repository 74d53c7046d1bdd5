"""Figures that checks ask for, each with its 95 % interval: over simulated histories, of answers to probes, differences.

Intervals: Wilson for a share; Agresti and Min (2005) for the difference of two shares over the same replications;
Newcombe (1998) for shares among different histories; order statistics for a median; otherwise normal, with the
influence of each replication on the figure, so that common draws narrow the interval of a difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.estimates import Z95, Columns, share
from sim.errors import UsageError
from sim.model.diagnostics import did_you_mean
from sim.model.seed import Figure, Term, terms

FEWEST = 10  # histories that a mean or a difference of means must rest on


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval. `replications` is None for what is computed without histories or draws."""

    value: float
    low: float
    high: float
    replications: int | None = None
    rows: int | None = None  # histories that the figure rests on, if only those that meet a condition
    influence: np.ndarray | None = field(default=None, repr=False)  # of each replication, in order
    hits: np.ndarray | None = field(default=None, repr=False)  # of each replication, for a share of all
    count: int | None = None  # hits, for any share
    values: np.ndarray | None = field(default=None, repr=False)  # of each draw, for a probe
    enough: bool = True

    @property
    def is_exact(self) -> bool:
        """Whether no sample entered."""
        return self.replications is None


def meets(condition: Sequence[Term], rows: Columns) -> np.ndarray:
    """Which rows meet all comparisons; a comparison with nan is not met."""
    found = np.ones(len(next(iter(rows.values()))), dtype=bool)
    for term in condition:
        if term.column not in rows:
            raise UsageError(
                f"no result column '{term.column}'", hint=did_you_mean(term.column, list(rows), "result columns")
            )
        values = np.asarray(rows[term.column])
        if term.sign in ("has", "never"):
            finite = np.isfinite(values.astype(float))
            found &= finite if term.sign == "has" else ~finite
        elif values.dtype == object:
            equal = values.astype(str) == term.value
            found &= equal if term.sign == "=" else ~equal
        else:
            bound = float(term.value)
            with np.errstate(invalid="ignore"):
                found &= {
                    "=": values == bound, "!=": values != bound, "<": values < bound, "<=": values <= bound,
                    ">": values > bound, ">=": values >= bound,
                }[term.sign]  # fmt: skip
    return found


def over_rows(figure: Figure, rows: Columns) -> Estimate:
    """A figure over simulated histories."""
    n = len(next(iter(rows.values())))
    kept = np.ones(n, dtype=bool) if figure.given is None else meets(terms(figure.given), rows)
    conditional = figure.given is not None
    if figure.share is not None:
        hits = meets(terms(figure.share), rows)
        item = share(int(np.count_nonzero(hits & kept)), int(kept.sum()))
        return Estimate(
            item.share, item.low, item.high, n, item.trials if conditional else None,
            hits=None if conditional else hits, count=item.count, enough=item.trials >= FEWEST,
        )  # fmt: skip
    if figure.entropy is not None:
        return _entropy(np.asarray(rows[figure.entropy]).astype(str)[kept], n, conditional)
    if figure.ratio is not None:
        top = np.where(kept, np.asarray(rows[figure.ratio[0]], dtype=float), 0.0)
        bottom = np.where(kept, np.asarray(rows[figure.ratio[1]], dtype=float), 0.0)
        total = float(bottom.sum())
        if total <= 0.0:
            return unknown(n, 0)
        value = float(top.sum()) / total
        return normal(value, n * (top - value * bottom) / total, n, int(kept.sum()) if conditional else None)
    values = np.asarray(rows[str(figure.mean or figure.median or figure.variance)], dtype=float)
    kept = kept & np.isfinite(values)
    m = int(kept.sum())
    if m == 0:
        return unknown(n, 0)
    told = m if m < n else None
    if figure.median is not None:
        return _median(np.sort(values[kept]), n, told)
    centre = float(values[kept].mean())
    spread = np.where(kept, values, centre) - centre
    if figure.mean is not None:
        return normal(centre, spread * (n / m), n, told)
    variance = float((spread[kept] ** 2).sum() / max(1, m - 1))
    return normal(variance, np.where(kept, spread**2 - variance, 0.0) * (n / m), n, told)


def _median(values: np.ndarray, n: int, told: int | None) -> Estimate:
    m = len(values)
    # Ranks of the binomial(m, 1/2) interval, in its normal approximation.
    reach = Z95 * math.sqrt(m) / 2.0
    low, high = math.floor(m / 2.0 - reach) - 1, math.ceil(m / 2.0 + reach)
    enough = low >= 0 and high < m
    return Estimate(
        float(np.median(values)), float(values[max(0, low)]), float(values[min(m - 1, high)]), n, told, enough=enough
    )


def _entropy(values: np.ndarray, n: int, conditional: bool) -> Estimate:
    """Entropy with the correction of Miller and Madow, and its delta-method interval."""
    m = len(values)
    if m == 0:
        return unknown(n, 0)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shares = counts / m
    plain = float(-(shares * np.log2(shares)).sum())
    surprise = -np.log2(shares)[inverse]
    corrected = plain + (len(counts) - 1) / (2.0 * m * math.log(2.0))
    error = float(np.sqrt(np.var(surprise) / m))
    return Estimate(
        corrected, corrected - Z95 * error, corrected + Z95 * error, n, m if conditional else None, enough=m >= FEWEST
    )


def exact(value: float) -> Estimate:
    """A figure without any sample."""
    return Estimate(value, value, value)


def unknown(n: int, rows: int) -> Estimate:
    """A figure that no history has."""
    return Estimate(math.nan, -math.inf, math.inf, n, rows, enough=False)


def of_values(values: np.ndarray) -> Estimate:
    """The mean of a probe's answers."""
    mean = float(values.mean())
    found = normal(mean, values - mean, len(values), None)
    return Estimate(found.value, found.low, found.high, len(values), None, found.influence, values=values)


def normal(value: float, influence: np.ndarray, n: int, rows: int | None) -> Estimate:
    """A figure whose error is that of the mean of its influences."""
    error = float(influence.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
    resting = n if rows is None else rows
    return Estimate(
        value, value - Z95 * error, value + Z95 * error, n, rows, influence, enough=resting >= min(FEWEST, n)
    )


def scaled(item: Estimate, factor: float) -> Estimate:
    """A figure times a number; nothing is left to chance where the number is 0."""
    if factor == 0.0:
        return exact(0.0)
    low, high = sorted((item.low * factor, item.high * factor))
    influence = None if item.influence is None else item.influence * factor
    values = None if item.values is None else item.values * factor
    return Estimate(item.value * factor, low, high, item.replications, item.rows, influence, None, None, values, item.enough)


def difference(one: Estimate, two: Estimate) -> Estimate:
    """The first figure less the second, with the interval that fits what both are."""
    if math.isnan(one.value) or math.isnan(two.value):
        return unknown(max(one.replications or 0, two.replications or 0), 0)
    value = one.value - two.value
    if one.is_exact and two.is_exact:
        return exact(value)
    enough = one.enough and two.enough
    if one.is_exact or two.is_exact:
        other = two if one.is_exact else one
        low = value - ((two.high - two.value) if one.is_exact else (one.value - one.low))
        high = value + ((two.value - two.low) if one.is_exact else (one.high - one.value))
        values = None if other.values is None else (one.value - two.values if one.is_exact else one.values - two.value)
        return Estimate(value, low, high, other.replications, other.rows, values=values, enough=enough)
    assert one.replications is not None and two.replications is not None
    n = min(one.replications, two.replications)
    rows = None if one.rows is None and two.rows is None else min(x for x in (one.rows, two.rows) if x is not None)
    if one.hits is not None and two.hits is not None:
        return _paired_shares(one.hits[:n], two.hits[:n], enough)
    if one.count is not None and two.count is not None:
        # Newcombe's hybrid of two Wilson intervals.
        low = value - math.hypot(one.value - one.low, two.high - two.value)
        high = value + math.hypot(one.high - one.value, two.value - two.low)
        return Estimate(value, low, high, n, rows, enough=enough)
    if one.influence is not None and two.influence is not None and one.replications == two.replications:
        found = normal(value, one.influence - two.influence, n, rows)
        values = None if one.values is None or two.values is None else one.values - two.values
        return Estimate(value, found.low, found.high, n, rows, found.influence, values=values, enough=enough)
    reach = math.hypot((one.high - one.low) / 2.0, (two.high - two.low) / 2.0)
    return Estimate(value, value - reach, value + reach, n, rows, enough=enough)


def _paired_shares(one: np.ndarray, two: np.ndarray, enough: bool) -> Estimate:
    """Difference of two shares over the same replications, with half a history added to each of the four cells."""
    n = len(one)
    more = int(np.count_nonzero(one & ~two)) + 0.5
    fewer = int(np.count_nonzero(two & ~one)) + 0.5
    total = n + 2.0
    centre = (more - fewer) / total
    error = math.sqrt(max(0.0, more + fewer - (more - fewer) ** 2 / total)) / total
    value = float(one.mean() - two.mean())
    return Estimate(
        value, min(value, centre - Z95 * error), max(value, centre + Z95 * error), n, None,
        influence=one.astype(float) - two - value, enough=enough,
    )  # fmt: skip
