"""Talks among officials: alternating offers around a table, and one text drafted by a mediator."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Priority
from sim.engines.track import Track
from sim.model.valuation import unmet_term
from sim.model.world import NEVER
from sim.randomness import Stream
from sim.rules import expectation, learning, offers, tactics
from sim.rules.choice import best_option, logit_choice

if TYPE_CHECKING:
    from sim.engines.history import History

ACCEPT, REJECT = 0, 1


class Table(Track):
    """What the protocols of officials share: mandate, constraints, replies, agreement."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        self.parties = [history.case.actor(party) for party in self.spec.participants]
        self.mandate = self._within_mandate()
        self.consents = "+".join(sorted(self.spec.consent))  # whose consent an agreed package needs
        self.own_offers: dict[int, list[int]] = {party: [] for party in self.parties}
        self.rejections = dict.fromkeys(self.parties, 0)
        self.opened = 0.0
        self.closed = False
        self.not_before = NEVER
        self.postponed = 0.0
        self.failing = False

    def _within_mandate(self) -> list[float]:
        """1 for every candidate package that the mandate covers, else 0."""
        case = self.h.case
        cache = case.__dict__.setdefault("mandates", {})
        if self.name not in cache:
            size = len(case.issue_ids)
            bounds = [(case.issue(k), b.min, b.max) for k, b in self.spec.mandate.items()]
            agreements = self.h.spec.mechanisms.agreements
            capped = agreements is not None and agreements.enabled
            capped = capped and agreements.treaty_issue is not None and self.h.treaty_players
            if capped and self.h.spec.mechanisms.veto_players:
                bounds.append((case.issue(agreements.treaty_issue), 0.0, agreements.treaty_cap))
            cache[self.name] = [
                1.0
                if p < case.num_candidates
                and all(low <= case.levels[p * size + k] <= high for k, low, high in bounds)
                and unmet_term(case, self.name, case.levels[p * size : (p + 1) * size]) is None
                else 0.0
                for p in range(len(case.package_names))
            ]
        return cache[self.name]

    def allowed_for(self, actor: int, note: dict[str, str] | None = None) -> list[float]:
        """The mandate less what the actor's own red lines forbid."""
        h = self.h
        if not h.lines[actor] or not h.spec.mechanisms.red_lines:
            return self.mandate
        allowed = self.mandate
        if note is not None:
            outside = (p for p in range(h.minds.count) if not allowed[p])
            note.update((h.package_label(p), self._why_outside(p)) for p in outside)
        for name, line in h.lines[actor].items():
            if line.present and not h.waived(line):
                if allowed is self.mandate:
                    allowed = list(allowed)
                for package in line.beyond:
                    if allowed[package] and note is not None:
                        note[h.package_label(package)] = f"red line {name}"
                    allowed[package] = 0.0
        return allowed

    def _why_outside(self, package: int) -> str:
        """What keeps a package off this table: a linked condition that it does not meet, else the bounds."""
        term = unmet_term(self.h.case, self.name, self.h.minds.row(package))
        return f"mandate {self.name}" if term is None else f"term {term}"

    # Offers

    def estimate_of_others(self, actor: int) -> list[float]:
        """What the others are believed to make of every package; the mean over them if there are several."""
        minds = self.h.minds
        others = [party for party in self.parties if party != actor]
        if len(others) == 1:
            return minds.estimates(actor, others[0])
        tables = [minds.estimates(actor, other) for other in others]
        return [sum(values) / len(others) for values in zip(*tables, strict=True)]

    def aspiration(self, actor: int, own: list[float], allowed: list[float], elapsed: float) -> float:
        """Utility that the actor's tactic aims at, given the time since the first round of the present talks."""
        h = self.h
        identifier = h.case.actor_ids[actor]
        tactic = h.spec.actors[identifier].tactics.get(self.name)
        low = h.minds.disagreement(actor)
        if tactic is None:
            family, slots = "time", None
        else:
            family, slots = tactic.family, h.slots.actors[identifier].tactics[self.name]
        beta = 1.0 if slots is None else h.p[slots.beta]
        horizon = 365.0 * h.day if slots is None else h.p[slots.period]
        low += 0.01 if slots is None else h.p[slots.margin]
        high = offers.highest_allowed(own, allowed, h.case.num_candidates, low)
        if high < low:
            high = low
        if family == "maximalist":
            if self.rejections[actor] < tactic.rejections:
                return high
            family = tactic.fallback
        if family == "resource":
            stress = h.felt_pressure() if actor == h.target else 0.0
            horizon = tactics.stress_horizon(horizon, h.p[slots.stress], stress, 30.0 * h.day)
            if self.spec.deadline is not None:
                horizon = tactics.deadline_horizon(horizon, self.spec.deadline - self.opened, 30.0 * h.day)
            election = h.next_election(actor)
            if election is not None:
                horizon = tactics.deadline_horizon(horizon, election - h.env.now + elapsed, 30.0 * h.day)
        if family == "behaviour":
            target = self._imitate(actor, own, tactic, low, high)
            if target is not None:
                return target
        if family == "zeuthen":
            target = self._zeuthen(actor, own, allowed)
            if target is not None:
                return target
        return tactics.time_target(elapsed, horizon, beta, low, high)

    def _imitate(self, actor: int, own: list[float], tactic: Any, low: float, high: float) -> float | None:
        mine = self.own_offers[actor]
        received = [own[offer] for party in self.parties if party != actor for offer in self.own_offers[party]]
        if not mine or len(received) < 2:
            return None
        last = own[mine[-1]]
        base = self.h.minds.disagreement(actor)
        if tactic.mode == "absolute":
            return tactics.absolute_target(last, received[-2], received[-1], low, high)
        if tactic.mode == "averaged":
            return tactics.averaged_target(
                last, received, len(received), tactic.window, base, 0.5, 1.5, low, high
            )
        return tactics.relative_target(last, received[-2], received[-1], base, 0.5, 1.5, low, high)

    def _zeuthen(self, actor: int, own: list[float], allowed: list[float]) -> float | None:
        others = [party for party in self.parties if party != actor]
        if len(others) != 1 or not self.own_offers[actor] or not self.own_offers[others[0]]:
            return None
        h = self.h
        other = others[0]
        keys = h.case.keys["actors"]
        first = keys[h.case.actor_ids[actor]] < keys[h.case.actor_ids[other]]
        return tactics.zeuthen_target(
            own,
            h.minds.estimates(actor, other),
            allowed,
            h.case.num_candidates,
            self.own_offers[actor][-1],
            self.own_offers[other][-1],
            h.minds.disagreement(actor),
            h.minds.disagreement(other),
            first,
            True,
        )

    def choose_offer(self, actor: int, *, note: bool = False, afresh: bool = False, depth: int | None = None) -> int:
        """Package that the actor would offer now; -1 if it has none to offer.

        Deterministic by tactic. The rational family values its whole menu: it draws by logit when it
        really offers (`note`), and reckons with its best offer when it looks ahead. `afresh` asks for
        the first offer of talks that would begin now.
        """
        h = self.h
        removed: dict[str, str] | None = {} if note and h.log is not None else None
        allowed = self.allowed_for(actor, removed)
        own = h.minds.utilities(actor)
        if self.family_of(actor) == "rational":
            return self.rational_offer(actor, own, allowed, note, removed, depth)
        target = self.aspiration(actor, own, allowed, 0.0 if afresh else h.env.now - self.opened)
        mine = self.own_offers[actor]
        package = offers.offer_for_target(
            own,
            self.estimate_of_others(actor),
            allowed,
            h.case.levels,
            h.case.num_candidates,
            len(h.case.issue_ids),
            mine[-1] if mine else -1,
            target,
        )
        if note and package >= 0:
            h.decide(
                "offer", actor, [h.package_label(package)], [own[package]], 0.0, 0.5, removed=removed,
                packages=[package], track=self.name,
            )  # fmt: skip
        return package

    def family_of(self, actor: int) -> str:
        """The actor's present family of tactics: the maximalist's fallback once its patience is used up."""
        tactic = self.h.spec.actors[self.h.case.actor_ids[actor]].tactics.get(self.name)
        if tactic is None:
            return "time"
        if tactic.family == "maximalist" and self.rejections[actor] >= tactic.rejections:
            return tactic.fallback
        return tactic.family

    def rational_offer(
        self, actor: int, own: list[float], allowed: list[float], note: bool, removed: Any, depth: int | None = None
    ) -> int:
        """The offer of an actor that values its whole menu: own worth times the others' believed acceptance."""
        h = self.h
        minds = h.minds
        count = minds.count
        precision = h.p[h.slots.choice.officials]
        others = [party for party in self.parties if party != actor]
        chances = [1.0] * count
        one = [0.0] * len(allowed)
        for other in others:
            minds.acceptance(actor, other, self.refusal(other, actor, depth), precision, allowed, one)
            chances = [c * x for c, x in zip(chances, one, strict=False)]
        identifier = h.case.actor_ids[actor]
        h.colour_by_confidence(actor, own, chances)
        d = minds.disagreement(actor)
        blocks = minds.block_probabilities(self.consents, allowed)
        values = [0.0] * count
        offers.offer_values(own, chances, blocks, count, d, d, values)
        best = best_option(values, allowed, count)
        if best < 0:
            return -1
        # A refusal leads to one's own best offer a round later, if talks do not break down.
        discount = offers.delay_discount(h.p[h.slots.actors[identifier].patience], self.mean_gap() / h.day)
        again = offers.reject_value(d, h.p[self.slots.breakdown], discount, chances[best], blocks[best], own[best])
        offers.offer_values(own, chances, blocks, count, d, again, values)
        if not note:
            return best_option(values, allowed, count)
        u = h.draw(Stream.CHOICE, self.key, 24 + self.parties.index(actor))
        labels = [h.package_label(p) for p in range(count)] if h.log is not None else [""] * count
        return h.decide(
            "offer", actor, labels, values, precision, u, list(allowed[:count]), removed,
            packages=range(count), track=self.name,
        )  # fmt: skip

    # Replies

    def reply(self, responder: int, proposer: int, package: int, lane: int) -> bool:
        """Whether a party accepts the package on the table; others learn from the answer."""
        h = self.h
        minds = h.minds
        d = minds.disagreement(responder)
        own = minds.utility(responder, package)
        block = minds.block_probability(package, self.consents)
        values = [offers.accept_value(d, block, own), self.value_of_rejecting(responder, proposer, d)]
        line = minds.crosses_line(responder, package)
        allowed = [0.0 if line else 1.0, 1.0]
        precision = h.p[h.slots.choice.officials]
        u = h.draw(Stream.CHOICE, self.key, lane)
        choice = h.decide(
            "reply",
            responder,
            [f"accept {h.package_name(package)}", "reject"],
            values,
            precision,
            u,
            allowed,
            {f"accept {h.package_name(package)}": f"red line {line}"} if line else None,
            REJECT,
            packages=[package, None],
            track=self.name,
        )
        learn_from_reply(h, responder, package, values[REJECT], block, precision, choice == ACCEPT)
        h.learned()
        return choice == ACCEPT

    def value_of_rejecting(
        self, responder: int, proposer: int, d: float, depth: int | None = None, *, afresh: bool = False
    ) -> float:
        """Continuation value: one's own next offer, as likely to be accepted as one believes."""
        h = self.h
        minds = h.minds
        counter = self.choose_offer(responder, afresh=afresh, depth=depth)
        if counter < 0:
            return d
        refusal = self.refusal(proposer, responder, depth, afresh=afresh)
        chance = minds.accepts(responder, proposer, counter, refusal, h.p[h.slots.choice.officials])
        discount = offers.delay_discount(
            h.p[h.slots.actors[h.case.actor_ids[responder]].patience], self.mean_gap() / h.day
        )
        return offers.reject_value(
            d,
            h.p[self.slots.breakdown],
            discount,
            chance,
            minds.block_probability(counter, self.consents),
            minds.utility(responder, counter),
        )

    def refusal(self, actor: int, other: int, depth: int | None = None, *, afresh: bool = False) -> float:
        """What refusing the other's offer is taken to be worth to an actor, by others who guess its answer.

        With one step of look-ahead its disagreement payoff; with two what it would itself expect of refusing if it
        looked one step ahead.
        """
        d = self.h.minds.disagreement(actor)
        depth = self.h.spec.choice.depth if depth is None else depth
        return d if depth == 1 else self.value_of_rejecting(actor, other, d, depth - 1, afresh=afresh)

    def mean_gap(self) -> float:
        """Mean time between rounds."""
        recurring = self.h.case.recurring.get(self.slots.gap)
        return self.h.p[self.slots.gap] if recurring is None else recurring.mean()

    def next_gap(self) -> float:
        """Time to the next round."""
        return self.h.duration(self.slots.gap, Stream.TIMING, self.key, 0)

    # Agreement

    def agree(self, package: int) -> None:
        """All accept: the text waits for the leaders where it must, else it goes to be signed."""
        h = self.h
        h.first("text")
        h.count("texts")
        h.note("agreement", "", f"officials agree on {h.package_name(package)}", track=self.name, package=package)
        meeting = h.meetings.get(getattr(self.spec, "feeds", None))
        if self.spec.outcome_on_agreement == "text" or meeting is not None:
            h.w.text = package
            h.w.text_since = h.env.now
            if meeting is not None:
                if meeting.waits_for_text() or meeting.invite("agreed text"):
                    return
                h.w.text = -1
            elif self.spec.feeds is None:
                return
            # The leaders who would have signed do not meet: the text goes to the veto players and is signed.
            h.w.text = -1
        h.sign(package, self.parties, self.consents, self.name)

    def past_deadline(self) -> bool:
        """Whether the track's deadline has passed."""
        return self.spec.deadline is not None and self.h.env.now >= self.spec.deadline


