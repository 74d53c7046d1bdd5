"""Expressions are read, checked, compiled and bounded as the contract says; what they are not is refused in words."""

from __future__ import annotations

import ast
import datetime
import inspect
import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim import arithmetic
from sim.errors import ScenarioError
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression, to_text
from sim.model.expressions.grammar import COMPARISONS
from sim.model.expressions.kinds import Kind, _constant, check
from sim.model.expressions.program import compile_expression
from sim.model.expressions.ranges import Truth, _is_condition, hazards, interval
from sim.model.expressions.reading import MAX_LENGTH, parse
from sim.model.expressions.rewriting import dependency_order, join_lasting, split_lasting, substitute
from sim.model.expressions.tree import Binary, Boolean, Call, Comparison, Dated, Name, Number, Unary, walk
from sim.model.quantities import HOURS_IN, in_time_unit
from sim.rule import RULES
from sim.rules import expression as machine

KINDS = {
    "x": Kind.NUMBER,
    "y": Kind.NUMBER,
    "tension": Kind.NUMBER,
    "actors.usa.resolve": Kind.NUMBER,
    "north_korea": Kind.NUMBER,
    "deal": Kind.BOOLEAN,
    "war": Kind.BOOLEAN,
}
NAMES = tuple(KINDS)


def value(text: str, time_unit: str = "days", **quantities: float) -> float:
    """The value of a text, names given as keywords."""
    program = compile_expression(parse(text, time_unit), {name: n for n, name in enumerate(quantities)})
    stack = [math.nan] * program.stack_size
    return machine.evaluate(program.code, program.constants, list(quantities.values()), stack)


def refusal(text: str) -> ExpressionError:
    """The error of a text that must not parse and check."""
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), KINDS)
    return caught.value


# Random expressions, well typed by construction

NUMBERS = st.builds(Number, st.floats(0, 1e6) | st.integers(0, 9).map(float), st.sampled_from(("", "", *HOURS_IN)))
NUMBER_NAMES = st.sampled_from([name for name, kind in KINDS.items() if kind is Kind.NUMBER]).map(Name)
BOOLEAN_NAMES = st.sampled_from([name for name, kind in KINDS.items() if kind is Kind.BOOLEAN]).map(Name)


DATES = (datetime.date(2018, 3, 9), datetime.date(2019, 2, 28), datetime.date(2020, 2, 29))
LEAVES = {Kind.NUMBER: NUMBERS | NUMBER_NAMES, Kind.BOOLEAN: BOOLEAN_NAMES | st.builds(Boolean, st.booleans())}


def grow(random: Random, leaves: dict[Kind, list], kind: Kind, depth: int, held: bool):
    """A tree of the given kind over the given leaves."""
    number, boolean = Kind.NUMBER, Kind.BOOLEAN
    if depth == 0 or random.random() < 0.2:
        return random.choice(leaves[kind])

    def part(which: Kind):
        return grow(random, leaves, which, depth - 1, held)

    if kind is number:
        shape = random.choice(("binary", "binary", "minus", "choice", "function", "if"))
        if shape == "binary":
            return Binary(random.choice("+-*/"), part(number), part(number))
        if shape == "minus":
            return Unary("-", part(number))
        if shape == "choice":
            return Call(random.choice(("min", "max")), tuple(part(number) for _ in range(random.choice((2, 3)))))
        if shape == "function":
            if random.random() < 0.2:
                return Call("power", (part(number), part(number)))
            function = random.choice(("abs", "exp", "log", "sqrt", "logistic", "normal_cdf", "normal_quantile"))
            return Call(function, (part(number),))
        return Call("if", (part(boolean), part(number), part(number)))
    shape = random.choice(("logic", "logic", "comparison", "comparison", "equal", "not", "if", "held"))
    if shape == "logic":
        return Binary(random.choice(("and", "or")), part(boolean), part(boolean))
    if shape == "comparison":
        signs = random.choices(COMPARISONS, k=random.choice((1, 1, 2, 3)))
        return Comparison(tuple(part(number) for _ in range(len(signs) + 1)), tuple(signs))
    if shape == "equal":
        return Comparison((part(boolean), part(boolean)), (random.choice(("==", "!=")),))
    if shape == "if":
        return Call("if", (part(boolean), part(boolean), part(boolean)))
    if shape == "held" and held:
        if random.random() < 0.5:  # a date stands in no other date
            return Dated(random.choice(("at", "by")), grow(random, leaves, boolean, depth - 1, False), random.choice(DATES))
        return Call("held", (part(boolean), random.choice(leaves[number])))
    return Unary("not", part(boolean))


