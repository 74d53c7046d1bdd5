"""What actors believe about one another's private types: one probability a type, one marginal a trait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.codes import COMMITMENT, CREDIBILITY, RED_LINE, WAR_COST
from sim.rule import act, rule
from sim.rules import learning

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


@rule
def belief_of(c: Tables, observer: int, actor: int, trait: int) -> int:
    """Number of an observer's belief about a trait of an actor; -1 if it has none."""
    return c.belief_at[(observer * c.num_actors + actor) * 3 + trait]


@act
def reset_belief(w: World, c: Tables, b: int) -> None:
    """One belief back at its prior."""
    start = c.belief_start[b]
    size = c.belief_size[b]
    trait = c.belief_trait[b]
    if trait == COMMITMENT:
        first = c.class_start[c.belief_actor[b]]
        for n in range(size):
            w.beliefs[start + n] = w.p[c.class_prior[first + n]]
    elif trait == RED_LINE:
        present = w.line_prior[c.belief_line[b]]
        w.beliefs[start] = 1.0 - present
        w.beliefs[start + 1] = present
    else:
        for n in range(size):
            w.beliefs[start + n] = 1.0 / size


@act
def update(
    w: World, c: Tables, actor: int, trait: int, line: int, likelihoods: Floats, mixing: float, num_options: float
) -> None:
    """All observers of an actor update one trait; ``line`` says which red line, if it is about one."""
    if w.kappa == 0.0:
        return
    for b in range(len(c.belief_start)):
        if c.belief_actor[b] == actor and c.belief_trait[b] == trait and c.belief_line[b] == line:
            learning.update_beliefs(
                w.beliefs, c.belief_start[b], c.belief_size[b], likelihoods, 0, w.kappa, mixing, num_options
            )


@rule
def observe_act(w: World, c: Tables, actor: int, trait: int, likelihoods: Floats, num_options: float) -> None:
    """All observers of the actor update one trait on a seen act with the given likelihoods by type."""
    update(w, c, actor, trait, -1, likelihoods, w.noise, num_options)


@act
def observe_signal(w: World, c: Tables, signal: int) -> None:
    """All observers update an actor's commitment on evidence that is no choice of anybody."""
    for n in range(c.signal_size[signal]):
        w.likelihoods[n] = w.p[c.signal_likelihood[c.signal_start[signal] + n]]
    update(w, c, c.signal_about[signal], COMMITMENT, -1, w.likelihoods, 0.0, 1.0)
    w.all_stale = 1


@rule
def first_belief(c: Tables, actor: int, trait: int) -> int:
    """The first of the observers' beliefs about a trait of an actor; -1 if nobody has one."""
    return c.first_belief[actor * 3 + trait]


@act
def trust(w: World, c: Tables, observer: int, actor: int) -> float:
    """The observer's belief that the actor keeps its word; 1 where it has no such trait."""
    b = belief_of(c, observer, actor, COMMITMENT)
    if b < 0:
        return 1.0
    first = c.class_start[actor]
    total = 0.0
    for n in range(c.belief_size[b]):
        total += w.beliefs[c.belief_start[b] + n] * c.class_trusted[first + n]
    return total


@act
def mutual_trust(w: World, c: Tables, one: int, two: int) -> float:
    """Mean of both sides' trust."""
    return learning.mutual_trust(trust(w, c, one, two), trust(w, c, two, one))


@act
def mean_type(w: World, c: Tables, observer: int, actor: int, trait: int) -> float:
    """Belief mean of a continuous trait; the true value for one's own; 0 where there is none."""
    if observer == actor:
        return w.credibility[actor] if trait == CREDIBILITY else w.war_cost[actor]
    b = belief_of(c, observer, actor, trait)
    if b < 0:
        return c.grid_mean[actor * 3 + trait]
    total = 0.0
    for n in range(c.belief_start[b], c.belief_start[b] + c.belief_size[b]):
        total += w.beliefs[n] * w.points[n]
    return total


@act
def take_types(w: World, c: Tables, observer: int, actor: int) -> int:
    """The observer's belief about an actor's credibility, into ``w.type_points`` and ``w.type_beliefs``; how many types."""
    b = belief_of(c, observer, actor, CREDIBILITY)
    if b < 0:
        w.type_points[0] = mean_type(w, c, observer, actor, CREDIBILITY)
        w.type_beliefs[0] = 1.0
        return 1
    size = c.belief_size[b]
    start = c.belief_start[b]
    for n in range(size):
        w.type_points[n] = w.points[start + n]
        w.type_beliefs[n] = w.beliefs[start + n]
    return size


@act
def move_credibility(w: World, c: Tables, actor: int, factor: float, shift: float) -> None:
    """The truth and every point of others' beliefs move by the same line, so that nobody learns the truth."""
    if (factor == 1.0 and shift == 0.0) or c.credibility_slot[actor] < 0:
        return
    w.credibility[actor] = min(1.0, factor * w.credibility[actor] + shift)
    for b in range(len(c.belief_start)):
        if c.belief_actor[b] == actor and c.belief_trait[b] == CREDIBILITY:
            for n in range(c.belief_start[b], c.belief_start[b] + c.belief_size[b]):
                w.points[n] = min(1.0, factor * w.points[n] + shift)
    w.touched = 1


@rule
def scale_credibility(w: World, c: Tables, actor: int, factor: float) -> None:
    """A public event changes how far an actor believes promises."""
    move_credibility(w, c, actor, factor, 0.0)


@rule
def raise_credibility(w: World, c: Tables, actor: int, gain: float) -> None:
    """A promise kept closes a share of what is missing in an actor's belief in promises."""
    move_credibility(w, c, actor, 1.0 - gain, gain)


@rule
def believed_war_cost(w: World, c: Tables, observer: int, actor: int) -> float:
    """Mean of an observer's belief about an actor's cost of war."""
    return mean_type(w, c, observer, actor, WAR_COST)


@act
def draw_class(w: World, c: Tables, actor: int, u: float) -> int:
    """Position of a commitment class in order of name, drawn from the prior."""
    first = c.class_start[actor]
    count = c.num_classes[actor]
    cumulative = 0.0
    for n in range(count):
        cumulative += w.p[c.class_prior[first + n]]
        if u < cumulative:
            return n
    return count - 1