def learn_from_reply(
    h: History, actor: int, package: int, reject: float, block: float, precision: float, accepted: bool
) -> None:
    """Observers learn about credibility and red lines from one answer, by the logit that made it."""
    minds = h.minds
    identifier = h.case.actor_ids[actor]
    if "credibility" in h.case.grids[identifier]:
        beliefs = minds.about(actor, "credibility")
        if beliefs:
            belief = beliefs[0]
            observer = belief.observer
            base, slopes = minds._believed_lines(observer, actor)
            d = minds.disagreement(actor)
            cost = minds._pressed(actor) * (h.relief_left[package])
            gain = d + (1.0 - block) * (base[package] - cost - d) - reject
            likelihoods = [0.0] * belief.size
            learning.reply_likelihoods(
                gain,
                (1.0 - block) * slopes[package],
                minds.points(belief),
                belief.size,
                precision,
                accepted,
                likelihoods,
            )
            minds.observe_act(actor, "credibility", likelihoods, 2)
            for name, line in h.lines[actor].items():
                chance = 0.0
                for n in range(belief.size):
                    accept = likelihoods[n] if accepted else 1.0 - likelihoods[n]
                    chance += h.w.beliefs[belief.start + n] * accept
                out = [0.0, 0.0]
                learning.line_likelihoods(chance, not line.crossed(package), True, accepted, out)
                minds.observe_act(actor, f"red_line.{name}", out, 2)


