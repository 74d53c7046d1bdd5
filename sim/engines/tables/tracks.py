"""Tables of tracks: who sits where, when, under which mandate, with which tactics and votes."""

from __future__ import annotations

from typing import Any

from sim.acts.codes import (
    CONSENTS,
    CREDIBILITY,
    FAMILIES,
    MODES,
    NUM_TRACK_COUNTS,
    PROTOCOLS,
    TRACK_COUNTS,
    TRACK_TIMES,
)
from sim.acts.offers import KEPT_OFFERS
from sim.acts.ranking import OWN_PARTS
from sim.engines.tables.maker import Maker, ragged
from sim.engines.tables.mechanisms import FAR
from sim.engines.tables.packages import mandate, row
from sim.model.menu import blended_pairs
from sim.world.fields import INFINITY

DEEPEST = 2  # steps of look-ahead, by `choice.depth`
MOST_ACCUSED = 8  # in one dispute
_TABLES = ("alternating_offers", "single_text")


def tracks(m: Maker) -> None:
    """Enter all tables of tracks."""
    ids = m.track_ids
    spec, slots = m.spec.tracks, m.slots.tracks
    count = len(m.case.package_names)
    m.add(num_tracks=len(ids), track_protocol=[PROTOCOLS.index(spec[t].protocol) for t in ids])
    m.sizes.update(tracks=len(ids), track_issues=len(ids) * len(m.case.issue_ids))
    m.per(
        ids,
        track_on=lambda t: spec[t].enabled,
        track_key=m.case.keys["tracks"].__getitem__,
        is_table=lambda t: spec[t].enabled and spec[t].protocol in _TABLES,
        has_rounds=lambda t: spec[t].protocol in _TABLES,
        track_gap=lambda t: getattr(slots[t], "gap", 0),
        track_breakdown=lambda t: getattr(slots[t], "breakdown", 0),
        track_consents=lambda t: sum(CONSENTS[kind] for kind in set(getattr(spec[t], "consent", ()))),
        track_deadline=lambda t: _number(getattr(spec[t], "deadline", None), INFINITY),
        track_feeds=lambda t: _enabled_meeting(m, getattr(spec[t], "feeds", None)),
        feeds_somewhere=lambda t: getattr(spec[t], "feeds", None) is not None,
        held_as_text=lambda t: getattr(spec[t], "outcome_on_agreement", "deal") == "text",
        moves_expectation=lambda t: getattr(spec[t], "moves_expectation", False),
        most_drafts=lambda t: getattr(spec[t], "rounds", 0),
        own_view=lambda t: getattr(slots[t], "weight_of_own_view", 0),
        closed_after_breakdown=lambda t: float(getattr(spec[t], "closed_after_breakdown", 0.0)),
        text_lapses=lambda t: float(getattr(spec[t], "text_lapses", 0.0)),
        pauses_before=lambda t: float(getattr(spec[t], "pauses_before", 0.0)),
        pauses_after=lambda t: float(getattr(spec[t], "pauses_after", 0.0)),
        track_every=lambda t: float(getattr(spec[t], "every", 0.0)),
        track_reports_to=lambda t: _enabled_meeting(m, getattr(spec[t], "reports_to", None)),
        contact_rate=lambda t: slots[t].rate if spec[t].protocol == "contacts" else 0,
    )
    m.add(
        mandate=[x for t in ids for x in (mandate(m, t) if hasattr(spec[t], "mandate") else [0.0] * count)],
        track_proposer=[_proposer(m, spec[t]) for t in ids],
        track_responder=[m.actor(getattr(spec[t], "responder", None)) for t in ids],
        track_count=[m.counter(f"{kind}.{t}") for t in ids for kind in TRACK_COUNTS],
        track_time=[m.time(f"{kind}.{t}") for t in ids for kind in TRACK_TIMES],
    )
    assert len(m.tables["track_count"]) == NUM_TRACK_COUNTS * len(ids)
    masks = [t for t in ids if spec[t].enabled and hasattr(spec[t], "mandate")]
    at = {t: n * count for n, t in enumerate(ids)}
    m.add(
        any_mandate=[
            1.0 if any(m.tables["mandate"][at[t] + p] for t in masks) else 0.0 for p in range(count)
        ]
    )
    _seats(m)
    _tactics(m)
    _meetings(m)
    _bundles(m)
    _councils(m)
    _resolutions(m)
    _openings(m)


