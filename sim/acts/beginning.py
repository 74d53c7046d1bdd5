"""The start of a history: inputs and private types are drawn, everything is set to the scenario's start, clocks are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.arrivals import arm
from sim.acts.beliefs import draw_class, reset_belief
from sim.acts.clocks import set_clock, wait
from sim.acts.codes import LISTENING, SELF_EXCITING, TIMING, TYPE
from sim.acts.consent import veto_value
from sim.acts.crises import tick_at
from sim.acts.draws import draw, duration
from sim.acts.games import draw_game_types
from sim.acts.happenings import set_next_date
from sim.acts.inputs import coordinate, draw_inputs
from sim.acts.invitations import set_date
from sim.acts.ladder import begin_crisis
from sim.acts.pulse import pulse_due
from sim.acts.quantities import look
from sim.acts.readings import reading_due
from sim.acts.relations import recognition_floor
from sim.acts.slow import pressure_now
from sim.acts.worth import line_at
from sim.rule import act, rule
from sim.rules import expectation, ladder, pressure
from sim.rules.relaxation import rate_from_half_life
from sim.rules.utility import gain_from_shift

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def begin(w: World, c: Tables) -> None:
    """A history begins: the situation is blank but for seed, replication and branch."""
    w.clocks_used = c.first_deferred
    draw_inputs(w, c)
    _set_constants(w, c)
    _set_sanctions(w, c)
    _set_ladder(w, c)
    _set_hazards(w, c)
    _draw_types(w, c)
    _set_situation(w, c)
    _set_worth(w, c)
    for row in range(c.num_actors, len(w.has_believed)):
        w.has_believed[row] = 0  # rows of misperceptions, which are drawn
    for a in range(c.num_arrivals):
        arm(w, c, a)
    look(w, c)
    draw_game_types(w, c)
    _set_clocks(w, c)


@act
def _set_constants(w: World, c: Tables) -> None:
    """Numbers of the history that do not move: rates, rests, terms."""
    p = w.p
    if c.learning_on:
        w.kappa = p[c.kappa]
        w.noise = p[c.mixing]
    if c.tension_on:
        w.tension_rate = rate_from_half_life(p[c.tension_half_life])
        w.tension_rest = p[c.tension_rests]
        w.tension_rest_in_talks = p[c.tension_rests_in_talks]
    w.saturation = p[c.provocation_saturation] if c.provocation_given else 1.0
    if c.provocation_on:
        w.provocation_rate = rate_from_half_life(p[c.provocation_half_life])
    if c.rivalry_on:
        w.rivalry_rate = rate_from_half_life(p[c.rivalry_half_life])
    if c.capability_on:
        w.erosion = p[c.capability_erosion]
        w.growth_in_moratorium = p[c.capability_in_moratorium]
        w.capability_growth = p[c.capability_grows] / (7.0 * c.day)
    if c.aftermath_given:
        w.belief_talks_rest = p[c.prior_belief_talks]
        w.belief_pressure_rest = p[c.prior_belief_pressure]
        w.belief_rate = rate_from_half_life(p[c.belief_half_life])
    if c.agreements_given:
        w.collapse_terms[0] = p[c.collapse_base] / c.year
        w.collapse_terms[1] = p[c.collapse_verification]
        w.collapse_terms[2] = 0.5
        w.collapse_terms[3] = p[c.collapse_trust]
        w.collapse_terms[4] = 0.5
        w.collapse_terms[5] = p[c.collapse_hostile]
        w.collapse_terms[6] = p[c.collapse_leader]
        w.repair_terms[0] = p[c.repair_intercept]
        w.repair_terms[1] = p[c.repair_verification]
        w.repair_terms[2] = 0.5
        w.repair_terms[3] = p[c.repair_hotline]
        w.repair_terms[4] = p[c.repair_trust]
        w.repair_terms[5] = 0.5
    for actor in range(c.num_actors):
        w.loss_aversion[actor] = p[c.risk_aversion[actor]]
        w.curvature[actor] = p[c.risk_curvature[actor]]


@act
def _set_sanctions(w: World, c: Tables) -> None:
    """Shares and places of those who enforce sanctions, and how the target feels them."""
    if not c.sanctions_given:
        return
    p = w.p
    w.pressure_cost = p[c.sanctions_cost]
    total = 0.0
    size = c.num_enforcers
    for n in range(size):
        total += p[c.enforcer_share[n]]
    lead = 0
    for n in range(size):
        w.shares[n] = p[c.enforcer_share[n]] / total
        if w.shares[n] > w.shares[lead]:
            lead = n
    # A drawn share of the leading enforcer is kept; the others share the rest in proportion.
    share = p[c.enforcer_share[lead]]
    rest = total - share
    if rest > 0.0 and share <= 1.0:
        for n in range(size):
            w.shares[n] = share if n == lead else pressure.rescaled_share(p[c.enforcer_share[n]], share, rest)
    for n in range(size):
        w.enforcement_now[n] = p[c.enforcer_enforcement[n]]
    for n in range(5):
        w.enforcement_terms[n] = p[c.enforcement_slot[n]]
    w.enforcement_rate = 1.0 / p[c.enforcement_time]
    w.fear_rungs = p[c.enforcement_fear_rungs]
    w.stress_rate = 1.0 / p[c.felt_after]
    w.adaptation = p[c.sanctions_adaptation] / c.year


@act
def _set_ladder(w: World, c: Tables) -> None:
    """The table of rungs: chance of a slide within a tick, audience multiplier, cost of holding, cost of climbing."""
    if not c.ladder_on:
        return
    for rung in range(c.last_rung + 1):
        at = rung * ladder.NUM_COLUMNS
        risk = w.p[c.rung_risk[rung]] if c.autonomous_risk else 0.0
        w.ladder[at] = ladder.chance_within(risk, tick_at(w, c, rung) / c.day)
        w.ladder[at + 1] = w.p[c.rung_audience[rung]]
        w.ladder[at + 2] = w.p[c.rung_hold[rung]]
        w.ladder[at + 3] = w.p[c.rung_climb[rung]]
    w.loss_terms[0] = w.p[c.loss_share]
    w.loss_terms[1] = w.p[c.loss_extra]
    w.loss_terms[2] = w.p[c.loss_per_rung]
    w.rung = c.first_rung
    w.max_rung = c.first_rung


@act
def _set_hazards(w: World, c: Tables) -> None:
    """Base rates of hazards, per time unit."""
    for h in range(c.num_hazards):
        if c.hazard_base[h] >= 0:
            w.hazard_base[h] = w.p[c.hazard_base[h]] / c.year
        if c.hazard_kind[h] == SELF_EXCITING:
            w.decay[h] = rate_from_half_life(w.p[c.hazard_half_life[h]])
            w.branching[h] = w.p[c.hazard_branching[h]]
            w.paused_rate[h] = w.p[c.hazard_paused_rate[h]] / c.year


@act
def _draw_types(w: World, c: Tables) -> None:
    """Private types and red lines, and others' beliefs about them."""
    for actor in range(c.num_actors):
        if c.num_classes[actor] > 0:
            w.commitment[actor] = draw_class(w, c, actor, _type_uniform(w, c, c.commitment_axis[actor], actor, 0))
        if c.war_cost_slot[actor] >= 0:
            w.war_cost[actor] = w.p[c.war_cost_slot[actor]]
        if c.credibility_slot[actor] >= 0:
            w.credibility[actor] = w.p[c.credibility_slot[actor]]
        for line in range(c.line_first[actor], c.line_first[actor + 1]):
            _draw_line(w, c, actor, line, line - c.line_first[actor])
        w.first_credibility[actor] = w.credibility[actor]
        w.first_commitment[actor] = w.commitment[actor]
    for n in range(len(c.grid_point)):
        w.points[n] = c.grid_point[n]
    for b in range(len(c.belief_start)):
        reset_belief(w, c, b)


