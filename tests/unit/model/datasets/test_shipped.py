"""The shipped data: they are read, agree with one another, have pages that say what they must, and leak nothing when cut."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from scipy.stats import beta

from sim import resources
from sim.model.datasets.load import load_dataset

NAMES = resources.list_datasets()
CUTS = (dt.date(1994, 10, 21), dt.date(2007, 2, 13), dt.date(2012, 3, 1), dt.date(2018, 3, 9), dt.date(2019, 2, 28))


def test_the_data_are_there():
    assert {
        "agreements",
        "base-rates",
        "dprk-launches",
        "dprk-talks",
        "dprk-timeline",
        "forecasts",
        "korean-crises",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_data_set_is_read_and_its_page_says_what_it_must(name):
    data = load_dataset(name)
    assert data.name == name
    page = resources.dataset_path(name).with_suffix(".md").read_text("utf-8")
    headings = re.findall(r"^## (.+)$", page, re.M)
    assert headings[:5] == ["Source", "Licence", "Coding rule", "Looked up, and from memory", "Doubts"]
    assert f"`{name}.csv`, {number_word(len(data.rows))}" in page


def number_word(number: int) -> str:
    return {7: "seven", 9: "nine", 14: "fourteen"}.get(number, str(number))


def test_the_index_counts_the_rows(root):
    text = (root / "data" / "README.md").read_text("utf-8")
    counted = dict(re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\) \| (\d+) \|", text, re.M))
    assert counted == {name: str(len(load_dataset(name).rows)) for name in NAMES}


@pytest.mark.parametrize("cut", CUTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_dated_later_leaks(name, cut):
    """Cut at a date, no date from it on is left but those that were announced ahead, nor any value known only since then."""
    whole = load_dataset(name)
    if min(whole.column(whole.spec.known)) >= cut:
        pytest.skip("nothing was known before")
    data = load_dataset(name, before=cut)
    assert data.covers[1] <= cut
    later = [
        (column, row[column])
        for row in data.rows
        for column, item in data.spec.columns.items()
        if item.type == "date" and not item.planned and row[column] is not None and row[column] >= cut
    ]
    assert later == []
    for column, item in data.spec.columns.items():
        if item.known is not None:
            assert [row for row in data.rows if row[item.known] is None and row[column] not in (None, ())] == []


def test_what_came_of_things_says_since_when_it_is_known():
    """A column that tells an end or an answer has the date of that end or answer beside it."""
    told = {(name, column): item.known for name in NAMES for column, item in load_dataset(name).spec.columns.items()}
    ends = {key: known for key, known in told.items() if key[1] in ("ended_by", "outcome")}
    assert set(ends.values()) == {"end", "resolved"} and len(ends) == 3


@pytest.mark.parametrize("name", NAMES)
def test_texts_name_no_year_that_was_to_come(name):
    """Wording is cut by nothing, so it must not look ahead; deadlines and periods of counts may be named."""
    data = load_dataset(name)
    texts = [
        column
        for column, item in data.spec.columns.items()
        if item.type == "text" and column not in ("asked", "subset")
    ]
    ahead = [
        (row[data.spec.known], row[column])
        for row in data.rows
        for column in texts
        if any(
            int(year) > row[data.spec.known].year
            for year in re.findall(r"(?<!Resolution )\b(?:19|20)\d\d\b", row[column] or "")
        )
    ]
    assert ahead == []


def test_a_cut_keeps_the_launches_before_it_and_lets_agreements_live():
    assert len(load_dataset("dprk-launches", before="2018-03-09").rows) == sum(
        row["date"] < dt.date(2018, 3, 9) for row in load_dataset("dprk-launches").rows
    )
    living = [row["agreement"] for row in load_dataset("agreements", before="2018-03-09").rows if row["end"] is None]
    assert living == ["jcpoa"]
    answered = {
        row["question"] for row in load_dataset("forecasts", before="2018-03-09").rows if row["outcome"] is not None
    }
    assert answered == {"us_action_2017", "invasion_2017"}


def test_base_rates_are_what_their_counts_imply():
    """Mean, 5 and 95 percent quantile of a share under the prior of Jeffreys, to the digits that are written."""
    for row in load_dataset("base-rates").rows:
        events, cases = row["num_events"], row["num_cases"]
        low, high = beta.ppf([0.05, 0.95], events + 0.5, cases - events + 0.5)
        implied = (events / cases, (events + 0.5) / (cases + 1), low, high)
        assert (row["share"], row["mean"], row["low"], row["high"]) == pytest.approx(implied, abs=5.1e-5), row


def test_ways_to_end_and_degrees_of_violence_are_all_the_cases():
    rows = load_dataset("base-rates").rows
    for words in (("violence", "clashes", "full-scale war"), ("ended", "faded")):
        totals: dict[tuple[object, ...], int] = {}
        for row in rows:
            if row["source"] == "icb" and any(
                row["event"].endswith(word) or row["event"].startswith(word) for word in words
            ):
                key = (row["until"], row["subset"], row["num_cases"])
                totals[key] = totals.get(key, 0) + row["num_events"]
        assert len(totals) > 20
        assert [key for key, total in totals.items() if total != key[2]] == []


def test_major_tests_agree_with_launches_and_the_timeline():
    tests = load_dataset("dprk-major-tests").rows
    days = [row["date"] for row in load_dataset("dprk-launches").rows if "ICBM" in row["types"]]
    assert [row["date"] for row in tests if row["test"] == "icbm"] == days
    told = [row["date"] for row in load_dataset("dprk-timeline").rows if row["category"] == "nuclear_test"]
    assert [row["date"] for row in tests if row["test"] == "nuclear"] == told


def test_launches_of_the_timeline_are_days_of_launches():
    """Within a day, for the one has local dates and the other UTC."""
    days = {row["date"] for row in load_dataset("dprk-launches").rows}
    told = [row["date"] for row in load_dataset("dprk-timeline").rows if row["category"] == "launch"]
    assert [date for date in told if date not in days and date - dt.timedelta(days=1) not in days] == []


def test_counts_that_scenarios_cite():
    """Seven endings in 22.7 agreement-years; 54 launch days from the Leap Day to the last test of 2017; 14 crises, seven incidents."""
    lives = [(row["end"] - row["start"]).days / 365 for row in load_dataset("agreements").rows]
    assert (len(lives), round(sum(lives), 1)) == (7, 22.7)
    days = load_dataset("dprk-launches").column("date")
    assert sum(dt.date(2012, 2, 29) <= day < dt.date(2017, 11, 30) for day in days) == 54
    assert len(load_dataset("korean-crises").rows) == 14
    assert len(load_dataset("korean-crises").where(["incident=yes"]).rows) == 7
