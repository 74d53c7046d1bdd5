"""Arms played with the same draws and kept: an ordinary run for each, in one directory.

Replication r has the same draws in every arm (same root seed, same number), so that two arms differ in it by what they change and not
by luck. Runs grow by adding replications, so that a longer comparison repeats nothing::

    reports/compare-strait-1a2b3c4d-s7/
      base/ later/ ...      a result directory each: `sim show`, `sim replay --from`, `sim query` work on them
      comparison.json       which arms they are, and what was found
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import StoreError
from sim.experiments import campaign_record, provenance, replicate
from sim.experiments.arms import Arm, Arms
from sim.experiments.campaign_record import Clock, Interrupted
from sim.experiments.design import RANDOM
from sim.experiments.design.nested import Nested
from sim.experiments.disk import MANIFEST, as_json
from sim.experiments.engines import AUTO, Tell
from sim.experiments.replicate import Progress, extend, run_scenario
from sim.experiments.store import StoredColumns, StoredRun, open_run, slug
from sim.own_tactics import source_hashes

RECORD = "comparison.json"
FORMAT = 1
BLOCK = 500  # replications in a block of runs that grow: their size at the end is not known at the start


@dataclass(frozen=True)
class Played:
    """Arms with their histories: the first ``replications`` of each count, whatever is stored beyond them."""

    arms: Arms
    seed: int
    directory: Path
    runs: Mapping[str, StoredRun]  # by name of the arm
    replications: int
    repeats: int = 1  # histories in a row that share a point of the inputs

    def rows(self, arm: str, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Some columns of an arm, in order of replication."""
        found = StoredColumns(self.runs[arm], "results").select(names)
        return {name: values[: self.replications] for name, values in found.items()}


