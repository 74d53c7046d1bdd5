"""The named quantities that conditions, rates and predicates may use, and how each is read.

`KINDS` is the list for the checker and the documentation; `observers_of` gives, for the names a
case really uses, a function of the history each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.model.world import NEVER

if TYPE_CHECKING:
    from sim.engines.history import History
    from sim.model.compile import Case

Read = Callable[["History"], float]
LONG_AGO = 1.0e9  # what `days_since_*` reads if it never happened

# Quantities that are a number of the world's record as it stands, and under which name it is kept there.
_RECORDED = {
    "tension": "tension",
    "rung": "rung",
    "max_rung": "max_rung",
    "talks_on": "talks_on",
    "pressure": "pressure",
    "sanctions_level": "sanctions_level",
    "rivalry": "rivalry",
    "expectation": "expectation",
    "capability": "capability",
    "declaration": "declaration",
    "moratorium": "moratorium",
    "exercise_suspended": "exercise_suspended",
    "crisis_active": "crisis",
    "belief_talks": "belief_talks",
    "belief_pressure": "belief_pressure",
    "deal.disputed": "deal_disputed",
    "deal.milestones": "deal_milestones",
}


def _recorded(field: str) -> Read:
    return lambda h: float(getattr(h.w, field))


_PLAIN: dict[str, Read] = {
    **{name: _recorded(field) for name, field in _RECORDED.items()},
    "time": lambda h: h.env.now,
    "stress": lambda h: h.felt_pressure(),
    "provocation": lambda h: h.provocation_index(),
    "launch_pause": lambda h: (
        1.0
        if h.restraint is not None and ((h.w.talks_on and not h.w.pause_broken) or h.env.now < h.w.pause_until)
        else 0.0
    ),
    "unheard": lambda h: (
        1.0 if not h.w.talks_on and h.env.now - h.w.unheard_since < h.spec.mechanisms.talks.unheard_for else 0.0
    ),
    "meeting_pending": lambda h: 1.0 if h.meeting_ahead() else 0.0,
    "days_since_meeting": lambda h: LONG_AGO if h.w.last_session == NEVER else (h.env.now - h.w.last_session) / h.day,
    "days_since_major": lambda h: LONG_AGO if h.w.last_major == NEVER else (h.env.now - h.w.last_major) / h.day,
    "talks_recent": lambda h: 1.0 if h.env.now - h.w.last_session <= h.spec.mechanisms.talks.window else 0.0,
    "major_recent": lambda h: 1.0 if h.env.now - h.w.last_major <= h.spec.mechanisms.talks.window else 0.0,
    "deal.in_force": lambda h: 1.0 if h.w.deal >= 0 else 0.0,
    "deal.exists": lambda h: 1.0 if h.w.deal_since != NEVER else 0.0,
    "deal.age": lambda h: (h.env.now - h.w.deal_since) if h.w.deal >= 0 else 0.0,
}

BOOLEANS = frozenset(
    {
        "talks_on",
        "declaration",
        "moratorium",
        "launch_pause",
        "unheard",
        "meeting_pending",
        "exercise_suspended",
        "crisis_active",
        "talks_recent",
        "major_recent",
        "deal.in_force",
        "deal.exists",
        "deal.disputed",
    }
)


def kinds_of(spec: Any) -> dict[str, str]:
    """Every quantity that conditions of a scenario may name, with its kind ("number" or "boolean")."""
    kinds = {name: "boolean" if name in BOOLEANS else "number" for name in _PLAIN}
    for name in spec.parameters:
        kinds[name] = "number"
    for name in spec.issues:
        for prefix in ("level", "seen", "pledged", "deal.level"):
            kinds[f"{prefix}.{name}"] = "number"
    for name in spec.derived:
        kinds[f"derived.{name}"] = "number"
    for name, actor in spec.actors.items():
        kinds[f"enforcement.{name}"] = "number"
        kinds[f"trust.{name}"] = "number"
        if actor.types.credibility is not None:
            kinds[f"credibility.{name}"] = "number"
        if actor.types.war_cost is not None:
            kinds[f"war_cost.{name}"] = "number"
        for cls in actor.types.commitment or ():
            kinds[f"type.{name}.{cls}"] = "boolean"
            for observer in spec.actors:
                if observer != name:
                    kinds[f"belief.{observer}.{name}.{cls}"] = "number"
    for name in spec.tracks:
        kinds[f"{name}.in_force"] = "boolean"
        kinds[f"{name}.standing"] = "boolean"
        kinds[f"{name}.pending"] = "boolean"
        kinds[f"{name}.age"] = "number"
        kinds[f"{name}.held"] = "number"
        kinds[f"{name}.walked_out"] = "number"
    return kinds


Observers = list[tuple[int, Read]]


def observers_of(case: Case) -> tuple[Observers, Observers]:
    """(position, how to read it) for every quantity that the case's expressions name; those that never move apart."""
    cache = case.__dict__.get("_observers")
    if cache is not None and sum(map(len, cache)) == len(case.names):
        return cache
    moving, fixed = [], []
    for name, position in case.names.items():
        (fixed if name in case.spec.parameters else moving).append((position, _reader(case, name)))
    case.__dict__["_observers"] = moving, fixed
    return moving, fixed


