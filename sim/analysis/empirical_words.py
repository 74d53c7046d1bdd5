"""What an empirical game comes to, in sentences, and as one record for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.empirical_game import NEAR, EmpiricalGame, deviation_weights, deviations, profile_of
from sim.analysis.empirical_outcomes import endings
from sim.analysis.estimates import number_or_none
from sim.games.dominance import dominations
from sim.games.equilibrium import Equilibrium, LogitEquilibrium
from sim.games.many_games import Support, is_pure, support_of
from sim.games.solve import logit_equilibrium
from sim.model.check.values import point

MOST_TOLD = 6  # equilibria, near ties and dominated strategies that are told one by one


@dataclass(frozen=True)
class Tie:
    """A strategy outside an equilibrium that falls short by less than two standard errors, or by nothing."""

    equilibrium: int  # from 0
    player: int
    strategy: int
    short: float
    error: float

    @property
    def is_exact(self) -> bool:
        return self.error == 0.0 and self.short <= 1e-12


def measured(value: float, error: float) -> str:
    """A number with its standard error, to two digits of it: `0.493 ± 0.021`."""
    if not error > 0.0:
        return f"{value:.6g} (no error)" if error == 0.0 else f"{value:.6g}"
    digits = min(9, max(0, 1 - math.floor(math.log10(error))))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def percent(share: float) -> str:
    """A share of bootstrap samples."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}%"
    return f"{min(99.9, max(0.1, 100 * share)):.{0 if 0.01 <= share <= 0.99 else 1}f}%"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else list(parts))


# Sentences -----------------------------------------------------------------------------------------------------------


def findings(found: EmpiricalGame) -> list[str]:
    """The sentences that stand first: how sure the answer is, what the equilibria are, and every doubt about it."""
    return [
        _standing(found),
        *_equilibria(found),
        *_others(found),
        _number(found),
        default_play(found),
        *tie_sentences(found),
        _degeneracy(found),
        *_dominance(found),
    ]


def strategies_in_words(found: EmpiricalGame, equilibrium: Equilibrium) -> str:
    """`Anna plays up, Bert left (60% ± 4) or right (40% ± 4)`, with standard errors of what is mixed."""
    told = []
    errors = found.mixing_errors(equilibrium) if equilibrium.kind != "pure" else [[0.0] * len(m.options) for m in equilibrium.profile]
    for label, mixture, noise in zip(found.profiles.labels, equilibrium.profile, errors, strict=True):
        used = [one for one in zip(mixture.options, mixture.probabilities, noise, strict=True) if one[1] > 1e-7]
        many = len(used) > 1
        parts = " or ".join(f"{name} ({_chance(p)}{_noise(e)})" if many else name for name, p, e in used)
        told.append(f"{label} plays {parts}" if not told else f"{label} {parts}")
    return ", ".join(told)


def _chance(p: float) -> str:
    if p in (0.0, 1.0) or 0.005 <= p < 0.995:
        return f"{100 * p:.0f}%"
    return "over 99%" if p > 0.5 else "under 1%"


def _noise(error: float) -> str:
    """Of a probability, in percentage points."""
    return f" ± {100 * error:.{0 if error >= 0.01 else 1}f}" if error > 0.0 else ""


def support_in_words(found: EmpiricalGame, support: Support) -> str:
    """The strategies in use: `A: up or down; B: left`."""
    return "; ".join(
        f"{player}: {' or '.join(menu[k].name for k in used)}"
        for player, menu, used in zip(found.profiles.players, found.profiles.menus, support, strict=True)
    )


def _equilibria(found: EmpiricalGame) -> list[str]:
    equilibria, survival = found.equilibria, found.judgement.survival
    if not equilibria:
        return ["No equilibrium was found at the estimated payoffs; there is one, which may need a mixture that was not looked for."]
    told = []
    several = len(equilibria) > 1
    for number, (one, lasting) in enumerate(zip(equilibria, survival, strict=True), 1):
        if number > MOST_TOLD:
            told.append(f"{len(equilibria) - MOST_TOLD} further equilibria stand in the table.")
            break
        name = f"Equilibrium {number} of {len(equilibria)}" if several else "The equilibrium"
        name += "" if found.stands else " at the estimated payoffs"
        kind = "in pure strategies" if one.kind == "pure" else "in mixed strategies"
        told.append(
            f"{name}, {kind}: {strategies_in_words(found, one)}. It comes out in {percent(lasting)} of the bootstrap samples."
        )
    return told


