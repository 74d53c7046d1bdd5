"""One run, summed up: what `sim run` prints, `--json` writes and the report shows.

Everything here is computed from the stored rows; nothing knows a scenario's names.
"""

from __future__ import annotations

import json
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

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
    share,
    timing,
)
from sim.analysis.games import GameSummary, game_summary
from sim.analysis.names import AT_HORIZON, TIMES
from sim.errors import UsageError
from sim.experiments.columns import num_rows
from sim.experiments.design import HYPERCUBE, RANDOM, SOBOL, design_of
from sim.experiments.evidence import FEWEST, evidence_in, fitting, fitting_paths, num_fitting
from sim.model.complete import spec_of

if TYPE_CHECKING:
    from sim.analysis.limits import Limits, Rated

_EVEN = (
    "Inputs are {points}: intervals are those of independent histories and as a rule too wide here, seldom too narrow. "
    "Runs with several seeds give the valid ones: docs/how-to/sample-inputs-evenly.md, in the simulator's folder."
)
_OTHERS = (
    "The rows are those of the design '{design}', which share points or draws: shares are those of its points, and intervals, which "
    "are those of independent histories, do not hold for them."
)

FAILED = "the first leaders' meeting ended with neither a package nor a declaration to sign"
NOT_FAILED = "the first leaders' meeting left a package or a declaration to sign"
FAILED_ROWS, NOT_FAILED_ROWS = "meeting_result=walk_out", "meeting_result=package,declaration"
DEALT = "a deal was signed and came into force at some time; it may have ended since"
NOT_DEALT = "no deal ever came into force"
LEADERS = "final_offer"  # protocol of a track on which leaders meet
OF_LEADERS = ("meeting", "cancellation")
FANS = (
    ("tension", "Tension", "index from 0 to 1"),
    ("pressure", "Sanctions pressure", "share of full pressure"),
    ("expectation", "Expectation of a meeting", "from 0, nothing, to 1, a triumph"),
    ("rung", "Rung of the escalation ladder", ""),
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
    meaning: str  # what the histories that meet it have in common
    reference: str
    num_rows: int
    shares: list[Share]


@dataclass(frozen=True)
class Evidence:
    """What is known to have happened, and how many of the histories played fit it."""

    conditions: tuple[str, ...]  # as the scenario writes them
    fitting: Share  # of all histories played; what is told is of these alone

    @property
    def told(self) -> str:
        """In a sentence."""
        known = " and ".join(f"\u201c{text}\u201d" for text in self.conditions)
        part = self.fitting
        return (
            f"Given {known}: {part.count:,} of {part.trials:,} histories fit, {100 * part.share:.3g}% "
            f"({100 * part.low:.3g} to {100 * part.high:.3g}%), and all that is told is of these."
        )


@dataclass(frozen=True)
class Summary:
    """Everything a reader is told about a run."""

    scenario: Mapping[str, Any]
    scenario_id: str
    scenario_hash: str
    seed: int
    engine: str
    versions: Mapping[str, str]
    num_replications: int  # those that fit what is known to have happened, where a scenario says so
    num_paths: int  # of them, the first ones, whose paths are stored: fans and incidence are about these
    horizon_days: float
    played_days: float  # how far histories were played: the horizon, or a later reading
    classes: list[OutcomeClass]
    shares: list[Share]
    readings: dict[float, list[Share]]
    times: list[tuple[str, str, Timing]]
    fans: list[Fan]
    incidence_days: np.ndarray  # ascending, the last is the horizon
    incidence: list[np.ndarray]  # a class each: number of histories that by each time are in it for good
    design: str  # how inputs were drawn
    conditions: list[Condition]
    entropy: float
    evidence: Evidence | None  # where the scenario says what has happened
    results: Columns = field(repr=False)
    paths: Columns = field(repr=False)
    figures: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # by name, once known

    def __repr__(self) -> str:
        return (
            f"<Summary of '{self.scenario_id}' ({self.scenario_hash[:8]}), seed {self.seed}, "
            f"{self.num_replications} histories>"
        )

    def _repr_html_(self) -> str:
        from sim.analysis.display import as_html

        return as_html(self)

    @cached_property
    def drivers(self) -> DriverTable:
        """Which inputs moved the outcomes; worked out when first asked for, for it takes longer than all else here."""
        return drivers(self.results, self.seed, self.scenario, self.design)

    @cached_property
    def limits(self) -> Limits:
        """What must be known beside its shares: grounds of the inputs, how far shares move within their ranges, base rates."""
        from sim.analysis.limits import with_swings

        return with_swings(self.limits_at_once, self)

    @cached_property
    def limits_at_once(self) -> Limits:
        """The same without how far shares move, which waits for the drivers."""
        from sim.analysis.limits import limits_of

        return limits_of(self.scenario, self._share_by_class)

    @cached_property
    def rated(self) -> tuple[Rated, ...]:
        """Classes beside whose share a base rate stands, or has to be missed."""
        from sim.analysis.limits import rated_of

        return rated_of(self.scenario, self._share_by_class)

    @property
    def _share_by_class(self) -> dict[str, Share]:
        return {item.id: value for item, value in zip(self.classes, self.shares, strict=True)}

    @cached_property
    def game(self) -> GameSummary | None:
        """What the histories of its game came to, and measures of theory; none of a scenario without either."""
        told = self.scenario.get("game") or self.scenario.get("theory")
        return game_summary(spec_of(self.scenario), self.scenario, self.results) if told else None

    @property
    def is_game(self) -> bool:
        """Whether the scenario is a game and nothing else."""
        return self.game is not None and self.game.alone

    @property
    def interval_note(self) -> str:
        """What must be said wherever intervals are shown; nothing where inputs were drawn at random."""
        return "" if self.design == RANDOM else note_on_even_points(self.design) or _OTHERS.format(design=self.design)

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.scenario.get("title", self.scenario_id))

    @property
    def ends_later(self) -> bool:
        """Whether histories go on after the time at which the outcome is read."""
        return self.played_days > self.horizon_days * AT_HORIZON

    def came(self, name: str) -> np.ndarray:
        """Whether an event came up to the horizon, a truth value a history."""
        return np.asarray(self.results[f"time:{name}"], dtype=float) <= self.horizon_days * AT_HORIZON

    def reference(self, name: str, word: str = "has") -> str:
        """Condition that an event came (`has`) or did not come (`never`) up to the horizon, as findings write it."""
        return f"{word}(time:{name}{f',{self.horizon_days:g}' if self.ends_later else ''})"

    @property
    def overrides(self) -> list[str]:
        """Single values that were set, as `--set` takes them: `path=value`."""
        changes = (self.scenario.get("applied") or {}).get("set") or {}
        return [
            f"{path}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            for path, value in changes.items()
        ]

    @property
    def per_day(self) -> float:
        """Time units of the scenario in a day."""
        return 24.0 if self.scenario.get("time_unit") == "hours" else 1.0


