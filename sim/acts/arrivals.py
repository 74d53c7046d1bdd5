"""Chance arrivals under changing rates, by the next-reaction method.

Arrival n owns one unit exponential. Time spends it at the current rate; whenever the situation changes the rate is set
anew and the due time moves. Between two updates rates are constant, except that excitation fades: candidates of a
self-exciting hazard come at the rate of the last update and are thinned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import mutual_trust
from sim.acts.clocks import set_due
from sim.acts.codes import (
    ARRIVAL_CANCELLATION,
    ARRIVAL_CONTACT,
    ARRIVAL_COOLING,
    ARRIVAL_DEAL_COLLAPSE,
    ARRIVAL_HAZARD,
    ARRIVAL_STANDING_COLLAPSE,
    SELF_EXCITING,
)
from sim.acts.draws import draw
from sim.acts.quantities import holds, value_of
from sim.rule import act, rule
from sim.rules import hazards
from sim.rules.implementation import collapse_rate
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def exogenous_collapse_rate(w: World, c: Tables, package: int, hostile: float) -> float:
    """Rate at which an agreement ends for reasons outside it, per time unit; 0 where agreements have no after-life.

    The package is what has been agreed: its verification counts as promised, not as far as it is built up.
    """
    if not c.agreements_on:
        return 0.0
    verified = 0.0
    if c.verification_issue >= 0:
        verified = c.levels[package * c.num_issues + c.verification_issue]
    turnover = w.now - w.leader_change < c.leader_change_lasts
    trust = mutual_trust(w, c, c.side_one, c.side_two)
    return collapse_rate(w.collapse_terms, verified, trust, hostile + w.hostile_extra, turnover)


@rule
def deal_collapse_rate(w: World, c: Tables) -> float:
    """Rate at which the deal in force ends for reasons outside it; a disputed one ends by its dispute."""
    if w.deal < 0 or w.deal_disputed:
        return 0.0
    return exogenous_collapse_rate(w, c, w.deal, w.deal_hostile)


@rule
def cancellation_rate(w: World, c: Tables, t: int) -> float:
    """Rate at which the pending meeting of a track is cancelled."""
    if w.pending[t] == NEVER:
        return 0.0
    rate = w.p[c.cancellation_rate[t]] / c.year * value_of(w, c, c.cancellation_factor[t])
    return rate * w.p[c.rate_after_revival[t]] if w.revived[t] else rate


@act
def read_signal(w: World, c: Tables, h: int, signal: int) -> None:
    """How much more often than the prior mean each class of an actor gives a signal, for a hazard."""
    if w.has_type_factors[h]:
        return
    w.has_type_factors[h] = 1
    size = c.signal_size[signal]
    actor = c.signal_about[signal]
    for n in range(size):
        w.likelihoods[n] = w.p[c.signal_likelihood[c.signal_start[signal] + n]]
        w.prior[n] = w.p[c.class_prior[c.class_start[actor] + n]]
    for n in range(size):
        w.type_factor[c.hazard_classes[h] + n] = hazards.type_multiplier(w.likelihoods, w.prior, size, n)


@act
def type_factor(w: World, c: Tables, h: int) -> float:
    """How much more often the true type causes an event than the prior mean."""
    if c.hazard_type_when[h] >= 0 and not holds(w, c, c.hazard_type_when[h]):
        return 1.0
    signal = c.hazard_by_type[h]
    read_signal(w, c, h, signal)
    return w.type_factor[c.hazard_classes[h] + w.commitment[c.signal_about[signal]]]


@act
def hazard_rate(w: World, c: Tables, h: int) -> float:
    """Rate of a hazard now."""
    off = c.hazard_when[h] >= 0 and not holds(w, c, c.hazard_when[h])
    if c.hazard_kind[h] == SELF_EXCITING:
        return _exciting_rate(w, c, h, off)
    if off:
        return 0.0
    rate = w.hazard_base[h] * value_of(w, c, c.hazard_factor[h])
    if c.hazard_by_type[h] >= 0:
        rate *= type_factor(w, c, h)
    return rate if rate > 0.0 else 0.0


@rule
def excitation_now(w: World, h: int) -> float:
    """Excitation of a hazard, faded since its last event."""
    return hazards.excitation_after(w.excitation[h], w.decay[h], w.now - w.excited_at[h])


@rule
def _exciting_rate(w: World, c: Tables, h: int, off: bool) -> float:
    if off:
        w.fading[h] = 0
        return hazards.self_exciting_rate(0.0, 0.0, 0.0, 0.0, True)
    paused = holds(w, c, c.hazard_paused[h])
    # The type multiplies what comes from outside; on the excitation too it would change the branching number.
    by_type = type_factor(w, c, h) if c.hazard_by_type[h] >= 0 else 1.0
    factor = 1.0 if paused else by_type * value_of(w, c, c.hazard_factor[h])
    w.fading[h] = 1 if w.excitation[h] != 0.0 and not paused else 0
    excitation = excitation_now(w, h) if w.fading[h] else 0.0
    return hazards.self_exciting_rate(w.hazard_base[h], factor, excitation, by_type * w.paused_rate[h], paused)


@act
def rate_now(w: World, c: Tables, a: int) -> float:
    """Rate of an arrival in the present situation, per time unit."""
    kind = c.arrival_kind[a]
    one = c.arrival_one[a]
    if kind == ARRIVAL_HAZARD:
        return hazard_rate(w, c, one)
    if kind == ARRIVAL_CANCELLATION:
        return cancellation_rate(w, c, one)
    if kind == ARRIVAL_COOLING:
        return 0.0 if w.rung == 0 or w.crisis else w.p[c.cooling] / c.day
    if kind == ARRIVAL_DEAL_COLLAPSE:
        return deal_collapse_rate(w, c)
    if kind == ARRIVAL_STANDING_COLLAPSE:
        return w.p[c.standing_collapse[one]] / c.year if w.standing[one] else 0.0
    if kind == ARRIVAL_CONTACT:
        return w.p[c.contact_rate[one]] / c.year
    if not w.standing[one]:
        return 0.0
    return w.p[c.treaty_collapse[one]] * exogenous_collapse_rate(w, c, w.treaty[one], w.treaty_hostile[one])


@act
def arm(w: World, c: Tables, a: int) -> None:
    """Draw the unit exponential of the next arrival."""
    u = draw(w, c, c.arrival_stream[a], c.arrival_key[a], c.arrival_lane[a])
    w.remaining[a] = hazards.unit_exponential(u)
    w.since[a] = w.now
    set_due(w, c.clock_arrival + a, hazards.due_time(w.now, w.remaining[a], w.rate[a]))


@act
def refresh(w: World, c: Tables, a: int) -> None:
    """Bring rate and due time of an arrival up to date after the situation has changed."""
    rate = rate_now(w, c, a)
    if rate != w.rate[a]:
        w.remaining[a] = hazards.left_over(w.remaining[a], w.rate[a], w.now - w.since[a])
        w.since[a] = w.now
        w.rate[a] = rate
        set_due(w, c.clock_arrival + a, hazards.due_time(w.now, w.remaining[a], rate))


@act
def excite(w: World, c: Tables, h: int) -> None:
    """An event, of this hazard or of one that counts as its own, raises the rate."""
    w.excitation[h] = hazards.excitation_with_event(excitation_now(w, h), w.branching[h], w.decay[h])
    w.excited_at[h] = w.now
