"""Figures of a back-test: chances against frequencies, and the scores of each case at each look."""

from __future__ import annotations

from typing import Any

from sim.analysis.backtest.scoring import Backtest
from sim.analysis.backtest.words import percent, score
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, GREY, INK, MUTED, tint

ROW = 42  # px of a look's row
COIN = 0.25  # the Brier score of who always says a half
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def reliability(found: Backtest, narrow: bool = False) -> drawing.Figure:
    """Mean chance of each bin against the share of its events that came, with intervals; above each bin, how many came of how many."""
    data: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [0, 1], "y": [0, 1],
         "line": {"color": GREY, "width": 1.4, "dash": "dash"}}
    ]  # fmt: skip
    notes = []
    for item in found.reliability:
        middle = (item.low + item.high) / 2
        text = f"{item.came.count} of {item.came.trials}" if item.came.trials else "none"
        notes.append(
            drawing.note(text, x=middle, y=1.0, xref="x", yref="paper", yanchor="bottom", yshift=4, font={"size": 12, "color": MUTED})
        )
        if not item.came.trials:
            continue
        data.append(
            {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [item.mean, item.mean], "y": [item.came.low, item.came.high],
             "line": {"color": tint(BLUE, 0.6), "width": 2.4}}
        )  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "markers", "cliponaxis": False, "x": [item.mean], "y": [item.came.share],
                "marker": {"size": 11, "color": BLUE, "line": {"color": INK, "width": 1}},
                "text": [f"given {percent(item.mean)} on average<br>{text} came, {percent(item.came.share)}"],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    marks = ticks.axis_of(FIFTHS, [f"{100 * mark:g}%" for mark in FIFTHS])
    title = {"font": {"size": 12, "color": MUTED}}
    layout = drawing.layout(
        330 if narrow else 400,
        margin={"l": 56, "r": 22, "t": 30, "b": 52},
        annotations=notes,
        xaxis=drawing.axis(range=[-0.03, 1.03], automargin=False, **marks, title={"text": "chance given", **title}),
        yaxis=drawing.axis(range=[-0.03, 1.03], automargin=False, **marks, title={"text": "share that came", **title}),
    )
    return {"data": data, "layout": layout}


def looks(found: Backtest, narrow: bool = False) -> drawing.Figure:
    """A row for each case and look: its Brier score, with the interval over histories, beside that of a coin."""
    items = [item for item in found.looks if item.scored]
    means = [found.of_look(item)["brier"] for item in items]
    ends = [end for mean in means for end in (mean.value, *mean.over_histories) if end == end]
    marks = ticks.up_to(max([*ends, COIN * 1.4]), 5)
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row, (item, mean) in enumerate(zip(items, means, strict=True)):
        name = item.case.name if item.look.number == 0 else f"\u00b7 {item.look.label}"
        where = {"y": row, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": 7, "font": {"size": 12, "color": INK}}
        notes.append(drawing.note(drawing.label(name, 34 if narrow else 64), x=0, xanchor="left", **where))
        notes.append(drawing.note(score(mean.value), x=1, xanchor="right", **where))
        colour, symbol = (BLUE, "circle") if item.look.number == 0 else (tint(BLUE, 0.55), "diamond")
        low, high = mean.over_histories
        data.append(
            {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": [low, high], "y": [row, row],
             "line": {"color": colour, "width": 2.4}}
        )  # fmt: skip
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": [mean.value], "y": [row],
                "marker": {"size": 10, "color": colour, "symbol": symbol, "line": {"color": INK, "width": 1}},
                "text": [f"{drawing.label(name)}<br>{score(mean.value)} ({score(low)} to {score(high)}), {mean.questions} events"],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    coin = {
        "type": "line", "xref": "x", "yref": "paper", "x0": COIN, "x1": COIN, "y0": 0, "y1": 1,
        "line": {"color": MUTED, "width": 1.2, "dash": "dot"}, "layer": "below",
    }  # fmt: skip
    layout = drawing.layout(
        ROW * len(items) + 60,
        margin={"l": 16, "r": 20, "t": 4, "b": 50},
        annotations=notes,
        shapes=[coin],
        xaxis=drawing.axis(
            range=[0.0, marks[-1]], automargin=False, **ticks.axis_of(marks, [f"{mark:g}" for mark in marks]),
            title={"text": "Brier score (dotted: a coin)", "font": {"size": 12, "color": MUTED}},
        ),
        yaxis=drawing.row_axis(len(items)),
    )  # fmt: skip
    return {"data": data, "layout": layout}


__all__ = ["looks", "reliability"]
