"""Round after round of the challenge model, until it is settled or the rounds are used up.

The published model has no stopping rule and need not converge: on its best known table positions jump about for as long
as one looks. When to stop is therefore part of the model, and part of its answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.spatial.averages import weighted_mean, weighted_median
from sim.games.spatial.challenge import STAYS, play_round


@dataclass(frozen=True)
class Rounds:
    """The course of the model; ``t`` counts rounds from 0, the table as given. After the end everything stays."""

    positions: np.ndarray  # (..., t + 1, n)
    median: np.ndarray  # (..., t + 1)
    mean: np.ndarray  # (..., t + 1)
    risk: np.ndarray  # (..., t, n): before the moves of each round
    danger: np.ndarray  # (..., t, n)
    kind: np.ndarray  # (..., t, n)
    partner: np.ndarray  # (..., t, n)
    played: np.ndarray  # (...): rounds until the end
    settled: np.ndarray  # (...): whether nobody moved any more

    def after(self, number: int) -> np.ndarray:
        """The weighted median after so many rounds, shape (...)."""
        return self.median[..., min(number, self.median.shape[-1] - 1)]


def play_rounds(
    positions: np.ndarray,
    capability: np.ndarray,
    salience: np.ndarray,
    most: int = 10,
    settled: float = 0.001,
    exponent: float = 1.0,
    status_quo: float = 1.0,
    compromise: str = "published",
) -> Rounds:
    """Rounds on one scale.

    Parameters
    ----------
    positions, capability, salience : float arrays, shape (..., n)
    most : int
        Rounds after which it ends in any case, from 1.
    settled : float
        It ends after a round in which nobody moves further than this share of the first positions' range.
    exponent, status_quo, compromise
        As in `challenge.play_round`.
    """
    weights = capability * salience
    span = positions.max(axis=-1) - positions.min(axis=-1)
    going = np.ones(span.shape, dtype=bool)
    played = np.zeros(span.shape, dtype=np.int64)
    course, told = [positions], []
    for _ in range(most):
        found = play_round(course[-1], capability, salience, span, exponent, status_quo, compromise)
        kept = going[..., None]
        after = np.where(kept, found.positions, course[-1])
        moved = np.abs(after - course[-1]).max(axis=-1)
        played += going
        course.append(after)
        told.append((found.risk, found.danger, np.where(kept, found.kind, STAYS), np.where(kept, found.partner, -1)))
        going = going & (moved > settled * span)
    risk, danger, kind, partner = (np.stack(part, axis=-2) for part in zip(*told, strict=True))
    places = np.stack(course, axis=-2)
    across = weights[..., None, :]
    return Rounds(
        places,
        weighted_median(places, np.broadcast_to(across, places.shape)),
        weighted_mean(places, across),
        risk,
        danger,
        kind,
        partner,
        played,
        ~going,
    )
