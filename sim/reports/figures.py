"""Figures of a run: tidy data in, a Plotly figure as a plain dict out. Nothing is loaded, computed or drawn here.

Every function takes `narrow`: True gives the figure for a phone. Only the layout differs, never the traces, so a page
carries the traces once and two layouts. Colours are the light ones (`sim.reports.colours`). Labels sit above their
row, where long names have room on any width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from sim.reports import colours, drawing
from sim.reports.colours import INK, MUTED, tint
from sim.reports.content import (
    Conditional,
    Driver,
    Drivers,
    Fan,
    Incidence,
    OutcomeShare,
    Phases,
    TimeAxis,
)
from sim.reports.drawing import FONT, Figure, label
from sim.reports.words import integer, percent, percent_interval

ROW_HEIGHT = 50  # px of one labelled row: a line of text over a bar
PAIR_HEIGHT = 62  # px of a row with two marks under its text
NAME_LETTERS, ROW_LETTERS = 48, 82  # letters of an input's name, and of name and direction together, that fit beside each other


# ---- shared pieces ----------------------------------------------------------------------------------------------


def _row_labels(
    names: Sequence[str], values: Sequence[str], narrow: bool, *, limits: tuple[int, int] = (30, 64), shift: int = 10
) -> list[dict[str, Any]]:
    """Name on the left and value on the right above each row; row 0 is on top. `limits`: letters of a name, narrow and wide."""
    size = 12 if narrow else 13
    notes = []
    for position, (name, value) in enumerate(zip(names, values, strict=True)):
        place = {"y": position, "yref": "y", "xref": "paper", "yanchor": "bottom", "yshift": shift}
        text = label(name, limits[0] if narrow else limits[1])
        notes.append(drawing.note(text, x=0, xanchor="left", font={"color": INK, "size": size}, **place))
        notes.append(drawing.note(value, x=1, xanchor="right", font={"color": MUTED, "size": size}, **place))
    return notes


def _share_axis(top: float) -> dict[str, Any]:
    return drawing.axis(
        range=[0, min(top, 1.0) if top > 0 else 1], tickformat=".0%", nticks=6, showgrid=False, ticks="outside"
    )


def _times(axis: TimeAxis) -> list[Any]:
    return [str(date) for date in axis.dates] if len(axis.dates) else [float(day) for day in axis.days]


def _time_axis(axis: TimeAxis, **changes: Any) -> dict[str, Any]:
    if len(axis.dates):
        return drawing.axis(type="date", showgrid=False, ticks="outside", hoverformat="%-d %b %Y", **changes)
    return drawing.axis(
        showgrid=False,
        ticks="outside",
        title={"text": label(axis.unit), "font": {"size": 12, "color": MUTED}},
        **changes,
    )


def _band(
    times: Sequence[Any], low: Sequence[float], high: Sequence[float], colour: str, alpha: float, **changes: Any
) -> list[dict[str, Any]]:
    """Two traces: an invisible lower edge and the area up to the upper one."""
    edge = {"type": "scatter", "mode": "lines", "x": times, "line": {"width": 0, "color": colour}, "hoverinfo": "skip"}
    return [
        {**edge, "y": low, "showlegend": False, **{k: v for k, v in changes.items() if k in ("xaxis", "yaxis")}},
        {**edge, "y": high, "fill": "tonexty", "fillcolor": tint(colour, alpha), "showlegend": False, **changes},
    ]


def _whiskers(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str = INK
) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
        "color": colour,
        "thickness": 1.6,
        "width": 5,
    }


def _bars(outcomes: Sequence[OutcomeShare], places: Sequence[int], **changes: Any) -> list[dict[str, Any]]:
    """Pale bars under an edge and a pattern in the class's own colour, so that ink whiskers show on any page."""
    paint = [colours.class_colour(place) for place in places]
    shapes = [colours.class_pattern(place) for place in places]
    shares = [outcome.share for outcome in outcomes]
    base = {"type": "bar", "orientation": "h", "x": shares, "y": list(range(len(outcomes))), "width": 0.36}
    fill = {
        **base,
        "marker": {"color": [tint(colour, 0.55) for colour in paint], "line": {"width": 0}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    edge = {
        **base,
        "marker": {
            # Under a pattern this is its colour, without one it would fill the bar.
            "color": [colour if shape else tint(colour, 0.0) for colour, shape in zip(paint, shapes, strict=True)],
            "line": {"width": 1.2, "color": paint},
            "pattern": {
                "shape": shapes,
                "fillmode": "replace",
                "fgopacity": 0.8,
                "size": 8,
                "solidity": 0.2,
            },
        },
        "error_x": _whiskers(shares, [o.low for o in outcomes], [o.high for o in outcomes]),
        "text": [label(outcome.label) for outcome in outcomes],
        "textposition": "none",
        "customdata": [[integer(o.count), percent_interval(o.low, o.high)] for o in outcomes],
        "hovertemplate": "%{text}<br>%{x:.1%}, interval %{customdata[1]}<br>%{customdata[0]} histories<extra></extra>",
        "showlegend": False,
        **changes,
    }
    return [fill, edge]


# ---- the figures ------------------------------------------------------------------------------------------------


def outcome_shares(outcomes: Sequence[OutcomeShare], narrow: bool = False) -> Figure:
    """Bars of the outcome shares with their interval whiskers, in the declared order."""
    top = max((outcome.high for outcome in outcomes), default=1.0) * 1.04
    return {
        "data": _bars(outcomes, range(len(outcomes))),
        "layout": drawing.layout(
            44 + ROW_HEIGHT * len(outcomes),
            barmode="overlay",
            xaxis=_share_axis(top),
            yaxis=drawing.row_axis(len(outcomes)),
            annotations=_row_labels([outcome.label for outcome in outcomes], _share_words(outcomes), narrow),
        ),
    }


def _share_words(outcomes: Sequence[OutcomeShare]) -> list[str]:
    return [f"<b>{percent(outcome.share)}</b>  {percent_interval(outcome.low, outcome.high)}" for outcome in outcomes]


def incidence(content: Incidence, outcomes: Sequence[OutcomeShare] = (), narrow: bool = False) -> Figure:
    """Small multiples, one a class on a common scale: share of histories that by each time have entered it for good.

    `outcomes` are all classes in their declared order, by which a class has the same colour in every figure.
    """
    columns = min(2 if narrow else 4, max(len(content.series), 1))
    rows = -(-len(content.series) // columns)
    times = _times(content.axis)
    top = _incidence_top(content)
    ranks = {outcome.id: rank for rank, outcome in enumerate(outcomes)}
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes = []
    cell, head = 104, 84  # px of a panel, and of the names and dates between two
    height = (cell + head) * rows - head
    gap_x, gap_y = (0.09 if narrow else 0.05), head / height
    cell_x = (1 - gap_x * (columns - 1)) / columns
    for position, series in enumerate(content.series):
        row, column = divmod(position, columns)
        suffix = "" if position == 0 else str(position + 1)
        place = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        colour = colours.class_colour(ranks.get(series.outcome_id, position))
        data += _band(times, series.low, series.high, colour, 0.3, **place)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": times,
                "y": series.share,
                "line": {"color": colour, "width": 2.4},
                "name": label(series.label),
                "customdata": [[low, high] for low, high in zip(series.low, series.high, strict=True)],
                "hovertemplate": ("%{x}<br>%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>"),
                **place,
            }
        )
        left, upper = column * (cell_x + gap_x), 1 - row * (cell / height + gap_y)
        axes[f"xaxis{suffix}"] = _time_axis(
            content.axis, domain=[left, left + cell_x], anchor=f"y{suffix}", nticks=3, tickangle=0, automargin=False
        )
        if position + columns < len(content.series):
            axes[f"xaxis{suffix}"].pop("title", None)
        axes[f"yaxis{suffix}"] = drawing.axis(
            domain=[max(upper - cell / height, 0.0), upper],
            anchor=f"x{suffix}",
            range=[0, top],
            tickformat=".0%",
            nticks=4,
            showticklabels=column == 0,
            automargin=False,
        )
        notes.append(_panel_head(series, left, upper, narrow))
    layout = drawing.layout(height + 86, margin={"l": 42, "r": 4, "t": 44, "b": 42}, annotations=notes, **axes)
    return {"data": data, "layout": layout}


def _incidence_top(content: Incidence) -> float:
    highest = [max(series.high, default=0.0) for series in content.series]
    return min(max(highest, default=1.0) * 1.05, 1.0) or 1.0


def _panel_head(series: Any, left: float, upper: float, narrow: bool) -> dict[str, Any]:
    """Name of the class, and under it the last share with its interval."""
    name = label(series.label, 22 if narrow else 24)
    last = (
        f"<b>{percent(series.share[-1])}</b>  {percent_interval(series.low[-1], series.high[-1])}"
        if len(series.share)
        else ""
    )
    place = {
        "x": left,
        "y": upper,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 4,
    }
    return drawing.note(f"{name}<br>{last}", **place, font={"size": 12, "color": INK})


def phases(content: Phases, outcomes: Sequence[OutcomeShare] = (), narrow: bool = False) -> Figure:
    """Sankey of the paths through the phases; widths are numbers of histories."""
    index = {node.id: position for position, node in enumerate(content.nodes)}
    ranks = {outcome.id: rank for rank, outcome in enumerate(outcomes)}
    paint = [
        colours.class_colour(ranks[node.outcome_id]) if node.outcome_id in ranks else MUTED for node in content.nodes
    ]
    links = [link for link in content.links if link.source in index and link.target in index and link.count > 0]
    # A link left without colour is white on a transparent page.
    link_paint = [tint(paint[index[link.target]], 0.38) for link in links]
    totals = _node_totals(content, links)
    sankey = {
        "type": "sankey",
        "orientation": "h",
        "arrangement": "snap",
        "domain": {"x": [0, 1], "y": [0, 1]},
        "valueformat": ",d",
        "node": {
            "label": [f"{label(node.label, 28)}  {integer(totals[node.id])}" for node in content.nodes],
            "color": paint,
            "pad": 20,
            "thickness": 12,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
            **_node_places(content, totals),
        },
        "link": {
            "source": [index[link.source] for link in links],
            "target": [index[link.target] for link in links],
            "value": [link.count for link in links],
            "color": link_paint,
            "hovertemplate": "%{source.label} to %{target.label}<br>%{value:,d} histories<extra></extra>",
        },
        "textfont": {"color": INK, "size": 12, "family": FONT},
    }
    tallest = _tallest(content)
    layout = drawing.layout(
        max(300, 54 * tallest), margin={"l": 4, "r": 4, "t": 38, "b": 14}, annotations=_stage_heads(content)
    )
    return {"data": [sankey], "layout": layout}


def _stage_heads(content: Phases) -> list[dict[str, Any]]:
    """Headings over the columns of nodes."""
    last = max(len(content.stages) - 1, 1)
    notes = []
    for column, heading in enumerate(content.stages):
        place = {"x": _column_place(column, last), "y": 1, "xref": "paper", "yref": "paper", "yshift": 12}
        anchor = "right" if column == last else "left"
        font = {"size": 12, "color": MUTED}
        notes.append(drawing.note(label(heading, 32), xanchor=anchor, yanchor="bottom", font=font, **place))
    return notes


def _tallest(content: Phases) -> int:
    stages = [node.stage for node in content.nodes]
    return max((stages.count(stage) for stage in set(stages)), default=1)


def _node_totals(content: Phases, links: Sequence[Any]) -> dict[str, int]:
    incoming = {node.id: 0 for node in content.nodes}
    outgoing = dict(incoming)
    for link in links:
        outgoing[link.source] += link.count
        incoming[link.target] += link.count
    return {node.id: max(incoming[node.id], outgoing[node.id]) for node in content.nodes}


def _node_places(content: Phases, totals: Mapping[str, int]) -> dict[str, list[float]]:
    """Columns by declared stage; within a column, in the given order from the top, centred by their weight."""
    stages = sorted({node.stage for node in content.nodes})
    last = max(len(stages) - 1, 1)
    x, y = [], []
    for node in content.nodes:
        column = [other for other in content.nodes if other.stage == node.stage]
        whole = sum(totals[other.id] for other in column) or 1
        gap = 0.055
        room = 1 - gap * (len(column) - 1)
        before = column.index(node)
        above = sum(totals[other.id] for other in column[:before]) / whole * room + gap * before
        x.append(min(max(_column_place(stages.index(node.stage), last), 0.001), 0.999))
        y.append(min(max(above + totals[node.id] / whole * room / 2, 0.001), 0.999))
    return {"x": x, "y": y}


def _column_place(column: int, last: int) -> float:
    """Even columns, but for a wider last gap, where two columns of names meet."""
    return 1.0 if column == last else column / (last + 0.6)


def fan(content: Fan, narrow: bool = False) -> Figure:
    """Median with the bands that hold one half and nine tenths of the histories at each time."""
    times = _times(content.axis)
    colour = colours.BLUE
    unit = f" {label(content.unit)}" if content.unit else ""
    middle = {
        "type": "scatter",
        "mode": "lines",
        "x": times,
        "y": content.q50,
        "line": {"color": colour, "width": 2.6},
        "name": "median",
        "customdata": [list(row) for row in zip(content.q05, content.q25, content.q75, content.q95, strict=True)],
        "hovertemplate": (
            f"%{{x}}<br>median %{{y:.2f}}{unit}<br>half: %{{customdata[1]:.2f}} to %{{customdata[2]:.2f}}"
            f"<br>nine tenths: %{{customdata[0]:.2f}} to %{{customdata[3]:.2f}}<extra></extra>"
        ),
    }
    bands = _band(times, content.q05, content.q95, colour, 0.16, name="nine tenths", showlegend=True)
    bands += _band(times, content.q25, content.q75, colour, 0.34, name="middle half", showlegend=True)
    limits = {} if content.low is None or content.high is None else {"range": drawing.padded(content.low, content.high)}
    return {
        "data": [*bands, middle],
        "layout": drawing.layout(
            290,
            margin={"l": 30, "r": 4, "t": 34, "b": 40},
            showlegend=True,
            legend=drawing.legend(),
            hovermode="x",
            xaxis=_time_axis(content.axis, nticks=4 if narrow else 8, tickangle=0),
            yaxis=drawing.axis(nticks=5, **limits),
        ),
    }


def drivers(content: Drivers, narrow: bool = False) -> Figure:
    """Effect of each input with its interval, against the band that a dummy input reaches."""
    items = list(content.items)
    rows = list(range(len(items)))
    data = []
    for clear, colour, symbol, name in (
        (True, colours.BLUE, "circle", "moves the outcome"),
        (False, colours.GREY, "circle-open", "not distinguishable from noise"),
    ):
        chosen = [(row, item) for row, item in zip(rows, items, strict=True) if item.distinguishable is clear]
        if not chosen:
            continue
        effects = [item.effect for _, item in chosen]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": effects,
                "y": [row for row, _ in chosen],
                "name": name,
                "marker": {"color": colour, "size": 11, "symbol": symbol, "line": {"width": 2, "color": colour}},
                "error_x": _whiskers(effects, [i.low for _, i in chosen], [i.high for _, i in chosen], colour),
                "text": [label(item.label) for _, item in chosen],
                "cliponaxis": False,
                "customdata": [[item.low, item.high] for _, item in chosen],
                "hovertemplate": "%{text}<br>%{x:.3f} (%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra></extra>",
            }
        )
    reach = max([abs(bound) for item in items for bound in (item.low, item.high)] + [content.noise_floor], default=1.0)
    signed = any(item.low < 0 for item in items)
    floor = abs(content.noise_floor)
    band = {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": -floor if signed else 0,
        "x1": floor,
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": tint(colours.GREY, 0.22),
        "layer": "below",
    }
    zero = {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "line": {"color": MUTED, "width": 1},
        "layer": "below",
    }
    notes = _row_labels(
        [item.label for item in items], [_driver_words(item, signed, narrow) for item in items], narrow, limits=(46, NAME_LETTERS), shift=8
    )
    title = "<br>".join(label(line, 100) for line in textwrap.wrap(content.measure, 46 if narrow else 90))
    return {
        "data": data,
        "layout": drawing.layout(
            100 + 44 * len(rows),
            margin={"l": 2, "r": 2, "t": 46 if narrow else 30, "b": 64},
            showlegend=True,
            legend={**drawing.legend(), "y": 1.0, "traceorder": "normal"},
            shapes=[band, zero],
            annotations=notes,
            xaxis=drawing.axis(
                range=[-reach * 1.08 if signed else 0, reach * 1.08],
                nticks=7,
                title={"text": title, "font": {"size": 12, "color": MUTED}},
            ),
            yaxis=drawing.row_axis(len(rows)),
        ),
    }


