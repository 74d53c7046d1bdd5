"""Measures beside their exact values: how far apart, how many histories it takes, what is played for it."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from sim.errors import UsageError
from sim.experiments import verification
from sim.experiments.verification import FEWEST, MOST, TRIAL, Check, check_of, dispersion, histories_needed, verify
from sim.experiments.workers import ENGINES
from tests.played import case_from, game_scenario

Z = 4.1 + 2.3263478740408408  # standard errors that count as apart, and the normal quantile of the power

COIN = {"first": "toss", "moves": {"toss": {"kind": "chance", "options": {"head": {"probability": ".25"}, "tail": {}}}}}


def coin(**theory):
    measure = {"value": "move.toss.head", "exact": ".25", **theory.pop("measure", {})}
    return case_from(game_scenario({"players": {}, **COIN}, theory={"measures": {"head": measure}, **theory}))


def check(estimate, error, exact=1.0, within=0.0):
    return Check("x", "x", exact, estimate, error, 100, within)


# How far apart


def test_apart_is_counted_in_standard_errors_beyond_what_is_allowed():
    assert check(1.5, 0.1).apart == pytest.approx(5.0)
    assert check(0.5, 0.1).apart == pytest.approx(5.0)
    assert check(1.5, 0.1, within=0.2).apart == pytest.approx(3.0)
    assert check(1.1, 0.1, within=0.2).apart == 0.0


def test_a_difference_counts_as_chance_up_to_the_limit():
    assert check(1.4099, 0.1).holds and not check(1.4101, 0.1).holds


def test_what_does_not_vary_holds_but_for_rounding():
    assert check(1.0 + 1e-12, 0.0).apart == 0.0
    assert check(1.0 + 1e-6, 0.0).apart == math.inf
    assert check(1e9 + 0.5, 0.0, exact=1e9).holds  # relative to the number itself
    assert check(math.nan, 0.0).apart == math.inf


# How many histories


def sample(probability, size=10_000):
    return np.arange(size) < probability * size


@pytest.mark.parametrize("probability", [0.5, 0.2, 0.9])
def test_of_a_share_as_many_as_find_a_relative_error(probability):
    wanted = (Z / 0.02) ** 2 * (1.0 - probability) / probability
    assert histories_needed(sample(probability).astype(float), 10_000) == pytest.approx(wanted, rel=1e-3)


def test_where_few_histories_count_more_are_played():
    values = np.where(np.arange(10_000) % 4 == 0, np.arange(10_000) % 8 == 0, np.nan)
    assert histories_needed(values, 10_000) == pytest.approx(4.0 * (Z / 0.02) ** 2, rel=1e-3)


def test_of_a_mean_that_is_small_beside_its_spread_no_relative_error_is_asked_for():
    values = np.where(np.arange(10_000) % 2 == 0, 1.0, -1.0)
    assert histories_needed(values, 10_000) == pytest.approx((Z / 0.02 / 0.5) ** 2, rel=1e-3)


def test_never_more_than_most_nor_fewer_where_nothing_varies():
    assert histories_needed(sample(1e-4).astype(float), 10_000) == MOST
    assert histories_needed(np.ones(50), 50) == FEWEST
    assert histories_needed(np.array([math.nan, 1.0]), 2) == FEWEST


# Estimates


def test_a_mean_has_the_standard_error_of_its_sample_and_counts_what_is_there():
    found = check_of(coin(), "head", np.array([0.0, 0.5, 1.0, 0.5, math.nan]))
    assert (found.estimate, found.exact, found.counted) == (0.5, 0.25, 4)
    assert found.standard_error == pytest.approx(math.sqrt(1 / 6) / 2.0)


def test_a_sample_of_zeros_has_the_error_that_the_exact_share_says():
    """No head in ten tosses of a coin that falls so once in four: .25 is 1.8 standard errors away, not infinitely many."""
    found = check_of(coin(), "head", np.zeros(10))
    assert found.standard_error == pytest.approx(math.sqrt(0.25 * 0.75 / 10))
    assert found.holds
    assert check_of(coin(measure={"exact": "0"}), "head", np.ones(10)).apart == math.inf


def test_a_rare_event_beside_its_exact_share_takes_the_larger_error():
    found = check_of(coin(), "head", (np.arange(100) < 1).astype(float))
    assert found.standard_error == pytest.approx(math.sqrt(0.25 * 0.75 / 100))


def test_equal_numbers_have_no_error_however_they_are_rounded():
    assert check_of(coin(), "head", np.full(7, 0.1)).standard_error == 0.0


def test_nothing_counted_is_not_known():
    found = check_of(coin(), "head", np.full(3, math.nan))
    assert math.isnan(found.estimate) and found.counted == 0 and not found.holds


def test_players_by_algorithm_are_held_against_what_the_algorithm_says():
    """Who may take 1 or 0 takes 1; the file's own `exact` is of other players."""
    moves = {"take": {"kind": "choice", "by": "A", "options": {"one": {"payoffs": {"A": 1, "B": 0}}, "none": {"payoffs": {"A": 0}}}}}
    theory = {"measures": {"one": {"value": "move.take.one", "exact": ".5"}}}
    case = case_from(game_scenario({"first": "take", "moves": moves}, theory=theory))
    assert check_of(case, "one", np.ones(5)).exact == pytest.approx(1.0)


