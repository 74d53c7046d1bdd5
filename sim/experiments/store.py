"""The result directory: chunks of Parquet, a manifest, and nothing half-written.

::

    reports/strait-1a2b3c4d-s7-n1000/
      results-000000.parquet    one row a replication; chunk 0
      paths-000000.parquet      rows (replication, day); chunk 0
      ...
      manifest.json             scenario, seed, engine, versions, command, state, and every finished chunk

A chunk exists when the manifest names it, with its row count and checksum. Files are written as ``*.partial``, flushed
to the disk and renamed, chunk first and manifest second, so a crash at any moment leaves a directory that can be read
and continued. In Parquet a missing number is NULL; read back it is nan.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import os
import re
import shlex
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import EngineError, StoreError, UsageError
from sim.experiments.columns import KEY, TABLES, Table, canonical, joined, kind_of, kinds_of
from sim.experiments.digest import digest_of_blocks
from sim.experiments.lock import LOCK_NAME, DirectoryLock, Locked, describe, owner_of

if TYPE_CHECKING:
    import duckdb
    import pandas
    import pyarrow

SCHEMA_VERSION = 1  # of manifest and chunks; a reader refuses what is newer than itself
MANIFEST = "manifest.json"
PARTIAL = ".partial"

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"

_CHUNK_FILE = re.compile(rf"({'|'.join(TABLES)})-\d{{6,}}\.parquet")
# Left by whoever was killed while writing; a part of the name tells writers apart where there can be several.
_HALF_WRITTEN = re.compile(
    rf"((?:{'|'.join(TABLES)})-\d{{6,}}\.parquet|{re.escape(MANIFEST)}|cluster)(?:\.[0-9a-f-]+)?{re.escape(PARTIAL)}"
)
_READ_AT_ONCE = 1 << 22  # cells of one query; bounds what a reader of blocks holds, at about 32 MiB of numbers
_SQL_TYPES = {"float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN", "text": "VARCHAR"}
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # Windows


# Names -----------------------------------------------------------------------------------------------------------


def slug(text: str, limit: int = 60) -> str:
    """``text`` as a file name that is safe everywhere: ``a-z``, ``0-9``, ``-`` and ``_`` only, never empty."""
    ascii_text = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode("ascii").lower()
    safe = re.sub(r"[^a-z0-9_]+", "-", ascii_text).strip("-_")[:limit].rstrip("-_")
    return safe if safe and safe not in _RESERVED else f"scenario-{safe}".rstrip("-")


def run_name(scenario_id: str, scenario_hash: str, seed: int, replications: int, until_se: float | None = None) -> str:
    """Name of a result directory, ``<scenario id>-<hash8>-s<seed>-n<N>``; ``-se<x>`` is added where x stops the run
    and N is only its cap."""
    ending = "" if until_se is None else "-se" + re.sub(r"[^0-9.e-]", "", repr(float(until_se)))
    return f"{slug(scenario_id)}-{slug(scenario_hash)[:8]}-s{int(seed)}-n{int(replications)}{ending}"


def content_hash(case: Mapping[str, Any]) -> str:
    """SHA-256 of a completed scenario: of its JSON with sorted keys, UTF-8, no spaces."""
    return hashlib.sha256(as_json(case, sort_keys=True).encode("utf-8")).hexdigest()


def as_json(value: Any, sort_keys: bool = False) -> str:
    """Compact JSON; ``StoreError`` for what JSON cannot hold."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(f"the run record cannot be written as JSON: {error}") from error


# Reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chunk:
    """A finished block of replications ``[start, stop)`` on disk."""

    index: int
    start: int
    stop: int
    files: Mapping[str, Mapping[str, Any]]  # by table: rows, bytes, sha256

    def path(self, directory: Path, table: str) -> Path:
        """The chunk's file of a table; made from the number, never from words in the manifest."""
        return directory / f"{table}-{self.index:06d}.parquet"

    def as_data(self) -> dict[str, Any]:
        """The manifest's entry."""
        return {"index": self.index, "start": self.start, "stop": self.stop, "files": self.files}


