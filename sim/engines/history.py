"""One history under SimPy: a process for each clock of the world, which sleeps until its act is due.

Meetings, rounds of talks, hazards, a crisis, the milestones of a deal: each has a clock (`World.due`), and an act may move
any of them. A process whose clock is now due earlier, or has been stopped, is interrupted and waits anew; one whose clock has
only been put off finds that out when it wakes up, and sleeps on. Events of one instant happen in the order of clocks, which is
SimPy's priority here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from heapq import heappush
from itertools import compress
from operator import ne
from typing import TYPE_CHECKING, Any

import simpy

from sim.acts.beginning import begin
from sim.acts.loop import happen, is_over
from sim.acts.quantities import look
from sim.acts.readings import finish
from sim.engines.log import Log
from sim.engines.room import Full
from sim.engines.tables.whole import Setup, setup_of
from sim.engines.telling import Teller
from sim.own_tactics import called
from sim.world.fields import INFINITY
from sim.world.records import PlainWorld, plain_tables

if TYPE_CHECKING:
    from sim.model.compile import Case

URGENT, NORMAL = 0, 1  # SimPy's own priorities; those of clocks come after them
AWAKE = -INFINITY  # the process that is acting waits for nothing, and cannot be woken


class PlainActs:
    """Acts as plain Python on records of plain Python. `sim.engines.batch_engine.CompiledActs` stands in its place."""

    def records(
        self, setup: Setup, seed: int, replication: int, branch: int, log: Any, point: Sequence[float] | None = None
    ) -> tuple[Any, Any]:
        """The situation of a history before it begins, and the scenario's tables."""
        return PlainWorld(setup.sizes, seed, replication, branch, log, point), plain(setup)

    begin = staticmethod(begin)
    happen = staticmethod(happen)
    finish = staticmethod(finish)
    has_ended = staticmethod(is_over)

    @staticmethod
    def times(w: Any) -> list[float]:
        """When each clock is due."""
        return w.due


class Wakeup(simpy.Event):
    """An event at a given time, which comes among the events of that instant in the order of its clock."""

    def __init__(self, env: simpy.Environment, time: float, clock: int) -> None:
        # What `simpy.Event` and `Environment.schedule` do, but for a time itself: a delay would be rounded.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        heappush(env._queue, (time, NORMAL + 1 + clock, next(env._eid), self))


class History:
    """One replication being played; ``w`` is its situation, ``c`` the scenario's tables.

    Its inputs are drawn from ``point``, a coordinate each of `sim.engines.tables.inputs.axes_of`; from their addresses
    without it.
    """

    def __init__(
        self,
        case: Case,
        replication: int,
        root_seed: int,
        log: Log | None = None,
        branch: int = 0,
        room: int = 1,
        acts: PlainActs | None = None,
        grid: float = 0.0,
        point: Sequence[float] | None = None,
    ) -> None:
        self.case = case
        self.setup: Setup = setup_of(case, room)
        self.replication = replication
        self.root_seed = root_seed
        self.log = log
        self.acts = acts or PlainActs()
        teller = None if log is None else Teller(case, self.setup, log)
        self.w, self.c = self.acts.records(self.setup, root_seed, replication, branch, teller, point)
        self.w.grid = grid
        self.env = simpy.Environment()
        self.finished = self.env.event()
        self.trace: Callable[[History, int], None] | None = None  # told of every event, with its clock
        self.acts.begin(self.w, self.c)
        self._under_way = False
        self._due = list(self.acts.times(self.w))
        self._until = list(self._due)  # when each process wakes up by itself
        self._clocks = range(self.c.num_clocks)
        self._processes = [self.env.process(self._wait(clock)) for clock in self._clocks]

    def __call__(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """What an act does to this history, or finds in it; processes whose clocks it moves are woken."""
        found = act(self.w, self.c, *arguments)
        if self._under_way and self.env.active_process is None:
            self._wake_moved()
        return found

    # Running

    def run(self) -> None:
        """Play to the end.

        Raises
        ------
        Full
            There was not enough room; the history is to be played again with more.
        """
        if not self.acts.has_ended(self.w):
            self._under_way = True
            self.env.run(until=self.finished)
        self._under_way = False
        if self.w.full:
            raise Full
        self.acts.finish(self.w, self.c)

    def run_until(self, time: float) -> None:
        """Play up to a time before the end, and not what happens at it: what acts do next is done at that time."""
        self._under_way = True
        self.env.run(until=time)
        assert not self.w.over, f"the history has ended before {time:g}"
        self.w.now = time

    def _wait(self, clock: int) -> Generator[simpy.Event, Any, None]:
        """The process of a clock: sleep until it is due, act, sleep again; sleep on if it has been put off meanwhile."""
        w, acts, until = self.w, self.acts, self._until
        while True:
            time = until[clock] = self._due[clock]
            try:
                yield Wakeup(self.env, time, clock) if time < INFINITY else self.env.event()
            except simpy.Interrupt:
                continue
            if self._due[clock] > time:
                continue
            until[clock] = AWAKE
            acts.happen(w, self.c, clock)
            if self.trace is not None:
                self.trace(self, clock)
            if acts.has_ended(w):
                self._end()
                return
            self._wake_moved()

    def _wake_moved(self) -> None:
        """Interrupt the processes that would sleep too long, now that the last act has moved clocks, or wait for nothing."""
        before, until = self._due, self._until
        due = self._due = list(self.acts.times(self.w))
        for clock in compress(self._clocks, map(ne, due, before)):
            time = due[clock]
            if time < until[clock] or (time == INFINITY and until[clock] != AWAKE):
                until[clock] = time
                self._processes[clock].interrupt()

    def _end(self) -> None:
        """The history ends here, before anything else at this instant."""
        self.finished._ok = True
        self.finished._value = None
        self.env.schedule(self.finished, priority=URGENT)

    # Reading

    @property
    def now(self) -> float:
        """The present."""
        return self.w.now

    def track(self, identifier: str) -> int:
        """Number of a track."""
        return self.setup.track_ids.index(identifier)

    def hazard(self, identifier: str) -> int:
        """Number of a hazard."""
        return self.setup.hazard_ids.index(identifier)

    def actor(self, identifier: str) -> int:
        """Number of an actor."""
        return self.case.actor(identifier)

    def package(self, identifier: str) -> int:
        """Row of a named package; -1 for the status quo."""
        return self.case.named[identifier]

    def row_of(self, package: int) -> list[float]:
        """Levels of a package; the status quo for -1."""
        size = self.c.num_issues
        return list(self.c.start) if package < 0 else list(self.c.levels[package * size : (package + 1) * size])

    def count_of(self, counter: str) -> float:
        """A counter of the results so far."""
        return self.w.counts[self.setup.counters[counter]]

    def time_of(self, date: str) -> float:
        """The first time that something happened; nan so far."""
        return self.w.times[self.setup.times[date]]

    def value(self, text: str) -> float:
        """A named quantity as it was last read, or now if it has not been named before."""
        look(self.w, self.c)
        return self.w.quantities[self.case.names[text]]


def plain(setup: Setup) -> Any:
    """The tables as plain Python reads them, made once."""
    known = setup.__dict__.get("_plain")
    if known is None:
        known = plain_tables(setup.tables, [called(name) for name in setup.own_tactics])
        object.__setattr__(setup, "_plain", known)
    return known
