"""T01, T02, T20, T25: bargaining games whose solution is known in closed form.

Expected values are printed in the verification tables to four or six digits; tests hold to all of them.
"""

from __future__ import annotations

import math

import pytest

from sim.randomness import Stream, uniform
from sim.rules.choice import (
    INFINITE_PRECISION,
    best_option,
    binary_logit,
    ultimatum_offer_logit,
    ultimatum_offer_uniform,
)
from sim.rules.offers import (
    alternating_offers_share,
    best_nash,
    delay_discount,
    offer_values,
    patience_share,
    risk_limit,
    rubinstein_breakdown_share,
    rubinstein_share,
    zeuthen_agreement,
    zeuthen_step,
)
from sim.rules.tactics import conceded_share, crossing_time
from sim.rules.utility import nash_product
from tests.counts import planted_error, sample_size
from tests.statistics_helpers import assert_mean, assert_rate

SEED = 1982
SIX_DIGITS = 5.001e-7
FOUR_DIGITS = 5.001e-5


@pytest.mark.parametrize(
    ("discounts", "moving_first", "moving_second"),
    [((0.9, 0.8), 0.714286, 0.642857), ((0.95, 0.95), 0.512821, 0.487179), ((0.5, 0.9), 0.181818, 0.090909)],
)
def test_rubinstein_shares(discounts, moving_first, moving_second):
    first = rubinstein_share(*discounts)
    assert first == pytest.approx(moving_first, abs=SIX_DIGITS)
    assert discounts[0] * first == pytest.approx(moving_second, abs=SIX_DIGITS)
    assert discounts[0] * first == pytest.approx(1.0 - rubinstein_share(*reversed(discounts)), abs=1e-14)
    assert alternating_offers_share(*discounts, 0.0, 0.0, 0.0, 601) == pytest.approx(first, abs=1e-12)


@pytest.mark.parametrize(
    ("num_rounds", "share"), [(1, 1.0), (2, 0.2), (3, 0.92), (4, 0.344), (5, 0.8624), (41, 0.714686)]
)
def test_alternating_offers_with_a_last_round(num_rounds, share):
    assert alternating_offers_share(0.9, 0.8, 0.0, 0.0, 0.0, num_rounds) == pytest.approx(share, abs=SIX_DIGITS)


@pytest.mark.parametrize(("breakdown", "share"), [(0.1, 0.568421), (0.02, 0.553535), (0.001, 0.550175)])
def test_alternating_offers_under_the_risk_of_breakdown(breakdown, share):
    assert rubinstein_breakdown_share(breakdown, 0.2, 0.1) == pytest.approx(share, abs=SIX_DIGITS)
    solved = alternating_offers_share(1.0, 1.0, breakdown, 0.2, 0.1, round(20.0 / breakdown))
    assert solved == pytest.approx(share, abs=SIX_DIGITS)


@pytest.mark.parametrize(("gap", "share"), [(1.0, 0.699390), (0.1, 0.669994), (0.001, 0.666700)])
def test_small_gaps_lead_to_the_ratio_of_impatience(gap, share):
    """Rates .1 and .2 a year, one offer every `gap` years."""
    discounts = delay_discount(0.1, gap * 365.0), delay_discount(0.2, gap * 365.0)
    assert rubinstein_share(*discounts) == pytest.approx(share, abs=SIX_DIGITS)
    solved = alternating_offers_share(*discounts, 0.0, 0.0, 0.0, math.ceil(120.0 / gap))
    assert solved == pytest.approx(share, abs=SIX_DIGITS)
    assert patience_share(0.1, 0.2) == pytest.approx(2.0 / 3.0, abs=1e-15)


def test_kernel_at_infinite_precision_solves_alternating_offers_on_a_grid():
    """Menus of 1001 shares, 41 rounds back from the end, only the kernels that the scenario uses."""
    steps, discounts = 1000, (0.9, 0.8)
    everything, no_block = [1] * (steps + 1), [0.0] * (steps + 1)
    shares = [n / steps for n in range(steps + 1)]
    perceived, out = [0.0] * (steps + 1), [0.0] * (steps + 1)
    values = [0.0, 0.0]  # of both players once the later round is reached
    for number in reversed(range(41)):
        proposer = number % 2
        responder = 1 - proposer
        refusal = discounts[responder] * values[responder]
        for n, share in enumerate(shares):
            perceived[n] = binary_logit(1.0 - share - refusal, INFINITE_PRECISION)
        own_refusal = discounts[proposer] * values[proposer]
        offer_values(shares, perceived, no_block, steps + 1, 0.0, own_refusal, out)
        offer = best_option(out, everything, steps + 1)
        values[proposer], values[responder] = shares[offer], 1.0 - shares[offer]
    assert values[0] == pytest.approx(0.714686, abs=2.0 / steps / (1.0 - 0.72))


def test_ultimatum_with_a_uniform_reservation_value():
    offer = ultimatum_offer_uniform(0.0, 1.0)
    assert (offer, offer * (1.0 - offer)) == (0.5, 0.25)


def test_ultimatum_with_a_known_reservation_value_leaves_exactly_that():
    assert ultimatum_offer_uniform(0.3, 0.3) == 0.3


