"""The patient rule induction method: a box is peeled strip by strip until what is left of the histories has a high share of hits.

Which inputs are limited is decided first, one after another by what the best box gains. Then each step cuts off the strip of one of
them (about a twentieth of the histories left, or all that have one of its words) whose loss raises the share most for what it costs.
The boxes on the way are the *trajectory*, from all histories to a few dense ones. How many inputs are limited and where to stop is
decided by cross-validation: the boxes of searches that left a fifth of the histories out are judged by that fifth, with the
quality

    (hits in the box - share among all * histories in the box) / sqrt(histories in the box),

which weighs how dense a box is against how much it holds. The box is then pasted (widened where that does no harm), and limits that
carry little are dropped.

Sources: Friedman and Fisher (1999), Statistics and Computing 9(2), 123-143, for peeling and pasting; Kwakkel and Cunningham (2016),
Technological Forecasting and Social Change 111, 124-134, for the gain of a strip by what it costs; Kloesgen (1996) for the quality;
Bryant and Lempert (2010), Technological Forecasting and Social Change 77(1), 34-49, for quasi-p-values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.discovery.boxes import Box, Limit
from sim.experiments.columns import even_rows

STRIP = 0.05  # share of the histories left that a step cuts off
COARSE = 0.1  # the same while inputs are chosen
MOST_RANKED = 4_000  # histories from which inputs are chosen
FEWEST_RANKED = 6  # inputs that are tried at each further place; half of those tried before, if that is more
LEAST_SHARE, LEAST_HISTORIES = 0.01, 25  # of a box, of those searched
FOLDS = 5
QUASI_P = 0.05  # quasi-p-value from which a limit is dropped
WORTH = 0.03  # of the quality, which a further limit must add

Columns = Sequence[np.ndarray]


@dataclass(frozen=True)
class Peeled:
    """A box on the trajectory with what it holds of the histories searched."""

    box: Box
    histories: int
    hits: int

    @property
    def density(self) -> float:
        return self.hits / self.histories


class Search:
    """Histories that are searched: values of the inputs, hits, and which inputs have words."""

    def __init__(self, columns: Columns, hits: np.ndarray, is_word: Sequence[bool]) -> None:
        self.columns = [np.asarray(column, dtype=float) for column in columns]
        self.hits = np.asarray(hits, dtype=bool)
        self.is_word = list(is_word)
        self._orders = [np.argsort(column, kind="stable") for column in self.columns]

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def share(self) -> float:
        """Share of hits among all."""
        return float(self.hits.mean())

    def counted(self, box: Box) -> Peeled:
        """What a box holds."""
        inside = box.holds(self.columns)
        return Peeled(box, int(inside.sum()), int(self.hits[inside].sum()))

    def quality(self, box: Box) -> float:
        """Density against size."""
        return quality(self.counted(box), self.share)

    def part(self, rows: np.ndarray) -> Search:
        """The search over some of the histories."""
        return Search([column[rows] for column in self.columns], self.hits[rows], self.is_word)

    def ranked_columns(self, most: int) -> list[int]:
        """Inputs to limit, one after another: each the one with which the best box on the way of peeling gains most.

        All are tried for the first place, the better half for the next, and so on.
        """
        some = self if len(self) <= MOST_RANKED else self.part(even_rows(len(self), MOST_RANKED))
        found: list[int] = []
        others = list(range(len(self.columns)))
        while others and len(found) < most:
            ranked = sorted(
                (-max(quality(step, some.share) for step in some.trajectory([*found, column], COARSE)), column) for column in others
            )
            if not ranked[0][0] < 0.0:
                break
            found.append(ranked[0][1])
            others = [column for _, column in ranked[1 : 1 + max(FEWEST_RANKED, len(others) // 2)]]
        return found

    def trajectory(self, columns: Sequence[int] | None = None, strip: float = STRIP) -> list[Peeled]:
        """Boxes from all histories to the smallest that may be told; limits on these inputs only, where some are given."""
        least = max(LEAST_HISTORIES, math.ceil(LEAST_SHARE * len(self)))
        columns = range(len(self.columns)) if columns is None else columns
        ends = {column: _End(self, column, self._orders[column]) for column in columns}
        box, total, hits = Box(), len(self), int(self.hits.sum())
        found = [Peeled(box, total, hits)]
        while hits < total:
            width = max(1, int(strip * total))
            best, gain = None, -math.inf
            for column, end in ends.items():
                for limit, kept, kept_hits in end.cuts(box.limit(column), width, total, hits):
                    if kept >= least and (value := (kept_hits / kept - hits / total) / (total - kept)) > gain + 1e-15:
                        best, gain = (limit, kept, kept_hits), value
            if best is None:
                break
            limit, total, hits = best
            box = box.having(limit)
            found.append(Peeled(box, total, hits))
            kept_rows = np.zeros(len(self), dtype=bool)
            order = ends[limit.column].order
            kept_rows[order[limit.holds(self.columns[limit.column][order])]] = True
            ends = {column: _End(self, column, end.order[kept_rows[end.order]]) for column, end in ends.items()}
        return found

    def pasted(self, box: Box) -> Box:
        """The box widened strip by strip while its quality grows."""
        best = self.quality(box)
        while True:
            wider = max(((self.quality(one), n, one) for n, one in enumerate(self._wider(box))), default=None, key=lambda item: item[:2])
            if wider is None or not wider[0] > best + 1e-12:
                return box
            best, box = wider[0], wider[2]

    def _wider(self, box: Box) -> Iterator[Box]:
        for limit in box.limits:
            without = box.without(limit.column)
            free = without.holds(self.columns)
            values = self.columns[limit.column]
            if limit.words is not None:
                for code in sorted(set(values[free].astype(np.int64).tolist()) - limit.words):
                    yield box.having(Limit(limit.column, words=limit.words | {code}))
                continue
            width = max(1, int(STRIP * (free & limit.holds(values)).sum()))
            below = np.sort(values[free & (values <= limit.low)])
            above = np.sort(values[free & (values >= limit.high)])
            if len(below):
                low = _between(below, len(below) - width) if len(below) > width else -math.inf
                yield box.having(Limit(limit.column, low, limit.high))
            if len(above):
                high = _between(above, width) if len(above) > width else math.inf
                yield box.having(Limit(limit.column, limit.low, high))

    def quasi_p(self, box: Box, column: int) -> float:
        """Chance that as many hits, or more, would lie in the box if its limit on an input picked at random from the box without it."""
        from scipy.stats import binom

        here, wider = self.counted(box), self.counted(box.without(column))
        return float(binom.sf(here.hits - 1, here.histories, wider.density)) if wider.histories else 1.0

    def simplified(self, box: Box) -> Box:
        """The box without limits and bounds that carry little, the least first."""
        while True:
            fewer = [box.without(limit.column) for limit in box.limits] if len(box.limits) > 1 else []
            bounds = [limit for limit in box.limits if math.isfinite(limit.low) and math.isfinite(limit.high)]
            fewer += [box.having(replace(limit, low=-math.inf)) for limit in bounds]
            fewer += [box.having(replace(limit, high=math.inf)) for limit in bounds]
            if not fewer:
                return box
            best = max(fewer, key=self.quality)
            small = self.quality(best) * (1.0 + WORTH) >= self.quality(box)
            lost = [limit.column for limit in box.limits if best.limit(limit.column).is_empty]
            if not small and not (lost and self.quasi_p(box, lost[0]) > QUASI_P):
                return box
            box = best


class _End:
    """One input over the histories left: where strips may be cut off."""

    def __init__(self, search: Search, column: int, order: np.ndarray) -> None:
        self.order = order
        self._column, self._is_word = column, search.is_word[column]
        self._values, self._hits = search.columns[column][order], search.hits[order]

    def cuts(self, limit: Limit, width: int, total: int, hits: int) -> Iterator[tuple[Limit, int, int]]:
        """Every strip that may be cut off: the limit then, and what is left in histories and hits."""
        values = self._values
        if values[0] == values[-1]:
            return
        if self._is_word:
            codes = values.astype(np.int64)
            counts, came = np.bincount(codes), np.bincount(codes, weights=self._hits)
            present = np.flatnonzero(counts)
            for code in present:
                words = frozenset(int(other) for other in present if other != code)
                yield Limit(self._column, words=words), total - int(counts[code]), hits - int(came[code])
            return
        # From below: all that lie under the first value that stays; equal values go together.
        first = int(values.searchsorted(values[width])) or int(values.searchsorted(values[0], side="right"))
        yield Limit(self._column, _between(values, first), limit.high), total - first, hits - int(self._hits[:first].sum())
        last = int(values.searchsorted(values[total - 1 - width], side="right"))
        if last == total:
            last = int(values.searchsorted(values[-1]))
        yield Limit(self._column, limit.low, _between(values, last)), last, hits - int(self._hits[last:].sum())


def _between(ordered: np.ndarray, place: int) -> float:
    """A bound that parts the values before a place from those after it: half-way, so that it belongs to neither."""
    if place <= 0:
        return -math.inf
    if place >= len(ordered):
        return math.inf
    return float((ordered[place - 1] + ordered[place]) / 2.0)


def quality(peeled: Peeled, share: float) -> float:
    """Density against size; 0 of a box without histories."""
    return (peeled.hits - share * peeled.histories) / math.sqrt(peeled.histories) if peeled.histories else 0.0


@dataclass(frozen=True)
class Plan:
    """How a box is made: how many inputs it may limit, and the share of histories at which peeling stops."""

    limits: int
    mass: float


def planned(search: Search, folds: np.ndarray, most_limits: int) -> Plan:
    """The plan whose boxes judge best, by cross-validation of the whole procedure over the given folds."""
    grid = np.exp(np.linspace(0.0, math.log(min(1.0, max(LEAST_SHARE, LEAST_HISTORIES / len(search)))), 60))
    excess, held = np.zeros((most_limits, len(grid))), np.zeros((most_limits, len(grid)))
    for fold in range(FOLDS):
        out = folds == fold
        inside, outside = search.part(~out), search.part(out)
        if not len(outside) or not inside.hits.any():
            continue
        ranked = inside.ranked_columns(most_limits)
        for number in range(1, min(most_limits, len(ranked)) + 1):
            steps = inside.trajectory(ranked[:number])
            masses = np.array([step.histories / len(inside) for step in steps])
            judged = [outside.counted(step.box) for step in steps]
            nearest = np.abs(np.log(masses)[:, None] - np.log(grid)[None, :]).argmin(axis=0)
            excess[number - 1] += np.array([judged[k].hits - search.share * judged[k].histories for k in nearest])
            held[number - 1] += np.array([judged[k].histories for k in nearest])
    qualities = excess / np.sqrt(np.maximum(held, 1.0))
    best = qualities.max(axis=1)
    number = 0
    for more in range(1, most_limits):
        if best[more] > (1.0 + WORTH) * best[number]:
            number = more
    return Plan(number + 1, float(grid[int(np.argmax(qualities[number]))]))


def chosen(steps: Sequence[Peeled], total: int, mass: float, coverage: float | None) -> int:
    """Place on the trajectory: the box nearest to a mass, or the densest that still holds a share of all hits."""
    if coverage is not None:
        enough = [k for k, step in enumerate(steps) if step.hits >= coverage * steps[0].hits]
        return max(enough, key=lambda k: (steps[k].density, k))
    return min(range(len(steps)), key=lambda k: abs(math.log(steps[k].histories / total) - math.log(mass)))
