"""Leaders' meetings: a date, cancellation and revival, one proposal and one counter-offer, and what follows.

The decisions of a meeting happen at one instant, in this order: proposal; accept, counter or
refuse; accept the counter, declare or walk out; yes or no to a declaration; then the proposer's
response to the result, and after a failure the other side's.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.arithmetic import exp, log
from sim.engines.clock import Arrival, Priority
from sim.engines.talks import Table, learn_from_reply
from sim.engines.track import Track
from sim.model.world import NEVER
from sim.randomness import Stream
from sim.rules import expectation, offers
from sim.rules.choice import best_option, binary_logit, logit_choice, logit_probabilities
from sim.rules.pressure import level_after_step

if TYPE_CHECKING:
    from sim.engines.history import History


class LeadersMeeting(Table):
    """Meetings of the two leaders on one track."""

    def __init__(self, history: History, name: str) -> None:
        Track.__init__(self, history, name)  # the rest of a table is about the rounds of officials
        self.proposer = history.case.actor(self.spec.proposer)
        self.responder = history.case.actor(self.spec.responder)
        self.parties = [self.proposer, self.responder]
        self.mandate = self._within_mandate()
        self.consents = "+".join(sorted(self.spec.consent))
        self.own_offers = {party: [] for party in self.parties}
        self.rejections = dict.fromkeys(self.parties, 0)
        self.factor = history.case.compile(self.spec.cancellation.factor)
        self.revived = False
        self.reviving = False
        feeding = [t for t in history.spec.tracks.values() if getattr(t, "feeds", None) == name]
        self.text_lapses = min((t.text_lapses for t in feeding), default=0.0)
        self.last_held = NEVER
        self.last_invited = NEVER
        self.agreed = history.env.event()
        self.process = history.env.process(self.run())
        self.cancellation = Arrival(
            history,
            f"{name}.cancellation",
            self.key,
            self._cancellation_rate,
            self.cancel,
            lane=32,
            reads=(f"{name}.pending", *self.factor.names),
        )
        history.arrivals.append(self.cancellation)
        if self.spec.invitations is not None:
            history.env.process(self.invitations())

    # Dates

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Wait for the agreed date; a cancellation interrupts the wait."""
        h = self.h
        if self.spec.announced:
            self.set_date(h.p[self.slots.delay])
        while True:
            if self.date == NEVER:
                yield self.agreed
                continue
            try:
                yield h.wait(self.date - h.env.now, Priority.MEETING)
            except simpy.Interrupt:
                yield from self._revival()
                continue
            h.advance()
            self.set_pending(NEVER)
            self.hold()
            h.settle()

    @property
    def date(self) -> float:
        """Date of the pending meeting, or NEVER."""
        return self.h.w.pending[self.index]

    def set_pending(self, date: float) -> None:
        """Enter or clear the pending date."""
        self.h.w.pending[self.index] = date

    def set_date(self, delay: float) -> None:
        """A meeting is agreed for a date."""
        h = self.h
        self.set_pending(h.env.now + delay)
        self.revived = False
        h.session()
        h.note("date", "", f"a meeting on {self.name} is agreed", track=self.name, days=delay / h.day)
        event, self.agreed = self.agreed, h.env.event()
        event.succeed()

    def _cancellation_rate(self) -> float:
        h = self.h
        if self.date == NEVER:
            return 0.0
        rate = h.p[self.slots.cancellation.rate] / h.year * h.value(self.factor)
        return rate * h.p[self.slots.cancellation.rate_after_revival] if self.revived else rate

    def cancel(self) -> None:
        """The pending meeting is cancelled: the process that waits for the date is interrupted."""
        if self.date == NEVER:
            return
        h = self.h
        h.first("cancellation")
        h.count(f"cancellations.{self.name}")
        left = (self.date - h.env.now) / h.day
        rate = self._cancellation_rate() * h.year
        words = f"the meeting on {self.name} is cancelled"
        h.note("cancellation", "", words, track=self.name, days=left, rate=rate)
        self.original = self.date
        self.set_pending(NEVER)
        self.process.interrupt("cancelled")

    def _revival(self) -> Generator[simpy.Event, Any, None]:
        """After a cancellation: perhaps a revival within some weeks, keeping the date if it is still ahead."""
        h = self.h
        slots = self.slots.cancellation
        spec = self.spec.cancellation
        u_revive = h.draw(Stream.TIMING, self.key, 16)
        u_delay = h.draw(Stream.TIMING, self.key, 17)
        needs = spec.revival_needs
        possible = needs is None or h.spec.tracks[needs].enabled
        if not possible or u_revive >= h.p[slots.revival]:
            if h.w.deal < 0:
                h.end_talks("the meeting was cancelled")
            h.settle()
            return
        mean = h.p[slots.revival_delay]
        # Exponential, given that it is within the longest time: inverse of the truncated distribution.
        delay = -mean * log(1.0 - u_delay * (1.0 - exp(-spec.revival_within / mean)))
        self.reviving = True
        yield h.wait(delay, Priority.DEFERRED)
        self.reviving = False
        h.advance()
        date = self.original if self.original > h.env.now else h.env.now + spec.postponed_by
        self.set_pending(date)
        self.revived = True
        h.session()
        h.begin_talks("the meeting is revived")
        h.count(f"revivals.{self.name}")
        left = (date - h.env.now) / h.day
        h.note("revival", "", f"the meeting on {self.name} is revived", track=self.name, days=left)
        h.settle()

    # Invitations

    def waits_for_text(self) -> bool:
        """Whether a pending meeting will take up a text agreed now."""
        return self.date != NEVER

    def invitations(self) -> Generator[simpy.Event, Any, None]:
        """While talks are on, an invitation some time after the last meeting."""
        h = self.h
        every = self.spec.invitations.every
        yield h.wait(every, Priority.MEETING)
        while True:
            last = max(self.last_held, self.last_invited)
            due = last + every - h.env.now if last != NEVER else 0.0
            if due > 0.0:
                yield h.wait(due, Priority.MEETING)
                continue
            if not h.w.talks_on:
                yield h.talks_opened()
                self.last_invited = h.env.now
                continue
            h.advance()
            self.invite("regular")
            h.settle()
            yield h.wait(every, Priority.MEETING)

    def invite(self, why: str) -> bool:
        """The proposer may invite and the responder accept; whether a date is agreed in time for a text."""
        h = self.h
        if self.spec.invitations is None or self.date != NEVER or self.reviving or self.past_deadline():
            return False
        if h.w.crisis or h.w.rung >= h.strike_rung:
            return False
        self.last_invited = h.env.now
        p = h.p
        slots = self.slots.invitations
        minds = h.minds
        precision = p[h.slots.choice.leaders]
        first = not h.w.recognised
        spectacle = p[slots.spectacle_first] if first else p[slots.spectacle_later]
        d = minds.disagreement(self.proposer)
        best = self.best_text()
        chance = minds.accepts(
            self.proposer, self.responder, best, self.refusal(self.responder, self.proposer), precision
        )
        gain = chance * (minds.utility(self.proposer, best) - d) if best >= 0 else 0.0
        values = [d + spectacle + (gain if gain > 0.0 else 0.0), d]
        u_invite = h.draw(Stream.CHOICE, self.key, 8)
        u_reply = h.draw(Stream.CHOICE, self.key, 9)
        h.count(f"invitation_nodes.{self.name}")
        options = ["invite", "wait"]
        if h.decide("invite", self.proposer, options, values, precision, u_invite, track=self.name) != 0:
            return False
        d = minds.disagreement(self.responder)
        own = minds.utility(self.responder, best) - d if best >= 0 else 0.0
        recognition = h.recognition_gain(self.responder) if first else 0.0
        values = [d + recognition + (own if own > 0.0 else 0.0), d]
        h.count(f"invitations.{self.name}")
        options = ["accept", "decline"]
        if h.decide("invitation", self.responder, options, values, precision, u_reply, track=self.name) != 0:
            return False
        h.count(f"invitations_accepted.{self.name}")
        delay = h.duration(slots.delay, Stream.TIMING, self.key, 18)
        self.set_date(delay)
        h.apply(self.slots.announced_effects, self.spec.announced_effects, self.proposer, self.key, lane=2)
        return delay <= self.spec.text_within or why != "agreed text"

    def best_text(self) -> int:
        """The text at hand, else the package best for the proposer that the responder should sign."""
        h = self.h
        if h.w.text >= 0 and h.env.now - h.w.text_since <= self.text_lapses:
            return h.w.text
        minds = h.minds
        return offers.best_acceptable(
            minds.utilities(self.proposer),
            minds.estimates(self.proposer, self.responder),
            self.allowed_for(self.proposer),
            minds.count,
            self.refusal(self.responder, self.proposer),
        )

    # The meeting

    def hold(self) -> None:
        """The meeting takes place."""
        h = self.h
        w = h.w
        first = not w.recognised
        number = int(w.met[self.index])
        w.met[self.index] += 1
        self.last_held = h.env.now
        h.session()
        h.first("meeting")
        h.count("meetings")
        h.note("meeting", "", f"the leaders meet on {self.name}", track=self.name, number=number + 1)
        h.begin_talks("the leaders meet")
        w.recognised = 1
        self._recognise()
        h.apply(self.slots.held_effects, self.spec.held_effects, self.proposer, self.key, lane=2)
        h.look()
        expected = w.expectation
        if first:
            h.row["expectation_at_meeting"] = expected
            h.row["rounds_before_meeting"] = sum(
                value for name, value in h.counts.items() if name.startswith("rounds.")
            )
        signed, declared = self.negotiate()
        value = 0.0
        reached = signed if signed >= 0 else declared
        if reached >= 0 and h.spec.mechanisms.expectation is not None:
            value = h.minds.triumph(self.proposer, reached)
        result = "package" if signed >= 0 else "declaration" if declared >= 0 else "walk_out"
        gap = expected - value
        h.row[f"result@{number}"] = result
        if first:
            h.row["meeting_result"] = result
            h.row["gap"] = gap
        spin = 0.0
        if reached >= 0:
            spin = h.p[self.slots.spin_first if first else self.slots.spin_later]
        if result == "walk_out":
            w.walked_out[self.index] += 1
            h.count("walk_outs")
            h.first("walk_out")
            h.apply(self.slots.walk_out_effects, self.spec.walk_out_effects, self.proposer, self.key, lane=2)
        words = result.replace("_", " ")
        h.note("result", "", words, track=self.name, result=result, expectation=expected, value=value, gap=gap)
        answers = h.spec.mechanisms.aftermath is not None and h.spec.mechanisms.aftermath.enabled
        if answers:
            self.disappoint(gap, spin)
        if answers and signed < 0:
            h.look()
            self.respond(spin, declared, first)
        elif declared >= 0:
            self._sign_declaration(declared)
        if declared >= 0 and not h.w.declaration:
            value = 0.0  # agreed, but in the end not signed
        self._update_expectation(value)
        w.text = -1

    def _recognise(self) -> None:
        recognition = self.spec.recognition
        if recognition is None:
            return
        k = self.h.case.issue(recognition.issue)
        w = self.h.w
        level = max(recognition.during_talks, self.h.recognition_floor(self.slots.recognition), w.level[k])
        w.level[k] = w.seen[k] = level

    def negotiate(self) -> tuple[int, int]:
        """The signed package and the signed declaration's package; -1 for none."""
        h = self.h
        minds = h.minds
        precision = h.p[h.slots.choice.leaders]
        blocked: set[int] = set()
        h.last_counter = -1
        offer = self.propose(precision)
        counter = -1
        if offer >= 0:
            answer, counter = self.answer(offer, precision)
            h.remember_offer(offer, self.proposer, answer == 0, self.name)
            if answer == 0:
                if h.sign(offer, self.parties, self.consents, self.name):
                    return offer, -1
                blocked.add(offer)
        choice = self.last_word(counter if counter not in blocked else -1, precision)
        if counter >= 0:
            h.remember_offer(counter, self.responder, choice == 0, self.name)
        if choice == 0:
            if h.sign(counter, self.parties, self.consents, self.name):
                return counter, -1
            blocked.add(counter)
            choice = self.last_word(-1, precision)
        if choice != 1:
            if counter >= 0:
                h.w.unheard_since = h.env.now
                h.last_counter = counter
            return -1, -1
        declared = h.case.named[self.spec.declaration]
        d = minds.disagreement(self.responder)
        values = [minds.utility(self.responder, declared), d]
        line = minds.crosses_line(self.responder, declared)
        u = h.draw(Stream.CHOICE, self.key, 3)
        yes = h.decide(
            "declaration",
            self.responder,
            ["yes", "no"],
            values,
            precision,
            u,
            [0.0 if line else 1.0, 1.0],
            {"yes": f"red line {line}"} if line else None,
            1,
            packages=[declared, None],
            track=self.name,
        )
        return (-1, declared) if yes == 0 else (-1, -1)

    def menu(self, actor: int, removed: dict[str, str] | None = None) -> list[float]:
        """Candidates that an actor may put forward at the table of leaders."""
        return self.allowed_for(actor, removed)

    def propose(self, precision: float) -> int:
        """The proposer's package, chosen by logit over values that its confidence colours."""
        h = self.h
        minds = h.minds
        removed: dict[str, str] | None = {} if h.log is not None else None
        allowed = self.menu(self.proposer, removed)
        count = minds.count
        d = minds.disagreement(self.proposer)
        refusal = self.refusal(self.responder, self.proposer)
        chances = h.scratch_chances
        minds.acceptance(self.proposer, self.responder, refusal, precision, allowed, chances)
        own = minds.utilities(self.proposer)
        h.colour_by_confidence(self.proposer, own, chances)
        blocks = minds.block_probabilities(self.consents, allowed)
        values = h.scratch_values
        offers.offer_values(own, chances, blocks, count, d, d, values)
        u = h.draw(Stream.CHOICE, self.key, 0)
        chosen = self._choose(self.proposer, "proposal", values, allowed, precision, u, removed)
        if chosen >= 0:
            h.count("offers")
            if own[chosen] >= h.maximal_utility(self.proposer):
                h.count("maximal_offers")
        return chosen

    def _choose(
        self, actor: int, node: str, values: list, allowed: list, precision: float, u: float, removed: dict | None
    ) -> int:
        """A package by logit; the log keeps the options that matter."""
        h = self.h
        count = h.minds.count
        if h.log is None:
            return logit_choice(values, allowed, count, precision, u, h.scratch_out)
        labels = [h.package_label(p) for p in range(count)]
        return h.decide(
            node, actor, labels, list(values[:count]), precision, u, list(allowed[:count]), removed,
            packages=range(count), track=self.name,
        )  # fmt: skip

    def answer(self, offer: int, precision: float) -> tuple[int, int]:
        """Accept (0), counter (1) or refuse (2), and the counter-offer."""
        h = self.h
        minds = h.minds
        d = minds.disagreement(self.responder)
        block = minds.block_probability(offer, self.consents)
        accept = offers.accept_value(d, block, minds.utility(self.responder, offer))
        counter, counter_value = self.best_counter(d, precision)
        line = minds.crosses_line(self.responder, offer)
        allowed = [0.0 if line else 1.0, 1.0 if counter >= 0 else 0.0, 1.0]
        u = h.draw(Stream.CHOICE, self.key, 1)
        labels = [f"accept {h.package_name(offer)}", f"counter {h.package_name(counter)}", "refuse"]
        removed = {labels[0]: f"red line {line}"} if line else {}
        if counter < 0:
            removed[labels[1]] = "no package"
        choice = h.decide(
            "answer",
            self.responder,
            labels,
            [accept, counter_value, d],
            precision,
            u,
            allowed,
            removed,
            2,
            packages=[offer, counter if counter >= 0 else None, None],
            track=self.name,
        )
        reject = counter_value if counter >= 0 and counter_value > d else d
        learn_from_reply(h, self.responder, offer, reject, block, precision, choice == 0)
        h.learned()
        if choice != 0:
            h.count("rejected_offers")
        return choice, counter if choice == 1 else -1

    def best_counter(self, d: float, precision: float, depth: int | None = None) -> tuple[int, float]:
        """The responder's most promising counter-offer and its value."""
        h = self.h
        minds = h.minds
        allowed = self.menu(self.responder)
        refusal = self.refusal(self.proposer, self.responder, depth)
        chances = h.scratch_chances
        minds.acceptance(self.responder, self.proposer, refusal, precision, allowed, chances)
        own = minds.utilities(self.responder)
        blocks = minds.block_probabilities(self.consents, allowed)
        values = h.scratch_values
        offers.offer_values(own, chances, blocks, minds.count, d, d, values)
        best = best_option(values, allowed, minds.count)
        return best, values[best] if best >= 0 else d

    def value_of_rejecting(
        self, responder: int, proposer: int, d: float, depth: int | None = None, *, afresh: bool = False
    ) -> float:
        """What the one who refuses has left at this table: a counter-offer, or a declaration, or nothing."""
        precision = self.h.p[self.h.slots.choice.leaders]
        if responder == self.responder:
            return max(d, self.best_counter(d, precision, depth)[1])
        return max(d, self.value_of_declaring(d, precision)[1])

    def value_of_declaring(self, d: float, precision: float) -> tuple[int, float]:
        """The package that a declaration stands for, -1 if there is none, and what proposing it is worth."""
        minds = self.h.minds
        declared = self.h.case.named[self.spec.declaration] if self.spec.declaration else -1
        if declared < 0:
            return declared, d
        gain = minds.utility(self.proposer, declared) - d
        other = minds.disagreement(self.responder)  # a refusal ends the meeting
        return declared, d + minds.accepts(self.proposer, self.responder, declared, other, precision) * gain

    def last_word(self, counter: int, precision: float) -> int:
        """Accept the counter (0), sign a declaration (1) or walk out (2)."""
        h = self.h
        minds = h.minds
        d = minds.disagreement(self.proposer)
        accept = d
        if counter >= 0:
            accept = offers.accept_value(
                d, minds.block_probability(counter, self.consents), minds.utility(self.proposer, counter)
            )
        declared, declare = self.value_of_declaring(d, precision)
        line = minds.crosses_line(self.proposer, counter) if counter >= 0 else None
        allowed = [1.0 if counter >= 0 and not line else 0.0, 1.0 if declared >= 0 else 0.0, 1.0]
        u = h.draw(Stream.CHOICE, self.key, 2)
        labels = [f"accept {h.package_name(counter)}", "declaration", "walk out"]
        removed = {labels[0]: f"red line {line}"} if line else {}
        if counter < 0:
            removed[labels[0]] = "no counter-offer"
        if declared < 0:
            removed[labels[1]] = "no declaration"
        return h.decide(
            "last_word",
            self.proposer,
            labels,
            [accept, declare, d],
            precision,
            u,
            allowed,
            removed,
            2,
            packages=[counter if counter >= 0 else None, declared if declared >= 0 else None, None],
            track=self.name,
        )

    # Aftermath

    def disappoint(self, gap: float, spin: float) -> None:
        """Disappointment works on the proposer's beliefs in talks and in pressure, once a meeting."""
        h = self.h
        w = h.w
        collapse = h.spec.mechanisms.belief_collapse
        if collapse is not None and collapse.enabled:
            slots = h.slots.mechanisms.belief_collapse
            hit = expectation.shock(gap, h.p[slots.steepness], h.p[slots.threshold])
            w.belief_talks = expectation.collapsed(w.belief_talks, h.p[slots.talks], hit, spin)
            w.belief_pressure = expectation.collapsed(w.belief_pressure, h.p[slots.pressure], hit, spin)

    def respond(self, spin: float, declared: int, first: bool) -> None:
        """The proposer responds to the result, and after a failure so does the other side."""
        h = self.h
        w = h.w
        p = h.p
        spec = h.spec.mechanisms
        felt = self.response_frame()
        values, precision = self.response_values(spin, declared, first, felt)
        force = spec.aftermath.force and h.crisis is not None
        allowed = [1.0, 1.0, 1.0 if force else 0.0, 1.0 if declared >= 0 else 0.0]
        removed = {} if force else {"force": "no option here" if h.crisis is not None else "no ladder"}
        if declared < 0:
            removed["sign and sell"] = "no declaration"
        u = h.draw(Stream.CHOICE, self.key, 4)
        choice = h.decide(
            "response", self.proposer, ["continue", "pressure", "force", "sign and sell"], values, precision, u, allowed,
            removed, packages=[None, None, None, declared if declared >= 0 else None], track=self.name,
        )  # fmt: skip
        failed = declared < 0
        if failed:
            h.count("failed_meetings")
            h.count("force_after_failure", 1.0 if choice == expectation.FORCE else 0.0)
        h.row.setdefault("force_probability", h.scratch_out[expectation.FORCE])
        self._learn_from_response(values, allowed, precision, choice, felt)
        if choice == expectation.FORCE and not h.strike(self.proposer):
            # The ally stops the strike: the best of the other responses is left.
            allowed[expectation.FORCE] = 0.0
            choice = best_option(values, allowed, expectation.NUM_RESPONSES)
        if choice == expectation.SIGN_AND_SELL:
            self._sign_declaration(declared)
        elif choice == expectation.PRESSURE:
            h.end_talks("pressure instead of talks")
            if h.sanctions is not None:
                w.sanctions_level = level_after_step(w.sanctions_level, p[h.sanctions.step_after_failure])
            h.withdraw_gestures(spec.aftermath.withdraws)
            h.reach_rung(2)
            h.count("turned_to_pressure")
        if failed and choice != expectation.FORCE:
            self.other_responds()

    def response_frame(self) -> tuple[float, float, float, bool]:
        """Reference point, loss aversion and curvature of the response; whether results are felt as gains and losses."""
        h = self.h
        spec = h.spec.mechanisms
        reference = spec.reference_dependence
        if reference is None or not reference.enabled:
            return 0.0, 1.0, 1.0, False
        baseline = h.minds.at_start(self.proposer)
        top = baseline
        if spec.expectation is not None:
            top = h.minds.hoped(self.proposer)[h.case.named[spec.expectation.triumph]]
        slots = h.slots.mechanisms.reference_dependence
        point = expectation.reference_point(baseline, top, h.w.expectation)
        return point, h.p[slots.loss_aversion], h.p[slots.curvature], True

    def _learn_from_response(
        self, values: list[float], allowed: list[float], precision: float, chosen: int, felt: tuple
    ) -> None:
        """Observers learn about the proposer's cost of war from its response: only force depends on it."""
        h = self.h
        belief = next((b for b in h.minds.beliefs if b.actor == self.proposer and b.trait == "war_cost"), None)
        if belief is None or h.kappa == 0.0 or not allowed[expectation.FORCE]:
            return
        point, aversion, curvature, _ = felt
        prospects = h.prospects(self.proposer)
        likelihoods = []
        trial = list(values)
        out = [0.0] * expectation.NUM_RESPONSES
        for cost in belief.points:
            trial[expectation.FORCE] = expectation.lottery_value(
                prospects, len(prospects) // 3, cost, point, aversion, curvature
            )
            logit_probabilities(trial, allowed, expectation.NUM_RESPONSES, precision, out)
            likelihoods.append(out[chosen])
        h.minds.observe_act(self.proposer, "war_cost", likelihoods, expectation.NUM_RESPONSES)
        h.learned()

    def response_values(self, spin: float, declared: int, first: bool, felt: tuple) -> tuple[list[float], float]:
        """Values of the four responses and the precision of the choice."""
        h = self.h
        w = h.w
        p = h.p
        minds = h.minds
        spec = h.spec.mechanisms
        slots = h.slots.mechanisms.aftermath
        point, aversion, curvature, on = felt
        d = minds.disagreement(self.proposer)
        settlement = minds.utility(self.proposer, h.case.named[spec.aftermath.fallback])
        spectacle = 0.0
        if self.slots.invitations is not None:
            inv = self.slots.invitations
            spectacle = p[inv.spectacle_first if first else inv.spectacle_later]
        signed = minds.utility(self.proposer, declared) + spectacle * spin if declared >= 0 else d
        constants = [p[slots.pressure_effect], p[slots.pressure_gain], p[slots.setback], aversion, curvature]
        prospects = h.prospects(self.proposer)
        out = [0.0] * expectation.NUM_RESPONSES
        expectation.response_values(
            w.belief_talks,
            w.belief_pressure,
            d,
            settlement,
            signed,
            w.war_cost[self.proposer],
            point,
            constants,
            prospects,
            len(prospects) // 3,
            out,
        )
        return out, p[h.slots.choice.aftermath_reference if on else h.slots.choice.aftermath]

    def _sign_declaration(self, declared: int) -> None:
        h = self.h
        w = h.w
        w.declaration = 1
        h.first("declaration")
        h.count("declarations")
        words = f"a declaration is signed: {h.package_name(declared)}"
        h.note("declaration", "", words, track=self.name, package=declared)
        row = h.minds.row(declared)
        for name in self.spec.declaration_pledges:
            k = h.case.issue(name)
            w.pledged[k] = max(w.pledged[k], row[k])
            if row[k] > w.level[k]:
                w.level[k] = w.seen[k] = row[k]
        h.pledge_restraint()

    def other_responds(self) -> None:
        """After a failure the other side resumes tests, sets a deadline or turns to its partners."""
        h = self.h
        w = h.w
        p = h.p
        slots = h.slots.mechanisms.aftermath
        actor = self.responder
        minds = h.minds
        d = minds.disagreement(actor)
        counter = h.last_counter
        if counter < 0:
            counter, _ = self.best_counter(d, p[h.slots.choice.leaders])
        chance = minds.accepts(
            actor, self.proposer, counter, self.refusal(self.proposer, actor), p[h.slots.choice.leaders]
        )
        discount = offers.delay_discount(
            p[h.slots.actors[h.case.actor_ids[actor]].patience], p[slots.deadline_after] / h.day
        )
        gain = minds.utility(actor, counter) - d if counter >= 0 else 0.0
        resume = d + p[slots.resume_gain] - p[slots.resume_tension_cost] * w.tension
        deadline = d + discount * chance * gain
        turn = d
        if h.sanctions is not None:
            # The gain is scaled by what pressure costs, relative to its reference cost of .07.
            turn = d + p[h.sanctions.turn_gain] * (1.0 - w.rivalry) * w.pressure * h.pressure_cost / 0.07
        u = h.draw(Stream.CHOICE, self.key, 5)
        options = ["resume tests", "set a deadline", "turn to partners"]
        promised = h.restraint_promised()
        allowed = [0.0 if promised else 1.0, 1.0, 1.0 if h.sanctions is not None else 0.0]
        removed = {options[2]: "no sanctions"} if h.sanctions is None else {}
        if promised:
            removed[options[0]] = "deal in force"
        choice = h.decide(
            "after_failure", actor, options, [resume, deadline, turn], p[h.slots.choice.leaders], u, allowed, removed,
            track=self.name,
        )  # fmt: skip
        restraint = h.restraint
        if choice == 0:
            # The pause ends at once, even while talks go on.
            w.pause_until = NEVER
            w.pause_broken = 1
            w.moratorium = 0
            h.count("resumed_tests")
        elif choice == 1 and restraint is not None:
            w.pause_until = h.env.now + restraint.pause_after_talks
            if w.moratorium and not promised:
                w.moratorium_until = h.env.now + restraint.deadline
        elif choice == 2 and h.sanctions is not None:
            w.enforcement_shift = p[h.sanctions.turn_shift]
            w.shift_until = h.env.now + h.spec.mechanisms.sanctions.turn_time

    def _update_expectation(self, value: float) -> None:
        h = self.h
        m = h.spec.mechanisms.expectation
        if m is None or not m.enabled:
            return
        h.w.expectation = expectation.drift_toward(
            h.w.expectation, value, h.p[h.slots.mechanisms.expectation.update]
        )


