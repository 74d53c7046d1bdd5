"""Blocks of replications computed in this process, in threads of it or in worker processes, handed over as they end.

Threads are for engines that say that they bear it: they share the imported code and the prepared case, and start at once.
For all others, a worker is a spawned process that loads the case once and then answers one block after the other over its own pipe.
It never outlives the parent: a thread watches for the parent's end. A worker that dies is replaced and its blocks are
computed again; since a block depends on (case, root seed, replications) only, nobody can tell afterwards.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import traceback
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from sim.errors import EngineError, SimError

if TYPE_CHECKING:
    from sim.experiments.design import Plan

MAX_LOSSES = 3  # times a block may lose its worker before the run gives up
_GRACE_SECONDS = 1.0  # how long a stop waits for the blocks that threads are at
_POLL_SECONDS = 0.1  # how long a request to stop may go unnoticed

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class EngineSpec:
    """An engine by name: where its two functions are, as ``module:function``, so that a worker can import them.

    ``compile(scenario) -> case`` is called once a process with the completed scenario as plain data;
    ``run(case, replications, root_seed)`` returns the tables ``results`` and ``paths`` of a range of replications,
    as a mapping or as attributes.

    ``is_threaded`` says that ``run`` may be called from several threads at once with the same case, which it does not
    change, and lets go of Python's lock while it computes. A thread cannot be stopped in the middle of a block: what it is
    at when a run is interrupted, and is not done within a second, is computed again by whoever continues the run.
    """

    name: str
    run: str
    compile: str
    leaves_out_paths: bool = False  # whether ``run`` takes ``paths=``, the number of histories whose paths are wanted
    is_threaded: bool = False
    takes_points: bool = False  # whether ``run`` takes ``given=``, what a design gives the histories


def _ours(name: str, module: str, is_threaded: bool = False) -> EngineSpec:
    run, compile_case = f"sim.engines.{module}:run_block", "sim.model.compile:compile_case"
    return EngineSpec(name, run, compile_case, leaves_out_paths=True, is_threaded=is_threaded, takes_points=True)


ENGINES = {
    "simpy": _ours("simpy", "event_engine"),
    "batch": _ours("batch", "batch_engine", is_threaded=True),
    # What run records of earlier versions call the first.
    "event": _ours("event", "event_engine"),
}


@dataclass(frozen=True)
class Job:
    """All that a block depends on besides its replications: completed scenario (JSON, UTF-8), root seed, engine, design.

    Paths are wanted of the replications below ``paths_kept`` only; of all without it. ``design`` is what the run record says of
    the run's design (`sim.experiments.design.design_entry`); without it every history draws for itself.
    """

    scenario: bytes
    root_seed: int
    engine: EngineSpec
    paths_kept: int | None = None
    design: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Block:
    """Replications ``[start, stop)``, the unit of work; ``index`` counts blocks from 0."""

    index: int
    start: int
    stop: int

    def __str__(self) -> str:
        return f"replications {self.start} to {self.stop - 1}"


def run_block(job: Job, start: int, stop: int) -> Tables:
    """The tables of replications ``[start, stop)``, computed here and now."""
    return Runner(job).run(start, stop)


class Runner:
    """A job made ready in this process: engine imported, case compiled."""

    def __init__(self, job: Job):
        self._root_seed = job.root_seed
        self._paths_kept = job.paths_kept if job.engine.leaves_out_paths else None
        self._run = _imported(job.engine.run)
        compile_case = _imported(job.engine.compile)
        try:
            self._case = compile_case(json.loads(job.scenario))
        except SimError:
            raise
        except Exception as error:
            raise _defect("the scenario cannot be prepared", error) from error
        self._plan = None if job.design is None else self._same_plan(job, job.design)

    def _same_plan(self, job: Job, entry: Mapping[str, Any]) -> Plan | None:
        from sim.experiments.design import plan_of

        plan = plan_of(entry, self._case, job.root_seed)
        if plan is not None:
            plan.check(str(entry.get("points")))
        return plan

    def run(self, start: int, stop: int) -> Tables:
        wanted: dict[str, Any] = {} if self._paths_kept is None else {"paths": max(0, self._paths_kept - start)}
        if self._plan is not None:
            wanted["given"] = self._plan.block(start, stop)
        block = self._run(self._case, range(start, stop), self._root_seed, **wanted)
        if isinstance(block, Mapping):
            return block
        return {name: getattr(block, name) for name in ("results", "paths")}

    def run_or_explain(self, start: int, stop: int) -> Tables:
        """As ``run``; an error of the engine becomes an ``EngineError`` that names the replication."""
        try:
            return self.run(start, stop)
        except SimError:
            raise
        except Exception as error:
            raise _defect(f"{self._first_failing(start, stop)}: the engine failed", error) from error

    def _first_failing(self, start: int, stop: int) -> str:
        # Replications do not depend on one another, so the culprit fails alone as well.
        for replication in range(start, stop):
            try:
                self.run(replication, replication + 1)
            except Exception:
                return f"replication {replication}"
        return str(Block(0, start, stop))


def _defect(what: str, error: Exception) -> EngineError:
    """What went wrong in one line, with the traceback as a note: frames do not travel between processes."""
    fault = EngineError(f"{what}: {type(error).__name__}: {error}", hint=_REPORT_IT)
    fault.add_note("".join(traceback.format_exception(error)))
    return fault


_REPORT_IT = "this is a defect of the engine; the replication's number and the seed are enough to see it again"


def _imported(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise EngineError(f"the engine's function {dotted} cannot be imported: {error}") from error


# The parent's side -----------------------------------------------------------------------------------------------


class Stopper:
    """Turns Ctrl-C and SIGTERM into a request to stop at the next safe moment.

    As a context manager in the main thread it replaces the handlers of both signals; in other threads it leaves them
    alone and only asks ``also``.
    """

    def __init__(self, also: Callable[[], bool] | None = None):
        self._also = also
        self._asked = False
        self._computing = False
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether the run should stop."""
        return self._asked or (self._also is not None and self._also())

    @contextlib.contextmanager
    def computing(self) -> Iterator[None]:
        """Inside, a request breaks off the work at once (with ``StopNow``): nothing is being written here."""
        try:
            self._computing = True
            if self._asked:
                raise StopNow
            yield
        finally:
            self._computing = False

    def _handle(self, number: int, frame: types.FrameType | None) -> None:
        self._asked = True
        if self._computing:
            raise StopNow

    def __enter__(self) -> Stopper:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                before = signal.getsignal(number)
                if before != signal.SIG_IGN:  # whoever started us wants us deaf to it
                    self._before[number] = before
                    signal.signal(number, self._handle)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


