"""What came of a case is asked by quantities that the case has, at dates that it plays, and every fault is told at its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from sim.errors import ScenarioError, UsageError
from sim.model.datasets.load import load_dataset
from sim.model.expected import expected_file, load_expected, readings_of
from sim.model.load import load_scenario
from tools import history

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "scenarios" / "history"
CASES = sorted(FOLDER.glob("*.yaml"))
FIXTURE = ROOT / "tests" / "spec" / "valid" / "crisis_13_days.yaml"
RECORD = """\
schema_version: 1
scenario: crisis-13-days
sources: {annals: {title: Annals of the strait}}
outcomes:
  - {at: 2031-10-19, class: standoff, source: annals, ground: memory}
  - {at: 2031-10-29, class: settled, source: annals, ground: memory}
events:
  - {what: deal.exists, by: 2031-10-20, happened: false, label: Settled within five days, source: annals, ground: memory}
  - {what: max_rung >= 4, at: 2031-10-28, happened: false, label: Shots, source: annals, ground: looked_up, note: None was heard.}
"""


def written(folder: Path, text: str = RECORD) -> Path:
    path = folder / "crisis-13-days.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_record_of_every_case_fits_it(path):
    spec = load_scenario(path)
    record = load_expected(expected_file(path), spec)
    assert [item.at for item in record.outcomes] == [reading.date for reading in readings_of(spec)]
    assert set(record.looks) == {name for name in spec.variants if load_scenario(path, variant=name).given}
    assert {item.happened for item in record.events} == {False, True}
    for name, date in record.looks.items():  # what a look knows lies no later than its day
        known = " ".join(load_scenario(path, variant=name).given or ())
        assert max(word.strip("()") for word in known.split() if word[:2] == "20") == date.isoformat()


def test_questions_are_those_of_the_forecasts():
    asked = {(row["question"], row["outcome"]) for row in load_dataset("forecasts").rows}
    for path in CASES:
        for item in load_expected(expected_file(path), load_scenario(path)).events:
            assert item.question is None or (item.question, int(item.happened)) in asked, item


def test_records_and_cases_come_in_pairs():
    assert {path.name for path in CASES} == {path.name for path in (FOLDER / "expected").glob("*.yaml")}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_source_of_a_case_is_a_record_of_what_came_later(path):
    spec = load_scenario(path)
    used = path.read_text("utf-8")
    for name in ("record_2018", "trade_2018", "forecasts_2018"):
        assert name not in spec.sources and f"source: {name}" not in used
    for name, source in spec.sources.items():
        if source.kind in ("record", "computed"):
            assert (
                "memory" in name
                or spec.start.isoformat() in (source.reference or "")
                or "that evening" in (source.reference or "")
            )
    assert all(target.date is not None and target.date < spec.start for target in spec.targets)


def test_a_record_is_read(tmp_path):
    record = load_expected(written(tmp_path), load_scenario(FIXTURE))
    assert [item.condition for item in record.events] == [
        "(deal.exists) by 2031-10-20",
        "(max_rung >= 4) at 2031-10-28",
    ]
    assert record.outcomes[1].class_ == "settled" and record.events[1].date == dt.date(2031, 10, 28)


def test_dates_of_reading_are_those_of_the_scenario_in_hours_too():
    found = readings_of(load_scenario(FIXTURE))
    assert [(reading.date.isoformat(), reading.days) for reading in found] == [
        ("2031-10-19", 3.0), ("2031-10-23", 7.0), ("2031-10-29", 13.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("what: deal.exists", "what: deal.exist", "deal.exist"),
        ("what: deal.exists", "what: max_rung", "expected a condition, found a number"),
        ("what: max_rung >= 4", "what: max_rung >= 99", "never true"),
        ("by: 2031-10-20", "by: 2031-11-20", "lies after the end"),
        ("by: 2031-10-20", "by: 2031-10-02", "lies before the scenario begins"),
        ("by: 2031-10-20", "by: 2031-10-32", "day of that month"),
        ("by: 2031-10-20", "by: 2031-10-20, at: 2031-10-20", "`by` or `at`, and not both"),
        ("by: 2031-10-20, ", "", "`by` or `at`, and not both"),
        ("class: settled", "class: setled", "settled"),
        ("at: 2031-10-29", "at: 2031-10-27", "a date of reading: 2031-10-19"),
        ("at: 2031-10-29", "at: 2031-10-19", "read twice"),
        ("source: annals, ground: looked_up", "source: annal, ground: looked_up", "unknown source 'annal'"),
        ("ground: looked_up", "ground: rumour", "rumour"),
        ("scenario: crisis-13-days", "scenario: another", "the id of the case"),
        ("outcomes:", "looks: {later: 2031-10-20}\noutcomes:", "unknown variant 'later'"),
        ("outcomes:", "looks: {no-talks: 2032-10-20}\noutcomes:", "up to, and not with, 2031-10-29"),
        ("what: max_rung >= 4, at: 2031-10-28", "what: deal.exists, by: 2031-10-20", "asked as event 1"),
        ("happened: false, label: Settled", "happend: false, label: Settled", "happened"),
    ],
)
def test_faults_are_told_at_their_place(tmp_path, old, new, told):
    assert old in RECORD
    with pytest.raises(ScenarioError) as caught:
        load_expected(written(tmp_path, RECORD.replace(old, new, 1)), load_scenario(FIXTURE))
    faults = caught.value.diagnostics
    assert any(told in str(item) for item in faults), [str(item) for item in faults]
    assert all(item.line for item in faults)


def test_a_record_that_is_not_there_or_no_mapping(tmp_path):
    with pytest.raises(UsageError, match="no record"):
        load_expected(tmp_path / "none.yaml", load_scenario(FIXTURE))
    with pytest.raises(ScenarioError, match="a mapping"):
        load_expected(written(tmp_path, "- 1\n"), load_scenario(FIXTURE))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_names_no_source_that_it_does_not_cite(path):
    spec = load_scenario(path)
    body = path.read_text("utf-8")
    for name in spec.sources:
        assert f": {name}\n" in body or f": {name}," in body or f": {name}}}" in body, name


def test_a_coding_is_refused_over_another_version(monkeypatch, tmp_path):
    """A later version may know what came later."""
    coding = tmp_path / "case.yaml"
    coding.write_text(yaml.safe_dump({"from": "summit", "version": 99, "drop": [], "set": {}}), "utf-8")
    with pytest.raises(SystemExit, match="version 99"):
        history.text_of(coding)


def test_a_coding_that_drops_nothing_or_misses_its_way_is_refused(tmp_path):
    coding = tmp_path / "case.yaml"
    for change, told in (
        ({"drop": ["tracks.moon"]}, "nothing at tracks.moon"),
        ({"set": {"moon.tides": 1}}, "no moon on the way"),
    ):
        coding.write_text(yaml.safe_dump({"from": "summit", "version": 2, "drop": [], "set": {}} | change), "utf-8")
        with pytest.raises(SystemExit, match=told):
            history.text_of(coding)
