"""Figures of one history: its timeline, and its offers in utility space. As in `sim.reports.figures`, `narrow` is for phones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.reports import colours, drawing, ticks
from sim.reports.colours import MUTED, tint
from sim.reports.content import Offers, TimelineContent
from sim.reports.drawing import Figure, label

LANE_HEIGHT = 42  # px of a row of events
PANEL_HEIGHT = 96  # px of a panel of quantities
TITLE_HEIGHT = 42  # px of the room for the title of either
KEY_LINE = 15  # px of a line in the key of a panel
KEY_LETTERS = 48  # of a line in it on a phone


def timeline(content: TimelineContent, narrow: bool = False) -> Figure:
    """Lanes of events over panels of quantities, on one time axis."""
    lanes = [lane for lane in content.lanes if len(lane.markers)]
    panels = [panel for panel in content.panels if len(panel.series)]
    start = content.meta.start_date
    heights = ([LANE_HEIGHT * len(lanes)] if lanes else []) + [PANEL_HEIGHT] * len(panels)
    heads = ([TITLE_HEIGHT] if lanes else []) + [TITLE_HEIGHT + _stacked(panel, narrow) * KEY_LINE for panel in panels]
    domains = _domains(heights, heads)
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    if lanes:
        _draw_lanes(data, notes, lanes, start, narrow)
        axes["yaxis"] = {**drawing.row_axis(len(lanes)), "domain": domains[0]}
        notes.append(_heading("Events", domains[0][1], 4))
    for panel, position in zip(panels, range(len(heights) - len(panels), len(heights)), strict=True):
        suffix, domain = "" if position == 0 else str(position + 1), domains[position]
        _draw_panel(data, panel, suffix, start)
        axes[f"yaxis{suffix}"] = drawing.axis(
            domain=domain, range=drawing.padded(panel.low, panel.high), nticks=4, **_levels(panel)
        )
        lift = 4
        if len(panel.series) > 1:
            lift = 20 + _stacked(panel, narrow) * KEY_LINE
            notes.append(_series_key(panel, domain[1], narrow))
        title = label(panel.label, 38) if narrow else label(panel.label) + _unit(panel.unit)
        notes.append(_heading(title, domain[1], lift))
    axes["xaxis"] = _time_axis(content.horizon_days, start, f"y{'' if len(heights) < 2 else len(heights)}", narrow)
    total = sum(heights) + sum(heads)
    layout = drawing.layout(total + 56, margin={"l": 30, "r": 32, "t": 4, "b": 44}, annotations=notes, shapes=[], **axes)
    return {"data": data, "layout": layout}


def _domains(heights: Sequence[int], heads: Sequence[int]) -> list[list[float]]:
    """Lowest and highest share of the drawing's height that each part takes, from the top down, each below its head."""
    total = sum(heights) + sum(heads)
    found = []
    upper = float(total)
    for height, head in zip(heights, heads, strict=True):
        upper -= head
        found.append([max((upper - height) / total, 0.0), upper / total])
        upper -= height
    return found


def _heading(title: str, top: float, lift: int) -> dict[str, Any]:
    """The title of a part, `lift` px above its top."""
    place = {"x": 0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return drawing.note(f"<b>{title}</b>", **place, yshift=lift)


def _time_axis(horizon_days: float, start: str | None, anchor: str, narrow: bool) -> dict[str, Any]:
    """The axis that all parts share, under the lowest of them: dates with a calendar, days without."""
    axis = drawing.axis(
        range=[_moment(day, start) for day in (0, horizon_days)],
        showgrid=True,
        ticks="outside",
        **_marks(horizon_days, start, 4 if narrow else 7),
        tickangle=0,
        anchor=anchor,
    )
    if start:
        return axis | {"type": "date", "hoverformat": "%-d %b %Y"}
    return axis | {"title": {"text": "days", "font": {"size": 12, "color": MUTED}}}


def _stacked(panel: Any, narrow: bool) -> int:
    """Further lines that the key of a panel takes on a phone, where names are too long to stand beside each other."""
    shown = panel.series[:3]
    return len(shown) - 1 if narrow and len(shown) > 1 and sum(len(series.label) + 6 for series in shown) > KEY_LETTERS else 0


def _unit(unit: str) -> str:
    return f" ({label(unit, 20)})" if unit else ""


def _moment(day: float, start: str | None) -> Any:
    """A day as Plotly wants it on the axis: ISO date and time with a calendar, the number itself without."""
    if not start:
        return day
    from datetime import datetime, timedelta

    return (datetime.fromisoformat(start) + timedelta(days=float(day))).isoformat(timespec="minutes")


def _marks(horizon: float, start: str | None, most: int) -> dict[str, Any]:
    """Marks of the time axis, from the start to the horizon."""
    if not horizon > 0.0:
        return {}
    if not start:
        days = ticks.between(0.0, horizon, most, whole=horizon >= most - 1)
        return ticks.axis_of(days, [f"{day:g}" for day in days])
    if horizon < 1.0:  # within one date there is nothing to tell apart
        return {"nticks": most}
    marks = ticks.dates(start, _moment(horizon, start), most)
    return ticks.axis_of([place for place, _ in marks], [words for _, words in marks])


def _draw_lanes(data: list[Any], notes: list[Any], lanes: Sequence[Any], start: str | None, narrow: bool) -> None:
    for row, lane in enumerate(lanes):
        colour, symbol = colours.SERIES[row % len(colours.SERIES)], colours.SYMBOLS[row % len(colours.SYMBOLS)]
        spans_x: list[Any] = []
        for marker in lane.markers:
            if marker.end_day is not None:
                spans_x += [_moment(marker.day, start), _moment(marker.end_day, start), None]
        if spans_x:
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": spans_x,
                    "y": [row if x is not None else None for x in spans_x],
                    "line": {"color": tint(colour, 0.45), "width": 9},
                    "hoverinfo": "skip",
                    "showlegend": False,
                }
            )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [_moment(marker.day, start) for marker in lane.markers],
                "y": [row] * len(lane.markers),
                "marker": {
                    "color": colour,
                    "symbol": [symbol if marker.end_day is None else "line-ns" for marker in lane.markers],
                    "size": 11,
                    "line": {"width": [0 if m.end_day is None else 2 for m in lane.markers], "color": colour},
                },
                "text": [label(marker.label, 90) for marker in lane.markers],
                "cliponaxis": False,
                "hovertemplate": "%{x}<br>%{text}<extra></extra>",
                "name": label(lane.label),
                "showlegend": False,
            }
        )
        notes.append(
            drawing.note(
                label(lane.label, 34 if narrow else 80),
                x=0,
                xref="paper",
                xanchor="left",
                y=row,
                yref="y",
                yanchor="bottom",
                yshift=8,
                font={"color": MUTED, "size": 12},
            )
        )


