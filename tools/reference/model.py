"""The list of model pages, and of pages that audit the model, in `docs/README.md`."""

from __future__ import annotations

from pathlib import Path

from tools.sections import write_part

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "docs/README.md"
ELSEWHERE = ("README", "contracts", "glossary", "bibliography")  # pages that the index names by hand


def write(root: Path) -> list[str]:
    """Write the page with this part made anew below ``root``; its path."""
    folder = ROOT / "docs"
    audits = [path for path in folder.glob("*.md") if path.stem not in ELSEWHERE]
    lines = []
    for path in [*sorted((folder / "model").glob("*.md")), *sorted(audits)]:
        title = path.read_text("utf-8").lstrip().splitlines()[0].lstrip("# ").strip()
        lines.append(f"* [{title}]({path.relative_to(folder).as_posix()})")
    return write_part(root, PAGE, "model", "\n".join(lines))
