"""Offers and answers at a table: what to put forward, what refusing is worth, what an answer tells.

Used by officials and by leaders. The functions that ask what the other would do by refusing call one another, one step of
look-ahead less each time; each fills the lists it works on only after it has asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import first_belief, observe_act, take_types, update
from sim.acts.choosing import OFFER, decide
from sim.acts.codes import (
    ABSOLUTE,
    AVERAGED,
    BEHAVIOUR,
    CHOICE,
    CREDIBILITY,
    FINAL_OFFER,
    MAXIMALIST,
    OWN,
    RATIONAL,
    RED_LINE,
    RESOURCE,
    SINGLE_TEXT,
    TIME,
    ZEUTHEN,
)
from sim.acts.consent import block_probabilities, block_probability
from sim.acts.constraints import acceptance, accepts, allowed_for, beyond
from sim.acts.draws import draw, mean_duration
from sim.acts.own import own_target
from sim.acts.quantities import felt_pressure
from sim.acts.ranking import RANKED, rank, ranked_offer, view_stands_still
from sim.acts.telling import tell, tell_learned
from sim.acts.worth import disagreement, estimates, make_believed, pressed, utilities, utility
from sim.rule import act, rule
from sim.rules import learning, offers, tactics
from sim.rules.choice import best_option
from sim.world.fields import INFINITY

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World

KEPT_OFFERS = 24  # of each party: no tactic looks further back


@rule
def place_of(c: Tables, t: int, actor: int) -> int:
    """Where an actor sits at a table, as a row of the lists by table and party."""
    first = t * c.most_parties
    for n in range(c.num_parties[t]):
        if c.party[first + n] == actor:
            return first + n
    return first


@rule
def tactic_of(c: Tables, t: int, actor: int) -> int:
    """Number of an actor's tactic on a track; -1 if it has none."""
    return c.tactic[t * c.num_actors + actor]


@act
def family_of(w: World, c: Tables, t: int, actor: int) -> int:
    """The actor's present family of tactics: the maximalist's fallback once its patience is used up."""
    n = tactic_of(c, t, actor)
    if n < 0:
        return TIME
    if c.tactic_family[n] == MAXIMALIST and w.rejections[place_of(c, t, actor)] >= c.tactic_rejections[n]:
        return c.tactic_fallback[n]
    return c.tactic_family[n]


@act
def estimate_of_others(w: World, c: Tables, t: int, actor: int, out: Floats) -> None:
    """What the others are believed to make of every candidate; the mean over them if there are several."""
    count = c.num_candidates
    others = c.num_parties[t] - 1
    first = t * c.most_parties
    if others == 1:
        one = c.party[first] if c.party[first] != actor else c.party[first + 1]
        estimates(w, c, actor, one, count, out)
        return
    for p in range(count):
        out[p] = 0.0
    for n in range(c.num_parties[t]):
        party = c.party[first + n]
        if party != actor:
            estimates(w, c, actor, party, count, w.one)
            for p in range(count):
                out[p] += w.one[p]
    for p in range(count):
        out[p] = out[p] / others


@rule
def next_election(w: World, c: Tables, actor: int) -> float:
    """Time of the actor's next election; infinite if it has none ahead."""
    if actor == c.election_actor:
        for n in range(len(c.elections)):
            if c.elections[n] >= w.now:
                return c.elections[n]
    return INFINITY