@pytest.mark.parametrize(
    ("precision", "offer", "acceptance", "proposer"),
    [
        (5.0, 0.358412, 0.688273, 0.441588),
        (10.0, 0.367282, 0.841952, 0.532718),
        (20.0, 0.326191, 0.925795, 0.623809),
        (50.0, 0.271353, 0.972552, 0.708647),
    ],
)
def test_ultimatum_to_a_logit_responder(precision, offer, acceptance, proposer):
    found = ultimatum_offer_logit(0.2, precision)
    accepted = binary_logit(found - 0.2, precision)
    assert (found, accepted, (1.0 - found) * accepted) == pytest.approx((offer, acceptance, proposer), abs=SIX_DIGITS)


def play_ultimatums(offer: float) -> list[bool]:
    """Whether each of many responders with a least acceptable share of U[0, 1] takes the offer."""
    trials = sample_size("ultimatums")
    return [uniform(SEED, replication, 0, Stream.TYPE, 2, 0, 0) <= offer for replication in range(trials)]


def test_ultimatums_played_are_taken_half_the_time_and_earn_a_quarter():
    """T02."""
    offer = ultimatum_offer_uniform(0.0, 1.0)
    taken = play_ultimatums(offer)
    assert_rate(sum(taken), len(taken), 0.5)
    assert_mean([(1.0 - offer) * yes for yes in taken], 0.25)


def test_an_offer_slightly_too_high_would_show():
    taken = play_ultimatums(0.5 * (1.0 + planted_error("ultimatums")))
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(sum(taken), len(taken), 0.5)


def play_logit_ultimatums(precision: float) -> int:
    """Logit responders with an outside value of .2 who take the offer that is best at precision 5."""
    offer = ultimatum_offer_logit(0.2, 5.0)
    accepts = binary_logit(offer - 0.2, precision)
    trials = sample_size("logit_ultimatums")
    return sum(uniform(SEED, replication, 0, Stream.CHOICE, 2, 0, 0) < accepts for replication in range(trials))


def test_ultimatums_to_logit_responders_played():
    assert_rate(play_logit_ultimatums(5.0), sample_size("logit_ultimatums"), 0.688273)


def test_responders_slightly_too_keen_would_show():
    keen = 0.688273 * (1.0 + planted_error("logit_ultimatums"))
    precision = math.log(keen / (1.0 - keen)) / (ultimatum_offer_logit(0.2, 5.0) - 0.2)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_logit_ultimatums(precision), sample_size("logit_ultimatums"), 0.688273)


@pytest.mark.parametrize(
    ("betas", "time", "shares"),
    [
        ((1.0, 1.0), 0.5, (0.5, 0.5)),
        ((0.2, 0.2), 0.870551, (0.5, 0.5)),
        ((3.0, 3.0), 0.125, (0.5, 0.5)),
        ((0.2, 3.0), 0.662942, (0.871951, 0.128049)),
        ((0.5, 2.0), 0.524889, (0.724492, 0.275508)),
    ],
)
def test_two_conceders_meet(betas, time, shares):
    crossing = crossing_time(*betas)
    held = tuple(1.0 - conceded_share(crossing, 1.0, beta) for beta in betas)
    assert crossing == pytest.approx(time, abs=SIX_DIGITS)
    assert held == pytest.approx(shares, abs=SIX_DIGITS)


ONE = (0.95, 0.85, 0.72, 0.55, 0.35, 0.15)
TWO = (0.10, 0.35, 0.55, 0.70, 0.86, 0.95)
EVERY = (1,) * 6


def test_zeuthen_path_and_risk_limits():
    printed = {
        (0, 5): (0.8421, 0.8947),
        (1, 5): (0.8235, 0.6316),
        (1, 4): (0.5882, 0.5930),
        (2, 4): (0.5139, 0.3605),
        (2, 3): (0.2361, 0.2143),
    }
    offers, path = [0, 5], []
    for _ in printed:
        mine, theirs = offers
        path.append((mine, theirs))
        limits = risk_limit(ONE[mine], ONE[theirs], 0.0), risk_limit(TWO[theirs], TWO[mine], 0.0)
        assert limits == pytest.approx(printed[mine, theirs], abs=FOUR_DIGITS)
        assert zeuthen_step(ONE, TWO, EVERY, 6, 0.0, 0.0, False, offers) == (0 if limits[0] < limits[1] else 1)
    assert path == list(printed)
    assert offers[1] == 2 and zeuthen_step(ONE, TWO, EVERY, 6, 0.0, 0.0, False, offers) == 2
    assert offers == [2, 2]


@pytest.mark.parametrize("sufficient", [False, True])
def test_zeuthen_agreement_is_the_nash_solution(sufficient):
    assert zeuthen_agreement(ONE, TWO, EVERY, 6, 0.0, 0.0, sufficient, [0, 5]) == 2
    assert best_nash(ONE, TWO, EVERY, 6, 0.0, 0.0) == 2
    assert nash_product(ONE[2], TWO[2], 0.0, 0.0) == pytest.approx(0.396, abs=1e-15)
