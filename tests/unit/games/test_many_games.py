"""Many games at once: the same supports as the solvers find one game at a time."""

from __future__ import annotations

import numpy as np
import pytest

from sim.games.many_games import equilibrium_supports, followed, holds, is_pure, pure_equilibria, scaled, support_of
from sim.games.methods import solve_here
from sim.games.normal_form import NormalForm


def games(shape: tuple[int, ...], number: int) -> np.ndarray:
    return np.random.default_rng(20261127).normal(size=(number, len(shape), *shape))


def solved(table: np.ndarray) -> list[tuple[tuple[float, ...], ...]]:
    """Profiles of all equilibria, by the exact solvers."""
    names = tuple(tuple(map(str, range(size))) for size in table.shape[1:])
    found = solve_here(NormalForm(tuple("ABC"[: len(names)]), names, table))
    assert found.is_complete
    return [tuple(mixture.probabilities for mixture in one.profile) for one in found.equilibria]


@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (4, 4)], ids=str)
def test_two_players_have_the_supports_that_exact_enumeration_finds(shape):
    tables = games(shape, 40)
    expected = [frozenset(map(support_of, solved(table))) for table in tables]
    assert equilibrium_supports(tables) == expected
    assert max(map(len, expected)) > 1


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 4)], ids=str)
def test_mixed_equilibria_are_followed_from_one_game_to_the_next(shape):
    """From its own profile, and from that of payoffs nearby, to the profile that the solver finds there."""
    checked = 0
    for table in games(shape, 30):
        mixed = [(support_of(one), one) for one in solved(table) if not is_pure(support_of(one))]
        if not mixed:
            continue
        near = table + 1e-3 * games(shape, 1)[0]
        for support, profile in mixed:
            (found,) = followed(near[None], support, profile)
            nearby = [np.concatenate(one) for one in solved(near) if support_of(one) == support]
            assert any(np.allclose(found, one, atol=1e-7) for one in nearby) or (np.isnan(found).all() and not nearby)
            assert holds(table[None], support, profile)[0]
            checked += 1
    assert checked > 10


def test_pure_equilibria_hold_by_definition():
    for table, is_one in zip(games((3, 2, 2), 20), pure_equilibria(games((3, 2, 2), 20)), strict=True):
        for place in np.ndindex(is_one.shape):
            gains = [
                table[i][tuple(slice(None) if j == i else place[j] for j in range(3))].max() - table[(i, *place)] for i in range(3)
            ]
            assert is_one[place] == (max(gains) <= 0.0)


def test_units_do_not_matter_and_a_game_without_payoffs_has_every_pure_profile():
    tables = games((3, 3), 10)
    assert equilibrium_supports(1e6 * tables + 5.0) == equilibrium_supports(tables)
    assert pure_equilibria(np.zeros((1, 2, 2, 2))).all()
    assert (scaled(np.full((1, 2, 2, 2), 3.0)) == 0.0).all()
