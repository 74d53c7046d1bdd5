"""A run's summary as the plain records that its report page shows; figures and pages compute nothing."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.analysis.estimates import Share, share
from sim.analysis.findings import findings
from sim.analysis.input_names import input_label
from sim.analysis.limits import counted_words, rate_words
from sim.analysis.summary import Condition, Summary
from sim.analysis.targets import targets_of
from sim.experiments.design import NAMES, RANDOM, SOBOL
from sim.model.complete import spec_of
from sim.model.explain import Entry, inputs_of
from sim.reports import content as page
from sim.reports.driver_content import drivers_content
from sim.reports.game_content import game_content
from sim.reports.words import all_histories, shorten, span_words

DAYS_TOLD_AS_DAYS = 4  # a horizon in hours from which axes count days
LIMITS = (
    "A share is the share of simulated histories under the assumptions of this scenario. It compares assumptions and "
    "policies and forecasts nothing: never quote it without its interval and its assumptions.",
    "The intervals cover the chance of the sample alone. That a preference, a rule or a rate is wrong is in none of them: "
    "other values within the ranges of the inputs may move a share by more than its interval is wide.",
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
    entries = inputs_of(spec_of(scenario))
    if summary.is_game:  # what the language has by default for negotiations moves nothing here
        entries = [entry for entry in entries if entry.path.startswith("parameters.")]
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
        interval_note=" ".join(
            filter(None, (summary.evidence.told if summary.evidence else "", summary.interval_note, rate_words(summary.limits.rated)))
        ),
        game=game_content(summary.game),
        incidence=None if summary.is_game else _incidence(summary),
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
        inputs=input_rows(scenario, entries),
        sources=source_titles(scenario, entries),
        claims=list(claims),
        targets=[
            page.TargetRow(
                band.label, band.measured.value, band.measured.low, band.measured.high, band.low, band.high, band.inside,
                band.source, band.measured.form, band.is_open, "" if band.inside else band.note,
            )
            for band in targets_of(summary)
        ],
        bounds=summary.limits,
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
        start_date=None if summary.is_game else str(summary.scenario["start"]),
        horizon_days=None if summary.is_game else summary.horizon_days,
        variant=applied.get("variant"),
        policy=applied.get("policy"),
        overrides=tuple(summary.overrides),
        digest=digest,
        hourly=summary.per_day != 1.0,
        description=str(summary.scenario.get("description", "")),
        design="" if summary.design == RANDOM else summary.design,
    )


def _shares(summary: Summary, shares: Sequence[Share]) -> list[page.OutcomeShare]:
    base_rates = {item.id: "; ".join(map(counted_words, item.rates)) for item in summary.limits.rated}
    return [
        page.OutcomeShare(
            item.id,
            item.label,
            0.0 if math.isnan(value.share) else value.share,
            value.low,
            value.high,
            value.count,
            item.description,
            item.tone,
            base_rates.get(item.id, ""),
        )
        for item, value in zip(summary.classes, shares, strict=True)
    ]


def _axis(summary: Summary, days: np.ndarray) -> page.TimeAxis:
    start = dt.date.fromisoformat(str(summary.scenario["start"]))
    if summary.per_day != 1.0:
        if summary.horizon_days >= DAYS_TOLD_AS_DAYS:
            return page.TimeAxis([float(day) for day in days], (), "days from the start")
        return page.TimeAxis([float(day) * summary.per_day for day in days], (), "hours from the start")
    return page.TimeAxis(
        [float(day) for day in days], [str(start + dt.timedelta(days=round(float(day)))) for day in days]
    )


def _incidence(summary: Summary) -> page.Incidence:
    series = []
    for item, counts in zip(summary.classes, summary.incidence, strict=True):
        values = [share(int(count), summary.num_paths) for count in counts]
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
        _axis(summary, summary.incidence_days),
        series,
        f"Share of {_with_paths(summary)} that by each date have reached the end at which they stay. The figures under each name "
        "are the share at the last date and its 95% interval; the band is the interval on the way. All panels have one scale.",
    )


def _phases(summary: Summary) -> page.Phases | None:
    """Paths: result of the first meeting, then the best that was signed, then the outcome."""
    if "meeting_result" not in summary.results or summary.is_game:
        return None
    met = _first_meetings(summary)
    stages = [("First leaders' meeting", met), ("Deal", _deals(summary))]
    if met.names == [NO_MEETING]:
        stages = stages[1:]
    last = _Stage.of_words(np.asarray(summary.results["outcome"]))
    nodes = [
        page.PhaseNode(f"{number}:{name}", name, number)
        for number, (_, stage) in enumerate(stages)
        for name in stage.names
    ]
    nodes += [
        page.PhaseNode(f"{len(stages)}:{item.id}", item.label, len(stages), item.id)
        for item in summary.classes
        if item.id in last.names
    ]
    ways = [*(stage for _, stage in stages), last]
    links = [
        page.PhaseLink(f"{number}:{a}", f"{number + 1}:{b}", count)
        for number, (here, there) in enumerate(pairwise(ways))
        for a, b, count in here.leading_to(there)
    ]
    links.sort(key=lambda link: (link.source, link.target))
    headings = [*(heading for heading, _ in stages), f"End, after {span_words(summary.horizon_days)}"]
    return page.Phases(nodes, links, stages=headings)


NO_MEETING = "no meeting"


class _Stage:
    """What happened in every history at one stage: a number for each, and its words."""

    def __init__(self, codes: np.ndarray, words: Sequence[str]) -> None:
        present = {words[code] for code in np.flatnonzero(np.bincount(codes, minlength=len(words)))}
        self.names = sorted(present)  # of what happened at all
        place = {name: n for n, name in enumerate(self.names)}
        self.codes = np.array([place.get(name, 0) for name in words], dtype=np.int16)[codes]

    @classmethod
    def of_words(cls, values: np.ndarray, said: Mapping[str, str] | None = None) -> _Stage:
        """A stage from a column of words; ``said`` has what is said instead of some of them."""
        different = sorted(set(values.tolist()), key=str)
        codes = np.zeros(len(values), dtype=np.int16)
        for number, value in enumerate(different):
            codes[np.asarray(values == value)] = number
        return cls(codes, [(said or {}).get(str(value), str(value)) for value in different])

    def leading_to(self, later: _Stage) -> list[tuple[str, str, int]]:
        """From what to what in the later stage, and how many histories."""
        width = len(later.names)
        counts = np.bincount(self.codes.astype(np.int64) * width + later.codes, minlength=len(self.names) * width)
        return [
            (self.names[pair // width], later.names[pair % width], int(counts[pair])) for pair in np.flatnonzero(counts)
        ]


def _first_meetings(summary: Summary) -> _Stage:
    """How the first leaders' meeting up to the horizon ended, in words."""
    said = {"package": "package agreed", "declaration": "declaration", "walk_out": "walk-out", "none": NO_MEETING}
    found = _Stage.of_words(np.asarray(summary.results["meeting_result"]), said)
    if "time:meeting" not in summary.results:
        return found
    return _Stage(np.where(summary.came("meeting"), found.codes, len(found.names)), [*found.names, NO_MEETING])


