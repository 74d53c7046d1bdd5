"""The table of the world record in `docs/contracts.md`, from the fields themselves."""

from __future__ import annotations

from pathlib import Path

from tools.sections import table, write_part

PAGE = "docs/contracts.md"


def write(root: Path) -> list[str]:
    """Write the page with this part made anew below ``root``; its path."""
    from sim.world.fields import NEVER, STATE

    rows = []
    for field in STATE:
        size = f"one for each of the {field.size}" if field.size else "1"
        first = "never" if field.initial == NEVER else f"{field.initial:g}"
        rows.append([f"`{field.name}`", size, first, field.meaning])
    return write_part(root, PAGE, "world", table(["field", "numbers", "at first", "meaning"], rows))
