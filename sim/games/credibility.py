"""What stands behind each equilibrium of a tree that is listed: threats that would be carried out, beliefs, replies that may vary.

Nash equilibria ask nothing of replies where play does not come. Three questions sort them: is each an equilibrium in every
subgame (Selten 1965), is each reply best for some belief (`sequential_rationality`), and, in signalling games, are the beliefs such
that no type could still speak up (`intuitive_criterion`)? The first two do not imply one another: weak beliefs are free off the
path even where a subgame starts, and a subgame holds whole information sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.games.behaviour import Behaviour, best_reply, expected_payoffs, reach_of_sets
from sim.games.equilibrium import Credibility, Equilibrium, Mixture, Solutions
from sim.games.extensive_form import ExtensiveForm, recall_fault, subgame, subgame_roots
from sim.games.free_replies import Budget, FreeReply, free_replies
from sim.games.intuitive_criterion import SignallingGame, failure, signalling_game
from sim.games.sequential_rationality import Rationality, rationality

TOLERANCE = (
    1e-7  # gain that counts as none, as a share of the span: wider than that of an equilibrium, for its own rounding
)
MOST_NODES = 5_000  # of trees that are looked into
MOST_RANGES = 4  # actions of one set whose ranges are told
EFFORT = 400_000  # nodes that are gone through in search of replies that may vary, for all equilibria together


def credibility(game: ExtensiveForm, solutions: Solutions) -> tuple[Credibility, ...]:
    """For each equilibrium what stands behind it; nothing where a player forgets, or the tree is too large to look into."""
    if (
        recall_fault(game)
        or len(game.nodes) > MOST_NODES
        or not all(one.profile and one.profile[0].at for one in solutions.equilibria)
    ):
        return ()
    signals = signalling_game(game)
    budget = Budget(EFFORT)
    return tuple(_of_equilibrium(game, solutions, one, signals, budget) for one in solutions.equilibria)


def _of_equilibrium(
    game: ExtensiveForm, solutions: Solutions, one: Equilibrium, signals: SignallingGame | None, budget: Budget
) -> Credibility:
    if game.has_perfect_information and solutions.in_subgames:
        return Credibility(True, True, None)  # each reply is best where everybody knows the node
    tolerance = TOLERANCE * game.span
    behaviour = {mixture.at: mixture.probabilities for mixture in one.profile}
    empty = "" if solutions.in_subgames else _empty_threat(game, behaviour, tolerance)
    found = rationality(game, behaviour, tolerance)
    faults = [item for item in found if item.gain > tolerance]
    free = free_replies(
        game, behaviour, solutions.tolerance, in_subgames=solutions.in_subgames,
        with_reached=solutions.is_degenerate is not False, budget=budget,
    )  # fmt: skip
    intuitive, why = None, ""
    if signals is not None and not faults:
        failed = failure(game, signals, behaviour, tolerance)
        intuitive = failed is None
        if failed is not None:
            excluded = (
                f"whatever the reply, {' and '.join(failed.excluded)} would not take {failed.message}; "
                if failed.excluded
                else ""
            )
            why = f"{excluded}once that is understood, {failed.gains} gains by {failed.message} for sure"
    return Credibility(
        is_subgame_perfect=not empty,
        is_perfect_bayesian=not faults,
        is_intuitive=intuitive,
        why_not_subgame_perfect=empty,
        why_not_bayesian=_fault(game, one, next((item for item in faults if item.better), faults[0])) if faults else "",
        why_not_intuitive=why,
        beliefs=() if faults else tuple(_beliefs(game, found)),
        free=None if free is None else tuple(_freedom(game, item) for item in free),
    )


def _empty_threat(game: ExtensiveForm, behaviour: Behaviour, tolerance: float) -> str:
    """Where somebody would rather do otherwise in a subgame, in words; empty if nowhere. Smaller subgames first."""
    for root in reversed(subgame_roots(game)):
        part = subgame(game, root) if root else game
        own = {one.label: behaviour[one.label] for one in part.info_sets}
        have = expected_payoffs(part, own)
        for player, name in enumerate(game.players):
            plan, worth = best_reply(part, own, player)
            if worth - have[player] <= tolerance:
                continue
            otherwise = {**own, **{label: _sure(part, label, action) for label, action in plan.items()}}
            reach = reach_of_sets(part, otherwise)
            at, action = next(
                (one, plan[one.label]) for one in part.info_sets
                if one.player == player and reach[one.label] > 0.0 and own[one.label][plan[one.label]] < 1.0
            )  # fmt: skip
            after = f"after {game.path(root)} " if root else ""
            return f"{after}{name} would gain {worth - have[player]:.6g} by {at.actions[action]} at {at.label}"
    return ""


def _sure(game: ExtensiveForm, label: str, action: int) -> tuple[float, ...]:
    one = next(one for one in game.info_sets if one.label == label)
    return tuple(float(k == action) for k in range(len(one.actions)))


def _fault(game: ExtensiveForm, one: Equilibrium, item: Rationality) -> str:
    """Why a reply is best for no belief."""
    info_set = game.info_sets[item.info_set]
    player, where = game.players[info_set.player], f"at {info_set.label}"
    alone = len(info_set.nodes) == 1
    if item.is_reached:
        return f"{where} {player} could gain {item.gain:.6g}"
    believed = "" if alone else f" whatever {player} believes"
    if item.better:
        worse, better = (info_set.actions[k] for k in item.better[0])
        return f"{where} {worse} is worse for {player} than {better}{believed}"
    mixture: Mixture = one.profile[item.info_set]
    used = [name for name, p in zip(mixture.options, mixture.probabilities, strict=True) if p > 0.0]
    if alone:
        return f"{where} {player} could gain {item.gain:.6g} by another choice there and later"
    if len(used) == 1:
        return f"{where} {used[0]} is for no belief of {player} as good as each other way to go on"
    return f"{where} no belief of {player} makes {' and '.join(used)} both best"


def _beliefs(game: ExtensiveForm, found: Sequence[Rationality]) -> Iterator[str]:
    """What could be believed where play does not come, so that all replies are best."""
    for item in found:
        info_set = game.info_sets[item.info_set]
        if item.is_reached or len(info_set.nodes) == 1:
            continue
        held = [(game.path(node), p) for node, p in zip(info_set.nodes, item.belief, strict=True) if p > 0.0]
        told = ", ".join(path if len(held) == 1 else f"{path} ({p:.4g})" for path, p in held)
        yield f"{game.players[info_set.player]} at {info_set.label}: {told}"


def _freedom(game: ExtensiveForm, item: FreeReply) -> str:
    """What a reply may be instead."""
    info_set = game.info_sets[item.info_set]
    where = f"{game.players[info_set.player]} at {info_set.label}"
    if item.is_any:
        return f"{where} (any reply)"
    ranges = [
        f"{name} from {low:.4g} to {high:.4g}"
        for name, low, high in zip(info_set.actions, np.round(item.least, 6), np.round(item.most, 6), strict=True)
        if high > low
    ]
    if len(ranges) > MOST_RANGES:
        ranges = [*ranges[: MOST_RANGES - 1], f"and {len(ranges) - MOST_RANGES + 1} more"]
    return f"{where} ({ranges[0] if len(info_set.actions) == 2 else ', '.join(ranges)})"
