"""Laws and edges of expectation and disappointment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.expectation import (
    CONTINUE,
    FORCE,
    NUM_RESPONSES,
    PRESSURE,
    SIGN_AND_SELL,
    collapsed,
    deliverable_utilities,
    discounted_report,
    drift_toward,
    expected_deliverable,
    felt_value,
    gap_probability,
    hyped,
    lottery_value,
    reference_point,
    response_values,
    shock,
    triumph_value,
)

unit = st.floats(0.0, 1.0)
PROSPECTS = [0.45, 0.86, 0.35, 0.35, 0.80, 1.0, 0.20, 0.75, 2.2]


@given(unit, st.floats(0.0, 0.5), st.floats(0.6, 1.0))
def test_triumph_scale_and_reference_point_are_inverse(expectation, baseline, top):
    reference = reference_point(baseline, top, expectation)
    assert triumph_value(reference, baseline, top) == pytest.approx(expectation, abs=1e-12)


def test_a_triumph_that_is_none_does_not_divide_by_zero():
    """Drawn tastes may leave nothing of it; then anything better than the status quo is far beyond it."""
    assert triumph_value(0.5, 0.5, 0.5) == 0.0
    assert triumph_value(0.6, 0.5, 0.4) == pytest.approx(1e5)
    assert triumph_value(0.6, 0.5, 0.9) == pytest.approx(0.25)


@given(unit, unit, unit)
def test_drift_moves_toward_its_target_and_not_beyond(expectation, target, rate):
    moved = drift_toward(expectation, target, rate)
    assert min(expectation, target) - 1e-15 <= moved <= max(expectation, target) + 1e-15


def test_drift_by_hand():
    assert drift_toward(0.5, 0.2, 0.06) == pytest.approx(0.482)
    assert drift_toward(0.5, 1.0, 0.15) == pytest.approx(0.575)
    assert drift_toward(0.5, 0.5, 0.0) == 0.5
    assert drift_toward(0.1, -3.0, 0.5) == 0.0
    assert discounted_report(0.15, 0.2) == pytest.approx(0.12)


def test_hype_is_clipped_to_the_scale():
    assert (hyped(0.9, 0.25), hyped(0.1, -0.25), hyped(0.5, 0.25)) == (1.0, 0.0, 0.75)


@given(st.floats(-1.0, 1.0))
def test_shock_rises_with_the_gap_and_is_half_at_the_tolerance(gap):
    assert shock(0.3, 6.0, 0.3) == 0.5
    assert shock(gap, 6.0, 0.3) <= shock(gap + 0.01, 6.0, 0.3)


def test_spin_buffers_collapse_and_strength_zero_switches_it_off():
    assert collapsed(0.5, 0.8, 0.5, 0.0) == pytest.approx(0.3)
    assert collapsed(0.5, 0.8, 0.5, 1.0) == 0.5
    assert collapsed(0.5, 0.0, 0.5, 0.0) == 0.5


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_felt_value_without_reference_dependence_is_the_difference(utility, reference):
    assert felt_value(utility, reference, 1.0, 1.0) == utility - reference


def test_losses_loom_larger_than_gains():
    gain, loss = felt_value(0.6, 0.5, 2.25, 0.88), felt_value(0.4, 0.5, 2.25, 0.88)
    assert gain == pytest.approx(0.1**0.88, rel=1e-12)
    assert loss == pytest.approx(-2.25 * 0.1**0.88, rel=1e-12)
    assert felt_value(0.5, 0.5, 2.25, 0.88) == 0.0


@given(st.floats(0.0, 3.0))
def test_force_lottery_without_reference_is_linear_in_cost(cost):
    """Coefficient .9475 and constant .817 follow from the three prospects."""
    assert lottery_value(PROSPECTS, 3, cost, 0.0, 1.0, 1.0) == pytest.approx(0.817 - 0.9475 * cost, abs=1e-12)


def test_response_values_by_hand():
    out = [0.0] * NUM_RESPONSES
    response_values(0.5, 0.25, 0.4, 0.6, 0.55, 1.0, 0.1, [0.4, 0.06, 0.03, 1.0, 1.0], PROSPECTS, 3, out)
    assert out[CONTINUE] == pytest.approx(0.5 * 0.5 + 0.5 * 0.27)
    assert out[PRESSURE] == pytest.approx(0.1 * 0.36 + 0.9 * 0.27)
    assert out[FORCE] == pytest.approx(0.817 - 0.9475 - 0.1)
    assert out[SIGN_AND_SELL] == pytest.approx(0.45)


def test_deliverable_is_the_best_each_type_would_sign():
    own, intercepts, slopes = [0.9, 0.6, 0.5], [0.2, 0.5, 0.6], [1.0, 0.0, 0.0]
    free, bound = [0.0] * 2, [0.0] * 2
    deliverable_utilities(own, intercepts, slopes, [1, 1, 1], 3, 0.55, 0.4, [0.1, 0.5], 2, free)
    deliverable_utilities(own, intercepts, slopes, [0, 1, 1], 3, 0.55, 0.4, [0.1, 0.5], 2, bound)
    assert (free, bound) == ([0.5, 0.9], [0.5, 0.5])
    deliverable_utilities(own, intercepts, slopes, [0, 1, 0], 3, 0.55, 0.4, [0.1, 0.5], 2, bound)
    assert bound == [0.4, 0.4]


def test_red_line_is_averaged_over_except_where_waived():
    free, bound, points, beliefs = [0.5, 0.9], [0.4, 0.4], [0.1, 0.5], [9.0, 0.8, 0.2]
    with_line = expected_deliverable(free, bound, points, beliefs, 1, 2, 0.75, 1.0)
    assert with_line == pytest.approx(0.8 * (0.75 * 0.4 + 0.25 * 0.5) + 0.2 * (0.75 * 0.4 + 0.25 * 0.9))
    waived = expected_deliverable(free, bound, points, beliefs, 1, 2, 0.75, 0.4)
    assert waived == pytest.approx(0.8 * (0.75 * 0.4 + 0.25 * 0.5) + 0.2 * 0.9)


@given(unit, unit, st.floats(-0.5, 0.5))
def test_chance_of_a_gap_falls_with_tolerance(expectation, value, tolerance):
    wide = gap_probability(expectation, 0.15, value, 0.1, tolerance + 0.05)
    assert 0.0 <= wide <= gap_probability(expectation, 0.15, value, 0.1, tolerance) <= 1.0


def test_what_a_type_would_sign_counts_even_if_it_is_worse_than_nothing():
    """`otherwise` stands only for a type that signs nothing at all."""
    out = [0.0, 0.0]
    deliverable_utilities([0.3, 0.2], [0.1, 0.2], [0.8, 0.4], [1, 1], 2, 0.5, 0.6, [0.6, 0.1], 2, out)
    assert out == [0.3, 0.6]
    deliverable_utilities([0.2, 0.3], [0.5, 0.5], [0.0, 0.0], [1, 0], 2, 0.5, 0.6, [0.0], 1, out)
    assert out[0] == 0.2


@pytest.mark.parametrize(("hope", "hype", "found"), [(0.95, 0.1, 1.0), (0.95, 0.02, 0.97), (0.05, -0.1, 0.0)])
def test_hope_stays_on_its_scale(hope, hype, found):
    assert hyped(hope, hype) == pytest.approx(found, abs=1e-15)
