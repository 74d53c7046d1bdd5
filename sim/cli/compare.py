"""The command `compare`: policies, variants or files side by side over the same draws."""

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
    Policies,
    Quiet,
    Scenarios,
    SharedSeed,
    Variant,
    Variants,
    Workers,
    Written,
    scenario_file,
)  # fmt: skip

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared
    from sim.experiments.arms import Arms
    from sim.experiments.comparison import Campaign, Played
    from sim.experiments.design.nested import Nested

REPORTS = "reports"  # folder of result directories, in the current directory


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("compare")(compare)


def compare(
    ctx: typer.Context,
    scenarios: Scenarios,
    policies: Policies = None,
    written: Written = None,
    variants: Variants = None,
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="The arm that others are held against, by default the case as described.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="What is better: outcome (by tone), utility:A, metric:X, outcome=CLASS; with - before it, less."),
    ] = None,
    also: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Columns of numbers that are compared besides, where both histories have them."),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option("--replications", "-n", metavar="N", help="Histories of each arm, by default 1000; with --until-se the most."),
    ] = None,
    until_se: Annotated[
        float | None, typer.Option(metavar="X", help="Go on until no outcome's difference has a larger standard error, as in 0.005.")
    ] = None,
    budget: Annotated[int | None, typer.Option(metavar="N", help="Most histories of all arms together.")] = None,
    repeats: Annotated[
        int,
        typer.Option(metavar="K", help="Histories at each draw of the uncertainties: splits what varies between inputs and chance."),
    ] = 1,
    pairs: Annotated[
        int, typer.Option(metavar="N", help="Pairs of each arm that end differently and are replayed to see where they part; 0 for none.")
    ] = 20,
    seed: SharedSeed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    variant: Variant = None,
    changes: Changes = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Play policies, variants or files with the same draws; tell their differences with intervals, and why histories part.

    Every arm is an ordinary run in the result directory. Interrupted, the same command goes on; asked for more, it goes on too.
    """
    from sim.analysis.compared_measures import columns_before, goal_of, measures_of
    from sim.cli.runs import _portable
    from sim.experiments.arms import arms_of
    from sim.experiments.comparison import Campaign, directory_name

    files = [(_portable(name), scenario_file(name)) for name in scenarios]
    arms = arms_of(
        files, policies=_policies(policies, files), written=written or (), variants=_names(variants), variant=variant,
        changes=changes or (), against=against,
    )  # fmt: skip
    most = _most(arms, replications, until_se, budget, seed, workers)
    _check(pairs)
    nested = _nested(repeats, most, until_se)
    if nested is not None:
        most = nested.num_rows
    if by is not None or also is not None:  # a slip is told before all is played, not after
        columns = columns_before(arms, seed)
        goal_of(arms, columns, by)
        measures_of(arms, columns, _names(also))
    if not quiet:
        console.warn(arms.warnings)
    campaign = Campaign(
        arms, seed, out or Path(REPORTS) / directory_name(arms, seed, nested), command=_command(ctx, files), engine=engine, workers=workers,
        cluster=cluster, growing=until_se is not None, tell=None if quiet else console.say, nested=nested,
    )  # fmt: skip
    with console.goes_on_by(_again(ctx, scenarios)):
        played = _played(campaign, most, until_se, quiet)
        found = _compared(played, by, _names(also), pairs, until_se, workers, quiet)
        _finish(found, campaign, _words(ctx, files), json, no_report)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _policies(text: str | None, files: list[tuple[str, str]]) -> list[str]:
    """The policies named, or all that the file has."""
    from sim.errors import UsageError
    from sim.model.reader import read

    names = _names(text)
    if text is not None and not names:
        raise UsageError("--policies: expected names with commas between them, found nothing", hint="`sim list` names those there are")
    if names != ["all"] or len(files) != 1:
        return names
    known = read(files[0][1]).data.get("policies")
    if not isinstance(known, dict) or not known:
        raise UsageError("--policies all: the file has no `policies:`", hint="write one with --policy")
    return list(known)


def _most(
    arms: Arms, replications: int | None, until_se: float | None, budget: int | None, seed: int, workers: int | None
) -> int:
    """Histories of each arm: what is asked for, or the most that there may be."""
    from sim.errors import UsageError
    from sim.experiments.replicate import DEFAULT_CAP, DEFAULT_REPLICATIONS, check_request

    number = len(arms.arms)
    most = replications if replications is not None else DEFAULT_CAP if until_se is not None else DEFAULT_REPLICATIONS
    check_request(most, seed, until_se, workers)
    if most < 2:
        raise UsageError(f"-n {most}: expected at least 2 histories of each arm", hint=f"{DEFAULT_REPLICATIONS:,} is a beginning")
    if budget is None:
        return most
    if budget < 2 * number:
        raise UsageError(
            f"--budget {budget}: expected at least {2 * number}, two histories of each of {number} arms", hint="1000 an arm is a beginning"
        )
    share = budget // number
    return min(most, share) if replications is not None else share


def _check(pairs: int) -> None:
    from sim.errors import UsageError

    if pairs < 0:
        raise UsageError(f"--pairs: expected a whole number from 0, found {pairs}")


def _nested(repeats: int, most: int, until_se: float | None) -> Nested | None:
    """Points of the inputs with so many histories at each, within the number asked for; none for one history at each."""
    from sim.errors import UsageError
    from sim.experiments.design.nested import Nested

    if repeats == 1:
        return None
    if repeats < 1:
        raise UsageError(f"--repeats: expected a whole number from 1, found {repeats}")
    if until_se is not None:
        raise UsageError("--repeats and --until-se cannot stand together", hint="say with --replications how many histories there are")
    if most // repeats < 2:
        raise UsageError(
            f"--repeats {repeats}: {most:,} histories are not two draws of the uncertainties with {repeats} each",
            hint=f"--replications {200 * repeats} makes two hundred",
        )
    return Nested(most // repeats, repeats)


def _played(campaign: Campaign, most: int, until_se: float | None, quiet: bool) -> Played:
    """All histories that are asked for, or that the rule asks for."""
    from sim.analysis.comparison import outcome_error
    from sim.experiments.comparison import sizes_until

    with console.progress(quiet) as tell:
        if until_se is None:
            return campaign.play(most, tell)
        steps: list[Played] = []
        for size in sizes_until(until_se, most, lambda size: outcome_error(steps[-1])):
            steps[:] = [campaign.play(size, tell)]
        return steps[-1]


def _compared(
    played: Played, by: str | None, also: list[str], pairs: int, until_se: float | None, workers: int | None, quiet: bool
) -> Compared:
    from sim.analysis.comparison import compare as compared

    with console.progress(quiet) as tell:
        return compared(played, by=by, also=also, pairs=pairs, target=until_se, workers=workers, progress=tell)


def _words(ctx: typer.Context, files: list[tuple[str, str]]) -> list[str]:
    """The words of the command that say what is compared, without where and how it is done."""
    words = ["sim", "compare", *(name for name, _ in files)]
    for option in ("policies", "written", "variants", "against", "by", "also", "variant", "changes", "seed"):
        value = ctx.params[option]
        flag = {"written": "--policy", "changes": "--set"}.get(option, f"--{option}")
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                words += [flag, str(item)]
    return words


def _again(ctx: typer.Context, scenarios: list[str]) -> list[str]:
    """The command as it was given, with where and how."""
    words = ["sim", "compare", *scenarios]
    for parameter in ctx.command.params:
        value, source = ctx.params.get(parameter.name or ""), ctx.get_parameter_source(parameter.name or "")
        if parameter.param_type_name != "option" or source is None or source.name != "COMMANDLINE":
            continue
        for item in value if isinstance(value, (list, tuple)) else [value]:
            words += [parameter.opts[0]] if item is True else [parameter.opts[0], str(item)]
    return words


def _command(ctx: typer.Context, files: list[tuple[str, str]]) -> list[str]:
    """The words of the whole command."""
    words = _words(ctx, files)
    for option in ("replications", "until_se", "budget", "repeats"):
        if ctx.params[option] is not None and (option, ctx.params[option]) != ("repeats", 1):
            words += [f"--{option.replace('_', '-')}", str(ctx.params[option])]
    return words


def _finish(found: Compared, campaign: Campaign, words: list[str], json: bool, no_report: bool) -> None:
    """Keep the result, write the report, print."""
    from sim.analysis.comparison import as_data
    from sim.analysis.comparison_words import findings, why
    from sim.cli import comparison_result, limit_lines

    told = {**as_data(found), "findings": findings(found), "why": [why(found, item) for item in found.divergences]}
    campaign.note({"result": told})
    page = None if no_report else _write_report(found, words, campaign.directory)
    if json:
        data: dict[str, Any] = {"schema": 1, **told, "directory": campaign.directory.as_posix(), "computed": campaign.num_computed}
        data["limits"] = limit_lines.limits_data(found.played.arms[found.reference].completed)
        console.put_json({**data, **({"report": page.as_posix()} if page else {})})
        return
    console.put_lines(comparison_result.lines(found, console.width(), console.has_blocks()))
    number, each = len(found.played.arms.arms), found.played.replications
    now = "all played now" if campaign.num_computed >= number * each else f"{campaign.num_computed:,} played now"
    console.put(f"\nhistories  {number * each:,}, {each:,} of each of {number} arms, seed {found.played.seed}; {now}\n")
    console.put(f"results    {campaign.directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")


def _write_report(found: Compared, words: list[str], directory: Path) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.comparison_report import render_comparison
    from sim.reports.page import write_page

    path = directory / "report.html"
    html = render_comparison(found, words)
    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
