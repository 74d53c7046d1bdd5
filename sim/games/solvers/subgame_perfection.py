"""Subgame-perfect equilibria, subgame by subgame from the innermost outwards, mixed within subgames where need be.

Each subgame is solved in reduced normal form with the subgames inside it replaced by what they bring. Where an inner subgame has
several equilibria, the outer one is solved for each of them.

Source: Selten (1965, 1975).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from sim.games.behaviour import expected_payoffs
from sim.games.equilibrium import Solutions
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node, require_recall, subgame_roots
from sim.games.normal_form import NormalForm
from sim.games.reduction import behaviour_of, reduced_normal_form

NAME = "subgame by subgame"
MOST = 64  # equilibria of one subgame that are carried outwards

Behaviour = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Perfect:
    """Behaviours, and what the solutions of the single stages said."""

    behaviours: tuple[Behaviour, ...]
    is_complete: bool
    is_degenerate: bool | None
    notes: tuple[str, ...]


def subgame_perfect(game: ExtensiveForm, solve_stage: Callable[[NormalForm], Solutions]) -> Perfect:
    """Every combination of the equilibria that ``solve_stage`` finds in the subgames, up to ``MOST``.

    Raises
    ------
    ParameterError
        A player forgets, or a subgame is too large for its normal form.
    """
    require_recall(game, NAME)
    roots = subgame_roots(game)
    solved: dict[int, list[tuple[Behaviour, tuple[float, ...]]]] = {}
    is_complete, degenerate, notes = True, [], []
    for root in reversed(roots or (0,)):
        inner = _inner_roots(game, root, set(roots))
        found: list[tuple[Behaviour, tuple[float, ...]]] = []
        for below in product(*(solved[k] for k in inner)):
            stage = ExtensiveForm(game.players, _stage(game, root, dict(zip(inner, below, strict=True))), game.title)
            table, plans = reduced_normal_form(stage)
            answer = solve_stage(table)
            is_complete &= answer.is_complete
            degenerate.append(answer.is_degenerate)
            notes += [note for note in answer.notes if note not in notes]
            for one in answer.equilibria:
                behaviour = behaviour_of(stage, [mixture.probabilities for mixture in one.profile], plans)
                payoffs = tuple(map(float, expected_payoffs(stage, behaviour)))
                whole = dict(behaviour)
                for part, _ in below:
                    whole |= part
                found.append((whole, payoffs))
            if len(found) > MOST:
                found, is_complete = found[:MOST], False
                notes.append(f"Only {MOST} equilibria of a subgame are carried outwards.")
                break
        solved[root] = found
    flag = True if any(degenerate) else None if None in degenerate else False
    return Perfect(tuple(behaviour for behaviour, _ in solved[(roots or (0,))[0]]), is_complete, flag, tuple(notes))


def _inner_roots(game: ExtensiveForm, root: int, roots: set[int]) -> list[int]:
    """The outermost proper subgames inside the one at ``root``."""
    found = []
    waiting = list(game.children[root])
    while waiting:
        number = waiting.pop()
        if number in roots:
            found.append(number)
        else:
            waiting.extend(game.children[number])
    return sorted(found)


def _stage(game: ExtensiveForm, number: int, ends: dict[int, tuple[Behaviour, tuple[float, ...]]]) -> Node:
    """The tree at a node with inner subgames replaced by their payoffs."""
    if number in ends:
        return End(ends[number][1])
    node = game.nodes[number]
    children = tuple(_stage(game, child, ends) for child in game.children[number])
    if isinstance(node, Decision):
        return Decision(node.player, node.info_set, node.actions, children)
    if isinstance(node, Chance):
        return Chance(node.outcomes, node.probabilities, children, node.label)
    return node
