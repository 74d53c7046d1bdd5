"""Figures of a game: payoffs, options taken, numbers. As in `sim.reports.figures`, `narrow` is for phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.game_names import figure
from sim.reports import drawing, ticks
from sim.reports.colours import BLUE, INK, MUTED, tint
from sim.reports.content import Distribution, Level, OptionShares
from sim.reports.drawing import Figure, label
from sim.reports.figures import EDGE, ROW_HEIGHT, row_labels, share_axis, whiskers
from sim.reports.words import integer, percent, percent_interval

HEAD_HEIGHT = 0.62  # of a row, for the name of a move
HEIGHT = 240  # px of a distribution
NAME_LETTERS = (18, 60)  # of a player beside a mean with its interval, narrow and wide
FEW = 8  # bars that each have a mark on the axis


def payoffs(levels: Sequence[Level], narrow: bool = False) -> Figure:
    """A mark with its interval for the mean payoff of each player, on one scale."""
    means = [item.mean for item in levels]
    marks = _marks([0.0, *(bound for item in levels for bound in (item.low, item.high))], 5 if narrow else 7)
    dots = {
        "type": "scatter", "mode": "markers", "x": means, "y": list(range(len(levels))),
        "marker": {"color": BLUE, "size": 11, "symbol": "circle"},
        "error_x": whiskers(means, [item.low for item in levels], [item.high for item in levels]),
        "text": [label(item.label) for item in levels], "customdata": [_level_words(item) for item in levels],
        "hovertemplate": "%{text}<br>%{customdata}<extra></extra>", "cliponaxis": False, "showlegend": False,
    }  # fmt: skip
    told = [f"<b>{_mean(item)}</b>{_beside(item)}" for item in levels]
    zero = {
        "type": "line", "xref": "x", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": {"color": MUTED, "width": 1},
        "layer": "below",
    }  # fmt: skip
    return {
        "data": [dots],
        "layout": drawing.layout(
            44 + ROW_HEIGHT * len(levels),
            margin={"l": 12, "r": EDGE + 2, "t": 8, "b": 36},
            shapes=[zero] if marks[0] < 0.0 else [],
            xaxis=_axis(marks, [marks[0], marks[-1]]),
            yaxis=drawing.row_axis(len(levels)),
            annotations=row_labels([item.label for item in levels], told, narrow, limits=NAME_LETTERS),
        ),
    }


def _axis(marks: Sequence[float], reach: Sequence[float], **changes: Any) -> dict[str, Any]:
    """A horizontal axis with just these marks."""
    texts = [_mark(x) for x in marks]
    return drawing.axis(range=list(reach), showgrid=False, ticks="outside", **ticks.axis_of(marks, texts), **changes)


def _mean(item: Level) -> str:
    return figure(item.mean, all_digits=not item.is_constant)


def _beside(item: Level) -> str:
    if item.is_constant:
        return "  always"
    return f"  {figure(item.low, all_digits=True)} to {figure(item.high, all_digits=True)}"


def _level_words(item: Level) -> str:
    return f"{_mean(item)},{_beside(item)}"


def _mark(value: float) -> str:
    return f"{value:g}".replace("-", "\u2212")


def _marks(values: Sequence[float], most: int) -> list[float]:
    """Round marks that hold all values; 0 among them where it is."""
    low, high = min(values), max(values)
    if low >= 0.0:
        return ticks.up_to(high, most)
    step = ticks.up_to(max(high, -low), max(2, most // 2 + 1))[1]
    first, last = -int(-low / step + 0.999999), int(max(high, 0.0) / step + 0.999999)
    return [round(step * n, 12) for n in range(first, last + 1)]


def options(choices: Sequence[OptionShares], narrow: bool = False) -> Figure:
    """Bars of the options taken at each move, under the name of the move."""
    rows: list[float] = []
    heads: list[tuple[float, OptionShares]] = []
    at = 0.0
    for number, choice in enumerate(choices):
        heads.append((at - 0.45 + (0.12 if number else 0.0), choice))
        at += HEAD_HEIGHT
        for _ in choice.shares:
            rows.append(at)
            at += 1.0
    shares = [item for choice in choices for item in choice.shares]
    values = [item.share for item in shares]
    bar = {"type": "bar", "orientation": "h", "x": values, "y": rows, "width": 0.36, "showlegend": False}
    fill = {**bar, "marker": {"color": tint(BLUE, 0.5), "line": {"width": 0}}, "hoverinfo": "skip"}
    edge = {
        **bar,
        "marker": {"color": tint(BLUE, 0.0), "line": {"width": 1.2, "color": BLUE}},
        "error_x": whiskers(values, [item.low for item in shares], [item.high for item in shares]),
        "text": [label(item.label) for item in shares], "textposition": "none",
        "customdata": [[integer(item.count), percent_interval(item.low, item.high)] for item in shares],
        "hovertemplate": "%{text}<br>%{x:.1%}, interval %{customdata[1]}<br>%{customdata[0]} histories<extra></extra>",
    }  # fmt: skip
    written = [f"<b>{percent(item.share)}</b>  {percent_interval(item.low, item.high)}" for item in shares]
    notes = row_labels([item.label for item in shares], written, narrow, rows=rows)
    notes += [_head(choice, y, narrow) for y, choice in heads]
    return {
        "data": [fill, edge],
        "layout": drawing.layout(
            44 + ROW_HEIGHT * at,
            barmode="overlay",
            margin={"l": 4, "r": EDGE + 2, "t": 8, "b": 36},
            xaxis=share_axis(1.0, narrow),
            yaxis={**drawing.row_axis(1), "range": [at - 0.62, -0.78]},
            annotations=notes,
        ),
    }


def _head(choice: OptionShares, y: float, narrow: bool) -> dict[str, Any]:
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": y, "yref": "y", "yanchor": "middle"}
    return drawing.note(f"<b>{label(choice.label, 44 if narrow else 84)}</b>", font={"color": MUTED, "size": 12 if narrow else 13}, **place)


def distribution(content: Distribution, narrow: bool = False) -> Figure:
    """Bars of the shares of histories by a number, with its mean as an upright line."""
    bars = {
        "type": "bar", "x": content.middles, "y": content.shares, "width": content.widths,
        "marker": {"color": tint(BLUE, 0.5), "line": {"width": 1, "color": BLUE}}, "showlegend": False,
        "hovertemplate": "%{x:.4g}<br>%{y:.1%} of histories<extra></extra>",
    }  # fmt: skip
    room = content.widths[0] if len(content.middles) < FEW else content.widths[0] / 2.0
    first, last = content.middles[0] - room, content.middles[-1] + room
    if 0.0 < first < 0.05 * last and len(content.middles) >= FEW:
        first = 0.0  # an axis that begins near 0 begins there
    marks = list(content.middles) if len(content.middles) < FEW else _marks_between(first, last, 5 if narrow else 7)
    heights = [mark for mark in ticks.up_to(max(content.shares), 4) if mark <= 1.0]
    mean = {
        "type": "line", "xref": "x", "yref": "paper", "x0": content.mean, "x1": content.mean, "y0": 0, "y1": 1,
        "line": {"color": INK, "width": 1.6, "dash": "dot"},
    }  # fmt: skip
    side = "left" if content.mean < (first + last) / 2.0 else "right"
    told = drawing.note(
        f"mean {figure(content.mean)}", x=content.mean, xref="x", y=1, yref="paper", xanchor=side, yanchor="bottom",
        font={"size": 12, "color": MUTED},
    )  # fmt: skip
    return {
        "data": [bars],
        "layout": drawing.layout(
            HEIGHT,
            margin={"l": 42, "r": EDGE + 2, "t": 24, "b": 44},
            shapes=[mean],
            annotations=[told],
            xaxis=_axis(marks, [first, last], title={"text": label(content.unit), "font": {"size": 12, "color": MUTED}}),
            yaxis=drawing.axis(range=[0, heights[-1]], **ticks.axis_of(heights, [f"{100 * x:g}%" for x in heights])),
        ),
    }  # fmt: skip


def _marks_between(low: float, high: float, most: int) -> list[float]:
    """Round marks inside a range."""
    step = ticks.up_to(high - low, most)[1]
    first = int(low / step) - 1
    return [x for n in range(first, first + 3 * most + 4) if low - 1e-9 * step <= (x := round(n * step, 12)) <= high + 1e-9 * step]
