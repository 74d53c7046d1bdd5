"""The named quantities that conditions, rates and predicates use: reading them, and the programs over them.

A quantity is a kind and up to two numbers that say what it is about; `sim.model.vocabulary` has the names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import trust
from sim.acts.codes import K_CANCELLATIONS, NUM_TRACK_COUNTS
from sim.rule import act, rule
from sim.rules import pressure
from sim.rules.expression import evaluate_part
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Floats, Ints, Tables, World

LONG_AGO = 1.0e9  # what `days_since_*` reads if it never happened

# Kinds of quantities, in the order of `QUANTITY_KINDS`.
QUANTITY_KINDS = (
    "tension", "rung", "max_rung", "talks_on", "pressure", "sanctions_level", "rivalry", "expectation", "capability",
    "declaration", "moratorium", "exercise_suspended", "crisis_active", "belief_talks", "belief_pressure",
    "deal.disputed", "deal.milestones", "time", "stress", "provocation", "launch_pause", "unheard", "meeting_pending",
    "days_since_meeting", "days_since_major", "talks_recent", "major_recent", "deal.in_force", "deal.exists",
    "deal.age",
    # About something: an issue, an actor, a track, a parameter.
    "held", "ever", "dated", "parameter", "deal.level", "level", "seen", "pledged", "derived", "enforcement", "credibility", "war_cost",
    "trust", "type", "belief", "track.standing", "track.age", "track.pending", "track.held", "track.walked_out", "track.cancelled",
    # Of hazards: arrivals so far, and when the first was.
    "hazard.count", "hazard.first",
    # Of a game.
    "game.move", "game.option", "game.made", "game.count", "game.votes", "game.type", "game.class", "game.belief",
    "game.member", "game.payoff", "game.agreed", "game.periods", "game.over", "game.moves", "game.uniform",
)  # fmt: skip
(
    Q_TENSION, Q_RUNG, Q_MAX_RUNG, Q_TALKS_ON, Q_PRESSURE, Q_SANCTIONS_LEVEL, Q_RIVALRY, Q_EXPECTATION, Q_CAPABILITY,
    Q_DECLARATION, Q_MORATORIUM, Q_EXERCISE_SUSPENDED, Q_CRISIS_ACTIVE, Q_BELIEF_TALKS, Q_BELIEF_PRESSURE,
    Q_DEAL_DISPUTED, Q_DEAL_MILESTONES, Q_TIME, Q_STRESS, Q_PROVOCATION, Q_LAUNCH_PAUSE, Q_UNHEARD, Q_MEETING_PENDING,
    Q_DAYS_SINCE_MEETING, Q_DAYS_SINCE_MAJOR, Q_TALKS_RECENT, Q_MAJOR_RECENT, Q_DEAL_IN_FORCE, Q_DEAL_EXISTS,
    Q_DEAL_AGE, Q_HELD, Q_EVER, Q_DATED, Q_PARAMETER, Q_DEAL_LEVEL, Q_LEVEL, Q_SEEN, Q_PLEDGED, Q_DERIVED, Q_ENFORCEMENT,
    Q_CREDIBILITY, Q_WAR_COST, Q_TRUST, Q_TYPE, Q_BELIEF, Q_TRACK_STANDING, Q_TRACK_AGE, Q_TRACK_PENDING,
    Q_TRACK_HELD, Q_TRACK_WALKED_OUT, Q_TRACK_CANCELLED, Q_HAZARD_COUNT, Q_HAZARD_FIRST,
    Q_GAME_MOVE, Q_GAME_OPTION, Q_GAME_MADE, Q_GAME_COUNT, Q_GAME_VOTES, Q_GAME_TYPE, Q_GAME_CLASS, Q_GAME_BELIEF,
    Q_GAME_MEMBER, Q_GAME_PAYOFF, Q_GAME_AGREED, Q_GAME_PERIODS, Q_GAME_OVER, Q_GAME_MOVES, Q_GAME_UNIFORM,
) = range(len(QUANTITY_KINDS))  # fmt: skip


@rule
def meeting_ahead(w: World, c: Tables) -> bool:
    """Whether any meeting has a date."""
    for t in range(c.num_tracks):
        if w.pending[t] != NEVER:
            return True
    return False


@rule
def felt_pressure(w: World, c: Tables) -> float:
    """Pressure as the target feels it, what has been relieved left out."""
    return w.stress * (1.0 - w.level[c.relief_issue]) if c.sanctions_given else 0.0


@rule
def provocation_index(w: World, c: Tables) -> float:
    """Provocation index in [0, 1]."""
    if not c.provocation_given:
        return 0.0
    return pressure.provocation_index(w.provocation, w.saturation)


@act
def derived_value(w: World, c: Tables, d: int, levels: Floats, at: int) -> float:
    """A derived quantity at the issue levels that begin at ``at``, with this history's parameters."""
    return program_value(w, c, c.derived_program[d], w.p, levels, at, 0.0)


