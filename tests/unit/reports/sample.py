"""A made-up conflict between A-land and B-land: result rows drawn once, and the content of a report about them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np

from sim.reports.content import (
    ClaimRow,
    Command,
    Conditional,
    DatedLine,
    Decision,
    Distribution,
    Driver,
    Drivers,
    Fan,
    Finding,
    Game,
    History,
    Incidence,
    IncidenceSeries,
    InputRow,
    Lane,
    Level,
    Marker,
    MeasureRow,
    Meta,
    Number,
    Offer,
    Offers,
    Option,
    OptionShares,
    OutcomeShare,
    Panel,
    PhaseLink,
    PhaseNode,
    Phases,
    ReportContent,
    Series,
    TargetRow,
    TimeAxis,
    TimelineContent,
    TimeToEvent,
)
from sim.reports.references import recompute, wilson

N = 2000
START = date(2031, 3, 9)
HORIZON = 1461.0

CLASSES = {
    "clash": ("Open clash", "Fighting with at least a thousand dead.", 0.016),
    "raid": ("Border raid", "One side strikes once and both stop there.", 0.029),
    "full_accord": ("Full accord", "Everything is dismantled and inspected for half a year.", 0.011),
    "wide_accord": ("Accord of all neighbours", "Guarantees by all neighbours, in force for ninety days.", 0.048),
    "first_step": ("First-step accord", "A limited exchange in force and undisputed for ninety days.", 0.232),
    "warm_words": ("Warm words", "A text of the leaders, talks go on, nothing is carried out.", 0.286),
    "siege": ("Full embargo", "No talks, a major test or worse within half a year, embargo in force.", 0.147),
    "drift": ("Drift", "Nothing of the above.", 0.231),
}


@cache
def rows() -> dict[str, np.ndarray]:
    """Result columns as the Parquet file of a run has them."""
    draws = np.random.default_rng(7)
    ids = np.array(list(CLASSES))
    outcome = ids[draws.choice(len(ids), N, p=[share for *_, share in CLASSES.values()])]
    meeting = np.where(draws.random(N) < 0.71, 60 + draws.gamma(2.0, 45, N), np.nan)
    deal_odds = np.isin(outcome, ["full_accord", "wide_accord", "first_step"]) * 0.9 + 0.06
    deal = np.where(draws.random(N) < deal_odds, np.nan_to_num(meeting, nan=150) + draws.gamma(2.0, 120, N), np.nan)
    failing = np.where(np.isin(outcome, ["clash", "raid", "siege"]), 0.85, 0.45)
    return {
        "replication": np.arange(N),
        "outcome": outcome,
        "time.first_meeting": meeting,
        "time.first_deal": deal,
        "meeting.failed": np.where(np.isfinite(meeting) & (draws.random(N) < failing), 1.0, 0.0),
    }


def shares(columns: dict[str, np.ndarray], condition: str = "") -> tuple[OutcomeShare, ...]:
    rest = f"|{condition}" if condition else ""
    return tuple(
        OutcomeShare(
            id,
            label,
            *(recompute(f"{what}:outcome={id}{rest}", columns) for what in ("share", "low", "high")),
            int(recompute(f"count:outcome={id}{rest}", columns)),
            text,
        )
        for id, (label, text, _) in CLASSES.items()
    )


def axis(points: int = 49) -> TimeAxis:
    days = np.linspace(0, HORIZON, points).round().tolist()
    return TimeAxis(days, [(START + timedelta(days=day)).isoformat() for day in days])


def _incidence(outcomes: tuple[OutcomeShare, ...]) -> Incidence:
    grid = axis()
    t = np.asarray(grid.days) / HORIZON
    series = []
    for position, outcome in enumerate(outcomes):
        rise = (1 - np.exp(-3.2 * t ** (1.1 + 0.1 * position))) / (1 - np.exp(-3.2))
        if outcome.id == "drift":
            rise = 1 + (1 / outcome.share - 1) * (1 - t) ** 6
        counts = np.minimum(outcome.share * rise, 1) * N
        bounds = [wilson(round(count), N) for count in counts]
        low, high = [b[0] for b in bounds], [b[1] for b in bounds]
        series.append(IncidenceSeries(outcome.id, outcome.label, counts / N, low, high))
    return Incidence(grid, series)


def _fan(id: str, label: str, start: float, end: float, width: float, wave: float) -> Fan:
    grid = axis()
    t = np.asarray(grid.days) / HORIZON
    middle = start + (end - start) * t + wave * np.sin(5 * t) * np.exp(-2 * t)
    spread = width * np.sqrt(t)
    q = [np.clip(middle + k * spread, 0, 1) for k in (-1.6, -0.67, 0, 0.67, 1.6)]
    return Fan(id, label, grid, *q, low=0.0, high=1.0)


def _phases(outcomes: tuple[OutcomeShare, ...]) -> Phases:
    nodes = [
        PhaseNode("start", "Start", 0),
        PhaseNode("talks", "Working talks", 1),
        PhaseNode("no_talks", "No talks", 1),
        PhaseNode("met", "Leaders met", 2),
        PhaseNode("cancelled", "Meeting cancelled", 2),
        PhaseNode("none", "No meeting", 2),
        *(PhaseNode(f"end:{o.id}", o.label, 3, o.id) for o in outcomes),
    ]
    links = [
        PhaseLink("start", "talks", 1640),
        PhaseLink("start", "no_talks", 360),
        PhaseLink("talks", "met", 1180),
        PhaseLink("talks", "cancelled", 310),
        PhaseLink("talks", "none", 150),
        PhaseLink("no_talks", "none", 360),
    ]
    weights = {"met": 0.59, "cancelled": 0.155, "none": 0.255}
    for outcome in outcomes:
        left = outcome.count
        for source, weight in weights.items():
            count = left if source == "none" else round(outcome.count * weight)
            left -= count
            links.append(PhaseLink(source, f"end:{outcome.id}", count))
    return Phases(nodes, links)


def _course(seed: int, start: float, end: float, step: bool = False) -> tuple[list[float], list[float]]:
    draws = np.random.default_rng(seed)
    days = np.linspace(0, HORIZON, 13 if step else 60)
    values = np.clip(np.linspace(start, end, len(days)) + np.cumsum(draws.normal(0, 0.035, len(days))), 0, 1)
    return days.round(1).tolist(), values.round(3).tolist()


def _history(position: int, outcome: OutcomeShare, kind: str, title: str, why: str) -> History:
    replication = 137 + 411 * position
    worst = kind == "worst"
    lines = [
        DatedLine("2031-05-14", "A-land and B-land agree to meet; envoys draft a short text.", "talks"),
        DatedLine("2031-07-02", "The leaders meet in C-port. They sign a declaration with no dates in it.", "meeting"),
        DatedLine(
            "2032-02-27", "Second meeting breaks off: A-land asks for all sites at once, B-land offers one.", "meeting"
        ),
        DatedLine(
            "2032-09-30", "B-land tests a long-range rocket; C-land stops enforcing half of the embargo.", "test"
        ),
        DatedLine(
            "2033-08-19",
            "A patrol boat is sunk and neither side steps back; fighting starts on the next day."
            if worst
            else "Envoys meet again after a letter; inspectors may visit the first site.",
            "incident" if worst else "talks",
        ),
    ]
    series = (
        Series("Tension", *_course(position * 3 + 1, 0.55, 0.9 if worst else 0.35)),
        Series("Sanctions in force", *_course(position * 3 + 2, 0.8, 0.75, step=True), step=True),
        Series("Rung of the ladder", [0, 300, 700, 900, HORIZON], [1, 2, 1, 4, 9 if worst else 2], 0, 9, True),
    )
    markers = [
        Marker(66, "agreement to meet", "talks"),
        Marker(115, "first meeting", "meeting"),
        Marker(355, "second meeting breaks off", "meeting"),
        Marker(571, "rocket test", "test"),
        Marker(894, "incident at sea" if worst else "letter and new talks", "incident", None if worst else 1100),
    ]
    return History(
        "worst" if worst else "typical",
        replication,
        outcome.id,
        outcome.label,
        title,
        why,
        lines,
        f"sim replay scenarios/strait.yaml --seed 7 --replication {replication}",
        HORIZON,
        series,
        markers,
        START.isoformat(),
    )


def _inputs() -> list[InputRow]:
    listed = [
        InputRow("actors.A-land.patience", "Patience of A-land", "0.80", "0.60 to 0.95", "Adler (2019), p. 41", "c07", "medium"),
        InputRow("actors.B-land.patience", "Patience of B-land", "beta(6, 5)", "0 to 1", "", "c03", "low"),
        InputRow("actors.B-land.red_lines.guarantee", "Least guarantee B-land accepts", "0.30", "0.10 to 0.50", "", "", "low", True),
        InputRow("hazards.test.rate", "Long-range tests a year under pressure", "3.2", "1.5 to 5.0", "Test record 2026-2030", "", "high"),
        InputRow("hazards.incident.rate", "Deadly border incidents a year", "0.14", "0.06 to 0.25", "Crisis data set, v12", "", "high"),
        InputRow("sanctions.erosion", "Monthly erosion of enforcement", "uniform(0.00, 0.04)", "0 to 0.04", "", "", "low", True),
    ]  # fmt: skip
    more = [
        InputRow(
            f"issues.issue_{n}.weight", "", f"{0.02 * n:.2f}", source="Memo 4" if n % 3 else "", unsourced=n % 3 == 0
        )
        for n in range(1, 25)
    ]
    return listed + more


def _game() -> Game:
    """Payoffs on both sides of 0, one of them constant; a number on a grid and one of two lengths; a measure that fails."""
    ends = [wilson(count, 900) for count in (610, 290)]
    answer = [
        OutcomeShare("take", "A-land takes it", 610 / 900, *ends[0], 610),
        OutcomeShare("leave", "A-land leaves it", 290 / 900, *ends[1], 290),
    ]
    grid = [0.05 + 0.1 * n for n in range(10)]
    return Game(
        payoffs=(Level("A-land", 0.41, 0.39, 0.43), Level("B-land", -0.12, -0.15, -0.09), Level("C-land", 0.0, 0.0, 0.0, True)),
        numbers=(Level("the first demand (B-land)", 0.65, 0.65, 0.65, True),),
        distributions=(
            Distribution("the second demand (B-land)", "number named", grid, [0.1] * 10, [0.1] * 10, 0.5, 0.25, 0.5, 0.75, 900),
            Distribution("Length in periods", "periods", (0.0, 1.0), (0.5, 0.5), (0.55, 0.45), 0.45, 0.0, 0.0, 1.0, N),
        ),
        choices=(OptionShares("the answer (A-land)", 900, answer), OptionShares("the weather (by chance)", 900, answer[::-1])),
        measures=(
            MeasureRow("war", 0.3, 0.31, 0.01, "1.0", False, N),
            MeasureRow("first demand", 0.65, 0.7, 0.0, "differs", True, N),
        ),
        repeated=True,
    )  # fmt: skip


def meta() -> Meta:
    return Meta(
        "strait-v3",
        "3f9a1c0e77d2b1d4",
        7,
        N,
        "event",
        (("simulator", "0.1.0"), ("numpy", "2.4.6"), ("simpy", "4.1.2")),
        START.isoformat(),
        HORIZON,
        digest="b1946ac92492d2347c6235b4d2611184",
    )


@cache
def content() -> ReportContent:
    """A whole report, every section filled."""
    columns = rows()
    outcomes = shares(columns)

    def figure(ref: str, form: str = "percent") -> Number:
        return Number(recompute(ref, columns), ref, form)

    failed, signed = "meeting.failed=1.0", "has(time.first_deal)"
    findings = (
        Finding(
            "Most likely is that nothing lasting is agreed: in {0} of histories the leaders sign warm words and stop there, "
            "and in another {1} the matter simply drifts.",
            (figure("share:outcome=warm_words"), figure("share:outcome=drift")),
        ),
        Finding(
            "Open clash stays rare at {0} (interval {1} to {2}), but after a failed meeting it is {3}.",
            (*(figure(f"{what}:outcome=clash") for what in ("share", "low", "high")), figure(f"share:outcome=clash|{failed}")),
        ),
        Finding(
            "A first deal comes in {0} of histories, half of those within {1}.",
            (figure("share:has(time.first_deal)"), figure("median:time.first_deal", "days")),
        ),
        Finding("What B-land believes about A-land matters more than any single sanction."),
    )  # fmt: skip
    drivers = (
        Driver("actors.B-land.patience", "Patience of B-land", 0.31, 0.27, 0.35, True, "first-step accord"),
        Driver("sanctions.erosion", "Monthly erosion of enforcement", -0.22, -0.26, -0.18, True, "drift"),
        Driver("tracks.meeting.spin", "How well an empty text sells at home", 0.16, 0.12, 0.2, True, "warm words"),
        Driver("hazards.incident.rate", "Deadly border incidents a year", 0.08, 0.04, 0.12, True, "open clash"),
        Driver("actors.A-land.patience", "Patience of A-land", 0.03, -0.014, 0.07, False),
    )
    times = []
    for label, name in (("First meeting", "time.first_meeting"), ("First deal", "time.first_deal")):
        ends = [recompute(f"{what}:has({name})", columns) for what in ("share", "low", "high")]
        times.append(
            TimeToEvent(label, *ends, *(recompute(f"quantile({q}):{name}", columns) for q in (0.25, 0.5, 0.75)))
        )
    byid = {outcome.id: outcome for outcome in outcomes}
    return ReportContent(
        title="Two leaders and a strait: what could come of the meeting?",
        question="If the leaders of A-land and B-land meet this summer, what follows in the four years after, and what decides it?",
        meta=meta(),
        findings=findings,
        outcomes=outcomes,
        game=_game(),
        incidence=_incidence(outcomes),
        times=times,
        phases=_phases(outcomes),
        fans=(
            _fan("tension", "Tension", 0.55, 0.42, 0.2, -0.25),
            _fan("sanctions", "Sanctions in force", 0.82, 0.55, 0.18, 0.05),
        ),
        drivers=(
            Drivers(
                "rank correlation with the outcome (-1 to 1)", drivers, 0.045, "the share of first-step accords"
            ),
        ),
        conditionals=(
            Conditional("given a failed meeting", int(recompute(f"count:{failed}", columns)), shares(columns, failed), failed),
            Conditional("given a signed deal", int(recompute(f"count:{signed}", columns)), shares(columns, signed), signed),
        ),
        histories=(
            _history(0, byid["warm_words"], "typical", "Warm words, then silence", "Closest to the middle of the most frequent class."),
            _history(1, byid["first_step"], "typical", "A small exchange that holds", "Closest to the middle of its class."),
            _history(2, byid["drift"], "typical", "Nobody moves", "Closest to the middle of its class."),
            _history(3, byid["clash"], "worst", "From a sunk boat to open fighting", "Highest losses of all histories."),
        ),
        inputs=_inputs(),
        claims=(
            ClaimRow("c01", "High hopes before a meeting make its failure more dangerous.", "holds", "risk ratio 2.4", 1.7, 3.2, 8000),
            ClaimRow("c02", "Envoys who meet first raise the chance of a deal.", "holds", "+7.9 points", 0.061, 0.097, 8000),
            ClaimRow("c03", "Sanctions alone bring concessions.", "does not hold", "+0.4 points", -0.012, 0.02, 8000),
            ClaimRow("c04", "Historians will disagree on who is to blame.", "not testable", "no quantity of the model says this"),
        ),
        targets=(
            TargetRow("Share of warm words", byid["warm_words"].share, byid["warm_words"].low, byid["warm_words"].high, 0.2, 0.35, True),
            TargetRow("Share of open clash", byid["clash"].share, byid["clash"].low, byid["clash"].high, 0.03, 0.08, False, "expert panel"),
        ),
        limits=(
            "The model knows two leaders, their houses and four neighbours; it knows no elections in C-land.",
            "Shares are shares of simulated histories under the stated assumptions, not forecasts.",
            "Inputs without a source are our judgement; the table says which.",
        ),
        reproduce=(
            Command("Run the same histories again:", "sim run scenarios/strait.yaml --seed 7 --replications 2000"),
            Command("Look at the rows:", "sim export reports/strait-v3-3f9a1c0e-s7-n2000 --csv"),
        ),
    )  # fmt: skip


@cache
def timeline() -> TimelineContent:
    """One history with everything a replay shows."""
    draws = np.random.default_rng(11)
    history = content().histories[3]
    offers = [
        Offer(
            40 + 45 * n,
            "A-land" if n % 2 else "B-land",
            round(0.35 + 0.04 * n * (0.5 if n % 2 else 1) + draws.normal(0, 0.02), 3),
            round(0.8 - 0.04 * n * (1 if n % 2 else 0.5) + draws.normal(0, 0.02), 3),
            n == 9,
            f"package {n + 1}",
            "envoys",
        )
        for n in range(10)
    ]
    lanes = (
        Lane(
            "Envoys",
            (Marker(40, "round 1"), Marker(66, "round 2"), Marker(90, "round 3", "", 104), Marker(540, "letter")),
        ),
        Lane("Leaders", (Marker(115, "first meeting: declaration signed"), Marker(355, "second meeting breaks off"))),
        Lane("Tests and incidents", (Marker(571, "rocket test"), Marker(894, "patrol boat sunk"))),
        Lane("Embargo", (Marker(0, "in force", "", 700), Marker(900, "in force again", "", HORIZON))),
    )
    belief = [
        Series(name, *_course(20 + n, 0.4, 0.3 + 0.1 * n))
        for n, name in enumerate(("patient", "hard-pressed", "bluffing"))
    ]
    panels = (
        Panel("Tension", history.series[:1]),
        Panel("Sanctions in force", history.series[1:2]),
        Panel("What A-land believes of B-land", belief, unit="probability"),
        Panel("Ladder", history.series[2:3], 0, 9, levels=((1, "calm"), (4, "alert"), (7, "strikes"), (9, "clash"))),
    )
    options = [
        Option("sign and sell", 0.31, 0.18),
        Option("go on talking", 0.42, 0.61, True),
        Option("walk out", 0.33, 0.21),
    ]
    decisions = (
        Decision(
            115, "2031-07-02", "A-land", "after the first meeting", options, (("patient", 0.40),), (("patient", 0.52),)
        ),
        Decision(
            355,
            "2032-02-27",
            "B-land",
            "answer to the demand",
            [
                Option("accept all sites", None, None, removed_by="red line: guarantee"),
                Option("offer one site", 0.4, 0.7),
                Option("leave", 0.36, 0.3, True),
            ],
        ),
    )
    return TimelineContent(
        "From a sunk boat to open fighting",
        meta(),
        history.replication,
        history.outcome_label,
        HORIZON,
        history.command,
        "Two meetings, one text, a test and an incident that nobody could stop.",
        history.lines,
        lanes,
        panels,
        (Offers("A-land", "B-land", offers, 0.42, 0.38),),
        decisions,
    )  # fmt: skip


def hostile(text: str) -> ReportContent:
    """The sample report with `text` added to every piece of text in it, at every depth."""
    return _spoil(content(), text)


def hostile_timeline(text: str) -> TimelineContent:
    return _spoil(timeline(), text)


_KEPT = {"start_date", "kind", "verdict", "form", "outcome_id", "dates", "ref", "source_id"}


def _spoil(value, text: str, name: str = ""):
    if name in _KEPT:
        return value
    if is_dataclass(value):
        ids = isinstance(value, PhaseNode | PhaseLink | OutcomeShare)
        kept = {"id", "source", "target"} if ids else set()
        return replace(
            value, **{f.name: _spoil(getattr(value, f.name), text, f.name) for f in fields(value) if f.name not in kept}
        )
    if isinstance(value, str):
        return value + text
    if isinstance(value, tuple | list):
        return [_spoil(item, text) for item in value]
    return value
