"""Blocks computed by a Dask cluster: one started here for the run, or the workers of a scheduler that runs already.

A task is one block or several, worth at least a quarter of a second. Whoever computed a block writes its chunk, where it
sees the result directory, under a name of its own; only the client, which holds the directory's lock, gives it the
chunk's name and lists it. So a worker that was thought dead, or one whose client is gone, can spoil nothing.

Dask is an optional extra and imported when a cluster is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import math
import pickle
import re
import secrets
import signal
import socket
import tempfile
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import EngineError, SimError, UsageError
from sim.experiments import provenance
from sim.experiments.disk import PARTIAL, disk_errors
from sim.experiments.workers import MAX_LOSSES, Block, Job, Runner, Stopper, Tables, WorkerProcess, die_with_parent, end
from sim.experiments.writing import WrittenChunk, write_chunk
from sim.own_tactics import changed, source_hashes

if TYPE_CHECKING:
    import distributed

SHORTEST_TASK = 0.25  # seconds of work in a task; less would be spent on sending it about
LONGEST_TASK = 1.0  # seconds after which blocks are no longer put together
CONNECT_SECONDS = 5.0  # a scheduler that does not answer in this time is not there
WORKERLESS_SECONDS = 30.0  # a scheduler may be without any worker
VISIBLE_SECONDS = 10.0  # what one machine wrote may be hidden from another, by what a network drive remembers
_POLL_SECONDS = 0.02
_HEALTH_SECONDS = 0.5  # between two looks at scheduler and workers
_MOST_WORKERS = 1024
_LONGEST_GREETING = 1 << 16  # bytes; it is a few hundred

_EXPECTED = f"local:N with N from 1 to {_MOST_WORKERS}, or tcp://HOST:PORT"
_ADDRESS = re.compile(r"tcp://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})/?")


@dataclass(frozen=True)
class Cluster:
    """What ``--cluster`` names: workers to start here, or the address of a scheduler."""

    num_workers: int = 0  # 0 where there is an address
    address: str = ""

    def __str__(self) -> str:
        return self.address or f"local:{self.num_workers}"

    @classmethod
    def parse(cls, text: str) -> Cluster:
        """The cluster of ``local:4`` or ``tcp://host:8786``; ``UsageError`` says what is expected."""
        kind, _, number = text.partition(":") if isinstance(text, str) else ("", "", "")
        if kind == "local" and re.fullmatch(r"\d{1,4}", number) and 1 <= int(number) <= _MOST_WORKERS:
            return cls(num_workers=int(number))
        found = _ADDRESS.fullmatch(text) if kind == "tcp" else None
        if found is not None and 1 <= int(found[2]) <= 65535:
            return cls(address=f"tcp://{found[1]}:{int(found[2])}")
        raise UsageError(
            f"cluster: expected {_EXPECTED}; found {text!r}",
            hint="local:4 starts four worker processes here for this run; tcp:// uses a Dask scheduler that runs",
        )

    def check(self) -> None:
        """Raise ``UsageError`` where Dask is not installed or nobody listens at the address."""
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise UsageError(
                f"a cluster needs the packages dask and distributed ({error})",
                hint="pip install 'geosim[cluster]', or pip install distributed",
            ) from None
        if self.address:
            host, _, port = self.address.removeprefix("tcp://").rpartition(":")
            try:
                with socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS) as connection:
                    greeting = connection.recv(8, socket.MSG_WAITALL)
            except TimeoutError:
                raise self._unreachable("no answer, or none of a Dask scheduler") from None
            except OSError as error:
                raise self._unreachable(error.strerror or str(error)) from None
            # A scheduler speaks first, a short message with its length before it. Dask's client, which waits for the
            # rest of whatever length it is told, would wait on others for ever.
            if len(greeting) < 8 or int.from_bytes(greeting, "little") > _LONGEST_GREETING:
                raise self._unreachable("what listens there is no Dask scheduler")

    def _unreachable(self, reason: str) -> UsageError:
        return UsageError(
            f"cluster: no scheduler can be reached at {self.address}: {reason}",
            hint="start one with `dask scheduler`, which prints its address; `--cluster local:2` needs none",
        )

    @contextlib.contextmanager
    def connected(self) -> Iterator[_Connection]:
        """A client of the cluster; what was started here is ended with it."""
        with contextlib.ExitStack() as stack:
            settings = {"distributed.comm.timeouts.connect": CONNECT_SECONDS, "distributed.scheduler.allowed-failures": 1}
            local = None
            if not self.address:
                scratch = tempfile.TemporaryDirectory(prefix="sim-cluster-", ignore_cleanup_errors=True)
                settings["temporary-directory"] = stack.enter_context(scratch)
                # First of all: they import Dask while this process does.
                local = stack.enter_context(_LocalWorkers(self.num_workers, scratch.name))

            import dask
            from distributed import Client, Scheduler, SpecCluster

            stack.enter_context(_quiet_logs())
            stack.enter_context(dask.config.set(settings))
            if local is None:
                try:
                    client = Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
                except Exception as error:  # not only OSError: it may be of another version
                    raise self._unreachable(f"it does not answer as a Dask scheduler ({_first_line(error)})") from None
            else:
                here = {"host": "127.0.0.1", "protocol": "tcp", "dashboard": False, "dashboard_address": "127.0.0.1:0"}
                try:
                    scheduler = SpecCluster(scheduler={"cls": Scheduler, "options": here}, silence_logs=False)
                except (OSError, RuntimeError) as error:
                    message = f"the scheduler of the local cluster cannot be started: {_first_line(error)}"
                    raise EngineError(message, hint="--workers 2 runs without a cluster") from error
                stack.callback(scheduler.close, 5)
                local.join(scheduler.scheduler_address)
                client = Client(scheduler, set_as_default=False)
            stack.callback(client.close, 2)
            if local is not None:
                stack.callback(local.end)  # before the client, which then has nobody to wait for
            yield _Connection(client, self.address, local)


