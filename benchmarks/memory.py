"""Whole runs of 10,000, 100,000 and 1,000,000 histories: seconds, peak memory, bytes on disk; is time linear, is memory flat?

    .venv/bin/python -m benchmarks.memory [SCENARIO] [--sizes 10000 100000 1000000] [--ten-million] [--workers 2] [--json]

Each is a whole `sim run` with all result columns, its result printed and its report written, so what the summary holds in memory
counts too. From the largest of up to a million the first, the middle and the last history are replayed, which fails where a history
is not, bit for bit, the row that is stored. ``--ten-million`` adds a run of that size (some 12 GB on disk and, on two cores, up to an
hour).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measured import SIM, ran
from sim.experiments.store import open_run

SCENARIO = "scenarios/summit.yaml"
SIZES = (10_000, 100_000, 1_000_000)
MOST_REPLAYED = 1_000_000  # histories of the run from which some are replayed
TEN_MILLION = 10_000_000
MOST_MIB = 1500.0 * 1e6 / 2**20  # that ten million histories may take
MOST_SECONDS = 60.0  # that a million may take


def measure(sizes: Sequence[int] = SIZES, scenario: str = SCENARIO, workers: int = 2) -> dict[str, Any]:
    """Figures of one run a size, how far from a line the times are, and what it takes to replay histories of a large run."""
    last = max((size for size in sizes if size <= MOST_REPLAYED), default=None)
    runs = [one_run(size, scenario, workers, with_replays=size == last) for size in sorted(sizes)]
    return {"scenario": scenario, "workers": workers, "runs": runs, **(_line(runs) if len(runs) > 1 else {})}


def one_run(size: int, scenario: str, workers: int, with_replays: bool = False) -> dict[str, Any]:
    """A whole run of so many histories, in a folder that is removed afterwards; with replays of three of them if wanted."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "run"
        words = [*SIM, "run", scenario, "-n", str(size), "--workers", str(workers), "--engine", "batch"]
        done = ran([*words, "--out", str(place), "--quiet"])
        stored = open_run(place)
        events = float(stored.query("SELECT sum(events) AS events FROM results")["events"][0])
        rows = [chunk.files["results"]["bytes"] for chunk in stored.chunks]
        figures: dict[str, Any] = {
            "histories": size,
            "columns": len(stored.kinds("results")),
            "seconds": round(done.seconds, 2),
            "seconds_of_histories": round(float(stored.manifest["timing"]["seconds"]), 2),
            "cpu_seconds": round(done.cpu_seconds, 2),
            "peak_mib": round(done.peak_mib, 1),
            "bytes": sum(file.stat().st_size for file in place.iterdir()),
            "bytes_a_row": round(sum(rows) / size, 1),
            "events_a_history": round(events / size, 1),
            "cpu_nanoseconds_an_event": round(done.cpu_seconds / events * 1e9, 1),
            "nanoseconds_an_event_and_worker": round(float(stored.manifest["timing"]["seconds"]) * workers / events * 1e9, 1),
        }
        if with_replays:
            figures["replays"] = [_replayed(place, row) for row in sorted({0, size // 2, size - 1})]
        return figures


def _replayed(place: Path, row: int) -> dict[str, float]:
    """Seconds of `sim replay` for one history of a stored run; ends this program where it does not equal its row."""
    done = ran([*SIM, "replay", "--from", str(place), "--replication", str(row)])
    return {"replication": row, "seconds": round(done.seconds, 2)}


def _line(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The line of seconds over histories that has the least squares of relative errors, and the largest of these."""
    sizes = np.array([run["histories"] for run in runs], dtype=float)
    seconds = np.array([run["seconds"] for run in runs])
    weighted = np.column_stack([np.ones_like(sizes), sizes]) / seconds[:, None]
    start, slope = np.linalg.lstsq(weighted, np.ones_like(sizes), rcond=None)[0]
    errors = (start + slope * sizes) / seconds - 1.0
    return {
        "start_seconds": round(float(start), 2),
        "microseconds_a_history": round(float(slope) * 1e6, 2),
        "largest_distance_from_the_line": round(float(np.abs(errors).max()), 4),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default=SCENARIO)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--ten-million", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    sizes = [*arguments.sizes, *([TEN_MILLION] if arguments.ten_million else [])]
    figures = measure(sizes, arguments.scenario, arguments.workers)
    json.dump(figures, sys.stdout, indent=None if arguments.json else 2)
    print()


if __name__ == "__main__":
    main()