def _deals(summary: Summary) -> _Stage:
    """What became of deals up to the horizon, in words."""
    codes = np.where(summary.came("deal"), np.where(summary.came("collapse"), 2, 1), 0)
    return _Stage(codes, ["no deal", "a deal in force", "a deal collapsed"])


def _fan(summary: Summary, fan: Any) -> page.Fan:
    bands = [[float(value) for value in band] for band in fan.bands]
    rungs = _rungs(summary.scenario) if fan.name == "rung" else []
    low, high = (0.0, float(len(rungs) - 1)) if rungs else (0.0, 1.0)
    return page.Fan(
        fan.name, fan.label, _axis(summary, fan.days), *bands,
        unit=fan.unit, low=low, high=high, reading=_fan_reading(summary, [float(band[-1]) for band in bands], rungs),
    )  # fmt: skip


def _rungs(scenario: Mapping[str, Any]) -> list[str]:
    """Labels of the ladder's rungs from below."""
    ladder = (scenario.get("mechanisms") or {}).get("ladder") or {}
    return [str(rung.get("label") or "") for rung in ladder.get("rungs") or ()]


def _fan_reading(summary: Summary, end: Sequence[float], rungs: Sequence[str]) -> str:
    """What the fan says at its end; `end` holds the five quantiles there."""
    digits = 0 if rungs else 2
    q05, q25, q50, q75, q95 = (f"{value:.{digits}f}" for value in end)
    text = (
        f"At the end the median is {q50}; the middle half of {_with_paths(summary, counted=True)} lies between {q25} "
        f"and {q75}, the middle nine tenths between {q05} and {q95}. The bands show how histories differ, not how exactly "
        "the median is known."
    )
    named = ", ".join(f"{number} {shorten(label, 60)}" for number, label in enumerate(rungs) if label)
    return f"{text} Rungs: {named}." if named else text


