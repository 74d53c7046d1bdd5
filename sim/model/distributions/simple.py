"""The families that need neither the normal quantile nor a table, from constant to choice."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.distributions.base import INFINITY, Distribution, clip, require, require_finite
from sim.rules import distributions as kinds


@dataclass(frozen=True)
class Constant(Distribution):
    """Always the same value."""

    value: float

    def __post_init__(self) -> None:
        require_finite("constant", value=self.value)

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.CONSTANT, (self.value,)

    def mean(self) -> float:
        return self.value

    def bounds(self) -> tuple[float, float]:
        return self.value, self.value

    def __str__(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True)
class Uniform(Distribution):
    """Equally likely anywhere from ``low`` to ``high``."""

    low: float
    high: float

    def __post_init__(self) -> None:
        require_finite("uniform", low=self.low, high=self.high)
        require(self.low < self.high, "uniform", "low < high", f"low {self.low:g}, high {self.high:g}")

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.UNIFORM, (self.low, self.high, self.low, self.high)

    def mean(self) -> float:
        return 0.5 * (self.low + self.high)

    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def __str__(self) -> str:
        return f"uniform(low={self.low:g}, high={self.high:g})"


@dataclass(frozen=True)
class ClippedUniform(Distribution):
    """Uniform from ``low`` to ``high``, values beyond ``least`` or ``most`` moved there.

    Clarification 4.7: an ideal varies by a fixed width but never leaves the issue's scale, so the
    ends of the scale carry lumps of probability.
    """

    low: float
    high: float
    least: float
    most: float

    def __post_init__(self) -> None:
        require_finite("clipped uniform", low=self.low, high=self.high, least=self.least, most=self.most)
        require(self.low < self.high, "clipped uniform", "low < high", f"low {self.low:g}, high {self.high:g}")
        require(self.least <= self.most, "clipped uniform", "least <= most", f"{self.least:g}, {self.most:g}")

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.UNIFORM, (self.low, self.high, self.least, self.most)

    def mean(self) -> float:
        left = clip(self.least, self.low, self.high)
        right = clip(self.most, self.low, self.high)
        lumps = self.least * (left - self.low) + self.most * (self.high - right)
        return clip((lumps + 0.5 * (right + left) * (right - left)) / (self.high - self.low), *self.bounds())

    def bounds(self) -> tuple[float, float]:
        return clip(self.low, self.least, self.most), clip(self.high, self.least, self.most)

    def breaks(self) -> tuple[float, ...]:
        return tuple((end - self.low) / (self.high - self.low) for end in (self.least, self.most))

    def __str__(self) -> str:
        return f"uniform(low={self.low:g}, high={self.high:g}) clipped to [{self.least:g}, {self.most:g}]"


@dataclass(frozen=True)
class Triangular(Distribution):
    """From ``low`` to ``high`` with a density that rises to ``mode`` and falls after it, in straight lines."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        require_finite("triangular", low=self.low, mode=self.mode, high=self.high)
        require(self.low < self.high, "triangular", "low < high", f"low {self.low:g}, high {self.high:g}")
        require(
            self.low <= self.mode <= self.high,
            "triangular",
            "low <= mode <= high",
            f"low {self.low:g}, mode {self.mode:g}, high {self.high:g}",
        )

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.TRIANGULAR, (self.low, self.mode, self.high)

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3.0

    def bounds(self) -> tuple[float, float]:
        return self.low, self.high

    def breaks(self) -> tuple[float, ...]:
        return ((self.mode - self.low) / (self.high - self.low),)

    def __str__(self) -> str:
        return f"triangular(low={self.low:g}, mode={self.mode:g}, high={self.high:g})"


@dataclass(frozen=True)
class Exponential(Distribution):
    """A waiting time without memory, of mean ``average``."""

    average: float

    def __post_init__(self) -> None:
        require_finite("exponential", mean=self.average)
        require(self.average > 0.0, "exponential", "a mean above 0", f"{self.average:g}")

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.EXPONENTIAL, (self.average,)

    def mean(self) -> float:
        return self.average

    def bounds(self) -> tuple[float, float]:
        return 0.0, INFINITY

    def __str__(self) -> str:
        return f"exponential(mean={self.average:g})"


@dataclass(frozen=True)
class Choice(Distribution):
    """One of ``values``, each with its probability; kept in ascending order, whatever the order given."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        values, probabilities = tuple(self.values), tuple(self.probabilities)
        require(
            0 < len(values) == len(probabilities),
            "choice",
            "as many probabilities as values, at least one",
            f"{len(values)} values, {len(probabilities)} probabilities",
        )
        total = 0.0
        for value, probability in zip(values, probabilities, strict=True):
            require_finite("choice", value=value)
            require(probability >= 0.0, "choice", "probabilities of at least 0", f"{probability:g}")
            total += probability
        require(abs(total - 1.0) <= 1e-9, "choice", "probabilities that sum to 1", f"{total:.10g}")
        pairs = sorted(zip(values, probabilities, strict=True))
        object.__setattr__(self, "values", tuple(float(value) for value, _ in pairs))
        object.__setattr__(self, "probabilities", tuple(float(probability) for _, probability in pairs))

    def coded(self) -> tuple[int, tuple[float, ...]]:
        return kinds.CHOICE, (float(len(self.values)), *self.values, *self.probabilities)

    def mean(self) -> float:
        total = 0.0
        for value, probability in zip(self.values, self.probabilities, strict=True):
            total += value * probability
        return total

    def bounds(self) -> tuple[float, float]:
        possible = [v for v, p in zip(self.values, self.probabilities, strict=True) if p > 0.0]
        return possible[0], possible[-1]

    def breaks(self) -> tuple[float, ...]:
        reached, found = 0.0, []
        for probability in self.probabilities:
            reached += probability
            found.append(reached)
        return tuple(found)

    def __str__(self) -> str:
        return f"choice({', '.join(f'{v:g}: {p:g}' for v, p in zip(self.values, self.probabilities, strict=True))})"
