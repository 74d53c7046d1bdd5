"""The run record holds what repeats a run, and keeps circumstances apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sim
from sim.experiments.provenance import Stopwatch, reproducing, run_record, scenario_named, simulator


def test_command_keeps_what_changes_results_only():
    typed = [
        "sim",
        "run",
        "my file.yaml",
        "--workers",
        "4",
        "--cluster",
        "local:4",
        "--seed=7",
        "--out=elsewhere",
        "-q",
        "--json",
        "--set",
        "a=1",
    ]
    assert reproducing(typed) == "sim run 'my file.yaml' --seed=7 --set a=1"


def test_records_of_equal_runs_differ_in_timing_only():
    one = run_record(["sim", "run", "x.yaml", "--workers", "1"])
    two = run_record(["sim", "run", "x.yaml", "--workers", "2", "--quiet"])
    assert one.pop("timing") != two.pop("timing")
    assert one == two
    assert set(one["versions"]) == {"python", "sim", "numpy", "simpy", "numba", "duckdb"}


def test_the_simulator_is_known_by_its_sources(tmp_path, monkeypatch):
    """Any change of any file, a new one and a new name too; not the compiled files beside them."""
    package = tmp_path / "sim"
    shutil.copytree(Path(sim.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(sim, "__file__", str(package / "__init__.py"))
    found = [simulator.__wrapped__()]
    assert found[0] == simulator() and found[0][0] == sim.__version__
    (package / "rules" / "notes.txt").write_text("no source", "utf-8")
    assert simulator.__wrapped__() == found[0]
    rule = next(path for path in sorted((package / "rules").glob("*.py")) if path.stat().st_size)
    for change in (
        lambda: rule.write_text(rule.read_text("utf-8") + "\n", "utf-8"),
        lambda: rule.rename(rule.with_name("renamed.py")),
        lambda: (package / "rules" / "new.py").touch(),
    ):
        change()
        found.append(simulator.__wrapped__())
    assert len(set(found)) == 4


def test_time_of_several_sessions_adds_up():
    watch = Stopwatch({"started": "2020-01-01T00:00:00Z", "seconds": 5.0, "sessions": 2})
    reading = watch.reading()
    assert reading["started"] == "2020-01-01T00:00:00Z"
    assert reading["sessions"] == 3 and 5.0 <= reading["seconds"] < 6.0
    assert reading["session_seconds"] == pytest.approx(reading["seconds"] - 5.0, abs=1e-6) and reading["session_seconds"] < 1.0
    assert reading["updated"].endswith("Z")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("sim run 'a b.yaml' --seed 3", "a b.yaml"),
        ("sim run --resume x", None),
        ("sim run", None),
        (None, None),
        ('sim run "unclosed', None),
        (5, None),
    ],
)
def test_the_scenario_named_on_a_command_line(command, named):
    assert scenario_named({"command": command}) == named
    assert scenario_named({}) is None
