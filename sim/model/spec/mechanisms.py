"""What couples the parts: tension, sanctions, expectation, ladder, agreements; each with a switch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.model.spec.base import (
    Duration,
    Finite,
    FixedDuration,
    Grounded,
    Identifier,
    Level,
    LongDuration,
    Moment,
    NonNegative,
    Number,
    Positive,
    Probability,
    Strict,
    Switch,
    Whole,
    constant,
)
from sim.model.spec.effects import Effects


class _Mechanism(Grounded):
    enabled: Switch = Field(True, description="Switched off, it takes its neutral value; its draws stay reserved.")


class Choice(Grounded):
    """Precision of logit choice by kind of decision, and how much noise observers allow for."""

    officials: NonNegative = Field(default_factory=constant(20.0), description="Officials: talks, bundles, votes, stages, repair.")
    leaders: NonNegative = Field(default_factory=constant(40.0), description="Leaders: meetings, invitations, contacts.")
    milestones: NonNegative = Field(default_factory=constant(160.0), description="Keeping or breaking an agreement.")
    crisis: NonNegative = Field(default_factory=constant(40.0), description="Crisis moves below the brink.")
    brink: NonNegative = Field(default_factory=constant(80.0), description="Crisis moves at the brink.")
    aftermath: NonNegative = Field(default_factory=constant(40.0), description="After a failed meeting.")
    aftermath_reference: NonNegative = Field(
        default_factory=constant(25.0), description="The same with reference-dependent evaluation on."
    )
    depth: Literal[1, 2] = Field(
        1,
        description="Steps of look-ahead where the other's acceptance is guessed: its refusal is worth its disagreement payoff "
        "(1) or what it could itself get by refusing (2). Crisis moves, milestones and votes do not depend on it.",
    )


class Learning(_Mechanism):
    """Bayesian updating of beliefs about private types."""

    kappa: NonNegative = Field(default_factory=constant(1.0), description="1 Bayes, below 1 conservative, above 1 overreacting.")
    noise: Probability = Field(
        default_factory=constant(0.001), description="Uniform error mixed into likelihoods, in the update only."
    )
    observers: dict[Identifier, list[Identifier]] = Field(
        default_factory=dict, description="Who holds beliefs about whom: observer -> actors observed."
    )


class Tension(_Mechanism):
    """A world-wide index in [0, 1] that events push up and time lets fall."""

    initial: Probability = Field(default_factory=constant(0.2), description="At the start.")
    rest: Probability = Field(default_factory=constant(0.2), description="Where it relaxes to.")
    rest_in_talks: Probability = Field(default_factory=constant(0.1), description="Where it relaxes to while talks are on.")
    half_life: LongDuration = Field(default_factory=constant(60.0), description="Half-life of the deviation.")


class Talks(_Mechanism):
    """Whether the two sides are in talks, how talks restart, how long a channel counts."""

    on_at_start: Switch = Field(True, description="Talks are on at the start.")
    lapse: FixedDuration = Field(60.0, description="Talks lapse after this time without a session or a date.")
    contact_every: FixedDuration = Field(60.0, description="Time between offers to talk while talks are off.")
    contact_cost: NonNegative = Field(default_factory=constant(0.005), description="Cost of offering talks.")
    contact_rung_max: Whole = Field(5, ge=0, description="Highest rung at which talks are offered.")
    unheard_for: FixedDuration = Field(90.0, description="How long an unanswered offer counts as unheard.")
    window: FixedDuration = Field(180.0, description="Window of `talks` and `major` in outcome predicates.")


class Restraint(_Mechanism):
    """Pledged restraint in testing: a short pause with talks, and a longer moratorium."""

    issue: Identifier = Field(description="Issue whose pledged level is the restraint.")
    level: Level = Field(0.5, description="Level from which the moratorium holds.")
    promised_at: Moment | None = Field(None, description="Date of a unilateral moratorium, if one is given.")
    pause_after_talks: FixedDuration = Field(60.0, description="The pause outlasts talks by this time.")
    deadline: FixedDuration = Field(310.0, description="How long a deadline set after a failure keeps the moratorium.")


class Rivalry(_Mechanism):
    """Great-power rivalry in [0, 1]."""

    initial: Probability = Field(default_factory=constant(0.0), description="At the start.")
    half_life: LongDuration = Field(default_factory=constant(365.0), description="Half-life.")


class Provocation(_Mechanism):
    """An exponentially weighted count of provocations, at most 1."""

    initial: Probability = Field(default_factory=constant(0.0), description="At the start.")
    half_life: LongDuration = Field(default_factory=constant(60.0), description="Half-life.")
    saturation: Positive = Field(default_factory=constant(4.0), description="Weighted count at which the index is 1.")


class Capability(_Mechanism):
    """Arms growth of one side that erodes the other's no-deal payoff."""

    actor: Identifier = Field(description="Who builds.")
    against: Identifier = Field(description="Whose outside option erodes.")
    initial: NonNegative = Field(default_factory=constant(0.0), description="At the start.")
    growth: NonNegative = Field(default_factory=constant(0.0), description="Growth per week of free development.")
    factor_in_moratorium: Probability = Field(default_factory=constant(0.5), description="Factor on growth in a moratorium.")
    arms: Identifier | None = Field(None, description="Issue whose level stops growth in a deal.")
    arms_full_stop: Level = Field(0.6, description="Level at which growth stops.")
    erosion: NonNegative = Field(default_factory=constant(0.0), description="Payoff lost to the other side per unit.")


