"""Commands on result directories: query, export, digest, inputs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from sim.cli import console
from sim.cli.options import Directory

if TYPE_CHECKING:
    from rich.text import Text

    from sim.errors import StoreError
    from sim.experiments.columns import Table
    from sim.experiments.query import Answer, Session
    from sim.experiments.store import StoredRun
    from sim.model.compile import Case

ROWS_SHOWN = 40  # of an answer, on a terminal
GRACE_SECONDS = 2.0  # that a query has to end by itself after Ctrl-C
WIDEST_CELL = 40  # columns of a terminal that a column of an answer may take


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("query")(query)
    app.command("export")(export)
    app.command("digest")(digest)
    app.command("inputs")(inputs)


def finished(directory: Path) -> StoredRun:
    """The finished run in a directory.

    Raises
    ------
    StoreError
        None is there, or it is not finished; the hint has the command that continues it, or runs inside the folder.
    """
    from sim.errors import StoreError
    from sim.experiments.disk import MANIFEST
    from sim.experiments.store import open_run

    inside = [] if (directory / MANIFEST).exists() else sorted(path.parent.as_posix() for path in directory.glob(f"*/{MANIFEST}"))
    if inside:
        raise StoreError(f"{directory}: not a result directory, but it holds some", hint=f"name one of them: {', '.join(inside[:8])}")
    stored = open_run(directory)
    if not stored.is_finished:
        raise _unfinished(stored, "not finished")
    return stored


def _unfinished(stored: StoredRun, what: str) -> StoreError:
    """What is missing of a run, and the command that continues it."""
    from sim.errors import StoreError
    from sim.experiments.disk import resume_command

    return StoreError(
        f"{stored.directory}: {what}, {stored.num_replications} of {stored.manifest['replications']} replications are there",
        hint=f"`{resume_command(stored.directory)}` continues it",
    )


def query(
    directory: Directory,
    question: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the tables results and paths.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON array with an object a row.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write this file: .csv, .json or .parquet.")
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", metavar="N", min=1, help="Rows that a terminal is shown at most.")
    ] = ROWS_SHOWN,
    verify: Annotated[bool, typer.Option("--verify", help="Compare the checksums of all chunks first.")] = False,
) -> None:
    """Ask the rows of a run a question in SQL, as DuckDB understands it.

    For example, how often each outcome came, and when deals came on average (a name with a colon stands in double
    quotes):

        sim query DIR "select outcome, count(*) from results group by 1"

        sim query DIR 'select avg("time:deal") from results' --csv

    Of an unfinished run the finished part answers. A time that never comes is NULL. Nothing is changed, and no other
    file is read.
    """
    from sim.errors import UsageError
    from sim.experiments.export import export_answer, write_answer
    from sim.experiments.query import session
    from sim.experiments.store import open_run

    if [csv, json, out is not None].count(True) > 1:
        raise UsageError("--csv, --json and --out exclude each other", hint="keep one of them")
    stored = open_run(directory)
    if not stored.chunks:
        raise _unfinished(stored, "nothing is finished yet")
    if not stored.is_finished:
        asked = stored.manifest["replications"]
        console.say(f"{stored.directory}: not finished; the answer is about {stored.num_replications:,} of {asked:,} histories")
    if out is not None:
        with _obeying_ctrl_c(out):
            written = export_answer(stored, question, out, verify=verify)
        console.put(f"{written}\n")
        return
    with _obeying_ctrl_c(), session(stored, verify=verify) as database:
        answer = database.ask(question)
        if csv or json:
            with console.data_stream() as stream:
                write_answer(answer, stream, "csv" if csv else "json")
        else:
            _show_answer(database, question, answer, rows)


@contextlib.contextmanager
def _obeying_ctrl_c(out: Path | None = None) -> Iterator[None]:
    """Inside, Ctrl-C ends the program also where DuckDB is deep in one operation, at whose end only it looks up.

    Then a second thread ends it, which hears of the signal at once. Nothing is lost: only the half-written ``out``, which
    is removed, is being written.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    from sim.experiments.disk import PARTIAL

    heard, told = socket.socketpair()
    told.setblocking(False)
    over = threading.Event()

    def listen() -> None:
        while signals := heard.recv(1):
            if signals[0] in (signal.SIGINT, signal.SIGTERM) and not over.wait(GRACE_SECONDS):
                if out is not None:
                    with contextlib.suppress(OSError):
                        out.with_name(out.name + PARTIAL).unlink()
                console.interrupted(KeyboardInterrupt())
                os._exit(130)

    before = signal.set_wakeup_fd(told.fileno())
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(before)
        told.close()
        listener.join(GRACE_SECONDS)
        heard.close()