# Shapes come from one seed and leaves from lists: drawing every node by itself takes ten times as long.
SEEDS = st.integers(0, 2**32 - 1)
LEAF_LISTS = st.fixed_dictionaries({kind: st.lists(leaf, min_size=3, max_size=6) for kind, leaf in LEAVES.items()})


def nodes(kind: Kind, depth: int = 4, held: bool = False):
    """Trees of one kind."""
    return st.builds(lambda seed, leaves: grow(Random(seed), leaves, kind, depth, held), SEEDS, LEAF_LISTS)


def trees(held: bool = False):
    """Expressions of either kind."""
    roots = nodes(Kind.NUMBER, held=held) | nodes(Kind.BOOLEAN, held=held)
    return st.builds(Expression, roots, st.sampled_from(("days", "hours")))


SETTINGS = st.fixed_dictionaries(
    {
        name: st.floats(-50, 50) | st.sampled_from((0.0, 1.0, -1.0)) if kind is Kind.NUMBER
        else st.sampled_from((0.0, 1.0))
        for name, kind in KINDS.items()
    }
)  # fmt: skip

_COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def plain_value(node, settings, time_unit):
    """What an expression means, said as directly as Python can: the judge of the compiled program."""

    def of(part):
        return plain_value(part, settings, time_unit)

    if isinstance(node, Number):
        return in_time_unit(node.value, node.unit, time_unit)
    if isinstance(node, Boolean):
        return node.value
    if isinstance(node, Name):
        return settings[node.name] if KINDS[node.name] is Kind.NUMBER else settings[node.name] != 0.0
    if isinstance(node, Unary):
        return -of(node.operand) if node.operator == "-" else not of(node.operand)
    if isinstance(node, Comparison):
        values = [of(part) for part in node.operands]
        return all(_COMPARE[sign](a, b) for a, sign, b in zip(values, node.operators, values[1:], strict=False))
    if isinstance(node, Binary):
        left, right = of(node.left), of(node.right)
        if node.operator == "/":
            return left / right if right != 0 else 0.0
        return {
            "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
            "and": lambda: left and right, "or": lambda: left or right,
        }[node.operator]()  # fmt: skip
    values = [of(part) for part in node.arguments]
    if node.function == "if":
        return values[1] if values[0] else values[2]
    if node.function in ("min", "max"):
        return {"min": min, "max": max}[node.function](values)
    if node.function == "power":
        return arithmetic.powr(*values)
    return abs(values[0]) if node.function == "abs" else getattr(arithmetic, node.function)(values[0])


# Reading and writing


@given(trees(held=True))
def test_an_expression_reads_back_from_its_own_text(expression):
    text = to_text(expression)
    assume(len(text) <= MAX_LENGTH)
    again = parse(text, expression.time_unit)
    assert again == expression
    assert to_text(again) == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("((x))", "x"),
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "1 - 2 - 3"),
        ("a/(b*c)", "a / (b * c)"),
        ("-(a+b)", "-(a + b)"),
        ("(-a)*b", "-a * b"),
        ("+a", "a"),
        ("not (a and b) or c", "not (a and b) or c"),
        ("not ((a > b))", "not a > b"),
        ("(not a) and b", "not a and b"),
        ("a or (b and c)", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("0<=x<=1", "0 <= x <= 1"),
        ("(0<=x)==(y<1)", "(0 <= x) == (y < 1)"),
        ("180 days", "180 days"),
        ("2week", "2 weeks"),
        ("1 d", "1 days"),
        ("1e3+.20", "1000 + 0.2"),
        ("1e-7", "1e-07"),
        ("if (a>1,b, c)", "if(a > 1, b, c)"),
        ("held( deal,90 days )", "held(deal, 90 days)"),
        ("a.b_1.2c", "a.b_1.2c"),
        ("x\n  > 1", "x > 1"),
        ("days > 3 days", "days > 3 days"),
    ],
)
def test_the_canonical_text_has_no_bracket_too_many(written, canonical):
    assert to_text(parse(written)) == canonical


