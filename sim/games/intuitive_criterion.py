"""The intuitive criterion: whether an equilibrium of a signalling game rests on beliefs that no type could be meant to hold up.

A sender learns its type by chance and sends a message; a receiver sees the message and replies. For a message that nobody sends in
the equilibrium, the types for which no reply, that is best for some belief of the receiver, brings as much as the equilibrium
does are left out. If some other type gains for sure, whatever the receiver then best replies as it believes in the types left, the
equilibrium fails.

Source: Cho and Kreps (1987), Quarterly Journal of Economics 102(2), 179-221.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.games.behaviour import Behaviour
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, behaviour_arrays

_SENT = 1e-9  # probability from which on a message counts as sent


@dataclass(frozen=True)
class Message:
    """A message with its reply: by type that may send it what each reply brings; ``NaN`` never occurs.

    ``reply_set`` is -1 where the game is over after it, and there is then one reply.
    """

    label: str
    types: tuple[int, ...]
    sender: np.ndarray  # types, replies
    receiver: np.ndarray  # types, replies
    reply_set: int


@dataclass(frozen=True)
class SignallingGame:
    """A sender's information sets, one a type, in words and by number, and its messages."""

    types: tuple[str, ...]
    sets: tuple[int, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Failure:
    """A message that was not sent, the types for which it is never worth while, and a type that gains by it for sure."""

    message: str
    excluded: tuple[str, ...]
    gains: str


def signalling_game(game: ExtensiveForm) -> SignallingGame | None:
    """The tree read as a signalling game; None if it is none.

    Chance moves first and the sender then knows all that it drew; each message leads to one information set of the receiver, or to
    the end; after a reply nobody decides.
    """
    starts = _after_chance(game)
    if starts is None or len(starts) < 2:
        return None
    senders = {game.info_sets[game.set_of_node[node]].player for _, node in starts}
    sets = [game.set_of_node[node] for _, node in starts]
    if len(senders) != 1 or any(len(game.info_sets[k].nodes) != 1 for k in sets):
        return None
    sender = senders.pop()
    found: dict[str, list[tuple[int, int]]] = {}  # message -> (type, node to which it leads)
    for number, (_, node) in enumerate(starts):
        for label, child in zip(game.info_sets[sets[number]].actions, game.children[node], strict=True):
            found.setdefault(label, []).append((number, child))
    messages = [_message(game, sender, label, led) for label, led in found.items()]
    if any(one is None for one in messages):
        return None
    return SignallingGame(
        tuple(label for label, _ in starts), tuple(sets), tuple(one for one in messages if one is not None)
    )


def failure(game: ExtensiveForm, signals: SignallingGame, behaviour: Behaviour, tolerance: float) -> Failure | None:
    """Why an equilibrium fails the criterion; None if it passes. Gains up to ``tolerance``, in units of payoff, count as none."""
    arrays = behaviour_arrays(game, behaviour)
    sent = {one.label: [_chance_of(game, arrays, signals, k, one.label) for k in one.types] for one in signals.messages}
    worth = np.zeros(len(signals.types))
    for one in signals.messages:
        reply = arrays[one.reply_set] if one.reply_set >= 0 else np.ones(1)
        for row, (k, chance) in enumerate(zip(one.types, sent[one.label], strict=True)):
            worth[k] += chance * float(one.sender[row] @ reply)
    for one in signals.messages:
        if max(sent[one.label]) > _SENT:
            continue
        own = worth[list(one.types)]
        rows = list(range(len(one.types)))
        replies = best_replies(one.receiver[rows], tolerance)
        left = [k for k in rows if one.sender[k, replies].max() >= own[k] - tolerance]
        if not left:
            continue
        replies = best_replies(one.receiver[left], tolerance)
        for k in left:
            if one.sender[k, replies].min() > own[k] + tolerance:
                excluded = tuple(signals.types[one.types[j]] for j in rows if j not in left)
                return Failure(one.label, excluded, signals.types[one.types[k]])
    return None


def best_replies(payoffs: np.ndarray, tolerance: float) -> list[int]:
    """Replies that are best for some belief; ``payoffs`` are the receiver's, shape (types, replies).

    A mixed reply that is best for a belief mixes such replies, so that none brings a type more, or less, than all of these.
    """
    return [reply for reply in range(payoffs.shape[1]) if _is_best(payoffs - payoffs[:, [reply]], tolerance)]


def _is_best(short: np.ndarray, tolerance: float) -> bool:
    """Whether some belief makes what other replies bring more, by type, at most nothing."""
    if (short.max(axis=1) <= tolerance).any():
        return True
    if len(short) == 1:
        return False
    from scipy.optimize import linprog

    size = len(short)
    scale = float(np.abs(short).max())
    rows = np.hstack([short.T / scale, -np.ones((short.shape[1], 1))])  # at most the last unknown, which is made small
    cost = np.append(np.zeros(size), 1.0)
    whole = np.append(np.ones(size), 0.0)
    done = linprog(
        cost, rows, np.zeros(len(rows)), whole[None], [1.0], [(0.0, None)] * size + [(None, None)], method="highs"
    )
    return bool(done.success and done.fun * scale <= tolerance)


def _chance_of(
    game: ExtensiveForm, arrays: Sequence[np.ndarray], signals: SignallingGame, kind: int, label: str
) -> float:
    at = signals.sets[kind]
    return float(arrays[at][game.info_sets[at].actions.index(label)])


def _after_chance(game: ExtensiveForm) -> list[tuple[str, int]] | None:
    """What chance drew first, in words, with the node to which that leads; None where the game may end before anybody moves."""
    found: list[tuple[str, int]] = []
    waiting: list[tuple[tuple[str, ...], int]] = [((), 0)]
    while waiting:
        drawn, number = waiting.pop()
        node = game.nodes[number]
        if isinstance(node, End):
            return None
        if isinstance(node, Decision):
            found.append((", ".join(drawn), number))
            continue
        sure = len(node.outcomes) == 1
        branches = zip(node.outcomes, game.children[number], strict=True)
        waiting += [((*drawn, *(() if sure else (label,))), child) for label, child in branches][::-1]
    return found


def _message(game: ExtensiveForm, sender: int, label: str, led: list[tuple[int, int]]) -> Message | None:
    nodes = [game.nodes[child] for _, child in led]
    types = tuple(k for k, _ in led)
    if not any(isinstance(node, Decision) for node in nodes):
        ends = [_settled(game, child) for _, child in led]
        if any(one is None for one in ends):
            return None
        table = np.array([one for one in ends if one is not None])
        return Message(label, types, table[:, [sender]], np.zeros((len(led), 1)), -1)
    sets = {game.set_of_node.get(child, -1) for _, child in led}
    if len(sets) != 1 or -1 in sets:
        return None
    one = game.info_sets[at := sets.pop()]
    if one.player == sender or set(one.nodes) != {child for _, child in led}:
        return None
    worth = [[_settled(game, end) for end in game.children[child]] for _, child in led]
    if any(one is None for row in worth for one in row):
        return None
    table = np.array([[end for end in row if end is not None] for row in worth])
    return Message(label, types, table[:, :, sender], table[:, :, one.player], at)


def _settled(game: ExtensiveForm, number: int) -> np.ndarray | None:
    """What each player expects at a node from which on nobody decides; None elsewhere."""
    node = game.nodes[number]
    if isinstance(node, End):
        return np.asarray(node.payoffs, dtype=float)
    if not isinstance(node, Chance):
        return None
    parts = [_settled(game, child) for child in game.children[number]]
    if any(part is None for part in parts):
        return None
    return np.asarray(sum(p * part for p, part in zip(node.probabilities, parts, strict=True) if part is not None))
