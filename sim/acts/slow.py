"""Quantities that move by themselves between events: tension, pressure, enforcement, stress, beliefs, capability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.quantities import provocation_index
from sim.rule import act, rule
from sim.rules import hazards, pressure
from sim.rules.implementation import open_development
from sim.rules.relaxation import decay_factor, relaxed, relaxed_by

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def pressure_now(w: World, c: Tables) -> float:
    """Sanctions pressure that reaches the target now; ``w.unrelieved`` keeps what it would be without relief."""
    for place in range(c.num_enforcers):
        if c.enforcer_actor[place] >= 0:
            w.enforcement_now[place] = w.enforcement[c.enforcer_actor[place]]
    w.unrelieved = pressure.pressure(w.sanctions_level, 0.0, w.shares, w.enforcement_now, c.num_enforcers)
    return w.unrelieved * (1.0 - w.level[c.relief_issue])


@act
def advance(w: World, c: Tables) -> None:
    """Let slow quantities relax from the last update to the present."""
    elapsed = w.now - w.updated
    if elapsed <= 0.0:
        return
    if c.tension_on:
        rest = w.tension_rest_in_talks if w.talks_on else w.tension_rest
        w.tension = relaxed(w.tension, rest, w.tension_rate, elapsed)
    if c.sanctions_on:
        # What is felt before relief: the relief of a package is counted once, where the package is valued.
        w.stress = pressure.stress_after(w.stress, w.unrelieved, w.stress_rate, w.adaptation, elapsed)
        if len(c.moving_enforcer) > 0:
            _move_enforcement(w, c, elapsed)
    if w.provocation != 0.0 and w.provocation_rate > 0.0:
        w.provocation = relaxed(w.provocation, 0.0, w.provocation_rate, elapsed)
    if w.rivalry != 0.0 and w.rivalry_rate > 0.0:
        w.rivalry = relaxed(w.rivalry, 0.0, w.rivalry_rate, elapsed)
    if w.belief_rate > 0.0 and (w.belief_talks != w.belief_talks_rest or w.belief_pressure != w.belief_pressure_rest):
        factor = decay_factor(w.belief_rate, elapsed)
        w.belief_talks = relaxed_by(w.belief_talks, w.belief_talks_rest, factor)
        w.belief_pressure = relaxed_by(w.belief_pressure, w.belief_pressure_rest, factor)
    if c.capability_on:
        w.capability = _capability_after(w, c, elapsed)
    w.updated = w.now


@rule
def _move_enforcement(w: World, c: Tables, elapsed: float) -> None:
    shift = w.enforcement_shift if w.shift_until > w.updated else 0.0
    target = pressure.enforcement_target(
        w.enforcement_terms,
        provocation_index(w, c),
        pressure.fear_of_fighting(w.tension, w.rung, w.fear_rungs),
        1.0 if w.talks_on else 0.0,
        w.rivalry,
        shift,
    )
    factor = decay_factor(w.enforcement_rate, elapsed)
    for n in range(len(c.moving_enforcer)):
        actor = c.moving_enforcer[n]
        w.enforcement[actor] = relaxed_by(w.enforcement[actor], target, factor)


@rule
def _capability_after(w: World, c: Tables, elapsed: float) -> float:
    open_share = 1.0
    if w.deal >= 0 and c.arms_issue >= 0:
        open_share = open_development(w.level[c.arms_issue], c.arms_full_stop)
    factor = hazards.development_factor(w.moratorium != 0, w.growth_in_moratorium, open_share)
    return hazards.capability_after(w.capability, w.capability_growth, factor, elapsed)
