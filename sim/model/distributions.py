"""Distributions of inputs: frozen descriptions, drawn by inverse CDF from one uniform each.

Drawing by inverse CDF keeps the quantile when a distribution is changed, so two variants of a
scenario differ in nothing but the change (common random numbers). All numbers are made in house
arithmetic and are the same on every machine.

Conventions
-----------
* ``quantile(u)`` takes ``u`` in (0, 1), never decreases in it and stays within ``bounds()``.
* ``sd`` of a lognormal is that of the logarithm; elsewhere it is on the natural scale.
* Constructors take their parameters in the order of the scenario file; ``distribution(name, ...)``
  takes them under the names used there. All refuse what makes no sense with a ``ParameterError``.
* Beta and gamma have no closed inverse: the first use of a shape tabulates it (about 5 ms, kept for
  the process), with an error in ``u`` below 1e-6, measured 2e-7, for shapes from 0.001 to 1e6.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

from sim.arithmetic import NORMAL_PEAK, exp, log, normal_cdf, normal_quantile, sqrt
from sim.errors import ParameterError
from sim.randomness import beta_integer, gamma_integer

__all__ = [
    "Beta",
    "Choice",
    "ClippedUniform",
    "Constant",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "Gamma",
    "Lognormal",
    "Normal",
    "Triangular",
    "Uniform",
    "beta_integer",
    "cholesky",
    "conditional_mean_bins",
    "correlated_uniforms",
    "distribution",
    "from_quantity",
    "gamma_integer",
]

INFINITY = float("inf")
LEAST_SHAPE, LARGEST_SHAPE = 1e-3, 1e6  # of beta and gamma: the range in which tables were checked
LEAST_KEPT = 1e-9  # of a truncated normal, relative to the tail it is cut from: less leaves too few digits
LEAST_PIVOT = 1e-10  # of a Cholesky factor: below it rounding decides whether the matrix is one


def _require(condition: bool, where: str, expected: str, found: str, hint: str = "") -> None:
    if not condition:
        raise ParameterError(f"{where}: expected {expected}, found {found}", hint=hint)


def _require_finite(where: str, **parameters: float) -> None:
    for name, value in parameters.items():
        _require(-INFINITY < value < INFINITY, where, f"a finite number for {name}", f"{value}")


def _clip(x: float, low: float, high: float) -> float:
    return low if x < low else high if x > high else x


class Distribution:
    """What all distributions share; a subclass says ``quantile``, ``mean`` and ``bounds``."""

    def quantile(self, u: float) -> float:
        """The value below which a draw falls with chance ``u``, for ``u`` in (0, 1)."""
        raise NotImplementedError

    def mean(self) -> float:
        """The expected value."""
        raise NotImplementedError

    def median(self) -> float:
        """The value at ``u = 1/2``."""
        return self.quantile(0.5)

    def bounds(self) -> tuple[float, float]:
        """Lowest and highest possible value, infinite where there is none."""
        raise NotImplementedError

    def breaks(self) -> tuple[float, ...]:
        """The ``u`` in (0, 1) at which ``quantile`` jumps or bends, so that integrals can stop there."""
        return ()


@dataclass(frozen=True)
class Constant(Distribution):
    """Always the same value."""

    value: float

    def __post_init__(self) -> None:
        _require_finite("constant", value=self.value)

    def quantile(self, u: float) -> float:
        return self.value

    def mean(self) -> float:
        return self.value

    def bounds(self) -> tuple[float, float]:
        return self.value, self.value

    def __str__(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True)
class Uniform(Distribution):
    """Equally likely anywhere from ``low`` to ``high``."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require_finite("uniform", low=self.low, high=self.high)
        _require(self.low < self.high, "uniform", "low < high", f"low {self.low:g}, high {self.high:g}")

    def quantile(self, u: float) -> float:
        return _clip(self.low + u * (self.high - self.low), self.low, self.high)

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)

    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def __str__(self) -> str:
        return f"uniform(low={self.low:g}, high={self.high:g})"


