"""T04: a declining state that cannot be paid enough today for what it will be able to demand tomorrow.

The pie is one a period. A's chance of winning is p_now in the first period and p_later from the second on. Each period
B offers A a share; A takes it or attacks. War ends the game: the winner has all pies from then on, costs are paid once.
Payoffs are sums over all periods.

As strategies: B offers ``solution.offer_now`` in round 1 and ``solution.offer_later`` after it. A attacks in round 1 iff
``move.offer < solution.need_now`` and later iff ``move.offer < solution.offer_later``.

Sources: Fearon (1995), International Organization 49(3), 379-414; Powell (2006), International Organization 60(1), 169-203.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import ON_EDGE, Output, Solution, Symbol, Theorem, only


def _solve(p_now: float, p_later: float, discount: float, cost_a: float, cost_b: float) -> Solution:
    rest = 1.0 - discount
    war_now, war_later = p_now / rest - cost_a, p_later / rest - cost_a
    later = max(0.0, war_later)
    need = max(0.0, war_now - discount * later)
    left, right = p_now - discount * p_later, rest + rest * rest * cost_a
    # Who would get less than nothing by fighting later is held to 0, not to less: then what p_later is does not matter.
    threshold = (p_now - rest - rest * rest * cost_a) / discount if war_now > 1.0 else 0.0
    need = 1.0 if abs(need - 1.0) <= ON_EDGE else need
    attacks = need > 1.0
    offer = min(1.0, need)
    payoff_a = war_now if attacks else offer + discount * later
    payoff_b = (1.0 - p_now) / rest - cost_b if attacks else 1.0 / rest - payoff_a
    values = {
        "attacks": 1.0 if attacks else 0.0, "need_now": need, "offer_now": offer, "offer_later": rest * later,
        "value_later": later, "war_value_now": war_now, "gain_from_attack": left, "price_of_attack": right,
        "threshold": threshold, "payoff_a": payoff_a, "payoff_b": payoff_b,
    }  # fmt: skip
    words = (
        "A attacks at once: even the whole pie of today is too little."
        if attacks
        else "There is peace: B buys A off today and holds it to its reservation value afterwards."
    )
    unique = "The outcome of the subgame-perfect equilibrium is unique"
    return only(
        values,
        words,
        f"{unique}; what B offers in vain is not, and here it is the whole pie." if attacks else f"{unique}.",
        "A is exactly indifferent between the whole pie and war, and does not attack." if need == 1.0 else "",
        "Later war would give A less than nothing, so it is held to 0 then: the printed comparison does not apply, need_now does."
        if war_later < 0.0
        else "",
    )


THEOREMS = (
    Theorem(
        name="power_shift",
        title="War because promises of tomorrow do not bind",
        symbols=(
            Symbol("p_now", "A's chance of winning a war in the first period", 0.0, 1.0, example=0.9),
            Symbol("p_later", "A's chance of winning from the second period on", 0.0, 1.0, example=0.4),
            Symbol(
                "discount",
                "discount factor from period to period",
                0.0,
                1.0,
                example=0.9,
                open_low=True,
                open_high=True,
            ),
            Symbol("cost_a", "A's cost of war, paid once", 0.0, math.inf, example=0.3),
            Symbol(
                "cost_b",
                "B's cost of war, paid once; it does not move the decision",
                0.0,
                math.inf,
                example=0.3,
                default=0.0,
            ),
        ),
        outputs=(
            Output("attacks", "1 if A attacks in the first period, else 0", "0 or 1"),
            Output("need_now", "share of today's pie that would keep A from attacking; above 1 there is war", "share"),
            Output("offer_now", "what B offers in the first period", "share"),
            Output("offer_later", "what B offers in each later period", "share"),
            Output("value_later", "A's value of peace from the second period on, at its beginning", "pies"),
            Output("war_value_now", "A's value of attacking now", "pies"),
            Output("gain_from_attack", "p_now - discount * p_later", "share"),
            Output("price_of_attack", "(1 - discount) + (1 - discount)^2 * cost_a", "share"),
            Output("threshold", "p_later below which A attacks; 0 if it never does", "probability"),
            Output("payoff_a", "A's payoff", "pies"),
            Output("payoff_b", "B's payoff", "pies"),
        ),
        formula=(
            "value_later = max(0, p_later / (1 - discount) - cost_a)",
            "need_now = p_now / (1 - discount) - cost_a - discount * value_later;  A attacks iff need_now > 1",
            "where value_later > 0: iff p_now - discount * p_later > (1 - discount) + (1 - discount)^2 * cost_a,",
            "that is iff p_later < threshold = (p_now - (1 - discount) - (1 - discount)^2 * cost_a) / discount",
        ),
        source="Fearon (1995); Powell (2006)",
        solver=_solve,
        strategies={
            "B.offer": "if(round <= 1, solution.offer_now, solution.offer_later)",
            "A.attacks": "move.offer < if(round <= 1, solution.need_now, solution.offer_later)",
        },
        assumptions=("B makes every offer, of at most the pie of the period", "who is indifferent does not attack"),
    ),
)
