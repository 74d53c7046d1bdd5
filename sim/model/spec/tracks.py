"""Where parties talk: tracks, one protocol each."""

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
    Level,
    LongDuration,
    Moment,
    NonNegative,
    Number,
    Probability,
    Strict,
    Switch,
    Whole,
    constant,
)
from sim.model.spec.effects import Effects


class Bound(Strict):
    """Levels that negotiators on the track may agree to."""

    min: Level = Field(0.0, description="Lowest level.")
    max: Level = Field(1.0, description="Highest level.")


class _Track(Entity):
    enabled: Switch = Field(True, description="Switched off, the track never opens; its draws stay reserved.")


class _Talks(_Track):
    mandate: dict[Identifier, Bound] = Field(
        default_factory=dict, description="Bounds on issues within which its negotiators may agree."
    )
    terms: dict[Identifier, ExpressionText] = Field(
        default_factory=dict,
        description="Conditions over issue levels that any package agreed here must meet, as in "
        "`relief <= .35 or verif >= .6`; parameters count at their point values.",
    )
    consent: list[Literal["deal", "treaty"]] = Field(
        default_factory=lambda: ["deal"], description="Which veto players an agreed package needs."
    )
    deadline: Moment | None = Field(None, description="Date after which the track is closed for good.")


class AlternatingOffers(_Talks):
    """Parties offer in turn; the others accept or reject."""

    protocol: Literal["alternating_offers"] = Field("alternating_offers", description="Offers in turn.")
    participants: list[Identifier] = Field(min_length=2, max_length=12, description="Who sits at the table, in order.")
    opens: Moment | None = Field(0.0, description="When it opens by itself; null is not allowed, leave out for the start.")
    first_round: Duration = Field(default_factory=constant(21.0), description="From opening to the first round.")
    gap: LongDuration = Field(description="Time between rounds.")
    breakdown: Probability = Field(default_factory=constant(0.0), description="Probability of breakdown after a rejection.")
    closed_after_breakdown: FixedDuration = Field(90.0, description="Time for which a breakdown closes the track.")
    text_lapses: FixedDuration = Field(180.0, description="Time after which an agreed text lapses.")
    feeds: Identifier | None = Field(None, description="Leaders' track whose menu an agreed text joins.")
    pauses_before: FixedDuration = Field(0.0, description="Pause before a meeting on the track it feeds.")
    pauses_after: FixedDuration = Field(0.0, description="Pause after such a meeting.")
    moves_expectation: Switch = Field(False, description="Each round moves the expectation toward the deliverable value.")
    outcome_on_agreement: Literal["deal", "text"] = Field(
        "deal", description="Whether an agreed package is signed at once or held as a text for the leaders."
    )


class SingleText(_Talks):
    """A mediator drafts one text; the parties accept it or send it back."""

    protocol: Literal["single_text"] = Field("single_text", description="One text, drafted by a mediator.")
    mediator: Identifier = Field(description="Who drafts.")
    participants: list[Identifier] = Field(min_length=2, max_length=12, description="Who must accept.")
    opens: Moment = Field(0.0, description="When it opens.")
    first_round: Duration = Field(default_factory=constant(1.0), description="From opening to the first draft.")
    gap: LongDuration = Field(description="Time between drafts.")
    rounds: Whole = Field(23, ge=1, le=1000, description="Most drafts.")
    weight_of_own_view: Probability = Field(
        default_factory=constant(0.0), description="Weight of the mediator's own utility against the parties' Nash product."
    )
    breakdown: Probability = Field(default_factory=constant(0.0), description="Probability that a rejection ends the talks.")
    outcome_on_agreement: Literal["deal", "text"] = Field(
        "deal", description="Whether an agreed package is signed at once or held as a text for the leaders."
    )


