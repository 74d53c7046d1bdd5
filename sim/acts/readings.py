"""What is recorded of a history: outcome classes at the report dates, paths on a grid, one row of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import mutual_trust
from sim.acts.clocks import set_clock, stop_clock
from sim.acts.codes import N_CRISIS_DAYS, N_FAILED_MEETINGS, N_TALKS_DAYS, T_MAJOR_WAR
from sim.acts.counting import count
from sim.acts.crises import war_value
from sim.acts.quantities import holds, look, value_of
from sim.acts.slow import advance
from sim.acts.telling import tell
from sim.acts.worth import of_levels, utilities, without_deal
from sim.arithmetic import sqrt
from sim.rule import act, rule
from sim.rules.consent import best_nash_product, most_equal_gains
from sim.rules.utility import nash_product
from sim.world.fields import NAN

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World


# Numbers of a row of paths.
PATHS = (
    "tension", "rung", "pressure", "expectation", "talks_on", "belief_talks", "belief_pressure", "moratorium", "deal",
    "declaration",
)  # fmt: skip
PATH_SIZE = 1 + len(PATHS)  # the outcome class, then these

# What is read at the horizon, in this order; then utilities by actor, levels by issue, metrics, what is given.
HORIZON = (
    "third_party_welfare", "attribution", "nash_product", "nash_distance", "egalitarian_distance", "pressure",
    "tension", "trust",
)  # fmt: skip
(H_THIRD, H_ATTRIBUTION, H_NASH, H_NASH_DISTANCE, H_EGALITARIAN, H_PRESSURE, H_TENSION, H_TRUST) = range(len(HORIZON))
HORIZON_SIZE = len(HORIZON)

# Where a column of the results comes from; `Tables.column_of` says which number of it.
FROM_READING = 0
FROM_TIME = 1
FROM_COUNT = 2
FROM_HORIZON = 3
FROM_INPUT = 4
FROM_LINE = 5
FROM_CLASS = 6
FROM_FIRST_DEAL = 7
FROM_FACT = 8
FACTS = (
    "outcome", "max_rung", "meeting_result", "failed_meeting", "expectation_clipped", "gap", "expectation_at_meeting",
    "rounds_before_meeting", "force_probability", "first_deal", "war_loss", "days", "events",
)  # fmt: skip
(
    F_OUTCOME, F_MAX_RUNG, F_MEETING_RESULT, F_FAILED_MEETING, F_EXPECTATION_CLIPPED, F_GAP, F_EXPECTATION_AT_MEETING,
    F_ROUNDS_BEFORE_MEETING, F_FORCE_PROBABILITY, F_FIRST_DEAL, F_WAR_LOSS, F_DAYS, F_EVENTS,
) = range(len(FACTS))  # fmt: skip


@act
def classify(w: World, c: Tables) -> int:
    """The first class whose predicate holds now; a completed scenario has one for every situation."""
    for n in range(len(c.outcome)):
        if holds(w, c, c.outcome[n]):
            return n
    return len(c.outcome)


@act
def reading_due(w: World, c: Tables) -> None:
    """A grid point or a report date has come; the last one ends the history."""
    read(w, c)
    if w.next_reading < len(c.reading_time):
        set_clock(w, c.clock_reading, c.reading_time[w.next_reading])
    else:
        stop_clock(w, c.clock_reading)
        w.over = 1


@act
def read(w: World, c: Tables) -> None:
    """Read at the date that has come."""
    advance(w, c)
    look(w, c)
    _enter(w, c, w.next_reading, classify(w, c))
    w.next_reading += 1


@act
def _enter(w: World, c: Tables, n: int, outcome: int) -> None:
    """Enter the outcome class and how things stand for date ``n``."""
    if c.reading_on_grid[n] >= 0:
        _enter_path(w, c.reading_on_grid[n] * PATH_SIZE, outcome)
    if c.reading_place[n] >= 0:
        w.reading[c.reading_place[n]] = outcome
        tell(w, c, "reading", n)
        if c.reading_place[n] == c.horizon_place:
            w.outcome = outcome
            _at_horizon(w, c)


@rule
def _enter_path(w: World, at: int, outcome: int) -> None:
    w.path[at] = outcome
    w.path[at + 1] = w.tension
    w.path[at + 2] = w.rung
    w.path[at + 3] = w.pressure
    w.path[at + 4] = w.expectation
    w.path[at + 5] = w.talks_on
    w.path[at + 6] = w.belief_talks
    w.path[at + 7] = w.belief_pressure
    w.path[at + 8] = w.moratorium
    w.path[at + 9] = 1.0 if w.deal >= 0 else 0.0
    w.path[at + 10] = w.declaration


@act
def payoff(w: World, c: Tables, actor: int) -> float:
    """What the actor has now: the world as it is, or after major war what that was worth to it."""
    if w.times[T_MAJOR_WAR] != w.times[T_MAJOR_WAR]:
        return of_levels(w, c, actor, w.level, 0)
    return war_value(w, c, actor) - w.p[c.harm_of_war[actor]]


@act
def _at_horizon(w: World, c: Tables) -> None:
    """Metrics at the horizon."""
    total_third = 0.0
    a = 0.0
    b = 0.0
    at = HORIZON_SIZE
    for actor in range(c.num_actors):
        value = payoff(w, c, actor)
        w.horizon[at + actor] = value
        if actor == c.side_one:
            a = value - without_deal(w, c, actor)
        elif actor == c.side_two:
            b = value - without_deal(w, c, actor)
        else:
            total_third += value
    w.horizon[H_THIRD] = total_third
    # Undefined when a side has lost or nobody has gained: missing, not 0.
    w.horizon[H_ATTRIBUTION] = a / (a + b) if a >= 0.0 and b >= 0.0 and a + b >= 1e-9 else NAN
    w.horizon[H_NASH] = nash_product(a, b, 0.0, 0.0)
    _enter_distances(w, c, a, b)
    at += c.num_actors
    for k in range(c.num_issues):
        w.horizon[at + k] = w.level[k]
    at += c.num_issues
    for n in range(len(c.metric)):
        w.horizon[at + n] = value_of(w, c, c.metric[n])
    at += len(c.metric)
    _enter_measures(w, c, at)
    _enter_game(w, c, at + len(c.measure))
    w.horizon[H_PRESSURE] = w.pressure
    w.horizon[H_TENSION] = w.tension
    w.horizon[H_TRUST] = mutual_trust(w, c, c.side_one, c.side_two)


@rule
def _enter_measures(w: World, c: Tables, at: int) -> None:
    """What theory is compared with; missing where a history does not count."""
    for n in range(len(c.measure)):
        counts = c.measure_given[n] < 0 or holds(w, c, c.measure_given[n])
        w.horizon[at + n] = value_of(w, c, c.measure[n]) if counts else NAN


@rule
def _enter_game(w: World, c: Tables, at: int) -> None:
    """What has come of the game: payoffs, numbers named, options taken last, types, periods, moves, and whether it is over."""
    for n in range(c.num_players):
        w.horizon[at + n] = w.game_payoff[n]
    at += c.num_players
    for n in range(len(w.move_value)):
        w.horizon[at + n] = w.move_value[n]
    at += len(w.move_value)
    for n in range(len(w.option_chosen)):
        w.horizon[at + n] = w.option_chosen[n]
    at += len(w.option_chosen)
    for n in range(len(w.type_value)):
        # Of a group each member has its own.
        w.horizon[at + n] = w.type_value[n] if c.type_members[n] == 0 else (-1.0 if c.type_classes[n] > 0 else NAN)
    at += len(w.type_value)
    for n in range(len(w.game_periods)):
        w.horizon[at] = w.game_periods[n]
        w.horizon[at + 1] = w.game_moves[n]
        w.horizon[at + 2] = w.game_over[n]


@act
def _enter_distances(w: World, c: Tables, one: float, two: float) -> None:
    """How far both sides' gains are from those of the Nash and of the egalitarian solution on the menu.

    Missing where the menu has no package that both sides gain by.
    """
    size = c.num_candidates
    utilities(w, c, c.side_one, size, w.own)
    utilities(w, c, c.side_two, size, w.other)
    d = without_deal(w, c, c.side_one)
    e = without_deal(w, c, c.side_two)
    for n in range(size):
        w.gains[2 * n] = w.own[n] - d
        w.gains[2 * n + 1] = w.other[n] - e
    w.horizon[H_NASH_DISTANCE] = _distance(w, best_nash_product(w.gains, c.any_mandate, size, 2), one, two)
    w.horizon[H_EGALITARIAN] = _distance(w, most_equal_gains(w.gains, c.any_mandate, size, 2), one, two)


@rule
def _distance(w: World, n: int, one: float, two: float) -> float:
    if n < 0:
        return NAN
    x = w.gains[2 * n] - one
    y = w.gains[2 * n + 1] - two
    return sqrt(x * x + y * y)


@act
def finish(w: World, c: Tables) -> None:
    """The history is over: what was not yet read is read in the last world, and running spells are closed."""
    if w.next_reading < len(c.reading_time):
        # Major war absorbs.
        look(w, c)
        outcome = classify(w, c)
        while w.next_reading < len(c.reading_time):
            _enter(w, c, w.next_reading, outcome)
            w.next_reading += 1
    if w.crisis:
        count(w, N_CRISIS_DAYS, (w.now - w.crisis_since) / c.day)
    if w.talks_on:
        count(w, N_TALKS_DAYS, (w.now - w.talks_since) / c.day)


@act
def write_row(w: World, c: Tables, out: Floats, at: int) -> None:
    """The history's row of results, a number a column from ``at`` on; names are given by their place."""
    for n in range(len(c.column_from)):
        kind = c.column_from[n]
        which = c.column_of[n]
        if kind == FROM_COUNT:
            out[at + n] = w.counts[which]
        elif kind == FROM_TIME:
            out[at + n] = w.times[which] / c.day
        elif kind == FROM_HORIZON:
            out[at + n] = w.horizon[which]
        elif kind == FROM_INPUT:
            out[at + n] = w.p[which]
        elif kind == FROM_READING:
            out[at + n] = w.reading[which]
        elif kind == FROM_LINE:
            out[at + n] = w.line_present[which]
        elif kind == FROM_CLASS:
            out[at + n] = w.first_commitment[which]
        elif kind == FROM_FIRST_DEAL:
            out[at + n] = w.first_deal_level[which]
        else:
            out[at + n] = _fact(w, c, which)


