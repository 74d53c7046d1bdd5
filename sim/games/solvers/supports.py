"""All isolated equilibria of a small game of any number of players: every choice of supports, and boxes within it.

For each choice of supports the equilibrium conditions are polynomials whose ranges over a box of probabilities are known
(`multilinear`). A box is thrown away when some condition fails all over it, settled when Newton's step in intervals maps it
into itself (then it holds exactly one solution) or out of itself (then none), and cut in two otherwise. What is neither after many
cuts is a continuum of solutions or a singular one: a sign of degeneracy, which is told and makes the list incomplete. Pure
profiles are looked at one by one. No start is drawn at random, so nothing isolated and regular is missed.

Source: Moore, Kearfott and Cloud (2009), Introduction to Interval Analysis, chapter 8 (Krawczyk's test).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalForm, Profile, max_regret
from sim.games.solvers.multilinear import Support
from sim.games.solvers.pure import pure_equilibria

NAME = "support enumeration with interval bounds"
MAX_SUPPORTS = 20_000
BOXES = 100  # looked at for one choice of supports, times the square of one more than the free probabilities
_ROUNDING = 1e-11  # of numbers of the order of one: wider than what the arithmetic loses
_CUT = 0.4871  # where a box is cut: no fraction with a small denominator, so that solutions seldom lie on the cut
_SAMPLED = 12  # boxes of a continuum from which a point of it is sought
_NARROWEST = 1e-6  # width at which a box is left unsettled


@dataclass(frozen=True)
class Found:
    """Candidates, the supports (labels per player) that could not be settled, and whether singular solutions occurred."""

    profiles: tuple[Profile, ...]
    unsettled: tuple[tuple[tuple[str, ...], ...], ...]


def fits(game: NormalForm) -> bool:
    """Whether the method takes a game of this size in seconds."""
    return num_supports(game) <= MAX_SUPPORTS and sum(game.shape) - game.num_players <= 8


def num_supports(game: NormalForm) -> int:
    return prod(2**size - 1 for size in game.shape)


def support_equilibria(game: NormalForm) -> Found:
    """Every isolated equilibrium, and representatives of what is not isolated.

    Raises
    ------
    ParameterError
        Too many choices of supports.
    """
    if num_supports(game) > MAX_SUPPORTS:
        size = " x ".join(map(str, game.shape))
        raise ParameterError(
            f"a game of {size} strategies has {num_supports(game):,} choices of supports; {NAME} takes {MAX_SUPPORTS:,}",
            hint="fewer strategies, or the methods 'pure' and 'logit limit'",
        )
    scaled = (
        game.payoffs - game.payoffs.reshape(game.num_players, -1).min(axis=1).reshape(-1, *[1] * game.num_players)
    ) / game.span
    found: list[Profile] = list(pure_equilibria(game))
    unsettled = []
    for used in product(*(list(_choices(size)) for size in game.shape)):
        if all(len(one) == 1 for one in used) or not _possible(scaled, used):
            continue
        support = Support(scaled, used)
        points, is_settled = _segment(support) or _solutions(support)
        profiles = [profile for z in points if _is_close(game, profile := _profile(support, z, game.shape))]
        if not is_settled and profiles:
            unsettled.append(tuple(tuple(game.strategies[i][s] for s in one) for i, one in enumerate(used)))
            profiles = _apart(profiles)
        found += profiles
    return Found(tuple(found), tuple(unsettled))


def _choices(size: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, size + 1):
        yield from combinations(range(size), count)


def _possible(payoffs: np.ndarray, used: Sequence[Sequence[int]]) -> bool:
    """False if for some player a strategy in use is worse than another one against all that the others use."""
    for player, own in enumerate(used):
        table = payoffs[player]
        for j, one in enumerate(used):
            if j != player:
                table = np.take(table, one, axis=j)
        table = np.moveaxis(table, player, 0).reshape(payoffs.shape[player + 1], -1)
        if any((table - table[s]).min(axis=1).max() > _ROUNDING for s in own):
            return False
    return True


def _profile(support: Support, z: np.ndarray, shape: Sequence[int]) -> Profile:
    return tuple(tuple(map(float, np.clip(one, 0.0, None))) for one in support.profile(z, shape))


def _segment(support: Support) -> tuple[list[np.ndarray], bool] | None:
    """The ends of the line of equilibria where one player mixes two equally good strategies and the others do not mix; a line is not
    settled. None if there is no such line."""
    if support.dimension != 1:
        return None
    mixing = support.sizes.index(1)
    if abs(support.coefficients[mixing][0].flat[0]) > _ROUNDING:
        return [], True
    least, largest = 0.0, 1.0
    for player, rows in enumerate(support.coefficients):
        if player == mixing:
            if rows.shape[0] > 1 and rows[1:].min() < -_ROUNDING:
                return [], True
            continue
        for constant, slope in rows.reshape(len(rows), 2):  # constant + slope z >= 0
            if abs(slope) <= _ROUNDING:
                if constant < -_ROUNDING:
                    return [], True
            elif slope > 0.0:
                least = max(least, -constant / slope)
            else:
                largest = min(largest, -constant / slope)
    if least > largest + _ROUNDING:
        return [], True
    return [np.array([least]), np.array([largest])], largest - least <= _ROUNDING


def _solutions(support: Support) -> tuple[list[np.ndarray], bool]:
    """Solutions on one choice of supports, and whether every box was settled."""
    size = support.dimension
    low, high = (
        np.full((1, size), -1e-3),
        np.full((1, size), 1.0 + 1e-3),
    )  # a margin, so that solutions at the rim lie inside
    roots: list[np.ndarray] = []
    unsettled: list[np.ndarray] = []
    looked_at = 0
    while len(low):
        looked_at += len(low)
        if looked_at > BOXES * (size + 1) ** 2:
            rest = [*unsettled, *((low + high) / 2.0)]
            return roots + [_polished(support, z) for z in rest[:: len(rest) // _SAMPLED + 1]], False
        low, high = _possible_boxes(support, low, high)
        if not len(low):
            break
        low, high, settled = _newton(support, low, high)
        roots += settled
        narrow = (high - low).max(axis=1) < _NARROWEST if len(low) else np.zeros(0, dtype=bool)
        unsettled += list((low[narrow] + high[narrow]) / 2.0)
        low, high = _halves(low[~narrow], high[~narrow])
    if unsettled:
        # Boxes beside a solution that was found elsewhere are no news.
        rest = [z for z in unsettled if not any(np.abs(z - root).max() < 10.0 * _NARROWEST for root in roots)]
        return roots + [_polished(support, z) for z in rest], not rest
    return roots, True


def _possible_boxes(support: Support, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes on which no condition fails everywhere."""
    keep = np.ones(len(low), dtype=bool)
    for i in range(support.num_players):
        keep &= low[:, support.starts[i] : support.starts[i + 1]].sum(axis=1) <= 1.0 + 1e-3
        if support.coefficients[i].size:
            least, largest = support.ranges(low, high, i)
            equations = support.sizes[i]
            keep &= (least[:, :equations] <= _ROUNDING).all(axis=1) & (largest >= -_ROUNDING).all(axis=1)
    return low[keep], high[keep]


