"""A search in steps: points of one input that are played one after the other, each step an ordinary run in one directory.

All steps have the same scenario, in which the input varies over its range, and the same root seed: row by row the same draws, unless a
step asks for later ones::

    reports/threshold-strait-1a2b3c4d-s7/
      scan/ closer/ there/ ...    a result directory each: `sim show`, `sim replay --from`, `sim query` work on them
      threshold.json              what is sought, and what was found
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.campaign_record import Clock, Interrupted
from sim.experiments.design.table import Table
from sim.experiments.disk import as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.evidence import refuse_evidence
from sim.experiments.replicate import Progress, run_scenario
from sim.experiments.store import StoredRun, content_hash, slug
from sim.own_tactics import source_hashes

RECORD = "threshold.json"
FORMAT = 1
_EDGE = 1e-12  # of a range, by which its ends lie inside: coordinates are in (0, 1)


class Steps:
    """Plays the steps of a search.

    Parameters
    ----------
    scenario : in which the input at ``path`` varies evenly between ``low`` and ``high`` (`sim.experiments.varied.varied`)
    sought : what the search is after, as plain data: part of what it is
    histories : about how many are played in all, for the progress that is shown
    engine, workers, cluster : as for ``run_scenario``; never change results

    Raises
    ------
    StoreError
        The directory cannot be written, or holds something else.
    """

    def __init__(
        self,
        scenario: Mapping[str, Any],
        path: str,
        bounds: tuple[float, float],
        seed: int,
        directory: Path,
        sought: Mapping[str, Any],
        histories: int,
        *,
        command: Sequence[str] | None = None,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        progress: Progress | None = None,
        tell: Tell | None = None,
    ):
        refuse_evidence(scenario, "a search for a threshold needs all histories, also those that do not fit what is given")
        self.scenario, self.path, self.seed, self.directory = scenario, path, seed, directory
        self.low, self.high = bounds
        self.identity = identity(scenario, seed, sought)
        self.runs: dict[str, StoredRun] = {}
        self.num_computed = self.num_played = 0
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._command = None if command is None else provenance.reproducing(command)
        self._total, self._clock = histories, Clock(progress)
        self._sought = dict(sought)
        self._begin()

    def play(self, name: str, values: Sequence[float], first: int, repeats: int) -> StoredRun:
        """The run of a step: each value with the draws of replications ``first``, ``first + 1``, ...; played if it is not there.

        Raises
        ------
        Interrupted, EngineError, StoreError
            What was played is kept.
        """
        width = self.high - self.low
        points = tuple((min(max((value - self.low) / width, _EDGE), 1.0 - _EDGE),) for value in values)
        design = Table((self.path,), points, repeats, first)
        try:
            outcome = run_scenario(
                self.scenario, seed=self.seed, directory=self.directory / name, design=design, command=self._command,
                progress=self._clock.of_run(self.num_played, self._total), **self._circumstances,
            )  # fmt: skip
        except replicate.Interrupted as stop:
            raise Interrupted(self.directory, self.num_played + stop.done) from None
        self._circumstances["tell"] = None  # what is to be said of the engine is said once
        self.num_computed += outcome.num_computed
        self.num_played += outcome.stored.num_replications
        self.runs[name] = outcome.stored
        return outcome.stored

    def _begin(self) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, "search"):
            self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: what is sought, and whatever is to be said of it."""
        record = {
            "format": FORMAT, "identity": self.identity, "seed": self.seed, "command": self._command, "versions": provenance.versions(),
            "path": self.path, "low": self.low, "high": self.high, "sought": self._sought, "steps": list(self.runs), **entries,
        }  # fmt: skip
        campaign_record.write(self.directory / RECORD, record)


def identity(scenario: Mapping[str, Any], seed: int, sought: Mapping[str, Any]) -> str:
    """SHA-256 of all that the steps depend on: the scenario, the seed, what is sought, version, tactics of the user's own."""
    told = {
        "scenario": content_hash(scenario), "seed": seed, "sought": dict(sought), "sim": provenance.versions()["sim"],
        "own_tactics": source_hashes(scenario),
    }  # fmt: skip
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(scenario: Mapping[str, Any], seed: int, sought: Mapping[str, Any]) -> str:
    """``threshold-<scenario>-<hash8>-s<seed>``."""
    return f"threshold-{slug(str(scenario['id']))}-{identity(scenario, seed, sought)[:8]}-s{seed}"


def read_record(directory: Path) -> dict[str, Any] | None:
    """The record of a directory; none where there is no search in it."""
    return campaign_record.read(directory / RECORD)


__all__ = ["Steps", "directory_name", "identity", "read_record"]
