"""Workers that belong to one run: processes of this machine, replaced when they die and ended with the run."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from multiprocessing.connection import Connection

from sim.errors import EngineError
from sim.experiments.workers import MAX_LOSSES, WorkerProcess, die_with_parent, end


class LocalWorkers:
    """Worker processes of this machine, replaced when they die; a context manager that ends them."""

    def __init__(self, number: int, scratch: str):
        self._address = ""
        self._scratch = scratch
        self._number = number
        self._workers: list[WorkerProcess] = []
        self._ready: set[int] = set()
        self._failed_starts = 0

    def __enter__(self) -> LocalWorkers:
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
