"""The run loop: a scenario, many replications, a result directory.

Replications are cut into blocks whose size depends on their number and the engine's speed, never on workers. Where a rule
may stop the run at a block's end it depends on the number alone, so that the run ends at the same place with any engine.
Blocks are stored by this process as they end.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import EngineError, SimError, StoreError, UsageError
from sim.experiments import provenance
from sim.experiments.columns import Table
from sim.experiments.design import (
    RANDOM,
    Design,
    Plan,
    Random,
    check_name,
    design_entry,
    design_of,
    entry_in,
    named_design,
    same_design,
    settings_of,
)
from sim.experiments.disk import REPORT, as_json, disk_errors, resume_command
from sim.experiments.engines import AUTO, BATCH, OURS, SIMPY, Tell, check_engine, engine_for, give_the_same
from sim.experiments.evidence import fitting
from sim.experiments.store import FAILED, FINISHED, INTERRUPTED, RUNNING, StoredRun, content_hash, open_run, run_name
from sim.experiments.workers import Block, EngineSpec, Job, Stopper, Tables, computed
from sim.experiments.writing import RunWriter, WrittenChunk
from sim.own_tactics import changed, source_hashes

if TYPE_CHECKING:
    from sim.experiments.cluster.address import Cluster

DEFAULT_REPLICATIONS = 1000
DEFAULT_CAP = 100_000  # replications after which `until_se` gives up
PATHS_KEPT = 10_000  # replications whose paths are stored, the first ones: they draw the same bands, and are most of a run
SMALLEST_BLOCK = 25  # replications; at 100 a second for one worker, 0.25 s
SMALLEST_QUICK_BLOCK = 500  # of compiled code, about 0.1 s; storing a chunk costs some 0.02 s however short it is
MOST_QUICK_BLOCKS = 64  # of a run that has small blocks, a chunk each; some for every core
MOST_WITH_SMALL_BLOCKS = 100_000  # replications beyond which blocks are of one size
LARGE_BLOCK = 10_000  # replications; some seconds of compiled code, and 1,000 chunks in ten million replications
SMALLEST_SAMPLE = 100  # replications before `until_se` is judged: with few, a share of 0 or 1 shows no error at all
FEW = 64  # replications that are done before a second process has started

Progress = Callable[[int, int, float], None]
"""Called with replications done, replications asked for (the cap with ``until_se``) and replications per second."""


class Interrupted(KeyboardInterrupt):
    """A run stopped by Ctrl-C, SIGTERM or its caller; what was finished is stored.

    Attributes
    ----------
    directory : Path
        The result directory; ``resume(directory)`` continues.
    done, total : int
        Replications stored and asked for.
    hint : str
        The command that continues the run.
    """

    def __init__(self, directory: Path, done: int, total: int):
        self.directory, self.done, self.total = directory, done, total
        self.hint = f"`{resume_command(directory)}` continues it"
        kept = f"{done} of {total} replications, which are kept" if done else "before any replication was finished; begun"
        super().__init__(f"interrupted {'after ' if done else ''}{kept} in {directory}")


@dataclass(frozen=True)
class RunOutcome:
    """A finished run: the stored results, and how they came about."""

    stored: StoredRun
    num_computed: int  # replications computed just now; 0 for an equal run found finished
    num_found: int  # replications that were there already

    @property
    def directory(self) -> Path:
        """The result directory."""
        return self.stored.directory

    @property
    def is_reused(self) -> bool:
        """Whether an equal finished run was found and nothing had to be computed."""
        return self.num_computed == 0


def default_block_size(replications: int, quick: bool = False) -> int:
    """Replications in a block of a run of this size: about the square root, so that blocks and chunks both stay few.

    Of compiled code (``quick``) as many as a chunk is worth, and so it is in large runs, which are for fast engines.
    """
    if replications > MOST_WITH_SMALL_BLOCKS:
        return LARGE_BLOCK
    if quick:
        return max(SMALLEST_QUICK_BLOCK, -(-replications // MOST_QUICK_BLOCKS))
    return max(SMALLEST_BLOCK, math.isqrt(max(replications, 1) - 1) + 1)


def default_workers(replications: int) -> int:
    """Worker processes for a run of this size: one for each core we may use, one alone for a short run."""
    if replications < FEW:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    return max(1, len(affinity(0)) if affinity else os.cpu_count() or 1)


def run_scenario(
    scenario: Mapping[str, Any],
    *,
    scenario_id: str | None = None,
    scenario_hash: str | None = None,
    seed: int = 1,
    replications: int | None = None,
    until_se: float | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    reports: str | Path = "reports",
    directory: str | Path | None = None,
    fresh: bool = False,
    engine: str | EngineSpec = AUTO,
    block_size: int | None = None,
    design: str | Design = RANDOM,
    command: Sequence[str] | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    tell: Tell | None = None,
) -> RunOutcome:
    """A completed scenario simulated and stored.

    Parameters
    ----------
    scenario : mapping
        The completed scenario as plain data (JSON).
    scenario_id, scenario_hash : str, optional
        Name and content hash for directory and manifest; by default the scenario's ``id`` and the hash of its JSON.
    seed : int
        Root seed, in [0, 2**64).
    replications : int, optional
        How many; with ``until_se`` the cap. By default the rows of the design, else ``DEFAULT_REPLICATIONS`` or ``DEFAULT_CAP``.
    until_se : float, optional
        Stop at the first block boundary, in replication order, at which the largest standard error of any outcome's
        share is at most this. The same number of replications for any number of workers.
    workers : int, optional
        Processes; 1 computes in this one. Never changes results.
    cluster : str, optional
        Compute with Dask instead: ``local:4`` or ``tcp://host:8786`` (`sim.experiments.cluster`). Never changes results.
    reports : path
        Folder for result directories. An equal finished run in it is returned, an equal unfinished one continued.
    directory : path, optional
        This very directory instead; new, empty, or holding the same run.
    fresh : bool
        Compute again, into a directory of the same name with ``-2``, ``-3``, ... where it is taken.
    engine : str or EngineSpec
        ``auto``, ``simpy`` or ``batch`` (`sim.experiments.engines.engine_for`): never changes results.
    design : str or Design
        What the rows are: ``random``, ``sobol``, ``lhs``, or a design with its settings (`sim.experiments.design`); part of
        what the run is.
    command : sequence of str, optional
        The command line in words, for the run record.
    progress, should_stop : callable, optional
        Told after every block; asked several times a second.
    tell : callable, optional
        Told in a line what the user should know about the engine.

    Raises
    ------
    UsageError
        A number of replications, seed, worker count or standard error that makes no sense; a cluster that is not there;
        no such engine; no such design, or one that does not fit the scenario or the number of replications.
    EngineError
        The engine failed or lost its workers; finished chunks are kept, ``resume`` tries again.
    StoreError
        The directory cannot be written, is full, holds another run, or is being written by one.
    Interrupted
        Ctrl-C, SIGTERM or ``should_stop``; finished chunks are kept.
    """
    if isinstance(design, str):
        check_name(design)
    elif replications is None:
        replications = design.num_rows
    total = replications if replications is not None else (DEFAULT_REPLICATIONS if until_se is None else DEFAULT_CAP)
    check_request(total, seed, until_se, workers, block_size)
    chosen = named_design(design, total) if isinstance(design, str) else design
    _check_rows(chosen, total, until_se)
    if isinstance(engine, str):
        check_engine(engine)
    crew = Crew.of(workers, cluster)
    scenario_text = as_json(scenario)
    manifest = {
        "state": RUNNING,
        "scenario_id": str(scenario_id if scenario_id is not None else scenario.get("id", "scenario")),
        "scenario_hash": scenario_hash or content_hash(scenario),
        "seed": int(seed),
        "replications": int(total),
        "until_se": None if until_se is None else {"target": float(until_se), "cap": int(total)},
        "block_size": block_size or default_block_size(total),
        "paths_kept": PATHS_KEPT,
        "design": chosen.name,
        "engine": engine.name if isinstance(engine, EngineSpec) else SIMPY,
        **provenance.run_record(command),
        "scenario": scenario,
    }
    tactics = source_hashes(scenario)
    if tactics:
        manifest["own_tactics"] = tactics
    if chosen.settings():
        manifest["design_settings"] = chosen.settings()
    place, existing = _place(manifest, Path(reports), None if directory is None else Path(directory), fresh)
    if existing is not None and existing.is_finished:
        return RunOutcome(existing, 0, existing.num_replications)
    missing = total - (existing.num_replications if existing is not None else 0)
    if chosen != Random():
        if isinstance(engine, EngineSpec) and not engine.takes_points:
            raise UsageError(f"the engine '{engine.name}' takes no points of a design", hint="leave --design out")
        manifest |= design_entry(planned(scenario, int(seed), chosen))
        manifest["versions"] |= provenance.version_of("scipy")
    spec = _chosen(engine, missing, tell, tactics)
    manifest["engine"] = spec.name
    if block_size is None and until_se is None:
        manifest["block_size"] = default_block_size(total, spec.name == BATCH)
    entry = entry_in(manifest if existing is None else existing.manifest)
    job = Job(scenario_text.encode("utf-8"), int(seed), spec, PATHS_KEPT, entry)
    crew.check()
    writer = RunWriter.reopen(place) if existing is not None else RunWriter.create(place, manifest)
    return _carry_out(writer, job, crew, progress, should_stop)


def resume(
    directory: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    engine: str | EngineSpec | None = None,
    design: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    tell: Tell | None = None,
) -> RunOutcome:
    """A stored run brought to its end; chunks that are missing or damaged are computed (again).

    The digest is that of an uninterrupted run. A finished, undamaged run is returned as it is.

    Raises
    ------
    UsageError
        A ``design`` is given, and it is not the run's; no such engine.
    StoreError
        No run there, another one is writing, or it was made by another version of the simulator.
    EngineError, Interrupted
        As for ``run_scenario``.
    """
    stored = open_run(directory)
    total = stored.manifest["replications"]
    _refuse_other_design(stored, design)
    crew = _crew_to_continue(stored, total, workers, cluster, engine)
    if stored.is_finished and not stored.damaged():
        return RunOutcome(stored, 0, stored.num_replications)
    job = _job_to_continue(stored, total, engine, tell)
    crew.check()
    return _carry_out(RunWriter.reopen(stored.directory), job, crew, progress, should_stop)


def extend(
    directory: str | Path,
    replications: int,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    engine: str | EngineSpec | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    tell: Tell | None = None,
) -> RunOutcome:
    """A stored run brought to so many replications; one that has as many or more is brought to its own end.

    The digest is that of a run of this size from the start. The run's report, which tells of fewer histories, is removed.

    Raises
    ------
    UsageError
        The run ends by a rule (``until_se``), not by a number; otherwise as for ``resume``.
    StoreError, EngineError, Interrupted
        As for ``resume``.
    """
    stored = open_run(directory)
    if replications <= stored.manifest["replications"]:
        return resume(
            directory, workers=workers, cluster=cluster, engine=engine, progress=progress, should_stop=should_stop, tell=tell
        )
    if stored.manifest.get("until_se"):
        raise UsageError(f"{stored.directory}: the run ends by a rule (--until-se), and cannot be made longer")
    if settings_of(stored.manifest).num_rows is not None:
        raise UsageError(f"{stored.directory}: the run's design has {stored.num_replications:,} rows, and cannot be made longer")
    crew = _crew_to_continue(stored, replications, workers, cluster, engine)
    job = _job_to_continue(stored, replications, engine, tell)
    crew.check()
    writer = RunWriter.reopen(stored.directory)
    try:
        with disk_errors(stored.directory):
            (stored.directory / REPORT).unlink(missing_ok=True)
        writer.grow(replications)
    except BaseException:
        writer.close()
        raise
    return _carry_out(writer, job, crew, progress, should_stop)


def _crew_to_continue(
    stored: StoredRun, total: int, workers: int | None, cluster: str | None, engine: str | EngineSpec | None
) -> Crew:
    """Who continues a stored run; refuses one that could come out differently now, and requests that make no sense."""
    here, there = provenance.versions()["sim"], stored.manifest["versions"].get("sim")
    if here != there:
        raise StoreError(
            f"{stored.directory}: begun by version {there} of the simulator, and this is {here}: results could differ",
            hint="`sim run --fresh` computes it anew",
        )
    check_request(total, stored.seed, None, workers, None)
    if isinstance(engine, str):
        check_engine(engine)
    crew = Crew.of(workers, cluster)
    _refuse_changed_tactics(stored)
    return crew


def _job_to_continue(stored: StoredRun, total: int, engine: str | EngineSpec | None, tell: Tell | None) -> Job:
    """The job of a stored run that is to have so many replications."""
    begun_with = stored.manifest["engine"]
    missing = total - stored.num_replications
    spec = _chosen(engine or (AUTO if begun_with in OURS else begun_with), missing, tell, source_hashes(stored.case))
    return Job(as_json(stored.case).encode("utf-8"), stored.seed, spec, stored.manifest.get("paths_kept"), entry_in(stored.manifest))


@dataclass(frozen=True)
class Crew:
    """Who computes: processes of this machine, their number chosen by the size of the work if none is given, or a cluster."""

    workers: int | None = None
    cluster: Cluster | None = None

    @classmethod
    def of(cls, workers: int | None, cluster: str | None) -> Crew:
        """The crew that two options ask for; ``UsageError`` where they contradict each other."""
        if cluster is None:
            return cls(workers)
        if workers is not None:
            raise UsageError("workers and cluster cannot be given together", hint="local:4 is a cluster of four processes")
        from sim.experiments.cluster.address import Cluster

        return cls(None, Cluster.parse(cluster))

    def check(self) -> None:
        """Raise ``UsageError`` where the cluster is not there."""
        if self.cluster is not None:
            self.cluster.check()

    def size(self, replications: int) -> int:
        """Processes for so many replications, as far as it is known before the start."""
        if self.cluster is not None:
            return self.cluster.num_workers
        return self.workers or default_workers(replications)

    def computed(
        self, job: Job, blocks: Sequence[Block], replications: int, stopper: Stopper, directory: Path | None = None
    ) -> Iterator[tuple[Block, Tables | WrittenChunk]]:
        """Each block with its tables as it ends, or as the chunk that a worker of a cluster wrote into ``directory``."""
        if self.cluster is not None:
            from sim.experiments.cluster.client import computed_by_cluster

            return computed_by_cluster(self.cluster, job, blocks, stopper, directory)
        return computed(job, blocks, self.size(replications), stopper)


# Where -----------------------------------------------------------------------------------------------------------

_IDENTITY = ("scenario_hash", "scenario_id", "seed")


def _is_equal(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether two manifests ask for the same rows, by the same version of the simulator.

    The size of blocks counts where a rule stops at the end of one.
    """
    return (
        all(found.get(key) == wanted[key] for key in (*_IDENTITY, *(["block_size"] if wanted["until_se"] else [])))
        and give_the_same(str(found.get("engine")), wanted["engine"])
        and _asked_for(found) == _asked_for(wanted)
        and _paths_asked_for(found) == _paths_asked_for(wanted)
        and found["versions"].get("sim") == wanted["versions"]["sim"]
        and found.get("own_tactics") == wanted.get("own_tactics")
        and same_design(found, wanted)
    )


