"""Talks among officials: alternating offers around a table, and one text drafted by a mediator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import take_types
from sim.acts.choosing import REPLY, decide
from sim.acts.clocks import stop_clock, wait
from sim.acts.codes import (
    CHOICE,
    K_BREAKDOWNS,
    K_ROUNDS,
    LISTENING,
    MEDIATION,
    N_MAXIMAL_OFFERS,
    N_OFFERS,
    N_REJECTED_OFFERS,
    N_TEXTS,
    OUTCOME,
    PLAIN,
    REOPENING,
    SINGLE_TEXT,
    T_TEXT,
    TIMING,
)
from sim.acts.consent import block_probability
from sim.acts.constraints import beyond, crossed_line, waived_by_type
from sim.acts.counting import count, count_track, first
from sim.acts.deals import sign
from sim.acts.draws import draw, draw_at, duration
from sim.acts.invitations import invite
from sim.acts.offers import (
    KEPT_OFFERS,
    choose_offer,
    learn_from_reply,
    maximal_utility,
    place_of,
    value_of_rejecting,
)
from sim.acts.quantities import meeting_ahead
from sim.acts.relations import end_talks, session
from sim.acts.slow import advance
from sim.acts.telling import WHY_BREAKDOWN, tell
from sim.acts.updating import settle, settle_if_touched
from sim.acts.worth import (
    disagreement,
    estimates,
    hoped,
    make_believed,
    make_table,
    pressed,
    utilities,
    utility,
)
from sim.rule import act, rule
from sim.rules import expectation, offers
from sim.rules.choice import logit_choice
from sim.world.fields import INFINITY, NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World

ACCEPT, REJECT = 0, 1


@act
def round_due(w: World, c: Tables, t: int) -> None:
    """The time of a table's next round has come, or of its opening, or of a draft."""
    if c.track_protocol[t] == SINGLE_TEXT:
        _draft_due(w, c, t)
        return
    clock = c.clock_table[t]
    if not w.has_opened[t]:
        w.has_opened[t] = 1
        w.opened[t] = w.now
    elif w.table_phase[t] == REOPENING:
        w.table_phase[t] = PLAIN
        reopen(w, c, t)
    stop_clock(w, clock)
    if w.now >= c.track_deadline[t]:
        return
    if c.talks_used and not w.talks_on and c.between_sides[t]:
        w.table_phase[t] = LISTENING
        return
    delay = _must_wait(w, c, t)
    if delay > 0.0:
        wait(w, clock, delay)
        return
    advance(w, c)
    hold_round(w, c, t)
    settle_if_touched(w, c)
    wait(w, clock, duration(w, c, c.track_gap[t], TIMING, c.track_key[t], 0))


@act
def _must_wait(w: World, c: Tables, t: int) -> float:
    """Time to wait before a round may be held: after a breakdown, an event that put rounds off, around a meeting."""
    delay = max(w.not_before[t] - w.now, w.postponed[t])
    w.postponed[t] = 0.0
    m = c.track_feeds[t]
    if m >= 0:
        date = w.pending[m]
        if date != NEVER and date - c.pauses_before[t] <= w.now:
            delay = max(delay, date + c.pauses_after[t] - w.now)
        elif w.last_held[m] != NEVER:
            delay = max(delay, w.last_held[m] + c.pauses_after[t] - w.now)
    return delay


@act
def reopen(w: World, c: Tables, t: int) -> None:
    """Talks at a table begin anew."""
    w.opened[t] = w.now
    for n in range(c.num_parties[t]):
        w.rejections[t * c.most_parties + n] = 0
        w.num_offers[t * c.most_parties + n] = 0
    w.turn[t] = 0


@rule
def remember_own_offer(w: World, place: int, package: int) -> None:
    """Enter an offer in the list of its party; the oldest is forgotten when the list is full."""
    at = place * KEPT_OFFERS
    n = w.num_offers[place]
    if n >= KEPT_OFFERS:
        for m in range(KEPT_OFFERS - 1):
            w.offers[at + m] = w.offers[at + m + 1]
        n = KEPT_OFFERS - 1
    w.offers[at + n] = package
    w.num_offers[place] += 1


