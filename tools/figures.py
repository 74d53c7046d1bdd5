"""Figures in the README: what the first command of the README prints, from one seeded run.

Making them plays a thousand histories. Whether they are stale is judged by the first few: their digest stands beside the
figures, and an engine that gives other histories gives another digest.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from unittest import mock

from tools.sections import note_of, write_part

ROOT = Path(__file__).resolve().parent.parent
PAGE = "README.md"
SCENARIO = "scenarios/summit.yaml"
SEED, FIRST = 1, 10  # the seed of the run; how many histories the fingerprint is taken of
TUTORIAL = "docs/tutorial/first-run.md"
REPLICATION = 5
LINES = 40  # of the story that the tutorial shows
SHOWN = ("Outcome after", "When it first happened", "What moved the outcomes most")


@cache
def fingerprint() -> str:
    """Digest of the first histories and of the words for their outcomes."""
    from sim.engines.event_engine import run_block
    from sim.experiments.digest import digest
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    spec = load_scenario(ROOT / SCENARIO)
    rows = digest(run_block(compile_case(complete(spec)), range(FIRST), SEED))
    words = [spec.title, *(f"{item.id}={item.label}" for item in spec.outcomes)]
    return hashlib.sha256("\n".join([rows, *words]).encode()).hexdigest()[:12]


@cache
def finished_run() -> tuple[Path, str]:
    """Directory and printed result of the README's first command."""
    folder = tempfile.TemporaryDirectory(prefix="sim-figures-")
    atexit.register(folder.cleanup)
    directory = Path(folder.name) / "run"
    words = [sys.executable, "-m", "sim", "run", SCENARIO, "--quiet", "--out", str(directory)]
    done = subprocess.run(words, cwd=ROOT, env=_plain(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return directory, done.stdout


def _plain() -> dict[str, str]:
    """The environment of a terminal with 80 columns and no colours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    return kept | {"NO_COLOR": "1", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}


def shown(printed: str) -> str:
    """The parts of a printed result that the README shows."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", printed)]
    return "\n\n".join(block for block in blocks if block.lstrip().startswith(SHOWN))


def write(root: Path) -> list[str]:
    """Write the README with these parts made anew below ``root``; its path."""
    body = f"```text\n{shown(finished_run()[1])}\n```"
    return write_part(root, PAGE, "figures", body, fingerprint())


def stale() -> list[str]:
    """The README, if the figures in it are those of other histories."""
    return [] if note_of(PAGE, "figures") == fingerprint() else [PAGE]


def write_story(root: Path) -> list[str]:
    """Write the tutorial with the beginning of one history made anew below ``root``; its path."""
    lines = printed_story().splitlines()
    dated = [n for n, line in enumerate(lines) if re.match(r"\d{4}-\d{2}-\d{2}", line)]
    last = max((n for n in dated if n <= LINES), default=LINES)  # whole entries
    body = "\n".join([*lines[:last], "..."])
    return write_part(root, TUTORIAL, "story", f"```text\n{body}\n```")


@cache
def printed_story() -> str:
    """What the tutorial's `sim replay` prints."""
    from sim.cli import main

    words = ["replay", str(ROOT / SCENARIO), "--replication", str(REPLICATION)]
    printed = io.StringIO()
    with (
        tempfile.TemporaryDirectory(prefix="sim-story-") as folder,
        mock.patch.dict(os.environ, _plain(), clear=True),
        contextlib.redirect_stdout(printed),
    ):
        code = main([*words, "--html", str(Path(folder) / "story.html")])
    if code != 0:
        raise RuntimeError(f"sim {' '.join(words)}: exit code {code}")
    return printed.getvalue()
