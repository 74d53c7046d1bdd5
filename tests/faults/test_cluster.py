"""Clusters of real processes that lose workers, their client or their scheduler: the digest is that of a serial run.

Schedulers and workers are started as docs/how-to/run-on-a-cluster.md says, listening on this machine only.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import EngineError, ParameterError, StoreError, UsageError
from sim.experiments.cluster import address as addresses
from sim.experiments.cluster import client as clients
from sim.experiments.cluster import connection as connections
from sim.experiments.cluster import tasks
from sim.experiments.digest import digest
from sim.experiments.lock import start_time
from sim.experiments.replicate import Interrupted, resume, run_scenario
from sim.experiments.store import open_run
from sim.experiments.writing import RunWriter
from tests.toy_engine import TOY, undisturbed
from tests.unit.cli.conftest import STRAIT

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that can be sent to another process")

ROOT = Path(__file__).resolve().parents[2]
NUM = 200


def go(reports, cluster="local:2", replications=NUM, **scenario):
    return run_scenario(
        {"id": "toy", **scenario}, engine=TOY, seed=7, replications=replications, cluster=cluster, reports=reports
    )


def only(reports: Path) -> Path:
    """The one result directory there."""
    (directory,) = reports.iterdir()
    return directory


def leftovers(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir() if path.suffix not in (".parquet", ".json")]


class Processes:
    """A scheduler and workers, each started by its command."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start(self, module: str, *words: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def scheduler(self) -> subprocess.Popen[bytes]:
        file = self.folder / "scheduler.json"
        process = self.start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
        )
        end = time.monotonic() + 20
        while not self.address:
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.02)
            with contextlib.suppress(OSError, ValueError):
                self.address = json.loads(file.read_text("utf-8"))["address"]
        return process

    def worker(self, path: Path = ROOT) -> subprocess.Popen[bytes]:
        return self.start(
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--memory-limit", "0", "--local-directory", str(self.folder), path=path,
        )  # fmt: skip

    def end(self) -> None:
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait(10)


@pytest.fixture
def processes(tmp_path) -> Iterator[Processes]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Processes(folder)
    yield started
    started.end()


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> Iterator[str]:
    """The address of a scheduler with two workers that no test harms."""
    started = Processes(tmp_path_factory.mktemp("cluster"))
    started.scheduler()
    for _ in range(2):
        started.worker()
    yield started.address
    started.end()


# --- undisturbed ---


