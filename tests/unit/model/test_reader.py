"""Scenario text becomes data as its author meant it, and every fault is shown where it stands."""

from __future__ import annotations

import json
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model import reader
from sim.model.diagnostics import Diagnostic
from sim.model.reader import Span, read, read_text


def faults(text: str | bytes, tmp_path=None) -> list:
    """The diagnostics of a text that must be refused."""
    if isinstance(text, bytes):
        (tmp_path / "scenario.yaml").write_bytes(text)
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path / "scenario.yaml") if isinstance(text, bytes) else read_text(text, "scenario.yaml")
    return list(caught.value.diagnostics)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("'true'", "true"),
        ("7", 7),
        ("+5", 5),
        ("-3", -3),
        ("0", 0),
        ("18446744073709551615", 2**64 - 1),
        (".20", 0.2),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("00.5", 0.5),
        ("'7'", "7"),
        ("12:30", "12:30"),
        ("2018-03-09", "2018-03-09"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("5%", "5%"),
        ("1,000", "1,000"),
        ("nan", "nan"),
        ("é 日本", "é 日本"),
    ],
)
def test_scalars_are_read_as_people_mean_them(written, expected):
    value = read_text(f"a: {written}").data["a"]
    assert (type(value), value) == (type(expected), expected)


def test_a_leading_zero_makes_a_code_and_not_a_quantity():
    """Country 002 is not country 2, and 012 is neither 10 nor 12."""
    assert read_text("[002, 012, 0, 0.5]").data == ["002", "012", 0, 0.5]


def test_keys_are_always_text():
    assert list(read_text("NO: 1\n1: 2\ntrue: 3\n2018-03-09: 4\n").data) == ["NO", "1", "true", "2018-03-09"]


def test_every_key_and_value_has_its_place():
    document = read_text("a: 1\nactors:\n  - {name: DPRK, 'x y': two}\n  - name: long text\n", "s.yaml")
    assert document.data == {"a": 1, "actors": [{"name": "DPRK", "x y": "two"}, {"name": "long text"}]}
    assert document.positions["a",] == (Span(1, 1, 2), Span(1, 4, 5))
    assert document.positions["actors", 0, "name"] == (Span(3, 6, 10), Span(3, 12, 16))
    assert document.positions["actors", 0, "x y"] == (Span(3, 18, 23), Span(3, 25, 28))
    assert document.positions["actors", 1, "name"].value == Span(4, 11, 20)
    assert document.positions["actors", 1].key is None


def test_a_mapping_below_its_key_is_shown_at_the_key():
    document = read_text("actors:\n  usa:\n    resolve: 1\n")
    assert document.span(("actors", "usa")) == Span(2, 3, 6)
    assert document.span(("actors", "usa", "resolve")) == Span(3, 14, 15)
    assert document.span(("actors", "usa", "missing", 3)) == Span(2, 3, 6)
    assert document.span(("nowhere",)) == Span(1, 1, 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_do_not_depend_on_the_line_ends(end):
    document = read_text(end.join(["a: 1", "日本: [x, y]", "c: 3"]))
    assert document.positions["日本", 1].value == Span(2, 9, 10)
    assert document.line(2) == "日本: [x, y]"


def test_a_column_inside_a_text_is_found_where_the_text_stands_as_written():
    document = read_text("a: x + y\nb: 'x + y'\nc: >\n  x + y\nd: 'it''s'\n")
    assert document.inside(("a",), 5) == Span(1, 8, 9)
    assert document.inside(("b",), 5) == Span(2, 9, 10)
    assert document.inside(("c",), 5) is None
    assert document.inside(("d",), 2) is None


def test_all_recoverable_faults_are_reported_in_file_order():
    found = faults("a: 1\nb:\na: 2\nc: .nan\nd: [1, ~]\ne: 1e999\nf: 123456789012345678901234\n")
    assert [(item.line, item.column) for item in found] == [(2, 1), (3, 1), (4, 4), (5, 8), (6, 4), (7, 4)]
    assert [item.path for item in found] == [("b",), ("a",), ("c",), ("d", 1), ("e",), ("f",)]


def test_reading_ends_after_a_hundred_faults():
    assert len(faults("a:\n" * 500)) == 100


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: 1\na: 2\n", "key 'a' is given twice", 2, 1),
        ("a: null\n", "null is not allowed", 1, 4),
        ("a: ~\n", "~ is not allowed", 1, 4),
        ("b: 1\na:\n", "'a' has no value", 2, 1),
        ("a:\n  -\n  - 1\n", "the entry has no value", 2, 4),
        ("~: 1\n", "a key is empty", 1, 1),
        ("a: .inf\n", "expected a finite number, found .inf", 1, 4),
        ("a: -.Inf\n", "expected a finite number, found -.Inf", 1, 4),
        ("a: &x [1]\n", "anchors (&name) are not allowed", 1, 4),
        ("a: *x\n", "aliases (*name) are not allowed", 1, 4),
        ("<<: {a: 1}\n", "merge keys (<<) are not allowed", 1, 1),
        ("a: !!python/object:os.system x\n", "tags (!name) are not allowed", 1, 4),
        ("a: !x [1]\n", "tags (!name) are not allowed", 1, 4),
        ("a: 1\n---\nb: 2\n", "a second document begins here", 2, 1),
        ("%YAML 1.1\n---\na: 1\n", "directives (%YAML, %TAG) are not allowed", 1, 1),
        ("? [a]\n: 1\n", "a key must be a short text", 1, 3),
        ("a: 1\n\tb: 2\n", "a tab is used for indentation", 2, 1),
        ("a: b: c\n", "a ':' is out of place", 1, 5),
        ("x: 1\na: [1, 2\n", "a list opened with '[' is not closed", 2, 4),
        ("a: {b: 1\n", "a mapping opened with '{' is not closed", 1, 4),
        ("a: 'b\n", "a quoted text is not closed", 1, 4),
        ("a: @b\n", "a text cannot begin with this character", 1, 4),
        ("a: [1, ,2]\n", "a value is missing here", 1, 8),
        ("a: \x1b[31mred\n", "character U+001B does not belong in a text file", 1, 4),
        ('a: "\\e[31mred"\n', "the text holds a control character", 1, 4),
        ("a: b\u2028c\n", "character U+2028 does not belong in a text file", 1, 5),
    ],
)
def test_each_fault_has_one_clear_message_at_its_place(text, message, line, column):
    (found,) = faults(text)
    assert found.message.startswith(message)
    assert (found.line, found.column, found.file) == (line, column, "scenario.yaml")
    assert found.hint
    assert found.source_line == text.splitlines()[line - 1] or "\u2028" in text


