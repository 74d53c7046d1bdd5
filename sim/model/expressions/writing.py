"""From the tree back to text, with no bracket too many: for messages, and for what the engine is given to show."""

from __future__ import annotations

from sim.model.expressions.grammar import ATOM, COMPARE, DATE, MINUS, NOT, TIGHTNESS
from sim.model.expressions.tree import Boolean, Call, Comparison, Dated, Name, Node, Number, Unary


def node_text(node: Node) -> tuple[str, int]:
    """The text of a node and how tightly its outermost operator binds."""
    if isinstance(node, Number):
        return number_text(node.value) + (f" {node.unit}" if node.unit else ""), ATOM
    if isinstance(node, Boolean):
        return ("true" if node.value else "false"), ATOM
    if isinstance(node, Name):
        return node.name, ATOM
    if isinstance(node, Call):
        return f"{node.function}({', '.join(node_text(argument)[0] for argument in node.arguments)})", ATOM
    if isinstance(node, Unary):
        binding = MINUS if node.operator == "-" else NOT
        return ("-" if node.operator == "-" else "not ") + _bracketed(node.operand, binding), binding
    if isinstance(node, Comparison):
        parts = [_bracketed(operand, COMPARE + 1) for operand in node.operands]
        return parts[0] + "".join(f" {o} {p}" for o, p in zip(node.operators, parts[1:], strict=True)), COMPARE
    if isinstance(node, Dated):
        return f"{_bracketed(node.operand, DATE + 1)} {node.word} {node.date.isoformat()}", DATE
    binding = TIGHTNESS[node.operator]
    left, right = _bracketed(node.left, binding), _bracketed(node.right, binding + 1)
    return f"{left} {node.operator} {right}", binding


def _bracketed(node: Node, tightness: int) -> str:
    text, binding = node_text(node)
    return text if binding >= tightness else f"({text})"


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number: ``180``, ``0.2``, ``1e-07``."""
    text = repr(float(value))
    return text.removesuffix(".0")


def copied_text(node: Node) -> str:
    """The text of a node for a hint that people copy: whole, or three dots for the whole of it where it is long."""
    text = node_text(node)[0]
    return text if len(text) <= 80 else "..."


def short_text(node: Node) -> str:
    """The text of a node, cut off where a message could not carry it."""
    text = node_text(node)[0]
    return text if len(text) <= 40 else text[:39] + "…"
