"""A search over levers as it is printed in the columns of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sim.analysis.driver_words import figure
from sim.analysis.pareto_words import amount, findings
from sim.cli.layout import clipped, padded, paragraph

if TYPE_CHECKING:
    from sim.analysis.pareto import Pareto

HEADING = "bold"
COLUMN = 11  # columns of a figure


def lines(found: Pareto, width: int, blocks: bool) -> list[Text]:
    """The answer in words, then a row for each setting that was kept."""
    told = [Text(line, style=HEADING) for line in paragraph(found.title, width)]
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    names = [item.name for item in found.levers]
    outputs = [item.output.label for item in found.objectives]
    heads = [f"{clipped(name, COLUMN - 1, blocks):>{COLUMN}}" for name in (*names, *outputs)]
    told += [Text(), Text.assemble(("  Setting", HEADING), ("".join(heads) + "  unbeaten", "dim"))]
    for n, item in enumerate(found.settings, 1):
        cells = [figure(value) for value in item.levers]
        cells += [amount(objective, one.value) for objective, one in zip(found.objectives, item.fresh, strict=True)]
        told.append(Text(padded(f"  {n:>3}", 9) + "".join(f"{cell:>{COLUMN}}" for cell in cells) + f"{100 * item.chance:>9.0f}%"))
    cells = ["-" if item.stands is None else figure(item.stands) for item in found.levers]
    cells += [amount(objective, one.value) for objective, one in zip(found.objectives, found.described, strict=True)]
    told.append(Text(padded("  as is", 9) + "".join(f"{cell:>{COLUMN}}" for cell in cells)))
    note = "all figures by fresh draws; unbeaten: the chance that no other of these settings is better in everything."
    return told + [Text(line, style="dim") for line in paragraph(note, width, "  ", "  ")]
