"""T06, T12, T22, T23: trust, agent quantal response, learning and the expectation gap."""

from __future__ import annotations

import math

import pytest

from sim.arithmetic import normal_quantile
from sim.randomness import Stream, uniform_pair
from sim.rules.choice import binary_logit, deterrence_logit, deterrence_probit, logit_choice, logit_probabilities
from sim.rules.expectation import gap_probability
from sim.rules.hazards import type_multiplier
from sim.rules.learning import (
    cooperation_seen,
    mimicry,
    posterior,
    trust_posterior,
    trust_threshold,
    update_beliefs,
)
from tests.counts import planted_error, sample_size
from tests.statistics_helpers import assert_rate

SEED = 1999
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


def play_cooperation(prior: float, threshold: float, mimics: float) -> tuple[int, int]:
    """How often cooperation is seen, and how often a trustworthy side is behind it; bad types mimic with `mimics`."""
    seen = trustworthy = 0
    for replication in range(sample_size("cooperation")):
        nature, act = uniform_pair(SEED, replication, 0, Stream.TYPE, 6, 0, 0)
        good = nature < prior
        if good or act < mimics:
            seen += 1
            trustworthy += good
    return seen, trustworthy


def test_reassurance_played_leaves_trust_at_the_threshold():
    """T06: cooperation is seen with .6, and half of those who show it can be trusted: half is the threshold."""
    seen, trustworthy = play_cooperation(0.3, 0.5, mimicry(0.3, 0.5))
    trials = sample_size("cooperation")
    assert_rate(seen, trials, cooperation_seen(0.3, 0.5))
    assert_rate(trustworthy, trials, 0.3)
    assert_rate(trustworthy, seen, 0.5)


def test_mimicry_too_frequent_would_show():
    """Cooperation seen too often by the error that the sample is made for."""
    wrong = (0.6 * (1.0 + planted_error("cooperation")) - 0.3) / 0.7
    seen, _ = play_cooperation(0.3, 0.5, wrong)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(seen, sample_size("cooperation"), cooperation_seen(0.3, 0.5))


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


def play_deterrence(precision: float, fight: float = -0.5) -> tuple[int, int, int]:
    """Status quo, concession and fight, drawn node by node with the kernel that histories use."""
    unchallenged, conceded, resisted, responder_conceded, _ = DETERRENCE
    menu, out = (1, 1), [0.0, 0.0]
    logit_probabilities((fight, responder_conceded), menu, 2, precision, out)
    expected = out[0] * resisted + out[1] * conceded
    found = [0, 0, 0]
    for replication in range(sample_size("deterrence")):
        first, second = uniform_pair(SEED, replication, 0, Stream.CHOICE, 12, 0, 0)
        if logit_choice((expected, unchallenged), menu, 2, precision, first, out) == 1:
            found[0] += 1
        elif logit_choice((fight, responder_conceded), menu, 2, precision, second, out) == 1:
            found[1] += 1
        else:
            found[2] += 1
    return found[0], found[1], found[2]


def test_deterrence_game_played():
    """T12 at precision 1."""
    trials = sample_size("deterrence")
    for count, share in zip(play_deterrence(1.0), (0.439075, 0.349153, 0.211772), strict=True):
        assert_rate(count, trials, share)


def test_a_precision_slightly_too_high_would_show():
    """Fights are rarer by the error that the sample is made for."""
    rarer = 0.211772 * (1.0 - planted_error("deterrence"))
    low, high, out = 1.0, 5.0, [0.0] * 5
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        deterrence_logit(*DETERRENCE, middle, out)
        low, high = (middle, high) if out[4] > rarer else (low, middle)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_deterrence(low)[2], sample_size("deterrence"), 0.211772)


LEARNED = (0.25, 0.1, 0.035714, 0.012195, 0.004098)


def test_posterior_after_unfavourable_signals():
    found = [posterior(0.5, 0.2, 0.6, count) for count in range(1, 6)]
    assert found == pytest.approx(LEARNED, abs=SIX_DIGITS)


def test_update_rule_at_kappa_one_is_bayes():
    beliefs = [0.5, 0.5]
    for expected in LEARNED:
        update_beliefs(beliefs, 0, 2, (0.9, 0.1, 0.2, 0.6), 2, 1.0, 0.0, 1.0)
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
    found = [type_multiplier(likelihoods, prior, 3, t) for t in range(3)]
    assert found == pytest.approx(factors, abs=5.001e-3)
    assert sum(p * f for p, f in zip(prior, found, strict=True)) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("mean", "spread", "tolerance", "probability"),
    [(0.65, 0.15, 0.10, 0.797310), (0.65, 0.15, 0.30, 0.390756), (0.45, 0.15, 0.10, 0.390756)],
)
def test_chance_that_hope_exceeds_the_result(mean, spread, tolerance, probability):
    found = gap_probability(mean, spread, 0.40, 0.10, tolerance)
    assert found == pytest.approx(probability, abs=SIX_DIGITS)


# Learning and the expectation gap, played


def play_signals(unfavourable_if_good: float) -> tuple[int, int]:
    """Histories with an unfavourable signal, and those of a good type among them; prior one half."""
    unfavourable = good_ones = 0
    for replication in range(sample_size("unfavourable_signals")):
        nature, signal = uniform_pair(SEED, replication, 0, Stream.SIGNAL, 22, 0, 0)
        good = nature < 0.5
        if signal < (unfavourable_if_good if good else 0.6):
            unfavourable += 1
            good_ones += good
    return unfavourable, good_ones


def test_beliefs_are_right_as_often_as_they_say():
    """T22: of those who sent an unfavourable signal a quarter are good, as the posterior has it."""
    unfavourable, good_ones = play_signals(0.2)
    assert_rate(unfavourable, sample_size("unfavourable_signals"), 0.4)
    assert_rate(good_ones, sample_size("unfavourable_signals"), 0.1)
    assert_rate(good_ones, unfavourable, posterior(0.5, 0.2, 0.6, 1))


def test_signals_likelier_than_believed_would_show():
    _, good_ones = play_signals(0.2 * (1.0 + planted_error("unfavourable_signals")))
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(good_ones, sample_size("unfavourable_signals"), 0.1)


def play_gaps(mean: float, tolerance: float) -> int:
    """Meetings at which a normal expectation exceeds a normal result by more than the tolerance."""
    found = 0
    for replication in range(sample_size("expectation_gaps")):
        hope, result = uniform_pair(SEED, replication, 0, Stream.OUTCOME, 23, 0, 0)
        gap = mean + 0.15 * normal_quantile(hope) - (0.40 + 0.10 * normal_quantile(result))
        found += gap > tolerance
    return found


@pytest.mark.parametrize(
    ("mean", "tolerance", "probability"), [(0.65, 0.10, 0.797310), (0.65, 0.30, 0.390756), (0.45, 0.10, 0.390756)]
)
def test_gaps_played_exceed_the_tolerance_as_often_as_the_closed_form_says(mean, tolerance, probability):
    """T23."""
    assert_rate(play_gaps(mean, tolerance), sample_size("expectation_gaps"), probability)


def test_a_tolerance_slightly_off_would_show():
    """Gaps are more frequent by the error that the sample is made for."""
    low, high = 0.10, 0.30
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        frequent = gap_probability(0.65, 0.15, 0.40, 0.10, middle) > 0.390756 * (1 + planted_error("expectation_gaps"))
        low, high = (middle, high) if frequent else (low, middle)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_gaps(0.65, low), sample_size("expectation_gaps"), 0.390756)
