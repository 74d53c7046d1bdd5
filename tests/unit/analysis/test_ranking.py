"""Which arm does better in the same history, and how probable it is that one is the best."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from sim.analysis import ranking as ranked
from sim.analysis.compared_measures import Goal, Measure
from sim.analysis.ranking import as_data, ranking

TONES = Goal("outcome", "how good the end is", is_ordinal=True, ranks={"war": 0.0, "stand": 2.0, "deal": 3.0})
MORE = Goal("metric:x", "more x", measure=Measure("metric:x", "x", "metrics", "number", "metric:x"))
LESS = Goal("-metric:x", "less x", sign=-1.0, measure=MORE.measure)


def ends(*names: str) -> dict[str, np.ndarray]:
    return {"outcome": np.array(names, dtype=object)}


def test_histories_are_compared_one_by_one_and_ties_are_told():
    rows = {"a": ends("deal", "deal", "stand", "war"), "b": ends("stand", "deal", "war", "stand")}
    found = ranking(rows, ["a", "b"], TONES, 1)
    duel = found.duels["a", "b"]
    assert (duel.better.count, duel.worse.count, duel.tied.count, duel.advantage) == (2, 1, 1, 0.625)
    assert (found.duels["b", "a"].better.count, found.duels["b", "a"].worse.count) == (1, 2)
    assert [item.arm for item in found.standings] == ["a", "b"] and found.standings[0].score == 0.625


def test_less_can_be_better():
    rows = {"a": {"metric:x": np.array([1.0, 2.0, 1.0])}, "b": {"metric:x": np.array([3.0, 4.0, 5.0])}}
    assert [item.arm for item in ranking(rows, ["a", "b"], MORE, 1).standings] == ["b", "a"]
    found = ranking(rows, ["a", "b"], LESS, 1)
    assert [item.arm for item in found.standings] == ["a", "b"]
    assert found.standings[0].best == 1.0 and found.standings[0].score == pytest.approx(4.0 / 3.0)
    assert as_data(found)["arms"][0]["arm"] == "a"


def test_the_probability_of_being_best_is_that_of_the_means_distribution():
    """Two arms whose difference is z standard errors: the normal probability of z, also with common noise."""
    rng = np.random.default_rng(4)
    common, own = 5.0 * rng.normal(size=2000), rng.normal(size=2000)
    rows = {"a": {"metric:x": common}, "b": {"metric:x": common + own - own.mean() + 0.02}}
    z = 0.02 * np.sqrt(2000) / own.std()
    found = ranking(rows, ["a", "b"], MORE, 1)
    assert found.standings[0].arm == "b" and found.standings[0].best == pytest.approx(float(ndtr(z)), abs=0.04)


def test_of_many_histories_the_normal_limit_gives_the_same(monkeypatch):
    rng = np.random.default_rng(6)
    rows = {name: {"metric:x": rng.normal(size=1500) + shift} for name, shift in (("a", 0.0), ("b", 0.03), ("c", 0.06))}
    drawn = {item.arm: item for item in ranking(rows, list(rows), MORE, 1).standings}
    monkeypatch.setattr(ranked, "MOST_RESAMPLED", 100)
    for item in ranking(rows, list(rows), MORE, 1).standings:
        assert item.best == pytest.approx(drawn[item.arm].best, abs=0.06)
        assert item.low == pytest.approx(drawn[item.arm].low, abs=0.02)


def test_arms_that_never_differ_share_every_rank():
    values = np.random.default_rng(2).normal(size=300)
    rows = {"a": {"metric:x": values}, "b": {"metric:x": values.copy()}, "c": {"metric:x": values - 1.0}}
    found = {item.arm: item for item in ranking(rows, ["a", "b", "c"], MORE, 1).standings}
    assert found["a"].best == found["b"].best == 0.5 and found["c"].ranks == (0.0, 0.0, 1.0)
    assert sum(found["a"].ranks) == pytest.approx(1.0)
