"""The reference of the theorems that the simulator can solve, from their own registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.sections import table, write_page

if TYPE_CHECKING:
    from sim.games.theorems.theorem import Theorem

PAGE = "docs/reference/theorems.md"

HEAD = """\
# Theorems

Made by `./dev refresh theorems` from `sim/games/theorems/`; do not edit. Each is solved at any point of its symbols' ranges. A
symbol with a default may be left out. Strategies are expressions, in which a bare name is a symbol, `type.X` what only the one who
moves knows, `move.X` a move that it has seen, `belief.X` a public belief, `solution.X` an output, `round` the number of the round
or stage from 1 and `uniform` a fresh uniform number.
"""


def write(root: Path) -> list[str]:
    """Write the page below ``root``; its path."""
    return write_page(root, PAGE, text())


def text() -> str:
    """The page."""
    from sim.games.theorems.theorem import theorems

    known = list(theorems().values())
    rows = [[f"[`{item.name}`](#{item.name})", item.title, item.source] for item in known]
    return "\n\n".join([HEAD.rstrip(), table(["theorem", "about", "source"], rows), *map(_section, known)])


def _section(item: Theorem) -> str:
    symbols = [
        [f"`{symbol.name}`", symbol.meaning, symbol.range, "" if symbol.default is None else f"{symbol.default:g}",
         f"{symbol.example:g}"]
        for symbol in item.symbols
    ]  # fmt: skip
    outputs = [[f"`{output.name}`", output.meaning, output.unit] for output in item.outputs]
    plays = [[f"`{move}`", f"`{expression}`"] for move, expression in item.strategies.items()]
    parts = [
        f"## {item.name}",
        f"{item.title}. Source: {item.source}.",
        "```text\n" + "\n".join(item.formula) + "\n```",
        table(["symbol", "meaning", "expected", "default", "example"], symbols),
        table(["output", "meaning", "unit"], outputs),
    ]
    if item.conditions:
        parts.append("Conditions: " + "; ".join(item.conditions) + ".")
    if plays:
        parts.append(table(["move", "as an expression"], plays))
    return "\n\n".join(parts)
