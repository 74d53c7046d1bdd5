"""How a history is set up: constants of its scenario, red lines, private types, the world at the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.engines.lines import Line
from sim.randomness import Stream
from sim.rules import expectation as rule_expectation
from sim.rules import pressure as rule_pressure
from sim.rules import relaxation


class Setting:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

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
        self.moving = [case.actor(name) for name in names if name in keys and sanctions.enforcers[name].relaxes]

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
                    chance = self._line_chance(
                        by_class, sorted(types.commitment)[int(w.commitment[actor])], line.name, identifier
                    )
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
        self.row["expectation_clipped"] = 0.0
        if m.expectation is not None and m.expectation.enabled:
            hoped = p[m.expectation.initial] + p[m.expectation.hype]
            self.row["expectation_clipped"] = 0.0 if 0.0 <= hoped <= 1.0 else 1.0
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
