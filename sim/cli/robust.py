"""The command `robust`: which arm to choose when the uncertainties cannot be known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.compare import REPORTS, _names, _nested, _policies
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
    from sim.analysis.robustness import Robust
    from sim.experiments.comparison import Campaign

HISTORIES, REPEATS = 4000, 20  # of each arm; at each draw of the uncertainties
PAGE, RECORD = "robust.html", "robust.json"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("robust")(robust)


def robust(
    ctx: typer.Context,
    scenarios: Scenarios,
    policies: Policies = None,
    written: Written = None,
    variants: Variants = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="What is better: utility:A, metric:X, outcome=CLASS; with -, less. By default fewer bad ends."),
    ] = None,
    at_least: Annotated[
        float | None, typer.Option(metavar="X", help="A level of it that should be met: at how many draws each arm does.")
    ] = None,
    at_most: Annotated[float | None, typer.Option(metavar="X", help="The same where less is better; 5 % of histories is 0.05.")] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", metavar="N", help="Histories of each arm.")
    ] = HISTORIES,
    repeats: Annotated[int, typer.Option(metavar="K", help="Histories at each draw of the uncertainties, by chance of its own.")] = REPEATS,
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
    """Tell which arm to choose when the uncertainties cannot be known: by regret, by a level to be met, by how often it is best.

    Every arm is played over the same draws of the uncertainties, several histories at each. The histories are those of `sim compare`
    with --repeats: either command finds what the other one played.
    """
    from sim.analysis.compared_measures import columns_before
    from sim.analysis.robustness import cardinal_goal, is_share, level_of
    from sim.analysis.robustness import robust as judged
    from sim.cli.runs import _portable
    from sim.errors import UsageError
    from sim.experiments.arms import arms_of
    from sim.experiments.comparison import Campaign, directory_name
    from sim.experiments.replicate import check_request

    files = [(_portable(name), scenario_file(name)) for name in scenarios]
    arms = arms_of(
        files, policies=_policies(policies, files), written=written or (), variants=_names(variants), variant=variant,
        changes=changes or (),
    )  # fmt: skip
    check_request(replications, seed, None, workers)
    if repeats < 2:
        raise UsageError(
            f"--repeats: expected a whole number from 2, found {repeats}",
            hint="with one history at each draw of the uncertainties, what an arm gives away there cannot be told from chance",
        )
    nested = _nested(repeats, replications, None)
    assert nested is not None
    goal = cardinal_goal(arms, columns_before(arms, seed), by)  # a slip is told before all is played, not after
    level = level_of(goal, at_least, at_most, is_share(goal))
    if not quiet:
        console.warn(arms.warnings)
    campaign = Campaign(
        arms, seed, out or Path(REPORTS) / directory_name(arms, seed, nested), command=_command(ctx, files), engine=engine, workers=workers,
        cluster=cluster, tell=None if quiet else console.say, nested=nested,
    )  # fmt: skip
    with console.progress(quiet) as tell:
        played = campaign.play(nested.num_rows, tell)
    _finish(judged(played, goal, level), campaign, _command(ctx, files), json, no_report)


def _command(ctx: typer.Context, files: list[tuple[str, str]]) -> list[str]:
    """The words of the command, without where and how it is done."""
    words = ["sim", "robust", *(name for name, _ in files)]
    flags = {"written": "--policy", "changes": "--set"}
    for option in ("policies", "written", "variants", "by", "at_least", "at_most", "variant", "changes", "seed", "replications", "repeats"):
        value = ctx.params[option]
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is not None:
                words += [flags.get(option, f"--{option.replace('_', '-')}"), str(item)]
    return words


def _finish(found: Robust, campaign: Campaign, words: list[str], json: bool, no_report: bool) -> None:
    """Keep the result, write the report, print."""
    from sim.analysis.robustness import as_data
    from sim.analysis.robustness_words import findings
    from sim.cli import limit_lines, robust_result
    from sim.cli.result_files import keep_json, keep_page
    from sim.reports.robustness_report import render_robustness

    scenario = found.played.arms[found.played.arms.reference].completed
    data: dict[str, Any] = {"schema": 1, "command": words, **as_data(found), "findings": findings(found)}
    keep_json(campaign.directory / RECORD, data)
    page = None if no_report else keep_page(campaign.directory / PAGE, render_robustness(found, words))
    if json:
        console.put_json(
            {
                **data, "limits": limit_lines.limits_data(scenario),
                "directory": campaign.directory.as_posix(), "computed": campaign.num_computed,
                **({"report": page.as_posix()} if page else {}),
            }
        )  # fmt: skip
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*robust_result.lines(found, width, blocks), *limit_lines.lines(scenario, width, blocks)])
    number, each = len(found.played.arms.arms), found.played.replications
    now = "all played now" if campaign.num_computed >= number * each else f"{campaign.num_computed:,} played now"
    told = f"{found.draws:,} draws of the uncertainties with {found.repeats} each for {number} arms"
    console.put(f"\nhistories  {number * each:,}: {told}, seed {found.played.seed}; {now}\n")
    console.put(f"results    {campaign.directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")
