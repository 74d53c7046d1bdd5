"""The layers of docs/contracts.md hold: imports point downwards, nothing goes in circles, rules and acts stay compilable.

Sources are read, not run. Each check is shown to fail on a planted violation.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Modules that belong to no layer: the package itself, which resolves its public names lazily, and `python -m sim`.
ROOTS = {"sim", "sim.__main__"}

# --- reading sources ---


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> dict[str, str]:
    return {module_name(path): path.read_text("utf-8") for path in sorted((ROOT / "sim").rglob("*.py"))}


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


@cache  # three tests look at the whole of the sources
def imports(name: str, text: str, modules: frozenset[str], is_package: bool) -> frozenset[str]:
    """Modules of ours that ``text`` imports anywhere, inside functions too, except for type checkers only."""
    return frozenset(_imports(name, text, modules, is_package))


def _imports(name: str, text: str, known: frozenset[str], is_package: bool) -> Iterator[str]:
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if is_type_checking(node):
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "sim")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if is_package else name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
            if base.split(".")[0] == "sim":
                submodules = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in known]
                yield from submodules
                if len(submodules) < len(node.names):
                    yield base


def graph(texts: dict[str, str]) -> dict[str, set[str]]:
    modules = frozenset(texts)
    return {name: set(imports(name, text, modules, is_package(name, texts)) - {name}) for name, text in texts.items()}


def is_package(name: str, texts: dict[str, str]) -> bool:
    return any(other.startswith(f"{name}.") for other in texts)


# --- layers ---


def layers_of_the_contract() -> list[tuple[int, list[str]]]:
    """(layer, module prefixes) as the table in docs/contracts.md has them."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", (ROOT / "docs" / "contracts.md").read_text("utf-8"), flags=re.M)
    return [
        (int(number), [path.removesuffix(".py").strip("/").replace("/", ".") for path in re.findall(r"`(.+?)`", cell)])
        for number, cell in rows
    ]


def layer(name: str, table: list[tuple[int, list[str]]]) -> int | None:
    return next((n for n, prefixes in table for p in prefixes if name == p or name.startswith(f"{p}.")), None)


def upward_imports(texts: dict[str, str], table: list[tuple[int, list[str]]]) -> list[str]:
    """Imports of a higher layer, as "importer -> imported"."""
    found = []
    for name, targets in graph(texts).items():
        if name in ROOTS:
            continue
        for target in targets:
            if target in ROOTS:
                if target == "sim.__main__":
                    found.append(f"{name} -> {target}")
                continue
            if (layer(target, table) or 0) > (layer(name, table) or 0):
                found.append(f"{name} -> {target}")
    return sorted(found)


def cycle(edges: dict[str, set[str]]) -> list[str]:
    """Modules of one import cycle, or nothing."""
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        path.append(name)
        for target in sorted(edges.get(name, ())):
            if found := visit(target):
                return found
        path.pop()
        done.add(name)
        return []

    for start in sorted(edges):
        if found := visit(start):
            return found
    return []


def test_table_of_layers_is_read():
    table = layers_of_the_contract()
    assert [number for number, _ in table] == list(range(1, len(table) + 1))
    assert table[0][1][0] == "sim.errors"
    assert table[-1][1] == ["sim.cli"]


def test_every_module_has_a_layer():
    table = layers_of_the_contract()
    assert [name for name in sources() if name not in ROOTS and layer(name, table) is None] == []


def test_imports_point_downwards():
    assert upward_imports(sources(), layers_of_the_contract()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import sim.cli.main",
        "from sim.cli import main",
        "from ..cli import main",
        "def late():\n    from sim import cli",
    ],
)
def test_an_upward_import_is_found(statement):
    texts = {"sim": "", "sim.rules": "", "sim.rules.voting": statement, "sim.cli": "", "sim.cli.main": ""}
    assert [line.split(" -> ")[0] for line in upward_imports(texts, layers_of_the_contract())] == ["sim.rules.voting"]


def test_an_import_for_type_checkers_is_none():
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sim.cli"
    texts = {"sim.rules.voting": text, "sim.cli": ""}
    assert upward_imports(texts, layers_of_the_contract()) == []


def test_imports_have_no_cycle():
    assert cycle(graph(sources())) == []


def test_a_cycle_is_found():
    texts = {
        "sim.model": "",
        "sim.model.a": "from sim.model import b",
        "sim.model.b": "from .c import thing",
        "sim.model.c": "def late():\n    import sim.model.a",
    }
    assert set(cycle(graph(texts))) == {"sim.model.a", "sim.model.b", "sim.model.c"}


