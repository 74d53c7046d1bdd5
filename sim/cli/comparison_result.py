"""A comparison as it is printed in the columns of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sim.analysis.comparison_words import amount, change, digits_of, findings, percent, why
from sim.cli import limit_lines
from sim.cli.layout import clipped, meter, padded, paragraph

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared
    from sim.analysis.paired_differences import Difference

HEADING = "bold"
NARROW = 72  # columns below which there is no room for a picture of the interval
WIDE = 88  # columns from which the reference's shares stand beside the arm's
PLOT = 21  # columns of that picture


def lines(found: Compared, width: int, blocks: bool) -> list[Text]:
    """The result: the answer in words, each arm's differences, the ranking, where histories part."""
    title = str(found.played.arms[found.reference].completed["title"])
    told = [Text(line, style=HEADING) for line in paragraph(title, width)]
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    told += [Text(), *_outcomes(found, width, blocks)]
    told += limit_lines.lines(found.played.arms[found.reference].completed, width, blocks)
    if found.ranking is not None:
        told += [Text(), *_ranking(found, width, blocks)]
    if any(item.sample or item.differing for item in found.divergences):
        told += [Text(), Text("Where histories part", style=HEADING)]
        for item in found.divergences:
            if item.differing:
                told += [Text(line) for line in paragraph(why(found, item), width, "  ", "    ")]
    return told


def _outcomes(found: Compared, width: int, blocks: bool) -> list[Text]:
    """Of each arm the differences in how histories end, and of numbers those that can be told among all."""
    reach = max((max(abs(item.low), abs(item.high)) for item in found.differences if item.measure.group == "outcomes"), default=1.0)
    reach = max(reach, 1e-9)
    told: list[Text] = []
    for name in found.others:
        if name in found.twin_of:
            continue
        if told:
            told.append(Text())
        head = f"{name} against {found.reference}"
        right = f"{'there   ' if width >= WIDE else ''}share     points  95% interval  "
        told.append(_row(head, right, width))
        for item in found.of(name, "outcomes"):
            told.append(_outcome(item, width, blocks, reach))
        told += _others(found, name, width, blocks)
    if told:
        mark = "\u25cf" if blocks else "o"
        ends = f"from {change(-reach, 'share')} to {change(reach, 'share')} points"
        picture = f" {mark} and line: difference and interval, {ends}." if width >= NARROW else ""
        legend = f"* told from nothing also as one of all in its table.{picture}"
        told += [Text(line, style="dim") for line in paragraph(legend, width, "  ", "  ")]
    return told


def _row(left: str, right: str, width: int) -> Text:
    room = width - len(right)
    if len(left) + 1 > room:
        return Text(clipped(left, width), style=HEADING)
    return Text.assemble((padded(left, room), HEADING), (right, "dim"))


def _outcome(item: Difference, width: int, blocks: bool, reach: float) -> Text:
    there = f"{percent(item.other_value):>6}  " if width >= WIDE else ""
    numbers = f"{there}{percent(item.value):>6}  {change(item.difference, 'share'):>8}  {_interval(item):>14} "
    star = "*" if item.holds_among_all else " "
    has_picture = width >= NARROW
    room = width - len(numbers) - 4 - (PLOT + 1 if has_picture else 0)
    picture = f" {_forest(item, reach, blocks)}" if has_picture else ""
    label = padded(clipped(item.measure.label, room, blocks), room)
    return Text.assemble(f"  {label}", (picture, "" if item.low > 0.0 or item.high < 0.0 else "dim"), f" {numbers}{star}")


def _interval(item: Difference, digits: int = 2) -> str:
    return f"{change(item.low, item.measure.form, digits)} to {change(item.high, item.measure.form, digits)}"


def _forest(item: Difference, reach: float, blocks: bool) -> str:
    """The interval on a line around 0."""
    point, bar, axis = ("\u25cf", "\u2500", "\u2502") if blocks else ("o", "-", "|")

    def column(value: float) -> int:
        return min(PLOT - 1, max(0, round((value / reach + 1.0) / 2.0 * (PLOT - 1))))

    cells = [" "] * PLOT
    for n in range(column(item.low), column(item.high) + 1):
        cells[n] = bar
    cells[PLOT // 2] = axis
    cells[column(item.difference)] = point
    return "".join(cells)


def _others(found: Compared, name: str, width: int, blocks: bool) -> list[Text]:
    """Events, utilities and metrics of an arm that differ also as one of all of their table, and what was asked for besides."""
    told = []
    for group in ("events", "payoffs", "utilities", "metrics", "also"):
        items = found.of(name, group)
        digits = digits_of(items)
        for item in (item for item in items if item.holds_among_all or group == "also"):
            star = "*" if item.holds_among_all else " "
            form = item.measure.form
            label = f"{'utility of ' if group == 'utilities' else 'payoff of ' if group == 'payoffs' else ''}{item.measure.label}"
            if form == "share":
                numbers = f"{percent(item.value):>6}  {change(item.difference, form):>8}  {_interval(item):>14} {star}"
            else:
                between = _interval(item, digits)
                numbers = f"{amount(item.value, form, digits):>6}  {change(item.difference, form, digits):>8}  {between:>14} {star}"
            room = max(8, width - len(numbers) - 3)
            told.append(Text(f"  {padded(clipped(label, room, blocks), room)} {numbers}"))
    return told


def _ranking(found: Compared, width: int, blocks: bool) -> list[Text]:
    ranking = found.ranking
    assert ranking is not None
    told = [_row(f"Ranking, by {ranking.goal.label}", "probability of being best     score  95% interval", width)]
    longest = max(len(item.arm) for item in ranking.standings)
    room = min(longest, max(12, width - 52))
    length = max(0, min(20, width - room - 42))
    for rank, item in enumerate(ranking.standings, 1):
        name = padded(clipped(item.arm, room, blocks), room)
        numbers = f"{percent(item.best):>6}  {item.score:8.3f}  {item.low:.3f} to {item.high:.3f}"
        body = f"{rank:>3}. {name} "
        gap = " " * max(0, width - len(body) - length - len(numbers) - 1)
        told.append(Text(f"{body}{gap}{meter(item.best, length, blocks)} {numbers}"))
    score = (
        "score: how often an arm does better than another one of these in the same history, ties counting a half"
        if ranking.goal.is_ordinal
        else "score: the mean of what is compared"
    )
    return told + [Text(line, style="dim") for line in paragraph(score, width, "  ", "  ")]
