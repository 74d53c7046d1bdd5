"""How the two sides stand to each other: talks, recognition, elections, restraint, credibility, expectations raised."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import simpy

from sim.engines.clock import Priority
from sim.model.world import NEVER
from sim.rules import consent
from sim.rules import expectation as rule_expectation
from sim.rules.implementation import collapse_rate


class Relations:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

    def session(self) -> None:
        """The two sides have met or agreed a date."""
        self.w.last_session = self.env.now

    def begin_talks(self, why: str) -> None:
        """Talks between the two sides are on."""
        w = self.w
        self.session()
        if not self.talks_used:
            return
        if not w.talks_on:
            self.touched = True
            w.talks_on = 1
            w.pause_broken = 0
            w.talks_since = self.env.now
            self.first("talks_resumed")
            self.count("talks_resumed")
            w.moratorium_until = NEVER
            self.note("talks", "", f"talks open: {why}", opens=True, why=why)
            event, self._opened = self._opened, self.env.event()
            event.succeed()
            if w.rung > 1:
                w.rung = 1
            if w.recognised and self.recognition is not None:
                k = self.case.issue(self.recognition[1].issue)
                w.level[k] = max(w.level[k], self.recognition[1].during_talks)
                w.seen[k] = max(w.seen[k], w.level[k])

    def end_talks(self, why: str) -> None:
        """Talks between the two sides are over."""
        w = self.w
        if w.talks_on and self.talks_used:
            self.touched = True
            w.talks_on = 0
            w.talks_ended = self.env.now
            self.count("talks_days", (w.talks_ended - w.talks_since) / self.day)
            restraint = self.restraint
            if restraint is not None:
                if not w.pause_broken:
                    w.pause_until = self.env.now + restraint.pause_after_talks
                if w.moratorium and w.moratorium_until == NEVER and not self.restraint_promised():
                    w.moratorium_until = self.env.now + restraint.deadline
            if self.recognition is not None:
                self._fall_back_to_floor()
            self.first("talks_ended")
            self.note("talks", "", f"talks end: {why}", opens=False, why=why)
            event, self._closed = self._closed, self.env.event()
            event.succeed()

    def talks_opened(self) -> simpy.Event:
        """Occurs when talks open next."""
        return self._opened

    def talks_closed(self) -> simpy.Event:
        """Occurs when talks end next."""
        return self._closed

    def _fall_back_to_floor(self) -> None:
        name, slots = self.recognition
        k = self.case.issue(slots.issue)
        floor = self.recognition_floor(slots) if self.w.recognised else self.case.spec.issues[slots.issue].start
        if self.w.deal < 0:
            self.w.level[k] = self.w.seen[k] = floor
            self.hold_to_treaties()

    def recognition_floor(self, slots: Any) -> float:
        """Level of recognition that a failure does not undo."""
        start = self.spec.issues[slots.issue].start
        return start + self.p[slots.transfer] * self.p[slots.irreversible]

    def recognition_gain(self, actor: int) -> float:
        """What the irreversible part of recognition is worth to an actor of the track that grants it."""
        if actor not in self._recognition_gains:
            self._recognition_gains[actor] = self._recognition_gain(actor)
        return self._recognition_gains[actor]

    def _recognition_gain(self, actor: int) -> float:
        if self.recognition is None:
            return 0.0
        name, slots = self.recognition
        track = self.spec.tracks[name]
        identifier = self.case.actor_ids[actor]
        if identifier != track.responder and not (identifier == track.proposer and slots.costs_proposer):
            return 0.0
        before = self.spec.issues[slots.issue].start
        return self.minds.irreversible_gain(actor, slots.issue, before, self.recognition_floor(slots))

    def election_cost(self, actor: int) -> float:
        """Payoff that deadlock costs an actor whose election is near."""
        if actor != self.election_actor:
            return 0.0
        election = self.spec.mechanisms.election_pressure
        now = self.env.now
        for at in sorted(election.at):
            left = at - now
            if 0.0 <= left < election.window:
                return self.p[self.slots.mechanisms.election_pressure.cost] * (1.0 - left / election.window)
        return 0.0

    def next_election(self, actor: int) -> float | None:
        """Time of the actor's next election, if it has one ahead."""
        if actor != self.election_actor:
            return None
        ahead = [at for at in self.spec.mechanisms.election_pressure.at if at >= self.env.now]
        return min(ahead) if ahead else None

    def withdraw_gestures(self, issues: Sequence[str]) -> None:
        """What has been granted on some issues without an agreement is taken back; a deal or treaty still binds."""
        w = self.w
        if w.deal >= 0:
            return
        self.touched = True
        for issue in issues:
            k = self.case.issue(issue)
            w.level[k] = w.seen[k] = min(w.level[k], self.spec.issues[issue].start)
            w.pledged[k] = w.local[k] = 0.0
        self.hold_to_treaties()

    def needs_treaty(self, package: int) -> bool:
        """Whether a package goes to the treaty veto players."""
        agreements = self.spec.mechanisms.agreements
        if agreements is None or not agreements.enabled or package < 0:
            return False
        row = self.minds.row(package)
        if (
            agreements.treaty_issue is not None
            and row[self.case.issue(agreements.treaty_issue)] > agreements.treaty_cap
        ):
            return True
        return any(row[self.case.issue(name)] > level for name, level in agreements.treaty_also.items())

    def take_back(self, brought: list[float]) -> None:
        """What an agreement brought is undone, and only that; treaties in force and recognition keep their levels."""
        w = self.w
        self.touched = True
        for k, change in enumerate(brought):
            if change != 0.0:
                w.level[k] = w.seen[k] = min(1.0, max(0.0, w.level[k] - change))
                brought[k] = 0.0
        self.hold_to_treaties()

    def hold_to_treaties(self) -> None:
        """Levels that treaties in force bind are at least those of the treaties."""
        w = self.w
        self.touched = True
        for row in self.treaties.values():
            for k, level in enumerate(row):
                if w.level[k] < level:
                    w.level[k] = level
                if w.seen[k] < level:
                    w.seen[k] = level

    def scale_credibility(self, actor: int, factor: float) -> None:
        """A public event changes how far an actor believes promises: truth and others' beliefs about it scale alike."""
        self._move_credibility(actor, factor, 0.0)

    def raise_credibility(self, actor: int, gain: float) -> None:
        """A promise kept closes a share of what is missing in an actor's belief in promises."""
        self._move_credibility(actor, 1.0 - gain, gain)

    def _move_credibility(self, actor: int, factor: float, shift: float) -> None:
        """The truth and every point of others' beliefs move by the same line, so that nobody learns the truth."""
        if (factor == 1.0 and shift == 0.0) or self.slots.actors[self.case.actor_ids[actor]].types.credibility is None:
            return
        self.w.credibility[actor] = min(1.0, factor * self.w.credibility[actor] + shift)
        for belief in self.minds.beliefs:
            if belief.actor == actor and belief.trait == "credibility":
                belief.points = [min(1.0, factor * point + shift) for point in belief.points]
        self.touched = True

    def broker_report(self, broker: int) -> None:
        """A broker's report raises the expectation of a pending meeting."""
        if not self.expectation_on:
            return
        m = self.spec.mechanisms.expectation
        slots = self.slots.mechanisms.expectation
        push = self.p[slots.oversell]
        if m.oversell_discount:
            push = rule_expectation.discounted_report(push, self.p[slots.bias_belief])
        self.w.expectation = rule_expectation.drift_toward(self.w.expectation, 1.0, push)
        self.count("broker_reports")

    def session_if_sides(self, members: Sequence[str]) -> None:
        """A session among members counts for the two sides if both are there."""
        if set(self.spec.sides) <= set(members):
            self.session()

    def pledge_restraint(self) -> None:
        """A pledged level of restraint makes the moratorium hold."""
        restraint = self.restraint
        if restraint is None:
            return
        if self.w.pledged[self.case.issue(restraint.issue)] >= restraint.level:
            self.w.moratorium = 1
            self.w.pause_broken = 0
            self.w.moratorium_until = NEVER

    def restraint_promised(self) -> bool:
        """Whether a deal in force promises restraint: then it lasts as long as the deal, whether talks go on or not."""
        restraint = self.restraint
        return (
            restraint is not None
            and self.w.deal >= 0
            and self.w.pledged[self.case.issue(restraint.issue)] >= restraint.level
        )

    def promise_restraint(self, at: float) -> Generator[simpy.Event, Any, None]:
        """A unilateral moratorium on a given date, if talks are on then."""
        yield self.wait(at, Priority.CALENDAR)
        if self.w.talks_on:
            self.advance()
            self.w.moratorium = 1
            self.note("restraint", self.spec.sides[1], "declares a moratorium on tests", holds=True)
            self.settle()

    def prospects(self, actor: int) -> list[float]:
        """Perceived results of force: probability, payoff, multiple of the cost of war, three a line."""
        if actor not in self._prospects:
            self._prospects[actor] = self._prospects_of(actor)
        return self._prospects[actor]

    def _prospects_of(self, actor: int) -> list[float]:
        aftermath = self.spec.mechanisms.aftermath
        fighting = self.slots.actors[self.case.actor_ids[actor]].fighting
        flat: list[float] = []
        for chance, payoff, multiple in aftermath.force_lottery if aftermath is not None else ():
            flat += [chance, self.p[fighting.prize] if payoff == 0.0 and fighting is not None else payoff, multiple]
        return flat

    def hostile_players(self, package: int, parties: Sequence[int]) -> float:
        """Number of the parties' veto players who would rather block a package than let it pass."""
        if not self.spec.mechanisms.veto_players:
            return 0.0
        consents = [
            self.minds.consent_of(name, package)
            for name in self.veto_order
            if self.case.actor(self.spec.veto_players[name].parent) in parties
        ]
        return float(consent.hostile_players(consents, len(consents)))

    def exogenous_collapse_rate(self, package: int, hostile: float) -> float:
        """Rate at which an agreement ends for reasons outside it, per time unit; 0 where agreements have no after-life.

        `package` is what has been agreed: its verification counts as promised, not as far as it is built up.
        """
        if self.agreement is None:
            return 0.0
        slots = self.slots.mechanisms.agreements.collapse
        spec = self.spec.mechanisms.agreements
        p = self.p
        w = self.w
        terms = [
            p[slots.base] / self.year,
            p[slots.verification],
            0.5,
            p[slots.trust],
            0.5,
            p[slots.hostile_veto],
            p[slots.leader_change],
        ]
        verified = self.minds.row(package)[self.case.issue(spec.verification)] if spec.verification else 0.0
        turnover = self.env.now - w.leader_change < spec.collapse.leader_change_lasts
        trust = self.minds.mutual_trust(*self.side_indices)
        return collapse_rate(terms, verified, trust, hostile + w.hostile_extra, turnover)
