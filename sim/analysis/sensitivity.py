"""What the numbers of a designed run hang on: the world's chance, and each factor of its design.

The design is read from the run's record, so that it cannot be another one than that of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.input_names import input_label
from sim.analysis.morris_effects import Effect, MorrisEffects, morris_effects
from sim.analysis.outputs import Output, outputs_of
from sim.analysis.sobol_indices import Index, SobolIndices, sobol_indices
from sim.errors import UsageError
from sim.experiments.design.factors import REST, Factor
from sim.experiments.design.morris import Morris
from sim.experiments.design.saltelli import Saltelli
from sim.experiments.sensitivity import FEWEST

if TYPE_CHECKING:
    from sim.experiments.store import StoredRun

CHANCE = "chance"  # id of the last factor
CHANCE_LABEL = "The world's chance"
FEWEST_SEEN = 10  # independent histories with an outcome, and without it, below which nothing can be said of what it hangs on
PARTS = (8, 4, 2)  # parts of the samples at which indices are computed too, to see whether they have settled
_PART_RESAMPLES = 200


@dataclass(frozen=True)
class Answer:
    """What one output hangs on: indices of a Saltelli design, or effects of a Morris design.

    Attributes
    ----------
    growing : indices from the first eighth, quarter, half and all of the samples
    """

    output: Output
    indices: SobolIndices | None = None
    growing: tuple[SobolIndices, ...] = ()
    effects: MorrisEffects | None = None

    @property
    def mean(self) -> float:
        """Of single histories."""
        found = self.indices or self.effects
        assert found is not None
        return found.mean

    @property
    def deviation(self) -> float:
        """Standard deviation of single histories."""
        found = self.indices or self.effects
        assert found is not None
        return found.deviation

    def order(self) -> list[int]:
        """Places of the factors, that of the largest total order or effect first; chance keeps the last place."""
        sizes = [item.value for item in self.indices.total] if self.indices else [item.size.value for item in self._effects()]
        return sorted(range(len(sizes) - 1), key=lambda i: (-sizes[i], i)) + [len(sizes) - 1]

    def _effects(self) -> tuple[Effect, ...]:
        assert self.effects is not None
        return self.effects.effects


@dataclass(frozen=True)
class Sensitivity:
    """The analysis of a run.

    Attributes
    ----------
    factors : of the design; chance comes after them
    labels : of the factors and of chance, for readers
    silent : of each output that nothing can be said about, why
    """

    stored: StoredRun
    design: Saltelli | Morris
    factors: tuple[Factor, ...]
    labels: tuple[str, ...]
    answers: tuple[Answer, ...]
    silent: tuple[tuple[Output, str], ...]

    @property
    def method(self) -> str:
        """``sobol`` or ``morris``."""
        return "sobol" if isinstance(self.design, Saltelli) else "morris"

    @property
    def samples(self) -> int:
        """Base samples or trajectories."""
        return self.design.samples if isinstance(self.design, Saltelli) else self.design.trajectories

    @property
    def ids(self) -> list[str]:
        """Names of the factors and of chance."""
        return [*(factor.name for factor in self.factors), CHANCE]


def sensitivity_of(stored: StoredRun, outputs: Sequence[str] = ()) -> Sensitivity:
    """The analysis of a finished run.

    Parameters
    ----------
    outputs : as `sim.analysis.outputs` reads them; by default all classes of outcome of which enough was seen

    Raises
    ------
    UsageError
        The run has another design or is not finished; no such output; one that is named never varies, or too rarely.
    """
    design = _design(stored)
    chosen = outputs_of(outputs, stored.case, stored.kinds("results"))
    size = design.rows_of_sample if isinstance(design, Saltelli) else design.rows_of_trajectory
    rows = stored.results
    moves = _moves(stored, design, rows) if isinstance(design, Morris) else None
    answers, silent = [], []
    for output in chosen:
        values = output.values(rows).reshape(-1, size)
        reason = why_silent(output, values, isinstance(design, Saltelli))
        if reason is not None:
            silent.append((output, reason))
        elif moves is None:
            answers.append(answer_of(output, values, stored.seed))
        else:
            answers.append(Answer(output, effects=morris_effects(values, *moves, stored.seed)))
    if silent and (outputs or not answers):
        output, reason = silent[0]
        raise UsageError(f"nothing can be said of what '{output.name}' hangs on: {reason}", hint=_hint(answers, silent, chosen))
    labels = tuple(factor_label(stored.case, factor) for factor in design.factors)
    return Sensitivity(stored, design, design.factors, (*labels, CHANCE_LABEL), tuple(answers), tuple(silent))


def check_outputs(scenario: Mapping[str, Any], outputs: Sequence[str], root_seed: int) -> None:
    """Raise ``UsageError`` for an output that the histories of a scenario will not have, by one history of it."""
    from sim.engines.event_engine import play
    from sim.model.compile import compile_case

    row, _, _ = play(compile_case(scenario), 0, root_seed)
    outputs_of(outputs, scenario, [(name, "text" if value is None or isinstance(value, str) else "float64") for name, value in row.items()])


def _design(stored: StoredRun) -> Saltelli | Morris:
    from sim.experiments.design import design_of, settings_of

    design = settings_of(stored.manifest)
    if not isinstance(design, (Saltelli, Morris)):
        raise UsageError(
            f"{stored.directory}: first and total order need the design 'saltelli', effects 'morris', and the run's is "
            f"'{design_of(stored.manifest)}'",
            hint="`sim sensitivity FILE` plays one",
        )
    if not stored.is_finished:
        raise UsageError(f"{stored.directory}: the run is not finished", hint="the same command that began it goes on")
    return design


def answer_of(output: Output, values: np.ndarray, root_seed: int) -> Answer:
    """First and total order of an output, and how they grew.

    Parameters
    ----------
    values : float64, shape (samples, histories of a sample), of a Saltelli design
    """
    samples = len(values)
    parts = [samples // part for part in PARTS if samples // part >= FEWEST["sobol"]]
    whole = sobol_indices(values, root_seed)
    growing = [sobol_indices(values[:number], root_seed, _PART_RESAMPLES) for number in parts]
    return Answer(output, whole, (*growing, whole))


def _moves(stored: StoredRun, design: Morris, rows: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """At which step each factor changes in each trajectory, and whether upwards; 0 for a group."""
    steps = design.steps(stored.seed, 0, design.trajectories)
    directions = np.zeros(steps.shape)
    for i, factor in enumerate(design.factors):
        if not factor.is_group:
            points = np.asarray(rows[f"point:{factor.paths[0]}"]).reshape(design.trajectories, -1)
            directions[:, i] = np.sign(points[:, -1] - points[:, 0])
    return steps, directions


def why_silent(output: Output, values: np.ndarray, is_saltelli: bool) -> str | None:
    """Why nothing can be said of what an output hangs on; None where something can."""
    apart = values[:, :2] if is_saltelli else values[:, [0, -1]]  # independent histories, or nearly
    count = int(apart.sum()) if output.is_share else -1
    if np.ptp(values) == 0.0:
        if output.kind == "time" or (output.is_share and count == 0):
            return f"it never occurs in {values.size:,} histories"
        return f"it is the same in all {values.size:,} histories"
    if output.is_share and min(count, apart.size - count) < FEWEST_SEEN:
        side = "occurs" if count < apart.size - count else "fails to occur"
        return f"it {side} in {min(count, apart.size - count):,} of {apart.size:,} independent histories, and {FEWEST_SEEN} are needed"
    return None


def _hint(answers: Sequence[Answer], silent: Sequence[tuple[Output, str]], chosen: Sequence[Output]) -> str:
    if "are needed" in silent[0][1]:
        return "more base samples (-n), or an output that is less rare"
    others = [answer.output.name for answer in answers]
    return f"these vary: {', '.join(others[:5])}" if others else "name another output with --of; a metric varies more than a rare end"


def factor_label(scenario: Mapping[str, Any], factor: Factor) -> str:
    """A factor in words."""
    if factor.name == REST:
        return f"All {len(factor.paths)} other inputs together"
    if not factor.is_group:
        return input_label(scenario, factor.paths[0])
    if factor.name.endswith(": shares"):
        owner = input_label(scenario, factor.name.removesuffix(": shares").removesuffix(".utility.issues").removesuffix(".utility"))
        return f"{owner}: all weights" if ".utility" in factor.name else f"{owner}: shares"
    kind, _, name = factor.name.partition(".")
    words = name.replace("_", " ")
    words = words[:1].upper() + words[1:]
    return f"{words} ({len(factor.paths)} inputs that go together)" if kind == "correlations" else f"{words}: shares"


def as_data(found: Sensitivity) -> dict[str, Any]:
    """Everything as plain data."""
    return {
        "scenario": str(found.stored.case["id"]),
        "method": found.method,
        "samples": found.samples,
        "histories": found.stored.num_replications,
        "seed": found.stored.seed,
        "factors": [
            {"name": name, "label": label, "paths": list(paths)}
            for name, label, paths in zip(
                found.ids, found.labels, [*(factor.paths for factor in found.factors), ()], strict=True
            )
        ],
        "outputs": [_answer_data(found, answer) for answer in found.answers],
        "silent": [{"output": output.name, "why": reason} for output, reason in found.silent],
    }


def _answer_data(found: Sensitivity, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"output": answer.output.name, "label": answer.output.label, "mean": answer.mean, "deviation": answer.deviation}
    if answer.indices is not None:
        told["factors"] = _index_rows(found, answer.indices)
        told["convergence"] = [{"samples": part.samples, "factors": _index_rows(found, part)} for part in answer.growing]
    if answer.effects is not None:
        told["factors"] = [
            {"name": name, "mu_star": _index(item.size), "mu": None if item.mean.value != item.mean.value else _index(item.mean),
             "sigma": item.spread}
            for name, item in zip(found.ids, answer.effects.effects, strict=True)
        ]  # fmt: skip
    return told


def _index_rows(found: Sensitivity, indices: SobolIndices) -> list[dict[str, Any]]:
    return [
        {"name": name, "first": _index(one), "total": _index(all_)}
        for name, one, all_ in zip(found.ids, indices.first, indices.total, strict=True)
    ]


def _index(item: Index) -> dict[str, float | None]:
    return {key: None if value != value else value for key, value in (("value", item.value), ("low", item.low), ("high", item.high))}
