"""Which arm is a robust choice: arms over the same draws of the uncertainties, judged by regret, a level to be met, and how often best.

A history is worth a number (`cardinal_goal`): regret asks how much better, and the tone of an end says only which is better. Draws of the
uncertainties are the points of a nested design; what is told of them allows for each being known from a few histories
(`sim.analysis.regret`, `sim.analysis.point_shares`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.compared_measures import OUTCOME, TONES, Columns, Goal, goal_of
from sim.analysis.compared_measures import read as read_rows
from sim.analysis.comparison import twins
from sim.analysis.delta import equal_slices
from sim.analysis.discovery.boxes import box_words
from sim.analysis.given_data import GivenData, Input, column_input_label, input_columns, path_of
from sim.analysis.point_shares import PointShare, domain, satisficing
from sim.analysis.regret import TAIL, Bracketed, Regret, regrets
from sim.errors import UsageError
from sim.experiments.arms import Arms
from sim.experiments.comparison import Played
from sim.experiments.design.nested import Nested

BAD_END = "bad ends"  # what arms are judged by where nothing else is asked for
LOSES = 0.25  # of the draws: those in which an arm gives away most are where it loses
CUTS = 10  # slices of an input in the picture
LEVEL = 0.01  # of the test that an input matters to regret, among all inputs and arms


@dataclass(frozen=True)
class Level:
    """A level that an arm should meet, as it is asked for: at least or at most so much."""

    value: float
    at_least: bool

    @property
    def words(self) -> str:
        return "at least" if self.at_least else "at most"


@dataclass(frozen=True)
class Where:
    """Draws of the uncertainties at which an arm gives away most: a box, checked on draws that were not searched; or why there is none."""

    box: str  # in words, empty where there is none
    inside: float = math.nan  # mean regret in the box, over draws that were not searched
    outside: float = math.nan
    share: float = math.nan  # of the draws
    why: str = ""


@dataclass(frozen=True)
class Standing:
    """What is known of one arm; values are as shown, with less where less is better."""

    arm: str
    value: float  # mean over all draws
    low: float
    high: float
    regret: Regret
    best: PointShare  # draws at which no other arm is better
    meets: PointShare | None  # draws at which it meets the level
    where: Where | None


@dataclass(frozen=True)
class Driver:
    """An input by which the regrets differ, in slices: mean cross-fitted regret of each arm in each."""

    item: Input
    edges: tuple[str, ...]  # what each slice holds, in words
    middles: tuple[str, ...]  # its median, or its word
    table: np.ndarray = field(repr=False)  # (arms, slices)
    counts: np.ndarray = field(repr=False)
    chance: float = 1.0  # probability of so large a difference by chance, times the number of inputs and arms tried


@dataclass(frozen=True)
class Robust:
    """Arms judged over the uncertainties."""

    played: Played
    goal: Goal
    is_share: bool
    draws: int  # of the uncertainties
    repeats: int  # histories at each
    standings: tuple[Standing, ...]  # the least regret in the worst tenth first
    level: Level | None
    driver: Driver | None
    num_inputs: int
    alike: tuple[tuple[str, str], ...]  # arms that are level in every history, in what they are judged by
    same: tuple[tuple[str, str], ...]  # arms that are the same in every history, in all that is recorded

    def of(self, arm: str) -> Standing:
        """The standing of an arm."""
        return next(item for item in self.standings if item.arm == arm)

    @property
    def title(self) -> str:
        """Title of the scenario of the reference."""
        return str(self.played.arms[self.played.arms.reference].completed["title"])


def cardinal_goal(arms: Arms, columns: Columns, by: str | None = None) -> Goal:
    """What a history is worth, as a number; by default 0 for an end whose tone is bad or worst, and 1 for any other.

    Raises
    ------
    UsageError
        As for ``goal_of``; ``outcome``, which has an order and no distances; no bad ends beside others, and nothing else asked for.
    """
    text = (by or "").strip()
    if text and text.removeprefix("-") != OUTCOME:
        goal = goal_of(arms, columns, text)
        assert goal is not None
        return goal
    if text:
        raise UsageError(
            f"--by {text}: regret asks how much better an end is, and the tone of ends says only which is better",
            hint="name a number, as in --by -outcome=CLASS, --by utility:ACTOR or --by metric:NAME; without --by, bad ends are counted",
        )
    ranks: dict[str, float] = {}
    for arm in arms.arms:
        for item in arm.completed["outcomes"]:
            ranks.setdefault(item["class"], -1.0 if (item.get("tone") or "mixed") in TONES[:2] else 0.0)
    if len(set(ranks.values())) < 2:
        raise UsageError(
            "nothing says what is better: expected classes of outcome with the tone bad or worst beside others",
            hint="say it with --by, as in --by -outcome=CLASS, --by utility:ACTOR or --by metric:NAME",
        )
    return Goal(BAD_END, "fewer bad ends", sign=-1.0, ranks=ranks)


def level_of(goal: Goal, at_least: float | None, at_most: float | None, is_share: bool) -> Level | None:
    """The level that is asked for.

    Raises
    ------
    UsageError
        Both of them; one that goes against what is better; of a share, one outside [0, 1].
    """
    if at_least is not None and at_most is not None:
        raise UsageError("--at-least and --at-most exclude each other", hint="keep one of them")
    if at_least is None and at_most is None:
        return None
    option, value = ("--at-least", at_least) if at_least is not None else ("--at-most", at_most)
    assert value is not None
    if (at_least is not None) != (goal.sign > 0):
        right = "--at-least" if goal.sign > 0 else "--at-most"
        raise UsageError(f"{option} {value:g}: better is {goal.label}, so a level is met from the other side", hint=f"use {right}")
    if not math.isfinite(value) or (is_share and not 0.0 <= value <= 1.0):
        wanted = "a share between 0 and 1" if is_share else "a number"
        raise UsageError(f"{option}: expected {wanted}, found {value:g}", hint="5 % is 0.05" if is_share else "")
    return Level(value, at_least is not None)


def is_share(goal: Goal) -> bool:
    """Whether the mean over histories is a share of them."""
    return goal.measure is None or goal.measure.form == "share"


def robust(played: Played, goal: Goal, level: Level | None = None, with_where: bool = True) -> Robust:
    """Arms judged over the draws of the uncertainties, in the order of their regret in the worst tenth of the draws.

    Parameters
    ----------
    played : arms with a nested design
    goal : from `cardinal_goal`
    with_where : whether to look for where each arm loses

    Raises
    ------
    UsageError
        What is asked about is not known in every history.
    """
    rows = read_rows(played, [], goal)
    names = played.arms.names
    values = np.stack([goal.of(rows[name]) for name in names])
    if not np.isfinite(values).all():
        raise UsageError(f"--by {goal.id}: it is not known in every history", hint="judge by what every history has")
    values = values.reshape(len(names), -1, played.repeats)
    means = values.mean(axis=2)
    alike = tuple((a, b) for a in range(len(names)) for b in range(a) if np.array_equal(values[a], values[b]))
    found = regrets(values, played.seed)
    best = domain(values, alike)
    data = _inputs_of(played)
    standings = []
    for a, name in enumerate(names):
        half = 1.959964 * float(means[a].std(ddof=1)) / math.sqrt(means.shape[1])
        ends = sorted(goal.sign * (float(means[a].mean()) + shift) for shift in (-half, half))
        meets = None if level is None else satisficing(values[a], goal.sign * level.value)
        where = _where(name, found[a], data, played.seed) if with_where else None
        standings.append(Standing(name, goal.sign * float(means[a].mean()), *ends, found[a], best[a], meets, where))
    order = sorted(range(len(names)), key=lambda a: (found[a].tail.value, found[a].mean.value, a))
    ordered = tuple(standings[a] for a in order)
    return Robust(
        played, goal, is_share(goal), values.shape[1], played.repeats, ordered, level, _driver([item.regret for item in ordered], data),
        len(data.inputs), tuple((names[a], names[b]) for a, b in alike), tuple(twins(played, rows)),
    )  # fmt: skip


# Where -------------------------------------------------------------------------------------------------------------------


def _inputs_of(played: Played) -> GivenData:
    """What was drawn at each point: of the reference, or the first arm that records inputs."""
    run = played.runs[played.arms.reference]
    names = input_columns(dict(run.kinds("results")))
    first = np.arange(0, played.replications, played.repeats)
    table = played.rows(played.arms.reference, names) if names else {}
    inputs = [
        Input(path_of(name), column_input_label(played.arms[played.arms.reference].completed, name), np.asarray(table[name])[first])
        for name in names
    ]
    kept = tuple(item for item in inputs if not item.is_constant)
    rows = np.arange(len(first), dtype=np.int64)
    return GivenData(rows, len(first), Nested.name, kept, tuple(item.path for item in inputs if item.is_constant))


def _where(arm: str, regret: Regret, data: GivenData, seed: int) -> Where:
    """The box in which the arm gives away most, found in half of the draws and counted in the other."""
    from sim.analysis.asked import Asked, Kind
    from sim.analysis.discovery.discover import discover

    if not data.inputs:
        return Where("", why="no uncertainty is recorded: list them under `uncertainties:`")
    values = regret.plain_at_points
    line = max(float(np.quantile(values, 1.0 - LOSES)), 1e-12)
    hits = values >= line
    try:
        found = discover(Asked("regret", f"regret of {arm}", Kind.EVENT, hits), data, seed, most_boxes=1, with_tree=False)
    except UsageError:
        few = int(min(hits.sum(), (~hits).sum()))
        return Where("", why=f"too few draws tell: it gives away something in {few}" if few else "it gives away nothing anywhere")
    if not found.boxes:
        return Where("", why="no limits on the recorded uncertainties tell where")
    box = found.boxes[0].box
    held = ~found.searched
    inside = box.holds(found.columns)
    at = [float(regret.at_points[some].mean()) for some in (held & inside, held & ~inside)]
    return Where(box_words(box, data.inputs, found.words), *at, float(inside[held].mean()))


def _driver(items: Sequence[Regret], data: GivenData) -> Driver | None:
    """The input between whose slices the regret of some arm differs most; none where there are no inputs."""
    from scipy.special import fdtrc

    from sim.analysis.asked import numbered

    best: tuple[float, float, Input, np.ndarray] | None = None
    tried = max(1, len(data.inputs) * len(items))
    for item in data.inputs:
        codes = equal_slices(item.values.astype(float), 5) if item.is_number else numbered(item.values)[0]
        for regret in items:
            values = regret.plain_at_points
            ratio, degrees = _between(values, codes)
            chance = 1.0 if not math.isfinite(ratio) else min(1.0, tried * float(fdtrc(*degrees, max(0.0, ratio))))
            if best is None or (chance, -ratio) < best[:2]:
                best = (chance, -ratio, item, codes)
    if best is None:
        return None
    chance, _, item, _ = best
    if item.is_number:
        codes = equal_slices(item.values.astype(float), CUTS)
        edges, middles = _edges(item.values.astype(float), codes)
    else:
        codes, words = numbered(item.values)
        edges = middles = tuple(word.replace("_", " ") for word in words)
    counts = np.bincount(codes)
    table = np.stack([np.bincount(codes, weights=regret.at_points) / counts for regret in items])
    return Driver(item, edges, middles, table, counts, chance)


def _between(values: np.ndarray, codes: np.ndarray) -> tuple[float, tuple[int, int]]:
    """The ratio of the mean squares between and within classes, with its degrees of freedom."""
    counts = np.bincount(codes)
    degrees = (max(1, int((counts > 0).sum()) - 1), max(1, len(values) - int((counts > 0).sum())))
    means = np.bincount(codes, weights=values) / np.maximum(counts, 1)
    between = float((counts * (means - values.mean()) ** 2).sum()) / degrees[0]
    within = float(((values - means[codes]) ** 2).sum()) / degrees[1]
    if within <= 1e-24:
        return (math.inf if between > 1e-24 else math.nan), degrees
    return between / within, degrees


def _edges(values: np.ndarray, codes: np.ndarray) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What each slice holds, `0.2 to 0.4` or the one value, and its median."""
    edges, middles = [], []
    for code in range(int(codes.max()) + 1):
        inside = values[codes == code]
        low, high, middle = (_figure(float(x)) for x in (inside.min(), inside.max(), np.median(inside)))
        edges.append(low if low == high else f"{low} to {high}")
        middles.append(middle)
    return tuple(edges), tuple(middles)


