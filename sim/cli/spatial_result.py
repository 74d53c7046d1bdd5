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
from sim.model.diagnostics import cells

HEADING = "bold"
OBSERVED = "What came of it"
NARROW = 72  # columns below which there are no strips
MEDIUM = 60  # columns below which intervals and moves stand on lines of their own
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
        lines += [Text(), *_rounds(result, dimension, width, blocks)]
    lines += [Text(), *_first_turn(result, width, blocks), Text(), *_foot(result, width)]
    if report is not None:
        lines.append(Text(f"{'report':<10} {clipped(report.as_posix(), 10_000)}"))
    return lines


def _forecasts(result: SpatialResult, dimension: str, width: int, blocks: bool) -> list[Text]:
    found = result.spec.dimensions[dimension]
    low, high = found.scale
    rows = [(label_of(result, row.id, dimension), row.point, row.spread) for row in result.forecasts[dimension]]
    if found.observed is not None:
        rows.append((OBSERVED, found.observed, None))
    intervals = [f"{_figure(spread.q05)} to {_figure(spread.q95)}" if spread else "" for _, _, spread in rows]
    has_spread = result.replications > 0
    beside = has_spread and width >= MEDIUM  # on a narrow terminal an interval stands below its forecast
    most = max(map(len, intervals), default=0) if beside else 0
    most = max(most, len("middle 90 %")) if beside else 0
    strip = (16 if has_spread else 24) if width >= NARROW else 0
    room = width - 2 - 10 - (strip + 1 if strip else 0) - (most + 2 if beside else 0)
    right = f"{'forecast':>10}" + (f"  {'middle 90 %':<{most}}" if beside else "")
    name = f"{dimension_label(result, dimension)}, from {low:g} to {high:g}"
    if cells(name) + len(right) > width:
        lines = [Text(line, style=HEADING) for line in paragraph(name, width)]
    else:
        lines = [Text.assemble((padded(name, width - len(right)), HEADING), (right, "dim"))]
    for (label, point, spread), interval in zip(rows, intervals, strict=True):
        ends = (spread.q05, spread.q95) if spread else None
        bar = f" {_strip(point, ends, low, high, strip, blocks)}" if strip else ""
        colour = "green" if label == OBSERVED else "cyan"
        text = Text.assemble(f"  {padded(clipped(label, room, blocks), room)}", (bar, colour), f"{_figure(point):>10}")
        lines.append(Text.assemble(text, f"  {interval}" if interval and beside else ""))
        if interval and not beside:
            lines.append(Text(f"    {interval}", style="dim"))
    if found.ends:
        told = f"{low:g}: {found.ends[0]}; {high:g}: {found.ends[1]}"
        lines += [Text(line, style="dim") for line in paragraph(told, width, "  ", "  ")]
    return lines


def _strip(value: float, ends: tuple[float, float] | None, low: float, high: float, length: int, blocks: bool) -> str:
    """The scale in ``length`` cells: the interval shaded, the forecast solid."""
    solid, shade, empty = ("█", "▒", " ") if blocks else ("#", "-", ".")

    def cell(at: float) -> int:
        return min(length - 1, max(0, int((at - low) / (high - low) * length)))

    cells = [empty] * length
    if ends is not None:
        for place in range(cell(ends[0]), cell(ends[1]) + 1):
            cells[place] = shade
    cells[cell(value)] = solid
    return "".join(cells)


def _figure(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.5g}"


def _rounds(result: SpatialResult, dimension: str, width: int, blocks: bool) -> list[Text]:
    rounds = result.rounds[dimension]
    several = len(result.spec.dimensions) > 1
    name = "Challenge model" + (f": {dimension_label(result, dimension)}" if several else "")
    right = f"{'median':>10}{'mean':>10}"
    room = width - len(right)
    lines = [Text.assemble((padded(clipped(name, room - 1, blocks), room), HEADING), (right, "dim"))]
    lines += [Text(line, style="dim") for line in paragraph(stopping(result, dimension), width, "  ", "  ")]
    for number in range(int(rounds.played) + 1):
        said = [move.words() for move in moves(result, dimension, number)] if number else ["as in the table"]
        if len(said) > MOST_MOVES:
            said = [*said[:MOST_MOVES], f"and {len(said) - MOST_MOVES} more"]
        figures = f"{_exact(rounds.median[number]):>10}{_exact(rounds.mean[number]):>10}"
        if width < MEDIUM:
            lines.append(Text(f"{padded(f'  {number:>2}', room)}{figures}"))
            lines += [Text(line) for line in paragraph("; ".join(said) or "nobody moves", width, "      ", "      ")]
            continue
        told = paragraph("; ".join(said) or "nobody moves", room - 1, f"  {number:>2}  ", "      ")
        lines.append(Text(f"{padded(told[0], room)}{figures}"))
        lines += [Text(line) for line in told[1:]]
    return lines


def _exact(value: float) -> str:
    """Four decimals, as published rounds have them."""
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.6g}"


def _first_turn(result: SpatialResult, width: int, blocks: bool) -> list[Text]:
    turn, names = result.first_turn, actor_labels(result)
    right = "risk   probability"
    name = clipped("Spatial model (KTAB), first turn", width - len(right) - 2, blocks)
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
        told = "actors with one position share its probability"
        lines += [Text(line, style="dim") for line in paragraph(told, width, "  ", "  ")]
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
