"""Whether numbers and conditions stand where they belong, given what the names are."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from sim.model.diagnostics import did_you_mean, nearest
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression
from sim.model.expressions.program import compile_expression
from sim.model.expressions.tree import Boolean, Call, Comparison, Dated, Name, Node, Number, Unary, first_column, walk
from sim.model.expressions.writing import copied_text, short_text
from sim.model.quantities import UNIT_NAMES
from sim.rules import expression as machine


class Kind(enum.Enum):
    """What an expression or a named quantity is."""

    NUMBER = "number"
    BOOLEAN = "boolean"


def check(expression: Expression, kinds: Mapping[str, Kind]) -> Kind:
    """The kind of the expression, given the kinds of the names it may use.

    Raises
    ------
    ExpressionError
        At the first fault from the left: an unknown name (with the nearest known one), a number where a condition is
        expected or the reverse, a division by a constant zero, a duration that is negative or no number.
    """
    return _Checker(expression, kinds).kind(expression.root)


class _Checker:
    def __init__(self, expression: Expression, kinds: Mapping[str, Kind]):
        self.expression = expression
        self.kinds = kinds

    def fail(self, message: str, node: Node, hint: str = "") -> ExpressionError:
        return ExpressionError(message, first_column(node), hint, self.expression.text)

    def kind(self, node: Node) -> Kind:
        if isinstance(node, Number):
            return Kind.NUMBER
        if isinstance(node, Boolean):
            return Kind.BOOLEAN
        if isinstance(node, Name):
            if node.name not in self.kinds:
                raise self.fail(f"unknown name '{node.name}'", node, self._name_hint(node))
            return self.kinds[node.name]
        if isinstance(node, Unary):
            wanted = Kind.NUMBER if node.operator == "-" else Kind.BOOLEAN
            return self.expect(node.operand, wanted, f"after '{node.operator}'")
        if isinstance(node, Comparison):
            return self.comparison(node)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Dated):
            return self.dated(node)
        wanted = Kind.BOOLEAN if node.operator in ("and", "or") else Kind.NUMBER
        self.expect(node.left, wanted, f"before '{node.operator}'")
        self.expect(node.right, wanted, f"after '{node.operator}'")
        if node.operator == "/" and _constant(node.right, self.expression) == 0.0:
            raise self.fail("division by zero", node.right, "the divisor is always 0")
        return wanted

    def expect(self, node: Node, wanted: Kind, where: str) -> Kind:
        found = self.kind(node)
        if found is not wanted:
            what = f"'{short_text(node)}'"
            if wanted is Kind.BOOLEAN:
                raise self.fail(f"expected a condition {where}, found the number {what}", node,
                                f"compare it, as in '{copied_text(node)} > 0'")  # fmt: skip
            raise self.fail(f"expected a number {where}, found the condition {what}", node,
                            f"write 'if({copied_text(node)}, 1, 0)' to count it")  # fmt: skip
        return found

    def comparison(self, node: Comparison) -> Kind:
        kinds = [self.kind(operand) for operand in node.operands]
        if all(kind is Kind.NUMBER for kind in kinds):
            return Kind.BOOLEAN
        if all(operator in ("==", "!=") for operator in node.operators):
            if all(kind is Kind.BOOLEAN for kind in kinds):
                return Kind.BOOLEAN
            other = next(operand for operand, kind in zip(node.operands, kinds, strict=True) if kind is not kinds[0])
            raise self.fail("a number is compared with a condition", other, "compare two numbers or two conditions")
        first = next(operand for operand, kind in zip(node.operands, kinds, strict=True) if kind is Kind.BOOLEAN)
        sign = next(operator for operator in node.operators if operator not in ("==", "!="))
        message = f"expected numbers around '{sign}', found the condition '{short_text(first)}'"
        hint = "join conditions with 'and'" if isinstance(first, Comparison) else "conditions compare with == and !="
        raise self.fail(message, first, hint)

    def dated(self, node: Dated) -> Kind:
        inner = next((part for part in walk(node.operand) if isinstance(part, Dated)), None)
        if inner is not None:
            raise self.fail(f"'{inner.word}' and a date stand inside another '{node.word}'", node,
                            "give what each asks brackets of its own, as in '(rung at 2018-06-01) > (rung at 2018-05-01)'")  # fmt: skip
        if node.word == "at":
            return self.kind(node.operand)
        return self.expect(node.operand, Kind.BOOLEAN, "before 'by'")

    def call(self, node: Call) -> Kind:
        if node.function == "if":
            self.expect(node.arguments[0], Kind.BOOLEAN, "as the first argument of 'if'")
            kind = self.kind(node.arguments[1])
            self.expect(node.arguments[2], kind, "as the third argument of 'if', like the second")
            return kind
        if node.function == "held":
            self.expect(node.arguments[0], Kind.BOOLEAN, "as the first argument of 'held'")
            self.expect(node.arguments[1], Kind.NUMBER, "as the duration of 'held'")
            duration = _constant(node.arguments[1], self.expression)
            if duration is not None and duration < 0.0:
                raise self.fail("expected a duration >= 0 in 'held', found a negative one", node.arguments[1],
                                "write it without the minus sign")  # fmt: skip
            return Kind.BOOLEAN
        for argument in node.arguments:
            self.expect(argument, Kind.NUMBER, f"in '{node.function}'")
        return Kind.NUMBER

    def _name_hint(self, node: Name) -> str:
        text = self.expression.text
        if text[node.column - 1 : node.column - 1 + len(node.name)] == node.name:
            around = next(m for m in re.finditer(r"[\w.]+(?:-[\w.]+)*", text) if m.start() < node.column <= m.end())[0]
            if "-" in around:
                joined = nearest(around.replace("-", "_"), self.kinds)
                if joined is not None and joined.count("_") >= around.count("-"):
                    return f"'-' is minus; did you mean '{joined}'?"
        if node.name in UNIT_NAMES:
            return f"write the number first, as in '90 {UNIT_NAMES[node.name]}'"
        last = node.name.rpartition(".")[2]
        tails = [name for name in self.kinds if name.rpartition(".")[2] == last]
        if nearest(node.name, self.kinds) is None and len(tails) == 1:
            return f"did you mean '{tails[0]}'?"
        return did_you_mean(node.name, self.kinds)


def _constant(node: Node, expression: Expression) -> float | None:
    """The value of a node that uses no names, else None."""
    if any(isinstance(part, Name | Dated) or (isinstance(part, Call) and part.function == "held") for part in walk(node)):
        return None
    program = compile_expression(Expression(node, expression.time_unit), {})
    return machine.evaluate(program.code, program.constants, (), [0.0] * program.stack_size)
