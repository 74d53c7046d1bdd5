"""Chances that the histories of a case gave to what was asked, at each look, among the histories that fit what had happened by then.

Histories that fit are draws from the distribution given the evidence, each with the same weight: the effective sample size is their
number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis import scores
from sim.analysis.estimates import Share, share
from sim.experiments.backtest.campaign import Played
from sim.experiments.backtest.cases import Case, Look, came, class_at, so_at
from sim.experiments.evidence import FEWEST
from sim.model.expected import ExpectedClass, ExpectedEvent, Reading

TONES = ("worst", "bad", "mixed", "good")  # classes of outcome in order, those of one tone together
MARGIN = 1.5  # beyond what the share that fits asks for, where more histories are proposed


@dataclass(frozen=True)
class EventChance:
    """The chance of an event that a look leaves open, and whether it came."""

    event: ExpectedEvent
    number: int  # place in the record
    chance: Share
    so_already: float  # share of the histories in which it was so at the end of the look's day
    is_settled: bool  # what had happened by the look decides it

    @property
    def came(self) -> bool:
        """Whether it came."""
        return self.event.happened

    @property
    def brier(self) -> float:
        """Brier score of the chance."""
        return float(scores.brier(self.chance.share, self.came))

    @property
    def log(self) -> float:
        """Logarithmic score of the smoothed chance."""
        return float(scores.log_score(scores.smoothed(self.chance.count, self.chance.trials), self.came))


@dataclass(frozen=True)
class ClassChance:
    """Chances of the classes of outcome at a date of reading, and the one that came."""

    expected: ExpectedClass
    reading: Reading
    classes: tuple[str, ...]
    tones: tuple[str | None, ...]
    chances: tuple[Share, ...]
    class_at_look: str  # the commonest one, among histories that fit, on the day of the look

    @property
    def observed(self) -> int:
        """Place of the class that came."""
        return self.classes.index(self.expected.class_)

    @property
    def of_observed(self) -> Share:
        """The chance of the class that came."""
        return self.chances[self.observed]

    @property
    def is_ordered(self) -> bool:
        """Whether all classes have a tone, by which they are ordered."""
        return all(tone is not None for tone in self.tones)

    @property
    def log(self) -> float:
        """Logarithmic score of the smoothed chance of the class that came."""
        counts = [item.count for item in self.chances]
        return float(-np.log(scores.smoothed(counts[self.observed], sum(counts), len(counts))))

    @property
    def by_tone(self) -> np.ndarray:
        """Chances of the tones, worst first; shape (4,)."""
        return np.array([sum(c.share for c, t in zip(self.chances, self.tones, strict=True) if t == tone) for tone in TONES])

    @property
    def tone(self) -> int:
        """Place of the tone of the class that came."""
        return tone_of(self, self.expected.class_)

    @property
    def rps(self) -> float:
        """Ranked probability score over the tones; nan where classes have none."""
        return float(scores.ranked_probability(self.by_tone, self.tone)) if self.is_ordered else math.nan


def tone_of(item: ClassChance, name: str) -> int:
    """Place of the tone of a class; 0 where it has none."""
    tone = item.tones[item.classes.index(name)]
    return TONES.index(tone) if tone is not None else 0


@dataclass(frozen=True)
class SeenAt:
    """A case at a look: how many histories fit, and chances; or why there are none."""

    case: Case
    look: Look
    histories: int
    fitting: int
    events: tuple[EventChance, ...] = ()
    classes: tuple[ClassChance, ...] = ()
    refusal: str = ""
    patterns: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)), repr=False, compare=False)
    pattern_counts: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)

    @property
    def scored(self) -> tuple[EventChance, ...]:
        """Events that were open."""
        return tuple(item for item in self.events if not item.is_settled)

    @property
    def fits(self) -> Share:
        """Share of the histories that fit what had happened: itself a forecast of that."""
        return share(self.fitting, self.histories)


def seen(played: Played) -> list[SeenAt]:
    """Every case at each of its looks."""
    return [found for case in played.cases for found in _case(played, case)]


def _case(played: Played, case: Case) -> list[SeenAt]:
    names = [came(n) for n in range(len(case.record.events))]
    for look in case.looks:
        names += [look.fits] if look.given else []
        names += [so_at(look, n) for n, _ in case.events_after(look)]
        names += [class_at(look, n) for n in range(len(case.spec.outcomes))]
    columns = [f"metric:{name}" for name in names]
    readings = {f"outcome@{reading.days:g}" for look in case.looks for _, reading in case.readings_after(look)}
    rows = played.rows(case, [*columns, *sorted(readings)])
    found = {name: rows[column] != 0.0 for name, column in zip(names, columns, strict=True)}
    return [_look(case, look, found, rows, played.replications) for look in case.looks]


def _look(case: Case, look: Look, found: Mapping[str, np.ndarray], rows: Mapping[str, np.ndarray], histories: int) -> SeenAt:
    where = found[look.fits] if look.given else np.ones(histories, dtype=bool)
    fitting = int(np.count_nonzero(where))
    if fitting < min(FEWEST, histories) or fitting == 0:
        return SeenAt(case, look, histories, fitting, refusal=_refusal(look, histories, fitting))
    events = tuple(_event(n, item, look, found, where, fitting) for n, item in case.events_after(look))
    classes = tuple(_classes(case, look, item, reading, found, rows, where) for item, reading in case.readings_after(look))
    patterns, counts = _patterns(case, look, events, classes, found, rows, where)
    return SeenAt(case, look, histories, fitting, events, classes, "", patterns, counts)


def _refusal(look: Look, histories: int, fitting: int) -> str:
    if fitting == 0:
        most = 100 * share(0, histories).high
        return (
            f"none of {histories:,} histories fits what had happened by {look.date}: the model gave it less than {most:.2g}%, which is a "
            f"finding; only -n {10 * histories} or more could tell what it would have said next"
        )
    wanted = math.ceil(MARGIN * FEWEST * histories / fitting / 1000) * 1000
    return (
        f"{fitting} of {histories:,} histories fit what had happened by {look.date}, an effective sample of {fitting} where {FEWEST} are "
        f"needed; -n {wanted} would do"
    )


def _event(
    number: int, item: ExpectedEvent, look: Look, found: Mapping[str, np.ndarray], where: np.ndarray, fitting: int
) -> EventChance:
    nothing_yet = look.number == 0 and item.by is not None  # whatever counts only comes after the beginning
    so = np.zeros(fitting, dtype=bool) if nothing_yet else found[so_at(look, number)][where]
    chance = share(int(np.count_nonzero(found[came(number)][where])), fitting)
    is_settled = item.by is not None and bool(so.all())
    return EventChance(item, number, chance, float(so.mean()), is_settled)


def _classes(
    case: Case,
    look: Look,
    item: ExpectedClass,
    reading: Reading,
    found: Mapping[str, np.ndarray],
    rows: Mapping[str, np.ndarray],
    where: np.ndarray,
) -> ClassChance:
    ends = rows[f"outcome@{reading.days:g}"][where]
    names = tuple(outcome.id for outcome in case.spec.outcomes)
    chances = tuple(share(int(np.count_nonzero(ends == name)), len(ends)) for name in names)
    holds = np.stack([found[class_at(look, n)][where] for n in range(len(names))])
    first = np.where(holds.any(axis=0), holds.argmax(axis=0), len(names) - 1)
    commonest = names[int(np.bincount(first, minlength=len(names)).argmax())]
    return ClassChance(item, reading, names, tuple(outcome.tone for outcome in case.spec.outcomes), chances, commonest)


def _patterns(
    case: Case,
    look: Look,
    events: Sequence[EventChance],
    classes: Sequence[ClassChance],
    found: Mapping[str, np.ndarray],
    rows: Mapping[str, np.ndarray],
    where: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """What histories that fit answer, each distinct row of answers once, with how many give it.

    A row has 0 or 1 for each open event, then for each date of reading the place of its class.
    """
    open_events = [item for item in events if not item.is_settled]
    columns = [found[came(item.number)][where].astype(np.int16) for item in open_events]
    for item in classes:
        ends = rows[f"outcome@{item.reading.days:g}"][where]
        columns.append(np.select([ends == name for name in item.classes], range(len(item.classes))).astype(np.int16))
    if not columns:
        return np.zeros((1, 0), dtype=np.int16), np.array([int(np.count_nonzero(where))])
    return np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
