"""How far a reply at one information set may be changed, all else as it is, before an equilibrium ceases to be one.

Where play does not come a reply often may vary: an equilibrium that is listed then stands for a whole set of them. What a
player could gain by deviating is convex in the probabilities at one information set, so those with which the equilibrium holds are
a convex set; it is told by how far one can go from the listed reply towards each action.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.games.behaviour import Behaviour, node_values, reach_of_sets, regrets
from sim.games.extensive_form import Chance, ExtensiveForm, behaviour_arrays, subgame_roots

_FIRST = 1e-3  # share of the way that is tried before the way is searched
_HALVINGS = 34
_REACHED = 1e-9
_ROUNDING = 1e-12  # share of the span
_WORSE = 1e-6  # share of the span from which on an action that falls so much short is not looked at


@dataclass(frozen=True)
class FreeReply:
    """A reply that may vary alone.

    Attributes
    ----------
    info_set : int
    is_reached : bool
        Whether play comes there.
    least, most : tuple of float
        The least and the largest probability of each action on the ways from the listed reply to single actions.
    is_any : bool
        Whether any reply will do.
    """

    info_set: int
    is_reached: bool
    least: tuple[float, ...]
    most: tuple[float, ...]
    is_any: bool


class Budget:
    """How much may still be worked out, in nodes of trees that are gone through."""

    def __init__(self, nodes: int) -> None:
        self.left = nodes

    def spend(self, nodes: int) -> bool:
        """Whether there is enough for so many more."""
        self.left -= nodes
        return self.left >= 0


def free_replies(
    game: ExtensiveForm, behaviour: Behaviour, tolerance: float, *, in_subgames: bool, with_reached: bool, budget: Budget
) -> list[FreeReply] | None:
    """The replies that may vary, in the order of information sets; None where the budget did not suffice.

    Parameters
    ----------
    tolerance : float
        Regret, in units of payoff, that counts as none where a reply is changed altogether, and in proportion where by less.
    in_subgames : bool
        Whether it is to stay an equilibrium in every subgame.
    with_reached : bool
        Whether sets to which play comes are looked at; their replies are fixed unless the game is degenerate.
    """
    search = _Search(game, behaviour, tolerance, in_subgames, budget)
    reach = reach_of_sets(game, behaviour)
    found = []
    for number, one in enumerate(game.info_sets):
        is_reached = reach[one.label] > _REACHED
        if (is_reached and not with_reached) or len(one.actions) < 2:
            continue
        listed = np.asarray(behaviour[one.label], dtype=float)
        shares = search.shares(number, listed)
        if shares is None:
            return None
        if max(shares) > 0.0:
            corners = [listed + share * (np.eye(len(listed))[k] - listed) for k, share in enumerate(shares)]
            least, most = np.min([listed, *corners], axis=0), np.max([listed, *corners], axis=0)
            is_any = all(share == 1.0 for share, p in zip(shares, listed, strict=True) if p < 1.0)
            found.append(FreeReply(number, is_reached, tuple(map(float, least)), tuple(map(float, most)), is_any))
    return found


class _Search:
    """How far one may go from the replies of a behaviour towards single actions."""

    def __init__(self, game: ExtensiveForm, behaviour: Behaviour, tolerance: float, in_subgames: bool, budget: Budget) -> None:
        self.game, self.behaviour, self.tolerance, self.budget = game, behaviour, tolerance, budget
        self.roots = subgame_roots(game) if in_subgames else (0,)
        self.arrays = behaviour_arrays(game, behaviour)
        self.values = node_values(game, self.arrays)
        self.regret_of: dict[int, float] = {}

    def shares(self, number: int, listed: np.ndarray) -> list[float] | None:
        """Share of the way from the listed reply to each action that can be gone; None where the budget ends."""
        one = self.game.info_sets[number]
        around = [root for root in self.roots if root <= one.nodes[0] <= self.game.last_below[root]]  # no other subgame is touched
        weights = np.array([self._chance_from(around[-1], node) for node in one.nodes])
        below = np.array([[self.values[child, one.player] for child in self.game.children[node]] for node in one.nodes])
        worth = weights @ below
        # Where play comes in the smallest subgame around it, what is worse for its player is out.
        open_ = (listed < 1.0) & (worth >= worth.max() - _WORSE * self.game.span)
        if not open_.any():
            return [0.0] * len(listed)
        already = max(self._listed_regret(root) for root in around)
        found = []
        for action in range(len(one.actions)):
            if not open_[action]:
                found.append(0.0)
                continue
            share = self._way(around, one.label, listed, np.eye(len(listed))[action], already)
            if share is None:
                return None
            found.append(share)
        return found

    def _way(self, around: list[int], label: str, listed: np.ndarray, target: np.ndarray, already: float) -> float | None:
        def holds(share: float) -> bool | None:
            if not self.budget.spend(sum(self.game.last_below[root] - root + 1 for root in around)):
                return None
            allowed = already + self.tolerance * share + _ROUNDING * self.game.span
            return self._regret(around, label, listed + share * (target - listed)) <= allowed

        for share, verdict in ((1.0, 1.0), (_FIRST, 0.0)):
            held = holds(share)
            if held is None:
                return None
            if held is (verdict == 1.0):
                return verdict
        low, high = _FIRST, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            held = holds(middle)
            if held is None:
                return None
            low, high = (middle, high) if held else (low, middle)
        return low

    def _chance_from(self, root: int, node: int) -> float:
        """The probability that play comes from a node to one below it."""
        chance = 1.0
        while node != root:
            parent = self.game.parents[node]
            place = self.game.children[parent].index(node)
            above = self.game.nodes[parent]
            chance *= above.probabilities[place] if isinstance(above, Chance) else self.arrays[self.game.set_of_node[parent]][place]
            node = parent
        return float(chance)

    def _listed_regret(self, root: int) -> float:
        if root not in self.regret_of:
            self.regret_of[root] = float(regrets(self.game, self.behaviour, root).max())
        return self.regret_of[root]

    def _regret(self, around: list[int], label: str, reply: np.ndarray) -> float:
        """The largest regret in the subgames around a set with another reply there."""
        changed = {**self.behaviour, label: tuple(map(float, reply))}
        return max(float(regrets(self.game, changed, root).max()) for root in around)
