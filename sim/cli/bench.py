"""How fast this machine is: bench."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Json, scenario_file

if TYPE_CHECKING:
    from sim.experiments.bench import Figures


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("bench")(bench)


def bench(
    scenario: Annotated[
        str | None, typer.Argument(metavar="[FILE|NAME]", help="The scenario to play, by default the first shipped one.")
    ] = None,
    json: Json = False,
    turns: Annotated[int, typer.Option(metavar="N", min=1, help="Turns of each engine; medians are shown.")] = 5,
) -> None:
    """Measure how fast this machine plays a scenario, in each engine.

    The engines take turns on one core, and processor time counts, so that ratios hold on a busy machine too.
    """
    from sim import resources
    from sim.compiled import cache
    from sim.experiments import bench as benches
    from sim.experiments.provenance import versions
    from sim.model.compile import compile_case
    from sim.model.complete import complete
    from sim.model.load import load_scenario

    case = compile_case(complete(load_scenario(scenario_file(scenario or resources.list_scenarios()[0]))))
    cache.stored(console.say)
    figures = benches.measure(case, turns)
    if json:
        console.put_json({**figures.as_data(), "processor": _processor(), "versions": versions()})
        return
    console.put("\n".join(_lines(figures, versions())) + "\n")


def _lines(figures: Figures, versions: dict[str, str]) -> list[str]:
    ways = (
        ("batch engine, compiled", figures.compiled),
        ("SimPy, compiled acts", figures.simpy_with_compiled_acts),
        ("SimPy, plain Python", figures.simpy),
    )
    lines = [
        f"{figures.scenario}: {figures.events_a_history:.0f} events a history; one core, processor time",
        "",
        f"{'':24}{'histories/s':>12}{'µs a history':>14}{'ns an event':>13}{'times the batch engine':>26}",
    ]
    for name, speed in ways:
        lines.append(
            f"{name:24}{1e6 / speed.microseconds_a_history:>12,.0f}{speed.microseconds_a_history:>14,.0f}"
            f"{speed.nanoseconds_an_event:>13,.0f}"
            f"{f'{speed.times_slower:,.1f} ({speed.least_times_slower:,.1f} to {speed.most_times_slower:,.1f})':>26}"
        )
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return [*lines, "", f"first compiled history after {figures.start_seconds:.2f} s; {_processor()}; {told}"]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
