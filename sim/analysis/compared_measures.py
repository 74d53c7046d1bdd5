"""What is compared between arms: outcome classes, events, metrics, utilities; and by what one history is better than another.

A measure reads one number from each history: 1 or 0 for what happened or not, days for a wait, the number itself otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from sim.analysis.names import AT_HORIZON, plain
from sim.analysis.summary import told_times
from sim.errors import UsageError
from sim.experiments.arms import Arms
from sim.experiments.comparison import Played
from sim.model.diagnostics import did_you_mean

Form = Literal["share", "number", "days"]
Columns = Mapping[str, str]  # name and kind
OUTCOME = "outcome"
TONES = ("worst", "bad", "mixed", "good")  # in the order in which one end is better than another
GROUPS = {
    "outcomes": "How histories end",
    "events": "What happens on the way",
    "waits": "How long it takes",
    "payoffs": "Payoffs",
    "utilities": "Utilities at the end",
    "metrics": "Metrics at the end",
    "also": "Asked for besides",
}


@dataclass(frozen=True)
class Measure:
    """One number of each history."""

    id: str  # outcome=war, time:deal, wait:deal, metric:x, utility:A, payoff:A
    label: str
    group: str
    form: Form
    column: str
    value: str = ""  # of an outcome: the class
    horizon: float = 0.0  # days, of events and waits

    def of(self, rows: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its value in each history, float64; nan where a metric is not known."""
        column = rows[self.column]
        match self.group:
            case "outcomes":
                return (np.asarray(column) == self.value).astype(float)
            case "events":
                with np.errstate(invalid="ignore"):
                    return (np.asarray(column, dtype=float) <= self.horizon * AT_HORIZON).astype(float)
            case "waits":
                days = np.asarray(column, dtype=float)
                return np.fmin(days, self.horizon)  # never counts as the horizon
        return np.asarray(column, dtype=float)


def measures_of(arms: Arms, columns: Columns, also: Sequence[str] = ()) -> list[Measure]:
    """All measures of some arms whose rows have these columns, in the order in which they are told.

    Parameters
    ----------
    also : columns of numbers that are compared besides, over the histories in which both arms have them

    Raises
    ------
    UsageError
        There is no such column, or it holds words; the hint has the nearest one.
    """
    found = list(_measures(arms, columns))
    there = {item.id for item in found}
    for name in dict.fromkeys(also):
        measure = _column_measure(columns, name, option="--also")
        if measure is None and name not in there:
            numbers = [column for column, kind in columns.items() if kind != "text"]
            raise UsageError(f"--also {name}: no column of this name", hint=did_you_mean(name, numbers, "columns"))
        if measure is not None and name not in there:
            found.append(replace(measure, group="also"))
    return found


def _measures(arms: Arms, columns: Columns) -> Iterator[Measure]:
    scenario = arms[arms.reference].completed
    classes = {item["class"]: item.get("label") or plain(item["class"]) for item in scenario["outcomes"]}
    for name in arms.classes:
        yield Measure(f"outcome={name}", classes[name], "outcomes", "share", OUTCOME, name)
    horizon = float(scenario["horizon"]) / per_day(scenario)
    times = list(told_times(columns, scenario))
    for name, words in times:
        yield Measure(f"time:{name}", words, "events", "share", f"time:{name}", horizon=horizon)
    for name, words in times:
        yield Measure(f"wait:{name}", f"time to {words}", "waits", "days", f"time:{name}", horizon=horizon)
    for prefix, group, words in (("payoff:", "payoffs", "{}"), ("utility:", "utilities", "{}"), ("metric:", "metrics", "{}")):
        for column in columns:
            if column.startswith(prefix):
                name = column.removeprefix(prefix)
                label = plain(name) if group == "metrics" else _actor(scenario, name)
                yield Measure(column, words.format(label), group, "number", column)


def per_day(scenario: Mapping[str, Any]) -> float:
    """Time units of a scenario in a day."""
    return 24.0 if scenario.get("time_unit") == "hours" else 1.0


def _actor(scenario: Mapping[str, Any], name: str) -> str:
    actor = scenario["actors"].get(name) or {}
    return str(actor.get("label") or plain(name))


def common_columns(played: Played) -> dict[str, str]:
    """Name and kind of the columns that the rows of all arms have, in the order of the reference's."""
    tables = [dict(run.kinds("results")) for run in played.runs.values()]
    reference = dict(played.runs[played.arms.reference].kinds("results"))
    found = {}
    for name, kind in reference.items():
        if all(name in table for table in tables):
            found[name] = "text" if any(table[name] == "text" for table in tables) else kind
    return found


