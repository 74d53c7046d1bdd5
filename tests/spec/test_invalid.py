"""Every faulty scenario gets one clear message, at the right place, quickly."""

from __future__ import annotations

import gc
import re
import time
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.model.diagnostics import Diagnostic, path_text, render
from sim.model.load import check_named_changes, load, load_document, load_scenario
from sim.model.reader import read_text

FOLDER = Path(__file__).parent / "invalid"
FILES = sorted(FOLDER.glob("*.yaml"))
VALID = Path(__file__).parent / "valid" / "parliament_three_votes.yaml"
EXPECTATION = re.compile(r"# expect: (?:line=(?P<line>\d+) )?path=(?P<path>\S+) hint=(?P<hint>.*)")
SECONDS = 2.0  # of this thread's processor time, so that neither a busy machine nor what other tests left fails the test


def faults_of(path: Path, **changes) -> tuple[Diagnostic, ...]:
    """The faults of a file, found within the time allowed.

    What thousands of earlier tests left in memory is put out of the collector's sight meanwhile: to walk through all of
    it takes longer than to find the faults.
    """
    gc.freeze()
    began = time.thread_time()
    try:
        with pytest.raises(ScenarioError) as caught:
            load(path, **changes)
        seconds = time.thread_time() - began
    finally:
        gc.unfreeze()
    assert seconds < SECONDS
    assert caught.value.diagnostics, "a fault without a place"
    return caught.value.diagnostics


def test_there_are_enough_of_them():
    assert len(FILES) >= 80


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_one_defect_one_message(path):
    expected = EXPECTATION.match(path.read_text(encoding="utf-8").splitlines()[0])
    assert expected, "the first line says what is expected"
    faults = faults_of(path)
    shown = render(faults)
    assert len(faults) == 1, shown
    fault = faults[0]
    if expected["line"]:
        assert fault.line == int(expected["line"]), shown
    if expected["path"] != "-":
        assert path_text(fault.path) == expected["path"], shown
    if expected["hint"] != "-":
        assert expected["hint"] in fault.hint, shown
    assert fault.text and fault.hint and fault.line and fault.column
    assert "^" in shown and fault.source_line.strip()[:60] in shown
    assert "Traceback" not in shown and "pydantic" not in shown


def test_all_faults_at_once(tmp_path):
    text = VALID.read_text(encoding="utf-8")
    text = text.replace("consents_to: [deal]", "consents_to: [deals]").replace("gap: 14 days", "gap: 14 dais")
    text = text.replace("breakdown: .02", "breakdown: 2")
    path = tmp_path / "three.yaml"
    path.write_text(text, encoding="utf-8")
    faults = faults_of(path)
    assert len(faults) == 3
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


@pytest.mark.parametrize("line, count", [("a{}: 1", 20_000), ("metrics.m{}: tensoin", 3_000)], ids=["keys", "names"])
def test_a_file_of_faults_is_refused_at_once_with_the_first_hundred(tmp_path, line, count):
    """The search for a near name takes milliseconds; tens of thousands of them would take minutes."""
    lines = [line.format(number) for number in range(count)]
    text = VALID.read_text(encoding="utf-8").replace("metrics: {rules_kept: deal.level.rules}\n", "")
    if line.startswith("metrics."):
        lines = ["metrics:", *("  " + item.removeprefix("metrics.") for item in lines)]
    faults = faults_of(_written(tmp_path, text + "\n" + "\n".join(lines) + "\n"))
    assert len(faults) == 101
    assert "first 100" in faults[0].text and faults[0].hint
    assert all(fault.hint and fault.line for fault in faults[1:])


def test_a_tab_in_the_indentation_is_shown_as_what_it_is():
    shown = render(faults_of(FOLDER / "tab_after_spaces.yaml"))
    assert "   \\tland: {" in shown and "a tab is used for indentation" in shown
    quoted, marked = shown.splitlines()[2:4]
    assert marked.index("^") == quoted.index("\\t")


def test_a_scenario_that_is_shipped_is_found_without_its_folder():
    (fault,) = faults_of(Path("elsewhere/summit.yaml"))
    assert "there is no folder 'elsewhere' either" in fault.hint and fault.hint.endswith("its name alone, 'summit'")


