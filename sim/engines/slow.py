"""Quantities that move by themselves between events: tension, pressure, enforcement, stress, beliefs, capability."""

from __future__ import annotations

from sim.rules import hazards as rule_hazards
from sim.rules import pressure as rule_pressure
from sim.rules.implementation import open_development
from sim.rules.relaxation import decay_factor, relaxed, relaxed_by


class SlowQuantities:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

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
            w.tension = relaxed(
                w.tension, self.tension_rests[1 if w.talks_on else 0], self.tension_rate, elapsed
            )
        if self.sanctions_on:
            # What is felt before relief: the relief of a package is counted once, where the package is valued.
            w.stress = rule_pressure.stress_after(w.stress, self.unrelieved, self.stress_rate, self.adaptation, elapsed)
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
                factor = decay_factor(self.enforcement_rate, elapsed)
                for actor in self.moving:
                    w.enforcement[actor] = relaxed_by(w.enforcement[actor], target, factor)
        if w.provocation != 0.0 and self.provocation_rate > 0.0:
            w.provocation = relaxed(w.provocation, 0.0, self.provocation_rate, elapsed)
        if w.rivalry != 0.0 and self.rivalry_rate > 0.0:
            w.rivalry = relaxed(w.rivalry, 0.0, self.rivalry_rate, elapsed)
        if self.belief_rate > 0.0 and (
            w.belief_talks != self.belief_rests[0] or w.belief_pressure != self.belief_rests[1]
        ):
            factor = decay_factor(self.belief_rate, elapsed)
            w.belief_talks = relaxed_by(w.belief_talks, self.belief_rests[0], factor)
            w.belief_pressure = relaxed_by(w.belief_pressure, self.belief_rests[1], factor)
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

    def provocation_index(self) -> float:
        """Provocation index in [0, 1]."""
        if self.slots.mechanisms.provocation is None:
            return 0.0
        return rule_pressure.provocation_index(self.w.provocation, self.saturation)
