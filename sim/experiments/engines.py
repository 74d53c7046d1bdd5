"""Which engine plays a run. All give the same rows to the last bit, so the choice is about time alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.errors import UsageError
from sim.experiments.workers import ENGINES, EngineSpec

AUTO, SIMPY, BATCH = "auto", "simpy", "batch"
NAMES = (AUTO, SIMPY, BATCH)
OURS = frozenset(ENGINES)  # names in run records of engines that give the same rows
WORTH_COMPILING = 400  # histories that one process of plain Python plays in about the time that a compiler takes

Tell = Callable[[str], None]


def check_engine(name: str) -> None:
    """Raise ``UsageError`` unless there is such an engine."""
    if name not in NAMES:
        raise UsageError(f"engine '{name}': expected one of {', '.join(NAMES)}")


def engine_for(
    name: str, replications: int, tell: Tell | None = None, tactics: Sequence[str] = ()
) -> EngineSpec:
    """The engine of a run of so many histories, ready to be used.

    ``auto`` takes the compiled engine where its code is in the cache already, or where the run is long enough to wait for
    a compiler; else, and where nothing can be compiled, SimPy, and says so in a line.

    Parameters
    ----------
    name : one of `NAMES`
    replications : histories still to be played
    tell : called with a line for the user
    tactics : names of registered tactics that the scenario uses; one that cannot be compiled is played by SimPy

    Raises
    ------
    UsageError
        There is no such engine.
    CompileError
        The compiled engine was asked for by name, and nothing can be compiled here.
    """
    from sim.compiled import cache

    check_engine(name)
    if name == SIMPY or (name == AUTO and replications < WORTH_COMPILING and not cache.is_ready()):
        return ENGINES[SIMPY]
    try:
        cache.stored(tell)
        for tactic in tactics:
            cache.stored_tactic(tactic)
    except cache.CompileError as error:
        if name == BATCH:
            raise
        if tell is not None:
            tell(f"{error}; the SimPy engine plays instead: the same results, more slowly")
        return ENGINES[SIMPY]
    return ENGINES[BATCH]


def give_the_same(one: str, other: str) -> bool:
    """Whether two engines, as run records name them, give the same rows."""
    return one == other or (one in OURS and other in OURS)
