"""Expressions made of others: names replaced, ``held`` split off, and the order in which definitions go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression, limited
from sim.model.expressions.tree import Binary, Call, Comparison, Name, Node, Number, Unary, children, walk


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
    if isinstance(node, Unary):
        return replace(node, operand=parts[0])
    if isinstance(node, Binary):
        return replace(node, left=parts[0], right=parts[1])
    if isinstance(node, Comparison):
        return replace(node, operands=parts)
    if isinstance(node, Call):
        return replace(node, arguments=parts)
    return node


class Held(NamedTuple):
    """What an engine must remember for one ``held(condition, duration)``.

    The quantity named ``slot`` is the time, in the scenario's unit, for which ``condition`` has been true without a
    break: 0 at the moment it becomes true, -1 while it is false.
    """

    slot: str
    condition: Expression
    duration: Expression


def split_held(expression: Expression, first: int = 0) -> tuple[Expression, tuple[Held, ...]]:
    """The expression with every ``held(condition, duration)`` replaced by ``slot >= duration``, and the slots.

    Slots are named ``held.0``, ``held.1`` and so on, counted from ``first``; equal ``held`` share one. Inner ones come
    before those whose condition uses them.
    """
    found: dict[Node, Held] = {}

    def split(node: Node) -> Node:
        parts = tuple(split(child) for child in children(node))
        node = _rebuilt(node, parts)
        if not (isinstance(node, Call) and node.function == "held"):
            return node
        condition, duration = (replace(expression, root=part) for part in parts)
        held = found.setdefault(node, Held(f"held.{first + len(found)}", condition, duration))
        return Comparison((Name(held.slot, node.column), parts[1]), (">=",), node.column)

    return replace(expression, root=split(expression.root)), tuple(found.values())


def join_held(node: Node, held: Mapping[str, Held]) -> Node:
    """The inverse of `split_held`, for readers: slots are written again as what they stand for."""
    if isinstance(node, Comparison) and isinstance(node.operands[0], Name) and node.operands[0].name in held:
        condition = held[node.operands[0].name].condition
        return Call("held", (join_held(condition.root, held), node.operands[1]), node.column)
    return _rebuilt(node, tuple(join_held(child, held) for child in children(node)))


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
