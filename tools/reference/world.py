"""The table of the world record in `docs/contracts.md`, from the fields themselves."""

from __future__ import annotations

from pathlib import Path

from tools.sections import table, write_part

PAGE = "docs/contracts.md"


def write(root: Path) -> list[str]:
    """Write the page with this part made anew below ``root``; its path."""
    from sim.model.world import FIELDS, NEVER

    rows = []
    for scalars in (True, False):
        for name, default, meaning in FIELDS:
            if isinstance(default, str) == scalars:
                continue
            first = "never" if default == NEVER else f"{default:g}" if scalars else ""
            rows.append([f"`{name}`", "1" if scalars else f"one for each of the {default}", first, meaning])
    rows.append(
        [
            "`beliefs`",
            "one a class, value or grid point",
            "",
            "every observer's beliefs, in the order of `Minds.beliefs`",
        ]
    )
    return write_part(root, PAGE, "world", table(["field", "numbers", "at first", "meaning"], rows))
