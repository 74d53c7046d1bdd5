"""A search over levers for several objectives at once, and how much of what it found was luck.

Settings are tried with the same draws, so that they differ by what they are and not by luck: first points that fill the ranges of the
levers evenly (scrambled Sobol points), then, step by step, points around those that are unbeaten so far, ever closer. Among many settings
that were tried the best owe something to the draws that all of them had. So what is kept is played again, with draws that
the search has not seen; only those numbers are quoted.

Sources: Joe and Kuo (2008), SIAM Journal on Scientific Computing 30(5), 2635-2654 (Sobol points, by `scipy.stats.qmc`); Smith and Winkler
(2006), Management Science 52(3), 311-322 (the optimizer's curse).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.estimates import share
from sim.analysis.outputs import Output, output_of
from sim.analysis.paired_shares import score_interval
from sim.analysis.pareto_front import chance_unbeaten, thinned, unbeaten
from sim.analysis.resampling import bootstrap_counts
from sim.errors import UsageError
from sim.experiments.lever_runs import LATER, Lever, LeverRuns

POINTS, STEPS, HISTORIES, FRESH = 64, 2, 400, 2000  # settings at first; further steps; histories of a setting; of one that is kept
MOST_KEPT = 12  # settings that are played again
SAMPLES = 500  # bootstrap samples of the fresh histories
REACH = 0.3  # of a lever's range: the first step around a setting; half of it in the next
HOLDS = 0.5  # chance of being unbeaten on fresh draws from which a setting is said to hold
_Z95 = 1.959964
_DIGITS = 6  # of coordinates
_OWNER = "pareto"  # owner of the draws

_OBJECTIVE = re.compile(r"\s*(max|min)\s+(\S.*?)\s*")


@dataclass(frozen=True)
class Objective:
    """What is wanted: more of an output, or less."""

    text: str
    sign: float
    output: Output

    @property
    def label(self) -> str:
        """In words: `more “Interim deal”`."""
        name = f"\u201c{self.output.label}\u201d" if self.output.kind == "class" else self.output.label
        return f"{'more' if self.sign > 0 else 'less'} {name}"


@dataclass(frozen=True)
class Measured:
    """A mean, or a difference of means, with its 95 % interval; as it is shown, not turned round where less is better."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Setting:
    """A setting of the levers that was kept, by fresh draws."""

    levers: tuple[float, ...]
    searched: tuple[float, ...]  # means in the search, by objective
    fresh: tuple[Measured, ...]  # by objective
    gains: tuple[Measured, ...]  # fresh difference from the case as described, by objective
    chance: float  # of being unbeaten among the settings kept, by bootstrap of the fresh histories

    @property
    def holds(self) -> bool:
        """Whether it is likelier unbeaten than not, among those kept."""
        return self.chance >= HOLDS


@dataclass(frozen=True)
class Luck:
    """Of one objective: the setting that looked best in the search, what it seemed to gain, and what it gained on fresh draws."""

    place: int  # among the settings kept
    seemed: float  # gain in the search over the case as described, in the direction that is wanted
    gained: Measured  # on fresh draws

    @property
    def luck(self) -> float:
        """What was luck."""
        return self.seemed - self.gained.value


@dataclass(frozen=True)
class Pareto:
    """What a search found."""

    runs: LeverRuns = field(repr=False)
    objectives: tuple[Objective, ...]
    points: np.ndarray = field(repr=False)  # coordinates of all that was tried, shape (settings, levers)
    means: np.ndarray = field(repr=False)  # in the search, shape (settings, objectives), as shown
    settings: tuple[Setting, ...]  # kept; the best in the first objective first
    described: tuple[Measured, ...]  # the case as described on fresh draws
    described_searched: tuple[float, ...]
    num_unbeaten: int  # settings that were unbeaten in the search
    histories: int
    fresh: int
    luck: tuple[Luck, ...]
    beats_described: tuple[int, ...]  # settings that surely better it in every objective

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.runs.as_described["title"])

    @property
    def levers(self) -> list[Lever]:
        """What was searched over."""
        return self.runs.levers