# What a worker does ----------------------------------------------------------------------------------------------


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

    job: bytes  # packed by `_packed`
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


def _question() -> Callable[[], tuple[str, tuple[str, str] | str]]:
    """A function for workers that may know nothing of ours: one defined within another travels as code, not by name."""

    def answer() -> tuple[str, tuple[str, str] | str]:
        import platform

        try:
            from sim.experiments import cluster, provenance

            del cluster  # only to see that it is there
            return platform.node(), provenance.simulator()
        except Exception as error:
            return platform.node(), f"{type(error).__name__}: {error}"

    return answer


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


# Workers that belong to one run ----------------------------------------------------------------------------------


class _LocalWorkers:
    """Worker processes of this machine, replaced when they die; a context manager that ends them."""

    def __init__(self, number: int, scratch: str):
        self._address = ""
        self._scratch = scratch
        self._number = number
        self._workers: list[WorkerProcess] = []
        self._ready: set[int] = set()
        self._failed_starts = 0

    def __enter__(self) -> _LocalWorkers:
        self.mend()
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    def end(self) -> None:
        """End them now, whatever they do."""
        end(self._workers)

    def join(self, address: str) -> None:
        """Tell them where the scheduler is, which they wait for."""
        self._address = address
        for worker in self._workers:
            self._tell(worker)

    def _tell(self, worker: WorkerProcess) -> None:
        with contextlib.suppress(OSError):  # a dead one: `mend` finds it
            worker.connection.send((self._address, self._scratch))

    def mend(self) -> None:
        """Start the workers that are missing; ``EngineError`` when they end before they have begun."""
        alive = []
        for worker in self._workers:
            with contextlib.suppress(EOFError, OSError):
                if worker.connection.poll() and worker.connection.recv() is None:
                    self._ready.add(id(worker))
                    self._failed_starts = 0
            if worker.process.is_alive():
                alive.append(worker)
                continue
            if id(worker) not in self._ready:
                self._failed_starts += 1
            self._ready.discard(id(worker))
            cause = worker.cause_of_death()
            end([worker])
            if self._failed_starts > MAX_LOSSES:
                raise EngineError(
                    f"workers of the local cluster cannot be started: the last one {cause}",
                    hint="--workers 2 runs without a cluster",
                )
        self._workers = alive
        for _ in range(self._number - len(alive)):
            worker = WorkerProcess.start(_serve)
            self._workers.append(worker)
            if self._address:
                self._tell(worker)


