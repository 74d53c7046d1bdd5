"""The page on estimating rates says what the data say, and the data set of the other page is one."""

from __future__ import annotations

import re

import pytest

from sim.analysis.hazard_rates import YEAR, estimate
from sim.estimation.self_exciting import MOST_BRANCHING
from sim.model.datasets.load import load_dataset
from sim.model.datasets.records import dated_record
from sim.model.datasets.spec import DataColumn
from tests.docs import pages
from tests.printed_digits import assert_printed

RESTRAINT = ["form=restraint,implementation,summits"]
# Row of the page -> window, what was known, spells.
WINDOWS = {
    "29 February 2012 to 29 November 2017, the file's": ("2012-02-29", "2017-11-30", None, None),
    "the same, as known before 9 March 2018": ("2012-02-29", None, "2018-03-09", None),
    "2014 to 2017": ("2014-01-01", "2018-01-01", None, None),
    "6 January 2016 to 29 November 2017": ("2016-01-06", "2017-11-30", None, None),
    "29 February 2012 to March 2022, off in summits": ("2012-02-29", "2022-04-01", None, RESTRAINT),
    "31 August 1998 to March 2020, off in restraint": ("1998-08-31", "2020-04-01", None, RESTRAINT),
}


@pytest.fixture(scope="module")
def rows(root) -> dict[str, list[str]]:
    lines = (root / "docs/how-to/estimate-rates.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in cells if len(row) == 7}


def test_the_page_has_every_window(rows):
    assert set(WINDOWS) <= set(rows)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_has_the_numbers_of_the_page(rows, name):
    start, end, before, where = WINDOWS[name]
    spells = None if where is None else load_dataset("dprk-talks", before).where(where)
    found = estimate(dated_record(load_dataset("dprk-launches", before), spells, start, end), samples=0)
    days, rate, *told = rows[name]
    assert str(found.free.num_events) == days
    assert_printed(found.free.rate, rate)
    fitted = found.exciting
    for cell, parameter in zip(told[:3], (fitted.baseline.per(YEAR), fitted.branching, fitted.half_life), strict=True):
        if cell == "not told":
            assert parameter.low is None and parameter.high is None
            continue
        value, low, high = re.fullmatch(r"(\S+) \((?:not told|(\S+) to (\S+))\)", cell).groups()
        assert_printed(parameter.value, value.replace(",", ""))
        if low is None:
            assert parameter.low is None and parameter.high is None
            continue
        assert_printed(parameter.low, low)
        if high == "open":
            assert parameter.high == MOST_BRANCHING
        else:
            assert_printed(parameter.high, high.replace(",", ""))


def rate_of(
    name: str, start: str | None, end: str | None, where: tuple[str, ...] = (), before: str | None = None
) -> tuple[float, float, float]:
    data = load_dataset(name, before).where(where)
    found = estimate(dated_record(data, None, start, end), exciting=False).everywhere
    return found.rate, found.low, found.high


OTHER = {
    "3.2 (1.2 to 6.9)": ("dprk-major-tests", "2016-01-06", "2017-11-30"),
    ".74 (.34 to 1.4)": ("dprk-major-tests", "2006-01-01", None, (), "2018-03-09"),
    ".14 (.06 to .29)": ("korean-crises", "1968-01-01", "2018-01-01", ("incident=yes",)),
    ".11 (.04 to .23)": ("korean-crises", None, None, ("incident=yes",)),
    ".28 (.11 to .58)": ("korean-crises", "1993-01-01", "2018-01-01", ("incident=no",)),
}


@pytest.mark.parametrize("told", OTHER)
def test_another_rate_is_that_of_the_page(root, told):
    assert f"| {told} |" in (root / "docs/how-to/estimate-rates.md").read_text("utf-8")
    for value, text in zip(rate_of(*OTHER[told]), re.findall(r"[\d.]+", told), strict=True):
        assert_printed(value, text)


def test_endings_of_agreements_have_the_rate_of_the_page(root):
    from sim.estimation.rates import exact_rate

    lives = [(row["end"] - row["start"]).days / YEAR for row in load_dataset("agreements").rows]
    found = exact_rate(len(lives), sum(lives))
    assert "| .31 (.12 to .63) |" in (root / "docs/how-to/estimate-rates.md").read_text("utf-8")
    for value, text in zip((found.rate, found.low, found.high), (".31", ".12", ".63"), strict=True):
        assert_printed(value, text)


def test_launches_in_talks_are_those_of_the_pages(root):
    """None in 5.99 years of restraint; nine in 8.0 years of the same window with all talks, nine in 9.35 years of all that is covered."""
    launches, talks = load_dataset("dprk-launches"), load_dataset("dprk-talks")
    window = ("1998-08-31", "2020-04-01")
    restraint = estimate(dated_record(launches, talks.where(RESTRAINT), *window), exciting=False)
    assert restraint.inside.num_events == 0
    assert_printed(restraint.inside.exposure, "5.99")
    assert_printed(restraint.inside_upper, ".50")
    everything = estimate(dated_record(launches, talks, *window), exciting=False).inside
    for value, text in zip((everything.rate, everything.low, everything.high), ("1.1", ".51", "2.1"), strict=True):
        assert_printed(value, text)
    covered = estimate(dated_record(launches, talks), exciting=False).inside
    assert covered.num_events == 9
    assert_printed(covered.exposure, "9.35")
    page = (root / "data/dprk-talks.md").read_text("utf-8")
    assert "nine launch days in 9.35 years" in page and "5.87 years" in page
    same = ["spell=missile_moratorium,implementation_2007,summits"]
    assert_printed(estimate(dated_record(launches, talks.where(same), *window), exciting=False).inside.exposure, "5.87")


def test_the_data_set_of_the_page_can_be_read(root, tmp_path):
    page = root / "docs/how-to/use-data.md"
    blocks = {block.language: block.text for block in reversed(pages.blocks(page))}  # the first of each language
    (tmp_path / "floods.csv").write_text(blocks["text"], "utf-8")
    (tmp_path / "floods.yaml").write_text(blocks["yaml"], "utf-8")
    assert [row["height"] for row in load_dataset(tmp_path / "floods.csv").rows] == [2.5, 1.0]


def test_the_page_names_every_key_of_a_column(root):
    text = (root / "docs/how-to/use-data.md").read_text("utf-8")
    named = set(re.findall(r"`(?:columns\.NAME\.)?(\w+)`", text))
    assert set(DataColumn.model_fields) - {"description"} <= named
    assert {"kind", "covers", "order", "unique", "sources"} <= named