class StoredRun:
    """A result directory, read-only. Made by ``open_run``."""

    def __init__(self, directory: Path, manifest: dict[str, Any]):
        self.directory = directory
        self.manifest = manifest
        self.chunks = _chunks(directory, manifest)
        self._tables: dict[str, Table] = {}

    @property
    def state(self) -> str:
        """``finished``, ``interrupted``, ``failed``, or ``running`` (also of a run that was killed without warning)."""
        return self.manifest["state"]

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to compute: said to be finished, and every chunk is listed."""
        return self.state == FINISHED and self.num_replications == self.manifest["replications"]

    @property
    def case(self) -> dict[str, Any]:
        """The completed scenario."""
        return self.manifest["scenario"]

    @property
    def seed(self) -> int:
        """The root seed."""
        return self.manifest["seed"]

    @property
    def num_replications(self) -> int:
        """Replications on disk."""
        return sum(chunk.stop - chunk.start for chunk in self.chunks)

    def kinds(self, table: str) -> list[tuple[str, str]]:
        """Name and kind of each column of a table; empty where the engine writes none."""
        return [(name, kind) for name, kind in self.manifest["columns"].get(table, [])]

    def table(self, name: str = "results") -> Table:
        """All rows of a table in replication order, as numpy arrays by column name.

        Read once and shared by all who ask, so the arrays cannot be written to.

        Raises
        ------
        StoreError
            A chunk that is missing, cut short or changed.
        UsageError
            There is no such table.
        """
        if name not in TABLES:
            raise UsageError(f"table {name!r}: expected one of {', '.join(TABLES)}")
        if name not in self._tables:
            table = joined([rows for _, rows in self._groups(name)], self.kinds(name))
            for column in table.values():
                column.flags.writeable = False
            self._tables[name] = table
        return dict(self._tables[name])

    @property
    def results(self) -> Table:
        """One row a replication."""
        return self.table("results")

    @property
    def paths(self) -> Table:
        """Rows (replication, day)."""
        return self.table("paths")

    def blocks(self, name: str = "results") -> Iterator[tuple[Chunk, Table]]:
        """Each chunk and its rows of a table, in replication order; checked as ``table`` does."""
        for chunks, table in self._groups(name):
            yield from _cut(table, chunks, name)

    def _groups(self, name: str) -> Iterator[tuple[list[Chunk], Table]]:
        """Successive chunks and their rows: as many chunks at once as a bounded amount of memory allows.

        One query over many files costs a small part of as many queries.
        """
        kinds = self.kinds(name)
        if not kinds:
            return
        with _connection() as connection:
            group: list[Chunk] = []
            rows = 0
            for chunk in self.chunks:
                more = chunk.files[name]["rows"]
                if group and (rows + more) * len(kinds) > _READ_AT_ONCE:
                    yield group, self._read(connection, group, name, kinds)
                    group, rows = [], 0
                group.append(chunk)
                rows += more
            if group:
                yield group, self._read(connection, group, name, kinds)

    def _read(
        self, connection: duckdb.DuckDBPyConnection, chunks: list[Chunk], name: str, kinds: list[tuple[str, str]]
    ) -> Table:
        """The rows of some chunks, checked; what is wrong is laid at the door of the first file that has it."""
        for chunk in chunks:
            self.check(chunk, name)
        import duckdb

        paths = [chunk.path(self.directory, name) for chunk in chunks]
        files = ", ".join(map(_sql_path, paths))
        try:
            found = connection.execute(f"SELECT * FROM read_parquet([{files}], hive_partitioning = false)").fetchnumpy()
        except (duckdb.Error, UnicodeError) as error:
            # What DuckDB calls a fatal error makes its database refuse everything after it, whole chunks too.
            _database.cache_clear()
            self._find_fault(chunks, name, kinds)
            raise StoreError(
                f"{paths[0]}: cannot be read as Parquet: {_first_line(error)}", hint=_repair(self.directory)
            ) from error
        # By position: DuckDB renames a column whose name differs from another one only in case.
        columns = list(found.values())
        total = sum(chunk.files[name]["rows"] for chunk in chunks)
        if len(columns) == len(kinds) and all(len(column) == total for column in columns):
            table = {}
            with contextlib.suppress(ValueError):  # a whole number is missing
                table = {key: _from_store(column, kind) for (key, kind), column in zip(kinds, columns, strict=True)}
            if table and all(_holds(chunk, rows[KEY]) for chunk, rows in _cut(table, chunks, name)):
                return table
        self._find_fault(chunks, name, kinds)
        raise StoreError(f"{paths[0]}: other columns or rows than the manifest says", hint=_repair(self.directory))

    def _find_fault(self, chunks: list[Chunk], name: str, kinds: list[tuple[str, str]]) -> None:
        """Read chunks one by one, which raises at the one that is at fault."""
        if len(chunks) > 1:
            with _connection() as connection:
                for chunk in chunks:
                    self._read(connection, [chunk], name, kinds)

    def check(self, chunk: Chunk, name: str) -> None:
        """Raise ``StoreError`` unless a chunk's file is there, whole and unchanged."""
        path, expected = chunk.path(self.directory, name), chunk.files[name]
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise StoreError(f"{path}: no longer a file", hint=_repair(self.directory))
            size = status.st_size
            if size != expected["bytes"]:
                raise StoreError(
                    f"{path}: cut short or changed: {size} bytes, where {expected['bytes']} were written",
                    hint=_repair(self.directory),
                )
            checksum = _file_checksum(path)
        except FileNotFoundError:
            raise StoreError(f"{path}: missing, though the manifest lists it", hint=_repair(self.directory)) from None
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be read: {error.strerror or error}", hint=_repair(self.directory)
            ) from error
        if checksum != expected["sha256"]:
            raise StoreError(f"{path}: changed since it was written (checksum differs)", hint=_repair(self.directory))

    def damaged(self) -> list[tuple[Chunk, str]]:
        """Chunks that cannot be used, each with the reason; empty where all is well."""
        found = []
        for chunk in self.chunks:
            try:
                for name in chunk.files:
                    self.check(chunk, name)
            except StoreError as error:
                found.append((chunk, str(error)))
        return found

    def digest(self) -> str:
        """SHA-256 over all columns of both tables in replication order (``sim.experiments.digest``)."""
        return digest_of_blocks((name, table) for name in TABLES for table in self._pieces(name))

    def _pieces(self, name: str) -> Iterator[Table]:
        """A table in pieces of any size: whole where it has been read already."""
        if name in self._tables:
            yield self._tables[name]
        else:
            yield from (table for _, table in self._groups(name))

    def to_arrow(self, name: str = "results") -> pyarrow.Table:
        """A table as an Arrow table; ``StoreError`` says what to install where pyarrow is missing."""
        try:
            import pyarrow
        except ImportError:
            raise StoreError("Arrow tables need the package pyarrow", hint="pip install pyarrow") from None
        types = {
            "float64": pyarrow.float64(),
            "int64": pyarrow.int64(),
            "bool": pyarrow.bool_(),
            "text": pyarrow.string(),
        }
        return pyarrow.table(
            {
                key: pyarrow.array(column, type=types[kind_of(column)], from_pandas=False)
                for key, column in self.table(name).items()
            }
        )

    def to_pandas(self, name: str = "results") -> pandas.DataFrame:
        """A table as a data frame; ``StoreError`` says what to install where pandas is missing."""
        try:
            import pandas
        except ImportError:
            raise StoreError("data frames need the package pandas", hint="pip install pandas") from None
        return pandas.DataFrame(self.table(name))


