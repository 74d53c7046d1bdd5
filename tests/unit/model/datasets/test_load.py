"""Data sets are read whole and checked, cell by cell: one clear message for every fault, at its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sim.errors import ParameterError, ScenarioError, UsageError
from sim.model.datasets.load import load_dataset

DESCRIPTION = """\
schema_version: 1
id: floods
title: Floods of a river
description: Days on which the river left its bed.
kind: events
licence: CC0
covers: [2001-01-01, 2004-01-01]
order: date
unique: [date, place]
columns:
  date: {type: date, description: The day.}
  place: {type: name, values: [bridge, mill], description: Where.}
  height: {type: number, low: 0, description: Metres above the bed.}
  boats: {type: count, may_be_empty: true, description: Boats lost.}
  chance: {type: probability, description: What the warden gave it.}
  helpers: {type: names, values: [guard, monks], may_be_empty: true, description: Who came.}
  over: {type: date, may_be_empty: true, not_before: date, description: When the water was gone.}
  damage: {type: number, may_be_empty: true, known: over, description: Pounds.}
  fair: {type: date, may_be_empty: true, planned: true, description: The next fair.}
  source: {type: source, description: Which book.}
sources:
  annals: {title: Annals of the town}
  ledger: {title: Ledger of the mill}
"""
HEADINGS = "date,place,height,boats,chance,helpers,over,damage,fair,source"
ROWS = (
    "2001-03-04,bridge,2.5,3,.5,guard;monks,2001-03-09,120,2001-05-01,annals",
    "2002-02-11,mill,1,,.25,,2002-02-13,7.5,2002-05-01,ledger",
    "2003-01-30,mill,4,0,1,monks,,,2003-05-01,annals",
)


def written(
    folder: Path, rows: tuple[str, ...] = ROWS, headings: str = HEADINGS, description: str = DESCRIPTION
) -> Path:
    (folder / "floods.yaml").write_text(description, "utf-8")
    table = folder / "floods.csv"
    table.write_text("\n".join([headings, *rows]) + "\n", "utf-8")
    return table


def faults(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_dataset(path)
    return [str(item) for item in caught.value.diagnostics]


def test_cells_have_the_values_of_their_types(tmp_path):
    data = load_dataset(written(tmp_path))
    assert data.rows[0] == {
        "date": dt.date(2001, 3, 4), "place": "bridge", "height": 2.5, "boats": 3, "chance": 0.5, "helpers": ("guard", "monks"),
        "over": dt.date(2001, 3, 9), "damage": 120.0, "fair": dt.date(2001, 5, 1), "source": "annals",
    }  # fmt: skip
    assert data.rows[1]["boats"] is None and data.rows[1]["helpers"] == () and data.rows[2]["over"] is None
    assert data.covers == (dt.date(2001, 1, 1), dt.date(2004, 1, 1)) and data.column("height") == [2.5, 1.0, 4.0]


def test_the_description_names_the_same_data_and_columns_may_stand_in_any_order(tmp_path):
    table = written(tmp_path)
    first = load_dataset(table)
    assert load_dataset(tmp_path / "floods.yaml").rows == first.rows
    turned = [",".join(reversed(line.split(","))) for line in (HEADINGS, *ROWS)]
    table.write_text("\n".join(turned), "utf-8")
    again = load_dataset(table)
    assert again.rows == first.rows and again.hash != first.hash


def edited(number: int, column: str, value: str) -> tuple[str, ...]:
    """The rows with one cell changed."""
    rows = [row.split(",") for row in ROWS]
    rows[number][HEADINGS.split(",").index(column)] = value
    return tuple(",".join(row) for row in rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (edited(1, "date", "2002-02-30"), "floods.csv:3:1: date: expected a day of that month, found 30 in 2002-02-30"),
        (edited(1, "date", "11.2.2002"), "expected a date, found the text '11.2.2002' (write year-month-day, as in 2018-03-09)"),
        (edited(1, "date", ""), "date: expected a date, as in 2018-03-09, found nothing"),
        (edited(1, "date", "2001-01-05"), "floods.csv:3:1: dates are out of order: expected a date from 2001-03-04 on, that of line 2"),
        (edited(2, "date", "2004-01-01"), "expected a date that the data set covers, from 2001-01-01 to before 2004-01-01"),
        (edited(0, "over", "2001-03-01"), "over: expected a date from 2001-03-04 on, that of 'date', found 2001-03-01"),
        (edited(1, "chance", "1.5"), "chance: expected a probability from 0 to 1, found 1.5 (is it in percent? Write 0.015)"),
        (edited(1, "chance", "-.1"), "expected a probability from 0 to 1, found -.1"),
        (edited(1, "chance", "nan"), "chance: expected a number, found the text 'nan'"),
        (edited(1, "height", "-1"), "height: expected a number from 0, found -1"),
        (edited(1, "height", "deep"), "height: expected a number, found the text 'deep'"),
        (edited(0, "boats", "2.5"), "boats: expected a whole number from 0, found 2.5"),
        (edited(1, "place", "mil"), "unknown place the text 'mil' (did you mean 'mill'?)"),
        (edited(0, "helpers", "guard;monk"), "unknown helpers the text 'monk' (did you mean 'monks'?)"),
        (edited(1, "source", "legder"), "unknown source 'legder' (did you mean 'ledger'?)"),
        (edited(1, "source", ""), "source: expected a source, found nothing"),
        (edited(2, "damage", "9"), "'damage' has a value, but not 'over', which says since when it is known"),
        ((ROWS[0], ROWS[0], *ROWS[1:]), "floods.csv:3:1: the row of line 2 again: the same date, place (keep one of them)"),
        ((ROWS[0] + ",x", *ROWS[1:]), "expected 10 cells, one a heading, found 11"),
        (("2001-03-04,bridge", *ROWS[1:]), "expected 10 cells, one a heading, found 2"),
        (('2001-03-04,"bridge,2.5', *ROWS[1:]), "a quotation mark is not closed on its line"),
        ((), ": the table has headings and no rows"),
    ],
)  # fmt: skip
def test_a_fault_of_a_row_is_told_at_its_place(tmp_path, rows, message):
    (found,) = faults(written(tmp_path, rows))
    assert message in found


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (HEADINGS.replace(",chance", ""), "the column 'chance' is missing"),
        (HEADINGS.replace("chance", "chanse"), "unknown column the text 'chanse' (did you mean 'chance'?)"),
        (HEADINGS.replace("chance", "height"), "the column 'height' stands here twice"),
    ],
)
def test_a_fault_of_the_headings_is_told(tmp_path, headings, message):
    assert any(message in item for item in faults(written(tmp_path, headings=headings)))


def test_all_faults_are_told_at_once(tmp_path):
    rows = (edited(0, "chance", "2")[0], edited(1, "source", "x")[1], edited(2, "date", "soon")[2])
    assert len(faults(written(tmp_path, rows))) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the table is empty"),
        (b"\n \n", "the table is empty"),
        (b"da\xffte", "not in UTF-8"),
        (b"a\0b", "no text in UTF-8"),
    ],
)
def test_a_table_that_is_none_is_told(tmp_path, content, message):
    written(tmp_path).write_bytes(content)
    (found,) = faults(tmp_path / "floods.csv")
    assert message in found


def test_missing_files_are_told(tmp_path):
    table = written(tmp_path)
    (tmp_path / "floods.yaml").unlink()
    with pytest.raises(UsageError, match=r"there is no description beside it, floods\.yaml"):
        load_dataset(table)
    written(tmp_path).unlink()
    assert "there is no table beside the description" in faults(table)[0]
    with pytest.raises(UsageError, match="unknown data set 'dprk-lanches'") as caught:
        load_dataset("dprk-lanches")
    assert caught.value.hint == "did you mean 'dprk-launches'?"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "covers: [2001-01-01, 2004-01-01]",
            "covers: [2004-01-01, 2001-01-01]",
            "expected the first date before the second",
        ),
        ("covers: [2001-01-01, 2004-01-01]", "covers: [2001-01-01, 2004-02-31]", "expected a day of that month"),
        ("kind: events", "kind: spells", "spells need a column 'start'"),
        ("kind: events", "kind: event", "kind"),
        ("date: {type: date, d", "date: {type: text, d", "expected the type date, as events have it, found text"),
        ("unique: [date, place]", "unique: [date, plaice]", "there is no column 'plaice' (did you mean 'place'?)"),
        ("known: over", "known: ovr", "there is no column 'ovr' (did you mean 'over'?)"),
        ("known: over", "known: height", "expected a column of dates, found 'height', which is of type number"),
        ("order: date", "order: place", "expected a column of dates, found 'place'"),
        ("{type: number, low: 0", "{type: text, low: 0", "a column of type text has no `low`"),
        ("licence: CC0\n", "", "licence"),
        ("licence: CC0\n", "license: CC0\n", "did you mean 'licence'?"),
    ],
)
def test_a_fault_of_the_description_is_told(tmp_path, old, new, message):
    assert old in DESCRIPTION
    found = faults(written(tmp_path, description=DESCRIPTION.replace(old, new, 1)))
    assert any(message in item for item in found), found


def test_a_scenario_is_not_taken_for_a_description(tmp_path):
    written(tmp_path)
    (tmp_path / "floods.yaml").write_text("schema_version: 1\nactors: {}\n", "utf-8")
    assert "this is a scenario, not the description of a data set" in faults(tmp_path / "floods.csv")[0]


# What was known before a date


def test_later_rows_are_gone_and_later_values_are_empty(tmp_path):
    data = load_dataset(written(tmp_path), before="2002-02-13")
    assert [row["date"].year for row in data.rows] == [2001, 2002]
    assert data.rows[1]["over"] is None and data.rows[1]["damage"] is None
    assert data.rows[0]["damage"] == 120.0
    assert data.rows[1]["fair"] == dt.date(2002, 5, 1)  # announced ahead
    assert data.covers == (dt.date(2001, 1, 1), dt.date(2002, 2, 13)) and data.before == dt.date(2002, 2, 13)


def test_the_day_itself_is_not_known_before_it(tmp_path):
    table = written(tmp_path)
    assert len(load_dataset(table, before="2002-02-11").rows) == 1
    assert len(load_dataset(table, before="2002-02-12").rows) == 2
    assert load_dataset(table, before="2002-02-14").rows[1]["damage"] == 7.5


def test_before_the_first_row_nothing_is_known(tmp_path):
    table = written(tmp_path)
    with pytest.raises(ParameterError, match="nothing in it was known before 2001-03-04") as caught:
        load_dataset(table, before="2001-03-04")
    assert "known from 2001-03-04 on" in caught.value.hint
    with pytest.raises(ParameterError, match="before: expected a date, found the text 'then'"):
        load_dataset(table, before="then")


# Conditions


def test_conditions_choose_rows(tmp_path):
    data = load_dataset(written(tmp_path))
    assert [row["date"].year for row in data.where(["place=mill"]).rows] == [2002, 2003]
    assert [row["date"].year for row in data.where(["helpers=monks"]).rows] == [2001, 2003]
    assert [row["date"].year for row in data.where(["helpers=guard,monks", "place=bridge"]).rows] == [2001]
    assert [row["date"].year for row in data.where(["boats=0"]).rows] == [2003]


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("plaice=mill", "there is no column 'plaice'", "did you mean 'place'?"),
        ("place=milll", "no row has place=milll", "did you mean 'mill'?"),
        ("place", "expected a condition such as category=talks, found 'place'", "write column=value"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(tmp_path, condition, message, hint):
    with pytest.raises(ParameterError, match=message) as caught:
        load_dataset(written(tmp_path)).where([condition])
    assert caught.value.hint == hint
