"""Settings of levers played with the same draws and kept: ordinary runs in one directory.

A lever varies as an input does (`sim.experiments.varied`), so that one compiled case serves all settings, and a list of settings is a
run whose design is a table of points (`sim.experiments.design.table`)::

    reports/pareto-strait-1a2b3c4d-s7/
      search-0/ search-1/ ...    what was tried, step by step, with the same draws
      fresh/                     what was kept, with draws of its own
      as-described-search/ as-described-fresh/    the case as its file describes it, with the draws of either
      pareto.json                what was asked, and what was found
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.campaign_record import Clock, Interrupted
from sim.experiments.design import RANDOM
from sim.experiments.design.table import Table
from sim.experiments.disk import as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.evidence import refuse_evidence
from sim.experiments.replicate import Progress, run_scenario
from sim.experiments.store import StoredRun, slug
from sim.experiments.varied import path_of, varied
from sim.model.complete import content_hash
from sim.model.paths import split, value_at
from sim.own_tactics import source_hashes

RECORD = "pareto.json"
LATER = 1_000_000  # added to the seed for draws that the search has not seen


@dataclass(frozen=True)
class Lever:
    """A lever that is searched over."""

    name: str
    path: str
    label: str
    low: float
    high: float
    stands: float | None  # as the case is described; none where it is drawn

    def value(self, coordinate: float) -> float:
        """Its value at a coordinate in (0, 1)."""
        return self.low + coordinate * (self.high - self.low)


def levers_of(scenario: Mapping[str, Any], names: Sequence[str]) -> list[Lever]:
    """The levers that some texts name, ``NAME`` or ``NAME=LOW:HIGH``; each must be a number with a range.

    Raises
    ------
    UsageError
        As for `varied`; a lever named twice; a range that is none.
    """
    refuse_evidence(scenario, "a search over levers needs all histories, also those that do not fit what is given")
    found: list[Lever] = []
    declared = scenario.get("levers") or {}
    for text in names:
        name, sign, given = (part.strip() for part in text.partition("="))
        path = path_of(scenario, name)
        if any(item.path == path for item in found):
            raise UsageError(f"--levers: '{name}' is named twice", hint="keep one of them")
        ends = _ends(name, given) if sign else _declared(declared, path)
        changed = varied(scenario, {name: ends})
        shape = value_at(changed, split(path))
        if not isinstance(shape, Mapping) or shape.get("dist") != "uniform":
            raise UsageError(f"'{name}' is drawn from a distribution in the file", hint=f"give it a range: {name}=LOW:HIGH")
        stands = value_at(scenario, split(path))
        stands = stands.get("value") if isinstance(stands, Mapping) and "dist" not in stands else stands
        label = next((item.get("label") for item in declared.values() if str(item["path"]) == path), None)
        now = float(stands) if isinstance(stands, int | float) and not isinstance(stands, bool) else None
        found.append(Lever(name, path, label or name, float(shape["low"]), float(shape["high"]), now))
    return found


def _declared(levers: Mapping[str, Any], path: str) -> tuple[float, float] | None:
    ends = next((item.get("range") for item in levers.values() if str(item["path"]) == path), None)
    return None if ends is None else (float(ends[0]), float(ends[1]))


def _ends(name: str, text: str) -> tuple[float, float]:
    low, colon, high = text.partition(":")
    try:
        found = (float(low), float(high))
    except ValueError:
        found = (1.0, 0.0)
    if not colon or not found[0] < found[1]:
        raise UsageError(f"--levers {name}={text}: expected a range LOW:HIGH with low below high", hint="as in delay=30:270")
    return found


class LeverRuns:
    """Plays settings of levers into one directory; what is there is not played again.

    Parameters
    ----------
    scenario : the completed scenario as it is described
    asked : all that the search depends on beside scenario and seed, as plain data
    engine, workers, cluster : as for ``run_scenario``; never change results
    total : histories that are expected, for the progress

    Raises
    ------
    StoreError
        The directory holds something else.
    """

    def __init__(
        self,
        scenario: Mapping[str, Any],
        levers: Sequence[Lever],
        seed: int,
        directory: Path,
        asked: Mapping[str, Any],
        *,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        tell: Tell | None = None,
        progress: Progress | None = None,
        total: int = 0,
    ):
        self.as_described, self.levers, self.seed, self.directory = scenario, list(levers), seed, directory
        self.scenario = varied(scenario, {item.path: (item.low, item.high) for item in levers})
        self.identity = identity(scenario, levers, seed, asked)
        self.num_computed = self.num_played = 0
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._clock, self._total = Clock(progress), total
        self._begin(asked)

    def play(self, name: str, points: np.ndarray, repeats: int, seed: int) -> StoredRun:
        """The run of some settings: row r has setting r % len(points) and the draws of replication r // len(points).

        Parameters
        ----------
        points : float64, shape (settings, levers), coordinates in (0, 1)
        """
        design = Table(tuple(item.path for item in self.levers), tuple(map(tuple, points.tolist())), repeats)
        return self._run(name, self.scenario, seed, repeats * len(points), design)

    def play_as_described(self, name: str, repeats: int, seed: int) -> StoredRun:
        """The case as its file describes it, with the same draws."""
        return self._run(name, self.as_described, seed, repeats, RANDOM)

    def _run(self, name: str, scenario: Mapping[str, Any], seed: int, rows: int, design: Any) -> StoredRun:
        tell = self._clock.of_run(self.num_played, max(self._total, self.num_played + rows))
        try:
            outcome = run_scenario(
                scenario, seed=seed, replications=rows, directory=self.directory / name, design=design, progress=tell, **self._circumstances
            )
        except replicate.Interrupted:
            raise Interrupted(self.directory) from None
        self._circumstances["tell"] = None  # what is to be said of the engine is said once
        self.num_played += rows
        self.num_computed += outcome.num_computed
        return outcome.stored

    def _begin(self, asked: Mapping[str, Any]) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, "search"):
            self.note({"asked": dict(asked)})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record."""
        record = {"format": 1, "identity": self.identity, "seed": self.seed, "versions": provenance.versions(), **entries}
        campaign_record.write(self.directory / RECORD, record)


def identity(scenario: Mapping[str, Any], levers: Sequence[Lever], seed: int, asked: Mapping[str, Any]) -> str:
    """SHA-256 of all that the search depends on."""
    told = {
        "scenario": content_hash(scenario),
        "levers": [[item.path, item.low, item.high] for item in levers],
        "seed": seed,
        "asked": dict(asked),
        "sim": provenance.versions()["sim"],
        "own_tactics": source_hashes(scenario),
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(scenario: Mapping[str, Any], levers: Sequence[Lever], seed: int, asked: Mapping[str, Any]) -> str:
    """``pareto-<scenario>-<hash8>-s<seed>``; the hash is of all that the search depends on."""
    return f"pareto-{slug(str(scenario['id']))}-{identity(scenario, levers, seed, asked)[:8]}-s{seed}"


__all__ = ["LATER", "RECORD", "Lever", "LeverRuns", "directory_name", "identity", "levers_of"]
