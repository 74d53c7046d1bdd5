"""The likelihood of a self-exciting process with pauses, on many half-lives at once.

The rate outside pauses is ``baseline + branching * k(t)`` with ``k(t) = sum over earlier events of b exp(-b (t - t_j))`` and
``b = log 2 / half-life``: the hazard of `sim.rules.hazards` with a factor of one. Excitation fades through pauses and events in them
excite, but the rate there is a constant of its own. So the log-likelihood falls in two parts, and that of the time outside is

    sum over events outside of log(baseline + branching k(t_i))  -  baseline T  -  branching G

with T the time outside and G the integral of k over it. For a given half-life it is concave in baseline and branching; both are found
by bisection of a derivative, with no starting value and no other maximum to fall into.

Source: Ozaki (1979), Annals of the Institute of Statistical Mathematics 31, 145-155.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from sim.estimation.point_record import PointRecord

MOST_BRANCHING = 0.999  # from 1 on the process explodes, and no scenario may have it
STEPS = 44  # of a bisection: to thirteen digits of where it looks
PROFILE_STEPS = 26  # of one for a profile, whose values at their maximum depend on the square of what is left


class Likelihood:
    """Log-likelihoods of the time outside pauses, one for each half-life.

    Parameters
    ----------
    record : PointRecord
    half_lives : float array, shape (half-lives,)
        In the unit of the record's times.
    """

    def __init__(self, record: PointRecord, half_lives: np.ndarray) -> None:
        self.half_lives = np.asarray(half_lives, dtype=float)
        self.exposure = record.exposure
        sums, self.followed = excitation_sums(record, math.log(2.0) / self.half_lives)
        self.sums = sums[:, ~record.is_paused]
        self.num_events = self.sums.shape[1]

    def value(self, baseline: np.ndarray, branching: np.ndarray) -> np.ndarray:
        """Log-likelihood, shape (..., half-lives); -inf where an event had no chance.

        ``baseline`` and ``branching`` have a shape that broadcasts to it.
        """
        rates = np.asarray(baseline)[..., None] + np.asarray(branching)[..., None] * self.sums
        with np.errstate(divide="ignore"):
            logs = np.log(rates)
        return logs.sum(axis=-1) - baseline * self.exposure - branching * self.followed

    def best(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Baseline, branching and log-likelihood at the maximum of each half-life, each of shape (half-lives,).

        At an inner maximum ``baseline T + branching G`` is the number of events, which leaves one unknown.
        """
        followed = np.maximum(self.followed, 1e-300)
        high = np.minimum(MOST_BRANCHING, self.num_events / followed * (1.0 - 1e-12))
        mean, share = self.num_events / self.exposure, followed / self.exposure

        def slope(branching: np.ndarray) -> np.ndarray:
            rates = (mean - branching * share)[:, None] + branching[:, None] * self.sums
            return ((self.sums - share[:, None]) / rates).sum(axis=1)

        branching = _root(slope, np.zeros_like(high), high)
        baseline = np.maximum(mean - branching * share, 0.0)
        capped = branching >= MOST_BRANCHING - 1e-9
        if capped.any():
            branching = np.where(capped, MOST_BRANCHING, branching)
            baseline = np.where(capped, self.best_baseline(branching), baseline)
        return baseline, branching, self.value(baseline, branching)

    def best_baseline(self, branching: np.ndarray) -> np.ndarray:
        """The baseline that is likeliest with a branching, both of shape (..., half-lives)."""
        excited = np.asarray(branching)[..., None] * self.sums

        def slope(baseline: np.ndarray) -> np.ndarray:
            return (1.0 / (baseline[..., None] + excited)).sum(axis=-1) - self.exposure

        shape = excited.shape[:-1]
        return _root(slope, np.zeros(shape), np.full(shape, self.num_events / self.exposure), PROFILE_STEPS)

    def best_branching(self, baseline: np.ndarray) -> np.ndarray:
        """The branching that is likeliest with a baseline, both of shape (..., half-lives)."""
        base = np.asarray(baseline)[..., None]

        def slope(branching: np.ndarray) -> np.ndarray:
            return (self.sums / (base + branching[..., None] * self.sums)).sum(axis=-1) - self.followed

        shape = base.shape[:-1]
        return _root(slope, np.zeros(shape), np.full(shape, MOST_BRANCHING), PROFILE_STEPS)


def _root(
    slope: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray, steps: int = STEPS
) -> np.ndarray:
    """Where a falling function is zero between ``low`` and ``high``, or the end that is nearer to zero."""
    low, high = low.copy(), high.copy()
    for _ in range(steps):
        middle = 0.5 * (low + high)
        rises = slope(middle) > 0.0
        low = np.where(rises, middle, low)
        high = np.where(rises, high, middle)
    return 0.5 * (low + high)


def excitation_sums(record: PointRecord, decays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Excitation per unit of branching: at each event, and its integral over the window outside pauses.

    Parameters
    ----------
    record : PointRecord
    decays : float array, shape (decays,)

    Returns
    -------
    sums : float array, shape (decays, events)
        ``sum over earlier events of b exp(-b (t_i - t_j))`` at the events of the window.
    followed : float array, shape (decays,)
        Followers expected per unit of branching outside pauses.
    """
    num = decays.size
    level = np.zeros(num)  # sum of exp(-b (now - t_j))
    sums = np.empty((num, record.times.size))
    followed = np.zeros(num)
    now = record.start
    for place, time in enumerate(record.earlier):
        level = level * np.exp(-decays * (time - record.earlier[place - 1])) + 1.0 if place else np.ones(num)
    if record.earlier.size:
        level = level * np.exp(-decays * (record.start - record.earlier[-1]))
    number = 0
    for start, end, paused in record.pieces():
        while True:
            is_event = number < record.times.size and record.times[number] < end
            until = record.times[number] if is_event else end
            faded = level * np.exp(-decays * (until - now))
            if not paused:
                followed += level - faded
            level, now = faded, until
            if not is_event:
                break
            sums[:, number] = decays * level
            level = level + 1.0
            number += 1
        assert now == end >= start
    return sums, followed