# --- what importing costs ---


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_else():
    """The command line answers --help at once only because names are resolved when they are used."""
    standard = sys.stdlib_module_names
    assert {name for name in loaded_by("import sim") if name.split(".")[0] not in standard} == {"sim"}


@pytest.mark.parametrize("package", sorted(path.parent.name for path in (ROOT / "sim").glob("*/__init__.py")))
def test_importing_a_part_loads_no_heavy_library(package):
    heavy = {"numpy", "pandas", "plotly", "duckdb", "simpy", "pydantic", "jinja2", "yaml", "rich", "pyarrow"}
    assert {name.split(".")[0] for name in loaded_by(f"import sim.{package}")} & heavy == set()


def test_an_unknown_public_name_is_an_attribute_error():
    import sim

    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = sim.no_such_name


# --- rules: the subset that gives the same bits interpreted and compiled ---

ARITHMETIC = {"exp", "log", "powr", "sqrt", "logistic", "normal_cdf", "normal_quantile"}
CALLS = ARITHMETIC | {"int", "float", "bool", "range", "len"}
MODULES = {"__future__", "collections.abc", "typing", "sim.rule", "sim.arithmetic"}  # the types serve annotations only
STATEMENTS = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.While, ast.If, ast.Return, ast.Break, ast.Continue, ast.Pass,
    ast.Expr,
)  # fmt: skip
EXPRESSIONS = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Subscript, ast.Constant,
    ast.Tuple,
)  # fmt: skip
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
INFINITIES = {"float('inf')", "-float('inf')"}  # as constants of a module; text has no other business in a rule
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def rule_violations(text: str) -> list[str]:
    """What in the source of a rule file lies outside the subset, as "line: complaint"."""
    tree = ast.parse(text)
    found: list[str] = []

    def complain(node: ast.AST, what: str) -> None:
        found.append(f"{getattr(node, 'lineno', 0)}: {what}")

    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level:
            if node.module and node.module.startswith("sim.rules"):
                functions |= {alias.asname or alias.name for alias in node.names}
            elif node.module not in MODULES:
                complain(node, f"import of {node.module}")
            elif any(alias.asname for alias in node.names):
                complain(node, "import under another name")
        elif isinstance(node, ast.FunctionDef):
            if [ast.unparse(mark) for mark in node.decorator_list] != ["rule"]:
                complain(node, f"{node.name} is not marked @rule")
            if node.args.vararg or node.args.kwarg:
                complain(node, "arguments without number")
            for statement in node.body:
                check(statement, functions, complain)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            if node.value is not None and ast.unparse(node.value) not in INFINITIES:
                check(node.value, functions, complain)
        elif not is_docstring(node):
            complain(node, f"{type(node).__name__} at module level")
    return found


def check(node: ast.AST, functions: set[str], complain) -> None:
    if is_docstring(node):
        return
    check_one(node, functions, complain)
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    for child in ast.iter_child_nodes(node):
        if child is not annotation:
            check(child, functions, complain)


def check_one(node: ast.AST, functions: set[str], complain) -> None:
    """The node itself, not what it is made of."""
    match node:
        case ast.stmt() if not isinstance(node, STATEMENTS):
            complain(node, f"statement {type(node).__name__}")
        case ast.expr() if not isinstance(node, EXPRESSIONS):
            complain(node, f"expression {type(node).__name__}")
        case ast.BinOp(op=ast.Mod() | ast.FloorDiv(), right=ast.Constant(value=int())):
            pass  # parity and the like of a whole number
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if not isinstance(op, OPERATORS):
            complain(node, f"operator {type(op).__name__}")
        case ast.Compare(ops=ops) if not all(isinstance(op, COMPARISONS) for op in ops):
            complain(node, "comparison other than of numbers")
        case ast.Call(func=ast.Name(id=name), keywords=keywords):
            if name not in CALLS and name not in functions:
                complain(node, f"call of {name}")
            if any(keyword.arg is None for keyword in keywords) or any(isinstance(a, ast.Starred) for a in node.args):
                complain(node, "arguments without number")
        case ast.Call():
            complain(node, f"call of {ast.unparse(node.func)}")
        case ast.Constant(value=value) if not isinstance(value, bool | int | float):
            complain(node, f"constant {value!r}")
        case ast.For(iter=ast.Name() | ast.Call(func=ast.Name(id="range"))):
            pass  # over a flat sequence or a range
        case ast.For():
            complain(node, "loop over something other than a sequence or a range")
        case ast.Subscript(slice=ast.Slice()):
            complain(node, "slice: it allocates")


