"""What acts tell, put into words: the log of one history, for stories and for whoever checks a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.acts.beliefs import mutual_trust
from sim.acts.choosing import NODES
from sim.acts.constraints import waived
from sim.arithmetic import log as natural_log
from sim.engines.events_in_words import EVENTS
from sim.engines.games_in_words import GAME_EVENTS, MoveParts
from sim.engines.log import Decision, Happening, Log, Sample
from sim.engines.menus_in_words import MENUS
from sim.model.valuation import unmet_term

if TYPE_CHECKING:
    from sim.engines.tables.whole import Setup
    from sim.model.compile import Case


class Teller:
    """Listens to the acts of one history (``w.log``) and writes its log."""

    def __init__(self, case: Case, setup: Setup, log: Log) -> None:
        self.case = case
        self.spec = case.spec
        self.setup = setup
        self.log = log
        self.strain: dict[str, Any] = {}
        self.parts = MoveParts()  # of the move of a game that is being made

    # Names

    def actor(self, actor: int) -> str:
        """Id of an actor."""
        return self.case.actor_ids[actor]

    def track(self, track: int) -> str:
        """Id of a track; empty for none."""
        return self.setup.track_ids[track] if track >= 0 else ""

    def package(self, package: int) -> str:
        """A package in words."""
        return "status quo" if package < 0 else self.case.package_names[package]

    def label(self, package: int) -> str:
        """A package's name in the log, its own also where it was generated."""
        name = self.package(package)
        return name if package < 0 or self.case.named.get(name) == package else f"{name} #{package}"

    def line(self, line: int) -> str:
        """Why a red line forbids an option."""
        return f"red line {self.setup.line_ids[line][1]}"

    def bundle_names(self, track: int) -> list[str]:
        """Bundles of a track, in order."""
        return sorted(self.spec.tracks[self.track(track)].menu)

    def beliefs(self, w: Any, c: Any) -> dict[str, list[float]]:
        """All beliefs in words."""
        found = {}
        for b, trait in enumerate(self.setup.belief_traits):
            start = c.belief_start[b]
            key = f"{self.actor(c.belief_observer[b])} about {self.actor(c.belief_actor[b])}.{trait}"
            found[key] = [float(x) for x in w.beliefs[start : start + c.belief_size[b]]]
        return found

    # Listening

    def event(self, w: Any, c: Any, what: str, numbers: Sequence[Any]) -> None:
        """Something has happened."""
        if what in ("settled", "major war"):
            self.log.samples.append(
                Sample(
                    w.now, w.tension, float(w.rung), w.pressure, w.expectation, w.belief_talks, w.belief_pressure,
                    float(w.talks_on), mutual_trust(w, c, c.side_one, c.side_two), tuple(float(x) for x in w.beliefs),
                )
            )  # fmt: skip
        else:
            (GAME_EVENTS.get(what) or EVENTS[what])(self, w, c, *numbers)

    def note(self, w: Any, kind: str, who: str, what: str, **details: Any) -> None:
        """Keep a happening."""
        happening = Happening(w.now, kind, who, what, details)
        self.log.happenings.append(happening)
        self.log.entries.append(happening)

    def decision(
        self, w: Any, c: Any, node: int, actor: int, track: int, values: Any, allowed: Any, size: int, chosen: int,
        one: int, two: int,
    ) -> None:  # fmt: skip
        """A choice by logit has been made."""
        name = NODES[node]
        labels, removed, packages = MENUS[name](self, w, c, actor, track, size, one, two)
        chances = tuple(float(x) for x in w.out[:size])
        if not any(chances):
            chances = tuple(float(n == chosen) for n in range(size))
        numbers = tuple(float(x) for x in values[:size])
        self.keep(w, c, name, actor, track, labels, numbers, chances, chosen, removed, packages)

    def assent(self, w: Any, c: Any, node: int, actor: int, track: int, chance: float, yes: int, one: int) -> None:
        """A yes or no has been drawn with a chance that a rule gives; its values are log odds."""
        name = NODES[node]
        labels = {
            "resolution_vote": ("acquiesce", "block"),
            "repair": ("the dispute is settled", "the deal ends"),
        }.get(name) or self._treaty_labels(one)
        odds = natural_log(chance / (1.0 - chance)) if 0.0 < chance < 1.0 else float("inf") * (chance - 0.5)
        chances = (chance, 1.0 - chance)
        self.keep(w, c, name, actor, track, labels, (odds, 0.0), chances, 0 if yes else 1, {}, ())

    def _treaty_labels(self, player: int) -> tuple[str, str]:
        name = self.setup.veto_ids[player]
        label = self.spec.veto_players[name].label or name
        return f"{label} ratifies", f"{label} refuses"

    def learned(self, w: Any, c: Any) -> None:
        """Others have learned from the last decision: its entry gets the beliefs after it, which it had as before."""
        if self.log.decisions:
            self.log.decisions[-1].beliefs_after.update(self.beliefs(w, c))

    def keep(
        self, w: Any, c: Any, node: str, actor: int, track: int, labels: Sequence[str], values: tuple[float, ...],
        chances: tuple[float, ...], chosen: int, removed: dict[str, str], packages: Sequence[int | None],
    ) -> None:  # fmt: skip
        """Keep a decision."""
        beliefs = self.beliefs(w, c)
        decision = Decision(
            w.now,
            self.actor(actor),
            node,
            tuple(labels),
            values,
            chances,
            labels[chosen] if chosen >= 0 else "nothing allowed",
            removed,
            beliefs,
            dict(beliefs),
            packages=tuple(packages),
            track=self.track(track),
        )
        self.log.decisions.append(decision)
        self.log.entries.append(decision)

    # Why packages are off a table

    def forbidden(self, w: Any, c: Any, track: int, actor: int) -> dict[str, str]:
        """For an actor with red lines: packages that it may not put forward, and what keeps them off."""
        removed: dict[str, str] = {}
        lines = range(c.line_first[actor], c.line_first[actor + 1])
        if not lines or not c.red_lines:
            return removed
        row = track * c.num_packages
        name = self.track(track)
        size = c.num_issues
        for p in range(c.num_candidates):
            if not c.mandate[row + p]:
                term = unmet_term(self.case, name, self.case.levels[p * size : (p + 1) * size])
                removed[self.label(p)] = f"mandate {name}" if term is None else f"term {term}"
        for line in lines:
            if w.line_present[line] and not waived(w, c, line):
                for n in range(c.beyond_start[line], c.beyond_start[line + 1]):
                    p = c.beyond_package[n]
                    if p < c.num_candidates and c.mandate[row + p] and self.label(p) not in removed:
                        removed[self.label(p)] = self.line(line)
        return removed
