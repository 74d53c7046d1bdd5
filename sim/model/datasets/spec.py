"""What the description of a data set may say (pydantic models).

A data set is three files of one name: ``NAME.csv`` with the rows, ``NAME.yaml`` with what this module reads, and, for people,
``NAME.md`` with source, licence, coding rule and doubts. The description types every column and says from which date on a value
can have been known, so that whoever fits to the past can be shown the past only.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.model.quantities import parse_date
from sim.model.spec.base import Finite, Identifier, Slug, Strict, Switch, Text
from sim.model.spec.scenario import Source

Kind = Literal["events", "spells", "counts", "forecasts"]
ColumnType = Literal["date", "number", "count", "probability", "text", "name", "names", "source"]

# Columns that readers of each kind ask for by name; the first says since when a row is known.
REQUIRED: dict[Kind, dict[str, ColumnType]] = {
    "events": {"date": "date"},
    "spells": {"start": "date", "end": "date"},
    "counts": {"until": "date", "num_events": "count", "num_cases": "count"},
    "forecasts": {"date": "date", "probability": "probability"},
}


def _date(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else parse_date(value)


Date = Annotated[dt.date, BeforeValidator(_date)]


class DataColumn(Strict):
    """A column: what stands in it, and since when it is known."""

    type: ColumnType = Field(description="What a cell holds; `names` are parted by semicolons.")
    description: Text = Field(description="What it means, with its unit.")
    values: list[str] | None = Field(None, min_length=1, description="The names that may stand in it.")
    low: Finite | None = Field(None, description="Least number that may stand in it.")
    high: Finite | None = Field(None, description="Greatest number that may stand in it.")
    may_be_empty: Switch = Field(False, description="Whether a cell may be empty.")
    known: Identifier | None = Field(
        None, description="The column of dates that says since when a value of this one is known."
    )
    not_before: Identifier | None = Field(None, description="A column of dates that this date does not precede.")
    planned: Switch = Field(
        False, description="Whether it is a date that was announced ahead, as a deadline, and may lie later."
    )


class DatasetSpec(Strict):
    """A data set."""

    schema_version: Literal[1] = Field(description="Version of this format: 1.")
    id: Slug = Field(description="Its name, that of its files.")
    title: Text = Field(description="What it is, in a line.")
    description: Text = Field(description="What it is, in a sentence or two.")
    kind: Kind = Field(description="Events at dates, spells between dates, counts among cases, or forecasts.")
    licence: Text = Field(description="Under which terms it may be used.")
    credit: Text | None = Field(None, description="Whom to name.")
    covers: tuple[Date, Date] = Field(
        description="The rows are complete from the first date up to, and not with, the second."
    )
    order: Identifier | None = Field(None, description="The column of dates by which rows are sorted.")
    unique: list[Identifier] = Field(min_length=1, description="Columns that no two rows share.")
    columns: dict[Identifier, DataColumn] = Field(min_length=1, description="The columns, in any order.")
    sources: dict[Identifier, Source] = Field(min_length=1, description="Where rows come from.")

    @property
    def known(self) -> str:
        """The column that says since when a row is known."""
        return next(iter(REQUIRED[self.kind]))
