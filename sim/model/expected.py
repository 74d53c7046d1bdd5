"""What came of a case of the back-test: events by dates and classes at dates of reading, coded by what the model can see.

The record lies apart from the scenario, and nothing that fits parameters may read it: `tests/test_architecture.py` lets the back-test
alone import this module.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from sim.errors import UsageError
from sim.model.check.checker import Checker
from sim.model.datasets.spec import Date
from sim.model.diagnostics import Problems, describe, did_you_mean
from sim.model.expressions.kinds import Kind
from sim.model.expressions.ranges import Truth, interval
from sim.model.quantities import HOURS_IN
from sim.model.reader import Document, read
from sim.model.spec.base import ExpressionText, Identifier, Slug, Strict, Switch, Text
from sim.model.spec.scenario import ScenarioSpec, Source

FOLDER = "expected"  # beside the scenarios
Ground = Literal["looked_up", "data", "memory"]


class Found(Strict):
    """Whence a coder has an answer."""

    source: Identifier = Field(description="A key of `sources:`.")
    ground: Ground = Field(description="Whether it was looked up, is in a data set, or is from memory.")
    note: Text | None = Field(None, description="How the coder came from the event to the condition.")


class BaseRate(Strict):
    """How often such a thing comes, from a data set cut at the day of the look."""

    data: Slug = Field(description="A data set: of rates, where `subset` and `events` say which; or of dated events, taken as Poisson.")
    subset: Text | None = Field(None, description="Among which cases, without the words on when they had ended.")
    events: list[Text] = Field(default_factory=list, max_length=8, description="What of them counts; shares are added up.")


class ExpectedEvent(Found):
    """Whether something had happened by the end of a day, or was so at its end."""

    what: ExpressionText = Field(description="A condition of the scenario, without dates.")
    by: Date | None = Field(None, description="The last day on which it counts.")
    at: Date | None = Field(None, description="The day at the end of which it is read.")
    happened: Switch = Field(description="Whether it was so.")
    label: Text = Field(description="The question in words.")
    question: Identifier | None = Field(
        None, description="The question of the data set of forecasts that asks the same."
    )
    base: BaseRate | None = Field(None, description="The base rate with which the chance is compared.")

    @model_validator(mode="after")
    def _one_date(self) -> ExpectedEvent:
        if (self.by is None) == (self.at is None):
            raise ValueError("an event has `by` or `at`, and not both")
        return self

    @property
    def date(self) -> dt.date:
        """The day on whose end the answer is known at the latest."""
        date = self.by or self.at
        assert date is not None
        return date

    @property
    def condition(self) -> str:
        """The condition with its date, as the scenario's `given` would have it."""
        return f"({self.what}) {'by' if self.by else 'at'} {self.date.isoformat()}"


class ExpectedClass(Found):
    """The class of outcome at a date of reading."""

    at: Date = Field(description="A date of reading, or the horizon.")
    class_: Identifier = Field(alias="class", description="The class whose condition held.")


class Expected(Strict):
    """The record of one case."""

    schema_version: Literal[1] = Field(description="Version of this format: 1.")
    scenario: Slug = Field(description="The case; the name of both files.")
    looks: dict[Slug, Date] = Field(
        default_factory=dict,
        description="The day up to which each variant of the scenario knows what happened; events after it are open.",
    )
    sources: dict[Identifier, Source] = Field(min_length=1, description="Where answers come from.")
    outcomes: list[ExpectedClass] = Field(min_length=1, description="Classes at dates of reading.")
    events: list[ExpectedEvent] = Field(min_length=1, description="Events at dates.")


@dataclass(frozen=True)
class Reading:
    """A date at which the class of outcome is read."""

    date: dt.date
    days: float


def expected_file(scenario: str | os.PathLike[str]) -> Path:
    """Where the record of the case in a scenario file lies."""
    path = Path(scenario)
    return path.parent / FOLDER / path.name


def load_expected(path: str | os.PathLike[str], spec: ScenarioSpec) -> Expected:
    """The record of a case, checked against its scenario.

    Parameters
    ----------
    path : str or path
        The file of the record (`expected_file`).
    spec : ScenarioSpec
        The case as written, without a variant.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault: of the form, or a quantity, class or date that the scenario has not.
    UsageError
        There is no such file.
    """
    if not Path(path).is_file():
        hint = f"it lies in `{FOLDER}/`, named as the case"
        raise UsageError(f"{os.fspath(path)}: there is no record of what came of the case", hint=hint)
    document = read(path)
    problems = Problems(document)
    record = _formed(document, problems)
    _check(record, spec, problems)
    problems.raise_if_any()
    return record


