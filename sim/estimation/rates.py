"""Constant rates and shares from counts, with exact intervals.

Times and rates have one unit: events per day with exposures in days, or per year with years.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.errors import ParameterError


@dataclass(frozen=True)
class RateEstimate:
    """A constant rate: events over exposure, with its exact interval.

    Attributes
    ----------
    num_events : int
    exposure : float
        Time watched, > 0.
    rate, low, high : float
        Per unit of the exposure.
    confidence : float
        Coverage of the interval, at least.
    """

    num_events: int
    exposure: float
    rate: float
    low: float
    high: float
    confidence: float

    def per(self, units: float) -> RateEstimate:
        """The same per ``units`` units of time: a rate per day becomes one per year by 365."""
        return RateEstimate(
            self.num_events,
            self.exposure / units,
            self.rate * units,
            self.low * units,
            self.high * units,
            self.confidence,
        )


def exact_rate(num_events: int, exposure: float, confidence: float = 0.95) -> RateEstimate:
    """Maximum likelihood estimate of a Poisson rate with its exact central interval.

    The ends are quantiles of gamma distributions with shapes k and k + 1; with no event the lower end is 0.

    Raises
    ------
    ParameterError
        A negative count, an exposure that is not positive, or a confidence outside (0, 1).

    Source: Garwood (1936), Biometrika 28, 437-442.
    """
    from scipy.special import gammaincinv

    _check(num_events, exposure, confidence)
    tail = (1.0 - confidence) / 2.0
    low = float(gammaincinv(num_events, tail)) / exposure if num_events else 0.0
    high = float(gammaincinv(num_events + 1, 1.0 - tail)) / exposure
    return RateEstimate(num_events, exposure, num_events / exposure, low, high, confidence)


def upper_bound(num_events: int, exposure: float, confidence: float = 0.95) -> float:
    """The rate that is exceeded with a chance of 1 - confidence at most: the one-sided exact bound, 3.0 / exposure for no event."""
    from scipy.special import gammaincinv

    _check(num_events, exposure, confidence)
    return float(gammaincinv(num_events + 1, confidence)) / exposure


def jeffreys_rate(num_events: int, exposure: float, confidence: float = 0.95) -> RateEstimate:
    """Mean and central interval of a rate under the prior of Jeffreys: gamma with shape k + 1/2. Raises as `exact_rate`."""
    from scipy.special import gammaincinv

    _check(num_events, exposure, confidence)
    tail = (1.0 - confidence) / 2.0
    low, high = (float(gammaincinv(num_events + 0.5, q)) / exposure for q in (tail, 1.0 - tail))
    return RateEstimate(num_events, exposure, (num_events + 0.5) / exposure, low, high, confidence)


@dataclass(frozen=True)
class RateRatio:
    """How much higher one rate is than another; the upper end is infinite where the other saw no event."""

    ratio: float
    low: float
    high: float
    p_value: float
    confidence: float


def rate_ratio(one: RateEstimate, other: RateEstimate, confidence: float = 0.95) -> RateRatio:
    """Ratio of two Poisson rates with the exact interval, and how likely so unequal counts were if the rates were equal.

    Given the sum of the counts the first is binomial; its exact interval (Clopper and Pearson) becomes that of the ratio. The
    p-value is two-sided, twice the smaller tail.

    Raises
    ------
    ParameterError
        Neither has an event.

    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323.
    """
    from scipy.special import bdtr, bdtrc, betaincinv

    k, total = one.num_events, one.num_events + other.num_events
    if total == 0:
        raise ParameterError("a ratio of two rates needs an event in one of them, found none")
    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(k, total - k + 1, tail)) if k else 0.0
    high = float(betaincinv(k + 1, total - k, 1.0 - tail)) if k < total else 1.0
    expected = one.exposure / (one.exposure + other.exposure)
    below = float(bdtr(k, total, expected))
    above = float(bdtrc(k - 1, total, expected)) if k else 1.0
    scale = other.exposure / one.exposure
    ratio = math.inf if other.num_events == 0 else one.rate / other.rate
    return RateRatio(ratio, _odds(low) * scale, _odds(high) * scale, min(1.0, 2.0 * min(below, above)), confidence)


def _odds(share: float) -> float:
    return math.inf if share >= 1.0 else share / (1.0 - share)


def _check(num_events: int, exposure: float, confidence: float) -> None:
    if num_events < 0 or num_events != int(num_events):
        raise ParameterError(f"a count of events is a whole number from 0, found {num_events}")
    if not 0.0 < exposure < math.inf:
        raise ParameterError(f"expected a time watched above 0, found {exposure:g}")
    if not 0.0 < confidence < 1.0:
        raise ParameterError(f"expected a confidence between 0 and 1, found {confidence:g}")