class AlternatingOffers(Table):
    """Rounds of offers: a party offers in turn, the others accept or reject."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        self.turn = 0
        self.process = history.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Rounds at drawn intervals while the two sides are in talks."""
        h = self.h
        self.opened = self.spec.opens or 0.0
        yield h.wait(self.opened, Priority.MEETING)
        yield h.wait(h.duration(self.slots.first_round, Stream.TIMING, self.key, 1), Priority.MEETING)
        self.opened = h.env.now
        while not self.past_deadline():
            delay = self._must_wait()
            if delay is None:
                yield h.talks_opened()
                yield h.wait(self.mean_gap(), Priority.MEETING)
                self._reopen()
                continue
            if delay > 0.0:
                yield h.wait(delay, Priority.MEETING)
                continue
            h.advance()
            self.round()
            h.settle_if_touched()
            yield h.wait(self.next_gap(), Priority.MEETING)

    def _must_wait(self) -> float | None:
        """Time to wait before a round may be held; None if talks are off."""
        h = self.h
        now = h.env.now
        if h.talks_used and not h.w.talks_on and self._between_sides():
            return None
        wait = max(self.not_before - now, self.postponed)
        self.postponed = 0.0
        meeting = h.meetings.get(self.spec.feeds)
        if meeting is not None:
            date = h.w.pending[meeting.index]
            if date != NEVER and date - self.spec.pauses_before <= now:
                wait = max(wait, date + self.spec.pauses_after - now)
            elif meeting.last_held != NEVER:
                wait = max(wait, meeting.last_held + self.spec.pauses_after - now)
        return max(wait, 0.0)

    def _between_sides(self) -> bool:
        return set(self.h.side_indices) <= set(self.parties)

    def _reopen(self) -> None:
        self.opened = self.h.env.now
        self.rejections = dict.fromkeys(self.parties, 0)
        self.own_offers = {party: [] for party in self.parties}
        self.turn = 0

    def round(self) -> None:
        """One offer and the answers to it."""
        h = self.h
        w = h.w
        if w.text >= 0 and h.env.now - w.text_since > self.spec.text_lapses:
            w.text = -1
        proposer = self.parties[self.turn % len(self.parties)]
        self.turn += 1
        w.met[self.index] += 1
        h.count(f"rounds.{self.name}")
        if self._between_sides():
            h.session()
        number = int(w.met[self.index])
        if self.failing and h.draw_at(Stream.TIMING, self.key, 2, number) < self.failing:
            self.failing = False
            h.note("round", h.case.actor_ids[proposer], "the round fails before an offer is made", track=self.name)
            self._move_expectation()
            return
        self.failing = False
        package = self.choose_offer(proposer, note=True)
        if package < 0:
            self._move_expectation()
            return
        if w.deal >= 0 and package == w.deal:
            self._move_expectation()
            return
        self.own_offers[proposer].append(package)
        h.count("offers")
        if h.minds.utility(proposer, package) >= h.maximal_utility(proposer):
            h.count("maximal_offers")
        accepted = True
        for lane, responder in enumerate(party for party in self.parties if party != proposer):
            if not self.reply(responder, proposer, package, lane):
                accepted = False
                break
        h.remember_offer(package, proposer, accepted, self.name)
        if accepted:
            if proposer == h.side_indices[1]:
                w.unheard_since = NEVER
            self.agree(package)
            self._reopen()
        else:
            self.rejections[proposer] += 1
            h.count("rejected_offers")
            if proposer == h.side_indices[1]:
                w.unheard_since = h.env.now
            if h.draw_at(Stream.OUTCOME, self.key, 0, number) < h.p[self.slots.breakdown]:
                self.break_down()
        self._move_expectation()

    def break_down(self) -> None:
        """Talks on this track break down and stay closed for a while."""
        h = self.h
        h.count(f"breakdowns.{self.name}")
        h.note("breakdown", "", f"talks on {self.name} break down", track=self.name)
        self.not_before = h.env.now + self.spec.closed_after_breakdown
        self._reopen()
        if self._between_sides() and not h.meeting_ahead():
            h.end_talks("breakdown")

    def _move_expectation(self) -> None:
        """A round of preparation moves the expectation toward what can be delivered."""
        h = self.h
        m = h.spec.mechanisms.expectation
        if not self.spec.moves_expectation or m is None or not m.enabled:
            return
        holder, other = h.case.actor(m.holder), h.case.actor(m.counterpart)
        if h.env.now == 0.0 and not h.minds.count:
            return
        value = deliverable_value(h, holder, other)
        rate = h.p[h.slots.mechanisms.expectation.learning_rate]
        h.w.expectation = expectation.drift_toward(h.w.expectation, value, rate)