def _figure(value: float) -> str:
    """A value with two figures, never as a power of ten."""
    digits = 2 if value == 0.0 else max(0, 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(digits, 4)}f}"
    return text.replace("-", "\u2212")


# Plain data ----------------------------------------------------------------------------------------------------------------


def as_data(found: Robust) -> dict[str, Any]:
    """Everything as plain data."""
    played = found.played
    return {
        "scenario": {"id": played.arms[played.arms.reference].completed["id"], "title": found.title},
        "seed": played.seed,
        "by": found.goal.id,
        "better_means": found.goal.label,
        "draws": found.draws,
        "histories_at_each": found.repeats,
        "histories": played.replications * len(played.arms.arms),
        "worst_part": TAIL,
        "level": None if found.level is None else {found.level.words.replace(" ", "_"): found.level.value},
        "arms": [_arm(found, item) for item in found.standings],
        "level_in_every_history": [list(pair) for pair in found.alike],
        "same": [list(pair) for pair in found.same],
        "input": None
        if found.driver is None
        else {
            "path": found.driver.item.path, "label": found.driver.item.label, "p_corrected": found.driver.chance,
            "slices": list(found.driver.edges), "draws": found.driver.counts.tolist(),
            "regret": {item.arm: row.tolist() for item, row in zip(found.standings, found.driver.table, strict=True)},
        },
    }  # fmt: skip