class StopNow(BaseException):
    """A request to stop arrived while nothing was being written."""


def computed(job: Job, blocks: Iterable[Block], workers: int, stopper: Stopper) -> Iterator[tuple[Block, Tables]]:
    """Each block with its tables, in the order in which they end; ends early when ``stopper`` was asked.

    With one worker the blocks are computed in this process and in order. Workers are threads for an engine that bears
    them, else processes. Closing the iterator ends them.

    Raises
    ------
    EngineError
        The engine failed, or a block lost its worker ``MAX_LOSSES`` times; names the replications.
    SimError
        What the engine itself refused.
    """
    if workers == 1:
        return _computed_here(job, blocks, stopper)
    if job.engine.is_threaded:
        return _computed_by_threads(job, blocks, workers, stopper)
    return _computed_by_workers(job, blocks, workers, stopper)


def _computed_here(job: Job, blocks: Iterable[Block], stopper: Stopper) -> Iterator[tuple[Block, Tables]]:
    try:
        with stopper.computing():
            runner = Runner(job)
        for block in blocks:
            if stopper.asked:
                return
            with stopper.computing():
                tables = runner.run_or_explain(block.start, block.stop)
            yield block, tables
    except StopNow:
        return


def _computed_by_threads(
    job: Job, blocks: Iterable[Block], workers: int, stopper: Stopper
) -> Iterator[tuple[Block, Tables]]:
    try:
        with stopper.computing():
            runner = Runner(job)
    except StopNow:
        return
    crew = _Threads(runner, deque(blocks), workers)
    try:
        while crew.is_busy and not stopper.asked:
            yield from crew.answers(_POLL_SECONDS)
        crew.stop()
        patience = time.monotonic() + _GRACE_SECONDS
        while crew.is_busy and time.monotonic() < patience:  # blocks under way are finished work in a moment
            yield from crew.answers(_POLL_SECONDS)
    finally:
        crew.stop()


