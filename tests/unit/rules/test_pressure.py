"""Pressure and enforcement, with the summit scenario's numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arithmetic import exp
from sim.rules import pressure
from tests.printed_digits import assert_printed

SHARES = (0.92, 0.04, 0.02, 0.02)
ENFORCEMENT = (0.80, 0.8, 1.0, 0.9)
COEFFICIENTS = (1.4, 1.2, 0.8, -0.3, -0.8)
UNIT = st.floats(0.0, 1.0)


def test_pressure_at_the_start():
    """.725 in March 2018 (clarification 10.1); nothing once all is lifted."""
    assert_printed(pressure.pressure(0.90, 0.0, SHARES, ENFORCEMENT, 4), "0.725")
    assert pressure.pressure(0.90, 1.0, SHARES, ENFORCEMENT, 4) == 0.0


def test_minor_shares_fill_what_the_lead_leaves():
    rescaled = [pressure.rescaled_share(share, 0.88, 0.08) for share in (0.04, 0.02, 0.02)]
    assert sum(rescaled) + 0.88 == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    "provocation, tension, rung, negotiating, printed",
    [(1.0, 0.5, 5, 0.0, "0.95"), (0.45, 0.45, 2, 1.0, "0.86")],
    ids=["december 2017", "march 2018"],
)
def test_enforcement_target_of_record(provocation, tension, rung, negotiating, printed):
    fear = pressure.fear_of_fighting(tension, rung, 8.0)
    assert_printed(pressure.enforcement_target(COEFFICIENTS, provocation, fear, negotiating, 0.2, 0.0), printed)


@given(UNIT, UNIT, UNIT, st.floats(-0.5, 0.5))
def test_enforcement_target_rises_with_provocation_and_falls_with_rivalry(low, rise, fear, shift):
    high = low + rise * (1.0 - low)
    assert pressure.enforcement_target(COEFFICIENTS, high, fear, 0.0, 0.2, shift) >= (
        pressure.enforcement_target(COEFFICIENTS, low, fear, 0.0, 0.2, shift)
    )
    assert pressure.enforcement_target(COEFFICIENTS, fear, fear, 1.0, high, shift) <= (
        pressure.enforcement_target(COEFFICIENTS, fear, fear, 1.0, low, shift)
    )
    assert 0.0 <= pressure.enforcement_target(COEFFICIENTS, low, fear, 1.0, rise, shift) <= 1.0


def test_fear_is_the_larger_of_tension_and_the_ladder():
    assert pressure.fear_of_fighting(0.3, 4, 8.0) == 0.5
    assert pressure.fear_of_fighting(0.7, 4, 8.0) == 0.7
    assert pressure.fear_of_fighting(0.3, 9, 8.0) == 1.0
    assert pressure.fear_of_fighting(0.3, 8.4, 8.0) == 1.0


def test_provocation_saturates():
    """1.8 weighted events are .45, the start; 16.3 launches a year settle near 3.9 and almost saturate."""
    assert pressure.provocation_index(1.8, 4.0) == pytest.approx(0.45)
    assert pressure.provocation_index(7.0, 4.0) == 1.0
    assert pressure.provocation_index(4.2, 4.0) == 1.0


@given(UNIT, UNIT, st.floats(0.0, 400.0), st.floats(0.0, 400.0))
def test_stress_does_not_depend_on_the_number_of_updates(stress, now, first, second):
    step = pressure.stress_after(stress, now, 1.0 / 90.0, 0.2 / 365.0, first + second)
    middle = pressure.stress_after(stress, now, 1.0 / 90.0, 0.2 / 365.0, first)
    assert pressure.stress_after(middle, now, 1.0 / 90.0, 0.2 / 365.0, second) == pytest.approx(step, abs=1e-12)


def test_stress_solves_its_differential_equation():
    """Euler with a small step, against the exact one."""
    stress, adjust, adapt, step = 0.1, 1.0 / 90.0, 0.2 / 365.0, 0.01
    for _ in range(10_000):
        stress += step * (adjust * (0.7 - stress) - adapt * stress)
    assert pressure.stress_after(0.1, 0.7, adjust, adapt, 100.0) == pytest.approx(stress, rel=1e-4)
    settled = pressure.stress_after(0.1, 0.7, adjust, adapt, 1e5)
    assert settled == pytest.approx(0.7 * adjust / (adjust + adapt), rel=1e-12)
    assert settled < 0.7


def test_steps_close_a_share_of_the_gap():
    assert pressure.level_after_step(0.9, 0.3) == pytest.approx(0.93)
    assert pressure.rivalry_after_shock(0.2, 0.2) == pytest.approx(0.36)
    assert exp(0.0) == 1.0


def test_a_low_target_is_kept_and_a_negative_one_is_not():
    """Half of a logistic at zero, moved down."""
    zero = (0.0,) * 5
    found = [pressure.enforcement_target(zero, 0.0, 0.0, 0.0, 0.0, shift) for shift in (-0.45, -0.55, 0.45, 0.55)]
    assert found == pytest.approx([0.05, 0.0, 0.95, 1.0], abs=1e-15)
