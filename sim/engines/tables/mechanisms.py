"""Tables of what couples the parts: tension, sanctions, expectation, ladder, agreements and the rest."""

from __future__ import annotations

from typing import Any

from sim.engines.tables.maker import Maker

FAR = 10**6  # a rung that is never reached


def mechanisms(m: Maker) -> None:
    """Enter all tables of mechanisms."""
    spec, s = m.spec, m.slots
    m.add(
        day=m.case.per_day,
        year=m.case.per_year,
        pulse=float(spec.pulse),
        depth=spec.choice.depth,
        officials=s.choice.officials,
        leaders=s.choice.leaders,
        milestone_precision=s.choice.milestones,
        crisis_precision=s.choice.crisis,
        brink_precision=s.choice.brink,
        aftermath_precision=s.choice.aftermath,
        aftermath_reference=s.choice.aftermath_reference,
        overconfidence_on=m.mechanisms.overconfidence,
    )
    _relaxing(m)
    _talks(m)
    _restraint(m)
    _sanctions(m)
    _expectation(m)
    _aftermath(m)
    _ladder(m)
    _agreements(m)


def _slots(m: Maker, mechanism: str, **names: str) -> None:
    """Slots of a mechanism by the name of their field; 0 where it is not given, which nobody then reads."""
    found = getattr(m.slots.mechanisms, mechanism)
    m.add(**{name: 0 if found is None else getattr(found, field) for name, field in names.items()})


def _relaxing(m: Maker) -> None:
    given = m.mechanisms
    m.add(
        learning_on=m.on("learning"),
        tension_on=m.on("tension"),
        provocation_given=given.provocation is not None,
        provocation_on=m.on("provocation"),
        rivalry_on=m.on("rivalry"),
        capability_on=m.on("capability"),
        eroded=m.actor(given.capability.against) if m.on("capability") else -1,
        arms_issue=m.issue(given.capability.arms) if m.on("capability") else -1,
        arms_full_stop=float(given.capability.arms_full_stop) if m.on("capability") else 1.0,
    )
    _slots(m, "learning", kappa="kappa", mixing="noise")
    _slots(
        m, "tension", tension_initial="initial", tension_rests="rest", tension_rests_in_talks="rest_in_talks",
        tension_half_life="half_life",
    )  # fmt: skip
    _slots(
        m, "provocation", provocation_initial="initial", provocation_half_life="half_life",
        provocation_saturation="saturation",
    )  # fmt: skip
    _slots(m, "rivalry", rivalry_initial="initial", rivalry_half_life="half_life")
    _slots(
        m, "capability", capability_initial="initial", capability_grows="growth",
        capability_in_moratorium="factor_in_moratorium", capability_erosion="erosion",
    )  # fmt: skip
    election = given.election_pressure
    on = m.on("election_pressure")
    m.add(
        election_actor=m.actor(election.actor) if on else -1,
        elections=sorted(float(at) for at in election.at) if on else [],
        election_window=float(election.window) if on else 0.0,
    )
    _slots(m, "election_pressure", election_cost="cost")


def _talks(m: Maker) -> None:
    talks = m.mechanisms.talks
    m.add(
        talks_used=talks.enabled,
        talks_at_start=talks.on_at_start,
        talks_lapse=float(talks.lapse),
        talks_window=float(talks.window),
        unheard_for=float(talks.unheard_for),
        contact_every=float(talks.contact_every),
        contact_rung_max=talks.contact_rung_max,
    )
    _slots(m, "talks", contact_cost="contact_cost")


def _restraint(m: Maker) -> None:
    restraint, on = m.mechanisms.restraint, m.on("restraint")
    m.add(
        restraint_on=on,
        restraint_issue=m.issue(restraint.issue) if on else 0,
        restraint_level=float(restraint.level) if on else 2.0,
        pause_after_talks=float(restraint.pause_after_talks) if on else 0.0,
        restraint_deadline=float(restraint.deadline) if on else 0.0,
        promised_at=float(restraint.promised_at or 0.0) if on else 0.0,
    )


