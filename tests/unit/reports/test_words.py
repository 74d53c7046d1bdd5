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
    [(12, "12\u00a0days"), (359, "11.8\u00a0months"), (1461, "4.0\u00a0years"), (math.nan, "never"), (None, "never")],
)
def test_duration_takes_the_unit_that_reads_best(days: float | None, expected: str) -> None:
    assert expected == words.duration(days)


def test_numbers_that_round_to_zero_have_no_sign() -> None:
    assert words.number(-0.001) == "0.00"
    assert words.number(-1.5) == "\u22121.50"
    assert words.integer(1234567) == "1\u00a0234\u00a0567"


def test_clean_removes_what_could_break_or_turn_a_page() -> None:
    assert words.clean("a\x00b\u202ec\ud800d\ne") == "abcd e"
    assert words.clean("سلام \U0001f54a") == "سلام \U0001f54a"


def test_shorten_marks_the_cut() -> None:
    assert words.shorten("abcdef", 4) == "abc\u2026"
    assert words.shorten("abcd", 4) == "abcd"
