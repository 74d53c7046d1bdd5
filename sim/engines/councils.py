"""Tracks with more than two parties, and small bundles between two: votes, stages, resolutions."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Arrival, Priority
from sim.engines.track import Track
from sim.model.menu import blended_pairs
from sim.model.world import NEVER
from sim.randomness import Stream
from sim.rules import consent
from sim.rules.choice import binary_logit
from sim.rules.pressure import level_after_step

if TYPE_CHECKING:
    from sim.engines.history import History


class Bundles(Track):
    """A broker proposes small confidence-building bundles again and again."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        self.proposer = history.case.actor(self.spec.proposer)
        self.responder = history.case.actor(self.spec.responder)
        self.when = history.case.compile(self.spec.when) if self.spec.when else None
        history.arrivals.append(
            Arrival(
                history,
                f"{name}.collapse",
                self.key,
                self._collapse_rate,
                self.end,
                lane=33,
                reads=(f"{name}.standing",),
            )
        )
        history.watchers.append(self._watch)
        history.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Proposals at drawn intervals."""
        h = self.h
        yield h.wait(h.duration(self.slots.first_round, Stream.TIMING, self.key, 1), Priority.MEETING)
        while True:
            if self.when is None or h.holds(self.when):
                h.advance()
                self.propose()
                h.settle_if_touched()
            yield h.wait(h.duration(self.slots.gap, Stream.TIMING, self.key, 0), Priority.MEETING)

    def _menu(self) -> list[tuple[str, bool, list[tuple[int, float, float]], list[tuple[int, float]]]]:
        """Bundles in order of name: whether offered once, (issue, change, cap) and (issue, least); listed once a case."""
        case = self.h.case
        cache = case.__dict__.setdefault("_bundles", {})
        if self.name not in cache:
            cache[self.name] = [
                (
                    name,
                    bundle.once,
                    [(case.issue(k), change, bundle.up_to.get(k, 1.0)) for k, change in bundle.add.items()],
                    [(case.issue(k), least) for k, least in bundle.at_least.items()],
                )
                for name, bundle in sorted(self.spec.menu.items())
            ]
        return cache[self.name]

    def _levels_with(self, changes: list[tuple[int, float, float]], floors: list[tuple[int, float]]) -> list[float]:
        levels = list(self.h.w.level)
        for k, change, cap in changes:
            levels[k] = max(levels[k], min(cap, levels[k] + change))
        for k, least in floors:
            levels[k] = max(levels[k], least)
        return levels

    def propose(self) -> None:
        """The proposer picks a bundle, the responder answers."""
        h = self.h
        w = h.w
        minds = h.minds
        precision = h.p[h.slots.choice.officials]
        number = int(w.met[self.index])
        names, values, levels = [], [], []
        stays = minds.of_levels(self.responder, w.level)
        bonus = h.p[self.slots.atmosphere]
        for name, once, changes, floors in self._menu():
            if once and w.standing[self.index]:
                continue
            changed = self._levels_with(changes, floors)
            if changed == w.level:
                continue
            gain = minds.of_levels(self.responder, changed) + bonus - stays
            names.append(name)
            levels.append(changed)
            values.append(minds.of_levels(self.proposer, changed) * binary_logit(gain, precision))
        if not names:
            return
        u_pick, u_reply = h.pair(Stream.CHOICE, self.key, 0)
        chosen = h.decide("bundle", self.proposer, names, values, precision, u_pick, track=self.name)
        w.met[self.index] += 1
        h.count(f"bundles_proposed.{self.name}")
        gain = minds.of_levels(self.responder, levels[chosen]) + bonus
        options = ["accept", "decline"]
        values = [gain, stays]
        if h.decide("bundle_reply", self.responder, options, values, precision, u_reply, track=self.name) != 0:
            return
        if self._blocked(levels[chosen], h.draw_at(Stream.VETO, self.key, 0, number)):
            h.note("veto", "", f"{names[chosen]} is blocked at home", track=self.name, bundle=names[chosen])
            return
        bundle = self.spec.menu[names[chosen]]
        for k, level in enumerate(levels[chosen]):
            change = level - w.level[k]
            w.seen[k] = min(1.0, w.seen[k] + change)
            if bundle.lasts:
                w.local[k] += change
        w.level = list(levels[chosen])
        if bundle.lasts:
            w.standing[self.index] = 1.0
            w.standing_since[self.index] = h.env.now
            h.first(f"standing.{self.name}")
        h.count(f"bundles.{self.name}")
        who = h.case.actor_ids[self.responder]
        h.note("bundle", who, f"accepts {names[chosen]}", track=self.name, bundle=names[chosen])
        h.apply(self.slots.effects, self.spec.effects, self.proposer, self.key, lane=2)
        if 0 < w.rung <= self.spec.lowers_rung_up_to and not w.crisis:
            w.rung -= 1
        meeting = h.meetings.get(self.spec.reports_to)
        if meeting is not None and meeting.date != NEVER:
            h.broker_report(self.proposer)

    def _blocked(self, levels: list[float], u: float) -> bool:
        h = self.h
        if not h.spec.mechanisms.veto_players:
            return False
        blocks = []
        for name in h.veto_order:
            player = h.spec.veto_players[name]
            parent = h.case.actor(player.parent)
            if "bundle" in player.consents_to and parent in (self.proposer, self.responder):
                slots = h.slots.veto_players[name]
                gain = h.minds.of_levels(parent, levels) - h.minds.of_levels(parent, h.w.level)
                blocks.append(consent.block_probability(h.p[slots.weight], consent.consent(gain, h.p[slots.spread])))
        return u < consent.any_blocks(blocks, len(blocks))

    def _collapse_rate(self) -> float:
        if not self.h.w.standing[self.index]:
            return 0.0
        return self.h.p[self.slots.agreement_collapse] / self.h.year

    def _watch(self) -> None:
        if self.h.w.standing[self.index] and self.h.w.rung >= self.spec.agreement_ends_at_rung:
            self.end()

    def end(self) -> None:
        """A standing agreement ends."""
        h = self.h
        if not h.w.standing[self.index]:
            return
        h.w.standing[self.index] = 0.0
        h.count(f"standing_ended.{self.name}")
        h.note("collapse", "", f"the standing agreement on {self.name} ends", track=self.name)
        h.take_back(h.w.local)


class StagedConsent(Track):
    """A multilateral text: stages of drawn length, each ended by a vote; then in force until it collapses."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        self.eligible = history.case.compile(self.spec.eligible)
        self.sympathy = {name: history.case.compile(text) for name, text in self.spec.sympathy.items()}
        self.terms = -1
        self.added: list[float] = []
        self.hostile = 0.0  # veto players at home who would rather block the text in force
        self.dead = False
        self.members = [*self.spec.required, *(m for m in self.spec.any_of if m not in self.spec.required)]
        self.members.sort(key=history.case.keys["actors"].__getitem__)
        # What parts the two sides of the scenario matters to a council in which both of them sit.
        both = set(history.spec.sides) <= set(self.members)
        self.needs_calm = both and "crisis" in self.spec.suspended_by
        # Where there is no table at which talks could be renewed, their end is not held against the council.
        tables = any(track.enabled and hasattr(track, "mandate") for track in history.spec.tracks.values())
        self.needs_talks = both and "no_talks" in self.spec.suspended_by and history.talks_used and tables
        self.ends_at_rung = self.spec.ends_at_rung
        if history.crisis is None or not both:
            self.ends_at_rung = 10**6
        elif self.ends_at_rung is None:
            self.ends_at_rung = history.crisis.spec.incident_rung
        self.waiting = False  # whether a vote is due that cannot be held
        self.broken_off = False
        self.turned = history.env.event()
        history.arrivals.append(
            Arrival(
                history,
                f"{name}.collapse",
                self.key,
                self._collapse_rate,
                self.end,
                lane=34,
                reads=(f"{name}.standing",),
                reads_more=True,
            )
        )
        history.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Proposals at regular times; once one starts, its stages."""
        h = self.h
        yield h.wait(self.spec.first_round, Priority.MEETING)
        while not self.dead:
            h.advance()
            h.look()
            possible = bool(h.holds(self.eligible)) and not h.w.standing[self.index] and not self.halted()
            started = possible and self.propose()
            h.settle()
            if started:
                self.broken_off = False
                h.watchers.append(self._watch)
                yield from self.stages()
                h.watchers.remove(self._watch)
            yield h.wait(self.spec.every, Priority.MEETING)

    def propose(self) -> bool:
        """A proposer opens the process if it gains by it; terms are fixed now."""
        h = self.h
        minds = h.minds
        terms = self.find_terms()
        if terms < 0:
            return False
        precision = h.p[h.slots.choice.officials]
        for lane, name in enumerate(sorted(self.spec.proposers, key=h.case.keys["actors"].__getitem__)):
            actor = h.case.actor(name)
            gain = minds.utility(actor, terms)
            d = minds.disagreement(actor)
            u = h.draw(Stream.CHOICE, self.key, 64 + lane)
            if h.decide("open", actor, ["propose", "wait"], [gain, d], precision, u, track=self.name) == 0:
                self.terms = terms
                h.first(f"opened.{self.name}")
                h.count(f"opened.{self.name}")
                words = f"opens {self.name}: {h.package_name(terms)}"
                h.note("proposal", name, words, track=self.name, package=terms)
                return True
        return False

    def find_terms(self) -> int:
        """The candidate within the bounds with the highest product of both sides' gains."""
        h = self.h
        minds = h.minds
        case = h.case
        cache = case.__dict__.setdefault("terms", {})
        if self.name not in cache:
            size = len(case.issue_ids)
            bounds = [(case.issue(k), b.min, b.max) for k, b in self.spec.bounds.items()]
            cache[self.name] = [
                p
                for p in _candidates(case, self.spec)
                if all(low - 1e-9 <= case.levels[p * size + k] <= high + 1e-9 for k, low, high in bounds)
            ]
        rows = cache[self.name]
        one, two = h.side_indices
        u, v = minds.utilities(one), minds.utilities(two)
        d, e = minds.disagreement(one), minds.disagreement(two)
        gains = [value for p in rows for value in (u[p] - d, v[p] - e)]
        best = consent.best_nash_product(gains, [1.0] * len(rows), len(rows), 2)
        if best < 0 and rows:
            # No candidate is better for both: the least bad one for the worse-off side is put to the vote.
            best = max(range(len(rows)), key=lambda n: min(gains[2 * n], gains[2 * n + 1]))
        return rows[best] if best >= 0 else -1

    def stages(self) -> Generator[simpy.Event, Any, None]:
        """All stages in turn; a lost vote may be repeated some times, then the text is dead."""
        h = self.h
        retries = 0
        stage = 0
        delay = h.duration(self.slots.stage_duration, Stream.TIMING, self.key, 2)
        while stage < len(self.spec.stages):
            yield from self.negotiate(delay)
            if self.broken_off:
                return
            h.advance()
            h.session_if_sides(self.members)
            if self.vote(stage):
                stage += 1
                if stage < len(self.spec.stages):
                    delay = h.duration(self.slots.stage_duration, Stream.TIMING, self.key, 2)
            else:
                retries += 1
                delay = self.spec.retry_after
            h.settle()
            if retries > self.spec.retries:
                self.dead = True
                h.note("vote", "", f"{self.name} is dead", track=self.name, dead=True)
                return
        h.advance()
        self.enter_into_force()
        h.settle()

    def negotiate(self, delay: float) -> Generator[simpy.Event, Any, None]:
        """Time up to a vote; one that falls into a crisis or a break of talks waits, and lapses if it waits too long."""
        h = self.h
        self.turned = h.env.event()
        yield h.wait(delay, Priority.MEETING) | self.turned
        if self.broken_off or not self.halted():
            return
        h.count(f"postponed.{self.name}")
        why = "a crisis is on" if h.w.crisis else "talks are off"
        h.note("stages", "", f"{self.name}: a vote is put off, {why}", track=self.name, act="put off", why=why)
        self.waiting = True
        happened = yield h.wait(self.spec.lapses_after, Priority.MEETING) | self.turned
        self.waiting = False
        if self.turned not in happened:
            self.break_off("it lapses")

    def halted(self) -> bool:
        """Whether the members do not meet at present."""
        w = self.h.w
        return bool((self.needs_calm and w.crisis) or (self.needs_talks and not w.talks_on))

    def _watch(self) -> None:
        """What has just happened may end a text under negotiation, or let a vote that waits be held."""
        if self.turned.triggered:
            return
        if self.h.w.rung >= self.ends_at_rung:
            self.break_off("it is given up in a dangerous crisis")
        elif not self.waiting or self.halted():
            return
        self.turned.succeed()

    def break_off(self, why: str) -> None:
        """The text is given up; a new one may be opened once that is possible again."""
        h = self.h
        self.broken_off = True
        h.count(f"broken_off.{self.name}")
        h.note("stages", "", f"{self.name} is broken off: {why}", track=self.name, act="broken off", why=why)

    def vote(self, stage: int) -> bool:
        """One vote: all required members and at least one of the others must say yes."""
        h = self.h
        minds = h.minds
        precision = h.p[h.slots.choice.officials]
        yes: dict[str, bool] = {}
        h.look()
        for lane, name in enumerate(self.members):
            actor = h.case.actor(name)
            bonus = h.value(self.sympathy[name]) if name in self.sympathy else 0.0
            d = minds.disagreement(actor)
            u = h.draw(Stream.CHOICE, self.key, lane)
            gain = minds.utility(actor, self.terms) + bonus
            chosen = h.decide("stage_vote", actor, ["yes", "no"], [gain, d], precision, u, track=self.name)
            yes[name] = chosen == 0
        passed = all(yes[name] for name in self.spec.required) and (
            not self.spec.any_of or any(yes[name] for name in self.spec.any_of)
        )
        h.count(f"votes.{self.name}")
        words = f"{self.name}, {self.spec.stages[stage]}: {'passed' if passed else 'lost'}"
        h.note("vote", "", words, track=self.name, stage=self.spec.stages[stage], passed=passed, yes=yes)
        return passed

    def enter_into_force(self) -> None:
        """The text is in force: its levels are implemented."""
        h = self.h
        w = h.w
        w.standing[self.index] = 1.0
        w.standing_since[self.index] = h.env.now
        h.treaties[self.index] = h.minds.row(self.terms)
        self.hostile = h.hostile_players(self.terms, h.side_indices)
        before = list(w.level)
        h.hold_to_treaties()
        self.added = [level - earlier for level, earlier in zip(w.level, before, strict=True)]
        h.first(f"in_force.{self.name}")
        h.count(f"in_force.{self.name}")
        h.note("in force", "", f"{self.name} enters into force", track=self.name, package=self.terms)

    def _collapse_rate(self) -> float:
        h = self.h
        if not h.w.standing[self.index]:
            return 0.0
        return h.p[self.slots.collapse_factor] * h.exogenous_collapse_rate(self.terms, self.hostile)

    def end(self) -> None:
        """The agreement in force collapses."""
        h = self.h
        if not h.w.standing[self.index]:
            return
        h.w.standing[self.index] = 0.0
        h.treaties.pop(self.index)
        h.take_back(self.added)
        h.count(f"collapsed.{self.name}")
        h.first("collapse")
        h.note("collapse", "", f"{self.name} collapses", track=self.name)


