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
import hashlib
import json
import re
import stat
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import StoreError, UsageError
from sim.experiments import query as queries
from sim.experiments import sql
from sim.experiments.columns import KEY, TABLES, Table, joined
from sim.experiments.digest import digest_of_blocks
from sim.experiments.disk import (
    MANIFEST,
    as_json,
    connected,
    file_checksum,
    first_line,
    how_to_repair,
    shared_database,
)

if TYPE_CHECKING:
    import duckdb
    import pandas
    import pyarrow

SCHEMA_VERSION = 3  # the newest of manifest and chunks; a reader refuses what is newer than itself
WITH_ALL_PATHS = 1  # the version of a directory that holds the paths of all its replications
WITH_PATHS_LEFT_OUT = 2  # of one that holds those of the first ones
WITH_DESIGN = 3  # of one whose design has settings, coordinates of private types, or rows with the draws of others

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"

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


def run_name(
    scenario_id: str, scenario_hash: str, seed: int, replications: int, until_se: float | None = None, design: str = ""
) -> str:
    """Name of a result directory, ``<scenario id>-<hash8>-s<seed>-n<N>``; ``-se<x>`` is added where x stops the run
    and N is only its cap, and ``-<design>`` where inputs are not drawn at random."""
    ending = "" if until_se is None else "-se" + re.sub(r"[^0-9.e-]", "", repr(float(until_se)))
    return f"{slug(scenario_id)}-{slug(scenario_hash)[:8]}-s{int(seed)}-n{int(replications)}{ending}{f'-{slug(design)}' if design else ''}"


def content_hash(case: Mapping[str, Any]) -> str:
    """SHA-256 of a completed scenario: of its JSON with sorted keys, UTF-8, no spaces."""
    return hashlib.sha256(as_json(case, sort_keys=True).encode("utf-8")).hexdigest()


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
        self.chunks = chunks_of(directory, manifest)
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
        with connected() as connection:
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
        except (duckdb.InterruptException, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():  # its word while it hands rows over
                raise
            raise KeyboardInterrupt from None
        except (duckdb.Error, UnicodeError) as error:
            # What DuckDB calls a fatal error makes its database refuse everything after it, whole chunks too.
            shared_database.cache_clear()
            self._find_fault(chunks, name, kinds)
            raise StoreError(
                f"{paths[0]}: cannot be read as Parquet: {first_line(error)}", hint=how_to_repair(self.directory)
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
        raise StoreError(f"{paths[0]}: other columns or rows than the manifest says", hint=how_to_repair(self.directory))

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
            with connected() as connection:
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
                raise StoreError(f"{path}: no longer a file", hint=how_to_repair(self.directory))
            size = found.st_size
            if size != expected["bytes"]:
                raise StoreError(
                    f"{path}: cut short or changed: {size} bytes, where {expected['bytes']} were written",
                    hint=how_to_repair(self.directory),
                )
            checksum = expected["sha256"] if is_known else file_checksum(path)
        except FileNotFoundError:
            raise StoreError(f"{path}: missing, though the manifest lists it", hint=how_to_repair(self.directory)) from None
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be read: {error.strerror or error}", hint=how_to_repair(self.directory)
            ) from error
        if checksum != expected["sha256"]:
            raise StoreError(f"{path}: changed since it was written (checksum differs)", hint=how_to_repair(self.directory))
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
        return how_to_repair(self.directory)

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


def chunks_of(directory: Path, manifest: dict[str, Any]) -> list[Chunk]:
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
