"""How histories end in the equilibria of an empirical game, beside the scenario's default play."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.empirical_game import EmpiricalGame
from sim.analysis.estimates import Z95, share
from sim.experiments.empirical import Samples


@dataclass(frozen=True)
class Ending:
    """The share of an outcome class in some play with its 95 % interval, and how far it lies from the default play's.

    ``error`` is the standard error of ``difference``, by pairs of histories with the same draws.
    """

    share: float
    low: float
    high: float
    difference: float
    error: float


def endings(found: EmpiricalGame) -> list[list[Ending]]:
    """For the default play and then each equilibrium the ending of every outcome class, in order."""
    plays = [np.eye(len(found.profiles))[0], *(found.weights(one) for one in found.equilibria)]
    return [[_ending(found.samples, play, plays[0], k) for k in range(len(found.profiles.classes))] for play in plays]


def _ending(samples: Samples, play: np.ndarray, default: np.ndarray, item: int) -> Ending:
    mean, error = _mean(samples, play, item)
    difference, apart = _mean(samples, play - default, item)
    used = np.flatnonzero(play > 0.0)
    if len(used) == 1:
        outcomes = samples.outcomes[used[0]]
        known = share(int((outcomes == item).sum()), len(outcomes))
        return Ending(known.share, known.low, known.high, difference, apart)
    return Ending(mean, max(0.0, mean - Z95 * error), min(1.0, mean + Z95 * error), difference, apart)


def _mean(samples: Samples, weights: np.ndarray, item: int) -> tuple[float, float]:
    """The weighted sum of a class's shares in the profiles, and its standard error with histories paired."""
    used = [int(k) for k in np.flatnonzero(weights)]
    is_it = {k: (samples.outcomes[k] == item).astype(float) for k in used}
    mean = sum(float(weights[k]) * float(is_it[k].mean()) for k in used)
    variance = sum(float(weights[k] * weights[j]) * _covariance(is_it[k], is_it[j]) for k in used for j in used)
    return mean, math.sqrt(max(0.0, variance))


def _covariance(one: np.ndarray, other: np.ndarray) -> float:
    """Covariance of two means over the first histories of each: of pairs, over the longer number."""
    both = min(len(one), len(other))
    first, second = one[:both], other[:both]
    return float(((first - first.mean()) * (second - second.mean())).sum() / max(1, both - 1)) / max(len(one), len(other))


