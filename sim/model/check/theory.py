"""Theory: the theorem exists and holds for the parameters, measures are quantities, what is exact is a number."""

from __future__ import annotations

import math

from sim.errors import ParameterError
from sim.model.check.checker import Checker
from sim.model.check.game import without
from sim.model.diagnostics import did_you_mean
from sim.model.expressions.kinds import Kind
from sim.model.expressions.reading import parse
from sim.model.game.names import UNIFORM
from sim.model.theory import quantity_at, solve_theorem, theorem_of
from sim.model.vocabulary import Quantities, parameters, solution


def check_theory(checker: Checker) -> None:
    """The whole block."""
    theory = checker.spec.theory
    if theory is None:
        return
    if theory.theorem is None:
        if theory.given:
            checker.add(("theory", "given"), "symbols of no theorem", hint="name a `theorem`", at_key=True)
    elif not _check_theorem(checker):
        return  # what it gives is not known
    known = parameters(checker.spec)
    named = solution(checker.spec)
    exact = Quantities(known.kinds | dict.fromkeys(named, Kind.NUMBER), known.bounds | named)
    read = without(checker.situation, [name for name in checker.situation.kinds if name == UNIFORM or name.startswith("member.")])
    for name, measure in theory.measures.items():
        path = ("theory", "measures", name)
        checker.expression((*path, "value"), measure.value, None, read)
        if measure.given is not None:
            checker.expression((*path, "given"), measure.given, Kind.BOOLEAN, read)
        checker.expression((*path, "exact"), measure.exact, Kind.NUMBER, exact)
        _fixed(checker, (*path, "exact"), measure.exact)


def _fixed(checker: Checker, path: tuple, text: str) -> bool:
    """Whether an expression reads no parameter that is drawn anew in each history."""
    try:
        names = parse(text).names()
    except ValueError:
        return False
    for name in names:
        number = checker.spec.parameters[name].number if name in checker.spec.parameters else quantity_at(checker.spec, name)
        if number is not None and number.dist is not None:
            checker.add(path, f"'{name}' is drawn anew in each history; theory needs a fixed number", hint="give it a value")
            return False
    return True


def _given(checker: Checker, text: str) -> Quantities:
    """Parameters, and numbers of the file that the expression names by path."""
    known = parameters(checker.spec)
    try:
        paths = [name for name in parse(text).names() if name not in known.kinds and quantity_at(checker.spec, name) is not None]
    except ValueError:
        paths = []
    return Quantities(known.kinds | dict.fromkeys(paths, Kind.NUMBER), known.bounds | dict.fromkeys(paths, (-math.inf, math.inf)))


def _check_theorem(checker: Checker) -> bool:
    """Whether the theorem is known."""
    theory, path = checker.spec.theory, ("theory", "theorem")
    try:
        theorem = theorem_of(checker.spec)
    except ParameterError as error:
        checker.add(path, str(error), hint=error.hint or "`sim solve --theorems` lists them")
        return False
    symbols = [symbol.name for symbol in theorem.symbols]
    sound = True
    for name, text in theory.given.items():
        where = ("theory", "given", name)
        if name not in symbols:
            checker.add(where, f"'{theory.theorem}' has no symbol '{name}'", hint=did_you_mean(name, symbols, "symbols"), at_key=True)
            sound = False
        elif checker.expression(where, text, Kind.NUMBER, _given(checker, text)) is None or not _fixed(checker, where, text):
            sound = False
    for symbol in theorem.symbols:
        if symbol.name not in theory.given:
            if symbol.name in checker.spec.parameters:
                sound = _fixed(checker, path, symbol.name) and sound
            elif symbol.default is None:
                checker.add(path, f"the symbol '{symbol.name}' ({symbol.meaning}) has no value",
                            hint=f"add a parameter '{symbol.name}', or `given: {{{symbol.name}: ...}}`")  # fmt: skip
                sound = False
    if not sound:
        return True
    try:
        solved = solve_theorem(checker.spec)
    except ParameterError as error:
        hint = error.hint or "docs/reference/theorems.md says for which it holds"
        checker.add(path, f"the theorem says nothing for these parameters: {error}", hint=hint)
        return True
    for name, value in solved.values.items():
        if math.isnan(value):
            checker.warn(path, f"'{name}' has no value for these parameters")
    return True
