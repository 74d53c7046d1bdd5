"""Which inputs moved what came of a run, from its own histories: no further simulation is needed.

The measure is Borgonovo's delta (`sim.analysis.delta`): the share of histories that would have to end otherwise for the shares
among all histories to become those at a known value of the input, on average over its values. It sees any kind of dependence,
not only a steady one, of numbers and of words, on classes, events, numbers and times.

A dummy input that does nothing, cut into the same slices, gives the *noise floor* of each input: the 95 % quantile of the
measure over random dummies. What lies below it is called not distinguishable; of inputs that do nothing, one in twenty comes
out above it. Intervals are 1.96 standard deviations over bootstrap samples of histories to either side. Of a run with more
than `MOST_STUDIED` histories a sample is studied.

Sources: Borgonovo (2007); Plischke, Borgonovo and Smith (2013).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sim.analysis import delta as measures
from sim.analysis.asked import Asked, numbered, outcomes
from sim.analysis.estimates import Z95, Columns
from sim.analysis.given_data import FEWEST, GivenData, Input, given_data, sample_words
from sim.analysis.resampling import generator
from sim.analysis.result_names import OUTCOME
from sim.experiments.columns import rows_at
from sim.experiments.design import RANDOM

DUMMIES = 1_000
RESAMPLES = 100  # of which the standard deviation is taken
MOST_CLASSES = 12  # into which a number that is asked about is cut
MOST_STUDIED = 20_000  # histories; more would not change what is told
QUANTILE = 0.95  # share of dummies that stay below the floor
FEWEST_IN_A_CELL = 5.0  # histories of a value and class, found or expected, below which their residual is mostly noise
STEADY = 2.6  # standard errors of a rank correlation from which a higher value is said to act in one direction
MEASURE = "share of histories that end otherwise for knowing the input (Borgonovo's delta)"
_ANALYSIS = "drivers"  # owner of the draws


@dataclass(frozen=True)
class Effect:
    """How much one input moves what is asked about."""

    path: str
    label: str
    effect: float
    low: float
    high: float
    floor: float  # what a dummy that is cut alike reaches
    distinguishable: bool
    toward: str  # class that high values make likelier; with the values in brackets that stand out where it acts otherwise
    association: float  # rank correlation-like measure with that class, in [-1, 1]
    is_steady: bool = True  # whether higher values act in one direction


@dataclass(frozen=True)
class DriverTable:
    """Effects, largest first, and the noise floor of an input that is a number."""

    effects: list[Effect]
    noise_floor: float
    num_rows: int  # histories studied
    of_rows: int  # histories there are
    design: str = RANDOM
    constant: tuple[str, ...] = ()  # paths of inputs that never varied
    missing: str = ""  # why there are no effects, in words
    asked: Asked | None = field(default=None, repr=False, compare=False)
    set_aside: int = 0  # histories that do not fit what is given

    @property
    def sample(self) -> str:
        """Which histories are studied where these are not all, in words; empty where they are."""
        return sample_words(self.num_rows, self.of_rows, self.design, self.set_aside)

    @property
    def clear(self) -> list[Effect]:
        """Effects that are told from a dummy's."""
        return [item for item in self.effects if item.distinguishable]

    @property
    def by_luck(self) -> float:
        """How many of as many inputs that do nothing would be told from a dummy all the same."""
        return (1.0 - QUANTILE) * len(self.effects)


def drivers(results: Columns, seed: int, scenario: Columns | None = None, design: str = RANDOM) -> DriverTable:
    """Effects of all recorded inputs on the class of outcome, as every report shows them.

    `seed` is the run's; it makes dummies and resamples repeatable and has no bearing on the histories.
    """
    data = given_data(results, scenario or {}, MOST_STUDIED, design)
    asked = outcomes(scenario or {}, np.asarray(rows_at(results, data.rows, [OUTCOME])[OUTCOME]))
    return effects_on(asked, data, seed)


