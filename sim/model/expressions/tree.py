"""The nodes that a text becomes, and ways to go through them. What a node means is said in the other parts.

Columns are for messages only and do not count when two expressions are compared.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; with a unit it is a duration."""

    value: float
    unit: str = ""
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """``true`` or ``false``."""

    value: bool
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A named quantity."""

    name: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` or ``not``."""

    operator: str
    operand: Node
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """``+ - * / and or``; ``column`` is the operator's."""

    operator: str
    left: Node
    right: Node
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``a < b <= c``: one operator fewer than operands; true if every link is."""

    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Dated:
    """``x at DATE``: as it was at the end of that day; ``x by DATE``: whether it was true at some time up to then."""

    word: str
    operand: Node
    date: datetime.date
    column: int = field(default=1, compare=False)


Node = Number | Boolean | Name | Unary | Binary | Comparison | Call | Dated


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node from left to right."""
    if isinstance(node, Unary | Dated):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Comparison):
        return node.operands
    if isinstance(node, Call):
        return node.arguments
    return ()


def walk(root: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def first_column(node: Node) -> int:
    """The column of the first character of a node."""
    while isinstance(node, Binary | Comparison | Dated):
        node = node.left if isinstance(node, Binary) else node.operand if isinstance(node, Dated) else node.operands[0]
    return node.column
