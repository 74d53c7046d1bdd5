"""A run of millions is summed up as a small one is, from columns read as they are needed, and says where it takes a sample."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.analysis import drivers as drivers_module
from sim.analysis.drivers import drivers
from sim.api import Run
from sim.cli import result
from sim.experiments import replay, replicate, store
from sim.experiments.columns import even_rows
from sim.model.complete import complete
from sim.model.load import load_scenario
from sim.reports.page import render
from sim.reports.run_report import report_content
from tests.toy_engine import WIDE

ROOT = Path(__file__).resolve().parents[3]
SCENARIO = complete(load_scenario(ROOT / "tests" / "spec" / "valid" / "crisis_13_days.yaml"))
HISTORIES = 300
MOST_MEGABYTES = 560  # of a process that shows 100,000 rows with all columns; with whole tables it takes 650, and ever more


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A run of a fast engine with the columns of a real scenario."""
    found = replicate.run_scenario(
        SCENARIO, engine=WIDE, replications=HISTORIES, workers=1, directory=tmp_path_factory.mktemp("wide") / "run"
    )
    return found.directory


def opened(place: Path) -> Run:
    return Run(store.open_run(place))


@pytest.fixture
def as_large(monkeypatch) -> None:
    """Every table counts as too large to hold."""
    monkeypatch.setattr(store, "_HELD_WHOLE", 0)
    monkeypatch.setattr(store, "_HELD_COLUMNS", 3 * 8 * HISTORIES)
    monkeypatch.setattr(store, "_READ_AT_ONCE", 2_000)
    monkeypatch.setattr(replay, "MOST_AT_ONCE", 7)


def test_a_run_read_by_columns_says_what_the_whole_says(place, as_large, monkeypatch):
    by_columns = opened(place)
    assert isinstance(by_columns.results, store.StoredColumns)
    found = result.as_data(by_columns, None, {}), render(report_content(by_columns.summary, digest=by_columns.digest))
    picked = replay.typical(by_columns.stored), replay.worst(by_columns.stored)
    monkeypatch.undo()
    whole = opened(place)
    assert not isinstance(whole.results, store.StoredColumns)
    assert found == (result.as_data(whole, None, {}), render(report_content(whole.summary, digest=whole.digest)))
    assert picked == (replay.typical(whole.stored), replay.worst(whole.stored))


def test_a_history_of_a_large_run_is_replayed_from_its_chunk(tmp_path, as_large):
    stored = replicate.run_scenario(SCENARIO, replications=60, workers=1, directory=tmp_path / "run").stored
    assert replay.replay_stored(stored, 37).replication == 37
    assert replay.row_at(stored, 37)["outcome"] == stored.results["outcome"][37]
    assert replay.choose(stored, replication=59) == 59


