"""Means of many columns whose histories are paired but not equally many, with their covariances and resampled values.

Replication r is the same draw in every column, and column k has the first n_k of them. Means over what each column has would waste
the pairs: where n_k differs, the noise that columns share would not cancel. The means here are those of generalised least squares:
what the longer columns tell about later replications corrects the shorter ones, as far as the columns move together. Where all n_k
are equal they are the plain means.

A *stratum* is a stretch of replications that the same columns have. Every mean is a fixed sum of stratum means, so that errors and
resampling within strata follow at once.

Source: Anderson (1957), Journal of the American Statistical Association 52, 200-203, for columns of unequal length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.randomness import Stream, address_word, key_of, philox4x32

_RIDGE = 1e-9  # of the largest variance, so that columns that move as one have an inverse
_AT_ONCE = 2_000_000  # resampled replications in memory
_KEY = "empirical game"  # owner of the draws


@dataclass(frozen=True)
class Stratum:
    """Replications ``[start, stop)``, and the columns that have them."""

    start: int
    stop: int
    columns: np.ndarray

    @property
    def size(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class PairedMeans:
    """Of several players the means of their payoffs in every column.

    Attributes
    ----------
    means : shape (players, columns)
    covariances : shape (players, columns, columns), of the means
    spreads : shape (players, columns, columns), of single histories
    counts : shape (columns,)
    """

    means: np.ndarray
    covariances: np.ndarray
    spreads: np.ndarray
    counts: np.ndarray
    strata: tuple[Stratum, ...]
    maps: tuple[np.ndarray, ...]  # of each stratum (players, columns, its columns): from its means to the means

    @property
    def errors(self) -> np.ndarray:
        """Standard errors of the means, shape (players, columns)."""
        return np.sqrt(np.clip(np.diagonal(self.covariances, axis1=1, axis2=2), 0.0, None))

    def error_of(self, player: int, weights: np.ndarray) -> float:
        """Standard error of a weighted sum of a player's means."""
        return float(np.sqrt(max(0.0, float(weights @ self.covariances[player] @ weights))))


def paired_means(samples: Sequence[np.ndarray]) -> PairedMeans:
    """The means of columns.

    Parameters
    ----------
    samples : one array a column, shape (histories, players); at least two histories each
    """
    counts = np.array([len(one) for one in samples])
    players, columns = samples[0].shape[1], len(samples)
    strata = _strata(counts)
    shortest = int(counts.min())
    common = np.stack([one[:shortest] for one in samples], axis=2)  # (histories, players, columns)
    spreads = np.stack([_covariance(common[:, i]) for i in range(players)])
    maps = _maps(spreads, counts, strata)
    means = np.zeros((players, columns))
    covariances = np.zeros((players, columns, columns))
    for stratum, linear in zip(strata, maps, strict=True):
        rows = np.stack([samples[k][stratum.start : stratum.stop] for k in stratum.columns], axis=2)
        for i in range(players):
            means[i] += linear[i] @ rows[:, i].mean(axis=0)
            own = _covariance(rows[:, i]) if stratum.size > 1 else spreads[i][np.ix_(stratum.columns, stratum.columns)]
            covariances[i] += linear[i] @ own @ linear[i].T / stratum.size
    return PairedMeans(means, covariances, spreads, counts, strata, maps)


def _strata(counts: np.ndarray) -> tuple[Stratum, ...]:
    found, start = [], 0
    for stop in np.unique(counts).tolist():
        found.append(Stratum(start, stop, np.flatnonzero(counts >= stop)))
        start = stop
    return tuple(found)


def _covariance(rows: np.ndarray) -> np.ndarray:
    """Covariance of columns, shape (columns, columns); exactly zero for a column that does not vary."""
    apart = rows - rows.mean(axis=0)
    apart[:, np.ptp(rows, axis=0) == 0.0] = 0.0
    return apart.T @ apart / max(1, len(rows) - 1)


