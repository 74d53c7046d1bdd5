"""Figures of a sweep: a curve with its band, a table of two inputs as a heat map, a list of points, a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim.analysis.outputs import Output
from sim.analysis.response import Curve, Interval, Surface
from sim.analysis.sweep import Answer, Factor, Swept
from sim.analysis.sweep_words import figure, mean, place, with_interval
from sim.analysis.threshold import Threshold
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, GREY, INK, MUTED, PAPER, VERMILLION, tint

HEIGHT = 300  # px of a curve
ROW = 40  # px of a point of a list
CELL = 46  # px of a row of a heat map
MOST_POINTS = 30  # of a list that are drawn
MOST_TOLD = 9  # columns of a heat map up to which each cell has its number; on a phone 5


def curve(answer: Answer, factor: Factor, found: Curve, narrow: bool = False) -> drawing.Figure:
    """Means over the values of an input, with their 95 % intervals as a band."""
    xs = [point.at for point in found.points]
    means = [point.mean for point in found.points]
    told = [f"{place(factor, point.ends)}: {with_interval(answer.output, point.mean)}" for point in found.points]
    low, high = min(xs), max(xs)
    data = [*_band(xs, means, BLUE), _line(xs, means, told)]
    heights = _heights(answer.output, means)
    layout = drawing.layout(
        HEIGHT,
        margin={"l": 52, "r": 16, "t": 8, "b": 50},
        xaxis=_across(factor.label, low, high, narrow),
        yaxis=drawing.axis(range=[heights[0], heights[-1]], automargin=False, **ticks.axis_of(heights, _texts(answer.output, heights))),
    )
    return {"data": data, "layout": layout}


def _band(xs: Sequence[float], means: Sequence[Interval], colour: str) -> list[dict[str, Any]]:
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": list(xs), "line": {"width": 0, "color": colour}}
    return [
        {**line, "y": [item.low for item in means]},
        {**line, "y": [item.high for item in means], "fill": "tonexty", "fillcolor": tint(colour, 0.22)},
    ]


def _line(xs: Sequence[float], means: Sequence[Interval], told: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(xs), "y": [item.value for item in means],
        "line": {"color": BLUE, "width": 2.4}, "marker": {"size": 7, "color": BLUE}, "text": [drawing.label(text, 120) for text in told],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _across(name: str, low: float, high: float, narrow: bool) -> dict[str, Any]:
    marks = ticks.between(low, high, 4 if narrow else 7)
    room = 0.03 * (high - low)
    title = {"text": drawing.label(name, 42 if narrow else 90), "font": {"size": 12, "color": MUTED}}
    return drawing.axis(
        range=[low - room, high + room], automargin=False, title=title, **ticks.axis_of(marks, [figure(mark) for mark in marks])
    )


def _heights(output: Output, means: Sequence[Interval], also: Sequence[float] = ()) -> list[float]:
    low, high = min([item.low for item in means] + list(also)), max([item.high for item in means] + list(also))
    if output.is_share:
        return [0.0, *ticks.up_to(min(high * 1.02, 1.0), 6)[1:]]
    if not high > low:
        low, high = low - 0.5, high + 0.5
    step = ticks.up_to(high - low, 6)[1]
    first = math.floor(low / step)
    return [round((first + n) * step, 12) for n in range(math.ceil(high / step - 1e-9) - first + 1)]


def _texts(output: Output, heights: Sequence[float]) -> list[str]:
    return [f"{100.0 * x:g}%" if output.is_share else f"{x:g}".replace("-", "\u2212") for x in heights]


def surface(answer: Answer, factors: Sequence[Factor], face: Surface, narrow: bool = False) -> drawing.Figure:
    """A cell for each pair of values: the darker, the more."""
    rows, columns = len(face.first), len(face.second)
    known = face.means[face.histories > 1]
    low, high = float(known.min()), float(known.max())
    paint = [[0.0, tint(BLUE, 0.04)], [1.0, tint(BLUE, 0.72)]]
    down, across = factors
    told = [
        [
            f"{drawing.label(down.label)} {figure(face.first[i])}, {drawing.label(across.label)} {figure(face.second[j])}: "
            + (with_interval(answer.output, Interval(face.means[i, j], face.low[i, j], face.high[i, j]))
               if face.histories[i, j] > 1 else "no histories")
            for j in range(columns)
        ]
        for i in range(rows)
    ]  # fmt: skip
    notes = []
    for i in range(rows if columns <= (5 if narrow else MOST_TOLD) else 0):
        for j in range(columns):
            if face.histories[i, j] > 1:
                text = mean(answer.output, float(face.means[i, j])).removesuffix("%")
                notes.append(drawing.note(text, x=j, y=i, xref="x", yref="y", font={"size": 12, "color": INK}))
    data = [
        {
            "type": "heatmap", "z": face.means.tolist(), "x": list(range(columns)), "y": list(range(rows)), "xgap": 2, "ygap": 2,
            "zmin": low, "zmax": high if high > low else low + 1.0, "colorscale": paint, "showscale": False, "text": told,
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]  # fmt: skip
    title = {"font": {"size": 12, "color": MUTED}}
    every = max(1, -(-columns // (5 if narrow else 11)))
    names = [figure(x) if n % every == 0 else "" for n, x in enumerate(face.second)]
    above = drawing.note(
        drawing.label(down.label, 44 if narrow else 90), x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", xshift=-44,
        yshift=4, font={"size": 12, "color": MUTED},
    )  # fmt: skip
    layout = drawing.layout(
        80 + CELL * min(rows, 12),
        margin={"l": 52, "r": 12, "t": 26, "b": 50},
        annotations=[*notes, above],
        xaxis=drawing.axis(
            showgrid=False, automargin=False, title={**title, "text": drawing.label(across.label, 42 if narrow else 90)},
            **ticks.axis_of(list(range(columns)), names),
        ),
        yaxis=drawing.axis(showgrid=False, automargin=False, **ticks.axis_of(list(range(rows)), [figure(x) for x in face.first])),
    )  # fmt: skip
    return {"data": data, "layout": layout}


def points(found: Swept, answer: Answer, narrow: bool = False) -> drawing.Figure:
    """A row for each point of a list, the first ones: its mean with the interval."""
    assert found.points is not None
    items = answer.points[:MOST_POINTS]
    data: list[dict[str, Any]] = []
    notes = []
    top = max(item.high for item in items)
    low = 0.0 if answer.output.is_share else min(item.low for item in items)
    marks = ticks.up_to(min(top, 1.0), 5) if answer.output.is_share else ticks.between(low, top, 5)
    for row, item in enumerate(items):
        values = ", ".join(figure(x) for x in found.points[row])
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 5, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(f"{row + 1}: {values}", 30 if narrow else 70), x=0, xanchor="left", **where))
        notes.append(drawing.note(drawing.label(mean(answer.output, item.value)), x=1, xanchor="right", **where))
        line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "y": [row, row]}
        data.append({**line, "x": [item.low, item.high], "line": {"color": tint(BLUE, 0.45), "width": 5}})
        data.append(
            {"type": "scatter", "mode": "markers", "x": [item.value], "y": [row], "marker": {"size": 9, "color": BLUE},
             "hovertemplate": f"{drawing.label(f'{values}: {with_interval(answer.output, item)}', 120)}<extra></extra>"}
        )  # fmt: skip
    layout = drawing.layout(
        ROW * len(items) + 50,
        margin={"l": 16, "r": 20, "t": 4, "b": 34},
        annotations=notes,
        xaxis=drawing.axis(range=[marks[0], marks[-1]], automargin=False, **ticks.axis_of(marks, _texts(answer.output, marks))),
        yaxis=drawing.row_axis(len(items)),
    )
    return {"data": data, "layout": layout}


def threshold(found: Threshold, label: str, narrow: bool = False) -> drawing.Figure:
    """The values of the scan with their band, the level, and where it is passed with its interval."""
    scan, output = found.scan, found.target.output
    told = [f"at {figure(x)}: {with_interval(output, item)}" for x, item in zip(scan.values, scan.means, strict=True)]
    data = [*_band(scan.values, scan.means, BLUE), _line(scan.values, scan.means, told)]
    heights = _heights(output, scan.means, [found.target.level])
    level = found.target.level
    data.append(
        {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [found.low, found.high], "y": [level, level],
         "line": {"color": MUTED, "width": 1.6, "dash": "dash"}}
    )  # fmt: skip
    shapes: list[dict[str, Any]] = []
    at = found.crossing
    if at is not None:
        band = {"type": "rect", "xref": "x", "yref": "paper", "x0": at.low, "x1": at.high, "y0": 0, "y1": 1, "line": {"width": 0}}
        shapes.append({**band, "fillcolor": tint(VERMILLION, 0.22), "layer": "below"})
        last = found.steps[-1]
        data += [
            {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [x, x], "y": [item.low, item.high],
             "line": {"color": VERMILLION, "width": 2}}
            for x, item in zip(last.values, last.means, strict=True)
        ]  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": list(last.values), "y": [item.value for item in last.means],
                "marker": {"size": 8, "symbol": "diamond", "color": PAPER, "line": {"color": VERMILLION, "width": 2}},
                "text": [f"at {figure(x)}: {drawing.label(with_interval(output, item), 100)}, {n:,} fresh histories"
                         for x, item, n in zip(last.values, last.means, last.draws, strict=True)],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    for item in found.stretches if at is None else ():
        band = {"type": "rect", "xref": "x", "yref": "paper", "x0": item.low, "x1": item.high, "y0": 0, "y1": 1, "line": {"width": 0}}
        shapes.append({**band, "fillcolor": tint(GREY, 0.22), "layer": "below"})
    layout = drawing.layout(
        HEIGHT + 20,
        margin={"l": 52, "r": 16, "t": 8, "b": 50},
        shapes=shapes,
        xaxis=_across(label, found.low, found.high, narrow),
        yaxis=drawing.axis(range=[heights[0], heights[-1]], automargin=False, **ticks.axis_of(heights, _texts(output, heights))),
    )
    return {"data": data, "layout": layout}


__all__ = ["curve", "points", "surface", "threshold"]
