"""What readers call the things of a run's results: classes of outcome, events, times, numbers.

Every command that asks for one of them (`--of`, `--outcome`, the left side of a target or threshold) reads its name here.

``war``, ``outcome=war`` or the label of the class
    the class of outcome
``time:deal``, ``metric:trust``, ``tension``
    a column of results
``deal``, ``trust``
    the one column that ends so behind its colon; times come before metrics, and these before others
``share(...)`` around a class or a time
    whether the history ends in that class, or whether that ever happens
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.names import TIMES, plain
from sim.errors import UsageError
from sim.model.diagnostics import did_you_mean

OUTCOME = "outcome"
TIME = "time:"
METRIC = "metric:"
_SHARE = re.compile(r"\s*share\((.*)\)\s*", re.DOTALL)
_OWN = ("replication", "draws")
_INPUTS = ("input:", "point:")
_GROUPS = {"level": "issues", "utility": "actors", "payoff": "actors"}
_OF_GROUP = {"level": "level of", "utility": "payoff of", "payoff": "payoff of"}


@dataclass(frozen=True)
class Found:
    """The thing of a run's results that a text names.

    Attributes
    ----------
    column : the column of results that it is read from
    word : the class of outcome, where it is one
    kind : kind of the column, as `sim.experiments.store.StoredRun.kinds` has it
    is_share : whether the text asks for a share: of a class always, of a time with `share(...)`
    """

    column: str
    kind: str
    word: str = ""
    is_share: bool = False

    @property
    def is_time(self) -> bool:
        """Whether the column has days until something happens, nan where it never does."""
        return self.column.startswith(TIME)


def outcome_labels(scenario: Mapping[str, Any]) -> dict[str, str]:
    """Label of every class of outcome, in the scenario's order."""
    return {str(item["class"]): str(item.get("label") or plain(str(item["class"]))) for item in scenario.get("outcomes", ())}


def class_called(text: str, labels: Mapping[str, str]) -> str | None:
    """The class of that name or, in any case of its letters, of that label; None without any."""
    wanted = text.strip().removeprefix(f"{OUTCOME}=")
    if wanted in labels:
        return wanted
    return next((name for name, label in labels.items() if label.casefold() == wanted.casefold()), None)


def find(text: str, scenario: Mapping[str, Any], kinds: Sequence[tuple[str, str]], option: str = "") -> Found:
    """The thing of the results that a text names.

    Parameters
    ----------
    scenario : the completed scenario
    kinds : name and kind of each column of results (`sim.experiments.store.StoredRun.kinds`)
    option : what begins a message, as `--of`

    Raises
    ------
    UsageError
        There is none of that name (the hint has the nearest one), there are several, or it is an input.
    """
    before = f"{option}: " if option else ""
    labels = outcome_labels(scenario)
    share = _SHARE.fullmatch(text)
    wanted = (share[1] if share else text).strip()
    word = class_called(wanted, labels)
    if word is not None:
        return Found(OUTCOME, dict(kinds)[OUTCOME], word, True)
    known = {name: kind for name, kind in kinds if name not in _OWN and not name.startswith(_INPUTS)}
    inputs = [name for name, _ in kinds if name.startswith(_INPUTS)]
    column = wanted if wanted in known else _ending(wanted, list(known), inputs, before)
    if column is not None and (not share or column.startswith(TIME)):
        return Found(column, known[column], is_share=bool(share))
    if share:
        shares = [*labels, *(name for name in known if name.startswith(TIME))]
        raise UsageError(
            f"{before}'{text}': expected a class of outcome or a time in share(...)", hint=did_you_mean(wanted, shares, "names")
        )
    raise UsageError(
        f"{before}no column '{wanted}' in the results, and no class of outcome",
        hint=did_you_mean(wanted, [*labels, *known, *(name.partition(":")[2] for name in known if ":" in name)], "names"),
    )


def _ending(wanted: str, known: Sequence[str], inputs: Sequence[str], before: str) -> str | None:
    """The one column that ends so behind its colon; times come before metrics, and these before others."""
    ending = [name for name in known if name.partition(":")[2] == wanted]
    for start in ("", TIME, METRIC):
        found = [name for name in ending if name.startswith(start)]
        if len(found) == 1:
            return found[0]
    if ending:
        raise UsageError(f"{before}'{wanted}' stands for several columns", hint=f"name one of them: {', '.join(ending)}")
    if any(wanted in (name, name.partition(":")[2]) for name in inputs):
        raise UsageError(
            f"{before}'{wanted}' is an input, and what it moves is asked", hint="name a column of what came, as in --of time:deal"
        )
    return None


def event_words(column: str) -> str:
    """What a column of times waits for: `first deal in force`."""
    name = column.removeprefix(TIME)
    return dict(TIMES).get(name) or plain(name.replace(".", ": "))


def column_label(scenario: Mapping[str, Any], column: str) -> str:
    """A column of results in words, as in the middle of a sentence: `time until first deal in force`."""
    if column == OUTCOME:
        return "the outcome"
    if column.startswith(f"{OUTCOME}@"):
        return f"the outcome after {float(column.partition('@')[2]):g} days"
    group, _, name = column.partition(":")
    if not name:
        return plain(column)
    if group == "time":
        return f"time until {event_words(column)}"
    if group == "count":
        return f"number of {plain(name)}"
    entry = (scenario.get(_GROUPS.get(group, "")) or {}).get(name)
    label = entry.get("label") if isinstance(entry, Mapping) else None
    told = f"\u201c{label}\u201d" if group == "level" and label else label or plain(name)
    return f"{_OF_GROUP[group]} {told}" if group in _OF_GROUP else told
