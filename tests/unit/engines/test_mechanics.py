"""What single mechanisms do to a history: each test fails if its mechanism is read by no code."""

from __future__ import annotations

import math

import pytest

from sim.acts import (
    arrivals,
    beliefs,
    constraints,
    councils,
    deals,
    happenings,
    invitations,
    meetings,
    offers,
    relations,
    worth,
)
from sim.acts.codes import (
    ARRIVAL_DEAL_COLLAPSE,
    ARRIVAL_TREATY_COLLAPSE,
    CLOCK_RESOLUTION,
    COMMITMENT,
    CREDIBILITY,
)
from sim.acts.consent import consent_of
from sim.acts.invitations import invite
from sim.acts.telling import WHY_BREAKDOWN
from sim.acts.updating import settle
from sim.engines import event_engine
from sim.engines.event_engine import play
from sim.engines.history import History
from sim.engines.log import Decision, Log
from sim.world.fields import NEVER
from tests.played import SEED, YEAR, bare_scenario, case_from, case_of, row_of


def belief_place(h: History, observer: str, actor: str, trait: int) -> slice:
    """Where an actor's belief about a trait of another stands."""
    b = beliefs.belief_of(h.c, h.actor(observer), h.actor(actor), trait)
    return slice(h.c.belief_start[b], h.c.belief_start[b] + h.c.belief_size[b])


def told(changes: dict, histories: int, kind: str) -> list:
    """All happenings of a kind in some histories of the summit."""
    case = case_of("summit", changes)
    found = []
    for replication in range(histories):
        log = Log()
        play(case, replication, SEED, log)
        found += [entry for entry in log.happenings if entry.kind == kind]
    return found


def acts(entries: list, act: str) -> list:
    return [entry for entry in entries if entry.details.get("act") == act]


OFTEN = {"hazards.crisis.rate": 3, "hazards.crisis.factor": "1"}


def test_a_demand_is_made_at_most_once_a_crisis():
    assert not acts(told(OFTEN, 4, "crisis"), "demands")
    entries = told(OFTEN | {"mechanisms.ladder.demands": True}, 6, "crisis")
    demands = acts(entries, "demands")
    assert demands
    assert len(demands) <= len(acts(entries, "begins"))
    assert all(0.0 < entry.details["premium"] <= 1.0 for entry in demands)


def test_a_demand_and_its_answer_are_logged_as_the_best_replies_that_they_are():
    case = case_of("summit", OFTEN | {"mechanisms.ladder.demands": True})
    seen = set()
    for replication in range(6):
        log = Log()
        play(case, replication, SEED, log)
        demands = [e for e in log.decisions if e.node == "demand"]
        answers = [e for e in log.decisions if e.node == "answer_to_demand"]
        told = acts([e for e in log.happenings if e.kind == "crisis"], "demands")
        assert len(demands) == len(answers) == len(told)
        for demand, answer, entry in zip(demands, answers, told, strict=True):
            assert demand.choice == f"{entry.details['premium']:.1f} of the stake"
            assert answer.choice == ("refuse" if entry.details["refused"] else "give in")
            assert demand.values[demand.options.index(demand.choice)] == max(demand.values)
            seen.add(answer.choice)
    assert seen


def test_a_vetoed_strike_is_none():
    always = OFTEN | {"mechanisms.aftermath.strike_veto": 1, "choice.brink": 0, "choice.crisis": 0}
    case = case_of("summit", always)
    rows = [play(case, replication, SEED)[0] for replication in range(12)]
    assert sum(row["count:strikes_vetoed"] for row in rows) > 0
    # What is left are strikes of the other side and slips.
    assert all(row["count:strikes_vetoed"] <= row["count:strikes_attempted"] for row in rows)


def test_no_crisis_begins_within_a_crisis():
    entries = [e for e in told(OFTEN, 4, "crisis") if e.details.get("act") in ("begins", "ends")]
    order = [entry.details["act"] for entry in entries]
    assert all(one != two or one == "begins" for one, two in zip(order, order[1:], strict=False))


def test_treaty_votes_lift_only_what_was_offered():
    case = case_of("summit", {})
    k = case.issue("guar")
    size = len(case.issue_ids)
    assert case.offered
    assert all(case.levels[p * size + k] <= 0.6 + 1e-9 for p in range(case.num_candidates))
    assert all(level > 0.6 for level in case.offered.values())
    votes = told({}, 6, "treaty")
    assert votes
    assert all(entry.details["level"] > 0.6 for entry in votes)