def test_workers_write_the_chunks_and_the_client_lists_them(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the client wrote a chunk itself")

    monkeypatch.setattr(RunWriter, "add", refuse)
    outcome = go(tmp_path)
    assert outcome.stored.digest() == undisturbed(NUM) and outcome.num_computed == NUM
    assert leftovers(outcome.directory) == []
    assert outcome.stored.manifest["timing"]["cluster"] == "local:2" and outcome.stored.manifest["command"] is None


def test_where_workers_do_not_see_the_directory_the_client_writes(tmp_path, monkeypatch, standing):
    @contextlib.contextmanager
    def elsewhere(directory, paths_kept):
        yield tasks.Place(str(directory / "not here"), "token")

    monkeypatch.setattr(clients, "_place", elsewhere)
    assert go(tmp_path, standing).stored.digest() == undisturbed(NUM)


def test_where_chunks_of_workers_do_not_arrive_rows_are_asked_for(tmp_path, monkeypatch, standing):
    """A network drive that only seems to be shared."""
    monkeypatch.setattr(clients, "VISIBLE_SECONDS", 0.1)
    monkeypatch.setattr(tasks.WrittenChunk, "path", lambda self, directory, name: directory / "nowhere" / name)
    assert go(tmp_path, standing).stored.digest() == undisturbed(NUM)


def test_a_folder_of_the_same_name_elsewhere_is_not_taken_for_the_directory(tmp_path):
    place = tasks.Place(str(tmp_path), "0123")
    assert not place.is_seen
    place.mark.write_text("another token", "ascii")
    assert not place.is_seen
    place.mark.write_text("0123", "ascii")
    assert place.is_seen


def test_a_disk_that_takes_nothing_from_a_worker_leaves_the_writing_to_the_client(tmp_path):
    """The client knows what to say of a full disk; a worker that may only read is no reason to stop."""
    place = tasks.Place(str(tmp_path / "gone"), "0123")
    block = tasks.Block(0, 0, 5)
    tables = tasks.Runner(tasks.Job(b'{"id": "toy"}', 7, TOY)).run(0, 5)
    assert tasks._written(place, block, tables) is None


def test_a_rule_stops_where_it_stops_a_serial_run(tmp_path, standing):
    options = {"engine": TOY, "seed": 7, "replications": 2000, "until_se": 0.02, "block_size": 40}
    serial = run_scenario({"id": "toy"}, workers=1, reports=tmp_path / "serial", **options).stored
    shared = run_scenario({"id": "toy"}, cluster=standing, reports=tmp_path / "cluster", **options).stored
    assert serial.num_replications == shared.num_replications < 2000
    assert serial.digest() == shared.digest()
    assert leftovers(shared.directory) == []


def test_small_blocks_share_tasks(tmp_path, monkeypatch, standing):
    sizes = []
    take = clients._Tasks._take

    def note(self, future, result):
        sizes.append(len(self._running[future]))
        return take(self, future, result)

    monkeypatch.setattr(clients._Tasks, "_take", note)
    stored = run_scenario(
        {"id": "toy", "sleep": 0.001}, engine=TOY, seed=7, replications=1500, block_size=10, cluster=standing, reports=tmp_path
    ).stored
    assert stored.digest() == undisturbed(1500)
    assert sum(sizes) == 150 and len(sizes) < 50, sizes  # blocks of a hundredth of a second


def test_claims_are_played_alike_on_a_cluster(standing):
    from sim.experiments.claims import Task, World, Worlds, simulate
    from sim.model.reader import read

    worlds = Worlds(read(STRAIT))
    wanted = {Task(World.of(None)): 25}
    here, there = (simulate(worlds, wanted, 3, **who) for who in ({"workers": 1}, {"cluster": standing}))
    assert [digest({"results": here[task]}) for task in wanted] == [digest({"results": there[task]}) for task in wanted]


def test_what_the_engine_refuses_arrives_as_it_was_said(tmp_path, standing):
    with pytest.raises(ParameterError, match=r"expected a number in \[0, 1\], found 1.4") as caught:
        go(tmp_path / "a", standing, refuse_at=60)
    assert caught.value.hint == "write 0.014"
    with pytest.raises(EngineError, match="replication 60: the engine failed: ZeroDivisionError: no such luck"):
        go(tmp_path / "b", standing, raise_at=60)


def test_the_command_line_says_who_computed(tmp_path, monkeypatch, capsys, standing):
    monkeypatch.chdir(tmp_path)
    words = ["run", STRAIT, "-n", "30", "--no-report", "--engine", "simpy"]  # whose blocks are short
    assert main([*words, "--cluster", standing, "--out", "run"]) == 0
    assert re.search(rf"30 histories in .* on the cluster {re.escape(standing)}\n", capsys.readouterr().err)
    (tmp_path / "run" / "results-000001.parquet").unlink()
    assert main(["run", "--resume", "run", "--cluster", standing, "--no-report"]) == 0
    assert "5 histories in " in capsys.readouterr().err
    assert main([*words, "--workers", "1", "--out", "alone"]) == 0
    assert "on the cluster" not in capsys.readouterr().err
    assert open_run("run").digest() == open_run("alone").digest()
    assert "--cluster" not in open_run("run").manifest["command"]


# --- lost workers ---


@pytest.mark.parametrize("kind", ["local", "standing"])
def test_killed_worker_changes_nothing(tmp_path, processes, kind):
    address = "local:2"
    if kind == "standing":
        processes.scheduler()
        processes.worker()
        processes.worker()
        address = processes.address
    outcome = go(tmp_path / "reports", address, kill_at=77, once=str(tmp_path / "killed"))
    assert (tmp_path / "killed").exists()
    assert outcome.stored.digest() == undisturbed(NUM)
    assert leftovers(outcome.directory) == []


def test_block_that_kills_every_worker_is_named_and_the_others_are_kept(tmp_path):
    with pytest.raises(EngineError, match="replications 175 to 199: every worker that tried it died") as caught:
        go(tmp_path, kill_at=180)
    assert "--workers 1" in caught.value.hint
    stored = open_run(only(tmp_path))
    assert stored.state == "failed" and stored.num_replications >= 150


def test_a_scheduler_that_has_no_workers_is_one_clear_message(tmp_path, monkeypatch, processes):
    processes.scheduler()
    monkeypatch.setattr(connections, "WORKERLESS_SECONDS", 0.5)
    with pytest.raises(EngineError, match="has had no worker for") as caught:
        go(tmp_path / "reports", processes.address)
    assert f"dask worker {processes.address}" in caught.value.hint


# --- a lost client ---

DRIVER = """
import signal, sys
from sim.errors import SimError
from sim.experiments.cluster import connection as connections
from sim.experiments.replicate import Interrupted, run_scenario
from tests.toy_engine import TOY

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started deaf to it

connections.CONNECT_SECONDS = 1.0

def tell(done, total, rate):
    print("done", done, flush=True)

try:
    scenario = {"id": "toy", "sleep": 0.011, "hang_at": 190, "hang_while": sys.argv[2]}  # a block is a task
    run_scenario(scenario, engine=TOY, seed=7, replications=200, cluster=sys.argv[3], reports=sys.argv[1], progress=tell)
except Interrupted as stop:
    print(stop, file=sys.stderr)
    sys.exit(130)
except SimError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
"""


@contextlib.contextmanager
def client(folder: Path, cluster: str) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own whose last block hangs as long as the file `hang` is there."""
    (folder / "hang").touch()
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(folder / "reports"), str(folder / "hang"), cluster],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},  # what a client that is killed leaves there
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    patience = threading.Timer(60, process.kill)
    patience.start()
    assert process.stdout is not None
    try:
        reached = any(line.split() == ["done", str(NUM - 25)] for line in process.stdout)
        assert reached, process.communicate()[1]
        yield process
    finally:
        patience.cancel()
        process.kill()
        process.communicate(timeout=20)
        (folder / "hang").unlink(missing_ok=True)


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


def all_ended(pids: list[int], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while any(start_time(pid) is not None for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("kind", ["local", "standing"])
def test_killed_client_is_continued_and_leaves_nothing(tmp_path, standing, kind):
    address = standing if kind == "standing" else "local:2"
    with client(tmp_path, address) as process:
        started = children(process.pid) if shutil.which("ps") else []
        directory = only(tmp_path / "reports")
        with pytest.raises(StoreError, match=rf"another run \(process {process.pid}\) is writing there"):
            resume(directory, engine=TOY, cluster=address)
        process.kill()
        process.communicate(timeout=20)
        assert all_ended(started, 5)
        assert open_run(directory).num_replications == NUM - 25
    outcome = resume(directory, engine=TOY, cluster=address)
    assert outcome.num_found == NUM - 25
    assert outcome.stored.digest() == undisturbed(NUM)
    assert leftovers(directory) == []


def test_ctrl_c_and_another_one_end_the_run_and_its_workers_quickly(tmp_path):
    with client(tmp_path, "local:2") as process:
        started = children(process.pid) if shutil.which("ps") else []
        begun = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert time.monotonic() - begun < 5
        assert process.returncode == 130 and len(errors.splitlines()) == 1, errors
        assert all_ended(started, 5)
    directory = only(tmp_path / "reports")
    assert open_run(directory).state == "interrupted" and leftovers(directory) == []
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)


def test_tasks_of_an_interrupted_client_do_not_stay_on_the_cluster(tmp_path, standing):
    stop = iter([False] * 12)
    with pytest.raises(Interrupted):
        run_scenario(
            {"id": "toy", "sleep": 0.002}, engine=TOY, seed=7, replications=900, cluster=standing,
            reports=tmp_path, should_stop=lambda: next(stop, True),
        )  # fmt: skip
    directory = only(tmp_path)
    time.sleep(0.5)  # tasks that were running then have ended
    assert leftovers(directory) == []
    assert resume(directory, engine=TOY, cluster=standing).stored.digest() == undisturbed(900)


# --- a lost scheduler ---


@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGTERM"])
def test_a_scheduler_that_goes_away_ends_the_run_with_one_message(tmp_path, processes, signal_name):
    scheduler = processes.scheduler()
    processes.worker()
    processes.worker()
    with client(tmp_path, processes.address) as process:
        scheduler.send_signal(getattr(signal, signal_name))
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 1
        assert len(errors.splitlines()) == 1 and "went away; what a run had finished is kept" in errors
    directory = only(tmp_path / "reports")
    stored = open_run(directory)
    assert stored.state == "failed" and stored.num_replications == NUM - 25
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)


# --- workers that are not ours ---


@pytest.mark.parametrize("difference", ["sources", "version", "a module"])
def test_a_worker_with_another_simulator_is_refused(tmp_path, processes, difference):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "sim", other / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    file = other / "sim" / ("__init__.py" if difference == "version" else "rules/voting.py")
    file = file if file.exists() else sorted((other / "sim" / "rules").glob("[a-z]*.py"))[0]
    text = file.read_text("utf-8")
    file.write_text(text.replace('__version__ = "', '__version__ = "9') if difference == "version" else text + "\n", "utf-8")
    processes.scheduler()
    if difference == "a module":
        (other / "sim" / "experiments" / "cluster" / "tasks.py").unlink()
    processes.worker(path=other)
    with pytest.raises(EngineError, match=r"the worker tcp://127\.0\.0\.1:\d+ on .* has ") as caught:
        go(tmp_path / "reports", processes.address)
    told = {"version": "version 9", "sources": "other sources", "a module": "no simulator that can be used (ImportError"}
    assert told[difference] in str(caught.value)
    assert "install the client's version" in caught.value.hint


# --- no cluster at all ---


@pytest.mark.parametrize(
    "text",
    ["", "local", "local:", "local:0", "local:-1", "local:2.5", "local:99999", "tcp://", "tcp://host", "tcp://host:0",
     "tcp://host:99999", "http://host:8786", "host:8786", "tcp://a b:1", "tcp:8786"],
)  # fmt: skip
def test_a_malformed_cluster_is_told_what_is_expected(tmp_path, monkeypatch, capsys, text):
    monkeypatch.chdir(tmp_path)
    assert main(["run", STRAIT, "--cluster", text]) == 2
    error = capsys.readouterr().err
    assert "cluster: expected local:N with N from 1 to 1024, or tcp://HOST:PORT" in error and repr(text) in error
    assert not (tmp_path / "reports").exists()


def test_both_kinds_of_workers_are_refused(capsys):
    for command in ("run", "claims"):
        assert main([command, "summit", "--cluster", "local:2", "--workers", "2"]) == 2
        assert "workers and cluster cannot be given together" in capsys.readouterr().err


def test_without_the_extra_the_message_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "distributed", None)
    for command in (["run", STRAIT], ["claims", "summit"]):
        assert main([*command, "--cluster", "local:2"]) == 2
        shown = capsys.readouterr()
        assert "a cluster needs the packages dask and distributed" in shown.err
        assert "pip install 'geosim[cluster]'" in shown.err
    assert not (tmp_path / "reports").exists()


def greet(server: socket.socket) -> None:
    """Say first who one is, as a server of SSH does."""
    with server.accept()[0] as connection:
        connection.sendall(b"SSH-2.0-server")


@pytest.mark.parametrize("kind", ["nobody listens", "no such host", "a silent server", "another server"])
def test_an_unreachable_scheduler_is_one_message_within_seconds(tmp_path, monkeypatch, capsys, kind):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(addresses, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        host = "no-such-host.invalid" if kind == "no such host" else "127.0.0.1"
        if kind == "nobody listens":
            server.close()
        if kind == "another server":
            threading.Thread(target=greet, args=(server,), daemon=True).start()
        begun = time.monotonic()
        assert main(["run", STRAIT, "-n", "30", "--cluster", f"tcp://{host}:{port}"]) == 2
        assert time.monotonic() - begun < 8
    error = capsys.readouterr().err
    assert f"no scheduler can be reached at tcp://{host}:{port}" in error and "Traceback" not in error
    assert "dask scheduler" in error


def test_a_finished_run_needs_no_cluster(tmp_path):
    first = run_scenario({"id": "toy"}, engine=TOY, seed=7, replications=50, workers=1, reports=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    again = go(tmp_path, f"tcp://127.0.0.1:{port}", replications=50)
    assert again.is_reused and again.directory == first.directory
    with pytest.raises(UsageError, match="no scheduler can be reached"):
        go(tmp_path, f"tcp://127.0.0.1:{port}", replications=51)
    assert only(tmp_path) == first.directory  # nothing was begun
