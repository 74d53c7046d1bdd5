"""The batch engine: whole blocks of histories in compiled code, with the same acts and the same order of events.

`run_block` gives the tables that `sim.engines.event_engine.run_block` gives, to the last bit. It lets other threads run
meanwhile.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sim.compiled import cache
from sim.engines.given import NOTHING, Given
from sim.engines.room import Full, with_room_enough
from sim.engines.rows import Tables, empty_rows, tables_of
from sim.engines.tables.whole import Setup, setup_of
from sim.errors import EngineError
from sim.model.compile import Case

NAME = "batch"
_WHOLE = ctypes.c_int64
_AT_ONCE = 4096  # histories of one call: bounds how long a request to stop waits

_loaded: dict[Any, Any] = {}
_loading = threading.Lock()


def machine_code(tell: cache.Tell | None = None) -> Any:
    """The compiled acts of this process; compiled first where they are not in the cache.

    Raises
    ------
    CompileError
        numba is missing, switched off, or fails.
    """
    with _loading:
        if "acts" not in _loaded:
            from sim.compiled.loading import Acts

            _loaded["acts"] = Acts(cache.stored(tell))
        return _loaded["acts"]


def _tactic(name: str) -> int:
    """Address of a tactic of the user's own, compiled if it was not."""
    with _loading:
        place = cache.stored_tactic(name)
        if place not in _loaded:
            from sim.compiled.loading import Acts

            _loaded[place] = Acts([place])
        return _loaded[place].addresses[name]


class Machine:
    """Compiled code with one situation and the tables of one scenario; for one thread."""

    def __init__(self, setup: Setup) -> None:
        from sim.compiled.memory import tables_block, world_block

        acts = machine_code()
        self.setup = setup
        self.c = tables_block(setup.tables)
        self.c.point("own_tactics", np.array([_tactic(name) for name in setup.own_tactics], dtype=np.int64))
        self.w = world_block(setup.sizes, self.c)
        self._play = acts.function("sim.compiled.entry.play_block", _WHOLE, result=_WHOLE)

    def play(
        self, root_seed: int, draws: np.ndarray, rows: np.ndarray, paths: np.ndarray, points: np.ndarray | None = None
    ) -> int:
        """Histories with the draws of these numbers, one a row; of the first ones the paths too. How many there was room for.

        ``points``, one a row, are what inputs and private types are drawn from, nan for what is drawn from its address.
        """
        self.w.seed = _signed(root_seed)
        self.w.designed = points is not None
        if points is not None:
            self.w.point("point", points.reshape(-1))
        self.w.point("rows", rows.reshape(-1))
        self.w.point("path_rows", paths.reshape(-1))
        self.w.point("draws", draws)
        return self._play(self.w.address, self.c.address, len(paths))


class CompiledActs:
    """Compiled acts one by one, for the SimPy engine and for whoever looks at each event; one history at a time."""

    def __init__(self, setup: Setup) -> None:
        machine = Machine(setup)
        acts = machine_code()
        self.w, self.c = machine.w, machine.c
        self._at, self._tables_at = self.w.address, self.c.address
        self._due = self.w.due
        self._ended = self.w.words_of("over", "full")
        self._renew = acts.function("sim.compiled.entry.renew")
        self._begin = acts.function("sim.acts.beginning.begin")
        self._next = acts.function("sim.acts.loop.next_clock", result=_WHOLE)
        self._happen = acts.function("sim.acts.loop.happen", _WHOLE)
        self._finish = acts.function("sim.acts.readings.finish")

    def records(
        self, setup: Setup, seed: int, replication: int, branch: int, log: Any, point: Sequence[float] | None = None
    ) -> tuple[Any, Any]:
        """The situation of a history before it begins, and the scenario's tables. What is told is not heard here."""
        self._renew(self._at, self._tables_at)
        self.w.designed = point is not None
        if point is not None:
            self.w.point("point", np.array(point, dtype=np.float64))
        self.w.seed = _signed(seed)
        self.w.replication, self.w.branch = replication, branch
        return self.w, self.c

    def begin(self, w: Any, c: Any) -> None:
        """`sim.acts.beginning.begin`."""
        self._begin(self._at, self._tables_at)

    def next_clock(self, w: Any, c: Any) -> int:
        """`sim.acts.loop.next_clock`."""
        return self._next(self._at, self._tables_at)

    def happen(self, w: Any, c: Any, clock: int) -> None:
        """`sim.acts.loop.happen`."""
        self._happen(self._at, self._tables_at, clock)

    def finish(self, w: Any, c: Any) -> None:
        """`sim.acts.readings.finish`."""
        self._finish(self._at, self._tables_at)

    def has_ended(self, w: Any) -> bool:
        """Whether a history has come to its end, or has run out of room."""
        words, over, full = self._ended
        return words[over] != 0 or words[full] != 0

    def times(self, w: Any) -> list[float]:
        """When each clock is due."""
        return self._due.tolist()


