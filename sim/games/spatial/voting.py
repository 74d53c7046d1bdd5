"""Votes between two positions, the coalitions they make, and who wins.

Source: KTAB Spatial Model of Politics (KAPSARC), whose names of the rules stand in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STEP = 1e-8  # difference of utilities from which a binary vote is whole
BINARY_PART = 0.2  # of the proportional-binary rule; KTAB: slopes and jump are then even
CUBIC_PART = 0.5  # of the proportional-cubic rule
LEAST_COALITION = 1e-10  # share of all capability that every side has, so that no division is by zero


def _binary(gain: np.ndarray) -> np.ndarray:
    return np.clip(gain / STEP, -1.0, 1.0)


RESPONSES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "binary": _binary,
    "prop_binary": lambda gain: (1.0 - BINARY_PART) * gain + BINARY_PART * _binary(gain),
    "prop": lambda gain: gain,
    "prop_cubic": lambda gain: (1.0 - CUBIC_PART) * gain + CUBIC_PART * gain**3,
    "cubic": lambda gain: gain**3,
    "asymmetric": lambda gain: np.where(gain < 0.0, gain, 2.0 * gain / 3.0),
}
RULES = {  # names in KTAB
    "binary": "Binary", "prop_binary": "PropBin", "prop": "Prop", "prop_cubic": "PropCbc", "cubic": "Cubic",
    "asymmetric": "ASymProsp",
}  # fmt: skip


def votes(capability: np.ndarray, utilities: np.ndarray, rule: str) -> np.ndarray:
    """Every actor's vote for each position against each other one.

    Parameters
    ----------
    capability : float array, shape (..., n)
    utilities : float array, shape (..., n, m)
        Of m positions to n actors.
    rule : str
        A name of `RESPONSES`.

    Returns
    -------
    float array, shape (..., n, m, m)
        Above 0 for i, below 0 for j; in units of capability.
    """
    gain = utilities[..., :, :, None] - utilities[..., :, None, :]
    return capability[..., :, None, None] * RESPONSES[rule](gain)


def coalitions(capability: np.ndarray, utilities: np.ndarray, rule: str) -> np.ndarray:
    """Strength of the coalition for each position against each other one.

    Parameters as for `votes`, whose positive parts are summed actor by actor: a hundred actors need no cube of pairs.

    Returns
    -------
    float array, shape (..., m, m)
        Never below `LEAST_COALITION` of all capability, which also stands on the diagonal.
    """
    total = capability.sum(axis=-1)[..., None, None]
    respond = RESPONSES[rule]
    strength = np.zeros((*utilities.shape[:-2], utilities.shape[-1], utilities.shape[-1]))
    for actor in range(utilities.shape[-2]):
        gain = utilities[..., actor, :, None] - utilities[..., actor, None, :]
        strength += capability[..., actor, None, None] * np.maximum(respond(gain), 0.0)
    places = np.arange(utilities.shape[-1])
    strength[..., places, places] = 0.0
    return strength + LEAST_COALITION * np.where(total > 0.0, total, 1.0)


def victory_probabilities(strength: np.ndarray, exponent: float = 1.0) -> np.ndarray:
    """Chance that the coalition for i beats that for j: ``C_ij**e / (C_ij**e + C_ji**e)``.

    Parameters
    ----------
    strength : float array, shape (..., m, m)
        As `coalitions` gives it.
    exponent : float
        1 is KTAB's linear rule, 2 its square, 4 its quartic, 8 its octic one.

    Returns
    -------
    float array, shape (..., m, m)
        With its transpose it sums to 1; one half on the diagonal.
    """
    other = np.swapaxes(strength, -1, -2)
    # The ratio of the smaller to the larger is at most 1, so that no power overflows.
    ratio = np.minimum(strength, other) / np.maximum(strength, other)
    loses = ratio**exponent / (1.0 + ratio**exponent)
    return np.where(strength >= other, 1.0 - loses, loses)
