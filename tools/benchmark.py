"""The table of speed in the README, from the figures that `python -m benchmarks engines` keeps for the page of benchmarks too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import engines, page
from benchmarks.measured import conditions
from tools.sections import body_of, table, write_part

PAGE = "README.md"
PART = "engines"  # of the measurements
WORDS = (
    ("compiled", "batch engine, compiled"),
    ("simpy_with_compiled_acts", "SimPy calling compiled acts"),
    ("simpy", "SimPy, plain Python"),
)
HEAD = ("one core, processor time", "histories a second", "µs a history", "ns an event", "times the batch engine")


def write(root: Path) -> list[str]:
    """Write the README with this part made anew below ``root``; the paths written.

    Where no full measurement is kept the engines are measured and kept now, which the page of benchmarks then shows as well.
    """
    paths: list[str] = []
    figures = page.full(PART)
    if figures is None:
        at = conditions()
        figures = engines.measure()
        page.keep(PART, at, figures)
        paths = page.write(root)
    return [*paths, *write_part(root, PAGE, "benchmark", body(figures))]


def stale() -> list[str]:
    """The README, if a full measurement is kept and is not the one that it shows."""
    figures = page.full(PART)
    return [] if figures is None or body_of(PAGE, "benchmark").strip() == body(figures) else [PAGE]


def body(figures: dict[str, Any]) -> str:
    """The table, and with what it was measured."""
    rows = [_row(label, figures[name]) for name, label in WORDS]
    versions = figures["versions"]
    told = ", ".join(f"{name} {versions[name]}" for name in ("python", "numpy", "simpy", "numba"))
    return f"{table(list(HEAD), rows)}\n\n{figures['events_a_history']:.0f} events a history; {figures['processor']}; {told}."


def _row(label: str, speed: dict[str, Any]) -> list[str]:
    return [
        label,
        f"{1e6 / speed['microseconds_a_history']:,.0f}",
        f"{speed['microseconds_a_history']:,.0f}",
        f"{speed['nanoseconds_an_event']:,.0f}",
        f"{speed['times_slower']:.1f} ({speed['least_times_slower']:.1f} to {speed['most_times_slower']:.1f})",
    ]
