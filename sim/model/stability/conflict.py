"""A checked conflict: the file, its states, and the graph model that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.games.stability.graph import GraphModel
from sim.games.stability.options import State
from sim.model.stability.spec import ConflictSpec, Option


@dataclass(frozen=True)
class Conflict:
    """A conflict in option form with its states; decision makers, options and states by their place in the file, from 0.

    Attributes
    ----------
    names : per state, the name that the file gives it, or nothing
    status_quo : the state as things stand; None where the file names none
    met : per decision maker with statements and per statement, for which states it holds
    """

    spec: ConflictSpec
    states: tuple[State, ...]
    model: GraphModel
    names: tuple[str, ...]
    status_quo: int | None
    met: tuple[tuple[tuple[bool, ...], ...], ...]

    @cached_property
    def players(self) -> tuple[str, ...]:
        """Names of the decision makers as readers see them."""
        return tuple(item.label or key for key, item in self.spec.decision_makers.items())

    @cached_property
    def options(self) -> tuple[tuple[int, str, Option], ...]:
        """Decision maker, id and entry of each option."""
        return tuple(options_of(self.spec))

    @cached_property
    def option_labels(self) -> tuple[str, ...]:
        """Names of the options as readers see them."""
        return tuple(item.label or key for _, key, item in self.options)

    def signs(self, state: int) -> str:
        """The state as a pattern: Y, N or - for each option."""
        return "".join("-" if value is None else "Y" if value else "N" for value in self.states[state].values)


def options_of(spec: ConflictSpec) -> Sequence[tuple[int, str, Option]]:
    """Decision maker, id and entry of each option, in the order of the file."""
    return [
        (player, key, option)
        for player, maker in enumerate(spec.decision_makers.values())
        for key, option in maker.options.items()
    ]
