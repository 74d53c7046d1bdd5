"""How far a position lies from another in an actor's eyes, and what it is worth to it."""

from __future__ import annotations

import numpy as np


def distances(positions: np.ndarray, salience: np.ndarray, points: np.ndarray | None = None) -> np.ndarray:
    """Distance of every point from every actor's position, weighed by the actor's salience.

    Parameters
    ----------
    positions : float array, shape (..., n, d)
        In shares of the scale, in [0, 1].
    salience : float array, shape (..., n, d)
    points : float array, shape (..., m, d), optional
        In shares of the scale; the actors' positions where left out.

    Returns
    -------
    float array, shape (..., n, m)
        ``sqrt(sum_k (s_ik (x_ik - p_jk))**2 / sum_k s_ik**2)``, in [0, 1]. On one dimension salience cancels. An actor
        without salience on any dimension sees no difference: 0 to every point.

    Source: KTAB Spatial Model of Politics (KAPSARC).
    """
    points = positions if points is None else points
    squared_weight = salience**2
    total = squared_weight.sum(axis=-1)
    shares = squared_weight / np.where(total > 0.0, total, 1.0)[..., None]
    apart = positions[..., :, None, :] - points[..., None, :, :]
    return np.sqrt((shares[..., :, None, :] * apart**2).sum(axis=-1))


def utility(distance: np.ndarray, risk: np.ndarray | float = 0.0) -> np.ndarray:
    """Worth of what lies at a distance: ``(1 - d) (1 + R d)``, from 1 for one's own position to 0 at the far end.

    Parameters
    ----------
    distance : float array, shape (..., n, m)
        In [0, 1].
    risk : float array, shape (..., n), or float
        Attitude R of the actor whose row it is, in [-1, 1]: 0 neutral, above 0 taken less by distance (concave), below
        0 more (convex).

    Source: KTAB Spatial Model of Politics (KAPSARC).
    """
    attitude = np.asarray(risk)[..., None] if np.ndim(risk) else risk
    return (1.0 - distance) * (1.0 + attitude * distance)
