"""What a study is about: a number of each history, named by its reader.

``war`` or ``share(war)``
    whether the history ends in that class: its mean is the class's share
``share(time:deal)``
    whether that ever happened up to the horizon
``time:deal``
    days until it happened, and the days to the horizon where it did not
``metric:trust``, ``tension``, ``utility:ACTOR``, ...
    a column of numbers
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.analysis.estimates import Columns
from sim.analysis.names import plain
from sim.analysis.summary import AT_HORIZON, TIMES
from sim.errors import UsageError
from sim.model.diagnostics import did_you_mean

Kind = Literal["class", "event", "time", "value"]
_SHARE = re.compile(r"\s*share\((.*)\)\s*")
_OWN = ("replication", "draws")


@dataclass(frozen=True)
class Output:
    """A number of each history.

    Attributes
    ----------
    name : as it is asked for, in its shortest form
    label : for readers
    kind : whether a share (of a class, of an event), a time, or any number
    column : the column of results that it is read from
    word : the class, for the share of one
    horizon : days to the time at which the outcome is read
    """

    name: str
    label: str
    kind: Kind
    column: str
    word: str = ""
    horizon: float = np.inf

    @property
    def is_share(self) -> bool:
        """Whether it is 0 or 1 in each history, so that its mean is a share."""
        return self.kind in ("class", "event")

    def values(self, results: Columns) -> np.ndarray:
        """Its value in each history, float64.

        Raises
        ------
        UsageError
            It is not known in some histories.
        """
        column = results[self.column]
        if self.kind == "class":
            return np.asarray(column == self.word, dtype=np.float64)
        found = np.asarray(column, dtype=np.float64)
        if self.kind in ("event", "time"):
            inside = found <= self.horizon * AT_HORIZON  # not so where it is nan, which is never
            return inside.astype(np.float64) if self.kind == "event" else np.where(inside, found, self.horizon)
        missing = int(np.count_nonzero(np.isnan(found)))
        if missing:
            raise UsageError(
                f"'{self.name}' is not known in {missing:,} of {len(found):,} histories",
                hint="study a class of outcome, a time, or a number that every history has",
            )
        return found


def output_of(text: str, scenario: Mapping[str, Any], kinds: Sequence[tuple[str, str]]) -> Output:
    """The output that a text names.

    Parameters
    ----------
    scenario : the completed scenario
    kinds : name and kind of each column of results (`sim.experiments.store.StoredRun.kinds`)

    Raises
    ------
    UsageError
        There is none of that name; the hint has the nearest one.
    """
    horizon = _horizon(scenario)
    classes = {str(item["class"]): str(item.get("label") or plain(str(item["class"]))) for item in scenario["outcomes"]}
    columns = dict(kinds)
    share = _SHARE.fullmatch(text)
    name = (share[1] if share else text).strip().removeprefix("outcome=")
    if name in classes:
        return Output(name, classes[name], "class", "outcome", name, horizon)
    known = [column for column, kind in columns.items() if kind in ("float64", "int64") and _may_be_studied(column)]
    column = name if name in columns else f"metric:{name}" if f"metric:{name}" in columns else name
    if column in known and not (share and not column.startswith("time:")):
        if share:
            return Output(f"share({column})", f"{_event(column)}: whether it happens", "event", column, horizon=horizon)
        if column.startswith("time:"):
            return Output(column, f"days to: {_event(column)}", "time", column, horizon=horizon)
        return Output(column, _words(column, scenario), "value", column, horizon=horizon)
    what = "a class of outcome or an event (`share(time:deal)`)" if share else "a class of outcome, a time, a metric or another number"
    if column in columns and not share:
        raise UsageError(f"'{text}' is no number of a history's result", hint=f"expected {what}")
    near = did_you_mean(name, [*classes, *known, *(item.removeprefix("metric:") for item in known if item.startswith("metric:"))], "names")
    raise UsageError(f"no output '{text}': expected {what}", hint=near)


def outputs_of(texts: Sequence[str], scenario: Mapping[str, Any], kinds: Sequence[tuple[str, str]]) -> list[Output]:
    """The outputs that some texts name, each once; without any, all classes of outcome."""
    found = [output_of(text, scenario, kinds) for text in texts or [str(item["class"]) for item in scenario["outcomes"]]]
    return list({output.name: output for output in found}.values())


def _may_be_studied(column: str) -> bool:
    return column not in _OWN and not column.startswith(("point:", "input:"))


def _horizon(scenario: Mapping[str, Any]) -> float:
    """Days to the time at which the outcome is read."""
    return float(scenario["horizon"]) / (24.0 if scenario.get("time_unit") == "hours" else 1.0)


def _event(column: str) -> str:
    name = column.removeprefix("time:")
    return dict(TIMES).get(name) or plain(name.replace(".", ": "))


def _words(column: str, scenario: Mapping[str, Any]) -> str:
    group, _, name = column.partition(":")
    if not name:
        return plain(column)
    entities = {"utility": "actors", "level": "issues"}.get(group)
    entry = (scenario.get(entities) or {}).get(name) if entities else None
    label = (entry or {}).get("label") or plain(name)
    return {"metric": f"{label}", "utility": f"utility of {label}", "level": f"level of “{label}”"}.get(group, f"{plain(group)}: {label}")
