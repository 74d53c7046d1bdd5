"""Scores of the model on the cases of a back-test and of others on the same questions, with intervals.

Every case counts the same: a score is the mean over its questions, then over cases, because the questions of one case are answered
by one course of events. Two intervals say different things. *Over cases*: cases drawn again with replacement, how much the score hangs on
which few cases there are. *Over histories*: histories drawn again within each case, how much it would move with more of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis import scores
from sim.analysis.backtest import references
from sim.analysis.backtest.chances import TONES, ClassChance, EventChance, SeenAt, seen
from sim.analysis.backtest.references import Said
from sim.analysis.resampling import bootstrap_counts, generator
from sim.experiments.backtest.campaign import Played

SAMPLES = 2000  # bootstrap samples of cases
OF_HISTORIES = 400  # bootstrap samples of histories
OWNER = "back-test"
RARE, SURE = 0.05, 0.95  # beyond which a wrong forecast is called a surprise
FEW_CASES = 2  # from which an interval over cases is given

Interval = tuple[float, float]
NO_INTERVAL: Interval = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Mean:
    """A mean score over cases: 95 % intervals over cases and over histories, and on how much it rests."""

    value: float
    over_cases: Interval
    over_histories: Interval
    cases: int
    questions: int

    @property
    def is_told_from_0(self) -> bool:
        """Whether the interval over cases leaves 0 out; of differences."""
        low, high = self.over_cases
        return low > 0.0 or high < 0.0


@dataclass(frozen=True)
class Judged:
    """An event at a look with what others said of it."""

    seen: SeenAt
    item: EventChance
    said: Mapping[str, Said]

    @property
    def is_surprise(self) -> bool:
        """Whether it came against a chance under 5 %, or stayed away against one over 95 %."""
        p = self.item.chance.share
        return p < RARE if self.item.came else p > SURE

    @property
    def miss(self) -> float:
        """How far the chance was from what came: 0 to 1."""
        return abs(self.item.chance.share - float(self.item.came))


@dataclass(frozen=True)
class JudgedClass:
    """The class at a reading, seen from a look, with what others said of its tone."""

    seen: SeenAt
    item: ClassChance
    said: Mapping[str, np.ndarray]

    def rps_of(self, name: str) -> float:
        """The ranked probability score of another forecaster."""
        return float(scores.ranked_probability(self.said[name], self.item.tone))


@dataclass(frozen=True)
class Against:
    """The model and another forecaster on the questions of which both said something; less is better."""

    name: str
    model: Mean
    other: Mean
    difference: Mean  # the model's less the other's: below 0 the model is better


class Backtest:
    """What a back-test found.

    Attributes
    ----------
    played : Played
        The cases with their histories.
    looks : list of SeenAt
        Each case at each look; those with too few histories that fit have a refusal and no chances.
    events, classes : lists of Judged, JudgedClass
        All questions that were open, at all looks.
    """

    def __init__(self, played: Played):
        self.played = played
        self.looks = seen(played)
        change = references.changes_elsewhere(self.looks)
        self.events = [
            Judged(found, item, references.of_event(item, found.look, change[found.case.name]))
            for found in self.looks
            for item in found.scored
        ]
        self.classes = [
            JudgedClass(found, item, references.of_class(item, found.case.name, self.looks) if item.is_ordered else {})
            for found in self.looks
            for item in found.classes
        ]

    # Which questions

    @property
    def refused(self) -> list[SeenAt]:
        """Looks that too few histories fit."""
        return [found for found in self.looks if found.refusal]

    @cached_property
    def first(self) -> list[Judged]:
        """Events seen from the day on which their case begins."""
        return [one for one in self.events if one.seen.look.number == 0]

    @cached_property
    def first_classes(self) -> list[JudgedClass]:
        """Classes seen from the day on which their case begins."""
        return [one for one in self.classes if one.seen.look.number == 0]

    @property
    def surprises(self) -> list[Judged]:
        """Events given under 5 % that came, and over 95 % that did not, at any look."""
        return [one for one in self.events if one.is_surprise]

    @property
    def surprising_classes(self) -> list[JudgedClass]:
        """Classes given under 5 % that came."""
        return [one for one in self.classes if one.item.of_observed.share < RARE]

    @property
    def misses(self) -> list[Judged]:
        """Events that a coin would have told better, seen from the beginning, the worst first."""
        return sorted((one for one in self.first if one.miss > 0.5), key=lambda one: -one.miss)

    # Scores

    @cached_property
    def brier(self) -> Mean:
        """Brier score of all events, seen from the beginnings."""
        return self._mean([(one.seen.case.name, one.item.brier) for one in self.first], self._histories("brier"))

    @cached_property
    def log(self) -> Mean:
        """Logarithmic score of the same."""
        return self._mean([(one.seen.case.name, one.item.log) for one in self.first], self._histories("log"))

    @cached_property
    def rps(self) -> Mean:
        """Ranked probability score of the tone of classes, seen from the beginnings."""
        return self._mean(
            [(one.seen.case.name, one.item.rps) for one in self.first_classes if one.item.is_ordered], self._histories("rps")
        )

    @cached_property
    def log_of_classes(self) -> Mean:
        """Logarithmic score of classes."""
        return self._mean([(one.seen.case.name, one.item.log) for one in self.first_classes], self._histories("log_of_classes"))

    @cached_property
    def against(self) -> list[Against]:
        """Brier scores beside those of others: seen from the beginnings, and for people of the time at all looks."""
        found = []
        for name in references.OF_EVENTS:
            some = [one for one in (self.events if name == references.CROWD else self.first) if name in one.said]
            if some:
                found.append(self._against(name, some, lambda one, n=name: float(scores.brier(one.said[n].probability, one.item.came))))
        return found

    def _against(self, name: str, some: Sequence[Judged], other: Callable[[Judged], float]) -> Against:
        names = [one.seen.case.name for one in some]
        mine, theirs = [one.item.brier for one in some], [other(one) for one in some]
        return Against(name, *(
            self._mean(list(zip(names, values, strict=True)))
            for values in (mine, theirs, [a - b for a, b in zip(mine, theirs, strict=True)])
        ))  # fmt: skip

    @cached_property
    def against_of_classes(self) -> list[Against]:
        """Ranked probability scores beside those of others."""
        found = []
        for other in references.OF_CLASSES:
            some = [one for one in self.first_classes if other in one.said]
            if not some:
                continue
            names = [one.seen.case.name for one in some]
            mine, theirs = [one.item.rps for one in some], [one.rps_of(other) for one in some]
            lists = (mine, theirs, [a - b for a, b in zip(mine, theirs, strict=True)])
            found.append(Against(other, *(self._mean(list(zip(names, values, strict=True))) for values in lists)))
        return found

    @cached_property
    def reliability(self) -> list[scores.Bin]:
        """Events seen from the beginnings, by the chance they were given."""
        return scores.reliability([one.item.chance.share for one in self.first], [one.item.came for one in self.first])

    # One case left out

    @cached_property
    def without(self) -> dict[str, float]:
        """The Brier score of all cases but one, by the one that is left out."""
        by_case = _by_case([(one.seen.case.name, one.item.brier) for one in self.first])
        if len(by_case) < FEW_CASES:
            return {}
        return {name: float(np.mean([value for other, value in by_case.items() if other != name])) for name in by_case}

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weight of the model in a mixture with how often things change that the other cases would choose, by the case left out."""
        names = list(dict.fromkeys(one.seen.case.name for one in self.first))
        if len(names) < FEW_CASES:
            return {}
        return {name: _weight([one for one in self.first if one.seen.case.name != name]) for name in names}

    @cached_property
    def mixture(self) -> Mean | None:
        """The Brier score of that mixture, each case judged with the weight that the others chose; none of a single case."""
        if not self.weights:
            return None
        values = []
        for one in self.first:
            w = self.weights[one.seen.case.name]
            p = w * one.item.chance.share + (1.0 - w) * one.said[references.OTHER_CASES].probability
            values.append((one.seen.case.name, float(scores.brier(p, one.item.came))))
        return self._mean(values)

    # Intervals

    def of_look(self, found: SeenAt) -> dict[str, Mean]:
        """Scores of one case at one look, with intervals over histories alone: it is one case."""
        name = found.case.name
        lists = {
            "brier": [(name, item.brier) for item in found.scored],
            "log": [(name, item.log) for item in found.scored],
            "rps": [(name, item.rps) for item in found.classes if item.is_ordered],
            "log_of_classes": [(name, item.log) for item in found.classes],
        }
        drawn = self._drawn(found)
        return {kind: self._mean(values, drawn[kind]) for kind, values in lists.items() if values}

    def _mean(self, values: Sequence[tuple[str, float]], drawn: np.ndarray | None = None) -> Mean:
        by_case = list(_by_case(values).values())
        if not by_case:
            return Mean(float("nan"), NO_INTERVAL, NO_INTERVAL, 0, 0)
        over_cases = NO_INTERVAL
        if len(by_case) >= FEW_CASES:
            array = np.array(by_case)
            counts = np.concatenate(list(bootstrap_counts(len(array), SAMPLES, self.played.seed, OWNER)))
            over_cases = _interval(counts @ array / len(array))
        return Mean(
            float(np.mean(by_case)), over_cases, NO_INTERVAL if drawn is None else _interval(drawn), len(by_case), len(values)
        )

    def _histories(self, kind: str) -> np.ndarray | None:
        """The mean over cases in samples of their histories, seen from the beginnings."""
        found = [self._drawn(one)[kind] for one in self.looks if one.look.number == 0 and not one.refusal]
        found = [values for values in found if np.isfinite(values).all()]
        return np.mean(found, axis=0) if found else None

    def _drawn(self, found: SeenAt) -> dict[str, np.ndarray]:
        """Scores of a look in samples of its histories drawn with replacement; shape (samples,)."""
        key = f"{found.case.name} {found.look.name}"
        known = self.__dict__.setdefault("_samples", {})
        if key not in known:
            known[key] = _drawn(found, generator(self.played.seed, OWNER, key))
        return known[key]


