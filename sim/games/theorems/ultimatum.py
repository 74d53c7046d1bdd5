"""T02: one offer out of a pie of one, take it or leave it; ``offer`` is the responder's share.

As strategies: the proposer offers ``solution.offer``. The responder accepts iff ``move.offer >= reservation`` (known),
iff ``move.offer >= type.reservation`` (private, uniform on [low, high]), or with probability
``logistic(precision * (move.offer - outside))`` (logit).

Sources: Fudenberg and Tirole (1991), Game Theory, for the game; McKelvey and Palfrey (1995) for logit choice.
"""

from __future__ import annotations

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules.choice import binary_logit, ultimatum_offer_logit, ultimatum_offer_uniform

OUTPUTS = (
    Output("offer", "share offered to the responder", "share"),
    Output("acceptance", "probability that it is accepted", "probability"),
    Output("payoff_proposer", "proposer's payoff", "share"),
    Output("received", "mean share that the responder takes from the pie, 0 if it refuses", "share"),
)


def _values(offer: float, acceptance: float) -> dict[str, float]:
    return {
        "offer": offer, "acceptance": acceptance, "payoff_proposer": (1.0 - offer) * acceptance,
        "received": offer * acceptance,
    }  # fmt: skip


def _known(reservation: float) -> Solution:
    note = "With a reservation value of 1 the proposer is indifferent between all offers." if reservation == 1.0 else ""
    return only(
        _values(reservation, 1.0),
        "The responder gets its reservation value and accepts.",
        "Several outcomes: nothing is left to share." if note else "The subgame-perfect equilibrium is unique.",
        note,
        "The responder is indifferent and accepts: were it to refuse, no offer would be best.",
    )


def _uniform(low: float, high: float) -> Solution:
    offer = ultimatum_offer_uniform(low, high)
    acceptance = min(1.0, (offer - low) / (high - low))
    corner = offer >= high
    nothing = low >= 1.0
    return only(
        _values(offer, acceptance),
        "Every responder accepts." if corner else "The proposer trades a larger share against a risk of refusal.",
        "The best offer is unique: the proposer's payoff is concave in it up to the highest reservation value.",
        "The solution is at a corner: an offer that all accept is best." if corner and not nothing else "",
        "" if corner else "The solution is interior.",
    )


def _logit(outside: float, precision: float) -> Solution:
    offer = ultimatum_offer_logit(outside, precision)
    acceptance = binary_logit(offer - outside, precision)
    corner = precision * (1.0 - binary_logit(-outside, precision)) <= 1.0
    return only(
        _values(0.0 if corner else offer, binary_logit(-outside, precision) if corner else acceptance),
        "The proposer offers nothing: at this precision noise alone decides."
        if corner
        else "The proposer buys acceptance.",
        "The best offer is unique: the logarithm of the proposer's payoff is concave in it.",
        "The solution is at the corner of no offer." if corner else "The solution is interior.",
    )


THEOREMS = (
    Theorem(
        name="ultimatum_known",
        title="Ultimatum to a responder whose reservation value is known",
        symbols=(Symbol("reservation", "least share that the responder accepts", 0.0, 1.0, example=0.3),),
        outputs=OUTPUTS,
        formula=("offer = reservation", "payoff_proposer = 1 - reservation"),
        source="Fudenberg and Tirole (1991)",
        solver=_known,
        strategies={"proposer.offer": "solution.offer", "responder.accepts": "move.offer >= reservation"},
        assumptions=("the proposer gets nothing if refused",),
    ),
    Theorem(
        name="ultimatum_uniform",
        title="Ultimatum to a responder with a private reservation value",
        symbols=(
            Symbol("low", "lowest reservation value", 0.0, 1.0, example=0.0),
            Symbol("high", "highest reservation value", 0.0, 1.0, example=1.0),
        ),
        outputs=OUTPUTS,
        formula=(
            "reservation ~ U[low, high]",
            "offer = min(high, (1 + low) / 2)",
            "acceptance = (offer - low) / (high - low)",
            "payoff_proposer = (1 - offer) * acceptance",
        ),
        source="Fudenberg and Tirole (1991)",
        solver=_uniform,
        strategies={"proposer.offer": "solution.offer", "responder.accepts": "move.offer >= type.reservation"},
        requires=(Condition("low below high", lambda low, high: low < high),),
        assumptions=("the proposer gets nothing if refused",),
    ),
    Theorem(
        name="ultimatum_logit",
        title="Ultimatum to a responder that chooses by logit",
        symbols=(
            Symbol("outside", "what the responder gets if it refuses", 0.0, 1.0, example=0.2),
            Symbol("precision", "precision of the responder's choice", 0.0, 1e6, example=10.0),
        ),
        outputs=OUTPUTS,
        formula=(
            "acceptance = 1 / (1 + exp(-precision * (offer - outside)))",
            "offer maximises (1 - offer) * acceptance: precision * (1 - offer) * (1 - acceptance) = 1, or offer = 0",
        ),
        source="McKelvey and Palfrey (1998)",
        solver=_logit,
        strategies={
            "proposer.offer": "solution.offer",
            "responder.accepts": "uniform < logistic(precision * (move.offer - outside))",
        },
        assumptions=("the proposer gets nothing if refused, and chooses without noise",),
    ),
)