class Contacts(Track):
    """Cheap talk in a back channel: logged, commits nobody."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        history.arrivals.append(Arrival(history, name, self.key, self._rate, self._contact, lane=35, reads=(), quiet=True))

    def _rate(self) -> float:
        return self.h.p[self.slots.rate] / self.h.year

    def _contact(self) -> None:
        self.h.count(f"contacts.{self.name}")
        members = ", ".join(self.spec.participants)
        self.h.note("contact", "", f"a contact through {self.name}: {members}", track=self.name)


class OffersToTalk:
    """While talks are off, each side in turn may offer to talk."""

    def __init__(self, history: History) -> None:
        self.h = history
        self.turn = 0
        history.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """An occasion to offer talks at regular times while they are off."""
        h = self.h
        every = h.spec.mechanisms.talks.contact_every
        while True:
            if h.w.talks_on:
                yield h.talks_closed()
            yield h.wait(every, Priority.MEETING)
            if h.w.talks_on:
                continue
            h.advance()
            self.occasion()
            h.settle()

    def occasion(self) -> None:
        """One side may offer; the other answers by the same logit."""
        h = self.h
        spec = h.spec.mechanisms.talks
        if h.w.rung > spec.contact_rung_max:
            return
        order = h.side_indices if self.turn % 2 == 0 else h.side_indices[::-1]
        self.turn += 1
        key = h.case.keys["actors"][h.case.actor_ids[order[0]]]
        us = [h.draw(Stream.CHOICE, key, 48), h.draw(Stream.CHOICE, key, 49)]
        precision = h.p[h.slots.choice.leaders]
        for actor, other, u, node in (
            (order[0], order[1], us[0], "offer_talks"),
            (order[1], order[0], us[1], "answer_to_talks"),
        ):
            d = h.minds.disagreement(actor)
            chance = 1.0
            if node == "offer_talks":
                reserve = h.minds.disagreement(other)
                chance = binary_logit(self.value_of_talks(other, actor, reserve) - reserve, precision)
            value = self.value_of_talks(actor, other, d, chance)
            if h.decide(node, actor, ["talk", "stay away"], [value, d], precision, u) != 0:
                if node == "answer_to_talks" and order[0] == h.side_indices[1]:
                    h.w.unheard_since = h.env.now
                h.count("offers_to_talk" if node == "answer_to_talks" else "occasions_passed")
                return
        h.begin_talks("an offer to talk is accepted")

    def value_of_talks(self, actor: int, other: int, d: float, opened: float = 1.0) -> float:
        """What talks that come about with a chance are worth: the own first offer in them, less the cost of asking."""
        h = self.h
        minds = h.minds
        own = minds.utilities(actor)
        table = next((t for t in h.tables.values() if {actor, other} <= set(t.parties)), None)
        if table is not None:
            package = table.choose_offer(actor, afresh=True)
        else:
            theirs = minds.estimates(actor, other)
            package = offers.best_acceptable(own, theirs, h.any_mandate(), minds.count, minds.disagreement(other))
        cost = h.p[h.slots.mechanisms.talks.contact_cost]
        if package < 0:
            return d - cost
        refusal = minds.disagreement(other) if table is None else table.refusal(other, actor, afresh=True)
        chance = minds.accepts(actor, other, package, refusal, h.p[h.slots.choice.officials])
        discount = offers.delay_discount(h.p[h.slots.actors[h.case.actor_ids[actor]].patience], 21.0)
        gain = own[package] - d
        return d + opened * discount * chance * (gain if gain > 0.0 else 0.0) - cost
