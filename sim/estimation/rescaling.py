"""Goodness of fit by time rescaling: with the right hazard, the hazard spent between events is exponential of mean one.

Source: Brown, Barbieri, Ventura, Kass and Frank (2002), Neural Computation 14, 325-346; Ogata (1988), Journal of the American
Statistical Association 83, 9-27.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError
from sim.estimation.point_record import PointRecord
from sim.estimation.self_exciting import SelfExciting, SelfExcitingFit, fit
from sim.estimation.thinning import play

SAMPLES = 199  # of the bootstrap: p-values in steps of a half percent
CONSTANT, EXCITING = 0, 1  # lanes of the draws of the two bootstraps


def rescaled_gaps(record: PointRecord, hazard: SelfExciting) -> np.ndarray:
    """Hazard spent from each event to the next (the first from the window's start), shape (events,).

    What is spent after the last event is left out.
    """
    decay = hazard.decay
    level = float(np.exp(-decay * (record.start - record.earlier)).sum())
    now, spent, number, gaps = record.start, 0.0, 0, []
    for _, end, paused in record.pieces():
        while True:
            is_event = number < record.times.size and record.times[number] < end
            until = record.times[number] if is_event else end
            faded = level * float(np.exp(-decay * (until - now)))
            if paused:
                spent += hazard.paused_rate * (until - now)
            else:
                spent += hazard.baseline * (until - now) + hazard.branching * (level - faded)
            level, now = faded, until
            if not is_event:
                break
            gaps.append(spent)
            spent, level, number = 0.0, level + 1.0, number + 1
    return np.array(gaps)


def distance_from_exponential(gaps: np.ndarray) -> float:
    """Greatest distance between the distribution of the gaps and the exponential of mean one (Kolmogorov and Smirnov); 1 without gaps."""
    if gaps.size == 0:
        return 1.0
    expected = 1.0 - np.exp(-np.sort(gaps))
    steps = np.arange(gaps.size + 1) / gaps.size
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


@dataclass(frozen=True)
class Assessment:
    """How well the hazard fits.

    Attributes
    ----------
    excitation_p : float
        How often a constant rate alone brings so large a likelihood ratio. Excitation of zero lies at the end of its range and leaves the
        half-life without meaning, so chi-squared does not hold; records are played with the constant rate and fitted instead.
    distance, distance_p : float
        Distance of the rescaled gaps from the exponential, and how often the fitted hazard, fitted anew, is as far from it.
    constant_distance : float
        The same distance for the constant rate.
    mean_gap, correlation : float
        Mean of the rescaled gaps (1 is right), and the correlation of neighbours (0 is right).
    again : SelfExciting
        Medians of the estimates from records played with the fitted hazard: where they differ from the fit, estimates from so few
        events are biased by about as much.
    samples : int
        Records played for each p-value.
    """

    excitation_p: float
    distance: float
    distance_p: float
    constant_distance: float
    mean_gap: float
    correlation: float
    again: SelfExciting
    samples: int


def assess(record: PointRecord, found: SelfExcitingFit, root_seed: int = 1, samples: int = SAMPLES) -> Assessment:
    """Bootstrap tests of excitation and of fit."""
    hazard = found.parameters
    constant = SelfExciting(found.outside.rate, 0.0, hazard.half_life, hazard.paused_rate)
    gaps = rescaled_gaps(record, hazard)
    distance = distance_from_exponential(gaps)
    ratios = [
        0.0 if refit is None else refit.likelihood_ratio
        for _, refit in _played(constant, record, root_seed, samples, CONSTANT)
    ]
    distances, estimates = [], []
    for played, refit in _played(hazard, record, root_seed, samples, EXCITING):
        if refit is None:
            distances.append(1.0)
            continue
        distances.append(distance_from_exponential(rescaled_gaps(played, refit.parameters)))
        estimates.append(refit.parameters)
    return Assessment(
        excitation_p=_p_value(ratios, found.likelihood_ratio),
        distance=distance,
        distance_p=_p_value(distances, distance),
        constant_distance=distance_from_exponential(rescaled_gaps(record, constant)),
        mean_gap=float(gaps.mean()),
        correlation=_correlation(gaps),
        again=SelfExciting(*(float(value) for value in np.median(np.array(estimates), axis=0))),
        samples=samples,
    )


def _p_value(samples: list[float], observed: float) -> float:
    return (1 + sum(value >= observed for value in samples)) / (len(samples) + 1)


def _played(
    hazard: SelfExciting, record: PointRecord, root_seed: int, samples: int, lane: int
) -> Iterator[tuple[PointRecord, SelfExcitingFit | None]]:
    """Records played with a hazard and what is fitted to each; None where it has too few events."""
    for number in range(samples):
        played = play(hazard, record, root_seed, number, lane)
        try:
            yield played, fit(played, intervals=False)
        except ParameterError:
            yield played, None


def _correlation(gaps: np.ndarray) -> float:
    """Of each gap's quantile with the next one's; 0 where there are fewer than three."""
    if gaps.size < 3:
        return 0.0
    quantiles = 1.0 - np.exp(-gaps)
    one, other = quantiles[:-1] - quantiles[:-1].mean(), quantiles[1:] - quantiles[1:].mean()
    spread = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / spread if spread > 0.0 else 0.0