@act
def program_value(
    w: World, c: Tables, program: int, inputs: Floats, levels: Floats, at: int, parent: float
) -> float:
    """A program over package levels, parameters and the utility of a veto player's parent."""
    first = c.program_source_start[program]
    for n in range(c.program_source_start[program + 1] - first):
        source = c.program_source[first + n]
        if source >= 0:
            w.numbers[n] = levels[at + source]
        elif source == -1:
            w.numbers[n] = parent
        else:
            w.numbers[n] = inputs[-2 - source]
    return evaluate_part(c.code, c.program_start[program], c.program_stop[program], c.constants, w.numbers, w.stack)


@act
def evaluated(w: World, c: Tables, condition: int) -> float:
    """Value of a compiled expression, of the quantities as they stand."""
    return evaluate_part(
        c.code, c.condition_start[condition], c.condition_stop[condition], c.constants, w.quantities, w.stack
    )


@act
def value_of(w: World, c: Tables, condition: int) -> float:
    """Value of a compiled expression, of the quantities as they were last read; worked out anew when one has moved."""
    if not w.condition_known[condition]:
        w.condition_known[condition] = 1
        w.condition_value[condition] = evaluated(w, c, condition)
    return w.condition_value[condition]


@rule
def holds(w: World, c: Tables, condition: int) -> bool:
    """Whether a condition is true, of the quantities as they were last read."""
    return value_of(w, c, condition) != 0.0


@act
def read_quantity(w: World, c: Tables, q: int) -> float:
    """What a named quantity is now that is about something: an issue, an actor, a track, a parameter."""
    kind = c.quantity_kind[q]
    a = c.quantity_one[q]
    if kind == Q_HELD:
        # How long the condition has held; below zero while it does not.
        return w.now - w.held_since[a] if w.held_since[a] != NEVER else -1.0
    if kind == Q_EVER:
        return w.remembered[a] if w.remembered[a] != NEVER else LONG_AGO
    if kind == Q_DATED:
        return w.remembered[a] if w.remembered[a] != NEVER else 0.0
    if kind == Q_DEAL_LEVEL:
        return c.levels[w.deal * c.num_issues + a] if w.deal >= 0 else 0.0
    if kind == Q_LEVEL:
        return w.level[a]
    if kind == Q_SEEN:
        return w.seen[a]
    if kind == Q_PLEDGED:
        return w.pledged[a]
    if kind == Q_DERIVED:
        return derived_value(w, c, a, w.level, 0)
    if kind == Q_ENFORCEMENT:
        return w.enforcement[a]
    if kind == Q_CREDIBILITY:
        return w.credibility[a]
    if kind == Q_WAR_COST:
        return w.war_cost[a]
    if kind == Q_TRUST:
        return trust(w, c, c.side_two if a == c.side_one else c.side_one, a)
    if kind == Q_TYPE:
        return 1.0 if w.commitment[a] == c.quantity_two[q] else 0.0
    if kind == Q_BELIEF:
        return w.beliefs[a] if a >= 0 else 0.0
    if kind == Q_TRACK_STANDING:
        return 1.0 * w.standing[a]
    if kind == Q_TRACK_AGE:
        return w.now - w.standing_since[a] if w.standing[a] else 0.0
    if kind == Q_TRACK_PENDING:
        return 1.0 if w.pending[a] != NEVER else 0.0
    if kind == Q_TRACK_HELD:
        return 1.0 * w.met[a]
    if kind == Q_TRACK_WALKED_OUT:
        return 1.0 * w.walked_out[a]
    if kind == Q_TRACK_CANCELLED:
        return 1.0 if w.counts[c.track_count[a * NUM_TRACK_COUNTS + K_CANCELLATIONS]] > 0.0 else 0.0
    if kind == Q_HAZARD_COUNT:
        return w.counts[c.hazard_count[a]]
    if kind == Q_HAZARD_FIRST:
        date = w.times[c.hazard_time[a]]
        return date if date == date else LONG_AGO
    return _read_of_game(w, c, kind, a, c.quantity_two[q])


