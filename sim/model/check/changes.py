"""Variants and policies: their paths lead somewhere, and their values fit there."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from sim.model.changes import target
from sim.model.check.checker import Checker
from sim.model.check.reach import adapter, checked_value, middle
from sim.model.diagnostics import Path, nearest
from sim.model.paths import PathError, split
from sim.model.spec.scenario import validation_context


def check_changes(checker: Checker) -> None:
    """Paths of variants and policies lead somewhere, and their values fit there."""
    context = validation_context(checker.data)
    for group in ("variants", "policies"):
        for name, change in getattr(checker.spec, group).items():
            for text, value in change.set.items():
                path: Path = (group, name, "set", text)
                try:
                    _, place = target(text, checker.data, value)
                except PathError as error:
                    checker.add(path, error.message, hint=error.hint, at_key=True)
                    continue
                if group == "policies":
                    _lever_exists(checker, path, text, value)
                try:
                    adapter(place.annotation).validate_python(value, context=context)
                except ValidationError as error:
                    from sim.model.structure import report

                    report(error, value, checker.add, model=place.annotation, base=path)


def _lever_exists(checker: Checker, path: Path, text: str, value: Any) -> None:
    """A policy sets what somebody can decide, within what is sensible; all else is a matter of variants."""
    wanted = split(text)
    levers = {lever.path: lever for lever in checker.spec.levers.values()}
    if not any(wanted[: len(parts)] == parts for parts in map(split, levers)):
        close = nearest(text, levers)
        hint = f"did you mean '{close}'?" if close else "name the path under `levers:`"
        checker.add(path, f"no lever sets '{text}'", hint=f"{hint} What nobody decides belongs under `variants:`",
                    at_key=True)  # fmt: skip
        return
    reach = levers[text].range if text in levers else None
    number = middle(checked_value(text, value, checker.data))
    if reach is not None and number is not None and not reach[0] <= number <= reach[1]:
        checker.add(path, "the lever does not reach that far", expected=f"a value in [{reach[0]:g}, {reach[1]:g}]",
                    found=f"{number:g}", hint="widen the lever's `range:`, or set another value")  # fmt: skip
