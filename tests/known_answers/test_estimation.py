"""Estimates of rates: published intervals, and the likelihood of a self-exciting hazard by another road."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, minimize
from scipy.stats import binomtest, gamma

from sim.errors import ParameterError
from sim.estimation.likelihood import Likelihood
from sim.estimation.point_record import PointRecord, point_record
from sim.estimation.rates import exact_rate, jeffreys_rate, rate_ratio, upper_bound
from sim.estimation.rescaling import distance_from_exponential, rescaled_gaps
from sim.estimation.self_exciting import SelfExciting, fit
from sim.model.datasets.load import load_dataset
from tests.printed_digits import assert_printed

# Exact 95 percent intervals of a Poisson mean, as tables of the method of Garwood (1936) print them.
GARWOOD = {
    0: ("0.000", "3.689"),
    1: ("0.025", "5.572"),
    2: ("0.242", "7.225"),
    5: ("1.623", "11.668"),
    10: ("4.795", "18.390"),
}


@pytest.mark.parametrize("events", GARWOOD)
def test_exact_intervals_of_a_rate_are_those_of_the_table(events):
    found = exact_rate(events, 1.0)
    assert_printed(found.low, GARWOOD[events][0])
    assert_printed(found.high, GARWOOD[events][1])
    again = exact_rate(events, 4.0)
    assert (again.rate, again.low, again.high) == pytest.approx((events / 4, found.low / 4, found.high / 4))


def test_no_event_in_six_years_leaves_half_an_event_a_year():
    """The upper bound that the record of talks has: 0 launch days in 6.14 years, below .49 a year at 95 percent."""
    assert_printed(upper_bound(0, 6.14), "0.488")
    assert upper_bound(0, 1.0) == pytest.approx(-math.log(0.05))


def test_the_prior_of_jeffreys_gives_a_gamma_with_half_an_event_more():
    found = jeffreys_rate(7, 51.0)
    assert (found.rate, found.low, found.high) == pytest.approx((7.5 / 51, *gamma.ppf([0.025, 0.975], 7.5) / 51))


def test_a_ratio_of_rates_is_a_binomial_share():
    """Nine events in 3 years against four in 5: the share of the first is .375 if the rates are equal."""
    found = rate_ratio(exact_rate(9, 3.0), exact_rate(4, 5.0))
    interval = binomtest(9, 13).proportion_ci(0.95, "exact")
    odds = [share / (1 - share) * 5 / 3 for share in (interval.low, interval.high)]
    assert (found.ratio, found.low, found.high) == pytest.approx((3.75, *odds))
    assert found.p_value == pytest.approx(2 * binomtest(9, 13, 0.375, alternative="greater").pvalue)
    none = rate_ratio(exact_rate(0, 6.0), exact_rate(76, 15.0))
    assert none.low == 0.0 and none.high < 0.15 and none.p_value < 1e-8
    assert rate_ratio(exact_rate(76, 15.0), exact_rate(0, 6.0)).high == math.inf


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: exact_rate(-1, 2.0), "a whole number from 0, found -1"),
        (lambda: exact_rate(1, 0.0), "a time watched above 0, found 0"),
        (lambda: exact_rate(1, 1.0, 1.0), "a confidence between 0 and 1, found 1"),
        (lambda: rate_ratio(exact_rate(0, 1.0), exact_rate(0, 1.0)), "an event in one of them"),
        (lambda: fit(point_record([1.0, 2.0, 3.0, 4.0], 0.0, 10.0)), "4 events outside pauses are too few"),
        (lambda: point_record([1.0, 1.0], 0.0, 10.0), "no two may be the same"),
        (lambda: point_record([1.0], 5.0, 5.0), "its start before its end, found 5 to 5"),
        (lambda: PointRecord(0.0, 5.0, np.array([6.0]), np.array([])), "outside the window from 0 to 5"),
        (lambda: PointRecord(0.0, 5.0, np.array([]), np.array([1.0])), "an earlier event lies at 1, in the window"),
        (lambda: PointRecord(0.0, 5.0, np.array([]), np.array([]), ((1.0, 3.0), (2.0, 4.0))), "lie apart"),
    ],
)
def test_what_cannot_be_estimated_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


# A record with everything: events before the window, pauses at its start, inside and beyond its end, events in pauses

RECORD = point_record(
    [-40.0, -3.0, 5.0, 12.0, 13.5, 14.0, 22.0, 31.0, 33.0, 47.0, 58.0, 58.5, 59.0, 77.0, 93.0], 0.0, 100.0,
    [(-10.0, 4.0), (20.0, 32.0), (45.0, 46.0), (90.0, 120.0)],
)  # fmt: skip


def direct_rate(time: float, record: PointRecord, hazard: SelfExciting) -> float:
    """The rate as the page of chance events writes it: a sum over all events before."""
    if any(start <= time < end for start, end in record.pauses):
        return hazard.paused_rate
    before = [t for t in (*record.earlier, *record.times) if t < time]
    return hazard.baseline + sum(hazard.branching * hazard.decay * math.exp(-hazard.decay * (time - t)) for t in before)


def direct_integral(start: float, end: float, record: PointRecord, hazard: SelfExciting) -> float:
    inner = [*(time for pause in record.pauses for time in pause), *record.times]
    cuts = sorted({start, end, *(time for time in inner if start < time < end)})
    exact = {"args": (record, hazard), "epsabs": 1e-12, "epsrel": 1e-12}
    return sum(quad(direct_rate, low, high, **exact)[0] for low, high in zip(cuts, cuts[1:], strict=False))


def direct_log_likelihood(record: PointRecord, hazard: SelfExciting) -> float:
    """Of the events outside pauses, term by term."""
    decay = hazard.decay
    total, everything = 0.0, [*record.earlier, *record.times]
    for time in record.times[~record.is_paused]:
        total += math.log(direct_rate(time, record, hazard))
    for start, end, paused in record.pieces():
        if not paused:
            total -= hazard.baseline * (end - start)
            for t in everything:
                if t < end:
                    total -= hazard.branching * (math.exp(-decay * (max(start, t) - t)) - math.exp(-decay * (end - t)))
    return total


def test_a_record_knows_its_pieces():
    assert RECORD.pieces() == [
        (0.0, 4.0, True), (4.0, 20.0, False), (20.0, 32.0, True), (32.0, 45.0, False), (45.0, 46.0, True), (46.0, 90.0, False),
        (90.0, 100.0, True),
    ]  # fmt: skip
    assert (RECORD.exposure, RECORD.paused_exposure) == (73.0, 27.0)
    assert list(RECORD.times[RECORD.is_paused]) == [22.0, 31.0, 93.0] and list(RECORD.earlier) == [-40.0, -3.0]


@pytest.mark.parametrize(
    "hazard", [SelfExciting(0.05, 0.4, 6.0), SelfExciting(0.2, 0.0, 3.0), SelfExciting(0.01, 0.9, 40.0)]
)
def test_the_likelihood_is_that_of_its_definition(hazard):
    found = Likelihood(RECORD, np.array([hazard.half_life])).value(
        np.array([hazard.baseline]), np.array([hazard.branching])
    )
    assert float(found[0]) == pytest.approx(direct_log_likelihood(RECORD, hazard), rel=1e-11)


def test_rescaled_gaps_are_integrals_of_the_rate():
    hazard = SelfExciting(0.05, 0.4, 6.0, 0.11)
    ends = [RECORD.start, *RECORD.times]
    expected = [direct_integral(low, high, RECORD, hazard) for low, high in zip(ends, ends[1:], strict=False)]
    assert rescaled_gaps(RECORD, hazard) == pytest.approx(expected, rel=1e-9)


def test_the_distance_from_the_exponential_is_the_greatest():
    """Gaps at the quantiles 1/8, 3/8, 5/8 and 7/8 are nowhere further than 1/8 from it."""
    gaps = -np.log1p(-np.array([0.625, 0.125, 0.875, 0.375]))
    assert distance_from_exponential(gaps) == pytest.approx(0.125)
    assert distance_from_exponential(gaps + 10.0) == pytest.approx(1.0, abs=1e-4)


# The launches of 2012 to 2017, on which the summit's hazard rests


def days(*dates: str) -> list[float]:
    return [dt.date.fromisoformat(date).toordinal() for date in dates]


@pytest.fixture(scope="module")
def launches() -> PointRecord:
    times = [date.toordinal() + 0.5 for date in load_dataset("dprk-launches").column("date")]
    return point_record(times, *days("2012-02-29", "2017-11-30"))


@pytest.fixture(scope="module")
def found(launches):
    return fit(launches)


def test_the_record_gives_the_numbers_that_the_summit_cites(found):
    """54 launch days; baseline 4.1 a year, branching .57, half-life 26 days, likelihood ratio 12.6 against a constant rate."""
    assert found.outside.num_events == 54
    assert_printed(found.baseline.value * 365, "4.1")
    assert_printed(found.branching.value, "0.57")
    assert_printed(found.half_life.value, "26")
    assert_printed(found.likelihood_ratio, "12.6")


def test_a_search_from_many_starts_finds_nothing_better(launches, found):
    """The likelihood as a double sum, climbed by Nelder and Mead's method."""

    times, length = launches.times - launches.start, launches.end - launches.start
    born = np.concatenate([launches.earlier - launches.start, times])
    ages = times[:, None] - born[None, :]

    def falls(x: np.ndarray) -> float:
        baseline, branching, decay = math.exp(x[0]), 1.0 / (1.0 + math.exp(-x[1])), math.log(2.0) / math.exp(x[2])
        excited = decay * np.where(ages > 0.0, np.exp(-decay * np.maximum(ages, 0.0)), 0.0).sum(axis=1)
        followers = (np.exp(-decay * np.maximum(-born, 0.0)) - np.exp(-decay * (length - born))).sum()
        return -(np.log(baseline + branching * excited).sum() - baseline * length - branching * followers)

    starts = [
        (math.log(27 / 2100), 0.0, math.log(26.0)),
        (math.log(48 / 2100), -2.0, math.log(4.0)),
        (math.log(11 / 2100), 1.5, math.log(300.0)),
    ]
    close = {"xatol": 1e-7, "fatol": 1e-10}
    best = min(
        (minimize(falls, start, method="Nelder-Mead", options=close) for start in starts), key=lambda one: one.fun
    )
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-4) and found.log_likelihood > -best.fun - 1e-6
    baseline, logit, half_life = best.x
    assert found.baseline.value == pytest.approx(math.exp(baseline), rel=2e-3)
    assert found.branching.value == pytest.approx(1 / (1 + math.exp(-logit)), rel=2e-3)
    assert found.half_life.value == pytest.approx(math.exp(half_life), rel=5e-3)


