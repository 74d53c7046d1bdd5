"""The command `calibrate`: parameters fitted to the targets of a scenario, with what the targets cannot say."""

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
    import datetime as dt

    from sim.analysis.calibration import Calibration

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "calibration.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("calibrate")(calibrate)


def calibrate(
    ctx: typer.Context,
    scenario: Scenario,
    fit: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="Numbers and levers to fit; by default the uncertainties that are numbers.")
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="DATE", help="Use only targets dated before this day; the variant carries it.")
    ] = None,
    waves: Annotated[int, typer.Option(metavar="N", help="Waves of points, each where the earlier ones leave it.")] = 3,
    points: Annotated[int, typer.Option(metavar="N", help="Points in each wave.")] = 120,
    histories: Annotated[int, typer.Option("--histories", "-n", metavar="N", help="Histories at each point.")] = 250,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    write_variant: Annotated[
        str | None, typer.Option("--write-variant", metavar="NAME", help="Print the posterior as a variant; with --to, write it.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="New file: the scenario with that variant. Nothing is overwritten.")
    ] = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Fit numbers of a scenario to its targets, by simulation alone, and tell what the targets cannot say.

    Waves of points rule out what is far from the targets; what meets them is the posterior, which is played again. Nothing in the
    scenario's file changes. Interrupted, the same command goes on.
    """
    from sim.analysis.calibration import calibration_of
    from sim.experiments.calibration import study_of
    from sim.experiments.calibration_run import Campaign, Size, directory_name
    from sim.experiments.fitted_variant import check_name, check_place, into_scenario, variant_of
    from sim.experiments.replicate import check_request
    from sim.model.complete import complete
    from sim.model.load import load

    check_request(2, seed, None, workers)
    size = Size(waves, points, histories)
    day = _day(before)
    _check_writing(write_variant, to)
    path = scenario_file(scenario)
    loaded = load(path, variant, policy, changes or [])
    if write_variant is not None:
        check_name(loaded.spec, write_variant, scenario)
    if to is not None:
        check_place(to)
    if not quiet:
        console.warn(loaded.warnings)
    study = study_of(complete(loaded.spec), _names(fit), day)
    directory = out or Path(REPORTS) / directory_name(study, size, seed)
    with console.progress(quiet) as tell:
        campaign = Campaign(
            study, size, seed, directory, command=_command(ctx), engine=engine, workers=workers, cluster=cluster, progress=tell,
            tell=None if quiet else console.say,
        )  # fmt: skip
        fitted = campaign.play()
    found = calibration_of(fitted)
    made = None if write_variant is None else variant_of(fitted, _written(loaded.spec, variant, policy))
    if to is not None and made is not None and write_variant is not None:
        text = Path(path).read_text(encoding="utf-8")
        _write_new(to, into_scenario(text, write_variant, made, scenario))
    _finish(ctx, found, campaign, json, no_report, write_variant, made, to)


def _command(ctx: typer.Context) -> list[str]:
    from sim.cli.runs import _command as words

    return words(ctx)


def _names(text: str | None) -> list[str]:
    from sim.errors import UsageError

    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if text is not None and not names:
        raise UsageError("--fit: expected names with commas between them, found nothing")
    return names


def _day(text: str | None) -> dt.date | None:
    from sim.errors import UsageError
    from sim.model.quantities import QuantityError, parse_date

    if text is None:
        return None
    try:
        return parse_date(text)
    except QuantityError as error:
        raise UsageError(f"--before {text}: expected {error.expected}, found {error.found}", hint=error.hint) from None


def _check_writing(name: str | None, to: Path | None) -> None:
    from sim.errors import UsageError

    if to is not None and name is None:
        raise UsageError("--to needs a name for the variant", hint="add --write-variant NAME")


def _written(spec: Any, variant: str | None, policy: str | None) -> dict[str, Any]:
    """What the fit stands on, so that the variant is whole: what a variant, a policy and --set have changed."""
    sets: dict[str, Any] = {}
    if variant is not None:
        sets |= spec.variants[variant].set
    if policy is not None:
        sets |= spec.policies[policy].set
    return sets | (spec.applied.set if spec.applied else {})


def _write_new(path: Path, text: str) -> None:
    from sim.experiments.disk import disk_errors

    with disk_errors(path, holds_chunks=False), path.open("x", encoding="utf-8") as file:
        file.write(text)


def _finish(
    ctx: typer.Context, found: Calibration, campaign: Any, json: bool, no_report: bool, name: str | None, made: dict[str, Any] | None,
    to: Path | None,
) -> None:  # fmt: skip
    """Write record and report, print."""
    from sim.analysis.calibration import as_data
    from sim.analysis.calibration_words import findings
    from sim.cli import calibrate_result, limit_lines
    from sim.experiments.fitted_variant import snippet

    data = {**as_data(found), "findings": findings(found)}
    campaign.note({"found": data})
    directory = campaign.directory
    page = None if no_report else _write_report(found, directory, _command(ctx))
    if json:
        written = {} if made is None else {"variant": {"name": name, **made, **({"file": to.as_posix()} if to else {})}}
        place = {"directory": directory.as_posix(), "computed": campaign.num_computed, **({"report": page.as_posix()} if page else {})}
        limits = limit_lines.limits_data(found.fit.study.stands)
        console.put_json({"schema": 1, **data, "limits": limits, **written, **place})
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*calibrate_result.lines(found, width, blocks), *limit_lines.lines(found.fit.study.stands, width, blocks)])
    total = found.fit.num_histories
    now = "all played now" if campaign.num_computed >= total else f"{campaign.num_computed:,} played now"
    console.put(f"\nhistories  {total:,}, seed {found.fit.seed}; {now}\n")
    console.put(f"results    {directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")
    if made is not None and name is not None:
        if to is not None:
            console.put(f"variant    {to.as_posix()}; play it with `sim run {to.as_posix()} --variant {name}`\n")
        else:
            console.put(f"\nUnder `variants:` of a scenario file:\n\n{snippet(name, made)}")


def _write_report(found: Calibration, directory: Path, command: list[str]) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.calibration_report import render_calibration
    from sim.reports.page import write_page

    path = directory / PAGE
    html = render_calibration(found, command)
    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
