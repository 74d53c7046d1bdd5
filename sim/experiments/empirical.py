"""The histories of an empirical game: every profile played with common random numbers, block by block, and kept on disk.

Replication r has the same draws in all profiles (same root seed, same number), so that payoffs can be compared in pairs. Of each
profile the first so many replications are played; how many is for others to decide (`sim.analysis.empirical_game`), from counts
that grow by whole blocks. What was played once is found again, so that an interrupted or a longer search repeats nothing.

A directory holds ``samples.npz`` (a row a history: payoffs by player, number of the outcome class; and which histories the rows are)
and ``record.json``.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import EngineError, ParameterError, SimError, StoreError
from sim.experiments import provenance
from sim.experiments.campaign_record import Interrupted
from sim.experiments.disk import as_json, disk_errors, replace_file
from sim.experiments.lock import DirectoryLock, Locked
from sim.experiments.profiles import Profiles
from sim.experiments.replicate import Crew
from sim.experiments.store import slug
from sim.experiments.workers import ENGINES, Block, EngineSpec, Job, Stopper
from sim.model.complete import content_hash
from sim.own_tactics import source_hashes

SAMPLES, RECORD = "samples.npz", "record.json"
FORMAT = 1
_SPAN = 1 << 40  # the number of a block's first history is profile * _SPAN + replication: replications are below 2**32

Progress = Callable[[int, int, float], None]


class Samples:
    """Payoffs and outcomes of the histories played so far."""

    def __init__(self, payoffs: Sequence[np.ndarray], outcomes: Sequence[np.ndarray]):
        self.payoffs = tuple(payoffs)  # of each profile float64, shape (histories, players)
        self.outcomes = tuple(outcomes)  # of each profile numbers of classes, shape (histories,)

    @property
    def counts(self) -> tuple[int, ...]:
        """Histories of each profile."""
        return tuple(map(len, self.payoffs))


class Sampler:
    """Plays profiles and keeps what was played; a context manager, which holds the directory's lock.

    Parameters
    ----------
    directory : where to keep the histories; none keeps them in memory
    block : histories of a profile that are played at a time, always the same ones together

    Raises
    ------
    StoreError
        The directory cannot be written, holds something else, or is in use.
    """

    def __init__(
        self,
        profiles: Profiles,
        root_seed: int,
        engine: EngineSpec,
        block: int,
        directory: Path | None = None,
        workers: int | None = None,
    ):
        self.profiles = profiles
        self.identity = identity(profiles, root_seed)
        self.block = block
        self.num_played = 0  # histories computed by this process
        self._crew = Crew.of(workers, None)
        self._job = _job(profiles, root_seed, engine)
        self._directory = directory
        self._lock: DirectoryLock | None = None
        self._parts: dict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = {}  # (profile, first replication) -> rows
        self._clock = time.perf_counter()

    def __enter__(self) -> Sampler:
        if self._directory is not None:
            with disk_errors(self._directory, holds_chunks=False):
                self._directory.mkdir(parents=True, exist_ok=True)
                try:
                    self._lock = DirectoryLock(self._directory)
                except Locked as error:
                    raise StoreError(f"{self._directory}: in use by {error}", hint="wait for it, or name another with --out") from None
            try:
                self._read()
            except BaseException:
                self._lock.release()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._lock is not None:
            self._lock.release()
        if kind is KeyboardInterrupt and self._directory is not None and self._parts:  # between two rounds
            raise Interrupted(self._directory, self.num_kept) from None

    @property
    def num_kept(self) -> int:
        """Histories there."""
        return sum(len(outcomes) for _, outcomes in self._parts.values())

    def samples(self, counts: Sequence[int], progress: Progress | None = None, total: int | None = None) -> Samples:
        """The first so many histories of each profile; those not there yet are played.

        Parameters
        ----------
        counts : multiples of ``block``, one a profile
        progress : told of histories there, ``total``, and histories a second

        Raises
        ------
        Interrupted, EngineError
            What was played is kept.
        """
        blocks = [
            Block(k, k * _SPAN + start, k * _SPAN + start + self.block)
            for k, count in enumerate(counts)
            for start in range(0, count, self.block)
            if (k, start) not in self._parts
        ]
        if blocks:
            self._play(blocks, sum(counts), progress, total)
        parts = [[self._parts[k, start] for start in range(0, count, self.block)] for k, count in enumerate(counts)]
        return Samples(
            [np.concatenate([payoffs for payoffs, _ in part]) for part in parts],
            [np.concatenate([outcomes for _, outcomes in part]) for part in parts],
        )

    def _play(self, blocks: Sequence[Block], wanted: int, progress: Progress | None, total: int | None) -> None:
        # In turns through the profiles, so that every worker soon has some of each.
        ordered = sorted(blocks, key=lambda block: (block.start % _SPAN, block.start))
        there = wanted - len(blocks) * self.block
        try:
            with Stopper() as stopper:
                for block, tables in self._crew.computed(self._job, ordered, len(blocks) * self.block, stopper):
                    rows = tables["results"]
                    self._parts[divmod(block.start, _SPAN)] = (rows["payoffs"], rows["outcomes"])
                    self.num_played += self.block
                    there += self.block
                    if progress is not None:
                        progress(there, total or wanted, self.num_played / max(time.perf_counter() - self._clock, 1e-9))
                stopped = stopper.asked
        finally:
            self._write()
        if stopped and there < wanted:
            if self._directory is None:
                raise KeyboardInterrupt
            raise Interrupted(self._directory, self.num_kept)

    # On disk

    def _read(self) -> None:
        assert self._directory is not None
        record = read_record(self._directory)
        if record is None:
            self._refuse_other_things()
            return
        if record.get("identity") != self.identity:
            raise StoreError(
                f"{self._directory}: holds another empirical game, and nothing is overwritten", hint="name another directory with --out"
            )
        path = self._directory / SAMPLES
        if record.get("block") != self.block or not path.exists():
            return  # blocks of another size are other blocks
        try:
            with np.load(path, allow_pickle=False) as stored:
                places, payoffs, outcomes = stored["blocks"], stored["payoffs"], stored["outcomes"]
            sizes = (len(places) * self.block, len(self.profiles.players))
            if payoffs.shape != sizes or outcomes.shape != sizes[:1]:
                raise ValueError("rows are missing")
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(f"{path}: damaged: {error}", hint="delete the directory; the same command plays anew") from None
        for n, (profile, start) in enumerate(places.tolist()):
            rows = slice(n * self.block, (n + 1) * self.block)
            self._parts[profile, start] = (payoffs[rows], outcomes[rows])

    def _refuse_other_things(self) -> None:
        assert self._directory is not None
        others = sorted(path.name for path in self._directory.iterdir() if path.name not in ("run.lock", SAMPLES, f"{RECORD}.partial"))
        if others:
            raise StoreError(
                f"{self._directory}: holds other things already ({', '.join(others[:3])})", hint="name another directory with --out"
            )

    def _write(self) -> None:
        """Rows first, then the record that names them."""
        if self._directory is None or not self._parts:
            return
        order = sorted(self._parts)
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            blocks=np.array(order, dtype=np.int64),
            payoffs=np.concatenate([self._parts[place][0] for place in order]),
            outcomes=np.concatenate([self._parts[place][1] for place in order]),
        )
        with disk_errors(self._directory, holds_chunks=False):
            replace_file(self._directory / SAMPLES, buffer.getvalue())
        self.note({})

    def note(self, entries: Mapping[str, Any]) -> None:
        """Write the record: what the histories are of, and whatever is to be said of them."""
        if self._directory is None:
            return
        profiles = self.profiles
        record = {
            "format": FORMAT,
            "identity": self.identity,
            "scenario_id": profiles.spec.id,
            "scenario_hash": content_hash(profiles.scenarios[0]),
            "players": {
                player: [choice.name for choice in menu]
                for player, menu in zip(profiles.players, profiles.menus, strict=True)
            },
            "payoffs": dict(zip(profiles.players, profiles.payoffs, strict=True)),
            "classes": list(profiles.classes),
            "seed": self._job.root_seed,
            "block": self.block,
            "versions": provenance.versions(),
            **entries,
        }
        with disk_errors(self._directory, holds_chunks=False):
            text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
            replace_file(self._directory / RECORD, text.encode("utf-8"))


def identity(profiles: Profiles, root_seed: int) -> str:
    """SHA-256 of all that the histories depend on: scenarios, payoffs, seed, version, tactics of the user's own."""
    told = {
        "scenarios": [content_hash(scenario) for scenario in profiles.scenarios],
        "payoffs": list(profiles.payoffs),
        "seed": root_seed,
        "sim": provenance.versions()["sim"],
        "own_tactics": [source_hashes(scenario) for scenario in profiles.scenarios],
    }
    return hashlib.sha256(as_json(told, sort_keys=True).encode("utf-8")).hexdigest()


