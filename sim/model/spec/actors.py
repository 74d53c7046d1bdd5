"""Who acts: actors, what they want, what only they know, how they bargain, who can veto at home."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.model.spec.base import (
    Entity,
    ExpressionText,
    Grounded,
    Identifier,
    Level,
    LongDuration,
    NonNegative,
    Number,
    Positive,
    Probability,
    Quantity,
    Strict,
    Switch,
    Whole,
)


class Taste(Grounded):
    """One issue in one actor's utility: weight * (1 - (|v - ideal| / max(ideal, 1 - ideal))**exponent)."""

    weight: Probability = Field(description="Weight of the issue; an actor's weights, survival included, sum to 1.")
    ideal: Probability = Field(description="Level the actor wants most.")
    exponent: Positive = Field(
        default_factory=lambda: Quantity(value=1.0),
        description="Above 1 the first steps toward the ideal count most, below 1 the last.",
    )
    reads: Identifier | None = Field(
        None, description="Derived quantity read instead of the issue's own level (verified instead of declared, say)."
    )


class Survival(Grounded):
    """Regime survival: weight * (1 - level(arms)**eta * (1 - credibility * level(guarantee)))."""

    weight: Probability = Field(description="Weight of survival in the actor's utility.")
    arms: Identifier = Field(description="Issue whose level removes the deterrent.")
    guarantee: Identifier = Field(description="Issue whose level promises protection.")
    eta: Positive = Field(description="Above 1 early limits on arms cost little and the last weapons most.")


class Utility(Grounded):
    """What an actor wants."""

    issues: dict[Identifier, Taste] = Field(default_factory=dict, description="Tastes by issue.")
    survival: Survival | None = Field(None, description="Survival term, for actors whose arms insure the regime.")


class CommitmentClass(Grounded):
    """One kind of actor as to keeping its word."""

    prior: Probability = Field(description="Prior probability of the class.")
    comply_bonus: Number = Field(
        default_factory=lambda: Quantity(value=0.0), description="Utility added to complying at a milestone."
    )
    trusted: Switch = Field(True, description="Counts as trustworthy in others' trust.")


class PrivateTypes(Strict):
    """What an actor knows about itself and others do not."""

    commitment: dict[Identifier, CommitmentClass] | None = Field(
        None, description="Classes of commitment with priors that sum to 1."
    )
    war_cost: NonNegative | None = Field(None, description="Cost of major war to the actor, in utility units.")
    credibility: Probability | None = Field(None, description="How far the actor believes promises of protection.")
    grid: Whole = Field(7, ge=2, le=99, description="Points of others' belief grid over war cost and credibility.")


class RedLine(Entity):
    """A level that the actor will not sign beyond, as a hard constraint of its type."""

    issue: Identifier = Field(description="Issue that is bounded.")
    max: Level | None = Field(None, description="Highest level the actor signs.")
    min: Level | None = Field(None, description="Lowest level the actor signs.")
    probability: Probability = Field(
        default_factory=lambda: Quantity(value=1.0), description="Probability that the actor has this red line."
    )
    by_class: dict[Identifier, Probability] = Field(
        default_factory=dict,
        description="The same by class of commitment, where the two go together; classes not named take `probability`.",
    )
    unless: ExpressionText | None = Field(None, description="Condition under which the line is lifted, read at each node.")


class Tactic(Grounded):
    """How an actor concedes on one track."""

    family: Literal["time", "behaviour", "resource", "zeuthen", "rational", "maximalist", "own"] = Field(
        description="Family of concession rules."
    )
    beta: Positive = Field(
        default_factory=lambda: Quantity(value=1.0), description="Time families: below 1 concedes late, above 1 early."
    )
    period: LongDuration = Field(
        default_factory=lambda: Quantity(value=365.0), description="Time within which the aspiration falls to its floor."
    )
    margin: Number = Field(
        default_factory=lambda: Quantity(value=0.01), description="Floor of the aspiration above the disagreement payoff."
    )
    mode: Literal["relative", "absolute", "averaged"] = Field("relative", description="Behaviour family: what is imitated.")
    window: Whole = Field(2, ge=1, le=20, description="Behaviour family: how many offers back.")
    stress: Number = Field(
        default_factory=lambda: Quantity(value=0.5),
        description="Resource family: share by which full pressure shortens the period.",
    )
    rejections: Whole = Field(3, ge=1, le=100, description="Maximalist family: rejections before falling back.")
    fallback: Literal["time", "behaviour", "resource", "zeuthen", "rational"] = Field(
        "time", description="Maximalist family: what it falls back to."
    )
    rule: Identifier | None = Field(
        None, description="Own family: name of the tactic, which an installed package registers."
    )


