"""One simulated history: the world, its draws, its clock, and what every process shares.

A history is a set of SimPy processes (tracks, hazards, a crisis, a deal) around one `World`.
Before a process acts it calls `advance`, which lets slow quantities relax to the present; after
it has acted it calls `settle`, which brings everything that depends on the situation up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Arrival, Priority, SelfExcitingArrival, Wakeup
from sim.engines.decisions import Decisions
from sim.engines.draws import Ahead, Draws
from sim.engines.inputs import draw_inputs
from sim.engines.lines import Line
from sim.engines.log import Happening, Log, Sample
from sim.engines.minds import Minds
from sim.engines.quantities import observers_of, rate_observers_of
from sim.engines.relations import Relations
from sim.engines.setting import Setting
from sim.engines.slow import SlowQuantities
from sim.model.valuation import derived_value
from sim.model.world import NEVER, world_of
from sim.randomness import Stream

if TYPE_CHECKING:
    from sim.model.compile import Case, Condition


class History(Decisions, Draws, Relations, Setting, SlowQuantities):
    """One replication being played."""

    def __init__(
        self, case: Case, replication: int, root_seed: int, log: Log | None = None, branch: int = 0
    ) -> None:
        self.case = case
        self.spec = spec = case.spec
        self.slots = case.slots
        self.replication = replication
        self.root_seed = root_seed
        self.branch = branch
        self.log = log
        self.counters: dict[int, int] = {}
        self.ahead = case.__dict__.setdefault("_ahead", Ahead()).draw(root_seed, replication, branch)
        self.p = draw_inputs(case, replication, root_seed, branch)
        self.env = simpy.Environment()
        self.day = case.per_day
        self.year = case.per_year
        self.end = max(case.readings[-1], case.grid_times[-1])
        self.next_pulse = 0.0
        self.over = False
        self.treaties: dict[int, list[float]] = {}  # track -> levels of its text in force
        self.touched = True  # whether an event has moved something since rates were last set
        self.finished = self.env.event()
        self.row: dict[str, Any] = {}
        self.counts: dict[str, float] = {}
        self.times: dict[str, float] = {}
        self.arrivals: list[Arrival] = []
        self.watchers: list[Callable[[], None]] = []
        self.num_events = 0
        self.meetings: dict[str, Any] = {}
        self.tables: dict[str, Any] = {}
        self.councils: dict[str, Any] = {}
        self.hazards: dict[str, Any] = {}
        self.crisis: Any = None
        self.agreement: Any = None
        self.recorder: Any = None
        self.strike_rung = 10**6
        self.last_counter = -1
        self._opened = self.env.event()
        self._closed = self.env.event()
        self._recognition_gains: dict[int, float] = {}
        self._prospects: dict[int, list[float]] = {}
        self.deliverable_order: list[int] | None = None
        election = spec.mechanisms.election_pressure
        on = election is not None and election.enabled
        self.election_actor = case.actor(election.actor) if on else -1
        self._mandate: list[float] | None = None
        self.expectation_on = spec.mechanisms.expectation is not None and spec.mechanisms.expectation.enabled
        self._prepare_constants()
        self.minds = Minds(self)
        self.w = world_of(case, self.minds.num_beliefs)
        self._prepare_lines()
        self._start_world()
        self.quantities: list[float] = []
        self.observe: list = []
        self.observe_once: Sequence = ()
        self.held_since: list[float] = []

    # Preparation

    def ready(self) -> None:
        """Make room for the named quantities, once every process has compiled its conditions."""
        for arrival in self.arrivals:
            for name in arrival.reads or ():
                self.case.names.setdefault(name, len(self.case.names))
        self.quantities = [0.0] * len(self.case.names)
        self.observe, self.observe_once = observers_of(self.case)
        self.held_since = [NEVER] * len(self.case.held)
        self.rate_observe = rate_observers_of(self.case, self)
        self.arrivals.sort(key=lambda arrival: (arrival.key, arrival.lane))
        # Rates that read named quantities are set anew only when one of these has moved.
        self.exciting = [n for n, arrival in enumerate(self.arrivals) if isinstance(arrival, SelfExcitingArrival)]
        self.unwatched = [n for n, arrival in enumerate(self.arrivals) if arrival.reads is None]
        self.every_arrival = list(range(len(self.arrivals)))
        lasting = {name for held in self.case.held for name in held.condition.names}
        # -1 stands for the conditions that must hold for some time.
        self.readers = {
            slot: [n for n, arrival in enumerate(self.arrivals) if name in (arrival.reads or ())]
            + ([-1] if name in lasting else [])
            for name, slot in self.case.names.items()
        }
        self.reads_more = [n for n, arrival in enumerate(self.arrivals) if arrival.reads_more]
        self.fields: Sequence[float] | None = None
        self.unseen = set(self.unwatched)  # arrivals whose rates have not seen the readings yet
        self.all_stale = True


    # Expressions

    def holds(self, condition: Condition) -> bool:
        """Whether a compiled condition is true now (as of the last `settle`)."""
        return condition.value_at(self.quantities) != 0.0

    def value(self, condition: Condition) -> float:
        """Value of a compiled expression now."""
        return condition.value_at(self.quantities)

    def derived(self, name: str, row: list[float]) -> float:
        """A derived quantity at given issue levels, with this history's parameters."""
        return derived_value(self.case, name, row, self.p)

    def waived(self, line: Line) -> bool:
        """Whether a red line is lifted at present."""
        return line.unless is not None and self.holds(line.unless)


    def settle_if_touched(self) -> None:
        """`settle` if the event has moved anything that rates read; else they stay until the next update."""
        if self.touched:
            self.settle()
            return
        self.num_events += 1
        self._keep()

    def settle(self) -> None:
        """Bring pressure, named quantities, watched conditions and rates up to date."""
        if self.over:
            return
        self.touched = False
        self.num_events += 1
        w = self.w
        if self.sanctions_on:
            w.pressure = self.pressure_now()
        for watch in self.watchers:
            watch()
        arrivals = self.arrivals
        for n in self._glance():
            arrivals[n].refresh()
        self._keep()

    def _keep(self) -> None:
        """Keep how things stand after an event, if the history is logged."""
        if self.log is not None:
            self._sample()
            if self.log.checksums is not None:
                self.log.checksums.append((self.env.now, self.w.checksum()))

    def _sample(self) -> None:
        """Keep how things stand in the log."""
        w = self.w
        self.log.samples.append(
            Sample(
                self.env.now, w.tension, float(w.rung), w.pressure, w.expectation, w.belief_talks, w.belief_pressure,
                float(w.talks_on), self.minds.mutual_trust(*self.side_indices), tuple(w.beliefs),
            )
        )  # fmt: skip

    def _glance(self) -> list[int]:
        """Read what rates and recurrent conditions use; which arrivals must set their rates anew."""
        quantities = self.quantities
        readers = self.readers
        stale = self.unseen
        self.unseen = set(self.unwatched)
        for n in self.exciting:
            # Excitation fades by itself; without any, or in a pause, the rate moves with what it reads alone.
            if self.arrivals[n].fading:
                stale.add(n)
        fields = self.rate_observe.fields(self.w)
        if fields != self.fields:
            self.fields = fields
            for slot, value in zip(self.rate_observe.slots, fields, strict=False):
                if value != quantities[slot]:
                    quantities[slot] = float(value)
                    stale.update(readers[slot])
        for slot, read in self.rate_observe.others:
            value = read(self)
            if value != quantities[slot]:
                quantities[slot] = value
                stale.update(readers[slot])
        if self.all_stale:
            self.all_stale = False
            self._follow()
            return self.every_arrival
        if -1 in stale:
            stale.discard(-1)
            self._follow()
        return sorted(stale)

    def look(self) -> None:
        """Read all named quantities and follow the conditions that must hold for some time."""
        quantities = self.quantities
        readers = self.readers
        unseen = self.unseen
        for slot, read in chain(self.observe, self.observe_once):
            value = read(self)
            if value != quantities[slot]:
                quantities[slot] = value
                unseen.update(readers[slot])
        self.observe_once = ()  # parameters do not move again
        unseen.update(self.reads_more)
        self.fields = None
        self._follow()

    def _follow(self) -> None:
        quantities = self.quantities
        for n, held in enumerate(self.case.held):
            if held.condition.value_at(quantities) != 0.0:
                if self.held_since[n] == NEVER:
                    self.held_since[n] = self.env.now
            else:
                self.held_since[n] = NEVER

    # Events and their effects

    def note(self, kind: str, who: str, what: str, **details: Any) -> None:
        """Keep an event in the log."""
        if self.log is not None:
            happening = Happening(self.env.now, kind, who, what, details)
            self.log.happenings.append(happening)
            self.log.entries.append(happening)

    def count(self, name: str, by: float = 1.0) -> None:
        """Add to a counter of the results."""
        self.counts[name] = self.counts.get(name, 0.0) + by

    def count_of(self, name: str) -> float:
        """A counter of the results so far."""
        return self.counts.get(name, 0.0)

    def first(self, name: str) -> None:
        """Record the first time something happens."""
        if name not in self.times:
            self.times[name] = self.env.now

    def arrived(self, counter: str) -> None:
        """An event of a hazard: counted, also apart for talks, and the first one dated."""
        self.count(f"events.{counter}")
        self.first(f"events.{counter}")
        if self.w.talks_on:
            self.count(f"events_in_talks.{counter}")

    def reach_rung(self, rung: int) -> None:
        """Raise the rung to at least the given one; without a ladder there is none to climb."""
        if self.crisis is None:
            return
        w = self.w
        self.touched = True
        if rung > w.rung:
            w.rung = rung
        if w.rung > w.max_rung:
            w.max_rung = w.rung
        if self.crisis is not None and w.rung >= self.crisis.spec.incident_rung:
            w.declaration = 0
            if w.rung >= self.crisis.spec.brink and not w.crisis:
                self.crisis.begin(w.rung, None)
            if w.rung >= self.crisis.last:
                w.last_major = self.env.now
                self.major_war()

    def apply(
        self, slots: Any, spec: Any, actor: int | None, key: int, *, lane: int = 0, votes: bool = True
    ) -> float:
        """What an event does to the world; its severity as a provocation."""
        from sim.engines.shocks import apply

        self.touched = True
        return apply(self, slots, spec, actor, key, lane=lane, votes=votes)

    def strike(self, actor: int) -> bool:
        """An actor attempts to use force; whether it comes to that."""
        from sim.engines.crisis import strike

        return strike(self, actor)

    def sign(self, package: int, parties: Sequence[int], kind: str, track: str) -> bool:
        """A package is signed if domestic consent is given; whether it is."""
        if package < 0:
            return False
        self.touched = True
        if self.agreement is None:
            # Without a life after signature the deal is in force from now on.
            u = self.draw(Stream.VETO, self.case.keys["tracks"][track], 48)
            if u < self.minds.block_probability(package, kind):
                self.count("blocked")
                return False
            self.w.deal = package
            self.w.deal_since = self.env.now
            self.w.level = self.minds.row(package)
            self.hold_to_treaties()
            self.w.seen = list(self.w.level)
            self.first("signed")
            self.first("deal")
            self.count("deals")
            self.row.setdefault("first_deal", self.package_name(package))
            for k, name in enumerate(self.case.issue_ids):
                self.row.setdefault(f"first_deal_level:{name}", self.w.level[k])
            self.note("deal", "", f"a deal is signed: {self.package_name(package)}", package=package)
            return True
        return self.agreement.sign(package, kind, track)


    # Running

    def wait(self, delay: float, priority: Priority) -> Wakeup:
        """A wake-up after a delay."""
        return Wakeup(self.env, delay, priority)

    def pulse(self) -> Generator[simpy.Event, Any, None]:
        """Update slow quantities at least this often."""
        while True:
            self.next_pulse = self.env.now + self.spec.pulse
            self.unseen.update(self.reads_more)
            self.advance()
            self._lapse()
            self.settle()
            near = self.next_pulse
            for arrival in self.arrivals:
                if arrival.due <= near:
                    arrival.wake_if_near()
            yield self.wait(self.spec.pulse, Priority.PULSE)

    def meeting_ahead(self) -> bool:
        """Whether any meeting has a date."""
        pending = self.w.pending
        return pending.count(NEVER) < len(pending)

    def _lapse(self) -> None:
        """Talks lapse without a session or a date; deadlines of restraint pass."""
        w = self.w
        now = self.env.now
        if w.talks_on and self.talks_used:
            if not self.meeting_ahead() and w.deal < 0 and now - w.last_session > self.spec.mechanisms.talks.lapse:
                self.end_talks("no session and no date")
        if w.moratorium and w.moratorium_until != NEVER and now >= w.moratorium_until:
            w.moratorium = 0
            w.moratorium_until = NEVER
            self.note("restraint", "", "the moratorium's deadline has passed", holds=False)

    def major_war(self) -> None:
        """Major war: the history ends here, before anything else at this instant."""
        if not self.over:
            self.over = True
            self.first("major_war")
            if self.log is not None:
                self._sample()
            self.finished._ok = True
            self.finished._value = None
            self.env.schedule(self.finished, priority=0)
