"""Maximum likelihood for a self-exciting hazard that is off in pauses: estimates, standard errors, profile intervals.

Half-lives are tried on a grid from one day, below which dates by day tell nothing, to the length of the record; for each the other two
parameters are exact. So the maximum is the highest of the whole range and not one near a starting value. Intervals are those of the
profile likelihood, which stay inside the range of a parameter and say when it has no upper end; standard errors come from the observed
information and serve to compare.

Rates are per unit of the record's times (days), the half-life is in that unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.errors import ParameterError
from sim.estimation.likelihood import MOST_BRANCHING, Likelihood
from sim.estimation.point_record import PointRecord
from sim.estimation.rates import RateEstimate, exact_rate

FEWEST = 5  # events outside pauses; fewer leave nothing to tell excitation from chance
SHORTEST = 1.0  # half-life in days
GRID = 64  # half-lives tried
PROFILE = 33  # points of a profile
REACH = 4.0  # how far below the maximum (in log-likelihood) half-lives still matter to a profile


class SelfExciting(NamedTuple):
    """A self-exciting hazard: rates per day, half-life in days, branching in [0, 1)."""

    baseline: float
    branching: float
    half_life: float
    paused_rate: float = 0.0

    @property
    def decay(self) -> float:
        """Decay of excitation per day."""
        return math.log(2.0) / self.half_life


@dataclass(frozen=True)
class Parameter:
    """An estimate with its standard error and profile interval.

    ``standard_error`` is None at a bound of the range; ``low`` and ``high`` are None where the data set no such end.
    """

    value: float
    standard_error: float | None
    low: float | None
    high: float | None

    def per(self, units: float) -> Parameter:
        """The same times ``units``."""
        ends = (None if end is None else end * units for end in (self.standard_error, self.low, self.high))
        return Parameter(self.value * units, *ends)


@dataclass(frozen=True)
class SelfExcitingFit:
    """What a record says of a self-exciting hazard.

    Attributes
    ----------
    baseline, branching, half_life : Parameter
        Per day; expected direct followers of an event; days.
    outside, paused : RateEstimate
        Events per day outside pauses and in them, as if rates were constant; ``paused`` is None without pauses.
    log_likelihood, log_likelihood_poisson : float
        Of the time outside pauses, with and without excitation.
    confidence : float
        Of all intervals.
    """

    baseline: Parameter
    branching: Parameter
    half_life: Parameter
    outside: RateEstimate
    paused: RateEstimate | None
    log_likelihood: float
    log_likelihood_poisson: float
    confidence: float

    @property
    def parameters(self) -> SelfExciting:
        """The estimates as a hazard."""
        paused = 0.0 if self.paused is None else self.paused.rate
        return SelfExciting(self.baseline.value, self.branching.value, self.half_life.value, paused)

    @property
    def likelihood_ratio(self) -> float:
        """Twice the gain in log-likelihood over a constant rate; large where events excite. Not chi-squared: see `assess`."""
        return 2.0 * (self.log_likelihood - self.log_likelihood_poisson)

    @property
    def long_run_rate(self) -> float:
        """Events per day that the estimates bring in the long run outside pauses: baseline / (1 - branching)."""
        return self.baseline.value / (1.0 - self.branching.value)


def fit(
    record: PointRecord, confidence: float = 0.95, intervals: bool = True, shortest: float = SHORTEST
) -> SelfExcitingFit:
    """Maximum likelihood estimates of a self-exciting hazard.

    Parameters
    ----------
    record : PointRecord
        Events before its window count as exciting it.
    confidence : float
        Of the intervals.
    intervals : bool
        Without them a fit takes a few milliseconds, as for bootstrap samples.
    shortest : float
        The shortest half-life that is tried, in the unit of the record.

    Raises
    ------
    ParameterError
        Fewer than five events outside pauses.
    """
    paused_events = int(record.is_paused.sum())
    num_events = record.times.size - paused_events
    if num_events < FEWEST:
        raise ParameterError(
            f"{num_events} events outside pauses are too few to tell excitation from chance: expected at least {FEWEST}",
            hint="a constant rate (poisson) can be estimated from any number",
        )
    longest = max(record.end - record.start, 10.0 * shortest)
    grid = Likelihood(record, np.geomspace(shortest, longest, GRID))
    _, _, values = grid.best()
    place = int(values.argmax())
    fine = Likelihood(
        record, np.geomspace(grid.half_lives[max(place - 1, 0)], grid.half_lives[min(place + 1, GRID - 1)], 9)
    )
    half_life = _peak(np.log(fine.half_lives), fine.best()[2])
    last = Likelihood(record, np.array([math.exp(half_life)]))
    baseline, branching, top = (float(item[0]) for item in last.best())
    poisson = num_events * math.log(num_events / record.exposure) - num_events
    top = max(top, poisson)
    if not intervals:
        found = [Parameter(value, None, None, None) for value in (baseline, branching, math.exp(half_life))]
    else:
        drop = _chi_squared_half(confidence)
        errors = _standard_errors(record, baseline, branching, math.exp(half_life))
        matters = values > top - REACH
        near = Likelihood(record, np.append(grid.half_lives[matters], last.half_lives))
        found = [
            Parameter(baseline, errors[0], *_baseline_interval(near, baseline, top, drop)),
            Parameter(branching, errors[1], *_branching_interval(near, branching, top, drop)),
            Parameter(math.exp(half_life), errors[2], *_half_life_interval(grid, half_life, values, top, drop)),
        ]
    return SelfExcitingFit(
        *found,
        outside=exact_rate(num_events, record.exposure, confidence),
        paused=exact_rate(paused_events, record.paused_exposure, confidence) if record.paused_exposure > 0.0 else None,
        log_likelihood=top,
        log_likelihood_poisson=poisson,
        confidence=confidence,
    )


def _peak(x: np.ndarray, y: np.ndarray) -> float:
    """Where a parabola through the highest of evenly spaced points and its neighbours has its top."""
    place = int(y.argmax())
    if place in (0, y.size - 1):
        return float(x[place])
    low, middle, high = y[place - 1 : place + 2]
    bend = low - 2.0 * middle + high
    return float(x[place] + (0.5 * (low - high) / bend) * (x[1] - x[0])) if bend < 0.0 else float(x[place])


def _chi_squared_half(confidence: float) -> float:
    """Half the quantile of chi-squared with one degree of freedom: how far a log-likelihood may lie below its maximum."""
    from scipy.special import gammaincinv

    return float(gammaincinv(0.5, confidence))


def _crossings(
    x: np.ndarray, profile: np.ndarray, best: float, top: float, drop: float
) -> tuple[float | None, float | None]:
    """Where a profile falls ``drop`` below the top, left and right of ``best``; None where it does not.

    Between points the signed root of twice the distance from the top is nearly straight.
    """
    root = np.sqrt(2.0 * np.maximum(top - profile, 0.0))
    limit = math.sqrt(2.0 * drop)
    ends: list[float | None] = []
    for side in (-1.0, 1.0):
        outward = np.argsort(side * (x - best))
        outward = outward[side * (x[outward] - best) > 0.0]
        points, heights = np.append(best, x[outward]), np.append(0.0, root[outward])
        beyond = np.flatnonzero(heights > limit)
        if beyond.size == 0:
            ends.append(None)
            continue
        n = int(beyond[0])
        share = (limit - heights[n - 1]) / (heights[n] - heights[n - 1])
        ends.append(float(points[n - 1] + share * (points[n] - points[n - 1])))
    return ends[0], ends[1]


def _baseline_interval(near: Likelihood, baseline: float, top: float, drop: float) -> tuple[float | None, float | None]:
    mean = near.num_events / near.exposure
    tried = np.geomspace(max(baseline, 1e-3 * mean) / 50.0, 3.0 * mean, PROFILE)
    wide = tried[:, None] * np.ones(near.half_lives.size)
    values = near.value(wide, near.best_branching(wide)).max(axis=1)
    low, high = _crossings(np.log(tried), values, math.log(max(baseline, 1e-300)), top, drop)
    return 0.0 if low is None else math.exp(low), None if high is None else math.exp(high)


def _branching_interval(near: Likelihood, branching: float, top: float, drop: float) -> tuple[float, float]:
    tried = np.linspace(0.0, MOST_BRANCHING, PROFILE)
    wide = tried[:, None] * np.ones(near.half_lives.size)
    values = near.value(near.best_baseline(wide), wide).max(axis=1)
    low, high = _crossings(tried, values, branching, top, drop)
    return 0.0 if low is None else low, MOST_BRANCHING if high is None else high


def _half_life_interval(
    grid: Likelihood, half_life: float, values: np.ndarray, top: float, drop: float
) -> tuple[float | None, float | None]:
    low, high = _crossings(np.log(grid.half_lives), values, half_life, top, drop)
    return None if low is None else math.exp(low), None if high is None else math.exp(high)


def _standard_errors(
    record: PointRecord, baseline: float, branching: float, half_life: float, step: float = 1e-3
) -> tuple[float | None, float | None, float | None]:
    """From the observed information in logarithms of baseline and half-life and the logit of branching; None at a bound."""
    if not 1e-6 < branching < MOST_BRANCHING - 1e-6 or baseline <= 0.0:
        return None, None, None
    moves = (-1, 0, 1)
    near = Likelihood(record, np.array([half_life * math.exp(step * move) for move in moves]))
    logit = math.log(branching / (1.0 - branching))
    values = {}
    for one in moves:
        for two in moves:
            rate = np.full(3, baseline * math.exp(step * one))
            share = np.full(3, 1.0 / (1.0 + math.exp(-(logit + step * two))))
            for three, value in zip(moves, near.value(rate, share), strict=True):
                values[one, two, three] = float(value)
    information = np.empty((3, 3))
    for i in range(3):
        for j in range(i, 3):
            a, b = [0, 0, 0], [0, 0, 0]
            a[i], b[j] = 1, 1
            if i == j:
                second = values[tuple(a)] - 2.0 * values[0, 0, 0] + values[tuple(-x for x in a)]
            else:
                plus, minus = [x + y for x, y in zip(a, b, strict=True)], [x - y for x, y in zip(a, b, strict=True)]
                second = 0.25 * (
                    values[tuple(plus)]
                    - values[tuple(minus)]
                    - values[tuple(-x for x in minus)]
                    + values[tuple(-x for x in plus)]
                )
            information[i, j] = information[j, i] = -second / step**2
    try:
        variances = np.diag(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return None, None, None
    if np.any(variances <= 0.0) or not np.all(np.isfinite(variances)):
        return None, None, None
    scales = (baseline, branching * (1.0 - branching), half_life)
    return tuple(float(scale * math.sqrt(variance)) for scale, variance in zip(scales, variances, strict=True))
