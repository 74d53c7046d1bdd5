"""Logit equilibria of normal-form games: payoffs of all strategies against the others' mixtures, many points at once."""

from __future__ import annotations

import numpy as np

from sim.games.normal_form import NormalForm
from sim.games.solvers.logit_branch import Values

NAME = "principal branch of the logit correspondence"


def strategy_values(game: NormalForm, unit: float) -> Values:
    """The payoffs of all strategies, in units of ``unit``, as a function of log probabilities (batch, strategies of all players)."""
    starts = np.concatenate([[0], np.cumsum(game.shape)]).tolist()
    tables = game.payoffs / unit

    def values(logs: np.ndarray) -> np.ndarray:
        chances = np.exp(logs)
        parts = [chances[:, a:b] for a, b in zip(starts[:-1], starts[1:], strict=True)]
        return np.concatenate([_against(tables[i], parts, i) for i in range(game.num_players)], axis=1)

    return values


def _against(table: np.ndarray, parts: list[np.ndarray], player: int) -> np.ndarray:
    """Payoff of each of the player's strategies, shape (batch, strategies)."""
    table = np.moveaxis(table, player, 0)
    others = [parts[j] for j in range(len(parts)) if j != player]
    if not others:
        return np.broadcast_to(table.astype(parts[0].dtype), parts[0].shape)
    result = np.moveaxis(np.tensordot(table, others[-1], axes=(-1, 1)), -1, 0)
    for chances in reversed(others[:-1]):
        result = np.einsum("b...s,bs->b...", result, chances)
    return result
