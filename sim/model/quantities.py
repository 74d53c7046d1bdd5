"""Durations and dates as people write them, as numbers in the scenario's time unit.

``90 days``, ``2 weeks``, ``1.5 months``, ``36 hours``, ``3 years``; a month is 30 days and a year 365, so that a
duration does not depend on when it begins. A bare number is in the scenario's time unit. A date in ISO form,
``2018-03-09``, is the time from the scenario's start to the beginning of that day.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Literal, get_args

from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, describe, nearest, visible

TimeUnit = Literal["days", "hours"]
TIME_UNITS: tuple[str, ...] = get_args(TimeUnit)

HOURS_IN: dict[str, float] = {
    "minutes": 1.0 / 60.0,
    "hours": 1.0,
    "days": 24.0,
    "weeks": 7.0 * 24.0,
    "months": 30.0 * 24.0,  # by convention: see the top of the module
    "years": 365.0 * 24.0,  # likewise, without leap days
}
# What may be written -> the name used in texts the simulator writes. No "m": minutes and months both begin with it.
UNIT_NAMES: dict[str, str] = {
    **{name: name for name in HOURS_IN},
    **{name.removesuffix("s"): name for name in HOURS_IN},
    "h": "hours",
    "d": "days",
    "w": "weeks",
    "y": "years",
}

MAX_DURATION_HOURS = 24.0 * 365.0 * 10_000  # ten thousand years: beyond it, a slip of the keyboard

_DURATION = re.compile(r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)(?:\s*([^\W\d_]+)\.?)?\Z")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE_LIKE = re.compile(
    rf"[0-9]{{1,4}}\s*[-/. ]\s*(?:[0-9]{{1,2}}|{_MONTH})\s*[-/. ,]\s*[0-9]{{1,4}}(?:[T ].*)?\Z"
    rf"|{_MONTH}\.?\s+[0-9]{{1,2}},?\s+[0-9]{{4}}\Z",
    re.IGNORECASE,
)
_COUNTS = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
}  # fmt: skip
_EXAMPLE = "write it as in '90 days', '2 weeks' or '3 years'"


class QuantityError(ScenarioError, ValueError):
    """A duration or date that cannot be understood."""

    def __init__(self, expected: str, found: str, hint: str = ""):
        self.expected = expected
        self.found = found
        super().__init__([Diagnostic(expected=expected, found=found, hint=hint)], hint=hint)

    def __str__(self) -> str:
        return visible(f"expected {self.expected}, found {self.found}")


def in_time_unit(amount: float, unit: str, time_unit: TimeUnit) -> float:
    """An amount of some unit (a key of ``HOURS_IN``; empty: already in the time unit) in the scenario's time unit."""
    if not unit or unit == time_unit:
        return amount
    if unit == "minutes":
        return amount / (60.0 * HOURS_IN[time_unit])  # a sixtieth has no exact binary form; 60 has
    return amount * HOURS_IN[unit] / HOURS_IN[time_unit]


def parse_duration(value: float | str, time_unit: TimeUnit = "days") -> float:
    """A duration in the scenario's time unit, >= 0.

    Raises `QuantityError` for anything that is not a number or a number with a unit, and for negative durations.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise QuantityError("a duration", describe(value), _EXAMPLE)
    if isinstance(value, str):
        amount, unit = _amount_and_unit(value)
    else:
        amount, unit = float(value), ""
    if not math.isfinite(amount):
        raise QuantityError("a finite duration", describe(value), _EXAMPLE)
    if amount < 0.0:
        raise QuantityError("a duration >= 0", describe(value), "write it without the minus sign")
    duration = in_time_unit(amount, unit, time_unit)
    if duration * HOURS_IN[time_unit] > MAX_DURATION_HOURS:
        raise QuantityError("a duration of at most 10,000 years", describe(value), "check the number and its unit")
    return duration


def is_duration(text: str) -> bool:
    """Whether a text is a number with a unit of time."""
    try:
        return bool(_amount_and_unit(text)[1])
    except QuantityError:
        return False


def _amount_and_unit(text: str) -> tuple[float, str]:
    match = _DURATION.match(text.strip())
    if match is None:
        raise QuantityError("a duration", describe(text), _duration_hint(text))
    word = match[2]
    if word is None:
        return float(match[1]), ""
    unit = UNIT_NAMES.get(word) or UNIT_NAMES.get(word.lower())
    if unit is None:
        close = nearest(word, (name for name in UNIT_NAMES if len(name) > 1))
        if word.lower() in ("m", "mo", "mon", "min", "mins", "mos"):
            hint = f"write '{match[1]} minutes' or '{match[1]} months'"
        elif close is not None:
            hint = f"did you mean '{match[1]} {UNIT_NAMES[close]}'?"
        else:
            hint = f"units: {', '.join(HOURS_IN)}"
        raise QuantityError("a time unit after the number", f"'{word}' in '{text.strip()[:60]}'", hint)
    return float(match[1]), unit


def _duration_hint(text: str) -> str:
    words = text.strip().lower().split()
    if len(words) == 2 and words[0] in _COUNTS and words[1] in UNIT_NAMES:
        return f"write '{_COUNTS[words[0]]} {UNIT_NAMES[words[1]]}'"
    if _DATE_LIKE.match(text.strip()):
        return f"this looks like a date; {_EXAMPLE}"
    if len(words) > 2 and any(word.strip(",") in UNIT_NAMES for word in words):
        return "use one unit, as in '18 months' for a year and a half"
    if re.match(r"[0-9]+,[0-9]+", text.strip()):
        decimal = re.fullmatch(r"([0-9]+),([0-9]{1,2}|[0-9]{4,})( *[a-z]*)", text.strip())
        if decimal is not None:
            return f"write '{decimal[1]}.{decimal[2]}{decimal[3]}'"
        return "write decimals with '.' and thousands without ','"
    return _EXAMPLE


def parse_date(value: object) -> datetime.date:
    """The date of an ISO text such as ``2018-03-09``. Raises `QuantityError`."""
    text = value.strip() if isinstance(value, str) else ""
    match = _DATE.match(text)
    if match is None:
        raise QuantityError("a date", describe(value), "write year-month-day, as in 2018-03-09")
    year, month, day = (int(part) for part in match.groups())
    try:
        return datetime.date(year, month, day)
    except ValueError:
        if not 1 <= month <= 12:
            swapped = f"{year:04d}-{day:02d}-{month:02d}" if 1 <= day <= 12 else ""
            hint = f"did you mean {swapped}?" if swapped else "months are 01 to 12"
            raise QuantityError("a month from 01 to 12", f"{match[2]} in {text}", hint) from None
        raise QuantityError("a day of that month", f"{match[3]} in {text}", "check the calendar") from None


def parse_moment(value: float | str, start: datetime.date | None = None, time_unit: TimeUnit = "days") -> float:
    """A moment as time since the scenario's start, in its time unit: a date, a duration after the start, or a number.

    Raises `QuantityError`, also for a date before the start or in a scenario that does not say when it starts.
    """
    if isinstance(value, str) and _DATE_LIKE.match(value.strip()):
        date = parse_date(value)
        if start is None:
            hint = "say when the scenario starts, or write '90 days'"
            raise QuantityError("a time after the start", f"the date {date}", hint)
        if date < start:
            raise QuantityError(f"a date from the start on ({start})", str(date), "check the year, or begin earlier")
        return (date - start).days * (24.0 / HOURS_IN[time_unit])
    return parse_duration(value, time_unit)
