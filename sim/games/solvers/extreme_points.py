"""All equilibria of a game of two players, as the extreme points of their sets, in exact arithmetic.

A pair of vertices of the two best-response polytopes is an equilibrium if every strategy, of either player, is either unused
or a best reply. All extreme equilibria are such pairs, in degenerate games too, and every other equilibrium is a mixture of
extreme ones that share a player's strategy. Numbers are taken as the decimals that they print as, so that .1 + .2 ties with .3.

Source: Mangasarian (1964), SIAM Journal 12(4); Avis et al. (2010), Economic Theory 42(1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalForm, Profile
from sim.games.solvers.polytope import MAX_FACETS, vertices

NAME = "enumeration of extreme equilibria, exact"
LARGEST = 16  # strategies of the player who has fewer; the number of corners grows as the binomial coefficient


@dataclass(frozen=True)
class Extremes:
    """Extreme equilibria, their connected components as numbers in that list, and whether the game is degenerate."""

    profiles: tuple[Profile, ...]
    components: tuple[tuple[int, ...], ...]
    is_degenerate: bool


def fits(game: NormalForm) -> bool:
    """Whether the method takes a game of this size."""
    return game.num_players == 2 and min(game.shape) <= LARGEST and sum(game.shape) < MAX_FACETS


def extreme_equilibria(game: NormalForm) -> Extremes:
    """Every extreme equilibrium of a game of two players.

    Raises
    ------
    ParameterError
        Another number of players, or too many strategies.
    """
    if game.num_players != 2:
        raise ParameterError(f"{NAME} is for two players; this game has {game.num_players}")
    if not fits(game):
        raise ParameterError(
            f"a game of {game.shape[0]} x {game.shape[1]} strategies is too large for {NAME}: at most {LARGEST} for one player "
            f"and {MAX_FACETS - 1} in all",
            hint="fewer strategies, or the method 'logit limit', which finds one equilibrium",
        )
    rows, columns = game.shape
    first = whole_numbers(game.payoffs[0])
    second = whole_numbers(game.payoffs[1])
    own = vertices(
        list(zip(*second, strict=True)), rows
    )  # player 1's strategies, by what player 2 does best against them
    others = vertices(first, columns)
    low = (1 << columns) - 1
    # Facets of the second polytope in the numbering of the first: player 1's strategies, then player 2's.
    turned = [(point, (facets & low) << rows | facets >> columns) for point, facets in others]
    everything = (1 << (rows + columns)) - 1
    masks = np.array([facets for _, facets in turned], dtype=np.int64)
    pairs = [
        (a, int(b))
        for a, (point, facets) in enumerate(own)
        if any(point[1:])
        for b in np.flatnonzero((masks | facets) == everything)
    ]
    profiles = tuple((_shares(own[a][0]), _shares(turned[b][0])) for a, b in pairs)
    is_degenerate = any(facets.bit_count() > rows for _, facets in own) or any(
        facets.bit_count() > columns for _, facets in turned
    )
    return Extremes(profiles, _components(pairs), is_degenerate)


def whole_numbers(table: np.ndarray) -> list[list[int]]:
    """The payoffs shifted and stretched to whole numbers of at least one; equilibria stay the same."""
    exact = [[Fraction(repr(float(value))) for value in row] for row in table]
    scale = lcm(*(value.denominator for row in exact for value in row))
    whole = [[int(value * scale) for value in row] for row in exact]
    least = min(map(min, whole))
    return [[value - least + 1 for value in row] for row in whole]


def _shares(point: Sequence[int]) -> tuple[float, ...]:
    total = sum(point[1:])
    return tuple(float(Fraction(value, total)) for value in point[1:])


def _components(pairs: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Equilibria joined by sharing a vertex, directly or through others."""
    left = set(range(len(pairs)))
    found = []
    while left:
        waiting = [min(left)]
        left.discard(waiting[0])
        one = set(waiting)
        while waiting:
            a, b = pairs[waiting.pop()]
            near = {k for k in left if pairs[k][0] == a or pairs[k][1] == b}
            left -= near
            one |= near
            waiting.extend(near)
        found.append(tuple(sorted(one)))
    return tuple(found)
