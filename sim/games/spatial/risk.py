"""Attitudes to risk as the models infer them: from the danger an actor is in, or from its chance to prevail."""

from __future__ import annotations

import numpy as np

from sim.games.spatial import TIE

RANGES = {"min": (0.0, 1.0), "mid": (-0.5, 1.0), "max": (-1.0, 1.0)}  # from the least likely to the likeliest position


def risk_from_danger(danger: np.ndarray) -> np.ndarray:
    """Attitude of each actor from -1 (in least danger) to 1 (in most): ``(2 D - max - min) / (max - min)``.

    Parameters
    ----------
    danger : float array, shape (..., n)
        Sum of what all others expect to gain by challenging the actor.

    Returns
    -------
    float array, shape (..., n)
        0 for all where all are in equal danger.

    Source: Scholz, Calbert and Smith (2011), Journal of Theoretical Politics 23(4), 510-531.
    """
    return _between(danger, -1.0, 1.0)


def exponent_of_risk(risk: np.ndarray, base: float = 1.0) -> np.ndarray:
    """Exponent of an actor's utilities: ``base (1 - R/3) / (1 + R/3)``, from 2 at R = -1 to 1/2 at R = 1 of the base.

    Source: Bueno de Mesquita (1985), American Political Science Review 79(1), 156-172.
    """
    return base * (1.0 - risk / 3.0) / (1.0 + risk / 3.0)


def risk_from_probability(probability: np.ndarray, rule: str = "mid") -> np.ndarray:
    """Attitude of each actor from the probability of its position: the likeliest dares most.

    Parameters
    ----------
    probability : float array, shape (..., n)
    rule : str
        Range of the attitudes, of `RANGES`; ``mid`` is ``(3 p - (max + 2 min)) / (2 (max - min))``.

    Returns
    -------
    float array, shape (..., n)
        0 for all where all are equally likely.

    Source: KTAB Spatial Model of Politics (KAPSARC), BigRRange.
    """
    return _between(probability, *RANGES[rule])


def _between(values: np.ndarray, least: float, most: float) -> np.ndarray:
    low, high = values.min(axis=-1, keepdims=True), values.max(axis=-1, keepdims=True)
    span = high - low
    scale = np.maximum(np.abs(low), np.abs(high))
    differ = span > TIE * np.where(scale > 0.0, scale, 1.0)
    share = (values - low) / np.where(differ, span, 1.0)
    return np.where(differ, least + (most - least) * share, 0.0)
