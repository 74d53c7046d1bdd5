"""Questions in SQL to a stored run, answered from its finished chunks and from nothing else.

The views `results` and `paths` read the chunks that the manifest lists. A missing number is NULL in them. The database is
in memory, has no other file open and cannot open one; only a single SELECT is carried out. One thread works, so that sums
have the same last digit on every machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UsageError
from sim.experiments import sql
from sim.experiments.columns import TABLES, Table

if TYPE_CHECKING:
    import duckdb

    from sim.experiments.store import Chunk, StoredRun

MEMORY = "1GB"  # that a query may take; nothing is written to the disk to save some
ROWS_AT_ONCE = 10_000  # of an answer that is handed over piece by piece
_WRITING = frozenset({"COPY", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE"})
_NUMBERS = ("DOUBLE", "FLOAT", "REAL", "DECIMAL")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")


class Answer:
    """The rows that a query found, handed over as they are fetched; usable while its session is open."""

    def __init__(self, session: Session, connection: duckdb.DuckDBPyConnection):
        description = connection.description or []
        self.names = _told_apart([str(column[0]) for column in description])
        self.types = [str(column[1]) for column in description]
        self._session = session
        self._connection = connection

    def fetch(self, number: int) -> list[tuple[Any, ...]]:
        """The next rows, at most so many; none at the end."""
        with self._session.explained():
            return self._connection.fetchmany(number)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """All rows that are left, one after the other."""
        while rows := self.fetch(ROWS_AT_ONCE):
            yield from rows

    def table(self) -> Table:
        """All rows as numpy arrays by column name."""
        with self._session.explained():
            found = list(self._connection.fetchnumpy().values())
        return dict(zip(self.names, map(_without_mask, found), strict=True))


class Session:
    """A database over the finished chunks of a run; made by ``session``."""

    def __init__(self, stored: StoredRun, connection: duckdb.DuckDBPyConnection, written: Path | None = None):
        self._stored = stored
        self._connection = connection
        self._written = written

    def ask(self, question: str) -> Answer:
        """The answer to one SELECT.

        Raises
        ------
        UsageError
            Not one SELECT, a fault in it (the hint has the nearest name), or more memory needed than there is.
        StoreError
            A chunk that is damaged.
        """
        return self._carry_out(self._single(question))

    def count(self, question: str) -> int:
        """Rows that a SELECT finds."""
        return int(self._carry_out(f"SELECT count(*) FROM (\n{self._single(question)}\n)").fetch(1)[0][0])

    def save(self, question: str) -> None:
        """Write what a SELECT finds as Parquet into the file that the session may write."""
        statement = self._single(question)
        self._carry_out(
            f"COPY (\n{statement}\n) TO {sql.text(str(self._written))} "
            "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
        )

    def _carry_out(self, statement: str) -> Answer:
        with self.explained():
            return Answer(self, self._connection.execute(statement))

    def _single(self, question: str) -> str:
        """The text of the one SELECT in a question; anything else is refused before anything is done."""
        import duckdb

        with self.explained():
            statements = self._connection.extract_statements(question)
        if len(statements) != 1:
            raise UsageError(f"query: expected one SELECT, found {len(statements) or 'no'} statements", hint=_EXAMPLE)
        # A clause WITH may hold statements that write, and the whole counts as a SELECT.
        first = next((word for word in map(_word_at(question), duckdb.tokenize(question)) if word in _WRITING), None)
        if statements[0].type != duckdb.StatementType.SELECT or first is not None:
            found = first or statements[0].type.name
            raise UsageError(
                f"query: expected a SELECT, found {found}: a stored run is read and never changed",
                hint=f'a column of this name stands in double quotes: "{found.lower()}"' if first else _EXAMPLE,
            )
        return statements[0].query.strip().rstrip(";")

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what DuckDB says into one message for people."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            if isinstance(error, duckdb.InterruptException):
                raise KeyboardInterrupt from None
            if not isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
                for _, problem in self._stored.damaged():
                    from sim.errors import StoreError

                    raise StoreError(problem, hint=self._stored.repair_hint) from None
                if self._written is not None and isinstance(error, duckdb.IOException):
                    raise  # about that file; whoever opened it knows what to say
            raise _as_usage_error(error, self._stored) from None
        except RuntimeError as error:
            if "interrupted" in str(error).lower():
                raise KeyboardInterrupt from None
            raise


_EXAMPLE = 'for example "select outcome, count(*) from results group by 1"'


@contextlib.contextmanager
def session(stored: StoredRun, *, verify: bool = False, written: Path | None = None) -> Iterator[Session]:
    """A database over a run's finished chunks.

    Parameters
    ----------
    stored : StoredRun
        The run; it need not be finished.
    verify : bool
        Compare the checksums of all chunks first. Without it their sizes are looked at, and the checksums where DuckDB
        cannot read them.
    written : path, optional
        The one file that ``Session.save`` may write.

    Raises
    ------
    StoreError
        A chunk that is missing, cut short or, with ``verify``, changed.
    """
    import duckdb

    for chunk in stored.chunks:
        for name in chunk.files:
            stored.check(chunk, name, size_only=not verify)
    options: dict[str, Any] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,  # names of variables in this program are no tables
    }
    with (
        _without_pattern(stored.directory) as directory,
        contextlib.closing(duckdb.connect(":memory:", config=options)) as connection,
    ):
        held = Session(stored, connection, written)
        with held.explained():
            for name in TABLES:
                if stored.kinds(name):
                    connection.execute(f"CREATE VIEW {name} AS {_selecting(stored, directory, name)}")
            files = [str(chunk.path(directory, name)) for chunk in stored.chunks for name in chunk.files]
            allowed = [*files, *([] if written is None else [str(written)])]
            connection.execute(f"SET allowed_paths = [{', '.join(map(sql.text, allowed))}]")
            connection.execute("SET enable_progress_bar = false")  # it would stand in the answer
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
        yield held


def query(stored: StoredRun, question: str, *, verify: bool = False) -> Table:
    """What a SELECT finds, as numpy arrays by column name; errors as for ``session`` and ``Session.ask``."""
    with session(stored, verify=verify) as database:
        return database.ask(question).table()


def query_blocks(stored: StoredRun, question: str, rows: int = ROWS_AT_ONCE) -> Iterator[Table]:
    """What a SELECT finds, so many rows at a time; the next ones are computed when they are asked for.

    Whole numbers are int64, or float64 in a block in which one is missing; other numbers are float64.
    """
    with session(stored) as database:
        answer = database.ask(question)
        while block := answer.fetch(rows):
            columns = zip(*block, strict=True)
            yield {
                name: _column(values, kind)
                for name, kind, values in zip(answer.names, answer.types, columns, strict=True)
            }


@contextlib.contextmanager
def _without_pattern(directory: Path) -> Iterator[Path]:
    """The directory under a name that DuckDB does not take for a pattern, for which it would have to look around."""
    if not set("*?[") & set(str(directory)):
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="sim-") as place:
        os.symlink(directory.absolute(), os.path.join(place, "run"))
        yield Path(place) / "run"


def _selecting(stored: StoredRun, directory: Path, name: str) -> str:
    """What a view of a table selects: the rows of the chunks that are listed, or none."""
    chunks: list[Chunk] = [chunk for chunk in stored.chunks if name in chunk.files]
    if chunks:
        return f"SELECT * FROM {sql.parquet(chunk.path(directory, name) for chunk in chunks)}"
    columns = ", ".join(f"NULL::{sql.SQL_TYPES[kind]} AS {sql.quoted(key)}" for key, kind in stored.kinds(name))
    return f"SELECT {columns} WHERE false"


def _word_at(question: str) -> Any:
    """A function that gives the word at the place where a token starts, in capitals; nothing for what is quoted."""
    # Places are counted in bytes.
    data = question.encode("utf-8")

    def word(token: tuple[int, Any]) -> str:
        found = re.match(rb"[A-Za-z_]+", data[token[0] :])
        return found[0].decode("ascii").upper() if found else ""

    return word


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names of which equal ones get a number."""
    found: list[str] = []
    for name in names:
        number, new = 1, name
        while new in found:
            new, number = f"{name}_{number}", number + 1
        found.append(new)
    return found


