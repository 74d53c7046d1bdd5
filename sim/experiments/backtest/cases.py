"""Cases of the back-test: a scenario of the past, what came of it, and the days on which it is looked at.

What is asked of a history (did the event come, does the history fit what was known at a look) is added to the scenario as metrics,
so that one run answers for all looks of a case. What is given changes no history.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim import resources
from sim.errors import ScenarioError, UsageError
from sim.model.complete import complete, content_hash
from sim.model.diagnostics import Problems
from sim.model.expected import (
    FOLDER,
    Expected,
    ExpectedClass,
    ExpectedEvent,
    Reading,
    expected_file,
    load_expected,
    readings_of,
)
from sim.model.expressions.reading import parse
from sim.model.expressions.tree import Dated, walk
from sim.model.load import load_scenario
from sim.model.reader import read
from sim.model.spec.scenario import ScenarioSpec

AT_START = "at-start"  # the name of the look on the day on which the case begins


@dataclass(frozen=True)
class Look:
    """A day on which the case is looked at, and what had happened by then."""

    name: str
    date: dt.date
    label: str
    given: tuple[str, ...] = ()
    number: int = 0  # 0 is the start

    @property
    def fits(self) -> str:
        """The metric that is 1 where a history fits what had happened; empty where nothing is known."""
        return f"backtest_fits_{self.number}" if self.given else ""

    @property
    def evidence(self) -> str:
        """What had happened, as one condition."""
        return " and ".join(f"({text})" for text in self.given)


@dataclass(frozen=True)
class Case:
    """A case with its record, ready to be played."""

    name: str
    path: Path
    spec: ScenarioSpec
    record: Expected
    looks: tuple[Look, ...]  # by date, the start first
    fitted: str = ""  # the variant with fitted values that is played, if there is one

    @cached_property
    def completed(self) -> dict[str, Any]:
        """The scenario that is played: without evidence, with what is asked as metrics."""
        asked = self.spec.model_copy(update={"given": None, "metrics": {**self.spec.metrics, **_questions(self)}})
        return complete(asked)

    @cached_property
    def scenario_hash(self) -> str:
        """Hash of the scenario that is played."""
        return content_hash(self.completed)

    def readings_after(self, look: Look) -> list[tuple[ExpectedClass, Reading]]:
        """Classes that are known, and were not at the look."""
        at = {reading.date: reading for reading in readings_of(self.spec)}
        return [(item, at[item.at]) for item in self.record.outcomes if item.at > look.date]

    def events_after(self, look: Look) -> list[tuple[int, ExpectedEvent]]:
        """Events by number that the look leaves open by their date."""
        return [(n, item) for n, item in enumerate(self.record.events) if item.date > look.date or look.number == 0]


def came(number: int) -> str:
    """The metric of an event."""
    return f"backtest_event_{number}"


def so_at(look: Look, number: int) -> str:
    """The metric of how an event stood at a look."""
    return f"backtest_event_{number}_at_{look.number}"


def class_at(look: Look, number: int) -> str:
    """The metric of whether the condition of a class held at a look."""
    return f"backtest_class_{number}_at_{look.number}"


def _questions(case: Case) -> dict[str, str]:
    """What is asked of a history, by metric."""
    asked = {came(n): item.condition for n, item in enumerate(case.record.events)}
    for look in case.looks:
        if look.given:
            asked[look.fits] = look.evidence
        for n, item in case.events_after(look):
            asked[so_at(look, n)] = f"({item.what}) {'by' if item.by else 'at'} {look.date.isoformat()}"
        for n, outcome in enumerate(case.spec.outcomes):
            asked[class_at(look, n)] = f"({outcome.when}) at {look.date.isoformat()}"
    return {name: f"if({condition}, 1, 0)" for name, condition in asked.items()}


# Loading -------------------------------------------------------------------------------------------------------------


def cases_in(places: Sequence[str | os.PathLike[str]] = ()) -> list[Case]:
    """The cases in folders or files, by the date on which they begin; without any, the shipped ones.

    Raises
    ------
    UsageError
        There is no such place, or no case in it; a case has no record, or a record no case; two cases have one name.
    ScenarioError
        A case or its record cannot be used.
    """
    shown = [Path(place) for place in places] or [resources.folder("scenarios") / "history"]
    files = [file for place in shown for file in _files(place)]
    for n, file in enumerate(files):
        if file.stem in [other.stem for other in files[:n]]:
            raise UsageError(f"{file}: a case of the name '{file.stem}' is there already", hint="name each case once")
    return sorted((load_case(file) for file in files), key=lambda case: (case.spec.start, case.name))


def _files(place: Path) -> list[Path]:
    hint = f"a case is a scenario such as scenarios/history/cuba-1962.yaml, with what came of it in {FOLDER}/ beside it"
    if place.is_file():
        return [place]
    if not place.exists():
        raise UsageError(f"{place}: there is no such folder or file", hint=hint)
    files = sorted(place.glob("*.yaml"))
    if not files:
        raise UsageError(f"{place}: there are no cases in this folder", hint=hint)
    orphans = sorted({path.name for path in (place / FOLDER).glob("*.yaml")} - {path.name for path in files})
    if orphans:
        raise UsageError(f"{place / FOLDER / orphans[0]}: there is no case of this name", hint=f"it would be {place / orphans[0]}")
    return files


def load_case(path: Path) -> Case:
    """The case of a file. Raises as `cases_in`."""
    written = load_scenario(path)
    fitted = _fitted(path, written)
    spec = load_scenario(path, variant=fitted) if fitted else written
    file = expected_file(path)
    record = load_expected(file, spec)
    problems = Problems(read(file))
    looks = [Look(AT_START, spec.start, "On the day on which the case begins", tuple(spec.given or ()))]
    before = spec.start
    for number, (name, date) in enumerate(record.looks.items(), 1):
        if date < before:
            problems.add(("looks", name), f"{date} comes before the look above it, at {before}", hint="order the looks by date")
        before = date
        looks.append(_look(path, written, name, date, number, problems))
    problems.raise_if_any()
    _check_dates(path, spec, looks)
    return Case(spec.id, path, spec, record, tuple(looks), fitted)


def _fitted(path: Path, spec: ScenarioSpec) -> str:
    """The fitted variant that a case is played with: the one whose targets are all dated before the case begins; empty without any.

    That they are is checked where the file is read (`sim.model.check.targets`). A variant that was fitted to any other targets may
    know what came of the case, so it is never played here.
    """
    days = {name: variant.fitted.before for name, variant in spec.variants.items() if variant.fitted is not None}
    fair = [name for name, before in days.items() if before is not None and before <= spec.start]
    if len(fair) > 1:
        raise ScenarioError(
            f"{path}: {len(fair)} variants are fitted to data from before {spec.start}: {', '.join(fair)}",
            hint="keep one; a case is played once",
        )
    return fair[0] if fair else ""


def _look(path: Path, spec: ScenarioSpec, name: str, date: dt.date, number: int, problems: Problems) -> Look:
    change = spec.variants[name]
    other = sorted(set(change.set) - {"given"})
    if other:
        problems.add(
            ("looks", name),
            f"the variant sets {other[0]}, and a look may set `given` alone: it is the same case",
            hint="make a case of its own of it",
        )
    known = load_scenario(path, variant=name).given
    if not known:
        problems.add(("looks", name), "the variant says nothing of what had happened", hint="set `given` in it")
    return Look(name, date, change.label or name, tuple(known or ()), number)


def _check_dates(path: Path, spec: ScenarioSpec, looks: Iterable[Look]) -> None:
    """Refuse what nobody could know at a look."""
    for look in looks:
        for text in look.given:
            later = [node.date for node in walk(parse(text, spec.time_unit).root) if isinstance(node, Dated) and node.date > look.date]
            if later:
                raise ScenarioError(
                    f"{path}: the look '{look.name}' of {look.date} is given '{text}', and {later[0]} came after it",
                    hint="a look knows what had happened up to its day",
                )