class ElectionPressure(_Mechanism):
    """Falling payoff of deadlock as an election comes near."""

    actor: Identifier = Field(description="Whose election.")
    at: list[Moment] = Field(min_length=1, description="Election dates.")
    window: FixedDuration = Field(180.0, description="Length of the run-up.")
    cost: NonNegative = Field(default_factory=constant(0.01), description="Payoff lost on election day.")


class Enforcer(Strict):
    """One share of sanctions enforcement."""

    share: Probability = Field(description="Share of the target's trade.")
    enforcement: Probability = Field(description="Enforcement at the start.")
    relaxes: Switch = Field(False, description="Whether it follows the enforcement rule below; constant otherwise.")


class Enforcement(Grounded):
    """Where a relaxing enforcer's enforcement tends: logistic of a sum of influences."""

    time_constant: LongDuration = Field(default_factory=constant(90.0), description="Time constant.")
    intercept: Number = Field(default_factory=constant(0.0), description="Intercept.")
    provocation: Number = Field(default_factory=constant(0.0), description="Coefficient of provocations.")
    fear: Number = Field(default_factory=constant(0.0), description="Coefficient of the fear of war.")
    talks: Number = Field(default_factory=constant(0.0), description="Coefficient of talks.")
    rivalry: Number = Field(default_factory=constant(0.0), description="Coefficient of great-power rivalry.")
    fear_rungs: Positive = Field(default_factory=constant(8.0), description="Rung at which the fear of war is full.")


class Sanctions(_Mechanism):
    """Pressure on a target that others enforce and that it slowly adapts to."""

    target: Identifier = Field(description="Who is under sanctions.")
    eased_by: Identifier = Field(description="Issue that lifts them.")
    level: Probability = Field(description="Level at the start.")
    cost: NonNegative = Field(description="Utility cost of full pressure to the target.")
    enforcers: dict[Identifier, Enforcer] = Field(min_length=1, description="Who enforces, with shares that sum to 1.")
    enforcement: Enforcement = Field(default_factory=Enforcement, description="How enforcement moves.")
    felt_after: LongDuration = Field(default_factory=constant(90.0), description="Time constant with which pressure is felt.")
    adaptation: NonNegative = Field(default_factory=constant(0.2), description="Adaptation of the target per year.")
    step_after_failure: Probability = Field(
        default_factory=constant(0.1), description="Rise of the level when talks are left for pressure."
    )
    turn_shift: Number = Field(default_factory=constant(0.0), description="Shift of enforcement when the target turns to its partners.")
    turn_time: FixedDuration = Field(180.0, description="How long that shift lasts.")
    turn_gain: NonNegative = Field(default_factory=constant(0.05), description="Gain the target sees in turning to its partners.")


