"""T12: the deterrence tree with players who err: challenge or not, then concede or resist.

As strategies: 1 challenges iff ``uniform < solution.challenge``; 2 resists iff ``uniform < solution.resist``.

Sources: Signorino (1999), American Political Science Review 93(2), 279-297; McKelvey and Palfrey (1998), Experimental
Economics 1, 9-41.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only
from sim.rules.choice import deterrence_logit, deterrence_probit

PAYOFFS = (
    Symbol("challenger_unchallenged", "1's payoff of the status quo", -math.inf, math.inf, example=0.0),
    Symbol("challenger_conceded", "1's payoff if 2 concedes", -math.inf, math.inf, example=1.0),
    Symbol("challenger_resisted", "1's payoff if 2 resists and they fight", -math.inf, math.inf, example=-1.0),
    Symbol("responder_conceded", "2's payoff if it concedes", -math.inf, math.inf, example=0.0),
    Symbol("responder_resisted", "2's payoff if it resists", -math.inf, math.inf, example=-0.5),
    Symbol("responder_unchallenged", "2's payoff of the status quo; it moves no choice", -math.inf, math.inf, example=0.0,
           default=0.0),
)  # fmt: skip
OUTPUTS = (
    Output("challenge", "probability that 1 challenges", "probability"),
    Output("resist", "probability that 2 resists a challenge", "probability"),
    Output("unchallenged", "probability that the status quo stays", "probability"),
    Output("conceded", "probability that 2 concedes", "probability"),
    Output("fought", "probability that they fight", "probability"),
    Output("value_of_challenge", "what 1 expects of a challenge", "utility"),
    Output("payoff_challenger", "1's mean payoff, without errors of choice", "utility"),
    Output("payoff_responder", "2's mean payoff, without errors of choice", "utility"),
)


def _solution(out: list[float], payoffs: dict[str, float]) -> Solution:
    challenge, resist, unchallenged, conceded, fought = out
    expected = resist * payoffs["challenger_resisted"] + (1.0 - resist) * payoffs["challenger_conceded"]
    values = {
        "challenge": challenge, "resist": resist, "unchallenged": unchallenged, "conceded": conceded, "fought": fought,
        "value_of_challenge": expected,
        "payoff_challenger": unchallenged * payoffs["challenger_unchallenged"] + challenge * expected,
        "payoff_responder": unchallenged * payoffs["responder_unchallenged"]
        + conceded * payoffs["responder_conceded"] + fought * payoffs["responder_resisted"],
    }  # fmt: skip
    return only(
        values,
        "1 knows how often 2 errs, and errs itself.",
        "Unique: each information set holds one node, so the chances follow from the end of the tree.",
    )


def _arguments(payoffs: dict[str, float]) -> tuple[float, ...]:
    names = (
        "challenger_unchallenged", "challenger_conceded", "challenger_resisted", "responder_conceded", "responder_resisted",
    )  # fmt: skip
    return tuple(payoffs[name] for name in names)


def _logit(precision: float, **payoffs: float) -> Solution:
    out = [0.0] * 5
    deterrence_logit(*_arguments(payoffs), precision, out)
    return _solution(out, payoffs)


def _probit(error_sd: float, **payoffs: float) -> Solution:
    out = [0.0] * 5
    deterrence_probit(*_arguments(payoffs), error_sd * math.sqrt(2.0), out)
    return _solution(out, payoffs)


PLAY = {"1.challenges": "uniform < solution.challenge", "2.resists": "uniform < solution.resist"}
EXPECTED = "value_of_challenge = resist * challenger_resisted + (1 - resist) * challenger_conceded"
OUTCOMES = "unchallenged = 1 - challenge, conceded = challenge * (1 - resist), fought = challenge * resist"

THEOREMS = (
    Theorem(
        name="deterrence_logit",
        title="Deterrence with logit errors",
        symbols=(Symbol("precision", "precision of both players' choices", 0.0, math.inf, example=1.0), *PAYOFFS),
        outputs=OUTPUTS,
        formula=(
            "resist = L(precision * (responder_resisted - responder_conceded)),  L(x) = 1 / (1 + exp(-x))",
            EXPECTED,
            "challenge = L(precision * (value_of_challenge - challenger_unchallenged))",
            OUTCOMES,
        ),
        source="Signorino (1999); McKelvey and Palfrey (1998)",
        solver=_logit,
        strategies=PLAY,
    ),
    Theorem(
        name="deterrence_probit",
        title="Deterrence with normal errors",
        symbols=(
            Symbol(
                "error_sd", "standard deviation of the error at each action", 0.0, math.inf, example=1.0, open_low=True
            ),
            *PAYOFFS,
        ),
        outputs=OUTPUTS,
        formula=(
            "resist = Phi((responder_resisted - responder_conceded) / (error_sd * sqrt(2)))",
            EXPECTED,
            "challenge = Phi((value_of_challenge - challenger_unchallenged) / (error_sd * sqrt(2)))",
            OUTCOMES,
        ),
        source="Signorino (1999)",
        solver=_probit,
        strategies=PLAY,
    ),
)
