"""What is recorded of a history: outcome classes at the report dates, paths on a grid, one row of results."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.arithmetic import sqrt
from sim.engines.clock import Priority
from sim.rules.consent import best_nash_product, most_equal_gains
from sim.rules.utility import nash_product

if TYPE_CHECKING:
    from sim.engines.history import History

PATHS = (
    "tension",
    "rung",
    "pressure",
    "expectation",
    "talks_on",
    "belief_talks",
    "belief_pressure",
    "moratorium",
    "deal",
    "declaration",
)
TIMES = (
    "meeting",
    "cancellation",
    "text",
    "signed",
    "deal",
    "declaration",
    "collapse",
    "walk_out",
    "talks_ended",
    "talks_resumed",
    "major",
    "crisis",
    "strike",
    "major_war",
)
COUNTS = (
    "meetings",
    "failed_meetings",
    "force_after_failure",
    "walk_outs",
    "declarations",
    "texts",
    "deals",
    "collapses",
    "disputes",
    "repairs",
    "milestones",
    "cheats",
    "slips",
    "false_alarms",
    "blocked",
    "treaties",
    "offers",
    "maximal_offers",
    "rejected_offers",
    "crises",
    "crisis_days",
    "demands",
    "slides",
    "strikes",
    "strikes_attempted",
    "strikes_vetoed",
    "concessions",
    "turned_to_pressure",
    "resumed_tests",
    "broker_reports",
    "talks_resumed",
    "talks_days",
    "occasions_passed",
    "offers_to_talk",
)


class Recorder:
    """Reads the history at its report dates and on its grid."""

    def __init__(self, history: History) -> None:
        self.h = h = history
        self.outcomes = [(item.id, h.case.compile(item.when)) for item in h.spec.outcomes]
        self.metrics = {name: h.case.compile(text) for name, text in h.spec.metrics.items()}
        self.paths: list[dict[str, Any]] = []
        self.last_class = ""
        h.env.process(self.run())

    def classify(self) -> str:
        """The first class whose predicate holds now."""
        h = self.h
        for name, condition in self.outcomes:
            if h.holds(condition):
                return name
        raise AssertionError("a completed scenario has a class for every situation")

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Read at every grid point and report date, before events of that instant."""
        h = self.h
        times = sorted({*h.case.grid_times, *h.case.readings})
        grid = set(h.case.grid_times)
        readings = set(h.case.readings)
        for time in times:
            if time > h.env.now:
                yield h.wait(time - h.env.now, Priority.READING)
            self.read(time, on_grid=time in grid, reading=time in readings)
        h.over = True
        h.finished.succeed()

    def read(self, time: float, *, on_grid: bool, reading: bool) -> None:
        """One reading."""
        h = self.h
        h.advance()
        h.look()
        outcome = self.classify()
        self.last_class = outcome
        if on_grid:
            self.paths.append(self.path(time, outcome))
        if reading:
            h.row[f"outcome@{time / h.day:g}"] = outcome
            if h.log is not None:
                h.log.standing[time] = tuple(h.quantities)
            if time == h.spec.horizon:
                h.row["outcome"] = outcome
                self.at_horizon()

    def path(self, time: float, outcome: str) -> dict[str, Any]:
        """One row of the paths table."""
        h = self.h
        w = h.w
        row: dict[str, Any] = {"replication": h.replication, "day": time / h.day, "outcome": outcome}
        for name in PATHS:
            row[name] = float(w.deal >= 0) if name == "deal" else float(getattr(w, name))
        return row

    def at_horizon(self) -> None:
        """Metrics at the horizon."""
        h = self.h
        w = h.w
        minds = h.minds
        row = h.row
        gains = {}
        total_third = 0.0
        for actor, identifier in enumerate(h.case.actor_ids):
            value = self.payoff(actor)
            row[f"utility:{identifier}"] = value
            if actor in h.side_indices:
                gains[actor] = value - minds.without_deal(actor)
            else:
                total_third += value
        row["third_party_welfare"] = total_third
        one, two = h.side_indices
        a, b = gains[one], gains[two]
        # Undefined when a side has lost or nobody has gained: missing, not 0.
        row["attribution"] = a / (a + b) if a >= 0.0 and b >= 0.0 and a + b >= 1e-9 else float("nan")
        row["nash_product"] = nash_product(a, b, 0.0, 0.0)
        row["nash_distance"], row["egalitarian_distance"] = self.distances(a, b)
        for k, name in enumerate(h.case.issue_ids):
            row[f"level:{name}"] = w.level[k]
        for name, condition in self.metrics.items():
            row[f"metric:{name}"] = h.value(condition)
        row["pressure"] = w.pressure
        row["tension"] = w.tension
        row["trust"] = minds.mutual_trust(one, two)

    def distances(self, one: float, two: float) -> tuple[float, float]:
        """How far both sides' gains are from those of the Nash and of the egalitarian solution on the menu.

        Missing where the menu has no package that both sides gain by.
        """
        minds = self.h.minds
        first, second = self.h.side_indices
        u, v = minds.utilities(first), minds.utilities(second)
        d, e = minds.without_deal(first), minds.without_deal(second)
        gains = [value for n in range(minds.count) for value in (u[n] - d, v[n] - e)]
        allowed = self.h.any_mandate()
        found = []
        for solution in (best_nash_product, most_equal_gains):
            n = solution(gains, allowed, minds.count, 2)
            x, y = (gains[2 * n] - one, gains[2 * n + 1] - two) if n >= 0 else (float("nan"), float("nan"))
            found.append(sqrt(x * x + y * y))
        return found[0], found[1]

    def payoff(self, actor: int) -> float:
        """What the actor has now: the world as it is, or after major war what that was worth to it."""
        h = self.h
        if "major_war" not in h.times:
            return h.minds.of_levels(actor, h.w.level)
        return h.crisis.war_value(actor) - h.p[h.slots.actors[h.case.actor_ids[actor]].harm_of_war]

    def fill_after_war(self) -> None:
        """Major war absorbs: what was not yet read is read in the last world."""
        h = self.h
        h.look()
        times = sorted({*h.case.grid_times, *h.case.readings})
        done = len(self.paths)
        grid = h.case.grid_times
        outcome = self.classify()
        for time in grid[done:]:
            self.paths.append(self.path(time, outcome))
        for time in times:
            if time in h.case.readings and f"outcome@{time / h.day:g}" not in h.row:
                h.row[f"outcome@{time / h.day:g}"] = outcome
                if time == h.spec.horizon:
                    h.row["outcome"] = outcome
                    self.at_horizon()

    def finish(self) -> dict[str, Any]:
        """The row of results."""
        h = self.h
        if len(self.paths) < len(h.case.grid_times):
            self.fill_after_war()
        if h.w.crisis:
            h.count("crisis_days", (h.env.now - h.w.crisis_since) / h.day)
        if h.w.talks_on:
            h.count("talks_days", (h.env.now - h.w.talks_since) / h.day)
        row: dict[str, Any] = {"replication": h.replication, "outcome": h.row["outcome"]}
        for time in h.case.readings:
            row[f"outcome@{time / h.day:g}"] = h.row[f"outcome@{time / h.day:g}"]
        for name in TIMES:
            row[f"time:{name}"] = h.times.get(name, float("nan")) / h.day
        for name in h.track_ids:
            if h.spec.tracks[name].protocol in ("staged_consent", "bundles"):
                for what in ("opened", "in_force", "standing"):
                    key = f"{what}.{name}"
                    row[f"time:{key}"] = h.times.get(key, float("nan")) / h.day
        counters = _counters(h)
        for name in counters:
            if name.startswith("events."):
                row[f"time:{name}"] = h.times.get(name, float("nan")) / h.day
        for name in COUNTS:
            row[f"count:{name}"] = h.counts.get(name, 0.0)
        for name in counters:
            row[f"count:{name}"] = h.counts.get(name, 0.0)
        row["max_rung"] = float(h.w.max_rung)
        row["meeting_result"] = h.row.get("meeting_result", "none")
        row["failed_meeting"] = 1.0 if h.counts.get("failed_meetings", 0.0) > 0.0 else 0.0
        row["expectation_clipped"] = h.row["expectation_clipped"]
        for name in ("gap", "expectation_at_meeting", "rounds_before_meeting", "force_probability"):
            row[name] = h.row.get(name, float("nan"))
        row["first_deal"] = h.row.get("first_deal", "")
        for name in h.case.issue_ids:
            row[f"first_deal_level:{name}"] = h.row.get(f"first_deal_level:{name}", float("nan"))
        costs = 0.0
        for actor, identifier in enumerate(h.case.actor_ids):
            costs += h.w.war_cost[actor] + h.p[h.slots.actors[identifier].harm_of_war]
        row["war_loss"] = costs if "major_war" in h.times else 0.0
        for name, value in h.row.items():
            if name.startswith(("utility:", "level:", "metric:")) or name in (
                "third_party_welfare",
                "attribution",
                "nash_product",
                "nash_distance",
                "egalitarian_distance",
                "pressure",
                "tension",
                "trust",
            ):
                row[name] = value
        row["days"] = h.env.now / h.day
        row["events"] = float(h.num_events)
        for path in h.spec.uncertainties:
            row[f"input:{path}"] = drawn_value(h, path)
        return row