def directory_name(profiles: Profiles, root_seed: int) -> str:
    """``equilibrium-<scenario>-<players>-<hash8>-s<seed>``."""
    players = "-".join(map(slug, profiles.players))
    return f"equilibrium-{slug(profiles.spec.id)}-{players[:40]}-{identity(profiles, root_seed)[:8]}-s{root_seed}"


def read_record(directory: Path) -> dict[str, Any] | None:
    """The record of a directory; None where there is none."""
    path = directory / RECORD
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read: {error}", hint="delete the directory; the same command plays anew") from None
    return record if isinstance(record, dict) else {}


# In workers --------------------------------------------------------------------------------------------------------


def _job(profiles: Profiles, root_seed: int, engine: EngineSpec) -> Job:
    """All profiles as one job, so that workers are started once a round and not once a profile."""
    told = {
        "engine": engine.name,
        "payoffs": list(profiles.payoffs),
        "classes": list(profiles.classes),
        "names": [profiles.name(k) for k in range(len(profiles))],
        "scenarios": list(profiles.scenarios),
    }
    spec = EngineSpec(engine.name, f"{__name__}:run_block", f"{__name__}:prepare", is_threaded=engine.is_threaded)
    return Job(as_json(told).encode("utf-8"), root_seed, spec)


class Prepared:
    """The profiles of a job in a worker; each is compiled when it is first played."""

    def __init__(self, told: Mapping[str, Any]):
        self.told = told
        self.engine = ENGINES[told["engine"]]
        self._cases: dict[int, Any] = {}

    def case(self, profile: int) -> Any:
        """The compiled case; two threads may compile it twice, to the same effect."""
        if profile not in self._cases:
            module, _, name = self.engine.compile.partition(":")
            self._cases[profile] = getattr(_module(module), name)(self.told["scenarios"][profile])
        return self._cases[profile]


