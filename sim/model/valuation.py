"""What the levels of a package amount to: derived quantities, linked conditions, and its utility to an actor.

Of one package at any inputs, and of many at once at the scenario's point values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.frontier import Codes, Scales, Values
from sim.rules.utility import single_issue_value, survival

if TYPE_CHECKING:
    from sim.model.compile import Case

Row = tuple[float, ...]
LARGEST_TABLE = 1_000_000  # combinations of levels that are kept in a table


def start_row(case: Case) -> Row:
    """Levels of the status quo."""
    return tuple(float(case.spec.issues[name].start) for name in case.issue_ids)


def derived_value(case: Case, name: str, row: Row | list[float], inputs: list[float]) -> float:
    """A derived quantity at the given issue levels."""
    key = f"derived.{name}"
    program = case.package_programs[key][0]
    return program.value_at([row[k] if k >= 0 else inputs[~k] for k in case.package_sources[key]])


def unmet_term(case: Case, track: str, row: Row | list[float]) -> str | None:
    """The first linked condition of a track that the levels do not meet, at the point values of parameters."""
    for term in getattr(case.spec.tracks[track], "terms", ()):
        key = f"terms.{track}.{term}"
        numbers = [row[k] if k >= 0 else case.base[~k] for k in case.package_sources[key]]
        if case.package_programs[key][0].value_at(numbers) == 0.0:
            return term
    return None


def utility_at(case: Case, actor: str, row: Row | list[float], inputs: list[float], credibility: float) -> float:
    """The actor's utility of a package at the given inputs, before any cost of sanctions."""
    utility = case.slots.actors[actor].utility
    start = start_row(case)
    total = 0.0
    for index, name in enumerate(case.issue_ids):
        taste = utility.issues.get(name)
        if taste is None:
            continue
        weight = inputs[taste.weight]
        if weight == 0.0:
            continue
        if actor in case.spec.issues[name].hidden_from:
            level = start[index]
        elif taste.reads is None:
            level = row[index]
        else:
            level = derived_value(case, taste.reads, row, inputs)
        total += weight * single_issue_value(level, inputs[taste.ideal], inputs[taste.exponent])
    if utility.survival is not None:
        term = utility.survival
        total += inputs[term.weight] * survival(
            row[case.issue(term.arms)], row[case.issue(term.guarantee)], credibility, inputs[term.eta]
        )
    return total


def point_credibility(case: Case, actor: str) -> float:
    """An actor's credibility of promises at the scenario's point values; 0 if it has none."""
    slot = case.slots.actors[actor].types.credibility
    return 0.0 if slot is None else case.base[slot]


def point_values(case: Case, actor: str, scales: Scales) -> Values:
    """The actor's utility of many packages at the point values, `utility_at` package by package."""
    utility = case.slots.actors[actor].utility
    base = case.base
    terms: list[tuple[list[int], Callable[[Row], float]]] = []  # issues, and what their levels add
    for k, issue in enumerate(case.issue_ids):
        taste = utility.issues.get(issue)
        if taste is None or base[taste.weight] == 0.0 or actor in case.spec.issues[issue].hidden_from:
            continue  # what is hidden or does not matter adds the same to all
        terms.append(_issue_term(case, k, taste))
    if utility.survival is not None:
        term = utility.survival
        credibility = point_credibility(case, actor)
        terms.append(
            (
                [case.issue(term.arms), case.issue(term.guarantee)],
                lambda row: base[term.weight] * survival(row[0], row[1], credibility, base[term.eta]),
            )
        )
    tables = [_Table(scales, issues, add) for issues, add in terms]

    def value(codes: Codes) -> np.ndarray:
        total = np.zeros(len(codes))
        for table in tables:
            total = total + table.at(codes)
        return total

    return value


def _issue_term(case: Case, k: int, taste: Any) -> tuple[list[int], Callable[[Row], float]]:
    """Issues that one taste depends on, and what their levels add to the utility."""
    base = case.base
    weight, ideal, exponent = base[taste.weight], base[taste.ideal], base[taste.exponent]
    if taste.reads is None:
        return [k], lambda row: weight * single_issue_value(row[0], ideal, exponent)
    sources = case.package_sources[f"derived.{taste.reads}"]
    issues = sorted({source for source in sources if source >= 0})

    def add(row: Row) -> float:
        levels = [0.0] * len(case.issue_ids)
        for at, level in zip(issues, row, strict=True):
            levels[at] = level
        return weight * single_issue_value(derived_value(case, taste.reads, levels, base), ideal, exponent)

    return issues, add


class _Table:
    """What the levels of some issues add to a utility, worked out when a combination is first met."""

    def __init__(self, scales: Scales, issues: list[int], add: Callable[[Row], float]) -> None:
        self.levels = [scales.levels[k] for k in issues]
        self.issues = issues
        self.add = add
        sizes = [len(levels) for levels in self.levels]
        self.strides = [math.prod(sizes[n + 1 :]) for n in range(len(sizes))]
        self.known = np.full(math.prod(sizes), np.nan) if math.prod(sizes) <= LARGEST_TABLE else None

    def at(self, codes: Codes) -> np.ndarray:
        """The addition to the utility of every package."""
        one_alone = len(self.issues) == 1
        place = codes[:, self.issues[0]] if one_alone else codes[:, self.issues] @ np.array(self.strides, dtype=np.int64)
        if self.known is None:
            distinct, which = np.unique(place, return_inverse=True)
            return np.array([self._one(at) for at in distinct.tolist()])[which]
        values = self.known[place]
        unknown = np.isnan(values)
        if unknown.any():  # mostly not, and numpy looks long for what is unique
            missing = sorted(set(place[unknown].tolist()))
            self.known[missing] = [self._one(at) for at in missing]
            values = self.known[place]
        return values

    def _one(self, place: int) -> float:
        parts = zip(self.levels, self.strides, strict=True)
        return self.add(tuple(levels[place // stride % len(levels)] for levels, stride in parts))
