"""Marks of axes: round, both ends among them, and never more than there is room for."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.reports import ticks


@pytest.mark.parametrize(
    ("top", "most", "marks"),
    [
        (0.487, 7, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (0.5, 5, [0, 0.2, 0.4, 0.6]),
        (0.105, 7, [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]),
        (1.0, 7, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.0, 5, [0, 1]),
    ],
)
def test_marks_go_up_to_the_first_round_number_that_is_not_below(top: float, most: int, marks: list[float]) -> None:
    assert marks == ticks.up_to(top, most)


@given(st.floats(1e-6, 1e6), st.integers(3, 9))
def test_marks_hold_the_data_and_have_room(top: float, most: int) -> None:
    marks = ticks.up_to(top, most)
    assert 2 <= len(marks) <= most
    assert marks[0] == 0 and marks[-1] >= top * (1 - 1e-9)
    assert marks[-2] < top


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "marks"),
    [
        (0, 1, 5, False, [0, 0.25, 0.5, 0.75, 1]),
        (0, 9, 5, True, [0, 3, 6, 9]),
        (0, 13, 7, False, [0, 2.5, 5, 7.5, 10, 13]),
        (0, 13, 7, True, [0, 3, 6, 9, 13]),
        (4, 4, 5, False, [4]),
    ],
)
def test_marks_between_two_ends_hold_both(low, high, most, whole, marks) -> None:
    assert marks == ticks.between(low, high, most, whole)


@pytest.mark.parametrize(
    ("first", "last", "most", "words"),
    [
        ("2018-03-09", "2021-03-08", 7, ["Mar 2018", "Sep 2018", "Mar 2019", "Sep 2019", "Mar 2020", "Sep 2020", "Mar 2021"]),
        ("2018-03-09", "2021-03-08", 4, ["Mar 2018", "Mar 2019", "Mar 2020", "Mar 2021"]),
        ("2018-01-31", "2018-06-30", 6, ["Jan 2018", "Feb 2018", "Mar 2018", "Apr 2018", "May 2018", "Jun 2018"]),
        ("1962-10-16", "1962-10-29", 7, ["16 Oct 1962", "19 Oct", "22 Oct", "25 Oct", "29 Oct"]),
        ("2018-12-20", "2019-01-19", 4, ["20 Dec 2018", "30 Dec", "9 Jan 2019", "19 Jan"]),
    ],
)  # fmt: skip
def test_dates_are_marked_at_both_ends(first: str, last: str, most: int, words: list[str]) -> None:
    marks = ticks.dates(first, last, most)
    assert words == [text for _, text in marks]
    assert (marks[0][0], marks[-1][0]) == (first, last)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 20000), st.integers(3, 9))
def test_marks_of_dates_ascend_and_have_room(start: date, days: int, most: int) -> None:
    end = start + timedelta(days=days)
    moments = [day for day, _ in ticks.dates(start.isoformat(), end.isoformat(), most)]
    assert moments[0] == start.isoformat() and moments[-1] == end.isoformat()
    assert 2 <= len(moments) <= most
    assert all(one < two for one, two in itertools.pairwise(moments))
