"""Where something comes often, as a self-contained HTML page: `sim discover` writes it.

html = render_discovery(found, scenario, meta, ["sim", "discover", "reports/case", "--outcome", "war"])
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from sim.analysis.discovery import words as told
from sim.analysis.discovery.boxes import limit_words
from sim.analysis.discovery.discover import LEVEL, Discovery, FoundBox, Held
from sim.analysis.discovery.tree import Node
from sim.analysis.driver_words import percent
from sim.analysis.limits import Limits
from sim.experiments.columns import even_rows
from sim.reports import content, words
from sim.reports.discovery_figures import Side, pair, trajectory
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template

MOST_PAIRS = 3  # pictures of a box
MOST_POINTS, FEWEST_SEEN = 1_200, 40  # histories of a picture, and of those in which it came


def render_discovery(
    found: Discovery, scenario: Mapping[str, Any], meta: content.Meta, command: Sequence[str], limits: Limits
) -> str:
    """The HTML text of the page; ``command`` are the words that make it again, ``limits`` those of the run."""
    return template("discovery.html.j2").render(
        **page_parts("discovery.css"),
        title=str(scenario.get("title") or meta.scenario_id),
        meta=meta,
        found=found,
        findings=told.findings(found),
        notes=told.notes(found),
        boxes=[_box(found, number) for number in range(len(found.boxes))],
        tree=None if found.tree is None else _branch(found, found.tree, _densest(found.tree)),
        bounds=limits_part(limits),
        limits=scenario.get("limits") or (),
        level=f"{100 * LEVEL:g}%",
        percent=percent,
        command=shlex.join(command),
    )


def _box(found: Discovery, number: int) -> dict[str, Any]:
    one = found.boxes[number]
    limits = [
        (
            limit_words(limit, found.data.inputs[limit.column], found.words[limit.column]),
            found.data.inputs[limit.column].path,
            percent(adds),
            "below 0.001" if quasi < 0.001 else f"{quasi:.3f}",
        )
        for limit, adds, quasi in zip(one.box.limits, one.adds, one.quasi_p, strict=True)
    ]
    rows = [
        _numbers("Density: how often it comes in the box", one, "inside"),
        _numbers("Coverage: how much of it lies in the box", one, "of_hits"),
        _numbers("Mass: how many of all histories lie in the box", one, "of_all"),
    ]
    return {
        "number": number + 1,
        "limits": limits,
        "rows": rows,
        "base": percent(one.base.share),
        "pairs": _pairs(found, number),
        "trajectory": _trajectory(one),
    }


def _numbers(label: str, one: FoundBox, part: str) -> tuple[str, str, str, str]:
    held, searched = getattr(one.held, part), getattr(one.searched, part)
    return label, percent(held.share), words.percent_interval(held.low, held.high), percent(searched.share)


def _pairs(found: Discovery, number: int) -> list[Chart]:
    """Pictures of a box: each pair of its inputs, or its one input against the one that parts its histories most."""
    one = found.boxes[number]
    held = ~found.searched
    for before in found.boxes[:number]:
        held = held & ~before.box.holds(found.columns)
    hits = np.asarray(found.asked.values, dtype=bool)
    shown, uneven = _shown(held, hits)
    columns = [limit.column for limit in one.box.limits]
    chosen = list(combinations(columns, 2))[:MOST_PAIRS] or [(columns[0], _companion(found, columns[0], held, hits))]
    label = told.thing(found).removeprefix("What is asked about (").removesuffix(")")
    told_hits, told_others = int((shown & hits).sum()), int((shown & ~hits).sum())
    drawn = []
    for across, upright in chosen:
        if upright is None:
            continue
        sides = [_side(found, one, column) for column in (across, upright)]
        free = [found.data.inputs[column].label for column in (across, upright) if one.box.limit(column).is_empty]
        reading = (
            f"The frame is the box. Drawn are {told_hits + told_others:,} histories of the half that was not searched, "
            f"{told_hits:,} of them with it; more of these than there are for the others, so that they can be seen."
            if uneven
            else f"The frame is the box. Drawn are {told_hits + told_others:,} histories of the half that was not searched."
        )
        if len(columns) > 2:
            reading += f" The box limits {len(columns) - 2} further input{'s' if len(columns) > 3 else ''}, which the picture leaves free."
        if free:
            reading += f" It does not limit {free[0]}."
        title = f"{found.data.inputs[across].label} and {found.data.inputs[upright].label}"
        drawn.append(chart(title, reading, lambda narrow, sides=sides: pair(*sides, hits, shown, label, narrow), None))
    return drawn


def _shown(held: np.ndarray, hits: np.ndarray) -> tuple[np.ndarray, bool]:
    """The histories that are drawn, at even distances; and whether there are more hits among them, which would else be too few to see."""
    shown = np.zeros(len(hits), dtype=bool)
    rows = np.flatnonzero(held)
    shown[rows[even_rows(len(rows), MOST_POINTS)]] = True
    came = np.flatnonzero(held & hits)
    wanted = min(FEWEST_SEEN, len(came))
    uneven = int((shown & hits).sum()) < wanted
    if uneven:
        shown[came[even_rows(len(came), wanted)]] = True
    return shown, uneven


def _side(found: Discovery, one: FoundBox, column: int) -> Side:
    limit = one.box.limit(column)
    return Side(found.data.inputs[column], found.columns[column], found.words[column], None if limit.is_empty else limit)


def _companion(found: Discovery, column: int, held: np.ndarray, hits: np.ndarray) -> int | None:
    """The other input that parts hits from other histories most, by the distance of their distributions; none where there is no other."""
    best, distance = None, -1.0
    for other, values in enumerate(found.columns):
        if other == column:
            continue
        order = np.argsort(values[held], kind="stable")
        ordered, came = values[held][order], hits[held][order]
        gap = np.cumsum(came) / max(1, came.sum()) - np.cumsum(~came) / max(1, (~came).sum())
        last = np.append(ordered[1:] != ordered[:-1], True)
        if (apart := float(np.abs(gap[last]).max())) > distance:
            best, distance = other, apart
    return best


def _trajectory(one: FoundBox) -> Chart:
    reading = (
        "From all histories, at the right, each step cuts off a strip: the box grows denser and holds less. The star is the box that is "
        "told, after bounds were widened and rounded. Where the grey line lies above the blue one, the search took luck for a pattern."
    )

    def cells(held: Held) -> list[str]:
        return [percent(held.inside.share) if held.inside.trials else "none", percent(held.of_hits.share), percent(held.of_all.share)]

    rows = [[str(n), str(step.limits), *cells(step.held), percent(step.searched.inside.share)] for n, step in enumerate(one.steps)]
    table = Table(("Step", "Limits", "Density", "Coverage", "Mass", "Density, searched"), rows)
    return chart("What peeling gave up for density", reading, lambda narrow: trajectory(one, narrow), table)


def _densest(root: Node) -> float:
    return max(leaf.held.high for leaf in root.leaves()) or 1.0


def _branch(found: Discovery, node: Node, longest: float) -> dict[str, Any]:
    """A node of the tree for the page: its question, its share as a number and as a bar."""
    question = "All histories"
    if node.limit is not None:
        column = node.limit.column
        question = limit_words(node.box.limit(column), found.data.inputs[column], found.words[column])
    return {
        "question": question,
        "share": percent(node.held.share),
        "interval": words.percent_interval(node.held.low, node.held.high),
        "histories": words.integer(node.held.trials),
        "length": f"{100 * node.held.share / longest:.1f}%",
        "parts": [_branch(found, part, longest) for part in node.parts],
    }
