"""What may be changed in a scenario, by how much, and changed scenarios played: an ordinary run for each stage of a search.

A change is a number of standard deviations. A number that is drawn keeps its distribution and is shifted within it
(`sim.experiments.design.shifts`); a constant lever is set, and its standard deviation is that of its range, evenly filled; a constant
judgement likewise, with `OWN_SCALE` of its value where the file has no range for it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sim.errors import ScenarioError, UsageError
from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.campaign_record import Interrupted
from sim.experiments.design import RANDOM, Design
from sim.experiments.design.shifts import Shifts
from sim.experiments.disk import as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.evidence import refuse_evidence
from sim.experiments.replicate import Progress, run_scenario
from sim.experiments.store import StoredColumns, StoredRun, content_hash, slug
from sim.experiments.varied import levers_that_vary, path_of, varied
from sim.own_tactics import source_hashes

RECORD = "what-if.json"
FORMAT = 1
OWN_SCALE = 0.25  # of a constant without a range: its standard deviation, in shares of its value
MOST = 3.0  # standard deviations by which one number may be changed, unless told otherwise
_DIGITS = 6  # of a value that is set

Kind = Literal["lever", "uncertainty", "type", "judgement"]


@dataclass(frozen=True)
class Candidate:
    """A number that may be changed.

    Attributes
    ----------
    path : of the number, or of the private type
    kind : whose it is: a decision-maker's, nobody's, an actor's private type, a judgement of the file that is constant
    value : where a constant stands; None of what is drawn, which is shifted
    scale : standard deviation of a constant, in its unit
    low, high : the most by which it may be changed downwards (<= 0) and upwards, in standard deviations
    is_assumed : whether the scale is `OWN_SCALE` of the value, for want of a range
    """

    path: str
    kind: Kind
    value: float | None
    scale: float
    low: float
    high: float
    is_assumed: bool = False

    def at(self, change: float) -> float:
        """The value of a constant that is changed by so many standard deviations."""
        assert self.value is not None
        if change == 0.0:
            return self.value
        ends = (self.value + self.low * self.scale, self.value + self.high * self.scale)
        return float(f"{min(max(self.value + change * self.scale, ends[0]), ends[1]):.{_DIGITS}g}")


def candidates_of(
    scenario: Mapping[str, Any], *, levers: bool = False, only: Sequence[str] = (), most: float = MOST
) -> tuple[Candidate, ...]:
    """What may be changed: by default all declared uncertainties and private types, and all numeric levers with a range.

    Parameters
    ----------
    scenario : a completed one
    levers : only levers
    only : paths of numbers or types, names of levers, or paths that lead to several that are drawn
    most : standard deviations by which each may be changed, at most

    Raises
    ------
    UsageError
        A name that leads nowhere or to nothing that can be changed; a constant of 0 without a range; nothing that may be changed.
    """
    from sim.engines.tables.inputs import axes_of, type_axes_of
    from sim.model.compile import compile_case

    if not 0.0 < most <= 8.0:
        raise UsageError(f"--most: expected standard deviations above 0 and up to 8, found {most:g}")
    refuse_evidence(scenario, "a search for the smallest change needs all histories, also those that do not fit what is given")
    case = compile_case(scenario)
    drawn, types = axes_of(case), set(type_axes_of(case))
    of_levers = levers_that_vary(scenario) if scenario.get("sampling") != "off" else []
    if only:
        paths = [path for name in only for path in _named(scenario, drawn, name)]
        if levers:
            paths = [path for path in paths if path in of_levers]
    else:
        known = types | _declared(scenario, drawn)
        declared = [path for path in (*scenario.get("uncertainties", []), *drawn) if path in known]
        paths = [*of_levers, *([] if levers else declared)]
    found = []
    for path in dict.fromkeys(paths):
        kind: Kind = "lever" if path in of_levers else "type" if path in types else "uncertainty" if path in drawn else "judgement"
        found.append(Candidate(path, kind, None, 1.0, -most, most) if path in drawn else _constant(scenario, path, kind, most))
    found = [item for item in found if item.low < 0.0 or item.high > 0.0]
    if not found:
        what = "no lever that is a number with a range" if levers else "no lever with a range and no uncertain input"
        raise UsageError(
            f"the scenario '{scenario.get('id')}' has {what}, so there is nothing to change",
            hint="name a number with --change PATH, or give one a range or a distribution in the file",
        )
    return tuple(found)


def _declared(scenario: Mapping[str, Any], drawn: Sequence[str]) -> set[str]:
    """The declared uncertainties that are drawn; all that is drawn where none is declared."""
    return set(scenario.get("uncertainties", [])) & set(drawn) or set(drawn)


def _named(scenario: Mapping[str, Any], drawn: Sequence[str], name: str) -> list[str]:
    if name in drawn:
        return [name]
    within = [path for path in drawn if path.startswith(f"{name}.")]
    if within and name not in (scenario.get("levers") or {}):
        return within
    return [path_of(scenario, name)]


def _constant(scenario: Mapping[str, Any], path: str, kind: Kind, most: float) -> Candidate:
    from sim.model.paths import split, value_at

    stands = value_at(scenario, split(path))
    value = float(stands["value"] if isinstance(stands, Mapping) else stands)
    own = _range(scenario, path)
    if own is not None:
        low, high = min(own[0], value), max(own[1], value)
        scale = (high - low) / math.sqrt(12.0)
    elif value == 0.0:
        raise UsageError(
            f"'{path}' is 0 and has no range, so no change of it is a standard deviation",
            hint="give it a range or a distribution in the file",
        )
    else:
        scale = OWN_SCALE * abs(value)
        low, high = value - most * scale, value + most * scale
        if value > 0.0:
            low = max(low, 0.0)
        low, high = _borne(scenario, path, value, low, high)
    return Candidate(
        path, kind, value, scale, max(-most, (low - value) / scale), min(most, (high - value) / scale), is_assumed=own is None
    )  # fmt: skip


def _range(scenario: Mapping[str, Any], path: str) -> tuple[float, float] | None:
    """The range that the lever or the number has in the file."""
    try:
        shape = varied({**scenario}, {path: None})
    except UsageError:
        return None
    from sim.model.paths import split, value_at

    place = value_at(shape, split(path))
    return float(place["low"]), float(place["high"])


def _borne(scenario: Mapping[str, Any], path: str, value: float, low: float, high: float) -> tuple[float, float]:
    """As much of an interval around a value as the scenario bears: a share ends at 1."""
    tops = [high, *([1.0] if value <= 1.0 < high else [])]
    for top in tops:
        try:
            varied(scenario, {path: sorted({low, value, top})})
        except ScenarioError:
            continue
        return low, top
    varied(scenario, {path: [low, value, tops[-1]]})  # tells why
    raise AssertionError("the last attempt failed before")


@dataclass(frozen=True)
class Stage:
    """What one stage of a search played: some points with common draws.

    Attributes
    ----------
    run : the stored run
    points : number of points
    repeats : histories at each of them
    """

    run: StoredRun
    points: int
    repeats: int

    def column(self, name: str) -> np.ndarray:
        """A column of results, shape (repeats, points)."""
        return StoredColumns(self.run, "results").select([name])[name].reshape(self.repeats, self.points)


class Changes:
    """Plays a scenario with changes into one directory, stage by stage; a stage that is there is not played again.

    Parameters
    ----------
    scenario : a completed one
    about : all else on which the search depends, as plain data: the target, sizes
    command : the words of the command, for the record

    Raises
    ------
    StoreError
        The directory cannot be written, or holds something else.
    """

    def __init__(
        self,
        scenario: Mapping[str, Any],
        candidates: Sequence[Candidate],
        seed: int,
        directory: Path | None,
        about: Mapping[str, Any],
        *,
        reports: Path = Path("reports"),
        command: Sequence[str] | None = None,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        progress: Progress | None = None,
        tell: Tell | None = None,
    ):
        self.scenario, self.candidates, self.seed = dict(scenario), tuple(candidates), seed
        self.identity = _identity(scenario, candidates, seed, about)
        self.directory = directory or reports / f"what-if-{slug(str(scenario['id']))}-{self.identity[:8]}-s{seed}"
        self.num_computed = 0  # histories played by this process
        self.num_histories = 0  # of all stages so far
        self.command = None if command is None else provenance.reproducing(command)
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._progress = progress
        self._next_draws = 0
        self._begin()

    def base(self, histories: int) -> Stage:
        """The scenario as it is."""
        stored = self._run("base", self.scenario, RANDOM, histories)
        self._next_draws = max(self._next_draws, histories)
        return Stage(stored, 1, histories)

    def play(self, name: str, points: np.ndarray, repeats: int) -> Stage:
        """Changed scenarios, with draws that no earlier stage had.

        Parameters
        ----------
        name : of the stage, and of its directory
        points : changes in standard deviations, shape (points, candidates)
        repeats : histories at each point, the same draws at all
        """
        scenario, design = self.designed(points, repeats, self._next_draws)
        stored = self._run(name, scenario, design, None)
        self._next_draws += repeats
        return Stage(stored, len(points), repeats)

    def designed(self, points: np.ndarray, repeats: int, first: int = 0) -> tuple[dict[str, Any], Shifts]:
        """The scenario and the design that play some points; what none of them changes stays as it is in the file."""
        values: dict[str, list[float]] = {}
        columns: dict[str, list[float]] = {}
        shifted: list[str] = []
        for n, candidate in enumerate(self.candidates):
            changes = [round(float(x), 4) for x in points[:, n]]
            if not any(changes) and len(self.candidates) > 1 and np.any(points):
                continue
            if candidate.value is None:
                shifted.append(candidate.path)
                columns[candidate.path] = changes
                continue
            wanted = [candidate.at(x) for x in changes]
            levels = sorted(set(wanted))
            values[candidate.path] = levels
            columns[candidate.path] = [(levels.index(value) + 0.5) / len(levels) for value in wanted]
        played = varied(self.scenario, values)
        recorded = dict.fromkeys([*played.get("uncertainties", []), *shifted])
        design = Shifts(
            tuple(shifted), tuple(values), tuple(zip(*(columns[path] for path in [*shifted, *values]), strict=True)), repeats, first
        )
        return {**played, "uncertainties": list(recorded)}, design

    def _run(self, name: str, scenario: Mapping[str, Any], design: str | Design, histories: int | None) -> StoredRun:
        try:
            outcome = run_scenario(
                scenario, seed=self.seed, replications=histories, design=design, directory=self.directory / name, command=self.command,
                progress=self._progress, **self._circumstances,
            )  # fmt: skip
        except replicate.Interrupted as stop:
            done = self.num_histories + stop.done
            raise Interrupted(self.directory, done, self.num_histories + stop.total) from None
        self._circumstances["tell"] = None  # what is to be said of the engine is said once
        self.num_computed += outcome.num_computed
        self.num_histories += outcome.stored.num_replications
        return outcome.stored

    # The record

    def _begin(self) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, "search"):
            self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: what is searched, and whatever is to be said of it."""
        record = {
            "format": FORMAT,
            "identity": self.identity,
            "seed": self.seed,
            "command": self.command,
            "versions": provenance.versions(),
            **entries,
        }
        campaign_record.write(self.directory / RECORD, record)


def _identity(scenario: Mapping[str, Any], candidates: Sequence[Candidate], seed: int, about: Mapping[str, Any]) -> str:
    """SHA-256 of all that the histories of a search depend on."""
    told = {
        "scenario": content_hash(scenario),
        "candidates": [[item.path, item.value, item.scale, item.low, item.high] for item in candidates],
        "seed": seed,
        "about": dict(about),
        "sim": provenance.versions()["sim"],
        "own_tactics": source_hashes(scenario),
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


__all__ = ["Candidate", "Changes", "Stage", "candidates_of"]
