"""Normal, truncated if wanted, and lognormal: what rests on the normal quantile alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sim.arithmetic import NORMAL_PEAK, exp, log, normal_cdf
from sim.model.distributions.base import INFINITY, Distribution, require, require_finite
from sim.rules import distributions as kinds

LEAST_KEPT = 1e-9  # of a truncated normal, relative to the tail it is cut from: less leaves too few digits


class _NormalLimits(NamedTuple):
    """Where a truncated normal begins and how much of the whole it keeps, measured from its nearer tail."""

    upper: bool  # whether chances below are those of the upper tail
    start: float  # chance of the tail before the first limit (or, if upper, after it)
    mass: float
    mean_shift: float  # mean of the truncated standard normal


@lru_cache(maxsize=4096)
def _normal_limits(alpha: float, beta: float) -> _NormalLimits:
    """For a standard normal kept between ``alpha`` and ``beta``.

    An interval above zero is measured in upper-tail chances, which stay exact where chances near 1 do not.
    """
    upper = alpha > 0.0
    start, end = (normal_cdf(-alpha), normal_cdf(-beta)) if upper else (normal_cdf(alpha), normal_cdf(beta))
    mass = start - end if upper else end - start
    shift = NORMAL_PEAK * (exp(-0.5 * alpha * alpha) - exp(-0.5 * beta * beta)) / mass if mass > 0.0 else 0.0
    return _NormalLimits(upper, start, mass, shift)


@dataclass(frozen=True)
class Normal(Distribution):
    """Normal with mean ``center`` and ``sd``, if wanted kept between ``low`` and ``high`` (truncated, not clipped)."""

    center: float
    sd: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        require_finite("normal", mean=self.center, sd=self.sd)
        require(self.sd > 0.0, "normal", "sd above 0", f"{self.sd:g}", "write a plain number for a constant")
        low, high = self.bounds()
        require(low < high, "normal", "low < high", f"low {low:g}, high {high:g}")
        limits = self._limits()
        require(
            limits.mass > LEAST_KEPT * limits.start and limits.mass > 1e-300,
            "normal",
            "limits that keep a measurable part of the distribution",
            f"{limits.mass:.3g} between {low:g} and {high:g}",
            "move the limits apart or nearer to the mean, or use a uniform",
        )

    def _limits(self) -> _NormalLimits:
        low, high = self.bounds()
        return _normal_limits((low - self.center) / self.sd, (high - self.center) / self.sd)

    def coded(self) -> tuple[int, tuple[float, ...]]:
        if self.low is None and self.high is None:
            return kinds.NORMAL, (self.center, self.sd)
        limits = self._limits()
        upper = 1.0 if limits.upper else 0.0
        return kinds.TRUNCATED, (self.center, self.sd, *self.bounds(), upper, limits.start, limits.mass)

    def mean(self) -> float:
        return self.center + self.sd * self._limits().mean_shift

    def bounds(self) -> tuple[float, float]:
        return -INFINITY if self.low is None else self.low, INFINITY if self.high is None else self.high

    def __str__(self) -> str:
        limits = "".join(f", {n}={x:g}" for n, x in (("low", self.low), ("high", self.high)) if x is not None)
        return f"normal(mean={self.center:g}, sd={self.sd:g}{limits})"


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Median ``center``; the logarithm is normal with standard deviation ``log_sd``."""

    center: float
    log_sd: float

    def __post_init__(self) -> None:
        require_finite("lognormal", median=self.center, sd=self.log_sd)
        require(self.center > 0.0, "lognormal", "a median above 0", f"{self.center:g}")
        require(self.log_sd > 0.0, "lognormal", "sd (of the logarithm) above 0", f"{self.log_sd:g}")

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.LOGNORMAL, (log(self.center), self.log_sd)

    def mean(self) -> float:
        return self.center * exp(0.5 * self.log_sd * self.log_sd)

    def median(self) -> float:
        return self.center

    def bounds(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def __str__(self) -> str:
        return f"lognormal(median={self.center:g}, sd={self.log_sd:g})"
