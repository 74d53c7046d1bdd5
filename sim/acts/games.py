"""A game of moves: types are drawn, one move follows another, payoffs are counted.

How a player plays stands in the tables as a *unit*: a program for each option (or one for the number to name), or a table
of probabilities over what the player has observed. A unit of a group has one program, for a yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.clocks import stop_clock, wait
from sim.acts.codes import (
    AGREEMENT_MOVE,
    CHANCE_MOVE,
    CHOICE_MOVE,
    DIVISION_MOVE,
    EXPONENTIAL_TYPE,
    MOVE,
    NORMAL_TYPE,
    NUMBER_MOVE,
    SIMULTANEOUS_MOVE,
    UNIFORM_TYPE,
)
from sim.acts.draws import draw
from sim.acts.effects import apply
from sim.acts.inputs import coordinate
from sim.acts.quantities import evaluated, look, read_game
from sim.acts.slow import advance
from sim.acts.telling import tell
from sim.acts.updating import settle
from sim.arithmetic import log, normal_quantile, powr
from sim.rule import act, rule
from sim.rules.learning import update_beliefs

if TYPE_CHECKING:
    from sim.world.fields import Tables, World

# Lanes of draws; of moves those from 0 are players of a simultaneous move.
TYPE_LANE = 64
MEMBER_LANE = 65
LOT_LANE = 66

# What an axis of a table of probabilities reads.
AXES = ("type", "number", "option", "made", "count", "votes", "periods", "moves")
FROM_TYPE, FROM_NUMBER, FROM_OPTION, FROM_MADE, FROM_COUNT, FROM_VOTES, FROM_PERIODS, FROM_MOVES = range(8)
SAME = 1.0e-12  # a number named is the one that a type would have named


# Types


@act
def draw_game_types(w: World, c: Tables) -> None:
    """Private types are drawn, in the order in which they depend on one another; beliefs are those before any move."""
    for n in range(c.num_game_types):
        if c.type_members[n] > 0:
            for i in range(c.type_members[n]):
                w.member_type[c.type_member_first[n] + i] = _drawn_type(w, c, n, MEMBER_LANE)
        else:
            w.type_value[n] = _drawn_type(w, c, n, TYPE_LANE)
            if c.type_classes[n] > 0:
                w.type_rank[n] = int(w.type_value[n])
            read_game(w, c)
        for k in range(c.type_classes[n]):
            w.public[c.type_belief[n] + k] = _bounded_chance(evaluated(w, c, c.type_term[c.type_first[n] + k]))
    tell(w, c, "types")


@rule
def _drawn_type(w: World, c: Tables, n: int, lane: int) -> float:
    u = draw(w, c, MOVE, c.game_type_key[n], lane)
    if lane == TYPE_LANE:
        x = coordinate(w, c.game_type_axis[n])
        if x > 0.0:
            u = x
    if c.type_points[n] > 0:
        # Where the game is solved on a grid it is played on it.
        w.type_rank[n] = int(u * c.type_points[n])
        u = (w.type_rank[n] + 0.5) / c.type_points[n]
    first = c.type_first[n]
    kind = c.game_type_kind[n]
    if kind == UNIFORM_TYPE:
        low = evaluated(w, c, c.type_term[first])
        return low + (evaluated(w, c, c.type_term[first + 1]) - low) * u
    if kind == NORMAL_TYPE:
        mean = evaluated(w, c, c.type_term[first])
        return mean + evaluated(w, c, c.type_term[first + 1]) * normal_quantile(u)
    if kind == EXPONENTIAL_TYPE:
        return 0.0 - evaluated(w, c, c.type_term[first]) * log(1.0 - u)
    cumulative = 0.0
    last = c.type_classes[n] - 1
    for k in range(last):
        cumulative += evaluated(w, c, c.type_term[first + k])
        if u < cumulative:
            return 1.0 * k
    return 1.0 * last


# Playing


@rule
def _bounded_chance(p: float) -> float:
    """A probability, whatever a program gives; 0 for nan."""
    if p >= 1.0:
        return 1.0
    return p if p > 0.0 else 0.0


@rule
def _distance(x: float, y: float) -> float:
    return x - y if x > y else y - x


@act
def _observed(w: World, c: Tables, source: int, place: int) -> float:
    """What an axis reads."""
    if source == FROM_TYPE:
        return 1.0 * w.type_rank[place]
    if source == FROM_NUMBER:
        return w.move_value[place]
    if source == FROM_OPTION:
        return 1.0 * w.option_chosen[place]
    if source == FROM_MADE:
        return 1.0 * w.move_made[place]
    if source == FROM_COUNT:
        return 1.0 * w.option_count[place]
    if source == FROM_VOTES:
        return 1.0 * w.votes_for[place]
    if source == FROM_PERIODS:
        return w.game_periods[0]
    return 1.0 * w.game_moves[0]


@act
def row_of_table(w: World, c: Tables, unit: int) -> int:
    """Which row of a unit's table of probabilities applies to what the player has observed: the nearest on each axis."""
    row = 0
    for axis in range(c.unit_axis[unit], c.unit_axis[unit + 1]):
        value = _observed(w, c, c.axis_source[axis], c.axis_place[axis])
        first = c.axis_start[axis]
        size = c.axis_start[axis + 1] - first
        best = 0
        for n in range(1, size):
            if _distance(c.axis_point[first + n], value) < _distance(c.axis_point[first + best], value):
                best = n
        row = row * size + best
    return row