def _driver_words(item: Driver, signed: bool, narrow: bool) -> str:
    """What stands at the right of an input's row: its direction where there is room, and its effect."""
    if not item.distinguishable:
        return "noise" if narrow else "not distinguishable"
    effect = f"{item.effect:+.2f}".replace("-", "\u2212") if signed else f"{item.effect:.2f}"
    if narrow or not item.toward:
        return effect
    return f"{label(item.toward, ROW_LETTERS - min(len(item.label), NAME_LETTERS))}   <b>{effect}</b>"


def conditional_shares(content: Conditional, overall: Sequence[OutcomeShare], narrow: bool = False) -> Figure:
    """Shares among the histories that meet the condition, beside the share among all."""
    everyone = {outcome.id: outcome for outcome in overall}
    ranks = {outcome.id: rank for rank, outcome in enumerate(overall)}
    places = [ranks.get(outcome.id, row) for row, outcome in enumerate(content.shares)]
    known = [(row, everyone[o.id]) for row, o in enumerate(content.shares) if o.id in everyone]
    everyones = [outcome.share for _, outcome in known]
    among_all = {
        "type": "scatter",
        "mode": "markers",
        "x": everyones,
        "y": [row + 0.31 for row, _ in known],
        "name": "all histories",
        "marker": {"symbol": "diamond-open", "size": 8, "color": MUTED, "line": {"width": 1.6, "color": MUTED}},
        "error_x": _whiskers(everyones, [o.low for _, o in known], [o.high for _, o in known], MUTED),
        "cliponaxis": False,
        "text": [label(outcome.label) for _, outcome in known],
        "hovertemplate": "%{text}<br>%{x:.1%} of all histories<extra></extra>",
        "showlegend": True,
    }
    top = max([o.high for o in content.shares] + [o.high for _, o in known], default=1.0) * 1.04
    names = [outcome.label for outcome in content.shares]
    return {
        "data": [*_bars(content.shares, places), among_all],
        "layout": drawing.layout(
            72 + PAIR_HEIGHT * len(names),
            barmode="overlay",
            margin={"l": 2, "r": 2, "t": 30, "b": 36},
            showlegend=True,
            legend=drawing.legend(),
            xaxis=_share_axis(top),
            yaxis=drawing.row_axis(len(names), below=0.5),
            annotations=_row_labels(names, _share_words(content.shares), narrow, shift=12),
        ),
    }
