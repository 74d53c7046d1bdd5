"""Programs of `sim.rules.expression` as Python functions: the same value, bit for bit, several times faster.

The rule is `evaluate`, a loop over a stack that compiled code can run; in CPython that loop costs about as much a
step as a whole expression written out. `translated` writes the program out once as one Python expression over the
list of quantities, with the same operations in the same order. Nothing of the user's text enters it: only the
program's whole numbers do. A test compares both for random programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from sim import arithmetic
from sim.rules import expression as machine

_COMPARE = {
    machine.GREATER_EQUAL: ">=", machine.LESS: "<", machine.GREATER: ">", machine.LESS_EQUAL: "<=",
    machine.EQUAL: "==", machine.NOT_EQUAL: "!=",
}  # fmt: skip
_KEEP = {
    machine.KEEP_GREATER_EQUAL: ">=", machine.KEEP_LESS: "<", machine.KEEP_GREATER: ">",
    machine.KEEP_LESS_EQUAL: "<=", machine.KEEP_EQUAL: "==", machine.KEEP_NOT_EQUAL: "!=",
}  # fmt: skip
_JOIN = {machine.AND: "and", machine.OR: "or"}
_ARITHMETIC = {machine.MULTIPLY: "*", machine.ADD: "+", machine.SUBTRACT: "-"}
_FUNCTIONS = {machine.EXP: "exp", machine.LOG: "log", machine.SQRT: "sqrt", machine.LOGISTIC: "logistic"}

_FLOAT, _BOOLEAN = 0, 1
_LONGEST = 300  # characters of one text; longer ones get a name, since Python nests brackets only so deep
_Term = tuple[int, str]  # kind and Python text; a boolean's text is a condition, not yet 1.0 or 0.0


def translated(code: Sequence[int], constants: Sequence[float]) -> Callable[[Sequence[float]], float]:
    """A function of the quantities that gives what ``evaluate(code, constants, quantities, stack)`` gives."""
    if len(code) == 1 and code[0] >= 0:
        return itemgetter(code[0])
    return _Writer(constants).function(code)


class _Writer:
    def __init__(self, constants: Sequence[float]):
        # Constants are bound by name, since not every float has a literal.
        self.names: dict[str, object] = {f"c{n}": value for n, value in enumerate(constants)}
        self.names |= {name: getattr(arithmetic, name) for name in _FUNCTIONS.values()}
        self.lines: list[str] = []
        self.count = 0

    def function(self, code: Sequence[int]) -> Callable[[Sequence[float]], float]:
        stack: list[_Term] = []
        for c in code:
            self.step(c, stack)
            kind, top = stack[-1]
            if len(top) > _LONGEST:
                stack[-1] = kind, self.kept(top)
        text = "\n    ".join(["def program(q):", *self.lines, f"return {_number(stack[0])}"])
        exec(compile(text, "<program>", "exec"), self.names)
        return self.names["program"]

    def kept(self, text: str) -> str:
        """A name for a value that is used twice, so that it is worked out once."""
        self.count += 1
        self.lines.append(f"t{self.count} = {text}")
        return f"t{self.count}"

    def step(self, c: int, stack: list[_Term]) -> None:
        """What one step of the program does to the stack, done to the stack of texts."""
        if c >= 0:
            stack.append((_FLOAT, f"q[{c}]"))
            return
        if c <= machine.CONSTANT:
            stack.append((_FLOAT, f"c{machine.CONSTANT - c}"))
            return
        right = stack.pop()
        if c >= machine.MAX:
            stack.append(self.binary(c, stack.pop(), right))
        elif c in _KEEP:
            left, held = _number(stack.pop()), self.kept(_number(right))
            stack += [(_BOOLEAN, f"({left} {_KEEP[c]} {held})"), (_FLOAT, held)]
        elif c == machine.IF:
            one, condition = _number(stack.pop()), _truth(stack.pop())
            stack.append((_FLOAT, f"({one} if {condition} else {_number(right)})"))
        else:
            stack.append(self.unary(c, right))

    def binary(self, c: int, left: _Term, right: _Term) -> _Term:
        if c in _COMPARE:
            return _BOOLEAN, f"({_number(left)} {_COMPARE[c]} {_number(right)})"
        if c in _JOIN:
            return _BOOLEAN, f"({_truth(left)} {_JOIN[c]} {_truth(right)})"
        if c in _ARITHMETIC:
            return _FLOAT, f"({_number(left)} {_ARITHMETIC[c]} {_number(right)})"
        one, two = self.kept(_number(left)), self.kept(_number(right))
        if c == machine.DIVIDE:
            return _FLOAT, f"({one} / {two} if {two} != 0.0 else 0.0)"
        return _FLOAT, f"({two} if {two} {'<' if c == machine.MIN else '>'} {one} else {one})"

    def unary(self, c: int, term: _Term) -> _Term:
        if c == machine.NOT:
            return _BOOLEAN, f"(not {_truth(term)})"
        if c == machine.NEGATE:
            return _FLOAT, f"(-{_number(term)})"
        if c == machine.ABS:
            held = self.kept(_number(term))
            return _FLOAT, f"(-{held} if {held} < 0.0 else {held})"
        return _FLOAT, f"{_FUNCTIONS[c]}({_number(term)})"


def _number(term: _Term) -> str:
    kind, text = term
    return text if kind == _FLOAT else f"(1.0 if {text} else 0.0)"


def _truth(term: _Term) -> str:
    kind, text = term
    return text if kind == _BOOLEAN else f"({text} != 0.0)"
