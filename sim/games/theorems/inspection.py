"""T21: inspect or not, violate or not.

As strategies: the inspector inspects iff ``uniform < solution.inspect``, the inspected side violates iff
``uniform < solution.violate``; an inspection of a violation overlooks it iff ``uniform < miss``.

Source: Avenhaus and Canty (1996), Compliance Quantified.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import ON_EDGE, Condition, Output, Solution, Symbol, Theorem, choose, only
from sim.rules import inspection


def _solve(
    gain: float, penalty: float, miss: float, loss_undetected: float, loss_detected: float, effort: float
) -> Solution:
    deterrent = inspection.inspection_rate(gain, penalty, miss)
    worth = (1.0 - miss) * (loss_undetected - loss_detected)
    indifferent = effort / worth
    deterrent, indifferent = (1.0 if abs(rate - 1.0) <= ON_EDGE else rate for rate in (deterrent, indifferent))

    def at(inspect: float, violate: float) -> dict[str, float]:
        seen = inspect * (1.0 - miss)
        loss = loss_undetected - seen * (loss_undetected - loss_detected)
        return {
            "inspect": inspect, "violate": violate, "deterrent_rate": deterrent, "indifference_rate": indifferent,
            "undetected": violate * (1.0 - seen), "detected": violate * seen,
            "payoff_inspected": violate * ((1.0 - seen) * gain - seen * penalty),
            "payoff_inspector": -violate * loss - inspect * effort,
        }  # fmt: skip

    if indifferent > 1.0:
        return only(
            at(0.0, 1.0),
            "Inspections cost more than they save: nobody inspects, and everybody violates.",
            "Unique, in pure strategies: a corner.",
        )
    if deterrent > 1.0 and indifferent < 1.0:
        return only(
            at(1.0, 1.0),
            "Even certain inspection does not deter: all is inspected, and everybody violates.",
            "Unique, in pure strategies: a corner.",
        )
    if indifferent == 1.0:
        return choose(
            [
                (at(0.0, 1.0), "Nobody inspects."),
                (at(min(1.0, deterrent), 1.0), "Inspection as often as leaves a violation best."),
            ],
            0,
            "The inspector is indifferent: any rate of inspection between the two listed is an equilibrium, with violation for sure.",
            "The one without inspections.",
        )
    if deterrent == 1.0:
        return choose(
            [
                (at(1.0, indifferent), "All is inspected; the violation is as rare as leaves inspection best."),
                (at(1.0, 1.0), "All is inspected, and everybody violates."),
            ],
            0,
            "The inspected side is indifferent: any rate of violation between the two listed is an equilibrium.",
            "The one with fewest violations.",
        )
    return only(
        at(deterrent, indifferent), "Both mix, each keeping the other indifferent.", "Unique, in mixed strategies."
    )


THEOREMS = (
    Theorem(
        name="inspection",
        title="Inspection game",
        symbols=(
            Symbol("gain", "inspected side's gain from a violation that goes undetected", 0.0, math.inf, example=2.0, open_low=True),
            Symbol("penalty", "its loss if a violation is detected", 0.0, math.inf, example=8.0),
            Symbol("miss", "probability that an inspection overlooks a violation", 0.0, 1.0, example=0.2, open_high=True),
            Symbol("loss_undetected", "inspector's loss from an undetected violation", 0.0, math.inf, example=10.0),
            Symbol("loss_detected", "inspector's loss from a detected violation", 0.0, math.inf, example=3.0),
            Symbol("effort", "inspector's cost of an inspection", 0.0, math.inf, example=0.5, open_low=True),
        ),
        outputs=(
            Output("inspect", "probability of inspection", "probability"),
            Output("violate", "probability of violation", "probability"),
            Output("deterrent_rate", "rate of inspection that leaves the inspected side indifferent; above 1 none deters",
                   "probability"),
            Output("indifference_rate", "rate of violation that leaves the inspector indifferent; above 1 none is worth it",
                   "probability"),
            Output("undetected", "probability of a violation that is not detected", "probability"),
            Output("detected", "probability of a violation that is detected", "probability"),
            Output("payoff_inspected", "inspected side's payoff", "utility"),
            Output("payoff_inspector", "inspector's payoff", "utility"),
        ),
        formula=(
            "inspect = gain / ((1 - miss) * (penalty + gain))",
            "violate = effort / ((1 - miss) * (loss_undetected - loss_detected))",
            "undetected = violate * (1 - inspect * (1 - miss))",
            "violate > 1: nobody inspects, everybody violates;  inspect > 1: all is inspected, everybody violates",
        ),
        source="Avenhaus and Canty (1996)",
        solver=_solve,
        strategies={
            "inspector.inspects": "uniform < solution.inspect",
            "inspected.violates": "uniform < solution.violate",
            "nature.overlooks": "uniform < miss",
        },
        requires=(
            Condition(
                "loss_undetected above loss_detected",
                lambda loss_undetected, loss_detected: loss_undetected > loss_detected,
            ),
        ),
    ),
)  # fmt: skip