class _Threads:
    """Threads that compute blocks of one case; no more than two blocks a thread wait to be taken."""

    def __init__(self, runner: Runner, waiting: deque[Block], size: int):
        self._runner = runner
        self._waiting = waiting
        self._unanswered = len(waiting)
        self._answers: queue.SimpleQueue[tuple[Block, Tables | BaseException]] = queue.SimpleQueue()
        self._room = threading.Semaphore(2 * size)
        # Not of a pool of the standard library, for whose threads the interpreter waits at its end.
        self._threads = [
            threading.Thread(target=self._work, daemon=True, name="replications") for _ in range(min(size, len(waiting)))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether another answer will come."""
        return bool(self._unanswered) and (any(thread.is_alive() for thread in self._threads) or not self._answers.empty())

    def answers(self, timeout: float) -> Iterator[tuple[Block, Tables]]:
        """The next block that ended, if one does within ``timeout`` seconds."""
        try:
            block, answer = self._answers.get(timeout=timeout)
        except queue.Empty:
            return
        self._unanswered -= 1
        self._room.release()
        if isinstance(answer, BaseException):
            raise answer
        yield block, answer

    def stop(self) -> None:
        """Begin no more blocks."""
        self._waiting.clear()
        self._room.release(len(self._threads) or 1)

    def _work(self) -> None:
        while self._room.acquire():
            try:
                block = self._waiting.popleft()
            except IndexError:
                self._room.release()
                return
            answer: Tables | BaseException
            try:
                answer = self._runner.run_or_explain(block.start, block.stop)
            except BaseException as error:  # whatever it is, it is the caller's: nobody reads a thread's
                answer = error
            self._answers.put((block, answer))


@dataclass
class WorkerProcess:
    """A spawned process, which ends with this one at the latest, and our end of its pipe."""

    process: Any
    connection: Connection
    assigned: deque[Block] = field(default_factory=deque)
    is_ready: bool = False

    @classmethod
    def start(cls, target: Callable[[Connection], None]) -> WorkerProcess:
        """A process that calls ``target`` with its end of the pipe; that should begin with ``die_with_parent``."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=target, args=(theirs,), daemon=True, name="replications")
        with _quiet_start():
            process.start()
        theirs.close()  # the worker holds the only other end, so its death ends the pipe
        return cls(process, ours)

    def cause_of_death(self) -> str:
        """How the process ended, in words that follow its name."""
        self.process.join(5)
        return _cause(self.process.exitcode)


def end(workers: list[WorkerProcess]) -> None:
    """End processes now, whatever they do, and empty the list."""
    for worker in workers:
        worker.process.terminate()
        worker.connection.close()
    for worker in workers:
        worker.process.join(5)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.process.close()
    workers.clear()


def _computed_by_workers(
    job: Job, blocks: Iterable[Block], workers: int, stopper: Stopper
) -> Iterator[tuple[Block, Tables]]:
    pool = _Pool(job, deque(blocks), workers)
    try:
        pool.fill()
        while pool.is_busy and not stopper.asked:
            yield from pool.answers(_POLL_SECONDS)
        if stopper.asked:
            yield from pool.answers(0.0)  # what has ended in the meantime is finished work
    finally:
        pool.shut_down()


class _Pool:
    def __init__(self, job: Job, waiting: deque[Block], size: int):
        self._job = job
        self._waiting = waiting
        self._size = min(size, len(waiting))
        self._workers: list[WorkerProcess] = []
        self._losses: dict[int, int] = {}
        self._failed_starts = 0

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting) or any(worker.assigned for worker in self._workers)

    def fill(self) -> None:
        """Start the workers that are missing, all at once, then give them the job and blocks."""
        started = [WorkerProcess.start(_serve) for _ in range(self._size - len(self._workers))]
        self._workers += started
        for worker in started:
            self._send(worker, self._job)
        for depth in (1, 2):  # in turns, so that blocks end roughly in order
            for worker in started:
                self._feed(worker, depth)

    def answers(self, timeout: float) -> Iterator[tuple[Block, Tables]]:
        """Blocks that ended, after waiting for the first one for at most ``timeout`` seconds."""
        by_connection = {worker.connection: worker for worker in self._workers}
        # A dead worker's pipe is at its end, which is an event too: answers sent before its death come first.
        for connection in wait(list(by_connection), timeout):
            worker = by_connection[connection]
            try:
                answer = connection.recv()
            except (EOFError, OSError):
                self._lose(worker)
                continue
            if isinstance(answer, BaseException):
                raise answer
            if answer is None:
                worker.is_ready, self._failed_starts = True, 0
                continue
            block = worker.assigned.popleft()
            self._feed(worker)
            yield block, answer

    def shut_down(self) -> None:
        """End all workers now, whatever they do."""
        end(self._workers)

    def _feed(self, worker: WorkerProcess, depth: int = 2) -> None:
        # A second block in reserve keeps a worker busy while the parent writes; near the end it would only make
        # one worker wait for another.
        while self._waiting and len(worker.assigned) < (depth if len(self._waiting) > self._size else 1):
            block = self._waiting.popleft()
            worker.assigned.append(block)
            self._send(worker, (block.start, block.stop))

    @staticmethod
    def _send(worker: WorkerProcess, message: Any) -> None:
        # To a dead worker: its pipe's end tells `answers` soon enough.
        with contextlib.suppress(OSError):
            worker.connection.send(message)

    def _lose(self, worker: WorkerProcess) -> None:
        """Put a dead worker's blocks back and start another worker, unless that has happened too often."""
        self._workers.remove(worker)
        worker.connection.close()
        cause = worker.cause_of_death()
        if worker.is_ready and worker.assigned:
            lost = worker.assigned[0]  # the one it was working on; those in reserve are not to blame
            self._losses[lost.index] = self._losses.get(lost.index, 0) + 1
            if self._losses[lost.index] > MAX_LOSSES:
                raise EngineError(
                    f"{lost}: the worker process {cause}, {self._losses[lost.index]} times in a row",
                    hint="often memory ran out: use fewer workers; --workers 1 shows the engine's own message",
                )
        elif not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts > MAX_LOSSES:
                raise EngineError(
                    f"worker processes cannot be started: the last one {cause}",
                    hint="--workers 1 runs without them",
                )
        self._waiting.extendleft(reversed(worker.assigned))
        self.fill()


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return "stopped answering"
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    with contextlib.suppress(ValueError):
        return f"was killed ({signal.Signals(-exit_code).name})"
    return f"was killed (signal {-exit_code})"


