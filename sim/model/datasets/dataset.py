"""A data set in memory, and what of it was known before a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import ParameterError
from sim.model.datasets.spec import DatasetSpec
from sim.model.diagnostics import did_you_mean
from sim.model.quantities import QuantityError, parse_date

Row = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """Rows with typed values, in the order of the file.

    Attributes
    ----------
    spec : DatasetSpec
        Its description.
    rows : tuple of dict
        A value for every column: a date, a float, an int, a text, a tuple of names, or None for an empty cell.
    covers : two dates
        The rows are complete from the first up to, and not with, the second.
    before : date or None
        Nothing that became known on this date or later is in it; None if all is.
    hash : str
        SHA-256 of the description and the table as they were read.
    """

    spec: DatasetSpec
    rows: tuple[Row, ...]
    covers: tuple[dt.date, dt.date]
    hash: str
    before: dt.date | None = None

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self.spec.id

    def column(self, name: str) -> list[Any]:
        """The values of a column, row by row. Raises `ParameterError` where there is none."""
        self.check_column(name)
        return [row[name] for row in self.rows]

    def check_column(self, name: str) -> None:
        """Raise `ParameterError` with the nearest name where there is no such column."""
        if name not in self.spec.columns:
            hint = did_you_mean(name, self.spec.columns, "columns")
            raise ParameterError(f"{self.name}: there is no column '{name}'", hint=hint)

    def where(self, conditions: Iterable[str]) -> Dataset:
        """The rows that meet conditions ``column=name`` or ``column=name,other``; a list of names meets one by holding it.

        Raises
        ------
        ParameterError
            A condition that is none, an unknown column, or a value that no row has.
        """
        rows = self.rows
        for condition in conditions:
            column, sign, text = condition.partition("=")
            if not sign or not column.strip() or not text.strip():
                raise ParameterError(
                    f"expected a condition such as category=talks, found '{condition}'", hint="write column=value"
                )
            column, wanted = column.strip(), [word.strip() for word in text.split(",") if word.strip()]
            self.check_column(column)
            there = sorted({word for row in self.rows for word in words_of(row[column])})
            for word in wanted:
                if word not in there:
                    raise ParameterError(
                        f"{self.name}: no row has {column}={word}", hint=did_you_mean(word, there, "there are")
                    )
            rows = tuple(row for row in rows if not set(wanted).isdisjoint(words_of(row[column])))
        return replace(self, rows=rows)


def words_of(value: Any) -> tuple[str, ...]:
    """A value as the words that conditions compare; none for an empty cell."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (f"{value:g}" if isinstance(value, float) else str(value),)


def known_before(data: Dataset, before: dt.date | str) -> Dataset:
    """What of a data set was known before a date: rows of later dates are gone, and values that came later are empty.

    A date counts as known from its own day on; what was announced ahead (`planned`) stays.

    Raises
    ------
    ParameterError
        No date, or none of the rows was known before it.
    """
    date = as_date(before, "before")
    spec = data.spec
    kept = [row for row in data.rows if row[spec.known] < date]
    if not kept:
        first = min(row[spec.known] for row in data.rows)
        raise ParameterError(
            f"{data.name}: nothing in it was known before {date}",
            hint=f"its first row is known from {first} on: ask for a later date",
        )
    rows = tuple({name: _seen(row, name, spec, date) for name in row} for row in kept)
    start, end = data.covers
    until = date if data.before is None else min(date, data.before)
    return replace(data, rows=rows, covers=(min(start, date), min(end, date)), before=until)


def _seen(row: Row, name: str, spec: DatasetSpec, date: dt.date) -> Any:
    column = spec.columns[name]
    value = row[name]
    if isinstance(value, dt.date) and not column.planned and value >= date:
        return None
    since = row[column.known] if column.known is not None else None
    return None if since is not None and since >= date else value


def as_date(value: dt.date | str, what: str) -> dt.date:
    """The date meant by a date or an ISO text; raises `ParameterError` naming ``what``."""
    if isinstance(value, dt.date):
        return value
    try:
        return parse_date(value)
    except QuantityError as error:
        raise ParameterError(f"{what}: expected {error.expected}, found {error.found}", hint=error.hint) from None