def effects_on(asked: Asked, data: GivenData, seed: int) -> DriverTable:
    """Effects of all inputs on what is asked about."""
    n = data.num_rows
    slices = measures.num_slices(n)
    studied = {"num_rows": n, "of_rows": data.of_rows, "design": data.design, "constant": data.constant, "set_aside": data.set_aside}
    why = why_none(asked, data)
    if why:
        return DriverTable([], math.nan, missing=why, asked=asked, **studied)
    codes, classes = asked.coded(min(slices, MOST_CLASSES))
    floors = _Floors(codes, len(classes), asked.is_number, seed)
    found = [_effect(item, asked, codes, classes, slices, floors, seed) for item in data.inputs]
    found.sort(key=lambda pair: (-pair[0], pair[1].path))
    number = np.bincount(measures.equal_slices(np.arange(n), slices))
    return DriverTable([item for _, item in found], floors.of(number, True), asked=asked, **studied)


def what_to_do(data: GivenData) -> str:
    """What would make it possible to tell something."""
    if data.num_rows < FEWEST:
        return "play more histories: `sim run ... --replications 1000`"
    return "give inputs a distribution and list them under `uncertainties:`; docs/how-to/find-what-drives-it.md tells how"


def why_none(asked: Asked, data: GivenData) -> str:
    """Why nothing can be told, in words; empty where something can."""
    if data.num_rows < FEWEST:
        return f"too few histories to tell what moved the outcome: {data.num_rows} of at least {FEWEST}"
    if asked.is_constant:
        return f"{asked.label} is the same in all histories"
    if not data.inputs and data.constant:
        return "the inputs that are recorded are the same in all histories"
    if not data.inputs:
        return "no inputs are recorded: the scenario lists none under `uncertainties:`"
    return ""


class _Floors:
    """Noise floors, each worked out once for all inputs that are cut into slices of the same sizes."""

    def __init__(self, codes: np.ndarray, classes: int, is_ordered: bool, seed: int) -> None:
        self._counts = np.bincount(codes, minlength=classes)
        self._is_ordered, self._seed = is_ordered, seed
        self._known: dict[tuple[bool, tuple[int, ...]], float] = {}

    def of(self, sizes: np.ndarray, has_order: bool) -> float:
        """The floor of an input with slices of these sizes."""
        key = has_order, tuple(sorted(sizes.tolist()))
        if key not in self._known:
            random = generator(self._seed, _ANALYSIS, f"dummy {key}")
            tables = measures.of_dummies(sizes, self._counts, DUMMIES, random)
            self._known[key] = float(np.quantile(measures.delta(tables, random, (has_order, self._is_ordered)), QUANTILE))
        return self._known[key]


def sliced(item: Input, most: int) -> tuple[np.ndarray, list[str]]:
    """The slice of every history by an input, and the names of slices where these are words."""
    if item.is_number:
        return measures.equal_slices(item.values.astype(float), most), []
    slices, names = numbered(item.values)
    if len(names) > most:  # the rarer words are one slice
        counts = np.bincount(slices)
        kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
        place = np.full(len(names), most - 1)
        place[kept] = np.arange(len(kept))
        return place[slices], [*(names[k] for k in kept), "others"]
    return slices, names


def _effect(
    item: Input, asked: Asked, codes: np.ndarray, classes: list[str], most: int, floors: _Floors, seed: int
) -> tuple[float, Effect]:
    """The measure as it came out, by which inputs are ranked, and what is told of it: never below zero."""
    slices, names = sliced(item, most)
    table = measures.counted(slices, codes, len(classes))
    ordered = item.is_number, asked.is_number
    random = generator(seed, _ANALYSIS, item.path)
    value = float(measures.delta(table[None], random, ordered)[0])
    draws = measures.delta(measures.resampled(table, RESAMPLES, random), random, ordered)
    # Resamples repeat rows, which shifts the measure; their spread is that of the estimate.
    reach = Z95 * float(np.std(draws, ddof=1))
    low, high = min(1.0, max(0.0, value - reach)), min(1.0, max(0.0, value + reach))
    floor = floors.of(table.sum(axis=1), item.is_number)
    toward, association, steady = _toward(item, asked, slices, names, codes, classes)
    told = max(0.0, value)
    return value, Effect(item.path, item.label, told, low, high, floor, value > floor, toward, association, steady)


# In which direction --------------------------------------------------------------------------------------------------


