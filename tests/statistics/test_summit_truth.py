"""Short comparisons of the summit are held against its own truth: millions of pairs, played once by `python -m tools.truth`.

Of the 95 % intervals of comparisons with draws of their own, between 92 and 98 % hold the difference that the millions show. Measures
in which next to no pair differs are left out: a share's interval then holds the truth more often than it says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim.analysis.compared_measures import common_columns, measures_of, read
from sim.analysis.paired_differences import difference
from sim.engines.batch_engine import run_block
from sim.experiments.comparison import Campaign
from tests.counts import sample_size
from tools import truth

PAIRS = 400  # of one comparison
ENOUGH = 5.0  # pairs of one comparison that differ, on average
SEED = 7_000_001  # not that of the truth
MEASURES = (
    "outcome=war", "outcome=interim_deal", "outcome=max_pressure", "outcome=frozen_stalemate", "time:deal", "time:collapse", "utility:USA",
)  # fmt: skip


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return json.loads((truth.ROOT / truth.TARGET).read_text("utf-8"))


@pytest.fixture(scope="module")
def arms() -> Any:
    return truth.arms()


@pytest.fixture(scope="module")
def played() -> dict[str, Mapping[str, np.ndarray]]:
    pairs = range(PAIRS * sample_size("truth_comparisons"))
    return {arm: run_block(truth.case(arm), pairs, SEED, 0)["results"] for arm in (truth.POLICY, truth.BASE)}


def test_truth_is_ten_million_histories_of_the_shipped_summit(known):
    assert known["histories"] == 10_000_000
    first = {name: sums.told(truth.FIRST) for name, sums in truth.sums_of(0, truth.FIRST).items()}
    assert known["first"] == first, "results have changed: run python -m tools.truth"


def test_its_sums_are_those_of_an_ordinary_comparison(arms, tmp_path):
    pairs = sample_size("truth_block")
    compared = Campaign(arms, truth.SEED, tmp_path / "c", workers=1, engine="batch").play(pairs)
    rows = read(compared, measures_of(arms, common_columns(compared)), None)
    sums = truth.sums_of(0, pairs)
    for item in truth.measures():
        one, two = (item.of(rows[name]) for name in (truth.POLICY, truth.BASE))
        found = difference(item, truth.POLICY, truth.BASE, one, two)
        told = sums[item.id].told(pairs)
        assert (told["up"], told["down"]) == (found.up, found.differing - found.up), item.id
        assert told["difference"] == pytest.approx(found.difference, abs=1e-12), item.id
        assert told["standard_error"] == pytest.approx(found.standard_error, abs=1e-12), item.id


@pytest.mark.parametrize("id_", MEASURES)
def test_a_95_percent_interval_holds_the_truth_between_92_and_98_percent(known, played, id_):
    measure = next(item for item in truth.measures() if item.id == id_)
    at = known["measures"][id_]
    assert (at["up"] + at["down"]) / known["pairs"] * PAIRS >= ENOUGH
    one, two = (measure.of(played[name]).reshape(-1, PAIRS) for name in (truth.POLICY, truth.BASE))
    found = [difference(measure, truth.POLICY, truth.BASE, *values) for values in zip(one, two, strict=True)]
    covered = sum(item.low <= at["difference"] <= item.high for item in found) / len(found)
    slack = 4.1 * math.sqrt(0.95 * 0.05 / len(found)) if len(found) < 400 else 0.0
    assert 0.92 - slack <= covered <= 0.98 + slack
    wrong = at["difference"] + 5.0 * math.sqrt(known["pairs"] / PAIRS) * at["standard_error"]
    assert sum(item.low <= wrong <= item.high for item in found) / len(found) < 0.2, "a false truth is refuted"
