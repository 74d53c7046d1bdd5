"""Games as trees: who moves where and what is then known, what chance does, and what everybody gets at the ends.

Nodes with the same information set look alike to their player and have the same actions. Nodes are numbered from the root
downwards, each before its children and children in order (preorder); information sets in the order in which that meets them.
A behaviour gives for every information set a distribution over its actions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import check_labels

MAX_DEPTH = 200  # moves along one path; trees are walked recursively
MAX_NODES = 200_000
_SUM_TOLERANCE = 1e-9


@dataclass(frozen=True)
class End:
    """An end of the game: what each player gets, in the order of the players."""

    payoffs: tuple[float, ...]
    label: str = ""


@dataclass(frozen=True)
class Decision:
    """A node at which ``player`` moves, knowing only that the game is somewhere in ``info_set``."""

    player: str
    info_set: str
    actions: tuple[str, ...]
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Chance:
    """A node at which nobody moves: each branch has a label and a probability."""

    outcomes: tuple[str, ...]
    probabilities: tuple[float, ...]
    children: tuple[Node, ...]
    label: str = ""


Node = End | Decision | Chance


@dataclass(frozen=True)
class InfoSet:
    """An information set: its label, the number of its player, its actions, and its nodes by number."""

    label: str
    player: int
    actions: tuple[str, ...]
    nodes: tuple[int, ...]


@dataclass(frozen=True, eq=True)
class ExtensiveForm:
    """A game tree.

    Raises
    ------
    ParameterError
        An unknown player, an information set of two players or with differing actions, branches that do not fit the labels,
        probabilities that are negative or do not add up to one, payoffs that are not finite or too few, a tree that is too
        deep or too large. The message names the path from the root.
    """

    players: tuple[str, ...]
    root: Node
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "players", tuple(map(str, self.players)))
        check_labels("players", self.players)
        _ = self.info_sets  # reads the whole tree, and refuses what is wrong with it

    @property
    def num_players(self) -> int:
        return len(self.players)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes in preorder."""
        return tuple(node for node, _, _ in self._walk)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each node the numbers of its children."""
        found: list[list[int]] = [[] for _ in self._walk]
        for number, (_, parent, _) in enumerate(self._walk):
            if parent >= 0:
                found[parent].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """For each node the number of its parent; -1 for the root."""
        return tuple(parent for _, parent, _ in self._walk)

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """For each node how many moves lead there."""
        return tuple(depth for _, _, depth in self._walk)

    @cached_property
    def last_below(self) -> tuple[int, ...]:
        """For each node the number of the last node of the subtree that starts there; those between belong to it."""
        last = list(range(len(self._walk)))
        for number in reversed(range(len(last))):
            if self.children[number]:
                last[number] = last[self.children[number][-1]]
        return tuple(last)

    @cached_property
    def _walk(self) -> tuple[tuple[Node, int, int], ...]:
        """(node, parent, depth) in preorder."""
        found: list[tuple[Node, int, int]] = []
        waiting: list[tuple[Node, int, int]] = [(self.root, -1, 0)]
        while waiting:
            node, parent, depth = waiting.pop()
            if depth > MAX_DEPTH:
                raise ParameterError(f"the tree is more than {MAX_DEPTH} moves deep", hint="fewer stages")
            if len(found) >= MAX_NODES:
                raise ParameterError(f"the tree has more than {MAX_NODES:,} nodes", hint="fewer stages or actions")
            number = len(found)
            found.append((node, parent, depth))
            if not isinstance(node, End):
                waiting.extend((child, number, depth + 1) for child in reversed(node.children))
        return tuple(found)

    def path(self, number: int) -> str:
        """The labels from the root to a node, for messages."""
        labels = []
        while (parent := self._walk[number][1]) >= 0:
            node = self._walk[parent][0]
            names = node.actions if isinstance(node, Decision) else node.outcomes if isinstance(node, Chance) else ()
            place = self.children[parent].index(number)
            labels.append(names[place] if place < len(names) else "?")
            number = parent
        # Commas, for a sign as > reads as a preference.
        return ", ".join(reversed(labels)) or "the root"

    @cached_property
    def info_sets(self) -> tuple[InfoSet, ...]:
        members: dict[str, list[int]] = {}
        first: dict[str, Decision] = {}
        for number, (node, _, _) in enumerate(self._walk):
            self._check(number, node)
            if isinstance(node, Decision):
                known = first.setdefault(node.info_set, node)
                if (known.player, tuple(known.actions)) != (node.player, tuple(node.actions)):
                    raise ParameterError(
                        f"{self.path(number)}: information set '{node.info_set}': expected {known.player} with actions "
                        f"{', '.join(known.actions)} as before, found {node.player} with {', '.join(node.actions)}"
                    )
                members.setdefault(node.info_set, []).append(number)
        return tuple(
            InfoSet(label, self.players.index(first[label].player), tuple(first[label].actions), tuple(nodes))
            for label, nodes in members.items()
        )

    def _check(self, number: int, node: Node) -> None:
        where = self.path(number)
        if isinstance(node, End):
            if len(node.payoffs) != len(self.players):
                raise ParameterError(f"{where}: expected {len(self.players)} payoffs, found {len(node.payoffs)}")
            if not np.isfinite(np.asarray(node.payoffs, dtype=float)).all():
                raise ParameterError(f"{where}: expected finite payoffs, found {list(node.payoffs)}")
            return
        labels = node.actions if isinstance(node, Decision) else node.outcomes
        check_labels(f"{where}: {'actions' if isinstance(node, Decision) else 'outcomes of chance'}", labels)
        if len(labels) != len(node.children):
            raise ParameterError(
                f"{where}: expected a branch for each of {len(labels)} labels, found {len(node.children)}"
            )
        if isinstance(node, Decision):
            if node.player not in self.players:
                raise ParameterError(
                    f"{where}: expected one of {', '.join(self.players)} to move, found '{node.player}'"
                )
            return
        chances = np.asarray(node.probabilities, dtype=float)
        if (
            len(chances) != len(labels)
            or not np.isfinite(chances).all()
            or (chances < 0.0).any()
            or abs(chances.sum() - 1.0) > _SUM_TOLERANCE
        ):
            raise ParameterError(
                f"{where}: expected probabilities of chance that add up to 1, found {list(node.probabilities)}"
            )

    @cached_property
    def set_of_node(self) -> Mapping[int, int]:
        """The number of the information set of each decision node."""
        return {node: number for number, one in enumerate(self.info_sets) for node in one.nodes}

    @cached_property
    def own_moves(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each node the (information set, action) pairs of its own player on the way there, in order; empty for others."""
        found: list[tuple[tuple[int, int], ...]] = []
        for number, (node, _, _) in enumerate(self._walk):
            found.append(self.moves_of(number, node.player) if isinstance(node, Decision) else ())
        return tuple(found)

    def moves_of(self, number: int, player: str) -> tuple[tuple[int, int], ...]:
        """The (information set, action) pairs of a player on the way to a node."""
        moves = []
        while (parent := self._walk[number][1]) >= 0:
            node = self._walk[parent][0]
            if isinstance(node, Decision) and node.player == player:
                moves.append((self.set_of_node[parent], self.children[parent].index(number)))
            number = parent
        return tuple(reversed(moves))

    @property
    def span(self) -> float:
        """Largest distance between two payoffs of one player; 1 where nobody's payoff varies."""
        ends = np.array([node.payoffs for node in self.nodes if isinstance(node, End)], dtype=float)
        return float((ends.max(axis=0) - ends.min(axis=0)).max()) or 1.0

    @property
    def largest(self) -> float:
        """The largest payoff, whatever its sign."""
        return float(max(abs(value) for node in self.nodes if isinstance(node, End) for value in node.payoffs))

    @property
    def has_perfect_information(self) -> bool:
        """Whether every information set has one node."""
        return all(len(one.nodes) == 1 for one in self.info_sets)


