"""Figures of drivers: what came of histories at different values of one input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.reports import colours, drawing, ticks
from sim.reports.colours import MUTED, tint
from sim.reports.figures import whiskers

HEIGHT = 300
NAME_LETTERS = (24, 40)  # of a series in the legend, narrow and wide
WORD_LETTERS = (12, 18)  # of a value of an input that is a word


@dataclass(frozen=True)
class CurveSeries:
    """One curve over the values of an input, with its interval or its middle half."""

    name: str
    colour: str
    values: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]


@dataclass(frozen=True)
class Curves:
    """What came at different values of an input: numbers, or words at their places."""

    label: str  # of the input
    places: Sequence[float]
    words: Sequence[str]  # of an input that has words; empty of numbers
    series: Sequence[CurveSeries]
    is_share: bool
    unit: str = ""
    overall: float | None = None


def curves(content: Curves, narrow: bool = False) -> drawing.Figure:
    """The curves over the input; points with whiskers where the input has words."""
    data: list[dict[str, Any]] = []
    digits = ".1%" if content.is_share else ".3~g"
    for number, item in enumerate(content.series):
        shared = {"type": "scatter", "x": list(content.places), "cliponaxis": False, "legendgroup": item.name}
        name = drawing.label(item.name, NAME_LETTERS[0 if narrow else 1])
        symbol = colours.SYMBOLS[number % len(colours.SYMBOLS)]
        if not content.words:
            data.append({**shared, "y": list(item.low), "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False})
            data.append(
                {**shared, "y": list(item.high), "mode": "lines", "line": {"width": 0}, "fill": "tonexty",
                 "fillcolor": tint(item.colour, 0.16), "hoverinfo": "skip", "showlegend": False}
            )  # fmt: skip
        trace = {
            **shared,
            "y": list(item.values),
            "mode": "markers" if content.words else "lines+markers",
            "name": name,
            "line": {"color": item.colour, "width": 2.4, "dash": colours.DASHES[number % len(colours.DASHES)]},
            "marker": {"symbol": symbol, "size": 8, "color": item.colour},
            "customdata": [list(pair) for pair in zip(item.low, item.high, strict=True)],
            "hovertemplate": f"{name}<br>%{{y:{digits}}} (%{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}})<extra></extra>",
            "showlegend": len(content.series) > 1,
        }
        if content.words:
            known = [(p, v, a, b) for p, v, a, b in zip(content.places, item.values, item.low, item.high, strict=True) if v is not None]
            # Beside one another, so that no whisker hides another.
            shift = 0.12 * (number - (len(content.series) - 1) / 2)
            bars = whiskers([v for _, v, _, _ in known], [a for _, _, a, _ in known], [b for _, _, _, b in known], item.colour)
            trace |= {"x": [p + shift for p, *_ in known], "y": [v for _, v, _, _ in known], "error_y": bars}
            trace["customdata"] = [[a, b] for _, _, a, b in known]
        data.append(trace)
    return {
        "data": data,
        "layout": drawing.layout(
            HEIGHT + (24 if narrow and len(content.series) > 2 else 0),
            margin={"l": 46, "r": 18, "t": 34 + (24 if narrow and len(content.series) > 2 else 0), "b": 54},
            showlegend=len(content.series) > 1,
            legend={**drawing.legend(), "traceorder": "normal"},
            shapes=[] if content.overall is None else [_overall(content.overall)],
            xaxis=_across(content, narrow),
            yaxis=_upright(content),
        ),
    }


def _overall(value: float) -> dict[str, Any]:
    line = {"color": MUTED, "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": line, "layer": "below"}


def _across(content: Curves, narrow: bool) -> dict[str, Any]:
    title = {"text": drawing.label(content.label, 44 if narrow else 62), "font": {"size": 12, "color": MUTED}}
    if content.words:
        texts = [drawing.label(word, WORD_LETTERS[0 if narrow else 1]) for word in content.words]
        places = ticks.axis_of(list(content.places), texts)
        return drawing.axis(range=[-0.6, len(content.words) - 0.4], showgrid=False, tickangle=0, title=title, **places)
    low, high = min(content.places), max(content.places)
    return drawing.axis(range=drawing.padded(low, high), nticks=5 if narrow else 7, showgrid=False, ticks="outside", title=title)


def _upright(content: Curves) -> dict[str, Any]:
    known = [value for item in content.series for value in (*item.low, *item.high) if value is not None]
    if content.is_share:
        marks = ticks.up_to(min(max(known, default=1.0), 1.0), 6)
        return drawing.axis(range=[0, marks[-1]], **ticks.axis_of(marks, [f"{100 * mark:g}%" if mark else "0" for mark in marks]))
    title = {"text": drawing.label(content.unit, 30), "font": {"size": 12, "color": MUTED}} if content.unit else None
    return drawing.axis(nticks=6, **({"title": title} if title else {}))