class Campaign:
    """Plays the arms of a comparison into one directory, as many replications as are asked for, and more later.

    Parameters
    ----------
    command : the words of the command, for the record
    engine, workers, cluster : as for ``run_scenario``; never change results
    growing : whether more replications may be asked for than at first
    nested : points of the inputs with several histories at each, the same in all arms; as many are then played, no more
    kind : what the directory holds, for readers

    Raises
    ------
    StoreError
        The directory cannot be written, or holds something else.
    """

    def __init__(
        self,
        arms: Arms,
        seed: int,
        directory: Path,
        *,
        command: Sequence[str] | None = None,
        engine: str = AUTO,
        workers: int | None = None,
        cluster: str | None = None,
        growing: bool = False,
        tell: Tell | None = None,
        nested: Nested | None = None,
        kind: str = "comparison",
    ):
        self.kind = kind
        self.arms, self.seed, self.directory, self.nested = arms, seed, directory, nested
        self.identity = identity(arms, seed, nested)
        self.num_computed = 0  # histories played by this process
        self._circumstances: dict[str, Any] = {"engine": engine, "workers": workers, "cluster": cluster, "tell": tell}
        self._block = BLOCK if growing else None
        self._words = None if command is None else list(command)
        self._command = None if command is None else provenance.reproducing(command)
        self._begin()

    def play(self, replications: int, progress: Progress | None = None) -> Played:
        """So many replications of every arm; those that are there are not played again.

        Raises
        ------
        Interrupted, EngineError, StoreError
            What was played is kept.
        """
        clock = Clock(progress)
        total = replications * len(self.arms.arms)
        runs: dict[str, StoredRun] = {}
        for n, arm in enumerate(self.arms.arms):
            before = n * replications
            try:
                outcome = self._play(arm, replications, clock.of_run(before, total, replications))
            except replicate.Interrupted as stop:
                raise Interrupted(self.directory, before + min(stop.done, replications), total) from None
            self.num_computed += outcome.num_computed
            self._circumstances["tell"] = None  # what is to be said of the engine is said once
            runs[arm.name] = outcome.stored
        return Played(self.arms, self.seed, self.directory, runs, replications, 1 if self.nested is None else self.nested.draws)

    def _play(self, arm: Arm, replications: int, progress: Progress | None) -> replicate.RunOutcome:
        place = self.directory / arm.folder
        if (place / MANIFEST).exists():
            stored = open_run(place)
            if (stored.manifest["scenario_hash"], stored.seed) != (arm.scenario_hash, self.seed):
                raise StoreError(
                    f"{place}: holds another run than the arm '{arm.name}' of this {self.kind}",
                    hint="move it elsewhere; the same command plays the arm anew",
                )
            if self.nested is None and arm.design is RANDOM:
                return extend(place, replications, progress=progress, **self._circumstances)
        command = ["sim", "run", arm.source, *arm.options, "--seed", str(self.seed)]
        return run_scenario(
            arm.completed, scenario_hash=arm.scenario_hash, seed=self.seed, replications=replications, directory=place,
            block_size=self._block, command=command if arm.design is RANDOM else self._words, progress=progress,
            design=self.nested or arm.design, **self._circumstances,
        )  # fmt: skip

    # The record

    def _begin(self) -> None:
        if campaign_record.begin(self.directory / RECORD, self.identity, self.kind):
            self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: which arms these are, and whatever is to be said of them."""
        record = {
            "format": FORMAT,
            "identity": self.identity,
            "seed": self.seed,
            "command": self._command,
            "versions": provenance.versions(),
            "arms": [
                {
                    "name": arm.name, "directory": arm.folder, "kind": arm.kind, "label": arm.label, "source": arm.source,
                    "scenario_hash": arm.scenario_hash, "options": list(arm.options), "sets": dict(arm.sets),
                }
                for arm in self.arms.arms
            ],
            **entries,
        }  # fmt: skip
        campaign_record.write(self.directory / RECORD, record)


def identity(arms: Arms, seed: int, nested: Nested | None = None) -> str:
    """SHA-256 of all that the histories depend on: scenarios by name, seed, version, tactics of the user's own."""
    told = {
        "arms": [[arm.name, arm.scenario_hash] for arm in arms.arms],
        "seed": seed,
        "sim": provenance.versions()["sim"],
        "own_tactics": [source_hashes(arm.completed) for arm in arms.arms],
        **({} if nested is None else {"nested": nested.settings()}),
        **({} if all(arm.design is RANDOM for arm in arms.arms) else {"designs": [arm.design.settings() for arm in arms.arms]}),
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(arms: Arms, seed: int, nested: Nested | None = None) -> str:
    """``compare-<scenario>-<hash8>-s<seed>``; the hash is of all arms."""
    return f"compare-{slug(str(arms.arms[0].completed['id']))}-{identity(arms, seed, nested)[:8]}-s{seed}"


def read_record(directory: Path) -> dict[str, Any] | None:
    """The record of a directory; none where there is no comparison in it."""
    return campaign_record.read(directory / RECORD)


# How many ------------------------------------------------------------------------------------------------------------

FIRST = 500  # replications of each arm before a rule is judged
GROWTH = 4.0  # most by which a step multiplies them
MARGIN = 1.1  # beyond what the error found so far asks for


def sizes_until(
    target: float, cap: int, error_at: Callable[[int], float], block: int = BLOCK
) -> Iterator[int]:
    """Replications of each arm, step by step, until the error is at most ``target`` or there are ``cap``.

    ``error_at`` gives the error at a number of replications once they are there. The steps depend on the rows alone, so that an
    interrupted or repeated search goes the same way.
    """
    size = min(cap, FIRST)
    while True:
        yield size
        error = error_at(size)
        if error <= target or size >= cap:
            return
        wanted = size * min(GROWTH, MARGIN * (error / target) ** 2)
        size = min(cap, max(size + block, -(-int(wanted) // block) * block))


__all__ = ["Campaign", "Played", "directory_name", "identity", "read_record", "sizes_until"]