@pytest.mark.parametrize("text", ["", "  \n\n", "# only a remark\n", "\ufeff"])
def test_an_empty_file_is_refused(text):
    assert faults(text)[0].message == "the file is empty"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_cannot_crash_the_reader(opening):
    (found,) = faults(opening * 100_000)
    assert found.message == "values are nested too deeply, more than 50 levels"
    assert (found.line, found.column) == (1, 50 * len(opening) + 1)


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    (found,) = faults(bomb)
    assert (found.line, found.message) == (1, "anchors (&name) are not allowed")


def test_too_many_values_are_refused(monkeypatch):
    monkeypatch.setattr(reader, "MAX_VALUES", 1_000)
    (found,) = faults("[" + "1," * 2_000 + "]")
    assert found.message == "the file holds too many values, more than 1,000"
    assert len(read_text("[" + "1," * 999 + "]").data) == 999


def test_a_huge_file_is_refused_by_its_size_before_it_is_read(tmp_path):
    path = tmp_path / "results.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    start = time.thread_time()
    with pytest.raises(ScenarioError, match=r"at most 5 MB, found 100\.0 MB"):
        read(path)
    assert time.thread_time() - start < 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \0\n", "this is not a text file: it holds a NUL byte (line 2)"),
        (b"\x7fELF\x02\x01\0\0", "this is not a text file: it holds a NUL byte (line 1)"),
        ("a: 1".encode("utf-16"), "the file is in UTF-16"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_no_text_is_refused(content, message, tmp_path):
    assert faults(content, tmp_path)[0].message == message


def test_a_byte_that_is_no_utf8_is_shown_in_its_line(tmp_path):
    (found,) = faults("a: 1\nb: café\n".encode("latin-1"), tmp_path)
    assert (found.line, found.column, found.source_line) == (2, 7, "b: caf\ufffd")
    assert found.message == "the file is not in UTF-8: byte 0xe9 cannot be read"


def test_a_byte_order_mark_is_fine(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(path).data == {"a": 1}
    assert read(path).positions["a",].key == Span(1, 1, 2)
    assert read_text("\ufeffa: 1\n").data == {"a": 1}


@pytest.mark.parametrize("asked", ["sumit.yaml", "summit", "Summit.yaml", "summit.yml"])
def test_a_missing_file_comes_with_the_nearest_existing_name(asked, tmp_path):
    (tmp_path / "summit.yaml").write_text("a: 1\n")
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path / asked)
    (found,) = caught.value.diagnostics
    assert found.message == "there is no such file"
    assert found.hint == f"did you mean '{tmp_path / 'summit.yaml'}'?"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ScenarioError, match="there is no folder"):
        read(tmp_path / "absent" / "summit.yaml")


def test_a_directory_is_refused_with_the_files_in_it(tmp_path):
    (tmp_path / "summit.yaml").write_text("a: 1\n")
    with pytest.raises(ScenarioError, match=r"a directory.*summit\.yaml"):
        read(tmp_path)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ScenarioError, match="not a regular file"):
        read(tmp_path / "pipe.yaml")


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    """The refusal is forced: tests may run as a user whom no permission stops."""
    path = tmp_path / "s.yaml"
    path.write_text("a: 1\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(ScenarioError, match="may not be read"):
        read(path)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_diagnostics(text):
    found: tuple = (Diagnostic(message="read"),)
    try:
        read_text(text)
    except ScenarioError as error:
        found = error.diagnostics
    assert found
    assert all(item.text for item in found)


SCALARS = st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_019", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_json_is_read_as_it_is(value):
    """Every JSON document without null is a scenario text, whatever its texts look like."""
    document = read_text(json.dumps(value, ensure_ascii=False))
    assert document.data == value
    assert () in document.positions


def test_a_name_that_begins_with_a_shelf_is_meant_for_a_shipped_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        read("theory/nope")
    assert "no shipped scenario has this name; `sim list` names them" in str(caught.value.diagnostics[0].hint)
    with pytest.raises(ScenarioError, match=r"did you mean 'theory/kuhn-poker'\?"):
        read("theory/kuhn-pokr")
