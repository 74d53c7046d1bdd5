"""T14: risk as an instrument. Win W, submit S, disaster D, with W > S > D.

As strategies. `brinkmanship_critical_risk`: run a risk iff ``move.risk <= solution.critical_risk``. `autonomous_risk`: in every
round disaster strikes iff ``uniform < risk``. `disaster_attrition`: side i quits at ``-log(uniform) / solution.quit_rate``,
disaster comes at ``-log(uniform) / hazard`` if nobody has quit.

Sources: Schelling (1966), Arms and Influence; Powell (1990), Nuclear Deterrence Theory; Ellsberg (1968) for critical risks.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, choose, only
from sim.rules import ladder

PAYOFFS = (
    Symbol("win", "payoff if the other submits", -math.inf, math.inf, example=1.0),
    Symbol("submit", "payoff of submitting", -math.inf, math.inf, example=0.2),
    Symbol("disaster", "payoff of disaster", -math.inf, math.inf, example=-3.0),
)
ORDER = (
    Condition("win above submit", lambda win, submit: win > submit),
    Condition("submit above disaster", lambda submit, disaster: submit > disaster),
)


def _critical(win: float, submit: float, disaster: float) -> Solution:
    risk = ladder.critical_risk(win, submit, disaster)
    return only(
        {"critical_risk": risk}, "A side stands firm iff it takes the risk to be lower.", "A threshold: it is unique."
    )


def _rounds(risk: float, rounds: int) -> Solution:
    # the power by its logarithm: exact for small risks and quick for many rounds
    struck = -math.expm1(rounds * math.log1p(-risk)) if risk < 1.0 else float(rounds > 0)
    played = struck / risk if risk > 0.0 else float(rounds)
    values = {"disaster_probability": struck, "mean_rounds": played, "survival": 1.0 - struck}
    return only(values, "Small risks add up.", "No choice is left to anybody: the answer is unique.")


def _attrition(win: float, submit: float, disaster: float, hazard: float) -> Solution:
    rate = ladder.brink_quit_rate(hazard, win, submit, disaster)
    struck = ladder.disaster_before_quitting(hazard, rate)
    mixed = {
        "quit_rate": rate, "disaster_probability": struck, "quits_first_1": 0.5 * (1.0 - struck),
        "quits_first_2": 0.5 * (1.0 - struck), "mean_duration": 1.0 / (hazard + 2.0 * rate),
        "payoff_1": submit, "payoff_2": submit,
    }  # fmt: skip
    nothing = dict.fromkeys(mixed, 0.0)
    return choose(
        [
            (mixed, "Both mix over when to quit; each is as well off as by submitting at once."),
            (nothing | {"quits_first_1": 1.0, "payoff_1": submit, "payoff_2": win}, "Side 1 submits at once."),
            (nothing | {"quits_first_2": 1.0, "payoff_1": win, "payoff_2": submit}, "Side 2 submits at once."),
        ],
        0,
        "Not unique: besides the three listed, either side may submit at once with some probability and both mix afterwards.",
        "The symmetric equilibrium.",
        "The probability of disaster does not depend on the hazard: a riskier crisis is shorter, not more deadly.",
    )


THEOREMS = (
    Theorem(
        name="brinkmanship_critical_risk",
        title="Critical risk",
        symbols=PAYOFFS,
        outputs=(
            Output("critical_risk", "largest risk of disaster worth running instead of submitting", "probability"),
        ),
        formula=(
            "stand firm iff (1 - risk) * win + risk * disaster >= submit",
            "critical_risk = (win - submit) / (win - disaster)",
        ),
        source="Ellsberg (1968); Powell (1990)",
        solver=_critical,
        strategies={"side.stands": "move.risk <= solution.critical_risk"},
        requires=ORDER,
        assumptions=("the other side submits if there is no disaster",),
    ),
    Theorem(
        name="autonomous_risk",
        title="A risk that nobody controls",
        symbols=(
            Symbol("risk", "probability of disaster in each round", 0.0, 1.0, example=0.02),
            Symbol("rounds", "number of rounds", 0, 1_000_000, example=30, kind="whole"),
        ),
        outputs=(
            Output("disaster_probability", "probability of disaster within the rounds", "probability"),
            Output("mean_rounds", "mean number of rounds played, that of the disaster included", "rounds"),
            Output("survival", "probability of no disaster", "probability"),
        ),
        formula=("disaster_probability = 1 - (1 - risk)^rounds", "mean_rounds = disaster_probability / risk"),
        source="Schelling (1966)",
        solver=_rounds,
        strategies={"nature.strikes": "uniform < risk"},
        assumptions=("rounds are independent",),
    ),
    Theorem(
        name="disaster_attrition",
        title="Attrition on the brink",
        symbols=(
            *PAYOFFS,
            Symbol("hazard", "rate of disaster while both stay", 0.0, math.inf, example=0.05, open_low=True),
        ),
        outputs=(
            Output("quit_rate", "rate at which each side submits", "per time"),
            Output("disaster_probability", "probability that disaster comes first", "probability"),
            Output("quits_first_1", "probability that side 1 submits first", "probability"),
            Output("quits_first_2", "probability that side 2 submits first", "probability"),
            Output("mean_duration", "mean time until it ends", "time"),
            Output("payoff_1", "side 1's payoff", "utility"),
            Output("payoff_2", "side 2's payoff", "utility"),
        ),
        formula=(
            "quit_rate * (win - submit) = hazard * (submit - disaster)",
            "disaster_probability = hazard / (hazard + 2 * quit_rate) = 1 / (1 + 2 * (submit - disaster) / (win - submit))",
        ),
        source="Schelling (1966); Powell (1990)",
        solver=_attrition,
        strategies={
            "1.quits_at": "-log(uniform) / solution.quit_rate",
            "2.quits_at": "-log(uniform) / solution.quit_rate",
            "nature.disaster_at": "-log(uniform) / hazard",
        },
        requires=ORDER,
        assumptions=("no cost of waiting but the risk", "payoffs alike for both sides"),
    ),
)
