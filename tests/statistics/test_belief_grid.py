"""Seven points are enough for a belief about a number: twice as many change no outcome that could be seen."""

from __future__ import annotations

import math

import numpy as np

from tests.counts import sample_size
from tests.played import case_of, play_block
from tests.statistics.test_menu_cap import moved

SIDES = ("USA", "PRK")


def test_doubling_the_points_of_beliefs_moves_no_outcome_share_by_more_than_its_standard_error():
    """The standard error that the share itself has in such a run, and 4.1 of the paired difference for the sample."""
    histories = sample_size("belief_grid")
    finer = {f"actors.{side}.types.grid": 2 * case_of("summit").spec.actors[side].types.grid for side in SIDES}
    assert len(case_of("summit", finer).grids["PRK"]["credibility"]) == 14
    block, other = play_block("summit", histories), play_block("summit", histories, finer)
    expected, finely = (b["results"]["expectation_at_meeting"] for b in (block, other))
    assert (expected != finely)[np.isfinite(expected)].any()  # the points are read
    for outcome in case_of("summit").spec.outcomes:
        share = float((block["results"]["outcome"] == outcome.id).mean())
        allowed = math.sqrt(share * (1.0 - share) / histories)
        difference, error = moved(block, other, outcome.id)
        assert abs(difference) <= allowed + 4.1 * error, f"{outcome.id}: moved by {difference:+.4f} (se {error:.4f})"