class Expectation(_Mechanism):
    """What the holder expects of a leaders' meeting, on the triumph scale."""

    holder: Identifier = Field(description="Who expects.")
    counterpart: Identifier = Field(description="Of whom.")
    triumph: Identifier = Field(description="Package worth 1 on the triumph scale; the status quo is worth 0.")
    initial: Probability = Field(description="At the start, before hype.")
    hype: Number = Field(default_factory=constant(0.0), description="Added to the initial expectation, then clipped to [0, 1].")
    learning_rate: Probability = Field(default_factory=constant(0.06), description="Move toward the deliverable value per round.")
    deliverable_bounds: dict[Identifier, Level] = Field(
        default_factory=dict, description="Highest levels counted as deliverable, by issue."
    )
    oversell: Probability = Field(default_factory=constant(0.0), description="A broker's report: E <- E + oversell * (1 - E).")
    oversell_discount: Switch = Field(False, description="The holder corrects for the broker's bias.")
    bias_belief: Probability = Field(default_factory=constant(0.5), description="Believed bias of the broker.")
    update: Probability = Field(default_factory=constant(0.5), description="Move toward the realised value after a meeting.")


class BeliefCollapse(_Mechanism):
    """Disappointment lowers belief in talks and in pressure."""

    steepness: Positive = Field(default_factory=constant(6.0), description="Steepness k of the disappointment curve.")
    threshold: Number = Field(default_factory=constant(0.3), description="Gap at which it is half.")
    talks: Probability = Field(default_factory=constant(0.8), description="Largest relative loss of belief in talks.")
    pressure: Probability = Field(default_factory=constant(0.8), description="Largest relative loss of belief in pressure.")


class ReferenceDependence(_Mechanism):
    """Outcomes are judged as gains and losses against the expectation."""

    loss_aversion: Positive = Field(default_factory=constant(2.25), description="Weight of losses.")
    curvature: Positive = Field(default_factory=constant(0.88), description="Exponent of gains and losses.")


class Aftermath(_Mechanism):
    """What the proposer does after a meeting, and what the responder does if it failed."""

    fallback: Identifier = Field(description="Package that continued talks may still bring.")
    belief_talks: Probability = Field(default_factory=constant(0.55), description="Prior belief that talks deliver it.")
    belief_pressure: Probability = Field(default_factory=constant(0.5), description="Prior belief that pressure works.")
    belief_half_life: LongDuration = Field(default_factory=constant(365.0), description="Half-life of their return to the prior.")
    setback: NonNegative = Field(default_factory=constant(0.03), description="Loss if talks or pressure fail.")
    pressure_gain: NonNegative = Field(default_factory=constant(0.06), description="Gain if pressure works.")
    pressure_effect: Probability = Field(default_factory=constant(0.4), description="Chance that pressure works if it can.")
    withdraws: list[Identifier] = Field(
        default_factory=list,
        description="Issues on which a turn to pressure takes back what was granted without an agreement.",
    )
    force: Switch = Field(True, description="Force is among the options.")
    force_lottery: list[tuple[Finite, Finite, Finite]] = Field(
        default_factory=list,
        description="Perceived results of force: [probability, payoff (0 = the war prize), multiple of the war cost].",
    )
    strike_veto_by: Identifier | None = Field(None, description="Actor that may veto a strike.")
    strike_veto: Probability = Field(default_factory=constant(0.0), description="Probability that it does.")
    resume_gain: Number = Field(default_factory=constant(0.01), description="Responder: gain from resuming tests.")
    resume_tension_cost: NonNegative = Field(default_factory=constant(0.02), description="Responder: its cost at full tension.")
    deadline_after: LongDuration = Field(default_factory=constant(300.0), description="Responder: horizon of a deadline.")


class Rung(Strict):
    """One rung of the ladder."""

    label: str = Field(description="Words for the rung.")
    risk: NonNegative = Field(default_factory=constant(0.0), description="Autonomous risk per day of sliding to the next rung.")
    audience: NonNegative = Field(default_factory=constant(0.0), description="Multiplier on audience costs.")
    climb: NonNegative = Field(default_factory=constant(0.0), description="One-off cost of climbing to this rung.")
    hold: NonNegative = Field(default_factory=constant(0.0), description="Cost of holding at this rung for a tick.")


