"""The posterior from simulated points: weights by their bands, and what a wider kernel would spoil, adjusted by regression.

A point has the weight of its figures under the bands: with tolerances that mean what they say, this is no approximation but the
posterior under these bands (Wilkinson 2013). Where too few points have weight, the tolerances are widened by a common factor, and the
points are moved by what a local linear regression says that the widening did (Beaumont, Zhang and Balding 2002). Points of later waves
lie in a smaller region; each counts by one over the density with which all waves together fell where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.estimation.likelihood_free.bands import Bands
from sim.estimation.likelihood_free.history_matching import Region

FEWEST = 50.0  # effective points below which a posterior has no shape
WIDENINGS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0)  # factors of the tolerances that are tried
FARTHEST = 3.0  # tolerances
LEAST_MET = 0.25  # part of the weight that must lie within a band for its figure to be adjusted
POINTS_A_FIGURE = 8  # effective points for each slope of the regression
_EDGE = 1e-6  # of (0, 1), beyond which the logit is not taken


@dataclass(frozen=True)
class Posterior:
    """Weighted points.

    Attributes
    ----------
    points : float64, shape (points, parameters)
        Coordinates in (0, 1), adjusted where tolerances were widened.
    weights : float64, shape (points,)
        They sum to 1.
    widened : float
        Factor of the tolerances; 1 where they are those of the bands.
    is_adjusted : bool
        Whether points were moved for that.
    """

    points: np.ndarray
    weights: np.ndarray
    widened: float
    is_adjusted: bool = False

    @property
    def effective(self) -> float:
        """How many points of equal weight would tell as much."""
        return effective(self.weights)

    def quantiles(self, chances: Sequence[float]) -> np.ndarray:
        """Of each parameter, float64, shape (chances, parameters)."""
        return np.column_stack([weighted_quantiles(column, self.weights, chances) for column in self.points.T])

    def drawn(self, number: int, start: float) -> np.ndarray:
        """Places of so many points, each as often as its weight says, by one uniform (systematic resampling)."""
        marks = (np.arange(number) + start) / number
        return np.minimum(np.searchsorted(np.cumsum(self.weights), marks), len(self.weights) - 1)


def effective(weights: np.ndarray) -> float:
    """Kish's effective number of weights; 0 where all are 0."""
    total = float(np.sum(weights))
    return 0.0 if total <= 0.0 else total * total / float(np.sum(weights * weights))


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, chances: Sequence[float]) -> np.ndarray:
    """Quantiles of weighted values, between neighbours in proportion; float64, shape (chances,).

    The i-th of n equal weights stands for i / (n + 1), which is where it lies on average; n is the effective number.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    middles = (reached - 0.5 * weights[order]) / reached[-1]
    number = effective(weights)
    return np.interp(chances, (middles * number + 0.5) / (number + 1.0), values[order])


def density_weights(points: np.ndarray, waves: Sequence[tuple[Region, int]]) -> np.ndarray:
    """One over the density with which waves of so many points each fell at a point, relative to the prior; float64, shape (points,)."""
    density = np.zeros(len(points))
    for region, number in waves:
        density += np.where(region.holds(points), number / region.volume, 0.0)
    return np.where(density > 0.0, 1.0 / np.maximum(density, 1e-300), 0.0)


def kernel(distances: np.ndarray, widened: float = 1.0) -> np.ndarray:
    """Weights of points by the distances of their figures in tolerances; float64, shape (points,).

    Nothing where a figure lies more than `FARTHEST` (widened) tolerances off: points that are all far away would else be weighed
    against each other.
    """
    scaled = distances / widened
    return np.where(np.all(scaled <= FARTHEST, axis=1), np.exp(-0.5 * np.sum(np.minimum(scaled, FARTHEST) ** 2, axis=1)), 0.0)


def posterior(points: np.ndarray, figures: np.ndarray, bands: Bands, prior_weights: np.ndarray, fewest: float = FEWEST) -> Posterior | None:
    """The posterior at the smallest widening with which enough points have weight; None where too few have at the largest.

    Parameters
    ----------
    points : float64, shape (points, parameters)
    figures : float64, shape (points, figures)
    prior_weights : float64, shape (points,)
        `density_weights`; all alike for points of the prior.
    """
    distances = bands.distances(figures)
    for widened in WIDENINGS:
        weights = prior_weights * kernel(distances, widened)
        if effective(weights) >= fewest:
            weights = weights / weights.sum()
            moved = adjusted(points, bands.beyond(figures), weights, widened)
            return Posterior(moved, weights, widened, not np.array_equal(moved, points))
    return None


def adjusted(points: np.ndarray, beyond: np.ndarray, weights: np.ndarray, widened: float) -> np.ndarray:
    """The points moved by what widened tolerances let in: a local linear regression of their logits on how far figures lie beyond.

    At a widening of 1 nothing moves; the wider, the nearer figures are moved to their bands. A figure that hardly any of the points brings
    into its band is left alone, for a straight line would have to be drawn beyond all that was simulated; and all are where there are too
    few points for a regression.
    """
    used = np.flatnonzero(weights > 0.0)
    moved = np.array(points, dtype=np.float64)
    met = weights @ (beyond == 0.0)
    figures = np.flatnonzero((met >= LEAST_MET) & (met < 1.0))
    if widened <= 1.0 or not len(figures) or effective(weights) < POINTS_A_FIGURE * (len(figures) + 1):
        return moved
    beyond = beyond[:, figures]
    x = np.column_stack([np.ones(len(used)), beyond[used]])
    root = np.sqrt(weights[used])[:, None]
    inside = np.clip(points[used], _EDGE, 1.0 - _EDGE)
    logits = np.log(inside / (1.0 - inside))
    slopes = np.linalg.lstsq(root * x, root * logits, rcond=None)[0][1:]
    logits = logits - (1.0 - 1.0 / widened) * (beyond[used] @ slopes)
    moved[used] = 1.0 / (1.0 + np.exp(-logits))
    return moved


def correlations(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Rank correlations of weighted points, float64, shape (parameters, parameters)."""
    ranks = np.empty_like(points)
    for k, column in enumerate(points.T):
        order = np.argsort(column, kind="stable")
        ranks[order, k] = np.cumsum(weights[order]) - 0.5 * weights[order]
    centred = ranks - weights @ ranks
    covariance = (centred * weights[:, None]).T @ centred
    deviation = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = covariance / np.outer(deviation, deviation)
    return np.where(np.isfinite(found), np.clip(found, -1.0, 1.0), np.eye(len(found)))