def note_on_even_points(design: str) -> str:
    """What must be said beside intervals where a design spreads the inputs evenly; nothing of other designs."""
    points = {SOBOL: "Sobol points", HYPERCUBE: "points of a Latin hypercube"}.get(design)
    return "" if points is None else _EVEN.format(points=points)


def summarise(stored: Any) -> Summary:
    """A stored or in-memory run summed up.

    Parameters
    ----------
    stored : StoredRun or anything with `results`, `paths`, `manifest`
        `results` and `paths` are dicts of equally long columns in replication order.
    """
    return summary_of(stored.manifest, stored.results, stored.paths)


def summary_of(manifest: Mapping[str, Any], results: Columns, paths: Columns) -> Summary:
    """The summary of given tables; `manifest` says which run they come from.

    Raises
    ------
    UsageError
        Too few histories fit what the scenario says has happened.
    """
    scenario = manifest["scenario"]
    evidence = _evidence(scenario, results)
    paths, results = fitting_paths(paths, results), fitting(results)
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
    inside = days < horizon / AT_HORIZON
    shares = outcome_shares(outcomes, names)
    played = max(float(days[-1]), horizon)
    num_paths = len(classes_by_time)
    return Summary(
        scenario=scenario,
        scenario_id=str(manifest.get("scenario_id", scenario["id"])),
        scenario_hash=str(manifest["scenario_hash"]),
        seed=int(manifest["seed"]),
        engine=str(manifest["engine"]),
        versions=dict(manifest.get("versions", {})),
        num_replications=len(outcomes),
        num_paths=num_paths,
        horizon_days=horizon,
        played_days=played,
        classes=classes,
        shares=shares,
        readings=readings,
        times=[(name, words, timing(days)) for name, words, days in _times(results, scenario, horizon)],
        fans=_fans(paths, horizon),
        incidence_days=np.append(days[inside], horizon),
        incidence=_settled(classes_by_time[:, inside], outcomes[:num_paths], names),
        design=design_of(manifest),
        conditions=_conditions(results, outcomes, names, horizon, played),
        entropy=entropy_bits(shares),
        evidence=evidence,
        results=results,
        paths=paths,
    )