def _standing(found: EmpiricalGame) -> str:
    """How sure the answer is: the first thing to be said of it."""
    judged = found.judgement
    what = "the answer, with no equilibrium more or less," if len(found.equilibria) > 1 else "the answer, with no other equilibrium,"
    samples = f"{len(judged.resampled)} bootstrap samples of the histories"
    share = f"{percent(judged.share)} of {samples} (asked for: {percent(found.confidence)})"
    histories = f"{found.histories:,} histories of {len(found.profiles)} profiles"
    if found.stands:
        return f"Settled: {what} comes out in {share}, after {histories}."
    return f"Not settled: {what} comes out in only {share}, and the budget of {found.budget:,} histories has ended after {histories}."


def _others(found: EmpiricalGame) -> list[str]:
    others = [(support, share) for support, share in found.judgement.others if share >= 0.01]
    if not others:
        return []
    parts = [
        f"{support_in_words(found, support)}{'' if is_pure(support) else ' (mixed)'} in {percent(share)}"
        for support, share in others[:MOST_TOLD]
    ]
    rest = f", and {len(others) - MOST_TOLD} others" if len(others) > MOST_TOLD else ""
    return [f"In other bootstrap samples these are equilibria: {' | '.join(parts)}{rest}."]


def _number(found: EmpiricalGame) -> str:
    solutions = found.judgement.solutions
    count = len(solutions.equilibria)
    if not solutions.is_complete:
        searched = f"By {solutions.method}"
        return f"{searched} the list may be incomplete: there may be further equilibria, above all mixed ones."
    if count > 1:
        return (
            f"At the estimated payoffs there are {count} equilibria, and the list is complete; nothing in the game chooses among them."
            if not any(len(one) > 1 for one in solutions.components)
            else f"At the estimated payoffs the {count} equilibria listed are the corners of sets of equilibria; nothing in the game "
            "chooses among them."
        )
    return "At the estimated payoffs there is no other equilibrium."


def default_play(found: EmpiricalGame) -> str:
    """Whether the default play is an equilibrium, and who would leave it."""
    gains = found.regrets[:, 0]
    name = f"The default play ({found.profiles.name(0)})"
    if gains.max() <= found.judgement.solutions.tolerance:
        return f"{name} is an equilibrium."
    player = int(gains.argmax())
    shape = found.profiles.shape
    best = max(deviations(shape, 0, player), key=lambda other: found.gap(player, 0, other)[0])
    gain, error = found.gap(player, 0, best)
    choice = found.profiles.menus[player][int(np.unravel_index(best, shape)[player])]
    sure = "" if gain > NEAR * error else ", which is within two standard errors of nothing"
    return f"{name} is no equilibrium: {found.profiles.labels[player]} would gain {measured(gain, error)} by {choice.name}{sure}."


def near_ties(found: EmpiricalGame) -> list[Tie]:
    """Strategies that an equilibrium does not use and that are within two standard errors of being as good."""
    ties = []
    means = found.judgement.means
    flat = found.game.payoffs.reshape(len(found.profiles.players), -1)
    for number, equilibrium in enumerate(found.equilibria):
        profile = profile_of(equilibrium)
        support = support_of(profile)
        for player, used in enumerate(support):
            rows = deviation_weights(profile, player)
            played = np.asarray(profile[player]) @ rows
            for k in range(len(rows)):
                if k in used:
                    continue
                weights = played - rows[k]
                short = max(0.0, float(weights @ flat[player]))
                error = means.error_of(player, weights)
                if error < 1e-12 * max(1.0, found.game.span):
                    error = 0.0
                if short <= NEAR * error or short <= found.judgement.solutions.tolerance:
                    ties.append(Tie(number, player, k, short, error))
    return ties