def _maps(spreads: np.ndarray, counts: np.ndarray, strata: tuple[Stratum, ...]) -> tuple[np.ndarray, ...]:
    players, columns = spreads.shape[:2]
    if len(strata) == 1:
        return (np.broadcast_to(np.eye(columns), (players, columns, columns)),)
    found = [np.zeros((players, columns, len(stratum.columns))) for stratum in strata]
    for i in range(players):
        total, parts = information(spreads[i], strata, int(counts.min()))
        inverse = np.linalg.inv(total)
        for place, part in zip(found, parts, strict=True):
            place[i] = inverse @ part
    return tuple(found)


def information(spread: np.ndarray, strata: tuple[Stratum, ...], histories: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The information on the means of one player: its sum, whose inverse is their covariance, and of each stratum its columns.

    ``histories`` is the number from which ``spread`` was estimated: with few, correlations are trusted less.
    """
    columns = len(spread)
    trusted = histories / (histories + columns)
    diagonal = np.diag(spread)
    known = trusted * spread + np.diag((1.0 - trusted) * diagonal + _RIDGE * (float(diagonal.max()) or 1.0))
    total, parts = np.zeros((columns, columns)), []
    for stratum in strata:
        part = np.zeros((columns, len(stratum.columns)))
        part[stratum.columns] = stratum.size * np.linalg.inv(known[np.ix_(stratum.columns, stratum.columns)])
        parts.append(part)
        total[:, stratum.columns] += part
    return total, parts


# Resampling ----------------------------------------------------------------------------------------------------------


def resampled_means(samples: Sequence[np.ndarray], known: PairedMeans, number: int, root_seed: int) -> np.ndarray:
    """The means in so many bootstrap samples, shape (number, players, columns).

    Replications are drawn with replacement within strata, all columns together, by addressed draws of the stream ANALYSIS: sample b
    is the word of the replication, the place of the draw the counter, so that the same samples come with the same seed.
    """
    players, columns = known.means.shape
    found = np.zeros((number, players, columns))
    for stratum, linear in zip(known.strata, known.maps, strict=True):
        rows = np.stack([samples[k][stratum.start : stratum.stop] for k in stratum.columns], axis=1)  # (histories, columns, players)
        flat = rows.reshape(stratum.size, -1)
        for first, weights in _weights(stratum, number, root_seed):
            means = (weights @ flat / stratum.size).reshape(len(weights), len(stratum.columns), players)
            for i in range(players):
                found[first : first + len(weights), i] += means[:, :, i] @ linear[i].T
    return found


def _weights(stratum: Stratum, number: int, root_seed: int) -> Iterator[tuple[int, np.ndarray]]:
    """How often each replication of a stratum is drawn: number of the first sample, and a row a sample."""
    step = max(1, _AT_ONCE // stratum.size)
    for first in range(0, number, step):
        drawn = _drawn(range(first, min(first + step, number)), stratum, root_seed)
        shifted = drawn + stratum.size * np.arange(len(drawn))[:, None]
        counted = np.bincount(shifted.ravel(), minlength=drawn.size).reshape(len(drawn), stratum.size)
        yield first, counted.astype(np.float64)


def _drawn(numbers: range, stratum: Stratum, root_seed: int) -> np.ndarray:
    """Replications drawn, counted from the stratum's start: shape (samples, size of the stratum). Four words a block of Philox."""
    blocks = np.arange(stratum.start // 4, (stratum.stop + 3) // 4, dtype=np.int64)[None, :]
    sample = np.array(numbers, dtype=np.int64)[:, None]
    zero = np.zeros((len(numbers), blocks.shape[1]), dtype=np.int64)
    address = address_word(Stream.ANALYSIS, key_of(_KEY), 0)
    words = philox4x32(
        zero + sample, zero, zero + address, zero + blocks, root_seed & 0xFFFFFFFF, (root_seed >> 32) & 0xFFFFFFFF
    )
    flat = np.stack(words, axis=2).reshape(len(numbers), -1)
    inside = flat[:, stratum.start - 4 * (stratum.start // 4) :][:, : stratum.size]
    return (inside * stratum.size) >> 32


__all__ = ["PairedMeans", "Stratum", "information", "paired_means", "resampled_means"]