class Ladder(_Mechanism):
    """Escalation ladder between two sides; the last rung is major war and absorbs."""

    sides: tuple[Identifier, Identifier] = Field(description="The two sides.")
    rungs: list[Rung] = Field(min_length=3, max_length=99, description="From calm to major war.")
    initial: Whole = Field(0, ge=0, description="Rung at the start.")
    crisis_rung: Whole = Field(4, ge=0, description="Rung at which a crisis starts.")
    incident_rung: Whole = Field(6, ge=0, description="Rung at which ticks become fast.")
    brink: Whole = Field(7, ge=0, description="Rung from which a crisis is always active and the brink precision applies.")
    calm_rung: Whole = Field(3, ge=0, description="Rung at or below which a crisis is over.")
    concession_rung: Whole = Field(2, ge=0, description="Rung after a concession.")
    tick: LongDuration = Field(default_factory=constant(7.0), description="Time between crisis moves.")
    fast_tick: LongDuration = Field(default_factory=constant(1.0), description="The same at dangerous rungs.")
    stake: NonNegative = Field(default_factory=constant(0.06), description="What a concession is worth to the other side.")
    fade: NonNegative = Field(default_factory=constant(0.018), description="Rate per day at which a crisis cools by one rung.")
    cooling: NonNegative = Field(default_factory=constant(1 / 30), description="Rate per day at which a calm rung falls.")
    strike_lasts: FixedDuration = Field(30.0, description="Length of a limited strike that does not become war.")
    cost: Literal["rung", "time"] = Field("rung", description="Audience costs by rung or by time in the crisis.")
    autonomous_risk: Switch = Field(True, description="Slides happen.")
    audience_costs: Switch = Field(True, description="Backing down costs.")
    demands: Switch = Field(False, description="A take-it-or-leave-it demand is made once a crisis.")
    striker: Identifier | None = Field(None, description="Side whose step to the strike rung is judged as force.")
    counter_blow: NonNegative = Field(
        default_factory=constant(0.1), description="Other side: loss from its own strike that stays limited."
    )
    counter_success: Probability = Field(
        default_factory=constant(0.55), description="Other side: perceived chance that its own strike stays limited."
    )
    strike_effects: Effects = Field(default_factory=Effects, description="When the strike rung is reached.")
    credibility_after_force: Probability = Field(
        default_factory=constant(1.0), description="Factor on the other side's belief in promises when the striker uses force."
    )
    loss_share: NonNegative = Field(
        default_factory=constant(0.45), description="Part of the loss of major war that counts at the rung below it."
    )
    loss_extra: NonNegative = Field(default_factory=constant(0.05), description="What that rung loses besides.")
    loss_per_rung: NonNegative = Field(default_factory=constant(0.01), description="Loss per rung below that.")


class Detection(Grounded):
    """Detection of cheating per quarter: 1 - exp(-(base + slope * verification))."""

    base: NonNegative = Field(default_factory=constant(0.05), description="Without verification.")
    slope: NonNegative = Field(default_factory=constant(0.9), description="Added by full verification.")
    false_alarm: Probability = Field(default_factory=constant(0.02), description="False alarms per quarter.")


class Dispute(Grounded):
    """What follows a violation, real or alleged."""

    duration: LongDuration = Field(description="Length of a dispute.")
    intercept: Number = Field(default_factory=constant(-0.2), description="Repair: intercept.")
    verification: Number = Field(default_factory=constant(1.5), description="Repair: coefficient of verification - 1/2.")
    hotline: Number = Field(default_factory=constant(0.8), description="Repair: added when a hotline exists.")
    hotline_issue: Identifier | None = Field(None, description="Issue whose level stands for a hotline.")
    hotline_level: Level = Field(0.4, description="Level from which it exists.")
    trust: Number = Field(default_factory=constant(1.0), description="Repair: coefficient of trust - 1/2.")


class Collapse(Grounded):
    """Exogenous end of an agreement, per year."""

    base: NonNegative = Field(default_factory=constant(0.12), description="Base rate.")
    verification: Number = Field(default_factory=constant(-0.8), description="Exponent: verification - 1/2.")
    trust: Number = Field(default_factory=constant(-0.6), description="Exponent: trust - 1/2.")
    hostile_veto: Number = Field(default_factory=constant(0.5), description="Exponent: number of hostile veto players.")
    leader_change: Positive = Field(default_factory=constant(3.0), description="Factor in the year after a leader change.")
    leader_change_lasts: FixedDuration = Field(365.0, description="Length of that year.")
    review: FixedDuration = Field(90.0, description="Time between counts of hostile veto players.")


