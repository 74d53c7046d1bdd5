"""Variants, policies and strategies: their paths lead somewhere, and their values fit there."""

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
    """Paths of named changes lead somewhere, and their values fit there."""
    for group in ("variants", "policies"):
        for name, change in getattr(checker.spec, group).items():
            for text, value in change.set.items():
                path: Path = (group, name, "set", text)
                if _leads_somewhere(checker, path, text, value) is None:
                    continue
                if group == "policies":
                    _lever_exists(checker, path, text, value)
                _fits(checker, path, text, value)
    _check_strategies(checker)


def _check_strategies(checker: Checker) -> None:
    """The same of strategies; and no two players set the same value, since what a profile is would depend on who is asked first."""
    taken: dict[Path, str] = {}  # path in the data -> the player whose strategies set it
    for player, menu in checker.spec.strategies.items():
        checker.actor_name(("strategies", player), player, at_key=True)
        if len(menu) < 2:
            only = f"'{next(iter(menu))}' alone" if menu else "nothing"
            checker.add(("strategies", player), f"'{player}' has nothing to choose from", expected="at least two strategies", found=only,
                        hint="the first is the default play, and may be written as `{set: {}}`", at_key=True)  # fmt: skip
        for name, strategy in menu.items():
            for text, value in strategy.set.items():
                path: Path = ("strategies", player, name, "set", text)
                place = _leads_somewhere(checker, path, text, value)
                if place is None:
                    continue
                other = next((who for at, who in taken.items() if who != player and _overlap(at, place)), None)
                if other is not None:
                    checker.add(path, f"strategies of '{other}' set this value too", at_key=True,
                                hint="a value is one player's to choose: leave it to one of the two")  # fmt: skip
                taken.setdefault(place, player)
                _fits(checker, path, text, value)


def _overlap(one: Path, other: Path) -> bool:
    """Whether two paths are the same, or one leads into the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _leads_somewhere(checker: Checker, path: Path, text: str, value: Any) -> Path | None:
    """Where a named change puts its value in the data; a fault and None if nowhere."""
    try:
        return target(text, checker.data, value)[0]
    except PathError as error:
        checker.add(path, error.message, hint=error.hint, at_key=True)
        return None


def _fits(checker: Checker, path: Path, text: str, value: Any) -> None:
    _, place = target(text, checker.data, value)
    try:
        adapter(place.annotation).validate_python(value, context=validation_context(checker.data))
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