@act
def hold_round(w: World, c: Tables, t: int) -> None:
    """One offer and the answers to it."""
    if w.text >= 0 and w.now - w.text_since > c.text_lapses[t]:
        w.text = -1
    proposer = c.party[t * c.most_parties + w.turn[t] % c.num_parties[t]]
    w.turn[t] += 1
    w.met[t] += 1
    count_track(w, c, t, K_ROUNDS)
    if c.between_sides[t]:
        session(w)
    number = w.met[t]
    failing = w.failing[t]
    w.failing[t] = 0.0
    if failing > 0.0 and draw_at(w, c, TIMING, c.track_key[t], 2, number) < failing:
        tell(w, c, "round fails", t, proposer)
        _move_expectation(w, c, t)
        return
    package = choose_offer(w, c, t, proposer, 1, 0, c.depth)
    if package >= 0 and not (w.deal >= 0 and package == w.deal):
        _put_forward(w, c, t, proposer, package, number)
    _move_expectation(w, c, t)


@act
def _put_forward(w: World, c: Tables, t: int, proposer: int, package: int, number: int) -> None:
    """An offer is on the table: the others answer in turn until one refuses."""
    remember_own_offer(w, place_of(c, t, proposer), package)
    count(w, N_OFFERS, 1.0)
    if utility(w, c, proposer, package) >= maximal_utility(w, c, proposer):
        count(w, N_MAXIMAL_OFFERS, 1.0)
    accepted = 1
    lane = 0
    for n in range(c.num_parties[t]):
        responder = c.party[t * c.most_parties + n]
        if responder != proposer and accepted:
            accepted = reply(w, c, t, responder, proposer, package, lane)
            lane += 1
    tell(w, c, "offer", t, proposer, package, accepted)
    if accepted:
        if proposer == c.side_two:
            w.unheard_since = NEVER
        agree(w, c, t, package)
        reopen(w, c, t)
        return
    w.rejections[place_of(c, t, proposer)] += 1
    count(w, N_REJECTED_OFFERS, 1.0)
    if proposer == c.side_two:
        w.unheard_since = w.now
    breakdown = w.p[c.track_breakdown[t]]
    if breakdown > 0.0 and draw_at(w, c, OUTCOME, c.track_key[t], 0, number) < breakdown:
        break_down(w, c, t)


@act
def break_down(w: World, c: Tables, t: int) -> None:
    """Talks on this track break down and stay closed for a while."""
    count_track(w, c, t, K_BREAKDOWNS)
    tell(w, c, "breakdown", t)
    w.not_before[t] = w.now + c.closed_after_breakdown[t]
    reopen(w, c, t)
    if c.between_sides[t] and not meeting_ahead(w, c):
        end_talks(w, c, WHY_BREAKDOWN)


@act
def reply(w: World, c: Tables, t: int, responder: int, proposer: int, package: int, lane: int) -> int:
    """1 if a party accepts the package on the table, else 0; others learn from the answer."""
    d = disagreement(w, c, responder)
    own = utility(w, c, responder, package)
    block = block_probability(w, c, package, c.track_consents[t])
    reject = value_of_rejecting(w, c, t, responder, proposer, d, c.depth, 0)
    line = crossed_line(w, c, responder, package)
    w.values[ACCEPT] = offers.accept_value(d, block, own)
    w.values[REJECT] = reject
    w.open_options[ACCEPT] = 0.0 if line >= 0 else 1.0
    w.open_options[REJECT] = 1.0
    precision = w.p[c.officials]
    u = draw(w, c, CHOICE, c.track_key[t], lane)
    choice = decide(
        w, c, REPLY, responder, t, w.values, w.open_options, 2, precision, u, REJECT, package, line
    )
    accepted = 1 if choice == ACCEPT else 0
    learn_from_reply(w, c, responder, package, reject, block, precision, accepted)
    return accepted


