"""Figures of a run: tidy data in, a Plotly figure as a plain dict out. Nothing is loaded, computed or drawn here.

Every function takes `narrow`: True gives the figure for a phone. Only the layout differs, never the traces, so a page
carries the traces once and two layouts. Colours are the light ones (`sim.reports.colours`). Labels sit above their
row, where long names have room on any width.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from sim.reports import colours, drawing, ticks
from sim.reports.colours import INK, MUTED, tint
from sim.reports.content import (
    Conditional,
    Drivers,
    Fan,
    Incidence,
    OutcomeShare,
    Phases,
    TimeAxis,
)
from sim.reports.drawing import FONT, Figure, label
from sim.reports.words import integer, percent, percent_interval, shorten, written

ROW_HEIGHT = 50  # px of one labelled row: a line of text over a bar
PAIR_HEIGHT = 62  # px of a row with two marks under its text
LINE_HEIGHT = 17  # px of a further line of text over a mark
EDGE = 14  # px at the right of a plot, half of what its last mark says
NAME_LETTERS = (54, 88)  # of an input's name that fit in a line, narrow and wide
TOWARD_LETTERS = (46, 96)  # of the direction in a line, on a phone beside the effect


# ---- shared pieces ----------------------------------------------------------------------------------------------


def row_labels(
    names: Sequence[str], values: Sequence[str], narrow: bool, *, limits: tuple[int, int] = (30, 64), shift: int = 10,
    rows: Sequence[float] | None = None,
) -> list[dict[str, Any]]:
    """Name on the left and value on the right above each row; row 0 is on top unless `rows` says where each is.

    `limits`: letters of a name, narrow and wide.
    """
    notes = []
    for position, name, value in zip(range(len(names)) if rows is None else rows, names, values, strict=True):
        notes.append(_left(label(name, limits[0] if narrow else limits[1]), position, shift, narrow))
        notes.append(_right(value, position, shift, narrow))
    return notes


def _left(text: str, row: float, shift: float, narrow: bool, colour: str = INK) -> dict[str, Any]:
    """A line over a row, at the left edge of the plot."""
    font = {"color": colour, "size": 12 if narrow else 13}
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": row, "yref": "y", "yanchor": "bottom", "yshift": shift}
    return drawing.note(text, font=font, **place)


def _right(text: str, row: float, shift: float, narrow: bool) -> dict[str, Any]:
    """A line over a row, at the right edge of the page."""
    font = {"color": MUTED, "size": 12 if narrow else 13}
    place = {"x": 1, "xref": "paper", "xanchor": "right", "xshift": EDGE, "y": row, "yref": "y", "yanchor": "bottom"}
    return drawing.note(text, font=font, yshift=shift, **place)


def share_axis(top: float, narrow: bool = False) -> dict[str, Any]:
    """An axis of shares from 0 to a round one that is not below `top`."""
    marks = [mark for mark in ticks.up_to(min(top, 1.0), 5 if narrow else 7) if mark <= 1.0]
    texts = [f"{100 * mark:g}%" if mark else "0" for mark in marks]
    return drawing.axis(range=[0, marks[-1]], showgrid=False, ticks="outside", **ticks.axis_of(marks, texts))


def _times(axis: TimeAxis) -> list[Any]:
    return [str(date) for date in axis.dates] if len(axis.dates) else [float(day) for day in axis.days]


def _time_marks(axis: TimeAxis, most: int) -> list[tuple[Any, str]]:
    """Marks of a time axis from its first time to its last: place and words."""
    if len(axis.dates):
        return list(ticks.dates(str(axis.dates[0]), str(axis.dates[-1]), most))
    if not len(axis.days):
        return []
    first, last = float(axis.days[0]), float(axis.days[-1])
    return [(mark, f"{mark:g}") for mark in ticks.between(first, last, most, whole=last - first >= most - 1)]


def _time_axis(axis: TimeAxis, most: int, **changes: Any) -> dict[str, Any]:
    """An axis with at most so many marks, the ends of the time among them."""
    marks = _time_marks(axis, most)
    base = {
        "showgrid": False,
        "ticks": "outside",
        "tickangle": 0,
        **ticks.axis_of([place for place, _ in marks], [words for _, words in marks]),
    }
    if len(marks) > 1:
        base["range"] = [marks[0][0], marks[-1][0]]
    if len(axis.dates):
        return drawing.axis(type="date", hoverformat="%-d %b %Y", **{**base, **changes})
    title = {"text": label(axis.unit), "font": {"size": 12, "color": MUTED}}
    return drawing.axis(**{**base, "title": title, **changes})


def _band(
    times: Sequence[Any], low: Sequence[float], high: Sequence[float], colour: str, alpha: float, **changes: Any
) -> list[dict[str, Any]]:
    """Two traces: an invisible lower edge and the area up to the upper one."""
    edge = {"type": "scatter", "mode": "lines", "x": times, "line": {"width": 0, "color": colour}, "hoverinfo": "skip"}
    return [
        {**edge, "y": low, "showlegend": False, **{k: v for k, v in changes.items() if k in ("xaxis", "yaxis")}},
        {**edge, "y": high, "fill": "tonexty", "fillcolor": tint(colour, alpha), "showlegend": False, **changes},
    ]


def whiskers(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], colour: str = INK
) -> dict[str, Any]:
    """Intervals of marks along the horizontal axis."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
        "color": colour,
        "thickness": 1.6,
        "width": 5,
    }


