"""Which profiles of an empirical game to play further: those whose histories say most about the regrets of candidate equilibria.

What decides whether a profile is an equilibrium are *gaps*: what a player would gain by another strategy. A gap far from zero is
decided. One near zero may have the wrong sign; its weight is twice the probability of that, and it is worth the share of its
variance that further histories take away. Paired histories take away little unless both ends of a gap have them, which the
covariances say. Each pick gives histories to the profile that is worth most, then counts them as there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.paired_means import PairedMeans, Stratum, information

PICKS = 8  # of a round
MOST_COLUMNS = 48  # profiles that are weighed against one another at a time
_DECIDED = 1e-4  # weight below which a gap counts as decided


@dataclass(frozen=True)
class Gap:
    """What a player gains by another strategy: a sum of its payoffs in profiles with these weights."""

    player: int
    weights: np.ndarray  # shape (profiles,)


def weight(gain: float, error: float) -> float:
    """Twice the probability that a gap has the other sign: 1 at zero, 0 where nothing is uncertain."""
    if error <= 0.0:
        return 0.0
    return math.erfc(abs(gain) / error / math.sqrt(2.0))


def further_histories(
    known: PairedMeans, gaps: Sequence[Gap], twins: Sequence[Sequence[int]], histories: int, block: int
) -> np.ndarray:
    """How many more histories each profile gets: multiples of ``block``, about ``histories`` in all, never more.

    Parameters
    ----------
    twins : groups of profiles that have been alike in every history; each group gets its histories together
    """
    counts = known.counts.copy()
    weighed = [
        (gap, weight(float(gap.weights @ known.means[gap.player]), known.error_of(gap.player, gap.weights)))
        for gap in gaps
    ]
    open_gaps = [(gap, w) for gap, w in weighed if w > _DECIDED]
    columns = _columns(open_gaps, known)
    groups = [group for group in ([k for k in twin if k in set(columns)] for twin in twins) if group]
    left = histories // block
    size = max(1, left // PICKS)
    while left > 0:
        fitting = [group for group in groups if len(group) <= left]
        if not fitting:
            break
        blocks = max(1, min(size, left // max(1, min(map(len, fitting)))))
        best = _best(known, open_gaps, columns, counts, fitting, blocks * block)
        blocks = min(blocks, left // len(best))
        counts[list(best)] += blocks * block
        left -= blocks * len(best)
    return counts - known.counts


def _columns(open_gaps: Sequence[tuple[Gap, float]], known: PairedMeans) -> list[int]:
    """Profiles that open gaps compare; those of the heaviest gaps where there are many."""
    found: list[int] = []
    for gap, _ in sorted(open_gaps, key=lambda item: -item[1]):
        new = [int(k) for k in np.flatnonzero(np.abs(gap.weights) > 1e-9) if int(k) not in found]
        if found and len(found) + len(new) > MOST_COLUMNS:
            break
        found += new
    return sorted(found) or list(np.argsort(known.counts, kind="stable")[:MOST_COLUMNS])


def _best(
    known: PairedMeans,
    open_gaps: Sequence[tuple[Gap, float]],
    columns: Sequence[int],
    counts: np.ndarray,
    groups: Sequence[Sequence[int]],
    histories: int,
) -> Sequence[int]:
    """The group whose further histories are worth most, for each history that they cost; ties go to fewer histories so far."""
    now = _variances(known, open_gaps, columns, counts)
    worth = []
    for group in groups:
        more = counts.copy()
        more[list(group)] += histories
        then = _variances(known, open_gaps, columns, more)
        gained = sum(w * (1.0 - after / before) for (_, w), before, after in zip(open_gaps, now, then, strict=True) if before > 0.0)
        worth.append((round(gained / len(group), 9), -int(counts[list(group)].max()), -min(group)))
    return groups[worth.index(max(worth))]


def _variances(
    known: PairedMeans, open_gaps: Sequence[tuple[Gap, float]], columns: Sequence[int], counts: np.ndarray
) -> list[float]:
    """Variance of each open gap with so many histories."""
    own = counts[list(columns)]
    strata, start = [], 0
    for stop in np.unique(own).tolist():
        strata.append(Stratum(start, stop, np.flatnonzero(own >= stop)))
        start = stop
    inverse: dict[int, np.ndarray] = {}
    found = []
    for gap, _ in open_gaps:
        i = gap.player
        if i not in inverse:
            spread = known.spreads[i][np.ix_(columns, columns)]
            inverse[i] = np.linalg.inv(information(spread, tuple(strata), int(known.counts.min()))[0])
        weights = gap.weights[list(columns)]
        found.append(float(weights @ inverse[i] @ weights))
    return found