def test_without_treaty_players_nothing_is_capped():
    assert not case_of("summit", {"mechanisms.veto_players": False}).offered


@pytest.mark.parametrize("aversion", [1.0, 3.0])
def test_loss_aversion_lowers_the_worth_of_war_and_of_bad_packages(aversion):
    case = case_of("summit", {"actors.USA.risk.loss_aversion": aversion})
    _, _, h = play(case, 0, SEED)
    actor = case.actor("USA")
    d = h(worth.disagreement, actor)
    assert worth.felt(h.w, actor, d - 0.1, d) == pytest.approx(d - 0.1 * aversion)
    assert worth.felt(h.w, actor, d + 0.1, d) == pytest.approx(d + 0.1)


def test_red_lines_by_class_keep_the_mean_and_follow_the_class():
    line = "actors.PRK.red_lines.arsenal.by_class"
    case = case_of("summit", {line: {"dealer": 0, "hedger": 1, "deceiver": 1}})
    actor = case.actor("PRK")
    for replication in range(12):
        _, _, h = play(case, replication, SEED)
        held = h.setup.line_ids.index(("PRK", "arsenal"))
        assert h.w.line_prior[held] == pytest.approx(0.8)
        dealer = sorted(case.spec.actors["PRK"].types.commitment)[h.w.first_commitment[actor]] == "dealer"
        assert bool(h.w.line_present[held]) is not dealer


def test_an_empty_consent_lets_every_text_pass():
    blocked = {"tracks.summit.consent": [], "tracks.working.consent": []}
    case = case_of("summit", blocked)
    assert all(play(case, replication, SEED)[0]["count:blocked"] == 0 for replication in range(4))


@pytest.mark.parametrize("family", ["rational", "behaviour", "resource", "zeuthen", "maximalist"])
def test_every_family_of_tactics_can_be_played(family):
    changes = {f"actors.{side}.tactics.working.family": family for side in ("USA", "PRK")}
    case = case_of("summit", changes)
    log = Log()
    play(case, 1, SEED, log)
    offers = [e for e in log.entries if isinstance(e, Decision) and e.node == "offer"]
    assert offers
    if family == "rational":
        assert max(len(entry.options) for entry in offers) > 1


def test_a_pact_survives_the_end_of_a_deal():
    case = case_of("summit", {})
    _, _, h = play(case, 0, SEED)
    row = h.row_of(h.package("multilateral_pact"))
    h.w.treaty = [h.package("multilateral_pact") if t == h.track("pact") else -1 for t in range(h.c.num_tracks)]
    h.w.num_treaties = 1
    h.w.level = list(row)
    k = case.issue("relief")
    h.w.granted = [0.0] * len(row)
    h.w.granted[k] = 0.3
    h(relations.take_back, h.w.granted, 0)
    assert h.w.level == row
    h.w.treaty[h.track("pact")], h.w.num_treaties = -1, 0
    h.w.granted[k] = 0.3
    h(relations.take_back, h.w.granted, 0)
    assert h.w.level[k] == pytest.approx(row[k] - 0.3)


def test_credibility_and_beliefs_about_it_move_by_one_line():
    case = case_of("summit", {})
    _, _, h = play(case, 0, SEED)
    actor = h.actor("PRK")
    place = belief_place(h, "USA", "PRK", CREDIBILITY)
    truth, points = h.w.credibility[actor], h.w.points[place]
    h(beliefs.raise_credibility, actor, 0.1)
    assert h.w.credibility[actor] == pytest.approx(truth + 0.1 * (1 - truth))
    assert len(points) == 7
    assert h.w.points[place] == pytest.approx([p + 0.1 * (1 - p) for p in points])


# What an actor has after a war


WARS = OFTEN | {"mechanisms.ladder.rungs.6.risk": 0.1, "mechanisms.ladder.rungs.7.risk": 0.1}


