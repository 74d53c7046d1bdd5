"""The client's side: a run's blocks on their way through a cluster, until each has come back."""

from __future__ import annotations

import contextlib
import json
import math
import secrets
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sim.errors import EngineError
from sim.experiments import provenance
from sim.experiments.cluster.address import Cluster
from sim.experiments.cluster.connection import POLL_SECONDS, Connection, connected, first_line
from sim.experiments.cluster.tasks import Answer, Place, Request, carry_out, packed
from sim.experiments.disk import PARTIAL, disk_errors
from sim.experiments.workers import MAX_LOSSES, Block, Job, Stopper, Tables
from sim.experiments.writing import WrittenChunk
from sim.own_tactics import source_hashes

SHORTEST_TASK = 0.25  # seconds of work in a task; less would be spent on sending it about
LONGEST_TASK = 1.0  # seconds after which blocks are no longer put together
VISIBLE_SECONDS = 10.0  # what one machine wrote may be hidden from another, by what a network drive remembers


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
    with connected(cluster) as connection, _place(directory, job.paths_kept) as place:
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

    def __init__(self, connection: Connection, job: Job, waiting: deque[Block], place: Place | None):
        from distributed import as_completed

        self._connection = connection
        self._job = packed(job)
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
                    time.sleep(POLL_SECONDS)
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
                f"{_span(blocks)}: the cluster cannot carry out a task: {type(error).__name__}: {first_line(error)}",
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
            time.sleep(POLL_SECONDS)
        return True


def _span(blocks: Sequence[Block]) -> str:
    return str(Block(0, blocks[0].start, blocks[-1].stop))
