"""Figures of an empirical game: payoffs as a heat map, better replies as a graph, how histories end beside the default play."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.analysis.empirical_game import NEAR, EmpiricalGame, deviations
from sim.analysis.empirical_outcomes import Ending
from sim.analysis.empirical_words import measured
from sim.games.many_games import is_pure
from sim.reports import colours, drawing, ticks
from sim.reports.arrows import Lines, Point, curve
from sim.reports.colours import GRID, INK, PAPER, SERIES, tint

MOST_NODES = 64  # beyond which arrows cannot be told apart
MOST_PLAYS = 4  # equilibria whose endings are drawn
SEEN = 0.05  # share of bootstrap samples from which a profile counts as a possible equilibrium
_BOW_SIDEWAYS, _BOW_UPRIGHT = 0.32, 0.26  # swing of an arrow that passes nodes, in lengths of it: columns are wider than rows
_WIDEST = 0.75  # swing at most, in steps from node to node: twice what the middle of the line is off
_PALE, _FULL = 0.04, 0.5  # of the heat map's colour, so that ink stays readable on it


def wrapped(name: str, letters: int = 10) -> str:
    """A strategy's name on several lines, broken at its dashes."""
    lines = [""]
    for part in drawing.label(name, 48).replace("-", "-\0").replace(", ", ", \0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part.strip()) > letters:
            lines.append("")
        lines[-1] += part
    return "<br>".join(line.strip() for line in lines)


def payoff_map(found: EmpiricalGame, player: int, narrow: bool) -> drawing.Figure:
    """Payoffs of one of two players by profile: rows are the first player's strategies. Best replies of the player are framed."""
    table = found.game.payoffs[player]
    errors = found.payoff_errors[player].reshape(table.shape)
    rows, columns = (tuple(item.name for item in menu) for menu in found.profiles.menus)
    colour = SERIES[player]
    digits = _digits(found, player)
    pure = {support for support in found.judgement.supports if is_pure(support)}
    best = table >= table.max(axis=player, keepdims=True) - 1e-12
    notes, frames = [], []
    small = 11 if narrow else 13
    for r, c in itertools.product(range(len(rows)), range(len(columns))):
        text = f"{table[r, c]:.{digits}f}<br><span style='font-size:{small - 2}px'>± {errors[r, c]:.{digits}f}</span>"
        if ((r,), (c,)) in pure:
            text = f"<b>{text}</b><br><span style='font-size:{small - 2}px'>equilibrium</span>"
        notes.append(drawing.note(text, x=c, y=r, xref="x", yref="y", align="center", font={"color": INK, "size": small}))
        if best[r, c]:
            frame = {"color": INK, "width": 2}
            frames.append(
                {"type": "rect", "x0": c - 0.47, "x1": c + 0.47, "y0": r - 0.45, "y1": r + 0.45, "line": frame, "layer": "above"}
            )
    hover = [
        [f"<b>{drawing.label(row)}, {drawing.label(name)}</b><br>{measured(table[r, c], errors[r, c])}" for c, name in enumerate(columns)]
        for r, row in enumerate(rows)
    ]
    heat = {
        "type": "heatmap", "z": table.tolist(), "x": list(range(len(columns))), "y": list(range(len(rows))), "xgap": 2, "ygap": 2,
        "colorscale": [[0, tint(colour, _PALE)], [1, tint(colour, _FULL)]], "showscale": False, "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    if np.ptp(table) == 0.0:
        heat |= {"zmin": float(table[0, 0]) - 1.0, "zmax": float(table[0, 0]) + 1.0}
    plain = {"showgrid": False, "ticks": "", "tickangle": 0}
    across = ticks.axis_of(list(range(len(columns))), [wrapped(name) for name in columns])
    down = ticks.axis_of(list(range(len(rows))), [wrapped(name, 10 if narrow else 14) for name in rows])
    return {
        "data": [heat],
        "layout": drawing.layout(
            64 * len(rows) + 60,
            xaxis=drawing.axis(side="top", range=[-0.5, len(columns) - 0.5], **plain, **across),
            yaxis=drawing.axis(range=[len(rows) - 0.5, -0.5], **plain, **down),
            margin={"l": 2, "r": 2, "t": 8, "b": 8},
            annotations=notes,
            shapes=frames,
        ),
    }


def _digits(found: EmpiricalGame, player: int) -> int:
    import math

    errors = found.payoff_errors[player]
    errors = errors[errors > 0.0]
    return min(4, max(1, 1 - math.floor(math.log10(float(errors.max()))))) if len(errors) else 3


# The graph of better replies -----------------------------------------------------------------------------------------


def better_replies(found: EmpiricalGame) -> list[tuple[int, int, int, float, float]]:
    """(profile, player, profile after the player's best reply, gain, standard error) for every profile that a player would leave."""
    moves = []
    for profile in range(len(found.profiles)):
        for player in range(len(found.profiles.players)):
            others = deviations(found.profiles.shape, profile, player)
            best = max(others, key=lambda other: found.gap(player, profile, other)[0])
            gain, error = found.gap(player, profile, best)
            if gain > found.judgement.solutions.tolerance:
                moves.append((profile, player, best, gain, error))
    return moves


def reply_graph(found: EmpiricalGame, ranks: Sequence[int], narrow: bool) -> drawing.Figure:
    """Profiles as nodes, numbered by regret; arrows in the colour of whoever would move. Dashed: gain within two standard errors."""
    places, across, down = _grid(found)
    columns, rows = len(across), len(down)
    node = 15.0 if columns <= 5 else 11.0
    traces: list[dict[str, Any]] = []
    moves = better_replies(found)
    for player, label in enumerate(found.profiles.labels):
        sure, unsure = Lines(node), Lines(node)
        for profile, mover, target, gain, error in moves:
            if mover == player:
                start, end = places[profile], places[target]
                length = abs(start[0] - end[0]) + abs(start[1] - end[1])
                most = _BOW_SIDEWAYS if start[1] == end[1] else _BOW_UPRIGHT
                bow = min(most, _WIDEST / length) if length > 1.01 else 0.0
                (sure if gain > NEAR * error else unsure).add(curve(start, end, bow), 12)
        colour = SERIES[player % len(SERIES)]
        name = drawing.label(label, 40)
        shared = {"type": "scatter", "hoverinfo": "skip", "legendgroup": name}
        dashed = {"color": colour, "width": 2, "dash": "dot", "backoff": 0}
        traces.append({**shared, **unsure.trace(colour), "line": dashed, "showlegend": False})
        solid = {"color": colour, "width": 2.2, "backoff": 0}
        traces.append({**shared, **sure.trace(colour), "line": solid, "name": name, "showlegend": True})
    traces.append(_nodes(found, places, ranks, node))
    plain = {"showgrid": False, "ticks": ""}
    step = 78 if rows <= 5 else 62
    horizontal = ticks.axis_of(list(range(columns)), [wrapped(name, 10 if columns <= 5 else 40) for name in across])
    vertical = ticks.axis_of(list(range(rows)), [wrapped(name, 10 if narrow else 16) for name in down])
    turned = 0 if columns <= 5 else -90
    return {
        "data": traces,
        "layout": drawing.layout(
            step * rows + (90 if columns <= 5 else 190) + (24 if narrow else 0),
            xaxis=drawing.axis(side="bottom", tickangle=turned, range=[-0.5, columns - 0.5], **plain, **horizontal),
            yaxis=drawing.axis(range=[rows - 0.5, -0.5], tickangle=0, **plain, **vertical),
            margin={"l": 2, "r": 2, "t": 34 if not narrow else 60, "b": 6},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
        ),
    }


def _grid(found: EmpiricalGame) -> tuple[list[Point], list[str], list[str]]:
    """Where each profile stands: the first, third, ... player's strategies decide the row, the others' the column."""
    menus = found.profiles.menus
    sides = [[i for i in range(len(menus)) if i % 2 == parity] for parity in (0, 1)]
    names: list[list[str]] = []
    order: list[dict[tuple[int, ...], int]] = []
    for side in sides:
        combinations = list(itertools.product(*(range(len(menus[i])) for i in side)))
        order.append({one: place for place, one in enumerate(combinations)})
        names.append([", ".join(menus[i][k].name for i, k in zip(side, one, strict=True)) for one in combinations])
    places = []
    for profile in range(len(found.profiles)):
        choices = found.profiles.choices(profile)
        row, column = (order[n][tuple(choices[i] for i in side)] for n, side in enumerate(sides))
        places.append((float(column), float(row)))
    return places, names[1], names[0]


def _nodes(found: EmpiricalGame, places: Sequence[Point], ranks: Sequence[int], node: float) -> dict[str, Any]:
    shape = found.profiles.shape
    pure = {support for support in found.judgement.supports if is_pure(support)}
    possible = {support for support, share in found.judgement.others if share >= SEEN and is_pure(support)}
    fill, edge, width, text, hover = [], [], [], [], []
    regrets = found.regrets.max(axis=0)
    for profile in range(len(places)):
        support = tuple((int(k),) for k in np.unravel_index(profile, shape))
        is_one, may_be = support in pure, support in possible
        fill.append(INK if is_one else PAPER)
        edge.append(INK if is_one or may_be else GRID)
        width.append(3 if is_one or may_be else 2)
        text.append(PAPER if is_one else INK)
        what = "equilibrium" if is_one else "equilibrium in some bootstrap samples" if may_be else ""
        regret = measured(float(regrets[profile]), float(found.regret_errors[profile])) if regrets[profile] > 0.0 else "0"
        name = drawing.label(found.profiles.name(profile), 70)
        hover.append(f"<b>{ranks[profile]}</b> {name}<br>regret {regret}<br>{what}".removesuffix("<br>"))
    return {
        "type": "scatter", "mode": "markers+text", "x": [x for x, _ in places], "y": [y for _, y in places],
        "text": [str(rank) for rank in ranks], "textfont": {"color": text, "size": 13 if node > 12 else 11},
        "textposition": "middle center",
        "marker": {"symbol": "circle", "size": 2 * node, "color": fill, "opacity": 1, "line": {"color": edge, "width": width}},
        "hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>", "showlegend": False,
    }  # fmt: skip


# How histories end ----------------------------------------------------------------------------------------------------


def endings_chart(found: EmpiricalGame, every: Sequence[Sequence[Ending]], narrow: bool) -> drawing.Figure:
    """Share of each outcome class with its interval, in the default play and in equilibria: points that differ in shape and colour."""
    plays = every[: 1 + MOST_PLAYS]
    names = ["Default play", *(f"Equilibrium {k}" if len(every) > 2 else "Equilibrium" for k in range(1, len(plays)))]
    palette = [colours.GREY, *SERIES]
    classes = found.profiles.spec.outcomes
    gap, height = 0.17, 42 + 13 * len(plays)
    traces: list[dict[str, Any]] = []
    for number, (name, ending) in enumerate(zip(names, plays, strict=True)):
        shares = [item.share for item in ending]
        colour = palette[number]
        bars = {
            "type": "data", "symmetric": False, "array": [item.high - item.share for item in ending],
            "arrayminus": [item.share - item.low for item in ending], "color": colour, "thickness": 1.8, "width": 4,
        }  # fmt: skip
        hover = [
            f"{drawing.label(item.label or item.id)}, {name.lower()}: {100 * e.share:.1f}% ({100 * e.low:.1f} to {100 * e.high:.1f})"
            for item, e in zip(classes, ending, strict=True)
        ]
        offset = (number - (len(plays) - 1) / 2) * gap + 0.12
        traces.append(
            {
                "type": "scatter", "mode": "markers", "x": shares, "y": [row + offset for row in range(len(classes))],
                "marker": {"symbol": colours.SYMBOLS[number], "size": 10, "color": colour}, "error_x": bars, "name": name,
                "cliponaxis": False,
                "text": hover,
                "hovertemplate": "%{text}<extra></extra>",
            }
        )  # fmt: skip
    top = max(item.high for ending in plays for item in ending)
    marks = [mark for mark in ticks.up_to(min(top, 1.0), 5 if narrow else 7) if mark <= 1.0]
    texts = [f"{100 * mark:g}%" if mark else "0" for mark in marks]
    notes = [
        drawing.note(
            drawing.label(item.label or item.id, 34 if narrow else 64), x=0, xref="paper", xanchor="left", y=row - 0.38, yref="y",
            yanchor="middle", font={"color": INK, "size": 12 if narrow else 13},
        )
        for row, item in enumerate(classes)
    ]  # fmt: skip
    return {
        "data": traces,
        "layout": drawing.layout(
            height * len(classes) + 70,
            xaxis=drawing.axis(range=[0, marks[-1]], ticks="outside", **ticks.axis_of(marks, texts)),
            yaxis=drawing.axis(range=[len(classes) - 0.45, -0.6], showgrid=False, showticklabels=False, automargin=False, ticks=""),
            margin={"l": 6, "r": 14, "t": 34, "b": 36},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            annotations=notes,
        ),
    }
