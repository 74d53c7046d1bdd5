"""Seed files: what a source document claims, in our words, and how each claim is checked against a scenario.

A check is data. It has parts; a part measures a figure, perhaps less another figure, and says on which side of a bound
it must lie. Figures are shares, means and the like over simulated histories, values of parameters, shapes of utilities,
and probabilities at one decision of a fixed world. Which names a check may use depends on the scenario it is run on;
`faults_of` compares the two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StringConstraints, ValidationError, model_validator

from sim.errors import ScenarioError
from sim.model.changes import target
from sim.model.diagnostics import Path, Problems, did_you_mean
from sim.model.paths import PathError
from sim.model.reader import Document, read
from sim.model.spec.base import Finite, Strict, Text
from sim.model.spec.scenario import ScenarioSpec

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Kind = Literal["preference", "red_line", "belief", "mechanism", "hazard", "outcome", "uncertainty"]

ROW_FIGURES = ("share", "mean", "median", "variance", "entropy", "ratio")
PROBE_NEEDS: dict[str, tuple[str, ...]] = {
    "utility": ("actor", "package"),
    "disagreement": ("actor",),
    "recognition": ("actor",),
    "threshold": ("actor", "package"),
    "accept": ("actor", "package"),
    "invitation": ("track", "actor"),
    "answer": ("track", "package"),
    "maximal": ("track",),
    "response": ("track", "option"),
    "talks": ("actor",),
    "vote": ("track", "package"),
    "terms": ("track", "issue"),
    "consent": ("player", "package"),
    "tension": ("hazard",),
    "belief": ("hazard", "actor"),
    "taste": ("hazard", "path"),
}


class Shape(Strict):
    """The form of an actor's utility along one issue, over all named packages for the other issues."""

    actor: str = Field(description="Whose utility.")
    issue: str = Field(description="Along which issue.")
    start: Finite = Field(0.0, ge=0.0, le=1.0, alias="from", description="First level.")
    stop: Finite = Field(1.0, ge=0.0, le=1.0, alias="to", description="Last level.")
    of: Literal["smallest", "largest"] = Field("smallest", description="Which of all slopes (or bends) is the figure.")

    model_config = Strict.model_config | {"populate_by_name": True}

    @model_validator(mode="after")
    def _runs_upward(self) -> Shape:
        if self.stop - self.start < 0.1:
            raise ValueError("expected `to` at least .1 above `from`")
        return self


class Probe(Strict):
    """A question to one decision or payoff of the scenario's first day, asked of many sets of drawn inputs."""

    name: Literal[
        "utility", "disagreement", "recognition", "threshold", "accept", "invitation", "answer", "maximal", "response",
        "talks", "vote", "terms", "consent", "tension", "belief", "taste",
    ] = Field(description="What is asked; docs/claims.md lists them.")  # fmt: skip
    actor: str | None = Field(None, description="The actor asked.")
    package: str | None = Field(None, description="The package it is asked about.")
    track: str | None = Field(None, description="The track on which the decision is taken.")
    issue: str | None = Field(None, description="The issue whose level is read.")
    hazard: str | None = Field(None, description="The event that happens.")
    player: str | None = Field(None, description="The veto player asked.")
    option: str | None = Field(None, description="The option whose probability is read.")
    path: str | None = Field(None, description="The input that is watched.")
    world: dict[str, Finite] = Field(default_factory=dict, description="Fields of the world set before asking.")
    of: Literal["mean", "smallest", "largest"] = Field("mean", description="What is taken over the drawn inputs.")
    after: str | None = Field(None, description="Package of a deal that is in force and kept when it is asked.")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Probe:
        missing = [key for key in PROBE_NEEDS[self.name] if getattr(self, key) is None]
        if missing:
            raise ValueError(f"the probe '{self.name}' needs `{'`, `'.join(missing)}`")
        return self


