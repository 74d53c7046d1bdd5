"""What packages and situations are worth to actors: true utilities, others' estimates of them, disagreement payoffs.

Utility is a line in the actor's credibility of promises, less the cost of the pressure that a package leaves in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import mean_type
from sim.acts.codes import CREDIBILITY
from sim.acts.quantities import derived_value, program_value
from sim.arithmetic import powr
from sim.rule import act, rule
from sim.rules.expectation import felt_value
from sim.rules.utility import net_of_pressure, single_issue_value

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


@rule
def pressed(w: World, c: Tables, actor: int) -> float:
    """Cost of the pressure felt, for the target of sanctions; 0 for others."""
    return w.pressure_cost * w.stress if actor == c.target else 0.0


@act
def line_at(w: World, c: Tables, actor: int, levels: Floats, at: int) -> tuple[float, float]:
    """Utility of the levels that begin at ``at`` as a line in the actor's credibility: intercept and slope."""
    first = actor * c.num_issues
    total = 0.0
    for k in range(c.num_issues):
        taste = first + k
        if c.taste_weight[taste] < 0:
            continue
        weight = w.p[c.taste_weight[taste]]
        if weight == 0.0:
            continue
        if c.taste_hidden[taste]:
            level = c.start[k]
        elif c.taste_reads[taste] < 0:
            level = levels[at + k]
        else:
            level = derived_value(w, c, c.taste_reads[taste], levels, at)
        # Levels move one or two at a time: what an issue adds is worked out when its level has changed.
        if level != w.known_level[taste]:
            w.known_level[taste] = level
            w.known_value[taste] = weight * single_issue_value(
                level, w.p[c.taste_ideal[taste]], w.p[c.taste_exponent[taste]]
            )
        total += w.known_value[taste]
    if c.survival_weight[actor] < 0:
        return total, 0.0
    weight = w.p[c.survival_weight[actor]]
    arms = levels[at + c.survival_arms[actor]]
    if arms != w.known_arms[actor]:
        w.known_arms[actor] = arms
        w.known_exposed[actor] = powr(arms, w.p[c.survival_eta[actor]])
    exposed = w.known_exposed[actor]
    return total + weight * (1.0 - exposed), weight * exposed * levels[at + c.survival_guarantee[actor]]


@act
def of_levels(w: World, c: Tables, actor: int, levels: Floats, at: int) -> float:
    """The actor's utility of any levels, pressure that would remain included."""
    intercept, slope = line_at(w, c, actor, levels, at)
    value = intercept + slope * w.credibility[actor]
    if actor == c.target:
        value = net_of_pressure(value, w.pressure_cost, w.stress, levels[at + c.relief_issue])
    return value


@act
def election_cost(w: World, c: Tables, actor: int) -> float:
    """Payoff that deadlock costs an actor whose election is near."""
    if actor != c.election_actor:
        return 0.0
    for n in range(len(c.elections)):
        left = c.elections[n] - w.now
        if 0.0 <= left < c.election_window:
            return w.p[c.election_cost] * (1.0 - left / c.election_window)
    return 0.0


@act
def without_deal(w: World, c: Tables, actor: int) -> float:
    """The status quo at the start, with the pressure felt and what cannot be undone, to one of the two sides."""
    value = w.at_start[actor] - pressed(w, c, actor)
    if actor == c.eroded:
        value -= w.erosion * w.capability
    value -= election_cost(w, c, actor)
    if w.recognised:
        value += w.recognition_gain[actor]
    return value


@act
def disagreement(w: World, c: Tables, actor: int) -> float:
    """What the actor has if talks bring nothing: the status quo with what has changed since."""
    if actor != c.side_one and actor != c.side_two:
        return of_levels(w, c, actor, w.level, 0)
    if w.deal >= 0:
        # Talks that fail leave the deal as it is: its promise if it is kept, what is seen of it in a dispute.
        if w.deal_disputed:
            return of_levels(w, c, actor, w.seen, 0)
        return plain_utility(w, c, actor, w.deal)
    if w.num_treaties > 0:
        return of_levels(w, c, actor, w.level, 0)
    return without_deal(w, c, actor)


