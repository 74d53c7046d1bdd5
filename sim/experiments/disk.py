"""What a run does to the disk: Parquet files and manifests written under another name and renamed, and faults told to people."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import StoreError
from sim.experiments import sql
from sim.experiments.columns import Table, kinds_of

if TYPE_CHECKING:
    import duckdb

MANIFEST = "manifest.json"
REPORT = "report.html"  # of the run in a result directory
PARTIAL = ".partial"


def as_json(value: Any, sort_keys: bool = False) -> str:
    """Compact JSON; ``StoreError`` for what JSON cannot hold."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(f"the run record cannot be written as JSON: {error}") from error


@contextlib.contextmanager
def disk_errors(directory: Path, *, holds_chunks: bool = True) -> Iterator[None]:
    """Turn what goes wrong with the disk into one clear ``StoreError``.

    ``holds_chunks`` is false for other files than those of a run being computed: there is nothing to resume.
    """
    try:
        yield
    except OSError as error:
        if not holds_chunks:
            reason = "the disk is full" if error.errno in _FULL else error.strerror or str(error)
            hint = "make room and try again" if error.errno in _FULL else "name another file, or work in another folder"
            raise StoreError(f"{directory}: cannot be written: {reason}", hint=hint) from error
        raise _disk_error(directory, error.errno, error.strerror or str(error)) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("duckdb", "_duckdb"):
            raise
        raise _disk_error(directory, _errno_in(str(error)), first_line(error)) from error


_FULL = (errno.ENOSPC, errno.EDQUOT)


def _disk_error(directory: Path, number: int | None, text: str) -> StoreError:
    is_begun = (directory / MANIFEST).exists()
    kept = "; the chunks that were finished are kept" if is_begun else ""
    again = f"then `{resume_command(directory)}`" if is_begun else "then repeat the command"
    if number in _FULL:
        return StoreError(f"{directory}: the disk is full{kept}", hint=f"make room, {again}")
    if number == errno.EFBIG:
        return StoreError(
            f"{directory}: a file would be larger than the system allows{kept}", hint=f"raise the limit (ulimit -f), {again}"
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        elsewhere = f"let it be written, or copy it to where you may write, {again}"
        hint = elsewhere if is_begun else "name a directory that can be written with --out"
        return StoreError(f"{directory}: cannot be written: {text}", hint=hint)
    if number in (errno.EEXIST, errno.ENOTDIR):
        return StoreError(
            f"{directory}: cannot be written: a file is in the way of the directory", hint="name another directory"
        )
    return StoreError(f"{directory}: cannot be written: {text}{kept}", hint=f"put that right, {again}")


def _errno_in(text: str) -> int | None:
    """The system's error number in a message of DuckDB, which has no other place for it."""
    found = re.search(r'"errno"\s*:\s*"?(\d+)', text)
    if found:
        return int(found[1])
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES):
        if os.strerror(number).lower() in text.lower():
            return number
    return None


def first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def resume_command(directory: Path) -> str:
    """The command that continues a run."""
    return f"sim run --resume {shlex.quote(str(directory))}"


def how_to_repair(directory: Path) -> str:
    return f"`{resume_command(directory)}` computes what is missing again"


@functools.cache
def shared_database() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that fetches nothing from the network and spills nothing to the disk; one a process."""
    import duckdb

    options = {
        "threads": 1,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
    }
    return duckdb.connect(":memory:", config=options)


@contextlib.contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of one's own, which is cheap; opening a database is not."""
    connection = shared_database().cursor()
    try:
        yield connection
    finally:
        connection.close()


def write_parquet(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> dict[str, Any]:
    """Write a table under another name, flush it, rename it; its size in bytes and checksum."""
    partial = path.with_name(path.name + PARTIAL)
    entry = write_partial(connection, partial, table)
    try:
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return entry


def write_partial(connection: duckdb.DuckDBPyConnection, partial: Path, table: Table) -> dict[str, Any]:
    """Write a table and flush it; its size in bytes and checksum. Nothing is left where that fails."""
    # Numbered names: a column may be called anything, and DuckDB takes names that differ in case for equal.
    block = {f"c{position}": column for position, column in enumerate(table.values())}
    selected = ", ".join(
        f"c{position}::{sql.SQL_TYPES[kind]} AS {sql.quoted(name)}" for position, (name, kind) in enumerate(kinds_of(table))
    )
    connection.register("block", block)
    try:
        connection.execute(
            f"COPY (SELECT {selected} FROM block) TO {sql.text(str(partial))} (FORMAT parquet, COMPRESSION zstd)"
        )
        entry = {"bytes": partial.stat().st_size, "sha256": file_checksum(partial)}
        _flush(partial)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    finally:
        connection.unregister("block")
    return entry


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path``, whole or not at all."""
    partial = path.with_name(path.name + PARTIAL)
    try:
        with open(partial, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    _flush_directory(path.parent)


def _flush(path: Path) -> None:
    with open(path, "r+b") as file:
        os.fsync(file.fileno())


def _flush_directory(directory: Path) -> None:
    """Make renames last through a power cut, where the system can (Windows cannot open a directory).

    Once for a chunk and its manifest: if only the manifest should come through, `damaged` finds what is missing.
    """
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def file_checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
