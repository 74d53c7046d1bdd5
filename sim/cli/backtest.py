"""The command `backtest`: cases of the past played as of their date, and scored by what came of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import console
from sim.cli.options import Cluster, Engine, Json, NoReport, Out, Quiet, Seed, Workers

if TYPE_CHECKING:
    from sim.analysis.backtest.scoring import Backtest
    from sim.experiments.backtest.campaign import Campaign

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "report.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("backtest")(backtest)


def backtest(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None, typer.Argument(metavar="[FOLDER|FILE...]", help="A folder of cases, or cases; by default the shipped ones.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", metavar="N", help="Histories of each case, by default 5000.")
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Play cases of the past as of their date, score the model by what came, and say where it was wrong.

    Each case is looked at on the day on which it begins and on its later looks, among the histories that fit what had happened by then.
    Every case is an ordinary run in the result directory. Interrupted, the same command goes on; asked for more, it goes on too.
    """
    from sim.analysis.backtest.references import check_base_rates
    from sim.analysis.backtest.scoring import backtest_of
    from sim.errors import UsageError
    from sim.experiments.backtest.campaign import DEFAULT_HISTORIES, Campaign, directory_name
    from sim.experiments.backtest.cases import cases_in
    from sim.experiments.evidence import FEWEST
    from sim.experiments.replicate import check_request

    number = replications if replications is not None else DEFAULT_HISTORIES
    check_request(number, seed, None, workers)
    if number < FEWEST:
        hint = f"a look is judged by the histories that fit it, {FEWEST} or more; {DEFAULT_HISTORIES:,} is the default"
        raise UsageError(f"-n {number}: expected at least {FEWEST} histories of each case", hint=hint)
    cases = cases_in(places or ())
    check_base_rates(cases)  # a slip is told before all is played, not after
    words = _words(places or [], number, seed)
    campaign = Campaign(
        cases, seed, out or Path(REPORTS) / directory_name(cases, seed), command=words, engine=engine, workers=workers, cluster=cluster,
        tell=None if quiet else console.say,
    )  # fmt: skip
    with console.progress(quiet) as tell:
        played = campaign.play(number, tell)
    _finish(backtest_of(played), campaign, words, json, no_report)


def _words(places: list[str], number: int, seed: int) -> list[str]:
    return ["sim", "backtest", *places, "--replications", str(number), "--seed", str(seed)]


def _finish(found: Backtest, campaign: Campaign, words: list[str], json: bool, no_report: bool) -> None:
    """Keep the result, write the report, print."""
    from sim.analysis.backtest.scoring import as_data
    from sim.analysis.backtest.words import findings
    from sim.cli import backtest_result

    told = {**as_data(found), "findings": findings(found)}
    campaign.note({"result": told})
    page = None if no_report else _write_report(found, words, campaign.directory)
    if json:
        data = {"schema": 1, **told, "directory": campaign.directory.as_posix(), "computed": campaign.num_computed}
        console.put_json({**data, **({"report": page.as_posix()} if page else {})})
        return
    console.put_lines(backtest_result.lines(found, console.width(), console.has_blocks()))
    number, each = len(found.played.cases), found.played.replications
    now = "all played now" if campaign.num_computed >= number * each else f"{campaign.num_computed:,} played now"
    console.put(f"\nhistories  {number * each:,}, {each:,} of each of {number} cases, seed {found.played.seed}; {now}\n")
    console.put(f"results    {campaign.directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")


def _write_report(found: Backtest, words: list[str], directory: Path) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.backtest_report import render_backtest
    from sim.reports.page import write_page

    path = directory / PAGE
    html = render_backtest(found, words)
    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