def open_run(directory: str | Path) -> StoredRun:
    """The run in a result directory, finished or not.

    Raises
    ------
    StoreError
        No manifest there, one that is no run record, one written by a newer version, or one whose scenario is not
        that of its hash.
    """
    directory = Path(directory)
    if directory.name == MANIFEST:
        directory = directory.parent
    manifest = read_manifest(directory)
    if content_hash(manifest["scenario"]) != manifest["scenario_hash"]:
        raise StoreError(
            f"{directory}: the scenario in the run record is not the one that was run: its hash differs",
            hint="the record was edited; `sim run` makes the run anew",
        )
    return StoredRun(directory, manifest)


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a result directory as plain data; ``StoreError`` as for ``open_run``."""
    path = directory / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        reason = "no manifest.json in it" if directory.is_dir() else "no such directory"
        raise StoreError(f"{directory}: not a result directory: {reason}", hint="`sim show --all` lists the runs") from None
    except NotADirectoryError:
        raise StoreError(f"{directory}: not a result directory: it is a file", hint="`sim show --all` lists the runs") from None
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be read: {error.strerror or error}", hint="put the file right, or repeat the run with `sim run`"
        ) from error
    except (ValueError, RecursionError) as error:
        raise StoreError(
            f"{path}: not a run record: {error}", hint="the run has to be repeated with `sim run`"
        ) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("schema_version"), int):
        raise StoreError(f"{path}: not a run record: expected schema_version, a whole number")
    if manifest["schema_version"] > SCHEMA_VERSION:
        raise StoreError(
            f"{path}: schema_version {manifest['schema_version']}, and this version reads up to {SCHEMA_VERSION}",
            hint="use the newer version of the simulator that wrote it",
        )
    _check_shape(path, manifest)
    return manifest


_EXPECTED = {
    "state": str,
    "scenario_id": str,
    "scenario_hash": str,
    "scenario": dict,
    "seed": int,
    "replications": int,
    "block_size": int,
    "engine": str,
    "columns": dict,
    "chunks": list,
    "timing": dict,
    "versions": dict,
}


def _check_shape(path: Path, manifest: dict[str, Any]) -> None:
    for key, kind in _EXPECTED.items():
        if not isinstance(manifest.get(key), kind):
            found = "nothing" if key not in manifest else type(manifest[key]).__name__
            raise StoreError(f"{path}: not a run record: {key} should be {kind.__name__}, found {found}")
        if kind is int and key != "seed" and manifest[key] < 1:
            raise StoreError(f"{path}: not a run record: {key} should be at least 1, found {manifest[key]}")


def _chunks(directory: Path, manifest: dict[str, Any]) -> list[Chunk]:
    try:
        chunks = sorted((Chunk(**entry) for entry in manifest["chunks"]), key=lambda chunk: chunk.index)
        for chunk in chunks:
            assert chunk.index * manifest["block_size"] == chunk.start < chunk.stop
            assert chunk.files and set(chunk.files) <= set(TABLES) & set(manifest["columns"])
            assert all(_is_file_entry(file) for file in chunk.files.values())
        assert len({chunk.index for chunk in chunks}) == len(chunks)
        assert all(kind in _SQL_TYPES for columns in manifest["columns"].values() for _, kind in columns)
    except (TypeError, ValueError, AssertionError, AttributeError) as error:
        raise StoreError(f"{directory / MANIFEST}: the list of chunks is damaged") from error
    return chunks


def _is_file_entry(entry: Mapping[str, Any]) -> bool:
    """Whether a file of a chunk is described as this version writes it."""
    sizes = (entry.get("rows"), entry.get("bytes"))
    return all(type(size) is int and size >= 0 for size in sizes) and isinstance(entry.get("sha256"), str)


def _cut(table: Table, chunks: list[Chunk], name: str) -> Iterator[tuple[Chunk, Table]]:
    """Each chunk with its part of the rows of all of them, by the numbers of rows in the manifest."""
    end = 0
    for chunk in chunks:
        start, end = end, end + chunk.files[name]["rows"]
        yield chunk, {key: column[start:end] for key, column in table.items()}


def _holds(chunk: Chunk, replications: np.ndarray) -> bool:
    """Whether rows, which are in order, can be the chunk's."""
    return not len(replications) or bool(chunk.start <= replications[0] and replications[-1] < chunk.stop)


