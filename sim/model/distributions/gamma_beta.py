"""Gamma and beta: the two families that are read from a table."""

from __future__ import annotations

from dataclasses import dataclass

from sim.arithmetic import log, normal_quantile, sqrt
from sim.model.distributions.base import INFINITY, Distribution, clip, require, require_finite
from sim.model.distributions.integration import mean_between
from sim.model.distributions.tables import beta_table, gamma_table
from sim.rules import distributions as kinds

LEAST_SHAPE, LARGEST_SHAPE = 1e-3, 1e6  # of beta and gamma: the range in which tables were checked


def require_shape(where: str, name: str, value: float) -> None:
    """Refuse a shape beyond those for which tables were checked."""
    require(
        LEAST_SHAPE <= value <= LARGEST_SHAPE,
        where,
        f"{name} in [{LEAST_SHAPE:g}, {LARGEST_SHAPE:g}]",
        f"{value:g}",
        "below, a choice of two values says the same; above, a constant does",
    )


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma with this ``shape`` and ``scale``: mean shape * scale, coefficient of variation 1 / sqrt(shape)."""

    shape: float
    scale: float

    def __post_init__(self) -> None:
        require_shape("gamma", "shape (1 / cv**2)", self.shape)
        require_finite("gamma", scale=self.scale)
        require(self.scale > 0.0, "gamma", "a mean above 0", f"{self.shape * self.scale:g}")

    @classmethod
    def from_mean(cls, mean: float, cv: float) -> Gamma:
        """By mean and coefficient of variation, as in a scenario file."""
        require(cv > 0.0, "gamma", "a cv above 0", f"{cv:g}")
        shape = 1.0 / (cv * cv)
        return cls(shape, mean / shape)

    @classmethod
    def from_shape(cls, shape: float) -> Gamma:
        """With scale 1, as components of a Dirichlet are drawn."""
        return cls(shape, 1.0)

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.GAMMA, (self.scale, *gamma_table(self.shape).numbers)

    def log_quantile(self, u: float) -> float:
        """Logarithm of ``quantile(u)``: finite also where a small shape makes the quantile vanish."""
        return log(self.scale) + gamma_table(self.shape).at(normal_quantile(u))

    def mean(self) -> float:
        return self.shape * self.scale

    def bounds(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def __str__(self) -> str:
        return f"gamma(mean={self.mean():g}, cv={1.0 / sqrt(self.shape):g})"


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta(a, b) on [0, 1], if wanted moved by ``shift`` and then clipped to [0, 1]."""

    a: float
    b: float
    shift: float = 0.0

    def __post_init__(self) -> None:
        require_shape("beta", "a", self.a)
        require_shape("beta", "b", self.b)
        require(-1.0 <= self.shift <= 1.0, "beta", "a shift in [-1, 1]", f"{self.shift:g}")

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.BETA, (self.shift, *beta_table(self.a, self.b).numbers)

    def mean(self) -> float:
        if self.shift == 0.0:
            return self.a / (self.a + self.b)
        return mean_between(self, 0.0, 1.0)

    def bounds(self) -> tuple[float, float]:
        return clip(self.shift, 0.0, 1.0), clip(1.0 + self.shift, 0.0, 1.0)

    def clipped_share(self) -> float:
        """The chance that the shift moves a draw past 0 or 1, so that clipping changes it."""
        if self.shift == 0.0 or abs(self.shift) == 1.0:
            return abs(self.shift)
        edge = 1.0 - self.shift if self.shift > 0.0 else -self.shift
        below = beta_table(self.a, self.b).chance(log(edge / (1.0 - edge)))
        return 1.0 - below if self.shift > 0.0 else below

    def breaks(self) -> tuple[float, ...]:
        return (1.0 - self.clipped_share() if self.shift > 0.0 else self.clipped_share(),)

    def __str__(self) -> str:
        shift = f", shift={self.shift:g}" if self.shift != 0.0 else ""
        return f"beta(a={self.a:g}, b={self.b:g}{shift})"
