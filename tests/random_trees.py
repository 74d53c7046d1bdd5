"""Small random trees with perfect recall, and what follows in them by trying everything, for tests to hold solvers against."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node

PLAYERS = ("A", "B", "C")


def random_tree(rng: np.random.Generator, players: int = 2, depth: int = 3, most_payoff: int = 4) -> ExtensiveForm:
    """A tree whose information sets hold nodes at which a player has seen and done the same; payoffs are small whole numbers."""
    kinds: dict[tuple, tuple[str, int, dict[tuple, list[str]]]] = {}
    count = [0]

    def node(path: tuple[int, ...], own: dict[str, tuple], last: str = "") -> Node:
        if len(path) == depth or (len(path) > 1 and rng.random() < 0.2):
            return End(tuple(float(x) for x in rng.integers(0, most_payoff + 1, players)))
        if rng.random() < (0.5 if not path else 0.1):
            weight = float(rng.integers(1, 4)) / 4.0
            return Chance(("x", "y"), (weight, 1.0 - weight), (node((*path, 0), own), node((*path, 1), own)))
        others = [k for k in range(players) if len(path) < 2 or PLAYERS[k] != last]
        player = PLAYERS[others[int(rng.integers(len(others)))]]
        size = 2 if rng.random() < 0.8 else 3
        key = (player, size, own.get(player, ()))
        sets = kinds.setdefault(key, [])  # type: ignore[arg-type]
        if not sets or rng.random() < 0.25:
            count[0] += 1
            sets.append(f"{player}{count[0]}")  # type: ignore[attr-defined]
        label = sets[int(rng.integers(len(sets)))]  # type: ignore[arg-type]
        children = tuple(
            node((*path, k), {**own, player: (*own.get(player, ()), (label, k))}, player) for k in range(size)
        )
        return Decision(player, label, tuple("abc"[:size]), children)

    return ExtensiveForm(PLAYERS[:players], node((), {}))


def worth(game: ExtensiveForm, number: int, behaviour: dict[str, np.ndarray]) -> np.ndarray:
    """What each player expects from a node on."""
    node = game.nodes[number]
    if isinstance(node, End):
        return np.array(node.payoffs)
    chances = node.probabilities if isinstance(node, Chance) else behaviour[node.info_set]
    return sum(
        (p * worth(game, child, behaviour) for p, child in zip(chances, game.children[number], strict=True)),
        np.zeros(game.num_players),
    )


def plans(game: ExtensiveForm, player: int) -> Iterator[dict[str, np.ndarray]]:
    """Every pure strategy of a player: an action at each of its sets."""
    own = [one for one in game.info_sets if one.player == player]
    for choice in product(*(range(len(one.actions)) for one in own)):
        yield {one.label: np.eye(len(one.actions))[k] for one, k in zip(own, choice, strict=True)}


def profiles(game: ExtensiveForm) -> Iterator[dict[str, np.ndarray]]:
    """Every pure behaviour of all players."""
    for parts in product(*(list(plans(game, player)) for player in range(game.num_players))):
        yield {label: chances for part in parts for label, chances in part.items()}


def ways(
    game: ExtensiveForm, nodes: tuple[int, ...], behaviour: dict[str, np.ndarray], player: int
) -> tuple[np.ndarray, np.ndarray]:
    """What every pure way of going on brings a player at each node, shape (ways, nodes), and what the behaviour does."""
    every = [[worth(game, node, {**behaviour, **plan})[player] for node in nodes] for plan in plans(game, player)]
    return np.array(every), np.array([worth(game, node, behaviour)[player] for node in nodes])
