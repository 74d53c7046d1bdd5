"""The table of speed in the README, measured by `sim bench` on the machine that makes it; never compared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.sections import table, write_part

ROOT = Path(__file__).resolve().parent.parent
PAGE = "README.md"
WORDS = (
    ("compiled", "batch engine, compiled"),
    ("simpy_with_compiled_acts", "SimPy calling compiled acts"),
    ("simpy", "SimPy, plain Python"),
)
HEAD = ("one core, processor time", "histories a second", "µs a history", "ns an event", "times the batch engine")


def write(root: Path) -> list[str]:
    """Measure and write the README with this part made anew below ``root``; its path."""
    words = [sys.executable, "-m", "sim", "bench", "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    rows = [_row(label, figures[name]) for name, label in WORDS]
    versions = figures["versions"]
    told = ", ".join(f"{name} {versions[name]}" for name in ("python", "numpy", "simpy", "numba"))
    after = f"\n\n{figures['events_a_history']:.0f} events a history; {figures['processor']}; {told}.\n"
    return write_part(root, PAGE, "benchmark", table(list(HEAD), rows) + after)


def _row(label: str, speed: dict[str, Any]) -> list[str]:
    return [
        label,
        f"{1e6 / speed['microseconds_a_history']:,.0f}",
        f"{speed['microseconds_a_history']:,.0f}",
        f"{speed['nanoseconds_an_event']:,.0f}",
        f"{speed['times_slower']:.1f} ({speed['least_times_slower']:.1f} to {speed['most_times_slower']:.1f})",
    ]
