"""Excerpts in the pages of the seminar: what the command above each of them prints.

An excerpt is a block of text below ``<!-- printed: WORDS | WORDS:N -->``. It shows those paragraphs of what the last command before
it prints whose first line begins with one of these words; with a number only so many lines of it. A page's commands are carried out in
their order, in a folder of their own, since later ones may read what earlier ones have written.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from tools.figures import _plain

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "docs/seminar"
_PARTS = re.compile(r"^```sh\n(?P<commands>.*?)^```$|^<!-- printed: (?P<wanted>[^\n]+?) -->\n\n```text\n(?P<shown>.*?)^```$", re.M | re.S)


def pages() -> list[Path]:
    """The pages of the seminar, in order."""
    return sorted((ROOT / FOLDER).glob("*.md"))


def commands(block: str) -> list[list[str]]:
    """Commands of a block, as lists of words without `./dev sim`; others than these are refused."""
    found = [shlex.split(line, comments=True) for line in block.replace("\\\n", " ").splitlines()]
    for words in filter(None, found):
        if words[:2] != ["./dev", "sim"]:
            raise LookupError(f"expected ./dev sim ..., found {shlex.join(words)}")
    return [words[2:] for words in found if words]


def excerpt(printed: str, wanted: str) -> str:
    """The paragraphs of ``printed`` that ``wanted`` names, in its order."""
    lined = "\n".join(line.rstrip() for line in printed.splitlines())
    paragraphs = re.split(r"\n\n+", lined.strip("\n"))
    shown = []
    for item in wanted.split(" | "):
        start, _, most = item.partition(":")
        found = [part for part in paragraphs if part.lstrip().startswith(start)]
        if not found:
            beginnings = "; ".join(part.strip().partition("\n")[0] for part in paragraphs)
            raise LookupError(f"no paragraph begins with {start!r}; there are: {beginnings}")
        for part in found:
            lines = part.splitlines()
            shown += ["\n".join([*lines[: int(most)], "..."] if most and len(lines) > int(most) else lines)]
    return "\n\n".join(shown)


def again(text: str, say: Callable[[list[str]], str]) -> str:
    """A page with its excerpts made anew; ``say`` carries out one command and returns what it prints."""
    printed = ""

    def made(part: re.Match[str]) -> str:
        nonlocal printed
        if part["commands"] is not None:
            for words in commands(part["commands"]):
                printed = say(words)
            return part[0]
        return f"<!-- printed: {part['wanted']} -->\n\n```text\n{excerpt(printed, part['wanted'])}\n```"

    return _PARTS.sub(made, text)


def say(words: list[str]) -> str:
    """What a command prints at a terminal of 80 columns; without the report of a run, which is not shown."""
    from sim.cli import main

    if words[0] == "run":
        words = [*words, "--no-report", "--workers", "1"]
    printed, remarks = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with (
        mock.patch.dict(os.environ, _plain(), clear=True),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(remarks),
    ):
        code = main(words)
    if code != 0:
        raise RuntimeError(f"sim {shlex.join(words)}: exit code {code}\n{remarks.getvalue()}")
    printed.seek(0)
    return printed.read()


def played(page: Path) -> str:
    """The text of a page, made anew."""
    with tempfile.TemporaryDirectory(prefix="sim-seminar-") as folder, contextlib.chdir(folder):
        Path("reports").mkdir()
        return again(page.read_text("utf-8"), say)


def write(root: Path) -> list[str]:
    """Write the pages with their excerpts made anew below ``root``; their paths."""
    made = []
    for page in pages():
        target = root / FOLDER / page.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(played(page), "utf-8", newline="\n")
        made.append(f"{FOLDER}/{page.name}")
    return made
