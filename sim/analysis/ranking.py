"""Which arm does better in the same history, how often, and how probable it is that an arm is the best of all.

Histories are compared one by one by a goal (`sim.analysis.compared_measures.Goal`). Arms are ranked by the mean of what is
compared; where only its order counts (the tone of outcomes), by how often an arm does better than another one of them, ties
counting a half. The probability of being best is the share of bootstrap samples of the replications in which an arm comes first, all
arms together, so that common draws count.

Source of the share of wins: Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50-60; of ranking by it, Borda's count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis.compared_measures import Goal
from sim.analysis.estimates import Columns, Share, share
from sim.analysis.normal_draws import normal_draws
from sim.analysis.paired_means import paired_means, resampled_means
from sim.errors import UsageError

SAMPLES = 1000  # bootstrap samples
MOST_RESAMPLED = 20_000  # replications beyond which the samples' means are drawn from their normal limit


@dataclass(frozen=True)
class Duel:
    """Two arms in the same histories: how often the first does better, worse, and no differently."""

    arm: str
    other: str
    better: Share
    worse: Share
    tied: Share

    @property
    def advantage(self) -> float:
        """Share of histories in which the arm does better, ties counting a half."""
        return self.better.share + 0.5 * self.tied.share


@dataclass(frozen=True)
class Standing:
    """An arm in the ranking."""

    arm: str
    score: float
    low: float  # of the 95 % interval of the score
    high: float
    best: float  # probability of being best; ties in a sample are shared
    ranks: tuple[float, ...]  # probability of each rank, the first first
    mean_rank: float


@dataclass(frozen=True)
class Ranking:
    """All arms by a goal, the best first, and every pair of them."""

    goal: Goal
    standings: tuple[Standing, ...]
    duels: Mapping[tuple[str, str], Duel]
    histories: int  # in which the goal is known of all arms


def ranking(rows: Mapping[str, Columns], arms: Sequence[str], goal: Goal, root_seed: int, draws: int = 1) -> Ranking:
    """The arms ranked by a goal over histories with the same draws; ``draws`` histories in a row share a point of the inputs.

    Raises
    ------
    UsageError
        In no history is the goal known of all arms.
    """
    values = np.stack([goal.of(rows[name]) for name in arms], axis=1)
    known = np.isfinite(values).all(axis=1)
    points = np.flatnonzero(known) // draws
    values = values[known]
    if not len(values):
        raise UsageError(f"--by {goal.id}: in no history is it known of all arms", hint="compare by what is known in every history")
    duels = {}
    for i, one in enumerate(arms):
        for j, two in enumerate(arms):
            if i != j:
                duels[one, two] = _duel(one, two, values[:, i], values[:, j], points if draws > 1 else None)
    scores = _wins(values) if goal.is_ordinal else goal.sign * values
    means = scores.mean(axis=0)
    blocks = scores if draws == 1 else _by_point(scores, points)
    drawn = _drawn_means(blocks, root_seed) if len(blocks) > 1 else means[None, :]
    for i in range(len(arms)):  # what never differs from an arm before it differs in no sample either
        twin = next((j for j in range(i) if np.array_equal(values[:, i], values[:, j])), None)
        if twin is not None:
            drawn[:, i] = drawn[:, twin]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    order = drawn if goal.is_ordinal else goal.sign * drawn
    ranks = _ranks(order)
    found = [
        Standing(
            name, float(means[i]), float(low[i]), float(high[i]), float(ranks[i, 0]),
            tuple(float(x) for x in ranks[i]), float(ranks[i] @ np.arange(1, len(arms) + 1)),
        )
        for i, name in enumerate(arms)
    ]  # fmt: skip
    by_score = means if goal.is_ordinal else goal.sign * means
    places = sorted(range(len(arms)), key=lambda i: (-float(by_score[i]), i))
    return Ranking(goal, tuple(found[i] for i in places), duels, len(values))


def _duel(one: str, two: str, first: np.ndarray, second: np.ndarray, points: np.ndarray | None) -> Duel:
    return Duel(one, two, *(_share(is_so, points) for is_so in (first > second, first < second, first == second)))


def _share(is_so: np.ndarray, points: np.ndarray | None) -> Share:
    """The share of histories; where these come in points its interval is that of the number of independent ones they are worth."""
    found = share(int(is_so.sum()), len(is_so))
    if points is None or not 0 < found.count < found.trials:
        return found
    number = int(np.bincount(points).astype(bool).sum())
    sums = np.bincount(points, weights=is_so - found.share)
    plain = found.share * (1.0 - found.share) * found.trials
    worse = max(1.0, number / max(1, number - 1) * float(sums @ sums) / plain)
    wide = share(found.count / worse, found.trials / worse)  # type: ignore[arg-type]
    return replace(found, low=wide.low, high=wide.high)


def _by_point(scores: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A row a point, whose mean is that of all histories."""
    counts = np.bincount(points)
    there = counts > 0
    sums = np.stack([np.bincount(points, weights=scores[:, i])[there] for i in range(scores.shape[1])], axis=1)
    return sums / counts[there].mean()


def _wins(values: np.ndarray) -> np.ndarray:
    """Of each arm in each history the share of the other arms that it beats, ties counting a half."""
    histories, arms = values.shape
    found = np.zeros((histories, arms))
    for i in range(arms):
        for j in range(arms):
            if i != j:
                found[:, i] += (values[:, i] > values[:, j]) + 0.5 * (values[:, i] == values[:, j])
    return found / max(1, arms - 1)


def _drawn_means(scores: np.ndarray, root_seed: int) -> np.ndarray:
    """Means of bootstrap samples, shape (samples, arms)."""
    histories, arms = scores.shape
    if histories <= MOST_RESAMPLED:
        columns = [scores[:, i, None] for i in range(arms)]
        return resampled_means(columns, paired_means(columns), SAMPLES, root_seed)[:, 0, :]
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(scores, rowvar=False)) / histories)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return scores.mean(axis=0) + normal_draws("ranking", SAMPLES, arms, root_seed) @ root.T


def _ranks(drawn: np.ndarray) -> np.ndarray:
    """Share of samples in which an arm has each rank, shape (arms, ranks); arms that are level share their ranks."""
    samples, arms = drawn.shape
    drawn = np.round(drawn, 12)
    above = (drawn[:, None, :] > drawn[:, :, None]).sum(axis=2)
    level = (drawn[:, None, :] == drawn[:, :, None]).sum(axis=2)
    found = np.zeros((arms, arms))
    for rank in range(arms):
        holds = (above <= rank) & (rank < above + level)
        found[:, rank] = np.where(holds, 1.0 / level, 0.0).sum(axis=0)
    return found / samples


def as_data(found: Ranking) -> dict[str, Any]:
    """A ranking as plain data."""

    def told(item: Share) -> dict[str, float]:
        return {"share": item.share, "low": item.low, "high": item.high, "count": item.count}

    return {
        "by": found.goal.id,
        "better_means": found.goal.label,
        "histories": found.histories,
        "arms": [
            {
                "arm": item.arm, "score": item.score, "low": item.low, "high": item.high, "probability_best": item.best,
                "rank_probabilities": list(item.ranks), "mean_rank": item.mean_rank,
            }
            for item in found.standings
        ],
        "pairs": [
            {
                "arm": duel.arm, "against": duel.other, "better": told(duel.better), "worse": told(duel.worse), "tied": told(duel.tied),
                "advantage": duel.advantage,
            }
            for duel in found.duels.values()
        ],
    }  # fmt: skip


__all__ = ["Duel", "Ranking", "Standing", "as_data", "ranking"]
