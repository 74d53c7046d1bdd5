"""What travels between client and workers, and what a worker does: it computes a task's blocks and writes their chunks."""

from __future__ import annotations

import hashlib
import pickle
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import EngineError, SimError
from sim.experiments import provenance
from sim.experiments.disk import PARTIAL
from sim.experiments.workers import Block, Job, Runner, Tables
from sim.experiments.writing import WrittenChunk, write_chunk
from sim.own_tactics import changed


@dataclass(frozen=True)
class Place:
    """A result directory, and the token that lies in it as long as its client wants chunks."""

    directory: str
    token: str
    paths_kept: int | None = None  # replications whose paths are stored; all without it

    @property
    def mark(self) -> Path:
        """The file that shows a worker that it sees the client's directory and not another of the same name."""
        return Path(self.directory) / f"cluster.{self.token}{PARTIAL}"

    @property
    def is_seen(self) -> bool:
        """Whether this process sees the directory, and its client is there."""
        try:
            return self.mark.read_text("ascii") == self.token
        except (OSError, ValueError):
            return False


@dataclass(frozen=True)
class Request:
    """A task: the blocks of a job, to be computed by the same simulator as the client's."""

    job: bytes  # made by `packed`
    blocks: tuple[Block, ...]
    simulator: tuple[str, str]  # version and hash of the sources
    place: Place | None  # where chunks are to be written
    tactics: Mapping[str, str]  # hashes of the sources of registered tactics that the scenario uses


@dataclass(frozen=True)
class Answer:
    """What came of a task: per block the chunk that was written, or the tables where it could not be written."""

    blocks: list[tuple[Block, Tables | WrittenChunk]]
    seconds: float
    error: SimError | None = None


_here = threading.local()  # the job made ready, in each thread: an engine need not bear two callers


def carry_out(request: Request) -> Answer:
    """Compute the blocks of a task in this process; what the engine refuses is part of the answer."""
    begun = time.perf_counter()
    finished: list[tuple[Block, Tables | WrittenChunk]] = []
    try:
        _check_simulator(request.simulator)
        _check_tactics(request.tactics)
        runner = _runner(request.job)
        for block in request.blocks:
            is_seen = request.place is not None and request.place.is_seen
            tables = runner.run_or_explain(block.start, block.stop)
            finished.append((block, (is_seen and _written(request.place, block, tables)) or tables))
    except SimError as error:
        error.__cause__ = error.__context__ = error.__traceback__ = None
        return Answer(finished, time.perf_counter() - begun, error)
    return Answer(finished, time.perf_counter() - begun)


def _check_simulator(wanted: tuple[str, str]) -> None:
    import platform

    from distributed import get_worker

    refuse_others(get_worker().address, platform.node(), provenance.simulator(), wanted)


def _check_tactics(wanted: Mapping[str, str]) -> None:
    different = changed(wanted)
    if different:
        from distributed import get_worker

        raise EngineError(
            f"the worker {get_worker().address} has another source of the tactic {', '.join(different)} than the client",
            hint="install the same package on all workers and start them again",
        )


def refuse_others(address: str, host: str, found: tuple[str, str] | str, wanted: tuple[str, str]) -> None:
    """Raise ``EngineError`` unless a worker has the client's simulator; ``found`` is text where it has none that answers."""
    if found == wanted:
        return
    if isinstance(found, str):
        what = f"no simulator that can be used ({found})"
    elif found[0] != wanted[0]:
        what = f"version {found[0]} of the simulator, and the client has {wanted[0]}: results could differ"
    else:
        what = f"other sources of version {found[0]} ({found[1][:12]}) than the client ({wanted[1][:12]}): results could differ"
    raise EngineError(
        f"the worker {address} on {host} has {what}", hint="install the client's version on all workers and start them again"
    )


def question() -> Callable[[], tuple[str, tuple[str, str] | str]]:
    """A function for workers that may know nothing of ours: one defined within another travels as code, not by name."""

    def answer() -> tuple[str, tuple[str, str] | str]:
        import platform

        try:
            from sim.experiments import provenance
            from sim.experiments.cluster import tasks

            del tasks  # only to see that it is there
            return platform.node(), provenance.simulator()
        except Exception as error:
            return platform.node(), f"{type(error).__name__}: {error}"

    return answer


def packed(job: Job) -> bytes:
    """The job as it travels."""
    return zlib.compress(pickle.dumps(job))


def _runner(packed: bytes) -> Runner:
    key = hashlib.sha256(packed).digest()
    if getattr(_here, "key", None) != key:
        _here.key = None
        _here.runner = Runner(pickle.loads(zlib.decompress(packed)))
        _here.key = key
    return _here.runner


def _written(place: Place, block: Block, tables: Tables) -> WrittenChunk | None:
    """The block as a chunk on disk that no manifest lists yet; None where that fails: then the client tries."""
    suffix = f".{place.token}-{secrets.token_hex(4)}{PARTIAL}"
    try:
        chunk = write_chunk(Path(place.directory), block.index, block.start, block.stop, tables, suffix, place.paths_kept)
    except SimError:
        return None  # of the disk, or a block that breaks the contract: the client, who writes it again, says so
    if not place.is_seen:  # the client has gone meanwhile
        chunk.discard(Path(place.directory))
    return chunk
