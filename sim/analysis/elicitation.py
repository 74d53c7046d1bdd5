"""Weights of an actor's tastes from what a person says about them: rankings of issues and preferences over packages.

Whoever is asked need not know a single number. "A matters more than B" and "it would rather have this package than that
one" each cut the set of weights in half, so to say; what is left is a convex set, and its mean and spread are weights with
ranges. Nothing is assumed beyond what was said: all weights that agree with every statement count alike.

Weights are swing weights: an issue's weight is what moving it from its worst to its best level is worth to the actor.

Sources: Edwards and Barron (1994) on swing weights; Butler, Jia and Dyer (1997) on weights drawn under a ranking; Smith
(1984) on hit-and-run sampling.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import UsageError
from sim.model.compile import Case
from sim.model.diagnostics import did_you_mean
from sim.model.valuation import point_credibility, start_row, utility_at

SURVIVAL = "survival"  # the name under which a survival term is ranked
STATUS_QUO = "status_quo"  # the name of the levels at the start among packages
WANTED = 4_000  # weight vectors that estimates rest on
BLOCK = 50_000
MOST = 1_000_000  # vectors tried before statements are called contradictory
LOW, HIGH = 0.05, 0.95  # ends of the ranges, as quantiles


@dataclass(frozen=True)
class Item:
    """One taste of the actor: an issue, or its survival term."""

    name: str
    path: str  # of its weight in the scenario
    now: float  # weight in the scenario


@dataclass(frozen=True)
class Ranking:
    """Groups of items by position; every item of a group weighs more than every item of a later one."""

    text: str
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Preference:
    """The actor would rather have one package than another, by position."""

    text: str
    better: int
    worse: int


@dataclass(frozen=True)
class Estimate:
    """A weight that agrees with what was said: mean and range of the middle 90 %."""

    item: Item
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Liking:
    """What the weights imply for a package."""

    package: str
    utility: float  # mean over the weights
    above_status_quo: float  # share of the weights at which it is better than the levels at the start


@dataclass(frozen=True)
class Elicited:
    """What an actor's weights may be."""

    actor: str
    estimates: tuple[Estimate, ...]
    likings: tuple[Liking, ...]  # best first
    concentration: float  # of the Dirichlet distribution with the same total variance
    num_vectors: int  # weight vectors that the estimates rest on


