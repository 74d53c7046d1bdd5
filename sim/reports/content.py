"""What a report shows, as plain frozen data: the seam between answers and pages.

Whoever fills these records computes; the pages of this package only lay them out. Nothing here loads a file, and no
page computes a share, an interval or a quantile. Every label, class name and quantity name comes from the data.

Conventions, stated once:

* shares and probabilities are fractions in [0, 1]; intervals are 95% and given as (low, high);
* times are days since the start of the scenario (`days`), with ISO dates beside them when the scenario has a calendar;
* text is plain text: pages escape it, so any character is allowed; the few identifiers (`id`) may hold any text too,
  because pages derive their anchors from positions;
* a sequence may be any sequence (tuple, list, array); an empty one, or `None` for a record, leaves the section out.

A number inside a finding carries a reference that says how to recompute it from the result rows:

    reference  = function ":" subject [ "|" condition ]
               | ("gap" | "gap_low" | "gap_high") ":" condition "|" condition ";" condition   share among the rows of the
                                                     first group less that among the second, and its 95% bounds
               | "rate:" counter (" in talks" | " outside talks")   events a year of such time, all rows together
               | "inside:" reference " in " number " to " number { ";" ... }   how many figures lie in their bands
    function   = share | low | high | error | count  subject is a condition: fraction of rows, its Wilson 95% bounds,
                                                     its standard error, number of rows
               | median | mean | quantile(p)         subject is a column: over its finite values
    condition  = term { "&" term }
    term       = column "=" text { "," text }          one of the texts
               | column ("<" | "<=" | ">" | ">=") number
               | ("has" | "never") "(" column [ "," number ] ")"

    share:outcome=war                     share:outcome=war|has(time.first_meeting)
    low:outcome=war                       median:time.first_meeting
    count:has(time.deal)                  quantile(0.9):time.deal|outcome=war

`has` means finite and `never` means not finite (a time that is nan never came); with a number, `has` means at most that
and `never` all else (it came later or not at all). `sim.reports.references.recompute`
reads this grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sim.analysis.limits import Limits

Form = Literal["percent", "points", "number", "integer", "days", "hours"]
HistoryKind = Literal["typical", "worst"]
Verdict = Literal["holds", "does not hold", "undecided", "not testable", "not run"]


@dataclass(frozen=True)
class Number:
    """A figure inside a sentence, with the reference that recomputes it.

    `form` says how it is written: 0.123 as percent is "12.3%"; days become days, months or years, whichever reads
    best; `hours` is a time in days too, of a scenario whose clock counts hours, so that short ones become hours.
    """

    value: float
    ref: str
    form: Form = "number"
    digits: int | None = None  # decimals; None takes the form's own (percent 1, number 2, integer 0); times have their own rule


@dataclass(frozen=True)
class Finding:
    """One sentence or two of the answer: text with `{0}`, `{1}`, ... where its numbers stand.

    The first finding is the headline answer and is set larger. Any other brace in the text stays as it is.
    """

    text: str
    numbers: Sequence[Number] = ()


@dataclass(frozen=True)
class Meta:
    """The run record that heads and closes the page. No clock, no worker count, no path of a machine."""

    scenario_id: str
    scenario_hash: str
    seed: int
    replications: int
    engine: str
    versions: Sequence[tuple[str, str]] = ()  # (name, version), in the order shown
    start_date: str | None = None  # ISO date of day 0; None for a scenario without a calendar, and for a game alone
    horizon_days: float | None = None
    variant: str | None = None
    policy: str | None = None
    overrides: Sequence[str] = ()  # path=value, as given to --set
    digest: str | None = None  # digest of the result rows
    hourly: bool = False  # whether the scenario's clock counts hours
    description: str = ""
    design: str = ""  # how inputs were drawn, where not at random


@dataclass(frozen=True)
class OutcomeShare:
    """Share of the replications that end in one class, with its Wilson interval. Order: as the scenario declares."""

    id: str
    label: str
    share: float
    low: float
    high: float
    count: int
    description: str = ""
    tone: str = ""  # good, mixed, bad or worst: decides the colour
    base_rate: str = ""  # how often it came among like cases, in words


@dataclass(frozen=True)
class TimeAxis:
    """A grid of days from the start, and the same as ISO dates where the scenario has a calendar."""

    days: Sequence[float]
    dates: Sequence[str] = ()
    unit: str = "days"  # written under the axis when there are no dates


@dataclass(frozen=True)
class IncidenceSeries:
    """Share of histories that by each time of the grid have entered a class for good, with its interval band."""

    outcome_id: str
    label: str
    share: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Incidence:
    """Cumulative incidence of every outcome class on one grid. `reading` replaces the page's own sentence."""

    axis: TimeAxis
    series: Sequence[IncidenceSeries]
    reading: str = ""


