"""What is planted is found again: estimates of hazards from records that were played with known values.

Records are played by the rules of the engines at addressed draws, and once by an engine itself. Bias and coverage are held at 4.1
standard errors; wrong versions must fail.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engines.event_engine import Log
from sim.engines.event_engine import play as play_history
from sim.estimation.point_record import PointRecord, point_record
from sim.estimation.rates import exact_rate
from sim.estimation.rescaling import assess, distance_from_exponential, rescaled_gaps
from sim.estimation.self_exciting import SelfExciting, SelfExcitingFit, fit
from sim.estimation.thinning import play
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.rules import hazards
from tests.counts import sample_size
from tests.statistics_helpers import assert_mean, assert_rate

YEAR = 365.0
PLANTED = SelfExciting(baseline=4.1 / YEAR, branching=0.57, half_life=26.0, paused_rate=0.5 / YEAR)
YEARS = 40
PAUSES = [(n * YEAR, (n + 0.25) * YEAR) for n in range(YEARS)]
SEEDS = (3, 11, 19)


def planted_records(hazard: SelfExciting, seed: int, number: int) -> list[PointRecord]:
    window = point_record([-30.0, -5.0], 0.0, YEARS * YEAR, PAUSES)
    return [play(hazard, window, seed, sample) for sample in range(number)]


@pytest.fixture(scope="module")
def fits() -> list[SelfExcitingFit]:
    """Of records with some 250 events, from several seeds."""
    number = sample_size("planted_hazards") // len(SEEDS)
    return [fit(record) for seed in SEEDS for record in planted_records(PLANTED, seed, number)]


def assert_recovered(fits: list[SelfExcitingFit], planted: SelfExciting) -> None:
    """Means of the estimates, on scales on which they are nearly normal, within 4.1 standard errors of what was planted."""
    for name in ("baseline", "half_life"):
        values = [math.log(max(getattr(found, name).value, 1e-9) / getattr(planted, name)) for found in fits]
        assert_mean(values, 0.0)
    assert_mean([found.branching.value for found in fits], planted.branching)
    assert_mean([found.paused.rate for found in fits], planted.paused_rate)


def test_planted_values_are_recovered_without_bias(fits):
    assert_recovered(fits, PLANTED)


@pytest.mark.parametrize(
    "name, factor", [("baseline", 1.5), ("branching", 0.7), ("half_life", 2.0), ("paused_rate", 2.5)]
)
def test_other_values_would_show(fits, name, factor):
    with pytest.raises(AssertionError, match="standard errors"):
        assert_recovered(fits, PLANTED._replace(**{name: factor * getattr(PLANTED, name)}))


def covered(fits: list[SelfExcitingFit], planted: SelfExciting) -> dict[str, int]:
    """How many intervals hold what was planted."""
    found = {}
    for name in ("baseline", "branching", "half_life"):
        parameters = [getattr(item, name) for item in fits]
        value = getattr(planted, name)
        found[name] = sum((p.low is None or p.low <= value) and (p.high is None or value <= p.high) for p in parameters)
    return found


def test_intervals_hold_what_was_planted_as_often_as_they_say(fits):
    for count in covered(fits, PLANTED).values():
        assert_rate(count, len(fits), 0.95)
    paused = sum(item.paused.low <= PLANTED.paused_rate <= item.paused.high for item in fits)
    assert paused >= 0.95 * len(fits) - 4.1 * math.sqrt(
        0.05 * 0.95 * len(fits)
    )  # exact intervals hold it at least as often


def test_intervals_of_other_values_would_show(fits):
    """Seen from twice the half-life, two thirds of the branching or half again the baseline, the intervals hold the value too seldom."""
    wrong = SelfExciting(1.5 * PLANTED.baseline, 0.66 * PLANTED.branching, 2.0 * PLANTED.half_life)
    for count in covered(fits, wrong).values():
        with pytest.raises(AssertionError, match="standard errors"):
            assert_rate(count, len(fits), 0.95)


def test_standard_errors_are_the_spread_of_the_estimates(fits):
    """To a third, in the middle of the sample; the spread of a sample of n is known to about 1 / sqrt(2 n)."""
    for name in ("baseline", "branching", "half_life"):
        told = np.median([getattr(found, name).standard_error or math.nan for found in fits])
        spread = np.std([getattr(found, name).value for found in fits], ddof=1)
        assert told == pytest.approx(spread, rel=1 / 3 + 4.1 / math.sqrt(2 * len(fits)))


def test_a_constant_rate_is_held_by_its_exact_interval():
    """Poisson counts with a mean of 3: the exact interval holds the rate in at least 95 percent of records, here by adding all cases."""
    mean, total = 3.0, 0.0
    for count in range(60):
        found = exact_rate(count, 1.0)
        if found.low <= mean <= found.high:
            total += math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1))
    assert 0.95 <= total < 0.99


# The player of records


def played_counts(hazard: SelfExciting, window: float, number: int) -> np.ndarray:
    like = point_record([], 0.0, window)
    return np.array([play(hazard, like, 5, sample).times.size for sample in range(number)], dtype=float)


def test_played_records_have_the_mean_and_spread_of_the_closed_form():
    hazard = SelfExciting(0.5, 0.4, math.log(2.0))
    counts = played_counts(hazard, 12.0, sample_size("played_records"))
    mean = hazards.expected_count_from_rest(0.5, 0.4, 1.0, 12.0)
    spread = math.sqrt(mean * hazards.dispersion_from_rest(0.4, 1.0, 12.0))
    assert_mean(counts, mean, standard_deviation=spread)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_mean(played_counts(SelfExciting(0.5, 0.0, 1.0), 12.0, counts.size), mean, standard_deviation=spread)


def test_played_records_are_exponential_in_rescaled_time():
    """With pauses and earlier events; a hazard without excitation is found out. The bound is that of Kolmogorov at 1 in 20,000."""
    gaps = np.concatenate([rescaled_gaps(record, PLANTED) for record in planted_records(PLANTED, 23, 6)])
    assert gaps.size > 1000
    bound = math.sqrt(math.log(2 * 20_000) / 2 / gaps.size)
    assert distance_from_exponential(gaps) < bound
    records = planted_records(PLANTED, 23, 6)
    constant = SelfExciting(1.8 * PLANTED.baseline, 0.0, 26.0, PLANTED.paused_rate)
    assert distance_from_exponential(np.concatenate([rescaled_gaps(record, constant) for record in records])) > bound


def test_the_test_of_excitation_tells_clusters_from_chance():
    """A clustered record is found out, a constant rate is not; the fit is not refused where it is right."""
    window = point_record([], 0.0, 8 * YEAR)
    clustered = play(PLANTED, window, 2, 1)
    told = assess(clustered, fit(clustered), samples=39)
    assert told.excitation_p <= 0.025 and told.distance_p > 0.05 and told.constant_distance > told.distance
    even = play(SelfExciting(9.5 / YEAR, 0.0, 26.0), window, 2, 2)
    assert assess(even, fit(even), samples=39).excitation_p > 0.05


# Events of the engine itself


def engine_times(replication: int) -> PointRecord:
    """Attacks of one history of a textbook case, to the end of the observer's window."""
    spec = load_scenario(
        "theory/self-exciting-attacks", overrides=["hazards.attack.half_life=5", "parameters.window=600"]
    )
    log = Log()
    play_history(compile_case(complete(spec)), replication, 1, log)
    times = [item.time for item in log.happenings if item.details.get("hazard") == "attack"]
    return point_record(times, 0.0, 600.0)


def test_what_an_engine_plays_is_recovered():
    """Baseline .5 a day, branching .4, half-life 5 days: pooled over a few histories, within 4.1 of their own standard errors."""
    fits = [fit(engine_times(replication)) for replication in range(3)]
    for name, planted in (("baseline", 0.5), ("branching", 0.4), ("half_life", 5.0)):
        found = [getattr(item, name) for item in fits]
        mean = np.mean([item.value for item in found])
        error = math.sqrt(sum(item.standard_error**2 for item in found)) / len(found)
        assert abs(mean - planted) < 4.1 * error, (name, mean, error)
