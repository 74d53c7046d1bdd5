"""One simulated history: the world, its draws, its clock, and what every process shares.

A history is a set of SimPy processes (tracks, hazards, a crisis, a deal) around one `World`.
Before a process acts it calls `advance`, which lets slow quantities relax to the present; after
it has acted it calls `settle`, which brings everything that depends on the situation up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import simpy

from sim.arithmetic import log
from sim.engines.clock import Arrival, Priority, SelfExcitingArrival, Wakeup
from sim.engines.inputs import draw_inputs
from sim.engines.minds import Minds
from sim.engines.quantities import observers_of, rate_observers_of
from sim.model.menu import derived_value, named_value
from sim.model.world import NEVER, world_of
from sim.randomness import Stream, uniform, uniform_pair
from sim.rules import expectation as rule_expectation
from sim.rules import hazards as rule_hazards
from sim.rules import pressure as rule_pressure
from sim.rules import relaxation
from sim.rules.choice import logit_choice
from sim.rules.implementation import open_development

if TYPE_CHECKING:
    from sim.model.compile import Case, Condition


@dataclass(frozen=True)
class Decision:
    """One decision of a history, as the log keeps it."""

    time: float
    actor: str
    node: str
    options: tuple[str, ...]
    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    choice: str
    removed: dict[str, str]  # option -> the constraint that removed it
    beliefs_before: dict[str, list[float]]
    beliefs_after: dict[str, list[float]] = field(default_factory=dict)
    packages: tuple[int | None, ...] = ()  # row of the package an option is about, where it is about one
    track: str = ""


@dataclass(frozen=True)
class Happening:
    """One event of a history, as the log keeps it."""

    time: float
    kind: str
    who: str
    what: str
    details: dict[str, Any] = field(default_factory=dict)  # numbers, and ids of what the event is about


class Sample(NamedTuple):
    """How things stood after an event."""

    time: float
    tension: float
    rung: float
    pressure: float
    expectation: float
    belief_talks: float
    belief_pressure: float
    talks_on: float
    trust: float
    beliefs: tuple[float, ...]  # the whole store; `Minds.beliefs` says which is whose


class Log:
    """What happened in one history, in order, and how things stood after each event.

    With `checksums` also a checksum of the world after each event.
    """

    def __init__(self, *, checksums: bool = False) -> None:
        self.decisions: list[Decision] = []
        self.happenings: list[Happening] = []
        self.entries: list[Decision | Happening] = []
        self.samples: list[Sample] = []
        self.checksums: list[tuple[float, str]] | None = [] if checksums else None


class Line:
    """A red line of one actor in one history."""

    __slots__ = ("beyond", "beyond_set", "issue", "label", "low", "high", "name", "present", "prior", "unless")

    def __init__(self, name: str, issue: int, low: float, high: float, prior: float, unless: Condition | None) -> None:
        self.name = name
        self.issue = issue
        self.low = low
        self.high = high
        self.prior = prior
        self.unless = unless
        self.present = False
        self.beyond: tuple[int, ...] = ()
        self.beyond_set: frozenset[int] = frozenset()

    def crossed(self, package: int) -> bool:
        """Whether the package lies beyond the line."""
        return package in self.beyond_set


class History:
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
        self.series: list[tuple[float, ...]] = []
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
        self._maximal: float | None = None
        self._mandate: list[float] | None = None
        self.expectation_on = spec.mechanisms.expectation is not None and spec.mechanisms.expectation.enabled
        self._prepare_constants()
        self.minds = Minds(self)
        self.w = world_of(case, self.minds.num_beliefs)
        self._prepare_lines()
        self._start_world()
        self.quantities: list[float] = []
        self.observe: list = []
        self.held_since: list[float] = []

    # Preparation

    def ready(self) -> None:
        """Make room for the named quantities, once every process has compiled its conditions."""
        for arrival in self.arrivals:
            for name in arrival.reads or ():
                self.case.names.setdefault(name, len(self.case.names))
        self.quantities = [0.0] * len(self.case.names)
        self.observe = observers_of(self.case)
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

    def _prepare_constants(self) -> None:
        case, spec, p, slots = self.case, self.spec, self.p, self.slots
        mechanisms = spec.mechanisms
        self.side_indices = [case.actor(side) for side in spec.sides]
        self.track_ids = sorted(spec.tracks, key=case.keys["tracks"].__getitem__)
        self.track_index = {name: n for n, name in enumerate(self.track_ids)}
        self.scratch_values = [0.0] * len(case.package_names)
        self.scratch_out = [0.0] * max(len(case.package_names), 64)
        self.scratch_chances = [0.0] * len(case.package_names)
        learning = mechanisms.learning
        on = learning is not None and learning.enabled
        self.kappa = p[slots.mechanisms.learning.kappa] if on else 0.0
        self.noise = p[slots.mechanisms.learning.noise] if on else 0.0
        sanctions = mechanisms.sanctions
        self.sanctions = slots.mechanisms.sanctions if sanctions is not None else None
        self.target = case.actor(sanctions.target) if sanctions is not None else -1
        self.relief_issue = case.issue(sanctions.eased_by) if sanctions is not None else -1
        self.pressure_cost = p[self.sanctions.cost] if sanctions is not None else 0.0
        size = len(case.issue_ids)
        self.relief_left: Sequence[float] = (
            [1.0 - case.levels[n * size + self.relief_issue] for n in range(len(case.package_names))]
            if sanctions is not None
            else [1.0] * len(case.package_names)
        )
        if sanctions is not None:
            self._prepare_enforcers(sanctions)
            e = self.sanctions.enforcement
            self.enforcement_terms = [p[e.intercept], p[e.provocation], p[e.fear], p[e.talks], p[e.rivalry]]
            self.enforcement_rate = 1.0 / p[e.time_constant]
            self.fear_rungs = p[e.fear_rungs]
            self.stress_rate = 1.0 / p[self.sanctions.felt_after]
            self.adaptation = p[self.sanctions.adaptation] / self.year
        capability = mechanisms.capability
        on = capability is not None and capability.enabled
        self.capability = slots.mechanisms.capability if on else None
        self.eroded = case.actor(capability.against) if on else -1
        self.erosion = p[self.capability.erosion] if on else 0.0
        if on:
            self.arms_issue = case.issue(capability.arms) if capability.arms is not None else -1
            self.arms_full_stop = capability.arms_full_stop
            self.growth_in_moratorium = p[self.capability.factor_in_moratorium]
            self.capability_growth = p[self.capability.growth] / (7.0 * self.day)
        self.tension_rate = self._half_life_rate(mechanisms.tension)
        self.provocation_rate = self._half_life_rate(mechanisms.provocation)
        self.rivalry_rate = self._half_life_rate(mechanisms.rivalry)
        self.tension_on = mechanisms.tension is not None and mechanisms.tension.enabled
        self.tension_rests = (0.0, 0.0)
        if self.tension_on:
            self.tension_rests = (p[slots.mechanisms.tension.rest], p[slots.mechanisms.tension.rest_in_talks])
        self.sanctions_on = sanctions is not None and sanctions.enabled
        self.saturation = p[slots.mechanisms.provocation.saturation] if mechanisms.provocation is not None else 1.0
        aftermath = mechanisms.aftermath
        self.belief_rests = (0.0, 0.0)
        if aftermath is not None:
            self.belief_rests = (
                p[slots.mechanisms.aftermath.belief_talks],
                p[slots.mechanisms.aftermath.belief_pressure],
            )
        self.belief_rate = (
            relaxation.rate_from_half_life(p[slots.mechanisms.aftermath.belief_half_life]) if aftermath else 0.0
        )
        self.veto_order = sorted(spec.veto_players, key=case.keys["veto_players"].__getitem__)
        self.treaty_players = [n for n in self.veto_order if "treaty" in spec.veto_players[n].consents_to]
        self.recognition: tuple[str, Any] | None = None
        for name in self.track_ids:
            track = spec.tracks[name]
            if track.protocol == "final_offer" and track.recognition is not None:
                self.recognition = (name, slots.tracks[name].recognition)
        restraint = mechanisms.restraint
        self.restraint = restraint if restraint is not None and restraint.enabled else None

    def _prepare_enforcers(self, sanctions: Any) -> None:
        """Shares and places of the enforcers; those that are no actors of the scenario come last."""
        case, p = self.case, self.p
        keys = case.keys["actors"]
        names = sorted(sanctions.enforcers, key=lambda name: (name not in keys, keys.get(name, 0), name))
        slots = self.sanctions.enforcers
        total = 0.0
        for name in names:
            total += p[slots[name].share]
        self.shares = [p[slots[name].share] / total for name in names]
        # A drawn share of the leading enforcer is kept; the others share the rest in proportion.
        lead = max(range(len(names)), key=lambda n: (self.shares[n], -n))
        rest = total - p[slots[names[lead]].share]
        if rest > 0.0 and p[slots[names[lead]].share] <= 1.0:
            share = p[slots[names[lead]].share]
            self.shares = [
                share if n == lead else rule_pressure.rescaled_share(p[slots[name].share], share, rest)
                for n, name in enumerate(names)
            ]
        self.enforcer_actors = [case.actor(name) if name in keys else -1 for name in names]
        self.constant_enforcement = [p[slots[name].enforcement] for name in names]
        self.enforcement_now = list(self.constant_enforcement)
        self.enforcing_actors = [(place, actor) for place, actor in enumerate(self.enforcer_actors) if actor >= 0]
        self.moving = [
            case.actor(name) for name in names if name in keys and sanctions.enforcers[name].relaxes
        ]

    def _half_life_rate(self, mechanism: Any) -> float:
        if mechanism is None or not mechanism.enabled:
            return 0.0
        name = {"Tension": "tension", "Provocation": "provocation", "Rivalry": "rivalry"}[type(mechanism).__name__]
        return relaxation.rate_from_half_life(self.p[getattr(self.slots.mechanisms, name).half_life])

    def _prepare_lines(self) -> None:
        case = self.case
        size = len(case.issue_ids)
        self.lines: list[dict[str, Line]] = []
        for identifier in case.actor_ids:
            lines: dict[str, Line] = {}
            for name in sorted(self.spec.actors[identifier].red_lines):
                spec = self.spec.actors[identifier].red_lines[name]
                unless = case.compile(spec.unless) if spec.unless else None
                line = Line(
                    name,
                    case.issue(spec.issue),
                    0.0 if spec.min is None else spec.min,
                    1.0 if spec.max is None else spec.max,
                    self.p[self.slots.actors[identifier].red_lines[name].probability],
                    unless,
                )
                line.beyond = tuple(
                    n
                    for n in range(len(case.package_names))
                    if not line.low <= case.levels[n * size + line.issue] <= line.high
                )
                line.beyond_set = frozenset(line.beyond)
                lines[name] = line
            self.lines.append(lines)

    def _start_world(self) -> None:
        """Draw private types and set everything to the scenario's start."""
        case, spec, p, slots, w = self.case, self.spec, self.p, self.slots, self.w
        for actor, identifier in enumerate(case.actor_ids):
            types = slots.actors[identifier].types
            key = case.keys["actors"][identifier]
            if types.commitment:
                w.commitment[actor] = self.draw_class(actor, self.draw(Stream.TYPE, key, 0))
            if types.war_cost is not None:
                w.war_cost[actor] = p[types.war_cost]
            if types.credibility is not None:
                w.credibility[actor] = p[types.credibility]
            for lane, line in enumerate(self.lines[actor].values()):
                by_class = slots.actors[identifier].red_lines[line.name].by_class
                chance = line.prior
                if by_class and types.commitment:
                    chance = self._line_chance(by_class, sorted(types.commitment)[int(w.commitment[actor])], line.name, identifier)
                    line.prior = self._line_prior(by_class, types.commitment, line.name, identifier)
                line.present = self.draw(Stream.TYPE, key, 8 + lane) < chance
        self.first_credibility = list(w.credibility)
        self.first_commitment = [int(position) for position in w.commitment]
        self.minds.set_priors()
        m = slots.mechanisms
        if self.tension_on:
            w.tension = p[m.tension.initial]
        if m.rivalry is not None and m.rivalry.enabled:
            w.rivalry = p[m.rivalry.initial]
        if m.provocation is not None and m.provocation.enabled:
            w.provocation = p[m.provocation.initial] * p[m.provocation.saturation]
        if self.capability is not None:
            w.capability = p[self.capability.initial]
        if self.sanctions is not None:
            w.sanctions_level = p[self.sanctions.level]
            for actor, value in zip(self.enforcer_actors, self.constant_enforcement, strict=True):
                if actor >= 0:
                    w.enforcement[actor] = value
            w.pressure = self.pressure_now()
            w.stress = self.unrelieved
        if m.expectation is not None and m.expectation.enabled:
            w.expectation = rule_expectation.hyped(p[m.expectation.initial], p[m.expectation.hype])
        if m.aftermath is not None:
            w.belief_talks = p[m.aftermath.belief_talks]
            w.belief_pressure = p[m.aftermath.belief_pressure]
        if m.ladder is not None and m.ladder.enabled:
            w.rung = w.max_rung = spec.mechanisms.ladder.initial
        self.talks_used = spec.mechanisms.talks.enabled
        if self.talks_used and spec.mechanisms.talks.on_at_start:
            w.talks_on = 1
            w.talks_since = 0.0
            w.last_session = 0.0

    def _line_chance(self, by_class: dict, cls: str, line: str, identifier: str) -> float:
        slots = self.slots.actors[identifier].red_lines[line]
        return self.p[by_class[cls]] if cls in by_class else self.p[slots.probability]

    def _line_prior(self, by_class: dict, classes: dict, line: str, identifier: str) -> float:
        """What observers believe at first: the mean over classes."""
        total = 0.0
        for cls in sorted(classes):
            total += self.p[classes[cls].prior] * self._line_chance(by_class, cls, line, identifier)
        return total

    # Draws

    def draw(self, stream: Stream, key: int, lane: int = 0) -> float:
        """The next uniform of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
        return uniform(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def pair(self, stream: Stream, key: int, lane: int = 0) -> tuple[float, float]:
        """Both uniforms of the next block of a stream, entity and lane."""
        word = (stream << 24) | (key << 8) | lane
        counter = self.counters.get(word, 0)
        self.counters[word] = counter + 1
        return uniform_pair(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def draw_at(self, stream: Stream, key: int, lane: int, counter: int) -> float:
        """The uniform of a given occurrence: what is drawn only now and then keeps its place."""
        return uniform(self.root_seed, self.replication, self.branch, stream, key, lane, counter)

    def duration(self, slot: int, stream: Stream, key: int, lane: int = 0) -> float:
        """A duration: drawn anew where the scenario gives a distribution, else its value."""
        recurring = self.case.recurring.get(slot)
        if recurring is None:
            return self.p[slot]
        return recurring.quantile(self.draw(stream, key, lane))

    def draw_class(self, actor: int, u: float) -> int:
        """Position of a commitment class in key order, drawn from the prior."""
        classes = self.slots.actors[self.case.actor_ids[actor]].types.commitment
        cumulative = 0.0
        names = sorted(classes)
        for n, name in enumerate(names):
            cumulative += self.p[classes[name].prior]
            if u < cumulative:
                return n
        return len(names) - 1

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

    def named(self, name: str, row: list[float]) -> float:
        """An issue level or parameter by bare name."""
        return named_value(self.case, name, row, self.p)

    def waived(self, line: Line) -> bool:
        """Whether a red line is lifted at present."""
        return line.unless is not None and self.holds(line.unless)

    # Slow quantities

    def pressure_now(self) -> float:
        """Sanctions pressure that reaches the target now; `unrelieved` keeps what it would be without relief."""
        w = self.w
        enforcement = self.enforcement_now
        for place, actor in self.enforcing_actors:
            enforcement[place] = w.enforcement[actor]
        self.unrelieved = rule_pressure.pressure(
            w.sanctions_level,
            0.0,
            self.shares,
            enforcement,
            len(enforcement),
        )
        return self.unrelieved * (1.0 - w.level[self.relief_issue])

    def felt_pressure(self) -> float:
        """Pressure as the target feels it, what has been relieved left out."""
        return self.w.stress * (1.0 - self.w.level[self.relief_issue]) if self.sanctions is not None else 0.0

    def advance(self) -> None:
        """Let slow quantities relax from the last update to the present."""
        w = self.w
        now = self.env.now
        elapsed = now - w.now
        if elapsed <= 0.0:
            return
        if self.tension_on:
            w.tension = relaxation.relaxed(
                w.tension, self.tension_rests[1 if w.talks_on else 0], self.tension_rate, elapsed
            )
        if self.sanctions_on:
            # What is felt before relief: the relief of a package is counted once, where the package is valued.
            w.stress = rule_pressure.stress_after(
                w.stress, self.unrelieved, self.stress_rate, self.adaptation, elapsed
            )
            if self.moving:
                shift = w.enforcement_shift if w.shift_until > w.now else 0.0
                target = rule_pressure.enforcement_target(
                    self.enforcement_terms,
                    self.provocation_index(),
                    rule_pressure.fear_of_fighting(w.tension, w.rung, self.fear_rungs),
                    1.0 if w.talks_on else 0.0,
                    w.rivalry,
                    shift,
                )
                factor = relaxation.decay_factor(self.enforcement_rate, elapsed)
                for actor in self.moving:
                    w.enforcement[actor] = relaxation.relaxed_by(w.enforcement[actor], target, factor)
        if w.provocation != 0.0 and self.provocation_rate > 0.0:
            w.provocation = relaxation.relaxed(w.provocation, 0.0, self.provocation_rate, elapsed)
        if w.rivalry != 0.0 and self.rivalry_rate > 0.0:
            w.rivalry = relaxation.relaxed(w.rivalry, 0.0, self.rivalry_rate, elapsed)
        if self.belief_rate > 0.0 and (
            w.belief_talks != self.belief_rests[0] or w.belief_pressure != self.belief_rests[1]
        ):
            factor = relaxation.decay_factor(self.belief_rate, elapsed)
            w.belief_talks = relaxation.relaxed_by(w.belief_talks, self.belief_rests[0], factor)
            w.belief_pressure = relaxation.relaxed_by(w.belief_pressure, self.belief_rests[1], factor)
        if self.capability is not None:
            w.capability = self._capability_after(elapsed)
        w.now = now

    def _capability_after(self, elapsed: float) -> float:
        w = self.w
        open_share = 1.0
        if w.deal >= 0 and self.arms_issue >= 0:
            open_share = open_development(w.level[self.arms_issue], self.arms_full_stop)
        factor = rule_hazards.development_factor(bool(w.moratorium), self.growth_in_moratorium, open_share)
        return rule_hazards.capability_after(w.capability, self.capability_growth, factor, elapsed)

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
        for slot, read in self.observe:
            value = read(self)
            if value != quantities[slot]:
                quantities[slot] = value
                unseen.update(readers[slot])
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

    def reach_rung(self, rung: int) -> None:
        """Raise the rung to at least the given one."""
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

    def session(self) -> None:
        """The two sides have met or agreed a date."""
        self.w.last_session = self.env.now

    def begin_talks(self, why: str) -> None:
        """Talks between the two sides are on."""
        w = self.w
        self.session()
        if not self.talks_used:
            return
        if not w.talks_on:
            self.touched = True
            w.talks_on = 1
            w.pause_broken = 0
            w.talks_since = self.env.now
            self.first("talks_resumed")
            self.count("talks_resumed")
            w.moratorium_until = NEVER
            self.note("talks", "", f"talks open: {why}", opens=True, why=why)
            event, self._opened = self._opened, self.env.event()
            event.succeed()
            if w.rung > 1:
                w.rung = 1
            if w.recognised and self.recognition is not None:
                k = self.case.issue(self.recognition[1].issue)
                w.level[k] = max(w.level[k], self.recognition[1].during_talks)
                w.seen[k] = max(w.seen[k], w.level[k])

    def end_talks(self, why: str) -> None:
        """Talks between the two sides are over."""
        w = self.w
        if w.talks_on and self.talks_used:
            self.touched = True
            w.talks_on = 0
            w.talks_ended = self.env.now
            restraint = self.restraint
            if restraint is not None:
                if not w.pause_broken:
                    w.pause_until = self.env.now + restraint.pause_after_talks
                if w.moratorium and w.moratorium_until == NEVER:
                    w.moratorium_until = self.env.now + restraint.deadline
            if self.recognition is not None:
                self._fall_back_to_floor()
            self.first("talks_ended")
            self.note("talks", "", f"talks end: {why}", opens=False, why=why)
            event, self._closed = self._closed, self.env.event()
            event.succeed()

    def talks_opened(self) -> simpy.Event:
        """Occurs when talks open next."""
        return self._opened

    def talks_closed(self) -> simpy.Event:
        """Occurs when talks end next."""
        return self._closed

    def _fall_back_to_floor(self) -> None:
        from sim.engines.meetings import recognition_floor

        name, slots = self.recognition
        k = self.case.issue(slots.issue)
        floor = recognition_floor(self, slots) if self.w.recognised else self.case.spec.issues[slots.issue].start
        if self.w.deal < 0:
            self.w.level[k] = self.w.seen[k] = floor
            self.hold_to_treaties()

    def recognition_gain(self, actor: int) -> float:
        """What the irreversible part of recognition is worth to an actor of the track that grants it."""
        if actor not in self._recognition_gains:
            self._recognition_gains[actor] = self._recognition_gain(actor)
        return self._recognition_gains[actor]

    def _recognition_gain(self, actor: int) -> float:
        if self.recognition is None:
            return 0.0
        from sim.engines.meetings import recognition_floor

        name, slots = self.recognition
        track = self.spec.tracks[name]
        identifier = self.case.actor_ids[actor]
        if identifier != track.responder and not (identifier == track.proposer and slots.costs_proposer):
            return 0.0
        before = self.spec.issues[slots.issue].start
        return self.minds.irreversible_gain(actor, slots.issue, before, recognition_floor(self, slots))

    def election_cost(self, actor: int) -> float:
        """Payoff that deadlock costs an actor whose election is near."""
        if actor != self.election_actor:
            return 0.0
        election = self.spec.mechanisms.election_pressure
        now = self.env.now
        for at in sorted(election.at):
            left = at - now
            if 0.0 <= left < election.window:
                return self.p[self.slots.mechanisms.election_pressure.cost] * (1.0 - left / election.window)
        return 0.0

    def next_election(self, actor: int) -> float | None:
        """Time of the actor's next election, if it has one ahead."""
        if actor != self.election_actor:
            return None
        ahead = [at for at in self.spec.mechanisms.election_pressure.at if at >= self.env.now]
        return min(ahead) if ahead else None

    def withdraw_gestures(self, issues: Sequence[str]) -> None:
        """What has been granted on some issues without an agreement is taken back; a deal or treaty still binds."""
        w = self.w
        if w.deal >= 0:
            return
        self.touched = True
        for issue in issues:
            k = self.case.issue(issue)
            w.level[k] = w.seen[k] = min(w.level[k], self.spec.issues[issue].start)
            w.pledged[k] = w.local[k] = 0.0
        self.hold_to_treaties()

    def needs_treaty(self, package: int) -> bool:
        """Whether a package goes to the treaty veto players."""
        agreements = self.spec.mechanisms.agreements
        if agreements is None or not agreements.enabled or package < 0:
            return False
        row = self.minds.row(package)
        if agreements.treaty_issue is not None and row[self.case.issue(agreements.treaty_issue)] > agreements.treaty_cap:
            return True
        return any(row[self.case.issue(name)] > level for name, level in agreements.treaty_also.items())

    def provocation_index(self) -> float:
        """Provocation index in [0, 1]."""
        if self.slots.mechanisms.provocation is None:
            return 0.0
        return rule_pressure.provocation_index(self.w.provocation, self.saturation)

    def apply(self, slots: Any, spec: Any, actor: int | None, key: int = 0, *, votes: bool = True) -> float:
        """What an event does to the world; its severity as a provocation."""
        from sim.engines.shocks import apply

        self.touched = True
        return apply(self, slots, spec, actor, key, votes=votes)

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

    def prospects(self, actor: int) -> list[float]:
        """Perceived results of force: probability, payoff, multiple of the cost of war, three a line."""
        if actor not in self._prospects:
            self._prospects[actor] = self._prospects_of(actor)
        return self._prospects[actor]

    def _prospects_of(self, actor: int) -> list[float]:
        aftermath = self.spec.mechanisms.aftermath
        fighting = self.slots.actors[self.case.actor_ids[actor]].fighting
        flat: list[float] = []
        for chance, payoff, multiple in aftermath.force_lottery if aftermath is not None else ():
            flat += [chance, self.p[fighting.prize] if payoff == 0.0 and fighting is not None else payoff, multiple]
        return flat

    def exogenous_collapse_rate(self) -> float:
        """Rate at which agreements end for reasons outside them."""
        from sim.engines.agreement import exogenous_collapse_rate

        return exogenous_collapse_rate(self) if self.agreement is not None else 0.0

    def take_back(self, brought: list[float]) -> None:
        """What an agreement brought is undone, and only that; treaties in force and recognition keep their levels."""
        w = self.w
        self.touched = True
        for k, change in enumerate(brought):
            if change != 0.0:
                w.level[k] = w.seen[k] = min(1.0, max(0.0, w.level[k] - change))
                brought[k] = 0.0
        self.hold_to_treaties()

    def hold_to_treaties(self) -> None:
        """Levels that treaties in force bind are at least those of the treaties."""
        w = self.w
        self.touched = True
        for row in self.treaties.values():
            for k, level in enumerate(row):
                if w.level[k] < level:
                    w.level[k] = level
                if w.seen[k] < level:
                    w.seen[k] = level

    def scale_credibility(self, actor: int, factor: float) -> None:
        """A public event changes how far an actor believes promises: truth and others' beliefs about it scale alike."""
        self._move_credibility(actor, factor, 0.0)

    def raise_credibility(self, actor: int, gain: float) -> None:
        """A promise kept closes a share of what is missing in an actor's belief in promises."""
        self._move_credibility(actor, 1.0 - gain, gain)

    def _move_credibility(self, actor: int, factor: float, shift: float) -> None:
        """The truth and every point of others' beliefs move by the same line, so that nobody learns the truth."""
        if (factor == 1.0 and shift == 0.0) or self.slots.actors[self.case.actor_ids[actor]].types.credibility is None:
            return
        self.w.credibility[actor] = min(1.0, factor * self.w.credibility[actor] + shift)
        for belief in self.minds.beliefs:
            if belief.actor == actor and belief.trait == "credibility":
                belief.points = [min(1.0, factor * point + shift) for point in belief.points]
        self.touched = True

    def broker_report(self, broker: int) -> None:
        """A broker's report raises the expectation of a pending meeting."""
        if not self.expectation_on:
            return
        m = self.spec.mechanisms.expectation
        slots = self.slots.mechanisms.expectation
        push = self.p[slots.oversell]
        if m.oversell_discount:
            push = rule_expectation.discounted_report(push, self.p[slots.bias_belief])
        self.w.expectation = rule_expectation.drift_toward(self.w.expectation, 1.0, push)
        self.count("broker_reports")

    def session_if_sides(self, members: Sequence[str]) -> None:
        """A session among members counts for the two sides if both are there."""
        if set(self.spec.sides) <= set(members):
            self.session()

    def pledge_restraint(self) -> None:
        """A pledged level of restraint makes the moratorium hold."""
        restraint = self.restraint
        if restraint is None:
            return
        if self.w.pledged[self.case.issue(restraint.issue)] >= restraint.level:
            self.w.moratorium = 1
            self.w.pause_broken = 0
            self.w.moratorium_until = NEVER

    def promise_restraint(self, at: float) -> Generator[simpy.Event, Any, None]:
        """A unilateral moratorium on a given date, if talks are on then."""
        yield self.wait(at, Priority.CALENDAR)
        if self.w.talks_on:
            self.advance()
            self.w.moratorium = 1
            self.note("restraint", self.spec.sides[1], "declares a moratorium on tests", holds=True)
            self.settle()

    def any_mandate(self) -> list[float]:
        """Packages that some table may agree to."""
        if self._mandate is None:
            masks = [item.mandate for item in (*self.tables.values(), *self.meetings.values())]
            self._mandate = [1.0 if any(mask[n] for mask in masks) else 0.0 for n in range(self.minds.total)]
        return self._mandate

    def maximal_utility(self) -> float:
        """Utility to the first side from which a package counts as a maximal demand."""
        if self._maximal is None:
            name = self.spec.maximal_package
            row = self.case.named[name] if name is not None else -1
            self._maximal = self.minds.utility(self.side_indices[0], row) if row >= 0 else float("inf")
        return self._maximal

    def remember_offer(self, package: int, proposer: int, accepted: bool, track: str) -> None:
        """Keep an offer for the picture of offers in utility space."""
        if self.log is not None:
            one, two = self.side_indices
            self.note(
                "offer",
                self.case.actor_ids[proposer],
                f"{self.package_name(package)}: {'accepted' if accepted else 'rejected'}",
                track=track,
                package=package,
                accepted=accepted,
                utility_one=self.minds.utility(one, package),
                utility_two=self.minds.utility(two, package),
                reserve_one=self.minds.disagreement(one),
                reserve_two=self.minds.disagreement(two),
            )

    # Decisions

    def decide(
        self,
        node: str,
        actor: int,
        labels: Sequence[str],
        values: Sequence[float],
        precision: float,
        u: float,
        allowed: Sequence[float] | None = None,
        removed: dict[str, str] | None = None,
        fallback: int = -1,
        *,
        packages: Sequence[int | None] = (),
        track: str = "",
    ) -> int:
        """Position of the option chosen by logit, or `fallback` if constraints leave none; logged on demand."""
        size = len(values)
        out = self.scratch_out
        chosen = logit_choice(values, allowed or [1.0] * size, size, precision, u, out)
        if chosen < 0:
            chosen = fallback
        if self.log is not None:
            decision = Decision(
                self.env.now,
                self.case.actor_ids[actor],
                node,
                tuple(labels),
                tuple(values),
                tuple(out[:size]) if any(out[:size]) else tuple(float(n == chosen) for n in range(size)),
                labels[chosen] if chosen >= 0 else "nothing allowed",
                dict(removed or {}),
                self.minds.snapshot(),
                packages=tuple(packages),
                track=track,
            )
            self.log.decisions.append(decision)
            self.log.entries.append(decision)
        return chosen

    def assent(
        self, node: str, actor: int, labels: Sequence[str], chance: float, u: float, *, track: str = ""
    ) -> bool:
        """Yes or no where a rule gives the probability of yes; logged like any decision, its values as log odds."""
        yes = u < chance
        if self.log is not None:
            odds = log(chance / (1.0 - chance)) if 0.0 < chance < 1.0 else float("inf") * (chance - 0.5)
            decision = Decision(
                self.env.now,
                self.case.actor_ids[actor],
                node,
                tuple(labels),
                (odds, 0.0),
                (chance, 1.0 - chance),
                labels[0 if yes else 1],
                {},
                self.minds.snapshot(),
                track=track,
            )
            self.log.decisions.append(decision)
            self.log.entries.append(decision)
        return yes

    def learned(self) -> None:
        """Complete the last decision's log entry with the beliefs after it."""
        if self.log is not None and self.log.decisions:
            self.log.decisions[-1].beliefs_after.update(self.minds.snapshot())

    def package_name(self, package: int) -> str:
        """A package in words."""
        return "status quo" if package < 0 else self.case.package_names[package]

    def package_label(self, package: int) -> str:
        """A package's name in the log, its own also where it was generated."""
        name = self.package_name(package)
        return name if package < 0 or self.case.named.get(name) == package else f"{name} #{package}"

    # Running

    def wait(self, delay: float, priority: Priority) -> Wakeup:
        """A wake-up after a delay."""
        return Wakeup(self.env, delay, priority)

    def pulse(self) -> Generator[simpy.Event, Any, None]:
        """Update slow quantities at least this often."""
        while True:
            self.next_pulse = self.env.now + self.spec.pulse
            self.advance()
            self._lapse()
            self.settle()
            near = self.next_pulse
            for arrival in self.arrivals:
                if arrival.due <= near:
                    arrival.wake_if_near()
            yield self.wait(self.spec.pulse, Priority.PULSE)

    def _lapse(self) -> None:
        """Talks lapse without a session or a date; deadlines of restraint pass."""
        w = self.w
        now = self.env.now
        if w.talks_on and self.talks_used:
            pending = any(date != NEVER for date in w.pending)
            if not pending and w.deal < 0 and now - w.last_session > self.spec.mechanisms.talks.lapse:
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
