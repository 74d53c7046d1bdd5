"""One number for everything a run found.

SHA-256 over all columns of both tables in replication order. It depends on column names, kinds and values only:
not on files, chunks, compression, the order of columns, the number of workers or the order in which blocks ended.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.experiments.columns import TABLES, canonical, kind_of

_TAG = b"run-digest-1\n"
MOST_WAITING = 16  # blocks that are kept for their turn
_NO_TEXT = struct.pack("<I", 0xFFFFFFFF)  # the length no text can have


def digest(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Hexadecimal SHA-256 of whole tables by name (``results``, ``paths``), rows in replication order."""
    running = RunningDigest()
    for name, table in tables.items():
        running.update(name, canonical(table, name))
    return running.hexdigest()


def digest_of_blocks(blocks: Iterable[tuple[str, Mapping[str, np.ndarray]]]) -> str:
    """Hexadecimal SHA-256 of (table name, canonical rows) pieces; each table's pieces come in replication order."""
    running = RunningDigest()
    for name, table in blocks:
        running.update(name, table)
    return running.hexdigest()


class RunningDigest:
    """A digest fed piece by piece; pieces of one table in replication order, however they are cut."""

    def __init__(self) -> None:
        self._columns: dict[str, dict[str, tuple[str, Any]]] = {name: {} for name in TABLES}
        self._rows: dict[str, int] = dict.fromkeys(TABLES, 0)

    def update(self, table_name: str, table: Mapping[str, np.ndarray]) -> None:
        """Add rows in canonical form (``sim.experiments.columns.canonical``)."""
        columns = self._columns[table_name]
        for name, values in table.items():
            kind, running = columns.setdefault(name, (kind_of(values), hashlib.sha256()))
            if kind != kind_of(values):
                raise ValueError(f"{table_name}.{name} was {kind} and is now {kind_of(values)}")
            running.update(_bytes(values))
        self._rows[table_name] += len(next(iter(table.values()), ()))

    def hexdigest(self) -> str:
        """The digest of everything so far."""
        total = hashlib.sha256(_TAG)
        for table_name in TABLES:
            columns = self._columns[table_name]
            total.update(_sized(table_name) + struct.pack("<QQ", len(columns), self._rows[table_name]))
            for name in sorted(columns):
                kind, running = columns[name]
                total.update(_sized(name) + _sized(kind) + running.digest())
        return total.hexdigest()


class DigestInOrder:
    """A digest fed with blocks of a run as they end, which is roughly in their order.

    Blocks ahead of their turn wait; where too many do, the digest is given up and has to be made from the files.
    """

    def __init__(self) -> None:
        self._running: RunningDigest | None = RunningDigest()
        self._waiting: dict[int, Mapping[str, Mapping[str, np.ndarray]]] = {}
        self._next = 0

    def add(self, index: int, tables: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        """Take the canonical tables of a block into account."""
        if self._running is None:
            return
        self._waiting[index] = tables
        while self._next in self._waiting:
            for name, table in self._waiting.pop(self._next).items():
                self._running.update(name, table)
            self._next += 1
        if len(self._waiting) > MOST_WAITING:
            self.give_up()

    def give_up(self) -> None:
        """Forget what there is."""
        self._running = None
        self._waiting.clear()

    def hexdigest(self, num_blocks: int) -> str | None:
        """The digest of a run of so many blocks, if these and no others have been counted."""
        is_whole = self._running is not None and self._next == num_blocks and not self._waiting
        return self._running.hexdigest() if is_whole and self._running is not None else None


def _sized(text: str | None) -> bytes:
    if text is None:
        return _NO_TEXT
    data = text.encode("utf-8")
    return struct.pack("<I", len(data)) + data


def _bytes(values: np.ndarray) -> bytes | memoryview:
    """A column's canonical bytes: little-endian, one pattern for every not-a-number, text with its length before it."""
    match kind_of(values):
        case "float64":
            column = np.ascontiguousarray(values, dtype="<f8")
            missing = np.isnan(column)
            if missing.any():
                column = np.where(missing, np.nan, column).astype("<f8", copy=False)
            return memoryview(column)
        case "int64":
            return memoryview(np.ascontiguousarray(values, dtype="<i8"))
        case "bool":
            return values.astype("u1").tobytes()
    sized = {value: _sized(value) for value in set(values.tolist())}  # few different values, many rows
    return b"".join([sized[value] for value in values.tolist()])
