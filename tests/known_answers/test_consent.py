"""Consent at home: two-level bargaining and agenda setting (``verification.md`` T08)."""

from __future__ import annotations

import pytest

from sim.randomness import Stream, uniform
from sim.rules import consent
from tests.counts import planted_error, sample_size
from tests.printed_digits import assert_printed
from tests.statistics_helpers import assert_rate

SEED = 1988


@pytest.mark.parametrize(
    "low, high, foreign, offer, ratified, value",
    [
        (0.2, 0.8, 0.0, "0.600000", "0.666667", "0.266667"),
        (0.0, 1.0, 0.0, "0.500000", "0.500000", "0.250000"),
        (0.3, 0.7, 0.1, "0.600000", "0.750000", "0.325000"),
    ],
)
def test_offer_to_a_home_side_with_an_uncertain_threshold(low, high, foreign, offer, ratified, value):
    x = consent.offer_to_uniform_ratifier(low, high, foreign)
    passes = consent.uniform_ratification(x, low, high)
    assert_printed(x, offer)
    assert_printed(passes, ratified)
    assert_printed(consent.proposer_value(x, passes, foreign), value)


def play_ratifications(offer: float) -> int:
    """Offers that a home side with a threshold of U[.2, .8] ratifies."""
    trials = sample_size("ratifications")
    return sum(
        0.2 + 0.6 * uniform(SEED, replication, 0, Stream.VETO, 8, 0, 0) <= offer for replication in range(trials)
    )


def test_offers_played_are_ratified_as_often_as_solved():
    assert_rate(
        play_ratifications(consent.offer_to_uniform_ratifier(0.2, 0.8, 0.0)), sample_size("ratifications"), 2.0 / 3.0
    )


def test_an_offer_slightly_too_generous_would_show():
    generous = 0.2 + 0.6 * 2.0 / 3.0 * (1.0 + planted_error("ratifications"))
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_ratifications(generous), sample_size("ratifications"), 2.0 / 3.0)


@pytest.mark.parametrize(
    "players, offer, passes",
    [(1, "0.500000", "0.500000"), (2, "0.6667", "0.4444"), (3, "0.750000", "0.421875"), (5, "0.8333", "0.401878")],
)
def test_veto_players_improve_terms_and_endanger_agreement(players, offer, passes):
    x = consent.offer_to_veto_players(players)
    assert_printed(x, offer)
    assert_printed(consent.all_veto_players_pass(x, players), passes)


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_no_other_offer_to_veto_players_is_better(players):
    value = max((1.0 - x / 1000) * consent.all_veto_players_pass(x / 1000, players) for x in range(1001))
    x = consent.offer_to_veto_players(players)
    assert (1.0 - x) * consent.all_veto_players_pass(x, players) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    "setter, ratifier, fallback, printed",
    [(1, 0.4, 0.2, "0.600000"), (1, 0.4, 0, "0.800000"), (0.3, 0.4, 0, "0.300000"), (1, 0.4, 0.6, "0.600000")],
)
def test_agenda_setter(setter, ratifier, fallback, printed):
    assert_printed(consent.setter_outcome(setter, ratifier, fallback), printed)


def play_veto_players(trials: int, players: int, independent: bool = True, too_much: float = 1.0) -> int:
    """Offers that pass all veto players; thresholds drawn at the players' addresses, or one threshold for all."""
    offer = consent.offer_to_veto_players(players) * too_much
    passed = 0
    for replication in range(trials):
        for player in range(players):
            if uniform(SEED, replication, 0, Stream.VETO, player if independent else 0, 0, 0) > offer:
                break
        else:
            passed += 1
    return passed


def test_three_veto_players_played():
    trials = sample_size("veto_players")
    assert_rate(play_veto_players(trials, 3), trials, 0.421875)


def test_veto_players_of_one_mind_would_show():
    trials = sample_size("veto_players")
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_veto_players(trials, 3, independent=False), trials, 0.421875)


def test_an_offer_that_passes_slightly_too_often_would_show():
    trials = sample_size("veto_players")
    too_much = (1.0 + planted_error("veto_players")) ** (1.0 / 3.0)
    with pytest.raises(AssertionError, match="standard errors"):
        assert_rate(play_veto_players(trials, 3, too_much=too_much), trials, 0.421875)
