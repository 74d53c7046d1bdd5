"""T05: a public crisis as a contest of attrition with audience costs.

Two sides escalate. Backing down at time t costs side i ``audience_i * t`` and gives the other the prize. The value of
fighting is private, uniform on [-width_i, 0]. After the horizon nobody backs down any more, and those who are left fight.

As strategies: side 1, whose value of war is ``type.war_1``, backs down at the time

    if(type.war_1 >= -audience_1 * solution.horizon, never,
       max(0, prize / audience_2 * ((1 - solution.yield_1) / (1 - uniform * (1 - solution.stay_1)) - 1)))

and fights if both are in at ``solution.horizon``; side 2 alike with 1 and 2 exchanged. ``never`` stands for any time
beyond the horizon; the table has ``2 * solution.horizon``.

Source: Fearon (1994), American Political Science Review 88(3), 577-592; closed form derived for linear costs, uniform types.
"""

from __future__ import annotations

import math
from typing import Any

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only
from sim.rules.ladder import quit_hazard


def _integral(function: Any, end: float) -> float:
    """Over [0, end], to about 12 digits."""
    from scipy.integrate import quad

    return float(quad(function, 0.0, end, epsabs=1e-14, epsrel=1e-12, limit=200)[0]) if end > 0.0 else 0.0


def _solve(audience_1: float, audience_2: float, width_1: float, width_2: float, prize: float) -> Solution:
    def locks_in(own_audience: float, other_audience: float, own_width: float) -> float:
        """Time at which the own types are all out or would fight, had nobody yielded at once; without cancellation."""
        inner = prize * prize + 4.0 * own_width * prize * other_audience / own_audience
        return 2.0 * own_width * prize / (own_audience * (prize + math.sqrt(inner)))

    locks_1 = locks_in(audience_1, audience_2, width_1)
    locks_2 = locks_in(audience_2, audience_1, width_2)
    horizon = min(locks_1, locks_2)
    stay_1, stay_2 = audience_1 * horizon / width_1, audience_2 * horizon / width_2
    # Whoever locks in first does not yield at once: exactly, and not but for a rounding.
    yield_1 = 0.0 if locks_1 <= locks_2 else 1.0 - stay_1 * (1.0 + audience_2 * horizon / prize)
    yield_2 = 0.0 if locks_2 <= locks_1 else 1.0 - stay_2 * (1.0 + audience_1 * horizon / prize)
    fighting = stay_1 * stay_2
    # Time in units of the slower of the two scales, so that the integrals below are over a moderate range.
    a, b = audience_1 * horizon / prize, audience_2 * horizon / prize
    start = (1.0 - yield_1) * (1.0 - yield_2)
    in_u = math.log1p(max(a, b))  # u = log(1 + max(a, b) s) with s = t / horizon
    top = max(a, b)

    def both_in(u: float) -> float:
        """Survival of both sides times ds / du."""
        s = math.expm1(u) / top
        return start / ((1.0 + b * s) * (1.0 + a * s)) * math.exp(u) / top

    def quits(scale: float) -> float:
        return _integral(lambda u: both_in(u) * scale / (1.0 + scale * math.expm1(u) / top), in_u)

    def payoff(own_audience: float, stay: float, other_stay: float, other_yield: float) -> float:
        fights = prize * (1.0 - other_stay) - other_stay * 0.5 * own_audience * horizon
        return (1.0 - stay) * other_yield * prize + stay * fights

    values = {
        "horizon": horizon, "stay_1": stay_1, "stay_2": stay_2, "yield_1": yield_1, "yield_2": yield_2,
        "war_probability": fighting,
        "back_down_1": yield_1 + quits(b), "back_down_2": yield_2 + quits(a),
        "hazard_start_1": quit_hazard(audience_2, prize, 0.0),
        "hazard_start_2": quit_hazard(audience_1, prize, 0.0),
        "hazard_end_1": quit_hazard(audience_2, prize, horizon),
        "hazard_end_2": quit_hazard(audience_1, prize, horizon),
        "payoff_1": payoff(audience_1, stay_1, stay_2, yield_2),
        "payoff_2": payoff(audience_2, stay_2, stay_1, yield_1),
        "mean_duration": horizon * _integral(both_in, in_u),
    }  # fmt: skip
    if yield_1 == yield_2:
        words = "Neither side yields at once; both lock in at the same time."
    else:
        words = f"Side {1 if yield_1 > yield_2 else 2} yields at once with the probability given; the rest escalates."
    return only(
        values,
        words,
        "Unique in its outcome among equilibria with a horizon, after which nobody backs down; which types quit when is not "
        "settled, since all that quit are indifferent.",
        f"A side fights iff its value of war is at least {-audience_1 * horizon:g} (side 1), {-audience_2 * horizon:g} (side 2).",
    )


