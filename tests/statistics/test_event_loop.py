"""Processes with known laws, played by the whole event loop: scenarios that hold nothing else.

The kernels alone are held against the same numbers in ``tests/known_answers``; here the clock, the arrivals, the
conditions, the effects and the recorder of the engine do the work. The chain is a scenario in the ordinary language:
its state is written in the tension index, its steps are hazards that wait for one state each.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines import batch_engine
from sim.model.compile import Case
from sim.rules import hazards
from sim.rules.chain import absorb
from tests.counts import planted_error, sample_size
from tests.played import SEED, bare_scenario, case_from
from tests.statistics_helpers import SIGMAS, assert_mean, assert_rate

# T24: an absorbing chain

STATES = ("talks", "freeze", "tense")
ENDS = ("pact", "stalemate", "war")
STEPS = {
    "talks": (0.55, 0.20, 0.15, 0.05, 0.04, 0.01),
    "freeze": (0.10, 0.70, 0.05, 0.08, 0.06, 0.01),
    "tense": (0.20, 0.05, 0.60, 0.01, 0.09, 0.05),
}
ABSORBED = {  # verification.md T24: shares of the three ends, mean number of steps
    "talks": (0.405283, 0.449811, 0.144906, 7.849057),
    "freeze": (0.449057, 0.433962, 0.116981, 7.169811),
    "tense": (0.283774, 0.504151, 0.212075, 7.320755),
}
LEVEL = dict(zip((*STATES, *ENDS), (0.1, 0.25, 0.4, 0.55, 0.7, 0.85), strict=True))


def chain(start: str, steps: dict[str, tuple[float, ...]]) -> Case:
    """A step of the chain is an arrival of the hazard that waits for the present state; its mark is the next state."""
    stay = {"half_life": "1000000 days", "rest": 0.5, "rest_in_talks": 0.5}
    return case_from(
        bare_scenario(
            horizon="250 days",
            pulse="250 days",
            mechanisms={"tension": {"initial": LEVEL[start], **stay}},
            hazards={
                state: {
                    "kind": "poisson",
                    "rate": 365,
                    "when": f"tension > {LEVEL[state] - 0.05:g} and tension < {LEVEL[state] + 0.05:g}",
                    "effects": {"tension_factor": 0},
                    "split": dict(zip(LEVEL, chances, strict=True)),
                    "mark_effects": {other: {"tension": level} for other, level in LEVEL.items()},
                }
                for state, chances in steps.items()
            },
            outcomes=[
                *({"class": end, "when": f"tension > {LEVEL[end] - 0.05:g} and tension < {LEVEL[end] + 0.05:g}"}
                  for end in ENDS),
                {"class": "under_way", "when": True},
            ],
        )
    )  # fmt: skip


def absorbed(start: str, steps: dict[str, tuple[float, ...]] = STEPS) -> tuple[np.ndarray, np.ndarray]:
    """End and number of steps of each history."""
    results = batch_engine.run_block(chain(start, steps), range(sample_size("chain")), SEED)["results"]
    return results["outcome"], sum(results[f"count:events.{state}"] for state in STATES)


def assert_absorbed(start: str, ends: np.ndarray, steps: np.ndarray) -> None:
    """Shares and mean number of steps against the fundamental matrix."""
    assert (ends != "under_way").all()
    for end, share in zip(ENDS, ABSORBED[start], strict=False):
        assert_rate((ends == end).sum(), ends.size, share)
    assert_mean(steps, ABSORBED[start][3])


@pytest.mark.parametrize("start", STATES)
def test_the_event_loop_plays_an_absorbing_chain(start):
    assert_absorbed(start, *absorbed(start))


def test_a_chain_with_two_chances_exchanged_would_show():
    wrong = {**STEPS, "talks": (0.55, 0.20, 0.15, 0.01, 0.04, 0.05)}
    with pytest.raises(AssertionError, match="standard errors"):
        assert_absorbed("talks", *absorbed("talks", wrong))


def pact_share(shift: float) -> float:
    """Share of pacts from talks if so much of the chance of a pact went to further talks, solved."""
    wrong = [list(row) for row in STEPS.values()]
    wrong[0][0] += shift
    wrong[0][3] -= shift
    out = [0.0] * 12
    absorb(3, 3, [p for row in wrong for p in row[:3]], [p for row in wrong for p in row[3:]], [0.0] * 21, out)
    return out[0]


def test_a_pact_slightly_too_rare_would_show():
    """By the error that the sample is made for, whatever the size of the run."""
    low, high = 0.0, 0.05
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        rare = pact_share(middle) < ABSORBED["talks"][0] * (1.0 - planted_error("chain"))
        low, high = (low, middle) if rare else (middle, high)
    talks = STEPS["talks"]
    ends, _ = absorbed("talks", {**STEPS, "talks": (talks[0] + low, *talks[1:3], talks[3] - low, *talks[4:])})
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate((ends == "pact").sum(), ends.size, ABSORBED["talks"][0])


# T15: competing hazards, a rate that changes, self-excitation

CAUSES = {"rare": 0.05, "middling": 0.10, "common": 0.35}  # per day; shares .1, .2, .7, mean time 2


@pytest.fixture(scope="module")
def race() -> tuple[np.ndarray, np.ndarray]:
    """First cause and its time: the first event ends the wait of the others."""
    hazard = {"kind": "poisson", "when": "tension < 0.1", "effects": {"tension": 0.5}}
    kinds = {name: {**hazard, "rate": 365 * rate} for name, rate in CAUSES.items()}
    calm = {"tension": {"initial": 0, "rest": 0.3, "rest_in_talks": 0.3, "half_life": "1000000 days"}}
    case = case_from(bare_scenario(horizon="60 days", pulse="60 days", hazards=kinds, mechanisms=calm))
    results = batch_engine.run_block(case, range(sample_size("race")), SEED)["results"]
    times = np.column_stack([results[f"time:events.{name}"] for name in CAUSES])
    times = np.where(np.isnan(times), np.inf, times)
    return times.argmin(axis=1), times.min(axis=1)


def test_causes_win_in_proportion_to_their_rates(race):
    causes, times = race
    assert np.isfinite(times).all()
    for cause, rate in enumerate(CAUSES.values()):
        assert_rate((causes == cause).sum(), causes.size, rate / 0.5)


def test_a_race_slightly_too_slow_would_show(race):
    """Clocks keep their exponentials, so that rates too low stretch every time alike."""
    _, times = race
    with pytest.raises(AssertionError, match="standard errors"):
        assert_mean(times * (1.0 + planted_error("race")), 2.0, standard_deviation=2.0)


def test_the_first_event_comes_when_expected_whatever_its_cause(race):
    causes, times = race
    assert_mean(times, 2.0, standard_deviation=2.0)
    for cause in range(3):
        mine = times[causes == cause]
        assert_mean(mine, 2.0, standard_deviation=2.0)
    by_two = hazards.incidence(tuple(CAUSES.values()), 3, 0, 2.0)
    assert by_two == pytest.approx(0.063212, abs=5e-7)
    assert_rate(((causes == 0) & (times <= 2.0)).sum(), causes.size, by_two)


def alike(count: int, **hazard) -> dict[str, dict]:
    """Independent copies of one hazard, so that a history counts for many."""
    return {f"copy_{n}": {**hazard, "key": 1000 + n} for n in range(count)}


COPIES = 20


def histories(name: str, part: int = 1) -> int:
    """Histories that make up a part of the named sample, each with all copies."""
    return -(-sample_size(name) // (COPIES * part))


def stepped(factor: str, rate: float = 0.1) -> np.ndarray:
    """Whether an event came within five days, for every copy in every history."""
    hazard = {"kind": "poisson", "rate": 365 * rate, "factor": factor}
    case = case_from(bare_scenario(horizon="5 days", pulse="1 days", hazards=alike(COPIES, **hazard)))
    results = batch_engine.run_block(case, range(histories("stepped_rate")), SEED)["results"]
    return np.concatenate([results[f"count:events.copy_{n}"] > 0 for n in range(COPIES)])


def test_a_rate_that_changes_under_way_is_followed():
    """.1 for three days, then .4: 1 - exp(-1.1). The pulse at day three moves the rate of clocks that are running."""
    came = stepped("if(time < 3, 1, 4)")
    assert_rate(came.sum(), came.size, 0.667129)


def test_a_rate_that_changes_a_day_late_would_show():
    came = stepped("if(time < 4, 1, 4)")
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(came.sum(), came.size, 0.667129)


def test_a_rate_slightly_too_high_would_show():
    """Events by day five are more frequent by the error that the sample is made for."""
    wrong = -np.log(1.0 - 0.667129 * (1.0 + planted_error("stepped_rate"))) / 11.0
    came = stepped("if(time < 3, 1, 4)", float(wrong))
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(came.sum(), came.size, 0.667129)


BASELINE, BRANCHING, WINDOW = 0.5, 0.4, 12.0  # per day; decay one a day


def clusters(part: int = 4, **changes) -> np.ndarray:
    """Events in the window, for every copy in every history of a part of the sample."""
    hazard = {
        "kind": "self_exciting",
        "baseline": 365 * BASELINE,
        "branching": BRANCHING,
        "half_life": float(np.log(2.0)),
        **changes,
    }
    case = case_from(bare_scenario(horizon=WINDOW, pulse=WINDOW, hazards=alike(COPIES, **hazard)))
    results = batch_engine.run_block(case, range(histories("clusters", part)), SEED)["results"]
    return np.concatenate([results[f"count:events.copy_{n}"] for n in range(COPIES)])


def assert_dispersion(counts: np.ndarray, expected: float) -> None:
    """Variance over mean within 4.1 standard errors, from the influence of each count on the ratio."""
    mean, variance = counts.mean(), counts.var()
    ratio = variance / mean
    influence = ((counts - mean) ** 2 - variance) / mean - ratio / mean * (counts - mean)
    error = influence.std() / counts.size**0.5
    assert abs(ratio - expected) <= SIGMAS * error, f"expected {expected:.4f}, found {ratio:.4f} (error {error:.3g})"


def test_self_exciting_arrivals_cluster_as_the_finite_window_says():
    """Mean 9.4449 and variance over mean 2.4846 from rest; the limit 2.7778 of an endless window is refused."""
    counts = clusters(part=1)
    assert_mean(counts, hazards.expected_count_from_rest(BASELINE, BRANCHING, 1.0, WINDOW))
    assert_dispersion(counts, hazards.dispersion_from_rest(BRANCHING, 1.0, WINDOW))
    with pytest.raises(AssertionError):
        assert_dispersion(counts, 1.0 / (1.0 - BRANCHING) ** 2)


def test_a_tenth_less_branching_would_show():
    with pytest.raises(AssertionError):
        assert_mean(clusters(branching=0.36), hazards.expected_count_from_rest(BASELINE, BRANCHING, 1.0, WINDOW))


def test_a_factor_moves_the_baseline_and_not_the_branching():
    expected = hazards.expected_count_from_rest(BASELINE, BRANCHING, 1.0, WINDOW)
    assert_mean(clusters(factor="1.35"), 1.35 * expected)


def test_a_pause_replaces_baseline_and_excitation():
    """Paused at a rate of its own, it is a plain Poisson process: neither baseline nor excitation show."""
    counts = clusters(paused="true", paused_rate=365 * 0.3)
    assert_mean(counts, 0.3 * WINDOW)
    assert_dispersion(counts, 1.0)
