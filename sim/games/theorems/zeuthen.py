"""T25: who risks less concedes. Two sides step down a list of options until one likes the other's offer enough.

Each starts with the option it likes best. The side that would lose the smaller share of its gain by accepting the other's
offer makes the smallest concession on the list. It ends at the option with the highest product of gains.

As strategies, with ``move.own`` and ``move.other`` one's utilities of one's own and of the other's standing offer, and
``move.rival_own``, ``move.rival_other`` the other's of its own and of ours: side 1 concedes iff ``(move.own - move.other) /
(move.own - disagreement_1) <= (move.rival_own - move.rival_other) / (move.rival_own - disagreement_2)``.

Sources: Zeuthen (1930), Problems of Monopoly and Economic Warfare; Harsanyi (1956), Econometrica 24, 144-157.
"""

from __future__ import annotations

import math

from sim.errors import ParameterError
from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, choose, only
from sim.rules.offers import best_nash, risk_limit, zeuthen_step

MOST = 8
ONE = (0.95, 0.85, 0.72, 0.55, 0.35, 0.15)
TWO = (0.10, 0.35, 0.55, 0.70, 0.86, 0.95)


def _solve(options: int, disagreement_1: float, disagreement_2: float, **utilities: float) -> Solution:
    one = [utilities[f"u1_{n}"] for n in range(1, options + 1)]
    two = [utilities[f"u2_{n}"] for n in range(1, options + 1)]
    gains = [(x - disagreement_1, y - disagreement_2) for x, y in zip(one, two, strict=True)]
    if not any(x > 0.0 and y > 0.0 for x, y in gains):
        raise ParameterError("zeuthen: expected at least one option that both sides prefer to disagreement; found none")
    # Options that somebody likes less than disagreement are never offered.
    allowed = [int(x >= 0.0 and y >= 0.0) for x, y in gains]
    listed = [n for n in range(options) if allowed[n]]
    first = max(listed, key=lambda n: (one[n], two[n]))
    second = max(listed, key=lambda n: (two[n], one[n]))
    offers = [first, second]
    risks = (
        risk_limit(one[first], one[second], disagreement_1), risk_limit(two[second], two[first], disagreement_2),
    )  # fmt: skip
    concessions = [0, 0]
    while (who := zeuthen_step(one, two, allowed, options, disagreement_1, disagreement_2, False, offers)) != 2:
        concessions[who] += 1
    products = [x * y if x > 0.0 and y > 0.0 else 0.0 for x, y in gains]
    nash = best_nash(one, two, allowed, options, disagreement_1, disagreement_2)
    agreed = offers[0]
    tied = [n for n in listed if products[n] == products[nash]]

    def at(option: int) -> dict[str, float]:
        return {
            "agreement": option + 1.0, "nash": nash + 1.0, "utility_1": one[option], "utility_2": two[option],
            "product": products[option], "first_offer_1": first + 1.0, "first_offer_2": second + 1.0, "risk_1": risks[0],
            "risk_2": risks[1], "concessions_1": float(concessions[0]), "concessions_2": float(concessions[1]),
        }  # fmt: skip

    if len(tied) == 1:
        return only(
            at(agreed), f"They agree on option {agreed + 1}.", "Unique: one option has the highest product of gains."
        )
    found = [(at(n), f"Option {n + 1} has the highest product of gains.") for n in tied]
    return choose(
        found,
        tied.index(agreed) if agreed in tied else 0,
        f"{len(tied)} options share the highest product of gains.",
        "The one at which the concessions end; with equal risks side 1 concedes.",
    )


def _utility(side: int, n: int, table: tuple[float, ...]) -> Symbol:
    return Symbol(
        f"u{side}_{n}", f"side {side}'s utility of option {n}", -math.inf, math.inf,
        example=table[n - 1] if n <= len(table) else 0.0, default=None if n <= 2 else 0.0,
    )  # fmt: skip


THEOREMS = (
    Theorem(
        name="zeuthen",
        title="Concession by the risk of conflict",
        symbols=(
            Symbol("options", "number of options", 2, MOST, example=6, kind="whole"),
            *(_utility(1, n, ONE) for n in range(1, MOST + 1)),
            *(_utility(2, n, TWO) for n in range(1, MOST + 1)),
            Symbol("disagreement_1", "side 1's utility without agreement", -math.inf, math.inf, example=0.0, default=0.0),
            Symbol("disagreement_2", "side 2's utility without agreement", -math.inf, math.inf, example=0.0, default=0.0),
        ),
        outputs=(
            Output("agreement", "number of the option agreed on, from 1", "option"),
            Output("nash", "number of the first option with the highest product of gains", "option"),
            Output("utility_1", "side 1's utility of it", "utility"),
            Output("utility_2", "side 2's utility of it", "utility"),
            Output("product", "product of gains", "utility squared"),
            Output("first_offer_1", "option that side 1 offers first", "option"),
            Output("first_offer_2", "option that side 2 offers first", "option"),
            Output("risk_1", "side 1's risk limit at the start", "probability"),
            Output("risk_2", "side 2's risk limit at the start", "probability"),
            Output("concessions_1", "number of concessions by side 1", "count"),
            Output("concessions_2", "number of concessions by side 2", "count"),
        ),
        formula=(
            "risk_i = (u_i(own offer) - u_i(other's offer)) / (u_i(own offer) - disagreement_i)",
            "the side with the lower risk concedes; that is the one whose offer has the lower product of gains",
            "agreement = the option that maximises (u1 - disagreement_1) * (u2 - disagreement_2)",
        ),
        source="Zeuthen (1930); Harsanyi (1956)",
        solver=_solve,
        strategies={
            "1.concedes": "(move.own - move.other) / (move.own - disagreement_1) <= "
            "(move.rival_own - move.rival_other) / (move.rival_own - disagreement_2)"
        },
        assumptions=("at least one option that both prefer to disagreement", "with equal risks side 1 concedes"),
    ),
)  # fmt: skip
