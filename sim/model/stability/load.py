"""A file of a conflict in option form -> a checked `Conflict`, or every fault at once, each at its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.errors import ParameterError
from sim.games.stability.graph import GraphModel
from sim.games.stability.options import State, feasible_states, option_moves, ranks_by_statements, ranks_of
from sim.model.diagnostics import Diagnostic, Path, Problems, describe, did_you_mean
from sim.model.expressions.errors import ExpressionError
from sim.model.kinds import CONFLICT, refuse_other_kind
from sim.model.reader import Document, read, read_text
from sim.model.stability.conflict import Conflict, options_of
from sim.model.stability.spec import ConflictSpec
from sim.model.stability.statements import RESERVED, Condition, condition, is_pattern

MAX_NUMBERS = 6  # states that a message lists


@dataclass(frozen=True)
class LoadedConflict:
    """A conflict that can be analysed, and remarks that do not stop it."""

    conflict: Conflict
    warnings: tuple[Diagnostic, ...] = ()


def load_conflict(path: str | os.PathLike[str]) -> LoadedConflict:
    """The conflict of a file, with remarks on what decides nothing.

    Raises
    ------
    ScenarioError
        With a diagnostic for every fault.
    """
    return conflict_of(read(path))


def conflict_from_text(text: str, name: str = "<text>") -> LoadedConflict:
    """As `load_conflict`, from a text."""
    return conflict_of(read_text(text, name))


def conflict_of(document: Document) -> LoadedConflict:
    """As `load_conflict`, from a document already read."""
    problems = Problems(document)
    data = document.data
    if not isinstance(data, dict):
        problems.add((), expected="a mapping with the keys of a conflict", found=describe(data),
                     hint="begin with `schema_version: 1`")  # fmt: skip
        problems.raise_if_any()
    refuse_other_kind(data, CONFLICT, document.name)
    try:
        spec = ConflictSpec.model_validate(data)
    except ValidationError as error:
        from sim.model.structure import report

        report(error, data, problems.add, ConflictSpec)
        problems.raise_if_any()
        raise
    return _Checker(spec, problems).checked()


class _Checker:
    """What the parts of a conflict say about one another."""

    def __init__(self, spec: ConflictSpec, problems: Problems) -> None:
        self.spec = spec
        self.problems = problems
        self.remarks = Problems(problems.document)
        self.options = options_of(spec)
        self.names = [key for _, key, _ in self.options]
        self.is_state_list_right = True

    def checked(self) -> LoadedConflict:
        self._names_of_options()
        self._sources()
        self.problems.raise_if_any()  # statements are read by the names of options
        infeasible = self._conditions(("infeasible",), self.spec.infeasible)
        merged = self._conditions(("merged",), self.spec.merged)
        self.is_state_list_right = not len(self.problems)  # else what is said of single states would only puzzle
        states = self._states(infeasible, merged)
        names = self._state_names(states)
        status_quo = self._one_state(("status_quo",), self.spec.status_quo, states)
        ranks, met = self._preferences(states)
        self.problems.raise_if_any()
        conflict = Conflict(
            self.spec, states, GraphModel(len(states), self._moves(states), ranks), names, status_quo, met
        )
        return LoadedConflict(conflict, self.remarks.sorted())

    def _names_of_options(self) -> None:
        first: dict[str, str] = {}
        for maker, entry in self.spec.decision_makers.items():
            for name in entry.options:
                path = ("decision_makers", maker, "options", name)
                if name.casefold() in RESERVED:
                    self.problems.add(path, f"'{name}' cannot be the name of an option: patterns and statements use it",
                                      hint="choose another word", at_key=True)  # fmt: skip
                elif name in first:
                    self.problems.add(path, f"option '{name}' is declared twice, by {first[name]} and {maker}",
                                      hint="statements name options alone: give each a name of its own", at_key=True)  # fmt: skip
                first.setdefault(name, maker)

    def _sources(self) -> None:
        entries: list[tuple[Path, Any]] = []
        for maker, entry in self.spec.decision_makers.items():
            entries.append((("decision_makers", maker), entry))
            entries += [(("decision_makers", maker, "options", name), option) for name, option in entry.options.items()]
        for path, entry in entries:
            for key in ("source", "form"):
                text = getattr(entry, key)
                # A text of several words is a citation; a single word is meant as a key.
                if text is not None and text not in self.spec.sources and not any(map(str.isspace, text.strip())):
                    self.problems.add((*path, key), f"unknown source '{text}'",
                                      hint=did_you_mean(text, self.spec.sources, "sources"))  # fmt: skip

    def _condition(self, path: Path, text: str) -> Condition | None:
        try:
            return condition(text, self.names)
        except ExpressionError as error:
            self.problems.add(path, error.message, hint=error.hint, column=error.column)
            return None

    def _conditions(self, path: Path, texts: Sequence[str]) -> list[Condition]:
        found = [self._condition((*path, number), text) for number, text in enumerate(texts)]
        return [item for item in found if item is not None]

    def _states(self, infeasible: list[Condition], merged: list[Condition]) -> tuple[State, ...]:
        try:
            states = feasible_states(
                len(self.options),
                lambda combination: any(item.holds(combination) for item in infeasible),
                [item.holds for item in merged],
            )
        except ParameterError as error:
            path = ("infeasible",) if "no combination" in str(error) else ("decision_makers",)
            if self.is_state_list_right:
                self.problems.add(path, str(error), hint=error.hint, at_key=True)
            self.problems.raise_if_any()
            raise
        for number, item in enumerate(merged) if self.is_state_list_right else ():
            if not any(item.holds(combination) for state in states for combination in state.combinations):
                self.remarks.add(("merged", number), "no feasible state meets this", hint="leave it out")
        return states

    def _meeting(self, states: Sequence[State], wanted: Condition) -> list[int]:
        """The states of which some combination meets a condition."""
        return [number for number, state in enumerate(states) if any(map(wanted.holds, state.combinations))]

    def _one_state(self, path: Path, text: str | None, states: Sequence[State]) -> int | None:
        """The only state that a text means; anything else is a fault."""
        wanted = None if text is None else self._condition(path, text)
        if wanted is None or not self.is_state_list_right:
            return None
        found = self._meeting(states, wanted)
        if len(found) == 1:
            return found[0]
        if not found:
            self.problems.add(path, "no feasible state is meant", hint="`infeasible:` rules it out")
        else:
            self.problems.add(path, f"expected one state, found {len(found)}: {_numbers(found)}",
                              hint="say Y or N for more options")  # fmt: skip
        return None

    def _state_names(self, states: Sequence[State]) -> tuple[str, ...]:
        names = [""] * len(states)
        for name, text in self.spec.names.items():
            state = self._one_state(("names", name), text, states)
            if state is None:
                continue
            if names[state]:
                self.problems.add(("names", name), f"state {state + 1} has a name already: '{names[state]}'",
                                  hint="keep one of them", at_key=True)  # fmt: skip
            names[state] = name
        return tuple(names)

    def _preferences(
        self, states: Sequence[State]
    ) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[tuple[bool, ...], ...], ...]]:
        ranks, met = [], []
        for maker, entry in self.spec.decision_makers.items():
            path = ("decision_makers", maker)
            truths: tuple[tuple[bool, ...], ...] = ()
            ranking = (0,) * len(states)
            if (entry.prefers is None) == (entry.ranking is None):
                both = "both" if entry.prefers is not None else "neither"
                self.problems.add(path, expected="`prefers` or `ranking`", found=both, at_key=True,
                                  hint="statements under `prefers:`, or the states in order under `ranking:`")  # fmt: skip
            elif entry.prefers is not None:
                wanted = self._conditions((*path, "prefers"), entry.prefers)
                if len(wanted) == len(entry.prefers):
                    truths = tuple(tuple(item.holds(state.taken) for state in states) for item in wanted)
                    ranking = ranks_by_statements(states, [item.holds for item in wanted])
                    self._idle((*path, "prefers"), truths, states)
            else:
                ranking = self._ranked((*path, "ranking"), entry.ranking or [], states)
            ranks.append(ranking)
            met.append(truths)
        return tuple(ranks), tuple(met)

    def _idle(self, path: Path, truths: Sequence[Sequence[bool]], states: Sequence[State]) -> None:
        """Remark on statements that tell no two states apart."""
        for number, truth in enumerate(truths):
            if len(states) > 1 and len(set(truth)) == 1:
                always = "in every" if truth[0] else "in no"
                self.remarks.add((*path, number), f"this statement holds {always} feasible state and decides nothing",
                                 hint="leave it out, or see whether it says what was meant")  # fmt: skip

    def _ranked(self, path: Path, groups: Sequence[Sequence[str]], states: Sequence[State]) -> tuple[int, ...]:
        """Ranks from a list of states, each named once; numbers are those of the states, from 1."""
        place: dict[int, Path] = {}
        found: list[list[int]] = []
        faults = len(self.problems)
        for number, group in enumerate(groups):
            tied: list[int] = []
            for position, text in enumerate(group):
                alone = not isinstance(self._written((*path, number)), list)
                here = (*path, number) if alone else (*path, number, position)
                for state in self._meant(here, text, states) if self.is_state_list_right else ():
                    if state in place:
                        self.problems.add(here, f"state {state + 1} is ranked twice", hint="keep one of them")
                        continue
                    place[state] = here
                    tied.append(state)
            found.append(tied)
        if not self.is_state_list_right:
            return (0,) * len(states)
        missing = [state for state in range(len(states)) if state not in place]
        if len(self.problems) > faults:
            return (0,) * len(states)
        if missing:
            self.problems.add(path, f"expected all {len(states)} states, found {len(place)}: {_numbers(missing)} missing",
                              hint="name each feasible state once; a list within the list is a tie", at_key=True)  # fmt: skip
            return (0,) * len(states)
        return ranks_of([group for group in found if group], len(states))

    def _written(self, path: Path) -> Any:
        assert self.problems.document is not None
        return self.problems.document.value(path)

    def _meant(self, path: Path, text: str, states: Sequence[State]) -> Iterable[int]:
        """The states that an entry of a ranking means: a name, a number from 1, a pattern or a statement."""
        names = list(self.spec.names)
        if text in names:
            wanted = self._condition(path, self.spec.names[text])
            return self._meeting(states, wanted) if wanted else ()
        if re.fullmatch(r"[0-9]{1,9}", text.strip()):
            number = int(text)
            if 1 <= number <= len(states):
                return (number - 1,)
            self.problems.add(path, f"there is no state {number}", hint=f"states are numbered from 1 to {len(states)}")
            return ()
        if not is_pattern(text) and names and not any(word in self.names for word in text.split()):
            self.problems.add(path, f"unknown state '{text}'", hint=did_you_mean(text, names, "names of states"))
            return ()
        wanted = self._condition(path, text)
        if wanted is None:
            return ()
        found = self._meeting(states, wanted)
        if not found:
            self.problems.add(path, "no feasible state is meant", hint="`infeasible:` rules it out")
        return found

    def _moves(self, states: Sequence[State]) -> tuple[tuple[int, ...], ...]:
        taken = sum(1 << place for place, (_, _, option) in enumerate(self.options) if option.irreversible == "taken")
        dropped = sum(
            1 << place for place, (_, _, option) in enumerate(self.options) if option.irreversible == "dropped"
        )
        return tuple(
            option_moves(
                states, [place for place, (owner, _, _) in enumerate(self.options) if owner == player], taken, dropped
            )
            for player in range(len(self.spec.decision_makers))
        )


def _numbers(states: Sequence[int]) -> str:
    """The first few states as people count them."""
    listed = ", ".join(str(state + 1) for state in states[:MAX_NUMBERS])
    more = len(states) - MAX_NUMBERS
    return f"state{'s' if len(states) > 1 else ''} {listed}" + (f" and {more} more" if more > 0 else "")
