"""A shallow tree that parts the histories by one input after another, grown by scikit-learn on the histories searched.

How far it is cut back is decided by cross-validation on the histories searched, by the rule of one standard error: the smallest tree
whose loss is within one standard error of the least. What is told of its leaves is counted in the other half.

Source: Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.discovery.boxes import Box, Limit, round_bound
from sim.analysis.discovery.prim import FOLDS
from sim.analysis.estimates import Share, share
from sim.errors import UsageError

DEPTH = 3
LEAST_SHARE, LEAST_HISTORIES = 0.02, 20  # of a leaf, of the histories searched
LIBRARY = "scikit-learn"
INSTALL = "pip install 'geosim[discover]'"


@dataclass(frozen=True)
class Node:
    """A part of the histories: what it asks (a box), what came in either half, and its two parts, if it has any."""

    box: Box
    limit: Limit | None  # what leads to it from the node above
    searched: Share
    held: Share
    parts: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[Node]:
        """Parts that are not parted, from the first to the last."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Split:
    """One question of the tree: a number below a bound, or one word."""

    column: int
    bound: float
    word: int | None = None

    def limits(self, box: Box, present: frozenset[int]) -> tuple[Limit, Limit]:
        """What it makes of the limit that a box has on the input, on either side."""
        old = box.limit(self.column)
        if self.word is None:
            low, high = min(old.high, self.bound), max(old.low, self.bound)
            return Limit(self.column, old.low, low), Limit(self.column, high, old.high)
        words = old.words or present
        return Limit(self.column, words=words - {self.word}), Limit(self.column, words=words & {self.word})


def check_library() -> None:
    """Raise ``UsageError`` where the library is missing."""
    try:
        import sklearn.tree  # noqa: F401
    except ImportError as error:
        raise UsageError(f"the tree needs the package {LIBRARY} ({error})", hint=INSTALL) from None


def grow(
    columns: Sequence[np.ndarray], hits: np.ndarray, is_word: Sequence[bool], searched: np.ndarray, folds: np.ndarray
) -> Node:
    """The tree over all histories; ``searched`` says which of them it is grown on, ``folds`` are theirs.

    Raises
    ------
    UsageError
        The library is missing.
    """
    check_library()
    features, meaning = _features(columns, is_word)
    there, came = features[searched], hits[searched]
    leaf = max(LEAST_HISTORIES, math.ceil(LEAST_SHARE * len(came)))
    fitted = _fitted(there, came, leaf, _penalty(there, came, folds, leaf))
    return _node(fitted.tree_, 0, Box(), None, np.ones(len(hits), dtype=bool), (columns, hits, searched, meaning))


def _features(columns: Sequence[np.ndarray], is_word: Sequence[bool]) -> tuple[np.ndarray, list[tuple[int, int | None]]]:
    """A number as it stands, a truth value for each word; with the column and the word that each feature is."""
    made, meaning = [], []
    for number, (column, words) in enumerate(zip(columns, is_word, strict=True)):
        for code in np.unique(column).astype(int).tolist() if words else [None]:
            made.append(column if code is None else (column == code).astype(float))
            meaning.append((number, code))
    return np.stack(made, axis=1), meaning


def _fitted(features: np.ndarray, hits: np.ndarray, leaf: int, penalty: float):
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=leaf, ccp_alpha=penalty, random_state=0)
    return tree.fit(features, hits)


def _penalty(features: np.ndarray, hits: np.ndarray, folds: np.ndarray, leaf: int) -> float:
    """The price of a leaf: the largest whose loss is within a standard error of the least."""
    prices = _fitted(features, hits, leaf, 0.0).cost_complexity_pruning_path(features, hits).ccp_alphas
    prices = np.sqrt(np.maximum(prices, 0.0) * np.append(prices[1:], 2.0 * prices[-1] + 1e-12))
    losses = np.zeros((len(prices), len(hits)))
    for fold in range(FOLDS):
        out = folds == fold
        if not out.any() or len(set(hits[~out].tolist())) < 2:
            continue
        for number, price in enumerate(prices.tolist()):
            tree = _fitted(features[~out], hits[~out], leaf, price)
            chance = _chance(tree, features[~out], hits[~out], features[out])
            losses[number, out] = -np.log(np.where(hits[out], chance, 1.0 - chance))
    mean = losses.mean(axis=1)
    best = int(np.argmin(mean))
    # The error of the difference, history by history, since all trees are judged by the same histories.
    error = (losses - losses[best]).std(axis=1) / math.sqrt(len(hits))
    return float(prices[max(np.flatnonzero(mean - mean[best] <= error))])


def _chance(tree, features: np.ndarray, hits: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Chance of a hit among others by the share in their leaf, never 0 or 1."""
    leaves = tree.apply(features)
    size = tree.tree_.node_count
    counts, came = np.bincount(leaves, minlength=size), np.bincount(leaves, weights=hits, minlength=size)
    return ((came + 0.5) / (counts + 1.0))[tree.apply(others)]


def _node(tree, place: int, box: Box, limit: Limit | None, inside: np.ndarray, data) -> Node:
    columns, hits, searched, meaning = data
    counts = [share(int(hits[inside & half].sum()), int((inside & half).sum())) for half in (searched, ~searched)]
    if tree.children_left[place] >= 0:
        column, word = meaning[tree.feature[place]]
        bound = math.nan if word is not None else round_bound(float(tree.threshold[place]), columns[column])
        present = frozenset(np.unique(columns[column]).astype(int).tolist()) if word is not None else frozenset()
        sides = Split(column, bound, word).limits(box, present)
        held = [inside & side.holds(columns[column]) for side in sides]
        if all(part.any() for part in held):
            below = (tree.children_left[place], tree.children_right[place])
            parts = tuple(
                _node(tree, int(child), box.having(side), side, part, data) for child, side, part in zip(below, sides, held, strict=True)
            )
            return Node(box, limit, *counts, parts)
    return Node(box, limit, *counts)


def chance_of(root: Node) -> float:
    """p-value of the leaves in the histories not searched: that their shares of hits differ as much by chance (likelihood ratio)."""
    from scipy.stats import chi2

    leaves = [leaf.held for leaf in root.leaves() if leaf.held.trials]
    if len(leaves) < 2:
        return 1.0

    def likelihood(hits: int, of: int) -> float:
        return sum(part * math.log(part / of) for part in (hits, of - hits) if part)

    ratio = 2.0 * (sum(likelihood(leaf.count, leaf.trials) for leaf in leaves) - likelihood(root.held.count, root.held.trials))
    return float(chi2.sf(ratio, len(leaves) - 1))
