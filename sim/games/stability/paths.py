"""Where things can go from a state if everybody moves only to improve its own lot."""

from __future__ import annotations

from sim.games.stability.graph import GraphModel
from sim.games.stability.joint import Move, reachable, shortest_sequence


def improving_paths(model: GraphModel, start: int) -> dict[int, tuple[Move, ...]]:
    """For each state that legal sequences of unilateral improvements reach from ``start``, a shortest one.

    Source: Li, Kilgour and Hipel (2005) on analysis from the status quo, with improvements only.
    """
    everybody = range(model.num_players)
    found = reachable(model, everybody, start, improving=True)
    return {
        state: shortest_sequence(model, everybody, start, 1 << state, improving=True)
        for state in range(model.num_states)
        if found >> state & 1 and state != start
    }
