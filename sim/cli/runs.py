"""Commands on runs: run, show."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator, Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import console
from sim.cli.options import (
    Changes,
    Cluster,
    Design,
    Engine,
    Given,
    Json,
    NoReport,
    Out,
    Policy,
    Quiet,
    Seed,
    Variant,
    Workers,
    scenario_file,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.api import Run
    from sim.errors import StoreError
    from sim.experiments.replicate import RunOutcome

    Simulate = Callable[[Any], RunOutcome]  # plays a run, given what tells its progress

REPORTS = "reports"  # folder of result directories, in the current directory
Quiet = Quiet
NoReport = NoReport


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("run")(run)
    app.command("show")(show)


def run(
    ctx: typer.Context,
    scenario: Annotated[
        str | None, typer.Argument(metavar="FILE|NAME", help="A scenario file, or the name of a shipped one.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", "-n", metavar="N", help="Histories to play, by default 1000.")
    ] = None,
    seed: Seed = 1,
    workers: Workers = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    design: Design = None,
    until_se: Annotated[
        float | None,
        typer.Option(metavar="X", help="Stop when no outcome share has a larger standard error, as in 0.005."),
    ] = None,
    horizon: Annotated[
        str | None, typer.Option(metavar="TIME", help="Read the outcome at this time instead, as in '2 years'.")
    ] = None,
    variant: Variant = None,
    policy: Policy = None,
    changes: Changes = None,
    given: Given = None,
    out: Out = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute again what is there already, beside it.")] = False,
    resume: Annotated[Path | None, typer.Option(metavar="DIR", help="Continue an interrupted run.")] = None,
    json: Json = False,
    quiet: Quiet = False,
    no_report: NoReport = False,
) -> None:
    """Play a scenario many times; show what came of it and what it hung on."""
    if resume is not None:
        _refuse_beside_resume(ctx)
        simulate = _continued(resume, workers, cluster, engine, design, quiet)
    else:
        completed = _completed(scenario, horizon, variant, policy, changes, quiet, given or ())
        simulate = _anew(
            completed,
            seed=seed,
            replications=replications,
            until_se=until_se,
            workers=workers,
            cluster=cluster,
            engine=engine,
            design=design or "random",
            tell=None if quiet else console.say,
            directory=out,
            fresh=fresh,
            command=_command(ctx),
        )
    _finish(_with_progress(simulate, quiet), json, quiet, no_report, may_be_fresh=resume is None and out is None)


def _continued(
    directory: Path, workers: int | None, cluster: str | None, engine: str, design: str | None, quiet: bool
) -> Simulate:
    """What continues an interrupted run."""

    def simulate(progress: Any) -> RunOutcome:
        from sim.experiments.replicate import resume

        return resume(
            directory, workers=workers, cluster=cluster, engine=None if engine == "auto" else engine, design=design,
            progress=progress, tell=None if quiet else console.say,
        )  # fmt: skip

    return simulate


def _completed(
    scenario: str | None,
    horizon: str | None,
    variant: str | None,
    policy: str | None,
    changes: list[str] | None,
    quiet: bool,
    given: Sequence[str] = (),
) -> dict[str, Any]:
    """The scenario with every value present, as the command line asks for it."""
    from sim.errors import UsageError
    from sim.model.complete import complete
    from sim.model.load import load, load_document

    if scenario is None:
        raise UsageError("which scenario? Name a file or a shipped scenario", hint="`sim list` names those there are")
    every_change = [*([f"horizon={horizon}"] if horizon is not None else []), *(changes or ())]
    if horizon is not None and not horizon.strip():
        raise UsageError("--horizon: expected a time, found nothing", hint="write it as in '2 years'")
    with _naming_options(horizon, (), 0):
        loaded = load(scenario_file(scenario), variant, policy, every_change)
    if given:
        known = loaded.spec.given or []
        with _naming_options(horizon, given, len(known)):
            every_change.append(f"given={dumps([*known, *given], ensure_ascii=False)}")
            loaded = load_document(loaded.document, variant, policy, every_change)
    if not quiet:
        console.warn(loaded.warnings)
    return complete(loaded.spec)


def _anew(completed: dict[str, Any], **settings: Any) -> Simulate:
    """What plays a completed scenario; `settings` are those of `sim.experiments.replicate.run_scenario`."""
    from sim.model.complete import content_hash

    scenario_hash = content_hash(completed)

    def simulate(progress: Any) -> RunOutcome:
        from sim.experiments.replicate import run_scenario

        return run_scenario(completed, scenario_hash=scenario_hash, reports=REPORTS, progress=progress, **settings)

    return simulate


@contextlib.contextmanager
def _naming_options(horizon: str | None, given: Sequence[str], known: int) -> Iterator[None]:
    """Faults of `--horizon` and `--given`, which are changes too, are shown at the option that was given.

    ``known`` is the number of conditions that the scenario itself gives, which come first.
    """
    from dataclasses import replace

    from sim.errors import ScenarioError
    from sim.model.diagnostics import Diagnostic

    def placed(item: Any) -> Any:
        if not isinstance(item, Diagnostic) or item.file != "--set":
            return item
        if item.source_line == f"horizon={horizon}":
            shift = len("horizon=")
            return replace(item, file="--horizon", column=max(1, item.column - shift), end=max(2, item.end - shift), source_line=horizon)
        if given and item.path[:1] == ("given",):
            number = int(item.path[1]) - known if len(item.path) > 1 else 0
            text = given[max(0, min(number, len(given) - 1))]
            return replace(item, file="--given", path=(), column=1, end=len(text) + 1, source_line=text)
        return item

    try:
        yield
    except ScenarioError as error:
        raise ScenarioError([placed(item) for item in error.diagnostics] or str(error), hint=error.hint) from None


# What may stand beside --resume; a design that is not the run's is refused where it is known.
_CIRCUMSTANCES = ("workers", "cluster", "engine", "design", "resume", "json", "quiet", "no_report")


def _refuse_beside_resume(ctx: typer.Context) -> None:
    """A continued run has its scenario and its numbers already."""
    from sim.errors import UsageError

    given = [
        _flag(parameter)
        for parameter in ctx.command.params
        if parameter.name not in _CIRCUMSTANCES and _is_given(ctx, parameter)
    ]
    if given:
        raise UsageError(
            f"{' and '.join(given)} cannot stand beside --resume: the run has its scenario and its numbers already",
            hint="leave them out, or run anew without --resume",
        )


def _is_given(ctx: typer.Context, parameter: Any) -> bool:
    source = ctx.get_parameter_source(parameter.name)
    return source is not None and source.name != "DEFAULT"


def _flag(parameter: Any) -> str:
    return parameter.opts[0] if parameter.param_type_name == "option" else str(parameter.metavar)


def _command(ctx: typer.Context) -> list[str]:
    """The command line with long options in one order; the scenario first, without the path of this machine."""
    words = ["sim", str(ctx.info_name)]
    for parameter in ctx.command.params:
        if not _is_given(ctx, parameter):
            continue
        value = ctx.params[parameter.name]
        if parameter.param_type_name != "option":
            words.append(_portable(value))
        elif value is True:
            words.append(parameter.opts[0])
        else:
            for item in value if isinstance(value, (list, tuple)) else [value]:
                words += [parameter.opts[0], str(item)]
    return words


def _portable(scenario: str) -> str:
    """A scenario as others can name it: relative to here, or else by its file name."""
    path = Path(scenario)
    if not path.is_absolute() and ".." not in path.parts:
        return scenario
    inside = os.path.relpath(path)
    return path.name if inside.startswith("..") else Path(inside).as_posix()


def _with_progress(simulate: Simulate, quiet: bool) -> RunOutcome:
    with console.progress(quiet) as tell:
        return simulate(tell)


def _finish(outcome: RunOutcome, json: bool, quiet: bool, no_report: bool, may_be_fresh: bool) -> None:
    from sim.api import Run
    from sim.errors import UsageError

    found = Run(outcome.stored)
    if not quiet:
        console.say(_how(outcome, may_be_fresh))
    try:
        missing = _print(found, json, {"computed": outcome.num_computed, "found": outcome.num_found}, no_report)
    except KeyboardInterrupt as stop:
        raise _kept(outcome.directory) from stop
    except UsageError as error:  # too few histories fit what is given
        raise UsageError(str(error), hint=f"{error.hint}; what was played is kept in {outcome.directory}") from None
    if missing is not None:
        raise missing


def _kept(directory: Path) -> KeyboardInterrupt:
    """An interruption after the last history: nothing has to be computed again."""
    stop = KeyboardInterrupt(f"interrupted; the run is finished and kept in {directory}")
    stop.hint = f"`sim show {shlex.quote(str(directory))}` shows it"  # type: ignore[attr-defined]
    return stop


def _how(outcome: RunOutcome, may_be_fresh: bool) -> str:
    """How a run came about, in a sentence, and whether it is as precise as was asked.

    A run whose directory was named is not computed again there: nothing is overwritten.
    """
    rule = outcome.stored.manifest.get("until_se") or {}
    missed = rule and rule.get("largest_se", 0.0) > rule["target"]
    precision = (
        f"\nthe largest standard error is still {rule['largest_se']:.2g}, above {rule['target']:g}: "
        f"more than {rule['cap']:,} histories (--replications) are needed"
    ) if missed else ""  # fmt: skip
    return _came_about(outcome, may_be_fresh) + precision + _evenness(outcome)


def _evenness(outcome: RunOutcome) -> str:
    """A remark where the number of Sobol points is not one at which they are most even, unless a rule has chosen it."""
    from sim.experiments.design import SOBOL, design_of

    number, manifest = outcome.stored.num_replications, outcome.stored.manifest
    rule = manifest.get("until_se")
    if design_of(manifest) != SOBOL or number & (number - 1) == 0 or (rule and number < rule["cap"]):
        return ""
    below = 1 << (number.bit_length() - 1)
    return f"\nSobol points are most even at powers of two, here {below:,} or {2 * below:,}; the run has {number:,}"


def _came_about(outcome: RunOutcome, may_be_fresh: bool) -> str:
    timing = outcome.stored.manifest["timing"]
    if outcome.is_reused:
        return f"this run is there already, in {outcome.directory}{'; --fresh would compute it again' if may_be_fresh else ''}"
    seconds, workers = float(timing.get("session_seconds") or 0.0), int(timing.get("workers") or 1)
    found = f"; {outcome.num_found:,} were there already" if outcome.num_found else ""
    if found and timing.get("sessions", 1) > 1:
        found += f", and all {timing['sessions']} sessions took {console.duration(float(timing.get('seconds') or 0.0))}"
    cluster = timing.get("cluster")
    crew = f"on the cluster {cluster}" if cluster else f"with {workers} worker{'' if workers == 1 else 's'}"
    number = "1 history" if outcome.num_computed == 1 else f"{outcome.num_computed:,} histories"
    return f"{number} in {console.duration(seconds)} {crew}{found}"


def show(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A result directory, by default the latest in reports/.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List all runs in DIR (by default reports/) instead.")] = False,
    json: Json = False,
    no_report: NoReport = False,
) -> None:
    """Show a finished run again."""
    from sim.api import Run
    from sim.cli.stores import finished
    from sim.experiments.show import latest_finished

    if every:
        _list(directory or Path(REPORTS), json)
        return
    found = Run(finished(directory) if directory is not None else latest_finished(REPORTS))
    missing = _print(found, json, {}, no_report)
    if missing is not None:
        console.say(f"no report: {missing}")  # one may look at runs in a folder that belongs to others


def _list(folder: Path, json: bool) -> None:
    """Every run in a folder, newest first."""
    from sim.errors import UsageError
    from sim.experiments.design import RANDOM
    from sim.experiments.show import list_runs
    from sim.model.diagnostics import visible

    if folder != Path(REPORTS) and not folder.is_dir():
        raise UsageError(f"{folder}: {'this is a file' if folder.exists() else 'there is no such folder'}",
                         hint="name a folder that holds result directories")  # fmt: skip
    runs = list_runs(folder)
    if json:
        rows = [
            {
                "directory": run.directory.as_posix(), "state": run.state, "scenario": run.scenario_id,
                "seed": run.seed, "replications": run.replications, "done": run.num_done,
                "updated": run.updated, "problem": run.problem, "design": run.design,
            }
            for run in runs
        ]  # fmt: skip
        console.put_json({"schema": 1, "runs": rows})
        return
    for run in runs:
        design = "" if run.design == RANDOM else f", design {visible(run.design)}"
        what = visible(run.problem) if run.problem else f"{run.num_done:,} of {run.replications:,} histories{design}"
        console.put(f"{run.state:<11} {run.directory.as_posix()}  {what}\n")
    if not runs:
        console.say(f"no runs in {folder}")


def _report(found: Run, no_report: bool) -> StoreError | None:
    """Write the report unless it is there; what went wrong with the disk, for the result is there all the same."""
    from sim.errors import StoreError
    from sim.experiments.provenance import scenario_named

    if no_report:
        return None
    try:
        found.write_report(scenario_named(found.stored.manifest))
    except StoreError as error:
        return error
    return None


def _print(found: Run, json: bool, timing: dict[str, Any], no_report: bool) -> StoreError | None:
    """Print the result and write the report, which takes longer, after what people wait for; as ``_report`` does."""
    from sim.cli import result

    if json:
        missing = _report(found, no_report)
        console.put_json(result.as_data(found, _report_of(found), timing))
        return missing
    try:
        for part in result.in_parts(found, console.width(), console.has_blocks()):
            console.put_lines(part)
            console.flush()
    except OSError:  # a reader that has seen enough, or a full disk behind standard output: the report is for others
        _report(found, no_report)
        raise
    missing = _report(found, no_report)
    report = _report_of(found)
    if report is not None:
        console.put_lines([result.report_line(report)])
    return missing


def _report_of(found: Run) -> Path | None:
    return found.report_path if found.report_path.exists() else None
