"""A whole expression: a tree with its time unit and its text, and how large it may be."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.tree import Name, Node, children, walk
from sim.model.expressions.writing import node_text
from sim.model.quantities import TimeUnit

MAX_DEPTH = 200  # of the tree, also after names have been replaced; a sum of n terms is n deep
MAX_NODES = 10_000  # of the tree after names have been replaced; repeated doubling reaches any number


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression. Equal expressions have equal trees and time units, whatever their spacing."""

    root: Node
    time_unit: TimeUnit = "days"
    text: str = field(default="", compare=False)

    def names(self) -> tuple[str, ...]:
        """The named quantities it uses, each once, in order of appearance."""
        return tuple(dict.fromkeys(node.name for node in walk(self.root) if isinstance(node, Name)))

    def __str__(self) -> str:
        return to_text(self)


def to_text(expression: Expression) -> str:
    """The expression as text with no bracket too many; parsing it gives an equal expression."""
    return node_text(expression.root)[0]


def limited(expression: Expression) -> Expression:
    """The expression itself, if its tree is within the limits that keep the recursion below it safe."""
    waiting = [(expression.root, 1)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_NODES:
            message = f"the expression is too large: at most {MAX_DEPTH} terms deep and {MAX_NODES} parts"
            raise ExpressionError(message, node.column, "split it into derived quantities", expression.text)
        waiting.extend((child, depth + 1) for child in children(node))
    return expression
