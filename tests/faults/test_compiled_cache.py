"""Compiled rules that cannot be made, kept or read: the run goes on, and one line says what happened.

The compiler itself is replaced by a copy of what it made for this test run; where it is meant to work, it is looked at in
`tests/engines`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from pathlib import Path

import pytest

from sim.compiled import cache, tidying
from sim.experiments.engines import engine_for

MADE = cache.folder()  # of this test run: see tests/conftest.py


@pytest.fixture
def compilations(monkeypatch):
    """How often the compiler was asked, in a list that grows; nothing is known of earlier calls."""
    asked: list[Path] = []

    def compile_quickly(made: Path) -> None:
        asked.append(made)
        shutil.copytree(MADE, made, dirs_exist_ok=True)

    monkeypatch.setattr(cache, "_compile", compile_quickly)
    cache.folder.cache_clear()
    cache._spare.cache_clear()
    yield asked
    cache.folder.cache_clear()
    cache._spare.cache_clear()


@pytest.fixture
def told():
    return []


def test_rules_are_compiled_once(tmp_path, monkeypatch, compilations, told):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "cache"))
    first, second = cache.stored(told.append), cache.stored(told.append)
    assert first == second and all(file.is_relative_to(tmp_path) for file in first)
    assert len(compilations) == 1
    assert len(told) == 1 and "once" in told[0]
    assert [path.name for path in (tmp_path / "cache" / "compiled").iterdir()] == [MADE.name]  # and nothing half-made


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no manifest", "senseless manifest"])
def test_what_is_damaged_is_compiled_again(tmp_path, monkeypatch, compilations, damage):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    file = cache.stored()[0]
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    elif damage == "changed":
        file.write_bytes(b"\0" + file.read_bytes()[1:])
    elif damage == "missing":
        file.unlink()
    elif damage == "no manifest":
        (file.parent / cache.MANIFEST).unlink()
    else:
        (file.parent / cache.MANIFEST).write_text("[1, 2]")
    assert file.parent == cache.folder()
    again = cache.stored()
    assert len(compilations) == 2
    assert [path.read_bytes() for path in again] == [(MADE / path.name).read_bytes() for path in again]


def test_where_nothing_can_be_kept_this_process_compiles_for_itself_once(tmp_path, monkeypatch, compilations, told):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "file" / "cache"))
    first, second = cache.stored(told.append), cache.stored(told.append)
    assert first == second and all(file.is_file() for file in first)
    assert len(compilations) == 1
    assert any("cannot be kept there" in line and "compiles them again" in line for line in told)


def test_a_cache_that_may_only_be_read_is_read(tmp_path, monkeypatch, compilations):
    def forbidden(tell=None):
        raise AssertionError("nothing is written where compiled rules are found")

    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    cache.stored()
    monkeypatch.setattr(cache, "_place_to_write", forbidden)
    assert cache.stored()[0].is_relative_to(tmp_path) and len(compilations) == 1


def test_a_disk_that_is_full_is_told(tmp_path, monkeypatch, compilations, told):
    def full(made: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "_compile", full)
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(cache.CompileError, match="cannot be kept: No space left"):
        cache.stored()
    assert engine_for("auto", 10**6, told.append).name == "simpy"
    assert "No space left" in told[-1] and "SimPy engine plays instead" in told[-1]
    assert list((tmp_path / "compiled").iterdir()) == []


@pytest.mark.parametrize("package", ["numba", "llvmlite"])
def test_without_numba_simpy_plays_and_one_line_says_so(monkeypatch, told, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == package else find(name, *more))
    assert not cache.is_ready()
    assert engine_for("auto", 10**6, told.append).name == "simpy"
    assert len(told) == 1 and f"{package} is not installed" in told[0] and "SimPy engine plays instead" in told[0]
    with pytest.raises(cache.CompileError, match=f"{package} is not installed"):
        engine_for("batch", 1)


def test_a_compiler_that_is_switched_off_is_not_used(monkeypatch, told):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert engine_for("auto", 10**6, told.append).name == "simpy"
    assert len(told) == 1 and "NUMBA_DISABLE_JIT" in told[0]


def test_a_short_run_does_not_wait_for_a_compiler(tmp_path, monkeypatch, compilations, told):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    assert engine_for("auto", 10, told.append).name == "simpy"
    assert engine_for("auto", 100_000, told.append).name == "batch"
    assert engine_for("auto", 10, told.append).name == "batch"  # now it is there
    assert len(compilations) == 1 and len(told) == 1


# --- what nobody uses any more ---

OLD, YOUNG = "0123456789abcdef01234567", "76543210fedcba9876543210"  # hashes of other versions


def made_by(place: Path, name: str, days: float) -> Path:
    """Compiled code of another version, with that of a tactic, last used some days ago."""
    (place / name).mkdir(parents=True)
    files = [place / name / "acts-0.o", place / name / cache.MANIFEST, place / f"{name}-tactic-ab.o", place / f"{name}-tactic-ab.json"]
    for path in files:
        path.write_text("{}")
    for path in (*files, place / name):
        used(path, days)
    return place / name


def used(path: Path, days: float) -> None:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_what_nobody_has_used_for_a_month_goes_when_new_code_is_written(tmp_path, monkeypatch, compilations):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    place = tmp_path / "compiled"
    made_by(place, OLD, 31)
    made_by(place, YOUNG, 29)
    cache.stored()
    assert names(place) == sorted([MADE.name, YOUNG, f"{YOUNG}-tactic-ab.json", f"{YOUNG}-tactic-ab.o"])


def test_using_code_keeps_it(tmp_path, monkeypatch, compilations):
    """Nothing is written where it was used a day ago, so that a start costs no write."""
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    folder = cache.stored()[0].parent
    for days, marked in (31, True), (0.5, False):
        used(folder, days)
        cache.stored()
        assert (time.time() - folder.stat().st_mtime < 3_600) == marked
    used(folder, 31)
    for file in folder.iterdir():
        used(file, 31)
    cache.stored()
    tidying.tidy(folder.parent, "another")
    assert cache.stored()[0].parent == folder and len(compilations) == 1


def test_a_tactic_that_is_used_keeps_both_of_its_files(tmp_path, monkeypatch, compilations):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr("sim.own_tactics.source_hash", lambda name: "ab")
    place = made_by(tmp_path / "compiled", cache.folder().name, 31)
    assert cache.stored_tactic("patient").name == f"{place.name}-tactic-ab.o"
    tidying.tidy(place.parent, "another")
    assert names(place.parent) == [f"{place.name}-tactic-ab.json", f"{place.name}-tactic-ab.o"]


def test_what_another_process_is_making_is_left_alone_and_what_a_killed_one_left_is_not(tmp_path):
    for name, days in ((f"{OLD}-a1b2c3d4", 40), (f"{YOUNG}-x9y8z7w6", 0), ("tactic-k2j3h4g5", 40)):
        (tmp_path / name / "acts").mkdir(parents=True)
        used(tmp_path / name / "acts", days)
        used(tmp_path / name, 40)  # the folder itself is older than what is being written into it
    tidying.tidy(tmp_path, MADE.name)
    assert names(tmp_path) == [f"{YOUNG}-x9y8z7w6"]


def test_what_is_not_ours_is_never_removed(tmp_path):
    """The variable may name a folder in which other things lie."""
    others = ["notes", "thesis.json", f"{OLD[:-1]}", f"{OLD}.txt"]
    for name in others:
        (tmp_path / name).write_text("mine")
        used(tmp_path / name, 400)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    (tmp_path / OLD).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    used(tmp_path / "elsewhere" / "file", 400)
    used(tmp_path / "elsewhere", 400)
    tidying.tidy(tmp_path, MADE.name)
    assert set(others) <= set(names(tmp_path)) and (tmp_path / "elsewhere" / "file").read_text() == "mine"


def test_what_cannot_be_removed_stays_and_nobody_hears_of_it(tmp_path, monkeypatch, compilations, told):
    def refused(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path))
    old = made_by(tmp_path / "compiled", OLD, 31)
    with monkeypatch.context() as patch:
        for name in ("rmdir", "unlink", "utime"):
            patch.setattr(os, name, refused)
        patch.setattr(Path, "unlink", refused)
        tidying.mark(old)
        tidying.tidy(old.parent, MADE.name)
    assert len(names(old.parent)) == 3
    tidying.tidy(tmp_path / "nowhere", MADE.name)
    assert told == []
