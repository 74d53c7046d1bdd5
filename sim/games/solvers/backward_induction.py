"""Backward induction in trees of perfect information: from the ends upwards everybody takes what is then best.

Where options tie, each of the best ones may be taken, and what is best above may depend on which; all pure solutions are then
listed, up to a number, and the ties are said.

Source: Zermelo (1913); Kuhn (1953).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.errors import ParameterError
from sim.games.extensive_form import Chance, Decision, End, ExtensiveForm

NAME = "backward induction"
MOST = 64  # solutions of one subgame that are kept
_TIE = 1e-12  # share of the span


@dataclass(frozen=True)
class Induction:
    """Pure solutions (information set -> number of the action), ties in words, and whether all solutions are there."""

    solutions: tuple[Mapping[str, int], ...]
    ties: tuple[str, ...]
    is_complete: bool


@dataclass(frozen=True)
class _Part:
    """A solution of one subgame, as a chain of choices: small links instead of copies."""

    payoffs: np.ndarray
    choice: tuple[str, int] | None
    below: tuple[_Part, ...]

    def choices(self) -> dict[str, int]:
        found: dict[str, int] = {}
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.choice:
                found[part.choice[0]] = part.choice[1]
            waiting.extend(part.below)
        return found


def induce(game: ExtensiveForm) -> Induction:
    """Every pure subgame-perfect equilibrium, up to ``MOST``.

    Raises
    ------
    ParameterError
        Somebody does not know where in the tree he is.
    """
    if not game.has_perfect_information:
        at = next(one.label for one in game.info_sets if len(one.nodes) > 1)
        raise ParameterError(
            f"backward induction needs perfect information, but information set '{at}' has several nodes",
            hint="the method 'subgame perfect' works without it",
        )
    margin = _TIE * game.span
    ties: dict[str, str] = {}
    is_complete = True
    parts: dict[int, list[_Part]] = {}
    for number in reversed(range(len(game.nodes))):
        node = game.nodes[number]
        if isinstance(node, End):
            parts[number] = [_Part(np.asarray(node.payoffs, dtype=float), None, ())]
            continue
        found: list[_Part] = []
        for below in product(*(parts.pop(child) for child in game.children[number])):
            if isinstance(node, Chance):
                total = sum(p * part.payoffs for p, part in zip(node.probabilities, below, strict=True))
                found.append(_Part(np.asarray(total), None, below))
            else:
                found += _choices(game, number, node, below, margin, ties)
            if len(found) > MOST:
                found, is_complete = found[:MOST], False
                break
        parts[number] = found
    return Induction(tuple(part.choices() for part in parts[0]), tuple(ties.values()), is_complete)


def _choices(
    game: ExtensiveForm, number: int, node: Decision, below: tuple[_Part, ...], margin: float, ties: dict[str, str]
) -> list[_Part]:
    player = game.players.index(node.player)
    worth = [float(part.payoffs[player]) for part in below]
    best = [k for k, value in enumerate(worth) if value >= max(worth) - margin]
    if len(best) > 1:
        options = " and ".join(node.actions[k] for k in best)
        ties.setdefault(
            node.info_set,
            f"At {node.info_set} {options} are equally good for {node.player} (after {game.path(number)}).",
        )
    return [_Part(below[k].payoffs, (node.info_set, k), below) for k in best]
