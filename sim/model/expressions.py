"""The expression language of scenarios: predicates and derived quantities, as data.

::

    or                                 binds most loosely
    and
    not
    < <= > >= == !=                    may be chained: 0 <= x <= 1
    + -
    * /
    -x                                 binds most tightly

Operands are numbers (``0.2``, ``1e3``; with a time unit: ``180 days``), ``true``, ``false``, dotted names
(``tension``, ``actors.usa.resolve``), and the functions ``min max abs exp log sqrt logistic``, ``if(condition, a, b)``
and ``held(condition, duration)``, true while the condition has held without a break for the duration. Names consist of
letters, digits and underscores; ``-`` is always minus. There are two kinds, number and boolean, and no conversion
between them.

Nothing here is evaluated by Python: a text becomes a small tree, is checked against the kinds of the scenario's names,
and is compiled to the program that `sim.rules.expression` runs. Columns count characters of the text from 1.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sim.arithmetic import EXP_MAX, LOG_ZERO, exp, log, logistic, sqrt
from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, did_you_mean, nearest, visible
from sim.model.quantities import UNIT_NAMES, TimeUnit, in_time_unit
from sim.rules import expression as machine

MAX_LENGTH = 2_000  # characters of a text
MAX_NESTING = 100  # operands inside operands: brackets, signs, right-hand sides
MAX_DEPTH = 200  # of the tree, also after names have been replaced; a sum of n terms is n deep
MAX_NODES = 10_000  # of the tree after names have been replaced; repeated doubling reaches any number


class Kind(enum.Enum):
    """What an expression or a named quantity is."""

    NUMBER = "number"
    BOOLEAN = "boolean"


class Truth(enum.Enum):
    """What is known of a predicate when only the ranges of its quantities are known."""

    ALWAYS = "always true"
    NEVER = "never true"
    EITHER = "sometimes true"


class ExpressionError(ScenarioError, ValueError):
    """An expression that cannot be used. ``column`` (from 1) says where in its text."""

    def __init__(self, message: str, column: int = 1, hint: str = "", text: str = ""):
        self.message = message
        self.column = column
        line = text.replace("\n", " ")
        place = {"line": 1, "column": column, "end": column + 1, "source_line": line}
        super().__init__([Diagnostic(message=message, hint=hint, **place)], hint=hint)

    def __str__(self) -> str:
        return visible(self.message)


# The tree. Columns are for messages only and do not count when two expressions are compared.


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


Node = Number | Boolean | Name | Unary | Binary | Comparison | Call


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


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node from left to right."""
    if isinstance(node, Unary):
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


# Reading

