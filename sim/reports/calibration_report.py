"""A calibration as a self-contained HTML page: `sim calibrate` writes it.

html = render_calibration(found, ["sim", "calibrate", "case.yaml"])
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from sim.analysis.calibration import CHECKS, Calibration, FittedTarget
from sim.analysis.calibration_conflicts import conflict_words
from sim.analysis.calibration_words import figure, findings, spread, values
from sim.analysis.limits import limits_of
from sim.reports import calibration_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_calibration(found: Calibration, command: Sequence[str]) -> str:
    """The HTML text of a report; ``command`` are the words that make it again."""
    fit = found.fit
    scenario = fit.study.stands
    told = findings(found)
    return template("calibration.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        fit=fit,
        title=str(scenario["title"]),
        scenario_id=scenario["id"],
        question=scenario.get("question") or "",
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=told,
        targets=_targets(found),
        parameters=_parameters(found),
        together=_together(found) if len(found.parameters) > 1 else None,
        conflicts=conflict_words(fit),
        ranks=_ranks(found) if len(found.ranks.ranks) else None,
        waves=_waves(found),
        left_out=found.ranks.left_out,
        checks=CHECKS,
        command=shlex.join(command),
        parts_of=[("start", "the scenario as it stands"), *((wave.stored.directory.name, "a wave of points") for wave in fit.waves),
               ("check", "points of the posterior")],
    )  # fmt: skip


def _targets(found: Calibration) -> Chart:
    reading = (
        "Each row has a scale of its own, from the lower to the upper end of its band. Blue: the fitted values, mean and 90% of points. "
        "Grey: 90% of what the priors allow. Diamond: the scenario as it stands. What lies beyond the picture stands at its edge; the "
        "numbers are in the table."
    )
    rows = [_target_row(item) for item in found.targets]
    headings = ("Target", "Band", "Tolerance", "Dated", "As it stands", "95% interval", "Prior, 90%", "Fitted", "90% of points", "Verdict")
    return chart("Targets before and after", reading, lambda narrow: figures.targets(found, narrow), Table(headings, rows))


def _target_row(item: FittedTarget) -> list[str]:
    aim, stands = item.aim, item.stands
    tolerance = f"{100 * aim.tolerance:.2g} points" if aim.is_share else f"{aim.tolerance:.2g} a year"
    between = "-"
    if stands is not None and stands.value == stands.value:
        between = f"{figure(stands.low, aim.is_share)} to {figure(stands.high, aim.is_share)}"
    return [
        aim.label if aim.is_used else f"{aim.label} (not used)",
        item.band,
        tolerance,
        "-" if aim.date is None else aim.date.isoformat(),
        "-" if stands is None else figure(stands.value, aim.is_share),
        between,
        spread(item.prior, aim.is_share),
        figure(item.mean, aim.is_share),
        spread(item.posterior, aim.is_share),
        f"{item.before}, fitted {item.after}",
    ]


def _parameters(found: Calibration) -> Chart:
    reading = (
        "Bars: where the posterior lies, by tenths of the prior. Dashed: where all bars would end if the targets said nothing. At the "
        "right, the range that holds 90% of the posterior."
    )
    rows = [
        [
            item.label, values(item.prior), f"{item.mean:.3g}", f"{item.deviation:.2g}", f"{item.posterior.middle:.3g}",
            values(item.posterior), f"{100 * item.width:.0f}%", "narrowed" if item.is_pinned else "not pinned down",
        ]
        for item in found.parameters
    ]  # fmt: skip
    headings = ("Parameter", "Prior, 90%", "Mean", "Deviation", "Median", "90%", "Width left", "Remark")
    return chart("What is left of the priors", reading, lambda narrow: figures.parameters(found, narrow), Table(headings, rows))


def _together(found: Calibration) -> Table:
    names = [item.label for item in found.parameters]
    rows = [
        [name, *("" if j >= i else f"{found.correlations[i, j]:+.2f}" for j in range(len(names) - 1))] for i, name in enumerate(names) if i
    ]
    return Table(("Parameter", *names[:-1]), rows)


def _ranks(found: Calibration) -> Chart:
    check = found.ranks
    reading = (
        f"In {len(check.ranks)} checks the parameters are known: where does the truth lie in the posterior? If the procedure is right, all "
        "bars end at the dashed line but for chance, which is the grey band (99% of the cases). A hump says that intervals are too wide, a "
        "hollow that they are too narrow, a slope that they lie to one side."
    )
    rows = [
        [item.label, f"{100 * float(check.covered[n]):.0f}%", f"{float(check.explained[n]):.2f}", f"{float(chance):.3f}"]
        for n, (item, chance) in enumerate(zip(found.parameters, check.uneven(), strict=True))
    ]
    headings = ("Parameter", "90% interval holds the truth in", "Explained by the posterior mean", "Chance of ranks as uneven")
    return chart("Does it find what is known?", reading, lambda narrow: figures.ranks(found, narrow), Table(headings, rows))


def _waves(found: Calibration) -> Table:
    used = found.fit.used
    rows = []
    for number, wave in enumerate(found.fit.waves, 1):
        distances = found.fit.study.bands.distances(wave.figures[:, used])
        meets = int((distances.max(axis=1) <= 1.0).sum())
        rows.append([str(number), f"{100 * wave.region.volume:.3g}%", f"{len(wave.points):,}", f"{meets:,}"])
    return Table(("Wave", "Of the prior", "Points", "Points that meet all targets within a tolerance"), rows)