def _quits(own: str, other: str) -> str:
    return (
        f"if(type.war_{own} >= -audience_{own} * solution.horizon, 2 * solution.horizon, max(0, prize / audience_{other} * "
        f"((1 - solution.yield_{own}) / (1 - uniform * (1 - solution.stay_{own})) - 1)))"
    )


def _of_both(name: str, meaning: str, unit: str) -> tuple[Output, Output]:
    return Output(f"{name}_1", meaning.replace("#", "side 1"), unit), Output(
        f"{name}_2", meaning.replace("#", "side 2"), unit
    )


THEOREMS = (
    Theorem(
        name="audience_costs",
        title="Audience costs and escalation",
        symbols=(
            Symbol(
                "audience_1",
                "side 1's cost of backing down, per unit of time",
                0.0,
                math.inf,
                example=2.0,
                open_low=True,
            ),
            Symbol(
                "audience_2",
                "side 2's cost of backing down, per unit of time",
                0.0,
                math.inf,
                example=1.0,
                open_low=True,
            ),
            Symbol(
                "width_1",
                "side 1's value of war is uniform from minus this to 0",
                0.0,
                math.inf,
                example=1.0,
                open_low=True,
            ),
            Symbol("width_2", "the same of side 2", 0.0, math.inf, example=1.0, open_low=True),
            Symbol("prize", "what the other's backing down is worth", 0.0, math.inf, example=1.0, open_low=True),
        ),
        outputs=(
            Output("horizon", "time after which nobody backs down", "time"),
            *_of_both(
                "stay",
                "probability that # is still in at the horizon: its types that would rather fight",
                "probability",
            ),
            *_of_both("yield", "probability that # backs down at once", "probability"),
            Output("war_probability", "probability that both stay in and fight", "probability"),
            *_of_both("back_down", "probability that # backs down", "probability"),
            *_of_both("hazard_start", "rate at which # backs down just after the start", "per time"),
            *_of_both("hazard_end", "rate at which # backs down just before the horizon", "per time"),
            *_of_both("payoff", "payoff of #, before it knows its value of war", "utility"),
            Output("mean_duration", "mean time until somebody backs down or both fight", "time"),
        ),
        formula=(
            "j quits at the rate audience_i / (prize + audience_i * t), which keeps i indifferent",
            "so j is still in at t with probability (1 - yield_j) * prize / (prize + audience_i * t)",
            "i would rather fight than back down at t with probability audience_i * t / width_i",
            "time_i = (-prize + sqrt(prize^2 + 4 * width_i * prize * audience_j / audience_i)) / (2 * audience_j)",
            "horizon = min(time_1, time_2),  stay_i = audience_i * horizon / width_i",
            "yield_i = 1 - stay_i * (prize + audience_j * horizon) / prize",
            "war_probability = stay_1 * stay_2",
        ),
        source="Fearon (1994)",
        solver=_solve,
        strategies={"1.quits_at": _quits("1", "2"), "2.quits_at": _quits("2", "1")},
        assumptions=("audience costs linear in time, values of war uniform and independent", "no discounting"),
    ),
)
