"""Which inputs moved the outcomes, from the run's own sample.

The measure is rank-based and needs no further simulations: the share of the rank variance of an
input that the outcome classes explain (epsilon squared of the Kruskal-Wallis statistic), from 0
(the input is distributed alike in all classes) to 1. Inputs with a few text values use the bias
corrected square of Cramer's V on the same scale. A dummy input that does nothing gives the
noise floor: the 95 % quantile of the measure over random dummies. What lies below it is called
not distinguishable. Intervals are bootstrap percentiles over replications. Of a run with more than
`MOST_STUDIED` histories so many at even distances are studied, which are enough to tell apart what explains a
thousandth of the variance.

Sources: Kruskal and Wallis (1952); Tomczak and Tomczak (2014) on epsilon squared; Bergsma (2013)
on the correction of Cramer's V.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import Columns
from sim.experiments.columns import even_rows, num_rows, rows_at

DUMMIES = 200
RESAMPLES = 200
MOST_STUDIED = 20_000  # histories; effort and memory grow with them and with the dummies and resamples
PREFIX = "input:"
MEASURE = "strength of the link between input and outcome, from 0 (none) to 1 (full)"


@dataclass(frozen=True)
class Effect:
    """How much one input moves the outcomes."""

    path: str
    effect: float
    low: float
    high: float
    distinguishable: bool
    toward: str  # class that high values make likelier, or the value that stands out
    association: float  # rank correlation-like measure with that class, in [-1, 1]


@dataclass(frozen=True)
class DriverTable:
    """Effects, largest first, and the noise floor."""

    effects: list[Effect]
    noise_floor: float
    num_rows: int  # histories studied
    of_rows: int  # histories there are

    @property
    def sample(self) -> str:
        """Which histories are studied where these are not all, in words; empty where they are."""
        return f"from {self.num_rows:,} of the {self.of_rows:,} histories, evenly spaced" if self.num_rows < self.of_rows else ""


def drivers(results: Columns, seed: int, column: str = "outcome", where: np.ndarray | None = None) -> DriverTable:
    """Effects of all recorded inputs on the classes in a column.

    `seed` makes dummies and resamples repeatable; it has no bearing on the histories.
    """
    of_rows = np.arange(num_rows(results)) if where is None else np.arange(num_rows(results))[where]
    rows = of_rows[even_rows(len(of_rows), MOST_STUDIED)]
    names = [name for name in results if name.startswith(PREFIX)]
    table = rows_at(results, rows, [column, *names])
    codes, classes = _codes(np.asarray(table[column]))
    n = len(codes)
    if n < 20 or len(classes) < 2 or not names:
        return DriverTable([], math.nan, n, len(of_rows))
    generator = np.random.Generator(np.random.Philox(seed & (2**64 - 1)))
    floor = float(
        np.quantile([_epsilon_squared(_ranks(generator.random(n)), codes, len(classes)) for _ in range(DUMMIES)], 0.95)
    )
    samples = [generator.integers(0, n, n) for _ in range(RESAMPLES)]
    effects = []
    for name in names:
        values = np.asarray(table[name])
        if len(set(values.tolist())) < 2:
            continue
        effects.append(_effect(name[len(PREFIX) :], values, codes, classes, samples, floor))
    effects.sort(key=lambda item: (-item.effect, item.path))
    return DriverTable(effects, floor, n, len(of_rows))


def _codes(labels: np.ndarray) -> tuple[np.ndarray, list[str]]:
    classes = sorted(set(labels.tolist()))
    position = {name: n for n, name in enumerate(classes)}
    return np.array([position[name] for name in labels.tolist()]), classes


def _effect(path, values, codes, classes, samples, floor) -> Effect:
    if values.dtype == object:
        kinds, names = _codes(values)
        measure = _cramers_v_squared(kinds, codes, len(names), len(classes))
        draws = [_cramers_v_squared(kinds[s], codes[s], len(names), len(classes)) for s in samples]
        toward, association = _standing_out(kinds, codes, names, classes)
    else:
        ranks = _ranks(values.astype(float))
        measure = _epsilon_squared(ranks, codes, len(classes))
        # Ranks of the full sample are resampled with the rows: re-ranking each would change ties only.
        draws = [_epsilon_squared(ranks[s], codes[s], len(classes)) for s in samples]
        toward, association = _most_shifted(ranks, codes, classes)
    # A resample repeats rows, which adds about one noise level to the measure: centre on the estimate.
    spread = np.quantile(draws, [0.025, 0.975]) - np.mean(draws)
    low, high = max(0.0, measure + spread[0]), min(1.0, measure + spread[1])
    return Effect(path, float(measure), float(low), float(high), bool(measure > floor), toward, association)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mid-ranks, 1 to n."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(counts) < len(values):
        sums = np.bincount(inverse, weights=ranks)
        ranks = (sums / counts)[inverse]
    return ranks


def _epsilon_squared(ranks: np.ndarray, codes: np.ndarray, num_classes: int) -> float:
    mean = ranks.mean()
    total = float(((ranks - mean) ** 2).sum())
    if total <= 0.0:
        return 0.0
    counts = np.bincount(codes, minlength=num_classes)
    sums = np.bincount(codes, weights=ranks, minlength=num_classes)
    present = counts > 0
    between = float((counts[present] * (sums[present] / counts[present] - mean) ** 2).sum())
    # H / (n - 1): between-class share of the rank variance.
    return between / total


def _cramers_v_squared(kinds: np.ndarray, codes: np.ndarray, rows: int, columns: int) -> float:
    n = len(kinds)
    table = np.bincount(kinds * columns + codes, minlength=rows * columns).reshape(rows, columns).astype(float)
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        chi = float(np.where(expected > 0, (table - expected) ** 2 / np.where(expected > 0, expected, 1.0), 0.0).sum())
    corrected = max(0.0, chi / n - (rows - 1) * (columns - 1) / (n - 1))
    r = rows - (rows - 1) ** 2 / (n - 1)
    k = columns - (columns - 1) ** 2 / (n - 1)
    smaller = min(r - 1, k - 1)
    return corrected / smaller if smaller > 0 else 0.0


def _most_shifted(ranks: np.ndarray, codes: np.ndarray, classes: list[str]) -> tuple[str, float]:
    """Class with the strongest evidence of a shift, and 2 AUC - 1 for it."""
    best, strength, association = "", -1.0, 0.0
    n = len(ranks)
    for code, name in enumerate(classes):
        inside = codes == code
        m = int(inside.sum())
        if m == 0 or m == n:
            continue
        auc = (ranks[inside].sum() - m * (m + 1) / 2) / (m * (n - m))
        score = abs(auc - 0.5) * math.sqrt(12 * m * (n - m) / (n + 1))
        if score > strength:
            best, strength, association = name, score, 2 * float(auc) - 1
    return best, association


def _standing_out(kinds, codes, names, classes) -> tuple[str, float]:
    """The (value, class) cell with the largest standardised residual."""
    n = len(kinds)
    best, strength, association = "", -1.0, 0.0
    for kind, name in enumerate(names):
        for code, cls in enumerate(classes):
            a, b = kinds == kind, codes == code
            p, q = a.mean(), b.mean()
            if p in (0.0, 1.0) or q in (0.0, 1.0):
                continue
            phi = (float((a & b).mean()) - p * q) / math.sqrt(p * (1 - p) * q * (1 - q))
            if abs(phi) * math.sqrt(n) > strength:
                best, strength, association = f"{cls} ({name})", abs(phi) * math.sqrt(n), phi
    return best, association
