"""Crises: two sides on the escalation ladder concede, hold or escalate at every tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import belief_of, believed_war_cost, first_belief, observe_act
from sim.acts.choosing import CRISIS, decide
from sim.acts.clocks import stop_clock, wait
from sim.acts.codes import (
    CHOICE,
    N_CONCESSIONS,
    N_DEMANDS,
    N_SLIDES,
    N_STRIKES,
    OUTCOME,
    T_STRIKE,
    WAR_COST,
)
from sim.acts.counting import count, first
from sim.acts.draws import draw, draw_pair
from sim.acts.effects import apply
from sim.acts.ladder import end_crisis, reach_rung
from sim.acts.meetings import strike, take_prospects
from sim.acts.relations import after_force
from sim.acts.slow import advance
from sim.acts.telling import WHY_FORCE, tell, tell_learned
from sim.acts.updating import settle_if_touched
from sim.acts.worth import disagreement, feels_risk, felt
from sim.rule import act, rule
from sim.rules import expectation, ladder
from sim.rules.choice import logit_probabilities
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World

DEMAND_STEPS = 10  # a demand is one of so many equal parts of the stake
DEMAND_SCALE = 10.0  # a cost of war of so many stakes makes up the whole pie of a demand

# Why a crisis ends, why a rung is climbed.
COOLED, CONCEDED, FADED = 0, 1, 2
RUN_OUT_OF_CONTROL, ESCALATES, REFUSED = 0, 1, 2


@rule
def tick_at(w: World, c: Tables, rung: int) -> float:
    """Time between moves at a rung."""
    return w.p[c.fast_tick if rung >= c.incident_rung else c.tick]


@act
def crisis_started(w: World, c: Tables) -> None:
    """A crisis has begun: its first tick is set by the rung that it has come to."""
    stop_clock(w, c.clock_started)
    if w.crisis:
        wait(w, c.clock_tick, tick_at(w, c, w.rung))


@act
def tick_due(w: World, c: Tables) -> None:
    """A tick of the crisis."""
    stop_clock(w, c.clock_tick)
    advance(w, c)
    tick(w, c)
    settle_if_touched(w, c)
    if w.crisis:
        wait(w, c.clock_tick, tick_at(w, c, w.rung))


@act
def tick(w: World, c: Tables) -> None:
    """What the last tick brought, then the mover's choice."""
    slide, cool = draw_pair(w, c, OUTCOME, c.ladder_key, 41)
    u = draw(w, c, CHOICE, c.ladder_key, 41)
    if w.rung <= c.calm_rung:
        end_crisis(w, c, COOLED)
        return
    slid = slide < w.ladder[w.rung * ladder.NUM_COLUMNS + ladder.STEP_UP]
    if slid:
        count(w, N_SLIDES, 1.0)
        step_up(w, c, RUN_OUT_OF_CONTROL, -1)
        if w.over:
            return
    elif w.rung == c.strike_rung and w.struck_at != NEVER and w.now - w.struck_at >= c.strike_lasts:
        w.rung = c.incident_rung
        w.touched = 1
        w.struck_at = NEVER
        tell(w, c, "strike stays limited")
        return
    if w.demand_due and c.crisis_rung <= w.rung < c.strike_rung:
        w.demand_due = 0
        _demand(w, c, side(c, w.challenger), side(c, 1 - w.challenger))
        return
    move = _move(w, c, u)
    mover = side(c, w.crisis_mover)
    w.crisis_mover = 1 - w.crisis_mover
    if move == ladder.ESCALATE:
        if w.rung + 1 != c.strike_rung:
            step_up(w, c, ESCALATES, mover)
            return
        concede_value = w.crisis_value[ladder.CONCEDE]
        hold_value = w.crisis_value[ladder.HOLD]
        if strike(w, c, mover):
            return
        # The ally stops the strike: the better of the other two moves is left.
        move = ladder.CONCEDE if concede_value > hold_value else ladder.HOLD
    if move == ladder.CONCEDE:
        concede(w, c, mover)
    elif w.rung != c.strike_rung and not slid:
        fade = ladder.chance_within(w.p[c.fade], tick_at(w, c, w.rung) / c.day)
        if cool < fade:
            w.rung -= 1
            w.touched = 1
            if w.rung <= c.calm_rung:
                end_crisis(w, c, FADED)


@rule
def side(c: Tables, which: int) -> int:
    """The actor that is side 0 or 1 of the ladder."""
    return c.crisis_one if which == 0 else c.crisis_two