def test_profile_intervals_end_where_the_profile_has_fallen_by_half_a_chi_squared(launches, found):
    """Each end by a root of the profile on a fine grid of half-lives."""
    wide = Likelihood(launches, np.geomspace(1.0, 2101.0, 600))
    drop = 3.841458820694124 / 2

    def by_branching(branching: float) -> float:
        share = np.full(600, branching)
        return float(wide.value(wide.best_baseline(share), share).max()) - found.log_likelihood + drop

    def by_baseline(baseline: float) -> float:
        rate = np.full(600, baseline)
        return float(wide.value(rate, wide.best_branching(rate)).max()) - found.log_likelihood + drop

    assert found.branching.low == pytest.approx(brentq(by_branching, 0.0, 0.57), rel=0.01)
    assert by_branching(0.999) > 0.0 and found.branching.high == 0.999  # the record sets no upper end
    rate = found.baseline.value
    assert found.baseline.low == pytest.approx(brentq(by_baseline, rate / 20, rate), rel=0.01)
    assert found.baseline.high == pytest.approx(brentq(by_baseline, rate, 3 * rate), rel=0.01)
    values = wide.best()[2] - found.log_likelihood + drop
    inside = wide.half_lives[values > 0.0]
    assert (found.half_life.low, found.half_life.high) == pytest.approx((inside[0], inside[-1]), rel=0.03)