@rule
def felt(w: World, actor: int, value: float, d: float) -> float:
    """A payoff as an actor feels it: gains and losses against the disagreement payoff, by its attitude to risk."""
    if w.loss_aversion[actor] == 1.0 and w.curvature[actor] == 1.0:
        return value
    return d + felt_value(value, d, w.loss_aversion[actor], w.curvature[actor])


@rule
def feels_risk(w: World, actor: int) -> bool:
    """Whether the actor is not neutral to risk and loss."""
    return w.loss_aversion[actor] != 1.0 or w.curvature[actor] != 1.0


@act
def plain_utility(w: World, c: Tables, actor: int, package: int) -> float:
    """The actor's utility of a package now, whatever its attitude to risk."""
    cost = pressed(w, c, actor)
    credibility = w.credibility[actor]
    if w.has_table[actor]:
        base = w.base[actor * c.num_packages + package]
        slope = w.slope[actor * c.num_packages + package]
    else:
        base, slope = line_at(w, c, actor, c.levels, package * c.num_issues)
    if cost == 0.0:
        return base if credibility == 0.0 else base + slope * credibility
    return base + slope * credibility - cost * c.relief_left[package]


@act
def utility(w: World, c: Tables, actor: int, package: int) -> float:
    """The actor's utility of a package now, as it feels it, pressure that would remain included; -1 is the status quo."""
    if package < 0:
        return w.at_start[actor]
    value = plain_utility(w, c, actor, package)
    return felt(w, actor, value, disagreement(w, c, actor)) if feels_risk(w, actor) else value


# Tables of the whole menu


@act
def make_table(w: World, c: Tables, actor: int) -> None:
    """Fill the actor's row of ``w.base`` and ``w.slope``, unless it is there: every package as a line in credibility."""
    if w.has_table[actor]:
        return
    w.has_table[actor] = 1
    count = c.num_packages
    row = actor * count
    for p in range(count):
        w.base[row + p] = 0.0
    for k in range(c.num_issues):
        taste = actor * c.num_issues + k
        if c.taste_weight[taste] >= 0:
            weight = w.p[c.taste_weight[taste]]
            if weight != 0.0:
                _add_issue(
                    w, c, w.base, row, taste, weight, w.p[c.taste_ideal[taste]], w.p[c.taste_exponent[taste]], w.p
                )
    if c.survival_weight[actor] >= 0:
        _add_survival(
            w, c, w.base, w.slope, row, actor, w.p[c.survival_weight[actor]], w.p[c.survival_eta[actor]]
        )
    else:
        for p in range(count):
            w.slope[row + p] = 0.0


@act
def _add_issue(
    w: World, c: Tables, out: Floats, row: int, taste: int, weight: float, ideal: float, exponent: float, inputs: Floats
) -> None:
    """Add one issue's weighted value of every package; ``inputs`` say what a derived quantity depends on besides levels."""
    k = taste % c.num_issues
    count = c.num_packages
    if c.taste_hidden[taste]:
        value = weight * single_issue_value(c.start[k], ideal, exponent)
        for p in range(count):
            out[row + p] += value
        return
    column = k if c.taste_reads[taste] < 0 else c.num_issues + c.taste_reads[taste]
    first = c.column_start[column]
    distinct = c.column_start[column + 1] - first
    if column >= c.num_issues and c.derived_varies:
        program = c.derived_program[column - c.num_issues]
        for p in range(count):
            level = program_value(w, c, program, inputs, c.levels, p * c.num_issues, 0.0)
            out[row + p] += weight * single_issue_value(level, ideal, exponent)
        return
    for n in range(distinct):
        w.column_value[n] = weight * single_issue_value(c.column_level[first + n], ideal, exponent)
    for p in range(count):
        out[row + p] += w.column_value[c.column_index[column * count + p]]


