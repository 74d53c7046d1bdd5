"""Targets: figures that a run can measure, of things that the scenario has."""

from __future__ import annotations

import math

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.figures import comparison


def check_targets(checker: Checker) -> None:
    classes = [outcome.id for outcome in checker.spec.outcomes]
    for number, item in enumerate(checker.spec.targets):
        path: Path = ("targets", number)
        if item.low is not None and item.high is not None and item.low > item.high:
            checker.add((*path, "low"), f"the bounds contradict each other: low {item.low:g} > high {item.high:g}",
                        hint="exchange them")  # fmt: skip
        kind, _, subject = item.figure.partition(":")
        column, sign, value = comparison(subject)
        if kind != "share" or not sign:
            checker.add((*path, "figure"), "this is no figure of a run", expected="share:COLUMN=VALUE, or with <, <=, >, >=",
                        found=f"'{item.figure}'", hint="write it as in share:max_rung>=8, or share:outcome=CLASS")  # fmt: skip
        elif column.partition("@")[0] == "outcome":
            for name in value.split(","):
                checker.name((*path, "figure"), name.strip(), classes, "outcome class")
        elif sign != "=" and not _is_number(value):
            checker.add((*path, "figure"), expected=f"a number after '{sign}'", found=f"'{value}'", hint="write a number")
        elif ":events." in column:
            hazard, _, mark = column.partition(":events.")[2].partition(".")
            if checker.name((*path, "figure"), hazard, _counters(checker), "counter of events") and mark:
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