def test_after_major_war_an_actor_has_the_value_of_war():
    """`win probability * prize - cost` to the two sides, what is left less the harm to others; else the world alone."""
    case = case_of("summit", {**YEAR, **WARS})
    seen = set()
    for replication in range(12):
        row, _, h = play(case, replication, SEED)
        war = row["outcome"] == "war"
        seen.add(war)
        levels = {name: h(worth.of_levels, h.actor(name), h.w.level, 0) for name in h.case.actor_ids}
        if war:
            assert row["utility:USA"] == pytest.approx(0.95 * 0.86 - row["input:actors.USA.types.war_cost"])
            assert row["utility:PRK"] == pytest.approx(0.05 * 0.72 - row["input:actors.PRK.types.war_cost"])
            assert row["utility:ROK"] == pytest.approx(levels["ROK"] - 1.5)
            assert row["utility:JPN"] == pytest.approx(levels["JPN"] - 1.0)
            assert row["third_party_welfare"] == pytest.approx(
                sum(row[f"utility:{name}"] for name in ("ROK", "CHN", "JPN", "RUS"))
            )
        else:
            assert {name: row[f"utility:{name}"] for name in levels} == pytest.approx(levels)
    assert seen == {True, False}


def test_a_strike_that_stays_limited_leaves_the_payoff_of_the_world():
    """The model gives a value to major war only; what a strike is feared to lose is part of choices in a crisis."""
    case = case_of("summit", {**YEAR, "mechanisms.ladder.rungs.8.risk": 0, "mechanisms.aftermath.strike_veto": 0})
    h = event_engine.build(case, 0, SEED)
    h.run_until(10.0)
    h(meetings.strike, h.actor("USA"))
    h(settle)
    h.run()
    row = row_of(h)
    assert row["outcome"] == "limited_strike"
    assert row["utility:USA"] == h(worth.of_levels, h.actor("USA"), h.w.level, 0)
    assert row["war_loss"] == 0.0


# Exercises as signs of commitment


def exercises(changes: dict, commitment: int, held: bool) -> list[float]:
    """Chances by class that an exercise is called off, and the belief after it was held or not; USA's classes by name."""
    h = event_engine.build(case_of("summit", changes), 0, SEED)
    h.w.commitment[h.actor("USA")] = commitment
    assert h(happenings._called_off, h.hazard("exercises"), 1.0 - 1e-9 if held else 1e-9) is not held
    return h.w.beliefs[belief_place(h, "PRK", "USA", COMMITMENT)]


@pytest.mark.parametrize("commitment", [0, 1, 2])
def test_exercises_held_or_called_off_tell_about_commitment(commitment):
    """By Bayes' rule with the chances that produce them; the truth decides how often, not what is learned."""
    mean = 0.35 * 0.90 + 0.45 * 0.80 + 0.20 * 0.60
    chances = [0.8 * likelihood / mean for likelihood in (0.90, 0.80, 0.60)]
    prior = [0.35, 0.45, 0.20]
    for held in (False, True):
        seen = [(1.0 - c if held else c) * (1.0 - 0.001) + 0.001 / 2 for c in chances]
        total = sum(p * s for p, s in zip(prior, seen, strict=True))
        expected = [p * s / total for p, s in zip(prior, seen, strict=True)]
        assert exercises({}, commitment, held) == pytest.approx(expected)


def test_who_walks_away_calls_fewer_exercises_off():
    called_off = []
    for commitment in (0, 1, 2):
        h = event_engine.build(case_of("summit", {}), 0, SEED)
        h.w.commitment[h.actor("USA")] = commitment
        hazard = h.hazard("exercises")
        called_off.append(sum(h(happenings._called_off, hazard, (n + 0.5) / 1000) for n in range(1000)))
    mean = 0.795
    assert called_off == [round(800 * 0.90 / mean), round(800 * 0.80 / mean), round(800 * 0.60 / mean)]
    assert 0.35 * called_off[0] + 0.45 * called_off[1] + 0.20 * called_off[2] == pytest.approx(800, abs=1)


def test_exercises_tell_nothing_unless_the_scenario_says_so():
    h = event_engine.build(case_of("summit", {"hazards.exercises.suspended_by_type": None}), 0, SEED)
    before = list(h.w.beliefs)
    assert [h(happenings._called_off, h.hazard("exercises"), u) for u in (0.79, 0.81)] == [True, False]
    assert h.w.beliefs == before


# Steps of look-ahead


def ready(changes: dict, replication: int = 0) -> History:
    """A history that is ready to run."""
    return event_engine.build(case_of("summit", changes), replication, SEED)


