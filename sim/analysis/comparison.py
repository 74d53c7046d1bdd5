"""Everything that a comparison of arms finds, put together: differences, ranking, where histories part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.analysis import divergences as parted
from sim.analysis import inputs_and_chance as split
from sim.analysis import paired_differences as paired
from sim.analysis import ranking as ranked
from sim.analysis.compared_measures import GROUPS, OUTCOME, Goal, Measure, common_columns, goal_of, measures_of, read
from sim.analysis.paired_differences import Difference
from sim.experiments.comparison import Played
from sim.experiments.replicate import Progress

PAIRS = 20  # of each arm that are replayed to see where they part, by default


@dataclass(frozen=True)
class Compared:
    """Arms over the same histories, and what can be said of their differences."""

    played: Played
    measures: list[Measure]
    differences: list[Difference]  # of every arm against the reference
    ranking: ranked.Ranking | None  # none where nothing says what is better
    divergences: list[parted.Divergences]
    twins: list[tuple[str, str]]  # arms that are the same in every history
    target: float | None = None  # largest standard error that was asked for
    inputs: split.InputsAndChance | None = None  # where several histories share each draw of the inputs
    rows: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict, repr=False)

    @property
    def reference(self) -> str:
        """Name of the arm that the others are held against."""
        return self.played.arms.reference

    @property
    def others(self) -> list[str]:
        """Names of the other arms."""
        return [name for name in self.played.arms.names if name != self.reference]

    def of(self, arm: str, group: str | None = None) -> list[Difference]:
        """The differences of an arm, all or those of one group of measures."""
        return [item for item in self.differences if item.arm == arm and group in (None, item.measure.group)]

    @property
    def groups(self) -> list[str]:
        """Groups of measures that there are, in order."""
        there = {item.group for item in self.measures}
        return [group for group in GROUPS if group in there]

    @property
    def largest_error(self) -> float:
        """The largest standard error of any outcome's difference."""
        return max((item.standard_error for item in self.differences if item.measure.group == "outcomes"), default=0.0)

    @cached_property
    def twin_of(self) -> dict[str, str]:
        """By name of an arm the first one before it that is the same in every history."""
        found: dict[str, str] = {}
        for one, two in self.twins:
            found.setdefault(two, one)
        return found

    def pairs(self) -> list[Difference]:
        """The differences of every arm against every other one, in the order of arms; read each alone."""
        names = self.played.arms.names
        found = []
        for measure in self.measures:
            values = {name: measure.of(self.rows[name]) for name in names}
            for n, one in enumerate(names):
                found += [
                    paired.difference(measure, two, one, values[two], values[one], self.played.repeats) for two in names[n + 1 :]
                ]
        return found


def compare(
    played: Played,
    *,
    by: str | None = None,
    also: Sequence[str] = (),
    pairs: int = PAIRS,
    target: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Compared:
    """Arms compared over their histories.

    Parameters
    ----------
    by : by what one history is better than another (`sim.analysis.compared_measures.goal_of`)
    also : columns of numbers that are compared besides
    pairs : of each arm so many histories that end differently are replayed with their pairs; 0 for none
    workers : processes that replay
    progress : told how far the replays are

    Raises
    ------
    UsageError, ReplayError
        As for ``goal_of`` and ``divergences``.
    """
    columns = common_columns(played)
    measures = measures_of(played.arms, columns, also)
    goal: Goal | None = goal_of(played.arms, columns, by)
    rows = read(played, measures, goal)
    names, reference = played.arms.names, played.arms.reference
    outcomes = {name: np.asarray(rows[name][OUTCOME]) for name in names}
    return Compared(
        played,
        measures,
        paired.against(rows, measures, names, reference, played.seed, played.repeats),
        None if goal is None else ranked.ranking(rows, names, goal, played.seed, played.repeats),
        parted.divergences(played, outcomes, reference, pairs, workers=workers, progress=progress),
        twins(played, rows),
        target,
        None if played.repeats == 1 else split.inputs_and_chance(rows, names, reference, measures, goal, played.repeats),
        rows,
    )


def outcome_error(played: Played) -> float:
    """The largest standard error of any outcome's difference from the reference: what ``--until-se`` asks about."""
    outcomes = {name: played.rows(name, [OUTCOME])[OUTCOME] for name in played.arms.names}
    base = outcomes[played.arms.reference]
    largest = 0.0
    for found in outcomes.values():
        for item in played.arms.classes:
            apart = (found == item).astype(float) - (base == item)
            largest = max(largest, float(apart.std(ddof=1)) / len(apart) ** 0.5 if len(apart) > 1 else np.inf)
    return largest


def twins(played: Played, rows: Mapping[str, Mapping[str, np.ndarray]]) -> list[tuple[str, str]]:
    """Pairs of arms that are the same in every history: by the digests of their runs, which cover all columns and paths."""
    found = []
    names = played.arms.names
    for n, one in enumerate(names):
        for two in names[n + 1 :]:
            a, b = played.runs[one], played.runs[two]
            if a.num_replications == b.num_replications and a.recorded_digest is not None:
                if a.recorded_digest == b.recorded_digest:
                    found.append((one, two))
            elif all(np.array_equal(rows[one][key], rows[two][key], equal_nan=key != OUTCOME) for key in rows[one]):
                found.append((one, two))
    return found


def as_data(found: Compared) -> dict[str, Any]:
    """Everything as plain data."""
    played = found.played
    return {
        "scenario": {"id": played.arms[found.reference].completed["id"], "title": played.arms[found.reference].completed["title"]},
        "seed": played.seed,
        "replications": played.replications,
        "histories": played.replications * len(played.arms.arms),
        "reference": found.reference,
        "arms": [
            {
                "name": arm.name, "kind": arm.kind, "label": arm.label, "description": arm.description, "sets": dict(arm.sets),
                "scenario_hash": arm.scenario_hash, "directory": played.runs[arm.name].directory.as_posix(),
                "digest": played.runs[arm.name].recorded_digest, "same_as": found.twin_of.get(arm.name),
            }
            for arm in played.arms.arms
        ],
        "measures": [
            {"id": item.id, "label": item.label, "group": item.group, "form": item.form} for item in found.measures
        ],
        "until_se": None if found.target is None else {"target": found.target, "largest_se": found.largest_error},
        "differences": [paired.as_data(item) for item in found.differences],
        "all_pairs": [paired.as_data(item) for item in found.pairs()],
        "ranking": None if found.ranking is None else ranked.as_data(found.ranking),
        "divergences": [parted.as_data(item) for item in found.divergences],
        **({} if found.inputs is None else {"inputs_and_chance": split.as_data(found.inputs)}),
    }  # fmt: skip


__all__ = ["PAIRS", "Compared", "as_data", "compare", "outcome_error"]
