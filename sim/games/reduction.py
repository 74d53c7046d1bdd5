"""From a tree to its reduced normal form, and back from mixed strategies to behaviours.

A reduced strategy says what its player does at the information sets that the strategy itself does not keep him from; elsewhere
it has a ``*``. With perfect recall every mixed strategy has a behaviour with the same chances of every end.

Source: Kuhn (1953), in Contributions to the Theory of Games II.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from sim.errors import ParameterError
from sim.games.behaviour import with_best_replies
from sim.games.extensive_form import Chance, End, ExtensiveForm
from sim.games.normal_form import NormalForm

MAX_STRATEGIES = 5_000  # of one player
MAX_PAYOFFS = 1_000_000  # numbers in the table

Plan = Mapping[int, int]  # information set -> action, for those that the plan allows to be reached


def plans(game: ExtensiveForm, player: int) -> list[Plan]:
    """The reduced pure strategies of a player.

    Raises
    ------
    ParameterError
        There are more than ``MAX_STRATEGIES``.
    """
    own = [k for k, one in enumerate(game.info_sets) if one.player == player]
    found: list[dict[int, int]] = [{}]
    # Sets are met in preorder, so the moves that lead to one are decided before it.
    for at in sorted(own, key=lambda k: min(len(game.own_moves[n]) for n in game.info_sets[k].nodes)):
        one = game.info_sets[at]
        grown = []
        for plan in found:
            allowed = any(all(plan.get(s) == a for s, a in game.own_moves[n] if s != at) for n in one.nodes)
            grown += [{**plan, at: a} for a in range(len(one.actions))] if allowed else [plan]
            if len(grown) > MAX_STRATEGIES:
                raise ParameterError(
                    f"{game.players[player]} has more than {MAX_STRATEGIES:,} strategies in the normal form of this tree",
                    hint="fewer stages or actions; the method 'sequence form' (two players, zero-sum) and logit equilibria need no list",
                )
        found = grown
    return found


def plan_label(game: ExtensiveForm, player: int, plan: Plan) -> str:
    """The actions of a plan in the order of the player's information sets, ``*`` where it does not get."""
    own = [k for k, one in enumerate(game.info_sets) if one.player == player]
    return "/".join(game.info_sets[k].actions[plan[k]] if k in plan else "*" for k in own) or "-"


def reduced_normal_form(game: ExtensiveForm) -> tuple[NormalForm, list[list[Plan]]]:
    """The game in reduced normal form, and for each player the plan behind each strategy.

    Raises
    ------
    ParameterError
        Too many strategies or payoffs; the message says how many and what works.
    """
    of_players = [plans(game, i) for i in range(game.num_players)]
    shape = [len(one) for one in of_players]
    if prod(shape) * game.num_players > MAX_PAYOFFS:
        size = " x ".join(map(str, shape))
        raise ParameterError(
            f"the normal form of this tree has {size} strategies, that is {prod(shape) * game.num_players:,} payoffs; "
            f"at most {MAX_PAYOFFS:,} are taken",
            hint="fewer stages or actions; the method 'sequence form' (two players, zero-sum) and logit equilibria need no table",
        )
    payoffs = np.zeros((game.num_players, *shape))
    for number, node in enumerate(game.nodes):
        if isinstance(node, End):
            weight = np.array(_chance_of(game, number))
            for i, own in enumerate(of_players):
                needed = game.moves_of(number, game.players[i])
                allows = np.array([all(plan.get(s) == a for s, a in needed) for plan in own], dtype=float)
                weight = np.multiply.outer(weight, allows)
            payoffs += np.multiply.outer(np.asarray(node.payoffs, dtype=float), weight)
    labels = tuple(_distinct([plan_label(game, i, plan) for plan in own]) for i, own in enumerate(of_players))
    return NormalForm(game.players, labels, payoffs, game.title), of_players


def _distinct(labels: list[str]) -> tuple[str, ...]:
    """The labels, numbered where two are alike (labels of actions may hold the sign that joins them)."""
    return (
        tuple(labels)
        if len(set(labels)) == len(labels)
        else tuple(f"{label} #{k + 1}" for k, label in enumerate(labels))
    )


def _chance_of(game: ExtensiveForm, number: int) -> float:
    chance = 1.0
    while (parent := game.parents[number]) >= 0:
        node = game.nodes[parent]
        if isinstance(node, Chance):
            chance *= node.probabilities[game.children[parent].index(number)]
        number = parent
    return chance


def behaviour_of(
    game: ExtensiveForm, profile: Sequence[Sequence[float]], of_players: Sequence[Sequence[Plan]]
) -> dict[str, tuple[float, ...]]:
    """The behaviour with the same chances as a profile of mixed strategies; a best reply where a player's own strategy never gets."""
    unasked = []
    found: dict[str, tuple[float, ...]] = {}
    for at, one in enumerate(game.info_sets):
        weights = np.zeros(len(one.actions))
        for weight, plan in zip(profile[one.player], of_players[one.player], strict=True):
            if at in plan:
                weights[plan[at]] += weight
        total = weights.sum()
        if total <= 1e-12:
            unasked.append(one.label)
        shares = weights / total if total > 1e-12 else np.full(len(weights), 1.0 / len(weights))
        found[one.label] = tuple(map(float, shares))
    return with_best_replies(game, found, unasked) if unasked else found