def _asked_for(manifest: Mapping[str, Any]) -> tuple[int, float | None]:
    rule = manifest.get("until_se") or {}
    return rule.get("cap", manifest["replications"]), rule.get("target")


def _paths_asked_for(manifest: Mapping[str, Any]) -> int:
    """Replications whose paths are stored; all where the run record does not speak of it."""
    most, _ = _asked_for(manifest)
    return min(most, manifest.get("paths_kept") or most)


def _place(
    manifest: Mapping[str, Any], reports: Path, directory: Path | None, fresh: bool
) -> tuple[Path, StoredRun | None]:
    """The directory to use, and the equal run in it, if any: the finished one of several, else the unfinished one."""
    if directory is not None:
        return directory, _equal_or_refused(manifest, directory, fresh)
    target = (manifest["until_se"] or {}).get("target")
    name = run_name(
        manifest["scenario_id"], manifest["scenario_hash"], manifest["seed"], manifest["replications"], target,
        "" if design_of(manifest) == RANDOM else settings_of(manifest).suffix,
    )  # fmt: skip
    unfinished, suffix = None, 1
    while True:
        place = reports / (name if suffix == 1 else f"{name}-{suffix}")
        if not os.path.lexists(place):
            break
        suffix += 1
        stored = None if fresh else _equal(manifest, place)
        if stored is not None and stored.is_finished:
            return place, stored
        unfinished = unfinished or stored
    return (place, None) if unfinished is None else (unfinished.directory, unfinished)


