"""Single histories as the plain records that pages show: three typical ones and the worst, and a whole timeline."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import stands_alone
from sim.analysis.names import Calendar, Names, plain
from sim.analysis.phrases import headline, node_words, sentence
from sim.analysis.story import tell
from sim.experiments.design import RANDOM, SOBOL
from sim.experiments.engines import OURS
from sim.experiments.replay import Choice, differences, position_of, replay_row, row_at, typical, worst
from sim.reports import content as page

if TYPE_CHECKING:
    from sim.engines.log import Decision, Happening, Sample
    from sim.experiments.replay import Replay
    from sim.experiments.store import StoredRun
    from sim.model.compile import Case

REPORT_LINES = 16  # of a story inside a report
REPORT_POINTS = 160  # of a series inside a report
TIMELINE_POINTS = 600
MOST_DECISIONS = 30  # on a timeline, unless all are asked for
MOST_LANES_OF_HAZARDS = 8
BELIEFS_SHOWN = 6
SMALLEST_CHANGE = 0.01  # of a belief in a red line that is drawn
RARE = 2  # events of a hazard that share a row with other rare ones

# What is decided over and over, and told on a timeline only if all decisions are asked for.
_ROUTINE = ("offer", "reply", "draft", "bundle", "bundle_reply", "crisis", "stage_vote", "offer_talks", "open")
_ROUTINE_CHOICES = ("wait", "stay away", "comply")


# Three typical histories and the worst one -------------------------------------------------------------------------


def typical_histories(stored: StoredRun, case: Case | None = None, source: str | None = None) -> list[page.History]:
    """The middle histories of the three most frequent classes and the worst history, each told and drawn.

    None where another engine or another version made the run, so that its histories cannot be played again.

    Parameters
    ----------
    stored : StoredRun
        The run they come from.
    case : Case, optional
        Its scenario compiled, if that is at hand.
    source : str, optional
        The scenario as named on the command line.
    """
    if stored.manifest["engine"] not in OURS:
        return []
    picked = typical(stored)
    if case is None:
        from sim.model.compile import compile_case

        case = compile_case(stored.case)
    last = None if stands_alone(case.spec) else worst(stored, [choice.replication for choice in picked])
    if last is not None:
        picked.append(last)
    told = []
    for choice in picked:
        position = position_of(stored, choice.replication)
        again = replay_row(stored, case, position)
        if differences(again.row, row_at(stored, position)):
            return []  # made by another version of the program: its histories cannot be told any more
        told.append(_history(again, choice, source))
    return told


def _history(again: Replay, choice: Choice, source: str | None) -> page.History:
    names = Names(again.case)
    label = names.outcome(choice.outcome)
    share = f"{100.0 * choice.share:.1f}%"
    others = "all others" if choice.considered is None else f"all others among {choice.considered:,}, evenly spaced,"
    why = (
        f"Nearest to {others} of the {share} of histories that end as \u201c{label}\u201d."
        if choice.kind == "typical"
        else f"The largest losses among the {share} of histories that end as \u201c{label}\u201d, the worst that occurs."
    )
    return page.History(
        kind="typical" if choice.kind == "typical" else "worst",
        replication=choice.replication,
        outcome_id=choice.outcome,
        outcome_label=label,
        title=headline(again),
        why=why,
        lines=tell(again, limit=REPORT_LINES).lines,
        command=command_of(again, source),
        horizon_days=horizon_days(again.case),
        series=_report_series(again),
        markers=_report_markers(again, names),
        start_date=str(again.case.spec.start),
    )


def horizon_days(case: Case) -> float:
    """Days from the start to the date at which the outcome is read."""
    return case.spec.horizon / case.per_day


def command_of(again: Replay, source: str | None = None) -> str:
    """The command that plays this history again."""
    if again.design not in (RANDOM, SOBOL):  # its row depends on the other rows of its run
        return shlex.join(["sim", "replay", "--from", "DIR", "--replication", str(again.replication)])
    completed = again.case.completed
    applied = completed.get("applied") or {}
    words = ["sim", "replay", source or str(completed["id"])]
    for option in ("variant", "policy"):
        if applied.get(option):
            words += [f"--{option}", str(applied[option])]
    for path, value in (applied.get("set") or {}).items():
        words += ["--set", f"{path}={_as_written(value)}"]
    words += ["--replication", str(again.replication), "--seed", str(again.root_seed)]
    if again.design != RANDOM:
        words += ["--design", again.design]
    return shlex.join(words)


def _as_written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False)


# Series ------------------------------------------------------------------------------------------------------------


def _within(again: Replay) -> list[Sample]:
    end = again.case.spec.horizon
    return [sample for sample in again.samples if sample.time <= end]


def _series(
    again: Replay, label: str, read: Callable[[Sample], float], most: int, high: float = 1.0, *, step: bool = False
) -> page.Series:
    """A quantity up to the horizon: its value after each event, thinned evenly if that is too much."""
    per_day = again.case.per_day
    days: list[float] = []
    values: list[float] = []
    samples = _within(again)
    for n, sample in enumerate(samples):
        if n + 1 < len(samples) and samples[n + 1].time == sample.time:
            continue  # the last word of each instant
        value = round(read(sample), 4)
        if step and values and value == values[-1] and n + 1 < len(samples):
            continue
        days.append(round(sample.time / per_day, 2))
        values.append(value)
    if step and samples and days and days[-1] < samples[-1].time / per_day:
        days.append(round(samples[-1].time / per_day, 2))
        values.append(values[-1])
    if len(days) > most:
        kept = sorted({round(k * (len(days) - 1) / (most - 1)) for k in range(most)})
        days, values = [days[k] for k in kept], [values[k] for k in kept]
    return page.Series(label, days, values, 0.0, high, step)


def _shown(again: Replay) -> list[tuple[str, Callable[[Sample], float], float, bool]]:
    """Label, reader, highest value and form of the quantities that the scenario uses."""
    mechanisms = again.case.spec.mechanisms

    def on(mechanism: Any) -> bool:
        return mechanism is not None and getattr(mechanism, "enabled", True)

    found: list[tuple[str, Callable[[Sample], float], float, bool]] = []
    if on(mechanisms.tension):
        found.append(("Tension", lambda sample: sample.tension, 1.0, False))
    if on(mechanisms.sanctions):
        found.append(("Sanctions pressure", lambda sample: sample.pressure, 1.0, False))
    if on(mechanisms.ladder):
        top = float(len(mechanisms.ladder.rungs) - 1)
        found.append(("Rung of the ladder", lambda sample: sample.rung, top, True))
    if on(mechanisms.expectation):
        found.append(("Expectation of a meeting", lambda sample: sample.expectation, 1.0, False))
    return found


def _report_series(again: Replay) -> list[page.Series]:
    return [
        _series(again, label, read, REPORT_POINTS, high, step=step) for label, read, high, step in _shown(again)[:3]
    ]


def _report_markers(again: Replay, names: Names) -> list[page.Marker]:
    per_day = again.case.per_day
    end = again.case.spec.horizon
    words = {"meeting": "meeting", "deal": "deal signed", "collapse": "end of a deal", "force": "force"}
    return [
        page.Marker(round(item.time / per_day, 2), words[item.kind], item.kind)
        for item in again.happenings
        if item.kind in words and item.time <= end and (item.kind == "meeting" or "track" not in item.details)
    ]


# The timeline ------------------------------------------------------------------------------------------------------


def timeline_content(
    again: Replay, *, full: bool = False, every_decision: bool = False, source: str | None = None, meta: page.Meta | None = None
) -> page.TimelineContent:
    """One history for `sim.reports.timeline`: story, rows of events, quantities, offers and decisions."""
    names = Names(again.case)
    calendar = Calendar(again.case)
    story = tell(again, full=full)
    decisions = _decisions(again, names, calendar, every_decision)
    summary = f"{headline(again)}."
    if story.num_left_out:
        summary += f" {story.num_left_out} less important lines are left out of the story (--full tells all)."
    if len(decisions) < len(again.decisions):
        summary += f" {len(decisions)} of {len(again.decisions)} decisions are shown (--decisions shows all)."
    return page.TimelineContent(
        title=again.case.spec.title,
        meta=meta or meta_of(again),
        replication=again.replication,
        outcome_label=names.outcome(again.row["outcome"]),
        horizon_days=horizon_days(again.case),
        command=command_of(again, source),
        summary=summary,
        story=story.lines,
        lanes=_lanes(again, names),
        panels=_panels(again, names),
        offers=_offers(again, names),
        decisions=decisions,
    )


def meta_of(again: Replay) -> page.Meta:
    """The run record of one history: everything that it depends on."""
    from sim.experiments.provenance import versions
    from sim.model.complete import content_hash

    completed = again.case.completed
    applied = completed.get("applied") or {}
    return page.Meta(
        scenario_id=str(completed["id"]),
        scenario_hash=content_hash(completed),
        seed=again.root_seed,
        replications=1,
        engine="simpy",
        versions=sorted(versions().items()),
        start_date=None if stands_alone(again.case.spec) else str(again.case.spec.start),
        horizon_days=horizon_days(again.case),
        variant=applied.get("variant"),
        policy=applied.get("policy"),
        overrides=tuple(f"{path}={_as_written(value)}" for path, value in (applied.get("set") or {}).items()),
        description=again.case.spec.description,
        design="" if again.design == RANDOM else again.design,
    )


def _lanes(again: Replay, names: Names) -> list[page.Lane]:
    """Rows of events: talks and deals as they lasted, then each track, then what nobody chose; none of a game alone."""
    if stands_alone(again.case.spec):
        return []
    end = again.case.spec.horizon
    items = [item for item in again.happenings if item.time <= end]
    per_day = again.case.per_day
    lanes = [_talks_lane(again), *_spans(again, items)]
    tracks: dict[str, list[page.Marker]] = {}
    for item in items:
        track = item.details.get("track")
        if track is not None:
            label = _track_marker(item, names)
            if label:
                tracks.setdefault(track, []).append(page.Marker(item.time / per_day, label, item.kind))
    lanes += [page.Lane(sentence(names.track(track)), tracks[track]) for track in again.case.spec.tracks if track in tracks]
    lanes += _hazard_lanes(items, names, per_day)
    return [lane for lane in lanes if lane.markers]


def _talks_lane(again: Replay) -> page.Lane:
    per_day = again.case.per_day
    end = again.case.spec.horizon
    markers: list[page.Marker] = []
    since: float | None = None
    for sample in _within(again):
        if sample.talks_on and since is None:
            since = sample.time
        elif not sample.talks_on and since is not None:
            markers.append(page.Marker(since / per_day, "talks", "talks", sample.time / per_day))
            since = None
    if since is not None:
        markers.append(page.Marker(since / per_day, "talks", "talks", min(end, again.ended) / per_day))
    return page.Lane("In talks", markers)


def _spans(again: Replay, items: Sequence[Happening]) -> list[page.Lane]:
    """Deals in force and crises, from their beginning to their end."""
    end = min(again.case.spec.horizon, again.ended)
    per_day = again.case.per_day
    deals: list[page.Marker] = []
    crises: list[page.Marker] = []
    deal: float | None = None
    crisis: float | None = None
    for item in [*items, None]:
        time = item.time if item is not None else end
        kind = item.kind if item is not None else ""
        act = item.details.get("act") if item is not None else ""
        over = item is None
        if deal is not None and (over or kind == "deal" or (kind == "collapse" and "track" not in item.details)):
            deals.append(page.Marker(deal / per_day, "deal in force", "deal", time / per_day))
            deal = None
        if crisis is not None and (over or (kind == "crisis" and act == "ends")):
            crises.append(page.Marker(crisis / per_day, "crisis", "crisis", time / per_day))
            crisis = None
        if kind == "deal":
            deal = time
        elif (kind == "crisis" and act == "begins") and crisis is None:
            crisis = time
    named = Names(again.case)
    force = [
        page.Marker(item.time / per_day, f"{named.actor(item.who)} {names_of_force(item)}", "force")
        for item in items
        if item.kind == "force"
    ]
    return [page.Lane("Deal in force", deals), page.Lane("Crisis", [*crises, *force])]


def names_of_force(item: Happening) -> str:
    """What was done about force."""
    return "stops a strike" if item.details.get("act") == "stops" else "uses force"


def _track_marker(item: Happening, names: Names) -> str:
    details = item.details
    package = names.package(details["package"]) if details.get("package") is not None else ""
    match item.kind:
        case "offer":
            return f"{names.actor(item.who)} offers {package}: {'accepted' if details['accepted'] else 'rejected'}"
        case "meeting":
            return f"meeting {details['number']}"
        case "date":
            return "a date is agreed"
        case "cancellation":
            return "cancelled"
        case "revival":
            return "on again"
        case "result":
            return f"result: {plain(details['result'])}"
        case "bundle":
            return f"{names.actor(item.who)} accepts {names.bundle(details['track'], details['bundle'])}"
        case "veto":
            return f"{names.bundle(details['track'], details['bundle'])} is blocked at home"
        case "vote":
            if details.get("dead"):
                return "the text is dead"
            return f"{details['stage']}: {'passed' if details['passed'] else 'lost'}"
        case "resolution":
            return "resolution passed" if details["passed"] else "no resolution"
        case "proposal":
            return f"{names.actor(item.who)} opens: {package}"
        case "stages":
            return "the vote is put off" if details["act"] == "put off" else "broken off"
        case "in force":
            return f"in force: {package}"
        case "agreement":
            return f"agreement on {package}"
        case "declaration":
            return f"declaration: {package}"
        case "collapse":
            return "the agreement in force ends"
        case "breakdown":
            return "breakdown"
        case "contact":
            return "contact"
        case "round":
            return "a round fails"
        case "draft":
            return "the mediator starts afresh"
    return plain(item.kind)


def _hazard_lanes(items: Sequence[Happening], names: Names, per_day: float) -> list[page.Lane]:
    found: dict[str, list[page.Marker]] = {}
    for item in items:
        if item.kind == "event":
            text = names.hazard(item.details["hazard"], item.details["mark"])
        elif item.kind == "calendar":
            text = f"{names.hazard(item.details['hazard'])}: called off"
        else:
            continue
        found.setdefault(item.details["hazard"], []).append(page.Marker(item.time / per_day, text, item.kind))
    ranked = sorted(found, key=lambda name: (-len(found[name]), name))
    own = [name for name in ranked if len(found[name]) > RARE][:MOST_LANES_OF_HAZARDS]
    rest = [marker for name in found if name not in own for marker in found[name]]
    rest += [
        page.Marker(item.time / per_day, f"{names.actor(item.who)}: a new leader", "leader")
        for item in items
        if item.kind == "leader"
    ]
    lanes = [page.Lane(sentence(names.hazard(name)), found[name]) for name in own]
    rest.sort(key=lambda marker: marker.day)
    return [*lanes, page.Lane("Other events", rest)]


def _panels(again: Replay, names: Names) -> list[page.Panel]:
    mechanisms = again.case.spec.mechanisms
    panels = []
    for label, read, high, step in _shown(again):
        series = _series(again, label, read, TIMELINE_POINTS, high, step=step)
        if step and mechanisms.ladder is not None:
            rungs = mechanisms.ladder.rungs
            label = f"Ladder: 0 {rungs[0].label} to {len(rungs) - 1} {rungs[-1].label}"
        panels.append(page.Panel(label, [series], 0.0, high, unit="" if step else "from 0 to 1"))
    if mechanisms.aftermath is not None and mechanisms.aftermath.enabled:
        proposers = [t.proposer for t in again.case.spec.tracks.values() if t.protocol == "final_offer"]
        who = names.actor(proposers[0] if proposers else again.case.spec.sides[0])
        series = [
            _series(again, "talks can deliver", lambda sample: sample.belief_talks, TIMELINE_POINTS),
            _series(again, "pressure works", lambda sample: sample.belief_pressure, TIMELINE_POINTS),
        ]
        panels.append(page.Panel(f"{who} believes", series, unit="probability"))
    return [*panels, *_belief_panels(again, names)]


def _belief_panels(again: Replay, names: Names) -> list[page.Panel]:
    panels: list[page.Panel] = []
    means: list[page.Series] = []
    for held in again.beliefs:
        pair = f"{names.actor(held.observer)} about {names.actor(held.actor)}"
        if held.points:
            if held.trait == "war_cost":
                means.append(
                    _series(
                        again,
                        f"{names.actor(held.observer)} about {names.actor(held.actor)}",
                        lambda sample, h=held: sum(
                            b * x for b, x in zip(sample.beliefs[h.start : h.start + h.size], h.points, strict=True)
                        ),
                        TIMELINE_POINTS,
                        max(held.points),
                    )
                )
            continue
        if held.trait == "commitment":
            series = [
                _series(again, plain(name), lambda sample, n=held.start + k: sample.beliefs[n], TIMELINE_POINTS)
                for k, name in enumerate(names.classes(held.actor))
            ]
        else:
            words = names.trait(held.actor, held.trait)
            series = [_series(again, words, lambda sample, n=held.start + 1: sample.beliefs[n], TIMELINE_POINTS)]
            if max(series[0].values, default=0.0) - min(series[0].values, default=0.0) < SMALLEST_CHANGE:
                continue
            pair = f"{names.actor(held.observer)}: {words}"
        panels.append(page.Panel(pair, series, unit="probability"))
    if means:
        high = max(series.high for series in means)
        panels.append(page.Panel("Believed cost of war", means, 0.0, high, unit="utility"))
    return panels


def _offers(again: Replay, names: Names) -> list[page.Offers]:
    one, two = again.case.spec.sides
    end = again.case.spec.horizon
    per_day = again.case.per_day
    found = [item for item in again.happenings if item.kind == "offer" and item.time <= end]
    if not found:
        return []
    offers = [
        page.Offer(
            round(item.time / per_day, 2),
            names.actor(item.who),
            round(item.details["utility_one"], 4),
            round(item.details["utility_two"], 4),
            bool(item.details["accepted"]),
            names.package(item.details["package"]),
            names.track(item.details["track"]),
        )
        for item in found
    ]
    last = found[0].details
    return [
        page.Offers(
            names.actor(one), names.actor(two), offers, round(last["reserve_one"], 4), round(last["reserve_two"], 4)
        )
    ]


def _decisions(again: Replay, names: Names, calendar: Calendar, every: bool) -> list[page.Decision]:
    end = again.case.spec.horizon if not every else again.ended
    picked = [
        decision
        for decision in again.decisions
        if decision.time <= end and (every or _is_telling(decision))
    ]
    if not every and len(picked) > MOST_DECISIONS:
        ranked = sorted(range(len(picked)), key=lambda n: (_likelihood(picked[n]), n))
        picked = [picked[n] for n in sorted(ranked[:MOST_DECISIONS])]
    return [decision_record(decision, again, names, calendar) for decision in picked]


def _is_telling(decision: Decision) -> bool:
    if len(decision.options) < 2:
        return False
    if decision.node == "crisis":
        return decision.choice != "hold"
    if decision.node == "reply":
        return decision.choice != "reject"
    return decision.node not in _ROUTINE and decision.choice not in _ROUTINE_CHOICES


def _likelihood(decision: Decision) -> float:
    """Probability of the choice: the less likely, the more there is to tell."""
    if decision.choice not in decision.options:
        return 1.0
    return decision.probabilities[decision.options.index(decision.choice)]


def decision_record(decision: Decision, again: Replay, names: Names, calendar: Calendar) -> page.Decision:
    """A decision of the log with its options in words, and the beliefs that moved with it."""
    options = [
        page.Option(
            names.option(decision, n),
            decision.values[n],
            decision.probabilities[n],
            decision.options[n] == decision.choice,
            names.constraint(decision.actor, decision.removed[label]) if label in decision.removed else "",
        )
        for n, label in enumerate(decision.options)
    ]
    before, after = _moved_beliefs(decision, again, names)
    node = node_words(decision.node)
    if decision.track:
        node += f" ({names.track(decision.track)})"
    return page.Decision(
        calendar.days(decision.time), calendar.date(decision.time), names.actor(decision.actor), node, options, before, after
    )


def _moved_beliefs(
    decision: Decision, again: Replay, names: Names
) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    moved: list[tuple[float, str, float, float]] = []
    for held in again.beliefs:
        key = f"{held.observer} about {held.actor}.{held.trait}"
        old, new = decision.beliefs_before.get(key), decision.beliefs_after.get(key)
        if old is None or new is None or old == new:
            continue
        moved += _changes(held, old, new, names)
    moved.sort(key=lambda item: -item[0])
    shown = [item for item in moved[:BELIEFS_SHOWN] if item[0] >= 0.005]
    return [(words, before) for _, words, before, _ in shown], [(words, after) for _, words, _, after in shown]


def _changes(
    held: Any, old: Sequence[float], new: Sequence[float], names: Names
) -> list[tuple[float, str, float, float]]:
    pair = f"{names.actor(held.observer)} about {names.actor(held.actor)}"
    if held.points:
        before, after = (sum(b * x for b, x in zip(belief, held.points, strict=True)) for belief in (old, new))
        return [(abs(after - before), f"{pair}, {names.trait(held.actor, held.trait)}", before, after)]
    if held.trait == "commitment":
        classes = names.classes(held.actor)
        return [
            (abs(b - a), f"{pair}, {plain(name)}", a, b) for name, a, b in zip(classes, old, new, strict=True)
        ]
    return [(abs(new[1] - old[1]), f"{pair}, {names.trait(held.actor, held.trait)}", old[1], new[1])]


__all__ = ["command_of", "decision_record", "horizon_days", "meta_of", "timeline_content", "typical_histories"]
