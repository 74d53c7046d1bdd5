"""What an event does to the world, and the events that nobody chooses: hazards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.model.spec.base import (
    Duration,
    Entity,
    ExpressionText,
    FixedDuration,
    Grounded,
    Identifier,
    LongDuration,
    Moment,
    NonNegative,
    Number,
    Probability,
    Quantity,
    Strict,
    Switch,
    Whole,
)


def _zero() -> Quantity:
    return Quantity(value=0.0)


class LeaderChange(Grounded):
    """A leader leaves: type redrawn, others' beliefs about it reset to the prior."""

    actor: Identifier = Field(description="Whose leader.")
    probability: Probability = Field(
        default_factory=lambda: Quantity(value=1.0), description="Probability that the event changes the leader."
    )
    delay: FixedDuration = Field(0.0, description="Time until the new leader governs.")
    resets_expectation: Switch = Field(True, description="Expectation and confidence in talks and pressure start anew.")
    ends_declaration: Switch = Field(False, description="The new leader leaves the talks: a signed declaration lapses.")
    credibility_factor: Probability = Field(
        default_factory=lambda: Quantity(value=1.0), description="Multiplies others' belief in the actor's promises."
    )


class Signal(Grounded):
    """Evidence about a private commitment type: a likelihood by class."""

    about: Identifier = Field(description="Actor whose commitment it speaks of.")
    likelihood: dict[Identifier, Probability] = Field(description="Probability of the signal by class.")


class Effects(Strict):
    """What an event does. Every entry is optional; absent ones do nothing."""

    tension: Number = Field(default_factory=_zero, description="Jump J of tension: h <- h + J * (1 - h).")
    tension_factor: NonNegative = Field(
        default_factory=lambda: Quantity(value=1.0), description="Multiplies tension."
    )
    rung: Whole | None = Field(None, ge=0, le=98, description="Rung of the ladder that is reached at least.")
    crisis: Switch = Field(False, description="Starts a crisis (ticks) unless one is active.")
    crisis_at: Whole | None = Field(None, ge=0, le=98, description="Rung at which that crisis starts at least.")
    provocation: NonNegative = Field(default_factory=_zero, description="Severity weight in the provocation index.")
    severity: Probability = Field(default_factory=_zero, description="Severity put to a vote on resolutions.")
    major: Switch = Field(False, description="Counts as a major provocation for the outcome predicates.")
    incident: Switch = Field(False, description="Ends local military agreements.")
    capability: NonNegative = Field(default_factory=_zero, description="Gain in the developing side's capability.")
    expectation: Number = Field(default_factory=_zero, description="Added to the expectation of the summit's holder.")
    raises_expectation: NonNegative = Field(
        default_factory=_zero, description="Rate r of an upward push while a meeting is pending: E <- E + r * (1 - E)."
    )
    rivalry: NonNegative = Field(default_factory=_zero, description="Jump of great-power rivalry: r <- r + J * (1 - r).")
    delays_rounds: FixedDuration = Field(0.0, description="Time by which pending rounds of talks are put off.")
    fails_round: Probability = Field(default_factory=_zero, description="Probability that the pending round fails.")
    signal: Identifier | None = Field(None, description="Signal that observers receive.")
    cancels: Identifier | None = Field(None, description="Track whose pending meeting is cancelled.")
    breaches_deal: Switch = Field(False, description="Puts a deal in force into dispute.")
    violates: dict[Identifier, Probability] = Field(
        default_factory=dict,
        description="Level by issue: a deal in force that promises as much is openly violated by it and goes into dispute.",
    )
    also_counts_as: Identifier | None = Field(
        None, description="Hazard of which this is an arrival too, in its counter and its excitation."
    )
    hostile_vetoes: NonNegative = Field(default_factory=_zero, description="Added to the count of hostile veto players.")
    leader: LeaderChange | None = Field(None, description="Leader change.")


class _Hazard(Entity):
    enabled: Switch = Field(True, description="Switched off, the hazard never occurs; its draws stay reserved.")
    actor: Identifier | None = Field(None, description="Who causes it, if anyone.")
    when: ExpressionText | None = Field(None, description="It can occur only while this holds.")
    effects: Effects = Field(default_factory=Effects, description="What it does.")
    by_type: str | None = Field(
        None, description="Signal whose likelihoods, relative to the prior mean, multiply the rate by true type; others learn from it."
    )
    by_type_when: ExpressionText | None = Field(None, description="`by_type` applies only while this holds.")
    alternative: Identifier | None = Field(None, description="Hazard whose effects apply as well (a test that is also a launch).")
    counts_as: Identifier | None = Field(None, description="Name of the counter it adds to in the results; its own id if absent.")
    split: dict[Identifier, Probability] = Field(
        default_factory=dict, description="Marks: probability by name; `mark_effects` says what each adds."
    )
    mark_effects: dict[Identifier, Effects] = Field(default_factory=dict, description="Effects by mark.")


class PoissonHazard(_Hazard):
    """Arrivals at a rate that the situation modifies."""

    kind: Literal["poisson"] = Field("poisson", description="Arrivals at a given rate.")
    rate: NonNegative = Field(description="Base rate per year.")
    factor: ExpressionText = Field("1", description="Multiplies the rate; read at every update.")


class SelfExcitingHazard(_Hazard):
    """Arrivals that make further arrivals more likely (Hawkes process with an exponential kernel)."""

    kind: Literal["self_exciting"] = Field("self_exciting", description="Each arrival raises the rate for a while.")
    baseline: NonNegative = Field(description="Baseline rate per year.")
    factor: ExpressionText = Field("1", description="Multiplies the baseline; read at every update.")
    branching: Probability = Field(description="Mean number of arrivals that one arrival triggers.")
    half_life: LongDuration = Field(description="Time in which the excitation halves.")
    paused: ExpressionText = Field("false", description="While this holds the paused rate applies.")
    paused_rate: NonNegative = Field(default_factory=_zero, description="Rate per year while paused.")


class CalendarHazard(_Hazard):
    """Events on fixed dates."""

    kind: Literal["calendar"] = Field("calendar", description="Events on given dates.")
    at: list[Moment] = Field(default_factory=list, description="Dates or times since the start.")
    every: FixedDuration | None = Field(None, description="Period after the last date, if it recurs.")
    suspended_when: ExpressionText | None = Field(None, description="Condition under which it may be called off.")
    suspended_probability: Probability = Field(
        default_factory=lambda: Quantity(value=1.0), description="Probability that it is called off then."
    )
    suspended_by_type: Identifier | None = Field(
        None,
        description="Signal of calling it off: its likelihoods, relative to the prior mean, multiply that probability by true type; "
        "others learn from what is held and what is called off.",
    )


Hazard = Annotated[PoissonHazard | SelfExcitingHazard | CalendarHazard, Field(discriminator="kind")]

__all__ = [
    "CalendarHazard",
    "Duration",
    "Effects",
    "Hazard",
    "LeaderChange",
    "PoissonHazard",
    "SelfExcitingHazard",
    "Signal",
]