# --- acts: the same subset, and the two records that they work on ---

ACT_MODULES = ("sim.rules", "sim.acts", "sim.randomness", "sim.world.fields")
ACT_CALLS = CALLS | {"min", "max"}  # of numbers; both engines order them alike
RECORDS = {"w", "c"}
BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)  # of whole numbers


def act_violations(text: str) -> list[str]:
    """What in the source of a file of acts lies outside the subset, as "line: complaint"."""
    tree = ast.parse(text)
    found: list[str] = []

    def complain(node: ast.AST, what: str) -> None:
        found.append(f"{getattr(node, 'lineno', 0)}: {what}")

    known = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.startswith(ACT_MODULES):
                known |= {alias.asname or alias.name for alias in node.names}
            elif module not in MODULES:
                complain(node, f"import of {module}")
        elif isinstance(node, ast.FunctionDef):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if marks not in (["act"], ["rule"], ["told"]):
                complain(node, f"{node.name} is not marked @act, @rule or @told")
            names = [argument.arg for argument in node.args.args]
            if marks == ["act"] and names[:2] != ["w", "c"]:
                complain(node, f"{node.name} does not begin with the two records")
            if marks != ["told"]:
                for statement in node.body:
                    check_act(statement, known, complain)
        elif isinstance(node, ast.Import | ast.ClassDef):
            complain(node, f"{type(node).__name__} at module level")
    return found


def check_act(node: ast.AST, known: set[str], complain) -> None:
    """`check`, but for fields of the records, bits of whole numbers, and what is told, which may be text."""
    if is_docstring(node):
        return
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name == "tell" and name in known:
            return  # compiled code leaves it out
        case ast.Attribute(value=ast.Name(id=name)) if name in RECORDS | known:
            return
        case ast.Call() if ast.unparse(node) in INFINITIES:
            return
        case ast.BinOp(op=ast.Mod() | ast.FloorDiv(), right=right) if ast.unparse(right).startswith("c.num_"):
            pass  # whose turn it is, and the like: whole numbers
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in known:
            pass  # a rule of a module
        case ast.Call(func=ast.Name(id=name)) if name in ACT_CALLS | known:
            pass
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if isinstance(op, BITS):
            pass
        case _:
            alone: list[str] = []
            check_one(node, known, lambda at, what: alone.append(what))
            for what in alone:
                complain(node, what)
    annotation = node.annotation if isinstance(node, ast.AnnAssign) else None
    for child in ast.iter_child_nodes(node):
        if child is not annotation:
            check_act(child, known, complain)


@pytest.mark.parametrize(
    "path",
    # own.py calls a tactic of the user's; compiled code has a call of its own in its place.
    sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "sim" / "acts").rglob("*.py") if p.name != "own.py"),
)
def test_acts_keep_to_the_subset(path):
    assert act_violations((ROOT / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("w.x = [c.y]", "expression List"),
        ("w.log.append(1)", "call of w.log.append"),
        ("other.x = 1", "expression Attribute"),
        ("w.x = 'text'", "constant 'text'"),
        ("w.x = w.y ** 2", "operator Pow"),
        ("w.x = w.y % c.day", "operator Mod"),
        ("w.x = random()", "call of random"),
        ("w.levels[0:2] = c.levels", "slice: it allocates"),
        ("for n, x in enumerate(w.y): w.x = x", "loop over something other than a sequence or a range"),
    ],
)
def test_an_act_outside_the_subset_is_found(line, complaint):
    text = f"from sim.rule import act\n@act\ndef planted(w: World, c: Tables) -> None:\n    {line}\n"
    assert complaint in [found.split(": ", 1)[1] for found in act_violations(text)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def unmarked(w, c):\n    return 1", "unmarked is not marked @act, @rule or @told"),
        ("@act\ndef planted(c, w):\n    return 1", "planted does not begin with the two records"),
        ("from sim.model import compile", "import of sim.model"),
        ("import numpy as np", "Import at module level"),
    ],
)
def test_files_of_acts_outside_the_subset_are_found(text, complaint):
    assert complaint in [found.split(": ", 1)[1] for found in act_violations(text)]


RULE_FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "sim" / "rules").rglob("*.py"))


