"""The bands a scenario declares, next to what a run gives: told, not tuned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import Z95, share
from sim.analysis.summary import Summary
from sim.model.figures import conditions, counter_of

YEAR = 365.0  # days


@dataclass(frozen=True)
class Measured:
    """A figure of a run with its 95 % interval, and how it is written: `percent`, or `number` for a rate a year."""

    value: float
    low: float
    high: float
    form: str = "percent"


@dataclass(frozen=True)
class Band:
    """A figure with its interval, and the band in which the scenario would like it."""

    label: str
    measured: Measured
    low: float
    high: float
    inside: bool
    source: str
    reference: str  # how the figure is recomputed from the rows

    @property
    def is_open(self) -> bool:
        """Whether the figure lies outside, but its interval reaches into the band: more histories may bring it inside."""
        return not self.inside and self.measured.low <= self.high and self.measured.high >= self.low

    @property
    def words(self) -> str:
        """The band in words: `8% to 20%`, `at most 3%`, `at least 10 a year`."""
        share = self.measured.form == "percent"
        low, high = (f"{100 * bound:.3g}%" if share else f"{bound:.3g}" for bound in (self.low, self.high))
        unit = "" if share else " a year"
        unbounded = self.high >= 1.0 if share else math.isinf(self.high)
        if self.low <= 0.0:
            return "anything" if unbounded else f"at most {high}{unit}"
        return f"at least {low}{unit}" if unbounded else f"{low} to {high}{unit}"


def measured(summary: Summary, figure: str) -> Measured | None:
    """A share or a rate by its name (`sim.model.figures`), or None if it cannot be read from these rows."""
    if figure not in summary.figures:
        summary.figures[figure] = _measured(summary, figure)
    return summary.figures[figure]


def _measured(summary: Summary, figure: str) -> Measured | None:
    kind, _, subject = figure.partition(":")
    if kind == "rate":
        return _rate(summary, subject)
    hits, among = (_all_hold(summary, part) for part in conditions(subject))
    if kind != "share" or hits is None or among is None:
        return None
    found = share(int(np.count_nonzero(hits & among)), int(np.count_nonzero(among)))
    return Measured(found.share, found.low, found.high)


def _all_hold(summary: Summary, comparisons: Sequence[tuple[str, str, str]]) -> np.ndarray | None:
    """In which histories all comparisons hold; after `=` several values may stand, with commas between them."""
    hits = np.ones(summary.num_replications, dtype=bool)
    for column, sign, value in comparisons:
        if not sign or column not in summary.results:
            return None
        values = np.asarray(summary.results[column])
        words = values.dtype.kind in "OUS"
        if sign == "=":
            wanted = [text.strip() for text in value.split(",")]
            hits &= np.logical_or.reduce([values == (text if words else float(text)) for text in wanted])
            continue
        if words:
            return None
        compare = {"<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater}[sign]
        with np.errstate(invalid="ignore"):
            hits &= compare(values.astype(float), float(value))
    return hits


def _rate(summary: Summary, subject: str) -> Measured | None:
    """Events a year of talks, or of the rest: their number in all histories by the time in all histories.

    The interval is that of a ratio of sums by linearisation; without events it ends where so few would have a chance
    of one in forty.
    """
    rate = counter_of(subject)
    if rate is None or f"count:events.{rate[0]}" not in summary.results:
        return None
    counter, in_talks = rate
    events = np.asarray(summary.results[f"count:events_in_talks.{counter}"], dtype=float)
    years = np.asarray(summary.results["count:talks_days"], dtype=float) / YEAR
    if not in_talks:
        events = np.asarray(summary.results[f"count:events.{counter}"], dtype=float) - events
        years = np.asarray(summary.results["days"], dtype=float) / YEAR - years
    total = float(years.sum())
    if total <= 0.0:
        return None
    value = float(events.sum()) / total
    if value == 0.0:
        return Measured(0.0, 0.0, -math.log(0.025) / total, "number")
    n = len(events)
    error = float(np.sqrt(np.sum((events - value * years) ** 2) * n / max(n - 1, 1))) / total
    return Measured(value, max(0.0, value - Z95 * error), value + Z95 * error, "number")


def unread_targets(summary: Summary) -> list[str]:
    """Bands whose figure this run cannot give: it has no such column, or no row to read it from."""
    found = [(target, measured(summary, target["figure"])) for target in summary.scenario.get("targets", ())]
    return [
        str(target.get("label") or target["figure"]) for target, value in found if value is None or math.isnan(value.value)
    ]


def targets_of(summary: Summary) -> list[Band]:
    """One row a declared band: the figure, its interval, the band, and whether the figure lies inside."""
    rows = []
    sources: Any = summary.scenario.get("sources", {})
    for target in summary.scenario.get("targets", ()):
        found = measured(summary, target["figure"])
        low, high = target.get("low"), target.get("high")
        if found is None or math.isnan(found.value) or (low is None and high is None):
            continue
        low = 0.0 if low is None else float(low)
        top = 1.0 if found.form == "percent" else math.inf
        high = top if high is None else float(high)
        source = target.get("source") or ""
        rows.append(
            Band(
                str(target.get("label") or target["figure"]),
                found,
                low,
                high,
                low <= found.value <= high,
                str(sources[source]["title"]) if source in sources else str(source),
                target["figure"],
            )
        )
    return rows
