"""Payoffs of a game on a choice of supports as polynomials, and their exact ranges over boxes.

Player j with k strategies in use has k - 1 free probabilities z; the last one is what is left. A payoff is then linear in each
player's z, so that over a box (an interval for each free probability) it is smallest and largest at corners. `Support` holds for
every player the coefficients of the advantages of each strategy over the last one in use, and evaluates them and their derivatives
at the corners of many boxes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np


class Support:
    """A choice of strategies in use for each player (``used``, numbers in order), and the conditions of an equilibrium on it.

    For each player the rows of coefficients are first the equations (advantage of each strategy in use but the last over the last:
    zero), then the conditions (advantage of the last over each unused strategy: not negative).
    """

    def __init__(self, payoffs: np.ndarray, used: Sequence[Sequence[int]]) -> None:
        self.used = [list(one) for one in used]
        self.num_players = len(used)
        self.sizes = [len(one) - 1 for one in used]
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)]).tolist()
        self.dimension = self.starts[-1]
        self.coefficients = [self._of_player(payoffs[i], i) for i in range(self.num_players)]
        self.corner_signs = [np.array(list(product((0, 1), repeat=size)), dtype=int) for size in self.sizes]

    def _of_player(self, table: np.ndarray, player: int) -> np.ndarray:
        """Rows as above, shape (rows, k_j for each other player j in order); index 0 along j is the constant."""
        table = np.moveaxis(table, player, 0)
        others = [j for j in range(self.num_players) if j != player]
        for axis, j in enumerate(others, start=1):
            part = np.take(table, self.used[j], axis=axis)
            last = np.take(part, [-1], axis=axis)
            table = np.concatenate([last, np.take(part, range(self.sizes[j]), axis=axis) - last], axis=axis)
        last = table[self.used[player][-1]]
        equations = [table[s] - last for s in self.used[player][:-1]]
        conditions = [last - table[s] for s in range(len(table)) if s not in self.used[player]]
        return np.array(equations + conditions).reshape(len(equations) + len(conditions), *last.shape)

    def corners(self, low: np.ndarray, high: np.ndarray, player: int) -> np.ndarray:
        """(1, z) of the player at the corners of its part of each box, shape (boxes, corners, k)."""
        part = slice(self.starts[player], self.starts[player + 1])
        signs = self.corner_signs[player]
        z = np.where(signs[None], high[:, None, part], low[:, None, part])
        return np.concatenate([np.ones((*z.shape[:2], 1)), z], axis=2)

    def ranges(self, low: np.ndarray, high: np.ndarray, player: int) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest value of each of the player's rows over each box, shape (boxes, rows) each."""
        others = [self.corners(low, high, j) for j in range(self.num_players) if j != player]
        return _extremes(_contract(self.coefficients[player], others))

    def derivative_ranges(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest derivative of each equation by each free probability, shape (boxes, equations, free) each."""
        shape = (len(low), self.dimension, self.dimension)
        least, largest = np.zeros(shape), np.zeros(shape)
        corner = [self.corners(low, high, j) for j in range(self.num_players)]
        for i in range(self.num_players):
            if not self.sizes[i]:
                continue
            rows = self.coefficients[i][: self.sizes[i]]
            others = [j for j in range(self.num_players) if j != i]
            for axis, j in enumerate(others, start=1):
                for k in range(self.sizes[j]):
                    part = np.take(rows, k + 1, axis=axis)
                    down, up = _extremes(_contract(part, [corner[m] for m in others if m != j]))
                    at = (slice(None), slice(self.starts[i], self.starts[i + 1]), self.starts[j] + k)
                    least[at], largest[at] = down, up
        return least, largest

    def equations(self, z: np.ndarray) -> np.ndarray:
        """Values of all equations at points z, shape (points, equations)."""
        parts = [self.ranges(z, z, i)[0][:, : self.sizes[i]] for i in range(self.num_players) if self.sizes[i]]
        return np.concatenate(parts, axis=1)

    def profile(self, z: np.ndarray, shape: Sequence[int]) -> list[np.ndarray]:
        """The point as a profile of the whole game."""
        found = []
        for i, size in enumerate(shape):
            own = z[self.starts[i] : self.starts[i + 1]]
            one = np.zeros(size)
            one[self.used[i]] = np.append(own, 1.0 - own.sum())
            found.append(one)
        return found


def _contract(rows: np.ndarray, corners: list[np.ndarray]) -> np.ndarray:
    """Rows (rows, k1, k2, ...) at all combinations of corners, shape (boxes, rows, corners1, corners2, ...)."""
    result = rows[None]
    for corner in corners:
        result = np.einsum("nra...,nca->nr...c", np.broadcast_to(result, (len(corner), *result.shape[1:])), corner)
    return result


def _extremes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    flat = values.reshape(*values.shape[:2], -1)
    return flat.min(axis=2), flat.max(axis=2)