@act
def aspiration(w: World, c: Tables, t: int, actor: int, family: int, highest: float, elapsed: float) -> float:
    """Utility that the actor's tactic aims at, given the time since the first round of the present talks.

    ``family`` is its present one (`family_of`), ``highest`` the utility of the best package that it may offer. Tactics
    that look at others' offers find own utilities of the menu in ``w.own`` and what may be offered in ``w.allowed``.
    """
    own = w.own
    n = tactic_of(c, t, actor)
    place = place_of(c, t, actor)
    low = disagreement(w, c, actor)
    beta = 1.0
    horizon = 365.0 * c.day
    margin = 0.01
    if n >= 0:
        beta = w.p[c.tactic_beta[n]]
        horizon = w.p[c.tactic_period[n]]
        margin = w.p[c.tactic_margin[n]]
    low += margin
    high = highest if highest > low else low
    if family == MAXIMALIST:
        return high
    if family == RESOURCE:
        stress = felt_pressure(w, c) if actor == c.target else 0.0
        horizon = tactics.stress_horizon(horizon, w.p[c.tactic_stress[n]], stress, 30.0 * c.day)
        if c.track_deadline[t] < INFINITY:
            horizon = tactics.deadline_horizon(horizon, c.track_deadline[t] - w.opened[t], 30.0 * c.day)
        election = next_election(w, c, actor)
        if election < INFINITY:
            horizon = tactics.deadline_horizon(horizon, election - w.now + elapsed, 30.0 * c.day)
    if family == BEHAVIOUR and _received(w, c, t, actor, own) >= 2 and w.num_offers[place] > 0:
        return _imitation(w, c, t, actor, n, own, low, high)
    if family == ZEUTHEN:
        other = _only_other(w, c, t, actor)
        if other >= 0:
            return _zeuthen(w, c, t, actor, other, own, w.allowed)
    if family == OWN:
        size = _received(w, c, t, actor, own)
        for m in range(size, len(w.received)):
            w.received[m] = 0.0  # nothing is left over of others, which would differ between engines
        last = last_offer(w, place)
        said = own[last] if last >= 0 else high
        stress = felt_pressure(w, c) if actor == c.target else 0.0
        target = own_target(c, c.tactic_own[n], elapsed, horizon, beta, low, high, said, w.received, size, stress)
        return tactics.bounded(target, low, high)
    return tactics.time_target(elapsed, horizon, beta, low, high)


@act
def _received(w: World, c: Tables, t: int, actor: int, own: Floats) -> int:
    """Own utility of the last offers of the others, oldest first, into ``w.received``; how many."""
    found = 0
    for n in range(c.num_parties[t]):
        place = t * c.most_parties + n
        if c.party[place] == actor:
            continue
        for m in range(min(w.num_offers[place], KEPT_OFFERS)):
            w.received[found] = own[w.offers[place * KEPT_OFFERS + m]]
            found += 1
    return found


@rule
def last_offer(w: World, place: int) -> int:
    """The last package that a party has offered in the present talks; -1 if none."""
    count = min(w.num_offers[place], KEPT_OFFERS)
    return w.offers[place * KEPT_OFFERS + count - 1] if count > 0 else -1


@act
def _imitation(w: World, c: Tables, t: int, actor: int, n: int, own: Floats, low: float, high: float) -> float:
    """Target of an actor that answers the others' moves in kind."""
    found = _received(w, c, t, actor, own)
    last = own[last_offer(w, place_of(c, t, actor))]
    earlier = w.received[found - 2]
    later = w.received[found - 1]
    if c.tactic_mode[n] == ABSOLUTE:
        return tactics.absolute_target(last, earlier, later, low, high)
    base = disagreement(w, c, actor)
    if c.tactic_mode[n] == AVERAGED:
        return tactics.averaged_target(
            last, w.received, found, c.tactic_window[n], base, 0.5, 1.5, low, high
        )
    return tactics.relative_target(last, earlier, later, base, 0.5, 1.5, low, high)


@rule
def _only_other(w: World, c: Tables, t: int, actor: int) -> int:
    """The other of two parties, if both have made an offer; else -1."""
    if c.num_parties[t] != 2:
        return -1
    first = t * c.most_parties
    if w.num_offers[first] == 0 or w.num_offers[first + 1] == 0:
        return -1
    return c.party[first + 1] if c.party[first] == actor else c.party[first]


@act
def _zeuthen(w: World, c: Tables, t: int, actor: int, other: int, own: Floats, allowed: Floats) -> float:
    """Target of an actor that concedes when it risks less by refusing."""
    estimates(w, c, actor, other, c.num_candidates, w.one)
    return tactics.zeuthen_target(
        own,
        w.one,
        allowed,
        c.num_candidates,
        last_offer(w, place_of(c, t, actor)),
        last_offer(w, place_of(c, t, other)),
        disagreement(w, c, actor),
        disagreement(w, c, other),
        c.actor_key[actor] < c.actor_key[other],
        True,
    )


