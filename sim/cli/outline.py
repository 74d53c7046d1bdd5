"""A scenario's game and its theory as a page to read: who moves, what follows, what it pays, how it is played."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.game_names import GameNames, names_whom, plain
from sim.cli.layout import paragraph
from sim.model.spec.game import NEEDS, Result
from sim.model.spec.scenario import ScenarioSpec

_CONCEPTS = {"nash": "Nash", "kalai_smorodinsky": "Kalai-Smorodinsky", "egalitarian": "egalitarian", "utilitarian": "utilitarian"}


def game_lines(spec: ScenarioSpec, width: int) -> list[str]:
    """The game in lines of ``width`` columns."""
    outline = _Outline(spec, width)
    return outline.lines()


def theory_lines(spec: ScenarioSpec, width: int) -> list[str]:
    """What theory says of the scenario, in lines of ``width`` columns."""
    from sim.games.theorems.theorem import theorems

    theory = spec.theory
    assert theory is not None
    found: list[str] = []
    if theory.theorem is not None:
        known = theorems().get(theory.theorem)
        found += _row("theorem", theory.theorem + (f": {known.title}" if known is not None else ""), width)
        found += _row("", "`sim solve` prints its formula and numbers, which are solution.NAME here", width)
    for name, text in theory.given.items():
        found += _row("given", f"{name} = {text}", width)
    if theory.measures:
        found += ["", "Measures, which `sim verify` compares with histories"]
    for name, item in theory.measures.items():
        told = item.value + (f", where {item.given}" if item.given is not None else "")
        found += paragraph(f"{item.label or plain(name)}", width, f"  {name}: ", "    ")
        found += _row("  played", told, width)
        what = "exact, of variance over mean" if item.statistic == "dispersion" else "exact"
        found += _row(f"  {what}", item.exact, width)
        if item.within > 0.0:
            found += _row("  within", f"{item.within:g}" + (f": {item.note}" if item.note else ""), width)
    return found + _parameters(spec, width)


def _row(name: str, text: str, width: int, indent: int = 2) -> list[str]:
    start = " " * indent + f"{name:<11} "
    return paragraph(_tidy(text), width, start, " " * (indent + 12))


def _tidy(text: str) -> str:
    """An expression without the digits that a decimal number gets from its binary form."""
    return re.sub(r"\d*\.\d{12,}", lambda digits: f"{float(digits[0]):.12g}", text)


def _parameters(spec: ScenarioSpec, width: int) -> list[str]:
    if not spec.parameters:
        return []
    from sim.model.explain import value_text

    found = ["", "Parameters"]
    for name, item in spec.parameters.items():
        found += _row(name, value_text(item.number) + (f": {item.label}" if item.label else ""), width)
    return found


class _Outline:
    """The parts of one game."""

    def __init__(self, spec: ScenarioSpec, width: int) -> None:
        self.spec = spec
        self.width = width
        self.names = GameNames(spec)
        self.game = self.names.game

    def lines(self) -> list[str]:
        """All parts."""
        found = ["Players", *self._players()]
        if self.game.types:
            found += ["", "Types", *self._types()]
        found += ["", f"Moves, of which {self.game.first} is the first"]
        for name in self.game.moves:
            found += self._move(name)
        if self.game.play == "logit":
            found += ["", *paragraph(f"All play as logit players of precision {self.game.precision}.", self.width)]
        return found + _parameters(self.spec, self.width)

    def _row(self, name: str, text: str, indent: int = 2) -> list[str]:
        return _row(name, text, self.width, indent)

    def _players(self) -> list[str]:
        found = []
        for name, player in self.game.players.items():
            parts = [self.names.player(name)]
            if player.members is not None:
                parts.append(f"a group of {player.members} members")
            if player.discount != "1":
                parts.append(f"discount factor {player.discount} a period")
            if player.precision is not None:
                parts.append(f"precision {player.precision}")
            found += self._row(name, ", ".join(parts))
        return found

    def _types(self) -> list[str]:
        found = []
        for name, kind in self.game.types.items():
            whose = self.names.whose(name)
            knows = "nobody knows it" if whose is None else f"only {whose} knows it"
            if self.names.members(kind.of):
                knows = "each member knows its own"
            if kind.classes is not None:
                drawn = ", ".join(f"{plain(cls)} with {text}" for cls, text in kind.classes.items())
            elif kind.dist == "uniform":
                drawn = f"uniform from {kind.low} to {kind.high}"
            else:
                terms = [f"{term} {getattr(kind, term)}" for term in ("low", "high", "mean", "sd") if term in NEEDS[str(kind.dist)]]
                drawn = f"{kind.dist}, {', '.join(terms)}"
            found += self._row(name, f"{self.names.type(name)}: {drawn}; {knows}")
        return found

    def _move(self, name: str) -> list[str]:
        move: Any = self.game.moves[name]
        found = paragraph(f"{self.names.move(name)}{self._by(name)}: {self._what(move)}", self.width, f"  {name}: ", "    ")
        if move.unseen_by:
            found += self._row("unseen by", ", ".join(map(self.names.player, move.unseen_by)), 4)
        if move.kind == "simultaneous":
            found += self._cells(move)
        if isinstance(move, Result) or move.kind == "simultaneous":
            found += self._follows("", move)
        else:
            for option in self._options(move):
                result = getattr(move, option) if move.kind in ("vote", "division") else move.options[option]
                label = self.names.option(name, option)
                found += paragraph("" if label == option else label, self.width, f"    {option}: ", "      ")
                found += self._follows(option, result)
        return found + self._played(name)

    def _by(self, name: str) -> str:
        by = getattr(self.game.moves[name], "by", None)
        who = [by] if isinstance(by, str) else list(by or ())
        told = [self.names.player(player) for player in who]
        told = [item for item in told if not names_whom(self.names.move(name), item)]
        return f" ({', '.join(told)})" if told else ""

    @staticmethod
    def _options(move: Any) -> Sequence[str]:
        return ("passes", "fails") if move.kind in ("vote", "division") else list(move.options)

    @staticmethod
    def _what(move: Any) -> str:
        if move.kind == "number":
            return f"a number from {move.between[0]} to {move.between[1]}"
        if move.kind == "vote":
            already = f", {move.already} certain before" if move.already != "0" else ""
            return f"a vote, {move.rule}{already}"
        if move.kind == "division":
            return f"a member drawn by lot divides {move.pie} and keeps what it does not offer; {move.rule}"
        if move.kind == "agreement":
            numbers = ", ".join(f"{name} from {low} to {high}" for name, (low, high) in move.numbers.items())
            return f"{_CONCEPTS[move.concept]} solution for {numbers}"
        return {"choice": "one option", "chance": "chance decides", "simultaneous": "at once"}[move.kind]

    def _cells(self, move: Any) -> list[str]:
        from sim.model.game.form import cells

        found = []
        for cell in cells([len(move.options[player]) for player in move.by]):
            taken = ", ".join(f"{player} {move.options[player][n]}" for player, n in zip(move.by, cell, strict=True))
            paid = {player: _at(table, cell) for player, table in move.payoffs.items()}
            found += paragraph(_tidy(f"{taken}: pays {_listed(paid)}"), self.width, "    ", "      ")
        return found

    def _follows(self, option: str, result: Any) -> list[str]:
        """What an option leads to."""
        indent = 6 if option else 4
        found = self._row("chance", result.probability or "the rest", indent) if hasattr(result, "probability") else []
        paid = {} if isinstance(getattr(result, "by", None), list) and not hasattr(result, "concept") else result.payoffs
        if paid:
            found += self._row("pays", _listed(paid), indent)
        then = "the game is over" if result.then is None else result.then
        if result.takes != "0" and result.then is not None:
            then += f" after {result.takes} period{'' if result.takes == '1' else 's'}"
        then += f", unless {result.until}: over" if result.until is not None else ""
        if getattr(result, "effects", None) is not None:
            then += "; with effects on the rest of the situation"
        return found + self._row("then", then, indent)

    def _played(self, name: str) -> list[str]:
        strategy = self.game.strategies.get(name)
        if self.game.moves[name].kind in ("chance", "agreement"):
            return []
        by_group = self.game.moves[name].kind in ("vote", "division")  # whose members play as written in any case
        if strategy is None or (self.game.play == "logit" and not by_group):
            return self._row("played", "as the solution by algorithm says", 4)
        if isinstance(strategy, str):
            return self._row("played", strategy, 4)
        found = []
        for key, text in strategy.items():
            told = text if isinstance(text, str) else _listed(text)
            found += self._row("played" if not found else "", f"{key}: {told}", 4)
        return found


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in values.items())


def _at(table: Any, cell: Sequence[int]) -> str:
    for n in cell:
        table = table[n]
    return str(table)
