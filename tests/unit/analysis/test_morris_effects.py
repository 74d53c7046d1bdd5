"""Elementary effects of functions whose effects are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.morris_effects import morris_effects


def trajectories(function, number: int, seed: int):
    """Values, steps and directions of trajectories over three inputs on four levels; the last change is that of draws."""
    generator = np.random.default_rng(seed)
    begun = generator.integers(0, 4, (number, 3))
    moved = (begun + 2) % 4
    steps = np.argsort(generator.random((number, 3)), axis=1)
    rows = np.where(steps[:, None, :] < np.arange(4)[None, :, None], moved[:, None], begun[:, None])
    values = function((rows + 0.5) / 4)
    return np.concatenate([values, values[:, -1:]], axis=1), steps, np.sign(moved - begun)


def test_effects_of_a_straight_line_are_half_its_slopes():
    found = morris_effects(*trajectories(lambda x: 4.0 * x[..., 0] - 2.0 * x[..., 1] + 9.0, 30, 1), 1)
    assert [item.size.value for item in found.effects] == pytest.approx([2.0, 1.0, 0.0, 0.0])
    assert [item.mean.value for item in found.effects[:3]] == pytest.approx([2.0, -1.0, 0.0])
    assert [item.spread for item in found.effects] == pytest.approx([0.0] * 4, abs=1e-12)
    assert math.isnan(found.effects[-1].mean.value) and found.trajectories == 30


def test_effects_that_cancel_have_a_size_and_a_spread():
    found = morris_effects(*trajectories(lambda x: 8.0 * (x[..., 0] - 0.5) * (x[..., 1] - 0.5), 400, 2), 2)
    # A step of a half times 8 times a distance of 1/8 or 3/8.
    assert found.effects[0].size.value == pytest.approx(1.0, abs=0.1)
    assert found.effects[0].mean.low < 0.0 < found.effects[0].mean.high
    assert found.effects[0].spread == pytest.approx(math.sqrt(1.25), abs=0.1)
    assert found.effects[0].size.low < 1.0 < found.effects[0].size.high


def test_of_an_event_the_size_is_the_share_of_steps_that_change_it():
    found = morris_effects(*trajectories(lambda x: (x[..., 0] > 0.5).astype(float), 50, 3), 3)
    assert found.effects[0].size.value == 1.0 and found.effects[0].size.low > 0.9
    assert found.effects[1].size.value == 0.0 and 0.0 < found.effects[1].size.high < 0.1


def test_the_library_finds_the_same():
    """Where SALib is installed: its effects are ours over the length of the step."""
    morris = pytest.importorskip("SALib.analyze.morris")
    values, steps, directions = trajectories(lambda x: x[..., 0] ** 2 + x[..., 1] * x[..., 2], 40, 4)
    found = morris_effects(values, steps, directions, 4)
    # Their levels are 0, 1/3, 2/3 and 1, two of them a step.
    begun = np.where(directions > 0, 0.0, 2 / 3)
    rows = begun[:, None] + np.where(steps[:, None, :] < np.arange(4)[None, :, None], directions[:, None] * 2 / 3, 0.0)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = morris.analyze(problem, rows.reshape(-1, 3), values[:, :4].ravel(), num_levels=4, seed=1)
    step = 2 / 3
    assert [item.size.value for item in found.effects[:3]] == pytest.approx(np.array(theirs["mu_star"]) * step)
    assert [item.mean.value for item in found.effects[:3]] == pytest.approx(np.array(theirs["mu"]) * step)
    assert [item.spread for item in found.effects[:3]] == pytest.approx(np.array(theirs["sigma"]) * step)
