"""Elementary effects of factors from a Morris design: what a step across half of a factor's range changes.

Of trajectory t there are the values after each of its steps. The effect of a factor is the change that its step brings, taken
upwards for a single input; a group of inputs, and chance, have no direction. Effects are those of the step itself, not divided by its
length. Their mean absolute value (mu*) ranks factors, also where effects cancel; their mean (mu) says which way; their standard
deviation (sigma), beside mu*, how far an effect hangs on the other factors or is no straight line.

Intervals are 95 %, by the bootstrap over trajectories (percentiles); of a 0/1 value, whose mu* is the share of steps that change it,
as wide as Jeffreys' of that share where few steps change it.

Sources: Morris (1991), Technometrics 33(2), 161-174; Campolongo, Cariboni and Saltelli (2007), Environmental Modelling and Software
22(10), 1509-1518.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.resampling import bootstrap_counts
from sim.analysis.sobol_indices import FEW, Index, share_ends

RESAMPLES = 1000
_OWNER = "sensitivity"  # of the draws


@dataclass(frozen=True)
class Effect:
    """Effects of a factor's steps.

    Attributes
    ----------
    size : mean absolute effect (mu*)
    mean : mean effect (mu); nan for what has no direction
    spread : standard deviation of effects (sigma); of absolute ones where they have no direction
    """

    size: Index
    mean: Index
    spread: float


@dataclass(frozen=True)
class MorrisEffects:
    """Effects of all factors, in the order of the design; chance is the last."""

    mean: float
    deviation: float
    effects: tuple[Effect, ...]
    trajectories: int


def morris_effects(
    values: np.ndarray, steps: np.ndarray, directions: np.ndarray, root_seed: int, resamples: int = RESAMPLES
) -> MorrisEffects:
    """The effects.

    Parameters
    ----------
    values : float64, shape (trajectories, factors + 2): at the start, after each step, after the change of draws
    steps : ints, shape (trajectories, factors): at which step, counted from 0, each factor changes
    directions : shape (trajectories, factors): 1 or -1; 0 for a factor without direction
    """
    number = len(values)
    changes = np.diff(values, axis=1)
    of_inputs = np.take_along_axis(changes[:, :-1], steps, axis=1)
    effects = np.concatenate([of_inputs, changes[:, -1:]], axis=1)
    signs = np.concatenate([directions, np.zeros((number, 1))], axis=1)
    upward, absolute = effects * signs, np.abs(effects)
    means, sizes = [], []
    for counts in bootstrap_counts(number, resamples, root_seed, _OWNER):
        means.append(counts @ upward / number)
        sizes.append(counts @ absolute / number)
    all_means, all_sizes = np.concatenate(means), np.concatenate(sizes)
    is_share = bool(np.isin(values, (0.0, 1.0)).all())
    found = []
    for i in range(effects.shape[1]):
        directed = bool(signs[:, i].any())
        size = _of_step(absolute[:, i], all_sizes[:, i])
        changed = int(np.count_nonzero(absolute[:, i]))
        if is_share and changed < FEW:
            low, high = share_ends(changed, number)
            size = Index(size.value, min(size.low, low), max(size.high, high))
        mean = _of_step(upward[:, i], all_means[:, i]) if directed else Index(math.nan, math.nan, math.nan)
        spread = float((upward if directed else absolute)[:, i].std(ddof=1))
        found.append(Effect(size, mean, spread))
    starts = values[:, [0, -1]]
    return MorrisEffects(float(starts.mean()), float(starts.std()), tuple(found), number)


def _of_step(effects: np.ndarray, drawn: np.ndarray) -> Index:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Index(float(effects.mean()), float(low), float(high))
