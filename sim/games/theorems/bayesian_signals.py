"""T22: what repeated signals say about which of two types the other is.

As strategies, for nature: a good type gives the unfavourable signal iff ``uniform < likelihood_good``, a bad one iff
``uniform < likelihood_bad``. The public belief after one such signal is ``belief.good * likelihood_good / (belief.good *
likelihood_good + (1 - belief.good) * likelihood_bad)``.

Source: Bayes's rule; Edwards (1968) for people who move less.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only


def _evidence(likelihood_good: float, likelihood_bad: float, count: int) -> float:
    """Logarithm of the likelihood ratio of ``count`` equal signals, for the good type."""
    if count == 0:
        return 0.0
    good = math.log(likelihood_good) if likelihood_good > 0.0 else -math.inf
    bad = math.log(likelihood_bad) if likelihood_bad > 0.0 else -math.inf
    return count * (good - bad)


def _possible(likelihood_good: float, likelihood_bad: float, unfavourable: int, favourable: int) -> bool:
    def may(likelihood: float) -> bool:
        return not (unfavourable and likelihood == 0.0) and not (favourable and likelihood == 1.0)

    return may(likelihood_good) or may(likelihood_bad)


def _solve(prior: float, likelihood_good: float, likelihood_bad: float, unfavourable: int, favourable: int) -> Solution:
    against = _evidence(likelihood_good, likelihood_bad, unfavourable)
    rest = _evidence(1.0 - likelihood_good, 1.0 - likelihood_bad, favourable)
    odds = math.log(prior) - math.log1p(-prior) + (against + rest)
    posterior = 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0
    chances = [
        likelihood**unfavourable * (1.0 - likelihood) ** favourable for likelihood in (likelihood_good, likelihood_bad)
    ]
    values = {
        "posterior": posterior, "chance_good": chances[0], "chance_bad": chances[1],
        "chance": prior * chances[0] + (1.0 - prior) * chances[1],
    }  # fmt: skip
    return only(
        values, "The belief by Bayes's rule; the order of the signals does not matter.", "A belief: it is unique."
    )


THEOREMS = (
    Theorem(
        name="bayesian_signals",
        title="Learning from signals",
        symbols=(
            Symbol(
                "prior",
                "probability of the good type before any signal",
                0.0,
                1.0,
                example=0.5,
                open_low=True,
                open_high=True,
            ),
            Symbol("likelihood_good", "probability that a good type's signal is unfavourable", 0.0, 1.0, example=0.2),
            Symbol("likelihood_bad", "probability that a bad type's signal is unfavourable", 0.0, 1.0, example=0.6),
            Symbol("unfavourable", "number of unfavourable signals", 0, 100_000, example=3, kind="whole"),
            Symbol("favourable", "number of favourable signals", 0, 100_000, example=0, kind="whole", default=0),
        ),
        outputs=(
            Output("posterior", "probability of the good type after the signals", "probability"),
            Output("chance_good", "probability of these signals, in a given order, from a good type", "probability"),
            Output("chance_bad", "the same from a bad type", "probability"),
            Output("chance", "the same before the type is known", "probability"),
        ),
        formula=(
            "posterior / (1 - posterior) = prior / (1 - prior) * (likelihood_good / likelihood_bad)^unfavourable",
            "    * ((1 - likelihood_good) / (1 - likelihood_bad))^favourable",
        ),
        source="Bayes's rule; Edwards (1968)",
        solver=_solve,
        strategies={
            "good.signal": "uniform < likelihood_good",
            "bad.signal": "uniform < likelihood_bad",
            "belief.good_after_signal": "belief.good * likelihood_good / (belief.good * likelihood_good + (1 - belief.good) * "
            "likelihood_bad)",
        },
        requires=(Condition("signals that at least one type can give", _possible),),
        assumptions=("signals independent, given the type",),
    ),
)