@rule
def _draw_line(w: World, c: Tables, actor: int, line: int, lane: int) -> None:
    chance = w.p[c.line_probability[line]]
    w.line_prior[line] = chance
    if c.line_by_class[line] >= 0:
        chance = w.p[c.line_class_slot[c.line_by_class[line] + w.commitment[actor]]]
        # What observers believe at first: the mean over classes.
        prior = 0.0
        for n in range(c.num_classes[actor]):
            prior += w.p[c.class_prior[c.class_start[actor] + n]] * w.p[c.line_class_slot[c.line_by_class[line] + n]]
        w.line_prior[line] = prior
    w.line_present[line] = 1 if _type_uniform(w, c, c.line_axis[line], actor, 8 + lane) < chance else 0


@rule
def _type_uniform(w: World, c: Tables, axis: int, actor: int, lane: int) -> float:
    """The uniform of a private type: a coordinate of the history's point, else the one at its address."""
    u = draw(w, c, TYPE, c.actor_key[actor], lane)  # also where it is not used, so that it is counted
    x = coordinate(w, axis)
    return x if x > 0.0 else u


@act
def _set_situation(w: World, c: Tables) -> None:
    """Everything that moves at the scenario's start."""
    p = w.p
    for k in range(c.num_issues):
        w.level[k] = c.start[k]
        w.seen[k] = c.start[k]
    if c.tension_on:
        w.tension = p[c.tension_initial]
    if c.rivalry_on:
        w.rivalry = p[c.rivalry_initial]
    if c.provocation_on:
        w.provocation = p[c.provocation_initial] * p[c.provocation_saturation]
    if c.capability_on:
        w.capability = p[c.capability_initial]
    if c.sanctions_given:
        w.sanctions_level = p[c.sanctions_start]
        for n in range(c.num_enforcers):
            if c.enforcer_actor[n] >= 0:
                w.enforcement[c.enforcer_actor[n]] = w.enforcement_now[n]
        w.pressure = pressure_now(w, c)
        w.stress = w.unrelieved
    if c.expectation_on:
        hope = p[c.hope_initial] + p[c.hope_hype]
        w.expectation_clipped = 0.0 if 0.0 <= hope <= 1.0 else 1.0
        w.expectation = expectation.hyped(p[c.hope_initial], p[c.hope_hype])
    if c.aftermath_given:
        w.belief_talks = p[c.prior_belief_talks]
        w.belief_pressure = p[c.prior_belief_pressure]
    if c.talks_used and c.talks_at_start:
        w.talks_on = 1
        w.talks_since = 0.0
        w.last_session = 0.0


