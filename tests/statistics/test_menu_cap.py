"""The cap on a decision's menu is a matter of speed, not of results."""

from __future__ import annotations

import math

import numpy as np

from tests.counts import sample_size
from tests.played import case_of, play_block

POINT = 0.01  # a percentage point: what doubling the cap may move


def moved(block, other, name: str) -> tuple[float, float]:
    """Paired difference of an outcome's share and its standard error."""
    difference = (other["results"]["outcome"] == name).astype(float) - (block["results"]["outcome"] == name)
    return float(difference.mean()), float(difference.std(ddof=1)) / math.sqrt(len(difference))


def test_doubling_the_cap_moves_no_outcome_share_by_more_than_a_point():
    """The issue's bound, with 4.1 standard errors of the paired difference for the sample.

    The full count makes that allowance small; the small one catches a cap that changes the game.
    """
    histories = sample_size("menu_cap")
    cap = case_of("summit").spec.menu.cap
    assert case_of("summit", {"menu.cap": 2 * cap}).num_candidates > case_of("summit").num_candidates
    block = play_block("summit", histories)
    doubled = play_block("summit", histories, {"menu.cap": 2 * cap})
    for outcome in case_of("summit").spec.outcomes:
        difference, error = moved(block, doubled, outcome.id)
        assert abs(difference) <= POINT + 4.1 * error, f"{outcome.id}: moved by {difference:+.4f} (se {error:.4f})"


def test_a_menu_without_deals_would_be_caught():
    """The planted wrong version: a menu so small that the game is another one."""
    histories = sample_size("menu_cap")
    block = play_block("summit", histories)
    tiny = play_block("summit", histories, {"menu.cap": 12, "menu.blends": [], "menu.neighbours": False,
                                            "menu.shifts_of": []})  # fmt: skip
    assert np.mean(block["results"]["count:deals"] != tiny["results"]["count:deals"]) > 0.3
