"""Laws and edges of continuation values, offers and concessions."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.rules.offers import (
    accept_value,
    alternating_offers_share,
    best_acceptable,
    best_nash,
    delay_discount,
    highest_allowed,
    offer_for_target,
    offer_value,
    offer_values,
    package_distance,
    perceived_acceptance,
    perceived_acceptances,
    rank_menu,
    ranked_offer,
    reject_value,
    risk_limit,
    rubinstein_breakdown_share,
    rubinstein_share,
    sort_falling,
    zeuthen_agreement,
    zeuthen_concession,
    zeuthen_step,
)

unit = st.floats(0.0, 1.0)
inside = st.floats(0.05, 0.95)


def test_delay_discount_counts_days_of_a_year():
    assert delay_discount(0.35, 365.0) == pytest.approx(math.exp(-0.35), rel=1e-14)
    assert delay_discount(0.35, 21.0) == pytest.approx(math.exp(-0.35 * 21.0 / 365.0), rel=1e-14)
    assert delay_discount(0.35, 0.0) == 1.0


@given(unit, unit, unit, unit, unit, unit)
def test_values_lie_between_disagreement_and_the_package(disagreement, breakdown, discount, chance, block, utility):
    low, high = sorted((disagreement, utility))
    refusal = reject_value(disagreement, breakdown, discount, chance, block, utility)
    for value in (
        accept_value(disagreement, block, utility),
        refusal,
        offer_value(disagreement, chance, block, utility, refusal),
    ):
        assert low - 1e-12 <= value <= high + 1e-12


def test_neutral_frictions_leave_the_package_itself():
    assert accept_value(0.25, 0.0, 0.75) == 0.75
    assert accept_value(0.25, 1.0, 0.75) == 0.25
    assert reject_value(0.25, 0.0, 1.0, 1.0, 0.0, 0.75) == 0.75
    assert reject_value(0.25, 1.0, 1.0, 1.0, 0.0, 0.75) == 0.25
    assert offer_value(0.25, 1.0, 0.0, 0.75, 0.5) == 0.75
    assert offer_value(0.25, 0.0, 0.0, 0.75, 0.5) == 0.5


def test_continuation_values_by_hand():
    """Disagreement .4, own offer .6; breakdown .03, discount .98, acceptance .5, block .1."""
    refusal = 0.4 + 0.97 * 0.98 * 0.5 * 0.9 * 0.2
    assert reject_value(0.4, 0.03, 0.98, 0.5, 0.1, 0.6) == pytest.approx(refusal, abs=1e-15)
    expected = 0.4 + 0.7 * 0.9 * 0.2 + 0.3 * (refusal - 0.4)
    assert offer_value(0.4, 0.7, 0.1, 0.6, refusal) == pytest.approx(expected, abs=1e-15)


@given(st.lists(st.tuples(unit, unit, unit), min_size=1, max_size=6), unit, unit)
def test_menu_of_offers_agrees_with_single_offers(rows, disagreement, refusal):
    utilities, perceived, blocks = zip(*rows, strict=True)
    out = [0.0] * len(rows)
    offer_values(utilities, perceived, blocks, len(rows), disagreement, refusal, out)
    assert out == [offer_value(disagreement, p, b, u, refusal) for u, p, b in rows]


@given(unit, unit, st.floats(-1.0, 2.0))
def test_overconfidence_never_lowers_a_chance_nor_exceeds_certainty(chance, overconfidence, expectation):
    seen = perceived_acceptance(chance, overconfidence, expectation)
    assert chance <= seen <= 1.0 + 1e-15
    assert perceived_acceptance(chance, 0.0, expectation) == chance


@pytest.mark.parametrize(("expectation", "seen"), [(-1.0, 0.2), (0.0, 0.2), (0.4, 0.36), (1.0, 0.6), (2.0, 0.6)])
def test_overconfidence_closes_part_of_the_distance_to_certainty(expectation, seen):
    assert perceived_acceptance(0.2, 0.5, expectation) == pytest.approx(seen, abs=1e-15)


def test_overconfidence_touches_maximal_packages_only():
    out = [0.0] * 3
    perceived_acceptances([0.2, 0.2, 0.2], [0.6, 0.7, 0.8], 3, 0.7, 0.5, 1.5, out)
    assert out == [0.2, pytest.approx(0.6), pytest.approx(0.6)]
    perceived_acceptances([0.2, 0.2, 0.2], [0.6, 0.7, 0.8], 3, 0.7, 0.5, 0.4, out)
    assert out == [0.2, pytest.approx(0.36), pytest.approx(perceived_acceptance(0.2, 0.5, 0.4))]
    perceived_acceptances([0.2, 0.2, 0.2], [0.6, 0.7, 0.8], 3, 0.7, 0.5, -0.4, out)
    assert out == [0.2] * 3


# four packages with two issues each
LEVELS = [0.0, 0.0, 0.5, 0.0, 0.0, 0.25, 1.0, 1.0]


def test_offer_for_a_target_is_the_one_the_other_likes_best():
    own, other = [0.9, 0.6, 0.6, 0.2], [0.1, 0.4, 0.5, 0.9]
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, -1, 0.6) == 2
    assert offer_for_target(own, other, [1, 1, 0, 1], LEVELS, 4, 2, -1, 0.6) == 1
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, -1, 0.7) == 0
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, -1, 0.95) == -1
    assert offer_for_target(own, other, [0] * 4, LEVELS, 4, 2, -1, 0.0) == -1


def test_equally_good_offers_are_decided_by_least_change_then_index():
    own, other = [0.5] * 4, [0.1, 0.4, 0.4, 0.4]
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, -1, 0.5) == 1
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, 0, 0.5) == 2
    assert offer_for_target(own, other, [1] * 4, LEVELS, 4, 2, 3, 0.5) == 3
    assert (
        offer_for_target([0.5] * 4, [0.4] * 4, [0, 1, 0, 1], [0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.5], 4, 2, 0, 0.5)
        == 1
    )


def test_package_distance_adds_absolute_differences():
    assert package_distance(LEVELS, 1, 2, 2) == 0.75


def test_choices_under_constraints():
    own, other, some = [0.9, 0.6, 0.6, 0.2], [0.1, 0.4, 0.5, 0.9], [0, 1, 1, 1]
    assert best_acceptable(own, other, [1] * 4, 4, 0.4) == 1
    assert best_acceptable(own, other, [1] * 4, 4, 0.95) == -1
    assert highest_allowed(own, some, 4, -1.0) == 0.6
    assert highest_allowed(own, [0] * 4, 4, -1.0) == -1.0
    assert best_nash(own, other, [1] * 4, 4, 0.0, 0.0) == 2
    assert best_nash(own, other, [1] * 4, 4, 0.3, 0.6) == -1
    assert best_nash([0.1, 0.6], [0.1, 0.6], [1, 1], 2, 0.5, 0.5) == 1


@given(inside, inside)
def test_infinite_games_are_limits_of_long_ones(discount_one, discount_two):
    solved = alternating_offers_share(discount_one, discount_two, 0.0, 0.0, 0.0, 801)
    assert solved == pytest.approx(rubinstein_share(discount_one, discount_two), abs=1e-9)


@given(st.floats(0.05, 0.9), st.floats(0.0, 0.45), st.floats(0.0, 0.45))
def test_breakdown_formula_is_the_limit_of_long_games(breakdown, payoff_one, payoff_two):
    solved = alternating_offers_share(1.0, 1.0, breakdown, payoff_one, payoff_two, 801)
    assert solved == pytest.approx(rubinstein_breakdown_share(breakdown, payoff_one, payoff_two), abs=1e-9)


def test_last_proposer_leaves_the_other_its_disagreement_payoff():
    assert alternating_offers_share(0.9, 0.8, 0.1, 0.2, 0.1, 1) == pytest.approx(0.9)
    # with two rounds player two would hold .8 in the last; before it, player one leaves it the discounted gain over .1
    two_rounds = alternating_offers_share(0.9, 0.8, 0.1, 0.2, 0.1, 2)
    assert two_rounds == pytest.approx(1.0 - (0.1 + 0.9 * 0.8 * (0.8 - 0.1)))


@given(inside, inside, st.floats(0.001, 0.04))
def test_patience_pays(discount_one, discount_two, more):
    assert rubinstein_share(discount_one + more, discount_two) > rubinstein_share(discount_one, discount_two)


def test_risk_limit_counts_gains_over_disagreement():
    assert risk_limit(0.8, 0.5, 0.2) == pytest.approx(0.5)
    assert risk_limit(0.2, 0.1, 0.2) == 0.0
    assert risk_limit(0.1, 0.0, 0.2) == 0.0


@given(st.lists(st.tuples(inside, inside), min_size=1, max_size=12), st.booleans())
def test_concessions_by_risk_end_at_the_nash_solution(menu, sufficient):
    one, two = zip(*menu, strict=True)
    products = sorted((a * b for a, b in menu), reverse=True)
    assume(len(menu) == 1 or products[0] - products[1] > 1e-9)
    offers = [
        max(range(len(menu)), key=lambda p: (one[p], two[p])),
        max(range(len(menu)), key=lambda p: (two[p], one[p])),
    ]
    agreed = zeuthen_agreement(one, two, [1] * len(menu), len(menu), 0.0, 0.0, sufficient, offers)
    assert agreed == best_nash(one, two, [1] * len(menu), len(menu), 0.0, 0.0)


def test_an_offer_as_good_as_ones_own_is_agreed_on():
    for one, two, agreed in (([0.9, 0.5], [0.4, 0.4], 0), ([0.4, 0.4], [0.5, 0.9], 1)):
        offers = [0, 1]
        assert zeuthen_step(one, two, [1, 1], 2, 0.0, 0.0, True, offers) == 2
        assert offers == [agreed, agreed]


@pytest.mark.parametrize("sufficient", [False, True])
def test_equal_risk_limits_oblige_the_lower_key(sufficient):
    assert zeuthen_agreement([1.0, 0.5], [0.5, 1.0], [1, 1], 2, 0.0, 0.0, sufficient, [0, 1]) == 1


@pytest.mark.parametrize("utilities", [(-0.5, -0.2, -0.9), (0.1, 0.3, 0.2)])
def test_the_best_of_a_bad_menu_is_still_the_best(utilities):
    """`otherwise` stands only for an empty menu, however good it is; and no package needs a positive utility."""
    assert highest_allowed(utilities, (1, 1, 1), 3, 0.9) == utilities[1]
    assert highest_allowed(utilities, (0, 0, 0), 3, 0.9) == 0.9
    assert best_acceptable(utilities, (0.5, 0.5, 0.5), (1, 1, 1), 3, 0.4) == 1
    assert best_acceptable(utilities, (0.5, 0.3, 0.5), (1, 1, 1), 3, 0.4) == (0 if utilities[0] > utilities[2] else 2)


@pytest.mark.parametrize("hope", [0.95, 1.0, 1.05, 3.0])
def test_no_hope_counts_for_more_than_certainty(hope):
    counted = min(hope, 1.0)
    assert perceived_acceptance(0.2, 0.5, hope) == pytest.approx(0.2 + 0.4 * counted, rel=1e-15)
    out = [0.0, 0.0]
    perceived_acceptances((0.2, 0.2), (0.6, 0.4), 2, 0.5, 0.5, hope, out)
    assert out == pytest.approx([0.2 + 0.4 * counted, 0.2], rel=1e-15)


def test_ties_for_the_other_go_to_the_least_change_wherever_they_stand():
    """One issue, last offer at .5: of four equally good for the other the second is nearest; then a better one wins."""
    levels = (0.9, 0.6, 0.1, 0.4, 0.5)
    own, even = (0.7,) * 5, (0.3, 0.3, 0.3, 0.3, 0.1)
    assert offer_for_target(own, even, (1,) * 5, levels, 5, 1, 4, 0.6) == 1
    assert offer_for_target(own, even, (1,) * 5, levels, 5, 1, -1, 0.6) == 0
    assert offer_for_target(own, even, (1,) * 5, levels, 5, 1, 0, 0.6) == 0
    # a later package that is better for the other starts the comparison of distances afresh
    better = (0.3, 0.3, 0.4, 0.4, 0.1)
    assert offer_for_target(own, better, (1,) * 5, levels, 5, 1, 4, 0.6) == 3


EVERY = (1,) * 4


def test_a_sufficient_concession_leaves_the_lower_risk_limit_to_the_other():
    """The smallest step, .95, leaves limits .789 and .88: it is one's turn again. The next, .667 and .4, will do."""
    own, other = (1.0, 0.95, 0.6, 0.2), (0.1, 0.12, 0.6, 1.0)
    assert zeuthen_concession(own, other, EVERY, 4, 0, 3, 0.0, 0.0, False, False) == 1
    assert zeuthen_concession(own, other, EVERY, 4, 0, 3, 0.0, 0.0, False, True) == 2
    assert zeuthen_concession(own, other, (1, 1, 0, 1), 4, 0, 3, 0.0, 0.0, False, True) == 3