def test_names_come_once_in_order_of_appearance():
    assert parse("b.c + a * b.c - min(d, exp(a))").names() == ("b.c", "a", "d")
    assert parse("1 + 2").names() == ()


def test_columns_point_into_the_text():
    root = parse("x +  tension * 2").root
    assert (root.column, root.right.left.column, root.right.column) == (3, 6, 14)


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("", 1, "the expression is empty", "write a number"),
        ("x >", 4, "the expression ends where a value is expected", "complete it"),
        ("x ** 2", 3, "powers are not part of the language", "multiply"),
        ("x ^ 2", 3, "powers are not part of the language", "multiply"),
        ("x = 3", 3, "'=' is not an operator", "write '==' to compare"),
        ("deal && war", 6, "'&&' is not an operator", "write 'and'"),
        ("deal || war", 6, "'||' is not an operator", "write 'or'"),
        ("!deal", 1, "'!' is not an operator", "write 'not'"),
        ("x <> 1", 3, "'<>' is not an operator", "write '!='"),
        ("x > 5%", 6, "percentages are not part of the language", "write 0.05 for 5 percent"),
        ("x > 'a'", 5, "text is not part of the language", "compare numbers"),
        ("x ≥ 1", 3, "'≥' is not an operator", "write '>='"),
        ("x − 1", 3, "'−' is a typographic minus", "write '-'"),
        ("é > 1", 1, "'é' is not part of the language", "names use the letters a to z"),
        ("x; y", 2, "';' is not part of the language", ""),
        ("x[1]", 2, "lists are not part of the language", "name an entry with dots"),
        ("(x", 1, "a bracket is not closed", "write ')'"),
        ("min(x, y", 4, "a bracket is not closed", "write ')'"),
        ("x)", 2, "')' closes nothing", "delete it"),
        ("x > 1,5", 6, "',' is not expected here", "commas separate"),
        ("2 x", 3, "expected an operator or a time unit after 2, found 'x'", "write an operator"),
        ("180 dais", 5, "expected an operator or a time unit after 180, found 'dais'", "did you mean 'days'?"),
        ("deal an war", 6, "expected an operator before 'an'", "did you mean 'and'?"),
        ("x y", 3, "expected an operator before 'y'", "if it is one name, write 'x_y'"),
        ("x (y)", 1, "unknown function 'x'", ""),
        ("maxx(x, y)", 1, "unknown function 'maxx'", "did you mean 'max'?"),
        ("__import__('os')", 12, "text is not part of the language", ""),
        ("x.__class__()", 1, "unknown function 'x.__class__'", "functions: min"),
        ("min", 1, "'min' is a function", "write min(a, b)"),
        ("min(x)", 1, "min takes at least 2 arguments, found 1", "write min(a, b)"),
        ("exp()", 1, "exp takes 1 argument, found 0", "write exp(x)"),
        ("if(deal, 1)", 1, "if takes 3 arguments, found 2", "write if(condition, a, b)"),
        ("x == not deal", 6, "'not' is not expected here", "put 'not ...' in brackets"),
        ("x + * 2", 5, "expected a value before '*'", "write a number"),
        ("and x", 1, "expected a value before 'and'", "write a number"),
        ("1e999", 1, "the number 1e999 is too large", "numbers end"),
        ("1..2", 3, "expected an operator before '.2'", ""),
    ],
)
def test_what_is_not_the_language_is_refused_at_its_column(text, column, message, hint):
    error = refusal(text)
    assert (error.column, str(error)) == (column, message)
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("tensoin > 1", 1, "unknown name 'tensoin'", "did you mean 'tension'?"),
        ("x > Tension", 5, "unknown name 'Tension'", "did you mean 'tension'?"),
        ("resolve > 1", 1, "unknown name 'resolve'", "did you mean 'actors.usa.resolve'?"),
        ("x + north-korea > 1", 5, "unknown name 'north'", "'-' is minus; did you mean 'north_korea'?"),
        ("days > 1", 1, "unknown name 'days'", "write the number first, as in '90 days'"),
        ("qqqq", 1, "unknown name 'qqqq'", "known names: x, y, tension"),
        ("deal + 1", 1, "expected a number before '+', found the condition 'deal'", "write 'if(deal, 1, 0)'"),
        ("deal and x", 10, "expected a condition after 'and', found the number 'x'", "compare it, as in 'x > 0'"),
        ("not x", 5, "expected a condition after 'not', found the number 'x'", "compare it"),
        ("-deal", 2, "expected a number after '-', found the condition 'deal'", "write"),
        ("exp(deal)", 5, "expected a number in 'exp', found the condition 'deal'", "write"),
        ("deal < war", 1, "expected numbers around '<', found the condition 'deal'", "conditions compare with == and !="),
        ("(x > 1) > 2", 2, "expected numbers around '>', found the condition 'x > 1'", "join conditions with 'and'"),
        ("x == deal", 6, "a number is compared with a condition", "compare two numbers or two conditions"),
        ("if(x, 1, 2)", 4, "expected a condition as the first argument of 'if', found the number 'x'", "compare it"),
        ("if(deal, 1, war)", 13, "expected a number as the third argument of 'if', like the second, found the condition "
         "'war'", "write"),
        ("held(x, 3)", 6, "expected a condition as the first argument of 'held', found the number 'x'", "compare it"),
        ("held(deal, war)", 12, "expected a number as the duration of 'held', found the condition 'war'", "write"),
        ("held(deal, 1 - 3)", 12, "expected a duration >= 0 in 'held', found a negative one", "write it"),
        ("x / 0", 5, "division by zero", "the divisor is always 0"),
        ("x / (2 * 3 - 6)", 6, "division by zero", "the divisor is always 0"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_scenario_is_refused_at_its_column(text, column, message, hint):
    error = refusal(text)
    assert (error.column, str(error)) == (column, message)
    assert error.hint.startswith(hint)


@pytest.mark.parametrize("text", ["1 + ({})", "({}) / x + 1", "not (1 - if(deal, {}, 2))", "log(if({}, -1, x) - 1)", "2 / if({}, 0, x)"])
def test_hints_to_be_copied_are_never_cut_off(text):
    """A long part is named by three dots as a whole: half of a nested `if` would be no expression."""
    long = "if(deal and x > 0.25, war or y > 0.125, if(war, deal and y < 0.5, not deal))"
    written = text.format(long if "not" not in text else "x + y + x * y + 0.125 * x * x + 0.0625 * y * y * y + x * y * y * y + 0.5")
    try:
        check(parse(written), KINDS)
        hints = [item.hint for item in hazards(parse(written), {"x": (-1.0, 1.0), "y": (0.0, 4.0)})]
    except ExpressionError as error:
        hints = [error.hint]
    assert hints and all("…" not in hint and hint.count("(") == hint.count(")") for hint in hints), hints


def test_an_expression_error_is_a_scenario_error_and_a_value_error():
    """Validators of the file format report what is a ValueError, the command line what is a ScenarioError."""
    error = refusal("tensoin > 1")
    assert isinstance(error, ScenarioError) and isinstance(error, ValueError)
    assert error.diagnostics[0].source_line == "tensoin > 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 2_001, "the expression is too long: at most 2000 characters, found 2001"),
        ("(" * 900 + "x" + ")" * 900, "nested more than 100 deep"),
        ("-" * 1_900 + "x", "nested more than 100 deep"),
        ("not " * 490 + "deal", "nested more than 100 deep"),
        ("+".join("x" * 300), "the expression is too large"),
        ("x" + " < x" * 499, None),
    ],
)
def test_length_and_depth_have_limits(text, message):
    if message is None:
        assert check(parse(text), KINDS) is Kind.BOOLEAN
        return
    assert str(refusal(text)).startswith(message)


