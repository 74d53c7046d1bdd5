"""Which bands no simulated point meets: one alone, two together, and those without which the rest could be met."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

MET = 1.0  # tolerances beyond a band within which a figure still counts as meeting it


@dataclass(frozen=True)
class Conflicts:
    """What stands in the way of all bands at once, by places of figures.

    Attributes
    ----------
    nearest : float64, shape (figures,)
        The least distance of each figure at any point, in tolerances.
    together : float
        The least of the largest distances: 1 or less where some point meets all bands.
    best : int
        The point where that is so.
    pairs : tuple of (int, int, float)
        Figures that points meet one at a time and never both, and how near they come to both; the worst first.
    without : tuple of (int, float)
        Figures without which some point meets all others, and the distance there.
    """

    nearest: np.ndarray
    together: float
    best: int
    pairs: tuple[tuple[int, int, float], ...]
    without: tuple[tuple[int, float], ...]

    @property
    def unreached(self) -> list[int]:
        """Figures that no point brings near their bands."""
        return [int(k) for k in np.flatnonzero(self.nearest > MET)]


def conflicts(distances: np.ndarray) -> Conflicts:
    """The conflicts of simulated points.

    Parameters
    ----------
    distances : float64, shape (points, figures)
        In tolerances (`Bands.distances`).
    """
    nearest = distances.min(axis=0)
    largest = distances.max(axis=1)
    best = int(np.argmin(largest))
    together = float(largest[best])
    reached = [int(k) for k in np.flatnonzero(nearest <= MET)]
    pairs = []
    for i, j in combinations(reached, 2):
        both = float(np.minimum.reduce(np.maximum(distances[:, i], distances[:, j])))
        if both > MET:
            pairs.append((i, j, both))
    without = []
    if together > MET and distances.shape[1] > 1:
        for k in range(distances.shape[1]):
            rest = float(np.delete(distances, k, axis=1).max(axis=1).min())
            if rest <= MET:
                without.append((k, rest))
    return Conflicts(nearest, together, best, tuple(sorted(pairs, key=lambda item: -item[2])), tuple(without))
