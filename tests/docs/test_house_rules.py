"""Rules for everything that is kept in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NAMING = {"tests/test_lint.py"}  # files that look for these names and so contain them
BIG = {"sim/reports/assets/plotly-bundle.min.js.gz"}
MAX_BYTES = 300_000
# Written so that this file does not find itself.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:ho" r"me|ro" r"ot|wo" r"rk|Us" r"ers)/\w"),
    "a package registry": re.compile(r"pypi\.o" r"rg|pythonho" r"sted|registry\.(?:np" r"mjs|ya" r"rnpkg)"),
    "who or what wrote it": re.compile(
        r"\b(?:cla" r"ude|anth" r"ropic|open" r"ai|chat" r"gpt|co-auth" r"ored-by)\b", re.I
    ),
}


def tracked() -> list[Path]:
    """Files in git, and new ones that are not ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_file_is_large():
    large = {path.relative_to(ROOT).as_posix() for path in tracked() if path.stat().st_size > MAX_BYTES}
    assert large - BIG == set()


def test_no_file_names_a_machine_a_registry_or_a_tool():
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT).as_posix()
        if name in NAMING:
            continue
        found += [f"{name}: {what}: {hit[0]}" for what, pattern in FORBIDDEN.items() if (hit := pattern.search(text))]
    assert found == []


def test_there_is_a_licence():
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
