"""A back-test as a self-contained HTML page: `sim backtest` writes it.

html = render_backtest(found, words_of_the_command)
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from sim.analysis.backtest import references
from sim.analysis.backtest import words as told
from sim.analysis.backtest.chances import SeenAt
from sim.analysis.backtest.scoring import (
    OF_HISTORIES,
    RARE,
    SAMPLES,
    SURE,
    Against,
    Backtest,
    Judged,
    JudgedClass,
    Mean,
)
from sim.reports import backtest_figures as figures
from sim.reports.page import Chart, Table, chart, page_parts, template

NONE = "\u2013"  # where somebody said nothing


def render_backtest(found: Backtest, words: Sequence[str]) -> str:
    """The HTML text of a report."""
    findings = told.findings(found)
    return template("backtest.html.j2").render(
        **page_parts("comparison.css"),
        found=found,
        findings=findings,
        facts=_facts(found),
        looks_chart=_looks(found) if found.first else None,
        reliability_chart=_reliability(found) if found.first else None,
        others=_others(found),
        surprises=_wrong(found, found.surprises),
        classes=[told.named_class(one) for one in found.surprising_classes],
        misses=_wrong(found, [one for one in found.misses if not one.is_surprise]),
        cases=[_case(found, item, n) for n, item in enumerate(found.looks)],
        refused=[told.refusal(item) for item in found.refused],
        left_out=_left_out(found),
        samples=SAMPLES,
        of_histories=OF_HISTORIES,
        rare=told.percent(RARE),
        sure=told.percent(SURE),
        command=shlex.join(words),
        digests=[(case.name, found.played.runs[case.name].recorded_digest or "") for case in found.played.cases],
    )


def _facts(found: Backtest) -> list[tuple[str, str]]:
    return [
        ("Cases", str(len(found.played.cases))),
        ("Looks", str(len(found.looks))),
        ("Events, from the beginnings", str(len(found.first))),
        ("Histories of each case", f"{found.played.replications:,}"),
        ("Seed", str(found.played.seed)),
    ]


# Charts --------------------------------------------------------------------------------------------------------------


def _looks(found: Backtest) -> Chart:
    reading = (
        "Each point is the mean over the events that a look leaves open; circles are cases on the day on which they begin, diamonds later "
        "looks. Lines are 95% intervals over histories: how much the point would move with others of them. Left of the dotted line a case "
        "is told better than by a coin."
    )
    headings = ("Case", "Day", "Histories that fit", "Events", "Brier", "95% over histories", "Log", "Dates", "RPS", "Log of classes")
    table = Table(headings, [_row(found, item) for item in found.looks])
    return chart("Scores by case and look", reading, lambda narrow: figures.looks(found, narrow), table)


def _row(found: Backtest, item: SeenAt) -> list[str]:
    name = item.case.name if item.look.number == 0 else f"{item.case.name}, {item.look.name}"
    head = [name, item.look.date.isoformat(), f"{item.fitting:,}"]
    if item.refusal:
        return [*head, "too few fit", *[NONE] * 6]
    means = found.of_look(item)
    value = {kind: told.score(means[kind].value) if kind in means else NONE for kind in ("brier", "log", "rps", "log_of_classes")}
    interval = "{} to {}".format(*map(told.score, means["brier"].over_histories)) if "brier" in means else NONE
    return [
        *head, str(len(item.scored)), value["brier"], interval, value["log"], str(len(item.classes)), value["rps"], value["log_of_classes"],
    ]  # fmt: skip


def _reliability(found: Backtest) -> Chart:
    off = sum(told.is_off(item) for item in found.reliability)
    verdict = (
        "No bin lies further from that line than so few events can by luck."
        if not off
        else f"In {off} of {len(found.reliability)} bins the line lies outside the interval: there the model's chances are no frequencies."
    )
    reading = (
        f"Events seen from the beginnings, by the chance they were given; on the dashed line as many came as it said. {verdict} Above "
        "stands how many came of how many. Upright lines are 95% intervals as if events were independent, which those of one case are not."
    )
    rows = [
        [f"{100 * item.low:.0f} to {100 * item.high:.0f}%", str(item.came.trials), told.percent(item.mean) if item.came.trials else NONE,
         str(item.came.count), told.percent(item.came.share) if item.came.trials else NONE,
         f"{told.percent(item.came.low)} to {told.percent(item.came.high)}" if item.came.trials else NONE]
        for item in found.reliability
    ]  # fmt: skip
    table = Table(("Chance given", "Events", "Mean chance", "Came", "Share", "95% interval"), rows)
    return chart("Whether chances are frequencies", reading, lambda narrow: figures.reliability(found, narrow), table)


# Tables --------------------------------------------------------------------------------------------------------------


def _others(found: Backtest) -> Table:
    rows = [_beside(item, "Brier") for item in found.against] + [_beside(item, "RPS") for item in found.against_of_classes]
    return Table(("Beside", "Score", "Questions", "Cases", "Model", "The other", "Difference", "95% over cases"), rows)


def _beside(item: Against, score: str) -> list[str]:
    return [
        item.name[:1].upper() + item.name[1:], score, str(item.model.questions), str(item.model.cases), told.score(item.model.value),
        told.score(item.other.value), told.signed(item.difference.value), _interval(item.difference),
    ]  # fmt: skip


def _interval(item: Mean) -> str:
    return "{} to {}".format(*map(told.signed, item.over_cases)) if item.cases > 1 else "one case"


def _wrong(found: Backtest, some: Sequence[Judged]) -> Table | None:
    rows = [
        [one.item.event.label, _where(one.seen), told.chance(one.item.chance.share), "yes" if one.item.came else "no",
         _said(one, references.BASE), _said(one, references.CROWD)]
        for one in sorted(some, key=lambda one: -one.miss)
    ]  # fmt: skip
    return Table(("Event", "Case", "Chance given", "Came", "Base rate", "Crowd"), rows) if rows else None


def _where(item: SeenAt) -> str:
    return item.case.name if item.look.number == 0 else f"{item.case.name}, seen on {item.look.date}"


def _said(one: Judged, name: str) -> str:
    said = one.said.get(name)
    return NONE if said is None else told.percent(said.probability)


def _case(found: Backtest, item: SeenAt, number: int) -> dict[str, Any]:
    mine = [one for one in found.events if one.seen is item]
    classes = [one for one in found.classes if one.seen is item]
    return {
        "id": f"case-{number}",
        "title": item.case.spec.title if item.look.number == 0 else f"{item.case.name}: {item.look.label}",
        "is_first": item.look.number == 0,
        "question": item.case.spec.question if item.look.number == 0 else "",
        "date": item.look.date.isoformat(),
        "fitted": item.case.fitted if item.look.number == 0 else "",
        "given": list(item.look.given),
        "fits": f"{item.fitting:,} of {item.histories:,}",
        "share": f"{told.chance(item.fits.share)} ({told.chance(item.fits.low)} to {told.chance(item.fits.high)})",
        "refusal": item.refusal,
        "settled": [one.event.label for one in item.events if one.is_settled],
        "events": _events(mine),
        "classes": _classes(classes),
    }


def _events(some: Sequence[Judged]) -> Table:
    headings = ("Event", "Chance", "95% interval", "Came", "Brier", "Base rate", "Crowd", "So at the look")
    rows = [
        [
            one.item.event.label, told.chance(one.item.chance.share),
            f"{told.chance(one.item.chance.low)} to {told.chance(one.item.chance.high)}", "yes" if one.item.came else "no",
            told.score(one.item.brier), _of(one, references.BASE), _of(one, references.CROWD), told.percent(one.item.so_already),
        ]
        for one in some
    ]  # fmt: skip
    return Table(headings, rows)


def _of(one: Judged, name: str) -> str:
    said = one.said.get(name)
    return NONE if said is None else f"{told.percent(said.probability)} ({said.ground})"


def _classes(some: Sequence[JudgedClass]) -> Table:
    rows = []
    for one in some:
        labels = {outcome.id: outcome.label for outcome in one.seen.case.spec.outcomes}
        chances = zip(one.item.classes, one.item.chances, strict=True)
        shown = sorted(chances, key=lambda pair: -pair[1].share)
        rows.append(
            [
                one.item.expected.at.isoformat(), labels[one.item.expected.class_], told.chance(one.item.of_observed.share),
                ", ".join(f"{labels[name]} {told.chance(item.share)}" for name, item in shown if item.count), told.score(one.item.rps),
            ]
        )  # fmt: skip
    return Table(("Date", "How it stood", "Chance given", "All chances", "RPS"), rows)


def _left_out(found: Backtest) -> Table | None:
    if not found.without:
        return None
    rows = [[name, told.score(value), told.percent(found.weights[name])] for name, value in found.without.items()]
    return Table(("Case left out", "Brier score of the others", "Weight of the model that the others choose"), rows)
