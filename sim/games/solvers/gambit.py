"""Equilibria and quantal responses through pygambit (extra ``gambit``; licence GPL, so it is never installed by default).

Two players: every extreme equilibrium, exactly. More: every support, in floating point; it can miss equilibria, and on games
with continua it may not end, which is why it runs under a time limit (`sim.games.child`).
"""

from __future__ import annotations

import io
from typing import Any

from sim.errors import UsageError
from sim.games.extensive_form import ExtensiveForm
from sim.games.files.efg import write_efg
from sim.games.files.text import plain_labels
from sim.games.normal_form import NormalForm, Profile

NAME = "Gambit (pygambit)"


def _pygambit() -> Any:
    try:
        import pygambit
    except ImportError as error:
        raise UsageError(
            f"the method 'gambit' needs the package pygambit ({error})",
            hint="pip install 'geosim[gambit]' (it compiles for minutes), or a method without it",
        ) from None
    return pygambit


def version() -> str:
    """The version of pygambit."""
    return str(_pygambit().__version__)


def _table(game: NormalForm) -> Any:
    """The game as pygambit has it, its numbers as the decimals that they print as."""
    import numpy as np

    from sim.games.files.text import number_text

    exact = np.vectorize(number_text, otypes=[object])(game.payoffs)
    return _pygambit().Game.from_arrays(*exact)


def equilibria(game: NormalForm) -> tuple[Profile, ...]:
    """Equilibria by exact enumeration (two players) or by supports (more)."""
    gambit = _pygambit()
    table = _table(game)
    answer = (
        gambit.nash.enummixed_solve(table)
        if game.num_players == 2
        else gambit.nash.enumpoly_solve(table, use_strategic=True)
    )
    return tuple(_profile(table, one) for one in answer.equilibria)


def logit(game: NormalForm, precision: float) -> Profile:
    """The first point of the principal branch at the precision."""
    table = _table(game)
    point = next(iter(_pygambit().qre.logit_solve_lambda(table, [precision], use_strategic=True)))
    return _profile(table, point.profile)


def _profile(table: Any, mixed: Any) -> Profile:
    return tuple(tuple(float(mixed[strategy]) for strategy in player.strategies) for player in table.players)


def agent_logit(game: ExtensiveForm, precision: float) -> dict[str, tuple[float, ...]]:
    """The first point of the principal branch of the agent form at the precision, as a behaviour."""
    gambit = _pygambit()
    tree = gambit.read_efg(io.BytesIO(write_efg(game).encode()))
    point = next(iter(gambit.qre.logit_solve_lambda(tree, [precision])))
    # Numbers in the order of players, information sets and actions: pygambit 16.7.0 cannot make the profile itself.
    numbers = iter([float(point[k]) for k in range(len(point))])
    names = dict(
        zip(plain_labels([one.label for one in game.info_sets]), [one.label for one in game.info_sets], strict=True)
    )
    return {
        names[info_set.label]: tuple(next(numbers) for _ in info_set.actions)
        for player in tree.players
        for info_set in player.infosets
    }
