"""Figures of a spatial table: tidy data in, a Plotly figure as a plain dict out, as in `sim.reports.figures`."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.reports import colours, drawing, ticks
from sim.reports.colours import GREEN, INK, MUTED, tint
from sim.reports.drawing import Figure, label
from sim.reports.words import shorten

ROW_HEIGHT = 48  # px of a line of text over a mark
EDGE = 14  # px at the right of a plot, half of what its last mark says
MOST_NAMED = len(colours.SERIES)  # lines with a colour and a name of their own


@dataclass(frozen=True)
class Row:
    """A forecast on a scale; without draws the interval is absent."""

    label: str
    value: float
    low: float | None
    high: float | None
    text: str  # the figure and its interval as they are written
    short: str  # the same in fewer digits, for phones


@dataclass(frozen=True)
class Line:
    """The positions of an actor by round."""

    label: str
    values: Sequence[float]
    moves: bool


def forecasts(
    rows: Sequence[Row],
    actors: Sequence[tuple[str, float, float]],
    scale: tuple[float, float],
    observed: float | None,
    title: str,
    narrow: bool = False,
) -> Figure:
    """Every forecast with its interval on one scale, below the actors' positions; an actor's mark grows with its weight.

    ``actors``: label, position, share of all weight.
    """
    number = len(rows) + 1
    names = ["Positions of the actors", *(row.label for row in rows)]
    values = ["", *(row.short if narrow else row.text for row in rows)]
    crowd = {
        "type": "scatter",
        "mode": "markers",
        "x": [position for _, position, _ in actors],
        "y": [0.0] * len(actors),
        "text": [f"{label(name)}: {position:.4g}" for name, position, _ in actors],
        "marker": {
            "size": [8.0 + 26.0 * weight**0.5 for _, _, weight in actors],
            "color": tint(colours.GREY, 0.35),
            "line": {"width": 1.2, "color": MUTED},
        },
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in rows],
        "y": list(range(1, number)),
        "text": [f"{label(row.label)}: {label(row.text)}" for row in rows],
        "marker": {"color": colours.BLUE, "size": 11},
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }
    data: list[dict[str, Any]] = [crowd]
    for place, row in enumerate(rows, 1):
        if row.low is not None and row.high is not None:
            data.append(_bar(row.low, row.high, place))
    data.append(marks)
    shapes = []
    for place in (
        range(number) if observed is not None else ()
    ):  # beside the marks alone: a line all along would cross the figures
        line = {"color": GREEN, "width": 2.4}
        span = {"y0": place - 0.16, "y1": place + 0.16}
        shapes.append(
            {
                "type": "line",
                "xref": "x",
                "yref": "y",
                "x0": observed,
                "x1": observed,
                **span,
                "line": line,
                "layer": "below",
            }
        )
    return {
        "data": data,
        "layout": drawing.layout(
            (72 if narrow else 58) + ROW_HEIGHT * number,
            margin={"l": 18, "r": EDGE + 4, "t": 8, "b": 66 if narrow else 52},
            shapes=shapes,
            annotations=_names(names, values, narrow),
            xaxis=_scale_axis(scale, title, narrow),
            yaxis={**drawing.row_axis(number), "showline": False},
        ),
    }


def _bar(low: float, high: float, place: int) -> dict[str, Any]:
    line = {"color": tint(colours.BLUE, 0.4), "width": 7}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [low, high],
        "y": [place, place],
        "line": line,
        "hoverinfo": "skip",
    }


def _names(names: Sequence[str], values: Sequence[str], narrow: bool) -> list[dict[str, Any]]:
    """Name on the left and figure on the right over each row."""
    notes = []
    size = 12 if narrow else 13
    for row, (name, value) in enumerate(zip(names, values, strict=True)):
        place = {"xref": "paper", "y": row, "yref": "y", "yanchor": "bottom", "yshift": 9}
        notes.append(
            drawing.note(
                label(name, 32 if narrow else 64),
                x=0,
                xanchor="left",
                xshift=-16,
                font={"color": INK, "size": size},
                **place,
            )
        )
        if value:
            notes.append(
                drawing.note(
                    label(value, 60), x=1, xanchor="right", xshift=EDGE, font={"color": MUTED, "size": size}, **place
                )
            )
    return notes


def _marks(low: float, high: float, most: int) -> dict[str, Any]:
    whole = float(low).is_integer() and float(high).is_integer() and high - low >= 2
    found = ticks.between(low, high, most, whole=whole)
    return ticks.axis_of(found, [f"{mark:.6g}".replace("-", "\u2212") for mark in found])


def _scale_axis(scale: tuple[float, float], title: str, narrow: bool) -> dict[str, Any]:
    letters = 44 if narrow else 90
    lines = textwrap.wrap(shorten(title, 2 * letters - 8), letters)[:2]
    return drawing.axis(
        range=list(scale),
        showgrid=False,
        ticks="outside",
        title={"text": "<br>".join(map(label, lines)), "font": {"size": 12, "color": MUTED}},
        **_marks(*scale, 5 if narrow else 7),
    )


def rounds(
    lines: Sequence[Line],
    median: Sequence[float],
    mean: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]] | None,
    scale: tuple[float, float],
    narrow: bool = False,
) -> Figure:
    """Positions by round: who moves in colour, who stays in grey, the weighted median as the bold line."""
    times = list(range(len(median)))
    data: list[dict[str, Any]] = []
    if band is not None:
        edge = {
            "type": "scatter",
            "mode": "lines",
            "x": times,
            "line": {"width": 0, "color": INK},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        data.append({**edge, "y": list(band[0])})
        told = {"name": "middle 90 % of the draws’ medians", "showlegend": True}
        data.append({**edge, "y": list(band[1]), "fill": "tonexty", "fillcolor": tint(colours.GREY, 0.22), **told})
    named = [line for line in lines if line.moves][:MOST_NAMED]
    for line in lines:
        if line in named:
            continue
        data.append(_course(line, times, {"color": tint(colours.GREY, 0.55), "width": 1.4}, 4, showlegend=False))
    for place, line in enumerate(named):
        paint = {"color": colours.SERIES[place], "width": 2.0, "dash": colours.DASHES[place]}
        data.append(_course(line, times, paint, 6, symbol=colours.SYMBOLS[place], showlegend=True))
    data.append(
        _course(
            Line("weighted mean", mean, True), times, {"color": MUTED, "width": 2.0, "dash": "dot"}, 0, showlegend=True
        )
    )
    data.append(_course(Line("weighted median", median, True), times, {"color": INK, "width": 3.4}, 0, showlegend=True))
    items = sum(bool(trace.get("showlegend")) for trace in data)
    legend_rows = items if narrow else -(-items // 2)
    top = 14 + 20 * legend_rows
    return {
        "data": data,
        "layout": drawing.layout(
            320 + top,
            margin={"l": 34, "r": 20, "t": top, "b": 46},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "reversed"},
            hovermode="closest",
            xaxis=drawing.axis(
                range=[times[0], times[-1]],
                showgrid=False,
                ticks="outside",
                title={"text": "round", "font": {"size": 12, "color": MUTED}},
                **_marks(times[0], times[-1], 6 if narrow else 11),
            ),
            yaxis=drawing.axis(range=drawing.padded(*scale), **_marks(*scale, 7)),
        ),
    }


def _course(
    line: Line, times: Sequence[int], paint: dict[str, Any], size: int, symbol: str = "circle", **changes: Any
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if size else "lines",
        "x": list(times),
        "y": list(line.values),
        "name": label(line.label, 28),
        "line": paint,
        "marker": {"size": size or 1, "color": paint["color"], "symbol": symbol},
        "hovertemplate": f"{label(line.label)}<br>round %{{x}}: %{{y:.4g}}<extra></extra>",
        "cliponaxis": False,
        **changes,
    }


def probabilities(names: Sequence[str], values: Sequence[float], narrow: bool = False) -> Figure:
    """Bars of the probability of each position, the likeliest on top."""
    top = max(values, default=1.0)
    marks = [mark for mark in ticks.up_to(min(top, 1.0), 5 if narrow else 7) if mark <= 1.0]
    rows = list(range(len(names)))
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": rows,
        "width": 0.34,
        "marker": {"color": tint(colours.BLUE, 0.7), "line": {"width": 0}},
        "text": [label(name) for name in names],
        "textposition": "none",
        "hovertemplate": "%{text}<br>%{x:.4f}<extra></extra>",
    }
    return {
        "data": [bar],
        "layout": drawing.layout(
            58 + ROW_HEIGHT * len(rows),
            margin={"l": 18, "r": EDGE + 4, "t": 8, "b": 36},
            annotations=_names(names, [f"{value:.4f}" for value in values], narrow),
            xaxis=drawing.axis(
                range=[0, max(marks[-1], top)],
                showgrid=False,
                ticks="outside",
                **ticks.axis_of(marks, [f"{mark:g}" for mark in marks]),
            ),
            yaxis={**drawing.row_axis(len(rows)), "showline": False},
        ),
    }
