"""Programs of `sim.rules.expression` as nested closures: the same value, bit for bit, several times faster.

The rule is `evaluate`, a loop over a stack that compiled code can run; in CPython that loop costs more than the
arithmetic. `translated` builds, once, a small function for every operation out of those of its operands, with the
same operations in the same order. No program text is made or run: what a scenario says stays data. A test compares
both for random programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from sim.arithmetic import exp, log, logistic, normal_cdf, normal_quantile, powr, sqrt
from sim.rules import expression as machine

DEEPEST = 400  # steps of a program; a function call each at the most, Python allows about a thousand
Value = Callable[[Sequence[float]], float]


def translated(code: Sequence[int], constants: Sequence[float]) -> Value:
    """A function of the quantities that gives what ``evaluate(code, constants, quantities, stack)`` gives."""
    if len(code) > DEEPEST:
        # Closures nest as deep as the expression; the loop has no such bound.
        work = [0.0] * len(code)
        return lambda q: machine.evaluate(code, constants, q, work)
    stack: list[Value] = []
    for c in code:
        if c >= 0:
            stack.append(itemgetter(c))
        elif c <= machine.CONSTANT:
            stack.append(_constant(constants[machine.CONSTANT - c]))
        elif c in _KEEP:
            right, left = stack.pop(), stack.pop()
            # The right operand stays on top for the next link of the chain.
            stack += [_BINARY[_KEEP[c]](left, right), right]
        elif c == machine.IF:
            two, one, condition = stack.pop(), stack.pop(), stack.pop()
            stack.append(_choice(condition, one, two))
        elif c in _BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(_BINARY[c](left, right))
        else:
            stack.append(_UNARY[c](stack.pop()))
    return stack[0]


def _constant(value: float) -> Value:
    return lambda q: value


def _choice(condition: Value, one: Value, two: Value) -> Value:
    return lambda q: one(q) if condition(q) != 0.0 else two(q)


def _divide(a: Value, b: Value) -> Value:
    def value(q: Sequence[float]) -> float:
        left, right = a(q), b(q)
        return left / right if right != 0.0 else 0.0

    return value


def _least(a: Value, b: Value) -> Value:
    def value(q: Sequence[float]) -> float:
        left, right = a(q), b(q)
        return right if right < left else left

    return value


def _most(a: Value, b: Value) -> Value:
    def value(q: Sequence[float]) -> float:
        left, right = a(q), b(q)
        return right if right > left else left

    return value


def _size(a: Value) -> Value:
    def value(q: Sequence[float]) -> float:
        x = a(q)
        return -x if x < 0.0 else x

    return value


_BINARY: dict[int, Callable[[Value, Value], Value]] = {
    machine.GREATER_EQUAL: lambda a, b: lambda q: 1.0 if a(q) >= b(q) else 0.0,
    machine.LESS: lambda a, b: lambda q: 1.0 if a(q) < b(q) else 0.0,
    machine.GREATER: lambda a, b: lambda q: 1.0 if a(q) > b(q) else 0.0,
    machine.LESS_EQUAL: lambda a, b: lambda q: 1.0 if a(q) <= b(q) else 0.0,
    machine.EQUAL: lambda a, b: lambda q: 1.0 if a(q) == b(q) else 0.0,
    machine.NOT_EQUAL: lambda a, b: lambda q: 1.0 if a(q) != b(q) else 0.0,
    machine.AND: lambda a, b: lambda q: 1.0 if a(q) != 0.0 and b(q) != 0.0 else 0.0,
    machine.OR: lambda a, b: lambda q: 1.0 if a(q) != 0.0 or b(q) != 0.0 else 0.0,
    machine.MULTIPLY: lambda a, b: lambda q: a(q) * b(q),
    machine.ADD: lambda a, b: lambda q: a(q) + b(q),
    machine.SUBTRACT: lambda a, b: lambda q: a(q) - b(q),
    machine.DIVIDE: _divide,
    machine.MIN: _least,
    machine.MAX: _most,
    machine.POWER: lambda a, b: lambda q: powr(a(q), b(q)),
}
_KEEP = {
    machine.KEEP_GREATER_EQUAL: machine.GREATER_EQUAL,
    machine.KEEP_LESS: machine.LESS,
    machine.KEEP_GREATER: machine.GREATER,
    machine.KEEP_LESS_EQUAL: machine.LESS_EQUAL,
    machine.KEEP_EQUAL: machine.EQUAL,
    machine.KEEP_NOT_EQUAL: machine.NOT_EQUAL,
}
_UNARY: dict[int, Callable[[Value], Value]] = {
    machine.NOT: lambda a: lambda q: 1.0 if a(q) == 0.0 else 0.0,
    machine.NEGATE: lambda a: lambda q: -a(q),
    machine.ABS: _size,
    machine.EXP: lambda a: lambda q: exp(a(q)),
    machine.LOG: lambda a: lambda q: log(a(q)),
    machine.SQRT: lambda a: lambda q: sqrt(a(q)),
    machine.LOGISTIC: lambda a: lambda q: logistic(a(q)),
    machine.NORMAL_CDF: lambda a: lambda q: normal_cdf(a(q)),
    machine.NORMAL_QUANTILE: lambda a: lambda q: normal_quantile(a(q)),
}
