"""Targets: figures that a run can measure, of things that the scenario has."""

from __future__ import annotations

import math
import re

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.figures import conditions, counter_of, is_text
from sim.model.spec.scenario import Target


def check_targets(checker: Checker) -> None:
    seen: dict[tuple[str, float | None, float | None], int] = {}
    for number, item in enumerate(checker.spec.targets):
        path: Path = ("targets", number)
        _check_band(checker, path, item)
        first = seen.setdefault((item.figure, item.low, item.high), number)
        if first != number:
            checker.add(path, f"the same figure and band as target {first + 1}: it would count twice", hint="leave one of them out")
        if item.low is not None and item.high is not None and item.low > item.high:
            checker.add((*path, "low"), f"the bounds contradict each other: low {item.low:g} > high {item.high:g}",
                        hint="exchange them")  # fmt: skip
        kind, _, subject = item.figure.partition(":")
        if kind == "rate":
            _check_rate(checker, path, item.figure, subject)
        else:
            for column, sign, value in [term for part in conditions(subject) for term in part]:
                _check_condition(checker, path, item.figure, kind, column, sign, value)


def _check_band(checker: Checker, path: Path, item: Target) -> None:
    for name, end in (("low", item.low), ("high", item.high)):
        if end is None or (0.0 <= end <= 1.0 if item.figure.startswith("share:") else end >= 0.0):
            continue
        expected = "a share, 0 to 1" if item.figure.startswith("share:") else "a rate, 0 or more"
        hint = f"5 % is .05; did you mean {end / 100:g}?" if 1.0 < end <= 100.0 else "no history can be there"
        checker.add((*path, name), expected=expected, found=f"{end:g}", hint=hint)


def check_fitted(checker: Checker) -> None:
    """A variant that says before which day its targets are dated was fitted to no target of a later day, or of none."""
    dates = {item.figure: item.date for item in checker.spec.targets}
    for name, variant in checker.spec.variants.items():
        fitted = variant.fitted
        if fitted is None or fitted.before is None:
            continue
        for number, figure in enumerate(fitted.targets):
            date = dates.get(figure)
            if date is None or date >= fitted.before:
                without = "without a date" if figure in dates else "which is no target of this file"
                found = f"'{figure}', {without}" if date is None else f"'{figure}' of {date}"
                checker.add(("variants", name, "fitted", "targets", number), "the variant was fitted to a target that it may not know",
                            expected=f"a target dated before {fitted.before}", found=found,
                            hint="fit it anew with `sim calibrate --before`")  # fmt: skip


def _check_rate(checker: Checker, path: Path, figure: str, subject: str) -> None:
    rate = counter_of(subject)
    if rate is None:
        checker.add((*path, "figure"), "this is no figure of a run", expected="rate:COUNTER in talks, or outside talks",
                    found=f"'{figure}'", hint=f"write {figure} in talks")  # fmt: skip
    else:
        checker.name((*path, "figure"), rate[0], _counters(checker), "counter")


def _check_condition(checker: Checker, path: Path, figure: str, kind: str, column: str, sign: str, value: str) -> None:
    if kind != "share" or not sign or "|" in value:
        checker.add((*path, "figure"), "this is no figure of a run", expected="share:COLUMN=VALUE, or with <, <=, >, >=",
                    found=f"'{figure}'", hint="write it as in share:max_rung>=8, or share:outcome=CLASS")  # fmt: skip
    elif is_text(column) and sign != "=":
        checker.add((*path, "figure"), f"'{column}' holds words, which have no order", expected=f"share:{column}=WORD",
                    found=f"'{figure}'", hint="write = and the word")  # fmt: skip
    elif column.partition("@")[0] == "outcome":
        for name in value.split(","):
            checker.name((*path, "figure"), name.strip(), [outcome.id for outcome in checker.spec.outcomes], "outcome class")
    elif not is_text(column) and not column.startswith("input:") and not all(map(_is_number, value.split(","))):
        checker.add((*path, "figure"), expected=f"a number after '{sign}'", found=f"'{value}'", hint="write a number")
    elif counted := re.match(r"(?:time|count):events(?:_in_talks)?\.(.+)", column):
        hazard, _, mark = counted[1].partition(".")
        if checker.name((*path, "figure"), hazard, _counters(checker), "counter") and mark:
            known = [
                name for key, item in checker.spec.hazards.items() if (item.counts_as or key) == hazard for name in item.split
            ]
            checker.name((*path, "figure"), mark, known, "mark")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _counters(checker: Checker) -> list[str]:
    """Names under which the events of hazards are counted."""
    return list(dict.fromkeys(hazard.counts_as or name for name, hazard in checker.spec.hazards.items()))
