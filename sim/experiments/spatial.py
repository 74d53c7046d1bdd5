"""Forecasts for a spatial table side by side, each with the spread that the table's uncertain numbers give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.games.spatial.averages import weighted_mean, weighted_median
from sim.games.spatial.challenge import COMPROMISE_RULES
from sim.games.spatial.first_turn import FirstTurn, first_turn
from sim.games.spatial.nash import nash_point
from sim.games.spatial.rounds import Rounds, play_rounds
from sim.model.complete import content_hash
from sim.model.spatial.inputs import Arrays, Uncertain, arrays_of, draw, uncertain_inputs
from sim.model.spatial.spec import SpatialSpec

DEFAULT_REPLICATIONS = 1_000
MANY_ACTORS = 20  # beyond which fewer draws are made unless a number is asked for
FEWEST = 100
BLOCK_PAIRS = 20_000  # pairs of actors worked on at once: their matrices then stay in the processor's cache
MOST_REPLICATIONS = 1_000_000

# Forecasts in the order in which they are shown.
FORECASTS = ("mean", "median", "nash", "challenge_first", "challenge", "challenge_other", "expected", "likeliest")


@dataclass(frozen=True)
class Spread:
    """How a forecast varies over the draws."""

    q05: float
    median: float
    q95: float
    mean: float
    standard_error: float  # of the mean, by the number of draws


@dataclass(frozen=True)
class Forecast:
    """One model's forecast on one dimension, in the scale's unit."""

    id: str  # of `FORECASTS`
    point: float  # with every number at its point value
    spread: Spread | None  # None where nothing varies


@dataclass(frozen=True)
class SpatialResult:
    """Everything that `sim spatial` shows."""

    spec: SpatialSpec
    changes: dict[str, Any]
    hash: str
    seed: int
    replications: int  # draws; 0 where nothing varies
    jitter: float
    uncertain: tuple[Uncertain, ...]
    point: Arrays
    forecasts: dict[str, tuple[Forecast, ...]]  # by dimension
    rounds: dict[str, Rounds]  # by dimension, at the point values
    other_rounds: dict[str, Rounds]  # the same with the other rule for compromises
    first_turn: FirstTurn  # at the point values
    paths: dict[str, np.ndarray]  # by dimension: (3, rounds + 1), quantiles .05 .5 .95 of the challenge model's median
    settled: dict[str, float]  # by dimension: share of draws in which the challenge model settled


def completed(spec: SpatialSpec) -> dict[str, Any]:
    """The table as plain data with every value present."""
    return spec.model_dump(mode="json", by_alias=True, exclude_none=True)


def default_replications(num_actors: int) -> int:
    """Draws made where no number is asked for: fewer for many actors, whose pairs and triples take time."""
    return max(FEWEST, round(DEFAULT_REPLICATIONS * min(1.0, (MANY_ACTORS / num_actors) ** 2)))


def forecast(
    spec: SpatialSpec,
    *,
    replications: int | None = None,
    seed: int = 1,
    jitter: float = 0.0,
    changes: dict[str, Any] | None = None,
) -> SpatialResult:
    """All models on one table.

    Parameters
    ----------
    spec : SpatialSpec
    replications : int, optional
        Draws of the uncertain numbers; none are made where nothing varies.
    seed : int
        Root seed of the draws, in [0, 2**64).
    jitter : float
        As in `sim.model.spatial.inputs.uncertain_inputs`.
    changes : dict, optional
        Values set by path, for the record.

    Raises
    ------
    UsageError, ParameterError
        A number outside its range.
    """
    if not 0 <= seed < 2**64:
        raise UsageError(f"--seed: expected a whole number from 0 to 2**64 - 1, found {seed}")
    if replications is not None and not 1 <= replications <= MOST_REPLICATIONS:
        raise UsageError(
            f"--replications: expected a whole number from 1 to {MOST_REPLICATIONS:,}, found {replications}"
        )
    uncertain = uncertain_inputs(spec, jitter)
    count = 0 if not uncertain else replications or default_replications(len(spec.actors))
    point = arrays_of(spec)
    main = _Models(spec, point)
    drawn, paths, settled = _drawn(spec, uncertain, count, seed)
    found = {}
    for place, dimension in enumerate(spec.dimensions):
        rows = []
        for name in FORECASTS:
            values = drawn[name][:, place] if count else None
            rows.append(Forecast(name, float(main.forecasts[name][place]), None if values is None else _spread(values)))
        found[dimension] = tuple(rows)
    return SpatialResult(
        spec=spec,
        changes=dict(changes or {}),
        hash=content_hash(completed(spec)),
        seed=seed,
        replications=count,
        jitter=jitter,
        uncertain=tuple(uncertain),
        point=point,
        forecasts=found,
        rounds=dict(zip(spec.dimensions, main.rounds, strict=True)),
        other_rounds=dict(zip(spec.dimensions, main.other_rounds, strict=True)),
        first_turn=main.first_turn,
        paths={dimension: paths[place] for place, dimension in enumerate(spec.dimensions)} if count else {},
        settled={dimension: float(settled[place]) for place, dimension in enumerate(spec.dimensions)} if count else {},
    )


class _Models:
    """All models on one table or on a block of draws: forecasts (..., d) by name, rounds by dimension, first turn."""

    def __init__(self, spec: SpatialSpec, arrays: Arrays) -> None:
        options = spec.spatial
        weights = arrays.capability[..., None] * arrays.salience
        across = np.moveaxis(arrays.positions, -1, 0)
        width = arrays.high - arrays.low
        self.first_turn = first_turn(
            arrays.shares,
            arrays.salience,
            arrays.capability,
            options.first_turn.voting,
            options.first_turn.victory_exponent,
            options.first_turn.positions,
            options.first_turn.risk,
        )
        self.rounds = self._rounds(spec, arrays, options.challenge.compromise)
        other = next(rule for rule in COMPROMISE_RULES if rule != options.challenge.compromise)
        self.other_rounds = self._rounds(spec, arrays, other)
        nash = nash_point(arrays.shares, arrays.salience, arrays.capability, options.nash.disagreement)
        by_dimension = np.moveaxis(weights, -1, 0)
        self.forecasts = {
            "mean": _last([weighted_mean(*pair) for pair in zip(across, by_dimension, strict=True)]),
            "median": _last([weighted_median(*pair) for pair in zip(across, by_dimension, strict=True)]),
            "nash": arrays.low + nash * width,
            "challenge_first": _last([rounds.after(1) for rounds in self.rounds]),
            "challenge": _last([rounds.median[..., -1] for rounds in self.rounds]),
            "challenge_other": _last([rounds.median[..., -1] for rounds in self.other_rounds]),
            "expected": self.first_turn.expected(arrays.positions),
            "likeliest": self.first_turn.likeliest(arrays.positions),
        }

    def _rounds(self, spec: SpatialSpec, arrays: Arrays, compromise: str) -> list[Rounds]:
        options = spec.spatial.challenge
        return [
            play_rounds(
                arrays.positions[..., place],
                arrays.capability,
                arrays.salience[..., place],
                options.rounds,
                options.settled,
                options.exponent,
                options.status_quo,
                compromise,
            )
            for place in range(len(spec.dimensions))
        ]


def _last(parts: list[np.ndarray]) -> np.ndarray:
    return np.stack(parts, axis=-1)


def _drawn(
    spec: SpatialSpec, uncertain: list[Uncertain], count: int, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Forecasts (draws, d) by name; quantiles of the median by round, (d, 3, rounds + 1); share settled, (d,)."""
    size = max(1, BLOCK_PAIRS // len(spec.actors) ** 2)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in FORECASTS}
    medians: list[np.ndarray] = []
    settled: list[np.ndarray] = []
    for first in range(0, count, size):
        models = _Models(spec, draw(spec, uncertain, first, min(size, count - first), seed))
        for name in FORECASTS:
            parts[name].append(models.forecasts[name])
        medians.append(np.stack([rounds.median for rounds in models.rounds], axis=0))
        settled.append(np.stack([rounds.settled for rounds in models.rounds], axis=0))
    if not count:
        return {}, np.zeros(0), np.zeros(0)
    course = np.concatenate(medians, axis=1)
    quantiles = np.moveaxis(np.quantile(course, (0.05, 0.5, 0.95), axis=1), 0, 1)
    return (
        {name: np.concatenate(part) for name, part in parts.items()},
        quantiles,
        np.concatenate(settled, axis=1).mean(axis=1),
    )


def _spread(values: np.ndarray) -> Spread:
    low, middle, high = (float(value) for value in np.quantile(values, (0.05, 0.5, 0.95)))
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    return Spread(low, middle, high, float(values.mean()), error)
