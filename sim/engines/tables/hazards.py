"""Tables of hazards, of what events do, and of leader changes."""

from __future__ import annotations

from typing import Any

from sim.acts.codes import KINDS
from sim.engines.tables.maker import Maker, ragged
from sim.model.spec.effects import Effects


def no_effects(m: Maker) -> None:
    """Effects number 0: what does nothing. Entered first."""
    nothing = Effects()
    m.effect(None, nothing)


def hazards(m: Maker) -> None:
    """Enter all tables of hazards."""
    ids = m.hazard_ids
    spec, slots = m.spec.hazards, m.slots.hazards
    counter = {h: spec[h].counts_as or h for h in ids}
    classes, factor_size = _classes(m)
    m.add(num_hazards=len(ids), hazard_kind=[KINDS.index(spec[h].kind) for h in ids], hazard_classes=classes)
    m.sizes.update(hazards=len(ids), hazard_classes=factor_size)
    m.per(
        ids,
        hazard_key=m.case.keys["hazards"].__getitem__,
        hazard_actor=lambda h: m.actor(spec[h].actor or None),
        hazard_when=lambda h: m.condition(spec[h].when or None, in_rates=spec[h].enabled),
        hazard_by_type=lambda h: m.signal(spec[h].by_type),
        hazard_type_when=lambda h: m.condition(spec[h].by_type_when or None, in_rates=spec[h].enabled),
        hazard_base=lambda h: _base_rate(spec[h], slots[h]),
        hazard_factor=lambda h: m.condition(getattr(spec[h], "factor", None), in_rates=spec[h].enabled),
        hazard_half_life=lambda h: getattr(slots[h], "half_life", 0),
        hazard_branching=lambda h: getattr(slots[h], "branching", 0),
        hazard_paused=lambda h: m.condition(getattr(spec[h], "paused", None), in_rates=spec[h].enabled),
        hazard_paused_rate=lambda h: getattr(slots[h], "paused_rate", 0),
        hazard_suspended=lambda h: m.condition(getattr(spec[h], "suspended_when", None) or None, in_rates=spec[h].enabled),
        suspended_probability=lambda h: getattr(slots[h], "suspended_probability", 0),
        suspended_by_type=lambda h: m.signal(getattr(spec[h], "suspended_by_type", None)),
        suspended_count=lambda h: m.counter(f"suspended.{h}"),
        hazard_effects=lambda h: m.effect(slots[h].effects, spec[h].effects),
        hazard_alternative=lambda h: enabled_hazard(m, spec[h].alternative),
        hazard_count=lambda h: m.counter(f"events.{counter[h]}"),
        hazard_in_talks=lambda h: m.counter(f"events_in_talks.{counter[h]}"),
        hazard_time=lambda h: m.time(f"events.{counter[h]}"),
        hazard_every=lambda h: float(getattr(spec[h], "every", None) or 0.0),
    )
    starts, dates = ragged([sorted(float(at) for at in getattr(spec[h], "at", ())) for h in ids])
    m.add(date_start=starts, date=dates)
    _marks(m, counter)


def _base_rate(spec: Any, slots: Any) -> int:
    """Slot of the rate without excitation; -1 for what has dates."""
    name = {"poisson": "rate", "self_exciting": "baseline"}.get(spec.kind)
    return -1 if name is None else getattr(slots, name)


def enabled_hazard(m: Maker, name: str | None) -> int:
    """Number of a hazard that is enabled; -1 otherwise."""
    if name is None or name not in m.spec.hazards or not m.spec.hazards[name].enabled:
        return -1
    return m.hazard_ids.index(name)


def _classes(m: Maker) -> tuple[list[int], int]:
    """Where the factors by class of an actor begin, for each hazard that a signal tells about."""
    starts, size = [], 0
    for h in m.hazard_ids:
        hazard = m.spec.hazards[h]
        starts.append(size)
        names = {hazard.by_type, getattr(hazard, "suspended_by_type", None)} - {None}
        size += max((len(m.spec.signals[name].likelihood) for name in names), default=0)
    return starts, max(1, size)


