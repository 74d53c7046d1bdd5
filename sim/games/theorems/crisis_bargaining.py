"""T03: a demand under the shadow of war, with the other side's cost of war private. All in shares of the pie.

A demands ``demand`` of a pie of one. B accepts, or they fight: A wins all with probability p, and both pay their costs.

As strategies: A demands ``solution.demand``; B accepts iff ``move.demand <= p + type.cost_b``.

Source: Fearon (1995), International Organization 49(3), 379-414.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules.ladder import (
    demand_value,
    premium_exponential,
    premium_uniform,
    refusal_exponential,
    refusal_uniform,
)

OUTPUTS = (
    Output("demand", "A's demand", "share"),
    Output("premium", "what it asks above its chance of winning; B accepts iff its cost is at least this", "share"),
    Output("war_probability", "probability that B refuses and they fight", "probability"),
    Output("payoff_a", "A's payoff", "share"),
    Output("payoff_b", "B's payoff, before it knows its cost", "share"),
    Output("welfare_loss", "mean cost of war to both", "share"),
)
PLAY = {"A.demand": "solution.demand", "B.accepts": "move.demand <= p + type.cost_b"}
BASE = (
    Symbol("p", "probability that A wins a war", 0.0, 1.0, example=0.5),
    Symbol("cost_a", "A's cost of war, known", 0.0, math.inf, example=0.1),
)
UNIQUE = (
    "The perfect Bayesian equilibrium is unique: A's payoff has one maximum, and B's answer is settled by its cost."
)


def _values(p: float, cost_a: float, premium: float, fighting: float, cost_b_fought: float) -> dict[str, float]:
    """``cost_b_fought`` is the mean of B's cost where it fights, and 0 where it does not."""
    payoff_a = demand_value(p, cost_a, premium, fighting)
    loss = fighting * cost_a + cost_b_fought
    return {
        "demand": p + premium, "premium": premium, "war_probability": fighting, "payoff_a": payoff_a,
        "payoff_b": 1.0 - loss - payoff_a, "welfare_loss": loss,
    }  # fmt: skip


def _uniform(p: float, cost_a: float, low: float, high: float) -> Solution:
    premium = premium_uniform(p, cost_a, low, high)
    fighting = refusal_uniform(premium, low, high)
    fought = 0.5 * (premium * premium - low * low) / (high - low) if premium > low else 0.0
    wanted = 0.5 * (high - cost_a)
    if premium >= 1.0 - p and wanted >= 1.0 - p:
        where = "A corner: A demands the whole pie, and would demand more if there were more."
    elif premium < low or 1.0 - p <= low:
        where = "A corner: A demands the whole pie; the most modest of B's types would have conceded more."
    elif wanted <= low:
        where = "A corner without war: A demands what the type of B with the lowest cost still concedes."
    else:
        where = "The solution is interior: A trades a larger share against a risk of war."
    words = "They fight with the probability given." if fighting > 0.0 else "B accepts, whatever its cost."
    return only(_values(p, cost_a, premium, fighting, fought), words, UNIQUE, where)


def _exponential(p: float, cost_a: float, mean_cost: float) -> Solution:
    premium = premium_exponential(p, cost_a, mean_cost)
    fighting = refusal_exponential(premium, mean_cost)
    fought = mean_cost * fighting - premium * (1.0 - fighting)
    if mean_cost <= cost_a:
        where = "A corner without war: A's own cost is at least the mean of B's, so A demands its chance of winning."
    elif mean_cost - cost_a >= 1.0 - p:
        where = "A corner: A demands the whole pie."
    else:
        where = "The solution is interior: A trades a larger share against a risk of war."
    words = "They fight with the probability given." if fighting > 0.0 else "B accepts, whatever its cost."
    return only(_values(p, cost_a, premium, fighting, fought), words, UNIQUE, where)


THEOREMS = (
    Theorem(
        name="crisis_bargaining_uniform",
        title="A demand before war, the other's cost uniform",
        symbols=(
            *BASE,
            Symbol("low", "lowest cost of war to B", 0.0, math.inf, example=0.0),
            Symbol("high", "highest cost of war to B", 0.0, math.inf, example=0.4),
        ),
        outputs=OUTPUTS,
        formula=(
            "cost_b ~ U[low, high]; B accepts iff demand <= p + cost_b",
            "premium = clip((high - cost_a) / 2, low, min(high, 1 - p)),  demand = p + premium",
            "war_probability = (premium - low) / (high - low), at least 0",
            "payoff_a = (p + premium) * (1 - war_probability) + (p - cost_a) * war_probability",
            "no war iff high - 2 * low <= cost_a, or the pie is too small to ask for more than low",
        ),
        source="Fearon (1995)",
        solver=_uniform,
        strategies=PLAY,
        requires=(Condition("low below high", lambda low, high: low < high),),
        assumptions=("risk-neutral sides and a divisible pie", "no demand above the whole pie"),
    ),
    Theorem(
        name="crisis_bargaining_exponential",
        title="A demand before war, the other's cost exponential",
        symbols=(*BASE, Symbol("mean_cost", "mean cost of war to B", 0.0, math.inf, example=0.2, open_low=True)),
        outputs=OUTPUTS,
        formula=(
            "cost_b ~ exponential with mean mean_cost; B accepts iff demand <= p + cost_b",
            "premium = min(1 - p, max(0, mean_cost - cost_a)),  demand = p + premium",
            "war_probability = 1 - exp(-premium / mean_cost)",
        ),
        source="Fearon (1995)",
        solver=_exponential,
        strategies=PLAY,
        assumptions=("risk-neutral sides and a divisible pie", "no demand above the whole pie"),
    ),
)
