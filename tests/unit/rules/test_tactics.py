"""Laws and edges of concession tactics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.tactics import (
    absolute_target,
    averaged_target,
    bounded,
    conceded_share,
    concession_ratio,
    crossing_time,
    deadline_horizon,
    relative_target,
    stress_horizon,
    time_target,
    zeuthen_target,
)

unit = st.floats(0.0, 1.0)
betas = st.floats(0.1, 10.0)


@given(betas, unit, unit)
def test_time_target_falls_from_high_to_low(beta, one, two):
    early, late = sorted((one, two))
    assert time_target(0.0, 365.0, beta, 0.4, 0.8) == 0.8
    assert time_target(365.0, 365.0, beta, 0.4, 0.8) == pytest.approx(0.4, abs=1e-15)
    assert time_target(500.0, 365.0, beta, 0.4, 0.8) == pytest.approx(0.4, abs=1e-15)
    assert time_target(365.0 * late, 365.0, beta, 0.4, 0.8) <= time_target(365.0 * early, 365.0, beta, 0.4, 0.8) + 1e-14


def test_time_target_half_way_and_held_out():
    assert time_target(182.5, 365.0, 1.0, 0.4, 0.8) == pytest.approx(0.6, abs=1e-15)
    assert time_target(182.5, 365.0, 0.5, 0.4, 0.8) == pytest.approx(0.7, abs=1e-15)


def test_boulware_concedes_late_and_conceder_early():
    assert conceded_share(0.5, 1.0, 0.4) < 0.5 < conceded_share(0.5, 1.0, 3.0)
    assert conceded_share(0.5, 1.0, 1.0) == 0.5


@given(betas, betas)
def test_demands_meet_exactly_at_the_crossing(one, two):
    s = crossing_time(one, two)
    assert conceded_share(s, 1.0, one) + conceded_share(s, 1.0, two) == pytest.approx(1.0, abs=1e-9)


def test_horizons_shrink_with_stress_and_deadlines_down_to_a_minimum():
    assert stress_horizon(365.0, 0.5, 0.0, 30.0) == 365.0
    assert stress_horizon(365.0, 0.5, 1.0, 30.0) == 182.5
    assert stress_horizon(50.0, 0.9, 1.0, 30.0) == 30.0
    assert deadline_horizon(365.0, 100.0, 30.0) == 100.0
    assert deadline_horizon(365.0, 900.0, 30.0) == 365.0
    assert deadline_horizon(365.0, 3.0, 30.0) == 30.0


def test_a_concession_is_answered_by_a_concession():
    """The other's offer rose from .5 to .6 for us: our target falls; had it fallen, ours would rise."""
    assert concession_ratio(0.5, 0.6, 0.4, 0.5, 1.5) == pytest.approx(0.5)
    assert relative_target(0.8, 0.5, 0.55, 0.4, 0.5, 1.5, 0.41, 0.9) == pytest.approx(0.8 * 0.1 / 0.15)
    assert relative_target(0.8, 0.55, 0.5, 0.4, 0.5, 1.5, 0.41, 0.9) == 0.9
    assert absolute_target(0.8, 0.5, 0.55, 0.41, 0.9) == pytest.approx(0.75)
    assert absolute_target(0.8, 0.55, 0.5, 0.41, 0.9) == pytest.approx(0.85)


def test_ratio_is_clipped_and_neutral_where_nothing_is_gained():
    assert concession_ratio(0.41, 0.9, 0.4, 0.5, 1.5) == 0.5
    assert concession_ratio(0.9, 0.41, 0.4, 0.5, 1.5) == 1.5
    assert concession_ratio(0.5, 0.4, 0.4, 0.5, 1.5) == 1.0
    assert concession_ratio(0.3, 0.5, 0.4, 0.5, 1.5) == 1.0


@given(unit, unit, unit)
def test_targets_stay_within_their_bounds(target, earlier, later):
    for found in (
        relative_target(target, earlier, later, 0.3, 0.5, 1.5, 0.4, 0.9),
        absolute_target(target, earlier, later, 0.4, 0.9),
        averaged_target(target, [earlier, later], 2, 2, 0.3, 0.5, 1.5, 0.4, 0.9),
    ):
        assert 0.4 <= found <= 0.9


def test_averaging_looks_back_over_its_window():
    received = [0.5, 0.55, 0.6, 0.65]
    bounds = (0.3, 0.5, 1.5, 0.1, 0.9)
    assert averaged_target(0.8, received, 4, 1, *bounds) == relative_target(0.8, 0.6, 0.65, *bounds)
    assert averaged_target(0.8, received, 4, 2, *bounds) == relative_target(0.8, 0.55, 0.65, *bounds)
    assert averaged_target(0.8, received, 4, 9, *bounds) == relative_target(0.8, 0.5, 0.65, *bounds)
    assert averaged_target(0.8, received, 2, 2, *bounds) == relative_target(0.8, 0.5, 0.55, *bounds)
    assert averaged_target(0.8, received, 1, 2, *bounds) == 0.8


def test_bounds_in_the_wrong_order_give_the_floor():
    assert bounded(0.5, 0.7, 0.6) == 0.7


ONE = (0.95, 0.85, 0.72, 0.55, 0.35, 0.15)
TWO = (0.10, 0.35, 0.55, 0.70, 0.86, 0.95)


def test_zeuthen_target_concedes_only_in_turn():
    every = (1,) * 6
    assert zeuthen_target(ONE, TWO, every, 6, 0, 5, 0.0, 0.0, True, True) == 0.85
    assert zeuthen_target(TWO, ONE, every, 6, 5, 0, 0.0, 0.0, False, True) == 0.95
    assert zeuthen_target(ONE, TWO, every, 6, 1, 5, 0.0, 0.0, True, True) == 0.85
    assert zeuthen_target(TWO, ONE, every, 6, 4, 2, 0.0, 0.0, False, False) == 0.70
    assert zeuthen_target(TWO, ONE, every, 6, 4, 2, 0.0, 0.0, False, True) == 0.55
    assert zeuthen_target(ONE, TWO, every, 6, 3, 2, 0.0, 0.0, True, True) == 0.72


@pytest.mark.parametrize(("concedes_on_tie", "target"), [(True, 0.5), (False, 1.0)])
def test_zeuthen_target_at_equal_risk_limits(concedes_on_tie, target):
    assert zeuthen_target([1.0, 0.5], [0.5, 1.0], [1, 1], 2, 0, 1, 0.0, 0.0, concedes_on_tie, True) == target


def test_all_is_conceded_from_the_horizon_on():
    assert [conceded_share(day, 365.0, 0.4) for day in (365.0, 380.0, 1000.0)] == [1.0, 1.0, 1.0]
    assert conceded_share(0.95 * 365.0, 365.0, 1.0) == pytest.approx(0.95, rel=1e-14)
