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
    top = -1.0  # of the stack; what is below it is in the list, up to place `below`
    below = -1
    for n in range(start, stop):
        c = code[n]
        if c >= 0:
            stack[below + 1] = top
            below += 1
            top = quantities[c]
        elif c <= -32:
            stack[below + 1] = top
            below += 1
            top = constants[-32 - c]
        elif c >= -14:
            left = stack[below]
            below -= 1
            if c >= -6:
                if c == -1:
                    top = 1.0 if left >= top else 0.0
                elif c == -2:
                    top = 1.0 if left < top else 0.0
                elif c == -3:
                    top = 1.0 if left > top else 0.0
                elif c == -4:
                    top = 1.0 if left <= top else 0.0
                elif c == -5:
                    top = 1.0 if left == top else 0.0
                else:
                    top = 1.0 if left != top else 0.0
            elif c >= -10:
                if c == -7:
                    top = 1.0 if left != 0.0 and top != 0.0 else 0.0
                elif c == -8:
                    top = 1.0 if left != 0.0 or top != 0.0 else 0.0
                elif c == -9:
                    top = left * top
                else:
                    top = left + top
            elif c == -11:
                top = left - top
            elif c == -12:
                top = left / top if top != 0.0 else 0.0
            elif c == -13:
                top = top if top < left else left
            else:
                top = top if top > left else left
        elif c >= -20:
            left = stack[below]
            if c == -15:
                stack[below] = 1.0 if left >= top else 0.0
            elif c == -16:
                stack[below] = 1.0 if left < top else 0.0
            elif c == -17:
                stack[below] = 1.0 if left > top else 0.0
            elif c == -18:
                stack[below] = 1.0 if left <= top else 0.0
            elif c == -19:
                stack[below] = 1.0 if left == top else 0.0
            else:
                stack[below] = 1.0 if left != top else 0.0
        elif c == -28:
            top = stack[below] if stack[below - 1] != 0.0 else top
            below -= 2
        elif c == -29:
            top = powr(stack[below], top)
            below -= 1
        elif c == -21:
            top = 0.0 if top != 0.0 else 1.0
        elif c == -22:
            top = -top
        elif c == -23:
            top = -top if top < 0.0 else top
        elif c == -24:
            top = exp(top)
        elif c == -25:
            top = log(top)
        elif c == -26:
            top = sqrt(top)
        elif c == -27:
            top = logistic(top)
        elif c == -30:
            top = normal_cdf(top)
        else:
            top = normal_quantile(top)
    return top


@rule
def evaluate(
    code: Sequence[int], constants: Sequence[float], quantities: Sequence[float], stack: MutableSequence[float]
) -> float:
    """The value of a program that is the whole of ``code``; see `evaluate_part`."""
    return evaluate_part(code, 0, len(code), constants, quantities, stack)
