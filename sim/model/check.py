"""What a scenario must satisfy beyond the shape of its parts: names that exist, sums, bounds, expressions, paths.

Every fault goes to ``add`` with its path; nothing is raised, so that an author sees all faults at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.errors import ScenarioError
from sim.model import vocabulary
from sim.model.changes import target
from sim.model.diagnostics import Path, did_you_mean
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.expression import Expression, to_text
from sim.model.expressions.grammar import FUNCTIONS
from sim.model.expressions.kinds import Kind
from sim.model.expressions.kinds import check as check_kinds
from sim.model.expressions.program import compile_expression
from sim.model.expressions.ranges import Truth, hazards, interval
from sim.model.expressions.reading import parse
from sim.model.expressions.tree import Call, Comparison, walk
from sim.model.paths import PathError, is_quantity, lookup, split
from sim.model.spec.actors import Actor, VetoPlayer
from sim.model.spec.base import Grounded, Quantity
from sim.model.spec.effects import CalendarHazard, Effects, Hazard, PoissonHazard, SelfExcitingHazard
from sim.model.spec.scenario import ScenarioSpec, validation_context
from sim.model.spec.tracks import (
    AlternatingOffers,
    Bundles,
    Contacts,
    LeadersMeeting,
    Resolutions,
    SingleText,
    StagedConsent,
    Track,
)
from sim.randomness import key_of

Add = Callable[..., None]

SUM_TOLERANCE = 1e-6
MAX_EXPONENT = 20.0
MAX_PRECISION = 10_000.0
MAX_PULSES = 100_000
MAX_GRID_PACKAGES = 200_000
MIN_TRIUMPH = 1e-6  # least gain of the triumph over the status quo: it divides
REMAINDER = "others"  # enforcers that are no actors of the scenario
MAX_RATE = 10_000.0  # events a year: beyond it, a slip of the keyboard


def check(spec: ScenarioSpec, data: Any, add: Add, warn: Add, file: str = "") -> None:
    """Hand every fault to ``add`` and every remark to ``warn``, called as ``add(path, message, hint=, ...)``."""
    _Checker(spec, data, add, warn, file).all()


def point(quantity: Quantity) -> float:
    """A number in the middle of what the quantity may be: its value, else its median or mean."""
    if quantity.value is not None:
        return quantity.value
    if quantity.dist == "lognormal":
        return float(quantity.median or 0.0)
    if quantity.dist == "uniform":
        return 0.5 * (quantity.low + quantity.high)
    if quantity.dist == "triangular":
        return (quantity.low + quantity.mode + quantity.high) / 3.0
    if quantity.dist == "beta":
        return min(1.0, max(0.0, quantity.a / (quantity.a + quantity.b) + (quantity.shift or 0.0)))
    if quantity.dist == "choice":
        return math.fsum(v * p for v, p in zip(quantity.values, quantity.probabilities, strict=True))
    return float(quantity.mean or 0.0)


class _Checker:
    def __init__(self, spec: ScenarioSpec, data: Any, add: Add, warn: Add, file: str) -> None:
        self.spec = spec
        self.data = data
        self.add = add
        self.warn = warn
        self.file = file
        self.situation = vocabulary.situation(spec)

    def all(self) -> None:
        """Every check, in the order of the file."""
        self.grounds()
        self.time()
        self.keys()
        self.names_of_quantities()
        self.issues()
        self.derived()
        for name, actor in self.spec.actors.items():
            self.actor(name, actor)
        for name, player in self.spec.veto_players.items():
            self.veto_player(name, player)
        self.signals()
        self.choice()
        for name, track in self.spec.tracks.items():
            self.track(name, track)
        self.mechanisms()
        for name, hazard in self.spec.hazards.items():
            self.hazard(name, hazard)
        self.outcomes()
        self.experiments()
        self.changes()

    # Tools

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
        self, path: Path, text: str, wanted: Kind | None = None, quantities: vocabulary.Quantities | None = None
    ) -> Expression | None:
        """The parsed expression, or None after a fault: not the language, an unknown name, the wrong kind."""
        known = quantities or self.situation
        try:
            parsed = parse(text, self.spec.time_unit)
            kind = check_kinds(parsed, known.kinds)
        except ExpressionError as error:
            self.add(path, error.message, hint=error.hint, column=error.column)
            return None
        if wanted is not None and kind is not wanted:
            if wanted is Kind.BOOLEAN:
                self.add(path, "expected a condition, found a number", hint=f"compare it, as in '{text.strip()} > 0'")
            else:
                hint = f"write 'if({text.strip()}, 1, 0)' to count it"
                self.add(path, "expected a number, found a condition", hint=hint)
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

    # The file as a whole

    def grounds(self) -> None:
        """Sources and claims that are cited exist."""
        claims = self.known_claims()
        for path, model in _grounded((), self.spec):
            if model.source is not None and model.source not in self.spec.sources:
                # A text of several words is a citation; a single word is meant as a key.
                if not any(letter.isspace() for letter in model.source.strip()):
                    self.name((*path, "source"), model.source, self.spec.sources, "source")
            cited = [model.claim] if isinstance(model.claim, str) else model.claim or []
            for number, claim in enumerate(cited):
                place = (*path, "claim") if isinstance(model.claim, str) else (*path, "claim", number)
                if self.spec.claims is None:
                    self.add(place, f"unknown claim '{claim}'", hint="name the seed file under `claims:`")
                elif claims is not None:
                    self.name(place, claim, claims, "claim")

    def known_claims(self) -> list[str] | None:
        """Ids of the seed file's claims; None if there is no seed file, or it cannot be read (a fault)."""
        if self.spec.claims is None:
            return None
        from sim import resources
        from sim.model.reader import read

        wanted = FilePath(self.spec.claims)
        near = FilePath(self.file).parent
        places = [near / wanted, near.parent / wanted]
        found = next((place for place in places if place.is_file()), None)
        if found is None and wanted.stem in resources.list_seeds():
            found = resources.seed_path(wanted.stem)
        if found is None:
            hint = did_you_mean(wanted.stem, resources.list_seeds(), "shipped seeds")
            self.add(("claims",), f"there is no seed file '{self.spec.claims}'", hint=hint)
            return None
        try:
            content = read(found).data
        except ScenarioError:
            self.add(("claims",), f"the seed file '{self.spec.claims}' cannot be read", hint="check it by itself")
            return None
        entries = content.get("claims", []) if isinstance(content, dict) else []
        return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]

    def time(self) -> None:
        spec = self.spec
        end = max([spec.horizon, *spec.readings])
        if end / spec.pulse > MAX_PULSES:
            self.add(("pulse",), f"{end / spec.pulse:,.0f} updates are too many", expected=f"at most {MAX_PULSES:,}",
                     hint=f"use a pulse of at least {end / MAX_PULSES:.3g}")  # fmt: skip
        for number, reading in enumerate(spec.readings):
            if reading <= 0.0:
                self.add(("readings", number), "a reading at the start tells nothing", hint="name a later time")
            if reading > 1e6:
                self.add(("readings", number), expected="at most 1e6", found=f"{reading:g}", hint="check its unit")
            if reading in spec.readings[:number]:
                self.add(("readings", number), f"the reading {reading:g} is named twice", hint="leave it out once")

    def keys(self) -> None:
        """No two entities of a kind share the address of their draws."""
        for kind in ("actors", "issues", "tracks", "hazards", "veto_players", "packages", "parameters"):
            owner: dict[int, str] = {}
            for name, entity in getattr(self.spec, kind).items():
                key = key_of(name) if entity.key is None else entity.key
                if key in owner:
                    path = (kind, name, "key") if entity.key is not None else (kind, name)
                    self.add(path, f"'{name}' and '{owner[key]}' have the same draw key {key}",
                             hint=f"pin another one, as in `key: {(key + 1) & 0xFFFF}`")  # fmt: skip
                owner.setdefault(key, name)

    def names_of_quantities(self) -> None:
        """No two things that an expression could mean share a name."""
        taken: dict[str, str] = dict.fromkeys(self.spec.issues, "an issue")
        for group, kind in (("derived", "a derived quantity"), ("parameters", "a parameter")):
            for name in getattr(self.spec, group):
                if name in taken or name == "parent":
                    what = taken.get(name, "a quantity of the language")
                    self.add((group, name), f"the name '{name}' is taken by {what}", hint="choose another name",
                             at_key=True)  # fmt: skip
                taken.setdefault(name, kind)
        without = vocabulary.situation(self.spec.model_copy(update={"parameters": {}}))
        for name in self.spec.parameters:
            if name in without.kinds or name in FUNCTIONS:
                self.add(("parameters", name), f"the name '{name}' is taken by a quantity of the language",
                         hint="choose another name", at_key=True)  # fmt: skip
        for name in self.spec.tracks:
            if name == "deal":
                self.add(("tracks", name), "the name 'deal' is taken by a quantity of the language",
                         hint="choose another name", at_key=True)  # fmt: skip

    def issues(self) -> None:
        spec = self.spec
        self.actors_in(("sides",), spec.sides)
        for name, issue in spec.issues.items():
            self.actors_in(("issues", name, "conceder"), issue.conceder)
            self.actors_in(("issues", name, "hidden_from"), issue.hidden_from)
            if not issue.conceder:
                self.add(("issues", name, "conceder"), "nobody concedes", hint="name at least one actor")
        for name, package in spec.packages.items():
            self.issue_keys(("packages", name, "levels"), package.levels)
        for number, package in enumerate(spec.menu.shifts_of):
            self.package_name(("menu", "shifts_of", number), package)
        count = spec.menu.grid ** len(spec.issues)
        if count > MAX_GRID_PACKAGES:
            self.add(("menu", "grid"), f"{spec.menu.grid} points on {len(spec.issues)} issues are {count:,} packages",
                     expected=f"at most {MAX_GRID_PACKAGES:,}", hint="use fewer points, or packages and blends")  # fmt: skip
        if len(spec.packages) > spec.menu.cap:
            self.add(("menu", "cap"), f"{len(spec.packages)} named packages do not fit under the cap",
                     found=str(spec.menu.cap), hint="raise the cap")  # fmt: skip
        if not spec.packages and spec.menu.grid < 2:
            self.add(("menu",) if "menu" in self.data else ("issues",), "nothing can be proposed: no packages and no grid",
                     hint="add `packages:` or `menu: {grid: 11}`")  # fmt: skip

    def derived(self) -> None:
        known = vocabulary.package(self.spec)
        definitions = {}
        for name, derived in self.spec.derived.items():
            parsed = self.expression(("derived", name, "value"), derived.value, Kind.NUMBER, known)
            if parsed is None:
                continue
            if any(
                isinstance(node, Call) and node.function == "held" for node in walk(parsed.root)
            ):
                self.add(("derived", name, "value"), "'held' has no meaning for a package", hint="use it in conditions")
                continue
            definitions[name] = parsed
        edges = {name: [n for n in parsed.names() if n in definitions] for name, parsed in definitions.items()}
        cycle = _cycle(edges)
        if cycle:
            self.add(("derived", cycle[0], "value"), f"'{cycle[0]}' depends on itself: {' -> '.join(cycle)}",
                     hint="break the circle")  # fmt: skip

    # Actors

    def actor(self, name: str, actor: Actor) -> None:
        base: Path = ("actors", name)
        weights: dict[str, Quantity] = {}
        for issue, taste in actor.utility.issues.items():
            path = (*base, "utility", "issues", issue)
            self.issue_name(path, issue, at_key=True)
            weights[issue] = taste.weight
            self.at_most((*path, "exponent"), taste.exponent, MAX_EXPONENT, "exponent")
            if taste.reads is not None:
                self.name((*path, "reads"), taste.reads, self.spec.derived, "derived quantity")
        survival = actor.utility.survival
        if survival is not None:
            path = (*base, "utility", "survival")
            self.issue_name((*path, "arms"), survival.arms)
            self.issue_name((*path, "guarantee"), survival.guarantee)
            self.at_most((*path, "eta"), survival.eta, MAX_EXPONENT, "exponent")
            weights["survival"] = survival.weight
        self.sums_to_one((*base, "utility"), weights, "the weights")
        if actor.types.commitment is not None:
            priors = {key: item.prior for key, item in actor.types.commitment.items()}
            self.sums_to_one((*base, "types", "commitment"), priors, "the priors")
        for line_name, line in actor.red_lines.items():
            path = (*base, "red_lines", line_name)
            self.issue_name((*path, "issue"), line.issue)
            if line.min is None and line.max is None:
                self.add(path, "a red line needs a `max` or a `min`", hint="add the level that will not be crossed")
            elif line.min is not None and line.max is not None and line.min > line.max:
                self.add((*path, "min"), f"the bounds contradict each other: min {line.min:g} > max {line.max:g}",
                         hint="exchange them")  # fmt: skip
            self.condition((*path, "unless"), line.unless)
            for name in line.by_class:
                self.name((*path, "by_class", name), name, actor.types.commitment or {}, "class of commitment", at_key=True)
        for track, tactic in actor.tactics.items():
            path = (*base, "tactics", track)
            self.name(path, track, self.spec.tracks, "track", at_key=True)
            self.at_most((*path, "beta"), tactic.beta, 100.0, "exponent")
        self.at_most((*base, "risk", "curvature"), actor.risk.curvature, MAX_EXPONENT, "exponent")
        self.at_most((*base, "patience"), actor.patience, 100.0, "discount rate")
        for other, perception in actor.perceives.items():
            path = (*base, "perceives", other)
            self.actor_name(path, other, at_key=True)
            if other == name:
                self.add(path, "an actor knows its own tastes", hint="name another actor", at_key=True)
            self.issue_keys((*path, "weights"), perception.weights)
            self.issue_keys((*path, "ideals"), perception.ideals)

    def veto_player(self, name: str, player: VetoPlayer) -> None:
        path: Path = ("veto_players", name)
        self.actor_name((*path, "parent"), player.parent)
        quantities = vocabulary.package(self.spec, parent=True)
        self.expression((*path, "utility"), player.utility, Kind.NUMBER, quantities)
        if player.reference is not None:
            self.package_name((*path, "reference"), player.reference)
        if (player.prior is None) != (player.reference is None):
            there, absent = ("prior", "reference") if player.reference is None else ("reference", "prior")
            self.add((*path, there), f"`{there}` needs `{absent}`", hint=f"add `{absent}:` or leave `{there}` out")
        if player.prior is not None and not 0.0 < point(player.prior) < 1.0:
            self.add((*path, "prior"), expected="a probability between 0 and 1, not at its ends",
                     found=f"{point(player.prior):g}", hint="0.01 is nearly never")  # fmt: skip

    def signals(self) -> None:
        for name, signal in self.spec.signals.items():
            path: Path = ("signals", name)
            if not self.actor_name((*path, "about"), signal.about):
                continue
            classes = self.spec.actors[signal.about].types.commitment or {}
            if not classes:
                self.add((*path, "about"), f"'{signal.about}' has no classes of commitment",
                         hint=f"add `types: {{commitment: ...}}` to actors.{signal.about}")  # fmt: skip
                continue
            for item in signal.likelihood:
                self.name((*path, "likelihood", item), item, classes, "class", at_key=True)
            missing = [item for item in classes if item not in signal.likelihood]
            if missing:
                self.add((*path, "likelihood"), f"no likelihood for the class '{missing[0]}'",
                         hint=f"add `{missing[0]}:`", at_key=True)  # fmt: skip
            elif all(point(value) == 0.0 for value in signal.likelihood.values()):
                self.add((*path, "likelihood"), "the signal cannot occur: every likelihood is 0", hint="raise one",
                         at_key=True)  # fmt: skip

    def choice(self) -> None:
        for name in type(self.spec.choice).model_fields:
            value = getattr(self.spec.choice, name)
            if isinstance(value, Quantity):
                self.at_most(("choice", name), value, MAX_PRECISION, "precision")

    # Tracks

    def track(self, name: str, track: Track) -> None:
        path: Path = ("tracks", name)
        if isinstance(track, (AlternatingOffers, SingleText, LeadersMeeting)):
            self.bounds((*path, "mandate"), track.mandate)
            end = max([self.spec.horizon, *self.spec.readings])
            opens = getattr(track, "opens", 0.0) or 0.0
            if track.deadline is not None and track.deadline <= opens:
                self.add((*path, "deadline"), f"the deadline {track.deadline:g} is not after the opening {opens:g}",
                         hint="choose a later date")  # fmt: skip
            if opens >= end:
                self.add(
                    (*path, "opens"), f"the track opens at {opens:g}, after the end {end:g}", hint="open it earlier"
                )
        if isinstance(track, (AlternatingOffers, SingleText)):
            self.actors_in((*path, "participants"), track.participants)
        if isinstance(track, AlternatingOffers) and track.feeds is not None:
            self.meeting((*path, "feeds"), track.feeds)
        if isinstance(track, SingleText):
            self.actor_name((*path, "mediator"), track.mediator)
        if isinstance(track, LeadersMeeting):
            self.leaders_meeting(path, track)
        if isinstance(track, Bundles):
            self.different(path, "proposer", track.proposer, "responder", track.responder)
            for bundle_name, bundle in track.menu.items():
                place = (*path, "menu", bundle_name)
                self.issue_keys((*place, "add"), bundle.add)
                self.issue_keys((*place, "at_least"), bundle.at_least)
                if not bundle.add and not bundle.at_least:
                    self.add(place, "the bundle changes nothing", hint="add `add:` or `at_least:`")
            self.effects((*path, "effects"), track.effects)
            if track.reports_to is not None:
                self.meeting((*path, "reports_to"), track.reports_to)
            self.condition((*path, "when"), track.when)
        if isinstance(track, Contacts):
            self.actors_in((*path, "participants"), track.participants)
            self.at_most((*path, "rate"), track.rate, MAX_RATE, "rate")
        if isinstance(track, StagedConsent):
            self.staged_consent(path, track)
        if isinstance(track, Resolutions):
            for voter in track.voters:
                self.actor_name((*path, "voters", voter), voter, at_key=True)
            if track.threshold_in_talks is not None and point(track.threshold_in_talks) < point(track.threshold):
                self.add((*path, "threshold_in_talks"), "talks would make a vote more likely",
                         expected=f"at least the threshold {point(track.threshold):g}",
                         found=f"{point(track.threshold_in_talks):g}", hint="exchange the two")  # fmt: skip

    def bounds(self, path: Path, mandate: Mapping[str, Any]) -> None:
        for issue, bound in mandate.items():
            self.issue_name((*path, issue), issue, at_key=True)
            if bound.min > bound.max:
                self.add((*path, issue), f"the bounds contradict each other: min {bound.min:g} > max {bound.max:g}",
                         hint="exchange them")  # fmt: skip

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

    def leaders_meeting(self, path: Path, track: LeadersMeeting) -> None:
        self.different(path, "proposer", track.proposer, "responder", track.responder)
        place = (*path, "cancellation")
        self.factor((*place, "factor"), track.cancellation.factor)
        self.at_most((*place, "rate"), track.cancellation.rate, MAX_RATE, "rate")
        if track.cancellation.revival_needs is not None:
            self.name((*place, "revival_needs"), track.cancellation.revival_needs, self.spec.tracks, "track")
        if track.declaration is not None:
            self.package_name((*path, "declaration"), track.declaration)
        for number, issue in enumerate(track.declaration_pledges):
            self.issue_name((*path, "declaration_pledges", number), issue)
        if track.recognition is not None:
            self.issue_name((*path, "recognition", "issue"), track.recognition.issue)
        for name in ("announced_effects", "held_effects", "walk_out_effects"):
            self.effects((*path, name), getattr(track, name))

    def staged_consent(self, path: Path, track: StagedConsent) -> None:
        for name in ("proposers", "required", "any_of"):
            self.actors_in((*path, name), getattr(track, name))
        self.condition((*path, "eligible"), track.eligible)
        for number, package in enumerate(track.packages):
            self.package_name((*path, "packages", number), package)
        self.bounds((*path, "bounds"), track.bounds)
        for actor, text in track.sympathy.items():
            self.actor_name((*path, "sympathy", actor), actor, at_key=True)
            self.expression((*path, "sympathy", actor), text, Kind.NUMBER)
        for number, stage in enumerate(track.stages):
            if stage in track.stages[:number]:
                self.add((*path, "stages", number), f"the stage '{stage}' is named twice", hint="give it another name")

    # Mechanisms

    def mechanisms(self) -> None:
        m = self.spec.mechanisms
        base: Path = ("mechanisms",)
        if m.learning is not None:
            for observer, observed in m.learning.observers.items():
                self.actor_name((*base, "learning", "observers", observer), observer, at_key=True)
                self.actors_in((*base, "learning", "observers", observer), observed)
                if observer in observed:
                    self.add((*base, "learning", "observers", observer), f"'{observer}' observes itself",
                             hint="name others")  # fmt: skip
            self.at_most((*base, "learning", "kappa"), m.learning.kappa, 10.0, "weight of evidence")
        if m.restraint is not None:
            self.issue_name((*base, "restraint", "issue"), m.restraint.issue)
        if m.capability is not None:
            path = (*base, "capability")
            self.different(path, "actor", m.capability.actor, "against", m.capability.against)
            if m.capability.arms is not None:
                self.issue_name((*path, "arms"), m.capability.arms)
                if m.capability.arms_full_stop <= 0.0:
                    self.add((*path, "arms_full_stop"), expected="a level above 0", found="0",
                             hint="name the level at which growth stops")  # fmt: skip
        if m.election_pressure is not None:
            self.actor_name((*base, "election_pressure", "actor"), m.election_pressure.actor)
        self.sanctions()
        self.expectation()
        if m.reference_dependence is not None:
            path = (*base, "reference_dependence", "curvature")
            self.at_most(path, m.reference_dependence.curvature, MAX_EXPONENT, "exponent")
        if m.aftermath is not None:
            path = (*base, "aftermath")
            self.package_name((*path, "fallback"), m.aftermath.fallback)
            for n, name in enumerate(m.aftermath.withdraws):
                self.issue_name((*path, "withdraws", n), name)
            if m.aftermath.strike_veto_by is not None:
                self.actor_name((*path, "strike_veto_by"), m.aftermath.strike_veto_by)
            lottery = m.aftermath.force_lottery
            total = math.fsum(entry[0] for entry in lottery)
            if lottery and abs(total - 1.0) > SUM_TOLERANCE:
                self.add((*path, "force_lottery"), f"the probabilities sum to {total:.6g}", expected="a sum of 1",
                         hint="the first number of each entry is its probability")  # fmt: skip
            if any(entry[0] < 0.0 for entry in lottery):
                self.add((*path, "force_lottery"), "probabilities cannot be negative", hint="check the first numbers")
        self.ladder()
        self.agreements()

    def sanctions(self) -> None:
        sanctions = self.spec.mechanisms.sanctions
        if sanctions is None:
            return
        path: Path = ("mechanisms", "sanctions")
        known = self.actor_name((*path, "target"), sanctions.target)
        self.issue_name((*path, "eased_by"), sanctions.eased_by)
        for name in sanctions.enforcers:
            self.name((*path, "enforcers", name), name, [*self.spec.actors, REMAINDER], "actor", at_key=True)
        shares = {name: enforcer.share for name, enforcer in sanctions.enforcers.items()}
        self.sums_to_one((*path, "enforcers"), shares, "the shares")
        triumph = self.spec.mechanisms.expectation and self.spec.mechanisms.expectation.triumph
        survival = known and self.spec.actors[sanctions.target].utility.survival
        if not survival or triumph not in self.spec.packages:
            return
        # A cost that makes surrender of all arms attractive to a regime that lives by them contradicts its survival term.
        total = [name for name, p in self.spec.packages.items() if p.levels.get(survival.arms) == 1.0]
        best = max((self.utility(sanctions.target, name) for name in total), default=None)
        if best is None:
            return
        bound = self.utility(sanctions.target, None) - best
        cost = point(sanctions.cost)
        if cost > bound:
            self.warn((*path, "cost"), f"at full pressure giving up all of '{survival.arms}' beats the status quo of "
                      f"'{sanctions.target}'", expected=f"at most {bound:.3g}", found=f"{cost:g}",
                      hint="lower the cost, or raise the weight of survival")  # fmt: skip

    def expectation(self) -> None:
        expectation = self.spec.mechanisms.expectation
        if expectation is None:
            return
        path: Path = ("mechanisms", "expectation")
        self.different(path, "holder", expectation.holder, "counterpart", expectation.counterpart)
        known = self.package_name((*path, "triumph"), expectation.triumph)
        self.issue_keys((*path, "deliverable_bounds"), expectation.deliverable_bounds)
        if known and expectation.holder in self.spec.actors and self.spec.actors[expectation.holder].utility.issues:
            gain = self.utility(expectation.holder, expectation.triumph) - self.utility(expectation.holder, None)
            if gain <= MIN_TRIUMPH:
                self.add((*path, "triumph"), f"'{expectation.triumph}' is no triumph for '{expectation.holder}': "
                         f"its gain over the status quo is {gain:.3g}", hint="name a package it likes better")  # fmt: skip

    def utility(self, actor: str, package: str | None) -> float:
        """Utility of a named package, or of the status quo, at the middle of every input; nan if it cannot be known."""
        from sim.rules.expression import evaluate
        from sim.rules.utility import single_issue_value, survival

        spec = self.spec
        levels = {name: issue.start for name, issue in spec.issues.items()}
        if package is not None:
            levels.update({k: v for k, v in spec.packages[package].levels.items() if k in levels})
        values = {**levels, **{name: point(item.number) for name, item in spec.parameters.items()}}

        def derived(name: str, depth: int = 0) -> float:
            if name in values:
                return values[name]
            if name not in spec.derived or depth > len(spec.derived):
                return math.nan
            try:
                parsed = parse(spec.derived[name].value, spec.time_unit)
                names = parsed.names()
                program = compile_expression(parsed, {n: k for k, n in enumerate(names)})
            except ExpressionError:
                return math.nan
            inputs = [derived(n, depth + 1) for n in names]
            return evaluate(program.code, program.constants, inputs, [0.0] * max(1, program.stack_size))

        what = spec.actors[actor].utility
        total = 0.0
        for issue, taste in what.issues.items():
            if issue not in levels:
                return math.nan
            level = derived(taste.reads) if taste.reads is not None else levels[issue]
            total += point(taste.weight) * single_issue_value(level, point(taste.ideal), point(taste.exponent))
        if what.survival is not None:
            if what.survival.arms not in levels or what.survival.guarantee not in levels:
                return math.nan
            credibility = spec.actors[actor].types.credibility
            total += point(what.survival.weight) * survival(
                levels[what.survival.arms],
                levels[what.survival.guarantee],
                0.0 if credibility is None else point(credibility),
                point(what.survival.eta),
            )
        return total

    def ladder(self) -> None:
        ladder = self.spec.mechanisms.ladder
        if ladder is None:
            return
        path: Path = ("mechanisms", "ladder")
        self.actors_in((*path, "sides"), ladder.sides)
        if ladder.striker is not None and ladder.striker not in ladder.sides:
            self.name((*path, "striker"), ladder.striker, ladder.sides, "side")
        last = len(ladder.rungs) - 1
        # From the lowest to the highest; major war itself is entered by no event.
        order = ("concession_rung", "calm_rung", "crisis_rung", "incident_rung", "brink")
        for low, high in zip(order, order[1:], strict=False):
            if getattr(ladder, low) > getattr(ladder, high):
                self.add((*path, low), f"`{low}` {getattr(ladder, low)} is above `{high}` {getattr(ladder, high)}",
                         hint="rungs rise from concession_rung to brink")  # fmt: skip
                return
        if ladder.calm_rung >= ladder.crisis_rung:
            self.add((*path, "calm_rung"), f"a crisis would be over when it begins: calm_rung {ladder.calm_rung}, "
                     f"crisis_rung {ladder.crisis_rung}", hint="lower calm_rung")  # fmt: skip
        for name in ("initial", "brink"):
            if getattr(ladder, name) >= last:
                self.add((*path, name), f"rung {getattr(ladder, name)} is not below the last rung {last}",
                         hint="the last rung is major war; add rungs or choose a lower one")  # fmt: skip
        if ladder.fast_tick.support()[1] > ladder.tick.support()[1] or point(ladder.fast_tick) > point(ladder.tick):
            self.add((*path, "fast_tick"), "the fast tick is slower than the ordinary one", hint="exchange them")

    def agreements(self) -> None:
        agreements = self.spec.mechanisms.agreements
        if agreements is None:
            return
        path: Path = ("mechanisms", "agreements")
        self.actors_in((*path, "parties"), agreements.parties)
        for name in ("verification", "treaty_issue"):
            if getattr(agreements, name) is not None:
                self.issue_name((*path, name), getattr(agreements, name))
        for name in ("at_first_milestone", "at_signing"):
            for number, issue in enumerate(getattr(agreements, name)):
                self.issue_name((*path, name, number), issue)
        for number, actor in enumerate(agreements.public):
            self.name((*path, "public", number), actor, agreements.parties, "party")
        if agreements.dispute.hotline_issue is not None:
            self.issue_name((*path, "dispute", "hotline_issue"), agreements.dispute.hotline_issue)
        self.issue_keys((*path, "treaty_also"), agreements.treaty_also)
        self.at_most((*path, "collapse", "base"), agreements.collapse.base, MAX_RATE, "rate")
        self.effects((*path, "signed_effects"), agreements.signed_effects)

    # Hazards

    def hazard(self, name: str, hazard: Hazard) -> None:
        path: Path = ("hazards", name)
        if hazard.actor is not None:
            self.actor_name((*path, "actor"), hazard.actor)
        self.condition((*path, "when"), hazard.when)
        if hazard.by_type is not None:
            self.name((*path, "by_type"), hazard.by_type, self.spec.signals, "signal")
        self.condition((*path, "by_type_when"), hazard.by_type_when)
        if hazard.alternative is not None:
            self.name((*path, "alternative"), hazard.alternative, self.spec.hazards, "hazard")
        self.effects((*path, "effects"), hazard.effects)
        self.sums_to_one((*path, "split"), hazard.split, "the probabilities")
        for mark, effects in hazard.mark_effects.items():
            self.name((*path, "mark_effects", mark), mark, hazard.split, "mark", at_key=True)
            self.effects((*path, "mark_effects", mark), effects)
        if isinstance(hazard, PoissonHazard):
            self.factor((*path, "factor"), hazard.factor)
            self.at_most((*path, "rate"), hazard.rate, MAX_RATE, "rate")
        if isinstance(hazard, SelfExcitingHazard):
            self.factor((*path, "factor"), hazard.factor)
            self.condition((*path, "paused"), hazard.paused)
            self.at_most((*path, "baseline"), hazard.baseline, MAX_RATE, "rate")
            if hazard.branching.support()[1] >= 1.0:
                self.add((*path, "branching"), "every event triggers at least one more: the count explodes",
                         expected="below 1", found=f"{hazard.branching.support()[1]:g}", hint="lower it")  # fmt: skip
        if isinstance(hazard, CalendarHazard):
            self.condition((*path, "suspended_when"), hazard.suspended_when)
            if not hazard.at:
                self.add((*path, "at") if "at" in self.data["hazards"][name] else path, "no date is given",
                         hint="add `at: [2018-04-01]`")  # fmt: skip
            for number, (one, other) in enumerate(zip(hazard.at, hazard.at[1:], strict=False)):
                if one >= other:
                    self.add((*path, "at", number + 1), "the dates are not in order", hint="sort them")
            if hazard.every is not None and hazard.every <= 0.0:
                self.add((*path, "every"), expected="a period above 0", found=f"{hazard.every:g}",
                         hint="leave it out for single dates")  # fmt: skip

    def effects(self, path: Path, effects: Effects) -> None:
        ladder = self.spec.mechanisms.ladder
        top = len(ladder.rungs) - 1 if ladder is not None else -1
        for name in ("rung", "crisis_at"):
            rung = getattr(effects, name)
            if rung is None:
                continue
            if ladder is None:
                self.add((*path, name), "the scenario has no ladder", hint="add `mechanisms.ladder` or leave it out")
            elif rung > top:
                self.add((*path, name), f"there is no rung {rung}", expected=f"at most {top}", hint="count from 0")
        if effects.crisis and ladder is None:
            self.add((*path, "crisis"), "the scenario has no ladder", hint="add `mechanisms.ladder` or leave it out")
        if effects.signal is not None:
            self.name((*path, "signal"), effects.signal, self.spec.signals, "signal")
        if effects.cancels is not None:
            self.meeting((*path, "cancels"), effects.cancels)
        if effects.also_counts_as is not None:
            self.name((*path, "also_counts_as"), effects.also_counts_as, self.spec.hazards, "hazard")
        if effects.leader is not None:
            self.actor_name((*path, "leader", "actor"), effects.leader.actor)

    # Outcomes and experiments

    def outcomes(self) -> None:
        seen: set[str] = set()
        always: str | None = None
        for number, outcome in enumerate(self.spec.outcomes):
            path: Path = ("outcomes", number)
            if outcome.id in seen:
                self.add((*path, "class"), f"the class '{outcome.id}' is named twice", hint="give it another name")
            seen.add(outcome.id)
            if always is not None:
                self.add((*path, "when"), f"'{outcome.id}' can never be the outcome: '{always}' before it always holds",
                         hint=f"move '{always}' to the end")  # fmt: skip
                continue
            parsed = self.expression((*path, "when"), outcome.when, Kind.BOOLEAN)
            if parsed is None:
                always = always or ("" if number == len(self.spec.outcomes) - 1 else None)
                continue
            truth = interval(parsed, self.situation.bounds)
            if truth is Truth.NEVER:
                self.add((*path, "when"), f"'{outcome.id}' can never hold within the bounds of its quantities",
                         hint=self.why_never(parsed))  # fmt: skip
            elif truth is Truth.ALWAYS:
                always = outcome.id
        if always is None:
            last = len(self.spec.outcomes) - 1
            names = ", ".join(outcome.id for outcome in self.spec.outcomes)
            self.add(("outcomes", last, "when"), f"a situation in which none of these holds has no class: {names}",
                     hint="let the last class hold always: `when: true`")  # fmt: skip

    def why_never(self, expression: Expression) -> str:
        """The first comparison that cannot hold, with the bounds of the names in it."""
        for node in walk(expression.root):
            if not isinstance(node, Comparison):
                continue
            part = Expression(node, expression.time_unit)
            if interval(part, self.situation.bounds) is Truth.NEVER:
                ranges = [
                    f"{name} is {low:g}" if low == high else f"{name} stays within [{low:g}, {high:g}]"
                    for name in part.names()
                    for low, high in [self.situation.bounds[name]]
                ]
                return f"'{to_text(part)}': {', '.join(ranges)}" if ranges else "it compares constants"
        return "its parts exclude each other"

    def experiments(self) -> None:
        spec = self.spec
        for name, text in spec.metrics.items():
            self.expression(("metrics", name), text)
        for number, text in enumerate(spec.uncertainties):
            path: Path = ("uncertainties", number)
            if text in spec.uncertainties[:number]:
                self.add(path, f"'{text}' is listed twice", hint="leave it out once")
                continue
            # A change may have fixed it: its column is then constant.
            self.drawn(path, text, may_be_fixed=spec.applied is not None)
        for name, lever in spec.levers.items():
            path = ("levers", name)
            if lever.who is not None:
                self.actor_name((*path, "who"), lever.who)
            if lever.range is not None and lever.range[0] > lever.range[1]:
                self.add((*path, "range"), "the bounds contradict each other", found=f"{list(lever.range)}",
                         hint="exchange them")  # fmt: skip
            try:
                target(lever.path, self.data)
            except PathError as error:
                self.add((*path, "path"), error.message, hint=error.hint)
        for name, group in spec.correlations.items():
            path = ("correlations", name)
            for number, member in enumerate(group.members):
                self.drawn((*path, "members", number), member)
            if (group.matrix is None) == (group.correlation is None):
                self.add(path, "a correlation needs `matrix` or `correlation`, and not both", hint="keep one of them")
            elif group.matrix is not None:
                self.matrix((*path, "matrix"), group.matrix, len(group.members))
            elif group.correlation is not None and group.correlation < -1.0 / (len(group.members) - 1) + 1e-9:
                self.add((*path, "correlation"), f"{len(group.members)} inputs cannot all have this correlation",
                         expected=f"above {-1.0 / (len(group.members) - 1):.3g}", hint="raise it")  # fmt: skip
        for name, group in spec.shares.items():
            for number, member in enumerate(group.members):
                self.quantity_path(("shares", name, "members", number), member)
        self.targets()

    def quantity_path(self, path: Path, text: str) -> Path | None:
        """The path if a number stands there; a fault if not."""
        try:
            found, place = lookup(split(text), self.data, ScenarioSpec)
        except PathError as error:
            self.add(path, error.message, hint=error.hint)
            return None
        if not is_quantity(place):
            self.add(path, f"'{text}' is not a number of the scenario", hint="name the path of a number")
            return None
        return found

    def drawn(self, path: Path, text: str, *, may_be_fixed: bool = False) -> None:
        """A fault unless the path names something that every replication draws."""
        try:
            found, place = lookup(split(text), self.data, ScenarioSpec)
        except PathError as error:
            self.add(path, error.message, hint=error.hint)
            return
        value = _at(self.spec, found)
        tastes = self.spec.mechanisms.tastes
        if isinstance(value, Quantity):
            varies = value.dist is not None or (self.spec.sampling == "ranges" and value.range is not None)
            if tastes is not None and found[0] == "actors" and "utility" in found:
                by = {"weight": tastes.weights, "ideal": tastes.ideals, "exponent": tastes.exponents}
                varies = varies or by.get(str(found[-1])) is not None
            varies = varies or any(text in group.members for group in self.spec.shares.values())
            if not varies and not may_be_fixed and self.spec.sampling != "off":
                self.add(path, f"'{text}' is a constant", hint="give it a distribution, or leave it out here")
        elif not (
            len(found) == 4
            and found[0] == "actors"
            and (found[2:] == ("types", "commitment") or found[2] == "red_lines")
        ):
            self.add(path, f"'{text}' is not drawn", hint="name a number, a commitment type or a red line")

    def matrix(self, path: Path, matrix: list[list[float]], size: int) -> None:
        if len(matrix) != size or any(len(row) != size for row in matrix):
            self.add(path, f"expected {size} rows of {size} numbers", hint="one row and column for each member")
            return
        for r in range(size):
            for c in range(size):
                if abs(matrix[r][c] - matrix[c][r]) > 1e-12 or not -1.0 <= matrix[r][c] <= 1.0:
                    self.add(path, f"entry {r + 1}, {c + 1} is not a correlation matrix's", hint="make it symmetric")
                    return
            if matrix[r][r] != 1.0:
                self.add(path, f"entry {r + 1}, {r + 1} must be 1", found=f"{matrix[r][r]:g}", hint="set it to 1")
                return
        if not _is_positive(matrix):
            self.add(path, "these correlations contradict each other", hint="bring them nearer to 0")

    def targets(self) -> None:
        classes = [outcome.id for outcome in self.spec.outcomes]
        for number, item in enumerate(self.spec.targets):
            path: Path = ("targets", number)
            if item.low is not None and item.high is not None and item.low > item.high:
                self.add((*path, "low"), f"the bounds contradict each other: low {item.low:g} > high {item.high:g}",
                         hint="exchange them")  # fmt: skip
            subject = item.figure.partition(":")[2].partition("|")[0]
            column, sign, value = subject.partition("=")
            if sign and column.partition("@")[0] == "outcome" and value.strip() not in classes:
                self.name((*path, "figure"), value.strip(), classes, "outcome class")

    def changes(self) -> None:
        """Paths of variants and policies lead somewhere, and their values fit there."""
        context = validation_context(self.data)
        for group in ("variants", "policies"):
            for name, change in getattr(self.spec, group).items():
                for text, value in change.set.items():
                    path: Path = (group, name, "set", text)
                    try:
                        _, place = target(text, self.data)
                    except PathError as error:
                        self.add(path, error.message, hint=error.hint, at_key=True)
                        continue
                    try:
                        _adapter(place.annotation).validate_python(value, context=context)
                    except ValidationError as error:
                        from sim.model.structure import report

                        report(error, value, self.add, base=path)


