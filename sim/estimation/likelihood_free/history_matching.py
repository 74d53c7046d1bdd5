"""History matching: the region of parameters that no wave has ruled out.

The implausibility of a figure at a point is how far its emulated value lies beyond its band, in standard deviations of tolerance and
emulator together. A point is ruled out where the largest of all figures exceeds the cut. The next wave lies in what is left.

Source: Craig, Goldstein, Seheult and Smith (1997); Vernon, Goldstein and Bower (2010), Bayesian Analysis 5(4), 619-670.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.estimation.likelihood_free.bands import Bands
from sim.estimation.likelihood_free.emulator import Emulator

CUT = 3.0  # standard deviations; a unimodal distribution has 95 % within three (Pukelsheim 1994)

Candidates = Callable[[int, int], np.ndarray]
"""Points of the prior, float64, shape (stop - start, parameters), by their numbers: those of ``[start, stop)``."""


def implausibility(emulator: Emulator, bands: Bands, points: np.ndarray) -> np.ndarray:
    """The largest implausibility of all figures, float64, shape (points,)."""
    away = np.abs(bands.beyond(emulator.predict(points)))
    scale = np.sqrt(bands.tolerance**2 + emulator.spread**2)
    with np.errstate(invalid="ignore"):
        return np.max(np.where(np.isinf(scale), 0.0, away / scale), axis=1)


@dataclass(frozen=True)
class Region:
    """What the emulators of earlier waves have not ruled out; everything without any.

    Attributes
    ----------
    volume : float
        Its share of the prior, by the candidates that were tried.
    """

    emulators: tuple[Emulator, ...]
    bands: Bands
    volume: float = 1.0

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Which points it holds: bool, shape (points,)."""
        inside = np.ones(len(points), dtype=bool)
        for emulator in self.emulators:
            rows = np.flatnonzero(inside)
            inside[rows] = implausibility(emulator, self.bands, points[rows]) <= CUT
        return inside


_PORTION = 8192
MOST_TRIED = 1 << 19  # candidates of a wave


def sampled(region: Region, number: int, candidates: Candidates) -> tuple[Region, np.ndarray]:
    """So many points of the prior in the region, or as many as are found among `MOST_TRIED`; and the region with its volume.

    Returns
    -------
    Region, float64 of shape (points found, parameters)
    """
    found: list[np.ndarray] = []
    have = tried = 0
    while have < number and tried < MOST_TRIED:
        points = candidates(tried, tried + _PORTION)
        tried += len(points)
        found.append(points[region.holds(points)])
        have += len(found[-1])
    return Region(region.emulators, region.bands, have / tried), np.concatenate(found)[:number]
