"""Commands on result directories: export, digest, inputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from sim.cli import console
from sim.cli.options import Directory

if TYPE_CHECKING:
    from sim.experiments.store import StoredRun


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("export")(export)
    app.command("digest")(digest)
    app.command("inputs")(inputs)


def finished(directory: Path) -> StoredRun:
    """The finished run in a directory.

    Raises
    ------
    StoreError
        None is there, or it is not finished; the hint has the command that continues it.
    """
    from sim.errors import StoreError
    from sim.experiments.store import open_run, resume_command

    stored = open_run(directory)
    if not stored.is_finished:
        raise StoreError(
            f"{stored.directory}: not finished, {stored.num_replications} of "
            f"{stored.manifest['replications']} replications are there",
            hint=f"`{resume_command(stored.directory)}` continues it",
        )
    return stored


def export(
    directory: Directory,
    csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write this file; by default standard output.")] = None,
    table: Annotated[str, typer.Option(metavar="TABLE", help="results (a row a history) or paths.")] = "results",
    figures: Annotated[
        str | None,
        typer.Option("--figures", metavar="FORMAT", help="The report's figures as svg, png or pdf (needs Chromium)."),
    ] = None,
) -> None:
    """Write the rows of a run as CSV or JSON lines, or its figures as pictures."""
    from sim.errors import UsageError
    from sim.experiments.export import export_file, export_rows

    if [csv, jsonl, figures is not None].count(True) != 1:
        raise UsageError("one of --csv, --jsonl and --figures is needed", hint="for example `sim export DIR --csv`")
    if figures is not None:
        _export_figures(directory, figures, out)
        return
    form = "csv" if csv else "jsonl"
    stored = finished(directory)
    if out is not None:
        console.put(f"{export_file(stored, out, form, table)}\n")
        return
    with console.data_stream() as stream:
        export_rows(stored, stream, form, table)


def _export_figures(directory: Path, form: str, out: Path | None) -> None:
    """The figures of a run's report as files in a folder, by default `figures` in the result directory."""
    from sim.analysis.summary import summarise
    from sim.reports.export import export_figures, report_figures
    from sim.reports.run_report import report_content

    stored = finished(directory)
    drawn = report_figures(report_content(summarise(stored)))
    for path in export_figures(drawn, out or Path(directory) / "figures", form):
        console.put(f"{path}\n")


def digest(directory: Directory) -> None:
    """Print the SHA-256 over all columns of a run, in replication order."""
    console.put(finished(directory).digest() + "\n")


def inputs(
    directory: Directory,
    replication: Annotated[
        int | None, typer.Option("--replication", "-r", metavar="N", help="Only this history, counted from 0.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write this file; by default standard output.")] = None,
) -> None:
    """Write every drawn input of the histories as CSV, recomputed from the addresses of its draws."""
    from sim.errors import UsageError
    from sim.experiments.store import open_run

    stored = open_run(directory)
    asked = stored.manifest["replications"]
    if replication is not None and not 0 <= replication < asked:
        raise UsageError(f"--replication {replication}: this run has the replications 0 to {asked - 1}")
    wanted = range(asked) if replication is None else range(replication, replication + 1)
    if out is None:
        with console.data_stream() as stream:
            _write_inputs(stored, wanted, stream)
        return
    try:
        with open(out, "x", encoding="utf-8", newline="") as file:
            _write_inputs(stored, wanted, file)
    except FileExistsError:
        raise UsageError(f"{out}: exists already, and nothing is overwritten", hint="name another file") from None
    console.put(f"{out}\n")


def _write_inputs(stored: StoredRun, replications: range, stream: TextIO) -> None:
    """One row a replication: its number, every drawn number by path, then the private types nature chose."""
    import csv

    from sim.engines.inputs import inputs_of, types_of
    from sim.model.compile import compile_case

    case = compile_case(stored.case)
    slots = {drawn.path: drawn.slot for drawn in case.inputs}
    for group in case.shares:
        slots.update(zip(group.paths, group.slots, strict=True))
    paths = sorted(slots)
    types = sorted(types_of(case, 0, stored.seed))
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["replication", *paths, *types])
    for replication in replications:
        values = inputs_of(case, replication, stored.seed)
        chosen = types_of(case, replication, stored.seed) if types else {}
        writer.writerow([replication, *(repr(values[slots[path]]) for path in paths), *(chosen[path] for path in types)])