FUNCTIONS: dict[str, tuple[int, int]] = {  # the least and the greatest number of arguments
    "min": (2, 100),
    "max": (2, 100),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "logistic": (1, 1),
    "if": (3, 3),
    "held": (2, 2),
}
_SHAPES = {"if": "if(condition, a, b)", "held": "held(condition, duration)", "min": "min(a, b)", "max": "max(a, b)"}
_WORDS = ("and", "or", "not", "true", "false")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)
    |(?P<operator><=|>=|==|!=|\*\*|&&|\|\||<>|[-+*/<>(),])
    """,
    re.VERBOSE,
)

# What people write from habit -> what to do. The text is looked up as it stands at the fault.
_HABITS = (
    ("**", "powers are not part of the language", "multiply, or write exp(a * log(x))"),
    ("^", "powers are not part of the language", "multiply, or write exp(a * log(x))"),
    ("&&", "'&&' is not an operator", "write 'and'"),
    ("&", "'&' is not an operator", "write 'and'"),
    ("||", "'||' is not an operator", "write 'or'"),
    ("|", "'|' is not an operator", "write 'or'"),
    ("!", "'!' is not an operator", "write 'not'"),
    ("<>", "'<>' is not an operator", "write '!='"),
    ("=", "'=' is not an operator", "write '==' to compare"),
    ("%", "percentages are not part of the language", "write 0.05 for 5 percent"),
    ("'", "text is not part of the language", "compare numbers or boolean names"),
    ('"', "text is not part of the language", "compare numbers or boolean names"),
    ("[", "lists are not part of the language", "name an entry with dots, as in actors.usa.resolve"),
    ("≤", "'≤' is not an operator", "write '<='"),
    ("≥", "'≥' is not an operator", "write '>='"),
    ("≠", "'≠' is not an operator", "write '!='"),
    ("−", "'−' is a typographic minus", "write '-'"),
    ("–", "'–' is a dash", "write '-' for minus"),
    ("×", "'×' is not an operator", "write '*'"),
    ("·", "'·' is not an operator", "write '*'"),
    ("÷", "'÷' is not an operator", "write '/'"),
    (":", "':' is not part of the language", "write if(condition, a, b) for a choice"),
    ("?", "'?' is not part of the language", "write if(condition, a, b) for a choice"),
)


class _Token(NamedTuple):
    kind: str  # number, name, operator, end
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        habit = next((item for item in _HABITS if text.startswith(item[0], place)), None)
        if match is None or (habit is not None and match.group() not in ("!=", "==", "<", "<=")):
            if habit is not None:
                raise ExpressionError(habit[1], place + 1, habit[2], text)
            character = text[place]
            what = f"'{character}' is not part of the language"
            hint = "names use the letters a to z, digits, '_' and '.'" if character.isalpha() else ""
            raise ExpressionError(what, place + 1, hint, text)
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup or "", match.group(), place + 1))
        place = match.end()
    found.append(_Token("end", "", len(text.rstrip()) + 1))
    return found


_TIGHTNESS = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _COMPARE, _MINUS, _ATOM = 3, 4, 7, 8


class _Parser:
    """Precedence climbing: an operand, then every operator that binds at least as tightly as asked for."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = _tokens(text)
        self.place = 0
        self.nesting = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def fail(self, message: str, hint: str = "", token: _Token | None = None) -> ExpressionError:
        return ExpressionError(message, (token or self.token).column, hint, self.text)

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise self.fail("the expression is empty", "write a number, a name or a comparison")
        node = self.part(1)
        token = self.token
        if token.kind == "end":
            return node
        if token.text == ")":
            raise self.fail("')' closes nothing", "delete it, or open the bracket it belongs to")
        if token.text == ",":
            raise self.fail("',' is not expected here", "commas separate the arguments of a function; decimals use '.'")
        raise self.fail(f"expected an operator before '{token.text}'", self._missing_operator(token))

    def _missing_operator(self, token: _Token) -> str:
        before = self.tokens[self.place - 1]
        if token.text == "(" and before.kind == "name":
            return did_you_mean(before.text, FUNCTIONS, "functions")
        if token.kind == "name" and before.kind == "name":
            close = nearest(token.text, ("and", "or"))
            return f"did you mean '{close}'?" if close else f"if it is one name, write '{before.text}_{token.text}'"
        return "write + - * / < > and or between two values"

    def part(self, tightness: int) -> Node:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fail(f"nested more than {MAX_NESTING} deep", "split it into derived quantities")
        left = self.operand(tightness)
        while self.token.kind in ("operator", "name"):
            operator = self.token
            binding = _TIGHTNESS.get(operator.text, 0)
            if binding < tightness or not binding:
                break
            if binding == _COMPARE:
                left = self.comparison(left)
                continue
            self.place += 1
            left = Binary(operator.text, left, self.part(binding + 1), operator.column)
        self.nesting -= 1
        return left

    def comparison(self, first: Node) -> Node:
        column = self.token.column
        operands, operators = [first], []
        while self.token.text in COMPARISONS:
            operators.append(self.token.text)
            self.place += 1
            operands.append(self.part(_COMPARE + 1))
        return Comparison(tuple(operands), tuple(operators), column)

    def operand(self, tightness: int) -> Node:
        token = self.token
        if token.kind == "end":
            raise self.fail("the expression ends where a value is expected", "complete it")
        self.place += 1
        if token.kind == "number":
            return self.number(token)
        if token.text == "-":
            return Unary("-", self.part(_MINUS), token.column)
        if token.text == "+":
            return self.part(_MINUS)
        if token.text == "(":
            node = self.part(1)
            self.close(token)
            return node
        if token.text == "not":
            if tightness > _NOT:
                raise self.fail("'not' is not expected here", "put 'not ...' in brackets", token)
            return Unary("not", self.part(_NOT), token.column)
        if token.text in ("true", "false"):
            return Boolean(token.text == "true", token.column)
        if token.kind == "name" and token.text not in _WORDS:
            return self.named(token)
        raise self.fail(f"expected a value before '{token.text}'", "write a number or a name there", token)

    def number(self, token: _Token) -> Node:
        value = float(token.text)
        if value == math.inf:
            raise self.fail(f"the number {token.text[:40]} is too large", "numbers end at 1.8e308", token)
        unit = self.token
        if unit.kind != "name" or unit.text in _WORDS:
            return Number(value, "", token.column)
        if unit.text not in UNIT_NAMES:
            close = nearest(unit.text, UNIT_NAMES)
            hint = f"did you mean '{close}'?" if close else "write an operator, or a unit such as 'days' or 'weeks'"
            raise self.fail(f"expected an operator or a time unit after {token.text}, found '{unit.text}'", hint, unit)
        self.place += 1
        return Number(value, UNIT_NAMES[unit.text], token.column)

    def named(self, token: _Token) -> Node:
        if self.token.text != "(":
            if token.text in FUNCTIONS:
                shape = _SHAPES.get(token.text, f"{token.text}(x)")
                raise self.fail(f"'{token.text}' is a function", f"write {shape}", token)
            return Name(token.text, token.column)
        if token.text not in FUNCTIONS:
            raise self.fail(f"unknown function '{token.text}'", did_you_mean(token.text, FUNCTIONS, "functions"), token)
        opening = self.token
        self.place += 1
        arguments: list[Node] = []
        if self.token.text != ")":
            arguments.append(self.part(1))
            while self.token.text == ",":
                self.place += 1
                arguments.append(self.part(1))
        self.close(opening)
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            exact = "" if least == most else "at least " if len(arguments) < least else "at most "
            wanted = f"{exact}{least if len(arguments) < least else most}"
            hint = f"write {_SHAPES.get(token.text, f'{token.text}(x)')}"
            message = f"{token.text} takes {wanted} argument{'s' if wanted != '1' else ''}, found {len(arguments)}"
            raise self.fail(message, hint, token)
        return Call(token.text, tuple(arguments), token.column)

    def close(self, opening: _Token) -> None:
        if self.token.text == ")":
            self.place += 1
            return
        if self.token.kind == "end":
            raise self.fail("a bracket is not closed", "write ')'", opening)
        if self.token.text == ",":
            raise self.fail("',' is not expected here", "commas separate the arguments of a function; decimals use '.'")
        raise self.fail(f"expected an operator before '{self.token.text}'", self._missing_operator(self.token))


