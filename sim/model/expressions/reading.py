"""From text to tree: the parser, and what it says of a text that is not the language."""

from __future__ import annotations

import math

from sim.model.diagnostics import did_you_mean, nearest
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression, limited
from sim.model.expressions.grammar import COMPARE, COMPARISONS, DATED, FUNCTIONS, MINUS, NOT, TIGHTNESS
from sim.model.expressions.tokens import Token, tokens
from sim.model.expressions.tree import Binary, Boolean, Call, Comparison, Dated, Name, Node, Number, Unary
from sim.model.quantities import UNIT_NAMES, QuantityError, TimeUnit, parse_date

MAX_LENGTH = 2_000  # characters of a text
MAX_NESTING = 100  # operands inside operands: brackets, signs, right-hand sides
_SHAPES = {"if": "if(condition, a, b)", "held": "held(condition, duration)", "min": "min(a, b)", "max": "max(a, b)"}
_A_DATE = "write year-month-day, as in 'talks_on at 2018-06-12'"
_WORDS = ("and", "or", "not", "true", "false")


class _Parser:
    """Precedence climbing: an operand, then every operator that binds at least as tightly as asked for."""

    def __init__(self, text: str):
        self.text = text
        self.tokens = tokens(text)
        self.place = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def fail(self, message: str, hint: str = "", token: Token | None = None) -> ExpressionError:
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

    def _missing_operator(self, token: Token) -> str:
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
            binding = TIGHTNESS.get(operator.text, 0)
            if binding < tightness or not binding:
                break
            if binding == COMPARE:
                left = self.comparison(left)
                continue
            if operator.text in DATED:
                left = self.dated(left)
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
            operands.append(self.part(COMPARE + 1))
        return Comparison(tuple(operands), tuple(operators), column)

    def dated(self, operand: Node) -> Node:
        word = self.token
        self.place += 1
        if self.token.kind != "date":
            found = f"found '{self.token.text}'" if self.token.text else "found nothing"
            raise self.fail(f"expected a date after '{word.text}', {found}", _A_DATE)
        try:
            date = parse_date(self.token.text)
        except QuantityError as error:
            raise self.fail(f"expected {error.expected}, found {error.found}", error.hint) from None
        self.place += 1
        return Dated(word.text, operand, date, word.column)

    def operand(self, tightness: int) -> Node:
        token = self.token
        if token.kind == "end":
            raise self.fail("the expression ends where a value is expected", "complete it")
        self.place += 1
        if token.kind == "number":
            return self.number(token)
        if token.kind == "date":
            raise self.fail(f"the date {token.text} stands alone", "write 'at' or 'by' and what is asked before it", token)
        if token.text == "-":
            return Unary("-", self.part(MINUS), token.column)
        if token.text == "+":
            return self.part(MINUS)
        if token.text == "(":
            node = self.part(1)
            self.close(token)
            return node
        if token.text == "not":
            if tightness > NOT:
                raise self.fail("'not' is not expected here", "put 'not ...' in brackets", token)
            return Unary("not", self.part(NOT), token.column)
        if token.text in ("true", "false"):
            return Boolean(token.text == "true", token.column)
        if token.kind == "name" and token.text not in _WORDS:
            return self.named(token)
        raise self.fail(f"expected a value before '{token.text}'", "write a number or a name there", token)

    def number(self, token: Token) -> Node:
        value = float(token.text)
        if value == math.inf:
            raise self.fail(f"the number {token.text[:40]} is too large", "numbers end at 1.8e308", token)
        unit = self.token
        if unit.kind != "name" or unit.text in (*_WORDS, *DATED):
            return Number(value, "", token.column)
        if unit.text not in UNIT_NAMES:
            close = nearest(unit.text, UNIT_NAMES)
            hint = f"did you mean '{close}'?" if close else "write an operator, or a unit such as 'days' or 'weeks'"
            raise self.fail(f"expected an operator or a time unit after {token.text}, found '{unit.text}'", hint, unit)
        self.place += 1
        return Number(value, UNIT_NAMES[unit.text], token.column)

    def named(self, token: Token) -> Node:
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

    def close(self, opening: Token) -> None:
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
    return limited(Expression(_Parser(text).whole(), time_unit, text))
