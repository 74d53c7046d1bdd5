"""Pure equilibria of a game of any number of players, by looking at every profile."""

from __future__ import annotations

import numpy as np

from sim.games.normal_form import NormalForm, Profile, pure_profile

NAME = "enumeration of pure profiles"


def pure_equilibria(game: NormalForm, tolerance: float = 1e-12) -> tuple[Profile, ...]:
    """Every profile of pure strategies in which nobody gains more than ``tolerance`` (a share of the span) by deviating alone."""
    best = np.ones(game.shape, dtype=bool)
    for player in range(game.num_players):
        table = game.payoffs[player]
        best &= table >= table.max(axis=player, keepdims=True) - tolerance * game.span
    return tuple(pure_profile(game, [int(k) for k in profile]) for profile in np.argwhere(best))
