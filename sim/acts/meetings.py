"""Leaders' meetings: one proposal and one counter-offer, and what follows; and offers to talk while talks are off.

The decisions of a meeting happen at one instant, in this order: proposal; accept, counter or refuse; accept the counter,
declare or walk out; yes or no to a declaration; then the proposer's response to the result, and after a failure the other
side's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import first_belief, observe_act, scale_credibility
from sim.acts.choosing import (
    AFTER_FAILURE,
    ANSWER,
    ANSWER_TO_TALKS,
    DECLARATION,
    LAST_WORD,
    OFFER_TALKS,
    PROPOSAL,
    RESPONSE,
    choose_of_two,
    decide,
)
from sim.acts.clocks import stop_clock, wait
from sim.acts.codes import (
    CHOICE,
    DECLARATION_ONLY,
    LISTENING,
    N_DECLARATIONS,
    N_FAILED_MEETINGS,
    N_FORCE_AFTER_FAILURE,
    N_MAXIMAL_OFFERS,
    N_MEETINGS,
    N_OCCASIONS_PASSED,
    N_OFFERS,
    N_OFFERS_TO_TALK,
    N_REJECTED_OFFERS,
    N_RESUMED_TESTS,
    N_STRIKES,
    N_STRIKES_ATTEMPTED,
    N_STRIKES_VETOED,
    N_TURNED_TO_PRESSURE,
    N_WALK_OUTS,
    NUM_TRACK_COUNTS,
    PACKAGE,
    T_DECLARATION,
    T_MEETING,
    T_STRIKE,
    T_WALK_OUT,
    VETO,
    WALK_OUT,
    WAR_COST,
)
from sim.acts.consent import block_probabilities, block_probability
from sim.acts.constraints import acceptance, accepts, allowed_for, crossed_line
from sim.acts.counting import count, first
from sim.acts.deals import sign
from sim.acts.draws import draw
from sim.acts.effects import apply
from sim.acts.ladder import begin_crisis, reach_rung
from sim.acts.offers import (
    best_counter,
    choose_offer,
    colour_by_confidence,
    learn_from_reply,
    maximal_utility,
    refusal,
    value_of_declaring,
)
from sim.acts.quantities import look
from sim.acts.relations import (
    after_force,
    begin_talks,
    end_talks,
    pledge_restraint,
    recognition_floor,
    restraint_promised,
    session,
    withdraw_gestures,
)
from sim.acts.slow import advance
from sim.acts.telling import (
    WHY_FORCE,
    WHY_MEETING,
    WHY_OFFER_ACCEPTED,
    WHY_PRESSURE,
    tell,
    tell_learned,
)
from sim.acts.updating import settle
from sim.acts.worth import disagreement, estimates, hoped, utilities, utility
from sim.rule import act, rule
from sim.rules import expectation, offers
from sim.rules.choice import best_option, binary_logit, logit_probabilities
from sim.rules.pressure import level_after_step
from sim.world.fields import NEVER

if TYPE_CHECKING:
    from sim.world.fields import Tables, World


@act
def meeting_due(w: World, c: Tables, t: int) -> None:
    """The date of a meeting has come."""
    stop_clock(w, c.clock_meeting[t])
    advance(w, c)
    w.pending[t] = NEVER
    hold(w, c, t)
    settle(w, c)


@act
def triumph(w: World, c: Tables, holder: int, package: int) -> float:
    """Place of a package on the holder's triumph scale."""
    value = hoped(w, c, holder, package) if package >= 0 else w.at_start[holder]
    return expectation.triumph_value(value, w.at_start[holder], hoped(w, c, holder, c.triumph_package))