def deliverable_value(h: History, holder: int, other: int) -> float:
    """Belief-weighted best deliverable value on the triumph scale, as the holder sees it."""
    minds = h.minds
    case = h.case
    m = h.spec.mechanisms.expectation
    lines = minds.hoped(holder)
    base, slopes = minds._believed_lines(holder, other)
    points, beliefs, start, size = minds._credibility_belief(holder, other)
    reserve = minds.disagreement(other)
    baseline = minds.at_start(holder)
    cost = minds._pressed(other)
    order = _best_first(h, holder, lines)
    free = [0.0] * size
    bound = [0.0] * size
    line_belief = 0.0
    beyond: frozenset[int] = frozenset()
    waived = [False] * size
    for name, line in h.lines[other].items():
        held = minds.index.get((holder, other, f"red_line.{name}"))
        line_belief = h.w.beliefs[held.start + 1] if held is not None else line.prior
        beyond = line.beyond_set
        waived = minds.waived_at(other, line, points)
        break
    worth = (base, slopes, h.relief_left, cost, reserve)
    # What a type accepts, a more trusting one accepts: from the most trusting type down, no search goes back.
    nested = minds.trust_helps(holder, other) and all(a <= b for a, b in pairwise(points))
    first = within = 0
    for t in range(size - 1, -1, -1):
        first = _next_accepted(order, first if nested else 0, points[t], worth, frozenset())
        free[t] = bound[t] = lines[order[first]] if first < len(order) else baseline
        if not waived[t] and beyond:
            within = _next_accepted(order, within if nested else 0, points[t], worth, beyond)
            bound[t] = lines[order[within]] if within < len(order) else baseline
    value = expectation.expected_deliverable(free, bound, points, beliefs, start, size, line_belief, 2.0)
    return expectation.triumph_value(value, baseline, lines[case.named[m.triumph]])