@act
def choose_offer(w: World, c: Tables, t: int, actor: int, note: int, afresh: int, depth: int) -> int:
    """Package that the actor would offer now; -1 if it has none to offer.

    Deterministic by tactic. The rational family values its whole menu: it draws by logit when it really offers
    (``note``), and reckons with its best offer when it looks ahead. ``afresh`` asks for the first offer of talks that
    would begin now.
    """
    family = family_of(w, c, t, actor)
    if family == RATIONAL:
        return rational_offer(w, c, t, actor, note, depth)
    place = place_of(c, t, actor)
    elapsed = 0.0 if afresh else w.now - w.opened[t]
    count = c.num_candidates
    by_rank = (family == TIME or family == RESOURCE or family == MAXIMALIST) and view_stands_still(w, c, t, actor, place)
    if not by_rank or w.rank_known[place] != RANKED:
        allowed_for(w, c, t, actor, count, w.allowed)
        utilities(w, c, actor, count, w.own)
        estimate_of_others(w, c, t, actor, w.other)
        if by_rank:
            rank(w, c, place, w.own, w.other, w.allowed)
    if by_rank:
        highest = w.rank_worth[place * count] if w.rank_size[place] > 0 else -INFINITY
        target = aspiration(w, c, t, actor, family, highest, elapsed)
        package = ranked_offer(w, c, place, last_offer(w, place), target)
    else:
        highest = offers.highest_allowed(w.own, w.allowed, count, -INFINITY)
        target = aspiration(w, c, t, actor, family, highest, elapsed)
        package = offers.offer_for_target(
            w.own, w.other, w.allowed, c.levels, count, c.num_issues, last_offer(w, place), target
        )
    if note and package >= 0:
        w.last_choice = package
        tell(w, c, "offer by tactic", t, actor, package, utility(w, c, actor, package))
    return package


@act
def rational_offer(w: World, c: Tables, t: int, actor: int, note: int, depth: int) -> int:
    """The offer of an actor that values its whole menu: own worth times the others' believed acceptance."""
    count = c.num_candidates
    precision = w.p[c.officials]
    first = t * c.most_parties
    for n in range(c.num_parties[t]):
        if c.party[first + n] != actor:
            reserve = refusal(w, c, t, c.party[first + n], actor, depth, 0)
            w.reserves[depth * c.most_parties + n] = reserve
    allowed_for(w, c, t, actor, count, w.allowed)
    utilities(w, c, actor, count, w.own)
    for p in range(count):
        w.chances[p] = 1.0
    for n in range(c.num_parties[t]):
        other = c.party[first + n]
        if other != actor:
            reserve = w.reserves[depth * c.most_parties + n]
            acceptance(w, c, actor, other, reserve, precision, w.allowed, w.one)
            for p in range(count):
                w.chances[p] = w.chances[p] * w.one[p]
    colour_by_confidence(w, c, actor, w.own, w.chances)
    d = disagreement(w, c, actor)
    block_probabilities(w, c, c.track_consents[t], w.allowed, w.blocks)
    offers.offer_values(w.own, w.chances, w.blocks, count, d, d, w.values)
    best = best_option(w.values, w.allowed, count)
    if best < 0:
        return -1
    # A refusal leads to one's own best offer a round later, if talks do not break down.
    discount = offers.delay_discount(w.p[c.patience[actor]], mean_duration(w, c, c.track_gap[t]) / c.day)
    again = offers.reject_value(d, w.p[c.track_breakdown[t]], discount, w.chances[best], w.blocks[best], w.own[best])
    offers.offer_values(w.own, w.chances, w.blocks, count, d, again, w.values)
    if not note:
        return best_option(w.values, w.allowed, count)
    u = draw(w, c, CHOICE, c.track_key[t], 24 + place_of(c, t, actor) - first)
    return decide(w, c, OFFER, actor, t, w.values, w.allowed, count, precision, u, -1, -1, -1)


@act
def colour_by_confidence(w: World, c: Tables, actor: int, own: Floats, chances: Floats) -> None:
    """Raise the chances that an overconfident proposer sees for its maximal packages, by its own expectation."""
    if c.expectation_given and c.overconfidence_on and actor == c.hope_holder:
        maximal = maximal_utility(w, c, actor)
        bias = w.p[c.overconfidence[actor]]
        offers.perceived_acceptances(chances, own, c.num_candidates, maximal, bias, w.expectation, chances)


@act
def maximal_utility(w: World, c: Tables, actor: int) -> float:
    """Utility from which a package counts as a maximal demand; only the first side makes such demands."""
    if c.maximal_package < 0 or actor != c.side_one:
        return INFINITY
    return utility(w, c, actor, c.maximal_package)


# Refusing


@act
def refusal(w: World, c: Tables, t: int, actor: int, other: int, depth: int, afresh: int) -> float:
    """What refusing the other's offer is taken to be worth to an actor, by others who guess its answer.

    With one step of look-ahead its disagreement payoff; with two what it would itself expect of refusing if it looked
    one step ahead.
    """
    d = disagreement(w, c, actor)
    return d if depth == 1 else value_of_rejecting(w, c, t, actor, other, d, depth - 1, afresh)


