"""Outcome classes: each can hold, none comes too late to hold, and together they cover every situation."""

from __future__ import annotations

from sim.model.check.checker import Checker
from sim.model.diagnostics import Path
from sim.model.expressions.expression import Expression, to_text
from sim.model.expressions.kinds import Kind
from sim.model.expressions.ranges import Truth, interval
from sim.model.expressions.tree import Comparison, walk


def check_outcomes(checker: Checker) -> None:
    seen: set[str] = set()
    always: str | None = None
    for number, outcome in enumerate(checker.spec.outcomes):
        path: Path = ("outcomes", number)
        if outcome.id in seen:
            checker.add((*path, "class"), f"the class '{outcome.id}' is named twice", hint="give it another name")
        seen.add(outcome.id)
        if always is not None:
            checker.add((*path, "when"), f"'{outcome.id}' can never be the outcome: '{always}' before it always holds",
                        hint=f"move '{always}' to the end")  # fmt: skip
            continue
        parsed = checker.expression((*path, "when"), outcome.when, Kind.BOOLEAN)
        if parsed is None:
            always = always or ("" if number == len(checker.spec.outcomes) - 1 else None)
            continue
        truth = interval(parsed, checker.situation.bounds)
        if truth is Truth.NEVER:
            checker.add((*path, "when"), f"'{outcome.id}' can never hold within the bounds of its quantities",
                        hint=_why_never(checker, parsed))  # fmt: skip
        elif truth is Truth.ALWAYS:
            always = outcome.id
    if always is None:
        last = len(checker.spec.outcomes) - 1
        names = ", ".join(outcome.id for outcome in checker.spec.outcomes)
        checker.add(("outcomes", last, "when"), f"a situation in which none of these holds has no class: {names}",
                    hint="let the last class hold always: `when: true`")  # fmt: skip


def check_base_rates(checker: Checker) -> None:
    """Base rates are of classes that there are, and count no more events than cases."""
    classes = [outcome.id for outcome in checker.spec.outcomes]
    for name, rates in (checker.spec.base_rates or {}).items():
        checker.name(("base_rates", name), name, classes, "outcome class")
        if not rates:
            checker.add(("base_rates", name), "an empty list of base rates", hint="leave the class out, or say what was counted")
        for number, rate in enumerate(rates):
            if rate.num_events > rate.num_cases:
                checker.add(("base_rates", name, number, "num_events"), "more events than cases",
                            expected=f"at most {rate.num_cases}", found=str(rate.num_events),
                            hint="exchange the two numbers, or count again")  # fmt: skip


def _why_never(checker: Checker, expression: Expression) -> str:
    """The first comparison that cannot hold, with the bounds of the names in it."""
    for node in walk(expression.root):
        if not isinstance(node, Comparison):
            continue
        part = Expression(node, expression.time_unit)
        if interval(part, checker.situation.bounds) is Truth.NEVER:
            ranges = [
                f"{name} is {low:g}" if low == high else f"{name} stays within [{low:g}, {high:g}]"
                for name in part.names()
                for low, high in [checker.situation.bounds[name]]
            ]
            return f"'{to_text(part)}': {', '.join(ranges)}" if ranges else "it compares constants"
    return "its parts exclude each other"
