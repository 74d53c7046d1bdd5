"""T15: chance events that compete, whose rates change, or that trigger one another.

As strategies, for nature: cause i strikes at ``-log(uniform) / rate_i`` (never where the rate is 0), and the earliest of them
is what happens. Where the rate changes, each piece has its own: within piece i it strikes iff ``uniform < 1 - exp(-rate_i *
duration_i)``. A self-exciting process needs its past; the simulator has such a hazard.

Sources: Hawkes (1971), Biometrika 58, 83-90; textbook results for exponential clocks.
"""

from __future__ import annotations

import math

from sim.games.theorems.theorem import Condition, Output, Solution, Symbol, Theorem, only
from sim.rules import hazards

MOST = 6  # causes or pieces
NUMBERS = range(1, MOST + 1)
EXACT = "No choice is left to anybody: the answer is unique."


def _competing(window: float, **rates: float) -> Solution:
    ordered = [rates[f"rate_{n}"] for n in NUMBERS]
    total = sum(ordered)
    values = {"total_rate": total, "mean_time": 1.0 / total, "any_by_window": -math.expm1(-total * window)}
    for n in NUMBERS:
        share = hazards.first_cause_share(ordered, MOST, n - 1)
        values |= {f"share_{n}": share, f"by_window_{n}": share * values["any_by_window"]}
    return only(values, "The first event and its cause; when and which are independent.", EXACT)


def _piecewise(**numbers: float) -> Solution:
    rates = [numbers[f"rate_{n}"] for n in NUMBERS]
    durations = [numbers[f"duration_{n}"] for n in NUMBERS]
    spent = survival = lived = 0.0
    values: dict[str, float] = {}
    for n, rate, duration in zip(NUMBERS, rates, durations, strict=True):
        here = rate * duration
        survival = math.exp(-spent)
        lived += survival * (-math.expm1(-here) / rate if rate > 0.0 else duration)
        values[f"in_piece_{n}"] = survival * -math.expm1(-here)
        spent += here
    values |= {
        "event_probability": -math.expm1(-spent), "survival": math.exp(-spent), "mean_time_without": lived,
        "length": sum(durations),
    }  # fmt: skip
    return only(values, "Whether there is an event before the last piece ends, and in which.", EXACT)


def _self_exciting(baseline: float, branching: float, decay: float, window: float) -> Solution:
    stays = 1.0 - branching
    x = decay * stays * window
    gone = -math.expm1(-x) / x  # (1 - exp(-x)) / x
    rate = baseline / stays
    values = {
        "mean_rate": rate, "mean_count": rate * window,
        "mean_count_from_rest": window * (rate - (rate - baseline) * gone),
        "dispersion_limit": 1.0 / (stays * stays),
        "dispersion": hazards.dispersion_when_stationary(branching, decay, window),
        "dispersion_from_rest": hazards.dispersion_from_rest(branching, decay, window),
        "mean_cluster": 1.0 / stays,
    }  # fmt: skip
    return only(values, "Events come in clusters: counts vary more than those of independent events.", EXACT)


def _numbered(stem: str, meaning: str, examples: tuple[float, ...]) -> tuple[Symbol, ...]:
    """Symbols stem_1, stem_2, ...; those after the first may be left out and are 0 then."""
    return tuple(
        Symbol(
            f"{stem}_{n}", meaning.replace("#", str(n)), 0.0, math.inf,
            example=examples[n - 1] if n <= len(examples) else 0.0, default=None if n == 1 else 0.0,
        )
        for n in NUMBERS
    )  # fmt: skip


