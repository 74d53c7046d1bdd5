"""What happens in a history, each kind of event in words: from the numbers that an act tells to an entry of the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.acts import crises, deals, updating
from sim.acts import telling as why
from sim.acts.arrivals import cancellation_rate, deal_collapse_rate
from sim.acts.beliefs import mutual_trust
from sim.acts.codes import RESULTS
from sim.acts.consent import block_probability, consent_of, kinds_needed
from sim.acts.worth import disagreement, utility
from sim.engines.menus_in_words import ACTS
from sim.rules import ladder

if TYPE_CHECKING:
    from sim.engines.telling import Teller

_WHY_TALKS = {
    why.WHY_MEETING: "the leaders meet",
    why.WHY_REVIVED: "the meeting is revived",
    why.WHY_DEAL_SIGNED: "a deal is signed",
    why.WHY_OFFER_ACCEPTED: "an offer to talk is accepted",
    why.WHY_CANCELLED: "the meeting was cancelled",
    why.WHY_PRESSURE: "pressure instead of talks",
    why.WHY_BREAKDOWN: "breakdown",
    why.WHY_NO_SESSION: "no session and no date",
    why.WHY_FORCE: "force is used",
    why.WHY_DEAL_ENDED: "the deal has ended",
}
_WHY_CRISIS_ENDS = {crises.COOLED: "it has cooled", crises.CONCEDED: "a concession", crises.FADED: "it has faded"}
_WHY_STEP_UP = {
    crises.RUN_OUT_OF_CONTROL: "events run out of control",
    crises.ESCALATES: "escalates",
    crises.REFUSED: "a demand is refused",
}
_WHY_DEAL_ENDS = {deals.COLLAPSES: "it collapses", deals.NOT_SETTLED: "a dispute is not settled"}
_WHY_BROKEN_OFF = {
    updating.BROKEN_BY_CRISIS: "it is given up in a dangerous crisis",
    updating.BROKEN_BY_TIME: "it lapses",
}


def _talks_open(t: Teller, w: Any, c: Any, reason: int) -> None:
    t.note(w, "talks", "", f"talks open: {_WHY_TALKS[reason]}", opens=True, why=_WHY_TALKS[reason])


def _talks_end(t: Teller, w: Any, c: Any, reason: int) -> None:
    t.note(w, "talks", "", f"talks end: {_WHY_TALKS[reason]}", opens=False, why=_WHY_TALKS[reason])


def _crisis_begins(t: Teller, w: Any, c: Any) -> None:
    label = t.spec.mechanisms.ladder.rungs[w.rung].label
    t.note(w, "crisis", "", f"a crisis begins at rung {w.rung}: {label}", act="begins", rung=w.rung)


def _crisis_ends(t: Teller, w: Any, c: Any, reason: int) -> None:
    words = _WHY_CRISIS_ENDS[reason]
    t.note(w, "crisis", "", f"the crisis ends: {words}", act="ends", why=words)


def _strike_stays_limited(t: Teller, w: Any, c: Any) -> None:
    t.note(w, "crisis", "", "the strike remains limited", act="limited")


def _concession(t: Teller, w: Any, c: Any, who: int) -> None:
    t.note(w, "crisis", t.actor(who), "concedes", act="concedes", rung=w.rung)


def _step_up(t: Teller, w: Any, c: Any, reason: int, who: int, rung: int) -> None:
    label = t.spec.mechanisms.ladder.rungs[rung].label
    words = f"{_WHY_STEP_UP[reason]}: rung {rung}, {label}"
    t.note(w, "crisis", t.actor(who) if who >= 0 else "", words, act="escalates", rung=rung)


def _demand(
    t: Teller, w: Any, c: Any, challenger: int, other: int, premium: float, cells: int, scale: float, refused: bool
) -> None:
    """The demand and the answer as decisions: both are best replies, so nothing is drawn for them."""
    own = w.war_cost[challenger]
    costs, beliefs = list(w.costs[:cells]), list(w.cell_beliefs[:cells])
    steps = crises.DEMAND_STEPS
    premiums = [step / steps for step in range(1, steps + 1)]
    values = tuple(ladder.premium_value(y, own, costs, beliefs, cells, scale) for y in premiums)
    best = max(range(steps), key=lambda n: (values[n], -n))
    labels = [f"{y:.1f} of the stake" for y in premiums]
    t.keep(w, c, "demand", challenger, -1, labels, values, _certain(steps, best), best, {}, ())
    values = (-premium * scale, -w.war_cost[other])
    chosen = 0 if values[0] >= values[1] else 1
    t.keep(w, c, "answer_to_demand", other, -1, ("give in", "refuse"), values, _certain(2, chosen), chosen, {}, ())
    words = f"demands {premium:.1f} of the stake; {t.actor(other)} {'refuses' if refused else 'gives in'}"
    t.note(w, "crisis", t.actor(challenger), words, act="demands", premium=premium, refused=refused)


def _certain(size: int, chosen: int) -> tuple[float, ...]:
    return tuple(1.0 if n == chosen else 0.0 for n in range(size))


def _force_without_ladder(t: Teller, w: Any, c: Any, actor: int) -> None:
    t.note(w, "force", t.actor(actor), "uses force; the scenario has no ladder", act="strikes")


def _strike_stopped(t: Teller, w: Any, c: Any, actor: int) -> None:
    ally = t.spec.mechanisms.aftermath.strike_veto_by
    t.note(w, "force", ally, "stops a strike", act="stops", striker=t.actor(actor))


def _strike(t: Teller, w: Any, c: Any, actor: int) -> None:
    t.note(w, "force", t.actor(actor), "uses force", act="strikes")


def _cancellation(t: Teller, w: Any, c: Any, track: int) -> None:
    left = (w.pending[track] - w.now) / c.day
    rate = cancellation_rate(w, c, track) * c.year
    name = t.track(track)
    t.note(w, "cancellation", "", f"the meeting on {name} is cancelled", track=name, days=left, rate=rate)


def _date(t: Teller, w: Any, c: Any, track: int, delay: float) -> None:
    name = t.track(track)
    t.note(w, "date", "", f"a meeting on {name} is agreed", track=name, days=delay / c.day)


def _revival(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    left = (w.pending[track] - w.now) / c.day
    t.note(w, "revival", "", f"the meeting on {name} is revived", track=name, days=left)


def _leader(t: Teller, w: Any, c: Any, actor: int) -> None:
    classes = sorted(t.spec.actors[t.actor(actor)].types.commitment or {})
    drawn = classes[int(w.commitment[actor])] if classes else ""
    t.note(w, "leader", t.actor(actor), "a new leader takes over", commitment=drawn)


def _standing_ends(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "collapse", "", f"the standing agreement on {name} ends", track=name)


def _broken_off(t: Teller, w: Any, c: Any, track: int, reason: int) -> None:
    name, words = t.track(track), _WHY_BROKEN_OFF[reason]
    t.note(w, "stages", "", f"{name} is broken off: {words}", track=name, act="broken off", why=words)


def _offer_by_tactic(t: Teller, w: Any, c: Any, track: int, actor: int, package: int, value: float) -> None:
    removed = t.forbidden(w, c, track, actor)
    t.keep(w, c, "offer", actor, track, [t.label(package)], (value,), (1.0,), 0, removed, [package])


def _offer(t: Teller, w: Any, c: Any, track: int, proposer: int, package: int, accepted: int) -> None:
    one, two = c.side_one, c.side_two
    t.note(
        w,
        "offer",
        t.actor(proposer),
        f"{t.package(package)}: {'accepted' if accepted else 'rejected'}",
        track=t.track(track),
        package=package,
        accepted=bool(accepted),
        utility_one=utility(w, c, one, package),
        utility_two=utility(w, c, two, package),
        reserve_one=disagreement(w, c, one),
        reserve_two=disagreement(w, c, two),
    )


def _round_fails(t: Teller, w: Any, c: Any, track: int, proposer: int) -> None:
    t.note(w, "round", t.actor(proposer), "the round fails before an offer is made", track=t.track(track))


def _breakdown(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "breakdown", "", f"talks on {name} break down", track=name)


def _officials_agree(t: Teller, w: Any, c: Any, track: int, package: int) -> None:
    t.note(w, "agreement", "", f"officials agree on {t.package(package)}", track=t.track(track), package=package)


def _draft(t: Teller, w: Any, c: Any, track: int, mediator: int, package: int, value: float) -> None:
    t.keep(w, c, "draft", mediator, track, [t.label(package)], (value,), (1.0,), 0, {}, [package])


def _no_text(t: Teller, w: Any, c: Any, track: int, mediator: int) -> None:
    words = "no text is better for all; the mediator starts afresh"
    t.note(w, "draft", t.actor(mediator), words, track=t.track(track))


def _signed_subject(t: Teller, w: Any, c: Any, package: int) -> None:
    t.note(w, "signature", "", f"{t.package(package)} is signed, subject to ratification", package=package)


def _blocked_at_home(t: Teller, w: Any, c: Any, package: int, kinds: int) -> None:
    """With the chance that the package was blocked, and the veto players who opposed it, firmest first."""
    needed = kinds_needed(c, package, kinds)
    blocks = {
        t.setup.veto_ids[v]: w.p[c.veto_weight[v]] * (1.0 - consent_of(w, c, v, package, 0))
        for v in range(c.num_vetoes)
        if c.veto_kinds[v] & needed
    }
    opposed = sorted((name for name in blocks if blocks[name] > 0.0), key=lambda name: (-blocks[name], name))
    chance = block_probability(w, c, package, kinds)
    words = f"{t.package(package)} is blocked at home"
    t.note(w, "veto", "", words, package=package, chance=chance, opposed=opposed)


def _ratification(
    t: Teller, w: Any, c: Any, player: int, attempt: int, passed: bool, block: float, package: int
) -> None:
    name = t.setup.veto_ids[player]
    words = f"vote {attempt + 1}: {'passed' if passed else 'lost'}"
    t.note(
        w, "ratification", name, words, number=attempt + 1, passed=bool(passed), chance=1.0 - block, package=package
    )


def _dead_at_home(t: Teller, w: Any, c: Any, player: int, package: int) -> None:
    t.note(w, "veto", t.setup.veto_ids[player], f"{t.package(package)} is dead", package=package)


def _deal(t: Teller, w: Any, c: Any, package: int) -> None:
    t.note(w, "deal", "", f"a deal is signed: {t.package(package)}", package=package)


def _treaty(t: Teller, w: Any, c: Any, passed: int, level: float) -> None:
    words = f"the treaty is {'ratified' if passed else 'refused'}"
    t.note(w, "treaty", "", words, passed=bool(passed), level=level)


def _milestone(t: Teller, w: Any, c: Any) -> None:
    parties = [t.actor(c.deal_one), t.actor(c.deal_two)]
    acts = {party: ACTS[w.act[n]] for n, party in enumerate(parties)}
    seen = {party: ACTS[w.act_seen[n]] for n, party in enumerate(parties)}
    number = w.deal_milestones + 1
    words = f"milestone {number}: " + ", ".join(f"{party}: {act}" for party, act in acts.items())
    t.note(w, "milestone", "", words, number=number, acts=acts, seen=seen)


def _dispute(t: Teller, w: Any, c: Any) -> None:
    accused = [t.actor(w.accused[n]) for n in range(w.num_accused)]
    t.note(w, "dispute", "", "a violation is found or alleged", accused=accused)


def _repair(t: Teller, w: Any, c: Any) -> None:
    t.note(w, "repair", "", "the dispute is settled")


def _strain(t: Teller, w: Any, c: Any) -> None:
    """The rate at which the deal ends just now, per year, and what moves it: told with its end."""
    t.strain = {
        "rate": deal_collapse_rate(w, c) * c.year,
        "new_leader": w.now - w.leader_change < c.leader_change_lasts,
        "hostile": w.deal_hostile + w.hostile_extra,
        "trust": mutual_trust(w, c, c.deal_one, c.deal_two),
    }


def _deal_ends(t: Teller, w: Any, c: Any, leaver: int, reason: int) -> None:
    words = _WHY_DEAL_ENDS[reason]
    age = (w.now - w.deal_since) / c.day
    t.note(w, "collapse", t.actor(leaver), f"the deal ends: {words}", why=words, age=age, **t.strain)


def _moratorium_passes(t: Teller, w: Any, c: Any) -> None:
    t.note(w, "restraint", "", "the moratorium's deadline has passed", holds=False)


def _moratorium_declared(t: Teller, w: Any, c: Any) -> None:
    t.note(w, "restraint", t.spec.sides[1], "declares a moratorium on tests", holds=True)


def _meeting(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "meeting", "", f"the leaders meet on {name}", track=name, number=int(w.met[track]))


def _result(t: Teller, w: Any, c: Any, track: int, result: int, expected: float, value: float, gap: float) -> None:
    name = RESULTS[result]
    words = name.replace("_", " ")
    t.note(w, "result", "", words, track=t.track(track), result=name, expectation=expected, value=value, gap=gap)


def _declaration_signed(t: Teller, w: Any, c: Any, track: int, package: int) -> None:
    words = f"a declaration is signed: {t.package(package)}"
    t.note(w, "declaration", "", words, track=t.track(track), package=package)


def _contact(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    members = ", ".join(t.spec.tracks[name].participants)
    t.note(w, "contact", "", f"a contact through {name}: {members}", track=name)


def _bundle(t: Teller, w: Any, c: Any, track: int, bundle: int) -> None:
    name = t.bundle_names(track)[bundle - c.bundle_first[track]]
    responder = t.actor(c.track_responder[track])
    t.note(w, "bundle", responder, f"accepts {name}", track=t.track(track), bundle=name)


def _bundle_blocked(t: Teller, w: Any, c: Any, track: int, bundle: int) -> None:
    name = t.bundle_names(track)[bundle - c.bundle_first[track]]
    t.note(w, "veto", "", f"{name} is blocked at home", track=t.track(track), bundle=name)


def _proposal(t: Teller, w: Any, c: Any, track: int, actor: int, package: int) -> None:
    name = t.track(track)
    t.note(w, "proposal", t.actor(actor), f"opens {name}: {t.package(package)}", track=name, package=package)


def _vote_put_off(t: Teller, w: Any, c: Any, track: int, crisis: int) -> None:
    name = t.track(track)
    words = "a crisis is on" if crisis else "talks are off"
    t.note(w, "stages", "", f"{name}: a vote is put off, {words}", track=name, act="put off", why=words)


def _text_dead(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "vote", "", f"{name} is dead", track=name, dead=True)


def _stage_vote(t: Teller, w: Any, c: Any, track: int, stage: int, passed: int) -> None:
    name = t.track(track)
    label = t.spec.tracks[name].stages[stage]
    first = c.member_first[track]
    yes = {t.actor(c.member[n]): bool(w.vote[n - first]) for n in range(first, c.member_first[track + 1])}
    words = f"{name}, {label}: {'passed' if passed else 'lost'}"
    t.note(w, "vote", "", words, track=name, stage=label, passed=bool(passed), yes=yes)


def _in_force(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "in force", "", f"{name} enters into force", track=name, package=int(w.terms[track]))


def _text_collapses(t: Teller, w: Any, c: Any, track: int) -> None:
    name = t.track(track)
    t.note(w, "collapse", "", f"{name} collapses", track=name)


def _resolution(t: Teller, w: Any, c: Any, track: int, passed: int, severity: float) -> None:
    words = "a resolution is passed" if passed else "a resolution fails"
    t.note(w, "resolution", "", words, track=t.track(track), passed=bool(passed), severity=severity)


def _hazard(t: Teller, w: Any, c: Any, hazard: int, mark: int) -> None:
    name = t.setup.hazard_ids[hazard]
    spec = t.spec.hazards[name]
    marked = sorted(spec.split)[mark - c.mark_start[hazard]] if mark >= 0 else ""
    words = (spec.label or name) + (f" ({marked})" if marked else "")
    t.note(w, "event", spec.actor or "", words, hazard=name, mark=marked)


def _called_off(t: Teller, w: Any, c: Any, hazard: int) -> None:
    name = t.setup.hazard_ids[hazard]
    t.note(w, "calendar", "", f"{name} is called off", hazard=name)


def _reading(t: Teller, w: Any, c: Any, n: int) -> None:
    if not w.over:
        t.log.standing[c.reading_time[n]] = tuple(float(x) for x in w.quantities)


EVENTS: dict[str, Callable[..., None]] = {
    "talks open": _talks_open,
    "talks end": _talks_end,
    "crisis begins": _crisis_begins,
    "crisis ends": _crisis_ends,
    "strike stays limited": _strike_stays_limited,
    "concession": _concession,
    "step up": _step_up,
    "demand": _demand,
    "force without ladder": _force_without_ladder,
    "strike stopped": _strike_stopped,
    "strike": _strike,
    "cancellation": _cancellation,
    "date": _date,
    "revival": _revival,
    "leader": _leader,
    "standing ends": _standing_ends,
    "broken off": _broken_off,
    "offer by tactic": _offer_by_tactic,
    "offer": _offer,
    "round fails": _round_fails,
    "breakdown": _breakdown,
    "officials agree": _officials_agree,
    "draft": _draft,
    "no text": _no_text,
    "signed subject to ratification": _signed_subject,
    "blocked at home": _blocked_at_home,
    "ratification": _ratification,
    "dead at home": _dead_at_home,
    "deal": _deal,
    "treaty": _treaty,
    "milestone": _milestone,
    "dispute": _dispute,
    "repair": _repair,
    "strain": _strain,
    "deal ends": _deal_ends,
    "moratorium passes": _moratorium_passes,
    "moratorium declared": _moratorium_declared,
    "meeting": _meeting,
    "result": _result,
    "declaration": _declaration_signed,
    "contact": _contact,
    "bundle": _bundle,
    "bundle blocked": _bundle_blocked,
    "proposal": _proposal,
    "vote put off": _vote_put_off,
    "text dead": _text_dead,
    "stage vote": _stage_vote,
    "in force": _in_force,
    "text collapses": _text_collapses,
    "resolution": _resolution,
    "event": _hazard,
    "called off": _called_off,
    "reading": _reading,
}
