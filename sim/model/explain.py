"""What stands at a path of a scenario, where it comes from, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from sim.errors import ScenarioError
from sim.model.check.values import switched_off
from sim.model.diagnostics import Diagnostic, Path, path_text
from sim.model.expressions.errors import ExpressionError
from sim.model.expressions.reading import parse
from sim.model.paths import PathError, Place, covers, lookup, split
from sim.model.spec.base import Grounded, Quantity
from sim.model.spec.scenario import ScenarioSpec

# Who reads what: the first pattern that fits a path counts. Rules are named by their files, pages by `docs/model/`.
READERS: tuple[tuple[str, str], ...] = (
    ("actors.*.role", "readers of the file; no rule"),
    ("actors.*.utility.survival*", "survival term of package values (rules/utility): every decision of the actor"),
    ("actors.*.utility*", "package values (rules/utility): every decision of the actor"),
    (
        "actors.*.types.commitment*",
        "milestones (rules/implementation), others' beliefs (rules/learning), rates by type",
    ),
    ("actors.*.types.war_cost*", "crisis moves (rules/ladder), the response to a failed meeting (rules/expectation)"),
    ("actors.*.types.credibility*", "survival term (rules/utility), conditions of red lines"),
    ("actors.*.types.grid", "belief grids (rules/learning)"),
    ("actors.*.red_lines*", "constraints on offers, acceptances and signatures; menus drop what crosses the line"),
    ("actors.*.patience*", "continuation values (rules/offers)"),
    ("actors.*.risk*", "felt value of gains and losses at the actor's decisions (rules/expectation)"),
    ("actors.*.overconfidence*", "perceived acceptance of maximal packages (rules/tactics)"),
    ("actors.*.fighting*", "value of major war (rules/ladder), value of force (rules/expectation)"),
    ("actors.*.audience_cost*", "cost of conceding in a crisis (rules/ladder)"),
    ("actors.*.tactics*", "offers on the track (rules/tactics, rules/offers)"),
    ("actors.*.perceives*", "what the actor believes of others in its menus"),
    ("actors.*.harm_of_war*", "payoffs in histories that end in major war"),
    ("actors*", "package values, beliefs, menus"),
    ("veto_players*", "consent at signature, ratification, hostile veto players (rules/consent)"),
    ("signals*", "updates after events, rates by true type (rules/learning, rules/hazards)"),
    ("choice*", "precision of logit choice (rules/choice)"),
    ("issues.*.levels*", "steps of the menu between labelled levels; names of levels in stories and reports"),
    ("issues.*.conceder", "who delivers at a milestone (rules/implementation)"),
    ("issues.*.start", "the status quo: levels of the world at the start, and of packages that leave the issue out"),
    ("issues*", "package values, menus, outcome classes"),
    ("derived*", "tastes that read it, utilities of veto players"),
    ("parameters*", "expressions that name it"),
    ("packages*", "menus of every decision"),
    ("menu*", "menus of every decision, fixed at load time"),
    ("tracks.*.mandate*", "menus on the track"),
    ("tracks.*.terms*", "menus on the track"),
    ("tracks.*.cancellation*", "cancellation and revival of a pending meeting (rules/hazards)"),
    ("tracks.*.recognition*", "disagreement payoffs after a meeting (rules/utility)"),
    ("tracks.*_effects*", "the world when the event happens"),
    ("tracks.*.effects*", "the world when the event happens"),
    ("tracks*", "the track's process in the engine"),
    ("mechanisms.*_effects*", "the world when the event happens"),
    ("mechanisms.tastes*", "draw of weights, ideals and exponents, once a replication"),
    ("mechanisms.learning*", "updates of beliefs (rules/learning)"),
    ("mechanisms.tension*", "tension (rules/relaxation), factors on hazards"),
    ("mechanisms.talks*", "start, lapse and restart of talks; windows of outcome classes"),
    ("mechanisms.restraint*", "moratorium and pause (hazards whose conditions name them)"),
    ("mechanisms.rivalry*", "enforcement and votes (rules/pressure, rules/consent)"),
    ("mechanisms.provocation*", "enforcement (rules/pressure)"),
    ("mechanisms.capability*", "no-deal payoff of the other side (rules/hazards, rules/utility)"),
    ("mechanisms.election_pressure*", "no-deal payoff before an election (rules/utility)"),
    ("mechanisms.sanctions*", "pressure, enforcement, hardship (rules/pressure)"),
    ("mechanisms.expectation*", "expectation and gap (rules/expectation)"),
    ("mechanisms.belief_collapse*", "disappointment, channel of beliefs (rules/expectation)"),
    ("mechanisms.reference_dependence*", "disappointment, channel of losses (rules/expectation)"),
    ("mechanisms.aftermath*", "response to a meeting (rules/expectation)"),
    ("mechanisms.ladder*", "crisis moves and slides (rules/ladder)"),
    ("mechanisms.agreements.collapse*", "end of agreements (rules/implementation)"),
    ("mechanisms.agreements.treaty*", "terms that need a treaty, and the vote on it (rules/consent)"),
    ("mechanisms.agreements.exit_credibility*", "belief in a party's promises after it ends a deal"),
    ("mechanisms.agreements.milestone_credibility*", "belief in a party's promises after it meets a milestone"),
    ("mechanisms.agreements.snapback*", "return of sanctions after an agreement ends"),
    ("mechanisms.agreements*", "milestones, disputes, repair (rules/implementation, rules/inspection)"),
    ("mechanisms*", "switch of the mechanism"),
    ("hazards.*.effects*", "the world when the event happens"),
    ("hazards*", "the hazard's process in the engine (rules/hazards)"),
    ("game*", "moves, payoffs and beliefs of the game (acts/games)"),
    ("theory*", "`sim solve`, `sim verify`, and expressions that name a solution"),
    ("outcomes*", "classification at every reading"),
    ("base_rates*", "what stands beside the shares of the class in every result and report"),
    ("metrics*", "columns of the results"),
    ("uncertainties*", "columns of the results, drivers in the report"),
    ("levers*", "policies, sensitivity studies"),
    ("targets*", "comparison in the report"),
    ("sampling", "which inputs are drawn, and from what, once a history"),
    ("horizon", "end of a history, the reading of the outcome"),
    ("readings*", "further readings of the outcome"),
    ("sources*", "the report's table of inputs"),
)

# Texts that name nothing in the scenario.
_WORDS = frozenset({
    "label", "description", "note", "title", "question", "author", "reference", "confidence", "claim", "source", "form", "limits",
    "id", "dist", "kind", "protocol", "role", "family", "tone", "mode", "year", "figure",
})  # fmt: skip


_LONG = ("game", "theory")  # told without what the file does not write, unless that is asked for
DEFAULT = "default of the scenario language"


@dataclass(frozen=True)
class Entry:
    """One value with its grounds. Texts are for readers; what is not known is empty."""

    path: str
    value: str
    meaning: str = ""
    range: str = ""
    source: str = ""
    form: str = ""  # source of the rule, where the value has another ground
    claims: tuple[tuple[str, str], ...] = ()  # id and the claim in our words
    confidence: str = ""
    note: str = ""
    used_by: tuple[str, ...] = field(default=())

    @property
    def is_grounded(self) -> bool:
        """Whether it says where it comes from (judgement counts: it says so)."""
        return bool(self.source or self.claims)


def explain(spec: ScenarioSpec, path: str, claims: dict[str, str] | None = None) -> list[Entry]:
    """Every value at and below a path.

    Parameters
    ----------
    spec : ScenarioSpec
    path : str
        As in ``actors.A.red_lines``; empty for the whole scenario.
    claims : dict of claim id to text, optional
        The seed file's claims (`claims_of`); without them only ids are given.

    Raises
    ------
    ScenarioError
        The path leads nowhere; the hint names the nearest one.

    A key that the file may have and does not is one entry with the value ``not given``.
    """
    data = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    parts: Path = ()
    place_asked: Place | None = None
    if path:
        try:
            parts, place_asked = lookup(split(path), data, ScenarioSpec)
        except PathError as error:
            raise ScenarioError([Diagnostic(_split_or_whole(path), error.message, hint=error.hint)]) from None
    references = _references(spec)
    unwritten = _unwritten(spec) if len(parts) > 1 and parts[0] in _LONG else frozenset()
    found = []
    for place, value, meaning, grounds in _values(spec, (), None, ""):
        if place[-1] in ("label", "description", "key") and place != parts:
            continue
        if place in unwritten and place != parts:
            continue
        if place[: len(parts)] == parts or (parts[: len(place)] == place and isinstance(value, Quantity)):
            found.append(_entry(spec, place, value, meaning, grounds, references, claims or {}))
    if not found and place_asked is not None:
        meaning = (place_asked.field.description or "") if place_asked.field else ""
        users = tuple(_users(spec, parts, references))
        found.append(Entry(path_text(parts), "not given", meaning, source=DEFAULT, used_by=users))
    return found


def _unwritten(spec: ScenarioSpec) -> frozenset[Path]:
    """Paths of what the file leaves to the language in parts that are mostly left to it."""
    found: set[Path] = set()
    for name in _LONG:
        part = getattr(spec, name)
        if part is not None:
            every = {path for path, *_ in _values(part, (name,), None, "")}
            found |= every - {path for path, *_ in _values(part, (name,), None, "", written_only=True)}
    return frozenset(found)


@lru_cache(maxsize=4096)  # a report asks of each of hundreds of numbers whether any lever, variant or policy moves it
def _split_or_whole(path: str) -> Path:
    """The parts of a written path, or the text as one part where it is no path."""
    try:
        return split(path)
    except PathError:
        return (path,)


def unsourced(spec: ScenarioSpec) -> list[str]:
    """Paths of numbers in the file that say nothing about where they come from; defaults do not count."""
    return [
        path_text(path)
        for path, value, _, grounds in _values(spec, (), None, "", written_only=True)
        if isinstance(value, Quantity) and not any(item.source or item.claim for item in grounds)
    ]


def inputs_of(spec: ScenarioSpec) -> list[Entry]:
    """Every number of a scenario with its grounds, in file order; `source` says so where it is the language's default.

    A completed scenario no longer tells what was written from what was filled in, so a number without
    grounds that equals its field's default counts as that default.
    """
    defaults = set(_defaults(spec, ()))
    found = []
    for path, value, meaning, grounds in _values(spec, (), None, ""):
        if isinstance(value, Quantity):
            entry = _entry(spec, path, value, meaning, grounds, {}, {})
            if not entry.is_grounded and path in defaults:
                entry = replace(entry, source=DEFAULT)
            found.append(entry)
    return found


@dataclass(frozen=True)
class Grounds:
    """On what the numbers of a scenario rest, counted from the file's own marks."""

    numbers: int
    judged: int  # whose source is of the kind `judgement`
    default: int  # left to the scenario language
    unnamed: int  # that name neither source nor claim
    varied: int  # that have a distribution or a range

    @property
    def others(self) -> int:
        """Those that rest on data, records, literature or a claim alone."""
        return self.numbers - self.judged - self.default - self.unnamed


