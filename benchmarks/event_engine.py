"""Speed and size of the SimPy engine on a scenario: replications a second, events a replication, peak memory.

    .venv/bin/python -m benchmarks.event_engine [SCENARIO] [--replications 200] [--repeats 3]

One process, after a warm-up; the best of the repeats is reported, because other work on the machine only ever slows it
down. Machines differ by a factor of three and more, so a yardstick runs in turn with the histories: SimPy with processes
that do nothing but wait. A history's cost in waits of the yardstick is nearly the same on every machine. ``--json``
prints one line for a log of measurements.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sys
import time
from collections.abc import Generator
from pathlib import Path
from statistics import median
from typing import Any

import numpy
import simpy

from benchmarks.measured import show
from sim import resources
from sim.engines import event_engine
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

SEED = 1
WAITS = 40_000  # of the yardstick, in a repeat


def measure(scenario: str, replications: int, repeats: int) -> dict[str, float | int | str]:
    """All figures of one scenario."""
    start = time.perf_counter()
    completed = complete(load_scenario(scenario))
    loaded = time.perf_counter()
    case = compile_case(completed)
    compiled = time.perf_counter()
    event_engine.run_block(case, range(5), SEED)
    seconds, cpu, waits = [], [], []
    for _ in range(repeats):
        waits.append(yardstick())
        wall, used = time.perf_counter(), time.process_time()
        block = event_engine.run_block(case, range(replications), SEED)
        seconds.append(time.perf_counter() - wall)
        cpu.append(time.process_time() - used)
    events = block["results"]["events"]
    return {
        "scenario": case.spec.id,
        "replications": replications,
        "load_ms": round((loaded - start) * 1e3, 1),
        "compile_ms": round((compiled - loaded) * 1e3, 1),
        "replications_per_second": round(replications / min(seconds), 1),
        "cpu_ms_per_replication": round(min(cpu) / replications * 1e3, 2),
        "events_per_replication_median": median(events.tolist()),
        "cpu_us_per_event": round(min(cpu) / float(events.sum()) * 1e6, 1),
        "yardstick_waits_per_second": round(max(waits)),
        "replication_in_waits": round(min(cpu) / replications * max(waits)),
        "peak_memory_mib": round(peak_memory_mib(), 1),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "simpy": simpy.__version__,
    }


def yardstick() -> float:
    """Waits a second, by processor time, of eight SimPy processes that do nothing else."""
    env = simpy.Environment()

    def waiting(step: float) -> Generator[simpy.Event, Any, None]:
        for _ in range(WAITS // 8):
            yield env.timeout(step)

    for n in range(8):
        env.process(waiting(8.0 + n / 8.0))  # out of step, so that the queue is sorted anew
    used = time.process_time()
    env.run()
    return WAITS / (time.process_time() - used)


def peak_memory_mib() -> float:
    """Largest resident size of this process so far.

    Linux says so in `/proc`; its `ru_maxrss` would include the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        peak = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return float(peak.split()[1]) / 1024.0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(resources.scenario_path("summit")))
    parser.add_argument("--replications", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.scenario, arguments.replications, arguments.repeats)
    show(figures, arguments.json)


if __name__ == "__main__":
    main()
