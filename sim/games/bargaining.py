"""Points of the bargaining theory: in a finite set of payoff vectors, and on a smooth frontier.

In a finite set only what is there can be chosen; no lotteries. Points that give somebody less than the disagreement point are
left out, and a tie goes to the earlier one in the list and is told. On a frontier two payoffs are functions of one number.

Source: Nash (1950); Kalai and Smorodinsky (1975); Kalai (1977); Roth (1979) for weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.errors import ParameterError

Rule = Literal["nash", "kalai-smorodinsky", "egalitarian", "utilitarian"]
RULES: tuple[Rule, ...] = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
_TIE = 1e-12  # relative: closer values of a criterion are a tie
_GRID = 400  # points at which a frontier is looked at before it is refined
_STENCIL = 1e-3  # step of the numerical derivative, as a share of the interval: errors of its fourth power


@dataclass(frozen=True)
class Chosen:
    """The point of a rule in a finite set: its number, its payoffs, the value of the criterion, and the numbers of points as good."""

    rule: Rule
    index: int
    payoffs: tuple[float, ...]
    value: float
    ties: tuple[int, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """The point of a rule on a smooth frontier: the number at which it lies and both payoffs there."""

    rule: Rule
    at: float
    payoffs: tuple[float, float]


def checked(points: Any, disagreement: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Points, shape (points, players), and the disagreement point, shape (players,), as arrays.

    Raises
    ------
    ParameterError
        No point, other numbers of payoffs, or a payoff that is not finite.
    """
    table, start = np.asarray(points, dtype=float), np.asarray(disagreement, dtype=float)
    if table.ndim != 2 or not table.size:
        raise ParameterError(
            f"payoff vectors: expected a table of points and players, found an array of shape {table.shape}"
        )
    if start.shape != (table.shape[1],):
        raise ParameterError(f"disagreement point: expected {table.shape[1]} payoffs, found {start.size}")
    if not np.isfinite(table).all() or not np.isfinite(start).all():
        raise ParameterError("payoff vectors and disagreement point: expected finite numbers")
    return table, start


def pareto_set(points: Any) -> tuple[int, ...]:
    """Numbers of the points to which no other one is better for somebody and worse for nobody; equal points are all in it."""
    table = np.asarray(points, dtype=float)
    table, _ = checked(table, np.zeros(table.shape[-1] if table.ndim == 2 else 0))
    order = np.lexsort(table.T[::-1])[::-1]  # nobody later in this order dominates anybody earlier
    kept: list[int] = []
    for k in order:
        rivals = table[kept]
        if not ((rivals >= table[k]).all(axis=1) & (rivals > table[k]).any(axis=1)).any():
            kept.append(int(k))
    return tuple(sorted(kept))


