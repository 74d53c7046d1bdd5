"""Tables of what is recorded: dates of reading, and the columns of the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.acts import readings as acts
from sim.acts.codes import COUNTS, RESULTS, TIMES
from sim.engines.tables.games import game_columns, is_named
from sim.engines.tables.maker import Maker

GIVEN = "given"  # column that says whether what is known to have happened has happened in the history, 1 or 0


@dataclass(frozen=True)
class Column:
    """A column of the results after ``replication``: numbers, or numbers that stand for words."""

    name: str
    source: int  # one of `sim.acts.readings.FROM_*`
    which: int
    words: tuple[str, ...] | None = None  # of a column of text, by number; the last of them stands for -1


def results(m: Maker) -> list[Column]:
    """Enter all tables of readings and results; the columns, in order."""
    case, spec = m.case, m.spec
    times = sorted({*case.grid_times, *case.readings})
    grid = {time: n for n, time in enumerate(case.grid_times)}
    report = {time: n for n, time in enumerate(case.readings)}
    m.add(
        outcome=[m.condition(item.when) for item in spec.outcomes],
        metric=[m.condition(text) for text in (*spec.metrics.values(), *_evidence(m))],
        measure=[m.condition(measure.value) for measure in _measures(m).values()],
        measure_given=[m.condition(measure.given) for measure in _measures(m).values()],
        reading_time=times,
        reading_on_grid=[grid.get(time, -1) for time in times],
        reading_place=[report.get(time, -1) for time in times],
        horizon_place=report[spec.horizon],
    )
    columns = _columns(m)
    m.add(column_from=[column.source for column in columns], column_of=[column.which for column in columns])
    m.sizes.update(
        readings=len(report), paths=acts.PATH_SIZE * len(grid),
        horizon=acts.HORIZON_SIZE + len(case.actor_ids) + len(case.issue_ids) + len(spec.metrics) + len(_evidence(m)) + len(_of_theory(m)),
    )  # fmt: skip
    return columns


def _columns(m: Maker) -> list[Column]:
    case, spec = m.case, m.spec
    day = case.per_day
    classes = tuple(item.id for item in spec.outcomes)
    columns = [_fact("outcome", classes)]
    columns += [
        Column(f"outcome@{time / day:g}", acts.FROM_READING, n, classes) for n, time in enumerate(case.readings)
    ]
    counters = _scenario_counters(m)
    dates = list(TIMES)
    for t in m.track_ids:
        if spec.tracks[t].protocol in ("staged_consent", "bundles"):
            dates += [f"{what}.{t}" for what in ("opened", "in_force", "standing")]
    dates += [name for name in counters if name.startswith("events.")]
    columns += [Column(f"time:{name}", acts.FROM_TIME, m.time(name)) for name in dates]
    columns += [Column(f"count:{name}", acts.FROM_COUNT, m.counter(name)) for name in (*COUNTS, *counters)]
    columns += [_fact("max_rung"), _fact("meeting_result", RESULTS)]
    columns += [_fact(name) for name in ("failed_meeting", "expectation_clipped", "gap", "expectation_at_meeting")]
    columns += [_fact(name) for name in ("rounds_before_meeting", "force_probability")]
    columns.append(_fact("first_deal", (*case.package_names, "")))
    columns += [Column(f"first_deal_level:{k}", acts.FROM_FIRST_DEAL, n) for n, k in enumerate(case.issue_ids)]
    columns.append(_fact("war_loss"))
    at = acts.HORIZON_SIZE
    columns += [Column(f"utility:{a}", acts.FROM_HORIZON, at + n) for n, a in enumerate(case.actor_ids)]
    first = acts.HORIZON[:5]
    columns += [Column(name, acts.FROM_HORIZON, n) for n, name in enumerate(first)]
    at += len(case.actor_ids)
    columns += [Column(f"level:{k}", acts.FROM_HORIZON, at + n) for n, k in enumerate(case.issue_ids)]
    at += len(case.issue_ids)
    columns += [Column(f"metric:{name}", acts.FROM_HORIZON, at + n) for n, name in enumerate(spec.metrics)]
    at += len(spec.metrics)
    columns += [Column(GIVEN, acts.FROM_HORIZON, at) for _ in _evidence(m)]
    at += len(_evidence(m))
    columns += [
        Column(name, acts.FROM_HORIZON, at + n, words) for n, (name, words) in enumerate(_of_theory(m).items()) if is_named(m, name)
    ]
    columns += [Column(name, acts.FROM_HORIZON, len(first) + n) for n, name in enumerate(acts.HORIZON[5:])]
    columns += [_fact("days"), _fact("events")]
    columns += [_drawn(m, path) for path in spec.uncertainties]
    m.sizes.update(counters=len(m.counters), times=len(m.times))
    return columns


def _evidence(m: Maker) -> list[str]:
    """What is known to have happened, as one condition; none where nothing is."""
    return [" and ".join(f"({text})" for text in m.spec.given)] if m.spec.given else []


def _measures(m: Maker) -> dict[str, Any]:
    """What theory is compared with, by name."""
    return m.spec.theory.measures if m.spec.theory is not None else {}


def _of_theory(m: Maker) -> dict[str, tuple[str, ...] | None]:
    """Columns of measures and of the game, in the order of the numbers read at the horizon; words of those of text."""
    return {f"measure:{name}": None for name in _measures(m)} | game_columns(m)


def _fact(name: str, words: tuple[str, ...] | None = None) -> Column:
    return Column(name, acts.FROM_FACT, acts.FACTS.index(name), words)


def _drawn(m: Maker, path: str) -> Column:
    """What a replication drew for an input: a number, or the class of a private type."""
    name = f"input:{path}"
    if path in m.case.slot_of:
        return Column(name, acts.FROM_INPUT, m.case.slot_of[path])
    parts = path.split(".")
    if parts[2] == "red_lines":
        return Column(name, acts.FROM_LINE, m.line_ids.index((parts[1], parts[3])))
    return Column(name, acts.FROM_CLASS, m.actor(parts[1]), tuple(sorted(m.spec.actors[parts[1]].types.commitment)))


_OF_PROTOCOL = {
    "alternating_offers": ("rounds", "breakdowns"),
    "single_text": ("rounds", "breakdowns"),
    "final_offer": ("cancellations", "revivals", "invitation_nodes", "invitations", "invitations_accepted"),
    "bundles": ("bundles_proposed", "bundles", "standing_ended"),
    "contacts": ("contacts",),
    "staged_consent": ("opened", "votes", "postponed", "broken_off", "in_force", "collapsed"),
    "resolutions": ("votes", "passed"),
}


def _scenario_counters(m: Maker) -> list[str]:
    """Counters whose names come from the scenario, in a fixed order."""
    spec = m.spec
    names: list[str] = []
    for name in sorted(spec.hazards):
        hazard = spec.hazards[name]
        counter = hazard.counts_as or name
        names += [f"events.{counter}", f"events_in_talks.{counter}"]
        names += [f"events.{counter}.{mark}" for mark in sorted(hazard.split or {})]
        if hazard.kind == "calendar":
            names.append(f"suspended.{name}")
        if hazard.effects.leader is not None:
            names.append(f"leader_changes.{hazard.effects.leader.actor}")
    for name in sorted(spec.tracks):
        names += [f"{what}.{name}" for what in _OF_PROTOCOL[spec.tracks[name].protocol]]
    names += [f"leader_changes.{leader.actor}" for leader in _other_leader_changes(m)]
    names += [f"votes.{name}" for name in sorted(spec.veto_players) if spec.veto_players[name].votes > 1]
    return list(dict.fromkeys(names))


def _other_leader_changes(m: Maker) -> list[Any]:
    """Leader changes that meetings, bundles, signatures or strikes bring about, in a fixed order."""
    owners: list[Any] = [m.spec.tracks[name] for name in sorted(m.spec.tracks)]
    owners += [m.mechanisms.agreements, m.mechanisms.ladder]
    kinds = ("announced_effects", "held_effects", "walk_out_effects", "effects", "signed_effects", "strike_effects")
    found = [getattr(owner, kind, None) for owner in owners for kind in kinds]
    return [effects.leader for effects in found if effects is not None and effects.leader is not None]
