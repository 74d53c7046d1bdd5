"""The graph of a game unfolded into a tree, as solvers of game theory take it, and their behaviours back on the graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.errors import ParameterError
from sim.games.equilibrium import Equilibrium
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node
from sim.model.game.graph import GameGraph, InformationSet, Variable

MOST_TREE_NODES = 20_000


def tree_of(found: GameGraph, title: str = "") -> ExtensiveForm:
    """The tree of a game whose play never returns to an earlier position.

    Raises
    ------
    ParameterError
        Play may return, or the tree is too large.
    """
    graph = found.graph
    if graph.levels is None:
        raise ParameterError(
            "play may return to an earlier move, which a tree cannot show", hint="write strategies, or play logit: --set game.play=logit"
        )
    starts = np.searchsorted(graph.edge_node, np.arange(graph.num_nodes + 1))
    assert np.all(np.diff(graph.edge_node) >= 0)
    labels = set_labels(found.sets)
    actions = [option_labels(item) for item in found.sets]
    size = [0]

    def node(number: int, paid: np.ndarray, counts: np.ndarray) -> Node:
        size[0] += 1
        if size[0] > MOST_TREE_NODES:
            raise ParameterError(
                f"the tree has more than {MOST_TREE_NODES:,} nodes", hint="use fewer `points`, write strategies, or play logit"
            )
        edges = range(starts[number], starts[number + 1])
        children: list[Node] = []
        for edge in edges:
            now = paid + counts * graph.edge_payoff[edge]
            child = int(graph.edge_child[edge])
            children.append(node(child, now, counts * graph.edge_discount[edge]) if child >= 0 else End(tuple(map(float, now))))
        first = edges[0]
        if graph.edge_choice[first] < 0:
            names = tuple(str(n + 1) for n in range(len(children)))
            return Chance(names, tuple(float(graph.edge_chance[edge]) for edge in edges), tuple(children))
        chosen = int(graph.option_set[graph.edge_choice[first]])
        return Decision(graph.players[graph.set_player[chosen]], labels[chosen], actions[chosen], tuple(children))

    nothing, full = np.zeros(len(graph.players)), np.ones(len(graph.players))
    roots = np.flatnonzero(graph.roots > 0.0)
    if len(roots) == 1:
        return ExtensiveForm(graph.players, node(int(roots[0]), nothing, full), title)
    names = tuple(str(n + 1) for n in range(len(roots)))
    chances = tuple(float(graph.roots[n]) for n in roots)
    return ExtensiveForm(graph.players, Chance(names, chances, tuple(node(int(n), nothing, full) for n in roots)), title)


def strategy_of(found: GameGraph, equilibrium: Equilibrium) -> np.ndarray:
    """The strategy on the graph that a behaviour of its tree is; sets that it does not name mix evenly."""
    strategy = found.graph.uniform()
    starts = found.graph.set_start
    place = {label: n for n, label in enumerate(set_labels(found.sets))}
    for mixture in equilibrium.profile:
        n = place[mixture.at]
        strategy[starts[n] : starts[n + 1]] = mixture.probabilities
    return strategy


def set_labels(sets: Sequence[InformationSet]) -> list[str]:
    """A label for each information set: the move, and what its player knows."""
    found: list[str] = []
    for item in sets:
        known = ", ".join(_told(item, variable, value) for variable, value in item.known)
        text = f"{item.unit.name} ({known})" if known else item.unit.name
        found.append(text if text not in found else f"{text} #{len(found)}")
    return found


def option_labels(item: InformationSet) -> tuple[str, ...]:
    """Options in words: their names, or the numbers that may be named."""
    return item.unit.options or tuple(f"{number:.9g}" for number in item.options)


def _told(item: InformationSet, variable: Variable, value: float) -> str:
    name = " ".join(str(part) for part in variable[1:]) or variable[0]
    if variable[0] == "type":
        classes = item.classes.get(str(variable[1]), ())
        return f"{name} {classes[int(value)]}" if classes else f"{name} #{int(value) + 1}"
    if variable[0] == "option":
        options = item.choices.get(str(variable[1]), ())
        return f"{name} {options[int(value)]}" if options else f"{name} {value:g}"
    return f"{name} {value:.6g}"
