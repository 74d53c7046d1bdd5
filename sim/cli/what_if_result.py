"""A search for the smallest change as it is printed in the columns of a terminal."""

from __future__ import annotations

from rich.text import Text

from sim.analysis.what_if_found import Alone, Change, Found
from sim.analysis.what_if_words import findings, level
from sim.cli.layout import clipped, meter, padded, paragraph

HEADING = "bold"
NARROW = 90  # columns below which there is no room for bars
BAR = 24
MOST_ROWS = 8


def lines(found: Found, width: int, blocks: bool) -> list[Text]:
    """The answer in words, then how far each single number must go, or how near it comes."""
    told = [Text(line, style=HEADING) for line in paragraph(found.title, width)]
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    changes = ([found.joint] if found.joint is not None and found.joint.reaches(found.target) else []) + list(found.singles)
    told.append(Text())
    if changes:
        told += _reaching(found, changes, width, blocks)
    told += _others(found, width, blocks)
    return told


def _reaching(found: Found, changes: list[Change], width: int, blocks: bool) -> list[Text]:
    longest = max(item.length for item in changes)
    bar = BAR + 1 if width >= NARROW else 0
    told = [_row("Reaches the target by", "standard deviations   with it", width)]
    for item in changes:
        name = "several at once" if item.is_joint else item.parts[0].label
        change = f"{item.length:.2f}" if item.is_joint else f"{item.parts[0].change:+.2f}"
        numbers = f"{change:>6}   {level(found.target, item.level)}"
        room = max(8, width - len(numbers) - bar - 4)
        picture = f"{meter(item.length / longest, BAR, blocks)} " if bar else ""
        told.append(Text(f"  {padded(clipped(name, room, blocks), room)} {picture}{numbers}".rstrip()))
        for part in item.parts if item.is_joint else ():
            room = max(8, width - 14)
            told.append(Text(f"    {padded(clipped(part.label, room, blocks), room)} {part.change:>+6.2f}", style="dim"))
    return told


def _others(found: Found, width: int, blocks: bool) -> list[Text]:
    reached = {item.parts[0].candidate.path for item in found.singles}
    rest = [item for item in found.alone if item.candidate.path not in reached]
    beyond = [item for item in rest if item.best and found.target.is_met(item.at_best.value)]
    told = _at_best("Beyond it alone in the first look, not confirmed", beyond, found, width, blocks)
    return told + _at_best("Does not reach it alone", [item for item in rest if item not in beyond], found, width, blocks)


def _at_best(title: str, rest: list[Alone], found: Found, width: int, blocks: bool) -> list[Text]:
    if not rest:
        return []
    told = [_row(title, "at best, changed by", width)]
    for item in rest[:MOST_ROWS]:
        numbers = f"{level(found.target, item.at_best)}   {item.best:>+6.2f}"
        room = max(8, width - len(numbers) - 4)
        told.append(Text(f"  {padded(clipped(item.label, room, blocks), room)} {numbers}"))
    left = len(rest) - MOST_ROWS
    if left > 0:
        told.append(Text(f"  and {left} more, in --json and in the report", style="dim"))
    return told


def _row(left: str, right: str, width: int) -> Text:
    room = width - len(right)
    if room < 10:
        return Text(clipped(left, width), style=HEADING)
    return Text.assemble((padded(clipped(left, room - 1), room), HEADING), (right, "dim"))
