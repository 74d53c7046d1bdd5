"""From the command to the first result: seconds of whole commands, compiled code there or not.

    .venv/bin/python -m benchmarks.start [--repeats 5] [--cold-repeats 2] [--json]

Cold: with an empty folder for compiled code, so that rules are compiled first; one run of that kind takes some ten seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measured import SIM, Ran, ran, spread
from sim.compiled import cache

SCENARIO = "scenarios/summit.yaml"
HISTORIES = 100
MOST_CACHED, MOST_COLD = 1.0, 15.0  # seconds that the commands may take


def measure(repeats: int = 5, cold_repeats: int = 2, histories: int = HISTORIES) -> dict[str, Any]:
    """Seconds of each command and of processors in it: median, least, most; the commands take turns."""
    cache.stored()
    commands: dict[str, Callable[[], Ran]] = {
        "help": lambda: ran([*SIM, "--help"]),
        "one": lambda: _run(1, "batch"),
        "batch": lambda: _run(histories, "batch"),
        "auto": lambda: _run(histories, "auto"),
        "simpy": lambda: _run(histories, "simpy"),
    }
    found: dict[str, list[Ran]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            found[name].append(command())
    found["cold"] = [_cold(histories) for _ in range(cold_repeats)]
    found["compiling"] = [_compiling() for _ in range(cold_repeats)]
    return {"histories": histories, "commands": {name: _spreads(runs) for name, runs in found.items() if runs}}


def _spreads(runs: list[Ran]) -> dict[str, dict[str, float]]:
    return {"seconds": spread([run.seconds for run in runs]), "cpu_seconds": spread([run.cpu_seconds for run in runs])}


def _run(histories: int, engine: str, **environment: str) -> Ran:
    """A run with everything that it prints, and no report."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*SIM, "run", SCENARIO, "-n", str(histories), "--engine", engine, "--no-report"]
        return ran([*words, "--out", str(Path(folder) / "run")], **environment)


def _cold(histories: int) -> Ran:
    with tempfile.TemporaryDirectory() as folder:
        return _run(histories, "batch", **{cache.FOLDER_VARIABLE: folder})


def _compiling() -> Ran:
    """The compiler alone, its processes started included."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", "from sim.compiled import cache; cache.stored()"]
        return ran(words, **{cache.FOLDER_VARIABLE: folder})


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cold-repeats", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.repeats, arguments.cold_repeats)
    json.dump(figures, sys.stdout, indent=None if arguments.json else 2)
    print()


if __name__ == "__main__":
    main()
