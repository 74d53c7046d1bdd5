"""The experiment on the commentary's thesis that the README shows: its cells, and what the text says of its figures."""

from __future__ import annotations

import re

import pytest

from sim.experiments.arms import arms_of, written_policy
from tools import thesis


@pytest.fixture(scope="module")
def shown() -> dict[tuple[str, str], tuple[float, float, float, float, float]]:
    """By channel and preparation: both chances in percent, and the difference in points with its interval."""
    found = {}
    for line in thesis.shown().strip().splitlines()[2:]:
        channel, officials, *rest = [cell.strip() for cell in line.strip("|").split("|")]
        found[channel, officials] = tuple(float(text) for text in re.findall(r"[-+]?\d+\.\d+", " ".join(rest)))
    return found


def test_every_combination_is_a_policy_that_sets_what_it_says():
    named = dict(written_policy(text) for text in thesis.CELLS)
    assert len(named) == 16 and set(map(len, named.values())) == {3, 4, 5}
    assert "mechanisms.expectation.hype=.15" in named["both-much-up"] and len(named["both-much-up"]) == 3
    place = str(thesis.figures.ROOT / thesis.SCENARIO)
    arms = arms_of([(thesis.SCENARIO, place)], written=[thesis.written("neither", "little", "down")])
    found = arms["neither-little-down"].completed["mechanisms"]
    assert found["belief_collapse"]["enabled"] is found["reference_dependence"]["enabled"] is False


def test_figures_are_those_of_the_text(shown):
    """Talking up matters through the channels alone, and mostly through losses."""
    assert len(shown) == 8
    for (channel, _), (down, up, added, low, high) in shown.items():
        assert low <= added <= high and up - down == pytest.approx(added, abs=0.011)
        if channel in (thesis.LABELS["losses"], thesis.LABELS["both"]):
            assert low > 0.0 and added > 0.25
        else:
            assert abs(added) < 0.1
        assert channel != thesis.LABELS["neither"] or low <= 0.0 <= high
