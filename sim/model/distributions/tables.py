"""Quantile tables of gamma and beta, which have no closed inverse: made at the first use of a shape, then kept."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from sim.arithmetic import NORMAL_PEAK, exp, log, normal_cdf, normal_quantile, sqrt
from sim.model.distributions.integration import NODES
from sim.rules.distributions import table_value

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
        pieces: list[float] = []
        for i in range(len(z) - 1):
            width = z[i + 1] - z[i]
            secant = (y[i + 1] - y[i]) / width
            # Slopes of at most three secants keep a cubic increasing (Fritsch and Carlson 1980).
            left = min(slopes[i], 3.0 * secant)
            right = min(slopes[i + 1], 3.0 * secant)
            pieces += [left, (3.0 * secant - 2.0 * left - right) / width, (left + right - 2.0 * secant) / (width * width)]
        self.numbers = (float(len(z)), *z, *y, *pieces)

    def at(self, z: float) -> float:
        """``y`` at ``z``; the end of the table beyond it."""
        return table_value(self.numbers, 0, z)

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
        for node, weight in NODES:
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
def gamma_table(shape: float) -> _Table:
    """Of ``log x`` for x gamma with this shape and scale 1."""
    return _tabulate(_LogGamma(shape))


@lru_cache(maxsize=1024)
def beta_table(a: float, b: float) -> _Table:
    """Of ``log(x / (1 - x))`` for x Beta(a, b)."""
    return _tabulate(_LogitBeta(a, b))
