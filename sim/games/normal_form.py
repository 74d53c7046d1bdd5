"""Games in normal form, and what follows from their payoffs alone: expectations, best responses, regret.

Strategies are numbered in the order in which they are listed. ``payoffs[i, s1, s2, ...]`` is what player i gets when
player 1 plays s1, player 2 plays s2, and so on: player 1's strategy is the first index after the player.
A profile is a distribution over strategies for each player, in the order of the players.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import ParameterError

Profile = tuple[tuple[float, ...], ...]  # for each player a probability for each strategy

MAX_ENTRIES = 4_000_000  # numbers in the table of payoffs; 32 MB
_SUM_TOLERANCE = 1e-9  # how far from one the probabilities of a profile may add up


@dataclass(frozen=True, eq=False)
class NormalForm:
    """Who plays, what each can do, and what each then gets.

    Attributes
    ----------
    players : tuple of str
        One label a player, all different.
    strategies : tuple of tuples of str
        For each player the labels of the strategies, all different.
    payoffs : float array, shape (players, strategies of player 1, strategies of player 2, ...)
        Read-only, in units of utility.
    title : str

    Raises
    ------
    ParameterError
        No player, a player without strategies, labels that are empty or occur twice, a table of another shape, a payoff that is
        not finite, or a table of more than ``MAX_ENTRIES`` numbers.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: np.ndarray
    title: str = ""

    def __post_init__(self) -> None:
        players = tuple(map(str, self.players))
        strategies = tuple(tuple(map(str, labels)) for labels in self.strategies)
        check_labels("players", players)
        if len(strategies) != len(players):
            raise ParameterError(
                f"strategies: expected a list for each of {len(players)} players, found {len(strategies)}"
            )
        for player, labels in zip(players, strategies, strict=True):
            check_labels(f"strategies of {player}", labels)
        shape = (len(players), *map(len, strategies))
        check_size(shape)
        payoffs = np.array(self.payoffs, dtype=float)
        if payoffs.shape != shape:
            raise ParameterError(
                f"payoffs: expected a table of shape {shape} (players, strategies...), found {payoffs.shape}"
            )
        if not np.isfinite(payoffs).all():
            at = tuple(int(k) for k in np.argwhere(~np.isfinite(payoffs))[0])
            profile = ", ".join(labels[k] for labels, k in zip(strategies, at[1:], strict=True))
            raise ParameterError(
                f"payoff of {players[at[0]]} at ({profile}): expected a finite number, found {payoffs[at]}"
            )
        payoffs.setflags(write=False)
        for name, value in (("players", players), ("strategies", strategies), ("payoffs", payoffs)):
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NormalForm):
            return NotImplemented
        return (self.players, self.strategies) == (other.players, other.strategies) and np.array_equal(
            self.payoffs, other.payoffs
        )

    __hash__ = None  # type: ignore[assignment]  # a table is compared, not looked up

    @property
    def num_players(self) -> int:
        return len(self.players)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of strategies of each player."""
        return self.payoffs.shape[1:]

    @property
    def num_profiles(self) -> int:
        return math.prod(self.shape)

    @property
    def largest(self) -> float:
        """The largest payoff, whatever its sign."""
        return float(np.abs(self.payoffs).max())

    @property
    def span(self) -> float:
        """Largest distance between two payoffs of one player; 1 where nobody's payoff varies. Tolerances are shares of it."""
        flat = self.payoffs.reshape(self.num_players, -1)
        return float((flat.max(axis=1) - flat.min(axis=1)).max()) or 1.0


def check_labels(what: str, labels: Sequence[str]) -> None:
    """Raise ``ParameterError`` unless there is a label, none is empty and none occurs twice."""
    if not labels:
        raise ParameterError(f"{what}: expected at least one, found none")
    if not all(label.strip() for label in labels):
        raise ParameterError(f"{what}: expected a name for each, found an empty one")
    for label in labels:
        if labels.count(label) > 1:
            raise ParameterError(f"{what}: expected different names, found '{label}' {labels.count(label)} times")


def check_size(shape: Sequence[int]) -> None:
    """Raise ``ParameterError`` for a table of more than ``MAX_ENTRIES`` numbers."""
    if math.prod(shape) > MAX_ENTRIES:
        size = " x ".join(str(k) for k in shape[1:])
        raise ParameterError(
            f"a game of {size} strategies has {math.prod(shape):,} payoffs; at most {MAX_ENTRIES:,} are taken",
            hint="leave out strategies or players",
        )


def bimatrix(
    first: Any,
    second: Any,
    players: Sequence[str] = ("row", "column"),
    strategies: Sequence[Sequence[str]] = (),
    title: str = "",
) -> NormalForm:
    """The game of two players whose payoffs are two tables (rows are player 1's strategies); strategies are numbered from 1
    where they have no names."""
    tables = np.array([first, second], dtype=float)
    if tables.ndim != 3:
        raise ParameterError(
            f"payoffs: expected two tables of rows and columns, found arrays of shape {tables.shape[1:]}"
        )
    labels = strategies or [[str(k + 1) for k in range(size)] for size in tables.shape[1:]]
    return NormalForm(tuple(players), tuple(map(tuple, labels)), tables, title)