def _sanctions(m: Maker) -> None:
    sanctions, slots = m.mechanisms.sanctions, m.slots.mechanisms.sanctions
    given = sanctions is not None
    keys = m.case.keys["actors"]
    # Enforcers that are no actors of the scenario come last.
    names = sorted(sanctions.enforcers, key=lambda n: (n not in keys, keys.get(n, 0), n)) if given else []
    terms = ("intercept", "provocation", "fear", "talks", "rivalry")
    m.add(
        sanctions_given=given,
        sanctions_on=m.on("sanctions"),
        target=m.actor(sanctions.target) if given else -1,
        relief_issue=m.issue(sanctions.eased_by) if given else 0,
        num_enforcers=len(names),
        enforcer_actor=[m.actor(n) if n in keys else -1 for n in names],
        enforcer_share=[slots.enforcers[n].share for n in names],
        enforcer_enforcement=[slots.enforcers[n].enforcement for n in names],
        moving_enforcer=[m.actor(n) for n in names if n in keys and sanctions.enforcers[n].relaxes],
        enforcement_slot=[getattr(slots.enforcement, term) if given else 0 for term in terms],
        enforcement_time=slots.enforcement.time_constant if given else 0,
        enforcement_fear_rungs=slots.enforcement.fear_rungs if given else 0,
        turn_time=float(sanctions.turn_time) if given else 0.0,
    )
    _slots(
        m, "sanctions", sanctions_start="level", sanctions_cost="cost", sanctions_adaptation="adaptation",
        felt_after="felt_after", step_after_failure="step_after_failure", turn_shift="turn_shift", turn_gain="turn_gain",
    )  # fmt: skip
    m.sizes["enforcers"] = len(names)


def _expectation(m: Maker) -> None:
    expectation = m.mechanisms.expectation
    given = expectation is not None
    m.add(
        expectation_given=given,
        expectation_on=m.on("expectation"),
        hope_holder=m.actor(expectation.holder) if given else -1,
        hope_other=m.actor(expectation.counterpart) if given else -1,
        triumph_package=m.package(expectation.triumph) if given else -1,
        oversell_discount=expectation.oversell_discount if given else False,
        collapse_on=m.on("belief_collapse"),
        reference_on=m.on("reference_dependence"),
    )
    _slots(
        m, "expectation", hope_initial="initial", hope_hype="hype", hope_learning="learning_rate", hope_update="update",
        oversell="oversell", bias_belief="bias_belief",
    )  # fmt: skip
    _slots(
        m, "belief_collapse", collapse_steepness="steepness", collapse_threshold="threshold", collapse_talks="talks",
        collapse_pressure="pressure",
    )  # fmt: skip
    _slots(m, "reference_dependence", reference_aversion="loss_aversion", reference_curvature="curvature")


def _aftermath(m: Maker) -> None:
    aftermath = m.mechanisms.aftermath
    given = aftermath is not None
    lottery = aftermath.force_lottery if given else []
    vetoed = given and aftermath.strike_veto_by is not None
    m.add(
        aftermath_given=given,
        aftermath_on=m.on("aftermath"),
        fallback_package=m.package(aftermath.fallback) if given else -1,
        force_possible=aftermath.force if given else False,
        strike_veto=m.slots.mechanisms.aftermath.strike_veto if vetoed else -1,
        withdrawn_issue=[m.issue(name) for name in aftermath.withdraws] if given else [],
        num_prospects=len(lottery),
        prospect=[float(number) for line in lottery for number in line],
    )
    _slots(
        m, "aftermath", prior_belief_talks="belief_talks", prior_belief_pressure="belief_pressure",
        belief_half_life="belief_half_life", setback="setback", pressure_gain="pressure_gain",
        pressure_effect="pressure_effect", resume_gain="resume_gain", resume_tension_cost="resume_tension_cost",
        deadline_after="deadline_after",
    )  # fmt: skip
    m.sizes["prospects"] = 3 * len(lottery)