@lru_cache(maxsize=512)
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def _grounded(path: Path, value: Any) -> Iterator[tuple[Path, Grounded]]:
    """Every mapping that may cite a source, with its path in the file."""
    if isinstance(value, BaseModel):
        if isinstance(value, Grounded):
            yield path, value
        for name, field in type(value).model_fields.items():
            inside = getattr(value, name)
            if isinstance(inside, (BaseModel, dict, list, tuple)):
                yield from _grounded((*path, field.alias or name), inside)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _grounded((*path, key), item)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _grounded((*path, number), item)


def _at(spec: Any, path: Path) -> Any:
    """The part of the checked scenario at a path of the file; None where it is absent."""
    value = spec
    for part in path:
        if isinstance(value, BaseModel):
            names = {field.alias or name: name for name, field in type(value).model_fields.items()}
            value = getattr(value, names.get(str(part), str(part)), None)
        elif isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _cycle(edges: Mapping[str, list[str]]) -> list[str]:
    """A circle in the graph, from a node back to itself; empty if there is none."""
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        waiting: list[tuple[str, int]] = [(start, 0)]
        while waiting:
            node, depth = waiting.pop()
            del trail[depth:]
            if node in trail:
                return [*trail[trail.index(node) :], node]
            if node in done:
                continue
            trail.append(node)
            below = edges.get(node, [])
            if not below:
                done.add(node)
            waiting.extend((item, depth + 1) for item in below)
        done.add(start)
    return []


def _is_positive(matrix: list[list[float]]) -> bool:
    """Whether a symmetric matrix is positive definite (its Cholesky factor exists)."""
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for r in range(size):
        for c in range(r + 1):
            rest = matrix[r][c] - math.fsum(factor[r][k] * factor[c][k] for k in range(c))
            if r == c:
                if rest <= 1e-12:
                    return False
                factor[r][r] = math.sqrt(rest)
            else:
                factor[r][c] = rest / factor[c][c]
    return True


__all__ = ["check", "point"]
