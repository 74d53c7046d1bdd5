"""What the game of a scenario comes to: its theorem at the scenario's parameters, as a record that can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.estimates import number_or_none
from sim.errors import UsageError
from sim.model.spec.scenario import ScenarioSpec
from sim.model.theory import solve_theorem, symbols_of, theorem_of

if TYPE_CHECKING:
    from sim.games.theorems.theorem import Solution, Theorem


@dataclass(frozen=True)
class Solved:
    """A theorem, its symbols' values, and its solution."""

    spec: ScenarioSpec
    theorem: Theorem
    symbols: dict[str, float]
    solution: Solution

    def as_record(self) -> dict[str, Any]:
        """Plain data; numbers that are not finite become null."""
        return {
            "scenario": self.spec.id,
            "theorem": self.theorem.name,
            "title": self.theorem.title,
            "symbols": self.symbols,
            "formula": list(self.theorem.formula),
            "solution": {name: number_or_none(value) for name, value in self.solution.values.items()},
            "equilibria": [
                {
                    "selected": item.selected,
                    "words": item.words,
                    "values": {name: number_or_none(value) for name, value in item.values.items()},
                }
                for item in self.solution.equilibria
            ],
            "uniqueness": self.solution.uniqueness,
            "selection": self.solution.selection,
            "notes": list(self.solution.notes),
            "source": self.theorem.source,
        }


def solved(spec: ScenarioSpec) -> Solved:
    """The solution of a scenario.

    Raises
    ------
    UsageError
        The scenario names no theorem.
    ParameterError
        The theorem says nothing for its parameters.
    """
    theorem = theorem_of(spec)
    if theorem is None:
        hint = "name a theorem: `theory: {theorem: NAME}`; `sim solve --theorems` lists them"
        raise UsageError(f"{spec.id}: there is nothing to solve", hint=hint)
    return Solved(spec, theorem, theorem.checked(symbols_of(spec)), solve_theorem(spec))
