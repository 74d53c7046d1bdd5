"""Laws and edges of package values."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.rules.utility import (
    gain_from_shift,
    nash_product,
    net_of_pressure,
    net_of_pressure_utilities,
    package_utilities,
    package_utility,
    single_issue_value,
    survival,
    survival_line,
    survival_utilities,
    threshold_credibility,
)

unit = st.floats(0.0, 1.0)
exponents = st.floats(0.3, 5.0)


@given(unit, unit, exponents)
def test_single_issue_value_stays_within_zero_and_one(level, ideal, exponent):
    assert 0.0 <= single_issue_value(level, ideal, exponent) <= 1.0


@given(unit, exponents)
@example(0.52, 1.0)  # the far end is the nearer of two that a sloppy span would take
def test_ideal_is_worth_one_and_the_far_end_nothing(ideal, exponent):
    assert single_issue_value(ideal, ideal, exponent) == 1.0
    assert single_issue_value(0.0 if ideal >= 0.5 else 1.0, ideal, exponent) == 0.0


@given(unit, unit, unit, exponents)
def test_nearer_to_the_ideal_is_never_worse(one, two, ideal, exponent):
    near, far = sorted((one, two), key=lambda level: abs(level - ideal))
    # within the rounding of exp and log
    assert single_issue_value(near, ideal, exponent) >= single_issue_value(far, ideal, exponent) - 1e-14


def test_exponent_decides_which_steps_count_most():
    """Half-way to the ideal: below one less than half is gained, above one more."""
    assert single_issue_value(0.5, 1.0, 0.8) < 0.5 < single_issue_value(0.5, 1.0, 1.2)
    assert single_issue_value(0.5, 1.0, 1.0) == 0.5


def test_issue_without_weight_is_not_looked_at():
    """Its ideal and exponent may be anything, even what would make no sense."""
    nan = float("nan")
    assert (
        package_utility([9.0, 0.5, nan], 1, [0.0, 0.0, 0.5, 0.0], [0.0, 0.0, 1.0, nan], [0.0, 0.0, 1.0, nan], 1, 2)
        == 0.25
    )


@given(unit, unit, unit, st.floats(1.0, 6.0))
def test_survival_is_a_share_and_falls_with_arms_given_up(arms, guarantee, credibility, eta):
    value = survival(arms, guarantee, credibility, eta)
    assert 0.0 <= value <= 1.0
    assert value <= survival(0.5 * arms, guarantee, credibility, eta) + 1e-14
    assert value <= survival(arms, guarantee, 0.5 + 0.5 * credibility, eta) + 1e-14


def test_survival_without_arms_is_the_promise_as_far_as_believed():
    assert survival(1.0, 0.8, 0.5, 3.0) == pytest.approx(0.4, abs=1e-15)
    assert survival(0.0, 0.0, 0.0, 3.0) == 1.0


def test_credible_threshold_beyond_reach():
    assert threshold_credibility(0.2, 0.9, 0.5, 1.0, 1.0, 3.0) > 1.0
    assert threshold_credibility(0.9, 0.2, 0.5, 1.0, 1.0, 3.0) < 0.0
    assert threshold_credibility(0.9, 0.2, 0.5, 0.0, 1.0, 3.0) == 0.0
    assert threshold_credibility(0.2, 0.9, 0.5, 1.0, 0.0, 3.0) == 2.0


@given(unit, st.floats(0.0, 0.2), unit, unit)
def test_pressure_never_adds_utility_and_full_easing_ends_it(utility, cost, pressure, eased):
    assert net_of_pressure(utility, cost, pressure, eased) <= utility
    assert net_of_pressure(utility, cost, pressure, 1.0) == utility


def test_pressure_on_a_menu_is_read_from_each_package():
    out = [0.0, 0.0]
    net_of_pressure_utilities([0.1, 0.25, 0.9, 1.0], 2, 2, 1, 0.08, 0.5, [0.6, 0.7], out)
    assert out == [net_of_pressure(0.6, 0.08, 0.5, 0.25), 0.7]
    assert out[0] == pytest.approx(0.57, abs=1e-15)


def test_gain_from_shift_is_the_kept_part_of_a_first_meeting():
    """Weight .14, exponent .8: from level .1 to .26 the gain is .0187, as the model specification prints."""
    assert gain_from_shift(0.14, 1.0, 0.8, 0.1, 0.26) == pytest.approx(0.0187, abs=5e-5)
    assert gain_from_shift(0.09, 0.1, 1.5, 0.1, 0.26) == pytest.approx(-0.0067, abs=5e-5)


def test_nash_product_does_not_take_two_losses_for_a_gain():
    assert nash_product(0.6, 0.7, 0.5, 0.5) == pytest.approx(0.02)
    assert nash_product(0.3, 0.1, 0.5, 0.5) == pytest.approx(-0.4)
    assert nash_product(0.9, 0.4, 0.5, 0.5) == pytest.approx(-0.1)


@pytest.mark.parametrize("ideal", [0.3, 0.48, 0.52, 0.8])
def test_packages_and_single_issues_agree_for_every_ideal(ideal):
    levels, out = [0.0, 0.25, 0.9, 1.0], [0.0] * 4
    package_utilities(levels, 4, [1.0], [ideal], [1.3], 0, 1, out)
    expected = [single_issue_value(level, ideal, 1.3) for level in levels]
    assert out == expected
    assert [package_utility(levels, p, [1.0], [ideal], [1.3], 0, 1) for p in range(4)] == expected


@pytest.mark.parametrize(("arms", "guarantee"), [(0, 1), (1, 2), (2, 0), (3, 1)])
def test_survival_reads_the_two_issues_wherever_they_stand(arms, guarantee):
    """Two packages of four issues; only the levels of the two named ones may matter."""
    levels = [0.11, 0.22, 0.33, 0.44, 0.55, 0.66, 0.77, 0.88]
    for p in range(2):
        for issue in range(4):
            if issue not in (arms, guarantee):
                levels[4 * p + issue] = 0.987
    expected = [0.1 * p + 0.46 * survival(levels[4 * p + arms], levels[4 * p + guarantee], 0.3, 3.0) for p in range(2)]
    out, intercepts, slopes = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
    survival_utilities(levels, 2, 4, arms, guarantee, 0.46, 0.3, 3.0, [0.0, 0.1], out)
    assert out == pytest.approx(expected, rel=1e-15)
    survival_line(levels, 2, 4, arms, guarantee, 0.46, 3.0, [0.0, 0.1], intercepts, slopes)
    assert [a + 0.3 * b for a, b in zip(intercepts, slopes, strict=True)] == pytest.approx(expected, rel=1e-14)


def test_small_gains_multiply():
    assert nash_product(0.55, 0.56, 0.5, 0.5) == pytest.approx(0.003, rel=1e-12)
    assert nash_product(0.49, 0.56, 0.5, 0.5) == pytest.approx(-0.01, rel=1e-12)


def test_a_guarantee_for_few_arms_matters_a_little():
    """Slope .46 * .5 ** 3 * .8 = .046: a shortfall of .01 needs a credibility of .01 / .046."""
    found = threshold_credibility(0.50, 0.51, 0.46, 0.5, 0.8, 3.0)
    assert found == pytest.approx(0.01 / 0.046, rel=1e-12)
