"""Workers that are killed, runs that are interrupted, runs that are killed: nothing finished is lost.

Every case ends in the digest of an undisturbed run. Processes are real and signals are real.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from sim.errors import EngineError, StoreError
from sim.experiments.lock import start_time
from sim.experiments.replicate import Interrupted, resume, run_scenario
from sim.experiments.show import summary
from sim.experiments.store import open_run
from tests.toy_engine import THREADED, TOY, undisturbed

ROOT = Path(__file__).resolve().parents[2]
NUM = 200

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that can be sent to another process")


def go(reports, workers=2, engine=TOY, **scenario):
    return run_scenario(
        {"id": "toy", **scenario}, engine=engine, seed=7, replications=NUM, workers=workers, reports=reports
    )


# --- workers that die ---


@posix_only
def test_killed_worker_changes_nothing(tmp_path):
    outcome = go(tmp_path / "reports", kill_at=77, once=str(tmp_path / "killed"))
    assert (tmp_path / "killed").exists()
    assert outcome.stored.digest() == undisturbed(NUM)


@posix_only
def test_block_that_kills_every_worker_is_named_and_the_others_are_kept(tmp_path):
    with pytest.raises(EngineError, match=r"replications 175 to 199: .* was killed \(SIGKILL\), 4 times") as caught:
        go(tmp_path, kill_at=180)
    assert "--workers 1" in caught.value.hint
    stored = open_run(next(tmp_path.iterdir()))
    assert stored.state == "failed" and stored.num_replications == 175


# --- Ctrl-C in this process ---


@posix_only
@pytest.mark.parametrize(("workers", "engine"), [(1, TOY), (2, TOY), (2, THREADED)], ids=["here", "processes", "threads"])
def test_ctrl_c_keeps_what_is_finished_and_resume_completes_it(tmp_path, workers, engine):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # the runner may have been started deaf to it
    try:
        with pytest.raises(Interrupted) as caught:
            go(
                tmp_path / "reports",
                workers,
                engine,
                interrupt_at=60,  # early: threads that run ahead must not be done before this one hears of it
                pid=os.getpid(),
                once=str(tmp_path / "sent"),
                sleep=0.001,
            )
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    stored = open_run(caught.value.directory)
    assert stored.state == "interrupted"
    assert 0 < stored.num_replications == caught.value.done < NUM
    assert resume(caught.value.directory, engine=engine, workers=1).stored.digest() == undisturbed(NUM)


# --- whole runs, from outside ---

DRIVER = """
import multiprocessing, signal, sys
from sim.experiments.replicate import Interrupted, run_scenario
from tests.toy_engine import THREADED, TOY

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started deaf to it

def tell(done, total, rate):
    print("done", done, *[child.pid for child in multiprocessing.active_children()], flush=True)

try:
    scenario = {"id": "toy", "hang_at": 190, "hang_while": sys.argv[2]}
    engine = {"processes": TOY, "threads": THREADED}[sys.argv[3]]
    run_scenario(scenario, engine=engine, seed=7, replications=200, workers=2, reports=sys.argv[1], progress=tell)
except Interrupted as stop:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a second one does to an interpreter that ends is not the run's
    print(stop, file=sys.stderr)
    sys.exit(130)
