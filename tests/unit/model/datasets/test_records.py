"""Data sets become records of events in a window, with pauses."""

from __future__ import annotations

import datetime as dt

import pytest

from sim.errors import ParameterError
from sim.model.datasets.load import load_dataset
from sim.model.datasets.records import dated_record

LAUNCHES, TALKS = load_dataset("dprk-launches"), load_dataset("dprk-talks")


def ordinal(date: str) -> int:
    return dt.date.fromisoformat(date).toordinal()


def test_dates_become_days_at_noon_and_earlier_events_are_kept():
    found = dated_record(LAUNCHES, start="2012-02-29", end="2017-11-30")
    assert (
        found.record.times.size == 54
        and found.record.start == ordinal("2012-02-29")
        and found.record.end == ordinal("2017-11-30")
    )
    assert found.record.times[0] == ordinal("2012-04-13") + 0.5
    assert found.record.earlier[-1] == ordinal("2009-07-05") + 0.5


def test_an_event_of_the_day_that_ends_a_pause_is_outside_it():
    """The Leap Day understanding ended with the launch of 13 April 2012; a period that began that day would hold it."""
    found = dated_record(LAUNCHES, TALKS.where(["spell=leap_day"]), "2012-01-01", "2013-01-01")
    assert found.record.pauses == ((ordinal("2012-02-29"), ordinal("2012-04-13")),)
    assert not found.record.is_paused.any()
    assert found.record.paused_exposure == 44


def test_a_spell_that_goes_on_lasts_to_the_end_of_the_window():
    talks = load_dataset("dprk-talks", before="2018-06-01")
    found = dated_record(load_dataset("dprk-launches", before="2018-06-01"), talks, start="2017-01-01")
    assert found.end == dt.date(2018, 6, 1)
    assert found.record.pauses[-1] == (ordinal("2018-03-08"), ordinal("2018-06-01"))


def test_the_window_is_all_that_both_cover():
    found = dated_record(LAUNCHES, TALKS)
    assert (found.start, found.end) == (dt.date(1993, 1, 1), dt.date(2022, 4, 1))


def test_days_are_counted_and_told():
    timeline = load_dataset("dprk-timeline")
    found = dated_record(timeline, start="2018-01-01", end="2019-01-01")
    assert found.remarks == ("days with events are counted: 28 events came on 26 days",)
    assert dated_record(timeline.where(["category=nuclear_test"])).record.times.size == 6


def test_spells_count_by_their_first_day():
    assert dated_record(load_dataset("korean-crises"), start="1993-01-01", end="2018-01-01").record.times.size == 11


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"start": "1990-01-01"}, "reaches beyond what is covered, 1993-01-01 to before 2026-04-20"),
        ({"end": "2027-01-01"}, "reaches beyond what is covered"),
        (
            {"start": "2018-01-01", "end": "2018-01-01"},
            "a window that ends after it starts, found 2018-01-01 to 2018-01-01",
        ),
        ({"start": "2018-01-01", "end": "2019-01-01"}, "no event from 2018-01-01 to before 2019-01-01"),
        ({"start": "January"}, "the start of the window: expected a date, found the text 'January'"),
        ({"spells": LAUNCHES}, "expected a data set of spells, found one of events"),
        ({"events": load_dataset("forecasts")}, "expected a data set of events, found one of forecasts"),
    ],
)
def test_a_window_that_cannot_be_is_refused(words, message):
    with pytest.raises(ParameterError, match=message):
        dated_record(**{"events": LAUNCHES, **words})
