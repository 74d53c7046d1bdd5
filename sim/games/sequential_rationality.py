"""Whether each reply in a tree is a best one for some belief of who gives it, also where play does not come.

A belief at an information set is a distribution over its nodes. An assessment is a behaviour with a belief at every information
set. It is sequentially rational if, at every information set, what its player expects there from going on as the behaviour says is
the most that any other way of going on would bring, given the belief and how all others play. A behaviour is a (weak) perfect
Bayesian equilibrium if it is sequentially rational with beliefs that follow from it by Bayes' rule wherever play may come; where
play does not come beliefs are free, each set's by itself.

At a set that is not reached the question is whether there is a belief at which no other way of going on gains. The most that a
deviation gains is convex in the belief, piecewise linear, and by the duality of the sequence form the value of a linear
programme: the least V such that V at each own information set from there on covers what each action brings, and the sets that
may follow it. The programme is small, and only asked where simple beliefs do not do.

Sources: Kreps and Wilson (1982), Econometrica 50(4), 863-894 (assessments, sequential rationality); Osborne and Rubinstein (1994),
chapter 12; Myerson (1991), chapter 4 (weak sequential equilibrium, as it is called there); von Stengel (1996), Games and Economic
Behavior 14(2), 220-246 (the programme).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.behaviour import Behaviour, node_values, reach_probabilities
from sim.games.extensive_form import Decision, End, ExtensiveForm, behaviour_arrays, require_recall

REACHED = 1e-9  # probability from which on play counts as coming to an information set


@dataclass(frozen=True)
class Rationality:
    """What an information set's player could gain there, at the belief that is best for the behaviour.

    Attributes
    ----------
    info_set : int
        Its number in the game.
    is_reached : bool
        Whether play comes there, so that Bayes' rule says what is believed.
    belief : tuple of float
        Over its nodes: that of Bayes' rule, or one at which the least is gained by going on otherwise.
    gain : float
        What the best other way of going on gains at that belief, in units of payoff; zero, but for rounding, if the reply is rational.
    better : tuple of (int, int)
        Actions that the behaviour uses there, each with one that brings more at every node of the set. Where a gain is left and
        nothing stands here, it takes different actions against different beliefs, or a change of later moves as well.
    """

    info_set: int
    is_reached: bool
    belief: tuple[float, ...]
    gain: float
    better: tuple[tuple[int, int], ...] = ()


def rationality(game: ExtensiveForm, behaviour: Behaviour, tolerance: float) -> list[Rationality]:
    """What is gained at each information set, in their order.

    Parameters
    ----------
    tolerance : float
        A gain that counts as none, in units of payoff; a belief with such a gain is good enough.

    Raises
    ------
    ParameterError
        A player forgets, or the behaviour is none.
    """
    require_recall(game, "sequential rationality")
    arrays = behaviour_arrays(game, behaviour)
    reach = reach_probabilities(game, behaviour)
    values = node_values(game, arrays)
    return [_at_set(game, arrays, values, reach, at, tolerance) for at in range(len(game.info_sets))]


def _at_set(
    game: ExtensiveForm, arrays: list[np.ndarray], values: np.ndarray, reach: np.ndarray, at: int, tolerance: float
) -> Rationality:
    one = game.info_sets[at]
    weights = reach[list(one.nodes)]
    onwards = _Onwards(game, arrays, values, at)
    if weights.sum() > REACHED:
        belief = weights / weights.sum()
        gain = onwards.gain(belief)
        return Rationality(at, True, _shares(belief), gain, onwards.better(tolerance) if gain > tolerance else ())
    belief, gain = _kindest(onwards, len(one.nodes), tolerance)
    return Rationality(at, False, _shares(belief), gain, onwards.better(tolerance) if gain > tolerance else ())


def _shares(belief: np.ndarray) -> tuple[float, ...]:
    return tuple(map(float, belief))


def _kindest(onwards: _Onwards, size: int, tolerance: float) -> tuple[np.ndarray, float]:
    """A belief at which little is gained, and the gain there: the least where it exceeds the tolerance."""
    even = np.full(size, 1.0 / size)
    for belief in (even, *np.eye(size)) if size > 1 else (even,):
        gain = onwards.gain(belief)
        if gain <= tolerance:
            return belief, gain
    return (even, gain) if size == 1 else onwards.least_gain()


class _Onwards:
    """How play goes on from an information set, as its player may direct it: own sets from there on, and what each action brings.

    ``direct[set][action, node]`` is the payoff of ends between that action and the player's next move, times the chance that
    chance and the others lead from the node there, at the player's will.
    """

    def __init__(self, game: ExtensiveForm, arrays: list[np.ndarray], values: np.ndarray, at: int) -> None:
        self.at, self.one, self.span = at, game.info_sets[at], game.span
        self.direct: dict[int, np.ndarray] = {}
        self.following: dict[tuple[int, int], list[int]] = {}
        self.order: list[int] = []  # own sets, each before those that may follow it
        self.values = values
        self.children = [game.children[node] for node in self.one.nodes]
        player = self.one.player
        self.stay = values[list(self.one.nodes), player]
        self.single = np.array(
            [[values[child, player] for child in below] for below in self.children]
        ).T  # actions, nodes
        self.used = [k for k, p in enumerate(arrays[at]) if p > REACHED]
        for place, root in enumerate(self.one.nodes):
            waiting: list[tuple[int, float, tuple[int, int] | None]] = [(root, 1.0, None)]
            while waiting:
                number, chance, last = waiting.pop()
                node = game.nodes[number]
                if isinstance(node, End):
                    assert last is not None
                    self.direct[last[0]][last[1], place] += chance * node.payoffs[player]
                    continue
                if (
                    isinstance(node, Decision)
                    and (own := game.set_of_node[number]) is not None
                    and game.info_sets[own].player == player
                ):
                    self._enter(game, own, last)
                    waiting += [(child, chance, (own, k)) for k, child in enumerate(game.children[number])]
                    continue
                chances = node.probabilities if not isinstance(node, Decision) else arrays[game.set_of_node[number]]
                waiting += [
                    (child, chance * p, last)
                    for child, p in zip(game.children[number], chances, strict=True)
                    if p > 0.0
                ]

    def _enter(self, game: ExtensiveForm, own: int, last: tuple[int, int] | None) -> None:
        if own not in self.direct:
            self.direct[own] = np.zeros((len(game.info_sets[own].actions), len(self.one.nodes)))
            self.order.append(own)
            if last is not None:
                self.following.setdefault(last, []).append(own)

    def gain(self, belief: np.ndarray) -> float:
        """What the best way of going on brings more than the behaviour does, at a belief."""
        best: dict[int, float] = {}
        for own in reversed(self.order):
            worth = self.direct[own] @ belief
            best[own] = max(
                float(w) + sum(best[k] for k in self.following.get((own, a), ())) for a, w in enumerate(worth)
            )
        return max(0.0, best[self.at] - float(self.stay @ belief))

    def least_gain(self) -> tuple[np.ndarray, float]:
        """The belief at which the least is gained, by linear programme, and what that is."""
        from scipy.optimize import linprog

        size, unit = len(self.one.nodes), self.span
        column = {own: size + k for k, own in enumerate(self.order)}
        rows = []
        for own in self.order:
            for action, worth in enumerate(self.direct[own]):
                row = np.zeros(size + len(self.order))
                row[:size] = worth / unit
                row[column[own]] = -1.0
                for later in self.following.get((own, action), ()):
                    row[column[later]] = 1.0
                rows.append(row)
        cost = np.concatenate([-self.stay / unit, np.zeros(len(self.order))])
        cost[column[self.at]] = 1.0
        whole = np.concatenate([np.ones(size), np.zeros(len(self.order))])
        done = linprog(
            cost, np.array(rows), np.zeros(len(rows)), whole[None], [1.0],
            [(0.0, None)] * size + [(None, None)] * len(self.order), method="highs",
        )  # fmt: skip
        belief = np.clip(done.x[:size], 0.0, None) if done.success else np.full(size, 1.0 / size)
        belief = belief / belief.sum()
        return belief, self.gain(belief)

    def better(self, tolerance: float) -> tuple[tuple[int, int], ...]:
        """Used actions, each with one that is better at every node, all later moves as they are."""
        found = []
        for used in self.used:
            margin = (self.single - self.single[used]).min(axis=1)
            if margin.max() > tolerance:
                found.append((used, int(margin.argmax())))
        return tuple(found)