def test_to_find_a_history_by_its_number_one_chunk_is_read(place, as_large, monkeypatch):
    stored = opened(place).stored
    read = set()
    check = store.StoredRun.check
    monkeypatch.setattr(store.StoredRun, "check", lambda self, chunk, name: read.add(chunk.index) or check(self, chunk, name))
    assert replay.choose(stored, replication=130) == 130 and read == set()
    outcome = replay.row_at(stored, replay.position_of(stored, 130))["outcome"]
    assert replay.choose(stored, outcome, 130) == 130 and read == {130 // stored.manifest["block_size"]}


# --- samples ---


@pytest.mark.parametrize(
    ("total", "most", "expected"),
    [(0, 5, []), (3, 5, [0, 1, 2]), (5, 5, [0, 1, 2, 3, 4]), (10, 5, [0, 2, 4, 6, 8]), (7, 3, [0, 2, 4])],
)
def test_even_rows_are_all_or_at_even_distances(total, most, expected):
    assert even_rows(total, most).tolist() == expected


def test_drivers_of_a_large_run_come_from_an_even_sample_and_say_so(place, monkeypatch):
    whole = opened(place).results
    sample = {name: column[::3] for name, column in whole.items()}
    monkeypatch.setattr(drivers_module, "MOST_STUDIED", 100)
    found = drivers(whole, 1)
    assert found.effects == drivers(sample, 1).effects and len(found.effects) > 0
    assert found.sample == "from 100 of the 300 histories, evenly spaced" and drivers(sample, 1).sample == ""
    run = opened(place)
    assert result.as_data(run, None, {})["drivers"]["replications"] == 100
    lines = " ".join(line.plain.strip() for line in result.as_lines(run, None, 80, True))
    assert "from 100 of the 300 histories, evenly spaced" in lines
    assert "Computed from 100 of the 300 histories, evenly spaced." in render(report_content(run.summary))


def test_the_middle_of_a_large_class_is_sought_among_an_even_part_of_it(place, monkeypatch):
    stored = opened(place).stored
    assert [choice.considered for choice in replay.typical(stored)] == [None] * 3
    monkeypatch.setattr(replay, "MOST_CONSIDERED", 20)
    outcomes = stored.results["outcome"]
    for choice in replay.typical(stored):
        members = np.flatnonzero(outcomes == choice.outcome)
        assert choice.considered == 20 < len(members) and choice.share == len(members) / HISTORIES
        assert choice.replication in members[even_rows(len(members), 20)]
        assert replay.choose(stored, choice.outcome) == choice.replication


# --- paths of the first histories ---


def test_what_is_drawn_from_the_first_paths_says_so(tmp_path, place, monkeypatch):
    monkeypatch.setattr(replicate, "PATHS_KEPT", 40)
    some = replicate.run_scenario(SCENARIO, engine=WIDE, replications=HISTORIES, workers=1, directory=tmp_path / "run")
    run, whole = Run(some.stored), opened(place)
    assert run.summary.num_paths == 40 and whole.summary.num_paths == HISTORIES
    assert run.summary.shares == whole.summary.shares and run.summary.drivers == whole.summary.drivers
    tension = run.paths["tension"].reshape(40, -1)
    assert np.array_equal(tension, whole.paths["tension"].reshape(HISTORIES, -1)[:40])
    assert np.array_equal(run.summary.fans[0].bands[2], np.quantile(tension, 0.5, axis=0))
    ends = {item.id: counts[-1] for item, counts in zip(run.summary.classes, run.summary.incidence, strict=True)}
    first = run.results["outcome"][:40].tolist()
    assert ends == {name: first.count(name) for name in ends}
    lines = "\n".join(line.plain for line in result.as_lines(run, None, 80, True))
    assert "Over time, median of the first 40 histories" in lines
    page = render(report_content(run.summary))
    assert "Share of the first 40 histories (the paths of others are not stored)" in page
    assert "the middle half of the first 40 histories (the paths of others are not stored) lies" in page
    assert "first 40 histories" not in render(report_content(whole.summary))


def test_a_run_with_fewer_paths_is_another_run(tmp_path, monkeypatch):
    asked = {"engine": WIDE, "workers": 1, "reports": tmp_path}
    whole = replicate.run_scenario(SCENARIO, replications=60, **asked)
    monkeypatch.setattr(replicate, "PATHS_KEPT", 60)
    assert replicate.run_scenario(SCENARIO, replications=60, **asked).is_reused
    monkeypatch.setattr(replicate, "PATHS_KEPT", 40)
    some = replicate.run_scenario(SCENARIO, replications=60, **asked)
    assert not some.is_reused and some.stored.digest() != whole.stored.digest()
    assert replicate.resume(some.directory, engine=WIDE).is_reused


# --- memory ---

_SHOWN = """
import sys
from sim.cli import main
code = main(["show", {place!r}, "--json"])
status = open("/proc/self/status", encoding="utf-8").read()
print(code, int(status.partition("VmHWM:")[2].split()[0]) // 1024, file=sys.stderr)
"""


def test_memory_to_show_a_run_is_bounded(tmp_path):
    if not Path("/proc/self/status").exists():
        pytest.skip("peak memory of a process is read from /proc")
    replicate.run_scenario(
        complete(load_scenario("summit")), engine=WIDE, replications=100_001, workers=1, directory=tmp_path / "run"
    )
    done = subprocess.run(
        [sys.executable, "-c", _SHOWN.format(place=str(tmp_path / "run"))], capture_output=True, text=True, cwd=ROOT
    )
    code, megabytes = map(int, done.stderr.split()[-2:])
    assert code == 0 and megabytes < MOST_MEGABYTES, megabytes
