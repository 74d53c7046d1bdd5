"""Events that no actor chooses: hazards of the scenario, and what events do to the world."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Arrival, Priority, SelfExcitingArrival
from sim.randomness import Stream
from sim.rules import expectation, hazards, relaxation
from sim.rules.pressure import rivalry_after_shock

if TYPE_CHECKING:
    from sim.engines.history import History


class Hazard:
    """One hazard of the scenario."""

    def __init__(self, history: History, name: str) -> None:
        self.h = h = history
        self.name = name
        self.spec = h.spec.hazards[name]
        self.slots = h.slots.hazards[name]
        self.key = h.case.keys["hazards"][name]
        self.actor = h.case.actor(self.spec.actor) if self.spec.actor else None
        self.when = h.case.compile(self.spec.when) if self.spec.when else None
        self.type_when = h.case.compile(self.spec.by_type_when) if self.spec.by_type_when else None
        self.counter = self.spec.counts_as or name
        self.type_factors: list[float] = []
        self.about = -1
        kind = self.spec.kind
        if kind == "poisson":
            self.factor = h.case.compile(self.spec.factor)
            self.factor_at = self.factor.value_at
            self.base = h.p[self.slots.rate] / h.year
            h.arrivals.append(
                Arrival(h, name, self.key, self._rate, self.occur, reads=self._reads(self.factor))
            )
        elif kind == "self_exciting":
            self.factor = h.case.compile(self.spec.factor)
            self.factor_at = self.factor.value_at
            self.paused = h.case.compile(self.spec.paused)
            decay = relaxation.rate_from_half_life(h.p[self.slots.half_life])
            self.base = h.p[self.slots.baseline] / h.year
            self.paused_rate = h.p[self.slots.paused_rate] / h.year
            self.arrival = SelfExcitingArrival(
                h,
                name,
                self.key,
                self._level,
                h.p[self.slots.branching],
                decay,
                self.occur,
                self._reads(self.factor, self.paused),
            )
            h.arrivals.append(self.arrival)
        else:
            self.suspended = h.case.compile(self.spec.suspended_when) if self.spec.suspended_when else None
            h.env.process(self.calendar())

    def _reads(self, *conditions: Any) -> tuple[str, ...]:
        """Quantities that the rate depends on; a redrawn type makes all rates stale."""
        names: set[str] = set()
        for condition in (self.when, self.type_when, *conditions):
            if condition is not None:
                names.update(condition.names)
        return tuple(sorted(names))

    def _rate(self) -> float:
        h = self.h
        if self.when is not None and not h.holds(self.when):
            return 0.0
        rate = self.base * self.factor_at(h.quantities)
        if self.spec.by_type is not None:
            rate *= self._type_factor()
        return rate if rate > 0.0 else 0.0

    def _type_factor(self) -> float:
        """How much more often the true type causes the event than the prior mean."""
        h = self.h
        if self.type_when is not None and not h.holds(self.type_when):
            return 1.0
        if not self.type_factors:
            self._read_signal(self.spec.by_type)
        return self.type_factors[int(h.w.commitment[self.about])]

    def _read_signal(self, name: str) -> None:
        """Whom a signal is about, and how much more often than the prior mean each class gives it."""
        h = self.h
        signal = h.slots.signals[name]
        self.about = h.case.actor(signal.about)
        likelihoods = _likelihoods(h, signal)
        size = len(likelihoods)
        prior = h.minds.prior(self.about, "commitment", size)
        self.type_factors = [hazards.type_multiplier(likelihoods, prior, size, kind) for kind in range(size)]

    def _called_off(self, u: float) -> bool:
        """Whether an event that may be called off is; both tell about the class of the actor who decides, if it matters."""
        h = self.h
        chance = h.p[self.slots.suspended_probability]
        if self.spec.suspended_by_type is None:
            return u < chance
        if not self.type_factors:
            self._read_signal(self.spec.suspended_by_type)
        chances = [min(1.0, chance * factor) for factor in self.type_factors]
        off = u < chances[int(h.w.commitment[self.about])]
        h.minds.observe_act(self.about, "commitment", [c if off else 1.0 - c for c in chances], 2)
        h.all_stale = True
        return off

    def _tell_types_apart(self) -> None:
        """Others learn from an event that some types cause more often; nobody learns from silence."""
        h = self.h
        name = self.spec.by_type
        if name is None or name == self.spec.effects.signal:
            return  # nothing to learn from, or the effects carry the signal themselves
        if self.type_when is not None and not h.holds(self.type_when):
            return
        signal = h.slots.signals[name]
        h.minds.observe_signal(h.case.actor(signal.about), _likelihoods(h, signal))

    def _level(self) -> tuple[float, float, float, bool]:
        h = self.h
        if self.when is not None and not h.holds(self.when):
            return 0.0, 0.0, 0.0, True
        paused = h.holds(self.paused)
        # The type multiplies what comes from outside; on the excitation too it would change the branching number.
        by_type = self._type_factor() if self.spec.by_type is not None else 1.0
        return self.base, 1.0 if paused else by_type * self.factor_at(h.quantities), by_type * self.paused_rate, paused

    def calendar(self) -> Generator[simpy.Event, Any, None]:
        """The given dates, then every period."""
        h = self.h
        dates = sorted(self.spec.at)
        n = 0
        while True:
            if n < len(dates):
                date = dates[n]
            elif self.spec.every and dates:
                date = dates[-1] + (n - len(dates) + 1) * self.spec.every
            else:
                return
            n += 1
            if date < h.env.now:
                continue
            yield h.wait(date - h.env.now, Priority.CALENDAR)
            h.advance()
            u = h.draw(Stream.TIMING, self.key, 32)  # lanes below are those of tracks, which may share the key
            if self.when is not None and not h.holds(self.when):
                continue
            if self.suspended is not None:
                off = h.holds(self.suspended) and self._called_off(u)
                h.w.exercise_suspended = 1 if off else 0
                if off:
                    h.count(f"suspended.{self.name}")
                    h.note("calendar", "", f"{self.name} is called off", hazard=self.name)
                    h.settle()
                    continue
            self.occur()
            h.settle()

    def occur(self) -> None:
        """The event happens."""
        h = self.h
        h.arrived(self.counter)
        mark = None
        if getattr(self.spec, "split", None):
            u = h.draw(Stream.SHOCK, self.key, 0)
            cumulative = 0.0
            for name in sorted(self.spec.split):
                mark = name
                cumulative += h.p[self.slots.split[name]]
                if u < cumulative:
                    break
        words = (self.spec.label or self.name) + (f" ({mark})" if mark else "")
        h.note("event", self.spec.actor or "", words, hazard=self.name, mark=mark or "")
        if mark is not None:
            h.count(f"events.{self.counter}.{mark}")
            h.first(f"events.{self.counter}.{mark}")
        self._tell_types_apart()
        severity = h.apply(self.slots.effects, self.spec.effects, self.actor, self.key, votes=False)
        if mark is not None and mark in self.spec.mark_effects:
            slots, effects = self.slots.mark_effects[mark], self.spec.mark_effects[mark]
            severity = max(severity, h.apply(slots, effects, self.actor, self.key, votes=False))
        other = h.hazards.get(self.spec.alternative) if self.spec.alternative is not None else None
        if other is not None:
            h.arrived(other.counter)
            more = h.apply(other.slots.effects, other.spec.effects, other.actor, other.key, votes=False)
            severity = max(severity, more)
        provoke(h, severity)

    def arrives_too(self) -> None:
        """An event of another hazard counts as one of this: in its counter and, if it is self-exciting, in its rate."""
        h = self.h
        h.arrived(self.counter)
        if self.spec.kind == "self_exciting":
            self.arrival.excite()
            self.arrival.refresh()


def provoke(h: History, severity: float) -> None:
    """A provocation may come to a vote: one vote an event."""
    if severity > 0.0:
        for name in h.track_ids:
            if h.spec.tracks[name].protocol == "resolutions" and name in h.councils:
                h.councils[name].provoked(severity)


def apply(
    h: History, slots: Any, spec: Any, actor: int | None, key: int, *, lane: int = 0, votes: bool = True
) -> float:
    """What an event does to the world; see `sim.model.spec.effects.Effects` for the meaning of each entry.

    `key` and `lane` say where its draws are. Returns its severity as a provocation, which comes to a vote here only with `votes`.
    """
    _strain(h, slots)
    if spec.rung is not None and h.crisis is not None:
        h.reach_rung(spec.rung)
    if spec.major:
        h.w.last_major = h.env.now
        h.first("major")
    _move_prospects(h, slots)
    _disturb_talks(h, slots, spec)
    if spec.signal is not None:
        signal = h.slots.signals[spec.signal]
        h.minds.observe_signal(h.case.actor(signal.about), _likelihoods(h, signal))
    if spec.also_counts_as is not None and spec.also_counts_as in h.hazards:
        h.hazards[spec.also_counts_as].arrives_too()
    if spec.cancels is not None and spec.cancels in h.meetings:
        h.meetings[spec.cancels].cancel()
    if spec.breaches_deal and h.agreement is not None:
        h.agreement.breach()
    if spec.violates and h.agreement is not None:
        h.agreement.openly_violated(actor, {issue: h.p[slot] for issue, slot in slots.violates.items()})
    extra = h.p[slots.hostile_vetoes]
    if extra != 0.0:
        h.w.hostile_extra += extra
        h.all_stale = True
    if spec.leader is not None:
        _change_leader(h, slots.leader, spec.leader, key, lane)
    if spec.incident:
        for name in h.track_ids:
            if h.spec.tracks[name].protocol == "bundles" and name in h.councils:
                h.councils[name].end()
    if spec.crisis and h.crisis is not None and not h.w.crisis:
        at = spec.crisis_at if spec.crisis_at is not None else h.crisis.spec.crisis_rung
        # The challenger, who moves first, is the side that did not cause it.
        h.crisis.begin(at, next((side for side in h.crisis.sides if side != actor), None) if actor is not None else None)
    severity = h.p[slots.severity]
    if votes:
        provoke(h, severity)
    return severity


def _strain(h: History, slots: Any) -> None:
    """Tension and provocation, each where its mechanism is on."""
    p, w = h.p, h.w
    jump = p[slots.tension]
    if h.tension_on:
        if jump != 0.0:
            w.tension = relaxation.pushed_up(w.tension, jump)
        factor = p[slots.tension_factor]
        if factor != 1.0:
            w.tension = relaxation.scaled(w.tension, factor)
    provocation = p[slots.provocation]
    if provocation != 0.0 and h.provocation_rate > 0.0:
        w.provocation += provocation


def _move_prospects(h: History, slots: Any) -> None:
    """Capability, expectation and rivalry, each where its mechanism is on."""
    p, w = h.p, h.w
    capability = p[slots.capability]
    if capability != 0.0 and h.capability is not None:
        w.capability = hazards.capability_with_trial(w.capability, capability)
    if h.expectation_on:
        shift = p[slots.expectation]
        if shift != 0.0:
            w.expectation = expectation.within_unit(w.expectation + shift)
        push = p[slots.raises_expectation]
        if push != 0.0 and any(date > -1.0e8 for date in w.pending):
            w.expectation = expectation.drift_toward(w.expectation, 1.0, push)
    rivalry = p[slots.rivalry]
    if rivalry != 0.0 and h.rivalry_rate > 0.0:
        w.rivalry = rivalry_after_shock(w.rivalry, rivalry)


def _disturb_talks(h: History, slots: Any, spec: Any) -> None:
    """Rounds at every table put off, and made likelier to fail."""
    if spec.delays_rounds > 0.0:
        for table in h.tables.values():
            table.postponed += spec.delays_rounds
    fails = h.p[slots.fails_round]
    if fails > 0.0:
        for table in h.tables.values():
            table.failing = fails


def _likelihoods(h: History, signal: Any) -> list[float]:
    """How likely each class of the actor is to give the signal, classes in order of name."""
    return [h.p[signal.likelihood[name]] for name in sorted(signal.likelihood)]


def _change_leader(h: History, slots: Any, spec: Any, key: int, lane: int) -> None:
    """Perhaps a leader change: now, or when the new leader takes over."""
    u_change = h.draw(Stream.DOMESTIC, key, lane)
    u_class = h.draw(Stream.DOMESTIC, key, lane + 1)
    if u_change >= h.p[slots.probability]:
        return
    if spec.delay > 0.0:
        h.env.process(_later(h, slots, spec, u_class))
    else:
        new_leader(h, slots, spec, u_class)


def _later(h: History, slots: Any, spec: Any, u_class: float) -> Generator[simpy.Event, Any, None]:
    yield h.wait(spec.delay, Priority.DEFERRED)
    h.advance()
    new_leader(h, slots, spec, u_class)
    h.settle()


def new_leader(h: History, slots: Any, spec: Any, u_class: float) -> None:
    """A new leader: type drawn from the prior, others' beliefs about it start anew; tastes stay."""
    w = h.w
    actor = h.case.actor(spec.actor)
    h.count(f"leader_changes.{spec.actor}")
    classes = sorted(h.spec.actors[spec.actor].types.commitment or {})
    if classes:
        w.commitment[actor] = h.draw_class(actor, u_class)
    drawn = classes[int(w.commitment[actor])] if classes else ""
    h.note("leader", spec.actor, "a new leader takes over", commitment=drawn)
    if classes:
        h.all_stale = True
        for belief in h.minds.beliefs:
            if belief.actor == actor and belief.trait == "commitment":
                h.minds.reset(belief)
    if actor in h.side_indices:
        w.leader_change = h.env.now
        other = next(side for side in h.side_indices if side != actor)
        h.scale_credibility(other, h.p[slots.credibility_factor])
    mechanisms = h.spec.mechanisms
    if spec.resets_expectation and mechanisms.expectation is not None and h.case.actor(
        mechanisms.expectation.holder
    ) == actor:
        m = h.slots.mechanisms
        w.expectation = expectation.hyped(h.p[m.expectation.initial], h.p[m.expectation.hype])
        if m.aftermath is not None:
            w.belief_talks = h.p[m.aftermath.belief_talks]
            w.belief_pressure = h.p[m.aftermath.belief_pressure]
    if spec.ends_declaration:
        w.declaration = 0


__all__ = ["Hazard", "apply", "new_leader"]