class Risk(Grounded):
    """Attitude to risk and loss."""

    loss_aversion: Positive = Field(
        default_factory=lambda: Quantity(value=1.0), description="Weight of losses against gains of the same size."
    )
    curvature: Positive = Field(
        default_factory=lambda: Quantity(value=1.0), description="Exponent of the value function; 1 is linear."
    )


class War(Grounded):
    """What the actor expects of major war."""

    win_probability: Probability = Field(description="Chance that it prevails.")
    prize: Number = Field(description="Payoff of an imposed outcome if it prevails.")


class Perception(Grounded):
    """What the actor believes another's tastes to be, where that differs from the truth."""

    weights: dict[Identifier, Probability] = Field(default_factory=dict, description="Believed weights by issue.")
    ideals: dict[Identifier, Probability] = Field(default_factory=dict, description="Believed ideal points by issue.")


class Actor(Entity):
    """Whoever can act: a government, a faction, an alliance."""

    role: Literal["principal", "broker", "enforcer", "guarantor", "mediator", "bystander"] = Field(
        description="Part it plays; for readers of the file, no rule reads it."
    )
    utility: Utility = Field(default_factory=Utility, description="What it wants.")
    types: PrivateTypes = Field(default_factory=PrivateTypes, description="What only it knows about itself.")
    red_lines: dict[Identifier, RedLine] = Field(default_factory=dict, description="What it will not sign.")
    patience: NonNegative = Field(
        default_factory=lambda: Quantity(value=0.1), description="Discount rate per year."
    )
    risk: Risk = Field(default_factory=Risk, description="Attitude to risk and loss.")
    overconfidence: Probability = Field(
        default_factory=lambda: Quantity(value=0.0),
        description="How far perceived acceptance of maximal packages exceeds the true one.",
    )
    fighting: War | None = Field(None, description="What it expects of major war.")
    audience_cost: NonNegative = Field(
        default_factory=lambda: Quantity(value=0.0), description="Cost of backing down in public at full multiplier."
    )
    tactics: dict[Identifier, Tactic] = Field(default_factory=dict, description="Concession rule by track.")
    perceives: dict[Identifier, Perception] = Field(default_factory=dict, description="Misperceptions, by actor perceived.")
    harm_of_war: NonNegative = Field(
        default_factory=lambda: Quantity(value=0.0), description="Loss borne if major war comes, in utility units; part of the payoff then."
    )


class VetoPlayer(Entity):
    """Whose consent a party needs at home."""

    parent: Identifier = Field(description="Actor it constrains.")
    utility: ExpressionText = Field(
        "parent", description="Its utility over a package: `parent`, issue levels and derived quantities."
    )
    consents_to: list[Literal["deal", "treaty", "bundle"]] = Field(
        default_factory=lambda: ["deal"], description="What needs its consent."
    )
    weight: Probability = Field(
        default_factory=lambda: Quantity(value=0.0), description="Share of its opposition that becomes a block."
    )
    spread: Positive = Field(
        default_factory=lambda: Quantity(value=0.08), description="Spread (sigma) of its logistic consent."
    )
    prior: Probability | None = Field(None, description="Probability that it consents to the reference package.")
    reference: Identifier | None = Field(None, description="Package at which `prior` holds.")
    votes: Whole = Field(1, ge=1, le=20, description="How often it may vote before the text is dead.")
    vote_gap: LongDuration = Field(
        default_factory=lambda: Quantity(value=30.0), description="Time to the first vote, if any, and between votes."
    )
    learning: Number = Field(
        default_factory=lambda: Quantity(value=0.0),
        description="Gain added to its evaluation at each repeated vote (pressure of the clock).",
    )