def test_equal_limits_are_sufficient_for_the_higher_key_only():
    """Limits .5 and .5 after the smallest step; the one after it leaves .167 and .2, so nothing but agreement is left."""
    own, other = (1.0, 0.5, 0.3, 0.25), (0.1, 0.5, 0.8, 1.0)
    assert zeuthen_concession(own, other, EVERY, 4, 0, 3, 0.0, 0.0, False, True) == 1
    assert zeuthen_concession(own, other, EVERY, 4, 0, 3, 0.0, 0.0, True, True) == 3


def test_small_steps_and_small_hopes_count():
    """Five hundredths of an issue up and down, and of a hope; a hope below nothing is none."""
    assert package_distance((0.30, 0.50, 0.35, 0.45), 0, 1, 2) == pytest.approx(0.1, rel=1e-12)
    assert package_distance((0.30, 0.50, 0.35, 0.45), 1, 0, 2) == pytest.approx(0.1, rel=1e-12)
    for hope, counted in ((0.05, 0.05), (-0.05, 0.0)):
        out = [0.0]
        perceived_acceptances((0.2,), (0.6,), 1, 0.5, 0.5, hope, out)
        assert perceived_acceptance(0.2, 0.5, hope) == pytest.approx(0.2 + 0.4 * counted, rel=1e-14)
        assert out[0] == pytest.approx(0.2 + 0.4 * counted, rel=1e-14)


