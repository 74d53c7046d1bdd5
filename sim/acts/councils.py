"""Tracks with more than two parties, and small bundles between two: proposals, stages, votes, resolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.choosing import BUNDLE, BUNDLE_REPLY, OPEN, RESOLUTION_VOTE, STAGE_VOTE, assents, choose_of_two, decide
from sim.acts.clocks import stop_clock, wait
from sim.acts.codes import (
    CHOICE,
    K_BUNDLES,
    K_BUNDLES_PROPOSED,
    K_COLLAPSED,
    K_IN_FORCE,
    K_OPENED,
    K_PASSED,
    K_POSTPONED,
    K_VOTES,
    OUTCOME,
    PLAIN,
    T_COLLAPSE,
    TIMING,
    TT_IN_FORCE,
    TT_OPENED,
    TT_STANDING,
    VETO,
    VOTING,
    WAITING,
)
from sim.acts.consent import bundle_blocked, hostile_players
from sim.acts.counting import count_track, first, first_on_track
from sim.acts.draws import draw, draw_at, draw_pair, duration
from sim.acts.effects import apply
from sim.acts.quantities import holds, look, value_of
from sim.acts.relations import broker_report, hold_to_treaties, session, take_back
from sim.acts.slow import advance
from sim.acts.telling import tell
from sim.acts.updating import BROKEN_BY_TIME, break_off, halted, settle, settle_if_touched
from sim.acts.worth import disagreement, of_levels, utilities, utility
from sim.rule import act, rule
from sim.rules import consent
from sim.rules.choice import binary_logit
from sim.rules.pressure import level_after_step
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


# Bundles


@act
def bundle_due(w: World, c: Tables, t: int) -> None:
    """Proposals of small bundles at drawn intervals."""
    stop_clock(w, c.clock_table[t])
    if c.track_when[t] < 0 or holds(w, c, c.track_when[t]):
        advance(w, c)
        _propose_bundle(w, c, t)
        settle_if_touched(w, c)
    wait(w, c.clock_table[t], duration(w, c, c.track_gap[t], TIMING, c.track_key[t], 0))


@act
def _levels_with(w: World, c: Tables, bundle: int, at: int) -> int:
    """Levels if a bundle is accepted, into ``w.bundle_level`` from ``at`` on; 1 if it changes anything."""
    changes = 0
    for k in range(c.num_issues):
        level = w.level[k]
        change = c.bundle_add[bundle * c.num_issues + k]
        if change > 0.0:
            level = max(level, min(c.bundle_cap[bundle * c.num_issues + k], level + change))
        level = max(level, c.bundle_least[bundle * c.num_issues + k])
        w.bundle_level[at + k] = level
        if level != w.level[k]:
            changes = 1
    return changes


@act
def _propose_bundle(w: World, c: Tables, t: int) -> None:
    """The proposer picks a bundle, the responder answers."""
    proposer = c.track_proposer[t]
    responder = c.track_responder[t]
    precision = w.p[c.officials]
    number = w.met[t]
    stays = of_levels(w, c, responder, w.level, 0)
    bonus = w.p[c.atmosphere[t]]
    size = 0
    for bundle in range(c.bundle_first[t], c.bundle_first[t + 1]):
        if c.bundle_once[bundle] and w.standing[t]:
            continue
        at = size * c.num_issues
        if not _levels_with(w, c, bundle, at):
            continue
        gain = of_levels(w, c, responder, w.bundle_level, at) + bonus - stays
        w.bundle_option[size] = bundle
        w.values[size] = of_levels(w, c, proposer, w.bundle_level, at) * binary_logit(gain, precision)
        size += 1
    if size == 0:
        return
    u_pick, u_reply = draw_pair(w, c, CHOICE, c.track_key[t], 0)
    chosen = decide(w, c, BUNDLE, proposer, t, w.values, c.ones, size, precision, u_pick, -1, -1, -1)
    bundle = w.bundle_option[chosen]
    for k in range(c.num_issues):
        w.row[k] = w.bundle_level[chosen * c.num_issues + k]
    w.met[t] += 1
    count_track(w, c, t, K_BUNDLES_PROPOSED)
    gain = of_levels(w, c, responder, w.row, 0) + bonus
    if choose_of_two(w, c, BUNDLE_REPLY, responder, t, gain, stays, precision, u_reply, -1) != 0:
        return
    if bundle_blocked(w, c, proposer, responder, w.row, draw_at(w, c, VETO, c.track_key[t], 0, number)):
        tell(w, c, "bundle blocked", t, bundle)
        return
    for k in range(c.num_issues):
        change = w.row[k] - w.level[k]
        w.seen[k] = min(1.0, w.seen[k] + change)
        if c.bundle_lasts[bundle]:
            w.local[k] += change
        w.level[k] = w.row[k]
    if c.bundle_lasts[bundle]:
        w.standing[t] = 1
        w.standing_since[t] = w.now
        first_on_track(w, c, t, TT_STANDING)
    count_track(w, c, t, K_BUNDLES)
    tell(w, c, "bundle", t, bundle)
    apply(w, c, c.bundle_effects[t], proposer, c.track_key[t], 2, 1)
    if 0 < w.rung <= c.lowers_rung_up_to[t] and not w.crisis:
        w.rung -= 1
    m = c.track_reports_to[t]
    if m >= 0 and w.pending[m] != NEVER:
        broker_report(w, c)


# A text that passes stages


@act
def council_due(w: World, c: Tables, t: int) -> None:
    """The time of a proposal or of a vote has come."""
    stop_clock(w, c.clock_table[t])
    if w.council_phase[t] == PLAIN:
        _open_text(w, c, t)
    elif w.council_phase[t] == VOTING:
        if w.broken_off[t]:
            _close_text(w, c, t)
        elif not halted(w, c, t):
            _vote_due(w, c, t)
        else:
            count_track(w, c, t, K_POSTPONED)
            tell(w, c, "vote put off", t, w.crisis)
            w.council_phase[t] = WAITING
            wait(w, c.clock_table[t], c.lapses_after[t])
    else:
        break_off(w, c, t, BROKEN_BY_TIME)
        _close_text(w, c, t)


@act
def council_turned(w: World, c: Tables, t: int) -> None:
    """A vote that waited may be held, or the text has been given up."""
    stop_clock(w, c.clock_turned[t])
    stop_clock(w, c.clock_table[t])
    if w.broken_off[t]:
        _close_text(w, c, t)
    else:
        _vote_due(w, c, t)


@act
def _open_text(w: World, c: Tables, t: int) -> None:
    """A proposal, if one is possible; once it starts, its stages."""
    advance(w, c)
    look(w, c)
    possible = holds(w, c, c.eligible[t]) and not w.standing[t] and not halted(w, c, t)
    started = 0
    if possible:
        started = _propose_text(w, c, t)
    settle(w, c)
    if started:
        w.broken_off[t] = 0
        w.watching[t] = 1
        w.stage[t] = 0
        w.retries[t] = 0
        _next_vote(w, c, t, duration(w, c, c.stage_duration[t], TIMING, c.track_key[t], 2))
    else:
        wait(w, c.clock_table[t], c.track_every[t])


@rule
def _next_vote(w: World, c: Tables, t: int, delay: float) -> None:
    w.turned[t] = 0
    stop_clock(w, c.clock_turned[t])
    w.council_phase[t] = VOTING
    wait(w, c.clock_table[t], delay)


@rule
def _close_text(w: World, c: Tables, t: int) -> None:
    """No text is under negotiation; a new one may be proposed some time later."""
    w.watching[t] = 0
    w.council_phase[t] = PLAIN
    stop_clock(w, c.clock_turned[t])
    if not w.dead[t]:
        wait(w, c.clock_table[t], c.track_every[t])


@act
def _propose_text(w: World, c: Tables, t: int) -> int:
    """A proposer opens the process if it gains by it; terms are fixed now. 1 if one does."""
    terms = find_terms(w, c, t)
    if terms < 0:
        return 0
    precision = w.p[c.officials]
    for n in range(c.proposer_first[t], c.proposer_first[t + 1]):
        actor = c.text_proposer[n]
        gain = utility(w, c, actor, terms)
        d = disagreement(w, c, actor)
        u = draw(w, c, CHOICE, c.track_key[t], 64 + n - c.proposer_first[t])
        if choose_of_two(w, c, OPEN, actor, t, gain, d, precision, u, -1) == 0:
            w.terms[t] = terms
            first_on_track(w, c, t, TT_OPENED)
            count_track(w, c, t, K_OPENED)
            tell(w, c, "proposal", t, actor, terms)
            return 1
    return 0


@act
def find_terms(w: World, c: Tables, t: int) -> int:
    """The candidate within the bounds with the highest product of both sides' gains; -1 without candidates.

    Where none is better for both, the least bad one for the worse-off side is put to the vote.
    """
    start = c.text_first[t]
    size = c.text_first[t + 1] - start
    utilities(w, c, c.side_one, c.num_packages, w.own)
    utilities(w, c, c.side_two, c.num_packages, w.other)
    d = disagreement(w, c, c.side_one)
    e = disagreement(w, c, c.side_two)
    least = -1
    smallest = 0.0
    for n in range(size):
        p = c.text_package[start + n]
        one = w.own[p] - d
        two = w.other[p] - e
        w.gains[2 * n] = one
        w.gains[2 * n + 1] = two
        worse = min(one, two)
        if least < 0 or worse > smallest:
            least = n
            smallest = worse
    best = consent.best_nash_product(w.gains, c.ones, size, 2)
    if best < 0:
        best = least
    return c.text_package[start + best] if best >= 0 else -1


@act
def _vote_due(w: World, c: Tables, t: int) -> None:
    """A vote is held; a lost one may be repeated some times, then the text is dead."""
    advance(w, c)
    if c.both_sides[t]:
        session(w)
    passed = hold_vote(w, c, t)
    delay = c.retry_after[t]
    if passed:
        w.stage[t] += 1
        if w.stage[t] < c.num_stages[t]:
            delay = duration(w, c, c.stage_duration[t], TIMING, c.track_key[t], 2)
    else:
        w.retries[t] += 1
    settle(w, c)
    if w.retries[t] > c.most_retries[t]:
        w.dead[t] = 1
        tell(w, c, "text dead", t)
        _close_text(w, c, t)
    elif w.stage[t] < c.num_stages[t]:
        _next_vote(w, c, t, delay)
    else:
        advance(w, c)
        _enter_into_force(w, c, t)
        settle(w, c)
        _close_text(w, c, t)


@act
def hold_vote(w: World, c: Tables, t: int) -> int:
    """One vote: all required members and at least one of the others must say yes. 1 if it passes."""
    precision = w.p[c.officials]
    look(w, c)
    required = 1
    others = 0
    some = 0
    for n in range(c.member_first[t], c.member_first[t + 1]):
        actor = c.member[n]
        bonus = value_of(w, c, c.sympathy[n]) if c.sympathy[n] >= 0 else 0.0
        d = disagreement(w, c, actor)
        u = draw(w, c, CHOICE, c.track_key[t], n - c.member_first[t])
        gain = utility(w, c, actor, w.terms[t]) + bonus
        yes = 1 if choose_of_two(w, c, STAGE_VOTE, actor, t, gain, d, precision, u, -1) == 0 else 0
        w.vote[n - c.member_first[t]] = yes
        if c.member_required[n] and not yes:
            required = 0
        if c.member_any_of[n]:
            others = 1
            if yes:
                some = 1
    passed = 1 if required and (some or not others) else 0
    count_track(w, c, t, K_VOTES)
    tell(w, c, "stage vote", t, w.stage[t], passed)
    return passed


@act
def _enter_into_force(w: World, c: Tables, t: int) -> None:
    """The text is in force: its levels are implemented."""
    w.standing[t] = 1
    w.standing_since[t] = w.now
    w.treaty[t] = w.terms[t]
    w.num_treaties += 1
    w.treaty_hostile[t] = hostile_players(w, c, w.terms[t], c.side_one, c.side_two)
    at = t * c.num_issues
    for k in range(c.num_issues):
        w.added[at + k] = w.level[k]
    hold_to_treaties(w, c)
    for k in range(c.num_issues):
        w.added[at + k] = w.level[k] - w.added[at + k]
    first_on_track(w, c, t, TT_IN_FORCE)
    count_track(w, c, t, K_IN_FORCE)
    tell(w, c, "in force", t)


@act
def text_collapses(w: World, c: Tables, t: int) -> None:
    """The agreement in force collapses."""
    if not w.standing[t]:
        return
    w.standing[t] = 0
    w.treaty[t] = -1
    w.num_treaties -= 1
    take_back(w, c, w.added, t * c.num_issues)
    count_track(w, c, t, K_COLLAPSED)
    first(w, T_COLLAPSE)
    tell(w, c, "text collapses", t)


# Resolutions


@act
def resolution_vote(w: World, c: Tables, t: int, severity: float) -> None:
    """A council votes on tighter sanctions, some time after a grave provocation."""
    advance(w, c)
    passed = 1
    for n in range(c.voter_first[t], c.voter_first[t + 1]):
        chance = consent.resolution_vote(
            w.p[c.voter_intercept[n]], w.p[c.voter_severity[n]], severity, w.p[c.voter_rivalry[n]], w.rivalry
        )
        u = draw(w, c, OUTCOME, c.track_key[t], n - c.voter_first[t])
        if not assents(w, c, RESOLUTION_VOTE, c.voter[n], t, chance, u, -1):
            passed = 0
    count_track(w, c, t, K_VOTES)
    if passed:
        w.sanctions_level = level_after_step(w.sanctions_level, w.p[c.resolution_step[t]])
        count_track(w, c, t, K_PASSED)
    tell(w, c, "resolution", t, passed, severity)
    settle(w, c)
