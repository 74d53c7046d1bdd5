"""The result directory: chunks of Parquet, a manifest, and nothing half-written.

::

    reports/strait-1a2b3c4d-s7-n1000/
      results-000000.parquet    one row a replication; chunk 0
      paths-000000.parquet      rows (replication, day); chunk 0; only of the first replications where they are many
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
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import EngineError, StoreError, UsageError
from sim.experiments import query as queries
from sim.experiments import sql
from sim.experiments.columns import KEY, TABLES, Table, canonical, joined, kind_of, kinds_of
from sim.experiments.digest import DigestInOrder, digest_of_blocks
from sim.experiments.lock import LOCK_NAME, DirectoryLock, Locked, describe, owner_of

if TYPE_CHECKING:
    import duckdb
    import pandas
    import pyarrow

SCHEMA_VERSION = 2  # the newest of manifest and chunks; a reader refuses what is newer than itself
WITH_ALL_PATHS = 1  # the version of a directory that holds the paths of all its replications
MANIFEST = "manifest.json"
PARTIAL = ".partial"

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"

_CHUNK_FILE = re.compile(rf"({'|'.join(TABLES)})-\d{{6,}}\.parquet")
# Left by whoever was killed while writing; a part of the name tells writers apart where there can be several.
_HALF_WRITTEN = re.compile(
    rf"((?:{'|'.join(TABLES)})-\d{{6,}}\.parquet|{re.escape(MANIFEST)}|cluster)(?:\.[0-9a-f-]+)?{re.escape(PARTIAL)}"
)
_READ_AT_ONCE = 1 << 22  # cells of one query; bounds what a reader of blocks holds, at about 32 MiB of numbers
_CELLS_OF_A_TEXT = 8  # numbers that weigh as much as a text, of which each is an object of its own when it is read
_CODED_FROM = 1 << 15  # rows of one query from which text is read as numbers and few words
_MOST_WORDS = 255  # different ones of a column that is read so
_HELD_WHOLE = 1 << 24  # cells up to which a table is read once and kept, at about 128 MiB of numbers
_HELD_COLUMNS = 1 << 27  # bytes of the columns that are kept of a larger table
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
        self._columns: dict[str, StoredColumns] = {}
        self._known_words: dict[str, str] = {}
        self._checked: set[tuple[int, str]] = set()  # chunk and table whose checksum was found right

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
        if _known_table(name) not in self._tables:
            table = joined([rows for _, rows in self._groups(name)], self.kinds(name))
            for column in table.values():
                column.flags.writeable = False
            self._tables[name] = table
        return dict(self._tables[name])

    @property
    def results(self) -> Mapping[str, np.ndarray]:
        """One row a replication: the table, or columns that are read when they are asked for where it is large."""
        return self._rows("results")

    @property
    def paths(self) -> Mapping[str, np.ndarray]:
        """Rows (replication, day), as ``results``; of the first replications only where the run is large."""
        return self._rows("paths")

    def position(self, replication: int) -> int | None:
        """Row of a replication in the results, by the list of chunks; none where it is not on disk."""
        first = 0
        for chunk in self.chunks:
            if chunk.start <= replication < chunk.stop:
                return first + replication - chunk.start
            first += chunk.stop - chunk.start
        return None

    def num_rows(self, name: str = "results") -> int:
        """Rows of a table on disk."""
        return sum(chunk.files[name]["rows"] for chunk in self.chunks if name in chunk.files)

    def _rows(self, name: str) -> Mapping[str, np.ndarray]:
        if name in self._tables or self.num_rows(name) * len(self.kinds(name)) <= _HELD_WHOLE:
            return self.table(name)
        return self._columns.setdefault(name, StoredColumns(self, name))

    def blocks(
        self, name: str = "results", columns: Sequence[str] | None = None, chunks: Iterable[Chunk] | None = None
    ) -> Iterator[tuple[Chunk, Table]]:
        """Each chunk that holds rows of a table, and those rows, in replication order; checked as ``table`` does.

        However long the run, a bounded part of it is in memory at a time.

        Parameters
        ----------
        name : str
            The table.
        columns : sequence of str, optional
            Only these, and only these are read.
        chunks : iterable of Chunk, optional
            Only these.

        Raises
        ------
        UsageError
            The table has no such column; the hint has the nearest one.
        """
        for group, table in self._groups(name, columns, chunks):
            yield from _cut(table, group, name)

    def _groups(
        self, name: str, columns: Sequence[str] | None = None, chunks: Iterable[Chunk] | None = None
    ) -> Iterator[tuple[list[Chunk], Table]]:
        """Successive chunks and their rows: as many chunks at once as a bounded amount of memory allows.

        One query over many files costs a small part of as many queries.
        """
        kinds = self.kinds(name)
        if not kinds:
            return
        if columns is not None:
            kinds = _selected(kinds, columns, name)
        cells = sum(_CELLS_OF_A_TEXT if kind == "text" else 1 for _, kind in kinds)
        with _connection() as connection:
            group: list[Chunk] = []
            rows = 0
            for chunk in self.chunks if chunks is None else chunks:
                if name not in chunk.files:
                    continue
                more = chunk.files[name]["rows"]
                if group and (rows + more) * cells > _READ_AT_ONCE:
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
        total = sum(chunk.files[name]["rows"] for chunk in chunks)
        selected, source, words = ["*"], sql.parquet(paths), dict[str, list[str]]()
        try:
            if len(kinds) < len(self.kinds(name)) or total >= _CODED_FROM:
                # By number: DuckDB takes names that differ in case for equal.
                number = {key: f"c{n}" for n, (key, _) in enumerate(self.kinds(name))}
                source = f"{source} AS t({', '.join(number.values())})"
                if total >= _CODED_FROM:
                    words = self._words(connection, source, {key: number[key] for key, kind in kinds if kind == "text"})
                selected = [
                    f"coalesce(list_position(?::VARCHAR[], {number[key]}), 0)::UTINYINT" if key in words else number[key]
                    for key, _ in kinds
                ]
            given = [words[key] for key, _ in kinds if key in words]
            found = connection.execute(f"SELECT {', '.join(selected)} FROM {source}", given).fetchnumpy()
        except (duckdb.Error, UnicodeError) as error:
            # What DuckDB calls a fatal error makes its database refuse everything after it, whole chunks too.
            _database.cache_clear()
            self._find_fault(chunks, name, kinds)
            raise StoreError(
                f"{paths[0]}: cannot be read as Parquet: {_first_line(error)}", hint=_repair(self.directory)
            ) from error
        # By position: DuckDB renames a column whose name differs from another one only in case.
        columns = list(found.values())
        if len(columns) == len(kinds) and all(len(column) == total for column in columns):
            table = {}
            with contextlib.suppress(ValueError):  # a whole number is missing
                table = {
                    key: np.array([None, *words[key]], dtype=object)[column] if key in words else _from_store(column, kind)
                    for (key, kind), column in zip(kinds, columns, strict=True)
                }
            if table and (KEY not in table or all(_holds(chunk, rows[KEY]) for chunk, rows in _cut(table, chunks, name))):
                return table
        self._find_fault(chunks, name, kinds)
        raise StoreError(f"{paths[0]}: other columns or rows than the manifest says", hint=_repair(self.directory))

    def _words(
        self, connection: duckdb.DuckDBPyConnection, source: str, columns: Mapping[str, str]
    ) -> dict[str, list[str]]:
        """The different words of text columns (by name; with what SQL calls them) that have few of them.

        Making an object of every cell costs several times as much as finding the words and numbering the cells. Equal
        words of different chunks are one object.
        """
        if not columns:
            return {}
        asked = ", ".join(f"list(DISTINCT {column})" for column in columns.values())
        found = connection.execute(f"SELECT {asked} FROM {source}").fetchone() or ()
        return {
            name: [self._known_words.setdefault(word, word) for word in words or () if word is not None]
            for name, words in zip(columns, found, strict=True)
            if len(words or ()) <= _MOST_WORDS
        }

    def _find_fault(self, chunks: list[Chunk], name: str, kinds: list[tuple[str, str]]) -> None:
        """Read chunks one by one, which raises at the one that is at fault."""
        if len(chunks) > 1:
            with _connection() as connection:
                for chunk in chunks:
                    self._read(connection, [chunk], name, kinds)

    def check(self, chunk: Chunk, name: str, *, size_only: bool = False) -> None:
        """Raise ``StoreError`` unless a chunk's file is there, whole and unchanged.

        The size is looked at each time, the checksum once; never with ``size_only``.
        """
        path, expected = chunk.path(self.directory, name), chunk.files[name]
        is_known = size_only or (chunk.index, name) in self._checked
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise StoreError(f"{path}: no longer a file", hint=_repair(self.directory))
            size = found.st_size
            if size != expected["bytes"]:
                raise StoreError(
                    f"{path}: cut short or changed: {size} bytes, where {expected['bytes']} were written",
                    hint=_repair(self.directory),
                )
            checksum = expected["sha256"] if is_known else _file_checksum(path)
        except FileNotFoundError:
            raise StoreError(f"{path}: missing, though the manifest lists it", hint=_repair(self.directory)) from None
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be read: {error.strerror or error}", hint=_repair(self.directory)
            ) from error
        if checksum != expected["sha256"]:
            raise StoreError(f"{path}: changed since it was written (checksum differs)", hint=_repair(self.directory))
        if not size_only:
            self._checked.add((chunk.index, name))

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

    @property
    def recorded_digest(self) -> str | None:
        """The digest of a finished run as it was when the run ended; none where it is not in the run record.

        It is that of the rows as long as the chunks have their checksums, and these are compared when rows are read.
        """
        found = self.manifest.get("digest")
        return found if isinstance(found, str) and self.is_finished else None

    @property
    def repair_hint(self) -> str:
        """What to do about damaged chunks."""
        return _repair(self.directory)

    def query(self, question: str, *, verify: bool = False) -> Table:
        """What one SELECT over the views `results` and `paths` finds, as numpy arrays by column name.

        The views hold the finished chunks; a missing number is NULL in them. Nothing else can be read or written.

        Parameters
        ----------
        question : str
            SQL as DuckDB understands it; a name with a colon stands in double quotes.
        verify : bool
            Compare the checksums of all chunks first, not their sizes only.

        Raises
        ------
        UsageError
            Not one SELECT, or a fault in it; the hint has the nearest name.
        StoreError
            A chunk that is damaged.
        """
        return queries.query(self, question, verify=verify)

    def query_blocks(self, question: str, rows: int = queries.ROWS_AT_ONCE) -> Iterator[Table]:
        """As ``query``, so many rows at a time; the next ones are computed when they are asked for."""
        return queries.query_blocks(self, question, rows)

    def digest(self) -> str:
        """SHA-256 over all columns of both tables in replication order (``sim.experiments.digest``)."""
        return digest_of_blocks((name, table) for name in TABLES for table in self._pieces(name))

    def _pieces(self, name: str) -> Iterator[Table]:
        """A table in pieces of any size: whole where it has been read already."""
        if name in self._tables:
            yield self._tables[name]
        else:
            yield from (table for _, table in self._groups(name))

    def arrow_batches(
        self, name: str = "results", columns: Sequence[str] | None = None
    ) -> Iterator[pyarrow.RecordBatch]:
        """A table as Arrow record batches, one a chunk, in replication order; the next is read when it is asked for.

        Raises
        ------
        StoreError
            A chunk that is damaged; pyarrow is missing, and the hint says how to install it.
        UsageError
            There is no such table or column.
        """
        schema = self._arrow_schema(name, columns)
        return (_record_batch(rows, schema) for _, rows in self.blocks(name, columns))

    def to_arrow(self, name: str = "results", columns: Sequence[str] | None = None) -> pyarrow.Table:
        """A table, or some of its columns, as an Arrow table; errors as for ``arrow_batches``."""
        schema = self._arrow_schema(name, columns)
        import pyarrow

        return pyarrow.Table.from_batches(self.arrow_batches(name, columns), schema=schema)

    def to_pandas(self, name: str = "results", columns: Sequence[str] | None = None) -> pandas.DataFrame:
        """A table, or some of its columns, as a data frame; ``StoreError`` says how to install pandas if it is missing."""
        try:
            import pandas
        except ImportError:
            raise StoreError("data frames need the package pandas", hint="pip install pandas") from None
        rows = self._rows(_known_table(name))
        kinds = self.kinds(name)
        names = [key for key, _ in (kinds if columns is None else _selected(kinds, columns, name))]
        if isinstance(rows, StoredColumns):
            return pandas.DataFrame(rows.select(names), copy=False)
        return pandas.DataFrame({key: rows[key] for key in names})

    def _arrow_schema(self, name: str, columns: Sequence[str] | None) -> pyarrow.Schema:
        kinds = self.kinds(_known_table(name))
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
        return pyarrow.schema(
            [(key, types[kind]) for key, kind in (kinds if columns is None else _selected(kinds, columns, name))]
        )


class StoredColumns(Mapping[str, np.ndarray]):
    """A stored table that is too large to hold: columns by name, each read when it is asked for.

    With a column come those of its family (what stands before ``:`` or ``@`` in the name), as far as a bounded number
    of bytes allows, because one pass over the files for several columns costs little more than for one; the columns
    asked for last are kept. Arrays cannot be written to.
    """

    def __init__(self, stored: StoredRun, name: str):
        self.name = name
        self.num_rows = stored.num_rows(name)
        self._stored = stored
        self._kinds = dict(stored.kinds(name))
        self._held: OrderedDict[str, np.ndarray] = OrderedDict()

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in self._held:
            wanted = self._family(column)
            for name, values in self.select(wanted).items():
                values.flags.writeable = False
                self._held[name] = values
            while len(self._held) > max(self._most_held, len(wanted)):
                self._held.popitem(last=False)
        self._held.move_to_end(column)
        return self._held[column]

    def __contains__(self, column: object) -> bool:
        return column in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __repr__(self) -> str:
        return f"<{self.num_rows:,} rows of '{self.name}' in {self._stored.directory}: {len(self)} columns>"

    def select(self, names: Sequence[str]) -> Table:
        """Some columns whole, read in one pass."""
        kinds = _selected(list(self._kinds.items()), names, self.name)
        table = {name: np.empty(self.num_rows, dtype=object if kind == "text" else kind) for name, kind in kinds}
        end = 0
        for _, rows in self._stored._groups(self.name, names):
            start, end = end, end + len(next(iter(rows.values())))
            for name, values in rows.items():
                table[name][start:end] = values
        return table

    def take(self, positions: np.ndarray, names: Sequence[str] | None = None) -> Table:
        """The rows at ascending positions, of all columns or of those named; only chunks that hold some are read."""
        chunks, first = {}, 0
        for chunk in self._stored.chunks:
            rows = chunk.files.get(self.name, {}).get("rows", 0)
            low, high = np.searchsorted(positions, (first, first + rows))
            if low < high:
                chunks[chunk.index] = (chunk, positions[low:high] - first)
            first += rows
        wanted = list(self._kinds) if names is None else list(names)
        pieces = [
            {name: values[chunks[chunk.index][1]] for name, values in rows.items()}
            for chunk, rows in self._stored.blocks(self.name, wanted, [chunk for chunk, _ in chunks.values()])
        ]
        return joined(pieces, _selected(list(self._kinds.items()), wanted, self.name))

    @property
    def _most_held(self) -> int:
        return max(1, _HELD_COLUMNS // (8 * max(self.num_rows, 1)))

    def _family(self, column: str) -> list[str]:
        if column not in self._kinds:
            raise KeyError(column)
        prefix = re.split("[:@]", column)[0]
        family = [name for name in self._kinds if re.split("[:@]", name)[0] == prefix and name not in self._held]
        first = family.index(column)
        return (family[first:] + family[:first])[: max(1, self._most_held // 2)]


def _selected(kinds: list[tuple[str, str]], columns: Sequence[str], table: str) -> list[tuple[str, str]]:
    """Name and kind of the columns asked for; ``UsageError`` with the nearest name for one that there is not."""
    known = dict(kinds)
    for name in columns:
        if name not in known:
            from sim.model.diagnostics import did_you_mean

            raise UsageError(f"no column '{name}' in {table}", hint=did_you_mean(name, list(known), "columns"))
    return [(name, known[name]) for name in dict.fromkeys(columns)]


def _known_table(name: str) -> str:
    if name not in TABLES:
        raise UsageError(f"table {name!r}: expected one of {', '.join(TABLES)}")
    return name


def _record_batch(rows: Table, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    import pyarrow

    arrays = [pyarrow.array(rows[field.name], type=field.type, from_pandas=False) for field in schema]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


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
        assert all(kind in sql.SQL_TYPES for columns in manifest["columns"].values() for _, kind in columns)
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
        self._chunk_texts = {index: as_json(chunk.as_data()) for index, chunk in self._chunks.items()}  # likewise
        self._digest = DigestInOrder()
        if self._chunks:
            self._digest.give_up()  # the rows of these have not passed here
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
            version = SCHEMA_VERSION if _leaves_paths_out(manifest) else WITH_ALL_PATHS
            writer = cls(directory, {"schema_version": version, "columns": {}, "chunks": [], **manifest}, lock)
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
        return self._stored().blocks(name)

    def _stored(self) -> StoredRun:
        """What is stored so far, as a reader sees it."""
        return StoredRun(self.directory, {**self.manifest, "chunks": [chunk.as_data() for chunk in self.chunks]})

    def add(
        self,
        index: int,
        start: int,
        stop: int,
        tables: Mapping[str, Mapping[str, Any]],
        timing: Mapping[str, Any] | None = None,
    ) -> Table:
        """Store the block of replications ``[start, stop)`` as chunk ``index``; its results in canonical form.

        `timing` is merged into the manifest that lists the chunk, so that the time spent on it outlives a kill. Rows of
        `paths` from the replication ``paths_kept`` of the manifest on are not stored, whatever the engine hands over.

        Raises
        ------
        EngineError
            The block is not what the engine protocol promises, or has other columns than the blocks before it.
        StoreError
            The disk is full or cannot be written.
        """
        clean = _clean(tables, start, stop, self.manifest.get("paths_kept"))
        self._check_columns(_columns_of(clean), start, stop)
        files = {}
        with disk_errors(self.directory):
            for name, table in clean.items():
                path = self.directory / f"{name}-{index:06d}.parquet"
                files[name] = {"rows": len(table[KEY]), **_write_parquet(self._open_connection(), path, table)}
        self._digest.add(index, clean)
        self._chunks[index] = Chunk(index, start, stop, files)
        self._chunk_texts[index] = as_json(self._chunks[index].as_data())
        self.update(timing=timing or {})
        return clean["results"]

    def adopt(self, written: WrittenChunk, timing: Mapping[str, Any] | None = None) -> None:
        """Make a chunk that another process has written a chunk of this run; errors and `timing` as for `add`."""
        self._check_columns(written.columns, written.start, written.stop)
        chunk = Chunk(written.index, written.start, written.stop, written.files)
        with disk_errors(self.directory):
            for name, entry in written.files.items():
                source = written.path(self.directory, name)
                if source.stat().st_size != entry["bytes"]:
                    raise StoreError(f"{source}: other than the worker wrote it", hint=_repair(self.directory))
                os.replace(source, chunk.path(self.directory, name))
        self._digest.give_up()  # its rows have not passed here
        self._chunks[written.index] = chunk
        self._chunk_texts[written.index] = as_json(chunk.as_data())
        self.update(timing=timing or {})

    def digest(self) -> str:
        """The digest of what is stored: noted while it passed, or read from the files; ``StoreError`` where these are damaged."""
        return self._digest.hexdigest(len(self._chunks)) or self._stored().digest()

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
        chunks = ",\n  ".join(self._chunk_texts[index] for index in sorted(self._chunks))
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

    def _check_columns(self, tables: Mapping[str, list[list[str]]], start: int, stop: int) -> None:
        """Refuse other columns than those of the blocks before, in the tables that this block should have."""
        known = self.manifest["columns"]
        where, wanted = _where(start, stop), _wanted(start, self.manifest.get("paths_kept"))
        for name in wanted:
            found = tables.get(name, [])
            # Of paths nothing is known before the first block that has some.
            expected = known.get(name, found if name not in self._settled() else [])
            if found != expected:
                column = next((a or b)[0] for a, b in _pairs(found, expected) if a != b)
                raise EngineError(f"{where}: other columns than in the blocks before: {name}.{column}")
        for name in wanted:
            if name in tables:
                known[name] = tables[name]

    def _settled(self) -> set[str]:
        """Tables whose columns, or that there are none, are known from a stored block."""
        kept = self.manifest.get("paths_kept")
        has_paths = any(kept is None or chunk.start < kept for chunk in self._chunks.values())
        return set(TABLES if has_paths else TABLES[:1] if self._chunks else ())


def _leaves_paths_out(manifest: Mapping[str, Any]) -> bool:
    """Whether a run may have more replications than it keeps paths of."""
    kept = manifest.get("paths_kept")
    return kept is not None and manifest["replications"] > kept


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
    directory: Path,
    index: int,
    start: int,
    stop: int,
    tables: Mapping[str, Mapping[str, Any]],
    suffix: str,
    kept: int | None = None,
) -> WrittenChunk:
    """Write the block of replications ``[start, stop)`` beside the chunks of a run that another process writes.

    ``suffix`` makes the names of its files unique and ends in ``PARTIAL``, so that they count for nothing until they
    are adopted. Of replications from ``kept`` on no paths are stored. Errors as for ``RunWriter.add``; nothing is left
    of a chunk that could not be written.
    """
    clean = _clean(tables, start, stop, kept)
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


def _wanted(start: int, kept: int | None) -> Sequence[str]:
    """Tables of a block that begins at a replication, where paths are kept of so many."""
    return TABLES if kept is None or start < kept else TABLES[:1]


def _clean(tables: Mapping[str, Mapping[str, Any]], start: int, stop: int, kept: int | None) -> dict[str, Table]:
    """The tables of a block in canonical form, those without columns left out; ``EngineError`` as for `add`.

    Of replications from ``kept`` on there are no paths.
    """
    where = _where(start, stop)
    clean = {name: canonical(tables.get(name) or {}, f"{where}, {name}") for name in _wanted(start, kept)}
    clean = {name: table for name, table in clean.items() if table}
    _check_block(clean, start, stop, where)
    if kept is not None and "paths" in clean and stop > kept:
        first = int(np.searchsorted(clean["paths"][KEY], kept))
        clean["paths"] = {name: column[:first] for name, column in clean["paths"].items()}
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
        f"c{position}::{sql.SQL_TYPES[kind]} AS {sql.quoted(name)}" for position, (name, kind) in enumerate(kinds_of(table))
    )
    connection.register("block", block)
    try:
        connection.execute(
            f"COPY (SELECT {selected} FROM block) TO {sql.text(str(partial))} (FORMAT parquet, COMPRESSION zstd)"
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
