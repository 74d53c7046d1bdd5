"""A search for the smallest change as a self-contained HTML page: `sim what-if` writes it.

html = render_what_if(found)
"""

from __future__ import annotations

from typing import Any

from sim.analysis.limits import limits_of
from sim.analysis.what_if import CONFIRMED_BY
from sim.analysis.what_if_found import Alone, Change, Found
from sim.analysis.what_if_words import amount, certainty, findings, level, moved, passes, wanted
from sim.experiments.changes import OWN_SCALE, Candidate
from sim.reports import what_if_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template

KINDS = {"lever": "lever", "uncertainty": "uncertainty", "type": "private type", "judgement": "judgement"}


def render_what_if(found: Found) -> str:
    """The HTML text of a report."""
    scenario = found.changes.scenario
    shown = found.answer or found.best
    return template("what_if.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        title=scenario["title"],
        scenario_id=scenario["id"],
        question=scenario.get("question") or "",
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=findings(found),
        target=wanted(found.target),
        base=level(found.target, found.base),
        lengths=_lengths(found),
        responses=_responses(found),
        change=None if shown is None else _parts(found, shown),
        setting=None if shown is None else _setting(found, shown),
        scales=[_scale(item, found) for item in found.changes.candidates],
        assumed=OWN_SCALE if any(item.is_assumed for item in found.changes.candidates) else None,
        confirmed_by=CONFIRMED_BY,
        command=found.changes.command or "",
        digest=found.changes.identity,
        directory=found.changes.directory.name,
    )


def _lengths(found: Found) -> Chart:
    if found.answer is None:
        reading = (
            "No change within reach brings it to the target. First the best that was tested with fresh draws, then the best that each "
            "number did alone; lines are 95% intervals."
        )
        title = "How near it comes to the target"
    else:
        reading = (
            "Bars: how far a change goes that the test found to be enough. Points: where it passes the target by the histories before, "
            "with 95% intervals as lines. Without a bar: what does not reach the target alone, and the best it did. Several numbers at "
            "once count by the root of the sum of their squares."
        )
        title = "How far it is to the target"
    rows = []
    for item in figures.rows_of(found):
        if isinstance(item, Alone):
            rows.append([item.label, f"{item.best:+.2f}", "-", level(found.target, item.at_best), "does not reach it"])
        else:
            name = " and ".join(part.label for part in item.parts)
            change = f"{item.length:.2f}" if item.is_joint else f"{item.parts[0].change:+.2f}"
            rows.append([name, change, passes(item.passes), level(found.target, item.level), certainty(item.chance)])
    headings = ("Change", "Standard deviations", "Passes the target at (95%)", "With it (95% interval)", "Probability that it is met")
    draw = figures.reached if found.answer is None else figures.lengths
    return chart(title, reading, lambda narrow: draw(found, narrow), Table(headings, rows))


def _responses(found: Found) -> Chart:
    items = figures.drawn(found)
    left = len(found.alone) - len(items)
    more = "" if not left else " One more is in the table." if left == 1 else f" {left} more are in the table."
    reading = (
        "What the numbers that do most give when each is changed alone, with the same draws; lines are 95% intervals. Dotted: the target."
        f"{more}"
    )
    rows = [
        [item.label, f"{change:+.2f}", level(found.target, one)]
        for item in found.alone
        for change, one in zip(item.changes, item.levels, strict=True)
        if change
    ]
    table = Table(("Number", "Changed by (standard deviations)", "With it (95% interval)"), rows)
    return chart("What each number does alone", reading, lambda narrow: figures.responses(found, narrow), table)


def _parts(found: Found, change: Change) -> list[dict[str, Any]]:
    return [
        {
            "label": part.label,
            "path": part.candidate.path,
            "kind": KINDS[part.candidate.kind],
            "change": f"{part.change:+.2f}",
            "moved": moved(part),
        }
        for part in change.parts
    ]


def _setting(found: Found, change: Change) -> str | None:
    """The words that set the change in an ordinary run, where all of it can be set."""
    if any(part.candidate.value is None for part in change.parts):
        return None
    return " ".join(f"--set {part.candidate.path}={part.after:.6g}" for part in change.parts)


def _scale(item: Candidate, found: Found) -> dict[str, str]:
    from sim.analysis.input_names import input_label

    if item.value is None:
        unit = "shifted within its distribution"
    else:
        source = f"{OWN_SCALE:g} of its value, for want of a range" if item.is_assumed else "of its range"
        unit = f"stands at {item.value:.4g}; one standard deviation is {item.scale:.3g}, {source}"
    return {"label": input_label(found.changes.scenario, item.path), "path": item.path, "kind": KINDS[item.kind], "unit": unit}


__all__ = ["amount", "render_what_if"]