@given(data=st.data(), size=st.integers(0, 12), at=st.sampled_from([0, 5]))
def test_a_ranked_menu_gives_the_offer_that_a_look_at_every_package_finds(data, size, at):
    """Few distinct numbers, so that utilities, estimates and distances tie often; any target, any last offer, any mandate."""
    few = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    own, other, allowed, levels = (
        data.draw(st.lists(values, min_size=length, max_size=length))
        for values, length in ((few, size), (few, size), (st.sampled_from([0.0, 1.0]), size), (few, 2 * size))
    )
    target = data.draw(st.sampled_from([-1.0, 0.0, 0.25, 0.3, 1.0, 2.0]))
    last = data.draw(st.integers(-1, size - 1))
    room = at + size
    worth, liked = [9.0] * room, [9.0] * room
    package, best, ties = ([9] * room for _ in range(3))
    ranked = rank_menu(
        own, other, allowed, size, at, worth, package, liked, best, ties, [0.0] * size, [0] * size
    )
    assert ranked == sum(map(bool, allowed))
    found = ranked_offer(worth, package, liked, best, ties, at, ranked, [7.0, *other], 1, levels, 2, last, target)
    assert found == offer_for_target(own, other, allowed, levels, size, 2, last, target)
    assert worth[:at] == [9.0] * at and package[:at] == [9] * at  # what stands before is another party's
    if ranked:
        assert worth[at] == highest_allowed(own, allowed, size, -1.0)