class Agreements(_Mechanism):
    """What happens after signature: milestones, verification, cheating, disputes, collapse, snapback."""

    parties: tuple[Identifier, Identifier] = Field(description="The two parties.")
    milestones: Whole = Field(6, ge=1, le=120, description="Number of milestones.")
    every: FixedDuration = Field(90.0, gt=0, description="Time between milestones.")
    verification: Identifier | None = Field(None, description="Issue whose level is the verification.")
    at_first_milestone: list[Identifier] = Field(default_factory=list, description="Issues delivered whole at the first one.")
    at_signing: list[Identifier] = Field(default_factory=list, description="Issues that are promises, in force at signing.")
    public: list[Identifier] = Field(default_factory=list, description="Parties whose non-delivery everybody sees.")
    detection: Detection = Field(default_factory=Detection, description="Detection of cheating.")
    cheating: Switch = Field(True, description="Parties may slip or cheat; otherwise they comply.")
    dispute: Dispute = Field(description="Disputes.")
    collapse: Collapse = Field(default_factory=Collapse, description="Collapse.")
    snapback: Switch = Field(True, description="Relief returns to 0 at once when an agreement collapses.")
    snapback_rate: Probability = Field(default_factory=constant(0.25), description="Otherwise per quarter.")
    treaty_issue: Identifier | None = Field(None, description="Issue whose high levels need a treaty vote.")
    treaty_cap: Level = Field(1.0, description="Highest level without a treaty.")
    treaty_also: dict[Identifier, Level] = Field(
        default_factory=dict, description="Levels above which a package needs the treaty veto players instead."
    )
    treaty_delay: Duration = Field(default_factory=constant(180.0), description="From signature to the treaty vote.")
    exit_credibility_factor: Probability = Field(
        default_factory=constant(0.7), description="Factor on belief in the party's promises when it ends a deal."
    )
    milestone_credibility_gain: Probability = Field(
        default_factory=constant(0.05), description="Rise of that belief when it meets a milestone: c <- c + g * (1 - c)."
    )
    signed_effects: Effects = Field(default_factory=Effects, description="When an agreement is signed.")


class TasteUncertainty(_Mechanism):
    """How the tastes of every actor vary between replications."""

    weights: Positive | None = Field(None, description="Dirichlet concentration of the weights.")
    ideals: NonNegative | None = Field(None, description="Half-width of the uniform error of ideal points.")
    exponents: NonNegative | None = Field(None, description="Log standard deviation of the exponents.")


class Mechanisms(Strict):
    """Everything that couples the parts. An absent mechanism is off."""

    tastes: TasteUncertainty | None = Field(None, description="Varying tastes.")
    learning: Learning | None = Field(None, description="Updating of beliefs.")
    tension: Tension | None = Field(None, description="Tension.")
    talks: Talks = Field(default_factory=Talks, description="Talks between the two sides.")
    restraint: Restraint | None = Field(None, description="Restraint in testing.")
    rivalry: Rivalry | None = Field(None, description="Great-power rivalry.")
    provocation: Provocation | None = Field(None, description="Provocation index.")
    capability: Capability | None = Field(None, description="Arms growth.")
    election_pressure: ElectionPressure | None = Field(None, description="Electoral clock.")
    sanctions: Sanctions | None = Field(None, description="Sanctions.")
    expectation: Expectation | None = Field(None, description="Expectation of a meeting.")
    belief_collapse: BeliefCollapse | None = Field(None, description="Disappointment, channel of beliefs.")
    reference_dependence: ReferenceDependence | None = Field(None, description="Disappointment, channel of losses.")
    aftermath: Aftermath | None = Field(None, description="Responses after a meeting.")
    ladder: Ladder | None = Field(None, description="Escalation ladder.")
    agreements: Agreements | None = Field(None, description="Agreements and their after-life.")
    red_lines: Switch = Field(True, description="Red lines bind.")
    veto_players: Switch = Field(True, description="Veto players may block.")
    overconfidence: Switch = Field(True, description="Overconfidence distorts perceived acceptance.")
