"""The cases of a back-test played and kept: an ordinary run for each, in one directory.

    reports/backtest-1a2b3c4d-s1/
      cuba-1962/ ...        a result directory for each case: `sim show`, `sim query`, `sim replay --from` work on it
      backtest.json         which cases they are, and what was found
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import StoreError
from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.backtest.cases import Case
from sim.experiments.campaign_record import Clock, Interrupted
from sim.experiments.disk import MANIFEST, as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.replicate import Progress, extend, run_scenario
from sim.experiments.store import StoredColumns, StoredRun, open_run, slug
from sim.own_tactics import source_hashes

RECORD = "backtest.json"
FORMAT = 1
DEFAULT_HISTORIES = 5000  # of each case; of a look of the shipped cases some hundredths of them fit


@dataclass(frozen=True)
class Played:
    """Cases with their histories: the first ``replications`` of each count, whatever is stored beyond them."""

    cases: tuple[Case, ...]
    seed: int
    directory: Path
    runs: Mapping[str, StoredRun]  # by name of the case
    replications: int

    def rows(self, case: Case, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Some columns of a case, in order of replication."""
        found = StoredColumns(self.runs[case.name], "results").select(list(names))
        return {name: np.asarray(values)[: self.replications] for name, values in found.items()}


class Campaign:
    """Plays cases into one directory, as many histories of each as are asked for, and more later.

    Parameters
    ----------
    command : the words of the command, for the record
    engine, workers, cluster : as for ``run_scenario``; never change results

    Raises
    ------
    StoreError
        The directory cannot be written, or holds something else.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        seed: int,
        directory: Path,
        *,
        command: Sequence[str] | None = None,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        tell: Tell | None = None,
    ):
        self.cases, self.seed, self.directory = tuple(cases), seed, directory
        self.identity = identity(cases, seed)
        self.num_computed = 0  # histories played by this process
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._words = list(command or ())
        self._begin()

    def play(self, replications: int, progress: Progress | None = None) -> Played:
        """So many histories of every case; those that are there are not played again.

        Raises
        ------
        Interrupted, EngineError, StoreError
            What was played is kept.
        """
        clock = Clock(progress)
        total = replications * len(self.cases)
        runs: dict[str, StoredRun] = {}
        for n, case in enumerate(self.cases):
            before = n * replications
            try:
                outcome = self._play(case, replications, clock.of_run(before, total, replications))
            except replicate.Interrupted as stop:
                raise Interrupted(self.directory, before + min(stop.done, replications), total) from None
            self.num_computed += outcome.num_computed
            self._circumstances["tell"] = None  # what is to be said of the engine is said once
            runs[case.name] = outcome.stored
        return Played(self.cases, self.seed, self.directory, runs, replications)

    def _play(self, case: Case, replications: int, progress: Progress | None) -> replicate.RunOutcome:
        place = self.directory / slug(case.name)
        if (place / MANIFEST).exists():
            stored = open_run(place)
            if (stored.manifest["scenario_hash"], stored.seed) != (case.scenario_hash, self.seed):
                raise StoreError(
                    f"{place}: holds another run than the case '{case.name}' of this back-test",
                    hint="move it elsewhere; the same command plays the case anew",
                )
            return extend(place, replications, progress=progress, **self._circumstances)
        return run_scenario(
            case.completed, scenario_hash=case.scenario_hash, seed=self.seed, replications=replications, directory=place,
            command=self._words, progress=progress, **self._circumstances,
        )  # fmt: skip

    # The record

    def _begin(self) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, "back-test"):
            self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: which cases these are, and whatever is to be said of them."""
        record = {
            "format": FORMAT,
            "identity": self.identity,
            "seed": self.seed,
            "command": provenance.reproducing(self._words),
            "versions": provenance.versions(),
            "cases": [
                {"name": case.name, "directory": slug(case.name), "source": case.path.as_posix(), "scenario_hash": case.scenario_hash}
                for case in self.cases
            ],
            **entries,
        }
        campaign_record.write(self.directory / RECORD, record)


def identity(cases: Sequence[Case], seed: int) -> str:
    """SHA-256 of all that the histories depend on: scenarios by name, seed, version, tactics of the user's own."""
    told = {
        "cases": [[case.name, case.scenario_hash] for case in cases],
        "seed": seed,
        "sim": provenance.versions()["sim"],
        "own_tactics": [source_hashes(case.completed) for case in cases],
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(cases: Sequence[Case], seed: int) -> str:
    """``backtest-<hash8>-s<seed>``; the hash is of all cases."""
    return f"backtest-{identity(cases, seed)[:8]}-s{seed}"


def read_record(directory: Path) -> dict[str, Any] | None:
    """The record of a directory; none where there is no back-test in it."""
    return campaign_record.read(directory / RECORD)


__all__ = ["DEFAULT_HISTORIES", "Campaign", "Played", "directory_name", "identity", "read_record"]