def tie_sentences(found: EmpiricalGame) -> list[str]:
    """Near ties in words; that there are none is said too."""
    ties = near_ties(found)
    if not found.equilibria:
        return []
    if not ties:
        return ["No unused strategy comes within two standard errors of those in use: there is no near tie."]
    told = []
    for tie in ties[:MOST_TOLD]:
        where = f" in equilibrium {tie.equilibrium + 1}" if len(found.equilibria) > 1 else " in the equilibrium"
        label, name = found.profiles.labels[tie.player], found.profiles.menus[tie.player][tie.strategy].name
        if tie.is_exact:
            told.append(f"Exact tie: {label} could use {name} as well{where}; it brings the same in every history.")
        else:
            told.append(f"Near tie: {name} falls short by only {measured(tie.short, tie.error)} for {label}{where}.")
    if len(ties) > MOST_TOLD:
        told.append(f"There are {len(ties) - MOST_TOLD} further near ties.")
    return told


def _degeneracy(found: EmpiricalGame) -> str:
    solutions = found.judgement.solutions
    if solutions.is_degenerate is None:
        return "Whether the game is degenerate was not determined."
    if not solutions.is_degenerate:
        return "The game is not degenerate: its equilibria are isolated points."
    joined = [one for one in solutions.components if len(one) > 1]
    lines = [f"numbers {listed([str(k + 1) for k in one])} are joined by others" for one in joined]
    return (
        "The game is degenerate: strategies tie exactly, so that equilibria may form a continuum of which the corners are listed"
        + (f" ({'; '.join(lines)})" if lines else "")
        + "."
    )


@dataclass(frozen=True)
class Dominated:
    """A strategy that another one beats whatever the others do, and the share of bootstrap samples in which it does."""

    player: str
    strategy: str
    by: tuple[tuple[str, float], ...]
    share: float


def dominated(found: EmpiricalGame) -> list[Dominated]:
    """Strictly dominated strategies at the estimated payoffs."""
    resampled = found.judgement.resampled.reshape(-1, *found.game.payoffs.shape)
    result = []
    for one in dominations(found.game):
        player = found.game.players.index(one.player)
        labels = found.game.strategies[player]
        own = np.moveaxis(resampled[:, player], player + 1, 1).reshape(len(resampled), len(labels), -1)
        mixture = sum(weight * own[:, labels.index(name)] for name, weight in one.by)
        holds = (mixture > own[:, labels.index(one.strategy)]).all(axis=1).mean()
        result.append(Dominated(one.player, one.strategy, one.by, float(holds)))
    return result


def _dominance(found: EmpiricalGame) -> list[str]:
    """One sentence for each player and strategy that dominates others."""
    by: dict[tuple[str, str], list[str]] = {}
    for one in dominated(found):
        label = found.profiles.labels[found.profiles.players.index(one.player)]
        mixture = " with ".join(name if len(one.by) == 1 else f"{weight:.2f} {name}" for name, weight in one.by if weight >= 0.005)
        by.setdefault((label, mixture), []).append(f"{one.strategy} ({percent(one.share)})")
    told = [
        f"{label}: {mixture} is better than {listed(worse)} whatever the others do (strict dominance, in so many of the bootstrap samples)."
        for (label, mixture), worse in by.items()
    ]
    return told or ["No strategy is strictly dominated."]


# Logit ---------------------------------------------------------------------------------------------------------------


def default_precision(found: EmpiricalGame) -> float:
    """The precision of leaders' choices in the scenario."""
    return point(found.profiles.spec.choice.leaders)


def logit_of(found: EmpiricalGame, precision: float | None) -> LogitEquilibrium:
    """The logit equilibrium at the estimated payoffs."""
    return logit_equilibrium(found.game, default_precision(found) if precision is None else precision)


def logit_sentence(found: EmpiricalGame, logit: LogitEquilibrium) -> str:
    """What players of a finite precision do."""
    parts = []
    for label, mixture in zip(found.profiles.labels, logit.profile, strict=True):
        order = np.argsort([-p for p in mixture.probabilities], kind="stable")
        parts.append(f"{label} {', '.join(f'{mixture.options[k]} {_chance(mixture.probabilities[k])}' for k in order)}")
    return (
        f"Players who err (logit, precision {logit.precision:g} per unit of payoff, principal branch): {'; '.join(parts)}. The lower the "
        "precision, the nearer to equal chances."
    )


# For programs --------------------------------------------------------------------------------------------------------


