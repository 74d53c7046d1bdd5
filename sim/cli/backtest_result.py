"""A back-test as it is printed in the columns of a terminal."""

from __future__ import annotations

from rich.text import Text

from sim.analysis.backtest.scoring import Backtest, Judged
from sim.analysis.backtest.words import chance, findings, score
from sim.cli.layout import clipped, padded, paragraph

HEADING = "bold"


def lines(found: Backtest, width: int, blocks: bool) -> list[Text]:
    """The answer in words, scores by case and look, and the events on whose wrong side the model was."""
    told: list[Text] = []
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    told += [Text(), *_looks(found, width, blocks), Text(), *_wrong(found, width, blocks)]
    return told


def _looks(found: Backtest, width: int, blocks: bool) -> list[Text]:
    head = "date        fit      events  Brier  log    dates  RPS   "
    told = [_row("Case, look", head, width, blocks)]
    for item in found.looks:
        name = item.case.name if item.look.number == 0 else f"  {item.look.name}"
        if item.refusal:
            numbers = f"{item.look.date}  {item.fitting:<7,}  too few fit" + " " * 25
        else:
            means = found.of_look(item)
            brier, log, rps = (score(means[kind].value) if kind in means else "" for kind in ("brier", "log", "rps"))
            numbers = f"{item.look.date}  {item.fitting:<7,}  {len(item.scored):<6}  {brier:<5}  {log:<5}  {len(item.classes):<5}  {rps:<6}"
        room = max(12, width - len(numbers) - 2)
        told.append(Text(f"  {padded(clipped(name, room - 1, blocks), room)}{numbers}".rstrip()))
    return told


def _wrong(found: Backtest, width: int, blocks: bool) -> list[Text]:
    some = sorted([*found.misses, *(one for one in found.surprises if one.seen.look.number)], key=lambda one: -one.miss)
    if not some:
        return [Text("On the wrong side of a half: no event.")]
    return [_row("On the wrong side", "given  came  ", width, blocks), *(_miss(one, width, blocks) for one in some)]


def _miss(one: Judged, width: int, blocks: bool) -> Text:
    numbers = f"{chance(one.item.chance.share):>6}  {'yes' if one.item.came else 'no':<4}"
    room = max(12, width - len(numbers) - 3)
    where = one.seen.case.name + ("" if one.seen.look.number == 0 else f", {one.seen.look.date}")
    return Text(f"  {padded(clipped(f'{where}: {one.item.event.label}', room - 1, blocks), room)}{numbers}")


def _row(left: str, right: str, width: int, blocks: bool) -> Text:
    room = width - len(right)
    if len(left) + 1 > room:
        return Text(clipped(left, width, blocks), style=HEADING)
    return Text.assemble((padded(left, room), HEADING), (right, "dim"))