def _ladder(m: Maker) -> None:
    ladder, on = m.mechanisms.ladder, m.on("ladder")
    slots = m.slots.mechanisms.ladder
    sides = [m.actor(side) for side in ladder.sides] if on else [-1, -1]
    last = len(ladder.rungs) - 1 if on else FAR
    m.add(
        ladder_on=on,
        crisis_one=sides[0],
        crisis_two=sides[1],
        striker=m.actor(ladder.striker) if on else -1,
        ladder_key=m.case.keys["actors"][ladder.sides[0]] if on else 0,
        first_rung=ladder.initial if on else 0,
        last_rung=last,
        strike_rung=last - 1 if on else FAR,
        strike_lasts=float(ladder.strike_lasts) if on else 0.0,
        cost_by_time=on and ladder.cost == "time",
        strike_effects=m.effect(slots.strike_effects, ladder.strike_effects) if on else 0,
    )
    for name in ("brink", "incident_rung", "crisis_rung", "calm_rung", "concession_rung"):
        m.add(**{name: getattr(ladder, name) if on else FAR})
    for name in ("autonomous_risk", "audience_costs", "demands"):
        m.add(**{name: getattr(ladder, name) if on else False})
    _slots(
        m, "ladder", tick="tick", fast_tick="fast_tick", stake="stake", fade="fade", cooling="cooling",
        counter_blow="counter_blow", counter_success="counter_success",
        credibility_after_force="credibility_after_force", loss_share="loss_share", loss_extra="loss_extra",
        loss_per_rung="loss_per_rung",
    )  # fmt: skip
    rungs = slots.rungs if on else []
    m.per(
        rungs,
        rung_risk=lambda rung: rung.risk,
        rung_audience=lambda rung: rung.audience,
        rung_hold=lambda rung: rung.hold,
        rung_climb=lambda rung: rung.climb,
    )
    m.sizes["ladder"] = 4 * max(1, len(rungs))


def _agreements(m: Maker) -> None:
    agreements, on = m.mechanisms.agreements, m.on("agreements")
    slots = m.slots.mechanisms.agreements
    given = agreements is not None
    parties = list(agreements.parties) if given else []
    ids = m.case.issue_ids
    dispute = agreements.dispute if given else None
    m.add(
        agreements_given=given,
        agreements_on=on,
        deal_one=m.actor(parties[0]) if given else -1,
        deal_two=m.actor(parties[1]) if given else -1,
        deal_key=m.case.keys["actors"][parties[0]] if given else 0,
        num_milestones=agreements.milestones if given else 0,
        milestone_every=float(agreements.every) if given else 0.0,
        verification_issue=m.issue(agreements.verification or None) if given else -1,
        treaty_issue=m.issue(agreements.treaty_issue) if given else -1,
        cheating=agreements.cheating if given else False,
        snapback=agreements.snapback if given else True,
        public=[party in agreements.public for party in parties],
        in_force_at_signing=[given and k in agreements.at_signing for k in ids],
        at_first_milestone=[given and k in agreements.at_first_milestone for k in ids],
        deal_conceder=[party in m.spec.issues[k].conceder for k in ids for party in parties] if given else [0] * (2 * len(ids)),
        hotline_issue=m.issue(dispute.hotline_issue) if given else -1,
        hotline_level=float(dispute.hotline_level) if given else 0.0,
        leader_change_lasts=float(agreements.collapse.leader_change_lasts) if given else 0.0,
        signed_effects=m.effect(slots.signed_effects, agreements.signed_effects) if given else 0,
    )
    _slots(
        m, "agreements", snapback_rate="snapback_rate", treaty_delay="treaty_delay",
        exit_credibility="exit_credibility_factor", milestone_credibility="milestone_credibility_gain",
    )  # fmt: skip
    _part(m, "detection", detection_base="base", detection_slope="slope", false_alarm="false_alarm")
    _part(
        m, "dispute", dispute_duration="duration", repair_intercept="intercept", repair_verification="verification",
        repair_hotline="hotline", repair_trust="trust",
    )  # fmt: skip
    _part(
        m, "collapse", collapse_base="base", collapse_verification="verification", collapse_trust="trust",
        collapse_hostile="hostile_veto", collapse_leader="leader_change",
    )  # fmt: skip


def _part(m: Maker, part: str, **names: str) -> None:
    """Slots of one part of the agreements."""
    slots: Any = m.slots.mechanisms.agreements
    m.add(**{name: 0 if slots is None else getattr(getattr(slots, part), field) for name, field in names.items()})


