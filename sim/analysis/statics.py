"""Comparative statics: what a solution comes to as one number of the scenario moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.estimates import number_or_none
from sim.analysis.multiplicity import CONTINUUM, SEVERAL, TIES, UNKNOWN, Multiplicity
from sim.analysis.solutions import Solved, solved
from sim.errors import ParameterError, ScenarioError, UsageError
from sim.model.changes import target
from sim.model.complete import complete
from sim.model.diagnostics import did_you_mean
from sim.model.load import load_document
from sim.model.paths import PathError
from sim.model.reader import Document
from sim.model.spec.scenario import ScenarioSpec
from sim.model.theory import exact_measures

POINTS = 41
MOST_POINTS = 1001
SOLUTION = "solution."  # before the name of what the theorem gives, as in expressions
KINDS = {
    SEVERAL: "there are several equilibria",
    CONTINUUM: "there is a continuum of equilibria",
    TIES: "options tie, which gives further equilibria",
    UNKNOWN: "one equilibrium was found, and whether there are others is not known",
}
MOVES = 1e-12  # relative change below which an output counts as constant


@dataclass(frozen=True)
class Course:
    """One output over the values: nan where there is no solution."""

    name: str
    meaning: str
    values: tuple[float, ...]

    @property
    def moves(self) -> bool:
        """Whether it is not the same everywhere."""
        known = [value for value in self.values if math.isfinite(value)]
        return bool(known) and max(known) - min(known) > MOVES * max(1.0, max(map(abs, known)))


@dataclass(frozen=True)
class Statics:
    """Outputs over the values of one number.

    ``refused`` says from which value on there is no solution, and why; ``beside`` at each value what there is beside the solution
    whose outputs these are.
    """

    spec: ScenarioSpec
    path: str
    label: str
    values: tuple[float, ...]
    courses: tuple[Course, ...]
    refused: tuple[tuple[float, str], ...]
    now: float | None  # the value in the file
    beside: tuple[Multiplicity | None, ...]

    def several(self) -> list[tuple[str, str]]:
        """Kind and sentences of each way in which the solution is not the only one."""
        ways: dict[Multiplicity, list[float]] = {}
        for value, item in zip(self.values, self.beside, strict=True):
            if item is not None:
                ways.setdefault(item, []).append(value)
        return [(item.kind, self._in_words(item, values)) for item, values in ways.items()]

    def _in_words(self, item: Multiplicity, values: list[float]) -> str:
        where = f"between {values[0]:g} and {values[-1]:g}" if len(values) > 1 else f"at {values[0]:g}"
        return f"At {len(values)} of {len(self.values)} values, {where}, {KINDS[item.kind]}. {item.selection}".rstrip()

    def as_record(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "scenario": self.spec.id,
            "path": self.path,
            "values": list(self.values),
            "outputs": {course.name: [number_or_none(value) for value in course.values] for course in self.courses},
            "multiplicity": [None if item is None else item.kind for item in self.beside],
            "selection": [words for _, words in self.several()],
            "refused": [{"value": value, "why": why} for value, why in self.refused],
        }


def parse_range(text: str) -> tuple[str, list[float]]:
    """Path and values of ``path=low:high`` or ``path=low:high:points``.

    Raises
    ------
    UsageError
        Anything else.
    """
    path, sign, span = text.partition("=")
    parts = span.split(":")
    hint = "write it as in --over parameters.p=0:1, or 0:1:101 for 101 points"
    if not sign or not path.strip() or len(parts) not in (2, 3):
        raise UsageError(f"--over: expected path=low:high, found '{text}'", hint=hint)
    try:
        low, high = float(parts[0]), float(parts[1])
        points = int(parts[2]) if len(parts) == 3 else POINTS
    except ValueError:
        raise UsageError(f"--over: expected numbers, found '{span}'", hint=hint) from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise UsageError(f"--over: expected a low end below the high end, found {parts[0]}:{parts[1]}", hint=hint)
    if not 2 <= points <= MOST_POINTS:
        raise UsageError(f"--over: expected 2 to {MOST_POINTS:,} points, found {points}", hint=hint)
    values = [low + (high - low) * n / (points - 1) for n in range(points)]
    return path.strip(), [float(f"{value:.12g}") for value in values]


def comparative(
    document: Document, variant: str | None, changes: Sequence[str], path: str, values: Sequence[float], show: Sequence[str] = ()
) -> Statics:
    """The solution at each value of one number.

    Parameters
    ----------
    show : names of outputs, in order; if empty all measures of the file that move, or else whatever moves.

    Raises
    ------
    UsageError
        A path or an output that there is not, or no solution at any value.
    """
    overrides = list(changes)
    base = load_document(document, variant, None, overrides).spec
    try:
        target(path, complete(base), values[0])
    except PathError as error:
        raise UsageError(f"--over: {path}: {error.message}", hint=error.hint) from None
    rows: list[dict[str, float] | None] = []
    refused: list[tuple[float, str]] = []
    beside: list[Multiplicity | None] = []
    meanings: dict[str, str] = {}
    own: set[str] = set()  # outputs that are of the file, not of its theorem alone
    for value in values:
        try:
            spec = load_document(document, variant, None, [*overrides, f"{path}={value!r}"]).spec
            has_theorem = spec.theory is not None and spec.theory.theorem is not None
            known = solved(spec, checks=not has_theorem)
            found = outputs_of(known)
            own.update(measures_of(known))
        except (ParameterError, ScenarioError) as error:
            rows.append(None)
            beside.append(None)
            refused.append((value, _first_line(error)))
            continue
        beside.append(known.multiplicity)
        meanings.update({name: meaning for name, (meaning, _) in found.items()})
        rows.append({name: number for name, (_, number) in found.items()})
    if not meanings and not refused:
        raise UsageError(f"--over: {base.id} has no solution that could move", hint="name a theorem, or let the game be one that is solved")
    if not meanings:
        hint = f"choose another range of {path}, or the path of another number"
        raise UsageError(f"--over: there is no solution at any value of {path}: {refused[0][1]}", hint=hint)
    for name in show:
        if name not in meanings:
            known_names = [other for other in meanings if other.startswith(SOLUTION) == name.startswith(SOLUTION)]
            raise UsageError(f"--show: unknown output '{name}'", hint=did_you_mean(name, known_names, "outputs"))
    courses = [
        Course(name, meaning, tuple(math.nan if row is None else row.get(name, math.nan) for row in rows))
        for name, meaning in ((name, meanings[name]) for name in show or meanings)
    ]
    if not show:
        courses = [course for course in courses if course.moves and not course.name.startswith(SOLUTION)]
        courses = [course for course in courses if course.name in own] or courses
    return Statics(base, path, _label(base, path), tuple(values), tuple(courses), tuple(refused), _now(base, path), tuple(beside))


def outputs_of(found: Solved) -> dict[str, tuple[str, float]]:
    """Meaning and number by name: the file's measures, and what its theorem gives, with and without `SOLUTION` before the name."""
    own = measures_of(found)
    if found.theorem is None:
        return own
    given = {item.name: (item.meaning, float(found.theorem.solution.values[item.name])) for item in found.theorem.theorem.outputs}
    return own | {name: output for name, output in given.items() if name not in own} | {SOLUTION + name: given[name] for name in given}