@act
def agree(w: World, c: Tables, t: int, package: int) -> None:
    """All accept: the text waits for the leaders where it must, else it goes to be signed."""
    first(w, T_TEXT)
    count(w, N_TEXTS, 1.0)
    tell(w, c, "officials agree", t, package)
    m = c.track_feeds[t]
    if c.held_as_text[t] or m >= 0:
        w.text = package
        w.text_since = w.now
        if m >= 0:
            if w.pending[m] != NEVER or invite(w, c, m, 1):
                return
        elif not c.feeds_somewhere[t]:
            return
        # The leaders who would have signed do not meet: the text goes to the veto players and is signed.
        w.text = -1
    sign(w, c, package, c.track_consents[t], t)


# Expectation


@act
def _move_expectation(w: World, c: Tables, t: int) -> None:
    """A round of preparation moves the expectation toward what can be delivered."""
    if not c.moves_expectation[t] or not c.expectation_on:
        return
    if w.now == 0.0 and c.num_candidates == 0:
        return
    value = deliverable_value(w, c, c.hope_holder, c.hope_other)
    w.expectation = expectation.drift_toward(w.expectation, value, w.p[c.hope_learning])


@act
def _order_deliverable(w: World, c: Tables, holder: int) -> None:
    """Deliverable texts, of those that are known, in falling order of the holder's utility; ties by position."""
    if w.has_order:
        return
    w.has_order = 1
    size = len(c.deliverable)
    for n in range(size):
        w.order[n] = c.deliverable[n]
        w.order_value[n] = hoped(w, c, holder, c.deliverable[n])
    offers.sort_falling(w.order_value, w.order, 0, size, w.spare_value, w.spare_order)


@act
def deliverable_value(w: World, c: Tables, holder: int, other: int) -> float:
    """Belief-weighted best deliverable value on the triumph scale, as the holder sees it."""
    make_table(w, c, holder)
    _order_deliverable(w, c, holder)
    row = make_believed(w, c, holder, other)
    types = take_types(w, c, holder, other)
    reserve = disagreement(w, c, other)
    baseline = w.at_start[holder]
    cost = pressed(w, c, other)
    line_belief = 0.0
    line = -1
    for t in range(types):
        w.type_waived[t] = 0
    if c.line_first[other + 1] > c.line_first[other]:
        line = c.line_first[other]
        b = c.line_belief[holder * c.num_lines + line]
        line_belief = w.beliefs[c.belief_start[b] + 1] if b >= 0 else w.line_prior[line]
        waived_by_type(w, c, line, types)
    # What a type accepts, a more trusting one accepts: from the most trusting type down, no search goes back.
    nested = _trust_helps(w, c, row) and _ascending(w, types)
    found = 0
    within = 0
    for n in range(types):
        t = types - 1 - n
        point = w.type_points[t]
        found = _next_accepted(w, c, found if nested else 0, row, point, cost, reserve, -1)
        w.free[t] = w.order_value[found] if found < len(c.deliverable) else baseline
        w.bound[t] = w.free[t]
        if line >= 0 and not w.type_waived[t]:
            within = _next_accepted(w, c, within if nested else 0, row, point, cost, reserve, line)
            w.bound[t] = w.order_value[within] if within < len(c.deliverable) else baseline
    value = expectation.expected_deliverable(
        w.free, w.bound, w.type_points, w.type_beliefs, 0, types, line_belief, 2.0
    )
    return expectation.triumph_value(value, baseline, hoped(w, c, holder, c.triumph_package))


@rule
def _ascending(w: World, types: int) -> bool:
    """Whether the points of a belief are in order."""
    for t in range(1, types):
        if w.type_points[t - 1] > w.type_points[t]:
            return False
    return True


@rule
def _trust_helps(w: World, c: Tables, row: int) -> bool:
    """Whether no package is worth less, as the observer sees it, to an actor that believes promises more."""
    known = row // c.num_packages
    if w.trust_helps[known] == 0:
        w.trust_helps[known] = 1
        for p in range(c.num_packages):
            if w.believed_slope[row + p] < 0.0:
                w.trust_helps[known] = -1
    return w.trust_helps[known] > 0


