"""Bars, sparklines and paragraphs keep to their cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli.layout import bar, clipped, meter, padded, paragraph, sparkline
from sim.model.diagnostics import cells

PARTS = st.floats(0.0, 1.0)


@given(PARTS, PARTS, st.integers(1, 60), st.booleans())
def test_a_bar_is_as_long_as_asked(one, other, length, blocks):
    drawn = bar(min(one, other), max(one, other), length, blocks)
    assert len(drawn) == length
    assert blocks or drawn.isascii()


def test_a_bar_is_solid_to_the_low_end_and_shaded_to_the_high_end():
    assert bar(0.3, 0.6, 10, True) == "███▒▒▒    "
    assert bar(0.3, 0.6, 10, False) == "###---    "
    assert bar(0.0, 0.01, 10, True) == "▒         "
    assert bar(0.0, 0.0, 3, True) == "   "
    assert bar(1.0, 1.0, 3, True) == "███"


@given(PARTS, st.integers(1, 60), st.booleans())
def test_a_meter_is_as_long_as_asked(value, length, blocks):
    assert len(meter(value, length, blocks)) == length


def test_a_meter_counts_eighths():
    assert meter(0.5, 4, True) == "██  "
    assert meter(0.53125, 4, True) == "██▏ "
    assert meter(2.0, 4, True) == "████"


def test_a_sparkline_spans_its_bounds():
    assert sparkline([0.0, 0.5, 1.0], 3, 0.0, 1.0, True) == "▁▅█"
    assert sparkline([0.0, 0.5, 1.0], 3, 0.0, 1.0, False) == ".+@"
    assert sparkline([5.0, -5.0], 2, 0.0, 1.0, True) == "█▁"
    assert sparkline([1.0], 5, 0.0, 1.0, True) == "█"
    assert sparkline([], 5, 0.0, 1.0, True) == ""


@pytest.mark.parametrize(("text", "length"), [("北朝鮮とアメリカ", 7), ("plain text that is long", 10), ("ok", 5)])
def test_clipped_and_padded_text_fits_in_cells(text, length):
    assert cells(clipped(text, length)) <= length
    assert cells(padded(clipped(text, length), length)) == length


def test_what_a_terminal_could_obey_is_shown_as_a_code():
    assert "\x1b" not in clipped("\x1b[31mred", 40)
    assert "\x1b" not in "".join(paragraph("\x1b]0;title\x07 text", 40))


def test_paragraphs_keep_to_the_width():
    lines = paragraph("word " * 50, 40, "- ", "  ")
    assert max(map(len, lines)) <= 40 and lines[0].startswith("- ") and lines[1].startswith("  word")
    assert paragraph("", 40) == [""]