def parse(text: str, time_unit: TimeUnit = "days") -> Expression:
    """The expression a text stands for. ``time_unit`` is the scenario's, in which bare numbers are read.

    Raises
    ------
    ExpressionError
        With the column of the fault: not the language, or longer or deeper than allowed.
    """
    if len(text) > MAX_LENGTH:
        message = f"the expression is too long: at most {MAX_LENGTH} characters, found {len(text)}"
        raise ExpressionError(message, MAX_LENGTH + 1, "split it into derived quantities", text)
    return _limited(Expression(_Parser(text).whole(), time_unit, text))


def _limited(expression: Expression) -> Expression:
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


# Writing


def to_text(expression: Expression) -> str:
    """The expression as text with no bracket too many; parsing it gives an equal expression."""
    return _text(expression.root)[0]


def _text(node: Node) -> tuple[str, int]:
    """The text of a node and how tightly its outermost operator binds."""
    if isinstance(node, Number):
        return number_text(node.value) + (f" {node.unit}" if node.unit else ""), _ATOM
    if isinstance(node, Boolean):
        return ("true" if node.value else "false"), _ATOM
    if isinstance(node, Name):
        return node.name, _ATOM
    if isinstance(node, Call):
        return f"{node.function}({', '.join(_text(argument)[0] for argument in node.arguments)})", _ATOM
    if isinstance(node, Unary):
        binding = _MINUS if node.operator == "-" else _NOT
        return ("-" if node.operator == "-" else "not ") + _bracketed(node.operand, binding), binding
    if isinstance(node, Comparison):
        parts = [_bracketed(operand, _COMPARE + 1) for operand in node.operands]
        return parts[0] + "".join(f" {o} {p}" for o, p in zip(node.operators, parts[1:], strict=True)), _COMPARE
    binding = _TIGHTNESS[node.operator]
    left, right = _bracketed(node.left, binding), _bracketed(node.right, binding + 1)
    return f"{left} {node.operator} {right}", binding


