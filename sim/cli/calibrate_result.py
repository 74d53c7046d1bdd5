"""A calibration as it is printed in the columns of a terminal."""

from __future__ import annotations

from rich.text import Text

from sim.analysis.calibration import Calibration, FittedParameter, FittedTarget
from sim.analysis.calibration_words import figure, findings, values
from sim.cli.layout import clipped, meter, padded, paragraph

HEADING = "bold"
NARROW = 100  # columns below which there is no room for bars
BAR = 16


def lines(found: Calibration, width: int, blocks: bool) -> list[Text]:
    """The answer in words, the targets before and after, the parameters."""
    told = [Text(line, style=HEADING) for line in paragraph(str(found.fit.study.stands["title"]), width)]
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    told += [Text(), _row("Targets", f"{'as it stands':>16} {'fitted':>16}", width)]
    told += [_target(item, width, blocks) for item in found.targets]
    told += [Text(line, style="dim") for line in paragraph("+ inside its band, ~ within a tolerance, - outside.", width, "  ", "  ")]
    told += [Text(), _row("Parameters", f"{'before, 90%':>18} {'fitted, 90%':>18} {'width':>6}", width)]
    told += [_parameter(item, width, blocks) for item in found.parameters]
    return told


_SIGNS = {"inside": "+", "near": "~", "outside": "-", "not read": "?"}


def _target(item: FittedTarget, width: int, blocks: bool) -> Text:
    stands = float("nan") if item.stands is None else item.stands.value
    parts = ((stands, item.before), (item.mean, item.after))
    numbers = " ".join(f"{figure(value, item.aim.is_share) + ' ' + _SIGNS[verdict]:>16}" for value, verdict in parts)
    name = f"{item.aim.label}: {item.band}" + ("" if item.aim.is_used else " (not used)")
    room = max(8, width - len(numbers) - 3)
    return Text(f"  {padded(clipped(name, room, blocks), room)} {numbers}")


def _parameter(item: FittedParameter, width: int, blocks: bool) -> Text:
    numbers = f"{values(item.prior):>18} {values(item.posterior):>18} {100 * item.width:>5.0f}%"
    bar = f" {meter(item.width, BAR, blocks)}" if width >= NARROW else ""
    room = max(8, width - len(numbers) - len(bar) - 3)
    return Text(f"  {padded(clipped(item.label, room, blocks), room)}{bar} {numbers}")


def _row(left: str, right: str, width: int) -> Text:
    room = max(len(left) + 1, width - len(right))
    return Text.assemble((padded(left, room), HEADING), (right, "dim"))
