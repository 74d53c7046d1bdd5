"""How fast this machine plays a scenario: compiled, in plain Python, and with SimPy calling compiled acts.

The three take turns, so that what else the machine does slows all of them; ratios are those of one turn. What counts is
processor time of one core, not the clock, for an event: histories differ in length, and the ways play different ones.
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
COMPILED, PLAIN, MIXED = 1000, 20, 60  # histories a turn


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


def measure(case: Case, turns: int = TURNS) -> Figures:
    """Measure a scenario. The code must be in the cache (`sim.compiled.cache.stored`).

    Parameters
    ----------
    case : Case
        The scenario compiled.
    turns : int
        How often each way of playing has its turn, at least 1.
    """
    begun = time.perf_counter()
    batch_engine.run_block(case, range(1), SEED, 0)
    start = time.perf_counter() - begun
    event_engine.run_block(case, range(3), SEED, 0)
    acts = CompiledActs(setup_of(case))
    ways: dict[str, tuple[int, Callable[[range], float]]] = {
        "compiled": (COMPILED, lambda numbers: _events(batch_engine.run_block(case, numbers, SEED, 0))),
        "simpy": (PLAIN, lambda numbers: _events(event_engine.run_block(case, numbers, SEED, 0))),
        "mixed": (MIXED, lambda numbers: _played_with(case, acts, numbers)),
    }
    costs: dict[str, list[float]] = {name: [] for name in ways}  # seconds an event
    lengths = []  # events a history
    for turn in range(turns):
        for name, (number, play) in ways.items():
            seconds, events = _timed(play, range(turn * number, (turn + 1) * number))
            costs[name].append(seconds / events)
            if name == "compiled":
                lengths.append(events / number)
    events = sum(lengths) / turns

    def speed(name: str) -> Speed:
        ratios = [cost / base for cost, base in zip(costs[name], costs["compiled"], strict=True)]
        cost = median(costs[name])
        return Speed(cost * events * 1e6, cost * 1e9, median(ratios), min(ratios), max(ratios))

    return Figures(case.spec.id, events, speed("compiled"), speed("mixed"), speed("simpy"), start)


def _events(tables: Any) -> float:
    return float(tables["results"]["events"].sum())


def _played_with(case: Case, acts: CompiledActs, replications: range) -> float:
    """Histories under SimPy with compiled acts; their events."""
    events = 0.0
    for replication in replications:
        history = History(case, replication, SEED, acts=acts)
        history.run()
        events += history.w.num_events
    return events


def _timed(play: Callable[[range], float], replications: range) -> tuple[float, float]:
    """Seconds of processor time, and events."""
    gc.collect()
    begun = time.process_time()
    events = play(replications)
    return time.process_time() - begun, events
