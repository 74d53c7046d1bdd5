"""Laws and edges of the choice kernel."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.arithmetic import exp
from sim.rules.choice import (
    INFINITE_PRECISION,
    acceptance_probabilities,
    best_option,
    binary_logit,
    deterrence_logit,
    deterrence_probit,
    expected_acceptance,
    logit_choice,
    logit_probabilities,
    menu_acceptances,
    mixed_likelihood,
    pick,
    ultimatum_offer_logit,
    ultimatum_offer_uniform,
)

menus = st.lists(st.tuples(st.floats(-2.0, 2.0), st.booleans()), min_size=1, max_size=12)
precisions = st.floats(0.0, 200.0)
uniforms = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)


def probabilities(values, allowed, precision):
    out = [-1.0] * len(values)
    count = logit_probabilities(values, allowed, len(values), precision, out)
    assert count == sum(map(bool, allowed))
    return out


@given(menus, precisions)
def test_probabilities_sum_to_one_over_allowed_options(menu, precision):
    values, allowed = zip(*menu, strict=True)
    found = probabilities(values, allowed, precision)
    assert sum(found) == pytest.approx(1.0 if any(allowed) else 0.0, abs=1e-12)
    assert all(p == 0.0 for p, ok in zip(found, allowed, strict=True) if not ok)
    assert all(p > 0.0 for p, ok in zip(found, allowed, strict=True) if ok)


@given(menus, precisions, uniforms)
def test_barred_option_is_never_chosen(menu, precision, uniform):
    values, allowed = zip(*menu, strict=True)
    option = logit_choice(values, allowed, len(values), precision, uniform, [0.0] * len(values))
    assert allowed[option] if any(allowed) else option == -1


@given(menus, precisions)
def test_better_option_is_never_less_likely(menu, precision):
    values = [value for value, _ in menu]
    found = probabilities(values, [1] * len(values), precision)
    order = sorted(range(len(values)), key=values.__getitem__)
    assert all(found[a] <= found[b] + 1e-15 for a, b in pairwise(order))


@given(menus, precisions, st.floats(-50.0, 50.0))
def test_a_constant_added_to_all_values_changes_nothing(menu, precision, shift):
    values, allowed = zip(*menu, strict=True)
    moved = [value + shift for value in values]
    assert probabilities(moved, allowed, precision) == pytest.approx(
        probabilities(values, allowed, precision), rel=1e-9, abs=1e-12
    )


@given(menus)
def test_precision_zero_is_a_fair_die(menu):
    values, allowed = zip(*menu, strict=True)
    count = sum(allowed)
    for p, ok in zip(probabilities(values, allowed, 0.0), allowed, strict=True):
        assert p == (1.0 / count if ok else 0.0)


@given(st.lists(st.tuples(st.sampled_from((0.1, 0.2, 0.3)), st.booleans()), min_size=1, max_size=8), uniforms)
def test_infinite_precision_takes_the_best_option_with_the_lowest_index(menu, uniform):
    values, allowed = zip(*menu, strict=True)
    option = logit_choice(values, allowed, len(values), INFINITE_PRECISION, uniform, [0.0] * len(values))
    if any(allowed):
        top = max(value for value, ok in menu if ok)
        assert option == menu.index((top, True))
    else:
        assert option == -1
    assert option == best_option(values, allowed, len(values))


def test_very_high_precision_keeps_options_apart_and_shares_ties():
    """Bounding each product at 700, not the differences, would make all three options alike."""
    assert probabilities([0.3, 0.5, 0.5], [1, 1, 1], 1e6) == pytest.approx([0.0, 0.5, 0.5], abs=1e-12)


def test_extreme_values_neither_overflow_nor_vanish():
    found = probabilities([-1e6, 1e6], [1, 1], 100.0)
    assert 0.0 < found[0] < 1e-300
    assert found[1] == 1.0


def test_draw_falls_into_cumulative_intervals():
    chances = [0.25, 0.0, 0.5, 0.25]
    assert [pick(chances, 4, u) for u in (0.0001, 0.2499, 0.25, 0.7499, 0.75, 0.9999)] == [0, 0, 2, 2, 3, 3]


def test_last_possible_option_takes_what_rounding_leaves():
    assert pick([0.3, 0.6999999, 0.0], 3, 0.99999999) == 1
    assert pick([0.0, 0.0], 2, 0.5) == -1


@given(st.floats(-1.0, 1.0), precisions)
def test_yes_and_no_are_certain_together(advantage, precision):
    assert binary_logit(advantage, precision) + binary_logit(-advantage, precision) == pytest.approx(1.0, abs=1e-15)


def test_indifference_at_infinite_precision_means_yes():
    assert binary_logit(0.0, INFINITE_PRECISION) == 1.0
    assert binary_logit(-1e-15, INFINITE_PRECISION) == 0.0


BELIEFS = [9.0, 0.2, 0.5, 0.3]
POINTS = [0.1, 0.2, 0.4]


def test_acceptance_is_averaged_over_types():
    by_hand = sum(b * binary_logit(-0.05 + 0.3 * p, 20.0) for b, p in zip(BELIEFS[1:], POINTS, strict=True))
    assert expected_acceptance(-0.05, 0.3, POINTS, BELIEFS, 1, 3, 20.0) == pytest.approx(by_hand, abs=1e-15)


@given(st.floats(-0.5, 0.5), precisions)
def test_acceptance_without_slope_is_one_logit(gain, precision):
    direct = expected_acceptance(gain, 0.0, POINTS, BELIEFS, 1, 3, precision)
    assert direct == pytest.approx(expected_acceptance(gain, 1e-300, POINTS, BELIEFS, 1, 3, precision), abs=1e-14)


def test_types_whose_constraints_forbid_accepting_are_missing_mass():
    assert expected_acceptance(1.0, 0.0, POINTS, [0.2, 0.0, 0.3], 0, 3, 100.0) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize("precision", [0.0, 20.0, 100.0, 1e4, INFINITE_PRECISION])
def test_menu_acceptance_agrees_with_single_packages_in_both_forms(precision):
    """High precision reaches both clips of the logistic: types gain from -.02 to +.07 by option 0."""
    intercepts, slopes, allowed, out = [0.4, 0.6, 0.5], [0.3, 0.0, -0.2], [1, 1, 0], [-1.0] * 3
    acceptance_probabilities(intercepts, slopes, allowed, 3, 0.45, POINTS, BELIEFS, 1, 3, precision, out)
    for a in (0, 1):
        assert out[a] == expected_acceptance(intercepts[a] - 0.45, slopes[a], POINTS, BELIEFS, 1, 3, precision)
    assert out[2] == 0.0
    for a in (0, 1):
        gains = [intercepts[a] + slopes[a] * point - 0.45 for point in POINTS]
        written_out = sum(belief * binary_logit(gain, precision) for belief, gain in zip(BELIEFS[1:], gains, strict=True))
        assert out[a] == pytest.approx(written_out, abs=1e-12)


def test_mixing_makes_the_impossible_barely_possible():
    assert mixed_likelihood(0.0, 0.001, 2) == 0.0005
    assert mixed_likelihood(0.5, 0.001, 2) == pytest.approx(0.5, abs=1e-15)
    assert mixed_likelihood(0.3, 0.0, 2) == 0.3


@given(st.lists(st.floats(-1.0, 1.0), min_size=5, max_size=5), precisions)
def test_deterrence_outcomes_are_a_distribution(payoffs, precision):
    out = [0.0] * 5
    deterrence_logit(*payoffs, precision, out)
    assert sum(out[2:]) == pytest.approx(1.0, abs=1e-12)


@given(st.floats(0.0, 0.8), st.floats(1.0, 100.0))
def test_ultimatum_offer_beats_its_neighbours(outside, precision):
    offer = ultimatum_offer_logit(outside, precision)

    def worth(o):
        return (1.0 - o) * binary_logit(o - outside, precision)

    assert all(worth(offer) >= worth(o) - 1e-12 for o in (offer - 1e-3, offer + 1e-3) if 0.0 <= o <= 1.0)


def test_ultimatum_offer_to_a_uniform_reservation_stays_within_its_range():
    assert ultimatum_offer_uniform(0.0, 0.3) == 0.3
    assert ultimatum_offer_uniform(0.2, 1.0) == 0.6


def test_options_far_below_zero_are_told_apart():
    """What counts is the distance to the best, however bad the best is."""
    expected = 1.0 / (1.0 + exp(-1.0))
    assert probabilities([-800.0, -801.0], [1, 1], 1.0)[0] == pytest.approx(expected, rel=1e-14)
    assert probabilities([5.0, -801.0, -800.0], [0, 1, 1], 1.0) == pytest.approx([0.0, 1.0 - expected, expected])


def test_acceptance_of_a_menu_at_infinite_precision_is_a_matter_of_types():
    """Types 0, .5 and 1 gain -.25, .25 and .75 by the first option; nobody is asked about the second."""
    out = [-1.0, -1.0]
    acceptance_probabilities(
        [0.05, 0.9], [1.0, 0.0], [1, 0], 2, 0.3, [0.0, 0.5, 1.0], [9.0, 0.2, 0.5, 0.3], 1, 3, INFINITE_PRECISION, out
    )
    assert out == [pytest.approx(0.8, rel=1e-15), 0.0]


def test_both_sides_of_the_deterrence_tree_weigh_their_alternatives():
    """Payoffs that differ in every place, against the two nodes written out."""
    game = (0.3, 0.8, -0.6, 0.2, 0.5)
    resist = 1.0 / (1.0 + exp(-2.0 * 0.3))
    challenge = 1.0 / (1.0 + exp(-2.0 * (resist * -0.6 + (1.0 - resist) * 0.8 - 0.3)))
    expected = (challenge, resist, 1.0 - challenge, challenge * (1.0 - resist), challenge * resist)
    out = [0.0] * 5
    deterrence_logit(*game, 2.0, out)
    assert out == pytest.approx(expected, rel=1e-14)
    normal = NormalDist(0.0, 0.7).cdf
    resist = normal(0.3)
    challenge = normal(resist * -0.6 + (1.0 - resist) * 0.8 - 0.3)
    deterrence_probit(*game, 0.7, out)
    assert out[:2] == pytest.approx((challenge, resist), rel=1e-12)


def test_a_menu_may_span_more_than_the_exponential_does():
    """The best option is subtracted wherever it stands, so nothing overflows and the rest is as good as nothing."""
    for values in ([-50.0, -801.0], [-801.0, -50.0], [-801.0, -1700.0, -50.0]):
        found = probabilities(values, [1] * len(values), 1.0)
        assert found[values.index(-50.0)] == pytest.approx(1.0, abs=1e-15)
    assert probabilities([0.1, 0.3, 0.2], [1, 0, 1], INFINITE_PRECISION) == [0.0, 0.0, 1.0]


def test_rare_options_are_picked_as_often_as_they_should_be():
    assert [pick([0.05, 0.0, 0.95], 3, uniform) for uniform in (0.01, 0.049, 0.051, 0.99)] == [0, 0, 2, 2]


def test_types_thought_unlikely_count_for_what_they_are():
    """Beliefs .02, .05 and .93, against the mean written out; the same for a menu."""
    points, beliefs, precision = [0.9, 0.5, 0.0], [0.02, 0.05, 0.93], 8.0
    accepts = [1.0 / (1.0 + exp(-precision * (0.6 * point - 0.5))) for point in points]
    expected = sum(belief * accept for belief, accept in zip(beliefs, accepts, strict=True))
    assert expected_acceptance(-0.5, 0.6, points, beliefs, 0, 3, precision) == pytest.approx(expected, rel=1e-14)
    out = [0.0]
    acceptance_probabilities([0.1], [0.6], [1], 1, 0.6, points, beliefs, 0, 3, precision, out)
    assert out[0] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("precision", [0.0, 7.0, 400.0, 1e9])
def test_a_menu_at_once_has_the_bits_of_its_options_one_by_one(precision):
    gains, slopes = [-0.4, 0.0, 0.3, 0.05, -0.01], [9.0, 9.0, 0.0, 0.2, 0.0, 1.5, -0.7]
    points, beliefs, out = [0.1, 0.4, 0.9], [0.2, 0.0, 0.7], [9.0] * 5
    menu_acceptances(gains, slopes, 2, 5, points, beliefs, 3, precision, out)
    for a in range(5):
        assert out[a] == expected_acceptance(gains[a], slopes[2 + a], points, beliefs, 0, 3, precision)
