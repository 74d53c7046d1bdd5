"""The graph model: states as numbers, the moves of each decision maker, and how each ranks the states.

Conventions of this package: decision makers and states are numbered from 0. A rank of 0 is the best; equal ranks are
indifference. A set of states is a whole number with one bit a state, so that joint moves stay quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.errors import ParameterError

States = int  # a set of states: bit s is set where state s belongs to it


def states_in(found: States) -> Iterator[int]:
    """The states of a set, in ascending order."""
    while found:
        lowest = found & -found
        yield lowest.bit_length() - 1
        found ^= lowest


def set_of(states: Iterable[int]) -> States:
    """The set of these states."""
    found = 0
    for state in states:
        found |= 1 << state
    return found


@dataclass(frozen=True)
class GraphModel:
    """A conflict as a graph.

    Attributes
    ----------
    num_states : int
    moves : per decision maker and state, the set of states to which it alone can move
    ranks : per decision maker and state, its rank (0 is best, equal numbers are ties)

    Raises
    ------
    ParameterError
        Tables of the wrong length, a move out of the states or from a state to itself, or a rank below 0.
    """

    num_states: int
    moves: tuple[tuple[States, ...], ...]
    ranks: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if self.num_states < 1:
            raise ParameterError(f"a graph model needs a state, found {self.num_states}")
        if len(self.moves) != len(self.ranks) or not self.moves:
            raise ParameterError(
                f"expected as many rankings as tables of moves and at least one, found {len(self.ranks)} for {len(self.moves)}"
            )
        for player, (table, ranking) in enumerate(zip(self.moves, self.ranks, strict=True)):
            if len(table) != self.num_states or len(ranking) != self.num_states:
                raise ParameterError(f"decision maker {player}: expected {self.num_states} entries a table")
            if any(rank < 0 for rank in ranking):
                raise ParameterError(f"decision maker {player}: ranks begin at 0")
            for state, targets in enumerate(table):
                if targets >> self.num_states or targets >> state & 1:
                    raise ParameterError(
                        f"decision maker {player}: a move from state {state} leads to itself or nowhere"
                    )

    @property
    def num_players(self) -> int:
        """How many decision makers there are."""
        return len(self.moves)

    @cached_property
    def improvements(self) -> tuple[tuple[States, ...], ...]:
        """Per decision maker and state, the states it can move to and strictly prefers (unilateral improvements)."""
        return tuple(
            tuple(targets & self._better[player][ranking[state]] for state, targets in enumerate(self.moves[player]))
            for player, ranking in enumerate(self.ranks)
        )

    @cached_property
    def _better(self) -> tuple[dict[int, States], ...]:
        """Per decision maker and rank, the states of a better rank."""
        tables = []
        for ranking in self.ranks:
            by_rank: dict[int, States] = {}
            for state, rank in enumerate(ranking):
                by_rank[rank] = by_rank.get(rank, 0) | 1 << state
            table, above = {}, 0
            for rank in sorted(by_rank):
                table[rank] = above
                above |= by_rank[rank]
            tables.append(table)
        return tuple(tables)

    def better_than(self, player: int, state: int) -> States:
        """The states that a decision maker strictly prefers to a state."""
        return self._better[player][self.ranks[player][state]]

    def prefers(self, player: int, one: int, other: int) -> bool:
        """Whether a decision maker strictly prefers one state to another."""
        return self.ranks[player][one] < self.ranks[player][other]


def from_lists(moves: Sequence[Sequence[Iterable[int]]], ranks: Sequence[Sequence[int]]) -> GraphModel:
    """The model of moves given as lists: per decision maker and state, the states it can move to."""
    tables = tuple(tuple(set_of(targets) for targets in table) for table in moves)
    return GraphModel(len(ranks[0]) if ranks else 0, tables, tuple(map(tuple, ranks)))
