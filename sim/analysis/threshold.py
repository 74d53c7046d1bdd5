"""A target (`share(war) >= 0.1`), and from which value of one input on it is met: an adaptive search.

1. *Scan*: values over the whole range, all with the same draws. Which of them surely meet the target, and which surely do not, says
   whether it is met everywhere, nowhere, on one side of one value, or several times; pairs of values say whether the curve rises and falls.
2. *Closer*, twice: five values where the curve passes, to learn where and how steeply.
3. *There*: most of the histories at the value found and at two beside it, with draws that nothing before has used, so that what
   the search has looked at does not favour the result. The interval rests on these alone (`sim.analysis.crossing`).

Each step is played by whoever searches, as an ordinary run. Which steps there are depends on the rows alone, so that a search that was
interrupted goes the same way again.

Source: in the manner of retrospective approximation, Chen and Schmeiser (2001), IIE Transactions 33(3), 259-275.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.analysis import response
from sim.analysis.crossing import Crossing, crossing
from sim.analysis.estimates import Z95, share
from sim.analysis.outputs import Output, output_of
from sim.analysis.paired_shares import score_interval
from sim.errors import UsageError

Play = Callable[[str, Sequence[float], int, int], np.ndarray]
"""Plays a step: its name, values of the input, the first replication whose draws it has, how many; the output of shape (draws, values)."""

Kind = Literal["crossed", "everywhere", "nowhere", "several", "open"]

HISTORIES = 20_000  # of a search, if nothing else is asked for
FEWEST = 1_000
VALUES = 9  # of the scan
PARTS = {"scan": 0.15, "again": 0.25, "closer": 0.15}  # of the histories; what is left is played there
NEAR = 5  # values of the steps that come closer
BESIDE = 3  # the values beside the one found have a third of its histories
SIDE = 4.0  # how far off they are, in standard errors of what the steps before found
_TARGET = re.compile(r"\s*(.+?)\s*(>=|<=|>|<)\s*(\S+)\s*")


@dataclass(frozen=True)
class Target:
    """A level that the mean of an output is to reach (``is_least``) or not to pass."""

    output: Output
    is_least: bool
    level: float
    text: str

    def is_met(self, mean: float) -> bool:
        """Whether a mean meets it."""
        return mean >= self.level if self.is_least else mean <= self.level


def target_of(text: str, scenario: Mapping[str, Any], kinds: Sequence[tuple[str, str]]) -> Target:
    """The target that ``share(war) >= 0.1``, ``metric:trust < 3`` and the like name; a level may be written as ``10%``.

    Raises
    ------
    UsageError
        It does not read so; no such output; a share that is to be below 0 or above 1, which says nothing.
    """
    found = _TARGET.fullmatch(text)
    hint = "write it as in --threshold 'share(war) >= 0.1'; shares lie between 0 and 1"
    if found is None:
        raise UsageError(f"--threshold: expected an output, a sign (>= or <=) and a level, found '{text}'", hint=hint)
    name, sign, number = found.groups()
    if name.endswith("="):
        raise UsageError(f"--threshold: expected >= or <= before the level, found '={sign}' in '{text}'", hint=f"write {sign}=")
    try:
        level = float(number.removesuffix("%")) / (100.0 if number.endswith("%") else 1.0)
    except ValueError:
        level = math.nan
    if not math.isfinite(level):
        raise UsageError(f"--threshold: expected a number after {sign}, found '{number}'", hint=hint)
    mean = re.fullmatch(r"mean\((.*)\)", name)
    output = output_of(mean[1] if mean else name, scenario, kinds)
    if output.is_share and not 0.0 < level < 1.0:
        says = "is always so" if (level <= 0.0) == (sign[0] == ">") else "can never be"
        if (level, sign) in ((0.0, "<="), (1.0, ">=")):
            says = "no number of histories can show"
        raise UsageError(f"--threshold: '{text}' {says}: a share lies between 0 and 1", hint=hint)
    return Target(output, sign[0] == ">", level, f"{name} {sign} {number}")


@dataclass(frozen=True)
class Step:
    """Values of the input that were played, with the mean at each."""

    name: str
    first: int
    values: tuple[float, ...]
    means: tuple[response.Interval, ...]
    draws: tuple[int, ...]

    @property
    def histories(self) -> int:
        return sum(self.draws)


@dataclass(frozen=True)
class Stretch:
    """Neighbouring values of the scan between which the target changes from met to not met, or back."""

    low: float
    high: float
    is_met_above: bool


@dataclass(frozen=True)
class Threshold:
    """What a search found.

    Attributes
    ----------
    kind : ``crossed`` once; met ``everywhere`` or ``nowhere`` in the range; ``several`` times; ``open`` where so many histories do not tell
    crossing : where, for ``crossed``; else None
    is_met_above : whether the target is met above the crossing
    stretches : between which values of the scan it changes
    is_monotone : whether the curve was not seen to rise and fall
    is_sure : whether each value of the scan surely is on its side, among all (Bonferroni)
    """

    target: Target
    kind: Kind
    low: float
    high: float
    crossing: Crossing | None
    is_met_above: bool
    stretches: tuple[Stretch, ...]
    is_monotone: bool
    is_sure: bool
    steps: tuple[Step, ...]

    @property
    def histories(self) -> int:
        """All that were played."""
        return sum(step.histories for step in self.steps)

    @property
    def scan(self) -> Step:
        """The values over the whole range, with all their histories."""
        return next(step for step in reversed(self.steps) if step.name in ("scan", "scan again"))


def search(
    play: Play, target: Target, low: float, high: float, values: Sequence[float] = (), histories: int = HISTORIES
) -> Threshold:
    """From which value of an input between ``low`` and ``high`` on a target is met.

    Parameters
    ----------
    values : of the scan, ascending from ``low`` to ``high``; evenly `VALUES` by default
    histories : about how many are played in all
    """
    places = list(values) or [low + (high - low) * n / (VALUES - 1) for n in range(VALUES)]
    number = _part(histories, "scan", len(places))
    rows = play("scan", places, 0, number)
    steps = [_step("scan", 0, places, rows, target)]
    sides = _sides(rows, target)
    if _changes(sides) > 1 or (_changes(sides) == 0 and 0 in sides):
        more = _part(histories, "again", len(places))
        rows = np.concatenate([rows, play("scan-again", places, number, more)])
        number += more
        steps = [_step("scan again", 0, places, rows, target)]
        sides = _sides(rows, target)
    is_monotone = not _rises_and_falls(rows)
    stretches = _stretches(places, sides)
    is_sure = 0 not in sides

    def found(kind: Kind, at: Crossing | None = None, above: bool = False) -> Threshold:
        return Threshold(target, kind, low, high, at, above, tuple(stretches), is_monotone, is_sure, tuple(steps))

    if len(stretches) > 1:
        return found("several")
    if not stretches:
        return found(_one_side(rows, sides, target))
    ((start, stop, above),) = [(item.low, item.high, item.is_met_above) for item in stretches]
    near: Crossing | None = None
    window = (start, stop)
    for name in ("closer", "closer-again"):
        inside = [window[0] + (window[1] - window[0]) * n / (NEAR - 1) for n in range(NEAR)]
        each = _part(histories, "closer", 2 * NEAR)
        rows = play(name, inside, 0, each)
        steps.append(_step(name.replace("-", " "), 0, inside, rows, target))
        number = max(number, each)
        near = crossing(inside, list(rows.T), target.level, window) or near
        if near is None:
            near = _between(inside, rows.mean(axis=0), target.level)
        half = min(max(4.0 * near.spread, 0.1 * (window[1] - window[0])), 0.5 * (window[1] - window[0]))
        window = max(start, near.at - half), min(stop, near.at + half)
    assert near is not None
    three = _beside(near, low, high, stop - start)
    left = histories - sum(step.histories for step in steps)
    each = max(20, int(left / (1.0 + 2.0 / BESIDE)))
    few = max(10, each // BESIDE)
    beside = play("there", three, number, few)
    middle = play("there-more", three[1:2], number + few, each - few)
    samples = [beside[:, 0], np.concatenate([beside[:, 1], middle[:, 0]]), beside[:, 2]]
    steps.append(_last(number, three, samples, target))
    reach = 3.0 * (three[2] - three[0])
    limits = max(low, three[1] - reach), min(high, three[1] + reach)
    at = crossing(three, samples, target.level, limits)
    return found("open" if at is None else "crossed", at, above)


def _part(histories: int, step: str, values: int) -> int:
    """Histories at each of some values."""
    return max(20, int(PARTS[step] * histories / values))


def _step(name: str, first: int, values: Sequence[float], rows: np.ndarray, target: Target) -> Step:
    means = tuple(response.each_point(rows, target.output.is_share))
    return Step(name, first, tuple(values), means, (len(rows),) * len(values))


def _last(first: int, values: Sequence[float], samples: Sequence[np.ndarray], target: Target) -> Step:
    means = tuple(response.each_point(some[:, None], target.output.is_share)[0] for some in samples)
    return Step("there", first, tuple(values), means, tuple(len(some) for some in samples))


def _sides(rows: np.ndarray, target: Target) -> list[int]:
    """Of each value 1 where the target is surely met, -1 where it surely is not, else 0; sure among all values (Bonferroni)."""
    z = response.quantile(rows.shape[1])
    sides = []
    for column in rows.T:
        if target.output.is_share:
            # The interval of a share at another level of certainty: as if there were fewer histories.
            fewer = (Z95 / z) ** 2
            found = share(int(column.sum()), len(column))
            gap = fewer * (found.share - target.level) ** 2 * len(column)
            apart = gap > Z95**2 * target.level * (1.0 - target.level)
            mean = found.share
        else:
            mean = float(column.mean())
            apart = abs(mean - target.level) > z * float(column.std(ddof=1)) / math.sqrt(len(column))
        sides.append(0 if not apart else 1 if target.is_met(mean) else -1)
    return sides


def _changes(sides: Sequence[int]) -> int:
    sure = [side for side in sides if side]
    return sum(one != two for one, two in zip(sure, sure[1:], strict=False))


def _stretches(values: Sequence[float], sides: Sequence[int]) -> list[Stretch]:
    sure = [(value, side) for value, side in zip(values, sides, strict=True) if side]
    return [Stretch(a, b, two > 0) for (a, one), (b, two) in zip(sure, sure[1:], strict=False) if one != two]


def _one_side(rows: np.ndarray, sides: Sequence[int], target: Target) -> Kind:
    """What is told where no two values surely are on different sides."""
    met = [target.is_met(float(mean)) for mean in rows.mean(axis=0)]
    if all(met) and any(side > 0 for side in sides):
        return "everywhere"
    if not any(met) and any(side < 0 for side in sides):
        return "nowhere"
    return "open"


def _rises_and_falls(rows: np.ndarray) -> bool:
    """Whether some value surely lies above one before it and some below one before it, among all pairs (Bonferroni)."""
    number = rows.shape[1]
    z = response.quantile(number * (number - 1) // 2)
    earlier, later = np.triu_indices(number, 1)
    apart = rows[:, later] - rows[:, earlier]
    if np.isin(rows, (0.0, 1.0)).all():
        low, high = score_interval(np.sum(apart > 0, axis=0), np.sum(apart < 0, axis=0), len(rows), z)
    else:
        half = z * apart.std(axis=0, ddof=1) / math.sqrt(len(rows))
        low, high = apart.mean(axis=0) - half, apart.mean(axis=0) + half
    return bool((low > 0.0).any() and (high < 0.0).any())


def _between(values: Sequence[float], means: np.ndarray, level: float) -> Crossing:
    """Where a straight line through the means passes the level, within the values: a place to look at, not a result."""
    slope, start = np.polyfit(values, means, 1)
    at = float(np.clip((level - start) / slope if slope else np.mean(values), values[0], values[-1]))
    return Crossing(at, values[0], values[-1], (True, True), float(slope), abs(float(slope)) * (values[-1] - values[0]) / 4.0)


def _beside(near: Crossing, low: float, high: float, width: float) -> list[float]:
    """The value found and one on each side of it, within the range."""
    half = min(max(SIDE * near.spread, 0.02 * width), width / 2.0, (high - low) / 4.0)
    middle = min(max(near.at, low + half), high - half)
    return [max(low, middle - half), middle, min(high, middle + half)]


__all__ = ["HISTORIES", "Step", "Stretch", "Target", "Threshold", "search", "target_of"]
