"""How fast this machine plays a scenario: compiled, in plain Python, and with SimPy calling compiled acts.

The three take turns, so that what else the machine does slows all of them; ratios are those of one turn. Processor time, not
the clock, of one core.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from sim.engines import batch_engine, event_engine
from sim.engines.batch_engine import CompiledActs
from sim.engines.history import History
from sim.engines.tables.whole import setup_of
from sim.model.compile import Case

SEED = 1
TURNS = 5
COMPILED, PLAIN, MIXED = 1000, 20, 60  # histories a turn, at least


@dataclass(frozen=True)
class Speed:
    """What one way of playing costs, in processor time of one core; medians over the turns."""

    microseconds_a_history: float
    nanoseconds_an_event: float
    times_slower: float  # than compiled code in the same turn
    least_times_slower: float
    most_times_slower: float


@dataclass(frozen=True)
class Figures:
    """What was measured on a scenario."""

    scenario: str
    events_a_history: float  # mean
    compiled: Speed
    simpy_with_compiled_acts: Speed
    simpy: Speed
    start_seconds: float  # from a compiled case to the first compiled history, code in the cache

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)


def measure(case: Case, turns: int = TURNS, scale: float = 1.0) -> Figures:
    """Measure a scenario. The code must be in the cache (`sim.compiled.cache.stored`).

    Parameters
    ----------
    case : Case
        The scenario compiled.
    turns : int
        How often each way of playing has its turn, at least 1.
    scale : float
        Histories a turn, as a multiple of the usual number.
    """
    begun = time.perf_counter()
    batch_engine.run_block(case, range(1), SEED, 0)
    start = time.perf_counter() - begun
    event_engine.run_block(case, range(3), SEED, 0)
    acts = CompiledActs(setup_of(case))
    fast, slow, mixed = (max(1, round(number * scale)) for number in (COMPILED, PLAIN, MIXED))
    events = float(batch_engine.run_block(case, range(fast), SEED, 0)["results"]["events"].mean())
    costs: dict[str, list[float]] = {"compiled": [], "simpy": [], "mixed": []}
    for turn in range(turns):
        costs["compiled"].append(_cost(fast, lambda: batch_engine.run_block(case, range(fast), SEED, 0)))
        first = turn * slow
        costs["simpy"].append(_cost(slow, lambda first=first: event_engine.run_block(case, range(first, first + slow), SEED, 0)))
        first = turn * mixed
        costs["mixed"].append(_cost(mixed, lambda first=first: _play(case, acts, range(first, first + mixed))))

    def speed(name: str) -> Speed:
        ratios = [cost / base for cost, base in zip(costs[name], costs["compiled"], strict=True)]
        cost = median(costs[name])
        return Speed(cost * 1e6, cost / events * 1e9, median(ratios), min(ratios), max(ratios))

    return Figures(case.spec.id, events, speed("compiled"), speed("mixed"), speed("simpy"), start)


def _play(case: Case, acts: CompiledActs, replications: range) -> None:
    for replication in replications:
        History(case, replication, SEED, acts=acts).run()


def _cost(number: int, play: Callable[[], object]) -> float:
    """Seconds of processor time a history."""
    gc.collect()
    begun = time.process_time()
    play()
    return (time.process_time() - begun) / number
