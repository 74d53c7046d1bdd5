"""How much of a solved game `most_moves` cuts off: the solution has no such limit, histories have."""

from __future__ import annotations

import math

import numpy as np

from sim.model.game.graph import GameGraph
from sim.model.spec.game import Game, SimultaneousMove

NOTHING = 1e-12  # of all play; less is none
MOST_WORK = 300_000_000  # edges that are followed, of all moves together


def share_cut_off(game: Game, found: GameGraph, strategy: np.ndarray) -> float:
    """Probability that play goes on after the last move that is allowed.

    Parameters
    ----------
    strategy : probabilities of options as on the graph, one information set after another.

    Nan where play goes on and on, and so many moves on so large a graph would take minutes to follow.
    """
    graph = found.graph
    weight = graph.edge_probability(strategy)
    goes_on = graph.edge_child >= 0
    ends_move = _ends_move(game, found)
    at = graph.roots.astype(float)
    work = 0
    for _ in range(game.most_moves):
        after = np.zeros_like(at)
        work += len(weight)
        if work > MOST_WORK:
            return math.nan
        while at.any():  # those who choose at once stand one after the other on the graph
            flow = weight * at[graph.edge_node]
            at = np.bincount(graph.edge_child[goes_on & ~ends_move], flow[goes_on & ~ends_move], graph.num_nodes)
            after += np.bincount(graph.edge_child[goes_on & ends_move], flow[goes_on & ends_move], graph.num_nodes)
        at = after
        if at.sum() < NOTHING:
            return 0.0
    return float(at.sum())


def _ends_move(game: Game, found: GameGraph) -> np.ndarray:
    """Whether an edge is the last of its move: all are, but for players at once before the last of them."""
    inner = np.zeros(len(found.sets), dtype=bool)
    for n, item in enumerate(found.sets):
        move = game.moves[item.unit.move]
        inner[n] = isinstance(move, SimultaneousMove) and item.unit.player != move.by[-1]
    graph = found.graph
    ends = np.ones(len(graph.edge_node), dtype=bool)
    chosen = graph.edge_choice >= 0
    ends[chosen] = ~inner[graph.option_set[graph.edge_choice[chosen]]]
    return ends
