"""T01: two players split a pie of one by alternating offers; every share here is player 1's, unless it says whose.

Patience (`rubinstein`, `rubinstein_rates`), the risk that talks end (`rubinstein_breakdown`) or a last round
(`finite_bargaining`) decides the split. In each, the first offer is accepted at once.

As strategies: ``offer`` is the share of player 1. Player 1 offers ``solution.offer_1`` and accepts iff
``move.offer >= solution.offer_2``; player 2 offers ``solution.offer_2`` and accepts iff ``move.offer <= solution.offer_1``.
With a last round, offers follow the number of rounds left: ``finite_bargaining`` has them as a geometric sequence.

Sources: Rubinstein (1982), Econometrica 50, 97-109; Binmore, Rubinstein and Wolinsky (1986), RAND Journal of Economics 17,
176-188; Stahl (1972) for the last round.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules.offers import alternating_offers_share, patience_share, rubinstein_breakdown_share, rubinstein_share

ACCEPTED = "The first offer is accepted; no agreement is delayed."
UNIQUE = "The subgame-perfect equilibrium is unique."
OFFERS = (
    Output("offer_1", "player 1's share in what player 1 offers; player 2 accepts no higher one", "share"),
    Output("offer_2", "player 1's share in what player 2 offers; player 1 accepts no lower one", "share"),
    Output("share_1", "what player 1 keeps when it offers", "share"),
    Output("share_2", "what player 2 keeps when it offers", "share"),
    Output("cutoff_1", "least share that player 1 accepts", "share"),
    Output("cutoff_2", "least share that player 2 accepts", "share"),
    Output("payoff_1", "player 1's payoff when player 1 opens", "share"),
    Output("payoff_2", "player 2's payoff when player 1 opens", "share"),
    Output("payoff_1_second", "player 1's payoff when player 2 opens", "share"),
    Output("payoff_2_first", "player 2's payoff when player 2 opens", "share"),
    Output("agreement_round", "round of the agreement", "round"),
)
PLAY = {
    "1.offer": "solution.offer_1",
    "1.accepts": "move.offer >= solution.offer_2",
    "2.offer": "solution.offer_2",
    "2.accepts": "move.offer <= solution.offer_1",
}


def _values(share_1: float, share_2: float) -> dict[str, float]:
    return {
        "offer_1": share_1, "offer_2": 1.0 - share_2, "share_1": share_1, "share_2": share_2,
        "cutoff_1": 1.0 - share_2, "cutoff_2": 1.0 - share_1, "payoff_1": share_1, "payoff_2": 1.0 - share_1,
        "payoff_1_second": 1.0 - share_2, "payoff_2_first": share_2, "agreement_round": 1.0,
    }  # fmt: skip


def _patience(discount_1: float, discount_2: float) -> Solution:
    values = _values(rubinstein_share(discount_1, discount_2), rubinstein_share(discount_2, discount_1))
    return only(values, ACCEPTED, UNIQUE)


def _rates(rate_1: float, rate_2: float, gap: float) -> Solution:
    # x1 = (1 - e^-a) / (1 - e^-(a + b)) by expm1, which keeps its digits for small gaps
    both = -math.expm1(-(rate_1 + rate_2) * gap)
    values = _values(-math.expm1(-rate_2 * gap) / both, -math.expm1(-rate_1 * gap) / both)
    values |= {
        "discount_1": math.exp(-rate_1 * gap),
        "discount_2": math.exp(-rate_2 * gap),
        "limit_1": patience_share(rate_1, rate_2),
    }
    return only(values, ACCEPTED, UNIQUE)


def _breakdown(breakdown: float, payoff_if_broken_1: float, payoff_if_broken_2: float) -> Solution:
    share_1 = rubinstein_breakdown_share(breakdown, payoff_if_broken_1, payoff_if_broken_2)
    share_2 = rubinstein_breakdown_share(breakdown, payoff_if_broken_2, payoff_if_broken_1)
    values = _values(share_1, share_2) | {"nash_1": 0.5 * (1.0 + payoff_if_broken_1 - payoff_if_broken_2)}
    idle = payoff_if_broken_1 + payoff_if_broken_2 >= 1.0
    note = "Nothing is to be gained by an agreement: breakdown gives the two as much." if idle else ""
    return only(values, ACCEPTED, "The outcome is unique up to indifference: " + UNIQUE if idle else UNIQUE, note)


def _finite(discount_1: float, discount_2: float, rounds: int) -> Solution:
    share_1 = alternating_offers_share(discount_1, discount_2, 0.0, 0.0, 0.0, rounds)
    share_2 = alternating_offers_share(discount_2, discount_1, 0.0, 0.0, 0.0, rounds - 1) if rounds > 1 else 1.0
    limit_1, limit_2 = rubinstein_share(discount_1, discount_2), rubinstein_share(discount_2, discount_1)
    odd = rounds % 2 == 1
    values = {
        "offer_1": share_1, "offer_2": 1.0 - share_2, "payoff_1": share_1, "payoff_2": 1.0 - share_1,
        "agreement_round": 1.0, "limit_1": limit_1, "limit_2": limit_2,
        "drift_1": 1.0 - limit_1 if odd else -limit_1, "drift_2": -limit_2 if odd else 1.0 - limit_2,
        "shift_1": 0.0 if odd else 1.0, "shift_2": 1.0 if odd else 0.0,
    }  # fmt: skip
    last = 1 if odd else 2
    return only(values, ACCEPTED, UNIQUE, f"Player {last} makes the last offer and would keep all of the pie then.")


DISCOUNTS = (
    Symbol(
        "discount_1", "discount factor of player 1 from one round to the next", 0.0, 1.0, example=0.9, open_high=True
    ),
    Symbol("discount_2", "discount factor of player 2", 0.0, 1.0, example=0.8, open_high=True),
)
_LEFT_1 = (
    "solution.limit_1 + solution.drift_1 * power(discount_1 * discount_2, (rounds - round + solution.shift_1) / 2)"
)
_LEFT_2 = "1 - (solution.limit_2 + solution.drift_2 * power(discount_1 * discount_2, (rounds - round + solution.shift_2) / 2))"

THEOREMS = (
    Theorem(
        name="rubinstein",
        title="Alternating offers without end",
        symbols=DISCOUNTS,
        outputs=OFFERS,
        formula=(
            "share_1 = (1 - discount_2) / (1 - discount_1 * discount_2)",
            "share_2 = (1 - discount_1) / (1 - discount_1 * discount_2)",
            "cutoff_1 = discount_1 * share_1 = 1 - share_2,  cutoff_2 = discount_2 * share_2 = 1 - share_1",
        ),
        source="Rubinstein (1982)",
        solver=_patience,
        strategies=PLAY,
        assumptions=("a pie of one, no end, payoffs linear in shares", "who is indifferent accepts"),
    ),
    Theorem(
        name="rubinstein_rates",
        title="Alternating offers with a gap of time between them",
        symbols=(
            Symbol("rate_1", "discount rate of player 1", 0.0, math.inf, example=0.1, open_low=True),
            Symbol("rate_2", "discount rate of player 2", 0.0, math.inf, example=0.2, open_low=True),
            Symbol("gap", "time between two offers", 0.0, math.inf, example=1.0, open_low=True),
        ),
        outputs=(
            *OFFERS,
            Output("discount_1", "discount factor of player 1 over one gap", "factor"),
            Output("discount_2", "discount factor of player 2 over one gap", "factor"),
            Output("limit_1", "player 1's share as the gap goes to zero, whoever opens", "share"),
        ),
        formula=(
            "discount_1 = exp(-rate_1 * gap),  discount_2 = exp(-rate_2 * gap)",
            "share_1 = (1 - discount_2) / (1 - discount_1 * discount_2) -> limit_1 = rate_2 / (rate_1 + rate_2)",
        ),
        source="Rubinstein (1982); Binmore, Rubinstein and Wolinsky (1986)",
        solver=_rates,
        strategies=PLAY,
        assumptions=("a pie of one, no end, payoffs linear in shares", "who is indifferent accepts"),
    ),
    Theorem(
        name="rubinstein_breakdown",
        title="Alternating offers that may break down after a rejection",
        symbols=(
            Symbol("breakdown", "probability that talks end after a rejection", 0.0, 1.0, example=0.1, open_low=True),
            Symbol("payoff_if_broken_1", "payoff of player 1 when talks end", 0.0, 1.0, example=0.2),
            Symbol("payoff_if_broken_2", "payoff of player 2 when talks end", 0.0, 1.0, example=0.1),
        ),
        outputs=(*OFFERS, Output("nash_1", "player 1's share as the risk goes to zero: the Nash solution", "share")),
        formula=(
            "share_1 = (1 - payoff_if_broken_2 + (1 - breakdown) * payoff_if_broken_1) / (2 - breakdown)",
            "cutoff_1 = breakdown * payoff_if_broken_1 + (1 - breakdown) * share_1 = 1 - share_2",
            "share_1 -> nash_1 = (1 + payoff_if_broken_1 - payoff_if_broken_2) / 2  as breakdown -> 0",
        ),
        source="Binmore, Rubinstein and Wolinsky (1986)",
        solver=_breakdown,
        strategies=PLAY,
        requires=(
            Condition(
                "payoffs of breakdown that sum to at most 1",
                lambda payoff_if_broken_1, payoff_if_broken_2: payoff_if_broken_1 + payoff_if_broken_2 <= 1.0 + 1e-12,
            ),
        ),
        assumptions=("no discounting", "who is indifferent accepts"),
    ),
    Theorem(
        name="finite_bargaining",
        title="Alternating offers with a last round",
        symbols=(
            *DISCOUNTS,
            Symbol("rounds", "number of rounds; player 1 offers in the odd ones", 1, 10_000, example=5, kind="whole"),
        ),
        outputs=(
            Output(
                "offer_1",
                "player 1's share in the offer of round 1, by player 1; player 2 accepts no higher one",
                "share",
            ),
            Output(
                "offer_2",
                "player 1's share in the offer of round 2, by player 2; player 1 accepts no lower one",
                "share",
            ),
            Output("payoff_1", "player 1's payoff", "share"),
            Output("payoff_2", "player 2's payoff", "share"),
            Output("agreement_round", "round of the agreement", "round"),
            Output("limit_1", "what player 1 would keep as proposer if there were no end", "share"),
            Output("drift_1", "player 1's distance from it in the last rounds", "share"),
            Output("shift_1", "0 if player 1 makes the last offer, else 1", "count"),
            Output("limit_2", "what player 2 would keep as proposer if there were no end", "share"),
            Output("drift_2", "player 2's distance from it in the last rounds", "share"),
            Output("shift_2", "0 if player 2 makes the last offer, else 1", "count"),
        ),
        formula=(
            "last round: the proposer keeps 1",
            "with n rounds left: proposer i keeps 1 - discount_j * (what j keeps with n - 1 left)",
            "so i keeps limit_i + drift_i * (discount_1 * discount_2)^floor(n / 2)",
            "limit_1 = (1 - discount_2) / (1 - discount_1 * discount_2); drift = 1 - limit if n is odd, else -limit",
        ),
        source="Stahl (1972); Rubinstein (1982)",
        solver=_finite,
        strategies={
            "1.offer": _LEFT_1,
            "2.accepts": f"move.offer <= {_LEFT_1}",
            "2.offer": _LEFT_2,
            "1.accepts": f"move.offer >= {_LEFT_2}",
        },
        assumptions=("without an agreement in the last round both get 0", "who is indifferent accepts"),
    ),
)