def _without_mask(column: np.ndarray) -> np.ndarray:
    missing = np.ma.getmaskarray(column)
    column = np.ma.getdata(column)
    if not missing.any():
        wide = {"i": np.int64, "u": np.int64, "f": np.float64}.get(column.dtype.kind)
        return column if wide is None or column.dtype == np.uint64 else column.astype(wide, copy=False)
    is_number = column.dtype.kind in "iuf"
    found = column.astype(np.float64 if is_number else object)
    found[missing] = np.nan if is_number else None
    return found


def _column(values: Sequence[Any], kind: str) -> np.ndarray:
    if kind.startswith(_NUMBERS) or (kind.startswith(_WHOLE) and None in values):
        return np.array([np.nan if value is None else float(value) for value in values])
    if kind in _WHOLE:
        return np.array(values, dtype=np.int64)
    if kind == "BOOLEAN" and None not in values:
        return np.array(values, dtype=bool)
    found = np.empty(len(values), dtype=object)
    found[:] = [float(value) if isinstance(value, Decimal) else value for value in values]
    return found


_NO_COLUMN = re.compile(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"')
_NO_TABLE = re.compile(r'Table with name (.+?) does not exist|Referenced table "(.+?)" not found')


def _as_usage_error(error: Exception, stored: StoredRun) -> UsageError:
    """What is wrong with a query, and the nearest name where one is unknown."""
    from sim.model.diagnostics import did_you_mean

    message = str(error)
    tables = [name for name in TABLES if stored.kinds(name)]
    there_are = f"there are: {', '.join(tables)}" if tables else "nothing of the run is finished yet, so there are no tables"
    if missing := _NO_COLUMN.search(message):
        name = missing[1] or missing[2]
        known = list(dict.fromkeys(key for table in tables for key, _ in stored.kinds(table)))
        # What stands after a colon was taken for the name, if that was not quoted.
        ending = [key for key in known if key.endswith(f":{name}")]
        hint = f"did you mean '{ending[0]}'?" if ending else did_you_mean(name, known, "columns")
        return UsageError(f"query: no column '{name}'", hint=f"{hint} {_QUOTES}" if ":" in hint else hint)
    if missing := _NO_TABLE.search(message):
        hint = f"{there_are}{f' {_QUOTES}' if missing[2] else ''}"
        return UsageError(f"query: no table '{missing[1] or missing[2]}'", hint=hint)
    if "Out of Memory" in message:
        return UsageError(
            f"query: the answer needs more than {MEMORY} of memory", hint="name the columns that it needs, or group rows"
        )
    if "file system operations are disabled" in message:
        return UsageError("query: no other file can be read or written", hint=there_are)
    first = re.sub(r"^[A-Za-z -]+ Error: ", "", (message.splitlines() or [type(error).__name__])[0])
    return UsageError(f"query: {first[:300]}")


_QUOTES = '(in SQL a name with a colon or a dot stands in double quotes: "time:deal")'