def _places(outcomes: Sequence[OutcomeShare]) -> dict[str, int]:
    """Place in the palette by id of the class; the same in every figure of a page."""
    return dict(zip((o.id for o in outcomes), colours.class_places([o.tone for o in outcomes]), strict=True))


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
        "error_x": whiskers(shares, [o.low for o in outcomes], [o.high for o in outcomes]),
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
    top = max((outcome.high for outcome in outcomes), default=1.0)
    return {
        "data": _bars(outcomes, list(_places(outcomes).values())),
        "layout": drawing.layout(
            44 + ROW_HEIGHT * len(outcomes),
            barmode="overlay",
            margin={"l": 4, "r": EDGE + 2, "t": 8, "b": 36},
            xaxis=share_axis(top, narrow),
            yaxis=drawing.row_axis(len(outcomes)),
            annotations=row_labels([outcome.label for outcome in outcomes], _share_words(outcomes), narrow),
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
    marks = _incidence_marks(content)
    ranks = _places(outcomes)
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
            content.axis,
            5,
            domain=[left, left + cell_x],
            anchor=f"y{suffix}",
            showticklabels=False,
            automargin=False,
        )
        if position + columns < len(content.series):
            axes[f"xaxis{suffix}"].pop("title", None)
        notes += _panel_ends(content.axis, left, left + cell_x, max(upper - cell / height, 0.0))
        axes[f"yaxis{suffix}"] = drawing.axis(
            domain=[max(upper - cell / height, 0.0), upper],
            anchor=f"x{suffix}",
            range=[0, marks[-1]],
            **ticks.axis_of(marks, [f"{100 * mark:g}%" for mark in marks]),
            showticklabels=column == 0,
            automargin=False,
        )
        notes.append(_panel_head(series, left, upper, narrow))
    layout = drawing.layout(height + 86, margin={"l": 42, "r": 4, "t": 44, "b": 42}, annotations=notes, **axes)
    return {"data": data, "layout": layout}


def _incidence_marks(content: Incidence) -> list[float]:
    highest = max((max(series.high, default=0.0) for series in content.series), default=1.0)
    return [mark for mark in ticks.up_to(min(highest, 1.0), 4) if mark <= 1.0]


def _panel_ends(axis: TimeAxis, left: float, right: float, bottom: float) -> list[dict[str, Any]]:
    """First and last time under a panel, flush with its ends: two panels side by side leave no room for more."""
    marks = _time_marks(axis, 5)
    place = {"y": bottom, "xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -5, "font": {"size": 12, "color": MUTED}}
    ends = ((left, "left", marks[:1]), (right, "right", marks[-1:] if len(marks) > 1 else []))
    return [drawing.note(words, x=x, xanchor=anchor, **place) for x, anchor, end in ends for _, words in end]


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


NODE_WIDTH = 12  # px
BETWEEN = 32  # px between two nodes of a column, for two lines of a label
GUTTER = (128, 184)  # px at the right for the names of the ends, narrow and wide
PLOT_WIDTH = (214, 540)  # px from the first column to the last, on the narrowest phone and on a wide page
STATION_LETTERS = (16, 26)  # of a line of an end's name, narrow and wide
LETTER_WIDTH = 6.7  # px, of most letters at the size of these names


def phases(content: Phases, outcomes: Sequence[OutcomeShare] = (), narrow: bool = False) -> Figure:
    """Sankey of the paths through the phases; widths are numbers of histories.

    Names stand beside their nodes as notes, those of the ends in a gutter at the right, where no band crosses them.
    """
    index = {node.id: position for position, node in enumerate(content.nodes)}
    ranks = _places(outcomes)
    paint = [
        colours.class_colour(ranks[node.outcome_id]) if node.outcome_id in ranks else MUTED for node in content.nodes
    ]
    links = [link for link in content.links if link.source in index and link.target in index and link.count > 0]
    # A link left without colour is white on a transparent page.
    link_paint = [tint(paint[index[link.target]], 0.38) for link in links]
    totals = _node_totals(content, links)
    height = max(280, 58 * _tallest(content))
    places = _node_places(content, totals, BETWEEN / height)
    names = [f"{label(node.label, 60)}: {integer(totals[node.id])}" for node in content.nodes]
    sankey = {
        "type": "sankey",
        "orientation": "h",
        "arrangement": "fixed",
        "domain": {"x": [0, 1], "y": [0, 1]},
        "valueformat": ",d",
        "node": {
            "label": [""] * len(names),
            "customdata": names,
            "color": paint,
            "pad": BETWEEN,
            "thickness": NODE_WIDTH,
            "line": {"width": 0},
            "hovertemplate": "%{customdata}<extra></extra>",
            "x": [x for x, _ in places],
            "y": [y for _, y in places],
        },
        "link": {
            "source": [index[link.source] for link in links],
            "target": [index[link.target] for link in links],
            "value": [link.count for link in links],
            "color": link_paint,
            "customdata": [[names[index[link.source]], names[index[link.target]]] for link in links],
            "hovertemplate": "%{customdata[0]}<br>to %{customdata[1]}<br>%{value:,d} histories<extra></extra>",
        },
        "textfont": {"color": INK, "size": 12, "family": FONT},
    }
    margin = {"l": 4, "r": GUTTER[0 if narrow else 1], "t": 44, "b": 14}
    notes = _stage_heads(content, narrow) + _station_names(content, totals, places, narrow)
    layout = drawing.layout(height + margin["t"] + margin["b"], margin=margin, annotations=notes)
    return {"data": [sankey], "layout": layout}


def _stage_heads(content: Phases, narrow: bool) -> list[dict[str, Any]]:
    """Headings over the columns of nodes."""
    last = max(len(content.stages) - 1, 1)
    notes = []
    for column, heading in enumerate(content.stages):
        text = "<br>".join(label(line, 32) for line in textwrap.wrap(heading, 16 if narrow else 32))
        place = {"x": column / last, "y": 1, "xref": "paper", "yref": "paper", "yshift": 8}
        shift = -NODE_WIDTH if column == last else 0
        font = {"size": 12, "color": MUTED}
        notes.append(drawing.note(text, xanchor="left", yanchor="bottom", xshift=shift, font=font, **place))
    return notes


def _station_names(
    content: Phases, totals: Mapping[str, int], places: Sequence[tuple[float, float]], narrow: bool
) -> list[dict[str, Any]]:
    """Name and number of histories at the right of each node; on a phone in two lines or three."""
    notes = []
    last = max((node.stage for node in content.nodes), default=0)
    room = PLOT_WIDTH[0 if narrow else 1] / max(last, 1) - NODE_WIDTH - 8  # px between two columns
    for node, (x, y) in zip(content.nodes, places, strict=True):
        at_end = node.stage == last
        letters = STATION_LETTERS[0 if narrow else 1] if at_end else max(6, int(room / LETTER_WIDTH))
        lines = _station_lines(node.label, integer(totals[node.id]), letters, 2 if at_end else 3)
        shift = 9 if at_end else NODE_WIDTH + 2 if x < 0.01 else NODE_WIDTH / 2 + 2
        place = {"x": min(max(x, 0.0), 1.0), "y": 1 - y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "middle"}
        notes.append(drawing.note("<br>".join(lines), font={"size": 12, "color": INK}, xshift=shift, **place))
    return notes


def _station_lines(name: str, count: str, letters: int, most: int) -> list[str]:
    """Lines of at most so many letters, `most` of them, with the number in bold at the end of the last."""
    words = [shorten(word, letters + 2) for word in name.split()]  # one that is a little too long stays whole
    lines = textwrap.wrap(" ".join([*words, count]), letters, break_long_words=False)
    if len(lines) > most:
        head = textwrap.wrap(" ".join(words), letters, break_long_words=False)
        tail = shorten(" ".join(head[most - 1 :]), max(letters - len(count) - 1, 2))
        lines = [*head[: most - 1], f"{tail} {count}"]
    last = lines[-1].removesuffix(count)
    return [*(label(line, 80) for line in lines[:-1]), f"{label(last, 80)}<b>{count}</b>"]


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


def _node_places(content: Phases, totals: Mapping[str, int], gap: float) -> list[tuple[float, float]]:
    """Centre of each node in parts of the plot, from left and top: columns by stage, in the given order from the top.

    All columns have one scale, that of the column which fills the height; the others stand in its middle with gaps that
    are wider.
    """
    stages = sorted({node.stage for node in content.nodes})
    columns = [[node for node in content.nodes if node.stage == stage] for stage in stages]
    weights = [sum(totals[node.id] for node in column) or 1 for column in columns]
    scale = min((1 - gap * (len(column) - 1)) / weight for column, weight in zip(columns, weights, strict=True))
    places: dict[str, tuple[float, float]] = {}
    for number, (column, weight) in enumerate(zip(columns, weights, strict=True)):
        free = max(1 - scale * weight, 0.0)
        between = min(free / max(len(column) - 1, 1), 2.5 * gap)
        top = (free - between * (len(column) - 1)) / 2
        for node in column:
            size = scale * totals[node.id]
            # Plotly takes a place of exactly 0 or 1 for none.
            x = min(max(number / max(len(columns) - 1, 1), 0.001), 0.999)
            places[node.id] = (x, min(max(top + size / 2, 0.001), 0.999))
            top += size + between
    return [places[node.id] for node in content.nodes]


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
    limits: dict[str, Any] = {"nticks": 5}
    if content.low is not None and content.high is not None:
        counts = content.high - content.low > 2  # a quantity that counts
        heights = ticks.between(content.low, content.high, 6 if counts else 5, whole=counts)
        limits = {
            "range": drawing.padded(content.low, content.high),
            **ticks.axis_of(heights, [f"{height:g}" for height in heights]),
        }
    return {
        "data": [*bands, middle],
        "layout": drawing.layout(
            290,
            margin={"l": 30, "r": 32, "t": 34, "b": 40},
            showlegend=True,
            legend=drawing.legend(),
            hovermode="x",
            xaxis=_time_axis(content.axis, 4 if narrow else 7),
            yaxis=drawing.axis(**limits),
        ),
    }


def drivers(content: Drivers, narrow: bool = False) -> Figure:
    """Effect of each input with its interval, against the band that a dummy input reaches."""
    items = list(content.items)
    rows = list(range(len(items)))
    digits = ".1%" if content.form == "percent" else ".3f"
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
                "error_x": whiskers(effects, [i.low for _, i in chosen], [i.high for _, i in chosen], colour),
                "text": [label(item.label) for _, item in chosen],
                "cliponaxis": False,
                "customdata": [[item.low, item.high] for _, item in chosen],
                "hovertemplate": f"%{{text}}<br>%{{x:{digits}}} (%{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}})"
                "<extra></extra>",
            }
        )
    reach = max([abs(bound) for item in items for bound in (item.low, item.high)] + [content.noise_floor], default=1.0)
    signed = any(item.low < 0 for item in items)
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
    notes, lines = _driver_labels(content, signed, narrow)
    marks = ticks.up_to(reach, 5 if narrow else 7)
    if signed:
        marks = [-mark for mark in reversed(marks[1:])] + marks
    title = "<br>".join(label(line, 100) for line in textwrap.wrap(content.measure, 46 if narrow else 90))
    return {
        "data": data,
        "layout": drawing.layout(
            110 + (25 + LINE_HEIGHT * lines) * len(rows),
            margin={"l": 4, "r": EDGE + 2, "t": 46 if narrow else 30, "b": 64},
            showlegend=True,
            legend={**drawing.legend(), "y": 1.0, "traceorder": "normal"},
            shapes=[*_floors(content, signed), zero],
            annotations=notes,
            xaxis=drawing.axis(
                range=[marks[0], marks[-1]],
                **ticks.axis_of(marks, [_mark(mark, content) for mark in marks]),
                title={"text": title, "font": {"size": 12, "color": MUTED}},
            ),
            yaxis=drawing.row_axis(len(rows)),
        ),
    }


