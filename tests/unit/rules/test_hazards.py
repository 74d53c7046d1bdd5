"""Next-reaction clocks, thinning and capability growth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import hazards

AMOUNTS = st.floats(1e-6, 30.0)
RATES = st.floats(1e-4, 5.0)


def changed(now: float, since: float, amount: float, old_rate: float, new_rate: float) -> tuple[float, float]:
    """Due time when a rate changes now, and what is left of the unit exponential: as an engine reschedules."""
    left = hazards.left_over(amount, old_rate, now - since)
    return hazards.due_time(now, left, new_rate), left


def test_a_clock_without_rate_never_rings():
    assert hazards.due_time(3.0, 1.0, 0.0) == hazards.NEVER
    due, left = changed(5.0, 3.0, 1.0, 0.1, 0.0)
    assert due == hazards.NEVER
    assert left == pytest.approx(0.8)


@given(AMOUNTS, RATES, st.floats(0.0, 1.0))
def test_an_unchanged_rate_leaves_the_due_time(amount, rate, share):
    due = hazards.due_time(10.0, amount, rate)
    when = 10.0 + share * (due - 10.0)
    assert changed(when, 10.0, amount, rate, rate)[0] == pytest.approx(due, rel=1e-9)


@given(AMOUNTS, RATES, RATES, st.floats(0.0, 1.0))
def test_a_higher_rate_brings_the_event_forward(amount, rate, more, share):
    due = hazards.due_time(0.0, amount, rate)
    when = share * due
    sooner, _ = changed(when, 0.0, amount, rate, rate + more)
    assert when - 1e-9 <= sooner <= due + 1e-9


def test_overdue_clocks_ring_now():
    assert hazards.left_over(1.0, 1.0, 2.0) == 0.0
    assert changed(5.0, 0.0, 1.0, 1.0, 2.0)[0] == 5.0


@given(st.floats(1e-9, 1.0 - 1e-9))
def test_unit_exponentials_are_positive(draw):
    assert hazards.unit_exponential(draw) > 0.0
    assert hazards.unit_exponential(0.5) == pytest.approx(0.6931471805599453, rel=1e-15)


def test_a_candidate_at_the_bound_is_always_kept():
    assert hazards.accepts_candidate(0.999999, 2.0, 2.0)
    assert hazards.accepts_candidate(0.49, 1.0, 2.0)
    assert not hazards.accepts_candidate(0.5, 1.0, 2.0)


@given(st.floats(0.0, 5.0), st.floats(0.0, 0.9), st.floats(1e-3, 2.0), st.floats(0.0, 100.0))
def test_the_rate_at_the_last_update_bounds_the_rate_until_the_next(excitation, branching, decay, elapsed):
    now = hazards.excitation_with_event(excitation, branching, decay)
    later = hazards.excitation_after(now, decay, elapsed)
    assert hazards.self_exciting_rate(0.5, 1.35, later, 0.1, False) <= (
        hazards.self_exciting_rate(0.5, 1.35, now, 0.1, False)
    )


def test_an_event_brings_branching_followers():
    """Its rise decays at the rate at which it was scaled, so its integral is the branching number."""
    rise = hazards.excitation_with_event(0.0, 0.57, 0.0267)
    assert rise / 0.0267 == pytest.approx(0.57, rel=1e-14)
    assert hazards.excitation_with_event(0.3, 0.57, 0.0267) == pytest.approx(0.3 + rise, rel=1e-14)


def test_a_pause_replaces_the_whole_rate():
    assert hazards.self_exciting_rate(4.1, 1.35, 0.6, 0.08, True) == 0.08
    assert hazards.self_exciting_rate(4.0, 1.5, 0.5, 0.08, False) == 6.5


@given(st.floats(0.0, 0.9), st.floats(1e-2, 2.0), st.floats(1.0, 500.0))
def test_clustering_grows_with_the_window_up_to_the_limit(branching, decay, window):
    rest = hazards.dispersion_from_rest(branching, decay, window)
    ever = hazards.dispersion_when_stationary(branching, decay, window)
    limit = 1.0 / (1.0 - branching) ** 2
    assert 1.0 - 1e-9 <= rest <= ever + 1e-9 <= limit + 2e-9
    assert hazards.dispersion_when_stationary(branching, decay, 2.0 * window) >= ever - 1e-9


def test_without_branching_the_process_is_poisson():
    assert hazards.dispersion_from_rest(0.0, 0.1, 30.0) == 1.0
    assert hazards.dispersion_when_stationary(0.0, 0.1, 30.0) == 1.0
    assert hazards.expected_count_from_rest(0.5, 0.0, 0.1, 30.0) == 15.0


@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=6), st.floats(0.0, 20.0))
def test_incidences_of_all_causes_make_up_the_loss_of_survival(rates, time):
    causes = len(rates)
    total = sum(hazards.incidence(rates, causes, cause, time) for cause in range(causes))
    assert total == pytest.approx(1.0 - hazards.piecewise_survival([sum(rates)], [time], 1), abs=1e-12)
    shares = sum(hazards.first_cause_share(rates, causes, cause) for cause in range(causes))
    assert shares == pytest.approx(1.0 if sum(rates) > 0 else 0.0, abs=1e-12)


def test_nothing_happens_without_rates():
    assert hazards.mean_first_time([0.0, 0.0], 2) == hazards.NEVER
    assert hazards.incidence([0.0, 0.0], 2, 0, 5.0) == 0.0


SIGNALS = [
    ((0.05, 0.15, 0.20), ("0.36", "1.07", "1.43")),  # short-range test during talks
    ((0.01, 0.05, 0.10), ("0.19", "0.96", "1.92")),  # ICBM or nuclear test during talks
    ((0.05, 0.25, 0.60), ("0.18", "0.89", "2.14")),  # covert facility discovered
]


@pytest.mark.parametrize("likelihoods, printed", SIGNALS)
def test_types_send_signals_as_often_as_observers_assume(likelihoods, printed):
    """Clarification 5.6; the mean over the prior is one."""
    prior = (0.2, 0.6, 0.2)
    found = [hazards.type_multiplier(likelihoods, prior, 3, kind) for kind in range(3)]
    assert [f"{factor:.2f}" for factor in found] == list(printed)
    assert sum(p * factor for p, factor in zip(prior, found, strict=True)) == pytest.approx(1.0, rel=1e-14)


def test_capability_grows_by_time_and_trials_and_is_capped():
    weekly = 0.0010 / 7.0
    assert hazards.capability_after(0.0, weekly, hazards.development_factor(False, 0.5, 1.0), 365.0) == pytest.approx(
        365.0 * weekly
    )
    assert hazards.development_factor(True, 0.5, 1.0) == 0.5
    assert hazards.development_factor(True, 0.5, 0.5) == 0.25
    assert hazards.capability_with_trial(0.05, 0.01) == pytest.approx(0.06)
    assert hazards.capability_with_trial(0.995, 0.01) == hazards.capability_after(0.9, 1.0, 1.0, 9.0) == 1.0


def test_capability_grows_at_the_pace_that_is_left_and_stops_at_one():
    assert hazards.capability_after(0.2, 0.001, 0.5, 100.0) == pytest.approx(0.25, rel=1e-15)
    assert hazards.capability_after(0.95, 0.001, 1.0, 100.0) == 1.0
    assert hazards.capability_with_trial(0.95, 0.1) == 1.0
