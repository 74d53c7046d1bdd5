"""What a design gives the histories of a block: coordinates in place of draws, and whose draws they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.tables.inputs import axes_of
from sim.errors import EngineError
from sim.model.compile import Case


@dataclass(frozen=True)
class Given:
    """Of each of some histories the coordinates of its point, and the number that addresses its draws.

    Attributes
    ----------
    points : float64, shape (histories, axes), inside (0, 1); optional
        What inputs and private types are drawn from. Without it from their addresses.
    axes : paths, optional
        The axes that the columns of ``points`` are, in the order of `sim.engines.tables.inputs.axes_of`, of which they may be
        some; the others are drawn from their addresses. All without it.
    draws : int64, shape (histories,), optional
        The replication whose draws each history has; its own number without it.
    """

    points: np.ndarray | None = None
    axes: tuple[str, ...] | None = None
    draws: np.ndarray | None = None

    def checked(self, case: Case, numbers: Sequence[int]) -> Given:
        """The same as the engines read it: arrays of a row a history, a column an axis of the case, nan where none is given.

        Raises
        ------
        EngineError
            Another shape, an axis that the case has not, or a coordinate that is not inside (0, 1), where quantiles may be
            infinite.
        """
        return Given(self._full(case, len(numbers)), self.axes, self._draws(numbers))

    def _full(self, case: Case, number: int) -> np.ndarray | None:
        if self.points is None:
            return None
        known = axes_of(case)
        axes = known if self.axes is None else self.axes
        found = np.ascontiguousarray(self.points, dtype=np.float64)
        expected = (number, len(axes))
        if found.shape != expected:
            raise EngineError(f"points: expected the shape {expected}, histories by axes, found {found.shape}")
        if not np.all((found > 0.0) & (found < 1.0)):
            raise EngineError("points: expected coordinates inside (0, 1)")
        if axes == known:
            return found
        places = {path: n for n, path in enumerate(known)}
        missing = [path for path in axes if path not in places]
        if missing:
            raise EngineError(f"points: the scenario does not draw '{missing[0]}' once a history")
        full = np.full((number, len(known)), np.nan)
        full[:, [places[path] for path in axes]] = found
        return full

    def _draws(self, numbers: Sequence[int]) -> np.ndarray:
        found = np.array(numbers if self.draws is None else self.draws, dtype=np.int64)
        if found.shape != (len(numbers),) or (len(found) and not 0 <= found.min() <= found.max() < 2**32):
            raise EngineError(f"draws: expected {len(numbers)} numbers from 0 to 2**32 - 1")
        return found


NOTHING = Given()
