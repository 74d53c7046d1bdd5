"""From data sets to what an estimate reads: when events came in a window, and when a pause was on.

A date becomes noon of its day, counted in days, so that an event of the day on which a pause begins lies in it and one of the day
on which it ends does not. Days with events are counted, not events: what data by day leave undecided is which of two came first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError
from sim.estimation.point_record import PointRecord, point_record
from sim.model.datasets.dataset import Dataset, as_date

NOON = 0.5


@dataclass(frozen=True)
class DatedRecord:
    """A record in days, and the dates that it stands for.

    Attributes
    ----------
    record : PointRecord
        Times are days since the beginning of the calendar.
    start, end : date
        The window: from the first up to, and not with, the second.
    remarks : tuple of str
        What was done on the way that a reader should know.
    """

    record: PointRecord
    start: dt.date
    end: dt.date
    remarks: tuple[str, ...]


def dated_record(
    events: Dataset,
    spells: Dataset | None = None,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
) -> DatedRecord:
    """Events of a data set in a window, and the spells of another as pauses.

    Parameters
    ----------
    events : Dataset
        Events, or spells, which count by their first day.
    spells : Dataset, optional
        Periods of which the record is to tell events apart; one that goes on lasts to the window's end.
    start, end : date or ISO text, optional
        The window, by default all that both data sets cover. Events before it are kept as earlier ones.

    Raises
    ------
    ParameterError
        A data set of another kind, a window that is empty or reaches beyond what is covered, or no event in it.
    """
    date = _date_column(events)
    if spells is not None and spells.spec.kind != "spells":
        raise ParameterError(f"{spells.name}: expected a data set of spells, found one of {spells.spec.kind}")
    sets = [events] if spells is None else [events, spells]
    first, last = max(item.covers[0] for item in sets), min(item.covers[1] for item in sets)
    since = first if start is None else as_date(start, "the start of the window")
    until = last if end is None else as_date(end, "the end of the window")
    if not since < until:
        raise ParameterError(f"expected a window that ends after it starts, found {since} to {until}")
    for item in sets:
        if since < item.covers[0] or until > item.covers[1]:
            covered = f"{item.covers[0]} to before {item.covers[1]}"
            raise ParameterError(
                f"{item.name}: the window from {since} to {until} reaches beyond what is covered, {covered}",
                hint="a day without a row is then no day without an event: make the window smaller",
            )
    dates = events.column(date)
    days = sorted({day.toordinal() for day in dates})
    inside = [day for day in days if since.toordinal() <= day < until.toordinal()]
    if not inside:
        raise ParameterError(f"{events.name}: no event from {since} to before {until}", hint="make the window larger")
    remarks = _remarks(dates, since, until)
    pauses = [] if spells is None else _pauses(spells, until)
    record = point_record(
        np.array(days, dtype=float) + NOON, float(since.toordinal()), float(until.toordinal()), pauses
    )
    return DatedRecord(record, since, until, remarks)


def _date_column(events: Dataset) -> str:
    if events.spec.kind not in ("events", "spells"):
        raise ParameterError(f"{events.name}: expected a data set of events, found one of {events.spec.kind}")
    return events.spec.known


def _pauses(spells: Dataset, until: dt.date) -> list[tuple[float, float]]:
    found = []
    for row in spells.rows:
        start, end = row["start"], row["end"] or until
        if start < end:
            found.append((float(start.toordinal()), float(end.toordinal())))
    return found


def _remarks(dates: list[dt.date], since: dt.date, until: dt.date) -> tuple[str, ...]:
    inside = [day for day in dates if since <= day < until]
    twice = len(inside) - len(set(inside))
    return (f"days with events are counted: {len(inside)} events came on {len(set(inside))} days",) if twice else ()
