"""The numbers a check compares: the middle of a quantity, and the utility of a package at these middles."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel

from sim.model.diagnostics import Path
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.program import compile_expression
from sim.model.expressions.reading import parse
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import ScenarioSpec


def point(quantity: Quantity) -> float:
    """A number in the middle of what the quantity may be: its value, else its median or mean."""
    if quantity.value is not None:
        return quantity.value
    if quantity.dist == "lognormal":
        return float(quantity.median or 0.0)
    if quantity.dist == "uniform":
        return 0.5 * (quantity.low + quantity.high)
    if quantity.dist == "triangular":
        return (quantity.low + quantity.mode + quantity.high) / 3.0
    if quantity.dist == "beta":
        return min(1.0, max(0.0, quantity.a / (quantity.a + quantity.b) + (quantity.shift or 0.0)))
    if quantity.dist == "choice":
        return math.fsum(v * p for v, p in zip(quantity.values, quantity.probabilities, strict=True))
    return float(quantity.mean or 0.0)


def child(value: Any, part: str | int) -> Any:
    """The part of a checked scenario that has a name (as in the file) or a place in a list; None where it is absent."""
    if isinstance(value, BaseModel):
        names = {field.alias or name: name for name, field in type(value).model_fields.items()}
        return getattr(value, names.get(str(part), str(part)), None)
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def switched_off(spec: ScenarioSpec, path: Path) -> Path | None:
    """The track, mechanism or hazard above a value that is off, so that nothing reads the value; None if none is."""
    value: Any = spec
    for number, part in enumerate(path[:-1], 1):
        value = child(value, part)
        if getattr(value, "enabled", True) is False and path[number:] != ("enabled",):
            return path[:number]
    return None


def utility(spec: ScenarioSpec, actor: str, package: str | None) -> float:
    """Utility of a named package, or of the status quo, at the middle of every input; nan if it cannot be known."""
    from sim.rules.expression import evaluate
    from sim.rules.utility import single_issue_value, survival

    levels = {name: issue.start for name, issue in spec.issues.items()}
    if package is not None:
        levels.update({k: v for k, v in spec.packages[package].levels.items() if k in levels})
    values = {**levels, **{name: point(item.number) for name, item in spec.parameters.items()}}

    def derived(name: str, depth: int = 0) -> float:
        if name in values:
            return values[name]
        if name not in spec.derived or depth > len(spec.derived):
            return math.nan
        try:
            parsed = parse(spec.derived[name].value, spec.time_unit)
            names = parsed.names()
            program = compile_expression(parsed, {n: k for k, n in enumerate(names)})
        except ExpressionError:
            return math.nan
        inputs = [derived(n, depth + 1) for n in names]
        return evaluate(program.code, program.constants, inputs, [0.0] * max(1, program.stack_size))

    what = spec.actors[actor].utility
    total = 0.0
    for issue, taste in what.issues.items():
        if issue not in levels:
            return math.nan
        level = derived(taste.reads) if taste.reads is not None else levels[issue]
        total += point(taste.weight) * single_issue_value(level, point(taste.ideal), point(taste.exponent))
    if what.survival is not None:
        if what.survival.arms not in levels or what.survival.guarantee not in levels:
            return math.nan
        credibility = spec.actors[actor].types.credibility
        total += point(what.survival.weight) * survival(
            levels[what.survival.arms],
            levels[what.survival.guarantee],
            0.0 if credibility is None else point(credibility),
            point(what.survival.eta),
        )
    return total
