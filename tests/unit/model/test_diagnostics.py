"""Faults are shown all at once, where they are, in words of people; hostile text cannot reach the terminal."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model.diagnostics import (
    Diagnostic,
    Problems,
    cells,
    describe,
    did_you_mean,
    in_file_order,
    nearest,
    path_text,
    render,
    to_json,
    visible,
)
from sim.model.reader import read_text

FLOW = "a: 1\nb: 2\nc: 3\nactors:\n  - {name: DPRK, stratgy: tit-for-tat}\n"


def problem(text: str, path: tuple, message: str = "wrong", **more) -> Diagnostic:
    """One fault of a text, placed."""
    problems = Problems(read_text(text, "bad.yaml"))
    problems.add(path, message, **more)
    return problems.sorted()[0]


def caret_cells(rendered: str) -> tuple[int, int]:
    """Where the caret line starts and ends, in cells, relative to the quoted line."""
    line = next(line for line in rendered.splitlines() if line.strip(" |").startswith("^"))
    return line.index("^") - 10, line.rindex("^") - 9


def test_a_fault_is_rendered_with_its_line_and_a_caret():
    item = problem(
        FLOW, ("actors", 0, "stratgy"), "unknown key 'stratgy'", hint="did you mean 'strategy'?", at_key=True
    )
    assert render([item]) == (
        "error: actors.0.stratgy: unknown key 'stratgy'\n"
        "  --> bad.yaml:5:18\n"
        "      5 |   - {name: DPRK, stratgy: tit-for-tat}\n"
        "        |                  ^^^^^^^\n"
        "   help: did you mean 'strategy'?"
    )


def test_all_faults_come_in_file_order_and_once():
    problems = Problems(read_text("a: 1\nb: 2\nc: 3\n", "s.yaml"))
    for path in (("c",), ("a",), ("b",), ("a",)):
        problems.add(path, "wrong")
    assert [item.path for item in problems.sorted()] == [("a",), ("b",), ("c",)]
    with pytest.raises(ScenarioError) as caught:
        problems.raise_if_any()
    assert caught.value.diagnostics == problems.sorted()
    assert str(caught.value).splitlines() == ["s.yaml:1:4: a: wrong", "s.yaml:2:4: b: wrong", "s.yaml:3:4: c: wrong"]


def test_no_fault_raises_nothing():
    Problems().raise_if_any()


def test_a_fault_of_the_whole_file_comes_first_and_has_no_line():
    items = [Diagnostic(message="b", file="s", line=1, column=1), Diagnostic(message="a", file="s")]
    assert [item.message for item in in_file_order(items)] == ["a", "b"]
    assert render(items[1:]) == "error: a\n  --> s"


@pytest.mark.parametrize(
    ("line", "path", "start", "stop"),
    [
        ("{ab: xyz}", ("ab",), 5, 8),
        ("{日本: xyz}", ("日本",), 7, 10),
        ("{日本: 東京, b: 1}", ("日本",), 7, 11),
        ("{e\u0301e\u0301: xyz}", ("e\u0301e\u0301",), 5, 8),
        ("{a: 1,\tb: x}", ("b",), 13, 14),
    ],
)
def test_the_caret_stands_under_the_value_by_cell_width(line, path, start, stop):
    rendered = render([problem(line, path)])
    assert caret_cells(rendered) == (start, stop)


@given(st.text(st.characters(categories=("L", "N", "Zs", "Mn", "So")), max_size=12), st.text("xyz", min_size=1))
def test_the_caret_is_as_far_in_as_the_text_before_it_is_wide(before, value):
    item = Diagnostic(message="m", line=1, column=len(before) + 1, end=len(before) + len(value) + 1,
                      source_line=before + value)  # fmt: skip
    if before.strip() or not before:
        assert caret_cells(render([item])) == (cells(visible(before)), cells(visible(before)) + len(value))


def test_a_very_long_line_is_cut_around_the_fault():
    text = "[" + ", ".join(str(i) for i in range(10_000)) + "]"
    rendered = render([problem(text, (5000,))])
    quoted = rendered.splitlines()[2]
    start, stop = caret_cells(rendered)
    assert cells(quoted) < 125
    assert quoted[10:][start:stop] == "5000"
    assert quoted[10] == "…" and quoted[-1] == "…"


def test_brackets_survive_rich_markup():
    item = problem("parties: [US, DPRK]  # [red]not red[/red] [/] \\\n", ("parties",), "bad [US, DPRK] [bold]x\\")
    from rich.console import Console

    screen = StringIO()
    console = Console(file=screen, width=200, no_color=True, emoji=False, highlight=False)
    console.print(render([item], markup=True), soft_wrap=True, emoji=False, highlight=False)
    assert screen.getvalue().rstrip("\n") == render([item])
    assert "[red]not red[/red] [/]" in screen.getvalue()


HOSTILE = "\x1b[2J\x1b]0;owned\x07\rname\u202egnp.exe\x9b31m\u200b\0\n\u2066"


def test_hostile_text_is_made_visible_everywhere():
    item = Diagnostic(("a", HOSTILE), HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 3, 2, 5, HOSTILE)
    for text in (render([item]), render([item], markup=True), str(item)):
        assert all(character == "\n" or visible(character) == character for character in text)
        assert "\\x1b" in text and "\\u202e" in text
    assert render([item]).count("\n") == 4


@given(st.text())
def test_visible_text_holds_nothing_a_terminal_obeys(text):
    shown = visible(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert visible(shown) == shown


def test_the_json_form_is_plain_data():
    item = problem(FLOW, ("actors", 0, "name"), "wrong", expected="x", found="y", hint="z")
    (plain,) = json.loads(json.dumps(to_json([item])))
    assert plain == {
        "path": ["actors", 0, "name"], "where": "actors.0.name", "message": "wrong: expected x, found y",
        "expected": "x", "found": "y", "hint": "z", "file": "bad.yaml", "line": 5, "column": 12, "end": 16,
    }  # fmt: skip


def test_unusual_keys_are_quoted_in_paths():
    assert path_text(("actors", 1, "a.b", "x y", "tit-for-tat")) == 'actors.1."a.b"."x y".tit-for-tat'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("stratgy", "strategy"),
        ("Strategy", "strategy"),
        ("start-date", "start_date"),
        ("startdate", "start_date"),
        ("satrt_date", "start_date"),
        ("resolv", "resolve"),
        ("USA", "usa"),
        ("uas", "usa"),
        ("usa_", "usa"),
        ("completely_other", None),
        ("x", None),
        ("", None),
        ("q" * 10_000, None),
    ],
)
def test_the_nearest_name_is_the_one_that_was_meant(written, expected):
    assert nearest(written, ["strategy", "start_date", "resolve", "usa", "y"]) == expected


@given(st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1), st.data())
def test_a_known_name_is_nearest_to_itself(names, data):
    name = data.draw(st.sampled_from(names))
    assert nearest(name, names) == name


def test_an_unknown_name_without_a_neighbour_lists_the_known_ones():
    assert did_you_mean("zzz", ["alpha", "beta"], "known keys") == "known keys: alpha, beta"
    assert did_you_mean("zzz", [f"name{i}" for i in range(15)]).endswith("name11 and 3 more")
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true"),
        (1.4, "1.4"),
        ("high", "the text 'high'"),
        ("", "an empty text"),
        ([], "an empty list"),
        ([1, 2], "a list of 2 entries"),
        ({"a": 1}, "a mapping with the keys a"),
        (None, "nothing"),
    ],
)
def test_values_are_named_as_people_name_them(value, words):
    assert describe(value) == words