@given(st.text("xy01.e+-*/<>=!(), andorthelif", max_size=40))
def test_any_text_is_an_expression_or_refused_with_a_column(text):
    try:
        expression = parse(text)
    except ExpressionError as error:
        expression = None
        column = error.column
    if expression is None:
        assert 1 <= column <= len(text) + 1
    else:
        assert parse(to_text(expression)) == expression


# Checking and evaluating


@pytest.mark.parametrize("kind", Kind)
@given(data=st.data())
def test_a_well_formed_tree_has_the_kind_it_was_built_for(kind, data):
    expression = Expression(data.draw(nodes(kind, held=True)))
    divisors = [node.right for node in walk(expression.root) if getattr(node, "operator", "") == "/"]
    assume(all(_constant(divisor, expression) != 0.0 for divisor in divisors))
    assert check(expression, KINDS) is kind
    assert not (_is_condition(expression.root) and kind is Kind.NUMBER)


@given(trees(), SETTINGS)
def test_a_program_gives_what_the_expression_means(expression, settings):
    program = compile_expression(expression, {name: n for n, name in enumerate(NAMES)})
    stack = [math.nan] * program.stack_size
    found = machine.evaluate(program.code, program.constants, [settings[name] for name in NAMES], stack)
    expected = float(plain_value(expression.root, settings, expression.time_unit))
    assert found == expected or (math.isnan(found) and math.isnan(expected))
    assert type(found) is float


