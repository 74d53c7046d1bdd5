"""Figures of a search for the smallest change: how far each change must go, and what single changes do on the way."""

from __future__ import annotations

import math
from typing import Any

from sim.analysis.what_if_found import Alone, Change, Found
from sim.analysis.what_if_target import Level, Target
from sim.analysis.what_if_words import amount, level, passes
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, DASHES, GREY, INK, MUTED, SERIES, SYMBOLS, VERMILLION, tint

ROW = 44  # px of a row
MOST_ROWS = 10  # single changes that are drawn
MOST_LINES = 5  # numbers whose response is drawn


def rows_of(found: Found) -> list[Change | Alone]:
    """What the bars show: the joint change, single ones that reach the target, then the best of those that do not."""
    joint = [found.joint] if found.joint is not None and found.joint.reaches(found.target) else []
    reached = {item.parts[0].candidate.path for item in found.singles}
    rest = [item for item in found.alone if item.candidate.path not in reached]
    singles = list(found.singles)
    return [*joint, *singles, *rest[: max(3, MOST_ROWS - len(singles))]]


def lengths(found: Found, narrow: bool = False) -> drawing.Figure:
    """A row for each change: a bar as long as it is, with a line where the target may be passed; without a bar what does not reach it."""
    rows = rows_of(found)
    ends = [
        max(item.length, item.passes.high if math.isfinite(item.passes.high) else 0.0) for item in rows if isinstance(item, Change)
    ]
    top = max([*ends, 1.0])
    marks = ticks.up_to(top, 5)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, item in enumerate(rows):
        name, text = _name(item), _text(found.target, item, narrow)
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(name, 24 if narrow else 64), x=0, xanchor="left", **where))
        notes.append(drawing.note(drawing.label(text, 40), x=1, xanchor="right", **where))
        reaches = isinstance(item, Change)
        colour = VERMILLION if reaches and item.is_joint else BLUE if reaches else GREY
        if isinstance(item, Change):
            data += _bar(item, row, colour, marks[-1])
        data.append(
            {"type": "scatter", "mode": "markers", "x": [item.length if isinstance(item, Change) else 0.0], "y": [row],
             "marker": {"size": 14, "color": "rgba(0,0,0,0)"},
             "hovertemplate": f"{drawing.label(name)}<br>{drawing.label(_hover(found.target, item), 120)}<extra></extra>"}
        )  # fmt: skip
    layout = drawing.layout(
        ROW * len(rows) + 62,
        margin={"l": 16, "r": 20, "t": 4, "b": 52},
        annotations=notes,
        xaxis=drawing.axis(
            range=[0.0, marks[-1]], automargin=False, **ticks.axis_of(marks, [f"{mark:g}" for mark in marks]),
            title={"text": "standard deviations", "font": {"size": 12, "color": MUTED}},
        ),
        yaxis=drawing.row_axis(len(rows)),
    )  # fmt: skip
    return {"data": data, "layout": layout}