@act
def _weigh_options(w: World, c: Tables, unit: int) -> None:
    """Probabilities of a unit's options, into ``w.chance``. An option without a program has the rest."""
    size = c.unit_size[unit]
    if c.unit_table[unit] >= 0:
        at = c.unit_table[unit] + row_of_table(w, c, unit) * size
        for n in range(size):
            w.chance[n] = c.game_probability[at + n]
        return
    total = 0.0
    rest = -1
    for n in range(size):
        program = c.unit_program[c.unit_first[unit] + n]
        if program < 0:
            rest = n
            w.chance[n] = 0.0
        else:
            w.chance[n] = _bounded_chance(evaluated(w, c, program))
            total += w.chance[n]
    if rest >= 0 and total < 1.0:
        w.chance[rest] = 1.0 - total
        total = 1.0
    if total > 0.0:
        for n in range(size):
            w.chance[n] = w.chance[n] / total
    else:
        for n in range(size):
            w.chance[n] = 1.0 / size


@rule
def _picked(w: World, size: int, u: float) -> int:
    """The option in whose part of [0, 1) a uniform number falls, by ``w.chance``."""
    cumulative = 0.0
    likely = 0
    for n in range(size):
        if w.chance[n] > 0.0:
            likely = n
            cumulative += w.chance[n]
            if u < cumulative:
                return n
    return likely


@rule
def _option_taken(w: World, c: Tables, unit: int, key: int, lane: int) -> int:
    """The option that a unit takes."""
    _weigh_options(w, c, unit)
    chosen = _picked(w, c.unit_size[unit], draw(w, c, MOVE, key, lane))
    tell(w, c, "option taken", unit, chosen)
    return chosen


@act
def _learn_of_option(w: World, c: Tables, unit: int, chosen: int) -> None:
    """Everybody learns about the class of a player from what it chose, by its strategy."""
    n = c.unit_reveals[unit]
    if n < 0:
        return
    true = w.type_value[n]
    size = c.type_classes[n]
    for k in range(size):
        w.type_value[n] = 1.0 * k
        read_game(w, c)
        _weigh_options(w, c, unit)
        w.likelihood[k] = w.chance[chosen]
    w.type_value[n] = true
    update_beliefs(w.public, c.type_belief[n], size, w.likelihood, 0, 1.0, 0.0, 1.0)
    tell(w, c, "learned of type", n)
    read_game(w, c)


