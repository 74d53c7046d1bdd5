"""Which supports carry equilibria in many games of one form at once: what resampled payoffs ask again and again.

``tables`` has shape (games, players, strategies of player 1, strategies of player 2, ...). A *support* names for each player the
numbers of the strategies in use. With two players every choice of supports of equal size is tried, which finds all equilibria of a
game that is not degenerate (as almost all resampled ones are); with more, pure profiles are, and a given mixed equilibrium is
followed into each game by Newton's method.

Source: von Stengel (2007), Equilibrium computation for two-player games, in Algorithmic Game Theory, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np

from sim.games.normal_form import Profile

Support = tuple[tuple[int, ...], ...]

MOST_PAIRS = 1_000  # choices of supports of equal size that are tried in every game
_TIE = 1e-9  # share of a game's span: smaller gains count as none
_SINGULAR = 1e-12  # determinant, of payoffs scaled to a span of one, below which supports hold no isolated equilibrium
_NEWTON = 12  # steps


def support_of(profile: Sequence[Sequence[float]]) -> Support:
    """The strategies in use."""
    return tuple(tuple(k for k, p in enumerate(one) if p > 1e-7) for one in profile)


def is_pure(support: Support) -> bool:
    """Whether every player uses one strategy."""
    return all(len(one) == 1 for one in support)


def scaled(tables: np.ndarray) -> np.ndarray:
    """The same games with a span of one; a game in which nothing varies becomes one of zeros."""
    flat = tables.reshape(len(tables), tables.shape[1], -1)
    least = flat.min(axis=2, keepdims=True)
    span = (flat.max(axis=2, keepdims=True) - least).max(axis=1, keepdims=True)
    span[span == 0.0] = 1.0
    return ((flat - least) / span).reshape(tables.shape)


def pure_equilibria(tables: np.ndarray) -> np.ndarray:
    """Whether each pure profile is an equilibrium: shape (games, strategies of player 1, ...)."""
    found = np.ones(tables[:, 0].shape, dtype=bool)
    unit = scaled(tables)
    for player in range(tables.shape[1]):
        own = unit[:, player]
        found &= own >= own.max(axis=player + 1, keepdims=True) - _TIE
    return found


def num_pairs(shape: Sequence[int]) -> int:
    """Choices of supports of equal size of two players."""
    return comb(shape[0] + shape[1], shape[0]) - 1


def equilibrium_supports(tables: np.ndarray, mixed: Sequence[tuple[Support, Profile]] = ()) -> list[frozenset[Support]]:
    """The supports of the equilibria of every game.

    Parameters
    ----------
    mixed : supports with a profile each
        The mixed equilibria that are looked for with more than two players, or with two who have many strategies.
    """
    found: list[set[Support]] = [set() for _ in tables]
    for place in np.argwhere(pure_equilibria(tables)):
        found[place[0]].add(tuple((int(k),) for k in place[1:]))
    unit = scaled(tables)
    if tables.shape[1] == 2 and num_pairs(tables.shape[2:]) <= MOST_PAIRS:
        for support in _equal_supports(tables.shape[2:]):
            for game in np.flatnonzero(_two_player(unit, support)):
                found[game].add(support)
    else:
        for support, profile in mixed:
            for game in np.flatnonzero(holds(tables, support, profile)):
                found[game].add(support)
    return [frozenset(one) for one in found]


def _equal_supports(shape: Sequence[int]) -> Iterator[Support]:
    for size in range(2, min(shape) + 1):
        for rows in combinations(range(shape[0]), size):
            for columns in combinations(range(shape[1]), size):
                yield rows, columns


def _two_player(unit: np.ndarray, support: Support) -> np.ndarray:
    """Whether each game has an isolated equilibrium on these supports."""
    rows, columns = support
    of_second, value_one, sure_one = _indifferent(unit[:, 0][:, rows][:, :, columns])
    of_first, value_two, sure_two = _indifferent(unit[:, 1][:, rows][:, :, columns].transpose(0, 2, 1))
    good = sure_one & sure_two & (of_first > _TIE).all(axis=1) & (of_second > _TIE).all(axis=1)
    against_second = np.einsum("grc,gc->gr", unit[:, 0][:, :, columns], of_second)
    against_first = np.einsum("grc,gr->gc", unit[:, 1][:, rows], of_first)
    good &= against_second.max(axis=1) <= value_one + _TIE
    return good & (against_first.max(axis=1) <= value_two + _TIE)


def _indifferent(own: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The opponent's mixture that makes all rows equally good, their value, and whether there is exactly one: (games, k), two (games,)."""
    games, size = own.shape[:2]
    system = np.zeros((games, size + 1, size + 1))
    system[:, :size, :size] = own
    system[:, :size, size] = -1.0
    system[:, size, :size] = 1.0
    sure = np.abs(np.linalg.det(system)) > _SINGULAR
    system[~sure] = np.eye(size + 1)
    right = np.zeros((games, size + 1, 1))
    right[:, size] = 1.0
    answer = np.linalg.solve(system, right)[:, :, 0]
    return answer[:, :size], answer[:, size], sure


