"""Which of some points cannot be bettered in one objective without losing in another.

A point is dominated where another one is at least as good in every objective and better in one. Source: Deb (2001), Multi-Objective
Optimization using Evolutionary Algorithms, ch. 2.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


def unbeaten(values: np.ndarray) -> np.ndarray:
    """Which points are dominated by none.

    Parameters
    ----------
    values : float64, shape (..., points, objectives), the larger the better

    Returns
    -------
    truth values, shape (..., points); points that are level in everything do not dominate each other
    """
    here, there = values[..., :, None, :], values[..., None, :, :]
    dominated = (there >= here).all(axis=-1) & (there > here).any(axis=-1)
    return ~dominated.any(axis=-1)


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """Places of at most so many points that lie apart: the best in each objective, then always the one farthest from those taken."""
    if len(values) <= most:
        return np.arange(len(values))
    spans = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(spans > 0.0, spans, 1.0)
    taken = list(dict.fromkeys(int(place) for place in values.argmax(axis=0)))[:most]
    while len(taken) < most:
        gaps = np.abs(scaled[:, None, :] - scaled[taken][None, :, :]).sum(axis=2).min(axis=1)
        taken.append(int(gaps.argmax()))
    return np.array(sorted(taken))


def chance_unbeaten(histories: np.ndarray, samples: Iterable[np.ndarray]) -> np.ndarray:
    """The share of bootstrap samples of the histories in which each point is dominated by none.

    Parameters
    ----------
    histories : float64, shape (points, objectives, histories), the larger the better
    samples : how often each history is drawn in each sample, in portions of shape (samples, histories)
    """
    points, objectives, number = histories.shape
    flat = histories.reshape(points * objectives, number)
    counted, total = np.zeros(points), 0
    for weights in samples:
        means = np.round((weights @ flat.T) / number, 12).reshape(len(weights), points, objectives)
        counted += unbeaten(means).sum(axis=0)
        total += len(weights)
    return counted / max(1, total)


__all__ = ["chance_unbeaten", "thinned", "unbeaten"]