"""


def hang_while(reports: Path) -> Path:
    return reports.with_name(reports.name + "-hang")


def start(reports: Path, workers: str = "processes") -> tuple[subprocess.Popen[str], list[int]]:
    """A run in its own process and session that hangs in its last block, and the numbers of its workers."""
    hang_while(reports).touch()
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(reports), str(hang_while(reports)), workers],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    patience = threading.Timer(60, process.kill)
    patience.start()
    for line in process.stdout:
        _, done, *children = line.split()
        if int(done) == NUM - 25:
            patience.cancel()
            return process, [int(child) for child in children]
    raise AssertionError(process.communicate()[1])


def all_ended(pids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(start_time(pid) is not None for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@posix_only
@pytest.mark.parametrize("workers", ["processes", "threads"])
@pytest.mark.parametrize("kind", ["ctrl-c of the whole group", "ctrl-c twice", "SIGTERM"])
def test_interrupted_run_ends_quickly_with_its_workers_and_can_be_resumed(tmp_path, kind, workers):
    process, children = start(tmp_path, workers)
    begun = time.monotonic()
    if kind == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to everybody
        if kind == "ctrl-c twice":
            time.sleep(0.002)
            os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - begun < 4
    assert process.returncode == 130, errors
    assert errors.startswith("interrupted after ") and len(errors.splitlines()) == 1  # no worker says a word
    assert len(children) == (2 if workers == "processes" else 0) and all_ended(children, 5)
    directory = next(tmp_path.iterdir())
    assert summary(directory).state == "interrupted"
    hang_while(tmp_path).unlink()
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)


@posix_only
def test_killed_run_takes_its_workers_along_and_can_be_resumed(tmp_path):
    process, workers = start(tmp_path)
    directory = next(tmp_path.iterdir())

    # While it lives, nobody else may write there.
    assert summary(directory).state == "running"
    with pytest.raises(StoreError, match=rf"another run \(process {process.pid}\) is writing there"):
        resume(directory, engine=TOY)
    with pytest.raises(StoreError, match="is writing there"):
        go(tmp_path, hang_at=190, hang_while=str(hang_while(tmp_path)))

    process.kill()
    process.communicate(timeout=20)
    assert len(workers) == 2 and all_ended(workers, 5)
    assert summary(directory).state == "interrupted"
    hang_while(tmp_path).unlink()
    (directory / "results-000007.parquet.partial").write_bytes(b"PAR1 half a chunk")
    outcome = resume(directory, engine=TOY, workers=1)
    assert outcome.num_found == NUM - 25
    assert outcome.stored.digest() == undisturbed(NUM)
    assert not list(directory.glob("*.partial")) and not (directory / "run.lock").exists()


def test_script_without_a_main_guard_runs_once(tmp_path):
    """Workers do not import the caller's script, which would start itself again."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys
            from sim.experiments.replicate import run_scenario
            from tests.toy_engine import TOY
            print("started")
            done = run_scenario({"id": "toy"}, engine=TOY, seed=7, replications=200, workers=2, reports=sys.argv[1])
            print(done.stored.digest())
            """
        ),
        "utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(tmp_path / "reports")]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.split() == ["started", undisturbed(NUM)]


# --- locks ---


def test_lock_of_a_process_that_is_gone_does_not_count(tmp_path):
    outcome = go(tmp_path, workers=1)
    gone = {"pid": 2**22 + 1, "started": "long ago", "host": __import__("platform").node()}
    (outcome.directory / "run.lock").write_text(json.dumps(gone), "utf-8")
    (outcome.directory / "results-000003.parquet").unlink()
    assert resume(outcome.directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)


@pytest.mark.parametrize("started_again", [False, True], ids=["the same process", "its number used again"])
def test_where_files_cannot_be_locked_number_and_start_time_decide(tmp_path, monkeypatch, started_again):
    monkeypatch.setattr("sim.experiments.lock._lock", lambda file: False)
    outcome = go(tmp_path, workers=1)
    (outcome.directory / "results-000003.parquet").unlink()
    started = "another time" if started_again else start_time(os.getppid())
    owner = {"pid": os.getppid(), "started": started, "host": __import__("platform").node()}
    (outcome.directory / "run.lock").write_text(json.dumps(owner), "utf-8")
    if started_again:
        assert resume(outcome.directory, engine=TOY, workers=1).num_computed == 25
    else:
        with pytest.raises(StoreError, match=f"process {os.getppid()}"):
            resume(outcome.directory, engine=TOY, workers=1)


RACER = """
import sys, time
from pathlib import Path
from sim.errors import StoreError
from sim.experiments.replicate import run_scenario
from tests.toy_engine import TOY

go = Path(sys.argv[2])
print("ready", flush=True)
while not go.exists():
    pass
try:
    done = run_scenario({"id": "toy", "sleep": 0.001}, engine=TOY, seed=7, replications=200, workers=1, directory=sys.argv[1])
    print("reused" if done.is_reused else "computed")
except StoreError as error:
    print(error)
"""


def test_of_runs_that_start_together_in_one_directory_one_writes(tmp_path):
    directory, go = tmp_path / "run", tmp_path / "go"
    words = [sys.executable, "-c", RACER, str(directory), str(go)]
    racers = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for racer in racers:
        assert racer.stdout is not None and racer.stdout.readline() == "ready\n"
    go.touch()
    told = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)
    assert told.count("computed") == 1, told
    pids = [racer.pid for racer in racers]
    for words_of_one in told:
        found = re.fullmatch(r".*/run: another run \(process (\d+)\) is writing there", words_of_one)
        assert words_of_one == "computed" or (found and int(found[1]) in pids), told
    assert open_run(directory).digest() == undisturbed(200)
    assert sorted(path.suffix for path in directory.iterdir()) == [".json", *[".parquet"] * 16]