def test_two_steps_reckon_with_what_the_other_would_get_by_refusing():
    """The other's refusal is worth its own value of refusing at one step, not its disagreement payoff."""
    for replication in range(4):
        one, two = ready({}, replication), ready({"choice.depth": 2}, replication)
        usa, prk = one.actor("USA"), one.actor("PRK")
        for own, other in ((usa, prk), (prk, usa)):
            for name in ("working", "summit"):
                t = one.track(name)
                d = one(worth.disagreement, other)
                assert one(offers.refusal, t, other, own, one.c.depth, 0) == d
                deep = two(offers.refusal, t, other, own, two.c.depth, 0)
                assert deep == one(offers.value_of_rejecting, t, other, own, d, one.c.depth, 0)
                assert deep >= d


NODES = {
    "offer": ("working", "USA", lambda h, t, side, d: h(offers.rational_offer, t, side, 0, h.c.depth)),
    "reply": ("working", "PRK", lambda h, t, side, d: h(
        offers.value_of_rejecting, t, side, h.actor("USA"), d, h.c.depth, 0)),
    "offer to talk": ("working", "PRK", lambda h, t, side, d: h(
        meetings.value_of_talks, side, h.actor("USA"), d, 1.0)),
    "invitation": ("summit", "USA", lambda h, t, side, d: h(invite, t, 0)),
    "proposal": ("summit", "USA", lambda h, t, side, d: h(meetings.propose, t, 40.0)),
    "counter": ("summit", "PRK", lambda h, t, side, d: h(offers.best_counter, t, d, 40.0, h.c.depth)),
    "after a failure": ("summit", "PRK", lambda h, t, side, d: h(meetings.other_responds, t)),
}  # fmt: skip


@pytest.mark.parametrize("node", NODES)
def test_two_steps_count_wherever_an_acceptance_is_guessed(node, monkeypatch):
    """The other is taken to weigh the package against its own value of refusing, not its disagreement payoff."""
    name, actor, call = NODES[node]
    for depth in (1, 2):
        h = ready({"choice.depth": depth})
        h.w.pending[h.track("summit")] = NEVER
        t, side = h.track(name), h.actor(actor)
        other = next(one for one in (h.c.side_one, h.c.side_two) if one != side)
        d = {party: h(worth.disagreement, party) for party in (side, other)}
        refusal = h(offers.refusal, t, other, side, depth, 0)
        assert (refusal > d[other]) == (depth == 2)
        asked = []
        with monkeypatch.context() as patch:
            for module in (offers, meetings, invitations):
                for rule in ("accepts", "acceptance"):
                    plain = getattr(module, rule, None)
                    if plain is None:
                        continue

                    def noted(w, c, observer, actor, *rest, plain=plain, asked=asked):
                        asked.append((observer, actor, *rest))
                        return plain(w, c, observer, actor, *rest)

                    patch.setattr(module, rule, noted)
            call(h, t, side, d[side])
        assert any(of[:2] == (side, other) and refusal in of[2:4] for of in asked)


def test_two_steps_by_hand_for_a_reply():
    """Clarified 7.1: the chance of the own counter-offer with the other's one-step value of refusing it in the logit."""
    changes = {"mechanisms.veto_players": False, "mechanisms.tastes.enabled": False, "choice.depth": 2}
    h = ready(changes | {"tracks.working.gap": "21 days", "tracks.working.breakdown": 0.03})
    table, usa, prk = h.track("working"), h.actor("USA"), h.actor("PRK")
    ds = {side: h(worth.disagreement, side) for side in (usa, prk)}

    def refusing(side: int, other: int, reserve: float) -> float:
        own = h(offers.choose_offer, table, side, 0, 0, h.c.depth)
        chance = h(constraints.accepts, side, other, own, reserve, 20.0)
        discount = math.exp(-h.w.p[h.c.patience[side]] * 21.0 / 365.0)
        return ds[side] + 0.97 * discount * chance * (h(worth.utility, side, own) - ds[side])

    expected = refusing(prk, usa, refusing(usa, prk, ds[prk]))
    found = h(offers.value_of_rejecting, table, prk, usa, ds[prk], h.c.depth, 0)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("family", ["time", "rational"])
def test_whole_histories_are_played_at_either_depth(family):
    tactics = {f"actors.{side}.tactics.working.family": family for side in ("USA", "PRK")}
    rows = [play(case_of("summit", {**YEAR, **tactics, "choice.depth": depth}), 1, SEED)[0] for depth in (1, 2)]
    assert rows[0]["count:offers"] > 0 and rows[1]["count:offers"] > 0


# Counters


