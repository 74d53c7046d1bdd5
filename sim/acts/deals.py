"""The life of a deal: signature, consent at home, milestones, cheating, disputes, repair, collapse, snapback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.acts.beliefs import mutual_trust, observe_act, raise_credibility, scale_credibility
from sim.acts.choosing import MILESTONE, REPAIR, TREATY_VOTE, assents, decide
from sim.acts.clocks import defer, stop_clock, wait
from sim.acts.codes import (
    CLOCK_RATIFICATION,
    CLOCK_TREATY,
    CLOCK_WITHDRAWAL,
    COMMITMENT,
    EXECUTION,
    N_BLOCKED,
    N_CHEATS,
    N_COLLAPSES,
    N_DEALS,
    N_DISPUTES,
    N_FALSE_ALARMS,
    N_MILESTONES,
    N_REPAIRS,
    N_SLIPS,
    N_TREATIES,
    OUTCOME,
    T_COLLAPSE,
    T_DEAL,
    T_SIGNED,
    TIMING,
    VETO,
)
from sim.acts.codes import REPAIR as REPAIR_STREAM
from sim.acts.codes import SIGNAL as SIGNAL_STREAM
from sim.acts.consent import block_probability, consent_of, consent_to_levels, hostile_players, kinds_needed
from sim.acts.counting import count, first
from sim.acts.draws import draw, duration
from sim.acts.effects import apply
from sim.acts.relations import (
    accuse,
    begin_talks,
    breach,
    end_talks,
    forget_violations,
    hold_to_treaties,
    pledge_restraint,
    session,
    take_back,
)
from sim.acts.slow import advance
from sim.acts.telling import WHY_DEAL_ENDED, WHY_DEAL_SIGNED, tell, tell_learned
from sim.acts.updating import settle
from sim.acts.worth import of_levels, without_deal
from sim.rule import act, rule
from sim.rules import implementation, offers
from sim.rules.choice import logit_probabilities

if TYPE_CHECKING:
    from sim.world.fields import Floats, Tables, World

COLLAPSES = 0  # why a deal ends
NOT_SETTLED = 1


# Signing


@act
def sign(w: World, c: Tables, package: int, kinds: int, track: int) -> int:
    """A package is signed if domestic consent is given; 1 if it is.

    Consent is asked once, or by repeated votes where the scenario says so: then the text counts as signed and is put to
    the vote later.
    """
    if package < 0:
        return 0
    w.touched = 1
    if not c.agreements_on:
        return _sign_for_good(w, c, package, kinds, track)
    u = draw(w, c, VETO, c.deal_key, 48)
    if _first_repeated(c, package, kinds, 0) >= 0:
        first(w, T_SIGNED)
        tell(w, c, "signed subject to ratification", package)
        _next_ratifier(w, c, package, kinds, 0)
        return 1
    if u < block_probability(w, c, package, kinds):
        count(w, N_BLOCKED, 1.0)
        tell(w, c, "blocked at home", package, kinds)
        return 0
    enter_into_force(w, c, package)
    return 1


@act
def _sign_for_good(w: World, c: Tables, package: int, kinds: int, track: int) -> int:
    """Without a life after signature the deal is in force from now on."""
    u = draw(w, c, VETO, c.track_key[track], 48)
    if u < block_probability(w, c, package, kinds):
        count(w, N_BLOCKED, 1.0)
        return 0
    w.deal = package
    w.deal_since = w.now
    at = package * c.num_issues
    for k in range(c.num_issues):
        w.level[k] = c.levels[at + k]
    hold_to_treaties(w, c)
    for k in range(c.num_issues):
        w.seen[k] = w.level[k]
    first(w, T_SIGNED)
    first(w, T_DEAL)
    count(w, N_DEALS, 1.0)
    _remember_first(w, c, package, w.level)
    tell(w, c, "deal", package)
    return 1


@rule
def _remember_first(w: World, c: Tables, package: int, levels: Floats) -> None:
    """Keep what the first deal of a history is about."""
    if w.first_deal < 0:
        w.first_deal = package
        for k in range(c.num_issues):
            w.first_deal_level[k] = levels[k]


@rule
def _lift_at_signing(w: World, c: Tables, k: int, promised: float) -> None:
    """A promise on an issue is pledged, and kept at once where that is how the issue is carried out."""
    if c.in_force_at_signing[k] and promised > w.level[k]:
        w.granted[k] += promised - w.level[k]
        w.level[k] = promised
        w.seen[k] = promised
    w.pledged[k] = max(w.pledged[k], promised)


@rule
def _first_repeated(c: Tables, package: int, kinds: int, start: int) -> int:
    """The first veto player from ``start`` on that votes on the package more than once; -1 if none."""
    if c.veto_players:
        needed = kinds_needed(c, package, kinds)
        for player in range(start, c.num_vetoes):
            if c.veto_kinds[player] & needed and c.veto_votes[player] > 1:
                return player
    return -1


@act
def _next_ratifier(w: World, c: Tables, package: int, kinds: int, start: int) -> None:
    """The vote of the next player that votes repeatedly is set; without one the deal enters into force."""
    player = _first_repeated(c, package, kinds, start)
    if player < 0:
        advance(w, c)
        enter_into_force(w, c, package)
        settle(w, c)
        return
    delay = duration(w, c, c.veto_gap[player], TIMING, c.veto_key[player], 33)
    defer(w, c, CLOCK_RATIFICATION, delay, package, player * 64, 1.0 * kinds, 0.0)


@act
def ratification_vote(w: World, c: Tables, package: int, player: int, attempt: int, kinds: int) -> None:
    """One of the repeated votes of a veto player; it must pass the text within its number of votes."""
    advance(w, c)
    # The weight is the share of opposition that becomes a block.
    block = w.p[c.veto_weight[player]] * (1.0 - consent_of(w, c, player, package, attempt))
    passed = draw(w, c, VETO, c.veto_key[player], 33) >= block
    count(w, c.veto_count[player], 1.0)
    tell(w, c, "ratification", player, attempt, passed, block, package)
    settle(w, c)
    if passed:
        _next_ratifier(w, c, package, kinds, player + 1)
    elif attempt + 1 < c.veto_votes[player]:
        delay = duration(w, c, c.veto_gap[player], TIMING, c.veto_key[player], 33)
        defer(w, c, CLOCK_RATIFICATION, delay, package, player * 64 + attempt + 1, 1.0 * kinds, 0.0)
    else:
        count(w, N_BLOCKED, 1.0)
        tell(w, c, "dead at home", player, package)
        settle(w, c)


@act
def enter_into_force(w: World, c: Tables, package: int) -> None:
    """The deal is in force; a second one replaces the first and what was implemented is kept."""
    if w.deal < 0:
        w.deal_since = w.now  # a deal that replaces another goes on, as far as its age is concerned
    w.deal = package
    w.deal_milestones = 0
    w.deal_disputed = 0
    forget_violations(w, c)
    w.text = -1
    at = package * c.num_issues
    for k in range(c.num_issues):
        w.promised[k] = c.levels[at + k]
        w.from_level[k] = w.level[k]
    for k in range(c.num_issues):
        _lift_at_signing(w, c, k, w.promised[k])
    first(w, T_SIGNED)
    first(w, T_DEAL)
    count(w, N_DEALS, 1.0)
    _remember_first(w, c, package, w.promised)
    tell(w, c, "deal", package)
    session(w)
    begin_talks(w, c, WHY_DEAL_SIGNED)
    pledge_restraint(w, c)
    apply(w, c, c.signed_effects, c.deal_one, c.deal_key, 4, 1)
    review(w, c)
    stop_clock(w, c.clock_repair)
    wait(w, c.clock_milestone, c.milestone_every)
    w.deal_treaty = 0
    if c.offered[package] >= 0.0 and c.num_treaty_players > 0:
        delay = duration(w, c, c.treaty_delay, TIMING, c.deal_key, 50)
        defer(w, c, CLOCK_TREATY, delay, package, 0, c.offered[package], w.counts[N_DEALS])


@act
def treaty_vote(w: World, c: Tables, package: int, level: float, number: float) -> None:
    """Some time after signature the treaty that would lift the promise to the offered level is put to the vote."""
    if w.deal != package or w.counts[N_DEALS] != number or w.over:
        return
    advance(w, c)
    k = c.treaty_issue
    for n in range(c.num_issues):
        w.row[n] = w.promised[n]
    w.row[k] = level
    passed = 1
    for player in range(c.num_vetoes):
        if not c.is_treaty_player[player]:
            continue
        chance = 1.0 - w.p[c.veto_weight[player]] * (1.0 - consent_to_levels(w, c, player, w.row, 0))
        u = draw(w, c, VETO, c.veto_key[player], 34)
        if not assents(w, c, TREATY_VOTE, c.veto_parent[player], -1, chance, u, player):
            passed = 0
    count(w, N_TREATIES, 1.0 * passed)
    tell(w, c, "treaty", passed, level)
    if passed:
        w.deal_treaty = 1
        w.promised[k] = level
        _lift_at_signing(w, c, k, level)
    settle(w, c)


@act
def review(w: World, c: Tables) -> None:
    """Count the veto players who would now block the deal."""
    if w.deal < 0:
        return
    w.deal_hostile = hostile_players(w, c, w.deal, c.deal_one, c.deal_two)
    w.all_stale = 1


# Life


@act
def milestone_due(w: World, c: Tables) -> None:
    """The time of a milestone has come; after the last one only the veto players are counted again."""
    stop_clock(w, c.clock_milestone)
    if w.deal_milestones < c.num_milestones:
        advance(w, c)
        milestone(w, c)
        settle(w, c)
    else:
        review(w, c)
    if w.deal >= 0:
        wait(w, c.clock_milestone, c.milestone_every)


@rule
def _step_of(w: World, c: Tables, k: int) -> float:
    """Share of an issue's promise that the coming milestone carries."""
    if c.in_force_at_signing[k]:
        return 0.0
    if c.at_first_milestone[k]:
        return 1.0 if w.deal_milestones == 0 else 0.0
    return 1.0 / c.num_milestones