def readings_of(spec: ScenarioSpec) -> tuple[Reading, ...]:
    """The dates of reading in order, the horizon among them."""
    in_days = {time * HOURS_IN[spec.time_unit] / HOURS_IN["days"] for time in (*spec.readings, spec.horizon)}
    return tuple(Reading(spec.start + dt.timedelta(days=days), days) for days in sorted(in_days))


def _formed(document: Document, problems: Problems) -> Expected:
    data = document.data
    if not isinstance(data, dict):
        problems.add(
            (),
            expected="a mapping with the keys of a record",
            found=describe(data),
            hint="begin with `schema_version: 1`",
        )
        problems.raise_if_any()
    try:
        return Expected.model_validate(data)
    except ValidationError as error:
        from sim.model.structure import report

        report(error, data, problems.add, Expected)
        problems.raise_if_any()
        raise


def _check(record: Expected, spec: ScenarioSpec, problems: Problems) -> None:
    if record.scenario != spec.id:
        problems.add(("scenario",), expected=f"the id of the case, '{spec.id}'", found=f"'{record.scenario}'")
    end = readings_of(spec)[-1].date
    _check_looks(record, spec, end, problems)
    _check_classes(record, spec, problems)
    _check_events(record, spec, problems)
    for group, items in (("outcomes", record.outcomes), ("events", record.events)):
        for number, item in enumerate(items):
            if item.source not in record.sources:
                problems.add((group, number, "source"), f"unknown source '{item.source}'",
                             hint=did_you_mean(item.source, record.sources, "sources"))  # fmt: skip


def _check_looks(record: Expected, spec: ScenarioSpec, end: dt.date, problems: Problems) -> None:
    for name, date in record.looks.items():
        if name not in spec.variants:
            problems.add(
                ("looks", name),
                f"unknown variant '{name}'",
                hint=did_you_mean(name, spec.variants, "variants"),
                at_key=True,
            )
        elif not spec.start <= date < end:
            problems.add(
                ("looks", name), expected=f"a date from {spec.start} up to, and not with, {end}", found=date.isoformat()
            )


def _check_classes(record: Expected, spec: ScenarioSpec, problems: Problems) -> None:
    dates = [reading.date for reading in readings_of(spec)]
    classes = [outcome.id for outcome in spec.outcomes]
    seen: set[dt.date] = set()
    for number, item in enumerate(record.outcomes):
        if item.at not in dates:
            problems.add(
                ("outcomes", number, "at"),
                expected=f"a date of reading: {', '.join(map(str, dates))}",
                found=item.at.isoformat(),
            )
        elif item.at in seen:
            problems.add(("outcomes", number, "at"), f"{item.at} is read twice", hint="keep one class a date")
        seen.add(item.at)
        if item.class_ not in classes:
            problems.add(("outcomes", number, "class"), f"unknown class '{item.class_}'",
                         hint=did_you_mean(item.class_, classes, "classes of outcome"))  # fmt: skip


def _check_events(record: Expected, spec: ScenarioSpec, problems: Problems) -> None:
    """Each is a condition of the scenario that its date lets be true and false."""
    seen: dict[str, int] = {}
    for number, item in enumerate(record.events):
        path = ("events", number, "what")
        if item.condition in seen:
            problems.add(path, f"the same is asked as event {seen[item.condition] + 1}", hint="leave it out once")
        seen[item.condition] = number
        before = len(problems)
        checker = Checker(spec, None, problems.add, problems.add, "")
        if checker.expression(path, item.what, Kind.BOOLEAN) is None or len(problems) > before:
            continue
        parsed = checker.expression(
            ("events", number, "by" if item.by else "at"), item.condition, Kind.BOOLEAN, until=spec.horizon
        )
        if parsed is not None:
            truth = interval(parsed, checker.situation.bounds, Kind.BOOLEAN)
            if truth in (Truth.NEVER, Truth.ALWAYS):
                problems.add(path, f"this is {'never' if truth is Truth.NEVER else 'always'} true in the scenario")
