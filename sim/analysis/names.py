"""Names, packages and dates of a scenario as its readers know them: labels where there are any, never a bare key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import figure, stands_alone

if TYPE_CHECKING:
    from sim.model.compile import Case

_PARTS = {0.25: "a quarter of the way", 0.5: "half-way", 0.75: "three quarters of the way", 1 / 3: "a third of the way",
          2 / 3: "two thirds of the way"}  # fmt: skip
_SAME_WORDS = 0.011  # levels closer than this have the same words
_TOLD = 3  # levels by which a package without a name is described

AT_HORIZON = 1.0001  # times up to this multiple of the horizon count as inside it

# Times that every scenario may have, in the order shown, and their words.
TIMES = (
    ("meeting", "first leaders' meeting"),
    ("cancellation", "first cancellation"),
    ("declaration", "signed declaration"),
    ("deal", "first deal in force"),
    ("collapse", "first collapse of a deal"),
    ("talks_ended", "talks end for the first time"),
    ("crisis", "first crisis"),
    ("strike", "use of force"),
    ("major_war", "major war"),
)


class Names:
    """Words for everything that the log of a history names by key."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.spec = case.spec
        self._packages: dict[int, str] = {}
        self._by_label = {
            (name if case.named.get(name) == p else f"{name} #{p}"): p for p, name in enumerate(case.package_names)
        }

    def _label(self, entities: Any, identifier: str) -> str:
        entity = entities.get(identifier) if hasattr(entities, "get") else None
        return getattr(entity, "label", None) or plain(identifier)

    def actor(self, identifier: str) -> str:
        """An actor."""
        name = self._label(self.spec.actors, identifier)
        return name[:1].upper() + name[1:]

    def track(self, identifier: str) -> str:
        """A track."""
        return self._label(self.spec.tracks, identifier)

    def issue(self, identifier: str) -> str:
        """An issue."""
        return self._label(self.spec.issues, identifier)

    def hazard(self, identifier: str, mark: str = "") -> str:
        """A hazard, with the kind of event where it has several."""
        name = self._label(self.spec.hazards, identifier)
        return f"{name} ({plain(mark)})" if mark else name

    def veto_player(self, identifier: str) -> str:
        """A domestic veto player."""
        name = self._label(self.spec.veto_players, identifier)
        return name[:1].upper() + name[1:]

    def bundle(self, track: str, identifier: str) -> str:
        """A small bundle of a track."""
        return self._label(getattr(self.spec.tracks[track], "menu", {}), identifier)

    def red_line(self, actor: str, identifier: str) -> str:
        """A red line of an actor."""
        return self._label(self.spec.actors[actor].red_lines, identifier)

    def rung(self, rung: int) -> str:
        """A rung of the ladder."""
        ladder = self.spec.mechanisms.ladder
        return ladder.rungs[rung].label if ladder is not None else f"rung {rung}"

    def outcome(self, identifier: str) -> str:
        """A class of outcome."""
        item = next((item for item in self.spec.outcomes if item.id == identifier), None)
        return (item.label if item is not None else None) or plain(identifier)

    def trait(self, actor: str, trait: str) -> str:
        """A trait of an actor that others have beliefs about."""
        if trait.startswith("red_line."):
            return f"red line \u201c{self.red_line(actor, trait[9:])}\u201d"
        return {"war_cost": "cost of war", "credibility": "trust in promises"}.get(trait, plain(trait))

    def classes(self, actor: str) -> list[str]:
        """Classes of commitment of an actor, in the order of beliefs about it."""
        return sorted(self.spec.actors[actor].types.commitment or {})

    def constraint(self, actor: str, text: str) -> str:
        """A constraint that removed an option."""
        kind, _, identifier = text.rpartition(" ")
        if kind == "red line":
            return f"red line \u201c{self.red_line(actor, identifier)}\u201d"
        if kind == "term":
            return f"linked term \u201c{plain(identifier)}\u201d"
        if kind == "mandate":
            return f"mandate of \u201c{self.track(identifier)}\u201d"
        return text

    # Options and packages

    def option(self, decision: Any, position: int) -> str:
        """An option of a decision in words."""
        label = decision.options[position]
        package = decision.packages[position] if position < len(decision.packages) else None
        if decision.node == "bundle":
            return self.bundle(decision.track, label)
        if package is None:
            return label.removesuffix(" status quo")
        if label in self._by_label:
            return self.package(package)
        verb = label.removesuffix(self.case.package_names[package] if package >= 0 else "status quo").strip()
        verb = {"counter": "counter with"}.get(verb, verb)
        return f"{verb} {self.package(package)}" if verb != label else f"{label}: {self.package(package)}"

    def short_option(self, decision: Any, position: int) -> str:
        """An option without the package that it is about, where the verb says enough."""
        label = decision.options[position]
        package = decision.packages[position] if position < len(decision.packages) else None
        if package is None or label in self._by_label:
            return self.option(decision, position)
        return label.removesuffix(self.case.package_names[package] if package >= 0 else "status quo").strip()

    def removed_option(self, label: str) -> str:
        """An option that a constraint took off the table, as the log labels it."""
        return self.package(self._by_label[label]) if label in self._by_label else label

    def package(self, package: int) -> str:
        """A package: its name, or its place between or beside packages that have one."""
        if package < 0:
            return "the status quo"
        if package not in self._packages:
            self._packages[package] = self._package_words(package)
        return self._packages[package]

    def _package_words(self, package: int) -> str:
        case = self.case
        row = self._row(package)
        named = {name: self._row(p) for name, p in case.named.items()}
        name = case.package_names[package]
        if case.named.get(name) == package:
            return f"\u201c{self._label(self.spec.packages, name)}\u201d"
        close = self.spec.menu.rounding * 1.01
        for n, one in enumerate(named):
            for two in list(named)[n + 1 :]:
                for share in self.spec.menu.blends:
                    pairs = zip(row, named[one], named[two], strict=True)
                    if all(abs(x - (a + share * (b - a))) <= close for x, a, b in pairs):
                        return self._between(one, two, share)
        for name, other in named.items():
            moved = [k for k, (x, y) in enumerate(zip(row, other, strict=True)) if abs(x - y) > close]
            if len(moved) == 1:
                return f"\u201c{self._label(self.spec.packages, name)}\u201d with {self.level(moved[0], row[moved[0]])}"
        told = self._telling(package)
        rest = sum(row[k] != self._row(-1)[k] for k in range(len(row)) if k not in told)
        words = ", ".join(self.level(k, row[k]) for k in told)
        return f"{words} and {rest} other {'term' if rest == 1 else 'terms'}" if rest else words

    def _telling(self, package: int) -> list[int]:
        """Issues that tell a package from the others on the menu: at least three, those first that fewest others share."""
        row = self._row(package)
        menu = [self._row(p) for p in range(self.case.num_candidates)]
        chosen: list[int] = []
        alike = menu
        while len(chosen) < min(_TOLD, len(row)):
            shared = {
                k: [other for other in alike if abs(other[k] - row[k]) < _SAME_WORDS]
                for k in range(len(row)) if k not in chosen
            }  # fmt: skip
            chosen.append(min(shared, key=lambda k: (len(shared[k]), k)))
            alike = shared[chosen[-1]]
            if len(alike) <= 1:
                alike = menu  # it is told apart: what else is rare about it
        return sorted(chosen)

    def _between(self, one: str, two: str, share: float) -> str:
        if share > 0.5 and 1.0 - share in _PARTS:
            one, two, share = two, one, 1.0 - share
        a, b = (self._label(self.spec.packages, name) for name in (one, two))
        words = _PARTS.get(share, f"{100 * share:.0f} % of the way")
        joint = "between" if share == 0.5 else "from"
        return f"a text {words} {joint} \u201c{a}\u201d {'and' if share == 0.5 else 'to'} \u201c{b}\u201d"

    def _row(self, package: int) -> list[float]:
        size = len(self.case.issue_ids)
        if package < 0:
            return [float(self.spec.issues[name].start) for name in self.case.issue_ids]
        return self.case.levels[package * size : (package + 1) * size]

    def level(self, issue: int, level: float) -> str:
        """A level of an issue: its words where one is near, else the number."""
        identifier = self.case.issue_ids[issue]
        spec = self.spec.issues[identifier]
        name = self._label(self.spec.issues, identifier)
        proper = name.lower().startswith(tuple(self.actor(actor).lower() for actor in self.spec.actors))
        if not proper:
            name = name[:1].lower() + name[1:]
        near = [words for at, words in spec.levels.items() if abs(float(at) - level) < _SAME_WORDS]
        return f"{name}: {near[0]}" if near else f"{name} at {level:.2f}"


