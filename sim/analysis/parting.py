"""Where two histories with the same draws part: the first thing that differs, and the first turning point that does.

Two arms give every decision other values and other chances from the first day on; these count for nothing here. What counts is what
happened and what was chosen, in order. Turning points (`TURNS`) are compared without their dates, since a meeting that comes
a week later is the same turn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.analysis.game_names import GameNames
from sim.analysis.names import Calendar, Names, plain
from sim.analysis.phrases import node_words, sentence
from sim.engines.log import Decision, Happening

if TYPE_CHECKING:
    from sim.experiments.replay import Replay

    Entry = Decision | Happening

TURNS = frozenset(
    ("date", "cancellation", "revival", "meeting", "result", "declaration", "deal", "signature", "treaty", "in force", "talks", "crisis",
     "force", "collapse", "leader", "dispute", "move", "types", "game")
)  # fmt: skip
TURNING_DECISIONS = frozenset(("response", "after_failure"))
SHORT_MENU = 4  # options up to which a decision is told with what was chosen
SAME_TIME = 1e-9  # relative; two histories of the same draws have times equal to the last bits or not at all


@dataclass(frozen=True)
class Step:
    """An entry of a log as it is compared: what it is about, what came of it, and both in words."""

    time: float
    about: tuple[str, ...]
    content: tuple[Any, ...]
    subject: str  # "United States, response to the result"
    words: str  # "United States, response to the result: force"
    is_turn: bool
    choice: str = ""  # of a decision with few options
    otherwise: str = "another choice"  # what the same occasion with another end is called


@dataclass(frozen=True)
class Difference:
    """What differs first: in a few words that recur, and in a sentence with its date."""

    time: float
    label: str
    sentence: str


@dataclass(frozen=True)
class Parting:
    """Where a history of an arm parts from the one with the same draws in another arm; none where nothing does."""

    first: Difference | None
    turn: Difference | None


def parting(one: Replay, two: Replay, names: tuple[str, str]) -> Parting:
    """Where the first history parts from the second, up to the horizon of both; ``names`` are those of the arms."""
    told = _Told(names, (Calendar(one.case), Calendar(two.case)))
    sides = _steps(one), _steps(two)
    return Parting(_first(sides, told), _first_turn(tuple([s for s in side if s.is_turn] for side in sides), told))


def _first(sides: Sequence[Sequence[Step]], told: _Told) -> Difference | None:
    """The first step that the other history does not take at that moment."""
    n = _agreement(sides, lambda a, b: _same(a, b) and _at_once(a, b))
    rest = [side[n:] for side in sides]
    if not rest[0] and not rest[1]:
        return None
    start = min((side[0] for side in rest if side), key=lambda step: step.time)
    now = [[step for step in side if _at_once(step, start)] for side in rest]
    alone = [
        next((step for step in now[k] if not any(_same(step, other) for other in now[1 - k])), None) for k in (0, 1)
    ]  # fmt: skip
    if alone[0] is None and alone[1] is None:  # the same steps in another order
        alone = [now[0][0] if now[0] else None, None] if now[0] else [None, now[1][0]]
    a, b = alone
    if a is not None and (other := next((step for step in now[1] if step.about == a.about), None)) is not None:
        return told.chosen_otherwise(a, other)
    side, step = (0, a) if a is not None else (1, b)
    assert step is not None
    later = next((other for other in rest[1 - side] if other.about == step.about and not _at_once(other, step)), None)
    return told.comes_or_not(step, later, side)


def _first_turn(sides: Sequence[Sequence[Step]], told: _Told) -> Difference | None:
    """The first turning point that is another one, whenever it comes; a turn that the other history takes later is none of these."""
    n = _agreement(sides, _same)
    rest = [side[n:] for side in sides]
    a, b = (side[0] if side else None for side in rest)
    if a is not None and b is not None:
        if a.about == b.about:
            return told.chosen_otherwise(a, b)
        is_later = [any(_same(step, other) for other in rest[1 - k]) for k, step in enumerate((a, b))]
        if is_later[0] == is_later[1]:
            return told.other_turn(a, b)
        a, b = (a, None) if is_later[1] else (None, b)
    side, step = (0, a) if a is not None else (1, b)
    return None if step is None else told.comes_or_not(step, None, side)


def _agreement(sides: Sequence[Sequence[Step]], is_same: Callable[[Step, Step], bool]) -> int:
    """How many steps from the start are the same."""
    pairs = zip(*sides, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if not is_same(a, b)), min(map(len, sides)))


def _same(a: Step, b: Step) -> bool:
    return a.about == b.about and a.content == b.content


def _at_once(a: Step, b: Step) -> bool:
    return math.isclose(a.time, b.time, rel_tol=SAME_TIME, abs_tol=1e-12)


@dataclass(frozen=True)
class _Told:
    """Words for differences between the histories of two arms."""

    names: tuple[str, str]
    calendars: tuple[Calendar, Calendar]

    def chosen_otherwise(self, a: Step, b: Step) -> Difference:
        """The same occasion, and something else came of it."""
        label = f"{a.subject}: {f'{a.choice} instead of {b.choice}' if a.choice and b.choice and a.choice != b.choice else a.otherwise}"
        dates = self.calendars[0].date(a.time), self.calendars[1].date(b.time)
        if dates[0] == dates[1]:
            return Difference(a.time, sentence(label), f"{dates[0]}: {self._under(a.words, b.words)}")
        told = [f"{step.words} ({date})" for step, date in zip((a, b), dates, strict=True)]
        return Difference(min(a.time, b.time), sentence(label), self._under(*told))

    def other_turn(self, a: Step, b: Step) -> Difference:
        """The next turn is another one."""
        told = [f"{step.words} ({calendar.date(step.time)})" for step, calendar in zip((a, b), self.calendars, strict=True)]
        return Difference(min(a.time, b.time), sentence(f"{a.subject} instead of {b.subject}"), self._under(*told))

    def comes_or_not(self, step: Step, later: Step | None, side: int) -> Difference:
        """Something comes in one history that comes at another time, or not, in the other; ``side`` is whose it is."""
        own, other = self.names[side], self.names[1 - side]
        date = self.calendars[side].date(step.time)
        if later is None:
            label = f"{step.subject}: {'comes about' if side == 0 else 'does not come about'}"
            return Difference(step.time, sentence(label), f"{date}: {step.words}, under \u201c{own}\u201d only")
        label = f"{step.subject}: {'earlier' if side == 0 else 'later'}"
        when = self.calendars[1 - side].date(later.time)
        at = f"only on {when}" if when != date else "later that day"
        return Difference(step.time, sentence(label), f"{date}: {step.words}, under \u201c{own}\u201d; under \u201c{other}\u201d {at}")

    def _under(self, one: str, two: str) -> str:
        return f"under \u201c{self.names[0]}\u201d {one}; under \u201c{self.names[1]}\u201d {two}"


# Entries as steps ----------------------------------------------------------------------------------------------------


def _steps(replay: Replay) -> list[Step]:
    words = _Words(replay)
    end = min(replay.ended, replay.case.spec.horizon)
    return [words.step(entry) for entry in replay.entries if entry.time <= end]


class _Words:
    """Entries of one history as steps."""

    def __init__(self, replay: Replay) -> None:
        self.case = replay.case
        self.names = Names(replay.case)
        self.game = None if replay.case.spec.game is None else GameNames(replay.case.spec)

    def step(self, entry: Entry) -> Step:
        """An entry as a step."""
        return self._decision(entry) if isinstance(entry, Decision) else self._happening(entry)

    def _decision(self, item: Decision) -> Step:
        chosen = item.options.index(item.choice) if item.choice in item.options else -1
        package = item.packages[chosen] if 0 <= chosen < len(item.packages) else None
        words = item.choice if chosen < 0 else self.names.short_option(item, chosen)
        told = self.names.option(item, chosen) if chosen >= 0 else words
        where = f" ({self.names.track(item.track)})" if item.track else ""
        subject = f"{self.names.actor(item.actor)}, {node_words(item.node)}{where}"
        content = (words if package is None else words.split(" ", 1)[0] if len(item.options) <= SHORT_MENU else "", self._levels(package))
        about = ("decision", item.node, item.actor, item.track)
        choice = words if len(item.options) <= SHORT_MENU else ""
        return Step(item.time, about, content, subject, f"{subject}: {told}", item.node in TURNING_DECISIONS, choice)

    def _levels(self, package: Any) -> tuple[float, ...]:
        """What a package is, whatever its number: menus of two arms may count differently."""
        if not isinstance(package, int) or package < 0:
            return ()
        size = len(self.case.issue_ids)
        return tuple(round(float(x), 9) for x in self.case.levels[package * size : (package + 1) * size])

    def _happening(self, item: Happening) -> Step:
        subject, words = self._phrases(item)
        details = item.details
        place = [details.get(key, "") for key in ("track", "hazard", "mark", "bundle", "move", "act", "opens")]
        about = ("happening", item.kind, item.who, *map(str, place))
        if item.kind in ("move", "types"):
            return Step(item.time, about, (item.what,), subject, words, True, otherwise="another choice")
        otherwise = "other terms" if "package" in details else "another result"
        content = tuple(
            (key, self._levels(value) if key == "package" else _settled(value)) for key, value in sorted(details.items())
        )
        is_turn = item.kind in TURNS and details.get("act") not in ("escalates", "demands", "concedes")
        choice = plain(details["result"]) if item.kind == "result" else ""
        return Step(item.time, about, content, subject, words, is_turn, choice, otherwise)

    def _phrases(self, item: Happening) -> tuple[str, str]:
        """Subject and full words of a happening, without chances and dates."""
        details, names = item.details, self.names
        who = names.actor(item.who) if item.who in self.case.actor_ids else ""
        track = names.track(details["track"]) if details.get("track") else ""
        package = f": {names.package(details['package'])}" if isinstance(details.get("package"), int) else ""
        match item.kind:
            case "event":
                name = names.hazard(details["hazard"], details["mark"])
                return name, name
            case "calendar":
                name = f"{names.hazard(details['hazard'])} called off"
                return name, name
            case "date":
                return f"a date for {track}", f"a date for {track}"
            case "cancellation" | "revival":
                words = f"{track}: {'cancelled' if item.kind == 'cancellation' else 'on again'}"
                return words, words
            case "meeting":
                return track, f"{track}, number {details['number']}"
            case "result":
                return f"{track}, result", f"{track}: {plain(details['result'])}"
            case "talks":
                words = "talks open" if details["opens"] else "talks end"
                return words, f"{words}: {details['why']}"
            case "crisis":
                words = f"a crisis {details['act']}" if details["act"] in ("begins", "ends") else item.what
                return words, item.what
            case "deal" | "signature" | "declaration":
                lead = {"deal": "a deal is signed", "signature": "a text is signed", "declaration": "a declaration is signed"}[item.kind]
                return lead, lead + package
            case "collapse":
                return (f"{track}: the agreement ends",) * 2 if track else ("the deal ends", f"the deal ends: {details['why']}")
            case "force":
                words = f"{who} {'stops a strike' if details['act'] == 'stops' else 'uses force'}"
                return words, words
            case "in force":
                return f"{track} in force", f"{track} in force{package}"
            case "treaty":
                return "ratification", f"ratification: {'passed' if details['passed'] else 'failed'}"
            case "leader":
                return f"{who}: a new leader", f"{who}: a new leader"
            case "move" if self.game is not None:
                name = self.game.move(details["move"])
                return name, f"{name}: {item.what.partition(': ')[2]}"
            case "contact" | "round" | "breakdown" | "proposal" | "vote" | "bundle" | "draft" | "agreement" | "stages" | "resolution":
                lead = {
                    "contact": "a contact", "round": "a round that fails", "breakdown": "breakdown", "proposal": "a text is opened",
                    "vote": "a vote", "bundle": "a small step is agreed", "draft": "no text is better for all", "agreement": "an agreement",
                    "stages": details.get("act", "a stage"), "resolution": "a resolution",
                }[item.kind]  # fmt: skip
                return f"{lead} ({track})", f"{lead} ({track}){package}"
        lead = f"{who}: " if who else ""
        return f"{lead}{plain(item.kind)}", f"{lead}{item.what}"


def _settled(value: Any) -> Any:
    """A detail without numbers that vary with every parameter."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return tuple((key, _settled(item)) for key, item in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_settled, value))
    return None


__all__ = ["Difference", "Parting", "parting"]
