"""Durations and dates are read as people write them, in the scenario's time unit."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model.quantities import (
    HOURS_IN,
    QuantityError,
    in_time_unit,
    is_duration,
    parse_date,
    parse_duration,
    parse_moment,
)

START = datetime.date(2018, 3, 1)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("90 days", 90.0),
        ("1 day", 1.0),
        ("90days", 90.0),
        (" 2  weeks ", 14.0),
        ("1.5 months", 45.0),
        ("3 years", 1095.0),
        ("36 hours", 1.5),
        ("36 Hours", 1.5),
        ("90 minutes", 0.0625),
        ("7 d", 7.0),
        ("12 h", 0.5),
        ("1e2 days", 100.0),
        ("0 days", 0.0),
        ("90", 90.0),
        (30, 30.0),
        (0.5, 0.5),
    ],
)
def test_durations_are_exact_in_days(written, days):
    assert parse_duration(written) == days


def test_a_bare_number_is_in_the_scenarios_time_unit():
    assert parse_duration(36, "hours") == 36.0
    assert parse_duration("36", "hours") == 36.0
    assert parse_duration("1.5 days", "hours") == 36.0


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("3 weks", "expected a time unit after the number, found 'weks' in '3 weks'", "did you mean '3 weeks'?"),
        ("3 yeers", "expected a time unit", "did you mean '3 years'?"),
        ("3 m", "expected a time unit", "write '3 minutes' or '3 months'"),
        ("3 bananas", "expected a time unit", "units: minutes, hours, days, weeks, months, years"),
        ("two weeks", "expected a duration, found the text 'two weeks'", "write '2 weeks'"),
        ("1 year 6 months", "expected a duration", "use one unit, as in '18 months' for a year and a half"),
        ("1,5 days", "expected a duration", "write '1.5 days'"),
        ("2018-03-09", "expected a duration", "this looks like a date; write"),
        ("soon", "expected a duration, found the text 'soon'", "write it as in '90 days'"),
        ("", "expected a duration, found an empty text", "write it as in '90 days'"),
        ("-3 days", "expected a duration >= 0, found the text '-3 days'", "write it without the minus sign"),
        (-3, "expected a duration >= 0, found -3", "write it without the minus sign"),
        (True, "expected a duration, found true", "write it as in '90 days'"),
        ([1], "expected a duration, found a list of 1 entry", "write it as in '90 days'"),
        (float("nan"), "expected a finite duration", "write it as in '90 days'"),
        ("1e999 days", "expected a finite duration", "write it as in '90 days'"),
        ("1e9 years", "expected a duration of at most 10,000 years", "check the number and its unit"),
    ],
)
def test_a_refused_duration_says_what_to_write(written, message, hint):
    with pytest.raises(QuantityError) as caught:
        parse_duration(written)
    assert str(caught.value).startswith(message)
    assert caught.value.hint.startswith(hint)


def test_a_refusal_is_a_scenario_error_and_a_value_error():
    """Validators of the file format report what is a ValueError, the command line what is a ScenarioError."""
    assert issubclass(QuantityError, ScenarioError)
    assert issubclass(QuantityError, ValueError)


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("2018-03-09", "days", 8.0),
        ("2018-03-09", "hours", 192.0),
        ("2018-03-01", "days", 0.0),
        ("2020-03-01", "days", 731.0),  # through 29 February 2020
        ("2 weeks", "days", 14.0),
        (5, "days", 5.0),
    ],
)
def test_a_moment_is_time_since_the_start(written, unit, expected):
    assert parse_moment(written, START, unit) == expected


@pytest.mark.parametrize(
    ("written", "start", "message", "hint"),
    [
        ("2018-02-28", START, "a date from the start on (2018-03-01), found 2018-02-28", "check the year"),
        ("2018-03-09", None, "found the date 2018-03-09", "say when the scenario starts"),
        ("2018-13-09", START, "a month from 01 to 12, found 13 in 2018-13-09", "did you mean 2018-09-13?"),
        ("2018-02-30", START, "a day of that month, found 30 in 2018-02-30", "check the calendar"),
        ("9/3/2018", START, "a date, found the text '9/3/2018'", "write year-month-day, as in 2018-03-09"),
        ("2018-3-9", START, "a date, found the text '2018-3-9'", "write year-month-day, as in 2018-03-09"),
        ("9 March 2018", START, "a date, found the text '9 March 2018'", "write year-month-day, as in 2018-03-09"),
        ("March 9, 2018", START, "a date", "write year-month-day, as in 2018-03-09"),
        ("2018-03-09T12:00", START, "a date", "write year-month-day, as in 2018-03-09"),
    ],
)
def test_a_refused_date_says_what_to_write(written, start, message, hint):
    with pytest.raises(QuantityError) as caught:
        parse_moment(written, start)
    assert message in str(caught.value)
    assert caught.value.hint.startswith(hint)


@given(st.dates(min_value=START))
def test_dates_are_counted_as_the_calendar_does(date):
    if (date - START).days <= 3_650_000:
        assert parse_moment(date.isoformat(), START) == (date - START).days
        assert parse_date(date.isoformat()) == date


@given(st.floats(0, 1e4), st.sampled_from(sorted(HOURS_IN)))
def test_a_written_duration_is_its_amount_times_its_unit(amount, unit):
    expected = amount * HOURS_IN[unit] / 24.0
    assert parse_duration(f"{amount!r} {unit}") == pytest.approx(expected, rel=1e-15)
    assert in_time_unit(amount, unit, "days") == parse_duration(f"{amount!r} {unit}")


def test_only_a_number_with_a_unit_of_time_is_a_duration():
    assert is_duration("9000 years") and is_duration("1 h")
    assert not any(is_duration(text) for text in ("150 %", "12", "2 parsecs", "soon", ""))