_prepared: dict[str, Prepared] = {}  # by what they were told, for the next round; of one game at a time


def prepare(told: Mapping[str, Any]) -> Prepared:
    """What a worker keeps of a job."""
    digest = hashlib.sha256(as_json(told).encode("utf-8")).hexdigest()
    if digest not in _prepared:
        _prepared.clear()
        _prepared[digest] = Prepared(told)
    return _prepared[digest]


@functools.cache
def _module(name: str) -> Any:
    import importlib

    return importlib.import_module(name)


def run_block(prepared: Prepared, numbers: range, root_seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Payoffs and outcomes of a block; ``numbers`` say profile and replications (`_SPAN`).

    Raises
    ------
    ParameterError
        A payoff that is not finite: its profile, player and replication.
    """
    profile, start = divmod(numbers.start, _SPAN)
    told, name = prepared.told, prepared.told["names"][profile]
    module, _, function = prepared.engine.run.partition(":")
    wanted: dict[str, Any] = {"paths": 0} if prepared.engine.leaves_out_paths else {}
    try:
        replications = range(start, start + len(numbers))
        results = getattr(_module(module), function)(prepared.case(profile), replications, root_seed, **wanted)["results"]
    except SimError:
        raise
    except Exception as error:
        raise EngineError(f"profile ({name}), replications from {start}: the engine failed: {type(error).__name__}: {error}") from error
    payoffs = np.column_stack([np.asarray(results[column], dtype=np.float64) for column in told["payoffs"]])
    if not np.isfinite(payoffs).all():
        row, player = (int(at) for at in np.argwhere(~np.isfinite(payoffs))[0])
        raise ParameterError(
            f"profile ({name}), replication {start + row}: the payoff {told['payoffs'][player]} is {payoffs[row, player]}",
            hint="a payoff must be a number in every history; choose another with --payoff, or mend the expression",
        )
    places = {item: n for n, item in enumerate(told["classes"])}
    outcomes = np.fromiter((places[item] for item in results["outcome"]), dtype=np.int16, count=len(payoffs))
    return {"results": {"payoffs": payoffs, "outcomes": outcomes}, "paths": {}}
