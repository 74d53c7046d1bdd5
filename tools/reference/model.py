"""The list of model pages in `docs/README.md`."""

from __future__ import annotations

from pathlib import Path

from tools.sections import write_part

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "docs/README.md"


def write(root: Path) -> list[str]:
    """Write the page with this part made anew below ``root``; its path."""
    lines = []
    for path in sorted((ROOT / "docs" / "model").glob("*.md")):
        title = path.read_text("utf-8").lstrip().splitlines()[0].lstrip("# ").strip()
        lines.append(f"* [{title}](model/{path.name})")
    return write_part(root, PAGE, "model", "\n".join(lines))