def _candidates(case: Any, spec: Any) -> list[int]:
    """Rows of the named packages and of the candidates on the lines between those that are blended."""
    size = len(case.issue_ids)

    def row(p: int) -> list[float]:
        return case.levels[p * size : (p + 1) * size]

    chosen = {case.named[name] for name in spec.packages if case.named[name] >= 0}
    ends = {case.named[name] for name in spec.blended_with} | chosen
    pairs = [(case.named[one], case.named[two]) for one, two in blended_pairs(spec)]
    lines = [(row(one), row(two)) for one, two in pairs if min(one, two) >= 0]
    for p in range(len(case.package_names)):
        if p not in ends and any(_between(row(p), one, two) for one, two in lines):
            chosen.add(p)
    return sorted(chosen)


def _between(row: list[float], one: list[float], two: list[float]) -> bool:
    """Whether a row is a blend of two others, up to the rounding of levels."""
    spans = [(b - a, x - a) for x, a, b in zip(row, one, two, strict=True)]
    wide = max(spans, key=lambda item: abs(item[0]))
    if wide[0] == 0.0:
        return False
    share = wide[1] / wide[0]
    return 0.0 < share < 1.0 and all(abs(x - share * s) <= 2e-3 for s, x in spans)


class Resolutions(Track):
    """A council votes on tighter sanctions after a grave provocation."""

    def provoked(self, severity: float) -> None:
        """A provocation has happened: perhaps a vote follows."""
        h = self.h
        threshold = h.p[self.slots.threshold_in_talks if h.w.talks_on else self.slots.threshold]
        if severity >= threshold and h.sanctions is not None:
            h.env.process(self.vote(severity))

    def vote(self, severity: float) -> Generator[simpy.Event, Any, None]:
        """The vote, some time after the provocation."""
        h = self.h
        yield h.wait(h.duration(self.slots.delay, Stream.TIMING, self.key, 0), Priority.DEFERRED)
        h.advance()
        passed = True
        for lane, name in enumerate(sorted(self.spec.voters, key=h.case.keys["actors"].__getitem__)):
            voter = self.slots.voters[name]
            chance = consent.resolution_vote(
                h.p[voter.intercept], h.p[voter.severity], severity, h.p[voter.rivalry], h.w.rivalry
            )
            u = h.draw(Stream.OUTCOME, self.key, lane)
            if not h.assent("resolution_vote", h.case.actor(name), ["acquiesce", "block"], chance, u, track=self.name):
                passed = False
        h.count(f"votes.{self.name}")
        if passed:
            h.w.sanctions_level = level_after_step(h.w.sanctions_level, h.p[self.slots.step])
            h.count(f"passed.{self.name}")
        words = "a resolution is passed" if passed else "a resolution fails"
        h.note("resolution", "", words, track=self.name, passed=passed, severity=severity)
        h.settle()
