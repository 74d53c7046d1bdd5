"""The command line called in this process, in a folder of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.cli import main

VALID = Path(__file__).resolve().parents[2] / "spec" / "valid"
STRAIT = str(VALID / "crisis_13_days.yaml")
NUM_HISTORIES = 30  # more than one block of 25


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Answer]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and a terminal without wishes."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "CLICOLOR_FORCE", "SIM_PROG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def call(place: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Exit code and texts of a command line."""

    def run(*words: object) -> Answer:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with its report, made by the command line; nobody writes to it."""
    directory = tmp_path_factory.mktemp("stored") / "run"
    with contextlib.chdir(directory.parent):
        words = ["run", STRAIT, "-n", str(NUM_HISTORIES), "--workers", "1", "--out", str(directory), "--quiet"]
        code = main([*words, "--engine", "simpy"])  # whose blocks are short
    assert code == 0
    return directory