def recall_fault(game: ExtensiveForm) -> str | None:
    """What a player forgets, in words, or None if everybody remembers all own moves and what was known then (perfect recall).

    At all nodes of an information set its player must have met the same information sets and taken the same actions there.
    """
    for one in game.info_sets:
        before = {game.own_moves[node] for node in one.nodes}
        if any(game.info_sets[k].label == one.label for moves in before for k, _ in moves):
            return (
                f"{game.players[one.player]} can come to information set '{one.label}' twice in one course of the game"
            )
        if len(before) > 1:
            return (
                f"at information set '{one.label}' {game.players[one.player]} has forgotten an earlier move or something known before"
            )
    return None


def require_recall(game: ExtensiveForm, method: str) -> None:
    """Raise ``ParameterError`` if the game lacks perfect recall."""
    if fault := recall_fault(game):
        raise ParameterError(
            f"{method} needs perfect recall, but {fault}", hint="the method 'normal form' works without it"
        )


def subgame_roots(game: ExtensiveForm) -> tuple[int, ...]:
    """Nodes at which a subgame starts, in preorder: no information set has nodes both inside and outside. The root is one."""
    last = game.last_below
    found = []
    for number, node in enumerate(game.nodes):
        if isinstance(node, End):
            continue
        inside = range(number, last[number] + 1)
        sets = {game.set_of_node[k] for k in inside if k in game.set_of_node}
        if all(number <= k <= last[number] for s in sets for k in game.info_sets[s].nodes):
            found.append(number)
    return tuple(found)


def subgame(game: ExtensiveForm, number: int) -> ExtensiveForm:
    """The game that starts at a node."""
    return ExtensiveForm(game.players, game.nodes[number], game.title)


def decisions(node: Node) -> Iterator[Decision]:
    """All decision nodes below a node, itself included."""
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Decision):
            yield one
        if not isinstance(one, End):
            waiting.extend(reversed(one.children))


def behaviour_arrays(game: ExtensiveForm, behaviour: Mapping[str, Sequence[float]]) -> list[np.ndarray]:
    """The behaviour as one array for each information set, in their order.

    Raises
    ------
    ParameterError
        An information set is missing or unknown, or its numbers are no distribution over its actions.
    """
    known = {one.label for one in game.info_sets}
    if unknown := set(behaviour) - known:
        raise ParameterError(f"no information set '{sorted(unknown)[0]}'; there are {', '.join(sorted(known))}")
    arrays = []
    for one in game.info_sets:
        if one.label not in behaviour:
            raise ParameterError(f"the behaviour says nothing about information set '{one.label}'")
        array = np.asarray(behaviour[one.label], dtype=float)
        good = array.shape == (len(one.actions),) and np.isfinite(array).all() and (array >= 0.0).all()
        if not good or abs(array.sum() - 1.0) > _SUM_TOLERANCE:
            raise ParameterError(
                f"information set '{one.label}': expected {len(one.actions)} probabilities that add up to 1, found {array.tolist()}"
            )
        arrays.append(array)
    return arrays