def _draw_panel(data: list[Any], panel: Any, suffix: str, start: str | None) -> None:
    for position, series in enumerate(panel.series):
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [_moment(day, start) for day in series.days],
                "y": series.values,
                "line": {
                    "color": colours.SERIES[position % len(colours.SERIES)],
                    "dash": colours.DASHES[position % len(colours.DASHES)],
                    "width": 2.2,
                    "shape": "hv" if series.step else "linear",
                },
                "name": label(series.label),
                "hovertemplate": f"%{{x}}<br>{label(series.label, 40)} %{{y:.2f}}<extra></extra>",
                "yaxis": f"y{suffix}",
                "showlegend": False,
            }
        )


def _levels(panel: Any) -> dict[str, Any]:
    if not len(panel.levels):
        return {}
    return {
        "tickvals": [height for height, _ in panel.levels],
        "ticktext": [label(name, 18) for _, name in panel.levels],
    }


_DASH_SIGNS = (
    "\u2501\u2501\u2501",
    "\u2501 \u2501",
    "\u00b7\u00b7\u00b7\u00b7",
    "\u2501\u00b7\u2501",
    "\u2501\u2501 \u2501\u2501",
    "\u2501\u2501\u00b7\u2501",
)


def _series_key(panel: Any, top: float, narrow: bool) -> dict[str, Any]:
    """Names of the lines in their colours, with a sign for their dash, in one line under the panel's title."""
    shown = panel.series[: 3 if narrow else 6]
    lines = _stacked(panel, narrow)
    room = KEY_LETTERS if lines else (KEY_LETTERS if narrow else 100) // len(shown)
    parts = []
    for position, series in enumerate(shown):
        colour, sign = colours.SERIES[position % len(colours.SERIES)], _DASH_SIGNS[position % len(_DASH_SIGNS)]
        parts.append(f'<span style="color:{colour}">{sign}</span> {label(series.label, max(room, 12))}')
    return drawing.note(
        ("<br>" if lines else "   ").join(parts),
        x=0,
        y=top,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        font={"size": 11 if narrow else 12, "color": MUTED},
    )


def offers(content: Offers, narrow: bool = False) -> Figure:
    """Proposals in utility space: who proposed (symbol and colour), accepted (filled) or not (hollow), in order."""
    data: list[dict[str, Any]] = []
    proposers = list(dict.fromkeys(offer.proposer for offer in content.offers))
    ordered = sorted(content.offers, key=lambda offer: offer.day)
    for position, proposer in enumerate(proposers):
        colour, symbol = (
            colours.SERIES[position % len(colours.SERIES)],
            colours.SYMBOLS[position % len(colours.SYMBOLS)],
        )
        own = [offer for offer in ordered if offer.proposer == proposer]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [offer.x for offer in own],
                "y": [offer.y for offer in own],
                "line": {
                    "color": tint(colour, 0.4),
                    "width": 1.2,
                    "dash": colours.DASHES[position % len(colours.DASHES)],
                },
                "marker": {
                    "color": colour,
                    "size": [16 if offer.accepted else 9 for offer in own],
                    "symbol": [symbol if offer.accepted else f"{symbol}-open" for offer in own],
                    "line": {"width": 1.8, "color": colour},
                },
                "text": [label(offer.label or offer.track, 80) for offer in own],
                "customdata": [
                    [f"day {offer.day:,.1f}", "accepted" if offer.accepted else "not accepted"] for offer in own
                ],
                "hovertemplate": "%{text}<br>after %{customdata[0]}, %{customdata[1]}<br>%{x:.3f}, %{y:.3f}<extra></extra>",
                "name": f"offered by {label(proposer, 28)}",
            }
        )
    shapes = []
    line = {"color": MUTED, "width": 1.2, "dash": "dot"}
    if content.reservation_x is not None:
        x = content.reservation_x
        shapes.append({"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line})
    if content.reservation_y is not None:
        y = content.reservation_y
        shapes.append({"type": "line", "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1, "line": line})
    title = {"font": {"size": 12, "color": MUTED}}
    limit = 40 if narrow else 70
    return {
        "data": data,
        "layout": drawing.layout(
            400,
            margin={"l": 48, "r": 12, "t": 34, "b": 48},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            shapes=shapes,
            xaxis=drawing.axis(nticks=6, title={**title, "text": label(f"utility for {content.x_label}", limit)}),
            yaxis=drawing.axis(nticks=6, title={**title, "text": label(f"utility for {content.y_label}", limit)}),
        ),
    }