def _bracketed(node: Node, tightness: int) -> str:
    text, binding = _text(node)
    return text if binding >= tightness else f"({text})"


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number: ``180``, ``0.2``, ``1e-07``."""
    text = repr(float(value))
    return text.removesuffix(".0")


# Checking


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
        return ExpressionError(message, _start(node), hint, self.expression.text)

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
        wanted = Kind.BOOLEAN if node.operator in ("and", "or") else Kind.NUMBER
        self.expect(node.left, wanted, f"before '{node.operator}'")
        self.expect(node.right, wanted, f"after '{node.operator}'")
        if node.operator == "/" and _constant(node.right, self.expression) == 0.0:
            raise self.fail("division by zero", node.right, "the divisor is always 0")
        return wanted

    def expect(self, node: Node, wanted: Kind, where: str) -> Kind:
        found = self.kind(node)
        if found is not wanted:
            what = f"'{_short(node)}'"
            if wanted is Kind.BOOLEAN:
                raise self.fail(f"expected a condition {where}, found the number {what}", node,
                                f"compare it, as in '{_short(node)} > 0'")  # fmt: skip
            raise self.fail(f"expected a number {where}, found the condition {what}", node,
                            f"write 'if({_short(node)}, 1, 0)' to count it")  # fmt: skip
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
        message = f"expected numbers around '{sign}', found the condition '{_short(first)}'"
        hint = "join conditions with 'and'" if isinstance(first, Comparison) else "conditions compare with == and !="
        raise self.fail(message, first, hint)

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
                                "write it without the sign")  # fmt: skip
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


def _start(node: Node) -> int:
    """The column of the first character of a node."""
    while isinstance(node, Binary | Comparison):
        node = node.left if isinstance(node, Binary) else node.operands[0]
    return node.column


def _short(node: Node) -> str:
    text = _text(node)[0]
    return text if len(text) <= 40 else text[:39] + "…"


def _constant(node: Node, expression: Expression) -> float | None:
    """The value of a node that uses no names, else None."""
    if any(isinstance(part, Name) or (isinstance(part, Call) and part.function == "held") for part in walk(node)):
        return None
    program = compile_expression(Expression(node, expression.time_unit), {})
    return machine.evaluate(program.code, program.constants, (), [0.0] * program.stack_size)


# Compiling


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
}  # fmt: skip
_UNARY_CODES = {
    "-": machine.NEGATE, "not": machine.NOT, "abs": machine.ABS, "exp": machine.EXP, "log": machine.LOG,
    "sqrt": machine.SQRT, "logistic": machine.LOGISTIC,
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
            raise ExpressionError(message, node.column, "split it off first (split_held)", self.expression.text)
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
        elif c >= machine.MAX:
            height -= 1
        elif c == machine.IF:
            height -= 2
        most = max(most, height)
    return most


# Replacing


def substitute(expression: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """The expression with names replaced by whole expressions, for instance derived quantities by their definitions.

    The replacements are not replaced in turn: replace in the order that `dependency_order` gives.
    Raises `ExpressionError` where the result is beyond the limits.
    """
    return _limited(replace(expression, root=_map_names(expression.root, replacements)))


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


# Ranges

Bounds = tuple[float, float]
_ANYTHING: Bounds = (-math.inf, math.inf)
_OPEN: Bounds = (0.0, 1.0)  # of a condition that may be true or false


class Hazard(NamedTuple):
    """An operation that may have no value within the declared ranges; it then gives the bound the rule documents."""

    message: str
    column: int
    hint: str


def interval(expression: Expression, bounds: Mapping[str, Bounds], kind: Kind | None = None) -> Bounds | Truth:
    """What values the expression can take when each name stays within its bounds.

    A number gives ``(low, high)``, which contains every value and may be wider than needed, since each mention of a
    name is taken to vary by itself. A condition gives a `Truth`; ALWAYS and NEVER are certain. Names without bounds
    may be anything. ``kind`` is what `check` found; without it a name by itself counts as a number.
    """
    low, high = _Ranges(expression, bounds).of(expression.root)
    if kind is Kind.NUMBER or (kind is None and not _is_condition(expression.root)):
        return low, high
    low, high = _truth((low, high))
    return Truth.ALWAYS if low > 0.0 else Truth.NEVER if high <= 0.0 else Truth.EITHER


def hazards(expression: Expression, bounds: Mapping[str, Bounds]) -> tuple[Hazard, ...]:
    """Divisors that can be zero and arguments outside the domain of exp, log and sqrt, in order of appearance."""
    ranges = _Ranges(expression, bounds)
    ranges.of(expression.root)
    return tuple(sorted(ranges.hazards, key=lambda hazard: hazard.column))


def _is_condition(node: Node) -> bool:
    """Whether the form of a node says that it is a condition."""
    if isinstance(node, Binary):
        return node.operator in ("and", "or")
    if isinstance(node, Unary):
        return node.operator == "not"
    if isinstance(node, Call):
        return node.function == "held" or (node.function == "if" and any(map(_is_condition, node.arguments[1:])))
    return isinstance(node, Boolean | Comparison)


class _Ranges:
    """Interval arithmetic. Conditions are (1, 1), (0, 0) or (0, 1)."""

    def __init__(self, expression: Expression, bounds: Mapping[str, Bounds]):
        self.expression = expression
        self.bounds = bounds
        self.hazards: list[Hazard] = []

    def warn(self, message: str, node: Node, hint: str) -> None:
        self.hazards.append(Hazard(message, _start(node), hint))

    def of(self, node: Node) -> Bounds:
        if isinstance(node, Number):
            value = in_time_unit(node.value, node.unit, self.expression.time_unit)
            return value, value
        if isinstance(node, Boolean):
            return (1.0, 1.0) if node.value else (0.0, 0.0)
        if isinstance(node, Name):
            low, high = self.bounds.get(node.name, _ANYTHING)
            return float(low), float(high)
        parts = [self.of(child) for child in children(node)]
        if isinstance(node, Unary):
            low, high = parts[0]
            return (-high, -low) if node.operator == "-" else _negation(parts[0])
        if isinstance(node, Comparison):
            links = zip(parts, node.operators, parts[1:], strict=False)
            truths = [_comparison(left, operator, right) for left, operator, right in links]
            return _conjunction(truths)
        if isinstance(node, Call):
            return self.call(node, parts)
        return self.binary(node, *parts)

    def binary(self, node: Binary, left: Bounds, right: Bounds) -> Bounds:
        if node.operator == "and":
            return _conjunction([_truth(left), _truth(right)])
        if node.operator == "or":
            return _negation(_conjunction([_negation(left), _negation(right)]))
        if node.operator == "+":
            return _ordered([left[0] + right[0], left[1] + right[1]])
        if node.operator == "-":
            return _ordered([left[0] - right[1], left[1] - right[0]])
        if node.operator == "*":
            return _ordered([_product(a, b) for a in left for b in right])
        if right[0] <= 0.0 <= right[1]:
            divisor = _short(node.right)
            self.warn(f"the divisor '{divisor}' can be zero; the result is then 0", node.right,
                      f"keep it away from zero, as in max({divisor}, 0.01), or narrow its range")  # fmt: skip
            return _ANYTHING
        return _ordered([a / b for a in left for b in right])

    def call(self, node: Call, parts: list[Bounds]) -> Bounds:
        name = node.function
        low, high = parts[0]
        if name in ("min", "max"):
            choose: Callable[..., float] = min if name == "min" else max
            return choose(part[0] for part in parts), choose(part[1] for part in parts)
        if name == "if":
            condition = _truth(parts[0])
            if condition[0] > 0.0:
                return parts[1]
            if condition[1] <= 0.0:
                return parts[2]
            return min(parts[1][0], parts[2][0]), max(parts[1][1], parts[2][1])
        if name == "held":
            # Even what is always true has held for no time at the start.
            return (0.0, 0.0) if _truth(parts[0])[1] <= 0.0 else _OPEN
        if name == "abs":
            return (0.0 if low <= 0.0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        argument = _short(node.arguments[0])
        if name == "exp" and high > EXP_MAX:
            self.warn(f"exp('{argument}') can be too large for a number; it is then cut off", node.arguments[0],
                      "narrow the ranges, or use logistic(x) for a share")  # fmt: skip
        if name == "log" and low <= 0.0:
            self.warn(f"log('{argument}') has no value at zero and below; it is then {LOG_ZERO}", node.arguments[0],
                      f"write log(max({argument}, 0.001)), or narrow the ranges")  # fmt: skip
        if name == "sqrt" and low < 0.0:
            self.warn(f"sqrt('{argument}') has no value below zero; it is then 0", node.arguments[0],
                      f"write sqrt(max({argument}, 0)), or narrow the ranges")  # fmt: skip
        function = {"exp": exp, "log": log, "sqrt": sqrt, "logistic": logistic}[name]
        return _widened(function(low)), _widened(function(high), up=True)


def _widened(value: float, *, up: bool = False) -> float:
    """A little further out: the house functions rise with their argument only up to their last bits."""
    slack = abs(value) * 1e-14
    return value + slack if up else value - slack


def _product(a: float, b: float) -> float:
    # An unbounded range times exactly zero is zero for every number in the range.
    return 0.0 if a == 0.0 or b == 0.0 else a * b


def _ordered(corners: list[float]) -> Bounds:
    """The range of the corners; everything if one of them is undefined (infinity less infinity)."""
    if any(corner != corner for corner in corners):
        return _ANYTHING
    return min(corners), max(corners)


def _truth(part: Bounds) -> Bounds:
    """A range read as a condition: any number but zero is true."""
    low, high = part
    if low > 0.0 or high < 0.0:
        return 1.0, 1.0
    return (0.0, 0.0) if low == high == 0.0 else _OPEN


def _negation(part: Bounds) -> Bounds:
    low, high = _truth(part)
    return 1.0 - high, 1.0 - low


def _conjunction(truths: list[Bounds]) -> Bounds:
    return min(low for low, _ in truths), min(high for _, high in truths)


def _comparison(left: Bounds, operator: str, right: Bounds) -> Bounds:
    if operator in (">", ">="):
        left, right, operator = right, left, {">": "<", ">=": "<="}[operator]
    if operator == "<":
        return _certain(left[1] < right[0], left[0] >= right[1])
    if operator == "<=":
        return _certain(left[1] <= right[0], left[0] > right[1])
    equal = left[0] == left[1] == right[0] == right[1]
    apart = left[1] < right[0] or right[1] < left[0]
    return _certain(equal, apart) if operator == "==" else _certain(apart, equal)


def _certain(always: bool, never: bool) -> Bounds:
    return (1.0, 1.0) if always else (0.0, 0.0) if never else _OPEN
