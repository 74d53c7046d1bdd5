"""What came of the histories at different values of one input: the curve behind its effect."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.analysis.asked import Asked
from sim.analysis.delta import num_slices
from sim.analysis.drivers import sliced
from sim.analysis.estimates import Share, share
from sim.analysis.given_data import Input

MOST_STRETCHES = 10


@dataclass(frozen=True)
class Stretch:
    """Histories whose input lies in a stretch of its values, or has one of a few words."""

    name: str  # the word; empty where the input is a number
    low: float
    middle: float  # median of the values
    high: float
    histories: int
    shares: tuple[Share, ...] = ()  # of each class
    quartiles: tuple[float, float, float] | None = None  # of a number, among the histories that have it
    missing: Share | None = None  # of histories that have none


@dataclass(frozen=True)
class Course:
    """An input and its stretches in order, with the classes that shares are of."""

    item: Input
    classes: tuple[str, ...]
    stretches: tuple[Stretch, ...] = field(repr=False)


def course(asked: Asked, item: Input) -> Course:
    """What came at different values of an input; shares of classes, or quartiles of a number."""
    slices, names = sliced(item, min(num_slices(len(item.values)), MOST_STRETCHES))
    values = item.values.astype(float) if item.is_number else None
    codes, classes = (None, []) if asked.is_number else asked.coded(1)
    shown = [name for name in classes if name]
    stretches = []
    for place in range(int(slices.max()) + 1):
        inside = slices == place
        n = int(inside.sum())
        low, middle, high = (float("nan"),) * 3 if values is None else (float(q) for q in np.quantile(values[inside], [0, 0.5, 1]))
        common = {"name": names[place] if names else "", "low": low, "middle": middle, "high": high, "histories": n}
        if codes is None:
            known = asked.values[inside][np.isfinite(asked.values[inside])]
            quartiles = tuple(float(q) for q in np.quantile(known, [0.25, 0.5, 0.75])) if len(known) else None
            stretches.append(Stretch(**common, quartiles=quartiles, missing=share(n - len(known), n)))
        else:
            counts = np.bincount(codes[inside], minlength=len(classes))
            shares = tuple(share(int(counts[code]), n) for code, name in enumerate(classes) if name)
            stretches.append(Stretch(**common, shares=shares))
    return Course(item, tuple(shown), tuple(stretches))
