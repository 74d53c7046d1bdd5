"""The life of a deal after signature: milestones, cheating, disputes, repair, collapse, snapback."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from sim.engines.clock import Arrival, Priority
from sim.randomness import Stream
from sim.rules import implementation, offers
from sim.rules.choice import logit_probabilities

if TYPE_CHECKING:
    from sim.engines.history import History

SHARES = (1.0, 0.5, 0.0)  # delivered of a milestone: comply, slip, cheat
ACTS = ("comply", "slip", "cheat")


class Agreement:
    """Signing and implementing deals between the two parties; one deal is in force at a time."""

    def __init__(self, history: History) -> None:
        self.h = h = history
        self.spec = h.spec.mechanisms.agreements
        self.slots = h.slots.mechanisms.agreements
        self.parties = [h.case.actor(party) for party in self.spec.parties]
        self.key = h.case.keys["actors"][self.spec.parties[0]]
        self.at_signing = [h.case.issue(name) for name in self.spec.at_signing]
        self.at_first = [h.case.issue(name) for name in self.spec.at_first_milestone]
        self.verification = h.case.issue(self.spec.verification) if self.spec.verification else -1
        self.promised: list[float] = []
        self.from_levels: list[float] = []
        self.kind = "deal"
        self.accused: list[int] = []  # whose violation, real or alleged, is in dispute
        self.violation = h.env.event()
        self.process: simpy.Process | None = None
        # Trust, verification and veto players move with milestones, signals and leaders, which make rates stale.
        reads = ("deal.in_force", "deal.disputed", "deal.milestones")
        collapse = (h, "collapse", self.key, self._collapse_rate, self._collapses)
        h.arrivals.append(Arrival(*collapse, lane=48, reads=reads, reads_more=True))

    # Signing

    def sign(self, package: int, kind: str, track: str) -> bool:
        """Domestic consent is asked once, or by repeated votes where the scenario says so."""
        h = self.h
        minds = h.minds
        u = h.draw(Stream.VETO, self.key, 48)
        players = minds.players_for(package, kind)
        repeated = [name for name in players if h.spec.veto_players[name].votes > 1]
        if repeated:
            h.first("signed")
            h.env.process(self.ratify(package, kind, repeated))
            h.note("signature", "", f"{h.package_name(package)} is signed, subject to ratification", package=package)
            return True
        if u < minds.block_probability(package, kind):
            h.count("blocked")
            words = f"{h.package_name(package)} is blocked at home"
            h.note("veto", "", words, package=package, **self._opposition(package, kind))
            return False
        self.enter_into_force(package)
        return True

    def _opposition(self, package: int, kind: str) -> dict[str, Any]:
        """For the log: the chance that the package was blocked, and the veto players who opposed it, firmest first."""
        h = self.h
        if h.log is None:
            return {}
        minds = h.minds
        blocks = {
            name: h.p[h.slots.veto_players[name].weight] * (1.0 - minds.consent_of(name, package))
            for name in minds.players_for(package, kind)
        }
        opposed = sorted((name for name in blocks if blocks[name] > 0.0), key=lambda name: (-blocks[name], name))
        return {"chance": minds.block_probability(package, kind), "opposed": opposed}

    def ratify(self, package: int, kind: str, players: list[str]) -> Generator[simpy.Event, Any, None]:
        """Repeated votes: each player must pass the text within its number of votes, before any deadline."""
        h = self.h
        for name in players:
            spec = h.spec.veto_players[name]
            slots = h.slots.veto_players[name]
            key = h.case.keys["veto_players"][name]
            passed = False
            for attempt in range(spec.votes):
                yield h.wait(h.duration(slots.vote_gap, Stream.TIMING, key, 33), Priority.MEETING)
                h.advance()
                chance = h.minds.consent_of(name, package, attempt)
                # The weight is the share of opposition that becomes a block.
                block = h.p[slots.weight] * (1.0 - chance)
                passed = h.draw(Stream.VETO, key, 33) >= block
                h.count(f"votes.{name}")
                words = f"vote {attempt + 1}: {'passed' if passed else 'lost'}"
                h.note(
                    "ratification", name, words, number=attempt + 1, passed=passed, chance=1.0 - block, package=package
                )
                h.settle()
                if passed:
                    break
            if not passed:
                h.count("blocked")
                h.note("veto", name, f"{h.package_name(package)} is dead", package=package)
                h.settle()
                return
        h.advance()
        self.enter_into_force(package)
        h.settle()

    def enter_into_force(self, package: int) -> None:
        """The deal is in force; a second one replaces the first and what was implemented is kept."""
        h = self.h
        w = h.w
        if w.deal < 0:
            w.deal_since = h.env.now  # a deal that replaces another goes on, as far as its age is concerned
        w.deal = package
        w.deal_milestones = 0
        w.deal_disputed = 0
        self._forget_violations()
        w.text = -1
        self.promised = h.minds.row(package)
        self.from_levels = list(w.level)
        for k in self.at_signing:
            if self.promised[k] > w.level[k]:
                w.granted[k] += self.promised[k] - w.level[k]
                w.level[k] = w.seen[k] = self.promised[k]
        for k in range(len(self.promised)):
            w.pledged[k] = max(w.pledged[k], self.promised[k])
        h.first("signed")
        h.first("deal")
        h.count("deals")
        h.row.setdefault("first_deal", h.package_name(package))
        for k, name in enumerate(h.case.issue_ids):
            h.row.setdefault(f"first_deal_level:{name}", self.promised[k])
        h.note("deal", "", f"a deal is signed: {h.package_name(package)}", package=package)
        h.session()
        h.begin_talks("a deal is signed")
        h.pledge_restraint()
        h.apply(self.slots.signed_effects, self.spec.signed_effects, self.parties[0], self.key, lane=4)
        self.review()
        if self.process is not None and self.process.is_alive:
            self.process.interrupt("replaced")
        self.process = h.env.process(self.life())
        w.deal_treaty = 0
        if package in h.case.offered and h.treaty_players:
            h.env.process(self.treaty_vote(package, h.case.offered[package], h.count_of("deals")))

    def treaty_vote(self, package: int, level: float, number: float) -> Generator[simpy.Event, Any, None]:
        """Some time after signature the treaty that would lift the promise to the offered level is put to the vote."""
        h = self.h
        w = h.w
        yield h.wait(h.duration(self.slots.treaty_delay, Stream.TIMING, self.key, 50), Priority.DEFERRED)
        if w.deal != package or h.count_of("deals") != number or h.over:
            return
        h.advance()
        k = h.case.issue(self.spec.treaty_issue)
        lifted = list(self.promised)
        lifted[k] = level
        passed = True
        for name in h.treaty_players:
            chance = 1.0 - h.p[h.slots.veto_players[name].weight] * (1.0 - h.minds.consent_to_levels(name, lifted))
            u = h.draw(Stream.VETO, h.case.keys["veto_players"][name], 34)
            parent = h.case.actor(h.spec.veto_players[name].parent)
            label = h.spec.veto_players[name].label or name
            passed = h.assent("treaty_vote", parent, [f"{label} ratifies", f"{label} refuses"], chance, u) and passed
        h.count("treaties", 1.0 if passed else 0.0)
        h.note("treaty", "", f"the treaty is {'ratified' if passed else 'refused'}", passed=passed, level=level)
        if passed:
            w.deal_treaty = 1
            self.promised = lifted
            if k in self.at_signing and level > w.level[k]:
                w.granted[k] += level - w.level[k]
                w.level[k] = w.seen[k] = level
            w.pledged[k] = max(w.pledged[k], level)
        h.settle()

    # Life

    def life(self) -> Generator[simpy.Event, Any, None]:
        """Milestones race with violations; a violation opens a dispute that is repaired or ends the deal."""
        h = self.h
        w = h.w
        try:
            while w.deal >= 0:
                milestone = h.wait(self.spec.every, Priority.MILESTONE)
                happened = yield milestone | self.violation
                if self.violation in happened:
                    self.violation = h.env.event()
                    yield from self.dispute()
                    continue
                if w.deal_milestones < self.spec.milestones:
                    h.advance()
                    self.milestone()
                    h.settle()
                else:
                    self.review()
        except simpy.Interrupt:
            return

    def breach(self) -> None:
        """A violation has become known or is alleged."""
        if self.h.w.deal >= 0 and not self.h.w.deal_disputed and not self.violation.triggered:
            self.violation.succeed()

    def openly_violated(self, actor: int | None, levels: dict[str, float]) -> None:
        """An event that a deal with such promises forbids; whose event it is stands accused."""
        h = self.h
        if h.w.deal < 0 or h.w.deal_disputed:
            return
        if any(self.promised[h.case.issue(issue)] >= level for issue, level in levels.items()):
            if actor in self.parties and actor not in self.accused:
                self.accused.append(actor)
            self.breach()

    def _forget_violations(self) -> None:
        """What is known or alleged of a deal that has ended or been replaced is not held against the next one."""
        self.accused = []
        if self.violation.triggered:
            self.violation = self.h.env.event()

    def review(self) -> None:
        """Count the veto players who would now block the deal."""
        h = self.h
        if h.w.deal < 0:
            return
        h.w.deal_hostile = h.hostile_players(h.w.deal, self.parties)
        h.all_stale = True

    def step_of(self, k: int) -> float:
        """Share of an issue's promise that the coming milestone carries."""
        if k in self.at_signing:
            return 0.0
        if k in self.at_first:
            return 1.0 if self.h.w.deal_milestones == 0 else 0.0
        return 1.0 / self.spec.milestones

    def milestone(self) -> None:
        """Both parties choose at once to comply, slip or cheat; what they deliver and what is seen may differ."""
        h = self.h
        w = h.w
        p = h.p
        acts: list[int] = []
        seen: list[int] = []
        violated = False
        verified = self.promised[self.verification] if self.verification >= 0 else 0.0
        d = self.slots.detection
        periods = self.spec.every / (90.0 * h.day)
        chance = implementation.detection(p[d.base], p[d.slope], verified, periods)
        for n, party in enumerate(self.parties):
            u_choice = h.draw(Stream.EXECUTION, self.key, 2 * n)
            u_detect = h.draw(Stream.SIGNAL, self.key, 2 * n)
            detected = 1.0 if h.case.actor_ids[party] in self.spec.public else chance
            act = self.choose_act(party, detected, u_choice)
            acts.append(act)
            if act == implementation.COMPLY:
                caught = u_detect < p[d.false_alarm] * periods
                seen.append(implementation.COMPLY)
                violated = violated or caught
                if caught:
                    h.count("false_alarms")
                    self.accused.append(party)
            else:
                caught = u_detect < (0.5 * detected if act == implementation.SLIP else detected)
                seen.append(act if caught else implementation.COMPLY)
                violated = violated or caught
                if caught:
                    self.accused.append(party)
                h.count("cheats" if act == implementation.CHEAT else "slips")
            self.learn(party, seen[-1], detected)
        h.note(
            "milestone",
            "",
            f"milestone {w.deal_milestones + 1}: "
            + ", ".join(f"{h.case.actor_ids[a]}: {ACTS[x]}" for a, x in zip(self.parties, acts, strict=True)),
            number=w.deal_milestones + 1,
            acts={h.case.actor_ids[a]: ACTS[x] for a, x in zip(self.parties, acts, strict=True)},
            seen={h.case.actor_ids[a]: ACTS[x] for a, x in zip(self.parties, seen, strict=True)},
        )
        for k, name in enumerate(h.case.issue_ids):
            step = self.step_of(k)
            change = self.promised[k] - self.from_levels[k]
            if step == 0.0 or change == 0.0:
                continue
            share, shown = self._delivered(name, acts, seen)
            before = w.level[k]
            w.level[k] = implementation.level_after_milestone(
                w.level[k], self.from_levels[k], self.promised[k], 1, step * share
            )
            w.seen[k] = implementation.level_after_milestone(
                w.seen[k], self.from_levels[k], self.promised[k], 1, step * shown
            )
            w.granted[k] += w.level[k] - before
        w.deal_milestones += 1
        h.count("milestones")
        gain = p[self.slots.milestone_credibility_gain]
        for party, act in zip(self.parties, acts, strict=True):
            if act == implementation.COMPLY:
                other = self.parties[1 - self.parties.index(party)]
                h.raise_credibility(other, gain)
        h.session()
        self.review()
        if violated:
            self.breach()

    def _delivered(self, issue: str, acts: list[int], seen: list[int]) -> tuple[float, float]:
        """Share of an issue that is delivered and that is seen: the least willing of its conceders decides."""
        conceders = self.h.spec.issues[issue].conceder
        share, shown = 1.0, 1.0
        for party, act, look in zip(self.spec.parties, acts, seen, strict=True):
            if party in conceders:
                share = min(share, SHARES[act])
                shown = min(shown, SHARES[look])
        return share, shown

    def values(
        self, party: int, detected: float, bonus: float, stakes: tuple[float, float, float, float] | None = None
    ) -> list[float]:
        """Values of complying, slipping and cheating at the coming milestone; `stakes` if they are known."""
        reward, temptation, punishment, discount = stakes or self.stakes(party)
        out = [0.0, 0.0, 0.0]
        implementation.milestone_values(reward, temptation, punishment, discount, detected, bonus, out)
        return out

    def stakes(self, party: int) -> tuple[float, float, float, float]:
        """What the deal is worth if it is kept, if the coming step is withheld and if it ends; and the discount."""
        h = self.h
        minds = h.minds
        withheld = list(self.promised)
        identifier = h.case.actor_ids[party]
        for k, name in enumerate(h.case.issue_ids):
            if identifier in h.spec.issues[name].conceder:
                withheld[k] -= self.step_of(k) * (self.promised[k] - self.from_levels[k])
        reward = minds.of_levels(party, self.promised)
        temptation = minds.of_levels(party, withheld)
        punishment = minds.without_deal(party)
        discount = offers.delay_discount(h.p[h.slots.actors[identifier].patience], self.spec.every / h.day)
        return reward, temptation, punishment, discount

    def bonus_of(self, party: int, position: int) -> float:
        """Utility that complying adds for a class of commitment."""
        classes = self.h.slots.actors[self.h.case.actor_ids[party]].types.commitment
        if not classes:
            return 0.0
        return self.h.p[classes[sorted(classes)[position]].comply_bonus]

    def choose_act(self, party: int, detected: float, u: float) -> int:
        """The party's act, by logit at the precision of milestones."""
        h = self.h
        if not self.spec.cheating:
            return implementation.COMPLY
        values = self.values(party, detected, self.bonus_of(party, int(h.w.commitment[party])))
        return h.decide("milestone", party, ACTS, values, h.p[h.slots.choice.milestones], u)

    def learn(self, party: int, act: int, detected: float) -> None:
        """Observers learn about the party's commitment from the act that they see."""
        h = self.h
        classes = h.slots.actors[h.case.actor_ids[party]].types.commitment
        if not classes or h.kappa == 0.0 or not self.spec.cheating:
            return
        likelihoods = []
        chances = [0.0, 0.0, 0.0]
        precision = h.p[h.slots.choice.milestones]
        stakes = self.stakes(party)  # the same for all classes
        for position in range(len(classes)):
            values = self.values(party, detected, self.bonus_of(party, position), stakes)
            logit_probabilities(values, [1.0, 1.0, 1.0], 3, precision, chances)
            # What looks like compliance is compliance or cheating that was not found.
            missed = chances[1] * (1.0 - 0.5 * detected) + chances[2] * (1.0 - detected)
            likelihoods.append(chances[0] + missed if act == implementation.COMPLY else chances[act])
        h.minds.observe_act(party, "commitment", likelihoods, 3)
        h.learned()

    def dispute(self) -> Generator[simpy.Event, Any, None]:
        """A dispute: no milestones, then repair or the end."""
        h = self.h
        w = h.w
        p = h.p
        w.deal_disputed = 1
        h.count("disputes")
        accused = [h.case.actor_ids[party] for party in self.accused]
        h.note("dispute", "", "a violation is found or alleged", accused=accused)
        h.settle()
        yield h.wait(h.duration(self.slots.dispute.duration, Stream.REPAIR, self.key, 0), Priority.DEFERRED)
        h.advance()
        s = self.slots.dispute
        spec = self.spec.dispute
        hotline = (
            spec.hotline_issue is not None and w.level[h.case.issue(spec.hotline_issue)] >= spec.hotline_level
        )
        verified = self.promised[self.verification] if self.verification >= 0 else 0.0
        terms = [p[s.intercept], p[s.verification], 0.5, p[s.hotline], p[s.trust], 0.5]
        chance = implementation.repair_probability(terms, verified, hotline, h.minds.mutual_trust(*self.parties))
        w.deal_disputed = 0
        u = h.draw(Stream.REPAIR, self.key, 1)
        if h.assent("repair", self.parties[0], ["the dispute is settled", "the deal ends"], chance, u):
            self.accused = []
            h.count("repairs")
            h.session()
            h.note("repair", "", "the dispute is settled")
        else:
            self.end("a dispute is not settled")
        h.settle()

    # End

    def _collapse_rate(self) -> float:
        h = self.h
        if h.w.deal < 0 or h.w.deal_disputed:
            return 0.0
        return h.exogenous_collapse_rate(h.w.deal, h.w.deal_hostile)

    def _collapses(self) -> None:
        if self.h.w.deal >= 0:
            self.end("it collapses")

    def _strain(self) -> dict[str, Any]:
        """For the log: the rate at which the deal ends just now, per year, and what moves it."""
        h = self.h
        w = h.w
        return {
            "rate": self._collapse_rate() * h.year,
            "new_leader": h.env.now - w.leader_change < self.spec.collapse.leader_change_lasts,
            "hostile": w.deal_hostile + w.hostile_extra,
            "trust": h.minds.mutual_trust(*self.parties),
        }

    def end(self, why: str) -> None:
        """The deal is over: what it brought is undone, relief at once with snapback, else step by step."""
        h = self.h
        w = h.w
        if w.deal < 0:
            return
        u = h.draw(Stream.OUTCOME, self.key, 49)
        leaver = self.parties[0] if u < 0.5 else self.parties[1]
        strain = self._strain() if h.log is not None else {}
        if len(self.accused) == 1:
            leaver = self.accused[0]  # whose violation was not settled: the other believes it less
        self._forget_violations()
        w.deal = -1
        w.deal_disputed = 0
        h.first("collapse")
        h.count("collapses")
        age = (h.env.now - w.deal_since) / h.day
        h.note("collapse", h.case.actor_ids[leaver], f"the deal ends: {why}", why=why, age=age, **strain)
        eased = w.level[h.relief_issue] if h.relief_issue >= 0 else 0.0
        h.take_back(w.granted)
        w.pledged = [0.0] * len(w.pledged)
        if h.relief_issue >= 0 and not self.spec.snapback:
            w.level[h.relief_issue] = w.seen[h.relief_issue] = eased
            h.env.process(self.withdraw(eased, h.env.now))
        other = self.parties[1 - self.parties.index(leaver)]
        h.scale_credibility(other, h.p[self.slots.exit_credibility_factor])
        w.moratorium = 0
        h.end_talks("the deal has ended")
        if self.process is not None and self.process.is_alive and self.process is not h.env.active_process:
            self.process.interrupt("ended")

    def withdraw(self, eased: float, since: float) -> Generator[simpy.Event, Any, None]:
        """Without snapback, relief is withdrawn by a share each quarter."""
        h = self.h
        k = h.relief_issue
        quarter = h.year / 4.0
        share = h.p[self.slots.snapback_rate]
        start = h.spec.issues[h.case.issue_ids[k]].start
        while h.w.deal < 0:
            yield h.wait(quarter / 3.0, Priority.DEFERRED)
            if h.w.deal >= 0 or h.w.deal_since > since:
                return
            h.advance()
            left = implementation.benefit_after_collapse(eased, h.env.now - since, share, quarter)
            h.w.level[k] = h.w.seen[k] = max(left, start)
            h.settle()
            if left <= start:
                return