def columns_before(arms: Arms, seed: int) -> dict[str, str]:
    """The columns that the rows of the reference will have, by one history of it."""
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case

    row, _, _ = play(compile_case(arms[arms.reference].completed), 0, seed)
    return {name: "text" if value is None or isinstance(value, str) else "float64" for name, value in row.items()}


# What is better ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Goal:
    """By what one history is better than another: the tone of its outcome, or a number of which more, or less, is better."""

    id: str
    label: str  # "how good the end is", "more utility of A"
    is_ordinal: bool = False  # only the order counts, as with tones
    sign: float = 1.0
    measure: Measure | None = None
    ranks: Mapping[str, float] | None = None  # of outcome classes

    @property
    def columns(self) -> list[str]:
        """What it reads."""
        return [OUTCOME if self.measure is None else self.measure.column]

    def of(self, rows: Mapping[str, np.ndarray]) -> np.ndarray:
        """The larger the better, a value for each history; nan where it is not known."""
        if self.measure is not None:
            return self.sign * self.measure.of(rows)
        assert self.ranks is not None
        outcomes = np.asarray(rows[OUTCOME])
        found = np.full(len(outcomes), np.nan)
        for name, rank in self.ranks.items():
            found[outcomes == name] = rank
        return found


def goal_of(arms: Arms, columns: Columns, by: str | None = None) -> Goal | None:
    """The goal that is asked for; by default the tone of outcomes, and none where the classes have no different tones.

    Parameters
    ----------
    by : ``outcome``, a measure's id, or the name of a column of numbers; with a minus before it less is better

    Raises
    ------
    UsageError
        There is no such measure or column; the hint has the nearest one. No different tones, though these were asked for.
    """
    text = (by or "").strip()
    if text in ("", OUTCOME):
        goal = _by_tone(arms)
        if goal is None and text:
            raise UsageError(
                "--by outcome: the classes of outcome have no different tones",
                hint="give them `tone: good`, `mixed`, `bad` or `worst`, or name a metric, as in --by metric:NAME",
            )
        return goal
    sign, name = (-1.0, text[1:].strip()) if text.startswith("-") else (1.0, text)
    measures = {item.id: item for item in measures_of(arms, columns)}
    measure = measures.get(name) or _column_measure(columns, name)
    if measure is None:
        known = [*measures, *(column for column in columns if column not in measures)]
        raise UsageError(f"--by {text}: no outcome, metric or column of this name", hint=did_you_mean(name, known, "measures"))
    return Goal(text, _goal_words(measure, sign), sign=sign, measure=measure)


def _by_tone(arms: Arms) -> Goal | None:
    ranks: dict[str, float] = {}
    for arm in arms.arms:
        for item in arm.completed["outcomes"]:
            ranks.setdefault(item["class"], float(TONES.index(item.get("tone") or "mixed")))
    if len(set(ranks.values())) < 2:
        return None
    return Goal(OUTCOME, "how good the end is", is_ordinal=True, ranks=ranks)


def _column_measure(columns: Columns, name: str, option: str = "--by") -> Measure | None:
    if name not in columns:
        return None
    if columns[name] == "text":
        raise UsageError(
            f"{option} {name}: the column holds words, not numbers",
            hint="for the share of a class write --by outcome=CLASS" if option == "--by" else "name a column of numbers",
        )
    return Measure(name, plain(name.replace(":", " ")), "metrics", "number", name)


def _goal_words(measure: Measure, sign: float) -> str:
    more = "more" if sign > 0 else "less"
    match measure.group:
        case "outcomes":
            return f"{more} often \u201c{measure.label}\u201d"
        case "events":
            return f"{more} often: {measure.label}"
        case "waits":
            return f"{'later' if sign > 0 else 'sooner'}: {measure.label.removeprefix('time to ')}"
        case "utilities":
            return f"{more} utility of {measure.label}"
        case "payoffs":
            return f"{more} payoff of {measure.label}"
    return f"{more} {measure.label}"


def read(played: Played, measures: Sequence[Measure], goal: Goal | None) -> dict[str, dict[str, np.ndarray]]:
    """The columns that measures and goal need, by arm."""
    names = list(dict.fromkeys([OUTCOME, *(item.column for item in measures), *([] if goal is None else goal.columns)]))
    return {name: played.rows(name, names) for name in played.arms.names}


__all__ = ["GROUPS", "Goal", "Measure", "columns_before", "common_columns", "goal_of", "measures_of", "per_day", "read"]