@given(trees(), SETTINGS)
def test_a_stack_of_the_stated_size_is_just_enough(expression, settings):
    program = compile_expression(expression, {name: n for n, name in enumerate(NAMES)})
    with pytest.raises(IndexError):
        machine.evaluate(program.code, program.constants, [settings[name] for name in NAMES],
                         [0.0] * (program.stack_size - 1))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / x", 0.0),
        ("log(x)", arithmetic.LOG_ZERO),
        ("log(x - 1)", arithmetic.LOG_ZERO),
        ("sqrt(x - 1)", 0.0),
        ("if(x > 0, 1 / x, 7)", 7.0),
        ("if(x == 0, 5, log(x))", 5.0),
        ("logistic(x - 1e9)", arithmetic.logistic(-40.0)),
    ],
)
def test_what_has_no_value_is_bounded_and_raises_nothing(text, expected):
    assert value(text, x=0.0) == expected
    assert math.isfinite(value("exp(1e6 + x)", x=0.0))


@pytest.mark.parametrize("sign", COMPARISONS)
@pytest.mark.parametrize("x", [-1.0, 0.0, 1.0])
def test_comparisons_are_exact_at_a_tie(sign, x):
    expected = float(_COMPARE[sign](x, 0.0))
    assert value(f"x {sign} 0", x=x) == expected
    assert value(f"x {sign} 0 {sign} y", x=x, y=0.0) == float(expected and _COMPARE[sign](0.0, 0.0))
    assert value(f"y < x {sign} 0", x=x, y=-9.0) == expected


def test_a_comparison_with_nan_is_false_except_unequal():
    signs = {sign: value(f"x {sign} 0", x=math.nan) for sign in COMPARISONS}
    assert signs == {"<": 0.0, "<=": 0.0, ">": 0.0, ">=": 0.0, "==": 0.0, "!=": 1.0}


def test_durations_are_in_the_scenarios_time_unit():
    assert value("2 weeks + x", x=1.0) == 15.0
    assert value("2 weeks + x", "hours", x=1.0) == 337.0


def test_parts_without_names_are_worked_out_once():
    program = compile_expression(parse("x > 1 + 2 * sqrt(4) and true"), {"x": 0})
    assert program.constants == (5.0, 1.0)
    assert len(program.code) == 5
    assert compile_expression(parse("(1 + 2) * 3 > 8"), {}).code == (machine.CONSTANT,)


def test_every_operand_of_a_chain_is_computed_once():
    program = compile_expression(parse("0 <= exp(x) <= 1 < y"), {"x": 0, "y": 1})
    assert program.code.count(machine.EXP) == 1


def test_a_name_without_a_place_is_refused():
    with pytest.raises(ExpressionError, match="unknown name 'y'"):
        compile_expression(parse("x + y"), {"x": 0})


def test_held_cannot_be_compiled_before_it_is_split():
    with pytest.raises(ExpressionError, match="'held' needs a memory"):
        compile_expression(parse("held(deal, 3)"), {"deal": 0})


def test_the_interpreter_is_a_rule_and_its_literals_are_the_named_codes():
    """Compiled code wants literals, readers want names: this keeps the two the same."""
    assert RULES["sim.rules.expression.evaluate"] is machine.evaluate
    tree = ast.parse(inspect.getsource(machine.evaluate_part))
    compared = {
        -node.comparators[0].operand.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.UnaryOp)
        and isinstance(node.comparators[0].operand.value, int)
    }  # fmt: skip
    codes = {code for name, code in vars(machine).items() if name.isupper() and isinstance(code, int)}
    assert compared <= codes
    # Each group's last one is what `else` leaves over.
    leftovers = {machine.NOT_EQUAL, machine.ADD, machine.MAX, machine.KEEP_NOT_EQUAL, machine.NORMAL_QUANTILE}
    assert codes - compared <= leftovers


