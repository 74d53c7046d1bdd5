"""Logit equilibria of the agent form of a tree: at each information set an agent of its own answers by logit.

The payoff of an action is what it brings given that its information set is reached, with beliefs by Bayes' rule. Every
information set is reached with positive probability at any finite precision, so beliefs are always defined; chances of paths are kept
as logarithms, since they may be smaller than the smallest number.

Source: McKelvey and Palfrey (1998), Experimental Economics 1(1), 9-41; Signorino (1999) for the deterrence tree.
"""

from __future__ import annotations

import numpy as np

from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, require_recall
from sim.games.solvers.logit_branch import Values

NAME = "principal branch of the agent logit correspondence"
_LOG_OF_NOTHING = -2_000.0  # of a branch of chance with probability zero: beliefs beyond it are then still defined


def action_values(game: ExtensiveForm, unit: float) -> Values:
    """The payoffs of all actions, in units of ``unit``, as a function of log probabilities (batch, actions of all information sets).

    Raises
    ------
    ParameterError
        The game lacks perfect recall.
    """
    require_recall(game, NAME)
    starts = np.concatenate([[0], np.cumsum([len(one.actions) for one in game.info_sets])]).tolist()
    num_nodes = len(game.nodes)

    def branch_logs(number: int, logs: np.ndarray) -> list[np.ndarray | float]:
        node = game.nodes[number]
        if isinstance(node, Decision):
            first = starts[game.set_of_node[number]]
            return [logs[:, first + k] for k in range(len(node.actions))]
        if isinstance(node, Chance):
            return [float(np.log(p)) if p > 0.0 else _LOG_OF_NOTHING for p in node.probabilities]
        return []

    def values(logs: np.ndarray) -> np.ndarray:
        batch = len(logs)
        reach = np.zeros((num_nodes, batch), dtype=logs.dtype)
        worth = np.zeros((num_nodes, batch, game.num_players), dtype=logs.dtype)
        steps = [branch_logs(k, logs) for k in range(num_nodes)]
        for number in range(num_nodes):
            for child, step in zip(game.children[number], steps[number], strict=True):
                reach[child] = reach[number] + step
        for number in reversed(range(num_nodes)):
            node = game.nodes[number]
            if isinstance(node, End):
                worth[number] = np.asarray(node.payoffs, dtype=float) / unit
            for child, step in zip(game.children[number], steps[number], strict=True):
                worth[number] += np.exp(step)[..., None] * worth[child]
        result = np.zeros((batch, starts[-1]), dtype=logs.dtype)
        for at, one in enumerate(game.info_sets):
            nodes = list(one.nodes)
            shifted = reach[nodes] - reach[nodes].real.max(axis=0)
            beliefs = np.exp(shifted)
            beliefs = beliefs / beliefs.sum(axis=0)
            for k in range(len(one.actions)):
                below = np.array([worth[game.children[n][k]][:, one.player] for n in nodes])
                result[:, starts[at] + k] = (beliefs * below).sum(axis=0)
        return result

    return values
