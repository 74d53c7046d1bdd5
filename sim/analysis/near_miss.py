"""Why a deal in force did not make the outcome that the scenario keeps for deals.

A reader who sees a deal in force and an outcome that is no deal asks why. The answer is read from the predicate of the
class that came nearest, part by part, with the quantities as they stood at the reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.names import Calendar, Names, plain
from sim.analysis.phrases import number
from sim.model.expressions.expression import Expression
from sim.model.expressions.program import compile_expression
from sim.model.expressions.reading import parse
from sim.model.expressions.rewriting import split_held
from sim.model.expressions.tree import Binary, Comparison, Name, Node, Number, Unary, walk
from sim.model.expressions.writing import node_text
from sim.rules.expression import evaluate

if TYPE_CHECKING:
    from sim.experiments.replay import Replay
    from sim.model.compile import Case

HELD = "held."  # how the quantities begin that say how long a condition has held
DEAL = "deal."  # how the quantities begin that are about the deal in force

_NUMBERS = {
    "deal.age": "the age of the deal",
    "deal.milestones": "the number of milestones",
    "pressure": "sanctions pressure",
    "max_rung": "the highest rung",
}
_TRUE_OR_FALSE = {
    "deal.in_force": ("a deal is in force", "no deal is in force"),
    "deal.disputed": ("the deal is in dispute", "the deal is undisputed"),
    "declaration": ("a declaration stands", "no declaration stands"),
    "talks_on": ("the sides are in talks", "the sides are not in talks"),
    "talks_recent": ("the sides have met of late", "the sides have not met of late"),
    "major_recent": ("there has been a major provocation of late", "there has been no major provocation of late"),
    "meeting_pending": ("a meeting has a date", "no meeting has a date"),
    "crisis_active": ("there is a crisis", "there is no crisis"),
}
_WANTED = {">=": "at least {}", ">": "more than {}", "<=": "at most {}", "<": "less than {}", "==": "{}", "!=": "not {}"}
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class NearMiss:
    """A class that the history fell short of, and in what."""

    outcome: str
    reasons: tuple[str, ...]  # each in words, such as `“Inspection” is 0.20 (at least 0.40 is asked)`


def near_miss(replay: Replay) -> NearMiss | None:
    """Of the classes that ask for a deal, the one most of whose conditions held at the horizon, and what it lacked.

    None where no deal was in force, and where the history's own class is such a class or stands before all of them:
    then there is nothing to wonder at. Ties go to the class that the scenario asks first.
    """
    case, spec = replay.case, replay.case.spec
    standing = replay.standing.get(spec.horizon)
    in_force = case.names.get(DEAL + "in_force")
    if standing is None or in_force is None or standing[in_force] == 0.0:
        return None
    reader = _Reader(case, standing)
    found: tuple[float, str, Node] | None = None
    for item in spec.outcomes:
        asks_for_deal = any(name.startswith(DEAL) for name in case.compile(item.when).names)
        if item.id == replay.row["outcome"]:
            if asks_for_deal:
                return None
            break
        if not asks_for_deal:
            continue
        root = _as_compiled(case, item.when)
        parts = list(_parts(root, "and"))
        share = sum(reader.holds(part) for part in parts) / len(parts)
        if found is None or share > found[0]:
            found = share, item.id, root
    if found is None:
        return None
    words = _Words(case, reader)
    return NearMiss(found[1], tuple(dict.fromkeys(words.failed(part) for part in _unmet(found[2], reader))))


def _as_compiled(case: Case, text: str) -> Node:
    """The predicate with each `held(...)` replaced by the quantity that the engine keeps for it."""
    slots = [int(name[5:]) for name in case.compile(text).names if name.startswith(HELD)]
    return split_held(parse(text, case.spec.time_unit), first=min(slots, default=0))[0].root


def _parts(node: Node, operator: str) -> Iterator[Node]:
    if isinstance(node, Binary) and node.operator == operator:
        yield from _parts(node.left, operator)
        yield from _parts(node.right, operator)
    else:
        yield node


def _unmet(node: Node, reader: _Reader) -> list[Node]:
    """The smallest parts that failed; of alternatives, those of the one that failed in the fewest."""
    if reader.holds(node):
        return []
    if isinstance(node, Binary) and node.operator == "and":
        return [bad for part in _parts(node, "and") for bad in _unmet(part, reader)]
    if isinstance(node, Binary) and node.operator == "or":
        return min((_unmet(part, reader) for part in _parts(node, "or")), key=len)
    return [node]


class _Reader:
    """Values of parts of a predicate, as the quantities stood."""

    def __init__(self, case: Case, standing: tuple[float, ...]) -> None:
        self.case = case
        self.standing = standing

    def value(self, node: Node) -> float:
        program = compile_expression(Expression(node, self.case.spec.time_unit), self.case.names)
        return evaluate(program.code, program.constants, self.standing, [0.0] * max(1, program.stack_size))

    def holds(self, node: Node) -> bool:
        return self.value(node) != 0.0


class _Words:
    """What failed, for a reader who does not know the names of quantities."""

    def __init__(self, case: Case, reader: _Reader) -> None:
        self.names = Names(case)
        self.spec = case.spec
        self.calendar = Calendar(case)
        self.reader = reader

    def failed(self, node: Node) -> str:
        if isinstance(node, Comparison) and len(node.operands) == 2:
            (left, right), operator = node.operands, node.operators[0]
            if isinstance(left, Number):
                left, right, operator = right, left, _TURNED[operator]
            if isinstance(left, Name) and not any(isinstance(part, Name) for part in walk(right)):
                if left.name.startswith(HELD):
                    return self.lasting(left.name, self.reader.value(right))
                say = self.span if _is_time(right) else number
                wanted = _WANTED[operator].format(say(self.reader.value(right)))
                return f"{self.quantity(left.name)} is {say(self.reader.value(left))} ({wanted} is asked)"
        if isinstance(node, Name):
            return self.truth(node.name)[1]
        if isinstance(node, Unary) and node.operator == "not" and isinstance(node.operand, Name):
            return self.truth(node.operand.name)[0]
        return f"\u201c{node_text(node)[0]}\u201d does not hold"

    def lasting(self, name: str, asked: float) -> str:
        """A condition that had to hold for some time."""
        condition = self.reader.case.held[int(name[len(HELD) :])].condition.text
        since = self.reader.standing[self.reader.case.names[name]]
        has = f"has held for {self.span(since)}" if since >= 0.0 else "does not hold"
        return f"\u201c{condition}\u201d {has} ({self.span(asked)} are asked)"

    def span(self, time: float) -> str:
        return self.calendar.span(time / self.calendar.per_day)

    def truth(self, name: str) -> tuple[str, str]:
        """How a quantity that is true or false is said where it is true, and where it is false."""
        if name in _TRUE_OR_FALSE:
            return _TRUE_OR_FALSE[name]
        track, _, what = name.partition(".")
        words = {"in_force": "in force", "standing": "in force", "pending": "given a date"}.get(what)
        if track in self.spec.tracks and words is not None:
            label = f"\u201c{self.names.track(track)}\u201d"
            return f"{label} is {words}", f"{label} is not {words}"
        return f"\u201c{plain(name)}\u201d holds", f"\u201c{plain(name)}\u201d does not hold"

    def quantity(self, name: str) -> str:
        """A named number in words."""
        if name in _NUMBERS:
            return _NUMBERS[name]
        for prefix, words in (("deal.level.", "{} in the deal"), ("level.", "{} so far"), ("seen.", "{} as it is seen"),
                              ("pledged.", "{} as pledged")):  # fmt: skip
            if name.startswith(prefix) and (issue := name[len(prefix):]) in self.spec.issues:
                return words.format(f"\u201c{self.names.issue(issue)}\u201d")
        track, _, what = name.partition(".")
        if track in self.spec.tracks and what == "age":
            return f"the age of \u201c{self.names.track(track)}\u201d"
        return f"\u201c{plain(name)}\u201d"


def _is_time(node: Node) -> bool:
    return any(isinstance(part, Number) and part.unit for part in walk(node))
