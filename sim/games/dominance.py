"""Strategies that another strategy, pure or mixed, beats whatever the others do; and what is left when they go.

Whether a mixed strategy dominates is a linear programme: for strict dominance the largest margin that some mixture of the
other strategies keeps against every profile of the opponents, for weak dominance the largest sum of margins that are
nowhere negative. Strict elimination leaves the same game in whatever order it is done and loses no equilibrium; weak
elimination can do both, so its record says in which round each strategy went.

Source: Gale, Kuhn and Tucker (1951) for dominance as a programme; Moulin (1979), Econometrica 47(6), for iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.errors import ParameterError
from sim.games.normal_form import NormalForm, restricted

Kind = Literal["strict", "weak"]
_MARGIN = 1e-9  # share of the span: less counts as none
_LEAST_WEIGHT = 1e-9  # of a strategy in a dominating mixture


@dataclass(frozen=True)
class Domination:
    """That a strategy is dominated, and by what.

    ``by`` has label and weight of each strategy in the dominating mixture; ``margin`` is in units of payoff: the least gain over
    the opponents' profiles for strict dominance, the sum of the gains for weak. ``round`` counts from 1.
    """

    player: str
    strategy: str
    by: tuple[tuple[str, float], ...]
    kind: Kind
    margin: float
    round: int = 1

    def __str__(self) -> str:
        mixture = " + ".join(name if len(self.by) == 1 else f"{weight:.4g} {name}" for name, weight in self.by)
        adverb = "strictly" if self.kind == "strict" else "weakly"
        return f"{self.player}: {self.strategy} is {adverb} dominated by {mixture}"


@dataclass(frozen=True)
class Elimination:
    """What went, round by round, and the game that is left."""

    steps: tuple[Domination, ...]
    game: NormalForm

    def sentences(self) -> list[str]:
        if not self.steps:
            return ["No strategy is dominated."]
        told = [f"Round {step.round}: {step}." for step in self.steps]
        if any(step.kind == "weak" for step in self.steps):
            told.append(
                "Weakly dominated strategies went: another order may leave another game, and equilibria may be lost."
            )
        return told


def dominations(game: NormalForm, kind: Kind = "strict", mixed: bool = True) -> tuple[Domination, ...]:
    """Every dominated strategy with one strategy that dominates it: a pure one if there is, else a mixture if ``mixed``."""
    if kind not in ("strict", "weak"):
        raise ParameterError(f"kind of dominance: expected strict or weak, found '{kind}'")
    found = []
    for player in range(game.num_players):
        table = np.moveaxis(game.payoffs[player], player, 0).reshape(game.shape[player], -1)
        for strategy in range(len(table)):
            if (by := _dominating(table, strategy, kind, mixed, _MARGIN * game.span)) is not None:
                weights, margin = by
                names = game.strategies[player]
                mixture = tuple((names[k], float(w)) for k, w in enumerate(weights) if w > _LEAST_WEIGHT)
                found.append(Domination(game.players[player], names[strategy], mixture, kind, margin))
    return tuple(found)


def _dominating(
    table: np.ndarray, strategy: int, kind: Kind, mixed: bool, least: float
) -> tuple[np.ndarray, float] | None:
    """Weights and margin of a mixture that dominates, over rows of ``table`` (strategies, profiles of the opponents)."""
    gains = table - table[strategy]
    margins = gains.min(axis=1) if kind == "strict" else np.where(gains.min(axis=1) >= 0.0, gains.sum(axis=1), 0.0)
    best = int(margins.argmax())
    if margins[best] > least:
        return np.eye(len(table))[best], float(margins[best])
    # A mixture helps only if somewhere each profile of the opponents has a row that gains (strict), or some row does (weak).
    top = gains.max(axis=0)
    if not mixed or len(table) < 3 or (top.min() <= least if kind == "strict" else top.max() <= least):
        return None
    return _by_programme(np.delete(gains, strategy, axis=0), strategy, kind, least)


def _by_programme(gains: np.ndarray, strategy: int, kind: Kind, least: float) -> tuple[np.ndarray, float] | None:
    from scipy.optimize import linprog

    rows, columns = gains.shape
    ones = np.ones((1, rows))
    if kind == "strict":  # largest e with weights @ gains >= e
        objective = np.append(np.zeros(rows), -1.0)
        below = np.hstack([-gains.T, np.ones((columns, 1))])
        bounds = [(0.0, None)] * rows + [(None, None)]
        done = linprog(objective, below, np.zeros(columns), np.hstack([ones, [[0.0]]]), [1.0], bounds, method="highs")
    else:
        done = linprog(-gains.sum(axis=1), -gains.T, np.zeros(columns), ones, [1.0], (0.0, None), method="highs")
    if not done.success or -done.fun <= least:
        return None
    return np.insert(done.x[:rows], strategy, 0.0), float(-done.fun)


def eliminate(game: NormalForm, kind: Kind = "strict", mixed: bool = True) -> Elimination:
    """Dominated strategies taken away, all of one round at once, until none is left."""
    steps: list[Domination] = []
    for number in range(1, sum(game.shape) + 1):
        found = dominations(game, kind, mixed)
        if not found:
            break
        gone = {(one.player, one.strategy) for one in found}
        steps += [Domination(one.player, one.strategy, one.by, one.kind, one.margin, number) for one in found]
        kept = [
            [k for k, name in enumerate(names) if (player, name) not in gone]
            for player, names in zip(game.players, game.strategies, strict=True)
        ]
        game = restricted(game, kept)
    return Elimination(tuple(steps), game)
