"""Results as text for other programs: CSV and JSON lines, one row at a time, in replication order.

Numbers are written so that reading them gives the same float64. A missing number is an empty cell in CSV and ``null``
in JSON lines; infinity, which JSON lacks, is ``1e999`` there (readers overflow to infinity).
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from sim.errors import StoreError, UsageError
from sim.experiments.columns import TABLES, Table
from sim.experiments.store import PARTIAL, StoredRun, disk_errors

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
    if os.path.lexists(destination):
        raise StoreError(f"{destination}: exists already, and nothing is overwritten", hint="name another file")
    chosen: Any = fmt or destination.suffix.lower().lstrip(".")
    partial = destination.with_name(destination.name + PARTIAL)
    with disk_errors(destination.parent):
        try:
            with open(partial, "x", encoding="utf-8", newline="") as stream:
                export_rows(stored, stream, chosen, table)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(partial, destination)
        except FileExistsError:
            raise StoreError(f"{partial}: left by an export that broke off or still runs", hint="remove it") from None
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise
    return destination


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
        count = 0
        for row in _rows(rows, _csv_cell):
            writer.writerow(row)
            count += 1
        return count

    return write


def _write_json_lines(rows: Table, stream: TextIO) -> int:
    count = 0
    keys = [json.dumps(name, ensure_ascii=False) for name in rows]
    for row in _rows(rows, _json_cell):
        stream.write("{" + ", ".join([f"{key}: {cell}" for key, cell in zip(keys, row, strict=True)]) + "}\n")
        count += 1
    return count


def _rows(table: Table, cell: Callable[[Any], str]) -> Iterator[tuple[str, ...]]:
    return zip(*[[cell(value) for value in column.tolist()] for column in table.values()], strict=True)


def _csv_cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _json_cell(value: Any) -> str:
    if value is None or value != value:
        return "null"
    if isinstance(value, float) and math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return json.dumps(value, ensure_ascii=False)
