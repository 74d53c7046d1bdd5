"""What a run is asked about: the class of outcome, one class, a condition on the columns, a number or a time.

    asked = ask(stored, rows, of="time:deal")
    asked.values          # of each history: a class, whether it came, a number (nan is never)
    asked.label           # "time until first deal in force"
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.delta import equal_slices
from sim.analysis.outputs import output_of
from sim.analysis.result_names import OUTCOME, class_called, column_label, event_words, find, outcome_labels
from sim.errors import UsageError
from sim.model.diagnostics import did_you_mean

if TYPE_CHECKING:
    from sim.experiments.store import StoredRun

CAME = "it comes"  # the class of histories in which an event came; the others have no name


class Kind(enum.Enum):
    """What is known of each history."""

    CLASSES = "classes"  # one of several words
    EVENT = "event"  # whether it came: one class, or a condition
    NUMBER = "number"
    TIME = "time"  # days, nan where it never came


@dataclass(frozen=True)
class Asked:
    """What is asked about, and of each studied history what it was.

    Attributes
    ----------
    name : str
        As the command line has it: `outcome`, `outcome=war`, `time:deal`, or a condition.
    label : str
        In words, as in the middle of a sentence.
    values : array, shape (histories,)
        Text for CLASSES, truth values for EVENT, floats else.
    labels : mapping
        Of classes, by their names.
    """

    name: str
    label: str
    kind: Kind
    values: np.ndarray = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether histories are ordered by it."""
        return self.kind in (Kind.NUMBER, Kind.TIME)

    def coded(self, slices: int) -> tuple[np.ndarray, list[str]]:
        """A class number for each history and the names of the classes; numbers are cut into ``slices``, what is missing comes last."""
        if self.kind is Kind.CLASSES:
            return numbered(self.values)
        if self.kind is Kind.EVENT:
            return self.values.astype(np.int64), ["", CAME]
        known = np.isfinite(self.values)
        codes = np.full(len(self.values), -1, dtype=np.int64)
        if known.any():
            codes[known] = equal_slices(self.values[known], slices)
        last = int(codes.max()) + 1
        codes[~known] = last
        names = [str(number) for number in range(last)]
        return codes, names if known.all() else [*names, "never"]

    @property
    def is_constant(self) -> bool:
        """Whether it was the same in all histories."""
        if self.is_number:
            known = self.values[np.isfinite(self.values)]
            return len(known) in (0, len(self.values)) and (len(known) == 0 or float(known.max()) == float(known.min()))
        return len(set(self.values.tolist())) < 2