def grounds_of(spec: ScenarioSpec) -> Grounds:
    """The grounds of all numbers, counted; which they are `inputs_of` tells, and takes longer."""
    defaults = set(_defaults(spec, ()))
    numbers = judged = default = unnamed = varied = 0
    for path, value, _, grounds in _values(spec, (), None, ""):
        if not isinstance(value, Quantity):
            continue
        numbers += 1
        varied += value.dist is not None or value.range is not None
        source = next((item.source for item in grounds if item.source), "")
        known = spec.sources.get(source)
        if known is not None and known.kind == "judgement":
            judged += 1
        elif not source and not next((item.claim for item in grounds if item.claim is not None), None):
            default, unnamed = default + (path in defaults), unnamed + (path not in defaults)
    return Grounds(numbers, judged, default, unnamed, varied)


def _defaults(value: Any, path: Path) -> Iterator[Path]:
    """Paths of numbers that equal the default of their field."""
    if isinstance(value, BaseModel) and not isinstance(value, Quantity):
        for name, info in type(value).model_fields.items():
            below = getattr(value, name)
            place = (*path, info.alias or name)
            if isinstance(below, Quantity):
                if not info.is_required() and below == info.get_default(call_default_factory=True):
                    yield place
            else:
                yield from _defaults(below, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _defaults(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _defaults(item, (*path, number))


def claims_of(name: str) -> dict[str, str]:
    """Claims of a shipped seed file by id."""
    from sim import resources
    from sim.model.reader import read

    data = read(resources.seed_path(name)).data
    return {str(entry["id"]): str(entry.get("claim", "")) for entry in data.get("claims", [])}


def _values(
    value: Any, path: Path, grounds: tuple[Grounded, ...] | None, meaning: str, *, written_only: bool = False
) -> Iterator[tuple[Path, Any, str, tuple[Grounded, ...]]]:
    """Every single value below, with the meaning of its field and the grounds on the way to it, nearest first."""
    above = grounds or ()
    if isinstance(value, Quantity):
        yield path, value, meaning, (value, *above)
    elif isinstance(value, BaseModel):
        inside = (value, *above) if isinstance(value, Grounded) else above
        for name, info in type(value).model_fields.items():
            if name in Grounded.model_fields or getattr(value, name) is None:
                continue
            if written_only and name not in value.model_fields_set:
                continue
            below = getattr(value, name)
            yield from _values(
                below, (*path, info.alias or name), inside, info.description or "", written_only=written_only
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _values(item, (*path, key), above, meaning, written_only=written_only)
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (BaseModel, dict)) for item in value):
        for number, item in enumerate(value):
            yield from _values(item, (*path, number), above, meaning, written_only=written_only)
    else:
        yield path, value, meaning, above


def _entry(
    spec: ScenarioSpec,
    path: Path,
    value: Any,
    meaning: str,
    grounds: tuple[Grounded, ...],
    references: dict[str, list[str]],
    claims: dict[str, str],
) -> Entry:
    source = next((item.source for item in grounds if item.source), "")
    form = next((item.form for item in grounds if item.form), "") or ""
    cited = next((item.claim for item in grounds if item.claim is not None), None)  # an empty list: it cites none
    ids = [cited] if isinstance(cited, str) else list(cited or [])
    reach = ""
    if isinstance(value, Quantity) and value.range is not None:
        reach = f"{value.range[0]:g} to {value.range[1]:g}"
    return Entry(
        path=path_text(path),
        value=value_text(value),
        meaning=meaning,
        range=reach,
        source=_source_text(spec, source),
        form=_source_text(spec, form),
        claims=tuple((item, claims.get(item, "")) for item in ids),
        confidence=next((item.confidence for item in grounds if item.confidence), "") or "",
        note=next((item.note for item in grounds if item.note), "") or "",
        used_by=tuple(_users(spec, path, references)),
    )


def _source_text(spec: ScenarioSpec, key: str) -> str:
    source = spec.sources.get(key)
    if source is None:
        return key
    who = ", ".join(str(item) for item in (source.author, source.year) if item)
    return f"{key}: {source.title}" + (f" ({who})" if who else "")


def value_text(value: Any) -> str:
    """A value on one line: ``0.4``, ``lognormal, median 0.75, sd 0.35``, ``[a, b]``."""
    if isinstance(value, Quantity):
        if value.dist is None:
            return f"{value.value:g}"
        shape = ("low", "mode", "high", "mean", "median", "sd", "a", "b", "cv", "shift", "values", "probabilities")
        parts = [f"{name} {_short(getattr(value, name))}" for name in shape if getattr(value, name) is not None]
        return ", ".join([value.dist, *parts])
    return _short(value)


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_short(item) for item in value)}]"
    return str(value)