def _serve(connection: Connection) -> None:
    """Life of a local worker, from its start to the end of its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=die_with_parent, daemon=True).start()
    logging.disable(logging.CRITICAL)
    import dask
    from distributed import Worker

    address, scratch = connection.recv()
    dask.config.set({"distributed.worker.profile.enabled": False})

    async def work() -> None:
        options = {"nthreads": 1, "memory_limit": 0, "local_directory": scratch, "dashboard": False}
        async with Worker(address, **options) as worker:
            connection.send(None)
            await worker.finished()

    asyncio.run(work())


# The client's side -----------------------------------------------------------------------------------------------


@dataclass
class _Connection:
    """A client, and what it knows of scheduler and workers."""

    client: distributed.Client
    address: str
    local: _LocalWorkers | None
    slots: int = 0  # tasks that can run at once on workers that were asked for their simulator
    _looked: float = -math.inf
    _known: set[str] = field(default_factory=set)  # addresses of workers that were asked for their simulator
    _had_workers: float = field(default_factory=time.monotonic)

    @property
    def is_up(self) -> bool:
        """Whether the scheduler is there; for a few seconds it may come back."""
        return self.client.status == "running"

    def look_after(self) -> None:
        """Count workers, replace dead ones that are ours; ``EngineError`` without scheduler or without workers."""
        if time.monotonic() - self._looked < (_HEALTH_SECONDS if self.slots else _POLL_SECONDS):
            return
        self._looked = time.monotonic()
        if self.local is not None:
            self.local.mend()
        try:
            if self.client.status not in ("running", "connecting"):
                raise OSError
            threads = self.client.nthreads() if self.is_up else {}
            self._ask(set(threads) - self._known)
        except (OSError, TimeoutError, ValueError):
            if self.client.status == "connecting":
                return
            raise EngineError(
                f"the scheduler {self.address or 'of the local cluster'} went away; what a run had finished is kept",
                hint="start it and its workers again, then repeat the command, which goes on from there",
            ) from None
        if not self.is_up:
            return
        self.slots = sum(threads.values())
        if self.slots:
            self._had_workers = time.monotonic()
        elif time.monotonic() - self._had_workers > WORKERLESS_SECONDS:
            raise EngineError(
                f"the scheduler {self.address} has had no worker for {WORKERLESS_SECONDS:.0f} s; what a run had finished is kept",
                hint=f"start workers with `dask worker {self.address} --nthreads 1`, then repeat the command",
            )

    def _ask(self, addresses: set[str]) -> None:
        """Refuse workers whose simulator is another one, before a task reaches them that they might not even understand."""
        if not addresses:
            return
        found = self.client.run(_question(), workers=sorted(addresses), on_error="return")
        for address, answer in sorted(found.items()):
            if not isinstance(answer, BaseException):  # it has gone again
                refuse_others(address, *answer, provenance.simulator())
                self._known.add(address)


def computed_by_cluster(
    cluster: Cluster, job: Job, blocks: Iterable[Block], stopper: Stopper, directory: Path | None = None
) -> Iterator[tuple[Block, Tables | WrittenChunk]]:
    """Each block as it ends: as a chunk that a worker has written into ``directory``, or else with its tables.

    Ends early when ``stopper`` was asked. Closing the iterator ends local workers and withdraws tasks from others.

    Raises
    ------
    EngineError
        The engine failed, a block lost its worker too often, a worker has another simulator, or the scheduler or all
        workers went away.
    UsageError
        Dask is missing, or no scheduler can be reached.
    """
    cluster.check()
    with cluster.connected() as connection, _place(directory, job.paths_kept) as place:
        yield from _Tasks(connection, job, deque(blocks), place).answers(stopper)


@contextlib.contextmanager
def _place(directory: Path | None, paths_kept: int | None) -> Iterator[Place | None]:
    """The directory with a mark in it; afterwards neither the mark nor chunks that nobody wanted are left."""
    if directory is None:
        yield None
        return
    place = Place(str(directory.resolve()), secrets.token_hex(8), paths_kept)
    with disk_errors(directory):
        place.mark.write_text(place.token, "ascii")
    try:
        yield place
    finally:
        # The mark first: a worker looks for it after writing, so whatever it does not remove itself is found here.
        with contextlib.suppress(OSError):
            place.mark.unlink()
            for path in directory.glob(f"*.{place.token}-*{PARTIAL}"):
                path.unlink(missing_ok=True)


class _Tasks:
    """Blocks on their way through a cluster."""

    def __init__(self, connection: _Connection, job: Job, waiting: deque[Block], place: Place | None):
        from distributed import as_completed

        self._connection = connection
        self._job = _packed(job)
        self._simulator = provenance.simulator()
        self._tactics = source_hashes(json.loads(job.scenario))
        self._waiting = waiting
        self._place = place
        self._alone: deque[Block] = deque()  # blocks of tasks that lost their workers: to find which is to blame
        self._running: dict[Any, tuple[Block, ...]] = {}
        self._losses: dict[int, int] = {}
        self._seconds = self._replications = 0.0
        self._name = secrets.token_hex(6)
        self._count = 0
        self._done = as_completed(loop=connection.client.loop, with_results=True, raise_errors=False)

    def answers(self, stopper: Stopper) -> Iterator[tuple[Block, Tables | WrittenChunk]]:
        try:
            while (self._running or self._waiting or self._alone) and not stopper.asked:
                self._connection.look_after()
                self._fill()
                ended = self._done.next_batch(block=False)
                if not ended:
                    time.sleep(_POLL_SECONDS)
                for future, result in ended:
                    finished = self._take(future, result)
                    self._fill()
                    yield from finished
            for future, result in self._done.next_batch(block=False):  # finished in the meantime
                yield from self._take(future, result)
        finally:
            if self._running and self._connection.is_up and self._connection.local is None:
                with contextlib.suppress(Exception):
                    self._connection.client.cancel(list(self._running), force=True)

    def _fill(self) -> None:
        """Keep two tasks for each slot on their way, and no more."""
        while self._connection.is_up and len(self._running) < 2 * self._connection.slots:
            if self._alone:
                if self._running:
                    return  # in company the innocent would be blamed too
                blocks = (self._alone.popleft(),)
            elif self._waiting:
                blocks = tuple(self._waiting.popleft() for _ in range(self._portion()))
            else:
                return
            self._count += 1
            future = self._connection.client.submit(
                carry_out,
                Request(self._job, blocks, self._simulator, self._place, self._tactics),
                key=f"sim-{self._name}-{self._count}",
                pure=False,
            )
            self._running[future] = blocks
            self._done.add(future)

    def _portion(self) -> int:
        """Blocks of the next task: a quarter of a second to a second, as one's share of what is left allows."""
        if not self._replications:
            return 1
        size = self._waiting[0].stop - self._waiting[0].start
        seconds = max(self._seconds / self._replications * size, 1e-6)
        least, most = math.ceil(SHORTEST_TASK / seconds), math.ceil(LONGEST_TASK / seconds)
        return min(max(least, min(most, len(self._waiting) // (4 * self._connection.slots))), len(self._waiting))

    def _take(self, future: Any, result: Any) -> Sequence[tuple[Block, Tables | WrittenChunk]]:
        """The blocks of a task that ended; those it left undone wait again."""
        blocks = self._running.pop(future)
        if isinstance(result, Answer):
            if result.error is not None:
                raise result.error
            self._seconds += result.seconds
            self._replications += sum(block.stop - block.start for block, _ in result.blocks)
            return [(block, found) for block, found in result.blocks if self._is_here(block, found)]
        from distributed import KilledWorker

        error = result[1] if isinstance(result, tuple) else result
        if not isinstance(error, KilledWorker) and future.status == "error":
            raise EngineError(
                f"{_span(blocks)}: the cluster cannot carry out a task: {type(error).__name__}: {_first_line(error)}",
                hint="scheduler, workers and client need the same simulator and the same versions of Python and Dask",
            )
        is_alone = len(blocks) == 1
        for block in blocks:
            self._losses[block.index] = self._losses.get(block.index, 0) + is_alone
            if self._losses[block.index] > 1 and isinstance(error, KilledWorker):
                raise EngineError(
                    f"{block}: every worker that tried it died",
                    hint="often memory ran out: use fewer workers; --workers 1 shows the engine's own message",
                )
            if self._losses[block.index] > MAX_LOSSES:
                raise EngineError(f"{block}: the scheduler gave up its task {self._losses[block.index]} times in a row")
        self._alone.extend(blocks)
        return ()

    def _is_here(self, block: Block, found: Tables | WrittenChunk) -> bool:
        """Whether a chunk can be seen from here too; where a worker's files do not get here, rows are asked for instead."""
        if not isinstance(found, WrittenChunk):
            return True
        if self._place is None:
            self._waiting.appendleft(block)
            return False
        patience = time.monotonic() + VISIBLE_SECONDS
        while not all(found.path(Path(self._place.directory), name).exists() for name in found.files):
            if time.monotonic() > patience:
                self._place = None
                self._waiting.appendleft(block)
                return False
            time.sleep(_POLL_SECONDS)
        return True


def _packed(job: Job) -> bytes:
    return zlib.compress(pickle.dumps(job))


def _span(blocks: Sequence[Block]) -> str:
    return str(Block(0, blocks[0].start, blocks[-1].stop))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")


@contextlib.contextmanager
def _quiet_logs() -> Iterator[None]:
    """What goes wrong is told in our words, once; Dask's own remarks about it would stand around them."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
