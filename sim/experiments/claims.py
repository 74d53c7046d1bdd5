"""What an audit of claims simulates: worlds that differ by named changes, all with the same draws, and stored audits.

A world is the scenario with a variant and changes. Every world is played by the same root seed over the same
replications, so that the difference between two of them is theirs alone. One pool of workers plays all of them.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.engines.tables.whole import setup_of
from sim.errors import EngineError, StoreError
from sim.experiments.columns import Table, canonical
from sim.experiments.disk import as_json
from sim.experiments.probes import ask
from sim.experiments.replicate import Crew
from sim.experiments.workers import Block, EngineSpec, Job, Stopper
from sim.model.compile import Case, compile_case
from sim.model.complete import complete, content_hash
from sim.model.load import load_document
from sim.model.reader import Document
from sim.model.seed import Probe
from sim.resources import shipped_audits

STRIDE = 10_000_000  # replications that belong to one world in the numbering of blocks
BLOCK = 10  # histories; small, so that two workers end together
PROBE_BLOCK = 40  # answers of a probe
ANSWER = "answer"  # column of a probe's answers
PATH_MEAN = "path:"  # prefix of columns that hold a path's mean over the reporting grid

ENGINE = EngineSpec("tasks", "sim.experiments.claims:play_tasks", "sim.experiments.claims:compile_tasks")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class World:
    """A variant and changes by path, as JSON with sorted keys: equal worlds are equal objects."""

    variant: str | None = None
    changes: str = "{}"

    @classmethod
    def of(cls, variant: str | None, *changes: Mapping[str, Any]) -> World:
        """The world of several layers of changes; later ones win."""
        merged: dict[str, Any] = {}
        for layer in changes:
            merged.update(layer)
        return cls(variant, json.dumps(merged, sort_keys=True))

    def with_changes(self, **changes: Any) -> World:
        """This world with more changes."""
        return World.of(self.variant, json.loads(self.changes), changes)


class Worlds:
    """Completed and compiled scenarios of worlds, made once each."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._completed: dict[World, dict[str, Any]] = {}
        self._cases: dict[World, Case] = {}

    def completed(self, world: World) -> dict[str, Any]:
        """The completed scenario of a world."""
        if world not in self._completed:
            changes = json.loads(world.changes)
            self._completed[world] = complete(load_document(self.document, world.variant, None, changes).spec)
        return self._completed[world]

    def case(self, world: World) -> Case:
        """The compiled scenario of a world."""
        if world not in self._cases:
            self._cases[world] = compile_case(self.completed(world))
        return self._cases[world]


# Playing worlds (the engine functions that a worker imports) ------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """What is played: the histories of a world or, with a probe (as JSON), its answers there."""

    world: World
    probe: str | None = None


def compile_tasks(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The tasks of a job; a world is compiled when it is first needed."""
    return {"worlds": list(scenario["worlds"]), "tasks": scenario["tasks"], "cases": {}}


def play_tasks(job: dict[str, Any], replications: Iterable[int], root_seed: int) -> dict[str, Table]:
    """Results of a block, all of one task."""
    numbers = list(replications)
    index = numbers[0] // STRIDE
    position, probe = job["tasks"][index]
    if position not in job["cases"]:
        job["cases"][position] = compile_case(job["worlds"][position])
    case = job["cases"][position]
    own = [number - index * STRIDE for number in numbers]
    if probe is not None:
        answers = ask(case, Probe.model_validate_json(probe), own, root_seed)
        return {"results": {"replication": np.array(own), ANSWER: answers}}
    return {"results": histories(case, own, root_seed)}


def histories(case: Case, replications: list[int], root_seed: int) -> Table:
    """Result rows of some replications, with the mean of every path over the reporting grid."""
    block = _run_block(case)(case, replications, root_seed)
    results = dict(block["results"])
    for name, column in block["paths"].items():
        if name not in ("replication", "day") and column.dtype != object:
            # Major war ends a history early, but its paths are filled up to the horizon.
            results[PATH_MEAN + name] = column.reshape(len(replications), -1).mean(axis=1)
    return results


def _run_block(case: Any) -> Callable[..., Any]:
    """Compiled code if it is there: a worker does not wait for a compiler, which a registered tactic may need too."""
    if _has_compiled_code() and not setup_of(case).own_tactics:
        from sim.engines.batch_engine import run_block
    else:
        from sim.engines.event_engine import run_block
    return run_block


@cache
def _has_compiled_code() -> bool:
    from sim.compiled.cache import is_ready

    return is_ready()


def simulate(
    worlds: Worlds,
    wanted: Mapping[Task, int],
    root_seed: int,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> dict[Task, Table]:
    """Rows of the first replications of every task, in replication order; `cluster` as for `replicate.run_scenario`.

    Raises
    ------
    EngineError
        The engine failed or lost its workers.
    UsageError
        The cluster is not there.
    KeyboardInterrupt
        Ctrl-C or SIGTERM.
    """
    order = list(wanted)
    total = sum(wanted.values())
    if not total:
        return {}
    places: dict[World, int] = {}
    for task in order:
        places.setdefault(task.world, len(places))
    scenario = {
        "worlds": [worlds.completed(world) for world in places],
        "tasks": [[places[task.world], task.probe] for task in order],
    }
    blocks = []
    for index, task in enumerate(order):
        size = BLOCK if task.probe is None else PROBE_BLOCK
        for start in range(0, wanted[task], size):
            stop = min(start + size, wanted[task])
            blocks.append(Block(len(blocks), index * STRIDE + start, index * STRIDE + stop))
    pieces: dict[int, dict[int, Table]] = {index: {} for index in range(len(order))}
    done = 0
    job = Job(as_json(scenario).encode("utf-8"), root_seed, ENGINE)
    crew = Crew.of(workers, cluster)
    with Stopper() as stopper, contextlib.closing(crew.computed(job, blocks, total, stopper)) as answers:
        for block, tables in answers:
            pieces[block.start // STRIDE][block.start] = canonical(tables["results"], "claims")
            done += block.stop - block.start
            if progress is not None:
                progress(done, total)
        if done < total:
            raise KeyboardInterrupt
    return {
        task: {
            name: np.concatenate([pieces[index][start][name] for start in sorted(pieces[index])])
            for name in pieces[index][min(pieces[index])]
        }
        for index, task in enumerate(order)
    }


# Stored audits ----------------------------------------------------------------------------------------------------


def audit_path(reports: str | Path, scenario_hash: str) -> Path:
    """Where the audit of a scenario is kept."""
    return Path(reports) / f"claims-{scenario_hash[:8]}.json"


def save_audit(reports: str | Path, record: Mapping[str, Any]) -> Path:
    """Keep an audit, written under another name and renamed; a later one of the same scenario replaces it."""
    place = audit_path(reports, record["scenario_hash"])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_name(f".{place.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        os.replace(unfinished, place)
    except OSError as error:
        raise StoreError(f"{place}: the audit cannot be kept: {error.strerror}", hint="--no-save only prints") from error
    return place


def load_audit(reports: str | Path, scenario_hash: str) -> dict[str, Any] | None:
    """The stored audit of exactly this scenario, else the one shipped with it; None if there is none that can be read."""
    for place in (audit_path(reports, scenario_hash), *shipped_audits()):
        try:
            record = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(record, dict) and record.get("scenario_hash") == scenario_hash:
            return record
    return None


__all__ = [
    "ANSWER", "PATH_MEAN", "EngineError", "Task", "World", "Worlds", "audit_path", "content_hash", "histories",
    "load_audit", "save_audit", "simulate",
]  # fmt: skip
