"""Horizon, pulse and readings: that their number is bearable and none is named in vain."""

from __future__ import annotations

import datetime

from sim.model.check.checker import Checker
from sim.model.check.values import point
from sim.model.quantities import HOURS_IN
from sim.model.spec.base import Quantity

MAX_OCCURRENCES = 100_000
LAST_DAY = datetime.date(9989, 12, 31).toordinal()  # ten years before calendars end: what is dated may lie after the end

# Time between occurrences; a slip of the unit here makes a history without end.
REPEATED = ("gap", "every", "contact_every", "tick", "fast_tick", "review", "stage_duration")


def check_repetitions(checker: Checker) -> None:
    """What repeats leaves a bearable number of occurrences within a history."""
    end = max([checker.spec.horizon, *checker.spec.readings])
    for path, model in checker.grounded:
        for name in REPEATED:
            value = vars(model).get(name)
            period = point(value) if isinstance(value, Quantity) else value
            if isinstance(period, float) and period < end / MAX_OCCURRENCES:
                often = f"{end / period:,.0f} times" if period > 0.0 else "endlessly often"
                checker.add((*path, name), f"it would recur {often}", expected=f"at most {MAX_OCCURRENCES:,} times",
                            hint=f"use a time of at least {end / MAX_OCCURRENCES:.3g}; check its unit")  # fmt: skip


def check_times(checker: Checker) -> None:
    spec = checker.spec
    end = max([spec.horizon, *spec.readings])
    if end / spec.pulse > MAX_OCCURRENCES:
        checker.add(("pulse",), f"{end / spec.pulse:,.0f} updates are too many", expected=f"at most {MAX_OCCURRENCES:,}",
                    hint=f"use a pulse of at least {end / MAX_OCCURRENCES:.3g}")  # fmt: skip
    if spec.start.toordinal() + end * HOURS_IN[spec.time_unit] / 24.0 > LAST_DAY:
        checker.add(("start",), "histories would end beyond the calendar", expected="an end before the year 9990",
                    hint="begin earlier, or shorten `horizon` and `readings`")  # fmt: skip
    for number, reading in enumerate(spec.readings):
        if reading <= 0.0:
            checker.add(("readings", number), "a reading at the start tells nothing", hint="name a later time")
        if reading > 1e6:
            checker.add(("readings", number), expected="at most 1e6", found=f"{reading:g}", hint="check its unit")
        if reading in spec.readings[:number]:
            checker.add(("readings", number), f"the reading {reading:g} is named twice", hint="leave it out once")