def _next_accepted(order: list[int], start: int, point: float, worth: tuple, beyond: frozenset[int]) -> int:
    """Place of the first package from `start` on that a type at `point` accepts; the end of the list if none."""
    base, slopes, left, cost, reserve = worth
    for n in range(start, len(order)):
        package = order[n]
        if base[package] + slopes[package] * point - cost * left[package] >= reserve and package not in beyond:
            return n
    return len(order)


def _best_first(h: History, holder: int, lines: list[float]) -> list[int]:
    """Deliverable texts, of those that are known, in falling order of the holder's utility; ties by position."""
    if h.deliverable_order is None:
        case = h.case
        size = len(case.issue_ids)
        m = h.spec.mechanisms.expectation
        bounds = [(case.issue(k), level) for k, level in m.deliverable_bounds.items()]
        packages = [
            p
            for p in case.written
            if all(case.levels[p * size + k] <= level for k, level in bounds)
        ]
        h.deliverable_order = sorted(packages, key=lambda p: (-lines[p], p))
    return h.deliverable_order


class SingleText(Table):
    """A mediator drafts; all parties must accept the one text, or send it back."""

    def __init__(self, history: History, name: str) -> None:
        super().__init__(history, name)
        self.mediator = history.case.actor(self.spec.mediator)
        self.refusals: dict[int, list[int]] = {party: [] for party in self.parties}
        self.process = history.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        """Drafts at drawn intervals until one is accepted, the rounds are used up or time is."""
        h = self.h
        self.opened = self.spec.opens
        yield h.wait(self.opened, Priority.MEETING)
        yield h.wait(h.duration(self.slots.first_round, Stream.TIMING, self.key, 1), Priority.MEETING)
        for _ in range(self.spec.rounds):
            if self.past_deadline() or self.closed:
                return
            h.advance()
            self.closed = self.draft()
            h.settle()
            yield h.wait(self.next_gap(), Priority.MEETING)

    def draft(self) -> bool:
        """One draft and the answers to it; whether the talks are over."""
        h = self.h
        minds = h.minds
        h.w.met[self.index] += 1
        h.count(f"rounds.{self.name}")
        h.session()
        u_break = h.draw(Stream.OUTCOME, self.key, 0)
        weight = h.p[self.slots.weight_of_own_view]
        own = minds.utilities(self.mediator)
        tables = [minds.estimates(self.mediator, party) for party in self.parties]
        floors = [minds.disagreement(party) for party in self.parties]
        values = []
        for package in range(minds.count):
            product = 1.0
            for table, floor, party in zip(tables, floors, self.parties, strict=True):
                gain = table[package] - floor
                # A text that a party has sent back is drafted again only if it gives that party more.
                if any(table[package] <= table[refused] for refused in self.refusals[party]):
                    gain = 0.0
                product *= gain if gain > 0.0 else 0.0
            values.append((1.0 - weight) * product + weight * own[package] * (1.0 if product > 0.0 else 0.0))
        allowed = [m if v > 0.0 else 0.0 for m, v in zip(self.mandate, values, strict=False)]
        if not any(allowed):
            self.refusals = {party: [] for party in self.parties}
            words = "no text is better for all; the mediator starts afresh"
            h.note("draft", h.case.actor_ids[self.mediator], words, track=self.name)
            return False
        chosen = logit_choice(
            values,
            allowed,
            minds.count,
            h.p[h.slots.choice.officials],
            h.draw(Stream.MEDIATION, self.key, 0),
            h.scratch_out,
        )
        label, worth = h.package_label(chosen), values[chosen]
        h.decide("draft", self.mediator, [label], [worth], 0.0, 0.5, packages=[chosen], track=self.name)
        h.count("offers")
        for lane, party in enumerate(self.parties):
            if not self.reply(party, self.mediator, chosen, lane):
                self.refusals[party].append(chosen)
                h.remember_offer(chosen, self.mediator, False, self.name)
                h.count("rejected_offers")
                if u_break < h.p[self.slots.breakdown]:
                    h.count(f"breakdowns.{self.name}")
                    h.note("breakdown", "", f"talks on {self.name} break down", track=self.name)
                    return True
                return False
        h.remember_offer(chosen, self.mediator, True, self.name)
        self.agree(chosen)
        return True

    def value_of_rejecting(
        self, responder: int, proposer: int, d: float, depth: int | None = None, *, afresh: bool = False
    ) -> float:
        """A party that sends the text back expects a better one with the chance of another round."""
        return d
