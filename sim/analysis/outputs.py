"""What a study is about: a number of each history, named by its reader (`sim.analysis.result_names`).

Of a class of outcome, or of a time in `share(...)`, it is 1 or 0, so that its mean is a share; of a time it is the days until it
happened, or the days to the horizon where it did not; of another column its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.analysis.estimates import Columns
from sim.analysis.names import AT_HORIZON
from sim.analysis.result_names import column_label, event_words, find, outcome_labels
from sim.errors import UsageError

Kind = Literal["class", "event", "time", "value"]


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
    found = find(text, scenario, kinds)
    column = found.column
    if found.word:
        return Output(found.word, outcome_labels(scenario)[found.word], "class", column, found.word, horizon)
    if found.kind not in ("float64", "int64"):
        raise UsageError(
            f"'{text}' is no number of a history's result",
            hint="expected a class of outcome, a time, a metric or another number",
        )
    if found.is_share:
        return Output(f"share({column})", f"{event_words(column)}: whether it happens", "event", column, horizon=horizon)
    if found.is_time:
        return Output(column, f"days to: {event_words(column)}", "time", column, horizon=horizon)
    return Output(column, column_label(scenario, column), "value", column, horizon=horizon)


def outputs_of(texts: Sequence[str], scenario: Mapping[str, Any], kinds: Sequence[tuple[str, str]]) -> list[Output]:
    """The outputs that some texts name, each once; without any, all classes of outcome."""
    found = [output_of(text, scenario, kinds) for text in texts or [str(item["class"]) for item in scenario["outcomes"]]]
    return list({output.name: output for output in found}.values())


def _horizon(scenario: Mapping[str, Any]) -> float:
    """Days to the time at which the outcome is read."""
    return float(scenario["horizon"]) / (24.0 if scenario.get("time_unit") == "hours" else 1.0)