# held


def test_held_becomes_a_comparison_with_the_time_its_condition_has_held():
    expression, slots = split_lasting(parse("held(deal and x > 1, 2 weeks) or war"))
    assert to_text(expression) == "held.0 >= 2 weeks or war"
    assert [(item.slot, item.kind, to_text(item.operand)) for item in slots] == [("held.0", "held", "deal and x > 1")]


def test_inner_held_come_first_and_equal_ones_share_a_slot():
    expression, slots = split_lasting(parse("held(held(deal, 3) and war, 5) or held(deal, 3) or held(deal, 4)"), first=2)
    assert to_text(expression) == "held.3 >= 5 or held.2 >= 3 or held.4 >= 4"
    assert [(item.slot, to_text(item.operand)) for item in slots] == [
        ("held.2", "deal"),
        ("held.3", "held.2 >= 3 and war"),
        ("held.4", "deal"),
    ]


@given(trees(held=True))
def test_splitting_leaves_no_memory_and_splitting_again_changes_nothing(expression):
    split, slots = split_lasting(expression, 0, START)
    everything = [split, *(item.operand for item in slots)]
    assert not any(_needs_memory(node) for e in everything for node in walk(e.root))
    assert split_lasting(split, 0, START) == (split, ())


@given(trees(held=True))
def test_what_was_split_off_is_joined_again(expression):
    split, slots = split_lasting(expression, 3, START)
    assert join_lasting(split.root, {item.slot: item for item in slots}, START, expression.time_unit) == expression.root


def _needs_memory(node) -> bool:
    return isinstance(node, Dated) or (isinstance(node, Call) and node.function == "held")


# Dates


START = datetime.date(2018, 3, 9)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("war by 2018-05-24", "war by 2018-05-24"),
        ("not war by 2018-05-24", "not war by 2018-05-24"),
        ("(not war) by 2018-05-24", "(not war) by 2018-05-24"),
        ("x > 3 by 2018-05-24 and deal at 2018-06-12", "x > 3 by 2018-05-24 and deal at 2018-06-12"),
        ("(x at 2018-05-24) > (y at 2018-06-12)", "(x at 2018-05-24) > (y at 2018-06-12)"),
        ("x at 2018-05-24 > 3", "(x at 2018-05-24) > 3"),
        ("x + y at 2018-05-24", "x + y at 2018-05-24"),
        ("(x+3) at 2018-05-24", "x + 3 at 2018-05-24"),
    ],
)
def test_dates_bind_between_not_and_comparisons(text, written):
    assert to_text(parse(text)) == written
    assert parse(to_text(parse(text))) == parse(text)


def test_at_and_by_may_still_be_names():
    assert parse("at + by").names() == ("at", "by")


def test_by_becomes_a_first_time_and_at_a_remembered_value():
    expression, slots = split_lasting(parse("war by 2018-05-24 and war by 2018-06-12 and x at 2018-03-09 > 1"), 2, START)
    assert to_text(expression) == "ever.2 < 77 days and ever.2 < 96 days and dated.3 > 1"
    assert [(item.slot, item.kind, to_text(item.operand), item.until) for item in slots] == [
        ("ever.2", "ever", "war", 0.0),
        ("dated.3", "dated", "x", 1.0),
    ]


def test_days_of_a_scenario_in_hours_end_after_24_of_them():
    _, (slot,) = split_lasting(parse("x at 2018-03-10", "hours"), 0, START)
    assert slot.until == 48.0


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("x by 2018-05-24", 1, "expected a condition before 'by', found the number 'x'", "compare"),
        ("war by", 7, "expected a date after 'by', found nothing", "year-month-day"),
        ("war by 2018", 8, "expected a date after 'by', found '2018'", "year-month-day"),
        ("war by 2018-13-24", 8, "expected a month from 01 to 12, found 13 in 2018-13-24", "months"),
        ("war at 2018-02-30", 8, "expected a day of that month", "calendar"),
        ("2018-05-24 > 3", 1, "the date 2018-05-24 stands alone", "'at' or 'by'"),
        ("(war at 2018-05-24) by 2018-06-12", 2, "'at' and a date stand inside another 'by'", "brackets of its own"),
        ("x at 2018-05-24 - x at 2018-05-01", 1, "'at' and a date stand inside another 'at'", "brackets of its own"),
    ],
)
def test_what_is_wrong_with_a_date_is_said_where_it_stands(text, column, message, hint):
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), KINDS)
    assert str(caught.value).startswith(message) and caught.value.column == column
    assert hint in caught.value.hint


