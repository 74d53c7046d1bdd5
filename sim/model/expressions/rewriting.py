"""Expressions made of others: names replaced, what needs a memory split off, and the order in which definitions go."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression, limited
from sim.model.expressions.tree import Binary, Call, Comparison, Dated, Name, Node, Number, Unary, children, walk
from sim.model.quantities import TimeUnit, in_time_unit


def substitute(expression: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """The expression with names replaced by whole expressions, for instance derived quantities by their definitions.

    The replacements are not replaced in turn: replace in the order that `dependency_order` gives.
    Raises `ExpressionError` where the result is beyond the limits.
    """
    return limited(replace(expression, root=_map_names(expression.root, replacements)))


def number(value: float) -> Expression:
    """An expression that is a number."""
    return Expression(Number(float(value)))


def _map_names(node: Node, replacements: Mapping[str, Expression]) -> Node:
    if isinstance(node, Name):
        return replacements[node.name].root if node.name in replacements else node
    return _rebuilt(node, tuple(_map_names(child, replacements) for child in children(node)))


def _rebuilt(node: Node, parts: tuple[Node, ...]) -> Node:
    if isinstance(node, Unary | Dated):
        return replace(node, operand=parts[0])
    if isinstance(node, Binary):
        return replace(node, left=parts[0], right=parts[1])
    if isinstance(node, Comparison):
        return replace(node, operands=parts)
    if isinstance(node, Call):
        return replace(node, arguments=parts)
    return node


class Lasting(NamedTuple):
    """What an engine must remember for one ``held(condition, duration)``, ``x at DATE`` or ``condition by DATE``.

    ``kind`` says what the quantity named ``slot`` is, times in the scenario's unit:

    * ``held``: for how long the operand has been true without a break, 0 at the moment it becomes true, -1 while it is false;
    * ``ever``: when it was true for the first time, a time that never comes if it has not been yet;
    * ``dated``: what it was when last looked at before ``until``.
    """

    slot: str
    kind: str
    operand: Expression
    until: float = 0.0


def split_lasting(
    expression: Expression, first: int = 0, start: datetime.date | None = None
) -> tuple[Expression, tuple[Lasting, ...]]:
    """The expression with all that needs a memory replaced by slots, and the slots.

    ``held(condition, duration)`` becomes ``held.0 >= duration``, ``condition by DATE`` becomes ``ever.1 < the end of that day``, and
    ``x at DATE`` becomes ``dated.2``. Slots are counted from ``first``, whatever their kind; equal ones are shared. Inner ones come
    before those whose operand uses them. ``start`` is the date of time 0, needed where dates are.
    """
    found: dict[tuple[str, Node, float], Lasting] = {}

    def slot(kind: str, operand: Node, whole: Node, until: float = 0.0) -> str:
        key = (kind, whole, until)
        if key not in found:
            found[key] = Lasting(f"{kind}.{first + len(found)}", kind, replace(expression, root=operand), until)
        return found[key].slot

    def end_of(date: datetime.date) -> float:
        assert start is not None, "dates need the scenario's start"
        return float((date - start).days + 1)

    def split(node: Node) -> Node:
        node = _rebuilt(node, tuple(split(child) for child in children(node)))
        if isinstance(node, Call) and node.function == "held":
            condition, duration = node.arguments
            return Comparison((Name(slot("held", condition, node), node.column), duration), (">=",), node.column)
        if isinstance(node, Dated) and node.word == "by":
            end = Number(end_of(node.date), "days", node.column)
            return Comparison((Name(slot("ever", node.operand, node.operand), node.column), end), ("<",), node.column)
        if isinstance(node, Dated):
            until = in_time_unit(end_of(node.date), "days", expression.time_unit)
            return Name(slot("dated", node.operand, node.operand, until), node.column)
        return node

    return replace(expression, root=split(expression.root)), tuple(found.values())


def join_lasting(node: Node, lasting: Mapping[str, Lasting], start: datetime.date, time_unit: TimeUnit = "days") -> Node:
    """The inverse of `split_lasting`, for readers: slots are written again as what they stand for."""

    def joined(node: Node) -> Node:
        if isinstance(node, Comparison) and isinstance(node.operands[0], Name) and node.operands[0].name in lasting:
            item = lasting[node.operands[0].name]
            operand = joined(item.operand.root)
            if item.kind == "held":
                return Call("held", (operand, node.operands[1]), node.column)
            if item.kind == "ever" and isinstance(node.operands[1], Number):
                return Dated("by", operand, _day_before(start, node.operands[1].value), node.column)
        if isinstance(node, Name) and node.name in lasting and lasting[node.name].kind == "dated":
            item = lasting[node.name]
            days = item.until / in_time_unit(1.0, "days", time_unit)
            return Dated("at", joined(item.operand.root), _day_before(start, days), node.column)
        return _rebuilt(node, tuple(joined(child) for child in children(node)))

    return joined(node)


def _day_before(start: datetime.date, days: float) -> datetime.date:
    return start + datetime.timedelta(days=round(days) - 1)


def dependency_order(definitions: Mapping[str, Expression]) -> tuple[str, ...]:
    """The defined names in an order in which each one uses only names before it (or names defined elsewhere).

    Raises `ExpressionError` naming the circle if there is none: ``a -> b -> a``.
    """
    done: dict[str, None] = {}
    for start in definitions:
        trail: dict[str, Iterator[str]] = {}
        if start not in done:
            trail[start] = iter(definitions[start].names())
        while trail:
            name = next(reversed(trail))
            used = next((item for item in trail[name] if item in definitions and item not in done), None)
            if used is None:
                done[name] = None
                del trail[name]
            elif used in trail:
                circle = [*list(trail)[list(trail).index(used) :], used]
                expression = definitions[name]
                column = next(n.column for n in walk(expression.root) if isinstance(n, Name) and n.name == used)
                raise ExpressionError(
                    f"the definitions go in a circle: {' -> '.join(circle)}", column,
                    "let one of them use only names that do not lead back to it", expression.text,
                )  # fmt: skip
            else:
                trail[used] = iter(definitions[used].names())
    return tuple(done)
