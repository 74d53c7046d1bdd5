"""What follows from a behaviour in a tree: where play goes, what it brings, and what a player could gain.

The best reply is found information set by information set, from those that a player meets last to those that he meets first, each
action valued by the chance of the others and of nature getting the game there. With perfect recall that is a best reply among
all strategies, pure and mixed, and no list of pure strategies is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from sim.games.extensive_form import (
    Chance,
    Decision,
    End,
    ExtensiveForm,
    behaviour_arrays,
    require_recall,
    subgame_roots,
)

_TIE = 1e-12  # share of the span within which replies are equally good

Behaviour = Mapping[str, Sequence[float]]  # information set -> a probability for each action


def reach_probabilities(game: ExtensiveForm, behaviour: Behaviour) -> np.ndarray:
    """The probability that play comes to each node, shape (nodes,)."""
    return _reach(game, behaviour_arrays(game, behaviour))


def reach_of_sets(game: ExtensiveForm, behaviour: Behaviour) -> dict[str, float]:
    """The probability that play comes to each information set."""
    reach = reach_probabilities(game, behaviour)
    return {one.label: float(sum(reach[k] for k in one.nodes)) for one in game.info_sets}


def _reach(game: ExtensiveForm, arrays: list[np.ndarray], without: int = -1, root: int = 0) -> np.ndarray:
    """Probability of each node from ``root`` on; moves of the player ``without`` count as certain."""
    reach = np.zeros(len(game.nodes))
    reach[root] = 1.0
    for number in range(root, game.last_below[root] + 1):
        node = game.nodes[number]
        for place, child in enumerate(game.children[number]):
            if isinstance(node, Chance):
                chance = node.probabilities[place]
            else:
                at = game.set_of_node[number]
                chance = 1.0 if game.info_sets[at].player == without else arrays[at][place]
            reach[child] = reach[number] * chance
    return reach


def expected_payoffs(game: ExtensiveForm, behaviour: Behaviour) -> np.ndarray:
    """What each player expects, shape (players,)."""
    return _expected(game, behaviour_arrays(game, behaviour))


def _expected(game: ExtensiveForm, arrays: list[np.ndarray], root: int = 0) -> np.ndarray:
    reach = _reach(game, arrays, root=root)
    total = np.zeros(game.num_players)
    for number in range(root, game.last_below[root] + 1):
        node = game.nodes[number]
        if isinstance(node, End):
            total += reach[number] * np.asarray(node.payoffs, dtype=float)
    return total


def node_values(game: ExtensiveForm, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """What each player expects from each node on, shape (nodes, players); ``arrays`` as `behaviour_arrays` gives them."""
    found = np.zeros((len(game.nodes), game.num_players))
    for number in reversed(range(len(game.nodes))):
        node = game.nodes[number]
        if isinstance(node, End):
            found[number] = node.payoffs
            continue
        chances = node.probabilities if isinstance(node, Chance) else arrays[game.set_of_node[number]]
        found[number] = sum(p * found[child] for p, child in zip(chances, game.children[number], strict=True))
    return found


def with_best_replies(game: ExtensiveForm, behaviour: Behaviour, labels: Collection[str]) -> dict[str, tuple[float, ...]]:
    """The behaviour with a best reply at each of the information sets named, those that are met last first.

    Nodes count by how often chance and the others come there, whatever the player does; alike where they never do.
    """
    arrays = behaviour_arrays(game, behaviour)
    places = [k for k, one in enumerate(game.info_sets) if one.label in labels]
    for at in sorted(places, key=lambda k: -min(game.depths[node] for node in game.info_sets[k].nodes)):
        one = game.info_sets[at]
        weights = _reach(game, arrays, without=one.player)[list(one.nodes)]
        weights = weights if weights.sum() > 0.0 else np.ones(len(one.nodes))
        values = node_values(game, arrays)[:, one.player]
        worth = weights @ np.array([[values[child] for child in game.children[node]] for node in one.nodes])
        arrays[at] = np.eye(len(worth))[int(np.argmax(worth >= worth.max() - _TIE * game.span))]
    return {one.label: tuple(map(float, array)) for one, array in zip(game.info_sets, arrays, strict=True)}


def open_sets(game: ExtensiveForm, behaviour: Behaviour, *, in_subgames: bool) -> tuple[str, ...]:
    """Information sets from which their player's own moves keep it, so that any reply there leaves an equilibrium one.

    With ``in_subgames`` only moves in the smallest subgame around the set count: what equilibrium in every subgame leaves open.
    """
    arrays = behaviour_arrays(game, behaviour)
    roots = subgame_roots(game) if in_subgames else (0,)
    found = []
    for one in game.info_sets:
        root = max((root for root in roots if root <= one.nodes[0] <= game.last_below[root]), default=0)
        inside = {k for k, other in enumerate(game.info_sets) if root <= other.nodes[0] <= game.last_below[root]}
        ways = [[arrays[s][a] for s, a in game.own_moves[node] if s in inside] for node in one.nodes]
        if all(any(p <= 0.0 for p in way) for way in ways):
            found.append(one.label)
    return tuple(found)


def best_reply(game: ExtensiveForm, behaviour: Behaviour, player: int) -> tuple[dict[str, int], float]:
    """An action at each of the player's information sets that is best against the others, and what it brings.

    At information sets that the others or chance never let him see, the first action is named: it makes no difference.

    Raises
    ------
    ParameterError
        The game lacks perfect recall.
    """
    require_recall(game, "a best reply in a tree")
    return _best_reply(game, behaviour_arrays(game, behaviour), player)


def _best_reply(
    game: ExtensiveForm, arrays: list[np.ndarray], player: int, root: int = 0
) -> tuple[dict[str, int], float]:
    reach = _reach(game, arrays, without=player, root=root)
    chosen: dict[int, int] = {}
    worth: dict[int, float] = {}  # of nodes below which everything is settled

    def value(number: int) -> float:
        """Payoff from here on times the chance that the others and nature come here."""
        if number not in worth:
            node = game.nodes[number]
            if isinstance(node, End):
                worth[number] = float(reach[number] * node.payoffs[player])
            elif isinstance(node, Decision) and (at := game.set_of_node[number]) in chosen:
                worth[number] = value(game.children[number][chosen[at]])
            else:
                worth[number] = sum(map(value, game.children[number]))
        return worth[number]

    inside = range(root, game.last_below[root] + 1)
    own = [k for k, one in enumerate(game.info_sets) if one.player == player and one.nodes[0] in inside]
    for at in sorted(own, key=lambda k: -len(game.own_moves[game.info_sets[k].nodes[0]])):
        one = game.info_sets[at]
        totals = [sum(value(game.children[k][a]) for k in one.nodes) for a in range(len(one.actions))]
        chosen[at] = max(range(len(totals)), key=totals.__getitem__)
    return {game.info_sets[k].label: action for k, action in chosen.items()}, value(root)


def regrets(game: ExtensiveForm, behaviour: Behaviour, root: int = 0) -> np.ndarray:
    """What each player could gain by another strategy for the game, or the subgame at a node, shape (players,), >= 0."""
    require_recall(game, "regret in a tree")
    return _regrets(game, behaviour_arrays(game, behaviour), root)


def _regrets(game: ExtensiveForm, arrays: list[np.ndarray], root: int) -> np.ndarray:
    have = _expected(game, arrays, root)
    return np.array([max(0.0, _best_reply(game, arrays, i, root)[1] - have[i]) for i in range(game.num_players)])


def subgame_regret(game: ExtensiveForm, behaviour: Behaviour) -> float:
    """The largest regret of anybody in any subgame; zero in a subgame-perfect equilibrium."""
    require_recall(game, "regret in a tree")
    arrays = behaviour_arrays(game, behaviour)
    return max((float(_regrets(game, arrays, root).max()) for root in subgame_roots(game)), default=0.0)