def _written(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "case.yaml"
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def test_alias_bomb(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(9)]
    assert "anchor" in faults_of(_written(tmp_path, "\n".join(lines)))[0].text


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting(tmp_path, opening):
    assert "deep" in faults_of(_written(tmp_path, "x: " + opening * 20_000))[0].text


def test_huge_file(tmp_path):
    path = tmp_path / "case.yaml"
    with path.open("wb") as file:
        file.seek(100_000_000)
        file.write(b"x")
    assert "too large" in faults_of(path)[0].text


@pytest.mark.parametrize("content", [b"", b"   \n\n", b"# only a remark\n"])
def test_empty_file(tmp_path, content):
    assert re.search("(?i)empty|mapping|nothing", faults_of(_written(tmp_path, content))[0].text)


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(1000), b"PK\x03\x04" + bytes(64)]
)
def test_binary_file(tmp_path, content):
    with pytest.raises(ScenarioError):
        load(_written(tmp_path, content))


def test_directory_and_missing_file(tmp_path):
    with pytest.raises(ScenarioError, match="directory"):
        load(tmp_path)
    with pytest.raises(ScenarioError, match="no such file"):
        load(tmp_path / "absent.yaml")


@pytest.mark.parametrize("content", ["[1, 2]", "just words", "7"])
def test_a_document_that_is_no_mapping(tmp_path, content):
    with pytest.raises(ScenarioError, match="mapping"):
        load(_written(tmp_path, content))


CHANGES = [
    ("actors.island.patients=1", "actors.island.patience"),
    ("choice.official=3", "choice.officials"),
    ("parliament.votes=2", "veto_players.parliament.votes"),
    ("actors.islnd.patience=1", "actors.island.patience"),
    ("tracks.negotiation.breakdown=3", "percentage"),
    ("tracks.negotiation.gap=2 weaks", "weeks"),
    ("tracks.negotiation.gap", "path=value"),
    ("variants.x.set=1", "change the file"),
    ("schema_version=2", "change the file"),
    ("tracks.negotiation.gap=", "write a value"),
    ("tracks.negotiation.gap=3\nfoo: 2", "after '='"),
    ("tracks.negotiation.gap=[1, 2", "close it"),
    ("outcomes.9.when=true", "outcomes.2.when"),
    ("actors..patience=1", ""),
    ("actors.island.utility.issues.rules.weight=.9", "take away"),
]


@pytest.mark.parametrize("change, hint", CHANGES, ids=[change for change, _ in CHANGES])
def test_a_change_is_checked_like_the_file(change, hint):
    fault = faults_of(VALID, overrides=[change])[0]
    assert hint in fault.hint, render([fault])
    assert fault.file == "--set" or "weight" in change


def test_one_value_is_not_set_twice():
    faults = faults_of(VALID, overrides=["actors.island.patience=.2", "actors.island.patience=.3"])
    assert [fault.text for fault in faults] == ["'actors.island.patience' is set twice"]
    assert faults[0].source_line == "actors.island.patience=.3"


def test_unknown_variant_and_policy():
    assert "one-vote" in faults_of(VALID, variant="one-vot")[0].hint
    assert "policies" in faults_of(VALID, policy="any")[0].hint


def test_named_changes_are_checked_as_a_whole():
    """A name in a value that a variant brings is looked up only in the scenario that it makes."""
    text = VALID.read_text(encoding="utf-8")
    text = text.replace("variants:\n", "variants:\n  deaf: {set: {actors.island.red_lines: {r: {issue: rulez, max: 1}}}}\n")
    loaded = load_document(read_text(text, "case.yaml"))
    with pytest.raises(ScenarioError) as caught:
        check_named_changes(loaded)
    (fault,) = caught.value.diagnostics
    assert "did you mean 'rules'?" == fault.hint
    assert "deaf" in fault.source_line


def test_a_change_keeps_its_kind():
    spec = load_scenario(VALID, overrides=["tracks.negotiation.gap=3 weeks", "veto_players.parliament.votes=5"])
    assert spec.tracks["negotiation"].gap.value == 21.0
    assert spec.veto_players["parliament"].votes == 5
