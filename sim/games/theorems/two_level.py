"""T08: agreements that somebody at home must pass.

`ratification_uniform`: a foreign state offers the home side a share; home ratifies iff it gets at least its private
reservation value. `veto_players`: several of these must all agree. `setter`: one side proposes a point on a line, the
ratifier compares it with the status quo.

As strategies: the foreign state offers ``solution.offer``; home ratifies iff ``move.offer >= type.reservation``, and each
veto player alike. The setter proposes ``solution.outcome``; the ratifier accepts iff it is no farther from its ideal point
than the status quo: ``solution.low <= move.proposal and move.proposal <= solution.high``.

Sources: Putnam (1988), International Organization 42, 427-460; Iida (1993), Journal of Conflict Resolution 37, 403-426; Mo
(1995), American Political Science Review 89, 914-924; Romer and Rosenthal (1978), Public Choice 33, 27-43.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules import consent

OUTPUTS = (
    Output("offer", "share offered to the home side", "share"),
    Output("ratified", "probability that it is ratified", "probability"),
    Output("foreign_payoff", "foreign state's payoff", "share"),
    Output("home_share", "mean share that the home side gets, 0 without an agreement", "share"),
)


def _values(offer: float, ratified: float, foreign_value: float) -> dict[str, float]:
    return {
        "offer": offer, "ratified": ratified, "foreign_payoff": consent.proposer_value(offer, ratified, foreign_value),
        "home_share": offer * ratified,
    }  # fmt: skip


def _ratification(low: float, high: float, foreign_value: float) -> Solution:
    offer = consent.offer_to_uniform_ratifier(low, high, foreign_value)
    ratified = consent.uniform_ratification(offer, low, high)
    hopeless = 1.0 - foreign_value <= low
    if hopeless:
        where = (
            "A corner: no agreement is worth its price to the foreign state, and any offer of at most low does as well."
        )
    elif offer >= high:
        where = "A corner: an offer that home ratifies for sure is best."
    else:
        where = "The solution is interior."
    return only(
        _values(offer, ratified, foreign_value),
        "Nothing is ratified." if hopeless else "Home ratifies with the probability given.",
        "The payoffs are unique, the offer is not."
        if hopeless
        else "The equilibrium is unique: the payoff is concave in the offer.",
        where,
    )


def _veto_players(players: int, foreign_value: float) -> Solution:
    offer = consent.offer_to_veto_players(players) * (1.0 - foreign_value)
    hopeless = foreign_value >= 1.0
    return only(
        _values(offer, consent.all_veto_players_pass(offer, players), foreign_value),
        "All must agree: better terms for each, and fewer agreements.",
        "The payoffs are unique, the offer is not." if hopeless else "The equilibrium is unique.",
        "No agreement is worth its price to the foreign state." if hopeless else "The solution is interior.",
    )


def _setter(setter: float, ratifier: float, fallback: float) -> Solution:
    outcome = consent.setter_outcome(setter, ratifier, fallback)
    mirror = 2.0 * ratifier - fallback
    low, high = min(fallback, mirror), max(fallback, mirror)
    values = {
        "outcome": outcome, "low": low, "high": high, "loss_setter": abs(outcome - setter),
        "loss_ratifier": abs(outcome - ratifier),
    }  # fmt: skip
    inside = low <= setter <= high
    return only(
        values,
        "The setter gets its ideal point." if inside else "The setter gets the acceptable point nearest to its ideal.",
        "The outcome is unique.",
        "" if inside else "The ratifier is as well off as with the status quo, and accepts.",
    )


FAILURE = Symbol(
    "foreign_value", "what the foreign state has if there is no agreement", 0.0, 1.0, example=0.0, default=0.0
)

THEOREMS = (
    Theorem(
        name="ratification_uniform",
        title="A ratifier at home with a private reservation value",
        symbols=(
            Symbol("low", "lowest reservation value of the home side", 0.0, 1.0, example=0.2),
            Symbol("high", "highest reservation value", 0.0, 1.0, example=0.8),
            FAILURE,
        ),
        outputs=OUTPUTS,
        formula=(
            "reservation ~ U[low, high]; home ratifies iff offer >= reservation",
            "offer = clip((1 - foreign_value + low) / 2, low, high)",
            "ratified = (offer - low) / (high - low)",
        ),
        source="Putnam (1988); Iida (1993); Mo (1995)",
        solver=_ratification,
        strategies={"foreign.offer": "solution.offer", "home.ratifies": "move.offer >= type.reservation"},
        requires=(Condition("low below high", lambda low, high: low < high),),
    ),
    Theorem(
        name="veto_players",
        title="Several veto players at home",
        symbols=(Symbol("players", "number of veto players", 1, 1000, example=2, kind="whole"), FAILURE),
        outputs=OUTPUTS,
        formula=(
            "reservation of each ~ U[0, 1], independent; all must get at least theirs",
            "offer = players * (1 - foreign_value) / (players + 1)",
            "ratified = offer^players",
        ),
        source="Putnam (1988); Mo (1995)",
        solver=_veto_players,
        strategies={"foreign.offer": "solution.offer", "veto_player.accepts": "move.offer >= type.reservation"},
    ),
    Theorem(
        name="setter",
        title="A proposal on a line against the status quo",
        symbols=(
            Symbol("setter", "ideal point of the one who proposes", -math.inf, math.inf, example=1.0),
            Symbol("ratifier", "ideal point of the one who ratifies", -math.inf, math.inf, example=0.4),
            Symbol("fallback", "status quo, which holds without an agreement", -math.inf, math.inf, example=0.2),
        ),
        outputs=(
            Output("outcome", "proposal, which is accepted", "position"),
            Output("low", "lower end of what the ratifier accepts", "position"),
            Output("high", "upper end of what the ratifier accepts", "position"),
            Output("loss_setter", "distance of the outcome from the setter's ideal", "distance"),
            Output("loss_ratifier", "distance of the outcome from the ratifier's ideal", "distance"),
        ),
        formula=(
            "low, high = fallback and 2 * ratifier - fallback, in order",
            "outcome = clip(setter, low, high)",
        ),
        source="Romer and Rosenthal (1978)",
        solver=_setter,
        strategies={
            "setter.proposal": "solution.outcome",
            "ratifier.accepts": "solution.low <= move.proposal and move.proposal <= solution.high",
        },
        assumptions=("losses rise with the distance from the ideal point, alike on both sides",),
    ),
)