def _users(spec: ScenarioSpec, path: Path, references: dict[str, list[str]]) -> Iterator[str]:
    """Rules, expressions, fields, levers and named changes that read the value."""
    text = path_text(path)
    rule = _idle(spec, path) or next((reader for pattern, reader in READERS if fnmatchcase(text, pattern)), None)
    if rule is not None:
        yield rule
    if len(path) > 1 and path[0] in ("issues", "parameters", "derived", "packages", "tracks", "signals", "hazards"):
        mine = f"{path[0]}.{path[1]}"
        # Of a parameter the name stands for this value; of other things, for all that belongs to them.
        who = "" if path[0] in ("parameters", "derived") or len(path) == 2 else f"{mine} is "
        for place in references.get(str(path[1]), []):
            if not place.startswith(f"{mine}."):
                yield f"{who}named in {place}"
    if len(path) > 3 and path[0] == "actors" and path[2:4] == ("types", "credibility"):
        for place in references.get(f"credibility.{path[1]}", []):
            yield f"named in {place}"
    for name, lever in spec.levers.items():
        if _covers(lever.path, path):
            yield f"lever {name}"
    for group, kind in ((spec.variants, "variant"), (spec.policies, "policy")):
        for name, change in group.items():
            if any(_covers(item, path) for item in change.set):
                yield f"{kind} {name}"
    for player, menu in spec.strategies.items():
        for name, strategy in menu.items():
            if any(_covers(item, path) for item in strategy.set):
                yield f"strategy {name} of {player}"
    for item in spec.uncertainties:
        if _covers(item, path):
            yield "recorded in every row (uncertainties)"


