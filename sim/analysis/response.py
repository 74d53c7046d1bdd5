"""How a number of each history answers to its inputs: curves over one of them with bands, tables over two.

Where points share draws (a grid), what is read of a value of one input is, of each draw, the mean over the other inputs; draws are
independent, so intervals are by draws and differences by pairs of them. Where every history is its own point (a Latin hypercube, a
Sobol sequence), histories are sorted by the input and cut into slices of equal number.

Intervals are 95 %, point by point: of shares of single histories by Wilson (1927), of their paired differences by Tango (1998), else
normal by the standard error of means.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.estimates import Z95, difference_of_shares, share
from sim.analysis.paired_shares import score_interval

SLICE = 200  # histories at least in a slice of a curve
MOST_SLICES = 20
CELL = 50  # histories at least in a cell of a table on average
MOST_CELLS = 8  # a side


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True)
class Point:
    """The mean at a value of an input, or over a slice of it.

    Attributes
    ----------
    at : the value; of a slice its mean
    ends : between which values the slice lies
    histories : how many it rests on
    """

    at: float
    ends: tuple[float, float]
    mean: Interval
    histories: int


@dataclass(frozen=True)
class Curve:
    """The answer to one input.

    Attributes
    ----------
    points : in order of the input
    across : the last point less the first
    bend : the place of a point that lies beyond both ends, and by how much from the nearer one; None where none surely does
    """

    points: tuple[Point, ...]
    across: Interval
    bend: tuple[int, Interval] | None

    @property
    def highest(self) -> Point:
        return max(self.points, key=lambda point: point.mean.value)

    @property
    def lowest(self) -> Point:
        return min(self.points, key=lambda point: point.mean.value)


@dataclass(frozen=True)
class Surface:
    """The answer to two inputs together: arrays of shape (values of the first, values of the second).

    Attributes
    ----------
    first, second : the values; of cells their middles
    histories : in each cell; nan stands where there are none
    """

    first: tuple[float, ...]
    second: tuple[float, ...]
    means: np.ndarray
    low: np.ndarray
    high: np.ndarray
    histories: np.ndarray


# Points that share draws ----------------------------------------------------------------------------------------------


def grid_curve(values: np.ndarray, levels: Sequence[float], axis: int, is_share: bool) -> Curve:
    """The answer to one factor of a grid.

    Parameters
    ----------
    values : shape (draws, values of the first factor, values of the second, ...)
    axis : which factor
    """
    apart = np.moveaxis(values, axis + 1, 1)
    rest = tuple(range(2, apart.ndim))
    means = apart.mean(axis=rest) if rest else apart
    each = values[0].size // len(levels)
    single = is_share and each == 1
    points = [
        Point(level, (level, level), _mean(means[:, k], single, is_share), len(means) * each) for k, level in enumerate(levels)
    ]

    def apart(a: int, b: int, z: float) -> Interval:
        return paired(means[:, a], means[:, b], single, z)

    return Curve(tuple(points), apart(len(points) - 1, 0, Z95), _bend(points, apart))


def grid_surface(values: np.ndarray, levels: Sequence[Sequence[float]], is_share: bool) -> Surface:
    """The answer to the two factors of a grid; ``values`` has shape (draws, values of the first, values of the second)."""
    draws, rows, columns = values.shape
    found = [[_mean(values[:, i, j], is_share, is_share) for j in range(columns)] for i in range(rows)]
    numbers = np.array([[(item.value, item.low, item.high) for item in row] for row in found])
    histories = np.full((rows, columns), draws)
    return Surface(tuple(levels[0]), tuple(levels[1]), numbers[..., 0], numbers[..., 1], numbers[..., 2], histories)


def each_point(values: np.ndarray, is_share: bool) -> list[Interval]:
    """The mean at each point of a table; ``values`` has shape (draws, points)."""
    return [_mean(column, is_share, is_share) for column in values.T]


def paired(one: np.ndarray, two: np.ndarray, is_event: bool, z: float = Z95) -> Interval:
    """The mean difference of two columns with the same draws; ``is_event`` where they hold 0 and 1."""
    apart = one - two
    value = float(apart.mean())
    if is_event:
        low, high = score_interval(np.array([np.sum(apart > 0)]), np.array([np.sum(apart < 0)]), len(apart), z)
        return Interval(value, float(low[0]), float(high[0]))
    half = z * float(apart.std(ddof=1)) / math.sqrt(len(apart))
    return Interval(value, value - half, value + half)


def _mean(values: np.ndarray, is_event: bool, is_share: bool) -> Interval:
    """Of events by their number; of means of shares, where all are alike, as if they were events."""
    mean = float(values.mean())
    if is_event or (is_share and np.ptp(values) == 0.0):
        found = share(round(mean * len(values)), len(values))
        return Interval(mean, min(found.low, mean), max(found.high, mean))
    half = Z95 * float(values.std(ddof=1)) / math.sqrt(len(values))
    low, high = mean - half, mean + half
    return Interval(mean, max(low, 0.0), min(high, 1.0)) if is_share else Interval(mean, low, high)


# Every history a point ------------------------------------------------------------------------------------------------


def sliced_curve(values: np.ndarray, inputs: np.ndarray, is_share: bool) -> Curve:
    """The answer to one input of histories that are points of their own; both arrays of shape (histories,)."""
    number = min(MOST_SLICES, max(2, len(values) // SLICE))
    parts = np.array_split(np.argsort(inputs, kind="stable"), number)
    digits = 2 - math.floor(math.log10(float(np.ptp(inputs)) or 1.0))  # a thousandth of the range, or less
    edges = [inputs.min(), *(0.5 * (inputs[a[-1]] + inputs[b[0]]) for a, b in itertools.pairwise(parts)), inputs.max()]
    ends = [round(float(edge), digits) for edge in edges]
    points = [
        Point(float(inputs[part].mean()), (ends[k], ends[k + 1]), _mean(values[part], is_share, is_share), len(part))
        for k, part in enumerate(parts)
    ]

    def apart(a: int, b: int, z: float) -> Interval:
        return unpaired(values[parts[a]], values[parts[b]], is_share, z)

    return Curve(tuple(points), apart(len(parts) - 1, 0, Z95), _bend(points, apart))


def unpaired(one: np.ndarray, two: np.ndarray, is_share: bool, z: float = Z95) -> Interval:
    """The difference of the means of two groups without common draws."""
    if is_share and z == Z95:
        found = difference_of_shares(share(int(one.sum()), len(one)), share(int(two.sum()), len(two)))
        return Interval(*found)
    value = float(one.mean() - two.mean())
    half = z * math.sqrt(float(one.var(ddof=1)) / len(one) + float(two.var(ddof=1)) / len(two))
    return Interval(value, value - half, value + half)


def sliced_surface(values: np.ndarray, first: np.ndarray, second: np.ndarray, is_share: bool) -> Surface:
    """The answer to two inputs of histories that are points of their own, in cells of equal width."""
    side = int(min(MOST_CELLS, max(2, math.isqrt(len(values) // CELL))))
    edges = [np.linspace(some.min(), some.max(), side + 1) for some in (first, second)]
    places = [
        np.clip(np.searchsorted(edge, some, side="right") - 1, 0, side - 1) for edge, some in zip(edges, (first, second), strict=True)
    ]
    means, low, high = (np.full((side, side), np.nan) for _ in range(3))
    histories = np.zeros((side, side), dtype=np.int64)
    for i in range(side):
        for j in range(side):
            inside = values[(places[0] == i) & (places[1] == j)]
            histories[i, j] = len(inside)
            if len(inside) > 1:
                found = _mean(inside, is_share, is_share)
                means[i, j], low[i, j], high[i, j] = found.value, found.low, found.high
    middles = [tuple(float(x) for x in 0.5 * (edge[1:] + edge[:-1])) for edge in edges]
    return Surface(middles[0], middles[1], means, low, high, histories)


# Shape ----------------------------------------------------------------------------------------------------------------


def _bend(points: Sequence[Point], apart: Callable[[int, int, float], Interval]) -> tuple[int, Interval] | None:
    """The inner point that lies furthest beyond both ends, where that holds among all inner points (Bonferroni)."""
    inner = range(1, len(points) - 1)
    if not inner:
        return None
    ends = points[0].mean.value, points[-1].mean.value
    values = {k: points[k].mean.value for k in inner}
    best = max(inner, key=lambda k: max(values[k] - max(ends), min(ends) - values[k]))
    above = values[best] > max(ends)
    if not above and not values[best] < min(ends):
        return None
    nearer = (0 if ends[0] >= ends[1] else len(points) - 1) if above else (0 if ends[0] <= ends[1] else len(points) - 1)
    both = [apart(best, end, quantile(2 * len(inner))) for end in (0, len(points) - 1)]
    sign = 1.0 if above else -1.0
    if not all(sign * item.value > 0.0 and item.is_clear for item in both):
        return None
    return best, apart(best, nearer, Z95)


def quantile(num_tests: int) -> float:
    """The normal quantile of a 95 % interval that holds among so many (Bonferroni)."""
    from scipy.special import ndtri

    return float(ndtri(1.0 - 0.025 / max(1, num_tests)))


__all__ = [
    "Curve", "Interval", "Point", "Surface", "each_point", "grid_curve", "grid_surface", "paired", "quantile", "sliced_curve",
    "sliced_surface", "unpaired",
]  # fmt: skip