# One mixed equilibrium followed into other games ---------------------------------------------------------------------


def holds(tables: np.ndarray, support: Support, start: Profile) -> np.ndarray:
    """Whether each game has an equilibrium on the supports that Newton's method finds from the profile: shape (games,)."""
    return ~np.isnan(followed(tables, support, start)[:, 0])


def followed(tables: np.ndarray, support: Support, start: Profile) -> np.ndarray:
    """The equilibrium on the supports in each game, probabilities of all players one after the other; nan where there is none."""
    found = np.full((len(tables), sum(map(len, start))), np.nan)
    for row, game in zip(found, scaled(tables), strict=True):
        if (profile := _followed(game, support, start)) is not None:
            row[:] = np.concatenate(profile)
    return found


def _followed(game: np.ndarray, support: Support, start: Profile) -> list[np.ndarray] | None:
    profile = [np.array(one) for one in start]
    free = [(i, k) for i, one in enumerate(support) for k in one[1:]]  # the first strategy of each has the rest
    for _ in range(_NEWTON):
        values = [_against(game[i], profile, (i,)) for i in range(len(profile))]
        short = np.array([values[i][k] - values[i][support[i][0]] for i, k in free])
        if not len(free) or np.abs(short).max() < 1e-12:
            break
        slopes = np.zeros((len(free), len(free)))
        for column, (j, t) in enumerate(free):
            for row, (i, k) in enumerate(free):
                if i != j:
                    pair = _against(game[i], profile, (i, j))
                    pair = pair if i < j else pair.T
                    first, base = support[i][0], support[j][0]
                    slopes[row, column] = pair[k, t] - pair[k, base] - pair[first, t] + pair[first, base]
        try:
            step = np.linalg.solve(slopes, -short)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(step).all() or np.abs(step).max() > 10.0:
            return None
        for (i, k), move in zip(free, step, strict=True):
            profile[i][k] += move
            profile[i][support[i][0]] -= move
    values = [_against(game[i], profile, (i,)) for i in range(len(profile))]
    for own, value, used in zip(profile, values, support, strict=True):
        if min(own[k] for k in used) <= _TIE or value.max() > min(value[k] for k in used) + 1e-7:
            return None
    return profile


def _against(table: np.ndarray, profile: Sequence[np.ndarray], kept: Sequence[int]) -> np.ndarray:
    """The table averaged over the mixtures of all players but those in ``kept``, in the order of players."""
    for j in reversed(range(len(profile))):
        if j not in kept:
            table = np.tensordot(table, profile[j], axes=(j, 0))
    return table


__all__ = ["Support", "equilibrium_supports", "followed", "holds", "is_pure", "num_pairs", "pure_equilibria", "scaled", "support_of"]
