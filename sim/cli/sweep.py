"""The command `sweep`: how outcomes answer to levers and uncertainties, and from which value on a target is met."""

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
    from sim.analysis.sweep import Swept
    from sim.analysis.threshold import Target, Threshold
    from sim.experiments.steps import Steps
    from sim.experiments.sweep_apart import Apart

REPORTS = "reports"  # folder of result directories, in the current directory
PAGE = "sweep.html"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("sweep")(sweep)


def sweep(
    ctx: typer.Context,
    scenario: Scenario,
    over: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUES", help="A lever, uncertainty or path: 0:1, 0:1:11 (values) or 0,.2,.7; may be given again."),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(metavar="OUTPUT", help="A class of outcome, time:EVENT, share(time:EVENT), metric:NAME; may be given again."),
    ] = None,
    design: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="grid (default), lhs, sobol, or a table of points (CSV).")
    ] = None,
    histories: Annotated[
        int | None,
        typer.Option("--histories", "-n", metavar="N", help="At each point, by default 1000; of lhs, sobol and --threshold in all."),
    ] = None,
    threshold: Annotated[
        str | None, typer.Option(metavar="TARGET", help="From which value on this is met, as in 'share(war) >= 0.1'.")
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
    """Tell how outcomes answer to a lever or an uncertainty over its range, to two together, or at a list of points.

    With --threshold: from which value on a target is met, with an interval. The histories are ordinary runs: interrupted, the same
    command goes on.
    """
    from sim.cli.runs import _command, _portable
    from sim.experiments.replicate import check_request
    from sim.model.complete import complete
    from sim.model.load import load

    check_request(2, seed, None, workers)
    loaded = load(scenario_file(scenario), variant, policy, changes or [])
    if not quiet:
        console.warn(loaded.warnings)
    completed = complete(loaded.spec)
    circumstances = {
        "workers": workers, "cluster": cluster, "engine": engine, "command": _command(ctx), "tell": None if quiet else console.say,
    }  # fmt: skip
    outputs = [name.strip() for text in of or [] for name in text.split(",") if name.strip()]
    if threshold is not None:
        _refuse_beside_threshold(of, design)
        _thresholds(completed, over or [], threshold, histories, seed, circumstances, out, json, quiet, no_report)
        return
    from sim.experiments.sweep import GRID
    from sim.experiments.sweep_apart import has_fixed, sweep_apart

    if has_fixed(completed, over or [], design or GRID):
        asked = sweep_apart(
            loaded, over or [], design or GRID, histories, source=_portable(scenario), variant=variant, policy=policy,
            changes=changes or (),
        )  # fmt: skip
        if not quiet:
            _remark_on_points(asked)
        _sweeps_apart(asked, outputs, seed, circumstances, out, json, quiet, no_report)
        return
    _sweeps(completed, over or [], outputs, design, histories, seed, circumstances, out, json, quiet, no_report)


def _refuse_beside_threshold(of: list[str] | None, design: str | None) -> None:
    from sim.errors import UsageError

    for option, value in (("--of", of), ("--design", design)):
        if value:
            what = "the target names the output, and the search finds its points"
            raise UsageError(f"{option} beside --threshold: {what}", hint=f"leave {option} out")


def _sweeps(
    completed: dict[str, Any],
    over: list[str],
    outputs: list[str],
    design: str | None,
    histories: int | None,
    seed: int,
    circumstances: dict[str, Any],
    out: Path | None,
    json: bool,
    quiet: bool,
    no_report: bool,
) -> None:
    from sim.analysis.sensitivity import check_outputs
    from sim.analysis.sweep import swept
    from sim.experiments.replicate import run_scenario
    from sim.experiments.sweep import GRID, sweep_of

    asked = sweep_of(completed, over, design or GRID, histories)
    if not quiet:
        _remark_on_ranges(completed, over)
    check_outputs(asked.scenario, outputs, seed)  # a slip is told before all is played, not after
    with console.progress(quiet) as tell:
        outcome = run_scenario(
            asked.scenario, seed=seed, replications=asked.replications, design=asked.design, reports=REPORTS, directory=out,
            progress=tell, **circumstances,
        )  # fmt: skip
    found = swept(outcome.stored, asked.paths, outputs)
    _finish(found, outcome.num_computed, json, no_report)


def _sweeps_apart(
    asked: Apart,
    outputs: list[str],
    seed: int,
    circumstances: dict[str, Any],
    out: Path | None,
    json: bool,
    quiet: bool,
    no_report: bool,
) -> None:
    """A sweep whose points are runs of their own."""
    from sim.analysis.sensitivity import check_outputs
    from sim.analysis.sweep import swept_apart
    from sim.experiments.comparison import Campaign
    from sim.experiments.provenance import reproducing

    check_outputs(asked.arms.arms[0].completed, outputs, seed)
    campaign = Campaign(asked.arms, seed, out or Path(REPORTS) / asked.directory_name(seed), kind="sweep", **circumstances)
    with console.goes_on_by(circumstances["command"]), console.progress(quiet) as tell:
        played = campaign.play(asked.design.repeats, tell)
    found = swept_apart(played, asked, outputs, reproducing(circumstances["command"]))
    _finish(found, campaign.num_computed, json, no_report)


def _finish(found: Swept, computed: int, json: bool, no_report: bool) -> None:
    from sim.analysis.sweep import as_data
    from sim.analysis.sweep_words import findings
    from sim.cli import limit_lines, sweep_result

    page = None if no_report else _write_report(found)
    ran = found.ran
    if json:
        data: dict[str, Any] = {"schema": 1, **as_data(found), "findings": findings(found), "directory": ran.directory.as_posix()}
        data["limits"] = limit_lines.limits_data(ran.scenario)
        console.put_json({**data, "computed": computed, **({"report": page.as_posix()} if page else {})})
        return
    width, blocks = console.width(), console.has_blocks()
    console.put_lines([*sweep_result.lines(found, width, blocks), *limit_lines.lines(ran.scenario, width, blocks)])
    points = f"{found.each:,} at each of {found.num_points:,} points" if found.is_paired else f"each a point ({found.design.name})"
    _close(f"{ran.histories:,}: {points}, seed {ran.seed}; {_now(computed, ran.histories)}", ran.directory, page)


def _remark_on_ranges(completed: dict[str, Any], over: list[str]) -> None:
    """Say which values go beyond what the file gives a lever; they are played all the same."""
    from sim.experiments.sweep import asked_of, lever_or_path
    from sim.experiments.varied import beyond_range, path_of

    for text in over:
        item = asked_of(text)
        path = path_of(completed, lever_or_path(completed, item.name))
        if words := beyond_range(completed, path, item.values or item.bounds or ()):
            console.say(words)


def _remark_on_points(asked: Apart) -> None:
    """The same of a sweep whose points are runs of their own."""
    from sim.experiments.varied import beyond_range

    for path in asked.paths:
        if words := beyond_range(asked.scenario, path, asked.values(path)):
            console.say(words)


def _thresholds(
    completed: dict[str, Any],
    over: list[str],
    text: str,
    histories: int | None,
    seed: int,
    circumstances: dict[str, Any],
    out: Path | None,
    json: bool,
    quiet: bool,
    no_report: bool,
) -> None:
    from sim.analysis.sweep import factor_label
    from sim.analysis.sweep_words import threshold_findings
    from sim.analysis.threshold_of import as_data, threshold_of
    from sim.cli import limit_lines, sweep_result
    from sim.experiments.steps import Steps, directory_name

    played, path, values, number, target = _sought(completed, over, text, histories, seed)
    if not quiet:
        _remark_on_ranges(completed, over)
    sought = {"target": target.text, "path": path, "values": values, "histories": number}
    directory = out or Path(REPORTS) / directory_name(played, seed, sought)
    with console.progress(quiet) as tell:
        steps = Steps(played, path, (values[0], values[-1]), seed, directory, sought, number, progress=tell, **circumstances)
        found = threshold_of(steps, target, values, number)
    label = factor_label(played, path)
    told = threshold_findings(found, label)
    data = {"scenario": str(played["id"]), "seed": seed, "path": path, "label": label, **as_data(found), "findings": told}
    steps.note({"result": data})
    page = None if no_report else _write_threshold(found, steps, label)
    if json:
        limits = limit_lines.limits_data(played)
        data = {"schema": 1, **data, "limits": limits, "directory": directory.as_posix(), "computed": steps.num_computed}
        console.put_json({**data, **({"report": page.as_posix()} if page else {})})
        return
    width, blocks = console.width(), console.has_blocks()
    told_lines = sweep_result.threshold_lines(found, str(played["title"]), label, width, blocks)
    console.put_lines([*told_lines, *limit_lines.lines(played, width, blocks)])
    total = found.histories
    _close(f"{total:,} in {len(steps.runs)} steps, seed {seed}; {_now(steps.num_computed, total)}", directory, page)


def _sought(
    completed: dict[str, Any], over: list[str], text: str, histories: int | None, seed: int
) -> tuple[dict[str, Any], str, list[float], int, Target]:
    """The scenario in which the input varies, its path, the values of the scan, how many histories, and the target."""
    from sim.analysis.threshold import FEWEST, HISTORIES, VALUES, target_of
    from sim.errors import UsageError
    from sim.experiments.sweep import Asked, asked_of, lever_or_path
    from sim.experiments.varied import path_of, range_of, varied

    if len(over) != 1:
        hint = "a threshold is sought over one lever or uncertainty: --over PATH=LOW:HIGH"
        raise UsageError(f"--threshold: expected one --over, found {len(over)}", hint=hint)
    number = HISTORIES if histories is None else histories
    if number < FEWEST:
        raise UsageError(f"-n {number}: expected at least {FEWEST:,} histories for a search", hint=f"{HISTORIES:,} is a beginning")
    item: Asked = asked_of(over[0])
    name = lever_or_path(completed, item.name)
    path = path_of(completed, name)
    low, high = (item.values[0], item.values[-1]) if item.values else item.bounds or range_of(completed, name)
    between = item.number or VALUES
    values = list(item.values) or [low + (high - low) * n / (between - 1) for n in range(between)]
    if len(values) < 3:
        raise UsageError(f"--over {item.name}: expected at least three values for a search, found {len(values)}", hint="write low:high")
    played = varied(completed, {path: (low, high)})
    return played, path, values, number, target_of(text, played, _kinds(played, seed))


def _kinds(scenario: dict[str, Any], seed: int) -> list[tuple[str, str]]:
    """Name and kind of the columns that histories of a scenario have, by one of them."""
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case

    row, _, _ = play(compile_case(scenario), 0, seed)
    return [(name, "text" if value is None or isinstance(value, str) else "float64") for name, value in row.items()]


def _now(computed: int, total: int) -> str:
    return "all played now" if computed >= total else f"{computed:,} played now"


def _close(histories: str, directory: Path, page: Path | None) -> None:
    console.put(f"\nhistories  {histories}\n")
    console.put(f"results    {directory.as_posix()}\n")
    if page is not None:
        console.put(f"report     {page.as_posix()}\n")


def _write_report(found: Swept) -> Path:
    from sim.reports.sweep_report import render_sweep

    return _written(found.ran.directory / PAGE, render_sweep(found))


def _write_threshold(found: Threshold, steps: Steps, label: str) -> Path:
    from sim.reports.threshold_report import render_threshold

    return _written(steps.directory / "report.html", render_threshold(found, steps, label))


def _written(path: Path, html: str) -> Path:
    from sim.experiments.disk import disk_errors
    from sim.reports.page import write_page

    with disk_errors(path, holds_chunks=False):
        return write_page(html, path)
