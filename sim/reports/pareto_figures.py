"""The front of a search over levers: what was tried, what was kept with its intervals, and the case as described."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.pareto import Objective, Pareto
from sim.analysis.pareto_words import amount, lever_words, told
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, GREY, INK, MUTED, VERMILLION, tint

SIZE = 420  # px


def front(found: Pareto, narrow: bool = False) -> drawing.Figure:
    """The first two objectives against each other."""
    across, upright = found.objectives[:2]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "markers", "x": found.means[:, 0].tolist(), "y": found.means[:, 1].tolist(), "name": "tried",
            "hoverinfo": "skip", "marker": {"size": 5, "symbol": "circle-open", "color": GREY, "line": {"width": 1, "color": GREY}},
        }
    ]  # fmt: skip
    for item in found.settings:
        one, two = item.fresh[:2]
        for x, y in (([one.low, one.high], [two.value] * 2), ([one.value] * 2, [two.low, two.high])):
            line = {"color": tint(BLUE, 0.5), "width": 2}
            data.append({"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "x": x, "y": y, "line": line})
    symbols = ["diamond" if item.holds else "diamond-open" for item in found.settings]
    data.append(
        {
            "type": "scatter", "mode": "markers", "name": "kept, on fresh draws",
            "x": [item.fresh[0].value for item in found.settings], "y": [item.fresh[1].value for item in found.settings],
            "marker": {"size": 11, "symbol": symbols, "color": BLUE, "line": {"width": 2, "color": BLUE}},
            "text": [_hover(found, n) for n in range(len(found.settings))], "hovertemplate": "%{text}<extra></extra>",
        }
    )  # fmt: skip
    one, two = found.described[:2]
    data.append(
        {
            "type": "scatter", "mode": "markers", "name": "as described", "x": [one.value], "y": [two.value],
            "marker": {"size": 13, "symbol": "star", "color": VERMILLION},
            "hovertemplate": f"as described<br>{drawing.label(told(across, one))}<br>{drawing.label(told(upright, two))}<extra></extra>",
        }
    )  # fmt: skip
    return {
        "data": data,
        "layout": drawing.layout(
            SIZE,
            margin={"l": 58, "r": 18, "t": 58 if narrow else 34, "b": 54},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            xaxis=_axis(across, found, 0, narrow, upright=False),
            yaxis=_axis(upright, found, 1, narrow, upright=True),
        ),
    }


def _hover(found: Pareto, place: int) -> str:
    item = found.settings[place]
    parts = [drawing.label(f"{one.output.label}: {told(one, part)}") for one, part in zip(found.objectives, item.fresh, strict=True)]
    return "<br>".join([f"{place + 1}: {drawing.label(lever_words(found, place))}", *parts])


def _axis(objective: Objective, found: Pareto, k: int, narrow: bool, upright: bool) -> dict[str, Any]:
    ends = [
        *found.means[:, k].tolist(), *(end for item in found.settings for end in (item.fresh[k].low, item.fresh[k].high)),
        found.described[k].value,
    ]  # fmt: skip
    low, high = float(np.min(ends)), float(np.max(ends))
    marks = _round_marks(low, high, 4 if narrow and not upright else 6)
    texts = [f"{100 * mark:g}%" if objective.output.is_share else f"{mark:g}" for mark in marks]
    title = drawing.label(f"{objective.output.label}: {'more' if objective.sign > 0 else 'less'} is wanted", 38 if narrow else 70)
    span = marks[-1] - marks[0]
    return drawing.axis(
        range=[marks[0] - 0.03 * span, marks[-1] + 0.03 * span], automargin=False, **ticks.axis_of(marks, texts),
        title={"text": title, "font": {"size": 12, "color": MUTED}},
    )  # fmt: skip


def _round_marks(low: float, high: float, most: int) -> list[float]:
    """Round marks around a stretch."""
    span = max(high - low, 1e-6 * max(1.0, abs(high)))
    steps = ticks.up_to(span, most)
    step = steps[1] - steps[0]
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(f"{n * step:.12g}") for n in range(int(first), int(max(last, first + 1)) + 1)]


def luck(found: Pareto, narrow: bool = False) -> drawing.Figure:
    """Of each objective the gain of the setting that looked best: as it seemed, and on fresh draws with its interval.

    Objectives have scales of their own, in parts of what the gain seemed to be.
    """
    rows = [(item, one) for item, one in zip(found.objectives, found.luck, strict=True) if one.seemed > 0.0]
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    reach = [1.0]
    for row, (item, one) in enumerate(rows):
        low, value, high = (part / one.seemed for part in (one.gained.low, one.gained.value, one.gained.high))
        reach += [low, high]
        data += [
            {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [low, high], "y": [row, row],
             "line": {"color": tint(BLUE, 0.5), "width": 5}},
            {"type": "scatter", "mode": "markers", "x": [value], "y": [row], "marker": {"size": 11, "symbol": "diamond", "color": BLUE},
             "hovertemplate": f"on fresh draws {100 * value:.0f}%<extra></extra>"},
            {"type": "scatter", "mode": "markers", "x": [1.0], "y": [row],
             "marker": {"size": 11, "symbol": "circle-open", "color": GREY, "line": {"width": 2, "color": GREY}},
             "hovertemplate": f"in the search {drawing.label(amount(item, one.seemed))}<extra></extra>"},
        ]  # fmt: skip
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(item.label, 26 if narrow else 64), x=0, xanchor="left", **where))
        notes.append(drawing.note(f"{100 * value:.0f}% was real", x=1, xanchor="right", **where))
    marks = _round_marks(min(0.0, *reach), max(reach), 5)
    layout = drawing.layout(
        54 * len(rows) + 44,
        margin={"l": 20, "r": 24, "t": 6, "b": 34},
        annotations=notes,
        xaxis=drawing.axis(
            range=[marks[0], marks[-1]], automargin=False, **ticks.axis_of(marks, [f"{100 * mark:g}%" for mark in marks])
        ),
        yaxis=drawing.row_axis(len(rows)),
    )
    return {"data": data, "layout": layout}


__all__ = ["front", "luck"]
