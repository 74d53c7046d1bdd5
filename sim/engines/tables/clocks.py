"""Tables of chance arrivals and of clocks, in the order in which events of one instant happen."""

from __future__ import annotations

from typing import Any

from sim.acts import codes
from sim.engines.tables.maker import Maker

RATIFICATIONS = 4  # texts that are before repeated votes at once
DEFERRED = 16  # other things put off at once


def arrivals(m: Maker) -> None:
    """Enter all tables of chance arrivals; which quantities each rate reads is kept for the tables of readers."""
    keys = m.case.keys
    found: list[dict[str, Any]] = []

    def arrival(
        kind: int, one: int, key: int, lane: int, reads: tuple[str, ...], *, stream: int = codes.HAZARD, more: bool = False
    ) -> None:
        found.append(
            {"kind": kind, "one": one, "key": key, "lane": lane, "reads": reads, "stream": stream, "more": more}
        )

    if m.on("ladder"):
        sides = m.mechanisms.ladder.sides
        reads = ("rung", "crisis_active")
        arrival(codes.ARRIVAL_COOLING, 0, keys["actors"][sides[0]], 40, reads, stream=codes.OUTCOME)
    if m.on("agreements"):
        # Trust, verification and veto players move with milestones, signals and leaders, which make rates stale.
        reads = ("deal.in_force", "deal.disputed", "deal.milestones")
        party = m.mechanisms.agreements.parties[0]
        arrival(codes.ARRIVAL_DEAL_COLLAPSE, 0, keys["actors"][party], 48, reads, more=True)
    for n, t in enumerate(m.track_ids):
        track, key = m.spec.tracks[t], keys["tracks"][t]
        if not track.enabled:
            continue
        if track.protocol == "final_offer":
            reads = (f"{t}.pending", *_names(m, m.tables["cancellation_factor"][n]))
            arrival(codes.ARRIVAL_CANCELLATION, n, key, 32, reads)
        elif track.protocol == "bundles":
            arrival(codes.ARRIVAL_STANDING_COLLAPSE, n, key, 33, (f"{t}.standing",))
        elif track.protocol == "staged_consent":
            arrival(codes.ARRIVAL_TREATY_COLLAPSE, n, key, 34, (f"{t}.standing",), more=True)
        elif track.protocol == "contacts":
            arrival(codes.ARRIVAL_CONTACT, n, key, 35, ())
    for n, h in enumerate(m.hazard_ids):
        if m.spec.hazards[h].enabled and m.spec.hazards[h].kind != "calendar":
            conditions = [m.tables[name][n] for name in ("hazard_when", "hazard_type_when", "hazard_factor", "hazard_paused")]
            reads = tuple(sorted({name for c in conditions for name in _names(m, c)}))
            arrival(codes.ARRIVAL_HAZARD, n, keys["hazards"][h], 0, reads)
    found.sort(key=lambda one: (one["key"], one["lane"]))
    m.arrivals = found
    m.add(num_arrivals=len(found))
    m.add(**{f"arrival_{name}": [one[name] for one in found] for name in ("kind", "one", "stream", "key", "lane")})
    m.add(reads_more=[n for n, one in enumerate(found) if one["more"]])
    place = {one["one"]: n for n, one in enumerate(found) if one["kind"] == codes.ARRIVAL_HAZARD}
    m.add(hazard_arrival=[place.get(h, -1) for h in range(len(m.hazard_ids))])
    m.sizes["arrivals"] = len(found)


def _names(m: Maker, condition: int) -> tuple[str, ...]:
    return () if condition < 0 else m.conditions[condition].names


def clocks(m: Maker, ratifications: int, deferred: int) -> None:
    """Enter all tables of clocks; room for so many things that are put off at once."""
    kinds: list[int] = []
    of: list[int] = []

    def clock(kind: int, one: int = 0) -> int:
        kinds.append(kind)
        of.append(one)
        return len(kinds) - 1

    def if_(needed: bool, kind: int) -> int:
        return clock(kind) if needed else -1

    def per_track(kind: int, chosen: Any) -> list[int]:
        return [
            clock(kind, n) if m.spec.tracks[t].enabled and chosen(m.spec.tracks[t]) else -1
            for n, t in enumerate(m.track_ids)
        ]

    def protocol(*names: str) -> Any:
        return lambda track: track.protocol in names

    meeting = protocol("final_offer")
    agreements, ladder = m.on("agreements"), m.on("ladder")
    m.add(
        clock_cancelled=per_track(codes.CLOCK_CANCELLED, meeting),
        clock_started=if_(ladder, codes.CLOCK_STARTED),
        clock_dispute=clock(codes.CLOCK_DISPUTE),  # asked for also where no deal has a life
        clock_turned=per_track(codes.CLOCK_TURNED, protocol("staged_consent")),
        clock_reading=clock(codes.CLOCK_READING),
        clock_milestone=if_(agreements, codes.CLOCK_MILESTONE),
        clock_meeting=per_track(codes.CLOCK_MEETING, meeting),
        clock_invitation=per_track(
            codes.CLOCK_INVITATION, lambda track: meeting(track) and track.invitations is not None
        ),
    )
    tables = per_track(codes.CLOCK_ROUND, protocol("alternating_offers", "single_text"))
    bundles = per_track(codes.CLOCK_BUNDLE, protocol("bundles"))
    councils = per_track(codes.CLOCK_COUNCIL, protocol("staged_consent"))
    m.add(clock_table=[max(places) for places in zip(tables, bundles, councils, strict=True)])
    talking = protocol("alternating_offers", "single_text", "final_offer")
    asks = m.mechanisms.talks.enabled and any(track.enabled and talking(track) for track in m.spec.tracks.values())
    m.add(clock_offers=if_(asks, codes.CLOCK_OFFER_TO_TALK))
    first = len(kinds)
    for _ in range(ratifications if agreements else 0):
        clock(codes.CLOCK_RATIFICATION)
    m.add(first_ratification=first, last_ratification=len(kinds))
    dated = [m.spec.hazards[h].enabled and m.spec.hazards[h].kind == "calendar" for h in m.hazard_ids]
    m.add(clock_hazard=[clock(codes.CLOCK_CALENDAR, n) if on else -1 for n, on in enumerate(dated)])
    restraint = m.mechanisms.restraint
    promised = m.on("restraint") and restraint.promised_at is not None
    m.add(clock_promise=if_(promised, codes.CLOCK_PROMISE), clock_pulse=clock(codes.CLOCK_PULSE))
    m.add(clock_tick=if_(ladder, codes.CLOCK_TICK))
    m.add(clock_game=if_(m.game is not None, codes.CLOCK_MOVE))
    m.add(clock_arrival=len(kinds))
    for n in range(len(m.arrivals)):
        clock(codes.CLOCK_ARRIVAL, n)
    m.add(
        clock_revival=per_track(codes.CLOCK_REVIVAL, meeting),
        clock_repair=if_(agreements, codes.CLOCK_REPAIR),
        first_deferred=len(kinds),
    )
    for _ in range(deferred):
        clock(codes.CLOCK_TREATY)  # whatever it is: `World.deferred_kind` says
    m.add(last_deferred=len(kinds), num_clocks=len(kinds), clock_kind=kinds, clock_of=of)
    m.sizes.update(clocks=len(kinds), deferred=len(kinds) - first)