def _mark(value: float, content: Drivers) -> str:
    return f"{100 * value:g}%" if content.form == "percent" and value else f"{value:g}".replace("-", "\u2212")


def _floors(content: Drivers, signed: bool) -> list[dict[str, Any]]:
    """What a dummy reaches: one band, or a stretch of it for each row where inputs of different kinds have different ones."""
    shared = all(item.floor is None or abs(item.floor - content.noise_floor) < 1e-12 for item in content.items)
    bands = []
    for row, item in [(None, None)] if shared else list(enumerate(content.items)):
        floor = abs(content.noise_floor if item is None or item.floor is None else item.floor)
        place = {"yref": "paper", "y0": 0, "y1": 1} if row is None else {"yref": "y", "y0": row - 0.5, "y1": row + 0.5}
        band = {"type": "rect", "xref": "x", "x0": -floor if signed else 0, "x1": floor, **place, "line": {"width": 0}}
        bands.append({**band, "fillcolor": tint(colours.GREY, 0.22), "layer": "below"})
    return bands


def _driver_labels(content: Drivers, signed: bool, narrow: bool) -> tuple[list[dict[str, Any]], int]:
    """Over each row the input's name with its effect, and below it what a higher value makes likelier, all in full.

    Second: lines of text over a row, as many as the longest takes.
    """
    wide = 0 if narrow else 1
    items, texts = content.items, []
    for item in items:
        told = item.toward if item.distinguishable else "not distinguishable from noise"
        texts.append((textwrap.wrap(item.label, NAME_LETTERS[wide]), textwrap.wrap(told, TOWARD_LETTERS[wide])))
    lines = max((len(name) + len(told) for name, told in texts), default=1)
    notes = []
    for row, (item, (name, told)) in enumerate(zip(items, texts, strict=True)):
        colours_of = [INK] * len(name) + [MUTED] * len(told)
        height = 6.0 + LINE_HEIGHT * (len(colours_of) - 1)
        if item.distinguishable:
            effect = f"{item.effect:+.2f}".replace("-", "\u2212") if signed else written(item.effect, content.form)
            beside = len(name) if narrow else 0  # on a phone the name needs the whole line
            notes.append(_right(f"<b>{effect}</b>", row, height - LINE_HEIGHT * beside, narrow))
        for number, (text, colour) in enumerate(zip([*name, *told], colours_of, strict=True)):
            notes.append(_left(label(text, 120), row, height - LINE_HEIGHT * number, narrow, colour))
    return notes, lines


def conditional_shares(content: Conditional, overall: Sequence[OutcomeShare], narrow: bool = False) -> Figure:
    """Shares among the histories that meet the condition, beside the share among all."""
    everyone = {outcome.id: outcome for outcome in overall}
    ranks = _places(overall)
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
        "error_x": whiskers(everyones, [o.low for _, o in known], [o.high for _, o in known], MUTED),
        "cliponaxis": False,
        "text": [label(outcome.label) for _, outcome in known],
        "hovertemplate": "%{text}<br>%{x:.1%} of all histories<extra></extra>",
        "showlegend": True,
    }
    top = max([o.high for o in content.shares] + [o.high for _, o in known], default=1.0)
    names = [outcome.label for outcome in content.shares]
    return {
        "data": [*_bars(content.shares, places), among_all],
        "layout": drawing.layout(
            72 + PAIR_HEIGHT * len(names),
            barmode="overlay",
            margin={"l": 4, "r": EDGE + 2, "t": 30, "b": 36},
            showlegend=True,
            legend=drawing.legend(),
            xaxis=share_axis(top, narrow),
            yaxis=drawing.row_axis(len(names), below=0.5),
            annotations=row_labels(names, _share_words(content.shares), narrow, shift=12),
        ),
    }
