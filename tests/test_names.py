"""No shipped scenario shows through in the code: another conflict needs another YAML file and nothing else.

Ids of actors, issues, tracks and outcome classes are read from every shipped scenario as plain YAML. None may be an
identifier or a string constant in ``sim/`` (whole, or a segment of a dotted one), nor the name of a module. Ids in
capital letters, which are unmistakable, may not even occur as a word in a comment, a docstring or a page template.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SEPARATORS = frozenset(".:=@")  # between the parts of a quantity or a column
SECTIONS = ("actors", "issues", "tracks", "outcomes")
# Words of a library's interface that a scenario also uses as an id, by the file that speaks to the library.
OF_LIBRARIES = {"sim/experiments/cluster/connection.py": {"status"}, "sim/experiments/cluster/client.py": {"status"}}
TEMPLATES = {".html", ".htm", ".jinja", ".jinja2", ".j2", ".js", ".css", ".svg", ".txt", ".md"}


def ids_of(text: str) -> set[str]:
    """Ids in the four sections, each either a mapping (id: ...) or a list of mappings with ``id:`` or ``class:``.

    The base loader reads every scalar as text, so that the country NO stays a name.
    """
    document = yaml.load(text, Loader=yaml.BaseLoader)
    found: set[str] = set()
    for section in SECTIONS:
        entries = document.get(section) or {}
        if isinstance(entries, dict):
            found.update(entries)
        else:
            found.update(entry[key] for entry in entries for key in ("id", "class") if key in entry)
    return found


def shipped_ids() -> set[str]:
    return set().union(*(ids_of(path.read_text("utf-8")) for path in (ROOT / "scenarios").glob("*.yaml")))


def identifiers_and_strings(text: str) -> Iterator[tuple[int, str]]:
    """(line, name or string) for whatever in ``text`` is one; docstrings are prose and left to the words check."""
    nodes = list(ast.walk(ast.parse(text)))
    prose = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes:
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield line, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name
            case ast.keyword(arg=str(name)):
                yield line, name
            case ast.alias(name=name, asname=asname):
                yield from ((line, part) for part in [*name.split("."), *filter(None, [asname])])
            case ast.ImportFrom(module=str(module)):
                yield from ((line, part) for part in module.split("."))
            case ast.Constant(value=str(string)) if id(node) not in prose:
                yield line, string
                yield from ((line, part) for part in string.split(".") if "." in string)


def violations(path: str, text: str, ids: set[str]) -> list[str]:
    found = [f"{path}: a module is named {part}" for part in Path(path).with_suffix("").parts if part in ids]
    if path.endswith(".py"):
        named = list(identifiers_and_strings(text))
        found += [f"{path}:{line}: {name}" for line, name in named if name in ids]
        longer = [(line, name) for line, name in named if not SEPARATORS.isdisjoint(name)]  # the search of all takes ten seconds
        quantities = _in_quantities(frozenset(ids))
        found += [f"{path}:{line}: {match[0]} in '{name[:60]}'" for line, name in longer for match in quantities.finditer(name)]
    return found + words(path, text, ids)


@lru_cache
def _in_quantities(ids: frozenset[str]) -> re.Pattern[str]:
    """An id as part of a quantity or a column within a longer text: level.ID, share:outcome=ID, ID.held."""
    names = "|".join(map(re.escape, sorted(ids)))
    return re.compile(rf"(?<=[.:=@])(?:{names})(?!\w)|(?<![\w.])(?:{names})(?=[.:=@]\w)")


def words(path: str, text: str, ids: set[str]) -> list[str]:
    """Ids in capital letters that occur as words anywhere in the text."""
    capitals = sorted(name for name in ids if len(name) > 1 and name.isupper())
    if not capitals:
        return []
    # A part of a name counts (ABC_WEIGHT), but not for ids of two letters: the country NO is not in NO_COLOR.
    letters = [rf"\b{name}\b" if len(name) == 2 else rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])" for name in capitals]
    pattern = re.compile("|".join(letters))
    return [
        f"{path}:{number}: {match[0]} as a word"
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def files() -> Iterator[Path]:
    for path in sorted((ROOT / "sim").rglob("*")):
        inside = path.relative_to(ROOT / "sim").parts
        if inside[0] != "data" and "__pycache__" not in inside and (path.suffix == ".py" or path.suffix in TEMPLATES):
            yield path


def test_there_is_a_scenario_to_read_ids_from():
    paths = list((ROOT / "scenarios").glob("*.yaml"))
    assert paths
    for path in paths:
        document = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        least = sum(len(document.get(section) or ()) for section in SECTIONS)
        assert len(ids_of(path.read_text("utf-8"))) >= least * 0.9 > 0, path  # a few may share a name


def test_no_name_of_a_scenario_occurs_in_the_code():
    ids = shipped_ids()
    found = []
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        found += violations(name, path.read_text("utf-8"), ids - OF_LIBRARIES.get(name, set()))
    assert found == []


PLANTED = """
actors: {ATL: {label: Atlantis}, NO: {}}
issues: [{id: fishery}, {id: harbour_dues}]
tracks: {embassy: {}}
outcomes: [{class: blockade, when: "true"}]
"""


def test_ids_are_read_from_mappings_and_lists():
    assert ids_of(PLANTED) == {"ATL", "NO", "fishery", "harbour_dues", "embassy", "blockade"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sim/rules/x.py", "fishery = 1"),
        ("sim/rules/x.py", "def f(harbour_dues): ..."),
        ("sim/rules/x.py", "world.embassy"),
        ("sim/rules/x.py", "f(blockade=1)"),
        ("sim/rules/x.py", "from sim.rules.embassy import f"),
        ("sim/rules/x.py", "x = 'blockade'"),
        ("sim/rules/x.py", "x = 'actors.ATL.label'"),
        ("sim/rules/x.py", "x = 'issues.fishery'"),
        ("sim/rules/x.py", "x = 'level.fishery >= .5'"),
        ("sim/rules/x.py", "x = 'share:outcome=blockade'"),
        ("sim/rules/x.py", "x = 'embassy.held > 0 and time > 3'"),
        ("sim/rules/x.py", "ATL_WEIGHT = 1"),
        ("sim/rules/x.py", "# what ATL would do"),
        ("sim/rules/x.py", '"""What ATL would do."""'),
        ("sim/rules/embassy.py", ""),
        ("sim/reports/page.html", "<p>ATL and others</p>"),
        ("sim/reports/page.js", "const colour = {ATL: 1}"),
    ],
)
def test_a_name_of_a_scenario_is_found(path, text):
    assert violations(path, text, ids_of(PLANTED))


@pytest.mark.parametrize(
    "text",
    [
        "fisheries = 1",
        "x = 'an end: blockade. Or none'",
        "# the embassy",
        '"""A blockade."""',
        "x = 'a blockade'",
        "ATLAS = NO_COLOR",
        "NORWAY = 'NOTE'",
    ],
)
def test_other_names_and_prose_pass(text):
    assert violations("sim/rules/x.py", text, ids_of(PLANTED)) == []
