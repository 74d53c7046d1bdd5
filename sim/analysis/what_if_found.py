"""What a search for the smallest change has found (`sim.analysis.what_if`): changes, their parts, and all of it as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.analysis.change_length import Length
from sim.analysis.what_if_target import Level, Target
from sim.experiments.changes import Candidate, Changes


@dataclass(frozen=True)
class Alone:
    """What changing one number did in the first look.

    Attributes
    ----------
    changes : in standard deviations, ascending, 0 among them
    levels : share or mean at each
    best : change at which it came nearest to the target, or furthest beyond it
    """

    candidate: Candidate
    label: str
    changes: tuple[float, ...]
    levels: tuple[Level, ...]
    best: float

    @property
    def at_best(self) -> Level:
        """The share or mean there."""
        return self.levels[self.changes.index(self.best)]


@dataclass(frozen=True)
class Part:
    """One number of a change.

    Attributes
    ----------
    change : in standard deviations
    before, after : its value, or the mean of its draws; None of a private type
    classes : of a private type, each class with its share of histories before and after
    """

    candidate: Candidate
    label: str
    change: float
    before: float | None
    after: float | None
    classes: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Change:
    """A change put to the test with fresh draws.

    Attributes
    ----------
    length : in standard deviations
    passes : where the direction passes the target, by the histories before
    level, base : share or mean with the change and without it, from the same draws
    chance : probability that the target is met
    tries : how many lengths were put to the test
    stage : directory of the histories that tested it, and which of the points there it is
    """

    parts: tuple[Part, ...]
    length: float
    passes: Length
    level: Level
    base: Level
    chance: float
    tries: int
    stage: tuple[str, int]

    def reaches(self, target: Target) -> bool:
        """Whether the target is met, more likely than not."""
        return target.is_met(self.level.value) and self.chance >= 0.5

    @property
    def is_joint(self) -> bool:
        """Whether more than one number changes."""
        return len(self.parts) > 1


@dataclass(frozen=True)
class Found:
    """The answer.

    Attributes
    ----------
    base : share or mean of the case as it is
    alone : what changing each number alone did, best first
    singles : single changes that reach the target, shortest first
    joint : the joint change, where one was tested
    answer : the shortest change that reaches the target; None where none does
    best : where none does, the change that came nearest to it
    """

    changes: Changes
    target: Target
    histories: int
    base: Level
    alone: tuple[Alone, ...]
    singles: tuple[Change, ...]
    joint: Change | None
    answer: Change | None
    best: Change | None

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.changes.scenario["title"])


def as_data(found: Found) -> dict[str, Any]:
    """Everything as plain data."""
    return {
        "scenario": str(found.changes.scenario["id"]),
        "target": {"text": found.target.text, "output": found.target.output.name, "label": found.target.output.label,
                   "at_least": found.target.wants_more, "value": found.target.value},
        "seed": found.changes.seed,
        "histories": found.changes.num_histories,
        "base": _level(found.base),
        "reached": found.answer is not None,
        "answer": _change(found, found.answer),
        "best": _change(found, found.best),
        "singles": [_change(found, item) for item in found.singles],
        "joint": _change(found, found.joint),
        "alone": [
            {"path": item.candidate.path, "label": item.label, "kind": item.candidate.kind,
             "changes": [{"change": change, **_level(level)} for change, level in zip(item.changes, item.levels, strict=True)]}
            for item in found.alone
        ],
        "scales": [
            {"path": item.path, "kind": item.kind, "is_shifted": item.value is None, "value": item.value,
             "standard_deviation": None if item.value is None else item.scale, "is_assumed": item.is_assumed,
             "lowest": item.low, "highest": item.high}
            for item in found.changes.candidates
        ],
    }  # fmt: skip


def _level(level: Level) -> dict[str, Any]:
    return {"value": level.value, "low": level.low, "high": level.high, "histories": level.histories}


def _change(found: Found, change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    passes = change.passes
    return {
        "length": change.length,
        "passes_at": {name: value if math.isfinite(value) else None
                      for name, value in (("value", passes.value), ("low", passes.low), ("high", passes.high))},
        "reaches": change.reaches(found.target),
        "level": _level(change.level),
        "without": _level(change.base),
        "probability_met": change.chance,
        "tries": change.tries,
        "stage": change.stage[0],
        "point": change.stage[1],
        "parts": [
            {"path": part.candidate.path, "label": part.label, "kind": part.candidate.kind, "change": part.change, "before": part.before,
             "after": part.after, **({"classes": [list(item) for item in part.classes]} if part.classes else {})}
            for part in change.parts
        ],
    }  # fmt: skip
