"""The cap on a decision's menu is a matter of speed, not of results."""

from __future__ import annotations

import pytest

from tests.counts import sample_size
from tests.played import case_of, play_block
from tests.statistics_helpers import share_moved

POINT = 0.01  # a percentage point: what doubling the cap may move


def assert_within_a_point(block, other) -> None:
    """No outcome's share moves by more than a point, with 1.96 standard errors of the paired difference for the sample."""
    for outcome in case_of("summit").spec.outcomes:
        difference, error = share_moved(block, other, outcome.id)
        assert abs(difference) <= POINT + 1.96 * error, f"{outcome.id}: moved by {difference:+.4f} (se {error:.4f})"


def test_doubling_the_cap_moves_no_outcome_share_by_more_than_a_point():
    """At the full count the allowance for the sample is less than the point itself; the small one catches another game."""
    histories = sample_size("menu_cap")
    cap = case_of("summit").spec.menu.cap
    assert case_of("summit", {"menu.cap": 2 * cap}).num_candidates > case_of("summit").num_candidates
    assert_within_a_point(play_block("summit", histories), play_block("summit", histories, {"menu.cap": 2 * cap}))


def test_a_menu_of_named_packages_alone_is_caught():
    """The planted wrong version: a menu so small that the game is another one."""
    histories = sample_size("menu_cap")
    tiny = {"menu.cap": 12, "menu.blends": [], "menu.neighbours": False, "menu.shifts_of": []}
    with pytest.raises(AssertionError, match="moved by"):
        assert_within_a_point(play_block("summit", histories), play_block("summit", histories, tiny))