def test_every_counter_has_a_column():
    changes = OFTEN | {"mechanisms.ladder.demands": True, "tracks.summit.mandate.guar.max": 1}
    for replication in range(6):
        row, _, h = play(case_of("summit", changes), replication, SEED)
        assert {f"count:{name}" for name, n in h.setup.counters.items() if h.w.counts[n]} <= set(row)


# Why agreements end


def in_force(changes: dict | None = None, log: Log | None = None) -> History:
    """The first day of an interim deal."""
    h = event_engine.build(case_of("summit", {**YEAR, **(changes or {})}), 0, SEED, log)
    h.run_until(1.0)
    h(deals.enter_into_force, h.package("interim_yongbyon"))
    h(settle)
    return h


def test_the_verification_that_was_promised_keeps_a_deal_alive():
    """Clarification 5.7: prior trust .80 and the deal's verification of .6 make exp(-.08 - .18) = .77, from the first day."""
    h = in_force({"mechanisms.veto_players": False})
    assert h.w.level[h.case.issue("verif")] == 0.0
    for b in range(len(h.c.belief_start)):
        h(beliefs.reset_belief, b)
    assert h(arrivals.deal_collapse_rate) * 365.0 / 0.12 == pytest.approx(math.exp(-0.08 - 0.18), rel=1e-3)


def test_hostile_veto_players_of_a_pact_are_those_who_would_block_the_pact():
    h = in_force()
    pact, terms = h.track("pact"), h.package("multilateral_pact")
    h.w.terms[pact] = terms
    h(councils._enter_into_force, pact)
    arrival = arrival_of(h, ARRIVAL_TREATY_COLLAPSE)
    rate = h(arrivals.rate_now, arrival)
    h.w.deal_hostile = 7.0
    assert h(arrivals.rate_now, arrival) == rate
    players = [h.setup.veto_ids.index(name) for name in ("usa_hawks", "usa_congress", "prk_military")]
    hostile = h.w.treaty_hostile[pact]
    assert hostile == sum(h(consent_of, player, terms, 0) < 0.5 for player in players) > 0
    assert rate == 0.5 * h(arrivals.exogenous_collapse_rate, terms, hostile)


def test_a_new_deal_is_not_blamed_for_violations_of_the_one_it_replaces():
    h = in_force({"mechanisms.agreements.dispute.duration": 1000})
    relations.accuse(h.w, h.actor("USA"))
    h(relations.breach)
    h.run_until(2.0)
    assert h.w.deal_disputed
    h(deals.enter_into_force, h.package("small_deal_liaison"))
    assert accused(h) == []
    assert not h.w.deal_disputed
    h(relations.breach)
    h(deals.enter_into_force, h.package("interim_yongbyon"))
    h.run_until(3.0)
    assert not h.w.deal_disputed


def accused(h: History) -> list[int]:
    """Whose violations of the deal in force are known or alleged."""
    return h.w.accused[: h.w.num_accused]


def arrival_of(h: History, kind: int) -> int:
    """Number of the chance arrival of a kind."""
    return h.c.arrival_kind.index(kind)


def collapse_rate(h: History) -> float:
    """Rate at which the deal collapses, as last set."""
    return h.w.rate[arrival_of(h, ARRIVAL_DEAL_COLLAPSE)]


def test_a_lost_election_makes_a_deal_fragile_at_once():
    """One more hostile veto player: exp(.5)."""
    h = in_force()
    before = collapse_rate(h)
    midterm = h.hazard("midterm")
    h.w.p[h.c.effect_hostile[h.c.hazard_effects[midterm]]] = 1.0
    h(happenings.occur, midterm)
    h(settle)
    assert collapse_rate(h) / before == pytest.approx(math.exp(0.5))


def test_the_year_of_a_new_leader_ends_with_the_first_pulse_after_it():
    no_milestones = {"mechanisms.agreements.every": "10 years", "mechanisms.agreements.collapse.base": 1e-9}
    calm = {f"hazards.{name}.enabled": False for name in case_of("summit").spec.hazards}
    idle = {f"tracks.{name}.enabled": False for name in case_of("summit").spec.tracks}
    h = in_force({**calm, **idle, **no_milestones, "horizon": "2 years", "readings": ["2 years"], "grid": 2})
    h.run_until(30.0)  # a reading comes at day 365, within that year, and none soon after it
    h.w.leader_change = h.now
    h.w.all_stale = 1
    h(settle)
    high = collapse_rate(h)
    h.run_until(h.w.leader_change + 365.0 + 7.0)
    assert collapse_rate(h) / high == pytest.approx(1.0 / 3.0)


