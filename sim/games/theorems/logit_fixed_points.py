"""All logit equilibria of a two-by-two game, and the one on the principal branch.

With p the chance of the row player's first action, q that of the column player's first, and x = logit(p), an equilibrium
is a root of ``x - precision * (a + b * q(x))`` with ``q(x) = L(precision * (c + d * L(x)))``. The slope of q is bounded on
any interval, so intervals are cut until each is shown to hold no root or exactly one: none is missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

NARROW = 1e-11  # relative width of an interval that is not cut further: two roots that touch


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


def _density(low: float, high: float) -> tuple[float, float]:
    """Least and largest slope of the logistic function between two points."""

    def slope(x: float) -> float:
        tail = math.exp(-abs(x))
        return tail / ((1.0 + tail) * (1.0 + tail))

    ends = slope(low), slope(high)
    return min(ends), 0.25 if low <= 0.0 <= high else max(ends)


def equilibria(a: float, b: float, c: float, d: float, precision: float) -> list[tuple[float, float]]:
    """Every (p, q) with ``p = L(precision * (a + b q))`` and ``q = L(precision * (c + d p))``, by rising p."""
    found = []
    for x in _roots(a, b, c, d, precision):
        p = logistic(x)
        found.append((p, logistic(precision * (c + d * p))))
    return found


def _roots(a: float, b: float, c: float, d: float, precision: float) -> list[float]:
    from scipy.optimize import brentq

    def excess(x: float) -> float:
        return x - precision * (a + b * logistic(precision * (c + d * logistic(x))))

    ends = sorted((precision * a, precision * (a + b)))
    margin = 1e-9 * (1.0 + abs(ends[0]) + abs(ends[1]))
    waiting = [(ends[0] - margin, ends[1] + margin)]
    steep = precision * precision * b * d
    roots: list[float] = []
    while waiting:
        low, high = waiting.pop()
        own = _density(low, high)
        inner = sorted(precision * (c + d * logistic(x)) for x in (low, high))
        other = _density(*inner)
        slopes = sorted(1.0 - steep * own[n] * other[n] for n in (0, 1))
        first, last = excess(low), excess(high)
        middle = 0.5 * (low + high)
        if abs(excess(middle)) > max(abs(slopes[0]), abs(slopes[1])) * 0.5 * (high - low):
            continue
        if slopes[0] > 0.0 or slopes[1] < 0.0:
            if first == 0.0 or last == 0.0 or (first < 0.0) != (last < 0.0):
                roots.append(_bracketed(brentq, excess, low, high, first, last))
        elif high - low <= NARROW * (1.0 + abs(middle)):
            roots.append(middle)
        else:
            waiting += [(low, middle), (middle, high)]
    return _distinct(roots)


def _bracketed(
    brentq: Callable[..., float], excess: Callable[[float], float], low: float, high: float, first: float, last: float
):
    if first == 0.0:
        return low
    if last == 0.0:
        return high
    return float(brentq(excess, low, high, xtol=1e-14, rtol=1e-14, maxiter=500))


def _distinct(roots: list[float]) -> list[float]:
    kept: list[float] = []
    for root in sorted(roots):
        if not kept or root - kept[-1] > 1e-8 * (1.0 + abs(root)):
            kept.append(root)
    return kept


def principal(a: float, b: float, c: float, d: float, precision: float, found: list[tuple[float, float]]) -> int:
    """Which of the equilibria is reached from even chances by raising the precision from 0, one step after another.

    The branch is followed to the nearest equilibrium; steps are halved while a second one is about as near.
    """
    if len(found) == 1:
        return 0
    at, reached, step = 0.0, (0.5, 0.5), precision / 64.0
    while at < precision:
        ahead = min(precision, at + step)
        options = equilibria(a, b, c, d, ahead)
        distances = sorted(_distance(option, reached) for option in options)
        doubtful = distances[0] > 0.05 or (len(distances) > 1 and distances[1] < 4.0 * distances[0])
        if doubtful and step > precision * 1e-5:
            step *= 0.5
            continue
        at, reached = ahead, min(options, key=lambda option: _distance(option, reached))
        step = min(2.0 * step, precision / 64.0)
    return min(range(len(found)), key=lambda n: _distance(found[n], reached))


def _distance(one: tuple[float, float], two: tuple[float, float]) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])