@dataclass(frozen=True)
class ClippedUniform(Distribution):
    """Uniform from ``low`` to ``high``, values beyond ``least`` or ``most`` moved there.

    Clarification 4.7: an ideal varies by a fixed width but never leaves the issue's scale, so the
    ends of the scale carry lumps of probability.
    """

    low: float
    high: float
    least: float
    most: float

    def __post_init__(self) -> None:
        _require_finite("clipped uniform", low=self.low, high=self.high, least=self.least, most=self.most)
        _require(self.low < self.high, "clipped uniform", "low < high", f"low {self.low:g}, high {self.high:g}")
        _require(self.least <= self.most, "clipped uniform", "least <= most", f"{self.least:g}, {self.most:g}")

    def quantile(self, u: float) -> float:
        return _clip(self.low + u * (self.high - self.low), self.least, self.most)

    def mean(self) -> float:
        left = _clip(self.least, self.low, self.high)
        right = _clip(self.most, self.low, self.high)
        lumps = self.least * (left - self.low) + self.most * (self.high - right)
        return _clip((lumps + 0.5 * (right + left) * (right - left)) / (self.high - self.low), *self.bounds())

    def bounds(self) -> tuple[float, float]:
        return _clip(self.low, self.least, self.most), _clip(self.high, self.least, self.most)

    def breaks(self) -> tuple[float, ...]:
        return tuple((end - self.low) / (self.high - self.low) for end in (self.least, self.most))

    def __str__(self) -> str:
        return f"uniform(low={self.low:g}, high={self.high:g}) clipped to [{self.least:g}, {self.most:g}]"


@dataclass(frozen=True)
class Triangular(Distribution):
    """From ``low`` to ``high`` with a density that rises to ``mode`` and falls after it, in straight lines."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _require_finite("triangular", low=self.low, mode=self.mode, high=self.high)
        _require(self.low < self.high, "triangular", "low < high", f"low {self.low:g}, high {self.high:g}")
        _require(
            self.low <= self.mode <= self.high,
            "triangular",
            "low <= mode <= high",
            f"low {self.low:g}, mode {self.mode:g}, high {self.high:g}",
        )

    def quantile(self, u: float) -> float:
        width = self.high - self.low
        if u * width < self.mode - self.low:
            return _clip(self.low + sqrt(u * width * (self.mode - self.low)), self.low, self.mode)
        return _clip(self.high - sqrt((1.0 - u) * width * (self.high - self.mode)), self.mode, self.high)

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0

    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def breaks(self) -> tuple[float, ...]:
        return ((self.mode - self.low) / (self.high - self.low),)

    def __str__(self) -> str:
        return f"triangular(low={self.low:g}, mode={self.mode:g}, high={self.high:g})"


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
        _require_finite("normal", mean=self.center, sd=self.sd)
        _require(self.sd > 0.0, "normal", "sd above 0", f"{self.sd:g}", "write a plain number for a constant")
        low, high = self.bounds()
        _require(low < high, "normal", "low < high", f"low {low:g}, high {high:g}")
        limits = self._limits()
        _require(
            limits.mass > LEAST_KEPT * limits.start and limits.mass > 1e-300,
            "normal",
            "limits that keep a measurable part of the distribution",
            f"{limits.mass:.3g} between {low:g} and {high:g}",
            "move the limits apart or nearer to the mean, or use a uniform",
        )

    def _limits(self) -> _NormalLimits:
        low, high = self.bounds()
        return _normal_limits((low - self.center) / self.sd, (high - self.center) / self.sd)

    def quantile(self, u: float) -> float:
        if self.low is None and self.high is None:
            return self.center + self.sd * normal_quantile(u)
        limits = self._limits()
        if limits.upper:
            z = -normal_quantile(limits.start - u * limits.mass)
        else:
            z = normal_quantile(limits.start + u * limits.mass)
        return _clip(self.center + self.sd * z, *self.bounds())

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
        _require_finite("lognormal", median=self.center, sd=self.log_sd)
        _require(self.center > 0.0, "lognormal", "a median above 0", f"{self.center:g}")
        _require(self.log_sd > 0.0, "lognormal", "sd (of the logarithm) above 0", f"{self.log_sd:g}")

    def quantile(self, u: float) -> float:
        return exp(log(self.center) + self.log_sd * normal_quantile(u))

    def mean(self) -> float:
        return self.center * exp(0.5 * self.log_sd * self.log_sd)

    def median(self) -> float:
        return self.center

    def bounds(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def __str__(self) -> str:
        return f"lognormal(median={self.center:g}, sd={self.log_sd:g})"


@dataclass(frozen=True)
class Exponential(Distribution):
    """A waiting time without memory, of mean ``average``."""

    average: float

    def __post_init__(self) -> None:
        _require_finite("exponential", mean=self.average)
        _require(self.average > 0.0, "exponential", "a mean above 0", f"{self.average:g}")

    def quantile(self, u: float) -> float:
        return -self.average * log(1.0 - u)

    def mean(self) -> float:
        return self.average

    def bounds(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def __str__(self) -> str:
        return f"exponential(mean={self.average:g})"


@dataclass(frozen=True)
class Choice(Distribution):
    """One of ``values``, each with its probability; kept in ascending order, whatever the order given."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        values, probabilities = tuple(self.values), tuple(self.probabilities)
        _require(
            0 < len(values) == len(probabilities),
            "choice",
            "as many probabilities as values, at least one",
            f"{len(values)} values, {len(probabilities)} probabilities",
        )
        total = 0.0
        for value, probability in zip(values, probabilities, strict=True):
            _require_finite("choice", value=value)
            _require(probability >= 0.0, "choice", "probabilities of at least 0", f"{probability:g}")
            total += probability
        _require(abs(total - 1.0) <= 1e-9, "choice", "probabilities that sum to 1", f"{total:.10g}")
        pairs = sorted(zip(values, probabilities, strict=True))
        object.__setattr__(self, "values", tuple(float(value) for value, _ in pairs))
        object.__setattr__(self, "probabilities", tuple(float(probability) for _, probability in pairs))

    def quantile(self, u: float) -> float:
        reached = 0.0
        found = self.values[0]
        for value, probability in zip(self.values, self.probabilities, strict=True):
            if probability > 0.0:
                found = value
                reached += probability
                if u < reached:
                    break
        return found  # the last possible value if rounding left the sum short of u

    def mean(self) -> float:
        total = 0.0
        for value, probability in zip(self.values, self.probabilities, strict=True):
            total += value * probability
        return total

    def bounds(self) -> tuple[float, float]:
        possible = [v for v, p in zip(self.values, self.probabilities, strict=True) if p > 0.0]
        return possible[0], possible[-1]

    def breaks(self) -> tuple[float, ...]:
        reached, found = 0.0, []
        for probability in self.probabilities:
            reached += probability
            found.append(reached)
        return tuple(found)

    def __str__(self) -> str:
        return f"choice({', '.join(f'{v:g}: {p:g}' for v, p in zip(self.values, self.probabilities, strict=True))})"