def _idle(spec: ScenarioSpec, path: Path) -> str:
    """Why no rule reads a value of this scenario, though one would in another; empty where that cannot be told."""
    off = switched_off(spec, path)
    if off is not None:
        return f"no rule at present: {path_text(off)} is switched off"
    if len(path) < 3 or path[0] not in ("actors", "veto_players"):
        return ""
    mechanisms, name, what = spec.mechanisms, str(path[1]), path[2]
    if path[0] == "veto_players":
        return "" if mechanisms.veto_players else "no rule at present: mechanisms.veto_players is off"
    if what == "red_lines" and not mechanisms.red_lines:
        return "no rule at present: mechanisms.red_lines is off"
    if what == "tactics" and len(path) > 3 and path[3] in spec.tracks:
        track = switched_off(spec, ("tracks", path[3], "protocol"))
        return "" if track is None else f"no rule at present: {path_text(track)} is switched off"
    if what == "audience_cost":
        ladder = mechanisms.ladder
        if ladder is None or not ladder.enabled or not ladder.audience_costs:
            return "no rule at present: audience costs of mechanisms.ladder are off"
        return "" if name in ladder.sides else f"no rule: {name} is no side of mechanisms.ladder"
    if what == "overconfidence":
        hopes = mechanisms.expectation
        if hopes is None or not hopes.enabled or not mechanisms.overconfidence:
            return "no rule at present: overconfidence or the expectation it follows is off"
        if name != hopes.holder:
            return f"no rule: mechanisms.expectation is not that of {name}"
        if name != spec.sides[0]:
            return f"no rule: only the first side, {spec.sides[0]}, makes maximal demands"
        return "" if spec.maximal_package is not None else "no rule at present: maximal_package is not given"
    return ""


