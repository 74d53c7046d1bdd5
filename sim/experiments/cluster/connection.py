"""The client's line to a cluster: opened, its scheduler and workers looked after, closed."""

from __future__ import annotations

import contextlib
import logging
import math
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import EngineError
from sim.experiments import provenance
from sim.experiments.cluster.address import CONNECT_SECONDS, Cluster
from sim.experiments.cluster.local import LocalWorkers
from sim.experiments.cluster.tasks import question, refuse_others

if TYPE_CHECKING:
    import distributed

WORKERLESS_SECONDS = 30.0  # a scheduler may be without any worker
POLL_SECONDS = 0.02
_HEALTH_SECONDS = 0.5  # between two looks at scheduler and workers


@contextlib.contextmanager
def connected(cluster: Cluster) -> Iterator[Connection]:
    """A client of the cluster; what was started here is ended with it."""
    with contextlib.ExitStack() as stack:
        settings = {"distributed.comm.timeouts.connect": CONNECT_SECONDS, "distributed.scheduler.allowed-failures": 1}
        local = None
        if not cluster.address:
            scratch = tempfile.TemporaryDirectory(prefix="sim-cluster-", ignore_cleanup_errors=True)
            settings["temporary-directory"] = stack.enter_context(scratch)
            # First of all: they import Dask while this process does.
            local = stack.enter_context(LocalWorkers(cluster.num_workers, scratch.name))

        import dask
        from distributed import Client, Scheduler, SpecCluster

        stack.enter_context(_quiet_logs())
        stack.enter_context(dask.config.set(settings))
        if local is None:
            try:
                client = Client(cluster.address, timeout=CONNECT_SECONDS, set_as_default=False)
            except Exception as error:  # not only OSError: it may be of another version
                raise cluster.unreachable(f"it does not answer as a Dask scheduler ({first_line(error)})") from None
        else:
            here = {"host": "127.0.0.1", "protocol": "tcp", "dashboard": False, "dashboard_address": "127.0.0.1:0"}
            try:
                scheduler = SpecCluster(scheduler={"cls": Scheduler, "options": here}, silence_logs=False)
            except (OSError, RuntimeError) as error:
                message = f"the scheduler of the local cluster cannot be started: {first_line(error)}"
                raise EngineError(message, hint="--workers 2 runs without a cluster") from error
            stack.callback(scheduler.close, 5)
            local.join(scheduler.scheduler_address)
            client = Client(scheduler, set_as_default=False)
        stack.callback(client.close, 2)
        if local is not None:
            stack.callback(local.end)  # before the client, which then has nobody to wait for
        yield Connection(client, cluster.address, local)


@dataclass
class Connection:
    """A client, and what it knows of scheduler and workers."""

    client: distributed.Client
    address: str
    local: LocalWorkers | None
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
        if time.monotonic() - self._looked < (_HEALTH_SECONDS if self.slots else POLL_SECONDS):
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
        found = self.client.run(question(), workers=sorted(addresses), on_error="return")
        for address, answer in sorted(found.items()):
            if not isinstance(answer, BaseException):  # it has gone again
                refuse_others(address, *answer, provenance.simulator())
                self._known.add(address)


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its name."""
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