def _drawn(found: SeenAt, random: np.random.Generator) -> dict[str, np.ndarray]:
    none = np.full(OF_HISTORIES, np.nan)
    if found.refusal:
        return dict.fromkeys(("brier", "log", "rps", "log_of_classes"), none)
    counts = random.multinomial(found.fitting, found.pattern_counts / found.pattern_counts.sum(), size=OF_HISTORIES)
    number = len(found.scored)
    came = np.array([item.came for item in found.scored], dtype=float)
    hits = counts @ found.patterns[:, :number]
    result = {
        "brier": scores.brier(hits / found.fitting, came).mean(axis=1) if number else none,
        "log": scores.log_score(scores.smoothed(hits, found.fitting), came).mean(axis=1) if number else none,
    }
    ranked, logs = [], []
    for place, item in enumerate(found.classes, number):
        of_class = np.stack([counts @ (found.patterns[:, place] == n) for n in range(len(item.classes))], axis=1)
        logs.append(scores.log_score_of_classes(scores.smoothed(of_class, found.fitting, len(item.classes)), item.observed))
        if item.is_ordered:
            tones = np.stack([of_class[:, [t == tone for t in item.tones]].sum(axis=1) for tone in TONES], axis=1)
            ranked.append(scores.ranked_probability(tones / found.fitting, item.tone))
    result["rps"] = np.mean(ranked, axis=0) if ranked else none
    result["log_of_classes"] = np.mean(logs, axis=0) if logs else none
    return result


