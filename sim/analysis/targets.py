"""The bands a scenario declares, next to what a run gives: told, not tuned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import Z95, share
from sim.analysis.summary import Summary
from sim.experiments.figure_counts import counted


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
    note: str = ""  # what the file says of it

    @property
    def is_open(self) -> bool:
        """Whether the figure lies outside, but its interval reaches into the band: more histories may bring it inside."""
        return not self.inside and self.measured.low <= self.high and self.measured.high >= self.low

    @property
    def words(self) -> str:
        """The band in words: `8% to 20%`, `at most 3%`, `at least 10 a year`."""
        return band_words(self.low, self.high, self.measured.form == "percent")


def band_words(low: float, high: float, is_share: bool) -> str:
    """A band in words; its ends are 0, and 1 or infinity, where it has none."""
    least, most = (f"{100 * bound:.3g}%" if is_share else f"{bound:.3g}" for bound in (low, high))
    unit = "" if is_share else " a year"
    unbounded = high >= 1.0 if is_share else math.isinf(high)
    if low <= 0.0:
        return "anything" if unbounded else f"at most {most}{unit}"
    return f"at least {least}{unit}" if unbounded else f"{least} to {most}{unit}"


def measured(summary: Summary, figure: str) -> Measured | None:
    """A share or a rate by its name (`sim.model.figures`), or None if it cannot be read from these rows."""
    if figure not in summary.figures:
        summary.figures[figure] = _measured(summary, figure)
    return summary.figures[figure]


def _measured(summary: Summary, figure: str) -> Measured | None:
    """The figure of all histories.

    The interval of a rate is that of a ratio of sums by linearisation; without events it ends where so few would have a
    chance of one in forty.
    """
    counts = counted(summary.results, figure)
    if counts is None:
        return None
    return measured_of(*counts, figure)


def measured_of(part: np.ndarray, whole: np.ndarray, figure: str) -> Measured | None:
    """A figure of what histories count and among what (`sim.experiments.figure_counts`); None for a rate of no time."""
    if not figure.startswith("rate:"):
        found = share(int(np.count_nonzero(part)), int(np.count_nonzero(whole)))
        return Measured(found.share, found.low, found.high)
    total = float(whole.sum())
    if total <= 0.0:
        return None
    value = float(part.sum()) / total
    if value == 0.0:
        return Measured(0.0, 0.0, -math.log(0.025) / total, "number")
    n = len(part)
    error = float(np.sqrt(np.sum((part - value * whole) ** 2) * n / max(n - 1, 1))) / total
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
                str(target.get("note") or ""),
            )
        )
    return rows
