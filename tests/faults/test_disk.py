"""Disks that are full, read-only or lose data: one clear message, and finished chunks stay."""

from __future__ import annotations

import errno
import hashlib
import json
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

ROOT = Path(__file__).resolve().parents[2]
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


def test_really_full_disk_before_the_first_manifest(small_disk, monkeypatch, capsys):
    """There is nothing to continue, so the same command is what to repeat."""
    (small_disk / "filler").write_bytes(b"x" * 96 * 1024)
    assert main(["run", str(STRAIT), "-n", "30", "--workers", "1", "--out", str(small_disk / "run")]) == 2
    shown = capsys.readouterr()
    assert "the disk is full" in shown.err and "--resume" not in shown.err and "repeat the command" in shown.err
    (small_disk / "filler").unlink()
    assert go(small_disk, 25, directory=small_disk / "run").stored.digest() == undisturbed(25)


def test_really_full_disk_on_the_command_line(small_disk, capsys):
    words = ["run", str(STRAIT), "-n", "600", "--workers", "1", "--out", str(small_disk / "run"), "--quiet"]
    assert main(words) == 2
    shown = capsys.readouterr()
    assert "error: " in shown.err and "the disk is full; the chunks that were finished are kept" in shown.err
    assert f"--resume {small_disk / 'run'}" in shown.err and "Traceback" not in shown.err


def test_really_read_only_disk_on_the_command_line(small_disk, capsys):
    """Nothing can be begun there and nothing continued, and both messages say where else to go."""
    run = ["run", str(STRAIT), "-n", "30", "--workers", "1", "--no-report", "--out"]
    stopped = small_disk / "stopped"
    assert main([*run, str(stopped)]) == 0
    (stopped / "results-000000.parquet").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    capsys.readouterr()
    for words, advice in (([*run, str(small_disk / "new")], "--out"), (["run", "--resume", str(stopped)], "copy it")):
        assert main(words) == 2
        shown = capsys.readouterr().err
        assert "cannot be written: Read-only file system" in shown and advice in shown and "Traceback" not in shown


