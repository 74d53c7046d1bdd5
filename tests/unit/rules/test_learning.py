"""Laws and edges of belief updates and trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.learning import (
    belief_mean,
    cooperation_seen,
    line_likelihoods,
    mimicry,
    mutual_trust,
    reply_likelihoods,
    trust,
    trust_posterior,
    trust_threshold,
    update_beliefs,
)

chances = st.floats(0.01, 1.0)
types = st.lists(st.tuples(chances, st.floats(0.0, 1.0)), min_size=2, max_size=7)


def normalised(weights):
    total = sum(weights)
    return [weight / total for weight in weights]


@given(types, st.floats(0.0, 3.0), st.sampled_from((0.0, 0.001)))
def test_beliefs_sum_to_one_and_neighbours_stay(rows, kappa, mixing):
    beliefs = [7.0, *normalised([prior for prior, _ in rows]), 8.0]
    update_beliefs(beliefs, 1, len(rows), [likelihood for _, likelihood in rows], 0, kappa, mixing, 4.0)
    assert sum(beliefs[1:-1]) == pytest.approx(1.0, abs=1e-12)
    assert all(0.0 <= belief <= 1.0 + 1e-15 for belief in beliefs[1:-1])
    assert (beliefs[0], beliefs[-1]) == (7.0, 8.0)


@given(types, st.floats(0.1, 3.0))
def test_best_explaining_type_never_loses(rows, kappa):
    beliefs = normalised([prior for prior, _ in rows])
    likelihoods = [likelihood for _, likelihood in rows]
    best = likelihoods.index(max(likelihoods))
    before = beliefs[best]
    update_beliefs(beliefs, 0, len(rows), likelihoods, 0, kappa, 0.0, 1.0)
    assert beliefs[best] >= before - 1e-12


def test_order_of_independent_signals_does_not_matter():
    one, two = [0.2, 0.6, 0.2], [0.2, 0.6, 0.2]
    table = [0.5, 0.3, 0.2, 0.05, 0.15, 0.2]
    for beliefs, order in ((one, (0, 1)), (two, (1, 0))):
        for signal in order:
            update_beliefs(beliefs, 0, 3, table, 3 * signal, 1.0, 0.0, 1.0)
    assert one == pytest.approx(two, abs=1e-15)
    assert one == pytest.approx(normalised([0.2 * 0.025, 0.6 * 0.045, 0.2 * 0.04]), abs=1e-15)


def test_kappa_scales_how_much_is_learned():
    def after(kappa):
        beliefs = [0.5, 0.5]
        update_beliefs(beliefs, 0, 2, [0.2, 0.6], 0, kappa, 0.0, 1.0)
        return beliefs[0]

    unmoved = [9.0, 0.2, 0.8]
    update_beliefs(unmoved, 1, 2, [0.2, 0.6], 0, 0.0, 0.0, 1.0)
    assert unmoved == [9.0, 0.2, 0.8]
    assert after(0.5) == pytest.approx(1.0 / (1.0 + 3.0**0.5), rel=1e-14)
    assert after(2.0) == pytest.approx(0.1, rel=1e-14)


def test_impossible_evidence_leaves_beliefs_alone_unless_mixed():
    beliefs = [0.25, 0.75]
    assert update_beliefs(beliefs, 0, 2, [0.0, 0.0], 0, 1.0, 0.0, 2.0) == 0.0
    assert beliefs == [0.25, 0.75]
    certain = [1.0, 0.0]
    assert update_beliefs(certain, 0, 2, [0.0, 0.9], 0, 1.0, 0.0, 2.0) == 0.0
    assert certain == [1.0, 0.0]
    assert update_beliefs(beliefs, 0, 2, [0.0, 1.0], 0, 1.0, 0.001, 2.0) > 0.0
    assert 0.0 < beliefs[0] < 0.001


def test_strong_overreaction_does_not_lose_the_believed_types():
    beliefs = [0.0, 1.0]
    update_beliefs(beliefs, 0, 2, [1.0, 1e-30], 0, 50.0, 0.0, 1.0)
    assert beliefs == [0.0, 1.0]


def test_reply_likelihoods_are_the_behaviour_of_each_type():
    yes, no = [0.0] * 3, [0.0] * 3
    reply_likelihoods(-0.1, 0.5, [0.1, 0.2, 0.4], 3, 40.0, True, yes)
    reply_likelihoods(-0.1, 0.5, [0.1, 0.2, 0.4], 3, 40.0, False, no)
    assert [y + n for y, n in zip(yes, no, strict=True)] == pytest.approx([1.0] * 3)
    assert yes[1] == pytest.approx(0.5)
    assert yes == sorted(yes)


def test_accepting_beyond_the_line_speaks_against_a_line():
    out = [0.0, 0.0]
    line_likelihoods(0.6, False, True, True, out)
    assert out == [0.6, 0.0]
    line_likelihoods(0.6, False, True, False, out)
    assert out == [0.4, 1.0]
    line_likelihoods(0.6, False, False, False, out)
    assert out == [1.0, 1.0]
    line_likelihoods(0.6, True, True, False, out)
    assert out == [0.4, 0.4]


def test_belief_mean_and_trust():
    assert belief_mean([9.0, 0.25, 0.75], 1, [0.1, 0.3], 2) == pytest.approx(0.25)
    assert trust([0.2, 0.6, 0.2], 0, [1.0, 1.0, 0.0], 3) == pytest.approx(0.8)
    assert mutual_trust(0.8, 0.6) == pytest.approx(0.7)


def test_trusted_enough_means_everybody_cooperates():
    threshold = trust_threshold(0.6, 0.4)
    assert mimicry(0.7, threshold) == 1.0
    assert cooperation_seen(0.7, threshold) == 1.0
    assert trust_posterior(0.7, 1.0) == pytest.approx(0.7)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_mimicry_is_a_probability(prior, threshold):
    assert 0.0 < mimicry(prior, threshold) <= 1.0
    assert 0.0 < cooperation_seen(prior, threshold) <= 1.0


@pytest.mark.parametrize("first", [0, 2, 5])
def test_a_row_of_a_table_and_a_part_of_all_beliefs_are_what_is_read(first):
    """The same update, with other numbers around the beliefs and around the likelihoods."""
    plain = [0.2, 0.5, 0.3]
    likelihoods = [0.1, 0.7, 0.4]
    expected = update_beliefs(plain, 0, 3, likelihoods, 0, 0.8, 0.001, 5.0)
    inside = [0.9, 0.05, 0.2, 0.5, 0.3, 0.6, 0.01]
    table = [0.9, 0.02, 0.3, 0.04, 0.6][:first] + likelihoods + [0.99, 0.03, 0.5]
    assert update_beliefs(inside, 2, 3, table, first, 0.8, 0.001, 5.0) == expected
    assert inside == [0.9, 0.05, *plain, 0.6, 0.01]


def test_the_largest_likelihood_is_sought_among_possible_types_only():
    """A type believed impossible does not enter: what is returned is relative to the best of the others."""
    beliefs = [0.0, 0.5, 0.5]
    assert update_beliefs(beliefs, 0, 3, [1.0, 0.4, 0.2], 0, 1.0, 0.0, 1.0) == pytest.approx(0.5 + 0.5 * 0.5)
    assert beliefs == pytest.approx([0.0, 2.0 / 3.0, 1.0 / 3.0])


def test_the_impossible_type_is_looked_for_at_its_own_place():
    """With beliefs that start further on, and possible ones before them."""
    beliefs = [0.3, 0.7, 0.0, 0.5, 0.5]
    assert update_beliefs(beliefs, 2, 3, [1.0, 0.4, 0.2], 0, 1.0, 0.0, 1.0) == pytest.approx(0.75)
    assert beliefs == pytest.approx([0.3, 0.7, 0.0, 2.0 / 3.0, 1.0 / 3.0])
    beliefs = [0.3, 0.7, 0.5, 0.5, 0.0]
    assert update_beliefs(beliefs, 2, 3, [0.2, 0.4, 1.0], 0, 1.0, 0.0, 1.0) == pytest.approx(0.75)


def test_what_is_barely_likely_is_learned_from_too():
    """Small beliefs and small likelihoods, against Bayes."""
    beliefs, likelihoods = [0.04, 0.06, 0.90], [0.08, 0.05, 0.01]
    expected = normalised([b * p for b, p in zip(beliefs, likelihoods, strict=True)])
    total = update_beliefs(beliefs, 0, 3, likelihoods, 0, 1.0, 0.0, 1.0)
    assert total == pytest.approx((0.04 * 0.08 + 0.06 * 0.05 + 0.90 * 0.01) / 0.08, rel=1e-13)
    assert beliefs == pytest.approx(expected, rel=1e-13)


def test_who_hardly_learns_still_learns():
    beliefs = [0.5, 0.5]
    update_beliefs(beliefs, 0, 2, [0.9, 0.1], 0, 0.05, 0.0, 1.0)
    assert beliefs[0] == pytest.approx(0.9**0.05 / (0.9**0.05 + 0.1**0.05), rel=1e-13)
