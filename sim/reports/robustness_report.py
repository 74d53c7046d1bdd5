"""Robust choice as a self-contained HTML page: `sim robust` writes it.

html = render_robustness(found, ["sim", "robust", "case.yaml", "--policies", "slow,fast"])
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from sim.analysis.limits import limits_of
from sim.analysis.regret import PARTS, SAMPLES
from sim.analysis.robustness import LEVEL, Robust
from sim.analysis.robustness_words import amount, ends, findings, regret, shares, unit
from sim.reports import robustness_figures as figures
from sim.reports.comparison_report import arm_parts
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, page_parts, template


def render_robustness(found: Robust, command: Sequence[str]) -> str:
    """The HTML text of a report; ``command`` are the words of the whole command."""
    played = found.played
    reference = played.arms[played.arms.reference]
    same = {two: one for one, two in found.same}
    return template("robustness.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        played=played,
        title=reference.completed["title"],
        question=reference.completed.get("question") or "",
        scenario_id=reference.completed["id"],
        bounds=limits_part(limits_of(reference.completed)),
        limits=reference.completed.get("limits") or (),
        findings=findings(found),
        heat=None if found.driver is None else _heat(found),
        regrets=_regrets(found),
        criteria=_criteria(found),
        places=_places(found),
        arms=[arm_parts(arm, run=played.runs[arm.name], same_as=same.get(arm.name)) for arm in played.arms.arms],
        reference_name=reference.name,
        command=shlex.join(command),
        compare=_compare(command),
        num_parts=min(PARTS, found.repeats),
        samples=SAMPLES,
    )


def _compare(command: Sequence[str]) -> str:
    """The command that compares the same histories."""
    words, skip = [], False
    for word in command:
        if skip:
            skip = False
        elif word in ("--at-least", "--at-most"):
            skip = True
        else:
            words.append(word)
    return shlex.join(["sim", "compare", *words[2:]])


def _heat(found: Robust) -> Chart:
    driver = found.driver
    assert driver is not None
    sure = (
        "Of the recorded uncertainties it is the one by which regret differs most."
        if driver.chance <= LEVEL
        else "No recorded uncertainty can be told to matter to regret; this one differs most by chance."
    )
    reading = (
        f"What each arm gives away on average against the best arm at each draw, in slices of \u201c{driver.item.label}\u201d with about "
        f"equally many draws{', in percentage points' if found.is_share else ''}. {sure}"
    )
    rows = [
        [item.arm, *(regret(found, max(0.0, float(value))) for value in row)]
        for item, row in zip(found.standings, driver.table, strict=True)
    ]
    rows.append(["Draws", *(f"{int(n)}" for n in driver.counts)])
    table = Table(("Arm", *driver.edges), rows)
    return chart("Where each arm gives something away", reading, lambda narrow: figures.heat(found, driver, narrow), table)


def _regrets(found: Robust) -> Chart:
    reading = (
        "Diamonds: mean regret over the tenth of the draws that is worst for the arm; circles: over all draws. Lines are 95% intervals; "
        f"they allow for the noise of {found.repeats} histories a draw.{' In percentage points of histories.' if found.is_share else ''}"
    )
    rows = [
        [
            item.arm,
            *(
                cell
                for one in (item.regret.mean, item.regret.tail, item.regret.largest)
                for cell in (f"{regret(found, one.value)} ({ends(found, one)})", regret(found, one.plain))
            ),
            f"{100 * item.regret.first:.0f}%",
        ]
        for item in found.standings
    ]
    headings = (
        "Arm", "Mean regret", "counted plainly", "Worst tenth", "counted plainly", "Largest", "counted plainly", "Probability of the least",
    )  # fmt: skip
    return chart("How much each arm gives away", reading, lambda narrow: figures.regrets(found, narrow), Table(headings, rows))


def _criteria(found: Robust) -> Table:
    level = () if found.level is None else (f"Meets {found.level.words} {amount(found, found.level.value)} at",)
    rows = []
    for item in found.standings:
        met = () if item.meets is None else (shares(item.meets),)
        between = f"{amount(found, item.value)} ({amount(found, item.low)} to {amount(found, item.high)})"
        tail = f"{regret(found, item.regret.tail.value)}{unit(found)}"
        rows.append([item.arm, between, tail, shares(item.best), *met])
    return Table(("Arm", "Mean over all draws", "Regret in the worst tenth", "Best at", *level), rows)


def _places(found: Robust) -> Table | None:
    rows = []
    for item in found.standings:
        if item.where is None:
            continue
        if item.where.box:
            inside, outside = (f"{regret(found, max(0.0, value))}{unit(found)}" for value in (item.where.inside, item.where.outside))
            rows.append([item.arm, item.where.box, f"{100 * item.where.share:.0f}%", inside, outside])
        else:
            rows.append([item.arm, f"not told: {item.where.why}", "", "", ""])
    return Table(("Arm", "It gives away most where", "Of draws", "Regret there", "Elsewhere"), rows) if rows else None
