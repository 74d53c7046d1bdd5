"""A Latin hypercube: of n rows, each of n equal intervals of each axis holds exactly one.

It is the points of ordinary replications made even: on each axis row r stays where replication r is in order, and lies anywhere in
its interval. So it needs no library, and every row is near the history of the same number without a design.

Source: McKay, Beckman and Conover (1979), Technometrics 21(2), 239-245.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.addressed import points_and_more
from sim.experiments.design.base import HYPERCUBE, Design

if TYPE_CHECKING:
    from sim.model.compile import Case

_MOST_CELLS = 1 << 26  # rows times axes: half a gigabyte


@dataclass(frozen=True)
class LatinHypercube(Design):
    """A Latin hypercube of so many rows."""

    num: int
    name = HYPERCUBE

    def __post_init__(self) -> None:
        if self.num < 1:
            raise UsageError(f"--design {HYPERCUBE}: expected at least one row, found {self.num}")

    @property
    def num_rows(self) -> int:
        return self.num

    @property
    def suffix(self) -> str:
        return HYPERCUBE

    def settings(self) -> dict[str, Any]:
        return {"num": self.num}

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Rows:
        if not axes:
            raise nothing_drawn(HYPERCUBE, case)
        if self.num * len(axes) > _MOST_CELLS:
            raise UsageError(
                f"--design {HYPERCUBE}: {self.num:,} rows of {len(axes)} coordinates are more than are made at once",
                hint="take fewer histories, or --design sobol, which is made a block at a time",
            )
        within = np.arange(self.num)
        points, more = points_and_more(case, axes, root_seed, within)
        order = np.argsort(points, axis=0, kind="stable")
        for axis in range(len(axes)):
            points[order[:, axis], axis] = within
        return _Rows(axes, (points + more) / self.num)


@dataclass(frozen=True)
class _Rows:
    axes: tuple[str, ...]
    points: np.ndarray

    def block(self, start: int, stop: int) -> Given:
        # The last uniform below 1 may be rounded to 1 in the last cell.
        return Given(np.clip(self.points[start:stop], 2.0**-53, 1.0 - 2.0**-53), self.axes)


def nothing_drawn(name: str, case: Case) -> UsageError:
    """The refusal of a design for a scenario without a drawn input."""
    return UsageError(
        f"--design {name}: the scenario '{case.completed.get('id')}' draws no input, so there is nothing to spread evenly",
        hint="leave --design out, or give an input a distribution (with `sampling: inputs`)",
    )
