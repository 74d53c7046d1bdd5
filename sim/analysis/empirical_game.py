"""The equilibria of a game whose payoffs are estimated, and how far resampling leaves them standing.

Histories are added where they decide until the answer stands: the answer is the set of supports of all equilibria, and it stands
when the same set comes out in a given share of bootstrap samples. Decisions are taken at counts that depend on the histories alone,
never on who played them or when.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from sim.analysis.allocation import Gap, further_histories
from sim.analysis.paired_means import PairedMeans, paired_means, resampled_means
from sim.errors import UsageError
from sim.experiments.empirical import Samples
from sim.experiments.profiles import Profiles
from sim.games.equilibrium import Equilibrium, Solutions
from sim.games.many_games import (
    MOST_PAIRS,
    Support,
    equilibrium_supports,
    followed,
    holds,
    is_pure,
    num_pairs,
    support_of,
)
from sim.games.normal_form import NormalForm, Profile
from sim.games.solve import solve_normal_form

PILOT = 200  # histories of each profile to begin with, where the budget allows it
RESAMPLED = 400  # bootstrap samples
EXACT = 200  # of them, where each is solved by the exact method because the game is degenerate
GROWTH = 5  # a round plays one in so many of the histories so far
OFTEN = 0.05  # share of bootstrap samples in which a support must come out to be a candidate
NEAR = 2.0  # standard errors within which a gain is a near tie
_MOST_IN_BOX = 64  # pure profiles of a mixed support whose gaps are weighed
_MOST_CANDIDATES = 40
_DIGITS = 12  # of payoffs, so that what is equal but for rounding ties exactly


class Source(Protocol):
    """What hands over histories (`sim.experiments.empirical.Sampler`)."""

    profiles: Profiles
    block: int

    def samples(
        self, counts: Sequence[int], progress: Callable[[int, int, float], None] | None = None, total: int | None = None
    ) -> Samples: ...


@dataclass(frozen=True)
class Judgement:
    """What some histories say of the equilibria.

    Attributes
    ----------
    resampled : shape (bootstrap samples, players, profiles)
        Payoffs.
    survival : for each equilibrium the share of bootstrap samples in which there is one on the same support
    share : share of bootstrap samples with the same supports, no more and no fewer
    others : supports that came out in bootstrap samples only, with their share, the most frequent first
    """

    means: PairedMeans
    game: NormalForm
    solutions: Solutions
    resampled: np.ndarray
    survival: tuple[float, ...]
    share: float
    others: tuple[tuple[Support, float], ...]

    @property
    def supports(self) -> tuple[Support, ...]:
        """Of each equilibrium."""
        return tuple(support_of(profile_of(one)) for one in self.solutions.equilibria)


@dataclass(frozen=True)
class EmpiricalGame:
    """An empirical game and its equilibria.

    Attributes
    ----------
    stands : whether the answer survived in the share of bootstrap samples that was asked for
    rounds : how often histories were added after the pilot
    """

    profiles: Profiles
    samples: Samples
    judgement: Judgement
    confidence: float
    budget: int
    pilot: int
    root_seed: int
    stands: bool
    rounds: int

    @property
    def game(self) -> NormalForm:
        return self.judgement.game

    @property
    def histories(self) -> int:
        """Histories of all profiles together."""
        return int(self.judgement.means.counts.sum())

    @property
    def equilibria(self) -> tuple[Equilibrium, ...]:
        """Pure ones first."""
        return self.judgement.solutions.equilibria

    @cached_property
    def payoff_errors(self) -> np.ndarray:
        """Standard errors of the payoffs, shape (players, profiles)."""
        return self.judgement.means.errors

    @cached_property
    def regrets(self) -> np.ndarray:
        """What each player could gain in each pure profile, shape (players, profiles)."""
        return _regrets(self.judgement.game.payoffs[None])[0]

    @cached_property
    def regret_errors(self) -> np.ndarray:
        """Standard error of the largest regret in each pure profile, by resampling: shape (profiles,)."""
        resampled = self.judgement.resampled
        tables = resampled.reshape(*resampled.shape[:2], *self.profiles.shape)
        return _regrets(tables).max(axis=1).std(axis=0, ddof=1)

    def gap(self, player: int, profile: int, other: int) -> tuple[float, float]:
        """What the player gains by going from one profile to another, with its standard error."""
        weights = np.zeros(len(self.profiles))
        weights[other], weights[profile] = 1.0, -1.0
        means = self.judgement.means
        flat = self.game.payoffs[player].reshape(-1)
        return float(flat[other] - flat[profile]), means.error_of(player, weights)

    def weights(self, equilibrium: Equilibrium) -> np.ndarray:
        """Probability of each pure profile in an equilibrium."""
        found = np.ones(1)
        for one in profile_of(equilibrium):
            found = np.outer(found, one).reshape(-1)
        return found

    def mixing_errors(self, equilibrium: Equilibrium) -> list[np.ndarray]:
        """Standard errors of a mixed equilibrium's probabilities by player, from bootstrap samples that have it; nan if few do."""
        profile = profile_of(equilibrium)
        tables = self.judgement.resampled[:EXACT].reshape(-1, *self.game.payoffs.shape)
        found = followed(tables, support_of(profile), profile)
        found = found[~np.isnan(found[:, 0])]
        errors = found.std(axis=0, ddof=1) if len(found) > len(tables) // 10 else np.full(found.shape[1], np.nan)
        return np.split(errors, np.cumsum([len(one) for one in profile])[:-1])

    def regret(self, equilibrium: Equilibrium) -> float:
        """Standard error of the largest gain by deviating from the equilibrium's probabilities, by resampling."""
        profile = profile_of(equilibrium)
        resampled = self.judgement.resampled
        gains = [
            (resampled[:, i] @ deviation_weights(profile, i).T).max(axis=1) - resampled[:, i] @ self.weights(equilibrium)
            for i in range(len(profile))
        ]
        return float(np.max(gains, axis=0).std(ddof=1))


