"""Inverse distribution functions: what a uniform draw in (0, 1) amounts to.

A distribution is a kind and a row of numbers in a flat list, so that compiled code can draw from any;
`sim.model.distributions` says which numbers these are for the families of a scenario file.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import exp, log, normal_cdf, normal_quantile, sqrt
from sim.rule import rule

# Kinds, and their numbers.
CONSTANT = 0  # value
UNIFORM = 1  # low, high, and the bounds to which values are clipped
TRIANGULAR = 2  # low, mode, high
EXPONENTIAL = 3  # mean
CHOICE = 4  # how many, values, probabilities
NORMAL = 5  # mean, standard deviation
TRUNCATED = 6  # mean, standard deviation, low, high, whether measured from above, tail before it, mass kept
LOGNORMAL = 7  # logarithm of the median, standard deviation of the logarithm
GAMMA = 8  # scale, then a table of the logarithm
BETA = 9  # shift, then a table of the log odds

SMALLEST_CHANCE = 1.1102230246251565e-16  # of a correlated uniform: half the distance between uniforms


@rule
def clipped(x: float, low: float, high: float) -> float:
    """``x``, moved to the nearer bound if it lies beyond it."""
    if x < low:
        return low
    return high if x > high else x


@rule
def uniform_quantile(low: float, high: float, least: float, most: float, u: float) -> float:
    """Uniform from ``low`` to ``high``, values beyond ``least`` or ``most`` moved there."""
    return clipped(low + u * (high - low), least, most)


@rule
def triangular_quantile(low: float, mode: float, high: float, u: float) -> float:
    """A density that rises in a straight line from ``low`` to ``mode`` and falls to ``high``."""
    width = high - low
    if u * width < mode - low:
        return clipped(low + sqrt(u * width * (mode - low)), low, mode)
    return clipped(high - sqrt((1.0 - u) * width * (high - mode)), mode, high)


@rule
def exponential_quantile(mean: float, u: float) -> float:
    """A waiting time without memory."""
    return -mean * log(1.0 - u)


@rule
def choice_quantile(numbers: Sequence[float], first: int, u: float) -> float:
    """One of several values; the last possible one where rounding left the sum of probabilities short of ``u``."""
    count = int(numbers[first])
    reached = 0.0
    found = numbers[first + 1]
    for n in range(count):
        probability = numbers[first + 1 + count + n]
        if probability > 0.0:
            found = numbers[first + 1 + n]
            reached += probability
            if u < reached:
                return found
    return found


@rule
def normal_value(center: float, sd: float, u: float) -> float:
    """Normal."""
    return center + sd * normal_quantile(u)


@rule
def truncated_value(
    center: float, sd: float, low: float, high: float, upper: float, start: float, mass: float, u: float
) -> float:
    """Normal kept between ``low`` and ``high``: chances are measured from the nearer tail, ``upper`` if that is above."""
    if upper != 0.0:
        z = -normal_quantile(start - u * mass)
    else:
        z = normal_quantile(start + u * mass)
    return clipped(center + sd * z, low, high)


@rule
def lognormal_value(log_median: float, sd: float, u: float) -> float:
    """The exponential of a normal."""
    return exp(log_median + sd * normal_quantile(u))


@rule
def table_value(numbers: Sequence[float], first: int, z: float) -> float:
    """A table of knots read at ``z``, cubic between them; its end beyond it.

    From ``first`` on: the number of knots n, n knots, their n values, and three coefficients a piece, n - 1 pieces.
    """
    count = int(numbers[first])
    knots = first + 1
    last = knots + count - 1
    if z < numbers[knots]:
        z = numbers[knots]
    elif z > numbers[last]:
        z = numbers[last]
    low = 0
    high = count - 1  # the piece: its left knot is at most z, the next one beyond it
    while high - low > 1:
        middle = (low + high) // 2
        if z < numbers[knots + middle]:
            high = middle
        else:
            low = middle
    d = z - numbers[knots + low]
    piece = knots + 2 * count + 3 * low
    return numbers[knots + count + low] + d * (numbers[piece] + d * (numbers[piece + 1] + d * numbers[piece + 2]))


@rule
def quantile(kind: int, numbers: Sequence[float], first: int, u: float) -> float:
    """The value of a distribution below which a draw falls with chance ``u``; its numbers begin at ``first``."""
    if kind == LOGNORMAL:
        return lognormal_value(numbers[first], numbers[first + 1], u)
    if kind == UNIFORM:
        return uniform_quantile(numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3], u)
    if kind == GAMMA:
        return numbers[first] * exp(table_value(numbers, first + 1, normal_quantile(u)))
    if kind == BETA:
        odds = table_value(numbers, first + 1, normal_quantile(u))
        return clipped(1.0 / (1.0 + exp(-odds)) + numbers[first], 0.0, 1.0)
    if kind == TRIANGULAR:
        return triangular_quantile(numbers[first], numbers[first + 1], numbers[first + 2], u)
    if kind == NORMAL:
        return normal_value(numbers[first], numbers[first + 1], u)
    if kind == TRUNCATED:
        return truncated_value(
            numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3], numbers[first + 4],
            numbers[first + 5], numbers[first + 6], u,
        )  # fmt: skip
    if kind == EXPONENTIAL:
        return exponential_quantile(numbers[first], u)
    if kind == CHOICE:
        return choice_quantile(numbers, first, u)
    return numbers[first]


@rule
def correlated_uniform(uniforms: Sequence[float], normals: Sequence[float], factor: Sequence[float], first: int, r: int) -> float:
    """The r-th of some uniforms with a Gaussian copula, made of independent ones.

    ``normals`` are their normal quantiles; row r of the Cholesky factor begins at ``first``. One that depends on no
    earlier one keeps its bits.
    """
    total = 0.0
    alone = True
    for n in range(r + 1):
        weight = factor[first + n]
        total += weight * normals[n]
        if n < r and weight != 0.0:
            alone = False
    if alone:
        return uniforms[r]
    return clipped(normal_cdf(total), SMALLEST_CHANCE, 1.0 - SMALLEST_CHANCE)