class RateObservers(NamedTuple):
    """How to read what must be known after every event, with as few calls as can be."""

    fields: Callable[[Any], Sequence[float]]  # numbers of the world's record, read all at once
    slots: list[int]  # the positions of the first of them; what follows is of no use
    others: list[tuple[int, Read]]


def rate_observers_of(case: Case, h: History) -> RateObservers:
    """Readers of what rates, lasting and recurrent conditions name; what never moves in a history is left out."""
    cache = case.__dict__.get("_rate_observers")
    if cache is not None:
        return cache
    needed: set[str] = set()
    for held in case.held:
        needed.update(held.condition.names)
    for arrival in h.arrivals:
        needed.update(arrival.reads or ())
    for hazard in h.hazards.values():
        for condition in (hazard.when, hazard.type_when, getattr(hazard, "factor", None),
                          getattr(hazard, "paused", None), getattr(hazard, "suspended", None)):  # fmt: skip
            if condition is not None:
                needed.update(condition.names)
    for lines in h.lines:
        for line in lines.values():
            if line.unless is not None:
                needed.update(line.unless.names)
    for track in (*h.councils.values(), *h.meetings.values()):
        for name in ("when", "eligible", "factor"):
            condition = getattr(track, name, None)
            if condition is not None:
                needed.update(condition.names)
    needed -= set(case.spec.parameters)
    recorded = [name for name in case.names if name in needed and name in _RECORDED]
    others = {position for name, position in case.names.items() if name in needed and name not in _RECORDED}
    observers = RateObservers(
        # `attrgetter` gives a tuple only from two names on, hence the last two.
        attrgetter(*(_RECORDED[name] for name in recorded), "text", "text"),
        [case.names[name] for name in recorded],
        [item for item in observers_of(case)[0] if item[0] in others],
    )
    case.__dict__["_rate_observers"] = observers
    return observers


def _reader(case: Case, name: str) -> Read:
    if name in _PLAIN:
        return _PLAIN[name]
    if name.startswith("held."):
        slot = int(name[5:])
        # How long the condition has held; below zero while it does not.
        return lambda h: h.env.now - h.held_since[slot] if h.held_since[slot] != NEVER else -1.0
    if name in case.spec.parameters:
        slot = case.slots.parameters[name].number
        return lambda h: h.p[slot]
    head, _, rest = name.partition(".")
    if name.startswith("deal.level."):
        k = case.issue(name[11:])
        return lambda h: h.minds.row(h.w.deal)[k] if h.w.deal >= 0 else 0.0
    if head in ("level", "seen", "pledged"):
        k = case.issue(rest)
        readers = {"level": lambda h: h.w.level[k], "seen": lambda h: h.w.seen[k], "pledged": lambda h: h.w.pledged[k]}
        return readers[head]
    if head == "derived":
        return lambda h: h.derived(rest, h.w.level)
    if head in ("enforcement", "credibility", "war_cost"):
        actor = case.actor(rest)
        return lambda h: getattr(h.w, head)[actor]
    if head == "trust":
        actor = case.actor(rest)
        return lambda h: h.minds.trust(next(s for s in h.side_indices if s != actor), actor)
    if head == "type":
        identifier, _, cls = rest.partition(".")
        actor = case.actor(identifier)
        position = sorted(case.spec.actors[identifier].types.commitment).index(cls)
        return lambda h: 1.0 if h.w.commitment[actor] == position else 0.0
    if head == "belief":
        observer, identifier, cls = rest.split(".")
        pair = (case.actor(observer), case.actor(identifier), "commitment")
        position = sorted(case.spec.actors[identifier].types.commitment).index(cls)
        return lambda h: h.w.beliefs[h.minds.index[pair].start + position] if pair in h.minds.index else 0.0
    order = sorted(case.spec.tracks, key=case.keys["tracks"].__getitem__)
    t = order.index(head)
    readers: dict[str, Read] = {
        "in_force": lambda h: h.w.standing[t],
        "standing": lambda h: h.w.standing[t],
        "age": lambda h: h.env.now - h.w.standing_since[t] if h.w.standing[t] else 0.0,
        "pending": lambda h: 1.0 if h.w.pending[t] != NEVER else 0.0,
        "held": lambda h: h.w.met[t],
        "walked_out": lambda h: h.w.walked_out[t],
    }
    return readers[rest]