@act
def milestone(w: World, c: Tables) -> None:
    """Both parties choose at once to comply, slip or cheat; what they deliver and what is seen may differ."""
    violated = False
    verified = w.promised[c.verification_issue] if c.verification_issue >= 0 else 0.0
    periods = c.milestone_every / (90.0 * c.day)
    chance = implementation.detection(w.p[c.detection_base], w.p[c.detection_slope], verified, periods)
    for n in range(2):
        party = c.deal_one if n == 0 else c.deal_two
        u_choice = draw(w, c, EXECUTION, c.deal_key, 2 * n)
        u_detect = draw(w, c, SIGNAL_STREAM, c.deal_key, 2 * n)
        detected = 1.0 if c.public[n] else chance
        chosen = _choose_act(w, c, n, party, detected, u_choice)
        w.act[n] = chosen
        w.act_seen[n] = chosen
        if chosen == implementation.COMPLY:
            caught = u_detect < w.p[c.false_alarm] * periods
            if caught:
                count(w, N_FALSE_ALARMS, 1.0)
        else:
            caught = u_detect < (0.5 * detected if chosen == implementation.SLIP else detected)
            if not caught:
                w.act_seen[n] = implementation.COMPLY
            count(w, N_CHEATS if chosen == implementation.CHEAT else N_SLIPS, 1.0)
        if caught:
            violated = True
            accuse(w, party)
        _learn_from_act(w, c, n, party, w.act_seen[n], detected)
    tell(w, c, "milestone")
    for k in range(c.num_issues):
        _deliver(w, c, k)
    w.deal_milestones += 1
    count(w, N_MILESTONES, 1.0)
    gain = w.p[c.milestone_credibility]
    if w.act[0] == implementation.COMPLY:
        raise_credibility(w, c, c.deal_two, gain)
    if w.act[1] == implementation.COMPLY:
        raise_credibility(w, c, c.deal_one, gain)
    session(w)
    review(w, c)
    if violated:
        breach(w, c)