def _with_paths(summary: Summary, counted: bool = False) -> str:
    """The histories whose paths are stored, in words: all, or the first of them."""
    if summary.num_paths < summary.num_replications:
        return f"the first {summary.num_paths:,} histories (the paths of others are not stored)"
    return all_histories(summary.num_replications) if counted else "all histories"


def _drivers(summary: Summary) -> list[page.Drivers]:
    found = drivers_content(summary.drivers, {item.id: item.label for item in summary.classes})
    return [] if found is None else [found]


def _conditional(summary: Summary, item: Condition) -> page.Conditional:
    reading = (
        f"{item.num_rows:,} of {summary.num_replications:,} histories: {item.meaning}. Bars are shares among them with 95% "
        "intervals; the diamond below each bar is the share among all histories with its interval."
    )
    return page.Conditional(item.label, item.num_rows, _shares(summary, item.shares), item.reference, reading)


def input_rows(scenario: Mapping[str, Any], entries: Sequence[Entry]) -> list[page.InputRow]:
    """Every number of the scenario with its value, range and source."""
    return [
        page.InputRow(
            entry.path,
            input_label(scenario, entry.path),
            entry.value,
            entry.range,
            _short_source(scenario, entry.source),
            ", ".join(claim for claim, _ in entry.claims),
            entry.confidence,
            not entry.is_grounded,
            _short_source(scenario, entry.form),
        )
        for entry in entries
    ]


def _short_source(scenario: Mapping[str, Any], text: str) -> str:
    """The short name of a source instead of its whole title, where the scenario lists it."""
    name = text.partition(": ")[0]
    return _in_words(name) if name in (scenario.get("sources") or {}) else text


def _in_words(name: str) -> str:
    """The key of a source as a short name: `fearon_1994` is Fearon 1994."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def source_titles(scenario: Mapping[str, Any], entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Short name and title, with author and year, of every source that an input rests on."""
    texts = {text for entry in entries for text in (entry.source, entry.form)}
    named = (text.partition(": ") for text in texts if _short_source(scenario, text) != text)
    return sorted((_in_words(name), title) for name, _, title in named)


def _commands(summary: Summary, source: str | None) -> list[page.Command]:
    applied = summary.scenario.get("applied") or {}
    words = ["sim", "run", source or summary.scenario_id]
    for option in ("variant", "policy"):
        if applied.get(option):
            words += [f"--{option}", str(applied[option])]
    for item in summary.overrides:
        words += ["--set", item]
    if summary.design != RANDOM:
        words += ["--design", summary.design]
    played = summary.evidence.fitting.trials if summary.evidence else summary.num_replications
    tail = ["--replications", str(played), "--seed", str(summary.seed)]
    again = shlex.join([*words, *tail])
    base = shlex.join([words[0], "replay", *words[2:], "--seed", str(summary.seed), "--replication", "0"])
    if summary.design not in (RANDOM, SOBOL):
        base = "sim replay --from DIR --replication 0"  # its point depends on the other rows
    if summary.design not in NAMES:
        return [page.Command("Any single history of this run's directory alone, with its decisions and their reasons", base)]
    return [
        page.Command(
            "The same run again, identical to the last bit with any number of workers; tested on Linux", again
        ),
        page.Command("Any single history alone, with its decisions and their reasons", base),
    ]
