"""T07 and the last line of T13: two sides on a collision course. Each stands firm or gives way.

Payoffs: both give way R, stand against one that gives way T, give way to one that stands S, crash P; T > R and S > P.

As strategies: side i stands iff ``uniform < solution.stand_i``.

Sources: Schelling (1960), The Strategy of Conflict; McKelvey and Palfrey (1995) for logit choice.
"""

from __future__ import annotations

import math

from sim.games.theorems.logit_fixed_points import equilibria
from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, choose
from sim.games.theorems.two_by_two import differences

PAYOFFS = (
    Symbol("win", "T: payoff of standing while the other gives way", -math.inf, math.inf, example=1.0),
    Symbol("both_yield", "R: payoff when both give way", -math.inf, math.inf, example=0.0),
    Symbol("yield_alone", "S: payoff of giving way while the other stands", -math.inf, math.inf, example=-1.0),
    Symbol("crash", "P: payoff when both stand", -math.inf, math.inf, example=-10.0),
)
OUTPUTS = (
    Output("stand_1", "probability that side 1 stands", "probability"),
    Output("stand_2", "probability that side 2 stands", "probability"),
    Output("crash_probability", "probability that both stand", "probability"),
    Output("both_yield_probability", "probability that both give way", "probability"),
    Output("payoff_1", "payoff of side 1", "utility"),
    Output("payoff_2", "payoff of side 2", "utility"),
)
PLAY = {"1.stands": "uniform < solution.stand_1", "2.stands": "uniform < solution.stand_2"}
ORDER = (
    Condition("win above both_yield", lambda win, both_yield: win > both_yield),
    Condition("yield_alone above crash", lambda yield_alone, crash: yield_alone > crash),
)
SYMMETRIC = "The symmetric equilibrium: nothing tells the two sides apart."


def _values(
    one: float, two: float, win: float, both_yield: float, yield_alone: float, crash: float
) -> dict[str, float]:
    def payoff(own: float, other: float) -> float:
        stands = (1.0 - other) * win + other * crash
        yields = (1.0 - other) * both_yield + other * yield_alone
        return own * stands + (1.0 - own) * yields

    return {
        "stand_1": one, "stand_2": two, "crash_probability": one * two,
        "both_yield_probability": (1.0 - one) * (1.0 - two), "payoff_1": payoff(one, two), "payoff_2": payoff(two, one),
    }  # fmt: skip


def _nash(**payoffs: float) -> Solution:
    win, both_yield, yield_alone, crash = (payoffs[name] for name in ("win", "both_yield", "yield_alone", "crash"))
    stand = (win - both_yield) / ((win - both_yield) + (yield_alone - crash))
    return choose(
        [
            (_values(1.0, 0.0, **payoffs), "Side 1 stands and side 2 gives way."),
            (_values(0.0, 1.0, **payoffs), "Side 2 stands and side 1 gives way."),
            (_values(stand, stand, **payoffs), "Both mix, each keeping the other indifferent."),
        ],
        2,
        "There are three equilibria: two pure, one mixed.",
        SYMMETRIC,
    )


def _logit(precision: float, **payoffs: float) -> Solution:
    win, both_yield, yield_alone, crash = (payoffs[name] for name in ("win", "both_yield", "yield_alone", "crash"))
    row = (crash, win, yield_alone, both_yield)  # up is to stand, left that the other stands
    column = (crash, yield_alone, win, both_yield)
    found = equilibria(*differences(row, column), precision)
    middle = min(range(len(found)), key=lambda n: abs(found[n][0] - found[n][1]))
    words = (
        f"There are {len(found)} logit equilibria, one of them symmetric."
        if len(found) > 1
        else "The equilibrium is unique."
    )
    listed = [
        (_values(p, q, **payoffs), f"Side 1 stands with probability {p:.6g}, side 2 with {q:.6g}.") for p, q in found
    ]
    return choose(listed, middle, words, SYMMETRIC)


THEOREMS = (
    Theorem(
        name="chicken",
        title="Chicken",
        symbols=PAYOFFS,
        outputs=OUTPUTS,
        formula=(
            "stand = (win - both_yield) / ((win - both_yield) + (yield_alone - crash))",
            "crash_probability = stand^2",
        ),
        source="Schelling (1960)",
        solver=_nash,
        strategies=PLAY,
        requires=ORDER,
    ),
    Theorem(
        name="chicken_logit",
        title="Chicken with logit choice",
        symbols=(Symbol("precision", "precision of both sides' choices", 0.0, 1e5, example=1.0), *PAYOFFS),
        outputs=OUTPUTS,
        formula=(
            "stand = 1 / (1 + exp(-precision * ((1 - stand) * (win - both_yield) - stand * (yield_alone - crash))))",
            "(symmetric; in general each side's chance answers the other's)",
        ),
        source="McKelvey and Palfrey (1995)",
        solver=_logit,
        strategies=PLAY,
        requires=ORDER,
    ),
)
