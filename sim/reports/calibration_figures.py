"""Figures of a calibration: targets against their bands, what is left of each prior, ranks of known parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.calibration import Calibration, FittedTarget
from sim.analysis.calibration_words import figure, spread
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, GREEN, GREY, INK, MUTED, VERMILLION, tint

ROW, TALL = 46, 84  # px of a row with lines, and of one with a histogram
LEFT, RIGHT = -1.0, 2.0  # of the axis, on which a band reaches from 0 to 1
_BASE, _TOP = 0.38, 0.62  # of a histogram: its floor below the middle of its row, and the height of its tallest bar


def targets(found: Calibration, narrow: bool = False) -> drawing.Figure:
    """A row for each target: its band as a bar, the prior, the posterior, and the scenario as it stands."""
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, item in enumerate(found.targets):
        line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
        data.append({**line, "x": [0.0, 1.0], "y": [row, row], "line": {"color": tint(GREEN, 0.38), "width": 16}})
        for part, colour, width, shift in ((item.prior, GREY, 2, 0.13), (item.posterior, BLUE, 4, 0.0)):
            ends = _across(item, part.low), _across(item, part.high)
            if not math.isnan(ends[0]):
                data.append({**line, "x": list(ends), "y": [row + shift, row + shift], "line": {"color": colour, "width": width}})
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        name = item.aim.label if item.aim.is_used else f"{item.aim.label} (not used)"
        notes.append(drawing.note(drawing.label(name, 27 if narrow else 70), x=0, xanchor="left", **where))
        told = f"{figure(item.mean, item.aim.is_share)}, band {item.band}" if not narrow else figure(item.mean, item.aim.is_share)
        notes.append(drawing.note(drawing.label(told, 44), x=1, xanchor="right", **where))
    data += [_marks(found, "fitted", BLUE, "circle"), _marks(found, "as it stands", VERMILLION, "diamond")]
    marks = [0.0, 1.0]
    return {
        "data": data,
        "layout": drawing.layout(
            ROW * len(found.targets) + 74,
            margin={"l": 16, "r": 16, "t": 30, "b": 36},
            annotations=notes,
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            xaxis=drawing.axis(range=[LEFT - 0.06, RIGHT + 0.06], automargin=False, **ticks.axis_of(marks, ["lower end", "upper end"])),
            yaxis=drawing.row_axis(len(found.targets)),
        ),
    }


def _marks(found: Calibration, name: str, colour: str, symbol: str) -> dict[str, Any]:
    xs, ys, texts = [], [], []
    for row, item in enumerate(found.targets):
        is_fitted = name == "fitted"
        value = item.mean if is_fitted else math.nan if item.stands is None else item.stands.value
        if math.isnan(value):
            continue
        xs.append(_across(item, value))
        ys.append(row)
        more = f"90% of points: {spread(item.posterior, item.aim.is_share)}" if is_fitted else f"band {item.band}"
        texts.append(f"{drawing.label(item.aim.label)}<br>{name} {figure(value, item.aim.is_share)}<br>{more}")
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": xs, "y": ys, "cliponaxis": False,
        "marker": {"symbol": symbol, "size": 10, "color": colour, "line": {"width": 1, "color": INK}},
        "text": texts, "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip


def _across(item: FittedTarget, value: float) -> float:
    """Where a figure lies on the axis on which the band reaches from 0 to 1; at the edge where it lies beyond."""
    low, high = item.aim.low, item.aim.high
    width = high - low if math.isfinite(high) and high > low else 4.0 * item.aim.tolerance
    return value if math.isnan(value) else min(max((value - low) / width, LEFT), RIGHT)


@dataclass(frozen=True)
class Bars:
    """A histogram over ten equal parts: its name, what stands at its right, heights, and what they would be if even."""

    name: str
    told: str
    heights: Sequence[float]
    even: float
    band: tuple[float, float] | None = None  # within which even heights lie by chance


def histograms(rows: Sequence[Bars], ends: tuple[str, str, str], colour: str, narrow: bool = False) -> drawing.Figure:
    """Histograms one below another, each over ten tenths, with a line where all bars would end if they were even."""
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for row, item in enumerate(rows):
        top = max([*item.heights, item.even, *(item.band or ())]) or 1.0
        scale = _TOP / top
        floor = row + _BASE
        data.append(
            {
                "type": "bar", "x": [(n + 0.5) / 10 for n in range(10)], "y": [-scale * height for height in item.heights], "base": floor,
                "width": 0.092, "marker": {"color": tint(colour, 0.62), "line": {"color": colour, "width": 1}},
                "text": [f"{height:.3g}" for height in item.heights], "textposition": "none",
                "hovertemplate": f"{drawing.label(item.name)}<br>%{{text}}<extra></extra>",
            }
        )  # fmt: skip
        across = {"xref": "x", "yref": "y", "x0": 0.0, "x1": 1.0}
        if item.band is not None:
            low, high = (floor - scale * end for end in item.band)
            shapes.append({"type": "rect", **across, "y0": low, "y1": high, "fillcolor": tint(GREY, 0.25), "line": {"width": 0}})
        level = floor - scale * item.even
        shapes.append({"type": "line", **across, "y0": level, "y1": level, "line": {"color": MUTED, "width": 1.5, "dash": "dash"}})
        where = {"y": floor - _TOP, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 3, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(item.name, 30 if narrow else 70), x=0, xanchor="left", **where))
        notes.append(drawing.note(drawing.label(item.told, 24 if narrow else 50), x=1, xanchor="right", **where))
    marks = [0.0, 0.5, 1.0]
    return {
        "data": data,
        "layout": drawing.layout(
            TALL * len(rows) + 56,
            margin={"l": 24, "r": 24, "t": 22, "b": 34},
            annotations=notes,
            shapes=shapes,
            barmode="overlay",
            xaxis=drawing.axis(range=[0.0, 1.0], showgrid=False, automargin=False, **ticks.axis_of(marks, list(ends))),
            yaxis=drawing.axis(range=[len(rows) - 1 + _BASE + 0.02, _BASE - _TOP - 0.1], showgrid=False, showticklabels=False,
                               automargin=False, ticks=""),
        ),
    }  # fmt: skip


def by_chance(number: int) -> tuple[float, float]:
    """Within which a bar of ten lies in 99 % of the cases, of so many ranks that are even."""
    from scipy.stats import binom

    low, high = binom.ppf((0.005, 0.995), number, 0.1)
    return float(low), float(high)


def parameters(found: Calibration, narrow: bool = False) -> drawing.Figure:
    """What is left of each prior: the posterior over tenths of it."""
    rows = [
        Bars(item.label, f"{item.posterior.low:.3g} to {item.posterior.high:.3g}", [10.0 * part for part in item.density], 1.0)
        for item in found.parameters
    ]
    return histograms(rows, ("lowest", "median of the prior", "highest"), BLUE, narrow)


def ranks(found: Calibration, narrow: bool = False) -> drawing.Figure:
    """Ranks of known parameters, which are even if the procedure is right."""
    check = found.ranks
    band = by_chance(len(check.ranks))
    rows = [
        Bars(item.label, f"held in {100 * float(check.covered[n]):.0f}%", np.asarray(check.histograms[n], dtype=float).tolist(),
             len(check.ranks) / 10, band)
        for n, item in enumerate(found.parameters)
    ]  # fmt: skip
    return histograms(rows, ("below all", "in the middle", "above all"), GREEN, narrow)
