"""A run being stored: chunks added one by one, each listed in the manifest when its files are whole."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import EngineError, StoreError
from sim.experiments.columns import KEY, TABLES, Table, canonical, kind_of, kinds_of
from sim.experiments.digest import DigestInOrder
from sim.experiments.disk import (
    MANIFEST,
    PARTIAL,
    as_json,
    connected,
    disk_errors,
    how_to_repair,
    replace_file,
    write_parquet,
    write_partial,
)
from sim.experiments.lock import LOCK_NAME, DirectoryLock, Locked, describe, owner_of
from sim.experiments.store import (
    WITH_ALL_PATHS,
    WITH_DESIGN,
    WITH_PATHS_LEFT_OUT,
    Chunk,
    StoredRun,
    chunks_of,
    open_run,
    read_manifest,
)

if TYPE_CHECKING:
    pass

_CHUNK_FILE = re.compile(rf"({'|'.join(TABLES)})-\d{{6,}}\.parquet")
# Left by whoever was killed while writing; a part of the name tells writers apart where there can be several.
_HALF_WRITTEN = re.compile(
    rf"((?:{'|'.join(TABLES)})-\d{{6,}}\.parquet|{re.escape(MANIFEST)}|cluster)(?:\.[0-9a-f-]+)?{re.escape(PARTIAL)}"
)


class RunWriter:
    """The one writer of a result directory; made by ``create`` or ``reopen``, used as a context manager.

    Every method leaves the directory readable; failures of the disk are ``StoreError`` and lose no finished chunk.
    """

    def __init__(self, directory: Path, manifest: dict[str, Any], lock: DirectoryLock):
        self.directory = directory
        self.manifest = manifest
        self._chunks = {chunk.index: chunk for chunk in chunks_of(directory, manifest)}
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
            version = WITH_PATHS_LEFT_OUT if _leaves_paths_out(manifest) else WITH_ALL_PATHS
            if "axes" in manifest:
                version = WITH_DESIGN
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
                files[name] = {"rows": len(table[KEY]), **write_parquet(self._open_connection(), path, table)}
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
                    raise StoreError(f"{source}: other than the worker wrote it", hint=how_to_repair(self.directory))
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
            self._remove(chunk)

    def grow(self, replications: int) -> None:
        """Make it a run of so many replications, more than before, of which those that are there need not be computed.

        A last block that the former end cut short is taken out: a chunk is a whole block, or ends with the run.
        """
        size = self.manifest["block_size"]
        short = [chunk for chunk in self.chunks if chunk.stop - chunk.start < size]
        for chunk in short:
            del self._chunks[chunk.index]
        self.manifest["replications"] = replications
        self.manifest.pop("digest", None)
        if _leaves_paths_out(self.manifest):
            self.manifest["schema_version"] = max(self.manifest["schema_version"], WITH_PATHS_LEFT_OUT)
        self.write_manifest()
        for chunk in short:
            self._remove(chunk)

    def _remove(self, chunk: Chunk) -> None:
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
            replace_file(self.directory / MANIFEST, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))

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
            self._connection = connected()
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
        with disk_errors(directory), connected() as connection:
            for name, table in clean.items():
                entry = write_partial(connection, chunk.path(directory, name), table)
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
