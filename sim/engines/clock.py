"""Time in the SimPy engine: wake-ups with declared priorities, and chance arrivals under changing rates.

Events at the same time run in order of declared priority, then in the order in which they were
scheduled. SimPy's own priorities come first (0 interrupts and new processes, 1 triggered events).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator
from heapq import heappush
from typing import TYPE_CHECKING, Any

import simpy

from sim.randomness import Stream
from sim.rules import hazards

if TYPE_CHECKING:
    from sim.engines.history import History


class Priority(enum.IntEnum):
    """Order of wake-ups at one instant; lower first."""

    END = 2  # end of the run
    READING = 3  # outcome classes and paths are read before events of the same instant
    MILESTONE = 4
    MEETING = 5  # scheduled meetings and rounds
    CALENDAR = 6  # exercises, elections
    PULSE = 7  # updates of slow quantities
    TICK = 8  # crisis moves
    HAZARD = 9
    DEFERRED = 10  # delayed effects


class Wakeup(simpy.Event):
    """An event that occurs after a delay, with a declared priority among events of that instant."""

    def __init__(self, env: simpy.Environment, delay: float, priority: Priority) -> None:
        # What `simpy.Event` and `Environment.schedule` do, in one step, as `simpy.Timeout` does it too.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        heappush(env._queue, (env._now + (delay if delay > 0.0 else 0.0), priority, next(env._eid), self))


class Arrival:
    """Chance arrivals whose rate follows the situation: the next-reaction method as a SimPy process.

    Arrival n owns one unit exponential. Time spends it at the current rate; whenever the world
    changes, `refresh` sets the rate anew and moves the due time. Between two updates rates are
    constant, so an arrival that is not due before the next update only sleeps.
    """

    def __init__(
        self,
        history: History,
        name: str,
        key: int,
        rate: Callable[[], float],
        fire: Callable[[], None],
        stream: Stream = Stream.HAZARD,
        lane: int = 0,
        reads: tuple[str, ...] | None = None,
        quiet: bool = False,
        reads_more: bool = False,
    ) -> None:
        self.h = history
        self.reads = reads
        self.reads_more = reads_more  # the rate follows more than the quantities named in `reads`
        self.quiet = quiet
        self.name = name
        self.key = key
        self.rate_now = rate
        self.fire = fire
        self.stream = stream
        self.lane = lane
        self.rate = 0.0
        self.since = 0.0
        self.due = hazards.NEVER
        self.remaining = 0.0
        self.sleeping: simpy.Event | None = None
        self.waiting = False
        self.arm()
        self.process = history.env.process(self.run())

    def arm(self) -> None:
        """Draw the unit exponential of the next arrival."""
        self.remaining = hazards.unit_exponential(self.h.draw(self.stream, self.key, self.lane))
        self.since = self.h.env.now
        self.due = hazards.due_time(self.since, self.remaining, self.rate)

    def refresh(self) -> None:
        """Bring rate and due time up to date after the world has changed."""
        rate = self.rate_now()
        if rate != self.rate:
            h = self.h
            now = h.env.now
            self.remaining = remaining = hazards.left_over(self.remaining, self.rate, now - self.since)
            self.since = now
            self.rate = rate
            self.due = due = hazards.due_time(now, remaining, rate)
            if self.waiting:
                self.process.interrupt()
            elif due <= h.next_pulse:
                self.wake_if_near()

    def wake_if_near(self) -> None:
        """Stop sleeping when the due time comes before the next update."""
        if self.sleeping is not None and self.due <= self.h.next_pulse:
            self.sleeping.succeed()
            self.sleeping = None

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Sleep until the due time is near, then until it has come; start again if the rate moves."""
        h = self.h
        while True:
            try:
                if self.due > h.next_pulse:
                    self.sleeping = h.env.event()
                    yield self.sleeping
                    continue
                self.waiting = True
                yield Wakeup(h.env, self.due - h.env.now, Priority.HAZARD)
                self.waiting = False
            except simpy.Interrupt:
                self.waiting = False
                continue
            self.occur()

    def occur(self) -> None:
        """The arrival happens now."""
        h = self.h
        if self.quiet:
            # Commits nobody and moves nothing: no update is due.
            self.arm()
            self.fire()
            return
        h.advance()
        self.arm()
        self.fire()
        h.settle()


class SelfExcitingArrival(Arrival):
    """Arrivals that raise their own rate; thinning between updates, while the excitation decays.

    Candidate n uses lane 0 for its gap at the bound and lane 1 for its acceptance.
    """

    def __init__(
        self,
        history: History,
        name: str,
        key: int,
        level: Callable[[], tuple[float, float, float, bool]],
        branching: float,
        decay: float,
        fire: Callable[[], None],
        reads: tuple[str, ...],
    ) -> None:
        self.level = level
        self.branching = branching
        self.decay = decay
        self.excitation = 0.0
        self.excited_at = 0.0
        self.fading = False  # whether the rate falls between events
        super().__init__(history, name, key, self._bound, fire, reads=reads)

    def _excitation(self) -> float:
        return hazards.excitation_after(self.excitation, self.decay, self.h.env.now - self.excited_at)

    def _bound(self) -> float:
        baseline, factor, paused_rate, paused = self.level()
        self.fading = self.excitation != 0.0 and not paused
        excitation = self._excitation() if self.fading else 0.0
        return hazards.self_exciting_rate(baseline, factor, excitation, paused_rate, paused)

    def excite(self) -> None:
        """An event, of this hazard or of one that counts as its own, raises the rate."""
        self.excitation = hazards.excitation_with_event(self._excitation(), self.branching, self.decay)
        self.excited_at = self.h.env.now

    def occur(self) -> None:
        """A candidate: kept with probability rate / bound."""
        h = self.h
        bound = self.rate
        h.advance()
        rate = self._bound()
        accepted = hazards.accepts_candidate(h.draw(self.stream, self.key, 1), rate, bound)
        self.rate = rate
        if accepted:
            self.excite()
            self.rate = self._bound()
        self.arm()
        if accepted:
            self.fire()
        h.settle()