def test_a_date_cannot_be_compiled_before_it_is_split_off():
    with pytest.raises(ExpressionError, match="'by' and a date need a memory"):
        compile_expression(parse("deal by 2018-05-24"), {"deal": 0})


# Replacing


def test_replacing_keeps_the_grouping():
    replaced = substitute(parse("2 * x"), {"x": parse("y + 1")})
    assert to_text(replaced) == "2 * (y + 1)"


def test_replacing_cannot_grow_without_limit():
    expression = parse("x + x")
    with pytest.raises(ExpressionError, match="too large"):
        for _ in range(20):
            expression = substitute(expression, {"x": parse("x + x")})


@given(nodes(Kind.NUMBER), nodes(Kind.NUMBER, depth=2), SETTINGS)
def test_replacing_a_name_is_giving_it_the_value(outer, inner, settings):
    expression = substitute(Expression(outer), {"x": Expression(inner)})
    expected = plain_value(outer, {**settings, "x": plain_value(inner, settings, "days")}, "days")
    found = plain_value(expression.root, settings, "days")
    assert found == expected or (math.isnan(found) and math.isnan(expected))


def test_definitions_are_ordered_by_what_they_use():
    definitions = {"c": parse("a + b"), "a": parse("x"), "b": parse("a * 2"), "d": parse("1")}
    assert dependency_order(definitions) == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("definitions", "circle", "column"),
    [
        ({"a": "1 + a"}, "a -> a", 5),
        ({"a": "b", "b": "x + c", "c": "2 * b"}, "b -> c -> b", 5),
        ({"x": "a", "a": "b", "b": "c", "c": "a"}, "a -> b -> c -> a", 1),
    ],
)
def test_a_circle_of_definitions_is_named(definitions, circle, column):
    with pytest.raises(ExpressionError) as caught:
        dependency_order({name: parse(text) for name, text in definitions.items()})
    assert str(caught.value) == f"the definitions go in a circle: {circle}"
    assert caught.value.column == column


def test_a_long_chain_of_definitions_is_ordered():
    chain = {f"n{i}": parse(f"n{i + 1}") for i in range(5_000)}
    assert dependency_order(chain)[0] == "n4999"


# Ranges


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", (0.0, 1.0)),
        ("x - y", (-4.0, 1.0)),
        ("x * (y - 2)", (-2.0, 2.0)),
        ("-x", (-1.0, 0.0)),
        ("y / (x + 1)", (0.0, 4.0)),
        ("1 / x", (-math.inf, math.inf)),
        ("min(x, y, 0.5)", (0.0, 0.5)),
        ("abs(x - 0.5)", (0.0, 0.5)),
        ("if(x > 2, 7, y)", (0.0, 4.0)),
        ("if(deal, 7, y)", (0.0, 7.0)),
        ("2 weeks", (14.0, 14.0)),
        ("unbounded", (-math.inf, math.inf)),
        ("0 * unbounded", (0.0, 0.0)),
        ("x > 1", Truth.NEVER),
        ("x >= 1", Truth.EITHER),
        ("x <= 1", Truth.ALWAYS),
        ("0 <= x <= 1", Truth.ALWAYS),
        ("x > 0.5 and x > 2", Truth.NEVER),
        ("x > 0.5 or x <= 1", Truth.ALWAYS),
        ("not x > 1", Truth.ALWAYS),
        ("x == 2", Truth.NEVER),
        ("x != 2", Truth.ALWAYS),
        ("deal or true", Truth.ALWAYS),
        ("deal and false", Truth.NEVER),
        ("held(x > 1, 3)", Truth.NEVER),
        ("held(x <= 1, 3)", Truth.EITHER),
        ("if(deal, x > 1, false)", Truth.NEVER),
        ("if(deal, deal, x > 1)", Truth.EITHER),
    ],
)
def test_ranges_follow_from_the_declared_bounds(text, expected):
    assert interval(parse(text), {"x": (0.0, 1.0), "y": (0.0, 4.0), "deal": (0.0, 1.0)}) == expected


