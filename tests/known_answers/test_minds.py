"""T06, T12, T22, T23: trust, agent quantal response, learning and the expectation gap."""

from __future__ import annotations

import math

import pytest

from sim.rules.choice import binary_logit, deterrence_logit, deterrence_probit, logit_probabilities
from sim.rules.expectation import gap_probability
from sim.rules.learning import (
    cooperation_seen,
    mimicry,
    posterior,
    signal_factor,
    signal_update,
    trust_posterior,
    trust_threshold,
)

SIX_DIGITS = 5.001e-7


@pytest.mark.parametrize(("temptation", "loss", "threshold"), [(0.25, 0.5, 0.4), (0.6, 0.4, 0.5), (0.9, 1.0, 0.909091)])
def test_trust_needed_for_cooperation(temptation, loss, threshold):
    needed = trust_threshold(temptation, loss)
    assert needed == pytest.approx(threshold, abs=SIX_DIGITS)
    # at the threshold cooperating, needed * 1 - (1 - needed) * loss, is worth as much as not cooperating
    assert needed - (1.0 - needed) * loss == pytest.approx(needed * temptation, abs=1e-15)


@pytest.mark.parametrize(("prior", "share", "after"), [(0.4, 0.25, 0.727273), (0.2, 0.5, 0.333333)])
def test_trust_after_seen_cooperation(prior, share, after):
    assert trust_posterior(prior, share) == pytest.approx(after, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("prior", "threshold", "share", "seen"), [(0.3, 0.5, 0.428571, 0.6), (0.2, 0.6, 0.166667, 1.0 / 3.0)]
)
def test_mimicry_lifts_trust_exactly_to_the_threshold(prior, threshold, share, seen):
    found = mimicry(prior, threshold)
    assert found == pytest.approx(share, abs=SIX_DIGITS)
    assert cooperation_seen(prior, threshold) == pytest.approx(seen, abs=SIX_DIGITS)
    assert trust_posterior(prior, found) == pytest.approx(threshold, abs=1e-15)
    assert cooperation_seen(prior, threshold) == pytest.approx(prior + (1.0 - prior) * found, abs=1e-15)


DETERRENCE = (0.0, 1.0, -1.0, 0.0, -0.5)  # challenger: none, conceded, resisted; responder: conceded, resisted


@pytest.mark.parametrize(
    ("precision", "printed"),
    [
        (0.0, (0.5, 0.5, 0.5, 0.25, 0.25)),
        (0.5, (0.515539, 0.437823, 0.484461, 0.289824, 0.225715)),
        (1.0, (0.560925, 0.377541, 0.439075, 0.349153, 0.211772)),
        (2.0, (0.715904, 0.268941, 0.284096, 0.523368, 0.192536)),
        (5.0, (0.985817, 0.075858, 0.014183, 0.911035, 0.074782)),
        (50.0, (1.0, 0.0, 0.0, 1.0, 0.0)),
    ],
)
def test_deterrence_game_with_logit_errors(precision, printed):
    out = [0.0] * 5
    deterrence_logit(*DETERRENCE, precision, out)
    assert out == pytest.approx(printed, abs=SIX_DIGITS if precision < 50.0 else 5e-4)


def test_deterrence_game_with_probit_errors():
    out = [0.0] * 5
    deterrence_probit(*DETERRENCE, math.sqrt(2.0), out)
    printed_order = (out[1], out[0], out[2], out[3], out[4])
    assert printed_order == pytest.approx((0.361837, 0.577457, 0.422543, 0.368512, 0.208945), abs=SIX_DIGITS)


def test_deterrence_tree_uses_the_menu_kernel():
    """The yes-or-no logit is the two-option case of the menu kernel."""
    out = [0.0, 0.0]
    for precision in (0.0, 0.5, 5.0, 50.0):
        logit_probabilities((-0.5, 0.0), (1, 1), 2, precision, out)
        assert out[0] == pytest.approx(binary_logit(-0.5, precision), rel=1e-13)


LEARNED = (0.25, 0.1, 0.035714, 0.012195, 0.004098)


def test_posterior_after_unfavourable_signals():
    found = [posterior(0.5, 0.2, 0.6, count) for count in range(1, 6)]
    assert found == pytest.approx(LEARNED, abs=SIX_DIGITS)


def test_update_rule_at_kappa_one_is_bayes():
    beliefs = [0.5, 0.5]
    for expected in LEARNED:
        signal_update(beliefs, 0, 2, (0.9, 0.1, 0.2, 0.6), 1, 1.0)
        assert beliefs[0] == pytest.approx(expected, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("likelihoods", "factors"),
    [
        ((0.05, 0.15, 0.20), (0.36, 1.07, 1.43)),
        ((0.01, 0.05, 0.10), (0.19, 0.96, 1.92)),
        ((0.05, 0.25, 0.60), (0.18, 0.89, 2.14)),
    ],
)
def test_signals_come_more_often_from_the_types_that_they_point_to(likelihoods, factors):
    """Short-range test, large test, covert site under the priors .2, .6, .2 of the summit scenario."""
    prior = (0.2, 0.6, 0.2)
    found = [signal_factor(likelihoods, 0, prior, 0, 3, t) for t in range(3)]
    assert found == pytest.approx(factors, abs=5.001e-3)
    assert sum(p * f for p, f in zip(prior, found, strict=True)) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("mean", "spread", "tolerance", "probability"),
    [(0.65, 0.15, 0.10, 0.797310), (0.65, 0.15, 0.30, 0.390756), (0.45, 0.15, 0.10, 0.390756)],
)
def test_chance_that_hope_exceeds_the_result(mean, spread, tolerance, probability):
    found = gap_probability(mean, spread, 0.40, 0.10, tolerance)
    assert found == pytest.approx(probability, abs=SIX_DIGITS)
