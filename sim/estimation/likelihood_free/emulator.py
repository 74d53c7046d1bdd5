"""Figures as a smooth function of the parameters: least squares on a polynomial, as flexible as the points allow.

It serves to rule out what is far from every band, so a plain polynomial with an honest residual does: what it misses widens the
residual, and with it the region that is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_POINTS_A_TERM = 3  # as many points as this for each coefficient, for a polynomial of that degree


def terms(points: np.ndarray, degree: int) -> np.ndarray:
    """Columns of a polynomial in coordinates of (0, 1), float64, shape (points, terms): degree 1; 2, with squares; 3, with products too."""
    z = 2.0 * np.asarray(points, dtype=np.float64) - 1.0
    columns = [np.ones(len(z)), *z.T]
    if degree >= 2:
        columns += [1.5 * column * column - 0.5 for column in z.T]
    if degree >= 3:
        columns += [z[:, i] * z[:, j] for i in range(z.shape[1]) for j in range(i + 1, z.shape[1])]
    return np.column_stack(columns)


def degree_for(num_points: int, num_parameters: int) -> int:
    """The richest polynomial that so many points bear."""
    d = num_parameters
    sizes = {3: 1 + 2 * d + d * (d - 1) // 2, 2: 1 + 2 * d}
    return next((degree for degree, size in sizes.items() if num_points >= _POINTS_A_TERM * size), 1)


@dataclass(frozen=True)
class Emulator:
    """A polynomial for each figure.

    Attributes
    ----------
    spread : float64, shape (figures,)
        Standard deviation of what the polynomial misses at a point it has not seen, the noise of so many histories included;
        infinite for a figure that too few points have.
    """

    degree: int
    coefficients: np.ndarray
    spread: np.ndarray

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Figures at points, float64, shape (points, figures)."""
        return terms(points, self.degree) @ self.coefficients


def fitted(points: np.ndarray, figures: np.ndarray) -> Emulator:
    """The emulator of simulated points.

    Parameters
    ----------
    points : float64, shape (points, parameters), in (0, 1)
    figures : float64, shape (points, figures), nan where a figure could not be read
    """
    degree = degree_for(len(points), points.shape[1])
    design = terms(points, degree)
    size = design.shape[1]
    coefficients = np.zeros((size, figures.shape[1]))
    spread = np.full(figures.shape[1], np.inf)
    for k in range(figures.shape[1]):
        rows = np.flatnonzero(~np.isnan(figures[:, k]))
        if len(rows) < size + 2:
            continue
        x, y = design[rows], figures[rows, k]
        coefficients[:, k], *_ = np.linalg.lstsq(x, y, rcond=None)
        # Residuals as if each point had been left out.
        q, _ = np.linalg.qr(x)
        leverage = np.minimum(np.sum(q * q, axis=1), 0.99)
        spread[k] = float(np.sqrt(np.mean(((y - x @ coefficients[:, k]) / (1.0 - leverage)) ** 2)))
    return Emulator(degree, coefficients, spread)
