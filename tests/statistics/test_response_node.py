"""What a leader does after a failed meeting, node by node: the same world, the same draws, another expectation.

This is the mechanism of the commentary that the summit is taken from. The decision is valued in a history that is
ready to run, so that thousands of worlds cost seconds (clarification 18.1: a share among failed meetings would compare
different histories).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from sim.acts import meetings
from sim.engines import event_engine
from sim.model.compile import Case
from tests.counts import sample_size
from tests.played import SEED, case_of, digest_of, play_block
from tests.statistics_helpers import SIGMAS

M = "mechanisms"
NEITHER = {f"{M}.belief_collapse.enabled": False, f"{M}.reference_dependence.enabled": False}
BELIEFS = {f"{M}.reference_dependence.enabled": False}
LOSSES = {f"{M}.belief_collapse.enabled": False}
BOTH: dict[str, Any] = {}
WITHOUT_OVERCONFIDENCE = {f"{M}.overconfidence": False}


COSTS = [math.exp(0.35 * NormalDist().inv_cdf((n + 0.5) / 25)) for n in range(25)]  # multiples of the median


def force_chances(changes: Mapping[str, Any], expectation: float | None = None, median: float = 0.75) -> np.ndarray:
    """Probability of force after a walk-out, in many worlds, averaged over the cost of war in each.

    The expectation is that of each world unless it is given.
    """
    case = case_of("summit", changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meetings, "other_responds", lambda *_: None)  # what the other side does then is another node
        return np.array(
            [_force_chance(case, replication, expectation, median) for replication in range(sample_size("response_node"))]
        )


def _force_chance(case: Case, replication: int, expectation: float | None, median: float) -> float:
    h = event_engine.build(case, replication, SEED)
    meeting, actor = h.track("summit"), h.actor("USA")
    if expectation is not None:
        h.w.expectation = expectation
    beliefs = h.w.belief_talks, h.w.belief_pressure
    total = 0.0
    for multiple in COSTS:
        h.w.belief_talks, h.w.belief_pressure = beliefs
        h.w.war_cost[actor] = multiple * median
        h.w.force_probability = math.nan
        h(meetings.disappoint, h.w.expectation, 0.0)
        h(meetings.respond, meeting, 0.0, -1, True)
        total += h.w.force_probability
    return total / len(COSTS)


def assert_greater(more: np.ndarray, less: np.ndarray) -> None:
    """The mean paired difference is above zero by more than 4.1 standard errors."""
    difference = more - less
    error = difference.std(ddof=1) / difference.size**0.5
    assert difference.mean() > SIGMAS * error, f"{difference.mean() / error:+.2f} standard errors"


@pytest.mark.parametrize("hype", [-0.25, 0.25])
def test_hype_is_irrelevant_to_expected_utility(hype):
    """With both channels off the expectation enters neither values nor beliefs: exactly the same probability."""
    flat = force_chances(NEITHER)
    assert (force_chances({**NEITHER, f"{M}.expectation.hype": hype}) == flat).all()
    assert flat.max() > 0.01
    assert (force_chances(NEITHER, 0.9) == force_chances(NEITHER, 0.1)).all()


def test_hype_leaves_whole_histories_alone_without_channels_and_overconfidence():
    """The expectation also colours what the proposer thinks acceptable; with that off too, nothing is left of it.

    Only the expectation itself, whether it was cut off at its scale, and the gap to what was reached differ.
    """
    plain = {"horizon": "1 year", "readings": ["1 year"], **NEITHER, **WITHOUT_OVERCONFIDENCE}
    n = sample_size("hype_histories")
    low, high = (play_block("summit", n, {**plain, f"{M}.expectation.hype": hype}) for hype in (-0.2, 0.2))
    for block in (low, high):
        for column in ("gap", "expectation_at_meeting", "expectation_clipped"):
            block["results"].pop(column)
        block["paths"].pop("expectation")
    assert digest_of(low) == digest_of(high)
    coloured = [
        play_block("summit", n, {"horizon": "1 year", "readings": ["1 year"], **NEITHER, f"{M}.expectation.hype": hype})
        for hype in (-0.2, 0.2)
    ]
    assert not (coloured[0]["results"]["count:offers"] == coloured[1]["results"]["count:offers"]).all() or not (
        coloured[0]["results"]["count:maximal_offers"] == coloured[1]["results"]["count:maximal_offers"]
    ).all()


@pytest.mark.parametrize("channels", [BELIEFS, BOTH], ids=["beliefs", "both"])
def test_hype_makes_force_after_failure_likelier(channels):
    """With belief collapse, alone or with losses, as long as the mean expectation stays below .7 (model.md 18)."""
    low, plain, high = (force_chances({**channels, f"{M}.expectation.hype": hype}) for hype in (-0.25, 0.0, 0.15))
    assert_greater(plain, low)
    assert_greater(high, low)
    assert high.mean() > plain.mean()


def test_losses_alone_are_not_monotone():
    """Above .7 the loss channel alone turns round (clarification 18.3), so no sign is asserted there."""
    low, middle, high = (force_chances(LOSSES, expectation).mean() for expectation in (0.1, 0.65, 1.0))
    assert low < middle
    assert high < middle


@pytest.mark.parametrize("channel", ["belief_collapse", "reference_dependence"])
def test_each_channel_makes_force_likelier(channel):
    """At an expectation of .7, where both together peak (model.md 9)."""
    assert_greater(force_chances(BOTH, 0.7), force_chances({f"{M}.{channel}.enabled": False}, 0.7))


def test_beliefs_in_talks_and_in_pressure_both_collapse():
    """By 1 - .8 zeta with zeta = 1 / (1 + exp(-6 (gap - .3))), and not at all with the channel off."""
    for changes, left in ((BOTH, 1.0 - 0.8 / (1.0 + math.exp(-6.0 * 0.4))), (LOSSES, 1.0)):
        h = event_engine.build(case_of("summit", changes), 0, SEED)
        h.w.expectation = 0.7
        h(meetings.disappoint, 0.7, 0.0)
        h(meetings.respond, h.track("summit"), 0.0, -1, True)
        assert h.w.belief_talks == pytest.approx(0.55 * left)
        assert h.w.belief_pressure == pytest.approx(0.50 * left)


def test_a_small_expectation_turns_the_loss_channel_round():
    """Who expected nothing has nothing to lose: at .1 losses make force rarer, so the sign above could fail."""
    with pytest.raises(AssertionError, match="standard errors"):
        assert_greater(force_chances(BOTH, 0.1), force_chances(BELIEFS, 0.1))


def test_without_force_among_the_options_it_is_never_chosen():
    assert force_chances({f"{M}.aftermath.force": False}).max() == 0.0
    assert force_chances(BOTH).min() > 0.0


def test_force_is_rarer_the_costlier_war_is():
    """In every single world."""
    cheap, middling, dear = (force_chances(BOTH, median=median) for median in (0.55, 0.75, 1.10))
    assert (cheap > middling).all()
    assert (middling > dear).all()
