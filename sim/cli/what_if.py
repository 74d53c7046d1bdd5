"""The command `what-if`: the smallest change that brings an outcome to a target, and how sure that is."""

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
    Seed,
    Variant,
    Workers,
    scenario_file,
)

if TYPE_CHECKING:
    from sim.analysis.what_if_found import Found

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "report.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("what-if")(what_if)


def what_if(
    ctx: typer.Context,
    scenario: Scenario,
    target: Annotated[
        str,
        typer.Option(metavar="TEXT", help="What is to be reached: 'share(CLASS) >= 0.2', 'share(time:EVENT) <= 10%', 'metric:X >= 0.5'."),
    ],
    levers: Annotated[bool, typer.Option("--levers", help="Change levers only.")] = False,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change", metavar="PATH,...", help="Change these only: paths, levers, parts such as actors.A.utility; may be given again."
        ),
    ] = None,
    most: Annotated[float, typer.Option(metavar="X", help="Standard deviations by which one number may be changed.")] = 3.0,
    at_most: Annotated[int, typer.Option(metavar="K", help="Numbers of which a joint change is made; 1 for single changes only.")] = 4,
    histories: Annotated[
        int | None,
        typer.Option("--histories", "-n", metavar="N", help="Histories at each change, by default 500; in the test 8 times as many."),
    ] = None,
    seed: Seed = 1,
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
    """Find the smallest change of levers, uncertainties or types that brings an outcome to a target, and how sure that is.

    Each stage of the search is an ordinary run in the result directory. Interrupted, the same command goes on.
    """
    from sim.analysis.what_if import DEFAULT
    from sim.analysis.what_if import what_if as search
    from sim.analysis.what_if_target import target_of
    from sim.cli.runs import _command
    from sim.experiments.changes import Changes as Played
    from sim.experiments.changes import candidates_of
    from sim.experiments.replicate import check_request
    from sim.model.complete import complete
    from sim.model.load import load

    number = DEFAULT if histories is None else histories
    check_request(2, seed, None, workers)
    _check(number, at_most)
    loaded = load(scenario_file(scenario), variant, policy, changes or [])
    case = complete(loaded.spec)
    wanted = target_of(target, case, seed)
    candidates = candidates_of(case, levers=levers, only=_names(change), most=most)
    if not quiet:
        console.warn(loaded.warnings)
    with console.progress(quiet) as tell:
        played = Played(
            case, candidates, seed, out, {"target": wanted.text, "histories": number, "at_most": at_most}, reports=Path(REPORTS),
            command=_command(ctx), engine=engine, workers=workers, cluster=cluster, progress=tell, tell=None if quiet else console.say,
        )  # fmt: skip
        found = search(played, wanted, number, at_most)
    _finish(found, json, no_report)


def _names(texts: list[str] | None) -> list[str]:
    from sim.errors import UsageError

    names = [name.strip() for text in texts or () for name in text.split(",") if name.strip()]
    if texts and not names:
        raise UsageError("--change: expected paths with commas between them, found nothing")
    return names


def _check(histories: int, at_most: int) -> None:
    from sim.analysis.what_if import FEWEST
    from sim.errors import UsageError

    if histories < FEWEST:
        raise UsageError(f"-n {histories}: expected at least {FEWEST} histories at each change", hint="500 is a beginning")
    if at_most < 1:
        raise UsageError(f"--at-most: expected a whole number from 1, found {at_most}")


def _finish(found: Found, json: bool, no_report: bool) -> None:
    """Keep the result, write the report, print."""
    from sim.analysis.what_if_found import as_data
    from sim.analysis.what_if_words import findings
    from sim.cli import limit_lines, what_if_result

    played = found.changes
    told = {**as_data(found), "findings": findings(found)}
    played.note({"result": told})
    page = None if no_report else _write_report(found, played.directory)
    if json:
        data: dict[str, Any] = {"schema": 1, **told, "directory": played.directory.as_posix(), "computed": played.num_computed}
        data["limits"] = limit_lines.limits_data(played.scenario)
        console.put_json({**data, **({"report": page.as_posix()} if page else {})})
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*what_if_result.lines(found, width, blocks), *limit_lines.lines(played.scenario, width, blocks)])
    total = played.num_histories
    now = "all played now" if played.num_computed >= total else f"{played.num_computed:,} played now"
    console.put(f"\nhistories  {total:,} in all, {found.histories:,} at each change alone, seed {played.seed}; {now}\n")
    console.put(f"results    {played.directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")


def _write_report(found: Found, directory: Path) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.page import write_page
    from sim.reports.what_if_report import render_what_if

    path = directory / PAGE
    html = render_what_if(found)
    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
