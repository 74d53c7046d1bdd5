"""Efficiency of a local cluster: histories a second of `--cluster local:N` over those of `--workers N`, whole runs.

    .venv/bin/python -m benchmarks.cluster [SCENARIO] [--workers 2] [--replications 200000] [--repeats 3]

Both are whole runs, from the start of their processes to the last chunk on disk, with compiled code, and take turns, so
that other work on the machine slows both. The efficiency is the median of the ratios of neighbours. The digests are compared as well.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measured import show
from sim import resources
from sim.experiments.replicate import run_scenario
from sim.model.complete import complete
from sim.model.load import load_scenario

SEED = 1
EXPECTED = 0.85  # of plain workers
REPLICATIONS = 200_000  # so many that the seconds to start a cluster count for little beside compiled code


def measure(scenario: str, workers: int, replications: int, repeats: int) -> dict[str, float | int | str]:
    """All figures of one scenario."""
    completed = complete(load_scenario(scenario))
    seconds: dict[str, list[float]] = {"workers": [], "cluster": []}
    digests = set()
    for _ in range(repeats):
        for name, crew in (("workers", {"workers": workers}), ("cluster", {"cluster": f"local:{workers}"})):
            with tempfile.TemporaryDirectory() as folder:
                begun = time.perf_counter()
                stored = _run(completed, replications, Path(folder), crew)
                seconds[name].append(time.perf_counter() - begun)
                digests.add(stored.digest())
    if len(digests) != 1:
        raise SystemExit("the digests differ: that is a defect")
    ratios = [plain / cluster for plain, cluster in zip(seconds["workers"], seconds["cluster"], strict=True)]
    return {
        "scenario": completed["id"],
        "replications": replications,
        "processes": workers,
        "plain_workers_per_second": round(replications / min(seconds["workers"]), 1),
        "cluster_per_second": round(replications / min(seconds["cluster"]), 1),
        "efficiency": round(median(ratios), 3),
        "lowest_efficiency": round(min(ratios), 3),
        "expected_efficiency": EXPECTED,
    }


def _run(completed: dict[str, Any], replications: int, folder: Path, crew: dict[str, Any]) -> Any:
    return run_scenario(completed, seed=SEED, replications=replications, reports=folder, **crew).stored


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=str(resources.scenario_path("summit")))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.scenario, arguments.workers, arguments.replications, arguments.repeats)
    show(figures, arguments.json)


if __name__ == "__main__":
    main()