def _number(value: Any, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def _enabled_meeting(m: Maker, name: str | None) -> int:
    """Number of a track of leaders' meetings that is enabled; -1 otherwise."""
    if name is None or not m.spec.tracks[name].enabled or m.spec.tracks[name].protocol != "final_offer":
        return -1
    return m.track_ids.index(name)


def _proposer(m: Maker, track: Any) -> int:
    return m.actor(getattr(track, "proposer", None) or getattr(track, "mediator", None))


def _seats(m: Maker) -> None:
    """Parties at each table, in order."""
    case = m.case
    both = {m.actor(side) for side in m.spec.sides}
    seats = []
    for t in m.track_ids:
        track = m.spec.tracks[t]
        if track.protocol in _TABLES:
            seats.append([case.actor(party) for party in track.participants])
        elif track.protocol == "final_offer":
            seats.append([case.actor(track.proposer), case.actor(track.responder)])
        else:
            seats.append([])
    most = max([1, *map(len, seats)])
    count = len(case.package_names)
    refused, first = [], 0
    for t, parties in zip(m.track_ids, seats, strict=True):
        refused.append(first)
        if m.spec.tracks[t].protocol == "single_text":
            first += len(parties) * count
    tables = [
        n for n, t in enumerate(m.track_ids) if m.tables["is_table"][n] and both <= set(seats[n])
    ]
    m.add(
        most_parties=most,
        num_parties=[len(parties) for parties in seats],
        party=[actor for parties in seats for actor in [*parties, *[-1] * (most - len(parties))]],
        between_sides=[both <= set(parties) for parties in seats],
        refused_first=refused,
        table_of_sides=tables[0] if tables else -1,
    )
    m.sizes.update(
        seats=most * len(seats), seat_packages=most * len(seats) * case.num_candidates,
        rank_keys=most * len(seats) * (OWN_PARTS + 2 * most), kept_offers=KEPT_OFFERS * most * len(seats), refusable=first,
        received=KEPT_OFFERS * most, reserves=(1 + DEEPEST) * most, accusations=MOST_ACCUSED,
    )  # fmt: skip


def fixed_views(m: Maker) -> None:
    """At which seats nothing that a view of the menu rests on (`sim.acts.ranking`) can move within a history.

    Needs the tables of actors and beliefs: who learns what of whom, whose credibility moves, who has red lines.
    """
    t = m.tables
    most = t["most_parties"]
    beliefs = zip(t["belief_observer"], t["belief_actor"], t["belief_trait"], strict=True)
    learns = {(observer, actor) for observer, actor, trait in beliefs if trait == CREDIBILITY}
    moves = [slot >= 0 for slot in t["credibility_slot"]]
    lines = [t["line_first"][a + 1] > t["line_first"][a] for a in range(len(m.case.actor_ids))]
    fixed = []
    for place, actor in enumerate(t["party"]):
        first = place // most * most
        table = [a for a in t["party"][first : first + most] if a >= 0]
        still = actor >= 0 and not moves[actor] and not lines[actor] and t["target"] not in table
        fixed.append(still and not any((actor, other) in learns for other in table))
    m.add(view_fixed=fixed)


def _tactics(m: Maker) -> None:
    ids = m.case.actor_ids
    numbers, rows = [], []
    for t in m.track_ids:
        for a in ids:
            tactic = m.spec.actors[a].tactics.get(t)
            numbers.append(-1 if tactic is None else len(rows))
            if tactic is not None:
                rows.append((tactic, m.slots.actors[a].tactics[t]))
    m.add(tactic=numbers)
    m.per(
        rows,
        tactic_family=lambda pair: FAMILIES.index(pair[0].family),
        tactic_fallback=lambda pair: FAMILIES.index(pair[0].fallback),
        tactic_mode=lambda pair: MODES.index(pair[0].mode),
        tactic_window=lambda pair: pair[0].window,
        tactic_rejections=lambda pair: pair[0].rejections,
        tactic_beta=lambda pair: pair[1].beta,
        tactic_period=lambda pair: pair[1].period,
        tactic_margin=lambda pair: pair[1].margin,
        tactic_stress=lambda pair: pair[1].stress,
        tactic_own=lambda pair: m.own_tactic(pair[0].rule) if pair[0].family == "own" else -1,
    )


def _meetings(m: Maker) -> None:
    """Leaders' meetings: dates, cancellation and revival, invitations, declarations, recognition."""
    ids = m.track_ids
    spec = {t: m.spec.tracks[t] for t in ids}
    slots = {t: m.slots.tracks[t] for t in ids}
    on = {t: spec[t].protocol == "final_offer" for t in ids}
    cancelled = {t: slots[t].cancellation if on[t] else None for t in ids}
    invited = {t: slots[t].invitations if on[t] else None for t in ids}
    recognition = None
    for t in ids:
        if on[t] and spec[t].recognition is not None:
            recognition = t
    m.per(
        ids,
        track_declaration=lambda t: m.package(spec[t].declaration) if on[t] else -1,
        spin_first=lambda t: slots[t].spin_first if on[t] else 0,
        spin_later=lambda t: slots[t].spin_later if on[t] else 0,
        text_within=lambda t: float(spec[t].text_within) if on[t] else 0.0,
        meeting_text_lapses=lambda t: min(
            (float(other.text_lapses) for other in m.spec.tracks.values() if getattr(other, "feeds", None) == t), default=0.0
        ),
        announced_effects=lambda t: m.effect(slots[t].announced_effects, spec[t].announced_effects) if on[t] else 0,
        held_effects=lambda t: m.effect(slots[t].held_effects, spec[t].held_effects) if on[t] else 0,
        walk_out_effects=lambda t: m.effect(slots[t].walk_out_effects, spec[t].walk_out_effects) if on[t] else 0,
        cancellation_rate=lambda t: cancelled[t].rate if on[t] else 0,
        cancellation_factor=lambda t: m.condition(spec[t].cancellation.factor, in_rates=spec[t].enabled) if on[t] else -1,
        rate_after_revival=lambda t: cancelled[t].rate_after_revival if on[t] else 0,
        revival=lambda t: cancelled[t].revival if on[t] else 0,
        revival_delay=lambda t: cancelled[t].revival_delay if on[t] else 0,
        revival_within=lambda t: float(spec[t].cancellation.revival_within) if on[t] else 0.0,
        revival_possible=lambda t: on[t] and _revivable(m, spec[t]),
        postponed_by=lambda t: float(spec[t].cancellation.postponed_by) if on[t] else 0.0,
        has_invitations=lambda t: on[t] and spec[t].invitations is not None,
        invitation_every=lambda t: float(spec[t].invitations.every) if invited[t] is not None else 0.0,
        invitation_delay=lambda t: invited[t].delay if invited[t] is not None else 0,
        spectacle_first=lambda t: invited[t].spectacle_first if invited[t] is not None else 0,
        spectacle_later=lambda t: invited[t].spectacle_later if invited[t] is not None else 0,
        recognises=lambda t: on[t] and spec[t].recognition is not None,
    )
    pledges = [k in getattr(spec[t], "declaration_pledges", ()) for t in ids for k in m.case.issue_ids]
    granted = None if recognition is None else spec[recognition].recognition
    transfer = None if recognition is None else slots[recognition].recognition
    m.add(
        declaration_pledges=pledges,
        recognition_issue=-1 if granted is None else m.issue(granted.issue),
        recognition_during_talks=0.0 if granted is None else float(granted.during_talks),
        recognition_transfer=0 if granted is None else transfer.transfer,
        recognition_irreversible=0 if granted is None else transfer.irreversible,
        gains_recognition=[granted is not None and _gains(spec[recognition], a) for a in m.case.actor_ids],
    )


def _revivable(m: Maker, track: Any) -> bool:
    needs = track.cancellation.revival_needs
    return needs is None or m.spec.tracks[needs].enabled


def _gains(track: Any, actor: str) -> bool:
    """Whether recognition enters the payoff of an actor."""
    return actor == track.responder or (actor == track.proposer and track.recognition.costs_proposer)


def _bundles(m: Maker) -> None:
    ids = m.track_ids
    spec, slots = m.spec.tracks, m.slots.tracks
    on = {t: spec[t].protocol == "bundles" for t in ids}
    menus = [[(t, name) for name in sorted(spec[t].menu)] if on[t] else [] for t in ids]
    starts, flat = ragged(menus)
    m.add(bundle_first=starts)
    m.per(
        flat,
        bundle_once=lambda item: spec[item[0]].menu[item[1]].once,
        bundle_lasts=lambda item: spec[item[0]].menu[item[1]].lasts,
    )
    cells = [(spec[t].menu[name], k) for t, name in flat for k in m.case.issue_ids]
    m.per(
        cells,
        bundle_add=lambda cell: float(cell[0].add.get(cell[1], 0.0)),
        bundle_cap=lambda cell: float(cell[0].up_to.get(cell[1], 1.0)),
        bundle_least=lambda cell: float(cell[0].at_least.get(cell[1], 0.0)),
    )
    m.per(
        ids,
        track_when=lambda t: m.condition(spec[t].when or None, in_rates=spec[t].enabled) if on[t] else -1,
        atmosphere=lambda t: slots[t].atmosphere if on[t] else 0,
        bundle_effects=lambda t: m.effect(slots[t].effects, spec[t].effects) if on[t] else 0,
        standing_collapse=lambda t: slots[t].agreement_collapse if on[t] else 0,
        standing_ends_at=lambda t: spec[t].agreement_ends_at_rung if on[t] else FAR,
        lowers_rung_up_to=lambda t: spec[t].lowers_rung_up_to if on[t] else -1,
    )
    most = max([1, *(len(menu) for menu in menus)])
    m.sizes.update(bundles=most, bundle_levels=most * len(m.case.issue_ids))


def _councils(m: Maker) -> None:
    ids = m.track_ids
    spec, slots = m.spec.tracks, m.slots.tracks
    on = {t: spec[t].protocol == "staged_consent" for t in ids}
    keys = m.case.keys["actors"]
    sides = set(m.spec.sides)
    members = {
        t: sorted([*spec[t].required, *(a for a in spec[t].any_of if a not in spec[t].required)], key=keys.__getitem__)
        if on[t] else []
        for t in ids
    }  # fmt: skip
    both = {t: on[t] and sides <= set(members[t]) for t in ids}
    # Where there is no table at which talks could be renewed, their end is not held against the council.
    tables = any(track.enabled and hasattr(track, "mandate") for track in spec.values())
    starts, flat = ragged([[(t, a) for a in members[t]] for t in ids])
    m.add(member_first=starts)
    m.per(
        flat,
        member=lambda item: m.actor(item[1]),
        member_required=lambda item: item[1] in spec[item[0]].required,
        member_any_of=lambda item: item[1] in spec[item[0]].any_of,
        sympathy=lambda item: m.condition(spec[item[0]].sympathy.get(item[1])),
    )
    starts, flat = ragged([sorted(spec[t].proposers, key=keys.__getitem__) if on[t] else [] for t in ids])
    m.add(proposer_first=starts, text_proposer=[m.actor(a) for a in flat])
    starts, flat = ragged([_texts(m, spec[t]) if on[t] else [] for t in ids])
    m.add(text_first=starts, text_package=flat)
    m.per(
        ids,
        eligible=lambda t: m.condition(spec[t].eligible, in_rates=spec[t].enabled) if on[t] else -1,
        both_sides=both.__getitem__,
        needs_calm=lambda t: both[t] and "crisis" in spec[t].suspended_by,
        needs_talks=lambda t: both[t] and "no_talks" in spec[t].suspended_by and m.mechanisms.talks.enabled and tables,
        council_ends_at=lambda t: _ends_at(m, spec[t]) if both[t] else FAR,
        stage_duration=lambda t: slots[t].stage_duration if on[t] else 0,
        num_stages=lambda t: len(spec[t].stages) if on[t] else 0,
        most_retries=lambda t: spec[t].retries if on[t] else 0,
        retry_after=lambda t: float(spec[t].retry_after) if on[t] else 0.0,
        lapses_after=lambda t: float(spec[t].lapses_after) if on[t] else 0.0,
        treaty_collapse=lambda t: slots[t].collapse_factor if on[t] else 0,
    )
    watching = [n for n, t in enumerate(ids) if spec[t].protocol == "bundles" and spec[t].enabled]
    m.add(watching=watching + [n for n, t in enumerate(ids) if on[t] and spec[t].enabled])
    m.sizes["votes"] = max([1, *(len(row) for row in members.values())])


def _ends_at(m: Maker, track: Any) -> int:
    """Rung at which a text under negotiation is given up."""
    if not m.on("ladder"):
        return FAR
    return m.mechanisms.ladder.incident_rung if track.ends_at_rung is None else track.ends_at_rung


def _texts(m: Maker, track: Any) -> list[int]:
    """Rows of the named packages and of the candidates on the lines between those that are blended, within bounds."""
    case = m.case
    chosen = {case.named[name] for name in track.packages if case.named[name] >= 0}
    ends = {case.named[name] for name in track.blended_with} | chosen
    pairs = [(case.named[one], case.named[two]) for one, two in blended_pairs(track)]
    lines = [(row(m, one), row(m, two)) for one, two in pairs if min(one, two) >= 0]
    for p in range(len(case.package_names)):
        if p not in ends and any(_between(row(m, p), one, two) for one, two in lines):
            chosen.add(p)
    bounds = [(m.issue(k), b.min, b.max) for k, b in track.bounds.items()]
    return [
        p for p in sorted(chosen) if all(low - 1e-9 <= row(m, p)[k] <= high + 1e-9 for k, low, high in bounds)
    ]


def _between(levels: list[float], one: list[float], two: list[float]) -> bool:
    """Whether a row is a blend of two others, up to the rounding of levels."""
    spans = [(b - a, x - a) for x, a, b in zip(levels, one, two, strict=True)]
    wide = max(spans, key=lambda item: abs(item[0]))
    if wide[0] == 0.0:
        return False
    share = wide[1] / wide[0]
    return 0.0 < share < 1.0 and all(abs(x - share * s) <= 2e-3 for s, x in spans)


def _resolutions(m: Maker) -> None:
    ids = m.track_ids
    spec, slots = m.spec.tracks, m.slots.tracks
    on = {t: spec[t].protocol == "resolutions" for t in ids}
    keys = m.case.keys["actors"]
    starts, flat = ragged([[(t, a) for a in sorted(spec[t].voters, key=keys.__getitem__)] if on[t] else [] for t in ids])
    m.add(voter_first=starts)
    m.per(
        flat,
        voter=lambda item: m.actor(item[1]),
        voter_intercept=lambda item: slots[item[0]].voters[item[1]].intercept,
        voter_severity=lambda item: slots[item[0]].voters[item[1]].severity,
        voter_rivalry=lambda item: slots[item[0]].voters[item[1]].rivalry,
    )
    m.per(
        ids,
        threshold=lambda t: slots[t].threshold if on[t] else 0,
        threshold_in_talks=lambda t: slots[t].threshold_in_talks if on[t] else 0,
        resolution_delay=lambda t: slots[t].delay if on[t] else 0,
        resolution_step=lambda t: slots[t].step if on[t] else 0,
    )


def _openings(m: Maker) -> None:
    """When tables and councils first act: at a time, or some drawn time after it."""
    opens, first, announced = [], [], []
    for t in m.track_ids:
        track, slots = m.spec.tracks[t], m.slots.tracks[t]
        staged = track.protocol == "staged_consent"
        opens.append(float(track.first_round) if staged else _number(getattr(track, "opens", None), 0.0))
        first.append(-1 if staged else getattr(slots, "first_round", -1))
        dated = track.protocol == "final_offer" and track.enabled and track.announced
        announced.append(slots.delay if dated else -1)
    m.add(track_opens=opens, track_first_round=first, track_announced=announced)
