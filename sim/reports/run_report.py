"""A run's summary as the plain records that its report page shows; figures and pages compute nothing."""

from __future__ import annotations

import datetime as dt
import json
import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.estimates import Share, share
from sim.analysis.findings import findings
from sim.analysis.names import input_label
from sim.analysis.summary import Condition, Summary
from sim.analysis.targets import targets_of
from sim.model.complete import spec_of
from sim.model.explain import inputs_of
from sim.reports import content as page

MEASURE = "share of the input's rank variance that the outcome explains"
LIMITS = (
    "Utilities, private types and rules are judgement within the ranges shown in the table of inputs. The record of "
    "cases like this one is small, and the classes of outcome depend on their windows.",
    "The simulator compares assumptions and policies; it does not forecast. A share is the share of simulated "
    "histories under these assumptions: never quote one without its interval, its assumptions and the base rate.",
    "More on what such results cannot tell: docs/explanation/what-the-simulator-cannot-tell.md, in the simulator's folder.",
)


def report_content(
    summary: Summary,
    *,
    histories: Sequence[page.History] = (),
    claims: Sequence[page.ClaimRow] = (),
    digest: str | None = None,
    source: str | None = None,
) -> page.ReportContent:
    """Everything a run report shows. `source` is the scenario as named on the command line."""
    scenario = summary.scenario
    return page.ReportContent(
        title=summary.title,
        question=str(scenario.get("question") or ""),
        meta=meta_of(summary, digest),
        findings=[
            page.Finding(
                item.text, [page.Number(figure.value, figure.reference, figure.form) for figure in item.figures]
            )
            for item in findings(summary)
        ],
        outcomes=_shares(summary, summary.shares),
        incidence=_incidence(summary),
        times=[
            page.TimeToEvent(
                words, value.happened.share, value.happened.low, value.happened.high,
                value.q25, value.median, value.q75,
            )
            for _, words, value in summary.times
            if value.happened.count > 0
        ],
        phases=_phases(summary),
        fans=[_fan(summary, fan) for fan in summary.fans],
        drivers=_drivers(summary),
        conditionals=[_conditional(summary, item) for item in summary.conditions],
        histories=list(histories),
        inputs=input_rows(scenario),
        claims=list(claims),
        targets=[
            page.TargetRow(
                band.label, band.value.share, band.value.low, band.value.high, band.low, band.high, band.inside,
                band.source,
            )
            for band in targets_of(summary)
        ],
        limits=[*LIMITS, *(str(text) for text in scenario.get("limits", ()))],
        reproduce=_commands(summary, source),
    )  # fmt: skip


def meta_of(summary: Summary, digest: str | None = None) -> page.Meta:
    """The run record that heads and closes a page; no clock and no worker count."""
    applied = summary.scenario.get("applied") or {}
    return page.Meta(
        scenario_id=summary.scenario_id,
        scenario_hash=summary.scenario_hash,
        seed=summary.seed,
        replications=summary.num_replications,
        engine=summary.engine,
        versions=[(name, str(version)) for name, version in sorted(summary.versions.items())],
        start_date=str(summary.scenario["start"]),
        horizon_days=summary.horizon_days,
        variant=applied.get("variant"),
        policy=applied.get("policy"),
        overrides=tuple(overrides_of(summary.scenario)),
        digest=digest,
        description=str(summary.scenario.get("description", "")),
    )


def _shares(summary: Summary, shares: Sequence[Share]) -> list[page.OutcomeShare]:
    return [
        page.OutcomeShare(
            item.id,
            item.label,
            0.0 if math.isnan(value.share) else value.share,
            value.low,
            value.high,
            value.count,
            item.description,
        )
        for item, value in zip(summary.classes, shares, strict=True)
    ]


def _axis(summary: Summary, days: np.ndarray) -> page.TimeAxis:
    start = dt.date.fromisoformat(str(summary.scenario["start"]))
    if summary.per_day != 1.0:
        return page.TimeAxis([float(day) * summary.per_day for day in days], (), "hours")
    return page.TimeAxis(
        [float(day) for day in days], [str(start + dt.timedelta(days=round(float(day)))) for day in days]
    )


def _incidence(summary: Summary) -> page.Incidence:
    inside = summary.incidence_days <= summary.horizon_days * 1.0001
    series = []
    for item, counts in zip(summary.classes, summary.incidence, strict=True):
        values = [share(int(count), summary.num_replications) for count in counts[inside]]
        if any(value.count for value in values):
            series.append(
                page.IncidenceSeries(
                    item.id,
                    item.label,
                    [value.share for value in values],
                    [value.low for value in values],
                    [value.high for value in values],
                )
            )
    return page.Incidence(
        _axis(summary, summary.incidence_days[inside]),
        series,
        "Share of histories that are in each class at each time; classes are read afresh at every date, so a line may "
        "fall again.",
    )


