"""Figures of a comparison: differences with their intervals, the ranking, where histories part."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis.comparison import Compared
from sim.analysis.comparison_words import change
from sim.analysis.paired_differences import Difference
from sim.analysis.ranking import Ranking
from sim.reports import drawing, figures, ticks
from sim.reports.colours import BLUE, GRID, INK, MUTED, VERMILLION, tint
from sim.reports.content import OutcomeShare, PhaseLink, PhaseNode, Phases
from sim.reports.words import percent

ROW, HEAD, FOOT = 38, 46, 40  # px of an arm's row, of a panel's name and of its axis
MOST_PANELS = 6
MOST_STATIONS = 6  # turning points that have a node of their own
OTHER = "another turning point"
NONE = "no turning point differs"


def panels_of(found: Compared) -> list[str]:
    """Ids of the outcomes whose differences are drawn: those of which most can be told, the largest first; at least one."""
    weight: dict[str, tuple[int, float]] = {}
    for item in found.differences:
        if item.measure.group == "outcomes":
            count, size = weight.get(item.measure.id, (0, 0.0))
            weight[item.measure.id] = (count + item.holds_among_all, max(size, abs(item.difference)))
    order = sorted(weight, key=lambda name: (-weight[name][0], -weight[name][1]))
    told = [name for name in order if weight[name][0]] or order[:1]
    kept = set(told[:MOST_PANELS])
    return [item.id for item in found.measures if item.id in kept]


def forest(found: Compared, measures: Sequence[str], narrow: bool = False) -> drawing.Figure:
    """Panels, one a measure, on scales of their own: a row for each arm, with its interval alone and among all."""
    arms = [name for name in found.others if name not in found.twin_of]
    columns = 1 if narrow or len(measures) == 1 else 2
    rows = -(-len(measures) // columns)
    panel = HEAD + ROW * len(arms) + FOOT
    height = rows * panel
    data: list[dict[str, Any]] = []
    axes: dict[str, Any] = {}
    notes: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    for n, identifier in enumerate(measures):
        items = [next(item for item in found.of(name) if item.measure.id == identifier) for name in arms]
        suffix = "" if n == 0 else str(n + 1)
        row, column = divmod(n, columns)
        gap = 0.07
        wide = (1.0 - gap * (columns - 1)) / columns
        left = column * (wide + gap)
        top = 1.0 - row * panel / height
        bottom = top - (panel - FOOT) / height
        steps = ticks.up_to(_reach(items), 3)
        reach = steps[-1]
        marks = [*(-mark for mark in reversed(steps[1:])), *steps]
        texts = [f"{100 * mark:+g}".replace("-", "\u2212") if mark else "0" for mark in marks]
        axes[f"xaxis{suffix}"] = drawing.axis(
            domain=[left, left + wide], anchor=f"y{suffix}", range=[-reach, reach], showgrid=False, ticks="outside", automargin=False,
            **ticks.axis_of(marks, texts),
        )  # fmt: skip
        upper = top - HEAD / height
        axes[f"yaxis{suffix}"] = drawing.axis(
            domain=[max(bottom, 0.0), upper], anchor=f"x{suffix}", range=[len(arms) - 0.25, -0.75], showgrid=False, showticklabels=False,
            automargin=False, ticks="",
        )  # fmt: skip
        place = {"xref": "paper", "yref": "paper", "x": left, "xanchor": "left"}
        notes.append(
            drawing.note(
                f"<b>{drawing.label(items[0].measure.label, 40)}</b>", **place, y=upper, yanchor="bottom", yshift=18,
                font={"size": 13 if narrow else 14, "color": INK},
            )
        )  # fmt: skip
        shapes.append(
            {"type": "line", "xref": f"x{suffix}", "yref": f"y{suffix}", "x0": 0, "x1": 0, "y0": -0.6, "y1": len(arms) - 0.3,
             "line": {"color": MUTED, "width": 1}, "layer": "below"}
        )  # fmt: skip
        for k, item in enumerate(items):
            notes += _row_notes(item, k, suffix, left, left + wide, narrow)
        data += _marks(items, suffix)
    layout = drawing.layout(
        height + 12, margin={"l": 18, "r": 20, "t": 4, "b": 8}, annotations=notes, shapes=shapes, **axes
    )
    return {"data": data, "layout": layout}


def _reach(items: Sequence[Difference]) -> float:
    ends = [abs(end) for item in items for end in (item.low, item.high, item.joint_low, item.joint_high)]
    return max([end for end in ends if math.isfinite(end)], default=1.0) or 1.0


def _row_notes(item: Difference, row: int, suffix: str, left: float, right: float, narrow: bool) -> list[dict[str, Any]]:
    """Name of the arm on the left of its row, the difference on the right."""
    font = {"size": 12, "color": INK if item.holds_among_all else MUTED}
    place = {"y": row, "yref": f"y{suffix}", "xref": "paper", "yanchor": "bottom", "yshift": 4, "font": font}
    form = item.measure.form
    figure = f"<b>{change(item.difference, form)}</b>" if item.holds_among_all else change(item.difference, form)
    value = f"{figure}  {change(item.low, form)} to {change(item.high, form)}"
    return [
        drawing.note(drawing.label(item.arm, 24 if narrow else 26), x=left, xanchor="left", **place),
        drawing.note(value, x=right, xanchor="right", **place),
    ]


def _marks(items: Sequence[Difference], suffix: str) -> list[dict[str, Any]]:
    place = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "type": "scatter"}
    paint = [_colour(item) for item in items]
    traces: list[dict[str, Any]] = []
    for row, (item, colour) in enumerate(zip(items, paint, strict=True)):
        line = {**place, "mode": "lines", "y": [row, row], "hoverinfo": "skip"}
        traces.append({**line, "x": [item.joint_low, item.joint_high], "line": {"color": tint(colour, 0.55), "width": 1.4}})
        traces.append({**line, "x": [item.low, item.high], "line": {"color": colour, "width": 4}})
    told = [
        [item.arm, change(item.difference, item.measure.form), _ends(item.low, item.high, item),
         _ends(item.joint_low, item.joint_high, item)]
        for item in items
    ]  # fmt: skip
    traces.append(
        {
            **place,
            "mode": "markers",
            "x": [item.difference for item in items],
            "y": list(range(len(items))),
            "marker": {
                "size": 10,
                "symbol": ["circle" if item.holds_among_all else "circle-open" for item in items],
                "color": paint,
                "line": {"width": 2, "color": paint},
            },
            "customdata": told,
            "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}, alone %{customdata[2]}<br>among all %{customdata[3]}<extra></extra>",
        }
    )
    return traces


def _ends(low: float, high: float, item: Difference) -> str:
    return f"{change(low, item.measure.form)} to {change(high, item.measure.form)}"


def _colour(item: Difference) -> str:
    if not item.holds_among_all:
        return MUTED
    return BLUE if item.difference > 0.0 else VERMILLION


# Ranking -------------------------------------------------------------------------------------------------------------


def ranks(ranking: Ranking, narrow: bool = False) -> drawing.Figure:
    """How probable each rank is for each arm: darker squares are more probable."""
    arms = [item.arm for item in ranking.standings]
    number = len(arms)
    table = [list(item.ranks) for item in ranking.standings]
    notes = []
    for row, item in enumerate(ranking.standings):
        for column, chance in enumerate(item.ranks):
            if chance >= 0.005:
                font = {"size": 11 if narrow else 12, "color": INK}
                notes.append(drawing.note(f"{100 * chance:.0f}", x=column, y=row, xref="x", yref="y", align="center", font=font))
    heat = {
        "type": "heatmap", "z": table, "x": list(range(number)), "y": list(range(number)), "xgap": 2, "ygap": 2, "zmin": 0.0, "zmax": 1.0,
        "colorscale": [[0, tint(BLUE, 0.03)], [1, tint(BLUE, 0.6)]], "showscale": False,
        "text": [[f"{drawing.label(arm)}, rank {k + 1}: {percent(chance)}" for k, chance in enumerate(row)]
                 for arm, row in zip(arms, table, strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    names = [drawing.label(name, 18 if narrow else 30) for name in arms]
    return {
        "data": [heat],
        "layout": drawing.layout(
            44 + 34 * number,
            margin={"l": 4, "r": 4, "t": 30, "b": 8},
            annotations=notes,
            xaxis=drawing.axis(
                side="top", showgrid=False, ticks="", tickangle=0,
                **ticks.axis_of(list(range(number)), [str(k + 1) for k in range(number)]),
            ),
            yaxis=drawing.axis(
                range=[number - 0.5, -0.5], showgrid=False, ticks="", gridcolor=GRID, **ticks.axis_of(list(range(number)), names)
            ),
        ),
    }  # fmt: skip


# Where histories part ------------------------------------------------------------------------------------------------


def ways(found: Compared) -> Phases | None:
    """Arms, the first turning point that differs, and the end, of the pairs that were replayed; none where none was."""
    frequent: Counter[str] = Counter()
    for item in found.divergences:
        frequent.update(dict(item.turns()))
    kept = {label for label, _ in sorted(frequent.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_STATIONS]}
    first: Counter[tuple[str, str]] = Counter()
    then: Counter[tuple[str, str]] = Counter()
    for item in found.divergences:
        for pair in item.sample:
            label = NONE if pair.turn is None else pair.turn.label if pair.turn.label in kept else OTHER
            first[item.arm, label] += 1
            then[label, pair.outcome] += 1
    if not first:
        return None
    labels = outcome_labels(found)
    sizes: Counter[str] = Counter()
    for (_, label), number in first.items():
        sizes[label] += number
    stations = sorted(sizes, key=lambda label: (label in (OTHER, NONE), -sizes[label], label))
    ends = [name for name in labels if any(end == name for _, end in then)]
    nodes = [
        *(PhaseNode(f"arm {name}", name, 0) for name in found.others if any(arm == name for arm, _ in first)),
        *(PhaseNode(f"turn {label}", label, 1) for label in stations),
        *(PhaseNode(f"end {name}", labels[name], 2, name) for name in ends),
    ]
    links = [PhaseLink(f"arm {arm}", f"turn {label}", number) for (arm, label), number in first.items()]
    links += [PhaseLink(f"turn {label}", f"end {end}", number) for (label, end), number in then.items()]
    return Phases(nodes, links, stages=("Policy", "First turn that differs", "Ends as"))


def outcome_labels(found: Compared) -> dict[str, str]:
    """Labels of outcome classes of all arms by id, those of the reference first."""
    labels: dict[str, str] = {}
    for name in (found.reference, *found.others):
        for item in found.played.arms[name].completed["outcomes"]:
            labels.setdefault(item["class"], item.get("label") or item["class"].replace("_", " "))
    return labels


def sankey(content: Phases, found: Compared, narrow: bool = False) -> drawing.Figure:
    """The ways of `ways`; ends have the colours of their classes."""
    tones: Mapping[str, str] = {
        item["class"]: item.get("tone") or "mixed" for item in found.played.arms[found.reference].completed["outcomes"]
    }
    labels = outcome_labels(found).items()
    outcomes = [OutcomeShare(name, label, 0.0, 0.0, 0.0, 0, tone=tones.get(name, "mixed")) for name, label in labels]
    return figures.phases(content, outcomes, narrow)


__all__ = ["forest", "outcome_labels", "panels_of", "ranks", "sankey", "ways"]
