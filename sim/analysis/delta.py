"""Borgonovo's delta from tables of counts: how far knowing an input moves the distribution of what is asked about.

A *table* has a row for each slice of an input and a column for each class of the output. Delta is the distance in total
variation between the distribution within a slice and the one among all histories, averaged over the slices:

    delta = sum over slices of n_s / n * 1/2 sum over classes of |n_sc / n_s - n_c / n|

from 0, the input tells nothing, to 1. It is the share of histories that would have to end otherwise for the one
distribution to become the other. The sum over a sample is too large, since chance moves every slice; for an input that does
nothing it is of the size of effects that matter. Here each history is therefore assigned to one of two halves, the signs of
the differences are taken from one half and the differences from the other, and the other way round, averaged over several
assignments. Then an input that does nothing has 0 on average at any sample size, and a weak one comes out rather too small.
Signs lean on those of neighbouring cells where slices or classes have an order, since most of what matters acts steadily.

All that is random is drawn on tables, so the effort does not depend on the number of histories.

Sources: Borgonovo (2007), Reliability Engineering and System Safety 92(6), 771-784; Plischke, Borgonovo and Smith (2013),
European Journal of Operational Research 226(3), 536-550, for slices of a given sample.
"""

from __future__ import annotations

import numpy as np

HALVES = 8  # assignments to halves that are averaged
LEANING = 0.5  # weight of each neighbour in a sign
FEWEST_SLICES, MOST_SLICES = 5, 20
_AT_ONCE = 250_000  # cells in memory, few enough for a processor's cache
_BITS = 64
_MOST_WORDS = 4  # random words a cell up to which bits are counted


def num_slices(histories: int) -> int:
    """Slices of equal size into which a number is cut: with the cube root of the sample, 8 for 1,000 histories."""
    return int(min(max(round(0.8 * histories ** (1.0 / 3.0)), FEWEST_SLICES), MOST_SLICES))


def equal_slices(values: np.ndarray, most: int) -> np.ndarray:
    """The slice of every value, from 0: one a value where few differ, else ``most`` of about equal size; equal values stay together."""
    different, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(different) <= most:
        return inverse
    before = np.cumsum(counts) - counts
    middle = before + (counts - 1) / 2.0
    slices = (middle * most / len(values)).astype(np.int64)
    return np.unique(slices, return_inverse=True)[1][inverse]


def counted(slices: np.ndarray, codes: np.ndarray, classes: int) -> np.ndarray:
    """The table, shape (slices, classes)."""
    rows = int(slices.max()) + 1
    return np.bincount(slices * classes + codes, minlength=rows * classes).reshape(rows, classes)


def plain_delta(tables: np.ndarray) -> np.ndarray:
    """The sum as it stands, of tables of shape (..., slices, classes); for large samples, or true probabilities."""
    total = tables.sum((-1, -2), keepdims=True)
    return 0.5 * np.abs(_moved(tables)).sum((-1, -2)) / total[..., 0, 0]


def delta(tables: np.ndarray, random: np.random.Generator, ordered: tuple[bool, bool] = (False, False)) -> np.ndarray:
    """Delta of tables of shape (number, slices, classes), with signs and differences from different halves.

    ``ordered`` says whether slices and whether classes have an order.
    """
    found = np.empty(len(tables))
    step = max(1, _AT_ONCE // (HALVES * tables[0].size))
    for first in range(0, len(tables), step):
        some = np.broadcast_to(tables[first : first + step], (HALVES, *tables[first : first + step].shape))
        one = _halved(some, random)
        here, there = _moved(one), _moved(some - one)
        both = _signs(there, ordered) * here + _signs(here, ordered) * there
        found[first : first + step] = (0.5 * both.sum((-1, -2)) / some.sum((-1, -2))).mean(axis=0)
    return found


def _halved(counts: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """How many of so many go to the first half: a bit each, which costs a tenth of a draw from the binomial distribution."""
    words = -(-int(counts.max()) // _BITS)
    if words > _MOST_WORDS:
        return random.binomial(counts, 0.5)
    found = np.zeros(counts.shape, dtype=np.int64)
    for word in range(words):
        bits = random.integers(0, 1 << 64, size=counts.shape, dtype=np.uint64)
        left = np.clip(counts - _BITS * word, 0, _BITS).astype(np.uint64)
        bits = np.where(left > 0, bits >> (_BITS - left) % _BITS, 0)
        found += np.bitwise_count(bits)
    return found


def _signs(moved: np.ndarray, ordered: tuple[bool, bool]) -> np.ndarray:
    for axis, has_order in zip((-2, -1), ordered, strict=True):
        if has_order and moved.shape[axis] > 1:
            there = np.moveaxis(moved, axis, -1)
            leant = there.copy()
            leant[..., 1:] += LEANING * there[..., :-1]
            leant[..., :-1] += LEANING * there[..., 1:]
            moved = np.moveaxis(leant, -1, axis)
    return np.sign(moved)


def _moved(tables: np.ndarray) -> np.ndarray:
    """Histories in each cell beyond those that there would be if the input told nothing."""
    total = np.maximum(tables.sum((-1, -2), keepdims=True), 1)
    return tables - tables.sum(-1, keepdims=True) * (tables.sum(-2, keepdims=True) / total)


def resampled(table: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
    """So many bootstrap samples of a table: histories drawn with replacement."""
    total = int(table.sum())
    return random.multinomial(total, table.ravel() / total, size=number).reshape(number, *table.shape)


def of_dummies(sizes: np.ndarray, counts: np.ndarray, number: int, random: np.random.Generator) -> np.ndarray:
    """Tables of inputs that do nothing: slices of these sizes, classes of these counts, dealt at random."""
    found = np.zeros((number, len(sizes), len(counts)), dtype=np.int64)
    left = np.broadcast_to(counts, (number, len(counts))).copy()
    for row, size in enumerate(sizes.tolist()):
        open_places = np.full(number, size)
        for column in range(len(counts)):
            here, others = left[:, column], left[:, column + 1 :].sum(axis=1)
            drawn = random.hypergeometric(here, others, open_places)
            found[:, row, column] = drawn
            open_places = open_places - drawn
        left = left - found[:, row]
    return found
