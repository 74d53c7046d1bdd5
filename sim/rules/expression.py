"""The value of a compiled expression: a postfix program over the flat list of named quantities.

A program is a sequence of whole numbers, read from left to right against a stack:

* ``c >= 0`` pushes quantity ``c``;
* ``c <= CONSTANT`` pushes constant ``CONSTANT - c``;
* anything between is an operation, which takes its operands off the stack and pushes its result.

Booleans are 1.0 and 0.0; any number but zero counts as true. All operands are evaluated, so every operation gives a
bounded value where mathematics gives none: a division by zero gives 0.0, and the functions of `sim.arithmetic` have
the bounds stated there (``log`` of zero or less, ``sqrt`` of less than zero, ``exp`` of a large number). A comparison
with nan is false, except ``!=``.

Programs are made by `sim.model.expressions.program.compile_expression`, which also says how long the stack must be.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from sim.arithmetic import exp, log, logistic, normal_cdf, normal_quantile, powr, sqrt
from sim.rule import rule

# The order is that of the tests in `evaluate`: what scenarios use most is found first.
GREATER_EQUAL = -1
LESS = -2
GREATER = -3
LESS_EQUAL = -4
EQUAL = -5
NOT_EQUAL = -6
AND = -7
OR = -8
MULTIPLY = -9
ADD = -10
SUBTRACT = -11
DIVIDE = -12
MIN = -13
MAX = -14
# A link of a chain such as 0 <= x <= 1: compares like its namesake but keeps the right operand on top of the result.
KEEP_GREATER_EQUAL = -15
KEEP_LESS = -16
KEEP_GREATER = -17
KEEP_LESS_EQUAL = -18
KEEP_EQUAL = -19
KEEP_NOT_EQUAL = -20
NOT = -21
NEGATE = -22
ABS = -23
EXP = -24
LOG = -25
SQRT = -26
LOGISTIC = -27
IF = -28
POWER = -29
NORMAL_CDF = -30
NORMAL_QUANTILE = -31
CONSTANT = -32  # and everything below: constant number CONSTANT - c


@rule
def evaluate_part(
    code: Sequence[int],
    start: int,
    stop: int,
    constants: Sequence[float],
    quantities: Sequence[float],
    stack: MutableSequence[float],
) -> float:
    """The value of a program for the given quantities; 1.0 or 0.0 where it is a predicate.

    Parameters
    ----------
    code, constants : a program, see the top of the module. It is trusted: nothing is checked here.
    start, stop : where in ``code`` it begins and ends.
    quantities : float sequence; quantity ``c`` of the program is ``quantities[c]``, booleans are 1.0 or 0.0.
    stack : float sequence of at least the program's ``stack_size``; overwritten.
    """
    top = -1
    for n in range(start, stop):
        c = code[n]
        if c >= 0:
            top += 1
            stack[top] = quantities[c]
        elif c <= -32:
            top += 1
            stack[top] = constants[-32 - c]
        elif c >= -14:
            right = stack[top]
            top -= 1
            left = stack[top]
            if c >= -6:
                if c == -1:
                    stack[top] = 1.0 if left >= right else 0.0
                elif c == -2:
                    stack[top] = 1.0 if left < right else 0.0
                elif c == -3:
                    stack[top] = 1.0 if left > right else 0.0
                elif c == -4:
                    stack[top] = 1.0 if left <= right else 0.0
                elif c == -5:
                    stack[top] = 1.0 if left == right else 0.0
                else:
                    stack[top] = 1.0 if left != right else 0.0
            elif c >= -10:
                if c == -7:
                    stack[top] = 1.0 if left != 0.0 and right != 0.0 else 0.0
                elif c == -8:
                    stack[top] = 1.0 if left != 0.0 or right != 0.0 else 0.0
                elif c == -9:
                    stack[top] = left * right
                else:
                    stack[top] = left + right
            elif c == -11:
                stack[top] = left - right
            elif c == -12:
                stack[top] = left / right if right != 0.0 else 0.0
            elif c == -13:
                stack[top] = right if right < left else left
            else:
                stack[top] = right if right > left else left
        elif c >= -20:
            left = stack[top - 1]
            right = stack[top]
            if c == -15:
                stack[top - 1] = 1.0 if left >= right else 0.0
            elif c == -16:
                stack[top - 1] = 1.0 if left < right else 0.0
            elif c == -17:
                stack[top - 1] = 1.0 if left > right else 0.0
            elif c == -18:
                stack[top - 1] = 1.0 if left <= right else 0.0
            elif c == -19:
                stack[top - 1] = 1.0 if left == right else 0.0
            else:
                stack[top - 1] = 1.0 if left != right else 0.0
        elif c == -28:
            top -= 2
            stack[top] = stack[top + 1] if stack[top] != 0.0 else stack[top + 2]
        elif c == -29:
            top -= 1
            stack[top] = powr(stack[top], stack[top + 1])
        else:
            right = stack[top]
            if c == -21:
                stack[top] = 0.0 if right != 0.0 else 1.0
            elif c == -22:
                stack[top] = -right
            elif c == -23:
                stack[top] = -right if right < 0.0 else right
            elif c == -24:
                stack[top] = exp(right)
            elif c == -25:
                stack[top] = log(right)
            elif c == -26:
                stack[top] = sqrt(right)
            elif c == -27:
                stack[top] = logistic(right)
            elif c == -30:
                stack[top] = normal_cdf(right)
            else:
                stack[top] = normal_quantile(right)
    return stack[0]


@rule
def evaluate(
    code: Sequence[int], constants: Sequence[float], quantities: Sequence[float], stack: MutableSequence[float]
) -> float:
    """The value of a program that is the whole of ``code``; see `evaluate_part`."""
    return evaluate_part(code, 0, len(code), constants, quantities, stack)