THEOREMS = (
    Theorem(
        name="competing_hazards",
        title="Causes that compete",
        symbols=(
            *_numbered("rate", "rate of cause #", (0.05, 0.10, 0.35)),
            Symbol("window", "time within which the first event is counted", 0.0, math.inf, example=2.0),
        ),
        outputs=(
            Output("total_rate", "rate of the first event", "per time"),
            Output("mean_time", "mean time to the first event", "time"),
            Output("any_by_window", "probability of an event within the window", "probability"),
            *(Output(f"share_{n}", f"probability that cause {n} strikes first", "probability") for n in NUMBERS),
            *(Output(f"by_window_{n}", f"probability that it does so within the window ({n})", "probability") for n in NUMBERS),
        ),
        formula=(
            "total_rate = rate_1 + rate_2 + ...,  mean_time = 1 / total_rate",
            "share_i = rate_i / total_rate,  by_window_i = share_i * (1 - exp(-total_rate * window))",
        ),
        source="textbook result for exponential clocks",
        solver=_competing,
        strategies={f"nature.cause_{n}_at": f"-log(uniform) / max(rate_{n}, 0.000000000001)" for n in NUMBERS},
        requires=(
            Condition(
                "at least one rate above 0",
                lambda rate_1, rate_2, rate_3, rate_4, rate_5, rate_6: rate_1 + rate_2 + rate_3 + rate_4 + rate_5 + rate_6 > 0.0,
            ),
        ),
        assumptions=("causes independent, rates constant",),
    ),
    Theorem(
        name="piecewise_hazard",
        title="A rate that changes",
        symbols=(
            *_numbered("rate", "rate in piece #", (0.1, 0.4)),
            *_numbered("duration", "length of piece #", (3.0, 2.0)),
        ),
        outputs=(
            Output("event_probability", "probability of an event before the last piece ends", "probability"),
            Output("survival", "probability of none", "probability"),
            Output("mean_time_without", "mean time without event, up to the end of the last piece", "time"),
            Output("length", "length of all pieces", "time"),
            *(Output(f"in_piece_{n}", f"probability that the first event is in piece {n}", "probability") for n in NUMBERS),
        ),
        formula=("event_probability = 1 - exp(-(rate_1 * duration_1 + rate_2 * duration_2 + ...))",),
        source="textbook result for exponential clocks",
        solver=_piecewise,
        strategies={f"nature.strikes_{n}": f"uniform < 1 - exp(-rate_{n} * duration_{n})" for n in NUMBERS},
    ),
    Theorem(
        name="self_exciting",
        title="Events that trigger events",
        symbols=(
            Symbol("baseline", "rate of events that nothing triggers", 0.0, math.inf, example=0.5, open_low=True),
            Symbol("branching", "mean number of events that one event triggers directly", 0.0, 1.0, example=0.4, open_high=True),
            Symbol("decay", "rate at which the excitation fades", 0.0, math.inf, example=1.0, default=1.0, open_low=True),
            Symbol("window", "length of the window in which events are counted", 0.0, math.inf, example=400.0, default=400.0,
                   open_low=True),
        ),
        outputs=(
            Output("mean_rate", "long-run rate of events", "per time"),
            Output("mean_count", "mean number of events in the window, long after the start", "events"),
            Output("mean_count_from_rest", "the same when the window starts without excitation", "events"),
            Output("dispersion_limit", "variance over mean of the number of events in a long window", "ratio"),
            Output("dispersion", "the same in this window, long after the start", "ratio"),
            Output("dispersion_from_rest", "the same when the window starts without excitation", "ratio"),
            Output("mean_cluster", "mean size of a cluster", "events"),
        ),
        formula=(
            "rate(t) = baseline + branching * decay * sum over past events of exp(-decay * (t - t_i))",
            "mean_rate = baseline / (1 - branching),  dispersion_limit = 1 / (1 - branching)^2",
            "dispersion = 1 + n (2 - n) / (1 - n)^2 * (1 - (1 - exp(-x)) / x), n = branching, x = decay * (1 - n) * window",
        ),
        source="Hawkes (1971)",
        solver=_self_exciting,
        assumptions=("an exponential kernel",),
    ),
)  # fmt: skip
