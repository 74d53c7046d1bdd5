"""What values an expression can take within the ranges of its names, and where it may have none."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sim.arithmetic import EXP_MAX, LOG_ZERO, exp, log, logistic, normal_cdf, normal_quantile, sqrt
from sim.model.expressions.expression import Expression
from sim.model.expressions.kinds import Kind
from sim.model.expressions.tree import (
    Binary,
    Boolean,
    Call,
    Comparison,
    Dated,
    Name,
    Node,
    Number,
    Unary,
    children,
    first_column,
)
from sim.model.expressions.writing import copied_text, short_text
from sim.model.quantities import in_time_unit


class Truth(enum.Enum):
    """What is known of a predicate when only the ranges of its quantities are known."""

    ALWAYS = "always true"
    NEVER = "never true"
    EITHER = "sometimes true"


Bounds = tuple[float, float]
_ANYTHING: Bounds = (-math.inf, math.inf)
_OPEN: Bounds = (0.0, 1.0)  # of a condition that may be true or false


class Hazard(NamedTuple):
    """An operation that may have no value within the declared ranges; it then gives the bound the rule documents."""

    message: str
    column: int
    hint: str


def interval(expression: Expression, bounds: Mapping[str, Bounds], kind: Kind | None = None) -> Bounds | Truth:
    """What values the expression can take when each name stays within its bounds.

    A number gives ``(low, high)``, which contains every value and may be wider than needed, since each mention of a
    name is taken to vary by itself, except that one side of ``and`` is judged where the other holds, and one side of
    ``or`` where the other does not. A condition gives a `Truth`; ALWAYS and NEVER are certain. Names without bounds
    may be anything. ``kind`` is what `check` found; without it a name by itself counts as a number.
    """
    low, high = _Ranges(expression, bounds, narrows=True).of(expression.root)
    if kind is Kind.NUMBER or (kind is None and not _is_condition(expression.root)):
        return low, high
    low, high = _truth((low, high))
    return Truth.ALWAYS if low > 0.0 else Truth.NEVER if high <= 0.0 else Truth.EITHER


def hazards(expression: Expression, bounds: Mapping[str, Bounds]) -> tuple[Hazard, ...]:
    """Divisors that can be zero and arguments outside the domain of exp, log and sqrt, in order of appearance."""
    ranges = _Ranges(expression, bounds)
    ranges.of(expression.root)
    return tuple(sorted(ranges.hazards, key=lambda hazard: hazard.column))


_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _is_condition(node: Node) -> bool:
    """Whether the form of a node says that it is a condition."""
    if isinstance(node, Binary):
        return node.operator in ("and", "or")
    if isinstance(node, Unary):
        return node.operator == "not"
    if isinstance(node, Call):
        return node.function == "held" or (node.function == "if" and any(map(_is_condition, node.arguments[1:])))
    if isinstance(node, Dated):
        return node.word == "by" or _is_condition(node.operand)
    return isinstance(node, Boolean | Comparison)


class _Ranges:
    """Interval arithmetic. Conditions are (1, 1), (0, 0) or (0, 1)."""

    def __init__(self, expression: Expression, bounds: Mapping[str, Bounds], *, narrows: bool = False):
        self.expression = expression
        self.bounds = bounds
        # Both sides of a condition are computed in any case, so what may go wrong in them is asked without narrowing.
        self.narrows = narrows
        self.hazards: list[Hazard] = []

    def warn(self, message: str, node: Node, hint: str) -> None:
        self.hazards.append(Hazard(message, first_column(node), hint))

    def of(self, node: Node) -> Bounds:
        if isinstance(node, Number):
            value = in_time_unit(node.value, node.unit, self.expression.time_unit)
            return value, value
        if isinstance(node, Boolean):
            return (1.0, 1.0) if node.value else (0.0, 0.0)
        if isinstance(node, Name):
            low, high = self.bounds.get(node.name, _ANYTHING)
            return float(low), float(high)
        if self.narrows and isinstance(node, Binary) and node.operator in ("and", "or"):
            return self.joined(node)
        parts = [self.of(child) for child in children(node)]
        if isinstance(node, Unary):
            low, high = parts[0]
            return (-high, -low) if node.operator == "-" else _negation(parts[0])
        if isinstance(node, Comparison):
            links = zip(parts, node.operators, parts[1:], strict=False)
            truths = [_comparison(left, operator, right) for left, operator, right in links]
            return _conjunction(truths)
        if isinstance(node, Call):
            return self.call(node, parts)
        if isinstance(node, Dated):
            # What was true at some time may never have been, unless it is true whatever happens; before its date a
            # quantity is what it is now.
            return parts[0] if node.word == "at" else _truth(parts[0])
        return self.binary(node, *parts)

    def joined(self, node: Binary) -> Bounds:
        """``and`` or ``or``: the right side matters only where the left holds, or does not."""
        both = node.operator == "and"
        left = _truth(self.of(node.left))
        narrowed = self.where(node.left, both, self.bounds)
        if narrowed is None:
            return (0.0, 0.0) if both else (1.0, 1.0)
        right = _truth(_Ranges(self.expression, narrowed, narrows=True).of(node.right))
        if both:
            return _conjunction([left, right])
        return _negation(_conjunction([_negation(left), _negation(right)]))

    def where(self, node: Node, holds: bool, bounds: Mapping[str, Bounds]) -> Mapping[str, Bounds] | None:
        """The bounds of names where a condition holds, or does not; None where that cannot be."""
        if isinstance(node, Name):
            low, high = _truth(bounds.get(node.name, _OPEN))
            if (high if holds else 1.0 - low) <= 0.0:
                return None
            return {**bounds, node.name: (1.0, 1.0) if holds else (0.0, 0.0)} if (low, high) == _OPEN else bounds
        if isinstance(node, Unary) and node.operator == "not":
            return self.where(node.operand, not holds, bounds)
        if isinstance(node, Binary) and node.operator == ("and" if holds else "or"):
            narrowed = self.where(node.left, holds, bounds)
            return None if narrowed is None else self.where(node.right, holds, narrowed)
        if isinstance(node, Comparison) and len(node.operators) == 1:
            return self.compared(node, holds, bounds)
        return bounds

    def compared(self, node: Comparison, holds: bool, bounds: Mapping[str, Bounds]) -> Mapping[str, Bounds] | None:
        """The same for one comparison of a name with something else."""
        left, right = node.operands
        operator = node.operators[0] if holds else _OPPOSITE[node.operators[0]]
        if not isinstance(left, Name):
            left, right, operator = right, left, _MIRRORED[operator]
        if not isinstance(left, Name):
            return bounds
        low, high = bounds.get(left.name, _ANYTHING)
        least, most = _Ranges(self.expression, bounds).of(right)
        if operator in (">", ">=", "=="):
            low = max(low, least)
        if operator in ("<", "<=", "=="):
            high = min(high, most)
        return {**bounds, left.name: (low, high)} if low <= high else None

    def binary(self, node: Binary, left: Bounds, right: Bounds) -> Bounds:
        if node.operator == "and":
            return _conjunction([_truth(left), _truth(right)])
        if node.operator == "or":
            return _negation(_conjunction([_negation(left), _negation(right)]))
        if node.operator == "+":
            return _ordered([left[0] + right[0], left[1] + right[1]])
        if node.operator == "-":
            return _ordered([left[0] - right[1], left[1] - right[0]])
        if node.operator == "*":
            return _ordered([_product(a, b) for a in left for b in right])
        if right[0] <= 0.0 <= right[1]:
            divisor = short_text(node.right)
            self.warn(f"the divisor '{divisor}' can be zero; the result is then 0", node.right,
                      f"keep it away from zero, as in max({copied_text(node.right)}, 0.01), or narrow its range")  # fmt: skip
            return _ANYTHING
        return _ordered([a / b for a in left for b in right])

    def call(self, node: Call, parts: list[Bounds]) -> Bounds:
        name = node.function
        low, high = parts[0]
        if name in ("min", "max"):
            choose: Callable[..., float] = min if name == "min" else max
            return choose(part[0] for part in parts), choose(part[1] for part in parts)
        if name == "if":
            condition = _truth(parts[0])
            if condition[0] > 0.0:
                return parts[1]
            if condition[1] <= 0.0:
                return parts[2]
            return min(parts[1][0], parts[2][0]), max(parts[1][1], parts[2][1])
        if name == "held":
            # Even what is always true has held for no time at the start.
            return (0.0, 0.0) if _truth(parts[0])[1] <= 0.0 else _OPEN
        if name == "abs":
            return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        argument, copied = short_text(node.arguments[0]), copied_text(node.arguments[0])
        if name == "power":
            return self.power(parts[0], parts[1], argument, node)
        if name == "exp" and high > EXP_MAX:
            self.warn(f"exp('{argument}') can be too large for a number; it is then cut off", node.arguments[0],
                      "narrow the ranges, or use logistic(x) for a share")  # fmt: skip
        if name == "log" and low <= 0.0:
            self.warn(f"log('{argument}') has no value at zero and below; it is then {LOG_ZERO}", node.arguments[0],
                      f"write log(max({copied}, 0.001)), or narrow the ranges")  # fmt: skip
        if name == "sqrt" and low < 0.0:
            self.warn(f"sqrt('{argument}') has no value below zero; it is then 0", node.arguments[0],
                      f"write sqrt(max({copied}, 0)), or narrow the ranges")  # fmt: skip
        function = {"exp": exp, "log": log, "sqrt": sqrt, "logistic": logistic, "normal_cdf": normal_cdf,
                    "normal_quantile": normal_quantile}[name]  # fmt: skip
        return _widened(function(low)), _widened(function(high), up=True)

    def power(self, base: Bounds, exponent: Bounds, argument: str, node: Call) -> Bounds:
        """Of ``power(x, a)``: 0 where x is 0 or less."""
        if base[0] < 0.0:
            self.warn(f"power('{argument}', ...) has no value below zero; it is then 0", node.arguments[0],
                      f"write power(max({copied_text(node.arguments[0])}, 0), ...), or narrow the ranges")  # fmt: skip
        if base[1] <= 0.0:
            return 0.0, 0.0
        logs = [math.log(end) if 0.0 < end < math.inf else (math.inf if end > 0.0 else -math.inf) for end in base]
        corners = [_product(a, b) for a in logs for b in exponent]
        return 0.0 if base[0] <= 0.0 else _widened(exp(min(corners))), _widened(exp(max(corners)), up=True)


def _widened(value: float, *, up: bool = False) -> float:
    """A little further out: the house functions rise with their argument only up to their last bits."""
    slack = abs(value) * 1e-14
    return value + slack if up else value - slack


def _product(a: float, b: float) -> float:
    # An unbounded range times exactly zero is zero for every number in the range.
    return 0.0 if a == 0.0 or b == 0.0 else a * b


def _ordered(corners: list[float]) -> Bounds:
    """The range of the corners; everything if one of them is undefined (infinity less infinity)."""
    if any(corner != corner for corner in corners):
        return _ANYTHING
    return min(corners), max(corners)


def _truth(part: Bounds) -> Bounds:
    """A range read as a condition: any number but zero is true."""
    low, high = part
    if low > 0.0 or high < 0.0:
        return 1.0, 1.0
    return (0.0, 0.0) if low == high == 0.0 else _OPEN


def _negation(part: Bounds) -> Bounds:
    low, high = _truth(part)
    return 1.0 - high, 1.0 - low


def _conjunction(truths: list[Bounds]) -> Bounds:
    return min(low for low, _ in truths), min(high for _, high in truths)


def _comparison(left: Bounds, operator: str, right: Bounds) -> Bounds:
    if operator in (">", ">="):
        left, right, operator = right, left, {">": "<", ">=": "<="}[operator]
    if operator == "<":
        return _certain(left[1] < right[0], left[0] >= right[1])
    if operator == "<=":
        return _certain(left[1] <= right[0], left[0] > right[1])
    equal = left[0] == left[1] == right[0] == right[1]
    apart = left[1] < right[0] or right[1] < left[0]
    return _certain(equal, apart) if operator == "==" else _certain(apart, equal)


def _certain(always: bool, never: bool) -> Bounds:
    return (1.0, 1.0) if always else (0.0, 0.0) if never else _OPEN