@act
def hold(w: World, c: Tables, t: int) -> None:
    """The meeting takes place."""
    proposer = c.track_proposer[t]
    was_first = not w.recognised
    w.met[t] += 1
    w.last_held[t] = w.now
    session(w)
    first(w, T_MEETING)
    count(w, N_MEETINGS, 1.0)
    tell(w, c, "meeting", t)
    begin_talks(w, c, WHY_MEETING)
    w.recognised = 1
    _recognise(w, c, t)
    apply(w, c, c.held_effects[t], proposer, c.track_key[t], 2, 1)
    look(w, c)
    expected = w.expectation
    if was_first:
        w.expectation_at_meeting = expected
        w.rounds_before_meeting = _rounds_held(w, c)
    signed = negotiate(w, c, t)
    declared = w.declared
    value = 0.0
    reached = signed if signed >= 0 else declared
    if reached >= 0 and c.expectation_given:
        value = triumph(w, c, proposer, reached)
    result = PACKAGE if signed >= 0 else DECLARATION_ONLY if declared >= 0 else WALK_OUT
    gap = expected - value
    if was_first:
        w.meeting_result = result
        w.gap = gap
    spin = 0.0
    if reached >= 0:
        spin = w.p[c.spin_first[t] if was_first else c.spin_later[t]]
    if result == WALK_OUT:
        w.walked_out[t] += 1
        count(w, N_WALK_OUTS, 1.0)
        first(w, T_WALK_OUT)
        apply(w, c, c.walk_out_effects[t], proposer, c.track_key[t], 2, 1)
    tell(w, c, "result", t, result, expected, value, gap)
    if c.aftermath_on:
        disappoint(w, c, gap, spin)
    if c.aftermath_on and signed < 0:
        look(w, c)
        respond(w, c, t, spin, declared, was_first)
    elif declared >= 0:
        _sign_declaration(w, c, t, declared)
    if declared >= 0 and not w.declaration:
        value = 0.0  # agreed, but in the end not signed
    if c.expectation_on:
        w.expectation = expectation.drift_toward(w.expectation, value, w.p[c.hope_update])
    w.text = -1


@rule
def _rounds_held(w: World, c: Tables) -> float:
    """Rounds of talks on all tracks so far."""
    total = 0.0
    for t in range(c.num_tracks):
        if c.has_rounds[t]:
            total += w.counts[c.track_count[t * NUM_TRACK_COUNTS]]
    return total


@rule
def _recognise(w: World, c: Tables, t: int) -> None:
    """What the mere holding of a meeting grants the responder."""
    if c.recognises[t]:
        k = c.recognition_issue
        level = max(c.recognition_during_talks, recognition_floor(w, c), w.level[k])
        w.level[k] = level
        w.seen[k] = level


@act
def negotiate(w: World, c: Tables, t: int) -> int:
    """The signed package, -1 for none; ``w.declared`` is the package of a declaration, -1 without one."""
    precision = w.p[c.leaders]
    w.last_counter = -1
    w.declared = -1
    offer = propose(w, c, t, precision)
    refused_at_home = -1
    counter = -1
    if offer >= 0:
        answer = answer_offer(w, c, t, offer, precision)
        counter = w.counter if answer == 1 else -1
        tell(w, c, "offer", t, c.track_proposer[t], offer, answer == 0)
        if answer == 0:
            if sign(w, c, offer, c.track_consents[t], t):
                return offer
            refused_at_home = offer
    choice = last_word(w, c, t, counter if counter != refused_at_home else -1, precision)
    if counter >= 0:
        tell(w, c, "offer", t, c.track_responder[t], counter, choice == 0)
    if choice == 0:
        if sign(w, c, counter, c.track_consents[t], t):
            return counter
        choice = last_word(w, c, t, -1, precision)
    if choice != 1:
        if counter >= 0:
            w.unheard_since = w.now
            w.last_counter = counter
        return -1
    _put_declaration(w, c, t, precision)
    return -1


@act
def _put_declaration(w: World, c: Tables, t: int, precision: float) -> None:
    """The responder's yes or no to a declaration: on yes its package goes into ``w.declared``."""
    declared = c.track_declaration[t]
    responder = c.track_responder[t]
    d = disagreement(w, c, responder)
    own = utility(w, c, responder, declared)
    line = crossed_line(w, c, responder, declared)
    w.values[0] = own
    w.values[1] = d
    w.open_options[0] = 0.0 if line >= 0 else 1.0
    w.open_options[1] = 1.0
    u = draw(w, c, CHOICE, c.track_key[t], 3)
    if decide(w, c, DECLARATION, responder, t, w.values, w.open_options, 2, precision, u, 1, declared, line) == 0:
        w.declared = declared


