"""Generated parts of pages that are otherwise written by hand.

A part stands between ``<!-- generated: NAME ... -->`` and ``<!-- end: NAME -->``; words after the name are kept with it.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"<!-- generated: {re.escape(name)}(?: ([^\n]*?))? -->\n(.*?)<!-- end: {re.escape(name)} -->", re.S
    )


def note_of(page: str, name: str) -> str | None:
    """The words kept with a part, or None where the page has no such part."""
    found = _pattern(name).search((ROOT / page).read_text("utf-8"))
    return None if found is None else found[1] or ""


def body_of(page: str, name: str) -> str:
    """What stands in a part."""
    found = _pattern(name).search((ROOT / page).read_text("utf-8"))
    if found is None:
        raise LookupError(f"{page}: no part 'generated: {name}'")
    return found[2]


def write_part(root: Path, page: str, name: str, body: str, note: str = "") -> list[str]:
    """The checkout's page with one part made anew, written below ``root``; its path."""
    target = root / page
    text = (target if target.is_file() else ROOT / page).read_text("utf-8")
    if not _pattern(name).search(text):
        raise LookupError(f"{page}: no part 'generated: {name}'")
    head = f"<!-- generated: {name}{' ' + note if note else ''} -->"
    made = f"{head}\n\n{body.strip()}\n\n<!-- end: {name} -->"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(_pattern(name).sub(lambda _: made, text), "utf-8", newline="\n")
    return [page]


def write_page(root: Path, page: str, text: str) -> list[str]:
    """A page that is generated as a whole, written below ``root``; its path."""
    target = root / page
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.strip() + "\n", "utf-8", newline="\n")
    return [page]


def cell(text: str) -> str:
    """Text as it may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(item) for item in row) + " |" for row in lines)