def _equal(manifest: Mapping[str, Any], place: Path) -> StoredRun | None:
    try:
        stored = open_run(place)
    except StoreError:
        return None  # something else, or damaged: left alone, the run goes beside it
    return stored if _is_equal(manifest, stored.manifest) else None


def _equal_or_refused(manifest: Mapping[str, Any], directory: Path, fresh: bool) -> StoredRun | None:
    if not (directory / "manifest.json").exists():
        return None  # new or empty, or `RunWriter.create` says what is in the way
    stored = None if fresh else _equal(manifest, directory)
    if stored is None:
        what = "a run already" if fresh else f"another run already{_by_another_design(manifest, directory)}"
        raise StoreError(
            f"{directory}: holds {what}, and nothing is overwritten",
            hint="name another directory",
        )
    return stored


def _by_another_design(manifest: Mapping[str, Any], directory: Path) -> str:
    """Words for a run that differs in its design."""
    try:
        found = design_of(open_run(directory).manifest)
    except StoreError:
        return ""
    return f", whose inputs were drawn by --design {found}" if found != design_of(manifest) else ""


def _check_rows(design: Design, total: int, until_se: float | None) -> None:
    """Refuse another number of histories than the design has rows."""
    rows = design.num_rows
    if rows is None:
        return
    if until_se is not None:
        raise UsageError(
            f"the design '{design.name}' has {rows:,} rows, and --until-se may stop before the last",
            hint="leave --until-se out, or use --design sobol",
        )
    if total != rows:
        raise UsageError(f"the design '{design.name}' has {rows:,} rows, and {total:,} replications were asked for")


