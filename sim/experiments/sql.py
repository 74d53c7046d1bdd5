"""Names, texts and paths as DuckDB's SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

SQL_TYPES = {"float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN", "text": "VARCHAR"}


def quoted(name: str) -> str:
    """A name that may hold anything."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text."""
    return "'" + value.replace("'", "''") + "'"


def path(file: Path) -> str:
    """A path for ``read_parquet``, which would take ``*``, ``?`` and ``[`` in a folder's name for a pattern."""
    return text("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(file)))


def parquet(files: Iterable[Path]) -> str:
    """What reads these files one after the other."""
    return f"read_parquet([{', '.join(map(path, files))}], hive_partitioning = false)"