def _covers(text: str, path: Path) -> bool:
    """Whether a written path is this one, or leads to or into it."""
    return covers(tuple(map(str, _split_or_whole(text))), tuple(map(str, path)))


# What no rule reads, and what is asked of the scenario rather than told of it.
_ASIDE = ("sources", "variants", "policies", "strategies", "levers", "uncertainties", "targets", "limits", "applied")


def _references(spec: ScenarioSpec) -> dict[str, list[str]]:
    """Where each name is used: in expressions (whole dotted names and their parts) and in fields that name things."""
    found: dict[str, list[str]] = {}

    def note(name: str, place: str) -> None:
        places = found.setdefault(name, [])
        if place not in places:
            places.append(place)

    for path, value, _, _ in _values(spec, (), None, ""):
        if path[0] in _ASIDE:
            continue
        place = path_text(path)
        for number, key in enumerate(path[2:], 2):
            if isinstance(key, str):
                note(key, path_text(path[: number + 1]))
        if path[-1] in _WORDS:
            continue
        for text in value if isinstance(value, (list, tuple)) else [value]:
            if not isinstance(text, str):
                continue
            try:
                names = parse(text, spec.time_unit).names()
            except ExpressionError:
                continue
            for name in names:
                note(name, place)
                for part in name.split("."):
                    note(part, place)
    return found
