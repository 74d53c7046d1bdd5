"""Numbers and names as a reader sees them."""

from __future__ import annotations

import math

import pytest

from sim.reports import words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1234, "12.3%"),
        (0.0, "0.0%"),
        (1.0, "100.0%"),
        (0.0002, "<\u00a00.1%"),
        (-0.05, "\u22125.0%"),
        (math.nan, "n/a"),
    ],
)
def test_percent(value: float, expected: str) -> None:
    assert expected == words.percent(value)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (12, "12\u00a0days"), (1, "1\u00a0day"), (2.2, "2\u00a0days"), (0, "0\u00a0days"), (59.4, "59\u00a0days"),
        (92, "3.0\u00a0months"), (359, "12\u00a0months"), (1461, "4.0\u00a0years"), (math.nan, "never"), (None, "never"),
    ],
)  # fmt: skip
def test_duration_takes_the_unit_that_reads_best(days: float | None, expected: str) -> None:
    assert expected == words.duration(days)


def test_short_times_are_hours_where_the_clock_counts_hours() -> None:
    assert words.duration(1, hourly=True) == words.written(1, "hours") == "24\u00a0hours"
    assert words.duration(0.04, hourly=True) == "1\u00a0hour"
    assert words.duration(3, hourly=True) == "3.0\u00a0days" and words.duration(12, hourly=True) == "12\u00a0days"
    assert words.written(1, "days") == "1\u00a0day"
    assert words.duration_range(1, 0.5, 3, hourly=True) == "12 to 72"


def test_numbers_that_round_to_zero_have_no_sign() -> None:
    assert words.number(-0.001) == "0.00"
    assert words.number(-1.5) == "\u22121.50"
    assert words.integer(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1095, "3\u00a0years"), (365, "1\u00a0year"), (60, "60\u00a0days"), (300, "300\u00a0days"), (1, "1\u00a0day"),
        (0.5, "12\u00a0hours"), (1461, "4\u00a0years"), (100.4, "3.3\u00a0months"),
    ],
)  # fmt: skip
def test_chosen_spans_have_no_needless_decimals(days: float, expected: str) -> None:
    assert expected == words.span_words(days)


def test_one_is_not_many() -> None:
    assert [words.counted(n, "offer") for n in (0, 1, 1200)] == ["0 offers", "1 offer", "1,200 offers"]
    assert words.counted(2, "history", "histories") == "2 histories"
    assert [words.all_histories(n) for n in (1, 1000)] == ["the one history", "all 1,000 histories"]


def test_quartiles_share_the_unit_of_their_median() -> None:
    assert words.duration_range(92, 74, 123) == "2.4 to 4.0"
    assert words.duration_range(619, 399, 857) == "13 to 28"
    assert words.duration_range(None, 1, 2) == words.duration_range(1, math.nan, 2) == ""


@pytest.mark.parametrize(
    ("value", "expected"), [(1.7741, "1.77"), (0.01724, "0.0172"), (1263.2, "1,260"), (0.0, "0"), (-0.0203, "\u22120.0203")]
)
def test_three_digits_count(value: float, expected: str) -> None:
    assert expected == words.significant(value)


def test_clean_removes_what_could_break_or_turn_a_page() -> None:
    assert words.clean("a\x00b\u202ec\ud800d\ne") == "abcd e"
    assert words.clean("سلام \U0001f54a") == "سلام \U0001f54a"


def test_shorten_marks_the_cut() -> None:
    assert words.shorten("abcdef", 4) == "abc\u2026"
    assert words.shorten("abcd", 4) == "abcd"