class NormalGap(Strict):
    """Normal expectation and value of a meeting: parameters of the closed form of a gap above the tolerance."""

    mean_expectation: Finite
    sd_expectation: Finite = Field(ge=0.0)
    mean_value: Finite
    sd_value: Finite = Field(ge=0.0)
    tolerance: Finite

    @model_validator(mode="after")
    def _varies(self) -> NormalGap:
        if self.sd_expectation + self.sd_value <= 0.0:
            raise ValueError("one of the two standard deviations must be a number > 0")
        return self


class Figure(Strict):
    """One number with its interval: exactly one measure, the scenario it is taken in, and the histories it is over."""

    share: str | None = Field(None, description="Share of histories that meet a condition.")
    mean: str | None = Field(None, description="Mean of a result column.")
    median: str | None = Field(None, description="Median of a result column, over its finite values.")
    variance: str | None = Field(None, description="Variance of a result column.")
    entropy: str | None = Field(None, description="Entropy in bits of a text column.")
    ratio: tuple[str, str] | None = Field(None, description="Sum of one column over the sum of another.")
    parameter: str | None = Field(None, description="Point value of an input.")
    slope: Shape | None = Field(None, description="Slope of a utility along an issue.")
    bend: Shape | None = Field(None, description="Second difference of a utility along an issue.")
    probe: Probe | None = Field(None, description="A decision or payoff of a fixed world.")
    normal_gap: NormalGap | None = Field(None, description="Closed form of the probability of a gap.")
    given: str | None = Field(None, description="Only histories that meet this condition.")
    times: list[str] = Field(default_factory=list, description="Inputs by whose summed point values it is multiplied.")
    variant: str | None = Field(None, description="Named variant in which it is taken.")
    set: dict[str, Any] = Field(default_factory=dict, description="Changes of the scenario in which it is taken.")
    replications: int | None = Field(None, ge=1, le=1_000_000, description="Histories; the audit's number if absent.")

    @property
    def measure(self) -> str:
        """Name of the one measure that is given."""
        return next(name for name in _MEASURES if getattr(self, name) is not None)

    @property
    def over_rows(self) -> bool:
        """Whether histories have to be simulated for it."""
        return self.measure in ROW_FIGURES

    def conditions(self) -> Iterator[tuple[str, list[Term]]]:
        """The conditions on histories, by field."""
        for name in ("share", "given"):
            text = getattr(self, name)
            if text is not None:
                yield name, terms(text)

    def columns(self) -> Iterator[tuple[str, str]]:
        """(field, column) of every result column it reads."""
        for name, condition in self.conditions():
            for term in condition:
                yield name, term.column
        for name in ("mean", "median", "variance", "entropy"):
            if getattr(self, name) is not None:
                yield name, getattr(self, name)
        for column in self.ratio or ():
            yield "ratio", column

    @model_validator(mode="after")
    def _is_one(self) -> Figure:
        found = [name for name in _MEASURES if getattr(self, name) is not None]
        if len(found) != 1:
            told = "none" if not found else " and ".join(f"`{name}`" for name in found)
            raise ValueError(f"expected one of `{'`, `'.join(_MEASURES)}`, found {told}")
        if self.given is not None and not self.over_rows:
            raise ValueError(f"`given` restricts histories, and `{found[0]}` needs none")
        for _ in self.conditions():
            pass
        return self


_MEASURES = (*ROW_FIGURES, "parameter", "slope", "bend", "probe", "normal_gap")


