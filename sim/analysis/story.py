"""The story of one history in dated plain lines: who did what, how likely that was, why, and what others made of it.

Names come from the scenario's labels. What repeats itself (rounds without result, contacts, launches) is told in one
line for each stretch between two turning points; the least important lines are left out until the story fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sim.analysis.happenings import ESSENTIAL, IMPORTANT, USEFUL, Happenings, Line, Minor
from sim.analysis.names import plain
from sim.analysis.near_miss import near_miss
from sim.analysis.phrases import listed, node_words, percent, possessive
from sim.reports.content import DatedLine

if TYPE_CHECKING:
    from sim.engines.log import Decision, Happening
    from sim.experiments.replay import HeldBelief, Replay

MOST_LINES = 40
BELIEF_STEP = 0.10  # change of a probability that is told
SMALL_BELIEF_STEP = 0.03  # the same in the full story
COST_STEP = 0.25  # relative change of a believed mean that is told
SMALLEST_SIGN = 0.005  # change of a probability whose cause counts as a sign
MOST_SIGNS = 3  # that a line on a belief names, the last ones
SHORTEST_STRETCH = 45.0  # days; turning points that are closer share one stretch
RESULTS: dict[str, tuple[str, ...]] = {
    # Kinds of happening that tell a decision at their instant; none for nodes that are always told with the offer.
    "proposal": (), "answer": (), "last_word": (), "reply": (),
    "bundle": ("bundle",), "bundle_reply": ("bundle",), "invite": ("date",), "invitation": ("date",),
    "offer_talks": ("talks",), "answer_to_talks": ("talks",), "open": ("proposal",), "stage_vote": ("vote",),
    "milestone": ("milestone",), "crisis": ("crisis", "force"),
}  # fmt: skip
KEPT_BELIEFS, KEPT_ASIDES = 5, 5  # lines on beliefs, and on what went on meanwhile, that stay in a shortened story


@dataclass(frozen=True)
class Story:
    """A history told: its lines, and how many more there would be."""

    lines: list[DatedLine]
    num_left_out: int


@dataclass
class _Stretch:
    start: float
    end: float
    minors: list[Minor] = field(default_factory=list)


def tell(
    replay: Replay, *, full: bool = False, limit: int = MOST_LINES, since: float = -math.inf, until: float = math.inf
) -> Story:
    """The story of a history.

    Parameters
    ----------
    replay : Replay
        The history with its log.
    full : bool
        Everything that happened and was decided, also after the horizon, one line each.
    limit : int
        Most lines otherwise.
    since, until : float
        Only what happens from one time on and before another, in the scenario's unit. What nature drew comes before everything.
    """
    return _Teller(replay, full).story(limit, since, until)


class _Teller(Happenings):
    """One history being told."""

    def story(self, limit: int, since: float = -math.inf, until: float = math.inf) -> Story:
        """All lines, or the most important ones."""
        self._opening()
        for entry in self.replay.entries:
            if entry.time > self.end:
                break
            self.order += 1
            if hasattr(entry, "node"):
                if id(entry) not in self.said:
                    self._decision(entry)
            else:
                self.happening(entry)
        self._beliefs()
        self.minors = [minor for minor in self.minors if since <= minor.time < until]
        if not self.full:
            self._merge()
        self._ending()
        self.lines.sort(key=lambda line: (line.time, line.order))
        self.lines = [
            line for line in self.lines if (since == -math.inf if line.kind == "nature" else since <= line.time < until)
        ]
        total = len(self.lines)
        kept = self.lines
        if not self.full and total > limit:
            kept = self._most_important(limit)
        dated = [DatedLine(self.calendar.date(line.time), line.text, line.kind) for line in kept]
        return Story(dated, total - len(kept))

    def _most_important(self, limit: int) -> list[Line]:
        """The lines that stay: the outcome, deals and force, a few on beliefs and what went on meanwhile, then the rest.

        Lines that are bound together stay or go together, but for deals and their ends, which can be told alone and for
        which there is always room.
        """
        kept = {len(self.lines) - 1}
        shortened: set[int] = set()
        ranked = self._ranked(limit)
        deals = {n for n, line in enumerate(self.lines) if line.kind == "deal" and line.weight == ESSENTIAL}
        for group in ranked:
            room = limit - len(kept)
            if len(group) + len(deals.difference(kept, group)) <= room:
                kept.update(group)
            elif len(alone := deals.intersection(group)) <= room:
                kept.update(alone)
                shortened.update(alone)
        return [
            replace(self.lines[n], text=self.lines[n].alone) if n in shortened and self.lines[n].alone else self.lines[n]
            for n in sorted(kept)
        ]

    def _ranked(self, limit: int) -> list[list[int]]:
        """Positions of lines by importance, those that are bound together in one group."""
        lines = self.lines
        groups: dict[float | tuple[int], list[int]] = {}
        for n, line in enumerate(lines):
            groups.setdefault(line.time if line.bound else (n,), []).append(n)

        def place(group: list[int]) -> tuple[int, float, int]:
            return min(lines[n].weight for n in group), -max(lines[n].size for n in group), group[0]

        ranked = sorted(groups.values(), key=place)
        share = limit / MOST_LINES
        essential = [
            g for g in ranked if any(lines[n].kind in ("deal", "force") and lines[n].weight == ESSENTIAL for n in g)
        ]
        beliefs = [g for g in ranked if lines[g[0]].kind == "belief"][: round(KEPT_BELIEFS * share)]
        nature = [g for g in ranked if lines[g[0]].kind == "nature" and share > 0.5]
        asides = sorted((g for g in ranked if lines[g[0]].aside and share > 0.5), key=lambda g: -lines[g[0]].size)
        first = [*essential, *nature, *beliefs, *asides[: round(KEPT_ASIDES * share)]]
        done = {n for group in first for n in group}
        return [*first, *(g for g in ranked if g[0] not in done)]

    # Opening and ending

    def _opening(self) -> None:
        first = _Moment(0.0)
        for identifier, nature in self.replay.nature.items():
            parts = []
            if nature.commitment is not None:
                parts.append(f"is of the type \u201c{plain(nature.commitment)}\u201d")
            if nature.red_lines:
                lines = ", ".join(f"\u201c{self.names.red_line(identifier, name)}\u201d" for name in nature.red_lines)
                parts.append(f"has the red line {lines}" if len(nature.red_lines) == 1 else f"has the red lines {lines}")
            if parts:
                known = f"hidden from the others, {self.who(identifier)} {' and '.join(parts)}"
                self.say(first, known + self._first_beliefs(identifier), "nature", IMPORTANT, 0.9)

    def _first_beliefs(self, actor: str) -> str:
        """What the others believe of an actor's type and red lines before anything has happened."""
        if not self.replay.samples:
            return ""
        start = self.replay.samples[0].beliefs
        views: dict[str, list[str]] = {}
        for held in self.replay.beliefs:
            chances = start[held.start : held.start + held.size]
            if held.actor != actor or held.points:
                continue
            if held.trait == "commitment":
                ranked = sorted(zip(chances, self.names.classes(actor), strict=True), key=lambda item: (-item[0], item[1]))
                words = ", ".join(f"\u201c{plain(name)}\u201d {percent(chance)}" for chance, name in ranked)
            else:
                words = f"{self.names.trait(actor, held.trait)} {percent(chances[1])}"
            views.setdefault(held.observer, []).append(words)
        return "".join(f"; {self.who(observer)} believes at first: {', '.join(parts)}" for observer, parts in views.items())

    def _ending(self) -> None:
        row = self.replay.row
        self.order = 10**9
        end = min(self.replay.ended, self.spec.horizon)
        over = "" if self.replay.ended >= self.spec.horizon else f" from {self.calendar.date(end)} on"
        if self.calendar.game is not None:
            end, over = self._last_move(end), ""
        text = f"the outcome{over}: {self.names.outcome(row['outcome'])}{self._meaning(row['outcome'])}"
        self.say(_Moment(end), text, "outcome", ESSENTIAL, 1.0)
        if self.full and self.replay.ended > self.spec.horizon:
            last = row[f"outcome@{self.replay.ended / self.calendar.per_day:g}"]
            self.say(_Moment(self.replay.ended), f"at the last reading: {self.names.outcome(last)}", "outcome", ESSENTIAL, 1.0)

    def _last_move(self, end: float) -> float:
        """When a game that stands alone was over; ``end`` where it is still played then."""
        return next((item.time for item in self.replay.happenings if item.kind == "game" and item.time <= end), end)

    def _meaning(self, outcome: str) -> str:
        """What a class of outcome means, in the scenario's words, and how old the deal in force is."""
        said = next((item.description for item in self.spec.outcomes if item.id == outcome), None)
        words = f" \u2013 {said[:1].lower()}{said[1:].rstrip('.')}" if said else ""
        since = None
        for item in self.replay.happenings:
            if item.time > self.spec.horizon:
                break
            if item.kind == "deal" and since is None:
                since = item.time
            elif item.kind == "collapse" and "track" not in item.details:
                since = None
        if since is not None:
            age = (min(self.replay.ended, self.spec.horizon) - since) / self.calendar.per_day
            words += f"; a deal has been in force for {self.calendar.span(age)}"
        missed = near_miss(self.replay)
        if missed is not None:
            words += f"; not \u201c{self.names.outcome(missed.outcome)}\u201d, for {listed(missed.reasons)}"
        return words

    # Decisions that no event tells

    def _decision(self, decision: Decision) -> None:
        who = self.who(decision.actor)
        if decision.node == "response":
            strikes = (h for h in self.replay.happenings if h.kind == "force" and h.time == decision.time)
            if decision.choice == "force" and any(h.details["act"] == "strikes" for h in strikes):
                return  # told with the use of force
            phrase = {
                "continue": "goes on talking",
                "pressure": "turns from talks to pressure",
                "force": "decides on force",
                "sign and sell": "signs the declaration and sells it as a success",
            }.get(decision.choice, decision.choice)
            text = f"{who} {phrase}{self.because(decision)}{self.grounds(decision)}"
            self.say(decision, text, "decision", ESSENTIAL, 0.75)
            return
        if decision.node == "after_failure":
            phrase = {
                "resume tests": "resumes its tests",
                "set a deadline": "sets a deadline",
                "turn to partners": "turns to its partners",
            }.get(decision.choice, decision.choice)
            self.say(decision, f"{who} {phrase}{self.because(decision)}", "decision", IMPORTANT, 0.7)
            return
        if decision.node == "invitation" and decision.choice == "decline":
            self.say(decision, f"{who} declines an invitation{self.because(decision)}", "decision", USEFUL, 0.7)
            return
        if decision.node == "answer_to_talks" and decision.choice == "stay away":
            self.say(decision, f"{who} does not answer an offer to talk{self.because(decision)}", "decision", USEFUL, 0.6)
            return
        if self.full and len(decision.options) > 1 and not self._told_by_its_result(decision):
            position = decision.options.index(decision.choice) if decision.choice in decision.options else -1
            words = self.names.option(decision, position) if position >= 0 else decision.choice
            self.say(decision, f"{who}, {node_words(decision.node)}: {words}{self.because(decision)}", "decision", USEFUL)

    def _told_by_its_result(self, decision: Decision) -> bool:
        """Whether a line on what came of a decision tells the decision too."""
        kinds = RESULTS.get(decision.node)
        if kinds is None or decision.choice == "hold":
            return False
        return not kinds or any(h.kind in kinds for h in self.replay.happenings if h.time == decision.time)

    # Beliefs

    def _beliefs(self) -> None:
        step = SMALL_BELIEF_STEP if self.full else BELIEF_STEP
        self.order = 5 * 10**8
        for held in self.replay.beliefs:
            told = last = None
            signs: list[str] = []
            for sample in self.replay.samples:
                if sample.time > self.end:
                    break
                now = list(sample.beliefs[held.start : held.start + held.size])
                if told is None or last is None:
                    told = last = now
                    continue
                if max(abs(a - b) for a, b in zip(now, last, strict=True)) > SMALLEST_SIGN:
                    signs += [sign for sign in self.signs(sample.time, held.actor) if sign not in signs]
                last = now
                if now != told and self._tell_belief(held, sample, told, now, step, signs):
                    told, signs = now, []

    def _tell_belief(
        self, held: HeldBelief, sample: Any, told: Sequence[float], now: Sequence[float], step: float, signs: Sequence[str]
    ) -> bool:
        observer, actor = self.who(held.observer), self.who(held.actor)
        if held.points:
            before, after = (
                sum(b * x for b, x in zip(belief, held.points, strict=True)) for belief in (told, now)
            )
            if before <= 0.0 or abs(after / before - 1.0) < COST_STEP:
                return False
            trait = self.names.trait(held.actor, held.trait)
            text = f"{observer} now puts {possessive(actor)} {trait} at {after:.2f} (before {before:.2f})"
            size = abs(after / before - 1.0)
        else:
            moved = max(range(held.size), key=lambda n: (abs(now[n] - told[n]), -n))
            size = abs(now[moved] - told[moved])
            if size < step:
                return False
            if held.trait == "commitment":
                what = f"{actor} is of the type \u201c{plain(self.names.classes(held.actor)[moved])}\u201d"
            else:
                moved = 1
                what = f"{actor} has the {self.names.trait(held.actor, held.trait)}"
            text = f"{observer} now believes with {percent(now[moved])} (before {percent(told[moved])}) that {what}"
        if signs:
            text += f"; sign{'s' if len(signs) > 1 else ''}: {', '.join(signs[-MOST_SIGNS:])}"
        weight = IMPORTANT if size >= 2.0 * BELIEF_STEP else USEFUL
        self.say(sample, text, "belief", weight, min(0.3 + size, 0.95))
        return True

    # Merging

    def _merge(self) -> None:
        """One line for each stretch between turning points that says what went on meanwhile."""
        shortest = SHORTEST_STRETCH * self.calendar.per_day
        if self.spec.horizon < 10.0 * shortest:
            shortest = self.spec.horizon / 10.0
        turns = sorted({line.time for line in self.lines if line.weight == ESSENTIAL and line.time > 0.0})
        stretches = [_Stretch(0.0, self.end)]
        for turn in turns:
            if turn - stretches[-1].start >= shortest:
                stretches[-1].end = turn
                stretches.append(_Stretch(turn, self.end))
        for minor in self.minors:
            place = next(s for s in reversed(stretches) if minor.time >= s.start)
            place.minors.append(minor)
        for stretch in stretches:
            self._meanwhile(stretch)

    def _meanwhile(self, stretch: _Stretch) -> None:
        counts: dict[str, list[Minor]] = {}
        offers: dict[tuple[str, int], list[Happening]] = {}
        for minor in stretch.minors:
            if minor.offer is None:
                counts.setdefault(minor.name, []).append(minor)
            else:
                track = minor.offer.details["track"]
                offers.setdefault((track, self._agreed_before(track, minor.time)), []).append(minor.offer)
        for (track, _), rejected in offers.items():
            self.order = 0
            last = {item.who: self.names.package(item.details["package"]) for item in rejected}
            asks = "; ".join(f"{self.who(actor)} offers {package}" for actor, package in last.items())
            number = "one offer is rejected" if len(rejected) == 1 else (
                f"{len(rejected)} offers are rejected until {self.calendar.date(rejected[-1].time)}"
            )  # fmt: skip
            lead = "last, " if len(rejected) > len(last) else ""
            self.say(rejected[0], f"{self.names.track(track)}: {number}; {lead}{asks}", "talks", USEFUL, 0.9)
            self.lines[-1].aside = True
        if counts:
            ranked = sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
            parts = [f"{len(items)} \u00d7 {name}" for name, items in ranked]
            first = min((items[0] for items in counts.values()), key=lambda minor: (minor.time, minor.order))
            last_time = max(items[-1].time for items in counts.values())
            self.order = first.order
            total = sum(len(items) for items in counts.values())
            lead = f"until {self.calendar.date(last_time)}: " if total > 1 else ""
            self.say(first, lead + "; ".join(parts), "meanwhile", USEFUL, 0.55 + min(total, 30) / 100.0)
            self.lines[-1].aside = True

    def _agreed_before(self, track: str, time: float) -> int:
        """How often a track has come to an agreement until then: offers before and after one are told apart."""
        return sum(1 for at in self.agreed.get(track, ()) if at <= time)


@dataclass(frozen=True)
class _Moment:
    time: float


__all__ = ["MOST_LINES", "Story", "tell"]