def _toward(
    item: Input, asked: Asked, slices: np.ndarray, names: list[str], codes: np.ndarray, classes: list[str]
) -> tuple[str, float, bool]:
    """The class that high values make likelier, or the values that stand out; the association; whether it is steady."""
    if item.is_number:
        ranks = _ranks(item.values.astype(float))
        if asked.is_number:
            toward, association, strength = _rank_correlation(ranks, asked)
        else:
            toward, association, strength = _most_shifted(ranks, codes, classes)
        if strength >= STEADY:
            return toward, association, True
        names = _stretches(int(slices.max()) + 1)
    if asked.is_number:
        return _number_standing_out(slices, names, asked)
    return (*_standing_out(slices, codes, names, classes), False)


def _stretches(number: int) -> list[str]:
    """Where each slice lies, in words without numbers."""
    return [("low", "middle", "high")[min(2, 3 * place // number)] + " values" for place in range(number)]


def _ranks(values: np.ndarray) -> np.ndarray:
    """Mid-ranks, 1 to n."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]


def _rank_correlation(ranks: np.ndarray, asked: Asked) -> tuple[str, float, float]:
    """Rank correlation with a number, where what never came counts as latest, and how many standard errors it is from 0."""
    others = _ranks(np.where(np.isfinite(asked.values), asked.values, np.inf))
    if np.ptp(others) == 0.0 or np.ptp(ranks) == 0.0:
        return "", 0.0, 0.0
    found = float(np.corrcoef(ranks, others)[0, 1])
    return "", found, abs(found) * math.sqrt(len(ranks) - 1)


def _most_shifted(ranks: np.ndarray, codes: np.ndarray, classes: list[str]) -> tuple[str, float, float]:
    """Class with the strongest evidence of a shift, 2 AUC - 1 for it, and how many standard errors that is from 0."""
    best, strength, association = "", -1.0, 0.0
    n = len(ranks)
    for code, name in enumerate(classes):
        inside = codes == code
        m = int(inside.sum())
        if m == 0 or m == n or not name:
            continue
        auc = (ranks[inside].sum() - m * (m + 1) / 2) / (m * (n - m))
        score = abs(auc - 0.5) * math.sqrt(12 * m * (n - m) / (n + 1))
        if score > strength:
            best, strength, association = name, score, 2 * float(auc) - 1
    return best, association, strength


def _standing_out(slices, codes, names, classes) -> tuple[str, float]:
    """The (value, class) cell with the largest standardised residual; one with few histories only where there is no other."""
    n = len(slices)
    best, foremost, association = "", (False, -1.0), 0.0
    for place, name in enumerate(names):
        for code, cls in enumerate(classes):
            a, b = slices == place, codes == code
            p, q = a.mean(), b.mean()
            if p in (0.0, 1.0) or q in (0.0, 1.0) or not cls:
                continue
            both = int((a & b).sum())
            phi = (both / n - p * q) / math.sqrt(p * (1 - p) * q * (1 - q))
            standing = (max(both, n * p * q) >= FEWEST_IN_A_CELL, abs(phi) * math.sqrt(n))
            if standing > foremost:
                best, foremost, association = f"{cls} ({name})", standing, phi
    return best, association


def _number_standing_out(slices: np.ndarray, names: list[str], asked: Asked) -> tuple[str, float, bool]:
    """The slice whose mean rank of the number is farthest from the middle."""
    others = _ranks(np.where(np.isfinite(asked.values), asked.values, np.inf))
    middle, spread = float(others.mean()), float(others.std()) or 1.0
    best, strength, association = "", -1.0, 0.0
    for place, name in enumerate(names):
        inside = slices == place
        if not inside.any():
            continue
        gap = (float(others[inside].mean()) - middle) / spread
        if abs(gap) * math.sqrt(int(inside.sum())) > strength:
            best, strength, association = f" ({name})", abs(gap) * math.sqrt(int(inside.sum())), max(-1.0, min(1.0, gap))
    return best, association, False


__all__ = [
    "DUMMIES", "MEASURE", "MOST_STUDIED", "RESAMPLES", "DriverTable", "Effect", "drivers", "effects_on", "sliced", "what_to_do", "why_none",
]  # fmt: skip