@dataclass(frozen=True)
class TimeToEvent:
    """When something first happened: share of histories in which it did, and quartiles in days among those."""

    label: str
    share: float
    low: float
    high: float
    q25: float | None
    median: float | None
    q75: float | None


@dataclass(frozen=True)
class PhaseNode:
    """A station on the way; `stage` is its column from the left, `outcome_id` ties a last node to its class."""

    id: str
    label: str
    stage: int
    outcome_id: str | None = None


@dataclass(frozen=True)
class PhaseLink:
    """Number of histories that went from one node to another (ids)."""

    source: str
    target: str
    count: int


@dataclass(frozen=True)
class Phases:
    nodes: Sequence[PhaseNode]
    links: Sequence[PhaseLink]
    reading: str = ""
    stages: Sequence[str] = ()  # headings of the columns from the left


@dataclass(frozen=True)
class Fan:
    """Pointwise quantiles of one quantity over time. `low`, `high`: the quantity's own bounds, if it has any."""

    id: str
    label: str
    axis: TimeAxis
    q05: Sequence[float]
    q25: Sequence[float]
    q50: Sequence[float]
    q75: Sequence[float]
    q95: Sequence[float]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    reading: str = ""


@dataclass(frozen=True)
class Driver:
    """How much one uncertain input moves an outcome, with its interval."""

    path: str
    label: str
    effect: float
    low: float
    high: float
    distinguishable: bool  # False: inside the noise floor, and said so on the page
    toward: str = ""  # words: what a higher value makes likelier
    floor: float | None = None  # of this input, where it is not that of all


@dataclass(frozen=True)
class Drivers:
    """Inputs by effect, largest first. `noise_floor` is what a dummy input that does nothing reaches (absolute)."""

    measure: str  # what `effect` is, in words, for the axis
    items: Sequence[Driver]
    noise_floor: float
    target: str = ""  # what is moved, in words: "the share of ..."
    reading: str = ""
    sample: str = ""  # which histories it is computed from, in words, where these are not all
    form: Form = "number"  # how effects are written
    title: str = ""


@dataclass(frozen=True)
class Conditional:
    """Outcome shares among the histories that meet a condition, and how many those are."""

    label: str  # "given a failed summit"
    replications: int
    shares: Sequence[OutcomeShare]
    condition: str = ""  # the condition in the grammar above, for the data table
    reading: str = ""


@dataclass(frozen=True)
class Level:
    """A number with the 95% interval of its mean; `is_constant` where it was the same in every history."""

    label: str
    mean: float
    low: float
    high: float
    is_constant: bool = False


@dataclass(frozen=True)
class Distribution:
    """How a number spreads over histories: middle and width of each bar, share of histories in it, quartiles."""

    label: str
    unit: str
    middles: Sequence[float]
    widths: Sequence[float]
    shares: Sequence[float]
    mean: float
    q25: float
    median: float
    q75: float
    count: int  # histories in which the number is known


@dataclass(frozen=True)
class OptionShares:
    """What was taken at one move, among the histories in which it was made."""

    label: str
    made: int
    shares: Sequence[OutcomeShare]


@dataclass(frozen=True)
class MeasureRow:
    """A measure beside its exact value; `apart` in standard errors, in words."""

    label: str
    exact: float
    played: float
    standard_error: float
    apart: str
    differs: bool
    histories: int


@dataclass(frozen=True)
class Game:
    """What the histories of a game came to."""

    payoffs: Sequence[Level]
    numbers: Sequence[Level] = ()  # named in every history alike
    distributions: Sequence[Distribution] = ()
    choices: Sequence[OptionShares] = ()
    measures: Sequence[MeasureRow] = ()
    repeated: bool = False  # whether a move may be made more than once
    by_algorithm: bool = False  # whether exact values are of the game as an algorithm solves it


@dataclass(frozen=True)
class DatedLine:
    """One line of a story. `date` is written as given (an ISO date, or "day 12")."""

    date: str
    text: str
    kind: str = ""  # free word, shown as a small tag when present


@dataclass(frozen=True)
class Series:
    """A quantity along one history. `step` holds the value until the next point."""

    label: str
    days: Sequence[float]
    values: Sequence[float]
    low: float = 0.0  # bounds of its axis
    high: float = 1.0
    step: bool = False


@dataclass(frozen=True)
class Marker:
    """An event on a time axis."""

    day: float
    label: str
    kind: str = ""
    end_day: float | None = None  # a meeting that lasted, a campaign, an agreement in force