def _phases(summary: Summary) -> page.Phases | None:
    """Paths: result of the first meeting, then the best that was signed, then the outcome."""
    results = summary.results
    if "meeting_result" not in results:
        return None
    met = {"package": "package agreed", "declaration": "declaration", "walk_out": "walk-out", "none": "no meeting"}
    first = [met.get(str(value), str(value)) for value in results["meeting_result"]]
    dealt = np.isfinite(np.asarray(results["time:deal"], dtype=float))
    lost = np.isfinite(np.asarray(results["time:collapse"], dtype=float))
    second = [
        ("a deal collapsed" if gone else "a deal in force") if deal else "no deal"
        for deal, gone in zip(dealt, lost, strict=True)
    ]
    labels = {item.id: item.label for item in summary.classes}
    last = [str(value) for value in results["outcome"]]
    nodes = [page.PhaseNode(f"1:{name}", name, 0) for name in dict.fromkeys(sorted(first))]
    nodes += [page.PhaseNode(f"2:{name}", name, 1) for name in dict.fromkeys(sorted(second))]
    order = [item.id for item in summary.classes]
    nodes += [
        page.PhaseNode(f"3:{name}", labels.get(name, name), 2, name)
        for name in sorted(set(last), key=lambda value: order.index(value))
    ]
    counts: dict[tuple[str, str], int] = {}
    for a, b, c in zip(first, second, last, strict=True):
        for pair in ((f"1:{a}", f"2:{b}"), (f"2:{b}", f"3:{c}")):
            counts[pair] = counts.get(pair, 0) + 1
    links = [page.PhaseLink(a, b, count) for (a, b), count in sorted(counts.items())]
    return page.Phases(nodes, links)


def _fan(summary: Summary, fan: Any) -> page.Fan:
    low, high = (None, None) if fan.name == "rung" else (0.0, 1.0)
    bands = [[float(value) for value in band] for band in fan.bands]
    return page.Fan(fan.name, fan.label, _axis(summary, fan.days), *bands, unit=fan.unit, low=low, high=high)


def _drivers(summary: Summary) -> list[page.Drivers]:
    table = summary.drivers
    if not table.effects:
        return []
    labels = {item.id: item.label for item in summary.classes}
    items = []
    for effect in table.effects[:12]:
        name, _, kind = effect.toward.partition(" (")
        words = labels.get(name, name)
        more = "likelier" if effect.association > 0 else "less likely"
        toward = f"{kind[:-1]}: {words} {more}" if kind else f"higher: {words} {more}"
        items.append(
            page.Driver(
                effect.path,
                input_label(summary.scenario, effect.path),
                effect.effect,
                effect.low,
                effect.high,
                effect.distinguishable,
                toward,
            )
        )
    return [page.Drivers(MEASURE, items, table.noise_floor, "the class of outcome")]


def _conditional(summary: Summary, item: Condition) -> page.Conditional:
    return page.Conditional(item.label, item.num_rows, _shares(summary, item.shares), item.reference)


def input_rows(scenario: Mapping[str, Any]) -> list[page.InputRow]:
    """Every number of the scenario with its value, range and source."""
    return [
        page.InputRow(
            entry.path,
            input_label(scenario, entry.path),
            entry.value,
            entry.range,
            entry.source,
            ", ".join(claim for claim, _ in entry.claims),
            entry.confidence,
            not entry.is_grounded,
        )
        for entry in inputs_of(spec_of(scenario))
    ]


def overrides_of(scenario: Mapping[str, Any]) -> list[str]:
    """Single values that were set, as `--set` takes them: `path=value`."""
    changes = (scenario.get("applied") or {}).get("set") or {}
    return [
        f"{path}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for path, value in changes.items()
    ]


def _commands(summary: Summary, source: str | None) -> list[page.Command]:
    applied = summary.scenario.get("applied") or {}
    words = ["sim", "run", source or summary.scenario_id]
    for option in ("variant", "policy"):
        if applied.get(option):
            words += [f"--{option}", str(applied[option])]
    for item in overrides_of(summary.scenario):
        words += ["--set", item]
    tail = ["--replications", str(summary.num_replications), "--seed", str(summary.seed)]
    again = shlex.join([*words, *tail])
    base = shlex.join([words[0], "replay", *words[2:], "--seed", str(summary.seed), "--replication", "0"])
    return [
        page.Command(
            "The same run again, identical to the last bit on any machine and with any number of workers", again
        ),
        page.Command("Any single history alone, with every decision and its reasons", base),
    ]
