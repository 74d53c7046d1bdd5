"""Forecasts for a spatial table as they are printed for people."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from sim.analysis.spatial import (
    actor_labels,
    assumptions,
    dimension_label,
    label_of,
    moves,
    stopping,
    varying,
)
from sim.cli.layout import clipped, padded, paragraph
from sim.experiments.spatial import SpatialResult

HEADING = "bold"
NARROW = 72  # columns below which there are no strips
MOST_MOVES = 4  # told of one round
MOST_ACTORS = 12  # in the table of the first turn


def as_lines(result: SpatialResult, report: Path | None, width: int, blocks: bool) -> list[Text]:
    """The whole result in lines of at most ``width`` columns."""
    spec = result.spec
    lines = [Text(line, style=HEADING) for line in paragraph(spec.title, width)]
    if spec.question:
        lines += [Text(line) for line in paragraph(spec.question, width, "  ", "  ")]
    for dimension in spec.dimensions:
        lines += [Text(), *_forecasts(result, dimension, width, blocks)]
    for dimension in spec.dimensions:
        lines += [Text(), *_rounds(result, dimension, width)]
    lines += [Text(), *_first_turn(result, width, blocks), Text(), *_foot(result, width)]
    if report is not None:
        lines.append(Text(f"{'report':<10} {clipped(report.as_posix(), 10_000)}"))
    return lines


def _forecasts(result: SpatialResult, dimension: str, width: int, blocks: bool) -> list[Text]:
    found = result.spec.dimensions[dimension]
    low, high = found.scale
    has_spread = result.replications > 0
    right = "forecast   middle 90 %" if has_spread else "forecast"
    name = f"{dimension_label(result, dimension)}, from {low:g} to {high:g}"
    if len(name) + len(right) + 2 > width:
        lines = [Text(line, style=HEADING) for line in paragraph(name, width)]
    else:
        lines = [Text.assemble((padded(name, width - len(right)), HEADING), (right, "dim"))]
    numbers = 24 if has_spread else 10
    strip = (18 if has_spread else 24) if width >= NARROW else 0
    room = max(12, width - 2 - numbers - (strip + 1 if strip else 0))
    for row in result.forecasts[dimension]:
        name = label_of(result, row.id)
        first = clipped(name, room, blocks)
        spread = row.spread
        bar = (
            f" {_strip(row.point, spread and spread.q05, spread and spread.q95, low, high, strip, blocks)}"
            if strip
            else ""
        )
        interval = f"  {_figure(spread.q05)} to {_figure(spread.q95)}" if spread else ""
        lines.append(Text.assemble(f"  {padded(first, room)}", (bar, "cyan"), f" {_figure(row.point):>8}{interval}"))
    if found.observed is not None:
        bar = f" {_strip(found.observed, None, None, low, high, strip, blocks)}" if strip else ""
        lines.append(
            Text.assemble(f"  {padded('What came of it', room)}", (bar, "green"), f" {_figure(found.observed):>8}")
        )
    if found.ends:
        lines += [
            Text(line, style="dim")
            for line in paragraph(f"{low:g}: {found.ends[0]}; {high:g}: {found.ends[1]}", width, "  ", "  ")
        ]
    return lines


def _strip(
    value: float, left: float | None, right: float | None, low: float, high: float, length: int, blocks: bool
) -> str:
    """The scale in ``length`` cells: the interval shaded, the forecast solid."""
    solid, shade, empty = ("█", "▒", " ") if blocks else ("#", "-", ".")

    def cell(at: float) -> int:
        return min(length - 1, max(0, int((at - low) / (high - low) * length)))

    cells = [empty] * length
    if left is not None and right is not None:
        for place in range(cell(left), cell(right) + 1):
            cells[place] = shade
    cells[cell(value)] = solid
    return "".join(cells)


def _figure(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.5g}"


def _rounds(result: SpatialResult, dimension: str, width: int) -> list[Text]:
    rounds = result.rounds[dimension]
    several = len(result.spec.dimensions) > 1
    name = "Challenge model" + (f": {dimension_label(result, dimension)}" if several else "")
    right = "median     mean"
    lines = [Text.assemble((padded(clipped(name, width - 17), width - len(right)), HEADING), (right, "dim"))]
    lines += [Text(line, style="dim") for line in paragraph(stopping(result, dimension), width, "  ", "  ")]
    for number in range(int(rounds.played) + 1):
        said = [move.words() for move in moves(result, dimension, number)] if number else ["as in the table"]
        if len(said) > MOST_MOVES:
            said = [*said[:MOST_MOVES], f"and {len(said) - MOST_MOVES} more"]
        told = paragraph("; ".join(said) or "nobody moves", width - 24, f"  {number:>2}  ", "      ")
        figures = f"{rounds.median[number]:>8.4f} {rounds.mean[number]:>8.4f}"
        lines.append(Text(f"{padded(told[0], width - 17)}{figures:>17}"))
        lines += [Text(line) for line in told[1:]]
    return lines


def _first_turn(result: SpatialResult, width: int, blocks: bool) -> list[Text]:
    turn, names = result.first_turn, actor_labels(result)
    right = "risk   probability"
    name = clipped("Spatial model of politics, first turn", width - len(right) - 2)
    lines = [Text.assemble((padded(name, width - len(right)), HEADING), (right, "dim"))]
    order = sorted(range(len(names)), key=lambda actor: -turn.probability[actor])
    for actor in order[:MOST_ACTORS]:
        label = padded(clipped(names[actor], width - 24, blocks), width - 24)
        lines.append(Text(f"  {label} {turn.risk[actor]:>+7.3f} {turn.probability[actor]:>13.4f}"))
    if len(order) > MOST_ACTORS:
        lines.append(
            Text(f"  and {len(order) - MOST_ACTORS} less likely ones; the report and --json have all", style="dim")
        )
    if len(set(turn.holder.tolist())) < len(names):
        lines.append(Text("  actors with one position share its probability", style="dim"))
    return lines


def _foot(result: SpatialResult, width: int) -> list[Text]:
    lines = []
    for text in assumptions(result):
        lines += [Text(line, style="dim") for line in paragraph(text, width)]
    changed = "".join(f", {path}={value}" for path, value in result.changes.items())
    draws = (
        f"{result.replications:,}, seed {result.seed}; {varying(result)}"
        if result.replications
        else f"none: {varying(result)}"
    )
    for name, value in (("table", f"{result.spec.id} ({result.hash[:8]}){changed}"), ("draws", draws)):
        lines += [Text(line) for line in paragraph(value, width, f"{name:<10} ", " " * 11)]
    return lines
