"""A game as a graph of decisions: positions, what the one who moves knows, and what each choice leads to.

A tree with merged branches: positions from which play goes on alike are one, so that a game that returns to an earlier
position is a finite graph with a cycle. Positions that the mover cannot tell apart share an information set. Solutions here
are of the agent form: every information set is played by an agent of its own, who knows how all others play
(McKelvey and Palfrey 1998 for logit agents).

Strategies are flat arrays: the probability of each option of each information set, one set after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.errors import ParameterError

TOLERANCE = 1e-10  # of probabilities, when a fixed point is taken as found
MOST_SWEEPS = 5_000
MOST_ON_BRANCH = 250  # options of games whose branch is followed by its curve; of larger ones by repeated replies
FOR_EVER = 1e11  # so many visits are taken for visits without end
TIE = 1e-12  # payoffs closer than this, relative to the largest, are equal


class Unsettled(ParameterError):
    """Values of a game that may return did not settle; ``positions`` are those of its loops without discounting."""

    def __init__(self, positions: np.ndarray) -> None:
        self.positions = positions
        super().__init__(
            f"values did not settle in {MOST_SWEEPS:,} rounds", hint="discount payoffs, or play logit: --set game.play=logit"
        )


@dataclass(frozen=True)
class DecisionGraph:
    """A finite graph of decisions.

    Attributes
    ----------
    players : tuple of str
    set_player : whole numbers, shape (sets,)
        Whose agent plays each information set.
    set_start : whole numbers, shape (sets + 1,)
        Where the options of each set begin in a strategy.
    edge_node, edge_child : whole numbers, shape (edges,)
        From which position to which; -1 where the game is over.
    edge_choice : whole numbers, shape (edges,)
        Place in a strategy; -1 for a move of chance, whose probability is in ``edge_chance``.
    edge_payoff, edge_discount : floats, shape (edges, players)
        Paid on the way, and what payoffs after it count.
    roots : floats, shape (nodes,)
        Probability that play begins at a position.
    """

    players: tuple[str, ...]
    set_player: np.ndarray
    set_start: np.ndarray
    edge_node: np.ndarray
    edge_child: np.ndarray
    edge_choice: np.ndarray
    edge_chance: np.ndarray
    edge_payoff: np.ndarray
    edge_discount: np.ndarray
    roots: np.ndarray

    @property
    def num_nodes(self) -> int:
        """Positions."""
        return len(self.roots)

    @property
    def num_options(self) -> int:
        """Options of all information sets together."""
        return int(self.set_start[-1])

    @cached_property
    def option_set(self) -> np.ndarray:
        """The information set of each option."""
        return np.repeat(np.arange(len(self.set_player)), np.diff(self.set_start))

    @cached_property
    def levels(self) -> list[np.ndarray] | None:
        """Edges by the distance of their position from an end, the last positions first; None if play may return."""
        height = np.zeros(self.num_nodes, dtype=np.int64)
        inner = self.edge_child >= 0
        if not len(self.edge_node):
            return []
        parents, children = self.edge_node[inner], self.edge_child[inner]
        if self._returns(parents, children):
            return None
        for _ in range(self.num_nodes + 1):
            above = np.zeros_like(height)
            np.maximum.at(above, parents, height[children] + 1)
            if np.array_equal(above, height):
                order = np.argsort(height[self.edge_node], kind="stable")
                found = height[self.edge_node][order]
                cuts = np.flatnonzero(np.diff(found)) + 1
                return np.split(order, cuts)
            height = above
            if height.max() > 5_000:
                return None
        return None

    @property
    def unfolded_size(self) -> float:
        """Positions and ends of the tree into which the graph unfolds; infinite if play may return."""
        if self.levels is None:
            return math.inf
        ways = (self.roots > 0.0).astype(float)
        for edges in reversed(self.levels):
            inner = edges[self.edge_child[edges] >= 0]
            np.add.at(ways, self.edge_child[inner], ways[self.edge_node[inner]])
        return float(ways.sum() + ways[self.edge_node[self.edge_child < 0]].sum())

    def _returns(self, parents: np.ndarray, children: np.ndarray) -> bool:
        """Whether some position can follow on itself."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        links = csr_matrix((np.ones(len(parents), dtype=np.int8), (parents, children)), shape=(self.num_nodes, self.num_nodes))
        count, _ = connected_components(links, directed=True, connection="strong")
        return bool(count < self.num_nodes or (parents == children).any())

    @cached_property
    def knows_position(self) -> bool:
        """Whether every mover knows the position: each information set holds one."""
        pairs = np.unique(np.stack([self.option_set[self.edge_choice[self._decided]], self.edge_node[self._decided]]), axis=1)
        return len(np.unique(pairs[0])) == pairs.shape[1]

    @cached_property
    def _decided(self) -> np.ndarray:
        return np.flatnonzero(self.edge_choice >= 0)

    def uniform(self) -> np.ndarray:
        """The strategy by which every option of a set is equally likely."""
        return 1.0 / np.diff(self.set_start)[self.option_set]

    def edge_probability(self, strategy: np.ndarray) -> np.ndarray:
        """Probability of each edge at its position."""
        found = self.edge_chance.astype(strategy.dtype)
        found[self._decided] = strategy[self.edge_choice[self._decided]]
        return found

    def values(self, strategy: np.ndarray) -> np.ndarray:
        """Expected payoffs from each position on, by player; shape (nodes, players).

        Raises
        ------
        ParameterError
            Play may go on for ever without discounting.
        """
        if not self.players:
            return np.zeros((self.num_nodes, 0))
        weight = self.edge_probability(strategy)[:, None]
        if self.levels is not None:
            found = np.zeros((self.num_nodes, len(self.players)), dtype=strategy.dtype)
            for edges in self.levels:
                child = self.edge_child[edges]
                later = np.where(child[:, None] >= 0, self.edge_discount[edges] * found[child], 0.0)
                np.add.at(found, self.edge_node[edges], weight[edges] * (self.edge_payoff[edges] + later))
            return found
        return np.stack([self._linear_values(weight[:, 0], player) for player in range(len(self.players))], axis=1)

    def _linear_values(self, weight: np.ndarray, player: int) -> np.ndarray:
        now = np.bincount(self.edge_node, weight * self.edge_payoff[:, player], self.num_nodes)
        return self._solved(weight * self.edge_discount[:, player], now, forward=False)

    def reach(self, strategy: np.ndarray, player: int | None = None) -> np.ndarray:
        """How often each position is expected to be visited; with a player, each visit counted as its payoffs then count."""
        weight = self.edge_probability(strategy)
        if player is not None:
            weight = weight * self.edge_discount[:, player]
        if self.levels is not None:
            found = self.roots.astype(strategy.dtype)
            for edges in reversed(self.levels):
                inner = edges[self.edge_child[edges] >= 0]
                np.add.at(found, self.edge_child[inner], weight[inner] * found[self.edge_node[inner]])
            return found
        return self._solved(weight, self.roots, forward=True)

    def _solved(self, weight: np.ndarray, constant: np.ndarray, *, forward: bool) -> np.ndarray:
        """The solution x of x = constant + A x, where A leads along edges with their weights, or back."""
        from scipy.sparse import csc_matrix, identity
        from scipy.sparse.linalg import splu

        inner = self.edge_child >= 0
        rows, columns = self.edge_node[inner], self.edge_child[inner]
        if forward:
            rows, columns = columns, rows
        matrix = csc_matrix((weight[inner], (rows, columns)), shape=(self.num_nodes, self.num_nodes))
        try:
            found = splu((identity(self.num_nodes, format="csc") - matrix).tocsc()).solve(constant)
        except RuntimeError:
            found = np.full(self.num_nodes, math.nan)
        # Rounding may leave of a singular matrix one that is nearly so, and of its solution nothing that means anything.
        if not np.all(np.isfinite(found)) or np.abs(found).max(initial=0.0) > FOR_EVER * np.abs(constant).max(initial=0.0):
            raise ParameterError("play may go on for ever", hint="discount payoffs, or let the game end with some probability")
        return found

    def option_values(self, strategy: np.ndarray) -> np.ndarray:
        """Expected payoff of each option to its player, in all information sets, given how everybody plays.

        Positions of a set count by how often they are reached; alike in a set that is never reached. Where play never ends
        each visit counts as payoffs then do.
        """
        values = self.values(strategy)
        edges = self._decided
        choice = self.edge_choice[edges]
        player = self.set_player[self.option_set[choice]]
        child = self.edge_child[edges]
        later = np.where(child >= 0, self.edge_discount[edges, player] * values[child, player], 0.0)
        worth = self.edge_payoff[edges, player] + later
        visits = np.ones(len(edges)) if self.knows_position else self._visits(strategy)
        total = _summed(choice, visits, self.num_options)
        visits = np.where((total.real <= 0.0)[choice], 1.0, visits)
        return _summed(choice, visits * worth, self.num_options) / _summed(choice, visits, self.num_options)

    def _visits(self, strategy: np.ndarray) -> np.ndarray:
        """How often the position of each decided edge is visited."""
        at = self.edge_node[self._decided]
        try:
            return self.reach(strategy)[at]
        except ParameterError:
            mover = self.set_player[self.option_set[self.edge_choice[self._decided]]]
            by_player = np.stack([self.reach(strategy, player)[at] for player in range(len(self.players))])
            return by_player[mover, np.arange(len(at))]

    # Solving

    def logit(self, precision: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
        """The agent logit equilibrium on the branch that begins where all options are equally likely.

        Parameters
        ----------
        precision : floats, shape (sets,)
            Of each information set; infinite for a best reply.

        Raises
        ------
        ParameterError
            No fixed point was found.
        """
        finite = np.where(np.isfinite(precision), precision, 0.0)
        if self.levels is not None and self.knows_position:
            return self._backwards(precision)
        if self.knows_position:
            return self._by_horizon(precision)
        if np.isfinite(precision).all() and self.levels is not None and self.num_options <= MOST_ON_BRANCH:
            return self._along_branch(precision)
        strategy = self.uniform() if start is None else start
        top = float(finite.max(initial=0.0))
        spread = float(np.ptp(self.option_values(strategy))) or 1.0
        steps = max(1, math.ceil(math.log2(1.0 + 4.0 * top * spread)))
        for step in range(1, steps + 1):
            share = 1.0 if step == steps else (2.0**step - 1.0) / (2.0**steps - 1.0)
            strategy = self._fixed_point(np.where(np.isfinite(precision), precision * share, precision), strategy)
        return strategy

    def _by_horizon(self, precision: np.ndarray) -> np.ndarray:
        """Where play may return and every mover knows the position: the limit of games that end after ever more rounds.

        A round goes from the positions that are furthest from the start to those nearest; what leads back is worth what it was
        in the round before.
        """
        depth = self._depth()
        order = np.argsort(-depth[self.edge_node], kind="stable")
        cuts = np.flatnonzero(np.diff(depth[self.edge_node][order])) + 1
        layers = np.split(order, cuts)
        values = np.zeros((self.num_nodes, len(self.players)))
        strategy = self.uniform()
        for _ in range(MOST_SWEEPS):
            before, replied = values.copy(), strategy.copy()
            for edges in layers:
                self._back_up(edges, values, strategy, precision)
            if max(np.abs(values - before).max(initial=0.0), np.abs(strategy - replied).max(initial=0.0)) <= TOLERANCE:
                return strategy
        raise Unsettled(self.loops())

    def loops(self) -> np.ndarray:
        """Positions to which play may return without anything being discounted on the way, sorted."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        kept = (self.edge_child >= 0) & (self.edge_discount >= 1.0).any(axis=1)
        parents, children = self.edge_node[kept], self.edge_child[kept]
        links = csr_matrix((np.ones(len(parents), dtype=np.int8), (parents, children)), shape=(self.num_nodes, self.num_nodes))
        _, part = connected_components(links, directed=True, connection="strong")
        in_part = np.bincount(part)[part] > 1
        in_part[parents[parents == children]] = True
        return np.flatnonzero(in_part)

    def _depth(self) -> np.ndarray:
        """Moves from the start to each position, along the shortest way."""
        depth = np.where(self.roots > 0.0, 0, self.num_nodes)
        inner = self.edge_child >= 0
        while True:
            nearer = depth.copy()
            np.minimum.at(nearer, self.edge_child[inner], depth[self.edge_node[inner]] + 1)
            if np.array_equal(nearer, depth):
                return depth
            depth = nearer

    def _back_up(self, edges: np.ndarray, values: np.ndarray, strategy: np.ndarray, precision: np.ndarray) -> None:
        """Replies and values at the positions that these edges leave, from the values of where they lead, in place."""
        child = self.edge_child[edges]
        worth = self.edge_payoff[edges] + np.where(child[:, None] >= 0, self.edge_discount[edges] * values[child], 0.0)
        decided = self.edge_choice[edges] >= 0
        choice = self.edge_choice[edges][decided]
        if len(choice):
            own = np.full(self.num_options, -np.inf)
            own[choice] = worth[decided, self.set_player[self.option_set[choice]]]
            strategy[choice] = self._replies(own, precision)[choice]
        weight = self.edge_chance[edges].copy()
        weight[decided] = strategy[choice]
        values[self.edge_node[edges]] = 0.0
        np.add.at(values, self.edge_node[edges], weight[:, None] * worth)

    def _along_branch(self, precision: np.ndarray) -> np.ndarray:
        """Along the curve of fixed points from even mixing, which may turn back and cross where replies alone would leave it."""
        from sim.games.solvers.logit_branch import follow

        top = float(precision.max(initial=0.0))
        if top == 0.0:
            return self.uniform()
        span = float(np.ptp(self.edge_payoff)) or 1.0
        scale = (precision / top)[self.option_set] / span

        def values(logs: np.ndarray) -> np.ndarray:
            return np.stack([self.option_values(np.exp(row)) * scale for row in logs])

        found = follow(values, np.diff(self.set_start).tolist(), precision=top * span)
        strategy = np.exp(found.logs)
        return strategy / np.bincount(self.option_set, strategy, len(self.set_player))[self.option_set]

    def _backwards(self, precision: np.ndarray) -> np.ndarray:
        """From the last positions to the first, where every mover knows the position."""
        strategy = self.uniform()
        values = np.zeros((self.num_nodes, len(self.players)))
        for edges in self.levels or []:
            self._back_up(edges, values, strategy, precision)
        return strategy

    def _replies(self, worth: np.ndarray, precision: np.ndarray) -> np.ndarray:
        """Logit replies to the values of options; the first of the best where precision is infinite."""
        size = len(self.set_player)
        top = np.full(size, -np.inf)
        np.maximum.at(top, self.option_set, worth)
        with np.errstate(invalid="ignore", over="ignore"):
            gap = worth - top[self.option_set]
            finite = np.isfinite(precision)[self.option_set]
            soft = np.exp(np.where(finite, np.where(np.isfinite(precision), precision, 0.0)[self.option_set] * gap, 0.0))
        best = gap >= -TIE * np.maximum(1.0, np.abs(top[self.option_set]))
        place = np.arange(self.num_options)
        first = np.full(size, self.num_options)
        np.minimum.at(first, self.option_set[best], place[best])
        hard = (place == first[self.option_set]).astype(float)
        found = np.where(finite, soft, hard)
        found = np.where(np.isfinite(found), found, 0.0)
        total = np.bincount(self.option_set, found, size)
        return found / np.where(total > 0.0, total, 1.0)[self.option_set]

    def _fixed_point(self, precision: np.ndarray, strategy: np.ndarray) -> np.ndarray:
        # Where each would answer the other's change by more than that change, only short steps come nearer; a step once too
        # long stays short. The best of a stretch is what the next one is compared with, for single steps may go astray.
        damping, best, worse = 0.9, math.inf, 0
        for _ in range(MOST_SWEEPS):
            reply = self._replies(self.option_values(strategy), precision)
            change = float(np.abs(reply - strategy).max(initial=0.0))
            if change <= TOLERANCE:
                return reply
            worse = 0 if change < best else worse + 1
            best = min(best, change)
            if worse >= 4:
                damping, worse, best = max(0.7 * damping, 1e-3), 0, change
            strategy = strategy + damping * (reply - strategy)
        raise ParameterError(
            f"no fixed point was found in {MOST_SWEEPS:,} steps", hint="lower the precision, or use fewer points of the grid"
        )

    # Judging

    def expected_gains(self, strategy: np.ndarray) -> np.ndarray:
        """What each information set could gain by another option as seen from the start; shape (sets,).

        The gain where it is reached, times how often that is expected, discounted as its player's payoffs are.
        """
        visits = np.zeros(len(self.set_player))
        for player in range(len(self.players)):
            edges = self._decided[self.set_player[self.option_set[self.edge_choice[self._decided]]] == player]
            chosen = self.reach(strategy, player)[self.edge_node[edges]] * strategy[self.edge_choice[edges]]
            visits += np.bincount(self.option_set[self.edge_choice[edges]], chosen, len(self.set_player))
        return visits * self.gains(strategy)

    def gains(self, strategy: np.ndarray) -> np.ndarray:
        """How much each information set could gain by another option, all others as they are; shape (sets,).

        Where the set is never reached the gain is that if it were, each of its positions as likely as any other.
        """
        worth = self.option_values(strategy)
        size = len(self.set_player)
        best = np.full(size, -np.inf)
        np.maximum.at(best, self.option_set, worth)
        return best - np.bincount(self.option_set, strategy * worth, size)

    def expected(self, strategy: np.ndarray, edge_number: np.ndarray) -> float:
        """The mean of a number that stands at ends of the game: 0 for other edges."""
        visits = self.reach(strategy)[self.edge_node] * self.edge_probability(strategy)
        return float((visits * edge_number).sum())


def _summed(places: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    """Sums by place, of complex numbers too: derivatives are taken along imaginary steps."""
    if np.iscomplexobj(weights):
        return np.bincount(places, weights.real, size) + 1j * np.bincount(places, weights.imag, size)
    return np.bincount(places, weights, size)