@rule
def _deliver(w: World, c: Tables, k: int) -> None:
    """One issue moves by what the least willing of its conceders delivers, and as much as is seen of it."""
    step = _step_of(w, c, k)
    change = w.promised[k] - w.from_level[k]
    if step == 0.0 or change == 0.0:
        return
    share = 1.0
    shown = 1.0
    for n in range(2):
        if c.deal_conceder[2 * k + n]:
            # Delivered of a milestone: all by who complies, half by who slips, nothing by who cheats.
            share = min(share, 1.0 - 0.5 * w.act[n])
            shown = min(shown, 1.0 - 0.5 * w.act_seen[n])
    before = w.level[k]
    w.level[k] = implementation.level_after_milestone(w.level[k], w.from_level[k], w.promised[k], 1, step * share)
    w.seen[k] = implementation.level_after_milestone(w.seen[k], w.from_level[k], w.promised[k], 1, step * shown)
    w.granted[k] += w.level[k] - before


@act
def _take_stakes(w: World, c: Tables, n: int, party: int) -> None:
    """What the deal is worth if it is kept, if the coming step is withheld and if it ends; and the discount."""
    for k in range(c.num_issues):
        w.row[k] = w.promised[k]
        if c.deal_conceder[2 * k + n]:
            w.row[k] -= _step_of(w, c, k) * (w.promised[k] - w.from_level[k])
    w.reward = of_levels(w, c, party, w.promised, 0)
    w.temptation = of_levels(w, c, party, w.row, 0)
    w.punishment = without_deal(w, c, party)
    w.discount = offers.delay_discount(w.p[c.patience[party]], c.milestone_every / c.day)