def _signed(seed: int) -> int:
    """The 64 bits of a seed as compiled code names them."""
    return seed - 2**64 if seed >= 2**63 else seed


def _machine(case: Case, room: int) -> Machine:
    """This thread's machine for a case, made once and kept as long as the case is."""
    setup = setup_of(case, room)
    known: dict[int, Machine] = setup.__dict__.setdefault("_machines", {})
    thread = threading.get_ident()
    if thread not in known:
        known[thread] = Machine(setup)
    return known[thread]


def run_block(
    case: Case,
    replications: Iterable[int],
    root_seed: int,
    paths: int | None = None,
    given: Given = NOTHING,
) -> Tables:
    """Tables of the given replications: `results` (a row each) and `paths` (a row each and grid point).

    ``paths`` is the number of histories, from the first on, whose paths are kept; all without it. ``given`` is what a design
    gives them: coordinates, and whose draws they have.
    """
    wanted = list(replications)
    setup = setup_of(case)
    full = given.checked(case, wanted)
    rows, grid = empty_rows(case, setup, len(wanted), paths)
    for start in range(0, len(wanted), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        _play(case, root_seed, full.draws[part], rows[part], grid[part], None if full.points is None else full.points[part])
    return tables_of(case, setup, wanted, rows, grid, given)


def _play(
    case: Case, root_seed: int, draws: np.ndarray, rows: np.ndarray, grid: np.ndarray, points: np.ndarray | None
) -> None:
    """Histories, one a row; one that runs out of room is played alone, with more."""
    machine = _machine(case, 1)
    done = 0
    while done < len(rows):
        rest = slice(done, None)
        try:
            done += machine.play(root_seed, draws[rest], rows[rest], grid[rest], None if points is None else points[rest])
        except RuntimeError as error:
            failed = done + (0 if points is None else machine.w.point_from // points.shape[1])
            point = None if points is None else points[failed]
            raise _fault(case, root_seed, machine.w.replication, point, error) from error
        if done < len(rows):
            alone = slice(done, done + 1)
            _play_alone(case, root_seed, draws[alone], rows[alone], grid[alone], None if points is None else points[alone])
            done += 1


def _fault(case: Case, root_seed: int, replication: int, point: np.ndarray | None, found: RuntimeError) -> Exception:
    """What went wrong in a history whose compiled code has stopped: a tactic of the user's own, as plain Python tells it."""
    from sim.engines import event_engine

    try:
        event_engine.play(case, replication, root_seed, point=None if point is None else list(point))
    except EngineError as error:
        return error
    tactics = setup_of(case).own_tactics
    if not tactics:
        return found
    return EngineError(
        f"replication {replication}: compiled code of a tactic ({', '.join(tactics)}) failed where plain Python does not: {found}",
        hint="--engine simpy does without compiled code",
    )


def _play_alone(
    case: Case, root_seed: int, draws: np.ndarray, row: np.ndarray, grid: np.ndarray, point: np.ndarray | None
) -> None:
    def attempt(room: int) -> None:
        if not _machine(case, room).play(root_seed, draws, row, grid, point):
            raise Full

    with_room_enough(attempt, int(draws[0]))


__all__ = ["NAME", "CompiledActs", "Machine", "machine_code", "run_block"]