def _refuse_other_design(stored: StoredRun, design: str | None) -> None:
    if design is None:
        return
    check_name(design)
    found = design_of(stored.manifest)
    if design != found:
        raise UsageError(
            f"{stored.directory}: its inputs are drawn by --design {found}, and --design {design} was asked for",
            hint="leave --design out beside --resume, or run anew without --resume",
        )


def planned(scenario: Mapping[str, Any], root_seed: int, design: Design) -> Plan:
    """The rows of a design for a completed scenario; ``UsageError`` where it does not fit."""
    from sim.model.compile import compile_case

    return Plan(design, compile_case(dict(scenario)), root_seed)


# Carrying out ----------------------------------------------------------------------------------------------------


def _carry_out(
    writer: RunWriter,
    job: Job,
    crew: Crew,
    progress: Progress | None,
    should_stop: Callable[[], bool] | None,
) -> RunOutcome:
    """Compute what is missing; leaves the manifest finished, interrupted or failed, and the lock released."""
    # To the last manifest: a second Ctrl-C finds nothing to break off, and the first one's message is told.
    with writer, Stopper(should_stop) as stopper:
        plan = _Plan(writer)
        num_workers = crew.size(plan.total - plan.num_found)
        watch = provenance.Stopwatch(writer.manifest["timing"])

        def note(state: str, **entries: Any) -> None:
            who = {"workers": num_workers, "cluster": None if crew.cluster is None else str(crew.cluster)}
            writer.update(state=state, timing={**watch.reading(), **who}, **entries)

        note(RUNNING, failure=None)
        try:
            _compute(writer, plan, job, crew, watch, progress, stopper)
        except BaseException as error:
            # The first error is the one to hear of, also where the disk no longer takes a manifest.
            with contextlib.suppress(StoreError):
                if isinstance(error, SimError):
                    note(FAILED, failure=str(error))
                else:
                    note(INTERRUPTED)
            raise
        if not plan.is_complete:
            with contextlib.suppress(StoreError):
                note(INTERRUPTED)
            raise Interrupted(writer.directory, plan.num_done, plan.total)
        if plan.rule is not None:
            writer.drop_from(plan.num_wanted)
        note(FINISHED, digest=writer.digest(), **plan.conclusion())
    return RunOutcome(open_run(writer.directory), plan.num_done - plan.num_found, plan.num_found)


