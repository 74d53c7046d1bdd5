"""How the inputs of a run's histories are drawn: each from its own address, or together from the points of a design.

A design gives replication r a point, a coordinate in (0, 1) for each drawn input (`sim.engines.tables.inputs.axes_of`);
everything else of a history is drawn by address under either. The points are those of a scrambled Sobol sequence, of
which the first 2**m have in each coordinate exactly one in each of 2**m equal intervals. The scramble follows from the
root seed and the number of inputs; two seeds give independent ones. Points belong to the rows of a run, so that a
history can be played again from its row, whatever becomes of the library.

Sources: Sobol (1967), USSR Computational Mathematics and Mathematical Physics 7(4), 86-112; Joe and Kuo (2008), SIAM
Journal on Scientific Computing 30(5), 2635-2654 (direction numbers); Matousek (1998), Journal of Complexity 14(4),
527-556 (scramble). scipy has all of it; it is imported when points are made.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import EngineError, UsageError

if TYPE_CHECKING:
    from sim.model.compile import Case

RANDOM, SOBOL = "random", "sobol"
NAMES = (RANDOM, SOBOL)

_BITS = 32  # of a coordinate: enough for 2**32 replications, and as far as scipy can be wound forward
_HALF_STEP = 2.0 ** -(_BITS + 1)
_COMPARED = 256  # points whose checksum tells whether two machines make the same ones
_INSTALL = "pip install scipy"


def design_of(manifest: Mapping[str, Any]) -> str:
    """The design of a run by its record; those that do not speak of it drew at random."""
    return str(manifest.get("design", RANDOM))


def check_name(name: str) -> None:
    """Raise ``UsageError`` unless there is such a design."""
    if name not in NAMES:
        raise UsageError(f"design '{name}': expected one of {', '.join(NAMES)}")


class Points:
    """The points of a run, made a block at a time; threads may share it.

    Raises
    ------
    UsageError
        The scenario draws no input, or more than scipy has directions for; scipy is not there.
    """

    def __init__(self, case: Case, root_seed: int) -> None:
        from sim.engines.tables.inputs import axes_of

        self.axes = axes_of(case)
        self._seed = _scramble_of(root_seed)
        self._own = threading.local()
        if not self.axes:
            raise UsageError(
                f"--design {SOBOL}: the scenario '{case.completed.get('id')}' draws no input, so there is nothing to spread evenly",
                hint="leave --design out, or give an input a distribution (with `sampling: inputs`)",
            )
        most = _library().Sobol.MAXDIM
        if len(self.axes) > most:
            raise UsageError(
                f"--design {SOBOL}: the scenario draws {len(self.axes):,} inputs, and scipy has directions for {most:,}",
                hint="leave --design out, or fix inputs that matter little",
            )

    def block(self, start: int, stop: int) -> np.ndarray:
        """Points of replications ``[start, stop)``, float64 of shape (stop - start, axes), strictly inside (0, 1).

        A coordinate is the middle of one of 2**32 equal cells, so no quantile is infinite. Any block of the sequence is
        the same whatever was made before it.
        """
        own = self._own
        if getattr(own, "next", None) is None or own.next > start:
            own.sobol, own.next = self._sequence(), 0
        sobol = own.sobol
        if start > own.next:
            sobol.fast_forward(start - own.next)
        own.next = None  # until the block is there: an interruption leaves the sequence anywhere
        # The first one alone: scipy warns of a first request for a number of points that is not a power of two.
        first = sobol.random(min(1, stop - start)) if start == 0 else np.empty((0, len(self.axes)))
        points = np.concatenate([first, sobol.random(stop - start - len(first))]) + _HALF_STEP
        own.next = stop
        return points

    def checksum(self) -> str:
        """SHA-256 of the first points, as the manifest of a run has it."""
        return hashlib.sha256(np.ascontiguousarray(self._afresh(_COMPARED), dtype="<f8")).hexdigest()

    def check(self, expected: str) -> None:
        """Raise ``EngineError`` unless the points made here are those of the run: a mixture would be even nowhere."""
        if self.checksum() != expected:
            import scipy

            raise EngineError(
                f"--design {SOBOL}: scipy {scipy.__version__} makes other points here than those that the run began with",
                hint="use the version of scipy that its manifest names, or `sim run --fresh`",
            )

    def _afresh(self, number: int) -> np.ndarray:
        return self._sequence().random(number) + _HALF_STEP

    def _sequence(self) -> Any:
        return _library().Sobol(len(self.axes), scramble=True, bits=_BITS, rng=np.random.default_rng(self._seed))


def _scramble_of(root_seed: int) -> int:
    """The number that scrambles the sequence: a hash of the root seed, so none of the draws of histories is used twice."""
    return int.from_bytes(hashlib.blake2b(f"design/{SOBOL}/{root_seed}".encode()).digest()[:16], "big")


def _library() -> Any:
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise UsageError(f"--design {SOBOL} needs the package scipy ({error})", hint=_INSTALL) from None
    return qmc