@act
def concede(w: World, c: Tables, who: int) -> None:
    """A side gives in: the crisis is over, except that a limited strike is only halted."""
    w.touched = 1
    count(w, N_CONCESSIONS, 1.0)
    w.rung = ladder.rung_after_concession(w.rung, c.last_rung, c.concession_rung, c.incident_rung)
    tell(w, c, "concession", who)
    if w.rung <= c.calm_rung:
        end_crisis(w, c, CONCEDED)
    else:
        w.struck_at = NEVER


@act
def step_up(w: World, c: Tables, why: int, who: int) -> None:
    """One rung up; the last is major war."""
    rung = w.rung + 1
    reach_rung(w, c, rung)
    tell(w, c, "step up", why, who, rung)
    if w.over:
        return
    if rung == c.strike_rung:
        w.struck_at = w.now
        first(w, T_STRIKE)
        count(w, N_STRIKES, 1.0)
        apply(w, c, c.strike_effects, side(c, w.crisis_mover), c.ladder_key, 6, 1)
        after_force(w, c, WHY_FORCE)
    if rung >= c.crisis_rung:
        w.last_major = w.now


# What fighting is worth


@rule
def _take_force(w: World, c: Tables, actor: int) -> None:
    """How a side's use of force may go, for `plain_fight_and_force` at any cost of war."""
    if actor == c.striker and c.aftermath_given:
        take_prospects(w, c, actor)


@act
def plain_fight_and_force(w: World, c: Tables, actor: int, d: float, war_cost: float) -> tuple[float, float]:
    """Values of major war and of stepping up from the brink, whatever the side's attitude to risk; after `_take_force`."""
    fight = d - war_cost
    if c.win_probability[actor] >= 0:
        fight = ladder.fight_value(w.p[c.win_probability[actor]], w.p[c.war_prize[actor]], war_cost)
    if actor == c.striker and c.aftermath_given:
        return fight, expectation.lottery_value(w.prospects, c.num_prospects, war_cost, 0.0, 1.0, 1.0)
    return fight, ladder.strike_value(d, w.p[c.counter_blow], w.p[c.counter_success], fight)


@act
def fight_and_force(w: World, c: Tables, actor: int, d: float, war_cost: float) -> tuple[float, float]:
    """The same as the side feels them."""
    fight, force = plain_fight_and_force(w, c, actor, d, war_cost)
    if feels_risk(w, actor):
        return felt(w, actor, fight, d), felt(w, actor, force, d)
    return fight, force


@act
def war_value(w: World, c: Tables, actor: int) -> float:
    """Value of major war at the actor's true cost; to others than the sides too."""
    _take_force(w, c, actor)
    fight, _ = plain_fight_and_force(w, c, actor, disagreement(w, c, actor), w.war_cost[actor])
    return fight


@act
def _take_side(w: World, c: Tables, actor: int, war_cost: float, which: int) -> None:
    """Numbers of a side in the order of `sim.rules.ladder`, into ``w.mover_side`` (0) or ``w.other_side`` (1)."""
    d = disagreement(w, c, actor)
    _take_force(w, c, actor)
    fight, force = fight_and_force(w, c, actor, d, war_cost)
    audience = w.p[c.audience_cost[actor]] if c.audience_costs else 0.0
    if which == 0:
        w.mover_side[0] = d
        w.mover_side[1] = w.p[c.stake]
        w.mover_side[2] = audience
        w.mover_side[3] = fight
        w.mover_side[4] = force
    else:
        w.other_side[0] = d
        w.other_side[1] = w.p[c.stake]
        w.other_side[2] = audience
        w.other_side[3] = fight
        w.other_side[4] = force


# Moves


@act
def _move(w: World, c: Tables, u: float) -> int:
    """The mover's choice among conceding, holding and escalating."""
    mover = side(c, w.crisis_mover)
    other = side(c, 1 - w.crisis_mover)
    rung = w.rung
    _take_side(w, c, mover, w.war_cost[mover], 0)
    cells = _take_cells(w, c, mover, other, rung)
    now = _concession_chance(w, c, cells, rung)
    later = _concession_chance(w, c, cells, rung + 1) if rung + 1 < c.strike_rung else 0.0
    ladder.crisis_values(
        rung, c.last_rung, w.mover_side, w.ladder, w.loss_terms, _scale(w, c, rung), now, later, w.values
    )
    precision = _precision_at(w, c, rung)
    for n in range(3):
        w.crisis_value[n] = w.values[n]
    chosen = decide(w, c, CRISIS, mover, -1, w.values, c.ones, 3, precision, u, 1, -1, -1)
    _learn_from_move(w, c, mover, rung, chosen, precision, now, later)
    return chosen


@rule
def _scale(w: World, c: Tables, rung: int) -> float:
    """What audience costs are multiplied by."""
    if c.cost_by_time:
        return (w.now - w.crisis_since) / c.day
    return w.ladder[rung * ladder.NUM_COLUMNS + ladder.AUDIENCE]