@act
def _read_of_game(w: World, c: Tables, kind: int, a: int, b: int) -> float:
    """What a quantity of a game is now."""
    if kind == Q_GAME_MOVE:
        return w.move_value[a]
    if kind == Q_GAME_OPTION:
        return 1.0 if w.option_chosen[a] == b else 0.0
    if kind == Q_GAME_MADE:
        return 1.0 * w.move_made[a]
    if kind == Q_GAME_COUNT:
        return 1.0 * w.option_count[a]
    if kind == Q_GAME_VOTES:
        return 1.0 * w.votes_for[a]
    if kind == Q_GAME_TYPE:
        return w.type_value[a]
    if kind == Q_GAME_CLASS:
        return 1.0 if w.type_value[a] == b else 0.0
    if kind == Q_GAME_BELIEF:
        return w.public[a]
    if kind == Q_GAME_MEMBER:
        return w.member_now[a]
    if kind == Q_GAME_PAYOFF:
        return w.game_payoff[a]
    if kind == Q_GAME_AGREED:
        return w.agreed[a]
    if kind == Q_GAME_PERIODS:
        return w.game_periods[0]
    if kind == Q_GAME_OVER:
        return 1.0 * w.game_over[0]
    if kind == Q_GAME_MOVES:
        return 1.0 * w.game_moves[0]
    return w.uniform[0]


@act
def _mark_readers(w: World, c: Tables, q: int) -> None:
    """The rates and conditions that read a quantity which has moved are to be set anew."""
    for n in range(c.condition_reader_start[q], c.condition_reader_start[q + 1]):
        w.condition_known[c.condition_reader[n]] = 0
    for n in range(c.reader_start[q], c.reader_start[q + 1]):
        w.stale[c.reader[n]] = 1
    if c.read_by_held[q]:
        w.follow = 1


@rule
def _take(w: World, c: Tables, q: int, value: float) -> None:
    """A quantity is read."""
    if value != w.quantities[q]:
        w.quantities[q] = value
        _mark_readers(w, c, q)


@rule
def _fill_plain(w: World, c: Tables) -> None:
    """All quantities about nothing, by kind, into ``w.plain``: simpler than to ask of each whether it is wanted."""
    now = w.now
    w.plain[Q_TENSION] = w.tension
    w.plain[Q_RUNG] = 1.0 * w.rung
    w.plain[Q_MAX_RUNG] = 1.0 * w.max_rung
    w.plain[Q_TALKS_ON] = 1.0 * w.talks_on
    w.plain[Q_PRESSURE] = w.pressure
    w.plain[Q_SANCTIONS_LEVEL] = w.sanctions_level
    w.plain[Q_RIVALRY] = w.rivalry
    w.plain[Q_EXPECTATION] = w.expectation
    w.plain[Q_CAPABILITY] = w.capability
    w.plain[Q_DECLARATION] = 1.0 * w.declaration
    w.plain[Q_MORATORIUM] = 1.0 * w.moratorium
    w.plain[Q_EXERCISE_SUSPENDED] = 1.0 * w.exercise_suspended
    w.plain[Q_CRISIS_ACTIVE] = 1.0 * w.crisis
    w.plain[Q_BELIEF_TALKS] = w.belief_talks
    w.plain[Q_BELIEF_PRESSURE] = w.belief_pressure
    w.plain[Q_DEAL_DISPUTED] = 1.0 * w.deal_disputed
    w.plain[Q_DEAL_MILESTONES] = 1.0 * w.deal_milestones
    w.plain[Q_TIME] = now
    w.plain[Q_STRESS] = felt_pressure(w, c)
    w.plain[Q_PROVOCATION] = provocation_index(w, c)
    paused = (w.talks_on and not w.pause_broken) or now < w.pause_until
    w.plain[Q_LAUNCH_PAUSE] = 1.0 if c.restraint_on and paused else 0.0
    w.plain[Q_UNHEARD] = 1.0 if not w.talks_on and now - w.unheard_since < c.unheard_for else 0.0
    w.plain[Q_MEETING_PENDING] = 1.0 if meeting_ahead(w, c) else 0.0
    w.plain[Q_DAYS_SINCE_MEETING] = LONG_AGO if w.last_session == NEVER else (now - w.last_session) / c.day
    w.plain[Q_DAYS_SINCE_MAJOR] = LONG_AGO if w.last_major == NEVER else (now - w.last_major) / c.day
    w.plain[Q_TALKS_RECENT] = 1.0 if now - w.last_session <= c.talks_window else 0.0
    w.plain[Q_MAJOR_RECENT] = 1.0 if now - w.last_major <= c.talks_window else 0.0
    w.plain[Q_DEAL_IN_FORCE] = 1.0 if w.deal >= 0 else 0.0
    w.plain[Q_DEAL_EXISTS] = 1.0 if w.deal_since != NEVER else 0.0
    w.plain[Q_DEAL_AGE] = now - w.deal_since if w.deal >= 0 else 0.0


