"""The equilibrium to which the principal branch of logit equilibria leads as precision grows: one equilibrium of a large game.

The curve is followed until the regret is small; then the strategies that are still used there are taken as the support, and the
equations of indifference are solved on it. It is a selection: which equilibrium it finds is a rule, not a theorem about play.

Source: McKelvey and Palfrey (1995), theorem 3.
"""

from __future__ import annotations

import numpy as np

from sim.games.normal_form import NormalForm, Profile, max_regret
from sim.games.solvers.logit_branch import Branch, follow
from sim.games.solvers.logit_normal import strategy_values

NAME = "limit of the principal logit branch"
SELECTION = "Which equilibrium is listed is a rule of selection: the one to which errors of ever less size lead from equal chances."
_ENOUGH = 1e-4  # regret, as a share of the span, at which the support is read off
_USED = 1e-3  # least probability of a strategy in use, in relation to the player's most likely one


def limit_equilibrium(game: NormalForm) -> Profile:
    """One equilibrium, or what comes nearest to it; the caller verifies it.

    Raises
    ------
    ParameterError
        The branch could not be followed.
    """
    starts = np.concatenate([[0], np.cumsum(game.shape)]).tolist()

    def profile_at(point: Branch) -> list[np.ndarray]:
        parts = [np.exp(point.logs[a:b]) for a, b in zip(starts[:-1], starts[1:], strict=True)]
        return [part / part.sum() for part in parts]

    best: list[Profile] = []

    def is_there(point: Branch) -> bool:
        profile = profile_at(point)
        if max_regret(game, profile) > _ENOUGH * game.span:
            return False
        polished = _polished(game, profile)
        best.append(polished)
        return point.precision > 1e7 or max_regret(game, polished) <= 1e-10 * game.span

    end = follow(strategy_values(game, game.span), game.shape, is_there=is_there)
    candidates = [*best, tuple(tuple(map(float, part)) for part in profile_at(end))]
    return min(candidates, key=lambda profile: max_regret(game, profile))


def _polished(game: NormalForm, profile: list[np.ndarray]) -> Profile:
    """Newton's method for equal payoffs of the strategies in use; the profile itself where that leads astray."""
    used = [np.flatnonzero(one > _USED * one.max()) for one in profile]
    point = [np.where(np.isin(np.arange(len(one)), keep), one, 0.0) for one, keep in zip(profile, used, strict=True)]
    point = [one / one.sum() for one in point]
    sizes = [len(keep) for keep in used]
    starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    values = strategy_values(game, game.span)
    places = np.concatenate([[0], np.cumsum(game.shape)]).tolist()
    columns = np.concatenate([places[i] + keep for i, keep in enumerate(used)])
    for _ in range(20):
        flat = np.concatenate(point).astype(complex)
        batch = np.tile(flat, (len(columns) + 1, 1))
        batch[np.arange(len(columns)), columns] += 1e-30j
        with np.errstate(divide="ignore"):
            worth = values(np.log(batch))[:, columns]
        rows, rest = [], []
        for i in range(game.num_players):
            a, b = starts[i], starts[i + 1]
            for k in range(a, b - 1):
                rows.append((worth[:-1, k] - worth[:-1, b - 1]).imag / 1e-30)
                rest.append((worth[-1, k] - worth[-1, b - 1]).real)
            rows.append(np.where((np.arange(len(columns)) >= a) & (np.arange(len(columns)) < b), 1.0, 0.0))
            rest.append(flat[columns[a:b]].real.sum() - 1.0)
        step = np.linalg.lstsq(np.array(rows), -np.array(rest), rcond=1e-12)[0]
        moved = flat.real[columns] + step
        if not np.isfinite(step).all() or (moved < -1e-9).any():
            break
        for i in range(game.num_players):
            point[i][used[i]] = np.clip(moved[starts[i] : starts[i + 1]], 0.0, None)
        if np.abs(step).max() < 1e-14:
            break
    return tuple(tuple(map(float, one / one.sum())) for one in point)