def measures_of(found: Solved) -> dict[str, tuple[str, float]]:
    """Measures with their meanings: by the formulas of the file at its theorem's solution, or as a solved game has them, with payoffs."""
    measures = found.spec.theory.measures if found.spec.theory is not None else {}
    game = found.game
    if game is not None and (found.theorem is None or game.kind != "written"):
        payoffs = {f"payoff_{name}": (f"payoff of {name}", value) for name, value in game.payoffs.items()}
        return payoffs | {name: (measures[name].label or name, value) for name, value in game.measures.items()}
    if found.theorem is None:
        return {}
    meanings = {SOLUTION + item.name: item.meaning for item in found.theorem.theorem.outputs}
    exact = exact_measures(found.spec, found.theorem.solution.values)
    return {name: (meanings.get(measures[name].exact, measures[name].label or name), value) for name, value in exact.items()}


def _first_line(error: Exception) -> str:
    faults = getattr(error, "diagnostics", ())
    return faults[0].text if faults else str(error)


def _label(spec: ScenarioSpec, path: str) -> str:
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) > 1 and parts[1] in spec.parameters:
        return spec.parameters[parts[1]].label or parts[1]
    return path


def _now(spec: ScenarioSpec, path: str) -> float | None:
    parts = path.split(".")
    if parts[0] == "parameters" and len(parts) > 1 and parts[1] in spec.parameters:
        return spec.parameters[parts[1]].number.value
    return None
