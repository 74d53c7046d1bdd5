"""Comparative statics as a self-contained HTML page: `sim solve --over ... --out` writes it.

html = render_statics(statics, "sim solve ...")
"""

from __future__ import annotations

import math

from sim.analysis.statics import Course, Statics
from sim.reports import colours, drawing
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_CHARTS = 24


def render_statics(statics: Statics, command: str) -> str:
    """The HTML text of the page; ``command`` is how to make it again."""
    return template("statics.html.j2").render(
        **page_parts(),
        spec=statics.spec,
        statics=statics,
        lead=lead(statics),
        charts=[_chart(statics, course) for course in statics.courses[:MOST_CHARTS]],
        left_out=max(0, len(statics.courses) - MOST_CHARTS),
        gaps=gaps(statics),
        several=[words for _, words in statics.several()],
        command=command,
    )


def lead(statics: Statics) -> str:
    """What the page shows, in a sentence."""
    low, high = statics.values[0], statics.values[-1]
    now = "" if statics.now is None else f" The file has {statics.now:g}."
    return f"How the solution moves with {statics.label}, from {low:g} to {high:g}.{now}"


def gaps(statics: Statics) -> str:
    """Where there is no solution, and why."""
    if not statics.refused:
        return ""
    count = len(statics.refused)
    return f"At {count} of {len(statics.values)} values there is no solution, first at {statics.refused[0][0]:g}: {statics.refused[0][1]}"


def _chart(statics: Statics, course: Course) -> Chart:
    known = [(x, y) for x, y in zip(statics.values, course.values, strict=True) if math.isfinite(y)]
    beside = {x: item.kind for x, item in zip(statics.values, statics.beside, strict=True) if item is not None}
    heads = (statics.label, course.meaning, *(["equilibria"] if beside else []))
    table = Table(heads, [(f"{x:g}", f"{y:.6g}", *([beside.get(x, "")] if beside else [])) for x, y in known])
    title = course.meaning[:1].upper() + course.meaning[1:]
    return chart(title, reading(statics, course), lambda narrow: line(statics, course, narrow), table)


def reading(statics: Statics, course: Course) -> str:
    """The course in words: whether it rises, falls or turns, and between which values."""
    known = [(x, y) for x, y in zip(statics.values, course.values, strict=True) if math.isfinite(y)]
    if not course.moves:
        return f"{course.name}: {known[0][1]:.4g} throughout." if known else f"{course.name}: no value."
    ys = [y for _, y in known]
    slack = 1e-9 * (max(ys) - min(ys))
    rises = all(b >= a - slack for a, b in zip(ys, ys[1:], strict=False))
    falls = all(b <= a + slack for a, b in zip(ys, ys[1:], strict=False))
    if rises or falls:
        return f"{course.name} {'rises' if rises else 'falls'} from {ys[0]:.4g} to {ys[-1]:.4g}."
    top, bottom = max(known, key=lambda pair: pair[1]), min(known, key=lambda pair: pair[1])
    return f"{course.name} is highest, {top[1]:.4g}, at {top[0]:g} and lowest, {bottom[1]:.4g}, at {bottom[0]:g}."


def line(statics: Statics, course: Course, narrow: bool = False) -> drawing.Figure:
    """One output over the values; a line marks the value in the file, a ring each value whose solution is not the only one."""
    ys = [y if math.isfinite(y) else None for y in course.values]
    shapes = []
    marked = [(x, y) for x, y, item in zip(statics.values, ys, statics.beside, strict=True) if item is not None and y is not None]
    if statics.now is not None and statics.values[0] <= statics.now <= statics.values[-1]:
        shapes.append(
            {"type": "line", "xref": "x", "yref": "paper", "x0": statics.now, "x1": statics.now, "y0": 0, "y1": 1,
             "line": {"color": colours.MUTED, "width": 1, "dash": "dot"}}
        )  # fmt: skip
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": list(statics.values),
                "y": ys,
                "line": {"color": colours.BLUE, "width": 2.6},
                "name": drawing.label(course.name),
                "hovertemplate": f"{drawing.label(statics.label)} %{{x:.4g}}<br>%{{y:.4g}}<extra></extra>",
            },
            *([_marks(marked)] if marked else []),
        ],
        "layout": drawing.layout(
            250,
            margin={"l": 44, "r": 16, "t": 10, "b": 52},
            shapes=shapes,
            xaxis=drawing.axis(
                nticks=4 if narrow else 7,
                title={"text": drawing.label(statics.label, 34 if narrow else 60), "font": {"size": 12, "color": colours.MUTED}},
            ),
            yaxis=drawing.axis(nticks=5),
        ),
    }


def _marks(points: list[tuple[float, float]]) -> dict[str, object]:
    """Rings at values whose solution is not the only one."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "marker": {"symbol": "circle-open", "size": 8, "color": colours.BLUE},
        "name": "not the only equilibrium",
        "showlegend": False,
        "hoverinfo": "skip",
    }
