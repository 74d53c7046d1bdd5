"""Why a deal in force did not make the outcome that the scenario keeps for deals.

A reader who sees a deal in force and an outcome that is no deal asks why. The answer is read from the predicate of the
class that came nearest, part by part, with the quantities as they stood at the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.durations import DAYS_PER_YEAR, span
from sim.analysis.names import Names, plain
from sim.model.expressions.expression import Expression
from sim.model.expressions.program import compile_expression
from sim.model.expressions.reading import parse
from sim.model.expressions.rewriting import Lasting, join_lasting, split_lasting
from sim.model.expressions.tree import Binary, Call, Comparison, Name, Node, Number, Unary, walk
from sim.model.expressions.writing import node_text
from sim.rules.expression import evaluate

if TYPE_CHECKING:
    from sim.experiments.replay import Replay
    from sim.model.compile import Case

MOST_DIGITS = 6  # of a number that is told apart from another one
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
    found: tuple[float, str, _Predicate] | None = None
    for item in spec.outcomes:
        predicate = _Predicate(case, item.when)
        if item.id == replay.row["outcome"]:
            if predicate.asks_for_deal:
                return None
            break
        if not predicate.asks_for_deal:
            continue
        parts = list(_parts(predicate.root, "and"))
        share = sum(reader.holds(part) for part in parts) / len(parts)
        if found is None or share > found[0]:
            found = share, item.id, predicate
    if found is None:
        return None
    words = _Words(case, reader, found[2].held)
    return NearMiss(found[1], tuple(dict.fromkeys(words.failed(part) for part in _unmet(found[2].root, reader))))


class _Predicate:
    """A class's predicate as the engine knows it: each `held(...)` is a quantity that says for how long."""

    def __init__(self, case: Case, text: str) -> None:
        case.compile(text)  # done before, by the engine; so its slots have their numbers
        written = parse(text, case.spec.time_unit)
        expression, held = split_lasting(written, case.first_lasting[text], case.spec.start)
        self.root = expression.root
        self.held = {item.slot: item for item in held}
        self.asks_for_deal = _asks_for_deal(written.root)


def _asks_for_deal(node: Node) -> bool:
    """Whether it takes a deal for the condition to hold."""
    if isinstance(node, Name):
        return node.name in (DEAL + "in_force", DEAL + "exists")
    if isinstance(node, Comparison):
        return any(isinstance(part, Name) and part.name.startswith(DEAL) for part in walk(node))
    if isinstance(node, Call) and node.function == "held":
        return _asks_for_deal(node.arguments[0])
    if isinstance(node, Binary) and node.operator == "and":
        return any(_asks_for_deal(part) for part in _parts(node, "and"))
    return isinstance(node, Binary) and node.operator == "or" and all(_asks_for_deal(part) for part in _parts(node, "or"))


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

    def __init__(self, case: Case, reader: _Reader, held: Mapping[str, Lasting]) -> None:
        self.names = Names(case)
        self.spec = case.spec
        self.case = case
        self.reader = reader
        self.held = held

    def failed(self, node: Node) -> str:
        if isinstance(node, Comparison) and len(node.operands) == 2:
            (left, right), operator = node.operands, node.operators[0]
            if isinstance(left, Number):
                left, right, operator = right, left, _TURNED[operator]
            if isinstance(left, Name) and not any(isinstance(part, Name) for part in walk(right)):
                value, bound = self.reader.value(left), self.reader.value(right)
                if left.name in self.held and self.held[left.name].kind == "held":
                    return self.lasting(left.name, value, bound)
                said, wanted = self.times(value, bound) if _is_time(right) else _apart(value, bound)
                return f"{self.quantity(left.name)} is {said} ({_WANTED[operator].format(wanted)} is asked)"
        if isinstance(node, Name):
            return self.truth(node.name)[1]
        if isinstance(node, Unary) and node.operator == "not" and isinstance(node.operand, Name):
            return self.truth(node.operand.name)[0]
        return f"{self.written(node)} does not hold"

    def written(self, node: Node) -> str:
        """A condition as it stands in the file."""
        return f"\u201c{node_text(join_lasting(node, self.held, self.spec.start, self.spec.time_unit))[0]}\u201d"

    def lasting(self, name: str, since: float, asked: float) -> str:
        """A condition that had to hold for some time."""
        condition = self.written(self.held[name].operand.root)
        said, wanted = self.times(max(since, 0.0), asked)
        has = f"has held for {said}" if since >= 0.0 else "does not hold"
        return f"{condition} {has} ({wanted} are asked)"

    def times(self, value: float, bound: float) -> tuple[str, str]:
        """A time and the one it is compared with, in the unit of the second and told apart."""
        per_day = self.case.per_day
        wanted = span(bound / per_day)
        unit = wanted.rpartition(" ")[2]
        scale = {"hour": 24.0, "day": 1.0, "month": 12.0 / DAYS_PER_YEAR, "year": 1.0 / DAYS_PER_YEAR}[unit.removesuffix("s")]
        digits = 1 if unit.startswith(("year", "month")) else 0
        exact = bound / per_day * scale
        while digits < MOST_DIGITS and value != bound and (
            f"{value / per_day * scale:.{digits}f}" == f"{exact:.{digits}f}"
        ):
            digits += 1
        return f"{value / per_day * scale:,.{digits}f} {unit if unit.endswith('s') else unit + 's'}", wanted

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


def _apart(value: float, bound: float) -> tuple[str, str]:
    """Two numbers with two figures that count, or with as many as it takes to tell them apart."""
    digits = 2
    while digits < MOST_DIGITS and value != bound and f"{value:.{digits}g}" == f"{bound:.{digits}g}":
        digits += 1
    return f"{value:.{digits}g}", f"{bound:.{digits}g}"


def _is_time(node: Node) -> bool:
    return any(isinstance(part, Number) and part.unit for part in walk(node))