# Gauss-Legendre on [-1, 1] with five nodes: exact up to degree nine.
_INNER = sqrt(5.0 - 2.0 * sqrt(10.0 / 7.0)) / 3.0
_OUTER = sqrt(5.0 + 2.0 * sqrt(10.0 / 7.0)) / 3.0
_INNER_WEIGHT = (322.0 + 13.0 * sqrt(70.0)) / 900.0
_OUTER_WEIGHT = (322.0 - 13.0 * sqrt(70.0)) / 900.0
_NODES = (
    (-_OUTER, _OUTER_WEIGHT),
    (-_INNER, _INNER_WEIGHT),
    (0.0, 128.0 / 225.0),
    (_INNER, _INNER_WEIGHT),
    (_OUTER, _OUTER_WEIGHT),
)

_FAINTEST = -45.0  # logarithm of the density at which a table ends: a tail of 1e-19, less than any uniform
_STEP = 0.1875  # between knots, in standard normal units


class _Shape(Protocol):
    """A log-concave density of ``y`` on the whole line, unnormalised and 1 at its mode."""

    mode: float
    spread: float  # standard deviation of the normal that touches the density at its mode

    def log_density(self, y: float) -> float: ...

    def slope(self, y: float) -> float:
        """Derivative of ``log_density``."""
        ...


class _LogGamma:
    """``y = log x`` for x gamma with scale 1: density ``e**(a y - e**y)``."""

    def __init__(self, a: float) -> None:
        self.a = a
        self.mode = log(a)
        self.spread = 1.0 / sqrt(a)

    def log_density(self, y: float) -> float:
        d = y - self.mode
        return self.a * (d - (exp(d) - 1.0))

    def slope(self, y: float) -> float:
        return self.a * (1.0 - exp(y - self.mode))