def _weight(some: Sequence[Judged]) -> float:
    return scores.best_weight(
        [one.item.chance.share for one in some],
        [one.said[references.OTHER_CASES].probability for one in some],
        [one.item.came for one in some],
    )


def _by_case(values: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Means of cases, in the order in which they come."""
    found: dict[str, list[float]] = {}
    for name, value in values:
        found.setdefault(name, []).append(value)
    return {name: float(np.mean(some)) for name, some in found.items()}


def _interval(values: np.ndarray) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def backtest_of(played: Played) -> Backtest:
    """What was found."""
    return Backtest(played)


# As data -------------------------------------------------------------------------------------------------------------


def as_data(found: Backtest) -> dict[str, Any]:
    """All of it as plain data, for JSON; what cannot be told is null."""
    return {
        "histories": found.played.replications,
        "seed": found.played.seed,
        "scores": {name: _mean(getattr(found, name)) for name in ("brier", "log", "rps", "log_of_classes")},
        "against": [_against(item, "brier") for item in found.against] + [_against(item, "rps") for item in found.against_of_classes],
        "leave_one_out": {
            "brier_without": found.without,
            "weight_beside_other_cases": found.weights,
            "mixture": None if found.mixture is None else _mean(found.mixture),
        },
        "reliability": [
            {"from": item.low, "to": item.high, "mean": _number(item.mean), "n": item.came.trials, "came": item.came.count,
             "share": _number(item.came.share), "low": item.came.low, "high": item.came.high}
            for item in found.reliability
        ],
        "surprises": [{"case": one.seen.case.name, "look": one.seen.look.name, "event": one.item.event.label} for one in found.surprises],
        "cases": [_seen(found, item) for item in found.looks],
    }  # fmt: skip


def _seen(found: Backtest, item: SeenAt) -> dict[str, Any]:
    told: dict[str, Any] = {
        "case": item.case.name, "look": item.look.name, "date": item.look.date.isoformat(), "histories": item.histories,
        "fitted": item.case.fitted or None, "effective_sample_size": item.fitting, "given": list(item.look.given),
        "refused": item.refusal or None,
    }  # fmt: skip
    if item.refusal:
        return told
    mine = [one for one in found.events if one.seen is item]
    said = {one.item.number: one.said for one in mine}
    return {
        **told,
        "scores": {kind: _mean(mean) for kind, mean in found.of_look(item).items()},
        "events": [
            {
                "event": one.event.label, "condition": one.event.condition, "came": one.came, "chance": one.chance.share,
                "low": one.chance.low, "high": one.chance.high, "so_at_look": one.so_already, "settled": one.is_settled,
                "brier": None if one.is_settled else one.brier, "log": None if one.is_settled else one.log,
                "others": {
                    name: {"probability": other.probability, "ground": other.ground} for name, other in said.get(one.number, {}).items()
                },
            }
            for one in item.events
        ],
        "classes": [
            {
                "at": one.item.expected.at.isoformat(), "class": one.item.expected.class_,
                "chances": {name: chance.share for name, chance in zip(one.item.classes, one.item.chances, strict=True)},
                "rps": _number(one.item.rps), "log": one.item.log, "others": references.classes_of(one.said),
            }
            for one in found.classes if one.seen is item
        ],
    }  # fmt: skip


def _against(item: Against, score: str) -> dict[str, Any]:
    return {
        "forecaster": item.name, "score": score, "model": _mean(item.model), "other": _mean(item.other),
        "difference": _mean(item.difference),
    }  # fmt: skip


def _mean(item: Mean) -> dict[str, Any]:
    return {
        "value": _number(item.value), "over_cases": [_number(x) for x in item.over_cases],
        "over_histories": [_number(x) for x in item.over_histories], "cases": item.cases, "questions": item.questions,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