@rule
def _next_accepted(
    w: World, c: Tables, start: int, row: int, point: float, cost: float, reserve: float, line: int
) -> int:
    """Place of the first package from ``start`` on that a type at ``point`` accepts, within a red line if one is given."""
    for n in range(start, len(c.deliverable)):
        package = w.order[n]
        worth = w.believed_base[row + package] + w.believed_slope[row + package] * point - cost * c.relief_left[package]
        if worth >= reserve and (line < 0 or not beyond(c, line, package)):
            return n
    return len(c.deliverable)


# A mediator's text


@act
def _draft_due(w: World, c: Tables, t: int) -> None:
    """Drafts at drawn intervals until one is accepted, the rounds are used up or time is."""
    stop_clock(w, c.clock_table[t])
    if w.turn[t] >= c.most_drafts[t] or w.now >= c.track_deadline[t] or w.table_closed[t]:
        return
    w.turn[t] += 1
    advance(w, c)
    w.table_closed[t] = draft(w, c, t)
    settle(w, c)
    wait(w, c.clock_table[t], duration(w, c, c.track_gap[t], TIMING, c.track_key[t], 0))


@act
def draft(w: World, c: Tables, t: int) -> int:
    """One draft and the answers to it; 1 if the talks are over."""
    size = c.num_candidates
    mediator = c.track_proposer[t]
    w.met[t] += 1
    count_track(w, c, t, K_ROUNDS)
    session(w)
    u_break = draw(w, c, OUTCOME, c.track_key[t], 0)
    if not _value_texts(w, c, t, mediator):
        for p in range(c.num_parties[t] * c.num_packages):
            w.refused[c.refused_first[t] + p] = 0
        tell(w, c, "no text", t, mediator)
        return 0
    u = draw(w, c, MEDIATION, c.track_key[t], 0)
    chosen = logit_choice(w.values, w.allowed, size, w.p[c.officials], u, w.out)
    w.last_choice = chosen
    tell(w, c, "draft", t, mediator, chosen, w.values[chosen])
    count(w, N_OFFERS, 1.0)
    for n in range(c.num_parties[t]):
        party = c.party[t * c.most_parties + n]
        if not reply(w, c, t, party, mediator, chosen, n):
            w.refused[c.refused_first[t] + n * c.num_packages + chosen] = 1
            tell(w, c, "offer", t, mediator, chosen, 0)
            count(w, N_REJECTED_OFFERS, 1.0)
            if u_break < w.p[c.track_breakdown[t]]:
                count_track(w, c, t, K_BREAKDOWNS)
                tell(w, c, "breakdown", t)
                return 1
            return 0
    tell(w, c, "offer", t, mediator, chosen, 1)
    agree(w, c, t, chosen)
    return 1


@act
def _value_texts(w: World, c: Tables, t: int, mediator: int) -> int:
    """What each text is worth to the mediator, into ``w.values``, those that may be drafted into ``w.allowed``; 1 if any."""
    size = c.num_candidates
    for p in range(size):
        w.values[p] = 1.0
    for n in range(c.num_parties[t]):
        party = c.party[t * c.most_parties + n]
        estimates(w, c, mediator, party, size, w.one)
        floor = disagreement(w, c, party)
        best_refused = -INFINITY
        row = c.refused_first[t] + n * c.num_packages
        for p in range(size):
            if w.refused[row + p] and w.one[p] > best_refused:
                best_refused = w.one[p]
        for p in range(size):
            # A text that a party has sent back is drafted again only if it gives that party more.
            gain = 0.0 if w.one[p] <= best_refused else w.one[p] - floor
            w.values[p] *= gain if gain > 0.0 else 0.0
    utilities(w, c, mediator, size, w.own)
    weight = w.p[c.own_view[t]]
    some = 0
    for p in range(size):
        product = w.values[p]
        w.values[p] = (1.0 - weight) * product + weight * w.own[p] * (1.0 if product > 0.0 else 0.0)
        w.allowed[p] = c.mandate[t * c.num_packages + p] if w.values[p] > 0.0 else 0.0
        if w.allowed[p]:
            some = 1
    return some

