"""From a solver's profiles to equilibria: regret by the payoffs of the game, duplicates joined, near ties named.

Whatever a solver returns passes through here, so nothing is called an equilibrium whose regret exceeds the tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import ParameterError
from sim.games.equilibrium import Equilibrium, Mixture, without_noise
from sim.games.normal_form import NormalForm, Profile, deviation_payoffs

TOLERANCE = 1e-8  # largest regret of an equilibrium, as a share of the span of the payoffs
NEAR = 0.01  # share of the span within which an unused strategy is nearly tied
_SAME = 1e-7  # probabilities closer than this are those of one equilibrium
_USED = 1e-7  # least probability of a strategy in use


@dataclass(frozen=True)
class Verified:
    """Equilibria with small regret, sorted, and how many candidates were dropped."""

    equilibria: tuple[Equilibrium, ...]
    profiles: tuple[Profile, ...]
    dropped: int
    near_ties: tuple[str, ...]
    has_ties: bool  # an unused strategy is as good as those in use


def absolute_tolerance(span: float, tolerance: float) -> float:
    """The tolerance in units of payoff.

    Raises
    ------
    ParameterError
        It is not a positive number below one.
    """
    if not 0.0 < tolerance < 1.0:
        raise ParameterError(
            f"tolerance: expected a number between 0 and 1 (a share of the payoffs' span), found {tolerance}"
        )
    return tolerance * span


def verify(game: NormalForm, candidates: Iterable[Sequence[Sequence[float]]], tolerance: float = TOLERANCE) -> Verified:
    """The candidates that are equilibria within ``tolerance`` (a share of the game's span), each once."""
    largest = absolute_tolerance(game.span, tolerance)
    kept: list[tuple[Profile, list[np.ndarray]]] = []
    dropped = 0
    for candidate in candidates:
        arrays = [np.clip(np.asarray(one, dtype=float), 0.0, None) for one in candidate]
        if not all(np.isfinite(one).all() and one.sum() > 0.5 for one in arrays):
            dropped += 1
            continue
        arrays = [normalised(one) for one in arrays]
        values = deviation_payoffs(game, arrays)
        if max(float(value.max() - one @ value) for one, value in zip(arrays, values, strict=True)) > largest:
            dropped += 1
        elif not any(_same(arrays, other) for other, _ in kept):
            kept.append((tuple(tuple(map(float, one)) for one in arrays), values))
    kept.sort(key=lambda one: tuple(tuple(-round(p, 6) for p in single) for single in one[0]))
    found = tuple(_equilibrium(game, profile, values) for profile, values in kept)
    near, has_ties = _near_ties(game, kept, largest)
    return Verified(found, tuple(profile for profile, _ in kept), dropped, near, has_ties)


def normalised(one: np.ndarray) -> np.ndarray:
    """Nonnegative probabilities that add up to one; untouched where they do so but for rounding, so that exact ones stay exact."""
    one = np.clip(np.asarray(one, dtype=float), 0.0, None)
    total = one.sum()
    return one if abs(total - 1.0) < 1e-14 * len(one) else one / total


def _same(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> bool:
    return all(float(np.abs(np.subtract(a, b)).max()) < _SAME for a, b in zip(first, second, strict=True))


def _equilibrium(game: NormalForm, profile: Profile, values: list[np.ndarray]) -> Equilibrium:
    mixtures = tuple(
        Mixture(player, labels, one) for player, labels, one in zip(game.players, game.strategies, profile, strict=True)
    )
    payoffs = tuple(without_noise(float(np.dot(one, value)), game.largest) for one, value in zip(profile, values, strict=True))
    regrets = tuple(max(0.0, float(value.max()) - payoff) for value, payoff in zip(values, payoffs, strict=True))
    is_pure = all(max(one) == 1.0 for one in profile)
    return Equilibrium(game.players, mixtures, payoffs, regrets, "pure" if is_pure else "mixed")


def _near_ties(
    game: NormalForm, kept: list[tuple[Profile, list[np.ndarray]]], largest: float
) -> tuple[tuple[str, ...], bool]:
    told, has_ties = [], False
    for number, (profile, values) in enumerate(kept, start=1):
        for player, labels, one, value in zip(game.players, game.strategies, profile, values, strict=True):
            for label, probability, worth in zip(labels, one, value, strict=True):
                short = float(value.max() - worth)
                if probability > _USED or short > NEAR * game.span:
                    continue
                if short <= largest:
                    has_ties = True
                    told.append(f"In equilibrium {number} {player} could use {label} as well: it is exactly as good.")
                else:
                    told.append(
                        f"In equilibrium {number} {label} falls only {short:.3g} short for {player}: a near tie."
                    )
    return tuple(told), has_ties