# Votes on provocations


def test_an_event_that_is_another_one_too_comes_to_one_vote():
    """The graver of the two; a hazard that is switched off adds nothing."""
    both = {"hazards.crisis.alternative": "icbm_or_nuclear", "hazards.icbm_or_nuclear.effects.severity": 0.9}
    for switched_on in (True, False):
        h = event_engine.build(case_of("summit", {**both, "hazards.icbm_or_nuclear.enabled": switched_on}), 0, SEED)
        h.run_until(1.0)
        h(happenings.occur, h.hazard("crisis"))
        votes = [x for kind, x in zip(h.w.deferred_kind, h.w.deferred_x, strict=True) if kind == CLOCK_RESOLUTION]
        assert votes == ([0.9] if switched_on else [])
        assert h.time_of("events.icbm_or_nuclear") == pytest.approx(1.0 if switched_on else math.nan, nan_ok=True)


# How far an outcome is from what bargaining theory would pick


def test_distances_from_the_nash_and_the_egalitarian_solution():
    """One pie with curved tastes on a menu of hundredths, by hand: gains 1 - (1 - x)**4 and 1 - x."""
    actors = {
        name: {"role": "principal", "utility": {"issues": {"pie": {"weight": 1, "ideal": ideal, "exponent": exponent}}}}
        for name, ideal, exponent in (("one", 1, 4), ("two", 0, 1))
    }
    derived = {"real": {"value": "if(pie > 0, pie, 1)"}}
    actors["two"]["utility"]["issues"]["pie"]["reads"] = "real"  # without an agreement nobody has anything
    table = {"table": {"protocol": "alternating_offers", "participants": ["one", "two"], "gap": "10 years",
                       "first_round": "10 years"}}  # fmt: skip
    case = case_from(
        bare_scenario(actors=actors, derived=derived, tracks=table, menu={"grid": 101, "neighbours": False})
    )
    row = play(case, 0, SEED)[0]
    gains = [(1.0 - (1.0 - n / 100) ** 4, 1.0 - n / 100) for n in range(1, 101)]
    nash = max(gains, key=lambda pair: pair[0] * pair[1])
    equal = max(gains, key=min)
    assert nash != equal
    assert row["nash_distance"] == pytest.approx(math.hypot(*nash))
    assert row["egalitarian_distance"] == pytest.approx(math.hypot(*equal))


def test_restraint_that_a_deal_promises_lasts_as_long_as_the_deal():
    tests = case_of("summit").issue("tests")
    for promised in (True, False):
        h = in_force()
        h(relations.pledge_restraint)
        assert h.w.promised[tests] >= 0.5 and h.w.moratorium
        if not promised:
            h.w.pledged[tests] = 0.0
        h(relations.end_talks, WHY_BREAKDOWN)
        assert h.w.moratorium
        assert (h.w.moratorium_until == NEVER) is promised
    h = in_force()
    h(deals.end_deal, deals.COLLAPSES)
    assert not h.w.moratorium


@pytest.mark.parametrize(("hazard", "level", "violated"), [
    ("icbm_or_nuclear", 0.5, True), ("icbm_or_nuclear", 0.45, False), ("launch", 0.5, False), ("launch", 1.0, True),
])  # fmt: skip
def test_an_event_that_a_deal_forbids_opens_a_dispute_at_once(hazard, level, violated):
    h = in_force({"mechanisms.agreements.dispute.duration": 1000})
    h.w.promised[h.case.issue("tests")] = level
    h(happenings.occur, h.hazard(hazard))
    h.run_until(2.0)
    assert bool(h.w.deal_disputed) is violated
    assert accused(h) == ([h.actor("PRK")] if violated else [])


def test_a_side_cannot_resume_tests_that_a_deal_in_force_forbids():
    """At the node after a failed meeting; without the promise the same option is open."""
    for promised in (True, False):
        h = in_force(log=Log())
        if not promised:
            h.w.pledged[h.case.issue("tests")] = 0.0
        h(meetings.other_responds, h.track("summit"))
        decision = next(d for d in h.log.decisions if d.node == "after_failure")
        chance = decision.probabilities[decision.options.index("resume tests")]
        assert (chance == 0.0) is promised
        assert ("resume tests" in decision.removed) is promised
