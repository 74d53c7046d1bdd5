"""Whether the procedure finds parameters that are known: simulation-based calibration by ranks.

Each check takes a simulated point of the prior for the truth, has bands stated by somebody who knows its figures as well as the real
bands are known, and looks where the truth lies in the posterior that all other points give. If the procedure is right, the rank of the
truth is even on (0, 1) for every parameter. Nothing is simulated anew: the points of the first wave serve for all checks.

Source: Cook, Gelman and Rubin (2006); Talts and others (2018), arXiv 1804.06788.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.estimation.likelihood_free.bands import Bands
from sim.estimation.likelihood_free.rejection import FEWEST, posterior, weighted_quantiles

BINS = 10


@dataclass(frozen=True)
class RankCheck:
    """Ranks of known parameters.

    Attributes
    ----------
    ranks : float64, shape (checks, parameters)
        Where the truth lay in its posterior, in (0, 1).
    covered : float64, shape (parameters,)
        In what share of the checks the central 90 % interval held the truth.
    explained : float64, shape (parameters,)
        How much of the truths' variance the posterior means explain: 1, found exactly; 0, no better than the prior.
    left_out : int
        Checks whose bands too few points met for a posterior.
    """

    ranks: np.ndarray
    covered: np.ndarray
    explained: np.ndarray
    left_out: int

    @property
    def histograms(self) -> np.ndarray:
        """Counts of ranks in `BINS` equal parts, int, shape (parameters, BINS)."""
        return np.array([np.histogram(column, BINS, (0.0, 1.0))[0] for column in self.ranks.T]).reshape(-1, BINS)

    def uneven(self) -> np.ndarray:
        """Chance of a histogram as uneven as each, if ranks were even: chi-square with BINS - 1 degrees; float64, shape (parameters,)."""
        from scipy.stats import chi2

        counts = self.histograms
        expected = max(len(self.ranks), 1) / BINS
        return chi2.sf(np.sum((counts - expected) ** 2, axis=1) / expected, BINS - 1)


def rank_check(
    points: np.ndarray, figures: np.ndarray, bands: Bands, most: int, rng: np.random.Generator, fewest: float = FEWEST
) -> RankCheck:
    """Checks with the first points of a sample of the prior as truths.

    Parameters
    ----------
    points, figures : float64, shape (points, parameters) and (points, figures)
        Of the prior alone: points of later waves are chosen by the bands.
    most : int
        Checks at most.
    """
    ranks, truths, means, covered = [], [], [], []
    left_out = 0
    number = min(most, len(points))
    for j in range(number):
        uniforms, normals, jitter = rng.random(figures.shape[1]), rng.standard_normal(figures.shape[1]), rng.random(points.shape[1])
        if np.any(np.isnan(figures[j])):
            left_out += 1
            continue
        others = np.arange(len(points)) != j
        found = posterior(points[others], figures[others], bands.shifted(figures[j], uniforms, normals), np.ones(len(points) - 1), fewest)
        if found is None:
            left_out += 1
            continue
        below = found.weights @ (found.points < points[j])
        # A rank among n effective points has steps of 1 / (n + 1); within one it is even.
        n = found.effective
        ranks.append(np.clip((below * n + jitter) / (n + 1.0), 0.0, 1.0 - 1e-12))
        truths.append(points[j])
        means.append(found.weights @ found.points)
        ends = np.column_stack([weighted_quantiles(column, found.weights, (0.05, 0.95)) for column in found.points.T])
        covered.append((points[j] >= ends[0]) & (points[j] <= ends[1]))
    width = points.shape[1]
    if not ranks:
        return RankCheck(np.zeros((0, width)), np.full(width, np.nan), np.full(width, np.nan), left_out)
    errors, spread = np.var(np.array(truths) - np.array(means), axis=0), np.var(np.array(truths), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = 1.0 - errors / spread
    return RankCheck(np.array(ranks), np.mean(covered, axis=0), explained, left_out)