@act
def _number_named(w: World, c: Tables, unit: int, m: int) -> float:
    """The number that a unit names, within the bounds of the move."""
    if c.unit_table[unit] >= 0:
        _weigh_options(w, c, unit)
        size = c.unit_size[unit]
        return c.game_point[c.unit_point[unit] + row_of_table(w, c, unit) * size + _picked(w, size, w.uniform[0])]
    low = evaluated(w, c, c.move_low[m])
    high = evaluated(w, c, c.move_high[m])
    value = evaluated(w, c, c.unit_program[c.unit_first[unit]])
    if value > high:
        value = high
    return value if value > low else low


@act
def _name_number(w: World, c: Tables, m: int) -> int:
    unit = c.move_unit[m]
    w.uniform[0] = draw(w, c, MOVE, c.move_key[m], 0)
    read_game(w, c)
    value = _number_named(w, c, unit, m)
    tell(w, c, "number named", unit, value)
    n = c.unit_reveals[unit]
    if n >= 0:
        true = w.type_value[n]
        for k in range(c.type_classes[n]):
            w.type_value[n] = 1.0 * k
            read_game(w, c)
            w.likelihood[k] = 1.0 if _distance(_number_named(w, c, unit, m), value) <= SAME else 0.0
        w.type_value[n] = true
        update_beliefs(w.public, c.type_belief[n], c.type_classes[n], w.likelihood, 0, 1.0, 0.0, 1.0)
        tell(w, c, "learned of type", n)
    w.move_value[m] = value
    return c.move_result[m]


@act
def _choose(w: World, c: Tables, m: int) -> int:
    """A player, or chance, chooses one of some options."""
    unit = c.move_unit[m]
    chosen = _option_taken(w, c, unit, c.move_key[m], 0)
    _learn_of_option(w, c, unit, chosen)
    _enter_option(w, c, unit, chosen)
    return c.move_result[m] + chosen


@rule
def _enter_option(w: World, c: Tables, unit: int, chosen: int) -> None:
    w.last_choice = chosen
    w.option_chosen[unit] = chosen
    w.option_count[c.unit_count[unit] + chosen] += 1


@act
def _choose_at_once(w: World, c: Tables, m: int) -> int:
    """Players choose at once: all choices are made before any is known."""
    first = c.move_unit[m]
    size = c.move_players[m]
    cell = 0
    for n in range(size):
        unit = first + n
        chosen = _option_taken(w, c, unit, c.move_key[m], n)
        w.chosen_now[n] = chosen
        cell = cell * c.unit_size[unit] + chosen
    for n in range(size):
        _learn_of_option(w, c, first + n, w.chosen_now[n])
    for n in range(size):
        _enter_option(w, c, first + n, w.chosen_now[n])
    return c.move_result[m] + cell


@rule
def _says_yes(w: World, c: Tables, m: int, member: int) -> bool:
    """Whether a member of a group says yes."""
    for n in range(c.num_game_types):
        if c.type_members[n] > member:
            w.member_now[n] = w.member_type[c.type_member_first[n] + member]
    read_game(w, c)
    chance = _bounded_chance(evaluated(w, c, c.unit_program[c.unit_first[c.move_unit[m]]]))
    yes = draw(w, c, MOVE, c.move_key[m], 1) < chance
    tell(w, c, "ballot", member, chance, yes)
    return yes


@act
def _vote(w: World, c: Tables, m: int) -> int:
    """The members of a group vote; 0 for what follows if it passes, 1 if not."""
    votes = int(evaluated(w, c, c.move_already[m]))
    for member in range(c.move_players[m]):
        if _says_yes(w, c, m, member):
            votes += 1
    w.votes_for[m] = votes
    chosen = 0 if votes >= c.move_needed[m] else 1
    _enter_option(w, c, c.move_unit[m], chosen)
    return c.move_result[m] + chosen


