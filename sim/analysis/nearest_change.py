"""The smallest change that a fitted response says is enough: a straight response, and the nearest point of it at a level.

Near a point the score of an outcome (log odds of a share) is taken as linear in the changes, a logistic regression for shares; the
nearest point of the half-space beyond the target, within the bounds of each change, is then known. Repeated around that point this is
the search for the design point of structural reliability.

Sources: Hasofer and Lind (1974), Journal of the Engineering Mechanics Division 100(1), 111-121; Rackwitz and Fiessler (1978),
Computers and Structures 9(5), 489-494.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_RIDGE = 1e-2  # histories' worth of a belief that a slope is 0: keeps slopes finite where all or none have the outcome
_LITTLE = 0.05  # of what all changes add to the score
_ROUNDS = 50
_CLOSE = 1e-9


@dataclass(frozen=True)
class Response:
    """score = level + slopes . change"""

    level: float
    slopes: np.ndarray

    def at(self, change: np.ndarray) -> float:
        """The score at a change."""
        return self.level + float(self.slopes @ change)


def fitted_share(points: np.ndarray, counts: np.ndarray, histories: np.ndarray, weights: np.ndarray, sign: float) -> Response:
    """A logistic regression by iterated weighted least squares.

    Parameters
    ----------
    points : changes, shape (points, candidates)
    counts, histories : of each point, how many of the histories had the outcome
    weights : of each point, how much it counts
    sign : -1 where fewer are wanted, so that the score rises to the target
    """
    rows = np.column_stack([np.ones(len(points)), points])
    # Half a history of each kind, spread over all points, so that the level is finite too.
    extra = 0.5 / len(points)
    hits, number = counts + extra, histories + 2 * extra
    total = float(hits.sum() / number.sum())
    found = np.zeros(rows.shape[1])
    found[0] = np.log(total / (1.0 - total))
    ridge = _RIDGE * np.diag([0.0, *np.ones(points.shape[1])])
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ found, -30.0, 30.0)))
        slope = rows.T @ (weights * (hits - number * chance)) - ridge @ found
        curvature = (rows * (weights * number * chance * (1.0 - chance))[:, None]).T @ rows + ridge + 1e-9 * np.eye(len(ridge))
        step = np.linalg.solve(curvature, slope)
        step *= min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-300))
        found = found + step
        if float(np.abs(step).max()) < _CLOSE:
            break
    return Response(sign * float(found[0]), sign * found[1:])


def fitted_mean(points: np.ndarray, means: np.ndarray, weights: np.ndarray, sign: float) -> Response:
    """A weighted least squares fit of means at some points."""
    rows = np.column_stack([np.ones(len(points)), points])
    curvature = (rows * weights[:, None]).T @ rows + 1e-9 * np.eye(rows.shape[1])
    found = np.linalg.solve(curvature, rows.T @ (weights * means))
    return Response(sign * float(found[0]), sign * found[1:])


def nearest(response: Response, wanted: float, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, bool]:
    """The shortest change within bounds at which the response reaches a score, and whether any does; else the one that comes nearest.

    Each change is ``clip(t * slope, low, high)`` for one t, which bisection finds: the condition of a least norm on a half-space in a box.
    """
    slopes = response.slopes
    furthest = np.where(slopes > 0.0, high, np.where(slopes < 0.0, low, 0.0))
    if response.at(furthest) < wanted:
        return furthest, False
    if response.level >= wanted:
        return np.zeros(len(slopes)), True
    some = np.abs(slopes) > 0.0
    short, long = 0.0, float(np.max(np.abs(furthest[some] / slopes[some])))
    for _ in range(200):
        middle = 0.5 * (short + long)
        if response.at(np.clip(middle * slopes, low, high)) < wanted:
            short = middle
        else:
            long = middle
    return np.clip(long * slopes, low, high), True


def sparing(
    response: Response, wanted: float, low: np.ndarray, high: np.ndarray, at_most: int, slack: float
) -> tuple[np.ndarray, bool]:
    """The nearest change of few numbers: those are left out, least first, without which it is longer by at most ``slack``, a share of it.

    Beyond that, numbers are left out until ``at_most`` change, as long as the score is reached. Where it is not, those are left out that
    add little.
    """
    best, reached = nearest(response, wanted, low, high)
    if not reached:
        gains = response.slopes * best
        return np.where(gains >= _LITTLE * float(gains.sum()), best, 0.0), False
    whole = float(np.linalg.norm(best))
    while np.count_nonzero(best) > 1:
        tries = [_without(response, wanted, low, high, best, n) for n in np.flatnonzero(best)]
        feasible = [point for point, is_enough in tries if is_enough]
        if not feasible:
            break
        shortest = min(feasible, key=lambda point: float(np.linalg.norm(point)))
        if float(np.linalg.norm(shortest)) > (1.0 + slack) * whole and np.count_nonzero(best) <= at_most:
            break
        best = shortest
    return best, True


def _without(
    response: Response, wanted: float, low: np.ndarray, high: np.ndarray, best: np.ndarray, left_out: int
) -> tuple[np.ndarray, bool]:
    kept = best != 0.0
    kept[left_out] = False
    return nearest(response, wanted, np.where(kept, low, 0.0), np.where(kept, high, 0.0))


__all__ = ["Response", "fitted_mean", "fitted_share", "nearest", "sparing"]
