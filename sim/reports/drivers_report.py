"""What moved what came of a run, as a self-contained HTML page: `sim drivers` writes it.

html = render_drivers(answer, meta, ["sim", "drivers", "reports/case"])
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis import driver_words as told
from sim.analysis.asked import CAME, Asked, Kind
from sim.analysis.by_input import Course
from sim.analysis.drivers import MEASURE, QUANTILE, DriverTable
from sim.analysis.estimates import Share
from sim.analysis.limits import Limits
from sim.analysis.names import plain
from sim.reports import colours, content, words
from sim.reports.driver_content import drivers_content
from sim.reports.driver_figures import Curves, CurveSeries, curves
from sim.reports.limits_part import limits_part
from sim.reports.page import Chart, Table, chart, drivers_chart, page_parts, template

MOST_BARS = 16
MOST_CLASSES = 4  # curves of one chart: the classes that move most


def render_drivers(
    table: DriverTable,
    asked: Asked,
    courses: Sequence[Course],
    findings: Sequence[str],
    scenario: Mapping[str, Any],
    meta: content.Meta,
    command: Sequence[str],
    limits: Limits,
) -> str:
    """The HTML text of the page; ``command`` are the words that make it again, ``limits`` those of the run."""
    labels = {item["class"]: item.get("label") or item["class"] for item in scenario.get("outcomes", ())}
    shown = drivers_content(table, {**labels, **asked.labels}, MOST_BARS, asked.label)
    return template("drivers.html.j2").render(
        **page_parts(),
        title=str(scenario.get("title") or meta.scenario_id),
        meta=meta,
        asked=asked,
        findings=findings,
        notes=told.notes(table),
        table=table,
        chart=None if shown is None else drivers_chart(shown),
        courses=[_course(asked, one, scenario, {**labels, **asked.labels}) for one in courses],
        rows=[_row(table, n, {**labels, **asked.labels}) for n in range(len(table.effects))],
        bounds=limits_part(limits),
        limits=scenario.get("limits") or (),
        measure=MEASURE,
        below=f"{100 * QUANTILE:.0f}%",
        percent=told.percent,
        command=shlex.join(command),
        is_number=asked.is_number,
    )


def _row(table: DriverTable, number: int, labels: Mapping[str, str]) -> dict[str, str]:
    item = table.effects[number]
    return {
        "label": item.label,
        "path": item.path,
        "effect": told.percent(item.effect),
        "interval": words.percent_interval(item.low, item.high),
        "floor": told.percent(item.floor),
        "toward": told.direction_words(table.asked, item, labels) if item.distinguishable else "not distinguishable from a dummy",
    }


def _course(asked: Asked, one: Course, scenario: Mapping[str, Any], labels: Mapping[str, str]) -> Chart:
    """What came at different values of an input."""
    stretches = one.stretches
    places = [item.middle for item in stretches] if one.item.is_number else list(range(len(stretches)))
    names = () if one.item.is_number else tuple(item.name.replace("_", " ") for item in stretches)
    series, overall = (_number_series(asked, one), None) if asked.is_number else _share_series(asked, one, scenario, labels)
    unit = "days" if asked.kind is Kind.TIME else ""
    found = Curves(one.item.label, places, names, series, not asked.is_number, unit, overall)
    reading = _reading(asked, one, len(series), overall)
    return chart(one.item.label, reading, lambda narrow: curves(found, narrow), _numbers(asked, one, labels))


def _share_series(
    asked: Asked, one: Course, scenario: Mapping[str, Any], labels: Mapping[str, str]
) -> tuple[list[CurveSeries], float | None]:
    shares = np.array([[share.share for share in item.shares] for item in one.stretches])
    order = np.argsort(-np.ptp(shares, axis=0), kind="stable")[:MOST_CLASSES]
    palette = _palette(scenario)
    found = []
    for number, k in enumerate(sorted(order.tolist())):
        name = one.classes[k]
        colour = palette.get(name, colours.SERIES[number % len(colours.SERIES)])
        column = [item.shares[k] for item in one.stretches]
        label = asked.label if name == CAME else labels.get(name, plain(name))
        found.append(CurveSeries(label, colour, *([getattr(share, part) for share in column] for part in ("share", "low", "high"))))
    return found, float(np.mean(asked.values)) if asked.kind is Kind.EVENT else None


def _palette(scenario: Mapping[str, Any]) -> dict[str, str]:
    """Colours of the classes of outcome, as in the run's report."""
    classes = scenario.get("outcomes", ())
    places = colours.class_places([item.get("tone") or "mixed" for item in classes])
    return {item["class"]: colours.class_colour(place) for item, place in zip(classes, places, strict=True)}


def _number_series(asked: Asked, one: Course) -> list[CurveSeries]:
    parts = [[None if item.quartiles is None else item.quartiles[k] for item in one.stretches] for k in (1, 0, 2)]
    return [CurveSeries("median", colours.BLUE, *parts)]


def _reading(asked: Asked, one: Course, drawn: int, overall: float | None) -> str:
    if asked.is_number:
        text = "Median, with the middle half of the histories as a band"
        came = " among histories in which it came; the table has how many never see it" if asked.kind is Kind.TIME else ""
        return f"{text}{came}."
    n = len(one.stretches)
    is_cut = one.item.is_number and all(item.low != item.high for item in one.stretches)
    groups = f"{n} groups of about equal size" if is_cut else f"its {n} values"
    text = f"Shares of histories in {groups}, with 95% intervals"
    if drawn < len(one.classes):
        text += f"; drawn are the {drawn} classes that move most, the table has all"
    return text + (f". Dotted: among all histories, {told.percent(overall)}." if overall is not None else ".")


def _numbers(asked: Asked, one: Course, labels: Mapping[str, str]) -> Table:
    def values(item: Any) -> str:
        if item.name or math.isnan(item.low):
            return item.name.replace("_", " ")
        return told.figure(item.low) if item.low == item.high else f"{told.figure(item.low)} to {told.figure(item.high)}"

    if asked.is_number:
        rows = [
            [values(item), words.integer(item.histories),
             *("none" if item.quartiles is None else told.figure(item.quartiles[k]) for k in (0, 1, 2)),
             told.percent(item.missing.share if item.missing else 0.0)]
            for item in one.stretches
        ]  # fmt: skip
        return Table(("Value", "Histories", "A quarter below", "Median", "A quarter above", "Never or missing"), rows)
    names = [asked.label if name == CAME else labels.get(name, plain(name)) for name in one.classes]
    def cell(share: Share) -> str:
        return f"{told.percent(share.share)} ({words.percent_interval(share.low, share.high)[:-1]})"

    cells = [[values(item), words.integer(item.histories), *map(cell, item.shares)] for item in one.stretches]
    return Table(("Value", "Histories", *names), cells)
