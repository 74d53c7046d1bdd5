"""Horizon, pulse and readings: that their number is bearable and none is named in vain."""

from __future__ import annotations

from sim.model.check.checker import Checker

MAX_PULSES = 100_000


def check_times(checker: Checker) -> None:
    spec = checker.spec
    end = max([spec.horizon, *spec.readings])
    if end / spec.pulse > MAX_PULSES:
        checker.add(("pulse",), f"{end / spec.pulse:,.0f} updates are too many", expected=f"at most {MAX_PULSES:,}",
                    hint=f"use a pulse of at least {end / MAX_PULSES:.3g}")  # fmt: skip
    for number, reading in enumerate(spec.readings):
        if reading <= 0.0:
            checker.add(("readings", number), "a reading at the start tells nothing", hint="name a later time")
        if reading > 1e6:
            checker.add(("readings", number), expected="at most 1e6", found=f"{reading:g}", hint="check its unit")
        if reading in spec.readings[:number]:
            checker.add(("readings", number), f"the reading {reading:g} is named twice", hint="leave it out once")