@act
def propose(w: World, c: Tables, t: int, precision: float) -> int:
    """The proposer's package, chosen by logit over values that its confidence colours."""
    proposer = c.track_proposer[t]
    responder = c.track_responder[t]
    size = c.num_candidates
    d = disagreement(w, c, proposer)
    reserve = refusal(w, c, t, responder, proposer, c.depth, 0)
    allowed_for(w, c, t, proposer, size, w.allowed)
    acceptance(w, c, proposer, responder, reserve, precision, w.allowed, w.chances)
    utilities(w, c, proposer, size, w.own)
    colour_by_confidence(w, c, proposer, w.own, w.chances)
    block_probabilities(w, c, c.track_consents[t], w.allowed, w.blocks)
    offers.offer_values(w.own, w.chances, w.blocks, size, d, d, w.values)
    u = draw(w, c, CHOICE, c.track_key[t], 0)
    chosen = decide(w, c, PROPOSAL, proposer, t, w.values, w.allowed, size, precision, u, -1, -1, -1)
    if chosen >= 0:
        count(w, N_OFFERS, 1.0)
        if utility(w, c, proposer, chosen) >= maximal_utility(w, c, proposer):
            count(w, N_MAXIMAL_OFFERS, 1.0)
    return chosen


@act
def answer_offer(w: World, c: Tables, t: int, offer: int, precision: float) -> int:
    """Accept (0), counter (1) or refuse (2); the counter-offer is in ``w.counter``."""
    responder = c.track_responder[t]
    d = disagreement(w, c, responder)
    block = block_probability(w, c, offer, c.track_consents[t])
    accept = offers.accept_value(d, block, utility(w, c, responder, offer))
    counter = best_counter(w, c, t, d, precision, c.depth)
    counter_value = w.values[counter] if counter >= 0 else d
    line = crossed_line(w, c, responder, offer)
    w.values[0] = accept
    w.values[1] = counter_value
    w.values[2] = d
    w.open_options[0] = 0.0 if line >= 0 else 1.0
    w.open_options[1] = 1.0 if counter >= 0 else 0.0
    w.open_options[2] = 1.0
    u = draw(w, c, CHOICE, c.track_key[t], 1)
    w.counter = counter
    w.line = line
    choice = decide(w, c, ANSWER, responder, t, w.values, w.open_options, 3, precision, u, 2, offer, counter)
    reject = counter_value if counter >= 0 and counter_value > d else d
    learn_from_reply(w, c, responder, offer, reject, block, precision, 1 if choice == 0 else 0)
    if choice != 0:
        count(w, N_REJECTED_OFFERS, 1.0)
    return choice


@act
def last_word(w: World, c: Tables, t: int, counter: int, precision: float) -> int:
    """Accept the counter (0), sign a declaration (1) or walk out (2)."""
    proposer = c.track_proposer[t]
    d = disagreement(w, c, proposer)
    accept = d
    line = -1
    if counter >= 0:
        block = block_probability(w, c, counter, c.track_consents[t])
        accept = offers.accept_value(d, block, utility(w, c, proposer, counter))
        line = crossed_line(w, c, proposer, counter)
    declare = value_of_declaring(w, c, t, d, precision)
    declared = c.track_declaration[t]
    w.values[0] = accept
    w.values[1] = declare
    w.values[2] = d
    w.open_options[0] = 1.0 if counter >= 0 and line < 0 else 0.0
    w.open_options[1] = 1.0 if declared >= 0 else 0.0
    w.open_options[2] = 1.0
    u = draw(w, c, CHOICE, c.track_key[t], 2)
    w.line = line
    return decide(w, c, LAST_WORD, proposer, t, w.values, w.open_options, 3, precision, u, 2, counter, declared)


# Aftermath


@rule
def disappoint(w: World, c: Tables, gap: float, spin: float) -> None:
    """Disappointment works on the proposer's beliefs in talks and in pressure, once a meeting."""
    if c.collapse_on:
        hit = expectation.shock(gap, w.p[c.collapse_steepness], w.p[c.collapse_threshold])
        w.belief_talks = expectation.collapsed(w.belief_talks, w.p[c.collapse_talks], hit, spin)
        w.belief_pressure = expectation.collapsed(w.belief_pressure, w.p[c.collapse_pressure], hit, spin)