class Part(Strict):
    """A figure, or the difference of two, and the side of a bound on which the claim puts it."""

    label: Text = Field(description="What is measured, in words.")
    figure: Figure = Field(description="The figure.")
    minus: Figure | None = Field(None, description="Taken from it, history by history with the same draws.")
    above: Finite | None = Field(None, description="The claim puts it above this.")
    below: Finite | None = Field(None, description="The claim puts it below this.")
    equals: Finite | None = Field(None, description="The claim puts it at this, up to `within`.")
    within: Finite = Field(0.0, ge=0.0, description="Tolerance of `equals`; 0 means exactly, in every history.")
    never: bool = Field(False, description="The claim says that no history meets the condition of the share.")
    reported: bool = Field(False, description="The claim leaves the side open: it must be told with an interval.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Part:
        bounds = [name for name in ("above", "below", "equals") if getattr(self, name) is not None]
        said = bounds + [name for name in ("never", "reported") if getattr(self, name)]
        if not said:
            raise ValueError("expected `above`, `below`, `equals`, `never` or `reported`, found none")
        if len(said) > 1 and said != ["above", "below"]:
            raise ValueError(f"`{'` and `'.join(said)}` cannot stand together")
        if said == ["above", "below"] and not self.above < self.below:  # type: ignore[operator]
            raise ValueError("`above` must be the lower of the two bounds")
        if self.never and (self.figure.share is None or self.minus is not None):
            raise ValueError("`never` belongs to a single share")
        return self


class Counter(Strict):
    """A planted scenario in which the check must fail."""

    variant: str | None = Field(None, description="Named variant.")
    set: dict[str, Any] = Field(default_factory=dict, description="Changes of the scenario.")
    part: int | None = Field(None, ge=1, description="Number of the part that fails; any if absent.")
    replications: int | None = Field(None, ge=1, description="Histories that suffice to see it.")
    by_hand: str | None = Field(None, description="Name of the test that plants it where no scenario can.")

    @model_validator(mode="after")
    def _changes_something(self) -> Counter:
        if not self.set and self.variant is None and self.by_hand is None:
            raise ValueError("expected `variant`, `set` or `by_hand`, found none")
        return self


class Check(Strict):
    """How a claim is checked."""

    says: Text = Field(description="The test in words.")
    parts: list[Part] = Field(min_length=1, description="All must hold for the claim to hold.")
    counter: Counter = Field(description="A planted scenario in which it fails.")


class Move(Strict):
    """Another value of a quantity that a claim names, with what must change beside it (shares that sum to one)."""

    to: Any = Field(description="The other value.")
    beside: dict[str, Any] = Field(default_factory=dict, alias="with", description="Other changes by path.")

    model_config = Strict.model_config | {"populate_by_name": True}

    @model_validator(mode="before")
    @classmethod
    def _from_value(cls, data: Any) -> Any:
        return data if isinstance(data, dict) and "to" in data else {"to": data}

    def changes(self, path: str) -> dict[str, Any]:
        """All changes by path."""
        return {path: self.to, **self.beside}


class Claim(Strict):
    """One claim of the source, in our words."""

    id: Slug
    kind: Kind
    actors: list[str] = Field(min_length=1)
    claim: Text
    params: list[str] = Field(default_factory=list, description="Names of the model's quantities, as in the theory.")
    paths: dict[str, Move] = Field(
        default_factory=dict, description="Paths of these in the scenario, each with another value that moves the figure."
    )
    grounds: Text
    direction: Text
    strength: Literal["weak", "moderate", "strong"]
    implicit: bool = False
    switch: str | None = Field(None, description="Variant that switches an implicit claim off.")
    check: Check | None = None
    not_testable: Text | None = Field(None, description="Why no check can be computed.")

    @model_validator(mode="after")
    def _is_checked_or_excused(self) -> Claim:
        if (self.check is None) == (self.not_testable is None):
            raise ValueError("expected either `check` or `not_testable`")
        if self.implicit and self.switch is None:
            raise ValueError("an implicit claim needs `switch`, the variant that switches it off")
        return self


class Source(Strict):
    """The document that the claims come from."""

    type: str
    author: str
    outlet: str
    outlet_short: str | None = None
    date: str
    language: str
    country: str | None = None
    subject: str
    written_before_the_event: bool | None = None


class Audit(Strict):
    """How the checks are run unless a figure says otherwise."""

    replications: int = Field(ge=1, description="Histories of a figure.")
    draws: int = Field(ge=1, description="Sets of drawn inputs of a probe.")
    set: dict[str, Any] = Field(default_factory=dict, description="Changes for all simulated figures.")


class Seed(Strict):
    """A seed file."""

    schema_version: Literal[1]
    id: Slug
    description: Text
    source: Source
    vocabulary: dict[str, Any] = Field(default_factory=dict)
    audit: Audit
    claims: list[Claim] = Field(min_length=1)


class Term(NamedTuple):
    """One comparison of a result column."""

    column: str
    sign: str  # = != < <= > >= has never
    value: str


_CALL = re.compile(r"(has|never)\((.+)\)\Z")
_TERM = re.compile(r"(.+?)\s*(<=|>=|!=|=|<|>)\s*(.+)\Z")


def terms(text: str) -> list[Term]:
    """The comparisons of a condition: `column=text`, `column>=number`, `has(column)`, `never(column)`, joined by `&`.

    Raises
    ------
    ValueError
        A piece that is none of these.
    """
    found = []
    for piece in text.split("&"):
        piece = piece.strip()
        if call := _CALL.match(piece):
            found.append(Term(call[2].strip(), call[1], ""))
        elif term := _TERM.match(piece):
            found.append(Term(term[1], term[2], term[3].strip()))
            if term[2] not in ("=", "!="):
                _number(term[3], piece)
        else:
            raise ValueError(f"expected a comparison of a result column, as in outcome=name, found '{piece}'")
    return found


def _number(text: str, piece: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"expected a number after the sign in '{piece}'") from None


@dataclass(frozen=True)
class LoadedSeed:
    """A seed that can be used, and the text it came from."""

    seed: Seed
    document: Document

    def claim(self, identifier: str) -> Claim:
        """The claim of this id."""
        return next(item for item in self.seed.claims if item.id == identifier)


def load_seed(path: str | os.PathLike[str]) -> LoadedSeed:
    """The checked seed of a file.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault; each names the claim.
    """
    document = read(path)
    problems = Problems(document)
    if not isinstance(document.data, dict):
        problems.add((), expected="a mapping with the keys of a seed file", hint="begin with `schema_version: 1`")
        problems.raise_if_any()
    seed: Seed | None = None
    try:
        seed = Seed.model_validate(document.data)
    except ValidationError as error:
        from sim.model.structure import report

        report(error, document.data, _naming(problems), Seed)
    if seed is not None:
        ids = [claim.id for claim in seed.claims]
        for number, name in enumerate(ids):
            if name in ids[:number]:
                problems.add(("claims", number, "id"), f"'{name}' is the id of two claims", hint="rename one of them")
    problems.raise_if_any()
    assert seed is not None
    return LoadedSeed(seed, document)


class _naming:
    """Adds the claim's id to the message of a fault below it."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def __call__(self, path: Path, message: str = "", **rest: Any) -> None:
        self.problems.add(path, _of_claim(self.problems, path, message), **rest)


def _of_claim(problems: Problems, path: Path, message: str) -> str:
    document = problems.document
    if len(path) < 3 or path[0] != "claims" or document is None:
        return message
    try:
        name = document.data["claims"][path[1]]["id"]
    except (KeyError, IndexError, TypeError):
        return message
    return f"claim '{name}': {message}" if message else f"claim '{name}'"


def seed_path_of(scenario: str | os.PathLike[str] | None, named: str) -> FilePath:
    """The seed file that a scenario names: beside it, one folder up, or among the shipped ones.

    Raises
    ------
    ScenarioError
        There is none; the hint names the nearest shipped one.
    """
    from sim import resources

    wanted = FilePath(named)
    places = [] if scenario is None else [FilePath(scenario).parent / wanted, FilePath(scenario).parent.parent / wanted]
    found = next((place for place in places if place.is_file()), None)
    if found is not None:
        return found
    if wanted.stem in resources.list_seeds():
        return resources.seed_path(wanted.stem)
    raise ScenarioError(
        f"there is no seed file '{named}'", hint=did_you_mean(wanted.stem, resources.list_seeds(), "shipped seeds")
    )


def check_against(loaded: LoadedSeed, spec: ScenarioSpec, data: Any, columns: Iterable[str]) -> None:
    """Compare the names in all checks with a scenario and the columns of its results.

    Raises
    ------
    ScenarioError
        With a diagnostic for every name that the scenario does not have; the hint names the nearest one.
    """
    problems = Problems(loaded.document)
    known = list(columns)
    for number, claim in enumerate(loaded.seed.claims):
        base: Path = ("claims", number)
        _check_paths(problems, (*base, "paths"), claim.paths, data)
        for path, move in claim.paths.items():
            _check_paths(problems, (*base, "paths", path, "with"), move.beside, data)
        for name in claim.actors:
            _name(problems, (*base, "actors"), name, spec.actors, "actor")
        if claim.switch is not None:
            _name(problems, (*base, "switch"), claim.switch, spec.variants, "variant")
        if claim.check is None:
            continue
        counter = claim.check.counter
        _check_world(problems, (*base, "check", "counter"), counter.variant, counter.set, spec, data)
        for place, part in enumerate(claim.check.parts):
            for key in ("figure", "minus"):
                figure = getattr(part, key)
                if figure is not None:
                    _check_figure(problems, (*base, "check", "parts", place, key), figure, spec, data, known)
    _check_world(problems, ("audit",), None, loaded.seed.audit.set, spec, data)
    problems.raise_if_any()


def _check_figure(
    problems: Problems, path: Path, figure: Figure, spec: ScenarioSpec, data: Any, columns: list[str]
) -> None:
    _check_world(problems, path, figure.variant, figure.set, spec, data)
    for field, column in figure.columns():
        if column.startswith("outcome@"):
            continue  # which report dates there are depends on the figure's own variant and changes
        _name(problems, (*path, field), column, columns, "result column")
    for field, text in (("parameter", figure.parameter), *(("times", text) for text in figure.times)):
        if text is not None:
            _check_paths(problems, (*path, field), {text: None}, data, inside=False)
    for key in ("slope", "bend"):
        shape = getattr(figure, key)
        if shape is not None:
            _name(problems, (*path, key, "actor"), shape.actor, spec.actors, "actor")
            _name(problems, (*path, key, "issue"), shape.issue, spec.issues, "issue")
    probe = figure.probe
    if probe is not None:
        from sim.world.fields import STATE

        tables: tuple[tuple[str, Mapping[str, Any]], ...] = (
            ("actor", spec.actors), ("package", spec.packages), ("track", spec.tracks), ("issue", spec.issues),
            ("hazard", spec.hazards), ("player", spec.veto_players), ("after", spec.packages),
        )  # fmt: skip
        for key, table in tables:
            if getattr(probe, key) is not None:
                kind = "package" if key == "after" else key
                _name(problems, (*path, "probe", key), getattr(probe, key), table, kind)
        if probe.path is not None:
            _check_paths(problems, (*path, "probe", "path"), {probe.path: None}, data, inside=False)
        fields = [field.name for field in STATE if not field.size]
        for name in probe.world:
            _name(problems, (*path, "probe", "world", name), name, fields, "field of the world", at_key=True)


def _check_world(
    problems: Problems, path: Path, variant: str | None, changes: Mapping[str, Any], spec: ScenarioSpec, data: Any
) -> None:
    if variant is not None:
        _name(problems, (*path, "variant"), variant, spec.variants, "variant")
    _check_paths(problems, (*path, "set"), changes, data)


def _check_paths(
    problems: Problems, path: Path, changes: Mapping[str, Any], data: Any, *, inside: bool = True
) -> None:
    for text in changes:
        try:
            target(text, data)
        except PathError as error:
            place = (*path, text) if inside else path
            problems.add(place, _of_claim(problems, place, error.message), hint=error.hint, at_key=inside)


def _name(
    problems: Problems, path: Path, name: str, known: Iterable[str], kind: str, *, at_key: bool = False
) -> None:
    names = list(known)
    if name not in names:
        message = _of_claim(problems, path, f"unknown {kind} '{name}'")
        problems.add(path, message, hint=did_you_mean(name, names, f"{kind}s"), at_key=at_key)