def objectives_of(texts: Sequence[str], scenario: Mapping[str, Any], seed: int) -> list[Objective]:
    """The objectives that some texts name, ``max share(deal)`` or ``min metric:cost``, checked against one history.

    Raises
    ------
    UsageError
        Fewer than two; one that is none or names what there is not; one named twice.
    """
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case

    row, _, _ = play(compile_case(scenario), 0, seed)  # type: ignore[arg-type]
    kinds = [(name, "text" if value is None or isinstance(value, str) else "float64") for name, value in row.items()]
    found: list[Objective] = []
    for text in texts:
        match = _OBJECTIVE.fullmatch(text)
        if match is None:
            raise UsageError(f"--objective {text!r}: expected max or min before what is meant", hint="as in --objective 'min share(war)'")
        output = output_of(match[2], scenario, kinds)
        if any(item.output.name == output.name for item in found):
            raise UsageError(f"--objective: '{output.name}' is named twice", hint="keep one of them")
        found.append(Objective(f"{match[1]} {match[2]}", 1.0 if match[1] == "max" else -1.0, output))
    if len(found) < 2:
        raise UsageError(
            f"expected at least two objectives, found {len(found)}",
            hint="as in --objective 'max share(deal)' --objective 'min share(war)'; for a single one, `sim sweep` or `sim what-if`",
        )
    return found


def histories_needed(points: int, steps: int, histories: int, fresh: int) -> int:
    """The most histories that a search plays."""
    return (points + steps * around(points) + 1) * histories + (MOST_KEPT + 1) * fresh