@act
def respond(w: World, c: Tables, t: int, spin: float, declared: int, was_first: bool) -> None:
    """The proposer responds to the result, and after a failure so does the other side."""
    proposer = c.track_proposer[t]
    _frame_response(w, c, proposer)
    _response_values(w, c, t, spin, declared, was_first)
    precision = w.p[c.aftermath_reference if c.reference_on else c.aftermath_precision]
    force = c.force_possible and c.ladder_on
    w.open_options[0] = 1.0
    w.open_options[1] = 1.0
    w.open_options[2] = 1.0 if force else 0.0
    w.open_options[3] = 1.0 if declared >= 0 else 0.0
    u = draw(w, c, CHOICE, c.track_key[t], 4)
    choice = decide(
        w, c, RESPONSE, proposer, t, w.values, w.open_options, expectation.NUM_RESPONSES, precision, u, -1, declared, -1
    )
    failed = declared < 0
    if failed:
        count(w, N_FAILED_MEETINGS, 1.0)
        count(w, N_FORCE_AFTER_FAILURE, 1.0 if choice == expectation.FORCE else 0.0)
    if w.force_probability != w.force_probability:
        w.force_probability = w.out[expectation.FORCE]
    _learn_from_response(w, c, proposer, precision, choice)
    if choice == expectation.FORCE and not strike(w, c, proposer):
        # The ally stops the strike: the best of the other responses is left.
        w.open_options[expectation.FORCE] = 0.0
        choice = best_option(w.response, w.open_options, expectation.NUM_RESPONSES)
    if choice == expectation.SIGN_AND_SELL:
        _sign_declaration(w, c, t, declared)
    elif choice == expectation.PRESSURE:
        end_talks(w, c, WHY_PRESSURE)
        if c.sanctions_given:
            w.sanctions_level = level_after_step(w.sanctions_level, w.p[c.step_after_failure])
        withdraw_gestures(w, c)
        reach_rung(w, c, 2)
        count(w, N_TURNED_TO_PRESSURE, 1.0)
    if failed and choice != expectation.FORCE:
        other_responds(w, c, t)


@act
def _frame_response(w: World, c: Tables, proposer: int) -> None:
    """Reference point, loss aversion and curvature of the response: results may be felt as gains and losses."""
    w.frame_point = 0.0
    w.frame_aversion = 1.0
    w.frame_curvature = 1.0
    if c.reference_on:
        baseline = w.at_start[proposer]
        top = hoped(w, c, proposer, c.triumph_package) if c.expectation_given else baseline
        w.frame_point = expectation.reference_point(baseline, top, w.expectation)
        w.frame_aversion = w.p[c.reference_aversion]
        w.frame_curvature = w.p[c.reference_curvature]


@act
def _response_values(w: World, c: Tables, t: int, spin: float, declared: int, was_first: bool) -> None:
    """Values of the four responses, into ``w.values`` and ``w.response``."""
    proposer = c.track_proposer[t]
    d = disagreement(w, c, proposer)
    settlement = utility(w, c, proposer, c.fallback_package)
    spectacle = 0.0
    if c.has_invitations[t]:
        spectacle = w.p[c.spectacle_first[t] if was_first else c.spectacle_later[t]]
    signed = utility(w, c, proposer, declared) + spectacle * spin if declared >= 0 else d
    w.constants[expectation.PRESSURE_CHANCE] = w.p[c.pressure_effect]
    w.constants[expectation.PRESSURE_GAIN] = w.p[c.pressure_gain]
    w.constants[expectation.FAILURE_LOSS] = w.p[c.setback]
    w.constants[expectation.LOSS_AVERSION] = w.frame_aversion
    w.constants[expectation.CURVATURE] = w.frame_curvature
    take_prospects(w, c, proposer)
    expectation.response_values(
        w.belief_talks,
        w.belief_pressure,
        d,
        settlement,
        signed,
        w.war_cost[proposer],
        w.frame_point,
        w.constants,
        w.prospects,
        c.num_prospects,
        w.values,
    )
    for n in range(expectation.NUM_RESPONSES):
        w.response[n] = w.values[n]


@act
def take_prospects(w: World, c: Tables, actor: int) -> None:
    """Perceived results of force into ``w.prospects``: probability, payoff, multiple of the cost of war, three a line."""
    for n in range(c.num_prospects):
        payoff = c.prospect[3 * n + 1]
        w.prospects[3 * n] = c.prospect[3 * n]
        w.prospects[3 * n + 1] = w.p[c.war_prize[actor]] if payoff == 0.0 and c.war_prize[actor] >= 0 else payoff
        w.prospects[3 * n + 2] = c.prospect[3 * n + 2]