@act
def _set_worth(w: World, c: Tables) -> None:
    """What the status quo and recognition are worth."""
    for actor in range(c.num_actors):
        intercept, slope = line_at(w, c, actor, c.start, 0)
        w.at_start[actor] = intercept + slope * w.first_credibility[actor]
        taste = actor * c.num_issues + c.recognition_issue
        if c.gains_recognition[actor] and c.taste_weight[taste] >= 0:
            w.recognition_gain[actor] = gain_from_shift(
                w.p[c.taste_weight[taste]],
                w.p[c.taste_ideal[taste]],
                w.p[c.taste_exponent[taste]],
                c.start[c.recognition_issue],
                recognition_floor(w, c),
            )
    for player in range(c.num_vetoes):
        w.veto_at_start[player] = veto_value(w, c, player, c.start, 0, w.at_start[c.veto_parent[player]])


@act
def _set_clocks(w: World, c: Tables) -> None:
    """The first acts of all processes; those at the start itself happen at once."""
    reading_due(w, c)
    if c.ladder_on and w.rung >= c.brink:
        begin_crisis(w, c, w.rung, -1)
    for t in range(c.num_tracks):
        if c.track_announced[t] >= 0:
            set_date(w, c, t, w.p[c.track_announced[t]])
        if c.clock_invitation[t] >= 0:
            wait(w, c.clock_invitation[t], c.invitation_every[t])
    for t in range(c.num_tracks):
        if c.clock_table[t] >= 0:
            delay = 0.0
            if c.track_first_round[t] >= 0:
                delay = duration(w, c, c.track_first_round[t], TIMING, c.track_key[t], 1)
            set_clock(w, c.clock_table[t], c.track_opens[t] + (delay if delay > 0.0 else 0.0))
    for h in range(c.num_hazards):
        if c.clock_hazard[h] >= 0:
            set_next_date(w, c, h)
    if c.clock_offers >= 0:
        if w.talks_on:
            w.offers_phase = LISTENING
        else:
            wait(w, c.clock_offers, c.contact_every)
    if c.clock_game >= 0:
        w.move_now[0] = c.first_move
        wait(w, c.clock_game, c.game_starts)
    if c.clock_promise >= 0:
        wait(w, c.clock_promise, c.promised_at)
    pulse_due(w, c)
