"""T11: who can wait longer. Both pay while the contest lasts; who quits gives the other the prize.

As strategies, the time at which side 1 quits (side 2 alike):

* `attrition_complete`: ``-log(uniform) / solution.quit_rate_1``;
* `attrition_uniform`: ``(-type.value_1 - highest * log(1 - type.value_1 / highest)) / cost``, prizes private on [0, highest];
* `attrition_exponential`: ``type.value_1 * type.value_1 / (2 * mean_value * cost)``, prizes private and exponential.

Sources: Hendricks, Weiss and Wilson (1988), International
Economic Review 29, 663-680; Fudenberg and Tirole (1991), Game Theory, section 6.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, choose, only

POSITIVE = {"low": 0.0, "high": math.inf, "open_low": True}


def _complete(value_1: float, value_2: float, cost_1: float, cost_2: float) -> Solution:
    rate_1, rate_2 = cost_2 / value_2, cost_1 / value_1
    duration = 1.0 / (rate_1 + rate_2)
    mixed = {
        "quit_rate_1": rate_1, "quit_rate_2": rate_2, "quits_first_1": rate_1 * duration, "quits_first_2": rate_2 * duration,
        "mean_duration": duration, "total_cost": duration * (cost_1 + cost_2), "payoff_1": 0.0, "payoff_2": 0.0,
    }  # fmt: skip
    at_once = dict.fromkeys(mixed, 0.0)
    one_quits = at_once | {"quits_first_1": 1.0, "payoff_2": value_2}
    two_quits = at_once | {"quits_first_2": 1.0, "payoff_1": value_1}
    return choose(
        [
            (mixed, "Both mix over when to quit, each keeping the other indifferent; nobody gains."),
            (one_quits, "Side 1 quits at once, side 2 would stay for ever; no rates are needed."),
            (two_quits, "Side 2 quits at once, side 1 would stay for ever; no rates are needed."),
        ],
        0,
        "Not unique: besides the three listed, either side may quit at once with some probability and both mix afterwards.",
        "The equilibrium in which nobody quits at once.",
        "The side with the lower prize for its cost quits first less often." if rate_1 != rate_2 else "",
    )


def _private(values: dict[str, float]) -> Solution:
    return only(
        values,
        "Each side stays the longer, the more the prize is worth to it.",
        "Unique among symmetric equilibria; there are others, in which one side is more patient than the other.",
        selection="The symmetric equilibrium.",
    )


def _uniform(highest: float, cost: float) -> Solution:
    # of the lower value: density 2 (1 - x), mean stopping time 1/6 for values on [0, 1] and cost 1
    scale = highest / cost
    return _private(
        {
            "mean_duration": scale / 6.0, "total_cost": highest / 3.0, "payoff": highest / 6.0,
            "median_stop": scale * (math.log(2.0) - 0.5), "mean_stop": 0.5 * scale, "mean_winner": 2.0 * highest / 3.0,
        }
    )  # fmt: skip


def _exponential(mean_value: float, cost: float) -> Solution:
    scale = mean_value / cost
    return _private(
        {
            "mean_duration": 0.25 * scale, "total_cost": 0.5 * mean_value, "payoff": 0.5 * mean_value,
            "median_stop": 0.5 * scale * math.log(2.0) ** 2, "mean_stop": scale, "mean_winner": 1.5 * mean_value,
        }
    )  # fmt: skip


PRIVATE = (
    Output("mean_duration", "mean time until one side quits", "time"),
    Output("total_cost", "mean cost of waiting, of both sides together", "utility"),
    Output("payoff", "payoff of each side, before it knows its prize", "utility"),
    Output("median_stop", "stopping time of the median type", "time"),
    Output("mean_stop", "mean stopping time of one side on its own", "time"),
    Output("mean_winner", "mean prize of the side that stays", "utility"),
)
COST = Symbol("cost", "cost of waiting to each side, per unit of time", example=1.0, **POSITIVE)
_STOP_UNIFORM = "(-type.value_# - highest * log(1 - type.value_# / highest)) / cost"
_STOP_EXPONENTIAL = "type.value_# * type.value_# / (2 * mean_value * cost)"


def _both(expression: str) -> dict[str, str]:
    return {f"{side}.quits_at": expression.replace("#", side) for side in ("1", "2")}


THEOREMS = (
    Theorem(
        name="attrition_complete",
        title="Attrition with known prizes",
        symbols=(
            Symbol("value_1", "side 1's prize", example=1.0, **POSITIVE),
            Symbol("value_2", "side 2's prize", example=2.0, **POSITIVE),
            Symbol("cost_1", "side 1's cost of waiting, per unit of time", example=0.1, **POSITIVE),
            Symbol("cost_2", "side 2's cost of waiting", example=0.1, **POSITIVE),
        ),
        outputs=(
            Output("quit_rate_1", "rate at which side 1 quits", "per time"),
            Output("quit_rate_2", "rate at which side 2 quits", "per time"),
            Output("quits_first_1", "probability that side 1 quits first", "probability"),
            Output("quits_first_2", "probability that side 2 quits first", "probability"),
            Output("mean_duration", "mean time until one side quits", "time"),
            Output("total_cost", "mean cost of waiting, of both sides together", "utility"),
            Output("payoff_1", "side 1's payoff", "utility"),
            Output("payoff_2", "side 2's payoff", "utility"),
        ),
        formula=(
            "quit_rate_1 = cost_2 / value_2,  quit_rate_2 = cost_1 / value_1",
            "quits_first_1 = quit_rate_1 / (quit_rate_1 + quit_rate_2),  mean_duration = 1 / (quit_rate_1 + quit_rate_2)",
        ),
        source="Hendricks, Weiss and Wilson (1988)",
        solver=_complete,
        strategies=_both("-log(uniform) / solution.quit_rate_#"),
        assumptions=("no discounting, no end",),
    ),
    Theorem(
        name="attrition_uniform",
        title="Attrition with private prizes, uniform",
        symbols=(Symbol("highest", "prizes are uniform on [0, highest]", example=1.0, **POSITIVE), COST),
        outputs=PRIVATE,
        formula=(
            "quit at t(v) = integral from 0 to v of x f(x) / (1 - F(x)) dx / cost",
            "t(v) = (-v - highest * ln(1 - v / highest)) / cost",
            "mean_duration = highest / (6 * cost),  total_cost = highest / 3",
        ),
        source="Fudenberg and Tirole (1991)",
        solver=_uniform,
        strategies=_both(_STOP_UNIFORM),
        assumptions=("prizes independent and alike",),
    ),
    Theorem(
        name="attrition_exponential",
        title="Attrition with private prizes, exponential",
        symbols=(Symbol("mean_value", "mean prize", example=1.0, **POSITIVE), COST),
        outputs=PRIVATE,
        formula=(
            "quit at t(v) = integral from 0 to v of x f(x) / (1 - F(x)) dx / cost = v^2 / (2 * mean_value * cost)",
            "mean_duration = mean_value / (4 * cost),  total_cost = mean_value / 2",
        ),
        source="Fudenberg and Tirole (1991)",
        solver=_exponential,
        strategies=_both(_STOP_EXPONENTIAL),
        assumptions=("prizes independent and alike",),
    ),
)
