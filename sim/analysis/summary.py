"""One run, summed up: what `sim run` prints, `--json` writes and the report shows.

Everything here is computed from the stored rows; nothing knows a scenario's names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.drivers import DriverTable, drivers
from sim.analysis.estimates import (
    Columns,
    Share,
    Timing,
    by_time,
    entropy_bits,
    outcome_shares,
    quantile_bands,
    timing,
)

# Times that every scenario may have, in the order shown, and their words.
TIMES = (
    ("meeting", "first leaders' meeting"),
    ("cancellation", "first cancellation"),
    ("declaration", "signed declaration"),
    ("deal", "first deal in force"),
    ("collapse", "first collapse of a deal"),
    ("talks_ended", "talks end for the first time"),
    ("crisis", "first crisis"),
    ("strike", "use of force"),
    ("major_war", "major war"),
)
FANS = (
    ("tension", "Tension", "index"),
    ("pressure", "Sanctions pressure", "share of full pressure"),
    ("expectation", "Expectation of a meeting", "triumph scale"),
    ("rung", "Rung of the escalation ladder", "rung"),
)


@dataclass(frozen=True)
class OutcomeClass:
    """A class of outcomes as the scenario names it."""

    id: str
    label: str
    description: str
    tone: str


@dataclass(frozen=True)
class Fan:
    """Pointwise quantiles (5, 25, 50, 75, 95 %) of one quantity."""

    name: str
    label: str
    unit: str
    days: np.ndarray
    bands: list[np.ndarray]


@dataclass(frozen=True)
class Condition:
    """Outcome shares among the histories that meet a condition."""

    label: str
    reference: str
    num_rows: int
    shares: list[Share]


@dataclass(frozen=True)
class Summary:
    """Everything a reader is told about a run."""

    scenario: Mapping[str, Any]
    scenario_id: str
    scenario_hash: str
    seed: int
    engine: str
    versions: Mapping[str, str]
    num_replications: int
    horizon_days: float
    classes: list[OutcomeClass]
    shares: list[Share]
    readings: dict[float, list[Share]]
    times: list[tuple[str, str, Timing]]
    fans: list[Fan]
    incidence_days: np.ndarray
    incidence: list[np.ndarray]  # a class each: number of histories in it by each time
    drivers: DriverTable
    conditions: list[Condition]
    entropy: float
    results: Columns = field(repr=False)
    paths: Columns = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"<Summary of '{self.scenario_id}' ({self.scenario_hash[:8]}), seed {self.seed}, "
            f"{self.num_replications} histories>"
        )

    def _repr_html_(self) -> str:
        from sim.analysis.display import as_html

        return as_html(self)

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.scenario.get("title", self.scenario_id))

    @property
    def per_day(self) -> float:
        """Time units of the scenario in a day."""
        return 24.0 if self.scenario.get("time_unit") == "hours" else 1.0


def summarise(stored: Any) -> Summary:
    """A stored or in-memory run summed up.

    Parameters
    ----------
    stored : StoredRun or anything with `results`, `paths`, `manifest`
        `results` and `paths` are dicts of equally long columns in replication order.
    """
    manifest = stored.manifest
    return summary_of(manifest, stored.results, stored.paths)


def summary_of(manifest: Mapping[str, Any], results: Columns, paths: Columns) -> Summary:
    """The summary of given tables; `manifest` says which run they come from."""
    scenario = manifest["scenario"]
    classes = [
        OutcomeClass(
            item["class"],
            item.get("label") or item["class"].replace("_", " "),
            item.get("description") or "",
            item.get("tone") or "mixed",
        )
        for item in scenario["outcomes"]
    ]
    names = [item.id for item in classes]
    outcomes = np.asarray(results["outcome"])
    readings = {
        float(name.partition("@")[2]): outcome_shares(np.asarray(results[name]), names)
        for name in results
        if name.startswith("outcome@")
    }
    per_day = 24.0 if scenario.get("time_unit") == "hours" else 1.0
    horizon = float(scenario["horizon"]) / per_day
    days, classes_by_time = by_time(paths, "outcome")
    shares = outcome_shares(outcomes, names)
    return Summary(
        scenario=scenario,
        scenario_id=str(manifest.get("scenario_id", scenario["id"])),
        scenario_hash=str(manifest["scenario_hash"]),
        seed=int(manifest["seed"]),
        engine=str(manifest["engine"]),
        versions=dict(manifest.get("versions", {})),
        num_replications=len(outcomes),
        horizon_days=horizon,
        classes=classes,
        shares=shares,
        readings=readings,
        times=[
            (name, words, timing(np.asarray(results[f"time:{name}"], dtype=float)))
            for name, words in TIMES
            if f"time:{name}" in results
        ],
        fans=_fans(paths, results),
        incidence_days=days,
        incidence=[np.count_nonzero(classes_by_time == name, axis=0) for name in names],
        drivers=drivers(results, int(manifest["seed"])),
        conditions=_conditions(results, outcomes, names),
        entropy=entropy_bits(shares),
        results=results,
        paths=paths,
    )


def _fans(paths: Columns, results: Columns) -> list[Fan]:
    fans = []
    for name, label, unit in FANS:
        if name in paths:
            days, values = by_time(paths, name)
            values = values.astype(float)
            if float(values.max(initial=0.0)) > float(values.min(initial=0.0)):
                fans.append(Fan(name, label, unit, days, quantile_bands(values)))
    return fans


def _conditions(results: Columns, outcomes: np.ndarray, names: Sequence[str]) -> list[Condition]:
    """Shares given what the reader asks first: a failed meeting, one that did not fail, a signed deal."""
    found: list[Condition] = []

    def add(label: str, reference: str, rows: np.ndarray) -> None:
        if rows.any() and not rows.all():
            found.append(Condition(label, reference, int(rows.sum()), outcome_shares(outcomes, names, rows)))

    if "failed_meeting" in results:
        failed = np.asarray(results["failed_meeting"], dtype=float) > 0.5
        add("given a failed leaders' meeting", "failed_meeting>0.5", failed)
        add("given no failed leaders' meeting", "failed_meeting<0.5", ~failed)
    if "time:deal" in results:
        dealt = np.isfinite(np.asarray(results["time:deal"], dtype=float))
        add("given a deal in force at some time", "has(time:deal)", dealt)
        add("given no deal", "never(time:deal)", ~dealt)
    return found


def fewest(summary: Summary) -> float:
    """Largest standard error of any outcome share."""
    errors = [item.standard_error for item in summary.shares]
    return max((error for error in errors if math.isfinite(error)), default=math.nan)
