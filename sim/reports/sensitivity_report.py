"""A sensitivity analysis as a self-contained HTML page: `sim sensitivity` writes it.

html = render_sensitivity(found)
"""

from __future__ import annotations

from typing import Any

from sim.analysis.limits import limits_of
from sim.analysis.sensitivity import CHANCE, Answer, Sensitivity
from sim.analysis.sensitivity_words import findings, of_answer, percent
from sim.analysis.sobol_indices import RESAMPLES, Index
from sim.experiments.design.factors import REST
from sim.reports import sensitivity_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_sensitivity(found: Sensitivity) -> str:
    """The HTML text of a report."""
    scenario, manifest = found.stored.case, found.stored.manifest
    told = findings(found)
    return template("sensitivity.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        title=scenario["title"],
        scenario_id=scenario["id"],
        question=scenario.get("question") or "",
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=told,
        answers=[_answer(found, answer) for answer in found.answers],
        is_sobol=found.method == "sobol",
        unit="base samples" if found.method == "sobol" else "trajectories",
        factors=_factors(found),
        rest=next((factor for factor in found.factors if factor.name == REST), None),
        resamples=RESAMPLES,
        command=manifest.get("command") or "",
        digest=found.stored.recorded_digest or "",
        histories=found.stored.num_replications,
        directory=found.stored.directory.name,
    )


def _answer(found: Sensitivity, answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.output.label,
        "id": "".join(c if c.isalnum() else "-" for c in answer.output.name),
        "words": of_answer(found, answer),
        "bars": _bars(found, answer),
        "growing": _growing(found, answer) if len(answer.growing) > 1 else None,
    }


def _bars(found: Sensitivity, answer: Answer) -> Chart:
    left_out = len(found.labels) - len(figures.shown(answer))
    more = f" {left_out} more are in the table." if left_out else ""
    if answer.indices is not None:
        reading = (
            "Broad bar: the part of the spread that would be left if all else were known (total order). Narrow bar: the part that would go "
            "if this alone were known (first order). Thin lines are 95% intervals, that of the narrow bar below it. Bars overlap where "
            f"factors work together.{more}"
        )
        rows = [
            [found.labels[i], *_cells(answer.indices.first[i]), *_cells(answer.indices.total[i])]
            for i in answer.order()
        ]
        table = Table(("Factor", "Alone (first order)", "95% interval", "In all (total order)", "95% interval"), rows)
    else:
        assert answer.effects is not None
        what = "in how many histories it changes" if answer.output.is_share else "by how much it moves"
        reading = (
            f"A step across half of the range of a factor: {what} \u201c{answer.output.label}\u201d, on average and without regard to "
            f"its sign. Lines are 95% intervals. The last bar is other luck with the same inputs.{more}"
        )
        rows = [[found.labels[i], *_effect(answer.effects.effects[i])] for i in answer.order()]
        table = Table(("Factor", "Mean size (mu*)", "95% interval", "Mean (mu)", "Standard deviation (sigma)"), rows)
    return chart(f"What \u201c{answer.output.label}\u201d hangs on", reading, lambda narrow: figures.bars(found, answer, narrow), table)


def _cells(item: Index) -> list[str]:
    return [percent(item.value), f"{percent(item.low)} to {percent(item.high)}"]


def _effect(item: Any) -> list[str]:
    mean = "" if item.mean.value != item.mean.value else f"{item.mean.value:.4g}"
    return [f"{item.size.value:.4g}", f"{item.size.low:.4g} to {item.size.high:.4g}", mean, f"{item.spread:.4g}"]


def _growing(found: Sensitivity, answer: Answer) -> Chart:
    first, last = answer.growing[0], answer.growing[-1]
    changes = (abs(one.value - two.value) for one, two in zip(last.total, answer.growing[-2].total, strict=True))
    moved = max((change for change in changes if change == change), default=0.0)  # nan where the half never saw the event
    reading = (
        f"Total order from the first {first.samples:,} to all {last.samples:,} base samples, with 95% intervals. With the second half of "
        f"the samples no index moved by more than {100 * moved:.1f} points."
    )
    rows = [
        [found.labels[i], *(f"{percent(part.total[i].value)} ({percent(part.total[i].low)} to {percent(part.total[i].high)})"
                            for part in answer.growing)]
        for i in answer.order()
    ]  # fmt: skip
    table = Table(("Factor", *(f"{part.samples:,}" for part in answer.growing)), rows)
    title = f"Whether it has settled: \u201c{answer.output.label}\u201d"
    return chart(title, reading, lambda narrow: figures.convergence(found, answer, narrow), table)


def _factors(found: Sensitivity) -> list[dict[str, Any]]:
    paths = [*(factor.paths for factor in found.factors), ()]
    return [
        {"label": label, "is_chance": name == CHANCE, "paths": list(some)}
        for name, label, some in zip(found.ids, found.labels, paths, strict=True)
    ]
