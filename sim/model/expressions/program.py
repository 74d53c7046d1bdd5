"""From the tree to the program that `sim.rules.expression` runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.model.diagnostics import did_you_mean
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression
from sim.model.expressions.tree import Binary, Boolean, Call, Comparison, Dated, Name, Node, Number, Unary
from sim.model.quantities import in_time_unit
from sim.rules import expression as machine


@dataclass(frozen=True, slots=True)
class Program:
    """What `sim.rules.expression.evaluate` runs; ``stack_size`` is the least length of its stack."""

    code: tuple[int, ...]
    constants: tuple[float, ...]
    stack_size: int


_COMPARE_CODES = {
    ">=": machine.GREATER_EQUAL, "<": machine.LESS, ">": machine.GREATER, "<=": machine.LESS_EQUAL,
    "==": machine.EQUAL, "!=": machine.NOT_EQUAL,
}  # fmt: skip
_KEEP_CODES = {
    ">=": machine.KEEP_GREATER_EQUAL, "<": machine.KEEP_LESS, ">": machine.KEEP_GREATER,
    "<=": machine.KEEP_LESS_EQUAL, "==": machine.KEEP_EQUAL, "!=": machine.KEEP_NOT_EQUAL,
}  # fmt: skip
_BINARY_CODES = {
    "+": machine.ADD, "-": machine.SUBTRACT, "*": machine.MULTIPLY, "/": machine.DIVIDE,
    "and": machine.AND, "or": machine.OR, "min": machine.MIN, "max": machine.MAX,
    "power": machine.POWER,
}  # fmt: skip
_UNARY_CODES = {
    "-": machine.NEGATE, "not": machine.NOT, "abs": machine.ABS, "exp": machine.EXP, "log": machine.LOG,
    "sqrt": machine.SQRT, "logistic": machine.LOGISTIC, "normal_cdf": machine.NORMAL_CDF,
    "normal_quantile": machine.NORMAL_QUANTILE,
}  # fmt: skip


def compile_expression(expression: Expression, index_of: Mapping[str, int]) -> Program:
    """The program of an expression; ``index_of`` gives the place of each name in the list of quantities.

    Parts without names are worked out once, here, by the same arithmetic.

    Raises
    ------
    ExpressionError
        A name without a place, or a ``held`` that has not been split off.
    """
    compiler = _Compiler(expression, index_of)
    code = compiler.code(expression.root)
    return Program(tuple(code), tuple(compiler.constants), _stack_size(code))


def value_of(expression: Expression, values: Mapping[str, float]) -> float:
    """The value of an expression whose names have these values.

    Raises
    ------
    KeyError
        A name without a value.
    """
    names = sorted(expression.names())
    program = compile_expression(expression, {name: n for n, name in enumerate(names)})
    return machine.evaluate(program.code, program.constants, [values[name] for name in names], [0.0] * max(1, program.stack_size))


class _Compiler:
    def __init__(self, expression: Expression, index_of: Mapping[str, int]):
        self.expression = expression
        self.index_of = index_of
        self.constants: list[float] = []

    def constant(self, value: float) -> list[int]:
        # The sign of a zero must survive: 0.0 == -0.0, but 1 / -0.0 is another matter in other languages.
        for place, known in enumerate(self.constants):
            if known == value and math.copysign(1.0, known) == math.copysign(1.0, value):
                return [machine.CONSTANT - place]
        self.constants.append(value)
        return [machine.CONSTANT - len(self.constants) + 1]

    def code(self, node: Node) -> list[int]:
        if isinstance(node, Number):
            return self.constant(in_time_unit(node.value, node.unit, self.expression.time_unit))
        if isinstance(node, Boolean):
            return self.constant(1.0 if node.value else 0.0)
        if isinstance(node, Name):
            if node.name not in self.index_of:
                hint = did_you_mean(node.name, self.index_of)
                raise ExpressionError(f"unknown name '{node.name}'", node.column, hint, self.expression.text)
            return [self.index_of[node.name]]
        if isinstance(node, Call) and node.function == "held":
            message = "'held' needs a memory and cannot be part of a program"
            raise ExpressionError(message, node.column, "split it off first (split_lasting)", self.expression.text)
        if isinstance(node, Dated):
            message = f"'{node.word}' and a date need a memory and cannot be part of a program"
            raise ExpressionError(message, node.column, "split them off first (split_lasting)", self.expression.text)
        known = len(self.constants)
        code = self.operation(node)
        if all(c < 0 for c in code):
            value = machine.evaluate(code, self.constants, (), [0.0] * _stack_size(code))
            del self.constants[known:]
            return self.constant(value)
        return code

    def operation(self, node: Node) -> list[int]:
        if isinstance(node, Unary):
            return [*self.code(node.operand), _UNARY_CODES[node.operator]]
        if isinstance(node, Binary):
            return [*self.code(node.left), *self.code(node.right), _BINARY_CODES[node.operator]]
        if isinstance(node, Comparison):
            code = self.code(node.operands[0])
            for operator, operand in zip(node.operators[:-1], node.operands[1:], strict=False):
                code += [*self.code(operand), _KEEP_CODES[operator]]
            code += [*self.code(node.operands[-1]), _COMPARE_CODES[node.operators[-1]]]
            return code + [machine.AND] * (len(node.operators) - 1)
        assert isinstance(node, Call)
        if node.function == "if":
            return [part for argument in node.arguments for part in self.code(argument)] + [machine.IF]
        if node.function in _UNARY_CODES:
            return [*self.code(node.arguments[0]), _UNARY_CODES[node.function]]
        code = self.code(node.arguments[0])
        for argument in node.arguments[1:]:
            code += [*self.code(argument), _BINARY_CODES[node.function]]
        return code


def _stack_size(code: list[int]) -> int:
    height = most = 0
    for c in code:
        if c >= 0 or c <= machine.CONSTANT:
            height += 1
        elif c >= machine.MAX or c == machine.POWER:
            height -= 1
        elif c == machine.IF:
            height -= 2
        most = max(most, height)
    return most