def _show_answer(database: Session, question: str, answer: Answer, most: int) -> None:
    """An answer as a table for people; what does not fit is counted."""
    found = answer.fetch(most + 1)
    lines, num_columns = _as_table(answer.names, found[:most], console.width())
    console.put_lines(lines)
    if num_columns < len(answer.names):
        missing = ", ".join(answer.names[num_columns : num_columns + 5])
        more = len(answer.names) - num_columns
        console.say(f"{more} more columns do not fit: {missing}{', ...' if more > 5 else ''}; --csv, --json and --out have all")
    if len(found) > most:
        total = database.count(question)
        console.say(f"{most:,} of {total:,} rows, {total - most:,} are left out; --csv, --json and --out have all")


def _as_table(names: list[str], rows: list[tuple[object, ...]], width: int) -> tuple[list[Text], int]:
    """Lines of a table, numbers to the right, and how many columns fit into the width; the first one always does."""
    from rich.text import Text

    from sim.cli.layout import clipped, padded
    from sim.model.diagnostics import cells

    blocks = console.has_blocks()
    columns: list[tuple[str, list[str], int, bool]] = []
    used = 0
    for position, name in enumerate(names):
        values = [row[position] for row in rows]
        is_number = any(_is_number(value) for value in values) and all(value is None or _is_number(value) for value in values)
        heading = clipped(name, WIDEST_CELL, blocks)
        texts = [clipped(_cell(value), WIDEST_CELL, blocks) for value in values]
        needed = max(map(cells, [heading, *texts]))
        if columns and used + 2 + needed > width:
            break
        used += needed + (2 if columns else 0)
        columns.append((heading, texts, needed, is_number))

    def line(picked: list[str]) -> str:
        parts = [
            " " * (needed - cells(text)) + text if is_number else padded(text, needed)
            for text, (_, _, needed, is_number) in zip(picked, columns, strict=True)
        ]
        return "  ".join(parts).rstrip()

    lines = [Text(line([heading for heading, _, _, _ in columns]), style="bold")]
    lines += [Text(line([texts[row] for _, texts, _, _ in columns])) for row in range(len(rows))]
    return lines, len(columns)


def _is_number(value: object) -> bool:
    from decimal import Decimal

    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _cell(value: object) -> str:
    """A value as people read it: six figures of a number, a stroke for what is missing."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_number(value) and not isinstance(value, int):
        return f"{float(value):.6g}"  # type: ignore[arg-type]
    return str(value)


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
        raise UsageError("exactly one of --csv, --jsonl and --figures is needed", hint="for example `sim export DIR --csv`")
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
    """Write every drawn input of the histories as CSV, recomputed from the addresses of its draws or from its points."""
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
    given = _given(stored, case)
    slots = {drawn.path: drawn.slot for drawn in case.inputs}
    for group in case.shares:
        slots.update(zip(group.paths, group.slots, strict=True))
    paths = sorted(slots)
    types = sorted(types_of(case, 0, stored.seed))
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["replication", *paths, *types])
    for replication in replications:
        point, draws = given(replication)
        values = inputs_of(case, draws, stored.seed, point=point)
        chosen = types_of(case, draws, stored.seed, point) if types else {}
        writer.writerow([replication, *(repr(values[slots[path]]) for path in paths), *(chosen[path] for path in types)])


def _given(stored: StoredRun, case: Case) -> Callable[[int], tuple[list[float] | None, int]]:
    """What the inputs of a replication were drawn from, nothing where the run drew at random, and whose draws it has.

    From its row, of which the chunk is read once for successive replications; of one that has not been played yet both
    are made.
    """
    from sim.engines.rows import DRAWS, POINT
    from sim.experiments.design import RANDOM, design_of, plan_of
    from sim.experiments.replay import draws_in, point_of

    if design_of(stored.manifest) == RANDOM:
        return lambda replication: (None, replication)
    names = [name for name, _ in stored.kinds("results") if name.startswith(POINT) or name == DRAWS]
    read: dict[int, Table] = {}  # by the number of its chunk

    def find(replication: int) -> tuple[list[float] | None, int]:
        chunk = next((chunk for chunk in stored.chunks if chunk.start <= replication < chunk.stop), None)
        if chunk is None:
            point, draws = plan_of(stored.manifest, case, stored.seed).row(replication)
            return point, replication if draws is None else draws
        if chunk.index not in read:
            read.clear()
            read[chunk.index] = next(table for _, table in stored.blocks("results", names, [chunk]))
        row = {name: column[replication - chunk.start] for name, column in read[chunk.index].items()}
        draws = draws_in(row)
        return point_of(stored, case, row), replication if draws is None else draws

    return find
