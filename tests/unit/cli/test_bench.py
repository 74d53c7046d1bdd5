"""`sim bench`: the engines take turns, and the figures are those of the turns."""

from __future__ import annotations

import json

from sim.experiments import bench
from tests.unit.cli.conftest import STRAIT


def test_figures_are_told_and_written(call):
    answer = call("bench", STRAIT, "--turns", "1", "--json")
    figures = json.loads(answer.out)
    assert answer.code == 0 and figures["scenario"] and figures["versions"]["numba"]
    assert figures["compiled"]["times_slower"] == 1.0
    assert figures["simpy"]["times_slower"] > figures["simpy_with_compiled_acts"]["times_slower"] > 1.0


def test_a_table_names_the_engines(call, monkeypatch):
    slow = bench.Speed(30_000.0, 100_000.0, 100.0, 99.0, 101.0)
    fast = bench.Speed(300.0, 1_000.0, 1.0, 1.0, 1.0)
    monkeypatch.setattr(bench, "measure", lambda case, turns: bench.Figures("strait", 300.0, fast, slow, slow, 0.1))
    lines = call("bench", STRAIT).out.splitlines()
    assert any(line.startswith("batch engine, compiled") and "3,333" in line for line in lines)
    assert any(line.startswith("SimPy, plain Python") and "100.0 (99.0 to 101.0)" in line for line in lines)


def test_what_cannot_be_measured_is_refused(call):
    answer = call("bench", "sumit")
    assert answer.code == 2 and "summit" in answer.err
    none = call("bench", STRAIT, "--turns", "0")
    assert none.code == 2 and "'--turns': expected a whole number from 1, found 0" in none.err