def _evidence(scenario: Mapping[str, Any], results: Columns) -> Evidence | None:
    """What is given and how many histories fit; an error where they are too few to tell shares."""
    known = evidence_in(scenario)
    if not known:
        return None
    found = Evidence(tuple(known), share(num_fitting(results), num_rows(results)))
    number, played = found.fitting.count, found.fitting.trials
    if number < FEWEST:
        enough = math.ceil(2 * FEWEST * played / number / 1000) * 1000 if number else 0
        raise UsageError(
            f"{'none' if number == 0 else f'only {number}'} of {played:,} histories fit what is given "
            f"({'; '.join(known)}): at least {FEWEST} are needed to tell shares",
            hint=f"--replications {enough} would give about {number * enough // played}, in another directory" if number
            else "more histories, or what the scenario thinks possible, all together; try the conditions one by one",
        )  # fmt: skip
    return found


def _times(
    results: Columns, scenario: Mapping[str, Any], horizon: float
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Name, words and days until each event, nan where it did not come up to the horizon; histories may go on after it."""
    for name, words in told_times(results, scenario):
        days = np.asarray(results[f"time:{name}"], dtype=float)
        yield name, words, np.where(days <= horizon * AT_HORIZON, days, np.nan)


def told_times(columns: Container[str], scenario: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and words of the events whose times are told.

    Meetings of leaders are left out where the scenario has none, and beside a game what nothing can bring about.
    """
    left_out = {name for name, _ in TIMES} if scenario.get("game") and not scenario.get("tracks") else set()
    if (scenario.get("mechanisms") or {}).get("ladder"):
        left_out -= {"crisis", "strike", "major_war"}
    leaders = any(track.get("protocol") == LEADERS for track in (scenario.get("tracks") or {}).values())
    for name, words in TIMES:
        if f"time:{name}" in columns and not (name in OF_LEADERS and not leaders) and name not in left_out:
            yield name, words


def _settled(by_grid: np.ndarray, outcomes: np.ndarray, names: Sequence[str]) -> list[np.ndarray]:
    """Number of histories that by each grid point, and at last at the horizon, have entered for good the class they end in."""
    others = by_grid != outcomes[:, None]
    points = others.shape[1]
    last_other = np.where(others.any(axis=1), points - 1 - np.argmax(others[:, ::-1], axis=1), -1)
    entered = last_other + 1  # the grid point from which on the class is the last one
    return [
        np.cumsum(np.bincount(entered[outcomes == name], minlength=points + 1)) for name in names
    ]


def _fans(paths: Columns, horizon: float) -> list[Fan]:
    """Fans up to the horizon of what moves at all."""
    fans = []
    for name, label, unit in FANS:
        if name in paths:
            days, values = by_time(paths, name)
            inside = days <= horizon * AT_HORIZON
            values = values[:, inside].astype(float)
            if inside.sum() > 1 and float(values.max()) > float(values.min()):
                fans.append(Fan(name, label, unit, days[inside], quantile_bands(values)))
    return fans


def _conditions(
    results: Columns, outcomes: np.ndarray, names: Sequence[str], horizon: float, played: float
) -> list[Condition]:
    """Shares given what the reader asks first: a failed meeting, one that did not fail, a signed deal."""
    found: list[Condition] = []
    later = played > horizon * AT_HORIZON
    bound = f",{horizon:g}" if later else ""
    span = " at any time, also after the outcome is read" if later else ""

    def add(label: str, meaning: str, reference: str, rows: np.ndarray) -> None:
        if rows.any() and not rows.all():
            found.append(Condition(label, meaning, reference, int(rows.sum()), outcome_shares(outcomes, names, rows)))

    if "meeting_result" in results:
        # The first one: the more meetings a history has, the likelier one of them fails, whatever that leads to.
        first = np.asarray(results["meeting_result"])
        add(f"given that the first leaders' meeting failed{span}", FAILED, FAILED_ROWS, first == "walk_out")
        succeeded = (first == "package") | (first == "declaration")
        add(f"given that the first leaders' meeting did not fail{span}", NOT_FAILED, NOT_FAILED_ROWS, succeeded)
    if "time:deal" in results:
        dealt = np.asarray(results["time:deal"], dtype=float) <= horizon * AT_HORIZON
        add("given a signed deal that came into force", DEALT, f"has(time:deal{bound})", dealt)
        add("given no deal", NOT_DEALT, f"never(time:deal{bound})", ~dealt)
    return found
