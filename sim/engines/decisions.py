"""Choices of one history: logit over a menu, logged on demand with options, reasons and beliefs."""

from __future__ import annotations

from collections.abc import Sequence

from sim.arithmetic import log
from sim.engines.log import Decision
from sim.rules.choice import logit_choice
from sim.rules.offers import perceived_acceptances


class Decisions:
    """Part of `sim.engines.history.History`, which says what the attributes are."""

    def decide(
        self,
        node: str,
        actor: int,
        labels: Sequence[str],
        values: Sequence[float],
        precision: float,
        u: float,
        allowed: Sequence[float] | None = None,
        removed: dict[str, str] | None = None,
        fallback: int = -1,
        *,
        packages: Sequence[int | None] = (),
        track: str = "",
    ) -> int:
        """Position of the option chosen by logit, or `fallback` if constraints leave none; logged on demand."""
        size = len(values)
        out = self.scratch_out
        chosen = logit_choice(values, allowed or [1.0] * size, size, precision, u, out)
        if chosen < 0:
            chosen = fallback
        if self.log is not None:
            beliefs = self.minds.snapshot()
            decision = Decision(
                self.env.now,
                self.case.actor_ids[actor],
                node,
                tuple(labels),
                tuple(values),
                tuple(out[:size]) if any(out[:size]) else tuple(float(n == chosen) for n in range(size)),
                labels[chosen] if chosen >= 0 else "nothing allowed",
                dict(removed or {}),
                beliefs,
                dict(beliefs),
                packages=tuple(packages),
                track=track,
            )
            self.log.decisions.append(decision)
            self.log.entries.append(decision)
        return chosen

    def assent(self, node: str, actor: int, labels: Sequence[str], chance: float, u: float, *, track: str = "") -> bool:
        """Yes or no where a rule gives the probability of yes; logged like any decision, its values as log odds."""
        yes = u < chance
        if self.log is not None:
            beliefs = self.minds.snapshot()
            odds = log(chance / (1.0 - chance)) if 0.0 < chance < 1.0 else float("inf") * (chance - 0.5)
            decision = Decision(
                self.env.now,
                self.case.actor_ids[actor],
                node,
                tuple(labels),
                (odds, 0.0),
                (chance, 1.0 - chance),
                labels[0 if yes else 1],
                {},
                beliefs,
                dict(beliefs),
                track=track,
            )
            self.log.decisions.append(decision)
            self.log.entries.append(decision)
        return yes

    def learned(self) -> None:
        """Others have learned from the last decision: its log entry gets the beliefs after it, which it had as before."""
        if self.log is not None and self.log.decisions:
            self.log.decisions[-1].beliefs_after.update(self.minds.snapshot())

    def package_name(self, package: int) -> str:
        """A package in words."""
        return "status quo" if package < 0 else self.case.package_names[package]

    def package_label(self, package: int) -> str:
        """A package's name in the log, its own also where it was generated."""
        name = self.package_name(package)
        return name if package < 0 or self.case.named.get(name) == package else f"{name} #{package}"

    def remember_offer(self, package: int, proposer: int, accepted: bool, track: str) -> None:
        """Keep an offer for the picture of offers in utility space."""
        if self.log is not None:
            one, two = self.side_indices
            self.note(
                "offer",
                self.case.actor_ids[proposer],
                f"{self.package_name(package)}: {'accepted' if accepted else 'rejected'}",
                track=track,
                package=package,
                accepted=accepted,
                utility_one=self.minds.utility(one, package),
                utility_two=self.minds.utility(two, package),
                reserve_one=self.minds.disagreement(one),
                reserve_two=self.minds.disagreement(two),
            )

    def any_mandate(self) -> list[float]:
        """Packages that some table may agree to."""
        if self._mandate is None:
            masks = [item.mandate for item in (*self.tables.values(), *self.meetings.values())]
            self._mandate = [1.0 if any(mask[n] for mask in masks) else 0.0 for n in range(self.minds.total)]
        return self._mandate

    def maximal_utility(self, actor: int) -> float:
        """Utility from which a package counts as a maximal demand; only the first side makes such demands."""
        name = self.spec.maximal_package
        if name is None or actor != self.side_indices[0]:
            return float("inf")
        return self.minds.utility(actor, self.case.named[name])

    def colour_by_confidence(self, actor: int, own: Sequence[float], chances: list[float]) -> None:
        """Raise the chances that an overconfident proposer sees for its maximal packages, by its own expectation."""
        mechanisms = self.spec.mechanisms
        hopes = mechanisms.expectation is not None and actor == self.case.actor(mechanisms.expectation.holder)
        if hopes and mechanisms.overconfidence:
            bias = self.p[self.slots.actors[self.case.actor_ids[actor]].overconfidence]
            maximal = self.maximal_utility(actor)
            perceived_acceptances(chances, own, self.minds.count, maximal, bias, self.w.expectation, chances)
