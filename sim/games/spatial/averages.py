"""The weighted mean and the weighted median of positions on one scale."""

from __future__ import annotations

import numpy as np

from sim.games.spatial import TIE


def weighted_mean(positions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean of positions, each counted by its weight.

    Parameters
    ----------
    positions, weights : float arrays, shape (..., n)
        Weights >= 0 with a sum above 0: usually capability times salience.

    Returns
    -------
    float array, shape (...)

    Source: Van den Bos (1991), the compromise model.
    """
    shares = weights / weights.sum(axis=-1, keepdims=True)
    return (shares * positions).sum(axis=-1)


def weighted_median(positions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The position that no other beats in a weighted vote by distance (Condorcet winner on one scale).

    Parameters
    ----------
    positions, weights : float arrays, shape (..., n)
        As in `weighted_mean`.

    Returns
    -------
    float array, shape (...)
        Where exactly half of the weight lies on either side, no position between the two middle ones is beaten;
        their midpoint is returned, so that a mirrored scale gives the mirrored median.

    Source: Black (1948), Journal of Political Economy 56(1), 23-34.
    """
    order = np.argsort(positions, axis=-1, kind="stable")
    places = np.take_along_axis(positions, order, axis=-1)
    reached = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    half = reached[..., -1:] / 2.0
    room = reached[..., -1:] * TIE
    lower = (reached >= half - room).argmax(axis=-1)[..., None]
    upper = (reached > half + room).argmax(axis=-1)[..., None]
    low = np.take_along_axis(places, lower, axis=-1)
    high = np.take_along_axis(places, upper, axis=-1)
    return ((low + high) / 2.0)[..., 0]
