"""Numbers of a history that a study may be about: how they are named, what they are, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.outputs import output_of, outputs_of
from sim.errors import UsageError
from sim.experiments.columns import kinds_of
from tests.planted import UNIFORM, planted_scenario

ROWS = {
    "replication": np.arange(4),
    "outcome": np.array(["war", "peace", "peace", "war"], dtype=object),
    "time:deal": np.array([0.5, np.nan, 1.0, 7.0]),
    "metric:sum": np.array([1.0, 2.0, 3.0, 4.0]),
    "gap": np.array([1.0, np.nan, 3.0, 4.0]),
    "point:parameters.x.number": np.array([0.5, 0.5, 0.5, 0.5]),
}


@pytest.fixture(scope="module")
def scenario():
    return planted_scenario({"x": UNIFORM}, "x", {"sum": "x"})


def found(text, scenario):
    return output_of(text, scenario, kinds_of(ROWS))


@pytest.mark.parametrize(
    "text, name, label, values",
    [
        ("war", "war", "War", [1, 0, 0, 1]),
        ("share(war)", "war", "War", [1, 0, 0, 1]),
        ("outcome=peace", "peace", "Peace", [0, 1, 1, 0]),
        ("time:deal", "time:deal", "days to: first deal in force", [0.5, 1, 1, 1]),
        ("share(time:deal)", "share(time:deal)", "first deal in force: whether it happens", [1, 0, 1, 0]),
        ("share(deal)", "share(time:deal)", "first deal in force: whether it happens", [1, 0, 1, 0]),
        ("WAR", "war", "War", [1, 0, 0, 1]),
        ("sum", "metric:sum", "sum", [1, 2, 3, 4]),
        ("metric:sum", "metric:sum", "sum", [1, 2, 3, 4]),
    ],
)
def test_an_output_is_a_number_of_every_history(scenario, text, name, label, values):
    """A time ends at the horizon, which is a day here: what comes later has not happened."""
    output = found(text, scenario)
    assert (output.name, output.label) == (name, label)
    assert output.values(ROWS).tolist() == values
    assert output.is_share == (set(values) <= {0, 1} and not text.startswith("time:"))


@pytest.mark.parametrize(
    "text, message, hint",
    [
        ("wor", "no column 'wor' in the results, and no class of outcome", "war"),
        ("metric:sun", "no column 'metric:sun'", "metric:sum"),
        ("share(sum)", "expected a class of outcome or a time in share", "names: war, peace, time:deal"),
        ("outcome", "no number of a history's result", "class of outcome"),
        ("point:parameters.x.number", "is an input, and what it moves is asked", "time:deal"),
    ],
)
def test_what_is_no_output_is_refused_with_the_nearest(scenario, text, message, hint):
    with pytest.raises(UsageError, match=message.replace("(", r"\(")) as error:
        found(text, scenario)
    assert hint in str(error.value.hint)


def test_a_number_that_not_every_history_has_is_refused(scenario):
    with pytest.raises(UsageError, match="'gap' is not known in 1 of 4 histories"):
        found("gap", scenario).values(ROWS)


def test_without_names_all_classes_are_meant_and_each_counts_once(scenario):
    assert [output.name for output in outputs_of([], scenario, kinds_of(ROWS))] == ["war", "peace"]
    assert [output.name for output in outputs_of(["war", "share(war)"], scenario, kinds_of(ROWS))] == ["war"]