class Elicitation:
    """One actor of a scenario about whose weights statements are made."""

    def __init__(self, case: Case, actor: str, seed: int = 1) -> None:
        if actor not in case.spec.actors:
            raise UsageError(
                f"the scenario has no actor '{actor}'", hint=did_you_mean(actor, case.spec.actors, "its actors")
            )
        self.case = case
        self.actor = actor
        self.seed = seed
        self.items = _items(case, actor)
        self._refuse_second_meanings()
        if len(self.items) < 2:
            raise UsageError(f"'{actor}' has {len(self.items)} taste(s): there is nothing to weigh")
        self.packages = [STATUS_QUO, *(name for name in sorted(case.spec.packages) if case.named[name] >= 0)]
        self.aliases = [name for name in case.spec.packages if case.named[name] < 0]  # packages that change nothing
        self.worth = _worth(case, actor, self.items, self.packages)
        self._known: dict[tuple[str, ...], np.ndarray] = {}  # statements -> vectors
        self.rankings: list[Ranking] = []
        self.preferences: list[Preference] = []

    def _refuse_second_meanings(self) -> None:
        """The names of the survival term and of the status quo stand for nothing else here."""
        for name, taken in (
            (SURVIVAL, [item.name for item in self.items].count(SURVIVAL) > 1),
            (STATUS_QUO, self.case.named.get(STATUS_QUO, -1) >= 0),
        ):
            if taken:
                message = f"the scenario has a '{name}' of its own, which here means something else"
                raise UsageError(message, hint="give it another name")

    def rank(self, text: str) -> None:
        """Take a ranking such as ``a > b = c > d``; items that are not named stay free.

        Raises
        ------
        UsageError
            An unknown or repeated name, or a single one.
        """
        names = [item.name for item in self.items]
        groups: list[tuple[int, ...]] = []
        for part in re.split(r"[>,]", text):
            members = [_position(name, names, "tastes of this actor") for name in part.split("=")]
            groups.append(tuple(members))
        said = [n for group in groups for n in group]
        if len(set(said)) < len(said):
            twice = next(names[n] for n in said if said.count(n) > 1)
            raise UsageError(f"'{text.strip()}' names {twice} more than once")
        if len(groups) < 2:
            raise UsageError(f"'{text.strip()}' ranks nothing", hint="write the weightier first, as in `a > b > c`")
        self.rankings.append(Ranking(_words(text), tuple(groups)))

    def prefer(self, text: str) -> None:
        """Take a preference over packages such as ``a > b``, or a chain of them.

        Raises
        ------
        UsageError
            An unknown or repeated name, or a single one; two packages that no weights can tell apart.
        """
        names = [STATUS_QUO if name.strip() in self.aliases else name for name in text.split(">")]
        chain = [_position(name, self.packages, "packages") for name in names]
        if len(chain) < 2:
            raise UsageError(f"'{text.strip()}' compares nothing", hint="write the better first, as in `a > b`")
        for better, worse in zip(chain, chain[1:], strict=False):
            words = f"{self.packages[better]} > {self.packages[worse]}"
            if better == worse:
                raise UsageError(f"'{words}' compares a package with itself")
            gain = self.worth[better] - self.worth[worse]
            if not np.any(gain > 0.0):
                how = "is the same to" if not np.any(gain < 0.0) else "is worse on every count for"
                raise UsageError(
                    f"'{words}' cannot be: {self.packages[better]} {how} {self.actor} at any weights",
                    hint="ideal points and exponents say so; look at them with `sim explain`",
                )
            self.preferences.append(Preference(words, better, worse))

    @property
    def said(self) -> list[str]:
        """All statements in words, rankings first."""
        return [item.text for item in (*self.rankings, *self.preferences)]

    def vectors(self) -> np.ndarray:
        """Weight vectors that agree with every statement, shape (vectors, items); each sums to 1.

        Raises
        ------
        UsageError
            None of a million tried agrees; the hint names the statement without which some do.
        """
        said = tuple(self.said)
        if said not in self._known:
            self._known[said] = self._vectors()
        return self._known[said]

    def _vectors(self) -> np.ndarray:
        generator = self._generator()
        found: list[np.ndarray] = []
        count = tried = 0
        # Where a quarter of all trials has shown that too few will agree, walking from one of them is faster.
        while tried < MOST and count < WANTED and (tried < MOST // 4 or not 0 < count * MOST < WANTED * tried):
            agreeing = self._agreeing(generator, BLOCK)
            found.append(agreeing)
            count += len(agreeing)
            tried += BLOCK
        if count >= WANTED:
            return np.concatenate(found)[:WANTED]
        if count:
            return _hit_and_run(generator, np.concatenate(found)[0], self._rows(), WANTED)
        raise UsageError("no weights agree with all that was said", hint=self._conflict())

    def result(self) -> Elicited:
        """Weights with ranges, and what they imply for the packages."""
        vectors = self.vectors()
        means = vectors.mean(axis=0)
        low, high = np.quantile(vectors, (LOW, HIGH), axis=0)
        variance = float(vectors.var(axis=0).sum())
        concentration = float((means * (1.0 - means)).sum()) / variance - 1.0 if variance > 0.0 else math.inf
        utilities = vectors @ self.worth.T
        better = (utilities > utilities[:, :1]).mean(axis=0)
        likings = [
            Liking(name, float(value), float(share))
            for name, value, share in zip(self.packages, utilities.mean(axis=0), better, strict=True)
        ]
        return Elicited(
            self.actor,
            tuple(
                Estimate(item, float(m), float(a), float(b))
                for item, m, a, b in zip(self.items, means, low, high, strict=True)
            ),
            tuple(sorted(likings, key=lambda item: (-item.utility, item.package))),
            concentration,
            len(vectors),
        )

    def most_telling_pair(self, asked: Sequence[tuple[int, int]] = ()) -> tuple[int, int] | None:
        """The two packages over which the weights left disagree most: the answer tells most; None if none is open."""
        utilities = self.vectors() @ self.worth.T
        best: tuple[float, tuple[int, int]] | None = None
        for one in range(len(self.packages)):
            for two in range(one + 1, len(self.packages)):
                share = float((utilities[:, one] > utilities[:, two]).mean())
                score = abs(share - 0.5)
                if (one, two) not in asked and score < 0.45 and (best is None or score < best[0]):
                    best = (score, (one, two))
        return None if best is None else best[1]

    def _rows(self) -> np.ndarray:
        """Linear conditions on the weights: each row's product with them is above 0."""
        size = len(self.items)
        rows = [self.worth[item.better] - self.worth[item.worse] for item in self.preferences]
        for ranking in self.rankings:
            for above, below in zip(ranking.groups, ranking.groups[1:], strict=False):
                for one in above:
                    for two in below:
                        row = np.zeros(size)
                        row[one], row[two] = 1.0, -1.0
                        rows.append(row)
        return np.array(rows).reshape(-1, size)

    def _conflict(self) -> str:
        """Which statement stands against the others."""
        for group in (self.preferences, self.rankings):
            for said in list(group):
                place = group.index(said)
                group.remove(said)
                agreeing = self._agreeing(self._generator(), 2 * BLOCK)
                group.insert(place, said)
                if len(agreeing):
                    return f"without '{said.text}' some do"
        return "leave one out, beginning with the last"

    def _generator(self) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(self.seed & (2**64 - 1)))

    def _agreeing(self, generator: np.random.Generator, tried: int) -> np.ndarray:
        """Those of some vectors, all alike likely under the first ranking, that agree with every statement."""
        vectors = _simplex(generator, tried, len(self.items))
        if self.rankings:
            vectors = _in_order(vectors, self.rankings[0])
        rows = self._rows()
        return vectors[np.all(vectors @ rows.T > 0.0, axis=1)] if len(rows) else vectors


