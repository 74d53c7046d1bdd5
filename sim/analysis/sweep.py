"""What a sweep found: of each output the curves over its factors, a table over two of them, or the points of a list.

    found = swept(stored, paths, ["war", "metric:trust"])        # of one run, in which the factors vary
    found = swept_apart(played, asked, ["war", "metric:trust"])  # of a run for each point
    found.answers[0].curves[0].points[3].mean     # value, low, high
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis import response
from sim.analysis.estimates import number_or_none
from sim.analysis.input_names import input_label
from sim.analysis.outputs import Output, outputs_of
from sim.analysis.response import Curve, Interval, Surface
from sim.errors import UsageError
from sim.experiments.comparison import Played
from sim.experiments.design import Design, settings_of
from sim.experiments.design.table import Grid, Table
from sim.experiments.store import StoredRun
from sim.experiments.sweep_apart import Apart


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
class Ran:
    """The histories of a sweep: the scenario, how many there are, and where.

    Attributes
    ----------
    command : that which played them
    digest : of the run, where there is one
    is_apart : whether each point has a run of its own
    """

    scenario: Mapping[str, Any]
    seed: int
    histories: int
    directory: Path
    command: str
    digest: str = ""
    is_apart: bool = False


@dataclass(frozen=True)
class Swept:
    """A sweep that was played.

    Attributes
    ----------
    each : histories at each point; 1 where every history is a point of its own
    points : values of the factors at each point of a table, shape (points, factors); None for other designs
    """

    ran: Ran
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
        return self.ran.histories // self.each


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
    ran = Ran(
        stored.case, stored.seed, stored.num_replications, stored.directory, str(stored.manifest.get("command") or ""),
        stored.recorded_digest or "",
    )  # fmt: skip
    if isinstance(design, Table | Grid):
        number = len(rows["replication"]) // design.repeats
        points = np.stack([column[:number] for column in columns.values()], axis=1)
        values = [output.values(rows).reshape(design.repeats, number) for output in wanted]
        return _paired(ran, design, tuple(paths), points, wanted, values)
    factors = _factors(stored.case, columns, spread=True)
    answers = []
    for output in wanted:
        own = output.values(rows)
        curves = tuple(response.sliced_curve(own, column, output.is_share) for column in columns.values())
        surface = response.sliced_surface(own, *columns.values(), output.is_share) if len(paths) == 2 else None
        answers.append(Answer(output, float(own.mean()), curves, surface))
    return Swept(ran, design, factors, 1, tuple(answers))


def swept_apart(played: Played, asked: Apart, outputs: Sequence[str] = (), command: str = "") -> Swept:
    """The sweep that the runs of its points hold, played with the same draws.

    Parameters
    ----------
    outputs : as for `swept`
    command : the words that played it

    Raises
    ------
    UsageError
        As for `swept`.
    """
    first = played.runs[played.arms.names[0]]
    wanted = outputs_of(outputs, first.case, first.kinds("results"))
    values: list[list[np.ndarray]] = [[] for _ in wanted]
    for name, run in played.runs.items():
        own = outputs_of(outputs, run.case, run.kinds("results"))  # the horizon may be what is swept
        rows = played.rows(name, list(dict.fromkeys(output.column for output in own)))
        for found, output in zip(values, own, strict=True):
            found.append(output.values(rows))
    ran = Ran(asked.scenario, played.seed, played.replications * len(asked.points), played.directory, command, is_apart=True)
    points = np.asarray(asked.points, dtype=np.float64)
    return _paired(ran, asked.design, asked.paths, points, wanted, [np.stack(found, axis=1) for found in values])


def _paired(
    ran: Ran, design: Table | Grid, paths: tuple[str, ...], points: np.ndarray, wanted: Sequence[Output], values: Sequence[np.ndarray]
) -> Swept:
    """The sweep of points that share their draws: of each output values of shape (repeats, points)."""
    factors = _factors(ran.scenario, dict(zip(paths, points.T, strict=True)))
    answer = _gridded if isinstance(design, Grid) else _listed
    answers = tuple(answer(output, found, factors, points) for output, found in zip(wanted, values, strict=True))
    return Swept(ran, design, factors, design.repeats, answers, points if isinstance(design, Table) else None)


def _gridded(output: Output, values: np.ndarray, factors: Sequence[Factor], points: np.ndarray) -> Answer:
    levels = [factor.levels for factor in factors]
    table = values.reshape(len(values), *(len(some) for some in levels))
    curves = tuple(response.grid_curve(table, some, k, output.is_share) for k, some in enumerate(levels))
    surface = response.grid_surface(table, levels, output.is_share) if len(levels) == 2 else None
    return Answer(output, float(values.mean()), curves, surface)


def _listed(output: Output, values: np.ndarray, factors: Sequence[Factor], points: np.ndarray) -> Answer:
    curves: tuple[Curve, ...] = ()
    if len(factors) == 1 and len(factors[0].levels) == len(points) > 1:
        order = np.argsort(points[:, 0])
        curves = (response.grid_curve(values[:, order], factors[0].levels, 0, output.is_share),)
    return Answer(output, float(values.mean()), curves, None, tuple(response.each_point(values, output.is_share)))


def _factors(scenario: Mapping[str, Any], columns: Mapping[str, np.ndarray], spread: bool = False) -> tuple[Factor, ...]:
    found = []
    for path, column in columns.items():
        levels = () if spread else tuple(float(x) for x in np.unique(column))
        found.append(Factor(path, factor_label(scenario, path), levels, float(column.min()), float(column.max())))
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
        "scenario": found.ran.scenario["id"],
        "seed": found.ran.seed,
        "design": found.design.name,
        "histories": found.ran.histories,
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
