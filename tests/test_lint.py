"""The linter finds nothing: warnings are failures, here as by hand (``.venv/bin/ruff check --fix .``)."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

from packaging.requirements import Requirement


def test_the_linter_finds_nothing(root):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "--no-cache", "."],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_committed_text_names_a_machine_or_a_registry(root):
    """Lock files say what is installed, not from where; paths of one computer help nobody."""
    hosts = ("pypi." + "org", "pythonhosted", "registry." + "npmjs", "registry." + "yarnpkg")
    locks = [root / "requirements.lock", *root.glob("**/package-lock.json")]
    for lock in locks:
        if "node_modules" in lock.parts:
            continue
        text = lock.read_text("utf-8")
        assert '"resolved"' not in text, lock
        assert not [host for host in hosts if host in text], lock


def test_locked_packages_cover_the_declared_ones(root):
    """``pyproject.toml`` and ``requirements.lock`` are changed together: ``./dev lock`` after the first."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["test"]]
    text = (root / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, flags=re.M))
    assert text.count("--hash=sha256:") >= len(locked) > 0
    for requirement in declared:
        name = requirement.name.lower().replace("_", "-")
        assert name in locked, f"{name} is not locked"
        assert requirement.specifier.contains(locked[name]), f"{name}: {locked[name]} locked, {requirement} declared"