def profile_of(equilibrium: Equilibrium) -> Profile:
    """Probabilities by player."""
    return tuple(mixture.probabilities for mixture in equilibrium.profile)


def find(
    source: Source,
    *,
    root_seed: int,
    pilot: int,
    budget: int,
    confidence: float,
    resampled: int = RESAMPLED,
    progress: Callable[[int, int, float], None] | None = None,
) -> EmpiricalGame:
    """The equilibria of the game among the profiles that ``source`` plays.

    Parameters
    ----------
    pilot : histories of each profile at first; rounded up to whole blocks
    budget : most histories of all profiles together
    confidence : share of bootstrap samples in which the answer must come out, in two rounds running while the budget lasts

    Raises
    ------
    UsageError
        A budget that does not last for the pilot, or numbers that make no sense.
    """
    profiles, block = source.profiles, source.block
    check_sizes(profiles, block, pilot, budget, confidence)
    counts = np.full(len(profiles), -(-pilot // block) * block)
    rounds, stood = 0, False
    while True:
        samples = source.samples(counts.tolist(), progress, budget)
        judged = judge(profiles, samples, root_seed, resampled)
        stands = judged.share >= confidence
        if stands and (stood or not judged.means.errors.any()):
            break  # twice running, since a look at few histories may flatter
        stood = stands
        played = int(counts.sum())
        room = min(budget - played, max(played // GROWTH, block))
        more = further_histories(judged.means, _gaps(profiles, judged), _twins(samples), room, block)
        if not more.any():
            break
        counts = counts + more
        rounds += 1
    return EmpiricalGame(profiles, samples, judged, confidence, budget, pilot, root_seed, stands, rounds)


def pilot_within(profiles: Profiles, block: int, budget: int) -> int:
    """Histories of each profile to begin with, in whole blocks: `PILOT`, or as many as the budget allows, at least a block."""
    return max(block, min(PILOT, budget // len(profiles) // block * block))


def check_sizes(profiles: Profiles, block: int, pilot: int, budget: int, confidence: float) -> None:
    """Raise ``UsageError`` for numbers with which no search can be made."""
    if pilot < 2:
        raise UsageError(f"--pilot: expected at least 2 histories, found {pilot}", hint="a standard error needs a sample")
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"--confidence: expected a share between 0 and 1, found {confidence:g}", hint="as in --confidence .95")
    first = -(-pilot // block) * block
    if budget < len(profiles) * first:
        hint = f"--budget {len(profiles) * first} is the least" + (f" with --pilot {first}" if first > block else "")
        hint += f", {len(profiles) * block} with --pilot {block}" if first > block else "; or fewer players"
        raise UsageError(
            f"--budget: {budget:,} histories do not last for {len(profiles):,} profiles with {first:,} each to begin with", hint=hint
        )


def judge(profiles: Profiles, samples: Samples, root_seed: int, resampled: int = RESAMPLED) -> Judgement:
    """What the histories say."""
    means = paired_means(samples.payoffs)
    tables = rounded(means.means.reshape(len(profiles.players), *profiles.shape))
    strategies = tuple(tuple(choice.name for choice in menu) for menu in profiles.menus)
    game = NormalForm(profiles.players, strategies, tables, profiles.spec.title)
    solutions = _pure_first(solve_normal_form(game))
    again = resampled_means(samples.payoffs, means, resampled, root_seed)
    return _survival(means, game, solutions, again)


def rounded(tables: np.ndarray) -> np.ndarray:
    """Payoffs to twelve digits of their span: two that differ by rounding alone become equal."""
    span = float(np.ptp(tables)) or float(np.abs(tables).max()) or 1.0
    return np.round(tables, _DIGITS - 1 - math.floor(math.log10(span)))


def _pure_first(solutions: Solutions) -> Solutions:
    order = sorted(range(len(solutions.equilibria)), key=lambda k: solutions.equilibria[k].kind != "pure")
    if order == list(range(len(order))):
        return solutions
    place = {old: new for new, old in enumerate(order)}
    return replace(
        solutions,
        equilibria=tuple(solutions.equilibria[k] for k in order),
        components=tuple(sorted(tuple(sorted(place[k] for k in one)) for one in solutions.components)),
        near_ties=(),  # numbered in the other order; ties are told with their errors instead
    )


def _survival(means: PairedMeans, game: NormalForm, solutions: Solutions, resampled: np.ndarray) -> Judgement:
    tables = rounded(resampled.reshape(len(resampled), *game.payoffs.shape))
    profiles = [profile_of(one) for one in solutions.equilibria]
    supports = [support_of(profile) for profile in profiles]
    mixed = [(support, profile) for support, profile in zip(supports, profiles, strict=True) if not is_pure(support)]
    by_enumeration = game.num_players == 2 and num_pairs(game.shape) <= MOST_PAIRS
    if solutions.is_degenerate and by_enumeration:
        tables = tables[:EXACT]
        found = [_exact_supports(game, table) for table in tables]
        wanted = frozenset(supports)
    else:
        found = equilibrium_supports(tables, mixed)
        wanted = frozenset(supports) if not by_enumeration else equilibrium_supports(game.payoffs[None])[0]
    survival = []
    for support, profile in zip(supports, profiles, strict=True):
        if by_enumeration or is_pure(support):
            survival.append(np.mean([support in one for one in found]))
        else:
            survival.append(holds(tables, support, profile).mean())
    counted = Counter(support for one in found for support in one if support not in supports)
    others = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return Judgement(
        means,
        game,
        solutions,
        resampled,
        tuple(map(float, survival)),
        float(np.mean([one == wanted for one in found])),
        tuple((support, count / len(found)) for support, count in others[:_MOST_CANDIDATES]),
    )


def _exact_supports(game: NormalForm, table: np.ndarray) -> frozenset[Support]:
    solutions = solve_normal_form(NormalForm(game.players, game.strategies, table))
    return frozenset(support_of(profile_of(one)) for one in solutions.equilibria)


def _regrets(tables: np.ndarray) -> np.ndarray:
    """Gain by the best deviation: tables (games, players, ...) to (games, players, profiles)."""
    found = [
        (tables[:, i].max(axis=i + 1, keepdims=True) - tables[:, i]).reshape(len(tables), -1) for i in range(tables.shape[1])
    ]
    return np.stack(found, axis=1)


def deviation_weights(profile: Profile, player: int) -> np.ndarray:
    """For each strategy of a player the probability of each pure profile while the others keep to theirs: (strategies, profiles)."""
    size = len(profile[player])
    rows = []
    for k in range(size):
        weights = np.ones(1)
        for j, one in enumerate(profile):
            own = np.eye(size)[k] if j == player else np.asarray(one)
            weights = np.outer(weights, own).reshape(-1)
        rows.append(weights)
    return np.array(rows)


# What decides -----------------------------------------------------------------------------------------------------------


def deviations(shape: Sequence[int], profile: int, player: int) -> list[int]:
    """The profiles that the player can make of one by another strategy, by number."""
    place = list(np.unravel_index(profile, shape))
    found = []
    for k in range(shape[player]):
        if k != place[player]:
            found.append(int(np.ravel_multi_index([k if j == player else int(at) for j, at in enumerate(place)], shape)))
    return found


def _gaps(profiles: Profiles, judged: Judgement) -> list[Gap]:
    """Gaps on which it hangs whether a candidate is an equilibrium."""
    shape, total = profiles.shape, len(profiles)
    often = [support for support, share in judged.others if share >= OFTEN]
    rare = [support for support, _ in judged.others if not often]  # then whatever came out at all
    pairs: dict[tuple[int, int, int], None] = {}
    for support in [*judged.supports, *often, *rare][:_MOST_CANDIDATES]:
        for profile in _box(support, shape)[:_MOST_IN_BOX]:
            for player in range(len(shape)):
                own = set(support[player])
                for other in deviations(shape, profile, player):
                    choice = int(np.unravel_index(other, shape)[player])
                    if is_pure(support) or choice in own:
                        pairs.setdefault((player, min(profile, other), max(profile, other)))
    gaps = []
    for player, one, other in pairs:
        weights = np.zeros(total)
        weights[one], weights[other] = -1.0, 1.0
        gaps.append(Gap(player, weights))
    for equilibrium, support in zip(judged.solutions.equilibria, judged.supports, strict=True):
        if is_pure(support):
            continue
        profile = profile_of(equilibrium)
        for player, own in enumerate(support):
            rows = deviation_weights(profile, player)
            played = np.asarray(profile[player]) @ rows
            gaps += [Gap(player, rows[k] - played) for k in range(shape[player]) if k not in own]
    return gaps


def _box(support: Support, shape: Sequence[int]) -> list[int]:
    """The pure profiles made of strategies of a support."""
    grid = np.ix_(*support)
    return np.arange(math.prod(shape)).reshape(shape)[grid].reshape(-1).tolist()


def _twins(samples: Samples) -> list[list[int]]:
    """Profiles that have been alike in every history, together: their payoffs must go on tying exactly."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    shortest = min(samples.counts)
    for k, payoffs in enumerate(samples.payoffs):
        groups.setdefault((samples.counts[k], payoffs[:shortest].tobytes()), []).append(k)
    return list(groups.values())
