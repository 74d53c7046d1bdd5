"""Subgame-perfect equilibria, subgame by subgame from the innermost outwards, mixed within subgames where need be.

Each subgame is solved in reduced normal form with the subgames inside it replaced by what they bring. Where an inner subgame has
several equilibria, the outer one is solved for each of them. Where some of those form a continuum that is not worth the same to all
along its way, the outer one is solved for its corners alone, and the list is not complete.

Source: Selten (1965, 1975).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.games.behaviour import expected_payoffs
from sim.games.equilibrium import Solutions
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm, Node, require_recall, subgame_roots
from sim.games.normal_form import NormalForm
from sim.games.reduction import behaviour_of, reduced_normal_form

NAME = "subgame by subgame"
MOST = 64  # equilibria of one subgame that are carried outwards
VARIES = (
    "A subgame has a continuum of equilibria that are not worth the same; only its corners are carried outwards, and what rests on "
    "points between them is not listed."
)
_SAME = 1e-9  # share of the span up to which payoffs are the same

Behaviour = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Perfect:
    """Behaviours, which of them are joined by equilibria, and what the solutions of the single stages said."""

    behaviours: tuple[Behaviour, ...]
    is_complete: bool
    is_degenerate: bool | None
    components: tuple[tuple[int, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """An equilibrium of a subgame: what it brings, and where it comes from."""

    behaviour: Behaviour
    payoffs: tuple[float, ...]
    below: tuple[int, ...]  # places of the equilibria of the inner subgames in their lists
    answer: int  # its place in what the stage's solver found
    component: int  # among what the stage's solver found


def subgame_perfect(game: ExtensiveForm, solve_stage: Callable[[NormalForm], Solutions]) -> Perfect:
    """Every combination of the equilibria that ``solve_stage`` finds in the subgames, up to ``MOST``.

    Raises
    ------
    ParameterError
        A player forgets, or a subgame is too large for its normal form.
    """
    require_recall(game, NAME)
    roots = subgame_roots(game)
    solved: dict[int, list[_Part]] = {}
    groups: dict[int, list[int]] = {}  # by subgame, the continuum to which each of its equilibria belongs
    is_complete, degenerate, notes = True, [], []
    for root in reversed(roots or (0,)):
        inner = _inner_roots(game, root, set(roots))
        found: list[_Part] = []
        for below in product(*(range(len(solved[k])) for k in inner)):
            parts = [solved[k][place] for k, place in zip(inner, below, strict=True)]
            stage = ExtensiveForm(game.players, _stage(game, root, dict(zip(inner, parts, strict=True))), game.title)
            table, plans = reduced_normal_form(stage)
            answer = solve_stage(table)
            is_complete &= answer.is_complete
            degenerate.append(answer.is_degenerate)
            notes += [note for note in answer.notes if note not in notes]
            components = {k: n for n, joined in enumerate(answer.components) for k in joined}
            for place, one in enumerate(answer.equilibria):
                behaviour = behaviour_of(stage, [mixture.probabilities for mixture in one.profile], plans)
                payoffs = tuple(map(float, expected_payoffs(stage, behaviour)))
                whole = dict(behaviour)
                for part in parts:
                    whole |= part.behaviour
                found.append(_Part(whole, payoffs, below, place, components.get(place, -1 - place)))
            if len(found) > MOST:
                found, is_complete = found[:MOST], False
                notes.append(f"Only {MOST} equilibria of a subgame are carried outwards.")
                break
        solved[root] = found
        groups[root] = _groups(found, [(solved[k], groups[k]) for k in inner], game.span)
        if root and _varies(found, groups[root], game.span):
            is_complete = False
            notes.append(VARIES)
    flag = True if any(degenerate) else None if None in degenerate else False
    first = (roots or (0,))[0]
    joined: dict[int, list[int]] = {}
    for place, group in enumerate(groups[first]):
        joined.setdefault(group, []).append(place)
    behaviours = tuple(part.behaviour for part in solved[first])
    return Perfect(behaviours, is_complete, flag, tuple(map(tuple, joined.values())), tuple(dict.fromkeys(notes)))


def _groups(found: list[_Part], inner: list[tuple[list[_Part], list[int]]], span: float) -> list[int]:
    """The continuum to which each equilibrium of a subgame belongs: numbers, the same for those that equilibria join.

    Two are joined by the same equilibria of the inner subgames and one continuum of their own stage, or by inner equilibria that
    are joined and worth the same, with the same answer to them.
    """

    def same(one: _Part, other: _Part) -> bool:
        for (parts, groups), a, b in zip(inner, one.below, other.below, strict=True):
            if groups[a] != groups[b] or not np.allclose(parts[a].payoffs, parts[b].payoffs, atol=_SAME * span, rtol=0.0):
                return False
        return one.component == other.component if one.below == other.below else one.answer == other.answer

    left, group = list(range(len(found))), [0] * len(found)
    number = 0
    while left:
        waiting = [left.pop(0)]
        while waiting:
            one = waiting.pop()
            group[one] = number
            near = [k for k in left if same(found[one], found[k])]
            left = [k for k in left if k not in near]
            waiting += near
        number += 1
    return group


def _varies(found: list[_Part], groups: list[int], span: float) -> bool:
    """Whether some continuum of a subgame's equilibria is worth different things to somebody."""
    first: dict[int, tuple[float, ...]] = {}
    return any(
        not np.allclose(first.setdefault(group, part.payoffs), part.payoffs, atol=_SAME * span, rtol=0.0)
        for group, part in zip(groups, found, strict=True)
    )


def largest_stages(game: ExtensiveForm) -> list[tuple[int, ...]]:
    """For each subgame at most how many strategies each player has in it, those of inner subgames left out."""
    roots = subgame_roots(game)
    found = {root: [1] * game.num_players for root in roots}
    for one in game.info_sets:
        root = max(root for root in roots if root <= one.nodes[0] <= game.last_below[root])
        found[root][one.player] *= len(one.actions)
    return [tuple(sizes) for sizes in found.values()]


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


def _stage(game: ExtensiveForm, number: int, ends: dict[int, _Part]) -> Node:
    """The tree at a node with inner subgames replaced by their payoffs."""
    if number in ends:
        return End(ends[number].payoffs)
    node = game.nodes[number]
    children = tuple(_stage(game, child, ends) for child in game.children[number])
    if isinstance(node, Decision):
        return Decision(node.player, node.info_set, node.actions, children)
    if isinstance(node, Chance):
        return Chance(node.outcomes, node.probabilities, children, node.label)
    return node