def _newton(support: Support, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Boxes cut down by Krawczyk's operator; those with exactly one solution are replaced by it, those with none go."""
    middle, radius = (low + high) / 2.0, (high - low) / 2.0
    least, largest = support.derivative_ranges(low, high)
    centre, spread = (least + largest) / 2.0, (largest - least) / 2.0
    regular = np.abs(np.linalg.det(centre)) > 1e-12
    inverse = np.zeros_like(centre)
    inverse[regular] = np.linalg.inv(centre[regular])
    rest = np.abs(np.eye(support.dimension) - inverse @ centre) + np.abs(inverse) @ spread
    target = middle - np.einsum("nij,nj->ni", inverse, support.equations(middle))
    reach = np.einsum("nij,nj->ni", rest, radius) + _ROUNDING
    inside = regular & ((target - reach > low) & (target + reach < high)).all(axis=1)
    outside = regular & ((target - reach > high) | (target + reach < low)).any(axis=1)
    settled = [_polished(support, z) for z in target[inside]]
    open_ = ~inside & ~outside
    cut = regular[open_, None]
    new_low = np.where(cut, np.maximum(low[open_], (target - reach)[open_]), low[open_])
    new_high = np.where(cut, np.minimum(high[open_], (target + reach)[open_]), high[open_])
    return new_low, new_high, settled


def _halves(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(low):
        return low, high
    rows, widest = np.arange(len(low)), (high - low).argmax(axis=1)
    at = low[rows, widest] + _CUT * (high - low)[rows, widest]
    left, right = high.copy(), low.copy()
    left[rows, widest] = at
    right[rows, widest] = at
    return np.concatenate([low, right]), np.concatenate([left, high])


def _polished(support: Support, z: np.ndarray) -> np.ndarray:
    """A few steps of Newton's method; of several directions that solve the linear step the shortest."""
    for _ in range(8):
        value = support.equations(z[None])[0]
        slope = support.derivative_ranges(z[None], z[None])[0][0]
        step = np.linalg.lstsq(slope, -value, rcond=1e-9)[0]
        if not np.isfinite(step).all() or np.abs(step).max(initial=0.0) > 1.0:
            break
        z = z + step
        if np.abs(step).max(initial=0.0) < 1e-15:
            break
    return z


def _is_close(game: NormalForm, profile: Profile) -> bool:
    if any(abs(sum(one) - 1.0) > 1e-9 for one in profile):  # a point beside the simplex, cut off at zero
        return False
    return max_regret(game, profile) <= 1e-8 * game.span


def _apart(profiles: list[Profile]) -> list[Profile]:
    """Two of a continuum, as far from each other as there are."""
    if len(profiles) < 3:
        return profiles
    flat = np.array([np.concatenate(one) for one in profiles])
    far = int(np.abs(flat - flat[0]).max(axis=1).argmax())
    other = int(np.abs(flat - flat[far]).max(axis=1).argmax())
    return [profiles[far], profiles[other]] if far != other else [profiles[far]]
