"""What theory says of a scenario: its theorem at the values of its parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from sim.model.compile import point_value
from sim.model.expressions.program import value_of
from sim.model.expressions.reading import parse
from sim.model.spec.base import Quantity
from sim.model.spec.scenario import ScenarioSpec

if TYPE_CHECKING:
    from sim.games.theorems.theorem import Solution, Theorem


def quantity_at(spec: ScenarioSpec, path: str) -> Quantity | None:
    """The number of the file at a path such as ``hazards.attack.branching``; None where there is none."""
    found: Any = spec
    for part in path.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, BaseModel):
            found = getattr(found, part, None) if part in type(found).model_fields else None
        else:
            return None
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return Quantity(value=float(found))
    return found if isinstance(found, Quantity) else None


def over_parameters(spec: ScenarioSpec, text: str, solution: Mapping[str, float] | None = None) -> float:
    """The value of an expression over parameters and other numbers of the file by path, at their point values.

    ``solution`` has what the theorem gives, for expressions that name it.
    """
    expression = parse(text, spec.time_unit)
    values = {f"solution.{name}": value for name, value in (solution or {}).items()}
    for name in expression.names() - values.keys():
        found = spec.parameters[name].number if name in spec.parameters else quantity_at(spec, name)
        assert found is not None, name
        values[name] = point_value(found)
    return value_of(expression, values)


def theorem_of(spec: ScenarioSpec) -> Theorem | None:
    """The theorem that the scenario names, if any; `ParameterError` for an unknown one."""
    if spec.theory is None or spec.theory.theorem is None:
        return None
    from sim.games.theorems.theorem import theorem

    return theorem(spec.theory.theorem)


def symbols_of(spec: ScenarioSpec) -> dict[str, float]:
    """The theorem's symbols: as the scenario gives them, else its parameter of the same name, else the theorem's default."""
    theorem = theorem_of(spec)
    if theorem is None or spec.theory is None:
        return {}
    found = {name: over_parameters(spec, text) for name, text in spec.theory.given.items()}
    for symbol in theorem.symbols:
        if symbol.name not in found and symbol.name in spec.parameters:
            found[symbol.name] = over_parameters(spec, symbol.name)
    return found


def solve_theorem(spec: ScenarioSpec) -> Solution | None:
    """The theorem's solution for the scenario's parameters; None where it names none.

    Raises
    ------
    ParameterError
        A parameter for which the theorem says nothing.
    """
    theorem = theorem_of(spec)
    return None if theorem is None else theorem.solve(**symbols_of(spec))


def exact_measures(spec: ScenarioSpec, solution: Mapping[str, float]) -> dict[str, float]:
    """The exact values of the scenario's measures, by the formulas of the file; nan where a number of the theorem has no value."""
    measures = {} if spec.theory is None else spec.theory.measures
    found = {}
    for name, measure in measures.items():
        values = [solution[read.removeprefix("solution.")] for read in parse(measure.exact).names() if read.startswith("solution.")]
        found[name] = over_parameters(spec, measure.exact, solution) if all(map(math.isfinite, values)) else math.nan
    return found


def solution_of(spec: ScenarioSpec) -> dict[str, float]:
    """The theorem's numbers as expressions may use them (``solution.NAME``); those without a finite value are left out."""
    solved = solve_theorem(spec)
    if solved is None:
        return {}
    return {name: float(value) for name, value in solved.values.items() if math.isfinite(value)}