def _from_store(column: np.ndarray, kind: str) -> np.ndarray:
    if isinstance(column, np.ma.MaskedArray):
        missing, column = np.ma.getmaskarray(column), column.data.copy()
        column[missing] = None if kind == "text" else np.nan
    return np.asarray(column).astype(object if kind == "text" else kind, copy=False)


# Writing ---------------------------------------------------------------------------------------------------------


class RunWriter:
    """The one writer of a result directory; made by ``create`` or ``reopen``, used as a context manager.

    Every method leaves the directory readable; failures of the disk are ``StoreError`` and lose no finished chunk.
    """

    def __init__(self, directory: Path, manifest: dict[str, Any], lock: DirectoryLock):
        self.directory = directory
        self.manifest = manifest
        self._chunks = {chunk.index: chunk for chunk in _chunks(directory, manifest)}
        self._scenario_text = as_json(manifest["scenario"])  # large and never changed, so turned into text once
        self._lock = lock
        self._connection: contextlib.AbstractContextManager[Any] | None = None

    @classmethod
    def create(cls, directory: Path, manifest: dict[str, Any]) -> RunWriter:
        """A writer for a directory that holds no run yet; makes it, takes the lock and writes the first manifest.

        Raises
        ------
        StoreError
            The directory holds something already, is locked, or cannot be made or written.
        """
        with disk_errors(directory):
            directory.mkdir(parents=True, exist_ok=True)
            lock = _locked(directory)
        try:
            # Half-written files may be left by a start that failed; anything else is somebody's.
            _sweep(directory, None)
            others = sorted(path.name for path in directory.iterdir() if path.name != LOCK_NAME)
            if others:
                raise StoreError(f"{directory}: holds {others[0]} already, and nothing is overwritten", hint=_ELSEWHERE)
            writer = cls(directory, {"schema_version": SCHEMA_VERSION, "columns": {}, "chunks": [], **manifest}, lock)
            writer.write_manifest()
        except BaseException:
            lock.release()
            raise
        return writer

    @classmethod
    def reopen(cls, directory: Path) -> RunWriter:
        """A writer that continues a run; removes what was left half-written and takes damaged chunks out of the list.

        Raises
        ------
        StoreError
            No run in the directory, another run is writing there, or it cannot be written.
        """
        read_manifest(directory)
        with disk_errors(directory):
            lock = _locked(directory)
        try:
            # Read again: what was finished between the first look and the lock counts too.
            stored = open_run(directory)
            writer = cls(directory, stored.manifest, lock)
            for chunk, _ in stored.damaged():
                del writer._chunks[chunk.index]
            _sweep(directory, {chunk.path(directory, name) for chunk in writer.chunks for name in chunk.files})
        except BaseException:
            lock.release()
            raise
        return writer

    @property
    def chunks(self) -> list[Chunk]:
        """Finished chunks by number."""
        return [self._chunks[index] for index in sorted(self._chunks)]

    def blocks(self, name: str) -> Iterator[tuple[Chunk, Table]]:
        """Each finished chunk and its rows of a table, in replication order."""
        manifest = {**self.manifest, "chunks": [chunk.as_data() for chunk in self.chunks]}
        return StoredRun(self.directory, manifest).blocks(name)

    def add(
        self,
        index: int,
        start: int,
        stop: int,
        tables: Mapping[str, Mapping[str, Any]],
        timing: Mapping[str, Any] | None = None,
    ) -> Table:
        """Store the block of replications ``[start, stop)`` as chunk ``index``; its results in canonical form.

        `timing` is merged into the manifest that lists the chunk, so that the time spent on it outlives a kill.

        Raises
        ------
        EngineError
            The block is not what the engine protocol promises, or has other columns than the blocks before it.
        StoreError
            The disk is full or cannot be written.
        """
        clean = _clean(tables, start, stop)
        self._check_columns(_columns_of(clean), _where(start, stop))
        files = {}
        with disk_errors(self.directory):
            for name, table in clean.items():
                path = self.directory / f"{name}-{index:06d}.parquet"
                files[name] = {"rows": len(table[KEY]), **_write_parquet(self._open_connection(), path, table)}
        self._chunks[index] = Chunk(index, start, stop, files)
        self.update(timing=timing or {})
        return clean["results"]

    def adopt(self, written: WrittenChunk, timing: Mapping[str, Any] | None = None) -> None:
        """Make a chunk that another process has written a chunk of this run; errors and `timing` as for `add`."""
        self._check_columns(written.columns, _where(written.start, written.stop))
        chunk = Chunk(written.index, written.start, written.stop, written.files)
        with disk_errors(self.directory):
            for name, entry in written.files.items():
                source = written.path(self.directory, name)
                if source.stat().st_size != entry["bytes"]:
                    raise StoreError(f"{source}: other than the worker wrote it", hint=_repair(self.directory))
                os.replace(source, chunk.path(self.directory, name))
        self._chunks[written.index] = chunk
        self.update(timing=timing or {})

    def drop_from(self, index: int) -> None:
        """Take out chunk ``index`` and all later ones: work done ahead that the run turned out not to need."""
        surplus = [chunk for chunk in self.chunks if chunk.index >= index]
        for chunk in surplus:
            del self._chunks[chunk.index]
        self.write_manifest()
        for chunk in surplus:
            for name in chunk.files:
                with contextlib.suppress(OSError):
                    chunk.path(self.directory, name).unlink()

    def update(self, **entries: Any) -> None:
        """Change entries of the manifest and write it; ``timing`` is merged, everything else replaced."""
        timing = {**self.manifest.get("timing", {}), **entries.pop("timing", {})}
        self.manifest.update(entries, timing=timing)
        self.write_manifest()

    def write_manifest(self) -> None:
        """Replace the manifest on disk by the present one."""
        short = {key: value for key, value in self.manifest.items() if key not in ("chunks", "scenario")}
        lines = [f"{as_json(key)}: {as_json(value)}" for key, value in short.items()]
        chunks = ",\n  ".join(as_json(chunk.as_data()) for chunk in self.chunks)
        lines.append(f'"chunks": [\n  {chunks}\n]' if chunks else '"chunks": []')
        lines.append(f'"scenario": {self._scenario_text}')
        with disk_errors(self.directory):
            _replace_file(self.directory / MANIFEST, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))

    def close(self) -> None:
        """Give the lock back."""
        if self._connection is not None:
            self._connection.__exit__(None, None, None)
            self._connection = None
        self._lock.release()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _open_connection(self) -> Any:
        if self._connection is None:
            self._connection = _connection()
            self._open = self._connection.__enter__()
        return self._open

    def _check_columns(self, found: dict[str, list[list[str]]], where: str) -> None:
        known = self.manifest["columns"]
        if not known:
            self.manifest["columns"] = found
        elif found != known:
            different = next(
                (
                    f"{name}.{(a or b)[0]}"
                    for name in TABLES
                    for a, b in _pairs(found.get(name, []), known.get(name, []))
                    if a != b
                ),
                "a table",
            )
            raise EngineError(f"{where}: other columns than in the blocks before: {different}")


