"""T20: two sides give way by the clock and meet. Not an equilibrium: two fixed rules.

At time t side i has given up the share ``(t / horizon)^(1 / beta_i)`` of the pie; beta below one gives way late, above one early.

As strategies, at time ``move.time``: side i demands ``1 - power(min(move.time / horizon, 1), 1 / beta_i)`` for itself.

Source: Faratin, Sierra and Jennings (1998), Robotics and Autonomous Systems 24, 159-182.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Output, Solution, Symbol, Theorem, only


def _solve(beta_1: float, beta_2: float, horizon: float) -> Solution:
    from scipy.optimize import brentq

    # s^(1 / beta) from the logarithm of s, which keeps the digits of meetings early and late
    def conceded(log_s: float) -> float:
        return math.exp(log_s / beta_1) + math.exp(log_s / beta_2) - 1.0

    slowest = min(beta_1, beta_2)
    fastest = max(beta_1, beta_2)
    log_s = float(
        brentq(conceded, -math.log(2.0) * fastest - 1e-9, -math.log(2.0) * slowest + 1e-9, xtol=1e-15, rtol=1e-14)
    )
    s = math.exp(log_s)
    values = {
        "meeting": s, "meeting_time": s * horizon, "share_1": -math.expm1(log_s / beta_1),
        "share_2": math.exp(log_s / beta_1),
    }  # fmt: skip
    return only(
        values,
        "They agree when what both have given up adds up to the pie.",
        "The meeting is unique: what is given up only rises.",
    )


THEOREMS = (
    Theorem(
        name="concession_tactics",
        title="Two who give way by the clock",
        symbols=(
            Symbol("beta_1", "side 1's speed of concession", 0.0, 1000.0, example=0.5, open_low=True),
            Symbol("beta_2", "side 2's speed of concession", 0.0, 1000.0, example=2.0, open_low=True),
            Symbol("horizon", "time by which each would have given up everything", 0.0, math.inf, example=1.0, default=1.0,
                   open_low=True),
        ),
        outputs=(
            Output("meeting", "share of the horizon after which they meet", "share"),
            Output("meeting_time", "time at which they meet", "time"),
            Output("share_1", "what side 1 gets", "share"),
            Output("share_2", "what side 2 gets", "share"),
        ),
        formula=(
            "meeting^(1 / beta_1) + meeting^(1 / beta_2) = 1",
            "share_1 = 1 - meeting^(1 / beta_1),  share_2 = 1 - meeting^(1 / beta_2)",
        ),
        source="Faratin, Sierra and Jennings (1998)",
        solver=_solve,
        strategies={
            "1.demand": "1 - power(min(move.time / horizon, 1), 1 / beta_1)",
            "2.demand": "1 - power(min(move.time / horizon, 1), 1 / beta_2)",
        },
        assumptions=("time is continuous",),
    ),
)  # fmt: skip
