"""T06: trust, and gestures that restore it.

A trustworthy side wants to cooperate if the other does: both cooperate 1, exploit ``temptation`` < 1, be exploited
``-loss``, neither 0. An untrustworthy side never cooperates. ``prior`` is the probability that a side is trustworthy.

As strategies. `reassurance`: a trustworthy side cooperates with probability ``solution.cooperation``. `reassurance_signal`: a
trustworthy sender always makes the gesture, an untrustworthy one iff ``uniform < solution.mimicry``; the receiver answers a
gesture iff ``uniform < solution.reply`` and never answers its absence.

Sources: Kydd (2000), International Organization 54(2), 325-357; Kydd (2005), Trust and Mistrust in International Relations.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import ON_EDGE, Output, Solution, Symbol, Theorem, choose, only
from sim.rules import learning

GAME = (
    Symbol(
        "temptation",
        "payoff of exploiting, where mutual cooperation gives 1",
        -math.inf,
        1.0,
        example=0.25,
        open_high=True,
    ),
    Symbol("loss", "loss from being exploited", 0.0, math.inf, example=0.5, open_low=True),
)


def _stag(prior: float, temptation: float, loss: float) -> Solution:
    threshold = learning.trust_threshold(temptation, loss)
    prior = threshold if abs(prior - threshold) <= ON_EDGE else prior

    def at(cooperation: float) -> dict[str, float]:
        other = prior * cooperation
        keeping = other - (1.0 - other) * loss
        payoff = cooperation * keeping + (1.0 - cooperation) * other * temptation
        return {
            "threshold": threshold, "cooperation": cooperation, "cooperates": prior * cooperation,
            "mutual": other * other, "exploited": prior * cooperation * (1.0 - other), "payoff": payoff,
        }  # fmt: skip

    never = (at(0.0), "Nobody cooperates.")
    if prior < threshold:
        return only(at(0.0), never[1], "Unique: trust is below the threshold, so that nobody cooperates.")
    always = (at(1.0), "Every trustworthy side cooperates.")
    rule = "The equilibrium with most cooperation, which is best for every trustworthy side."
    if prior == threshold:
        return choose([always, never], 0, "Trust is exactly at the threshold: there are two equilibria.", rule)
    mixed = (at(threshold / prior), "Trustworthy sides mix, so that cooperation is as likely as the threshold.")
    return choose([always, never, mixed], 0, "There are three symmetric equilibria: all, none, and a mixture.", rule)


def _signal(prior: float, temptation: float, loss: float, gesture_cost: float, gain: float) -> Solution:
    threshold = learning.trust_threshold(temptation, loss)
    prior = threshold if abs(prior - threshold) <= ON_EDGE else prior
    if gesture_cost >= gain:
        mimicry, reply, kind = 0.0, 1.0, "separating"
    elif prior >= threshold:
        mimicry, reply, kind = 1.0, 1.0, "pooling"
    else:
        mimicry, reply, kind = learning.mimicry(prior, threshold), gesture_cost / gain, "semi-separating"
    seen = prior + (1.0 - prior) * mimicry
    values = {
        "threshold": threshold, "mimicry": mimicry, "seen": seen, "posterior": prior / seen, "reply": reply,
        "answered": seen * reply, "exploited": (1.0 - prior) * mimicry * reply,
        "payoff_untrustworthy": mimicry * (reply * gain - gesture_cost),
        "payoff_receiver": reply * (prior - (1.0 - prior) * mimicry * loss) + (1.0 - reply) * prior * temptation,
    }  # fmt: skip
    words = {
        "separating": "The gesture costs an untrustworthy side too much: it tells the types apart.",
        "pooling": "Trust suffices already, and both types make the gesture.",
        "semi-separating": "Untrustworthy sides mimic just so often that a gesture lifts trust to the threshold.",
    }[kind]
    knife = gesture_cost == gain or prior == threshold
    return only(
        values,
        words,
        "Not unique: the point is on the border of two kinds of equilibrium, and somebody is indifferent."
        if knife
        else "Unique, given that trustworthy senders always make the gesture and its absence shows an untrustworthy one.",
        f"The equilibrium is {kind}.",
        selection="The gesture is answered for sure." if knife else "There is nothing to select.",
    )


def _belief(prior: float, mimicry: float) -> Solution:
    seen = prior + (1.0 - prior) * mimicry
    values = {"posterior": learning.trust_posterior(prior, mimicry), "seen": seen}
    return only(values, "Trust after a gesture by Bayes's rule.", "A belief, not an equilibrium: it is unique.")


TRUST = "probability that the other is trustworthy"
THRESHOLD = Output("threshold", "least trust at which a trustworthy side cooperates", "probability")

THEOREMS = (
    Theorem(
        name="reassurance",
        title="Trust as the threshold of cooperation",
        symbols=(Symbol("prior", TRUST, 0.0, 1.0, example=0.5), *GAME),
        outputs=(
            THRESHOLD,
            Output("cooperation", "probability that a trustworthy side cooperates", "probability"),
            Output("cooperates", "probability that a side cooperates, its type unknown", "probability"),
            Output("mutual", "probability that both cooperate", "probability"),
            Output("exploited", "probability that a given side cooperates and the other does not", "probability"),
            Output("payoff", "payoff of a trustworthy side", "utility"),
        ),
        formula=(
            "cooperate iff prior * 1 - (1 - prior) * loss >= prior * temptation",
            "that is iff prior >= threshold = loss / (1 - temptation + loss)",
        ),
        source="Kydd (2005)",
        solver=_stag,
        strategies={"trustworthy.cooperates": "uniform < solution.cooperation", "untrustworthy.cooperates": "false"},
        assumptions=("both sides' types are independent and equally likely to be trustworthy",),
    ),
    Theorem(
        name="reassurance_signal",
        title="A costly gesture that reassures",
        symbols=(
            Symbol("prior", TRUST, 0.0, 1.0, example=0.3, open_low=True, open_high=True), *GAME,
            Symbol("gesture_cost", "what the gesture costs an untrustworthy sender", 0.0, math.inf, example=0.2, default=0.2,
                   open_low=True),
            Symbol("gain", "what an answer to it is worth to an untrustworthy sender", 0.0, math.inf, example=0.5, open_low=True,
                   default=1.0),
        ),
        outputs=(
            THRESHOLD,
            Output("mimicry", "probability that an untrustworthy sender makes the gesture", "probability"),
            Output("seen", "probability that a gesture is seen", "probability"),
            Output("posterior", "trust after a gesture", "probability"),
            Output("reply", "probability that the receiver answers a gesture with cooperation", "probability"),
            Output("answered", "probability of a gesture and its answer", "probability"),
            Output("exploited", "probability that an untrustworthy sender is answered", "probability"),
            Output("payoff_untrustworthy", "payoff of an untrustworthy sender", "utility"),
            Output("payoff_receiver", "receiver's payoff", "utility"),
        ),
        formula=(
            "threshold = loss / (1 - temptation + loss)",
            "prior < threshold: mimicry = prior * (1 - threshold) / ((1 - prior) * threshold), posterior = threshold,",
            "    seen = prior / threshold, reply = gesture_cost / gain",
            "prior >= threshold: mimicry = 1, posterior = prior, reply = 1",
            "gesture_cost >= gain: mimicry = 0, posterior = 1, reply = 1",
        ),
        source="Kydd (2000); Kydd (2005)",
        solver=_signal,
        strategies={
            "trustworthy.gesture": "true",
            "untrustworthy.gesture": "uniform < solution.mimicry",
            "receiver.cooperates": "move.gesture and uniform < solution.reply",
        },
        assumptions=(
            "a trustworthy sender always makes the gesture and cooperates afterwards, answered or not",
            "the receiver's payoffs are those of the game of trust against the sender's type",
        ),
    ),
    Theorem(
        name="reassurance_belief",
        title="Trust after a gesture that may be mimicked",
        symbols=(
            Symbol("prior", TRUST, 0.0, 1.0, example=0.4, open_low=True),
            Symbol("mimicry", "probability that an untrustworthy sender makes the gesture", 0.0, 1.0, example=0.25),
        ),
        outputs=(
            Output("posterior", "trust after a gesture", "probability"),
            Output("seen", "probability that a gesture is seen", "probability"),
        ),
        formula=("posterior = prior / (prior + (1 - prior) * mimicry)",),
        source="Kydd (2005)",
        solver=_belief,
        strategies={"untrustworthy.gesture": "uniform < mimicry", "trustworthy.gesture": "true"},
        assumptions=("a trustworthy sender always makes the gesture",),
    ),
)  # fmt: skip
