"""The SimPy engine: the readable reference, in plain Python, with a full log on demand.

`run_block` plays a range of replications and returns their tables; `play` plays one. A history depends on (case, root
seed, replication) only.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from sim.acts.readings import write_row
from sim.engines.given import NOTHING, Given
from sim.engines.history import History
from sim.engines.log import Log
from sim.engines.room import with_room_enough
from sim.engines.rows import Tables, empty_rows, given_columns, path_rows, row_of, tables_of
from sim.engines.tables.whole import setup_of
from sim.model.compile import Case

NAME = "simpy"


def build(case: Case, replication: int, root_seed: int, log: Log | None = None, branch: int = 0) -> History:
    """A history with all its processes, ready to run."""
    return History(case, replication, root_seed, log, branch)


def play(
    case: Case,
    replication: int,
    root_seed: int,
    log: Log | None = None,
    branch: int = 0,
    point: Sequence[float] | None = None,
    draws: int | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]], History]:
    """One history: its row of results, its rows of paths, and the history itself.

    Its inputs are drawn from ``point`` (`sim.engines.tables.inputs.axes_of`; nan on an axis that it does not have), or from
    their addresses without it. It has the draws of the replication ``draws``, or of its own number.
    """
    history = played(case, replication if draws is None else draws, root_seed, log, branch, point)
    return (
        row_of(history.setup, replication, numbers_of(history)) | given_columns(case, point, draws),
        path_rows(case, history.setup, replication, history.w.path),
        history,
    )


def played(
    case: Case,
    replication: int,
    root_seed: int,
    log: Log | None = None,
    branch: int = 0,
    point: Sequence[float] | None = None,
) -> History:
    """One history, played to its end; again with more room where it has run out of it."""

    def attempt(room: int) -> History:
        history = History(case, replication, root_seed, None if log is None else Log(), branch, room, point=point)
        history.run()
        return history

    history = with_room_enough(attempt, replication)
    if log is not None and history.log is not None:
        log.take(history.log)
        history.log = log
    return history


def numbers_of(history: History) -> list[float]:
    """The row of results of a history as numbers."""
    numbers = [0.0] * len(history.setup.columns)
    write_row(history.w, history.c, numbers, 0)
    return numbers


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
    with _collecting_seldom() as count:
        for n, draws in enumerate(full.draws.tolist()):
            history = played(case, draws, root_seed, point=None if full.points is None else full.points[n])
            rows[n] = numbers_of(history)
            if n < len(grid):
                grid[n] = np.reshape(history.w.path, grid.shape[1:])
            count()
    return tables_of(case, setup, wanted, rows, grid, given)


@contextmanager
def _collecting_seldom() -> Iterator[Any]:
    """A history is a web of generators and events that end together: collecting while it runs finds nothing."""
    collecting = gc.isenabled()
    gc.disable()
    number = 0

    def count() -> None:
        nonlocal number
        number += 1
        if number % 32 == 0:
            # With collection off all that is new is in the youngest generation: the rest need not be looked at.
            gc.collect(0)

    try:
        yield count
    finally:
        if collecting:
            gc.enable()


def events_in(case: Case, root_seed: int, replications: Iterable[int]) -> float:
    """Median number of events of the given histories."""
    counts = sorted(played(case, replication, root_seed).w.num_events for replication in replications)
    return counts[len(counts) // 2] if counts else float("nan")


__all__ = ["NAME", "build", "events_in", "play", "played", "run_block"]
