"""Milestones, disputes and collapse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arithmetic import exp
from sim.rules import implementation

COLLAPSE = [0.31, -0.8, 0.5, -0.6, 0.5, 0.5, 3.0]
REPAIR = [-0.2, 1.5, 0.5, 0.8, 1.0, 0.5]
UNIT = st.floats(0.0, 1.0)


def test_detection_of_record():
    """Verification .6 detects .446 a quarter (clarification 13.1)."""
    assert implementation.detection(0.05, 0.9, 0.6, 1.0) == pytest.approx(0.446, abs=5e-4)
    assert implementation.detection(0.05, 0.9, 0.6, 0.0) == 0.0


@given(UNIT, UNIT, st.floats(0.0, 8.0))
def test_detection_rises_with_verification_and_time(low, rise, periods):
    high = low + rise * (1.0 - low)
    more = implementation.detection(0.05, 0.9, high, periods)
    assert 0.0 <= implementation.detection(0.05, 0.9, low, periods) <= more < 1.0
    assert implementation.detection(0.05, 0.9, high, periods + 1.0) >= more


PAYOFFS = st.tuples(st.floats(0.0, 0.4), st.floats(0.01, 0.3), st.floats(0.0, 0.3))


@given(PAYOFFS, st.floats(0.5, 0.999), UNIT, st.floats(-0.1, 0.1))
def test_slipping_is_half_of_everything(payoffs, discount, detected, bonus):
    """Half withheld at half the detection chance, valued by the cheating formula, plus half the bonus."""
    punishment = payoffs[0]
    reward = punishment + payoffs[1]
    temptation = reward + payoffs[2]
    out = [0.0] * 3
    implementation.milestone_values(reward, temptation, punishment, discount, detected, bonus, out)
    half = (1.0 - discount) * 0.5 * (reward + temptation) + discount * (
        0.5 * detected * punishment + (1.0 - 0.5 * detected) * reward
    )
    assert out[implementation.SLIP] == pytest.approx(half + 0.5 * bonus, abs=1e-12)
    assert out[implementation.COMPLY] == pytest.approx(reward + bonus, abs=1e-15)


@given(PAYOFFS, st.floats(0.5, 0.999), UNIT)
def test_complying_is_rational_iff_detection_is_good_enough(payoffs, discount, detected):
    punishment = payoffs[0]
    reward = punishment + payoffs[1]
    temptation = reward + payoffs[2]
    out = [0.0] * 3
    implementation.milestone_values(reward, temptation, punishment, discount, detected, 0.0, out)
    margin = detected - implementation.detection_needed(reward, temptation, punishment, discount)
    if abs(margin) > 1e-9:
        assert (out[implementation.COMPLY] > out[implementation.CHEAT]) == (margin > 0.0)


def test_full_delivery_ends_at_the_promise():
    level = 0.4
    for _ in range(6):
        level = implementation.level_after_milestone(level, 0.4, 0.6, 6, 1.0)
    assert level == pytest.approx(0.6, rel=1e-14)
    assert implementation.level_after_milestone(0.4, 0.4, 0.6, 6, 0.0) == 0.4


def test_trust_and_verification_prolong_the_interim_deal():
    """Verification .6 and trust .8 multiply the base by exp(-.08 - .18) = .77 (clarification 5.7)."""
    rate = implementation.collapse_rate(COLLAPSE, 0.6, 0.8, 0.0, False)
    assert rate / 0.31 == pytest.approx(0.77, abs=5e-3)
    assert implementation.collapse_rate(COLLAPSE, 0.6, 0.8, 0.0, True) == pytest.approx(3.0 * rate)
    assert implementation.collapse_rate(COLLAPSE, 0.5, 0.5, 2.0, False) == pytest.approx(0.31 * exp(1.0))


@given(UNIT, UNIT, UNIT, UNIT)
def test_verification_trust_and_a_channel_help(verification, more, trust, more_trust):
    better = verification + more * (1.0 - verification)
    closer = trust + more_trust * (1.0 - trust)
    assert implementation.collapse_rate(COLLAPSE, better, closer, 1.0, False) <= (
        implementation.collapse_rate(COLLAPSE, verification, trust, 1.0, False)
    )
    assert implementation.repair_probability(REPAIR, better, True, closer) > (
        implementation.repair_probability(REPAIR, verification, False, trust)
    )


def test_repair_at_the_centre():
    assert implementation.repair_probability(REPAIR, 0.5, False, 0.5) == pytest.approx(1.0 / (1.0 + exp(0.2)))


def test_benefits_return_to_nothing_in_four_quarters():
    levels = [implementation.benefit_after_collapse(0.6, quarter * 91.25, 0.25, 91.25) for quarter in range(6)]
    assert levels == pytest.approx([0.6, 0.45, 0.3, 0.15, 0.0, 0.0], abs=1e-12)


def test_open_development():
    assert implementation.open_development(0.3, 0.6) == pytest.approx(0.5)
    assert implementation.open_development(0.9, 0.6) == 0.0


def test_each_term_of_collapse_and_repair_has_its_own_centre():
    """Numbers that differ in every place, against the formulas of the docstrings."""
    collapse = (0.4, -0.7, 0.3, -1.1, 0.6, 0.5, 2.0)
    rate = implementation.collapse_rate(collapse, 0.9, 0.2, 3.0, False)
    assert rate == pytest.approx(0.4 * exp(-0.7 * 0.6 + 1.1 * 0.4 + 1.5), rel=1e-14)
    repair = (-0.2, 1.3, 0.3, 0.8, 0.9, 0.6)
    for channel, extra in ((False, 0.0), (True, 0.8)):
        score = -0.2 + 1.3 * 0.6 - 0.9 * 0.4 + extra
        found = implementation.repair_probability(repair, 0.9, channel, 0.2)
        assert found == pytest.approx(1.0 / (1.0 + exp(-score)), rel=1e-14)


def test_what_is_left_goes_on_down_to_nothing():
    """A twentieth of a benefit, and of development, is still there."""
    assert implementation.benefit_after_collapse(0.4, 95.0, 0.01, 1.0) == pytest.approx(0.02, rel=1e-12)
    assert implementation.benefit_after_collapse(0.4, 101.0, 0.01, 1.0) == 0.0
    assert implementation.open_development(0.57, 0.6) == pytest.approx(0.05, rel=1e-12)
    assert implementation.open_development(0.61, 0.6) == 0.0


def test_what_others_have_lifted_meanwhile_does_not_pass_the_end_of_the_scale():
    assert implementation.level_after_milestone(1.0, 0.1, 0.7, 6, 1.0) == 1.0
    assert implementation.level_after_milestone(0.05, 0.9, 0.1, 6, 1.0) == 0.0
    assert implementation.level_after_milestone(0.3, 0.1, 0.7, 6, 0.5) == pytest.approx(0.35)
