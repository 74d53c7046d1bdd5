"""T09: where cooperative theory puts an agreement: Nash, Kalai-Smorodinsky, egalitarian, utilitarian.

`bargaining_points`: one pie, x is player 1's share, ``u1 = x^exponent_1`` and ``u2 = (1 - x^shape)^exponent_2``.
`logrolling`: two issues of which each may be divided; the players weigh them differently.

As strategies: a mediator proposes ``solution.nash_x`` (or ``kalai_smorodinsky_x``, ...), and both accept; of two issues,
``solution.x_1`` and ``solution.x_2``.

Sources: Nash (1950), Econometrica 18, 155-162; Kalai and Smorodinsky (1975), Econometrica 43, 513-518; Kalai (1977),
Econometrica 45, 1623-1630; Raiffa (1982), The Art and Science of Negotiation.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only

POINTS = {
    "nash": "Nash solution",
    "kalai_smorodinsky": "Kalai-Smorodinsky solution",
    "egalitarian": "egalitarian solution",
    "utilitarian": "utilitarian solution",
}


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function of [low, high] is zero; the end nearest to it if it keeps its sign."""
    from scipy.optimize import brentq

    if falling(low) <= 0.0:
        return low
    if falling(high) >= 0.0:
        return high
    return float(brentq(falling, low, high, xtol=1e-16, rtol=1e-14, maxiter=500))


def _other(w: float, k: float, b: float) -> float:
    """Player 2's utility on the frontier where player 1 has w."""
    return (1.0 - w**k) ** b


def _feasible(exponent_1: float, exponent_2: float, shape: float, disagreement_1: float, disagreement_2: float) -> bool:
    return disagreement_2 < _other(disagreement_1, shape / exponent_1, exponent_2)


def _points(
    exponent_1: float,
    exponent_2: float,
    shape: float,
    disagreement_1: float,
    disagreement_2: float,
    weight: float,
) -> Solution:
    k, b, d1, d2 = shape / exponent_1, exponent_2, disagreement_1, disagreement_2
    low, high = d1, (1.0 - d2 ** (1.0 / b)) ** (1.0 / k)  # what player 1 may get
    best_1, best_2 = high - d1, _other(d1, k, b) - d2
    top = min(high, 1.0 - 1e-15)  # the slope of the frontier may be infinite at its end

    def slope(w: float) -> float:
        return -b * (1.0 - w**k) ** (b - 1.0) * k * w ** (k - 1.0) if w > 0.0 or k == 1.0 else 0.0

    def nash(w: float) -> float:
        """Derivative of the logarithm of the weighted product, times both gains."""
        return weight * (_other(w, k, b) - d2) + (1.0 - weight) * (w - d1) * slope(w)

    found = {
        "nash": _root(nash, low, top),
        "kalai_smorodinsky": _root(lambda w: (_other(w, k, b) - d2) * best_1 - (w - d1) * best_2, low, high),
        "egalitarian": _root(lambda w: (_other(w, k, b) - d2) - (w - d1), low, high),
        "utilitarian": _root(lambda w: 1.0 + slope(w), low, top),
    }
    flat = k == 1.0 and b == 1.0
    if flat:
        found["utilitarian"] = 0.5 * (low + high)
    values: dict[str, float] = {}
    for name, w in found.items():
        values |= {f"{name}_x": w ** (1.0 / exponent_1), f"{name}_1": w, f"{name}_2": _other(w, k, b)}
    nash_product = (values["nash_1"] - d1) * (values["nash_2"] - d2)
    values |= {"best_1": high, "best_2": _other(d1, k, b), "product": nash_product}
    return only(
        values,
        "The four solutions, all on the frontier and at least as good as disagreement for both.",
        "Each solution is unique, for the frontier is concave"
        + ("; but the sum of utilities is the same all along it." if flat else "."),
        "Every division is utilitarian here; the middle one is given." if flat else "",
        selection="The middle of the utilitarian divisions." if flat else "There is nothing to select.",
    )


def _logrolling(weight_1: float, weight_2: float) -> Solution:
    swapped = weight_1 < weight_2
    # Player 1 cares more for the first issue, or the issues are exchanged.
    own, other = (1.0 - weight_1, 1.0 - weight_2) if swapped else (weight_1, weight_2)
    if own == other:
        first, second = 0.5, 0.5
    elif other > 0.5:
        first, second = 0.5 / other, 0.0  # the first issue is worth most to both: it is shared
    elif own < 0.5:
        first, second = 1.0, (0.5 - own) / (1.0 - own)
    else:
        first, second = 1.0, 0.0
    utility_1 = own * first + (1.0 - own) * second
    utility_2 = other * (1.0 - first) + (1.0 - other) * (1.0 - second)
    x_1, x_2 = (second, first) if swapped else (first, second)
    values = {
        "x_1": x_1, "x_2": x_2, "utility_1": utility_1, "utility_2": utility_2, "product": utility_1 * utility_2,
        "product_of_halves": 0.25,
    }  # fmt: skip
    traded = first == 1.0 and second == 0.0
    same = own == other
    return only(
        values,
        "Each gives way on what it cares less for."
        if traded
        else "There is nothing to trade."
        if same
        else "One issue is traded fully, the other is shared.",
        "Utilities are unique; with equal weights the divisions are not." if same else "The Nash solution is unique.",
        "Every division with both at one half does as well; that of halves is given." if same else "",
        selection="Each issue is split in halves." if same else "There is nothing to select.",
    )


