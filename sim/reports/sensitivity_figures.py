"""Figures of a sensitivity analysis: what hangs on each factor, and how its index settles with more samples."""

from __future__ import annotations

import math
from typing import Any

from sim.analysis.sensitivity import Answer, Sensitivity
from sim.analysis.sensitivity_words import percent
from sim.analysis.sobol_indices import Index
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, DASHES, GREY, INK, MUTED, SERIES, tint

ROW = 44  # px of a factor's row
MOST_ROWS = 14  # factors that are drawn, beside chance
MOST_LINES = 5  # factors whose convergence is drawn, chance among them


def shown(answer: Answer, most: int = MOST_ROWS) -> list[int]:
    """Places of the factors that are drawn, chance last."""
    order = answer.order()
    return [*order[:-1][:most], order[-1]]


def bars(found: Sensitivity, answer: Answer, narrow: bool = False) -> drawing.Figure:
    """A row for each factor: of indices the total order as a broad bar and the first order inside it; of effects their size."""
    rows = shown(answer)
    items = [_row(answer, i) for i in rows]
    top = max([high for _, whole, _ in items for high in (whole.high,)], default=1.0)
    marks = ticks.up_to(top, 5)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    is_share = answer.indices is not None or answer.output.is_share
    for row, (place, (alone, whole, text)) in enumerate(zip(rows, items, strict=True)):
        colour = GREY if place == len(found.labels) - 1 else BLUE
        data += _bar(whole, row, tint(colour, 0.38), colour, 13)
        if alone is not None:
            data += _bar(alone, row + 0.001, colour, INK, 5, 0.2)
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(found.labels[place], 30 if narrow else 64), x=0, xanchor="left", **where))
        notes.append(drawing.note(drawing.label(text, 40), x=1, xanchor="right", **where))
        data.append(
            {"type": "scatter", "mode": "markers", "x": [whole.value], "y": [row], "marker": {"size": 14, "color": "rgba(0,0,0,0)"},
             "hovertemplate": f"{drawing.label(found.labels[place])}<br>{drawing.label(_hover(alone, whole, is_share))}<extra></extra>"}
        )  # fmt: skip
    texts = [f"{100 * mark:g}%" if is_share else f"{mark:g}" for mark in marks]
    layout = drawing.layout(
        ROW * len(rows) + 44,
        margin={"l": 16, "r": 20, "t": 4, "b": 34},
        annotations=notes,
        xaxis=drawing.axis(range=[0.0, marks[-1]], automargin=False, **ticks.axis_of(marks, texts)),
        yaxis=drawing.row_axis(len(rows)),
    )
    return {"data": data, "layout": layout}


def _row(answer: Answer, place: int) -> tuple[Index | None, Index, str]:
    """First order, total order or size, and what stands at the right of the row."""
    if answer.indices is not None:
        alone, whole = answer.indices.first[place], answer.indices.total[place]
        return alone, whole, f"{percent(whole.value)}, alone {percent(alone.value)}"
    assert answer.effects is not None
    item = answer.effects.effects[place]
    if answer.output.is_share:
        return None, item.size, percent(item.size.value)
    return None, item.size, f"{item.size.value:.3g}"


def _bar(item: Index, row: float, colour: str, whisker: str, width: int, shift: float = 0.0) -> list[dict[str, Any]]:
    """A bar from 0 with its interval as a thin line."""
    if math.isnan(item.value):
        return []
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    return [
        {**line, "x": [0.0, item.value], "y": [row, row], "line": {"color": colour, "width": width}},
        {**line, "x": [item.low, item.high], "y": [row + shift, row + shift], "line": {"color": whisker, "width": 1.6}},
    ]


def _hover(alone: Index | None, whole: Index, is_share: bool) -> str:
    def told(item: Index) -> str:
        if is_share:
            return f"{percent(item.value)} ({percent(item.low)} to {percent(item.high)})"
        return f"{item.value:.3g} ({item.low:.3g} to {item.high:.3g})"

    return told(whole) if alone is None else f"in all {told(whole)}, alone {told(alone)}"


def convergence(found: Sensitivity, answer: Answer, narrow: bool = False) -> drawing.Figure:
    """Total order of the leading factors and of chance at growing numbers of samples, with intervals."""
    places = shown(answer, MOST_LINES - 1)
    samples = [part.samples for part in answer.growing]
    data: list[dict[str, Any]] = []
    steps = [math.log2(number / samples[-1]) for number in samples]
    for number, place in enumerate(places):
        colour = GREY if place == len(found.labels) - 1 else SERIES[number % len(SERIES)]
        items = [part.total[place] for part in answer.growing]
        shift = (number - (len(places) - 1) / 2.0) * 0.05  # so that intervals of one number of samples stand side by side
        xs = [step + shift for step in steps]
        for x, item in zip(xs, items, strict=True):
            data.append(
                {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "x": [x, x], "y": [item.low, item.high],
                 "line": {"color": tint(colour, 0.6), "width": 2}}
            )  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "x": xs, "y": [item.value for item in items],
                "name": drawing.label(found.labels[place], 28 if narrow else 60),
                "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]}, "marker": {"size": 7, "color": colour},
                "text": [f"{n:,} samples: {_hover(None, item, True)}" for n, item in zip(samples, items, strict=True)],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    top = max(item.high for part in answer.growing for item in (part.total[place] for place in places))
    marks = ticks.up_to(top, 5)
    legend = {**drawing.legend(), "orientation": "v", "traceorder": "normal", "y": 1.02}
    layout = drawing.layout(
        270 + 22 * len(places),
        margin={"l": 44, "r": 12, "t": 14 + 22 * len(places), "b": 46},
        showlegend=True,
        legend=legend,
        xaxis=drawing.axis(
            range=[steps[0] - 0.3, 0.3], showgrid=False, automargin=False, **ticks.axis_of(steps, [f"{n:,}" for n in samples]),
            title={"text": "base samples", "font": {"size": 12, "color": MUTED}},
        ),
        yaxis=drawing.axis(range=[0.0, marks[-1]], automargin=False, **ticks.axis_of(marks, [f"{100 * mark:g}%" for mark in marks])),
    )  # fmt: skip
    return {"data": data, "layout": layout}


__all__ = ["bars", "convergence", "shown"]