class _LogitBeta:
    """``y = log(x / (1 - x))`` for x beta: density ``x**a (1 - x)**b``."""

    def __init__(self, a: float, b: float) -> None:
        self.a, self.b = a, b
        self.mode = log(a / b)
        self.spread = sqrt((a + b) / (a * b))
        self.peak = 0.0
        self.peak = self.log_density(self.mode)

    def log_density(self, y: float) -> float:
        # The smaller of the two exponentials, so that neither is ever large.
        if y <= 0.0:
            return self.a * y - (self.a + self.b) * log(1.0 + exp(y)) - self.peak
        return -self.b * y - (self.a + self.b) * log(1.0 + exp(-y)) - self.peak

    def slope(self, y: float) -> float:
        e = exp(-abs(y))
        x, rest = (e / (1.0 + e), 1.0 / (1.0 + e)) if y <= 0.0 else (1.0 / (1.0 + e), e / (1.0 + e))
        return self.a * rest - self.b * x


class _Table:
    """The map from standard normal quantiles ``z`` to ``y``, cubic between knots and increasing.

    ``z`` and ``y`` are lists of knots, ascending; ``slopes`` are dy/dz there.
    """

    def __init__(self, z: list[float], y: list[float], slopes: list[float]) -> None:
        self.z, self.y = z, y
        self.pieces: list[tuple[float, float, float]] = []
        for i in range(len(z) - 1):
            width = z[i + 1] - z[i]
            secant = (y[i + 1] - y[i]) / width
            # Slopes of at most three secants keep a cubic increasing (Fritsch and Carlson 1980).
            left = min(slopes[i], 3.0 * secant)
            right = min(slopes[i + 1], 3.0 * secant)
            self.pieces.append(
                (left, (3.0 * secant - 2.0 * left - right) / width, (left + right - 2.0 * secant) / (width * width))
            )

    def at(self, z: float) -> float:
        """``y`` at ``z``; the end of the table beyond it."""
        z = _clip(z, self.z[0], self.z[-1])
        i = min(bisect_right(self.z, z), len(self.pieces)) - 1
        d = z - self.z[i]
        first, second, third = self.pieces[i]
        return self.y[i] + d * (first + d * (second + d * third))

    def chance(self, y: float) -> float:
        """The CDF at ``y``: the inverse of ``at``, by bisection."""
        low, high = self.z[0], self.z[-1]
        if y <= self.y[0]:
            return 0.0
        if y >= self.y[-1]:
            return 1.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if self.at(middle) < y:
                low = middle
            else:
                high = middle
        return normal_cdf(low)


def _march(shape: _Shape, direction: float) -> tuple[list[float], list[float], float]:
    """Knots from the mode outwards, the mass between neighbours, and the mass beyond the last.

    A knot is about ``_STEP`` standard normal units from the one before: in a log-concave tail of
    slope s, z is close to sqrt(-2 log density) and dy/dz to z / s.
    """
    knots, masses = [shape.mode], []
    y = shape.mode
    while True:
        height = shape.log_density(y)
        if height < _FAINTEST:
            break
        z = sqrt(-2.0 * height)
        steepness = abs(shape.slope(y))
        scale = z / steepness if z > 0.1 else shape.spread
        # Where a flat stretch meets a cliff (small shapes) the tail's scale misleads: steps grow slowly.
        scale = min(scale, 1.0 + 0.25 * abs(y - shape.mode))
        half = 0.5 * _STEP * scale
        middle = y + direction * half
        mass = 0.0
        for node, weight in _NODES:
            mass += weight * exp(shape.log_density(middle + half * node))
        masses.append(half * mass)
        y = y + direction * 2.0 * half
        knots.append(y)
    return knots, masses, exp(height) / steepness


def _tabulate(shape: _Shape) -> _Table:
    """The quantile table of a log-concave density on the whole line.

    The density is integrated between knots by Gauss-Legendre and summed from either end, so that both
    tails keep their relative accuracy and the total normalises itself; the slope at a knot is exact.
    """
    left, left_masses, left_tail = _march(shape, -1.0)
    right, right_masses, right_tail = _march(shape, 1.0)
    y = left[:0:-1] + right
    masses = left_masses[::-1] + right_masses
    below, above = [left_tail], [right_tail]
    for mass in masses:
        below.append(below[-1] + mass)
    for mass in reversed(masses):
        above.append(above[-1] + mass)
    above.reverse()
    total = below[-1] + right_tail
    z, slopes = [], []
    for i in range(len(y)):
        low, high = below[i] / total, above[i] / total
        z.append(normal_quantile(low) if low < high else -normal_quantile(high))
        density = exp(shape.log_density(y[i])) / total
        slopes.append(NORMAL_PEAK * exp(-0.5 * z[i] * z[i]) / density)
    return _Table(z, y, slopes)


