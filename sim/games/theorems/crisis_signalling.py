"""T17: the canonical crisis game with private information on both sides: challenge, resist, stand firm or back down.

A keeps the status quo (S_A) or challenges. B concedes (V_A, C_B) or resists. A then stands firm (W_A + e_A, W_B + e_B) or backs
down (a + e_a, V_B). The three errors are standard normal and private: A knows e_A and e_a, B knows e_B.

As strategies, with ``type.e_stand``, ``type.e_back`` (of A) and ``type.e_resist`` (of B):

* A challenges iff ``max(war_a + type.e_stand, back_down_a + type.e_back) > solution.challenge_cutoff``;
* B resists iff ``type.e_resist > solution.resist_cutoff``;
* A stands firm iff ``war_a + type.e_stand > back_down_a + type.e_back``.

Source: Lewis and Schultz (2003), Political Analysis 11(4), 345-367.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, choose

FARTHEST = 8.3  # beyond it the normal distribution is 0 or 1 to the last bit
GRID = 2001  # points between at which a change of sign is looked for
NODES = 120  # of the integrals over A's error
BEYOND = 1e9  # stands for the infinite: a root cannot be bracketed by infinity
STEPS = 2_000  # of the iteration that selects
CERTAIN = 40.0  # exponent at which a tail is cut off


class _Node(NamedTuple):
    """What A does if B resists with a given probability, and what B makes of it."""

    challenge: float
    stand: float  # given a challenge
    cutoff: float  # what A's better continuation must exceed for a challenge
    resist_normal: float  # B resists iff its error is above minus this


def _solve(
    status_quo_a: float, concession_a: float, war_a: float, back_down_a: float, concession_b: float, war_b: float,
    victory_b: float,
) -> Solution:  # fmt: skip
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    def at(resist: float) -> _Node:
        cutoff = (status_quo_a - (1.0 - resist) * concession_a) / resist
        log_stand = _log_mass(cutoff - war_a, war_a - back_down_a)
        log_back = _log_mass(cutoff - back_down_a, back_down_a - war_a)
        top = max(log_stand, log_back)
        if top == -math.inf:  # beyond what a double can hold: the likelier continuation alone
            stand, challenge = (1.0 if war_a > back_down_a else 0.0 if war_a < back_down_a else 0.5), 0.0
        else:
            parts = math.exp(log_stand - top), math.exp(log_back - top)
            stand, challenge = parts[0] / (parts[0] + parts[1]), min(1.0, math.exp(top) * (parts[0] + parts[1]))
        stake = victory_b - concession_b
        ratio = stake / stand if stand > 0.0 else math.copysign(math.inf, stake) if stake != 0.0 else 0.0
        return _Node(challenge, stand, cutoff, min(max(war_b - victory_b + ratio, -BEYOND), BEYOND))

    def excess(z: float) -> float:
        return z - min(
            max(at(_within(float(ndtr(z)))).resist_normal, -1e9), 1e9
        )  # a root cannot be bracketed by infinity

    roots = _roots(excess, brentq)
    found = []
    for z in roots:
        resist = float(ndtr(z))
        node = at(_within(resist))
        found.append((_values(resist, node), _words(resist, node)))
    selected, settled = 0, True
    if len(found) > 1:
        resist = 0.5
        for _ in range(STEPS):
            target = float(ndtr(at(_within(resist)).resist_normal))
            if abs(target - resist) < 1e-13:
                break
            resist += 0.5 * (target - resist)
        settled = abs(target - resist) < 1e-9
        z = float(ndtri(_within(resist)))
        selected = min(range(len(roots)), key=lambda n: abs(roots[n] - z))
    how_many = "The equilibrium is unique." if len(found) == 1 else f"There are {len(found)} equilibria."
    rule = "The equilibrium that damped iteration of B's chance to resist reaches from one half: r <- (r + f(r)) / 2."
    note = (
        ""
        if settled
        else f"The iteration had not settled after {STEPS} steps: the equilibrium nearest to it is selected."
    )
    return choose(found, selected, how_many, rule if len(found) > 1 else "There is nothing to select.", note)


def _within(resist: float) -> float:
    return min(max(resist, 1e-300), 1.0)


def _log_mass(tail: float, lead: float) -> float:
    """Logarithm of the probability that an error e exceeds ``tail`` and ``e + lead`` exceeds the other error."""
    import numpy as np
    from scipy.special import ndtr

    points, weights = _rule()
    start = max(tail, -FARTHEST - 1.0)
    if start == math.inf:
        return -math.inf
    length = CERTAIN / start if start > 4.0 else FARTHEST + 1.0 - start + (1.0 if start > 0.0 else 0.0)
    s = length * points
    inside = np.exp(-start * s - 0.5 * s * s) if start > 0.0 else np.exp(-0.5 * (start + s) ** 2)
    with np.errstate(under="ignore"):
        total = float(np.sum(weights * inside * ndtr(start + s + lead))) * length
    if total <= 0.0:
        return -math.inf
    return math.log(total) - 0.5 * math.log(2.0 * math.pi) - (0.5 * start * start if start > 0.0 else 0.0)


@cache
def _rule() -> tuple[Any, Any]:
    """Gauss-Legendre points and weights on [0, 1]."""
    import numpy as np

    points, weights = np.polynomial.legendre.leggauss(NODES)
    return 0.5 * (points + 1.0), 0.5 * weights


def _roots(excess: Any, brentq: Any) -> list[float]:
    """Roots of B's condition in the normal quantile of its chance to resist, those outside the grid included."""
    step = 2.0 * FARTHEST / (GRID - 1)
    grid = [-FARTHEST + n * step for n in range(GRID)]
    heights = [excess(z) for z in grid]
    roots = []
    # Beyond the grid the chance no longer moves, nor does B's answer: the excess is a straight line there.
    if heights[0] > 0.0:
        roots.append(grid[0] - heights[0])
    for n in range(GRID - 1):
        if heights[n] == 0.0:
            roots.append(grid[n])
        elif (heights[n] < 0.0) != (heights[n + 1] < 0.0) and heights[n + 1] != 0.0:
            roots.append(float(brentq(excess, grid[n], grid[n + 1], xtol=1e-14, rtol=1e-14)))
        elif 0 < n and _turns(heights[n - 1], heights[n], heights[n + 1]):
            roots += _pair(excess, brentq, grid[n - 1], grid[n], grid[n + 1], heights[n])
    if heights[-1] < 0.0:
        roots.append(grid[-1] - heights[-1])
    elif heights[-1] == 0.0:
        roots.append(grid[-1])
    return sorted(roots)


