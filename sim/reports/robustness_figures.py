"""Figures of robust choice: regret by slices of an input, and regret and its interval for every arm."""

from __future__ import annotations

from typing import Any

from sim.analysis.regret import Bracketed
from sim.analysis.robustness import Driver, Robust
from sim.analysis.robustness_words import ends, regret, unit
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, GRID, INK, MUTED, VERMILLION, tint

ROW = 52  # px of an arm's row
HEAT = 34  # px of an arm's row in the heat map


def heat(found: Robust, driver: Driver, narrow: bool = False) -> drawing.Figure:
    """A row for each arm, a column for each slice of the input: the darker, the more the arm gives away there."""
    arms = [item.arm for item in found.standings]
    slices = len(driver.edges)
    top = max(float(driver.table.max()), 1e-9)
    shown = driver.table.clip(min=0.0)
    notes = []
    for row in range(len(arms)):
        for column in range(slices):
            text = regret(found, float(shown[row, column])) if not narrow else _short(found, float(shown[row, column]))
            font = {"size": 10 if narrow else 12, "color": INK}
            notes.append(drawing.note(text, x=column, y=row, xref="x", yref="y", align="center", font=font))
    trace: dict[str, Any] = {
        "type": "heatmap", "z": shown.tolist(), "x": list(range(slices)), "y": list(range(len(arms))), "xgap": 2, "ygap": 2, "zmin": 0.0,
        "zmax": top, "colorscale": [[0, tint(VERMILLION, 0.03)], [1, tint(VERMILLION, 0.62)]], "showscale": False,
        "text": [
            [f"{drawing.label(arm)}<br>{drawing.label(driver.edges[n])}: {regret(found, float(shown[row, n]))}{unit(found)}, "
             f"{int(driver.counts[n])} draws" for n in range(slices)]
            for row, arm in enumerate(arms)
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    names = [drawing.label(name, 14 if narrow else 30) for name in arms]
    marks, texts = _marks(driver, narrow)
    title = drawing.label(driver.item.label, 30 if narrow else 90) + (", median of the slice" if driver.edges != driver.middles else "")
    return {
        "data": [trace],
        "layout": drawing.layout(
            HEAT * len(arms) + 84,
            margin={"l": 4, "r": 18, "t": 8, "b": 62},
            annotations=notes,
            xaxis=drawing.axis(
                showgrid=False, ticks="", tickangle=0, automargin=False, **ticks.axis_of(marks, texts),
                title={"text": title, "font": {"size": 12, "color": MUTED}},
            ),
            yaxis=drawing.axis(
                range=[len(arms) - 0.5, -0.5], showgrid=False, ticks="", gridcolor=GRID, **ticks.axis_of(list(range(len(arms))), names)
            ),
        ),
    }  # fmt: skip


def _short(found: Robust, value: float) -> str:
    """A figure for a narrow cell."""
    return f"{100 * value:.0f}" if found.is_share else f"{value:.2g}"


def _marks(driver: Driver, narrow: bool) -> tuple[list[float], list[str]]:
    """Names of the slices; of many only the first, a middle and the last."""
    number = len(driver.middles)
    limit = 3 if narrow else 10
    kept = list(range(number)) if number <= limit else [0, number // 2, number - 1]
    letters = max(6, (36 if narrow else 100) // max(1, len(kept)))
    return [float(n) for n in kept], [drawing.label(driver.middles[n], letters) for n in kept]


def regrets(found: Robust, narrow: bool = False) -> drawing.Figure:
    """A row for each arm: regret in its worst tenth and on average, each with its interval."""
    items = found.standings
    top = max(max(item.regret.tail.high, item.regret.mean.high) for item in items)
    marks = ticks.up_to(top, 4 if narrow else 6)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, item in enumerate(items):
        data += _interval(found, item.arm, item.regret.tail, row, VERMILLION, "diamond", "worst tenth")
        data += _interval(found, item.arm, item.regret.mean, row + 0.24, BLUE, "circle", "on average")
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 9, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(item.arm, 22 if narrow else 64), x=0, xanchor="left", **where))
        told = f"{regret(found, item.regret.tail.value)}, on average {regret(found, item.regret.mean.value)}"
        notes.append(drawing.note(told, x=1, xanchor="right", **where))
    texts = [regret(found, mark) if not found.is_share else f"{100 * mark:g}" for mark in marks]
    layout = drawing.layout(
        ROW * len(items) + 44,
        margin={"l": 16, "r": 20, "t": 4, "b": 34},
        annotations=notes,
        xaxis=drawing.axis(range=[0.0, marks[-1]], automargin=False, **ticks.axis_of(marks, texts)),
        yaxis=drawing.row_axis(len(items)),
    )
    return {"data": data, "layout": layout}


def _interval(found: Robust, arm: str, item: Bracketed, row: float, colour: str, symbol: str, name: str) -> list[dict[str, Any]]:
    told = f"{drawing.label(arm)}, {name}: {regret(found, item.value)}{unit(found)} ({ends(found, item)})"
    return [
        {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [item.low, item.high], "y": [row, row],
         "line": {"color": tint(colour, 0.55), "width": 4}},
        {"type": "scatter", "mode": "markers", "x": [item.value], "y": [row], "hovertemplate": f"{told}<extra></extra>",
         "marker": {"size": 10, "symbol": symbol, "color": colour}},
    ]  # fmt: skip


__all__ = ["heat", "regrets"]