@act
def _learn_from_response(w: World, c: Tables, proposer: int, precision: float, chosen: int) -> None:
    """Observers learn about the proposer's cost of war from its response: only force depends on it."""
    b = first_belief(c, proposer, WAR_COST)
    if b < 0 or w.kappa == 0.0 or not w.open_options[expectation.FORCE]:
        return
    for n in range(expectation.NUM_RESPONSES):
        w.values[n] = w.response[n]
    for n in range(c.belief_size[b]):
        cost = w.points[c.belief_start[b] + n]
        w.values[expectation.FORCE] = expectation.lottery_value(
            w.prospects, c.num_prospects, cost, w.frame_point, w.frame_aversion, w.frame_curvature
        )
        logit_probabilities(w.values, w.open_options, expectation.NUM_RESPONSES, precision, w.out)
        w.likelihoods[n] = w.out[chosen]
    observe_act(w, c, proposer, WAR_COST, w.likelihoods, 1.0 * expectation.NUM_RESPONSES)
    tell_learned(w, c)


@act
def strike(w: World, c: Tables, actor: int) -> int:
    """An attempt to use force: an ally may veto it, else the strike rung is reached at once; 1 if it came off."""
    u = draw(w, c, VETO, c.actor_key[actor], 50)
    count(w, N_STRIKES_ATTEMPTED, 1.0)
    if not c.ladder_on:
        tell(w, c, "force without ladder", actor)
        return 1
    if c.strike_veto >= 0 and actor == c.striker and u < w.p[c.strike_veto]:
        count(w, N_STRIKES_VETOED, 1.0)
        tell(w, c, "strike stopped", actor)
        return 0
    first(w, T_STRIKE)
    count(w, N_STRIKES, 1.0)
    tell(w, c, "strike", actor)
    after_force(w, c, WHY_FORCE)
    if actor == c.striker:
        if actor != c.side_one:
            scale_credibility(w, c, c.side_one, w.p[c.credibility_after_force])
        if actor != c.side_two:
            scale_credibility(w, c, c.side_two, w.p[c.credibility_after_force])
    other = -1
    if actor == c.crisis_one:
        other = c.crisis_two
    elif actor == c.crisis_two:
        other = c.crisis_one
    apply(w, c, c.strike_effects, actor, c.ladder_key, 6, 1)
    begin_crisis(w, c, c.strike_rung, other)
    w.struck_at = w.now
    reach_rung(w, c, c.strike_rung)
    return 1


@act
def _sign_declaration(w: World, c: Tables, t: int, declared: int) -> None:
    w.declaration = 1
    first(w, T_DECLARATION)
    count(w, N_DECLARATIONS, 1.0)
    tell(w, c, "declaration", t, declared)
    for k in range(c.num_issues):
        if c.declaration_pledges[t * c.num_issues + k]:
            level = c.levels[declared * c.num_issues + k]
            w.pledged[k] = max(w.pledged[k], level)
            if level > w.level[k]:
                w.level[k] = level
                w.seen[k] = level
    pledge_restraint(w, c)


