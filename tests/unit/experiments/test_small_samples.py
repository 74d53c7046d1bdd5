"""Measures beside their exact values: what a small sample can and cannot say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiments.verification import FEW, Check, checks_of
from tests.played import case_from, game_scenario

GAME = {
    "first": "meeting",
    "moves": {
        "meeting": {
            "kind": "chance",
            "options": {"crash": {"probability": "rare", "payoffs": {"A": "-10"}}, "pass": {"payoffs": {"A": "0"}}},
        }
    },
}
MEASURES = {
    "crash": {"value": "move.meeting.crash", "exact": "rare"},
    "payoff": {"value": "payoff.A", "exact": "-10 * rare"},
    "loss": {"value": "payoff.A", "given": "move.meeting.crash", "exact": -10},
}


def checks(rare: float, crashes: list[float], **payoffs: list[float]) -> dict[str, Check]:
    """The measures of a game with a rare crash, as histories with these crashes have them."""
    case = case_from(game_scenario(GAME, {"rare": rare}, theory={"measures": MEASURES}))
    crash = np.array(crashes)
    columns = {"crash": crash, "payoff": -10.0 * crash, "loss": np.where(crash > 0, -10.0, math.nan)}
    columns |= {name: np.array(values) for name, values in payoffs.items()}
    return {item.name: item for item in checks_of(case, columns)}


def test_what_rests_on_an_event_that_has_not_come_is_left_open():
    """The sample has no variance, and nothing else is wrong with it: of 400 histories one in 56 has no crash at .01."""
    found = checks(0.01, [0.0] * 400)
    assert found["crash"].holds and not found["crash"].few
    assert found["payoff"].few and not found["payoff"].differs
    assert found["loss"].counted == 0 and not found["loss"].differs


def test_what_never_varies_differs_where_no_event_is_missing():
    found = checks(0.0, [0.0] * FEW, payoff=[-0.01] * FEW)
    assert found["crash"].holds and found["payoff"].differs
    assert not checks(0.0, [0.0] * (FEW - 1), payoff=[-0.01] * (FEW - 1))["payoff"].differs


def test_an_event_that_should_have_come_is_no_excuse():
    found = checks(0.1, [0.0] * 1000)
    assert found["crash"].differs and found["payoff"].differs


def test_shares_are_judged_by_the_exact_distribution():
    """Two misses at .9 are 4.2 standard errors apart and come once in a hundred times; six come once in a million."""
    two = checks(0.9, [0.0] * 2)["crash"]
    assert two.apart > 4.1 and two.few and not two.differs
    assert checks(0.9, [0.0] * 6)["crash"].differs
    assert checks(0.0, [1.0] + [0.0] * 9)["crash"].differs  # what cannot be needs no sample


@pytest.mark.parametrize("num", [3, 49, 50])
def test_a_mean_of_few_histories_is_left_open(num):
    found = checks(0.5, [0.0, 1.0] * num, payoff=[-4.0, -4.001] * num)
    assert found["payoff"].apart > 4.1
    assert found["payoff"].few == (2 * num < FEW)