def numbered(values: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The place of every word among the different ones, which come second, in order; None is an empty one."""
    words = ["" if value is None else str(value) for value in values.tolist()]
    names = sorted(set(words))
    place = {name: n for n, name in enumerate(names)}
    return np.array([place[word] for word in words], dtype=np.int64), names


def outcomes(scenario: Mapping[str, Any], values: np.ndarray) -> Asked:
    """The class of outcome of each history."""
    return Asked(OUTCOME, "the outcome", Kind.CLASSES, values, outcome_labels(scenario))


def ask(
    stored: StoredRun, rows: np.ndarray, *, outcome: str | None = None, of: str | None = None, where: str | None = None
) -> Asked:
    """What one of the three options asks about; the class of outcome without any.

    Parameters
    ----------
    rows : positions of the histories that are studied
    outcome : a class of outcome, by name or label
    of : as `sim.analysis.result_names` reads it
    where : a condition as `sim query` takes it

    Raises
    ------
    UsageError
        More than one of them, an unknown name (with the nearest one), a condition that is none, or something that is the same in
        all histories.
    """
    given = [name for name, value in (("--outcome", outcome), ("--of", of), ("--where", where)) if value is not None]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} exclude each other", hint="keep one of them")
    if outcome is not None:
        found = _one_outcome(stored, rows, outcome)
    elif where is not None:
        found = _condition(stored, rows, where)
    elif of is not None:
        found = _column(stored, rows, of)
    else:
        found = outcomes(stored.case, _taken(stored, rows, OUTCOME))
    if found.is_constant:
        raise UsageError(_always(stored, found, len(rows)), hint=_to_see(stored, found))
    return found


def _taken(stored: StoredRun, rows: np.ndarray, column: str) -> np.ndarray:
    from sim.experiments.columns import rows_at

    return np.asarray(rows_at(stored.results, rows, [column])[column])


def _one_outcome(stored: StoredRun, rows: np.ndarray, wanted: str) -> Asked:
    labels = outcome_labels(stored.case)
    name = class_called(wanted, labels)
    if name is None:
        raise UsageError(f"--outcome: no class of outcome '{wanted}'", hint=did_you_mean(wanted, list(labels), "classes"))
    hits = np.asarray(_taken(stored, rows, OUTCOME) == name)
    return Asked(f"{OUTCOME}={name}", f"\u201c{labels[name]}\u201d", Kind.EVENT, hits, labels)


def _condition(stored: StoredRun, rows: np.ndarray, text: str) -> Asked:
    # A line break, so that a comment at its end does not swallow what follows.
    question = f"SELECT ({text}\n) AS hit FROM results ORDER BY replication"
    found = stored.query(question)["hit"]
    if found.dtype != bool and not {type(value) for value in found.tolist()} <= {bool, type(None)}:
        raise UsageError(
            f"--where: expected a condition, which is true or false of a history, found values like {found.tolist()[0]!r}",
            hint="write it as in 'outcome = ''pact'' and \"time:deal\" < 365'; `sim query` shows columns",
        )
    hits = np.array([value is True for value in found.tolist()]) if found.dtype != bool else found  # NULL is not true
    return Asked(text, f"\u201c{' '.join(text.split())}\u201d", Kind.EVENT, hits[rows])


def _column(stored: StoredRun, rows: np.ndarray, wanted: str) -> Asked:
    found = find(wanted, stored.case, stored.kinds("results"), "--of")
    if found.word:
        return _one_outcome(stored, rows, found.word)
    name, values = found.column, _taken(stored, rows, found.column)
    label = column_label(stored.case, name)
    if found.is_share:
        share = output_of(wanted, stored.case, stored.kinds("results"))
        return Asked(share.name, f"\u201c{event_words(name)}\u201d", Kind.EVENT, share.values({name: values}) > 0.0)
    if found.kind == "text":
        labels = outcome_labels(stored.case) if name.partition("@")[0] == OUTCOME else {}
        return Asked(name, label, Kind.CLASSES, values, labels)
    return Asked(name, label, Kind.TIME if found.is_time else Kind.NUMBER, values.astype(float))


def _always(stored: StoredRun, asked: Asked, histories: int) -> str:
    all_of_them = f"all {histories:,} histories" if histories != 1 else "the one history"
    none = f"none of the {histories:,} histories" if histories != 1 else "not in the one history"
    if asked.kind is Kind.EVENT:
        came = all_of_them if bool(asked.values[0]) else none
        return f"{asked.label} came in {came}, so nothing can be told about what it hangs on"
    if asked.kind is Kind.TIME and not np.isfinite(asked.values).any():
        return f"{asked.name}: it came in {none}, so nothing can be told about what it hangs on"
    value = asked.values[0]
    told = asked.labels.get(str(value), str(value)) if asked.kind is Kind.CLASSES else f"{float(value):g}"
    return f"{asked.name} is the same in {all_of_them} ({told}), so nothing can be told about what it hangs on"


def _to_see(stored: StoredRun, asked: Asked) -> str:
    if asked.kind is Kind.EVENT and not bool(asked.values[0]):
        return f"`sim show {stored.directory}` tells what did come; a rare end needs more histories (--replications)"
    return f"`sim show {stored.directory}` tells what differed"