def test_standard_errors_come_from_the_bend_of_the_likelihood(launches, found):
    """The inverse of the negative second derivatives, taken here by differences in the parameters themselves."""
    at = np.array([found.baseline.value, found.branching.value, found.half_life.value])
    steps = at * 1e-3

    def height(moves: np.ndarray) -> float:
        return direct_log_likelihood(launches, SelfExciting(*(at + moves * steps)))

    units = np.eye(3)
    bend = np.array([[
        (height(one + two) - height(one - two) - height(two - one) + height(-one - two)) / 4.0 for two in units] for one in units
    ])  # fmt: skip
    errors = np.sqrt(np.diag(np.linalg.inv(-bend / np.outer(steps, steps))))
    given = [item.standard_error for item in (found.baseline, found.branching, found.half_life)]
    assert given == pytest.approx(errors, rel=0.02)


def test_without_clusters_there_is_no_branching_and_no_half_life():
    record = point_record([10.0 * n + 5.0 for n in range(30)], 0.0, 300.0)
    found = fit(record)
    assert found.branching.value < 1e-6 and found.likelihood_ratio == pytest.approx(0.0, abs=1e-6)
    assert found.branching.standard_error is None and found.branching.low == 0.0
    assert found.baseline.value == pytest.approx(0.1, rel=1e-6)


def test_pauses_have_a_rate_of_their_own_and_take_no_time_from_the_rest():
    found = fit(RECORD)
    assert found.paused is not None and found.outside is not None
    assert (found.paused.num_events, found.paused.exposure) == (3, 27.0)
    assert (found.outside.num_events, found.outside.exposure) == (10, 73.0)
    assert found.parameters.paused_rate == pytest.approx(3 / 27)
