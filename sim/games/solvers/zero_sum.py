"""Optimal strategies and value of a game of two players whose payoffs add up to the same everywhere, by a linear programme.

Player 1 maximises the least that any strategy of player 2 leaves; player 2 does the same for its own payoff. Any pair of optimal
strategies is an equilibrium, and all have the same value.

Source: Dantzig (1951) for the programme; the theorem is von Neumann's, of 1928.
"""

from __future__ import annotations

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalForm, Profile, constant_sum

NAME = "linear programme of the zero-sum game"


def optimal_strategies(game: NormalForm) -> tuple[Profile, float]:
    """One optimal strategy for each player, and the value to player 1.

    Raises
    ------
    ParameterError
        Another number of players, or payoffs whose sum varies.
    """
    if game.num_players != 2 or constant_sum(game) is None:
        raise ParameterError(
            "the method 'zero sum' is for two players whose payoffs add up to the same everywhere",
            hint="the method 'enumeration' takes any game of two players",
        )
    first, value = _guarantee(game.payoffs[0])
    second, _ = _guarantee(game.payoffs[1].T)
    return (first, second), value


def _guarantee(table: np.ndarray) -> tuple[tuple[float, ...], float]:
    """The mixture of rows whose least column is largest, and that value."""
    from scipy.optimize import linprog

    rows, columns = table.shape
    shift, span = float(table.min()), float(table.max() - table.min()) or 1.0
    scaled = (table - shift) / span
    done = linprog(
        np.append(np.zeros(rows), -1.0),
        np.hstack([-scaled.T, np.ones((columns, 1))]),
        np.zeros(columns),
        np.append(np.ones(rows), 0.0)[None, :],
        [1.0],
        [(0.0, None)] * rows + [(None, None)],
        method="highs",
    )
    if not done.success:
        raise ParameterError(f"the linear programme of the zero-sum game has no answer: {done.message}")
    mixture = np.clip(done.x[:rows], 0.0, None)
    mixture /= mixture.sum()
    return tuple(map(float, mixture)), shift + span * float((mixture @ scaled).min())