@rule
def _milestone_values(w: World, c: Tables, party: int, position: int, detected: float) -> None:
    """Values of complying, slipping and cheating for a class of commitment, into ``w.values``."""
    bonus = 0.0
    if c.num_classes[party] > 0:
        bonus = w.p[c.class_bonus[c.class_start[party] + position]]
    implementation.milestone_values(w.reward, w.temptation, w.punishment, w.discount, detected, bonus, w.values)


@act
def _choose_act(w: World, c: Tables, n: int, party: int, detected: float, u: float) -> int:
    """The party's act, by logit at the precision of milestones."""
    if not c.cheating:
        return implementation.COMPLY
    _take_stakes(w, c, n, party)
    _milestone_values(w, c, party, w.commitment[party], detected)
    return decide(w, c, MILESTONE, party, -1, w.values, c.ones, 3, w.p[c.milestone_precision], u, -1, -1, -1)


@act
def _learn_from_act(w: World, c: Tables, n: int, party: int, shown: int, detected: float) -> None:
    """Observers learn about the party's commitment from the act that they see."""
    classes = c.num_classes[party]
    if classes == 0 or w.kappa == 0.0 or not c.cheating:
        return
    _take_stakes(w, c, n, party)
    for position in range(classes):
        _milestone_values(w, c, party, position, detected)
        logit_probabilities(w.values, c.ones, 3, w.p[c.milestone_precision], w.out)
        # What looks like compliance is compliance or cheating that was not found.
        missed = w.out[1] * (1.0 - 0.5 * detected) + w.out[2] * (1.0 - detected)
        w.likelihoods[position] = w.out[0] + missed if shown == implementation.COMPLY else w.out[shown]
    observe_act(w, c, party, COMMITMENT, w.likelihoods, 3.0)
    tell_learned(w, c)


