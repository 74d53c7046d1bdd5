"""A sweep as a self-contained HTML page: `sim sweep` writes it.

html = render_sweep(found)
"""

from __future__ import annotations

from typing import Any

from sim.analysis.limits import limits_of
from sim.analysis.response import Curve, Interval, Surface
from sim.analysis.sweep import Answer, Factor, Swept
from sim.analysis.sweep_words import difference, figure, findings, mean, of_answer, ordered, with_interval
from sim.reports import sweep_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_sweep(found: Swept) -> str:
    """The HTML text of a report."""
    scenario = found.ran.scenario
    return template("sweep.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        title=scenario["title"],
        scenario_id=scenario["id"],
        question=scenario.get("question") or "",
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=findings(found),
        answers=[_answer(found, answer) for answer in ordered(found) if not answer.is_still],
        factors=[{"label": f.label, "path": f.path, "words": _values(f)} for f in found.factors],
        design={"grid": "grid", "table": "table of points", "lhs": "Latin hypercube", "sobol": "Sobol points"}[found.design.name],
        command=found.ran.command,
        digest=found.ran.digest,
        histories=found.ran.histories,
    )


def _values(factor: Factor) -> str:
    if not factor.levels:
        return f"spread evenly between {figure(factor.low)} and {figure(factor.high)}"
    if len(factor.levels) > 12:
        return f"{len(factor.levels)} values between {figure(factor.low)} and {figure(factor.high)}"
    return ", ".join(figure(x) for x in factor.levels)


def _answer(found: Swept, answer: Answer) -> dict[str, Any]:
    charts = [_curve(found, answer, f, c) for f, c in zip(found.factors, answer.curves, strict=False)]
    if answer.surface is not None:
        charts = [_surface(found, answer, answer.surface), *charts]
    if found.points is not None and not answer.curves:
        charts.append(_points(found, answer))
    return {
        "name": answer.output.label,
        "id": "".join(c if c.isalnum() else "-" for c in answer.output.name),
        "words": of_answer(found, answer),
        "charts": charts,
    }


def _curve(found: Swept, answer: Answer, factor: Factor, curve: Curve) -> Chart:
    what = "share of histories" if answer.output.is_share else "mean"
    over = ", averaged over the other inputs that were swept" if found.is_paired and len(found.factors) > 1 else ""
    if found.is_paired:
        reading = f"The {what} at each value{over}; the band is the 95% interval at each value by itself. All points have the same draws."
    else:
        reading = f"The {what} in {len(curve.points)} slices of equally many histories; the band is the 95% interval of each slice."
    if curve.across.is_clear:
        reading += f" From the first to the last: {difference(answer.output, curve.across)}."
    rows = [
        [_span(point.ends), mean(answer.output, point.mean.value), _interval(answer, point.mean), f"{point.histories:,}"]
        for point in curve.points
    ]
    table = Table((factor.label, what.capitalize(), "95% interval", "Histories"), rows)
    return chart(
        f"\u201c{answer.output.label}\u201d by {factor.label}", reading, lambda narrow: figures.curve(answer, factor, curve, narrow), table
    )


def _span(ends: tuple[float, float]) -> str:
    return figure(ends[0]) if ends[0] == ends[1] else f"{figure(ends[0])} to {figure(ends[1])}"


def _interval(answer: Answer, item: Interval) -> str:
    return f"{mean(answer.output, item.low)} to {mean(answer.output, item.high)}"


def _surface(found: Swept, answer: Answer, face: Surface) -> Chart:
    down, across = found.factors
    unit = "share of histories in per cent" if answer.output.is_share else "mean"
    each = f"{found.each:,} histories with the same draws" if found.is_paired else f"about {int(face.histories.mean()):,} histories"
    reading = f"The {unit} for each pair of values; darker is more. A cell rests on {each}; intervals are in the table."
    rows = [
        [figure(a), figure(b), *_cell(answer, face, i, j)] for i, a in enumerate(face.first) for j, b in enumerate(face.second)
    ]
    table = Table((down.label, across.label, "Mean with 95% interval", "Histories"), rows)
    return chart(
        f"\u201c{answer.output.label}\u201d by both", reading, lambda narrow: figures.surface(answer, found.factors, face, narrow), table
    )


def _cell(answer: Answer, face: Surface, i: int, j: int) -> list[str]:
    if face.histories[i, j] < 2:
        return ["", f"{face.histories[i, j]}"]
    item = Interval(float(face.means[i, j]), float(face.low[i, j]), float(face.high[i, j]))
    return [with_interval(answer.output, item), f"{face.histories[i, j]:,}"]


def _points(found: Swept, answer: Answer) -> Chart:
    assert found.points is not None
    more = len(answer.points) - figures.MOST_POINTS
    rest = f" {more} more are in the table." if more > 0 else ""
    names = ", ".join(factor.label for factor in found.factors)
    reading = f"A row for each point, its values in the order {names}; bars are 95% intervals. All points have the same draws.{rest}"
    rows = [
        [str(k + 1), *(figure(x) for x in found.points[k]), mean(answer.output, item.value), _interval(answer, item)]
        for k, item in enumerate(answer.points)
    ]
    table = Table(("Point", *(factor.label for factor in found.factors), "Mean", "95% interval"), rows)
    return chart(f"\u201c{answer.output.label}\u201d at each point", reading, lambda narrow: figures.points(found, answer, narrow), table)
