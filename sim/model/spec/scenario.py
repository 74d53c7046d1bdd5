"""The whole file: one conflict, what may vary in it, and how its end is judged."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.model.quantities import parse_date
from sim.model.spec.actors import Actor, VetoPlayer
from sim.model.spec.base import ExpressionText, Finite, FixedDuration, Grounded, Identifier, Slug, Strict, Text, Whole
from sim.model.spec.effects import Hazard, Signal
from sim.model.spec.game import Game, Theory
from sim.model.spec.issues import Derived, Issue, Menu, Package, ParameterEntry
from sim.model.spec.mechanisms import Choice, Mechanisms
from sim.model.spec.tracks import Track
from sim.randomness import key_of


def _date(value: Any) -> Any:
    return parse_date(value) if isinstance(value, (str, int, float)) else value


Day = Annotated[dt.date, BeforeValidator(_date)]


class Source(Strict):
    """Where numbers come from."""

    title: Text = Field(description="What it is.")
    author: str | None = Field(None, description="Who wrote or compiled it.")
    year: int | str | None = Field(None, description="When.")
    reference: str | None = Field(None, description="Full reference.")
    kind: Literal["commentary", "literature", "data", "record", "judgement", "computed"] | None = Field(
        None, description="What kind of ground it is."
    )


class Outcome(Grounded):
    """One class of outcomes; the first whose predicate holds is the outcome."""

    id: Identifier = Field(alias="class", description="Name of the class.")
    when: ExpressionText = Field(description="Predicate over the world at the date of reading.")
    label: str | None = Field(None, description="Name shown to readers.")
    description: str | None = Field(None, description="What it means.")
    tone: Literal["good", "mixed", "bad", "worst"] | None = Field(None, description="How readers judge it; decides its colour.")


class BaseRate(Grounded):
    """How often what an outcome class means has come among like cases; shown beside the share of the class."""

    num_events: Whole = Field(ge=0, description="In how many of the cases it came.")
    num_cases: Whole = Field(ge=1, description="How many cases were counted.")
    of: Text = Field(description="What was counted, as in `12 of 60 ...`: crises of which kind, from when to when.")


class Lever(Grounded):
    """Something a decision-maker sets."""

    path: str = Field(description="Path of the value it sets.")
    label: str | None = Field(None, description="Name shown to readers.")
    who: Identifier | None = Field(None, description="Who sets it.")
    range: tuple[Finite, Finite] | None = Field(None, description="Sensible range: a policy beyond it is refused, another change is told.")


class Fitted(Strict):
    """How values were fitted: to which targets, and what these may know."""

    before: Day | None = Field(None, description="All targets that were used are dated before this day; absent where any date was.")
    targets: list[str] = Field(min_length=1, description="Figures of the targets that were used.")
    paths: list[str] = Field(min_length=1, description="Paths of the values that were fitted.")
    seed: Whole | None = Field(None, description="Root seed of the fit.")


class Change(Grounded):
    """A named change of the scenario: path -> value."""

    label: str | None = Field(None, description="Name shown to readers.")
    description: str | None = Field(None, description="What changes and why.")
    fitted: Fitted | None = Field(None, description="How the values were fitted, if they were; no rule reads it.")
    set: dict[str, Any] = Field(min_length=1, description="Values by path.")


class Strategy(Grounded):
    """One way in which a player may play the whole scenario: path -> value."""

    label: str | None = Field(None, description="Name shown to readers.")
    description: str | None = Field(None, description="What the player does.")
    set: dict[str, Any] = Field(
        default_factory=dict, description="Values by path; empty for the play that the file describes."
    )


class Correlation(Grounded):
    """Inputs that vary together (Gaussian copula)."""

    members: list[str] = Field(min_length=2, max_length=40, description="Paths of the inputs.")
    matrix: list[list[Finite]] | None = Field(None, description="Correlation matrix, row by row.")
    correlation: Finite | None = Field(None, ge=-1, le=1, description="One correlation between all pairs.")


class DirichletGroup(Grounded):
    """Inputs that vary as shares of one whole."""

    members: list[str] = Field(min_length=2, max_length=40, description="Paths of the inputs; their values are the means.")
    concentration: Finite = Field(gt=0, le=1e6, description="The larger, the less they vary.")


class Target(Grounded):
    """A figure of the distribution with the band in which it should lie."""

    figure: str = Field(description="What is measured, as in `share:outcome=...` or `rate:launch in talks`.")
    low: Finite | None = Field(None, description="Lower end of the band.")
    high: Finite | None = Field(None, description="Upper end of the band.")
    tolerance: Finite | None = Field(
        None, gt=0, description="How far beyond an end a figure may well lie, as a standard deviation; a quarter of the band if absent."
    )
    date: Day | None = Field(None, description="Day on which the band could be stated: nothing later went into it.")
    label: str | None = Field(None, description="Words for it.")


class Applied(Strict):
    """What was changed on the way from the written to the completed scenario."""

    variant: Slug | None = Field(None, description="Variant that was applied.")
    policy: Slug | None = Field(None, description="Policy that was applied.")
    strategies: dict[Identifier, Slug] | None = Field(None, description="Strategies that were applied, by player.")
    set: dict[str, Any] = Field(default_factory=dict, description="Values that were set by path.")


def _key(name: Any, actor: Any) -> int:
    """The key of an actor that may not have been checked yet."""
    pinned = actor.get("key") if isinstance(actor, dict) else None
    return pinned if isinstance(pinned, int) else key_of(str(name))


class ScenarioSpec(Strict):
    """A scenario file."""

    schema_version: Literal[1] = Field(description="Version of this format.")
    id: Slug = Field(description="Name of the scenario: lower-case letters, digits, dots, dashes.")
    version: Whole = Field(1, ge=1, description="Raised whenever numbers change.")
    title: Text = Field(description="Title for readers.")
    description: Text = Field(description="What the case is.")
    question: str | None = Field(None, description="The question the scenario is meant to answer.")
    time_unit: Literal["days", "hours"] = Field("days", description="Unit of times and durations written as bare numbers.")
    start: Day = Field(description="Date of time 0.")
    horizon: FixedDuration = Field(gt=0, le=1e6, description="Time at which the outcome is read.")
    readings: list[FixedDuration] = Field(default_factory=list, max_length=20, description="Further times of reading.")
    grid: Whole = Field(24, ge=2, le=200, description="Points of the paths that are recorded, after the start.")
    pulse: FixedDuration = Field(7.0, gt=0, description="Longest time between updates of slow quantities.")
    sources: dict[Identifier, Source] = Field(description="Sources by short name.")
    claims: str | None = Field(None, description="Seed file whose claim ids are cited.")
    sides: tuple[Identifier, Identifier] = Field(
        description="The two sides whose talks, deals and crises the mechanisms are about; with a `game` or a `theory`, "
        "two of its actors if absent."
    )
    parameters: dict[Identifier, ParameterEntry] = Field(default_factory=dict, description="Named numbers for expressions.")
    issues: dict[Identifier, Issue] = Field(
        default_factory=dict, max_length=64, description="What is in dispute; only a scenario with a `game` or a `theory` may have none."
    )
    derived: dict[Identifier, Derived] = Field(default_factory=dict, description="Quantities computed from issue levels.")
    packages: dict[Identifier, Package] = Field(default_factory=dict, description="Named packages.")
    maximal_package: Identifier | None = Field(
        None, description="Package from whose worth to the first side a demand counts as maximal."
    )
    menu: Menu = Field(default_factory=Menu, description="How candidate packages are made.")
    actors: dict[Identifier, Actor] = Field(min_length=2, max_length=64, description="Who can act.")
    veto_players: dict[Identifier, VetoPlayer] = Field(default_factory=dict, description="Domestic veto players.")
    signals: dict[Identifier, Signal] = Field(default_factory=dict, description="Signals about private types.")
    choice: Choice = Field(default_factory=Choice, description="Precision of choices.")
    tracks: dict[Identifier, Track] = Field(default_factory=dict, description="Where parties talk.")
    mechanisms: Mechanisms = Field(default_factory=Mechanisms, description="What couples the parts.")
    hazards: dict[Identifier, Hazard] = Field(default_factory=dict, description="Events nobody chooses.")
    game: Game | None = Field(None, description="A game of moves, on the same clock.")
    theory: Theory | None = Field(None, description="What theory says, to be held against histories.")
    outcomes: list[Outcome] = Field(min_length=2, max_length=40, description="Classes of outcome, first match wins.")
    base_rates: dict[Identifier, list[BaseRate]] | None = Field(
        None,
        description="By outcome class, how often it came among like cases, the nearest like first; told beside its share everywhere.",
    )
    metrics: dict[Identifier, ExpressionText] = Field(
        default_factory=dict, description="Further quantities recorded at the horizon."
    )
    given: list[ExpressionText] | None = Field(
        None,
        min_length=1,
        max_length=50,
        description="What is known to have happened, as conditions with dates: what is told is of the histories that fit.",
    )
    uncertainties: list[str] = Field(
        default_factory=list, max_length=400, description="Paths of drawn inputs recorded in every row."
    )
    levers: dict[Identifier, Lever] = Field(default_factory=dict, description="What decision-makers set.")
    correlations: dict[Identifier, Correlation] = Field(default_factory=dict, description="Correlated inputs.")
    shares: dict[Identifier, DirichletGroup] = Field(default_factory=dict, description="Inputs that share one whole.")
    variants: dict[Slug, Change] = Field(default_factory=dict, description="Named variants.")
    policies: dict[Slug, Change] = Field(default_factory=dict, description="Named settings of levers.")
    strategies: dict[Identifier, dict[Slug, Strategy]] = Field(
        default_factory=dict,
        max_length=12,
        description="By player, the strategies among which it chooses in the empirical game; its first is its default play.",
    )
    targets: list[Target] = Field(default_factory=list, description="Bands the distribution is compared with.")
    sampling: Literal["inputs", "ranges", "off"] = Field(
        "inputs", description="What varies: declared distributions, also ranges (triangular), or nothing."
    )
    limits: list[str] = Field(default_factory=list, description="What this scenario cannot tell; shown in the report.")
    applied: Applied | None = Field(None, description="Changes already made to it; written by completion.")

    @model_validator(mode="before")
    @classmethod
    def _sides_of_a_game(cls, data: Any) -> Any:
        """A scenario that is a game need not say who its sides are, nor what is in dispute."""
        if not isinstance(data, dict) or (data.get("game") is None and data.get("theory") is None):
            return data
        actors = data.get("actors")
        if "sides" in data or not isinstance(actors, dict) or len(actors) < 2:
            return data
        keys = {name: _key(name, actor) for name, actor in actors.items()}
        return {**data, "sides": sorted(actors, key=keys.__getitem__)[:2]}


def validation_context(data: Any) -> dict[str, Any]:
    """What durations and dates need to know before the rest of the file is read."""
    context: dict[str, Any] = {"time_unit": "days", "start": None}
    if isinstance(data, dict):
        if data.get("time_unit") in ("days", "hours"):
            context["time_unit"] = data["time_unit"]
        try:
            context["start"] = dt.date.fromisoformat(str(data.get("start")))
        except ValueError:
            context["start"] = None
    return context