def _arm(found: Robust, item: Standing) -> dict[str, Any]:
    def bracketed(one: Bracketed) -> dict[str, float]:
        return {"value": one.value, "low": one.low, "high": one.high, "uncorrected": one.plain}

    def share(one: PointShare | None) -> Mapping[str, float] | None:
        return None if one is None else {"share": one.share, "low": one.low, "high": one.high}

    run = found.played.runs[item.arm]
    where = None
    if item.where is not None:
        told = {"box": item.where.box, "regret_inside": item.where.inside, "regret_outside": item.where.outside, "share": item.where.share}
        where = told if item.where.box else {"box": None, "why": item.where.why}
    return {
        "arm": item.arm,
        "mean": {"value": item.value, "low": item.low, "high": item.high},
        "regret": {
            "mean": bracketed(item.regret.mean), "worst_tenth": bracketed(item.regret.tail), "largest": bracketed(item.regret.largest),
        },
        "probability_least_regret": item.regret.first,
        "best_at": share(item.best),
        "meets_level_at": share(item.meets),
        "loses_where": where,
        "directory": run.directory.as_posix(),
        "digest": run.recorded_digest,
    }  # fmt: skip


__all__ = [
    "BAD_END", "Driver", "Level", "Robust", "Standing", "Where", "as_data", "cardinal_goal", "is_share", "level_of", "robust",
]  # fmt: skip