def test_dispersion_is_variance_over_mean_with_the_error_of_the_jackknife():
    values = np.random.default_rng(3).gamma(2.0, 1.5, 400)
    ratio, error = dispersion(values)
    assert ratio == pytest.approx(values.var(ddof=1) / values.mean())
    left_out = np.array([np.delete(values, n).var(ddof=1) / np.delete(values, n).mean() for n in range(len(values))])
    jackknife = math.sqrt((len(values) - 1) / len(values) * ((left_out - left_out.mean()) ** 2).sum())
    assert error == pytest.approx(jackknife, rel=0.02)
    assert math.isnan(dispersion(np.array([1.0]))[0]) and math.isnan(dispersion(np.array([-1.0, 1.0]))[0])


# What is played


class Recorded:
    """Stands in for the histories: remembers how many were asked for."""

    asked: list[int]

    def __init__(self, *_):
        Recorded.asked = []
        self.size = 0

    def up_to(self, histories, progress):
        Recorded.asked.append(histories)
        self.size = histories

    def measures(self):
        return {"head": sample(0.25, self.size).astype(float)}


def test_as_many_as_asked_for_or_as_the_scenario_says_or_as_a_trial_shows(monkeypatch):
    monkeypatch.setattr(verification, "_Played", Recorded)
    engine = ENGINES["simpy"]
    verify(coin(), 1, engine, 50)
    assert Recorded.asked == [50]
    verify(coin(replications=77), 1, engine)
    assert Recorded.asked == [77]
    verify(coin(), 1, engine)
    assert Recorded.asked == [TRIAL, pytest.approx(3.0 * (Z / 0.02) ** 2, rel=1e-3)]


def test_playing_on_begins_where_it_stopped(monkeypatch):
    monkeypatch.setattr(verification, "BLOCK", 30)
    played = verification._Played(coin(), 1, ENGINES["simpy"], 1)
    blocks = []

    def computed(job, wanted, total, stopper):
        for block in wanted:
            blocks.append((block.start, block.stop))
            yield block, {"results": {"measure:head": np.arange(block.start, block.stop, dtype=float)}}

    played.crew = SimpleNamespace(computed=computed)
    told = []
    played.up_to(50, lambda done, total, rate: told.append((done, total)))
    played.up_to(70, None)
    assert blocks == [(0, 30), (30, 50), (50, 70)] and told == [(30, 50), (50, 50)]
    assert played.measures()["head"].tolist() == list(range(70))


def test_nothing_to_verify_is_told():
    with pytest.raises(UsageError, match="nothing to verify"):
        verify(case_from(game_scenario({"players": {}, **COIN})), 1, ENGINES["simpy"])
