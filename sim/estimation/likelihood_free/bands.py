"""Bands of figures with tolerances, and how far figures are from them.

A band says: the figure lies between two ends, and beyond them it is less and less credible, as a normal deviation with the tolerance as
its standard deviation. So a figure within a band has weight 1, and one that lies a tolerance beyond its end has weight exp(-1/2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError

_OPEN = 4.0  # tolerances


@dataclass(frozen=True)
class Bands:
    """Bands of several figures.

    Attributes
    ----------
    low, high : float64, shape (figures,)
        Ends, low <= high; infinite where there is none.
    tolerance : float64, shape (figures,)
        Standard deviation beyond an end, > 0.
    """

    low: np.ndarray
    high: np.ndarray
    tolerance: np.ndarray

    def __post_init__(self) -> None:
        for name in ("low", "high", "tolerance"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        if not self.low.shape == self.high.shape == self.tolerance.shape:
            raise ParameterError("bands: expected as many lower ends as upper ends and tolerances")
        if not np.all(self.low <= self.high):
            raise ParameterError("bands: expected low <= high")
        if not np.all(self.tolerance > 0.0):
            raise ParameterError("bands: expected tolerances above 0")

    def beyond(self, figures: np.ndarray) -> np.ndarray:
        """How far figures lie beyond the nearer end, with their sign, in their own unit; 0 within, nan for a figure that is nan."""
        figures = np.asarray(figures, dtype=np.float64)
        return np.where(figures < self.low, figures - self.low, np.where(figures > self.high, figures - self.high, 0.0 * figures))

    def distances(self, figures: np.ndarray) -> np.ndarray:
        """How many tolerances figures lie beyond their bands, float64 of their shape; infinite for a figure that could not be read."""
        return np.where(np.isnan(figures), np.inf, np.abs(self.beyond(figures)) / self.tolerance)

    def shifted(self, figures: np.ndarray, uniforms: np.ndarray, normals: np.ndarray) -> Bands:
        """Bands of the same widths and tolerances that somebody states who knows these figures as well as the real bands are known.

        A band with one end gets another one, `_OPEN` tolerances away.

        Parameters
        ----------
        figures : float64, shape (figures,)
        uniforms, normals : float64, shape (figures,)
            Independent draws: whether and where a figure lies in its band, and how far beyond it otherwise.
        """
        with np.errstate(invalid="ignore"):
            width = np.where(np.isfinite(self.low) & np.isfinite(self.high), self.high - self.low, _OPEN * self.tolerance)
        inside = width / (width + self.tolerance * np.sqrt(2.0 * np.pi))  # the part of the band itself; both tails have the rest
        within = uniforms < inside
        beyond = np.abs(normals) * self.tolerance
        above = (uniforms - inside) / (1.0 - inside) < 0.5
        low = figures - np.where(within, uniforms / inside * width, np.where(above, width + beyond, -beyond))
        return Bands(low, low + width, self.tolerance)