def plain(identifier: str) -> str:
    """A key as words, for what has no label."""
    return identifier.replace("_", " ").replace(".", " ")


class Calendar:
    """Times of a scenario as dates: ISO dates, the day and the hour where time counts in hours, periods of a game alone."""

    def __init__(self, case: Case) -> None:
        self.game = case.spec.game if stands_alone(case.spec) else None
        self.start = case.spec.start
        self.per_day = case.per_day

    def days(self, time: float) -> float:
        """Days since the start."""
        return time / self.per_day

    def date(self, time: float) -> str:
        """The date of a time."""
        if self.game is not None:
            passed = (time - self.game.starts) / self.game.period
            return "start" if passed <= 0.0 else f"period {figure(passed)}"
        days = time / self.per_day
        if self.per_day == 1.0:
            return str(self.start + dt.timedelta(days=int(days)))
        minutes = int(days * 1440.0 + 0.5)
        return f"day {minutes // 1440 + 1}, {minutes % 1440 // 60:02d}:{minutes % 60:02d}"

    def span(self, days: float) -> str:
        """A duration in words."""
        if self.per_day != 1.0 and days < 3.0:
            hours = round(24 * days)
            return f"{hours} hour{'s' if hours != 1 else ''}"
        if days <= 90.0:
            whole = round(days)
            return f"{whole} day{'s' if whole != 1 else ''}"
        return f"{days / 30.4375:.0f} months" if days < 730.0 else f"{days / 365.25:.1f} years"


__all__ = ["Calendar", "Names", "plain"]


def toward_words(labels: Mapping[str, str], toward: str, association: float) -> str:
    """What an input's higher values, or one of its values, make likelier: `higher: war less likely`.

    `labels` are those of the outcome classes; `toward` is a class, with the value in brackets where there are few.
    """
    name, _, kind = toward.partition(" (")
    where = kind[:-1].replace("_", " ") if kind else "higher"
    return f"{where}: {labels.get(name, plain(name))} {'likelier' if association > 0 else 'less likely'}"


def quoted(name: str) -> str:
    """A name in a sentence: in quotation marks, unless it has some of its own, as `weight of “Relief”` has."""
    return name if "\u201c" in name else f"\u201c{name}\u201d"