@act
def _add_survival(
    w: World, c: Tables, base: Floats, slopes: Floats, row: int, actor: int, weight: float, eta: float
) -> None:
    """Add what survival is worth with every package, as a line in credibility."""
    count = c.num_packages
    arms = c.survival_arms[actor]
    first = c.column_start[arms]
    for n in range(c.column_start[arms + 1] - first):
        w.column_value[n] = powr(c.column_level[first + n], eta)
    for p in range(count):
        exposed = w.column_value[c.column_index[arms * count + p]]
        base[row + p] += weight * (1.0 - exposed)
        slopes[row + p] = weight * exposed * c.levels[p * c.num_issues + c.survival_guarantee[actor]]


@act
def make_believed(w: World, c: Tables, observer: int, actor: int) -> int:
    """Row of the observer's estimate of another's utilities in ``w.believed_base`` and ``w.believed_slope``.

    Point values of tastes and the observer's misperceptions. Rows that no misperception changes rest on the scenario alone:
    once filled in, they serve all histories that are played in the same memory.
    """
    row = c.believed_row[observer * c.num_actors + actor]
    if w.has_believed[row]:
        return row * c.num_packages
    w.has_believed[row] = 1
    count = c.num_packages
    at = row * count
    for p in range(count):
        w.believed_base[at + p] = 0.0
        w.believed_slope[at + p] = 0.0
    for k in range(c.num_issues):
        taste = actor * c.num_issues + k
        if c.taste_weight[taste] < 0:
            continue
        weight = c.base[c.taste_weight[taste]]
        ideal = c.base[c.taste_ideal[taste]]
        if c.perceived_weight[row * c.num_issues + k] >= 0:
            weight = w.p[c.perceived_weight[row * c.num_issues + k]]
        if c.perceived_ideal[row * c.num_issues + k] >= 0:
            ideal = w.p[c.perceived_ideal[row * c.num_issues + k]]
        if weight != 0.0:
            _add_issue(w, c, w.believed_base, at, taste, weight, ideal, c.base[c.taste_exponent[taste]], c.base)
    if c.survival_weight[actor] >= 0:
        _add_survival(
            w, c, w.believed_base, w.believed_slope, at, actor, c.base[c.survival_weight[actor]],
            c.base[c.survival_eta[actor]],
        )  # fmt: skip
    return at


@act
def utilities(w: World, c: Tables, actor: int, count: int, out: Floats) -> None:
    """The actor's utility of the first ``count`` packages now, as it feels it, pressure that would remain included."""
    make_table(w, c, actor)
    row = actor * c.num_packages
    _compose(w.base, w.slope, row, w.credibility[actor], pressed(w, c, actor), c.relief_left, count, out)
    if feels_risk(w, actor):
        d = disagreement(w, c, actor)
        for p in range(count):
            out[p] = felt(w, actor, out[p], d)


@act
def estimates(w: World, c: Tables, observer: int, actor: int, count: int, out: Floats) -> None:
    """The observer's estimate of another's utilities of the first ``count`` packages now."""
    row = make_believed(w, c, observer, actor)
    credibility = mean_type(w, c, observer, actor, CREDIBILITY)
    _compose(w.believed_base, w.believed_slope, row, credibility, pressed(w, c, actor), c.relief_left, count, out)


@rule
def _compose(
    base: Floats, slopes: Floats, row: int, credibility: float, cost: float, left: Floats, count: int, out: Floats
) -> None:
    """Utilities out of lines: at a credibility, less a cost of the pressure that a package leaves."""
    if cost == 0.0:
        for p in range(count):
            out[p] = base[row + p] + slopes[row + p] * credibility
    else:
        for p in range(count):
            out[p] = base[row + p] + slopes[row + p] * credibility - cost * left[p]


@act
def hoped(w: World, c: Tables, holder: int, package: int) -> float:
    """Utility of a package on the holder's triumph scale: at its first credibility, without pressure."""
    make_table(w, c, holder)
    at = holder * c.num_packages + package
    credibility = w.first_credibility[holder]
    return w.base[at] if credibility == 0.0 else w.base[at] + w.slope[at] * credibility
