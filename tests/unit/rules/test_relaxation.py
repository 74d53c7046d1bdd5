"""Relaxation is exact, so it does not matter how often it is applied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import relaxation

LEVELS = st.floats(0.0, 1.0)
RATES = st.floats(0.0, 1.0)
TIMES = st.floats(0.0, 400.0)


def test_half_the_distance_is_left_after_a_half_life():
    rate = relaxation.rate_from_half_life(60.0)
    assert relaxation.relaxed(0.45, 0.20, rate, 60.0) == pytest.approx(0.325, rel=1e-14)
    assert relaxation.decay_factor(rate, 120.0) == pytest.approx(0.25, rel=1e-14)


@given(LEVELS, LEVELS, RATES, TIMES, TIMES)
def test_two_short_steps_are_one_long_step(value, rest, rate, first, second):
    once = relaxation.relaxed(value, rest, rate, first + second)
    twice = relaxation.relaxed(relaxation.relaxed(value, rest, rate, first), rest, rate, second)
    assert twice == pytest.approx(once, abs=1e-12)


@given(LEVELS, LEVELS, RATES, TIMES)
def test_the_value_moves_towards_rest_and_not_beyond(value, rest, rate, elapsed):
    after = relaxation.relaxed(value, rest, rate, elapsed)
    assert min(value, rest) - 1e-15 <= after <= max(value, rest) + 1e-15
    assert relaxation.relaxed_by(value, rest, relaxation.decay_factor(rate, elapsed)) == after


@given(LEVELS, LEVELS)
def test_a_push_stays_in_the_unit_interval(value, size):
    after = relaxation.pushed_up(value, size)
    assert value - 1e-15 <= after <= 1.0 + 1e-15
    assert 0.0 <= relaxation.scaled(value, size) <= value


def test_walk_out_and_relief_of_tension():
    """Tension .45: a walk-out pushes it up by .15 of the rest, a meeting scales it to .7."""
    assert relaxation.pushed_up(0.45, 0.15) == pytest.approx(0.5325, rel=1e-14)
    assert relaxation.scaled(0.45, 0.7) == pytest.approx(0.315, rel=1e-14)