class Cancellation(Grounded):
    """How a pending meeting may be cancelled and revived."""

    rate: NonNegative = Field(default_factory=constant(0.0), description="Rate per year while a meeting is pending.")
    factor: ExpressionText = Field("1", description="Multiplies the rate.")
    revival: Probability = Field(default_factory=constant(0.0), description="Probability that a cancelled meeting is revived.")
    revival_delay: LongDuration = Field(default_factory=constant(10.0), description="Mean time to revival.")
    revival_within: FixedDuration = Field(30.0, description="Longest time to revival.")
    revival_needs: Identifier | None = Field(None, description="Track that must be enabled for a revival.")
    postponed_by: FixedDuration = Field(7.0, description="New date after the revival if the old one has passed.")
    rate_after_revival: Probability = Field(default_factory=constant(0.5), description="Factor on the rate after a revival.")


class Invitations(Grounded):
    """How further meetings are agreed."""

    every: FixedDuration = Field(180.0, description="Time between invitations while talks are on.")
    delay: LongDuration = Field(description="From acceptance to the meeting.")
    spectacle_first: Number = Field(default_factory=constant(0.0), description="Proposer's private gain from a first meeting.")
    spectacle_later: Number = Field(default_factory=constant(0.0), description="Its gain from later meetings.")


class Recognition(Grounded):
    """What the mere holding of a meeting grants the responder."""

    issue: Identifier = Field(description="Issue whose level the meeting raises.")
    transfer: Probability = Field(description="Rise of the level when the first meeting is held.")
    irreversible: Probability = Field(description="Share of the rise that a failure does not undo.")
    during_talks: Level = Field(0.0, description="Level while talks are on.")
    costs_proposer: Switch = Field(True, description="The irreversible rise enters the proposer's payoff as well.")


class LeadersMeeting(_Talks):
    """One date, one proposal, one counter-offer; then package, declaration or walk-out."""

    protocol: Literal["final_offer"] = Field("final_offer", description="Proposal, counter-offer, last word.")
    proposer: Identifier = Field(description="Who proposes first and has the last word.")
    responder: Identifier = Field(description="Who accepts, counters or refuses.")
    announced: Switch = Field(True, description="A first meeting is pending from the start.")
    delay: LongDuration = Field(description="From the start to the announced meeting.")
    cancellation: Cancellation = Field(default_factory=Cancellation, description="Cancellation and revival.")
    invitations: Invitations | None = Field(None, description="Further meetings; none if absent.")
    text_within: FixedDuration = Field(120.0, description="A working text waits this long for a meeting to be agreed.")
    declaration: Identifier | None = Field(None, description="Package that a declaration stands for; none if absent.")
    declaration_pledges: list[Identifier] = Field(
        default_factory=list, description="Issues on which a signed declaration takes effect."
    )
    spin_first: Probability = Field(default_factory=constant(0.0), description="How well a first declaration sells at home.")
    spin_later: Probability = Field(default_factory=constant(0.0), description="How well a later one sells.")
    recognition: Recognition | None = Field(None, description="What holding the meeting grants.")
    announced_effects: Effects = Field(default_factory=Effects, description="When a meeting is agreed after the start.")
    held_effects: Effects = Field(default_factory=Effects, description="When a meeting is held.")
    walk_out_effects: Effects = Field(default_factory=Effects, description="When it ends without a signature.")


class Bundle(Entity):
    """A small change that one side proposes and the other accepts or not."""

    add: dict[Identifier, Level] = Field(default_factory=dict, description="Rise of levels.")
    at_least: dict[Identifier, Level] = Field(default_factory=dict, description="Levels reached at least.")
    up_to: dict[Identifier, Level] = Field(
        default_factory=dict, description="Levels that the rises do not pass: what these parties may not settle alone."
    )
    once: Switch = Field(False, description="Offered only while it is not in force.")
    lasts: Switch = Field(False, description="Accepted, it is a standing agreement that can collapse.")


class Bundles(_Track):
    """Small confidence-building bundles, again and again."""

    protocol: Literal["bundles"] = Field("bundles", description="Repeated small proposals.")
    proposer: Identifier = Field(description="Who proposes.")
    responder: Identifier = Field(description="Who accepts or not.")
    first_round: Duration = Field(default_factory=constant(0.0), description="From the start to the first proposal.")
    gap: LongDuration = Field(description="Time between proposals.")
    menu: dict[Identifier, Bundle] = Field(min_length=1, description="Bundles to choose from.")
    atmosphere: Number = Field(default_factory=constant(0.0), description="Added to the responder's value of accepting.")
    effects: Effects = Field(default_factory=Effects, description="When a bundle is accepted.")
    lowers_rung_up_to: Whole = Field(-1, ge=-1, description="Acceptance lowers the rung by one up to this rung.")
    agreement_collapse: NonNegative = Field(default_factory=constant(0.0), description="Collapse rate per year of a standing one.")
    agreement_ends_at_rung: Whole = Field(99, ge=0, description="Rung at which a standing agreement ends.")
    reports_to: Identifier | None = Field(None, description="Leaders' track whose holder hears the broker's report.")
    when: ExpressionText | None = Field(None, description="Proposals are made only while this holds.")


