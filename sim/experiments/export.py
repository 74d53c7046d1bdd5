"""Results as text for other programs: CSV and JSON lines, a chunk at a time, in replication order; answers to queries.

Numbers are written so that reading them gives the same float64. A missing number is an empty cell in CSV and ``null``
in JSON lines; infinity, which JSON lacks, is ``1e999`` there (readers overflow to infinity). The JSON of an answer to a
query is for any reader, and has ``null`` for both, as the JSON of all commands has.
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np

from sim.errors import StoreError, UsageError
from sim.experiments.columns import TABLES, Table, kind_of
from sim.experiments.disk import PARTIAL, disk_errors
from sim.experiments.query import Answer, session
from sim.experiments.store import StoredRun

Format = Literal["csv", "jsonl"]


def export_rows(stored: StoredRun, stream: TextIO, fmt: Format, table: str = "results") -> int:
    """Number of rows written to a text stream (opened with ``newline=""``).

    Raises
    ------
    UsageError
        A format or table that does not exist.
    StoreError
        A chunk that is missing or damaged; rows before it have been written.
    """
    write = _writer(stored, stream, fmt, table)
    return sum(write(rows) for _, rows in stored.blocks(table))


def export_file(stored: StoredRun, destination: str | Path, fmt: Format | None = None, table: str = "results") -> Path:
    """The file, written whole or not at all; the format follows the ending (``.csv``, ``.jsonl``) unless given.

    Raises
    ------
    StoreError
        The file exists, cannot be written, or a chunk is damaged.
    """
    destination = Path(destination)
    chosen: Any = fmt or destination.suffix.lower().lstrip(".")
    with _whole(destination) as stream:
        export_rows(stored, stream, chosen, table)
    return destination


@contextlib.contextmanager
def _whole(destination: Path) -> Iterator[TextIO]:
    """A stream into a file that appears whole or not at all, and not where one is."""
    if os.path.lexists(destination):
        raise StoreError(f"{destination}: exists already, and nothing is overwritten", hint="name another file")
    partial = destination.with_name(destination.name + PARTIAL)
    with disk_errors(destination, holds_chunks=False):
        try:
            with open(partial, "x", encoding="utf-8", newline="") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(partial, destination)
        except FileExistsError:
            raise StoreError(f"{partial}: left by an export that broke off or still runs", hint="remove it") from None
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise


# Answers ---------------------------------------------------------------------------------------------------------

ENDINGS = ("csv", "json", "parquet")  # of files that an answer can be written to


def export_answer(stored: StoredRun, question: str, destination: str | Path, *, verify: bool = False) -> Path:
    """The file with what a SELECT finds (`sim.experiments.query`), written whole or not at all; its ending says how.

    Raises
    ------
    UsageError
        Another ending than ``.csv``, ``.json`` (an array of objects) and ``.parquet``, or a fault in the query.
    StoreError
        The file exists, cannot be written, or a chunk is damaged.
    """
    destination = Path(destination)
    fmt = destination.suffix.lower().lstrip(".")
    if fmt not in ENDINGS:
        raise UsageError(f"{destination}: expected a file that ends with .{', .'.join(ENDINGS)}")
    with _whole(destination) as stream:
        written = Path(stream.name).absolute() if fmt == "parquet" else None
        with session(stored, verify=verify, written=written) as database:
            if written is not None:
                database.save(question)
            else:
                write_answer(database.ask(question), stream, fmt)
    return destination


def write_answer(answer: Answer, stream: TextIO, fmt: str) -> None:
    """Write an answer as ``csv``, or as ``json``: an array with an object a row."""
    if fmt == "csv":
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(answer.names)
        writer.writerows([_csv_cell(value) for value in row] for row in answer.rows())
        return
    start = "[\n"
    for row in answer.rows():
        stream.write(start + _json_row(answer.names, row))
        start = ",\n"
    stream.write("[]\n" if start == "[\n" else "\n]\n")


def _json_row(names: Sequence[str], row: Sequence[Any]) -> str:
    cells = (f"{json.dumps(name, ensure_ascii=False)}: {_json_cell(value)}" for name, value in zip(names, row, strict=True))
    return "{" + ", ".join(cells) + "}"


def _csv_cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _csv_number(value)
    return "" if value is None else str(value)


def _json_cell(value: Any) -> str:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else "null"
    return json.dumps(value, ensure_ascii=False, default=str)


# Rows ------------------------------------------------------------------------------------------------------------


def _writer(stored: StoredRun, stream: TextIO, fmt: str, table: str) -> Callable[[Table], int]:
    if table not in TABLES:
        raise UsageError(f"table {table!r}: expected one of {', '.join(TABLES)}")
    if fmt == "csv":
        return _csv_writer([name for name, _ in stored.kinds(table)], stream)
    if fmt == "jsonl":
        return lambda rows: _write_json_lines(rows, stream)
    raise UsageError(f"format {fmt!r}: expected csv or jsonl")


def _csv_writer(names: list[str], stream: TextIO) -> Callable[[Table], int]:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)

    def write(rows: Table) -> int:
        writer.writerows(zip(*[_cells(column, _csv_number, _csv_text) for column in rows.values()], strict=True))
        return _height(rows)

    return write


def _write_json_lines(rows: Table, stream: TextIO) -> int:
    keys = [json.dumps(name, ensure_ascii=False).replace("%", "%%") for name in rows]
    line = "{" + ", ".join(f"{key}: %s" for key in keys) + "}\n"
    cells = [_cells(column, _json_number, _json_text) for column in rows.values()]
    stream.writelines(line % row for row in zip(*cells, strict=True))
    return _height(rows)


def _height(rows: Table) -> int:
    return len(next(iter(rows.values()), ()))


def _cells(column: np.ndarray, odd_number: Callable[[float], str], text: Callable[[str | None], str]) -> list[str]:
    """A column as text. Whole columns at once: a question about its kind for every cell costs more than the answer."""
    values = column.tolist()
    match kind_of(column):
        case "float64":
            usual = np.isfinite(column)
            if usual.all():
                return list(map(repr, values))
            return [
                repr(value) if is_usual else odd_number(value)
                for value, is_usual in zip(values, usual.tolist(), strict=True)
            ]
        case "int64":
            return list(map(str, values))
        case "bool":
            return ["true" if value else "false" for value in values]
    written = {value: text(value) for value in set(values)}  # few different values, many rows
    return [written[value] for value in values]


def _csv_number(value: float) -> str:
    """A number that is not finite."""
    return "" if math.isnan(value) else repr(value)


def _csv_text(value: str | None) -> str:
    return "" if value is None else value


def _json_number(value: float) -> str:
    """A number that is not finite."""
    if math.isnan(value):
        return "null"
    return "1e999" if value > 0 else "-1e999"


def _json_text(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)