@act
def open_dispute(w: World, c: Tables) -> None:
    """A violation is found or alleged: no milestones until it is settled, if it is."""
    stop_clock(w, c.clock_dispute)
    stop_clock(w, c.clock_milestone)
    w.deal_disputed = 1
    count(w, N_DISPUTES, 1.0)
    tell(w, c, "dispute")
    settle(w, c)
    wait(w, c.clock_repair, duration(w, c, c.dispute_duration, REPAIR_STREAM, c.deal_key, 0))


@act
def end_dispute(w: World, c: Tables) -> None:
    """A dispute ends in repair, or the deal ends with it."""
    stop_clock(w, c.clock_repair)
    advance(w, c)
    hotline = c.hotline_issue >= 0 and w.level[c.hotline_issue] >= c.hotline_level
    verified = w.promised[c.verification_issue] if c.verification_issue >= 0 else 0.0
    trust = mutual_trust(w, c, c.deal_one, c.deal_two)
    chance = implementation.repair_probability(w.repair_terms, verified, hotline, trust)
    w.deal_disputed = 0
    u = draw(w, c, REPAIR_STREAM, c.deal_key, 1)
    if assents(w, c, REPAIR, c.deal_one, -1, chance, u, -1):
        w.num_accused = 0
        count(w, N_REPAIRS, 1.0)
        session(w)
        tell(w, c, "repair")
    else:
        end_deal(w, c, NOT_SETTLED)
    settle(w, c)
    if w.deal >= 0:
        wait(w, c.clock_milestone, c.milestone_every)


# End


@act
def end_deal(w: World, c: Tables, why: int) -> None:
    """The deal is over: what it brought is undone, relief at once with snapback, else step by step."""
    if w.deal < 0:
        return
    u = draw(w, c, OUTCOME, c.deal_key, 49)
    leaver = c.deal_one if u < 0.5 else c.deal_two
    tell(w, c, "strain")
    if w.num_accused == 1:
        leaver = w.accused[0]  # whose violation was not settled: the other believes it less
    forget_violations(w, c)
    w.deal = -1
    w.deal_disputed = 0
    first(w, T_COLLAPSE)
    count(w, N_COLLAPSES, 1.0)
    tell(w, c, "deal ends", leaver, why)
    eased = w.level[c.relief_issue] if c.sanctions_given else 0.0
    take_back(w, c, w.granted, 0)
    for k in range(c.num_issues):
        w.pledged[k] = 0.0
    if c.sanctions_given and not c.snapback:
        w.level[c.relief_issue] = eased
        w.seen[c.relief_issue] = eased
        defer(w, c, CLOCK_WITHDRAWAL, c.year / 4.0 / 3.0, 0, 0, eased, w.now)
    other = c.deal_two if leaver == c.deal_one else c.deal_one
    scale_credibility(w, c, other, w.p[c.exit_credibility])
    w.moratorium = 0
    end_talks(w, c, WHY_DEAL_ENDED)
    stop_clock(w, c.clock_milestone)
    stop_clock(w, c.clock_repair)


@act
def withdraw_relief(w: World, c: Tables, eased: float, since: float) -> None:
    """Without snapback, relief is withdrawn by a share each quarter."""
    if w.deal >= 0 or w.deal_since > since:
        return
    advance(w, c)
    k = c.relief_issue
    quarter = c.year / 4.0
    left = implementation.benefit_after_collapse(eased, w.now - since, w.p[c.snapback_rate], quarter)
    w.level[k] = max(left, c.start[k])
    w.seen[k] = w.level[k]
    settle(w, c)
    if left > c.start[k] and w.deal < 0:
        defer(w, c, CLOCK_WITHDRAWAL, quarter / 3.0, 0, 0, eased, since)
