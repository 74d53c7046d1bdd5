"""Intervals of compared differences hold the truth as often as they say, over repetitions of a played scenario whose truth is known.

The responder of an ultimatum holds out for U(0, 1), so an offer x is accepted with probability x: .3 instead of .5 costs
.2 of agreements, and the proposer's mean payoff goes from .25 to .21.
"""

from __future__ import annotations

import math

import pytest

from sim import resources
from sim.analysis.compared_measures import Measure, common_columns, measures_of, read
from sim.analysis.paired_differences import difference
from sim.experiments.arms import arms_of
from sim.experiments.comparison import Campaign
from tests.counts import sample_size

PAIRS = 40
TRUTH = {"outcome=agreement": -0.2, "outcome=refusal": 0.2, "payoff:proposer": 0.7 * 0.3 - 0.5 * 0.5}


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    file = [("ultimatum", str(resources.scenario_path("theory/ultimatum")))]
    arms = arms_of(file, written=["low: game.strategies.offer=.3"])
    return Campaign(arms, 7, tmp_path_factory.mktemp("coverage") / "c", workers=1).play(PAIRS * sample_size("compare_coverage"))


@pytest.mark.parametrize("id_", TRUTH)
def test_a_95_percent_interval_covers_between_92_and_98_percent(played, id_):
    measure: Measure = next(item for item in measures_of(played.arms, common_columns(played)) if item.id == id_)
    rows = read(played, [measure], None)
    low, base = (measure.of(rows[name]).reshape(-1, PAIRS) for name in ("low", "base"))
    found = [difference(measure, "low", "base", one, two) for one, two in zip(low, base, strict=True)]
    truth = TRUTH[id_]
    covered = sum(item.low <= truth <= item.high for item in found) / len(found)
    slack = 4.1 * math.sqrt(0.95 * 0.05 / len(found)) if len(found) < 400 else 0.0
    assert 0.92 - slack <= covered <= 0.98 + slack
    assert sum(item.low <= truth + 0.15 <= item.high for item in found) / len(found) < 0.5, "a false truth is refuted"
