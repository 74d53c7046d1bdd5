"""What a run is asked about: classes, conditions, numbers and times, and what is said where a question cannot be answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.asked import Kind, ask
from sim.analysis.result_names import column_label
from sim.errors import UsageError
from sim.experiments.replicate import run_scenario
from sim.experiments.store import StoredRun
from sim.model.complete import complete
from sim.model.load import load_document
from sim.model.reader import read_text
from tests import planted_box as planted

HISTORIES = 400
ROWS = np.arange(0, HISTORIES, 2)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    scenario = complete(load_document(read_text(planted.TEXT, "planted.yaml")).spec)
    place: Path = tmp_path_factory.mktemp("asked") / "run"
    return run_scenario(scenario, replications=HISTORIES, workers=1, directory=place).stored


def test_without_an_option_the_class_of_outcome_is_asked_about(stored):
    found = ask(stored, ROWS)
    assert (found.kind, found.name) == (Kind.CLASSES, "outcome")
    assert found.values.tolist() == stored.results["outcome"][ROWS].tolist()
    assert found.labels["force"] == "Use of force"


@pytest.mark.parametrize("wanted", ["force", "Use of force", "use of FORCE"])
def test_a_class_is_named_by_its_name_or_its_label(stored, wanted):
    found = ask(stored, ROWS, outcome=wanted)
    assert (found.kind, found.name, found.label) == (Kind.EVENT, "outcome=force", "\u201cUse of force\u201d")
    assert found.values.tolist() == (stored.results["outcome"][ROWS] == "force").tolist()


def test_a_condition_is_true_where_sql_says_true_and_nothing_is_not_true(stored):
    column = '"input:parameters.need.number"'
    found = ask(stored, ROWS, where=f"{column} < .5 -- a remark")
    assert found.values.tolist() == (stored.results["input:parameters.need.number"][ROWS] < 0.5).tolist()
    partly = ask(stored, ROWS, where=f"case when {column} < .5 then {column} < .2 end")
    assert partly.values.tolist() == (stored.results["input:parameters.need.number"][ROWS] < 0.2).tolist()


def test_a_column_is_named_whole_or_by_what_stands_behind_its_colon(stored):
    for wanted in ("payoff:A", "payoff:B"):
        found = ask(stored, ROWS, of=wanted)
        assert (found.kind, found.name) == (Kind.NUMBER, wanted)
    assert ask(stored, ROWS, of="payoff:A").label == "payoff of Anna"
    assert ask(stored, ROWS, of="outcome@1").kind is Kind.CLASSES
    assert ask(stored, ROWS, of="option:spark").kind is Kind.CLASSES


@pytest.mark.parametrize("wanted", ["force", "share(force)", "outcome=force", "Use of force"])
def test_a_class_may_be_asked_about_in_the_words_of_the_designs(stored, wanted):
    assert ask(stored, ROWS, of=wanted).values.tolist() == ask(stored, ROWS, outcome="force").values.tolist()


@pytest.mark.parametrize(
    ("question", "message", "hint"),
    [
        ({"outcome": "forse"}, "no class of outcome 'forse'", "did you mean 'force'?"),
        ({"outcome": "never"}, "\u201cA miracle\u201d came in none of the 200 histories", "--replications"),
        ({"of": "time:deal"}, "time:deal: it came in none of the 200 histories", "sim show"),
        ({"of": "days"}, "days is the same in all 200 histories (1)", "sim show"),
        ({"of": "payof:A"}, "no column 'payof:A'", "did you mean 'payoff:A'?"),
        ({"of": "A"}, "'A' stands for several columns", "payoff:A"),
        ({"of": "parameters.need.number"}, "is an input", "--of time:deal"),
        ({"where": "events"}, "expected a condition", "sim query"),
        ({"where": "outcom = 'force'"}, "no column 'outcom'", "did you mean 'outcome'?"),
        ({"where": "outcome = 'frieden'"}, "came in none of the 200 histories", "sim show"),
        ({"where": "true"}, "came in all 200 histories", "sim show"),
        ({"where": "outcome = 'force'", "of": "days"}, "--of and --where exclude each other", "keep one"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(stored, question, message, hint):
    with pytest.raises(UsageError) as caught:
        ask(stored, ROWS, **question)
    assert message in str(caught.value)
    assert hint in caught.value.hint


def test_columns_have_words():
    scenario = {"actors": {"A": {"label": "Anna"}}, "issues": {"land": {"label": "The land"}}}
    expected = {
        "time:deal": "time until first deal in force",
        "count:cancellations": "number of cancellations",
        "level:land": "level of \u201cThe land\u201d",
        "utility:A": "payoff of Anna",
        "metric:x_y": "x y",
        "days": "days",
    }
    assert {name: column_label(scenario, name) for name in expected} == expected


def test_what_never_came_is_a_class_of_its_own():
    from sim.analysis.asked import Asked

    values = np.array([1.0, 2.0, np.nan, 3.0, 4.0, np.nan])
    codes, names = Asked("time:x", "x", Kind.TIME, values).coded(2)
    assert codes.tolist() == [0, 0, 2, 1, 1, 2]
    assert names == ["0", "1", "never"]
