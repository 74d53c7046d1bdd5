"""Figures of discovery: a box between two inputs, and what peeling gave up for density."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.discovery.boxes import FEW_VALUES, Limit
from sim.analysis.discovery.discover import FoundBox
from sim.analysis.given_data import Input
from sim.reports import colours, drawing, ticks
from sim.reports.colours import INK, MUTED, tint

WORD_LETTERS = (10, 18)  # of a value that is a word, narrow and wide
_SPREAD = 0.7  # of the room of a word that its points take


@dataclass(frozen=True)
class Side:
    """One input of a picture: its values, codes of words, and what the box asks of it."""

    item: Input
    values: np.ndarray
    words: Sequence[str]
    limit: Limit | None


def pair(across: Side, upright: Side, hits: np.ndarray, shown: np.ndarray, hit_words: str, narrow: bool = False) -> drawing.Figure:
    """Histories between two inputs, those in which it came in colour, and the box as a frame."""
    data = []
    kinds = (
        (~hits & shown, "other histories", colours.GREY, "circle-open", 5, 0.75),
        (hits & shown, hit_words, colours.VERMILLION, "diamond", 7, 0.9),
    )
    for rows, name, colour, symbol, size, opacity in kinds:
        marker = {"symbol": symbol, "size": size, "color": colour, "opacity": opacity, "line": {"width": 1, "color": colour}}
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": _spread(across, rows), "y": _spread(upright, rows),
                "name": drawing.label(name, 34), "marker": marker, "hoverinfo": "skip",
            }
        )  # fmt: skip
    edges = {**_edges(across, "x", shown), **_edges(upright, "y", shown)}
    frame = {
        "type": "rect", "xref": "x", "yref": "y", **edges, "line": {"color": INK, "width": 2.2, "dash": "dash"},
        "fillcolor": tint(colours.VERMILLION, 0.07), "layer": "above",
    }  # fmt: skip
    return {
        "data": data,
        "layout": drawing.layout(
            400 if not narrow else 380,
            margin={"l": 52, "r": 16, "t": 34, "b": 56},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            shapes=[frame],
            xaxis=_axis(across, shown, narrow, upright=False),
            yaxis=_axis(upright, shown, narrow, upright=True),
        ),
    }


def _spread(side: Side, rows: np.ndarray) -> list[float]:
    """Places of the points; those of words, and of numbers that have few values, beside one another."""
    values = side.values[rows].astype(float)
    different = np.unique(side.values)
    if not side.words and len(different) > FEW_VALUES:
        return values.tolist()
    step = 1.0 if side.words else float(np.diff(different).min()) if len(different) > 1 else 1.0
    # Fractions of the golden ratio: even, and the same on every page.
    place = (np.flatnonzero(rows) * 0.6180339887498949) % 1.0 - 0.5
    return (values + _SPREAD * step * place).tolist()


def _ends(side: Side, shown: np.ndarray) -> tuple[float, float]:
    """Ends of an axis: those of the values that are drawn, with room for the spread of values that have it."""
    different = np.unique(side.values)
    if side.words or len(different) <= FEW_VALUES:
        room = 0.5 * (float(np.diff(different).min()) if len(different) > 1 else 1.0)
        return float(different[0]) - room, float(different[-1]) + room
    low, high = float(side.values[shown].min()), float(side.values[shown].max())
    return low - 0.02 * (high - low), high + 0.02 * (high - low)


def _edges(side: Side, axis: str, shown: np.ndarray) -> dict[str, float]:
    """The box along an axis, to the edge of the picture where it has no bound."""
    low, high = _ends(side, shown)
    if side.limit is not None and side.limit.words is not None:
        codes = sorted(side.limit.words)
        return {f"{axis}0": codes[0] - 0.5, f"{axis}1": codes[-1] + 0.5}
    if side.limit is not None:
        low = max(low, side.limit.low) if math.isfinite(side.limit.low) else low
        high = min(high, side.limit.high) if math.isfinite(side.limit.high) else high
    return {f"{axis}0": low, f"{axis}1": high}


def _axis(side: Side, shown: np.ndarray, narrow: bool, upright: bool) -> dict[str, Any]:
    letters = (34 if narrow else 44) if upright else (44 if narrow else 70)
    title = {"text": drawing.label(side.item.label, letters), "font": {"size": 12, "color": MUTED}}
    shared = {"range": list(_ends(side, shown)), "showgrid": False, "title": title, "tickangle": 0}
    if side.words:
        texts = [drawing.label(word.replace("_", " "), WORD_LETTERS[0 if narrow else 1]) for word in side.words]
        return drawing.axis(**shared, **ticks.axis_of(list(range(len(texts))), texts))
    different = np.unique(side.values)
    if len(different) <= 6:
        return drawing.axis(**shared, **ticks.axis_of(different.tolist(), [f"{value:.3g}" for value in different]))
    return drawing.axis(**shared, ticks="outside", nticks=5 if narrow else 7)


def trajectory(found: FoundBox, narrow: bool = False) -> drawing.Figure:
    """Density against coverage from all histories to the smallest box, in the half that was not searched and in the other."""
    data = []
    for name, part, colour, dash, symbol in (
        ("not searched", "held", colours.BLUE, "solid", "circle"),
        ("searched", "searched", colours.GREY, "dash", "square"),
    ):
        steps = [(step, getattr(step, part)) for step in found.steps]
        steps = [(step, one) for step, one in steps if one.inside.trials]
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "name": name,
                "x": [one.of_hits.share for _, one in steps], "y": [one.inside.share for _, one in steps],
                "line": {"color": colour, "width": 2.2, "dash": dash}, "marker": {"symbol": symbol, "size": 5, "color": colour},
                "customdata": [[one.of_all.share, step.limits] for step, one in steps],
                "hovertemplate": "density %{y:.1%}, coverage %{x:.1%}<br>mass %{customdata[0]:.1%}, limits: %{customdata[1]}"
                "<extra></extra>",
            }
        )  # fmt: skip
    data.append(
        {
            "type": "scatter", "mode": "markers", "name": "the box that is told",
            "x": [found.held.of_hits.share], "y": [found.held.inside.share],
            "marker": {"symbol": "star", "size": 15, "color": colours.VERMILLION, "line": {"width": 1, "color": INK}},
            "hovertemplate": "density %{y:.1%}, coverage %{x:.1%}<extra></extra>", "cliponaxis": False,
        }
    )  # fmt: skip
    top = max(one.inside.share for step in found.steps for one in (step.held, step.searched) if one.inside.trials)
    marks = ticks.up_to(min(top, 1.0), 6)
    across = [0.0, 0.25, 0.5, 0.75, 1.0]
    return {
        "data": data,
        "layout": drawing.layout(
            330,
            margin={"l": 52, "r": 24, "t": 34 if not narrow else 58, "b": 54},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            xaxis=drawing.axis(
                range=[0, 1.02], ticks="outside", **ticks.axis_of(across, [f"{100 * mark:g}%" if mark else "0" for mark in across]),
                title={"text": "coverage: share of its histories in the box", "font": {"size": 12, "color": MUTED}},
            ),
            yaxis=drawing.axis(
                range=[0, marks[-1] * 1.02], **ticks.axis_of(marks, [f"{100 * mark:g}%" if mark else "0" for mark in marks]),
                title={"text": "density", "font": {"size": 12, "color": MUTED}},
            ),
        ),
    }  # fmt: skip
