"""Speed and size of the SimPy engine on a scenario: replications a second, events a replication, peak memory.

    .venv/bin/python -m benchmarks.event_engine [SCENARIO] [--replications 200] [--repeats 3]

One process, after a warm-up; the best of the repeats is reported, because other work on the machine only ever slows it
down. ``--json`` prints one line for a log of measurements.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import sys
import time
from statistics import median

import numpy
import simpy

from sim import resources
from sim.engines import event_engine
from sim.model.compile import compile_case
from sim.model.complete import complete
from sim.model.load import load_scenario

SEED = 1


def measure(scenario: str, replications: int, repeats: int) -> dict[str, float | int | str]:
    """All figures of one scenario."""
    start = time.perf_counter()
    completed = complete(load_scenario(scenario))
    loaded = time.perf_counter()
    case = compile_case(completed)
    compiled = time.perf_counter()
    event_engine.run_block(case, range(5), SEED)
    seconds, cpu = [], []
    for _ in range(repeats):
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
        "peak_memory_mib": round(peak_memory_mib(), 1),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "simpy": simpy.__version__,
    }


def peak_memory_mib() -> float:
    """Largest resident size of this process so far."""
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
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):32}{value}")


if __name__ == "__main__":
    main()
