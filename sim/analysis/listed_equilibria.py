"""Equilibria that an algorithm lists, as records in words, and where among them the strategies of a file stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import ParameterError, SimError
from sim.games.credibility import credibility
from sim.games.equilibrium import Solutions, counted
from sim.games.extensive_form import ExtensiveForm
from sim.model.game.graph import GameGraph
from sim.model.game.solving import SolvedGame
from sim.model.game.trees import strategy_of, tree_of

SAME = 1e-6  # distance of probabilities up to which strategies are the same
MERGED = (
    "Positions from which play goes on alike count as one: equilibria in which players turn on what no longer matters, as on a "
    "signal without weight or on an earlier round, are not among these."
)
SOUND = "Subgame perfect and perfect Bayesian: all of them."


@dataclass(frozen=True)
class Listed:
    """Equilibria as an algorithm found them.

    Attributes
    ----------
    equilibria : tuple of str
        In words, with what they pay.
    judgements : tuple of tuples of str
        Of each equilibrium: whether its threats and beliefs hold, and which replies may vary. Empty where nothing was looked into.
    sentences : tuple of str
        How many there are, whether that is all, degeneracy, tolerance.
    """

    equilibria: tuple[str, ...]
    judgements: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]
    refinements: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Others:
    """The equilibria of a game whose strategies the file writes, and which of them the file plays; or why they are not listed.

    ``is_only`` says that the file's play is the one that there is, or that was found.
    """

    place: str
    listed: Listed | None
    is_only: bool = False

    def as_record(self) -> dict[str, Any]:
        """Plain data."""
        if self.listed is None:
            return {"place": self.place}
        return {
            "place": self.place,
            "equilibria": list(self.listed.equilibria),
            "refinements": list(self.listed.refinements),
            "sentences": list(self.listed.sentences),
        }


def listed(tree: ExtensiveForm, solutions: Solutions) -> Listed:
    """The equilibria of a tree, each with what stands behind it."""
    found = credibility(tree, solutions)
    judgements = tuple(tuple(one.sentences()) for one in found)
    sentences = tuple(solutions.sentences())
    if found and all(one.is_sound for one in found):
        judgements, sentences = (), (*sentences, SOUND if len(found) > 1 else SOUND.replace("all of them", "yes"))
    refinements = tuple(
        {
            "subgame_perfect": one.is_subgame_perfect,
            "perfect_bayesian": one.is_perfect_bayesian,
            "intuitive_criterion": one.is_intuitive,
            "sentences": one.sentences(),
        }
        for one in found
    )
    return Listed(tuple(item.words for item in solutions.equilibria), judgements, sentences, refinements)


def others(written: SolvedGame) -> Others | None:
    """All equilibria of the game beside the strategies that the file writes, where the game is small enough for that to be quick.

    None where nobody chooses anything.
    """
    from sim.games.solve import QUICK_TREE, is_quick_tree, solve_tree_here

    graph = written.graph
    if not graph.sets:
        return None
    hint = "to have them sought, add --set game.strategies={}, and where that is too much --set game.points=5"
    size = graph.graph.unfolded_size
    if size > QUICK_TREE:
        why = f"its tree has {size:,.0f} nodes, and up to {QUICK_TREE} are quick"
        if size == float("inf"):
            why = "play may return to an earlier move"
        return Others(f"other equilibria of the game are not listed: {why}; {hint}", None)
    try:
        tree = tree_of(graph)
        if not is_quick_tree(tree):
            return Others(f"other equilibria of the game are not listed, for that may take long; {hint}", None)
        solutions = solve_tree_here(tree)
        place, is_only = _place(graph, written.strategy, tree, solutions)
    except SimError as error:
        return Others(f"other equilibria of the game are not listed: {error}", None)
    found = listed(tree, solutions)
    return Others(place, replace(found, sentences=(*found.sentences, MERGED)), is_only)


def _place(graph: GameGraph, strategy: np.ndarray, tree: ExtensiveForm, solutions: Solutions) -> tuple[str, bool]:
    """Where the strategies of the file stand among the equilibria, and whether they are the only one."""
    from sim.games.behaviour import subgame_regret

    count = len(solutions.equilibria)
    if not count:
        raise ParameterError("no equilibrium was found")
    every = [strategy_of(graph, item) for item in solutions.equilibria]
    many = f"{counted(count, solutions.sought)} {'of the game' if solutions.is_complete else 'that were found'}"
    one = f"the only {solutions.sought} of the game" if solutions.is_complete else f"the {solutions.sought} that was found"
    course = _course(graph, strategy)
    alike = [_far(other, strategy) for other in every]
    on_course = [_far(_course(graph, other), course) for other in every]
    elsewhere = "; elsewhere its replies are others"
    for found, opening, ending in (
        (alike, "the file's play is", ""), (on_course, "where play comes, the file's play is", elsewhere),
    ):  # fmt: skip
        number = int(np.argmin(found))
        if found[number] <= SAME:
            return f"{opening} {one if count == 1 else f'number {number + 1} of {many}'}{ending}", count == 1 and not ending
    behaviour = {
        mixture.at: tuple(map(float, strategy[a:b] / strategy[a:b].sum()))
        for mixture, a, b in zip(
            _in_order(graph, solutions), graph.graph.set_start[:-1], graph.graph.set_start[1:], strict=True
        )
    }
    is_one = subgame_regret(tree, behaviour) <= 100.0 * solutions.tolerance
    listed_ones = f"{'the one' if count == 1 else f'the {count}'} that {'is' if count == 1 else 'are'} listed"
    if is_one and solutions.is_complete and count > 1:
        return f"the file's play is an equilibrium between the {count} corners that are listed", False
    if is_one:
        return f"the file's play is an equilibrium, too, beside {listed_ones}", False
    if count > 1:
        return f"the file's play is none of the {many}", False
    return f"{one} is not the file's play", False


def _far(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max(initial=0.0))


def _in_order(graph: GameGraph, solutions: Solutions) -> list[Any]:
    """The mixtures of an equilibrium in the order of the graph's information sets."""
    from sim.model.game.trees import set_labels

    by_label = {mixture.at: mixture for mixture in solutions.equilibria[0].profile}
    return [by_label[label] for label in set_labels(graph.sets)]


def _course(graph: GameGraph, strategy: np.ndarray) -> np.ndarray:
    """How often each edge is taken."""
    decisions = graph.graph
    return np.asarray(decisions.reach(strategy)[decisions.edge_node] * decisions.edge_probability(strategy))
