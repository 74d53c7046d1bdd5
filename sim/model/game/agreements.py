"""What two players agree on by a solution concept of cooperative bargaining, found by narrowing a grid."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

from sim.errors import ParameterError
from sim.model.spec.game import AgreementMove

POINTS = {1: 401, 2: 41, 3: 13}  # of the grid on each number, by how many numbers there are
NARROWINGS = 60
DECIMALS = 12

Payoffs = Callable[[Sequence[float]], tuple[float, float]]


def agreed_numbers(
    move: AgreementMove, payoffs: Payoffs, bounds: Sequence[tuple[float, float]], disagreement: tuple[float, float], weight: float
) -> dict[str, float]:
    """The numbers that the move's concept gives.

    Parameters
    ----------
    payoffs : of both players, for given numbers.
    weight : bargaining power of the first player; for the Nash solution alone.

    Raises
    ------
    ParameterError
        No numbers give both players more than disagreement, or payoffs are not finite.

    Right where the concept's objective has a single peak, as with concave payoffs.
    """
    d1, d2 = disagreement

    def gains(point: Sequence[float]) -> tuple[float, float]:
        u1, u2 = payoffs(point)
        if not math.isfinite(u1) or not math.isfinite(u2):
            raise ParameterError(f"a payoff of the agreement is not finite at {', '.join(f'{x:g}' for x in point)}")
        return u1 - d1, u2 - d2

    def within(point: Sequence[float]) -> bool:
        return min(gains(point)) >= 0.0

    if move.concept == "utilitarian":
        best = _smooth_peak(lambda point: math.fsum(gains(point)) if within(point) else -math.inf, bounds)
    elif move.concept == "egalitarian":
        best = _peak(lambda point: min(gains(point)), bounds)
    elif move.concept == "kalai_smorodinsky":
        ideal = [gains(_peak(lambda p, n=n: gains(p)[n] if within(p) else -math.inf, bounds))[n] for n in (0, 1)]
        if min(ideal) <= 0.0:
            raise ParameterError("no agreement gives both players more than disagreement")
        best = _peak(lambda point: min(gain / top for gain, top in zip(gains(point), ideal, strict=True)), bounds)
    else:
        best = _smooth_peak(lambda point: _nash(gains(point), weight), bounds)
    if min(gains(best)) < -1e-12 or (move.concept == "nash" and min(gains(best)) <= 0.0):
        raise ParameterError("no agreement gives both players more than disagreement")
    return {name: round(x, DECIMALS) for name, x in zip(move.numbers, best, strict=True)}


def _nash(gains: tuple[float, float], weight: float) -> float:
    if min(gains) <= 0.0:
        return -math.inf
    return weight * math.log(gains[0]) + (1.0 - weight) * math.log(gains[1])


def _smooth_peak(objective: Callable[[Sequence[float]], float], bounds: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """The peak of a smooth objective, to more digits than comparing values near its flat top can tell."""
    best = list(_peak(objective, bounds))
    for _ in range(1 if len(best) == 1 else 20):
        for n, (low, high) in enumerate(bounds):
            step = 1e-3 * (high - low)
            if not low + 3.0 * step < best[n] < high - 3.0 * step:
                continue  # at an end there is nothing flat

            def slope(x: float, n: int = n, step: float = step) -> float:
                def at(y: float) -> float:
                    return objective([*best[:n], y, *best[n + 1 :]])

                return 8.0 * (at(x + step) - at(x - step)) - (at(x + 2.0 * step) - at(x - 2.0 * step))

            left, right = best[n] - step, best[n] + step
            if slope(left) > 0.0 > slope(right):
                while right - left > 1e-14 * max(1.0, abs(right)):
                    middle = (left + right) / 2.0
                    if middle in (left, right):
                        break
                    left, right = (middle, right) if slope(middle) > 0.0 else (left, middle)
                best[n] = (left + right) / 2.0
    return tuple(best)


def _peak(objective: Callable[[Sequence[float]], float], bounds: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Where an objective with one peak is highest within bounds; of equal points the first."""
    points = POINTS[len(bounds)]
    low, high = [a for a, _ in bounds], [b for _, b in bounds]
    best: tuple[float, ...] = tuple(low)
    top = -math.inf
    for _ in range(NARROWINGS):
        axes = [[a + (b - a) * n / (points - 1) for n in range(points)] for a, b in zip(low, high, strict=True)]
        for point in product(*axes):
            value = objective(point)
            if value > top:
                best, top = point, value
        width = [4.0 * (b - a) / (points - 1) for a, b in zip(low, high, strict=True)]
        low = [max(a, x - w / 2.0) for (a, _), x, w in zip(bounds, best, width, strict=True)]
        high = [min(b, x + w / 2.0) for (_, b), x, w in zip(bounds, best, width, strict=True)]
        points = 9
        if all(b - a <= 1e-14 * max(1.0, abs(b)) for a, b in zip(low, high, strict=True)):
            break
    return best
