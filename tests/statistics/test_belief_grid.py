"""Seven points are enough for a belief about a number: twice as many change no outcome that could be seen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.counts import sample_size
from tests.played import case_of, play_block
from tests.statistics_helpers import SIGMAS, share_moved

SIDES = ("USA", "PRK")


def finer() -> dict[str, int]:
    """Twice the points for beliefs about either side."""
    return {f"actors.{side}.types.grid": 2 * case_of("summit").spec.actors[side].types.grid for side in SIDES}


def assert_within_a_standard_error(block, other) -> None:
    """No outcome's share moves by more than the standard error that it has in such a run; 4.1 of the pair for the sample."""
    histories = len(block["results"]["outcome"])
    for outcome in case_of("summit").spec.outcomes:
        share = float((block["results"]["outcome"] == outcome.id).mean())
        allowed = math.sqrt(share * (1.0 - share) / histories)
        difference, error = share_moved(block, other, outcome.id)
        assert abs(difference) <= allowed + SIGMAS * error, f"{outcome.id}: moved by {difference:+.4f} (se {error:.4f})"


def test_doubling_the_points_of_beliefs_moves_no_outcome_share_by_more_than_its_standard_error():
    histories = sample_size("belief_grid")
    assert len(case_of("summit", finer()).grids["PRK"]["credibility"]) == 14
    block, other = play_block("summit", histories), play_block("summit", histories, finer())
    expected, finely = (b["results"]["expectation_at_meeting"] for b in (block, other))
    assert (expected != finely)[np.isfinite(expected)].any()  # the points are read
    assert_within_a_standard_error(block, other)


def test_finer_points_that_come_with_another_cost_of_war_are_caught():
    """The planted wrong version: with the points comes a cost of war so small that the game is another one."""
    histories = sample_size("belief_grid")
    other = play_block("summit", histories, {**finer(), "actors.USA.types.war_cost": 0.02})
    with pytest.raises(AssertionError, match="moved by"):
        assert_within_a_standard_error(play_block("summit", histories), other)
