"""How long something took, in words: one rule for the tables, the findings and the charts.

Stories tell ages more roughly, by `sim.analysis.names.Calendar.span`.

The unit goes by size: days below 60 days, months below two years, years above; where the scenario's clock counts hours,
hours below three days. Months and years below ten have one decimal, so that quartiles can be told apart, and so have
days where the clock is finer than they are.
"""

from __future__ import annotations

import math

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = DAYS_PER_YEAR / 12
HOURS_UP_TO = 3.0  # days, where the clock counts hours
DAYS_UP_TO = 60.0
MONTHS_UP_TO = 2 * DAYS_PER_YEAR
NEGLIGIBLE = 1e-6  # of a day: what arithmetic makes of a whole number


def duration(days: float | None, hourly: bool = False) -> str:
    """A time in words: `92 hours`, `12 days`, `3.0 months`, `2.4 years`; `never` for None or nan.

    `hourly` says that the scenario's clock counts hours.
    """
    if days is None or not math.isfinite(days):
        return "never"
    scale, unit = _unit(days, hourly)
    digits = _digits(days * scale, unit, hourly)
    return _counted(f"{days * scale:,.{digits}f}", unit)


def duration_range(low: float | None, middle: float | None, high: float | None, hourly: bool = False) -> str:
    """Two times in the unit and with the decimals of the one between them, beside which they stand: `2.4 to 4.0`.

    Empty where one of the three is None or not finite.
    """
    if low is None or middle is None or high is None or not all(map(math.isfinite, (low, middle, high))):
        return ""
    scale, unit = _unit(middle, hourly)
    digits = _digits(middle * scale, unit, hourly)
    return f"{low * scale:,.{digits}f} to {high * scale:,.{digits}f}"


def span(days: float) -> str:
    """A length that somebody chose, without decimals where it has none: `3 years`, `60 days`, `36 hours`."""
    for years in (round(days / 365), round(days / DAYS_PER_YEAR)):
        if years >= 1 and (abs(days - 365 * years) < NEGLIGIBLE or abs(days - DAYS_PER_YEAR * years) <= 0.5):
            return _counted(f"{years:,.0f}", "years")
    for scale, unit in ((1.0, "days"), (24.0, "hours")):
        number = days * scale
        if number > 0.9 and abs(number - round(number)) < NEGLIGIBLE:
            return _counted(f"{number:,.0f}", unit)
    return duration(days, hourly=True)


def _unit(days: float, hourly: bool) -> tuple[float, str]:
    """How many of the unit in which a time reads best make a day, and the unit."""
    if hourly and days < HOURS_UP_TO:
        return 24.0, "hours"
    if days < DAYS_UP_TO:
        return 1.0, "days"
    return (1 / DAYS_PER_MONTH, "months") if days < MONTHS_UP_TO else (1 / DAYS_PER_YEAR, "years")


def _digits(number: float, unit: str, hourly: bool) -> int:
    return int(number < 9.95 and (unit in ("months", "years") or (unit == "days" and hourly)))


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit[:-1] if number in ('1', '1.0') else unit}"
