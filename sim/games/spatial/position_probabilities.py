"""With what probability each of several positions comes out on top, from its chances against each other one.

Source: KTAB Spatial Model of Politics (KAPSARC), its probabilistic Condorcet elections.
"""

from __future__ import annotations

import numpy as np

SAME = 1e-3  # share of the scale within which two positions count as one (KTAB)
NO_CHALLENGE = 1e-12  # incentive, in parts of the largest, of the favourite to stand against itself
DOUBLINGS = 64  # of the steps of the chain: 2**64 of them are its limit


def first_holders(positions: np.ndarray, same: float = SAME) -> np.ndarray:
    """For each actor the number of the first one in order that holds its position.

    Parameters
    ----------
    positions : float array, shape (..., n, d)
        In shares of the scale.
    same : float
        Distance within which positions count as one.

    Returns
    -------
    int array, shape (..., n)
        An actor that is its own first holder stands for a distinct position.
    """
    apart = np.sqrt(((positions[..., :, None, :] - positions[..., None, :, :]) ** 2).sum(axis=-1))
    n = positions.shape[-2]
    holder = np.zeros(positions.shape[:-1], dtype=np.int64)
    for actor in range(n):
        first = np.zeros(positions.shape[:-2], dtype=np.int64) + actor
        for earlier in range(actor - 1, -1, -1):
            stands = (holder[..., earlier] == earlier) & (apart[..., actor, earlier] < same)
            first = np.where(stands, earlier, first)
        holder[..., actor] = first
    return holder


def conditional(victory: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Chance of each position to beat all others, given that one of them does.

    Parameters
    ----------
    victory : float array, shape (..., m, m)
    present : bool array, shape (..., m)
        Positions that take part; the others get 0.

    Returns
    -------
    float array, shape (..., m)
        Sums to 1.
    """
    logs = np.where(present[..., None, :], np.log(victory), 0.0).sum(axis=-1)
    logs = np.where(present, logs, -np.inf)
    chances = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return chances / chances.sum(axis=-1, keepdims=True)


def markov_incentive(strength: np.ndarray, victory: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Long-run share of time in which each position is the favourite, when those challenge who have most to win.

    Parameters
    ----------
    strength, victory : float arrays, shape (..., m, m)
    present : bool array, shape (..., m)

    Returns
    -------
    float array, shape (..., m)
        Limit, from equal chances, of the chain in which i challenges the favourite j with a chance in proportion to
        ``C_ij V_ij`` and wins with chance ``V_ij``. Sums to 1.
    """
    both = present[..., :, None] & present[..., None, :]
    incentive = np.where(both, strength * victory, 0.0)
    m = strength.shape[-1]
    places = np.arange(m)
    largest = incentive.max(axis=(-1, -2), keepdims=True)
    incentive[..., places, places] += NO_CHALLENGE * np.where(largest > 0.0, largest, 1.0)[..., 0]
    return _limit(victory, incentive / incentive.sum(axis=-2, keepdims=True), present)


def markov_uniform(strength: np.ndarray, victory: np.ndarray, present: np.ndarray) -> np.ndarray:
    """As `markov_incentive`, where every position is equally likely to challenge."""
    both = present[..., :, None] & present[..., None, :]
    challenge = np.where(both, 1.0, 0.0)
    m = strength.shape[-1]
    places = np.arange(m)
    challenge[..., places, places] = 1.0
    return _limit(victory, challenge / challenge.sum(axis=-2, keepdims=True), present)


def _limit(victory: np.ndarray, challenge: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Limit of the chain from equal chances; ``challenge[i, j]``: chance that i stands against the favourite j."""
    m = victory.shape[-1]
    places = np.arange(m)
    step = victory * challenge
    holds = (np.swapaxes(victory, -1, -2) * challenge).sum(axis=-2)  # the favourite beats whoever came
    step[..., places, places] += holds
    step = (step + np.eye(m)) / 2.0  # the same limit, and no oscillation
    for _ in range(DOUBLINGS):
        step = step @ step
        step /= step.sum(axis=-2, keepdims=True)
    start = present / present.sum(axis=-1, keepdims=True)
    return (step @ start[..., None])[..., 0]


MODELS = {
    "conditional": "ConditionalPCM",
    "markov_incentive": "MarkovIncentivePCM",
    "markov_uniform": "MarkovUniformPCM",
}


def position_probabilities(model: str, strength: np.ndarray, victory: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Probability of each position under a model of `MODELS`; parameters as for `markov_incentive`."""
    if model == "conditional":
        return conditional(victory, present)
    chain = markov_incentive if model == "markov_incentive" else markov_uniform
    return chain(strength, victory, present)
