"""The list of runs tells what each directory holds, also of runs that ended badly."""

from __future__ import annotations

import json

import pytest

from sim.errors import StoreError
from sim.experiments.replicate import Interrupted, run_scenario
from sim.experiments.show import latest_finished, list_runs
from tests.toy_engine import TOY


def test_runs_are_listed_newest_first_with_their_state(tmp_path):
    assert list_runs(tmp_path / "missing") == []
    with pytest.raises(StoreError, match="no finished run") as caught:
        latest_finished(tmp_path)
    assert "sim run" in caught.value.hint

    first = run_scenario({"id": "toy"}, engine=TOY, seed=1, replications=10, reports=tmp_path)
    second = run_scenario({"id": "toy"}, engine=TOY, seed=2, replications=10, reports=tmp_path)
    with pytest.raises(Interrupted):
        run_scenario({"id": "toy"}, engine=TOY, seed=3, replications=10, reports=tmp_path, should_stop=lambda: True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{", "utf-8")
    # A run killed without warning: its manifest still says that it runs, and nobody holds the lock.
    killed = json.loads((first.directory / "manifest.json").read_text("utf-8")) | {"state": "running"}
    (tmp_path / "killed").mkdir()
    (tmp_path / "killed" / "manifest.json").write_text(json.dumps(killed), "utf-8")

    states = {run.directory.name: run.state for run in list_runs(tmp_path)}
    assert sorted(states.values()) == ["damaged", "finished", "finished", "interrupted", "interrupted"]
    assert states["broken"] == "damaged" and states["killed"] == "interrupted"
    assert latest_finished(tmp_path).directory == second.directory
