"""What several decision makers can bring about in turn: legal sequences, in which nobody moves twice in succession.

Source: Fang, Hipel and Kilgour (1993), chapter 3: the reachable list of a coalition and its unilateral improvements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.games.stability.graph import GraphModel, States, states_in


class Move(NamedTuple):
    """One step of a sequence: who moves, and to which state."""

    player: int
    state: int


def reachable(model: GraphModel, group: Sequence[int], start: int, *, improving: bool = False) -> States:
    """The states that a group reaches from ``start`` by legal sequences of at least one move.

    With ``improving``, each move must be a unilateral improvement for whoever makes it, from where it is made.
    """
    tables = model.improvements if improving else model.moves
    by_last = dict.fromkeys(group, 0)  # states reached, by who moved last
    done = dict.fromkeys(group, 0)  # states from which this member has moved already
    fresh = {player: tables[player][start] for player in group}
    found = 0
    while any(fresh.values()):
        for player in group:
            by_last[player] |= fresh[player]
        following = dict.fromkeys(group, 0)
        for player in group:
            open_to = 0
            for other in group:
                if other != player:
                    open_to |= by_last[other]
            targets = 0
            for state in states_in(open_to & ~done[player]):
                targets |= tables[player][state]
            done[player] |= open_to
            following[player] = targets & ~by_last[player]
        fresh = following
    for states in by_last.values():
        found |= states
    return found


def shortest_sequence(
    model: GraphModel, group: Sequence[int], start: int, goals: States, *, improving: bool = False
) -> tuple[Move, ...]:
    """The shortest legal sequence of a group from ``start`` into ``goals``; empty where there is none.

    Among equally short ones the first by the order of the group, then of the states.
    """
    tables = model.improvements if improving else model.moves
    came_from: dict[tuple[int, int], tuple[int, int] | None] = {}  # (last mover, state) -> the step before
    front: list[tuple[int, int]] = [(-1, start)]
    while front:
        following = []
        for last, state in front:
            for player in group:
                if player == last:
                    continue
                for target in states_in(tables[player][state]):
                    step = (player, target)
                    if step in came_from:
                        continue
                    came_from[step] = None if last < 0 else (last, state)
                    if goals >> target & 1:
                        return _back(came_from, step)
                    following.append(step)
        front = following
    return ()


def _back(came_from: dict[tuple[int, int], tuple[int, int] | None], last: tuple[int, int]) -> tuple[Move, ...]:
    steps = []
    step: tuple[int, int] | None = last
    while step is not None:
        steps.append(Move(*step))
        step = came_from[step]
    return tuple(reversed(steps))
