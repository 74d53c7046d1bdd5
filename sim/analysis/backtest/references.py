"""Other forecasters of the same questions at the same dates.

*Base rate*: how often such a thing comes, from the data. *Status quo*: sure that things stay as they are. *Other cases*: how often things
changed, or which tones came, in the other cases of the back-test; the one that is judged is left out. *Even chances*. *Crowd*: what
people named then. Each knows what was known on the day of the look.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.analysis.backtest.chances import TONES, ClassChance, EventChance, SeenAt, tone_of
from sim.errors import UsageError
from sim.experiments.backtest.cases import Case, Look
from sim.model.datasets.dataset import Dataset
from sim.model.datasets.load import load_dataset
from sim.model.diagnostics import did_you_mean
from sim.model.expected import BaseRate, ExpectedEvent, expected_file

BASE, STATUS_QUO, OTHER_CASES, EVEN, CROWD = "base rate", "status quo", "other cases", "even chances", "crowd"
OF_EVENTS = (BASE, STATUS_QUO, OTHER_CASES, EVEN, CROWD)
OF_CLASSES = (STATUS_QUO, OTHER_CASES, EVEN)
BEFORE, AFTER = dt.timedelta(days=30), dt.timedelta(days=7)  # how far from a look a figure may lie that people named then
YEAR = 365.25

_ENDED = re.compile(r", ended by the end of \d{4}")


@dataclass(frozen=True)
class Said:
    """What another forecaster said of an event."""

    probability: float
    ground: str  # whence it is, in words


def of_event(item: EventChance, look: Look, change: float | None) -> dict[str, Said]:
    """What others said of an event at a look, by forecaster; who had nothing to say is left out.

    ``change`` is the share of the questions of other cases in which things did not stay as they were; none where there are no others.
    """
    is_so = item.so_already > 0.5
    said = {
        STATUS_QUO: Said(float(is_so), "so at the look" if is_so else "not so at the look"),
        EVEN: Said(0.5, "a coin"),
    }
    if change is not None:
        said[OTHER_CASES] = Said(1.0 - change if is_so else change, "how often things changed in the other cases")
    if item.event.base is not None:
        said[BASE] = base_rate(item.event, item.event.base, look.date)
    if item.event.question is not None and (found := crowd(item.event.question, look.date)) is not None:
        said[CROWD] = found
    return said


def check_base_rates(cases: Sequence[Case]) -> None:
    """Raise where a record names a base rate that is not there, as `base_rate` does."""
    for case in cases:
        for look in case.looks:
            for _, event in case.events_after(look):
                if event.base is not None:
                    try:
                        base_rate(event, event.base, look.date)
                    except UsageError as error:
                        raise UsageError(f"{expected_file(case.path)}, \u201c{event.label}\u201d: {error}", hint=error.hint) from None


# Base rates ----------------------------------------------------------------------------------------------------------


def base_rate(event: ExpectedEvent, base: BaseRate, date: dt.date) -> Said:
    """How often such a thing comes, as known before a date.

    Of a data set of rates, the mean share under the prior of Jeffreys, (k + 1/2) / (n + 1); of one of dated events, the chance of at
    least one of them by the event's date at the rate so far, (n + 1/2) / T.

    Raises
    ------
    UsageError
        The data set has no such rows, or none that were known by then.
    """
    data = _dataset(base.data)
    if data.spec.kind == "counts":
        return _share(data, base, date)
    if data.spec.kind != "events" or data.covers[0] >= date:
        raise UsageError(f"{base.data} has no dated events before {date}", hint="name a data set of events, or of counts")
    number = sum(row[data.spec.known] < date for row in data.rows)
    years = (date - data.covers[0]).days / YEAR
    ahead = max(0, (event.date - date).days + 1) / YEAR
    return Said(-math.expm1(-(number + 0.5) / years * ahead), f"{number} in {years:.1f} years of {base.data}")


@cache
def _dataset(name: str) -> Dataset:
    return load_dataset(name)


def _share(data: Dataset, base: BaseRate, date: dt.date) -> Said:
    known = [row for row in data.rows if row[data.spec.known] < date]
    rows = [row for row in known if _ENDED.sub("", row["subset"]) == base.subset]
    if not rows:
        hint = did_you_mean(base.subset or "", sorted({_ENDED.sub("", row["subset"]) for row in known}), "subsets")
        raise UsageError(f"{base.data} has no subset '{base.subset}' known before {date}", hint=hint)
    latest = max(row["until"] for row in rows)
    by_event = {row["event"]: row for row in rows if row["until"] == latest}
    for name in base.events:
        if name not in by_event:
            raise UsageError(f"'{base.subset}' has no event '{name}'", hint=did_you_mean(name, by_event, "events"))
    if not base.events:
        raise UsageError("`events` of the base rate names nothing that counts", hint=f"there are {', '.join(by_event)}")
    number = sum(by_event[name]["num_events"] for name in base.events)
    cases = by_event[base.events[0]]["num_cases"]
    return Said((number + 0.5) / (cases + 1.0), f"{number:g} of {cases:g}, {base.subset}, to {latest.year}")


# People of the time --------------------------------------------------------------------------------------------------


def crowd(question: str, date: dt.date) -> Said | None:
    """The last figure named in the month up to a look, else the first in the week after it; none where there is neither."""
    rows = [
        row for row in load_dataset("forecasts").rows
        if row["question"] == question and date - BEFORE <= row["date"] <= date + AFTER
        and (row["resolved"] is None or row["resolved"] > date)
    ]  # fmt: skip
    earlier = [row for row in rows if row["date"] <= date]
    picked = max(earlier, key=lambda row: row["date"]) if earlier else min(rows, key=lambda row: row["date"], default=None)
    return None if picked is None else Said(picked["probability"], f"{picked['forecaster']}, {picked['date']}")


# What the other cases say ---------------------------------------------------------------------------------------------


def changes_elsewhere(looks: Sequence[SeenAt]) -> dict[str, float | None]:
    """By case, the share of the other cases' questions in which things changed, (k + 1/2) / (n + 1), seen from their beginnings.

    None where the other cases have no question that was judged.
    """
    counted = {
        found.case.name: (sum(item.came != (item.so_already > 0.5) for item in found.scored), len(found.scored))
        for found in looks
        if found.look.number == 0
    }
    shares: dict[str, float | None] = {}
    for name in {found.case.name for found in looks}:
        others = [pair for case, pair in counted.items() if case != name]
        changed, asked = (sum(part) for part in zip(*others, strict=True)) if others else (0, 0)
        shares[name] = (changed + 0.5) / (asked + 1.0) if asked else None
    return shares


def of_class(item: ClassChance, case: str, looks: Sequence[SeenAt]) -> dict[str, np.ndarray]:
    """What others said of the tone of the class at a reading: chances of the tones, worst first, by forecaster."""
    others = [
        (one, found) for found in looks if found.look.number == 0 and found.case.name != case for one in found.classes if one.is_ordered
    ]
    stays = np.zeros(len(TONES))
    stays[tone_of(item, item.class_at_look)] = 1.0
    said = {STATUS_QUO: stays, EVEN: np.full(len(TONES), 1.0 / len(TONES))}
    if others:
        came = np.bincount([one.tone for one, _ in others], minlength=len(TONES)) + 0.5
        said[OTHER_CASES] = came / came.sum()
    return said


def classes_of(found: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """The same as plain numbers."""
    return {name: [float(value) for value in values] for name, values in found.items()}