def solve(
    points: Any, disagreement: Sequence[float], rule: Rule = "nash", weights: Sequence[float] | None = None
) -> Chosen:
    """The point that the rule picks among those that give nobody less than the disagreement point.

    ``weights`` are powers of the gains (nash), or factors on them (the others); equal without. Nash: largest product of gains.
    Kalai-Smorodinsky: largest least gain in relation to the most that each could get in the set. Egalitarian: largest least gain;
    both go on to the next least gain where the least ties. Utilitarian: largest sum.

    Raises
    ------
    ParameterError
        Bad numbers, an unknown rule, or no point that all prefer to disagreement or are indifferent about.
    """
    table, start = checked(points, disagreement)
    factors = np.ones(table.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if factors.shape != start.shape or not np.isfinite(factors).all() or (factors <= 0.0).any():
        raise ParameterError(f"weights: expected {len(start)} positive numbers, found {factors.tolist()}")
    if rule not in RULES:
        raise ParameterError(f"rule: expected one of {', '.join(RULES)}, found '{rule}'")
    inside = np.flatnonzero((table >= start).all(axis=1))
    if not len(inside):
        raise ParameterError(
            "no payoff vector gives everybody at least the disagreement point", hint="there is nothing to agree on"
        )
    gains = table[inside] - start
    criteria = _criteria(gains, rule, factors)
    best = max(range(len(inside)), key=lambda k: criteria[k])
    ties = tuple(int(inside[k]) for k in range(len(inside)) if k != best and _close(criteria[k], criteria[best]))
    number = int(inside[best])
    return Chosen(rule, number, tuple(map(float, table[number])), criteria[best][0], ties)


def _criteria(gains: np.ndarray, rule: Rule, weights: np.ndarray) -> list[tuple[float, ...]]:
    """What the rule maximises, for each point; longer tuples are compared in order."""
    if rule == "nash":
        return [(float(np.prod(gain**weights)),) for gain in gains]
    if rule == "utilitarian":
        return [(float(gain @ weights),) for gain in gains]
    if rule == "kalai-smorodinsky":
        most = gains.max(axis=0)
        gains = np.divide(gains, most, out=np.ones_like(gains), where=most > 0.0)
    return [tuple(sorted(map(float, gain * weights))) for gain in gains]


def _close(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= _TIE * max(1.0, abs(a), abs(b)) for a, b in zip(first, second, strict=True))


def solve_frontier(
    first: Callable[[float], float],
    second: Callable[[float], float],
    interval: tuple[float, float],
    disagreement: tuple[float, float] = (0.0, 0.0),
    rule: Rule = "nash",
    weights: tuple[float, float] = (1.0, 1.0),
) -> FrontierPoint:
    """The rule's point on the frontier ``(first(x), second(x))``, x in ``interval``.

    ``first`` rises and ``second`` falls in x, or the other way round, on the part where both gain. Products and sums are maximised
    from the best point of a grid; the ratios of Kalai-Smorodinsky and egalitarian are solved for.

    Raises
    ------
    ParameterError
        An interval without length, an unknown rule, payoffs that are not finite, or no point at which both gain.
    """
    low, high = map(float, interval)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ParameterError(f"interval of the frontier: expected two finite numbers in order, found {interval}")
    if rule not in RULES:
        raise ParameterError(f"rule: expected one of {', '.join(RULES)}, found '{rule}'")
    if min(weights) <= 0.0:
        raise ParameterError(f"weights: expected positive numbers, found {weights}")

    def gains(x: float) -> tuple[float, float]:
        return float(first(x)) - disagreement[0], float(second(x)) - disagreement[1]

    grid = [low + (high - low) * k / _GRID for k in range(_GRID + 1)]
    values = np.array([gains(x) for x in grid])
    if not np.isfinite(values).all():
        raise ParameterError("frontier: expected finite payoffs on the whole interval")
    inside = (values >= 0.0).all(axis=1)
    if not inside.any():
        raise ParameterError("the frontier has no point at which both get at least the disagreement point")
    if rule in ("nash", "utilitarian"):
        at = _maximised(gains, grid, inside, rule, weights)
    else:
        at = _equalised(gains, grid, values, inside, rule, weights)
    return FrontierPoint(rule, at, (float(first(at)), float(second(at))))


def _maximised(gains: Any, grid: list[float], inside: np.ndarray, rule: Rule, weights: tuple[float, float]) -> float:
    from scipy.optimize import brentq, minimize_scalar

    def loss(x: float) -> float:
        a, b = gains(x)
        if rule == "utilitarian":
            return -(weights[0] * a + weights[1] * b)
        return -(max(a, 0.0) ** weights[0]) * max(b, 0.0) ** weights[1]

    best = min((k for k in range(len(grid)) if inside[k]), key=lambda k: loss(grid[k]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
    done = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-13})
    found = min((float(done.x), grid[best], *bounds), key=loss)
    step = _STENCIL * (grid[-1] - grid[0])
    if grid[0] <= bounds[0] - 2 * step and bounds[1] + 2 * step <= grid[-1]:
        # Near its peak a function is flat: where the slope vanishes is known to twice as many digits as where the value is largest.
        def slope(x: float) -> float:
            return 8.0 * (loss(x + step) - loss(x - step)) - (loss(x + 2 * step) - loss(x - 2 * step))

        if slope(bounds[0]) < 0.0 < slope(bounds[1]):
            refined = float(brentq(slope, *bounds, xtol=1e-15))
            if abs(refined - found) < 1e-6 * (grid[-1] - grid[0]):
                return refined
    return found


def _equalised(
    gains: Any, grid: list[float], values: np.ndarray, inside: np.ndarray, rule: Rule, weights: tuple[float, float]
) -> float:
    from scipy.optimize import brentq

    most = (1.0, 1.0) if rule == "egalitarian" else _most(gains, grid, values, inside)

    def difference(x: float) -> float:
        a, b = gains(x)
        return weights[0] * a / most[0] - weights[1] * b / most[1]

    numbers = [difference(x) for x in grid]
    for k in range(len(grid) - 1):
        if numbers[k] == 0.0 and inside[k]:
            return grid[k]
        if numbers[k] * numbers[k + 1] < 0.0 and min(gains(grid[k])) + min(gains(grid[k + 1])) >= -1e-9:
            return float(brentq(difference, grid[k], grid[k + 1], xtol=1e-15))
    # The ratios cross nowhere: one side is better off all along, and the other's best point is chosen.
    return max(
        (x for x, ok in zip(grid, inside, strict=True) if ok),
        key=lambda x: min(gains(x)[0] / most[0], gains(x)[1] / most[1]),
    )


def _most(gains: Any, grid: list[float], values: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """The most that each can gain while the other loses nothing."""
    from scipy.optimize import brentq

    found = values[inside].max(axis=0)
    for k in range(len(grid) - 1):
        if inside[k] != inside[k + 1]:
            loser = int(values[k if not inside[k] else k + 1].argmin())
            edge = float(brentq(lambda x, who=loser: gains(x)[who], grid[k], grid[k + 1], xtol=1e-15))
            found = np.maximum(found, np.where(np.arange(2) == loser, 0.0, gains(edge)))
    return float(found[0]) or 1.0, float(found[1]) or 1.0
