"""Robust choice as it is printed in the columns of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sim.analysis.robustness_words import amount, ends, findings, regret
from sim.cli.layout import clipped, padded, paragraph

if TYPE_CHECKING:
    from sim.analysis.robustness import Robust, Standing

HEADING = "bold"


def lines(found: Robust, width: int, blocks: bool) -> list[Text]:
    """The answer in words, then a row for each arm."""
    told = [Text(line, style=HEADING) for line in paragraph(found.title, width)]
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    head = f"{'mean':>8} {'regret':>7} {'worst tenth':>20} {'best at':>8}{'  meets' if found.level is not None else ''}"
    room = max(10, width - len(head) - 1)
    told += [Text(), Text.assemble((padded("Arm, least regret first", room), HEADING), (f" {head}", "dim"))]
    told += [_row(found, item, room, blocks) for item in found.standings]
    of = "percentage points of histories" if found.is_share else "what is compared"
    note = (
        f"mean: over all draws of the uncertainties. regret: given away on average against the best arm at each draw, in {of}; worst "
        "tenth: in the tenth of the draws that is worst for the arm, with its interval. best at: share of the draws at which it is the "
        "best."
    )
    return told + [Text(line, style="dim") for line in paragraph(note, width, "  ", "  ")]


def _row(found: Robust, item: Standing, room: int, blocks: bool) -> Text:
    tail = f"{regret(found, item.regret.tail.value)} ({ends(found, item.regret.tail)})"
    text = f"{amount(found, item.value):>8} {regret(found, item.regret.mean.value):>7} {tail:>20} {100 * item.best.share:>7.0f}%"
    meets = "" if item.meets is None else f"{100 * item.meets.share:>6.0f}%"
    return Text(f"{padded(clipped(f'  {item.arm}', room, blocks), room)} {text}{meets}")