@rule
def _precision_at(w: World, c: Tables, rung: int) -> float:
    """Precision of moves at a rung."""
    return w.p[c.brink_precision if rung >= c.brink else c.crisis_precision]


@act
def _take_cells(w: World, c: Tables, mover: int, other: int, rung: int) -> int:
    """What the mover believes about the other: its numbers, and by cost of war its values of war and force; how many costs."""
    _take_side(w, c, other, believed_war_cost(w, c, mover, other), 1)
    b = belief_of(c, mover, other, WAR_COST)
    if b < 0:
        w.fights[0] = w.other_side[3]
        w.forces[0] = w.other_side[4]
        w.cell_beliefs[0] = 1.0
        return 1
    start = c.belief_start[b]
    size = c.belief_size[b]
    for n in range(size):
        w.cell_beliefs[n] = w.beliefs[start + n]
    # Far below the brink, here and one rung up, the other's choice does not depend on its cost of war.
    if rung + 2 >= c.last_rung - 2:
        for n in range(size):
            fight, force = fight_and_force(w, c, other, w.other_side[0], w.points[start + n])
            w.fights[n] = fight
            w.forces[n] = force
    return size


@act
def _concession_chance(w: World, c: Tables, cells: int, rung: int) -> float:
    """The mover's belief that the other would concede at a rung."""
    return ladder.believed_concession(
        rung,
        c.last_rung,
        w.other_side,
        w.fights,
        w.forces,
        w.cell_beliefs,
        cells,
        w.ladder,
        w.loss_terms,
        _scale(w, c, rung),
        _precision_at(w, c, rung),
    )


@act
def _learn_from_move(
    w: World, c: Tables, mover: int, rung: int, chosen: int, precision: float, now: float, later: float
) -> None:
    """Observers learn about the mover's cost of war from its move, by the very logit that made it."""
    b = first_belief(c, mover, WAR_COST)
    if b < 0 or w.kappa == 0.0:
        return
    start = c.belief_start[b]
    size = c.belief_size[b]
    scale = _scale(w, c, rung)
    # Far below the brink the values do not depend on the cost of war: one logit serves all points.
    distinct = size if rung + 1 >= c.last_rung - 2 else 1
    _take_force(w, c, mover)
    for n in range(distinct):
        fight, force = fight_and_force(w, c, mover, w.mover_side[0], w.points[start + n])
        w.mover_side[3] = fight
        w.mover_side[4] = force
        ladder.crisis_values(
            rung, c.last_rung, w.mover_side, w.ladder, w.loss_terms, scale, now, later, w.values
        )
        logit_probabilities(w.values, c.ones, 3, precision, w.out)
        w.likelihoods[n] = w.out[chosen]
    for n in range(distinct, size):
        w.likelihoods[n] = w.likelihoods[0]
    observe_act(w, c, mover, WAR_COST, w.likelihoods, 3.0)
    tell_learned(w, c)


@act
def _demand(w: World, c: Tables, challenger: int, other: int) -> None:
    """Take it or leave it, once a crisis: the other gives in or the crisis is a rung higher."""
    b = belief_of(c, challenger, other, WAR_COST)
    cells = 1
    w.costs[0] = believed_war_cost(w, c, challenger, other)
    w.cell_beliefs[0] = 1.0
    if b >= 0:
        cells = c.belief_size[b]
        for n in range(cells):
            w.costs[n] = w.points[c.belief_start[b] + n]
            w.cell_beliefs[n] = w.beliefs[c.belief_start[b] + n]
    scale = DEMAND_SCALE * w.p[c.stake]
    premium = ladder.grid_premium(w.war_cost[challenger], w.costs, w.cell_beliefs, cells, scale, DEMAND_STEPS)
    refused = ladder.refuses_premium(premium, w.war_cost[other], scale)
    w.last_choice = 1 if refused else 0
    tell(w, c, "demand", challenger, other, premium, cells, scale, refused)
    count(w, N_DEMANDS, 1.0)
    if b >= 0:
        for n in range(cells):
            w.likelihoods[n] = 1.0 if ladder.refuses_premium(premium, w.costs[n], scale) == refused else 0.0
        observe_act(w, c, other, WAR_COST, w.likelihoods, 2.0)
        tell_learned(w, c)
    if not refused:
        concede(w, c, other)
    elif w.rung + 1 < c.strike_rung:
        step_up(w, c, REFUSED, -1)
    else:
        strike(w, c, challenger)


@act
def cool(w: World, c: Tables) -> None:
    """Without a crisis a rung falls by itself."""
    if w.rung > 0 and not w.crisis:
        w.rung -= 1
