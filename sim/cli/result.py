"""A run as it is printed: for people in the columns of a terminal, for programs as one JSON object."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sim.analysis.durations import duration, duration_range, span
from sim.analysis.estimates import Share, Timing, number_or_none
from sim.analysis.limits import as_data as limits_data
from sim.analysis.limits import brief_grounds
from sim.cli import driver_lines, games
from sim.cli.layout import bar, clipped, padded, paragraph, sparkline
from sim.cli.limit_lines import rate_lines
from sim.experiments.design import RANDOM
from sim.model.diagnostics import cells

if TYPE_CHECKING:
    from sim.analysis.summary import Fan, Summary
    from sim.api import Run

NUM_DRIVERS = 5
TIMES = ("meeting", "deal", "collapse")  # told on the terminal; the report and --json have all
FANS = ("tension", "pressure")
TONES = {"good": "green", "mixed": "cyan", "bad": "yellow", "worst": "red"}
HEADING = "bold"
NARROW = 72  # columns below which what belongs to a row goes below it, and bars are left out


# For people --------------------------------------------------------------------------------------------------------


def in_parts(run: Run, width: int, blocks: bool) -> Iterator[list[Text]]:
    """The result in lines of at most ``width`` columns, part by part: what takes longer to work out comes later."""
    summary = run.summary
    yield _head(summary, width)
    following = (
        lambda: _given(summary, width),
        lambda: _outcomes(summary, width, blocks),
        lambda: _game(summary, width, blocks),
        lambda: _times(summary, width),
        lambda: _paths(summary, width, blocks),
        lambda: _drivers(summary, width, blocks),
        lambda: _findings(summary, width),
        lambda: _foot(run, width),
    )
    for part in following:
        if lines := part():
            yield [Text(), *lines]


def as_lines(run: Run, report: Path | None, width: int, blocks: bool) -> list[Text]:
    """The whole result in lines of at most ``width`` columns."""
    lines = [line for part in in_parts(run, width, blocks) for line in part]
    return lines if report is None else [*lines, report_line(report)]


def report_line(report: Path) -> Text:
    """Where the report is: the last line of the result."""
    return _entry("report", report.as_posix())


def _head(summary: Summary, width: int) -> list[Text]:
    lines = [Text(line, style=HEADING) for line in paragraph(summary.title, width)]
    question = str(summary.scenario.get("question") or "")
    return lines + [Text(line) for line in paragraph(question, width, "  ", "  ")] if question else lines


def _given(summary: Summary, width: int) -> list[Text]:
    """Which histories are told of, where the scenario says what has happened."""
    return [Text(line) for line in paragraph(summary.evidence.told, width)] if summary.evidence else []


def _outcomes(summary: Summary, width: int, blocks: bool) -> list[Text]:
    label_width = min(30, width - 25, max(12, *(len(item.label) for item in summary.classes)))
    bar_width = max(0, width - label_width - 27) if width >= 60 else 0
    longest = max((value.high for value in summary.shares if value.trials), default=1.0)
    heading = "Outcome" if summary.is_game else f"Outcome after {span(summary.horizon_days)}"
    lines = [_row(heading, "share   95% interval", width)]
    for item, value in zip(summary.classes, summary.shares, strict=True):
        low, high = (value.low / longest, value.high / longest) if value.trials else (0.0, 0.0)
        lines.append(
            Text.assemble(
                f"  {padded(clipped(item.label, label_width, blocks), label_width)}",
                (f" {bar(low, high, bar_width, blocks)}" if bar_width else "", TONES.get(item.tone, "")),
                f" {_percent(value.share):>6}  {_interval(value):>14}",
            )
        )
    lines += rate_lines(summary.rated, width)
    note = summary.interval_note
    return lines + [Text(line, style="dim") for line in paragraph(note, width, "  ", "  ")] if note else lines


def _game(summary: Summary, width: int, blocks: bool) -> list[Text]:
    """What the game came to, its parts one after another."""
    if summary.game is None:
        return []
    found: list[Text] = []
    for part in games.lines(summary.game, width, blocks):
        found += [Text(), *part] if found else part
    return found


def _times(summary: Summary, width: int) -> list[Text]:
    rows = [(words, value) for name, words, value in summary.times if name in TIMES]
    if not rows:
        return []
    if width < NARROW:
        lines = [Text("When it first happened", style=HEADING)]
        for words, value in rows:
            lines.append(Text(f"  {clipped(words, width - 2)}"))
            lines.append(Text(f"    {_percent(value.happened.share)}, {_interval(value.happened)}"))
            lines.append(Text(f"    {clipped(f'median {_when(summary, value)}', width - 4)}"))
        return lines
    lines = [_row("When it first happened", "share    95% interval    median (middle half)", width)]
    for words, value in rows:
        numbers = f"{_percent(value.happened.share):>6}  {_interval(value.happened):>14}"
        lines.append(Text(f"  {padded(clipped(words, width - 51), width - 51)} {numbers}  {_when(summary, value):>24}"))
    return lines


def _paths(summary: Summary, width: int, blocks: bool) -> list[Text]:
    fans = [fan for fan in summary.fans if fan.name in FANS]
    if not fans:
        return []
    narrow = width < NARROW
    heading = "Over time, median of the histories"
    if summary.num_paths < summary.num_replications:
        heading = f"Over time, median of the first {summary.num_paths:,} histories"
    lines = [Text(heading, style=HEADING) if narrow else _row(heading, "start    end   90% of them", width)]
    for fan in fans:
        low, middle, high = fan.bands[0], fan.bands[2], fan.bands[4]
        values = [float(value) for value in middle]
        last = len(values) - 1
        if narrow:
            lines.append(Text(f"  {clipped(fan.label, width - 2)}"))
            lines.append(Text(f"    {sparkline(values, width - 8, *_bounds(fan), blocks)}"))
            lines.append(Text(f"    {values[0]:.2f}, then {values[last]:.2f} ({float(low[last]):.2f} to {float(high[last]):.2f})"))
            continue
        numbers = f"{values[0]:5.2f}  {values[last]:5.2f}   {float(low[last]):.2f} to {float(high[last]):.2f}"
        picture = sparkline(values, width - 58, *_bounds(fan), blocks)
        lines.append(Text(f"  {padded(clipped(fan.label, 24), 24)} {padded(picture, width - 58)} {numbers:>30}"))
    return lines


def _bounds(fan: Fan) -> tuple[float, float]:
    """Height of a sparkline: from 0 to the most that one history in twenty exceeds."""
    return min(0.0, float(fan.bands[0].min())), max(1e-9, float(fan.bands[4].max()))


def _drivers(summary: Summary, width: int, blocks: bool) -> list[Text]:
    table = summary.drivers
    if not table.effects:
        return []
    labels = {item.id: item.label for item in summary.classes}
    return [Text("What moved the outcomes most", style=HEADING), *driver_lines.lines(table, labels, NUM_DRIVERS, width, blocks)]


def _findings(summary: Summary, width: int) -> list[Text]:
    from sim.analysis.findings import findings

    found = findings(summary)
    if not found:
        return []
    lines = [Text("In words", style=HEADING)]
    for item in found:
        lines += [Text(line) for line in paragraph(item.plain(), width, "  - ", "    ")]
    return lines


def _foot(run: Run, width: int) -> list[Text]:
    summary = run.summary
    applied = summary.scenario.get("applied") or {}
    changed = [f"{kind} {applied[kind]}" for kind in ("variant", "policy") if applied.get(kind)]
    changed += summary.overrides
    limits = clipped(brief_grounds(summary.limits_at_once), width - 11)
    rows = [
        *([("limits", limits)] if limits else []),
        ("scenario", ", ".join([f"{summary.scenario_id} ({summary.scenario_hash[:8]})", *changed])),
        ("histories", f"{_played(summary):,}, seed {summary.seed}{_design(summary)}"),
        ("digest", run.digest),
        ("results", run.directory.as_posix()),
    ]
    return [_entry(name, value) for name, value in rows]


def _played(summary: Summary) -> int:
    """Histories played; those told of may be fewer."""
    return summary.evidence.fitting.trials if summary.evidence else summary.num_replications


def _entry(name: str, value: str) -> Text:
    return Text(f"{name:<10} {clipped(value, 10_000)}")


def _design(summary: Summary) -> str:
    return "" if summary.design == RANDOM else f", design {summary.design}"


def _row(left: str, right: str, width: int) -> Text:
    if cells(left) + 2 + len(right) > width:
        return Text(left, style=HEADING)
    return Text.assemble((padded(left, width - len(right)), HEADING), (right, "dim"))


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}%"


def _interval(value: Share) -> str:
    return f"{100 * value.low:.1f} to {100 * value.high:.1f}%"


def _when(summary: Summary, value: Timing) -> str:
    """Median and quartiles in one unit: `21 months (16 to 29)`."""
    hourly = summary.per_day != 1.0
    between = duration_range(value.q25, value.median, value.q75, hourly)
    return duration(value.median, hourly) + (f" ({between})" if between else "")


# For programs ------------------------------------------------------------------------------------------------------


def as_data(run: Run, report: Path | None, timing: dict[str, Any]) -> dict[str, Any]:
    """One object; all that may differ between runs with equal results (where, when, how) is under ``timing``."""
    from sim.analysis.findings import findings

    summary, manifest = run.summary, run.stored.manifest
    applied = summary.scenario.get("applied") or {}
    rule = manifest.get("until_se")
    return {
        "schema": 1,
        "scenario": {
            "id": summary.scenario_id,
            "title": summary.title,
            "question": str(summary.scenario.get("question") or ""),
            "hash": summary.scenario_hash,
            "variant": applied.get("variant"),
            "policy": applied.get("policy"),
            "set": dict(applied.get("set") or {}),
            "horizon_days": summary.horizon_days,
        },
        "seed": summary.seed,
        "replications": _played(summary),
        "given": summary.evidence and {
            "conditions": list(summary.evidence.conditions), **_share_data(summary.evidence.fitting),
            "effective_sample_size": summary.evidence.fitting.count,
        },
        "until_se": rule,
        "design": summary.design,
        "engine": summary.engine,
        "versions": dict(summary.versions),
        "outcomes": [
            {"id": item.id, "label": item.label, "tone": item.tone, **_share_data(value)}
            for item, value in zip(summary.classes, summary.shares, strict=True)
        ],
        "readings": {
            f"{day:g}": {
                item.id: _share_data(value) for item, value in zip(summary.classes, shares, strict=True)
            }
            for day, shares in sorted(summary.readings.items())
        },
        "game": games.as_data(summary.game),
        "times": [
            {
                "id": name, "label": words, **_share_data(value.happened),
                "q25_days": value.q25, "median_days": value.median, "q75_days": value.q75,
            }
            for name, words, value in summary.times
        ],
        "paths": {
            fan.name: {
                "label": fan.label,
                "unit": fan.unit,
                "days": _numbers(fan.days),
                **{
                    name: _numbers(band)
                    for name, band in zip(("q05", "q25", "q50", "q75", "q95"), fan.bands, strict=True)
                },
            }
            for fan in summary.fans
        },
        "drivers": driver_lines.as_data(summary.drivers),
        "conditions": [
            {
                "label": item.label,
                "condition": item.reference,
                "replications": item.num_rows,
                "outcomes": {
                    cls.id: _share_data(value) for cls, value in zip(summary.classes, item.shares, strict=True)
                },
            }
            for item in summary.conditions
        ],
        "findings": [
            {
                "text": item.plain(),
                "numbers": [
                    {"value": number_or_none(figure.value), "ref": figure.reference, "form": figure.form}
                    for figure in item.figures
                ],
            }
            for item in findings(summary)
        ],
        "limits": limits_data(summary.limits),
        "digest": run.digest,
        "timing": {
            "directory": run.directory.as_posix(),
            "report": None if report is None else report.as_posix(),
            **manifest["timing"],
            **timing,
        },
    }  # fmt: skip


def _share_data(value: Share) -> dict[str, Any]:
    return {
        "share": number_or_none(value.share),
        "low": value.low,
        "high": value.high,
        "standard_error": number_or_none(value.standard_error),
        "count": value.count,
        "of": value.trials,
    }


def _numbers(values: Any) -> list[float | None]:
    return [number_or_none(float(value)) for value in values]
