"""The command `sensitivity`: what the outcome hangs on, by first and total order or by elementary effects."""

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
    Seed,
    Variant,
    Workers,
    scenario_file,
)

if TYPE_CHECKING:
    from sim.analysis.sensitivity import Sensitivity
    from sim.experiments.replicate import RunOutcome

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "sensitivity.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("sensitivity")(sensitivity)


def sensitivity(
    ctx: typer.Context,
    scenario: Annotated[
        str, typer.Argument(metavar="FILE|NAME|DIR", help="A scenario file, a shipped one, or the result directory of such a run.")
    ],
    method: Annotated[
        str, typer.Option(metavar="NAME", help="sobol: shares of the spread; morris: screening, for many inputs and few histories.")
    ] = "sobol",
    samples: Annotated[
        int | None, typer.Option("--samples", "-n", metavar="N", help="Base samples, by default 1000; trajectories of morris, 100.")
    ] = None,
    of: Annotated[
        str | None, typer.Option(metavar="A,B", help="Classes of outcome, time:EVENT, share(time:EVENT), metric:NAME, other numbers.")
    ] = None,
    inputs: Annotated[
        str | None, typer.Option(metavar="PATH,...", help="Inputs and levers; by default all uncertainties and numeric levers.")
    ] = None,
    ranges: Annotated[bool, typer.Option("--ranges", help="Values of judgement vary too, within their ranges in the file.")] = False,
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
    """Tell how much of the spread of an outcome hangs on each input, and how much is the world's chance.

    The histories are an ordinary run with a design of its own. Interrupted, the same command goes on; of a finished run, other outputs.
    """
    from sim.analysis.sensitivity import sensitivity_of
    from sim.experiments.replicate import check_request

    wanted = _names(of, "--of")
    if _is_run(scenario):
        _refuse_beside_a_run(ctx)
        found, played = _stored(Path(scenario), wanted), 0
    else:
        check_request(2, seed, None, workers)
        outcome = _played(
            ctx, scenario, method, samples, wanted, _names(inputs, "--inputs"), ranges, seed, workers, cluster, engine, variant, policy,
            changes, out, quiet,
        )  # fmt: skip
        found, played = sensitivity_of(outcome.stored, wanted), outcome.num_computed
    _finish(found, played, json, no_report)


def _names(text: str | None, option: str) -> list[str]:
    from sim.errors import UsageError

    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise UsageError(f"{option}: expected names with commas between them, found nothing")
    return names


def _is_run(text: str) -> bool:
    from sim.experiments.disk import MANIFEST

    return (Path(text) / MANIFEST).is_file()


_OF_A_RUN = ("scenario", "of", "json", "quiet", "no_report")  # what may stand beside a result directory


def _refuse_beside_a_run(ctx: typer.Context) -> None:
    """A run that is played already has its inputs and its numbers."""
    from sim.errors import UsageError

    given = [
        parameter.opts[0]
        for parameter in ctx.command.params
        if parameter.name not in _OF_A_RUN and ctx.get_parameter_source(parameter.name).name == "COMMANDLINE"  # type: ignore[union-attr,arg-type]
    ]
    if given:
        raise UsageError(f"{', '.join(given)}: a result directory is played already", hint="name the scenario to play it otherwise")


def _stored(directory: Path, wanted: list[str]) -> Sensitivity:
    from sim.analysis.sensitivity import sensitivity_of
    from sim.experiments.store import open_run

    return sensitivity_of(open_run(directory), wanted)


def _played(
    ctx: typer.Context,
    scenario: str,
    method: str,
    samples: int | None,
    wanted: list[str],
    inputs: list[str],
    ranges: bool,
    seed: int,
    workers: int | None,
    cluster: str | None,
    engine: str,
    variant: str | None,
    policy: str | None,
    changes: list[str] | None,
    out: Path | None,
    quiet: bool,
) -> RunOutcome:
    """The run of the study that the command asks for."""
    from sim.analysis.sensitivity import check_outputs
    from sim.cli.runs import _command
    from sim.experiments.replicate import run_scenario
    from sim.experiments.sensitivity import study_of
    from sim.model.complete import complete
    from sim.model.load import load

    loaded = load(scenario_file(scenario), variant, policy, changes or [])
    if not quiet:
        console.warn(loaded.warnings)
    study = study_of(complete(loaded.spec), method, samples, inputs, ranges)
    check_outputs(study.scenario, wanted, seed)  # a slip is told before all is played, not after
    command = _command(ctx)
    with console.goes_on_by(command), console.progress(quiet) as tell:
        return run_scenario(
            study.scenario, seed=seed, workers=workers, cluster=cluster, engine=engine, design=study.design, reports=REPORTS,
            directory=out, command=command, progress=tell, tell=None if quiet else console.say,
        )  # fmt: skip


def _finish(found: Sensitivity, played: int, json: bool, no_report: bool) -> None:
    """Write the report, print."""
    from sim.analysis.sensitivity import as_data
    from sim.analysis.sensitivity_words import findings
    from sim.cli import limit_lines, sensitivity_result

    directory = found.stored.directory
    page = None if no_report else _write_report(found, directory)
    if json:
        data: dict[str, Any] = {"schema": 1, **as_data(found), "findings": findings(found), "directory": directory.as_posix()}
        data["limits"] = limit_lines.limits_data(found.stored.case)
        console.put_json({**data, "computed": played, **({"report": page.as_posix()} if page else {})})
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*sensitivity_result.lines(found, width, blocks), *limit_lines.lines(found.stored.case, width, blocks)])
    total = found.stored.num_replications
    unit = "base samples" if found.method == "sobol" else "trajectories"
    now = "all played now" if played >= total else f"{played:,} played now"
    console.put(f"\nhistories  {total:,}: {found.samples:,} {unit} of {total // found.samples}, seed {found.stored.seed}; {now}\n")
    console.put(f"results    {directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")


def _write_report(found: Sensitivity, directory: Path) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.page import write_page
    from sim.reports.sensitivity_report import render_sensitivity

    path = directory / PAGE
    html = render_sensitivity(found)
    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
