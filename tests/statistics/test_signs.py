"""Signs that must hold (model.md section 18), on the summit.

Where an act answers the changed number directly, the sign is asserted at that decision, in every world of a sample:
whole histories drown it in what else happens. The signs of hype are in ``test_response_node.py``; the figures of all
fifteen, those that do not hold among them, are in ``docs/model/signs.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from sim.acts import crises, deals, meetings, offers, quantities, worth
from sim.engines import event_engine
from sim.rules import implementation
from sim.rules.choice import binary_logit
from sim.rules.implementation import CHEAT
from tests.counts import sample_size
from tests.played import SEED, YEAR, case_of, play_block
from tests.statistics_helpers import SIGMAS

M = "mechanisms"
ENFORCEMENT = f"{M}.sanctions.enforcers.CHN"
# Nothing but a deal: officials and leaders do not meet, and nothing happens that would end it from outside.
DEAL_ALONE = {
    "tracks.working.enabled": False,
    "tracks.summit.enabled": False,
    "tracks.pact.enabled": False,
    "hazards.presidential.enabled": False,
    "hazards.midterm.enabled": False,
}


def worlds(changes: Mapping[str, Any]) -> Iterator[event_engine.History]:
    """Histories that are ready to run, with this change."""
    case = case_of("summit", {**YEAR, **changes})
    for replication in range(sample_size("sign_worlds")):
        yield event_engine.build(case, replication, SEED)


def results(changes: Mapping[str, Any], n: int) -> dict[str, np.ndarray]:
    """Results of a year of the summit with this change."""
    return play_block("summit", n, {**YEAR, **changes})["results"]


def assert_rises(low: np.ndarray, high: np.ndarray) -> None:
    """The mean paired difference is above zero by more than 4.1 standard errors."""
    difference = (high - low)[np.isfinite(high - low)]
    error = difference.std(ddof=1) / difference.size**0.5
    assert difference.mean() > SIGMAS * error, f"{difference.mean() / error:+.2f} standard errors"


# Credibility of guarantees


def gain_of(h: event_engine.History, actor: str, package: str) -> float:
    """What an actor gains by a package over no deal."""
    index = h.actor(actor)
    return h(worth.utility, index, h.package(package)) - h(worth.disagreement, index)


def test_a_credible_guarantee_makes_full_denuclearisation_acceptable():
    """In every world; and the deals that are signed then give up more of the arsenal."""
    paths = [{"actors.PRK.types.credibility": chi} for chi in (0.1, 0.35, 0.6)]
    gains = np.array([[gain_of(h, "PRK", "cvid_for_everything") for h in worlds(path)] for path in paths])
    assert (np.diff(gains, axis=0) > 0.0).all()
    assert gains[0].mean() < 0.0 < gains[2].mean()
    n = sample_size("signs")
    promised = [
        np.nan_to_num(results({"actors.PRK.types.credibility": chi}, 2 * n)["first_deal_level:denuc"])
        for chi in (0.05, 0.9)
    ]
    assert_rises(*promised)


# The cost of war (also in test_response_node.py)


def test_a_costlier_war_is_rarer():
    n = 2 * sample_size("signs")
    cheap, dear = (results({"actors.USA.types.war_cost.median": median}, n) for median in (0.55, 1.1))
    assert_rises(dear["max_rung"], cheap["max_rung"])
    assert (cheap["outcome"] == "war").sum() > (dear["outcome"] == "war").sum()


# Preparation


def test_more_rounds_of_officials_leave_a_smaller_gap():
    """Officials learn what can be delivered; the leader expects less of the meeting."""
    n = 2 * sample_size("signs")
    few, many = (
        results({"tracks.working.gap": gap, "tracks.working.first_round": first}, n)
        for gap, first in (("40 days", "60 days"), ("7 days", "7 days"))
    )
    assert_rises(few["rounds_before_meeting"], many["rounds_before_meeting"])
    assert_rises(many["expectation_at_meeting"], few["expectation_at_meeting"])
    assert_rises(many["gap"], few["gap"])


# Enforcement


def test_enforced_sanctions_make_their_target_concede():
    """In every world a text that brings relief gains more, and talks with the same first offer are sought more readily."""
    weak, strong = ({f"{ENFORCEMENT}.enforcement": value, f"{ENFORCEMENT}.relaxes": False} for value in (0.4, 0.95))
    for package in ("interim_yongbyon", "small_deal_liaison", "multilateral_pact", "deep_cap"):
        low, high = (np.array([gain_of(h, "PRK", package) for h in worlds(change)]) for change in (weak, strong))
        assert (high > low).all()
    talks, opening = [], []
    for change in (weak, strong):
        talks.append([])
        opening.append([])
        for h in worlds(change):
            prk, usa = h.case.actor("PRK"), h.case.actor("USA")
            h.w.talks_on = 0
            d = h(worth.disagreement, prk)
            talks[-1].append(h(meetings.value_of_talks, prk, usa, d, 1.0) - d)
            opening[-1].append(h(offers.choose_offer, h.track("working"), prk, 0, 1, h.c.depth))
    # Where pressure alters what it would offer first, talks may be worth a little less to it.
    same = np.array(opening[0]) == np.array(opening[1])
    assert same.mean() > 0.8
    assert (np.array(talks[1]) >= np.array(talks[0]))[same].all()
    assert np.mean(talks[1]) > np.mean(talks[0])


def test_enforced_sanctions_do_not_lower_the_rate_of_launches():
    """A guard (clarification 18.2): nothing links the two."""
    for value in (0.4, 0.95):
        for h in worlds({f"{ENFORCEMENT}.enforcement": value, f"{ENFORCEMENT}.relaxes": False}):
            assert h.w.hazard_base[h.hazard("launch")] * 365.0 == pytest.approx(4.1)


# Verification


def lives(verification: float) -> tuple[np.ndarray, np.ndarray]:
    """How long a deal lasts, at most a year, and how often it is cheated; nothing differs but its verification."""
    found, cheats = [], []
    case = case_of("summit", {**YEAR, **DEAL_ALONE})
    k = case.issue("verif")
    for replication in range(2 * sample_size("signs")):
        h = event_engine.build(case, replication, SEED)
        h.run_until(1.0)
        h(deals.enter_into_force, h.package("interim_yongbyon"))
        h.w.promised[k] = verification
        h.w.level[k] = h.w.seen[k] = verification
        h.run()
        collapse = h.time_of("collapse")
        found.append(365.0 if np.isnan(collapse) else collapse)
        cheats.append(h.count_of("cheats"))
    return np.array(found), np.array(cheats)


def test_a_verified_deal_lives_longer():
    """Cheating is found, hence rarer; the same deal, with little and with full verification from the first day."""
    little, full = lives(0.1), lives(1.0)
    assert_rises(little[0], full[0])
    assert_rises(full[1], little[1])


def milestone_values(h: event_engine.History, party: int, detected: float) -> list[float]:
    """What complying, slipping and cheating are worth to a party without any bonus for keeping its word."""
    h(deals._take_stakes, (h.c.deal_one, h.c.deal_two).index(party), party)
    values = [0.0] * 3
    implementation.milestone_values(h.w.reward, h.w.temptation, h.w.punishment, h.w.discount, detected, 0.0, values)
    return values


def test_verification_is_no_gift_to_the_verified():
    """It wants none: the same package with more of it is worth less to it, and cheating at a deal worth keeping pays less."""
    kept = []
    for h in worlds({}):
        usa, prk = h.case.actor("USA"), h.case.actor("PRK")
        levels = h.row_of(h.package("interim_yongbyon"))
        k = h.case.issue("verif")
        less, more = list(levels), list(levels)
        less[k], more[k] = 0.4, 0.8
        assert h(worth.of_levels, prk, more, 0) < h(worth.of_levels, prk, less, 0)
        assert h(worth.of_levels, usa, more, 0) > h(worth.of_levels, usa, less, 0)
        h(deals.enter_into_force, h.package("interim_yongbyon"))
        seldom, often = (milestone_values(h, prk, detected) for detected in (0.2, 0.6))
        kept.append(h.w.punishment < h.w.reward)
        assert (often[CHEAT] < seldom[CHEAT]) == kept[-1]  # who is better off without the deal does not mind being found out
    assert np.mean(kept) > 0.9


# Consent at home


def test_veto_players_make_agreement_rarer_and_better_for_their_side():
    """Better terms: in histories that bring a deal either way, the first promises more of what their side wants most."""
    n = 2 * sample_size("signs")
    free, bound = (results({f"{M}.veto_players": on}, n) for on in (False, True))
    assert_rises(np.isfinite(bound["time:deal"]) * 1.0, np.isfinite(free["time:deal"]) * 1.0)
    assert_rises(free["first_deal_level:denuc"], bound["first_deal_level:denuc"])


# Crises


def concession_chances(cost: float) -> np.ndarray:
    """Probability that the side with this audience cost concedes at two dangerous rungs."""
    found = []
    for h in worlds({"actors.USA.audience_cost": cost}):
        for rung in (5, 6):
            h.w.crisis, h.w.rung = 1, rung
            h.w.crisis_mover = (h.c.crisis_one, h.c.crisis_two).index(h.actor("USA"))
            h.w.crisis_since = h.now
            h(crises._move, 0.5)
            found.append(h.w.out[0])
    return np.array(found)


def test_who_pays_for_backing_down_concedes_less():
    """In every world and at either rung (T05)."""
    free, dear = concession_chances(0.05), concession_chances(0.40)
    assert (dear < free).all()
    assert free.mean() > 1.5 * dear.mean()


# No meeting


def test_without_a_meeting_payoffs_of_all_but_its_host_vary_less():
    """The sign is stated for the host too, where it does not come out: who strikes is one to whom war costs little.

    Payoffs are those recorded, with the value of a war that came. Both arms with a median cost of .55, where failures are
    dangerous.
    """
    dangerous = {"actors.USA.types.war_cost.median": 0.55}
    n = 2 * sample_size("signs")
    without, with_it = (results({**dangerous, "tracks.summit.enabled": meeting}, n) for meeting in (False, True))
    for payoff in ("utility:PRK", "third_party_welfare"):
        assert_rises(*((found[payoff] - found[payoff].mean()) ** 2 for found in (without, with_it)))


# Of the signs that were only to be tried: those that hold at their decision


def test_growth_of_arms_erodes_the_reserve_of_the_other_side():
    """T04: the shrinking reserve makes a meeting more attractive, which is only reported for whole histories."""
    for still, growing in zip(worlds({f"{M}.capability.initial": 0}), worlds({f"{M}.capability.initial": 0.5}), strict=True):
        usa, prk = still.case.actor("USA"), still.case.actor("PRK")
        difference = still(worth.disagreement, usa) - growing(worth.disagreement, usa)
        assert difference == pytest.approx(0.10 * 0.5)
        assert still(worth.disagreement, prk) == growing(worth.disagreement, prk)


def test_fear_of_a_third_power_gains_votes_for_the_pact():
    """Of the two allies whose sympathy depends on it, by the sympathy itself, and of nobody else."""
    votes = {}
    for threat in (0.0, 1.0):
        h = next(worlds({"parameters.threat_perception_chn.number": threat}))
        h(quantities.look)
        members = range(h.c.member_first[h.track("pact")], h.c.member_first[h.track("pact") + 1])
        votes[threat] = {
            h.case.actor_ids[h.c.member[n]]: h(quantities.value_of, h.c.sympathy[n])
            for n in members
            if h.c.sympathy[n] >= 0
        }
    assert votes[0.0] == {"ROK": 0.0, "JPN": 0.0}
    assert votes[1.0] == pytest.approx({"ROK": 0.03, "JPN": 0.03})
    assert binary_logit(0.03, 20.0) > binary_logit(0.0, 20.0) + 0.1
