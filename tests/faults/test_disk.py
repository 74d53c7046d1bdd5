"""Disks that are full, read-only or lose data: one clear message, and finished chunks stay."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import StoreError
from sim.experiments.replicate import resume, run_scenario
from sim.experiments.store import open_run
from tests.toy_engine import TOY, undisturbed
from tests.unit.cli.conftest import STRAIT

NUM = 150


def go(reports, replications=NUM, **options):
    return run_scenario(
        {"id": "toy"}, engine=TOY, seed=7, replications=replications, workers=1, reports=reports, **options
    )


def fail_at(count: int, number: int):
    """``os.replace`` that fails from its ``count``-th call on, as the system says it."""
    calls = iter(range(1, 1_000_000))
    replace = os.replace

    def failing(source, target):
        if next(calls) >= count:
            raise OSError(number, os.strerror(number), str(target))
        replace(source, target)

    return failing


# --- full ---


@pytest.mark.parametrize("count", range(3, 12))
def test_full_disk_at_any_file_keeps_finished_chunks(tmp_path, monkeypatch, count):
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail_at(count, errno.ENOSPC))
        with pytest.raises(StoreError, match="the disk is full; the chunks that were finished are kept") as caught:
            go(tmp_path)
    directory = next(tmp_path.iterdir())
    assert f"--resume {directory}" in caught.value.hint
    stored = open_run(directory)
    assert stored.num_replications == 25 * ((count - 3) // 3)
    assert stored.digest() == undisturbed(stored.num_replications) or not stored.chunks
    assert not list(directory.glob("*.partial"))
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A real file system of 96 KiB, where the system lets us mount one."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs Linux and root; the simulated full disk is tested above")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_really_full_disk(small_disk):
    with pytest.raises(StoreError, match="the disk is full; the chunks that were finished are kept"):
        go(small_disk, replications=600)
    directory = next(small_disk.iterdir())
    stored = open_run(directory)
    assert 0 < stored.num_replications < 600
    assert stored.digest() == undisturbed(stored.num_replications)
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(600)


def test_really_read_only_disk(small_disk):
    done = go(small_disk, replications=25).stored
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert open_run(done.directory).digest() == done.digest()  # reading needs no lock
    assert go(small_disk, replications=25).is_reused
    with pytest.raises(StoreError, match="cannot be written: Read-only file system") as caught:
        go(small_disk, replications=26)
    assert "--out" in caught.value.hint


def full(monkeypatch, name: str) -> None:
    """A disk that takes everything but pages of that name."""
    write = Path.write_bytes

    def refuse(path, data):
        if path.name.startswith(name):
            write(path, data[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)


def test_no_room_for_the_report_still_shows_the_result(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    full(monkeypatch, "report.html")
    assert main(["run", str(STRAIT), "-n", "30", "--workers", "1", "--out", "run"]) == 2
    shown = capsys.readouterr()
    assert "Outcome after 13 days" in shown.out
    assert "error: run/report.html: cannot be written: the disk is full" in shown.err
    assert "--resume" not in shown.err
    assert not list(Path("run").glob("report*"))
    assert main(["show", "run"]) == 0
    shown = capsys.readouterr()
    assert "Outcome after 13 days" in shown.out and "no report: run/report.html: cannot be written" in shown.err


def test_no_room_for_the_timeline_still_tells_the_story(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    full(monkeypatch, "replay-")
    assert main(["replay", str(STRAIT), "-r", "2"]) == 0
    shown = capsys.readouterr()
    assert "Fleets meet" in shown.out and "timeline:" not in shown.out
    assert "no timeline: reports/replay-crisis-13-days-" in shown.err and "the disk is full" in shown.err
    assert not list(tmp_path.glob("reports/replay*"))
    assert main(["replay", str(STRAIT), "-r", "2", "--html", "replay-mine.html"]) == 2
    shown = capsys.readouterr()
    assert "Fleets meet" in shown.out and "error: replay-mine.html: cannot be written: the disk is full" in shown.err


# --- read-only ---


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_read_only_folder_is_one_clear_message(tmp_path, monkeypatch, number):
    def refuse(path, *arguments, **options):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match="cannot be written") as caught:
        go(tmp_path)
    assert "--out" in caught.value.hint


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere: see the mounted disk")
def test_folder_without_permission(tmp_path):
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StoreError, match="cannot be written: Permission denied"):
            go(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_reports_that_is_a_file(tmp_path):
    (tmp_path / "reports").write_text("a file", "utf-8")
    with pytest.raises(StoreError, match="cannot be written: a file is in the way of the directory"):
        go(tmp_path / "reports")


# --- damaged ---


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "cut short or changed"),
        (flip, r"changed since it was written \(checksum"),
        (Path.unlink, "missing, though the manifest lists it"),
    ],
    ids=["cut", "flipped bit", "removed"],
)
@pytest.mark.parametrize("table", ["results", "paths"])
def test_damaged_chunk_is_named_and_computed_again_on_request(tmp_path, damage, message, table):
    directory = go(tmp_path).directory
    damage(directory / f"{table}-000003.parquet")
    with pytest.raises(StoreError, match=rf"{table}-000003\.parquet: {message}") as caught:
        open_run(directory).digest()
    assert f"--resume {directory}" in caught.value.hint
    outcome = resume(directory, engine=TOY, workers=1)
    assert outcome.num_computed == 25
    assert outcome.stored.digest() == undisturbed(NUM)


def test_half_written_and_unlisted_files_are_never_read(tmp_path):
    directory = go(tmp_path).directory
    (directory / "results-000009.parquet").write_bytes(b"a chunk that no manifest names")
    (directory / "results-000001.parquet.partial").write_bytes(b"PAR1 half")
    (directory / "notes.txt").write_text("mine", "utf-8")
    assert open_run(directory).digest() == undisturbed(NUM)
    (directory / "paths-000002.parquet").unlink()
    resume(directory, engine=TOY, workers=1)
    assert not (directory / "results-000009.parquet").exists() and not list(directory.glob("*.partial"))
    assert (directory / "notes.txt").read_text("utf-8") == "mine"
