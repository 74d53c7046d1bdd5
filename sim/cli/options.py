"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[str, typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one.")]
Scenarios = Annotated[
    list[str], typer.Argument(metavar="FILE|NAME...", help="A scenario file or the name of a shipped one; several are an arm each.")
]
Variant = Annotated[str | None, typer.Option(metavar="NAME", help="Apply a variant of the file.")]
Policy = Annotated[str | None, typer.Option(metavar="NAME", help="Apply a policy of the file.")]
Policies = Annotated[
    str | None, typer.Option("--policies", metavar="A,B", help="Policies of the file, an arm each; `all` for all of them.")
]
Written = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="TEXT", help="A policy written as 'name: path=value; path=value'; may be given again and again."),
]
Variants = Annotated[str | None, typer.Option("--variants", metavar="A,B", help="Variants of the file, an arm each.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value by its path; may be given again and again."),
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="What has happened, as in 'deal.exists by 2018-06-12': tell of the histories that fit; may be given again.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", "-s", metavar="N", help="Root seed of all draws.")]
SharedSeed = Annotated[
    int, typer.Option("--seed", "-s", metavar="N", help="Root seed of all draws, the same in everything that is compared.")
]
Engine = Annotated[str, typer.Option("--engine", metavar="NAME", help="auto, simpy or batch (compiled); never changes results.")]
Workers = Annotated[
    int | None, typer.Option("--workers", "-w", metavar="N", help="Processes, or threads of compiled code; never changes results.")
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="WHERE", help="Compute with Dask: local:N starts N workers, tcp://HOST:PORT uses a scheduler."
    ),
]
Design = Annotated[
    str | None,
    typer.Option(
        "--design", metavar="NAME", help="How inputs are drawn: random; or sobol or lhs, points that fill their ranges evenly."
    ),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Result directory, by default one in reports/.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks, only the result.")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no page.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="CLASS", help="Ask about one class of outcome, by name or label.")
]
Of = Annotated[
    str | None, typer.Option("--of", metavar="COLUMN", help="Ask about time:EVENT, share(time:EVENT), metric:NAME, any column of results.")
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="CONDITION", help="Ask about histories that meet a condition in SQL, as `sim query` takes it."),
]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help="A result directory.")]


def scenario_file(text: str) -> str:
    """The file meant by an argument: the file of that name, else the shipped scenario.

    Raises
    ------
    UsageError
        Neither is there, or the file is of another kind; the hint has the nearest name, or the command that takes it.
    """
    from sim.model.kinds import SCENARIO, file_named

    return file_named(text, SCENARIO)
