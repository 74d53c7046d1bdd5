"""The command on data sets."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from sim import resources
from sim.model.datasets.load import load_dataset
from sim.model.diagnostics import cells


def test_every_shipped_data_set_is_listed(call):
    answer = call("data")
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()] == resources.list_datasets()
    listed = json.loads(call("data", "--json").out)["data_sets"]
    assert {item["name"]: item["num_rows"] for item in listed} == {
        name: len(load_dataset(name).rows) for name in resources.list_datasets()
    }


def test_one_is_shown_with_licence_columns_and_sources(call):
    answer = call("data", "dprk-launches")
    assert answer.code == 0 and answer.err == ""
    for words in (
        "160 events",
        "Apache-2.0",
        "James Martin Center",
        "failures: Of these",
        "nagix/nk-missile-tests",
        "1993-01-01 to",
    ):
        assert words in " ".join(answer.out.split()), words


def test_rows_come_out_as_they_are_in_the_file(call):
    for name in resources.list_datasets():
        table = resources.dataset_path(name).with_suffix(".csv").read_text("utf-8")
        printed = list(csv.DictReader(io.StringIO(call("data", name, "--rows").out)))
        written = list(csv.DictReader(io.StringIO(table)))
        numeric = {
            column for column, item in load_dataset(name).spec.columns.items() if item.type in ("number", "probability")
        }
        for one, other in zip(printed, written, strict=True):
            assert {key: float(value) if key in numeric and value else value for key, value in one.items()} == {
                key: float(value) if key in numeric and value else value for key, value in other.items()
            }


def test_what_was_known_before_a_date_is_shown(call):
    rows = list(csv.DictReader(io.StringIO(call("data", "agreements", "--rows", "--before", "2018-03-09").out)))
    assert rows[-1]["agreement"] == "jcpoa" and rows[-1]["end"] == rows[-1]["ended_by"] == ""
    found = json.loads(call("data", "agreements", "--json", "--before", "2018-03-09").out)
    assert found["before"] == "2018-03-09" and found["rows"][-1]["end"] is None and found["covers"][1] == "2018-03-09"
    assert "known before 2018-03-09" in " ".join(call("data", "agreements", "--before", "2018-03-09").out.split())


def test_conditions_choose_rows(call):
    rows = call("data", "dprk-timeline", "--rows", "--where", "category=nuclear_test").out.splitlines()
    assert len(rows) == 7


def test_the_page_is_printed(call):
    answer = call("data", "dprk-talks", "--page")
    assert answer.out == resources.dataset_path("dprk-talks").with_suffix(".md").read_text("utf-8")


def test_a_table_of_ones_own_is_checked(call, place):
    for suffix in (".yaml", ".csv"):
        shutil.copy(resources.dataset_path("agreements").with_suffix(suffix), place / f"mine{suffix}")
    assert call("data", "mine.csv").code == 0
    answer = call("data", "mine.csv", "--page")
    assert answer.code == 2 and "mine.md: there is no page beside the data" in answer.err
    text = (place / "mine.csv").read_text("utf-8")
    (place / "mine.csv").write_text(text.replace("2005-09-19", "2005-19-09"), "utf-8")
    answer = call("data", "mine.csv")
    assert answer.code == 2
    assert (
        "start: expected a month from 01 to 12, found 19 in 2005-19-09" in answer.err and "mine.csv:3:1" in answer.err
    )
    assert "did you mean 2005-09-19?" in answer.err and answer.err.rstrip().endswith("1 error")


@pytest.mark.parametrize("width", [40, 60, 100])
@pytest.mark.parametrize(
    "words", [("data",), ("data", "dprk-timeline"), ("data", "dprk-talks", "--before", "2012-06-01")]
)
def test_lines_keep_within_the_terminal(call, monkeypatch, width, words):
    monkeypatch.setenv("COLUMNS", str(width))
    assert [line for line in call(*words).out.splitlines() if cells(line) > width] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("data", "lanches"), "unknown data set 'lanches'"),
        (("data", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("data", "--before", "2018-03-09"), "which data set?"),
        (("data", "agreements", "--page", "--json"), "--page prints a text for people"),
        (("data", "agreements", "--before", "March"), "before: expected a date, found the text 'March'"),
        (("data", "agreements", "--before", "1990-01-01"), "nothing in it was known before 1990-01-01"),
        (("data", "agreements", "--where", "end"), "expected a condition such as category=talks"),
        (("run", resources.dataset_path("agreements")), "this describes a data set, not a scenario to play: `sim data"),
        (
            ("validate", resources.dataset_path("agreements")),
            "this describes a data set, not a scenario to play: `sim data",
        ),
    ],
)
def test_what_is_asked_wrongly_gets_one_message(call, words, message):
    answer = call(*words)
    assert answer.code == 2 and message in " ".join(answer.err.split())
    assert answer.err.count("error") == 1 and "Traceback" not in answer.err
