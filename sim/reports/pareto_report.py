"""A search over levers as a self-contained HTML page: `sim pareto` writes it.

html = render_pareto(found, ["sim", "pareto", "case.yaml", "--levers", "delay", "--objective", "max share(deal)", ...])
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from sim.analysis.driver_words import figure
from sim.analysis.limits import limits_of
from sim.analysis.pareto import SAMPLES, Pareto
from sim.analysis.pareto_words import change, changed, findings, told
from sim.reports import pareto_figures as figures
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_pareto(found: Pareto, command: Sequence[str]) -> str:
    """The HTML text of a report; ``command`` are the words of the whole command."""
    scenario: Any = found.runs.as_described
    return template("pareto.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        title=scenario["title"],
        question=scenario.get("question") or "",
        scenario_id=scenario["id"],
        bounds=limits_part(limits_of(scenario)),
        limits=scenario.get("limits") or (),
        findings=findings(found),
        front=_front(found),
        luck=_luck(found) if any(one.seemed > 0.0 for one in found.luck) else None,
        settings=_settings(found),
        levers=[
            (
                item.label, item.path, f"{figure(item.low)} to {figure(item.high)}",
                "drawn" if item.stands is None else figure(item.stands),
            )
            for item in found.levers
        ],
        command=shlex.join(command),
        compare=_compare(found, command),
        samples=SAMPLES,
    )  # fmt: skip


def _front(found: Pareto) -> Chart:
    more = f" The first two of {len(found.objectives)} objectives." if len(found.objectives) > 2 else ""
    reading = (
        f"Rings: the {len(found.points)} settings tried, {found.histories:,} histories each, all with the same draws. Diamonds: those "
        f"kept, by {found.fresh:,} fresh histories each, with 95% intervals; hollow ones are likelier beaten than not. Star: the case as "
        f"described.{more}"
    )
    return chart("What can be had together", reading, lambda narrow: figures.front(found, narrow), _settings(found))


def _settings(found: Pareto) -> Table:
    names = [item.name for item in found.levers]
    outputs = [item.output.label for item in found.objectives]
    rows = []
    for n, item in enumerate(found.settings, 1):
        cells = [figure(value) for value in item.levers]
        cells += [told(objective, one) for objective, one in zip(found.objectives, item.fresh, strict=True)]
        cells += [changed(objective, one) for objective, one in zip(found.objectives, item.gains, strict=True)]
        rows.append([f"{n}", *cells, f"{100 * item.chance:.0f}%"])
    stands = ["drawn" if item.stands is None else figure(item.stands) for item in found.levers]
    base = [told(objective, one) for objective, one in zip(found.objectives, found.described, strict=True)]
    rows.append(["as described", *stands, *base, *("" for _ in outputs), ""])
    return Table(("Setting", *names, *outputs, *(f"change of {name}" for name in outputs), "Unbeaten with a chance of"), rows)


def _luck(found: Pareto) -> Chart:
    reading = (
        "For each objective the setting that looked best in the search: its gain over the case as described there (ring, 100%), and on "
        "fresh draws (diamond, with its 95% interval). What lies between the two was luck."
    )
    rows = [
        [
            item.label, change(item, one.seemed), changed(item, one.gained), f"{one.place + 1}",
        ]
        for item, one in zip(found.objectives, found.luck, strict=True)
    ]  # fmt: skip
    table = Table(("Objective", "Gain in the search", "Gain on fresh draws", "Setting"), rows)
    return chart("How much of the gain was luck", reading, lambda narrow: figures.luck(found, narrow), table)


def _compare(found: Pareto, command: Sequence[str]) -> str:
    """The command that compares the first setting with the case as described."""
    item = found.settings[0]
    sets = "; ".join(f"{lever.path}={value:.6g}" for lever, value in zip(found.levers, item.levers, strict=True))
    return shlex.join(["sim", "compare", command[2], "--policy", f"first: {sets}"])