def _compute(
    writer: RunWriter,
    plan: _Plan,
    job: Job,
    crew: Crew,
    watch: provenance.Stopwatch,
    progress: Progress | None,
    stopper: Stopper,
) -> None:
    """Store missing blocks as they end, until the plan is complete or a stop is asked for."""
    tell = progress or (lambda done, total, rate: None)
    tell(plan.num_done, plan.total, 0.0)
    if plan.is_complete:
        return
    missing = plan.missing()
    number = plan.total - plan.num_found
    with contextlib.closing(crew.computed(job, missing, number, stopper, writer.directory)) as answers:
        for block, found in answers:
            if isinstance(found, WrittenChunk):
                writer.adopt(found, watch.reading())
                plan.note(block, found.results)
            else:
                plan.note(block, writer.add(block.index, block.start, block.stop, found, watch.reading()))
            tell(plan.num_done, plan.total, (plan.num_done - plan.num_found) / max(watch.seconds, 1e-9))
            if plan.is_complete:
                return


class _Plan:
    """Which blocks a run consists of, which are there, and where it may stop."""

    def __init__(self, writer: RunWriter):
        manifest = writer.manifest
        rule = manifest["until_se"] or {}
        self.total: int = rule.get("cap", manifest["replications"])
        size = manifest["block_size"]
        self._blocks = [
            Block(index, start, min(start + size, self.total)) for index, start in enumerate(range(0, self.total, size))
        ]
        self.rule = _StopRule(rule["target"], self._blocks) if rule else None
        self._present = {chunk.index for chunk in writer.chunks}
        self.num_found = self.num_done = sum(
            self._blocks[index].stop - self._blocks[index].start for index in self._present
        )
        if self.rule is not None and self._present:
            for chunk, results in writer.blocks("results"):
                self.rule.see(chunk.index, results)

    @property
    def num_wanted(self) -> int:
        """Blocks that the run consists of, as far as is known: all, unless the rule has ended it."""
        return len(self._blocks) if self.rule is None or self.rule.stop is None else self.rule.stop

    @property
    def is_complete(self) -> bool:
        """Whether every wanted block is there."""
        return self._present.issuperset(range(self.num_wanted))

    def missing(self) -> list[Block]:
        """Blocks to compute, in replication order."""
        return [block for block in self._blocks[: self.num_wanted] if block.index not in self._present]

    def note(self, block: Block, results: Table) -> None:
        """Take a stored block into account."""
        self._present.add(block.index)
        self.num_done += block.stop - block.start
        if self.rule is not None:
            self.rule.see(block.index, results)

    def conclusion(self) -> dict[str, Any]:
        """Manifest entries of a complete run: how many replications it came to."""
        if self.rule is None:
            return {}
        return {
            "replications": self._blocks[self.num_wanted - 1].stop,
            "until_se": {"target": self.rule.target, "cap": self.total, "largest_se": self.rule.largest_se},
        }


