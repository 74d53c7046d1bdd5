"""Where two histories with the same draws part."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim import resources
from sim.analysis.divergences import Divergences, Pair, play_pairs, prepare
from sim.analysis.parting import Difference, parting
from sim.experiments.arms import arms_of
from sim.experiments.comparison import Campaign
from sim.experiments.replay import replay
from tests.played import case_of

NAMES = ("slow", "base")


def parted(changes, replication=0, scenario="theory/ultimatum"):
    return parting(
        *(replay(case_of(scenario, change), replication, 1) for change in (changes, {})), NAMES
    )  # fmt: skip


def test_histories_of_the_same_case_do_not_part():
    found = parted({})
    assert found.first is None and found.turn is None


def test_other_chances_and_values_of_the_same_choices_count_for_nothing():
    """Another precision of choice gives every choice another probability; histories part where another one is made."""
    found = [parted({"choice.leaders": 41}, n, "summit") for n in range(2)]
    assert all(item.first is None or item.first.time > 30.0 for item in found)


def test_what_is_chosen_otherwise_is_told_with_both_choices():
    found = parted({"game.strategies.offer": 0.3})
    assert found.first is not None and found.first.label == "The proposer offers a share: another choice"
    assert found.first.sentence == (
        "start: under \u201cslow\u201d the proposer offers a share: 0.3; under \u201cbase\u201d the proposer offers a share: 0.5"
    )


def test_what_comes_later_or_not_is_told_as_that():
    late = parted({"tracks.working.first_round": "90 days"}, 3, "summit")
    assert late.first is not None and late.first.label.endswith(": later") and "under \u201cslow\u201d only on 2018-" in late.first.sentence
    never = parted({"tracks.summit.enabled": False}, 3, "summit")
    assert never.first is not None
    assert never.first.label == "A date for Meeting of the leaders: does not come about"
    assert never.first.sentence.endswith("under \u201cbase\u201d only") and never.first.time == 0.0


def test_a_turning_point_that_only_comes_later_is_the_same_turn():
    found = parted({"tracks.summit.delay": 150}, 3, "summit")
    other = parted({"tracks.summit.delay": 151}, 3, "summit")
    assert found.first is not None and other.first is not None
    between = parting(
        replay(case_of("summit", {"tracks.summit.delay": 150}), 3, 1), replay(case_of("summit", {"tracks.summit.delay": 151}), 3, 1), NAMES
    )  # fmt: skip
    assert between.first is not None and (between.turn is None or between.turn.time > 151.0)


def test_workers_tell_where_stored_pairs_part(tmp_path):
    arms = arms_of([("u", str(resources.scenario_path("theory/ultimatum")))], written=["low: game.strategies.offer=.3"])
    played = Campaign(arms, 1, tmp_path / "c", engine="simpy", workers=1).play(20)
    told = prepare({"arms": [[n, str(played.runs[n].directory)] for n in ("base", "low")], "pairs": [[1, 0, 4], [1, 0, 7]]})
    rows = play_pairs(told, range(2), 1)["results"]["told"]
    outcomes = {name: played.rows(name, ["outcome"])["outcome"] for name in ("base", "low")}
    for text, row in zip(rows, (4, 7), strict=True):
        first, _, one, two = json.loads(text)
        assert first[1] == "The proposer offers a share: another choice"
        assert (one, two) == (outcomes["low"][row], outcomes["base"][row])


def test_what_differs_first_is_counted_the_most_frequent_first():
    a, b = Difference(1.0, "talks", "1 March: talks"), Difference(2.0, "war", "2 March: war")
    pairs = tuple(Pair(n, "x", "y", first, None) for n, first in enumerate([b, a, a, None]))
    found = Divergences("slow", "base", 10, 4, (), pairs)
    assert found.firsts() == [("talks", 2), ("war", 1)] and found.turns() == []


@pytest.mark.parametrize("most", [0, 3])
def test_a_sample_is_spread_evenly_over_the_pairs_that_end_differently(tmp_path, most):
    from sim.analysis.divergences import divergences

    written = ["low: game.strategies.offer=.3", "same: parameters.low=0"]
    arms = arms_of([("u", str(resources.scenario_path("theory/ultimatum")))], written=written)
    played = Campaign(arms, 1, tmp_path / "c", engine="simpy", workers=1).play(60)
    outcomes = {name: played.rows(name, ["outcome"])["outcome"] for name in arms.names}
    low, same = divergences(played, outcomes, "base", most, workers=1)
    rows = np.flatnonzero(outcomes["low"] != outcomes["base"])
    assert low.differing == len(rows) > 3 and low.changes == (("agreement", "refusal", len(rows)),)
    assert [pair.replication for pair in low.sample] == [int(rows[k * len(rows) // 3]) for k in range(most)]
    assert (same.differing, same.sample) == (0, ())
