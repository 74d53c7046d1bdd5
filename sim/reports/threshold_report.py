"""A search for a threshold as a self-contained HTML page: `sim sweep --threshold` writes it.

html = render_threshold(found, steps, label)
"""

from __future__ import annotations

from typing import Any

from sim.analysis.limits import limits_of
from sim.analysis.sweep_words import figure, level, mean, target_words, threshold_findings
from sim.analysis.threshold import Threshold
from sim.experiments.steps import Steps, read_record
from sim.reports import sweep_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_threshold(found: Threshold, steps: Steps, label: str) -> str:
    """The HTML text of a report."""
    scenario = steps.scenario
    record = read_record(steps.directory) or {}
    return template("threshold.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        title=scenario["title"],
        scenario_id=scenario["id"],
        question=scenario.get("question") or "",
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=threshold_findings(found, label),
        target=target_words(found),
        picture=_picture(found, label),
        steps=_steps(found),
        label=label,
        path=steps.path,
        between=(figure(found.low), figure(found.high)),
        command=record.get("command") or "",
        runs={name: run.recorded_digest or "" for name, run in steps.runs.items()},
        seed=steps.seed,
    )


def _picture(found: Threshold, label: str) -> Chart:
    what = "share of histories" if found.target.output.is_share else "mean"
    reading = f"The {what} at the values of the scan, with 95% intervals at each by itself; the dashed line is {level(found)}."
    if found.crossing is not None:
        reading += " The upright band is the interval of the threshold; diamonds are the last step, with fresh draws."
    elif found.stretches:
        reading += " The target changes within each grey band."
    rows = [
        [figure(value), step.name, mean(found.target.output, item.value),
         f"{mean(found.target.output, item.low)} to {mean(found.target.output, item.high)}", f"{draws:,}"]
        for step in found.steps
        for value, item, draws in zip(step.values, step.means, step.draws, strict=True)
    ]  # fmt: skip
    table = Table((label, "Step", what.capitalize(), "95% interval", "Histories"), rows)
    return chart("Where it passes the level", reading, lambda narrow: figures.threshold(found, label, narrow), table)


def _steps(found: Threshold) -> list[dict[str, Any]]:
    return [
        {"name": step.name, "number": len(step.values), "histories": step.histories,
         "words": f"{figure(step.values[0])} to {figure(step.values[-1])}"}
        for step in found.steps
    ]  # fmt: skip