def rounded_weights(means: Sequence[float], digits: int = 3) -> list[float]:
    """The weights rounded so that they still sum to 1: what is left over goes to the largest remainders."""
    unit = 10**digits
    exact = [mean * unit for mean in means]
    whole = [math.floor(value) for value in exact]
    missing = unit - sum(whole)
    order = sorted(range(len(exact)), key=lambda n: (whole[n] - exact[n], n))
    for n in order[:missing]:
        whole[n] += 1
    return [value / unit for value in whole]


def _items(case: Case, actor: str) -> list[Item]:
    slots = case.slots.actors[actor].utility
    path = f"actors.{actor}.utility"
    items = [
        Item(name, f"{path}.issues.{name}.weight", case.base[slots.issues[name].weight])
        for name in case.spec.actors[actor].utility.issues
    ]
    if slots.survival is not None:
        items.append(Item(SURVIVAL, f"{path}.survival.weight", case.base[slots.survival.weight]))
    return items


def _worth(case: Case, actor: str, items: Sequence[Item], packages: Sequence[str]) -> np.ndarray:
    """Value in [0, 1] of every item at every package, shape (packages, items), at the scenario's point values."""
    slots = case.slots.actors[actor].utility
    weights = {name: taste.weight for name, taste in slots.issues.items()}
    if slots.survival is not None:
        weights[SURVIVAL] = slots.survival.weight
    start = start_row(case)
    size = len(start)
    credibility = point_credibility(case, actor)
    table = np.zeros((len(packages), len(items)))
    for column, item in enumerate(items):
        inputs = list(case.base)
        for name, slot in weights.items():
            inputs[slot] = 1.0 if name == item.name else 0.0
        for line, name in enumerate(packages):
            row = start if name == STATUS_QUO else case.levels[case.named[name] * size : (case.named[name] + 1) * size]
            table[line, column] = utility_at(case, actor, row, inputs, credibility)
    return table


def _position(name: str, names: Sequence[str], kind: str) -> int:
    name = name.strip()
    if not name:
        raise UsageError("a name is missing between the signs", hint=did_you_mean("", names, kind))
    if name not in names:
        raise UsageError(f"unknown name '{name}'", hint=did_you_mean(name, names, kind))
    return names.index(name)


def _words(text: str) -> str:
    return " ".join(re.sub(r"\s*([>=,])\s*", r" \1 ", text).split())


def _simplex(generator: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Vectors of weights, all alike likely."""
    amounts = generator.exponential(size=(count, size))
    return amounts / amounts.sum(axis=1, keepdims=True)


def _in_order(vectors: np.ndarray, ranking: Ranking) -> np.ndarray:
    """The vectors with the ranked weights put in order: still all alike likely, now among those that agree.

    Weights within a group keep the order in which they happened to come.
    """
    places = [n for group in ranking.groups for n in group]
    falling = -np.sort(-vectors[:, places], axis=1)
    ordered = vectors.copy()
    done = 0
    for group in ranking.groups:
        members = list(group)
        ranks = np.argsort(np.argsort(-vectors[:, members], axis=1), axis=1)
        ordered[:, members] = np.take_along_axis(falling[:, done : done + len(members)], ranks, axis=1)
        done += len(members)
    return ordered


def _hit_and_run(generator: np.random.Generator, start: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """Vectors of a small convex set, all alike likely in the long run, from one that lies in it.

    From where it stands, each step goes to a point drawn alike from the piece of a random line that lies within.
    """
    size = len(start)
    bounds = np.vstack((rows, np.eye(size)))  # what must stay above 0: the statements, and every weight
    point = start
    thinning = 10 * size
    kept = np.empty((count, size))
    # Directions along which the sum stays 1.
    directions = generator.normal(size=(count * thinning, size))
    directions -= directions.mean(axis=1, keepdims=True)
    slopes = directions @ bounds.T
    places = generator.random(count * thinning)
    for n in range(count * thinning):
        ratios = np.divide(-(bounds @ point), slopes[n], out=np.zeros(len(bounds)), where=slopes[n] != 0.0)
        first = np.max(ratios[slopes[n] > 0.0], initial=-np.inf)
        last = np.min(ratios[slopes[n] < 0.0], initial=np.inf)
        point = point + (first + places[n] * (last - first)) * directions[n]
        if n % thinning == thinning - 1:
            kept[n // thinning] = point
    return kept
