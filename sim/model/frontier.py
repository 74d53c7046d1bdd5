"""Search for packages that no other beats for both sides, step by labelled step from those that a scenario names.

A package is a row of codes, one an issue: places in the ascending list of the issue's levels, which are its labelled levels
and whatever else occurs in the packages to start from. Its neighbours differ on at most two issues, on each by one labelled
step: the smallest trade. From the undominated packages found so far all neighbours are looked at, until none of them is
undominated and new. Utilities are those at the scenario's point values, summed in issue order from tables in house arithmetic,
so that all machines find the same packages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

MOST_EXPANDED = 4096  # packages whose neighbours are looked at, at most
AT_ONCE = 512  # of them in one round, which bounds the memory that a round takes

Codes = np.ndarray  # (packages, issues), int
Values = Callable[[Codes], np.ndarray]  # utility of every package to one side


@dataclass(frozen=True)
class Scales:
    """Levels of every issue, and where one labelled step leads from each."""

    levels: tuple[tuple[float, ...], ...]
    down: tuple[np.ndarray, ...]  # code -> code of the next lower labelled level; the code itself if there is none
    up: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, labelled: Sequence[Sequence[float]], rows: Sequence[Sequence[float]]) -> Scales:
        """Scales on which all of the rows have a place."""
        levels, down, up = [], [], []
        for k, labels in enumerate(labelled):
            scale = sorted({*labels, *(row[k] for row in rows)})
            steps = sorted(scale.index(level) for level in set(labels))
            below = [max((s for s in steps if s < n), default=n) for n in range(len(scale))]
            above = [min((s for s in steps if s > n), default=n) for n in range(len(scale))]
            levels.append(tuple(scale))
            down.append(np.array(below))
            up.append(np.array(above))
        return cls(tuple(levels), tuple(down), tuple(up))

    def codes(self, rows: Sequence[Sequence[float]]) -> Codes:
        """The rows as codes."""
        places = [{level: n for n, level in enumerate(scale)} for scale in self.levels]
        table = [[places[k][level] for k, level in enumerate(row)] for row in rows]
        return np.array(table, dtype=np.int64).reshape(-1, len(self.levels))

    def row(self, codes: Sequence[int]) -> tuple[float, ...]:
        """The levels of one package."""
        return tuple(self.levels[k][code] for k, code in enumerate(codes))

    def neighbours(self, codes: Codes) -> Codes:
        """What is one or two issues and one labelled step away from any of the packages, with repetitions."""
        steps = [(k, table[codes[:, k]]) for k in range(len(self.levels)) for table in (self.down[k], self.up[k])]
        leads = [to != codes[:, k] for k, to in steps]
        found = [codes[:0]]
        for moves in (*combinations(range(len(steps)), 1), *combinations(range(len(steps)), 2)):
            if len({steps[n][0] for n in moves}) < len(moves):
                continue
            moving = leads[moves[0]] if len(moves) == 1 else leads[moves[0]] & leads[moves[1]]
            moved = codes[moving]
            for n in moves:
                k, to = steps[n]
                moved[:, k] = to[moving]
            found.append(moved)
        return np.concatenate(found)


def undominated(one: np.ndarray, two: np.ndarray, codes: Codes) -> np.ndarray:
    """Positions of packages that no other is better than for a side and no worse for the other, by falling utility of one.

    Of packages that are worth the same to both sides the first by codes stays.
    """
    order = np.lexsort((*codes.T[::-1], -two, -one))
    best = np.maximum.accumulate(two[order])
    kept = np.ones(len(order), dtype=bool)
    kept[1:] = two[order][1:] > best[:-1]
    return order[kept]


def shortfalls(one: np.ndarray, two: np.ndarray, front_one: np.ndarray, front_two: np.ndarray) -> np.ndarray:
    """The most that some package of a front offers both sides more: 0 on the front. The front by falling utility of one."""
    rising_one, falling_two = front_one[::-1], front_two[::-1]
    # Along the front one side's advantage rises and the other's falls: the smaller of both is largest where they cross.
    place = np.searchsorted(rising_one - falling_two, one - two)
    gains = [
        np.minimum(rising_one[at] - one, falling_two[at] - two)
        for at in (np.maximum(place - 1, 0), np.minimum(place, len(rising_one) - 1))
    ]
    return np.maximum(np.maximum(*gains), 0.0)


def search(
    scales: Scales,
    start: Codes,
    within: Sequence[tuple[int, int]],
    values: Sequence[Values],
    most: int,
    fits: Callable[[Codes], np.ndarray] | None = None,
) -> Codes:
    """Packages from the start and within reach of it: first those on the front, spread evenly, then the nearest to it.

    Parameters
    ----------
    start : (packages, issues) codes; those out of bounds or not fitting are left out
    within : lowest and highest code allowed on each issue
    values : utility of the two sides
    most : how many the caller can use
    fits : which packages meet further conditions, as truth values

    Every beginning of the result is spread along the front, so that a longer menu contains a shorter one.
    """

    def allowed(codes: Codes) -> Codes:
        kept = np.ones(len(codes), dtype=bool)
        for k, (low, high) in enumerate(within):
            kept &= (codes[:, k] >= low) & (codes[:, k] <= high)
        codes = codes[kept]
        return codes if fits is None else codes[fits(codes)]

    start = allowed(start)
    if not len(start):
        return start
    front, one, two = _front(start, values)
    expanded: set[bytes] = set()
    while len(expanded) < MOST_EXPANDED:
        fresh = [row for row in front if row.tobytes() not in expanded][:AT_ONCE]
        if not fresh:
            break
        expanded.update(row.tobytes() for row in fresh)
        near = allowed(scales.neighbours(np.array(fresh)))
        # What falls short of the front already known cannot be on the new one.
        u, v = (value(near) for value in values)
        hopeful = near[shortfalls(u, v, one, two) <= 0.0]
        front, one, two = _front(np.concatenate((front, hopeful)), values)
    ends_to_middle = front[spread(len(front))]
    if len(front) >= most:
        return ends_to_middle[:most]
    near = np.concatenate((start, allowed(scales.neighbours(front))))
    u, v = (value(near) for value in values)
    order = np.lexsort((*near.T[::-1], shortfalls(u, v, one, two)))
    return _without_repetition(np.concatenate((ends_to_middle, near[order])))[:most]


def _front(codes: Codes, values: Sequence[Values]) -> tuple[Codes, np.ndarray, np.ndarray]:
    u, v = (value(codes) for value in values)
    kept = undominated(u, v, codes)
    return codes[kept], u[kept], v[kept]


def _without_repetition(codes: Codes) -> Codes:
    first = {row.tobytes(): n for n, row in reversed(list(enumerate(codes)))}
    return codes[sorted(first.values())]


def spread(count: int) -> list[int]:
    """The numbers below `count` in an order of which every beginning is spread evenly: ends, middle, quarters."""
    found = list(range(min(count, 1)))
    if count > 1:
        found.append(count - 1)
    gaps = [(0, count - 1)]
    while gaps:
        wider = [(a, b) for a, b in gaps if b - a > 1]
        found += [(a + b) // 2 for a, b in wider]
        gaps = [gap for a, b in wider for gap in ((a, (a + b) // 2), ((a + b) // 2, b))]
    return found
