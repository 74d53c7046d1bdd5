"""What every part of the check needs: the scenario, where faults go, and the questions asked again and again.

These are whether a name exists, whether a text is an expression of the right kind, and whether numbers stay within reason.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from sim.model import vocabulary
from sim.model.check.values import point
from sim.model.diagnostics import Path, did_you_mean
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression
from sim.model.expressions.grammar import DATED
from sim.model.expressions.kinds import Kind, check
from sim.model.expressions.ranges import hazards, interval
from sim.model.expressions.reading import parse
from sim.model.expressions.tree import Call, Dated, walk
from sim.model.quantities import HOURS_IN
from sim.model.spec.base import Grounded, Quantity
from sim.model.spec.scenario import ScenarioSpec
from sim.model.spec.tracks import LeadersMeeting

Add = Callable[..., None]

SUM_TOLERANCE = 1e-6
MAX_EXPONENT = 20.0
MAX_RATE = 10_000.0  # events a year: beyond it, a slip of the keyboard


class Checker:
    """One scenario under check; each part of the check is a function that takes it."""

    def __init__(self, spec: ScenarioSpec, data: Any, add: Add, warn: Add, file: str) -> None:
        self.spec = spec
        self.data = data
        self.add = add
        self.warn = warn
        self.file = file
        self.situation = vocabulary.situation(spec)

    @cached_property
    def grounded(self) -> list[tuple[Path, Grounded]]:
        """Every mapping that may cite a source, with its path in the file."""
        return list(_grounded((), self.spec))

    def name(self, path: Path, value: str, known: Iterable[str], kind: str, *, at_key: bool = False) -> bool:
        """Whether a name exists; a fault with the nearest one if not."""
        names = list(known)
        if value in names:
            return True
        hint = did_you_mean(value, names, "known names") or f"the scenario has no {kind}s"
        self.add(path, f"unknown {kind} '{value}'", hint=hint, at_key=at_key)
        return False

    def actor_name(self, path: Path, value: str, *, at_key: bool = False) -> bool:
        return self.name(path, value, self.spec.actors, "actor", at_key=at_key)

    def issue_name(self, path: Path, value: str, *, at_key: bool = False) -> bool:
        return self.name(path, value, self.spec.issues, "issue", at_key=at_key)

    def package_name(self, path: Path, value: str) -> bool:
        return self.name(path, value, self.spec.packages, "package")

    def issue_keys(self, path: Path, mapping: Mapping[str, Any]) -> None:
        for issue in mapping:
            self.issue_name((*path, issue), issue, at_key=True)

    def actors_in(self, path: Path, names: Iterable[str]) -> None:
        """Every actor of a list exists, and none stands in it twice."""
        seen: set[str] = set()
        for number, name in enumerate(names):
            if self.actor_name((*path, number), name) and name in seen:
                self.add((*path, number), f"'{name}' stands in the list twice", hint="leave it out once")
            seen.add(name)

    def expression(
        self, path: Path, text: str, wanted: Kind | None = None, quantities: vocabulary.Quantities | None = None,
        until: float | None = None,
    ) -> Expression | None:
        """The parsed expression, or None after a fault: not the language, an unknown name, the wrong kind."""
        known = quantities or self.situation
        try:
            parsed = parse(text, self.spec.time_unit)
            kind = check(parsed, known.kinds)
        except ExpressionError as error:
            self.add(path, error.message, hint=error.hint, column=error.column)
            return None
        if not self._dates_fit(path, parsed, until):
            return None
        if wanted is not None and kind is not wanted:
            if wanted is Kind.BOOLEAN:
                self.add(path, "expected a condition, found a number", hint=f"compare it, as in '{text.strip()} > 0'")
            else:
                hint = f"write 'if({text.strip()}, 1, 0)' to count it"
                self.add(path, "expected a number, found a condition", hint=hint)
            return None
        return parsed

    def _dates_fit(self, path: Path, parsed: Expression, until: float | None) -> bool:
        """Whether all dates of an expression lie within what is played, or before a time; a fault for the first that does not."""
        start = self.spec.start
        end = (until or max([self.spec.horizon, *self.spec.readings])) * HOURS_IN[self.spec.time_unit] / HOURS_IN["days"]
        for node in walk(parsed.root):
            if isinstance(node, Dated) and not 0 <= (node.date - start).days < end:
                last = start + datetime.timedelta(days=math.ceil(min(end, (datetime.date.max - start).days)) - 1)
                when = "before the scenario begins" if node.date < start else "after the end"
                self.add(path, f"the date {node.date} lies {when}", expected=f"a date from {start} to {last}",
                         hint="change the date, or `horizon`", column=node.column)  # fmt: skip
                return False
        return True

    def of_package(self, path: Path, text: str, wanted: Kind, *, parent: bool = False) -> Expression | None:
        """The parsed expression over a package's levels, which has no memory; None after a fault."""
        parsed = self.expression(path, text, wanted, vocabulary.package(self.spec, parent=parent))
        for node in walk(parsed.root) if parsed is not None else ():
            word = node.word if isinstance(node, Dated) else node.function if isinstance(node, Call) else ""
            if word in ("held", *DATED):
                self.add(path, f"'{word}' has no meaning for a package", hint="use it in conditions")
                return None
        return parsed

    def condition(self, path: Path, text: str | None) -> None:
        if text is not None:
            self.expression(path, text, Kind.BOOLEAN)

    def factor(self, path: Path, text: str) -> None:
        """A factor on a rate: a number that is not negative everywhere."""
        parsed = self.expression(path, text, Kind.NUMBER)
        if parsed is None:
            return
        bounds = interval(parsed, self.situation.bounds)
        if isinstance(bounds, tuple) and bounds[1] < 0.0:
            self.add(path, f"the factor is always negative (at most {bounds[1]:g})", hint="rates cannot be negative")
        for hazard in hazards(parsed, self.situation.bounds):
            if hazard.message.startswith("the divisor"):
                self.add(path, hazard.message, hint=hazard.hint, column=hazard.column)

    def sums_to_one(self, path: Path, parts: Mapping[str, Quantity], what: str) -> None:
        total = math.fsum(point(part) for part in parts.values())
        if parts and abs(total - 1.0) > SUM_TOLERANCE:
            names = ", ".join(f"{name} {point(part):g}" for name, part in list(parts.items())[:10])
            missing = 1.0 - total
            hint = f"{'add' if missing > 0 else 'take away'} {abs(missing):.6g}: {names}"
            self.add(path, f"{what} sum to {total:.6g}", expected="a sum of 1", hint=hint, at_key=True)

    def at_most(self, path: Path, quantity: Quantity, limit: float, what: str) -> None:
        most = max(point(quantity), quantity.range[1] if quantity.range else -math.inf)
        if math.isfinite(quantity.support()[1]):
            most = max(most, quantity.support()[1])
        if most > limit:
            self.add(path, f"the {what} is too large", expected=f"at most {limit:g}", found=f"{most:g}",
                     hint="check the number and its unit")  # fmt: skip

    def different(self, path: Path, one: str, first: str, other: str, second: str) -> None:
        self.actor_name((*path, one), first)
        if self.actor_name((*path, other), second) and first == second:
            self.add((*path, other), f"{one} and {other} are the same actor", hint="name two actors")

    def meeting(self, path: Path, name: str) -> None:
        """The track exists and is one on which leaders meet."""
        meetings = [n for n, track in self.spec.tracks.items() if isinstance(track, LeadersMeeting)]
        if self.name(path, name, self.spec.tracks, "track") and name not in meetings:
            hint = did_you_mean(name, meetings, "tracks with meetings") or "add a track with `protocol: final_offer`"
            self.add(path, f"on '{name}' no leaders meet", hint=hint)


def _grounded(path: Path, value: Any) -> Iterator[tuple[Path, Grounded]]:
    if isinstance(value, BaseModel):
        if isinstance(value, Grounded):
            yield path, value
        fields = type(value).model_fields
        for name, inside in vars(value).items():
            if isinstance(inside, (BaseModel, dict, list, tuple)):
                yield from _grounded((*path, fields[name].alias or name), inside)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _grounded((*path, key), item)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _grounded((*path, number), item)
