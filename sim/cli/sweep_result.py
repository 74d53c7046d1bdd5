"""A sweep or a search for a threshold as it is printed in the columns of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from sim.analysis.outputs import Output
from sim.analysis.response import Curve, Interval, Surface
from sim.analysis.sweep import Answer, Factor, Swept
from sim.analysis.sweep_words import figure, findings, mean, ordered, threshold_findings, with_interval
from sim.analysis.threshold import Threshold
from sim.cli.layout import bar, clipped, padded, paragraph

HEADING = "bold"
BAR = 30
MOST_ROWS = 21  # points that are printed
MOST_TABLES = 4  # outputs whose points are printed


def lines(found: Swept, width: int, blocks: bool) -> list[Text]:
    """The answer in words, then the points of the outputs that answer most."""
    told = [Text(line, style=HEADING) for line in paragraph(str(found.ran.scenario["title"]), width)]
    told.append(Text())
    for text in findings(found):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    shown = [answer for answer in ordered(found) if not answer.is_still]
    for answer in shown[:MOST_TABLES]:
        for factor, curve in zip(found.factors, answer.curves, strict=False):
            told.append(Text())
            told += _curve(answer, factor, curve, width, blocks)
        if answer.surface is not None:
            told.append(Text())
            told += _surface(found, answer, answer.surface, width, blocks)
        if found.points is not None and not answer.curves:
            told.append(Text())
            told += _points(found, answer, width, blocks)
    if len(shown) > MOST_TABLES:
        told.append(Text())
        told.append(Text(f"{len(shown) - MOST_TABLES} more outputs are in --json and in the report.", style="dim"))
    return told


def _curve(answer: Answer, factor: Factor, curve: Curve, width: int, blocks: bool) -> list[Text]:
    names = [_ends(point.ends) for point in curve.points]
    return _rows(f"{answer.output.label} by {factor.label}", names, [point.mean for point in curve.points], answer.output, width, blocks)


def _points(found: Swept, answer: Answer, width: int, blocks: bool) -> list[Text]:
    assert found.points is not None
    names = [f"{k + 1}: {', '.join(figure(x) for x in point)}" for k, point in enumerate(found.points)]
    head = f"{answer.output.label} at {', '.join(factor.label for factor in found.factors)}"
    return _rows(head, names, answer.points, answer.output, width, blocks)


def _rows(head: str, names: Sequence[str], means: Sequence[Interval], output: Output, width: int, blocks: bool) -> list[Text]:
    told = [Text(clipped(head, width, blocks), style=HEADING)]
    top = max(max(item.high for item in means), 1e-12)
    room = min(max(len(name) for name in names), max(8, width - BAR - 26))
    for name, item in list(zip(names, means, strict=True))[:MOST_ROWS]:
        picture = bar(item.low / top, item.high / top, BAR, blocks) if min(i.low for i in means) >= 0.0 and width >= 72 else ""
        told.append(Text(f"  {padded(clipped(name, room, blocks), room)}  {picture} {with_interval(output, item)}".rstrip()))
    if len(names) > MOST_ROWS:
        told.append(Text(f"  and {len(names) - MOST_ROWS} more, in --json and in the report", style="dim"))
    return told


def _surface(found: Swept, answer: Answer, face: Surface, width: int, blocks: bool) -> list[Text]:
    """Rows are values of the first factor, columns those of the second."""
    down, across = (factor.label for factor in found.factors)
    told = [Text(clipped(f"{answer.output.label}: down {down}, across {across}", width, blocks), style=HEADING)]
    cells = [[mean(answer.output, x) if x == x else "-" for x in row] for row in face.means.tolist()]
    heads = [figure(x) for x in face.second]
    names = [figure(x) for x in face.first]
    wide = max(len(text) for text in [*heads, *(cell for row in cells for cell in row)]) + 1
    first = max(len(name) for name in names)
    fit = max(1, (width - first - 2) // wide)
    told.append(Text("  " + " " * first + "".join(head.rjust(wide) for head in heads[:fit]), style="dim"))
    told += [
        Text(f"  {padded(name, first)}" + "".join(cell.rjust(wide) for cell in row[:fit])) for name, row in zip(names, cells, strict=True)
    ]
    if fit < len(heads):
        told.append(Text(f"  and {len(heads) - fit} more columns, in --json and in the report", style="dim"))
    return told


def _ends(ends: tuple[float, float]) -> str:
    return figure(ends[0]) if ends[0] == ends[1] else f"{figure(ends[0])} to {figure(ends[1])}"


def threshold_lines(found: Threshold, title: str, label: str, width: int, blocks: bool) -> list[Text]:
    """The answer in words, then the values of the scan."""
    told = [Text(line, style=HEADING) for line in paragraph(title, width)]
    told.append(Text())
    for text in threshold_findings(found, label):
        told += [Text(line) for line in paragraph(text, width, "* ", "  ")]
    told.append(Text())
    scan = found.scan
    return told + _rows(
        f"{found.target.output.label} by {label}", [figure(x) for x in scan.values], scan.means, found.target.output, width, blocks
    )