LIMITED = """
import resource, sys
from sim.errors import SimError
from sim.experiments.replicate import run_scenario
from tests.toy_engine import TOY
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    run_scenario({"id": "toy"}, engine=TOY, seed=7, replications=600, workers=1, directory=sys.argv[1])
except SimError as error:
    print(error)
    print(error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
@pytest.mark.parametrize("limit", [1_000, 2_000, 5_000], ids=["of a chunk", "of a chunk with text", "of the manifest"])
def test_files_that_may_not_grow_are_one_clear_message(tmp_path, limit):
    """A limit that whoever runs the machine has set; needs no rights to test."""
    directory = tmp_path / "run"
    words = [sys.executable, "-c", LIMITED, str(directory), str(limit)]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0 and told.stderr == ""
    assert f"{directory}: a file would be larger than the system allows; the chunks that were finished are kept" in told.stdout
    assert "ulimit -f" in told.stdout and f"--resume {directory}" in told.stdout
    stored = open_run(directory)
    assert stored.damaged() == [] and stored.num_replications < 600
    assert not list(directory.glob("*.partial"))
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(600)


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


def cut(keep: float):
    """Keep a share of a file from its start; of a share below 0 as many bytes less than all."""

    def damage(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: round(keep * len(data))] if keep >= 0 else data[: int(keep)])

    return damage


def flip(place: int | float):
    """Change one bit of the byte at a place, counted from the end where it is negative, or a share of the file."""

    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place if isinstance(place, int) else int(place * len(data))] ^= 1
        path.write_bytes(data)

    return damage


def replace_by_link(target: str):
    def damage(path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    return damage


DAMAGE = {
    "emptied": (cut(0), "cut short or changed: 0 bytes"),
    "cut in the header": (cut(0.001), "cut short or changed"),
    "cut in the middle": (cut(0.5), "cut short or changed"),
    "cut in the footer": (cut(-100), "cut short or changed"),
    "last byte gone": (cut(-1), "cut short or changed"),
    "made longer": (lambda path: path.write_bytes(path.read_bytes() + b"PAR1"), "cut short or changed"),
    "flipped bit in the header": (flip(0), r"changed since it was written \(checksum"),
    "flipped bit in the rows": (flip(0.25), r"changed since it was written \(checksum"),
    "flipped bit in the middle": (flip(0.5), r"changed since it was written \(checksum"),
    "flipped bit in the footer": (flip(-40), r"changed since it was written \(checksum"),
    "flipped bit in the length of the footer": (flip(-6), r"changed since it was written \(checksum"),
    "flipped bit at the end": (flip(-1), r"changed since it was written \(checksum"),
    "removed": (Path.unlink, "missing, though the manifest lists it"),
    "a link to nothing": (replace_by_link("nowhere"), "missing, though the manifest lists it"),
    "a link to itself": (replace_by_link("results-000003.parquet"), "cannot be read: |missing|cut short"),
    "a link to another chunk": (replace_by_link("results-000001.parquet"), "changed since|cut short"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE)
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
    assert not any(path.is_symlink() for path in directory.iterdir())


def test_a_directory_in_place_of_a_chunk_is_named_and_never_removed(tmp_path):
    directory = go(tmp_path).directory
    chunk = directory / "results-000003.parquet"
    chunk.unlink()
    chunk.mkdir()
    (chunk / "mine").write_text("kept", "utf-8")
    with pytest.raises(StoreError, match=r"results-000003\.parquet: no longer a file"):
        open_run(directory).digest()
    with pytest.raises(StoreError, match=r"results-000003\.parquet: a directory is in the way") as caught:
        resume(directory, engine=TOY, workers=1)
    assert "move it elsewhere" in caught.value.hint
    chunk.rename(tmp_path / "elsewhere")
    assert resume(directory, engine=TOY, workers=1).stored.digest() == undisturbed(NUM)
    assert (tmp_path / "elsewhere" / "mine").read_text("utf-8") == "kept"


def test_chunks_may_be_moved_and_linked_to(tmp_path):
    """A disk that gets small is no reason to compute again."""
    directory = go(tmp_path).directory
    moved = tmp_path / "moved.parquet"
    (directory / "results-000003.parquet").rename(moved)
    (directory / "results-000003.parquet").symlink_to(moved)
    assert open_run(directory).digest() == undisturbed(NUM)
    assert resume(directory, engine=TOY, workers=1).num_computed == 0


def listed_as_it_is(directory: Path, name: str) -> None:
    """Make the manifest agree with a changed file, so that only the reader of Parquet stands between it and us."""
    manifest = json.loads((directory / "manifest.json").read_text("utf-8"))
    table, _, number = name.removesuffix(".parquet").partition("-")
    data = (directory / name).read_bytes()
    entry = next(chunk for chunk in manifest["chunks"] if chunk["index"] == int(number))["files"][table]
    entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_a_damaged_chunk_with_a_fitting_checksum_is_rows_or_a_message(tmp_path):
    """Every 61st byte in turn, and what is read afterwards from a whole run is right."""
    whole = go(tmp_path / "whole", replications=30).stored
    directory = go(tmp_path / "damaged", replications=75).directory
    chunk = directory / "results-000001.parquet"
    data = chunk.read_bytes()
    refused = 0
    for place in [*range(0, len(data), 61), *range(len(data) - 12, len(data))]:
        changed = bytearray(data)
        changed[place] ^= 0x88
        chunk.write_bytes(changed)
        listed_as_it_is(directory, chunk.name)
        try:
            open_run(directory).table("results")
        except StoreError as error:
            refused += 1
            assert "results-000001.parquet: " in str(error) and f"--resume {directory}" in error.hint, str(error)
    assert refused > 10
    assert open_run(whole.directory).digest() == undisturbed(30)


@pytest.mark.parametrize("keep", [0, 1, 2, 50, 400, 0.5, 0.9, -2, -3], ids=str)
def test_a_manifest_cut_anywhere_is_one_message_and_a_new_run_goes_beside(tmp_path, capsys, monkeypatch, keep):
    monkeypatch.chdir(tmp_path)
    directory = go("reports", replications=50).directory
    text = (directory / "manifest.json").read_bytes()
    (directory / "manifest.json").write_bytes(text[: keep if isinstance(keep, int) else int(keep * len(text))])
    with pytest.raises(StoreError, match=r"manifest\.json: not a run record: ") as caught:
        open_run(directory)
    assert "`sim run`" in caught.value.hint
    for words in (["show", str(directory)], ["run", "--resume", str(directory)], ["digest", str(directory)]):
        assert main(words) == 2
        shown = capsys.readouterr().err
        assert shown.startswith("error: ") and "not a run record" in shown and "Traceback" not in shown
    beside = go("reports", replications=50)
    assert beside.directory.name == f"{directory.name}-2" and beside.stored.digest() == undisturbed(50)


@pytest.mark.parametrize("data", [b"\x00" * 500, b"\xff\xfe", b"[]", b"{}", b"null", b"7", b"{" * 100_000], ids=lambda data: repr(data[:3]))
def test_a_manifest_of_something_else_is_refused(tmp_path, data):
    directory = go(tmp_path, replications=25).directory
    (directory / "manifest.json").write_bytes(data)
    with pytest.raises(StoreError, match="not a run record"):
        open_run(directory)


def test_a_manifest_that_is_no_file_is_refused(tmp_path, capsys):
    directory = go(tmp_path, replications=25).directory
    (directory / "manifest.json").unlink()
    (directory / "manifest.json").symlink_to("manifest.json")
    with pytest.raises(StoreError, match=r"manifest\.json: cannot be read"):
        open_run(directory)
    (directory / "manifest.json").unlink()
    (directory / "manifest.json").mkdir()
    assert main(["run", "--resume", str(directory)]) == 2
    assert "manifest.json: cannot be read: Is a directory" in capsys.readouterr().err


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
