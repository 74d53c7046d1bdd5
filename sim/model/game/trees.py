"""The graph of a game unfolded into a tree, as solvers of game theory take it, and their behaviours back on the graph."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from sim.errors import ParameterError
from sim.games.equilibrium import Equilibrium
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node
from sim.model.game.graph import GameGraph, InformationSet, Start
from sim.model.game.memory import Variable

MOST_TREE_NODES = 50_000  # ends among them


def tree_of(found: GameGraph, title: str = "") -> ExtensiveForm:
    """The tree of a game whose play never returns to an earlier position.

    Raises
    ------
    ParameterError
        Play may return, or the tree is too large.
    """
    refuse_large(found)
    graph = found.graph
    starts = np.searchsorted(graph.edge_node, np.arange(graph.num_nodes + 1))
    assert np.all(np.diff(graph.edge_node) >= 0)
    labels = set_labels(found.sets)
    actions = [option_labels(item) for item in found.sets]

    def node(number: int, paid: np.ndarray, counts: np.ndarray) -> Node:
        edges = range(starts[number], starts[number + 1])
        children: list[Node] = []
        for edge in edges:
            now = paid + counts * graph.edge_payoff[edge]
            child = int(graph.edge_child[edge])
            children.append(node(child, now, counts * graph.edge_discount[edge]) if child >= 0 else End(tuple(map(float, now))))
        first = edges[0]
        if graph.edge_choice[first] < 0:
            chances = tuple(float(graph.edge_chance[edge]) for edge in edges)
            return Chance(tuple(found.edge_names[edge] for edge in edges), chances, tuple(children), found.node_moves[number])
        chosen = int(graph.option_set[graph.edge_choice[first]])
        return Decision(graph.players[graph.set_player[chosen]], labels[chosen], actions[chosen], tuple(children))

    def drawn(beginnings: Sequence[Start], depth: int) -> Node:
        """The draws of types one after another, and then the game."""
        draws = beginnings[0].draws
        if depth == len(draws):
            return node(beginnings[0].node, np.zeros(len(graph.players)), np.ones(len(graph.players)))
        parts = [list(part) for _, part in groupby(beginnings, key=lambda item: item.draws[depth])]
        names = distinct([part[0].draws[depth].value for part in parts])
        chances = tuple(part[0].draws[depth].probability for part in parts)
        return Chance(names, chances, tuple(drawn(part, depth + 1) for part in parts), draws[depth].name)

    return ExtensiveForm(graph.players, drawn(found.starts, 0), title)


def refuse_large(found: GameGraph) -> None:
    """Raise ``ParameterError`` if play may return to an earlier position, or the tree is too large."""
    if found.graph.levels is None:
        raise ParameterError(
            "play may return to an earlier move, which a tree cannot show", hint="write strategies, or play logit: --set game.play=logit"
        )
    if (size := found.graph.unfolded_size) > MOST_TREE_NODES:
        raise ParameterError(
            f"the tree has {size:,.0f} nodes, and {MOST_TREE_NODES:,} are taken",
            hint="use fewer points, as in --set game.points=5, write strategies, or play logit",
        )


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names, numbered where they are not all different."""
    return tuple(names) if len(set(names)) == len(names) else tuple(f"{name} #{n}" for n, name in enumerate(names, 1))


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