def drawn_value(h: History, path: str) -> float | str:
    """What a replication drew for an input: a number, or the class of a private type."""
    if path in h.case.slot_of:
        return h.p[h.case.slot_of[path]]
    parts = path.split(".")
    actor = h.case.actor(parts[1])
    if parts[2] == "red_lines":
        return 1.0 if h.lines[actor][parts[3]].present else 0.0
    return sorted(h.spec.actors[parts[1]].types.commitment)[h.first_commitment[actor]]


def _counters(h: History) -> list[str]:
    """Counters whose names come from the scenario, in a fixed order; listed once a case."""
    cache = h.case.__dict__
    if "_counters" not in cache:
        cache["_counters"] = _list_counters(h)
    return cache["_counters"]


def _list_counters(h: History) -> list[str]:
    names: list[str] = []
    for name in sorted(h.spec.hazards):
        hazard = h.spec.hazards[name]
        counter = hazard.counts_as or name
        names += [f"events.{counter}", f"events_in_talks.{counter}"]
        names += [f"events.{counter}.{mark}" for mark in sorted(getattr(hazard, "split", {}) or {})]
        if hazard.kind == "calendar":
            names.append(f"suspended.{name}")
        if hazard.effects.leader is not None:
            names.append(f"leader_changes.{hazard.effects.leader.actor}")
    for name in sorted(h.spec.tracks):
        protocol = h.spec.tracks[name].protocol
        per_protocol = {
            "alternating_offers": ("rounds", "breakdowns"),
            "single_text": ("rounds", "breakdowns"),
            "final_offer": (
                "cancellations", "revivals", "invitation_nodes", "invitations", "invitations_accepted",
            ),
            "bundles": ("bundles_proposed", "bundles", "standing_ended"),
            "contacts": ("contacts",),
            "staged_consent": ("opened", "votes", "postponed", "broken_off", "in_force", "collapsed"),
            "resolutions": ("votes", "passed"),
        }[protocol]  # fmt: skip
        names += [f"{what}.{name}" for what in per_protocol]
    names += [f"leader_changes.{leader.actor}" for leader in _other_leader_changes(h)]
    names += [f"votes.{name}" for name in sorted(h.spec.veto_players) if h.spec.veto_players[name].votes > 1]
    return list(dict.fromkeys(names))


def _other_leader_changes(h: History) -> list[Any]:
    """Leader changes that meetings, bundles, signatures or strikes bring about, in a fixed order."""
    owners = [h.spec.tracks[name] for name in sorted(h.spec.tracks)]
    owners += [h.spec.mechanisms.agreements, h.spec.mechanisms.ladder]
    kinds = ("announced_effects", "held_effects", "walk_out_effects", "effects", "signed_effects", "strike_effects")
    found = [getattr(owner, kind, None) for owner in owners for kind in kinds]
    return [effects.leader for effects in found if effects is not None and effects.leader is not None]