def test_a_name_that_is_a_condition_has_a_truth():
    assert interval(parse("deal"), {"deal": (0.0, 1.0)}, Kind.BOOLEAN) is Truth.EITHER
    assert interval(parse("deal"), {"deal": (1.0, 1.0)}, Kind.BOOLEAN) is Truth.ALWAYS
    assert interval(parse("deal"), {}, Kind.BOOLEAN) is Truth.EITHER


@given(trees(), st.data())
def test_the_range_contains_every_value(expression, data):
    # Adding 0 makes -0.0 a 0.0, for a range from 0.0 to -0.0 is none that floats can be drawn from.
    ends = {name: sorted(end + 0.0 for end in data.draw(st.tuples(st.floats(-50, 50), st.floats(-50, 50)))) for name in NAMES}
    bounds = {name: tuple(ends[name]) if KINDS[name] is Kind.NUMBER else (0.0, 1.0) for name in NAMES}
    settings = {
        name: data.draw(st.floats(*bounds[name])) if KINDS[name] is Kind.NUMBER else data.draw(st.sampled_from((0.0, 1.0)))
        for name in NAMES
    }  # fmt: skip
    found = plain_value(expression.root, settings, expression.time_unit)
    assume(math.isfinite(found))
    known = interval(expression, bounds)
    if isinstance(known, Truth):
        assert known is Truth.EITHER or (known is Truth.ALWAYS) == bool(found)
    else:
        assert known[0] <= found <= known[1]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("1 / x", 5, "the divisor 'x' can be zero; the result is then 0"),
        ("y / (x - 0.5)", 6, "the divisor 'x - 0.5' can be zero; the result is then 0"),
        ("exp(1000 * x)", 5, "exp('1000 * x') can be too large for a number; it is then cut off"),
        ("log(x)", 5, "log('x') has no value at zero and below; it is then -745.2"),
        ("sqrt(x - y)", 6, "sqrt('x - y') has no value below zero; it is then 0"),
    ],
)
def test_operations_that_may_have_no_value_are_found(text, column, message):
    (found,) = hazards(parse(text), {"x": (0.0, 1.0), "y": (0.0, 4.0)})
    assert (found.column, found.message) == (column, message)
    assert found.hint


def test_operations_that_always_have_a_value_are_no_hazard():
    assert hazards(parse("y / (x + 1) + exp(x) + log(x + 1) + sqrt(y)"), {"x": (0.0, 1.0), "y": (0.0, 4.0)}) == ()


def test_equal_expressions_are_equal_whatever_their_spacing():
    assert parse("x+1") == parse("( x ) + 1.0")
    assert hash(parse("x+1")) == hash(parse("x + 1"))
    assert parse("x + 1", "hours") != parse("x + 1", "days")
    assert replace(parse("x"), text="y") == parse("x")


@pytest.mark.parametrize(
    "text, truth",
    [
        ("a and not a", Truth.NEVER),
        ("a or not a", Truth.ALWAYS),
        ("t > .5 and t < .2", Truth.NEVER),
        ("t > .5 and t < .5", Truth.NEVER),
        ("n >= 1 and .5 > n", Truth.NEVER),
        ("t == .5 and t > .6", Truth.NEVER),
        ("not (a or b) and b", Truth.NEVER),
        ("not a and (t > .5 and (a or t < .2))", Truth.NEVER),
        ("t > .5 or t <= .5", Truth.ALWAYS),
        ("a or (not a and t >= 0)", Truth.ALWAYS),
        ("t > .5 or t < .5", Truth.EITHER),
        ("t > .2 and t < .5", Truth.EITHER),
        ("(a and t > .5) or (not a and t <= .5)", Truth.EITHER),
    ],
)
def test_one_side_of_a_condition_is_judged_where_the_other_holds(text, truth):
    bounds = {"a": (0.0, 1.0), "b": (0.0, 1.0), "t": (0.0, 1.0), "n": (0.0, math.inf)}
    assert interval(parse(text), bounds, Kind.BOOLEAN) is truth