@lru_cache(maxsize=1024)
def _gamma_table(shape: float) -> _Table:
    """Of ``log x`` for x gamma with this shape and scale 1."""
    return _tabulate(_LogGamma(shape))


@lru_cache(maxsize=1024)
def _beta_table(a: float, b: float) -> _Table:
    """Of ``log(x / (1 - x))`` for x Beta(a, b)."""
    return _tabulate(_LogitBeta(a, b))


def _require_shape(where: str, name: str, value: float) -> None:
    _require(
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
        _require_shape("gamma", "shape (1 / cv**2)", self.shape)
        _require_finite("gamma", scale=self.scale)
        _require(self.scale > 0.0, "gamma", "a mean above 0", f"{self.shape * self.scale:g}")

    @classmethod
    def from_mean(cls, mean: float, cv: float) -> Gamma:
        """By mean and coefficient of variation, as in a scenario file."""
        _require(cv > 0.0, "gamma", "a cv above 0", f"{cv:g}")
        shape = 1.0 / (cv * cv)
        return cls(shape, mean / shape)

    @classmethod
    def from_shape(cls, shape: float) -> Gamma:
        """With scale 1, as components of a Dirichlet are drawn."""
        return cls(shape, 1.0)

    def quantile(self, u: float) -> float:
        return self.scale * exp(_gamma_table(self.shape).at(normal_quantile(u)))

    def log_quantile(self, u: float) -> float:
        """Logarithm of ``quantile(u)``: finite also where a small shape makes the quantile vanish."""
        return log(self.scale) + _gamma_table(self.shape).at(normal_quantile(u))

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
        _require_shape("beta", "a", self.a)
        _require_shape("beta", "b", self.b)
        _require(-1.0 <= self.shift <= 1.0, "beta", "a shift in [-1, 1]", f"{self.shift:g}")

    def quantile(self, u: float) -> float:
        y = _beta_table(self.a, self.b).at(normal_quantile(u))
        return _clip(1.0 / (1.0 + exp(-y)) + self.shift, 0.0, 1.0)

    def mean(self) -> float:
        if self.shift == 0.0:
            return self.a / (self.a + self.b)
        return _mean_between(self, 0.0, 1.0)

    def bounds(self) -> tuple[float, float]:
        return _clip(self.shift, 0.0, 1.0), _clip(1.0 + self.shift, 0.0, 1.0)

    def clipped_share(self) -> float:
        """The chance that the shift moves a draw past 0 or 1, so that clipping changes it."""
        if self.shift == 0.0 or abs(self.shift) == 1.0:
            return abs(self.shift)
        edge = 1.0 - self.shift if self.shift > 0.0 else -self.shift
        below = _beta_table(self.a, self.b).chance(log(edge / (1.0 - edge)))
        return 1.0 - below if self.shift > 0.0 else below

    def breaks(self) -> tuple[float, ...]:
        return (1.0 - self.clipped_share() if self.shift > 0.0 else self.clipped_share(),)

    def __str__(self) -> str:
        shift = f", shift={self.shift:g}" if self.shift != 0.0 else ""
        return f"beta(a={self.a:g}, b={self.b:g}{shift})"


@dataclass(frozen=True)
class Dirichlet:
    """Shares of a whole: proportional to independent gammas of shape ``concentration`` times mean.

    ``means`` are (name, mean share) pairs, kept in order of name, in which everything is summed. The
    standard deviation of a share is sqrt(mean (1 - mean) / (concentration + 1)). A share whose mean
    is zero is exactly zero in every draw.
    """

    concentration: float
    means: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        pairs = tuple(sorted((name, float(mean)) for name, mean in self.means))
        names = [name for name, _ in pairs]
        _require(len(set(names)) == len(names) > 0, "dirichlet", "distinct names, at least one", ", ".join(names))
        total = 0.0
        for name, mean in pairs:
            _require(0.0 <= mean <= 1.0 + 1e-9, "dirichlet", f"a mean in [0, 1] for {name}", f"{mean:g}")
            total += mean
        _require(abs(total - 1.0) <= 1e-9, "dirichlet", "means that sum to 1", f"{total:.10g}")
        object.__setattr__(self, "means", pairs)
        for name, mean in pairs:
            if mean > 0.0:
                _require_shape("dirichlet", f"concentration times the mean of {name}", self.concentration * mean)

    @property
    def names(self) -> tuple[str, ...]:
        """The order in which ``shares`` takes uniforms and gives shares."""
        return tuple(name for name, _ in self.means)

    def shares(self, uniforms: Sequence[float]) -> tuple[float, ...]:
        """One draw: shares in order of name, summing to 1 up to rounding.

        Parameters
        ----------
        uniforms : sequence of float, one a name
            Independent uniforms in (0, 1); those of components with mean zero are not read.

        Raises
        ------
        ParameterError
            Not as many uniforms as names.
        """
        _require(len(uniforms) == len(self.means), "dirichlet", f"{len(self.means)} uniforms", f"{len(uniforms)}")
        logs = [
            _gamma_table(self.concentration * mean).at(normal_quantile(u)) if mean > 0.0 else -INFINITY
            for (_, mean), u in zip(self.means, uniforms, strict=True)
        ]
        # Relative to the largest, so that small shapes, whose gammas all vanish at times, still have shares.
        largest = max(logs)
        parts = [exp(value - largest) if value > -INFINITY else 0.0 for value in logs]
        total = 0.0
        for part in parts:
            total += part
        return tuple(part / total for part in parts)

    def __str__(self) -> str:
        return f"dirichlet({self.concentration:g}; {', '.join(f'{name}: {mean:g}' for name, mean in self.means)})"


def _mean_between(distribution: Distribution, low: float, high: float) -> float:
    """The mean of the draws whose ``u`` lies in (low, high), by Gauss-Legendre in standard normal units."""
    edges = [low, *sorted(u for u in set(distribution.breaks()) if low < u < high), high]
    # Beyond 8.2 lies less than half the distance between uniforms.
    z = [_clip(normal_quantile(u), -8.2, 8.2) for u in edges]
    total = mass = 0.0
    for start, end in pairwise(z):
        panels = int((end - start) * 4.0) + 1
        half = 0.5 * (end - start) / panels
        for k in range(panels):
            for node, weight in _NODES:
                x = start + half * (2 * k + 1 + node)
                weight = weight * half * exp(-0.5 * x * x)
                mass += weight
                total += weight * distribution.quantile(normal_cdf(x))
    return total / mass


@lru_cache(maxsize=1024)
def conditional_mean_bins(distribution: Distribution, bins: int) -> tuple[float, ...]:
    """``bins`` values of equal probability: the distribution's mean within each of its quantile bins.

    Parameters
    ----------
    distribution : Distribution
    bins : int
        At least 1.

    Returns
    -------
    tuple of float, ascending
        Their plain average is the distribution's mean (up to 1e-6 of its spread), which mid-quantiles miss.

    Raises
    ------
    ParameterError
        Fewer than one bin.
    """
    _require(bins >= 1, "bins", "at least 1", f"{bins}")
    return tuple(_mean_between(distribution, k / bins, (k + 1) / bins) for k in range(bins))


def cholesky(matrix: Sequence[float], size: int, names: Sequence[str] = ()) -> tuple[float, ...]:
    """The lower triangular L with L L' = ``matrix``, a correlation matrix.

    Parameters
    ----------
    matrix : sequence of float, shape (size, size), row by row
        Symmetric, ones on the diagonal, positive definite.
    size : int
    names : sequence of str, optional
        What the rows stand for, for messages.

    Returns
    -------
    tuple of float, shape (size, size), row by row
        Zeros above the diagonal.

    Raises
    ------
    ParameterError
        Not a correlation matrix; names the entry, or the first row that the rows before it rule out.
    """

    def row(r: int) -> str:
        return f"'{names[r]}'" if r < len(names) else f"row {r + 1}"

    _require(len(matrix) == size * size, "correlations", f"{size} rows of {size} numbers", f"{len(matrix)} numbers")
    for r in range(size):
        _require(
            abs(matrix[r * size + r] - 1.0) <= 1e-12,
            f"correlations: {row(r)}",
            "1 on the diagonal",
            f"{matrix[r * size + r]:g}",
        )
        for c in range(r):
            there, back = matrix[r * size + c], matrix[c * size + r]
            where = f"correlations: {row(r)} with {row(c)}"
            _require(
                -1.0 < there < 1.0,
                where,
                "a number between -1 and 1",
                f"{there:g}",
                "inputs that always move together are one input",
            )
            _require(abs(there - back) <= 1e-12, where, "the same number in both directions", f"{there:g} and {back:g}")
    factor = [0.0] * (size * size)
    for r in range(size):
        for c in range(r + 1):
            rest = matrix[r * size + c]
            for k in range(c):
                rest -= factor[r * size + k] * factor[c * size + k]
            if c < r:
                factor[r * size + c] = rest / factor[c * size + c]
                continue
            _require(
                rest > LEAST_PIVOT,
                f"correlations: {row(r)}",
                "correlations that are possible together (a positive definite matrix)",
                f"{row(r)} contradicted by the rows before it (pivot {rest:.3g})",
                "weaken its correlations, or those among the rows before it",
            )
            factor[r * size + r] = sqrt(rest)
    return tuple(factor)


def correlated_uniforms(uniforms: Sequence[float], factor: Sequence[float]) -> tuple[float, ...]:
    """Uniforms with a Gaussian copula, made of independent ones.

    Parameters
    ----------
    uniforms : sequence of float, shape (n,)
        Independent, in (0, 1).
    factor : sequence of float, shape (n, n), row by row
        From ``cholesky``: the correlations are those of the underlying normals.

    Returns
    -------
    tuple of float, shape (n,)
        In (0, 1). One that depends on no earlier one keeps its bits, the first always.
    """
    n = len(uniforms)
    normals = [normal_quantile(u) for u in uniforms]
    results = []
    for r in range(n):
        total = 0.0
        alone = True
        for c in range(r + 1):
            weight = factor[r * n + c]
            total += weight * normals[c]
            alone = alone and (c == r or weight == 0.0)
        results.append(
            uniforms[r] if alone else _clip(normal_cdf(total), 1.1102230246251565e-16, 1.0 - 1.1102230246251565e-16)
        )
    return tuple(results)


_MAKERS: dict[str, tuple[Callable[..., Distribution], tuple[str, ...], tuple[str, ...]]] = {
    "constant": (Constant, ("value",), ()),
    "uniform": (Uniform, ("low", "high"), ()),
    "triangular": (Triangular, ("low", "mode", "high"), ()),
    "normal": (Normal, ("mean", "sd"), ("low", "high")),
    "lognormal": (Lognormal, ("median", "sd"), ()),
    "beta": (Beta, ("a", "b"), ("shift",)),
    "gamma": (Gamma.from_mean, ("mean", "cv"), ()),
    "exponential": (Exponential, ("mean",), ()),
    "choice": (Choice, ("values", "probabilities"), ()),
}


def distribution(name: str, **parameters: float | Iterable[float]) -> Distribution:
    """The distribution of this name, its parameters named as in a scenario file.

    Raises
    ------
    ParameterError
        An unknown name, a parameter missing or too many, or values that make no sense together.
    """
    _require(name in _MAKERS, "distribution", f"one of {', '.join(_MAKERS)}", f"'{name}'")
    make, needed, optional = _MAKERS[name]
    missing = [parameter for parameter in needed if parameter not in parameters]
    surplus = [parameter for parameter in parameters if parameter not in needed + optional]
    _require(not missing, name, f"a value for {', '.join(missing)}", "none")
    _require(not surplus, name, f"only {', '.join(needed + optional)}", ", ".join(surplus))
    arguments = [parameters[parameter] for parameter in needed]
    # Optional ones follow in the order of the constructor; None stands for its own default.
    given = {parameter: float(parameters[parameter]) for parameter in optional if parameters.get(parameter) is not None}
    return make(*(tuple(a) if isinstance(a, Iterable) else float(a) for a in arguments), **given)


class _Quantity(Protocol):
    """What ``from_quantity`` reads of a ``sim.model.spec.base.Quantity``."""

    value: float | None
    dist: str | None


def from_quantity(quantity: _Quantity) -> Distribution:
    """The distribution that an entry of a scenario file describes; a constant where it names none."""
    if quantity.dist is None:
        return distribution("constant", value=quantity.value)
    _require(quantity.dist in _MAKERS, "dist", f"one of {', '.join(_MAKERS)}", f"'{quantity.dist}'")
    _, needed, optional = _MAKERS[quantity.dist]
    found = {name: getattr(quantity, name, None) for name in needed + optional}
    return distribution(quantity.dist, **{name: value for name, value in found.items() if value is not None})
