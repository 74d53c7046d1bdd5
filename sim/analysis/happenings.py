"""What the happenings of a history say, each in a line of its own or as one of many that are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import GameNames
from sim.analysis.moves_told import MovesTold
from sim.analysis.names import Calendar, Names, plain
from sim.analysis.phrases import number, odds, percent, plus_or_minus, ruled_out, sentence, signed

if TYPE_CHECKING:
    from sim.engines.log import Decision, Happening
    from sim.experiments.replay import Replay

RARE = 2  # a hazard that strikes at most so often is told each time
ESSENTIAL, IMPORTANT, USEFUL = 0, 1, 2  # weight of a line; the heaviest number is left out first
OBSERVED = {
    "reply": "its answer to an offer:",
    "crisis": "its move in the crisis:",
    "response": "its response to the meeting:",
}
CONSENTS = ("reply", "answer", "last_word", "proposal", "offer")  # nodes at which a side takes part in a text
SMALLEST_LOSS = 0.005  # of utility that shows in two digits
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass
class Line:
    """A line of the story, and what decides whether it stays."""

    time: float
    order: int
    text: str
    kind: str
    weight: int
    size: float = 0.5  # among lines of one weight, the smallest is left out first
    aside: bool = False
    bound: bool = False  # to the other bound lines of its instant: an offer, its answer and its fate are one event
    alone: str = ""  # what it says if there is no room for the lines that it is bound to


@dataclass
class Minor:
    """Something that happens often: counted, not told."""

    time: float
    order: int
    name: str
    kind: str
    offer: Happening | None = None


class Happenings:
    """A history, the lines that its happenings have made so far, and what they left to be counted."""

    def __init__(self, replay: Replay, full: bool) -> None:
        self.replay = replay
        self.full = full
        self.names = Names(replay.case)
        self.calendar = Calendar(replay.case)
        self.spec = replay.case.spec
        self.end = replay.ended if full else min(replay.ended, self.spec.horizon)
        self.lines: list[Line] = []
        self.minors: list[Minor] = []
        self.order = 0
        self.highest = 0
        self.meeting: Line | None = None
        self.deal_in_force = False
        self.named: dict[tuple[float, int], int] = {}  # the line of an instant that describes a package
        self.text: tuple[str, int] | None = None  # track and package of the last text that waits for leaders
        self.standing: dict[str, float] = {}  # by track, since when its own agreement has been in force
        self.crisis_since = 0.0
        self.said: set[int] = set()  # decisions that a line has told
        self.at: dict[float, list[Decision]] = {}
        for decision in replay.decisions:
            self.at.setdefault(decision.time, []).append(decision)
        self.crises = {h.time for h in replay.happenings if h.kind == "crisis" and h.details.get("act") == "begins"}
        self.agreed: dict[str, list[float]] = {}
        for item in replay.happenings:
            if item.kind == "agreement":
                self.agreed.setdefault(item.details["track"], []).append(item.time)
        self.often = self._often()
        self.moves = None if self.spec.game is None else MovesTold(
            GameNames(self.spec), [item for item in replay.happenings if item.time <= self.end]
        )  # fmt: skip

    def _often(self) -> set[str]:
        counts: dict[str, int] = {}
        for item in self.replay.happenings:
            if item.time <= self.end:
                key = self._subject(item)
                counts[key] = counts.get(key, 0) + 1
        return {key for key, number in counts.items() if number > RARE}

    @staticmethod
    def _subject(item: Happening) -> str:
        details = item.details
        return f"{item.kind} {details.get('hazard') or details.get('track') or ''} {details.get('bundle', '')}"

    def say(
        self, item: Any, text: str, kind: str, weight: int = IMPORTANT, size: float = 0.5, *, bound: bool = False
    ) -> None:
        """One line."""
        self.lines.append(Line(item.time, self.order, sentence(text), kind, weight, size, bound=bound))

    def minor(self, item: Any, name: str, kind: str, text: str, offer: Happening | None = None) -> None:
        """Something small: a line of its own in the full story, else only counted."""
        if self.full:
            self.say(item, text, kind, USEFUL)
        else:
            self.minors.append(Minor(item.time, self.order, name, kind, offer))

    def who(self, identifier: str) -> str:
        """An actor's name."""
        return self.names.actor(identifier)

    def terms(self, item: Any, package: int, again: str) -> str:
        """A package in words, or `again` where a line of the same instant has described it."""
        if (item.time, package) in self.named:
            self.lines[self.named[item.time, package]].bound = True  # without it nobody knows which terms are meant
            return again
        self.name(item.time, package)
        return self.names.package(package)

    def name(self, time: float, package: int) -> None:
        """Note that the next line describes a package."""
        self.named[time, package] = len(self.lines)

    def found(self, time: float, node: str, actor: str | None = None, choice: str | None = None) -> Decision | None:
        """The last decision of that instant at a node, marked as told."""
        for decision in reversed(self.at.get(time, ())):
            if decision.node == node and actor in (None, decision.actor) and choice in (None, decision.choice):
                self.said.add(id(decision))
                return decision
        return None

    def because(self, *decisions: Decision | None) -> str:
        """Odds of the given decisions in brackets."""
        parts = [odds(self.names, decision, full=self.full) for decision in decisions if decision is not None]
        parts = [part for part in parts if part]
        return f" ({'; '.join(parts)})" if parts else ""

    def grounds(self, decision: Decision | None) -> str:
        """What a response to a meeting, or a move in a crisis, was worth beside the next best, and what it trusted in."""
        if decision is None or decision.choice not in decision.options:
            return ""
        ranked = [
            (value, option)
            for value, option, chance in zip(decision.values, decision.options, decision.probabilities, strict=True)
            if option != decision.choice and chance > 0.0
        ]
        words = f"; worth {plus_or_minus(decision.values[decision.options.index(decision.choice)])} to it"
        if ranked:
            value, option = max(ranked)
            words += f", \u201c{option}\u201d {plus_or_minus(value)}"
        sample = next((s for s in reversed(self.replay.samples) if s.time == decision.time), None)
        if decision.node == "response" and sample is not None and self.spec.mechanisms.belief_collapse is not None:
            words += (
                f"; it believes with {percent(sample.belief_talks)} that talks can deliver and with "
                f"{percent(sample.belief_pressure)} that pressure works"
            )
        return words

    def signs(self, time: float, actor: str) -> list[str]:
        """What others could see of an actor at an instant, in words."""
        seen = []
        for item in self.replay.happenings:
            if item.time == time and (words := self._sign(item, actor)) is not None:
                seen.append(words)
        for decision in self.at.get(time, ()):
            if decision.actor == actor and decision.node in OBSERVED:
                seen.append(f"{OBSERVED[decision.node]} \u201c{decision.choice.removesuffix(' status quo')}\u201d")
        return seen

    def _sign(self, item: Happening, actor: str) -> str | None:
        details = item.details
        if item.kind in ("event", "calendar"):
            hazard = self.names.hazard(details["hazard"], details.get("mark", ""))
            return f"{hazard} called off" if item.kind == "calendar" else hazard
        if item.kind == "leader" and item.who == actor:
            return "a new leader"
        if item.kind == "milestone":
            act = {"comply": "kept", "slip": "half kept", "cheat": "broken"}[details["seen"][actor]]
            return f"milestone {details['number']} seen to be {act}"
        return None

    def happening(self, item: Happening) -> None:
        """Tell one, by the method for its kind."""
        tell_it: Callable[[Happening], None] | None = getattr(self, f"_on_{item.kind.replace(' ', '_')}", None)
        if tell_it is None:
            self.say(item, f"{self.who(item.who)}: {item.what}" if item.who else item.what, item.kind, USEFUL)
        else:
            tell_it(item)

    def _on_date(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        when = self.calendar.date(item.time + item.details["days"] * self.calendar.per_day)
        invite = self.found(item.time, "invite", choice="invite")
        reply = self.found(item.time, "invitation", choice="accept")
        if invite is None or reply is None:
            self.say(item, f"{track}: announced for {when}", "meeting", ESSENTIAL, 0.5)
            return
        text = (
            f"{self.who(invite.actor)} invites{self.because(invite)}, {self.who(reply.actor)} accepts"
            f"{self.because(reply)}: {track} on {when}"
        )
        self.say(item, text, "meeting", IMPORTANT)

    def _on_cancellation(self, item: Happening) -> None:
        planned = self.calendar.date(item.time + item.details["days"] * self.calendar.per_day)
        text = f"{self.names.track(item.details['track'])}, planned for {planned}: cancelled{self._risk(item)}"
        self.say(item, text, "meeting", ESSENTIAL, 0.45)

    @staticmethod
    def _risk(item: Happening) -> str:
        """How likely a stroke of chance was, by its rate at that moment."""
        details = item.details
        strains = []
        if details.get("new_leader"):
            strains.append("a leader is new")
        if hostile := round(details.get("hostile", 0.0)):
            strains.append(f"{hostile} hostile veto player{'' if hostile == 1 else 's'}")
        if "trust" in details:
            strains.append(f"trust {details['trust']:.2f}")
        why = f": {', '.join(strains)}" if strains else ""
        return f", by chance (a risk of {number(details['rate'])} a year at that moment{why})"

    def _on_revival(self, item: Happening) -> None:
        when = self.calendar.date(item.time + item.details["days"] * self.calendar.per_day)
        self.say(item, f"{self.names.track(item.details['track'])}: on again, for {when}", "meeting", ESSENTIAL, 0.3)

    def _on_meeting(self, item: Happening) -> None:
        number = item.details["number"]
        which = _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
        track = self.spec.tracks[item.details["track"]]
        pair = f"{self.who(track.proposer)} and {self.who(track.responder)}"
        name = self.names.track(item.details["track"])
        self.say(item, f"{name}: {pair} meet for the {which} time", "meeting", ESSENTIAL, 0.8)
        self.meeting = self.lines[-1]

    def _on_offer(self, item: Happening) -> None:
        track = item.details["track"]
        package = self.names.package(item.details["package"])
        who = self.who(item.who)
        if self.spec.tracks[track].protocol == "final_offer":
            self._leaders_offer(item, package, who)
            return
        if not item.details["accepted"]:
            replies = [d for d in self.at.get(item.time, ()) if d.node == "reply" and d.track == track]
            refusal = replies[-1] if replies else None
            self.said.update(id(d) for d in replies)
            answer = f"; {self.who(refusal.actor)} rejects it{self.because(refusal)}" if refusal is not None else ""
            text = f"{self.names.track(track)}: {who} offers {package}{answer}"
            self.minor(item, f"rejected offers, {self.names.track(track)}", "talks", text, item)

    def _leaders_offer(self, item: Happening, package: str, who: str) -> None:
        proposal = self.found(item.time, "proposal", item.who)
        if proposal is not None:
            answer = self.found(item.time, "answer")
            self.name(item.time, item.details["package"])
            reply = ""
            if answer is not None:
                done = "accepts" if item.details["accepted"] else self._answer_words(answer)
                reply = f"; {self.who(answer.actor)} {done}{self.because(answer)}"
                limits = ruled_out(self.names, answer)
                reply += f"; {limits}" if limits else ""
            limits = ruled_out(self.names, proposal)
            limits = f", though {limits}" if limits and self.full else ""
            self.say(item, f"{who} proposes {package}{self.because(proposal)}{limits}{reply}", "offer", ESSENTIAL, 0.4, bound=True)
            return
        word = self.found(item.time, "last_word")
        if word is not None and item.details["accepted"]:
            text = f"{self.who(word.actor)} accepts the counter-offer{self.because(word)}"
            self.say(item, text, "offer", ESSENTIAL, 0.55, bound=True)

    def _answer_words(self, answer: Decision) -> str:
        position = answer.options.index(answer.choice) if answer.choice in answer.options else -1
        if position == 1 and answer.packages[1] is not None:
            self.name(answer.time, answer.packages[1])
            return f"counters with {self.names.package(answer.packages[1])}"
        return "refuses"

    def _on_result(self, item: Happening) -> None:
        expectation = self.spec.mechanisms.expectation
        if expectation is not None and expectation.enabled and self.meeting is not None:
            holder, value = self.who(expectation.holder), item.details["value"]
            self.meeting.text += f"; {holder} expects {item.details['expectation']:.2f} of a triumph and gets {value:.2f}"
        self.meeting = None
        if item.details["result"] == "package":
            return
        proposer = self.spec.tracks[item.details["track"]].proposer
        word = self.found(item.time, "last_word")
        reply = self.found(item.time, "declaration")
        who = self.who(proposer)
        if reply is None:
            self.say(item, f"{who} walks out{self.because(word)}", "meeting", ESSENTIAL, 0.75, bound=True)
            return
        other = self.who(reply.actor)
        done = "signs it" if reply.choice == "yes" else "declines"
        text = f"{who} settles for a declaration{self.because(word)}; {other} {done}{self.because(reply)}"
        self.say(item, text, "meeting", ESSENTIAL, 0.6, bound=True)

    def _on_agreement(self, item: Happening) -> None:
        track = item.details["track"]
        replies = [d for d in self.at.get(item.time, ()) if d.node == "reply" and d.track == track]
        self.said.update(id(d) for d in replies)
        if len(replies) == 1:
            who = self.who(replies[0].actor)
            reason = f"; {who} accepts{self.because(replies[0])}"
        else:
            number = "both" if len(replies) == 2 else f"all {len(replies)}"
            reason = f"; {number} accept" if replies else ""
        package = item.details["package"]
        text = f"{self.names.track(track)}: agreement on {self.terms(item, package, 'the same text')}{reason}"
        waits = self._waits_for_leaders(item)
        confirmed = waits and self.text == (track, package)
        if confirmed:
            text = f"{self.names.track(track)}: the text for the leaders is confirmed{reason}"
        elif waits:
            text += "; the text waits for the leaders"
        self.text = (track, package) if waits else None
        self.say(item, text, "talks", USEFUL if confirmed else IMPORTANT, 0.8, bound=True)

    def _waits_for_leaders(self, item: Happening) -> bool:
        """Whether a text that officials have agreed is kept for a meeting of leaders."""
        if getattr(self.spec.tracks[item.details["track"]], "feeds", None) is None:
            return False
        package, later = item.details["package"], ("deal", "veto", "signature")
        return not any(
            h.kind in later and h.time == item.time and h.details.get("package") == package
            for h in self.replay.happenings
        )

    def _on_deal(self, item: Happening) -> None:
        words = self.terms(item, item.details["package"], "")
        ratified = any(
            h.kind == "ratification" and h.time == item.time and h.details["passed"] for h in self.replay.happenings
        )
        done = "comes into force" if ratified else "is signed"
        text = f"a deal {done}: {words}" if words else f"a deal {done} on these terms"
        # With a deal in force, going without the new one means to keep the old one.
        instead = "the old one" if self.deal_in_force else "going without"
        text += " and replaces the one in force" if self.deal_in_force else ""
        self.deal_in_force = True
        worth = ""
        offer = next(
            (
                h
                for h in reversed(self.replay.happenings)
                if h.kind == "offer" and h.time == item.time and h.details["package"] == item.details["package"]
            ),
            None,
        )
        if offer is not None:
            one, two = self.spec.sides
            gains = (
                offer.details["utility_one"] - offer.details["reserve_one"],
                offer.details["utility_two"] - offer.details["reserve_two"],
            )
            worth = f"{signed(gains[0])} for {self.who(one)}, {signed(gains[1])} for {self.who(two)}"
            worth = f"; compared with {instead}: {worth}{self._at_a_loss(item.time, item.details['package'], (one, two), gains)}"
        self.say(item, text + worth, "deal", ESSENTIAL, 0.9, bound=True)
        if not words:
            self.lines[-1].alone = sentence(f"a deal {done}: {self.names.package(item.details['package'])}{worth}")

    @staticmethod
    def _is_about(decision: Decision, package: int) -> bool:
        """Whether a decision was for a package."""
        chosen = decision.options.index(decision.choice)
        return chosen < len(decision.packages) and decision.packages[chosen] == package

    def _at_a_loss(self, time: float, package: int, sides: Sequence[str], gains: Sequence[float]) -> str:
        """Why a side signed what is worth less to it than going without."""
        parts = []
        for side, gain in zip(sides, gains, strict=True):
            agreed = [
                d for d in self.at.get(time, ())
                if d.actor == side and d.node in CONSENTS and d.choice in d.options and self._is_about(d, package)
            ]
            if gain >= -SMALLEST_LOSS or not agreed:
                continue
            decision = agreed[-1]
            chosen = decision.options.index(decision.choice)
            others = [n for n, chance in enumerate(decision.probabilities) if n != chosen and chance > 0.0]
            if not others:
                continue
            best = max(others, key=lambda n: (decision.values[n], -n))
            short = decision.values[best] - decision.values[chosen]
            words = f"\u201c{self.names.short_option(decision, best)}\u201d"
            parts.append(
                f"; {self.who(side)} signs at a loss, an error: {words} was worth {short:.2f} more to it"
                if short >= SMALLEST_LOSS
                else f"; {self.who(side)} signs at a loss, for at the table {words} was worth no more to it"
            )
        return "".join(parts)

    def _on_signature(self, item: Happening) -> None:
        text = f"{self.terms(item, item.details['package'], 'the text')} is signed and goes to ratification"
        self.say(item, text, "deal", ESSENTIAL, 0.9, bound=True)

    def _on_ratification(self, item: Happening) -> None:
        verb = "passes" if item.details["passed"] else "rejects"
        result = f"{verb} {self.names.package(item.details['package'])}"
        text = f"{self.names.veto_player(item.who)}, vote {item.details['number']}: {result}"
        self.say(item, f"{text} (its chance to pass was {percent(item.details['chance'])})", "vote", ESSENTIAL, 0.7)

    def _on_veto(self, item: Happening) -> None:
        if "bundle" in item.details:
            name = self.names.bundle(item.details["track"], item.details["bundle"])
            self.minor(item, "bundles blocked at home", "vote", f"\u201c{name}\u201d is blocked at home")
        elif item.who:
            words = self.names.package(item.details["package"])
            self.say(item, f"{self.names.veto_player(item.who)}: {words} is dead", "vote", ESSENTIAL, 0.7)
        else:
            words = self.terms(item, item.details["package"], "the text")
            text = f"{words} is blocked at home and not signed{self._opposition(item)}"
            at_a_meeting = any(line.time == item.time and line.kind == "offer" for line in self.lines)
            self.say(item, text, "vote", ESSENTIAL if at_a_meeting else IMPORTANT, 0.7, bound=True)

    def _opposition(self, item: Happening) -> str:
        """How likely a block was, and whose opposition was the firmest."""
        opposed = [self.names.veto_player(name) for name in item.details.get("opposed", ())][:2]
        if not opposed:
            return ""
        chance = percent(item.details["chance"])
        return f" (a chance of {chance}; firmest against it: {' and '.join(opposed)})"

    def _on_declaration(self, item: Happening) -> None:
        text = f"a declaration is signed: {self.names.package(item.details['package'])}"
        if self.lines and self.lines[-1].time == item.time and self.lines[-1].kind == "decision":
            self.lines[-1].text += f"; {self.names.package(item.details['package'])} is signed"
        else:
            self.say(item, text, "deal", ESSENTIAL, 0.9)

    def _on_milestone(self, item: Happening) -> None:
        number, acts, seen = item.details["number"], item.details["acts"], item.details["seen"]
        breaches = [actor for actor, act in acts.items() if act != "comply"]
        if not breaches:
            self.minor(item, "milestones kept by both", "deal", f"milestone {number}: both keep their word")
            return
        parts = []
        for actor in breaches:
            verb = {"slip": "delivers half", "cheat": "cheats"}[acts[actor]]
            unseen = "" if seen[actor] == acts[actor] else ", which nobody notices"
            parts.append(f"{self.who(actor)} {verb}{self.because(self.found(item.time, 'milestone', actor))}{unseen}")
        self.say(item, f"milestone {number} of the deal: {' and '.join(parts)}", "deal", IMPORTANT, 0.7)

    def _on_dispute(self, item: Happening) -> None:
        accused = item.details["accused"]
        if not accused:
            self.say(item, "a violation is alleged; the deal is in dispute", "deal", IMPORTANT, 0.6)
            return
        kept = self._acts_at(item.time)
        parts = [
            f"{self.who(actor)} is accused of a violation"
            + (", though it has kept its word" if kept.get(actor) == "comply" else "")
            for actor in accused
        ]
        self.say(item, f"{' and '.join(parts)}; the deal is in dispute", "deal", IMPORTANT, 0.6)

    def _acts_at(self, time: float) -> dict[str, str]:
        """What each party did at the milestone of that instant; empty if there was none."""
        return next((h.details["acts"] for h in self.replay.happenings if h.kind == "milestone" and h.time == time), {})

    def _on_repair(self, item: Happening) -> None:
        self.say(item, "the dispute is settled, the deal goes on", "deal", IMPORTANT, 0.6)

    def _on_collapse(self, item: Happening) -> None:
        if "track" in item.details:
            since = self.standing.pop(item.details["track"], None)
            dated = f" since {self.calendar.date(since)}" if since is not None else ""
            text = f"{self.names.track(item.details['track'])}: the agreement in force{dated} ends"
            if self._subject(item) in self.often:
                self.minor(item, f"ends of a standing agreement, {self.names.track(item.details['track'])}", "deal", text)
            else:
                self.say(item, text, "deal", IMPORTANT, 0.6)
            return
        age = self.calendar.span(item.details["age"])
        self.deal_in_force = False
        by_itself = item.details["why"] == "it collapses"
        why = self._risk(item) if by_itself else f": {item.details['why']}"
        text = f"the deal ends after {age}{why}; {self.who(item.who)} leaves it"
        self.say(item, text, "deal", ESSENTIAL, 0.9)

    def _on_talks(self, item: Happening) -> None:
        if self.calendar.game is not None:
            return  # that nobody talks is no news of a game without talks
        if item.details["opens"]:
            offer = self.found(item.time, "offer_talks", choice="talk")
            reply = self.found(item.time, "answer_to_talks", choice="talk")
            if offer is not None and reply is not None:
                text = (
                    f"talks open: {self.who(offer.actor)} offers to talk{self.because(offer)} and "
                    f"{self.who(reply.actor)} agrees{self.because(reply)}"
                )
            else:
                text = f"talks open: {item.details['why']}"
            self.say(item, text, "talks", ESSENTIAL, 0.65)
        else:
            before = self.lines[-1] if self.lines else None
            if before is not None and before.time == item.time and not self.full:
                before.text += "; talks between the two sides end"
                before.weight = ESSENTIAL
                return
            self.say(item, f"talks end: {item.details['why']}", "talks", ESSENTIAL, 0.65)

    def _on_crisis(self, item: Happening) -> None:
        act = item.details["act"]
        if act == "begins":
            cause = next(
                (h for h in self.replay.happenings if h.kind == "event" and h.time == item.time), None
            )
            name = self.names.hazard(cause.details["hazard"], cause.details["mark"]) if cause is not None else "a crisis"
            rung = item.details["rung"]
            self.crisis_since = item.time
            self.highest = max(self.highest, rung)
            lead = f"{name} begins at" if cause is None else f"{name}:" if "crisis" in name.lower() else f"{name}: crisis at"
            self.say(item, f"{lead} rung {rung} ({self.names.rung(rung)})", "crisis", ESSENTIAL, 0.85)
        elif act == "escalates":
            self._escalation(item)
        elif act == "concedes":
            move = self.found(item.time, "crisis", item.who)
            self.say(item, f"{self.who(item.who)} concedes{self.because(move)}", "crisis", IMPORTANT, 0.8)
        elif act == "demands":
            reply = "it is refused" if item.details["refused"] else "it is met"
            text = f"{self.who(item.who)} demands {percent(item.details['premium'])} of what is at stake; {reply}"
            self.say(item, text, "crisis", IMPORTANT, 0.8)
        elif act == "limited":
            self.say(item, "the strike remains limited", "crisis", ESSENTIAL, 0.95)
        else:
            lasted = self.calendar.span((item.time - self.crisis_since) / self.calendar.per_day)
            self.say(item, f"the crisis ends after {lasted}: {item.details['why']}", "crisis", IMPORTANT, 0.9)

    def _escalation(self, item: Happening) -> None:
        rung = item.details["rung"]
        ladder = self.spec.mechanisms.ladder
        record = rung > self.highest
        self.highest = max(self.highest, rung)
        heavy = record and ladder is not None and rung >= ladder.incident_rung
        if item.who:
            move = self.found(item.time, "crisis", item.who)
            text = f"{self.who(item.who)} escalates to rung {rung}, the level of \u201c{self.names.rung(rung)}\u201d{self.because(move)}"
        else:
            text = f"events run out of control, to rung {rung}, the level of \u201c{self.names.rung(rung)}\u201d"
        self.say(item, text, "crisis", ESSENTIAL if heavy else IMPORTANT, 0.85 if heavy else 0.5)

    def _on_force(self, item: Happening) -> None:
        if item.details["act"] == "stops":
            text = f"{self.who(item.who)} stops a strike that {self.who(item.details['striker'])} was about to make"
        else:
            chosen = self.found(item.time, "response", item.who, "force") or self.found(item.time, "crisis", item.who)
            text = f"{self.who(item.who)} uses force{self.because(chosen)}{self.grounds(chosen)}"
        self.say(item, text, "force", ESSENTIAL, 1.0)

    def _on_event(self, item: Happening) -> None:
        hazard = self.spec.hazards[item.details["hazard"]]
        name = self.names.hazard(item.details["hazard"], item.details["mark"])
        if item.time in self.crises and hazard.effects.crisis:
            return  # told with the crisis that it sets off
        by = f"{self.who(item.who)}: " if item.who else ""
        heavy = hazard.effects.major or hazard.effects.leader is not None
        if self._subject(item) in self.often:
            self.minor(item, name, "event", f"{by}{name}")
        else:
            self.say(item, f"{by}{name}", "event", IMPORTANT if heavy else USEFUL, 0.6)

    def _on_calendar(self, item: Happening) -> None:
        name = self.names.hazard(item.details["hazard"])
        self.minor(item, f"{name}: called off", "event", f"{name}: called off")

    def _on_leader(self, item: Happening) -> None:
        drawn = item.details["commitment"]
        hidden = f"; hidden from the others, of the type \u201c{plain(drawn)}\u201d" if drawn else ""
        self.say(item, f"{self.who(item.who)}: a new leader takes over{hidden}", "event", ESSENTIAL, 0.7)

    def _on_restraint(self, item: Happening) -> None:
        text = f"{self.who(item.who)} {item.what}" if item.who else item.what
        self.say(item, text, "event", IMPORTANT, 0.4)

    def _on_contact(self, item: Happening) -> None:
        name = self.names.track(item.details["track"])
        self.minor(item, f"contacts, {name}", "talks", f"{name}: a contact")

    def _on_bundle(self, item: Happening) -> None:
        track = item.details["track"]
        name = self.names.bundle(track, item.details["bundle"])
        self.standing.setdefault(track, item.time)
        picked = self.found(item.time, "bundle", None, item.details["bundle"])
        reply = self.found(item.time, "bundle_reply", item.who)
        proposer = f"{self.who(picked.actor)} proposes and " if picked is not None else ""
        text = f"{self.names.track(track)}: {proposer}{self.who(item.who)} accepts \u201c{name}\u201d{self.because(reply)}"
        if self._subject(item) in self.often:
            self.minor(item, f"\u201c{name}\u201d agreed, {self.names.track(track)}", "deal", text)
        else:
            self.say(item, text, "deal", USEFUL, 0.6)

    def _on_proposal(self, item: Happening) -> None:
        chosen = self.found(item.time, "open", item.who, "propose")
        track = self.names.track(item.details["track"])
        text = f"{self.who(item.who)} opens \u201c{track}\u201d{self.because(chosen)}: {self.names.package(item.details['package'])}"
        self.say(item, text, "vote", IMPORTANT, 0.7)

    def _on_vote(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        if item.details.get("dead"):
            self.say(item, f"{track}: the text is dead", "vote", IMPORTANT, 0.8)
            return
        against = [self.who(actor) for actor, yes in item.details["yes"].items() if not yes]
        for actor in item.details["yes"]:
            self.found(item.time, "stage_vote", actor)
        result = "passed" if item.details["passed"] else "lost"
        dissent = f"; against: {', '.join(against)}" if against else "; nobody against"
        self.say(item, f"{track}, {item.details['stage']}: {result}{dissent}", "vote", IMPORTANT, 0.6)

    def _on_stages(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        act = item.details["act"]
        if act == "broken off":
            self.say(item, f"{track}: broken off, {item.details['why']}", "vote", IMPORTANT, 0.8)
        else:
            self.say(item, f"{track}: a vote is put off, {item.details['why']}", "vote", USEFUL, 0.7)

    def _on_in_force(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        self.standing.setdefault(item.details["track"], item.time)
        text = f"{track}: in force, {self.names.package(item.details['package'])}"
        self.say(item, text, "deal", ESSENTIAL, 0.9)

    def _on_resolution(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        result = "tightens sanctions" if item.details["passed"] else "does not agree on a resolution"
        if self._subject(item) in self.often:
            self.minor(item, f"{track} {result}", "vote", f"{track} {result}")
        else:
            self.say(item, f"{track} {result}", "vote", USEFUL, 0.7)

    def _on_round(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        self.minor(item, f"failed rounds, {track}", "talks", f"{track}: the round fails before an offer is made")

    def _on_draft(self, item: Happening) -> None:
        track = self.names.track(item.details["track"])
        self.say(item, f"{track}: no text is better for all; {self.who(item.who)} starts afresh", "talks", USEFUL)

    def _on_breakdown(self, item: Happening) -> None:
        self.say(item, f"{self.names.track(item.details['track'])}: negotiations break down", "talks", IMPORTANT, 0.8)

    # A game

    def _on_types(self, item: Happening) -> None:
        assert self.moves is not None
        for text in self.moves.types(item):
            self.say(item, text, "nature", IMPORTANT, 0.9)

    def _on_move(self, item: Happening) -> None:
        assert self.moves is not None
        told, text = self.moves.is_told(item), self.moves.move(item)
        if told or self.full:
            weight = IMPORTANT if told else USEFUL
            self.say(item, text, "move", weight, 0.7)
        else:
            self.minor(item, self.moves.repeated(item), "move", text)

    def _on_game(self, item: Happening) -> None:
        assert self.moves is not None
        self.say(item, self.moves.end(item), "end", ESSENTIAL, 0.95)