class Contacts(_Track):
    """Cheap talk: logged, commits nobody."""

    protocol: Literal["contacts"] = Field("contacts", description="Cheap talk.")
    participants: list[Identifier] = Field(min_length=2, description="Who talks.")
    rate: NonNegative = Field(description="Contacts per year.")


class StagedConsent(_Track):
    """A multilateral text that passes several stages, each by vote."""

    protocol: Literal["staged_consent"] = Field("staged_consent", description="Stages, each ended by a vote.")
    proposers: list[Identifier] = Field(min_length=1, description="Who starts it.")
    required: list[Identifier] = Field(min_length=1, description="Whose consent each stage needs.")
    any_of: list[Identifier] = Field(default_factory=list, description="At least one of these must consent too.")
    every: FixedDuration = Field(180.0, description="Time between proposals.")
    first_round: FixedDuration = Field(0.0, description="Time of the first proposal.")
    eligible: ExpressionText = Field("true", description="Condition for a proposal.")
    stages: list[str] = Field(min_length=1, max_length=12, description="Names of the stages, in order.")
    stage_duration: LongDuration = Field(description="Duration of a stage.")
    packages: list[Identifier] = Field(min_length=1, description="Packages (with their blends) among which terms are found.")
    blended_with: list[Identifier] = Field(
        default_factory=list, description="Packages of which only blends with those of `packages` are terms."
    )
    bounds: dict[Identifier, Bound] = Field(default_factory=dict, description="Bounds on the terms.")
    retries: Whole = Field(2, ge=0, le=20, description="How often a lost vote may be repeated.")
    retry_after: FixedDuration = Field(180.0, description="Time to the next attempt.")
    suspended_by: list[Literal["crisis", "no_talks"]] = Field(
        default_factory=lambda: ["crisis", "no_talks"],
        description="What puts off a vote while it lasts, if both sides are members: a crisis, the end of their talks.",
    )
    lapses_after: FixedDuration = Field(180.0, description="Longest time that a vote is put off; then the text lapses.")
    ends_at_rung: Whole | None = Field(
        None, ge=0, description="Rung at which a text under negotiation is given up, likewise; the ladder's `incident_rung` if absent."
    )
    sympathy: dict[Identifier, ExpressionText] = Field(
        default_factory=dict, description="Added to a member's gain in its vote."
    )
    collapse_factor: NonNegative = Field(default_factory=constant(0.5), description="Collapse rate once in force, of a deal's.")


class Voter(Strict):
    """One vote on a resolution: logistic(intercept + severity * s + rivalry * r)."""

    intercept: Number = Field(description="Intercept.")
    severity: Number = Field(description="Coefficient of the provocation's severity.")
    rivalry: Number = Field(default_factory=constant(0.0), description="Coefficient of great-power rivalry.")


class Resolutions(_Track):
    """A council that tightens sanctions after provocations."""

    protocol: Literal["resolutions"] = Field("resolutions", description="Votes after provocations.")
    voters: dict[Identifier, Voter] = Field(min_length=1, description="All must acquiesce.")
    threshold: Probability = Field(description="Severity from which a vote is held.")
    threshold_in_talks: Probability = Field(description="Severity from which it is held while talks are on.")
    delay: Duration = Field(description="From the provocation to the vote.")
    step: Probability = Field(description="Rise of pressure: level <- level + step * (1 - level).")


Track = Annotated[
    AlternatingOffers | SingleText | LeadersMeeting | Bundles | Contacts | StagedConsent | Resolutions,
    Field(discriminator="protocol"),
]