@dataclass(frozen=True)
class History:
    """One replication told in lines, with a small picture and the command that replays it."""

    kind: HistoryKind
    replication: int
    outcome_id: str
    outcome_label: str
    title: str
    why: str  # why this one was chosen
    lines: Sequence[DatedLine]
    command: str
    horizon_days: float
    series: Sequence[Series] = ()
    markers: Sequence[Marker] = ()
    start_date: str | None = None


@dataclass(frozen=True)
class InputRow:
    """One input of the scenario: what it is, how uncertain, and on what ground."""

    path: str
    label: str
    value: str  # the constant, or the distribution in words
    range: str = ""
    source: str = ""
    claim: str = ""
    confidence: str = ""
    unsourced: bool = False
    form: str = ""  # source of the rule that uses it, where the value has another ground
    group: str = ""  # heading under which the row stands; "" takes the first part of the path


@dataclass(frozen=True)
class ClaimRow:
    """One claim of the source commentary and what the model says about it."""

    id: str
    words: str
    verdict: Verdict
    figure: str = ""  # the computed figure in words, or the reason why it cannot be tested
    low: float | None = None
    high: float | None = None
    replications: int | None = None


@dataclass(frozen=True)
class TargetRow:
    """A quantity next to the band that calibration would like it in. `inside` is stated, not derived."""

    quantity: str
    value: float
    low: float
    high: float
    band_low: float
    band_high: float
    inside: bool
    source: str = ""
    form: Form = "percent"
    is_open: bool = False  # outside, but the interval reaches into the band
    note: str = ""  # what the scenario says of a figure outside


@dataclass(frozen=True)
class Command:
    """A command line and what it does."""

    text: str
    command: str


@dataclass(frozen=True)
class ReportContent:
    """Everything one report shows, in the order of the page. Empty parts are left out of it."""

    title: str
    question: str
    meta: Meta
    findings: Sequence[Finding] = ()
    outcomes: Sequence[OutcomeShare] = ()
    interval_note: str = ""  # what must be said with the first intervals
    game: Game | None = None
    incidence: Incidence | None = None
    times: Sequence[TimeToEvent] = ()
    phases: Phases | None = None
    fans: Sequence[Fan] = ()
    drivers: Sequence[Drivers] = ()
    conditionals: Sequence[Conditional] = ()
    histories: Sequence[History] = ()
    inputs: Sequence[InputRow] = ()
    sources: Sequence[tuple[str, str]] = ()  # (short name as the inputs give it, full title)
    claims: Sequence[ClaimRow] = ()
    targets: Sequence[TargetRow] = ()
    limits: Sequence[str] = ()
    bounds: Limits | None = None  # grounds, base rates, and how far shares move
    reproduce: Sequence[Command] = ()


# ---- one history on one time axis (`sim replay`) ----------------------------------------------------------------


@dataclass(frozen=True)
class Lane:
    """A row of events: a track, a hazard, an agreement."""

    label: str
    markers: Sequence[Marker]


@dataclass(frozen=True)
class Panel:
    """Quantities that share an axis: tension, sanctions, the beliefs of one actor, the ladder."""

    label: str
    series: Sequence[Series]
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    levels: Sequence[tuple[float, str]] = ()  # named heights, e.g. the rungs of a ladder


@dataclass(frozen=True)
class Offer:
    """One proposal in utility space. `x` and `y` are the utilities of the actors named on the axes."""

    day: float
    proposer: str
    x: float
    y: float
    accepted: bool
    label: str = ""
    track: str = ""


@dataclass(frozen=True)
class Offers:
    """Offers between two actors, with what each would accept at least (None: not known)."""

    x_label: str
    y_label: str
    offers: Sequence[Offer]
    reservation_x: float | None = None
    reservation_y: float | None = None


@dataclass(frozen=True)
class Option:
    """An option at a decision node. `removed_by` names the constraint that took it off the table."""

    label: str
    value: float | None
    probability: float | None
    chosen: bool = False
    removed_by: str = ""


@dataclass(frozen=True)
class Decision:
    day: float
    date: str
    actor: str
    node: str
    options: Sequence[Option]
    beliefs_before: Sequence[tuple[str, float]] = ()
    beliefs_after: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True)
class TimelineContent:
    """One history, told by `sim replay`: story, lanes, quantities, offers and decisions on one time axis."""

    title: str
    meta: Meta
    replication: int
    outcome_label: str
    horizon_days: float
    command: str
    summary: str = ""
    story: Sequence[DatedLine] = ()
    lanes: Sequence[Lane] = ()
    panels: Sequence[Panel] = ()
    offers: Sequence[Offers] = field(default_factory=tuple)
    decisions: Sequence[Decision] = ()