@dataclass(frozen=True)
class WrittenChunk:
    """A chunk in files of names of its own: no part of a run before ``RunWriter.adopt``. Made by ``write_chunk``."""

    index: int
    start: int
    stop: int
    files: Mapping[str, Mapping[str, Any]]  # by table: rows, bytes, sha256
    columns: dict[str, list[list[str]]]  # by table: name and kind of each
    suffix: str
    results: Table  # of the results the column `outcome`, if there is one: a rule may stop by it

    def path(self, directory: Path, table: str) -> Path:
        """The chunk's file of a table, as long as it is not adopted."""
        return directory / f"{table}-{self.index:06d}.parquet{self.suffix}"

    def discard(self, directory: Path) -> None:
        """Remove its files, as far as they can be."""
        for name in self.files:
            with contextlib.suppress(OSError):
                self.path(directory, name).unlink()


def write_chunk(
    directory: Path, index: int, start: int, stop: int, tables: Mapping[str, Mapping[str, Any]], suffix: str
) -> WrittenChunk:
    """Write the block of replications ``[start, stop)`` beside the chunks of a run that another process writes.

    ``suffix`` makes the names of its files unique and ends in ``PARTIAL``, so that they count for nothing until they
    are adopted. Errors as for ``RunWriter.add``; nothing is left of a chunk that could not be written.
    """
    clean = _clean(tables, start, stop)
    outcome = {name: column for name, column in clean["results"].items() if name == "outcome"}
    files: dict[str, Mapping[str, Any]] = {}
    chunk = WrittenChunk(index, start, stop, files, _columns_of(clean), suffix, outcome)
    try:
        with disk_errors(directory), _connection() as connection:
            for name, table in clean.items():
                entry = _write_partial(connection, chunk.path(directory, name), table)
                files[name] = {"rows": len(table[KEY]), **entry}
    except BaseException:
        chunk.discard(directory)
        raise
    return chunk


