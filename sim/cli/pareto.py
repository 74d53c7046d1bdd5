"""The command `pareto`: settings of levers that cannot be bettered in one objective without losing in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import (
    Changes,
    Cluster,
    Engine,
    Json,
    NoReport,
    Out,
    Policy,
    Quiet,
    Scenario,
    SharedSeed,
    Variant,
    Workers,
    scenario_file,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.analysis.pareto import Pareto

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "pareto.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("pareto")(pareto)


def pareto(
    ctx: typer.Context,
    scenario: Scenario,
    levers: Annotated[
        str, typer.Option(metavar="A,B", help="Levers that are numbers, or paths, within their ranges in the file, or NAME=LOW:HIGH.")
    ],
    objectives: Annotated[
        list[str], typer.Option("--objective", metavar="TEXT", help="'max share(CLASS)', 'min metric:NAME', ...; two or more.")
    ],
    points: Annotated[int, typer.Option(metavar="N", help="Settings tried at first; half as many in each further step.")] = 64,
    steps: Annotated[int, typer.Option(metavar="N", help="Further steps, around what is unbeaten so far.")] = 2,
    replications: Annotated[int, typer.Option("--replications", "-n", metavar="N", help="Histories of each setting in the search.")] = 400,
    fresh: Annotated[int, typer.Option(metavar="N", help="Histories of each setting that is kept, with draws not seen before.")] = 2000,
    seed: SharedSeed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Search levers for several objectives at once; play what is unbeaten again with fresh draws, and say how much was luck.

    What is tried is kept as ordinary runs in the result directory. Interrupted, the same command goes on.
    """
    from sim.analysis.pareto import histories_needed, objectives_of, search
    from sim.cli.runs import _portable
    from sim.experiments.lever_runs import LeverRuns, directory_name, levers_of
    from sim.experiments.replicate import check_request
    from sim.model.complete import complete
    from sim.model.load import load

    check_request(replications, seed, None, workers)
    _check(points, steps, replications, fresh)
    loaded = load(scenario_file(scenario), variant, policy, changes or [])
    completed = complete(loaded.spec)
    names = [name.strip() for name in levers.split(",") if name.strip()]
    chosen = levers_of(completed, names)
    wanted = objectives_of(objectives, completed, seed)
    _check_levers(len(chosen))
    if not quiet:
        console.warn(loaded.warnings)
    asked = {"objectives": [item.text for item in wanted], "points": points, "steps": steps, "histories": replications, "fresh": fresh}
    words = _command(ctx, _portable(scenario))
    with console.progress(quiet) as tell:
        runs = LeverRuns(
            completed, chosen, seed, out or Path(REPORTS) / directory_name(completed, chosen, seed, asked), asked, engine=engine,
            workers=workers, cluster=cluster, tell=None if quiet else console.say, progress=tell,
            total=histories_needed(points, steps, replications, fresh),
        )  # fmt: skip
        found = search(runs, wanted, points, steps, replications, fresh)
    _finish(found, asked, words, json, no_report)


def _check(points: int, steps: int, replications: int, fresh: int) -> None:
    from sim.errors import UsageError

    for option, value, least in (
        ("--points", points, 4), ("--steps", steps, 0), ("--replications", replications, 2), ("--fresh", fresh, 2)
    ):  # fmt: skip
        if value < least:
            raise UsageError(f"{option}: expected a whole number from {least}, found {value}")


def _check_levers(number: int) -> None:
    from sim.errors import UsageError

    if not number:
        raise UsageError("--levers: expected names with commas between them, found nothing", hint="`sim inputs FILE` lists levers")


def _command(ctx: typer.Context, scenario: str) -> list[str]:
    """The words of the command, without where and how it is done."""
    words = ["sim", "pareto", scenario]
    flags = {"objectives": "--objective", "changes": "--set"}
    for option in ("levers", "objectives", "points", "steps", "replications", "fresh", "seed", "variant", "policy", "changes"):
        value = ctx.params[option]
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                words += [flags.get(option, f"--{option}"), str(item)]
    return words


def _finish(found: Pareto, asked: dict[str, Any], words: list[str], json: bool, no_report: bool) -> None:
    """Keep the result, write the report, print."""
    from sim.analysis.pareto import as_data
    from sim.analysis.pareto_words import findings
    from sim.cli import limit_lines, pareto_result
    from sim.cli.result_files import keep_page
    from sim.reports.pareto_report import render_pareto

    runs = found.runs
    told = {**as_data(found), "findings": findings(found)}
    runs.note({"asked": asked, "command": words, "result": told})
    page = None if no_report else keep_page(runs.directory / PAGE, render_pareto(found, words))
    if json:
        data = {"schema": 1, **told, "directory": runs.directory.as_posix(), "computed": runs.num_computed}
        data["limits"] = limit_lines.limits_data(runs.as_described)
        console.put_json({**data, **({"report": page.as_posix()} if page else {})})
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*pareto_result.lines(found, width, blocks), *limit_lines.lines(runs.as_described, width, blocks)])
    now = "all played now" if runs.num_computed >= runs.num_played else f"{runs.num_computed:,} played now"
    console.put(f"\nhistories  {runs.num_played:,}, seed {runs.seed}; {now}\n")
    console.put(f"results    {runs.directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")