@pytest.mark.parametrize("path", RULE_FILES)
def test_rules_keep_to_the_subset(path):
    assert rule_violations((ROOT / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("y = x ** 2", "operator Pow"),
        ("y = x % 1.0", "operator Mod"),
        ("x //= x", "operator FloorDiv"),
        ("y = math.sqrt(x)", "call of math.sqrt"),
        ("y = np.pi", "expression Attribute"),
        ("y = sum(values)", "call of sum"),
        ("y = round(x)", "call of round"),
        ("y = max(x, 1.0)", "call of max"),
        ("y = [x]", "expression List"),
        ("y = {'a': x}", "expression Dict"),
        ("y = [v for v in values]", "expression ListComp"),
        ("y = f'{x}'", "expression JoinedStr"),
        ("y = 'text'", "constant 'text'"),
        ("y = values[1:2]", "slice: it allocates"),
        ("for i, v in enumerate(values): x = v", "loop over something other than a sequence or a range"),
        ("try:\n        x = 1.0\n    except ValueError:\n        pass", "statement Try"),
        ("raise ValueError", "statement Raise"),
        ("assert x", "statement Assert"),
        ("import math", "statement Import"),
        ("y = lambda: x", "expression Lambda"),
        ("y = x is None", "comparison other than of numbers"),
        ("y = f(*values)", "call of f"),
    ],
)
def test_code_outside_the_subset_is_found(line, complaint):
    text = (
        f"from sim.rule import rule\n@rule\ndef planted(x: float, values: list) -> float:\n    {line}\n    return x\n"
    )
    assert complaint in [found.split(": ", 1)[1] for found in rule_violations(text)]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import numpy as np", "Import at module level"),
        ("from sim.model import world", "import of sim.model"),
        ("from sim.randomness import uniform", "import of sim.randomness"),
        ("TABLE = {}", "expression Dict"),
        ("def unmarked(x):\n    return x", "unmarked is not marked @rule"),
        ("class Thing:\n    pass", "ClassDef at module level"),
    ],
)
def test_modules_outside_the_subset_are_found(text, complaint):
    assert complaint in [found.split(": ", 1)[1] for found in rule_violations(text)]


def test_code_inside_the_subset_passes():
    text = '''"""Doc."""
from __future__ import annotations
from collections.abc import Sequence
from sim.arithmetic import exp
from sim.rule import rule
from sim.rules.voting import share
LIMIT = 3.0  # a constant
NEVER = float("inf")
WEIGHTS = (0.5, 0.5)

@rule
def total(values: Sequence[float], count: int) -> tuple[float, int]:
    """Doc."""
    result: float = 0.0
    for i in range(count):
        if values[i] > LIMIT and not count % 2 == 1:
            result += share(exp(values[i]), -1.0) * WEIGHTS[0]
    return result, count
'''
    assert rule_violations(text) == []


# --- what came of the cases of the back-test ---

ANSWERS = "sim.model.expected"


def of_the_back_test(name: str) -> bool:
    return any(part.startswith("backtest") for part in name.split("."))


def readers_of_answers(texts: dict[str, str]) -> list[str]:
    """Modules outside the back-test that know what came of its cases: by themselves, or through a module of the back-test that is no
    part of the face of the program."""
    edges = graph(texts)
    face = {name for name in edges if name in ROOTS or name.startswith(("sim.cli", "sim.api"))}
    found = {name for name, targets in edges.items() if ANSWERS in targets and not of_the_back_test(name)}
    found |= {
        name
        for name, targets in edges.items()
        if name not in face and not of_the_back_test(name) and any(map(of_the_back_test, targets)) and name not in ROOTS
    }
    return sorted(found)


def test_nothing_but_the_back_test_reads_what_came_of_its_cases():
    assert ANSWERS in sources()
    assert readers_of_answers(sources()) == []


@pytest.mark.parametrize("statement", ["from sim.model.expected import load_expected", "from sim.experiments import backtest"])
def test_a_fit_that_reads_what_came_of_a_case_is_found(statement):
    texts = {
        "sim": "", "sim.model": "", ANSWERS: "", "sim.experiments": "",
        "sim.experiments.backtest": "from sim.model.expected import load_expected", "sim.experiments.calibration": statement,
        "sim.cli": "", "sim.cli.backtest": "from sim.experiments import backtest", "sim.cli.app": "from sim.cli import backtest",
    }  # fmt: skip
    assert readers_of_answers(texts) == ["sim.experiments.calibration"]