@act
def other_responds(w: World, c: Tables, t: int) -> None:
    """After a failure the other side resumes tests, sets a deadline or turns to its partners."""
    actor = c.track_responder[t]
    proposer = c.track_proposer[t]
    precision = w.p[c.leaders]
    d = disagreement(w, c, actor)
    counter = w.last_counter
    if counter < 0:
        counter = best_counter(w, c, t, d, precision, c.depth)
    reserve = refusal(w, c, t, proposer, actor, c.depth, 0)
    chance = accepts(w, c, actor, proposer, counter, reserve, precision)
    discount = offers.delay_discount(w.p[c.patience[actor]], w.p[c.deadline_after] / c.day)
    gain = utility(w, c, actor, counter) - d if counter >= 0 else 0.0
    promised = restraint_promised(w, c)
    w.values[0] = d + w.p[c.resume_gain] - w.p[c.resume_tension_cost] * w.tension
    w.values[1] = d + discount * chance * gain
    w.values[2] = d
    if c.sanctions_given:
        # The gain is scaled by what pressure costs, relative to its reference cost of .07.
        w.values[2] = d + w.p[c.turn_gain] * (1.0 - w.rivalry) * w.pressure * w.pressure_cost / 0.07
    w.open_options[0] = 0.0 if promised else 1.0
    w.open_options[1] = 1.0
    w.open_options[2] = 1.0 if c.sanctions_given else 0.0
    u = draw(w, c, CHOICE, c.track_key[t], 5)
    choice = decide(w, c, AFTER_FAILURE, actor, t, w.values, w.open_options, 3, precision, u, -1, -1, -1)
    if choice == 0:
        # The pause ends at once, even while talks go on.
        w.pause_until = NEVER
        w.pause_broken = 1
        w.moratorium = 0
        count(w, N_RESUMED_TESTS, 1.0)
    elif choice == 1 and c.restraint_on:
        w.pause_until = w.now + c.pause_after_talks
        if w.moratorium and not promised:
            w.moratorium_until = w.now + c.restraint_deadline
    elif choice == 2 and c.sanctions_given:
        w.enforcement_shift = w.p[c.turn_shift]
        w.shift_until = w.now + c.turn_time


# Offers to talk


@act
def offer_to_talk_due(w: World, c: Tables) -> None:
    """An occasion to offer talks at regular times while they are off."""
    stop_clock(w, c.clock_offers)
    if not w.talks_on:
        advance(w, c)
        consider_talks(w, c)
        settle(w, c)
    if w.talks_on:
        w.offers_phase = LISTENING
    else:
        wait(w, c.clock_offers, c.contact_every)


@act
def consider_talks(w: World, c: Tables) -> None:
    """One side may offer; the other answers by the same logit."""
    if w.rung > c.contact_rung_max:
        return
    asks = c.side_one if w.offers_turn % 2 == 0 else c.side_two
    answers = c.side_two if w.offers_turn % 2 == 0 else c.side_one
    w.offers_turn += 1
    u_offer = draw(w, c, CHOICE, c.actor_key[asks], 48)
    u_answer = draw(w, c, CHOICE, c.actor_key[asks], 49)
    precision = w.p[c.leaders]
    d = disagreement(w, c, asks)
    reserve = disagreement(w, c, answers)
    chance = binary_logit(value_of_talks(w, c, answers, asks, reserve, 1.0) - reserve, precision)
    value = value_of_talks(w, c, asks, answers, d, chance)
    if choose_of_two(w, c, OFFER_TALKS, asks, -1, value, d, precision, u_offer, -1) != 0:
        count(w, N_OCCASIONS_PASSED, 1.0)
        return
    d = disagreement(w, c, answers)
    value = value_of_talks(w, c, answers, asks, d, 1.0)
    if choose_of_two(w, c, ANSWER_TO_TALKS, answers, -1, value, d, precision, u_answer, -1) != 0:
        if asks == c.side_two:
            w.unheard_since = w.now
        count(w, N_OFFERS_TO_TALK, 1.0)
        return
    begin_talks(w, c, WHY_OFFER_ACCEPTED)


@act
def value_of_talks(w: World, c: Tables, actor: int, other: int, d: float, opened: float) -> float:
    """What talks that come about with a chance are worth: the own first offer in them, less the cost of asking."""
    t = c.table_of_sides
    if t >= 0:
        package = choose_offer(w, c, t, actor, 0, 1, c.depth)
    else:
        utilities(w, c, actor, c.num_candidates, w.own)
        estimates(w, c, actor, other, c.num_candidates, w.other)
        package = offers.best_acceptable(
            w.own, w.other, c.any_mandate, c.num_candidates, disagreement(w, c, other)
        )
    cost = w.p[c.contact_cost]
    if package < 0:
        return d - cost
    reserve = disagreement(w, c, other) if t < 0 else refusal(w, c, t, other, actor, c.depth, 1)
    chance = accepts(w, c, actor, other, package, reserve, w.p[c.officials])
    discount = offers.delay_discount(w.p[c.patience[actor]], 21.0)
    gain = utility(w, c, actor, package) - d
    return d + opened * discount * chance * (gain if gain > 0.0 else 0.0) - cost
