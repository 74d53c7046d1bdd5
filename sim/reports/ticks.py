"""Marks of axes: round numbers and dates, from one end of an axis to the other, both ends marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

_MONTHS = (1, 2, 3, 4, 6, 12, 24, 36, 60, 120, 240, 600, 1200)  # steps of a calendar
_DAYS = (1, 2, 3, 5, 7, 10, 14, 30)
_WHOLE = (1, 2, 3, 4, 5, *(m * 10**n for n in range(1, 6) for m in (1, 2, 5)))
_MANTISSAS = (1.0, 2.0, 2.5, 5.0, 10.0)
SMALLEST = 1e-9  # top of an axis that has one at all
_ROOM = 0.6  # of a step, which the last mark keeps from the one before it


def up_to(top: float, most: int) -> list[float]:
    """Marks from 0 to the first round number that is not below `top`: at most `most` of them and at least two."""
    if not top > SMALLEST or not math.isfinite(top):
        return [0.0, 1.0]
    step = _step(top, most - 1)
    return [round(step * number, 12) for number in range(max(1, math.ceil(top / step - 1e-9)) + 1)]


def between(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Marks from `low` to `high`, both of them marks, at round distances from `low`; `whole`: whole numbers of steps from `low`."""
    if not high > low:
        return [low]
    if whole:
        steps = [step for step in _WHOLE if (high - low) / step <= most - 1]
        return _closed(low, high, _even(steps or [high - low], high - low))
    return _closed(low, high, _step(high - low, most - 1))


def dates(first: str, last: str, most: int) -> list[tuple[str, str]]:
    """Marks from one date to another, both ISO dates, both marked: (date, words)."""
    start, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    months = round((end - start).days / 30.4375)
    if months < 4:
        days = (end - start).days
        steps = [step for step in _DAYS if days / step <= most - 1] or [max(days, 1)]
        moments = [start + timedelta(days=round(day)) for day in _closed(0, days, _even(steps, days))]
        told = [None, *(day.year for day in moments)]  # the year stands at the first mark and where it changes
        return [
            (day.isoformat(), f"{day.day} {day:%b}" + ("" if day.year == before else f" {day.year}"))
            for day, before in zip(moments, told, strict=False)
        ]
    steps = [step for step in _MONTHS if months / step <= most - 1] or [months]
    moments = [_months_later(start, round(month)) for month in _closed(0, months, _even(steps, months))]
    moments[-1] = end  # a horizon in days ends near the day of the month, not always on it
    return [(day.isoformat(), f"{day:%b %Y}") for day in moments]


def _step(span: float, most: int) -> float:
    """The smallest round step that goes at most `most` times into a span."""
    unit = 10.0 ** math.floor(math.log10(span / most))
    return next(m * unit for m in (*_MANTISSAS, 20.0) if math.ceil(span / (m * unit) - 1e-9) <= most)


def _even(steps: Sequence[float], span: float) -> float:
    """The smallest step that divides the span, unless that halves the marks."""
    return next((step for step in steps if span % step == 0 and step < 2.1 * steps[0]), steps[0])


def _closed(low: float, high: float, step: float) -> list[float]:
    """Marks a step apart from `low`, with `high` as the last; one that would stand too near to it is left out."""
    count = math.floor((high - low) / step + 1e-9)
    marks = [round(low + step * number, 12) for number in range(count + 1)]
    if high - marks[-1] <= 1e-9 * step:
        return marks
    return [*(mark for mark in marks if mark == low or high - mark >= _ROOM * step), high]


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):  # the last day of a shorter month
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def axis_of(marks: Sequence[Any], texts: Sequence[str]) -> dict[str, Any]:
    """What an axis of Plotly needs to show just these marks, the first and the last included."""
    return {"tickmode": "array", "tickvals": list(marks), "ticktext": list(texts), "ticklabeloverflow": "allow"}
