"""Boxes: limits on a few inputs, which pick histories out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.given_data import Input

FEW_VALUES = 12  # different values up to which a number is told by its values


@dataclass(frozen=True)
class Limit:
    """What a box asks of one input: a number above ``low`` and below ``high``, or one of some words.

    Of an input with few different values bounds lie between two of them.
    """

    column: int
    low: float = -math.inf
    high: float = math.inf
    words: frozenset[int] | None = None  # codes of the words that are allowed

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Which values keep to it; codes of an input that has words."""
        if self.words is not None:
            return np.isin(values, sorted(self.words))
        return (values > self.low) & (values < self.high)

    @property
    def is_empty(self) -> bool:
        """Whether it asks nothing."""
        return self.words is None and self.low == -math.inf and self.high == math.inf


@dataclass(frozen=True)
class Box:
    """All limits at once, at most one an input, in the order of the columns."""

    limits: tuple[Limit, ...] = ()

    def holds(self, columns: Sequence[np.ndarray]) -> np.ndarray:
        """Which histories lie in it."""
        inside = np.ones(len(columns[0]), dtype=bool)
        for limit in self.limits:
            inside &= limit.holds(columns[limit.column])
        return inside

    def limit(self, column: int) -> Limit:
        """What it asks of an input."""
        return next((limit for limit in self.limits if limit.column == column), Limit(column))

    def having(self, limit: Limit) -> Box:
        """The box with another limit on that input."""
        others = [one for one in self.limits if one.column != limit.column]
        return Box(tuple(sorted([*others, *([] if limit.is_empty else [limit])], key=lambda one: one.column)))

    def without(self, column: int) -> Box:
        """The box without its limit on an input."""
        return Box(tuple(one for one in self.limits if one.column != column))


def coded_columns(inputs: Sequence[Input]) -> tuple[list[np.ndarray], list[list[str]]]:
    """Each input as numbers, codes of an input that has words; and its words, none of a number."""
    from sim.analysis.asked import numbered

    columns, words = [], []
    for item in inputs:
        values, names = (item.values.astype(float), []) if item.is_number else numbered(item.values)
        columns.append(values)
        words.append(names)
    return columns, words


def rounded(box: Box, columns: Sequence[np.ndarray]) -> Box:
    """The box with bounds of few digits, as they are told, so that what is counted is what is told."""
    found = box
    for limit in box.limits:
        if limit.words is None:
            low, high = (round_bound(bound, columns[limit.column]) for bound in (limit.low, limit.high))
            found = found.having(replace(limit, low=low, high=high))
    return found


def round_bound(bound: float, values: np.ndarray) -> float:
    """A bound with digits for a hundredth of where nine tenths of the values lie; between two values where few differ."""
    if not math.isfinite(bound):
        return bound
    different = np.unique(values)
    if len(different) <= FEW_VALUES:
        return bound
    low, high = np.quantile(values, [0.05, 0.95])
    span = float(high - low) or float(np.ptp(values))
    step = 10.0 ** (math.floor(math.log10(span)) - 1)
    step = step / 2.0 if span / step < 20.0 else step
    return float(f"{round(bound / step) * step:.12g}")


def limit_words(limit: Limit, item: Input, words: Sequence[str]) -> str:
    """A limit in words: `cost of war is below 0.48`."""
    from sim.analysis.driver_words import figure

    if limit.words is not None:
        names = [f"\u201c{words[code].replace('_', ' ')}\u201d" for code in sorted(limit.words)]
        return f"{item.label} is {_either(names)}"
    different = np.unique(item.values.astype(float))
    if len(different) <= FEW_VALUES:
        inside = different[limit.holds(different)]
        if len(inside) == 1:
            return f"{item.label} is {figure(float(inside[0]))}"
        low = "" if limit.low == -math.inf else figure(float(inside[0]))
        high = "" if limit.high == math.inf else figure(float(inside[-1]))
        told = f"between {low} and {high}" if low and high else f"at least {low}" if low else f"at most {high}"
        return f"{item.label} is {told}"
    if limit.low == -math.inf:
        return f"{item.label} is below {bound_words(limit.high)}"
    if limit.high == math.inf:
        return f"{item.label} is above {bound_words(limit.low)}"
    return f"{item.label} is between {bound_words(limit.low)} and {bound_words(limit.high)}"


def bound_words(bound: float) -> str:
    """A bound with all its digits, which are few."""
    return f"{bound:,.10g}".replace("-", "\u2212")


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def box_words(box: Box, inputs: Sequence[Input], words: Sequence[Sequence[str]]) -> str:
    """All limits in words, joined."""
    told = [limit_words(limit, inputs[limit.column], words[limit.column]) for limit in box.limits]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def box_data(box: Box, inputs: Sequence[Input], words: Sequence[Sequence[str]]) -> list[Mapping[str, object]]:
    """Limits as plain data."""
    return [
        {
            "path": inputs[limit.column].path,
            "label": inputs[limit.column].label,
            "above": limit.low if math.isfinite(limit.low) else None,
            "below": limit.high if math.isfinite(limit.high) else None,
            "values": None if limit.words is None else [words[limit.column][code] for code in sorted(limit.words)],
        }
        for limit in box.limits
    ]
