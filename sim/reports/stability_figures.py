"""The graph of a conflict as a Plotly figure: states as nodes, moves as arrows in the colour of whoever makes them.

Nodes stand where their options put them, as on a drawn cube: what the first decision maker does decides the column, what
the second does the row, and what further ones do the block, each set off a little so that no line runs through a node.
States merged from several combinations stand below the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from sim.analysis.stability import words
from sim.analysis.stability.verdicts import StabilityResult
from sim.games.stability.concepts import CONCEPTS
from sim.games.stability.graph import states_in
from sim.model.stability.conflict import Conflict
from sim.reports import colours, drawing
from sim.reports.arrows import Lines, Point, curve
from sim.reports.colours import GRID, INK, MUTED, PAPER, SERIES

MOST_NODES = 40  # beyond which arrows cannot be told apart
NODE = 15.0  # px, radius
SLIGHT, BOW, WIDE = 0.06, 0.13, 0.21  # sideways swing of an arrow, in lengths of it; wide past nodes that stand between
GAP = 0.6  # between blocks of columns or rows, beyond the step of 1
SLANT = 0.6  # by which a block is set off to the side of the one before


def positions(conflict: Conflict) -> list[Point]:
    """Where each state stands; x to the right, y downwards, in steps of about 1."""
    places: list[Point] = []
    own = [
        sum(1 << place for place, (owner, _, _) in enumerate(conflict.options) if owner == player)
        for player in range(len(conflict.players))
    ]
    single = [state for state in conflict.states if len(state.combinations) == 1]
    steps: list[dict[int, Point]] = []  # per decision maker, how far each of its choices moves a state
    span = [1.0, 1.0]  # of what is placed so far, to the right and downwards
    for player, mine in enumerate(own):
        choices = sorted({state.combinations[0] & mine for state in single})
        axis = player % 2
        length, aside = span[axis], SLANT if player > 1 else 0.0
        steps.append(
            {
                choice: (number * length, -number * aside) if axis == 0 else (number * aside, number * length)
                for number, choice in enumerate(choices)
            }
        )
        span[axis] = length * max(1, len(choices)) + (GAP if len(choices) > 1 else 0.0)
    for state in single:
        moved = [steps[player][state.combinations[0] & mine] for player, mine in enumerate(own)]
        places.append((sum(x for x, _ in moved), sum(y for _, y in moved)))
    low, high = (min((x for x, _ in places), default=0.0), max((x for x, _ in places), default=0.0))
    below = max((y for _, y in places), default=-1.0) + 1.2
    merged = len(conflict.states) - len(single)
    step = max(1.0, (high - low) / (merged + 1))
    middle = (low + high) / 2
    places += [(middle + (number - (merged - 1) / 2) * step, below) for number in range(merged)]
    return places


def move_graph(result: StabilityResult, narrow: bool) -> drawing.Figure:
    """States and moves; of a pair of moves there and back one line, with a strong head where it is an improvement."""
    conflict = result.conflict
    places = positions(conflict)
    traces: list[dict[str, Any]] = []
    for player, name in enumerate(conflict.players):
        traces += _arrows(result, player, name, places)
    traces += _nodes(result, places)
    xs, ys = [x for x, _ in places], [y for _, y in places]
    height = max(300.0, 92.0 * (max(ys) - min(ys) + 1.5)) + 30
    wide_span = [min(xs) - 0.55, max(xs) + 0.55]
    notes = []
    if conflict.status_quo is not None:
        x, y = places[conflict.status_quo]
        notes.append(
            drawing.note(
                "status quo", x=x, y=y, yshift=NODE + 12, font={"color": MUTED, "size": 12}, xref="x", yref="y"
            )
        )
    bare = {"visible": False, "automargin": False}
    return {
        "data": traces,
        "layout": drawing.layout(
            min(height, 900),
            xaxis=drawing.axis(range=wide_span, **bare),
            yaxis=drawing.axis(range=[max(ys) + 0.45, min(ys) - 0.65], **bare),
            margin={"l": 2, "r": 2, "t": 34 if not narrow else 60, "b": 6},
            showlegend=True,
            legend={**drawing.legend(), "traceorder": "normal"},
            annotations=notes,
        ),
    }


def _pairs(result: StabilityResult, player: int) -> Iterator[tuple[int, int, bool, bool]]:
    """Each pair of states between which somebody can move: from, to, whether that improves, whether it can go back."""
    model = result.conflict.model
    for state in range(model.num_states):
        for target in states_in(model.moves[player][state]):
            improves = bool(model.improvements[player][state] >> target & 1)
            back = bool(model.moves[player][target] >> state & 1)
            improves_back = bool(model.improvements[player][target] >> state & 1)
            if improves or not back or (not improves_back and state < target):
                yield state, target, improves, back


def _arrows(result: StabilityResult, player: int, name: str, places: list[Point]) -> list[dict[str, Any]]:
    colour = SERIES[player % len(SERIES)]
    dash = colours.DASHES[player % len(colours.DASHES)]
    strong, thin, back = Lines(NODE), Lines(NODE), Lines(NODE)
    pairs = list(_pairs(result, player))
    merged = [len(state.combinations) > 1 for state in result.conflict.states]
    nearest = min((math.dist(places[one], places[other]) for one, other, *_ in pairs), default=0.0)
    for state, target, improves, returns in pairs:
        start, end = places[state], places[target]
        is_short = math.dist(start, end) <= 1.05 * nearest
        if merged[state] or merged[target]:
            bow = SLIGHT if start[0] < end[0] else 0.0
        elif player > 1 and is_short:
            bow = 0.0  # from block to block, past the nodes beside
        else:
            bow = BOW if is_short else WIDE
        line = curve(start, end, bow)
        (strong if improves else thin).add(line, 12 if improves else 8)
        if returns:
            back.add(line[::-1], 8)
    label = drawing.label(name, 40)
    pale = colours.tint(colour, 0.55)
    shared = {"type": "scatter", "hoverinfo": "skip", "legendgroup": label}
    return [
        {**shared, **thin.trace(pale), "line": {"color": pale, "width": 1.2, "dash": dash, "backoff": 0}, "showlegend": False},
        {**shared, **back.trace(pale), "line": {"color": pale, "width": 0, "backoff": 0}, "showlegend": False},
        {**shared, **strong.trace(colour), "line": {"color": colour, "width": 2.2, "dash": dash, "backoff": 0}, "name": label,
         "showlegend": True},
    ]  # fmt: skip


def _nodes(result: StabilityResult, places: list[Point]) -> list[dict[str, Any]]:
    conflict = result.conflict
    fill, edge, width, text, hover = [], [], [], [], []
    for state in range(len(conflict.states)):
        kept = result.concepts_of(state)
        every = len(kept) == len(CONCEPTS)
        fill.append(INK if every else PAPER)
        edge.append(INK if kept else GRID)
        width.append(3 if kept else 2)
        text.append(PAPER if every else INK)
        what = f"equilibrium by {words.listed(kept)}" if kept else "no equilibrium"
        hover.append(
            f"<b>{state + 1}</b> {drawing.label(words.state_name(conflict, state), 70)}<br>{conflict.signs(state)}<br>{what}"
        )
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [x for x, _ in places],
            "y": [y for _, y in places],
            "text": [str(state + 1) for state in range(len(places))],
            "textfont": {"color": text, "size": 13},
            "textposition": "middle center",
            "marker": {"symbol": "circle", "size": 2 * NODE, "color": fill, "line": {"color": edge, "width": width}},
            "hovertext": hover,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "showlegend": False,
        }
    ]
