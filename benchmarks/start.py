"""From the command to the first result: seconds of whole commands, compiled code there or not.

    .venv/bin/python -m benchmarks.start [--repeats 5] [--cold-repeats 2] [--json]

Cold: with an empty folder for compiled code, so that rules are compiled first; one run of that kind takes some ten seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measured import SIM, Ran, ran, spread
from sim.compiled import cache

SCENARIO = "scenarios/summit.yaml"
HISTORIES = 100
FIRST = "Outcome after"  # words of the first table of results


def measure(
    repeats: int = 5, cold_repeats: int = 2, histories: int = HISTORIES, only: Sequence[str] | None = None
) -> dict[str, Any]:
    """Of each command (or some) the seconds to the table of outcomes, to its end, and of processors: median, least, most.

    The commands take turns.
    """
    cache.stored()
    commands: dict[str, Callable[[], Ran]] = {
        "help": lambda: ran([*SIM, "--help"]),
        "one": lambda: _run(1, "batch"),
        "batch": lambda: _run(histories, "batch"),
        "auto": lambda: _run(histories, "auto"),
        "simpy": lambda: _run(histories, "simpy"),
    }
    commands = {name: command for name, command in commands.items() if only is None or name in only}
    found: dict[str, list[Ran]] = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            found[name].append(command())
    found["cold"] = [_cold(histories) for _ in range(cold_repeats)]
    found["compiling"] = [_compiling() for _ in range(cold_repeats)]
    return {"histories": histories, "commands": {name: _spreads(runs) for name, runs in found.items() if runs}}


def _spreads(runs: list[Ran]) -> dict[str, dict[str, float]]:
    kinds = ("seconds_to_words", "seconds", "cpu_seconds")
    return {kind: spread([getattr(run, kind) for run in runs]) for kind in kinds}


def _run(histories: int, engine: str, **environment: str) -> Ran:
    """A run with everything that it prints, and no report."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*SIM, "run", SCENARIO, "-n", str(histories), "--engine", engine, "--no-report"]
        return ran([*words, "--out", str(Path(folder) / "run")], FIRST, **environment)


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