@act
def _divide(w: World, c: Tables, m: int) -> int:
    """A member drawn by lot divides the pie among itself and as many others, drawn by lot too, as it needs."""
    size = c.move_players[m]
    key = c.move_key[m]
    proposer = int(draw(w, c, MOVE, key, LOT_LANE) * size)
    wanted = c.move_needed[m] - 1
    left = size - 1
    partner = 0  # whether the first member is offered a share
    votes = 1
    pie = evaluated(w, c, c.move_low[m])
    w.uniform[0] = draw(w, c, MOVE, key, 0)
    read_game(w, c)
    share = evaluated(w, c, c.unit_program[c.unit_first[c.move_unit[m]] + 1])
    most = pie / wanted if wanted > 0 else 0.0
    share = min(max(share, 0.0), most)
    w.move_value[m] = share
    for member in range(size):
        if member != proposer:
            # Of those who are left each is as likely as any other to be among those still wanted.
            if draw(w, c, MOVE, key, LOT_LANE) * left < wanted:
                wanted -= 1
                if member == 0:
                    partner = 1
                if _says_yes(w, c, m, member):
                    votes += 1
            left -= 1
    w.votes_for[m] = votes
    chosen = 0 if votes >= c.move_needed[m] else 1
    _enter_option(w, c, c.move_unit[m], chosen)
    tell(w, c, "division", m, proposer, share, pie)
    if chosen == 0:
        group = c.move_by[m]
        if proposer == 0:
            w.game_payoff[group] += w.game_discount[group] * (pie - share * (c.move_needed[m] - 1))
        elif partner:
            w.game_payoff[group] += w.game_discount[group] * share
    return c.move_result[m] + chosen


@act
def _agree(w: World, c: Tables, m: int) -> int:
    """Players agree on what the solution concept gives."""
    for n in range(c.agreed_start[m], c.agreed_start[m + 1]):
        w.agreed[n] = evaluated(w, c, c.agreed_program[n])
    return c.move_result[m]


# The clock


@act
def move_due(w: World, c: Tables) -> None:
    """The next move is made, and what follows it comes about."""
    m = w.move_now[0]
    advance(w, c)
    look(w, c)
    result = 0
    kind = c.move_kind[m]
    if kind == NUMBER_MOVE:
        result = _name_number(w, c, m)
    elif kind == CHOICE_MOVE or kind == CHANCE_MOVE:
        result = _choose(w, c, m)
    elif kind == SIMULTANEOUS_MOVE:
        result = _choose_at_once(w, c, m)
    elif kind == DIVISION_MOVE:
        result = _divide(w, c, m)
    elif kind == AGREEMENT_MOVE:
        result = _agree(w, c, m)
    else:
        result = _vote(w, c, m)
    _follow(w, c, m, result)
    settle(w, c)


@act
def _follow(w: World, c: Tables, m: int, result: int) -> None:
    """Payoffs, time, effects and the next move."""
    w.game_moves[0] += 1
    w.move_made[m] += 1
    read_game(w, c)
    for n in range(c.paid_start[result], c.paid_start[result + 1]):
        w.paid_now[c.paid_to[n]] = evaluated(w, c, c.paid_program[n])
    for n in range(c.paid_start[result], c.paid_start[result + 1]):
        player = c.paid_to[n]
        w.game_payoff[player] += w.game_discount[player] * w.paid_now[player]
    takes = evaluated(w, c, c.result_takes[result])
    takes = takes if takes > 0.0 else 0.0
    if takes > 0.0:
        w.game_periods[0] += takes
        for player in range(c.num_players):
            w.game_discount[player] *= powr(evaluated(w, c, c.player_discount[player]), takes)
    tell(w, c, "move", m, result)
    apply(w, c, c.result_effects[result], c.move_actor[m], c.move_key[m], 0, 0)
    read_game(w, c)
    after = c.result_then[result]
    if after < 0 or (c.result_until[result] >= 0 and evaluated(w, c, c.result_until[result]) != 0.0):
        w.game_over[0] = 1
        stop_clock(w, c.clock_game)
        read_game(w, c)
        tell(w, c, "game over")
    elif w.game_moves[0] >= c.most_moves:
        stop_clock(w, c.clock_game)
        tell(w, c, "game stops")
    else:
        w.move_now[0] = after
        wait(w, c.clock_game, takes * c.game_period)
