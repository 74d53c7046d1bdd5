"""The golden utilities behind the checks, and the checks that compute something."""

from __future__ import annotations

import pytest

from sim.model.check.correlations import is_positive
from sim.model.check.issues import _cycle
from sim.model.check.values import point
from sim.model.load import load
from sim.model.spec.base import Quantity


def test_a_cost_of_sanctions_that_contradicts_survival_is_a_warning():
    assert load("summit").warnings == ()
    # The bound of .0889 is the status quo less complete denuclearisation for everything, at a credibility of .15.
    changed = {"mechanisms.sanctions.cost": 0.089, "actors.PRK.types.credibility": 0.15}
    assert "beats the status quo" in load("summit", overrides=changed).warnings[0].text
    assert load("summit", overrides={**changed, "mechanisms.sanctions.cost": 0.088}).warnings == ()


@pytest.mark.parametrize(
    "quantity, middle",
    [
        ({"value": 3}, 3.0),
        ({"dist": "uniform", "low": 1, "high": 2}, 1.5),
        ({"dist": "triangular", "low": 0, "mode": 0, "high": 3}, 1.0),
        ({"dist": "lognormal", "median": 2, "sd": 1}, 2.0),
        ({"dist": "beta", "a": 2, "b": 11}, 2 / 13),
        ({"dist": "choice", "values": [0, 10], "probabilities": [0.9, 0.1]}, 1.0),
        ({"dist": "gamma", "mean": 21, "cv": 0.5}, 21.0),
    ],
)
def test_the_middle_of_a_quantity(quantity, middle):
    assert point(Quantity(**quantity)) == pytest.approx(middle)


def test_circles():
    assert _cycle({"a": ["b"], "b": ["c"], "c": []}) == []
    assert _cycle({"a": ["b"], "b": ["a"]}) == ["a", "b", "a"]
    assert _cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []
    assert _cycle({"a": ["a"]}) == ["a", "a"]


def test_correlation_matrices():
    assert is_positive([[1.0, 0.5], [0.5, 1.0]])
    assert not is_positive([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
