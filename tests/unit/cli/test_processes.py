"""The command line as a process of its own: signals, pipes that close, encodings, full disks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.cli.conftest import STRAIT

ROOT = Path(__file__).resolve().parents[3]


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "sim", *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path):
    directory = tmp_path / "run"
    process = subprocess.Popen(
        command("run", STRAIT, "-n", 4_000, "--workers", 1, "--out", directory),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell that starts the tests in the background has them, and all that they start, ignore the signal.
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.default_int_handler)) if os.name == "posix" else None,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(directory.glob("paths-*.parquet")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == "" and "Traceback" not in err
    assert "of 4000 replications, which are kept in" in err and f"sim run --resume {directory}" in err
    manifest = json.loads((directory / "manifest.json").read_text("utf-8"))
    assert manifest["state"] == "interrupted" and manifest["chunks"]


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("condition", ["a.range < b.range", "a.range + b.range > 1e15"])
def test_a_query_ends_on_ctrl_c_wherever_it_is(tmp_path, stored, number, condition):
    """The second condition keeps DuckDB in one operation for minutes, in which it listens to nobody."""
    process = subprocess.Popen(
        command("query", stored, f"select count(*) from range(4000000) a, range(4000000) b where {condition}",
                "--out", "x.csv"),
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (tmp_path / "x.csv.partial").exists():
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    try:
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130 and (out, err.strip()) == ("", "interrupted")
    assert not list(tmp_path.glob("x*"))


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "words",
    [("sensitivity", STRAIT), ("compare", "theory/ultimatum", "--policy", "low: game.strategies.offer=.3", "--engine", "simpy")],
    ids=["sensitivity", "compare"],
)
def test_a_study_that_is_stopped_names_itself_as_what_goes_on(tmp_path, number, words):
    given = (*words, "-n", 40_000, "--workers", 1, "--out", "study")
    process = subprocess.Popen(
        command(*given), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None and not list(tmp_path.glob("study/**/results-*.parquet")):
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err, err
    told = err.splitlines()[-1]
    assert told.startswith("`") and told.endswith("` goes on from there"), err
    assert f" {words[0]} " in told and "--out study" in told and "40000" in told and "--resume" not in told


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_sigterm_ends_any_command_as_ctrl_c_does(tmp_path):
    process = subprocess.Popen(
        command("schema"), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.read(1)  # it is at work, and held up by a pipe that nobody empties
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "interrupted"


def test_a_reader_that_goes_away_is_no_error(stored):
    process = subprocess.Popen(
        command("export", stored, "--csv"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.read(10)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert err == b""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_any_encoding_of_standard_output_will_do(stored, encoding):
    done = subprocess.run(
        command("show", stored), env=environment(PYTHONIOENCODING=encoding), capture_output=True, check=False
    )
    assert done.returncode == 0 and done.stderr == b""
    text = done.stdout.decode(encoding)
    assert ("█" in text) == (encoding == "utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_standard_output_is_one_message(stored):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command("digest", stored), env=environment(), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"No space left" in done.stderr and b"Traceback" not in done.stderr