def _turns(before: float, here: float, after: float) -> bool:
    """Whether the size of a function is smallest in the middle of three points of one sign."""
    return (before > 0.0) == (here > 0.0) == (after > 0.0) and abs(here) <= abs(before) and abs(here) <= abs(after)


def _pair(excess: Any, brentq: Any, low: float, middle: float, high: float, height: float) -> list[float]:
    """Two roots between points of the grid, where the function touches zero and turns back."""
    from scipy.optimize import minimize_scalar

    sign = 1.0 if height > 0.0 else -1.0
    best = minimize_scalar(lambda z: sign * excess(z), bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    if best.fun > 0.0:
        return []
    return [float(brentq(excess, low, best.x, xtol=1e-14)), float(brentq(excess, best.x, high, xtol=1e-14))]


def _values(resist: float, node: _Node) -> dict[str, float]:
    challenge, stand = node.challenge, node.stand
    return {
        "resist": resist, "challenge": challenge, "stand": stand, "challenge_cutoff": node.cutoff,
        "resist_cutoff": -node.resist_normal, "unchallenged": 1.0 - challenge, "conceded": challenge * (1.0 - resist),
        "stood_firm": challenge * resist * stand, "backed_down": challenge * resist * (1.0 - stand),
    }  # fmt: skip


def _words(resist: float, node: _Node) -> str:
    return f"B resists with probability {resist:.6g}; A challenges with {node.challenge:.6g} and then stands firm with {node.stand:.6g}."


def _symbol(name: str, meaning: str, example: float) -> Symbol:
    return Symbol(name, meaning, -math.inf, math.inf, example=example)


THEOREMS = (
    Theorem(
        name="crisis_signalling",
        title="A crisis in which threats inform",
        symbols=(
            _symbol("status_quo_a", "S_A: A's payoff of the status quo", 0.0),
            _symbol("concession_a", "V_A: A's payoff if B concedes", 1.0),
            _symbol("war_a", "W_A: A's mean payoff of standing firm", -1.9),
            _symbol("back_down_a", "a: A's mean payoff of backing down", -1.2),
            _symbol("concession_b", "C_B: B's payoff if it concedes", 0.0),
            _symbol("war_b", "W_B: B's mean payoff if A stands firm", -2.9),
            _symbol("victory_b", "V_B: B's payoff if A backs down", 1.0),
        ),
        outputs=(
            Output("resist", "pR: probability that B resists a challenge", "probability"),
            Output("challenge", "pC: probability that A challenges", "probability"),
            Output("stand", "pF: probability that A, having challenged, stands firm", "probability"),
            Output("challenge_cutoff", "A challenges iff its better continuation exceeds this", "utility"),
            Output("resist_cutoff", "B resists iff its error exceeds this", "utility"),
            Output("unchallenged", "probability of the status quo", "probability"),
            Output("conceded", "probability that B concedes", "probability"),
            Output("stood_firm", "probability that A stands firm", "probability"),
            Output("backed_down", "probability that A backs down", "probability"),
        ),
        formula=(
            "challenge_cutoff c = (S_A - (1 - pR) * V_A) / pR",
            "pC = 1 - Phi(c - W_A) * Phi(c - a)",
            "pF = Phi2((W_A - a) / sqrt(2), W_A - c; 1 / sqrt(2)) / pC",
            "pR = Phi((pF * W_B + (1 - pF) * V_B - C_B) / pF)",
        ),
        source="Lewis and Schultz (2003)",
        solver=_solve,
        strategies={
            "A.challenges": "max(war_a + type.e_stand, back_down_a + type.e_back) > solution.challenge_cutoff",
            "B.resists": "type.e_resist > solution.resist_cutoff",
            "A.stands": "war_a + type.e_stand > back_down_a + type.e_back",
        },
        assumptions=("errors independent and standard normal",),
    ),
)
