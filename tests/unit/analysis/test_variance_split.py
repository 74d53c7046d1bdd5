"""The split of a variance between inputs and chance, on models and a scenario with known shares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.variance_split import split_of, variance_split
from sim.errors import UsageError
from sim.experiments.design.nested import Nested
from sim.experiments.replicate import run_scenario
from tests.counts import sample_size
from tests.planted import UNIFORM, planted_scenario


def covered(make, truth: float, repetitions: int) -> float:
    """The share of repetitions whose interval contains the truth."""
    found = [variance_split(make(np.random.default_rng(seed))) for seed in range(repetitions)]
    return float(np.mean([item.low <= truth <= item.high for item in found]))


def normal(share: float, points: int, draws: int):
    def make(generator: np.random.Generator) -> np.ndarray:
        between = generator.normal(size=(points, 1)) * math.sqrt(share)
        return 3.0 + between + generator.normal(size=(points, draws)) * math.sqrt(1.0 - share)

    return make


def lots(a: float, b: float, points: int, draws: int):
    """A lot whose chance is drawn from Beta(a, b): the share of the inputs is 1 / (a + b + 1)."""

    def make(generator: np.random.Generator) -> np.ndarray:
        return (generator.random((points, draws)) < generator.beta(a, b, size=(points, 1))).astype(float)

    return make


@pytest.mark.parametrize(
    "make, truth",
    [
        (normal(0.3, 60, 8), 0.3),
        (normal(0.03, 200, 10), 0.03),
        (lots(2, 2, 200, 10), 0.2),
        (lots(0.5, 4.5, 300, 10), 1 / 6),
    ],
    ids=["much", "little", "an even lot", "a rarer event"],
)
def test_intervals_contain_the_truth_as_often_as_they_say(make, truth):
    """92 to 98 % of 400 repetitions; with the normal interval on the share itself it would be far less for the last."""
    assert 0.92 <= covered(make, truth, sample_size("split_coverage")) <= 0.98


def test_the_estimate_is_the_one_of_the_analysis_of_variance():
    values = normal(0.4, 12, 5)(np.random.default_rng(4))
    means = values.mean(axis=1)
    between = 5 * means.var(ddof=1)
    within = values.var(axis=1, ddof=1).mean()
    expected = (between - within) / 5 / ((between - within) / 5 + within)
    found = variance_split(values)
    assert found.inputs == pytest.approx(expected)
    assert found.mean == pytest.approx(values.mean()) and found.deviation == pytest.approx(values.std())
    assert found.low < found.inputs < found.high and found.chance == 1 - found.inputs


def test_extremes_are_what_they_are():
    constant = variance_split(np.full((4, 3), 2.0))
    assert not constant.varies and math.isnan(constant.inputs)
    determined = variance_split(np.repeat(np.arange(4.0)[:, None], 3, axis=1))
    assert (determined.inputs, determined.low, determined.high) == (1.0, 1.0, 1.0)
    noise = variance_split(np.tile([1.0, 2.0, 3.0], (5, 1)))
    assert noise.inputs == noise.low == noise.high == 0.0
    with pytest.raises(UsageError, match="two points with two draws each"):
        variance_split(np.ones((1, 5)))


def test_a_scenario_with_known_shares_has_them(tmp_path):
    """A war with probability x, uniform on (0, 1): a third of the variance is from x (1/12 of 1/4), of x itself all."""
    scenario = planted_scenario({"x": UNIFORM}, "x", {"x_itself": "x", "lot": "if(move.lot.war, 1, 0)"})
    design = Nested(sample_size("split_points"), 8)
    stored = run_scenario(scenario, design=design, reports=tmp_path, workers=1, engine="batch").stored
    found = {output.name: item for output, item in split_of(stored, ["war", "x_itself", "lot"]).items()}
    assert found["war"].low <= 1 / 3 <= found["war"].high
    assert found["war"].high - found["war"].low < 0.2
    assert found["metric:lot"] == found["war"]
    assert found["metric:x_itself"].inputs == 1.0
    assert abs(found["war"].mean - 0.5) < 4.1 * math.sqrt(1 / 12 / design.points + 1 / 6 / design.num_rows)


def test_only_a_nested_run_can_be_split(tmp_path):
    scenario = planted_scenario({"x": UNIFORM}, "x")
    stored = run_scenario(scenario, replications=10, reports=tmp_path, workers=1, engine="batch").stored
    with pytest.raises(UsageError, match="the run's is 'random'"):
        split_of(stored)