THEOREMS = (
    Theorem(
        name="bargaining_points",
        title="Four solutions of a bargaining problem",
        symbols=(
            Symbol("exponent_1", "exponent of player 1's utility", 0.05, 20.0, example=0.5),
            Symbol("exponent_2", "exponent of player 2's utility", 0.05, 1.0, example=0.8),
            Symbol("shape", "exponent of player 1's share in player 2's loss", 0.05, 20.0, example=1.0, default=1.0),
            Symbol("disagreement_1", "player 1's utility without agreement", 0.0, 1.0, example=0.0, default=0.0, open_high=True),
            Symbol("disagreement_2", "player 2's utility without agreement", 0.0, 1.0, example=0.0, default=0.0, open_high=True),
            Symbol("weight", "player 1's weight in the Nash product", 0.0, 1.0, example=0.5, default=0.5, open_low=True,
                   open_high=True),
        ),
        outputs=(
            *(
                Output(f"{name}_{what}", f"{words}: {meaning}", unit)
                for name, words in POINTS.items()
                for what, meaning, unit in (
                    ("x", "player 1's share of the pie", "share"),
                    ("1", "player 1's utility", "utility"),
                    ("2", "player 2's utility", "utility"),
                )
            ),
            Output("best_1", "the most player 1 can have if player 2 gets its disagreement utility", "utility"),
            Output("best_2", "the most player 2 can have if player 1 gets its disagreement utility", "utility"),
            Output("product", "product of gains at the Nash solution", "utility squared"),
        ),
        formula=(
            "u1 = x^exponent_1,  u2 = (1 - x^shape)^exponent_2",
            "Nash: maximise (u1 - disagreement_1)^weight * (u2 - disagreement_2)^(1 - weight)",
            "Kalai-Smorodinsky: (u1 - disagreement_1) / (best_1 - disagreement_1) = (u2 - disagreement_2) / (best_2 - disagreement_2)",
            "egalitarian: u1 - disagreement_1 = u2 - disagreement_2;  utilitarian: maximise u1 + u2",
            "all exponents 1: nash_x = disagreement_1 + weight * (1 - disagreement_1 - disagreement_2)",
        ),
        source="Nash (1950); Kalai and Smorodinsky (1975); Kalai (1977)",
        solver=_points,
        strategies={"mediator.proposal": "solution.nash_x"},
        requires=(
            Condition("exponent_1 of at most shape (a concave frontier)", lambda exponent_1, shape: exponent_1 <= shape),
            Condition("a division that both prefer to disagreement", _feasible),
        ),
        assumptions=("the utilitarian solution is sought among divisions that nobody likes less than disagreement",),
    ),
    Theorem(
        name="logrolling",
        title="Two issues that are worth trading",
        symbols=(
            Symbol("weight_1", "player 1's weight of the first issue; the rest is that of the second", 0.0, 1.0, example=0.7),
            Symbol("weight_2", "player 2's weight of the first issue", 0.0, 1.0, example=0.3),
        ),
        outputs=(
            Output("x_1", "player 1's share of the first issue", "share"),
            Output("x_2", "player 1's share of the second issue", "share"),
            Output("utility_1", "player 1's utility", "utility"),
            Output("utility_2", "player 2's utility", "utility"),
            Output("product", "product of both", "utility squared"),
            Output("product_of_halves", "the product if each issue is split in halves", "utility squared"),
        ),
        formula=(
            "u1 = weight_1 * x_1 + (1 - weight_1) * x_2,  u2 = weight_2 * (1 - x_1) + (1 - weight_2) * (1 - x_2)",
            "maximise u1 * u2; for weight_1 > weight_2:",
            "weight_2 <= 1/2 <= weight_1: x_1 = 1, x_2 = 0, each issue goes to who values it more",
            "weight_2 > 1/2: x_1 = 1 / (2 * weight_2), x_2 = 0;  weight_1 < 1/2: x_1 = 1, x_2 = (1/2 - weight_1) / (1 - weight_1)",
        ),
        source="Nash (1950); Raiffa (1982)",
        solver=_logrolling,
        strategies={"mediator.proposal_1": "solution.x_1", "mediator.proposal_2": "solution.x_2"},
        assumptions=("both get 0 without an agreement",),
    ),
)  # fmt: skip