@act
def value_of_rejecting(
    w: World, c: Tables, t: int, responder: int, proposer: int, d: float, depth: int, afresh: int
) -> float:
    """Continuation value: one's own next offer, as likely to be accepted as one believes."""
    if c.track_protocol[t] == FINAL_OFFER:
        return _rejecting_among_leaders(w, c, t, responder, d, depth)
    if c.track_protocol[t] == SINGLE_TEXT:
        return d  # a party that sends the text back expects a better one with the chance of another round
    counter = choose_offer(w, c, t, responder, 0, afresh, depth)
    if counter < 0:
        return d
    reserve = refusal(w, c, t, proposer, responder, depth, afresh)
    chance = accepts(w, c, responder, proposer, counter, reserve, w.p[c.officials])
    discount = offers.delay_discount(w.p[c.patience[responder]], mean_duration(w, c, c.track_gap[t]) / c.day)
    return offers.reject_value(
        d,
        w.p[c.track_breakdown[t]],
        discount,
        chance,
        block_probability(w, c, counter, c.track_consents[t]),
        utility(w, c, responder, counter),
    )


@act
def _rejecting_among_leaders(w: World, c: Tables, t: int, actor: int, d: float, depth: int) -> float:
    """What the one who refuses has left at this table: a counter-offer, or a declaration, or nothing."""
    if actor == c.track_responder[t]:
        best = best_counter(w, c, t, d, w.p[c.leaders], depth)
        return max(d, w.values[best] if best >= 0 else d)
    return max(d, value_of_declaring(w, c, t, d, w.p[c.leaders]))


@act
def best_counter(w: World, c: Tables, t: int, d: float, precision: float, depth: int) -> int:
    """The responder's most promising counter-offer, -1 if it has none; values of the menu in ``w.values``."""
    responder = c.track_responder[t]
    proposer = c.track_proposer[t]
    reserve = refusal(w, c, t, proposer, responder, depth, 0)
    allowed_for(w, c, t, responder, c.num_candidates, w.allowed)
    acceptance(w, c, responder, proposer, reserve, precision, w.allowed, w.chances)
    utilities(w, c, responder, c.num_candidates, w.own)
    block_probabilities(w, c, c.track_consents[t], w.allowed, w.blocks)
    offers.offer_values(w.own, w.chances, w.blocks, c.num_candidates, d, d, w.values)
    return best_option(w.values, w.allowed, c.num_candidates)


@act
def value_of_declaring(w: World, c: Tables, t: int, d: float, precision: float) -> float:
    """What proposing the track's declaration is worth to the proposer; without one its disagreement payoff."""
    declared = c.track_declaration[t]
    if declared < 0:
        return d
    proposer = c.track_proposer[t]
    responder = c.track_responder[t]
    gain = utility(w, c, proposer, declared) - d
    reserve = disagreement(w, c, responder)  # a refusal ends the meeting
    return d + accepts(w, c, proposer, responder, declared, reserve, precision) * gain


# What an answer tells


@act
def learn_from_reply(
    w: World, c: Tables, actor: int, package: int, reject: float, block: float, precision: float, accepted: int
) -> None:
    """Observers learn about credibility and red lines from one answer, by the logit that made it."""
    b = first_belief(c, actor, CREDIBILITY)
    if b < 0:
        return
    observer = c.belief_observer[b]
    row = make_believed(w, c, observer, actor)
    d = disagreement(w, c, actor)
    cost = pressed(w, c, actor) * c.relief_left[package]
    gain = d + (1.0 - block) * (w.believed_base[row + package] - cost - d) - reject
    types = take_types(w, c, observer, actor)
    learning.reply_likelihoods(
        gain, (1.0 - block) * w.believed_slope[row + package], w.type_points, types, precision, accepted != 0, w.seen_as
    )
    observe_act(w, c, actor, CREDIBILITY, w.seen_as, 2.0)
    for line in range(c.line_first[actor], c.line_first[actor + 1]):
        chance = 0.0
        for n in range(types):
            accept = w.seen_as[n] if accepted else 1.0 - w.seen_as[n]
            chance += w.beliefs[c.belief_start[b] + n] * accept
        learning.line_likelihoods(chance, not beyond(c, line, package), True, accepted != 0, w.likelihoods)
        update(w, c, actor, RED_LINE, line, w.likelihoods, w.noise, 2.0)
    tell_learned(w, c)