def restricted(game: NormalForm, kept: Sequence[Sequence[int]]) -> NormalForm:
    """The game in which each player has only the strategies numbered in ``kept``."""
    labels = tuple(tuple(names[k] for k in numbers) for names, numbers in zip(game.strategies, kept, strict=True))
    return NormalForm(game.players, labels, game.payoffs[np.ix_(range(game.num_players), *kept)], game.title)


# --- profiles ---


def pure_profile(game: NormalForm, choices: Sequence[str | int]) -> Profile:
    """The profile in which each player plays one strategy, given by label or number."""
    if len(choices) != game.num_players:
        raise ParameterError(f"a profile of {game.num_players} strategies was expected, found {len(choices)}")
    numbers = [strategy_number(game, i, choice) for i, choice in enumerate(choices)]
    return tuple(
        tuple(1.0 if k == number else 0.0 for k in range(size))
        for number, size in zip(numbers, game.shape, strict=True)
    )


def strategy_number(game: NormalForm, player: int, choice: str | int) -> int:
    """The number of a strategy given by label or number."""
    labels = game.strategies[player]
    if isinstance(choice, str):
        if choice not in labels:
            raise ParameterError(f"{game.players[player]} has no strategy '{choice}'; there are {', '.join(labels)}")
        return labels.index(choice)
    if not 0 <= choice < len(labels):
        raise ParameterError(f"{game.players[player]} has strategies 0 to {len(labels) - 1}, found {choice}")
    return int(choice)


def checked_profile(game: NormalForm, profile: Sequence[Sequence[float]]) -> list[np.ndarray]:
    """The profile as arrays.

    Raises
    ------
    ParameterError
        A distribution is missing, has another length, a negative number or does not add up to one.
    """
    if len(profile) != game.num_players:
        raise ParameterError(f"a profile of {game.num_players} distributions was expected, found {len(profile)}")
    arrays = [np.asarray(one, dtype=float) for one in profile]
    for player, one, size in zip(game.players, arrays, game.shape, strict=True):
        if one.shape != (size,):
            raise ParameterError(f"strategies of {player}: {size} probabilities were expected, found {one.size}")
        if not np.isfinite(one).all() or (one < 0.0).any() or abs(one.sum() - 1.0) > _SUM_TOLERANCE:
            raise ParameterError(
                f"strategies of {player}: expected probabilities that add up to 1, found {one.tolist()}"
            )
    return arrays


def deviation_payoffs(game: NormalForm, profile: Sequence[Sequence[float]]) -> list[np.ndarray]:
    """For each player what each strategy brings while the others keep to the profile."""
    return [_against(game.payoffs[i], checked_profile(game, profile), i) for i in range(game.num_players)]


def _against(table: np.ndarray, profile: list[np.ndarray], player: int) -> np.ndarray:
    for j in reversed(range(len(profile))):
        if j != player:
            table = np.tensordot(table, profile[j], axes=(j, 0))
    return table


def expected_payoffs(game: NormalForm, profile: Sequence[Sequence[float]]) -> np.ndarray:
    """What each player expects, shape (players,)."""
    values = deviation_payoffs(game, profile)
    return np.array([np.dot(one, value) for one, value in zip(profile, values, strict=True)])


def regrets(game: NormalForm, profile: Sequence[Sequence[float]]) -> np.ndarray:
    """What each player could gain by another strategy while the others keep to theirs, shape (players,), >= 0."""
    values = deviation_payoffs(game, profile)
    return np.array([max(0.0, value.max() - np.dot(one, value)) for one, value in zip(profile, values, strict=True)])


def max_regret(game: NormalForm, profile: Sequence[Sequence[float]]) -> float:
    """The largest gain that anybody forgoes; zero in an equilibrium."""
    return float(regrets(game, profile).max())


def best_responses(
    game: NormalForm, profile: Sequence[Sequence[float]], player: int, tolerance: float = 0.0
) -> tuple[str, ...]:
    """Strategies of the player within ``tolerance`` (in units of payoff) of the best against the others' part of the profile."""
    values = deviation_payoffs(game, profile)[player]
    return tuple(
        name for name, value in zip(game.strategies[player], values, strict=True) if value >= values.max() - tolerance
    )


def constant_sum(game: NormalForm, tolerance: float = 1e-12) -> float | None:
    """The number to which the payoffs of all players add up everywhere, or None; ``tolerance`` is a share of the span."""
    total = game.payoffs.sum(axis=0)
    middle = float((total.max() + total.min()) / 2.0)
    return middle if total.max() - total.min() <= tolerance * max(game.span, abs(middle)) else None