def _where(start: int, stop: int) -> str:
    return f"replications {start} to {stop - 1}"


def _clean(tables: Mapping[str, Mapping[str, Any]], start: int, stop: int) -> dict[str, Table]:
    """The tables of a block in canonical form, those without columns left out; ``EngineError`` as for `add`."""
    where = _where(start, stop)
    clean = {name: canonical(tables.get(name) or {}, f"{where}, {name}") for name in TABLES}
    clean = {name: table for name, table in clean.items() if table}
    _check_block(clean, start, stop, where)
    return clean


def _columns_of(tables: Mapping[str, Table]) -> dict[str, list[list[str]]]:
    return {name: [list(pair) for pair in kinds_of(table)] for name, table in tables.items()}


def _pairs(left: list[Any], right: list[Any]) -> Iterator[tuple[Any, Any]]:
    for position in range(max(len(left), len(right))):
        yield tuple(side[position] if position < len(side) else None for side in (left, right))  # type: ignore[misc]


_ELSEWHERE = "name another directory, or leave the name to `sim run`"


def _check_block(tables: Mapping[str, Table], start: int, stop: int, where: str) -> None:
    """Refuse a block that breaks the engine protocol (docs/contracts.md, section 5)."""
    for name, table in tables.items():
        if KEY not in table or kind_of(table[KEY]) != "int64":
            raise EngineError(f"{where}: the table {name} needs a column '{KEY}' of whole numbers")
        if len(table[KEY]) and (np.any(np.diff(table[KEY]) < 0) or table[KEY][0] < start or table[KEY][-1] >= stop):
            raise EngineError(f"{where}: the rows of {name} are not in replication order or outside the block")
    if "results" not in tables or not np.array_equal(tables["results"][KEY], np.arange(start, stop)):
        raise EngineError(f"{where}: expected one row a replication in 'results'")


