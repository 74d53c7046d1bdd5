"""Equilibria of a game of two players by the paths of Lemke and Howson, through quantecon (extra ``quantecon``).

One path starts from each strategy of either player; each ends in an equilibrium, often in the same. There may be others.

Source: Lemke and Howson (1964), SIAM Journal 12(2), 413-423.
"""

from __future__ import annotations

import numpy as np

from sim.errors import ParameterError, UsageError
from sim.games.normal_form import NormalForm, Profile

NAME = "Lemke-Howson (quantecon)"
_MAX_PIVOTS = 1_000_000


def path_equilibria(game: NormalForm) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """Where the paths from every strategy end, each once, and a sentence for each that did not end.

    Raises
    ------
    UsageError
        quantecon is not there.
    ParameterError
        Another number of players.
    """
    if game.num_players != 2:
        raise ParameterError(f"{NAME} is for two players; this game has {game.num_players}")
    try:
        from quantecon.game_theory import NormalFormGame, Player, lemke_howson
    except ImportError as error:
        raise UsageError(
            f"the method 'lemke-howson' needs the package quantecon ({error})",
            hint="pip install 'geosim[quantecon]', or the method 'enumeration'",
        ) from None
    shifted = game.payoffs / game.span
    table = NormalFormGame([Player(np.ascontiguousarray(shifted[0])), Player(np.ascontiguousarray(shifted[1].T))])
    found: dict[tuple[tuple[float, ...], ...], Profile] = {}
    notes = []
    for start in range(sum(game.shape)):
        profile, details = lemke_howson(table, init_pivot=start, max_iter=_MAX_PIVOTS, full_output=True)
        if not details.converged:
            notes.append(f"The path from strategy {start + 1} did not end within {_MAX_PIVOTS:,} pivots.")
            continue
        found[tuple(tuple(np.round(one, 9)) for one in profile)] = tuple(tuple(map(float, one)) for one in profile)
    return tuple(found.values()), tuple(notes)
