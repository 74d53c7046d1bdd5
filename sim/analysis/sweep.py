"""What a sweep found: of each output the curves over its factors, a table over two of them, or the points of a list.

    found = swept(stored, paths, ["war", "metric:trust"])
    found.answers[0].curves[0].points[3].mean     # value, low, high
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis import response
from sim.analysis.estimates import number_or_none
from sim.analysis.input_names import input_label
from sim.analysis.outputs import Output, outputs_of
from sim.analysis.response import Curve, Interval, Surface
from sim.errors import UsageError
from sim.experiments.design import Design, settings_of
from sim.experiments.design.table import Grid, Table
from sim.experiments.store import StoredRun


@dataclass(frozen=True)
class Factor:
    """What was varied.

    Attributes
    ----------
    levels : its values in a grid or table, ascending; empty where histories fill a range
    low, high : the smallest and the largest value played
    """

    path: str
    label: str
    levels: tuple[float, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """Of one output the mean, the curves by factor, the table over two factors, the points of a list."""

    output: Output
    mean: float
    curves: tuple[Curve, ...]
    surface: Surface | None = None
    points: tuple[Interval, ...] = ()

    @property
    def is_still(self) -> bool:
        """Whether it was the same in all histories."""
        means = [point.mean for curve in self.curves for point in curve.points] + list(self.points)
        return len({item.value for item in means}) == 1 and (not self.output.is_share or means[0].value in (0.0, 1.0))


@dataclass(frozen=True)
class Swept:
    """The sweep of a run.

    Attributes
    ----------
    each : histories at each point; 1 where every history is a point of its own
    points : values of the factors at each point of a table, shape (points, factors); None for other designs
    """

    stored: StoredRun
    design: Design
    factors: tuple[Factor, ...]
    each: int
    answers: tuple[Answer, ...]
    points: np.ndarray | None = None

    @property
    def is_paired(self) -> bool:
        """Whether points share draws."""
        return isinstance(self.design, Grid | Table)

    @property
    def num_points(self) -> int:
        """Points that were played."""
        return self.stored.num_replications // self.each


def swept(stored: StoredRun, paths: Sequence[str], outputs: Sequence[str] = ()) -> Swept:
    """The sweep that a finished run holds.

    Parameters
    ----------
    paths : of the factors, in the order in which they are told
    outputs : as `sim.analysis.outputs` reads them; by default all classes of outcome

    Raises
    ------
    UsageError
        No such output; a number that some histories have not.
    """
    design = settings_of(stored.manifest)
    rows = stored.results
    wanted = outputs_of(outputs, stored.case, stored.kinds("results"))
    columns = {path: np.asarray(rows[f"input:{path}"], dtype=np.float64) for path in paths}
    if isinstance(design, Table):
        return _listed(stored, design, columns, wanted, rows)
    if isinstance(design, Grid):
        return _gridded(stored, design, columns, wanted, rows)
    factors = _factors(stored, columns, spread=True)
    answers = []
    for output in wanted:
        values = output.values(rows)
        curves = tuple(response.sliced_curve(values, column, output.is_share) for column in columns.values())
        surface = response.sliced_surface(values, *columns.values(), output.is_share) if len(paths) == 2 else None
        answers.append(Answer(output, float(values.mean()), curves, surface))
    return Swept(stored, design, factors, 1, tuple(answers))


def _gridded(stored: StoredRun, design: Grid, columns: Mapping[str, np.ndarray], wanted: Sequence[Output], rows: Any) -> Swept:
    factors = _factors(stored, columns)
    levels = [factor.levels for factor in factors]
    shape = (design.repeats, *(len(some) for some in levels))
    answers = []
    for output in wanted:
        values = output.values(rows).reshape(shape)
        curves = tuple(response.grid_curve(values, some, k, output.is_share) for k, some in enumerate(levels))
        surface = response.grid_surface(values, levels, output.is_share) if len(levels) == 2 else None
        answers.append(Answer(output, float(values.mean()), curves, surface))
    return Swept(stored, design, factors, design.repeats, tuple(answers))


def _listed(stored: StoredRun, design: Table, columns: Mapping[str, np.ndarray], wanted: Sequence[Output], rows: Any) -> Swept:
    number = len(design.points)
    points = np.stack([column[:number] for column in columns.values()], axis=1)
    factors = _factors(stored, columns)
    answers = []
    for output in wanted:
        values = output.values(rows).reshape(design.repeats, number)
        curves: tuple[Curve, ...] = ()
        if len(factors) == 1 and len(factors[0].levels) == number > 1:
            order = np.argsort(points[:, 0])
            curves = (response.grid_curve(values[:, order], factors[0].levels, 0, output.is_share),)
        answers.append(
            Answer(output, float(values.mean()), curves, None, tuple(response.each_point(values, output.is_share)))
        )
    return Swept(stored, design, factors, design.repeats, tuple(answers), points)


def _factors(stored: StoredRun, columns: Mapping[str, np.ndarray], spread: bool = False) -> tuple[Factor, ...]:
    found = []
    for path, column in columns.items():
        levels = () if spread else tuple(float(x) for x in np.unique(column))
        found.append(Factor(path, factor_label(stored.case, path), levels, float(column.min()), float(column.max())))
    return tuple(found)


def factor_label(scenario: Mapping[str, Any], path: str) -> str:
    """A factor in words: the label of its lever, where it is one, else what the path says."""
    for lever in (scenario.get("levers") or {}).values():
        if str(lever["path"]) in (path, path.removesuffix(".number")) and lever.get("label"):
            return str(lever["label"])
    return input_label(scenario, path)


def check_whole(stored: StoredRun) -> None:
    """Raise ``UsageError`` for a run that is not finished."""
    if not stored.is_finished:
        raise UsageError(f"{stored.directory}: the run is not finished", hint=stored.repair_hint)


def as_data(found: Swept) -> dict[str, Any]:
    """All of it as JSON has it."""
    return {
        "scenario": found.stored.manifest["scenario_id"],
        "seed": found.stored.seed,
        "design": found.design.name,
        "histories": found.stored.num_replications,
        "histories_at_each_point": found.each,
        "factors": [
            {"path": f.path, "label": f.label, "low": f.low, "high": f.high, "values": list(f.levels)} for f in found.factors
        ],
        "outputs": [_answer(found, answer) for answer in found.answers],
    }


def _answer(found: Swept, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"output": answer.output.name, "label": answer.output.label, "mean": answer.mean}
    told["curves"] = [
        {
            "path": factor.path,
            "across": interval(curve.across),
            "points": [
                {"at": p.at, "from": p.ends[0], "to": p.ends[1], **interval(p.mean), "histories": p.histories} for p in curve.points
            ],
        }
        for factor, curve in zip(found.factors, answer.curves, strict=False)
    ]
    if answer.surface is not None:
        face = answer.surface
        numbers = {name: [[number_or_none(x) for x in row] for row in table.tolist()]
                   for name, table in (("values", face.means), ("low", face.low), ("high", face.high))}  # fmt: skip
        told["table"] = {"rows": list(face.first), "columns": list(face.second), **numbers, "histories": face.histories.tolist()}
    if found.points is not None:
        told["points"] = [
            {"values": dict(zip([f.path for f in found.factors], point.tolist(), strict=True)), **interval(item)}
            for point, item in zip(found.points, answer.points, strict=True)
        ]
    return told


def interval(item: Interval) -> dict[str, float | None]:
    """An interval as JSON has it."""
    return {"value": number_or_none(item.value), "low": number_or_none(item.low), "high": number_or_none(item.high)}