def around(points: int) -> int:
    """Settings tried in a further step."""
    return max(2, points // 2)


def search(runs: LeverRuns, objectives: Sequence[Objective], points: int, steps: int, histories: int, fresh: int) -> Pareto:
    """Try settings, keep the unbeaten, play them again with fresh draws.

    Parameters
    ----------
    points : settings at first, at least 4; half as many in each further step
    steps : further steps around what is unbeaten
    histories, fresh : of each setting in the search, and of each that is kept
    """
    signs = np.array([item.sign for item in objectives])
    base = runs.play_as_described("as-described-search", histories, runs.seed)
    base_means = _values(base, objectives, 1).mean(axis=2)[0]
    tried = _spread(points, len(runs.levers), runs.seed)
    means = _values(runs.play("search-0", tried, histories, runs.seed), objectives, len(tried)).mean(axis=2)
    for step in range(steps):
        parents = tried[unbeaten(np.round(means * signs, 12))]
        more = _near(parents, around(points), REACH / 2**step, runs.seed + step + 1)
        found = _values(runs.play(f"search-{step + 1}", more, histories, runs.seed), objectives, len(more)).mean(axis=2)
        tried, means = np.concatenate([tried, more]), np.concatenate([means, found])
    best = np.flatnonzero(unbeaten(np.round(means * signs, 12)))
    kept = best[thinned((means * signs)[best], MOST_KEPT)]
    kept = kept[np.argsort(-(means * signs)[kept, 0], kind="stable")]
    later = (runs.seed + LATER) % 2**64
    again = _values(runs.play("fresh", tried[kept], fresh, later), objectives, len(kept))
    described = _values(runs.play_as_described("as-described-fresh", fresh, later), objectives, 1)[0]
    chances = chance_unbeaten(again * signs[:, None], bootstrap_counts(fresh, SAMPLES, runs.seed, _OWNER))
    settings = [
        Setting(
            tuple(item.value(float(x)) for item, x in zip(runs.levers, tried[place], strict=True)),
            tuple(float(x) for x in means[place]),
            tuple(_mean(again[n, k], item) for k, item in enumerate(objectives)),
            tuple(_difference(again[n, k], described[k], item) for k, item in enumerate(objectives)),
            float(chances[n]),
        )
        for n, place in enumerate(kept)
    ]
    luck = []
    for k, item in enumerate(objectives):
        place = int((item.sign * means[kept, k]).argmax())
        gain = settings[place].gains[k]
        low, high = sorted((item.sign * gain.low, item.sign * gain.high))
        luck.append(
            Luck(place, float(item.sign * (means[kept[place], k] - base_means[k])), Measured(item.sign * gain.value, low, high))
        )
    beats = [
        n for n, one in enumerate(settings)
        if all((gain.low > 0.0) if item.sign > 0 else (gain.high < 0.0) for gain, item in zip(one.gains, objectives, strict=True))
    ]  # fmt: skip
    return Pareto(
        runs, tuple(objectives), tried, means, tuple(settings), tuple(_mean(described[k], item) for k, item in enumerate(objectives)),
        tuple(float(x) for x in base_means), len(best), histories, fresh, tuple(luck), tuple(beats),
    )  # fmt: skip


def _values(stored: Any, objectives: Sequence[Objective], settings: int) -> np.ndarray:
    """Values of every setting, shape (settings, objectives, histories)."""
    return np.stack([item.output.values(stored.results).reshape(-1, settings).T for item in objectives], axis=1)


def _spread(number: int, dimensions: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    return _inside(sobol.random(1 << max(1, (number - 1).bit_length()))[:number])


def _near(parents: np.ndarray, number: int, reach: float, seed: int) -> np.ndarray:
    """Settings around others, each in its turn; what lies beyond the end of a range is turned back into it."""
    steps = (_spread(number, parents.shape[1], seed) - 0.5) * 2.0 * reach
    moved = np.abs(parents[np.arange(number) % len(parents)] + steps)
    return _inside(np.where(moved > 1.0, 2.0 - moved, moved))


def _inside(points: np.ndarray) -> np.ndarray:
    least = 10.0**-_DIGITS
    return np.clip(np.round(points, _DIGITS), least, 1.0 - least)


def _mean(values: np.ndarray, objective: Objective) -> Measured:
    if objective.output.is_share:
        found = share(int(values.sum()), len(values))
        return Measured(found.share, found.low, found.high)
    half = _Z95 * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Measured(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half)


def _difference(values: np.ndarray, others: np.ndarray, objective: Objective) -> Measured:
    """The difference of the means over the same draws: the score interval of paired shares, else by the differences within pairs."""
    apart = values - others
    if objective.output.is_share:
        low, high = score_interval(np.array((apart > 0).sum()), np.array((apart < 0).sum()), len(apart))
        return Measured(float(apart.mean()), float(low), float(high))
    half = _Z95 * float(apart.std(ddof=1)) / math.sqrt(len(apart))
    return Measured(float(apart.mean()), float(apart.mean()) - half, float(apart.mean()) + half)


def as_data(found: Pareto) -> dict[str, Any]:
    """Everything as plain data."""

    def measured(one: Measured) -> dict[str, float]:
        return {"value": one.value, "low": one.low, "high": one.high}

    names = [item.output.name for item in found.objectives]
    scenario = found.runs.as_described
    return {
        "scenario": {"id": scenario["id"], "title": scenario["title"]},
        "seed": found.runs.seed,
        "levers": [
            {"name": item.name, "path": item.path, "label": item.label, "low": item.low, "high": item.high, "as_described": item.stands}
            for item in found.levers
        ],
        "objectives": [{"objective": item.text, "output": item.output.name, "label": item.label} for item in found.objectives],
        "tried": len(found.points),
        "unbeaten_in_the_search": found.num_unbeaten,
        "histories_each": found.histories,
        "fresh_histories_each": found.fresh,
        "as_described": {name: measured(one) for name, one in zip(names, found.described, strict=True)},
        "settings": [
            {
                "levers": dict(zip((item.name for item in found.levers), one.levers, strict=True)),
                "fresh": {name: measured(part) for name, part in zip(names, one.fresh, strict=True)},
                "gain": {name: measured(part) for name, part in zip(names, one.gains, strict=True)},
                "searched": dict(zip(names, one.searched, strict=True)),
                "chance_unbeaten": one.chance,
                "surely_better_than_described": n in found.beats_described,
            }
            for n, one in enumerate(found.settings)
        ],
        "luck": [
            {"objective": item.text, "setting": one.place, "seemed": one.seemed, "gained": measured(one.gained), "luck": one.luck}
            for item, one in zip(found.objectives, found.luck, strict=True)
        ],
    }  # fmt: skip


__all__ = [
    "FRESH", "HISTORIES", "MOST_KEPT", "POINTS", "SAMPLES", "STEPS", "Luck", "Measured", "Objective", "Pareto", "Setting", "around",
    "as_data", "histories_needed", "objectives_of", "search",
]  # fmt: skip
