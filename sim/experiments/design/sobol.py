"""Points of a scrambled Sobol sequence: the first 2**m have on each axis exactly one in each of 2**m equal intervals.

The scramble follows from the root seed and the number of axes; two seeds give independent ones. Points belong to the rows of a run,
so that a history can be played again from its row, whatever becomes of the library.

Sources: Sobol (1967), USSR Computational Mathematics and Mathematical Physics 7(4), 86-112; Joe and Kuo (2008), SIAM
Journal on Scientific Computing 30(5), 2635-2654 (direction numbers); Matousek (1998), Journal of Complexity 14(4),
527-556 (scramble). scipy has all of it; it is imported when points are made.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.given import Given
from sim.errors import UsageError
from sim.experiments.design.base import SOBOL, Design
from sim.experiments.design.hypercube import nothing_drawn

if TYPE_CHECKING:
    from sim.model.compile import Case

_BITS = 32  # of a coordinate: enough for 2**32 replications, and as far as scipy can be wound forward
_HALF_STEP = 2.0 ** -(_BITS + 1)
_INSTALL = "pip install scipy"


@dataclass(frozen=True)
class Sobol(Design):
    """A scrambled Sobol sequence over all axes."""

    name = SOBOL

    def rows(self, case: Case, root_seed: int, axes: tuple[str, ...]) -> _Sequence:
        if not axes:
            raise nothing_drawn(SOBOL, case)
        most = _library().Sobol.MAXDIM
        if len(axes) > most:
            raise UsageError(
                f"--design {SOBOL}: the scenario draws {len(axes):,} inputs, and scipy has directions for {most:,}",
                hint="leave --design out, or fix inputs that matter little",
            )
        return _Sequence(axes, root_seed)


class _Sequence:
    """The sequence, made a block at a time; each thread has its own place in it."""

    def __init__(self, axes: tuple[str, ...], root_seed: int) -> None:
        self._axes = axes
        self._seed = _scramble_of(root_seed)
        self._own = threading.local()

    def block(self, start: int, stop: int) -> Given:
        """Points of replications ``[start, stop)``.

        A coordinate is the middle of one of 2**32 equal cells, so no quantile is infinite. Any block of the sequence is
        the same whatever was made before it.
        """
        own = self._own
        if getattr(own, "next", None) is None or own.next > start:
            own.sobol, own.next = self._afresh(), 0
        sobol = own.sobol
        if start > own.next:
            sobol.fast_forward(start - own.next)
        own.next = None  # until the block is there: an interruption leaves the sequence anywhere
        # The first one alone: scipy warns of a first request for a number of points that is not a power of two.
        first = sobol.random(min(1, stop - start)) if start == 0 else np.empty((0, len(self._axes)))
        points = np.concatenate([first, sobol.random(stop - start - len(first))]) + _HALF_STEP
        own.next = stop
        return Given(points, self._axes)

    def _afresh(self) -> Any:
        return _library().Sobol(len(self._axes), scramble=True, bits=_BITS, rng=np.random.default_rng(self._seed))


def _scramble_of(root_seed: int) -> int:
    """The number that scrambles the sequence: a hash of the root seed, so none of the draws of histories is used twice."""
    return int.from_bytes(hashlib.blake2b(f"design/{SOBOL}/{root_seed}".encode()).digest()[:16], "big")


def _library() -> Any:
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise UsageError(f"--design {SOBOL} needs the package scipy ({error})", hint=_INSTALL) from None
    return qmc
