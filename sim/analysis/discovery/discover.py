"""Where what is asked about comes often: boxes and a tree, searched in one half of the histories and checked in the other.

Each history belongs to a half by an addressed draw of its own, so that it stays there when the run grows. All that is told of a box
or a leaf is counted in the half that was not searched: what chance made of the searched half is not in it. A box is told only if
that half confirms it, by the exact test of a table of two by two at 1 %; the search for further boxes, among the histories outside
those found, ends at the first that is not confirmed. So pure noise gives a box in one run of a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.asked import Asked
from sim.analysis.discovery import prim
from sim.analysis.discovery.boxes import Box, coded_columns, rounded
from sim.analysis.discovery.tree import Node, chance_of, grow
from sim.analysis.drivers import what_to_do, why_none
from sim.analysis.estimates import Share, share
from sim.analysis.given_data import GivenData
from sim.analysis.resampling import uniforms
from sim.errors import UsageError
from sim.experiments.design import RANDOM, SOBOL

MOST_SEARCHED = 40_000  # histories
FEWEST_HITS = 20  # histories in which it comes, and in which it does not
MOST_BOXES, MOST_LIMITS = 4, 4
WORTH_TELLING = 0.3  # of the quality of the first box, which a further one must have
LEVEL = 0.01  # of the tests in the half that was not searched
_ANALYSIS = "discovery"  # owner of the draws


@dataclass(frozen=True)
class Held:
    """What a box holds of one half of the histories."""

    inside: Share  # hits among the histories in the box
    of_hits: Share  # histories in the box among the hits
    of_all: Share  # histories in the box among all


@dataclass(frozen=True)
class Step:
    """A box on the way of peeling."""

    limits: int
    searched: Held
    held: Held


@dataclass(frozen=True)
class FoundBox:
    """A box that the other half confirms; its numbers are those among the histories outside the boxes before it."""

    box: Box
    searched: Held
    held: Held
    base: Share  # hits among the held histories that it was sought in
    chance: float  # that as many hits lie in it by chance
    adds: tuple[float, ...]  # for each limit, the share of hits in the held half without it
    quasi_p: tuple[float, ...]  # for each limit, in the held half
    steps: tuple[Step, ...] = field(repr=False)


@dataclass(frozen=True)
class Discovery:
    """All that was found about an event."""

    asked: Asked = field(repr=False)
    data: GivenData = field(repr=False)
    columns: tuple[np.ndarray, ...] = field(repr=False)
    words: tuple[tuple[str, ...], ...] = field(repr=False)
    searched: np.ndarray = field(repr=False)  # whether each history belongs to the half that was searched
    base: Share  # hits in the other half
    boxes: tuple[FoundBox, ...]
    together: Held | None  # all boxes, in the other half
    refused: FoundBox | None  # the first box that the other half did not confirm
    tree: Node | None
    tree_chance: float
    no_tree: str  # why there is none, in words


def discover(
    asked: Asked,
    data: GivenData,
    seed: int,
    *,
    most_boxes: int = MOST_BOXES,
    most_limits: int = MOST_LIMITS,
    coverage: float | None = None,
    with_tree: bool = True,
) -> Discovery:
    """Boxes and a tree for an event, `asked.values` true where it came.

    Parameters
    ----------
    coverage : float, optional
        The least share of all hits that the first box must hold in the searched half; by default the search decides.

    Raises
    ------
    UsageError
        Too few histories in which it came, or did not; no inputs.
    """
    hits = np.asarray(asked.values, dtype=bool)
    _check(asked, data, hits)
    columns, words = coded_columns(data.inputs)
    is_word = [bool(names) for names in words]
    place = uniforms(seed, _ANALYSIS, _grouped(data, columns))
    searched = place < 0.5
    folds = np.minimum((place[searched] * 2.0 * prim.FOLDS).astype(np.int64), prim.FOLDS - 1)
    left = np.ones(len(hits), dtype=bool)
    boxes: list[FoundBox] = []
    refused = None
    while len(boxes) < most_boxes and min(int(hits[left & half].sum()) for half in (searched, ~searched)) >= FEWEST_HITS // 4:
        found = _next_box(columns, hits, is_word, searched, left, folds, most_limits, coverage if not boxes else None)
        if found is None:
            break
        if found.chance > LEVEL:
            refused = found
            break
        if boxes and _weight(found) < WORTH_TELLING * _weight(boxes[0]):
            break
        boxes.append(found)
        left &= ~found.box.holds(columns)
    tree, chance, why = _tree(columns, hits, is_word, searched, folds, with_tree)
    base = share(int(hits[~searched].sum()), int((~searched).sum()))
    together = _held(~left[~searched], hits[~searched]) if boxes else None
    return Discovery(
        asked, data, tuple(columns), tuple(map(tuple, words)), searched, base, tuple(boxes), together, refused, tree, chance, why
    )


def _check(asked: Asked, data: GivenData, hits: np.ndarray) -> None:
    if why := why_none(asked, data):
        raise UsageError(why, hint=what_to_do(data))
    came = int(hits.sum())
    rarer, what = (came, "came in") if came <= len(hits) - came else (len(hits) - came, "stayed away in")
    if rarer < FEWEST_HITS:
        raise UsageError(
            f"{asked.label} {what} only {rarer} of {len(hits):,} histories; at least {FEWEST_HITS} are needed, one half to search and the "
            "other to check",
            hint="play more histories (`sim run ... --replications N`), or ask about something that comes more often",
        )


def _grouped(data: GivenData, columns: Sequence[np.ndarray]) -> np.ndarray:
    """The replication whose draw decides the half of each history: its own; under a design that repeats points the first of its point."""
    if data.design in (RANDOM, SOBOL):
        return data.rows
    _, first, group = np.unique(np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True)
    return data.rows[first][group.ravel()]


def _next_box(
    columns: Sequence[np.ndarray], hits: np.ndarray, is_word: Sequence[bool], searched: np.ndarray, left: np.ndarray,
    folds: np.ndarray, most_limits: int, coverage: float | None,
) -> FoundBox | None:  # fmt: skip
    """The best box among the histories that are left; none where no input parts them."""
    here, there = searched & left, ~searched & left
    search = prim.Search([column[here] for column in columns], hits[here], is_word)
    other = prim.Search([column[there] for column in columns], hits[there], is_word)
    ranked = search.ranked_columns(most_limits)
    if not ranked:
        return None
    plan = prim.planned(search, folds[left[searched]], most_limits)
    if coverage is not None:
        plan = prim.Plan(min(most_limits, len(ranked)), plan.mass)
    path = search.trajectory(ranked[: plan.limits])
    box = path[prim.chosen(path, len(search), plan.mass, coverage)].box
    box = rounded(box if coverage is not None else search.simplified(search.pasted(box)), columns)
    if not box.limits:
        return None
    base = share(int(other.hits.sum()), len(other))
    steps = tuple(
        Step(len(one.box.limits), *(_held(one.box.holds(half.columns), half.hits) for half in (search, other))) for one in path
    )
    inside = box.holds(other.columns)
    adds = tuple(other.counted(box.without(limit.column)).density for limit in box.limits)
    quasi = tuple(other.quasi_p(box, limit.column) for limit in box.limits)
    held = _held(inside, other.hits)
    return FoundBox(box, _held(box.holds(search.columns), search.hits), held, base, _chance(held, base), adds, quasi, steps)


def _weight(found: FoundBox) -> float:
    """Density against size, among the histories that are not searched."""
    return (found.held.inside.share - found.base.share) * math.sqrt(found.held.inside.trials)


def _held(inside: np.ndarray, hits: np.ndarray) -> Held:
    count, came, both = int(inside.sum()), int(hits.sum()), int((inside & hits).sum())
    return Held(share(both, count), share(both, came), share(count, len(hits)))


def _chance(held: Held, base: Share) -> float:
    """That as many hits or more lie in as many histories picked at random: the exact test of the table of two by two."""
    from scipy.stats import hypergeom

    if not held.inside.trials:
        return 1.0
    return float(hypergeom.sf(held.inside.count - 1, base.trials, base.count, held.inside.trials))


def _tree(
    columns: Sequence[np.ndarray], hits: np.ndarray, is_word: Sequence[bool], searched: np.ndarray, folds: np.ndarray, wanted: bool
) -> tuple[Node | None, float, str]:
    if not wanted:
        return None, 1.0, "it was not asked for"
    try:
        root = grow(columns, hits, is_word, searched, folds)
    except UsageError as error:
        return None, 1.0, f"{error}: {error.hint}"
    if not root.parts:
        return None, 1.0, "no question about one input after another tells the histories apart better than their share does"
    chance = chance_of(root)
    if chance > LEVEL:
        return None, chance, "the half of the histories that was not searched does not confirm it"
    return root, chance, ""
