"""T23: how likely a result is to fall short of what was expected.

As strategies, for nature: ``type.expected`` is normal with ``mean_expected`` and ``sd_expected``, ``type.result`` with
``mean_result`` and ``sd_result`` (``mean + sd * normal_quantile(uniform)``); there is disappointment iff
``type.expected - type.result > tolerance``.

Source: Koszegi and Rabin (2006), Quarterly Journal of Economics 121(4), for expectations as reference points.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only


def _solve(
    mean_expected: float, sd_expected: float, mean_result: float, sd_result: float, tolerance: float
) -> Solution:
    mean, spread = mean_expected - mean_result, math.hypot(sd_expected, sd_result)
    z = (tolerance - mean) / spread
    values = {
        "disappointment": 0.5 * math.erfc(z / math.sqrt(2.0)), "mean_gap": mean, "sd_gap": spread,
        "mean_excess": spread * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        + (mean - tolerance) * 0.5 * math.erfc(z / math.sqrt(2.0)),
    }  # fmt: skip
    return only(values, "The gap is normal.", "No choice is left to anybody: the answer is unique.")


THEOREMS = (
    Theorem(
        name="expectation_gap",
        title="Disappointment",
        symbols=(
            Symbol("mean_expected", "mean of the expectation", -math.inf, math.inf, example=0.65),
            Symbol("sd_expected", "standard deviation of the expectation", 0.0, math.inf, example=0.15),
            Symbol("mean_result", "mean of the result", -math.inf, math.inf, example=0.40, default=0.40),
            Symbol("sd_result", "standard deviation of the result", 0.0, math.inf, example=0.10, default=0.10),
            Symbol("tolerance", "gap that is still borne", -math.inf, math.inf, example=0.10),
        ),
        outputs=(
            Output("disappointment", "probability that the gap exceeds the tolerance", "probability"),
            Output("mean_gap", "mean of expectation minus result", "value"),
            Output("sd_gap", "its standard deviation", "value"),
            Output("mean_excess", "mean of the gap beyond the tolerance, 0 where it is within", "value"),
        ),
        formula=(
            "disappointment = Phi((mean_expected - mean_result - tolerance) / sqrt(sd_expected^2 + sd_result^2))",
        ),
        source="normal distribution; Koszegi and Rabin (2006) for the idea",
        solver=_solve,
        strategies={
            "nature.expected": "mean_expected + sd_expected * normal_quantile(uniform)",
            "nature.result": "mean_result + sd_result * normal_quantile(uniform)",
            "audience.disappointed": "type.expected - type.result > tolerance",
        },
        requires=(
            Condition(
                "a standard deviation above 0", lambda sd_expected, sd_result: sd_expected > 0.0 or sd_result > 0.0
            ),
        ),
        assumptions=("expectation and result independent and normal",),
    ),
)
