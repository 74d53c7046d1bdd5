"""From yes/no options to a graph model: which states there are, who can move where, and rankings from statements.

A combination of options is a whole number with one bit an option: bit 0 is the first option, set where it is taken. A
state is one combination, or several that count as the same. Published tables number the combinations in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sim.errors import ParameterError
from sim.games.stability.graph import States

MAX_OPTIONS = 16  # 65,536 combinations to look through
MAX_STATES = 2_048  # feasible ones; such a conflict takes seconds, a larger one minutes


@dataclass(frozen=True)
class State:
    """A state: its combinations, and per option True (taken), False (not taken) or None (either)."""

    combinations: tuple[int, ...]
    values: tuple[bool | None, ...]

    @property
    def taken(self) -> int:
        """The combination that stands for it in statements: an option that may be either counts as not taken."""
        return sum(1 << place for place, value in enumerate(self.values) if value)


def feasible_states(
    num_options: int, infeasible: Callable[[int], bool], merged: Sequence[Callable[[int], bool]] = ()
) -> tuple[State, ...]:
    """The states of a conflict: single combinations in ascending order, then those that were merged, in their order.

    A combination that several conditions would merge belongs to the first of them. Conditions that no feasible
    combination meets make no state.

    Raises
    ------
    ParameterError
        More options or states than can be analysed, or no feasible combination.
    """
    if num_options > MAX_OPTIONS:
        raise ParameterError(
            f"{num_options} options make {2**num_options:,} combinations, more than can be looked through",
            hint=f"at most {MAX_OPTIONS} options: leave out those that decide least, or join options that go together",
        )
    single: list[int] = []
    groups: list[list[int]] = [[] for _ in merged]
    for combination in range(1 << num_options):
        if infeasible(combination):
            continue
        group = next((members for members, belongs in zip(groups, merged, strict=True) if belongs(combination)), single)
        group.append(combination)
    found = [(combination,) for combination in single] + [tuple(members) for members in groups if members]
    if not found:
        raise ParameterError(
            "no combination of options is feasible",
            hint="the patterns of `infeasible:` rule out everything: take one away",
        )
    if len(found) > MAX_STATES:
        raise ParameterError(
            f"{len(found):,} states are feasible, more than can be analysed (at most {MAX_STATES})",
            hint="rule out combinations that cannot be (`infeasible:`), or let those that make no difference be one state (`merged:`)",
        )
    return tuple(State(members, _values(members, num_options)) for members in found)


def _values(members: Sequence[int], num_options: int) -> tuple[bool | None, ...]:
    values: list[bool | None] = []
    for place in range(num_options):
        taken = {member >> place & 1 for member in members}
        values.append(bool(taken.pop()) if len(taken) == 1 else None)
    return tuple(values)


def option_moves(
    states: Sequence[State], own: Sequence[int], stays_taken: int = 0, stays_dropped: int = 0
) -> tuple[States, ...]:
    """Per state, the states that somebody reaches by changing some of its ``own`` options at once.

    ``stays_taken`` and ``stays_dropped`` are sets of options: of those that cannot be given up once they are taken, and
    of those that cannot be taken up again once they are not.
    """
    mine = sum(1 << place for place in own)
    by_rest: dict[int, list[tuple[int, int]]] = {}  # what the others do -> (combination, state)
    for number, state in enumerate(states):
        for combination in state.combinations:
            by_rest.setdefault(combination & ~mine, []).append((combination, number))
    table = [0] * len(states)
    for members in by_rest.values():
        for combination, number in members:
            for other, target in members:
                dropped, taken = combination & ~other & mine, other & ~combination & mine
                if target != number and not dropped & stays_taken and not taken & stays_dropped:
                    table[number] |= 1 << target
    return tuple(table)


def ranks_by_statements(states: Sequence[State], statements: Sequence[Callable[[int], bool]]) -> tuple[int, ...]:
    """Ranks by option prioritising: what meets a statement is better than what does not, the first statement first.

    Equivalent to scores of powers of two. States that meet the same statements are ties.
    Source: Peng, Hipel, Kilgour and Fang (1997); Fang, Hipel, Kilgour and Peng (2003).
    """
    scores = [tuple(not statement(state.taken) for statement in statements) for state in states]
    places = {score: place for place, score in enumerate(sorted(set(scores)))}
    return tuple(places[score] for score in scores)


def ranks_of(groups: Sequence[Sequence[int]], num_states: int) -> tuple[int, ...]:
    """Ranks from groups of tied states, the best first; each state stands in exactly one group."""
    ranks = [-1] * num_states
    for rank, group in enumerate(groups):
        for state in group:
            ranks[state] = rank
    assert all(rank >= 0 for rank in ranks) and sum(map(len, groups)) == num_states
    return tuple(ranks)


def ordered(ranks: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Groups of tied states, the best first."""
    groups: dict[int, list[int]] = {}
    for state, rank in enumerate(ranks):
        groups.setdefault(rank, []).append(state)
    found = tuple(tuple(groups[rank]) for rank in sorted(groups))
    assert all(ranks[one[0]] < ranks[other[0]] for one, other in pairwise(found))
    return found
