"""The pages that people read, and the examples in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    path
    for folder in ("*.md", "docs/**/*.md", "scenarios/**/*.md", "seeds/*.md", "data/*.md")
    for path in ROOT.glob(folder)
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str


def name(path: Path) -> str:
    """A page as messages call it."""
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> list[Block]:
    """Fenced blocks of a page, in order."""
    return [Block(*found) for found in _FENCE.findall(path.read_text("utf-8"))]


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", path.read_text("utf-8"))


def has(path: Path, language: str) -> bool:
    """Whether a page has a block in a language."""
    return any(block.language == language for block in blocks(path))
