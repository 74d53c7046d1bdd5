"""Numbers and names as a reader sees them."""

from __future__ import annotations

import math
import re
import unicodedata

from sim.analysis import durations
from sim.reports.content import Form

NBSP = "\u00a0"
DASH = "\u2013"
MINUS = "\u2212"

# Overrides of the writing direction could make a page read differently from what it says.
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text without control characters, direction overrides and broken surrogates; line breaks become spaces."""
    if text.isprintable():  # neither controls nor overrides nor surrogates nor line breaks: nearly all text
        return text
    text = _DIRECTION_CONTROLS.sub("", text)
    return "".join(
        " " if char in "\t\n\r\u2028\u2029" else char
        for char in text
        if char in "\t\n\r" or unicodedata.category(char) not in ("Cc", "Cs")
    )


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut with an ellipsis."""
    text = clean(text)
    return text if len(text) <= limit else text[: max(limit - 1, 1)].rstrip() + "\u2026"


def percent(value: float | None, digits: int = 1) -> str:
    """0.1234 -> 12.3%; shares that are not zero but round to it are written as less than the last digit."""
    if value is None or not math.isfinite(value):
        return "n/a"
    smallest = 10.0**-digits
    if 0 < value * 100 < smallest / 2:
        return f"<{NBSP}{smallest:.{digits}f}%"
    return _signed(f"{value * 100:.{digits}f}") + "%"


def percent_interval(low: float, high: float, digits: int = 1) -> str:
    """(0.12, 0.15) -> 12.0-15.0% with a proper dash."""
    return f"{low * 100:.{digits}f}{DASH}{high * 100:.{digits}f}%"


def number(value: float | None, digits: int = 2) -> str:
    if value is None or not math.isfinite(value):
        return "n/a"
    return _signed(f"{value:,.{digits}f}")


def integer(value: float | None) -> str:
    """1234567 -> 1,234,567."""
    if value is None or not math.isfinite(value):
        return "n/a"
    return _signed(f"{value:,.0f}")


def duration(days: float | None, hourly: bool = False) -> str:
    """A time in the unit in which it reads best (`sim.analysis.durations`), on one line."""
    return durations.duration(days, hourly).replace(" ", NBSP)


def duration_range(middle: float | None, low: float | None, high: float | None, hourly: bool = False) -> str:
    """Two times in the unit of the middle one, which stands beside them: 2.4 to 4.0; nothing without them."""
    return durations.duration_range(low, middle, high, hourly)


def span_words(days: float) -> str:
    """A length that somebody chose, without decimals where it has none: 3 years, 60 days, 36 hours."""
    return durations.span(days).replace(" ", NBSP)


def counted(number: int, thing: str, things: str = "") -> str:
    """A number with its noun: 1 offer, 1,200 offers, 1 history, 20 histories."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def all_histories(number: int) -> str:
    """The histories that a figure rests on: all 1,000 histories, the one history."""
    return f"all {integer(number)} histories" if number != 1 else "the one history"


def written(value: float, form: Form, digits: int | None = None) -> str:
    """A number in the form that a finding asks for."""
    if form == "percent":
        return percent(value, 1 if digits is None else digits)
    if form == "points":
        return f"{number(100 * value, 1 if digits is None else digits)} percentage points"
    if form == "integer":
        return integer(value)
    if form in ("days", "hours"):
        return duration(value, hourly=form == "hours")
    return number(value, 2 if digits is None else digits)


def written_range(low: float, high: float, form: Form) -> str:
    """Two bounds in the form that a finding asks for."""
    return percent_interval(low, high) if form == "percent" else f"{written(low, form)} to {written(high, form)}"


def significant(value: float | None) -> str:
    """Three digits that count: 1.77, 0.0172, 1,260."""
    if value is None or not math.isfinite(value):
        return "n/a"
    if value == 0.0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return number(round(value, digits), max(digits, 0))


def _signed(text: str) -> str:
    """Minus sign instead of hyphen, and no minus before a zero."""
    if text.startswith("-"):
        return text[1:] if not text.strip("-0.,") else MINUS + text[1:]
    return text
