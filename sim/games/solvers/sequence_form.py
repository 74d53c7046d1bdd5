"""Optimal behaviour and value of a zero-sum tree of two players, by the linear programme over sequences of moves.

A player's unknowns are the chances that he gives to his sequences of moves; they add up at each information set to the chance of the
sequence that leads there. The programme is as large as the tree, while the normal form grows exponentially with it.

Source: Romanovskii (1962); Koller et al. (1996), Games and Economic Behavior 14(2), 247-259.
"""

from __future__ import annotations

import numpy as np

from sim.errors import ParameterError
from sim.games.behaviour import with_best_replies
from sim.games.extensive_form import Chance, End, ExtensiveForm, require_recall

NAME = "linear programme of the sequence form"


def is_zero_sum(game: ExtensiveForm) -> bool:
    """Whether two players' payoffs add up to the same at every end."""
    if game.num_players != 2:
        return False
    totals = [sum(node.payoffs) for node in game.nodes if isinstance(node, End)]
    return max(totals) - min(totals) <= 1e-12 * max(game.span, max(map(abs, totals)))


def optimal_behaviour(game: ExtensiveForm) -> tuple[dict[str, tuple[float, ...]], float]:
    """One optimal behaviour for each player, and the value to player 1.

    Raises
    ------
    ParameterError
        Another number of players, payoffs whose sum varies, or a player who forgets.
    """
    if not is_zero_sum(game):
        raise ParameterError(
            "the method 'sequence form' is for two players whose payoffs add up to the same at every end",
            hint="the method 'subgame perfect' takes other games",
        )
    require_recall(game, NAME)
    sequences = [_sequences(game, i) for i in range(2)]
    table = np.zeros((len(sequences[0]), len(sequences[1])))
    ends = [(k, node) for k, node in enumerate(game.nodes) if isinstance(node, End)]
    chances = _chance_reach(game)
    for number, node in ends:
        at = [sequences[i][game.moves_of(number, game.players[i])[-1:] or ()] for i in range(2)]
        table[at[0], at[1]] += chances[number] * node.payoffs[0]
    first, value = _realisation(game, 0, sequences, table)
    second, _ = _realisation(game, 1, sequences, -table.T)
    unasked: list[str] = []
    behaviour = {**_behaviour(game, 0, sequences[0], first, unasked), **_behaviour(game, 1, sequences[1], second, unasked)}
    return with_best_replies(game, behaviour, unasked), value


Sequences = dict[
    tuple[tuple[int, int], ...], int
]  # () or ((information set, action),) -> number; the last move says it all


def _sequences(game: ExtensiveForm, player: int) -> Sequences:
    found: Sequences = {(): 0}
    for at, one in enumerate(game.info_sets):
        if one.player == player:
            for action in range(len(one.actions)):
                found[((at, action),)] = len(found)
    return found


def _before(game: ExtensiveForm, at: int) -> tuple[tuple[int, int], ...]:
    """The sequence that leads to an information set."""
    return game.own_moves[game.info_sets[at].nodes[0]][-1:]


def _chance_reach(game: ExtensiveForm) -> np.ndarray:
    reach = np.ones(len(game.nodes))
    for number, node in enumerate(game.nodes):
        for place, child in enumerate(game.children[number]):
            reach[child] = reach[number] * (node.probabilities[place] if isinstance(node, Chance) else 1.0)
    return reach


def _constraints(game: ExtensiveForm, player: int, sequences: Sequences) -> np.ndarray:
    """Rows that hold the chances of sequences to (1, 0, 0, ...)."""
    own = [at for at, one in enumerate(game.info_sets) if one.player == player]
    rows = np.zeros((len(own) + 1, len(sequences)))
    rows[0, 0] = 1.0
    for row, at in enumerate(own, start=1):
        rows[row, sequences[_before(game, at)]] = -1.0
        for action in range(len(game.info_sets[at].actions)):
            rows[row, sequences[((at, action),)]] = 1.0
    return rows


def _realisation(
    game: ExtensiveForm, player: int, sequences: list[Sequences], table: np.ndarray
) -> tuple[np.ndarray, float]:
    """The chances of the player's sequences that guarantee most; ``table`` has his payoffs, his sequences as rows."""
    from scipy.optimize import linprog

    own, other = _constraints(game, player, sequences[player]), _constraints(game, 1 - player, sequences[1 - player])
    plans, duals = table.shape[0], other.shape[0]
    done = linprog(
        np.concatenate([np.zeros(plans), [-1.0], np.zeros(duals - 1)]),
        np.hstack([-table.T, other.T]),  # what is guaranteed at a sequence of the other's is at most what it brings
        np.zeros(table.shape[1]),
        np.hstack([own, np.zeros((own.shape[0], duals))]),
        np.append(1.0, np.zeros(own.shape[0] - 1)),
        [(0.0, None)] * plans + [(None, None)] * duals,
        method="highs",
    )
    if not done.success:
        raise ParameterError(f"the {NAME} has no answer: {done.message}")
    return np.clip(done.x[:plans], 0.0, None), float(-done.fun)


def _behaviour(
    game: ExtensiveForm, player: int, sequences: Sequences, chances: np.ndarray, unasked: list[str]
) -> dict[str, tuple[float, ...]]:
    """The behaviour of a player at all of its sets; those to which its own moves never lead are added to ``unasked``."""
    found = {}
    for at, one in enumerate(game.info_sets):
        if one.player == player:
            weights = np.array([chances[sequences[((at, action),)]] for action in range(len(one.actions))])
            total = weights.sum()
            if total <= 1e-12:
                unasked.append(one.label)
            shares = weights / total if total > 1e-12 else np.full(len(weights), 1.0 / len(weights))
            found[one.label] = tuple(map(float, shares))
    return found
