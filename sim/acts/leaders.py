"""Leaders change: a type is redrawn, and others' beliefs about it start anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import draw_class, reset_belief, scale_credibility
from sim.acts.clocks import defer
from sim.acts.codes import CLOCK_LEADER, COMMITMENT, DOMESTIC
from sim.acts.counting import count
from sim.acts.draws import draw
from sim.acts.telling import tell
from sim.rule import act
from sim.rules import expectation

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def change_leader(w: World, c: Tables, change: int, key: int, lane: int) -> None:
    """Perhaps a leader change: now, or when the new leader takes over."""
    u_change = draw(w, c, DOMESTIC, key, lane)
    u_class = draw(w, c, DOMESTIC, key, lane + 1)
    if u_change >= w.p[c.leader_probability[change]]:
        return
    if c.leader_delay[change] > 0.0:
        defer(w, c, CLOCK_LEADER, c.leader_delay[change], change, 0, u_class, 0.0)
    else:
        new_leader(w, c, change, u_class)


@act
def new_leader(w: World, c: Tables, change: int, u_class: float) -> None:
    """A new leader: type drawn from the prior, others' beliefs about it start anew; tastes stay."""
    actor = c.leader_actor[change]
    count(w, c.leader_count[change], 1.0)
    if c.num_classes[actor] > 0:
        w.commitment[actor] = draw_class(w, c, actor, u_class)
    tell(w, c, "leader", actor)
    if c.num_classes[actor] > 0:
        w.all_stale = 1
        for b in range(len(c.belief_start)):
            if c.belief_actor[b] == actor and c.belief_trait[b] == COMMITMENT:
                reset_belief(w, c, b)
    if actor == c.side_one or actor == c.side_two:
        w.leader_change = w.now
        other = c.side_two if actor == c.side_one else c.side_one
        scale_credibility(w, c, other, w.p[c.leader_credibility[change]])
    if c.leader_resets[change] and c.expectation_given and c.hope_holder == actor:
        w.expectation = expectation.hyped(w.p[c.hope_initial], w.p[c.hope_hype])
        if c.aftermath_given:
            w.belief_talks = w.p[c.prior_belief_talks]
            w.belief_pressure = w.p[c.prior_belief_pressure]
    if c.leader_ends_declaration[change]:
        w.declaration = 0