def _locked(directory: Path) -> DirectoryLock:
    try:
        return DirectoryLock(directory)
    except Locked as locked:
        raise StoreError(
            f"{directory}: {describe(locked.owner)} is writing there",
            hint="wait for it, or run with another seed or --out",
        ) from None


def is_being_written(directory: Path) -> bool:
    """Whether a live run holds the directory."""
    return owner_of(directory) is not None


def _sweep(directory: Path, named: set[Path] | None) -> None:
    """Remove half-written files and, where ``named`` is given, chunks outside it; only under the lock."""
    for path in directory.iterdir():
        is_chunk = _CHUNK_FILE.fullmatch(path.name) is not None
        is_partial = _HALF_WRITTEN.fullmatch(path.name) is not None
        if is_partial or (is_chunk and named is not None and path not in named):
            if path.is_dir() and not path.is_symlink():
                raise StoreError(
                    f"{path}: a directory is in the way of a file of the run", hint="move it elsewhere, then try again"
                )
            with disk_errors(directory):
                path.unlink()


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
        raise _disk_error(directory, _errno_in(str(error)), _first_line(error)) from error


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


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def resume_command(directory: Path) -> str:
    """The command that continues a run."""
    return f"sim run --resume {shlex.quote(str(directory))}"


def _repair(directory: Path) -> str:
    return f"`{resume_command(directory)}` computes what is missing again"


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
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
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of one's own, which is cheap; opening a database is not."""
    connection = _database().cursor()
    try:
        yield connection
    finally:
        connection.close()


def _write_parquet(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> dict[str, Any]:
    """Write a table under another name, flush it, rename it; its size in bytes and checksum."""
    partial = path.with_name(path.name + PARTIAL)
    entry = _write_partial(connection, partial, table)
    try:
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return entry


def _write_partial(connection: duckdb.DuckDBPyConnection, partial: Path, table: Table) -> dict[str, Any]:
    """Write a table and flush it; its size in bytes and checksum. Nothing is left where that fails."""
    # Numbered names: a column may be called anything, and DuckDB takes names that differ in case for equal.
    block = {f"c{position}": column for position, column in enumerate(table.values())}
    selected = ", ".join(
        f"c{position}::{_SQL_TYPES[kind]} AS {_quoted(name)}" for position, (name, kind) in enumerate(kinds_of(table))
    )
    connection.register("block", block)
    try:
        connection.execute(
            f"COPY (SELECT {selected} FROM block) TO {_sql_text(str(partial))} (FORMAT parquet, COMPRESSION zstd)"
        )
        entry = {"bytes": partial.stat().st_size, "sha256": _file_checksum(partial)}
        _flush(partial)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    finally:
        connection.unregister("block")
    return entry


def _replace_file(path: Path, data: bytes) -> None:
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


def _file_checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sql_path(path: Path) -> str:
    """A path for ``read_parquet``, which would take ``*``, ``?`` and ``[`` in a folder's name for a pattern."""
    return _sql_text("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path)))