@act
def _fact(w: World, c: Tables, which: int) -> float:
    """A column that stands for itself, in the order of `FACTS`."""
    if which == F_OUTCOME:
        return 1.0 * w.outcome
    if which == F_MAX_RUNG:
        return 1.0 * w.max_rung
    if which == F_MEETING_RESULT:
        return 1.0 * w.meeting_result
    if which == F_FAILED_MEETING:
        return 1.0 if w.counts[N_FAILED_MEETINGS] > 0.0 else 0.0
    if which == F_EXPECTATION_CLIPPED:
        return w.expectation_clipped
    if which == F_GAP:
        return w.gap
    if which == F_EXPECTATION_AT_MEETING:
        return w.expectation_at_meeting
    if which == F_ROUNDS_BEFORE_MEETING:
        return w.rounds_before_meeting
    if which == F_FORCE_PROBABILITY:
        return w.force_probability
    if which == F_FIRST_DEAL:
        return 1.0 * w.first_deal
    if which == F_WAR_LOSS:
        return _war_loss(w, c)
    if which == F_DAYS:
        return w.now / c.day
    return w.num_events


@rule
def _war_loss(w: World, c: Tables) -> float:
    """Losses of all actors together if major war came."""
    if w.times[T_MAJOR_WAR] != w.times[T_MAJOR_WAR]:
        return 0.0
    costs = 0.0
    for actor in range(c.num_actors):
        costs += w.war_cost[actor] + w.p[c.harm_of_war[actor]]
    return costs