class _StopRule:
    """Judges the largest standard error of any outcome's share at block boundaries, in replication order."""

    def __init__(self, target: float, blocks: Sequence[Block]):
        self.target = target
        self.stop: int | None = None  # blocks that suffice
        self.largest_se = math.inf  # at the last boundary judged
        self._blocks = blocks
        self._counts: dict[int, Counter[str]] = {}
        self._total: Counter[str] = Counter()
        self._next = 0

    def see(self, index: int, results: Table) -> None:
        """Count a block's outcomes; judge each boundary up to which all blocks are there."""
        if "outcome" not in results:
            raise EngineError("the engine's results have no column 'outcome', and --until-se judges its shares")
        self._counts[index] = Counter(fitting(results)["outcome"].tolist())
        while self.stop is None and self._next in self._counts:
            self._total += self._counts.pop(self._next)
            self._next += 1
            self.largest_se = largest_standard_error(self._total)
            if self._total.total() >= SMALLEST_SAMPLE and self.largest_se <= self.target:
                self.stop = self._next


def largest_standard_error(counts: Mapping[str, int]) -> float:
    """Largest sqrt(p (1 - p) / n) of the shares p of these counts, n their sum; infinite without any."""
    total = sum(counts.values())
    if not total:
        return math.inf
    return max(math.sqrt(count * (total - count) / total) / total for count in counts.values())


def _refuse_changed_tactics(stored: StoredRun) -> None:
    names = changed(stored.manifest.get("own_tactics") or {})
    if names:
        raise StoreError(
            f"{stored.directory}: the source of the tactic {', '.join(names)} has changed since the run began",
            hint="`sim run --fresh` computes it anew",
        )


def _chosen(engine: str | EngineSpec, replications: int, tell: Tell | None, tactics: Iterable[str]) -> EngineSpec:
    """The engine that plays so many histories. A manifest that somebody sent chooses among ours only."""
    if isinstance(engine, EngineSpec):
        return engine
    return engine_for(engine, replications, tell, sorted(tactics))


def check_request(
    total: int, seed: int, until_se: float | None = None, workers: int | None = None, block_size: int | None = None
) -> None:
    """Refuse numbers with which nothing can be played; ``UsageError`` names the first and what was expected."""
    _check_whole("replications", total, 1, 2**32)
    _check_whole("seed", seed, 0, 2**64 - 1)
    if workers is not None:
        _check_whole("workers", workers, 1, 1024)
    if block_size is not None:
        _check_whole("block size", block_size, 1, 2**32)
    if until_se is not None and not (isinstance(until_se, Real) and 0 < until_se <= 0.5):
        found = until_se if isinstance(until_se, Real) else repr(until_se)
        raise UsageError(f"until-se: expected a standard error above 0 and up to 0.5, found {found}")


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not hasattr(value, "__index__") or not low <= value <= high:
        raise UsageError(f"{name}: expected a whole number from {low} to {high}, found {value!r}")