@contextlib.contextmanager
def _quiet_start() -> Iterator[None]:
    """Start a process without running the caller's script again and deaf to Ctrl-C from its first moment.

    Spawn imports the main module in the child. Workers need nothing of it: it would cost its imports in every worker,
    and a script without ``if __name__ == "__main__"`` would start itself over and over. A signal mask is inherited,
    where there is one; elsewhere the worker sets its handler a moment later.
    """
    mask = getattr(signal, "pthread_sigmask", None)
    if mask:
        resource_tracker.ensure_running()  # at its first start it would lift the mask set below
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    before = mask(signal.SIG_BLOCK, {signal.SIGINT}) if mask else None
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if mask:
            mask(signal.SIG_SETMASK, before)


# The worker's side -----------------------------------------------------------------------------------------------


def _serve(connection: Connection) -> None:
    """A worker's life: receive the job, then answer blocks until the parent closes the pipe or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=die_with_parent, daemon=True).start()
    # Errors of the pipe mean that the parent is gone; those of the engine have become ours and are sent to it.
    with contextlib.suppress(EOFError, OSError):
        try:
            runner = Runner(connection.recv())
            connection.send(None)
            while True:
                connection.send(runner.run_or_explain(*connection.recv()))
        except SimError as error:
            error.__cause__ = error.__context__ = error.__traceback__ = None
            connection.send(error)


def die_with_parent() -> None:
    """End this process as soon as the parent has ended, even in the middle of a block."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