def test_of_ranked_packages_that_tie_in_everything_the_first_of_the_menu_is_offered():
    """The second is worth more and so ranked before the first; both are as good for the other and as near to the last offer."""
    own, other, levels = [0.5, 0.9, 0.1], [0.4, 0.4, 0.4], [0.25, 0.75, 0.5]
    worth, package, liked, best, ties = [0.0] * 3, [0] * 3, [0.0] * 3, [0] * 3, [0] * 3
    assert rank_menu(own, other, [1.0] * 3, 3, 0, worth, package, liked, best, ties, [0.0] * 3, [0] * 3) == 3
    assert package == [1, 0, 2]
    assert ranked_offer(worth, package, liked, best, ties, 0, 3, other, 0, levels, 1, 2, 0.3) == 0
    assert ranked_offer(worth, package, liked, best, ties, 0, 3, other, 0, levels, 1, -1, 0.3) == 0


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 33])
def test_items_are_sorted_by_falling_value_and_equals_stay_in_order(size):
    values = [float((5 * n * n + 3 * n) % 7) for n in range(size)]
    items = list(range(size))
    expected = sorted(items, key=lambda n: -values[n])
    later_values, later_items = [9.0, *values], [9, *items]
    sort_falling(values, items, 0, size, [0.0] * size, [0] * size)
    assert items == expected
    sort_falling(later_values, later_items, 1, size, [0.0] * size, [0] * size)
    assert later_items == [9, *expected]
    assert values == sorted(values, reverse=True)
