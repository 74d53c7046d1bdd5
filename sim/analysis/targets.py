"""The bands a scenario declares, next to what a run gives: told, not tuned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import Share, share
from sim.analysis.summary import Summary
from sim.model.figures import comparison


@dataclass(frozen=True)
class Band:
    """A figure with its interval, and the band in which the scenario would like it."""

    label: str
    value: Share
    low: float
    high: float
    inside: bool
    source: str
    condition: str = ""  # what the share is of, as references of findings write it

    @property
    def words(self) -> str:
        """The band in words: `8% to 20%`, `at most 3%`, `at least 10%`."""
        low, high = (f"{100 * bound:.3g}%" for bound in (self.low, self.high))
        if self.low <= 0.0:
            return f"at most {high}"
        return f"at least {low}" if self.high >= 1.0 else f"{low} to {high}"


def measured(summary: Summary, figure: str) -> Share | None:
    """A share `share:column<sign>value`, or None if the figure cannot be read from these rows.

    After `=` several values may stand, with commas between them: the share of rows that have one of them.
    """
    kind, _, subject = figure.partition(":")
    column, sign, value = comparison(subject)
    if kind != "share" or not sign or column not in summary.results:
        return None
    values = np.asarray(summary.results[column])
    if sign == "=":
        hits = np.isin(values.astype(str), [text.strip() for text in value.split(",")])
    else:
        compare = {"<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater}[sign]
        with np.errstate(invalid="ignore"):
            hits = compare(values.astype(float), float(value))
    return share(int(np.count_nonzero(hits)), len(values))


def targets_of(summary: Summary) -> list[Band]:
    """One row a declared band: the figure, its interval, the band, and whether the figure lies inside."""
    rows = []
    sources: Any = summary.scenario.get("sources", {})
    for target in summary.scenario.get("targets", ()):
        value = measured(summary, target["figure"])
        low, high = target.get("low"), target.get("high")
        if value is None or math.isnan(value.share) or (low is None and high is None):
            continue
        low = 0.0 if low is None else float(low)
        high = 1.0 if high is None else float(high)
        source = target.get("source") or ""
        rows.append(
            Band(
                str(target.get("label") or target["figure"]),
                value,
                low,
                high,
                low <= value.share <= high,
                str(sources[source]["title"]) if source in sources else str(source),
                target["figure"].partition(":")[2],
            )
        )
    return rows
