"""What a search is to reach: a share of histories, or the mean of a number, at least or at most so large.

``share(war) <= 0.05``, ``share(time:deal) >= 60%``, ``metric:trust >= 0.5``, ``time:deal <= 200``: an output as
`sim.analysis.outputs` reads it, a sign, a number. What is no share counts by its mean over histories.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.estimates import Z95, share
from sim.analysis.outputs import Output, output_of
from sim.errors import UsageError

_TARGET = re.compile(r"\s*(.+?)\s*(>=|<=|≥|≤|>|<|==?)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(%?)\s*")
_MEAN = re.compile(r"\s*mean\((.*)\)\s*")
EXAMPLE = '"share(war) <= 0.05"'


@dataclass(frozen=True)
class Level:
    """A share or a mean with its 95% interval, from so many histories."""

    value: float
    low: float
    high: float
    histories: int


@dataclass(frozen=True)
class Target:
    """An output and where its share or mean is to lie.

    Attributes
    ----------
    wants_more : whether at least, or at most, the value
    value : the share in (0, 1), or the mean
    """

    output: Output
    wants_more: bool
    value: float

    @property
    def sign(self) -> float:
        """1 where more is wanted, -1 where less is."""
        return 1.0 if self.wants_more else -1.0

    @property
    def text(self) -> str:
        """As it is asked for, in its shortest form."""
        name = f"share({self.output.name})" if self.output.kind == "class" else self.output.name
        return f"{name} {'>=' if self.wants_more else '<='} {self.value:.6g}"

    def is_met(self, level: float) -> bool:
        """Whether a share or mean is there."""
        return self.sign * (level - self.value) >= 0.0

    def level(self, values: np.ndarray) -> Level:
        """The share with its Wilson interval, or the mean with that of the normal distribution; of independent histories."""
        number = len(values)
        if self.output.is_share:
            found = share(int(values.sum()), number)
            return Level(found.share, found.low, found.high, number)
        mean = float(values.mean())
        half = Z95 * float(values.std(ddof=1)) / math.sqrt(number)
        return Level(mean, mean - half, mean + half, number)

    def chance(self, values: np.ndarray) -> float:
        """How probable it is that the target is met, after what independent histories gave.

        Of a share by the Beta distribution that Jeffreys' prior and the histories make, of a mean by the normal distribution.
        """
        from scipy.special import betainc, ndtr

        number = len(values)
        if self.output.is_share:
            count = float(values.sum())
            below = float(betainc(count + 0.5, number - count + 0.5, self.value))
            return 1.0 - below if self.wants_more else below
        error = float(values.std(ddof=1)) / math.sqrt(number)
        gap = self.sign * (float(values.mean()) - self.value)
        return float(gap >= 0.0) if error == 0.0 else float(ndtr(gap / error))

    def score(self, means: np.ndarray | float, histories: float) -> np.ndarray:
        """Shares or means where changes add up, rising to the target: of a share the log odds, kept finite by half a history."""
        means = np.asarray(means, dtype=np.float64)
        if not self.output.is_share:
            return self.sign * means
        count = means * histories
        return self.sign * np.log((count + 0.5) / (histories - count + 0.5))

    @property
    def wanted_score(self) -> float:
        """The score at the target."""
        if not self.output.is_share:
            return self.sign * self.value
        return self.sign * math.log(self.value / (1.0 - self.value))

    def of_score(self, score: float) -> float:
        """The share or mean at a score."""
        return self.sign * score if not self.output.is_share else 1.0 / (1.0 + math.exp(-self.sign * score))


def target_of(text: str, scenario: Mapping[str, Any], root_seed: int) -> Target:
    """The target that a text names, for a completed scenario.

    Raises
    ------
    UsageError
        No target; no such output; a share that is none.
    """
    match = _TARGET.fullmatch(text)
    if match is None or match[2] in ("=", "=="):
        found = f"'{text}'" if text.strip() else "nothing"
        raise UsageError(
            f"--target: expected an output, >= or <=, and a number, found {found}", hint=f"write it as in {EXAMPLE}"
        )
    output = output_of(_inside(match[1]), scenario, _columns(scenario, root_seed))
    try:
        value = float(match[3]) / (100.0 if match[4] else 1.0)
    except ValueError:
        raise UsageError(f"--target: expected a number behind {match[2]}, found '{match[3]}'", hint=f"write it as in {EXAMPLE}") from None
    wants_more = match[2] in (">=", "≥", ">")
    if output.is_share and not 0.0 < value < 1.0:
        hint = f"{value:g}% is {value / 100:g}" if 1.0 < value < 100.0 else "what all histories do, or none, no finite number of them shows"
        raise UsageError(f"--target: a share lies between 0 and 1, found {match[3]}{match[4]}", hint=hint)
    if output.kind == "time" and not 0.0 < value < output.horizon:
        raise UsageError(
            f"--target: a mean of days lies between 0 and the horizon, {output.horizon:g}, found {value:g}",
            hint=f"whether it happens at all is share({output.name})",
        )
    return Target(output, wants_more, value)


def _inside(text: str) -> str:
    mean = _MEAN.fullmatch(text)
    return mean[1] if mean else text


def _columns(scenario: Mapping[str, Any], root_seed: int) -> list[tuple[str, str]]:
    """Name and kind of the columns that histories of a scenario have, by one of them."""
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case

    row, _, _ = play(compile_case(scenario), 0, root_seed)
    return [(name, "text" if value is None or isinstance(value, str) else "float64") for name, value in row.items()]


__all__ = ["EXAMPLE", "Level", "Target", "target_of"]