def record(found: EmpiricalGame, logit: LogitEquilibrium) -> dict[str, Any]:
    """Everything as plain data."""
    profiles, judged = found.profiles, found.judgement
    errors, regrets, regret_errors = found.payoff_errors, found.regrets, found.regret_errors
    flat = found.game.payoffs.reshape(len(profiles.players), -1)
    every = endings(found)
    return {
        "scenario": profiles.spec.id,
        "title": profiles.spec.title,
        "players": [
            {"id": player, "label": label, "payoff": column, "strategies": [
                {"name": item.name, "label": item.label, "description": item.description, "set": dict(item.set)} for item in menu]}
            for player, label, column, menu in zip(profiles.players, profiles.labels, profiles.payoffs, profiles.menus, strict=True)
        ],
        "seed": found.root_seed,
        "pilot": found.pilot,
        "budget": found.budget,
        "confidence": found.confidence,
        "histories": found.histories,
        "rounds": found.rounds,
        "bootstrap_samples": len(judged.resampled),
        "stands": found.stands,
        "share": judged.share,
        "profiles": [
            {
                "strategies": [menu[k].name for menu, k in zip(profiles.menus, profiles.choices(n), strict=True)],
                "histories": int(judged.means.counts[n]),
                "payoffs": [float(x) for x in flat[:, n]],
                "standard_errors": [float(x) for x in errors[:, n]],
                "regrets": [float(x) for x in regrets[:, n]],
                "regret": float(regrets[:, n].max()),
                "regret_standard_error": float(regret_errors[n]),
            }
            for n in range(len(profiles))
        ],
        "equilibria": [
            {
                "kind": one.kind,
                "strategies": {
                    mixture.player: {name: p for name, p in zip(mixture.options, mixture.probabilities, strict=True) if p > 0.0}
                    for mixture in one.profile
                },
                "payoffs": list(one.payoffs),
                "regret_standard_error": found.regret(one),
                "survival": lasting,
                "mixing_standard_errors": _mixing_record(found, one),
                "outcomes": _endings_record(found, ending),
            }
            for one, lasting, ending in zip(found.equilibria, judged.survival, every[1:], strict=True)
        ],
        "default_outcomes": _endings_record(found, every[0]),
        "other_supports": [
            {"strategies": _support_record(found, support), "share": share} for support, share in judged.others
        ],
        "is_complete": judged.solutions.is_complete,
        "is_degenerate": judged.solutions.is_degenerate,
        "components": [[k + 1 for k in one] for one in judged.solutions.components],
        "near_ties": [
            {"equilibrium": tie.equilibrium + 1, "player": profiles.players[tie.player],
             "strategy": profiles.menus[tie.player][tie.strategy].name, "short": tie.short, "standard_error": tie.error}
            for tie in near_ties(found)
        ],
        "dominated": [
            {"player": one.player, "strategy": one.strategy, "by": dict(one.by), "share": one.share} for one in dominated(found)
        ],
        "logit": {
            "precision": logit.precision,
            "strategies": {one.player: dict(zip(one.options, one.probabilities, strict=True)) for one in logit.profile},
            "payoffs": list(logit.payoffs),
        },
        "findings": [*findings(found), logit_sentence(found, logit)],
    }  # fmt: skip


def _mixing_record(found: EmpiricalGame, one: Equilibrium) -> dict[str, dict[str, float | None]]:
    """Of mixed equilibria; null where too few bootstrap samples have the equilibrium."""
    if one.kind == "pure":
        return {}
    return {
        mixture.player: {
            name: number_or_none(e) for name, p, e in zip(mixture.options, mixture.probabilities, noise, strict=True) if p > 0.0
        }
        for mixture, noise in zip(one.profile, found.mixing_errors(one), strict=True)
    }


def _endings_record(found: EmpiricalGame, ending: Sequence[Any]) -> dict[str, dict[str, float]]:
    return {
        name: {"share": item.share, "low": item.low, "high": item.high, "difference": item.difference, "standard_error": item.error}
        for name, item in zip(found.profiles.classes, ending, strict=True)
    }


def _support_record(found: EmpiricalGame, support: Support) -> dict[str, list[str]]:
    return {
        player: [menu[k].name for k in used]
        for player, menu, used in zip(found.profiles.players, found.profiles.menus, support, strict=True)
    }
