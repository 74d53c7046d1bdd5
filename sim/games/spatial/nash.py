"""The point that maximises the weighted Nash product of all actors on the whole space."""

from __future__ import annotations

import numpy as np

STEPS = 200  # Newton steps at most; about ten are taken
HALVINGS = 60  # of one step
SMALLEST_WEIGHT = 1e-12  # share of the whole below which an actor cannot move the point by anything that shows
CLOSE = 1e-12  # share of the scale; a step that is shorter ends the search


def nash_point(
    positions: np.ndarray, salience: np.ndarray, capability: np.ndarray, disagreement: float = 0.0
) -> np.ndarray:
    """Maximiser of ``sum_i w_i log(u_i(x) - disagreement)`` with ``u_i = 1 - d_i(x)**2``.

    Parameters
    ----------
    positions, salience : float arrays, shape (..., n, d)
        Positions in shares of the scale. At least one actor has capability and salience, and so on each dimension.
    capability : float array, shape (..., n)
    disagreement : float
        Utility without agreement, the same for all, at most 0: 0 is the far end of the scale, 1 would be one's own
        position. The lower it is, the nearer the point lies to the weighted mean.

    Returns
    -------
    float array, shape (..., d)
        In shares of the scale. The weight ``w_i`` is capability times the sum of saliences, ``d_i`` the distance of
        `sim.games.spatial.distance`. Losses are quadratic, so the sum of logarithms is strictly concave and the
        point unique; it is found by Newton's method to about 1e-12 of the scale.

    Source: Nash (1950), Econometrica 18(2), 155-162; for its nearness to the mean Achen (2006), in Thomson et al.,
    The European Union Decides.
    """
    n, d = positions.shape[-2:]
    shape = positions.shape[:-2]
    places = positions.reshape(-1, n, d)
    salient = np.broadcast_to(salience, positions.shape).reshape(-1, n, d)
    strong = np.broadcast_to(capability, (*shape, n)).reshape(-1, n)
    weights = strong * salient.sum(axis=-1)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    weights = np.where(weights > SMALLEST_WEIGHT, weights, 0.0)
    squares = salient**2
    total = squares.sum(axis=-1, keepdims=True)
    curvature = squares / np.where(total > 0.0, total, 1.0)

    pull = weights[..., None] * curvature
    point = (pull * places).sum(axis=-2) / pull.sum(axis=-2)
    best = _value(point, places, curvature, weights, disagreement)
    for _ in range(STEPS):
        step = _newton_step(point, places, curvature, weights, disagreement)
        length = np.ones(len(point))
        waiting = np.ones(len(point), dtype=bool)
        moved = point.copy()
        for _ in range(HALVINGS):
            tried = point + length[:, None] * step
            value = _value(tried, places, curvature, weights, disagreement)
            better = waiting & (value >= best)
            moved[better] = tried[better]
            best = np.where(better, value, best)
            waiting &= ~better
            if not waiting.any():
                break
            length = np.where(waiting, length / 2.0, length)
        change = np.abs(moved - point).max(initial=0.0)
        point = moved
        if change <= CLOSE:
            break
    return np.clip(point, 0.0, 1.0).reshape(*shape, d)


def _gains(point: np.ndarray, places: np.ndarray, curvature: np.ndarray, disagreement: float) -> np.ndarray:
    apart = point[:, None, :] - places
    return 1.0 - disagreement - (curvature * apart**2).sum(axis=-1)


def _value(
    point: np.ndarray, places: np.ndarray, curvature: np.ndarray, weights: np.ndarray, disagreement: float
) -> np.ndarray:
    """The sum of logarithms; minus infinity where somebody with weight gains nothing."""
    gains = _gains(point, places, curvature, disagreement)
    possible = ((gains > 0.0) | (weights == 0.0)).all(axis=-1)
    logs = np.log(np.where((gains > 0.0) & (weights > 0.0), gains, 1.0))
    return np.where(possible, (weights * logs).sum(axis=-1), -np.inf)


def _newton_step(
    point: np.ndarray, places: np.ndarray, curvature: np.ndarray, weights: np.ndarray, disagreement: float
) -> np.ndarray:
    gains = _gains(point, places, curvature, disagreement)
    inverse = np.where(weights > 0.0, 1.0 / np.where(weights > 0.0, gains, 1.0), 0.0)
    slope = 2.0 * curvature * (point[:, None, :] - places) * inverse[..., None]  # of -log(gain), by actor
    gradient = (weights[..., None] * slope).sum(axis=-2)
    bend = 2.0 * (weights * inverse)[..., None] * curvature
    hessian = np.einsum("bn,bnk,bnl->bkl", weights, slope, slope)
    diagonal = np.arange(point.shape[-1])
    hessian[:, diagonal, diagonal] += bend.sum(axis=-2)
    return -np.linalg.solve(hessian, gradient[..., None])[..., 0]
