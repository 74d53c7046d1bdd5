"""Inspection, patience and reputation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import inspection

POSITIVE = st.floats(0.01, 10.0)
ORDERED = st.tuples(POSITIVE, POSITIVE, POSITIVE).map(lambda s: (s[0] + s[1] + s[2], s[0] + s[1], s[0]))


@given(ORDERED, st.integers(1, 20))
def test_slower_detection_needs_more_patience(payoffs, lag):
    assert inspection.patience_needed_with_lag(*payoffs, 1) == pytest.approx(inspection.patience_needed(*payoffs))
    assert inspection.patience_needed_with_lag(*payoffs, lag + 1) > inspection.patience_needed_with_lag(*payoffs, lag)


@given(ORDERED, st.floats(0.1, 0.99), st.floats(0.0, 1.0))
def test_false_alarms_cost_value(payoffs, discount, alarm):
    _, reward, punishment = payoffs
    value = inspection.value_with_false_alarms(reward, punishment, discount, alarm)
    assert punishment - 1e-12 <= value <= reward + 1e-12
    assert inspection.value_with_false_alarms(reward, punishment, discount, 0.0) == pytest.approx(reward)


@given(POSITIVE, POSITIVE, st.floats(0.0, 0.9), POSITIVE, POSITIVE, POSITIVE)
def test_inspection_equilibrium_is_indifference(gain, penalty, miss, detected, more, effort):
    undetected = detected + more
    caught = inspection.inspection_rate(gain, penalty, miss) * (1.0 - miss)
    assert (1.0 - caught) * gain == pytest.approx(caught * penalty, rel=1e-9, abs=1e-9)
    violates = inspection.violation_rate(undetected, detected, miss, effort)
    assert violates * (1.0 - miss) * (undetected - detected) == pytest.approx(effort, rel=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.05, 0.95), st.integers(2, 8))
def test_fighting_lifts_reputation_to_what_the_next_stage_needs(reputation, entrant_gain, stages):
    needed = inspection.reputation_needed(entrant_gain, stages - 1)
    fights = inspection.weak_defender_fights(reputation, entrant_gain, stages)
    assert 0.0 <= fights <= 1.0
    after = inspection.reputation_after_fight(reputation, fights)
    assert after == pytest.approx(max(needed, reputation), rel=1e-9)


def test_nobody_fights_for_reputation_at_the_last_stage():
    assert inspection.weak_defender_fights(0.9, 0.5, 1) == 0.0
    assert inspection.reputation_after_fight(0.3, 0.0) == 1.0
    assert inspection.reputation_after_fight(0.0, 0.0) == 0.0