@act
def _read(w: World, c: Tables, kinds: Ints, at: Ints, about: Ints) -> None:
    """Read quantities: those about nothing by kind, with the place of each, and the listed ones about something."""
    _fill_plain(w, c)
    for n in range(len(kinds)):
        _take(w, c, at[n], w.plain[kinds[n]])
    for n in range(len(about)):
        _take(w, c, about[n], read_quantity(w, c, about[n]))


@act
def read_game(w: World, c: Tables) -> None:
    """Read the quantities of the game alone: nothing else moves while a move is made."""
    for n in range(len(c.game_quantity)):
        _take(w, c, c.game_quantity[n], read_quantity(w, c, c.game_quantity[n]))


@act
def glance(w: World, c: Tables) -> None:
    """Read what rates, recurrent and lasting conditions use."""
    _read(w, c, c.rate_kind, c.rate_at, c.rate_about)


@act
def look(w: World, c: Tables) -> None:
    """Read all named quantities and follow the conditions that must hold for some time."""
    if w.first_look:
        for q in range(len(c.quantity_kind)):
            if c.quantity_kind[q] == Q_PARAMETER:
                _take(w, c, q, w.p[c.quantity_one[q]])  # parameters do not move again
    w.first_look = 0
    _read(w, c, c.plain_kind, c.plain_at, c.about_quantity)
    mark_reading_more(w, c)
    follow_held(w, c)


@rule
def mark_reading_more(w: World, c: Tables) -> None:
    """Rates that follow more than the quantities that they name are to be set anew."""
    for n in range(len(c.reads_more)):
        w.stale[c.reads_more[n]] = 1


@act
def follow_held(w: World, c: Tables) -> None:
    """Since when each condition that must hold for some time has held."""
    for n in range(len(c.held_condition)):
        if holds(w, c, c.held_condition[n]):
            if w.held_since[n] == NEVER:
                w.held_since[n] = w.now
        else:
            w.held_since[n] = NEVER
    remember(w, c)


@act
def remember(w: World, c: Tables) -> None:
    """When each condition with a date first held, and what each quantity with a date is until that has come."""
    for n in range(len(c.remembered_condition)):
        if c.remembered_until[n] > 0.0:
            if w.now < c.remembered_until[n]:
                _keep(w, c, n, value_of(w, c, c.remembered_condition[n]))
        elif w.remembered[n] == NEVER and holds(w, c, c.remembered_condition[n]):
            _keep(w, c, n, w.now)


@act
def _keep(w: World, c: Tables, n: int, value: float) -> None:
    """Remember a number, and let whoever asks for it see it at once."""
    w.remembered[n] = value
    _take(w, c, c.remembered_quantity[n], value)


@act
def remember_untouched(w: World, c: Tables) -> None:
    """`remember` after an event that has moved nothing that rates read: only what they do not read is looked at."""
    if len(c.remembered_condition) > 0:
        _read(w, c, c.also_kind, c.also_at, c.also_about)
        remember(w, c)
