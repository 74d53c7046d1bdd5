"""Arguments and options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[str, typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one.")]
Variant = Annotated[str | None, typer.Option(metavar="NAME", help="Apply a variant of the file.")]
Policy = Annotated[str | None, typer.Option(metavar="NAME", help="Apply a policy of the file.")]
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
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="CLASS", help="Ask about one class of outcome, by name or label.")
]
Of = Annotated[
    str | None, typer.Option("--of", metavar="COLUMN", help="Ask about a number or a time: metric:NAME, time:EVENT, any column of results.")
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
        Neither is there; the hint has the nearest name.
    """
    from sim import resources
    from sim.errors import UsageError
    from sim.model.diagnostics import did_you_mean

    shipped = resources.list_scenarios()
    looks_like_a_file = os.sep in text or "/" in text or Path(text).suffix in (".yaml", ".yml", ".json")
    if (looks_like_a_file and text not in shipped) or os.path.lexists(text):
        return text  # the reader says what is wrong with it
    if text in shipped:
        return str(resources.scenario_path(text))
    if text in resources.list_tables():
        raise UsageError(f"{text}: this is a spatial table, not a scenario to play: `sim spatial {text}` reads it")
    if f"theory/{text}" in shipped:
        raise UsageError(f"unknown scenario '{text}'", hint=f"did you mean 'theory/{text}'?")
    raise UsageError(
        f"unknown scenario '{text}': neither a file nor the name of a shipped scenario",
        hint=did_you_mean(text, shipped, "shipped scenarios"),
    )
