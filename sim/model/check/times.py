"""Horizon, pulse, readings and what recurs: that their number is bearable and none is named in vain."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from sim.model.check.checker import Checker
from sim.model.check.values import point
from sim.model.diagnostics import Path
from sim.model.quantities import HOURS_IN
from sim.model.spec.scenario import ScenarioSpec

MAX_PULSES = 100_000
LAST_DAY = datetime.date(9989, 12, 31).toordinal()  # ten years before calendars end: what is dated may lie after the end


def check_times(checker: Checker) -> None:
    spec = checker.spec
    end = max([spec.horizon, *spec.readings])
    if end / spec.pulse > MAX_PULSES:
        checker.add(("pulse",), f"{end / spec.pulse:,.0f} updates are too many", expected=f"at most {MAX_PULSES:,}",
                    hint=f"use a pulse of at least {end / MAX_PULSES:.3g}")  # fmt: skip
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
    for path, period in _periods(spec):
        if period <= 0.0 or end / period > MAX_PULSES:
            often = "endlessly often" if period <= 0.0 else f"{end / period:,.0f} times"
            checker.add(path, f"it would recur {often}", expected=f"at most {MAX_PULSES:,} times",
                        hint=f"use a time of at least {end / MAX_PULSES:.3g}")  # fmt: skip


def _periods(spec: ScenarioSpec) -> Iterator[tuple[Path, float]]:
    """Times after which something happens again and again, at the middle of what they may be."""
    for name, track in spec.tracks.items():
        path: Path = ("tracks", name)
        if hasattr(track, "gap"):
            yield (*path, "gap"), point(track.gap)
        if track.protocol == "staged_consent":
            yield (*path, "every"), track.every
        if track.protocol == "final_offer" and track.invitations is not None:
            yield (*path, "invitations", "every"), track.invitations.every
    mechanisms = spec.mechanisms
    yield ("mechanisms", "talks", "contact_every"), mechanisms.talks.contact_every
    if mechanisms.agreements is not None:
        yield ("mechanisms", "agreements", "every"), mechanisms.agreements.every
    if mechanisms.ladder is not None:
        yield ("mechanisms", "ladder", "tick"), point(mechanisms.ladder.tick)
        yield ("mechanisms", "ladder", "fast_tick"), point(mechanisms.ladder.fast_tick)
    for name, hazard in spec.hazards.items():
        if hazard.kind == "calendar" and hazard.every is not None and hazard.every > 0.0:
            yield ("hazards", name, "every"), hazard.every