def reached(found: Found, narrow: bool = False) -> drawing.Figure:
    """Where nothing reaches the target: a row for the best that was tested and for each number alone, and where the target lies."""
    target = found.target
    factor = 100.0 if target.output.is_share else 1.0
    rows: list[tuple[str, str, Level, str]] = []
    if found.best is not None:
        rows.append((_name(found.best), level(target, found.best.level), found.best.level, VERMILLION))
    tested = {found.best.parts[0].candidate.path} if found.best is not None and not found.best.is_joint else set()
    rest = [item for item in found.alone if item.candidate.path not in tested][: MOST_ROWS - 1]
    rows += [(item.label, f"{level(target, item.at_best)}, changed by {item.best:+.2f}", item.at_best, BLUE) for item in rest]
    rows.append(("As it is", level(target, found.base), found.base, GREY))
    every = [x for _, _, one, _ in rows for x in (one.low, one.high)] + [target.value]
    if target.output.is_share:
        marks = ticks.up_to(100.0 * max(every), 5)
        left, right = 0.0, marks[-1]
    else:
        span = max(every) - min(every)
        left, right = min(every) - 0.05 * span, max(every) + 0.05 * span
        marks = _round_marks(left, right)
        left, right = marks[0], marks[-1]
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, (name, text, one, colour) in enumerate(rows):
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(name, 24 if narrow else 64), x=0, xanchor="left", **where))
        ends = [factor * one.low, factor * one.high]
        is_left = ends[1] > left + 0.75 * (right - left)
        side = {"x": ends[0], "xanchor": "right", "xshift": -8} if is_left else {"x": ends[1], "xanchor": "left", "xshift": 8}
        there = {"y": row, "yref": "y", "xref": "x", "yanchor": "middle", "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(text.partition(" (")[0], 40), **side, **there))
        line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
        data.append({**line, "x": ends, "y": [row, row], "line": {"color": tint(colour, 0.6), "width": 5}})
        data.append(
            {"type": "scatter", "mode": "markers", "x": [factor * one.value], "y": [row], "marker": {"size": 9, "color": colour},
             "hovertemplate": f"{drawing.label(name)}<br>{drawing.label(text, 120)}<extra></extra>"}
        )  # fmt: skip
    data.append(
        {"type": "scatter", "mode": "lines", "x": [factor * target.value] * 2, "y": [-0.5, len(rows) - 0.5], "hoverinfo": "skip",
         "line": {"color": INK, "width": 1.6, "dash": "dot"}}
    )  # fmt: skip
    layout = drawing.layout(
        ROW * len(rows) + 62,
        margin={"l": 16, "r": 20, "t": 4, "b": 52},
        annotations=notes,
        xaxis=drawing.axis(
            range=[left, right], automargin=False, **ticks.axis_of(marks, [_mark(target, mark) for mark in marks]),
            title={"text": f"dotted: the target, {amount(target, target.value)}", "font": {"size": 12, "color": MUTED}},
        ),
        yaxis=drawing.row_axis(len(rows)),
    )  # fmt: skip
    return {"data": data, "layout": layout}


def _bar(item: Change, row: float, colour: str, end: float) -> list[dict[str, Any]]:
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    high = min(item.passes.high, end)
    found = [{**line, "x": [0.0, item.length], "y": [row, row], "line": {"color": tint(colour, 0.5), "width": 13}}]
    if math.isfinite(item.passes.value):
        found.append({**line, "x": [item.passes.low, high], "y": [row, row], "line": {"color": INK, "width": 1.6}})
        point = {"size": 8, "color": colour, "symbol": SYMBOLS[1]}
        found.append({**line, "mode": "markers", "x": [item.passes.value], "y": [row], "marker": point})
    return found


def _name(item: Change | Alone) -> str:
    if isinstance(item, Alone):
        return item.label
    return f"{len(item.parts)} numbers at once" if item.is_joint else item.parts[0].label


def _text(target: Target, item: Change | Alone, narrow: bool) -> str:
    if isinstance(item, Alone):
        return f"at best {amount_with(target, item.at_best.value)}"
    if item.is_joint:
        return f"{item.length:.2f}"
    change = item.parts[0].change
    return f"{'up' if change > 0.0 else 'down'} by {abs(change):.2f}"


def amount_with(target: Target, value: float) -> str:
    """A share with a decimal, a mean with four figures."""
    return f"{100 * value:.1f}%" if target.output.is_share else f"{value:.4g}"


def _hover(target: Target, item: Change | Alone) -> str:
    if isinstance(item, Alone):
        return f"{level(target, item.at_best)}, changed by {item.best:+.2f}"
    return f"tested at {item.length:.2f}: {level(target, item.level)}; passes the target at {passes(item.passes)}"


def _round_marks(low: float, high: float) -> list[float]:
    """Round numbers from below ``low`` to above ``high``, which may be negative."""
    step = ticks.up_to(high - low, 5)[1]
    return [round(n * step, 12) for n in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _mark(target: Target, mark: float) -> str:
    return f"{mark:g}%" if target.output.is_share else f"{mark:g}"


def drawn(found: Found) -> list[Alone]:
    """The numbers whose response is drawn: those that come nearest to the target or furthest beyond it."""
    return [item for item in found.alone if item.best][:MOST_LINES] or list(found.alone[:1])


def responses(found: Found, narrow: bool = False) -> drawing.Figure:
    """The share or mean at each change of a number alone, with intervals, and the target."""
    target = found.target
    factor = 100.0 if target.output.is_share else 1.0
    items = drawn(found)
    data: list[dict[str, Any]] = []
    for number, item in enumerate(items):
        colour = SERIES[number % len(SERIES)]
        shift = (number - (len(items) - 1) / 2.0) * 0.04  # so that intervals of one change stand side by side
        xs = [change + shift for change in item.changes]
        for x, one in zip(xs, item.levels, strict=True):
            data.append(
                {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "x": [x, x],
                 "y": [factor * one.low, factor * one.high], "line": {"color": tint(colour, 0.6), "width": 2}}
            )  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "x": xs, "y": [factor * one.value for one in item.levels],
                "name": drawing.label(item.label, 30 if narrow else 60),
                "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]},
                "marker": {"size": 7, "color": colour, "symbol": SYMBOLS[number % len(SYMBOLS)]},
                "text": [f"{change:+.2f}: {level(target, one)}" for change, one in zip(item.changes, item.levels, strict=True)],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    every = [factor * x for item in items for one in item.levels for x in (one.low, one.high)]
    bottom, top = min([*every, factor * target.value]), max([*every, factor * target.value])
    if target.output.is_share:
        bottom, top = 0.0, min(top * 1.05, 100.0)
        marks = ticks.up_to(top, 6)
    else:
        span = (top - bottom) or 1.0
        bottom, top = bottom - 0.05 * span, top + 0.05 * span
        marks = _round_marks(bottom, top)
        bottom, top = marks[0], marks[-1]
    left, right = min(min(item.changes) for item in items), max(max(item.changes) for item in items)
    data.append(
        {"type": "scatter", "mode": "lines", "x": [left - 0.15, right + 0.15], "y": [factor * target.value] * 2, "hoverinfo": "skip",
         "name": drawing.label(f"target: at {'least' if target.wants_more else 'most'} {amount(target, target.value)}"),
         "line": {"color": INK, "width": 1.6, "dash": "dot"}}
    )  # fmt: skip
    end = marks[-1] if target.output.is_share else top
    texts = [_mark(target, mark) for mark in marks]
    whole = [float(n) for n in range(math.ceil(left - 1e-9), math.floor(right + 1e-9) + 1)]
    legend = {**drawing.legend(), "orientation": "v", "traceorder": "normal", "y": 1.02}
    layout = drawing.layout(
        290 + 22 * len(data[-1:] + items),
        margin={"l": 52, "r": 12, "t": 14 + 22 * (len(items) + 1), "b": 50},
        showlegend=True,
        legend=legend,
        xaxis=drawing.axis(
            range=[left - 0.15, right + 0.15], automargin=False, **ticks.axis_of(whole, [f"{mark:+g}" if mark else "0" for mark in whole]),
            title={"text": "changed by standard deviations", "font": {"size": 12, "color": MUTED}},
        ),
        yaxis=drawing.axis(range=[bottom, end], automargin=False, **ticks.axis_of(marks, texts)),
    )  # fmt: skip
    return {"data": data, "layout": layout}


__all__ = ["amount_with", "drawn", "lengths", "reached", "responses", "rows_of"]