def _marks(m: Maker, counter: dict[str, str]) -> None:
    spec, slots = m.spec.hazards, m.slots.hazards
    starts, flat = ragged([[(h, mark) for mark in sorted(spec[h].split or {})] for h in m.hazard_ids])
    m.add(mark_start=starts)
    m.per(
        flat,
        mark_probability=lambda item: slots[item[0]].split[item[1]],
        mark_effects=lambda item: m.effect(slots[item[0]].mark_effects[item[1]], spec[item[0]].mark_effects[item[1]])
        if item[1] in spec[item[0]].mark_effects
        else -1,
        mark_count=lambda item: m.counter(f"events.{counter[item[0]]}.{item[1]}"),
        mark_time=lambda item: m.time(f"events.{counter[item[0]]}.{item[1]}"),
    )


def effects(m: Maker) -> None:
    """Enter all tables of effects; after everything that has any."""
    nothing = Effects()
    leaders: list[tuple[Any, Any]] = []
    number_of = {}
    for slots, spec in m.effects:
        if spec.leader is not None:
            number_of[id(spec)] = len(leaders)
            leaders.append((slots.leader, spec.leader))
    ladder = m.mechanisms.ladder

    def slot(name: str) -> Any:
        return lambda pair: 0 if pair[0] is None else getattr(pair[0], name)

    def rung(spec: Any) -> int:
        if spec.crisis_at is not None:
            return spec.crisis_at
        return ladder.crisis_rung if ladder is not None else 0

    m.per(
        m.effects,
        effect_none=lambda pair: pair[0] is None or pair[1] == nothing,
        effect_rung=lambda pair: -1 if pair[1].rung is None else pair[1].rung,
        effect_major=lambda pair: pair[1].major,
        effect_signal=lambda pair: m.signal(pair[1].signal),
        effect_counts_as=lambda pair: enabled_hazard(m, pair[1].also_counts_as),
        effect_cancels=lambda pair: _cancelled(m, pair[1].cancels),
        effect_breaches=lambda pair: pair[1].breaches_deal,
        effect_leader=lambda pair: number_of.get(id(pair[1]), -1),
        effect_incident=lambda pair: pair[1].incident,
        effect_crisis=lambda pair: pair[1].crisis,
        effect_crisis_at=lambda pair: rung(pair[1]),
        effect_delays_rounds=lambda pair: float(pair[1].delays_rounds),
        effect_hostile=slot("hostile_vetoes"),
        effect_severity=slot("severity"),
        effect_tension=slot("tension"),
        effect_tension_factor=slot("tension_factor"),
        effect_provocation=slot("provocation"),
        effect_capability=slot("capability"),
        effect_expectation=slot("expectation"),
        effect_raises_expectation=slot("raises_expectation"),
        effect_rivalry=slot("rivalry"),
        effect_fails_round=slot("fails_round"),
    )
    starts, violated = ragged(
        [[] if slots is None else [(m.issue(k), level) for k, level in slots.violates.items()] for slots, _ in m.effects]
    )
    m.add(
        violation_start=starts,
        violated_issue=[issue for issue, _ in violated],
        violated_level=[level for _, level in violated],
    )
    m.per(
        leaders,
        leader_actor=lambda pair: m.actor(pair[1].actor),
        leader_probability=lambda pair: pair[0].probability,
        leader_count=lambda pair: m.counter(f"leader_changes.{pair[1].actor}"),
        leader_credibility=lambda pair: pair[0].credibility_factor,
        leader_resets=lambda pair: pair[1].resets_expectation,
        leader_ends_declaration=lambda pair: pair[1].ends_declaration,
        leader_delay=lambda pair: float(pair[1].delay),
    )


def _cancelled(m: Maker, name: str | None) -> int:
    track = m.spec.tracks.get(name) if name is not None else None
    if track is None or not track.enabled or track.protocol != "final_offer":
        return -1
    return m.track_ids.index(name)
