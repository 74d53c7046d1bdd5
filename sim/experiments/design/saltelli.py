"""Saltelli's design: two independent histories, and hybrids of them that exchange one factor.

Sample j consists of the ordinary histories A = 2j and B = 2j + 1 and of one hybrid for every factor: A with that factor of B. The
world's chance is the last factor: A's inputs and types with the draws of B. So first and total order of every input, of every private
type and of chance come from the same run. Rows of a sample lie together, A, B, then the hybrids in the order of the factors and chance:
a run with more samples begins as one with fewer. Samples are independent, so that intervals from resampling them hold.

Source: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Computer Physics Communications 181(2), 259-270.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.addressed import points_of
from sim.experiments.design.base import Design
from sim.experiments.design.factors import Factor, as_data, check, from_data
from sim.experiments.design.table import known_axes

if TYPE_CHECKING:
    from sim.model.compile import Case


@dataclass(frozen=True)
class Saltelli(Design):
    """So many samples of two histories with hybrids over some factors and chance."""

    samples: int
    factors: tuple[Factor, ...]
    name = "saltelli"

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", from_data(self.factors))
        check(self.factors)
        if self.samples < 1:
            raise UsageError(f"a Saltelli design needs at least one sample, found {self.samples}")

    @property
    def rows_of_sample(self) -> int:
        """Histories of a sample: two, a hybrid a factor, and that of chance."""
        return len(self.factors) + 3

    @property
    def num_rows(self) -> int:
        return self.samples * self.rows_of_sample

    def settings(self) -> dict[str, Any]:
        return {"samples": self.samples, "factors": as_data(self.factors)}

    def axes(self, case: Case) -> tuple[str, ...]:
        return known_axes(self.name, case, [path for factor in self.factors for path in factor.paths])

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        exchanged = np.array([[path in factor.paths for path in axes] for factor in self.factors])
        return _Rows(self, case, root_seed, axes, exchanged)


@dataclass(frozen=True)
class _Rows:
    design: Saltelli
    case: Case
    root_seed: int
    axes: tuple[str, ...]
    exchanged: np.ndarray  # whether a factor has an axis, shape (factors, axes)

    def block(self, start: int, stop: int) -> Given:
        size = self.design.rows_of_sample
        first, last = start // size, -(-stop // size)
        samples = last - first
        points = points_of(self.case, self.axes, self.root_seed, np.arange(2 * first, 2 * last)).reshape(samples, 2, -1)
        one, two = points[:, 0], points[:, 1]
        rows = np.empty((samples, size, len(self.axes)))
        rows[:, 0], rows[:, 1], rows[:, -1] = one, two, one
        rows[:, 2:-1] = np.where(self.exchanged[None], two[:, None], one[:, None])
        draws = np.repeat(2 * np.arange(first, last)[:, None], size, axis=1)
        draws[:, [1, -1]] += 1
        part = slice(start - first * size, stop - first * size)
        return Given(rows.reshape(samples * size, -1)[part], self.axes, draws.reshape(-1)[part])
