"""Small pictures drawn as SVG text: the course of one history, and a figure against its band.

They carry no words, so that they can stretch to any width without distorting type; names, dates and values stand
beside them in HTML. Ink comes from the page's style sheet through the classes `line`, `base`, `tick`, `band`, `span`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.reports.content import History, Marker, Series

WIDTH = 1000  # user units across; the page stretches them
ROW = 40  # px of one series
GAP = 22  # px above it, where the page writes its name
MARKS = 14  # px of the strip of event ticks


@dataclass(frozen=True)
class Row:
    """Where a series stands in the picture (px from the top) and what to write there."""

    label: str
    top: int
    last: float
    low: float
    high: float


@dataclass(frozen=True)
class HistoryPicture:
    """SVG text, its height in px and the rows to be labelled."""

    svg: str
    height: int
    rows: tuple[Row, ...]


def history_picture(history: History) -> HistoryPicture:
    """One strip a series, all on one time axis, with the events as hairlines through them."""
    horizon = history.horizon_days or 1.0
    shapes: list[str] = []
    rows: list[Row] = []
    top = 0
    for series in history.series:
        if not len(series.days):
            continue
        top += GAP
        rows.append(Row(series.label, top - GAP, float(series.values[-1]), float(series.low), float(series.high)))
        shapes.append(f'<line class="base" x1="0" x2="{WIDTH}" y1="{top + ROW}" y2="{top + ROW}"/>')
        shapes.append(f'<path class="line" d="{_path(series, horizon, top)}"/>')
        top += ROW
    height = top + MARKS
    marks = [_mark(marker, horizon, top, height) for marker in history.markers]
    body = "".join(marks + shapes)
    svg = (
        f'<svg class="drawn" viewBox="0 0 {WIDTH} {height}" width="100%" height="{height}" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">{body}</svg>'
    )
    return HistoryPicture(svg, height, tuple(rows))


def band_strip(value: float, low: float, high: float, band_low: float, band_high: float) -> str:
    """The band as a bar, the interval as a line, the figure as a tick, on a scale that holds them all."""
    bounds = (value, low, high, band_low, band_high)
    left, right = min(bounds), max(bounds)
    room = (right - left) * 0.08 or 1.0
    left, right = left - room, right + room

    def across(at: float) -> str:
        return _short((at - left) / (right - left) * WIDTH)

    band = across(band_low), across(band_high)
    return (
        f'<svg class="drawn strip" viewBox="0 0 {WIDTH} 20" width="100%" height="20" preserveAspectRatio="none" '
        f'aria-hidden="true" focusable="false">'
        f'<rect class="band" x="{band[0]}" y="3" width="{_span(*band)}" height="14"/>'
        f'<line class="line" x1="{across(low)}" x2="{across(high)}" y1="10" y2="10"/>'
        f'<line class="tick" x1="{across(value)}" x2="{across(value)}" y1="2" y2="18"/></svg>'
    )


def _path(series: Series, horizon: float, top: int) -> str:
    points = list(zip(series.days, series.values, strict=True))
    parts = [f"M{_place(points[0], series, horizon, top)}"]
    for (_, before), point in pairwise(points):
        if series.step:
            parts.append(f"L{_place((point[0], before), series, horizon, top)}")
        parts.append(f"L{_place(point, series, horizon, top)}")
    return "".join(parts)


def _place(point: Sequence[float], series: Series, horizon: float, top: int) -> str:
    span = (series.high - series.low) or 1.0
    share = min(max((float(point[1]) - series.low) / span, 0.0), 1.0)
    return f"{_across(float(point[0]), horizon)} {_short(top + ROW * (1 - share))}"


def _mark(marker: Marker, horizon: float, top: int, height: int) -> str:
    x = _across(marker.day, horizon)
    tick = f'<line class="tick" x1="{x}" x2="{x}" y1="{top + 3}" y2="{height}"/>'
    hair = f'<line class="hair" x1="{x}" x2="{x}" y1="0" y2="{top}"/>'
    if marker.end_day is None:
        return hair + tick
    end = _across(marker.end_day, horizon)
    return f'<rect class="span" x="{x}" y="0" width="{_span(x, end)}" height="{height}"/>' + tick


def _across(day: float, horizon: float) -> str:
    return _short(min(max(float(day) / horizon, 0.0), 1.0) * WIDTH)


def _span(start: str, end: str) -> str:
    return _short(max(float(end) - float(start), 0.0))


def _short(value: float) -> str:
    """One decimal and no trailing zero, so that the text is small and the same everywhere."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
