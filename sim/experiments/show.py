"""Which runs there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.errors import StoreError
from sim.experiments.design import RANDOM, design_of
from sim.experiments.disk import MANIFEST
from sim.experiments.store import FINISHED, INTERRUPTED, RUNNING, StoredRun, open_run
from sim.experiments.writing import is_being_written

DAMAGED = "damaged"


@dataclass(frozen=True)
class RunSummary:
    """A line of ``sim show``: what a result directory holds."""

    directory: Path
    state: str  # finished, running, interrupted, failed, or damaged (the manifest cannot be read)
    scenario_id: str = ""
    seed: int | None = None
    replications: int = 0  # asked for
    num_done: int = 0  # on disk
    updated: str = ""  # UTC, ISO 8601
    problem: str = ""  # what is wrong with a damaged one
    design: str = RANDOM  # how inputs were drawn


def list_runs(reports: str | Path = "reports") -> list[RunSummary]:
    """Every result directory in a folder, newest first; an empty list where the folder is missing.

    A run whose manifest says ``running`` though nobody writes there was killed: it is listed as interrupted.
    """
    try:
        places = sorted(path.parent for path in Path(reports).glob(f"*/{MANIFEST}"))
    except OSError as error:
        raise StoreError(f"{reports}: cannot be read: {error.strerror or error}") from error
    return sorted((summary(place) for place in places), key=_age, reverse=True)


def latest_finished(reports: str | Path = "reports") -> StoredRun:
    """The finished run that ended last.

    Raises
    ------
    StoreError
        There is none; the hint says how to make one.
    """
    for found in list_runs(reports):
        if found.state == FINISHED:
            return open_run(found.directory)
    raise StoreError(f"{reports}: no finished run in this folder", hint="`sim run SCENARIO` makes one")


def summary(directory: str | Path) -> RunSummary:
    """What a result directory holds; never raises for a damaged one."""
    directory = Path(directory)
    try:
        stored = open_run(directory)
    except StoreError as error:
        return RunSummary(directory, DAMAGED, problem=str(error))
    state = stored.state
    if state == RUNNING and not is_being_written(directory):
        state = INTERRUPTED
    return RunSummary(
        directory,
        state,
        stored.manifest["scenario_id"],
        stored.seed,
        stored.manifest["replications"],
        stored.num_replications,
        str(stored.manifest["timing"].get("updated", "")),
        design=design_of(stored.manifest),
    )


def _age(run: RunSummary) -> tuple[str, int]:
    try:
        changed = (run.directory / MANIFEST).stat().st_mtime_ns
    except OSError:
        changed = 0
    return run.updated, changed
