"""What the makers of tables share: the scenario at hand, the tables so far, sizes, and expressions by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sim.acts.codes import COUNTS, TIMES
from sim.model.compile import Case, Condition


class Maker:
    """The tables of one scenario in the making; each area of the scenario adds its own (`sim.engines.tables.whole`)."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.spec = case.spec
        self.slots = case.slots
        self.mechanisms = case.spec.mechanisms
        self.game = case.game
        self.tables: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.conditions: list[Condition] = []
        self.counters: dict[str, int] = {name: n for n, name in enumerate(COUNTS)}
        self.times: dict[str, int] = {name: n for n, name in enumerate(TIMES)}
        self.track_ids = sorted(self.spec.tracks, key=case.keys["tracks"].__getitem__)
        self.hazard_ids = sorted(self.spec.hazards, key=case.keys["hazards"].__getitem__)
        self.veto_ids = sorted(self.spec.veto_players, key=case.keys["veto_players"].__getitem__)
        self.line_ids = [
            (actor, name) for actor in case.actor_ids for name in sorted(self.spec.actors[actor].red_lines)
        ]
        self.effects: list[tuple[Any, Any]] = []  # (slots, spec), the first of which do nothing
        self.effect_of: dict[int, int] = {}
        self.rate_conditions: list[int] = []  # conditions whose quantities must be known after every event
        self.arrivals: list[dict[str, Any]] = []
        self.own_tactics: list[str] = []  # names of tactics that packages register, in order of use

    def add(self, **tables: Any) -> None:
        """Enter tables by name; numbers and lists of numbers."""
        for name, value in tables.items():
            assert name not in self.tables, name
            self.tables[name] = value

    def per(self, ids: Iterable[Any], **functions: Any) -> None:
        """Enter lists with a number for each of some ids."""
        known = list(ids)
        self.add(**{name: [function(identifier) for identifier in known] for name, function in functions.items()})

    # Numbers of things

    def actor(self, identifier: str | None) -> int:
        """Index of an actor; -1 for none."""
        return -1 if identifier is None else self.case.actor(identifier)

    def issue(self, identifier: str | None) -> int:
        """Index of an issue; -1 for none."""
        return -1 if identifier is None else self.case.issue(identifier)

    def package(self, identifier: str | None) -> int:
        """Row of a named package; -1 for none, and for one that is the status quo."""
        return -1 if identifier is None else self.case.named[identifier]

    def signal(self, identifier: str | None) -> int:
        """Number of a signal; -1 for none."""
        return -1 if identifier is None else sorted(self.spec.signals).index(identifier)

    def condition(self, text: str | None, *, in_rates: bool = False) -> int:
        """Number of an expression over named quantities; -1 for none."""
        if text is None:
            return -1
        compiled = self.case.compile(text)
        n = next((n for n, known in enumerate(self.conditions) if known is compiled), len(self.conditions))
        if n == len(self.conditions):
            self.conditions.append(compiled)
        if in_rates:
            self.rate_conditions.append(n)
        return n

    def counter(self, name: str) -> int:
        """Number of a counter of the results."""
        return self.counters.setdefault(name, len(self.counters))

    def time(self, name: str) -> int:
        """Number of a first date of the results."""
        return self.times.setdefault(name, len(self.times))

    def own_tactic(self, name: str) -> int:
        """Number of a tactic that a package registers."""
        if name not in self.own_tactics:
            self.own_tactics.append(name)
        return self.own_tactics.index(name)

    def effect(self, slots: Any, spec: Any) -> int:
        """Number of a set of effects."""
        key = id(spec)
        if key not in self.effect_of:
            self.effect_of[key] = len(self.effects)
            self.effects.append((slots, spec))
        return self.effect_of[key]

    def on(self, name: str) -> bool:
        """Whether a mechanism is given and switched on."""
        mechanism = getattr(self.mechanisms, name)
        return mechanism is not None and mechanism.enabled


def ragged(rows: Sequence[Sequence[Any]]) -> tuple[list[int], list[Any]]:
    """Where each row starts (and the last ends), and all rows in one list."""
    starts = [0]
    flat: list[Any] = []
    for row in rows:
        flat += row
        starts.append(len(flat))
    return starts, flat


def slot_or_none(slot: int | None) -> int:
    """A slot, -1 where there is none."""
    return -1 if slot is None else slot
