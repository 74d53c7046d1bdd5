"""The frame of the theorems: what they refuse and with which words, and that every one is complete."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from sim.errors import ParameterError
from sim.games.theorems.theorem import Condition, Output, Symbol, Theorem, only, theorem, theorems
from sim.model.expressions import grammar
from sim.model.expressions.kinds import Kind, check
from sim.model.expressions.reading import parse
from tests.known_answers.theorems.playing import FUNCTIONS, NAMESPACES, Play, compiled, names

# Words in the names of moves that are made or not made; others are numbers.
DECISIONS = (
    "accepts", "attacks", "gesture", "cooperates", "stands", "ratifies", "challenges", "resists", "up", "left", "enters", "fights",
    "buys", "inspects", "violates", "overlooks", "bad.signal", "good.signal", "disappointed", "concedes", "acts", "alarm",
    "nature.strikes",
)  # fmt: skip


@pytest.fixture
def toy() -> Theorem:
    return Theorem(
        name="toy",
        title="Toy",
        symbols=(
            Symbol("rate", "a rate", 0.0, 1.0, example=0.5, open_high=True),
            Symbol("rounds", "rounds", 1, math.inf, example=3, kind="whole"),
            Symbol("spare", "may be left out", -math.inf, math.inf, example=1.0, default=2.0),
        ),
        outputs=(Output("product", "product", "none"),),
        formula=("product = rate * rounds * spare",),
        source="none",
        solver=lambda rate, rounds, spare: only({"product": rate * rounds * spare}, "", "unique"),
        requires=(Condition("rate below spare", lambda rate, spare: rate < spare),),
    )


def test_a_solution_comes_with_defaults_filled_in(toy):
    solution = toy.solve(rate=0.5, rounds=3.0)
    assert solution.values == {"product": 3.0}
    assert [found.selected for found in solution.equilibria] == [True]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rate": 0.5}, r"toy: expected a value for rounds \(a whole number of at least 1\); found none"),
        ({"rate": 1.0, "rounds": 1}, r"toy: rate: expected a number in \[0, 1\), found 1"),
        ({"rate": -0.1, "rounds": 1}, r"toy: rate: expected a number in \[0, 1\), found -0.1"),
        ({"rate": math.nan, "rounds": 1}, "toy: rate: .* found nan, which is no finite number"),
        ({"rate": 0.5, "rounds": math.inf}, "toy: rounds: .* found inf, which is no finite number"),
        ({"rate": 0.5, "rounds": 2.5}, "toy: rounds: expected a whole number of at least 1, found 2.5"),
        ({"rate": 0.5, "rounds": True}, "toy: rounds: expected a whole number of at least 1, found True"),
        ({"rate": "half", "rounds": 1}, "toy: rate: .* found 'half'"),
        ({"rate": 0.5, "rounds": 1, "spare": 0.5}, "toy: expected rate below spare; found rate = 0.5, spare = 0.5"),
        ({"rate": 0.5, "rounds": 1, "rat": 1}, "toy: there is no symbol 'rat'"),
    ],
)
def test_input_that_is_refused_is_named(toy, given, message):
    with pytest.raises(ParameterError, match=message):
        toy.solve(**given)


def test_the_nearest_name_is_named(toy):
    with pytest.raises(ParameterError) as found:
        toy.solve(rate=0.5, round=1)
    assert found.value.hint == "did you mean 'rounds'?"
    with pytest.raises(ParameterError, match="there is no theorem 'rubinstien'") as found:
        theorem("rubinstien")
    assert found.value.hint == "did you mean 'rubinstein'?"
    with pytest.raises(ParameterError) as found:
        theorem("zzzz")
    assert "there are: rubinstein, " in found.value.hint


def test_naming_all_theorems_imports_none_of_them():
    code = (
        "import sys; from sim.games.theorems.theorem import theorems; list(theorems());"
        "print([n for n in sys.modules if n.startswith('sim.games.theorems.') and n != 'sim.games.theorems.theorem'],"
        "'scipy' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False False"


def test_every_model_of_the_bench_has_a_theorem():
    documents = {sys.modules[item.solver.__module__].__doc__ or "" for item in theorems().values()}
    told = " ".join(document.split("\n")[0] for document in documents)
    assert [n for n in range(1, 27) if f"T{n:02}" not in told] == []


@pytest.mark.parametrize("name", list(theorems()))
def test_a_theorem_is_complete(name):
    item = theorem(name)
    assert item.name == name
    solution = item.solve(**item.example)
    assert list(solution.values) and set(solution.values) == {output.name for output in item.outputs}
    assert sum(found.selected for found in solution.equilibria) == 1
    assert next(found for found in solution.equilibria if found.selected).values == solution.values
    for found in solution.equilibria:
        assert found.values.keys() == solution.values.keys()
        assert all(math.isfinite(value) for value in found.values.values())
        assert found.words.endswith(".")
    for words in (solution.uniqueness, solution.selection, *solution.notes):
        assert words.endswith(".")
    assert item.title and item.formula and item.source
    for symbol in item.symbols:
        assert symbol.holds(symbol.example), symbol.name
        assert symbol.default is None or symbol.holds(symbol.default), symbol.name
    assert len({symbol.name for symbol in item.symbols}) == len(item.symbols)
    assert not {symbol.name for symbol in item.symbols} & {*FUNCTIONS, *NAMESPACES, "uniform", "round"}


@pytest.mark.parametrize("name", list(theorems()))
def test_strategies_name_only_what_there_is(name):
    item = theorem(name)
    symbols, outputs = {symbol.name for symbol in item.symbols}, {output.name for output in item.outputs}
    for expression in item.strategies.values():
        compiled(expression)
        for found in names(expression):
            space, _, rest = found.partition(".")
            if rest:
                assert space in NAMESPACES, expression
                assert space != "solution" or rest in outputs, expression
            else:
                assert found in symbols | set(FUNCTIONS) | {"uniform", "round"}, expression


@pytest.mark.parametrize("name", list(theorems()))
def test_strategies_are_expressions_of_the_scenario_language(name, monkeypatch):
    """With the functions of games beside its own; every move is a number or a condition."""
    for function, count in (("power", 2), ("normal_cdf", 1), ("normal_quantile", 1)):
        monkeypatch.setitem(grammar.FUNCTIONS, function, (count, count))
    for move, text in theorem(name).strategies.items():
        expression = parse(text)
        kinds = dict.fromkeys(names(text), Kind.NUMBER) | {"move.gesture": Kind.BOOLEAN}
        decides = any(word in move for word in DECISIONS)
        assert check(expression, kinds) is (Kind.BOOLEAN if decides else Kind.NUMBER), move


@pytest.mark.parametrize("name", list(theorems()))
def test_the_ends_of_a_range_are_solved_or_refused_in_words(name):
    """No end of a range leads to a traceback: closed ends are solved, or a condition says why not."""
    item = theorem(name)
    for symbol in item.symbols:
        for end, is_open in ((symbol.low, symbol.open_low), (symbol.high, symbol.open_high)):
            if math.isinf(end):
                continue
            given = item.example | {symbol.name: end}
            if is_open:
                with pytest.raises(ParameterError, match=symbol.name):
                    item.solve(**given)
                continue
            try:
                values = item.solve(**given).values
            except ParameterError as refused:
                assert "expected" in str(refused)
            else:
                assert all(math.isfinite(value) for value in values.values()), (symbol.name, end)


def test_a_strategy_is_played():
    play = Play(theorem("rubinstein"), {"discount_1": 0.9, "discount_2": 0.8})
    assert play("2.accepts", move={"offer": play("1.offer")}) is True
    assert play("2.accepts", move={"offer": play("1.offer") + 1e-9}) is False
