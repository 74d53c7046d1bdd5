"""The four kinds of column that results may have, so that memory, files and digests mean the same thing.

``float64`` (not-a-number stands for never or not known), ``int64``, ``bool`` and ``text`` (an object array of ``str``,
``None`` where there is none). Anything narrower is widened, anything else is refused: a column that could be stored
but not read back equal would make two equal runs look different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from sim.errors import EngineError

Table = dict[str, np.ndarray]
"""Equally long one-dimensional arrays by column name."""

TABLES = ("results", "paths")
KEY = "replication"


@runtime_checkable
class Rows(Protocol):
    """A table that is not in memory: rows are fetched by their positions."""

    num_rows: int

    def take(self, positions: np.ndarray, names: Sequence[str] | None = None) -> Table:
        """The rows at ascending positions."""
        ...


def num_rows(table: Mapping[str, Any]) -> int:
    """Number of rows of a table, in memory or not."""
    return table.num_rows if isinstance(table, Rows) else len(next(iter(table.values()), ()))


def rows_at(table: Mapping[str, np.ndarray], positions: np.ndarray, names: Sequence[str] | None = None) -> Table:
    """The rows at ascending positions, of all columns or of those named."""
    if isinstance(table, Rows):
        return table.take(positions, names)
    return {name: np.asarray(table[name])[positions] for name in (table if names is None else names)}


def even_rows(total: int, most: int) -> np.ndarray:
    """Positions of at most ``most`` of ``total`` rows: all, or as many at even distances, the first row among them."""
    number = min(total, most)
    return np.arange(number, dtype=np.int64) * total // max(number, 1)


# Looked up, because numpy makes the name of a type anew each time, and a run asks for it some ten thousand times.
_KINDS = {np.dtype(kind): kind for kind in ("float64", "int64", "bool")} | {np.dtype(object): "text"}


def kind_of(column: np.ndarray) -> str:
    """Which of the four kinds a column in canonical form is."""
    kind = _KINDS.get(column.dtype)
    return str(column.dtype) if kind is None else kind


def kinds_of(table: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    """Name and kind of each column, in the table's order."""
    return [(name, kind_of(column)) for name, column in table.items()]


def empty(kinds: list[tuple[str, str]]) -> Table:
    """A table of these columns without rows."""
    return {name: np.empty(0, dtype=object if kind == "text" else kind) for name, kind in kinds}


def canonical(table: Mapping[str, Any], where: str) -> Table:
    """The same table in the four kinds of column.

    Raises
    ------
    EngineError
        Columns of unequal length or more than one dimension, of a type outside the four, or text that UTF-8
        cannot hold; names ``where`` and the column.
    """
    columns = {
        str(name): _canonical_column(np.asarray(values), f"{where}, column {name}") for name, values in table.items()
    }
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        shortest = min(columns, key=lambda name: len(columns[name]))
        raise EngineError(
            f"{where}: columns of different lengths, from {min(lengths)} ({shortest}) to {max(lengths)} rows"
        )
    return columns


def _canonical_column(column: np.ndarray, where: str) -> np.ndarray:
    if column.ndim != 1:
        raise EngineError(f"{where}: expected one dimension, found {column.ndim}")
    if np.ma.isMaskedArray(column):
        raise EngineError(f"{where}: masked arrays are not kept; use nan for a number that is missing")
    match column.dtype.kind:
        case "b":
            return column
        case "i":
            return column.astype(np.int64, copy=False)
        case "u":
            if len(column) and int(column.max()) > np.iinfo(np.int64).max:
                raise EngineError(f"{where}: {column.max()} is beyond the largest whole number kept, 2**63 - 1")
            return column.astype(np.int64)
        case "f" if column.dtype.itemsize <= 8:
            return column.astype(np.float64, copy=False)
        case "U":
            return _text(column.astype(object), where)
        case "O":
            return _text(column, where)
    raise EngineError(f"{where}: a column holds floats, whole numbers, truth values or text; found {column.dtype}")


def _text(column: np.ndarray, where: str) -> np.ndarray:
    for value in set(column.tolist()):
        if value is not None and type(value) is not str:
            if not isinstance(value, str):
                raise EngineError(f"{where}: expected text, found {value!r} ({type(value).__name__})")
            # A subclass (an enum member, numpy's own string) would be pickled and compared by its class.
            return _text(np.array([None if item is None else str(item) for item in column], dtype=object), where)
        if value is not None:
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise EngineError(f"{where}: {value!r} is not text that UTF-8 can hold") from None
    return column


def joined(tables: list[Table], kinds: list[tuple[str, str]]) -> Table:
    """Tables of the same columns, one below the other."""
    if not tables:
        return empty(kinds)
    return {name: np.concatenate([table[name] for table in tables]) for name, _ in kinds}
